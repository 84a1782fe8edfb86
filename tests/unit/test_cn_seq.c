/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sequence numbers and the age of nonces: what is old, what is a repetition,
 * and what is remembered of entries that are gone.
 */
#include <string.h>

#include "tests/unit/cn_world.h"

static void expect_bound(struct world *w, uint16_t seq)
{
	world_settle(w);
	world_expect_ba(w, BA_ACCEPTED, seq);
	UNIT_NEED(world_is_bound(w, HOA, COA));
	UNIT_EQ(world_entry(w, HOA)->seq, seq);
}

/* CN-62: without an entry any number will do. */
static void any_first_number_is_accepted(void)
{
	static const uint16_t numbers[] = { 0, 1, 32767, 32768, 65535 };
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct world w;

		world_open(&w);
		world_bu(&w, &(struct bu){ .seq = numbers[i], .lifetime = 9 });
		expect_bound(&w, numbers[i]);
		world_close(&w);
	}
}

/* CN-63, CN-64 greater, also across the end; CN-65 not greater: 135 with the
 * last number, and the entry as it was.  CN-3: still one entry. */
static void numbers_are_compared_modulo_2_16(void)
{
	static const struct {
		uint16_t last, seq;
		bool newer;
	} t[] = {
		{ 10000, 10001, true },  { 10000, 42767, true },
		{ 42768, 0, true },      { 42768, 9999, true },
		{ 10000, 9999, false },  { 10000, 10000, false },
		{ 10000, 42768, false }, { 10000, 0, false },
		{ 65535, 0, true },      { 0, 65535, false },
	};
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct world w;

		world_open(&w);
		world_bind(&w,
			   &(struct bu){ .seq = t[i].last, .lifetime = 50 });
		world_bu(&w, &(struct bu){ .seq = t[i].seq, .lifetime = 9 });
		world_settle(&w);
		world_expect_ba(&w,
				t[i].newer ? BA_ACCEPTED : BA_SEQ_OUT_OF_WINDOW,
				t[i].newer ? t[i].seq : t[i].last);
		CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
		UNIT_EQ(world_entry(&w, HOA)->seq,
			t[i].newer ? t[i].seq : t[i].last);
		UNIT_EQ(world_entry(&w, HOA)->lifetime_4s, t[i].newer ? 9 : 50);
		UNIT_EQ(bcache_count(cn_bcache(w.cn)), 1);
		world_close(&w);
	}
}

/* A refused registration was valid: its number counts (9.5.1). */
static void valid_numbers_are_stored(void)
{
	struct world w;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 10, .lifetime = 50 });
	world_bu(&w, &(struct bu){ .src = LOCAL_B, .seq = 20, .lifetime = 9 });
	world_expect_ba(&w, BA_INVALID_COA, 20);
	UNIT_EQ(world_entry(&w, HOA)->seq, 20);
	/* One that is not valid is not. */
	world_bu(&w,
		 &(struct bu){ .seq = 30, .lifetime = 9, .twist = BAD_AUTH });
	UNIT_EQ(world_entry(&w, HOA)->seq, 20);
	world_close(&w);
}

/* CN-50: good for 210 s after the test, CN-51: not 240 s after the first use
 * of the nonce. */
static void tokens_age(void)
{
	static const struct {
		int home_s, coa_s; /* tests so long before the Binding Update */
		int status;
	} t[] = {
		{ 210, 210, BA_ACCEPTED },
		{ 240, 240, BA_ACCEPTED },
		{ 241, 241, BA_EXPIRED_NONCES },
		{ 241, 205, BA_EXPIRED_HOME_NONCE },
		{ 205, 241, BA_EXPIRED_COA_NONCE },
		{ 205, 0, BA_ACCEPTED }, /* CN-55: of different nonces */
		{ 35, 0, BA_ACCEPTED },
		{ 0, 35, BA_ACCEPTED },
		{ 100000, 0, BA_EXPIRED_HOME_NONCE },
	};
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		int s, first = t[i].home_s > t[i].coa_s ? t[i].home_s
							: t[i].coa_s;
		struct rr rr = { 0 }, now;
		struct world w;

		world_open(&w);
		for (s = first; s >= 0; s = s > 300 ? 300 : s - 1) {
			now = world_rr(&w, HOA, COA, LOCAL);
			if (s == t[i].home_s) {
				rr.home_nonce = now.home_nonce;
				memcpy(rr.home, now.home, 8);
			}
			if (s == t[i].coa_s) {
				rr.coa_nonce = now.coa_nonce;
				memcpy(rr.coa, now.coa, 8);
			}
			if (s)
				world_run_ms(&w,
					     s > 300 ? (s - 300) * 1000 : 1000);
		}
		world_bu(&w,
			 &(struct bu){ .rr = &rr, .seq = 1, .lifetime = 9 });
		world_settle(&w);
		world_expect_ba(&w, (uint8_t)t[i].status, 1);
		world_close(&w);
	}
}

/* CN-54: a new run of the program knows nothing of the tokens of the old. */
static void a_restart_forgets(void)
{
	struct world w;
	struct rr rr;

	world_open(&w);
	rr = world_rr(&w, HOA, COA, LOCAL);
	w.cn = cn_free(w.cn);
	world_start(&w);
	world_bu(&w, &(struct bu){ .rr = &rr, .seq = 1, .lifetime = 9 });
	world_expect_ba(&w, BA_EXPIRED_NONCES, 1);
	world_bu(&w, &(struct bu){ .rr = &rr, .seq = 1 });
	world_expect_ba(&w, BA_EXPIRED_HOME_NONCE, 1);
	UNIT_EQ(bcache_count(cn_bcache(w.cn)), 0);
	world_close(&w);
}

/* What brought an entry into being, once more after its end: CN-10, CN-102,
 * CN-103. */
static void expect_no_revival(struct world *w, uint16_t last)
{
	CU_ASSERT_TRUE(world_is_unknown(w, HOA));
	world_replay(w);
	world_settle(w);
	world_expect_ba(w, BA_SEQ_OUT_OF_WINDOW, last);
	CU_ASSERT_TRUE(world_is_unknown(w, HOA));
}

/* CN-102, CN-103: after a deletion; and the deletion itself is no good for a
 * second time, when a new entry could suffer. */
static void the_deleted_stay_deleted(void)
{
	struct world w;
	struct rr rr, later;
	int s;

	world_open(&w);
	rr = world_rr(&w, HOA, COA, LOCAL);
	world_bind(&w, &(struct bu){ .rr = &rr, .seq = 10, .lifetime = 50 });
	world_bu(&w, &(struct bu){ .rr = &rr, .seq = 11 });
	world_settle(&w);
	world_expect_ba(&w, BA_ACCEPTED, 11);
	for (s = 0; s <= 240; s += 8) {
		world_bu(&w,
			 &(struct bu){ .rr = &rr, .seq = 10, .lifetime = 50 });
		world_settle(&w);
		world_expect_ba(&w, BA_SEQ_OUT_OF_WINDOW, 11);
		CU_ASSERT_TRUE(world_is_unknown(&w, HOA));
		world_run_ms(&w, 8000);
	}
	/* Then the nonces are dead. */
	world_bu(&w, &(struct bu){ .rr = &rr, .seq = 10, .lifetime = 50 });
	world_expect_ba(&w, BA_EXPIRED_NONCES, 10);
	/* New tests, any number: sections 9.5.1. */
	later = world_rr(&w, HOA, COA, LOCAL);
	world_bu(&w, &(struct bu){ .rr = &later, .seq = 3, .lifetime = 50 });
	expect_bound(&w, 3);
	world_close(&w);
}

/* A nonce that is younger than the end proves that a Binding Update is, too:
 * it may have any number (9.5.1), while the old ones stay illegal, however
 * often the entry dies. */
static void younger_nonces_may_have_any_number(void)
{
	struct rr old, rr;
	struct world w;

	world_open(&w);
	old = world_rr(&w, HOA, COA, LOCAL);
	world_bind(&w, &(struct bu){ .rr = &old, .seq = 1000, .lifetime = 50 });
	world_bu(&w, &(struct bu){ .rr = &old, .seq = 1001 });
	world_settle(&w);
	world_expect_ba(&w, BA_ACCEPTED, 1001);
	world_run_ms(&w, 31000);
	world_bu(&w, &(struct bu){ .seq = 5, .lifetime = 50 });
	expect_bound(&w, 5);
	/* With an entry whose number is smaller the old one is still old. */
	world_bu(&w,
		 &(struct bu){
			 .src = COA, .rr = &old, .seq = 1000, .lifetime = 50 });
	world_settle(&w);
	world_expect_ba(&w, BA_SEQ_OUT_OF_WINDOW, 1001);
	world_bu(&w, &(struct bu){ .rr = &old, .seq = 1001 });
	world_settle(&w);
	world_expect_ba(&w, BA_SEQ_OUT_OF_WINDOW, 1001);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	/* A home token of then and a care-of token of now are of now. */
	rr = world_rr(&w, HOA, COA_B, LOCAL);
	rr.home_nonce = old.home_nonce;
	memcpy(rr.home, old.home, sizeof(rr.home));
	world_bu(&w,
		 &(struct bu){
			 .src = COA_B, .rr = &rr, .seq = 6, .lifetime = 50 });
	world_settle(&w);
	world_expect_ba(&w, BA_ACCEPTED, 6);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA_B));
	/* A second end does not make the first forgotten. */
	world_bu(&w, &(struct bu){ .seq = 7 });
	world_settle(&w);
	world_expect_ba(&w, BA_ACCEPTED, 7);
	world_bu(&w, &(struct bu){ .rr = &old, .seq = 1000, .lifetime = 50 });
	world_expect_ba(&w, BA_SEQ_OUT_OF_WINDOW, 1001);
	CU_ASSERT_TRUE(world_is_unknown(&w, HOA));
	world_close(&w);
}

/* CN-100: a deletion of nothing makes no entry; nor is it good for later. */
static void deletions_of_nothing_are_remembered(void)
{
	struct world w;
	struct rr rr;

	world_open(&w);
	rr = world_rr(&w, HOA, COA, LOCAL);
	world_bu(&w, &(struct bu){ .rr = &rr, .seq = 40 });
	world_settle(&w);
	world_expect_ba(&w, BA_ACCEPTED, 40);
	CU_ASSERT_TRUE(world_is_unknown(&w, HOA));
	world_bu(&w, &(struct bu){ .rr = &rr, .seq = 41, .lifetime = 9 });
	expect_bound(&w, 41);
	world_bu(&w, &(struct bu){ .rr = &rr, .seq = 40 });
	world_expect_ba(&w, BA_SEQ_OUT_OF_WINDOW, 41);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	/* Not asked for, not answered. */
	world_bu(&w, &(struct bu){ .hoa = HOA_B, .seq = 1, .twist = NO_A });
	world_settle(&w);
	world_expect_silence(&w);
	CU_ASSERT_TRUE(world_is_unknown(&w, HOA_B));
	world_close(&w);
}

/* CN-10: expiry and eviction forget no number, either. */
static void the_expired_stay_expired(void)
{
	struct world w;

	world_open(&w);
	world_bu(&w, &(struct bu){ .seq = 10, .lifetime = 5 });
	expect_bound(&w, 10);
	world_run_ms(&w, 20000);
	expect_no_revival(&w, 10);
	world_close(&w);
}

static void the_evicted_stay_evicted(void)
{
	struct world w;
	struct rr rr;

	world_init(&w);
	w.conf.max_bindings = 1;
	world_start(&w);
	rr = world_rr(&w, HOA, COA, LOCAL);
	world_bind(&w, &(struct bu){ .rr = &rr, .seq = 10, .lifetime = 50 });
	world_run_ms(&w, 20000);
	world_bind(&w, &(struct bu){ .hoa = HOA_B, .seq = 1, .lifetime = 50 });
	CU_ASSERT_TRUE(world_is_unknown(&w, HOA));
	world_bu(&w, &(struct bu){ .rr = &rr, .seq = 10, .lifetime = 50 });
	world_settle(&w);
	world_expect_ba(&w, BA_SEQ_OUT_OF_WINDOW, 10);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA_B, COA));
	world_close(&w);
}

/* CN-10: where there is no room to remember, all nonces end. */
static void a_full_memory_ends_the_nonces(void)
{
	struct world w;
	struct rr rr;
	int i;

	world_init(&w);
	w.conf.max_bindings = 3;
	world_start(&w);
	rr = world_rr(&w, HOA, COA, LOCAL);
	world_bu(&w, &(struct bu){ .rr = &rr, .seq = 10 });
	world_expect_ba(&w, BA_ACCEPTED, 10);
	for (i = 0; i < 2; i++) {
		static const char *const homes[] = { HOA_B, "2001:db8:1::3" };

		world_bu(&w, &(struct bu){ .hoa = homes[i], .seq = 1 });
		world_expect_ba(&w, BA_ACCEPTED, 1);
	}
	world_bu(&w, &(struct bu){ .rr = &rr, .seq = 10, .lifetime = 50 });
	world_expect_ba(&w, BA_SEQ_OUT_OF_WINDOW, 10);
	world_bu(&w, &(struct bu){ .hoa = "2001:db8:1::4", .seq = 1 });
	world_expect_ba(&w, BA_ACCEPTED, 1);
	world_bu(&w, &(struct bu){ .rr = &rr, .seq = 10, .lifetime = 50 });
	world_expect_ba(&w, BA_EXPIRED_NONCES, 10);
	/* Who asks anew is served. */
	world_bu(&w, &(struct bu){ .seq = 2, .lifetime = 50 });
	expect_bound(&w, 2);
	world_close(&w);
}

/* A copy of what the kernel is being asked for is not an old number. */
static void copies_wait_for_the_first_answer(void)
{
	struct world w;

	world_open(&w);
	world_bu(&w, &(struct bu){ .seq = 10, .lifetime = 50 });
	world_replay(&w);
	world_replay(&w);
	UNIT_EQ(w.counters.v[CNT_BU_BUSY], 2);
	expect_bound(&w, 10);
	world_replay(&w);
	world_expect_ba(&w, BA_SEQ_OUT_OF_WINDOW, 10);
	world_bu(&w, &(struct bu){ .seq = 11 });
	world_replay(&w);
	world_settle(&w);
	world_expect_ba(&w, BA_ACCEPTED, 11);
	world_close(&w);
}

static const struct unit_case cases[] = {
	UNIT_CASE(any_first_number_is_accepted),
	UNIT_CASE(numbers_are_compared_modulo_2_16),
	UNIT_CASE(valid_numbers_are_stored),
	UNIT_CASE(tokens_age),
	UNIT_CASE(a_restart_forgets),
	UNIT_CASE(the_deleted_stay_deleted),
	UNIT_CASE(younger_nonces_may_have_any_number),
	UNIT_CASE(deletions_of_nothing_are_remembered),
	UNIT_CASE(the_expired_stay_expired),
	UNIT_CASE(the_evicted_stay_evicted),
	UNIT_CASE(a_full_memory_ends_the_nonces),
	UNIT_CASE(copies_wait_for_the_first_answer),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "cn_seq", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
