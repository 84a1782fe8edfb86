/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A mobile node that has discovered its home agents: which one is used, the
 * next when one fails, bindings left behind.
 */
#include <stdio.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "tests/unit/mn_discovers.h"

static struct mw w;

static const char *const two[] = { HA, HA2, NULL };
static const char *const three[] = { HA2, HA, HA3, NULL };

/* Bound at HA, and HA2 is known. */
static void open_bound(void)
{
	md_open_asking(&w);
	mw_haad(&w, two);
	mw_accept(&w);
	UNIT_STR(mw_state(&w), "BOUND");
	mw_forget(&w);
}

/* ---- one after the other ---- */

/* MN-56: in the order of the list, as its first agent wants it. */
static void the_first_of_the_list(void)
{
	md_open_asking(&w);
	mw_haad(&w, three);
	UNIT_EQ(w.n_bus, 1);
	MW_ADDR(mw_last_bu(&w)->send.dst, HA2);
	MW_ADDR(mw_last_bu(&w)->kernel.ha, HA2);
	UNIT_STR(md_shown(&w).uses,
		 HA2 " in use, " HA " listed, " HA3 " listed");
	w.agent = HA2;
	mw_accept(&w);
	UNIT_STR(mw_state(&w), "BOUND");
	mw_close(&w);
}

/* MN-57: a silent agent gets MAX_BINDACK_TIMEOUT, well over
 * InitialBindackTimeoutFirstReg; MN-60: then the next is tried. What the first
 * may hold is deleted. */
static void a_silent_agent(void)
{
	unsigned int i, to_first = 0;
	const struct mw_bu *b;

	md_open_asking(&w);
	mw_haad(&w, two);
	mw_run_ms(&w, 31999);
	for (i = 0; i < w.n_bus; i++)
		to_first += addr_eq(&w.bus[i].send.dst, &w.bus[0].send.dst);
	UNIT_EQ(to_first, 5); /* 0, 1.5, 4.5, 10.5, 22.5 s */
	UNIT_EQ(w.n_bus, 5);
	mw_run_ms(&w, 1);
	b = mw_last_bu(&w);
	UNIT_EQ(w.n_bus, 6);
	MW_ADDR(b->send.dst, HA2);
	MW_ADDR(b->kernel.ha, HA2);
	UNIT_EQ(b->bu.lifetime_4s, 105);
	UNIT_EQ(w.counters.v[CNT_AGENT_CHANGED], 1);
	UNIT_STR(md_shown(&w).uses,
		 HA2 " in use, " HA " failed, " HA " former");
	w.agent = HA2;
	mw_accept(&w);
	UNIT_STR(mw_state(&w), "BOUND");
	UNIT_EQ(w.n_icmp6s, 1);
	mw_close(&w);
}

static void refused_with(uint8_t status)
{
	md_open_asking(&w);
	mw_haad(&w, two);
	mw_ba(&w, HOA, status, mw_last_bu(&w)->bu.seq, 0);
	UNIT_EQ(w.n_bus, 2);
	MW_ADDR(mw_last_bu(&w)->send.dst, HA2);
	/* A refusal leaves nothing behind. */
	UNIT_STR(md_shown(&w).uses, HA2 " in use, " HA " failed");
	mw_close(&w);
}

/* MN-60: any refusal that is the agent's leads to the next one at once. */
static void refusals(void)
{
	refused_with(BA_PROHIBITED);
	refused_with(BA_NO_RESOURCES);
	refused_with(BA_HOME_REG_UNSUPPORTED);
	refused_with(BA_NOT_HOME_SUBNET);
	refused_with(BA_NOT_HOME_AGENT);
}

/* MN-60: when all have refused they are asked for again, not at once; the
 * answer is used at the next that is not the last. */
static void all_refuse(void)
{
	md_open_asking(&w);
	mw_haad(&w, two);
	mw_ba(&w, HOA, BA_NOT_HOME_AGENT, mw_last_bu(&w)->bu.seq, 0);
	w.agent = HA2;
	mw_ba(&w, HOA, BA_NOT_HOME_AGENT, mw_last_bu(&w)->bu.seq, 0);
	UNIT_STR(mw_state(&w), "REFUSED");
	UNIT_STR(md_shown(&w).discovery, "waiting");
	mw_forget(&w);
	mw_run_ms(&w, 59900);
	UNIT_EQ(w.n_icmp6s, 0);
	UNIT_EQ(w.n_bus, 0);
	mw_run_ms(&w, 200);
	UNIT_EQ(w.n_icmp6s, 1);
	mw_ba(&w, HOA, BA_NOT_HOME_AGENT, mw_last_bu(&w)->bu.seq, 0);
	mw_haad(&w, three);
	MW_ADDR(mw_last_bu(&w)->send.dst, HA);
	w.agent = HA;
	mw_accept(&w);
	UNIT_STR(mw_state(&w), "BOUND");
	UNIT_STR(md_shown(&w).discovery, "known");
	mw_close(&w);
}

/* All are silent and nobody answers: each is tried in turn, for ever. */
static void all_are_silent(void)
{
	bool again = false;
	unsigned int i;

	md_open_asking(&w);
	mw_haad(&w, two);
	mw_run_ms(&w, 70000);
	UNIT_EQ(w.n_icmp6s, 3);
	mw_forget(&w);
	mw_run_ms(&w, 400000);
	CU_ASSERT(w.n_icmp6s >= 5);
	for (i = 0; i < w.n_bus; i++)
		again |= w.bus[i].bu.lifetime_4s &&
			 !strcmp(addr_str(&w.bus[i].send.dst), HA);
	CU_ASSERT(again);
	mw_close(&w);
}

/* MN-58: the list serves long after it came, without another request. */
static void the_list_is_kept(void)
{
	open_bound();
	mw_run_ms(&w, 336000);
	UNIT_EQ(w.n_bus, 1); /* refreshed */
	mw_ba(&w, HOA, BA_NO_RESOURCES, mw_last_bu(&w)->bu.seq, 0);
	UNIT_EQ(w.n_icmp6s, 0);
	MW_ADDR(w.bus[1].send.dst, HA2);
	mw_close(&w);
}

/* MN-59: while a binding lasts it is renewed where it is, whatever a reply
 * says; the other one is for when that fails. */
static void a_binding_stays_where_it_is(void)
{
	md_open_asking(&w);
	mw_haad(&w, two);
	mw_accept(&w);
	mw_forget(&w);
	fake_kernel_addr_del(w.k, ETH0, COA_A);
	fake_kernel_addr_add(w.k, ETH0, "2001:db8:a::6");
	mw_settle(&w);
	UNIT_EQ(w.n_bus, 1);
	MW_ADDR(mw_last_bu(&w)->send.dst, HA);
	mw_run_ms(&w, 31000);
	MW_ADDR(mw_last_bu(&w)->send.dst, HA);
	mw_close(&w);
}

/* ---- what comes back ---- */

/* An error of the home link about what was sent to agent: a Binding Update,
 * or a packet in the tunnel. */
static void comes_back(const char *agent, uint8_t proto, uint8_t type,
		       uint8_t code)
{
	struct icmp6_msg msg = { .type = type, .code = code };

	msg.error = (struct icmp6_error){
		.quoted_src = mw_addr(COA_A),
		.quoted_dst = mw_addr(agent),
		.quoted_proto = proto,
		.quoted_mh_type = MH_BU,
		.has_hao = proto == MH_PROTO,
	};
	msg.error.hoa = msg.error.hao_hoa = mw_addr(HOA);
	mw_icmp6(&w, HA3, COA_A, false, &msg);
}

/* MN-57, MN-60: two updates that nobody is there for are enough, after
 * InitialBindackTimeoutFirstReg at the earliest; other errors are no more
 * than silence. */
static void an_agent_is_unreachable(void)
{
	unsigned int i;

	md_open_asking(&w);
	mw_haad(&w, two);
	for (i = 0; i < 3; i++) /* the same update, said thrice */
		comes_back(HA, MH_PROTO, ICMP6_DEST_UNREACH_T, 3);
	mw_run_ms(&w, 1499);
	UNIT_EQ(w.n_bus, 1);
	mw_run_ms(&w, 1);
	UNIT_EQ(w.n_bus, 2);
	MW_ADDR(mw_last_bu(&w)->send.dst, HA);
	for (i = 0; i < 3; i++) /* no route, forbidden, too big */
		comes_back(HA, MH_PROTO,
			   i == 2 ? ICMP6_TOO_BIG_T : ICMP6_DEST_UNREACH_T,
			   (uint8_t)i % 2);
	mw_settle(&w);
	UNIT_EQ(w.n_bus, 2);
	comes_back(HA, MH_PROTO, ICMP6_DEST_UNREACH_T, 3);
	mw_settle(&w);
	UNIT_EQ(w.n_bus, 3);
	MW_ADDR(mw_last_bu(&w)->send.dst, HA2);
	w.agent = HA2;
	mw_accept(&w);
	UNIT_STR(mw_state(&w), "BOUND");
	UNIT_STR(md_shown(&w).uses,
		 HA2 " in use, " HA " listed, " HA " former");
	mw_close(&w);
}

/* One is enough where others got lost on their way. */
static void an_agent_is_unreachable_at_last(void)
{
	md_open_asking(&w);
	mw_haad(&w, two);
	mw_run_ms(&w, 4500);
	UNIT_EQ(w.n_bus, 3);
	comes_back(HA, MH_PROTO, ICMP6_DEST_UNREACH_T, 3);
	mw_settle(&w);
	UNIT_EQ(w.n_bus, 4);
	MW_ADDR(mw_last_bu(&w)->send.dst, HA2);
	mw_close(&w);
}

/* Traffic that comes back makes the node ask its agent. */
static void the_tunnel_comes_back(void)
{
	static const struct {
		uint8_t type, code;
		bool counts;
	} errors[] = {
		{ ICMP6_DEST_UNREACH_T, 3, true },
		{ ICMP6_DEST_UNREACH_T, 4, true },
		{ ICMP6_PARAM_PROB_T, 1, true },
		{ ICMP6_DEST_UNREACH_T, 0, false },
		{ ICMP6_DEST_UNREACH_T, 1, false },
		{ ICMP6_TOO_BIG_T, 0, false },
		{ ICMP6_PARAM_PROB_T, 0, false },
	};
	size_t i;

	open_bound();
	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		/* It has just answered, where that counts. */
		mw_run_ms(&w, 9900);
		comes_back(HA, 41, errors[i].type, errors[i].code);
		UNIT_EQ(w.n_bus, 0);
		mw_run_ms(&w, 200);
		/* About somebody else. */
		comes_back(HA2, 41, errors[i].type, errors[i].code);
		comes_back(HA, 58, errors[i].type, errors[i].code);
		UNIT_EQ(w.n_bus, 0);
		comes_back(HA, 41, errors[i].type, errors[i].code);
		UNIT_EQ(w.n_bus, errors[i].counts);
		if (!w.n_bus)
			continue;
		UNIT_STR(mw_state(&w), "REFRESHING");
		MW_ADDR(mw_last_bu(&w)->send.dst, HA);
		mw_accept(&w);
		mw_forget(&w);
	}
	/* It is not there: the other one is. */
	mw_run_ms(&w, 11000);
	comes_back(HA, 41, ICMP6_DEST_UNREACH_T, 3);
	comes_back(HA, MH_PROTO, ICMP6_DEST_UNREACH_T, 3);
	mw_run_ms(&w, 1000);
	UNIT_EQ(w.n_bus, 2);
	comes_back(HA, MH_PROTO, ICMP6_DEST_UNREACH_T, 3);
	mw_run_ms(&w, 500);
	MW_ADDR(mw_last_bu(&w)->send.dst, HA2);
	mw_close(&w);
}

/* ---- what is left behind ---- */

/* A refresh is not answered: the binding is there still, and deleted; from
 * the care-of address, with a Home Address option of its own. */
static void a_binding_left_behind(void)
{
	const struct mw_bu *b;
	uint16_t seq;

	open_bound();
	mw_run_ms(&w, 336000);
	mw_run_ms(&w, 32000);
	w.agent = HA2;
	mw_accept(&w);
	UNIT_STR(mw_state(&w), "BOUND");
	mw_forget(&w);
	mw_run_ms(&w, 1000);
	UNIT_EQ(w.n_bus, 1);
	b = mw_last_bu(&w);
	MW_ADDR(b->send.dst, HA);
	MW_ADDR(b->send.src, HOA);
	CU_ASSERT(b->send.hao);
	MW_ADDR(b->send.hao_coa, COA_A);
	MW_ADDR(b->acoa, COA_A);
	UNIT_EQ(b->bu.lifetime_4s, 0);
	CU_ASSERT(b->bu.flags & BU_FLAG_H);
	seq = b->bu.seq;
	/* Unanswered it is repeated; 135 moves on. */
	mw_run_ms(&w, 2000);
	UNIT_EQ(w.n_bus, 2);
	UNIT_EQ(mw_last_bu(&w)->bu.seq, (uint16_t)(seq + 1));
	w.agent = HA;
	mw_ba(&w, HOA, BA_ACCEPTED, seq, 0); /* not the last */
	mw_ba(&w, HOA, BA_SEQ_OUT_OF_WINDOW, (uint16_t)(seq + 100), 0);
	mw_run_ms(&w, 4000);
	UNIT_EQ(w.n_bus, 3);
	UNIT_EQ(mw_last_bu(&w)->bu.seq, (uint16_t)(seq + 101));
	mw_ba(&w, HOA, BA_ACCEPTED, (uint16_t)(seq + 101), 0);
	mw_forget(&w);
	mw_run_ms(&w, 60000);
	UNIT_EQ(w.n_bus, 0);
	w.agent = HA2;
	UNIT_STR(mw_state(&w), "BOUND");
	mw_close(&w);
}

/* It ends with the binding at the latest. */
static void a_binding_left_behind_runs_out(void)
{
	open_bound();
	mw_run_ms(&w, 336000);
	mw_run_ms(&w, 32000);
	w.agent = HA2;
	mw_accept(&w);
	CU_ASSERT(strstr(md_shown(&w).uses, HA " former") != NULL);
	mw_run_ms(&w, 336000);
	mw_accept(&w);
	UNIT_STR(mw_state(&w), "BOUND");
	mw_run_ms(&w, 100000);
	UNIT_STR(md_shown(&w).uses, HA2 " in use, " HA " listed");
	mw_forget(&w);
	mw_run_ms(&w, 60000);
	UNIT_EQ(w.n_bus, 0);
	mw_close(&w);
}

/* Of many, those are remembered that may hold a binding for the longest. */
static void many_bindings_left_behind(void)
{
	static const char *const six[] = { HA,
					   HA2,
					   HA3,
					   "2001:db8:1::4",
					   "2001:db8:1::5",
					   "2001:db8:1::6",
					   NULL };

	md_open_asking(&w);
	mw_haad(&w, six);
	mw_run_ms(&w, 5 * 32000);
	UNIT_STR(md_shown(&w).uses,
		 "2001:db8:1::6 in use, " HA " failed, " HA2 " failed, " HA3
		 " failed, 2001:db8:1::4 failed, 2001:db8:1::5 failed, "
		 "2001:db8:1::5 former, " HA2 " former, " HA3
		 " former, 2001:db8:1::4 former");
	mw_close(&w);
}

/* An agent whose predecessor still defends the home address says 134: no
 * duplicate, but a reason to wait for the predecessor. */
static void the_predecessor_defends(void)
{
	open_bound();
	mw_run_ms(&w, 336000);
	mw_run_ms(&w, 32000);
	w.agent = HA2;
	mw_ba(&w, HOA, BA_DAD_FAILED, mw_last_bu(&w)->bu.seq, 0);
	UNIT_STR(mw_state(&w), "REFUSED");
	UNIT_STR(mw_location(&w), "away");
	mw_forget(&w);
	mw_run_ms(&w, 60100);
	CU_ASSERT(w.n_bus > 0);
	mw_close(&w);
}

/* ---- abroad, after a restart without memory ---- */

/* MN-141: another agent has a binding of an earlier life and defends it; it
 * is the next in the list. */
static void a_binding_of_an_earlier_life(void)
{
	md_open_asking(&w);
	mw_haad(&w, two);
	mw_ba(&w, HOA, BA_DAD_FAILED, mw_last_bu(&w)->bu.seq, 0);
	MW_ADDR(mw_last_bu(&w)->send.dst, HA2);
	w.agent = HA2;
	mw_accept(&w);
	UNIT_STR(mw_state(&w), "BOUND");
	mw_close(&w);
}

/* All say so: it is a stranger's, or of an agent that was not listed. The
 * address is not used, and asked for again slowly. */
static void a_duplicate_everywhere(void)
{
	md_open_asking(&w);
	mw_haad(&w, two);
	mw_ba(&w, HOA, BA_DAD_FAILED, mw_last_bu(&w)->bu.seq, 0);
	w.agent = HA2;
	mw_ba(&w, HOA, BA_DAD_FAILED, mw_last_bu(&w)->bu.seq, 0);
	UNIT_STR(mw_state(&w), "REFUSED");
	MW_ADDR(fake_kernel_home(w.k, 0)->ha, "::");
	mw_forget(&w);
	mw_run_ms(&w, 59000);
	UNIT_EQ(w.n_bus + w.n_icmp6s, 0);
	mw_run_ms(&w, 2000);
	CU_ASSERT(w.n_bus > 0);
	mw_accept(&w);
	UNIT_STR(mw_state(&w), "BOUND");
	mw_close(&w);
}

/* ---- at home, after a restart ---- */

/* The router that defends the home address has a binding of an earlier life:
 * it becomes the agent, and deletes it. */
static void a_stale_binding_at_home(void)
{
	md_open(&w);
	mw_ra(&w, ETH0, &mw_home_router);
	mw_na(&w, ETH0, HOA, 1);
	UNIT_EQ(w.n_bus, 1);
	MW_ADDR(mw_last_bu(&w)->send.dst, HA);
	UNIT_EQ(mw_last_bu(&w)->bu.lifetime_4s, 0);
	mw_accept(&w);
	UNIT_STR(mw_location(&w), "home");
	mw_close(&w);
}

/* A stranger who does is a duplicate. */
static void a_stranger_at_home(void)
{
	md_open(&w);
	mw_ra(&w, ETH0, &mw_home_router);
	mw_na(&w, ETH0, HOA, 7);
	UNIT_EQ(w.n_bus, 0);
	UNIT_STR(mw_location(&w), "duplicate");
	mw_close(&w);
}

static const struct unit_case agents[] = {
	UNIT_CASE(the_first_of_the_list),
	UNIT_CASE(a_silent_agent),
	UNIT_CASE(refusals),
	UNIT_CASE(all_refuse),
	UNIT_CASE(all_are_silent),
	UNIT_CASE(the_list_is_kept),
	UNIT_CASE(a_binding_stays_where_it_is),
	UNIT_CASE(an_agent_is_unreachable),
	UNIT_CASE(an_agent_is_unreachable_at_last),
	UNIT_CASE(the_tunnel_comes_back),
	UNIT_CASE(a_binding_left_behind),
	UNIT_CASE(a_binding_left_behind_runs_out),
	UNIT_CASE(many_bindings_left_behind),
	UNIT_CASE(the_predecessor_defends),
	UNIT_CASE(a_binding_of_an_earlier_life),
	UNIT_CASE(a_duplicate_everywhere),
	UNIT_CASE(a_stale_binding_at_home),
	UNIT_CASE(a_stranger_at_home),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "mn_agent", agents }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
