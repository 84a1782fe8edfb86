/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The faces of the roles.  dispatch.c hands them parsed messages and kernel
 * events; daemon.c starts and stops them; ctl prints them.  No role knows
 * another.
 */
#ifndef MIP6D_ROLE_H
#define MIP6D_ROLE_H

#include <stdbool.h>

#include "mip6d/bcache.h"
#include "mip6d/bul.h"
#include "mip6d/conf.h"
#include "mip6d/counters.h"
#include "mip6d/icmp6.h"
#include "mip6d/ike.h"
#include "mip6d/kernel.h"
#include "mip6d/mh.h"
#include "mip6d/security.h"
#include "mip6d/store.h"
#include "mip6d/transport.h"

/* What every role works with; owned by the daemon, outlives the role. */
struct role_env {
	struct tqueue *tq;
	struct kernel *kernel;
	struct transport *transport;
	struct counters *counters;
	struct store *store;       /* NULL: nothing is remembered */
	struct security *security; /* NULL: no tunnel is protected */
	struct vici *vici;         /* NULL: no pair negotiates its keys */
	struct ike *ike;           /* the daemon's own; NULL as above */
};

/* ---- home agent (RFC 6275 section 10) ---- */

struct ha;

/* Starts the role: kernel_ha_start, home links that exist; links that appear
 * later are taken then.  conf must outlive the role or be replaced by
 * ha_reload.  0 or -errno. */
int ha_new(const struct role_env *env, const struct conf_ha *conf,
	   struct mtime now, struct ha **ret_ha);
/* Withdraws everything and frees; returns NULL. */
struct ha *ha_free(struct ha *ha);

/* Takes new limits and prefix lifetimes, the latter counted from now on.
 * Bindings that the policy does not allow any more, going by what they were
 * proven with, or whose home link is gone, end; one that would outlive its
 * prefix is cut; lower limits of number and lifetime hold for the next answers
 * and take nothing back that was granted.  conf replaces the old one, which may
 * be freed then. */
void ha_reload(struct ha *ha, const struct conf_ha *conf, struct mtime now);

/* Who a Binding Update was proven to come from, for the policy of the home
 * agent; zeros: nobody proved anything.  Filled by ha.c from what checked the
 * proof, an authentication option or a security association; valid for the
 * call. */
struct ha_peer {
	const char *nai;    /* RFC 4283, by its authentication option */
	const char *ike_id; /* of the IKE SA behind the child SA */
	bool ike_unsure;    /* IKE proved it and does not know any more */
	uint32_t spi;       /* of the mobility security association */
	/* The static keys of ESP of which one protected it. */
	const struct security_node *keys;
};

/* A Binding Update with the H bit. */
void ha_on_bu(struct ha *ha, const struct packet *pkt, const struct mh_msg *msg,
	      struct mtime now);
void ha_on_icmp6(struct ha *ha, const struct packet *pkt,
		 const struct icmp6_msg *msg, struct mtime now);
void ha_on_kernel(struct ha *ha, const struct kernel_event *ev,
		  struct mtime now);

struct bcache *ha_bcache(struct ha *ha);
/* True when the home agent holds a binding of hoa registered with local. */
bool ha_is_registered(struct ha *ha, const struct in6_addr *local,
		      const struct in6_addr *hoa);
/* True when the home agent has hoa bound to coa, through whatever address of
 * ours. */
bool ha_is_bound_at(struct ha *ha, const struct in6_addr *hoa,
		    const struct in6_addr *coa);
/* For ctl: how often a rule of the policy decided, how many bindings it has;
 * how often none matched. */
uint64_t ha_rule_hits(const struct ha *ha, unsigned int rule);
unsigned int ha_rule_bindings(const struct ha *ha, unsigned int rule);
uint64_t ha_default_hits(const struct ha *ha);
/* Who proved the binding in force to be his by an authentication option (RFC
 * 4285); NULL: nobody. */
const char *ha_identity(struct bcache_entry *e);
/* Whether the link of this prefix is there and served, for ctl. */
bool ha_link_is_up(const struct ha *ha, unsigned int link);

/* ---- correspondent node (RFC 6275 section 9) ---- */

struct cn;

/* Starts the role: kernel_cn_start.  conf must outlive the role or be
 * replaced by cn_reload.  0 or -errno. */
int cn_new(const struct role_env *env, const struct conf_cn *conf,
	   struct mtime now, struct cn **ret_cn);
/* Withdraws everything, wipes secrets and frees; returns NULL. */
struct cn *cn_free(struct cn *cn);
/* Entries that the new rules do not accept end; hits begin anew where the
 * rules are others. */
void cn_reload(struct cn *cn, const struct conf_cn *conf, struct mtime now);

/* HoTI and CoTI (9.4). */
void cn_on_test_init(struct cn *cn, const struct packet *pkt,
		     const struct mh_msg *msg, struct mtime now);
/* A Binding Update without the H bit (9.5). */
void cn_on_bu(struct cn *cn, const struct packet *pkt, const struct mh_msg *msg,
	      struct mtime now);
/* A Binding Update with the H bit for an entry of ours, or without it for a
 * binding of the home agent that is here, too: status 139.  The latter is
 * judged like any other (9.5.1) and answered with 136 to 138 or silence where
 * that deserves it; 139 is signed. */
void cn_refuse_type_change(struct cn *cn, const struct packet *pkt,
			   const struct mh_msg *msg, struct mtime now);
void cn_on_icmp6(struct cn *cn, const struct packet *pkt,
		 const struct icmp6_msg *msg, struct mtime now);
void cn_on_kernel(struct cn *cn, const struct kernel_event *ev,
		  struct mtime now);

/* True when there is an entry of hoa registered with local. */
bool cn_is_registered(struct cn *cn, const struct in6_addr *local,
		      const struct in6_addr *hoa);

/* For ctl. */
struct bcache *cn_bcache(struct cn *cn);
struct cn_entry_info {
	uint16_t home_nonce, coa_nonce;
	bool used; /* carried traffic when the kernel was asked last */
	bool has_usage;
	uint64_t octets_in, octets_out; /* as of then */
	unsigned int refresh_requests;  /* sent for this lifetime */
};
void cn_entry_info(struct bcache_entry *e, struct cn_entry_info *ret_info);
uint64_t cn_rule_hits(const struct cn *cn, unsigned int rule);
uint64_t cn_default_hits(const struct cn *cn); /* no rule matched */

/* ---- mobile node (RFC 6275 section 11) ---- */

struct mn;

int mn_new(const struct role_env *env, const struct conf_mn *conf,
	   struct mtime now, struct mn **ret_mn);
struct mn *mn_free(struct mn *mn);
void mn_reload(struct mn *mn, const struct conf_mn *conf, struct mtime now);

/* Begins to stop: de-registers where bound.  mn_is_stopped tells when all
 * answers are in or the bounded wait is over; then mn_free. */
void mn_stop(struct mn *mn, struct mtime now);
bool mn_is_stopped(const struct mn *mn);

void mn_on_ba(struct mn *mn, const struct packet *pkt, const struct mh_msg *msg,
	      struct mtime now);
void mn_on_be(struct mn *mn, const struct packet *pkt, const struct mh_msg *msg,
	      struct mtime now);
/* HoT and CoT (11.6.2). */
void mn_on_test(struct mn *mn, const struct packet *pkt,
		const struct mh_msg *msg, struct mtime now);
/* The associations that protect hoa have come, gone, or become others. */
void mn_on_ike(struct mn *mn, const struct in6_addr *hoa, struct mtime now);
/* Binding Refresh Request (11.7.4). */
void mn_on_brr(struct mn *mn, const struct packet *pkt,
	       const struct mh_msg *msg, struct mtime now);
void mn_on_icmp6(struct mn *mn, const struct packet *pkt,
		 const struct icmp6_msg *msg, struct mtime now);
void mn_on_kernel(struct mn *mn, const struct kernel_event *ev,
		  struct mtime now);

struct bul *mn_bul(struct mn *mn);

/* For ctl: the mobile node's view, as plain values. */

enum mn_addr_state {                    /* KAME's states of an address */
		     MN_ADDR_TENTATIVE, /* cannot receive yet */
		     MN_ADDR_PREFERRED,
		     MN_ADDR_DEPRECATED,
		     MN_ADDR_DETACHED,  /* its router is gone */
		     MN_ADDR_DUPLICATE, /* DAD failed */
};

struct mn_addr_info {
	struct in6_addr addr;
	enum mn_addr_state state;
	bool optimistic;
	bool home_subnet;       /* belongs to a home prefix */
	struct in6_addr router; /* link-local; :: when none */
};

struct mn_iface_info {
	const char *name;
	int ifindex; /* 0: not there */
	bool up, carrier;
	int preference;
	const char *location; /* "home", "away", "unknown", "down" */
};

/* Why the present care-of address was chosen, in words, and since when. */
struct mn_coa_info {
	struct in6_addr hoa;
	struct prefix prefix;  /* of the home link */
	struct in6_addr agent; /* ::: none known yet */
	const char *location;  /* "home", "away", "detached"... */
	struct in6_addr coa;   /* :: at home or when none */
	int ifindex;
	const char *ifname;
	struct in6_addr router;
	const char *reason;
	struct mtime since;
	struct in6_addr previous; /* :: when none */
};

/* What one home address knows of home agents. */
struct mn_agent_addr {
	struct in6_addr addr;
	const char *use;      /* "in use", "listed", "failed", "former" */
	struct mtime expires; /* of "former": the binding left behind */
};

struct mn_agent_info {
	struct in6_addr hoa;
	struct prefix prefix;
	const char *discovery; /* "configured", "known", "asking"... */
	struct mtime listed;   /* when the list came; 0: none did */
	unsigned int n;
	const struct mn_agent_addr *agents;
};

typedef void mn_agent_fn(void *arg, const struct mn_agent_info *info);
void mn_walk_agents(struct mn *mn, mn_agent_fn *fn, void *arg);

/* One correspondent of one home address: which way its traffic takes, and
 * why. */
struct mn_ro_info {
	struct in6_addr hoa, peer;
	bool optimised;
	const char *state;    /* "optimised", "testing", "updating",
			    * "incapable", "refused", "idle"... */
	const char *reason;   /* a sentence */
	struct in6_addr coa;  /* bound at the peer; :: when none */
	struct mtime since;   /* of this state */
	struct mtime expires; /* of the binding; in the past when none */
	struct mtime until;   /* of "incapable", "refused" */
	bool has_home_token, has_coa_token;
	struct mtime home_token_at, coa_token_at; /* received */
	bool has_usage;
	uint64_t octets_in, octets_out; /* as the kernel said last */
	uint16_t seq;
	bool has_status;
	uint8_t last_status;
};

typedef void mn_ro_fn(void *arg, const struct mn_ro_info *info);
void mn_walk_ro(struct mn *mn, mn_ro_fn *fn, void *arg);
uint64_t mn_rule_hits(const struct mn *mn, unsigned int rule);

typedef void mn_iface_fn(void *arg, const struct mn_iface_info *info);
typedef void mn_addr_fn(void *arg, const struct mn_addr_info *info);
typedef void mn_coa_fn(void *arg, const struct mn_coa_info *info);
void mn_walk_ifaces(struct mn *mn, mn_iface_fn *fn, void *arg);
void mn_walk_addrs(struct mn *mn, int ifindex, mn_addr_fn *fn, void *arg);
void mn_walk_coa(struct mn *mn, mn_coa_fn *fn, void *arg);
const char *mn_addr_state_str(enum mn_addr_state state);

#endif
