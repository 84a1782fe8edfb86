/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Solicitations, addresses of all kinds, several interfaces.
 */
#include "tests/unit/mn_world.h"

static struct mw w;

/* ---- solicitations ---- */

/* RFC 4861: 4 s apart, and on, ever more slowly, until somebody answers. */
static void solicitations_are_repeated(void)
{
	unsigned int i, n = 0;
	int64_t last = 0, gap;

	mw_init(&w);
	w.conf.n_interfaces = 1;
	mw_start(&w);
	mw_run_ms(&w, 3600 * 1000);
	for (i = 0; i < w.n_nds; i++) {
		gap = (w.nds[i].when.us - last) / 1000;
		last = w.nds[i].when.us;
		if (n++ && n < 5)
			CU_ASSERT(gap >= 4000 && gap < 4400);
		CU_ASSERT(n == 1 || gap >= 4000);
	}
	CU_ASSERT(n >= 8 && n <= 14);
	mw_ra(&w, ETH0, &mw_router_a);
	mw_forget(&w);
	mw_run_ms(&w, 3600 * 1000);
	UNIT_EQ(w.n_nds, 0);
	mw_close(&w);
}

/* A router that is none (lifetime 0) ends no search; nor does it carry a
 * care-of address (MN-90). */
static void a_router_that_is_no_default_router(void)
{
	struct mw_router a = mw_router_a;

	a.not_default = true;
	mw_init(&w);
	w.conf.n_interfaces = 1;
	mw_start(&w);
	mw_ra(&w, ETH0, &a);
	mw_address(&w, COA_A, false, false);
	mw_forget(&w);
	mw_run_ms(&w, 5000);
	UNIT_EQ(w.n_bus, 0);
	CU_ASSERT(mw_count_nd(&w, ICMP6_RS) > 0);
	a.not_default = false;
	a.lifetime_s = 30;
	mw_ra(&w, ETH0, &a);
	UNIT_EQ(w.n_bus, 1);
	mw_accept(&w);
	mw_run_ms(&w, 30000);
	UNIT_STR(mw_location(&w), "detached");
	mw_close(&w);
}

static void a_wild_link_does_not_flood(void)
{
	unsigned int i;

	mw_open_away(&w);
	for (i = 0; i < 100; i++) {
		mw_carrier(&w, ETH0, false);
		mw_carrier(&w, ETH0, true);
		mw_run_ms(&w, 10);
	}
	CU_ASSERT(mw_count_nd(&w, ICMP6_RS) <= 5);
	mw_run_ms(&w, 300);
	mw_ra(&w, ETH0, &mw_router_a);
	UNIT_STR(mw_location(&w), "away");
	mw_close(&w);
}

/* From :: while the link-local address is deaf. */
static void solicitations_before_the_link_local_address(void)
{
	struct kernel_addr ll = { .ifindex = ETH0,
				  .addr = mw_addr("fe80::100"),
				  .plen = 64,
				  .tentative = true,
				  .valid_s = UINT32_MAX };

	mw_open_away(&w);
	fake_kernel_addr_set(w.k, &ll);
	mw_flap(&w);
	MW_ADDR(w.nds[0].send.src, "::");
	ll.tentative = false;
	ll.optimistic = true;
	fake_kernel_addr_set(w.k, &ll);
	mw_run_ms(&w, 1000);
	mw_forget(&w);
	mw_flap(&w);
	MW_ADDR(w.nds[0].send.src, "::");
	mw_close(&w);
}

/* ---- addresses that no advertisement explains ---- */

static void addresses_by_dhcpv6(void)
{
	struct mw_router a = { .addr = "fe80::a", .mac = 10, .managed = true };
	struct mw_router b = { .addr = "fe80::b", .mac = 11, .managed = true };

	mw_open(&w);
	mw_ra(&w, ETH0, &a);
	fake_kernel_addr_add(w.k, ETH0, COA_A);
	mw_settle(&w);
	UNIT_EQ(w.n_bus, 1);
	MW_ADDR(w.bus[0].kernel.coa_router, "fe80::a");
	mw_accept(&w);
	/* Another link, whose router says M too: the old lease is no good
	 * there. */
	mw_flap(&w);
	mw_ra(&w, ETH0, &b);
	UNIT_STR(mw_location(&w), "detached");
	mw_flap(&w);
	mw_ra(&w, ETH0, &a);
	UNIT_EQ(w.n_bus, 1);
	mw_close(&w);
}

/* No advertisements at all: after a second the kernel's default route is
 * believed, if its router answers. */
static void a_network_set_up_by_hand(void)
{
	mw_init(&w);
	fake_kernel_link_up(w.k, ETH0, "eth0", true);
	fake_kernel_addr_add(w.k, ETH0, COA_A);
	fake_kernel_router_add(w.k, ETH0, "fe80::a");
	mw_start(&w);
	UNIT_EQ(w.n_bus, 0);
	UNIT_EQ(fake_kernel_count(w.k, FAKE_NEIGH_PROBE), 0);
	mw_run_ms(&w, 400);
	UNIT_EQ(fake_kernel_count(w.k, FAKE_NEIGH_PROBE), 1);
	UNIT_EQ(w.n_bus, 0);
	mw_neigh(&w, ETH0, "fe80::a", 10, true);
	UNIT_EQ(w.n_bus, 1);
	mw_accept(&w);
	/* Somebody advertises after all: he is believed instead. */
	mw_ra(&w, ETH0, &mw_router_b);
	mw_address(&w, COA_B, false, false);
	mw_run_ms(&w, 3000);
	UNIT_EQ(w.n_bus, 2);
	MW_ADDR(w.bus[1].acoa, COA_B);
	mw_close(&w);
}

/* The route comes late; without the right to set one up, nothing starts. */
static void a_default_route_comes_late(void)
{
	struct role_env env;
	struct mn *mn = NULL;

	mw_open(&w);
	fake_kernel_addr_add(w.k, ETH0, COA_A);
	mw_run_ms(&w, 5000);
	UNIT_STR(mw_location(&w), "unknown");
	fake_kernel_router_add(w.k, ETH0, "fe80::a");
	mw_settle(&w);
	UNIT_EQ(fake_kernel_count(w.k, FAKE_NEIGH_PROBE), 1);
	mw_neigh(&w, ETH0, "fe80::a", 10, true);
	UNIT_EQ(w.n_bus, 1);
	w.mn = mn_free(w.mn);
	env = (struct role_env){ .tq = w.tq,
				 .kernel = w.k,
				 .transport = w.t,
				 .counters = &w.counters };
	fake_kernel_fail_call(w.k, FAKE_MN_START, 1, 1);
	UNIT_EQ(mn_new(&env, &w.conf, w.now, &mn), -1);
	CU_ASSERT(!mn);
	UNIT_NEED(!mn_new(&env, &w.conf, w.now, &w.mn));
	mw_close(&w);
}

/* The carrier comes back with another default route, whose router answers:
 * that says nothing about the address of before. */
static void another_network_set_up_by_hand(void)
{
	mw_init(&w);
	fake_kernel_link_up(w.k, ETH0, "eth0", true);
	fake_kernel_addr_add(w.k, ETH0, COA_A);
	fake_kernel_router_add(w.k, ETH0, "fe80::a");
	mw_start(&w);
	mw_run_ms(&w, 400);
	mw_neigh(&w, ETH0, "fe80::a", 10, true);
	mw_accept(&w);
	mw_flap(&w);
	mw_run_ms(&w, 100);
	fake_kernel_router_del(w.k, ETH0, "fe80::a");
	fake_kernel_router_add(w.k, ETH0, "fe80::b");
	mw_run_ms(&w, 1000);
	mw_neigh(&w, ETH0, "fe80::b", 11, true);
	UNIT_STR(mw_location(&w), "detached");
	UNIT_EQ(w.n_bus, 1);
	fake_kernel_addr_add(w.k, ETH0, COA_B);
	mw_settle(&w);
	UNIT_EQ(w.n_bus, 2);
	MW_ADDR(w.bus[1].acoa, COA_B);
	mw_close(&w);
}

/* A prefix is withdrawn: its address is not taken for one of DHCPv6. */
static void a_withdrawn_prefix(void)
{
	struct mw_router a = mw_router_a;

	a.managed = true;
	a.valid_s = 50;
	mw_open(&w);
	mw_ra(&w, ETH0, &a);
	mw_address(&w, COA_A, false, false);
	UNIT_EQ(w.n_bus, 1);
	mw_accept(&w);
	a.prefixes[0] = NULL;
	mw_ra(&w, ETH0, &a);
	UNIT_STR(mw_location(&w), "away");
	mw_run_ms(&w, 50000);
	UNIT_STR(mw_location(&w), "detached");
	mw_close(&w);
}

static void a_point_to_point_device(void)
{
	mw_init(&w);
	fake_kernel_link_up(w.k, ETH0, "eth0", true);
	fake_kernel_addr_add(w.k, ETH0, COA_A);
	fake_kernel_router_add(w.k, ETH0, "::");
	mw_start(&w);
	mw_run_ms(&w, 400);
	UNIT_EQ(w.n_bus, 1);
	MW_ADDR(w.bus[0].kernel.coa_router, "::");
	fake_kernel_router_del(w.k, ETH0, "::");
	mw_settle(&w);
	UNIT_STR(mw_location(&w), "detached");
	mw_close(&w);
}

/* What an earlier link left in the kernel is not taken for this one's. */
static void leftovers_at_start(void)
{
	mw_init(&w);
	fake_kernel_link_up(w.k, ETH0, "eth0", true);
	fake_kernel_addr_add(w.k, ETH0, "2001:db8:01d::5");
	fake_kernel_router_add(w.k, ETH0, "fe80::01d");
	mw_start(&w);
	mw_ra(&w, ETH0, &mw_router_a);
	mw_address(&w, COA_A, false, false);
	UNIT_EQ(w.n_bus, 1);
	MW_ADDR(w.bus[0].acoa, COA_A);
	mw_close(&w);
}

/* ---- several interfaces ---- */

static void a_lost_interface_is_replaced_at_once(void)
{
	mw_open_away(&w);
	mw_ra(&w, WLAN0, &mw_router_b);
	fake_kernel_addr_add(w.k, WLAN0, COA_B);
	mw_run_ms(&w, 2000);
	UNIT_EQ(w.n_bus, 0);
	mw_carrier(&w, ETH0, false);
	UNIT_EQ(w.n_bus, 1);
	MW_ADDR(w.bus[0].acoa, COA_B);
	UNIT_EQ(w.bus[0].kernel.coa_ifindex, WLAN0);
	UNIT_STR(mw_reason(&w), "2001:db8:a::5 is on a link that is down; best "
				"usable is on wlan0, preference 40");
	mw_accept(&w);
	/* It is back, and better liked; but not before it is confirmed. */
	mw_carrier(&w, ETH0, true);
	mw_run_ms(&w, 100);
	UNIT_EQ(w.n_bus, 1);
	mw_ra(&w, ETH0, &mw_router_a);
	UNIT_EQ(w.n_bus, 2);
	MW_ADDR(w.bus[1].acoa, COA_A);
	UNIT_STR(mw_reason(&w), "eth0 is preferred: 50 over 40 of wlan0");
	mw_close(&w);
}

/* MN-86: deprecated by its network. */
static void a_deprecated_address_is_replaced(void)
{
	struct kernel_addr a = { .ifindex = ETH0,
				 .addr = mw_addr(COA_A),
				 .plen = 64,
				 .deprecated = true,
				 .valid_s = 600 };

	mw_open_away(&w);
	fake_kernel_addr_set(w.k, &a);
	mw_settle(&w);
	UNIT_EQ(w.n_bus, 0);
	UNIT_STR(mw_location(&w), "away");
	fake_kernel_addr_add(w.k, ETH0, "2001:db8:a::6");
	mw_settle(&w);
	UNIT_EQ(w.n_bus, 1);
	MW_ADDR(w.bus[0].acoa, "2001:db8:a::6");
	mw_close(&w);
}

static void an_interface_comes_and_goes(void)
{
	struct kernel_link gone = { .ifindex = ETH0,
				    .name = "eth0",
				    .gone = true };
	struct kernel_addr ll = { .ifindex = 7,
				  .addr = mw_addr("fe80::100"),
				  .plen = 64,
				  .valid_s = UINT32_MAX };

	mw_init(&w);
	w.ifaces[0].optimistic = true;
	mw_start(&w);
	UNIT_STR(fake_kernel_sysctl(w.k, "eth0", "optimistic_dad"), "1");
	UNIT_STR(fake_kernel_sysctl(w.k, "eth0", "use_optimistic"), "1");
	CU_ASSERT(!fake_kernel_sysctl(w.k, "wlan0", "optimistic_dad"));
	mw_away(&w);
	fake_kernel_link_set(w.k, &gone);
	mw_settle(&w);
	UNIT_STR(mw_location(&w), "detached");
	mw_run_ms(&w, 1000);
	/* Another device of that name. */
	fake_kernel_link_up(w.k, 7, "eth0", true);
	fake_kernel_addr_set(w.k, &ll);
	mw_settle(&w);
	mw_ra(&w, 7, &mw_router_a);
	fake_kernel_addr_add(w.k, 7, COA_A);
	mw_settle(&w);
	/* The same care-of address: the agent need not know. */
	UNIT_STR(mw_location(&w), "away");
	UNIT_EQ(fake_kernel_home(w.k, 0)->coa_ifindex, 7);
	/* Strangers are not looked at. */
	fake_kernel_link_up(w.k, 9, "eth9", true);
	mw_ra(&w, 9, &mw_router_b);
	fake_kernel_addr_add(w.k, 9, COA_B);
	mw_settle(&w);
	UNIT_EQ(w.n_bus, 0);
	UNIT_EQ(fake_kernel_home(w.k, 0)->coa_ifindex, 7);
	mw_close(&w);
}

static const struct unit_case others[] = {
	UNIT_CASE(solicitations_are_repeated),
	UNIT_CASE(a_router_that_is_no_default_router),
	UNIT_CASE(a_wild_link_does_not_flood),
	UNIT_CASE(solicitations_before_the_link_local_address),
	UNIT_CASE(addresses_by_dhcpv6),
	UNIT_CASE(a_network_set_up_by_hand),
	UNIT_CASE(a_default_route_comes_late),
	UNIT_CASE(another_network_set_up_by_hand),
	UNIT_CASE(a_withdrawn_prefix),
	UNIT_CASE(a_point_to_point_device),
	UNIT_CASE(leftovers_at_start),
	UNIT_CASE(a_lost_interface_is_replaced_at_once),
	UNIT_CASE(a_deprecated_address_is_replaced),
	UNIT_CASE(an_interface_comes_and_goes),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "mn_wire", others },
					    { NULL, NULL } };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
