/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Binding update list (RFC 6275 section 11.1): what this mobile node told
 * its peers.  Pure data; mn_reg drives the home registrations, mn_ro those
 * with correspondents.
 */
#ifndef MIP6D_BUL_H
#define MIP6D_BUL_H

#include <stdbool.h>
#include <stdint.h>

#include "mip6d/addr.h"
#include "mip6d/hash.h"
#include "mip6d/time.h"
#include "mip6d/tqueue.h"

enum bul_state {
	BUL_IDLE,          /* nothing registered, nothing under way */
	BUL_REGISTERING,   /* first Binding Update sent, no binding yet */
	BUL_BOUND,         /* acknowledged */
	BUL_REFRESHING,    /* bound, and a refresh or a move is under way */
	BUL_DEREGISTERING, /* lifetime 0 sent */
	BUL_REFUSED,       /* refused; tried again slowly, or not at all */
};

/* An entry exists from the first Binding Update until the binding is
 * de-registered or has run out and nothing is under way (section 11.1). */
struct bul_entry {
	/* The key: one after the other. */
	struct in6_addr peer; /* home agent, or a correspondent */
	struct in6_addr hoa;
	struct in6_addr coa;       /* in the last Binding Update sent */
	struct in6_addr bound_coa; /* acknowledged; :: when none */
	bool home;                 /* a home registration */
	enum bul_state state;    /* one writer: mn_reg_enter(), mn_ro_enter() */
	uint16_t flags;          /* BU_FLAG_* sent */
	uint16_t seq;            /* last sent */
	uint16_t lifetime_4s;    /* sent */
	struct mtime first_sent; /* of the exchange under way */
	struct mtime last_sent;
	struct mtime expires;  /* of the binding; in the past when none */
	struct mtime refresh;  /* when it will be refreshed */
	unsigned int attempts; /* sends of the exchange under way */
	uint32_t backoff_ms;   /* present retransmission interval */
	bool blocked;          /* "do not send" (11.3.5): peer cannot */
	uint8_t last_status;   /* of the last BA */
	bool has_status;
	struct mtime acked; /* when the last BA came */
	struct task task;   /* the one timer: retransmission, refresh, expiry */
	void *owner; /* the role's object of this entry; the role sets it */
	struct bul_entry *next, *prev;
	UT_hash_handle hh;
};

struct bul {
	struct bul_entry *head; /* in order of creation */
	struct bul_entry *tail;
	struct bul_entry *table;
	unsigned int count;
};

void bul_init(struct bul *bul);
/* Stops tasks and frees all entries. */
void bul_done(struct bul *bul);
struct bul_entry *bul_find(struct bul *bul, const struct in6_addr *peer,
			   const struct in6_addr *hoa);
/* NULL when out of memory; zeroed but for peer and hoa, its task stopped; the
 * caller gives the task its function (task_init). */
struct bul_entry *bul_add(struct bul *bul, const struct in6_addr *peer,
			  const struct in6_addr *hoa);
/* Stops the task, unlinks and frees. */
void bul_del(struct bul *bul, struct bul_entry *e);
/* True while the peer is known to hold the binding: acknowledged and its
 * lifetime not over. */
bool bul_is_bound(const struct bul_entry *e, struct mtime now);
const char *bul_state_str(enum bul_state state);

#endif
