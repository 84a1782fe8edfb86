/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A correspondent node between a kernel and a network in memory, on a clock
 * that the test moves, and the mobile nodes that write to it: what the unit
 * programs of src/cn share.  Messages go in and come out as octets.
 */
#ifndef TESTS_UNIT_CN_WORLD_H
#define TESTS_UNIT_CN_WORLD_H

#include "mip6d/auth.h"
#include "mip6d/role.h"
#include "tests/fake/fake.h"
#include "tests/unit/unit.h"

#define LOCAL   "2001:db8:c::c" /* of the correspondent */
#define LOCAL_B "2001:db8:c::d"
#define HOA     "2001:db8:1::100"
#define HOA_B   "2001:db8:1::200"
#define COA     "2001:db8:2::100"
#define COA_B   "2001:db8:3::100"
#define ETH0    2

struct world {
	struct tqueue *tq;
	struct kernel *k;
	struct transport *t;
	struct counters counters;
	struct conf_cn conf;
	struct conf_cn_rule rules[8];
	struct mtime now;
	struct cn *cn;
	bool home_bound; /* who registers has a home agent here, too */
};

/* What return routability gave a mobile node. */
struct rr {
	uint16_t home_nonce, coa_nonce;
	uint8_t home[AUTH_TOKEN_LEN], coa[AUTH_TOKEN_LEN];
};

/* How a Binding Update differs from a good one. */
enum twist {
	NO_A = 1 << 0,
	NO_HAO = 1 << 1, /* the home address is the source */
	NO_NONCES = 1 << 2,
	NO_AUTH = 1 << 3,
	BAD_AUTH = 1 << 4,
	AUTH_SHORT = 1 << 5, /* 10 octets */
	AUTH_LONG = 1 << 6,  /* 20 octets */
	AUTH_PADDED = 1 << 7,
	AUTH_THEN_OPTION = 1 << 8,
	HOME_STALE = 1 << 9, /* nonce index */
	COA_STALE = 1 << 10,
	KEY_BOTH = 1 << 11,   /* both tokens, though it is a deletion */
	KEY_HOME = 1 << 12,   /* one, though it is not */
	MAC_SOURCE = 1 << 13, /* authenticator over the source... */
	MAC_HOA = 1 << 14,    /* ...or the home address */
	RH2 = 1 << 15,        /* came to a care-of address of ours */
};

/* A Binding Update; what is left out is 0. */
struct bu {
	const char *hoa;     /* HOA */
	const char *local;   /* LOCAL */
	const char *src;     /* of the IPv6 header; COA */
	const char *acoa;    /* none */
	const struct rr *rr; /* none: a fresh one, for what is claimed */
	uint16_t seq;
	uint16_t flags;    /* besides A */
	uint16_t lifetime; /* units of 4 s; 0: a deletion */
	unsigned int twist;
};

/* An answer as it left. */
struct ba {
	struct mh_ba ba;
	struct mh_options opt;
	struct mh_send send;
	bool is_signed; /* with the key and addresses of the last bu */
};

struct in6_addr ip(const char *text);
bool is_addr(const struct in6_addr *a, const char *text);

/* The world without its correspondent: for changes of w.conf and w.rules;
 * then world_start(). */
void world_init(struct world *w);
void world_start(struct world *w);
/* Both at once. */
void world_open(struct world *w);
/* Stops it; asserts that it left nothing behind and broke no contract. */
void world_close(struct world *w);
/* home, care-of, local: NULL is any; the next rule. */
void world_rule(struct world *w, const char *home, const char *coa,
		const char *local, enum conf_cn_action action, uint8_t status);

void world_settle(struct world *w);
void world_run_ms(struct world *w, int64_t ms);

/* The octets of a message from src to dst, home addresses in the place of
 * care-of addresses, delivered as the daemon does it. */
void world_deliver(struct world *w, const struct packet *pkt);

/* A Test Init, and its answer; false: none came. */
bool world_test(struct world *w, enum mh_type init, const char *src,
		const char *local, struct mh_test *ret);
/* Return routability as a mobile node does it. */
struct rr world_rr(struct world *w, const char *hoa, const char *coa,
		   const char *local);

/* Delivers it; nothing else runs. */
void world_bu(struct world *w, const struct bu *bu);
/* The last one as a packet; its data, too, are valid until the next. */
const struct packet *world_last(void);
/* Delivers the last one again, bit by bit the same. */
void world_replay(struct world *w);
/* Delivers it and lets the kernel finish: it is bound; the answer is taken
 * away. */
void world_bind(struct world *w, const struct bu *bu);

/* The next message that was sent, of this type and as a Binding
 * Acknowledgement; false: none waits. */
bool world_ba(struct world *w, struct ba *ret);
/* Exactly one answer waits, with this status and number, signed unless it is
 * 136 to 138. */
void world_expect_ba(struct world *w, uint8_t status, uint16_t seq);
void world_expect_silence(struct world *w);
/* How many Binding Refresh Requests wait; each must be right.  All that was
 * sent is thrown away. */
unsigned int world_brrs(struct world *w);

struct bcache_entry *world_entry(struct world *w, const char *hoa);
/* In the cache, and in the kernel, or in neither. */
bool world_is_bound(struct world *w, const char *hoa, const char *coa);
bool world_is_unknown(struct world *w, const char *hoa);

#endif
