/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading the ICMPv6 sockets: each message with what the kernel tells beside
 * it, as one packet (sock_priv.h).
 *
 * This file decides how many are read in a turn and that a message with cut
 * ancillary data is none, since a home address could hide in what is missing.
 * The socket of Mobility Headers reads in batches and has its own way.
 */
#include <errno.h>
#include <netinet/in.h>

#include "src/sock/sock_priv.h"

#define TURN_MAX 64

/* False when there is nothing more to read. */
static bool read_one(int fd, struct sock_upcall up, uint8_t *data, size_t size,
		     struct mtime now)
{
	uint8_t control[512] __attribute__((aligned(8)));
	struct sockaddr_in6 from;
	struct iovec iov = { data, size };
	struct msghdr mh = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct packet pkt = { .when = now, .data = data, .by_esp = up.by_esp };
	ssize_t n = recvmsg(fd, &mh, MSG_DONTWAIT);

	if (n < 0)
		return errno == EINTR;
	if (mh.msg_flags & (MSG_TRUNC | MSG_CTRUNC))
		return true;
	pkt.src = from.sin6_addr;
	pkt.len = (size_t)n;
	if (!ancillary_decode(&mh, &pkt))
		up.fn(up.arg, &pkt);
	return true;
}

void sock_receive(int fd, struct sock_upcall up, uint8_t *data, size_t size,
		  struct mtime now)
{
	int i;

	for (i = 0; i < TURN_MAX && read_one(fd, up, data, size, now); i++)
		;
}
