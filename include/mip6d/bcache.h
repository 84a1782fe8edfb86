/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Binding cache (RFC 6275 sections 9.1, 10.1): bounded, keyed by (local
 * address, home address).  The home agent's entries and, later, the
 * correspondent node's live in caches of their own.  Pure.
 */
#ifndef MIP6D_BCACHE_H
#define MIP6D_BCACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "mip6d/addr.h"
#include "mip6d/hash.h"
#include "mip6d/time.h"
#include "mip6d/tqueue.h"

enum bcache_state {
	BCACHE_DAD,        /* duplicate address detection runs (10.3.1) */
	BCACHE_INSTALLING, /* the kernel was asked to add or move it */
	BCACHE_ACTIVE,     /* acknowledged and forwarding */
	BCACHE_REMOVING,   /* the kernel was asked to remove it */
	BCACHE_INVALID,    /* de-registered, remembered 10 s (10.3.2) */
};

struct bcache_key {
	struct in6_addr local; /* our address that the node registered with */
	struct in6_addr hoa;
};

struct bcache_entry {
	struct bcache_key key;
	enum bcache_state state; /* one writer: ha_binding.c, cn_binding.c */
	struct in6_addr coa;     /* in force; :: before the first acceptance */
	uint16_t flags; /* BU_FLAG_* of the last accepted Binding Update */
	uint16_t seq;   /* of the last valid Binding Update (9.5.1) */
	uint16_t lifetime_4s; /* granted, units of 4 s */
	struct mtime created;
	struct mtime registered; /* last acceptance */
	struct mtime expires; /* end of the granted lifetime, or of the 10 s */
	struct mtime last_bu; /* last accepted, for the minimum interval */
	uint32_t serial;      /* of the outstanding kernel request; 0: none */
	unsigned int refreshes, moves;
	struct task task; /* the one timer: DAD, expiry, or the 10 s memory */
	UT_hash_handle hh;
	/* The role's own part follows in memory when the cache was created
	 * with role_size > 0 (bcache_role()). */
};

struct bcache;

/* A cache of at most max entries, each followed by role_size octets, zeroed,
 * for the role.  NULL when out of memory.  The cache owns its entries. */
struct bcache *bcache_new(unsigned int max, size_t role_size);
/* Stops every entry's task and frees everything; returns NULL. */
struct bcache *bcache_free(struct bcache *bc);

struct bcache_entry *bcache_find(struct bcache *bc,
				 const struct in6_addr *local,
				 const struct in6_addr *hoa);

/* A new zeroed entry with its key set; NULL when the cache is full (the
 * caller answers 130) or memory is.  The caller sets its task's function. */
struct bcache_entry *bcache_add(struct bcache *bc, const struct in6_addr *local,
				const struct in6_addr *hoa);

/* Stops the task, unlinks and frees. */
void bcache_del(struct bcache *bc, struct bcache_entry *e);

/* The role's part of an entry, and the entry of such a part. */
void *bcache_role(struct bcache_entry *e);
struct bcache_entry *bcache_entry_of(void *role);

unsigned int bcache_count(const struct bcache *bc);
unsigned int bcache_max(const struct bcache *bc);
void bcache_set_max(struct bcache *bc, unsigned int max);

/* Calls fn for each entry in order of creation; fn may delete that entry. */
typedef void bcache_walk_fn(void *arg, struct bcache_entry *e);
void bcache_walk(struct bcache *bc, bcache_walk_fn *fn, void *arg);

const char *bcache_state_str(enum bcache_state state);

#endif
