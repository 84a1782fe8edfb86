/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading one attribute out of a netlink message (src/netlink/nldec.h).  Pure.
 */
#include "src/netlink/nldec.h"

#include <libmnl/libmnl.h>
#include <string.h>

const struct nlmsghdr *nldec_next(const void *data, size_t len, size_t *pos)
{
	const struct nlmsghdr *nlh;

	if (*pos > len || len - *pos < sizeof(*nlh))
		return NULL;
	nlh = (const void *)((const uint8_t *)data + *pos);
	if (nlh->nlmsg_len < sizeof(*nlh) || nlh->nlmsg_len > len - *pos)
		return NULL;
	*pos += NLMSG_ALIGN((size_t)nlh->nlmsg_len);
	return nlh;
}

const void *nldec_fixed(const struct nlmsghdr *nlh, size_t len)
{
	return mnl_nlmsg_get_payload_len(nlh) < len
		       ? NULL
		       : mnl_nlmsg_get_payload(nlh);
}

/* libmnl's walk rounds the end up, and would read past it. */
static const struct nlattr *find_between(const uint8_t *p, const uint8_t *end,
					 uint16_t type, size_t min)
{
	while (end - p >= (ptrdiff_t)sizeof(struct nlattr)) {
		const struct nlattr *attr = (const void *)p;

		if (attr->nla_len < sizeof(*attr) || attr->nla_len > end - p)
			return NULL;
		if ((attr->nla_type & NLA_TYPE_MASK) == type)
			return attr->nla_len < NLA_HDRLEN + min ? NULL : attr;
		if (NLA_ALIGN(attr->nla_len) > end - p)
			return NULL;
		p += NLA_ALIGN(attr->nla_len);
	}
	return NULL;
}

static const struct nlattr *find(const struct nlmsghdr *nlh, size_t fixed_len,
				 uint16_t type, size_t min)
{
	const uint8_t *start = (const uint8_t *)nlh;
	size_t skip = NLMSG_HDRLEN + NLMSG_ALIGN(fixed_len);

	if (nlh->nlmsg_len < skip)
		return NULL;
	return find_between(start + skip, start + nlh->nlmsg_len, type, min);
}

static const struct nlattr *find_in(const struct nlattr *nest, uint16_t type,
				    size_t min)
{
	const uint8_t *start = (const uint8_t *)nest;

	return find_between(start + NLA_HDRLEN, start + nest->nla_len, type,
			    min);
}

const void *nldec_find(const struct nlmsghdr *nlh, size_t fixed_len,
		       uint16_t type, size_t min)
{
	const struct nlattr *attr = find(nlh, fixed_len, type, min);

	return attr ? mnl_attr_get_payload(attr) : NULL;
}

const struct nlattr *nldec_nest(const struct nlmsghdr *nlh, size_t fixed_len,
				uint16_t type)
{
	return find(nlh, fixed_len, type, 0);
}

const void *nldec_find_in(const struct nlattr *nest, uint16_t type, size_t min)
{
	const struct nlattr *attr = nest ? find_in(nest, type, min) : NULL;

	return attr ? mnl_attr_get_payload(attr) : NULL;
}

const void *nldec_find_among(const void *attrs, size_t len, uint16_t type,
			     size_t min)
{
	const uint8_t *start = attrs;
	const struct nlattr *attr = find_between(start, start + len, type, min);

	return attr ? mnl_attr_get_payload(attr) : NULL;
}

const void *nldec_payload(const struct nlattr *attr, size_t *ret_len)
{
	*ret_len = attr->nla_len - NLA_HDRLEN;
	return mnl_attr_get_payload(attr);
}

const struct nlattr *nldec_nest_in(const struct nlattr *nest, uint16_t type)
{
	return nest ? find_in(nest, type, 0) : NULL;
}

bool nldec_addr(const struct nlmsghdr *nlh, size_t fixed_len, uint16_t type,
		struct in6_addr *ret)
{
	const void *p = nldec_find(nlh, fixed_len, type, sizeof(*ret));

	if (p)
		memcpy(ret, p, sizeof(*ret));
	return p;
}

bool nldec_u32(const struct nlmsghdr *nlh, size_t fixed_len, uint16_t type,
	       uint32_t *ret)
{
	const void *p = nldec_find(nlh, fixed_len, type, sizeof(*ret));

	if (p)
		memcpy(ret, p, sizeof(*ret));
	return p;
}

bool nldec_u8(const struct nlmsghdr *nlh, size_t fixed_len, uint16_t type,
	      uint8_t *ret)
{
	const uint8_t *p = nldec_find(nlh, fixed_len, type, sizeof(*ret));

	if (p)
		*ret = *p;
	return p;
}

static bool copy_str(const struct nlattr *attr, char *ret, size_t size)
{
	size_t len;

	if (!attr)
		return false;
	len = strnlen(mnl_attr_get_payload(attr),
		      mnl_attr_get_payload_len(attr));
	if (len >= size)
		return false;
	memcpy(ret, mnl_attr_get_payload(attr), len);
	ret[len] = '\0';
	return true;
}

bool nldec_str(const struct nlmsghdr *nlh, size_t fixed_len, uint16_t type,
	       char *ret, size_t size)
{
	return copy_str(find(nlh, fixed_len, type, 1), ret, size);
}

bool nldec_is_str(const struct nlattr *nest, uint16_t type, const char *text)
{
	char s[64];

	return nest && copy_str(find_in(nest, type, 1), s, sizeof(s)) &&
	       !strcmp(s, text);
}
