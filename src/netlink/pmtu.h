/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Path MTUs that the kernel does not learn by itself; for src/netlink only.
 */
#ifndef NETLINK_PMTU_H
#define NETLINK_PMTU_H

#include <netinet/in.h>
#include <stdint.h>

#define IPV6_MTU_MIN 1280 /* RFC 8200 section 5 */

/* The path from src, an address of this node, to dst takes packets of mtu
 * octets. 0, -ERANGE for an MTU that IPv6 does not have, or -errno. */
int pmtu_tell(const struct in6_addr *src, const struct in6_addr *dst,
	      uint32_t mtu);

#endif
