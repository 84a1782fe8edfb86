/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Correspondent registrations on the move, under virtual time: handover,
 * coming home, stopping.
 */
#include <errno.h>
#include <string.h>

#include "tests/unit/mn_ro_world.h"

static struct rw r;

static void open_updating(void)
{
	rw_open(&r);
	rw_flow(&r, CN1);
	rw_answer_all(&r);
	UNIT_NEED(rw_count(&r, MH_BU) == 1);
}

static void open_optimised(void)
{
	rw_open(&r);
	rw_optimise(&r, CN1);
}

/* ---- handover ---- */

/* MN-144: each peer with a binding is told; MN-22: from the moment of the
 * choice nothing goes directly; MN-152: the update waits for the home agent;
 * MN-154: it names the new care-of address. */
static void a_handover(void)
{
	const struct mw_mh *bu;

	rw_open(&r);
	rw_optimise(&r, CN1);
	rw_optimise(&r, CN2);
	rw_run_s(&r, 250);
	rw_forget(&r);
	rw_move(&r);
	UNIT_EQ(r.w.n_mhs, 0);
	UNIT_NEED(rw_path(&r, CN1) != NULL);
	CU_ASSERT(!rw_path(&r, CN1)->send && !rw_path(&r, CN2)->send);
	MW_ADDR(rw_path(&r, CN1)->coa, COA_B);
	CU_ASSERT(!rw_is_optimised(&r, CN1));
	UNIT_STR(rw_state(&r, CN1), "waiting");
	CU_ASSERT(strstr(rw_info(&r, CN1)->reason, "not confirmed") != NULL);
	mw_accept(&r.w);
	UNIT_EQ(r.w.n_mhs, 4);
	rw_answer_all(&r);
	UNIT_EQ(rw_count(&r, MH_BU), 2);
	bu = rw_last(&r, MH_BU);
	MW_ADDR(bu->send.hao_coa, COA_B);
	CU_ASSERT(rw_is_authentic(&r, bu));
	CU_ASSERT(!rw_path(&r, CN1)->send);
	rw_ba(&r, &r.w.mhs[r.w.n_mhs - 2], &(struct rw_ba){ .status = 0 });
	rw_accept(&r);
	CU_ASSERT(rw_path(&r, CN1)->send && rw_path(&r, CN2)->send);
	MW_ADDR(rw_info(&r, CN2)->info.coa, COA_B);
	rw_close(&r);
}

/* The pair is told before the new care-of address is known to the agent: in
 * the same turn as the tunnel. */
static void a_handover_falls_back_at_once(void)
{
	const struct fake_request *q;
	unsigned int i, home = 0, ro = 0;

	open_optimised();
	mw_ra(&r.w, WLAN0, &mw_router_b);
	fake_kernel_addr_add(r.w.k, WLAN0, COA_B);
	mw_settle(&r.w);
	fake_kernel_forget(r.w.k);
	mw_carrier(&r.w, ETH0, false);
	for (i = 0; i < r.w.k->n_requests; i++) {
		q = &r.w.k->requests[i];
		if (q->op == FAKE_MN_HOME_SET && !home)
			home = i + 1;
		if (q->op == FAKE_RO_SET && !ro)
			ro = i + 1;
	}
	CU_ASSERT(home && ro == home + 1);
	CU_ASSERT(!fake_kernel_last(r.w.k, FAKE_RO_SET)->ro.send);
	rw_close(&r);
}

/* Back to the first address before the second was registered anywhere: the
 * peer's binding is right again, but it is said again all the same. */
static void there_and_back(void)
{
	open_optimised();
	rw_move(&r);
	CU_ASSERT(!rw_is_optimised(&r, CN1));
	mw_carrier(&r.w, ETH0, true);
	mw_ra(&r.w, ETH0, &mw_router_a);
	mw_run_ms(&r.w, 100);
	MW_ADDR(mw_last_bu(&r.w)->acoa, COA_A);
	mw_accept(&r.w);
	rw_answer(&r, rw_last(&r, MH_COTI));
	rw_accept(&r);
	CU_ASSERT(rw_is_optimised(&r, CN1));
	MW_ADDR(rw_info(&r, CN1)->info.coa, COA_A);
	rw_close(&r);
}

/* An update under way when the address changes is not repeated for it. */
static void a_handover_during_the_update(void)
{
	struct mw_mh old;

	open_updating();
	old = *rw_last(&r, MH_BU);
	rw_move(&r);
	rw_answer(&r, rw_last(&r, MH_COTI));
	rw_ba(&r, &old, &(struct rw_ba){ .status = 0 });
	UNIT_EQ(r.w.counters.v[CNT_BA_NOT_ASKED], 1);
	CU_ASSERT(!rw_is_optimised(&r, CN1));
	mw_accept(&r.w);
	MW_ADDR(rw_last(&r, MH_BU)->send.hao_coa, COA_B);
	rw_accept(&r);
	CU_ASSERT(rw_is_optimised(&r, CN1));
	rw_close(&r);
}

/* The home token ages while the home agent does not answer: the care-of test
 * goes on, and both tokens are there in the end. */
static void the_home_agent_takes_its_time(void)
{
	open_optimised();
	rw_run_s(&r, 205);
	rw_forget(&r);
	rw_move(&r);
	UNIT_EQ(rw_count(&r, MH_COTI), 1);
	rw_run_s(&r, 30);
	UNIT_EQ(rw_count(&r, MH_HOTI), 0);
	UNIT_EQ(rw_count(&r, MH_COTI), 5);
	UNIT_EQ(rw_count(&r, MH_BU), 0);
	mw_accept(&r.w);
	UNIT_EQ(rw_count(&r, MH_HOTI), 1);
	rw_answer(&r, rw_last(&r, MH_COTI));
	rw_answer(&r, rw_last(&r, MH_HOTI));
	rw_accept(&r);
	CU_ASSERT(rw_is_optimised(&r, CN1));
	rw_close(&r);
}

/* A home agent that refuses the new care-of address: no update to anybody,
 * and the tunnel, until it takes it. */
static void the_home_agent_refuses(void)
{
	open_optimised();
	rw_move(&r);
	mw_ba(&r.w, HOA, BA_PROHIBITED, mw_last_bu(&r.w)->bu.seq, 0);
	UNIT_EQ(mw_place(&r.w), KERNEL_MN_AWAY);
	CU_ASSERT(!rw_path(&r, CN1)->send);
	rw_run_s(&r, 60);
	mw_accept(&r.w);
	rw_answer(&r, rw_last(&r, MH_COTI));
	rw_accept(&r);
	CU_ASSERT(rw_is_optimised(&r, CN1));
	rw_close(&r);
}

/* The home agent is silent: the peer's binding is refreshed for no longer
 * than the home registration lasts, and ends with it. */
static void the_home_registration_runs_out(void)
{
	unsigned int i;

	open_optimised();
	for (i = 0; i < 41; i++) {
		rw_usage(&r, CN1, 1);
		rw_run_s(&r, 10);
		rw_answer_all(&r);
		if (rw_count(&r, MH_BU))
			rw_accept(&r);
		CU_ASSERT(rw_is_optimised(&r, CN1));
		if (rw_count(&r, MH_BU))
			rw_forget(&r);
	}
	UNIT_STR(mw_state(&r.w), "REFRESHING");
	rw_run_s(&r, 11);
	UNIT_STR(mw_state(&r.w), "REGISTERING");
	CU_ASSERT(!rw_is_optimised(&r, CN1));
	CU_ASSERT(!rw_path(&r, CN1) || !rw_path(&r, CN1)->send);
	rw_close(&r);
}

/* ---- home, and the end ---- */

/* MN-111, MN-155: deleted at each peer from the home address: lifetime 0, no
 * Home Address option, care-of nonce 0, the home token alone. MN-12, MN-192:
 * nothing of the pair is left. */
static void coming_home(void)
{
	const struct mw_mh *bu;

	open_optimised();
	rw_run_s(&r, 250);
	rw_forget(&r);
	mw_carrier(&r.w, ETH0, false);
	mw_ra(&r.w, WLAN0, &mw_home_router);
	CU_ASSERT(!rw_path(&r, CN1)->send);
	UNIT_EQ(r.w.n_mhs, 0);
	mw_accept(&r.w);
	UNIT_STR(mw_location(&r.w), "home");
	UNIT_EQ(rw_count(&r, MH_HOTI), 1);
	UNIT_EQ(rw_count(&r, MH_COTI), 0);
	rw_answer(&r, rw_last(&r, MH_HOTI));
	bu = rw_last(&r, MH_BU);
	UNIT_NEED(bu != NULL);
	UNIT_EQ(bu->msg.bu.lifetime_4s, 0);
	UNIT_EQ(bu->msg.opt.coa_nonce, 0);
	CU_ASSERT(!bu->send.hao);
	MW_ADDR(bu->send.src, HOA);
	CU_ASSERT(rw_is_authentic(&r, bu));
	UNIT_STR(rw_state(&r, CN1), "deleting");
	UNIT_EQ(rw_entry(&r, CN1)->state, BUL_DEREGISTERING);
	rw_accept(&r);
	UNIT_STR(rw_state(&r, CN1), "idle");
	CU_ASSERT(!rw_path(&r, CN1));
	CU_ASSERT(!rw_entry(&r, CN1));
	/* MN-33: traffic at home begins nothing. */
	rw_forget(&r);
	rw_flow(&r, CN1);
	UNIT_EQ(r.w.n_mhs, 0);
	rw_close(&r);
}

/* MN-111: with a home token at hand no test at all. An answer through a
 * tunnel that is no more does not count. */
static void coming_home_soon(void)
{
	open_optimised();
	mw_carrier(&r.w, ETH0, false);
	rw_go_home(&r);
	UNIT_EQ(rw_count(&r, MH_HOTI), 0);
	UNIT_EQ(rw_count(&r, MH_BU), 1);
	rw_run_s(&r, 1);
	UNIT_EQ(rw_count(&r, MH_BU), 2);
	rw_accept(&r);
	CU_ASSERT(!rw_path(&r, CN1));
	rw_close(&r);
}

/* MN-158: with the A bit off too: a lost update would leave the peer sending to
 * where nobody is; so at a handover. */
static void what_must_not_be_lost_is_acknowledged(void)
{
	rw_init(&r);
	r.w.conf.cn_ack = false;
	rw_start(&r);
	rw_optimise(&r, CN1);
	rw_move(&r);
	mw_accept(&r.w);
	rw_answer_all(&r);
	UNIT_EQ(rw_last(&r, MH_BU)->msg.bu.flags, BU_FLAG_A);
	CU_ASSERT(!rw_is_optimised(&r, CN1));
	rw_accept(&r);
	CU_ASSERT(rw_is_optimised(&r, CN1));
	rw_brr(&r, CN1);
	UNIT_EQ(rw_last(&r, MH_BU)->msg.bu.flags, 0);
	rw_run_s(&r, 2);
	mw_carrier(&r.w, WLAN0, false);
	mw_carrier(&r.w, ETH0, true);
	rw_forget(&r);
	mw_ra(&r.w, ETH0, &mw_home_router);
	mw_accept(&r.w);
	UNIT_EQ(rw_last(&r, MH_BU)->msg.bu.flags, BU_FLAG_A);
	UNIT_EQ(rw_last(&r, MH_BU)->msg.bu.lifetime_4s, 0);
	rw_run_s(&r, 1);
	UNIT_EQ(rw_count(&r, MH_BU), 2);
	rw_close(&r);
}

/* The kernel does not forget the pair at once: it is told again, and the
 * correspondent is not forgotten before. */
static void the_kernel_does_not_let_go(void)
{
	open_optimised();
	mw_carrier(&r.w, ETH0, false);
	rw_go_home(&r);
	fake_kernel_fail(r.w.k, FAKE_RO_DEL, 1, ENOMEM);
	fake_kernel_fail_call(r.w.k, FAKE_RO_DEL, 2, ENOBUFS);
	rw_accept(&r);
	CU_ASSERT(rw_path(&r, CN1) != NULL);
	mw_run_ms(&r.w, 500);
	CU_ASSERT(rw_path(&r, CN1) != NULL);
	mw_run_ms(&r.w, 1000);
	CU_ASSERT(!rw_path(&r, CN1));
	rw_run_s(&r, 60);
	UNIT_STR(rw_state(&r, CN1), "");
	rw_close(&r);
}

/* A peer that is gone does not hold the pair for ever. */
static void nobody_to_delete_at(void)
{
	open_optimised();
	mw_carrier(&r.w, ETH0, false);
	rw_go_home(&r);
	rw_run_s(&r, 96);
	UNIT_EQ(rw_count(&r, MH_BU), 7);
	UNIT_STR(rw_state(&r, CN1), "idle");
	CU_ASSERT(!rw_path(&r, CN1));
	rw_close(&r);
}

/* Left again while the binding was being deleted: the peer is told where the
 * node is instead. */
static void leaving_while_deleting(void)
{
	open_optimised();
	mw_carrier(&r.w, ETH0, false);
	rw_go_home(&r);
	UNIT_STR(rw_state(&r, CN1), "deleting");
	mw_carrier(&r.w, WLAN0, false);
	mw_carrier(&r.w, ETH0, true);
	mw_ra(&r.w, ETH0, &mw_router_a);
	mw_run_ms(&r.w, 100);
	rw_answer_all(&r);
	mw_accept(&r.w);
	MW_ADDR(rw_last(&r, MH_BU)->send.hao_coa, COA_A);
	CU_ASSERT(rw_last(&r, MH_BU)->msg.bu.lifetime_4s > 0);
	CU_ASSERT(rw_is_authentic(&r, rw_last(&r, MH_BU)));
	rw_accept(&r);
	CU_ASSERT(rw_is_optimised(&r, CN1));
	rw_close(&r);
}

/* One that the rules end is deleted wherever the node is meanwhile. */
static void a_handover_while_deleting(void)
{
	struct conf_mn conf;

	open_optimised();
	conf = r.w.conf;
	conf.route_optimisation = false;
	mn_reload(r.w.mn, &conf, r.w.now);
	mw_settle(&r.w);
	UNIT_STR(rw_state(&r, CN1), "deleting");
	rw_move(&r);
	mw_accept(&r.w);
	MW_ADDR(rw_last(&r, MH_BU)->send.hao_coa, COA_B);
	UNIT_EQ(rw_last(&r, MH_BU)->msg.bu.lifetime_4s, 0);
	CU_ASSERT(rw_is_authentic(&r, rw_last(&r, MH_BU)));
	rw_accept(&r);
	UNIT_STR(rw_state(&r, CN1), "");
	rw_close(&r);
}

/* MN-155: a node that stops abroad deletes with its care-of address, the
 * peers first: without the home agent no home test would come. */
static void stopping(void)
{
	const struct mw_mh *bu;

	open_optimised();
	rw_run_s(&r, 250);
	rw_forget(&r);
	mn_stop(r.w.mn, r.w.now);
	mw_settle(&r.w);
	UNIT_EQ(r.w.n_bus, 0);
	UNIT_EQ(rw_count(&r, MH_HOTI), 1);
	UNIT_EQ(rw_count(&r, MH_COTI), 0);
	rw_answer_all(&r);
	bu = rw_last(&r, MH_BU);
	UNIT_NEED(bu != NULL);
	UNIT_EQ(bu->msg.bu.lifetime_4s, 0);
	UNIT_EQ(bu->msg.opt.coa_nonce, 0);
	CU_ASSERT(bu->send.hao);
	MW_ADDR(bu->send.hao_coa, COA_A);
	CU_ASSERT(rw_is_authentic(&r, bu));
	UNIT_EQ(r.w.n_bus, 0);
	rw_accept(&r);
	UNIT_EQ(r.w.n_bus, 1);
	UNIT_EQ(r.w.bus[0].bu.lifetime_4s, 0);
	CU_ASSERT(!mn_is_stopped(r.w.mn));
	mw_accept(&r.w);
	CU_ASSERT(mn_is_stopped(r.w.mn));
	rw_close(&r);
}

/* A silent peer takes half of the time, no more. */
static void stopping_with_a_silent_peer(void)
{
	open_optimised();
	mn_stop(r.w.mn, r.w.now);
	mw_run_ms(&r.w, 999);
	UNIT_EQ(r.w.n_bus, 0);
	mw_run_ms(&r.w, 1);
	UNIT_EQ(r.w.n_bus, 1);
	mw_accept(&r.w);
	CU_ASSERT(mn_is_stopped(r.w.mn));
	rw_close(&r);
}

static const struct unit_case moving[] = {
	UNIT_CASE(a_handover),
	UNIT_CASE(a_handover_falls_back_at_once),
	UNIT_CASE(there_and_back),
	UNIT_CASE(a_handover_during_the_update),
	UNIT_CASE(the_home_agent_takes_its_time),
	UNIT_CASE(the_home_agent_refuses),
	UNIT_CASE(the_home_registration_runs_out),
	UNIT_CASE(coming_home),
	UNIT_CASE(coming_home_soon),
	UNIT_CASE(what_must_not_be_lost_is_acknowledged),
	UNIT_CASE(the_kernel_does_not_let_go),
	UNIT_CASE(nobody_to_delete_at),
	UNIT_CASE(leaving_while_deleting),
	UNIT_CASE(a_handover_while_deleting),
	UNIT_CASE(stopping),
	UNIT_CASE(stopping_with_a_silent_peer),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "mn_ro moving", moving },
					    { NULL, NULL } };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
