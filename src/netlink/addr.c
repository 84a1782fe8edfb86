/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages about addresses: the home address, on a tunnel device or on the
 * home link.  Pure.
 *
 * A home address never goes through DAD here: away from home there is no
 * link to ask on, and at home the agent has defended it meanwhile (RFC 6275
 * sections 11.3.1 and 11.5.5).
 */
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

#include "src/netlink/encode.h"

static void begin(struct nlenc *e, uint16_t type, uint16_t flags, int ifindex,
		  const struct in6_addr *addr, uint8_t plen)
{
	struct ifaddrmsg ifa = {
		.ifa_family = AF_INET6,
		.ifa_prefixlen = plen,
		.ifa_scope = RT_SCOPE_UNIVERSE,
		.ifa_index = (uint32_t)ifindex,
	};

	nlenc_begin(e, type, flags, &ifa, sizeof(ifa));
	nlenc_addr(e, IFA_LOCAL, addr);
}

void addr_encode_add(struct nlenc *e, int ifindex, const struct in6_addr *addr,
		     bool home, uint8_t proto)
{
	uint32_t flags = IFA_F_NODAD;

	if (home)
		flags |= IFA_F_HOMEADDRESS;
	begin(e, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, ifindex, addr, 128);
	nlenc_u32(e, IFA_FLAGS, flags);
	nlenc_u8(e, IFA_PROTO, proto);
}

void addr_encode_del(struct nlenc *e, int ifindex, const struct in6_addr *addr,
		     uint8_t plen)
{
	begin(e, RTM_DELADDR, 0, ifindex, addr, plen);
}
