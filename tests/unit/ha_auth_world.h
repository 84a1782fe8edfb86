/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A home agent whose mobile nodes have keys (RFC 4285): Alice has two, of
 * HOA, Bob one without replay protection, of HOA_B.
 */
#ifndef TESTS_UNIT_HA_AUTH_WORLD_H
#define TESTS_UNIT_HA_AUTH_WORLD_H

#include "mip6d/auth.h"
#include "tests/unit/ha_world.h"

#define ALICE "alice@example.org"
#define BOB   "bob@example.org"
#define S     (UINT64_C(1) << 32) /* a second of NTP */

extern struct auth_sa sas[3];
extern const struct auth_keys keys;

void auth_set_keys(void);
/* Of home links that are protected like this; by authentication options. */
void auth_open_with(struct world *w, enum conf_security security);
void auth_open(struct world *w);

/* A Binding Update as it is on the wire; what is left out is Alice's and
 * right. */
struct signed_bu {
	struct bu bu;
	const char *nai;          /* "": none */
	const struct auth_sa *sa; /* key and index; &sas[0] */
	uint64_t timestamp;       /* the present */
	bool no_timestamp, no_option, aaa, only_aaa, again;
	unsigned int tamper; /* octet that is changed afterwards; 0: none */
};

/* Delivers it, a millisecond before whatever comes next. */
void deliver(struct world *w, const struct signed_bu *s);
/* Takes an answer; it has to be signed with sa for these addresses. */
struct mh_msg expect_signed(struct world *w, uint8_t status,
			    const struct auth_sa *sa, const char *coa,
			    const char *hoa);
/* Silence, counted n times, and no entry of Alice's. */
void expect_dropped(struct world *w, enum counter c, uint64_t n);
/* Alice's home address is bound from there. */
void bind_alice(struct world *w, uint16_t seq, const char *src);

#endif
