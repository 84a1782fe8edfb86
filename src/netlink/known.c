/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known of links, addresses and default routes
 * (src/netlink/known.h).  Pure.
 *
 * This file decides what makes two of them the same: a link its number; an
 * address itself and its interface; a default route next hop, interface and
 * metric, so that two routers with one metric are two.
 */
#include "src/netlink/known.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/hash.h"

/* Filled with zeros first: it is hashed and compared as octets. */
struct key {
	enum kernel_event_type type;
	int ifindex;
	uint32_t metric;
	struct in6_addr addr;
};

struct entry {
	struct key key;
	struct kernel_event ev;
	bool marked; /* not seen since known_mark */
	bool news;   /* to be told by known_sweep */
	UT_hash_handle hh;
};

/* How many interfaces have an address. */
struct local {
	struct in6_addr addr;
	unsigned int n;
	UT_hash_handle hh;
};

struct known {
	struct entry *entries; /* uthash keeps the order of entering */
	struct local *locals;
};

static const enum kernel_event_type order[] = {
	KERNEL_LINK,
	KERNEL_ADDR,
	KERNEL_ROUTER,
};

struct known *known_new(void)
{
	return calloc(1, sizeof(struct known));
}

struct known *known_free(struct known *kn)
{
	struct entry *en, *next;
	struct local *l, *next_l;

	if (!kn)
		return NULL;
	HASH_ITER(hh, kn->entries, en, next) {
		HASH_DEL(kn->entries, en);
		free(en);
	}
	HASH_ITER(hh, kn->locals, l, next_l) {
		HASH_DEL(kn->locals, l);
		free(l);
	}
	free(kn);
	return NULL;
}

/* ---- local addresses ---- */

static struct local *find_local(const struct known *kn,
				const struct in6_addr *addr)
{
	struct local *l;

	HASH_FIND(hh, kn->locals, addr, sizeof(*addr), l);
	return l;
}

static bool add_local(struct known *kn, const struct in6_addr *addr)
{
	struct local *l = find_local(kn, addr);

	if (!l) {
		l = calloc(1, sizeof(*l));
		if (!l)
			return false;
		l->addr = *addr;
		HASH_ADD(hh, kn->locals, addr, sizeof(l->addr), l);
		if (!l->hh.tbl) {
			free(l);
			return false;
		}
	}
	l->n++;
	return true;
}

static void del_local(struct known *kn, const struct in6_addr *addr)
{
	struct local *l = find_local(kn, addr);

	if (l && !--l->n) {
		HASH_DEL(kn->locals, l);
		free(l);
	}
}

bool known_is_local(const struct known *kn, const struct in6_addr *addr)
{
	return find_local(kn, addr);
}

/* ---- entries ---- */

static struct key key_of(const struct kernel_event *ev)
{
	struct key key;

	memset(&key, 0, sizeof(key));
	key.type = ev->type;
	if (ev->type == KERNEL_LINK) {
		key.ifindex = ev->link.ifindex;
	} else if (ev->type == KERNEL_ADDR) {
		key.ifindex = ev->addr.ifindex;
		key.addr = ev->addr.addr;
	} else {
		key.ifindex = ev->router.ifindex;
		key.addr = ev->router.gateway;
		key.metric = ev->router.metric;
	}
	return key;
}

static bool *gone_of(struct kernel_event *ev)
{
	if (ev->type == KERNEL_LINK)
		return &ev->link.gone;
	if (ev->type == KERNEL_ADDR)
		return &ev->addr.gone;
	return &ev->router.gone;
}

static struct entry *find(const struct known *kn, const struct key *key)
{
	struct entry *en;

	HASH_FIND(hh, kn->entries, key, sizeof(*key), en);
	return en;
}

/* Out of memory it is told, and forgotten: told again with the next event
 * about it. */
static void add(struct known *kn, const struct key *key,
		const struct kernel_event *ev)
{
	struct entry *en = calloc(1, sizeof(*en));

	if (!en)
		return;
	en->key = *key;
	en->ev = *ev;
	HASH_ADD(hh, kn->entries, key, sizeof(en->key), en);
	if (!en->hh.tbl ||
	    (ev->type == KERNEL_ADDR && !add_local(kn, &ev->addr.addr))) {
		if (en->hh.tbl)
			HASH_DEL(kn->entries, en);
		free(en);
	}
}

static void del(struct known *kn, struct entry *en)
{
	if (en->key.type == KERNEL_ADDR)
		del_local(kn, &en->key.addr);
	HASH_DEL(kn->entries, en);
	free(en);
}

/* Some messages about a link say only what they are about. */
static void complete(struct kernel_event *ev, const struct kernel_event *old)
{
	if (ev->type != KERNEL_LINK)
		return;
	if (!ev->link.mtu)
		ev->link.mtu = old->link.mtu;
	if (!ev->link.lladdr.len)
		ev->link.lladdr = old->link.lladdr;
}

static bool same_link(const struct kernel_link *a, const struct kernel_link *b)
{
	return !strcmp(a->name, b->name) && a->up == b->up &&
	       a->carrier == b->carrier && a->mtu == b->mtu &&
	       lladdr_eq(&a->lladdr, &b->lladdr);
}

static bool same_addr(const struct kernel_addr *a, const struct kernel_addr *b)
{
	return a->plen == b->plen && a->tentative == b->tentative &&
	       a->optimistic == b->optimistic &&
	       a->dad_failed == b->dad_failed &&
	       a->deprecated == b->deprecated && a->temporary == b->temporary &&
	       a->home == b->home && a->permanent == b->permanent &&
	       a->valid_s == b->valid_s && a->preferred_s == b->preferred_s;
}

static bool is_same(const struct kernel_event *a, const struct kernel_event *b)
{
	if (a->type == KERNEL_LINK)
		return same_link(&a->link, &b->link);
	if (a->type == KERNEL_ADDR)
		return same_addr(&a->addr, &b->addr);
	return true; /* a default route is nothing but its key */
}

bool known_update(struct known *kn, struct kernel_event *ev)
{
	struct entry *en;
	struct key key;

	if (ev->type != KERNEL_LINK && ev->type != KERNEL_ADDR &&
	    ev->type != KERNEL_ROUTER)
		return true;
	key = key_of(ev);
	en = find(kn, &key);
	if (*gone_of(ev)) {
		if (en)
			del(kn, en);
		return en;
	}
	if (!en) {
		add(kn, &key, ev);
		return true;
	}
	en->marked = false;
	complete(ev, &en->ev);
	if (is_same(ev, &en->ev))
		return false;
	en->ev = *ev;
	return true;
}

void known_mark(struct known *kn)
{
	struct entry *en;

	for (en = kn->entries; en; en = en->hh.next)
		en->marked = true;
}

void known_read(struct known *kn, struct kernel_event *ev)
{
	struct entry *en;
	struct key key;

	if (!known_update(kn, ev) || ev->type == KERNEL_NEIGH)
		return;
	key = key_of(ev);
	en = find(kn, &key);
	if (en)
		en->news = true;
}

static void tell_news(struct known *kn, kernel_event_fn *tell, void *arg)
{
	struct entry *en;
	size_t i;

	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		for (en = kn->entries; en; en = en->hh.next)
			if (en->key.type == order[i] && en->news) {
				en->news = false;
				tell(arg, &en->ev);
			}
}

void known_sweep(struct known *kn, kernel_event_fn *tell, void *arg)
{
	struct entry *en, *next;

	HASH_ITER(hh, kn->entries, en, next) {
		struct kernel_event ev = en->ev;

		if (!en->marked)
			continue;
		del(kn, en);
		*gone_of(&ev) = true;
		tell(arg, &ev);
	}
	tell_news(kn, tell, arg);
}

void known_walk(const struct known *kn, kernel_event_fn *tell, void *arg)
{
	const struct entry *en;
	size_t i;

	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		for (en = kn->entries; en; en = en->hh.next)
			if (en->key.type == order[i])
				tell(arg, &en->ev);
}

int known_addr(const struct known *kn, const struct in6_addr *addr, int ifindex,
	       struct kernel_addr *ret_addr)
{
	const struct entry *en;
	struct key key;

	memset(&key, 0, sizeof(key));
	key.type = KERNEL_ADDR;
	key.ifindex = ifindex;
	key.addr = *addr;
	en = find(kn, &key);
	if (!en)
		return -ENOENT;
	*ret_addr = en->ev.addr;
	return 0;
}
