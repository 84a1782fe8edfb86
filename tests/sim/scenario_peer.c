/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scenarios of many nodes, refusals, and strangers.  What must hold stands in
 * sim_check.c and sim_quiet.c.
 */
#include <string.h>

#include "tests/sim/sim.h"

#define MANY 1000

/* ---- refusals ---- */

/* A stranger on the home link has one of two home addresses: that one is
 * refused with 134, for good; the other one works.
 * HA-51, MN-141, MN-174 */
static void duplicate(struct sim *s)
{
	struct sim_net n;

	sim_net_links(s, &n);
	n.mn = sim_mn_add(s, n.a);
	sim_mn_home(n.mn, n.ha, "2001:db8:1::100", 120);
	sim_mn_home(n.mn, n.ha, "2001:db8:1::200", 120);
	n.mn->regs[0].expect = BA_DAD_FAILED;
	sim_link_squat(n.home, &n.mn->regs[0].hoa);
	sim_node_start(n.ha);
	sim_node_start(n.mn);
	while (sim_time_left(s)) {
		sim_move(&n.mn->ifaces[0],
			 n.mn->ifaces[0].link == n.a ? n.b : n.a,
			 sim_between(s, 10, 1000));
		sim_net_linger(&n);
		sim_settle(s);
	}
	sim_finish(s);
}

/* Not a home prefix of this agent: 132, in words, and tried slowly.
 * HA-17, MN-174 */
static void not_home(struct sim *s)
{
	struct sim_net n;
	uint64_t sent;

	sim_net_links(s, &n);
	n.mn = sim_mn_add(s, n.a);
	sim_mn_home(n.mn, n.ha, "2001:db8:5::100", 120);
	n.mn->regs[0].expect = BA_NOT_HOME_SUBNET;
	sim_node_start(n.ha);
	sim_node_start(n.mn);
	sim_settle(s);
	sent = s->n_bu;
	while (sim_time_left(s))
		sim_run_s(s, 60);
	if ((double)(s->n_bu - sent) > s->hours * 3600 / 60 + 2)
		sim_fail(s, "%llu Binding Updates after a refusal",
			 (unsigned long long)(s->n_bu - sent));
	sim_finish(s);
}

/* How many are bound; the others must know why they are not. */
static unsigned int count_bound(struct sim *s)
{
	unsigned int i, bound = 0;

	for (i = 0; i < s->n_nodes; i++) {
		const struct bul_entry *e;

		if (!(s->nodes[i]->role & SIM_MN))
			continue;
		e = sim_bul(&s->nodes[i]->regs[0]);
		if (sim_bul_is_bound(e, s->now))
			bound++;
		else if (!e || e->last_status != BA_NO_RESOURCES)
			sim_fail(s, "%s: was not told that there is no room",
				 s->nodes[i]->name);
	}
	return bound;
}

static void mn_add_numbered(struct sim *s, struct sim_net *n,
			    struct sim_link *at, unsigned int number,
			    uint32_t lifetime_s)
{
	struct sim_node *mn = sim_mn_add(s, at);
	struct in6_addr hoa = n->ha->ha_links[0].prefix.addr;

	hoa.s6_addr[14] = (uint8_t)(16 + number / 256);
	hoa.s6_addr[15] = (uint8_t)number;
	sim_mn_home_addr(mn, n->ha, &hoa, lifetime_s);
}

/* Five nodes, room for three: never more than three, and who leaves makes
 * room for who waits.  HA-19, HA-31, MN-169, MN-174 */
static void limits(struct sim *s)
{
	struct sim_net n;
	unsigned int i;

	sim_net_links(s, &n);
	n.ha->ha.max_bindings = 3;
	n.ha->ha.max_lifetime_s = 60;
	for (i = 0; i < 5; i++)
		mn_add_numbered(s, &n, i % 2 ? n.a : n.b, i, 600);
	for (i = 0; i < s->n_nodes; i++)
		sim_node_start(s->nodes[i]);
	sim_run_s(s, 120);
	while (sim_time_left(s)) {
		if (count_bound(s) != 3)
			sim_fail(s, "%u are bound, room is for 3",
				 count_bound(s));
		sim_run_s(s, 100);
	}
	sim_node_stop(s->nodes[1]);
	sim_node_stop(s->nodes[2]);
	sim_finish(s);
}

/* A thousand nodes register at once, hand over at once, half of them return
 * at once: each binding works for itself.  HA-62, HA-164 */
static void many(struct sim *s)
{
	struct sim_net n;
	unsigned int i;

	sim_net_links(s, &n);
	n.ha->ha.max_bindings = 2 * MANY;
	s->loss = 50;
	for (i = 0; i < MANY; i++)
		mn_add_numbered(s, &n, n.a, i, 600);
	for (i = 0; i < s->n_nodes; i++)
		sim_node_start(s->nodes[i]);
	sim_run_s(s, 60);
	if (n.ha->kernel->n_bindings != MANY)
		sim_fail(s, "%u bindings of %d", n.ha->kernel->n_bindings,
			 MANY);
	sim_settle(s);
	for (i = 0; i < MANY; i++)
		sim_move(&s->nodes[i + 1]->ifaces[0], n.b, i % 3 ? 100 : 0);
	sim_run_s(s, 60);
	sim_settle(s);
	for (i = 0; i < MANY; i++)
		sim_move(&s->nodes[i + 1]->ifaces[0], i % 2 ? n.home : n.a,
			 sim_between(s, 10, 100));
	sim_settle(s);
	sim_finish(s);
}

/* ---- disorder ---- */

/* Binding Updates and acknowledgements arrive twice, late and in the wrong
 * order, and old ones are sent again by somebody: the newest counts.
 * HA-45, MN-3, MN-165 */
static void disorder(struct sim *s)
{
	struct sim_net n;
	unsigned int round = 0, i;

	sim_net_build(s, &n, NULL, 120);
	s->keep_bu = true;
	while (sim_time_left(s)) {
		struct sim_link *to = sim_net_any(&n);

		s->dup = sim_below(s, 400);
		s->jitter_us = sim_between(s, 0, 3000000);
		if (to != n.mn->ifaces[0].link)
			sim_move(&n.mn->ifaces[0], to, sim_between(s, 10, 500));
		sim_net_linger(&n);
		/* While the agent knows the node, an old message is old. */
		for (i = 0; i < s->n_seen_bu; i++)
			if (sim_binding(&n.mn->regs[0]) &&
			    sim_binding(&n.mn->regs[0])->state == BCACHE_ACTIVE)
				sim_path_replay(s, i);
		sim_net_linger(&n);
		s->jitter_us = 2000;
		if (++round % 4 == 0)
			sim_settle(s);
	}
	sim_finish(s);
}

/* ---- strangers ---- */

static uint64_t count_sent(const struct sim *s)
{
	uint64_t sent = 0;
	unsigned int i;

	for (i = 0; i < s->n_nodes; i++)
		sent += s->nodes[i]->transport->total_mh;
	return sent;
}

/* The message of a stranger, and how many messages answer it at most. */
static void stranger_sends(struct sim *s, struct sim_packet *p,
			   unsigned int answers)
{
	uint64_t before, sent;

	sim_run_until(s, s->now);
	before = sim_digest(s);
	sent = count_sent(s);
	sim_path_deliver(p);
	sim_run_until(s, s->now);
	if (sim_digest(s) != before)
		sim_fail(s, "a stranger's message changed something");
	if (count_sent(s) - sent > answers)
		sim_fail(s, "a stranger's message is answered");
}

/* Octets that are nothing, with a correct checksum or without. */
static void send_noise(struct sim_net *n, const struct in6_addr *to)
{
	struct in6_addr src = sim_addr("2001:db8:cc::bad");
	uint8_t buf[128];
	struct sim *s = n->s;
	size_t len = 8 + 8 * sim_below(s, 15), i;
	struct sim_packet *p;

	for (i = 0; i < len; i++)
		buf[i] = (uint8_t)sim_random(s);
	if (sim_below(s, 4)) {
		buf[0] = 59;
		buf[1] = (uint8_t)(len / 8 - 1);
	}
	if (sim_below(s, 4))
		buf[2] = (uint8_t)sim_below(s, 9);
	buf[4] = buf[5] = 0;
	if (sim_below(s, 4))
		mh_set_checksum(buf, len, &src, to);
	p = sim_packet_new(s, SIM_MH, buf, len);
	p->wire_src = src;
	p->wire_dst = *to;
	stranger_sends(s, p, 1);
}

/* Binding Updates that the agent must not take. */
static void send_bad_bu(struct sim_net *n)
{
	static const char *const bad_hoas[] = {
		"fe80::100", "ff02::1", "::1", "2001:db8:5::100", "::",
	};
	struct in6_addr src = sim_addr("2001:db8:cc::bad");
	struct in6_addr ha = n->ha->ha_links[0].address, hao;
	struct sim *s = n->s;
	const struct bcache_entry *e = sim_binding(&n->mn->regs[0]);
	struct mh_msg m = { .type = MH_BU };
	unsigned int answers = 0;

	m.bu.flags = BU_FLAG_A | BU_FLAG_H | (uint16_t)(sim_random(s) & 0x3fff);
	m.bu.seq = (uint16_t)sim_random(s);
	m.bu.lifetime_4s = (uint16_t)sim_below(s, 1000);
	m.opt.present = MH_OPT_ALT_COA;
	m.opt.alt_coa = src;
	hao = n->mn->regs[0].hoa;
	switch (sim_below(s, 4)) {
	case 0:
		hao = sim_addr(bad_hoas[sim_below(s, 5)]);
		answers = addr_is_routable(&hao);
		break;
	case 1:
		m.opt.alt_coa = sim_addr(sim_below(s, 2) ? "ff02::1" : "::1");
		if (!m.bu.lifetime_4s)
			m.bu.lifetime_4s = 1;
		break;
	case 2:
		m.opt.present |= MH_OPT_NONCE_INDICES;
		break;
	default:
		/* An old sequence number, while there is one. */
		if (!e || e->state != BCACHE_ACTIVE)
			return;
		m.bu.seq = (uint16_t)(e->seq - sim_below(s, 32769));
		answers = 1;
		break;
	}
	stranger_sends(s, sim_build_mh(s, &m, &src, &ha, &hao, NULL), answers);
}

/* Acknowledgements and errors that the node did not ask for. */
static void send_bad_ba(struct sim_net *n)
{
	struct in6_addr stranger = sim_addr("2001:db8:cc::bad");
	struct in6_addr ha = n->ha->ha_links[0].address;
	struct in6_addr hoa = n->mn->regs[0].hoa, coa;
	const struct bul_entry *e = sim_bul(&n->mn->regs[0]);
	struct sim *s = n->s;
	struct mh_msg m = { .type = MH_BA };

	if (!e || addr_is_any(&e->coa))
		return;
	coa = e->coa;
	m.ba.seq = (uint16_t)sim_random(s);
	m.ba.status = (uint8_t)sim_random(s);
	m.ba.lifetime_4s = (uint16_t)sim_random(s);
	if (sim_below(s, 3) == 0) {
		m = (struct mh_msg){ .type = MH_BE };
		m.be.status = (uint8_t)(1 + sim_below(s, 2));
		m.be.hoa = hoa;
	} else if (sim_below(s, 2)) {
		/* From the agent, but not about what was asked. */
		if (m.ba.status == BA_SEQ_OUT_OF_WINDOW || m.ba.seq == e->seq)
			return;
		stranger_sends(s, sim_build_mh(s, &m, &ha, &coa, NULL, &hoa),
			       0);
		return;
	} else {
		m.ba.seq = e->seq;
	}
	stranger_sends(s, sim_build_mh(s, &m, &stranger, &coa, NULL, &hoa), 0);
}

/* A stranger sends what it likes: nothing changes anywhere.
 * HA-10, HA-12, HA-13, HA-14, HA-45, MN-45, MN-165 */
static void hostile(struct sim *s)
{
	struct sim_net n;

	sim_net_build(s, &n, NULL, 120);
	s->jitter_us = 0;
	while (sim_time_left(s)) {
		unsigned int i;

		if (sim_below(s, 4) == 0) {
			sim_move(&n.mn->ifaces[0],
				 n.mn->ifaces[0].link == n.a ? n.b : n.a, 100);
			sim_run_ms(s, sim_between(s, 10, 8000));
		}
		for (i = 0; i < 40; i++) {
			const struct bul_entry *e = sim_bul(&n.mn->regs[0]);

			send_noise(&n, e && sim_below(s, 2)
					       ? &e->coa
					       : &n.ha->ha_links[0].address);
			send_bad_bu(&n);
			send_bad_ba(&n);
			sim_run_ms(s, sim_between(s, 1, 2000));
		}
	}
	sim_finish(s);
}

const struct sim_scenario sim_scenarios_peer[] = {
	{ "duplicate", duplicate, 6, 2 },
	{ "not-home", not_home, 3, 4 },
	{ "limits", limits, 6, 3 },
	{ "many", many, 1, 1 },
	{ "disorder", disorder, 8, 4 },
	{ "hostile", hostile, 8, 2 },
	{ NULL, NULL, 0, 0 },
};
