/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel.h in memory: what the kernel tells.  Links, addresses and routers
 * are kept so that kernel_watch() can tell them again to a restarted daemon,
 * and kernel_addr_is_local() can be answered.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fake/fake_priv.h"

static void tell(struct kernel *k, const struct kernel_event *ev)
{
	if (k->watched)
		fake_queue_event(k, ev);
}

static void *grow(void *array, unsigned int n, size_t size)
{
	void *p = realloc(array, (n + 1) * size);

	if (!p)
		abort();
	return p;
}

/* ---- addresses ---- */

void fake_kernel_addr_set(struct kernel *k, const struct kernel_addr *addr)
{
	struct kernel_event ev = { .type = KERNEL_ADDR, .addr = *addr };
	unsigned int i;

	for (i = 0; i < k->n_addrs; i++)
		if (k->addrs[i].ifindex == addr->ifindex &&
		    addr_eq(&k->addrs[i].addr, &addr->addr))
			break;
	if (addr->gone) {
		if (i == k->n_addrs)
			return;
		memmove(&k->addrs[i], &k->addrs[i + 1],
			(--k->n_addrs - i) * sizeof(k->addrs[0]));
	} else {
		if (i == k->n_addrs)
			k->addrs = grow(k->addrs, k->n_addrs++,
					sizeof(k->addrs[0]));
		k->addrs[i] = *addr;
	}
	tell(k, &ev);
}

static struct in6_addr must_parse(const char *text)
{
	struct in6_addr a;

	if (addr_parse(text, &a))
		abort();
	return a;
}

void fake_kernel_addr_add(struct kernel *k, int ifindex, const char *addr)
{
	struct kernel_addr a = {
		.ifindex = ifindex,
		.addr = must_parse(addr),
		.plen = 64,
		.valid_s = UINT32_MAX,
		.preferred_s = UINT32_MAX,
	};

	fake_kernel_addr_set(k, &a);
}

void fake_kernel_addr_del(struct kernel *k, int ifindex, const char *addr)
{
	struct kernel_addr a = { .ifindex = ifindex,
				 .addr = must_parse(addr),
				 .plen = 64,
				 .gone = true };

	fake_kernel_addr_set(k, &a);
}

bool kernel_addr_is_local(struct kernel *k, const struct in6_addr *addr)
{
	unsigned int i;

	for (i = 0; i < k->n_addrs; i++)
		if (addr_eq(&k->addrs[i].addr, addr))
			return true;
	return false;
}

/* ---- routers ---- */

void fake_kernel_router_set(struct kernel *k, const struct kernel_router *r)
{
	struct kernel_event ev = { .type = KERNEL_ROUTER, .router = *r };
	unsigned int i;

	for (i = 0; i < k->n_routers; i++)
		if (k->routers[i].ifindex == r->ifindex &&
		    addr_eq(&k->routers[i].gateway, &r->gateway))
			break;
	if (r->gone) {
		if (i == k->n_routers)
			return;
		memmove(&k->routers[i], &k->routers[i + 1],
			(--k->n_routers - i) * sizeof(k->routers[0]));
	} else {
		if (i == k->n_routers)
			k->routers = grow(k->routers, k->n_routers++,
					  sizeof(k->routers[0]));
		k->routers[i] = *r;
	}
	tell(k, &ev);
}

void fake_kernel_router_add(struct kernel *k, int ifindex, const char *gw)
{
	struct kernel_router r = { .ifindex = ifindex,
				   .metric = 1024,
				   .gateway = must_parse(gw) };

	fake_kernel_router_set(k, &r);
}

void fake_kernel_router_del(struct kernel *k, int ifindex, const char *gw)
{
	struct kernel_router r = { .ifindex = ifindex,
				   .metric = 1024,
				   .gateway = must_parse(gw),
				   .gone = true };

	fake_kernel_router_set(k, &r);
}

void fake_kernel_neigh_tell(struct kernel *k, const struct kernel_neigh *n)
{
	struct kernel_event ev = { .type = KERNEL_NEIGH, .neigh = *n };

	tell(k, &ev);
}

/* ---- links ---- */

/* A link that is gone or down keeps no address and no route. */
static void link_lost(struct kernel *k, int ifindex)
{
	unsigned int i;

	for (i = k->n_routers; i-- > 0;) {
		struct kernel_router r = k->routers[i];

		r.gone = true;
		if (r.ifindex == ifindex)
			fake_kernel_router_set(k, &r);
	}
	for (i = k->n_addrs; i-- > 0;) {
		struct kernel_addr a = k->addrs[i];

		a.gone = true;
		if (a.ifindex == ifindex)
			fake_kernel_addr_set(k, &a);
	}
}

void fake_kernel_link_set(struct kernel *k, const struct kernel_link *link)
{
	struct kernel_event ev = { .type = KERNEL_LINK, .link = *link };
	unsigned int i;

	for (i = 0; i < k->n_links; i++)
		if (k->links[i].ifindex == link->ifindex)
			break;
	if (link->gone && i == k->n_links)
		return;
	if (link->gone || !link->up)
		link_lost(k, link->ifindex);
	if (link->gone) {
		memmove(&k->links[i], &k->links[i + 1],
			(--k->n_links - i) * sizeof(k->links[0]));
	} else {
		if (i == k->n_links)
			k->links = grow(k->links, k->n_links++,
					sizeof(k->links[0]));
		k->links[i] = *link;
	}
	tell(k, &ev);
}

void fake_kernel_link_up(struct kernel *k, int ifindex, const char *name,
			 bool carrier)
{
	struct kernel_link l = {
		.ifindex = ifindex,
		.up = true,
		.carrier = carrier,
		.mtu = 1500,
		.lladdr = { .len = 6,
			    .addr = { 2, 0, 0, 0, (uint8_t)(ifindex >> 8),
				      (uint8_t)ifindex } },
	};

	snprintf(l.name, sizeof(l.name), "%s", name);
	fake_kernel_link_set(k, &l);
}

int kernel_ifindex(struct kernel *k, const char *name)
{
	unsigned int i;

	for (i = 0; i < k->n_links; i++)
		if (!strcmp(k->links[i].name, name))
			return k->links[i].ifindex;
	return 0;
}

uint64_t kernel_forged(const struct kernel *k)
{
	return k ? k->forged : 0;
}

/* ---- what our own requests make appear ---- */

void fake_world_device(struct kernel *k, int ifindex, const char *name,
		       bool gone)
{
	struct kernel_link l = { .ifindex = ifindex,
				 .gone = gone,
				 .up = true,
				 .carrier = true,
				 .mtu = 1460 };

	snprintf(l.name, sizeof(l.name), "%s", name);
	fake_kernel_link_set(k, &l);
}

static bool has_tunnel(const struct kernel_mn_home *h)
{
	return (h->place == KERNEL_MN_AWAY && !addr_is_any(&h->ha)) ||
	       h->place == KERNEL_MN_RETURNING;
}

static int hoa_ifindex(const struct kernel_mn_home *h)
{
	if (h->place == KERNEL_MN_AWAY && addr_is_any(&h->ha))
		return 0;
	if (h->place == KERNEL_MN_AWAY)
		return FAKE_MN_TUNNEL_IFINDEX + (int)h->index;
	return h->place == KERNEL_MN_NONE ? 0 : h->home_ifindex;
}

static void hoa_set(struct kernel *k, const struct kernel_mn_home *h,
		    int ifindex, bool gone)
{
	struct kernel_addr a = {
		.ifindex = ifindex,
		.addr = h->hoa,
		.plen = h->place == KERNEL_MN_AWAY ? 128 : 64,
		.gone = gone,
		.home = true,
		.permanent = true,
		.valid_s = UINT32_MAX,
		.preferred_s = UINT32_MAX,
	};

	fake_kernel_addr_set(k, &a);
}

void fake_world_home_changed(struct kernel *k, const struct kernel_mn_home *was,
			     const struct kernel_mn_home *is)
{
	int from = hoa_ifindex(was), to = hoa_ifindex(is);
	char name[IF_NAMESIZE];

	snprintf(name, sizeof(name), "%.12s%u", k->mn_prefix, is->index);
	if (has_tunnel(is) && !has_tunnel(was))
		fake_world_device(k, FAKE_MN_TUNNEL_IFINDEX + (int)is->index,
				  name, false);
	if (from != to && from)
		hoa_set(k, was, from, true);
	if (from != to && to)
		hoa_set(k, is, to, false);
	if (!has_tunnel(is) && has_tunnel(was))
		fake_world_device(k, FAKE_MN_TUNNEL_IFINDEX + (int)is->index,
				  name, true);
}

int kernel_watch(struct kernel *k)
{
	struct kernel_event ev = { .type = KERNEL_LINK };
	unsigned int i;

	k->watched = true;
	for (i = 0; i < k->n_links; i++) {
		ev.link = k->links[i];
		fake_queue_event(k, &ev);
	}
	ev.type = KERNEL_ADDR;
	for (i = 0; i < k->n_addrs; i++) {
		ev.addr = k->addrs[i];
		fake_queue_event(k, &ev);
	}
	ev.type = KERNEL_ROUTER;
	for (i = 0; i < k->n_routers; i++) {
		ev.router = k->routers[i];
		fake_queue_event(k, &ev);
	}
	ev.type = KERNEL_SYNCED;
	fake_queue_event(k, &ev);
	return 0;
}

void fake_world_free(struct kernel *k)
{
	free(k->links);
	free(k->addrs);
	free(k->routers);
}
