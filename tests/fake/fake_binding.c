/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel.h in memory: the bindings of a home agent that are in force, and
 * the judgement of what adds, moves and removes them.
 */
#include <stdlib.h>

#include "tests/fake/fake_priv.h"

static struct fake_binding **binding_place(const struct kernel *k,
					   const struct in6_addr *hoa)
{
	struct kernel *open = (struct kernel *)k;
	struct fake_binding **p;
	uint32_t hash = 2166136261u;
	int i;

	for (i = 0; i < 16; i++)
		hash = (hash ^ hoa->s6_addr[i]) * 16777619u;
	p = &open->bindings[(hash ^ hash >> 16) % FAKE_BUCKETS];
	while (*p && !addr_eq(&(*p)->b.hoa, hoa))
		p = &(*p)->next;
	return p;
}

const struct kernel_binding *fake_kernel_binding(const struct kernel *k,
						 const struct in6_addr *hoa)
{
	struct fake_binding *b = *binding_place(k, hoa);

	return b ? &b->b : NULL;
}

static bool binding_defends(const struct kernel_binding *b, int ifindex,
			    const struct in6_addr *addr)
{
	struct in6_addr ll = addr_linklocal_of(&b->hoa);

	return b->home_ifindex && b->home_ifindex == ifindex &&
	       (addr_eq(&b->hoa, addr) ||
		(b->proxy_linklocal && addr_eq(&ll, addr)));
}

bool fake_kernel_is_proxied(const struct kernel *k, int ifindex,
			    const struct in6_addr *addr)
{
	const struct fake_binding *b;
	unsigned int i;

	for (i = 0; i < FAKE_BUCKETS; i++)
		for (b = k->bindings[i]; b; b = b->next)
			if (binding_defends(&b->b, ifindex, addr))
				return true;
	return false;
}

void fake_binding_apply_add(struct kernel *k, const struct kernel_binding *b)
{
	struct fake_binding **p = binding_place(k, &b->hoa);
	const struct in6_addr *have = *p ? &(*p)->b.coa : &addr_any;

	if (!addr_eq(have, &b->old_coa))
		fake_fault("binding_add %s: old_coa %s, in force is %s",
			   addr_str(&b->hoa), addr_str(&b->old_coa),
			   addr_str(have));
	if (!*p) {
		*p = calloc(1, sizeof(**p));
		if (!*p)
			abort();
		k->n_bindings++;
	}
	(*p)->b = *b;
	(*p)->b.old_coa = addr_any;
}

void fake_binding_apply_del(struct kernel *k, const struct kernel_binding *b)
{
	struct fake_binding **p = binding_place(k, &b->hoa);
	struct fake_binding *gone = *p;

	if (!gone)
		return;
	if (!addr_eq(&gone->b.coa, &b->coa) || !addr_eq(&gone->b.ha, &b->ha) ||
	    gone->b.home_ifindex != b->home_ifindex ||
	    gone->b.proxy_linklocal != b->proxy_linklocal)
		fake_fault("binding_del %s via %s on %d: in force is %s on %d",
			   addr_str(&b->hoa), addr_str(&b->coa),
			   b->home_ifindex, addr_str(&gone->b.coa),
			   gone->b.home_ifindex);
	*p = gone->next;
	free(gone);
	k->n_bindings--;
}

int kernel_ha_prefixes_set(struct kernel *k, const struct prefix *prefixes,
			   unsigned int n_prefixes)
{
	struct fake_request r = { .op = FAKE_HA_PREFIXES_SET,
				  .n_prefixes = n_prefixes };
	unsigned int i;

	if (!k->ha_started)
		fake_fault("ha_prefixes_set before ha_start");
	if (n_prefixes > FAKE_PREFIXES) {
		fake_fault("%u home prefixes", n_prefixes);
		n_prefixes = FAKE_PREFIXES;
	}
	if (fake_request_now(k, &r))
		return r.returned;
	for (i = 0; i < n_prefixes; i++)
		k->prefixes[i] = prefixes[i];
	k->n_prefixes = n_prefixes;
	return 0;
}

bool fake_kernel_is_home_prefix(const struct kernel *k,
				const struct in6_addr *hoa)
{
	unsigned int i;

	for (i = 0; i < k->n_prefixes; i++)
		if (prefix_contains(&k->prefixes[i], hoa))
			return true;
	return false;
}

void fake_bindings_drop(struct kernel *k)
{
	struct fake_binding *b;
	unsigned int i;

	for (i = 0; i < FAKE_BUCKETS; i++)
		while ((b = k->bindings[i])) {
			k->bindings[i] = b->next;
			free(b);
		}
	k->n_bindings = 0;
}
