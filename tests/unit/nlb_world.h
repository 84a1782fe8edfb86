/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel in memory at the other end of the acting netlink sockets, and a
 * caller. The kernel carries out a request within the send, as the real one
 * does, and answers each message with the result that stands in it.
 *
 * For programs that are linked with --wrap of socket, bind, sendto, sendmsg,
 * recvfrom.
 */
#pragma once

#include <linux/netlink.h>

#include "src/netlink/nlb.h"
#include "tests/unit/unit.h"

#define NLB_SENDS_MAX   256
#define NLB_QUEUE_MAX   2048
#define NLB_REQUEST_MAX (256 * 1024)

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
	const uint8_t *asked, *answered; /* the caller's memory, seen last */

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

/* Messages of their own datagrams; the caller may still change one. */
struct nlb_datagram *kernel_tell(uint32_t seq, uint16_t type, uint16_t flags,
				 const void *payload, size_t len);
struct nlb_datagram *kernel_tell_err(uint32_t seq, int err);
/* The last two messages arrive in one datagram. */
void kernel_join(void);

/* ---- the caller ---- */

extern struct nlb *nl;
extern char logged[256]; /* the last line */

struct job {
	struct nlb_txn txn; /* first: what is called gets this back */
	unsigned int calls;
	int err;
};

/* A kernel as after boot, and sockets to it; at the end all that was answered
 * must have been read. */
void world_start(void);
void world_stop(void);

/* The result that the kernel shall give stands in the message. */
struct nlenc *world_begin(enum nlb_bus bus, uint16_t type, int err);
/* job may be NULL: nobody waits. */
void world_put(enum nlb_bus bus, uint16_t type, struct job *job, int err);
void job_open(struct job *job);
/* A transaction of one message. */
void job_put(struct job *job, uint16_t type, int err);
