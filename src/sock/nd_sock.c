/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packet sockets for neighbour discovery: hearing every solicitation and
 * advertisement on an interface, whatever multicast group it went to, and
 * sending any (a defence, a probe, an announcement for somebody else) with
 * any source address, :: included.
 *
 * This file decides which frames are heard: ICMPv6 types 135 and 136 with
 * hop limit 255 (RFC 4861 section 7.1), not our own; and, where asked for,
 * the router advertisements that leave this machine.  What they say is left
 * to src/mh.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/icmp6.h>
#include <netinet/ip6.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mip6d/cleanup.h"
#include "mip6d/log.h"
#include "src/sock/sock_priv.h"

#define FRAME_MAX 2048 /* longer ones are no neighbour discovery */
#define TURN_MAX  256
#define HDR_LEN   sizeof(struct ip6_hdr)

struct listener {
	struct nd_sock *ns;
	struct loop_fd *handle;
	struct listener *next;
	int fd, ifindex;
	unsigned int users;
	bool ra; /* router advertisements of this machine, nothing else */
};

struct nd_sock {
	struct loop *loop;
	struct sock_upcall up;
	struct listener *listeners;
	int send_fd;
};

static const struct sock_filter nd_only[] = {
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, offsetof(struct ip6_hdr, ip6_nxt)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_ICMPV6, 0, 6),
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, offsetof(struct ip6_hdr, ip6_hlim)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 255, 0, 4),
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, sizeof(struct ip6_hdr)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ND_NEIGHBOR_SOLICIT, 1, 0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ND_NEIGHBOR_ADVERT, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, FRAME_MAX),
	BPF_STMT(BPF_RET | BPF_K, 0),
};

/* Advertisements of others come through the raw socket. */
static const struct sock_filter own_ra_only[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		 (uint32_t)(SKF_AD_OFF + SKF_AD_PKTTYPE)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PACKET_OUTGOING, 0, 9),
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		 (uint32_t)(SKF_AD_OFF + SKF_AD_PROTOCOL)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IPV6, 0, 7),
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, offsetof(struct ip6_hdr, ip6_nxt)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_ICMPV6, 0, 5),
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, offsetof(struct ip6_hdr, ip6_hlim)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 255, 0, 3),
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, sizeof(struct ip6_hdr)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ND_ROUTER_ADVERT, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, FRAME_MAX),
	BPF_STMT(BPF_RET | BPF_K, 0),
};

static void deliver(struct listener *l, const uint8_t *frame, size_t len,
		    const struct sockaddr_ll *from, struct mtime now)
{
	struct packet pkt = { .ifindex = l->ifindex, .when = now };
	struct ip6_hdr ip;
	size_t payload;

	if (len < HDR_LEN || from->sll_pkttype == PACKET_OTHERHOST ||
	    (from->sll_pkttype == PACKET_OUTGOING) != l->ra)
		return;
	memcpy(&ip, frame, sizeof(ip));
	payload = ntohs(ip.ip6_plen);
	if (ip.ip6_vfc >> 4 != 6 || payload > len - HDR_LEN)
		return;
	pkt.src = pkt.wire_src = ip.ip6_src;
	pkt.dst = pkt.wire_dst = ip.ip6_dst;
	pkt.hop_limit = ip.ip6_hlim;
	pkt.data = frame + HDR_LEN;
	pkt.len = payload;
	if (from->sll_halen && from->sll_halen <= sizeof(from->sll_addr)) {
		pkt.lladdr.len = from->sll_halen;
		memcpy(pkt.lladdr.addr, from->sll_addr, from->sll_halen);
	}
	l->ns->up.fn(l->ns->up.arg, &pkt);
}

static void on_readable(void *arg, struct mtime now)
{
	struct listener *l = arg;
	uint8_t frame[FRAME_MAX];
	struct sockaddr_ll from = { 0 };
	int i;

	for (i = 0; i < TURN_MAX; i++) {
		socklen_t from_len = sizeof(from);
		ssize_t n = recvfrom(l->fd, frame, sizeof(frame), MSG_DONTWAIT,
				     (struct sockaddr *)&from, &from_len);

		/* ENETDOWN is told once; the socket goes on by itself when
		 * the interface comes up again. */
		if (n < 0)
			return;
		deliver(l, frame, (size_t)n, &from, now);
	}
}

static int hear_all_groups(int fd, int ifindex)
{
	struct packet_mreq mreq = {
		.mr_ifindex = ifindex,
		.mr_type = PACKET_MR_ALLMULTI,
	};

	if (setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &mreq,
		       sizeof(mreq)))
		return -errno;
	return 0;
}

static struct sock_fprog filter_of(bool ra)
{
	const struct sock_filter *f = ra ? own_ra_only : nd_only;

	return (struct sock_fprog){
		.len = ra ? ARRAY_SIZE(own_ra_only) : ARRAY_SIZE(nd_only),
		.filter = (struct sock_filter *)(uintptr_t)f,
	};
}

/* Filter first, bind last: nothing slips in between.  Only a socket for all
 * protocols is shown what leaves. */
static int open_listener(int ifindex, bool ra, int *ret_fd)
{
	struct sock_fprog prog = filter_of(ra);
	struct sockaddr_ll ll = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ra ? ETH_P_ALL : ETH_P_IPV6),
		.sll_ifindex = ifindex,
	};
	auto_close int fd =
		socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int err;

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)))
		return -errno;
	sock_set_bufs(fd, SOCK_BUF / 4);
	if (bind(fd, (struct sockaddr *)&ll, sizeof(ll)))
		return -errno;
	err = ra ? 0 : hear_all_groups(fd, ifindex);
	if (err)
		return err;
	*ret_fd = fd;
	fd = -1;
	return 0;
}

static void close_listener(struct listener *l)
{
	loop_del_fd(l->handle);
	if (l->fd >= 0)
		close(l->fd);
	free(l);
}

static int listen_on(struct nd_sock *ns, int ifindex, bool ra)
{
	struct listener *l = calloc(1, sizeof(*l));
	int err;

	if (!l)
		return -ENOMEM;
	*l = (struct listener){
		.ns = ns, .ifindex = ifindex, .fd = -1, .ra = ra
	};
	err = open_listener(ifindex, ra, &l->fd);
	if (!err)
		err = loop_add_fd(ns->loop, l->fd, on_readable, l, &l->handle);
	if (err) {
		close_listener(l);
		return err;
	}
	l->users = 1;
	l->next = ns->listeners;
	ns->listeners = l;
	return 0;
}

static int listen_set(struct nd_sock *ns, int ifindex, bool ra, bool on)
{
	struct listener **at = &ns->listeners, *l;

	while (*at && ((*at)->ifindex != ifindex || (*at)->ra != ra))
		at = &(*at)->next;
	l = *at;
	if (!l)
		return on ? listen_on(ns, ifindex, ra) : -ENOENT;
	if (on) {
		l->users++;
	} else if (!--l->users) {
		*at = l->next;
		close_listener(l);
	}
	return 0;
}

int nd_sock_listen(struct nd_sock *ns, int ifindex, bool on)
{
	return listen_set(ns, ifindex, false, on);
}

int nd_sock_ra_listen(struct nd_sock *ns, int ifindex, bool on)
{
	return listen_set(ns, ifindex, true, on);
}

int nd_sock_open(struct loop *loop, struct sock_upcall up,
		 struct nd_sock **ret_ns)
{
	struct nd_sock *ns = calloc(1, sizeof(*ns));

	if (!ns)
		return -ENOMEM;
	ns->loop = loop;
	ns->up = up;
	/* Protocol 0: it sends and hears nothing. */
	ns->send_fd =
		socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (ns->send_fd < 0) {
		int err = -errno;

		nd_sock_close(ns);
		return err;
	}
	*ret_ns = ns;
	return 0;
}

struct nd_sock *nd_sock_close(struct nd_sock *ns)
{
	if (!ns)
		return NULL;
	while (ns->listeners) {
		struct listener *l = ns->listeners;

		ns->listeners = l->next;
		close_listener(l);
	}
	if (ns->send_fd >= 0)
		close(ns->send_fd);
	free(ns);
	return NULL;
}

/* RFC 2464 section 7. */
static void ether_multicast(const struct in6_addr *dst, uint8_t ret_mac[6])
{
	ret_mac[0] = ret_mac[1] = 0x33;
	memcpy(ret_mac + 2, dst->s6_addr + 12, 4);
}

int nd_sock_send(struct nd_sock *ns, const struct nd_send *msg)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IPV6),
		.sll_ifindex = msg->ifindex,
	};
	struct ip6_hdr ip = {
		.ip6_flow = htonl(6u << 28),
		.ip6_plen = htons((uint16_t)msg->len),
		.ip6_nxt = IPPROTO_ICMPV6,
		.ip6_hlim = 255,
		.ip6_src = msg->src,
		.ip6_dst = msg->dst,
	};
	struct iovec iov[] = {
		{ &ip, sizeof(ip) },
		{ (void *)(uintptr_t)msg->data, msg->len },
	};
	struct msghdr mh = {
		.msg_name = &to,
		.msg_namelen = sizeof(to),
		.msg_iov = iov,
		.msg_iovlen = ARRAY_SIZE(iov),
	};

	if (msg->len > UINT16_MAX)
		return -EMSGSIZE;
	if (msg->lldst) {
		if (msg->lldst->len > sizeof(to.sll_addr))
			return -EINVAL;
		to.sll_halen = msg->lldst->len;
		memcpy(to.sll_addr, msg->lldst->addr, msg->lldst->len);
	} else if (addr_is_multicast(&msg->dst)) {
		to.sll_halen = 6;
		ether_multicast(&msg->dst, to.sll_addr);
	} else {
		return -EINVAL;
	}
	return sendmsg(ns->send_fd, &mh, MSG_DONTWAIT) < 0 ? -errno : 0;
}
