/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Correspondents' addresses: what must outlive a correspondent's object.
 *
 * This file decides that a sequence number is greater than the one before
 * to the same destination (RFC 6275 section 11.7.2) and that no more than
 * MAX_UPDATE_RATE messages of a type go there in a second (11.8), whatever
 * home address they are about and whatever was forgotten in between.  An
 * address that nobody refers to is kept for a while, about as many as there
 * may be correspondents.
 */
#include "mn_priv.h"

#include <stdlib.h>

#include "mip6d/random.h"

/* No token lives longer, so no correspondent remembers a number longer. */
#define KEEP_S MAX_NONCE_LIFETIME_S
/* Nothing of mn_rate is worth more. */
#define RATE_MEMORY_MS 2000
/* So many more than correspondents: a small table may turn over quickly. */
#define IDLE_EXTRA 64

struct mn_peer *mn_peer_find(struct mn *mn, const struct in6_addr *addr)
{
	struct mn_peer *p;

	HASH_FIND(hh, mn->ro.peers, addr, sizeof(*addr), p);
	return p;
}

static void peer_free(struct mn *mn, struct mn_peer *p)
{
	HASH_DEL(mn->ro.peers, p);
	free(p);
}

static void idle_unlink(struct mn *mn, struct mn_peer *p)
{
	struct mn_ro_table *t = &mn->ro;

	if (p->idle_prev)
		p->idle_prev->idle_next = p->idle_next;
	else
		t->idle_head = p->idle_next;
	if (p->idle_next)
		p->idle_next->idle_prev = p->idle_prev;
	else
		t->idle_tail = p->idle_prev;
	p->idle_prev = p->idle_next = NULL;
	t->n_idle--;
}

static void idle_pop(struct mn *mn)
{
	struct mn_peer *p = mn->ro.idle_head;

	idle_unlink(mn, p);
	peer_free(mn, p);
}

/* True when there is room for another one that nobody refers to. */
static bool idle_sweep(struct mn *mn, struct mtime now)
{
	struct mn_ro_table *t = &mn->ro;

	while (t->idle_head &&
	       !mtime_before(now, mtime_add_s(t->idle_head->unused, KEEP_S)))
		idle_pop(mn);
	while (t->idle_head &&
	       t->n_idle >= mn->conf->max_correspondents + IDLE_EXTRA) {
		if (mtime_before(now, mtime_add_ms(t->idle_head->last_sent,
						   RATE_MEMORY_MS)))
			return false;
		idle_pop(mn);
	}
	return true;
}

static struct mn_peer *peer_add(struct mn *mn, const struct in6_addr *addr)
{
	struct mn_peer *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->addr = *addr;
	random_bytes(&p->seq, sizeof(p->seq));
	HASH_ADD(hh, mn->ro.peers, addr, sizeof(p->addr), p);
	if (!p->hh.tbl) {
		free(p);
		return NULL;
	}
	return p;
}

struct mn_peer *mn_peer_get(struct mn *mn, const struct in6_addr *addr,
			    struct mtime now)
{
	struct mn_peer *p = mn_peer_find(mn, addr);

	if (p && !p->refs)
		idle_unlink(mn, p);
	if (!p && idle_sweep(mn, now))
		p = peer_add(mn, addr);
	if (p)
		p->refs++;
	return p;
}

void mn_peer_put(struct mn *mn, struct mn_peer *p, struct mtime now)
{
	struct mn_ro_table *t = &mn->ro;

	if (--p->refs)
		return;
	if (!p->last_sent.us) {
		peer_free(mn, p);
		return;
	}
	p->unused = now;
	p->idle_prev = t->idle_tail;
	if (t->idle_tail)
		t->idle_tail->idle_next = p;
	else
		t->idle_head = p;
	t->idle_tail = p;
	t->n_idle++;
}

void mn_peer_free_all(struct mn *mn)
{
	struct mn_peer *p, *next;

	HASH_ITER(hh, mn->ro.peers, p, next)
		peer_free(mn, p);
	mn->ro.idle_head = mn->ro.idle_tail = NULL;
	mn->ro.n_idle = 0;
}
