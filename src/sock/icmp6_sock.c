/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The raw ICMPv6 socket: copies of what the kernel gets; the kernel goes on
 * handling them itself.
 *
 * This file decides which types are passed on: RS and RA (RFC 4861 sections
 * 4.1, 4.2), Home Agent Address Discovery (RFC 6275 sections 6.5, 6.6),
 * errors (RFC 4443 section 3) and, for who takes them without ESP, Mobile
 * Prefix Advertisements.  Neighbour discovery comes through nd_sock.c, what
 * carries a Home Address option or must come by ESP through mobile_sock.c.
 */
#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mip6d/cleanup.h"
#include "src/sock/sock_priv.h"

struct icmp6_sock {
	struct loop_fd *handle;
	struct sock_upcall up;
	int fd;
	uint8_t data[ICMP6_MAX_LEN];
};

static void on_readable(void *arg, struct mtime now)
{
	struct icmp6_sock *is = arg;

	sock_receive(is->fd, is->up, is->data, sizeof(is->data), now);
}

static int set_filter(int fd, bool mpa)
{
	struct icmp6_filter filter;

	ICMP6_FILTER_SETBLOCKALL(&filter);
	ICMP6_FILTER_SETPASS(ND_ROUTER_SOLICIT, &filter);
	ICMP6_FILTER_SETPASS(ND_ROUTER_ADVERT, &filter);
	ICMP6_FILTER_SETPASS(TYPE_HAAD_REQUEST, &filter);
	ICMP6_FILTER_SETPASS(TYPE_HAAD_REPLY, &filter);
	if (mpa)
		ICMP6_FILTER_SETPASS(TYPE_MPA, &filter);
	ICMP6_FILTER_SETPASS(ICMP6_DST_UNREACH, &filter);
	ICMP6_FILTER_SETPASS(ICMP6_PACKET_TOO_BIG, &filter);
	ICMP6_FILTER_SETPASS(ICMP6_TIME_EXCEEDED, &filter);
	ICMP6_FILTER_SETPASS(ICMP6_PARAM_PROB, &filter);
	if (setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter,
		       sizeof(filter)))
		return -errno;
	return 0;
}

static int open_fd(int *ret_fd)
{
	auto_close int fd = socket(AF_INET6,
				   SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
				   IPPROTO_ICMPV6);
	int err;

	if (fd < 0)
		return -errno;
	err = set_filter(fd, false);
	if (!err)
		err = sock_set_int(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
	if (!err)
		err = sock_set_int(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1);
	if (!err) /* of Mobile Prefix Advertisements */
		err = sock_set_int(fd, IPPROTO_IPV6, IPV6_RECVRTHDR, 1);
	if (err)
		return err;
	*ret_fd = fd;
	fd = -1;
	return 0;
}

int icmp6_sock_open(struct loop *loop, struct sock_upcall up,
		    struct icmp6_sock **ret_is)
{
	struct icmp6_sock *is = calloc(1, sizeof(*is));
	int err;

	if (!is)
		return -ENOMEM;
	is->up = up;
	is->fd = -1;
	err = open_fd(&is->fd);
	if (!err)
		err = loop_add_fd(loop, is->fd, on_readable, is, &is->handle);
	if (err) {
		icmp6_sock_close(is);
		return err;
	}
	*ret_is = is;
	return 0;
}

int icmp6_sock_hear_mpa(struct icmp6_sock *is, bool on)
{
	return set_filter(is->fd, on);
}

struct icmp6_sock *icmp6_sock_close(struct icmp6_sock *is)
{
	if (!is)
		return NULL;
	loop_del_fd(is->handle);
	if (is->fd >= 0)
		close(is->fd);
	free(is);
	return NULL;
}
