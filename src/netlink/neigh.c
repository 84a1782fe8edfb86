/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages about neighbours: proxy entries of a home agent (RFC 6275
 * section 10.4.1), probes and entries of a mobile node (sections 11.5.1 and
 * 11.5.5).  Pure.
 *
 * A proxy entry carries no `router` flag: R must be 0 in what is answered
 * for a mobile node (section 10.4.1).
 */
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "src/netlink/encode.h"

static void encode(struct nlenc *e, uint16_t type, uint16_t flags, int ifindex,
		   const struct in6_addr *addr, uint16_t state, uint8_t ntf)
{
	struct ndmsg ndm = {
		.ndm_family = AF_INET6,
		.ndm_ifindex = ifindex,
		.ndm_state = state,
		.ndm_flags = ntf,
	};

	nlenc_begin(e, type, flags, &ndm, sizeof(ndm));
	nlenc_addr(e, NDA_DST, addr);
}

void neigh_encode_proxy_add(struct nlenc *e, int ifindex,
			    const struct in6_addr *addr)
{
	encode(e, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, ifindex, addr,
	       NUD_PERMANENT, NTF_PROXY);
	nlenc_u8(e, NDA_PROTOCOL, PROTO_HA);
}

void neigh_encode_proxy_del(struct nlenc *e, int ifindex,
			    const struct in6_addr *addr)
{
	encode(e, RTM_DELNEIGH, 0, ifindex, addr, 0, NTF_PROXY);
}

void neigh_encode_del(struct nlenc *e, int ifindex, const struct in6_addr *addr)
{
	encode(e, RTM_DELNEIGH, 0, ifindex, addr, 0, 0);
}

void neigh_encode_set(struct nlenc *e, int ifindex, const struct in6_addr *addr,
		      const struct lladdr *lladdr)
{
	encode(e, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, ifindex, addr,
	       NUD_REACHABLE, 0);
	nlenc_put(e, NDA_LLADDR, lladdr->addr, lladdr->len);
}

/* Without NLM_F_REPLACE the entry keeps what it has, its router flag too. */
void neigh_encode_probe(struct nlenc *e, int ifindex,
			const struct in6_addr *addr)
{
	encode(e, RTM_NEWNEIGH, 0, ifindex, addr, NUD_PROBE, 0);
}

void neigh_encode_use(struct nlenc *e, int ifindex, const struct in6_addr *addr)
{
	encode(e, RTM_NEWNEIGH, NLM_F_CREATE, ifindex, addr, NUD_NONE, NTF_USE);
}
