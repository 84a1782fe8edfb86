/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A load of many mobile nodes for a correspondent: return routability and
 * Binding Updates (RFC 6275 sections 5.2.5, 5.2.6) from one packet socket.
 * Node i has the home address HOME + i and the care-of address COA + i, both
 * of which must be routed to where this runs.
 *
 *   rr_load IF GATEWAY-MAC CN HOME COA N MODE INFLIGHT COUNT SECONDS
 *
 * MODE test: COUNT Test Inits, half of them HoTI, half CoTI.
 *      update: the tokens of all N nodes first, then COUNT Binding Updates,
 *      which alone are measured.
 *      echo: packets of a Test Init's size to `bu_load echo-server`.
 * Prints one JSON object.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"
#include "mip6d/auth.h"
#include "mip6d/mh.h"

struct tokens {
	uint16_t index[2]; /* home, care-of */
	uint8_t token[2][AUTH_TOKEN_LEN];
};

struct nodes {
	struct in6_addr home, coa;
	unsigned int n;
	bool echo;
	struct tokens *tokens;
	uint16_t *seq;
};

/* ---- Test Inits: request i < n is node i's HoTI, n + i its CoTI ---- */

static void build_test(struct load *l, unsigned int i, struct wbuf *w)
{
	struct nodes *nodes = l->arg;
	bool care_of = i >= nodes->n;
	struct in6_addr src =
		load_addr(care_of ? &nodes->coa : &nodes->home, i % nodes->n);
	struct mh_msg msg = { .type = care_of ? MH_COTI : MH_HOTI };
	uint8_t mh[MH_MAX_LEN];
	int len;

	memcpy(msg.test_init.cookie, &i, sizeof(i));
	len = mh_build(&msg, mh, sizeof(mh));
	if (len < 0)
		exit(2);
	mh_set_checksum(mh, (size_t)len, &src, &l->peer);
	load_put_ip6(l, w, (size_t)len,
		     nodes->echo ? LOAD_PROTO_ECHO : MH_PROTO, &src);
	wbuf_bytes(w, mh, (size_t)len);
}

static int answer_test(struct load *l, const uint8_t *ip6, size_t len,
		       uint8_t *ret_status)
{
	struct nodes *nodes = l->arg;
	const uint8_t *mh = ip6 + 40;
	struct tokens *t;
	unsigned int i;
	bool care_of;

	(void)ret_status;
	if (len < 40 + 16)
		return -1;
	memcpy(&i, mh + 8, sizeof(i));
	if (i >= 2 * nodes->n)
		return -1;
	if (nodes->echo)
		return ip6[6] == LOAD_PROTO_ECHO ? (int)i : -1;
	care_of = i >= nodes->n;
	if (ip6[6] != MH_PROTO || len < 40 + 24 ||
	    mh[2] != (care_of ? MH_COT : MH_HOT))
		return -1;
	t = &nodes->tokens[i % nodes->n];
	t->index[care_of] = (uint16_t)(mh[6] << 8 | mh[7]);
	memcpy(t->token[care_of], mh + 16, AUTH_TOKEN_LEN);
	return (int)i;
}

/* ---- Binding Updates ---- */

static void build_update(struct load *l, unsigned int i, struct wbuf *w)
{
	struct nodes *nodes = l->arg;
	struct in6_addr hoa = load_addr(&nodes->home, i);
	struct auth_parties parties = { load_addr(&nodes->coa, i), l->peer };
	const struct tokens *t = &nodes->tokens[i];
	struct mh_msg msg = { .type = MH_BU };
	uint8_t mh[MH_MAX_LEN], kbm[AUTH_KBM_LEN];
	int len;

	msg.bu.seq = ++nodes->seq[i];
	msg.bu.flags = BU_FLAG_A;
	msg.bu.lifetime_4s = 105;
	msg.opt.present = MH_OPT_NONCE_INDICES | MH_OPT_AUTH_DATA;
	msg.opt.home_nonce = t->index[0];
	msg.opt.coa_nonce = t->index[1];
	len = mh_build(&msg, mh, sizeof(mh));
	if (len < 0)
		exit(2);
	auth_kbm(t->token[0], t->token[1], kbm);
	auth_sign(kbm, &parties, mh, (size_t)len);
	mh_set_checksum(mh, (size_t)len, &hoa, &l->peer);
	load_put_ip6(l, w, 24 + (size_t)len, 60, &parties.coa);
	load_put_hao(w, &hoa, MH_PROTO);
	wbuf_bytes(w, mh, (size_t)len);
}

static int answer_update(struct load *l, const uint8_t *ip6, size_t len,
			 uint8_t *ret_status)
{
	struct nodes *nodes = l->arg;
	struct in6_addr hoa;
	const uint8_t *mh = load_behind_rh2(ip6, len, &hoa);

	if (!mh || mh[2] != MH_BA)
		return -1;
	*ret_status = mh[6];
	return load_index(&nodes->home, &hoa, nodes->n);
}

/* ---- */

static int tests(struct load *l, char **argv, unsigned int inflight,
		 unsigned int count)
{
	struct nodes *nodes = l->arg;

	l->build = build_test;
	l->answer = answer_test;
	l->n = 2 * nodes->n;
	l->inflight = inflight;
	l->count = count;
	load_open(l, argv[1], argv[2]);
	load_run(l);
	load_close(l);
	return l->answered < l->count;
}

static int updates(struct load *l, char **argv, unsigned int inflight,
		   unsigned int count)
{
	struct nodes *nodes = l->arg;

	if (tests(l, argv, 64, 2 * nodes->n)) {
		load_print(l, "tokens");
		return 1;
	}
	l->build = build_update;
	l->answer = answer_update;
	l->n = nodes->n;
	l->inflight = inflight;
	l->count = count;
	load_open(l, argv[1], argv[2]);
	load_run(l);
	load_close(l);
	return l->answered < l->count;
}

int main(int argc, char **argv)
{
	struct load l = { .forget_s = 1 };
	struct nodes nodes = { 0 };
	unsigned int inflight, count, i;
	int failed;

	if (argc != 11 || addr_parse(argv[3], &l.peer) ||
	    addr_parse(argv[4], &nodes.home) ||
	    addr_parse(argv[5], &nodes.coa)) {
		fprintf(stderr, "usage: rr_load IF GATEWAY-MAC CN HOME COA N "
				"test|update|echo INFLIGHT COUNT SECONDS\n");
		return 2;
	}
	l.arg = &nodes;
	nodes.n = (unsigned int)strtoul(argv[6], NULL, 10);
	nodes.echo = !strcmp(argv[7], "echo");
	inflight = (unsigned int)strtoul(argv[8], NULL, 10);
	count = (unsigned int)strtoul(argv[9], NULL, 10);
	l.seconds = strtod(argv[10], NULL);
	if (!nodes.n || !inflight)
		return 2;
	nodes.tokens = load_alloc(nodes.n, sizeof(*nodes.tokens));
	nodes.seq = load_alloc(nodes.n, sizeof(*nodes.seq));
	/* Each run goes on where the peer's sequence numbers may stand. */
	for (i = 0; i < nodes.n; i++)
		nodes.seq[i] = load_first_seq();
	failed = strcmp(argv[7], "update") ? tests(&l, argv, inflight, count)
					   : updates(&l, argv, inflight, count);
	load_print(&l, argv[7]);
	free(nodes.tokens);
	free(nodes.seq);
	return failed;
}
