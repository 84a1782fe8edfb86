/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Flows: what a packet's headers say, and who was told of lately.  Pure.
 */
#ifndef NETLINK_FLOW_H
#define NETLINK_FLOW_H

#include "mip6d/kernel.h"
#include "mip6d/time.h"

/* So much of a packet is looked at. */
#define FLOW_SNAP 128

/* A packet that was received for a home address, from its IPv6 header on, of
 * which `len` octets are here.  False: none to tell of (a Mobility Header,
 * no unicast, malformed).  With a Home Address option the peer is who it
 * names, and *ret_coa the source, else ::. */
bool flow_parse(const uint8_t *data, size_t len, struct kernel_flow *ret_flow,
		struct in6_addr *ret_coa);

/* The peers that were told of within the last FLOW_QUIET_S seconds, at most
 * FLOW_MAX, the oldest leave first. */
#define FLOW_QUIET_S 29 /* the kernel's own pause is 30 */
#define FLOW_MAX     1024

struct flow_table;
struct flow_table *flow_table_new(void); /* NULL: out of memory */
struct flow_table *flow_table_free(struct flow_table *t);
/* Whether to tell now; notes that it was told. */
bool flow_table_ask(struct flow_table *t, const struct kernel_flow *flow,
		    struct mtime now);
/* Whether it would. */
bool flow_table_is_quiet(struct flow_table *t, const struct kernel_flow *flow,
			 struct mtime now);

#endif
