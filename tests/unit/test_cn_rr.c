/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Home and Care-of Test Inits: which are answered, with what, how many, and
 * what is left of them.
 */
#include <string.h>

#include "tests/unit/cn_world.h"

/* CN-36 HoTI, CN-37 CoTI: from the destination to the source, the cookie, a
 * token, the current index, no routing header (world_test looks).  CN-43: the
 * first one after the start is answered, too. */
static void test_inits_are_answered(void)
{
	struct mh_test home, away;
	struct world w;

	world_open(&w);
	CU_ASSERT_TRUE(world_test(&w, MH_HOTI, HOA, LOCAL, &home));
	CU_ASSERT_TRUE(world_test(&w, MH_COTI, COA, LOCAL_B, &away));
	UNIT_EQ(home.nonce_index, away.nonce_index);
	UNIT_EQ(w.counters.v[CNT_TEST_OUT], 2);
	UNIT_EQ(w.counters.v[CNT_MH_OUT], 2);
	CU_ASSERT_FALSE(world_test(&w, MH_HOTI, "fe80::1", LOCAL, &home));
	world_close(&w);
}

/* CN-46 the same address, the same token; CN-47 home and care-of tokens of one
 * address differ; two mobile nodes get two tokens. */
static void tokens_belong_to_addresses(void)
{
	struct mh_test a, b, c, d;
	struct world w;

	world_open(&w);
	CU_ASSERT_TRUE(world_test(&w, MH_HOTI, HOA, LOCAL, &a));
	CU_ASSERT_TRUE(world_test(&w, MH_HOTI, HOA, LOCAL, &b));
	CU_ASSERT_TRUE(world_test(&w, MH_COTI, HOA, LOCAL, &c));
	CU_ASSERT_TRUE(world_test(&w, MH_HOTI, HOA_B, LOCAL, &d));
	UNIT_MEM(a.token, 8, b.token, 8);
	CU_ASSERT_NOT_EQUAL(memcmp(a.token, c.token, 8), 0);
	CU_ASSERT_NOT_EQUAL(memcmp(a.token, d.token, 8), 0);
	world_close(&w);
}

/* CN-44: interleaved, each cookie goes back to its own sender (world_test
 * compares).  CN-49 the index changes about every 30 s, CN-52 not with each
 * message. */
static void indices_change_with_time_alone(void)
{
	uint16_t seen = 0, first = 0;
	struct mh_test t;
	struct world w;
	int s;

	world_open(&w);
	for (s = 0; s < 240; s++) {
		CU_ASSERT_TRUE(world_test(&w, MH_HOTI, HOA, LOCAL, &t));
		CU_ASSERT_TRUE(world_test(&w, MH_HOTI, HOA_B, LOCAL, &t));
		CU_ASSERT_TRUE(world_test(&w, MH_COTI, COA_B, LOCAL, &t));
		if (!s)
			first = t.nonce_index;
		UNIT_EQ((uint16_t)(t.nonce_index - first), s / 30);
		seen = (uint16_t)(t.nonce_index - first);
		world_run_ms(&w, 1000);
	}
	UNIT_EQ(seen, 7);
	world_close(&w);
}

/* CN-38 HoTI, CN-39 CoTI with a Home Address option; CN-42 from multicast,
 * unspecified or link-local addresses; to what is not ours. */
static void some_are_met_with_silence(void)
{
	static const char *const bad[] = { "ff0e::1", "ff02::1", "::", "::1",
					   "fe80::100" };
	struct mh_msg msg = { .type = MH_HOTI };
	struct mh_test t;
	struct world w;
	size_t i;

	world_open(&w);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CU_ASSERT_FALSE(world_test(&w, MH_HOTI, bad[i], LOCAL, &t));
		CU_ASSERT_FALSE(world_test(&w, MH_COTI, bad[i], LOCAL, &t));
	}
	CU_ASSERT_FALSE(world_test(&w, MH_HOTI, HOA, "ff02::1", &t));
	CU_ASSERT_FALSE(world_test(&w, MH_HOTI, HOA, "2001:db8:c::99", &t));
	UNIT_EQ(w.counters.v[CNT_TEST_INIT_BAD], 2 * i + 2);
	for (msg.type = MH_HOTI; msg.type <= MH_COTI; msg.type++) {
		struct packet pkt = { .src = ip(HOA),
				      .wire_src = ip(COA),
				      .dst = ip(LOCAL),
				      .wire_dst = ip(LOCAL),
				      .has_hao = true };

		cn_on_test_init(w.cn, &pkt, &msg, w.now);
	}
	world_expect_silence(&w);
	UNIT_EQ(w.counters.v[CNT_TEST_INIT_BAD], 2 * i + 4);
	UNIT_EQ(w.counters.v[CNT_TEST_OUT], 0);
	world_close(&w);
}

/* COM-23: an option that does not belong there is passed over. */
static void options_do_not_matter(void)
{
	static const uint8_t data[] = {
		59, 2, MH_HOTI, 0xff, 0, 0, 0xff, 0xff, /* reserved: all ones */
		1,  2, 3,       4,    5, 6, 7,    8,
		4,  4, 0,       1,    0, 2, 0,    0, /* Nonce Indices, Pad1 */
	};
	struct packet pkt = { .src = ip(HOA),
			      .wire_src = ip(HOA),
			      .dst = ip(LOCAL),
			      .wire_dst = ip(LOCAL) };
	uint8_t buf[sizeof(data)];
	struct mh_send send;
	struct mh_msg msg;
	struct world w;

	world_open(&w);
	memcpy(buf, data, sizeof(buf));
	mh_set_checksum(buf, sizeof(buf), &pkt.src, &pkt.dst);
	pkt.data = buf;
	pkt.len = sizeof(buf);
	world_deliver(&w, &pkt);
	CU_ASSERT_TRUE(fake_transport_take_mh(w.t, &msg, &send));
	UNIT_EQ(msg.type, MH_HOT);
	UNIT_MEM(msg.test.cookie, 8, data + 8, 8);
	world_close(&w);
}

/* CN-45: 100 000 from as many sources leave nothing: no entry, no timer, no
 * request to the kernel.  COM-64: so many a second are answered, all
 * together, the others are counted. */
static void floods_leave_nothing(void)
{
	struct packet pkt = { .dst = ip(LOCAL), .wire_dst = ip(LOCAL) };
	struct mh_msg msg = { .type = MH_HOTI };
	struct world w;
	unsigned int i;

	world_init(&w);
	w.conf.test_init_rate = 100;
	world_start(&w);
	fake_kernel_forget(w.k);
	for (i = 0; i < 100000; i++) {
		pkt.src = ip(HOA);
		memcpy(&pkt.src.s6_addr[12], &i, sizeof(i));
		pkt.wire_src = pkt.src;
		msg.type = i % 2 ? MH_HOTI : MH_COTI;
		cn_on_test_init(w.cn, &pkt, &msg, w.now);
		fake_transport_forget(w.t);
		w.now = mtime_add_us(w.now, 100);
	}
	/* 10 s: a bucket full, and 100 a second. */
	UNIT_EQ(w.counters.v[CNT_TEST_OUT] / 10, 1100 / 10 - 1);
	UNIT_EQ(w.counters.v[CNT_TEST_OUT] + w.counters.v[CNT_TEST_INIT_RATE],
		100000);
	UNIT_EQ(bcache_count(cn_bcache(w.cn)), 0);
	UNIT_EQ(tqueue_len(w.tq), 0);
	UNIT_EQ(w.k->n_requests, 0);
	world_close(&w);
}

/* The bucket: as many at once as a second brings, and then at that rate. */
static void the_rate_is_kept(void)
{
	static const uint32_t rates[] = { 1, 7, 1000, 1000000 };
	struct mh_msg msg = { .type = MH_COTI };
	struct packet pkt = { .src = ip(COA),
			      .wire_src = ip(COA),
			      .dst = ip(LOCAL),
			      .wire_dst = ip(LOCAL) };
	size_t r;

	for (r = 0; r < sizeof(rates) / sizeof(rates[0]); r++) {
		uint32_t n, at_once = rates[r] < 2000 ? rates[r] : 2000;
		struct world w;

		world_init(&w);
		w.conf.test_init_rate = rates[r];
		world_start(&w);
		for (n = 0; n <= at_once; n++)
			cn_on_test_init(w.cn, &pkt, &msg, w.now);
		UNIT_EQ(w.counters.v[CNT_TEST_OUT],
			at_once < rates[r] ? at_once + 1 : rates[r]);
		if (rates[r] > 2000) {
			/* A long silence is no more than a full bucket. */
			w.now = mtime_add_s(w.now, 86400 * INT64_C(365));
			cn_on_test_init(w.cn, &pkt, &msg, w.now);
			UNIT_EQ(w.counters.v[CNT_TEST_OUT], at_once + 2);
			world_close(&w);
			continue;
		}
		w.now = mtime_add_us(w.now, 1000000 / rates[r] - 1);
		cn_on_test_init(w.cn, &pkt, &msg, w.now);
		UNIT_EQ(w.counters.v[CNT_TEST_OUT], rates[r]);
		w.now = mtime_add_us(w.now, 2);
		cn_on_test_init(w.cn, &pkt, &msg, w.now);
		UNIT_EQ(w.counters.v[CNT_TEST_OUT], rates[r] + 1);
		world_close(&w);
	}
}

/* An answer that cannot be sent is counted, nothing else. */
static void failed_sends_are_counted(void)
{
	struct mh_test t;
	struct world w;

	world_open(&w);
	w.t->send_err = -105;
	CU_ASSERT_FALSE(world_test(&w, MH_HOTI, HOA, LOCAL, &t));
	UNIT_EQ(w.counters.v[CNT_MH_OUT_FAILED], 1);
	UNIT_EQ(w.counters.v[CNT_TEST_OUT], 0);
	w.t->send_err = 0;
	CU_ASSERT_TRUE(world_test(&w, MH_HOTI, HOA, LOCAL, &t));
	world_close(&w);
}

static const struct unit_case cases[] = {
	UNIT_CASE(test_inits_are_answered),
	UNIT_CASE(tokens_belong_to_addresses),
	UNIT_CASE(indices_change_with_time_alone),
	UNIT_CASE(some_are_met_with_silence),
	UNIT_CASE(options_do_not_matter),
	UNIT_CASE(floods_leave_nothing),
	UNIT_CASE(the_rate_is_kept),
	UNIT_CASE(failed_sends_are_counted),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "cn_rr", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
