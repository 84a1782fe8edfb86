/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A mobile node that knows only its home prefix: asking for home agents, and
 * answers.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "tests/unit/mn_discovers.h"

#define ANYCAST "2001:db8:1:0:fdff:ffff:ffff:fffe"

static struct mw w;

static const char *const one[] = { HA, NULL };
static const char *const two[] = { HA, HA2, NULL };
static const char *const three[] = { HA2, HA, HA3, NULL };

static struct icmp6_msg reply_of(uint16_t id, const char *agent)
{
	return (struct icmp6_msg){
		.type = ICMP6_HAAD_REPLY,
		.reply = { .id = id, .n_addrs = 1, .addrs = { mw_addr(agent) } }
	};
}

static uint64_t ignored(void)
{
	return w.counters.v[CNT_HAAD_REPLY_IGNORED];
}

/* ---- asking ---- */

/* MN-52: to the anycast address of the home prefix, from the care-of address;
 * nothing is registered, nor in the kernel, before an agent is known. */
static void the_request(void)
{
	const struct mw_icmp6 *q;

	md_open(&w);
	UNIT_EQ(w.n_icmp6s, 0);
	mw_leave(&w);
	UNIT_EQ(w.n_icmp6s, 1);
	q = mw_last_icmp6(&w);
	UNIT_EQ(q->msg.type, ICMP6_HAAD_REQUEST);
	MW_ADDR(q->send.src, COA_A);
	MW_ADDR(q->send.dst, ANYCAST);
	UNIT_EQ(q->send.ifindex, ETH0);
	CU_ASSERT(!q->send.rh2 && !q->send.hao);
	UNIT_EQ(w.n_bus, 0);
	/* The kernel knows by which router it leaves, and no more. */
	UNIT_EQ(q->kernel.place, KERNEL_MN_AWAY);
	MW_ADDR(q->kernel.coa, COA_A);
	MW_ADDR(q->kernel.coa_router, "fe80::a");
	MW_ADDR(q->kernel.ha, "::");
	UNIT_STR(md_shown(&w).discovery, "asking");
	mw_close(&w);
}

/* MN-53: at home, from the home address by the home link. */
static void the_request_at_home(void)
{
	const struct mw_icmp6 *q;

	md_open(&w);
	mw_ra(&w, ETH0, &mw_home_router);
	mw_run_ms(&w, 2000);
	UNIT_STR(mw_location(&w), "home");
	q = mw_last_icmp6(&w);
	MW_ADDR(q->send.src, HOA);
	MW_ADDR(q->send.dst, ANYCAST);
	UNIT_EQ(q->send.ifindex, ETH0);
	mw_haad(&w, two);
	UNIT_EQ(w.n_bus, 0);
	/* Away, it is used at once. */
	mw_carrier(&w, ETH0, false);
	mw_carrier(&w, ETH0, true);
	mw_leave(&w);
	mw_run_ms(&w, 20000);
	MW_ADDR(mw_last_bu(&w)->send.dst, HA);
	mw_close(&w);
}

/* A configured agent is never asked for. */
static void a_configured_agent_is_kept(void)
{
	struct icmp6_msg msg = reply_of(0, HA2);

	mw_open(&w);
	mw_away(&w);
	mw_icmp6(&w, HA2, COA_A, false, &msg);
	UNIT_EQ(ignored(), 1);
	mw_run_ms(&w, 336000);
	mw_ba(&w, HOA, BA_NOT_HOME_AGENT, mw_last_bu(&w)->bu.seq, 0);
	mw_run_ms(&w, 200000);
	UNIT_EQ(w.n_icmp6s, 0);
	MW_ADDR(mw_last_bu(&w)->send.dst, HA);
	UNIT_STR(md_shown(&w).discovery, "configured");
	UNIT_STR(md_shown(&w).uses, HA " in use");
	mw_close(&w);
}

/* MN-54: the same request after 3, 6, 12 and 24 s; MN-62: then a pause, and
 * another round, for ever. */
static void back_off(void)
{
	static const int64_t at_s[] = { 0, 3, 9, 21, 45, 153, 156, 162 };
	struct mtime start;
	size_t i;

	md_open_asking(&w);
	start = w.icmp6s[0].when;
	mw_run_ms(&w, 165000);
	UNIT_EQ(w.n_icmp6s, ARRAY_SIZE(at_s));
	for (i = 0; i < ARRAY_SIZE(at_s); i++) {
		UNIT_EQ(mtime_diff_ms(w.icmp6s[i].when, start), at_s[i] * 1000);
		CU_ASSERT((w.icmp6s[i].msg.request.id ==
			   w.icmp6s[0].msg.request.id) == (i < 5));
	}
	UNIT_EQ(w.n_bus, 0);
	mw_haad(&w, one);
	UNIT_EQ(w.n_bus, 1);
	mw_close(&w);
}

/* Another care-of address asks anew; without any, nothing is sent. */
static void a_move_begins_anew(void)
{
	uint16_t id;

	md_open_asking(&w);
	id = mw_last_icmp6(&w)->msg.request.id;
	mw_run_ms(&w, 4000);
	mw_forget(&w);
	mw_carrier(&w, ETH0, false);
	mw_run_ms(&w, 20000);
	UNIT_EQ(w.n_icmp6s, 0);
	mw_ra(&w, WLAN0, &mw_router_b);
	fake_kernel_addr_add(w.k, WLAN0, COA_B);
	mw_settle(&w);
	UNIT_EQ(w.n_icmp6s, 1);
	MW_ADDR(mw_last_icmp6(&w)->send.src, COA_B);
	UNIT_EQ(mw_last_icmp6(&w)->send.ifindex, WLAN0);
	CU_ASSERT(mw_last_icmp6(&w)->msg.request.id != id);
	mw_run_ms(&w, 3000);
	UNIT_EQ(w.n_icmp6s, 2);
	mw_close(&w);
}

/* A request that cannot be sent is repeated like one that was lost. */
static void a_failed_request_is_repeated(void)
{
	md_open(&w);
	w.t->send_err = -ENETUNREACH;
	mw_leave(&w);
	UNIT_EQ(w.n_icmp6s, 0);
	UNIT_EQ(w.counters.v[CNT_ICMP_OUT_FAILED], 1);
	w.t->send_err = 0;
	mw_run_ms(&w, 3000);
	UNIT_EQ(w.n_icmp6s, 1);
	mw_close(&w);
}

/* ---- answers ---- */

/* MN-55: another identifier, or to another address, is no answer, and a second
 * one is none either. */
static void answers_to_nothing(void)
{
	struct icmp6_msg msg;

	md_open_asking(&w);
	msg = reply_of(mw_last_icmp6(&w)->msg.request.id ^ 1, HA);
	mw_icmp6(&w, HA, COA_A, false, &msg);
	msg = reply_of(mw_last_icmp6(&w)->msg.request.id, HA);
	mw_icmp6(&w, HA, HOA, false, &msg);
	UNIT_EQ(w.n_bus, 0);
	UNIT_EQ(ignored(), 2);
	mw_haad(&w, one);
	UNIT_EQ(w.n_bus, 1);
	mw_haad(&w, three);
	UNIT_EQ(ignored(), 3);
	UNIT_STR(md_shown(&w).uses, HA " in use");
	mw_close(&w);
}

/* Addresses that cannot be an agent's do not count; without any other the
 * reply does not, either. */
static void addresses_that_are_none(void)
{
	static const char *const none[] = {
		"fe80::1", "ff02::1", "::", "::1", HOA, COA_A, ANYCAST, NULL
	};
	static const char *const some[] = { "fe80::1", HA2, HA2, HA, HA2, NULL };

	md_open_asking(&w);
	mw_haad(&w, none);
	UNIT_EQ(ignored(), 1);
	UNIT_EQ(w.n_bus, 0);
	mw_run_ms(&w, 3000);
	UNIT_EQ(w.n_icmp6s, 2);
	mw_haad(&w, some);
	UNIT_STR(md_shown(&w).uses, HA2 " in use, " HA " listed");
	UNIT_STR(md_shown(&w).discovery, "known");
	mw_close(&w);
}

/* MN-61: as it is on the wire, with all reserved bits set. */
static void reserved_bits(void)
{
	uint8_t data[8 + 16] = { ICMP6_HAAD_REPLY, 0, 0, 0, 0, 0, 0xff, 0xff };
	struct in6_addr agent = mw_addr(HA2), coa = mw_addr(COA_A);
	struct icmp6_msg msg;
	uint16_t id;

	md_open_asking(&w);
	id = mw_last_icmp6(&w)->msg.request.id;
	data[4] = (uint8_t)(id >> 8);
	data[5] = (uint8_t)id;
	memcpy(data + 8, &agent, 16);
	UNIT_NEED(icmp6_parse(data, sizeof(data), &agent, &coa, 60, false,
			      &msg) == ICMP6_OK);
	mw_icmp6(&w, HA2, COA_A, false, &msg);
	MW_ADDR(mw_last_bu(&w)->send.dst, HA2);
	mw_close(&w);
}

/* A late reply is as good as one in time. */
static void a_late_answer(void)
{
	md_open_asking(&w);
	mw_run_ms(&w, 100000);
	UNIT_STR(md_shown(&w).discovery, "waiting");
	mw_haad(&w, one);
	MW_ADDR(mw_last_bu(&w)->send.dst, HA);
	mw_forget(&w);
	mw_run_ms(&w, 1000);
	UNIT_EQ(w.n_icmp6s, 0);
	mw_close(&w);
}

static const struct unit_case asking[] = {
	UNIT_CASE(the_request),
	UNIT_CASE(the_request_at_home),
	UNIT_CASE(a_configured_agent_is_kept),
	UNIT_CASE(back_off),
	UNIT_CASE(a_move_begins_anew),
	UNIT_CASE(a_failed_request_is_repeated),
	UNIT_CASE(answers_to_nothing),
	UNIT_CASE(addresses_that_are_none),
	UNIT_CASE(reserved_bits),
	UNIT_CASE(a_late_answer),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "mn_dhaad", asking }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
