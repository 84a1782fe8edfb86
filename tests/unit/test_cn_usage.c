/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an entry is good for: Binding Refresh Requests, the entry that gives
 * way, and the end of one whose care-of address is unreachable.
 */
#include <errno.h>

#include "tests/unit/cn_world.h"

static void carry(struct world *w, const char *hoa, uint64_t in, uint64_t out)
{
	struct in6_addr local = ip(LOCAL), h = ip(hoa);

	CU_ASSERT_TRUE(fake_kernel_usage_add(w->k, &local, &h, in, out));
}

/* Carries something each second. */
static void run_busy(struct world *w, int seconds)
{
	while (seconds--) {
		carry(w, HOA, 0, 100);
		world_run_ms(w, 1000);
	}
}

/* ---- Binding Refresh Requests ---- */

/* CN-114: an entry in use is asked for, to the home address without a routing
 * header (world_brrs looks).  CN-115: again while it is, at most three times
 * 10 s apart. */
static void busy_entries_are_asked_for(void)
{
	struct cn_entry_info info;
	struct world w;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	run_busy(&w, 390);
	UNIT_EQ(world_brrs(&w), 1);
	run_busy(&w, 9);
	UNIT_EQ(world_brrs(&w), 0);
	run_busy(&w, 1);
	UNIT_EQ(world_brrs(&w), 1);
	run_busy(&w, 19);
	UNIT_EQ(world_brrs(&w), 1);
	cn_entry_info(world_entry(&w, HOA), &info);
	UNIT_EQ(info.refresh_requests, 3);
	CU_ASSERT_TRUE(info.used);
	CU_ASSERT_TRUE(info.has_usage);
	UNIT_EQ(info.octets_in, 0);
	CU_ASSERT_TRUE(info.octets_out > 40000);
	UNIT_EQ(w.counters.v[CNT_BRR_OUT], 3);
	world_run_ms(&w, 1000);
	CU_ASSERT_TRUE(world_is_unknown(&w, HOA));
	world_close(&w);
}

/* CN-116: not for an idle one; traffic of long ago does not count. */
static void idle_entries_are_not(void)
{
	struct world w;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	run_busy(&w, 300);
	world_run_ms(&w, 119999);
	UNIT_EQ(world_brrs(&w), 0);
	world_run_ms(&w, 1);
	CU_ASSERT_TRUE(world_is_unknown(&w, HOA));
	world_close(&w);
}

/* CN-115: a Binding Update ends it, and begins a new lifetime. */
static void binding_updates_end_the_asking(void)
{
	struct cn_entry_info info;
	struct world w;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	run_busy(&w, 391);
	UNIT_EQ(world_brrs(&w), 1);
	world_bu(&w, &(struct bu){ .seq = 2, .lifetime = 105 });
	world_expect_ba(&w, BA_ACCEPTED, 2);
	cn_entry_info(world_entry(&w, HOA), &info);
	UNIT_EQ(info.refresh_requests, 0);
	run_busy(&w, 389);
	UNIT_EQ(world_brrs(&w), 0);
	run_busy(&w, 1);
	UNIT_EQ(world_brrs(&w), 1);
	world_close(&w);
}

/* A short lifetime is asked for in its last quarter, at most. */
static void short_lives_are_asked_for_late(void)
{
	struct world w;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 2 });
	carry(&w, HOA, 100, 0);
	world_run_ms(&w, 5999);
	UNIT_EQ(world_brrs(&w), 0);
	world_run_ms(&w, 1);
	UNIT_EQ(world_brrs(&w), 1);
	world_run_ms(&w, 2000);
	CU_ASSERT_TRUE(world_is_unknown(&w, HOA));
	UNIT_EQ(world_brrs(&w), 0);
	world_close(&w);
}

static void asking_can_be_turned_off(void)
{
	struct world w;

	world_init(&w);
	w.conf.refresh_requests = false;
	world_start(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	run_busy(&w, 419);
	UNIT_EQ(world_brrs(&w), 0);
	world_close(&w);
}

/* CN-5: what can be asked about an entry. */
static void entries_can_be_looked_at(void)
{
	struct cn_entry_info info;
	struct bcache_entry *e;
	struct world w;
	struct rr rr;

	world_open(&w);
	rr = world_rr(&w, HOA, COA, LOCAL);
	world_bind(&w, &(struct bu){ .rr = &rr, .seq = 77, .lifetime = 105 });
	e = world_entry(&w, HOA);
	cn_entry_info(e, &info);
	UNIT_EQ(info.home_nonce, rr.home_nonce);
	UNIT_EQ(info.coa_nonce, rr.coa_nonce);
	CU_ASSERT_FALSE(info.used || info.has_usage);
	UNIT_EQ(e->seq, 77);
	UNIT_EQ(e->flags & BU_FLAG_H, 0);
	UNIT_EQ(mtime_left_s(e->expires, w.now), 420);
	run_busy(&w, 71);
	cn_entry_info(e, &info);
	CU_ASSERT_TRUE(info.used && info.has_usage);
	UNIT_EQ(info.octets_out, 7000);
	world_run_ms(&w, 120000);
	cn_entry_info(e, &info);
	CU_ASSERT_FALSE(info.used);
	UNIT_EQ(info.octets_out, 7100);
	UNIT_EQ(mtime_left_s(e->expires, w.now), 229);
	world_close(&w);
}

/* Somebody emptied the kernel's tables: the entry is put there again. */
static void lost_entries_are_put_back(void)
{
	struct in6_addr local = ip(LOCAL), hoa = ip(HOA);
	struct kernel_ro ro = { .local = local,
				.peer = hoa,
				.end = KERNEL_RO_PEER,
				.coa = ip(COA),
				.send = true };
	struct world w;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	UNIT_EQ(kernel_ro_del(w.k, NULL, &ro), 0);
	world_settle(&w);
	CU_ASSERT_PTR_NULL(fake_kernel_pair(w.k, &local, &hoa));
	world_run_ms(&w, 60000);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	world_expect_silence(&w);
	/* And if that is refused, it ends. */
	UNIT_EQ(kernel_ro_del(w.k, NULL, &ro), 0);
	fake_kernel_fail(w.k, FAKE_RO_SET, 1, ENOMEM);
	world_run_ms(&w, 60000);
	CU_ASSERT_TRUE(world_is_unknown(&w, HOA));
	world_close(&w);
}

/* It is registered again before the kernel has let go of it: what it carried
 * in its earlier life says nothing about this one. */
static void a_new_life_has_carried_nothing(void)
{
	struct cn_entry_info info;
	struct world w;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	run_busy(&w, 61);
	cn_entry_info(world_entry(&w, HOA), &info);
	CU_ASSERT_TRUE(info.used && info.has_usage);
	world_bu(&w, &(struct bu){ .seq = 2, .twist = NO_A });
	UNIT_EQ(world_entry(&w, HOA)->state, BCACHE_REMOVING);
	world_bind(&w, &(struct bu){ .seq = 3, .lifetime = 105 });
	world_run_ms(&w, 30000);
	cn_entry_info(world_entry(&w, HOA), &info);
	CU_ASSERT_TRUE(info.has_usage);
	CU_ASSERT_FALSE(info.used);
	UNIT_EQ(info.octets_out, 0);
	world_close(&w);
}

/* ---- who gives way ---- */

static void bind_at(struct world *w, const char *hoa, int s)
{
	world_bind(w, &(struct bu){ .hoa = hoa, .seq = 1, .lifetime = 105 });
	world_run_ms(w, s * 1000);
}

static void open_full(struct world *w, unsigned int max)
{
	world_init(w);
	w->conf.max_bindings = max;
	world_start(w);
}

/* CN-6: the one whose last Binding Update or traffic is longest ago. */
static void the_least_recently_useful_gives_way(void)
{
	struct world w;

	open_full(&w, 3);
	bind_at(&w, "2001:db8:1::1", 1);
	bind_at(&w, "2001:db8:1::2", 1);
	bind_at(&w, "2001:db8:1::3", 20);
	/* A refresh is a sign of life. */
	world_bu(&w, &(struct bu){ .hoa = "2001:db8:1::1",
				   .seq = 2,
				   .lifetime = 105,
				   .twist = NO_A });
	bind_at(&w, "2001:db8:1::4", 0);
	CU_ASSERT_TRUE(world_is_unknown(&w, "2001:db8:1::2"));
	CU_ASSERT_TRUE(world_is_bound(&w, "2001:db8:1::1", COA));
	UNIT_EQ(w.counters.v[CNT_CN_EVICTED], 1);
	/* So is traffic. */
	carry(&w, "2001:db8:1::3", 10, 0);
	world_run_ms(&w, 61000);
	bind_at(&w, "2001:db8:1::5", 0);
	CU_ASSERT_TRUE(world_is_unknown(&w, "2001:db8:1::1"));
	CU_ASSERT_TRUE(world_is_bound(&w, "2001:db8:1::3", COA));
	UNIT_EQ(bcache_count(cn_bcache(w.cn)), 3);
	UNIT_EQ(w.counters.v[CNT_CN_EVICTED], 2);
	world_close(&w);
}

/* CN-94: 130 when each carries traffic; who has an entry is served, and so is
 * everybody when one falls idle. */
static void who_carries_traffic_stays(void)
{
	struct world w;

	open_full(&w, 2);
	bind_at(&w, HOA, 0);
	bind_at(&w, HOA_B, 0);
	carry(&w, HOA, 1, 1);
	carry(&w, HOA_B, 1, 1);
	world_run_ms(&w, 60000);
	world_bu(&w, &(struct bu){ .hoa = "2001:db8:1::3",
				   .seq = 4,
				   .lifetime = 105,
				   .twist = NO_A });
	world_settle(&w);
	world_expect_ba(&w, BA_NO_RESOURCES, 4);
	CU_ASSERT_TRUE(world_is_unknown(&w, "2001:db8:1::3"));
	UNIT_EQ(w.counters.v[CNT_CN_EVICTED], 0);
	world_bu(&w, &(struct bu){ .src = COA_B, .seq = 2, .lifetime = 105 });
	world_settle(&w);
	world_expect_ba(&w, BA_ACCEPTED, 2);
	carry(&w, HOA, 1, 1);
	world_run_ms(&w, 60000);
	bind_at(&w, "2001:db8:1::3", 0);
	CU_ASSERT_TRUE(world_is_unknown(&w, HOA_B));
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA_B));
	world_close(&w);
}

/* More want a place than there are: who has one keeps it for so long that it
 * can show what it is good for, the others are told. */
static void a_fresh_entry_does_not_give_way(void)
{
	struct world w;

	open_full(&w, 1);
	bind_at(&w, HOA, 9);
	world_bu(&w, &(struct bu){ .hoa = HOA_B, .seq = 4, .lifetime = 105 });
	world_settle(&w);
	world_expect_ba(&w, BA_NO_RESOURCES, 4);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	/* It has carried nothing. */
	world_run_ms(&w, 2000);
	bind_at(&w, HOA_B, 1);
	CU_ASSERT_TRUE(world_is_unknown(&w, HOA));
	/* This one does. */
	carry(&w, HOA_B, 1, 1);
	world_run_ms(&w, 12000);
	world_bu(&w, &(struct bu){ .seq = 9, .lifetime = 105 });
	world_settle(&w);
	world_expect_ba(&w, BA_NO_RESOURCES, 9);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA_B, COA));
	world_close(&w);
}

/* A kernel that does not let go does not let memory grow. */
static void the_cache_is_bounded(void)
{
	struct world w;
	int i;

	open_full(&w, 2);
	bind_at(&w, HOA, 0);
	bind_at(&w, HOA_B, 20);
	w.k->delay_min_us = w.k->delay_max_us = 1000;
	for (i = 1; i <= 20; i++) {
		char hoa[32];

		snprintf(hoa, sizeof(hoa), "2001:db8:1::%d", i);
		if (i <= 2)
			fake_kernel_fail(w.k, FAKE_RO_DEL, 1, EBUSY);
		world_bu(&w, &(struct bu){ .hoa = hoa,
					   .seq = 1,
					   .lifetime = 105,
					   .twist = NO_A });
		world_run_ms(&w, 2);
		UNIT_EQ(bcache_count(cn_bcache(w.cn)), i == 1 ? 3 : 4);
		fake_transport_forget(w.t);
		/* Long enough to give way, were there a place. */
		w.k->fail_permille = 1000;
		world_run_ms(&w, 16000);
		w.k->fail_permille = 0;
	}
	UNIT_EQ(w.counters.v[CNT_CN_EVICTED], 2);
	world_run_ms(&w, 60000);
	CU_ASSERT_TRUE(bcache_count(cn_bcache(w.cn)) <= 2);
	UNIT_EQ(bcache_max(cn_bcache(w.cn)), 2);
	world_close(&w);
}

/* ---- unreachable care-of addresses ---- */

struct quote {
	const char *src, *dst, *rh2, *hao;
	uint8_t type, code;
};

static const struct quote good = { LOCAL, COA, HOA, NULL, ICMP6_DEST_UNREACH_T,
				   3 };

static void icmp(struct world *w, const struct quote *q)
{
	struct icmp6_msg m = {
		.type = q->type,
		.code = q->code,
		.error = {
			.quoted_src = ip(q->src),
			.quoted_dst = ip(q->dst),
			.has_hao = q->hao,
			.has_rh2 = q->rh2,
		},
	};
	struct packet pkt = { .src = ip("2001:db8:ff::1"), .dst = ip(q->src) };

	if (q->rh2)
		m.error.rh2_hoa = ip(q->rh2);
	if (q->hao)
		m.error.hao_hoa = ip(q->hao);
	cn_on_icmp6(w->cn, &pkt, &m, w->now);
}

/* n errors 4 s apart, each for a packet that was sent or not. */
static void icmp_series(struct world *w, const struct quote *q, int n,
			bool sent, bool received)
{
	while (n--) {
		if (sent || received)
			carry(w, HOA, received, sent);
		icmp(w, q);
		world_run_ms(w, 4000);
	}
}

/* CN-33: one, or some in a moment, are nothing; CN-34: those that go on end
 * the entry, once for a packet of a mobile correspondent, too. */
static void persistent_errors_end_an_entry(void)
{
	const struct quote mobile = { "2001:db8:9::9",      COA, HOA, LOCAL,
				      ICMP6_DEST_UNREACH_T, 0 };
	struct world w;
	int i;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	carry(&w, HOA, 1, 1);
	icmp_series(&w, &good, 1, true, false);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	for (i = 0; i < 100; i++) {
		carry(&w, HOA, 0, 1);
		icmp(&w, &good);
		world_settle(&w);
	}
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	icmp_series(&w, &good, 3, true, false);
	CU_ASSERT_TRUE(world_is_unknown(&w, HOA));
	world_expect_silence(&w);
	world_bind(&w, &(struct bu){ .seq = 2, .lifetime = 105 });
	carry(&w, HOA, 1, 1);
	icmp_series(&w, &mobile, 4, true, false);
	CU_ASSERT_TRUE(world_is_unknown(&w, HOA));
	world_close(&w);
}

/* CN-33: a series that is interrupted begins anew. */
static void rare_errors_do_not(void)
{
	struct world w;
	int i;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	for (i = 0; i < 3; i++) {
		icmp_series(&w, &good, 1, true, false);
		world_run_ms(&w, 60000);
	}
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	/* By a Binding Update, too. */
	icmp_series(&w, &good, 2, true, false);
	world_bu(&w, &(struct bu){ .seq = 2, .lifetime = 105, .twist = NO_A });
	icmp_series(&w, &good, 3, true, false);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	icmp_series(&w, &good, 1, true, false);
	CU_ASSERT_TRUE(world_is_unknown(&w, HOA));
	world_close(&w);
}

/* CN-35: errors about packets that were never sent: to other addresses, or
 * nothing was sent at all; and while the mobile node is heard they lie. */
static void forged_errors_do_not(void)
{
	static const struct quote bad[] = {
		{ LOCAL, COA_B, HOA, NULL, ICMP6_DEST_UNREACH_T, 3 },
		{ LOCAL, COA, HOA_B, NULL, ICMP6_DEST_UNREACH_T, 3 },
		{ LOCAL, HOA, NULL, NULL, ICMP6_DEST_UNREACH_T, 3 },
		{ LOCAL, COA, NULL, HOA, ICMP6_DEST_UNREACH_T, 3 },
		{ LOCAL_B, COA, HOA, NULL, ICMP6_DEST_UNREACH_T, 3 },
		{ LOCAL, COA, HOA, LOCAL_B, ICMP6_DEST_UNREACH_T, 3 },
		{ LOCAL, COA, HOA, NULL, ICMP6_DEST_UNREACH_T, 4 },
		{ LOCAL, COA, HOA, NULL, ICMP6_TIME_EXCEEDED_T, 0 },
		{ LOCAL, COA, HOA, NULL, ICMP6_PARAM_PROB_T, 0 },
	};
	struct world w;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		world_open(&w);
		world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
		icmp_series(&w, &bad[i], 10, true, false);
		CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
		UNIT_EQ(w.counters.v[CNT_ICMP_ERROR_IN], 0);
		world_close(&w);
	}
	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	icmp_series(&w, &good, 20, false, false);
	icmp_series(&w, &good, 20, true, true);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	UNIT_EQ(w.counters.v[CNT_ICMP_ERROR_IN], 40);
	/* Of the care-of address that was left. */
	world_bu(&w, &(struct bu){ .src = COA_B,
				   .seq = 2,
				   .lifetime = 105,
				   .twist = NO_A });
	world_settle(&w);
	icmp_series(&w, &good, 10, true, false);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA_B));
	world_close(&w);
}

/* The kernel is not asked again before it has answered, and a look that comes
 * soon after another does not make an entry idle. */
static void errors_are_looked_into_once(void)
{
	struct cn_entry_info info;
	struct world w;
	int i;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	carry(&w, HOA, 1, 1);
	world_run_ms(&w, 10000);
	UNIT_EQ(fake_kernel_count(w.k, FAKE_RO_USAGE_GET), 1);
	for (i = 0; i < 100; i++)
		icmp(&w, &good);
	UNIT_EQ(fake_kernel_count(w.k, FAKE_RO_USAGE_GET), 2);
	world_run_ms(&w, 1000);
	cn_entry_info(world_entry(&w, HOA), &info);
	CU_ASSERT_TRUE(info.used);
	world_run_ms(&w, 60000);
	cn_entry_info(world_entry(&w, HOA), &info);
	CU_ASSERT_FALSE(info.used);
	world_close(&w);
}

static const struct unit_case cases[] = {
	UNIT_CASE(busy_entries_are_asked_for),
	UNIT_CASE(idle_entries_are_not),
	UNIT_CASE(binding_updates_end_the_asking),
	UNIT_CASE(short_lives_are_asked_for_late),
	UNIT_CASE(asking_can_be_turned_off),
	UNIT_CASE(entries_can_be_looked_at),
	UNIT_CASE(lost_entries_are_put_back),
	UNIT_CASE(a_new_life_has_carried_nothing),
	UNIT_CASE(the_least_recently_useful_gives_way),
	UNIT_CASE(who_carries_traffic_stays),
	UNIT_CASE(a_fresh_entry_does_not_give_way),
	UNIT_CASE(the_cache_is_bounded),
	UNIT_CASE(persistent_errors_end_an_entry),
	UNIT_CASE(rare_errors_do_not),
	UNIT_CASE(forged_errors_do_not),
	UNIT_CASE(errors_are_looked_into_once),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "cn_usage", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
