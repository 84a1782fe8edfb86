/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mobile node and IKE: nothing is sent before keys are there, the K bit,
 * and when IKE hears where the node is.
 */
#include "tests/unit/mn_discovers.h"

static struct mw w;
static struct ike ike;

static void open_with(bool is_up)
{
	ike = (struct ike){ .is_up = is_up };
	mw_init(&w);
	w.ike = &ike;
	mw_start(&w);
	mw_ra(&w, ETH0, &mw_router_a);
	fake_kernel_addr_add(w.k, ETH0, COA_A);
	mw_settle(&w);
}

static void keys_come(void)
{
	struct in6_addr hoa = mw_addr(HOA);

	ike.is_up = true;
	mn_on_ike(w.mn, &hoa, w.now);
	mw_settle(&w);
}

static void move_to_b(void)
{
	mw_flap(&w);
	mw_ra(&w, ETH0, &mw_router_b);
	fake_kernel_addr_add(w.k, ETH0, COA_B);
	mw_settle(&w);
}

/* SEC-29 SEC-22: keys are asked for, from the care-of address, and the
 * Binding Update waits for them however long that takes. */
static void an_update_waits_for_keys(void)
{
	open_with(false);
	UNIT_EQ(w.n_bus, 0);
	UNIT_EQ(ike.wanted, 1);
	MW_ADDR(ike.wanted_from, COA_A);
	UNIT_STR(mw_state(&w), "REGISTERING");
	mw_run_ms(&w, 100000);
	UNIT_EQ(w.n_bus, 0);
	keys_come();
	UNIT_EQ(w.n_bus, 1);
	mw_accept(&w);
	UNIT_STR(mw_state(&w), "BOUND");
	mw_close(&w);
}

/* MN-130: K where the end point of IKE can follow. */
static void the_flag_k(void)
{
	open_with(true);
	UNIT_EQ(mw_last_bu(&w)->bu.flags,
		BU_FLAG_A | BU_FLAG_H | BU_FLAG_L | BU_FLAG_K);
	mw_close(&w);
	ike.cannot_follow = true;
	mw_init(&w);
	w.ike = &ike;
	mw_start(&w);
	mw_ra(&w, ETH0, &mw_router_a);
	fake_kernel_addr_add(w.k, ETH0, COA_A);
	mw_settle(&w);
	UNIT_EQ(mw_last_bu(&w)->bu.flags, BU_FLAG_A | BU_FLAG_H | BU_FLAG_L);
	mw_close(&w);
}

/* MN-177 MN-178: IKE hears what the agent agreed to, once it has. */
static void ike_hears_of_each_registration(void)
{
	open_with(true);
	UNIT_EQ(ike.registered, 0);
	w.ba_flags = BA_FLAG_K;
	mw_accept(&w);
	UNIT_EQ(ike.registered, 1);
	CU_ASSERT_TRUE(ike.registered_k);
	MW_ADDR(ike.registered_at, COA_A);
	mw_forget(&w);
	move_to_b();
	UNIT_EQ(w.n_bus, 1); /* the associations do for this one */
	UNIT_EQ(ike.registered, 1);
	w.ba_flags = 0;
	mw_accept(&w);
	UNIT_EQ(ike.registered, 2);
	CU_ASSERT_FALSE(ike.registered_k);
	MW_ADDR(ike.registered_at, COA_B);
	mw_close(&w);
}

static void a_refusal_is_no_registration(void)
{
	open_with(true);
	mw_ba(&w, HOA, BA_PROHIBITED, mw_last_bu(&w)->bu.seq, 0);
	UNIT_EQ(ike.registered, 0);
	mw_close(&w);
}

/* After 1 + 2 + 4 s of silence the agent may have lost its keys; updates go
 * on, since it may be silent for another reason. */
static void silence_raises_suspicion_once(void)
{
	open_with(true);
	w.ba_flags = BA_FLAG_K;
	mw_accept(&w);
	mw_forget(&w);
	move_to_b();
	UNIT_EQ(w.n_bus, 1);
	mw_run_ms(&w, 6999);
	UNIT_EQ(w.n_bus, 3);
	UNIT_EQ(ike.suspected, 0);
	mw_run_ms(&w, 1);
	UNIT_EQ(ike.suspected, 1);
	mw_run_ms(&w, 300000);
	UNIT_EQ(ike.suspected, 1);
	CU_ASSERT_TRUE(w.n_bus > 8);
	mw_close(&w);
}

/* Keys that go while the node is bound: the refresh waits for new ones. */
static void a_refresh_waits_for_keys(void)
{
	struct in6_addr hoa = mw_addr(HOA);

	open_with(true);
	mw_accept(&w);
	mw_forget(&w);
	ike.is_up = false;
	mn_on_ike(w.mn, &hoa, w.now);
	mw_run_ms(&w, 400000);
	UNIT_EQ(w.n_bus, 0);
	keys_come();
	UNIT_EQ(w.n_bus, 1);
	mw_accept(&w);
	UNIT_STR(mw_state(&w), "BOUND");
	mw_close(&w);
}

/* An end that lost its keys may have lost the binding with them; one that
 * changed them has not. */
static void keys_negotiated_anew_are_used_at_once(void)
{
	struct in6_addr hoa = mw_addr(HOA);

	open_with(true);
	mw_accept(&w);
	mw_forget(&w);
	mn_on_ike(w.mn, &hoa, w.now);
	mw_run_ms(&w, 1000);
	UNIT_EQ(w.n_bus, 0);
	ike.is_up = false;
	mn_on_ike(w.mn, &hoa, w.now);
	mw_run_ms(&w, 1000);
	UNIT_EQ(w.n_bus, 0);
	keys_come();
	UNIT_EQ(w.n_bus, 1);
	MW_ADDR(mw_last_bu(&w)->acoa, COA_A);
	UNIT_STR(mw_state(&w), "REFRESHING");
	mw_accept(&w);
	UNIT_STR(mw_state(&w), "BOUND");
	keys_come();
	UNIT_EQ(w.n_bus, 1);
	mw_close(&w);
}

/* An agent that is gone while keys are negotiated does not lock the
 * node out of its home link, no more than one that does not answer; once there
 * are keys, the binding is deleted. */
static void home_does_not_wait_for_keys(void)
{
	open_with(true);
	mw_accept(&w);
	mw_forget(&w);
	ike.is_up = false;
	mw_flap(&w);
	mw_ra(&w, ETH0, &mw_home_router);
	UNIT_STR(mw_location(&w), "returning");
	mw_run_ms(&w, 6999);
	UNIT_STR(mw_location(&w), "returning");
	mw_run_ms(&w, 1);
	UNIT_STR(mw_location(&w), "home");
	UNIT_EQ(mw_place(&w), KERNEL_MN_HOME);
	UNIT_EQ(w.n_bus, 0);
	UNIT_STR(mw_state(&w), "DEREGISTERING");
	mw_run_ms(&w, 60000);
	UNIT_EQ(w.n_bus, 0);
	keys_come();
	UNIT_EQ(w.n_bus, 1);
	UNIT_EQ(mw_last_bu(&w)->bu.lifetime_4s, 0);
	mw_deregistered(&w, BA_ACCEPTED);
	UNIT_STR(mw_state(&w), "none");
	UNIT_STR(mw_location(&w), "home");
	mw_close(&w);
}

/* An agent that was discovered, and with which no keys can be agreed
 * on, is given up for the next as one that is silent; where there is no other
 * all are asked for again. */
static void an_agent_without_keys_is_given_up(void)
{
	static const char *const two[] = { HA, HA2, NULL };

	ike = (struct ike){ .is_up = false };
	mw_init(&w);
	w.homes[0].home_agent = addr_any;
	w.ike = &ike;
	mw_start(&w);
	mw_leave(&w);
	mw_haad(&w, two);
	UNIT_STR(md_shown(&w).uses, HA " in use, " HA2 " listed");
	mw_run_ms(&w, 31999);
	UNIT_STR(md_shown(&w).uses, HA " in use, " HA2 " listed");
	mw_run_ms(&w, 1);
	UNIT_STR(md_shown(&w).uses, HA2 " in use, " HA " failed");
	mw_forget(&w);
	mw_run_ms(&w, 200000);
	CU_ASSERT_TRUE(w.n_icmp6s > 0);
	UNIT_EQ(w.n_bus, 0);
	keys_come();
	UNIT_EQ(w.n_bus, 1);
	mw_close(&w);
}

static void keys_of_others_are_nothing_to_us(void)
{
	struct in6_addr other = mw_addr("2001:db8:9::9");

	open_with(false);
	mn_on_ike(w.mn, &other, w.now);
	mw_settle(&w);
	UNIT_EQ(w.n_bus, 0);
	mw_close(&w);
}

/* SEC-2: a home address without given keys has those of IKE; without
 * either nothing is sent. */
static void negotiated_keys_do_without_given_ones(void)
{
	struct security_realm realm = { .end = SECURITY_NODE,
					.hoa = { mw_addr(HOA), 128 },
					.agent = mw_addr(HA) };
	struct security_plan plan = { .realms = &realm, .n_realms = 1 };
	unsigned int is_ike;

	for (is_ike = 0; is_ike < 2; is_ike++) {
		ike = (struct ike){ .is_up = true };
		mw_init(&w);
		w.homes[0].security = CONF_SECURITY_IPSEC;
		w.ike = is_ike ? &ike : NULL;
		w.security = security_new(w.k);
		UNIT_EQ(security_apply(w.security, &plan), 0);
		mw_start(&w);
		mw_ra(&w, ETH0, &mw_router_a);
		fake_kernel_addr_add(w.k, ETH0, COA_A);
		mw_settle(&w);
		UNIT_EQ(w.n_bus, is_ike);
		mw_close(&w);
	}
}

/* What a home address needs is what the configuration says now. */
static void security_follows_a_reload(void)
{
	struct security_realm realm = { .end = SECURITY_NODE,
					.hoa = { mw_addr(HOA), 128 },
					.agent = mw_addr(HA) };
	struct security_plan plan = { .realms = &realm, .n_realms = 1 };

	mw_init(&w);
	w.homes[0].security = CONF_SECURITY_IPSEC;
	w.security = security_new(w.k);
	UNIT_EQ(security_apply(w.security, &plan), 0);
	mw_start(&w);
	mw_leave(&w);
	mw_run_ms(&w, 40000);
	UNIT_EQ(w.n_bus, 0);
	w.homes[0].security = CONF_SECURITY_INSECURE;
	mn_reload(w.mn, &w.conf, w.now);
	mw_run_ms(&w, 40000);
	CU_ASSERT_TRUE(w.n_bus > 0);
	w.homes[0].security = CONF_SECURITY_UNSET; /* as for all: ipsec */
	w.conf.security = CONF_SECURITY_IPSEC;
	mn_reload(w.mn, &w.conf, w.now);
	mw_forget(&w);
	mw_run_ms(&w, 40000);
	UNIT_EQ(w.n_bus, 0);
	mw_close(&w);
}

int main(int argc, char **argv)
{
	static const struct unit_case cases[] = {
		UNIT_CASE(an_update_waits_for_keys),
		UNIT_CASE(the_flag_k),
		UNIT_CASE(ike_hears_of_each_registration),
		UNIT_CASE(a_refusal_is_no_registration),
		UNIT_CASE(silence_raises_suspicion_once),
		UNIT_CASE(a_refresh_waits_for_keys),
		UNIT_CASE(keys_negotiated_anew_are_used_at_once),
		UNIT_CASE(home_does_not_wait_for_keys),
		UNIT_CASE(an_agent_without_keys_is_given_up),
		UNIT_CASE(keys_of_others_are_nothing_to_us),
		UNIT_CASE(negotiated_keys_do_without_given_ones),
		UNIT_CASE(security_follows_a_reload),
		UNIT_END,
	};
	static const struct unit_suite suites[] = {
		{ "mn_ike", cases },
		{ NULL, NULL },
	};

	return unit_main(argc, argv, suites);
}
