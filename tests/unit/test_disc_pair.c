/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A whole home agent and a whole mobile node, discovery between them: the node
 * knows its home prefix only, registers, and follows what becomes of that
 * prefix over virtual days. Messages take no time and none is lost.
 */
#include <stdlib.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "tests/unit/ha_world.h"
#include "tests/unit/mn_world.h"

#define DAY 86400

static struct world a; /* the agent */
static struct mw n;    /* the node */

/* What is under way, in order. */
static struct fake_msg *queue[64];
static unsigned int n_queue, n_sent[256];
static uint32_t n_long; /* lifetime that the node asks for; 0: the usual */

static int on_send(void *arg, const struct fake_msg *m)
{
	struct fake_msg *copy;

	(void)arg;
	if (m->is_nd)
		return 0;
	UNIT_NEED(n_queue < 64);
	copy = malloc(sizeof(*copy));
	UNIT_NEED(copy != NULL);
	*copy = *m;
	copy->mh.data = copy->data;
	queue[n_queue++] = copy;
	return 0;
}

static struct packet packet_of(const struct fake_msg *m)
{
	return (struct packet){
		.src = m->mh.src,
		.dst = m->mh.dst,
		.wire_src = m->mh.src,
		.wire_dst = m->mh.rh2 ? m->mh.coa : m->mh.dst,
		.has_rh2 = m->mh.rh2,
		.ifindex = CORE,
		.hop_limit = 60,
		.when = n.now,
		.data = m->data,
		.len = m->len,
	};
}

/* The kernel's Home Address option, towards the agent that it knows. */
static void add_hao(struct packet *pkt)
{
	const struct kernel_mn_home *k = fake_kernel_home(n.k, 0);

	if (k->place == KERNEL_MN_AWAY && addr_eq(&k->hoa, &pkt->src) &&
	    addr_eq(&k->ha, &pkt->dst)) {
		pkt->wire_src = k->coa;
		pkt->has_hao = true;
	}
}

static void deliver(const struct fake_msg *m)
{
	struct packet pkt = packet_of(m);
	struct icmp6_msg icmp6;
	struct mh_msg mh;
	bool to_node = m->mh.rh2;

	if (m->is_icmp6) {
		if (!fake_msg_parse_icmp6(m, &icmp6))
			return;
		n_sent[icmp6.type]++;
		to_node |= icmp6.type == ICMP6_HAAD_REPLY;
		if (!to_node)
			add_hao(&pkt);
		pkt.ifindex = to_node ? ETH0 : CORE;
		if (to_node)
			mn_on_icmp6(n.mn, &pkt, &icmp6, n.now);
		else
			ha_on_icmp6(a.ha, &pkt, &icmp6, n.now);
		/* The kernel's report and the dispatcher's answer (9.3.1). */
		if (icmp6.type == ICMP6_MPS && !world_is_bound(&a, HOA, COA_A))
			mw_be(&n, HA, BE_UNKNOWN_BINDING, HOA);
		return;
	}
	if (!fake_msg_parse_mh(m, &mh))
		return;
	n_sent[mh.type]++;
	if (to_node) {
		mn_on_ba(n.mn, &pkt, &mh, n.now);
	} else {
		add_hao(&pkt);
		ha_on_bu(a.ha, &pkt, &mh, n.now);
	}
}

static void settle(void)
{
	unsigned int i;

	do {
		mw_settle(&n);
		world_settle(&a);
		for (i = 0; i < n_queue; i++) {
			deliver(queue[i]);
			free(queue[i]);
		}
		n_queue = 0;
		mw_settle(&n);
		world_settle(&a);
	} while (n_queue);
}

static void run_for(int64_t s)
{
	struct mtime end = mtime_add_s(n.now, s), next;

	settle();
	for (;;) {
		next = mtime_min(tqueue_next(n.tq), fake_kernel_next(n.k));
		next = mtime_min(next, tqueue_next(a.tq));
		next = mtime_min(next, fake_kernel_next(a.k));
		if (mtime_before(end, next))
			break;
		if (mtime_before(n.now, next))
			n.now = next;
		a.now = n.now;
		settle();
	}
	a.now = n.now = end;
}

/* The foreign router goes on to advertise. */
static void run_s(int64_t s)
{
	for (; s > 3600; s -= 3600) {
		run_for(3600);
		mw_ra(&n, ETH0, &mw_router_a);
	}
	run_for(s);
}

static void forget(void)
{
	memset(n_sent, 0, sizeof(n_sent));
	fake_kernel_forget(a.k);
	mw_forget(&n);
}

/* Away; nothing sent yet. */
static void open_pair(void)
{
	world_init(&a);
	a.conf.prefix_advertisements = true;
	a.conf.agent_discovery = true;
	mw_init(&n);
	a.now = n.now;
	a.t->on_send = n.t->on_send = on_send;
	n_queue = 0;
	n.homes[0].home_agent = addr_any;
	if (n_long)
		n.homes[0].lifetime_s = n_long;
	world_start(&a);
	mw_start(&n);
	a.now = n.now;
	forget();
	mw_leave(&n);
}

static void open_bound(void)
{
	open_pair();
	run_s(20);
	UNIT_STR(mw_state(&n), "BOUND");
	forget();
}

static void close_pair(void)
{
	mw_close(&n);
	world_close(&a);
}

/* The home prefix gets other lifetimes. */
static void change(uint32_t valid_s, uint32_t preferred_s)
{
	a.links[0].valid_s = valid_s;
	a.links[0].preferred_s = preferred_s;
	a.links[1].valid_s = valid_s;
	a.links[1].preferred_s = preferred_s;
	ha_reload(a.ha, &a.conf, a.now);
}

/* ---- */

static void found_and_registered(void)
{
	open_pair();
	run_s(20);
	UNIT_STR(mw_state(&n), "BOUND");
	CU_ASSERT(world_is_bound(&a, HOA, COA_A));
	UNIT_EQ(n_sent[ICMP6_HAAD_REQUEST], 1);
	UNIT_EQ(n_sent[ICMP6_HAAD_REPLY], 1);
	CU_ASSERT(n_sent[MH_BU] <= 2); /* DAD may last longer than 1.5 s */
	/* It goes on like that. */
	forget();
	run_s(DAY);
	CU_ASSERT(world_is_bound(&a, HOA, COA_A));
	UNIT_EQ(n_sent[ICMP6_HAAD_REQUEST], 0);
	CU_ASSERT(n_sent[MH_BU] < 300 && n_sent[MH_BU] > 200);
	CU_ASSERT(n_sent[ICMP6_MPS] <= 10);
	close_pair();
}

/* A prefix that is deprecated and has less than a binding's lifetime at each
 * look: status 1 each time, a question and an answer for each, and no more. */
static void a_short_prefix_is_no_storm(void)
{
	open_bound();
	change(300, 0);
	run_s(DAY);
	CU_ASSERT(world_is_bound(&a, HOA, COA_A));
	UNIT_STR(mw_state(&n), "BOUND");
	CU_ASSERT(n_sent[MH_BU] > 200 && n_sent[MH_BU] < 800);
	CU_ASSERT(n_sent[ICMP6_MPS] > 200 && n_sent[ICMP6_MPS] < 800);
	CU_ASSERT(n_sent[ICMP6_MPA] < 1600);
	close_pair();
}

/* A change is told before the prefix would be invalid, although an
 * advertisement was scheduled for some time in the next day. */
static void a_change_is_told_in_time(void)
{
	open_bound();
	change(300, 0);
	run_s(299);
	CU_ASSERT(n_sent[ICMP6_MPA] >= 2); /* unasked, and the answer */
	CU_ASSERT(n_sent[ICMP6_MPS] >= 1);
	close_pair();
}

static struct mtime agent_end(void)
{
	struct bcache_entry *e;
	struct in6_addr ha = mw_addr(HA), hoa = mw_addr(HOA);

	e = bcache_find(ha_bcache(a.ha), &ha, &hoa);
	return e ? e->expires : (struct mtime){ 0 };
}

/* The binding is cut at once; the node hears of it and registers anew before
 * that end, so that it never lapses, and never believes in it for longer than
 * the agent. HA-163 */
static void a_binding_that_is_cut_does_not_lapse(void)
{
	static const uint32_t valid[] = { 300, 9, 3600, 60, 4 };
	struct bul_entry *e;
	unsigned int i, s;

	n_long = 262140;
	open_bound();
	for (i = 0; i < ARRAY_SIZE(valid); i++) {
		change(valid[i], 0);
		CU_ASSERT(!mtime_before(mtime_add_s(a.now, valid[i]),
					agent_end()));
		for (s = 0; s < 4 * valid[i] + 10; s++) {
			if (s % 1800 == 0)
				mw_ra(&n, ETH0, &mw_router_a);
			run_s(1);
			CU_ASSERT(world_is_bound(&a, HOA, COA_A));
			UNIT_NEED(mtime_before(a.now, agent_end()));
		}
		e = mw_entry(&n, HOA);
		UNIT_NEED(e != NULL);
		CU_ASSERT(!mtime_before(agent_end(), e->expires));
	}
	n_long = 0;
	close_pair();
}

/* A prefix that is gone from one moment to the next: the agent refuses from
 * then on, the home address is not used, and looking for another agent is no
 * storm either: three messages in a minute, as `retry` says. */
static void a_prefix_that_goes(void)
{
	open_bound();
	run_s(2);
	forget();
	change(0, 0);
	run_s(5);
	/* Told at once that there is something to ask, it asks, and hears
	 * that it has lost its binding: HA-152, MN-72. */
	UNIT_EQ(n_sent[ICMP6_MPA], 1);
	CU_ASSERT(n_sent[ICMP6_MPS] >= 1);
	CU_ASSERT(strcmp(mw_state(&n), "BOUND") != 0);
	run_s(2 * DAY);
	CU_ASSERT(!world_is_bound(&a, HOA, COA_A));
	MW_ADDR(fake_kernel_home(n.k, 0)->ha, "::");
	CU_ASSERT(n_sent[MH_BU] < 2 * DAY / 60 * 2 + 10);
	CU_ASSERT(n_sent[ICMP6_HAAD_REQUEST] < 2 * DAY / 60 + 10);
	close_pair();
}

static const struct unit_case cases[] = {
	UNIT_CASE(found_and_registered),
	UNIT_CASE(a_short_prefix_is_no_storm),
	UNIT_CASE(a_change_is_told_in_time),
	UNIT_CASE(a_binding_that_is_cut_does_not_lapse),
	UNIT_CASE(a_prefix_that_goes),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "disc_pair", cases },
					    { NULL, NULL } };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
