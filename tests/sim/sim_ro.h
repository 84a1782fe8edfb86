/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The simulator's part about route optimisation: traffic, the ledger of
 * tokens and Binding Updates, the attacker.
 */
#ifndef TESTS_SIM_RO_H
#define TESTS_SIM_RO_H

#include "mip6d/auth.h"
#include "tests/sim/sim.h"

/* ---- traffic ---- */

/* Packets between two addresses, both ways. */
struct sim_flow {
	struct sim *sim;
	struct sim_node *node[2]; /* [0]: a mobile node */
	struct in6_addr addr[2];  /* home addresses, or fixed ones */
	bool on;
	bool one_way; /* only the first end sends */
	uint8_t protocol;
	uint16_t port; /* the second end's */
	int64_t period_ms;
	uint64_t sent[2], got[2], direct[2]; /* by the sending end */
	struct mtime last_reported; /* the first end's packet, dropped */
	struct task task;
	struct sim_flow *next;
};

struct sim_flow *sim_flow_add(struct sim_node *mn, unsigned int home,
			      struct sim_node *peer, int64_t period_ms);
void sim_flow_set(struct sim_flow *f, bool on);
/* One end is a mobile node that is away. */
bool sim_flow_is_away(const struct sim_flow *f, bool end);
/* One packet now; back: from the second end. */
void sim_flow_send(struct sim_flow *f, bool back);
/* A packet of an attacker: a Home Address option. */
struct sim_packet *sim_data_forge(struct sim *s, const struct in6_addr *src,
				  const struct in6_addr *dst,
				  const struct in6_addr *hao);
/* The Parameter Problem that answers a Mobility Header, not sent yet. */
struct sim_packet *sim_data_problem(const struct sim_packet *p,
				    const struct in6_addr *src, uint8_t code);
/* A data packet reaches a node with mip6d; any packet one without. */
void sim_data_arrives(struct sim_node *n, struct sim_packet *p, int ifindex);
void sim_data_plain(struct sim_node *n, struct sim_packet *p);

/* ---- ledger (sim_rr.c) ---- */

#define SIM_TOKENS   4096
#define SIM_ROBUS    1024
#define SIM_ENTRIES  128
#define SIM_RO_SENDS 64
#define SIM_INITS    16
#define SIM_ERRORS   16

/* A keygen token that a correspondent handed out. */
struct sim_token {
	const struct sim_node *cn; /* NULL: slot free */
	unsigned int epoch;        /* of the correspondent */
	enum auth_token kind;
	struct in6_addr addr;
	uint16_t index;
	uint8_t token[AUTH_TOKEN_LEN];
	struct mtime at;     /* first handed out */
	bool got, spied;     /* by the node that has the address; attacker */
	struct mtime got_at; /* last time */
};

/* A Binding Update to a correspondent, as its mobile node sent it. */
struct sim_robu {
	const struct sim_node *mn, *cn;
	struct in6_addr hoa, peer, coa;
	uint16_t seq, lifetime_4s, home_nonce, coa_nonce;
	struct mtime at;
	bool accepted;
};

/* What the ledger knows of one entry of a correspondent's cache. */
struct sim_entry {
	struct sim_node *cn; /* NULL: slot free */
	struct in6_addr local, hoa;
	bool there;
	unsigned int epoch;
	uint16_t seq;
	struct in6_addr coa;
	struct mtime registered;
	struct mtime sure_until; /* its node knows so, if it did not reboot */
	/* what was accepted at each care-of address, and until when */
	struct sim_promise promises[SIM_COAS];
	unsigned int n_promises;
};

struct sim_init { /* a Test Init that a node received */
	const struct sim_node *cn;
	uint8_t type;
	struct in6_addr src, dst;
	uint8_t cookie[8];
};

struct sim_rosend {
	const struct sim_node *node;
	uint8_t type;
	struct in6_addr peer;
	struct mtime at;
};

/* A Binding Error 1 that a mobile node received about an address under which
 * the correspondent does not know it. */
struct sim_error {
	struct sim_node *mn; /* NULL: slot free */
	struct in6_addr hoa, peer, coa;
	struct mtime at;
};

struct sim_rr {
	struct sim *sim;
	struct sim_token tokens[SIM_TOKENS];
	unsigned int n_tokens;
	struct sim_robu bus[SIM_ROBUS];
	unsigned int n_bus;
	struct sim_entry entries[SIM_ENTRIES];
	struct sim_init inits[SIM_INITS];
	unsigned int n_inits;
	struct sim_rosend sends[SIM_RO_SENDS];
	unsigned int n_sends;
	struct sim_error errors[SIM_ERRORS];
	unsigned int n_errors;
	uint64_t n_init, n_test, n_bu, n_ba, n_be, n_brr, n_accepted;
	uint64_t n_stolen; /* bindings of somebody who saw both tokens */
	uint64_t n_replayed, n_reports, n_dropped;
};

void sim_rr_on(struct sim *s);
void sim_rr_free(struct sim *s);
/* A node sends a Mobility Header; true when it is of route optimisation, and
 * then it is right. */
bool sim_rr_sent(struct sim_node *n, const struct fake_msg *m,
		 const struct mh_msg *msg);
/* A Mobility Header reaches a daemon. */
void sim_rr_received(struct sim_node *n, const struct packet *pkt,
		     const struct mh_msg *msg);
struct sim_token *sim_rr_token(struct sim_rr *rr, const struct sim_node *cn,
			       enum auth_token kind,
			       const struct in6_addr *addr, uint16_t index);
struct sim_entry *sim_rr_entry(struct sim_rr *rr, struct sim_node *cn,
			       const struct in6_addr *local,
			       const struct in6_addr *hoa);
/* The node that has this address now: fixed, or a home address; or NULL. */
struct sim_node *sim_node_of(struct sim *s, const struct in6_addr *addr);

/* ---- what must hold (sim_ro.c) ---- */

void sim_ro_check_cn(struct sim_node *n);
void sim_ro_check_mn(struct sim_node *n);
uint64_t sim_ro_digest(struct sim_node *n, uint64_t h);
/* Nothing moves and nothing is lost: sends packets over each flow and demands
 * that all arrive; directly, when `optimised`. */
void sim_ro_quiet(struct sim *s, bool optimised);

/* ---- an attacker (sim_attack.c) ---- */

enum sim_where {
	SIM_NOWHERE, /* off path: sees nothing */
	SIM_MN_HA,   /* inside the tunnel */
	SIM_HA_CN,   /* between home link and correspondent */
	SIM_MN_CN,   /* the direct path */
};

#define SIM_CAPTURED 32
#define SIM_STOLEN   32

/* A token that passed its eyes. */
struct sim_loot {
	enum auth_token kind;
	struct in6_addr addr;
	uint16_t index;
	uint8_t token[AUTH_TOKEN_LEN];
};

struct sim_attacker {
	struct sim *sim;
	struct sim_node *victim, *cn;
	struct in6_addr hoa, peer; /* the victim's, the correspondent's */
	enum sim_where where;
	bool on;
	unsigned int drop, delay, twice, alter; /* permille, now */
	int64_t every_ms;                       /* it sends something */
	struct sim_packet *captured[SIM_CAPTURED];
	unsigned int n_captured;
	struct sim_loot loot[SIM_STOLEN];
	unsigned int n_loot;
	uint64_t n_seen, n_sent;
	struct task task;
};

/* One on a path between the mobile node's first home address and cn; off
 * until sim_attack_set(). */
struct sim_attacker *sim_attack_add(struct sim *s, struct sim_node *victim,
				    struct sim_node *cn, enum sim_where where);
void sim_attack_set(struct sim_attacker *a, bool on);
void sim_attack_free(struct sim_attacker *a);
/* Sees a packet as it sets out; true when it has taken it. */
bool sim_attack_takes(struct sim_attacker *a, struct sim_packet *p);
const char *sim_where_str(enum sim_where where);

/* sim_forge.c: sends a message of its own, or a captured one again. */
void sim_forge_send(struct sim_attacker *a);
/* Changes a packet that it holds; the checksum is right afterwards, mostly. */
void sim_forge_alter(struct sim_attacker *a, struct sim_packet *p);

#endif
