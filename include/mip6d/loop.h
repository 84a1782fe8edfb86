/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The event loop: descriptors, signals and the task queue's next due time.
 * Only core/loop.c knows libevent.  For [K] code and main.c.
 */
#ifndef MIP6D_LOOP_H
#define MIP6D_LOOP_H

#include <stdbool.h>

#include "mip6d/time.h"
#include "mip6d/tqueue.h"

struct loop;
struct loop_fd;

typedef void loop_fd_fn(void *arg, struct mtime now);
typedef void loop_signal_fn(void *arg, int signo, struct mtime now);
/* Runs at the end of each turn, after the tasks: kernel requests of one turn
 * leave in one batch. */
typedef void loop_turn_fn(void *arg, struct mtime now);

/* The loop owns no task queue: it runs the caller's.  -ENOMEM. */
int loop_new(struct tqueue *tq, struct loop **ret_loop);
struct loop *loop_free(struct loop *loop);

/* fn runs whenever fd is readable.  -ENOMEM. */
int loop_add_fd(struct loop *loop, int fd, loop_fd_fn *fn, void *arg,
		struct loop_fd **ret_handle);
/* Also (or no longer) when it is writable. */
void loop_fd_want_write(struct loop_fd *handle, loop_fd_fn *fn);
/* Whether readability is watched (it is from the start): off holds a peer
 * back that sends faster than it reads our answers. */
void loop_fd_want_read(struct loop_fd *handle, bool on);
struct loop_fd *loop_del_fd(struct loop_fd *handle);

int loop_add_signal(struct loop *loop, int signo, loop_signal_fn *fn,
		    void *arg);
int loop_add_turn(struct loop *loop, loop_turn_fn *fn, void *arg);
/* Takes a hook back (not from inside a hook). */
void loop_del_turn(struct loop *loop, loop_turn_fn *fn, const void *arg);

/* The caller's queue, which the loop runs. */
struct tqueue *loop_tqueue(const struct loop *loop);

/* The time of this turn. */
struct mtime loop_now(const struct loop *loop);

/* Runs until loop_stop (the turn is finished first); 0 or -errno. */
int loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

/* CLOCK_BOOTTIME now: it goes on while the machine sleeps, so lifetimes run
 * out in suspend as they do at the peer. */
struct mtime mtime_now(void);

#endif
