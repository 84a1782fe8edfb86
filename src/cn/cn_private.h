/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the correspondent node share: the role object, the role's
 * part of a binding cache entry, the memory of dead entries, and the judge's
 * question and answer.
 */
#ifndef MIP6D_CN_PRIVATE_H
#define MIP6D_CN_PRIVATE_H

#include "mip6d/auth.h"
#include "mip6d/bucket.h"
#include "mip6d/lifetime.h"
#include "mip6d/role.h"

#define CN_KERNEL_RETRY_MS 1000 /* after a removal that the kernel refused */
#define CN_VICTIMS         64   /* entries looked at for one to give way */
#define CN_LOOK_S          60   /* between looks at what an entry carries */
#define CN_FIRST_LOOK_S    10   /* before the first one */
#define CN_FRESH_S         15   /* so long, it gives way to nobody before */
#define CN_BRR_AHEAD_S     30 /* Binding Refresh Requests before the end, at... */
#define CN_BRR_SHARE       4  /* ...most in the last quarter of a lifetime */
#define CN_BRR_INTERVAL_S  10 /* between two of them (9.5.5) */
#define CN_BRR_MAX         3  /* a lifetime */
#define CN_UNREACH_MIN     3  /* unreachables (9.3.4), that... */
#define CN_UNREACH_SPAN_S  10 /* ...go on for so long... */
#define CN_UNREACH_GAP_S   60 /* ...without a silence of so long */

/* ---- dead entries (cn_dead.c) ---- */

/* What must not be believed again of an entry that is gone (5.2.8, 9.5.3). */
struct cn_dead {
	struct bcache_key key;
	uint16_t seq;       /* of its last valid Binding Update */
	uint16_t nonce;     /* the newest one at its end */
	struct mtime until; /* then that one is dead, too */
	UT_hash_handle hh;
};

struct cn_dead_table {
	struct cn_dead *head; /* in order of `until` */
	unsigned int max;
};

/* NULL: none, or its nonces are dead. */
const struct cn_dead *cn_dead_find(const struct cn_dead_table *t,
				   const struct bcache_key *key,
				   struct mtime now);
/* Remembers that `seq` was valid for key until now.  Without room it makes
 * the nonces invalid instead, and with them all memories needless. */
void cn_dead_add(struct cn_dead_table *t, struct auth_nonces *nonces,
		 const struct bcache_key *key, uint16_t seq, struct mtime now);
void cn_dead_done(struct cn_dead_table *t);

/* ---- the role ---- */

struct cn {
	struct role_env env;
	const struct conf_cn *conf;
	struct bcache *bc;
	struct auth_nonces nonces;
	struct cn_dead_table dead;
	struct bucket test_inits; /* that may be answered (cn_rr.c) */
	uint64_t hits[CONF_RULES_MAX];
	uint64_t default_hits;
	/* Entries that were in force, by their last use (cn_usage.c). */
	struct cn_binding *oldest, *newest;
	unsigned int n_removing; /* entries in state REMOVING */
	uint32_t serial;         /* of the last kernel request */
};

/* The Binding Update that is being worked on: the newest one.  Holds a key:
 * cn_request_done(). */
struct cn_request {
	uint16_t seq;
	uint16_t flags;
	uint16_t lifetime_4s; /* granted; 0: a deletion, in whatever form */
	uint16_t home_nonce, coa_nonce;
	bool rh2;             /* the answer needs a type 2 routing header */
	bool has_kbm;         /* the answer gets an authenticator */
	struct in6_addr coa;  /* named by it; covered by authenticators */
	struct in6_addr from; /* source of its IPv6 header: the answer's
			       * destination (9.5.4) */
	uint8_t kbm[AUTH_KBM_LEN];
};

/* A series of ICMPv6 Destination Unreachable (cn_unreach.c). */
struct cn_unreach {
	unsigned int n;
	struct mtime first, last;
	bool has_base, verdict; /* usage is known; is asked for the last time */
	uint64_t packets_in, packets_out; /* when the series began */
};

/* The correspondent's part of a binding cache entry. */
struct cn_binding {
	struct cn *cn;
	struct cn_request req;     /* valid while has_req */
	struct in6_addr asked_coa; /* in the outstanding kernel request */
	uint16_t home_nonce, coa_nonce;
	uint8_t end_status; /* not 0: ends when the kernel has answered;
			     * the status for a request under way */
	bool has_req;
	bool is_new; /* just created: has no state to come from */
	/* Usage (cn_usage.c). */
	bool used, has_usage;
	uint32_t look_serial; /* of the outstanding question; 0: none */
	struct mtime next_look;
	struct mtime looked;              /* last answer */
	struct cn_binding *older, *newer; /* while is_listed */
	bool is_listed;
	struct kernel_usage usage; /* the last answer; else 0 */
	unsigned int refresh_requests;
	struct cn_unreach unreach;
};

static inline struct cn_binding *cn_binding(struct bcache_entry *e)
{
	return bcache_role(e);
}

/* The kernel sends to e->coa. */
static inline bool cn_is_in_force(const struct bcache_entry *e)
{
	return !addr_is_any(&e->coa);
}

/* How many entries count against the limit. */
static inline unsigned int cn_held_count(const struct cn *cn)
{
	return bcache_count(cn->bc) - cn->n_removing;
}

/* Of a request to the kernel about e; ret->serial is a new one. */
struct kernel_key cn_key(struct bcache_entry *e);
/* Its pair, with that care-of address. */
struct kernel_ro cn_ro(const struct bcache_entry *e,
		       const struct in6_addr *coa);

/* ---- the judge (cn_bu.c) ---- */

enum cn_verdict {
	CN_DROP,   /* silence; counted as `counter` */
	CN_REFUSE, /* Binding Acknowledgement with `status` >= 128 */
	CN_ACCEPT, /* a registration, or with lifetime_4s 0 a deletion */
};

#define CN_RULE_NONE    (-1) /* no rule matched */
#define CN_RULE_UNASKED (-2) /* the rules had no say */

struct cn_judgement {
	enum cn_verdict verdict;
	enum counter counter;
	uint8_t status;            /* of the answer */
	uint16_t seq;              /* Sequence Number of the answer */
	uint16_t lifetime_4s;      /* granted */
	bool store_seq;            /* 9.5.1: valid, so its number counts */
	int rule;                  /* decided by it, or CN_RULE_* */
	bool has_kbm;              /* the authenticator was right */
	uint8_t kbm[AUTH_KBM_LEN]; /* a secret; the caller wipes it */
	const char *reason;        /* in words, for the log; never NULL */
};

/* All that the judge may know. */
struct cn_question {
	const struct conf_cn *conf;
	const struct auth_nonces *nonces;
	const struct bcache_entry *entry; /* NULL: none */
	const struct cn_request *req;     /* being worked on; NULL: none */
	const struct cn_dead *dead;       /* NULL: none */
	const struct packet *pkt;
	const struct mh_msg *msg;
	struct mtime now;
	bool dst_is_ours;
	bool hoa_is_ours;
	bool coa_is_ours;
	bool is_loop; /* the care-of address is bound to the home address */
};

/* Pure decision on a Binding Update without the H bit (sections 5.2.6,
 * 9.5.1 to 9.5.4). */
struct cn_judgement cn_bu_judge(const struct cn_question *q);

/* The care-of address that a Binding Update names (section 9.5.1). */
struct in6_addr cn_bu_coa(const struct packet *pkt, const struct mh_msg *msg);

/* The first rule that matches, or CN_RULE_NONE. */
int cn_bu_rule(const struct conf_cn *conf, const struct bcache_key *key,
	       const struct in6_addr *coa);

/* ---- cn_binding.c ---- */

/* The only writer of entry->state: does what the new state begins with and
 * arms the entry's one timer.  The entry may be gone afterwards. */
void cn_binding_enter(struct bcache_entry *e, enum bcache_state state,
		      struct mtime now);
/* A new entry, to be updated at once; NULL: out of memory. */
struct bcache_entry *cn_binding_new(struct cn *cn, const struct bcache_key *key,
				    struct mtime now);
/* An accepted Binding Update; takes over what req holds. */
void cn_binding_update(struct bcache_entry *e, struct cn_request *req,
		       struct mtime now);
/* Ends a binding for a reason other than its mobile node's wish; a Binding
 * Update under way is refused with `status`, never 0. */
void cn_binding_end(struct bcache_entry *e, uint8_t status, struct mtime now);
/* What the kernel has of it is lost: puts it there again. */
void cn_binding_reinstall(struct bcache_entry *e, struct mtime now);
/* Its timer follows e->expires and next_look. */
void cn_binding_arm(struct bcache_entry *e);
/* The kernel's answer to request `serial`. */
void cn_binding_on_done(struct bcache_entry *e, uint32_t serial, int err,
			struct mtime now);
/* Wipes. */
void cn_request_done(struct cn_request *req);

/* ---- cn_usage.c ---- */

/* An accepted Binding Update begins a lifetime. */
void cn_usage_begin(struct bcache_entry *e, struct mtime now);
/* When it is time: asks the kernel. */
void cn_usage_on_timer(struct bcache_entry *e, struct mtime now);
/* Asks the kernel now, unless it has been asked. */
void cn_usage_ask(struct bcache_entry *e);
void cn_usage_on_answer(struct bcache_entry *e, const struct kernel_usage *u,
			struct mtime now);
/* The entry is of no use any more, and has carried nothing should it come
 * back. */
void cn_usage_end(struct bcache_entry *e);
/* The entry that gives way to a new one (9.6): of those whose last Binding
 * Update or traffic is longest ago the first that carries none, and has had
 * time to.  NULL: no such. */
struct bcache_entry *cn_usage_victim(struct cn *cn, struct mtime now);

/* ---- cn_unreach.c ---- */

void cn_unreach_on_icmp6(struct cn *cn, const struct icmp6_msg *msg,
			 struct mtime now);
/* What the entry carries, after cn_usage_ask().  The entry may end. */
void cn_unreach_on_usage(struct bcache_entry *e,
			 const struct kernel_usage *usage, struct mtime now);

/* ---- cn_ba.c ---- */

/* Answers a request of a mobile node that registered with key->local. */
void cn_ba_send(struct cn *cn, const struct bcache_key *key,
		const struct cn_request *req, const struct mh_ba *ba,
		struct mtime now);
/* Any other message of ours without headers of ours.  0 or -errno, counted. */
int cn_send(struct cn *cn, const struct mh_msg *msg, const struct in6_addr *src,
	    const struct in6_addr *dst, struct mtime now);

#endif
