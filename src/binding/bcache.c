/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The binding cache: a bounded table of entries (RFC 6275 sections 9.1, 9.6,
 * 10.1).
 *
 * This file decides that a full cache takes nobody in and that a home
 * registration is never pushed out by another (section 10.3.1): nothing is
 * evicted here.  What an entry means, its states and its times are left to
 * the role.
 */
#include "mip6d/bcache.h"

#include <assert.h>
#include <stdlib.h>

#include "mip6d/cleanup.h"

struct bcache {
	struct bcache_entry *table; /* in order of creation */
	unsigned int count, max;
	size_t role_size;
};

/* The role's part follows at once: nothing in it is aligned more strictly
 * than the pointers and times of the entry itself. */
static size_t role_offset(void)
{
	return sizeof(struct bcache_entry);
}

struct bcache *bcache_new(unsigned int max, size_t role_size)
{
	struct bcache *bc = calloc(1, sizeof(*bc));

	if (!bc)
		return NULL;
	bc->max = max;
	bc->role_size = role_size;
	return bc;
}

struct bcache *bcache_free(struct bcache *bc)
{
	struct bcache_entry *e, *next;

	if (!bc)
		return NULL;
	HASH_ITER(hh, bc->table, e, next)
		bcache_del(bc, e);
	free(bc);
	return NULL;
}

struct bcache_entry *bcache_find(struct bcache *bc,
				 const struct in6_addr *local,
				 const struct in6_addr *hoa)
{
	struct bcache_key key = { .local = *local, .hoa = *hoa };
	struct bcache_entry *e;

	HASH_FIND(hh, bc->table, &key, sizeof(key), e);
	return e;
}

struct bcache_entry *bcache_add(struct bcache *bc, const struct in6_addr *local,
				const struct in6_addr *hoa)
{
	struct bcache_entry *e;

	assert(!bcache_find(bc, local, hoa));
	if (bc->count >= bc->max)
		return NULL;
	e = calloc(1, role_offset() + bc->role_size);
	if (!e)
		return NULL;
	e->key.local = *local;
	e->key.hoa = *hoa;
	HASH_ADD(hh, bc->table, key, sizeof(e->key), e);
	if (!e->hh.tbl) {
		free(e);
		return NULL;
	}
	bc->count++;
	return e;
}

void bcache_del(struct bcache *bc, struct bcache_entry *e)
{
	task_stop(&e->task);
	HASH_DEL(bc->table, e);
	bc->count--;
	free(e);
}

void *bcache_role(struct bcache_entry *e)
{
	return (char *)e + role_offset();
}

struct bcache_entry *bcache_entry_of(void *role)
{
	return (struct bcache_entry *)((char *)role - role_offset());
}

unsigned int bcache_count(const struct bcache *bc)
{
	return bc->count;
}

unsigned int bcache_max(const struct bcache *bc)
{
	return bc->max;
}

void bcache_set_max(struct bcache *bc, unsigned int max)
{
	bc->max = max;
}

void bcache_walk(struct bcache *bc, bcache_walk_fn *fn, void *arg)
{
	struct bcache_entry *e, *next;

	HASH_ITER(hh, bc->table, e, next)
		fn(arg, e);
}

const char *bcache_state_str(enum bcache_state state)
{
	static const char *const names[] = {
		[BCACHE_DAD] = "DAD",
		[BCACHE_INSTALLING] = "INSTALLING",
		[BCACHE_ACTIVE] = "ACTIVE",
		[BCACHE_REMOVING] = "REMOVING",
		[BCACHE_INVALID] = "INVALID",
	};

	return (unsigned int)state < ARRAY_SIZE(names) ? names[state] : "?";
}
