/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keygen tokens against vectors that another implementation computed; the
 * life of a nonce; what is left of secrets.
 */
#include <errno.h>
#include <string.h>

#include "mip6d/auth.h"
#include "mip6d/cleanup.h"
#include "mip6d/random.h"
#include "src/auth/crypto.h"
#include "tests/unit/golden_auth.h"
#include "tests/unit/unit.h"

#define HOME "2001:db8:1::100"
#define AWAY "2001:db8:2::100"

static struct in6_addr ip(const char *text)
{
	struct in6_addr a;

	if (addr_parse(text, &a))
		abort();
	return a;
}

static struct mtime at_s(int64_t s)
{
	return mtime_add_s((struct mtime){ 1000000 }, s);
}

struct token {
	uint16_t index;
	uint8_t v[AUTH_TOKEN_LEN];
};

static struct token issue(struct auth_nonces *n, enum auth_token kind,
			  const char *addr, struct mtime now)
{
	struct in6_addr a = ip(addr);
	struct token t;

	t.index = auth_token_issue(n, kind, &a, now, t.v);
	return t;
}

/* True when the correspondent node would find the same token again. */
static bool is_known(const struct auth_nonces *n, enum auth_token kind,
		     const char *addr, const struct token *t, struct mtime now)
{
	struct in6_addr a = ip(addr);
	uint8_t v[AUTH_TOKEN_LEN] = { 0x5a };
	uint8_t untouched[AUTH_TOKEN_LEN] = { 0x5a };
	int err = auth_token_recall(n, kind, t->index, &a, now, v);

	if (err) {
		UNIT_EQ(err, -ESTALE);
		UNIT_MEM(v, sizeof(v), untouched, sizeof(untouched));
		return false;
	}
	return !memcmp(v, t->v, sizeof(v));
}

/* COM-49 home keygen tokens, COM-50 care-of keygen tokens. */
static void tokens_are_as_computed_elsewhere(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(golden_tokens); i++) {
		struct auth_nonces n;
		struct token t;

		auth_nonces_init(&n);
		n.started = true;
		n.ring[0] = (struct auth_nonce){
			.valid = true,
			.index = 7,
			.first_used = at_s(0),
		};
		unit_hex(n.ring[0].kcn, AUTH_KCN_LEN, golden_tokens[i].kcn);
		unit_hex(n.ring[0].nonce, AUTH_NONCE_LEN,
			 golden_tokens[i].nonce);
		t = issue(&n, AUTH_HOME_TOKEN, golden_tokens[i].addr, at_s(1));
		UNIT_EQ(t.index, 7);
		UNIT_HEX(t.v, sizeof(t.v), golden_tokens[i].home);
		CU_ASSERT_TRUE(is_known(&n, AUTH_HOME_TOKEN,
					golden_tokens[i].addr, &t, at_s(2)));
		t = issue(&n, AUTH_COA_TOKEN, golden_tokens[i].addr, at_s(1));
		UNIT_HEX(t.v, sizeof(t.v), golden_tokens[i].coa);
	}
}

/* CN-46 the same token for the same question, another for another address or
 * key; CN-47 home and care-of tokens differ. */
static void tokens_depend_on_all_that_they_should(void)
{
	struct auth_nonces n, m;
	struct token home, other;

	auth_nonces_init(&n);
	auth_nonces_init(&m);
	home = issue(&n, AUTH_HOME_TOKEN, HOME, at_s(0));
	other = issue(&n, AUTH_HOME_TOKEN, HOME, at_s(1));
	UNIT_EQ(home.index, other.index);
	UNIT_MEM(home.v, sizeof(home.v), other.v, sizeof(other.v));
	other = issue(&n, AUTH_COA_TOKEN, HOME, at_s(1));
	CU_ASSERT_NOT_EQUAL(memcmp(home.v, other.v, sizeof(home.v)), 0);
	other = issue(&n, AUTH_HOME_TOKEN, AWAY, at_s(1));
	CU_ASSERT_NOT_EQUAL(memcmp(home.v, other.v, sizeof(home.v)), 0);
	other = issue(&m, AUTH_HOME_TOKEN, HOME, at_s(1));
	CU_ASSERT_NOT_EQUAL(memcmp(home.v, other.v, sizeof(home.v)), 0);
	auth_nonces_done(&n);
	auth_nonces_done(&m);
}

/* COM-48 20 random octets of node key; CN-48 nonces of 64 random bits; CN-53
 * a new node key with each nonce, the old one kept as long as its nonce. */
static void keys_and_nonces_are_renewed_together(void)
{
	struct auth_nonces n;
	unsigned int i, j;

	auth_nonces_init(&n);
	for (i = 0; i < AUTH_NONCES; i++)
		issue(&n, AUTH_HOME_TOKEN, HOME,
		      at_s((int64_t)i * AUTH_NONCE_TURN_S));
	for (i = 0; i < AUTH_NONCES; i++) {
		CU_ASSERT_TRUE(n.ring[i].valid);
		for (j = 0; j < i; j++) {
			CU_ASSERT_NOT_EQUAL(memcmp(n.ring[i].kcn, n.ring[j].kcn,
						   AUTH_KCN_LEN),
					    0);
			CU_ASSERT_NOT_EQUAL(memcmp(n.ring[i].nonce,
						   n.ring[j].nonce,
						   AUTH_NONCE_LEN),
					    0);
			CU_ASSERT_NOT_EQUAL(n.ring[i].index, n.ring[j].index);
		}
	}
	auth_nonces_done(&n);
}

/* CN-52 a Test Init does not by itself make a nonce; CN-49 the index changes
 * about every 30 s; nothing is made while nobody asks. */
static void the_index_turns_every_30_s(void)
{
	struct auth_nonces n;
	uint16_t first;
	int64_t ms;

	auth_nonces_init(&n);
	CU_ASSERT_FALSE(n.started);
	first = issue(&n, AUTH_HOME_TOKEN, HOME, at_s(0)).index;
	for (ms = 0; ms < 240000; ms += 100) {
		struct token t =
			issue(&n, ms % 200 ? AUTH_COA_TOKEN : AUTH_HOME_TOKEN,
			      HOME, mtime_add_ms(at_s(0), ms));

		UNIT_EQ((uint16_t)(t.index - first), ms / 30000);
	}
	/* A long silence is one step. */
	UNIT_EQ((uint16_t)(issue(&n, AUTH_HOME_TOKEN, HOME, at_s(90000)).index -
			   first),
		8);
	auth_nonces_done(&n);
}

/* CN-50 good for 210 s at least, CN-51 not beyond 240 s of the first use,
 * whatever happens in between and whenever in the nonce's time it came. */
static void tokens_live_between_210_and_240_s(void)
{
	int64_t age, step, t;

	for (age = 0; age < 30; age++) {
		for (step = 1; step < 100; step += 7) {
			struct auth_nonces n;
			struct token token;

			auth_nonces_init(&n);
			issue(&n, AUTH_COA_TOKEN, AWAY, at_s(0));
			token = issue(&n, AUTH_HOME_TOKEN, HOME, at_s(age));
			for (t = age; t <= 300; t += step) {
				bool known = is_known(&n, AUTH_HOME_TOKEN, HOME,
						      &token, at_s(t));

				UNIT_EQ(known, t <= 240);
				issue(&n, AUTH_HOME_TOKEN, AWAY, at_s(t));
				UNIT_EQ(is_known(&n, AUTH_HOME_TOKEN, HOME,
						 &token, at_s(t)),
					known);
			}
			auth_nonces_done(&n);
		}
	}
}

/* CN-55: indices of two neighbouring nonces are known at the same time. */
static void indices_may_differ(void)
{
	struct auth_nonces n;
	struct token home, coa;

	auth_nonces_init(&n);
	coa = issue(&n, AUTH_COA_TOKEN, AWAY, at_s(29));
	home = issue(&n, AUTH_HOME_TOKEN, HOME, at_s(59));
	CU_ASSERT_NOT_EQUAL(home.index, coa.index);
	CU_ASSERT_TRUE(is_known(&n, AUTH_HOME_TOKEN, HOME, &home, at_s(60)));
	CU_ASSERT_TRUE(is_known(&n, AUTH_COA_TOKEN, AWAY, &coa, at_s(60)));
	/* Each for what it is. */
	CU_ASSERT_FALSE(is_known(&n, AUTH_COA_TOKEN, HOME, &home, at_s(60)));
	CU_ASSERT_FALSE(is_known(&n, AUTH_HOME_TOKEN, AWAY, &coa, at_s(60)));
	auth_nonces_done(&n);
}

/* CN-54: after a restart nothing old is known, and an old index by chance
 * only, with another token. */
static void a_restart_forgets(void)
{
	unsigned int i, same_index = 0;
	struct auth_nonces n;
	struct token t;

	auth_nonces_init(&n);
	t = issue(&n, AUTH_HOME_TOKEN, HOME, at_s(0));
	auth_nonces_done(&n);
	auth_nonces_init(&n);
	CU_ASSERT_FALSE(is_known(&n, AUTH_HOME_TOKEN, HOME, &t, at_s(1)));
	for (i = 0; i < 1000; i++) {
		auth_nonces_init(&n);
		if (issue(&n, AUTH_HOME_TOKEN, HOME, at_s(1)).index == t.index)
			same_index++;
		CU_ASSERT_FALSE(
			is_known(&n, AUTH_HOME_TOKEN, HOME, &t, at_s(2)));
	}
	/* 1 of 65536 each. */
	CU_ASSERT_TRUE(same_index < 10);
}

/* CN-10, section 5.2.8: all that was handed out is void at once, and no index
 * comes twice within a nonce's life. */
static void nonces_can_be_invalidated(void)
{
	struct auth_nonces n;
	struct token a, b, c;

	auth_nonces_init(&n);
	a = issue(&n, AUTH_HOME_TOKEN, HOME, at_s(0));
	b = issue(&n, AUTH_HOME_TOKEN, HOME, at_s(40));
	auth_nonces_invalidate(&n);
	CU_ASSERT_FALSE(is_known(&n, AUTH_HOME_TOKEN, HOME, &a, at_s(40)));
	CU_ASSERT_FALSE(is_known(&n, AUTH_HOME_TOKEN, HOME, &b, at_s(40)));
	c = issue(&n, AUTH_HOME_TOKEN, HOME, at_s(41));
	UNIT_EQ((uint16_t)(c.index - b.index), 1);
	CU_ASSERT_TRUE(is_known(&n, AUTH_HOME_TOKEN, HOME, &c, at_s(41)));
	CU_ASSERT_FALSE(is_known(&n, AUTH_HOME_TOKEN, HOME, &b, at_s(41)));
	auth_nonces_done(&n);
}

static bool is_zero(const void *data, size_t len)
{
	const uint8_t *p = data;
	size_t i;

	for (i = 0; i < len && !p[i]; i++)
		;
	return i == len;
}

/* Section 5.2.2: expired nonces are discarded; secrets do not outlive their
 * use. */
static void secrets_are_wiped(void)
{
	struct auth_nonces n;
	unsigned int i;

	auth_nonces_init(&n);
	for (i = 0; i < 5; i++)
		issue(&n, AUTH_HOME_TOKEN, HOME, at_s(30 * (int64_t)i));
	issue(&n, AUTH_HOME_TOKEN, HOME, at_s(1000));
	for (i = 0; i < AUTH_NONCES; i++) {
		const struct auth_nonce *o = &n.ring[i];

		UNIT_EQ(o->valid, i == n.current);
		UNIT_EQ(is_zero(o->kcn, sizeof(o->kcn)), i != n.current);
		UNIT_EQ(is_zero(o->nonce, sizeof(o->nonce)), i != n.current);
	}
	auth_nonces_invalidate(&n);
	for (i = 0; i < AUTH_NONCES; i++) {
		CU_ASSERT_TRUE(is_zero(n.ring[i].kcn, AUTH_KCN_LEN));
		CU_ASSERT_TRUE(is_zero(n.ring[i].nonce, AUTH_NONCE_LEN));
	}
	issue(&n, AUTH_HOME_TOKEN, HOME, at_s(1001));
	auth_nonces_done(&n);
	CU_ASSERT_TRUE(is_zero(&n, sizeof(n)));
}

/* The comparison itself: right for a difference in any one octet. How long it
 * takes is promised by the library's memeql_sec. */
static void comparisons_see_every_octet(void)
{
	uint8_t a[AUTH_DATA_LEN], b[AUTH_DATA_LEN];
	size_t i;

	random_bytes(a, sizeof(a));
	memcpy(b, a, sizeof(b));
	CU_ASSERT_TRUE(crypto_eq(a, b, sizeof(a)));
	for (i = 0; i < sizeof(a); i++) {
		b[i] ^= 1;
		CU_ASSERT_FALSE(crypto_eq(a, b, sizeof(a)));
		CU_ASSERT_TRUE(crypto_eq(a, b, i));
		b[i] ^= 1;
	}
}

static const struct unit_case cases[] = {
	UNIT_CASE(tokens_are_as_computed_elsewhere),
	UNIT_CASE(tokens_depend_on_all_that_they_should),
	UNIT_CASE(keys_and_nonces_are_renewed_together),
	UNIT_CASE(the_index_turns_every_30_s),
	UNIT_CASE(tokens_live_between_210_and_240_s),
	UNIT_CASE(indices_may_differ),
	UNIT_CASE(a_restart_forgets),
	UNIT_CASE(nonces_can_be_invalidated),
	UNIT_CASE(secrets_are_wiped),
	UNIT_CASE(comparisons_see_every_octet),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "auth_nonces", cases },
					    UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
