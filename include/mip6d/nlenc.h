/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Building one netlink message in caller's memory; for src/netlink and
 * src/xfrm only.  Pure.  A write past the end sets the sticky `bad` flag:
 * callers check once, with nlenc_end.
 */
#ifndef MIP6D_NLENC_H
#define MIP6D_NLENC_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mip6d/addr.h"

/* Every message of this program fits. */
#define NLENC_MAX 1024

struct nlenc {
	struct nlmsghdr *nlh;
	size_t size;
	bool bad;
};

/* Takes caller's memory of `size` octets, aligned for nlmsghdr. */
void nlenc_init(struct nlenc *e, void *buf, size_t size);

/* Starts a message: header (with NLM_F_REQUEST | NLM_F_ACK and `flags`) and
 * the family's fixed part. */
void nlenc_begin(struct nlenc *e, uint16_t type, uint16_t flags,
		 const void *fixed, size_t fixed_len);

void nlenc_put(struct nlenc *e, uint16_t attr, const void *data, size_t len);
void nlenc_u8(struct nlenc *e, uint16_t attr, uint8_t v);
void nlenc_u16(struct nlenc *e, uint16_t attr, uint16_t v);
void nlenc_u32(struct nlenc *e, uint16_t attr, uint32_t v);
void nlenc_str(struct nlenc *e, uint16_t attr, const char *s); /* with NUL */
void nlenc_addr(struct nlenc *e, uint16_t attr, const struct in6_addr *a);

/* Attributes put until nlenc_close stand inside `attr`. */
struct nlattr *nlenc_open(struct nlenc *e, uint16_t attr);
void nlenc_close(struct nlenc *e, struct nlattr *nest);

/* The length of the finished message in octets, or -EMSGSIZE. */
int nlenc_end(const struct nlenc *e);

#endif
