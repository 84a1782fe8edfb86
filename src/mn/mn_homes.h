/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Home addresses come and go while the node runs.
 *
 *   configuration, forming, mip6d-ctl --mn_homes_add--> in use
 *
 *   in use --mn_homes_remove--> PEERS --no correspondent has a binding of it,
 *   or half of the time is over--> AGENT --nor has the home agent, or the
 *   time is over--> KERNEL --it has nothing of it any more--> freed
 *
 * Each of the two waits half of mobile-node.stop-timeout at most, as when the
 * whole node stops.
 *
 * Each has a place (mn_home.index, the lowest that is free) among
 * CONF_HOMES_MAX, from which the kernel port derives its routing table; it
 * keeps the place until the kernel has nothing of it, so that nothing that is
 * derived from it is ever used twice at a time.  Tunnel devices belong to
 * pairs of agent and care-of address, and there are no more of them than
 * places.  It is freed in its own task only: whoever walks over mn->homes may
 * remove any of them.
 */
#ifndef MN_HOMES_H
#define MN_HOMES_H

#include "mn_form.h"
#include "mn_known.h"

#include "mip6d/conf.h"
#include "mip6d/homes.h"
#include "mip6d/icmp6.h"
#include "mip6d/store.h"

struct mn;
struct mn_home;
struct packet;

/* Where a home address comes from. */
enum mn_home_origin {
	MN_HOME_SET,        /* it stands in the configuration */
	MN_HOME_PREFIX,     /* formed; its prefix stands there */
	MN_HOME_FOUND,      /* formed where a home agent was met */
	MN_HOME_ADDED,      /* by mip6d-ctl */
	MN_HOME_RENUMBERED, /* formed; its prefix is new on the home link */
	MN_HOME_ORIGINS,
};

#define MN_FORMED_LIFETIME_S 3600 /* asked for; as homes.lifetime by default */

enum mn_leave {
	MN_LEAVE_NOT,
	MN_LEAVE_PEERS, /* bindings of correspondents are being deleted */
	MN_LEAVE_AGENT, /* the home agent's is */
	MN_LEAVE_KERNEL,
};

struct mn_home_spec {
	enum mn_home_origin origin;
	struct in6_addr hoa;
	struct prefix prefix;        /* of the home link */
	struct in6_addr agent;       /* ::: discovered */
	struct in6_addr first_agent; /* when discovered: tried first; or :: */
	uint32_t lifetime_s;
	enum conf_security security; /* UNSET: that of the role */
	bool formed;
	uint8_t counter; /* of mn_form_address() */
};

#define MN_DECLINED_MAX 16 /* more push out the oldest */

/* What mn.c has for them, beside the list. */
struct mn_homing {
	uint8_t secret[MN_SECRET_LEN];
	bool has_secret;
	struct mn_known known;
	struct prefix declined[MN_DECLINED_MAX]; /* not formed by itself */
	unsigned int n_declined;
	struct task consider; /* what was met may be worth a home address */
	struct store_subject store;
	struct mn_home_spec kept[CONF_HOMES_MAX]; /* as they were remembered */
	unsigned int n_kept;
};

/* ---- mn_homes.c: coming and going ---- */

/* Takes a home address into use.  0; -EEXIST: it is in use already; -EBUSY:
 * it is just being given up; -ENOSPC: no place is free; -ENOMEM. */
int mn_homes_add(struct mn *mn, const struct mn_home_spec *spec,
		 struct mtime now);
/* Gives it up; once. */
void mn_homes_remove(struct mn_home *h, const char *why, struct mtime now);
/* The step that h is at may be over. */
void mn_homes_go_on(struct mn_home *h, struct mtime now);
void mn_homes_leave_task(struct task *task, struct mtime now);

/* Adds what the configuration has and the node has not (yet, or because it
 * was just being given up). */
void mn_homes_complete(struct mn *mn, struct mtime now);
/* The configuration is another. */
void mn_homes_reload(struct mn *mn, struct mtime now);

/* The node stops: what is being given up takes that way, too. */
void mn_homes_stop(struct mn *mn);
/* Forgets all of them at once. */
void mn_homes_free(struct mn *mn);
/* One that is not being given up; NULL: none. */
struct mn_home *mn_homes_in(struct mn *mn, const struct prefix *prefix);

/* ---- mn_formed.c: forming, and how many ---- */

/* How many of these two kinds there are; the limit of each is max-formed:
 * found or added ones, and those that follow a renumbered prefix. */
unsigned int mn_formed_count(const struct mn *mn, bool renumbered);
bool mn_formed_has_room(const struct mn *mn, bool renumbered);
/* Sets address and counter: from spec->counter on, the first that is none of
 * ours. */
void mn_formed_fill(struct mn *mn, struct mn_home_spec *spec);
/* Somebody else has the address: the next one is tried. */
void mn_formed_duplicate(struct mn_home *h, struct mtime now);
/* Prefixes of the home link of h, told by its agent, or at home (RFC 6275
 * section 11.4.3): an address is formed in those that are new. */
void mn_formed_on_prefixes(struct mn_home *h, const struct ra_prefix *p,
			   unsigned int n, struct mtime now);
/* The prefix of h has ended. */
void mn_formed_on_end(struct mn_home *h, struct mtime now);

/* ---- mn_auto.c: home agents that are met ---- */

void mn_auto_init(struct mn *mn);
void mn_auto_stop(struct mn *mn);
void mn_auto_on_ra(struct mn *mn, const struct packet *pkt,
		   const struct icmp6_ra *ra, struct mtime now);
/* There may be room for a home address, or a wish for one. */
void mn_auto_consider(struct mn *mn, struct mtime now);
/* Registration with the agent that h has. */
void mn_auto_accepted(struct mn_home *h, uint32_t rtt_ms, struct mtime now);
void mn_auto_failed(struct mn_home *h, struct mtime now);
bool mn_auto_is_here(struct mn *mn, const struct mn_known_agent *a,
		     struct mtime now);
bool mn_auto_is_declined(const struct mn *mn, const struct prefix *prefix);
void mn_auto_decline(struct mn *mn, const struct prefix *prefix, bool on);
/* Who to try first for a home address in this prefix; ::: nobody is known. */
struct in6_addr mn_auto_agent_of(struct mn *mn, const struct prefix *prefix,
				 struct mtime now);

/* ---- mn_keep.c: across restarts ---- */

/* Reads what was remembered, draws the secret at need. */
void mn_keep_load(struct mn *mn, struct mtime now);
/* Something of it changed. */
void mn_keep_touch(struct mn *mn, struct mtime now);
void mn_keep_done(struct mn *mn, struct mtime now);
/* The address that was formed in a prefix of the configuration; NULL: none. */
const struct mn_home_spec *mn_keep_find(const struct mn *mn,
					const struct prefix *prefix);
/* Takes those into use again that the configuration does not name. */
void mn_keep_restore(struct mn *mn, struct mtime now);

/* ---- mn_homes_show.c ---- */

const char *mn_home_origin_str(enum mn_home_origin origin);

#endif
