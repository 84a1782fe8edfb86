/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPv6 addresses, prefixes and link-layer addresses: their kinds, their
 * arithmetic and their text.
 *
 * This file decides which addresses may become home or care-of addresses
 * (RFC 6275 section 4.6, RFC 4291 section 2).  Who owns an address and
 * whether it is usable at the moment is left to the roles.
 */
#include "mip6d/addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

const struct in6_addr addr_any;
const struct in6_addr addr_all_nodes = {
	.s6_addr = { 0xff, 0x02, [15] = 0x01 },
};
const struct in6_addr addr_all_routers = {
	.s6_addr = { 0xff, 0x02, [15] = 0x02 },
};

bool addr_eq(const struct in6_addr *a, const struct in6_addr *b)
{
	return !memcmp(a, b, sizeof(*a));
}

int addr_cmp(const struct in6_addr *a, const struct in6_addr *b)
{
	return memcmp(a, b, sizeof(*a));
}

bool addr_is_any(const struct in6_addr *a)
{
	return addr_eq(a, &addr_any);
}

bool addr_is_multicast(const struct in6_addr *a)
{
	return a->s6_addr[0] == 0xff;
}

bool addr_is_linklocal(const struct in6_addr *a)
{
	return a->s6_addr[0] == 0xfe && (a->s6_addr[1] & 0xc0) == 0x80;
}

static bool is_sitelocal(const struct in6_addr *a)
{
	return a->s6_addr[0] == 0xfe && (a->s6_addr[1] & 0xc0) == 0xc0;
}

bool addr_is_loopback(const struct in6_addr *a)
{
	static const struct in6_addr loopback = { .s6_addr = { [15] = 1 } };

	return addr_eq(a, &loopback);
}

bool addr_is_ula(const struct in6_addr *a)
{
	return (a->s6_addr[0] & 0xfe) == 0xfc;
}

/* ::ffff:a.b.c.d, and all of ::/96, which holds ::, ::1 and the deprecated
 * IPv4-compatible addresses. */
static bool has_ipv4_inside(const struct in6_addr *a)
{
	static const uint8_t zero[10];
	uint8_t x = a->s6_addr[10], y = a->s6_addr[11];

	if (memcmp(a, zero, sizeof(zero)))
		return false;
	return (x == 0 && y == 0) || (x == 0xff && y == 0xff);
}

bool addr_is_routable(const struct in6_addr *a)
{
	return !addr_is_multicast(a) && !addr_is_linklocal(a) &&
	       !is_sitelocal(a) && !has_ipv4_inside(a);
}

struct in6_addr addr_solicited_node(const struct in6_addr *a)
{
	struct in6_addr group = {
		.s6_addr = { 0xff, 0x02, [11] = 0x01, [12] = 0xff },
	};

	memcpy(&group.s6_addr[13], &a->s6_addr[13], 3);
	return group;
}

struct in6_addr addr_linklocal_of(const struct in6_addr *a)
{
	struct in6_addr ll = { .s6_addr = { 0xfe, 0x80 } };

	memcpy(&ll.s6_addr[8], &a->s6_addr[8], 8);
	return ll;
}

bool addr_home_agents(const struct prefix *p, struct in6_addr *ret_addr)
{
	struct in6_addr a = p->addr;
	unsigned int i;

	if (p->len > 121)
		return false;
	for (i = p->len; i < 127; i++)
		a.s6_addr[i / 8] |= (uint8_t)(0x80 >> i % 8);
	if (p->len == 64)
		a.s6_addr[8] &= (uint8_t)~2;
	*ret_addr = a;
	return true;
}

#define TEXT_MAX  64
#define TEXT_RING 8

static char *text_next(void)
{
	static char ring[TEXT_RING][TEXT_MAX];
	static unsigned int next;

	return ring[next++ % TEXT_RING];
}

const char *addr_str(const struct in6_addr *a)
{
	return inet_ntop(AF_INET6, a, text_next(), TEXT_MAX);
}

const char *prefix_str(const struct prefix *p)
{
	char *text = text_next();
	size_t n;

	inet_ntop(AF_INET6, &p->addr, text, TEXT_MAX);
	n = strlen(text);
	snprintf(text + n, TEXT_MAX - n, "/%u", p->len);
	return text;
}

const char *lladdr_str(const struct lladdr *l)
{
	char *text = text_next();
	char *p = text;
	unsigned int i;

	if (!l->len)
		return "-";
	for (i = 0; i < l->len && i < LLADDR_MAX; i++)
		p += sprintf(p, i ? ":%02x" : "%02x", l->addr[i]);
	return text;
}

int addr_parse(const char *text, struct in6_addr *ret_addr)
{
	struct in6_addr a;

	if (inet_pton(AF_INET6, text, &a) != 1)
		return -EINVAL;
	*ret_addr = a;
	return 0;
}

/* Decimal digits only: strtoul would take signs and blanks. */
static int parse_len(const char *text, uint8_t *ret_len)
{
	unsigned int v = 0;
	const char *p;

	if (!*text || (text[0] == '0' && text[1]))
		return -EINVAL;
	for (p = text; *p; p++) {
		if (*p < '0' || *p > '9')
			return -EINVAL;
		v = v * 10 + (unsigned int)(*p - '0');
		if (v > 128)
			return -EINVAL;
	}
	*ret_len = (uint8_t)v;
	return 0;
}

int addr_parse_len(const char *text, struct in6_addr *ret_addr,
		   uint8_t *ret_len)
{
	const char *slash = strchr(text, '/');
	char host[INET6_ADDRSTRLEN];
	struct in6_addr a;
	uint8_t len;

	if (!slash || (size_t)(slash - text) >= sizeof(host))
		return -EINVAL;
	memcpy(host, text, (size_t)(slash - text));
	host[slash - text] = '\0';
	if (addr_parse(host, &a) || parse_len(slash + 1, &len))
		return -EINVAL;
	*ret_addr = a;
	*ret_len = len;
	return 0;
}

int prefix_parse(const char *text, struct prefix *ret_prefix)
{
	struct prefix p;
	struct in6_addr a;
	uint8_t len;

	if (addr_parse_len(text, &a, &len))
		return -EINVAL;
	p = prefix_of(&a, len);
	if (!addr_eq(&p.addr, &a))
		return -EINVAL;
	*ret_prefix = p;
	return 0;
}

/* The bits of octet i that a prefix of len bits covers. */
static uint8_t octet_mask(unsigned int len, unsigned int i)
{
	if (len >= (i + 1) * 8)
		return 0xff;
	if (len <= i * 8)
		return 0;
	return (uint8_t)(0xff00 >> (len - i * 8));
}

struct prefix prefix_of(const struct in6_addr *a, uint8_t len)
{
	struct prefix p = { .len = len > 128 ? 128 : len };
	unsigned int i;

	for (i = 0; i < sizeof(p.addr.s6_addr); i++)
		p.addr.s6_addr[i] = a->s6_addr[i] & octet_mask(p.len, i);
	return p;
}

bool prefix_contains(const struct prefix *p, const struct in6_addr *a)
{
	struct prefix of_a = prefix_of(a, p->len);

	return addr_eq(&of_a.addr, &p->addr);
}

bool prefix_eq(const struct prefix *a, const struct prefix *b)
{
	return a->len == b->len && addr_eq(&a->addr, &b->addr);
}

bool lladdr_eq(const struct lladdr *a, const struct lladdr *b)
{
	return a->len == b->len && !memcmp(a->addr, b->addr, a->len);
}
