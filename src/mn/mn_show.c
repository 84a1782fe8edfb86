/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mobile node's view for mip6d-ctl, as plain values.
 *
 * This file decides nothing: it shows what the others decided and why.
 */
#include "mn_priv.h"

static bool hears_home(struct mn_iface *f, struct mtime now)
{
	const struct mn_home *h;

	for (h = f->mn->homes; h; h = h->next)
		if (mn_subnet_find_prefix(&f->wire, &h->prefix, now, NULL))
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
	const struct mn_home *h;

	for (h = mn->homes; h; h = h->next)
		if (prefix_contains(&h->prefix, a))
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
	struct mn_home *h;

	for (h = mn->homes; h; h = h->next) {
		struct mn_iface *f = mn_iface_of(mn, h->coa_ifindex);
		struct mn_coa_info info = {
			.hoa = h->hoa,
			.prefix = h->prefix,
			.agent = *mn_home_agent(h),
			.location = mn_place_str(h),
			.coa = h->coa,
			.ifindex = h->coa_ifindex,
			.ifname = f ? f->name : "",
			.router = h->coa_router,
			.reason = mn_home_lacks_key(h)
					  ? "not registered: no key of "
					    "authentication-keys has this home "
					    "address"
					  : h->reason,
			.since = h->since,
			.previous = h->previous,
		};

		fn(arg, &info);
	}
}

static const char *discovery_str(const struct mn_home *h)
{
	if (!h->dynamic)
		return "configured";
	switch (h->dhaad.state) {
	case MN_DHAAD_ASKING:
		return h->dhaad.asked.open ? "asking" : "waiting";
	case MN_DHAAD_RESTING:
		return "waiting";
	case MN_DHAAD_IDLE:
		break;
	}
	return mn_home_has_agent(h) ? "known" : "idle";
}

static void show_agents(const struct mn_home *h, mn_agent_fn *fn, void *arg)
{
	struct mn_agent_addr a[1 + HAAD_MAX_ADDRS + MN_FORMERS_MAX] = { 0 };
	struct mn_agent_info info = {
		.hoa = h->hoa,
		.prefix = h->prefix,
		.discovery = discovery_str(h),
		.listed = h->agents.listed,
		.agents = a,
	};
	unsigned int i;

	if (mn_home_has_agent(h))
		a[info.n++] = (struct mn_agent_addr){ *mn_home_agent(h),
						      "in use",
						      { 0 } };
	for (i = 0; i < h->agents.n; i++)
		if (!addr_eq(&h->agents.a[i].addr, mn_home_agent(h)))
			a[info.n++] = (struct mn_agent_addr){
				h->agents.a[i].addr,
				h->agents.a[i].failed ? "failed" : "listed",
				{ 0 },
			};
	for (i = 0; i < MN_FORMERS_MAX; i++)
		if (!addr_is_any(&h->formers[i].agent))
			a[info.n++] =
				(struct mn_agent_addr){ h->formers[i].agent,
							"former",
							h->formers[i].expires };
	fn(arg, &info);
}

void mn_walk_agents(struct mn *mn, mn_agent_fn *fn, void *arg)
{
	const struct mn_home *h;

	for (h = mn->homes; h; h = h->next)
		show_agents(h, fn, arg);
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
