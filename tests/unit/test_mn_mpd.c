/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mobile prefix discovery under virtual time: when the agent is asked, which
 * answer counts, and what follows from it.
 */
#include <string.h>

#include "tests/unit/mn_ro_world.h"

#define OTHER "2001:db8:1::2"

static struct rw r;
static struct mw *const w = &r.w;

/* Away, bound with status 1: a solicitation is out. */
static void open_asked(void)
{
	const struct mw_bu *b;

	mw_open(w);
	mw_leave(w);
	b = mw_last_bu(w);
	mw_ba(w, HOA, BA_ACCEPTED_PREFIX_DISCOVERY, b->bu.seq, 420);
	UNIT_STR(mw_state(w), "BOUND");
	UNIT_NEED(w->n_icmp6s == 1);
}

static struct icmp6_msg mpa_of(uint16_t id, uint32_t valid_s)
{
	struct icmp6_msg msg = { .type = ICMP6_MPA,
				 .mpa = { .id = id, .n_prefixes = 1 } };
	struct ra_prefix *p = &msg.mpa.prefixes[0];

	UNIT_NEED(!prefix_parse(HOME, &p->prefix));
	p->addr = p->prefix.addr;
	p->autonomous = true;
	p->valid_s = p->preferred_s = valid_s;
	return msg;
}

static uint16_t last_id(void)
{
	return mw_last_icmp6(w)->msg.request.id;
}

/* The agent answers what was asked last. */
static void answer(uint32_t valid_s)
{
	struct icmp6_msg msg = mpa_of(last_id(), valid_s);

	mw_icmp6(w, HA, HOA, true, &msg);
}

static uint64_t ignored(void)
{
	return w->counters.v[CNT_MPA_IGNORED];
}

/* ---- solicitations ---- */

/* MN-64: status 1 asks for one at once: from the home address, whose option
 * the kernel adds for this agent, with an identifier of its own. */
static void the_solicitation(void)
{
	const struct mw_icmp6 *q;
	uint16_t id;

	open_asked();
	q = mw_last_icmp6(w);
	UNIT_EQ(q->msg.type, ICMP6_MPS);
	MW_ADDR(q->send.src, HOA);
	MW_ADDR(q->send.dst, HA);
	UNIT_EQ(q->kernel.place, KERNEL_MN_AWAY);
	MW_ADDR(q->kernel.coa, COA_A);
	MW_ADDR(q->kernel.ha, HA);
	id = last_id();
	answer(4000);
	mw_run_ms(w, 336000);
	mw_ba(w, HOA, BA_ACCEPTED_PREFIX_DISCOVERY, mw_last_bu(w)->bu.seq, 420);
	UNIT_EQ(w->n_icmp6s, 2);
	CU_ASSERT(last_id() != id);
	mw_close(w);
}

/* Status 0 asks for none. */
static void no_solicitation(void)
{
	mw_open(w);
	mw_away(w);
	mw_run_ms(w, 300000);
	UNIT_EQ(w->n_icmp6s, 0);
	mw_close(w);
}

/* MN-66: again after 3 s, then 6, 12, 24 and 32; the same one. */
static void back_off(void)
{
	static const int64_t at_s[] = { 0, 3, 9, 21, 45, 77, 109 };
	size_t i;

	open_asked();
	mw_run_ms(w, 110000);
	UNIT_EQ(w->n_icmp6s, ARRAY_SIZE(at_s));
	for (i = 0; i < ARRAY_SIZE(at_s); i++) {
		UNIT_EQ(mtime_diff_ms(w->icmp6s[i].when, w->icmp6s[0].when),
			at_s[i] * 1000);
		UNIT_EQ(w->icmp6s[i].msg.request.id, last_id());
	}
	answer(86400);
	mw_forget(w);
	mw_run_ms(w, 60000);
	UNIT_EQ(w->n_icmp6s, 0);
	mw_close(w);
}

/* MN-63: ten minutes before the prefix ends at the latest, and again until
 * there is an answer. */
static void before_the_prefix_ends(void)
{
	unsigned int i;

	open_asked();
	answer(1200);
	mw_forget(w);
	for (i = 0; i < 3; i++) {
		mw_run_ms(w, 300000);
		if (w->n_bus)
			mw_accept(w);
		UNIT_EQ(w->n_icmp6s, 0);
	}
	mw_run_ms(w, 59000);
	UNIT_EQ(w->n_icmp6s, 0);
	mw_run_ms(w, 1000); /* 960 of 1200 s */
	UNIT_EQ(w->n_icmp6s, 1);
	answer(86400);
	mw_accept(w);
	mw_forget(w);
	mw_run_ms(w, 240000);
	UNIT_STR(mw_location(w), "away");
	UNIT_EQ(w->n_icmp6s, 0);
	mw_close(w);
}

/* MN-63: the same with what was heard at home. An agent that never answers is
 * left alone then, and the home address is used: it grants no more than the
 * prefix has. */
static void an_agent_without_prefix_discovery(void)
{
	struct mw_router home = mw_home_router;
	unsigned int i;

	home.valid_s = 600;
	mw_open(w);
	mw_ra(w, ETH0, &home);
	mw_run_ms(w, 2000);
	UNIT_STR(mw_location(w), "home");
	mw_carrier(w, ETH0, false);
	mw_carrier(w, ETH0, true);
	mw_leave(w);
	mw_run_ms(w, 10000);
	mw_accept(w);
	UNIT_STR(mw_state(w), "BOUND");
	for (i = 0; i < 60; i++) {
		mw_run_ms(w, 10000);
		if (strcmp(mw_state(w), "BOUND"))
			mw_accept(w);
	}
	CU_ASSERT(w->n_icmp6s >= 3);
	UNIT_STR(mw_state(w), "BOUND");
	mw_forget(w);
	mw_run_ms(w, 100000);
	UNIT_EQ(w->n_icmp6s, 0);
	mw_close(w);
}

/* ---- answers ---- */

/* MN-67: the first that matches counts; MN-72: the next is not asked for any
 * more, is discarded, and makes the node ask. */
static void the_answer(void)
{
	struct icmp6_msg msg;
	uint16_t id;

	open_asked();
	id = last_id();
	mw_run_ms(w, 5000);
	answer(4000);
	UNIT_EQ(ignored(), 0);
	mw_forget(w);
	mw_run_ms(w, 60000);
	UNIT_EQ(w->n_icmp6s, 0);
	msg = mpa_of(id, 40);
	mw_icmp6(w, HA, HOA, true, &msg);
	UNIT_EQ(ignored(), 1);
	UNIT_EQ(w->n_bus, 0);
	UNIT_EQ(w->n_icmp6s, 1);
	UNIT_EQ(mw_last_icmp6(w)->msg.type, ICMP6_MPS);
	CU_ASSERT(last_id() != id);
	/* However many come, one is out at a time. */
	mw_icmp6(w, HA, HOA, true, &msg);
	mw_icmp6(w, HA, HOA, true, &msg);
	UNIT_EQ(w->n_icmp6s, 1);
	answer(4000);
	UNIT_EQ(ignored(), 3);
	mw_close(w);
}

/* MN-68, MN-70: not from the agent, or without the routing header: nothing
 * happens, and nothing is asked. */
static void answers_that_do_not_count(void)
{
	struct icmp6_msg msg;

	open_asked();
	msg = mpa_of(last_id(), 40);
	mw_forget(w);
	mw_icmp6(w, OTHER, HOA, true, &msg);
	mw_icmp6(w, HA, HOA, false, &msg);
	mw_icmp6(w, HA, HOA2, true, &msg);
	UNIT_EQ(ignored(), 3);
	UNIT_EQ(w->n_bus, 0);
	UNIT_EQ(w->n_icmp6s, 0);
	/* Still awaited. */
	mw_run_ms(w, 3000);
	UNIT_EQ(w->n_icmp6s, 1);
	mw_close(w);
}

/* MN-69: without a registration only the agent that is stored counts, and
 * none while there is none. */
static void without_a_registration(void)
{
	struct icmp6_msg msg;

	open_asked();
	msg = mpa_of(last_id(), 4000);
	mw_run_ms(w, 336000);
	mw_ba(w, HOA, BA_NO_RESOURCES, mw_last_bu(w)->bu.seq, 0);
	mw_run_ms(w, 90000);
	CU_ASSERT(strcmp(mw_state(w), "BOUND") != 0);
	mw_icmp6(w, OTHER, HOA, true, &msg);
	UNIT_EQ(ignored(), 1);
	mw_icmp6(w, HA, HOA, true, &msg);
	UNIT_EQ(ignored(), 1);
	mw_close(w);

	mw_init(w);
	w->homes[0].home_agent = addr_any;
	mw_start(w);
	mw_leave(w);
	mw_icmp6(w, HA, HOA, true, &msg);
	UNIT_EQ(ignored(), 1);
	UNIT_EQ(w->n_icmp6s, 1); /* the agents' discovery */
	mw_close(w);
}

/* As transport_mpa_listen() has it: of an advertisement by ESP, who hears
 * those in clear, too, hears both. */
static void arrive(const struct icmp6_msg *msg, bool esp)
{
	struct packet pkt = { .src = mw_addr(HA),
			      .dst = mw_addr(HOA),
			      .wire_src = mw_addr(HA),
			      .wire_dst = mw_addr(COA_A),
			      .has_rh2 = true,
			      .when = w->now };

	if (w->t->mpa_clear)
		mn_on_icmp6(w->mn, &pkt, msg, w->now);
	pkt.by_esp = true;
	if (esp && w->t->mpa_esp)
		mn_on_icmp6(w->mn, &pkt, msg, w->now);
	mw_settle(w);
}

static void open_protected(enum conf_security first, enum conf_security second)
{
	unsigned int i;

	mw_init(w);
	w->homes[0].security = first;
	w->homes[1].security = second;
	w->conf.n_homes = 2;
	mw_start(w);
	mw_leave(w);
	for (i = 0; i < w->n_bus; i++)
		if (addr_eq(&w->bus[i].send.src, &w->homes[0].address))
			mw_ba(w, HOA, BA_ACCEPTED_PREFIX_DISCOVERY,
			      w->bus[i].bu.seq, 420);
	UNIT_STR(mw_state(w), "BOUND");
	UNIT_NEED(w->n_icmp6s == 1);
}

/* MN-71: where the home address has ESP, an advertisement in clear is no
 * answer, whatever other home addresses have; and one that has none takes
 * each but once. */
static void advertisements_in_clear(void)
{
	struct icmp6_msg msg;

	open_protected(CONF_SECURITY_IPSEC, CONF_SECURITY_IPSEC);
	CU_ASSERT(w->t->mpa_esp && !w->t->mpa_clear);
	msg = mpa_of(last_id(), 4000);
	arrive(&msg, true);
	UNIT_EQ(w->counters.v[CNT_MPA_IN], 1);
	UNIT_EQ(ignored(), 0);
	mw_close(w);

	open_protected(CONF_SECURITY_IPSEC, CONF_SECURITY_INSECURE);
	CU_ASSERT(w->t->mpa_esp && w->t->mpa_clear);
	msg = mpa_of(last_id(), 0); /* the end of its home address */
	arrive(&msg, false);
	UNIT_EQ(w->counters.v[CNT_MPA_IN], 0);
	UNIT_STR(mw_state(w), "BOUND");
	msg = mpa_of(last_id(), 4000);
	arrive(&msg, true);
	UNIT_EQ(w->counters.v[CNT_MPA_IN], 1);
	UNIT_EQ(ignored(), 0);
	mw_close(w);

	open_protected(CONF_SECURITY_INSECURE, CONF_SECURITY_IPSEC);
	msg = mpa_of(last_id(), 4000);
	arrive(&msg, true);
	UNIT_EQ(w->counters.v[CNT_MPA_IN], 1);
	UNIT_EQ(ignored(), 0);
	w->mn = mn_free(w->mn);
	CU_ASSERT(fake_transport_is_bare(w->t));
	mw_close(w);
}

/* ---- what follows ---- */

/* MN-74: the prefix ends before the bindings: agent and correspondent are told
 * at once; MN-75: the correspondent no more than is left. */
static void the_prefix_ends_sooner(void)
{
	rw_open(&r);
	rw_optimise(&r, CN1);
	rw_run_s(&r, 10);
	rw_forget(&r);
	/* The agent speaks up. */
	mw_icmp6(w, HA, HOA, true, &(struct icmp6_msg){ .type = ICMP6_MPA });
	answer(100);
	UNIT_EQ(w->n_bus, 1);
	MW_ADDR(mw_last_bu(w)->send.dst, HA);
	UNIT_EQ(mw_last_bu(w)->bu.lifetime_4s, 25);
	mw_accept(w);
	UNIT_STR(mw_state(w), "BOUND");
	rw_run_s(&r, 2);
	rw_answer_all(&r);
	UNIT_NEED(rw_last(&r, MH_BU) != NULL);
	CU_ASSERT(rw_last(&r, MH_BU)->msg.bu.lifetime_4s <= 25);
	CU_ASSERT(rw_last(&r, MH_BU)->msg.bu.lifetime_4s >= 23);
	rw_close(&r);
}

/* Seconds are rounded on the way: no reason for an update. */
static void the_prefix_ends_with_the_binding(void)
{
	open_asked();
	answer(416);
	UNIT_EQ(w->n_bus, 1);
	mw_close(w);
	open_asked();
	answer(415);
	UNIT_EQ(w->n_bus, 2);
	mw_close(w);
}

/* MN-76: told by the agent, the end of the prefix is that of the registration
 * and of the home address; at home it is as good as ever. */
static void the_prefix_ends(void)
{
	open_asked();
	answer(100);
	UNIT_EQ(mw_last_bu(w)->bu.lifetime_4s, 25);
	mw_accept(w);
	mw_run_ms(w, 99000);
	UNIT_EQ(mw_place(w), KERNEL_MN_AWAY);
	mw_run_ms(w, 1000);
	UNIT_EQ(mw_place(w), KERNEL_MN_NONE);
	UNIT_STR(mw_state(w), "none");
	UNIT_STR(mw_reason(w), "the home prefix is not valid any more");
	mw_forget(w);
	mw_ra(w, ETH0, &mw_router_a);
	mw_run_ms(w, 59000);
	UNIT_EQ(w->n_bus + w->n_icmp6s, 0);
	/* The agent is asked whether it is so for everybody: it is. */
	mw_run_ms(w, 1000);
	UNIT_EQ(w->n_bus, 1);
	mw_ba(w, HOA, BA_NOT_HOME_SUBNET, mw_last_bu(w)->bu.seq, 0);
	UNIT_EQ(mw_place(w), KERNEL_MN_NONE);
	/* Or not. */
	mw_run_ms(w, 60000);
	mw_accept(w);
	UNIT_STR(mw_state(w), "BOUND");
	mw_ra(w, WLAN0, &mw_home_router);
	mw_run_ms(w, 3000);
	mw_deregistered(w, BA_ACCEPTED);
	mw_run_ms(w, 3000);
	UNIT_STR(mw_location(w), "home");
	mw_close(w);
}

/* MN-76: also for who has lost the binding while it was asking. */
static void the_prefix_ends_without_a_binding(void)
{
	struct icmp6_msg hint = mpa_of(0, 100);

	open_asked();
	answer(100);
	mw_accept(w);
	mw_run_ms(w, 70000);
	mw_icmp6(w, HA, HOA, true, &hint);
	UNIT_EQ(w->n_icmp6s, 2);
	mw_be(w, HA, BE_UNKNOWN_BINDING, HOA);
	mw_settle(w);
	mw_ba(w, HOA, BA_NOT_HOME_SUBNET, mw_last_bu(w)->bu.seq, 0);
	UNIT_STR(mw_state(w), "REFUSED");
	mw_run_ms(w, 30000);
	UNIT_EQ(mw_place(w), KERNEL_MN_NONE);
	UNIT_STR(mw_reason(w), "the home prefix is not valid any more");
	mw_close(w);
}

/* MN-76: 0 is the end at once. */
static void the_prefix_is_gone(void)
{
	open_asked();
	answer(0);
	UNIT_EQ(mw_place(w), KERNEL_MN_NONE);
	UNIT_STR(mw_state(w), "none");
	mw_close(w);
}

/* What says nothing about the home prefix, or nothing that can be, changes
 * nothing; for ever is no end. */
static void other_prefixes(void)
{
	struct icmp6_msg msg;

	open_asked();
	msg = mpa_of(last_id(), 40);
	UNIT_NEED(
		!prefix_parse("2001:db8:77::/64", &msg.mpa.prefixes[0].prefix));
	mw_icmp6(w, HA, HOA, true, &msg);
	UNIT_EQ(ignored(), 0);
	UNIT_EQ(w->n_bus, 1);
	mw_close(w);

	open_asked();
	msg = mpa_of(last_id(), 40);
	msg.mpa.prefixes[0].preferred_s = 41;
	mw_icmp6(w, HA, HOA, true, &msg);
	UNIT_EQ(w->n_bus, 1);
	mw_close(w);

	open_asked();
	answer(UINT32_MAX);
	UNIT_EQ(w->n_bus, 1);
	mw_forget(w);
	mw_run_ms(w, 300000);
	UNIT_EQ(w->n_icmp6s, 0);
	mw_close(w);
}

/* MN-138: after status 1 the registration is not renewed before the agent has
 * told of its prefixes, unless the binding would end. */
static void a_refresh_waits(void)
{
	open_asked();
	mw_run_ms(w, 345000);
	UNIT_EQ(w->n_bus, 1);
	answer(4000);
	mw_run_ms(w, 1000);
	UNIT_EQ(w->n_bus, 2);
	mw_close(w);

	open_asked();
	mw_run_ms(w, 399000);
	UNIT_EQ(w->n_bus, 1);
	mw_run_ms(w, 3000);
	CU_ASSERT(w->n_bus >= 2);
	UNIT_STR(mw_state(w), "REFRESHING");
	mw_close(w);
}

/* A new care-of address is registered at once; the question goes on from
 * there. */
static void a_handover_does_not_wait(void)
{
	open_asked();
	mw_forget(w);
	mw_carrier(w, ETH0, false);
	mw_ra(w, WLAN0, &mw_router_b);
	fake_kernel_addr_add(w->k, WLAN0, COA_B);
	mw_settle(w);
	UNIT_EQ(w->n_bus, 1);
	mw_ba(w, HOA, BA_ACCEPTED_PREFIX_DISCOVERY, mw_last_bu(w)->bu.seq, 420);
	mw_run_ms(w, 3000);
	UNIT_EQ(w->n_icmp6s, 1);
	MW_ADDR(mw_last_icmp6(w)->kernel.coa, COA_B);
	mw_close(w);
}

static const struct unit_case solicit[] = {
	UNIT_CASE(the_solicitation),
	UNIT_CASE(no_solicitation),
	UNIT_CASE(back_off),
	UNIT_CASE(before_the_prefix_ends),
	UNIT_CASE(an_agent_without_prefix_discovery),
	UNIT_END,
};

static const struct unit_case advert[] = {
	UNIT_CASE(the_answer),
	UNIT_CASE(answers_that_do_not_count),
	UNIT_CASE(without_a_registration),
	UNIT_CASE(advertisements_in_clear),
	UNIT_CASE(the_prefix_ends_sooner),
	UNIT_CASE(the_prefix_ends_with_the_binding),
	UNIT_CASE(the_prefix_ends),
	UNIT_CASE(the_prefix_ends_without_a_binding),
	UNIT_CASE(the_prefix_is_gone),
	UNIT_CASE(other_prefixes),
	UNIT_CASE(a_refresh_waits),
	UNIT_CASE(a_handover_does_not_wait),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "mn_mpd solicit", solicit },
					    { "mn_mpd advert", advert },
					    { NULL, NULL } };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
