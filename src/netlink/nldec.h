/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading one attribute out of a netlink message.  Pure; never reads past the
 * message, whatever its lengths say.
 */
#ifndef NETLINK_NLDEC_H
#define NETLINK_NLDEC_H

#include <linux/netlink.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Walks a datagram (aligned for nlmsghdr): the message at *pos, which moves
 * on, or NULL at the end or at one that does not fit. */
const struct nlmsghdr *nldec_next(const void *data, size_t len, size_t *pos);

/* The fixed part after the header; NULL when the message is too short. */
const void *nldec_fixed(const struct nlmsghdr *nlh, size_t len);

/* The payload of the first attribute of this type with at least min octets,
 * behind a fixed part of fixed_len octets; NULL: there is none. */
const void *nldec_find(const struct nlmsghdr *nlh, size_t fixed_len,
		       uint16_t type, size_t min);
/* The same inside a nest that nldec_nest found. */
const struct nlattr *nldec_nest(const struct nlmsghdr *nlh, size_t fixed_len,
				uint16_t type);
const void *nldec_find_in(const struct nlattr *nest, uint16_t type, size_t min);
const struct nlattr *nldec_nest_in(const struct nlattr *nest, uint16_t type);

/* The same among attributes that fill `len` octets. */
const void *nldec_find_among(const void *attrs, size_t len, uint16_t type,
			     size_t min);
const void *nldec_payload(const struct nlattr *attr, size_t *ret_len);

/* False when there is none: *ret stays as it was. */
bool nldec_addr(const struct nlmsghdr *nlh, size_t fixed_len, uint16_t type,
		struct in6_addr *ret);
bool nldec_u32(const struct nlmsghdr *nlh, size_t fixed_len, uint16_t type,
	       uint32_t *ret);
bool nldec_u8(const struct nlmsghdr *nlh, size_t fixed_len, uint16_t type,
	      uint8_t *ret);
/* Copies a string of at most size - 1 octets. */
bool nldec_str(const struct nlmsghdr *nlh, size_t fixed_len, uint16_t type,
	       char *ret, size_t size);
bool nldec_is_str(const struct nlattr *nest, uint16_t type, const char *text);

#endif
