/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The home agents that a home address knows, and replies of agent discovery
 * judged (RFC 6275 sections 6.6, 11.4.1).  Pure.
 */
#ifndef MN_AGENTS_H
#define MN_AGENTS_H

#include <stdbool.h>

#include "mip6d/addr.h"
#include "mip6d/icmp6.h"
#include "mip6d/time.h"
#include "mip6d/transport.h"

/* RFC 6275 section 12. */
#define INITIAL_DHAAD_TIMEOUT_MS 3000
#define DHAAD_RETRIES            4

struct mn_agent {
	struct in6_addr addr;
	bool failed; /* silent, or refused a registration */
};

struct mn_agents {
	unsigned int n;
	struct mn_agent a[HAAD_MAX_ADDRS]; /* best first */
	struct mtime listed;               /* when this came; 0: never */
};

/* A request that may be answered. */
struct mn_dhaad_asked {
	bool open; /* no reply yet */
	uint16_t id;
	struct in6_addr src;
	struct prefix home;
};

enum mn_dhaad_verdict {
	MN_DHAAD_OK,
	MN_DHAAD_NOT_ASKED,
	MN_DHAAD_WRONG_ID,
	MN_DHAAD_WRONG_DST, /* not to where it was asked from */
	MN_DHAAD_EMPTY,     /* no address that could be an agent's */
};

/* Judges a reply; with MN_DHAAD_OK *ret_agents are the addresses that can be
 * an agent's, in their order, each once.  Its Reserved field plays no part. */
enum mn_dhaad_verdict mn_dhaad_judge(const struct mn_dhaad_asked *asked,
				     const struct packet *pkt,
				     const struct icmp6_haad_reply *reply,
				     struct mn_agents *ret_agents);

struct mn_agent *mn_agents_find(struct mn_agents *l,
				const struct in6_addr *addr);
/* The first that has not failed, but for `except`; NULL: none. */
const struct mn_agent *mn_agents_next(const struct mn_agents *l,
				      const struct in6_addr *except);
/* All may be tried again. */
void mn_agents_forgive(struct mn_agents *l);
void mn_agents_drop(struct mn_agents *l, const struct in6_addr *addr);

#endif
