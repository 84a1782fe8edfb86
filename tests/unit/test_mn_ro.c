/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A correspondent registration at one place, under virtual time: updates,
 * the kernel's pair, refresh and lapse.
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

/* ---- the update ---- */

/* MN-153: H and K 0, a Home Address option, nonce indices, the authenticator
 * last. MN-154: the care-of address is the source. MN-152: after the home
 * agent's acknowledgement. MN-14, MN-20: direct packets only after the
 * peer's; until then what comes directly is taken. MN-120, MN-167. */
static void the_whole_procedure(void)
{
	const struct kernel_ro *path;
	const struct mw_mh *bu;
	struct bul_entry *e;

	open_updating();
	bu = rw_last(&r, MH_BU);
	UNIT_EQ(bu->msg.bu.flags, BU_FLAG_A);
	UNIT_EQ(bu->msg.bu.lifetime_4s, 105);
	UNIT_EQ(bu->msg.opt.present, MH_OPT_NONCE_INDICES | MH_OPT_AUTH_DATA);
	MW_ADDR(bu->send.src, HOA);
	MW_ADDR(bu->send.dst, CN1);
	CU_ASSERT(bu->send.hao && !bu->send.rh2);
	MW_ADDR(bu->send.hao_coa, COA_A);
	CU_ASSERT(rw_is_authentic(&r, bu));
	e = rw_entry(&r, CN1);
	UNIT_NEED(e != NULL);
	UNIT_EQ(e->seq, bu->msg.bu.seq);
	UNIT_EQ(e->state, BUL_REGISTERING);
	MW_ADDR(e->coa, COA_A);
	MW_ADDR(e->bound_coa, "::");
	path = rw_path(&r, CN1);
	UNIT_NEED(path != NULL);
	MW_ADDR(path->coa, COA_A);
	CU_ASSERT(!path->send);
	UNIT_STR(rw_state(&r, CN1), "updating");
	CU_ASSERT(!rw_is_optimised(&r, CN1));

	rw_accept(&r);
	path = rw_path(&r, CN1);
	UNIT_NEED(path != NULL);
	CU_ASSERT(path->send);
	UNIT_STR(rw_state(&r, CN1), "optimised");
	CU_ASSERT(rw_is_optimised(&r, CN1));
	UNIT_EQ(e->state, BUL_BOUND);
	MW_ADDR(e->bound_coa, COA_A);
	UNIT_EQ(e->expires.us, mtime_add_s(r.w.now, 420).us);
	rw_run_s(&r, 50);
	UNIT_EQ(rw_count(&r, MH_BU), 1);
	rw_close(&r);
}

/* MN-156: not beyond the home registration, the care-of address, 420 s. */
static void the_lifetime_asked_for(void)
{
	struct kernel_addr coa = { .ifindex = ETH0,
				   .addr = mw_addr(COA_A),
				   .plen = 64,
				   .valid_s = 103,
				   .preferred_s = 103 };

	rw_open(&r);
	rw_run_s(&r, 100);
	rw_flow(&r, CN1);
	rw_answer_all(&r);
	UNIT_EQ(rw_last(&r, MH_BU)->msg.bu.lifetime_4s, 80);
	rw_close(&r);

	rw_open(&r);
	fake_kernel_addr_set(r.w.k, &coa);
	rw_flow(&r, CN1);
	rw_answer_all(&r);
	UNIT_EQ(rw_last(&r, MH_BU)->msg.bu.lifetime_4s, 25);
	rw_close(&r);

	rw_init(&r);
	r.w.homes[0].lifetime_s = 7200;
	rw_start(&r);
	rw_flow(&r, CN1);
	rw_answer_all(&r);
	UNIT_EQ(rw_last(&r, MH_BU)->msg.bu.lifetime_4s, 105);
	rw_close(&r);
}

/* MN-159: repeated 1, 2, 4 .. 32 s apart; MN-157: each with a greater number;
 * MN-165: the answer to an earlier one is ignored. */
static void updates_are_repeated(void)
{
	static const int64_t gaps[] = { 1000, 2000, 4000, 8000, 16000, 32000 };
	unsigned int i;

	open_updating();
	UNIT_EQ(r.w.mhs[2].msg.type, MH_BU);
	rw_run_s(&r, 94);
	UNIT_EQ(r.w.n_mhs, 9);
	for (i = 3; i < 9; i++) {
		UNIT_EQ(mtime_diff_ms(r.w.mhs[i].when, r.w.mhs[i - 1].when),
			gaps[i - 3]);
		UNIT_EQ(r.w.mhs[i].msg.bu.seq,
			(uint16_t)(r.w.mhs[i - 1].msg.bu.seq + 1));
		CU_ASSERT(rw_is_authentic(&r, &r.w.mhs[i]));
	}
	rw_ba(&r, &r.w.mhs[7], &(struct rw_ba){ .status = 0 });
	UNIT_STR(rw_state(&r, CN1), "updating");
	UNIT_EQ(r.w.counters.v[CNT_BA_BAD_SEQ], 1);
	rw_accept(&r);
	UNIT_STR(rw_state(&r, CN1), "optimised");
	rw_close(&r);

	open_updating();
	rw_run_s(&r, 95);
	UNIT_STR(rw_state(&r, CN1), "failed");
	CU_ASSERT(!rw_is_optimised(&r, CN1));
	rw_close(&r);
}

/* MN-157: the numbers go on when everything else about the peer has been
 * forgotten, and for another home address too. */
static void numbers_outlive_the_entry(void)
{
	uint16_t seq;

	open_updating();
	seq = rw_last(&r, MH_BU)->msg.bu.seq;
	rw_accept(&r);
	rw_live_s(&r, 500);
	UNIT_STR(rw_state(&r, CN1), "");
	CU_ASSERT(!rw_entry(&r, CN1) && !rw_path(&r, CN1));
	rw_forget(&r);
	rw_flow(&r, CN1);
	rw_answer_all(&r);
	UNIT_NEED(rw_count(&r, MH_BU) == 1);
	UNIT_EQ(rw_last(&r, MH_BU)->msg.bu.seq, (uint16_t)(seq + 1));
	rw_close(&r);
}

/* MN-5: 0 comes after 65535. MN-3: one entry, of the newest update. */
static void numbers_are_modulo_65536(void)
{
	struct mw_mh bu;

	open_updating();
	bu = *rw_last(&r, MH_BU);
	rw_ba(&r, &bu,
	      &(struct rw_ba){ .status = BA_SEQ_OUT_OF_WINDOW,
			       .seq = (uint16_t)(32000) });
	bu = *rw_last(&r, MH_BU);
	rw_ba(&r, &bu,
	      &(struct rw_ba){
		      .status = BA_SEQ_OUT_OF_WINDOW,
		      .seq = (uint16_t)((0xffff - bu.msg.bu.seq) % 32768) });
	UNIT_EQ(rw_count(&r, MH_BU), 3);
	if (rw_last(&r, MH_BU)->msg.bu.seq) {
		mw_run_ms(&r.w, 1001);
		bu = *rw_last(&r, MH_BU);
		rw_ba(&r, &bu,
		      &(struct rw_ba){
			      .status = BA_SEQ_OUT_OF_WINDOW,
			      .seq = (uint16_t)(0xffff - bu.msg.bu.seq) });
	}
	UNIT_EQ(rw_last(&r, MH_BU)->msg.bu.seq, 0);
	UNIT_EQ(rw_entry(&r, CN1)->seq, 0);
	UNIT_EQ(mn_bul(r.w.mn)->count, 2);
	rw_accept(&r);
	CU_ASSERT(rw_is_optimised(&r, CN1));
	rw_close(&r);
}

/* MN-158: with the A bit off the peer is taken to be bound at once. */
static void without_acknowledgements(void)
{
	const struct mw_mh *bu;

	rw_init(&r);
	r.w.conf.cn_ack = false;
	rw_start(&r);
	rw_flow(&r, CN1);
	rw_answer_all(&r);
	bu = rw_last(&r, MH_BU);
	UNIT_NEED(bu != NULL);
	UNIT_EQ(bu->msg.bu.flags, 0);
	CU_ASSERT(rw_is_authentic(&r, bu));
	CU_ASSERT(rw_is_optimised(&r, CN1));
	rw_run_s(&r, 60);
	UNIT_EQ(rw_count(&r, MH_BU), 1);
	rw_close(&r);
}

/* ---- refresh and lapse ---- */

/* MN-160: a binding that carries traffic is refreshed before it ends, and is
 * used all the while; MN-4: one that carries none runs out, and packets go
 * through the tunnel. */
static void refresh_while_in_use(void)
{
	struct bul_entry *e;
	unsigned int i;

	open_optimised();
	for (i = 0; i < 33; i++) {
		rw_live_s(&r, 10);
		rw_usage(&r, CN1, 1000);
	}
	UNIT_EQ(r.w.n_mhs, 0);
	rw_live_s(&r, 8);
	/* Not before the home registration, which limits it, is new. */
	UNIT_EQ(r.w.n_bus, 1);
	UNIT_EQ(rw_count(&r, MH_HOTI), 1);
	UNIT_EQ(rw_count(&r, MH_COTI), 1);
	CU_ASSERT(rw_is_optimised(&r, CN1));
	UNIT_STR(rw_state(&r, CN1), "testing");
	rw_answer_all(&r);
	CU_ASSERT(rw_is_optimised(&r, CN1));
	rw_accept(&r);
	e = rw_entry(&r, CN1);
	UNIT_NEED(e != NULL);
	CU_ASSERT(mtime_left_s(e->expires, r.w.now) > 300);
	CU_ASSERT(rw_info(&r, CN1)->info.has_usage);
	UNIT_EQ(rw_info(&r, CN1)->info.octets_in, 33000);
	rw_close(&r);
}

static void lapse_when_idle(void)
{
	open_optimised();
	rw_run_s(&r, 200);
	rw_usage(&r, CN1, 5);
	rw_run_s(&r, 136);
	mw_accept(&r.w);
	rw_run_s(&r, 83);
	UNIT_EQ(r.w.n_mhs, 0);
	CU_ASSERT(rw_is_optimised(&r, CN1));
	rw_run_s(&r, 2);
	UNIT_STR(rw_state(&r, CN1), "idle");
	CU_ASSERT(!rw_path(&r, CN1));
	CU_ASSERT(!rw_entry(&r, CN1));
	UNIT_EQ(r.w.counters.v[CNT_BINDING_EXPIRED], 1);
	/* New traffic begins anew. */
	rw_optimise(&r, CN1);
	rw_close(&r);
}

/* MN-122: three unanswered messages of a refresh, and the traffic goes back
 * to the tunnel, while what the peer sends directly is still taken. */
static void a_refresh_that_nobody_answers(void)
{
	open_optimised();
	rw_brr(&r, CN1);
	UNIT_EQ(rw_count(&r, MH_BU), 1); /* fresh tokens are enough */
	mw_run_ms(&r.w, 6999);
	UNIT_EQ(rw_count(&r, MH_BU), 3);
	CU_ASSERT(rw_is_optimised(&r, CN1));
	mw_run_ms(&r.w, 1);
	UNIT_EQ(rw_count(&r, MH_BU), 4);
	CU_ASSERT(!rw_is_optimised(&r, CN1));
	UNIT_NEED(rw_path(&r, CN1) != NULL);
	CU_ASSERT(!rw_path(&r, CN1)->send);
	rw_accept(&r);
	CU_ASSERT(rw_is_optimised(&r, CN1));
	rw_close(&r);

	open_optimised();
	rw_run_s(&r, 215);
	rw_forget(&r);
	rw_brr(&r, CN1);
	UNIT_EQ(rw_count(&r, MH_HOTI), 1);
	mw_run_ms(&r.w, 6999);
	CU_ASSERT(rw_is_optimised(&r, CN1));
	mw_run_ms(&r.w, 1);
	UNIT_EQ(rw_count(&r, MH_HOTI), 4);
	CU_ASSERT(!rw_is_optimised(&r, CN1));
	rw_close(&r);
}

/* MN-179: a refresh at once, with a lifetime that extends the present one;
 * MN-180: from somebody without a binding it is ignored. */
static void refresh_requests(void)
{
	open_optimised();
	rw_run_s(&r, 250);
	rw_forget(&r);
	rw_brr(&r, CN2);
	rw_brr(&r, HA);
	UNIT_EQ(r.w.n_mhs, 0);
	UNIT_EQ(r.w.counters.v[CNT_BRR_IGNORED], 2);
	rw_brr(&r, CN1);
	UNIT_EQ(rw_count(&r, MH_HOTI), 1);
	UNIT_EQ(rw_count(&r, MH_COTI), 1);
	rw_brr(&r, CN1);
	UNIT_EQ(r.w.counters.v[CNT_BRR_IGNORED], 3);
	rw_answer_all(&r);
	UNIT_EQ(rw_count(&r, MH_BU), 1);
	UNIT_EQ(rw_last(&r, MH_BU)->msg.bu.lifetime_4s, 42);
	rw_close(&r);
}

/* ---- the kernel ---- */

/* What it refuses stays in the tunnel, and is asked again. */
static void the_kernel_refuses_the_pair(void)
{
	open_updating();
	fake_kernel_fail(r.w.k, FAKE_RO_SET, 1, ENOMEM);
	rw_accept(&r);
	CU_ASSERT(!rw_is_optimised(&r, CN1));
	UNIT_STR(rw_state(&r, CN1), "bound");
	CU_ASSERT(strstr(rw_info(&r, CN1)->reason, "refused") != NULL);
	UNIT_EQ(r.w.counters.v[CNT_KERNEL_FAILED], 1);
	mw_run_ms(&r.w, 500);
	CU_ASSERT(rw_is_optimised(&r, CN1));
	rw_close(&r);
}

/* What somebody else removed is put there again when usage is asked for. */
static void the_kernel_has_lost_the_pair(void)
{
	unsigned int n;

	open_optimised();
	n = fake_kernel_count(r.w.k, FAKE_RO_SET);
	fake_kernel_fail(r.w.k, FAKE_RO_USAGE_GET, 1, ENOENT);
	rw_run_s(&r, 61);
	UNIT_EQ(fake_kernel_count(r.w.k, FAKE_RO_SET), n + 1);
	CU_ASSERT(fake_log_contains("lost in the kernel"));
	CU_ASSERT(rw_is_optimised(&r, CN1));
	rw_usage(&r, CN1, 5);
	rw_run_s(&r, 61);
	UNIT_EQ(fake_kernel_count(r.w.k, FAKE_RO_SET), n + 1);
	CU_ASSERT(rw_info(&r, CN1)->info.has_usage);
	rw_close(&r);
}

/* One that refuses for ever is asked ever more slowly. */
static void the_kernel_refuses_for_ever(void)
{
	unsigned int n;

	open_updating();
	r.w.k->fail_permille = 1000;
	rw_accept(&r);
	fake_kernel_forget(r.w.k);
	rw_run_s(&r, 300);
	CU_ASSERT(!rw_is_optimised(&r, CN1));
	UNIT_STR(rw_state(&r, CN1), "bound");
	n = fake_kernel_count(r.w.k, FAKE_RO_SET);
	CU_ASSERT(n >= 8 && n <= 12);
	r.w.k->fail_permille = 0;
	rw_run_s(&r, 60);
	CU_ASSERT(rw_is_optimised(&r, CN1));
	rw_close(&r);
}

/* No update goes out before the pair is there; a kernel that never takes it
 * is not waited for. */
static void the_kernel_refuses_from_the_start(void)
{
	rw_open(&r);
	r.w.k->fail_permille = 1000;
	rw_flow(&r, CN1);
	rw_answer_all(&r);
	UNIT_STR(rw_state(&r, CN1), "updating");
	UNIT_STR(rw_info(&r, CN1)->reason, "waiting for the kernel");
	rw_run_s(&r, 10);
	UNIT_EQ(rw_count(&r, MH_BU), 0);
	UNIT_STR(rw_state(&r, CN1), "failed");
	CU_ASSERT(fake_kernel_count(r.w.k, FAKE_RO_SET) <= 5);
	r.w.k->fail_permille = 0;
	rw_run_s(&r, 60);
	CU_ASSERT(!rw_path(&r, CN1));
	rw_forget(&r);
	rw_flow(&r, CN1);
	rw_accept(&r);
	CU_ASSERT(rw_is_optimised(&r, CN1));
	rw_close(&r);
}

/* What must not go directly any more is taken away where it cannot be
 * changed. */
static void the_kernel_refuses_to_fall_back(void)
{
	open_optimised();
	fake_kernel_fail(r.w.k, FAKE_RO_SET, 1, ENOMEM);
	rw_move(&r);
	CU_ASSERT(!rw_path(&r, CN1));
	mw_run_ms(&r.w, 500);
	UNIT_NEED(rw_path(&r, CN1) != NULL);
	CU_ASSERT(!rw_path(&r, CN1)->send);
	rw_close(&r);

	open_optimised();
	fake_kernel_fail_call(r.w.k, FAKE_RO_SET, 1, ENOBUFS);
	rw_move(&r);
	CU_ASSERT(!rw_path(&r, CN1));
	mw_accept(&r.w);
	rw_answer_all(&r);
	/* No update before the pair: what the peer sends then is taken. */
	UNIT_EQ(rw_count(&r, MH_BU), 0);
	mw_run_ms(&r.w, 500);
	rw_accept(&r);
	CU_ASSERT(rw_is_optimised(&r, CN1));
	rw_close(&r);
}

static const struct unit_case registration[] = {
	UNIT_CASE(the_whole_procedure),
	UNIT_CASE(the_lifetime_asked_for),
	UNIT_CASE(updates_are_repeated),
	UNIT_CASE(numbers_outlive_the_entry),
	UNIT_CASE(numbers_are_modulo_65536),
	UNIT_CASE(without_acknowledgements),
	UNIT_CASE(refresh_while_in_use),
	UNIT_CASE(lapse_when_idle),
	UNIT_CASE(a_refresh_that_nobody_answers),
	UNIT_CASE(refresh_requests),
	UNIT_CASE(the_kernel_refuses_the_pair),
	UNIT_CASE(the_kernel_refuses_from_the_start),
	UNIT_CASE(the_kernel_has_lost_the_pair),
	UNIT_CASE(the_kernel_refuses_for_ever),
	UNIT_CASE(the_kernel_refuses_to_fall_back),
	UNIT_END,
};

static const struct unit_suite suites[] = {
	{ "mn_ro registration", registration }, { NULL, NULL }
};

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
