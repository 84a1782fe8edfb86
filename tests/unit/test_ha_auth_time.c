/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Replay protection at the home agent (RFC 4285 section 6), over restarts,
 * too.
 */
#include <string.h>

#include "tests/unit/ha_auth_world.h"

/* AUTH-18, AUTH-21: 145 where the key asks for timestamps, but only to who
 * has the key; where it does not, the sequence number counts. */
static void a_missing_timestamp_is_refused(void)
{
	struct auth_sa wrong;
	struct mh_msg msg;
	struct world w;

	auth_open(&w);
	deliver(&w, &(struct signed_bu){ .bu = { .seq = 1, .lifetime = 105 },
					 .no_timestamp = true });
	world_settle(&w);
	msg = expect_signed(&w, BA_TIMESTAMP_REQUIRED, &sas[0], COA, HOA);
	CU_ASSERT_FALSE(msg.opt.present & MH_OPT_REPLAY);
	expect_dropped(&w, CNT_AUTH_NO_TIMESTAMP, 1);
	wrong = sas[0];
	wrong.key[0] ^= 1;
	deliver(&w, &(struct signed_bu){ .bu = { .seq = 1, .lifetime = 105 },
					 .sa = &wrong,
					 .no_timestamp = true });
	world_settle(&w);
	expect_signed(&w, BA_AUTH_FAILED, &sas[0], COA, HOA);
	UNIT_EQ(w.counters.v[CNT_AUTH_NO_TIMESTAMP], 1);
	deliver(&w, &(struct signed_bu){
			    .bu = { .hoa = HOA_B, .seq = 5, .lifetime = 105 },
			    .nai = BOB,
			    .sa = &sas[2],
			    .no_timestamp = true });
	world_run_ms(&w, 4000);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA_B, COA));
	expect_signed(&w, BA_ACCEPTED, &sas[2], COA, HOA_B);
	deliver(&w, &(struct signed_bu){
			    .bu = { .hoa = HOA_B, .seq = 5, .lifetime = 99 },
			    .nai = BOB,
			    .sa = &sas[2],
			    .no_timestamp = true });
	world_settle(&w);
	expect_signed(&w, BA_SEQ_OUT_OF_WINDOW, &sas[2], COA, HOA_B);
	world_close(&w);
}

static void expect_mismatch(struct world *w, uint64_t stamp, uint64_t n)
{
	struct mh_msg msg;
	uint64_t clock = auth_ntp_now();

	deliver(w, &(struct signed_bu){ .bu = { .seq = 9, .lifetime = 105 },
					.timestamp = stamp });
	world_settle(w);
	msg = expect_signed(w, BA_TIMESTAMP_MISMATCH, &sas[0], COA, HOA);
	UNIT_EQ((uint32_t)msg.opt.timestamp, (uint32_t)stamp);
	UNIT_EQ(msg.opt.timestamp >> 32, clock >> 32);
	UNIT_EQ(w->counters.v[CNT_AUTH_TIMESTAMP], n);
}

/* AUTH-19, AUTH-20, AUTH-22: 144 with the low half of what came and the high
 * half of our clock; nothing is entered. */
static void a_wrong_timestamp_is_refused(void)
{
	struct world w;
	uint64_t t;

	auth_open(&w);
	fake_wall.us += 60000000;
	t = auth_ntp_now();
	expect_mismatch(&w, t + 7 * S + S / 2, 1);
	expect_mismatch(&w, t - 7 * S - S / 2, 2);
	expect_dropped(&w, CNT_AUTH_TIMESTAMP, 2);
	/* within the window, on both sides */
	deliver(&w, &(struct signed_bu){ .bu = { .seq = 1, .lifetime = 105 },
					 .timestamp = t - 6 * S });
	world_run_ms(&w, 4000);
	fake_wall.us += 4000000;
	t += 4 * S;
	expect_signed(&w, BA_ACCEPTED, &sas[0], COA, HOA);
	deliver(&w, &(struct signed_bu){ .bu = { .seq = 2, .lifetime = 105 },
					 .timestamp = t + 6 * S });
	world_settle(&w);
	expect_signed(&w, BA_ACCEPTED, &sas[0], COA, HOA);
	/* the same, and an older one that is near enough */
	expect_mismatch(&w, t + 6 * S, 3);
	expect_mismatch(&w, t + 5 * S, 4);
	UNIT_EQ(world_entry(&w, HOA)->seq, 2);
	world_close(&w);
}

/* RFC 4285 section 7: beside a timestamp the sequence number is none; but a
 * copy of what is being worked on (DAD) is not answered twice. */
static void the_sequence_number_does_not_count(void)
{
	struct world w;
	uint64_t t;

	auth_open(&w);
	t = auth_ntp_now();
	deliver(&w, &(struct signed_bu){ .bu = { .seq = 100, .lifetime = 105 },
					 .timestamp = t });
	world_settle(&w);
	world_sent(&w);
	deliver(&w, &(struct signed_bu){ .bu = { .seq = 100, .lifetime = 105 },
					 .timestamp = t });
	world_settle(&w);
	world_expect_silence(&w);
	UNIT_EQ(w.counters.v[CNT_BU_BUSY], 1);
	world_run_ms(&w, 4000);
	fake_wall.us += 4000000;
	expect_signed(&w, BA_ACCEPTED, &sas[0], COA, HOA);
	deliver(&w, &(struct signed_bu){
			    .bu = { .seq = 50, .lifetime = 105, .src = COA_B },
		    });
	world_settle(&w);
	expect_signed(&w, BA_ACCEPTED, &sas[0], COA_B, HOA);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA_B));
	world_close(&w);
}

/* ---- restarts ---- */

/* Another run on the same machine, so many microseconds later by the clock
 * on the wall; st may be NULL. */
static void restart(struct world *w, struct store *st, int64_t wall_us)
{
	struct role_env env = {
		.tq = w->tq,
		.kernel = w->k,
		.transport = w->t,
		.counters = &w->counters,
		.store = st,
	};

	w->ha = ha_free(w->ha);
	fake_kernel_settle(w->k);
	fake_wall.us += wall_us;
	UNIT_EQ(ha_new(&env, &w->conf, w->now, &w->ha), 0);
	UNIT_EQ(kernel_watch(w->k), 0);
	world_settle(w);
	world_sent(w);
	fake_wall.us += 1000;
}

/* AUTH-20: what an earlier run accepted is not accepted by the next, though
 * that one remembers no binding; the node goes on after one 144. */
static void a_replay_over_a_restart_is_refused(void)
{
	struct signed_bu old = { .bu = { .seq = 1, .lifetime = 105 } };
	struct world w;

	auth_open(&w);
	old.timestamp = auth_ntp_now();
	deliver(&w, &old);
	world_run_ms(&w, 4000);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	restart(&w, NULL, 2000000);
	deliver(&w, &old);
	world_settle(&w);
	expect_signed(&w, BA_TIMESTAMP_MISMATCH, &sas[0], COA, HOA);
	CU_ASSERT_PTR_NULL(world_entry(&w, HOA));
	bind_alice(&w, 2, COA);
	world_close(&w);
}

/* AUTH-20: the same of a node whose clock is ahead of ours: its timestamp is
 * newer than the next start, and written before its answer leaves. */
static void a_replay_from_the_future_is_refused(void)
{
	struct signed_bu old = { .bu = { .seq = 1, .lifetime = 105 } };
	struct store_dir *dir;
	struct store *store;
	struct world w;

	auth_open(&w);
	UNIT_EQ(store_dir_open("", &dir), 0);
	store = store_new(w.tq, dir);
	restart(&w, store, 0);
	old.timestamp = auth_ntp_now() + 5 * S;
	deliver(&w, &old);
	/* no turn of the loop later: as if killed */
	UNIT_NEED(fake_store_text(dir, "timestamps") != NULL);
	CU_ASSERT_PTR_NOT_NULL(
		strstr(fake_store_text(dir, "timestamps"), "node "));
	restart(&w, store, 2000000);
	deliver(&w, &old);
	world_settle(&w);
	expect_signed(&w, BA_TIMESTAMP_MISMATCH, &sas[0], COA, HOA);
	CU_ASSERT_PTR_NULL(world_entry(&w, HOA));
	world_close(&w);
	store_free(store);
	store_dir_close(dir);
}

/* Without timestamps (RFC 4285 section 7) sequence numbers do it, those of an
 * earlier run, too; where the state directory has none, nothing can. */
static void a_replay_without_timestamp_is_refused(void)
{
	struct signed_bu old = {
		.bu = { .hoa = HOA_B, .seq = 7, .lifetime = 105 },
		.nai = BOB,
		.sa = &sas[2],
		.no_timestamp = true
	};
	struct store_dir *dir;
	struct store *store;
	struct world w;

	auth_open(&w);
	UNIT_EQ(store_dir_open("", &dir), 0);
	store = store_new(w.tq, dir);
	restart(&w, store, 0);
	deliver(&w, &old);
	world_run_ms(&w, 4000);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA_B, COA));
	restart(&w, store, 2000000);
	deliver(&w, &old);
	world_settle(&w);
	UNIT_EQ(expect_signed(&w, BA_SEQ_OUT_OF_WINDOW, &sas[2], COA, HOA_B)
			.ba.seq,
		7);
	CU_ASSERT_PTR_NULL(world_entry(&w, HOA_B));
	restart(&w, NULL, 0);
	store_free(store);
	world_close(&w);
	store_dir_close(dir);
}

/* AUTH-20: a clock that was set back between two runs does not make old
 * Binding Updates new, nor does it keep nodes out: time goes on where it was,
 * and a node goes on after one 144. */
static void a_clock_set_back_opens_no_door(void)
{
	struct signed_bu old = { .bu = { .seq = 1, .lifetime = 105 } };
	struct store_dir *dir;
	struct store *store;
	struct mh_msg msg;
	struct world w;

	auth_open(&w);
	UNIT_EQ(store_dir_open("", &dir), 0);
	store = store_new(w.tq, dir);
	restart(&w, store, 0);
	old.timestamp = auth_ntp_now();
	deliver(&w, &old);
	world_settle(&w);
	/* not long after: the file has the time of the first */
	fake_wall.us += 50000000;
	w.now = mtime_add_s(w.now, 50);
	old.timestamp = auth_ntp_now();
	deliver(&w, &old);
	world_settle(&w);
	expect_signed(&w, BA_ACCEPTED, &sas[0], COA, HOA);
	fake_log_clear();
	restart(&w, store, -100000000);
	CU_ASSERT_TRUE(fake_log_contains("clock of this machine is"));
	deliver(&w, &old);
	world_settle(&w);
	msg = expect_signed(&w, BA_TIMESTAMP_MISMATCH, &sas[0], COA, HOA);
	CU_ASSERT_PTR_NULL(world_entry(&w, HOA));
	CU_ASSERT_TRUE(auth_ntp_newer(msg.opt.timestamp, old.timestamp));
	old.timestamp = msg.opt.timestamp;
	deliver(&w, &old);
	world_run_ms(&w, 4000);
	expect_signed(&w, BA_ACCEPTED, &sas[0], COA, HOA);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	world_close(&w);
	store_free(store);
	store_dir_close(dir);
}

/* AUTH-20: the same while mip6d runs: nodes whose clocks are right notice
 * nothing. */
static void a_clock_set_back_keeps_nobody_out(void)
{
	struct signed_bu bu = { .bu = { .seq = 2, .lifetime = 105 } };
	uint64_t t;
	struct world w;

	auth_open(&w);
	bind_alice(&w, 1, COA);
	world_sent(&w);
	t = auth_ntp_now();
	fake_log_clear();
	fake_wall.us -= INT64_C(3600) * 1000000;
	bu.timestamp = t + S;
	deliver(&w, &bu);
	world_settle(&w);
	expect_signed(&w, BA_ACCEPTED, &sas[0], COA, HOA);
	CU_ASSERT_TRUE(fake_log_contains("was set back"));
	deliver(&w, &bu);
	world_settle(&w);
	expect_signed(&w, BA_TIMESTAMP_MISMATCH, &sas[0], COA, HOA);
	/* and put right again: it is followed at once */
	fake_wall.us += INT64_C(3600) * 1000000;
	bu.timestamp = t + 2 * S;
	deliver(&w, &bu);
	world_settle(&w);
	expect_signed(&w, BA_ACCEPTED, &sas[0], COA, HOA);
	world_close(&w);
}

static const struct unit_case cases[] = {
	UNIT_CASE(a_missing_timestamp_is_refused),
	UNIT_CASE(a_wrong_timestamp_is_refused),
	UNIT_CASE(the_sequence_number_does_not_count),
	UNIT_CASE(a_replay_over_a_restart_is_refused),
	UNIT_CASE(a_replay_from_the_future_is_refused),
	UNIT_CASE(a_replay_without_timestamp_is_refused),
	UNIT_CASE(a_clock_set_back_opens_no_door),
	UNIT_CASE(a_clock_set_back_keeps_nobody_out),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "ha_auth_time", cases },
					    UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
