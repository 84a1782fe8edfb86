/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the home agent share: the role object, its home links,
 * the role's part of a binding cache entry, and the judge's question and
 * answer.
 */
#ifndef MIP6D_HA_PRIVATE_H
#define MIP6D_HA_PRIVATE_H

#include "mip6d/journal.h"
#include "mip6d/lifetime.h"
#include "mip6d/role.h"
#include "mip6d/wall.h"
#include "src/ha/ha_auth.h"
#include "src/ha/ha_disc.h"

#define HA_DELETE_BCE_TIMEOUT_S 10 /* MAX_DELETE_BCE_TIMEOUT, section 12 */
#define HA_NA_TRANSMITS         3 /* MAX_NEIGHBOR_ADVERTISEMENT, RFC 4861 section 10 */
#define HA_NA_INTERVAL_MS       1000 /* RetransTimer, RFC 4861 section 10 */
#define HA_SEQS_PER_BINDING     4    /* numbers remembered, at most */
#define HA_DAD_SEND_TRIES       3 /* refused sends of a probe before giving up */
#define HA_KERNEL_RETRY_MS      1000 /* after a request that the kernel refused */

/* ---- home links (ha_link.c) ---- */

/* A home link as it is at present. */
struct ha_link {
	const struct conf_home_link *conf; /* of ha->conf */
	int ifindex;  /* 0: virtual, or the interface is not there */
	bool is_home; /* kernel_home_link_set() is on for it */
	bool ready;   /* virtual; or made a home link, up and with carrier */
	struct lladdr lladdr;
};

/* What a rule of the policy was used for. */
struct ha_rule_use {
	uint64_t hits;
	unsigned int bindings;
};

struct ha {
	struct role_env env;
	const struct conf_ha *conf;
	struct bcache *bc;
	unsigned int room;     /* bindings that the data path can hold */
	struct ha_link *links; /* as many as conf->n_links, in that order */
	unsigned int n_links;
	struct ha_binding *ll_dads; /* link-local addresses under DAD */
	unsigned int n_invalid;     /* entries in state INVALID */
	struct ha_rule_use *uses;   /* of conf->rules... */
	unsigned int n_uses;        /* ...as many, but 0 out of memory */
	uint64_t default_hits;      /* no rule matched */
	uint32_t serial;            /* of the last kernel request */
	bool synced;                /* every link that exists has been told */
	struct ha_disc disc;        /* discovery (ha_disc.c) */
	struct ha_auth auth;        /* who has a key (ha_ident.c) */
	struct ha_seq *seqs;        /* sequence numbers (ha_seq.c)... */
	struct ha_seq *seqs_by_age; /* ...by their lines on the disk */
	struct journal seqs_remembered;
};

/* ---- sequence numbers (ha_seq.c) ---- */

void ha_seq_init(struct ha *ha, struct mtime now);
void ha_seq_done(struct ha *ha, struct mtime now);
/* The last one that was accepted, in whichever run. */
bool ha_seq_get(const struct ha *ha, const struct bcache_key *key,
		uint16_t *ret_seq);
void ha_seq_set(struct ha *ha, const struct bcache_key *key,
		const struct ha_proof *proof, uint16_t seq, struct mtime now);
/* Whatever ends mip6d from now on, what was set is known to the next run: goes
 * before every answer. */
void ha_seq_commit(struct ha *ha, struct mtime now);

/* ---- bindings (ha_binding.c) ---- */

/* The Binding Update that is being worked on: the newest one. */
struct ha_request {
	struct in6_addr coa;  /* wanted */
	struct in6_addr from; /* source of its IPv6 header: the answer's
			       * destination (9.5.4) */
	uint16_t seq;
	uint16_t flags;
	uint16_t asked_4s;       /* 0: a de-registration, in whatever form */
	uint32_t max_lifetime_s; /* by policy */
	bool rh2;                /* the answer needs a type 2 routing header */
	bool from_home;          /* the answer must leave on the home link */
	struct ha_proof proof;
	struct mh_networks networks;
};

/* The home agent's part of a binding cache entry. */
struct ha_binding {
	struct ha *ha;
	struct ha_request req;       /* valid while has_req */
	struct ha_proof proof;       /* of the Binding Update in force... */
	struct mh_networks networks; /* ...which asked for these */
	struct in6_addr asked_coa;   /* in the outstanding kernel request */
	struct mtime next_na;        /* while na_left */
	struct mtime retry;          /* while stale */
	struct mtime remember;       /* end of a de-registration's memory */
	struct ha_binding *ll_next, **ll_prev; /* in ha->ll_dads */
	int asked_ifindex;   /* proxied there: in the outstanding request... */
	int home_ifindex;    /* ...and in force; 0: nowhere */
	int listen_ifindex;  /* heard for DAD; 0: none */
	int rule;            /* of the policy, that it counts for */
	uint8_t dad_sent;    /* probes sent */
	uint8_t dad_refused; /* probes that could not be sent, in a row */
	uint8_t na_left;     /* advertisements still to be repeated */
	uint8_t end_status;  /* not 0: ends when the kernel has answered;
			     * the status for a request under way */
	bool has_req : 1;
	bool is_new : 1; /* just created: has no state to come from */
	bool dad_hoa : 1, dad_ll : 1;       /* addresses under DAD */
	bool hoa_unique : 1, ll_unique : 1; /* addresses that passed DAD */
	bool asked_ll : 1; /* proxy_linklocal: in the outstanding request... */
	bool home_ll : 1;  /* ...and in force */
	bool announce : 1; /* interception begins, or must be told anew */
	bool stale : 1;    /* what the kernel has must be put there again */
	bool asked_stale : 1; /* the outstanding request does just that */
	struct ha_mpd mpd;    /* Mobile Prefix Advertisements (ha_mpd.c) */
};

static inline struct ha_binding *ha_binding(struct bcache_entry *e)
{
	return bcache_role(e);
}

/* The entry that b is the role's part of. */
struct bcache_entry *ha_binding_entry(struct ha_binding *b);

/* The kernel forwards to e->coa. */
static inline bool ha_is_in_force(const struct bcache_entry *e)
{
	return !addr_is_any(&e->coa);
}

/* ---- policy (ha_policy.c) ---- */

#define HA_NO_RULE (-1) /* none matched */

struct ha_policy_request {
	struct in6_addr hoa, coa;
	struct ha_peer peer;
	struct mh_networks networks;
	struct wall_day day;
};

/* What the policy says to a request. */
struct ha_policy {
	int rule;
	enum conf_ha_action action;
	uint8_t status;          /* DENY */
	uint32_t max_lifetime_s; /* ALLOW: so long it will say so, the agent's
				  * own limit included */
	uint32_t max_bindings;   /* 0: no limit of this rule */
};

/* Pure. */
struct ha_policy ha_policy_judge(const struct conf_ha *conf,
				 const struct ha_policy_request *q);
/* A rule decided (HA_NO_RULE: none did). */
void ha_policy_count(struct ha *ha, int rule);
/* No room for e (NULL: a new one) within the rule's limit. */
bool ha_policy_is_full(const struct ha *ha, const struct ha_policy *p,
		       struct bcache_entry *e);
/* The binding counts for this rule from now on; for none. */
void ha_policy_hold(struct bcache_entry *e, int rule);
void ha_policy_release(struct bcache_entry *e);
/* Takes the rules of ha->conf, after those of `from` (NULL: the first); no
 * binding counts for any afterwards.  -ENOMEM. */
int ha_policy_set(struct ha *ha, const struct conf_ha *from);

/* ---- the judge (ha_bu.c) ---- */

enum ha_verdict {
	HA_DROP,   /* silence; counted as `counter` */
	HA_REFUSE, /* Binding Acknowledgement with `status` >= 128 */
	HA_ACCEPT, /* go on with `kind` */
};

enum ha_kind {
	HA_NEW,     /* no binding yet: DAD, then the kernel */
	HA_REFRESH, /* same care-of address: nothing to be done */
	HA_MOVE,    /* another care-of address, or another L bit */
	HA_DEREGISTER,
};

struct ha_judgement {
	enum ha_verdict verdict;
	enum counter counter;
	enum ha_kind kind;
	uint8_t status;       /* of the answer; with NEW and MOVE as it would be
			 * now */
	uint16_t seq;         /* Sequence Number of the answer */
	uint16_t lifetime_4s; /* granted, as the status */
	uint32_t max_lifetime_s; /* by policy */
	int rule;           /* that the policy went by, when that counts... */
	bool by_policy;     /* ...which it does here */
	bool store_seq;     /* 9.5.1: valid, so its number counts from now on */
	const char *reason; /* in words, for the log; never NULL */
};

/* All that the judge may know. */
struct ha_question {
	const struct conf_ha *conf;
	const struct conf_home_link *link; /* NULL: HoA is on none of ours */
	struct lifetime_prefix prefix;     /* what is left of that link's */
	bool link_ready; /* DAD and interception are possible */
	bool starting;   /* links are not all known yet */
	const struct bcache_entry *entry; /* NULL: none */
	bool has_seq; /* without an entry: remembered of an earlier one */
	uint16_t seq;
	const struct ha_request *req; /* being worked on; NULL: none */
	const struct packet *pkt;
	const struct mh_msg *msg;
	struct mtime now;
	struct ha_auth_answer auth; /* what it proves about its sender... */
	bool hoa_is_foreign;        /* ...whose home address this is not */
	bool dst_is_ours; /* the packet's destination is our address */
	bool hoa_is_ours; /* so is the home address, or with L its
			   * link-local one */
	bool coa_is_ours;
	bool coa_is_bound;     /* the CoA is a home address bound here */
	bool hoa_is_elsewhere; /* bound through another address of ours */
	bool ll_is_taken; /* with L: another binding's link-local address */
	bool is_full;     /* no room for another binding */
	struct ha_peer peer;
	struct ha_policy policy; /* what it says */
	bool rule_is_full;       /* the same of its rule's limit */
};

/* Pure decision on a Binding Update with the H bit (sections 9.5.1, 10.3.1,
 * 10.3.2). */
struct ha_judgement ha_bu_judge(const struct ha_question *q);

/* The care-of address that a Binding Update names (section 9.5.1). */
struct in6_addr ha_bu_coa(const struct packet *pkt, const struct mh_msg *msg);

/* ---- ha_link.c ---- */

/* The home link of a home address that registers with our address `local`;
 * NULL: none. */
struct ha_link *ha_link_find(const struct ha *ha, const struct in6_addr *local,
			     const struct in6_addr *hoa);
static inline struct ha_link *ha_link_of(const struct ha *ha,
					 const struct bcache_entry *e)
{
	return ha_link_find(ha, &e->key.local, &e->key.hoa);
}
/* What is left of its prefix. */
struct lifetime_prefix
ha_link_prefix(const struct ha *ha, const struct ha_link *l, struct mtime now);
/* Puts the links of ha->conf in place; what is known about their interfaces
 * stays known.  -ENOMEM. */
int ha_links_set(struct ha *ha);
void ha_links_free(struct ha *ha);
/* Has our own packets to nodes of these links go straight (section 10.4.2).
 * 0 or -errno. */
int ha_links_tell(struct ha *ha);
void ha_link_on_event(struct ha *ha, const struct kernel_link *ev,
		      struct mtime now);

/* ---- ha_binding.c ---- */

/* The only writer of entry->state: does what the new state begins with and
 * arms the entry's one timer.  The entry may be gone afterwards. */
void ha_binding_enter(struct bcache_entry *e, enum bcache_state state,
		      struct mtime now);
/* A new entry for a home address, to be updated at once; NULL: no room. */
struct bcache_entry *ha_binding_new(struct ha *ha, const struct bcache_key *key,
				    struct mtime now);
/* An accepted Binding Update. */
void ha_binding_update(struct bcache_entry *e, const struct ha_request *req,
		       struct mtime now);
/* DAD is over: nobody was found (status 0), or the status to refuse with. */
void ha_binding_on_dad(struct bcache_entry *e, uint8_t status,
		       struct mtime now);
/* Nothing is outstanding at the kernel: takes the next step towards what is
 * wanted. */
void ha_binding_advance(struct bcache_entry *e, struct mtime now);
/* What was asked for last cannot be had: refuses it and goes back to what is
 * in force, if there is something. */
void ha_binding_give_up(struct bcache_entry *e, uint8_t status,
			struct mtime now);
/* Forgets an entry that has nothing in the kernel. */
void ha_binding_drop(struct bcache_entry *e, struct mtime now);
/* Puts a binding's state into the kernel again and announces it. */
void ha_binding_reinstall(struct bcache_entry *e, struct mtime now);
/* Ends a binding for a reason other than its mobile node's wish; a Binding
 * Update under way is refused with `status`. */
void ha_binding_end(struct bcache_entry *e, uint8_t status, struct mtime now);

/* The home prefix is valid for valid_s more: so long the binding may last. */
void ha_binding_cut(struct bcache_entry *e, uint32_t valid_s, struct mtime now);

/* ---- ha_install.c ---- */

/* Whether the link-local address is to be proxied. */
bool ha_wants_ll(struct bcache_entry *e);
/* Whether the proxy entries in force are not those wanted. */
bool ha_wants_reinstall(struct bcache_entry *e, struct mtime now);
/* Ask the kernel; they may call back ha_binding_give_up. */
void ha_install(struct bcache_entry *e, struct mtime now);
void ha_uninstall(struct bcache_entry *e, struct mtime now);
/* The kernel's answer to request `serial`. */
void ha_install_on_kernel(struct bcache_entry *e, uint32_t serial, int err,
			  struct mtime now);

/* ---- ha_dad.c ---- */

/* Which addresses of the request under way still have to pass DAD. */
bool ha_dad_wants_hoa(const struct ha_binding *b, const struct ha_link *l);
bool ha_dad_wants_ll(const struct ha_binding *b, const struct ha_link *l);
/* Begins DAD for them; ha_binding_on_dad tells the end, never from inside
 * this call. */
void ha_dad_start(struct bcache_entry *e, struct mtime now);
void ha_dad_stop(struct bcache_entry *e);
/* The entry's timer in state DAD. */
void ha_dad_on_timer(struct bcache_entry *e, struct mtime now);
/* A neighbour solicitation or advertisement that was heard. */
void ha_dad_on_nd(struct ha *ha, const struct packet *pkt,
		  const struct icmp6_msg *msg, struct mtime now);

/* ---- ha_nd.c ---- */

/* One unsolicited advertisement for the home address, and one for the
 * link-local address where that is proxied (section 10.4.1). */
void ha_nd_announce(struct bcache_entry *e);
/* One solicitation of DAD for an address (RFC 4862 section 5.4.2).  0 or
 * -errno. */
int ha_nd_probe(struct ha *ha, const struct ha_link *l,
		const struct in6_addr *target);

/* ---- ha_ba.c ---- */

/* Answers a request of a mobile node that registered with `local`. */
void ha_ba_send(struct ha *ha, const struct bcache_key *key,
		const struct ha_request *req, const struct mh_ba *ba,
		struct mtime now);

#endif
