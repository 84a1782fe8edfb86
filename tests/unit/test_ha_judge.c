/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The judge of home registrations: each silence and each refusal by policy,
 * and which of two reasons wins.
 * Links nothing but the judge: it is pure.
 */
#include "tests/unit/ha_question.h"
#include "tests/unit/unit.h"

/* Tables are read by line. */
/* clang-format off */
/* HA-12 link-local, HA-13 multicast home addresses: silence, with or without
 * a binding, L or not. */
static void bad_home_addresses_are_met_with_silence(void)
{
	static const struct row rows[] = {
		{ "link-local", { .hoa = "fe80::100", .seq = 16, .lifetime = 9 },
		  NO_LINK, HA_DROP, CNT_BU_BAD_HOA },
		{ "link-local, L", { .hoa = "fe80::100", .seq = 16,
				     .flags = AHL, .lifetime = 9 },
		  NO_LINK, HA_DROP, CNT_BU_BAD_HOA },
		{ "link-local, dereg", { .hoa = "fe80::100", .seq = 16 },
		  NO_LINK, HA_DROP, CNT_BU_BAD_HOA },
		{ "multicast", { .hoa = "ff0e::1", .seq = 16, .lifetime = 9 },
		  NO_LINK, HA_DROP, CNT_BU_BAD_HOA },
		{ "loopback", { .hoa = "::1", .seq = 16, .lifetime = 9 },
		  NO_LINK, HA_DROP, CNT_BU_BAD_HOA },
		{ "unspecified", { .hoa = "::", .seq = 16, .lifetime = 9 },
		  NO_LINK, HA_DROP, CNT_BU_BAD_HOA },
		{ "v4-mapped", { .hoa = "::ffff:192.0.2.1", .lifetime = 9 },
		  NO_LINK, HA_DROP, CNT_BU_BAD_HOA },
		{ "router anycast", { .hoa = "2001:db8:1::", .lifetime = 9 },
		  0, HA_DROP, CNT_BU_BAD_HOA },
		{ "home agents' anycast",
		  { .hoa = "2001:db8:1:0:fdff:ffff:ffff:fffe", .lifetime = 9 },
		  0, HA_DROP, CNT_BU_BAD_HOA },
		{ "just below the anycast range",
		  { .hoa = "2001:db8:1:0:fdff:ffff:ffff:ff7f", .lifetime = 9 },
		  0, HA_ACCEPT, HA_NEW },
		ROW_END,
	};

	rows_check(rows);
}

/* HA-14: a care-of address that is not unicast routable is met with silence,
 * wherever it stands; so is such a source (the answer would go there). */
static void bad_care_of_addresses_are_met_with_silence(void)
{
	static const struct row rows[] = {
		{ "acoa multicast", { .acoa = "ff0e::1", .lifetime = 9 },
		  0, HA_DROP, CNT_BU_BAD_COA },
		{ "acoa link-local", { .acoa = "fe80::5", .lifetime = 9 },
		  0, HA_DROP, CNT_BU_BAD_COA },
		{ "acoa unspecified", { .acoa = "::", .lifetime = 9 },
		  0, HA_DROP, CNT_BU_BAD_COA },
		{ "acoa loopback", { .acoa = "::1", .lifetime = 9 },
		  0, HA_DROP, CNT_BU_BAD_COA },
		{ "acoa bad, dereg", { .acoa = "fe80::5", .seq = 16 },
		  BOUND, HA_DROP, CNT_BU_BAD_COA },
		{ "acoa bad, old number", { .acoa = "fe80::5", .seq = 3,
					    .lifetime = 9 },
		  BOUND, HA_DROP, CNT_BU_BAD_COA },
		{ "source multicast", { .src = "ff0e::1", .lifetime = 9 },
		  0, HA_DROP, CNT_BU_BAD_COA },
		{ "source link-local", { .src = "fe80::5", .lifetime = 9 },
		  0, HA_DROP, CNT_BU_BAD_COA },
		{ "source unspecified, dereg", { .src = "::", .seq = 16 },
		  BOUND, HA_DROP, CNT_BU_BAD_COA },
		{ "source bad behind a good acoa",
		  { .src = "fe80::5", .acoa = COA, .lifetime = 9 },
		  0, HA_DROP, CNT_BU_BAD_COA },
		ROW_END,
	};

	rows_check(rows);
}

/* HA-10: nonce indices have no place in a home registration. */
static void nonce_indices_are_met_with_silence(void)
{
	static const struct row rows[] = {
		{ "new", { .nonces = true, .lifetime = 9 },
		  0, HA_DROP, CNT_BU_WITH_NONCES },
		{ "bound, old number",
		  { .nonces = true, .seq = 15, .lifetime = 9 },
		  BOUND, HA_DROP, CNT_BU_WITH_NONCES },
		{ "dereg", { .nonces = true, .seq = 16 },
		  BOUND, HA_DROP, CNT_BU_WITH_NONCES },
		{ "not home subnet", { .nonces = true, .lifetime = 9 },
		  NO_LINK, HA_DROP, CNT_BU_WITH_NONCES },
		ROW_END,
	};

	rows_check(rows);
}

static void foreign_destinations_are_met_with_silence(void)
{
	static const struct row rows[] = {
		{ "multicast", { .ha = "ff02::1", .lifetime = 9 },
		  NOT_OUR_DST | NO_LINK, HA_DROP, CNT_BU_NOT_FOR_US },
		{ "before all else", { .hoa = "fe80::1", .acoa = "::",
				       .nonces = true, .lifetime = 9 },
		  NOT_OUR_DST, HA_DROP, CNT_BU_NOT_FOR_US },
		ROW_END,
	};

	rows_check(rows);
}

/* While links are being learnt nobody is told that his is down. */
static void starting_agent_is_silent_about_unknown_links(void)
{
	static const struct row rows[] = {
		{ "unknown", { .lifetime = 9 },
		  STARTING | LINK_DOWN, HA_DROP, CNT_BU_NOT_READY },
		{ "known", { .lifetime = 9 }, STARTING, HA_ACCEPT, HA_NEW },
		{ "no such link", { .lifetime = 9 },
		  STARTING | NO_LINK | LINK_DOWN, HA_REFUSE,
		  BA_NOT_HOME_SUBNET },
		{ "later", { .lifetime = 9 },
		  LINK_DOWN, HA_REFUSE, BA_NO_RESOURCES },
		ROW_END,
	};

	rows_check(rows);
}

/* Ignored: before all that is answered, de-registrations included.  Denied:
 * who may not be here any more may leave. */
static void rules_of_a_policy(void)
{
	static const struct row rows[] = {
		{ "ignored", { .lifetime = 9 },
		  IGNORED, HA_DROP, CNT_BU_IGNORED },
		{ "ignored before all that is answered",
		  { .seq = 3, .lifetime = 9 },
		  IGNORED | BOUND | NO_LINK, HA_DROP, CNT_BU_IGNORED },
		{ "ignored, dereg", { .seq = 16 },
		  IGNORED | BOUND, HA_DROP, CNT_BU_IGNORED },
		{ "not allowed any more, dereg", { .seq = 16 },
		  ALLOW_OTHERS | BOUND, HA_ACCEPT, HA_DEREGISTER },
		ROW_END,
	};

	rows_check(rows);
}

/* HA-17 132; HA-18 129; HA-19 130; HA-11 silence without a Home Address
 * option; HA-21 174 for loops; A bit or not. */
static void registrations_are_refused_by_policy(void)
{
	static const struct row rows[] = {
		{ "not home subnet", { .lifetime = 9 },
		  NO_LINK, HA_REFUSE, BA_NOT_HOME_SUBNET },
		{ "not home subnet, A=0",
		  { .flags = BU_FLAG_H, .lifetime = 9 },
		  NO_LINK, HA_REFUSE, BA_NOT_HOME_SUBNET },
		{ "prefix ended", { .lifetime = 9 },
		  PREFIX_ENDED, HA_REFUSE, BA_NOT_HOME_SUBNET },
		{ "prefix ended, bound", { .seq = 16, .lifetime = 9 },
		  BOUND | PREFIX_ENDED, HA_REFUSE, BA_NOT_HOME_SUBNET },
		{ "no HAO", { .no_hao = true, .acoa = COA, .lifetime = 9 },
		  0, HA_DROP, CNT_BU_NO_HAO },
		{ "no HAO, bound",
		  { .no_hao = true, .acoa = COA_B, .seq = 16, .lifetime = 9 },
		  BOUND, HA_DROP, CNT_BU_NO_HAO },
		{ "hoa is ours", { .lifetime = 9 },
		  OUR_HOA, HA_REFUSE, BA_DAD_FAILED },
		{ "not allowed", { .lifetime = 9 },
		  ALLOW_OTHERS, HA_REFUSE, BA_PROHIBITED },
		{ "its rule is full", { .lifetime = 9 },
		  RULE_FULL, HA_REFUSE, BA_NO_RESOURCES },
		{ "bound elsewhere", { .lifetime = 9 },
		  ELSEWHERE, HA_REFUSE, BA_PROHIBITED },
		{ "coa is ours", { .lifetime = 9 },
		  OUR_COA, HA_REFUSE, BA_INVALID_COA },
		{ "coa is bound", { .lifetime = 9 },
		  COA_BOUND, HA_REFUSE, BA_INVALID_COA },
		{ "move to a bound coa",
		  { .src = COA_B, .seq = 16, .lifetime = 9 },
		  BOUND | COA_BOUND, HA_REFUSE, BA_INVALID_COA },
		{ "full", { .lifetime = 9 },
		  FULL, HA_REFUSE, BA_NO_RESOURCES },
		{ "full, but bound", { .seq = 16, .lifetime = 9 },
		  FULL | BOUND, HA_ACCEPT, HA_REFRESH },
		{ "full, but in DAD", { .seq = 16, .lifetime = 9 },
		  FULL | DAD | PENDING, HA_ACCEPT, HA_NEW },
		{ "link down", { .lifetime = 9 },
		  LINK_DOWN, HA_REFUSE, BA_NO_RESOURCES },
		{ "link down, but bound", { .seq = 16, .lifetime = 9 },
		  LINK_DOWN | BOUND, HA_ACCEPT, HA_REFRESH },
		{ "link down, moves",
		  { .src = COA_B, .seq = 16, .lifetime = 9 },
		  LINK_DOWN | BOUND, HA_ACCEPT, HA_MOVE },
		{ "link-local address taken",
		  { .flags = AHL, .lifetime = 9 },
		  LL_TAKEN, HA_REFUSE, BA_DAD_FAILED },
		ROW_END,
	};

	rows_check(rows);
}

/* The order of the tests, each against those behind it. */
static void the_first_reason_wins(void)
{
	static const unsigned int all = OUR_HOA | ALLOW_OTHERS | ELSEWHERE |
					OUR_COA | COA_BOUND | LINK_DOWN |
					FULL | LL_TAKEN;
	const struct row rows[] = {
		{ "silence before 135",
		  { .hoa = "ff0e::1", .seq = 3, .lifetime = 9 },
		  BOUND | all, HA_DROP, CNT_BU_BAD_HOA },
		{ "hoa before coa", { .hoa = "ff0e::1", .src = "fe80::1",
				      .nonces = true, .lifetime = 9 },
		  all, HA_DROP, CNT_BU_BAD_HOA },
		{ "coa before nonces", { .src = "fe80::1", .nonces = true,
					 .lifetime = 9 },
		  all, HA_DROP, CNT_BU_BAD_COA },
		{ "135 before 132", { .seq = 15, .lifetime = 9 },
		  BOUND | NO_LINK | all, HA_REFUSE, BA_SEQ_OUT_OF_WINDOW },
		{ "133 before 132", { .seq = 15 },
		  NO_LINK | all, HA_REFUSE, BA_NOT_HOME_AGENT },
		{ "132 before the rest",
		  { .no_hao = true, .acoa = COA, .lifetime = 9 },
		  NO_LINK | all, HA_REFUSE, BA_NOT_HOME_SUBNET },
		{ "132 of an ended prefix",
		  { .no_hao = true, .acoa = COA, .lifetime = 9 },
		  PREFIX_ENDED | all, HA_REFUSE, BA_NOT_HOME_SUBNET },
		{ "HAO", { .no_hao = true, .acoa = COA, .lifetime = 9 },
		  all, HA_DROP, CNT_BU_NO_HAO },
		{ "own address", { .lifetime = 9 },
		  all, HA_REFUSE, BA_DAD_FAILED },
		{ "129", { .lifetime = 9 },
		  all & ~OUR_HOA, HA_REFUSE, BA_PROHIBITED },
		{ "129 elsewhere", { .lifetime = 9 },
		  all & ~(OUR_HOA | ALLOW_OTHERS), HA_REFUSE, BA_PROHIBITED },
		{ "174", { .lifetime = 9 },
		  OUR_COA | COA_BOUND | LINK_DOWN | FULL | LL_TAKEN,
		  HA_REFUSE, BA_INVALID_COA },
		{ "174 of a loop", { .lifetime = 9 },
		  COA_BOUND | LINK_DOWN | FULL | LL_TAKEN,
		  HA_REFUSE, BA_INVALID_COA },
		{ "130", { .lifetime = 9 },
		  LINK_DOWN | FULL | LL_TAKEN, HA_REFUSE, BA_NO_RESOURCES },
		{ "134", { .lifetime = 9 },
		  LL_TAKEN, HA_REFUSE, BA_DAD_FAILED },
		{ "policy before the interval", { .seq = 16, .lifetime = 9 },
		  BOUND | JUST_ANSWERED | ALLOW_OTHERS,
		  HA_REFUSE, BA_PROHIBITED },
		ROW_END,
	};

	rows_check(rows);
}

/* HA-23 the A bit does not matter, HA-24 nor do bits unknown here; HA-26 the
 * Alternate Care-of Address is the one that counts. */
static void registrations_are_accepted(void)
{
	static const struct row rows[] = {
		{ "new", { .lifetime = 9 }, 0, HA_ACCEPT, HA_NEW },
		{ "new, A=0", { .flags = BU_FLAG_H, .lifetime = 9 },
		  0, HA_ACCEPT, HA_NEW },
		{ "new, reserved bits", { .flags = 0xffff, .lifetime = 9 },
		  0, HA_ACCEPT, HA_NEW },
		{ "new, acoa", { .acoa = COA_B, .lifetime = 9 },
		  0, HA_ACCEPT, HA_NEW },
		{ "refresh", { .seq = 16, .lifetime = 9 },
		  BOUND, HA_ACCEPT, HA_REFRESH },
		{ "refresh, reserved bits",
		  { .seq = 16, .flags = AH | 0x0fff, .lifetime = 9 },
		  BOUND, HA_ACCEPT, HA_REFRESH },
		{ "refresh by acoa",
		  { .src = COA_B, .acoa = COA, .seq = 16, .lifetime = 9 },
		  BOUND, HA_ACCEPT, HA_REFRESH },
		{ "move", { .src = COA_B, .seq = 16, .lifetime = 9 },
		  BOUND, HA_ACCEPT, HA_MOVE },
		{ "move by acoa", { .acoa = COA_B, .seq = 16, .lifetime = 9 },
		  BOUND, HA_ACCEPT, HA_MOVE },
		{ "L set", { .seq = 16, .flags = AHL, .lifetime = 9 },
		  BOUND, HA_ACCEPT, HA_MOVE },
		{ "L cleared", { .seq = 16, .lifetime = 9 },
		  BOUND | BOUND_L, HA_ACCEPT, HA_MOVE },
		{ "L kept", { .seq = 16, .flags = AHL, .lifetime = 9 },
		  BOUND | BOUND_L, HA_ACCEPT, HA_REFRESH },
		{ "while being removed", { .seq = 16, .lifetime = 9 },
		  BOUND | REMOVING, HA_ACCEPT, HA_REFRESH },
		ROW_END,
	};

	rows_check(rows);
}
/* clang-format on */

/* What an answer says: number, status, lifetime.  HA-37 the number of the
 * update; HA-27, HA-31, HA-33, HA-34 through lifetime_grant(). */
static void answers_say_what_is_granted(void)
{
	static const struct row plain = {
		"", { .seq = 77, .lifetime = 100 }, 0, 0, 0
	};
	static const struct row longer = {
		"", { .seq = 77, .lifetime = 0xffff }, 0, 0, 0
	};
	static const struct row old = {
		"", { .seq = 77, .lifetime = 100 }, PREFIX_DEPRECATED, 0, 0
	};
	static const struct row home = { "", { .seq = 77 }, BOUND, 0, 0 };
	struct ha_judgement j;

	j = row_judge(&plain);
	UNIT_EQ(j.seq, 77);
	UNIT_EQ(j.status, BA_ACCEPTED);
	UNIT_EQ(j.lifetime_4s, 100);
	j = row_judge(&longer);
	UNIT_EQ(j.status, BA_ACCEPTED);
	UNIT_EQ(j.lifetime_4s, 900);
	j = row_judge(&old);
	UNIT_EQ(j.status, BA_ACCEPTED_PREFIX_DISCOVERY);
	UNIT_EQ(j.lifetime_4s, 100);
	j = row_judge(&home);
	UNIT_EQ(j.seq, 77);
	UNIT_EQ(j.status, BA_ACCEPTED);
	UNIT_EQ(j.lifetime_4s, 0);
}

/* Prefixes of other lengths have other anycast addresses. */
static void anycast_depends_on_the_prefix(void)
{
	static const struct {
		const char *prefix, *hoa;
		uint8_t len;
		bool bad;
	} t[] = {
		{ "2001:db8:1::", "2001:db8:1:0:fdff:ffff:ffff:ff80", 64,
		  true },
		{ "2001:db8:1::", "2001:db8:1:0:fdff:ffff:ffff:ffff", 64,
		  true },
		{ "2001:db8::", "2001:db8:1:0:fdff:ffff:ffff:ff80", 48, true },
		{ "2001:db8:1:0:fdff:ffff::",
		  "2001:db8:1:0:fdff:ffff:ffff:fffe", 96, true },
		{ "2001:db8:1:0:fdff:ffff::",
		  "2001:db8:1:0:fdff:ffff:ffff:ff7f", 96, false },
		{ "2001:db8:1:0:fdff:ffff::", "2001:db8:1:0:fdff:ffff::", 96,
		  true },
		{ "2001:db8:1::10", "2001:db8:1::10", 127, false },
		{ "2001:db8:1::10", "2001:db8:1::10", 126, true },
	};
	struct conf_ha conf = { .max_lifetime_s = 3600 };
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct conf_home_link link = {
			.prefix = { ip(t[i].prefix), t[i].len },
		};
		struct bu bu = { .hoa = t[i].hoa, .lifetime = 9 };
		struct packet pkt = bu_packet(&bu);
		struct mh_msg msg = bu_msg(&bu);
		struct ha_question q = {
			.conf = &conf,
			.link = &link,
			.link_ready = true,
			.prefix = { 4, 4 },
			.pkt = &pkt,
			.msg = &msg,
			.dst_is_ours = true,
		};

		UNIT_EQ(ha_bu_judge(&q).verdict,
			t[i].bad ? HA_DROP : HA_ACCEPT);
	}
}

static const struct unit_case cases[] = {
	UNIT_CASE(bad_home_addresses_are_met_with_silence),
	UNIT_CASE(bad_care_of_addresses_are_met_with_silence),
	UNIT_CASE(nonce_indices_are_met_with_silence),
	UNIT_CASE(foreign_destinations_are_met_with_silence),
	UNIT_CASE(starting_agent_is_silent_about_unknown_links),
	UNIT_CASE(rules_of_a_policy),
	UNIT_CASE(registrations_are_refused_by_policy),
	UNIT_CASE(the_first_reason_wins),
	UNIT_CASE(registrations_are_accepted),
	UNIT_CASE(answers_say_what_is_granted),
	UNIT_CASE(anycast_depends_on_the_prefix),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "ha_judge", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
