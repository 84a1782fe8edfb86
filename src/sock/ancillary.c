/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ancillary data of the raw sockets (RFC 3542): which addresses a Mobility
 * Header really carried (RFC 6275 sections 6.3 and 6.4), and the Home Address
 * option and the type 2 routing header of one to send.
 *
 * Pure.  This file alone knows that the kernel swaps addresses before a raw
 * socket reads: after a Home Address option the source is the home address
 * and the option's field holds the care-of address; after a type 2 routing
 * header the destination is the home address and the header's field holds
 * the care-of address.
 */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "src/sock/sock_priv.h"

#define OPT_PAD1    0
#define OPT_PADN    1
#define OPT_HAO     201 /* RFC 6275 section 6.3 */
#define OPT_HAO_LEN 16
#define HAO_HDR_LEN 24

#define RH2_TYPE    2 /* RFC 6275 section 6.4 */
#define RH2_LEN     24

bool ancillary_find_hao(const uint8_t *hdr, size_t len,
			struct in6_addr *ret_addr)
{
	size_t pos = 2;

	if (len < 8)
		return false;
	if ((size_t)(hdr[1] + 1) * 8 < len)
		len = (size_t)(hdr[1] + 1) * 8;
	while (pos < len) {
		if (hdr[pos] == OPT_PAD1) {
			pos++;
			continue;
		}
		if (len - pos < 2 || len - pos - 2 < hdr[pos + 1])
			return false;
		if (hdr[pos] == OPT_HAO && hdr[pos + 1] == OPT_HAO_LEN) {
			memcpy(ret_addr, hdr + pos + 2, sizeof(*ret_addr));
			return true;
		}
		pos += 2 + (size_t)hdr[pos + 1];
	}
	return false;
}

bool ancillary_find_rh2(const uint8_t *hdr, size_t len,
			struct in6_addr *ret_addr)
{
	if (len < RH2_LEN || hdr[1] != 2 || hdr[2] != RH2_TYPE)
		return false;
	memcpy(ret_addr, hdr + 8, sizeof(*ret_addr));
	return true;
}

static bool take_pktinfo(const uint8_t *data, size_t len, struct packet *pkt)
{
	struct in6_pktinfo pi;

	if (len < sizeof(pi))
		return false;
	memcpy(&pi, data, sizeof(pi));
	pkt->dst = pi.ipi6_addr;
	pkt->ifindex = (int)pi.ipi6_ifindex;
	return true;
}

int ancillary_decode(const struct msghdr *mh, struct packet *pkt)
{
	struct msghdr *walk = (struct msghdr *)(uintptr_t)mh;
	struct in6_addr hao = { 0 }, rh2 = { 0 };
	bool has_dst = false;
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(walk); c; c = CMSG_NXTHDR(walk, c)) {
		const uint8_t *data = CMSG_DATA(c);
		size_t len = c->cmsg_len - CMSG_LEN(0);
		int hops;

		if (c->cmsg_level != IPPROTO_IPV6)
			continue;
		if (c->cmsg_type == IPV6_PKTINFO) {
			has_dst |= take_pktinfo(data, len, pkt);
		} else if (c->cmsg_type == IPV6_HOPLIMIT &&
			   len >= sizeof(hops)) {
			memcpy(&hops, data, sizeof(hops));
			pkt->hop_limit = (uint8_t)hops;
		} else if (c->cmsg_type == IPV6_DSTOPTS) {
			pkt->has_hao |= ancillary_find_hao(data, len, &hao);
		} else if (c->cmsg_type == IPV6_RTHDR) {
			pkt->has_rh2 |= ancillary_find_rh2(data, len, &rh2);
		}
	}
	if (!has_dst)
		return -EBADMSG;
	pkt->wire_src = pkt->has_hao ? hao : pkt->src;
	pkt->wire_dst = pkt->has_rh2 ? rh2 : pkt->dst;
	return 0;
}

static void put(struct msghdr *mh, size_t *used, int type, const void *data,
		size_t len)
{
	struct cmsghdr *c = (void *)((char *)mh->msg_control + *used);

	c->cmsg_level = IPPROTO_IPV6;
	c->cmsg_type = type;
	c->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(c), data, len);
	*used += CMSG_SPACE(len);
}

size_t ancillary_encode(void *buf, const struct mh_send *msg)
{
	struct msghdr mh = { .msg_control = buf };
	struct in6_pktinfo pi = {
		.ipi6_addr = msg->hao ? msg->hao_coa : msg->src,
		.ipi6_ifindex = (unsigned int)msg->ifindex,
	};
	uint8_t rh2[RH2_LEN] = { 0, 2, RH2_TYPE, 1 };
	/* The option's data starts at 8n + 6 (section 6.3). */
	uint8_t hao[HAO_HDR_LEN] = { 0, 2, OPT_PADN, 2,
				     0, 0, OPT_HAO,  OPT_HAO_LEN };
	size_t used = 0;

	memset(buf, 0, ANCILLARY_MAX);
	put(&mh, &used, IPV6_PKTINFO, &pi, sizeof(pi));
	if (msg->rh2) {
		memcpy(rh2 + 8, &msg->coa, sizeof(msg->coa));
		put(&mh, &used, IPV6_RTHDR, rh2, sizeof(rh2));
	}
	if (msg->hao) {
		memcpy(hao + 8, &msg->src, sizeof(msg->src));
		put(&mh, &used, IPV6_DSTOPTS, hao, sizeof(hao));
	}
	return used;
}
