/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A load of many mobile nodes that are away, for a home agent that protects
 * what is between them by ESP: registrations, and data through the tunnel.
 * Node i has the home address HOME + i and the care-of address COA + i; both
 * COA + i and PEER must be routed to where this runs.
 *
 *   away_load IF GATEWAY-MAC AGENT HOME COA N MODE PROTECT INFLIGHT COUNT
 *             SECONDS PEER
 *   away_load keys AGENT HOME N
 *
 * MODE register: Binding Updates; with care-of addresses other than those
 *                before, the nodes move.
 *      down: data from PEER to the nodes, answered when it comes out of the
 *            tunnel.
 *      up: data from the nodes to PEER, by the tunnel.
 * PROTECT none, signalling, tests or all, as in the agent's configuration.
 * What comes otherwise than that says is no answer.  Prints one JSON object;
 * "keys" prints the agent's file of keys.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"
#include "load_esp.h"
#include "mip6d/mh.h"

#define PROTO_IP6     41
#define PROTO_ROUTING 43
#define PROTO_ESP     50
#define PROTO_DSTOPTS 60
#define PROTO_UDP     17
#define DATA_LEN      64 /* of UDP, with its header */

enum mode { REGISTER, DOWN, UP };

struct nodes {
	struct in6_addr agent, home, coa, peer;
	enum mode mode;
	bool esp, esp_data;
	uint16_t *seq;   /* last sent, by node */
	uint32_t number; /* of ESP, one for all: there is no window */
};

static void put_ip6(struct wbuf *w, size_t payload, uint8_t next,
		    const struct in6_addr *src, const struct in6_addr *dst)
{
	wbuf_u32(w, 0x60000000);
	wbuf_u16(w, (uint16_t)payload);
	wbuf_u8(w, next);
	wbuf_u8(w, 64);
	wbuf_addr(w, src);
	wbuf_addr(w, dst);
}

/* ---- what is asked ---- */

static void build_update(struct nodes *nodes, unsigned int i, struct wbuf *w)
{
	struct in6_addr hoa = load_addr(&nodes->home, i);
	struct in6_addr coa = load_addr(&nodes->coa, i);
	struct mh_msg msg = { .type = MH_BU };
	uint8_t mh[MH_MAX_LEN];
	size_t len;
	int n;

	msg.bu.seq = ++nodes->seq[i];
	msg.bu.flags = BU_FLAG_A | BU_FLAG_H;
	msg.bu.lifetime_4s = 900;
	msg.opt.present = MH_OPT_ALT_COA;
	msg.opt.alt_coa = coa;
	n = mh_build(&msg, mh, sizeof(mh));
	if (n < 0)
		exit(2);
	len = (size_t)n;
	mh_set_checksum(mh, len, &hoa, &nodes->agent);
	put_ip6(w, 24 + (nodes->esp ? load_esp_len(len) : len), PROTO_DSTOPTS,
		&coa, &nodes->agent);
	load_put_hao(w, &hoa, nodes->esp ? PROTO_ESP : MH_PROTO);
	if (nodes->esp)
		load_esp_put(w, i, LOAD_ESP_TO_AGENT, ++nodes->number, MH_PROTO,
			     mh, len);
	else
		wbuf_bytes(w, mh, len);
}

static void put_data(struct wbuf *w, const struct in6_addr *src,
		     const struct in6_addr *dst)
{
	put_ip6(w, DATA_LEN, PROTO_UDP, src, dst);
	wbuf_u16(w, 9);
	wbuf_u16(w, 9);
	wbuf_u16(w, DATA_LEN);
	wbuf_zero(w, DATA_LEN - 6);
}

static void build_up(struct nodes *nodes, unsigned int i, struct wbuf *w)
{
	struct in6_addr hoa = load_addr(&nodes->home, i);
	struct in6_addr coa = load_addr(&nodes->coa, i);
	uint8_t inner[40 + DATA_LEN];
	struct wbuf data;

	wbuf_init(&data, inner, sizeof(inner));
	put_data(&data, &hoa, &nodes->peer);
	put_ip6(w, nodes->esp_data ? load_esp_len(data.len) : data.len,
		nodes->esp_data ? PROTO_ESP : PROTO_IP6, &coa, &nodes->agent);
	if (nodes->esp_data)
		load_esp_put(w, i, LOAD_ESP_TUNNEL_TO_AGENT, ++nodes->number,
			     PROTO_IP6, inner, data.len);
	else
		wbuf_bytes(w, inner, data.len);
}

static void build(struct load *l, unsigned int i, struct wbuf *w)
{
	struct nodes *nodes = l->arg;
	struct in6_addr hoa = load_addr(&nodes->home, i);

	if (nodes->mode == REGISTER)
		build_update(nodes, i, w);
	else if (nodes->mode == UP)
		build_up(nodes, i, w);
	else
		put_data(w, &nodes->peer, &hoa);
}

/* ---- what comes ---- */

static int take_ack(const struct load *l, const uint8_t *ip6, size_t len,
		    uint8_t *ret_status)
{
	const struct nodes *nodes = l->arg;
	uint8_t next = MH_PROTO, copy[LOAD_FRAME_MAX];
	const uint8_t *mh = ip6 + 64;
	struct in6_addr hoa;
	int i;

	if (len < 64 + 12 || len > sizeof(copy) || ip6[6] != PROTO_ROUTING ||
	    ip6[42] != 2 || ip6[40] != (nodes->esp ? PROTO_ESP : MH_PROTO))
		return -1;
	memcpy(&hoa, ip6 + 48, 16);
	i = load_index(&nodes->home, &hoa, l->n);
	if (i >= 0 && nodes->esp) {
		memcpy(copy, ip6 + 64, len - 64);
		mh = load_esp_take(copy, len - 64, (unsigned int)i,
				   LOAD_ESP_FROM_AGENT, &next);
	}
	if (i < 0 || !mh || next != MH_PROTO || mh[2] != MH_BA)
		return -1;
	*ret_status = mh[6];
	return i;
}

static int answer(struct load *l, const uint8_t *ip6, size_t len,
		  uint8_t *ret_status)
{
	const struct nodes *nodes = l->arg;
	struct in6_addr src, dst;

	if (nodes->mode == REGISTER)
		return take_ack(l, ip6, len, ret_status);
	memcpy(&src, ip6 + 8, 16);
	memcpy(&dst, ip6 + 24, 16);
	if (nodes->mode == UP)
		return ip6[6] == PROTO_UDP && addr_eq(&dst, &nodes->peer)
			       ? load_index(&nodes->home, &src, l->n)
			       : -1;
	return ip6[6] == (nodes->esp_data ? PROTO_ESP : PROTO_IP6) &&
			       addr_eq(&src, &nodes->agent)
		       ? load_index(&nodes->coa, &dst, l->n)
		       : -1;
}

/* ---- the program ---- */

static void usage(void)
{
	fprintf(stderr,
		"usage: away_load IF GATEWAY-MAC AGENT HOME COA N "
		"register|down|up none|signalling|tests|all INFLIGHT COUNT "
		"SECONDS PEER\n"
		"       away_load keys AGENT HOME N\n");
	exit(2);
}

static int print_keys(char **argv)
{
	struct in6_addr agent, home;

	if (addr_parse(argv[2], &agent) || addr_parse(argv[3], &home))
		usage();
	load_esp_print_keys(&agent, &home,
			    (unsigned int)strtoul(argv[4], NULL, 10));
	return 0;
}

static void read_arguments(char **argv, struct load *l, struct nodes *nodes)
{
	if (addr_parse(argv[3], &nodes->agent) ||
	    addr_parse(argv[4], &nodes->home) ||
	    addr_parse(argv[5], &nodes->coa) ||
	    addr_parse(argv[12], &nodes->peer))
		usage();
	l->n = (unsigned int)strtoul(argv[6], NULL, 10);
	nodes->mode = !strcmp(argv[7], "down") ? DOWN
		      : !strcmp(argv[7], "up") ? UP
					       : REGISTER;
	nodes->esp = strcmp(argv[8], "none") != 0;
	nodes->esp_data = !strcmp(argv[8], "all");
	l->inflight = (unsigned int)strtoul(argv[9], NULL, 10);
	l->count = (unsigned int)strtoul(argv[10], NULL, 10);
	l->seconds = strtod(argv[11], NULL);
	l->forget_s = nodes->mode == REGISTER ? l->seconds : 1;
	if (!l->n || !l->inflight)
		usage();
}

int main(int argc, char **argv)
{
	struct load l = { .build = build, .answer = answer };
	struct nodes nodes = { 0 };
	unsigned int i;

	if (argc == 5 && !strcmp(argv[1], "keys"))
		return print_keys(argv);
	if (argc != 13)
		usage();
	l.arg = &nodes;
	read_arguments(argv, &l, &nodes);
	nodes.seq = load_alloc(l.n, sizeof(*nodes.seq));
	for (i = 0; i < l.n; i++)
		nodes.seq[i] = load_first_seq();
	load_open(&l, argv[1], argv[2]);
	load_run(&l);
	load_print(&l, argv[7]);
	load_close(&l);
	free(nodes.seq);
	return l.answered < l.count;
}
