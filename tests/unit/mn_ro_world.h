/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A mobile node (mn_world.h) and its correspondents: they answer with real
 * tokens, check Binding Updates and sign what they acknowledge, so that both
 * ends of the cryptography are run.  All correspondents share their nonces.
 */
#ifndef TESTS_UNIT_MN_RO_WORLD_H
#define TESTS_UNIT_MN_RO_WORLD_H

#include "mip6d/auth.h"
#include "mip6d/cleanup.h"
#include "tests/unit/mn_world.h"

#define CN1 "2001:db8:c::1"
#define CN2 "2001:db8:c::2"
#define TUN FAKE_MN_TUNNEL_IFINDEX
#define TCP 6
#define UDP 17

struct rw {
	struct mw w;
	struct auth_nonces nonces;
	unsigned int answered; /* place in w.mhs */
};

/* As mw_init, mw_open and mw_away; rw_open_conf changes nothing of w.conf. */
void rw_init(struct rw *r);
void rw_start(struct rw *r);
void rw_open(struct rw *r);
void rw_close(struct rw *r);
void rw_run_s(struct rw *r, int64_t s);
/* The same with a home agent that acknowledges. */
void rw_live_s(struct rw *r, int64_t s);
void rw_forget(struct rw *r);

/* Traffic of HOA with a peer takes the tunnel. */
void rw_flow(struct rw *r, const char *peer);
void rw_flow_of(struct rw *r, const char *hoa, const char *peer,
		uint8_t protocol, uint16_t port, bool received);

/* Messages that left; NULL, 0: none of this type. */
const struct mw_mh *rw_last(struct rw *r, uint8_t type);
unsigned int rw_count(const struct rw *r, uint8_t type);

/* A correspondent answers one HoTI or CoTI, or all new ones. */
void rw_answer(struct rw *r, const struct mw_mh *init);
void rw_answer_all(struct rw *r);
/* The same, changed on the way; NULL, 0: as it was. */
struct rw_test {
	const char *src, *dst;
	int ifindex;
	bool rh2, hao, other_cookie;
	uint16_t nonce; /* added to the index */
};
void rw_answer_as(struct rw *r, const struct mw_mh *init,
		  const struct rw_test *as);

/* True when the authenticator is what the correspondent computes. */
bool rw_is_authentic(struct rw *r, const struct mw_mh *bu);

struct rw_ba {
	uint8_t status;
	uint16_t seq;    /* added to that of the update */
	int lifetime_4s; /* added to that of the update */
	bool no_auth, bad_auth;
	bool padded; /* octets behind the authenticator */
	uint16_t advice_4s;
	const char *src; /* NULL: whom the update went to */
};
/* A correspondent acknowledges an update. */
void rw_ba(struct rw *r, const struct mw_mh *bu, const struct rw_ba *ba);
/* The last one, status 0. */
void rw_accept(struct rw *r);
void rw_be(struct rw *r, const char *peer, uint8_t status, const char *hoa);
/* An ICMPv6 error that quotes a message. */
void rw_icmp(struct rw *r, const struct mw_mh *sent, uint8_t type,
	     uint8_t code);
void rw_brr(struct rw *r, const char *peer);

/* All of it: traffic, tests, update, acknowledgement; then rw_forget. */
void rw_optimise(struct rw *r, const char *peer);
/* The next link: WLAN0 with COA_B; the home registration is sent. */
void rw_move(struct rw *r);
/* The home link on WLAN0, de-registered there. */
void rw_go_home(struct rw *r);

/* What ctl shows, until the next call; state "" and reason "": nothing. */
struct rw_info {
	struct mn_ro_info info;
	char reason[200];
};
const struct rw_info *rw_info(struct rw *r, const char *peer);
const char *rw_state(struct rw *r, const char *peer);
bool rw_is_optimised(struct rw *r, const char *peer);
/* The pair in force, or NULL. */
const struct kernel_ro *rw_path(struct rw *r, const char *peer);
struct bul_entry *rw_entry(struct rw *r, const char *peer);
void rw_usage(struct rw *r, const char *peer, uint64_t octets);

#endif
