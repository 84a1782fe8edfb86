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

#define SECOND_US 1000000

/* A Home Address option is not allowed, and there must be an address that
 * can be answered (9.4.1, 9.4.2). */
static bool may_be_answered(const struct cn *cn, const struct packet *pkt)
{
	return !pkt->has_hao && addr_is_routable(&pkt->src) &&
	       kernel_addr_is_local(cn->env.kernel, &pkt->dst);
}

/* `rate` answers a second, and no more than that at once. */
static bool bucket_take(struct cn_bucket *b, uint32_t rate, struct mtime now)
{
	const int64_t size = (int64_t)rate * SECOND_US;
	int64_t passed = mtime_diff_us(now, b->last);

	if (passed > SECOND_US)
		passed = SECOND_US;
	b->last = now;
	b->used_us -= passed * rate;
	if (b->used_us < 0)
		b->used_us = 0;
	if (b->used_us + SECOND_US > size)
		return false;
	b->used_us += SECOND_US;
	return true;
}

void cn_on_test_init(struct cn *cn, const struct packet *pkt,
		     const struct mh_msg *msg, struct mtime now)
{
	struct counters *c = cn->env.counters;
	bool home = msg->type == MH_HOTI;
	struct mh_msg answer = { .type = home ? MH_HOT : MH_COT };

	if (!may_be_answered(cn, pkt)) {
		c->v[CNT_TEST_INIT_BAD]++;
		return;
	}
	if (!bucket_take(&cn->test_inits, cn->conf->test_init_rate, now)) {
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
