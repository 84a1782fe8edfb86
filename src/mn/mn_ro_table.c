/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The correspondents that are remembered: a table by home address and peer,
 * bounded by the configuration.
 *
 * This file decides who makes room for another: what nothing is known of,
 * then who cannot be optimised, then who is only being asked, the one that
 * was useful longest ago first.  A peer that may have a binding is
 * de-registered first, and only when it carries nothing at present; until
 * then the newcomer's traffic stays in the tunnel.
 */
#include "mn_priv.h"

#include <stdlib.h>
#include <string.h>

/* Useful within this time: not pushed out.  Usage is looked at once a
 * minute. */
#define USEFUL_S 130

struct mn_ro *mn_ro_find(struct mn *mn, const struct in6_addr *hoa,
			 const struct in6_addr *peer)
{
	const struct mn_ro_key key = { .hoa = *hoa, .peer = *peer };
	struct mn_ro *c;

	HASH_FIND(hh, mn->ro.table, &key, sizeof(key), c);
	return c;
}

unsigned int mn_ro_count(const struct mn *mn)
{
	return HASH_COUNT(mn->ro.table);
}

/* ---- classes ---- */

static enum mn_ro_class class_of(const struct mn_ro *c)
{
	if (c->maybe_until.us || c->state == MN_RO_BOUND ||
	    c->state == MN_RO_DELETING)
		return MN_RO_KNOWN;
	switch (c->state) {
	case MN_RO_FAILED:
	case MN_RO_REFUSED:
	case MN_RO_INCAPABLE:
		return MN_RO_HELD;
	case MN_RO_TESTING:
	case MN_RO_UPDATING:
		return MN_RO_STARTING;
	case MN_RO_IDLE:
	case MN_RO_BOUND:
	case MN_RO_DELETING:
		break;
	}
	return MN_RO_UNUSED;
}

static void list_unlink(struct mn_ro *c)
{
	struct mn_ro_list *l = &c->mn->ro.classes[c->class];

	if (c->prev)
		c->prev->next = c->next;
	else
		l->head = c->next;
	if (c->next)
		c->next->prev = c->prev;
	else
		l->tail = c->prev;
	c->prev = c->next = NULL;
}

static void list_append(struct mn_ro *c)
{
	struct mn_ro_list *l = &c->mn->ro.classes[c->class];

	c->prev = l->tail;
	if (l->tail)
		l->tail->next = c;
	else
		l->head = c;
	l->tail = c;
}

void mn_ro_classify(struct mn_ro *c)
{
	enum mn_ro_class to = class_of(c);

	if (to == c->class)
		return;
	list_unlink(c);
	c->class = to;
	list_append(c);
}

void mn_ro_touch(struct mn_ro *c, struct mtime now)
{
	c->useful = now;
	list_unlink(c);
	list_append(c);
}

/* ---- room ---- */

struct mn_ro *mn_ro_least_useful(struct mn *mn)
{
	unsigned int i;
	struct mn_ro *c;

	for (i = MN_RO_UNUSED; i < MN_RO_KNOWN; i++)
		for (c = mn->ro.classes[i].head; c; c = c->next)
			if (!c->path.asked)
				return c;
	return NULL;
}

static bool make_room(struct mn *mn, struct mtime now)
{
	struct mn_ro *c;

	if (mn_ro_count(mn) < mn->conf->max_correspondents)
		return true;
	c = mn_ro_least_useful(mn);
	if (c) {
		mn_ro_free(c, now);
		return true;
	}
	c = mn->ro.classes[MN_RO_KNOWN].head;
	if (c && !c->leaving &&
	    !mtime_before(now, mtime_add_s(c->useful, USEFUL_S))) {
		c->leaving = true;
		mn_ro_delete(c, "makes room for another correspondent", now);
	}
	return false;
}

static struct mn_ro *ro_alloc(struct mn_home *h, struct mn_peer *p)
{
	struct mn_ro *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->mn = h->mn;
	c->home = h;
	c->peer = p;
	c->key.hoa = h->hoa;
	c->key.peer = p->addr;
	c->path.retry_at = MTIME_NEVER;
	c->why = "";
	task_init(&c->task, mn_ro_task);
	HASH_ADD(hh, h->mn->ro.table, key, sizeof(c->key), c);
	if (!c->hh.tbl) {
		free(c);
		return NULL;
	}
	c->sibling = p->ros;
	p->ros = c;
	return c;
}

struct mn_ro *mn_ro_add(struct mn_home *h, const struct in6_addr *peer,
			struct mtime now)
{
	struct mn_peer *p = mn_peer_get(h->mn, peer, now);
	struct mn_ro *c;

	if (!p)
		return NULL;
	c = make_room(h->mn, now) ? ro_alloc(h, p) : NULL;
	if (!c) {
		mn_peer_put(h->mn, p, now);
		return NULL;
	}
	c->since = c->useful = now;
	list_append(c);
	return c;
}

void mn_ro_free(struct mn_ro *c, struct mtime now)
{
	struct mn *mn = c->mn;
	struct mn_ro **p = &c->peer->ros;

	task_stop(&c->task);
	mn_ro_path_abandon(c);
	if (c->bul)
		bul_del(&mn->bul, c->bul);
	while (*p != c)
		p = &(*p)->sibling;
	*p = c->sibling;
	mn_peer_put(mn, c->peer, now);
	list_unlink(c);
	HASH_DEL(mn->ro.table, c);
	explicit_bzero(c, sizeof(*c));
	free(c);
}
