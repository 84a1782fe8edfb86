/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The connection to charon: a stream of packets with a length before each.
 *
 * This file decides when to connect again (charon may start later than we, or
 * be restarted), that one request is under way at a time, and how long its
 * answer may take.  Nothing here waits: what cannot be written or read now is
 * done when the socket says so.  A peer that breaks the protocol loses the
 * connection, with the reason logged.  What is said is left to the caller.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "mip6d/cleanup.h"
#include "mip6d/log.h"
#include "mip6d/loop.h"
#include "mip6d/vici.h"

#define READ_FIRST 65536 /* room to begin with */
#define NOT_LET_IN                                          \
	"permission denied: charon lets in the group that " \
	"charon.conf of \"mip6d-ctl ike generate\" names"

struct request {
	struct request *next;
	size_t len;
	uint8_t data[]; /* with the length in front */
};

struct vici {
	struct loop *loop;
	const struct vici_handler *handler;
	void *arg;
	struct sockaddr_un addr;
	int fd; /* -1: not connected */
	struct loop_fd *handle;
	struct task retry, answer;
	uint32_t retry_ms;
	struct request *first, **last; /* the first is under way */
	unsigned int n_requests;
	size_t out_pos; /* of the first */
	uint8_t *in;
	size_t in_len, in_size;
	bool *ret_gone; /* set when the caller closed us in an upcall */
};

/* ---- requests ---- */

static void request_drop(struct vici *v)
{
	struct request *r = v->first;

	v->first = r->next;
	if (!v->first)
		v->last = &v->first;
	v->n_requests--;
	v->out_pos = 0;
	/* It may have been a key. */
	explicit_bzero(r->data, r->len);
	free(r);
}

static void disconnect(struct vici *v)
{
	while (v->first)
		request_drop(v);
	task_stop(&v->answer);
	v->handle = loop_del_fd(v->handle);
	if (v->fd >= 0)
		close(v->fd);
	v->fd = -1;
	free(steal_ptr(v->in));
	v->in_len = v->in_size = 0;
}

/* Tried again by and by. */
static void broken(struct vici *v, const char *why)
{
	disconnect(v);
	tqueue_start(loop_tqueue(v->loop), &v->retry,
		     mtime_add_ms(mtime_now(), v->retry_ms));
	v->retry_ms *= 2;
	if (v->retry_ms > VICI_RETRY_MAX_MS)
		v->retry_ms = VICI_RETRY_MAX_MS;
	v->handler->on_down(v->arg, why);
}

static void on_writable(void *arg, struct mtime now);

/* 0, or what went wrong. */
static int flush(struct vici *v)
{
	struct request *r = v->first;
	ssize_t n;

	while (r && v->out_pos < r->len) {
		n = send(v->fd, r->data + v->out_pos, r->len - v->out_pos,
			 MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK)
			return errno;
		if (n < 0)
			break;
		v->out_pos += (size_t)n;
	}
	loop_fd_want_write(v->handle,
			   r && v->out_pos < r->len ? on_writable : NULL);
	return 0;
}

static void begin_next(struct vici *v)
{
	int err;

	if (!v->first) {
		task_stop(&v->answer);
		return;
	}
	tqueue_start(loop_tqueue(v->loop), &v->answer,
		     mtime_add_ms(mtime_now(), VICI_TIMEOUT_MS));
	err = flush(v);
	/* The reader finds out, too: nobody is called from here. */
	if (err)
		log_debug("ike: cannot write to charon: %s", strerror(err));
}

static void on_writable(void *arg, struct mtime now)
{
	struct vici *v = arg;
	int err = flush(v);

	(void)now;
	if (err)
		broken(v, strerror(err));
}

int vici_send(struct vici *v, const struct wbuf *packet)
{
	struct request *r;
	struct wbuf head;

	if (v->fd < 0)
		return -ENOTCONN;
	if (packet->bad || packet->len > VICI_SEGMENT_MAX)
		return -EMSGSIZE;
	if (v->n_requests >= VICI_REQUESTS_MAX)
		return -ENOBUFS;
	r = malloc(sizeof(*r) + 4 + packet->len);
	if (!r)
		return -ENOMEM;
	r->next = NULL;
	r->len = 4 + packet->len;
	wbuf_init(&head, r->data, 4);
	wbuf_u32(&head, (uint32_t)packet->len);
	memcpy(r->data + 4, packet->data, packet->len);
	*v->last = r;
	v->last = &r->next;
	v->n_requests++;
	if (v->first == r)
		begin_next(v);
	return 0;
}

static void on_answer_late(struct task *task, struct mtime now)
{
	struct vici *v = container_of(task, struct vici, answer);

	(void)now;
	broken(v, "no answer for too long");
}

/* ---- what comes in ---- */

/* NULL, or what is wrong. */
static const char *take_packet(struct vici *v, const uint8_t *data, size_t len)
{
	struct vici_packet pkt;
	const char *wrong = vici_read(data, len, &pkt);

	if (wrong)
		return wrong;
	/* Who only accepts is asked ever later. */
	v->retry_ms = VICI_RETRY_MIN_MS;
	switch (pkt.type) {
	case VICI_EVENT:
		v->handler->on_event(v->arg, &pkt);
		return NULL;
	case VICI_RESPONSE:
	case VICI_REQUEST_UNKNOWN:
	case VICI_CONFIRM:
	case VICI_EVENT_UNKNOWN:
		if (!v->first || v->out_pos < v->first->len)
			return "an answer that was not asked for";
		request_drop(v);
		v->handler->on_reply(v->arg, &pkt);
		return NULL;
	case VICI_REQUEST:
	case VICI_REGISTER:
	case VICI_UNREGISTER:
		break;
	}
	return "a request, which is ours to make";
}

static size_t packet_len(const uint8_t *p)
{
	struct rbuf b;

	rbuf_init(&b, p, 4);
	return rbuf_u32(&b);
}

/* All whole packets; false: closed by an upcall. */
static bool take_packets(struct vici *v, const char **ret_wrong)
{
	struct request *before;
	size_t pos = 0, len;
	bool is_gone = false;

	v->ret_gone = &is_gone;
	while (!*ret_wrong && v->in_len - pos >= 4) {
		len = packet_len(v->in + pos);
		if (len > VICI_SEGMENT_MAX)
			*ret_wrong = "a packet longer than allowed";
		if (*ret_wrong || v->in_len - pos - 4 < len)
			break;
		before = v->first;
		*ret_wrong = take_packet(v, v->in + pos + 4, len);
		if (is_gone)
			return false;
		pos += 4 + len;
		if (!*ret_wrong && v->first != before)
			begin_next(v);
	}
	v->ret_gone = NULL;
	memmove(v->in, v->in + pos, v->in_len - pos);
	v->in_len -= pos;
	return true;
}

static bool make_room(struct vici *v)
{
	size_t size = v->in_size ? v->in_size * 2 : READ_FIRST;
	uint8_t *p;

	if (v->in_len < v->in_size)
		return true;
	p = realloc(v->in, size);
	if (!p)
		return false;
	v->in = p;
	v->in_size = size;
	return true;
}

static void on_readable(void *arg, struct mtime now)
{
	struct vici *v = arg;
	const char *wrong = NULL;
	ssize_t n;

	(void)now;
	if (!make_room(v)) {
		broken(v, strerror(ENOMEM));
		return;
	}
	n = recv(v->fd, v->in + v->in_len, v->in_size - v->in_len,
		 MSG_DONTWAIT);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		broken(v, n ? strerror(errno) : "charon closed it");
		return;
	}
	v->in_len += (size_t)n;
	if (!take_packets(v, &wrong))
		return;
	if (wrong) {
		log_error("ike: charon sent %s", wrong);
		broken(v, wrong);
	}
}

/* ---- connecting ---- */

static void on_retry(struct task *task, struct mtime now)
{
	struct vici *v = container_of(task, struct vici, retry);
	int err;

	(void)now;
	v->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (v->fd < 0 || connect(v->fd, (const struct sockaddr *)&v->addr,
				 sizeof(v->addr))) {
		broken(v, errno == EACCES ? NOT_LET_IN : strerror(errno));
		return;
	}
	err = loop_add_fd(v->loop, v->fd, on_readable, v, &v->handle);
	if (err) {
		broken(v, strerror(-err));
		return;
	}
	v->handler->on_up(v->arg);
}

int vici_open(struct loop *loop, const char *path,
	      const struct vici_handler *handler, void *arg,
	      struct vici **ret_vici)
{
	struct vici *v;

	if (strlen(path) >= sizeof(v->addr.sun_path))
		return -ENAMETOOLONG;
	v = calloc(1, sizeof(*v));
	if (!v)
		return -ENOMEM;
	v->loop = loop;
	v->handler = handler;
	v->arg = arg;
	v->addr.sun_family = AF_UNIX;
	strcpy(v->addr.sun_path, path);
	v->fd = -1;
	v->last = &v->first;
	v->retry_ms = VICI_RETRY_MIN_MS;
	task_init(&v->retry, on_retry);
	task_init(&v->answer, on_answer_late);
	tqueue_start(loop_tqueue(loop), &v->retry, loop_now(loop));
	*ret_vici = v;
	return 0;
}

struct vici *vici_close(struct vici *v)
{
	if (!v)
		return NULL;
	if (v->ret_gone)
		*v->ret_gone = true;
	disconnect(v);
	task_stop(&v->retry);
	free(v);
	return NULL;
}
