/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The home links of a home agent (RFC 6275 sections 10.1, 10.3.1).
 *
 * This file decides which home link a home address belongs to, and whether
 * it can be served there at the moment: a home link in the kernel's eyes,
 * up and with carrier.  The kernel forgets the proxy entries of an interface
 * that loses its carrier, goes down or vanishes; so whenever a link becomes
 * ready its bindings are put into the kernel and announced again.  Until then
 * they live on: mobile nodes keep their tunnel, may refresh it and may move,
 * but nobody new is taken, since DAD is impossible.
 *
 * Prefix lifetimes are left to ha_prefix.c.
 */
#include "ha_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct ha_link *ha_link_find(const struct ha *ha, const struct in6_addr *local,
			     const struct in6_addr *hoa)
{
	unsigned int i;

	for (i = 0; i < ha->n_links; i++)
		if (addr_eq(&ha->links[i].conf->address, local) &&
		    prefix_contains(&ha->links[i].conf->prefix, hoa))
			return &ha->links[i];
	return NULL;
}

struct lifetime_prefix ha_link_prefix(const struct ha *ha,
				      const struct ha_link *l, struct mtime now)
{
	return ha_disc_life(ha, l->conf, now);
}

/* ---- the set of links ---- */

static const struct ha_link *link_by_name(const struct ha_link *links,
					  unsigned int n, const char *ifname)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (!links[i].conf->is_virtual &&
		    !strcmp(links[i].conf->ifname, ifname))
			return &links[i];
	return NULL;
}

static bool is_used(const struct ha_link *links, unsigned int n, int ifindex)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (links[i].is_home && links[i].ifindex == ifindex)
			return true;
	return false;
}

/* Undoes kernel_home_link_set() for what `old` used and ha->links do not. */
static void links_release(struct ha *ha, struct ha_link *old, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (!old[i].is_home)
			continue;
		old[i].is_home = false;
		if (!is_used(old, n, old[i].ifindex) &&
		    !is_used(ha->links, ha->n_links, old[i].ifindex))
			kernel_home_link_set(ha->env.kernel, old[i].ifindex,
					     false);
	}
}

int ha_links_set(struct ha *ha)
{
	const struct conf_ha *conf = ha->conf;
	struct ha_link *links, *old = ha->links;
	const struct ha_link *same;
	unsigned int i, n_old = ha->n_links;

	links = calloc(conf->n_links ? conf->n_links : 1, sizeof(*links));
	if (!links)
		return -ENOMEM;
	for (i = 0; i < conf->n_links; i++) {
		const struct conf_home_link *c = &conf->links[i];

		same = c->is_virtual ? NULL
				     : link_by_name(old, n_old, c->ifname);
		if (same)
			links[i] = *same;
		links[i].conf = c;
		links[i].ready |= c->is_virtual;
	}
	ha->links = links;
	ha->n_links = conf->n_links;
	links_release(ha, old, n_old);
	free(old);
	return 0;
}

int ha_links_tell(struct ha *ha)
{
	struct prefix *prefixes =
		calloc(ha->n_links ? ha->n_links : 1, sizeof(*prefixes));
	unsigned int i;
	int err;

	if (!prefixes)
		return -ENOMEM;
	for (i = 0; i < ha->n_links; i++)
		prefixes[i] = ha->links[i].conf->prefix;
	err = kernel_ha_prefixes_set(ha->env.kernel, prefixes, ha->n_links);
	free(prefixes);
	return err;
}

void ha_links_free(struct ha *ha)
{
	struct ha_link *old = ha->links;
	unsigned int n = ha->n_links;

	ha->links = NULL;
	ha->n_links = 0;
	links_release(ha, old, n);
	free(old);
}

/* ---- events ---- */

struct link_walk {
	struct ha *ha;
	const struct ha_link *link;
	struct mtime now;
};

static void reinstall_one(void *arg, struct bcache_entry *e)
{
	struct link_walk *w = arg;

	if (ha_link_of(w->ha, e) == w->link)
		ha_binding_reinstall(e, w->now);
}

static void fail_dad_one(void *arg, struct bcache_entry *e)
{
	struct link_walk *w = arg;

	if (e->state == BCACHE_DAD && ha_link_of(w->ha, e) == w->link)
		ha_binding_on_dad(e, BA_NO_RESOURCES, w->now);
}

static void link_walk(struct ha *ha, const struct ha_link *l,
		      bcache_walk_fn *fn, struct mtime now)
{
	struct link_walk w = { .ha = ha, .link = l, .now = now };

	bcache_walk(ha->bc, fn, &w);
}

/* The interface is not ours any more: it vanished or got another name. */
static void link_lose(struct ha *ha, struct ha_link *l, bool gone,
		      struct mtime now)
{
	bool was_home = l->is_home;
	int ifindex = l->ifindex;

	log_warning("ha: home link %s (%s) is gone; its bindings stay",
		    l->conf->ifname, prefix_str(&l->conf->prefix));
	l->ready = l->is_home = false;
	l->ifindex = 0;
	link_walk(ha, l, fail_dad_one, now);
	if (was_home && !gone && !is_used(ha->links, ha->n_links, ifindex))
		kernel_home_link_set(ha->env.kernel, ifindex, false);
}

/* Several prefixes may live on one interface, which is told only once. */
static void link_make_home(struct ha *ha, struct ha_link *l)
{
	int err = 0;

	if (!is_used(ha->links, ha->n_links, l->ifindex))
		err = kernel_home_link_set(ha->env.kernel, l->ifindex, true);
	if (err)
		log_error("ha: %s cannot be made a home link: error %d",
			  l->conf->ifname, -err);
	l->is_home = !err;
}

static void link_update(struct ha *ha, struct ha_link *l,
			const struct kernel_link *ev, struct mtime now)
{
	bool was_ready = l->ready;
	bool moved = was_ready && !lladdr_eq(&l->lladdr, &ev->lladdr);

	l->ifindex = ev->ifindex;
	l->lladdr = ev->lladdr;
	if (!l->is_home)
		link_make_home(ha, l);
	l->ready = l->is_home && ev->up && ev->carrier;
	if (l->ready != was_ready)
		log_notice("ha: home link %s (%s) is %s", l->conf->ifname,
			   prefix_str(&l->conf->prefix),
			   l->ready ? "served" : "down; its bindings stay");
	if (was_ready && !l->ready)
		link_walk(ha, l, fail_dad_one, now);
	else if (l->ready && (!was_ready || moved))
		link_walk(ha, l, reinstall_one, now);
}

void ha_link_on_event(struct ha *ha, const struct kernel_link *ev,
		      struct mtime now)
{
	unsigned int i;

	for (i = 0; i < ha->n_links; i++) {
		struct ha_link *l = &ha->links[i];
		bool named = !l->conf->is_virtual &&
			     !strcmp(l->conf->ifname, ev->name);

		if (l->ifindex && l->ifindex == ev->ifindex &&
		    (ev->gone || !named))
			link_lose(ha, l, ev->gone, now);
		else if (named && !ev->gone && l->ifindex &&
			 l->ifindex != ev->ifindex)
			/* Its end was missed: another one has its name. */
			link_lose(ha, l, true, now);
		if (named && !ev->gone)
			link_update(ha, l, ev, now);
	}
}
