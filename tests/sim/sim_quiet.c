/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What must hold when the network is good and nobody has moved for a while:
 * every mobile node is reachable at its home address.  Away that means bound
 * with a usable care-of address of the best link it has, at both ends and in
 * both kernels (MN-91, MN-132, HA-43); at home it means that no binding is
 * left anywhere and the node itself answers for its address (MN-94, MN-104,
 * HA-65).  What the other hosts of the home link believe must agree (HA-72,
 * MN-101).
 */
#include "tests/sim/sim.h"
#include "tests/sim/sim_ro.h"

/* Slow retry after a refusal (60 s), back-off (32 s), router lost and found
 * again, address formed. */
#define SETTLE_S 150

/* The interface on the home link of this home address, or NULL. */
static struct sim_iface *at_home(struct sim_reg *r)
{
	unsigned int i;

	for (i = 0; i < r->mn->n_ifaces; i++) {
		struct sim_iface *f = &r->mn->ifaces[i];

		if (f->conf && f->link && sim_link_is_live(f->link) &&
		    sim_link_has_prefix(f->link, &r->hoa))
			return f;
	}
	return NULL;
}

/* It has an address of its link that is no duplicate. */
static bool can_use(struct sim_iface *f)
{
	unsigned int i;

	for (i = 0; i < SIM_ADDRS; i++)
		if (f->addrs[i].used && !f->addrs[i].duplicate &&
		    sim_link_has_prefix(f->link, &f->addrs[i].addr))
			return true;
	return false;
}

/* The interface that should carry the care-of address. */
static struct sim_iface *best_away(struct sim_node *n)
{
	struct sim_iface *best = NULL;
	unsigned int i;

	for (i = 0; i < n->n_ifaces; i++) {
		struct sim_iface *f = &n->ifaces[i];

		if (!f->conf || !f->link || !sim_link_is_live(f->link) ||
		    !can_use(f))
			continue;
		if (!best || f->conf->preference > best->conf->preference)
			best = f;
	}
	return best;
}

static void check_neigh(struct sim_reg *r, const struct lladdr *right)
{
	struct sim_link *home = r->ha->ifaces[0].link;
	const struct sim_neigh *n = sim_link_neigh(home, &r->hoa);

	if (n && !lladdr_eq(&n->mac, right))
		sim_fail(r->mn->sim,
			 "the hosts of %s still take %s for %s, "
			 "not %s",
			 home->name, lladdr_str(&n->mac), addr_str(&r->hoa),
			 lladdr_str(right));
	sim_link_learn(home, &r->hoa, right);
}

static void check_home(struct sim_reg *r, struct sim_iface *f)
{
	struct sim *s = r->mn->sim;
	const struct bul_entry *e = sim_bul(r);
	const struct kernel_mn_home *h = sim_reg_home(r);

	if (e && e->state != BUL_IDLE)
		sim_fail(s, "%s is at home, its registration of %s is %s",
			 r->mn->name, addr_str(&r->hoa),
			 bul_state_str(e->state));
	if (h->place != KERNEL_MN_HOME || h->home_ifindex != f->ifindex)
		sim_fail(s,
			 "%s is at home on %d, its kernel has %s in place "
			 "%d on %d",
			 r->mn->name, f->ifindex, addr_str(&r->hoa),
			 (int)h->place, h->home_ifindex);
	if (fake_kernel_binding(r->ha->kernel, &r->hoa))
		sim_fail(s, "%s is at home, the agent still forwards %s",
			 r->mn->name, addr_str(&r->hoa));
	if (r->dynamic)
		sim_disc_check_others(r, NULL);
	check_neigh(r, &f->mac);
}

static void check_kernels(struct sim_reg *r, struct sim_iface *f,
			  const struct in6_addr *coa)
{
	struct sim *s = r->mn->sim;
	const struct kernel_mn_home *h = sim_reg_home(r);
	const struct kernel_binding *b =
		fake_kernel_binding(r->ha->kernel, &r->hoa);

	if (h->place != KERNEL_MN_AWAY || !addr_eq(&h->coa, coa) ||
	    h->coa_ifindex != f->ifindex)
		sim_fail(s, "%s: its kernel has %s in place %d via %s on %d",
			 r->mn->name, addr_str(&r->hoa), (int)h->place,
			 addr_str(&h->coa), h->coa_ifindex);
	if (!addr_is_any(&h->coa_router) &&
	    !sim_link_router(f->link, &h->coa_router))
		sim_fail(s, "%s: its kernel routes over %s, which is not on %s",
			 r->mn->name, addr_str(&h->coa_router), f->link->name);
	if (!b || !addr_eq(&b->coa, coa))
		sim_fail(s, "%s: the agent forwards %s to %s, it is at %s",
			 r->mn->name, addr_str(&r->hoa),
			 b ? addr_str(&b->coa) : "nowhere", addr_str(coa));
	if (!b->home_ifindex != r->ha->ha_links[0].is_virtual)
		sim_fail(s, "the agent does not defend %s", addr_str(&r->hoa));
}

static bool has_preferred(struct sim_iface *f)
{
	unsigned int i;

	for (i = 0; i < SIM_ADDRS; i++)
		if (f->addrs[i].used && !f->addrs[i].duplicate &&
		    !f->addrs[i].deaf && !f->addrs[i].deprecated &&
		    sim_link_has_prefix(f->link, &f->addrs[i].addr))
			return true;
	return false;
}

static void check_away(struct sim_reg *r, struct sim_iface *f)
{
	struct sim *s = r->mn->sim;
	const struct bul_entry *e = sim_bul(r);

	/* A refresh may be under way at this very moment. */
	if (!e || (e->state != BUL_BOUND &&
		   !(e->state == BUL_REFRESHING && e->attempts <= 1)))
		sim_fail(s, "%s is on %s, its registration of %s is %s",
			 r->mn->name, f->link->name, addr_str(&r->hoa),
			 e ? bul_state_str(e->state) : "not there");
	if (!sim_host_hears(f, &e->bound_coa) ||
	    !sim_link_has_prefix(f->link, &e->bound_coa))
		sim_fail(s, "%s is on %s, bound with %s", r->mn->name,
			 f->link->name, addr_str(&e->bound_coa));
	if (sim_host_addr(f, &e->bound_coa)->deprecated && has_preferred(f))
		sim_fail(s, "%s is bound with %s, which is deprecated",
			 r->mn->name, addr_str(&e->bound_coa));
	check_kernels(r, f, &e->bound_coa);
	if (!r->ha->ha_links[0].is_virtual)
		check_neigh(r, &r->ha->ifaces[0].mac);
}

static void check_refused(struct sim_reg *r)
{
	struct sim *s = r->mn->sim;
	const struct bul_entry *e = sim_bul(r);

	if (!e || e->state != BUL_REFUSED || e->last_status != r->expect)
		sim_fail(s, "%s: %s should be refused with %u, it is %s (%u)",
			 r->mn->name, addr_str(&r->hoa), r->expect,
			 e ? bul_state_str(e->state) : "not there",
			 e ? e->last_status : 0);
	if (fake_kernel_binding(r->ha->kernel, &r->hoa))
		sim_fail(s, "%s: %s is refused and forwarded", r->mn->name,
			 addr_str(&r->hoa));
}

static void check_reg(struct sim_reg *r)
{
	struct sim_iface *home = at_home(r);
	struct sim_iface *away = best_away(r->mn);

	if (r->dynamic && !home && away) {
		struct sim_node *agent = sim_disc_agent(r);

		if (!agent && sim_disc_any_agent(r->mn->sim))
			sim_fail(r->mn->sim, "%s has found no agent for %s",
				 r->mn->name, addr_str(&r->hoa));
		r->ha = agent ? agent : r->ha;
		sim_disc_check_others(r, r->ha);
	}
	if (!r->mn->up || !r->ha->up)
		return;
	if (home)
		check_home(r, home);
	else if (away && r->expect)
		check_refused(r);
	else if (away)
		check_away(r, away);
}

/* Its node does not want it any more. */
static void check_left_out(struct sim_reg *r)
{
	struct sim *s = r->mn->sim;

	if (sim_bul(r))
		sim_fail(s, "%s: %s is left out, its registration is %s",
			 r->mn->name, addr_str(&r->hoa),
			 bul_state_str(sim_bul(r)->state));
	if (sim_path_home(r->mn, &r->hoa))
		sim_fail(s, "%s: %s is left out, and in the kernel",
			 r->mn->name, addr_str(&r->hoa));
	if (fake_kernel_binding(r->ha->kernel, &r->hoa))
		sim_fail(s, "%s: forwards %s, which its node has left out",
			 r->ha->name, addr_str(&r->hoa));
}

void sim_check_quiet(struct sim *s)
{
	unsigned int i, j;

	for (i = 0; i < s->n_nodes; i++) {
		const struct sim_node *n = s->nodes[i];

		for (j = 0; j < n->mn.n_homes; j++)
			if (j < n->mn.n_homes - n->left_out)
				check_reg(&s->nodes[i]->regs[j]);
			else
				check_left_out(&s->nodes[i]->regs[j]);
	}
}

void sim_settle(struct sim *s)
{
	unsigned int loss = s->loss, dup = s->dup, fail = s->kernel_fail;
	unsigned int link_loss[SIM_LINKS] = { 0 }, i, j;
	int64_t jitter = s->jitter_us;
	bool keep = s->keep_bu;

	s->jitter_us = 2000;
	s->loss = s->dup = s->kernel_fail = 0;
	s->keep_bu = false;
	for (i = 0; i < s->n_nodes; i++)
		s->nodes[i]->kernel->fail_permille = 0;
	for (i = 0; i < s->n_links; i++) {
		link_loss[i] = s->links[i].loss;
		s->links[i].loss = 0;
		s->links[i].cut = false;
		for (j = 0; j < s->links[i].n_routers; j++)
			if (!s->links[i].routers[j].alive)
				sim_router_set_alive(&s->links[i].routers[j],
						     true);
	}
	sim_note(s, "the network is good, nobody moves");
	sim_run_s(s, SETTLE_S);
	sim_check_quiet(s);
	if (s->flows)
		sim_ro_quiet(s, s->want_direct);
	s->jitter_us = jitter;
	s->loss = loss;
	s->dup = dup;
	s->kernel_fail = fail;
	s->keep_bu = keep;
	for (i = 0; i < s->n_nodes; i++)
		s->nodes[i]->kernel->fail_permille = fail;
	for (i = 0; i < s->n_links; i++)
		s->links[i].loss = link_loss[i];
}

void sim_finish(struct sim *s)
{
	unsigned int i;

	sim_settle(s);
	s->loss = s->dup = 0;
	s->jitter_us = 2000;
	for (i = 0; i < s->n_links; i++)
		s->links[i].loss = 0;
	for (i = 0; i < s->n_nodes; i++)
		if (s->nodes[i]->role & SIM_MN && !(s->nodes[i]->role & SIM_HA))
			sim_node_stop(s->nodes[i]);
	for (i = 0; i < s->n_nodes; i++)
		if (!(s->nodes[i]->role & SIM_HA))
			sim_node_stop(s->nodes[i]);
	for (i = s->n_nodes; i-- > 0;) {
		if (!(s->nodes[i]->role & SIM_HA))
			continue;
		if (s->nodes[i]->kernel->n_bindings)
			sim_fail(s, "%s: %u bindings after all nodes stopped",
				 s->nodes[i]->name,
				 s->nodes[i]->kernel->n_bindings);
		sim_node_stop(s->nodes[i]);
	}
	sim_run_s(s, 60);
}
