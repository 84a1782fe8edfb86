/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Binding update list (RFC 6275 section 11.1): a table by peer and home
 * address, and a list in the order in which users see it.
 *
 * This file decides who owns an entry (the list) and what "bound" means.
 * What an entry's fields say is left to the role's registration machine.
 */
#include "mip6d/bul.h"

#include <stddef.h>
#include <stdlib.h>

#define KEY_LEN (2 * sizeof(struct in6_addr))
_Static_assert(offsetof(struct bul_entry, hoa) ==
		       offsetof(struct bul_entry, peer) +
			       sizeof(struct in6_addr),
	       "the key of an entry is one piece");

void bul_init(struct bul *bul)
{
	*bul = (struct bul){ .head = NULL };
}

void bul_done(struct bul *bul)
{
	while (bul->head)
		bul_del(bul, bul->head);
}

struct bul_entry *bul_find(struct bul *bul, const struct in6_addr *peer,
			   const struct in6_addr *hoa)
{
	const struct in6_addr key[2] = { *peer, *hoa };
	struct bul_entry *e;

	HASH_FIND(hh, bul->table, key, KEY_LEN, e);
	return e;
}

static void no_task(struct task *task, struct mtime now)
{
	(void)task;
	(void)now;
}

struct bul_entry *bul_add(struct bul *bul, const struct in6_addr *peer,
			  const struct in6_addr *hoa)
{
	struct bul_entry *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->peer = *peer;
	e->hoa = *hoa;
	HASH_ADD(hh, bul->table, peer, KEY_LEN, e);
	if (!e->hh.tbl) {
		free(e);
		return NULL;
	}
	task_init(&e->task, no_task);
	/* At the end: users see the order of the configuration. */
	e->prev = bul->tail;
	if (e->prev)
		e->prev->next = e;
	else
		bul->head = e;
	bul->tail = e;
	bul->count++;
	return e;
}

void bul_del(struct bul *bul, struct bul_entry *e)
{
	HASH_DEL(bul->table, e);
	if (e->prev)
		e->prev->next = e->next;
	else
		bul->head = e->next;
	if (e->next)
		e->next->prev = e->prev;
	else
		bul->tail = e->prev;
	bul->count--;
	task_stop(&e->task);
	free(e);
}

bool bul_is_bound(const struct bul_entry *e, struct mtime now)
{
	return !addr_is_any(&e->bound_coa) && mtime_before(now, e->expires);
}

const char *bul_state_str(enum bul_state state)
{
	switch (state) {
	case BUL_IDLE:
		return "IDLE";
	case BUL_REGISTERING:
		return "REGISTERING";
	case BUL_BOUND:
		return "BOUND";
	case BUL_REFRESHING:
		return "REFRESHING";
	case BUL_DEREGISTERING:
		return "DEREGISTERING";
	case BUL_REFUSED:
		return "REFUSED";
	}
	return "?";
}
