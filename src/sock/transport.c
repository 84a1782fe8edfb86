/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The transport port (mip6d/transport.h): puts the Mobility Header socket,
 * the ICMPv6 socket and the packet sockets together.
 *
 * This file decides nothing but the order of opening and closing.
 */
#include "mip6d/transport.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "src/sock/sock_priv.h"

struct transport {
	struct transport_handler handler;
	void *arg;
	struct mh_sock *mh;
	struct icmp6_sock *icmp6;
	struct nd_sock *nd;
	struct mobile_sock *mobile;
};

int sock_set_int(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value)) ? -errno : 0;
}

/* As large as we may: the forced form needs CAP_NET_ADMIN and passes the
 * machine's limit, the other one ends at it. */
void sock_set_bufs(int fd, int octets)
{
	if (sock_set_int(fd, SOL_SOCKET, SO_SNDBUFFORCE, octets))
		sock_set_int(fd, SOL_SOCKET, SO_SNDBUF, octets);
	if (sock_set_int(fd, SOL_SOCKET, SO_RCVBUFFORCE, octets))
		sock_set_int(fd, SOL_SOCKET, SO_RCVBUF, octets);
}

static void on_mh(void *arg, const struct packet *pkt)
{
	struct transport *t = arg;

	t->handler.on_mh(t->arg, pkt);
}

static void on_icmp6(void *arg, const struct packet *pkt)
{
	struct transport *t = arg;

	t->handler.on_icmp6(t->arg, pkt);
}

int transport_open(struct loop *loop, const struct transport_handler *handler,
		   void *arg, struct transport **ret_transport)
{
	struct transport *t = calloc(1, sizeof(*t));
	int err;

	if (!t)
		return -ENOMEM;
	t->handler = *handler;
	t->arg = arg;
	err = mh_sock_open(loop, (struct sock_upcall){ on_mh, t, false },
			   &t->mh);
	if (!err)
		err = icmp6_sock_open(
			loop, (struct sock_upcall){ on_icmp6, t, false },
			&t->icmp6);
	if (!err)
		err = nd_sock_open(loop,
				   (struct sock_upcall){ on_icmp6, t, false },
				   &t->nd);
	if (!err)
		err = mobile_sock_open(
			loop, (struct sock_upcall){ on_icmp6, t, false },
			&t->mobile);
	if (err) {
		transport_close(t);
		return err;
	}
	*ret_transport = t;
	return 0;
}

struct transport *transport_close(struct transport *t)
{
	if (!t)
		return NULL;
	mobile_sock_close(t->mobile);
	nd_sock_close(t->nd);
	icmp6_sock_close(t->icmp6);
	mh_sock_close(t->mh);
	free(t);
	return NULL;
}

int transport_send_mh(struct transport *t, const struct mh_send *msg)
{
	return mh_sock_send(t->mh, msg);
}

int transport_send_nd(struct transport *t, const struct nd_send *msg)
{
	return nd_sock_send(t->nd, msg);
}

int transport_nd_listen(struct transport *t, int ifindex, bool on)
{
	return nd_sock_listen(t->nd, ifindex, on);
}

int transport_ra_listen(struct transport *t, int ifindex, bool on)
{
	return nd_sock_ra_listen(t->nd, ifindex, on);
}

int transport_mps_listen(struct transport *t, bool on, bool esp)
{
	return mobile_sock_hear_mps(t->mobile, on, esp);
}

int transport_mpa_listen(struct transport *t, bool clear, bool esp)
{
	int err = icmp6_sock_hear_mpa(t->icmp6, clear);

	return err ? err : mobile_sock_hear_mpa(t->mobile, esp);
}

int transport_send_icmp6(struct transport *t, const struct mh_send *msg)
{
	return mobile_sock_send(t->mobile, msg);
}

int transport_anycast(struct transport *t, int ifindex,
		      const struct in6_addr *addr, bool on)
{
	return mobile_sock_anycast(t->mobile, ifindex, addr, on);
}
