/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel of a host does by itself: forms addresses from router
 * advertisements, detects duplicates, keeps default routers until their
 * lifetime ends, probes neighbours, loses and finds carrier.  As measured on
 * a stock kernel: an address is told when it becomes usable (at once when
 * optimistic), addresses and routers of a link that was left stay, nothing
 * is told about a silent move.
 */
#include <string.h>

#include "tests/sim/sim.h"

static void host_arm(struct sim_iface *i);

/* ---- telling ---- */

static uint32_t left_s(const struct sim_iface *i, struct mtime until)
{
	return mtime_left_s(until, i->node->sim->now);
}

static void addr_tell(struct sim_iface *i, const struct sim_addr *a, bool gone)
{
	struct kernel_addr ev = {
		.ifindex = i->ifindex,
		.addr = a->addr,
		.plen = 64,
		.gone = gone,
		.tentative = a->dad_done.us > i->node->sim->now.us ||
			     a->duplicate,
		.optimistic = a->optimistic &&
			      a->dad_done.us > i->node->sim->now.us,
		.dad_failed = a->duplicate,
		.deprecated = a->deprecated,
		.permanent = a->by_hand,
		.valid_s = left_s(i, a->valid_until),
		.preferred_s = left_s(i, a->preferred_until),
	};

	fake_kernel_addr_set(i->node->kernel, &ev);
	sim_node_touch(i->node);
}

static void link_tell(struct sim_iface *i)
{
	struct kernel_link l = {
		.ifindex = i->ifindex,
		.up = true,
		.carrier = i->link,
		.mtu = 1500,
		.lladdr = i->mac,
	};

	memcpy(l.name, i->name, sizeof(l.name));
	fake_kernel_link_set(i->node->kernel, &l);
	sim_node_touch(i->node);
}

static void router_tell(struct sim_iface *i, const struct in6_addr *ll,
			bool gone)
{
	struct kernel_router r = { .ifindex = i->ifindex,
				   .gateway = *ll,
				   .metric = 1024,
				   .gone = gone };

	fake_kernel_router_set(i->node->kernel, &r);
	sim_node_touch(i->node);
}

/* ---- addresses and routers ---- */

/* The daemon has put this home address somewhere: what autoconfiguration had
 * made of it before is its no more. */
static bool is_managed(const struct sim_iface *i, const struct in6_addr *addr)
{
	const struct kernel *k = i->node->kernel;
	unsigned int n;

	for (n = 0; n < k->n_homes; n++)
		if (k->homes[n].place != KERNEL_MN_NONE &&
		    addr_eq(&k->homes[n].hoa, addr))
			return true;
	return false;
}

struct sim_addr *sim_host_addr(struct sim_iface *i, const struct in6_addr *addr)
{
	unsigned int n;

	for (n = 0; n < SIM_ADDRS; n++)
		if (i->addrs[n].used && addr_eq(&i->addrs[n].addr, addr) &&
		    !is_managed(i, addr))
			return &i->addrs[n];
	return NULL;
}

/* A home address that the daemon put on this interface. */
static bool has_home_addr(struct sim_iface *i, const struct in6_addr *addr)
{
	const struct kernel *k = i->node->kernel;
	unsigned int n;

	for (n = 0; n < k->n_homes; n++)
		if ((k->homes[n].place == KERNEL_MN_HOME ||
		     k->homes[n].place == KERNEL_MN_RETURNING) &&
		    k->homes[n].home_ifindex == i->ifindex &&
		    addr_eq(&k->homes[n].hoa, addr))
			return true;
	return false;
}

bool sim_host_owns(struct sim_iface *i, const struct in6_addr *addr)
{
	const struct sim_addr *a = sim_host_addr(i, addr);

	if (a)
		return !a->duplicate && a->dad_done.us <= i->node->sim->now.us;
	return addr_eq(addr, &i->ll) || has_home_addr(i, addr);
}

bool sim_host_hears(struct sim_iface *i, const struct in6_addr *addr)
{
	const struct sim_addr *a = sim_host_addr(i, addr);

	return (a && !a->deaf && !a->duplicate) || has_home_addr(i, addr);
}

bool sim_host_knows_router(const struct sim_iface *i, const struct in6_addr *ll)
{
	unsigned int n;

	for (n = 0; n < SIM_KNOWN; n++)
		if (addr_eq(&i->known[n].ll, ll) &&
		    mtime_before(i->node->sim->now, i->known[n].until))
			return true;
	return false;
}

static void router_heard(struct sim_iface *i, const struct sim_router *r)
{
	struct sim *s = i->node->sim;
	struct sim_known *slot = NULL;
	bool known = sim_host_knows_router(i, &r->ll);
	unsigned int n;

	for (n = 0; n < SIM_KNOWN; n++) {
		struct sim_known *k = &i->known[n];

		if (known ? addr_eq(&k->ll, &r->ll)
			  : !mtime_before(s->now, k->until))
			slot = k;
	}
	if (!slot)
		return;
	slot->ll = r->ll;
	slot->until = mtime_add_s(s->now, r->lifetime_s);
	if (known != (r->lifetime_s > 0))
		router_tell(i, &r->ll, !r->lifetime_s);
}

static struct sim_addr *addr_new(struct sim_iface *i,
				 const struct in6_addr *addr)
{
	struct sim *s = i->node->sim;
	const char *opt =
		fake_kernel_sysctl(i->node->kernel, i->name, "optimistic_dad");
	unsigned int n;

	for (n = 0; n < SIM_ADDRS; n++) {
		struct sim_addr *a = &i->addrs[n];

		if (a->used)
			continue;
		*a = (struct sim_addr){ .used = true, .addr = *addr };
		a->optimistic = opt && !strcmp(opt, "1");
		a->deaf = !a->optimistic && s->dad_us;
		a->dad_done = mtime_add_us(s->now, sim_between(s, s->dad_us,
							       2 * s->dad_us));
		return a;
	}
	sim_fail(s, "simulator: too many addresses on an interface");
}

static bool is_squatted(const struct sim_link *l, const struct in6_addr *addr)
{
	unsigned int n;

	for (n = 0; l && n < l->n_squatters; n++)
		if (addr_eq(&l->squatters[n].addr, addr))
			return true;
	return false;
}

static void prefix_heard(struct sim_iface *i, const struct sim_prefix *p)
{
	struct sim *s = i->node->sim;
	struct in6_addr addr = i->ll;
	struct sim_addr *a;

	memcpy(&addr, &p->prefix.addr, 8);
	if (is_managed(i, &addr))
		return;
	a = sim_host_addr(i, &addr);
	if (!a && !p->valid_s)
		return;
	if (!a)
		a = addr_new(i, &addr);
	if (is_squatted(i->link, &addr) && !a->duplicate) {
		/* The kernel finds out within milliseconds. */
		a->duplicate = true;
		a->deaf = true;
		a->optimistic = false;
		a->valid_until = MTIME_NEVER;
		addr_tell(i, a, false);
		return;
	}
	a->valid_until = mtime_add_s(s->now, p->valid_s);
	a->preferred_until = mtime_add_s(s->now, p->preferred_s);
	a->deprecated = !p->preferred_s;
	if (!a->deaf || s->now.us >= a->dad_done.us) {
		a->told = true;
		addr_tell(i, a, false);
	}
}

void sim_host_ra(struct sim_iface *i, const struct sim_router *r)
{
	unsigned int n;

	router_heard(i, r);
	for (n = 0; n < r->n_prefixes; n++)
		if (r->prefixes[n].autonomous)
			prefix_heard(i, &r->prefixes[n]);
	host_arm(i);
}

/* ---- time passes ---- */

static bool is_due(const struct sim_iface *i, struct mtime t)
{
	return t.us && !mtime_before(i->node->sim->now, t);
}

static void addr_age(struct sim_iface *i, struct sim_addr *a)
{
	if (is_managed(i, &a->addr)) {
		a->used = false;
		return;
	}
	if (is_due(i, a->valid_until)) {
		addr_tell(i, a, true);
		a->used = false;
		return;
	}
	if (is_due(i, a->dad_done) && !a->duplicate &&
	    (a->deaf || a->optimistic)) {
		a->deaf = a->optimistic = false;
		a->told = true;
		addr_tell(i, a, false);
	}
	if (!a->deprecated && is_due(i, a->preferred_until)) {
		a->deprecated = true;
		addr_tell(i, a, false);
	}
}

static void host_task(struct task *task, struct mtime now)
{
	struct sim_iface *i = container_of(task, struct sim_iface, task);
	unsigned int n;

	(void)now;
	for (n = 0; n < SIM_ADDRS; n++)
		if (i->addrs[n].used)
			addr_age(i, &i->addrs[n]);
	for (n = 0; n < SIM_KNOWN; n++) {
		if (!is_due(i, i->known[n].until))
			continue;
		i->known[n].until.us = 0;
		router_tell(i, &i->known[n].ll, true);
	}
	host_arm(i);
}

static struct mtime sooner(struct mtime best, struct mtime t, struct mtime now)
{
	return mtime_before(now, t) ? mtime_min(best, t) : best;
}

static void host_arm(struct sim_iface *i)
{
	struct mtime now = i->node->sim->now, next = MTIME_NEVER;
	unsigned int n;

	for (n = 0; n < SIM_ADDRS; n++) {
		if (!i->addrs[n].used)
			continue;
		next = sooner(next, i->addrs[n].dad_done, now);
		next = sooner(next, i->addrs[n].valid_until, now);
		next = sooner(next, i->addrs[n].preferred_until, now);
	}
	for (n = 0; n < SIM_KNOWN; n++)
		next = sooner(next, i->known[n].until, now);
	if (next.us == INT64_MAX)
		task_stop(&i->task);
	else
		tqueue_start(i->node->sim->tq, &i->task, next);
}

/* ---- probes ---- */

static bool neighbour_is_there(struct sim_iface *i, const struct in6_addr *addr,
			       struct lladdr *ret_mac)
{
	struct sim *s = i->node->sim;
	struct sim_router *r;
	unsigned int n, j;

	if (!i->link)
		return false;
	r = sim_link_router(i->link, addr);
	if (r && r->alive) {
		*ret_mac = r->mac;
		return true;
	}
	for (n = 0; n < s->n_nodes; n++)
		for (j = 0; j < s->nodes[n]->n_ifaces; j++) {
			struct sim_iface *o = &s->nodes[n]->ifaces[j];

			if (o == i || o->link != i->link || !o->node->up ||
			    !sim_host_owns(o, addr))
				continue;
			*ret_mac = o->mac;
			return true;
		}
	return false;
}

void sim_host_on_probe(struct sim_node *n, const struct fake_request *req)
{
	struct sim_packet *p;
	unsigned int i;

	for (i = 0; i < n->n_ifaces; i++) {
		if (n->ifaces[i].ifindex != req->ifindex)
			continue;
		p = sim_packet_new(n->sim, SIM_PROBE, NULL, 0);
		p->from = &n->ifaces[i];
		p->wire_dst = req->addr;
		p->tries = n->epoch;
		tqueue_start(n->sim->tq, &p->task,
			     mtime_add_ms(n->sim->now,
					  sim_between(n->sim, 1, 4)));
	}
}

/* Something was sent through a neighbour: its entry goes STALE, DELAY (5 s),
 * and is probed then, whether the daemon asks or not (RFC 4861 7.3.3). */
void sim_host_used(struct sim_iface *i, const struct in6_addr *ll)
{
	struct sim *s = i->node->sim;
	struct sim_packet *p;

	if (mtime_before(s->now, i->nud_next))
		return;
	i->nud_next = mtime_add_s(s->now, 15);
	p = sim_packet_new(s, SIM_PROBE, NULL, 0);
	p->from = i;
	p->wire_dst = *ll;
	p->tries = i->node->epoch;
	tqueue_start(s->tq, &p->task, mtime_add_s(s->now, 5));
}

/* The first answer, or the kernel's giving up after three probes. */
void sim_host_probe_answer(struct sim_packet *p)
{
	struct sim_iface *i = p->from;
	struct kernel_neigh n = { .ifindex = i->ifindex, .addr = p->wire_dst };
	bool lost = i->link && sim_permille(p->sim, i->link->loss) &&
		    sim_permille(p->sim, i->link->loss) &&
		    sim_permille(p->sim, i->link->loss);

	if (!i->node->up || i->node->epoch != p->tries) {
		sim_packet_free(p);
		return;
	}
	n.reachable = !lost && neighbour_is_there(i, &p->wire_dst, &n.lladdr);
	if (!n.reachable && !p->has_hao) {
		p->has_hao = true; /* the second and last time round */
		tqueue_start(p->sim->tq, &p->task,
			     mtime_add_ms(p->sim->now, 3000));
		return;
	}
	n.failed = !n.reachable;
	fake_kernel_neigh_tell(i->node->kernel, &n);
	sim_node_touch(i->node);
	sim_packet_free(p);
}

/* ---- carrier ---- */

static void attach_task(struct task *task, struct mtime now)
{
	struct sim_iface *i = container_of(task, struct sim_iface, attach);

	(void)now;
	i->link = i->next_link;
	sim_note(i->node->sim, "%s.%s has carrier on %s", i->node->name,
		 i->name, i->link->name);
	link_tell(i);
}

/* What it has not announced yet it may never come to announce. */
static void unannounced_forget(struct sim_iface *i)
{
	const struct sim_neigh *n;
	unsigned int j;

	for (j = 0; i->link && j < i->node->mn.n_homes; j++) {
		n = sim_link_neigh(i->link, &i->node->regs[j].hoa);
		if (n && !lladdr_eq(&n->mac, &i->mac))
			sim_link_forget(i->link, &n->addr);
	}
}

void sim_move(struct sim_iface *i, struct sim_link *to, int64_t gap_ms)
{
	struct sim *s = i->node->sim;

	s->n_moves++;
	unannounced_forget(i);
	task_stop(&i->attach);
	sim_note(s, "%s.%s moves %s -> %s%s", i->node->name, i->name,
		 i->link ? i->link->name : "-", to ? to->name : "-",
		 to && !gap_ms ? " silently" : "");
	if (!gap_ms && to && i->link) {
		i->link = to;
		return;
	}
	if (i->link) {
		i->link = NULL;
		link_tell(i);
	}
	i->next_link = to;
	if (to)
		tqueue_start(s->tq, &i->attach,
			     mtime_add_ms(s->now, gap_ms ? gap_ms : 1));
}

void sim_host_init(struct sim_iface *i)
{
	task_init(&i->task, host_task);
	task_init(&i->attach, attach_task);
	link_tell(i);
}

void sim_host_forget(struct sim_iface *i)
{
	memset(i->addrs, 0, sizeof(i->addrs));
	memset(i->known, 0, sizeof(i->known));
	i->nud_next.us = 0;
	task_stop(&i->task);
}

void sim_host_linklocal(struct sim_iface *i)
{
	struct kernel_addr ev = {
		.ifindex = i->ifindex,
		.addr = i->ll,
		.plen = 64,
		.permanent = true,
		.valid_s = UINT32_MAX,
		.preferred_s = UINT32_MAX,
	};

	fake_kernel_addr_set(i->node->kernel, &ev);
	sim_node_touch(i->node);
}

void sim_host_reset(struct sim_iface *i)
{
	sim_host_forget(i);
	link_tell(i);
	sim_host_linklocal(i);
}

void sim_host_by_hand(struct sim_iface *i, const struct sim_router *r)
{
	unsigned int n;

	for (n = 0; n < SIM_ADDRS; n++) {
		if (!i->addrs[n].used || !i->addrs[n].by_hand)
			continue;
		addr_tell(i, &i->addrs[n], true);
		i->addrs[n].used = false;
	}
	for (n = 0; n < SIM_KNOWN; n++) {
		if (i->known[n].until.us != INT64_MAX)
			continue;
		i->known[n].until.us = 0;
		router_tell(i, &i->known[n].ll, true);
	}
	if (!r)
		return;
	prefix_heard(i, &r->prefixes[0]);
	router_heard(i, r);
	for (n = 0; n < SIM_ADDRS; n++) {
		struct sim_addr *a = &i->addrs[n];

		if (!a->used ||
		    !prefix_contains(&r->prefixes[0].prefix, &a->addr))
			continue;
		a->by_hand = true;
		a->valid_until = a->preferred_until = MTIME_NEVER;
		addr_tell(i, a, false); /* tentative ones are told too */
	}
	for (n = 0; n < SIM_KNOWN; n++)
		if (sim_host_knows_router(i, &i->known[n].ll) &&
		    addr_eq(&i->known[n].ll, &r->ll))
			i->known[n].until = MTIME_NEVER;
	host_arm(i);
}
