/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The registration machine under virtual time: errors that come back,
 * movements, the rate limit, a kernel that refuses, stopping.
 */
#include "mip6d/auth.h"
#include "tests/unit/mn_world.h"

static struct mw w;

/* Away at A, the first Binding Update just sent. */
static void open_registering(void)
{
	mw_open(&w);
	mw_ra(&w, ETH0, &mw_router_a);
	fake_kernel_addr_add(w.k, ETH0, COA_A);
	mw_settle(&w);
	UNIT_NEED(w.n_bus == 1);
}

static void open_bound(void)
{
	mw_open(&w);
	mw_away(&w);
}

/* ---- errors ---- */

/* MN-46: at once; and as a new registration. */
static void the_agent_lost_the_binding(void)
{
	open_bound();
	mw_run_ms(&w, 5000);
	mw_be(&w, HA, BE_UNKNOWN_BINDING, HOA);
	UNIT_EQ(w.n_bus, 1);
	UNIT_EQ(w.bus[0].when.us, w.now.us);
	UNIT_STR(mw_state(&w), "REGISTERING");
	/* Repeated errors do not multiply updates. */
	mw_be(&w, HA, BE_UNKNOWN_BINDING, HOA);
	mw_be(&w, HA, BE_UNKNOWN_BINDING, HOA);
	UNIT_EQ(w.n_bus, 1);
	mw_close(&w);
}

/* MN-45 from a stranger, MN-51 about another home address, MN-49 status 2
 * while nothing is awaited. */
static void binding_errors_that_mean_nothing(void)
{
	open_bound();
	mw_be(&w, "2001:db8:c::c", BE_UNKNOWN_BINDING, HOA);
	mw_be(&w, HA, BE_UNKNOWN_BINDING, "2001:db8:1::999");
	mw_be(&w, HA, BE_UNKNOWN_MH_TYPE, HOA);
	mw_be(&w, HA, 77, HOA);
	mw_run_ms(&w, 1000);
	UNIT_EQ(w.n_bus, 0);
	UNIT_STR(mw_state(&w), "BOUND");
	UNIT_EQ(w.counters.v[CNT_BE_IGNORED], 4);
	UNIT_EQ(mn_bul(w.mn)->count, 1);
	mw_close(&w);
}

static void an_agent_that_knows_no_updates(void)
{
	open_registering();
	mw_be(&w, HA, BE_UNKNOWN_MH_TYPE, "::");
	UNIT_STR(mw_state(&w), "REFUSED");
	CU_ASSERT(mw_entry(&w, HOA)->blocked);
	mw_close(&w);
}

static void icmp_error(uint8_t type, uint8_t code, const char *quoted_dst,
		       const char *hoa, uint8_t mh_type)
{
	struct packet pkt = { .src = mw_addr(quoted_dst), .ifindex = ETH0 };
	struct icmp6_msg msg = {
		.type = type,
		.code = code,
		.error = { .quoted_src = mw_addr(COA_A),
			   .quoted_dst = mw_addr(quoted_dst),
			   .has_hao = true,
			   .hoa = mw_addr(hoa),
			   .quoted_proto = MH_PROTO,
			   .quoted_mh_type = mh_type },
	};

	mn_on_icmp6(w.mn, &pkt, &msg, w.now);
	mw_settle(&w);
}

/* MN-40 (MN-39 for the agent): no more updates for a while; MN-41: then
 * again. */
static void an_agent_without_mobility_headers(void)
{
	open_registering();
	icmp_error(ICMP6_PARAM_PROB_T, 1, HA, HOA, MH_BU);
	UNIT_STR(mw_state(&w), "REFUSED");
	CU_ASSERT(mw_entry(&w, HOA)->blocked);
	UNIT_EQ(w.counters.v[CNT_ICMP_ERROR_IN], 1);
	mw_run_ms(&w, 59000);
	UNIT_EQ(w.n_bus, 1);
	mw_run_ms(&w, 1000);
	UNIT_EQ(w.n_bus, 2);
	CU_ASSERT(!mw_entry(&w, HOA)->blocked);
	mw_close(&w);
}

/* MN-42: errors about others make no entry, and change none. */
static void icmp_errors_that_mean_nothing(void)
{
	open_registering();
	icmp_error(ICMP6_PARAM_PROB_T, 1, "2001:db8:c::c", HOA, MH_BU);
	icmp_error(ICMP6_PARAM_PROB_T, 1, HA, HOA2, MH_BU);
	icmp_error(ICMP6_PARAM_PROB_T, 1, HA, HOA, MH_HOTI);
	UNIT_EQ(w.counters.v[CNT_ICMP_ERROR_IN], 0);
	/* These are of ours, but no reason to stop. */
	icmp_error(ICMP6_PARAM_PROB_T, 2, HA, HOA, MH_BU);
	icmp_error(ICMP6_PARAM_PROB_T, 0, HA, HOA, MH_BU);
	icmp_error(ICMP6_DEST_UNREACH_T, 3, HA, HOA, MH_BU);
	UNIT_EQ(w.counters.v[CNT_ICMP_ERROR_IN], 3);
	UNIT_STR(mw_state(&w), "REGISTERING");
	UNIT_EQ(mn_bul(w.mn)->count, 1);
	mw_run_ms(&w, 1500);
	UNIT_EQ(w.n_bus, 2);
	mw_accept(&w);
	icmp_error(ICMP6_PARAM_PROB_T, 1, HA, HOA, MH_BU);
	UNIT_STR(mw_state(&w), "BOUND");
	mw_close(&w);
}

static void errors_while_registering(void)
{
	mw_start(&w);
	mw_leave(&w);
	UNIT_EQ(w.n_bus, 1);
	mw_be(&w, HA, BE_UNKNOWN_MH_TYPE, "::");
	UNIT_STR(mw_state(&w), "REGISTERING");
	icmp_error(ICMP6_PARAM_PROB_T, 1, HA, HOA, MH_BU);
	UNIT_STR(mw_state(&w), "REGISTERING");
}

/* Where registrations are protected, whoever forges an error, which never is,
 * cannot end or hold up one: the agent is asked, at times, and no more. */
static void forged_errors_do_not_unprotect(void)
{
	struct prefix all = { .len = 0 };
	struct auth_sa sa = { .nai = "a@b", .homes = &all, .n_homes = 1 };
	struct auth_keys keys = { &sa, 1 };

	mw_init(&w);
	w.homes[0].security = CONF_SECURITY_IPSEC;
	errors_while_registering();
	mw_accept(&w);
	mw_forget(&w);
	mw_run_ms(&w, 5000);
	mw_be(&w, HA, BE_UNKNOWN_BINDING, HOA);
	UNIT_EQ(w.n_bus, 0);
	mw_run_ms(&w, 5000);
	mw_be(&w, HA, BE_UNKNOWN_BINDING, HOA);
	mw_be(&w, HA, BE_UNKNOWN_BINDING, HOA);
	UNIT_EQ(w.n_bus, 1);
	UNIT_STR(mw_state(&w), "REFRESHING");
	MW_ADDR(mw_entry(&w, HOA)->bound_coa, COA_A);
	mw_close(&w);
	mw_init(&w);
	w.homes[0].security = CONF_SECURITY_RFC4285;
	w.conf.auth = &keys;
	errors_while_registering();
	mw_close(&w);
}

/* ---- moving ---- */

/* MN-186: a movement during back-off begins anew, with the new address, and
 * the old one is not sent any more. */
static void a_movement_during_backoff(void)
{
	open_registering();
	mw_run_ms(&w, 11000);
	UNIT_EQ(w.n_bus, 4);
	mw_ra(&w, WLAN0, &mw_router_b);
	fake_kernel_addr_add(w.k, WLAN0, COA_B);
	mw_forget(&w);
	mw_carrier(&w, ETH0, false);
	UNIT_EQ(w.n_bus, 1);
	MW_ADDR(w.bus[0].acoa, COA_B);
	MW_ADDR(w.bus[0].kernel.coa, COA_B);
	mw_run_ms(&w, 1500);
	UNIT_EQ(w.n_bus, 2);
	MW_ADDR(w.bus[1].acoa, COA_B);
	mw_close(&w);
}

/* MN-87, MN-185: ten movements in a second make three updates at most, and
 * the last one is not lost. */
static void movements_faster_than_the_rate(void)
{
	unsigned int i, j;

	open_bound();
	mw_run_ms(&w, 5000);
	mw_ra(&w, WLAN0, &mw_router_b);
	fake_kernel_addr_add(w.k, WLAN0, COA_B);
	mw_settle(&w);
	for (i = 0; i < 5; i++) {
		mw_carrier(&w, ETH0, false);
		mw_run_ms(&w, 60);
		mw_carrier(&w, ETH0, true);
		mw_ra(&w, ETH0, &mw_router_a);
		mw_run_ms(&w, 60);
	}
	mw_carrier(&w, ETH0, false);
	UNIT_EQ(w.n_bus, 3);
	CU_ASSERT(w.counters.v[CNT_BU_OUT_RATE] > 0);
	mw_run_ms(&w, 500);
	UNIT_EQ(w.n_bus, 4);
	MW_ADDR(w.bus[3].acoa, COA_B);
	MW_ADDR(w.bus[3].kernel.coa, COA_B);
	mw_run_ms(&w, 4000);
	for (i = 3; i < w.n_bus; i++)
		CU_ASSERT(mtime_diff_us(w.bus[i].when, w.bus[i - 3].when) >
			  1000000);
	for (j = 3; j < w.n_bus; j++)
		MW_ADDR(w.bus[j].acoa, COA_B);
	mw_close(&w);
}

/* MN-185: home addresses of one agent share the rate. MN-184: but not the
 * back-off. */
static void two_home_addresses_share_the_rate(void)
{
	unsigned int i;

	mw_init(&w);
	w.conf.n_homes = 2;
	mw_start(&w);
	mw_ra(&w, ETH0, &mw_router_a);
	fake_kernel_addr_add(w.k, ETH0, COA_A);
	mw_settle(&w);
	UNIT_EQ(w.n_bus, 2);
	mw_ba(&w, HOA, BA_ACCEPTED, w.bus[0].bu.seq, 420);
	mw_run_ms(&w, 100);
	mw_ra(&w, WLAN0, &mw_router_b);
	fake_kernel_addr_add(w.k, WLAN0, COA_B);
	mw_carrier(&w, ETH0, false);
	UNIT_EQ(w.n_bus, 3);
	mw_run_ms(&w, 10000);
	for (i = 3; i < w.n_bus; i++)
		CU_ASSERT(mtime_diff_us(w.bus[i].when, w.bus[i - 3].when) >
			  1000000);
	UNIT_EQ(mw_entry(&w, HOA)->state, BUL_REFRESHING);
	UNIT_EQ(mw_entry(&w, HOA2)->state, BUL_REGISTERING);
	CU_ASSERT(mw_entry(&w, HOA)->backoff_ms !=
		  mw_entry(&w, HOA2)->backoff_ms);
	mw_close(&w);
}

/* ---- the kernel ---- */

/* Nothing is sent before the kernel carried out what goes with it; what it
 * refuses is asked again. */
static void the_kernel_comes_first(void)
{
	mw_open(&w);
	fake_kernel_fail(w.k, FAKE_MN_HOME_SET, 1, 12);
	fake_kernel_fail_call(w.k, FAKE_MN_HOME_SET, 2, 105);
	mw_ra(&w, ETH0, &mw_router_a);
	fake_kernel_addr_add(w.k, ETH0, COA_A);
	mw_settle(&w);
	UNIT_EQ(w.n_bus, 0);
	UNIT_EQ(w.counters.v[CNT_KERNEL_FAILED], 1);
	mw_run_ms(&w, 499);
	UNIT_EQ(w.n_bus, 0);
	mw_run_ms(&w, 1);
	UNIT_EQ(w.n_bus, 0);
	UNIT_EQ(w.counters.v[CNT_KERNEL_FAILED], 2);
	mw_run_ms(&w, 1000);
	UNIT_EQ(w.n_bus, 1);
	UNIT_EQ(w.bus[0].kernel.place, KERNEL_MN_AWAY);
	mw_close(&w);
}

/* Another router for the same address is the kernel's business too. */
static void an_exchange_waits_for_the_kernel(void)
{
	struct mw_router mate = mw_router_a;

	open_registering();
	mate.addr = "fe80::aa";
	mw_ra(&w, ETH0, &mate);
	fake_kernel_fail(w.k, FAKE_MN_HOME_SET, 1, 12);
	mw_run_ms(&w, 1400);
	mw_neigh(&w, ETH0, "fe80::a", 0, false);
	mw_neigh(&w, ETH0, "fe80::a", 0, false);
	mw_run_ms(&w, 300);
	UNIT_EQ(w.n_bus, 1);
	mw_run_ms(&w, 200);
	UNIT_EQ(w.n_bus, 2);
	MW_ADDR(w.bus[1].kernel.coa_router, "fe80::aa");
	mw_close(&w);
}

/* A kernel that refused often is asked for something else with new hope. */
static void a_new_request_is_not_punished(void)
{
	unsigned int i;

	mw_open(&w);
	for (i = 1; i <= 6; i++)
		fake_kernel_fail(w.k, FAKE_MN_HOME_SET, i, 12);
	mw_ra(&w, ETH0, &mw_router_a);
	fake_kernel_addr_add(w.k, ETH0, COA_A);
	mw_run_ms(&w, 8000);
	UNIT_EQ(w.counters.v[CNT_KERNEL_FAILED], 5);
	mw_ra(&w, WLAN0, &mw_router_b);
	fake_kernel_addr_add(w.k, WLAN0, COA_B);
	mw_carrier(&w, ETH0, false);
	UNIT_EQ(w.counters.v[CNT_KERNEL_FAILED], 6);
	mw_run_ms(&w, 500);
	UNIT_EQ(w.n_bus, 1);
	MW_ADDR(w.bus[0].acoa, COA_B);
	mw_close(&w);
}

/* An answer about an earlier request says nothing about the newest. */
static void only_the_newest_request_counts(void)
{
	mw_open(&w);
	w.k->delay_min_us = w.k->delay_max_us = 50000;
	mw_ra(&w, ETH0, &mw_router_a);
	mw_ra(&w, WLAN0, &mw_router_b);
	fake_kernel_addr_add(w.k, WLAN0, COA_B);
	mw_run_ms(&w, 30);
	fake_kernel_addr_add(w.k, ETH0, COA_A);
	mw_run_ms(&w, 30);
	/* The first was carried out meanwhile. */
	MW_ADDR(fake_kernel_home(w.k, 0)->coa, COA_B);
	UNIT_EQ(w.n_bus, 0);
	mw_run_ms(&w, 30);
	UNIT_EQ(w.n_bus, 1);
	MW_ADDR(w.bus[0].acoa, COA_A);
	MW_ADDR(w.bus[0].kernel.coa, COA_A);
	mw_close(&w);
}

static void a_send_that_fails_is_repeated(void)
{
	mw_open(&w);
	w.t->send_err = -105;
	mw_ra(&w, ETH0, &mw_router_a);
	fake_kernel_addr_add(w.k, ETH0, COA_A);
	mw_settle(&w);
	UNIT_EQ(w.counters.v[CNT_MH_OUT_FAILED], 1);
	UNIT_EQ(w.counters.v[CNT_BU_OUT], 0);
	w.t->send_err = 0;
	mw_run_ms(&w, 1500);
	UNIT_EQ(w.n_bus, 1);
	mw_close(&w);
}

/* ---- stopping ---- */

/* MN-143: de-registered with the home address option and the care-of
 * address; then nothing is left. */
static void stopping_deregisters(void)
{
	const struct mw_bu *b;

	open_bound();
	mn_stop(w.mn, w.now);
	mw_settle(&w);
	b = mw_last_bu(&w);
	UNIT_EQ(b->bu.lifetime_4s, 0);
	MW_ADDR(b->acoa, COA_A);
	UNIT_EQ(b->kernel.place, KERNEL_MN_AWAY);
	CU_ASSERT(b->bu.flags & BU_FLAG_H && b->bu.flags & BU_FLAG_A);
	CU_ASSERT(!mn_is_stopped(w.mn));
	mw_run_ms(&w, 1000);
	UNIT_EQ(w.n_bus, 2);
	mw_ba(&w, HOA, BA_ACCEPTED, mw_last_bu(&w)->bu.seq, 0);
	CU_ASSERT(mn_is_stopped(w.mn));
	UNIT_STR(mw_state(&w), "none");
	mw_close(&w);
}

static void stopping_waits_only_so_long(void)
{
	open_bound();
	mn_stop(w.mn, w.now);
	mw_run_ms(&w, 1999);
	CU_ASSERT(!mn_is_stopped(w.mn));
	mw_run_ms(&w, 1);
	CU_ASSERT(mn_is_stopped(w.mn));
	mw_close(&w);
	/* A refusal is an answer too. */
	open_bound();
	mn_stop(w.mn, w.now);
	mw_settle(&w);
	mw_ba(&w, HOA, BA_UNSPECIFIED, mw_last_bu(&w)->bu.seq, 0);
	CU_ASSERT(mn_is_stopped(w.mn));
	mw_close(&w);
}

static void stopping_without_a_binding_is_immediate(void)
{
	mw_open(&w);
	CU_ASSERT(!mn_is_stopped(w.mn));
	mn_stop(w.mn, w.now);
	CU_ASSERT(mn_is_stopped(w.mn));
	mw_close(&w);
	/* Without a link there is nobody to tell. */
	open_bound();
	mw_carrier(&w, ETH0, false);
	mn_stop(w.mn, w.now);
	CU_ASSERT(mn_is_stopped(w.mn));
	UNIT_EQ(w.n_bus, 0);
	mw_close(&w);
}

static void stopping_during_a_registration(void)
{
	open_registering();
	mn_stop(w.mn, w.now);
	mw_settle(&w);
	UNIT_EQ(w.n_bus, 2);
	UNIT_EQ(w.bus[1].bu.lifetime_4s, 0);
	mw_ba(&w, HOA, BA_NOT_HOME_AGENT, mw_last_bu(&w)->bu.seq, 0);
	CU_ASSERT(mn_is_stopped(w.mn));
	mw_close(&w);
}

/* Stopping in the middle of a movement: the agent hears of it from the new
 * address, once the kernel is ready. */
static void stopping_during_a_movement(void)
{
	open_bound();
	mw_ra(&w, WLAN0, &mw_router_b);
	fake_kernel_addr_add(w.k, WLAN0, COA_B);
	mw_settle(&w);
	w.k->delay_min_us = w.k->delay_max_us = 500000;
	mw_carrier(&w, ETH0, false);
	mn_stop(w.mn, w.now);
	mw_run_ms(&w, 499);
	UNIT_EQ(w.n_bus, 0);
	mw_run_ms(&w, 1);
	UNIT_EQ(w.n_bus, 1);
	UNIT_EQ(w.bus[0].bu.lifetime_4s, 0);
	MW_ADDR(w.bus[0].acoa, COA_B);
	mw_ba(&w, HOA, BA_ACCEPTED, mw_last_bu(&w)->bu.seq, 0);
	CU_ASSERT(mn_is_stopped(w.mn));
	mw_close(&w);
}

/* Stopping while the kernel is slow, and the agent says that the address is
 * somebody else's: nothing to wait for. */
static void stopping_with_a_duplicate(void)
{
	open_registering();
	mw_ra(&w, WLAN0, &mw_router_b);
	fake_kernel_addr_add(w.k, WLAN0, COA_B);
	mw_settle(&w);
	w.k->delay_min_us = w.k->delay_max_us = 500000;
	mw_carrier(&w, ETH0, false);
	mn_stop(w.mn, w.now);
	mw_settle(&w);
	CU_ASSERT(!mn_is_stopped(w.mn));
	mw_ba(&w, HOA, BA_DAD_FAILED, mw_last_bu(&w)->bu.seq, 0);
	CU_ASSERT(mn_is_stopped(w.mn));
	mw_close(&w);
}

static void a_reload_changes_what_is_asked_for(void)
{
	struct conf_mn conf;
	struct conf_mn_home home;

	open_registering();
	mw_ba(&w, HOA, BA_PROHIBITED, mw_last_bu(&w)->bu.seq, 0);
	UNIT_STR(mw_state(&w), "REFUSED");
	conf = w.conf;
	home = w.homes[0];
	home.lifetime_s = 40;
	conf.homes = &home;
	mn_reload(w.mn, &conf, w.now);
	mw_settle(&w);
	/* What was refused is tried at once. */
	UNIT_EQ(w.n_bus, 2);
	UNIT_EQ(w.bus[1].bu.lifetime_4s, 10);
	mw_accept(&w);
	mw_close(&w);
}

static const struct unit_case errors[] = {
	UNIT_CASE(the_agent_lost_the_binding),
	UNIT_CASE(binding_errors_that_mean_nothing),
	UNIT_CASE(an_agent_that_knows_no_updates),
	UNIT_CASE(an_agent_without_mobility_headers),
	UNIT_CASE(forged_errors_do_not_unprotect),
	UNIT_CASE(icmp_errors_that_mean_nothing),
	UNIT_END,
};

static const struct unit_case moving[] = {
	UNIT_CASE(a_movement_during_backoff),
	UNIT_CASE(movements_faster_than_the_rate),
	UNIT_CASE(two_home_addresses_share_the_rate),
	UNIT_CASE(the_kernel_comes_first),
	UNIT_CASE(an_exchange_waits_for_the_kernel),
	UNIT_CASE(a_new_request_is_not_punished),
	UNIT_CASE(only_the_newest_request_counts),
	UNIT_CASE(a_send_that_fails_is_repeated),
	UNIT_CASE(stopping_deregisters),
	UNIT_CASE(stopping_waits_only_so_long),
	UNIT_CASE(stopping_without_a_binding_is_immediate),
	UNIT_CASE(stopping_during_a_registration),
	UNIT_CASE(stopping_during_a_movement),
	UNIT_CASE(stopping_with_a_duplicate),
	UNIT_CASE(a_reload_changes_what_is_asked_for),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "mn_errors", errors },
					    { "mn_moving", moving },
					    { NULL, NULL } };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
