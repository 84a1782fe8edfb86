/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interfaces and their addresses, as the kernel tells them.  The addresses
 * are other programs' business (the kernel's autoconfiguration, a network
 * manager): they are watched, never set.
 *
 * This file decides which state an address is in: the kernel's states, and
 * "detached" for one whose router is gone although its lifetime lasts
 * (RFC 6275 section 11.5.4: care-of addresses of a link that was left are
 * invalid).  Who is reachable is found out by mn_move.c.
 */
#include "mn_priv.h"

#include <string.h>

bool mn_iface_is_up(const struct mn_iface *f)
{
	return f->ifindex && f->up && f->carrier;
}

void mn_iface_init(struct mn_iface *f, struct mn *mn,
		   const struct conf_mn_interface *conf)
{
	memset(f, 0, sizeof(*f));
	f->mn = mn;
	f->conf = conf;
	memcpy(f->name, conf->ifname, sizeof(f->name));
	f->rs_last = (struct mtime){ INT64_MIN / 2 };
	task_init(&f->rs_task, mn_move_rs_task);
	mn_wire_init(&f->wire, f, mn_move_router_task);
}

static void sysctl_set(struct mn_iface *f, const char *name, const char *value)
{
	int err = kernel_sysctl(f->mn->env.kernel, f->name, name, value);

	if (err && value)
		log_warning("mn: iface=%s sysctl %s=%s refused: %s", f->name,
			    name, value, strerror(-err));
}

/* Those that the configuration names, and no others. */
static void sysctls_apply(struct mn_iface *f, bool on)
{
	unsigned int i;

	for (i = 0; i < f->conf->n_sysctls; i++)
		sysctl_set(f, f->conf->sysctls[i].name,
			   on ? f->conf->sysctls[i].value : NULL);
	if (!f->conf->optimistic)
		return;
	sysctl_set(f, "optimistic_dad", on ? "1" : NULL);
	sysctl_set(f, "use_optimistic", on ? "1" : NULL);
}

void mn_iface_done(struct mn_iface *f)
{
	task_stop(&f->rs_task);
	mn_wire_clear(&f->wire);
	if (f->ifindex)
		sysctls_apply(f, false);
}

/* ---- links ---- */

static void iface_vanish(struct mn_iface *f)
{
	log_notice("mn: iface=%s is gone", f->name);
	mn_move_link_down(f);
	mn_wire_clear(&f->wire);
	f->n_addrs = 0;
	f->ifindex = 0;
	f->up = f->carrier = false;
}

static void iface_appear(struct mn_iface *f, int ifindex)
{
	log_info("mn: iface=%s ifindex=%d preference=%d", f->name, ifindex,
		 f->conf->preference);
	f->ifindex = ifindex;
	sysctls_apply(f, true);
}

static void iface_update(struct mn_iface *f, const struct kernel_link *link,
			 struct mtime now)
{
	bool was_up = mn_iface_is_up(f);

	f->up = link->up;
	f->carrier = link->carrier;
	f->lladdr = link->lladdr;
	if (was_up == mn_iface_is_up(f) || !f->mn->synced)
		return;
	log_info("mn: iface=%s link=%s", f->name, was_up ? "down" : "up");
	if (was_up)
		mn_move_link_down(f);
	else
		mn_move_link_up(f, now);
	mn_eval_soon(f->mn, now);
}

void mn_iface_on_link(struct mn *mn, const struct kernel_link *link,
		      struct mtime now)
{
	unsigned int i;

	for (i = 0; i < mn->n_ifaces; i++) {
		struct mn_iface *f = &mn->ifaces[i];
		bool same_name = !strcmp(f->name, link->name);

		/* Gone, renamed, or replaced by another of its name. */
		if (f->ifindex && (f->ifindex == link->ifindex || same_name) &&
		    (link->gone || f->ifindex != link->ifindex || !same_name)) {
			if (link->gone && f->ifindex != link->ifindex)
				continue;
			iface_vanish(f);
			mn_eval_soon(mn, now);
		}
		if (!same_name || link->gone)
			continue;
		if (!f->ifindex)
			iface_appear(f, link->ifindex);
		iface_update(f, link, now);
	}
}

/* ---- addresses ---- */

static struct mn_addr *addr_find(struct mn_iface *f, const struct in6_addr *a)
{
	unsigned int i;

	for (i = 0; i < f->n_addrs; i++)
		if (addr_eq(&f->addrs[i].addr, a))
			return &f->addrs[i];
	return NULL;
}

static void addr_del(struct mn_iface *f, struct mn_addr *a)
{
	unsigned int i = (unsigned int)(a - f->addrs);

	f->n_addrs--;
	memmove(a, a + 1, (f->n_addrs - i) * sizeof(*a));
}

static struct mn_addr *addr_add(struct mn_iface *f, const struct in6_addr *addr)
{
	struct mn_addr *a;

	if (f->n_addrs == MN_ADDRS_MAX) {
		log_warning("mn: iface=%s has more than %d addresses, %s is "
			    "not looked at",
			    f->name, MN_ADDRS_MAX, addr_str(addr));
		return NULL;
	}
	a = &f->addrs[f->n_addrs++];
	memset(a, 0, sizeof(*a));
	a->addr = *addr;
	a->epoch = f->epoch;
	return a;
}

/* True when something changed that a decision may depend on; lifetimes are
 * read when they are needed. */
static bool addr_update(struct mn_addr *a, const struct kernel_addr *k,
			struct mtime now)
{
	bool changed = a->tentative != k->tentative ||
		       a->optimistic != k->optimistic ||
		       a->dad_failed != k->dad_failed ||
		       a->deprecated != k->deprecated;

	a->plen = k->plen;
	a->tentative = k->tentative;
	a->optimistic = k->optimistic;
	a->dad_failed = k->dad_failed;
	a->deprecated = k->deprecated;
	a->temporary = k->temporary;
	a->permanent = k->permanent;
	a->valid_until = k->valid_s == UINT32_MAX
				 ? MTIME_NEVER
				 : mtime_add_s(now, k->valid_s);
	return changed;
}

static void note_hoa(struct mn *mn, const struct kernel_addr *k)
{
	struct mn_home *h = mn_home_of(mn, &k->addr);

	if (h)
		h->temporary = k->temporary;
}

/* Routes lose a preferred source that goes, and who configures interfaces
 * anew may take away what is not his. */
static void is_back(struct mn *mn, const struct in6_addr *addr)
{
	struct mn_home *h;

	for (h = mn->homes; h; h = h->next)
		if (addr_eq(&h->coa, addr))
			mn_install_again(h);
}

void mn_iface_on_addr(struct mn *mn, const struct kernel_addr *k,
		      struct mtime now)
{
	struct mn_iface *f = mn_iface_of(mn, k->ifindex);
	struct mn_addr *a;
	bool is_new;

	if (mn_home_of(mn, &k->addr)) {
		if (!k->gone)
			note_hoa(mn, k);
		return;
	}
	if (!f || k->home || addr_is_multicast(&k->addr))
		return;
	a = addr_find(f, &k->addr);
	if (k->gone) {
		if (!a)
			return;
		log_debug("mn: iface=%s address=%s gone", f->name,
			  addr_str(&k->addr));
		addr_del(f, a);
		mn_eval_soon(mn, now);
		return;
	}
	is_new = !a;
	if (!a) {
		a = addr_add(f, &k->addr);
		is_back(mn, &k->addr);
	}
	if (a && (addr_update(a, k, now) || is_new)) {
		log_debug("mn: iface=%s address=%s%s%s%s%s", f->name,
			  addr_str(&k->addr), k->tentative ? " tentative" : "",
			  k->optimistic ? " optimistic" : "",
			  k->dad_failed ? " duplicate" : "",
			  k->deprecated ? " deprecated" : "");
		mn_eval_soon(mn, now);
	}
}

const struct in6_addr *mn_iface_linklocal(const struct mn_iface *f)
{
	unsigned int i;

	for (i = 0; i < f->n_addrs; i++) {
		const struct mn_addr *a = &f->addrs[i];

		if (addr_is_linklocal(&a->addr) && !a->tentative &&
		    !a->optimistic && !a->dad_failed)
			return &a->addr;
	}
	return NULL;
}

/* ---- states ---- */

/* The router of an address, and from_ra as a side effect. */
static struct mn_router *addr_router(struct mn_iface *f, struct mn_addr *a,
				     struct mtime now)
{
	struct mn_router *r;
	bool known;

	r = mn_subnet_router_of(&f->wire, &a->addr, &a->router, now, &known);
	if (known)
		a->from_ra = true;
	if (known || a->from_ra)
		return r;
	/* It came by another way.  After a flap it belongs to the wire that
	 * was left unless that is confirmed, which renews its epoch. */
	if (a->epoch != f->epoch &&
	    !mn_subnet_count(&f->wire, MN_ROUTER_SUSPECT))
		return NULL;
	return mn_subnet_router_any(&f->wire, now);
}

enum mn_addr_state mn_iface_addr_state(struct mn_iface *f, struct mn_addr *a,
				       struct mtime now,
				       struct in6_addr *ret_router,
				       bool *ret_suspect)
{
	struct mn_router *r = addr_router(f, a, now);

	*ret_suspect = false;
	if (a->dad_failed)
		return MN_ADDR_DUPLICATE;
	if (!r || r->state == MN_ROUTER_GONE)
		return MN_ADDR_DETACHED;
	a->router = r->addr;
	*ret_router = r->addr;
	*ret_suspect = r->state == MN_ROUTER_SUSPECT;
	if (a->tentative)
		return MN_ADDR_TENTATIVE;
	return a->deprecated ? MN_ADDR_DEPRECATED : MN_ADDR_PREFERRED;
}

unsigned int mn_iface_candidates(struct mn *mn, struct mtime now)
{
	unsigned int i, j, n = 0;

	for (i = 0; i < mn->n_ifaces; i++) {
		struct mn_iface *f = &mn->ifaces[i];

		for (j = 0; f->ifindex && j < f->n_addrs; j++) {
			struct mn_addr *a = &f->addrs[j];
			struct mn_candidate *c = &mn->candidates[n];

			if (addr_is_linklocal(&a->addr))
				continue;
			*c = (struct mn_candidate){
				.addr = a->addr,
				.ifindex = f->ifindex,
				.ifname = f->name,
				.preference = f->conf->preference,
				.optimistic = a->optimistic,
				.temporary = a->temporary,
				.down = !mn_iface_is_up(f),
			};
			c->state = mn_iface_addr_state(f, a, now, &c->router,
						       &c->suspect);
			n++;
		}
	}
	return n;
}
