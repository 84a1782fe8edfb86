/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Binding Updates as a home agent receives them, and the addresses of the
 * unit programs of src/ha.
 */
#ifndef TESTS_UNIT_HA_PACKET_H
#define TESTS_UNIT_HA_PACKET_H

#include "mip6d/mh.h"
#include "mip6d/transport.h"

#define HA1      "2001:db8:1::1"
#define HA11     "2001:db8:11::1"
#define HA2      "2001:db8:2::1"
#define HOA      "2001:db8:1::100"
#define HOA_B    "2001:db8:1::200"
#define HOA_LL   "fe80::100"
#define HOA_TWIN "2001:db8:11::100" /* same wire, same identifier */
#define HOA_2    "2001:db8:2::100"
#define HOA_V    "2001:db8:9::100" /* of the virtual link */
#define COA      "2001:db8:a::5"
#define COA_B    "2001:db8:b::5"
#define ETH0     2
#define ETH1     3
#define CORE     7 /* where packets from abroad arrive */
#define AH       (BU_FLAG_A | BU_FLAG_H)
#define AHL      (AH | BU_FLAG_L)

/* A Binding Update; what is left out is 0. */
struct bu {
	const char *hoa;  /* HOA */
	const char *ha;   /* HA1 */
	const char *src;  /* of the IPv6 header; COA */
	const char *acoa; /* none */
	uint16_t seq;
	uint16_t flags;    /* AH */
	uint16_t lifetime; /* units of 4 s; 0: de-registration */
	bool no_hao;       /* the home address is the source */
	bool nonces;
	const char *const *networks; /* mobile ones, up to a NULL */
	int ifindex;                 /* CORE */
};

struct in6_addr ip(const char *text);
struct packet bu_packet(const struct bu *bu);
struct mh_msg bu_msg(const struct bu *bu);

#endif
