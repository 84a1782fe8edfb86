/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Watching the kernel (src/netlink/watch.h): what is known of links,
 * addresses and default routes is kept, and differences are told.
 *
 * Routes that are no default routes are filtered out in the kernel, since a
 * home agent has one for each binding.  Neighbours are not kept at all.
 *
 * When the kernel had to drop events (ENOBUFS) everything is read again and
 * the difference is told; when that does not succeed either, once more a
 * little later, until it does.
 */
#include "src/netlink/watch.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mip6d/cleanup.h"
#include "mip6d/log.h"
#include "src/netlink/kernel_priv.h"
#include "src/netlink/known.h"
#include "src/netlink/nldec.h"

#define RCVBUF      (4 * 1024 * 1024)
#define RECV_OCTETS (64 * 1024)
#define TURN_MAX    64
#define RETRY_MS    1000

struct watch {
	struct kernel *k;
	struct known *known;
	struct loop_fd *handle;
	int fd;
	bool quiet; /* nothing is told before the first task ran */
	struct task start_task, retry_task;
	uint8_t in[RECV_OCTETS] __attribute__((aligned(8)));
};

static void tell(void *arg, const struct kernel_event *ev)
{
	struct watch *w = arg;

	if (w->quiet)
		return;
	if (ev->type == KERNEL_ADDR)
		own_addrs_changed(w->k);
	w->k->on_event(w->k->arg, ev);
}

static void take(struct watch *w, const struct nlmsghdr *nlh)
{
	struct kernel_event ev;
	unsigned int part;

	for (part = 0; watch_decode(nlh, part, &ev); part++)
		if (known_update(w->known, &ev))
			tell(w, &ev);
}

/* ---- reading everything ---- */

static void on_dumped(void *arg, const struct nlmsghdr *nlh)
{
	struct watch *w = arg;
	struct kernel_event ev;
	unsigned int part;

	for (part = 0; watch_decode(nlh, part, &ev); part++)
		known_read(w->known, &ev);
}

static int dump(struct watch *w, uint16_t type, const void *fixed, size_t len)
{
	nlenc_begin(nlb_begin(w->k->nl, NLB_ROUTE), type, 0, fixed, len);
	return nlb_dump(w->k->nl, on_dumped, w);
}

/* Links first: who hears of an address knows its interface. */
static int read_all(struct watch *w)
{
	struct ifinfomsg ifi = { .ifi_family = AF_UNSPEC };
	struct ifaddrmsg ifa = { .ifa_family = AF_INET6 };
	struct rtmsg rtm = { .rtm_family = AF_INET6 };
	int err;

	known_mark(w->known);
	err = dump(w, RTM_GETLINK, &ifi, sizeof(ifi));
	if (!err)
		err = dump(w, RTM_GETADDR, &ifa, sizeof(ifa));
	if (!err)
		err = dump(w, RTM_GETROUTE, &rtm, sizeof(rtm));
	if (!err)
		known_sweep(w->known, tell, w);
	return err;
}

/* What still waits is older than what was lost: told after a new reading it
 * would bring back what is gone. */
static void drain(struct watch *w)
{
	ssize_t n;

	do
		n = recv(w->fd, w->in, sizeof(w->in), MSG_DONTWAIT);
	while (n >= 0 || errno == EINTR || errno == ENOBUFS);
}

static void read_again(struct watch *w)
{
	struct mtime now = loop_now(w->k->loop);
	int err;

	drain(w);
	err = read_all(w);
	if (!err) {
		task_stop(&w->retry_task);
		return;
	}
	log_error("kernel: cannot read links, addresses and routes: %s; once "
		  "more in a second",
		  strerror(-err));
	tqueue_start(loop_tqueue(w->k->loop), &w->retry_task,
		     mtime_add_ms(now, RETRY_MS));
}

static void retry(struct task *task, struct mtime now)
{
	(void)now;
	read_again(container_of(task, struct watch, retry_task));
}

static void resync(struct watch *w)
{
	log_notice("kernel: events were lost, reading everything again");
	read_again(w);
}

/* ---- events ---- */

static bool read_one(struct watch *w)
{
	const struct nlmsghdr *nlh;
	struct sockaddr_nl from = { 0 };
	socklen_t from_len = sizeof(from);
	size_t pos = 0;
	ssize_t n = recvfrom(w->fd, w->in, sizeof(w->in), MSG_DONTWAIT,
			     (struct sockaddr *)&from, &from_len);

	if (n < 0) {
		if (errno == ENOBUFS)
			resync(w);
		return errno == EINTR;
	}
	/* Other processes can send to us too. */
	if (from.nl_pid) {
		w->k->forged++;
		return true;
	}
	while ((nlh = nldec_next(w->in, (size_t)n, &pos)))
		take(w, nlh);
	return true;
}

static void on_readable(void *arg, struct mtime now)
{
	int i;

	(void)now;
	for (i = 0; i < TURN_MAX && read_one(arg); i++)
		;
}

/* ---- opening ---- */

/* Lets pass: links; IPv6 addresses and neighbours; default routes. */
static int set_filter(int fd)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS,
			 offsetof(struct nlmsghdr, nlmsg_type)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htons(RTM_NEWLINK), 8, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htons(RTM_DELLINK), 7, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htons(RTM_NEWROUTE), 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htons(RTM_DELROUTE), 0, 2),
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS,
			 NLMSG_HDRLEN + offsetof(struct rtmsg, rtm_dst_len)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 2),
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, NLMSG_HDRLEN),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
	};
	struct sock_fprog prog = { ARRAY_SIZE(code), code };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog))
		       ? -errno
		       : 0;
}

static int open_events(int *ret_fd)
{
	struct sockaddr_nl local = {
		.nl_family = AF_NETLINK,
		.nl_groups = RTMGRP_LINK | RTMGRP_NEIGH | RTMGRP_IPV6_IFADDR |
			     RTMGRP_IPV6_ROUTE,
	};
	auto_close int fd = socket(AF_NETLINK,
				   SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
				   NETLINK_ROUTE);
	int err, size = RCVBUF;

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	err = set_filter(fd);
	if (err)
		return err;
	if (bind(fd, (struct sockaddr *)&local, sizeof(local)))
		return -errno;
	*ret_fd = fd;
	fd = -1;
	return 0;
}

/* Tells what there is; only then are changes read, so that they come after
 * it. */
static void start(struct task *task, struct mtime now)
{
	struct watch *w = container_of(task, struct watch, start_task);
	struct kernel_event synced = { .type = KERNEL_SYNCED };

	(void)now;
	w->quiet = false;
	known_walk(w->known, tell, w);
	tell(w, &synced);
	if (loop_add_fd(w->k->loop, w->fd, on_readable, w, &w->handle))
		log_error("kernel: cannot watch: out of memory");
}

/* Subscribes first and reads then: what happens in between is told twice
 * rather than never. */
int watch_open(struct kernel *k, struct watch **ret_watch)
{
	struct watch *w = calloc(1, sizeof(*w));
	int err;

	if (!w)
		return -ENOMEM;
	w->k = k;
	w->fd = -1;
	w->quiet = true;
	task_init(&w->start_task, start);
	task_init(&w->retry_task, retry);
	w->known = known_new();
	err = w->known ? open_events(&w->fd) : -ENOMEM;
	if (!err)
		err = read_all(w);
	if (err) {
		watch_close(w);
		return err;
	}
	tqueue_start(loop_tqueue(k->loop), &w->start_task, loop_now(k->loop));
	*ret_watch = w;
	return 0;
}

struct watch *watch_close(struct watch *w)
{
	if (!w)
		return NULL;
	task_stop(&w->start_task);
	task_stop(&w->retry_task);
	loop_del_fd(w->handle);
	if (w->fd >= 0)
		close(w->fd);
	known_free(w->known);
	free(w);
	return NULL;
}

void watch_walk(const struct watch *w, kernel_event_fn *fn, void *arg)
{
	known_walk(w->known, fn, arg);
}

bool watch_is_local(const struct watch *w, const struct in6_addr *addr)
{
	return known_is_local(w->known, addr);
}

int watch_addr_find(const struct watch *w, const struct in6_addr *addr,
		    int ifindex, struct kernel_addr *ret_addr)
{
	return known_addr(w->known, addr, ifindex, ret_addr);
}
