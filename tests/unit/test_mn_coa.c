/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The choice of a care-of address, and its reason.
 * Links nothing but the choice and addresses: it is pure.
 */
#include <stdlib.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "src/mn/mn_coa.h"
#include "tests/unit/unit.h"

static struct prefix home;

static struct in6_addr addr(const char *text)
{
	struct in6_addr a;

	if (addr_parse(text, &a))
		abort();
	return a;
}

static struct mn_candidate cand(const char *text, int ifindex, int preference,
				enum mn_addr_state state)
{
	return (struct mn_candidate){
		.addr = addr(text),
		.ifindex = ifindex,
		.ifname = ifindex == 2 ? "eth0" : "wlan0",
		.preference = preference,
		.state = state,
	};
}

#define GOOD(text, ifindex, pref) \
	cand((text), (ifindex), (pref), MN_ADDR_PREFERRED)

static struct mn_coa_choice choose(const struct mn_candidate *c, unsigned int n,
				   const char *current, int ifindex)
{
	struct mn_coa_ask ask = {
		.home_prefix = &home,
		.current = addr(current),
		.current_ifindex = ifindex,
	};
	struct mn_coa_choice choice;

	mn_coa_choose(c, n, &ask, &choice);
	return choice;
}

static const char *chosen(const struct mn_coa_choice *c)
{
	return c->coa ? addr_str(&c->coa->addr) : "none";
}

/* One candidate, no present one. */
static void check_alone(const struct mn_candidate *c, const char *want,
			const char *reason)
{
	struct mn_coa_choice ch = choose(c, 1, "::", 0);

	UNIT_STR(chosen(&ch), want);
	UNIT_EQ(ch.hold, !strcmp(want, "none"));
	if (!strstr(ch.reason, reason))
		UNIT_STR(ch.reason, reason);
}

static void only_what_can_receive_is_chosen(void)
{
	struct mn_candidate c = GOOD("2001:db8:a::5", 2, 50);

	check_alone(&c, "2001:db8:a::5", "best usable address, on eth0");
	c.state = MN_ADDR_TENTATIVE;
	check_alone(&c, "none", "tentative, which cannot receive yet");
	c.optimistic = true;
	check_alone(&c, "2001:db8:a::5", "best usable");
	c.state = MN_ADDR_DUPLICATE;
	check_alone(&c, "none", "is a duplicate");
	c.state = MN_ADDR_DETACHED;
	check_alone(&c, "none", "detached, its router is gone");
	c.state = MN_ADDR_DEPRECATED;
	check_alone(&c, "none", "is deprecated");
	c.state = MN_ADDR_PREFERRED;
	c.suspect = true;
	check_alone(&c, "none", "not confirmed by a router");
	c.suspect = false;
	c.down = true;
	check_alone(&c, "none", "on a link that is down");
}

static void only_routable_addresses_outside_the_home_prefix(void)
{
	struct mn_candidate c = GOOD("2001:db8:1::77", 2, 50);

	check_alone(&c, "none", "in the home prefix");
	c.addr = addr("fe80::5");
	check_alone(&c, "none", "no interface has a routable address");
	c.addr = addr("2001:db8:1:1::77");
	check_alone(&c, "2001:db8:1:1::77", "best usable");
}

static void no_candidate_at_all(void)
{
	struct mn_coa_choice ch = choose(NULL, 0, "::", 0);

	UNIT_STR(chosen(&ch), "none");
	CU_ASSERT(ch.hold);
	UNIT_STR(ch.reason, "none: no interface has a routable address");
}

static void the_better_liked_interface_wins(void)
{
	struct mn_candidate c[] = {
		GOOD("2001:db8:b::5", 3, 40),
		GOOD("2001:db8:a::5", 2, 50),
	};
	struct mn_coa_choice ch = choose(c, 2, "::", 0);

	UNIT_STR(chosen(&ch), "2001:db8:a::5");
	/* Also over one that is in use and good. */
	ch = choose(c, 2, "2001:db8:b::5", 3);
	UNIT_STR(chosen(&ch), "2001:db8:a::5");
	UNIT_STR(ch.reason, "eth0 is preferred: 50 over 40 of wlan0");
	/* Not while its address is deaf. */
	c[1].state = MN_ADDR_TENTATIVE;
	ch = choose(c, 2, "2001:db8:b::5", 3);
	UNIT_STR(chosen(&ch), "2001:db8:b::5");
	UNIT_STR(ch.reason, "stays, still good");
}

static void the_present_one_stays_while_it_is_good(void)
{
	struct mn_candidate c[] = {
		GOOD("2001:db8:a::5", 2, 50),
		GOOD("2001:db8:b::5", 3, 50),
	};
	struct mn_coa_choice ch = choose(c, 2, "2001:db8:b::5", 3);

	UNIT_STR(chosen(&ch), "2001:db8:b::5");
	/* A temporary one too: only a new choice looks at that. */
	c[1].temporary = true;
	ch = choose(c, 2, "2001:db8:b::5", 3);
	UNIT_STR(chosen(&ch), "2001:db8:b::5");
	/* The same address elsewhere is not the present one. */
	ch = choose(c, 2, "2001:db8:b::5", 2);
	UNIT_STR(chosen(&ch), "2001:db8:a::5");
}

static void a_temporary_one_is_the_second_choice(void)
{
	struct mn_candidate c[] = {
		GOOD("2001:db8:a::5", 2, 50),
		GOOD("2001:db8:a::6", 2, 50),
	};
	struct mn_coa_choice ch;

	c[0].temporary = true;
	ch = choose(c, 2, "::", 0);
	UNIT_STR(chosen(&ch), "2001:db8:a::6");
	ch = choose(c, 1, "::", 0);
	UNIT_STR(chosen(&ch), "2001:db8:a::5");
}

/* MN-86: a deprecated one is given up for a preferred one, and kept where
 * there is none. MN-93: those of a link that was left are not used. */
static void a_bad_present_one_is_given_up(void)
{
	struct mn_candidate c[] = {
		GOOD("2001:db8:a::5", 2, 50),
		GOOD("2001:db8:b::5", 3, 40),
	};
	struct mn_coa_choice ch;

	c[0].state = MN_ADDR_DEPRECATED;
	ch = choose(c, 2, "2001:db8:a::5", 2);
	UNIT_STR(chosen(&ch), "2001:db8:b::5");
	UNIT_STR(ch.reason, "2001:db8:a::5 is deprecated; best usable is on "
			    "wlan0, preference 40");
	ch = choose(c, 1, "2001:db8:a::5", 2);
	UNIT_STR(chosen(&ch), "2001:db8:a::5");
	CU_ASSERT(!ch.hold);
	UNIT_STR(ch.reason, "kept although deprecated: there is no other");
	c[0].state = MN_ADDR_DETACHED;
	ch = choose(c, 2, "2001:db8:a::5", 2);
	UNIT_STR(chosen(&ch), "2001:db8:b::5");
	ch = choose(c, 1, "2001:db8:a::5", 2);
	UNIT_STR(chosen(&ch), "none");
	CU_ASSERT(ch.hold);
	ch = choose(&c[1], 1, "2001:db8:a::5", 2);
	UNIT_STR(ch.reason, "2001:db8:a::5 is no longer there; best usable is "
			    "on wlan0, preference 40");
}

static void a_suspect_present_one_is_held(void)
{
	struct mn_candidate c[] = {
		GOOD("2001:db8:a::5", 2, 50),
		GOOD("2001:db8:b::5", 3, 40),
	};
	struct mn_coa_choice ch;

	c[0].suspect = true;
	ch = choose(c, 1, "2001:db8:a::5", 2);
	UNIT_STR(chosen(&ch), "2001:db8:a::5");
	CU_ASSERT(ch.hold);
	CU_ASSERT(strstr(ch.reason, "waiting: 2001:db8:a::5") != NULL);
	/* Deprecated and suspect: still nothing may be sent. */
	c[0].state = MN_ADDR_DEPRECATED;
	ch = choose(c, 1, "2001:db8:a::5", 2);
	CU_ASSERT(ch.hold);
	/* Another interface has a good one. */
	ch = choose(c, 2, "2001:db8:a::5", 2);
	UNIT_STR(chosen(&ch), "2001:db8:b::5");
	CU_ASSERT(!ch.hold);
}

/* COM-33. RFC 6275 section 4.6: unique-local ones not when there is another choice,
 * but where the agent itself has such an address. */
static void unique_local_ones_come_last(void)
{
	struct mn_candidate c[] = {
		GOOD("fd00:a::5", 2, 50),
		GOOD("2001:db8:b::5", 3, 40),
	};
	struct mn_coa_ask ask = { .home_prefix = &home, .ula_ok = true };
	struct mn_coa_choice ch = choose(c, 2, "fd00:a::5", 2);

	UNIT_STR(chosen(&ch), "2001:db8:b::5");
	UNIT_STR(ch.reason, "global instead of the unique-local fd00:a::5");
	ch = choose(c, 1, "::", 0);
	UNIT_STR(chosen(&ch), "fd00:a::5");
	mn_coa_choose(c, 2, &ask, &ch);
	UNIT_STR(chosen(&ch), "fd00:a::5");
}

static const struct unit_case cases[] = {
	UNIT_CASE(only_what_can_receive_is_chosen),
	UNIT_CASE(only_routable_addresses_outside_the_home_prefix),
	UNIT_CASE(no_candidate_at_all),
	UNIT_CASE(the_better_liked_interface_wins),
	UNIT_CASE(the_present_one_stays_while_it_is_good),
	UNIT_CASE(a_temporary_one_is_the_second_choice),
	UNIT_CASE(a_bad_present_one_is_given_up),
	UNIT_CASE(a_suspect_present_one_is_held),
	UNIT_CASE(unique_local_ones_come_last),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "mn_coa", cases },
					    { NULL, NULL } };

int main(int argc, char **argv)
{
	if (prefix_parse("2001:db8:1::/64", &home))
		return 99;
	return unit_main(argc, argv, suites);
}
