/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Authentication of Binding Updates by a key that the mobile node shares with
 * the home agent (RFC 4285).
 */
#ifndef MIP6D_HA_AUTH_H
#define MIP6D_HA_AUTH_H

#include "mip6d/auth.h"
#include "mip6d/hash.h"
#include "mip6d/role.h"
#include "mip6d/store.h"

/* A mobile node that has a key, or had one since the start: its timestamps
 * are remembered, so it lives as long as the role. */
struct ha_ident {
	char nai[AUTH_NAI_MAX + 1];
	uint64_t last; /* no timestamp up to this one is accepted */
	UT_hash_handle hh;
};

struct ha_auth {
	struct ha_ident *idents; /* a table, by name */
	uint64_t floor;          /* `last` of those that are new */
	uint64_t time;           /* the present, which never goes back... */
	struct mtime timed;      /* ...read then... */
	bool is_ahead;           /* ...and ahead of the clock on the wall */
	uint64_t clock;          /* of those, the latest that was accepted by */
	uint64_t touched; /* the same, when it was last to be remembered */
	struct store_subject remembered;
};

/* What is known of a Binding Update's sender, and what its answer needs. */
struct ha_proof {
	struct ha_ident *ident; /* NULL: no authentication option, or no key:
				 * the answer has none either */
	uint32_t spi;
	bool has_timestamp;
	uint64_t timestamp; /* as received */
	bool by_ike;        /* IKE had proven an identity */
};

enum ha_auth_verdict {
	HA_AUTH_NONE,   /* no option, and none is needed */
	HA_AUTH_PROVEN, /* by the key of proof.ident */
	HA_AUTH_DROP,   /* silence; counted as `counter` */
	HA_AUTH_REFUSE, /* `status`, and counted */
};

struct ha_auth_answer {
	enum ha_auth_verdict verdict;
	enum counter counter;
	uint8_t status;
	const char *reason; /* in words, for the log */
	bool is_old; /* REFUSE: its timestamp is not newer than the last */
	struct ha_proof proof;
};

/* All that the judge may know. */
struct ha_auth_question {
	const struct auth_keys *keys; /* NULL: none */
	bool is_required;             /* of this home address */
	const struct packet *pkt;
	const struct mh_msg *msg;
	struct in6_addr coa;    /* that the Binding Update names */
	struct ha_ident *ident; /* that it names; NULL: none, or unknown */
	uint64_t clock;         /* ours */
};

/* Pure decision, RFC 4285 sections 5 and 6. */
struct ha_auth_answer ha_auth_judge(const struct ha_auth_question *q);

/* The association of an identity; NULL: none any more. */
const struct auth_sa *ha_auth_sa(const struct auth_keys *keys, const char *nai,
				 uint32_t spi);

/* ---- of the role (ha_ident.c) ---- */

/* Takes the keys of ha->conf, and what is remembered.  -ENOMEM: ha_auth_done
 * follows. */
int ha_auth_init(struct ha *ha, struct mtime now);
void ha_auth_done(struct ha *ha);
/* Takes the keys of ha->conf.  -ENOMEM. */
int ha_auth_set(struct ha *ha, struct mtime now);
/* Reads the clock; before the others are asked about a Binding Update. */
void ha_auth_tick(struct ha *ha, struct mtime now);
/* What the option of a Binding Update proves. */
struct ha_auth_answer ha_auth_check(const struct ha *ha,
				    const struct packet *pkt,
				    const struct mh_msg *msg);
/* The Binding Update counts: its timestamp does not another time. */
void ha_auth_accept(struct ha *ha, const struct ha_proof *proof,
		    struct mtime now);
/* Whether the identity may still have this home address. */
bool ha_auth_covers(const struct ha *ha, const struct ha_ident *ident,
		    const struct in6_addr *hoa);
/* Whether the binding was proven with a key that its identity, or for a home
 * address that it, does not have any more. */
bool ha_auth_is_lost(const struct ha *ha, struct bcache_entry *e);
/* Whether its network protects what its key does not (section 2). */
bool ha_auth_is_trusted(const struct ha *ha, const struct ha_ident *ident,
			const struct in6_addr *hoa);

#endif
