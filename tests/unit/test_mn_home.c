/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Home detection (RFC 6275 section 11.5.2): starting at home, being there,
 * leaving; and what users see.
 */
#include "tests/unit/mn_world.h"

static struct mw w;

static const struct mw_router second_router = {
	.addr = "fe80::2",
	.mac = 2,
	.prefixes = { "2001:db8:b::/64" },
};

/* ---- starting at home ---- */

/* MN-83: the home prefix is heard. MN-84: the home address is used, after
 * it was made sure (MN-99) that nobody has it: no binding can be alive. */
static void starting_at_home(void)
{
	const struct mw_nd *ns;

	mw_open(&w);
	mw_ra(&w, ETH0, &mw_home_router);
	ns = mw_last_nd(&w, ICMP6_NS);
	MW_ADDR(ns->send.src, "::");
	MW_ADDR(ns->send.dst, "ff02::1:ff00:100");
	MW_ADDR(ns->target, HOA);
	UNIT_EQ(mw_place(&w), KERNEL_MN_NONE);
	mw_run_ms(&w, 999);
	UNIT_EQ(mw_place(&w), KERNEL_MN_NONE);
	mw_run_ms(&w, 1);
	UNIT_EQ(mw_place(&w), KERNEL_MN_HOME);
	UNIT_EQ(fake_kernel_home(w.k, 0)->home_ifindex, ETH0);
	MW_ADDR(fake_kernel_home(w.k, 0)->home_router, "fe80::1");
	UNIT_STR(mw_location(&w), "home");
	mw_run_ms(&w, 10000);
	UNIT_EQ(w.n_bus, 0);
	UNIT_EQ(mw_count_nd(&w, ICMP6_NS), 1);
	UNIT_EQ(mw_count_nd(&w, ICMP6_NA), 0);
	UNIT_STR(mw_state(&w), "none");
	mw_close(&w);
}

/* A binding of an earlier life: the agent defends the address, and is told
 * to delete the binding. */
static void starting_at_home_with_an_old_binding(void)
{
	const struct mw_bu *b;

	mw_open(&w);
	mw_ra(&w, ETH0, &mw_home_router);
	mw_na(&w, ETH0, HOA, 1);
	UNIT_EQ(w.n_bus, 1);
	b = mw_last_bu(&w);
	UNIT_EQ(b->bu.lifetime_4s, 0);
	MW_ADDR(b->acoa, HOA);
	UNIT_EQ(b->kernel.place, KERNEL_MN_RETURNING);
	mw_deregistered(&w, BA_ACCEPTED);
	UNIT_STR(mw_location(&w), "home");
	UNIT_EQ(mw_place(&w), KERNEL_MN_HOME);
	UNIT_EQ(mw_count_nd(&w, ICMP6_NA), 2);
	mw_close(&w);
}

/* Somebody else has it: not used, until it is free. */
static void starting_at_home_with_a_duplicate(void)
{
	mw_open(&w);
	mw_ra(&w, ETH0, &mw_home_router);
	mw_na(&w, ETH0, HOA, 66);
	UNIT_STR(mw_location(&w), "duplicate");
	UNIT_EQ(mw_place(&w), KERNEL_MN_NONE);
	UNIT_EQ(w.n_bus, 0);
	mw_ra(&w, ETH0, &mw_home_router);
	mw_run_ms(&w, 59000);
	UNIT_EQ(mw_count_nd(&w, ICMP6_NS), 1);
	mw_run_ms(&w, 1000);
	UNIT_EQ(mw_count_nd(&w, ICMP6_NS), 2);
	mw_run_ms(&w, 1000);
	UNIT_STR(mw_location(&w), "home");
	mw_close(&w);
}

/* The agent is not known by its link-layer address: whoever answers is asked
 * to delete; who does not is no agent. */
static void a_duplicate_that_poses_as_the_agent(void)
{
	mw_open(&w);
	mw_ra(&w, ETH0, &mw_other_home_router);
	mw_na(&w, ETH0, HOA, 66);
	UNIT_EQ(w.n_bus, 1);
	mw_run_ms(&w, 7000);
	UNIT_STR(mw_location(&w), "duplicate");
	UNIT_EQ(mw_place(&w), KERNEL_MN_NONE);
	UNIT_STR(mw_state(&w), "none");
	mw_close(&w);
}

/* Two subnets on the home wire: at home, whichever is heard first. */
static void two_subnets_on_the_home_wire(void)
{
	mw_open_home(&w);
	mw_ra(&w, ETH0, &second_router);
	fake_kernel_addr_add(w.k, ETH0, COA_B);
	mw_run_ms(&w, 2000);
	mw_neigh(&w, ETH0, "fe80::1", 1, true);
	mw_run_ms(&w, 10000);
	UNIT_STR(mw_location(&w), "home");
	UNIT_EQ(w.n_bus, 0);
	/* After a flap, the other router first. */
	mw_flap(&w);
	mw_ra(&w, ETH0, &second_router);
	mw_run_ms(&w, 2000);
	UNIT_STR(mw_location(&w), "home");
	UNIT_EQ(w.n_bus, 0);
	mw_close(&w);
}

/* At start both get half a second to answer. */
static void the_home_router_answers_second_at_start(void)
{
	struct role_env env;

	mw_init(&w);
	env = (struct role_env){ .tq = w.tq,
				 .kernel = w.k,
				 .transport = w.t,
				 .counters = &w.counters };
	fake_kernel_link_up(w.k, ETH0, "eth0", true);
	fake_kernel_addr_add(w.k, ETH0, COA_B);
	UNIT_NEED(!mn_new(&env, &w.conf, w.now, &w.mn));
	kernel_watch(w.k);
	mw_settle(&w);
	UNIT_EQ(mw_count_nd(&w, ICMP6_RS), 1);
	mw_run_ms(&w, 100);
	mw_ra(&w, ETH0, &second_router);
	mw_run_ms(&w, 300);
	UNIT_EQ(w.n_bus, 0);
	mw_ra(&w, ETH0, &mw_home_router);
	mw_run_ms(&w, 2000);
	UNIT_STR(mw_location(&w), "home");
	UNIT_EQ(w.n_bus, 0);
	mw_close(&w);
	/* And where there is no home router, they are not waited for. */
	mw_init(&w);
	mw_start(&w);
	mw_ra(&w, ETH0, &second_router);
	fake_kernel_addr_add(w.k, ETH0, COA_B);
	mw_settle(&w);
	UNIT_EQ(w.n_bus, 1);
	mw_close(&w);
}

/* ---- leaving ---- */

static void leaving_home(void)
{
	mw_open_home(&w);
	mw_flap(&w);
	mw_run_ms(&w, 100);
	mw_ra(&w, ETH0, &mw_router_a);
	fake_kernel_addr_add(w.k, ETH0, COA_A);
	mw_settle(&w);
	UNIT_EQ(w.n_bus, 1);
	MW_ADDR(w.bus[0].acoa, COA_A);
	UNIT_EQ(w.bus[0].bu.lifetime_4s, 105);
	UNIT_EQ(w.bus[0].kernel.place, KERNEL_MN_AWAY);
	UNIT_STR(mw_location(&w), "away");
	UNIT_STR(mw_state(&w), "REGISTERING");
	mw_close(&w);
}

/* MN-131: not beyond the home prefix, as it was last heard of. */
static void the_home_prefix_bounds_the_lifetime(void)
{
	struct mw_router home = mw_home_router;
	unsigned int i, n = 0, longest = 0;

	home.valid_s = 300;
	mw_open(&w);
	mw_ra(&w, ETH0, &home);
	mw_run_ms(&w, 1000);
	mw_carrier(&w, ETH0, false);
	mw_run_ms(&w, 99 * 1000);
	mw_carrier(&w, ETH0, true);
	mw_ra(&w, ETH0, &mw_router_a);
	fake_kernel_addr_add(w.k, ETH0, COA_A);
	mw_settle(&w);
	UNIT_EQ(mw_last_bu(&w)->bu.lifetime_4s, 50);
	for (i = 0; i < 210; i++) {
		for (; n < w.n_bus; n++)
			mw_accept(&w);
		mw_run_ms(&w, 1000);
	}
	/* That knowledge runs out: the agent's word counts. The updates were
	 * not many until then. */
	UNIT_EQ(mw_last_bu(&w)->bu.lifetime_4s, 105);
	CU_ASSERT(w.n_bus < 10);
	for (i = 0; i + 1 < w.n_bus; i++)
		if (w.bus[i].bu.lifetime_4s > longest)
			longest = w.bus[i].bu.lifetime_4s;
	UNIT_EQ(longest, 50);
	mw_close(&w);
}

/* MN-95: at home, nothing of the kind of being away. */
static void a_flap_at_home(void)
{
	mw_open_home(&w);
	mw_carrier(&w, ETH0, false);
	UNIT_STR(mw_location(&w), "detached");
	mw_run_ms(&w, 5000);
	mw_carrier(&w, ETH0, true);
	mw_ra(&w, ETH0, &mw_home_router);
	UNIT_STR(mw_location(&w), "home");
	UNIT_EQ(w.n_bus, 0);
	UNIT_EQ(mw_place(&w), KERNEL_MN_HOME);
	UNIT_EQ(fake_kernel_count(w.k, FAKE_MN_HOME_SET), 0);
	mw_close(&w);
}

/* Home on both: the better liked one, and its link-layer address is told. */
static void moving_between_interfaces_at_home(void)
{
	mw_init(&w);
	w.ifaces[1].preference = 60;
	mw_start(&w);
	mw_ra(&w, ETH0, &mw_home_router);
	mw_run_ms(&w, 1000);
	mw_ra(&w, WLAN0, &mw_home_router);
	UNIT_EQ(fake_kernel_home(w.k, 0)->home_ifindex, WLAN0);
	mw_ra(&w, ETH0, &mw_home_router);
	UNIT_EQ(fake_kernel_home(w.k, 0)->home_ifindex, WLAN0);
	mw_close(&w);

	mw_open(&w);
	mw_ra(&w, WLAN0, &mw_home_router);
	mw_run_ms(&w, 1000);
	UNIT_EQ(fake_kernel_home(w.k, 0)->home_ifindex, WLAN0);
	mw_ra(&w, ETH0, &mw_home_router);
	UNIT_EQ(fake_kernel_home(w.k, 0)->home_ifindex, ETH0);
	UNIT_EQ(mw_count_nd(&w, ICMP6_NA), 2);
	UNIT_EQ(mw_last_nd(&w, ICMP6_NA)->send.ifindex, ETH0);
	UNIT_EQ(w.n_bus, 0);
	UNIT_STR(mw_location(&w), "home");
	mw_close(&w);
}

/* The home prefix by another router than before: traffic follows it. */
static void another_router_at_home(void)
{
	mw_open_home(&w);
	mw_ra(&w, ETH0, &mw_other_home_router);
	mw_run_ms(&w, 10000);
	mw_neigh(&w, ETH0, "fe80::1", 0, false);
	UNIT_STR(mw_location(&w), "home");
	MW_ADDR(fake_kernel_home(w.k, 0)->home_router, "fe80::3");
	UNIT_EQ(mw_count_nd(&w, ICMP6_NA), 0);
	mw_close(&w);
}

/* A prefix of another length, or not on-link, is not home. */
static void what_is_not_home(void)
{
	struct mw_router r = mw_home_router;

	r.prefixes[0] = "2001:db8:1::/56";
	r.globals[0] = NULL;
	mw_open(&w);
	mw_ra(&w, ETH0, &r);
	mw_run_ms(&w, 2000);
	UNIT_STR(mw_location(&w), "unknown");
	r = mw_home_router;
	r.off_link = true;
	mw_ra(&w, WLAN0, &r);
	mw_run_ms(&w, 2000);
	UNIT_STR(mw_location(&w), "unknown");
	UNIT_EQ(mw_count_nd(&w, ICMP6_NS), 0);
	mw_close(&w);
}

/* ---- what ctl shows ---- */

struct seen {
	unsigned int n;
	struct mn_iface_info iface[2];
	struct mn_addr_info addr[4];
};

static void see_iface(void *arg, const struct mn_iface_info *info)
{
	struct seen *s = arg;

	s->iface[s->n++] = *info;
}

static void see_addr(void *arg, const struct mn_addr_info *info)
{
	struct seen *s = arg;

	s->addr[s->n++] = *info;
}

static void the_view_of_users(void)
{
	struct seen s = { 0 };

	mw_open_away(&w);
	mw_ra(&w, WLAN0, &mw_home_router);
	fake_kernel_addr_add(w.k, WLAN0, "2001:db8:1::55");
	mw_carrier(&w, ETH0, false);
	mn_walk_ifaces(w.mn, see_iface, &s);
	UNIT_EQ(s.n, 2);
	UNIT_STR(s.iface[0].name, "eth0");
	UNIT_STR(s.iface[0].location, "down");
	CU_ASSERT(s.iface[0].up && !s.iface[0].carrier);
	UNIT_STR(s.iface[1].location, "home");
	UNIT_EQ(s.iface[1].preference, 40);
	mw_carrier(&w, ETH0, true);
	mw_ra(&w, ETH0, &mw_router_b);
	s.n = 0;
	mn_walk_ifaces(w.mn, see_iface, &s);
	UNIT_STR(s.iface[0].location, "away");
	s.n = 0;
	mn_walk_addrs(w.mn, ETH0, see_addr, &s);
	UNIT_EQ(s.n, 1);
	UNIT_EQ(s.addr[0].state, MN_ADDR_DETACHED);
	CU_ASSERT(!s.addr[0].home_subnet);
	s.n = 0;
	mn_walk_addrs(w.mn, WLAN0, see_addr, &s);
	UNIT_EQ(s.n, 1);
	UNIT_EQ(s.addr[0].state, MN_ADDR_PREFERRED);
	CU_ASSERT(s.addr[0].home_subnet);
	MW_ADDR(s.addr[0].router, "fe80::1");
	UNIT_STR(mn_addr_state_str(MN_ADDR_DETACHED), "detached");
	mw_close(&w);
}

/* The care-of address is taken away, and made again: so is what belongs to it
 * in the kernel, and nothing is sent. */
static void a_care_of_address_made_again(void)
{
	mw_open_away(&w);
	fake_kernel_addr_del(w.k, ETH0, COA_A);
	mw_settle(&w);
	UNIT_STR(mw_location(&w), "detached");
	fake_kernel_forget(w.k);
	mw_address(&w, COA_A, true, false);
	UNIT_EQ(fake_kernel_count(w.k, FAKE_MN_HOME_SET), 0);
	mw_address(&w, COA_A, false, false);
	UNIT_STR(mw_location(&w), "away");
	UNIT_EQ(fake_kernel_count(w.k, FAKE_MN_HOME_SET), 1);
	mw_address(&w, COA_A, false, false);
	UNIT_EQ(fake_kernel_count(w.k, FAKE_MN_HOME_SET), 1);
	UNIT_STR(mw_state(&w), "BOUND");
	UNIT_EQ(w.n_bus, 0);
	mw_close(&w);
}

static const struct unit_case home[] = {
	UNIT_CASE(a_care_of_address_made_again),
	UNIT_CASE(starting_at_home),
	UNIT_CASE(starting_at_home_with_an_old_binding),
	UNIT_CASE(starting_at_home_with_a_duplicate),
	UNIT_CASE(a_duplicate_that_poses_as_the_agent),
	UNIT_CASE(two_subnets_on_the_home_wire),
	UNIT_CASE(the_home_router_answers_second_at_start),
	UNIT_CASE(leaving_home),
	UNIT_CASE(the_home_prefix_bounds_the_lifetime),
	UNIT_CASE(a_flap_at_home),
	UNIT_CASE(what_is_not_home),
	UNIT_CASE(moving_between_interfaces_at_home),
	UNIT_CASE(another_router_at_home),
	UNIT_CASE(the_view_of_users),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "mn_home", home },
					    { NULL, NULL } };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
