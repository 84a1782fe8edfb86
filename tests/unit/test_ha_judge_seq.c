/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The judge of home registrations: sequence numbers, copies, de-registration
 * and the minimum interval.
 * Links nothing but the judge: it is pure.
 */
#include "tests/unit/ha_question.h"
#include "tests/unit/unit.h"

static const struct {
	uint16_t last, seq;
	bool newer;
} numbers[] = {
	/* HA-44 */
	{ 15, 16, true },
	{ 15, 32782, true },
	{ 32783, 32784, true },
	{ 32783, 14, true },
	{ 65535, 0, true },
	/* HA-45 */
	{ 15, 14, false },
	{ 15, 15, false },
	{ 15, 32783, false },
	{ 32783, 32782, false },
	{ 32783, 32783, false },
	{ 32783, 15, false },
	{ 0, 65535, false },
};

/* HA-44 accepted, HA-45 refused with the last number (A bit or not), COM-31
 * modulo 2^16. */
static void sequence_numbers_are_compared_modulo(void)
{
	struct conf_ha conf = { .max_lifetime_s = 3600 };
	struct conf_home_link link = { .prefix = { ip("2001:db8:1::"), 64 } };
	struct bcache_entry e = { .state = BCACHE_ACTIVE, .coa = ip(COA) };
	size_t i;

	for (i = 0; i < 2 * sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct bu bu = { .src = COA_B,
				 .seq = numbers[i / 2].seq,
				 .flags = i % 2 ? AH : BU_FLAG_H,
				 .lifetime = 9 };
		struct packet pkt = bu_packet(&bu);
		struct mh_msg msg = bu_msg(&bu);
		struct ha_question q = {
			.conf = &conf,
			.link = &link,
			.link_ready = true,
			.prefix = { UINT32_MAX, UINT32_MAX },
			.entry = &e,
			.pkt = &pkt,
			.msg = &msg,
			.dst_is_ours = true,
		};
		struct ha_judgement j;

		e.seq = numbers[i / 2].last;
		j = ha_bu_judge(&q);
		if (numbers[i / 2].newer) {
			UNIT_EQ(j.verdict, HA_ACCEPT);
			UNIT_EQ(j.kind, HA_MOVE);
			UNIT_EQ(j.seq, numbers[i / 2].seq);
			CU_ASSERT_TRUE(j.store_seq);
		} else {
			UNIT_EQ(j.verdict, HA_REFUSE);
			UNIT_EQ(j.status, BA_SEQ_OUT_OF_WINDOW);
			UNIT_EQ(j.seq, numbers[i / 2].last);
			CU_ASSERT_FALSE(j.store_seq);
		}
	}
}

/* SEC-26: static keys have no replay window; a number that was remembered is
 * as good as that of an entry, so an old Binding Update stays old. */
static void remembered_numbers_outlive_their_entry(void)
{
	struct conf_ha conf = { .max_lifetime_s = 3600 };
	struct conf_home_link link = { .prefix = { ip("2001:db8:1::"), 64 } };
	struct bu bu = { .src = COA_B, .seq = 10, .flags = AH, .lifetime = 9 };
	struct packet pkt = bu_packet(&bu);
	struct mh_msg msg = bu_msg(&bu);
	struct ha_question q = {
		.conf = &conf,
		.link = &link,
		.link_ready = true,
		.prefix = { UINT32_MAX, UINT32_MAX },
		.pkt = &pkt,
		.msg = &msg,
		.dst_is_ours = true,
		.has_seq = true,
		.seq = 10,
	};
	struct ha_judgement j = ha_bu_judge(&q);

	UNIT_EQ(j.verdict, HA_REFUSE);
	UNIT_EQ(j.status, BA_SEQ_OUT_OF_WINDOW);
	UNIT_EQ(j.seq, 10);
	q.seq = 9;
	j = ha_bu_judge(&q);
	UNIT_EQ(j.verdict, HA_ACCEPT);
}

/* Tables are read by line. */
/* clang-format off */
/* HA-46: without an entry any number will do; HA-68: a de-registered entry
 * still remembers its last, HA-69: and yields to a greater one. */
static void sequence_numbers_need_an_entry(void)
{
	static const struct row rows[] = {
		{ "0", { .seq = 0, .lifetime = 9 }, 0, HA_ACCEPT, HA_NEW },
		{ "32768", { .seq = 32768, .lifetime = 9 },
		  0, HA_ACCEPT, HA_NEW },
		{ "65535", { .seq = 65535, .lifetime = 9 },
		  0, HA_ACCEPT, HA_NEW },
		{ "invalid, older", { .seq = 14, .lifetime = 9 },
		  INVALID, HA_REFUSE, BA_SEQ_OUT_OF_WINDOW },
		{ "invalid, same", { .seq = 15, .lifetime = 9 },
		  INVALID, HA_REFUSE, BA_SEQ_OUT_OF_WINDOW },
		{ "invalid, newer", { .seq = 16, .lifetime = 9 },
		  INVALID, HA_ACCEPT, HA_NEW },
		{ "invalid, newer, cache full", { .seq = 16, .lifetime = 9 },
		  INVALID | FULL, HA_ACCEPT, HA_NEW },
		ROW_END,
	};

	rows_check(rows);
}

/* A copy of what is being worked on is no wrong number (HA-55); anything
 * else with an old number is. */
static void copies_wait_for_the_answer(void)
{
	static const struct row rows[] = {
		{ "copy in DAD", { .seq = 15, .lifetime = 9 },
		  DAD | PENDING, HA_DROP, CNT_BU_BUSY },
		{ "copy while installing", { .seq = 15, .lifetime = 7 },
		  INSTALLING | PENDING, HA_DROP, CNT_BU_BUSY },
		{ "copy of a de-registration", { .seq = 15 },
		  REMOVING | BOUND | PENDING_DEREG, HA_DROP, CNT_BU_BUSY },
		{ "same number, other address",
		  { .src = COA_B, .seq = 15, .lifetime = 9 },
		  DAD | PENDING, HA_REFUSE, BA_SEQ_OUT_OF_WINDOW },
		{ "same number, de-registration", { .seq = 15 },
		  DAD | PENDING, HA_REFUSE, BA_SEQ_OUT_OF_WINDOW },
		{ "older", { .seq = 14, .lifetime = 9 },
		  DAD | PENDING, HA_REFUSE, BA_SEQ_OUT_OF_WINDOW },
		{ "newer", { .seq = 16, .lifetime = 9 },
		  DAD | PENDING, HA_ACCEPT, HA_NEW },
		{ "same number, answered", { .seq = 15, .lifetime = 9 },
		  BOUND, HA_REFUSE, BA_SEQ_OUT_OF_WINDOW },
		ROW_END,
	};

	rows_check(rows);
}

/* HA-57: 133 without a binding; HA-58, HA-59, HA-60: all forms of a
 * de-registration; HA-61: so is a home address bound to itself. */
static void deregistration_in_all_its_forms(void)
{
	static const struct row rows[] = {
		{ "from abroad", { .seq = 16 }, BOUND, HA_ACCEPT,
		  HA_DEREGISTER },
		{ "from abroad, A=0", { .seq = 16, .flags = BU_FLAG_H },
		  BOUND, HA_ACCEPT, HA_DEREGISTER },
		{ "from abroad, acoa = hoa", { .acoa = HOA, .seq = 16 },
		  BOUND, HA_ACCEPT, HA_DEREGISTER },
		{ "from home with HAO", { .src = HOA, .seq = 16 },
		  BOUND, HA_ACCEPT, HA_DEREGISTER },
		{ "from home without HAO", { .no_hao = true, .seq = 16 },
		  BOUND, HA_ACCEPT, HA_DEREGISTER },
		{ "lifetime, from home with HAO",
		  { .src = HOA, .seq = 16, .lifetime = 9 },
		  BOUND, HA_ACCEPT, HA_DEREGISTER },
		{ "lifetime, from home without HAO",
		  { .no_hao = true, .seq = 16, .lifetime = 9 },
		  BOUND, HA_ACCEPT, HA_DEREGISTER },
		{ "lifetime, acoa = hoa",
		  { .acoa = HOA, .seq = 16, .lifetime = 9 },
		  BOUND, HA_ACCEPT, HA_DEREGISTER },
		{ "none", { .seq = 16 }, 0, HA_REFUSE, BA_NOT_HOME_AGENT },
		{ "none, from home", { .no_hao = true, .seq = 16 },
		  0, HA_REFUSE, BA_NOT_HOME_AGENT },
		{ "none, not home subnet", { .seq = 16 },
		  NO_LINK, HA_REFUSE, BA_NOT_HOME_AGENT },
		{ "none, lifetime, acoa = hoa",
		  { .acoa = HOA, .lifetime = 9 },
		  0, HA_REFUSE, BA_NOT_HOME_AGENT },
		{ "old number first", { .seq = 15 },
		  BOUND, HA_REFUSE, BA_SEQ_OUT_OF_WINDOW },
		{ "during DAD", { .seq = 16 }, DAD | PENDING, HA_ACCEPT,
		  HA_DEREGISTER },
		{ "repeated, its answer was lost", { .seq = 16 },
		  INVALID, HA_ACCEPT, HA_DEREGISTER },
		{ "no policy keeps anybody", { .seq = 16 },
		  BOUND | ALLOW_OTHERS | LINK_DOWN | PREFIX_ENDED |
			  JUST_ANSWERED | FULL,
		  HA_ACCEPT, HA_DEREGISTER },
		ROW_END,
	};

	rows_check(rows);
}

/* The minimum interval: refreshes only, and never what is not answered. */
static void the_interval_holds_for_refreshes_only(void)
{
	static const struct row rows[] = {
		{ "refresh", { .seq = 16, .lifetime = 9 },
		  BOUND | JUST_ANSWERED, HA_DROP, CNT_BU_RATE },
		{ "move", { .src = COA_B, .seq = 16, .lifetime = 9 },
		  BOUND | JUST_ANSWERED, HA_ACCEPT, HA_MOVE },
		{ "dereg", { .seq = 16 },
		  BOUND | JUST_ANSWERED, HA_ACCEPT, HA_DEREGISTER },
		{ "old number", { .seq = 15, .lifetime = 9 },
		  BOUND | JUST_ANSWERED, HA_REFUSE, BA_SEQ_OUT_OF_WINDOW },
		{ "during a move", { .seq = 16, .lifetime = 9 },
		  BOUND | JUST_ANSWERED | INSTALLING | PENDING,
		  HA_ACCEPT, HA_REFRESH },
		{ "back home and gone again", { .seq = 16, .lifetime = 9 },
		  INVALID | JUST_ANSWERED, HA_ACCEPT, HA_NEW },
		ROW_END,
	};

	rows_check(rows);
}
/* clang-format on */

/* Section 9.5.1: a valid number is kept even when policy then refuses the
 * update; a number out of window or in a discarded update is not. */
static void valid_numbers_are_stored(void)
{
	static const struct {
		struct row row;
		bool store;
	} t[] = {
		{ { "",
		    { .seq = 16, .lifetime = 9 },
		    BOUND | ALLOW_OTHERS,
		    0,
		    0 },
		  true },
		{ { "", { .seq = 16, .lifetime = 9 }, BOUND, 0, 0 }, true },
		{ { "", { .seq = 16 }, BOUND, 0, 0 }, true },
		{ { "", { .seq = 15, .lifetime = 9 }, BOUND, 0, 0 }, false },
		{ { "",
		    { .seq = 16, .lifetime = 9, .nonces = true },
		    BOUND,
		    0,
		    0 },
		  false },
		{ { "",
		    { .seq = 16, .lifetime = 9 },
		    BOUND | JUST_ANSWERED,
		    0,
		    0 },
		  false },
		{ { "", { .seq = 16, .lifetime = 9 }, NO_LINK, 0, 0 }, false },
	};
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		UNIT_EQ(row_judge(&t[i].row).store_seq, t[i].store);
}

static const struct unit_case cases[] = {
	UNIT_CASE(sequence_numbers_are_compared_modulo),
	UNIT_CASE(sequence_numbers_need_an_entry),
	UNIT_CASE(remembered_numbers_outlive_their_entry),
	UNIT_CASE(copies_wait_for_the_answer),
	UNIT_CASE(deregistration_in_all_its_forms),
	UNIT_CASE(the_interval_holds_for_refreshes_only),
	UNIT_CASE(valid_numbers_are_stored),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "ha_judge_seq", cases },
					    UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
