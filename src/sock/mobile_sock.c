/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The raw ICMPv6 sockets for Mobile IPv6's own messages (RFC 6275 sections
 * 6.5 to 6.8): one hears Mobile Prefix Solicitations with their Home Address
 * option, sends all of them, and joins anycast addresses (RFC 2526); the
 * other hears Mobile Prefix Advertisements that came by ESP.
 *
 * The kernel drops an ICMPv6 message with a Home Address option for which no
 * policy asks.  A policy for all of ICMPv6 would let every forged echo
 * request in, and have every other message of a home agent come by ESP; one
 * for each binding costs a walk over all routes, and one for a single ICMPv6
 * type does not work: the kernel reads the type from the wrong place behind
 * other headers.  So each of these sockets carries a policy of its own that
 * says how what it hears must have come; what the kernel itself does with
 * ICMPv6 stays as it is.  Whether the home address is bound to that care-of
 * address is left to the home agent's role, and who wants ESP to the mobile
 * node's.
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

/* One socket, and what passes its filter while it is on. */
struct ear {
	struct mobile_sock *ms;
	struct sock_upcall up;
	struct loop_fd *handle;
	int fd;
	uint8_t type;   /* of ICMPv6 */
	uint8_t header; /* optional: an extension header that it may have */
};

struct mobile_sock {
	struct ear mps; /* sends, too */
	struct ear mpa;
	uint8_t data[ICMP6_MAX_LEN];
};

static void on_readable(void *arg, struct mtime now)
{
	struct ear *e = arg;

	sock_receive(e->fd, e->up, e->ms->data, sizeof(e->ms->data), now);
}

static int set_filter(const struct ear *e, bool on)
{
	struct icmp6_filter filter;

	ICMP6_FILTER_SETBLOCKALL(&filter);
	if (on)
		ICMP6_FILTER_SETPASS(e->type, &filter);
	return setsockopt(e->fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter,
			  sizeof(filter))
		       ? -errno
		       : 0;
}

static int set_options(const struct ear *e)
{
	static const int on[] = { IPV6_RECVPKTINFO, IPV6_RECVHOPLIMIT,
				  IPV6_RECVDSTOPTS, IPV6_RECVRTHDR };
	size_t i;
	int err;

	err = set_filter(e, false);
	if (err)
		return err;
	for (i = 0; i < ARRAY_SIZE(on); i++) {
		err = sock_set_int(e->fd, IPPROTO_IPV6, on[i], 1);
		if (err)
			return err;
	}
	return 0;
}

/* The header is optional: a message without it is refused by the role, which
 * says why.  Any reqid: a wildcard state's, or that of one correspondent; and
 * whoever made the association, which carries its two addresses alone.  ESP
 * is not optional: it stands first, since it is undone last. */
static int set_policy(const struct ear *e, bool esp)
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
	t->id.proto = e->header;
	t->family = AF_INET6;
	t->mode = XFRM_MODE_ROUTEOPTIMIZATION;
	t->optional = 1;
	t->aalgos = t->ealgos = t->calgos = ~0u;
	t++;
	return setsockopt(e->fd, IPPROTO_IPV6, IPV6_XFRM_POLICY, &p,
			  (socklen_t)((char *)t - (char *)&p))
		       ? -errno
		       : 0;
}

static int hear(struct ear *e, bool on, bool esp)
{
	int err;

	/* Nothing passes the filter before the policy is there. */
	err = on ? set_policy(e, esp) : 0;
	if (!err)
		err = set_filter(e, on);
	return err;
}

int mobile_sock_hear_mps(struct mobile_sock *ms, bool on, bool esp)
{
	int err = hear(&ms->mps, on, esp);

	/* It sends, too, and must not keep what is not asked for. */
	if (!err && !on &&
	    setsockopt(ms->mps.fd, IPPROTO_IPV6, IPV6_XFRM_POLICY, NULL, 0))
		err = -errno;
	return err;
}

int mobile_sock_hear_mpa(struct mobile_sock *ms, bool on)
{
	return hear(&ms->mpa, on, true);
}

static int ear_open(struct loop *loop, struct ear *e)
{
	int err;

	e->fd = socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
		       IPPROTO_ICMPV6);
	if (e->fd < 0)
		return -errno;
	err = set_options(e);
	if (!err)
		err = loop_add_fd(loop, e->fd, on_readable, e, &e->handle);
	return err;
}

static void ear_close(struct ear *e)
{
	loop_del_fd(e->handle);
	if (e->fd >= 0)
		close(e->fd);
}

int mobile_sock_open(struct loop *loop, struct sock_upcall up,
		     struct mobile_sock **ret_ms)
{
	struct mobile_sock *ms = calloc(1, sizeof(*ms));
	int err;

	if (!ms)
		return -ENOMEM;
	ms->mps = (struct ear){ .ms = ms,
				.up = up,
				.fd = -1,
				.type = TYPE_MPS,
				.header = IPPROTO_DSTOPTS };
	up.by_esp = true;
	ms->mpa = (struct ear){ .ms = ms,
				.up = up,
				.fd = -1,
				.type = TYPE_MPA,
				.header = IPPROTO_ROUTING };
	err = ear_open(loop, &ms->mps);
	if (!err)
		err = ear_open(loop, &ms->mpa);
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
	ear_close(&ms->mpa);
	ear_close(&ms->mps);
	free(ms);
	return NULL;
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
	return sendmsg(ms->mps.fd, &mh, MSG_DONTWAIT) < 0 ? -errno : 0;
}

int mobile_sock_anycast(struct mobile_sock *ms, int ifindex,
			const struct in6_addr *addr, bool on)
{
	struct ipv6_mreq mreq = {
		.ipv6mr_multiaddr = *addr,
		.ipv6mr_ifindex = ifindex,
	};

	return setsockopt(ms->mps.fd, IPPROTO_IPV6,
			  on ? IPV6_JOIN_ANYCAST : IPV6_LEAVE_ANYCAST, &mreq,
			  sizeof(mreq))
		       ? -errno
		       : 0;
}
