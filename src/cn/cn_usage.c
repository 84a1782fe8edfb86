/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an entry is good for (RFC 6275 sections 9.1, 9.5.5, 9.6).
 *
 * This file decides when the kernel is asked what an entry carried, which
 * entry gives way when the cache is full, and which mobile node is asked to
 * refresh an entry that is about to end: one that carried something between
 * the last two looks.  A request is repeated as long as that goes on, at most
 * CN_BRR_MAX times, and a Binding Update ends it.
 */
#include <errno.h>

#include "cn_private.h"

/* ---- by last use ---- */

static void list_del(struct cn_binding *b)
{
	struct cn *cn = b->cn;

	if (!b->is_listed)
		return;
	*(b->older ? &b->older->newer : &cn->oldest) = b->newer;
	*(b->newer ? &b->newer->older : &cn->newest) = b->older;
	b->is_listed = false;
}

static void was_useful(struct cn_binding *b)
{
	struct cn *cn = b->cn;

	list_del(b);
	b->is_listed = true;
	b->older = cn->newest;
	b->newer = NULL;
	*(cn->newest ? &cn->newest->newer : &cn->oldest) = b;
	cn->newest = b;
}

void cn_usage_end(struct bcache_entry *e)
{
	struct cn_binding *b = cn_binding(e);

	list_del(b);
	/* It may come back, and the kernel will count anew. */
	b->used = b->has_usage = false;
	b->usage = (struct kernel_usage){ 0 };
	b->look_serial = 0;
}

/* Not looked at yet.  Where more want a place than there are, each would
 * throw the one before out at once, and packets would be lost each time; who
 * is refused loses none. */
static bool is_fresh(struct cn_binding *b, struct mtime now)
{
	struct mtime created = bcache_entry_of(b)->created;

	return !b->has_usage &&
	       mtime_before(now, mtime_add_s(created, CN_FRESH_S));
}

/* The search is bounded: who fills a cache must not make each further
 * attempt expensive. */
struct bcache_entry *cn_usage_victim(struct cn *cn, struct mtime now)
{
	struct cn_binding *b = cn->oldest;
	unsigned int i;

	for (i = 0; b && i < CN_VICTIMS; i++, b = b->newer) {
		struct bcache_entry *e = bcache_entry_of(b);

		if (!b->used && !is_fresh(b, now) && e->state == BCACHE_ACTIVE)
			return e;
	}
	return NULL;
}

/* ---- looks ---- */

/* When an entry's Binding Refresh Requests may begin. */
static struct mtime refresh_time(struct bcache_entry *e)
{
	int64_t ahead_ms =
		e->lifetime_4s * LIFETIME_UNIT_S * INT64_C(1000) / CN_BRR_SHARE;

	if (ahead_ms > CN_BRR_AHEAD_S * 1000)
		ahead_ms = CN_BRR_AHEAD_S * 1000;
	return mtime_add_ms(e->expires, -ahead_ms);
}

static bool may_request(struct bcache_entry *e)
{
	const struct cn_binding *b = cn_binding(e);

	return b->cn->conf->refresh_requests &&
	       b->refresh_requests < CN_BRR_MAX;
}

static void schedule(struct bcache_entry *e, struct mtime now)
{
	struct cn_binding *b = cn_binding(e);
	struct mtime refresh = refresh_time(e);
	struct mtime first = mtime_add_s(e->created, CN_FIRST_LOOK_S);
	int64_t look_s = mtime_before(now, first) ? CN_FIRST_LOOK_S : CN_LOOK_S;

	if (mtime_before(now, refresh))
		b->next_look = mtime_min(mtime_add_s(now, look_s), refresh);
	else if (may_request(e))
		b->next_look = mtime_add_s(now, CN_BRR_INTERVAL_S);
	else
		b->next_look = MTIME_NEVER;
}

void cn_usage_begin(struct bcache_entry *e, struct mtime now)
{
	struct cn_binding *b = cn_binding(e);

	b->refresh_requests = 0;
	was_useful(b);
	schedule(e, now);
}

void cn_usage_ask(struct bcache_entry *e)
{
	struct cn_binding *b = cn_binding(e);
	struct kernel_ro ro = cn_ro(e, &e->coa);
	struct kernel_key key;

	if (b->look_serial)
		return;
	key = cn_key(e);
	if (!kernel_ro_usage_get(b->cn->env.kernel, &key, &ro))
		b->look_serial = key.serial;
}

void cn_usage_on_timer(struct bcache_entry *e, struct mtime now)
{
	if (mtime_before(now, cn_binding(e)->next_look))
		return;
	cn_usage_ask(e);
	schedule(e, now);
}

static void request_refresh(struct bcache_entry *e, struct mtime now)
{
	const struct mh_msg brr = { .type = MH_BRR };
	struct cn_binding *b = cn_binding(e);

	/* To the home address, by way of the home agent (9.5.5). */
	b->refresh_requests++;
	if (!cn_send(b->cn, &brr, &e->key.local, &e->key.hoa, now))
		b->cn->env.counters->v[CNT_BRR_OUT]++;
}

static void take(struct cn_binding *b, const struct kernel_usage *u,
		 struct mtime now)
{
	bool more = u->packets_in != b->usage.packets_in ||
		    u->packets_out != b->usage.packets_out;
	struct mtime soon = mtime_add_s(b->looked, CN_BRR_INTERVAL_S);

	/* A moment in which nothing came proves nothing. */
	if (more || !mtime_before(now, soon))
		b->used = more;
	if (more)
		was_useful(b);
	b->looked = now;
	b->has_usage = true;
	b->usage = *u;
}

void cn_usage_on_answer(struct bcache_entry *e, const struct kernel_usage *u,
			struct mtime now)
{
	struct cn_binding *b = cn_binding(e);

	b->look_serial = 0;
	if (e->state != BCACHE_ACTIVE)
		return;
	if (u->err == -ENOENT) {
		/* Somebody else has emptied the kernel's tables. */
		log_limited(LOG_LEVEL_WARNING, now,
			    "binding: hoa=%s local=%s is lost in the kernel: "
			    "installed again",
			    addr_str(&e->key.hoa), addr_str(&e->key.local));
		b->has_usage = false;
		b->usage = (struct kernel_usage){ 0 };
		cn_binding_reinstall(e, now);
		return;
	}
	if (u->err)
		return;
	take(b, u, now);
	if (b->used && may_request(e) && !mtime_before(now, refresh_time(e)))
		request_refresh(e, now);
	cn_unreach_on_usage(e, u, now);
}
