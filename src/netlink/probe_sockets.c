/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Feature tests of sockets.
 */
#include <errno.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mip6d/cleanup.h"
#include "src/netlink/probe.h"
#include "src/netlink/xfrm_watch.h"

#define MH_PROTO 135

/* A Binding Refresh Request to ourselves: it comes back only when the kernel
 * fills its checksum in and finds it right. */
int probe_mh_socket(struct probe_env *env)
{
	static const uint8_t brr[8] = { 59, 0, 0, 0, 0, 0, 0, 0 };
	struct sockaddr_in6 lo = {
		.sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT,
	};
	auto_close int fd = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, MH_PROTO);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int one = 1;

	(void)env;
	if (fd < 0)
		return -errno;
	if (setsockopt(fd, IPPROTO_IPV6, IPV6_RECVDSTOPTS, &one, sizeof(one)) ||
	    setsockopt(fd, IPPROTO_IPV6, IPV6_RECVRTHDR, &one, sizeof(one)))
		return -errno;
	if (sendto(fd, brr, sizeof(brr), 0, (struct sockaddr *)&lo,
		   sizeof(lo)) < 0)
		return -errno;
	return poll(&p, 1, 5000) == 1 ? 0 : -ETIMEDOUT;
}

int probe_icmp6_socket(struct probe_env *env)
{
	auto_close int fd =
		socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMPV6);

	(void)env;
	return fd < 0 ? -errno : 0;
}

int probe_packet_socket(struct probe_env *env)
{
	auto_close int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)env;
	return fd < 0 ? -errno : 0;
}

int probe_xfrm_watch(struct probe_env *env)
{
	struct sockaddr_nl local = {
		.nl_family = AF_NETLINK,
		.nl_groups = xfrm_watch_groups(),
	};
	auto_close int fd =
		socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_XFRM);

	(void)env;
	if (fd < 0)
		return -errno;
	return bind(fd, (struct sockaddr *)&local, sizeof(local)) ? -errno : 0;
}

int probe_random_filter(struct probe_env *env)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 (uint32_t)(SKF_AD_OFF + SKF_AD_RANDOM)),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};
	struct sock_fprog prog = { ARRAY_SIZE(code), code };
	auto_close int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)env;
	if (fd < 0)
		return -errno;
	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog))
		       ? -errno
		       : 0;
}
