/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way of an accepted Binding Update into the kernel and out of it, and how
 * it is answered.
 */
#include <errno.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "tests/unit/cn_world.h"

static bool is_registered(struct world *w, const char *local)
{
	struct in6_addr l = ip(local), h = ip(HOA);

	return cn_is_registered(w->cn, &l, &h);
}

/* CN-86, CN-105, CN-111, CN-109, CN-113: with A an answer from the address
 * that was written to, behind a type 2 routing header, signed, and only when
 * the kernel has the entry.  CN-110: to the source. */
static void answers_come_last(void)
{
	struct world w;
	struct ba ba;

	world_open(&w);
	world_bu(&w, &(struct bu){ .seq = 7, .lifetime = 100 });
	CU_ASSERT_FALSE(world_ba(&w, &ba));
	CU_ASSERT_FALSE(world_is_bound(&w, HOA, COA));
	world_settle(&w);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	UNIT_NEED(world_ba(&w, &ba));
	UNIT_EQ(ba.ba.status, BA_ACCEPTED);
	UNIT_EQ(ba.ba.seq, 7);
	UNIT_EQ(ba.ba.flags, 0);
	UNIT_EQ(ba.ba.lifetime_4s, 100);
	UNIT_EQ(ba.opt.present, MH_OPT_AUTH_DATA);
	CU_ASSERT_TRUE(ba.is_signed);
	CU_ASSERT_TRUE(ba.send.rh2);
	CU_ASSERT_FALSE(ba.send.hao);
	CU_ASSERT_TRUE(is_addr(&ba.send.src, LOCAL));
	CU_ASSERT_TRUE(is_addr(&ba.send.dst, HOA));
	CU_ASSERT_TRUE(is_addr(&ba.send.coa, COA));
	UNIT_EQ(w.counters.v[CNT_BU_ACCEPTED], 1);
	UNIT_EQ(w.counters.v[CNT_BA_OUT], 1);
	CU_ASSERT_TRUE(fake_log_contains("INSTALLING->ACTIVE lifetime=400s"));
	CU_ASSERT_FALSE(fake_log_contains("INSTALLING lifetime"));
	world_close(&w);
}

/* CN-87: without A an entry, and no answer. */
static void not_asked_not_answered(void)
{
	struct world w;

	world_open(&w);
	world_bu(&w, &(struct bu){ .seq = 7, .lifetime = 100, .twist = NO_A });
	world_settle(&w);
	world_expect_silence(&w);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	UNIT_EQ(w.counters.v[CNT_BU_ACCEPTED], 1);
	world_close(&w);
}

/* CN-77, CN-110: the binding is for the Alternate Care-of Address, the answer
 * goes to the source. */
static void alternate_addresses_are_bound(void)
{
	struct world w;
	struct ba ba;

	world_open(&w);
	world_bu(&w, &(struct bu){ .acoa = COA_B, .seq = 7, .lifetime = 9 });
	world_settle(&w);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA_B));
	UNIT_NEED(world_ba(&w, &ba));
	CU_ASSERT_TRUE(ba.is_signed && ba.send.rh2);
	CU_ASSERT_TRUE(is_addr(&ba.send.coa, COA));
	world_close(&w);
}

/* CN-88: never more than 420 s; CN-89 never more than asked; CN-8, COM-30 less
 * where the configuration says so, rounded down. */
static void lifetimes_are_limited(void)
{
	static const struct {
		uint32_t max_s;
		uint16_t asked, granted;
	} t[] = {
		{ 420, 0xffff, 105 }, { 420, 106, 105 }, { 420, 105, 105 },
		{ 420, 104, 104 },    { 420, 1, 1 },     { 100, 105, 25 },
		{ 100, 7, 7 },        { 4, 105, 1 },     { 1000, 200, 105 },
	};
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct world w;
		struct ba ba;

		world_init(&w);
		w.conf.max_lifetime_s = t[i].max_s;
		world_start(&w);
		world_bu(&w, &(struct bu){ .seq = 7, .lifetime = t[i].asked });
		world_settle(&w);
		UNIT_NEED(world_ba(&w, &ba));
		UNIT_EQ(ba.ba.lifetime_4s, t[i].granted);
		UNIT_EQ(world_entry(&w, HOA)->lifetime_4s, t[i].granted);
		UNIT_EQ(mtime_diff_ms(world_entry(&w, HOA)->expires, w.now),
			t[i].granted * 4000);
		world_close(&w);
	}
}

/* CN-9: gone when the lifetime is over, from the kernel, too; CN-7, CN-11 and
 * not before. */
static void bindings_expire(void)
{
	struct world w;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 7, .lifetime = 105 });
	world_run_ms(&w, 419999);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	world_run_ms(&w, 1);
	CU_ASSERT_TRUE(world_is_unknown(&w, HOA));
	UNIT_EQ(w.counters.v[CNT_BINDING_EXPIRED], 1);
	world_expect_silence(&w);
	UNIT_EQ(tqueue_len(w.tq), 0);
	world_close(&w);
}

/* CN-90: a refresh begins a new lifetime, shorter or longer; the kernel is not
 * bothered.  CN-91: an invalid one does not. */
static void refreshes_begin_anew(void)
{
	struct world w;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 50 });
	world_run_ms(&w, 10000);
	world_bu(&w, &(struct bu){ .seq = 2, .lifetime = 100 });
	UNIT_EQ(fake_kernel_count(w.k, FAKE_RO_SET), 0);
	world_expect_ba(&w, BA_ACCEPTED, 2);
	UNIT_EQ(mtime_diff_ms(world_entry(&w, HOA)->expires, w.now), 400000);
	UNIT_EQ(world_entry(&w, HOA)->refreshes, 1);
	world_bu(&w, &(struct bu){ .seq = 3, .lifetime = 5 });
	world_expect_ba(&w, BA_ACCEPTED, 3);
	world_run_ms(&w, 10000);
	world_bu(&w,
		 &(struct bu){ .seq = 4, .lifetime = 100, .twist = BAD_AUTH });
	world_bu(&w, &(struct bu){ .seq = 3, .lifetime = 100 });
	world_expect_ba(&w, BA_SEQ_OUT_OF_WINDOW, 3);
	world_run_ms(&w, 9999);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	world_run_ms(&w, 1);
	CU_ASSERT_TRUE(world_is_unknown(&w, HOA));
	world_close(&w);
}

/* CN-92: to the new care-of address, in one step of the kernel, with new tests
 * or a home token used again; the old one serves until then. */
static void bindings_move(void)
{
	const struct fake_request *r;
	struct mh_test t;
	struct world w;
	struct rr rr;

	world_open(&w);
	rr = world_rr(&w, HOA, COA, LOCAL);
	world_bind(&w, &(struct bu){ .rr = &rr, .seq = 1, .lifetime = 50 });
	world_run_ms(&w, 60000);
	CU_ASSERT_TRUE(world_test(&w, MH_COTI, COA_B, LOCAL, &t));
	memcpy(rr.coa, t.token, sizeof(rr.coa));
	rr.coa_nonce = t.nonce_index;
	CU_ASSERT_NOT_EQUAL(rr.coa_nonce, rr.home_nonce);
	world_bu(&w,
		 &(struct bu){
			 .src = COA_B, .rr = &rr, .seq = 2, .lifetime = 50 });
	UNIT_EQ(world_entry(&w, HOA)->state, BCACHE_INSTALLING);
	world_expect_silence(&w);
	world_settle(&w);
	world_expect_ba(&w, BA_ACCEPTED, 2);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA_B));
	UNIT_EQ(fake_kernel_count(w.k, FAKE_RO_SET), 1);
	UNIT_EQ(fake_kernel_count(w.k, FAKE_RO_DEL), 0);
	r = fake_kernel_last(w.k, FAKE_RO_SET);
	UNIT_EQ(r->ro.end, KERNEL_RO_PEER);
	UNIT_EQ(world_entry(&w, HOA)->moves, 1);
	world_close(&w);
}

/* CN-4: one care-of address for two, and one mobile node with two; CN-1 here:
 * each address of ours has bindings of its own. */
static void bindings_are_independent(void)
{
	struct world w;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 50 });
	world_bind(&w, &(struct bu){ .hoa = HOA_B, .seq = 9, .lifetime = 50 });
	CU_ASSERT_FALSE(is_registered(&w, LOCAL_B));
	world_bu(&w, &(struct bu){ .local = LOCAL_B,
				   .src = COA_B,
				   .seq = 5,
				   .lifetime = 50 });
	world_settle(&w);
	world_expect_ba(&w, BA_ACCEPTED, 5);
	CU_ASSERT_TRUE(is_registered(&w, LOCAL_B));
	UNIT_EQ(bcache_count(cn_bcache(w.cn)), 3);
	world_bu(&w, &(struct bu){ .seq = 2 });
	world_settle(&w);
	world_expect_ba(&w, BA_ACCEPTED, 2);
	CU_ASSERT_TRUE(world_is_unknown(&w, HOA));
	CU_ASSERT_TRUE(world_is_bound(&w, HOA_B, COA));
	CU_ASSERT_TRUE(is_registered(&w, LOCAL_B));
	world_close(&w);
}

/* Every form of a deletion (CN-95 from a foreign link; CN-96 with the home
 * address as Alternate Care-of Address; CN-97 from home, CN-98 with a Home
 * Address option that is the source; CN-99 a registration of the home address
 * with itself), CN-112: no routing header to who is at home.  COM-52:
 * with the home token alone. */
static void deletions_come_in_many_forms(void)
{
	static const struct {
		const char *src, *acoa;
		uint16_t lifetime;
		unsigned int twist;
		bool rh2;
	} t[] = {
		{ COA, NULL, 0, 0, true },
		{ COA_B, NULL, 0, 0, true },
		{ COA, COA, 0, 0, true },
		{ COA, HOA, 0, 0, true },
		{ HOA, NULL, 0, NO_HAO, false },
		{ HOA, HOA, 0, NO_HAO, false },
		{ HOA, NULL, 0, 0, false },
		{ HOA, HOA, 0, 0, false },
		{ COA, HOA, 9, 0, true },
		{ HOA, NULL, 9, NO_HAO, false },
		{ HOA, HOA, 9, NO_HAO, false },
		{ HOA, NULL, 9, 0, false },
		{ HOA, HOA, 9, 0, false },
		{ HOA, NULL, 9, KEY_BOTH, false },
		{ COA, HOA, 9, KEY_BOTH, true },
	};
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct bu bu = { .src = t[i].src,
				 .acoa = t[i].acoa,
				 .seq = 2,
				 .lifetime = t[i].lifetime,
				 .twist = t[i].twist };
		struct world w;
		struct ba ba;

		world_open(&w);
		world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 50 });
		world_bu(&w, &bu);
		CU_ASSERT_FALSE(world_ba(&w, &ba));
		world_settle(&w);
		CU_ASSERT_TRUE(world_is_unknown(&w, HOA));
		UNIT_NEED(world_ba(&w, &ba));
		UNIT_EQ(ba.ba.status, BA_ACCEPTED);
		UNIT_EQ(ba.ba.lifetime_4s, 0);
		CU_ASSERT_TRUE(ba.is_signed);
		UNIT_EQ(ba.send.rh2, t[i].rh2);
		CU_ASSERT_TRUE(is_addr(t[i].rh2 ? &ba.send.coa : &ba.send.dst,
				       t[i].src));
		UNIT_EQ(tqueue_len(w.tq), 0);
		world_close(&w);
	}
}

/* CN-69, CN-101: a deletion that fails a test deletes nothing. */
static void failed_deletions_delete_nothing(void)
{
	static const unsigned int twists[] = { BAD_AUTH, NO_AUTH, NO_NONCES,
					       KEY_BOTH, HOME_STALE };
	size_t i;

	for (i = 0; i < sizeof(twists) / sizeof(twists[0]); i++) {
		struct world w;

		world_open(&w);
		world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 50 });
		world_bu(&w, &(struct bu){ .seq = 2, .twist = twists[i] });
		world_bu(&w,
			 &(struct bu){ .seq = 2,
				       .rr = &(struct rr){ .home_nonce = 9999 },
				       .twist = twists[i] | NO_HAO });
		world_settle(&w);
		CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
		world_close(&w);
	}
}

/* A kernel that refuses, at once or later: 130 (CN-94, CN-106), signed, asked
 * for or not; a new binding does not come about, an old one stays where it
 * was (CN-93). */
static void refusals_of_the_kernel_are_told(void)
{
	struct world w;
	int call;

	for (call = 0; call < 2; call++) {
		world_open(&w);
		(call ? fake_kernel_fail_call
		      : fake_kernel_fail)(w.k, FAKE_RO_SET, 1, ENOMEM);
		world_bu(&w, &(struct bu){
				     .seq = 1, .lifetime = 50, .twist = NO_A });
		world_settle(&w);
		world_expect_ba(&w, BA_NO_RESOURCES, 1);
		CU_ASSERT_TRUE(world_is_unknown(&w, HOA));
		/* It was valid, and is not good for a second time. */
		world_replay(&w);
		world_expect_ba(&w, BA_SEQ_OUT_OF_WINDOW, 1);
		world_bind(&w, &(struct bu){ .seq = 2, .lifetime = 50 });
		(call ? fake_kernel_fail_call
		      : fake_kernel_fail)(w.k, FAKE_RO_SET, 1, ENOMEM);
		world_bu(&w, &(struct bu){
				     .src = COA_B, .seq = 3, .lifetime = 50 });
		world_settle(&w);
		world_expect_ba(&w, BA_NO_RESOURCES, 3);
		CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
		UNIT_EQ(w.counters.v[CNT_KERNEL_FAILED], 2);
		world_close(&w);
	}
}

/* Nobody hears that it is gone before it is. */
static void removals_are_repeated(void)
{
	struct world w;
	int call;

	for (call = 0; call < 2; call++) {
		world_open(&w);
		world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 50 });
		(call ? fake_kernel_fail_call
		      : fake_kernel_fail)(w.k, FAKE_RO_DEL, 1, EBUSY);
		world_bu(&w, &(struct bu){ .seq = 2 });
		world_settle(&w);
		world_expect_silence(&w);
		UNIT_EQ(world_entry(&w, HOA)->state, BCACHE_REMOVING);
		world_run_ms(&w, 1000);
		world_expect_ba(&w, BA_ACCEPTED, 2);
		CU_ASSERT_TRUE(world_is_unknown(&w, HOA));
		world_close(&w);
	}
}

/* Binding Updates while the kernel works: the newest counts, and it alone is
 * answered. */
static void the_newest_counts(void)
{
	struct world w;

	world_open(&w);
	/* Two care-of addresses. */
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 50 });
	world_bu(&w, &(struct bu){ .src = COA_B, .seq = 2, .lifetime = 50 });
	world_settle(&w);
	world_expect_ba(&w, BA_ACCEPTED, 2);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA_B));
	/* A move, then a deletion. */
	world_bu(&w, &(struct bu){ .seq = 3, .lifetime = 50 });
	world_bu(&w, &(struct bu){ .seq = 4 });
	world_settle(&w);
	world_expect_ba(&w, BA_ACCEPTED, 4);
	CU_ASSERT_TRUE(world_is_unknown(&w, HOA));
	/* A deletion, then a registration. */
	world_bind(&w, &(struct bu){ .seq = 5, .lifetime = 50 });
	world_bu(&w, &(struct bu){ .seq = 6 });
	world_bu(&w, &(struct bu){ .seq = 7, .lifetime = 50 });
	world_settle(&w);
	world_expect_ba(&w, BA_ACCEPTED, 7);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	/* A refused move, and a newer one. */
	fake_kernel_fail(w.k, FAKE_RO_SET, 1, ENOMEM);
	world_bu(&w, &(struct bu){ .src = COA_B, .seq = 8, .lifetime = 50 });
	world_bu(&w, &(struct bu){ .src = "2001:db8:4::1",
				   .seq = 9,
				   .lifetime = 50 });
	world_settle(&w);
	world_expect_ba(&w, BA_ACCEPTED, 9);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, "2001:db8:4::1"));
	UNIT_EQ(w.counters.v[CNT_BU_BUSY], 4);
	world_close(&w);
}

/* A binding that comes back while the kernel still lets go of it. */
static void the_expired_may_come_back(void)
{
	struct world w;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 1 });
	w.k->delay_min_us = w.k->delay_max_us = 500000;
	world_run_ms(&w, 4000);
	UNIT_EQ(world_entry(&w, HOA)->state, BCACHE_REMOVING);
	CU_ASSERT_FALSE(is_registered(&w, LOCAL));
	world_bu(&w, &(struct bu){ .src = COA_B, .seq = 2, .lifetime = 9 });
	world_expect_silence(&w);
	world_run_ms(&w, 1000);
	world_expect_ba(&w, BA_ACCEPTED, 2);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA_B));
	world_close(&w);
}

/* CN-82: a home registration of who is registered here: 139, with a lifetime
 * and without, unsigned (there is no key); CN-80 silence with nonce indices;
 * the entry and its flag stay. */
static void the_type_cannot_be_changed(void)
{
	struct packet pkt = { .src = ip(HOA),
			      .dst = ip(LOCAL),
			      .wire_src = ip(COA_B),
			      .wire_dst = ip(LOCAL),
			      .has_hao = true };
	struct mh_msg msg = { .type = MH_BU,
			      .bu = { .seq = 50, .flags = BU_FLAG_H } };
	struct world w;
	struct ba ba;
	int i;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 50 });
	for (i = 0; i < 2; i++) {
		msg.bu.lifetime_4s = (uint16_t)(i * 10);
		cn_refuse_type_change(w.cn, &pkt, &msg, w.now);
		UNIT_NEED(world_ba(&w, &ba));
		UNIT_EQ(ba.ba.status, BA_REG_TYPE_CHANGE);
		UNIT_EQ(ba.ba.seq, 50);
		UNIT_EQ(ba.opt.present, 0);
		CU_ASSERT_TRUE(ba.send.rh2);
		CU_ASSERT_TRUE(addr_eq(&ba.send.coa, &pkt.wire_src));
	}
	msg.opt.present = MH_OPT_NONCE_INDICES;
	cn_refuse_type_change(w.cn, &pkt, &msg, w.now);
	msg.opt.present = 0;
	pkt.wire_src = ip("fe80::1");
	cn_refuse_type_change(w.cn, &pkt, &msg, w.now);
	world_settle(&w);
	world_expect_silence(&w);
	UNIT_EQ(w.counters.v[CNT_BU_WITH_NONCES], 1);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	UNIT_EQ(world_entry(&w, HOA)->flags & BU_FLAG_H, 0);
	UNIT_EQ(world_entry(&w, HOA)->seq, 1);
	world_close(&w);
}

/* HA-20, CN-109: whose home agent is here, too, is refused, with a signature,
 * whatever is wanted and whether an answer is; there is no entry. */
static void who_is_at_home_here_is_refused(void)
{
	static const struct bu bus[] = {
		{ .seq = 7, .lifetime = 50 },
		{ .seq = 7, .lifetime = 50, .twist = NO_A },
		{ .seq = 7, .lifetime = 50, .acoa = COA_B },
		{ .seq = 7 },
		{ .seq = 7, .twist = NO_HAO },
	};
	struct world w;
	size_t i;

	world_open(&w);
	w.home_bound = true;
	for (i = 0; i < ARRAY_SIZE(bus); i++) {
		world_bu(&w, &bus[i]);
		world_settle(&w);
		world_expect_ba(&w, BA_REG_TYPE_CHANGE, 7);
	}
	UNIT_EQ(w.counters.v[CNT_BU_REFUSED], ARRAY_SIZE(bus));
	UNIT_EQ(w.counters.v[CNT_BU_ACCEPTED], 0);
	UNIT_EQ(cn_default_hits(w.cn), 0);
	UNIT_EQ(bcache_count(cn_bcache(w.cn)), 0);
	/* When he is not any more, nothing of that is held against him. */
	w.home_bound = false;
	world_bind(&w, &(struct bu){ .seq = 7, .lifetime = 50 });
	world_close(&w);
}

/* CN-67, CN-68, CN-69: what is no valid Binding Update is not answered with
 * 139 either, nor whom a rule ignores; CN-108: old nonces have their own,
 * unsigned answers. */
static void only_who_has_the_key_hears_139(void)
{
	static const unsigned int silent[] = { BAD_AUTH, NO_AUTH, NO_NONCES,
					       AUTH_SHORT, AUTH_PADDED };
	static const struct {
		unsigned int twist;
		uint8_t status;
	} nonces[] = {
		{ HOME_STALE, BA_EXPIRED_HOME_NONCE },
		{ COA_STALE, BA_EXPIRED_COA_NONCE },
		{ HOME_STALE | COA_STALE, BA_EXPIRED_NONCES },
	};
	struct world w;
	size_t i;

	world_open(&w);
	w.home_bound = true;
	for (i = 0; i < ARRAY_SIZE(silent); i++) {
		world_bu(&w, &(struct bu){ .seq = 7,
					   .lifetime = 50,
					   .twist = silent[i] });
		world_expect_silence(&w);
	}
	UNIT_EQ(w.counters.v[CNT_BU_BAD_AUTH], 1);
	UNIT_EQ(w.counters.v[CNT_BU_NO_AUTH], 4);
	for (i = 0; i < ARRAY_SIZE(nonces); i++) {
		world_bu(&w, &(struct bu){ .seq = 7,
					   .lifetime = 50,
					   .twist = nonces[i].twist });
		world_expect_ba(&w, nonces[i].status, 7);
	}
	world_close(&w);

	world_init(&w);
	world_rule(&w, NULL, NULL, NULL, CONF_CN_IGNORE, 0);
	world_start(&w);
	w.home_bound = true;
	world_bu(&w, &(struct bu){ .seq = 7, .lifetime = 50 });
	world_expect_silence(&w);
	UNIT_EQ(w.counters.v[CNT_BU_IGNORED], 1);
	world_close(&w);
}

/* COM-41: a stop leaves nothing in the kernel (world_close looks), whatever it
 * was doing, and nothing comes later. */
static void a_stop_leaves_nothing(void)
{
	struct world w;

	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 50 });
	world_bu(&w, &(struct bu){ .hoa = HOA_B, .seq = 1, .lifetime = 50 });
	world_bu(&w, &(struct bu){ .src = COA_B, .seq = 2, .lifetime = 50 });
	world_close(&w);
	world_open(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 50 });
	world_bu(&w, &(struct bu){ .seq = 2 });
	world_close(&w);
}

static void a_start_that_fails_leaves_nothing(void)
{
	struct world w;
	struct role_env env;

	world_init(&w);
	env = (struct role_env){ .tq = w.tq,
				 .kernel = w.k,
				 .transport = w.t,
				 .counters = &w.counters };
	fake_kernel_fail_call(w.k, FAKE_CN_START, 1, EPERM);
	UNIT_EQ(cn_new(&env, &w.conf, w.now, &w.cn), -EPERM);
	CU_ASSERT_PTR_NULL(w.cn);
	world_close(&w);
}

static const struct unit_case cases[] = {
	UNIT_CASE(answers_come_last),
	UNIT_CASE(not_asked_not_answered),
	UNIT_CASE(alternate_addresses_are_bound),
	UNIT_CASE(lifetimes_are_limited),
	UNIT_CASE(bindings_expire),
	UNIT_CASE(refreshes_begin_anew),
	UNIT_CASE(bindings_move),
	UNIT_CASE(bindings_are_independent),
	UNIT_CASE(deletions_come_in_many_forms),
	UNIT_CASE(failed_deletions_delete_nothing),
	UNIT_CASE(refusals_of_the_kernel_are_told),
	UNIT_CASE(removals_are_repeated),
	UNIT_CASE(the_newest_counts),
	UNIT_CASE(the_expired_may_come_back),
	UNIT_CASE(the_type_cannot_be_changed),
	UNIT_CASE(who_is_at_home_here_is_refused),
	UNIT_CASE(only_who_has_the_key_hears_139),
	UNIT_CASE(a_stop_leaves_nothing),
	UNIT_CASE(a_start_that_fails_leaves_nothing),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "cn_binding", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
