/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Route optimisation's objects (RFC 6275 sections 5.2, 11.3, 11.6, 11.7).
 *
 *   mn_ro    one correspondent of one home address: which way its traffic
 *            takes; one state, written by mn_ro_enter(), and one timer
 *   mn_rr    one of the two tests of return routability
 *   mn_peer  a correspondent's address, whatever the home address: sequence
 *            number and rate limits; outlives its mn_ro for a while
 *
 * Way of an event: traffic is judged by mn_ro_flow.c, answers by mn_rr.c and
 * mn_ro_answer.c; mn_ro.c moves the state; what the kernel shall do follows
 * from the state (mn_ro_path.c).  Where the home address is, and whether its
 * registration is confirmed, comes from mn_ro_follow.c.
 */
#ifndef MN_RO_H
#define MN_RO_H

#include "mn_ba.h"

#include "mip6d/auth.h"
#include "mip6d/hash.h"
#include "mip6d/icmp6.h"
#include "mip6d/role.h"

/* RFC 6275 section 12: after so many unanswered messages the traffic goes
 * through the home agent again. */
#define MAX_RO_FAILURE 3
/* A message is sent so often, 1, 2, 4 .. 32 s apart, until the peer is let
 * alone for a while. */
#define MN_RO_SENDS 7
/* Answers 135, and answers 136 to 138, before the peer counts as refusing. */
#define MN_RO_CORRECTIONS 3

struct mn_home;

/* What a home address allows its correspondents at present. */
enum mn_ro_phase {
	MN_RO_OFF,     /* the home address is not in use */
	MN_RO_WAIT,    /* nothing can be sent, or nothing that is of use */
	MN_RO_MOVING,  /* a new care-of address, not registered at home yet */
	MN_RO_READY,   /* away, the home registration is confirmed */
	MN_RO_AT_HOME, /* at home, de-registered there */
};

enum mn_ro_state {
	MN_RO_IDLE,
	MN_RO_TESTING,  /* return routability runs */
	MN_RO_UPDATING, /* Binding Update sent, acknowledgement awaited */
	MN_RO_BOUND,
	MN_RO_DELETING, /* home test where needed, then lifetime 0 */
	MN_RO_FAILED,   /* no answer */
	MN_RO_REFUSED,
	MN_RO_INCAPABLE, /* does not speak Mobile IPv6 */
};

/* Which leaves first when another correspondent needs the room. */
enum mn_ro_class {
	MN_RO_UNUSED,
	MN_RO_HELD, /* failed, refused, incapable */
	MN_RO_STARTING,
	MN_RO_KNOWN, /* the peer may have a binding */
	MN_RO_CLASSES,
};

enum mn_rr_kind { MN_RR_HOME, MN_RR_COA, MN_RR_KINDS };

/* A test, and the token that it won. */
struct mn_rr {
	bool waiting; /* runs: the answer is awaited */
	bool pending; /* the next init goes as soon as the rate limit allows */
	uint8_t cookie[AUTH_COOKIE_LEN]; /* of the newest init */
	struct mtime sent;               /* when that was */
	uint32_t backoff_ms;
	unsigned int attempts; /* inits sent in this run */

	bool has_token;
	uint8_t token[AUTH_TOKEN_LEN];
	uint16_t nonce;
	struct mtime asked_at, token_at; /* it is as old as the init */
};

/* Places in mn_peer.rate: the inits by enum mn_rr_kind, then */
#define MN_PEER_BU    MN_RR_KINDS
#define MN_PEER_RATES (MN_PEER_BU + 1)

struct mn_peer {
	struct in6_addr addr;
	unsigned int refs;
	uint16_t seq; /* last sent, for whatever home address */
	struct mn_rate rate[MN_PEER_RATES];
	struct mtime last_sent;                /* anything */
	struct mtime unused;                   /* since when */
	struct mn_ro *ros;                     /* by ->sibling */
	struct mn_peer *idle_prev, *idle_next; /* oldest first */
	UT_hash_handle hh;
};

/* What the kernel was asked for the pair. */
struct mn_ro_path {
	struct kernel_ro want; /* asked for last */
	bool asked;            /* the kernel may know the pair */
	bool removing;         /* and was told to forget it */
	bool done;             /* the last request was carried out */
	uint32_t serial;
	uint32_t retry_ms;     /* 0: the last setting did not fail */
	struct mtime retry_at; /* MTIME_NEVER */
};

/* What the pair carried. */
struct mn_ro_usage {
	bool known;
	struct kernel_usage last;
	uint32_t serial;
	struct mtime asked_at; /* the last question */
	struct mtime used_at;  /* the last answer that showed traffic */
};

struct mn_ro_key {
	struct in6_addr hoa, peer;
};

struct mn_ro {
	struct mn_ro_key key;
	struct mn *mn;
	struct mn_home *home;
	struct mn_peer *peer;
	enum mn_ro_state state;
	const char *why; /* of the state */
	struct mtime since;
	struct mtime until;    /* of FAILED, REFUSED, INCAPABLE */
	unsigned int failures; /* in a row: each makes the next rest longer */
	bool wanted;           /* traffic waits for the home registration */
	bool leaving;          /* not kept once the peer has no binding */
	bool answered;         /* proved by its authenticator what it can */
	bool lost_binding;     /* as far as its traffic tells; once a run */
	struct mtime refresh_requested; /* by the peer */
	struct mn_rr test[MN_RR_KINDS];

	struct bul_entry *bul;    /* NULL when idle and not bound */
	struct mtime maybe_until; /* the peer may have a binding */
	bool awaiting;            /* an acknowledgement, under this key: */
	uint8_t kbm[AUTH_KBM_LEN];
	bool pending;             /* a Binding Update held back, */
	struct mtime not_before;  /* at least until then */
	unsigned int corrections; /* answers 135 to 138 in a row */
	unsigned int losses;      /* bindings that the peer lost soon after */
	bool has_status;
	uint8_t last_status;

	struct mn_ro_path path;
	struct mn_ro_usage usage;
	struct task task;

	enum mn_ro_class class;
	struct mn_ro *prev, *next; /* in the class, least useful first */
	struct mtime useful;
	struct mn_ro *sibling;
	UT_hash_handle hh;
};

struct mn_ro_list {
	struct mn_ro *head, *tail;
};

struct mn_ro_table {
	struct mn_ro *table; /* by key */
	struct mn_ro_list classes[MN_RO_CLASSES];
	struct mn_peer *peers; /* by address */
	struct mn_peer *idle_head, *idle_tail;
	unsigned int n_idle;
	unsigned int n_deleting;
	uint64_t *hits; /* of each rule */
	unsigned int n_hits;
};

/* ---- mn_ro_table.c: correspondents, bounded ---- */

struct mn_ro *mn_ro_find(struct mn *mn, const struct in6_addr *hoa,
			 const struct in6_addr *peer);
/* A new one, IDLE; may push another out.  NULL when there is no room (yet),
 * or no memory. */
struct mn_ro *mn_ro_add(struct mn_home *h, const struct in6_addr *peer,
			struct mtime now);
/* Forgets it: secrets wiped, kernel state withdrawn. */
void mn_ro_free(struct mn_ro *c, struct mtime now);
/* Who can be freed at once, or NULL. */
struct mn_ro *mn_ro_least_useful(struct mn *mn);
/* It carried traffic. */
void mn_ro_touch(struct mn_ro *c, struct mtime now);
/* Follows the state. */
void mn_ro_classify(struct mn_ro *c);
unsigned int mn_ro_count(const struct mn *mn);

/* ---- mn_ro_peer.c ---- */

struct mn_peer *mn_peer_find(struct mn *mn, const struct in6_addr *addr);
/* Takes a reference; NULL: out of room or memory. */
struct mn_peer *mn_peer_get(struct mn *mn, const struct in6_addr *addr,
			    struct mtime now);
void mn_peer_put(struct mn *mn, struct mn_peer *p, struct mtime now);
void mn_peer_free_all(struct mn *mn);

/* ---- mn_ro.c: the state machine ---- */

/* The single writer of mn_ro.state. */
void mn_ro_enter(struct mn_ro *c, enum mn_ro_state state, const char *why,
		 struct mtime now);
/* Does what is possible now: the next message, or the next state. */
void mn_ro_advance(struct mn_ro *c, struct mtime now);
void mn_ro_task(struct task *task, struct mtime now);
/* The peer has, or is taken to have, what the last update said. */
void mn_ro_bound(struct mn_ro *c, const char *why, struct mtime now);
/* The peer has no binding (any more). */
void mn_ro_unbound(struct mn_ro *c);
/* So somebody says, and proves nothing: nothing more is sent directly, but
 * what comes is taken, and at home the binding is deleted. */
void mn_ro_doubt(struct mn_ro *c);
/* Lets the peer alone for a while. */
void mn_ro_rest(struct mn_ro *c, enum mn_ro_state state, const char *why,
		struct mtime now);
bool mn_ro_may_be_bound(const struct mn_ro *c, struct mtime now);
/* The peer knows the present care-of address. */
bool mn_ro_is_bound(const struct mn_ro *c, struct mtime now);
/* Packets go straight to the peer: it is bound, and answers. */
bool mn_ro_is_direct(const struct mn_ro *c, struct mtime now);

/* ---- mn_ro_follow.c: what the home address does ---- */

/* Peers that would keep a binding beyond `end` get another lifetime. */
void mn_ro_shorten(struct mn_home *h, struct mtime end, struct mtime now);

/* Compares with what was last; cheap when nothing changed. */
void mn_ro_follow(struct mn_home *h, struct mtime now);
/* Deletes the binding, or ends at once when there can be none or nothing can
 * be sent. */
void mn_ro_delete(struct mn_ro *c, const char *why, struct mtime now);
void mn_ro_stop(struct mn *mn, struct mtime now);
/* True while bindings are being deleted. */
bool mn_ro_is_deleting(const struct mn *mn);
/* The same of one home address that is given up. */
void mn_ro_stop_home(struct mn_home *h, struct mtime now);
bool mn_ro_is_deleting_of(const struct mn_home *h);
/* Frees all that it has. */
void mn_ro_forget_home(struct mn_home *h, struct mtime now);
void mn_ro_done(struct mn *mn, struct mtime now);

/* ---- mn_ro_flow.c: rules, and why a correspondent is taken ---- */

/* The rules of the configuration for the kernel, to be freed.  0 or
 * -ENOMEM. */
int mn_ro_kernel_rules(const struct conf_mn *conf, struct kernel_rule **ret,
		       unsigned int *ret_n);
/* Whether any traffic with this peer may be optimised. */
bool mn_ro_is_allowed(const struct conf_mn *conf, const struct in6_addr *peer);
/* Starts counting anew unless the rules are the same; 0 or -ENOMEM. */
int mn_ro_rules_take(struct mn *mn, const struct conf_mn *old,
		     const struct conf_mn *conf);
void mn_ro_reload(struct mn *mn, const struct conf_mn *old, struct mtime now);
void mn_ro_on_flow(struct mn *mn, const struct kernel_flow *f,
		   struct mtime now);

/* ---- mn_ro_path.c: the kernel's part ---- */

void mn_ro_path_follow(struct mn_ro *c, struct mtime now);
/* Without waiting for an answer: c is about to be freed. */
void mn_ro_path_abandon(struct mn_ro *c);
/* Packets go directly. */
bool mn_ro_path_is_direct(const struct mn_ro *c);
void mn_ro_on_done(struct mn *mn, const struct kernel_key *key, int err,
		   struct mtime now);
void mn_ro_on_usage(struct mn *mn, const struct kernel_usage *u,
		    struct mtime now);
/* BOUND begins: the next question counts from now. */
void mn_ro_usage_begin(struct mn_ro *c, struct mtime now);
/* BOUND: asks what the pair carried, if that is due; the answer begins a
 * refresh where there was traffic, once its time has come. */
void mn_ro_usage_judge(struct mn_ro *c, struct mtime now);
/* When it is asked next. */
struct mtime mn_ro_usage_due(const struct mn_ro *c);

/* ---- mn_rr.c: the tests ---- */

bool mn_rr_is_fresh(const struct mn_rr *t, struct mtime now);
/* Sends the inits that are due and allowed.  False: nobody answers. */
bool mn_rr_run(struct mn_ro *c, bool home_only, struct mtime now);
/* All tokens are there. */
bool mn_rr_is_complete(const struct mn_ro *c, bool home_only, struct mtime now);
struct mtime mn_rr_due(const struct mn_ro *c, struct mtime now);
/* Unanswered inits of the test that is worst off. */
unsigned int mn_rr_attempts(const struct mn_ro *c);
/* Answers are not waited for any more. */
void mn_rr_stop(struct mn_ro *c);
/* Wipes the token. */
void mn_rr_drop(struct mn_rr *t);
/* Wipes tokens that are too old; when the next will be. */
struct mtime mn_rr_expire(struct mn_ro *c, struct mtime now);
void mn_rr_on_test(struct mn *mn, const struct packet *pkt,
		   const struct mh_msg *msg, struct mtime now);

/* ---- mn_ro_bu.c: Binding Updates to correspondents ---- */

struct mn_ro_bu {
	uint16_t seq;
	bool ack;
	uint16_t lifetime_4s; /* 0: delete */
	uint16_t home_nonce, coa_nonce;
	struct auth_parties parties;
};

uint16_t mn_ro_bu_flags(const struct mn_ro_bu *bu);
/* Builds and signs it; length or -EMSGSIZE. */
int mn_ro_bu_build(const struct mn_ro_bu *bu, const uint8_t kbm[AUTH_KBM_LEN],
		   uint8_t *buf, size_t size);
/* The lifetime to ask for; 0: there is too little left of home registration
 * or care-of address. */
uint16_t mn_ro_bu_lifetime(uint32_t home_s, uint32_t coa_s);
/* Sends it now, subject to the rate limit (then c->pending stays). */
void mn_ro_send_bu(struct mn_ro *c, struct mtime now);

/* ---- mn_ro_ba.c: acknowledgements of correspondents, judged ---- */

enum mn_ro_ba_verdict {
	/* Ignored silently. */
	MN_RO_BA_NOT_ASKED,
	MN_RO_BA_BAD_AUTH,
	MN_RO_BA_WRONG_SEQ,
	/* Acted on. */
	MN_RO_BA_ACCEPTED,
	MN_RO_BA_DELETED,
	MN_RO_BA_RESYNC,
	MN_RO_BA_STALE, /* 136, 137, 138: the tokens that it names */
	MN_RO_BA_REFUSED,
};

struct mn_ro_ba_result {
	enum mn_ro_ba_verdict verdict;
	struct mtime expires;    /* ACCEPTED */
	uint16_t seq;            /* RESYNC */
	bool stale[MN_RR_KINDS]; /* STALE */
};

/* Judges it against what was sent last, under the key of that (NULL: nothing
 * is awaited).  Pure. */
struct mn_ro_ba_result mn_ro_ba_judge(const struct bul_entry *e,
				      const uint8_t *kbm,
				      const struct packet *pkt,
				      const struct mh_msg *msg,
				      struct mtime now);

/* ---- mn_ro_answer.c: what comes back ---- */

void mn_ro_on_ba(struct mn_ro *c, const struct packet *pkt,
		 const struct mh_msg *msg, struct mtime now);
/* True when somebody acted on it. */
bool mn_ro_on_be(struct mn *mn, const struct packet *pkt,
		 const struct mh_be *be, struct mtime now);
bool mn_ro_on_icmp_error(struct mn *mn, const struct icmp6_msg *msg,
			 struct mtime now);
void mn_ro_on_brr(struct mn *mn, const struct packet *pkt, struct mtime now);

#endif
