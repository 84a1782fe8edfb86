/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The acting netlink sockets (src/netlink/nlb.h).
 *
 * The kernel carries out a netlink request within the send, so a flush is
 * send, take the answers, next chunk: no answer is ever outstanding between
 * two turns.  This file decides what makes a chunk (messages of many
 * transactions, of one bus) and matches answers by sequence number.  What a
 * message says is left to the encoders.
 */
#include "src/netlink/nlb.h"

#include <assert.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "mip6d/cleanup.h"
#include "mip6d/log.h"
#include "src/netlink/nldec.h"

/* The answers to a chunk must fit the receive buffer: each takes about
 * 1 KiB of it. */
#define CHUNK_MSGS   512
#define CHUNK_OCTETS (128 * 1024)
/* So far ahead is looked for messages that need not wait for their turn. */
#define CHUNK_WINDOW 8192
#define RCVBUF       (4 * 1024 * 1024)
#define SNDBUF       (1024 * 1024)
#define RECV_OCTETS  (64 * 1024)
#define DUMP_TRIES   20

struct entry {
	struct nlb_txn *txn; /* NULL: nobody waits */
	nlb_ack_fn *fn;      /* NULL: `tolerate` decides */
	nlb_dump_fn *get;    /* NULL: the acknowledgement says it all */
	void *arg;
	size_t offset, len; /* len 0: not sent, err holds why */
	uint32_t seq;
	uint16_t type; /* for the log */
	int err;
	enum nlb_bus bus;
	int tolerate;
	bool sent, answered;
	bool ahead;  /* need not wait for the other bus */
	bool is_end; /* carries no message: the end of its transaction */
};

/* What leaves in one send: entries by their numbers. */
struct chunk {
	enum nlb_bus bus;
	size_t n, first; /* first: not answered yet */
	size_t entries[CHUNK_MSGS];
	struct iovec iov[CHUNK_MSGS];
	size_t n_iov;
};

struct nlb {
	int fd[NLB_BUSES];
	uint32_t seq;
	uint64_t forged; /* not the kernel's */
	uint8_t *buf; /* messages, NLMSG_ALIGNed */
	size_t buf_size, buf_len;
	struct entry *entries;
	size_t n_entries, max_entries;
	struct nlenc enc; /* of the message begun */
	enum nlb_bus bus;
	bool ahead; /* the message begun */
	bool flushing;
	struct chunk chunk;
	uint8_t spare[NLENC_MAX] __attribute__((aligned(8)));
	uint8_t in[RECV_OCTETS] __attribute__((aligned(8)));
};

static int set_buf(int fd, int forced, int plain, int octets)
{
	if (!setsockopt(fd, SOL_SOCKET, forced, &octets, sizeof(octets)))
		return 0;
	return setsockopt(fd, SOL_SOCKET, plain, &octets, sizeof(octets));
}

static int open_bus(int protocol, int *ret_fd)
{
	struct sockaddr_nl local = { .nl_family = AF_NETLINK };
	auto_close int fd = socket(
		AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
	int one = 1;

	if (fd < 0)
		return -errno;
	set_buf(fd, SO_RCVBUFFORCE, SO_RCVBUF, RCVBUF);
	set_buf(fd, SO_SNDBUFFORCE, SO_SNDBUF, SNDBUF);
	/* Answers without the request in them, but with the kernel's words. */
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&local, sizeof(local)))
		return -errno;
	*ret_fd = fd;
	fd = -1;
	return 0;
}

int nlb_open(struct nlb **ret_nlb)
{
	struct nlb *nl = calloc(1, sizeof(*nl));
	int err;

	if (!nl)
		return -ENOMEM;
	nl->fd[NLB_ROUTE] = nl->fd[NLB_XFRM] = -1;
	err = open_bus(NETLINK_ROUTE, &nl->fd[NLB_ROUTE]);
	if (!err)
		err = open_bus(NETLINK_XFRM, &nl->fd[NLB_XFRM]);
	if (err) {
		nlb_close(nl);
		return err;
	}
	*ret_nlb = nl;
	return 0;
}

struct nlb *nlb_close(struct nlb *nl)
{
	int bus;

	if (!nl)
		return NULL;
	for (bus = 0; bus < NLB_BUSES; bus++)
		if (nl->fd[bus] >= 0)
			close(nl->fd[bus]);
	free(nl->buf);
	free(nl->entries);
	free(nl);
	return NULL;
}

/* ---- collecting ---- */

static bool reserve(struct nlb *nl)
{
	if (nl->buf_size - nl->buf_len < NLENC_MAX) {
		size_t size = nl->buf_size ? nl->buf_size * 2 : 64 * 1024;
		uint8_t *buf = realloc(nl->buf, size);

		if (!buf)
			return false;
		nl->buf = buf;
		nl->buf_size = size;
	}
	return true;
}

static struct entry *add_entry(struct nlb *nl)
{
	if (nl->n_entries == nl->max_entries) {
		size_t max = nl->max_entries ? nl->max_entries * 2 : 256;
		struct entry *entries =
			realloc(nl->entries, max * sizeof(*entries));

		if (!entries)
			return NULL;
		nl->entries = entries;
		nl->max_entries = max;
	}
	nl->entries[nl->n_entries] = (struct entry){ .bus = nl->bus };
	return &nl->entries[nl->n_entries++];
}

uint64_t nlb_forged(const struct nlb *nl)
{
	return nl->forged;
}

struct nlenc *nlb_begin(struct nlb *nl, enum nlb_bus bus)
{
	nl->bus = bus;
	nl->ahead = false;
	if (reserve(nl)) {
		nlenc_init(&nl->enc, nl->buf + nl->buf_len, NLENC_MAX);
	} else {
		nlenc_init(&nl->enc, nl->spare, sizeof(nl->spare));
		nl->enc.bad = true;
	}
	return &nl->enc;
}

void nlb_ahead(struct nlb *nl)
{
	nl->ahead = true;
}

static void commit(struct nlb *nl, struct nlb_txn *txn, nlb_ack_fn *fn,
		   void *arg, int tolerate)
{
	struct entry *en = add_entry(nl);
	int len = nlenc_end(&nl->enc);

	if (!en) {
		if (txn && !txn->err)
			txn->err = -ENOMEM;
		return;
	}
	en->txn = txn;
	en->fn = fn;
	en->arg = arg;
	en->tolerate = tolerate;
	en->ahead = nl->ahead;
	if (txn)
		txn->pending++;
	if (len < 0) {
		en->err = -ENOMEM;
		return;
	}
	en->seq = nl->enc.nlh->nlmsg_seq = ++nl->seq;
	en->type = nl->enc.nlh->nlmsg_type;
	en->offset = nl->buf_len;
	en->len = (size_t)len;
	nl->buf_len += NLMSG_ALIGN(en->len);
}

void nlb_commit(struct nlb *nl, struct nlb_txn *txn, int tolerate)
{
	commit(nl, txn, NULL, NULL, tolerate);
}

/* What is to be removed may be gone by itself, with its device or an address
 * that it hung on. */
static int forgive_gone(void *arg, int err)
{
	(void)arg;
	switch (-err) {
	case ENOENT:
	case ESRCH:
	case ENODEV:
	case ENXIO:
	case EADDRNOTAVAIL:
		return 0;
	default:
		return err;
	}
}

void nlb_commit_del(struct nlb *nl, struct nlb_txn *txn)
{
	commit(nl, txn, forgive_gone, NULL, 0);
}

void nlb_commit_fn(struct nlb *nl, struct nlb_txn *txn, nlb_ack_fn *fn,
		   void *arg)
{
	commit(nl, txn, fn, arg, 0);
}

void nlb_commit_get(struct nlb *nl, struct nlb_txn *txn, int tolerate,
		    nlb_dump_fn *fn, void *arg)
{
	size_t i = nl->n_entries;

	commit(nl, txn, NULL, arg, tolerate);
	if (nl->n_entries > i)
		nl->entries[i].get = fn;
}

void nlb_txn_begin(struct nlb_txn *txn, nlb_txn_fn *fn)
{
	*txn = (struct nlb_txn){ .fn = fn, .pending = 1 };
}

/* The one pending that nlb_txn_begin counted is the end itself, so that a
 * transaction cannot end while it is being filled, and not before the next
 * flush. */
void nlb_txn_end(struct nlb *nl, struct nlb_txn *txn, int err)
{
	struct entry *en = add_entry(nl);

	if (!en) {
		/* Refuse the one request rather than lose its answer. */
		nlb_flush(nl);
		txn->fn(txn, -ENOMEM);
		return;
	}
	en->txn = txn;
	en->is_end = true;
	en->err = err;
}

/* ---- sending ---- */

static void conclude(struct nlb *nl, size_t i)
{
	struct entry en = nl->entries[i];
	struct nlb_txn *txn = en.txn;
	int err = en.err;

	if (en.fn)
		err = en.fn(en.arg, err);
	else if (err == -en.tolerate)
		err = 0;
	if (!txn)
		return;
	if (err && !txn->err)
		txn->err = err;
	if (!--txn->pending)
		txn->fn(txn, txn->err);
}

/* The kernel's own words about a refusal, where it has some. */
static const char *ext_ack_text(const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;
	size_t skip = sizeof(*e);

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return NULL;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		skip += e->msg.nlmsg_len - sizeof(e->msg);
	mnl_attr_for_each(attr, nlh, skip)
		if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG &&
		    !mnl_attr_validate(attr, MNL_TYPE_NUL_STRING))
			return mnl_attr_get_str(attr);
	return NULL;
}

/* Answers come in the order of the requests. */
static struct entry *find_asker(struct nlb *nl, uint32_t seq)
{
	const struct chunk *c = &nl->chunk;
	struct entry *en;
	size_t i;

	for (i = c->first; i < c->n; i++) {
		en = &nl->entries[c->entries[i]];
		if (!en->answered && en->seq == seq)
			return en;
	}
	return NULL;
}

static void take_answer(struct nlb *nl, const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(nlh);
	struct entry *en = find_asker(nl, nlh->nlmsg_seq);
	const char *text;

	if (!en)
		return;
	if (nlh->nlmsg_type != NLMSG_ERROR) {
		if (en->get)
			en->get(en->arg, nlh);
		return;
	}
	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*e))
		return;
	en->answered = true;
	en->err = e->error;
	if (!en->err || en->err == -en->tolerate || en->fn)
		return;
	text = ext_ack_text(nlh);
	log_debug("kernel: message %u refused: %s%s%s", en->type,
		  strerror(-en->err), text ? ": " : "", text ? text : "");
}

/* One datagram into nl->in; octets, 0 for one that the kernel did not send,
 * -errno. */
static int recv_kernel(struct nlb *nl, enum nlb_bus bus)
{
	struct sockaddr_nl from = { 0 };
	socklen_t from_len = sizeof(from);
	ssize_t n = recvfrom(nl->fd[bus], nl->in, sizeof(nl->in), MSG_DONTWAIT,
			     (struct sockaddr *)&from, &from_len);

	if (n < 0)
		return -errno;
	if (!from.nl_pid)
		return (int)n;
	nl->forged++;
	return 0;
}

static void take_answers(struct nlb *nl)
{
	struct chunk *c = &nl->chunk;

	while (c->first < c->n) {
		const struct nlmsghdr *nlh;
		int n = recv_kernel(nl, c->bus);
		size_t pos = 0;

		if (n == -EINTR || n == -ENOBUFS)
			continue;
		if (n < 0)
			break;
		while ((nlh = nldec_next(nl->in, (size_t)n, &pos))) {
			take_answer(nl, nlh);
			while (c->first < c->n &&
			       nl->entries[c->entries[c->first]].answered)
				c->first++;
		}
	}
}

static void chunk_put(struct nlb *nl, size_t i)
{
	struct chunk *c = &nl->chunk;
	struct iovec *last = c->n_iov ? &c->iov[c->n_iov - 1] : NULL;
	size_t len = NLMSG_ALIGN(nl->entries[i].len);
	uint8_t *at = nl->buf + nl->entries[i].offset;

	c->entries[c->n++] = i;
	if (last && (uint8_t *)last->iov_base + last->iov_len == at)
		last->iov_len += len;
	else
		c->iov[c->n_iov++] =
			(struct iovec){ .iov_base = at, .iov_len = len };
}

/* The messages that can leave together with entry `from`, which is the first
 * that has not left: those of its bus up to the first of the other bus, and
 * behind that those that need not wait for it. */
static void chunk_fill(struct nlb *nl, size_t from)
{
	struct chunk *c = &nl->chunk;
	size_t i, end = nl->n_entries, octets = 0;
	bool waits = false;

	c->bus = nl->entries[from].bus;
	c->n = c->n_iov = c->first = 0;
	if (end - from > CHUNK_WINDOW)
		end = from + CHUNK_WINDOW;
	for (i = from; i < end && c->n < CHUNK_MSGS; i++) {
		const struct entry *en = &nl->entries[i];

		if (!en->len || en->sent)
			continue;
		if (en->bus != c->bus) {
			waits = true;
			continue;
		}
		octets += NLMSG_ALIGN(en->len);
		if ((waits && !en->ahead) || octets > CHUNK_OCTETS)
			break;
		chunk_put(nl, i);
	}
}

static void send_chunk(struct nlb *nl)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct chunk *c = &nl->chunk;
	struct msghdr msg = {
		.msg_name = &kernel,
		.msg_namelen = sizeof(kernel),
		.msg_iov = c->iov,
		.msg_iovlen = c->n_iov,
	};
	ssize_t sent;
	size_t i;

	do
		sent = sendmsg(nl->fd[c->bus], &msg, 0);
	while (sent < 0 && errno == EINTR);
	/* Lost answers: nobody knows what was done, so it has failed. */
	for (i = 0; i < c->n; i++) {
		nl->entries[c->entries[i]].sent = true;
		nl->entries[c->entries[i]].err = sent < 0 ? -errno : -ENOBUFS;
	}
	if (sent >= 0)
		take_answers(nl);
}

void nlb_flush(struct nlb *nl)
{
	size_t i = 0;

	/* A transaction's end may commit more, but the loop below gets it. */
	if (nl->flushing)
		return;
	nl->flushing = true;
	while (i < nl->n_entries) {
		if (nl->entries[i].len && !nl->entries[i].sent) {
			chunk_fill(nl, i);
			send_chunk(nl);
		} else {
			conclude(nl, i++);
		}
	}
	if (nl->buf_len) /* perhaps of keys */
		explicit_bzero(nl->buf, nl->buf_len);
	nl->n_entries = 0;
	nl->buf_len = 0;
	nl->flushing = false;
}

static int store_err(void *arg, int err)
{
	*(int *)arg = err;
	return err;
}

int nlb_call(struct nlb *nl)
{
	int err = -ENOMEM;

	assert(!nl->flushing);
	nlb_commit_fn(nl, NULL, store_err, &err);
	nlb_flush(nl);
	return err;
}

/* ---- dumps ---- */

struct dump {
	nlb_dump_fn *fn;
	void *arg;
	const struct nlmsghdr *req;
	bool is_broken; /* something may be missing */
};

/* The kernel says with the end how it went. */
static int end_of_dump(const struct nlmsghdr *nlh)
{
	const int *err = mnl_nlmsg_get_payload(nlh);

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*err))
		return 0;
	return *err < 0 ? *err : 0;
}

/* 1: more to come; 0: done; -errno. */
static int take_dump(const struct nlb *nl, int n, struct dump *d)
{
	const struct nlmsghdr *nlh;
	size_t pos = 0;

	while ((nlh = nldec_next(nl->in, (size_t)n, &pos))) {
		if (nlh->nlmsg_seq != d->req->nlmsg_seq)
			continue;
		if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
			d->is_broken = true;
		/* Both begin with an error. */
		if (nlh->nlmsg_type == NLMSG_DONE ||
		    nlh->nlmsg_type == NLMSG_ERROR)
			return end_of_dump(nlh);
		d->fn(d->arg, nlh);
	}
	return 1;
}

/* -EAGAIN: the answer is not whole. */
static int dump_once(struct nlb *nl, enum nlb_bus bus, struct dump *d)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	int n;

	d->is_broken = false;
	if (sendto(nl->fd[bus], d->req, d->req->nlmsg_len, 0,
		   (struct sockaddr *)&kernel, sizeof(kernel)) < 0)
		return -errno;
	do {
		n = recv_kernel(nl, bus);
		if (n > 0) {
			n = take_dump(nl, n, d);
		} else if (n == 0 || n == -EINTR) {
			n = 1;
		} else if (n == -ENOBUFS) {
			/* What is left of it must be out of the way. */
			d->is_broken = true;
			n = 1;
		}
	} while (n > 0);
	/* Of associations the kernel tells the keys, too, whosever they are. */
	if (bus == NLB_XFRM)
		explicit_bzero(nl->in, sizeof(nl->in));
	return !n && d->is_broken ? -EAGAIN : n;
}

int nlb_dump(struct nlb *nl, nlb_dump_fn *fn, void *arg)
{
	uint8_t copy[NLENC_MAX] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = (void *)copy;
	struct dump d = { .fn = fn, .arg = arg, .req = nlh };
	enum nlb_bus bus = nl->bus;
	int len = nlenc_end(&nl->enc), tries = DUMP_TRIES, err;

	if (len < 0)
		return -ENOMEM;
	memcpy(copy, nl->enc.nlh, (size_t)len);
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	do {
		nlb_flush(nl);
		nlh->nlmsg_seq = ++nl->seq;
		err = dump_once(nl, bus, &d);
	} while (err == -EAGAIN && --tries);
	return err;
}
