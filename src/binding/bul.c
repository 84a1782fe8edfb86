/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Binding update list (RFC 6275 section 11.1): a list, since a mobile node
 * has a handful of home addresses.
 *
 * This file decides who owns an entry (the list) and what "bound" means.
 * What an entry's fields say is left to the role's registration machine.
 */
#include "mip6d/bul.h"

#include <stdlib.h>

void bul_init(struct bul *bul)
{
	bul->head = NULL;
	bul->count = 0;
}

void bul_done(struct bul *bul)
{
	while (bul->head)
		bul_del(bul, bul->head);
}

struct bul_entry *bul_find(struct bul *bul, const struct in6_addr *peer,
			   const struct in6_addr *hoa)
{
	struct bul_entry *e;

	for (e = bul->head; e; e = e->next)
		if (addr_eq(&e->peer, peer) && addr_eq(&e->hoa, hoa))
			return e;
	return NULL;
}

static void no_task(struct task *task, struct mtime now)
{
	(void)task;
	(void)now;
}

struct bul_entry *bul_add(struct bul *bul, const struct in6_addr *peer,
			  const struct in6_addr *hoa)
{
	struct bul_entry *e = calloc(1, sizeof(*e)), **p = &bul->head;

	if (!e)
		return NULL;
	e->peer = *peer;
	e->hoa = *hoa;
	task_init(&e->task, no_task);
	/* At the end: users see the order of the configuration. */
	while (*p)
		p = &(*p)->next;
	*p = e;
	bul->count++;
	return e;
}

void bul_del(struct bul *bul, struct bul_entry *e)
{
	struct bul_entry **p = &bul->head;

	while (*p && *p != e)
		p = &(*p)->next;
	if (!*p)
		return;
	*p = e->next;
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
