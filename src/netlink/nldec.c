/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading one attribute out of a netlink message (src/netlink/nldec.h), with
 * libmnl's walk.  Pure.
 */
#include "src/netlink/nldec.h"

#include <libmnl/libmnl.h>
#include <string.h>

const void *nldec_fixed(const struct nlmsghdr *nlh, size_t len)
{
	return mnl_nlmsg_get_payload_len(nlh) < len ?
		       NULL :
		       mnl_nlmsg_get_payload(nlh);
}

static const struct nlattr *find(const struct nlmsghdr *nlh, size_t fixed_len,
				 uint16_t type, size_t min)
{
	const struct nlattr *attr;

	if (mnl_nlmsg_get_payload_len(nlh) < fixed_len)
		return NULL;
	mnl_attr_for_each(attr, nlh, fixed_len)
		if (mnl_attr_get_type(attr) == type)
			return mnl_attr_get_payload_len(attr) < min ? NULL :
								      attr;
	return NULL;
}

static const struct nlattr *find_in(const struct nlattr *nest, uint16_t type,
				    size_t min)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest)
		if (mnl_attr_get_type(attr) == type)
			return mnl_attr_get_payload_len(attr) < min ? NULL :
								      attr;
	return NULL;
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
