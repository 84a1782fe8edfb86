/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of src/ike share.
 *
 *   ike       the conversation: pairs, what was asked of charon
 *   ike_pair  a home address and a home agent: what is to be done about it,
 *             what charon was last heard to have, its policies
 *
 * charon's events only say "look again": what it has is read in one place, by
 * listing the associations of a connection.
 */
#ifndef MIP6D_IKE_PRIV_H
#define MIP6D_IKE_PRIV_H

#include "mip6d/hash.h"
#include "mip6d/ike.h"
#include "mip6d/security.h"

/* Names of the children in each connection. */
#define IKE_CHILD        "mip6"
#define IKE_TUNNEL       "mip6-tunnel"
#define IKE_NAME_MAX     (sizeof("mip6-") + 2 * INET6_ADDRSTRLEN)
#define IKE_ASKED_MAX    16 /* requests under way */
#define IKE_RETRY_MIN_MS 8000
#define IKE_RETRY_MAX_MS 60000
#define IKE_CHECK_MS     1000 /* after a move: has charon followed? */
#define IKE_WATCH_MS     5000 /* between looks at what charon has */

/* What is to be asked of charon about a pair, lowest bit first. */
enum ike_todo {
	IKE_TODO_PRUNE = 2048, /* found.older_ike_id, before its list */
	IKE_TODO_UNLOAD = 1,
	IKE_TODO_UNLOAD_SECRET = 2,
	/* The first that is loaded: see ike_watch.c. */
	IKE_TODO_CONNECTION = 4,
	IKE_TODO_AUTHORITY = 8,
	IKE_TODO_CERTIFICATE = 16,
	IKE_TODO_KEY = 32,
	IKE_TODO_SECRET = 64,
	/* Whoever comes again finds the new credentials. */
	IKE_TODO_TERMINATE = 128,
	IKE_TODO_INITIATE = 256,
	IKE_TODO_LIST = 512,
	IKE_TODO_LOOK = 4096,
	IKE_TODO_TUNNEL = 8192, /* initiated, in the IKE that there is */
	IKE_TODO_REKEY_TUNNEL = 16384,
	/* Of the whole: the pair is NULL. */
	IKE_TODO_REGISTER = 1024,
};

/* What charon has for a pair. */
struct ike_found {
	bool up;
	struct ike_child signalling, tunnel;
	uint32_t ike_id;
	uint32_t older_ike_id; /* another with associations; 0: none */
	struct in6_addr local, remote;
};

struct ike_pair_key {
	struct in6_addr hoa, agent;
};

struct ike_pair {
	struct ike *ike;
	struct ike_pair_key key;
	UT_hash_handle hh;
	bool is_kept;                /* at a reload */
	const struct ike_peer *peer; /* NULL: leaving */
	enum security_protect protect;
	char name[IKE_NAME_MAX];
	unsigned int todo;             /* bits of enum ike_todo */
	struct ike_pair *next, **prev; /* in ike->first_todo while todo */
	struct ike_pair *next_leaving;
	bool is_loaded;         /* its connection, into charon */
	bool is_listed;         /* since charon answers */
	bool is_seen;           /* while charon tells what it has */
	bool wanted;            /* node: associations from coa */
	struct in6_addr coa;    /* of the node, as known here */
	struct ike_found has;   /* as listed last */
	struct ike_found found; /* while a list comes in */
	struct mtime since;
	unsigned int rekeyed, moved;
	bool checking;        /* task: whether charon followed; else a retry */
	struct in6_addr told; /* checking: where to */
	uint32_t retry_ms;
	struct task task;
	uint32_t tunnel_retry_ms;
	struct task tunnel_task;
	uint32_t moved_spi; /* of the tunnel, when IKE was told to move */
	char reason[96];
	struct kernel_sp sps[SECURITY_SPS_MAX]; /* in force... */
	unsigned int n_sps;
	uint32_t reqid; /* ...for this */
};

struct ike_asked {
	enum ike_todo what;
	struct ike_pair *pair;
};

struct ike {
	struct ike_env env;
	ike_change_fn *on_change;
	void *arg;
	bool connected, cannot_follow;
	struct ike_pair **pairs; /* in the order of the file */
	unsigned int n_pairs;
	struct ike_pair *index;   /* the same by address */
	struct ike_pair *leaving; /* charon is still to be told */
	struct ike_pair *first_todo, **last_todo;
	struct task watch;
	struct ike_asked asked[IKE_ASKED_MAX]; /* a ring, oldest first */
	unsigned int asked_at, n_asked;
};

/* ---- ike.c ---- */

/* Its policies, too.  NULL: failed, which was logged. */
struct ike_pair *ike_pair_new(struct ike *ike, const struct ike_peer *peer,
			      enum security_protect protect);
/* NULL: not one of ours; ike may be NULL. */
struct ike_pair *ike_pair_find(const struct ike *ike,
			       const struct in6_addr *hoa,
			       const struct in6_addr *agent);

/* ---- ike_msg.c: requests as octets ---- */

/* The packet for one of enum ike_todo. */
void ike_msg_build(const struct ike_pair *p, enum ike_todo what,
		   struct wbuf *b);
void ike_msg_register(const char *event, struct wbuf *b);

/* ---- ike_found.c: answers ---- */

/* What a section of an event of list-sas says; the best of it and *found. */
void ike_found_read(const struct vici_msg *sa, struct ike_found *found);

/* ---- ike_charon.c ---- */

/* Something is to be asked about p; at once when charon listens. */
void ike_todo(struct ike_pair *p, unsigned int todo);
/* The same, and nothing else of what was to be asked about it. */
void ike_todo_only(struct ike_pair *p, unsigned int todo);
/* A pair is new to charon; it has other credentials. */
void ike_load(struct ike_pair *p);
void ike_changed(struct ike_pair *p, struct mtime now);
void ike_task(struct task *task, struct mtime now);
void ike_set_reason(struct ike_pair *p, const char *reason);
/* All of it begins anew, at a node. */
void ike_restart(struct ike_pair *p, const char *why, struct mtime now);

/* ---- ike_tunnel.c ---- */

/* What charon has is as listed: before, there was that. */
void ike_tunnel_found(struct ike_pair *p, const struct ike_child *before,
		      struct mtime now);
void ike_tunnel_task(struct task *task, struct mtime now);
/* charon follows to another care-of address; has followed. */
void ike_tunnel_moves(struct ike_pair *p);
void ike_tunnel_moved(struct ike_pair *p);
/* At an agent: charon does not follow to coa, where the binding has moved what
 * it sends with; so it cannot find that any more. */
void ike_tunnel_give_up(struct ike_pair *p, const struct in6_addr *coa);
/* Whatever there was is no business of ours any more. */
void ike_tunnel_forget(struct ike_pair *p);

/* ---- ike_reload.c ---- */

/* Frees pairs of which charon has been told everything. */
void ike_leaving_sweep(struct ike *ike);

/* ---- ike_watch.c ---- */

void ike_watch_task(struct task *task, struct mtime now);
void ike_watch_start(struct ike *ike, struct mtime now);
/* charon has gone, and what it was given with it. */
void ike_watch_stop(struct ike *ike);
/* charon told whether it has p's connection. */
void ike_watch_judge(struct ike_pair *p, struct mtime now);

/* ---- ike_policy.c ---- */

/* Policies for associations with reqid.  0 or -errno, with the reason
 * logged. */
int ike_policy_set(struct ike_pair *p, uint32_t reqid);
void ike_policy_clear(struct ike_pair *p);
/* Tells charon, by the kernel, where its end point is from now on; what it
 * has in the tunnel moves along. */
int ike_policy_move(struct ike_pair *p, const struct in6_addr *coa);

#endif
