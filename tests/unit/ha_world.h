/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A home agent between a kernel and a network in memory, on a clock that the
 * test moves: what the unit programs of src/ha share.
 *
 *   eth0  ifindex 2  home link 2001:db8:1::/64, agent 2001:db8:1::1
 *   eth0             second prefix 2001:db8:11::/64, agent 2001:db8:11::1
 *   eth1  ifindex 3  home link 2001:db8:2::/64, agent 2001:db8:2::1
 *         virtual home link   2001:db8:9::/64, agent 2001:db8:1::1
 */
#ifndef TESTS_UNIT_HA_WORLD_H
#define TESTS_UNIT_HA_WORLD_H

#include "mip6d/role.h"
#include "tests/fake/fake.h"
#include "tests/unit/ha_packet.h"
#include "tests/unit/unit.h"

#define WORLD_LINKS 4

struct world {
	struct tqueue *tq;
	struct kernel *k;
	struct transport *t;
	struct counters counters;
	struct conf_ha conf;
	struct conf_home_link links[WORLD_LINKS];
	struct mtime now;
	struct ike *ike;           /* NULL: nothing is negotiated */
	struct security *security; /* NULL: as if both had keys */
	struct store *store;       /* NULL: nothing is remembered */
	struct ha *ha;
};

/* An answer as it left. */
struct ba {
	struct mh_ba ba;
	struct mh_send send;
	uint16_t advice; /* 0: none */
};

/* The world without its agent: for changes of w.conf and w.links; then
 * world_start(), after which the links are known. */
void world_init(struct world *w);
void world_start(struct world *w);
/* Both at once. */
void world_open(struct world *w);
/* Stops the agent; asserts that it left nothing behind and broke no
 * contract. */
void world_close(struct world *w);

/* Lets the kernel answer and due tasks run, without time passing. */
void world_settle(struct world *w);
/* Lets time pass, in the steps of what is due. */
void world_run_ms(struct world *w, int64_t ms);

/* Delivers it; nothing else runs. */
void world_bu(struct world *w, const struct bu *bu);
/* Delivers it and lets DAD and the kernel finish: a binding in force, its
 * answer and advertisements taken away. */
void world_bind(struct world *w, const struct bu *bu);

/* The next Mobility Header that was sent; false: none waits. Neighbour
 * discovery messages in front of it are thrown away. */
bool world_ba(struct world *w, struct ba *ret);
/* The next neighbour discovery message; Mobility Headers in front of it are
 * thrown away. */
bool world_nd(struct world *w, struct icmp6_msg *ret, struct nd_send *ret_send);
/* The next ICMPv6 message of RFC 6275 sections 6.5 to 6.8; others in front of
 * it are thrown away.  ret_send may be NULL. */
bool world_icmp6(struct world *w, struct icmp6_msg *ret,
		 struct mh_send *ret_send);
/* The kinds of what waits, one letter a message: A (NA), S (NS), R (RA), B
 * (BA), P (those of world_icmp6).  All of it is thrown away. */
const char *world_sent(struct world *w);
/* Asserts that exactly one answer waits, with this status and number. */
void world_expect_ba(struct world *w, uint8_t status, uint16_t seq);
void world_expect_silence(struct world *w);

/* A neighbour discovery message of another node; src "::" for DAD. */
void world_ns(struct world *w, int ifindex, const char *src,
	      const char *target);
void world_na(struct world *w, int ifindex, const char *target);

struct bcache_entry *world_entry(struct world *w, const char *hoa);
bool world_is_bound(struct world *w, const char *hoa, const char *coa);

#endif
