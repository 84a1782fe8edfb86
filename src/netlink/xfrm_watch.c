/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The socket for XFRM's questions and reports (src/netlink/xfrm_watch.h).
 *
 * What is lost because the buffer was full is not asked for: the next packet
 * of the flow says it again.  This file decides how many are read in a turn.
 */
#include "src/netlink/xfrm_watch.h"

#include <errno.h>
#include <linux/xfrm.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mip6d/cleanup.h"
#include "src/netlink/kernel_priv.h"
#include "src/netlink/nldec.h"

#define RECV_OCTETS (16 * 1024)
#define TURN_MAX    64

struct xfrm_watch {
	struct kernel *k;
	struct loop_fd *handle;
	int fd;
	uint8_t in[RECV_OCTETS] __attribute__((aligned(8)));
};

static void take(struct kernel *k, const struct nlmsghdr *nlh)
{
	struct kernel_event ev;

	if (!xfrm_decode(nlh, &ev))
		return;
	if (ev.type == KERNEL_FLOW)
		kernel_flow_tell(k, &ev.flow);
	else
		k->on_event(k->arg, &ev);
}

static bool read_one(struct xfrm_watch *w)
{
	const struct nlmsghdr *nlh;
	struct sockaddr_nl from = { 0 };
	socklen_t from_len = sizeof(from);
	size_t pos = 0;
	ssize_t n = recvfrom(w->fd, w->in, sizeof(w->in), MSG_DONTWAIT,
			     (struct sockaddr *)&from, &from_len);

	if (n < 0)
		return errno == EINTR || errno == ENOBUFS;
	/* Other processes can send to us too. */
	if (from.nl_pid) {
		w->k->forged++;
		return true;
	}
	while ((nlh = nldec_next(w->in, (size_t)n, &pos)))
		take(w->k, nlh);
	return true;
}

static void on_readable(void *arg, struct mtime now)
{
	int i;

	(void)now;
	for (i = 0; i < TURN_MAX && read_one(arg); i++)
		;
}

uint32_t xfrm_watch_groups(void)
{
	return 1u << (XFRMNLGRP_ACQUIRE - 1) | 1u << (XFRMNLGRP_REPORT - 1);
}

static int open_fd(int *ret_fd)
{
	struct sockaddr_nl local = {
		.nl_family = AF_NETLINK,
		.nl_groups = 1u << (XFRMNLGRP_REPORT - 1),
	};
	auto_close int fd = socket(AF_NETLINK,
				   SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
				   NETLINK_XFRM);

	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&local, sizeof(local)))
		return -errno;
	*ret_fd = fd;
	fd = -1;
	return 0;
}

int xfrm_watch_acquire(struct xfrm_watch *w, bool on)
{
	int group = XFRMNLGRP_ACQUIRE;

	return setsockopt(w->fd, SOL_NETLINK,
			  on ? NETLINK_ADD_MEMBERSHIP : NETLINK_DROP_MEMBERSHIP,
			  &group, sizeof(group))
		       ? -errno
		       : 0;
}

int xfrm_watch_open(struct kernel *k, struct xfrm_watch **ret_watch)
{
	struct xfrm_watch *w = calloc(1, sizeof(*w));
	int err;

	if (!w)
		return -ENOMEM;
	w->k = k;
	w->fd = -1;
	err = open_fd(&w->fd);
	if (!err)
		err = loop_add_fd(k->loop, w->fd, on_readable, w, &w->handle);
	if (err) {
		xfrm_watch_close(w);
		return err;
	}
	*ret_watch = w;
	return 0;
}

struct xfrm_watch *xfrm_watch_close(struct xfrm_watch *w)
{
	if (!w)
		return NULL;
	loop_del_fd(w->handle);
	if (w->fd >= 0)
		close(w->fd);
	free(w);
	return NULL;
}
