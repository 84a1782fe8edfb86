/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The event loop: one turn is descriptors and signals, then the tasks that
 * are due, then the end-of-turn hooks.
 *
 * This file decides the order of a turn and how long to sleep, and it alone
 * knows libevent.  Sleeping is timed by a timerfd on CLOCK_BOOTTIME, since
 * libevent's own timers stand still while the machine is suspended.  What
 * happens in a turn is left to the callers.
 */
#include "mip6d/loop.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "mip6d/cleanup.h"

struct loop_fd {
	struct loop *loop;
	struct event *read_ev, *write_ev;
	loop_fd_fn *read_fn, *write_fn;
	void *arg;
	int fd;
};

struct loop_signal {
	struct loop *loop;
	struct event *ev;
	loop_signal_fn *fn;
	void *arg;
	int signo;
	struct loop_signal *next;
};

struct loop_turn {
	loop_turn_fn *fn;
	void *arg;
	struct loop_turn *next;
};

struct loop {
	struct event_base *base;
	struct tqueue *tq;
	struct loop_signal *signals;
	struct loop_turn *turns;
	struct event *timer_ev;
	int timer_fd;
	struct mtime timer_due; /* what the timerfd is set to */
	struct mtime now;
	bool now_is_fresh; /* read in this turn already */
	bool stopped;
};

struct mtime mtime_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (struct mtime){ (int64_t)ts.tv_sec * 1000000 +
			       ts.tv_nsec / 1000 };
}

struct mtime loop_now(const struct loop *loop)
{
	return loop->now;
}

struct tqueue *loop_tqueue(const struct loop *loop)
{
	return loop->tq;
}

/* The first event of a turn reads the clock for all of it. */
static struct mtime turn_now(struct loop *loop)
{
	if (!loop->now_is_fresh) {
		loop->now = mtime_now();
		loop->now_is_fresh = true;
	}
	return loop->now;
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct loop *loop = arg;
	uint64_t n;

	(void)what;
	if (read(fd, &n, sizeof(n)) == sizeof(n))
		loop->timer_due = MTIME_NEVER;
}

int loop_new(struct tqueue *tq, struct loop **ret_loop)
{
	struct loop *loop = calloc(1, sizeof(*loop));

	if (!loop)
		return -ENOMEM;
	loop->tq = tq;
	loop->timer_due = MTIME_NEVER;
	loop->timer_fd =
		timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	loop->base = event_base_new();
	if (loop->timer_fd >= 0 && loop->base)
		loop->timer_ev = event_new(loop->base, loop->timer_fd,
					   EV_READ | EV_PERSIST, on_timer,
					   loop);
	if (!loop->timer_ev || event_add(loop->timer_ev, NULL)) {
		loop_free(loop);
		return -ENOMEM;
	}
	loop->now = mtime_now();
	*ret_loop = loop;
	return 0;
}

static void free_event(struct event *ev)
{
	if (ev)
		event_free(ev);
}

struct loop *loop_free(struct loop *loop)
{
	if (!loop)
		return NULL;
	while (loop->signals) {
		struct loop_signal *sig = loop->signals;

		loop->signals = sig->next;
		free_event(sig->ev);
		free(sig);
	}
	while (loop->turns) {
		struct loop_turn *turn = loop->turns;

		loop->turns = turn->next;
		free(turn);
	}
	free_event(loop->timer_ev);
	if (loop->base)
		event_base_free(loop->base);
	if (loop->timer_fd >= 0)
		close(loop->timer_fd);
	free(loop);
	return NULL;
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct loop_fd *handle = arg;

	(void)fd;
	(void)what;
	handle->read_fn(handle->arg, turn_now(handle->loop));
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct loop_fd *handle = arg;

	(void)fd;
	(void)what;
	if (handle->write_fn)
		handle->write_fn(handle->arg, turn_now(handle->loop));
}

int loop_add_fd(struct loop *loop, int fd, loop_fd_fn *fn, void *arg,
		struct loop_fd **ret_handle)
{
	struct loop_fd *handle = calloc(1, sizeof(*handle));

	if (!handle)
		return -ENOMEM;
	*handle = (struct loop_fd){
		.loop = loop,
		.read_fn = fn,
		.arg = arg,
		.fd = fd,
	};
	handle->read_ev = event_new(loop->base, fd, EV_READ | EV_PERSIST,
				    on_readable, handle);
	handle->write_ev = event_new(loop->base, fd, EV_WRITE | EV_PERSIST,
				     on_writable, handle);
	if (!handle->read_ev || !handle->write_ev ||
	    event_add(handle->read_ev, NULL)) {
		loop_del_fd(handle);
		return -ENOMEM;
	}
	*ret_handle = handle;
	return 0;
}

void loop_fd_want_write(struct loop_fd *handle, loop_fd_fn *fn)
{
	handle->write_fn = fn;
	if (fn)
		event_add(handle->write_ev, NULL);
	else
		event_del(handle->write_ev);
}

void loop_fd_want_read(struct loop_fd *handle, bool on)
{
	if (on)
		event_add(handle->read_ev, NULL);
	else
		event_del(handle->read_ev);
}

struct loop_fd *loop_del_fd(struct loop_fd *handle)
{
	if (!handle)
		return NULL;
	free_event(handle->read_ev);
	free_event(handle->write_ev);
	free(handle);
	return NULL;
}

static void on_signal(evutil_socket_t signo, short what, void *arg)
{
	struct loop_signal *sig = arg;

	(void)what;
	sig->fn(sig->arg, signo, turn_now(sig->loop));
}

int loop_add_signal(struct loop *loop, int signo, loop_signal_fn *fn, void *arg)
{
	struct loop_signal *sig = calloc(1, sizeof(*sig));

	if (!sig)
		return -ENOMEM;
	*sig = (struct loop_signal){
		.loop = loop,
		.fn = fn,
		.arg = arg,
		.signo = signo,
	};
	sig->ev = evsignal_new(loop->base, signo, on_signal, sig);
	if (!sig->ev || event_add(sig->ev, NULL)) {
		free_event(sig->ev);
		free(sig);
		return -ENOMEM;
	}
	sig->next = loop->signals;
	loop->signals = sig;
	return 0;
}

int loop_add_turn(struct loop *loop, loop_turn_fn *fn, void *arg)
{
	struct loop_turn *turn = calloc(1, sizeof(*turn)), **end;

	if (!turn)
		return -ENOMEM;
	*turn = (struct loop_turn){ .fn = fn, .arg = arg };
	for (end = &loop->turns; *end; end = &(*end)->next)
		;
	*end = turn;
	return 0;
}

void loop_del_turn(struct loop *loop, loop_turn_fn *fn, const void *arg)
{
	struct loop_turn **at = &loop->turns;

	while (*at) {
		struct loop_turn *turn = *at;

		if (turn->fn == fn && turn->arg == arg) {
			*at = turn->next;
			free(turn);
			return;
		}
		at = &turn->next;
	}
}

/* Leaves the timerfd alone where it fires early enough: an idle wake-up now
 * and then costs less than a system call a turn. */
static void set_timer(struct loop *loop, struct mtime due)
{
	struct itimerspec its = { 0 };

	if (!mtime_before(due, loop->timer_due))
		return;
	its.it_value.tv_sec = due.us / 1000000;
	its.it_value.tv_nsec = due.us % 1000000 * 1000;
	if (!timerfd_settime(loop->timer_fd, TFD_TIMER_ABSTIME, &its, NULL))
		loop->timer_due = due;
}

static int run_turn(struct loop *loop)
{
	struct mtime due = tqueue_next(loop->tq);
	struct loop_turn *turn, *next;
	int flags = EVLOOP_ONCE;

	if (!mtime_before(mtime_now(), due))
		flags = EVLOOP_NONBLOCK;
	else
		set_timer(loop, due);
	loop->now_is_fresh = false;
	if (event_base_loop(loop->base, flags) < 0)
		return -EIO;
	tqueue_run(loop->tq, turn_now(loop));
	for (turn = loop->turns; turn; turn = next) {
		next = turn->next;
		turn->fn(turn->arg, loop->now);
	}
	return 0;
}

int loop_run(struct loop *loop)
{
	int err = 0;

	loop->stopped = false;
	while (!loop->stopped && !err)
		err = run_turn(loop);
	return err;
}

void loop_stop(struct loop *loop)
{
	loop->stopped = true;
}
