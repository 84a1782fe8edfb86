/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPv6 addresses, prefixes and link-layer addresses as plain values.
 */
#ifndef MIP6D_ADDR_H
#define MIP6D_ADDR_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct prefix {
	struct in6_addr addr; /* bits behind len are zero */
	uint8_t len;          /* 0..128 */
};

/* A link-layer address; len 0: none known. */
#define LLADDR_MAX 16
struct lladdr {
	uint8_t len; /* octets in use */
	uint8_t addr[LLADDR_MAX];
};

extern const struct in6_addr addr_any;         /* :: */
extern const struct in6_addr addr_all_nodes;   /* ff02::1 */
extern const struct in6_addr addr_all_routers; /* ff02::2 */

bool addr_eq(const struct in6_addr *a, const struct in6_addr *b);
int addr_cmp(const struct in6_addr *a, const struct in6_addr *b);
bool addr_is_any(const struct in6_addr *a);
bool addr_is_multicast(const struct in6_addr *a);
bool addr_is_linklocal(const struct in6_addr *a); /* fe80::/10 unicast */
bool addr_is_loopback(const struct in6_addr *a);
bool addr_is_ula(const struct in6_addr *a); /* fc00::/7 */

/* Unicast and routable: neither multicast, link-local, site-local, loopback,
 * unspecified nor v4-mapped/compatible.  RFC 6275 section 4.6: only such
 * addresses become home or care-of addresses. */
bool addr_is_routable(const struct in6_addr *a);

/* ff02::1:ffXX:XXXX of `a` (RFC 4291 section 2.7.1). */
struct in6_addr addr_solicited_node(const struct in6_addr *a);

/* fe80::/64 with the interface identifier (low 64 bits) of `a`. */
struct in6_addr addr_linklocal_of(const struct in6_addr *a);

/* The Mobile IPv6 Home-Agents anycast address of a prefix (RFC 2526): all
 * ones behind it but for the last bit, and in the 64 bits of an interface
 * identifier with the universal/local bit 0.  False: the prefix is longer
 * than 121 bits and has none. */
bool addr_home_agents(const struct prefix *p, struct in6_addr *ret_addr);

/* Text form; the result lives in a ring of static buffers that serves 8
 * calls, so that it may be used several times in one log line. */
const char *addr_str(const struct in6_addr *a);
const char *prefix_str(const struct prefix *p);
const char *lladdr_str(const struct lladdr *l); /* "-" when none */

/* "2001:db8::1" -> 0, or -EINVAL. */
int addr_parse(const char *text, struct in6_addr *ret_addr);
/* "2001:db8::/64" -> 0, or -EINVAL; host bits are an error too. */
int prefix_parse(const char *text, struct prefix *ret_prefix);
/* "2001:db8::100/64": an address with its prefix length; 0 or -EINVAL. */
int addr_parse_len(const char *text, struct in6_addr *ret_addr,
		   uint8_t *ret_len);

/* The prefix of `len` bits that holds `a`. */
struct prefix prefix_of(const struct in6_addr *a, uint8_t len);
bool prefix_contains(const struct prefix *p, const struct in6_addr *a);
bool prefix_eq(const struct prefix *a, const struct prefix *b);

bool lladdr_eq(const struct lladdr *a, const struct lladdr *b);

#endif
