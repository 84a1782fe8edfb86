/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernel and caller of nlb_world.h. What is asked and told is left to the test.
 */
#include "nlb_world.h"

#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>

#include "mip6d/log.h"

struct nlb_kernel kernel;
struct nlb *nl;
char logged[256];

int __wrap_socket(int domain, int type, int protocol);
int __wrap_bind(int fd, const struct sockaddr *addr, socklen_t len);
ssize_t __wrap_sendto(int fd, const void *buf, size_t len, int flags,
		      const struct sockaddr *to, socklen_t to_len);
ssize_t __wrap_sendmsg(int fd, const struct msghdr *msg, int flags);
ssize_t __wrap_recvfrom(int fd, void *buf, size_t len, int flags,
			struct sockaddr *from, socklen_t *from_len);

int __wrap_socket(int domain, int type, int protocol)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	UNIT_EQ(domain, AF_NETLINK);
	CU_ASSERT(type & SOCK_NONBLOCK);
	kernel.fd[protocol == NETLINK_XFRM ? NLB_XFRM : NLB_ROUTE] = fd;
	return fd;
}

int __wrap_bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	(void)fd;
	(void)len;
	UNIT_EQ(addr->sa_family, AF_NETLINK);
	return 0;
}

static struct nlb_datagram *push(void)
{
	struct nlb_datagram *d = &kernel.queue[kernel.n_queue];

	UNIT_NEED(kernel.n_queue++ < NLB_QUEUE_MAX);
	memset(d, 0, sizeof(*d));
	d->fd = kernel.fd_now;
	return d;
}

struct nlb_datagram *kernel_tell(uint32_t seq, uint16_t type, uint16_t flags,
				 const void *payload, size_t len)
{
	struct nlb_datagram *d = push();
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(d->data);

	nlh->nlmsg_seq = seq;
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = flags;
	memcpy(mnl_nlmsg_put_extra_header(nlh, len), payload, len);
	d->len = nlh->nlmsg_len;
	return d;
}

struct nlb_datagram *kernel_tell_err(uint32_t seq, int err)
{
	struct nlmsgerr e = { .error = err };

	return kernel_tell(seq, NLMSG_ERROR, NLM_F_CAPPED, &e, sizeof(e));
}

static void tell_words(uint32_t seq, int err)
{
	struct nlb_datagram *d = kernel_tell_err(seq, err);
	struct nlmsghdr *nlh = (void *)d->data;

	nlh->nlmsg_flags |= NLM_F_ACK_TLVS;
	mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, kernel.words);
	d->len = nlh->nlmsg_len;
}

void kernel_join(void)
{
	struct nlb_datagram *d = &kernel.queue[kernel.n_queue - 2];

	UNIT_NEED(d[0].len + d[1].len <= sizeof(d->data));
	memcpy(d->data + d[0].len, d[1].data, d[1].len);
	d->len += d[1].len;
	kernel.n_queue--;
}

/* What the receive buffer has no room for is lost, which is said first. */
static void overrun(void)
{
	if (kernel.n_queue <= kernel.room)
		return;
	kernel.n_queue = kernel.room;
	kernel.recv_err = ENOBUFS;
}

static void reverse(size_t first)
{
	size_t end = kernel.n_queue;

	while (first + 1 < end) {
		struct nlb_datagram swap = kernel.queue[first];

		kernel.queue[first++] = kernel.queue[--end];
		kernel.queue[end] = swap;
	}
}

/* The result that the message itself asks for. */
static void carry_out(const struct nlmsghdr *nlh)
{
	const int *result = mnl_nlmsg_get_payload(nlh);

	kernel.types[kernel.n_types++ % NLB_QUEUE_MAX] = nlh->nlmsg_type;
	if ((nlh->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP) {
		kernel.on_dump(nlh);
		return;
	}
	CU_ASSERT(nlh->nlmsg_flags & NLM_F_ACK);
	if (kernel.on_get)
		kernel.on_get(nlh);
	if (*result && kernel.words)
		tell_words(nlh->nlmsg_seq, *result);
	else
		kernel_tell_err(nlh->nlmsg_seq, *result);
}

ssize_t __wrap_sendto(int fd, const void *buf, size_t len, int flags,
		      const struct sockaddr *to, socklen_t to_len)
{
	const struct nlmsghdr *nlh = buf;
	size_t first = kernel.n_queue;
	int left = (int)len, err = kernel.send_err;

	(void)flags;
	(void)to_len;
	UNIT_EQ(to->sa_family, AF_NETLINK);
	UNIT_NEED(kernel.n_sends < NLB_SENDS_MAX);
	kernel.send_err = 0;
	if (err) {
		errno = err;
		return -1;
	}
	kernel.fd_now = fd;
	kernel.sends[kernel.n_sends].bus =
		fd == kernel.fd[NLB_XFRM] ? NLB_XFRM : NLB_ROUTE;
	for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
		kernel.sends[kernel.n_sends].msgs++;
		carry_out(nlh);
	}
	UNIT_EQ(left, 0);
	kernel.sends[kernel.n_sends++].octets = len;
	if (kernel.reversed)
		reverse(first);
	overrun();
	return (ssize_t)len;
}

/* The octets of all pieces are one request. */
ssize_t __wrap_sendmsg(int fd, const struct msghdr *msg, int flags)
{
	static uint8_t whole[NLB_REQUEST_MAX] __attribute__((aligned(8)));
	size_t i, len = 0;

	for (i = 0; i < msg->msg_iovlen; i++) {
		const struct iovec *iov = &msg->msg_iov[i];

		UNIT_NEED(len + iov->iov_len <= sizeof(whole));
		memcpy(whole + len, iov->iov_base, iov->iov_len);
		kernel.asked = iov->iov_base;
		len += iov->iov_len;
	}
	return __wrap_sendto(fd, whole, len, flags, msg->msg_name,
			     msg->msg_namelen);
}

ssize_t __wrap_recvfrom(int fd, void *buf, size_t len, int flags,
			struct sockaddr *from, socklen_t *from_len)
{
	struct sockaddr_nl sender = { .nl_family = AF_NETLINK };
	struct nlb_datagram d;

	/* It never waits: what is not there now does not come. */
	CU_ASSERT(flags & MSG_DONTWAIT);
	if (kernel.recv_err || !kernel.n_queue) {
		errno = kernel.recv_err ? kernel.recv_err : EAGAIN;
		kernel.recv_err = 0;
		return -1;
	}
	d = kernel.queue[0];
	memmove(kernel.queue, kernel.queue + 1,
		--kernel.n_queue * sizeof(*kernel.queue));
	UNIT_EQ(d.fd, fd);
	UNIT_NEED(d.len <= len);
	memcpy(buf, d.data, d.len);
	kernel.answered = buf;
	sender.nl_pid = d.pid;
	memcpy(from, &sender, sizeof(sender));
	*from_len = sizeof(sender);
	return (ssize_t)d.len;
}

/* ---- the caller ---- */

void log_write(enum log_level level, const char *fmt, ...)
{
	va_list ap;

	(void)level;
	va_start(ap, fmt);
	vsnprintf(logged, sizeof(logged), fmt, ap);
	va_end(ap);
}

void world_start(void)
{
	memset(&kernel, 0, sizeof(kernel));
	kernel.room = NLB_QUEUE_MAX - 1;
	UNIT_NEED(!nlb_open(&nl));
}

void world_stop(void)
{
	UNIT_EQ(kernel.n_queue, 0);
	nl = nlb_close(nl);
}

static void done(struct nlb_txn *txn, int err)
{
	struct job *job = (struct job *)txn;

	job->calls++;
	job->err = err;
}

struct nlenc *world_begin(enum nlb_bus bus, uint16_t type, int err)
{
	struct nlenc *e = nlb_begin(nl, bus);

	nlenc_begin(e, type, 0, &err, sizeof(err));
	return e;
}

void world_put(enum nlb_bus bus, uint16_t type, struct job *job, int err)
{
	world_begin(bus, type, err);
	nlb_commit(nl, job ? &job->txn : NULL, 0);
}

void job_open(struct job *job)
{
	*job = (struct job){ .calls = 0 };
	nlb_txn_begin(&job->txn, done);
}

void job_put(struct job *job, uint16_t type, int err)
{
	job_open(job);
	world_put(NLB_ROUTE, type, job, err);
	nlb_txn_end(nl, &job->txn, 0);
}
