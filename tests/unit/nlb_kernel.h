/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel in memory at the other end of the acting netlink sockets. It
 * carries out a request within the send, as the real one does, and answers
 * each message with the result that stands in it.
 *
 * For programs that are linked with --wrap of socket, bind, sendto, recvfrom.
 */
#pragma once

#include <linux/netlink.h>

#include "src/netlink/nlb.h"
#include "tests/unit/unit.h"

#define NLB_SENDS_MAX 64
#define NLB_QUEUE_MAX 2048

struct nlb_datagram {
	int fd;
	uint32_t pid; /* of the sender; 0: the kernel */
	size_t len;
	uint8_t data[128];
};

struct nlb_kernel {
	int fd[NLB_BUSES];
	int fd_now; /* of the request that is carried out */
	struct nlb_datagram queue[NLB_QUEUE_MAX];
	size_t n_queue;

	/* What was asked. */
	struct {
		enum nlb_bus bus;
		unsigned int msgs;
		size_t octets;
	} sends[NLB_SENDS_MAX];
	size_t n_sends;
	unsigned int types[NLB_QUEUE_MAX]; /* of the messages, as they came */
	size_t n_types;

	/* How it behaves. */
	int send_err;      /* of the next sendto */
	int recv_err;      /* of the next recvfrom */
	bool reversed;     /* the last request is answered first */
	size_t room;       /* answers that fit the receive buffer */
	const char *words; /* with a refusal */
	/* Before the acknowledgement; instead of one. */
	void (*on_get)(const struct nlmsghdr *nlh);
	void (*on_dump)(const struct nlmsghdr *nlh);
};

extern struct nlb_kernel kernel;

/* As after boot; before nlb_open. */
void kernel_boot(void);

/* Messages of their own datagrams; the caller may still change one. */
struct nlb_datagram *kernel_tell(uint32_t seq, uint16_t type, uint16_t flags,
				 const void *payload, size_t len);
struct nlb_datagram *kernel_tell_err(uint32_t seq, int err);
/* The last two messages arrive in one datagram. */
void kernel_join(void);
