/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The raw ICMPv6 socket for Mobile IPv6's own messages (RFC 6275 sections
 * 6.5 to 6.8): hears Mobile Prefix Solicitations with their Home Address
 * option, sends all of them, and joins anycast addresses (RFC 2526).
 *
 * The kernel drops an ICMPv6 message with a Home Address option for which no
 * policy asks.  A policy for all of ICMPv6 would let every forged echo
 * request in, one for each binding costs a walk over all routes, and one for
 * a single ICMPv6 type does not work: the kernel reads the type from the
 * wrong place behind other headers.  So this socket alone carries a policy of
 * its own that takes the option; what the kernel itself does with ICMPv6
 * stays as it is.  Whether the home address is bound to that care-of address
 * is left to the home agent's role.
 */
#include <errno.h>
#include <linux/xfrm.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mip6d/cleanup.h"
#include "src/sock/sock_priv.h"

#define MESSAGE_MAX 2048

struct mobile_sock {
	struct loop_fd *handle;
	struct sock_upcall up;
	int fd;
	uint8_t data[MESSAGE_MAX];
};

static void on_readable(void *arg, struct mtime now)
{
	struct mobile_sock *ms = arg;

	sock_receive(ms->fd, ms->up, ms->data, sizeof(ms->data), now);
}

static int set_filter(int fd, bool on)
{
	struct icmp6_filter filter;

	ICMP6_FILTER_SETBLOCKALL(&filter);
	if (on)
		ICMP6_FILTER_SETPASS(TYPE_MPS, &filter);
	return setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter,
			  sizeof(filter))
		       ? -errno
		       : 0;
}

static int set_options(int fd)
{
	static const int on[] = { IPV6_RECVPKTINFO, IPV6_RECVHOPLIMIT,
				  IPV6_RECVDSTOPTS, IPV6_RECVRTHDR };
	size_t i;
	int err;

	err = set_filter(fd, false);
	if (err)
		return err;
	for (i = 0; i < ARRAY_SIZE(on); i++) {
		err = sock_set_int(fd, IPPROTO_IPV6, on[i], 1);
		if (err)
			return err;
	}
	return 0;
}

/* The option is optional: a message without it is refused by the role, which
 * says why.  Any reqid: the wildcard state's, or that of one correspondent.
 * ESP is not: it stands first, since it is undone last. */
static int set_policy(int fd, bool esp)
{
	struct {
		struct xfrm_userpolicy_info info;
		struct xfrm_user_tmpl tmpl[2];
	} p;
	struct xfrm_user_tmpl *t = p.tmpl;

	memset(&p, 0, sizeof(p));
	p.info.sel.family = AF_INET6;
	p.info.lft.soft_byte_limit = p.info.lft.hard_byte_limit = XFRM_INF;
	p.info.lft.soft_packet_limit = p.info.lft.hard_packet_limit = XFRM_INF;
	p.info.dir = XFRM_POLICY_IN;
	p.info.action = XFRM_POLICY_ALLOW;
	p.info.share = XFRM_SHARE_ANY;
	if (esp) {
		t->id.proto = IPPROTO_ESP;
		t->family = AF_INET6;
		t->mode = XFRM_MODE_TRANSPORT;
		t->aalgos = t->ealgos = t->calgos = ~0u;
		t++;
	}
	t->id.proto = IPPROTO_DSTOPTS;
	t->family = AF_INET6;
	t->mode = XFRM_MODE_ROUTEOPTIMIZATION;
	t->optional = 1;
	t->aalgos = t->ealgos = t->calgos = ~0u;
	t++;
	return setsockopt(fd, IPPROTO_IPV6, IPV6_XFRM_POLICY, &p,
			  (socklen_t)((char *)t - (char *)&p))
		       ? -errno
		       : 0;
}

static int open_fd(int *ret_fd)
{
	auto_close int fd = socket(AF_INET6,
				   SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
				   IPPROTO_ICMPV6);
	int err;

	if (fd < 0)
		return -errno;
	err = set_options(fd);
	if (err)
		return err;
	*ret_fd = fd;
	fd = -1;
	return 0;
}

int mobile_sock_open(struct loop *loop, struct sock_upcall up,
		     struct mobile_sock **ret_ms)
{
	struct mobile_sock *ms = calloc(1, sizeof(*ms));
	int err;

	if (!ms)
		return -ENOMEM;
	ms->up = up;
	ms->fd = -1;
	err = open_fd(&ms->fd);
	if (!err)
		err = loop_add_fd(loop, ms->fd, on_readable, ms, &ms->handle);
	if (err) {
		mobile_sock_close(ms);
		return err;
	}
	*ret_ms = ms;
	return 0;
}

struct mobile_sock *mobile_sock_close(struct mobile_sock *ms)
{
	if (!ms)
		return NULL;
	loop_del_fd(ms->handle);
	if (ms->fd >= 0)
		close(ms->fd);
	free(ms);
	return NULL;
}

int mobile_sock_listen(struct mobile_sock *ms, bool on, bool esp)
{
	int err = set_filter(ms->fd, on);

	if (!err && on)
		err = set_policy(ms->fd, esp);
	else if (!err &&
		 setsockopt(ms->fd, IPPROTO_IPV6, IPV6_XFRM_POLICY, NULL, 0))
		err = -errno;
	return err;
}

int mobile_sock_send(struct mobile_sock *ms, const struct mh_send *msg)
{
	uint8_t control[ANCILLARY_MAX] __attribute__((aligned(8)));
	struct sockaddr_in6 to = {
		.sin6_family = AF_INET6,
		.sin6_addr = msg->dst,
		.sin6_scope_id = (uint32_t)msg->ifindex,
	};
	struct iovec iov = {
		.iov_base = (void *)(uintptr_t)msg->data,
		.iov_len = msg->len,
	};
	struct msghdr mh = {
		.msg_name = &to,
		.msg_namelen = sizeof(to),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
	};

	/* The kernel would leave the home address out of the checksum. */
	if (msg->hao)
		return -EOPNOTSUPP;
	mh.msg_controllen = ancillary_encode(control, msg);
	return sendmsg(ms->fd, &mh, MSG_DONTWAIT) < 0 ? -errno : 0;
}

int mobile_sock_anycast(struct mobile_sock *ms, int ifindex,
			const struct in6_addr *addr, bool on)
{
	struct ipv6_mreq mreq = {
		.ipv6mr_multiaddr = *addr,
		.ipv6mr_ifindex = ifindex,
	};

	return setsockopt(ms->fd, IPPROTO_IPV6,
			  on ? IPV6_JOIN_ANYCAST : IPV6_LEAVE_ANYCAST, &mreq,
			  sizeof(mreq))
		       ? -errno
		       : 0;
}
