/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files about discovery share: a wire with its home agents list, its
 * prefixes and its router advertisements; and what each binding needs for
 * Mobile Prefix Advertisements.
 */
#ifndef MIP6D_HA_DISC_H
#define MIP6D_HA_DISC_H

#include "mip6d/bucket.h"
#include "mip6d/conf.h"
#include "mip6d/discovery.h"
#include "mip6d/icmp6.h"
#include "mip6d/lifetime.h"
#include "mip6d/tqueue.h"
#include "mip6d/transport.h"

struct ha;
struct ha_link;
struct bcache_entry;

/* ---- home agents list (ha_list.c) ---- */

#define HA_LIST_MAX   64 /* home agents a link, others than ourselves */
#define HA_LIST_ADDRS 16 /* global addresses of one */

struct ha_list_addr {
	struct in6_addr addr;
	struct mtime until; /* valid */
};

struct ha_list_agent {
	struct in6_addr ll; /* link-local; its key */
	uint16_t preference;
	struct mtime expires;
	unsigned int n_addrs;
	struct ha_list_addr addrs[HA_LIST_ADDRS];
};

struct ha_list {
	struct ha_list_agent *agents; /* owned */
	unsigned int n_agents;
};

enum ha_list_verdict {
	HA_LIST_SAME, /* nothing that anybody wants to read about */
	HA_LIST_ADDED,
	HA_LIST_CHANGED, /* another preference or other addresses */
	HA_LIST_DELETED,
	HA_LIST_FULL, /* or out of memory: not listed */
};

/* A valid advertisement of another router on the link (section 10.5.1). */
enum ha_list_verdict ha_list_on_ra(struct ha_list *list,
				   const struct in6_addr *src,
				   const struct icmp6_ra *ra, struct mtime now);
/* Deletes what has expired.  False: nothing had; else the first of it stands
 * in *ret_ll, and there may be more. */
bool ha_list_expire(struct ha_list *list, struct mtime now,
		    struct in6_addr *ret_ll);
/* When the next entry or address expires; MTIME_NEVER. */
struct mtime ha_list_next(const struct ha_list *list);
void ha_list_clear(struct ha_list *list);
/* All addresses in the order of a reply, `ours` included, cut to `max`. */
unsigned int ha_list_order(const struct ha_list *list,
			   const struct ha_list_agent *ours, struct mtime now,
			   struct in6_addr *ret_addrs, unsigned int max);

/* ---- prefixes of a wire (ha_prefix.c) ---- */

/* Lifetimes: as configured, each counted from now; or as heard last, when
 * that is less. */
struct ha_prefix {
	struct prefix prefix;
	const struct conf_home_link *conf; /* NULL: heard from others only */
	bool on_link, autonomous;
	bool is_heard;     /* lifetimes are those of an advertisement... */
	bool is_ours;      /* ...of this node */
	bool is_withdrawn; /* not configured any more: lifetimes 0 */
	uint32_t valid_s, preferred_s; /* as advertised, or configured */
	uint32_t conf_valid_s, conf_preferred_s;   /* for comparison */
	struct mtime valid_until, preferred_until; /* while is_heard */
	struct mtime told_until;                   /* while is_withdrawn */
};

struct ha_prefixes {
	unsigned int n;
	struct ha_prefix p[RA_MAX_PREFIXES];
};

struct ha_prefix *ha_prefix_find(struct ha_prefixes *all,
				 const struct prefix *prefix);
struct lifetime_prefix ha_prefix_life(const struct ha_prefix *p,
				      struct mtime now);
/* A configured prefix; true when something about it is new. */
bool ha_prefix_configure(struct ha_prefixes *all,
			 const struct conf_home_link *conf);
/* Withdraws what belongs to none of the n configured links; true when there
 * was something. */
bool ha_prefix_withdraw(struct ha_prefixes *all,
			const struct conf_home_link *const *links,
			unsigned int n, struct mtime told_until);
/* An advertisement that was heard on the wire; true when it tells something
 * new, other than that time goes on. */
bool ha_prefix_on_ra(struct ha_prefixes *all, const char *ifname,
		     const struct icmp6_ra *ra, bool is_ours, struct mtime now);
/* Forgets what has run out; true when there was something. */
bool ha_prefix_expire(struct ha_prefixes *all, struct mtime now);
/* When the next one runs out; MTIME_NEVER. */
struct mtime ha_prefix_next(const struct ha_prefixes *all);
/* As a Prefix Information option. */
struct ra_prefix ha_prefix_option(const struct ha_prefix *p, struct mtime now);

/* ---- wires (ha_disc.c) ---- */

/* An interface with all home prefixes that live on it, or one virtual home
 * link. */
struct ha_wire {
	struct ha *ha;
	char ifname[IF_NAMESIZE]; /* "": virtual */
	struct prefix virtual_prefix;
	const struct conf_home_link *conf; /* the first: its options count */
	const struct conf_home_link *links[RA_MAX_PREFIXES];
	unsigned int n_links;
	bool is_kept; /* while links are put in place */

	bool ready;
	int ifindex;
	struct lladdr lladdr;
	struct in6_addr ll; /* our link-local address; :: unknown */

	struct in6_addr anycast[RA_MAX_PREFIXES]; /* joined */
	unsigned int n_anycast;
	int anycast_ifindex;

	struct ha_list list;
	struct ha_prefixes prefixes;
	struct task expiry; /* of list and prefixes */

	/* ra = "own" (ha_ra.c) */
	struct task ra_task;
	bool ra_on;
	struct mtime ra_last;    /* multicast last; 0: never */
	unsigned int ra_initial; /* still to come in quick succession */

	/* ra = "watch" (ha_ra_watch.c) */
	int watch_ifindex; /* heard there; 0: off */
	struct mtime watch_since;
	struct task watch_task; /* runs when there was silence for long */
	struct mtime heard;     /* our advertisement last; 0: never */
	struct icmp6_ra own_ra; /* what it said */
	struct ha_ra_finding findings[HA_RA_FINDINGS];
	unsigned int n_findings;
};

struct ha_disc {
	struct ha_wire **wires; /* owned */
	unsigned int n_wires;
	struct bucket haad; /* limits replies */
	bool mps_on;        /* solicitations are heard */
};

/* Wires for ha->links; keeps what is known of those that stay.  -ENOMEM. */
int ha_disc_set(struct ha *ha, struct mtime now);
void ha_disc_free(struct ha *ha);
/* Interfaces changed: ha->links say how. */
void ha_disc_on_links(struct ha *ha, struct mtime now);
void ha_disc_on_addr(struct ha *ha, const struct kernel_addr *ev,
		     struct mtime now);
void ha_disc_on_icmp6(struct ha *ha, const struct packet *pkt,
		      const struct icmp6_msg *msg, struct mtime now);
/* What is left of a home link's prefix. */
struct lifetime_prefix ha_disc_life(const struct ha *ha,
				    const struct conf_home_link *conf,
				    struct mtime now);
struct ha_wire *ha_disc_wire(const struct ha *ha,
			     const struct conf_home_link *conf);
/* We as an entry of the home agents list. */
struct ha_list_agent ha_disc_ours(const struct ha_wire *w);

/* ---- home agent address discovery (ha_dhaad.c) ---- */

void ha_dhaad_on_request(struct ha *ha, const struct packet *pkt,
			 const struct icmp6_msg *msg, struct mtime now);
/* Joins the anycast addresses of a wire that is ready, leaves others. */
void ha_dhaad_join(struct ha_wire *w);
void ha_dhaad_leave(struct ha_wire *w);

/* ---- router advertisements (ha_ra.c, ha_ra_watch.c, ha_ra_check.c) ---- */

/* Begins or ends to advertise, as configuration and wire are now. */
void ha_ra_update(struct ha_wire *w, struct mtime now);
/* For good: the last advertisement says so. */
void ha_ra_stop(struct ha_wire *w, struct mtime now);
void ha_ra_on_rs(struct ha_wire *w, struct mtime now);
/* What is advertised has changed (RFC 4861 section 6.2.4). */
void ha_ra_changed(struct ha_wire *w, struct mtime now);
void ha_ra_init(struct ha_wire *w);
/* MinDelayBetweenRAs (RFC 6275 section 13): never longer than the shortest
 * interval. */
uint32_t ha_ra_min_delay_ms(const struct conf_home_link *c);

void ha_watch_init(struct ha_wire *w);
void ha_watch_update(struct ha_wire *w, struct mtime now);
void ha_watch_stop(struct ha_wire *w);
/* Our own advertisement, heard on the wire. */
void ha_watch_on_ra(struct ha_wire *w, const struct icmp6_ra *ra,
		    struct mtime now);

/* What is wrong with an advertisement of this node; NULL: none was heard. */
unsigned int ha_ra_check(const struct icmp6_ra *ra, const char *ifname,
			 const struct conf_home_link *const *links,
			 unsigned int n_links,
			 struct ha_ra_finding ret[HA_RA_FINDINGS]);

/* ---- mobile prefix discovery (ha_mpd.c) ---- */

#define HA_PREFIX_ADV_RETRIES   3 /* section 12 */
#define HA_PREFIX_ADV_TIMEOUT_S 3

enum ha_mpd_state {
	HA_MPD_OFF,       /* no binding in force, or switched off */
	HA_MPD_IDLE,      /* until nothing was sent for MaxMobPfxAdvInterval */
	HA_MPD_SCHEDULED, /* to be sent at a random time */
	HA_MPD_WAITING,   /* sent; a solicitation would acknowledge it */
};

struct ha_mpd {
	struct task task;
	enum ha_mpd_state state;
	struct mtime due;  /* of the state */
	struct mtime last; /* sent, of whatever kind; 0: never */
	uint8_t sent;      /* times that the present one was */
	bool is_unacked;
	bool is_solicited; /* an answer waits for its second */
	uint16_t id;       /* of that solicitation */
};

void ha_mpd_init(struct bcache_entry *e);
void ha_mpd_stop(struct bcache_entry *e);
/* Begins, where it has not yet, for a binding that is in force. */
void ha_mpd_start(struct bcache_entry *e, struct mtime now);
/* The binding ends with its prefix, now: the mobile node is told that there
 * is something to ask. */
void ha_mpd_last(struct bcache_entry *e, struct mtime now);
/* A Binding Update was accepted and is in force. */
void ha_mpd_on_bu(struct bcache_entry *e, struct mtime now);
/* Prefixes of the home link have changed. */
void ha_mpd_on_change(struct bcache_entry *e, struct mtime now);
void ha_mpd_on_mps(struct ha *ha, const struct packet *pkt,
		   const struct icmp6_msg *msg, struct mtime now);
/* RAND_ADV_DELAY of section 10.6.2: from *ret_min, less than *ret_max. */
void ha_mpd_delay(const struct conf_ha *conf, struct lifetime_prefix life,
		  uint32_t *ret_min_s, uint32_t *ret_max_s);

#endif
