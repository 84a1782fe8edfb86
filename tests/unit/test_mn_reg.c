/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The registration machine under virtual time: exchanges, back-off, answers,
 * refreshes, refusals.
 */
#include <string.h>

#include "mip6d/cleanup.h"
#include "tests/unit/mn_world.h"

static struct mw w;

/* Away at A, the first Binding Update just sent. */
static void open_registering(void)
{
	mw_open(&w);
	mw_ra(&w, ETH0, &mw_router_a);
	fake_kernel_addr_add(w.k, ETH0, COA_A);
	mw_settle(&w);
	UNIT_NEED(w.n_bus == 1);
}

static void open_bound(void)
{
	mw_open(&w);
	mw_away(&w);
}

/* ---- the first exchange ---- */

/* MN-91, MN-126: H and A, the care-of address in the option; MN-129: K 0.
 * The Home Address option is the kernel's, which was asked before. MN-1: the
 * entry holds what was sent. MN-142: it exists from then on. */
static void the_first_update(void)
{
	const struct mw_bu *b;
	struct bul_entry *e;

	mw_open(&w);
	UNIT_STR(mw_state(&w), "none");
	UNIT_EQ(mn_bul(w.mn)->count, 0);
	mw_ra(&w, ETH0, &mw_router_a);
	UNIT_EQ(w.n_bus, 0);
	fake_kernel_addr_add(w.k, ETH0, COA_A);
	mw_settle(&w);
	b = mw_last_bu(&w);
	UNIT_EQ(b->bu.flags, BU_FLAG_A | BU_FLAG_H | BU_FLAG_L);
	UNIT_EQ(b->bu.lifetime_4s, 105);
	CU_ASSERT(b->has_acoa);
	MW_ADDR(b->acoa, COA_A);
	MW_ADDR(b->send.src, HOA);
	MW_ADDR(b->send.dst, HA);
	UNIT_EQ(b->send.ifindex, 0);
	UNIT_EQ(b->kernel.place, KERNEL_MN_AWAY);
	MW_ADDR(b->kernel.coa, COA_A);
	MW_ADDR(b->kernel.coa_router, "fe80::a");
	UNIT_EQ(b->kernel.coa_ifindex, ETH0);
	e = mw_entry(&w, HOA);
	UNIT_NEED(e != NULL);
	UNIT_EQ(e->state, BUL_REGISTERING);
	UNIT_EQ(e->seq, b->bu.seq);
	UNIT_EQ(e->lifetime_4s, 105);
	UNIT_EQ(e->last_sent.us, w.now.us);
	UNIT_EQ(e->backoff_ms, 1500);
	UNIT_EQ(task_due(&e->task).us, mtime_add_ms(w.now, 1500).us);
	CU_ASSERT(e->home && !e->blocked && !e->has_status);
	MW_ADDR(e->coa, COA_A);
	MW_ADDR(e->bound_coa, "::");
	mw_close(&w);
}

/* MN-127: L only where a link-local address has the identifier of the home
 * address; MN-128: never for a temporary home address. */
static void the_flag_l(void)
{
	struct kernel_addr hoa = { .ifindex = ETH0,
				   .addr = mw_addr(HOA),
				   .plen = 64,
				   .temporary = true,
				   .valid_s = UINT32_MAX };

	mw_init(&w);
	w.homes[0].address = mw_addr("2001:db8:1::abc");
	mw_start(&w);
	mw_ra(&w, ETH0, &mw_router_a);
	fake_kernel_addr_add(w.k, ETH0, COA_A);
	mw_settle(&w);
	UNIT_EQ(mw_last_bu(&w)->bu.flags, BU_FLAG_A | BU_FLAG_H);
	mw_close(&w);

	mw_init(&w);
	mw_start(&w);
	fake_kernel_addr_set(w.k, &hoa);
	mw_ra(&w, ETH0, &mw_router_a);
	fake_kernel_addr_add(w.k, ETH0, COA_A);
	mw_settle(&w);
	UNIT_EQ(mw_last_bu(&w)->bu.flags, BU_FLAG_A | BU_FLAG_H);
	fake_kernel_addr_del(w.k, ETH0, HOA);
	mw_close(&w);
}

/* MN-131: not beyond the care-of address. */
static void the_lifetime_ends_with_the_address(void)
{
	struct kernel_addr coa = { .ifindex = ETH0,
				   .addr = mw_addr(COA_A),
				   .plen = 64,
				   .valid_s = 103,
				   .preferred_s = 103 };

	mw_open(&w);
	mw_ra(&w, ETH0, &mw_router_a);
	fake_kernel_addr_set(w.k, &coa);
	mw_settle(&w);
	UNIT_EQ(mw_last_bu(&w)->bu.lifetime_4s, 25);
	mw_close(&w);
}

/* MN-132, MN-182, MN-183: 1.5 s, doubled until 32 s, then for ever; MN-133:
 * with one agent at that rate; MN-134: each with the next number. MN-3: the
 * entry is of the newest. */
static void backoff_of_a_first_registration(void)
{
	static const int64_t gaps[] = { 1500,  3000,  6000,  12000, 24000,
					32000, 32000, 32000, 32000 };
	unsigned int i;

	open_registering();
	mw_run_ms(&w, 3600 * 1000);
	for (i = 0; i < ARRAY_SIZE(gaps); i++) {
		UNIT_EQ(mtime_diff_ms(w.bus[i + 1].when, w.bus[i].when),
			gaps[i]);
		UNIT_EQ(w.bus[i + 1].bu.seq, (uint16_t)(w.bus[i].bu.seq + 1));
	}
	UNIT_EQ(w.n_bus, 6 + (3600000 - 46500) / 32000);
	UNIT_EQ(mn_bul(w.mn)->count, 1);
	UNIT_EQ(mw_entry(&w, HOA)->seq, mw_last_bu(&w)->bu.seq);
	UNIT_EQ(w.counters.v[CNT_BU_OUT], w.n_bus);
	/* An answer ends it. */
	mw_accept(&w);
	UNIT_STR(mw_state(&w), "BOUND");
	mw_forget(&w);
	mw_run_ms(&w, 100 * 1000);
	UNIT_EQ(w.n_bus, 0);
	mw_close(&w);
}

/* MN-132: 1 s with a binding. MN-137: refreshed well before its end. */
static void backoff_of_a_refresh(void)
{
	static const int64_t gaps[] = { 1000, 2000, 4000, 8000, 16000, 32000 };
	unsigned int i;
	struct mtime sent;

	open_bound();
	sent = mw_entry(&w, HOA)->last_sent;
	mw_run_ms(&w, 335 * 1000);
	UNIT_EQ(w.n_bus, 0);
	mw_run_ms(&w, 80 * 1000);
	UNIT_EQ(mtime_diff_ms(w.bus[0].when, sent), 336 * 1000);
	UNIT_EQ(w.n_bus, ARRAY_SIZE(gaps) + 1);
	for (i = 0; i < ARRAY_SIZE(gaps); i++)
		UNIT_EQ(mtime_diff_ms(w.bus[i + 1].when, w.bus[i].when),
			gaps[i]);
	UNIT_STR(mw_state(&w), "REFRESHING");
	mw_accept(&w);
	UNIT_STR(mw_state(&w), "BOUND");
	UNIT_EQ(mtime_left_s(mw_entry(&w, HOA)->expires, w.now),
		420 - (uint32_t)(mtime_diff_ms(w.now, mw_last_bu(&w)->when) +
				 999) /
				1000);
	mw_close(&w);
}

/* MN-135: a first number that nobody can know. */
static void the_first_number_is_random(void)
{
	uint16_t first;

	open_registering();
	first = mw_last_bu(&w)->bu.seq;
	mw_close(&w);
	mw_init(&w);
	fake_random_seed(42);
	mw_start(&w);
	mw_away(&w);
	CU_ASSERT(mw_entry(&w, HOA)->seq != first);
	mw_close(&w);
}

/* ---- answers ---- */

/* MN-167. */
static void an_accepted_update_is_not_repeated(void)
{
	struct bul_entry *e;

	open_registering();
	mw_accept(&w);
	e = mw_entry(&w, HOA);
	UNIT_STR(mw_state(&w), "BOUND");
	MW_ADDR(e->bound_coa, COA_A);
	CU_ASSERT(e->has_status);
	UNIT_EQ(e->last_status, 0);
	UNIT_EQ(e->acked.us, w.now.us);
	mw_run_ms(&w, 60000);
	UNIT_EQ(w.n_bus, 1);
	mw_close(&w);
}

/* MN-165: an answer to an earlier update, or to none, changes nothing. */
static void stale_answers_change_nothing(void)
{
	uint16_t first;

	open_registering();
	first = mw_last_bu(&w)->bu.seq;
	mw_run_ms(&w, 1500);
	UNIT_EQ(w.n_bus, 2);
	mw_ba(&w, HOA, BA_ACCEPTED, first, 420);
	UNIT_STR(mw_state(&w), "REGISTERING");
	UNIT_EQ(w.counters.v[CNT_BA_BAD_SEQ], 1);
	mw_run_ms(&w, 3000);
	UNIT_EQ(w.n_bus, 3);
	mw_accept(&w);
	mw_ba(&w, HOA, BA_DAD_FAILED, mw_last_bu(&w)->bu.seq, 0);
	UNIT_STR(mw_state(&w), "BOUND");
	mw_ba(&w, HOA2, BA_ACCEPTED, 5, 420);
	UNIT_EQ(w.counters.v[CNT_BA_NOT_ASKED], 2);
	mw_close(&w);
}

/* MN-136, MN-172: at once, with the agent's number and one. */
static void sequence_numbers_are_resynchronised(void)
{
	open_registering();
	mw_ba(&w, HOA, BA_SEQ_OUT_OF_WINDOW,
	      (uint16_t)(mw_last_bu(&w)->bu.seq + 700), 0);
	UNIT_EQ(w.n_bus, 2);
	UNIT_EQ(w.bus[1].bu.seq, (uint16_t)(w.bus[0].bu.seq + 701));
	UNIT_EQ(mtime_diff_ms(w.bus[1].when, w.bus[0].when), 0);
	mw_accept(&w);
	UNIT_STR(mw_state(&w), "BOUND");
	mw_close(&w);
}

/* An agent that never takes a number does not get three a second. */
static void endless_resynchronisation_ends(void)
{
	unsigned int i, j;

	open_registering();
	for (i = 0; i < 20 && !strcmp(mw_state(&w), "REGISTERING"); i++) {
		mw_ba(&w, HOA, BA_SEQ_OUT_OF_WINDOW,
		      (uint16_t)(mw_last_bu(&w)->bu.seq + 1), 0);
		mw_run_ms(&w, 1001);
	}
	UNIT_STR(mw_state(&w), "REFUSED");
	UNIT_EQ(i, 4);
	/* Each exchange has its own patience. */
	for (j = 0; j < 3; j++) {
		mw_run_ms(&w, 60000);
		for (i = 0; i < 2; i++)
			mw_ba(&w, HOA, BA_SEQ_OUT_OF_WINDOW,
			      (uint16_t)(mw_last_bu(&w)->bu.seq + 1), 0);
		mw_accept(&w);
		UNIT_STR(mw_state(&w), "BOUND");
		mw_run_ms(&w, 280000);
	}
	mw_close(&w);
}

/* MN-174: refused: the home address leaves the kernel, so nothing of
 * the node's traffic goes into a tunnel that leads nowhere; tried again
 * slowly, with a new number. */
static void refusals_are_tried_again_slowly(void)
{
	static const uint8_t statuses[] = { 128, 129, 130, 131, 132,
					    133, 139, 174, 255 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(statuses); i++) {
		open_registering();
		mw_ba(&w, HOA, statuses[i], mw_last_bu(&w)->bu.seq, 0);
		UNIT_STR(mw_state(&w), "REFUSED");
		UNIT_EQ(mw_entry(&w, HOA)->last_status, statuses[i]);
		UNIT_EQ(mw_place(&w), KERNEL_MN_NONE);
		CU_ASSERT(fake_log_contains(ba_status_str(statuses[i])));
		CU_ASSERT(fake_log_contains(ba_status_hint(statuses[i])));
		mw_run_ms(&w, 59999);
		UNIT_EQ(w.n_bus, 1);
		mw_run_ms(&w, 1);
		UNIT_EQ(w.n_bus, 2);
		UNIT_EQ(w.bus[1].bu.seq, (uint16_t)(w.bus[0].bu.seq + 1));
		UNIT_EQ(w.bus[1].kernel.place, KERNEL_MN_AWAY);
		mw_accept(&w);
		UNIT_STR(mw_state(&w), "BOUND");
		mw_close(&w);
	}
}

/* A new care-of address does not wait for the slow retry. */
static void a_refused_node_that_moves_registers_at_once(void)
{
	open_registering();
	mw_ba(&w, HOA, BA_INVALID_COA, mw_last_bu(&w)->bu.seq, 0);
	mw_run_ms(&w, 5000);
	mw_ra(&w, WLAN0, &mw_router_b);
	fake_kernel_addr_add(w.k, WLAN0, COA_B);
	mw_run_ms(&w, 100);
	UNIT_EQ(w.n_bus, 1);
	mw_carrier(&w, ETH0, false);
	UNIT_EQ(w.n_bus, 2);
	MW_ADDR(w.bus[1].acoa, COA_B);
	mw_close(&w);
}

/* A refused refresh leaves the binding that there is, until it ends. */
static void a_refused_refresh_keeps_the_binding(void)
{
	open_bound();
	mw_run_ms(&w, 336 * 1000);
	UNIT_EQ(w.n_bus, 1);
	mw_ba(&w, HOA, BA_NO_RESOURCES, mw_last_bu(&w)->bu.seq, 0);
	UNIT_STR(mw_state(&w), "REFUSED");
	UNIT_EQ(mw_place(&w), KERNEL_MN_AWAY);
	mw_run_ms(&w, 60 * 1000);
	UNIT_EQ(w.n_bus, 2);
	UNIT_STR(mw_state(&w), "REFRESHING");
	mw_ba(&w, HOA, BA_NO_RESOURCES, mw_last_bu(&w)->bu.seq, 0);
	mw_run_ms(&w, 30 * 1000);
	UNIT_STR(mw_state(&w), "REFUSED");
	UNIT_EQ(mw_place(&w), KERNEL_MN_NONE);
	UNIT_EQ(w.counters.v[CNT_BINDING_EXPIRED], 1);
	mw_close(&w);
}

/* MN-141: the home address is not used again, the other one goes on. MN-140:
 * each home address has its own registration. */
static void a_duplicate_home_address_is_not_used(void)
{
	struct conf_mn conf;
	unsigned int i;

	mw_init(&w);
	w.conf.n_homes = 2;
	mw_start(&w);
	mw_ra(&w, ETH0, &mw_router_a);
	fake_kernel_addr_add(w.k, ETH0, COA_A);
	mw_settle(&w);
	UNIT_EQ(w.n_bus, 2);
	MW_ADDR(w.bus[0].send.src, HOA);
	MW_ADDR(w.bus[1].send.src, HOA2);
	mw_ba(&w, HOA, BA_DAD_FAILED, w.bus[0].bu.seq, 0);
	mw_ba(&w, HOA2, BA_ACCEPTED, w.bus[1].bu.seq, 420);
	UNIT_STR(mw_location(&w), "duplicate");
	UNIT_STR(mw_state(&w), "REFUSED");
	UNIT_EQ(mw_entry(&w, HOA2)->state, BUL_BOUND);
	UNIT_EQ(mw_place(&w), KERNEL_MN_NONE);
	UNIT_EQ(fake_kernel_home(w.k, 1)->place, KERNEL_MN_AWAY);
	UNIT_EQ(w.counters.v[CNT_DAD_FAILED], 1);
	mw_forget(&w);
	mw_run_ms(&w, 400 * 1000);
	mw_ra(&w, ETH0, &mw_router_a);
	UNIT_EQ(mw_place(&w), KERNEL_MN_NONE);
	mw_ra(&w, WLAN0, &mw_router_b);
	fake_kernel_addr_add(w.k, WLAN0, COA_B);
	mw_carrier(&w, ETH0, false);
	mw_run_ms(&w, 10000);
	UNIT_EQ(mw_place(&w), KERNEL_MN_NONE);
	UNIT_NEED(w.n_bus > 0);
	for (i = 0; i < w.n_bus; i++)
		MW_ADDR(w.bus[i].send.src, HOA2);
	/* Until the configuration is read again. */
	conf = w.conf;
	mw_forget(&w);
	mn_reload(w.mn, &conf, w.now);
	mw_settle(&w);
	MW_ADDR(mw_last_bu(&w)->send.src, HOA);
	mw_close(&w);
}

/* MN-175. */
static void refresh_advice_is_followed(void)
{
	struct packet pkt = { .src = mw_addr(HA), .dst = mw_addr(HOA) };
	struct mh_msg msg = { .type = MH_BA };

	open_registering();
	msg.ba.seq = mw_last_bu(&w)->bu.seq;
	msg.ba.lifetime_4s = 105;
	msg.opt.present = MH_OPT_REFRESH_ADVICE;
	msg.opt.refresh_interval_4s = 10;
	mn_on_ba(w.mn, &pkt, &msg, w.now);
	mw_run_ms(&w, 40000);
	UNIT_EQ(w.n_bus, 2);
	UNIT_EQ(mtime_diff_ms(w.bus[1].when, w.bus[0].when), 40000);
	mw_close(&w);
}

/* MN-139: a binding that ran out is registered as a new one; MN-4: it no
 * longer counts as one. The tunnel stays: the agent may come back. */
static void a_binding_that_ran_out(void)
{
	open_bound();
	mw_run_ms(&w, 421 * 1000);
	UNIT_STR(mw_state(&w), "REGISTERING");
	MW_ADDR(mw_entry(&w, HOA)->bound_coa, "::");
	UNIT_EQ(w.counters.v[CNT_BINDING_EXPIRED], 1);
	UNIT_EQ(mw_place(&w), KERNEL_MN_AWAY);
	mw_run_ms(&w, 32000);
	mw_accept(&w);
	UNIT_STR(mw_state(&w), "BOUND");
	mw_close(&w);
}

/* No answer, no link: nothing is sent; with the link, at once. */
static void an_exchange_waits_for_the_link(void)
{
	open_registering();
	mw_run_ms(&w, 5000);
	UNIT_EQ(w.n_bus, 3);
	mw_carrier(&w, ETH0, false);
	mw_run_ms(&w, 100 * 1000);
	UNIT_EQ(w.n_bus, 3);
	mw_carrier(&w, ETH0, true);
	mw_run_ms(&w, 100);
	UNIT_EQ(w.n_bus, 3);
	mw_ra(&w, ETH0, &mw_router_a);
	UNIT_EQ(w.n_bus, 4);
	mw_run_ms(&w, 1500);
	UNIT_EQ(w.n_bus, 5);
	mw_close(&w);
}

/* The same without a link to refresh it on: the entry goes (MN-4), and a new
 * one comes with the link. */
static void a_binding_runs_out_without_a_link(void)
{
	open_bound();
	mw_carrier(&w, ETH0, false);
	mw_run_ms(&w, 425 * 1000);
	UNIT_EQ(w.n_bus, 0);
	UNIT_STR(mw_state(&w), "none");
	mw_carrier(&w, ETH0, true);
	mw_ra(&w, ETH0, &mw_router_a);
	UNIT_EQ(w.n_bus, 1);
	UNIT_STR(mw_state(&w), "REGISTERING");
	mw_close(&w);
}

static const struct unit_case exchange[] = {
	UNIT_CASE(the_first_update),
	UNIT_CASE(the_flag_l),
	UNIT_CASE(the_lifetime_ends_with_the_address),
	UNIT_CASE(backoff_of_a_first_registration),
	UNIT_CASE(backoff_of_a_refresh),
	UNIT_CASE(the_first_number_is_random),
	UNIT_CASE(an_accepted_update_is_not_repeated),
	UNIT_CASE(stale_answers_change_nothing),
	UNIT_CASE(sequence_numbers_are_resynchronised),
	UNIT_CASE(endless_resynchronisation_ends),
	UNIT_CASE(refusals_are_tried_again_slowly),
	UNIT_CASE(a_refused_node_that_moves_registers_at_once),
	UNIT_CASE(a_refused_refresh_keeps_the_binding),
	UNIT_CASE(a_duplicate_home_address_is_not_used),
	UNIT_CASE(refresh_advice_is_followed),
	UNIT_CASE(a_binding_that_ran_out),
	UNIT_CASE(an_exchange_waits_for_the_link),
	UNIT_CASE(a_binding_runs_out_without_a_link),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "mn_reg", exchange },
					    { NULL, NULL } };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
