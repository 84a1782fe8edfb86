/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What has been heard on one interface: routers with their prefixes, and the
 * subnets that they form.  Pure data and pure functions; mn_move.c acts on
 * it.
 */
#ifndef MN_SUBNET_H
#define MN_SUBNET_H

#include <stdbool.h>

#include "mip6d/addr.h"
#include "mip6d/icmp6.h"
#include "mip6d/kernel.h"
#include "mip6d/time.h"
#include "mip6d/tqueue.h"

#define MN_ROUTERS_MAX 16 /* of an interface; more push the oldest out */
#define MN_GLOBALS_MAX 8  /* global addresses known of a router */

enum mn_router_state {
	MN_ROUTER_LIVE,    /* heard since the interface came up, or answered */
	MN_ROUTER_SUSPECT, /* from before the carrier was lost */
	MN_ROUTER_GONE,    /* unreachable: its prefixes are detached */
};

struct mn_prefix {
	struct prefix prefix;
	bool on_link;
	bool autonomous;
	struct mtime valid_until;
};

struct mn_router {
	bool used;
	struct in6_addr addr; /* link-local: need not be unique */
	struct in6_addr globals[MN_GLOBALS_MAX]; /* R bit: these are */
	unsigned int n_globals;
	struct lladdr lladdr; /* len 0: not known */
	enum mn_router_state state;
	bool advertised;    /* false: known by a route of the kernel only */
	bool proven;        /* answered a probe once */
	bool doubted;       /* another subnet was heard since it was */
	bool managed;       /* M: addresses come from DHCPv6 */
	struct mtime heard; /* last advertisement, or first sight */
	struct mtime seen;  /* the same, or a proof of life */
	struct mtime default_until; /* end of the router lifetime */
	uint32_t interval_ms;       /* Advertisement Interval; 0: not told */
	struct mn_prefix prefixes[RA_MAX_PREFIXES];
	unsigned int n_prefixes;
	unsigned int subnet; /* by mn_subnet_number() */
	/* For mn_move.c. */
	struct mtime probe_until; /* MTIME_NEVER: no probe runs */
	struct mtime hint_due;    /* when silence becomes a hint */
	struct task task;
	void *owner; /* the interface */
};

/* One interface's ear. */
struct mn_wire {
	struct mn_router routers[MN_ROUTERS_MAX];
};

/* What an advertisement told. */
struct mn_learnt {
	struct mn_router *router;
	bool is_new;               /* not known before, or only by a route */
	enum mn_router_state was;  /* before; valid unless is_new */
	struct mtime heard_before; /* the last one before */
	bool is_new_subnet; /* no other live or suspect router shares it */
};

void mn_wire_init(struct mn_wire *w, void *owner, task_fn *fn);
/* Stops the tasks and forgets everything. */
void mn_wire_clear(struct mn_wire *w);

/* Takes in a router advertisement from the link-local address src: finds or
 * adds its router (the same link-local address with other global addresses
 * or only other prefixes is another router, RFC 6275 section 11.5.1), makes
 * it live, updates prefixes, numbers the subnets.  `keep`, which may be
 * NULL, is never pushed out by a new router. */
struct mn_learnt mn_subnet_learn(struct mn_wire *w, const struct in6_addr *src,
				 const struct icmp6_ra *ra,
				 const struct in6_addr *keep, struct mtime now);

/* A default route of the kernel through gw: adds a suspect router when none
 * has this address.  Returns the new one, or NULL. */
struct mn_router *mn_subnet_route_add(struct mn_wire *w,
				      const struct in6_addr *gw,
				      struct mtime now);
/* It went away: a router known only by it is forgotten.  True if one was. */
bool mn_subnet_route_del(struct mn_wire *w, const struct in6_addr *gw);

/* Numbers the subnets: routers that share a prefix, also by way of others,
 * get the same number.  mn_subnet_learn does it. */
void mn_subnet_number(struct mn_wire *w);

/* Drops prefixes whose valid lifetime is over; true if there were any. */
bool mn_subnet_expire(struct mn_router *r, struct mtime now);

/* The carrier was lost and is back: whatever was live may be elsewhere. */
void mn_subnet_suspect(struct mn_wire *w);
/* This is still the wire that they were heard on: suspects become live, but
 * for those that were in doubt before the carrier was lost, or that never
 * gave a sign of life. */
void mn_subnet_confirm(struct mn_wire *w);
unsigned int mn_subnet_count(const struct mn_wire *w,
			     enum mn_router_state state);

/* True while r may be used as a default router. */
bool mn_router_is_default(const struct mn_router *r, struct mtime now);

/* The best default router among those that advertise the prefix of addr:
 * live before suspect before gone, `prefer` among equals.  NULL when nobody
 * ever did; *ret_known (may be NULL) tells whether any router, default or
 * not, advertises it. */
struct mn_router *mn_subnet_router_of(struct mn_wire *w,
				      const struct in6_addr *addr,
				      const struct in6_addr *prefer,
				      struct mtime now, bool *ret_known);

/* The best router for an address of no advertised prefix (DHCPv6, set by
 * hand): one that is known by a route only, or says M.  NULL when there is
 * none. */
struct mn_router *mn_subnet_router_any(struct mn_wire *w, struct mtime now);

/* A live router that advertises exactly this prefix as on-link, and until
 * when it is valid (may be NULL); NULL when there is none. */
struct mn_router *mn_subnet_find_prefix(struct mn_wire *w,
					const struct prefix *p,
					struct mtime now,
					struct mtime *ret_valid_until);

/* The link-layer address of a live router whose global address this is; NULL
 * when not known. */
const struct lladdr *mn_subnet_lladdr_of(struct mn_wire *w,
					 const struct in6_addr *global);

/* What to probe to find out about r: its link-local address where that is
 * its own, else a global one; NULL when nothing tells it from another. */
const struct in6_addr *mn_router_probe_addr(const struct mn_wire *w,
					    const struct mn_router *r);

/* What a neighbour event says about a router. */
enum mn_proof {
	MN_PROOF_NONE, /* nothing, or about somebody else */
	MN_PROOF_ALIVE,
	MN_PROOF_DEAD,
};

enum mn_proof mn_router_proof(const struct mn_wire *w,
			      const struct mn_router *r,
			      const struct kernel_neigh *n);

const char *mn_router_state_str(enum mn_router_state state);

#endif
