/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a Binding Update deserves: each silence, each refusal, and which of two
 * reasons wins.
 */
#include "tests/unit/cn_world.h"

#define SILENCE (-1)

enum fact {
	BOUND = 1 << 0, /* HOA at COA, last sequence number 100 */
	OTHER = 1 << 1, /* HOA_B at HOA: half a circle */
};

struct row {
	const char *name;
	struct bu bu;
	unsigned int facts;
	int status; /* of the answer, or SILENCE */
	enum counter counter;
};

/* clang-format off */
#define ROW(name, facts, status, counter, ...) \
	{ name, { __VA_ARGS__ }, facts, status, counter }
#define ROW_END { NULL, { 0 }, 0, 0, 0 }
/* clang-format on */

static void row_check(const struct row *r)
{
	static const struct bu bound = { .seq = 100, .lifetime = 50 };
	static const struct bu other = {
		.hoa = HOA_B, .src = HOA, .seq = 7, .lifetime = 50
	};
	unsigned int n_before, failed = CU_get_number_of_failures();
	struct mtime expires = { 0 };
	struct world w;
	uint64_t before;

	world_open(&w);
	if (r->facts & BOUND)
		world_bind(&w, &bound);
	if (r->facts & OTHER)
		world_bind(&w, &other);
	if (r->facts & BOUND)
		expires = world_entry(&w, HOA)->expires;
	n_before = bcache_count(cn_bcache(w.cn));
	w.now = mtime_add_s(w.now, 3);
	before = w.counters.v[r->counter];
	world_bu(&w, &r->bu);
	world_settle(&w);
	if (r->status == SILENCE)
		world_expect_silence(&w);
	else
		world_expect_ba(&w, (uint8_t)r->status,
				r->status == BA_SEQ_OUT_OF_WINDOW ? 100
								  : r->bu.seq);
	UNIT_EQ(w.counters.v[r->counter], before + 1);
	/* CN-107 what is refused has a status of 128 or more, and (CN-91,
	 * CN-93, CN-101) changes nothing. */
	if (r->status == SILENCE || r->status >= 128) {
		UNIT_EQ(bcache_count(cn_bcache(w.cn)), n_before);
		if (r->facts & BOUND) {
			CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
			UNIT_EQ(world_entry(&w, HOA)->expires.us, expires.us);
		}
	}
	if (CU_get_number_of_failures() != failed)
		printf("     row \"%s\"\n", r->name);
	world_close(&w);
}

static void rows_check(const struct row *rows)
{
	for (; rows->name; rows++)
		row_check(rows);
}

/* CN-58: a home address that is not unicast routable: silence, no entry. */
static void bad_home_addresses_are_met_with_silence(void)
{
	static const char *const bad[] = { "ff0e::1", "fe80::100", "::1",
					   "::", "::ffff:192.0.2.1" };
	const struct rr rr = { 0 };
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct row r = {
			bad[i],
			{ .hoa = bad[i], .rr = &rr, .seq = 1, .lifetime = 9 },
			0,
			SILENCE,
			CNT_BU_BAD_HOA
		};

		row_check(&r);
		r.bu.twist = NO_HAO;
		row_check(&r);
	}
}

/* CN-59 of registrations, CN-60 of deletions, CN-61 in the Alternate Care-of
 * Address option: silence, and an entry stays.  CN-104: no answer to what is
 * discarded. */
static void bad_care_of_addresses_are_met_with_silence(void)
{
	static const char *const bad[] = { "ff0e::1", "fe80::100", "::1",
					   "::" };
	const struct rr rr = { 0 };
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct row r = {
			bad[i],
			{ .src = bad[i], .rr = &rr, .seq = 101, .lifetime = 9 },
			BOUND,
			SILENCE,
			CNT_BU_BAD_COA
		};

		row_check(&r);
		r.bu.lifetime = 0;
		row_check(&r);
		r.bu.src = NULL;
		r.bu.acoa = bad[i];
		row_check(&r);
		r.bu.lifetime = 9;
		r.facts = 0;
		row_check(&r);
		r.bu.acoa = COA;
		r.bu.src = bad[i];
		row_check(&r);
	}
}

/* CN-67 no nonce indices, CN-68 no authorization data, CN-70 not the last
 * octets, CN-71 of another length: silence, for registrations and deletions,
 * with an entry and without. */
static void incomplete_messages_are_met_with_silence(void)
{
	/* clang-format off */
	static const struct row rows[] = {
		ROW("no nonces", BOUND, SILENCE, CNT_BU_NO_AUTH,
		    .seq = 101, .lifetime = 9, .twist = NO_NONCES),
		ROW("no nonces, new", 0, SILENCE, CNT_BU_NO_AUTH,
		    .lifetime = 9, .twist = NO_NONCES),
		ROW("no nonces, deletion", BOUND, SILENCE, CNT_BU_NO_AUTH,
		    .seq = 101, .twist = NO_NONCES),
		ROW("no auth", BOUND, SILENCE, CNT_BU_NO_AUTH,
		    .seq = 101, .lifetime = 9, .twist = NO_AUTH),
		ROW("no auth, deletion", BOUND, SILENCE, CNT_BU_NO_AUTH,
		    .seq = 101, .twist = NO_AUTH),
		ROW("nothing", BOUND, SILENCE, CNT_BU_NO_AUTH,
		    .seq = 101, .lifetime = 9, .twist = NO_AUTH | NO_NONCES),
		ROW("10 octets", BOUND, SILENCE, CNT_BU_NO_AUTH,
		    .seq = 101, .lifetime = 9, .twist = AUTH_SHORT),
		ROW("20 octets", BOUND, SILENCE, CNT_BU_NO_AUTH,
		    .seq = 101, .lifetime = 9, .twist = AUTH_LONG),
		ROW("padded", BOUND, SILENCE, CNT_BU_NO_AUTH,
		    .seq = 101, .lifetime = 9, .twist = AUTH_PADDED),
		ROW("another option behind", BOUND, SILENCE, CNT_BU_NO_AUTH,
		    .seq = 101, .lifetime = 9, .twist = AUTH_THEN_OPTION),
		ROW("no auth, stale nonces", BOUND, SILENCE, CNT_BU_NO_AUTH,
		    .seq = 101, .lifetime = 9, .twist = NO_AUTH | HOME_STALE | COA_STALE),
		ROW_END,
	};
	/* clang-format on */

	rows_check(rows);
}

/* CN-69: silence for a wrong authenticator, with A or without, from abroad
 * and from home.  CN-79, COM-54: over another address than the one that is
 * named.  COM-52: with the wrong tokens. */
static void forgeries_are_met_with_silence(void)
{
	/* clang-format off */
	static const struct row rows[] = {
		ROW("new", 0, SILENCE, CNT_BU_BAD_AUTH,
		    .seq = 1, .lifetime = 9, .twist = BAD_AUTH),
		ROW("refresh", BOUND, SILENCE, CNT_BU_BAD_AUTH,
		    .seq = 101, .lifetime = 9, .twist = BAD_AUTH),
		ROW("refresh, A=0", BOUND, SILENCE, CNT_BU_BAD_AUTH,
		    .seq = 101, .lifetime = 9, .twist = BAD_AUTH | NO_A),
		ROW("handover", BOUND, SILENCE, CNT_BU_BAD_AUTH,
		    .src = COA_B, .seq = 101, .lifetime = 9, .twist = BAD_AUTH),
		ROW("deletion", BOUND, SILENCE, CNT_BU_BAD_AUTH,
		    .seq = 101, .twist = BAD_AUTH),
		ROW("deletion from home", BOUND, SILENCE, CNT_BU_BAD_AUTH,
		    .seq = 101, .twist = BAD_AUTH | NO_HAO),
		ROW("deletion of nothing", 0, SILENCE, CNT_BU_BAD_AUTH,
		    .seq = 1, .twist = BAD_AUTH),
		ROW("old number", BOUND, SILENCE, CNT_BU_BAD_AUTH,
		    .seq = 99, .lifetime = 9, .twist = BAD_AUTH),
		ROW("over the source", BOUND, SILENCE, CNT_BU_BAD_AUTH,
		    .acoa = COA_B, .seq = 101, .lifetime = 9, .twist = MAC_SOURCE),
		ROW("over the home address", BOUND, SILENCE, CNT_BU_BAD_AUTH,
		    .seq = 101, .lifetime = 9, .twist = MAC_HOA),
		ROW("with the home token alone", BOUND, SILENCE, CNT_BU_BAD_AUTH,
		    .seq = 101, .lifetime = 9, .twist = KEY_HOME),
		ROW("deletion with both tokens", BOUND, SILENCE, CNT_BU_BAD_AUTH,
		    .seq = 101, .twist = KEY_BOTH),
		ROW_END,
	};
	/* clang-format on */

	rows_check(rows);
}

/* CN-79: care-of test for the source, but the option names another address;
 * and tokens of other addresses altogether. */
static void tokens_of_other_addresses_are_no_good(void)
{
	struct world w;
	struct rr rr;

	world_open(&w);
	rr = world_rr(&w, HOA, COA, LOCAL);
	world_bu(&w,
		 &(struct bu){
			 .acoa = COA_B, .rr = &rr, .seq = 1, .lifetime = 9 });
	world_bu(&w,
		 &(struct bu){
			 .src = COA_B, .rr = &rr, .seq = 1, .lifetime = 9 });
	/* CN-47 and somebody else's home address. */
	world_bu(&w,
		 &(struct bu){
			 .hoa = HOA_B, .rr = &rr, .seq = 1, .lifetime = 9 });
	world_bu(&w, &(struct bu){ .hoa = HOA_B, .rr = &rr, .seq = 1 });
	rr = (struct rr){ rr.coa_nonce, rr.home_nonce, { 0 }, { 0 } };
	world_bu(&w, &(struct bu){ .rr = &rr, .seq = 1, .lifetime = 9 });
	world_settle(&w);
	world_expect_silence(&w);
	UNIT_EQ(w.counters.v[CNT_BU_BAD_AUTH], 5);
	UNIT_EQ(bcache_count(cn_bcache(w.cn)), 0);
	world_close(&w);
}

/* CN-72 136, CN-73 137, CN-74 138; CN-75 the care-of nonce of a deletion is
 * not looked at, so CN-76 never 138.  CN-106: A or not.  CN-108: without
 * Binding Authorization Data (world_expect_ba). */
static void stale_nonces_are_told(void)
{
	/* clang-format off */
	static const struct row rows[] = {
		ROW("home", BOUND, BA_EXPIRED_HOME_NONCE, CNT_BU_STALE_NONCE,
		    .seq = 101, .lifetime = 9, .twist = HOME_STALE),
		ROW("care-of", BOUND, BA_EXPIRED_COA_NONCE, CNT_BU_STALE_NONCE,
		    .seq = 101, .lifetime = 9, .twist = COA_STALE),
		ROW("both", BOUND, BA_EXPIRED_NONCES, CNT_BU_STALE_NONCE,
		    .seq = 101, .lifetime = 9, .twist = HOME_STALE | COA_STALE),
		ROW("home, A=0, new", 0, BA_EXPIRED_HOME_NONCE, CNT_BU_STALE_NONCE,
		    .lifetime = 9, .twist = HOME_STALE | NO_A),
		ROW("care-of, A=0, new", 0, BA_EXPIRED_COA_NONCE, CNT_BU_STALE_NONCE,
		    .lifetime = 9, .twist = COA_STALE | NO_A),
		ROW("both, A=0, new", 0, BA_EXPIRED_NONCES, CNT_BU_STALE_NONCE,
		    .lifetime = 9, .twist = HOME_STALE | COA_STALE | NO_A),
		ROW("deletion, care-of", BOUND, BA_ACCEPTED, CNT_BU_ACCEPTED,
		    .seq = 101, .twist = COA_STALE),
		ROW("deletion, home", BOUND, BA_EXPIRED_HOME_NONCE, CNT_BU_STALE_NONCE,
		    .seq = 101, .twist = HOME_STALE),
		ROW("deletion, both", BOUND, BA_EXPIRED_HOME_NONCE, CNT_BU_STALE_NONCE,
		    .seq = 101, .twist = HOME_STALE | COA_STALE),
		ROW("deletion from home, both", BOUND, BA_EXPIRED_HOME_NONCE, CNT_BU_STALE_NONCE,
		    .seq = 101, .twist = HOME_STALE | COA_STALE | NO_HAO),
		ROW("before the authenticator", BOUND, BA_EXPIRED_COA_NONCE, CNT_BU_STALE_NONCE,
		    .seq = 101, .lifetime = 9, .twist = COA_STALE | BAD_AUTH),
		ROW("before the number", BOUND, BA_EXPIRED_HOME_NONCE, CNT_BU_STALE_NONCE,
		    .seq = 99, .lifetime = 9, .twist = HOME_STALE),
		ROW_END,
	};
	/* clang-format on */

	rows_check(rows);
}

/* CN-66 and CN-106: 135 is told, signed, whether asked for or not. */
static void old_numbers_are_told(void)
{
	/* clang-format off */
	static const struct row rows[] = {
		ROW("A=1", BOUND, BA_SEQ_OUT_OF_WINDOW, CNT_BU_REFUSED,
		    .seq = 100, .lifetime = 9),
		ROW("A=0", BOUND, BA_SEQ_OUT_OF_WINDOW, CNT_BU_REFUSED,
		    .seq = 99, .lifetime = 9, .twist = NO_A),
		ROW("deletion", BOUND, BA_SEQ_OUT_OF_WINDOW, CNT_BU_REFUSED,
		    .seq = 100),
		ROW("handover", BOUND, BA_SEQ_OUT_OF_WINDOW, CNT_BU_REFUSED,
		    .src = COA_B, .seq = 3, .lifetime = 9),
		ROW("before policy", BOUND, BA_SEQ_OUT_OF_WINDOW, CNT_BU_REFUSED,
		    .src = LOCAL_B, .seq = 3, .lifetime = 9),
		ROW_END,
	};
	/* clang-format on */

	rows_check(rows);
}

/* CN-56 home address from the source, CN-57 from the option; CN-77, CN-78 the
 * Alternate Care-of Address; CN-83 bits that mean nothing here. */
static void good_ones_are_accepted(void)
{
	/* clang-format off */
	static const struct row rows[] = {
		ROW("new", 0, BA_ACCEPTED, CNT_BU_ACCEPTED,
		    .seq = 1, .lifetime = 9),
		ROW("refresh", BOUND, BA_ACCEPTED, CNT_BU_ACCEPTED,
		    .seq = 101, .lifetime = 9),
		ROW("acoa", BOUND, BA_ACCEPTED, CNT_BU_ACCEPTED,
		    .acoa = COA_B, .seq = 101, .lifetime = 9),
		ROW("acoa, the same", BOUND, BA_ACCEPTED, CNT_BU_ACCEPTED,
		    .acoa = COA, .seq = 101, .lifetime = 9),
		ROW("L, K, M, R and the rest", 0, BA_ACCEPTED, CNT_BU_ACCEPTED,
		    .seq = 1, .flags = 0x3fff, .lifetime = 9),
		ROW("from home", BOUND, BA_ACCEPTED, CNT_BU_ACCEPTED,
		    .seq = 101, .twist = NO_HAO),
		ROW("to a care-of address of ours", 0, BA_ACCEPTED, CNT_BU_ACCEPTED,
		    .seq = 1, .lifetime = 9, .twist = RH2),
		ROW_END,
	};
	/* clang-format on */

	rows_check(rows);
}

/* CN-84: a circle of two; CN-85: addresses of ours.  A deletion makes no
 * circle. */
static void absurd_bindings_are_not_made(void)
{
	/* clang-format off */
	static const struct row rows[] = {
		ROW("circle", OTHER, SILENCE, CNT_BU_LOOP,
		    .src = HOA_B, .seq = 1, .lifetime = 9),
		ROW("no circle", OTHER, BA_ACCEPTED, CNT_BU_ACCEPTED,
		    .src = COA, .seq = 1, .lifetime = 9),
		ROW("deletion", OTHER, BA_ACCEPTED, CNT_BU_ACCEPTED,
		    .src = HOA_B, .seq = 1),
		ROW("our care-of address", 0, BA_INVALID_COA, CNT_BU_REFUSED,
		    .src = LOCAL_B, .seq = 1, .lifetime = 9),
		ROW("our care-of address by option", 0, BA_INVALID_COA, CNT_BU_REFUSED,
		    .acoa = LOCAL, .seq = 1, .lifetime = 9),
		ROW("our home address", 0, BA_PROHIBITED, CNT_BU_REFUSED,
		    .hoa = LOCAL_B, .seq = 1, .lifetime = 9),
		ROW("ours, but forged", 0, SILENCE, CNT_BU_BAD_AUTH,
		    .hoa = LOCAL_B, .seq = 1, .lifetime = 9, .twist = BAD_AUTH),
		ROW_END,
	};
	/* clang-format on */

	rows_check(rows);
}

static void foreign_destinations_are_met_with_silence(void)
{
	const struct rr rr = { 0 };
	const struct row r = {
		"not ours",
		{ .local = "2001:db8:c::99", .rr = &rr, .lifetime = 9 },
		0,
		SILENCE,
		CNT_BU_NOT_FOR_US
	};
	const struct row all = {
		"all nodes",
		{ .local = "ff02::1", .rr = &rr, .lifetime = 9 },
		0,
		SILENCE,
		CNT_BU_NOT_FOR_US
	};

	row_check(&r);
	row_check(&all);
}

static const struct unit_case cases[] = {
	UNIT_CASE(bad_home_addresses_are_met_with_silence),
	UNIT_CASE(bad_care_of_addresses_are_met_with_silence),
	UNIT_CASE(incomplete_messages_are_met_with_silence),
	UNIT_CASE(forgeries_are_met_with_silence),
	UNIT_CASE(tokens_of_other_addresses_are_no_good),
	UNIT_CASE(stale_nonces_are_told),
	UNIT_CASE(old_numbers_are_told),
	UNIT_CASE(good_ones_are_accepted),
	UNIT_CASE(absurd_bindings_are_not_made),
	UNIT_CASE(foreign_destinations_are_met_with_silence),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "cn_judge", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
