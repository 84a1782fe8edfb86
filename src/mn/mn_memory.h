/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Home agents that are remembered across restarts (RFC 6275 section 11.4.1:
 * "in nonvolatile memory to survive reboots").
 *
 * The subject "agents" of the state directory, times in seconds from when it
 * was written:
 *
 *	used HOA AGENT LEFT	the agent in use may hold a binding so long
 *	listed HOA AGENT AGO	the list came so long ago; best first
 *	former HOA AGENT LEFT	a binding left behind there
 *
 * What is read waits for the home address that it is about; what nobody asks
 * for in this run is written again.
 */
#ifndef MN_MEMORY_H
#define MN_MEMORY_H

#include "mip6d/addr.h"
#include "mip6d/store.h"

struct mn;
struct mn_home;

#define MN_MEMORY_LISTED 8    /* of each list: the best */
#define MN_MEMORY_MAX    1024 /* lines */

enum mn_memory_kind { MN_MEMORY_USED, MN_MEMORY_LIST, MN_MEMORY_FORMER };

struct mn_memory_line {
	enum mn_memory_kind kind;
	struct in6_addr hoa, agent;
	struct mtime when; /* the end, or when it came */
	bool taken;
};

struct mn_memory {
	struct store_subject subject;
	struct mn_memory_line *lines; /* as read */
	unsigned int n_lines;
};

/* Reads; before home addresses are made. */
void mn_memory_init(struct mn *mn, struct mtime now);
/* Writes what waits; before they are forgotten. */
void mn_memory_done(struct mn *mn, struct mtime now);
/* Gives a new home address what is known of its agents. */
void mn_memory_take(struct mn_home *h, struct mtime now);
/* What is to be remembered about a home address has changed. */
void mn_memory_changed(const struct mn_home *h);

#endif
