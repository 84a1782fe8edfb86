/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who sends to a home address through the tunnel (RFC 6275 section 11.7.2):
 * samples of what comes out of the tunnel devices, by packet sockets.
 *
 * This file decides how little that may cost.  After a handful of packets
 * nothing passes the filter for a second, and then, as long as there is much,
 * one packet in SAMPLE only, so that a few packets of a fast flow do not hide
 * the others.  The filter is exchanged, never the socket: closing one waits
 * for every packet under way in the machine.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mip6d/cleanup.h"
#include "mip6d/log.h"
#include "src/netlink/flow.h"
#include "src/netlink/kmn_priv.h"

#define HANDFUL  16
#define PAUSE_MS 1000
#define SAMPLE   32
#define RCVBUF   (16 * 1024)
#define MH_PROTO 135

enum mode { MODE_ALL, MODE_SAMPLE, MODE_NOTHING };

struct kmn_listener {
	struct kernel *k;
	struct loop_fd *handle;
	struct kmn_listener *next;
	int fd, ifindex;
	enum mode mode;
	unsigned int seen;  /* in this period */
	struct mtime since; /* when it began */
	struct task resume;
};

/* The interface is one of IPv6 packets only. */
static int set_filter(int fd, enum mode mode)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 (uint32_t)(SKF_AD_OFF + SKF_AD_RANDOM)),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K,
			 mode == MODE_ALL ? UINT32_MAX : UINT32_MAX / SAMPLE, 3,
			 0),
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 6), /* next header */
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MH_PROTO, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, FLOW_SNAP),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_filter none[] = { BPF_STMT(BPF_RET | BPF_K, 0) };
	struct sock_fprog prog = { ARRAY_SIZE(code), code };

	if (mode == MODE_NOTHING)
		prog = (struct sock_fprog){ ARRAY_SIZE(none), none };
	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog))
		       ? -errno
		       : 0;
}

static void begin(struct kmn_listener *l, enum mode mode, struct mtime now)
{
	l->seen = 0;
	l->since = now;
	if (l->mode == mode)
		return;
	if (set_filter(l->fd, mode))
		log_debug("kernel: cannot filter what is received by the "
			  "tunnel");
	l->mode = mode;
}

static void drain(const struct kmn_listener *l)
{
	uint8_t octet;
	int i;

	for (i = 0; i < 1024; i++)
		if (recv(l->fd, &octet, sizeof(octet), MSG_DONTWAIT) < 0)
			return;
}

static void on_resume(struct task *task, struct mtime now)
{
	struct kmn_listener *l =
		container_of(task, struct kmn_listener, resume);

	begin(l, MODE_SAMPLE, now);
}

static void pause_listening(struct kmn_listener *l, struct mtime now)
{
	begin(l, MODE_NOTHING, now);
	drain(l);
	tqueue_start(loop_tqueue(l->k->loop), &l->resume,
		     mtime_add_ms(now, PAUSE_MS));
}

static void on_readable(void *arg, struct mtime now)
{
	struct kmn_listener *l = arg;
	uint8_t data[FLOW_SNAP];
	struct kernel_flow flow;
	struct in6_addr coa;
	ssize_t n;

	/* It was little for a whole period: all of it, from now on. */
	if (mtime_diff_ms(now, l->since) >= PAUSE_MS)
		begin(l, MODE_ALL, now);
	while (l->seen < HANDFUL) {
		n = recv(l->fd, data, sizeof(data), MSG_DONTWAIT);
		/* ENETDOWN is told once. */
		if (n < 0)
			return;
		l->seen++;
		if (!flow_parse(data, (size_t)n, &flow, &coa))
			continue;
		/* A Home Address option counts as far as it is believed. */
		if (addr_is_any(&coa) ||
		    kernel_ro_is_bound(l->k, &flow.hoa, &flow.peer, &coa))
			kernel_flow_tell(l->k, &flow);
	}
	pause_listening(l, now);
}

static int open_fd(int ifindex, int *ret_fd)
{
	struct sockaddr_ll ll = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IPV6),
		.sll_ifindex = ifindex,
	};
	/* Filter first, bind last: nothing slips in between. */
	auto_close int fd =
		socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int err, size = RCVBUF;

	if (fd < 0)
		return -errno;
	err = set_filter(fd, MODE_ALL);
	if (err)
		return err;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (bind(fd, (struct sockaddr *)&ll, sizeof(ll)))
		return -errno;
	*ret_fd = fd;
	fd = -1;
	return 0;
}

static void close_listener(struct kmn_listener *l)
{
	task_stop(&l->resume);
	loop_del_fd(l->handle);
	if (l->fd >= 0)
		close(l->fd);
	free(l);
}

static int listen_on(struct kernel_mn *mn, int ifindex)
{
	struct kmn_listener *l = calloc(1, sizeof(*l));
	int err;

	if (!l)
		return -ENOMEM;
	*l = (struct kmn_listener){
		.k = mn->k,
		.fd = -1,
		.ifindex = ifindex,
		.since = loop_now(mn->k->loop),
	};
	task_init(&l->resume, on_resume);
	err = open_fd(ifindex, &l->fd);
	if (!err)
		err = loop_add_fd(mn->k->loop, l->fd, on_readable, l,
				  &l->handle);
	if (err) {
		close_listener(l);
		return err;
	}
	l->next = mn->listeners;
	mn->listeners = l;
	return 0;
}

/* Whether traffic of some home address that is away could come out of it. */
static bool is_wanted(const struct kernel_mn *mn, const struct kmn_tunnel *t)
{
	struct ro_rules rules = { mn->rules, mn->n_rules };
	int h;

	if (!t->used || !ro_rules_have(&rules, KERNEL_RULE_OPTIMISE))
		return false;
	for (h = 0; h < KMN_MAX_HOMES; h++)
		if (mn->homes[h].have.place == KERNEL_MN_AWAY &&
		    addr_eq(&mn->homes[h].have.ha, &t->ha))
			return true;
	return false;
}

static const struct kmn_tunnel *find_tunnel(const struct kernel_mn *mn,
					    int ifindex)
{
	int i;

	for (i = 0; i < KMN_MAX_HOMES; i++)
		if (mn->tunnels[i].ifindex == ifindex && mn->tunnels[i].used)
			return &mn->tunnels[i];
	return NULL;
}

static bool is_listened(const struct kernel_mn *mn, int ifindex)
{
	const struct kmn_listener *l = mn->listeners;

	while (l && l->ifindex != ifindex)
		l = l->next;
	return l;
}

void kmn_listen_update(struct kernel_mn *mn)
{
	struct kmn_listener **at = &mn->listeners, *l;
	int i, err;

	while ((l = *at)) {
		const struct kmn_tunnel *t = find_tunnel(mn, l->ifindex);

		if (t && is_wanted(mn, t)) {
			at = &l->next;
		} else {
			*at = l->next;
			close_listener(l);
		}
	}
	for (i = 0; i < KMN_MAX_HOMES; i++) {
		const struct kmn_tunnel *t = &mn->tunnels[i];

		if (!is_wanted(mn, t) || is_listened(mn, t->ifindex))
			continue;
		err = listen_on(mn, t->ifindex);
		if (err)
			log_warning("kernel: cannot see who sends through "
				    "%s: %s",
				    t->name, strerror(-err));
	}
}

void kmn_listen_done(struct kernel_mn *mn)
{
	struct kmn_listener *l;

	while ((l = mn->listeners)) {
		mn->listeners = l->next;
		close_listener(l);
	}
}
