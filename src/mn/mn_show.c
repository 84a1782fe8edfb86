/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mobile node's view for mip6d-ctl, as plain values.
 *
 * This file decides nothing: it shows what the others decided and why.
 */
#include "mn_priv.h"

static bool hears_home(struct mn_iface *f, struct mtime now)
{
	unsigned int i;

	for (i = 0; i < f->mn->n_homes; i++)
		if (mn_subnet_find_prefix(&f->wire, &f->mn->homes[i].prefix,
					  now, NULL))
			return true;
	return false;
}

static const char *iface_location(struct mn_iface *f, struct mtime now)
{
	if (!mn_iface_is_up(f))
		return "down";
	if (hears_home(f, now))
		return "home";
	return mn_subnet_count(&f->wire, MN_ROUTER_LIVE) ? "away" : "unknown";
}

void mn_walk_ifaces(struct mn *mn, mn_iface_fn *fn, void *arg)
{
	unsigned int i;

	for (i = 0; i < mn->n_ifaces; i++) {
		struct mn_iface *f = &mn->ifaces[i];
		struct mn_iface_info info = {
			.name = f->name,
			.ifindex = f->ifindex,
			.up = f->up,
			.carrier = f->carrier,
			.preference = f->conf->preference,
			.location = iface_location(f, mn->now),
		};

		fn(arg, &info);
	}
}

static bool is_home_subnet(const struct mn *mn, const struct in6_addr *a)
{
	unsigned int i;

	for (i = 0; i < mn->n_homes; i++)
		if (prefix_contains(&mn->homes[i].prefix, a))
			return true;
	return false;
}

void mn_walk_addrs(struct mn *mn, int ifindex, mn_addr_fn *fn, void *arg)
{
	struct mn_iface *f = mn_iface_of(mn, ifindex);
	unsigned int i;

	for (i = 0; f && i < f->n_addrs; i++) {
		struct mn_addr *a = &f->addrs[i];
		struct mn_addr_info info = {
			.addr = a->addr,
			.optimistic = a->optimistic,
			.home_subnet = is_home_subnet(mn, &a->addr),
		};
		bool suspect;

		if (addr_is_linklocal(&a->addr))
			continue;
		info.state = mn_iface_addr_state(f, a, mn->now, &info.router,
						 &suspect);
		fn(arg, &info);
	}
}

void mn_walk_coa(struct mn *mn, mn_coa_fn *fn, void *arg)
{
	unsigned int i;

	for (i = 0; i < mn->n_homes; i++) {
		struct mn_home *h = &mn->homes[i];
		struct mn_iface *f = mn_iface_of(mn, h->coa_ifindex);
		struct mn_coa_info info = {
			.home = h->conf,
			.location = mn_place_str(h),
			.coa = h->coa,
			.ifindex = h->coa_ifindex,
			.ifname = f ? f->name : "",
			.router = h->coa_router,
			.reason = h->reason,
			.since = h->since,
			.previous = h->previous,
		};

		fn(arg, &info);
	}
}

const char *mn_addr_state_str(enum mn_addr_state state)
{
	switch (state) {
	case MN_ADDR_TENTATIVE:
		return "tentative";
	case MN_ADDR_PREFERRED:
		return "preferred";
	case MN_ADDR_DEPRECATED:
		return "deprecated";
	case MN_ADDR_DETACHED:
		return "detached";
	case MN_ADDR_DUPLICATE:
		return "duplicate";
	}
	return "?";
}
