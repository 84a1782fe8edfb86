/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A load of many mobile nodes for benchmarks: registers or refreshes N
 * bindings at a home agent from one packet socket, so that the cost seen is
 * the agent's.  Mobile node i has the home address HOME + i and the care-of
 * address COA + i.
 *
 *   bu_load IF GATEWAY-MAC HA HOME COA N MODE INFLIGHT COUNT SECONDS
 *
 * MODE register | refresh | echo.  "echo" sends packets of the same size with
 * protocol 253 to `bu_load echo-server`: the bare socket beside which the
 * other numbers are to be read.  Prints one JSON object.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"
#include "mip6d/mh.h"

struct nodes {
	struct in6_addr home, coa;
	bool echo;
	uint16_t *seq; /* last sent, by node */
};

static void build(struct load *l, unsigned int i, struct wbuf *w)
{
	struct nodes *nodes = l->arg;
	struct in6_addr hoa = load_addr(&nodes->home, i);
	struct in6_addr coa = load_addr(&nodes->coa, i);
	struct mh_msg msg = { .type = MH_BU };
	uint8_t mh[MH_MAX_LEN];
	int len;

	msg.bu.seq = ++nodes->seq[i];
	msg.bu.flags = BU_FLAG_A | BU_FLAG_H;
	msg.bu.lifetime_4s = 900;
	msg.opt.present = MH_OPT_ALT_COA;
	msg.opt.alt_coa = coa;
	len = mh_build(&msg, mh, sizeof(mh));
	if (len < 0)
		exit(2);
	mh_set_checksum(mh, (size_t)len, &hoa, &l->peer);
	load_put_ip6(l, w, 24 + (size_t)len, nodes->echo ? LOAD_PROTO_ECHO : 60,
		     &coa);
	load_put_hao(w, &hoa, MH_PROTO);
	wbuf_bytes(w, mh, (size_t)len);
}

static int answer(struct load *l, const uint8_t *ip6, size_t len,
		  uint8_t *ret_status)
{
	struct nodes *nodes = l->arg;
	struct in6_addr hoa;
	const uint8_t *mh;

	if (nodes->echo && ip6[6] == LOAD_PROTO_ECHO && len >= 40 + 24) {
		memcpy(&hoa, ip6 + 40 + 8, 16);
		return load_index(&nodes->home, &hoa, l->n);
	}
	mh = load_behind_rh2(ip6, len, &hoa);
	if (!mh || mh[2] != MH_BA)
		return -1;
	*ret_status = mh[6];
	return load_index(&nodes->home, &hoa, l->n);
}

int main(int argc, char **argv)
{
	struct load l = { .build = build, .answer = answer };
	struct nodes nodes;
	unsigned int i;

	if (argc == 2 && !strcmp(argv[1], "echo-server"))
		return load_echo_server();
	if (argc != 11 || addr_parse(argv[3], &l.peer) ||
	    addr_parse(argv[4], &nodes.home) ||
	    addr_parse(argv[5], &nodes.coa)) {
		fprintf(stderr,
			"usage: bu_load IF GATEWAY-MAC HA HOME COA N "
			"register|refresh|echo INFLIGHT COUNT SECONDS\n");
		return 2;
	}
	l.arg = &nodes;
	l.n = (unsigned int)strtoul(argv[6], NULL, 10);
	nodes.echo = !strcmp(argv[7], "echo");
	l.inflight = (unsigned int)strtoul(argv[8], NULL, 10);
	l.count = (unsigned int)strtoul(argv[9], NULL, 10);
	l.seconds = strtod(argv[10], NULL);
	/* A first registration waits for duplicate address detection. */
	l.forget_s = strcmp(argv[7], "register") ? 1 : l.seconds;
	if (!l.n || !l.inflight)
		return 2;
	nodes.seq = load_alloc(l.n, sizeof(*nodes.seq));
	/* Each run goes on where the agent's sequence numbers may stand. */
	for (i = 0; i < l.n; i++)
		nodes.seq[i] = load_first_seq();
	load_open(&l, argv[1], argv[2]);
	load_run(&l);
	load_print(&l, argv[7]);
	load_close(&l);
	free(nodes.seq);
	return l.answered < l.count;
}
