/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The raw Mobility Header socket (RFC 6275 section 6.1).
 *
 * The kernel verifies checksum, Header Len and Payload Proto before a raw
 * socket reads, and answers with Parameter Problem itself; it does so once
 * for each socket that matches, so only one of ours ever matches.  This file
 * decides how much is read in a turn and how a message leaves.  What is in a
 * message is left to src/mh.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mip6d/buf.h"
#include "mip6d/cleanup.h"
#include "mip6d/log.h"
#include "src/sock/sock_priv.h"

#define MH_PROTO 135
#define MH_MAX   2048 /* Header Len is one octet of 8-octet units */
#define BATCH    64
/* Messages read in one turn: then the kernel requests that they caused
 * leave, and their answers, before more is read. */
#define TURN_BATCHES 4

struct mh_sock {
	struct loop_fd *handle;
	struct sock_upcall up;
	int fd;
	int bound_fd; /* for sending through a given interface */
	int bound_ifindex;
	int own_sum_fd; /* for a checksum that the kernel would get wrong */
	struct mmsghdr msgs[BATCH];
	struct iovec iov[BATCH];
	struct sockaddr_in6 from[BATCH];
	uint8_t data[BATCH][MH_MAX];
	uint8_t control[BATCH][512] __attribute__((aligned(8)));
};

static void prepare(struct mh_sock *ms)
{
	int i;

	for (i = 0; i < BATCH; i++) {
		ms->iov[i].iov_base = ms->data[i];
		ms->iov[i].iov_len = MH_MAX;
		ms->msgs[i].msg_hdr = (struct msghdr){
			.msg_name = &ms->from[i],
			.msg_namelen = sizeof(ms->from[i]),
			.msg_iov = &ms->iov[i],
			.msg_iovlen = 1,
			.msg_control = ms->control[i],
			.msg_controllen = sizeof(ms->control[i]),
		};
	}
}

static void deliver(struct mh_sock *ms, int i, struct mtime now)
{
	const struct msghdr *mh = &ms->msgs[i].msg_hdr;
	struct packet pkt = {
		.src = ms->from[i].sin6_addr,
		.when = now,
		.data = ms->data[i],
		.len = ms->msgs[i].msg_len,
	};

	/* Cut ancillary data could hide a home address. */
	if (mh->msg_flags & (MSG_TRUNC | MSG_CTRUNC))
		return;
	if (!ancillary_decode(mh, &pkt))
		ms->up.fn(ms->up.arg, &pkt);
}

static void on_readable(void *arg, struct mtime now)
{
	struct mh_sock *ms = arg;
	int round, i, n = BATCH;

	for (round = 0; round < TURN_BATCHES && n == BATCH; round++) {
		prepare(ms);
		n = recvmmsg(ms->fd, ms->msgs, BATCH, MSG_DONTWAIT, NULL);
		for (i = 0; i < n; i++)
			deliver(ms, i, now);
	}
}

static int open_receiver(int *ret_fd)
{
	static const int on[] = { IPV6_RECVPKTINFO, IPV6_RECVHOPLIMIT,
				  IPV6_RECVDSTOPTS, IPV6_RECVRTHDR };
	auto_close int fd = socket(
		AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, MH_PROTO);
	size_t i;
	int err;

	if (fd < 0)
		return -errno;
	for (i = 0; i < ARRAY_SIZE(on); i++) {
		err = sock_set_int(fd, IPPROTO_IPV6, on[i], 1);
		if (err)
			return err;
	}
	sock_set_bufs(fd, SOCK_BUF);
	*ret_fd = fd;
	fd = -1;
	return 0;
}

/* A socket that only sends, bound to lo.  Connected to the loopback address it
 * matches no packet that arrives, yet sends to whatever sendmsg names. */
static int open_sender(int *ret_fd)
{
	struct sockaddr_in6 lo = {
		.sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT,
	};
	auto_close int fd = socket(
		AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, MH_PROTO);
	int err;

	if (fd < 0)
		return -errno;
	err = sock_set_int(fd, SOL_SOCKET, SO_BINDTOIFINDEX, 1);
	if (err)
		return err;
	/* Without a route to ::1 (lo is down) it stays bound to lo, which
	 * hears nothing from outside either. */
	if (connect(fd, (struct sockaddr *)&lo, sizeof(lo)))
		log_debug("transport: no loopback: %s", strerror(errno));
	*ret_fd = fd;
	fd = -1;
	return 0;
}

int mh_sock_open(struct loop *loop, struct sock_upcall up,
		 struct mh_sock **ret_ms)
{
	struct mh_sock *ms = calloc(1, sizeof(*ms));
	int err;

	if (!ms)
		return -ENOMEM;
	ms->up = up;
	ms->fd = ms->bound_fd = ms->own_sum_fd = -1;
	err = open_receiver(&ms->fd);
	/* Binding a socket to an interface limits what it hears to that
	 * interface too, so sending through a given one needs its own. */
	if (!err)
		err = open_sender(&ms->bound_fd);
	if (!err)
		err = open_sender(&ms->own_sum_fd);
	if (!err)
		err = sock_set_int(ms->own_sum_fd, IPPROTO_IPV6, IPV6_CHECKSUM,
				   -1);
	/* From here on it only sends: it may leave by any interface. */
	if (!err)
		err = sock_set_int(ms->own_sum_fd, SOL_SOCKET, SO_BINDTOIFINDEX,
				   0);
	if (!err)
		err = loop_add_fd(loop, ms->fd, on_readable, ms, &ms->handle);
	if (err) {
		mh_sock_close(ms);
		return err;
	}
	*ret_ms = ms;
	return 0;
}

struct mh_sock *mh_sock_close(struct mh_sock *ms)
{
	if (!ms)
		return NULL;
	loop_del_fd(ms->handle);
	if (ms->fd >= 0)
		close(ms->fd);
	if (ms->bound_fd >= 0)
		close(ms->bound_fd);
	if (ms->own_sum_fd >= 0)
		close(ms->own_sum_fd);
	free(ms);
	return NULL;
}

/* The interface in IPV6_PKTINFO is only a hint to the kernel's route lookup;
 * the one a socket is bound to is an order. */
static int pick_socket(struct mh_sock *ms, int ifindex, int *ret_fd)
{
	int err;

	if (!ifindex) {
		*ret_fd = ms->fd;
		return 0;
	}
	if (ms->bound_ifindex != ifindex) {
		ms->bound_ifindex = 0;
		err = sock_set_int(ms->bound_fd, SOL_SOCKET, SO_BINDTOIFINDEX,
				   ifindex);
		if (err)
			return err;
		ms->bound_ifindex = ifindex;
	}
	*ret_fd = ms->bound_fd;
	return 0;
}

/* The kernel's own would cover the care-of address: for it that is the source,
 * and the Home Address option no more than octets (RFC 6275 section 6.1.1
 * wants the home address). */
static int fill_checksum(const struct mh_send *msg, uint8_t *copy)
{
	uint16_t sum;

	if (msg->len < 6 || msg->len > MH_MAX)
		return -EMSGSIZE;
	memcpy(copy, msg->data, msg->len);
	sum = buf_checksum6(&msg->src, &msg->dst, MH_PROTO, copy, msg->len);
	copy[4] = (uint8_t)(sum >> 8);
	copy[5] = (uint8_t)sum;
	return 0;
}

int mh_sock_send(struct mh_sock *ms, const struct mh_send *msg)
{
	uint8_t control[ANCILLARY_MAX] __attribute__((aligned(8)));
	uint8_t copy[MH_MAX];
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
	int err, fd;

	if (msg->hao) {
		err = fill_checksum(msg, copy);
		iov.iov_base = copy;
		fd = ms->own_sum_fd;
	} else {
		err = pick_socket(ms, msg->ifindex, &fd);
	}
	if (err)
		return err;
	mh.msg_controllen = ancillary_encode(control, msg);
	return sendmsg(fd, &mh, MSG_DONTWAIT) < 0 ? -errno : 0;
}
