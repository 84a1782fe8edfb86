/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Return routability at the correspondent node (RFC 6275 sections 5.2.5,
 * 9.4).
 *
 * This file decides which Home and Care-of Test Inits are answered, and how
 * many: whoever can send packets can send these, so nothing is remembered of
 * them and their number is limited, all together.  Tokens and nonces are left
 * to src/auth.
 */
#include <string.h>

#include "cn_private.h"

/* A Home Address option is not allowed, and there must be an address that
 * can be answered (9.4.1, 9.4.2). */
static bool may_be_answered(const struct cn *cn, const struct packet *pkt)
{
	return !pkt->has_hao && addr_is_routable(&pkt->src) &&
	       kernel_addr_is_local(cn->env.kernel, &pkt->dst);
}

void cn_on_test_init(struct cn *cn, const struct packet *pkt,
		     const struct mh_msg *msg, struct mtime now)
{
	struct counters *c = cn->env.counters;
	const uint32_t rate = cn->conf->test_init_rate;
	bool home = msg->type == MH_HOTI;
	struct mh_msg answer = { .type = home ? MH_HOT : MH_COT };

	if (!may_be_answered(cn, pkt)) {
		c->v[CNT_TEST_INIT_BAD]++;
		return;
	}
	if (!bucket_take(&cn->test_inits, rate, rate, now)) {
		c->v[CNT_TEST_INIT_RATE]++;
		return;
	}
	memcpy(answer.test.cookie, msg->test_init.cookie,
	       sizeof(answer.test.cookie));
	answer.test.nonce_index = auth_token_issue(
		&cn->nonces, home ? AUTH_HOME_TOKEN : AUTH_COA_TOKEN, &pkt->src,
		now, answer.test.token);
	if (!cn_send(cn, &answer, &pkt->dst, &pkt->src, now))
		c->v[CNT_TEST_OUT]++;
	explicit_bzero(&answer, sizeof(answer));
}
