/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a packet goes.  Sending applies what the sender's kernel
 * holds at that moment (Home Address option from the node's binding, route
 * into the tunnel at the agent); arriving applies what is true at the place
 * of arrival then (who has the address, who hears it, whether the type 2
 * routing header's home address is there, whether the agent intercepts).
 * The octets are never touched: checksums are verified by the receiver's
 * mh_parse over the addresses that the headers hid.  What kernels do about
 * the headers of data is sim_data.c's.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"
#include "tests/sim/sim_ro.h"

/* ---- sending ---- */

const struct kernel_mn_home *sim_path_home(const struct sim_node *n,
					   const struct in6_addr *hoa)
{
	unsigned int i;

	for (i = 0; i < n->kernel->n_homes; i++)
		if (n->kernel->homes[i].place != KERNEL_MN_NONE &&
		    addr_eq(&n->kernel->homes[i].hoa, hoa))
			return &n->kernel->homes[i];
	return NULL;
}

const struct kernel_mn_home *sim_reg_home(const struct sim_reg *r)
{
	static const struct kernel_mn_home none;
	const struct kernel_mn_home *h;

	if (!r->comes_and_goes)
		return fake_kernel_home(r->mn->kernel,
					(unsigned int)(r - r->mn->regs));
	h = sim_path_home(r->mn, &r->hoa);
	return h ? h : &none;
}

static struct sim_iface *iface_by_index(struct sim_node *n, int ifindex)
{
	unsigned int i;

	for (i = 0; i < n->n_ifaces; i++)
		if (n->ifaces[i].ifindex == ifindex)
			return &n->ifaces[i];
	return NULL;
}

static struct sim_iface *iface_with_addr(struct sim_node *n,
					 const struct in6_addr *addr)
{
	unsigned int i;

	for (i = 0; i < n->n_ifaces; i++)
		if (sim_host_addr(&n->ifaces[i], addr))
			return &n->ifaces[i];
	return NULL;
}

/* Whether the router that the packet would take is there.  Without a wish
 * the kernel takes one that works, if it knows one. */
static bool next_hop_works(struct sim_iface *out, const struct in6_addr *wish)
{
	bool any = !wish || addr_is_any(wish);
	struct in6_addr ll = any ? addr_any : *wish;
	struct sim_router *r;
	unsigned int i;

	for (i = 0; any && i < SIM_KNOWN; i++) {
		if (!sim_host_knows_router(out, &out->known[i].ll))
			continue;
		ll = out->known[i].ll;
		r = sim_link_router(out->link, &ll);
		if (r && r->alive)
			break;
	}
	if (addr_is_any(&ll))
		return false;
	sim_host_used(out, &ll);
	r = sim_link_router(out->link, &ll);
	return r && r->alive;
}

/* The packet leaves through `out`, or gets lost in trying. */
static int leave(struct sim_packet *p, struct sim_iface *out,
		 const struct in6_addr *router)
{
	const struct in6_addr *to =
		addr_is_any(&p->tunnel_dst) ? &p->wire_dst : &p->tunnel_dst;
	bool lost = !out || !out->link || sim_permille(p->sim, out->link->loss);

	if (!lost && sim_link_has_prefix(out->link, to))
		p->link = out->link;
	else if (!lost && out->conf)
		lost = !next_hop_works(out, router) || out->link->cut;
	else if (!lost)
		lost = out->link->cut;
	if (lost) {
		sim_packet_free(p);
		return 0;
	}
	p->from = out;
	sim_path_emit(p);
	return 0;
}

/* Directly, from an address of the link. */
static int send_from_addr(struct sim_node *n, struct sim_packet *p,
			  const struct in6_addr *src,
			  const struct in6_addr *router)
{
	struct sim_iface *out = iface_with_addr(n, src);

	if (out)
		return leave(p, out, router);
	sim_packet_free(p);
	return -EADDRNOTAVAIL;
}

int sim_path_send(struct sim_node *n, struct sim_packet *p,
		  const struct in6_addr *src)
{
	const struct kernel_mn_home *h = sim_path_home(n, src);
	struct sim_iface *out;

	if (!h)
		return send_from_addr(n, p, src, NULL);
	if (h->place != KERNEL_MN_AWAY)
		return leave(p, iface_by_index(n, h->home_ifindex), NULL);
	out = iface_by_index(n, h->coa_ifindex);
	if (!out || !sim_host_addr(out, &h->coa)) {
		sim_packet_free(p);
		return -EADDRNOTAVAIL;
	}
	if (p->has_hao)
		return send_from_addr(n, p, &p->wire_src, &h->coa_router);
	p->tunnel_src = h->coa;
	p->tunnel_dst = h->ha;
	return leave(p, out, &h->coa_router);
}

static int send_from_mn(struct sim_node *n, struct sim_packet *p,
			const struct mh_send *m)
{
	const struct kernel_mn_home *h = sim_path_home(n, &m->src);

	/* What goes to the agent has the option from the kernel's state. */
	if (h && h->place == KERNEL_MN_AWAY && addr_eq(&h->ha, &m->dst)) {
		p->has_hao = true;
		p->hao = m->src;
		p->wire_src = h->coa;
	} else if (m->hao) {
		p->has_hao = true;
		p->hao = m->src;
		p->wire_src = m->hao_coa;
	}
	return sim_path_send(n, p, &m->src);
}

static int send_from_ha(struct sim_node *n, struct sim_packet *p,
			const struct mh_send *m)
{
	const struct kernel_binding *b;

	if (!kernel_addr_is_local(n->kernel, &m->src)) {
		sim_packet_free(p);
		return -EADDRNOTAVAIL;
	}
	b = fake_kernel_binding(n->kernel, &p->wire_dst);
	if (b && !m->ifindex) {
		p->tunnel_src = b->ha;
		p->tunnel_dst = b->coa;
	}
	return leave(p,
		     m->ifindex ? iface_by_index(n, m->ifindex) : &n->ifaces[0],
		     NULL);
}

int sim_path_send_mh(struct sim_node *n, const struct fake_msg *msg)
{
	struct sim_packet *p = sim_packet_new(
		n->sim, msg->is_icmp6 ? SIM_ICMP : SIM_MH, msg->data, msg->len);
	const struct mh_send *m = &msg->mh;

	p->wire_src = m->src;
	p->wire_dst = m->dst;
	if (m->rh2) {
		p->has_rh2 = true;
		p->rh2 = m->dst;
		p->wire_dst = m->coa;
	}
	return addr_eq(&m->src, &n->ha_links[0].address) || !(n->role & SIM_MN)
		       ? send_from_ha(n, p, m)
		       : send_from_mn(n, p, m);
}

struct sim_packet *sim_packet_copy(const struct sim_packet *p)
{
	struct sim_packet *c = sim_packet_new(p->sim, p->kind, p->data, p->len);

	c->wire_src = p->wire_src;
	c->wire_dst = p->wire_dst;
	c->hao = p->hao;
	c->rh2 = p->rh2;
	c->has_hao = p->has_hao;
	c->has_rh2 = p->has_rh2;
	c->tunnel_src = p->tunnel_src;
	c->tunnel_dst = p->tunnel_dst;
	c->link = p->link;
	c->from = p->from;
	c->flow = p->flow;
	c->back = p->back;
	c->forged = p->forged;
	return c;
}

static void keep_for_replay(struct sim_packet *p)
{
	struct sim *s = p->sim;
	unsigned int at = s->n_seen_bu;

	if (!s->keep_bu || p->kind != SIM_MH || p->len < 8 ||
	    p->data[2] != MH_BU || !p->has_hao)
		return;
	if (at == ARRAY_SIZE(s->seen_bu)) {
		at = sim_below(s, ARRAY_SIZE(s->seen_bu));
		sim_packet_free(s->seen_bu[at]);
	} else {
		s->n_seen_bu++;
	}
	s->seen_bu[at] = sim_packet_copy(p);
}

void sim_path_replay(struct sim *s, unsigned int which)
{
	sim_path_emit(sim_packet_copy(s->seen_bu[which]));
}

static void travel(struct sim_packet *p)
{
	struct sim *s = p->sim;
	int64_t us = p->link ? sim_between(s, 100, 1500)
			     : s->delay_us + sim_between(s, 0, s->jitter_us);

	tqueue_start(s->tq, &p->task, mtime_add_us(s->now, us));
}

void sim_path_emit(struct sim_packet *p)
{
	struct sim *s = p->sim;

	keep_for_replay(p);
	if (s->attacker && sim_attack_takes(s->attacker, p))
		return;
	if (!p->link && sim_permille(s, s->dup))
		travel(sim_packet_copy(p));
	if (!p->link && sim_permille(s, s->loss))
		sim_packet_free(p);
	else
		travel(p);
}

/* ---- arriving ---- */

/* Routing takes a packet to an anycast address to any of those who joined. */
static struct sim_iface *anycast_at(struct sim_packet *p,
				    const struct in6_addr *addr)
{
	struct sim *s = p->sim;
	struct sim_iface *found = NULL;
	unsigned int n, i, count = 0;

	for (n = 0; n < s->n_nodes; n++) {
		const struct transport *t = s->nodes[n]->transport;
		struct sim_iface *f = &s->nodes[n]->ifaces[0];

		if (!f->link || !f->node->up || f->node->asleep ||
		    (p->link ? p->link != f->link : f->link->cut))
			continue;
		for (i = 0; i < t->n_anycast; i++)
			if (t->anycast[i].ifindex == f->ifindex &&
			    addr_eq(&t->anycast[i].addr, addr) &&
			    !sim_below(s, ++count))
				found = f;
	}
	return found;
}

/* An interface that is where routing takes addr, and listens to it. */
static struct sim_iface *arrives_at(struct sim_packet *p,
				    const struct in6_addr *addr)
{
	struct sim *s = p->sim;
	unsigned int n, i;

	for (n = 0; n < s->n_nodes; n++) {
		for (i = 0; i < s->nodes[n]->n_ifaces; i++) {
			struct sim_iface *f = &s->nodes[n]->ifaces[i];

			if (!f->link || !f->node->up || f->node->asleep ||
			    f == p->from || !sim_host_hears(f, addr) ||
			    !sim_link_has_prefix(f->link, addr) ||
			    (p->link ? p->link != f->link : f->link->cut))
				continue;
			/* Without a router nothing comes in from outside. */
			if (!p->link && f->conf && !sim_link_is_live(f->link))
				continue;
			return f;
		}
	}
	return anycast_at(p, addr);
}

/* The agent that attracts packets for a home address. */
static const struct kernel_binding *intercepted(struct sim *s,
						const struct in6_addr *hoa)
{
	const struct kernel_binding *b;
	unsigned int n;

	for (n = 0; n < s->n_nodes; n++) {
		if (!s->nodes[n]->up || !(s->nodes[n]->role & SIM_HA) ||
		    s->nodes[n]->ifaces[0].link->cut)
			continue;
		b = fake_kernel_binding(s->nodes[n]->kernel, hoa);
		if (b)
			return b;
	}
	return NULL;
}

/* A Mobility Header, or an ICMPv6 error about one, is for the daemon. */
static void hand_to_daemon(struct sim_packet *p, struct sim_node *n,
			   int ifindex)
{
	struct packet pkt = {
		.src = p->has_hao ? p->hao : p->wire_src,
		.dst = p->has_rh2 ? p->rh2 : p->wire_dst,
		.wire_src = p->wire_src,
		.wire_dst = p->wire_dst,
		.has_hao = p->has_hao,
		.has_rh2 = p->has_rh2,
		.ifindex = ifindex,
		.hop_limit = 60,
		.when = p->sim->now,
		.data = p->data,
		.len = p->len,
	};
	struct mh_msg msg;

	if (p->kind == SIM_ICMP) {
		sim_node_enter(n);
		daemon_on_icmp6(n->daemon, &pkt);
		sim_node_touch(n);
		return;
	}
	if (mh_parse(p->data, p->len, &pkt.src, &pkt.dst, &msg) == MH_OK) {
		if (n->role & SIM_MN && msg.type == MH_BA)
			sim_check_received_ba(n, &msg.ba, &pkt.src, &pkt.dst);
		if (n->sim->rr)
			sim_rr_received(n, &pkt, &msg);
	}
	sim_node_enter(n);
	daemon_on_mh(n->daemon, &pkt);
	sim_node_touch(n);
}

static void hand_over(struct sim_packet *p, struct sim_iface *at, int ifindex)
{
	struct sim_node *n = at->node;

	if (n->role & SIM_PLAIN) {
		sim_data_plain(n, p);
		return;
	}
	if (p->kind == SIM_DATA) {
		sim_data_arrives(n, p, ifindex);
		return;
	}
	if (p->has_rh2 && !sim_path_home(n, &p->rh2))
		return;
	if (p->has_hao && !n->kernel->ha_started && !n->kernel->cn_started)
		return;
	hand_to_daemon(p, n, ifindex);
}

/* Out of the tunnel at its end: a mobile node from its agent, or an agent
 * from a node whose pair it knows. */
static void decapsulate(struct sim_packet *p, struct sim_iface *at)
{
	struct sim_node *n = at->node;
	const struct kernel_mn_home *h = sim_path_home(n, &p->wire_dst);
	const struct kernel_binding *b;
	struct sim_packet *inner;

	if (h) {
		if ((h->place == KERNEL_MN_AWAY ||
		     h->place == KERNEL_MN_RETURNING) &&
		    addr_eq(&h->ha, &p->tunnel_src) &&
		    addr_eq(&h->coa, &p->tunnel_dst))
			hand_over(p, at,
				  FAKE_MN_TUNNEL_IFINDEX + (int)h->index);
		return;
	}
	b = fake_kernel_binding(n->kernel, &p->wire_src);
	if (!b || !addr_eq(&b->coa, &p->tunnel_src))
		return;
	inner = sim_packet_copy(p);
	inner->tunnel_src = inner->tunnel_dst = addr_any;
	inner->link = NULL;
	inner->from = at;
	sim_path_emit(inner);
}

void sim_path_deliver(struct sim_packet *p)
{
	bool tunnelled = !addr_is_any(&p->tunnel_dst);
	struct sim_iface *at =
		arrives_at(p, tunnelled ? &p->tunnel_dst : &p->wire_dst);
	const struct kernel_binding *b;

	if (at && sim_permille(p->sim, at->link->loss))
		at = NULL;
	else if (at && tunnelled)
		decapsulate(p, at);
	else if (at)
		hand_over(p, at, at->ifindex);
	else if (!tunnelled && (b = intercepted(p->sim, &p->wire_dst))) {
		struct sim_packet *outer = sim_packet_copy(p);

		outer->tunnel_src = b->ha;
		outer->tunnel_dst = b->coa;
		outer->link = NULL;
		sim_path_emit(outer);
	}
	sim_packet_free(p);
}
