/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Return routability under virtual time: inits, cookies, back-off, which
 * answers count, how long tokens last.
 */
#include <errno.h>
#include <string.h>

#include "tests/unit/mn_ro_world.h"

static struct rw r;

static void open_testing(void)
{
	rw_open(&r);
	rw_flow(&r, CN1);
	UNIT_NEED(r.w.n_mhs == 2);
}

/* ---- sending ---- */

/* MN-106: both at once, the home test from the home address, the care-of test
 * from the care-of address; MN-107: what goes out with the home address as
 * its source is the kernel's to tunnel. MN-2: all of it is remembered. */
static void both_tests_begin_at_once(void)
{
	const struct mw_mh *hoti, *coti;
	struct bul_entry *e;

	open_testing();
	hoti = rw_last(&r, MH_HOTI);
	coti = rw_last(&r, MH_COTI);
	UNIT_NEED(hoti && coti);
	UNIT_EQ(hoti->when.us, r.w.now.us);
	UNIT_EQ(coti->when.us, r.w.now.us);
	MW_ADDR(hoti->send.src, HOA);
	MW_ADDR(coti->send.src, COA_A);
	MW_ADDR(hoti->send.dst, CN1);
	MW_ADDR(coti->send.dst, CN1);
	CU_ASSERT(!hoti->send.hao && !coti->send.hao);
	CU_ASSERT(!hoti->send.rh2 && !coti->send.rh2);
	CU_ASSERT(memcmp(hoti->msg.test_init.cookie, coti->msg.test_init.cookie,
			 8));
	UNIT_STR(rw_state(&r, CN1), "testing");
	e = rw_entry(&r, CN1);
	UNIT_NEED(e != NULL);
	UNIT_EQ(e->state, BUL_REGISTERING);
	CU_ASSERT(!e->home);
	UNIT_EQ(r.w.counters.v[CNT_TEST_INIT_OUT], 2);
	UNIT_EQ(r.w.counters.v[CNT_FLOW_IN], 1);
	CU_ASSERT(!rw_path(&r, CN1));
	rw_close(&r);
}

/* MN-108: each message has a cookie of its own, repeated ones too. MN-121,
 * MN-182, MN-183: 1, 2, 4 .. 32 s; then the peer is let alone. */
static void inits_are_repeated_more_and_more_slowly(void)
{
	static const int64_t gaps[] = { 1000, 2000, 4000, 8000, 16000, 32000 };
	unsigned int i, j, n;

	open_testing();
	rw_run_s(&r, 63 + 31);
	UNIT_STR(rw_state(&r, CN1), "testing");
	n = r.w.n_mhs;
	UNIT_EQ(n, 14);
	for (i = 2; i < n; i++)
		UNIT_EQ(mtime_diff_ms(r.w.mhs[i].when, r.w.mhs[i - 2].when),
			gaps[(i - 2) / 2]);
	for (i = 0; i < n; i++)
		for (j = 0; j < i; j++)
			CU_ASSERT(memcmp(r.w.mhs[i].msg.test_init.cookie,
					 r.w.mhs[j].msg.test_init.cookie, 8));
	rw_run_s(&r, 1);
	UNIT_STR(rw_state(&r, CN1), "failed");
	rw_run_s(&r, 59);
	UNIT_EQ(r.w.n_mhs, 14);
	rw_close(&r);
}

/* MN-121: only what is missing is asked again. MN-184: each in its own time.
 * MN-120: the update waits for both, in whatever order they come. */
static void only_the_missing_test_is_repeated(void)
{
	open_testing();
	rw_answer(&r, rw_last(&r, MH_HOTI));
	UNIT_EQ(rw_count(&r, MH_BU), 0);
	rw_run_s(&r, 8);
	UNIT_EQ(rw_count(&r, MH_HOTI), 1);
	UNIT_EQ(rw_count(&r, MH_COTI), 4);
	rw_answer(&r, rw_last(&r, MH_COTI));
	UNIT_EQ(rw_count(&r, MH_BU), 1);
	CU_ASSERT(rw_is_authentic(&r, rw_last(&r, MH_BU)));
	rw_close(&r);

	open_testing();
	rw_run_s(&r, 1);
	rw_answer(&r, rw_last(&r, MH_COTI));
	rw_run_s(&r, 2);
	UNIT_EQ(rw_count(&r, MH_HOTI), 3);
	UNIT_EQ(rw_count(&r, MH_COTI), 2);
	UNIT_EQ(rw_count(&r, MH_BU), 0);
	rw_answer(&r, rw_last(&r, MH_HOTI));
	UNIT_EQ(rw_count(&r, MH_BU), 1);
	CU_ASSERT(rw_is_authentic(&r, rw_last(&r, MH_BU)));
	rw_close(&r);
}

/* MN-185: three of a type in a second to a peer, whatever home address they
 * are about; the fourth when the second is over. */
static void three_a_second(void)
{
	static const char *const hoas[] = { HOA, HOA2, "2001:db8:1::300",
					    "2001:db8:1::400" };
	struct conf_mn_home homes[4];
	unsigned int i;

	rw_init(&r);
	for (i = 0; i < 4; i++) {
		homes[i] = r.w.homes[0];
		homes[i].address = mw_addr(hoas[i]);
	}
	r.w.conf.homes = homes;
	r.w.conf.n_homes = 4;
	mw_start(&r.w);
	mw_ra(&r.w, ETH0, &mw_router_a);
	fake_kernel_addr_add(r.w.k, ETH0, COA_A);
	mw_settle(&r.w);
	mw_run_ms(&r.w, 1500);
	for (i = r.w.n_bus - 4; i < r.w.n_bus; i++)
		mw_ba(&r.w, addr_str(&r.w.bus[i].send.src), 0,
		      r.w.bus[i].bu.seq, 420);
	rw_forget(&r);
	for (i = 0; i < 4; i++)
		rw_flow_of(&r, hoas[i], CN1, TCP, 443, false);
	UNIT_EQ(rw_count(&r, MH_HOTI), 3);
	UNIT_EQ(rw_count(&r, MH_COTI), 3);
	mw_run_ms(&r.w, 999);
	UNIT_EQ(rw_count(&r, MH_HOTI), 3);
	mw_run_ms(&r.w, 5000);
	for (i = 6; i + 6 < r.w.n_mhs; i++)
		CU_ASSERT(mtime_diff_ms(r.w.mhs[i + 6].when, r.w.mhs[i].when) >=
			  1000);
	CU_ASSERT(rw_count(&r, MH_HOTI) >= 8);
	rw_close(&r);
}

/* ---- answers ---- */

struct wrong {
	const char *what;
	struct rw_test as;
};

static void expect_ignored(const struct wrong *list, size_t n, uint8_t type)
{
	uint64_t before;
	size_t i;

	for (i = 0; i < n; i++) {
		before = r.w.counters.v[CNT_TEST_IGNORED];
		rw_answer_as(&r, rw_last(&r, type), &list[i].as);
		if (r.w.counters.v[CNT_TEST_IGNORED] != before + 1)
			printf("taken: %s\n", list[i].what);
		UNIT_EQ(r.w.counters.v[CNT_TEST_IGNORED], before + 1);
	}
}

/* MN-112: taken when all is right. MN-113, MN-114, MN-115: not with another
 * cookie, from or to somebody else, or other than through the tunnel. */
static void home_tests_that_do_not_count(void)
{
	static const struct wrong list[] = {
		{ "another cookie", { .other_cookie = true } },
		{ "another peer", { .src = CN2 } },
		{ "to the care-of address", { .dst = COA_A } },
		{ "to another home address", { .dst = HOA2 } },
		{ "not through the tunnel", { .ifindex = ETH0 } },
		{ "with a routing header", { .ifindex = ETH0, .rh2 = true } },
		{ "a routing header in the tunnel", { .rh2 = true } },
		{ "a Home Address option", { .hao = true } },
	};

	open_testing();
	expect_ignored(list, ARRAY_SIZE(list), MH_HOTI);
	CU_ASSERT(!rw_info(&r, CN1)->info.has_home_token);
	rw_answer(&r, rw_last(&r, MH_HOTI));
	CU_ASSERT(rw_info(&r, CN1)->info.has_home_token);
	UNIT_EQ(rw_info(&r, CN1)->info.home_token_at.us, r.w.now.us);
	rw_close(&r);
}

/* MN-118, MN-119: the same for the care-of test. */
static void care_of_tests_that_do_not_count(void)
{
	static const struct wrong list[] = {
		{ "another cookie", { .other_cookie = true } },
		{ "another peer", { .src = CN2 } },
		{ "to the home address", { .dst = HOA } },
		{ "to another care-of address", { .dst = COA_B } },
		{ "through the tunnel", { .ifindex = TUN } },
		{ "with a routing header", { .rh2 = true } },
		{ "a Home Address option", { .hao = true } },
	};

	open_testing();
	expect_ignored(list, ARRAY_SIZE(list), MH_COTI);
	CU_ASSERT(!rw_info(&r, CN1)->info.has_coa_token);
	rw_answer(&r, rw_last(&r, MH_COTI));
	CU_ASSERT(rw_info(&r, CN1)->info.has_coa_token);
	rw_close(&r);
}

/* MN-116, MN-119: a second answer changes nothing. MN-117: nor does one to an
 * init before the newest. MN-114, MN-119: nor one when nothing runs. */
static void late_and_second_answers(void)
{
	static const struct rw_test other = { .nonce = 7 };
	const struct mw_mh *bu;
	struct mw_mh first[2];

	open_testing();
	memcpy(first, r.w.mhs, sizeof(first));
	rw_run_s(&r, 1);
	UNIT_EQ(r.w.n_mhs, 4);
	rw_answer(&r, &first[0]);
	rw_answer(&r, &first[1]);
	UNIT_EQ(r.w.counters.v[CNT_TEST_IGNORED], 2);
	rw_answer(&r, rw_last(&r, MH_HOTI));
	rw_answer_as(&r, rw_last(&r, MH_HOTI), &other);
	UNIT_EQ(r.w.counters.v[CNT_TEST_IGNORED], 3);
	rw_answer(&r, rw_last(&r, MH_COTI));
	bu = rw_last(&r, MH_BU);
	UNIT_NEED(bu != NULL);
	CU_ASSERT(rw_is_authentic(&r, bu));
	rw_accept(&r);
	rw_answer_as(&r, rw_last(&r, MH_HOTI), &other);
	rw_answer_as(&r, rw_last(&r, MH_COTI), &other);
	UNIT_EQ(r.w.counters.v[CNT_TEST_IGNORED], 5);
	UNIT_EQ(rw_count(&r, MH_BU), 1);
	rw_close(&r);
}

/* MN-125: reserved bits and unknown options do not matter; MN-181: nor in a
 * Binding Refresh Request. */
static void messages_of_a_later_age(void)
{
	struct packet pkt = { .src = mw_addr(CN1),
			      .dst = mw_addr(HOA),
			      .ifindex = TUN };
	uint8_t buf[32] = { 59, 3, MH_HOT, 0x55, 0, 0, 0, 0 };
	uint8_t brr[8] = { 59, 0, MH_BRR, 0xff, 0, 0, 0xff, 0xff };
	struct mh_msg msg;

	open_testing();
	memcpy(buf + 8, rw_last(&r, MH_HOTI)->msg.test_init.cookie, 8);
	buf[24] = 250; /* option type */
	buf[25] = 6;
	mh_set_checksum(buf, sizeof(buf), &pkt.src, &pkt.dst);
	UNIT_NEED(mh_parse(buf, sizeof(buf), &pkt.src, &pkt.dst, &msg) ==
		  MH_OK);
	mn_on_test(r.w.mn, &pkt, &msg, r.w.now);
	CU_ASSERT(rw_info(&r, CN1)->info.has_home_token);
	rw_close(&r);

	rw_open(&r);
	rw_optimise(&r, CN1);
	mh_set_checksum(brr, sizeof(brr), &pkt.src, &pkt.dst);
	UNIT_NEED(mh_parse(brr, sizeof(brr), &pkt.src, &pkt.dst, &msg) ==
		  MH_OK);
	mn_on_brr(r.w.mn, &pkt, &msg, r.w.now);
	mw_settle(&r.w);
	UNIT_EQ(rw_count(&r, MH_BU), 1);
	rw_close(&r);
}

/* ---- tokens ---- */

/* MN-109, MN-186: at a handover a home token at hand leaves only the care-of
 * test, which does not wait for the home registration. */
static void a_home_token_is_used_again(void)
{
	rw_open(&r);
	rw_optimise(&r, CN1);
	rw_run_s(&r, 100);
	rw_forget(&r);
	rw_move(&r);
	UNIT_EQ(rw_count(&r, MH_HOTI), 0);
	UNIT_EQ(rw_count(&r, MH_COTI), 1);
	MW_ADDR(rw_last(&r, MH_COTI)->send.src, COA_B);
	rw_answer_all(&r);
	UNIT_EQ(rw_count(&r, MH_BU), 0);
	mw_accept(&r.w);
	UNIT_EQ(rw_count(&r, MH_HOTI), 0);
	UNIT_EQ(rw_count(&r, MH_BU), 1);
	CU_ASSERT(rw_is_authentic(&r, rw_last(&r, MH_BU)));
	rw_accept(&r);
	CU_ASSERT(rw_is_optimised(&r, CN1));
	rw_close(&r);
}

/* MN-110: not beyond 210 s: both tests, once the home agent has
 * acknowledged. */
static void an_old_token_is_not_used(void)
{
	rw_open(&r);
	rw_optimise(&r, CN1);
	mw_run_ms(&r.w, 209999);
	CU_ASSERT(rw_info(&r, CN1)->info.has_home_token);
	mw_run_ms(&r.w, 1);
	CU_ASSERT(!rw_info(&r, CN1)->info.has_home_token);
	CU_ASSERT(!rw_info(&r, CN1)->info.has_coa_token);
	rw_forget(&r);
	rw_move(&r);
	UNIT_EQ(r.w.n_mhs, 0);
	mw_accept(&r.w);
	UNIT_EQ(rw_count(&r, MH_HOTI), 1);
	UNIT_EQ(rw_count(&r, MH_COTI), 1);
	rw_close(&r);
}

/* MN-110: nor by a Binding Update that is repeated. */
static void a_token_ages_while_the_update_is_repeated(void)
{
	rw_open(&r);
	rw_optimise(&r, CN1);
	rw_run_s(&r, 205);
	rw_forget(&r);
	rw_move(&r);
	mw_accept(&r.w);
	rw_answer_all(&r);
	UNIT_EQ(rw_count(&r, MH_BU), 1);
	rw_run_s(&r, 4);
	UNIT_EQ(rw_count(&r, MH_BU), 3);
	UNIT_EQ(rw_count(&r, MH_HOTI), 0);
	rw_run_s(&r, 1);
	UNIT_EQ(rw_count(&r, MH_BU), 3);
	UNIT_EQ(rw_count(&r, MH_HOTI), 1);
	UNIT_EQ(rw_count(&r, MH_COTI), 1);
	rw_close(&r);
}

/* MN-186: the care-of test of an address that was left is given up. */
static void a_handover_during_the_tests(void)
{
	struct mw_mh coti;

	open_testing();
	rw_run_s(&r, 5);
	coti = *rw_last(&r, MH_COTI);
	rw_forget(&r);
	rw_move(&r);
	UNIT_EQ(r.w.n_mhs, 0);
	rw_answer(&r, &coti);
	UNIT_EQ(r.w.counters.v[CNT_TEST_IGNORED], 1);
	mw_accept(&r.w);
	UNIT_EQ(rw_count(&r, MH_HOTI), 1);
	UNIT_EQ(rw_count(&r, MH_COTI), 1);
	MW_ADDR(rw_last(&r, MH_COTI)->send.src, COA_B);
	mw_run_ms(&r.w, 1000);
	UNIT_EQ(rw_count(&r, MH_COTI), 2);
	rw_close(&r);
}

/* Without a link nothing is sent and nothing counted; with it, at once. */
static void tests_wait_for_the_link(void)
{
	open_testing();
	mw_carrier(&r.w, ETH0, false);
	rw_run_s(&r, 40);
	UNIT_EQ(r.w.n_mhs, 2);
	UNIT_STR(rw_state(&r, CN1), "testing");
	mw_carrier(&r.w, ETH0, true);
	mw_ra(&r.w, ETH0, &mw_router_a);
	UNIT_EQ(r.w.n_mhs, 4);
	rw_answer(&r, &r.w.mhs[2]);
	rw_answer(&r, &r.w.mhs[3]);
	rw_accept(&r);
	CU_ASSERT(rw_is_optimised(&r, CN1));
	rw_close(&r);
}

/* A send that the kernel refuses is counted and repeated. */
static void sends_that_fail(void)
{
	rw_open(&r);
	r.w.t->send_err = -ENOBUFS;
	rw_flow(&r, CN1);
	UNIT_EQ(r.w.counters.v[CNT_MH_OUT_FAILED], 2);
	r.w.t->send_err = 0;
	rw_run_s(&r, 1);
	rw_answer_all(&r);
	rw_accept(&r);
	CU_ASSERT(rw_is_optimised(&r, CN1));
	rw_close(&r);
}

static const struct unit_case sending[] = {
	UNIT_CASE(both_tests_begin_at_once),
	UNIT_CASE(inits_are_repeated_more_and_more_slowly),
	UNIT_CASE(only_the_missing_test_is_repeated),
	UNIT_CASE(three_a_second),
	UNIT_CASE(tests_wait_for_the_link),
	UNIT_CASE(sends_that_fail),
	UNIT_END,
};

static const struct unit_case answers[] = {
	UNIT_CASE(home_tests_that_do_not_count),
	UNIT_CASE(care_of_tests_that_do_not_count),
	UNIT_CASE(late_and_second_answers),
	UNIT_CASE(messages_of_a_later_age),
	UNIT_END,
};

static const struct unit_case tokens[] = {
	UNIT_CASE(a_home_token_is_used_again),
	UNIT_CASE(an_old_token_is_not_used),
	UNIT_CASE(a_token_ages_while_the_update_is_repeated),
	UNIT_CASE(a_handover_during_the_tests),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "mn_rr sending", sending },
					    { "mn_rr answers", answers },
					    { "mn_rr tokens", tokens },
					    { NULL, NULL } };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
