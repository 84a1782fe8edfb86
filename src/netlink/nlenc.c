/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Building one netlink message (mip6d/nlenc.h) with libmnl's bounded calls.
 * Pure: octets in caller's memory, no socket.
 */
#include "mip6d/nlenc.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <string.h>

void nlenc_init(struct nlenc *e, void *buf, size_t size)
{
	e->nlh = buf;
	e->size = size;
	e->bad = size < NLMSG_HDRLEN;
	if (!e->bad)
		mnl_nlmsg_put_header(buf);
}

void nlenc_begin(struct nlenc *e, uint16_t type, uint16_t flags,
		 const void *fixed, size_t fixed_len)
{
	if (e->bad || e->size < NLMSG_HDRLEN + NLMSG_ALIGN(fixed_len)) {
		e->bad = true;
		return;
	}
	mnl_nlmsg_put_header(e->nlh);
	e->nlh->nlmsg_type = type;
	e->nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	memcpy(mnl_nlmsg_put_extra_header(e->nlh, fixed_len), fixed, fixed_len);
}

void nlenc_put(struct nlenc *e, uint16_t attr, const void *data, size_t len)
{
	size_t pad = MNL_ALIGN(len) - len;

	if (e->bad)
		return;
	if (!mnl_attr_put_check(e->nlh, e->size, attr, len, data)) {
		e->bad = true;
		return;
	}
	/* libmnl leaves the padding as it finds it. */
	memset((uint8_t *)e->nlh + e->nlh->nlmsg_len - pad, 0, pad);
}

void nlenc_u8(struct nlenc *e, uint16_t attr, uint8_t v)
{
	nlenc_put(e, attr, &v, sizeof(v));
}

void nlenc_u16(struct nlenc *e, uint16_t attr, uint16_t v)
{
	nlenc_put(e, attr, &v, sizeof(v));
}

void nlenc_u32(struct nlenc *e, uint16_t attr, uint32_t v)
{
	nlenc_put(e, attr, &v, sizeof(v));
}

void nlenc_str(struct nlenc *e, uint16_t attr, const char *s)
{
	nlenc_put(e, attr, s, strlen(s) + 1);
}

void nlenc_addr(struct nlenc *e, uint16_t attr, const struct in6_addr *a)
{
	nlenc_put(e, attr, a, sizeof(*a));
}

struct nlattr *nlenc_open(struct nlenc *e, uint16_t attr)
{
	struct nlattr *nest = NULL;

	if (!e->bad)
		nest = mnl_attr_nest_start_check(e->nlh, e->size, attr);
	if (!nest)
		e->bad = true;
	return nest;
}

void nlenc_close(struct nlenc *e, struct nlattr *nest)
{
	if (!e->bad)
		mnl_attr_nest_end(e->nlh, nest);
}

int nlenc_end(const struct nlenc *e)
{
	return e->bad ? -EMSGSIZE : (int)e->nlh->nlmsg_len;
}
