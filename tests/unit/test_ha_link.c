/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Home links: several, virtual ones, ones that come and go; start, reload
 * and stop of the role.
 */
#include "tests/unit/ha_world.h"

#include <string.h>

static void link_set(struct world *w, int ifindex, const char *name,
		     bool carrier, uint8_t mac)
{
	struct kernel_link l = {
		.ifindex = ifindex,
		.up = true,
		.carrier = carrier,
		.mtu = 1500,
		.lladdr = { .len = 6, .addr = { 2, 0, 0, 0, 0, mac } },
	};

	strcpy(l.name, name);
	fake_kernel_link_set(w->k, &l);
	world_settle(w);
}

static void link_gone(struct world *w, int ifindex, const char *name)
{
	struct kernel_link l = { .ifindex = ifindex, .gone = true };

	strcpy(l.name, name);
	fake_kernel_link_set(w->k, &l);
	world_settle(w);
}

/* HA-54: on a virtual home link there is no DAD, no proxying and no
 * advertisement; the answer is not delayed. */
static void virtual_link(void)
{
	const struct kernel_binding *kb;
	struct in6_addr hoa = ip(HOA_V);
	struct world w;
	struct ba ba;

	world_open(&w);
	CU_ASSERT_TRUE(ha_link_is_up(w.ha, 3));
	world_bu(&w, &(struct bu){ .hoa = HOA_V,
				   .seq = 1,
				   .flags = AHL,
				   .lifetime = 105 });
	world_settle(&w);
	UNIT_STR(world_sent(&w), "B");
	kb = fake_kernel_binding(w.k, &hoa);
	UNIT_NEED(kb);
	UNIT_EQ(kb->home_ifindex, 0);
	world_run_ms(&w, 10000);
	world_expect_silence(&w);
	world_bu(&w, &(struct bu){ .hoa = HOA_V,
				   .src = COA_B,
				   .seq = 2,
				   .flags = AHL,
				   .lifetime = 105 });
	world_settle(&w);
	world_expect_ba(&w, BA_ACCEPTED, 2);
	world_bu(&w, &(struct bu){ .hoa = HOA_V, .no_hao = true, .seq = 3 });
	world_settle(&w);
	UNIT_NEED(world_ba(&w, &ba));
	UNIT_EQ(ba.ba.status, BA_ACCEPTED);
	UNIT_EQ(ba.send.ifindex, 0);
	CU_ASSERT_TRUE(fake_transport_is_quiet(w.t));
	world_close(&w);
}

/* HA-47: each home address on the link and with the agent that it is of. */
static void several_home_links(void)
{
	struct in6_addr ha2 = ip(HA2), hoa = ip(HOA_2), twin = ip(HOA_TWIN);
	struct world w;
	struct ba ba;

	world_open(&w);
	world_bu(&w,
		 &(struct bu){
			 .hoa = HOA_2, .ha = HA2, .seq = 1, .lifetime = 105 });
	UNIT_EQ(fake_transport_listening(w.t, ETH1), 1);
	UNIT_EQ(fake_transport_listening(w.t, ETH0), 0);
	world_na(&w, ETH0, HOA_2);
	world_run_ms(&w, 1000);
	UNIT_NEED(world_ba(&w, &ba));
	UNIT_EQ(ba.ba.status, BA_ACCEPTED);
	CU_ASSERT_TRUE(addr_eq(&ba.send.src, &ha2));
	CU_ASSERT_TRUE(fake_kernel_is_proxied(w.k, ETH1, &hoa));
	world_bind(&w, &(struct bu){ .hoa = HOA_TWIN,
				     .ha = HA11,
				     .seq = 1,
				     .lifetime = 105 });
	CU_ASSERT_TRUE(fake_kernel_is_proxied(w.k, ETH0, &twin));
	/* The same home address is not bound twice, through two agents. */
	w.links[3].prefix = w.links[0].prefix;
	w.links[3].address = ip(HA11);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	world_bu(&w, &(struct bu){ .ha = HA11, .seq = 2, .lifetime = 105 });
	world_expect_ba(&w, BA_PROHIBITED, 2);
	world_close(&w);
}

/* Two prefixes of one interface make it a home link once, and end once. */
static void an_interface_is_made_home_once(void)
{
	struct world w;

	world_open(&w);
	CU_ASSERT_TRUE(fake_kernel_is_home_link(w.k, ETH0));
	CU_ASSERT_TRUE(fake_kernel_is_home_link(w.k, ETH1));
	UNIT_EQ(fake_kernel_count(w.k, FAKE_HOME_LINK_SET), 2);
	UNIT_STR(w.k->ha_conf.tunnel_name, "mip6ha");
	UNIT_EQ(w.k->ha_conf.tunnel_mtu, 1460);
	link_set(&w, ETH0, "eth0", true, ETH0);
	UNIT_EQ(fake_kernel_count(w.k, FAKE_HOME_LINK_SET), 2);
	w.ha = ha_free(w.ha);
	UNIT_EQ(fake_kernel_count(w.k, FAKE_HOME_LINK_SET), 4);
	world_close(&w);
}

/* Before all links are told, nobody hears that his is down. */
static void starting(void)
{
	struct role_env env;
	struct world w;

	world_init(&w);
	env = (struct role_env){ .tq = w.tq,
				 .kernel = w.k,
				 .transport = w.t,
				 .counters = &w.counters };
	UNIT_EQ(ha_new(&env, &w.conf, w.now, &w.ha), 0);
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	world_expect_silence(&w);
	UNIT_EQ(w.counters.v[CNT_BU_NOT_READY], 1);
	CU_ASSERT_FALSE(ha_link_is_up(w.ha, 0));
	kernel_watch(w.k);
	world_settle(&w);
	CU_ASSERT_TRUE(ha_link_is_up(w.ha, 0));
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	world_close(&w);
}

static void a_link_that_appears_later(void)
{
	struct world w;

	world_init(&w);
	link_gone(&w, ETH1, "eth1");
	world_start(&w);
	CU_ASSERT_FALSE(ha_link_is_up(w.ha, 2));
	world_bu(&w,
		 &(struct bu){
			 .hoa = HOA_2, .ha = HA2, .seq = 1, .lifetime = 105 });
	/* Its address went with it. */
	UNIT_EQ(w.counters.v[CNT_BU_NOT_FOR_US], 1);
	fake_kernel_addr_add(w.k, CORE, HA2);
	world_bu(&w,
		 &(struct bu){
			 .hoa = HOA_2, .ha = HA2, .seq = 1, .lifetime = 105 });
	world_expect_ba(&w, BA_NO_RESOURCES, 1);
	link_set(&w, 33, "eth1", false, 33);
	CU_ASSERT_FALSE(ha_link_is_up(w.ha, 2));
	world_bu(&w,
		 &(struct bu){
			 .hoa = HOA_2, .ha = HA2, .seq = 2, .lifetime = 105 });
	world_expect_ba(&w, BA_NO_RESOURCES, 2);
	link_set(&w, 33, "eth1", true, 33);
	CU_ASSERT_TRUE(ha_link_is_up(w.ha, 2));
	world_bind(&w, &(struct bu){ .hoa = HOA_2,
				     .ha = HA2,
				     .seq = 3,
				     .lifetime = 105 });
	world_close(&w);
}

/* The kernel drops proxy entries with the carrier: they are put back, and
 * the link is told anew. */
static void carrier_lost_and_back(void)
{
	struct in6_addr hoa = ip(HOA);
	struct world w;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	world_bind(&w, &(struct bu){ .hoa = HOA_2,
				     .ha = HA2,
				     .seq = 1,
				     .lifetime = 105 });
	world_bu(&w, &(struct bu){ .hoa = HOA_B, .seq = 1, .lifetime = 105 });
	UNIT_STR(world_sent(&w), "S");
	link_set(&w, ETH0, "eth0", false, ETH0);
	/* DAD cannot be finished; what is bound stays and is served. */
	world_expect_ba(&w, BA_NO_RESOURCES, 1);
	CU_ASSERT_TRUE(fake_transport_is_quiet(w.t));
	world_bu(&w, &(struct bu){ .seq = 2, .lifetime = 105 });
	world_expect_ba(&w, BA_ACCEPTED, 2);
	world_bu(&w, &(struct bu){ .src = COA_B, .seq = 3, .lifetime = 105 });
	world_settle(&w);
	world_expect_ba(&w, BA_ACCEPTED, 3);
	fake_kernel_forget(w.k);
	link_set(&w, ETH0, "eth0", true, ETH0);
	UNIT_EQ(fake_kernel_count(w.k, FAKE_BINDING_ADD), 1);
	CU_ASSERT_TRUE(addr_eq(
		&fake_kernel_last(w.k, FAKE_BINDING_ADD)->binding.hoa, &hoa));
	world_run_ms(&w, 10000);
	UNIT_STR(world_sent(&w), "AAA");
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA_B));
	world_close(&w);
}

static void interface_vanishes_and_comes_back(void)
{
	struct in6_addr hoa = ip(HOA);
	struct world w;
	struct ba ba;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .flags = AHL, .lifetime = 105 });
	link_gone(&w, ETH0, "eth0");
	UNIT_EQ(w.k->n_requests, 0); /* there is nothing to undo it on */
	fake_kernel_addr_add(w.k, CORE, HA1);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	world_bu(&w, &(struct bu){ .src = COA_B,
				   .seq = 2,
				   .flags = AHL,
				   .lifetime = 105 });
	world_settle(&w);
	world_expect_ba(&w, BA_ACCEPTED, 2);
	world_bu(&w, &(struct bu){ .hoa = HOA_B, .seq = 1, .lifetime = 105 });
	world_expect_ba(&w, BA_NO_RESOURCES, 1);
	link_set(&w, 44, "eth0", true, 44);
	CU_ASSERT_TRUE(fake_kernel_is_home_link(w.k, 44));
	CU_ASSERT_TRUE(fake_kernel_is_proxied(w.k, 44, &hoa));
	world_run_ms(&w, 10000);
	UNIT_STR(world_sent(&w), "AAAAAA");
	/* It vanishes while the binding ends. */
	link_gone(&w, 44, "eth0");
	fake_kernel_addr_add(w.k, CORE, HA1);
	world_bu(&w, &(struct bu){ .no_hao = true, .seq = 3 });
	world_settle(&w);
	UNIT_NEED(world_ba(&w, &ba));
	UNIT_EQ(ba.ba.status, BA_ACCEPTED);
	UNIT_EQ(ba.send.ifindex, 0);
	world_close(&w);
}

/* A link that returns while the kernel is still at work, or during DAD of
 * the link-local address. */
static void links_return_at_any_time(void)
{
	struct in6_addr hoa = ip(HOA);
	struct world w;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	w.k->delay_min_us = w.k->delay_max_us = 50000;
	link_set(&w, ETH0, "eth0", false, ETH0);
	world_bu(&w, &(struct bu){ .src = COA_B, .seq = 2, .lifetime = 105 });
	fake_kernel_link_up(w.k, ETH0, "eth0", true);
	world_run_ms(&w, 60);
	world_expect_silence(&w);
	world_run_ms(&w, 5000);
	UNIT_STR(world_sent(&w), "ABAA");
	UNIT_EQ(fake_kernel_count(w.k, FAKE_BINDING_ADD), 2);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA_B));

	w.k->delay_min_us = w.k->delay_max_us = 0;
	world_bu(&w, &(struct bu){ .src = COA_B,
				   .seq = 3,
				   .flags = AHL,
				   .lifetime = 105 });
	UNIT_STR(world_sent(&w), "S");
	fake_kernel_forget(w.k);
	link_set(&w, ETH0, "eth0", false, ETH0);
	world_expect_ba(&w, BA_NO_RESOURCES, 3);
	link_set(&w, ETH0, "eth0", true, ETH0);
	UNIT_EQ(fake_kernel_count(w.k, FAKE_BINDING_ADD), 1);
	CU_ASSERT_TRUE(fake_kernel_is_proxied(w.k, ETH0, &hoa));
	world_close(&w);
}

static void another_name_another_link_layer_address(void)
{
	struct world w;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	link_set(&w, ETH0, "eth0", true, 99);
	world_run_ms(&w, 5000);
	UNIT_STR(world_sent(&w), "AAA");
	link_set(&w, ETH0, "old0", true, 99);
	CU_ASSERT_FALSE(ha_link_is_up(w.ha, 0));
	CU_ASSERT_FALSE(fake_kernel_is_home_link(w.k, ETH0));
	link_set(&w, 55, "eth0", true, 55);
	CU_ASSERT_TRUE(ha_link_is_up(w.ha, 0));
	CU_ASSERT_TRUE(ha_link_is_up(w.ha, 1));
	world_run_ms(&w, 5000);
	UNIT_STR(world_sent(&w), "AAA");
	world_close(&w);
}

static void a_link_the_kernel_refuses(void)
{
	struct world w;

	world_init(&w);
	fake_kernel_fail_call(w.k, FAKE_HOME_LINK_SET, 1, 5);
	fake_kernel_fail_call(w.k, FAKE_HOME_LINK_SET, 2, 5);
	world_start(&w);
	CU_ASSERT_FALSE(ha_link_is_up(w.ha, 0));
	CU_ASSERT_TRUE(ha_link_is_up(w.ha, 2));
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	world_expect_ba(&w, BA_NO_RESOURCES, 1);
	link_set(&w, ETH0, "eth0", true, ETH0);
	CU_ASSERT_TRUE(ha_link_is_up(w.ha, 0));
	world_close(&w);
}

/* HA-166: an agent that was restarted begins with a clean kernel and takes
 * any sequence number. */
static void restart(void)
{
	struct role_env env;
	struct world w;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 500, .lifetime = 105 });
	world_bu(&w, &(struct bu){ .hoa = HOA_B, .seq = 1, .lifetime = 105 });
	w.ha = ha_free(w.ha);
	CU_ASSERT_TRUE(fake_kernel_is_clean(w.k));
	CU_ASSERT_TRUE(fake_transport_is_quiet(w.t));
	fake_transport_forget(w.t);
	env = (struct role_env){ .tq = w.tq,
				 .kernel = w.k,
				 .transport = w.t,
				 .counters = &w.counters };
	UNIT_EQ(ha_new(&env, &w.conf, w.now, &w.ha), 0);
	kernel_watch(w.k);
	world_settle(&w);
	world_bind(&w, &(struct bu){ .seq = 7, .lifetime = 105 });
	world_close(&w);
}

static void start_that_fails(void)
{
	struct role_env env;
	struct world w;

	world_init(&w);
	env = (struct role_env){ .tq = w.tq,
				 .kernel = w.k,
				 .transport = w.t,
				 .counters = &w.counters };
	fake_kernel_fail_call(w.k, FAKE_HA_START, 1, 1);
	UNIT_EQ(ha_new(&env, &w.conf, w.now, &w.ha), -1);
	CU_ASSERT_PTR_NULL(w.ha);
	CU_ASSERT_PTR_NULL(ha_free(NULL));
	world_close(&w);
}

/* HA-164: a thousand bindings at once, each by itself. */
static void a_thousand_bindings(void)
{
	char hoa[64], coa[64];
	struct world w;
	unsigned int i;

	world_init(&w);
	w.conf.max_bindings = 1000;
	w.k->record = false;
	world_start(&w);
	for (i = 0; i < 1000; i++) {
		snprintf(hoa, sizeof(hoa), "2001:db8:1::1:%x", i);
		snprintf(coa, sizeof(coa), "2001:db8:a::1:%x", i);
		world_bu(&w, &(struct bu){ .hoa = hoa,
					   .src = coa,
					   .seq = (uint16_t)i,
					   .lifetime = (uint16_t)(10 + i) });
	}
	UNIT_EQ(w.t->n_sent, 1000);
	world_na(&w, ETH0, "2001:db8:1::1:1f");
	world_run_ms(&w, 4000);
	UNIT_EQ(w.k->n_bindings, 999);
	UNIT_EQ(w.counters.v[CNT_BU_ACCEPTED], 999);
	UNIT_EQ(w.counters.v[CNT_BU_REFUSED], 1);
	UNIT_EQ(w.counters.v[CNT_BA_OUT], 1000);
	UNIT_EQ(w.counters.v[CNT_NA_OUT], 2997);
	CU_ASSERT_TRUE(fake_transport_is_quiet(w.t));
	/* Each ends at its own time: by then those with 10 to 509 units. */
	world_run_ms(&w, 509 * 4000 - 3000 - 1);
	UNIT_EQ(w.k->n_bindings, 501);
	world_run_ms(&w, 1);
	UNIT_EQ(w.k->n_bindings, 500);
	UNIT_EQ(bcache_count(ha_bcache(w.ha)), 500);
	world_close(&w);
}

/* A link that goes ends the DADs on it, and only those; it stops the
 * advertisements. */
static void dad_ends_with_its_link(void)
{
	struct world w;
	int i;

	for (i = 0; i < 2; i++) {
		world_open(&w);
		world_bu(&w, &(struct bu){
				     .hoa = HOA_B, .seq = 1, .lifetime = 105 });
		world_run_ms(&w, 1000);
		UNIT_STR(world_sent(&w), "SAB");
		world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
		world_bu(&w, &(struct bu){ .hoa = HOA_2,
					   .ha = HA2,
					   .seq = 1,
					   .lifetime = 105 });
		UNIT_STR(world_sent(&w), "SS");
		if (i)
			link_gone(&w, ETH0, "eth0");
		else
			link_set(&w, ETH0, "eth0", false, ETH0);
		world_expect_ba(&w, BA_NO_RESOURCES, 1);
		CU_ASSERT_PTR_NULL(world_entry(&w, HOA));
		UNIT_EQ(world_entry(&w, HOA_2)->state, BCACHE_DAD);
		UNIT_EQ(fake_transport_listening(w.t, ETH0), 0);
		world_run_ms(&w, 1000);
		UNIT_STR(world_sent(&w), "AB");
		world_run_ms(&w, 5000);
		UNIT_STR(world_sent(&w), "AA");
		world_close(&w);
	}
}

/* An event that says nothing new does nothing. */
static void the_same_again(void)
{
	struct world w;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	link_set(&w, ETH0, "eth0", true, ETH0);
	link_set(&w, CORE, "core0", false, CORE);
	link_gone(&w, CORE, "core0");
	UNIT_EQ(w.k->n_requests, 0);
	world_run_ms(&w, 5000);
	world_expect_silence(&w);
	world_close(&w);
}

/* A new interface has taken the name before the end of the old was told. */
static void an_interface_is_replaced(void)
{
	struct in6_addr hoa = ip(HOA);
	struct world w;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	link_set(&w, 66, "eth0", true, 66);
	CU_ASSERT_TRUE(fake_kernel_is_home_link(w.k, 66));
	CU_ASSERT_TRUE(fake_kernel_is_proxied(w.k, 66, &hoa));
	UNIT_EQ(fake_kernel_count(w.k, FAKE_HOME_LINK_SET), 1);
	link_gone(&w, ETH0, "eth0");
	CU_ASSERT_TRUE(ha_link_is_up(w.ha, 0));
	UNIT_EQ(fake_kernel_count(w.k, FAKE_BINDING_ADD), 1);
	world_close(&w);
}

static const struct unit_case cases[] = {
	UNIT_CASE(virtual_link),
	UNIT_CASE(several_home_links),
	UNIT_CASE(an_interface_is_made_home_once),
	UNIT_CASE(starting),
	UNIT_CASE(a_link_that_appears_later),
	UNIT_CASE(carrier_lost_and_back),
	UNIT_CASE(interface_vanishes_and_comes_back),
	UNIT_CASE(links_return_at_any_time),
	UNIT_CASE(another_name_another_link_layer_address),
	UNIT_CASE(a_link_the_kernel_refuses),
	UNIT_CASE(restart),
	UNIT_CASE(start_that_fails),
	UNIT_CASE(a_thousand_bindings),
	UNIT_CASE(dad_ends_with_its_link),
	UNIT_CASE(the_same_again),
	UNIT_CASE(an_interface_is_replaced),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "ha_link", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
