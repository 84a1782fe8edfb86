/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Movement detection: flaps, silent moves, several routers on a wire.
 */
#include <string.h>

#include "tests/unit/mn_world.h"

static struct mw w;

/* Routers of two wires that have the same link-local address. */
static const struct mw_router twin_a = {
	.addr = "fe80::1",
	.mac = 10,
	.prefixes = { "2001:db8:a::/64" },
	.globals = { "2001:db8:a::1" },
};
static const struct mw_router twin_b = {
	.addr = "fe80::1",
	.mac = 11,
	.prefixes = { "2001:db8:b::/64" },
	.globals = { "2001:db8:b::1" },
};

/* A binding from the wire of such a router. */
static void open_at(const struct mw_router *router)
{
	mw_open(&w);
	mw_ra(&w, ETH0, router);
	mw_address(&w, COA_A, false, false);
	mw_accept(&w);
}

static unsigned int solicitations_on(int ifindex)
{
	unsigned int i, n = 0;

	for (i = 0; i < w.n_nds; i++)
		n += w.nds[i].type == ICMP6_RS &&
		     w.nds[i].send.ifindex == ifindex;
	return n;
}

static const char *coa(void)
{
	return addr_str(&fake_kernel_home(w.k, 0)->coa);
}

/* ---- flaps ---- */

/* MN-82: a solicitation at once, from the link-local address, and the old
 * router asked; MN-88: never from the home address. */
static void a_flap_solicits_at_once(void)
{
	const struct fake_request *probe;

	mw_open_away(&w);
	mw_carrier(&w, ETH0, false);
	UNIT_EQ(w.n_nds, 0);
	mw_run_ms(&w, 1000);
	mw_carrier(&w, ETH0, true);
	UNIT_EQ(mw_count_nd(&w, ICMP6_RS), 1);
	UNIT_EQ(w.nds[0].when.us, w.now.us);
	UNIT_EQ(w.nds[0].send.ifindex, ETH0);
	MW_ADDR(w.nds[0].send.src, "fe80::100");
	MW_ADDR(w.nds[0].send.dst, "ff02::2");
	probe = fake_kernel_last(w.k, FAKE_NEIGH_PROBE);
	UNIT_NEED(probe != NULL);
	MW_ADDR(probe->addr, "fe80::a");
	mw_close(&w);
}

/* The wire is the old one: nothing is sent, nothing changes. */
static void a_flap_on_the_same_wire(void)
{
	mw_open_away(&w);
	mw_flap(&w);
	UNIT_STR(mw_location(&w), "detached");
	mw_ra(&w, ETH0, &mw_router_a);
	UNIT_STR(mw_location(&w), "away");
	UNIT_EQ(w.n_bus, 0);
	UNIT_STR(mw_state(&w), "BOUND");
	/* Why it was chosen is not forgotten. */
	UNIT_STR(mw_reason(&w), "best usable address, on eth0, preference 50");
	/* The same by an answer of the router. */
	mw_flap(&w);
	UNIT_STR(mw_location(&w), "detached");
	mw_neigh(&w, ETH0, "fe80::a", 10, true);
	UNIT_STR(mw_location(&w), "away");
	/* Of the router, not of another one that has its address. */
	mw_flap(&w);
	mw_neigh(&w, ETH0, "fe80::a", 77, true);
	UNIT_STR(mw_location(&w), "detached");
	UNIT_EQ(w.n_bus, 0);
	mw_close(&w);
}

/* MN-77, MN-85: another wire: from the advertisement to the Binding Update
 * no wait but for the address. */
static void a_flap_to_another_wire(void)
{
	mw_open_away(&w);
	mw_flap(&w);
	mw_run_ms(&w, 130);
	mw_ra(&w, ETH0, &mw_router_b);
	UNIT_EQ(w.n_bus, 0);
	UNIT_STR(mw_location(&w), "detached");
	/* An optimistic address receives at once. */
	mw_address(&w, COA_B, true, true);
	UNIT_EQ(w.n_bus, 1);
	UNIT_EQ(w.bus[0].when.us, w.now.us);
	MW_ADDR(w.bus[0].acoa, COA_B);
	MW_ADDR(w.bus[0].kernel.coa_router, "fe80::b");
	UNIT_STR(mw_reason(&w), "2001:db8:a::5 is detached, its router is "
				"gone; best usable is on eth0, preference 50");
	/* The old address stays in the kernel for hours. */
	mw_accept(&w);
	mw_run_ms(&w, 10000);
	UNIT_EQ(w.n_bus, 1);
	UNIT_STR(coa(), COA_B);
	mw_close(&w);
}

/* A tentative address is deaf: the update leaves when that ends. */
static void a_tentative_address_is_not_used(void)
{
	mw_open_away(&w);
	mw_flap(&w);
	mw_ra(&w, ETH0, &mw_router_b);
	mw_address(&w, COA_B, true, false);
	mw_run_ms(&w, 1000);
	UNIT_EQ(w.n_bus, 0);
	CU_ASSERT(strstr(mw_reason(&w), "none: ") != NULL);
	mw_address(&w, COA_B, false, false);
	UNIT_EQ(w.n_bus, 1);
	UNIT_EQ(w.bus[0].when.us, w.now.us);
	mw_close(&w);
}

static void a_duplicate_address_is_not_used(void)
{
	struct kernel_addr a = { .ifindex = ETH0,
				 .addr = mw_addr(COA_B),
				 .plen = 64,
				 .tentative = true,
				 .dad_failed = true,
				 .valid_s = 86400 };

	mw_open_away(&w);
	mw_flap(&w);
	mw_ra(&w, ETH0, &mw_router_b);
	mw_address(&w, COA_B, true, false);
	fake_kernel_addr_set(w.k, &a);
	mw_run_ms(&w, 5000);
	UNIT_EQ(w.n_bus, 0);
	UNIT_STR(mw_location(&w), "detached");
	mw_close(&w);
}

/* MN-79: a second router of the same wire was faster after a flap: the first
 * one answers, and nothing moves. */
static void a_flap_with_a_faster_second_router(void)
{
	mw_open_away(&w);
	mw_flap(&w);
	mw_ra(&w, ETH0, &mw_router_b);
	UNIT_STR(mw_location(&w), "detached");
	mw_neigh(&w, ETH0, "fe80::a", 10, true);
	UNIT_STR(mw_location(&w), "away");
	mw_address(&w, COA_B, false, false);
	mw_run_ms(&w, 10000);
	UNIT_EQ(w.n_bus, 0);
	UNIT_STR(coa(), COA_A);
	mw_close(&w);
}

/* Both subnets of the wire were known: hearing one of them confirms both. */
static void a_known_second_router_confirms_the_wire(void)
{
	mw_open_away(&w);
	mw_ra(&w, ETH0, &mw_router_b);
	mw_neigh(&w, ETH0, "fe80::a", 10, true);
	mw_address(&w, COA_B, false, false);
	mw_flap(&w);
	mw_ra(&w, ETH0, &mw_router_b);
	UNIT_STR(mw_location(&w), "away");
	UNIT_STR(coa(), COA_A);
	mw_run_ms(&w, 4000);
	UNIT_EQ(w.n_bus, 0);
	mw_close(&w);
}

/* By an answer alone, too: both subnets of the wire. */
static void an_answer_confirms_the_wire(void)
{
	mw_open_away(&w);
	mw_ra(&w, ETH0, &mw_router_b);
	mw_neigh(&w, ETH0, "fe80::a", 10, true);
	mw_flap(&w);
	UNIT_STR(mw_location(&w), "detached");
	mw_neigh(&w, ETH0, "fe80::b", 11, true);
	UNIT_STR(mw_location(&w), "away");
	UNIT_EQ(w.n_bus, 0);
	mw_close(&w);
}

/* And by a router not heard before that shares a prefix with one of them. */
static void a_mate_confirms_the_wire(void)
{
	struct mw_router mate = mw_router_a;

	mw_open_away(&w);
	mate.addr = "fe80::aa";
	mate.prefixes[1] = "2001:db8:aa::/64";
	mw_ra(&w, ETH0, &mw_router_b);
	mw_neigh(&w, ETH0, "fe80::a", 10, true);
	mw_flap(&w);
	mate.prefixes[0] = mw_router_b.prefixes[0];
	mw_ra(&w, ETH0, &mate);
	UNIT_STR(mw_location(&w), "away");
	UNIT_EQ(w.n_bus, 0);
	mw_close(&w);
}

/* ... but for one that was in doubt when the carrier went. */
static void a_doubted_router_is_not_confirmed_by_others(void)
{
	mw_open_away(&w);
	mw_address(&w, COA_B, false, false);
	mw_ra(&w, ETH0, &mw_router_b);
	mw_flap(&w);
	mw_ra(&w, ETH0, &mw_router_b);
	UNIT_EQ(w.n_bus, 1);
	MW_ADDR(w.bus[0].acoa, COA_B);
	mw_close(&w);
}

/* There and back: the first wire is known again. */
static void a_flap_there_and_back(void)
{
	mw_open_away(&w);
	mw_flap(&w);
	mw_ra(&w, ETH0, &mw_router_b);
	mw_address(&w, COA_B, false, false);
	mw_accept(&w);
	mw_run_ms(&w, 5000);
	mw_flap(&w);
	mw_ra(&w, ETH0, &mw_router_a);
	UNIT_EQ(w.n_bus, 2);
	MW_ADDR(w.bus[1].acoa, COA_A);
	mw_close(&w);
}

/* MN-80: the router of the new wire has the same link-local address, and the
 * old one's answers are no proof. */
static void a_flap_to_a_twin(void)
{
	open_at(&twin_a);
	mw_flap(&w);
	mw_neigh(&w, ETH0, "fe80::1", 11, true);
	UNIT_STR(mw_location(&w), "detached");
	mw_ra(&w, ETH0, &twin_b);
	mw_address(&w, COA_B, false, false);
	UNIT_EQ(w.n_bus, 2);
	MW_ADDR(w.bus[1].acoa, COA_B);
	mw_close(&w);
}

/* ---- silent moves ---- */

/* MN-77: no carrier change: a new subnet, the old router does not answer. */
static void a_silent_move(void)
{
	const struct fake_request *probe;

	mw_open_away(&w);
	mw_ra(&w, ETH0, &mw_router_b);
	mw_address(&w, COA_B, false, false);
	probe = fake_kernel_last(w.k, FAKE_NEIGH_PROBE);
	UNIT_NEED(probe != NULL);
	MW_ADDR(probe->addr, "fe80::a");
	UNIT_EQ(probe->ifindex, ETH0);
	mw_run_ms(&w, 400);
	UNIT_EQ(w.n_bus, 0);
	mw_neigh(&w, ETH0, "fe80::a", 0, false);
	UNIT_EQ(w.n_bus, 1);
	MW_ADDR(w.bus[0].acoa, COA_B);
	UNIT_STR(addr_str(&fake_kernel_home(w.k, 0)->coa_router), "fe80::b");
	mw_close(&w);
}

/* The configuration bounds the wait. */
static void a_silent_move_is_noticed_in_time(void)
{
	mw_init(&w);
	w.conf.router_probes_ms = 700;
	mw_start(&w);
	mw_away(&w);
	mw_ra(&w, ETH0, &mw_router_b);
	mw_address(&w, COA_B, false, false);
	mw_run_ms(&w, 699);
	UNIT_EQ(w.n_bus, 0);
	mw_run_ms(&w, 1);
	UNIT_EQ(w.n_bus, 1);
	mw_close(&w);
}

/* MN-77: silently to another wire and soon back: the kernel still asks for
 * the first router, and its answer is the first sign. */
static void a_router_that_was_left_answers(void)
{
	mw_open_away(&w);
	mw_ra(&w, ETH0, &mw_router_b);
	mw_address(&w, COA_B, false, false);
	mw_run_ms(&w, 3000);
	UNIT_EQ(w.n_bus, 1);
	mw_accept(&w);
	fake_kernel_forget(w.k);
	mw_run_ms(&w, 1000);
	mw_neigh(&w, ETH0, "fe80::a", 10, true);
	UNIT_NEED(fake_kernel_count(w.k, FAKE_NEIGH_PROBE) == 1);
	MW_ADDR(fake_kernel_last(w.k, FAKE_NEIGH_PROBE)->addr, "fe80::b");
	/* Both answer, so they share a wire. */
	mw_neigh(&w, ETH0, "fe80::b", 11, true);
	mw_run_ms(&w, 3000);
	UNIT_EQ(w.n_bus, 1);
	/* Left once more, and only one answers. */
	mw_neigh(&w, ETH0, "fe80::a", 0, false);
	mw_neigh(&w, ETH0, "fe80::a", 10, true);
	mw_ra(&w, ETH0, &mw_router_a);
	mw_run_ms(&w, 3000);
	UNIT_EQ(w.n_bus, 2);
	MW_ADDR(w.bus[1].acoa, COA_A);
	mw_close(&w);
}

/* MN-78, MN-79: the old router still answers: nothing moves, and it is not
 * asked again with each advertisement of the other. */
static void a_second_router_is_no_movement(void)
{
	mw_open_away(&w);
	mw_ra(&w, ETH0, &mw_router_b);
	mw_address(&w, COA_B, false, false);
	mw_neigh(&w, ETH0, "fe80::a", 10, true);
	fake_kernel_forget(w.k);
	mw_run_ms(&w, 5000);
	mw_ra(&w, ETH0, &mw_router_b);
	mw_ra(&w, ETH0, &mw_router_a);
	mw_ra(&w, ETH0, &mw_router_b);
	UNIT_EQ(fake_kernel_count(w.k, FAKE_NEIGH_PROBE), 0);
	UNIT_EQ(w.n_bus, 0);
	UNIT_STR(coa(), COA_A);
	mw_close(&w);
}

/* A silent move between routers that are both believed: the one in use is
 * asked when only the other is heard; the other way round, rarely. */
static void a_silent_router_of_another_subnet_is_asked(void)
{
	mw_open_away(&w);
	mw_ra(&w, ETH0, &mw_router_b);
	mw_address(&w, COA_B, false, false);
	mw_neigh(&w, ETH0, "fe80::a", 10, true);
	mw_ra(&w, ETH0, &mw_router_a);
	fake_kernel_forget(w.k);
	mw_run_ms(&w, 1000);
	mw_ra(&w, ETH0, &mw_router_b);
	mw_run_ms(&w, 1000);
	mw_ra(&w, ETH0, &mw_router_b);
	UNIT_EQ(fake_kernel_count(w.k, FAKE_NEIGH_PROBE), 0);
	mw_run_ms(&w, 1000);
	mw_ra(&w, ETH0, &mw_router_b);
	UNIT_EQ(fake_kernel_count(w.k, FAKE_NEIGH_PROBE), 1);
	mw_run_ms(&w, 3000);
	UNIT_EQ(w.n_bus, 1);
	MW_ADDR(w.bus[0].acoa, COA_B);
	mw_close(&w);

	mw_open_away(&w);
	mw_ra(&w, ETH0, &mw_router_b);
	mw_neigh(&w, ETH0, "fe80::a", 10, true);
	fake_kernel_forget(w.k);
	mw_run_ms(&w, 1000);
	mw_ra(&w, ETH0, &mw_router_a);
	mw_run_ms(&w, 50000);
	mw_ra(&w, ETH0, &mw_router_a);
	UNIT_EQ(fake_kernel_count(w.k, FAKE_NEIGH_PROBE), 0);
	mw_run_ms(&w, 9000);
	mw_ra(&w, ETH0, &mw_router_a);
	UNIT_EQ(fake_kernel_count(w.k, FAKE_NEIGH_PROBE), 1);
	MW_ADDR(fake_kernel_last(w.k, FAKE_NEIGH_PROBE)->addr, "fe80::b");
	mw_close(&w);
}

/* A second router that shares a prefix is the same subnet: no probe. */
static void a_router_of_the_same_subnet_is_no_movement(void)
{
	struct mw_router mate = { .addr = "fe80::aa",
				  .mac = 20,
				  .prefixes = { "2001:db8:a::/64",
						"2001:db8:aa::/64" } };

	mw_open_away(&w);
	mw_ra(&w, ETH0, &mate);
	UNIT_EQ(fake_kernel_count(w.k, FAKE_NEIGH_PROBE), 0);
	/* The first one dies: its mate carries the address on. */
	mw_run_ms(&w, 10000);
	mw_neigh(&w, ETH0, "fe80::a", 0, false);
	UNIT_EQ(w.n_bus, 0);
	UNIT_STR(coa(), COA_A);
	UNIT_STR(addr_str(&fake_kernel_home(w.k, 0)->coa_router), "fe80::aa");
	/* A mate of a new subnet does not save the old router from doubt. */
	mw_ra(&w, ETH0, &mw_router_b);
	mate = mw_router_b;
	mate.addr = "fe80::bb";
	mw_ra(&w, ETH0, &mate);
	mw_address(&w, COA_B, false, false);
	mw_run_ms(&w, 3000);
	UNIT_EQ(w.n_bus, 1);
	MW_ADDR(w.bus[0].acoa, COA_B);
	mw_close(&w);
}

/* MN-80: silent, to a twin: the old one is asked for by its global address;
 * without one, its advertisement is awaited. */
static void a_silent_move_to_a_twin(void)
{
	struct mw_router a = twin_a, b = twin_b;

	open_at(&a);
	mw_ra(&w, ETH0, &b);
	mw_address(&w, COA_B, false, false);
	MW_ADDR(fake_kernel_last(w.k, FAKE_NEIGH_PROBE)->addr, "2001:db8:a::1");
	mw_neigh(&w, ETH0, "fe80::1", 11, true);
	UNIT_EQ(w.n_bus, 1);
	mw_neigh(&w, ETH0, "2001:db8:a::1", 0, false);
	UNIT_EQ(w.n_bus, 2);
	mw_close(&w);

	a.globals[0] = b.globals[0] = NULL;
	open_at(&a);
	mw_forget(&w);
	mw_ra(&w, ETH0, &b);
	mw_address(&w, COA_B, false, false);
	UNIT_EQ(fake_kernel_count(w.k, FAKE_NEIGH_PROBE), 0);
	UNIT_EQ(mw_count_nd(&w, ICMP6_RS), 1);
	mw_run_ms(&w, 2999);
	UNIT_EQ(w.n_bus, 0);
	mw_run_ms(&w, 1);
	UNIT_EQ(w.n_bus, 1);
	mw_close(&w);
}

/* MN-93: unreachable and no other: its addresses are not used, and routers
 * are looked for. */
static void the_only_router_dies(void)
{
	mw_open_away(&w);
	mw_run_ms(&w, 10000);
	mw_neigh(&w, ETH0, "fe80::a", 0, false);
	UNIT_STR(mw_location(&w), "detached");
	UNIT_EQ(solicitations_on(ETH0), 1);
	mw_run_ms(&w, 400000);
	UNIT_EQ(w.n_bus, 0);
	mw_neigh(&w, ETH0, "fe80::a", 10, true);
	UNIT_STR(mw_location(&w), "away");
	UNIT_EQ(w.n_bus, 1);
	mw_close(&w);
}

/* An old attempt of the kernel may fail after the router was heard. */
static void a_late_failure_is_checked(void)
{
	mw_open_away(&w);
	mw_run_ms(&w, 10000);
	mw_ra(&w, ETH0, &mw_router_a);
	mw_neigh(&w, ETH0, "fe80::a", 0, false);
	UNIT_STR(mw_location(&w), "away");
	UNIT_EQ(fake_kernel_count(w.k, FAKE_NEIGH_PROBE), 1);
	mw_neigh(&w, ETH0, "fe80::a", 0, false);
	UNIT_STR(mw_location(&w), "detached");
	mw_close(&w);
}

/* ---- advertisement intervals ---- */

/* MN-81: missed ones are a hint to ask, not a reason to leave. */
static void missed_advertisements_are_a_hint(void)
{
	struct mw_router a = mw_router_a;

	a.interval_ms = 1000;
	mw_open(&w);
	mw_ra(&w, ETH0, &a);
	mw_address(&w, COA_A, false, false);
	mw_accept(&w);
	mw_forget(&w);
	mw_run_ms(&w, 2999);
	UNIT_EQ(fake_kernel_count(w.k, FAKE_NEIGH_PROBE), 0);
	mw_run_ms(&w, 1);
	UNIT_EQ(fake_kernel_count(w.k, FAKE_NEIGH_PROBE), 1);
	/* It answers: not left, and not asked more than now and then. */
	mw_neigh(&w, ETH0, "fe80::a", 10, true);
	mw_run_ms(&w, 2000);
	UNIT_EQ(fake_kernel_count(w.k, FAKE_NEIGH_PROBE), 1);
	UNIT_STR(mw_location(&w), "away");
	mw_run_ms(&w, 1000);
	UNIT_EQ(fake_kernel_count(w.k, FAKE_NEIGH_PROBE), 2);
	/* A late one ends the doubt. */
	mw_ra(&w, ETH0, &a);
	mw_run_ms(&w, 2900);
	UNIT_STR(mw_location(&w), "away");
	UNIT_EQ(w.n_bus, 0);
	/* No answer: left. */
	mw_run_ms(&w, 100 + 3000);
	UNIT_STR(mw_location(&w), "detached");
	mw_close(&w);
}

static const struct unit_case flaps[] = {
	UNIT_CASE(a_flap_solicits_at_once),
	UNIT_CASE(a_flap_on_the_same_wire),
	UNIT_CASE(a_flap_to_another_wire),
	UNIT_CASE(a_tentative_address_is_not_used),
	UNIT_CASE(a_duplicate_address_is_not_used),
	UNIT_CASE(a_flap_with_a_faster_second_router),
	UNIT_CASE(a_known_second_router_confirms_the_wire),
	UNIT_CASE(an_answer_confirms_the_wire),
	UNIT_CASE(a_mate_confirms_the_wire),
	UNIT_CASE(a_doubted_router_is_not_confirmed_by_others),
	UNIT_CASE(a_flap_there_and_back),
	UNIT_CASE(a_flap_to_a_twin),
	UNIT_END,
};

static const struct unit_case silent[] = {
	UNIT_CASE(a_silent_move),
	UNIT_CASE(a_silent_move_is_noticed_in_time),
	UNIT_CASE(a_router_that_was_left_answers),
	UNIT_CASE(a_second_router_is_no_movement),
	UNIT_CASE(a_silent_router_of_another_subnet_is_asked),
	UNIT_CASE(a_router_of_the_same_subnet_is_no_movement),
	UNIT_CASE(a_silent_move_to_a_twin),
	UNIT_CASE(the_only_router_dies),
	UNIT_CASE(a_late_failure_is_checked),
	UNIT_CASE(missed_advertisements_are_a_hint),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "mn_flap", flaps },
					    { "mn_silent", silent },
					    { NULL, NULL } };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
