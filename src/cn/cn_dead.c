/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory of entries that are gone.
 *
 * This file decides how long a correspondent node remembers the sequence
 * number of a mobile node that it has no entry for any more, so that nobody
 * can bring the entry back with a Binding Update that he has kept (RFC 6275
 * sections 5.2.8, 9.5.3): as long as a nonce that existed then can be used.
 * The memory is bounded; when it is full the nonces end instead, which is the
 * last resort of section 5.2.8.  What is taken for a repetition is left to
 * cn_bu.c.
 */
#include <stdlib.h>

#include "cn_private.h"

static void forget(struct cn_dead_table *t, struct cn_dead *d)
{
	HASH_DEL(t->head, d);
	free(d);
}

void cn_dead_done(struct cn_dead_table *t)
{
	struct cn_dead *d, *next;

	HASH_ITER(hh, t->head, d, next)
		forget(t, d);
}

static struct cn_dead *find(const struct cn_dead_table *t,
			    const struct bcache_key *key)
{
	struct cn_dead *d;

	HASH_FIND(hh, t->head, key, sizeof(*key), d);
	return d;
}

const struct cn_dead *cn_dead_find(const struct cn_dead_table *t,
				   const struct bcache_key *key,
				   struct mtime now)
{
	const struct cn_dead *d = find(t, key);

	return d && !mtime_before(d->until, now) ? d : NULL;
}

void cn_dead_add(struct cn_dead_table *t, struct auth_nonces *nonces,
		 const struct bcache_key *key, uint16_t seq, struct mtime now)
{
	struct cn_dead *d;

	while (t->head && mtime_before(t->head->until, now))
		forget(t, t->head);
	d = find(t, key);
	if (d) {
		/* An older life of it may have gone further. */
		if (mh_seq_newer(d->seq, seq))
			seq = d->seq;
		forget(t, d);
	}
	d = HASH_COUNT(t->head) < t->max ? calloc(1, sizeof(*d)) : NULL;
	if (d) {
		d->key = *key;
		d->seq = seq;
		d->nonce = auth_nonces_index(nonces);
		d->until = mtime_add_s(now, MAX_NONCE_LIFETIME_S);
		HASH_ADD(hh, t->head, key, sizeof(d->key), d);
	}
	if (d && d->hh.tbl)
		return;
	free(d);
	log_limited(LOG_LEVEL_NOTICE, now,
		    "cn: no room to remember %s: all nonces end",
		    addr_str(&key->hoa));
	auth_nonces_invalidate(nonces);
	cn_dead_done(t);
}
