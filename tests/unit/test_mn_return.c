/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Returning home (RFC 6275 section 11.5.5).
 */
#include "tests/unit/mn_world.h"

static struct mw w;

/* ---- returning ---- */

/* MN-94: H, A, lifetime 0, care-of address and source the home address;
 * MN-97: straight to the agent's link-layer address, which the advertisement
 * told; MN-98: no DAD; MN-95: the home address is not on the home link
 * before. MN-101, MN-102: advertised three times, O and not S. MN-104. */
static void returning_home(void)
{
	const struct fake_request *neigh;
	const struct mw_bu *b;
	const struct mw_nd *na;

	mw_open_away(&w);
	mw_flap(&w);
	mw_ra(&w, ETH0, &mw_home_router);
	neigh = fake_kernel_last(w.k, FAKE_NEIGH_SET);
	UNIT_NEED(neigh != NULL);
	MW_ADDR(neigh->addr, HA);
	UNIT_EQ(neigh->lladdr.addr[5], 1);
	UNIT_EQ(neigh->ifindex, ETH0);
	UNIT_EQ(mw_count_nd(&w, ICMP6_NS), 0);
	UNIT_EQ(w.n_bus, 1);
	b = mw_last_bu(&w);
	UNIT_EQ(b->bu.lifetime_4s, 0);
	CU_ASSERT(b->bu.flags & BU_FLAG_H && b->bu.flags & BU_FLAG_A);
	MW_ADDR(b->acoa, HOA);
	MW_ADDR(b->send.src, HOA);
	MW_ADDR(b->send.dst, HA);
	UNIT_EQ(b->send.ifindex, ETH0);
	UNIT_EQ(b->kernel.place, KERNEL_MN_RETURNING);
	UNIT_EQ(b->kernel.home_ifindex, ETH0);
	MW_ADDR(b->kernel.coa, COA_A);
	UNIT_STR(mw_location(&w), "returning");
	UNIT_EQ(mw_count_nd(&w, ICMP6_NA), 0);
	mw_deregistered(&w, BA_ACCEPTED);
	UNIT_STR(mw_location(&w), "home");
	UNIT_EQ(mw_place(&w), KERNEL_MN_HOME);
	UNIT_STR(mw_state(&w), "none");
	UNIT_EQ(mw_count_nd(&w, ICMP6_NA), 2);
	na = &w.nds[w.n_nds - 2];
	MW_ADDR(na->target, HOA);
	MW_ADDR(na->send.src, HOA);
	MW_ADDR(na->send.dst, "ff02::1");
	CU_ASSERT(na->override && !na->solicited && !na->router);
	UNIT_EQ(na->lladdr.addr[5], ETH0);
	MW_ADDR(w.nds[w.n_nds - 1].target, "fe80::100");
	mw_run_ms(&w, 10000);
	UNIT_EQ(mw_count_nd(&w, ICMP6_NA), 6);
	UNIT_EQ(w.n_bus, 1);
	mw_close(&w);
}

/* The link is lost between two of the three advertisements. */
static void the_advertisements_survive_a_flap(void)
{
	mw_open_away(&w);
	mw_flap(&w);
	mw_ra(&w, ETH0, &mw_home_router);
	mw_deregistered(&w, BA_ACCEPTED);
	UNIT_EQ(mw_count_nd(&w, ICMP6_NA), 2);
	mw_carrier(&w, ETH0, false);
	mw_run_ms(&w, 5000);
	UNIT_EQ(mw_count_nd(&w, ICMP6_NA), 2);
	mw_carrier(&w, ETH0, true);
	mw_ra(&w, ETH0, &mw_home_router);
	mw_run_ms(&w, 5000);
	UNIT_EQ(mw_count_nd(&w, ICMP6_NA), 6);
	mw_close(&w);
}

/* 134 to what was asked from abroad, while the agent is looked for at home:
 * it found ourselves there. DAD tells. */
static void a_duplicate_that_is_ourselves(void)
{
	mw_open(&w);
	mw_ra(&w, ETH0, &mw_router_a);
	fake_kernel_addr_add(w.k, ETH0, COA_A);
	mw_settle(&w);
	mw_flap(&w);
	mw_ra(&w, ETH0, &mw_other_home_router);
	mw_ba(&w, HOA, BA_DAD_FAILED, mw_last_bu(&w)->bu.seq, 0);
	UNIT_STR(mw_location(&w), "returning");
	mw_run_ms(&w, 1000);
	UNIT_STR(mw_location(&w), "home");
	UNIT_EQ(w.counters.v[CNT_DAD_FAILED], 0);
	mw_close(&w);
}

/* The same when home was only passed by: asked for once more. */
static void a_duplicate_that_was_ourselves(void)
{
	mw_open(&w);
	mw_ra(&w, ETH0, &mw_router_a);
	fake_kernel_addr_add(w.k, ETH0, COA_A);
	mw_settle(&w);
	mw_flap(&w);
	mw_ra(&w, ETH0, &mw_other_home_router);
	mw_run_ms(&w, 100);
	mw_flap(&w);
	mw_ra(&w, ETH0, &mw_router_a);
	mw_ba(&w, HOA, BA_DAD_FAILED, mw_last_bu(&w)->bu.seq, 0);
	UNIT_STR(mw_state(&w), "REGISTERING");
	UNIT_STR(mw_location(&w), "away");
	/* Nor may one that was sent just after: the wire may have changed
	 * back before we knew. */
	mw_ba(&w, HOA, BA_DAD_FAILED, mw_last_bu(&w)->bu.seq, 0);
	UNIT_STR(mw_location(&w), "away");
	mw_run_ms(&w, 5000);
	mw_ba(&w, HOA, BA_DAD_FAILED, mw_last_bu(&w)->bu.seq, 0);
	UNIT_STR(mw_location(&w), "duplicate");
	mw_close(&w);
}

/* Not answered: repeated, with a new number each time. */
static void the_deregistration_is_repeated(void)
{
	mw_open_away(&w);
	mw_flap(&w);
	mw_ra(&w, ETH0, &mw_home_router);
	mw_run_ms(&w, 3000);
	UNIT_EQ(w.n_bus, 3);
	UNIT_EQ(mtime_diff_ms(w.bus[1].when, w.bus[0].when), 1000);
	UNIT_EQ(mtime_diff_ms(w.bus[2].when, w.bus[1].when), 2000);
	UNIT_EQ(w.bus[2].bu.seq, (uint16_t)(w.bus[0].bu.seq + 2));
	UNIT_EQ(mw_place(&w), KERNEL_MN_RETURNING);
	mw_ba(&w, HOA, BA_SEQ_OUT_OF_WINDOW, (uint16_t)(w.bus[2].bu.seq + 10),
	      0);
	UNIT_EQ(w.n_bus, 4);
	UNIT_EQ(w.bus[3].bu.lifetime_4s, 0);
	mw_deregistered(&w, BA_ACCEPTED);
	UNIT_STR(mw_location(&w), "home");
	mw_close(&w);
}

/* MN-96: no link-layer address in the advertisement: asked for under the
 * home address, from ::, by multicast. */
static void the_agents_link_layer_address_is_asked_for(void)
{
	const struct mw_nd *ns;

	mw_open_away(&w);
	mw_flap(&w);
	mw_ra(&w, ETH0, &mw_other_home_router);
	UNIT_EQ(w.n_bus, 0);
	ns = mw_last_nd(&w, ICMP6_NS);
	MW_ADDR(ns->send.src, "::");
	MW_ADDR(ns->send.dst, "ff02::1:ff00:100");
	MW_ADDR(ns->target, HOA);
	UNIT_EQ(fake_transport_listening(w.t, ETH0), 1);
	UNIT_EQ(mw_place(&w), KERNEL_MN_AWAY);
	/* An answer for another address, and our own, are none. */
	mw_na(&w, ETH0, "2001:db8:1::77", 9);
	mw_na(&w, ETH0, HOA, 0);
	UNIT_EQ(w.n_bus, 0);
	mw_na(&w, ETH0, HOA, 1);
	UNIT_EQ(fake_kernel_last(w.k, FAKE_NEIGH_SET)->lladdr.addr[5], 1);
	UNIT_EQ(w.n_bus, 1);
	UNIT_EQ(w.bus[0].bu.lifetime_4s, 0);
	CU_ASSERT(fake_transport_is_quiet(w.t));
	mw_deregistered(&w, BA_ACCEPTED);
	UNIT_STR(mw_location(&w), "home");
	mw_close(&w);
}

/* Meanwhile the agent itself advertises. */
static void the_agent_is_heard_while_asked_for(void)
{
	mw_open_away(&w);
	mw_flap(&w);
	mw_ra(&w, ETH0, &mw_other_home_router);
	mw_run_ms(&w, 200);
	mw_ra(&w, ETH0, &mw_home_router);
	UNIT_EQ(w.n_bus, 1);
	CU_ASSERT(fake_transport_is_quiet(w.t));
	mw_close(&w);
}

/* Nobody answers: three times, then the kernel may find the agent. */
static void nobody_knows_the_agent(void)
{
	mw_open_away(&w);
	mw_flap(&w);
	mw_ra(&w, ETH0, &mw_other_home_router);
	mw_run_ms(&w, 2999);
	UNIT_EQ(mw_count_nd(&w, ICMP6_NS), 3);
	UNIT_EQ(w.n_bus, 0);
	mw_run_ms(&w, 1);
	UNIT_EQ(w.n_bus, 1);
	UNIT_EQ(fake_kernel_count(w.k, FAKE_NEIGH_SET), 0);
	CU_ASSERT(fake_transport_is_quiet(w.t));
	mw_deregistered(&w, BA_ACCEPTED);
	UNIT_STR(mw_location(&w), "home");
	mw_close(&w);
}

/* MN-103: the agent knows no binding: as good as deleted. */
static void returning_without_a_binding_there(void)
{
	mw_open_away(&w);
	mw_flap(&w);
	mw_ra(&w, ETH0, &mw_home_router);
	mw_deregistered(&w, BA_NOT_HOME_AGENT);
	UNIT_STR(mw_location(&w), "home");
	UNIT_STR(mw_state(&w), "none");
	UNIT_EQ(mw_count_nd(&w, ICMP6_NA), 2);
	mw_close(&w);
}

/* MN-99: all bindings ran out before: DAD as at start, no update. */
static void returning_after_the_binding_ran_out(void)
{
	mw_open_away(&w);
	mw_carrier(&w, ETH0, false);
	mw_run_ms(&w, 430 * 1000);
	UNIT_STR(mw_state(&w), "none");
	mw_carrier(&w, ETH0, true);
	mw_ra(&w, ETH0, &mw_home_router);
	UNIT_EQ(mw_count_nd(&w, ICMP6_NS), 1);
	mw_run_ms(&w, 1000);
	UNIT_STR(mw_location(&w), "home");
	UNIT_EQ(w.n_bus, 0);
	/* The hosts of the link may still take the agent for it. */
	UNIT_EQ(mw_count_nd(&w, ICMP6_NA), 2);
	mw_close(&w);
}

/* The agent is not there: the home address is used all the same, and the
 * de-registration goes on until the binding is over. */
static void returning_to_a_silent_agent(void)
{
	mw_open_away(&w);
	mw_flap(&w);
	mw_ra(&w, ETH0, &mw_home_router);
	mw_run_ms(&w, 6900);
	UNIT_STR(mw_location(&w), "returning");
	mw_run_ms(&w, 200);
	UNIT_STR(mw_location(&w), "home");
	UNIT_EQ(mw_place(&w), KERNEL_MN_HOME);
	UNIT_STR(mw_state(&w), "DEREGISTERING");
	CU_ASSERT(fake_log_contains("used all the same"));
	UNIT_EQ(mw_count_nd(&w, ICMP6_NA), 2);
	mw_forget(&w);
	mw_run_ms(&w, 100 * 1000);
	CU_ASSERT(w.n_bus >= 3);
	/* It comes back: told, and its neighbours too. */
	mw_forget(&w);
	mw_run_ms(&w, 32000);
	mw_deregistered(&w, BA_ACCEPTED);
	UNIT_STR(mw_state(&w), "none");
	UNIT_EQ(mw_count_nd(&w, ICMP6_NA), 2);
	mw_close(&w);

	mw_open_away(&w);
	mw_flap(&w);
	mw_ra(&w, ETH0, &mw_home_router);
	mw_run_ms(&w, 425 * 1000);
	UNIT_STR(mw_state(&w), "none");
	UNIT_STR(mw_location(&w), "home");
	mw_forget(&w);
	mw_run_ms(&w, 100 * 1000);
	UNIT_EQ(w.n_bus, 0);
	mw_close(&w);
}

/* The agent refuses: used all the same, tried again slowly. */
static void returning_to_an_agent_that_refuses(void)
{
	mw_open_away(&w);
	mw_flap(&w);
	mw_ra(&w, ETH0, &mw_home_router);
	mw_deregistered(&w, BA_UNSPECIFIED);
	UNIT_STR(mw_location(&w), "home");
	UNIT_STR(mw_state(&w), "REFUSED");
	mw_run_ms(&w, 60 * 1000);
	UNIT_EQ(w.n_bus, 2);
	UNIT_EQ(w.bus[1].bu.lifetime_4s, 0);
	mw_deregistered(&w, BA_ACCEPTED);
	UNIT_STR(mw_state(&w), "none");
	mw_close(&w);
}

/* Home was only passed by. */
static void leaving_again_before_the_answer(void)
{
	uint16_t dereg;

	mw_open_away(&w);
	mw_flap(&w);
	mw_ra(&w, ETH0, &mw_home_router);
	dereg = mw_last_bu(&w)->bu.seq;
	mw_flap(&w);
	mw_ra(&w, ETH0, &mw_router_b);
	fake_kernel_addr_add(w.k, ETH0, COA_B);
	mw_settle(&w);
	UNIT_EQ(w.n_bus, 2);
	UNIT_STR(mw_state(&w), "REGISTERING");
	MW_ADDR(w.bus[1].acoa, COA_B);
	UNIT_EQ(w.bus[1].bu.lifetime_4s, 105);
	/* The late answer means nothing any more. */
	mw_ba(&w, HOA, BA_ACCEPTED, dereg, 0);
	UNIT_STR(mw_state(&w), "REGISTERING");
	mw_accept(&w);
	UNIT_STR(mw_state(&w), "BOUND");
	UNIT_STR(mw_location(&w), "away");
	mw_run_ms(&w, 10000);
	UNIT_EQ(mw_count_nd(&w, ICMP6_NA), 0);
	mw_close(&w);
}

/* The same while the agent's link-layer address is being looked for. */
static void leaving_again_while_looking_for_the_agent(void)
{
	mw_open_away(&w);
	mw_flap(&w);
	mw_ra(&w, ETH0, &mw_other_home_router);
	mw_flap(&w);
	CU_ASSERT(!fake_transport_is_quiet(w.t));
	mw_ra(&w, ETH0, &mw_router_a);
	CU_ASSERT(fake_transport_is_quiet(w.t));
	/* Never de-registered: the binding stands. */
	UNIT_STR(mw_state(&w), "BOUND");
	UNIT_STR(mw_location(&w), "away");
	mw_run_ms(&w, 10000);
	UNIT_EQ(w.n_bus, 0);
	UNIT_EQ(mw_place(&w), KERNEL_MN_AWAY);
	mw_close(&w);
}

/* The home link goes and comes while waiting for the answer. */
static void the_home_link_flaps(void)
{
	mw_open_away(&w);
	mw_flap(&w);
	mw_ra(&w, ETH0, &mw_home_router);
	UNIT_EQ(w.n_bus, 1);
	mw_run_ms(&w, 500);
	mw_carrier(&w, ETH0, false);
	mw_run_ms(&w, 30000);
	UNIT_EQ(w.n_bus, 1);
	mw_carrier(&w, ETH0, true);
	mw_ra(&w, ETH0, &mw_home_router);
	UNIT_EQ(w.n_bus, 2);
	UNIT_EQ(w.bus[1].bu.lifetime_4s, 0);
	mw_deregistered(&w, BA_ACCEPTED);
	UNIT_STR(mw_location(&w), "home");
	mw_close(&w);
}

/* Silence on a lost link proves nothing about the address. */
static void the_link_flaps_during_dad(void)
{
	mw_open(&w);
	mw_ra(&w, ETH0, &mw_home_router);
	mw_run_ms(&w, 500);
	mw_carrier(&w, ETH0, false);
	mw_run_ms(&w, 3000);
	UNIT_EQ(mw_place(&w), KERNEL_MN_NONE);
	mw_carrier(&w, ETH0, true);
	mw_ra(&w, ETH0, &mw_home_router);
	UNIT_EQ(mw_count_nd(&w, ICMP6_NS), 2);
	UNIT_EQ(mw_place(&w), KERNEL_MN_NONE);
	mw_run_ms(&w, 1000);
	UNIT_EQ(mw_place(&w), KERNEL_MN_HOME);
	mw_close(&w);
}

/* At home on the one interface although the other has a care-of address. */
static void home_wins_over_another_interface(void)
{
	mw_open_away(&w);
	mw_ra(&w, WLAN0, &mw_home_router);
	UNIT_EQ(w.n_bus, 1);
	UNIT_EQ(w.bus[0].bu.lifetime_4s, 0);
	UNIT_EQ(w.bus[0].send.ifindex, WLAN0);
	/* What is under way to the care-of address still arrives. */
	MW_ADDR(w.bus[0].kernel.coa, COA_A);
	UNIT_EQ(w.bus[0].kernel.coa_ifindex, ETH0);
	mw_deregistered(&w, BA_ACCEPTED);
	UNIT_STR(mw_location(&w), "home");
	/* The home link is lost: away again at once. */
	mw_carrier(&w, WLAN0, false);
	UNIT_EQ(w.n_bus, 2);
	MW_ADDR(w.bus[1].acoa, COA_A);
	mw_close(&w);
}

/* Refused abroad, then home: DAD, and no update about nothing. */
static void returning_after_a_refusal(void)
{
	mw_open(&w);
	mw_ra(&w, ETH0, &mw_router_a);
	fake_kernel_addr_add(w.k, ETH0, COA_A);
	mw_settle(&w);
	mw_ba(&w, HOA, BA_NO_RESOURCES, mw_last_bu(&w)->bu.seq, 0);
	mw_forget(&w);
	mw_flap(&w);
	mw_ra(&w, ETH0, &mw_home_router);
	mw_run_ms(&w, 1000);
	UNIT_STR(mw_location(&w), "home");
	UNIT_STR(mw_state(&w), "none");
	mw_run_ms(&w, 120 * 1000);
	UNIT_EQ(w.n_bus, 0);
	mw_close(&w);
}

/* Stopping at home: at once; on the way home: when the agent answers. */
static void stopping_at_home(void)
{
	mw_open_home(&w);
	mn_stop(w.mn, w.now);
	CU_ASSERT(mn_is_stopped(w.mn));
	UNIT_EQ(w.n_bus, 0);
	mw_close(&w);

	mw_open_away(&w);
	mw_flap(&w);
	mw_ra(&w, ETH0, &mw_home_router);
	mn_stop(w.mn, w.now);
	CU_ASSERT(!mn_is_stopped(w.mn));
	mw_deregistered(&w, BA_ACCEPTED);
	CU_ASSERT(mn_is_stopped(w.mn));
	mw_close(&w);
}

static const struct unit_case returning[] = {
	UNIT_CASE(returning_home),
	UNIT_CASE(the_advertisements_survive_a_flap),
	UNIT_CASE(a_duplicate_that_is_ourselves),
	UNIT_CASE(a_duplicate_that_was_ourselves),
	UNIT_CASE(the_deregistration_is_repeated),
	UNIT_CASE(the_agents_link_layer_address_is_asked_for),
	UNIT_CASE(the_agent_is_heard_while_asked_for),
	UNIT_CASE(nobody_knows_the_agent),
	UNIT_CASE(returning_without_a_binding_there),
	UNIT_CASE(returning_after_the_binding_ran_out),
	UNIT_CASE(returning_to_a_silent_agent),
	UNIT_CASE(returning_to_an_agent_that_refuses),
	UNIT_CASE(leaving_again_before_the_answer),
	UNIT_CASE(leaving_again_while_looking_for_the_agent),
	UNIT_CASE(the_home_link_flaps),
	UNIT_CASE(the_link_flaps_during_dad),
	UNIT_CASE(home_wins_over_another_interface),
	UNIT_CASE(returning_after_a_refusal),
	UNIT_CASE(stopping_at_home),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "mn_return", returning },
					    { NULL, NULL } };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
