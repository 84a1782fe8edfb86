/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel is told about path MTUs (RFC 8201).
 *
 * The kernel looks for the socket that an ICMPv6 Packet Too Big is about by
 * the addresses in the quoted IPv6 header. Behind a Home Address option or a
 * type 2 routing header those are care-of addresses, which belong to no
 * socket, and the error is lost: TCP sends the same segment for ever. Here
 * the kernel gets the same error about a packet of ours between the same two
 * addresses, whose socket it finds; the path MTU that it then remembers is
 * that of the way, and holds for whatever goes there.
 */
#include "src/netlink/pmtu.h"

#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mip6d/cleanup.h"

#define PORT_DISCARD 9

/* As the socket would have sent it. */
struct quoted {
	struct icmp6_hdr icmp6;
	struct ip6_hdr ip6;
	struct udphdr udp;
};

static struct sockaddr_in6 sockaddr_of(const struct in6_addr *a, uint16_t port)
{
	return (struct sockaddr_in6){
		.sin6_family = AF_INET6,
		.sin6_addr = *a,
		.sin6_port = htons(port),
	};
}

/* A socket between the two, that nothing is sent with. */
static int open_between(const struct in6_addr *src, const struct in6_addr *dst,
			int *ret_fd, uint16_t *ret_port)
{
	struct sockaddr_in6 from = sockaddr_of(src, 0);
	struct sockaddr_in6 to = sockaddr_of(dst, PORT_DISCARD);
	socklen_t len = sizeof(from);
	auto_close int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&from, sizeof(from)) ||
	    connect(fd, (struct sockaddr *)&to, sizeof(to)) ||
	    getsockname(fd, (struct sockaddr *)&from, &len))
		return -errno;
	*ret_port = ntohs(from.sin6_port);
	*ret_fd = fd;
	fd = -1;
	return 0;
}

static int tell(const struct quoted *q)
{
	struct sockaddr_in6 to = sockaddr_of(&q->ip6.ip6_src, 0);
	auto_close int fd =
		socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMPV6);
	struct icmp6_filter none;

	if (fd < 0)
		return -errno;
	ICMP6_FILTER_SETBLOCKALL(&none);
	setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &none, sizeof(none));
	if (sendto(fd, q, sizeof(*q), 0, (struct sockaddr *)&to, sizeof(to)) <
	    0)
		return -errno;
	return 0;
}

int pmtu_tell(const struct in6_addr *src, const struct in6_addr *dst,
	      uint32_t mtu)
{
	auto_close int fd = -1;
	struct quoted q;
	uint16_t port = 0;
	int err;

	if (mtu < IPV6_MTU_MIN || mtu > UINT16_MAX)
		return -ERANGE;
	err = open_between(src, dst, &fd, &port);
	if (err)
		return err;
	memset(&q, 0, sizeof(q));
	q.icmp6.icmp6_type = ICMP6_PACKET_TOO_BIG;
	q.icmp6.icmp6_mtu = htonl(mtu);
	q.ip6.ip6_flow = htonl(6u << 28);
	q.ip6.ip6_plen = htons((uint16_t)(mtu + 1 - sizeof(q.ip6)));
	q.ip6.ip6_nxt = IPPROTO_UDP;
	q.ip6.ip6_hlim = 64;
	q.ip6.ip6_src = *src;
	q.ip6.ip6_dst = *dst;
	q.udp.uh_sport = htons(port);
	q.udp.uh_dport = htons(PORT_DISCARD);
	q.udp.uh_ulen = q.ip6.ip6_plen;
	return tell(&q);
}
