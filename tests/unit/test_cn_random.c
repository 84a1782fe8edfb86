/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Many steps at random, with a kernel that is slow and refuses, mobile nodes
 * that move, and somebody who keeps every message and sends it again:
 *
 *  - what is in the cache was asked for, with the tokens of exactly these two
 *    addresses, and nothing newer of that mobile node was accepted since;
 *  - a binding lives no longer than granted, and never than 420 s;
 *  - cache and kernel agree whenever the kernel has answered;
 *  - the limit of entries is kept.
 */
#include <string.h>

#include "mip6d/random.h"
#include "tests/unit/cn_world.h"

#define NODES        8
#define PLACES       4
#define STEPS        4000
#define MAX_BINDINGS 3
#define KEPT         64

/* A mobile node as it knows itself. */
struct node {
	char hoa[32];
	uint16_t seq;
	bool has_rr[PLACES];
	struct rr rr[PLACES];
	struct in6_addr wanted; /* of the newest valid one; :: a deletion */
	struct mtime until;     /* so long it can be bound at most */
};

struct kept {
	struct packet pkt;
	uint8_t data[128];
};

static struct node nodes[NODES];
static struct kept kept[KEPT];
static unsigned int n_kept;

static const char *place(unsigned int i)
{
	static char text[32];

	snprintf(text, sizeof(text), "2001:db8:%x::5", 0xa0 + i);
	return text;
}

static void keep(void)
{
	struct kept *k = &kept[n_kept++ % KEPT];

	k->pkt = *world_last();
	UNIT_NEED(k->pkt.len <= sizeof(k->data));
	memcpy(k->data, k->pkt.data, k->pkt.len);
	k->pkt.data = k->data;
}

static void step_test(struct world *w, struct node *n, unsigned int at)
{
	fake_transport_forget(w->t);
	n->rr[at] = world_rr(w, n->hoa, place(at), LOCAL);
	n->has_rr[at] = true;
}

/* A good one; whether it is accepted depends on the age of its tokens. */
static void step_bu(struct world *w, struct node *n, unsigned int at)
{
	struct bu bu = { .hoa = n->hoa,
			 .src = place(at),
			 .rr = &n->rr[at],
			 .twist = random_below(2) ? NO_A : 0 };
	uint64_t before = w->counters.v[CNT_BU_REFUSED];

	if (!n->has_rr[at])
		return;
	bu.seq = ++n->seq;
	bu.lifetime = random_below(3) ? (uint16_t)random_below(120) : 0;
	world_bu(w, &bu);
	/* Refused without a trace, for old tokens or want of room, it may be
	 * good another time. */
	if (w->counters.v[CNT_BU_REFUSED] != before)
		return;
	keep();
	n->wanted = bu.lifetime ? ip(bu.src) : addr_any;
	n->until = mtime_add_s(w->now,
			       bu.lifetime * 4 < 420 ? bu.lifetime * 4 : 420);
	/* What was asked before, and is still in force, ends then at last. */
	n->until = mtime_add_s(n->until, 5);
}

static void step_forge(struct world *w, struct node *n, unsigned int at)
{
	static const unsigned int twists[] = {
		BAD_AUTH, NO_AUTH, KEY_HOME, MAC_HOA, HOME_STALE, COA_STALE
	};
	struct bu bu = { .hoa = n->hoa,
			 .src = place(at),
			 .rr = &n->rr[at],
			 .seq = (uint16_t)(n->seq + 1),
			 .lifetime = 100,
			 .twist = twists[random_below(6)] };

	world_bu(w, &bu);
	/* The tokens of another node, and of another place. */
	bu.twist = 0;
	bu.rr = &nodes[random_below(NODES)].rr[(at + 1) % PLACES];
	world_bu(w, &bu);
}

static void step(struct world *w)
{
	struct node *n = &nodes[random_below(NODES)];
	unsigned int at = random_below(PLACES);

	switch (random_below(8)) {
	case 0:
		step_test(w, n, at);
		break;
	case 1:
	case 2:
	case 3:
		step_bu(w, n, at);
		break;
	case 4:
		step_forge(w, n, at);
		break;
	case 5:
	case 6:
		if (n_kept)
			world_deliver(w,
				      &kept[random_below(n_kept < KEPT ? n_kept
								       : KEPT)]
					       .pkt);
		break;
	default:
		world_run_ms(w, random_below(20) ? random_below(3000)
						 : random_below(300000));
		break;
	}
	fake_transport_forget(w->t);
}

static void check_entry(struct world *w, const struct node *n)
{
	struct in6_addr local = ip(LOCAL), hoa = ip(n->hoa);
	const struct bcache_entry *e = world_entry(w, n->hoa);
	const struct kernel_ro *ro =
		fake_kernel_ro(w->k, &local, &hoa, KERNEL_RO_PEER);

	UNIT_EQ(!!e, !!ro);
	if (!e || !ro)
		return;
	/* One that has just run out is being removed. */
	if (e->state == BCACHE_REMOVING) {
		CU_ASSERT_TRUE(mtime_diff_ms(w->now, e->expires) < 1000);
		return;
	}
	UNIT_EQ(e->state, BCACHE_ACTIVE);
	CU_ASSERT_TRUE(addr_eq(&e->coa, &ro->coa));
	CU_ASSERT_TRUE(addr_eq(&e->coa, &n->wanted));
	CU_ASSERT_FALSE(mtime_before(n->until, w->now));
	CU_ASSERT_FALSE(mtime_before(n->until, e->expires));
	CU_ASSERT_TRUE(e->lifetime_4s <= 105);
}

static void count_held(void *arg, struct bcache_entry *e)
{
	*(unsigned int *)arg += e->state != BCACHE_REMOVING;
}

static void check_count(struct world *w)
{
	unsigned int held = 0;

	bcache_walk(cn_bcache(w->cn), count_held, &held);
	CU_ASSERT_TRUE(held <= MAX_BINDINGS);
	CU_ASSERT_TRUE(bcache_count(cn_bcache(w->cn)) <= 2 * MAX_BINDINGS);
}

/* A kernel that refuses nothing, but is slow: the newest wish is in force. */
static void run(uint64_t seed, unsigned int fail_permille)
{
	struct world w;
	unsigned int i, j;

	memset(nodes, 0, sizeof(nodes));
	n_kept = 0;
	fake_random_seed(seed);
	world_init(&w);
	w.conf.max_bindings = MAX_BINDINGS;
	w.k->delay_max_us = 300000;
	w.k->fail_permille = fail_permille;
	w.conf.test_init_rate = 1000000;
	world_start(&w);
	for (i = 0; i < NODES; i++) {
		snprintf(nodes[i].hoa, sizeof(nodes[i].hoa), "2001:db8:1::%x",
			 i + 1);
		nodes[i].seq = (uint16_t)random_below(65536);
	}
	for (i = 0; i < STEPS; i++) {
		step(&w);
		check_count(&w);
		if (i % 10)
			continue;
		/* Long enough for answers and repetitions. */
		world_run_ms(&w, 4000);
		for (j = 0; j < NODES && !fail_permille; j++)
			check_entry(&w, &nodes[j]);
	}
	/* The run was about something. */
	CU_ASSERT_TRUE(w.counters.v[CNT_BU_ACCEPTED] > 100);
	CU_ASSERT_TRUE(w.counters.v[CNT_BU_BAD_AUTH] > 100);
	CU_ASSERT_TRUE(w.counters.v[CNT_BU_STALE_NONCE] > 10);
	CU_ASSERT_TRUE(w.counters.v[CNT_BU_REFUSED] > 100);
	CU_ASSERT_TRUE(w.counters.v[CNT_CN_EVICTED] > 10);
	world_close(&w);
}

static void a_slow_kernel(void)
{
	uint64_t seed;

	for (seed = 1; seed <= 10; seed++)
		run(seed, 0);
}

static void a_kernel_that_refuses(void)
{
	uint64_t seed;

	for (seed = 1; seed <= 10; seed++)
		run(seed, 100);
}

static const struct unit_case cases[] = {
	UNIT_CASE(a_slow_kernel),
	UNIT_CASE(a_kernel_that_refuses),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "cn_random", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
