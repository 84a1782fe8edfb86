/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Watching the kernel (src/netlink/watch.h) with libnl's object caches for
 * links and addresses.
 *
 * Default routes are kept in a list of our own: libnl takes two default
 * routes of one metric for the same object, and after a move there are two.
 * All other routes are filtered out in the kernel, since a home agent has one
 * for each binding.  Neighbours are not kept at all.
 *
 * When the kernel had to drop events (ENOBUFS) everything is read again and
 * the difference is told.
 */
#include "src/netlink/watch.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/rtnetlink.h>
#include <netlink/cache.h>
#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mip6d/cleanup.h"
#include "mip6d/log.h"
#include "src/netlink/kernel_priv.h"

#define RCVBUF (4 * 1024 * 1024)
#define RECV_OCTETS (64 * 1024)
#define TURN_MAX 64

struct router {
	struct kernel_router r;
	bool seen; /* in the dump that runs */
	struct router *next;
};

struct watch {
	struct kernel *k;
	struct nl_sock *sync; /* fills the caches */
	struct nl_cache *links, *addrs;
	struct router *routers;
	struct loop_fd *handle;
	int fd;
	bool quiet; /* nothing is told before the first task ran */
	struct task start_task;
	uint8_t in[RECV_OCTETS] __attribute__((aligned(8)));
};

static void tell(struct watch *w, const struct kernel_event *ev)
{
	if (!w->quiet)
		w->k->on_event(w->k->arg, ev);
}

static void tell_object(struct watch *w, struct nl_object *obj, bool gone)
{
	struct kernel_event ev;

	if (watch_translate(obj, gone, 0, &ev))
		tell(w, &ev);
}

/* ---- default routes ---- */

static struct router **find_router(struct watch *w,
				   const struct kernel_router *r)
{
	struct router **at = &w->routers;

	while (*at && ((*at)->r.ifindex != r->ifindex ||
		       (*at)->r.metric != r->metric ||
		       !addr_eq(&(*at)->r.gateway, &r->gateway)))
		at = &(*at)->next;
	return at;
}

static void add_router(struct watch *w, const struct kernel_event *ev)
{
	struct router **at = find_router(w, &ev->router);

	if (!*at) {
		*at = calloc(1, sizeof(**at));
		if (!*at)
			return;
		(*at)->r = ev->router;
		tell(w, ev);
	}
	(*at)->seen = true;
}

static void del_router(struct watch *w, struct router **at)
{
	struct kernel_event ev = { .type = KERNEL_ROUTER };
	struct router *r = *at;

	ev.router = r->r;
	ev.router.gone = true;
	*at = r->next;
	free(r);
	tell(w, &ev);
}

static void take_route(struct watch *w, struct nl_object *obj, bool gone)
{
	struct kernel_event ev;
	struct router **at;
	int part;

	for (part = 0; watch_translate(obj, gone, part, &ev); part++) {
		if (!gone) {
			add_router(w, &ev);
			continue;
		}
		at = find_router(w, &ev.router);
		if (*at)
			del_router(w, at);
	}
}

static void on_dumped_object(void *arg, struct nl_object *obj, bool gone)
{
	take_route(arg, obj, gone);
}

static void on_dumped_route(void *arg, const struct nlmsghdr *nlh)
{
	const struct rtmsg *rtm = NLMSG_DATA(nlh);

	/* Before libnl builds an object of each of a hundred thousand. */
	if (nlh->nlmsg_len >= NLMSG_LENGTH(sizeof(*rtm)) && !rtm->rtm_dst_len)
		watch_decode(nlh, nlh->nlmsg_len, on_dumped_object, arg);
}

static int read_routes(struct watch *w)
{
	struct rtmsg rtm = { .rtm_family = AF_INET6 };
	struct router **at, *r;
	int err;

	for (r = w->routers; r; r = r->next)
		r->seen = false;
	nlenc_begin(nlb_begin(w->k->nl, NLB_ROUTE), RTM_GETROUTE, 0, &rtm,
		    sizeof(rtm));
	err = nlb_dump(w->k->nl, on_dumped_route, w);
	if (err)
		return err;
	for (at = &w->routers; *at;)
		if ((*at)->seen)
			at = &(*at)->next;
		else
			del_router(w, at);
	return 0;
}

/* ---- events ---- */

static void on_change(struct nl_cache *cache, struct nl_object *obj,
		      int action, void *arg)
{
	(void)cache;
	tell_object(arg, obj, action == NL_ACT_DEL);
}

static void on_object(void *arg, struct nl_object *obj, bool gone)
{
	struct watch *w = arg;
	const char *type = nl_object_get_type(obj);

	if (!strcmp(type, "route/link"))
		nl_cache_include(w->links, obj, on_change, w);
	else if (!strcmp(type, "route/addr"))
		nl_cache_include(w->addrs, obj, on_change, w);
	else if (!strcmp(type, "route/route"))
		take_route(w, obj, gone);
	else
		tell_object(w, obj, gone);
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

static void resync(struct watch *w)
{
	int err;

	log_notice("kernel: events were lost, reading everything again");
	drain(w);
	err = nl_cache_resync(w->sync, w->links, on_change, w);
	if (err >= 0)
		err = nl_cache_resync(w->sync, w->addrs, on_change, w);
	if (err < 0)
		log_error("kernel: cannot read links and addresses: %s",
			  nl_geterror(err));
	err = read_routes(w);
	if (err)
		log_error("kernel: cannot read routes: %s", strerror(-err));
}

static bool read_one(struct watch *w)
{
	struct sockaddr_nl from;
	socklen_t from_len = sizeof(from);
	struct nlmsghdr *nlh = (void *)w->in;
	ssize_t n = recvfrom(w->fd, w->in, sizeof(w->in), MSG_DONTWAIT,
			     (struct sockaddr *)&from, &from_len);
	unsigned int left;

	if (n < 0) {
		if (errno == ENOBUFS)
			resync(w);
		return errno == EINTR;
	}
	/* Other processes can send to us too. */
	if (from.nl_pid)
		return true;
	for (left = (unsigned int)n; NLMSG_OK(nlh, left);
	     nlh = NLMSG_NEXT(nlh, left))
		watch_decode(nlh, nlh->nlmsg_len, on_object, w);
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

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
			  sizeof(prog)) ? -errno : 0;
}

static int open_events(int *ret_fd)
{
	struct sockaddr_nl local = {
		.nl_family = AF_NETLINK,
		.nl_groups = RTMGRP_LINK | RTMGRP_NEIGH |
			     RTMGRP_IPV6_IFADDR | RTMGRP_IPV6_ROUTE,
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

static int fill_caches(struct watch *w)
{
	int err;

	w->sync = nl_socket_alloc();
	if (!w->sync)
		return -ENOMEM;
	err = nl_connect(w->sync, NETLINK_ROUTE);
	if (err >= 0)
		err = rtnl_link_alloc_cache(w->sync, AF_UNSPEC, &w->links);
	if (err >= 0)
		err = rtnl_addr_alloc_cache(w->sync, &w->addrs);
	if (err < 0) {
		log_error("kernel: cannot read links and addresses: %s",
			  nl_geterror(err));
		return -EIO;
	}
	return read_routes(w);
}

static void tell_cache(struct watch *w, struct nl_cache *cache)
{
	struct nl_object *obj;

	for (obj = nl_cache_get_first(cache); obj; obj = nl_cache_get_next(obj))
		tell_object(w, obj, false);
}

/* Tells what there is; only then are changes read, so that they come after
 * it. */
static void start(struct task *task, struct mtime now)
{
	struct watch *w = container_of(task, struct watch, start_task);
	struct kernel_event ev = { .type = KERNEL_ROUTER };
	struct router *r;

	(void)now;
	w->quiet = false;
	tell_cache(w, w->links);
	tell_cache(w, w->addrs);
	for (r = w->routers; r; r = r->next) {
		ev.router = r->r;
		tell(w, &ev);
	}
	ev = (struct kernel_event){ .type = KERNEL_SYNCED };
	tell(w, &ev);
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
	err = open_events(&w->fd);
	if (!err)
		err = fill_caches(w);
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
	struct router *r;

	if (!w)
		return NULL;
	task_stop(&w->start_task);
	loop_del_fd(w->handle);
	if (w->fd >= 0)
		close(w->fd);
	nl_cache_free(w->links);
	nl_cache_free(w->addrs);
	nl_socket_free(w->sync);
	while ((r = w->routers)) {
		w->routers = r->next;
		free(r);
	}
	free(w);
	return NULL;
}

int watch_addr_find(struct watch *w, const struct in6_addr *addr, int ifindex,
		    struct kernel_addr *ret_addr)
{
	struct nl_object *obj;
	struct kernel_event ev;

	for (obj = nl_cache_get_first(w->addrs); obj;
	     obj = nl_cache_get_next(obj)) {
		if (!watch_translate(obj, false, 0, &ev) ||
		    !addr_eq(&ev.addr.addr, addr) ||
		    (ifindex && ev.addr.ifindex != ifindex))
			continue;
		if (ret_addr)
			*ret_addr = ev.addr;
		return 0;
	}
	return -ENOENT;
}
