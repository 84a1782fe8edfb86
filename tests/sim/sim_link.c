/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Links: who is on them, routers that advertise, and neighbour discovery as
 * frames that every station of the link may hear or lose.  The kernels of
 * hosts and agents answer solicitations here; what daemons make of the
 * frames is theirs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"

/* ---- packets ---- */

static void packet_arrives(struct task *task, struct mtime now)
{
	struct sim_packet *p = container_of(task, struct sim_packet, task);

	(void)now;
	if (p->kind == SIM_ND)
		sim_link_deliver(p);
	else if (p->kind == SIM_PROBE)
		sim_host_probe_answer(p);
	else
		sim_path_deliver(p);
}

struct sim_packet *sim_packet_new(struct sim *s, enum sim_kind kind,
				  const void *data, size_t len)
{
	struct sim_packet *p = calloc(1, sizeof(*p) + len);

	if (!p)
		abort();
	task_init(&p->task, packet_arrives);
	p->sim = s;
	p->kind = kind;
	p->len = len;
	if (len)
		memcpy(p->data, data, len);
	p->next = s->packets;
	if (p->next)
		p->next->prev = p;
	s->packets = p;
	return p;
}

void sim_packet_free(struct sim_packet *p)
{
	task_stop(&p->task);
	if (p->prev)
		p->prev->next = p->next;
	else
		p->sim->packets = p->next;
	if (p->next)
		p->next->prev = p->prev;
	free(p);
}

/* ---- routers ---- */

static void ra_send(struct sim_router *r)
{
	struct sim *s = r->link->sim;
	uint8_t buf[256];
	int len = sim_build_ra(r, &addr_all_nodes, buf, sizeof(buf));
	struct sim_packet *p;

	if (len < 0)
		sim_fail(s, "simulator: advertisement does not fit");
	p = sim_packet_new(s, SIM_ND, buf, (size_t)len);
	p->link = r->link;
	p->mac = r->mac;
	p->wire_src = r->ll;
	p->wire_dst = addr_all_nodes;
	tqueue_start(s->tq, &p->task,
		     mtime_add_us(s->now, sim_between(s, 100, 1000)));
	r->last_ra = s->now;
}

static void ra_task(struct task *task, struct mtime now)
{
	struct sim_router *r = container_of(task, struct sim_router, task);

	if (!r->alive || r->silent)
		return;
	ra_send(r);
	tqueue_start(r->link->sim->tq, &r->task,
		     mtime_add_ms(now, sim_between(r->link->sim, r->min_ms,
						   r->max_ms)));
}

static void rs_heard(struct sim_router *r)
{
	struct sim *s = r->link->sim;
	struct mtime due = mtime_add_ms(s->now, sim_between(s, 0, 500));
	struct mtime first =
		mtime_add_ms(r->last_ra, r->min_ms < 3000 ? r->min_ms : 3000);

	if (!r->alive)
		return;
	if (mtime_before(due, first))
		due = first;
	if (mtime_before(due, task_due(&r->task)))
		tqueue_start(s->tq, &r->task, due);
}

void sim_router_set_alive(struct sim_router *r, bool alive)
{
	sim_note(r->link->sim, "router %s on %s is %s", addr_str(&r->ll),
		 r->link->name, alive ? "back" : "dead");
	r->alive = alive;
	task_stop(&r->task);
	if (alive)
		tqueue_start(r->link->sim->tq, &r->task, r->link->sim->now);
}

struct sim_link *sim_link_add(struct sim *s, const char *name)
{
	struct sim_link *l = &s->links[s->n_links++];

	if (s->n_links > SIM_LINKS)
		abort();
	l->sim = s;
	snprintf(l->name, sizeof(l->name), "%s", name);
	return l;
}

void sim_router_prefix(struct sim_router *r, const char *prefix)
{
	struct sim_prefix *p = &r->prefixes[r->n_prefixes++];

	if (r->n_prefixes > SIM_PREFIXES || prefix_parse(prefix, &p->prefix))
		abort();
	p->autonomous = true;
	p->router_addr = true;
	p->addr = p->prefix.addr;
	p->addr.s6_addr[15] = (uint8_t)(0xf0 + (r - r->link->routers));
	p->valid_s = 86400;
	p->preferred_s = 14400;
}

struct sim_router *sim_router_add(struct sim_link *l, const char *prefix,
				  uint32_t min_ms, uint32_t max_ms)
{
	unsigned int at = l->n_routers++;
	struct sim_router *r = &l->routers[at];
	unsigned int number = (unsigned int)(l - l->sim->links) * 16 + at;

	if (l->n_routers > SIM_ROUTERS)
		abort();
	r->link = l;
	r->alive = true;
	r->min_ms = min_ms;
	r->max_ms = max_ms;
	r->lifetime_s = 1800;
	r->ll.s6_addr[0] = 0xfe;
	r->ll.s6_addr[1] = 0x80;
	r->ll.s6_addr[13] = 1;
	r->ll.s6_addr[15] = (uint8_t)number;
	r->mac = (struct lladdr){ 6, { 2, 0xff, 0, 0, 0, (uint8_t)number } };
	sim_router_prefix(r, prefix);
	task_init(&r->task, ra_task);
	tqueue_start(l->sim->tq, &r->task,
		     mtime_add_ms(l->sim->now, sim_between(l->sim, 0, max_ms)));
	return r;
}

bool sim_link_has_prefix(const struct sim_link *l, const struct in6_addr *a)
{
	unsigned int i, j;

	for (i = 0; i < l->n_routers; i++)
		for (j = 0; j < l->routers[i].n_prefixes; j++)
			if (prefix_contains(&l->routers[i].prefixes[j].prefix,
					    a))
				return true;
	return false;
}

struct sim_router *sim_link_router(struct sim_link *l,
				   const struct in6_addr *ll)
{
	unsigned int i;

	for (i = 0; i < l->n_routers; i++)
		if (addr_eq(&l->routers[i].ll, ll))
			return &l->routers[i];
	return NULL;
}

bool sim_link_is_live(const struct sim_link *l)
{
	unsigned int i;

	for (i = 0; i < l->n_routers; i++)
		if (l->routers[i].alive)
			return true;
	return false;
}

void sim_link_squat(struct sim_link *l, const struct in6_addr *addr)
{
	struct sim_squatter *q = &l->squatters[l->n_squatters++];

	if (l->n_squatters > SIM_SQUATTERS)
		abort();
	q->addr = *addr;
	q->mac = (struct lladdr){
		6, { 2, 0xee, 0, 0, 0, (uint8_t)l->n_squatters }
	};
}

/* ---- what the other hosts of a link believe ---- */

const struct sim_neigh *sim_link_neigh(const struct sim_link *l,
				       const struct in6_addr *addr)
{
	unsigned int i;

	for (i = 0; i < l->n_neighs; i++)
		if (addr_eq(&l->neighs[i].addr, addr))
			return &l->neighs[i];
	return NULL;
}

void sim_link_learn(struct sim_link *l, const struct in6_addr *addr,
		    const struct lladdr *mac)
{
	struct sim_neigh *n = (struct sim_neigh *)sim_link_neigh(l, addr);

	if (!n && l->n_neighs < SIM_NEIGHS)
		n = &l->neighs[l->n_neighs++];
	if (n)
		*n = (struct sim_neigh){ .addr = *addr, .mac = *mac };
}

void sim_link_forget(struct sim_link *l, const struct in6_addr *addr)
{
	struct sim_neigh *n = (struct sim_neigh *)sim_link_neigh(l, addr);

	if (n)
		*n = l->neighs[--l->n_neighs];
}

/* True while an agent defends the address: a node that announces it all the
 * same, since the agent does not hear it, is believed until probes fail. */
static bool is_disputed(const struct sim_link *l, const struct in6_addr *addr,
			const struct sim_iface *by)
{
	const struct sim *s = l->sim;
	unsigned int i;

	for (i = 0; by && i < s->n_nodes; i++)
		if (s->nodes[i] != by->node &&
		    fake_kernel_binding(s->nodes[i]->kernel, addr))
			return true;
	return false;
}

/* ---- frames ---- */

static void nd_emit(struct sim_packet *p)
{
	struct sim *s = p->sim;

	tqueue_start(s->tq, &p->task,
		     mtime_add_us(s->now, sim_between(s, 100, 2000)));
}

int sim_link_send_nd(struct sim_iface *from, const struct fake_msg *msg)
{
	struct sim_packet *p;

	if (!from->link)
		return 0; /* into a cable that nobody holds */
	p = sim_packet_new(from->node->sim, SIM_ND, msg->data, msg->len);
	p->link = from->link;
	p->from = from;
	p->mac = from->mac;
	p->wire_src = msg->nd.src;
	p->wire_dst = msg->nd.dst;
	if (msg->nd.lldst)
		p->to = *msg->nd.lldst;
	nd_emit(p);
	return 0;
}

/* Some kernel answers a solicitation for `target`. */
static void na_answer(const struct sim_packet *ns, struct sim_iface *from,
		      const struct lladdr *mac, const struct in6_addr *src,
		      const struct in6_addr *target, bool override)
{
	bool dad = addr_is_any(&ns->wire_src);
	struct icmp6_na na = { .target = *target,
			       .solicited = !dad,
			       .override = override,
			       .target_lladdr = *mac };
	struct sim_packet *p;
	uint8_t buf[64];
	struct in6_addr dst = dad ? addr_all_nodes : ns->wire_src;
	int len = icmp6_build_na(src, &dst, &na, buf, sizeof(buf));

	if (len < 0)
		sim_fail(ns->sim, "simulator: advertisement does not fit");
	p = sim_packet_new(ns->sim, SIM_ND, buf, (size_t)len);
	p->link = ns->link;
	p->from = from;
	p->mac = *mac;
	p->wire_src = *src;
	p->wire_dst = dst;
	if (!dad)
		p->to = ns->mac;
	nd_emit(p);
}

static bool frame_lost(const struct sim_packet *p, const struct lladdr *to)
{
	return (p->to.len && !lladdr_eq(&p->to, to)) ||
	       lladdr_eq(&p->mac, to) || sim_permille(p->sim, p->link->loss);
}

static void iface_heard(struct sim_iface *i, const struct sim_packet *p,
			const struct icmp6_msg *m)
{
	struct packet pkt = {
		.src = p->wire_src,
		.dst = p->wire_dst,
		.wire_src = p->wire_src,
		.wire_dst = p->wire_dst,
		.ifindex = i->ifindex,
		.hop_limit = 255,
		.when = p->sim->now,
		.data = p->data,
		.len = p->len,
	};
	struct sim_node *n = i->node;

	if (m->type == ICMP6_NS) {
		if (sim_host_owns(i, &m->ns.target))
			na_answer(p, i, &i->mac, &m->ns.target, &m->ns.target,
				  true);
		else if (fake_kernel_is_home_link(n->kernel, i->ifindex) &&
			 fake_kernel_is_proxied(n->kernel, i->ifindex,
						&m->ns.target))
			na_answer(p, i, &i->mac, &i->ll, &m->ns.target, false);
	}
	if (m->type != ICMP6_RA) {
		if (!fake_transport_listening(n->transport, i->ifindex))
			return;
		pkt.lladdr = p->mac;
	}
	if (!n->daemon)
		return;
	sim_node_enter(n);
	daemon_on_icmp6(n->daemon, &pkt);
	sim_node_touch(n);
}

static void stations_heard(struct sim_packet *p, const struct icmp6_msg *m)
{
	struct sim_link *l = p->link;
	unsigned int i;

	for (i = 0; i < l->n_routers; i++) {
		if (frame_lost(p, &l->routers[i].mac) || !l->routers[i].alive) {
			/* What it missed, it finds out by its own probes. */
			if (m->type == ICMP6_NA)
				sim_link_forget(l, &m->na.target);
			continue;
		}
		if (m->type == ICMP6_RS)
			rs_heard(&l->routers[i]);
		if (m->type == ICMP6_NS &&
		    addr_eq(&m->ns.target, &l->routers[i].ll))
			na_answer(p, NULL, &l->routers[i].mac,
				  &l->routers[i].ll, &m->ns.target, true);
		/* RFC 4861 section 7.2.5: only what is known is changed. */
		if (m->type == ICMP6_NA && m->na.override &&
		    sim_link_neigh(l, &m->na.target))
			sim_link_learn(l, &m->na.target, &m->na.target_lladdr);
		if (m->type == ICMP6_NA &&
		    is_disputed(l, &m->na.target, p->from))
			sim_link_forget(l, &m->na.target);
	}
	for (i = 0; i < l->n_squatters; i++)
		if (m->type == ICMP6_NS &&
		    addr_eq(&m->ns.target, &l->squatters[i].addr) &&
		    !frame_lost(p, &l->squatters[i].mac))
			na_answer(p, NULL, &l->squatters[i].mac,
				  &l->squatters[i].addr, &m->ns.target, true);
}

static void frame_heard(struct sim_packet *p, const struct icmp6_msg *m)
{
	struct sim *s = p->sim;
	struct sim_router *r = m->type == ICMP6_RA
				       ? sim_link_router(p->link, &p->wire_src)
				       : NULL;
	unsigned int n, i;

	if (m->type != ICMP6_RA)
		stations_heard(p, m);
	for (n = 0; n < s->n_nodes; n++) {
		for (i = 0; i < s->nodes[n]->n_ifaces; i++) {
			struct sim_iface *iface = &s->nodes[n]->ifaces[i];

			if (iface->link != p->link || !iface->node->up ||
			    iface->node->asleep || frame_lost(p, &iface->mac))
				continue;
			if (r)
				sim_host_ra(iface, r);
			if (m->type != ICMP6_RS)
				iface_heard(iface, p, m);
		}
	}
}

void sim_link_deliver(struct sim_packet *p)
{
	struct fake_msg f = { .is_nd = true, .len = p->len };
	struct icmp6_msg m;

	f.nd.src = p->wire_src;
	f.nd.dst = p->wire_dst;
	memcpy(f.data, p->data, p->len);
	if (!fake_msg_parse_nd(&f, &m))
		sim_fail(p->sim, "malformed neighbour discovery message");
	frame_heard(p, &m);
	sim_packet_free(p);
}
