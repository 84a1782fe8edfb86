/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The task queue: everything that waits (timers, retransmissions, deferred
 * work, completions) is a task in one queue.  A heap of intrusive tasks:
 * starting a task never allocates and never fails.  Time is passed in, so
 * the same queue runs under virtual time in tests/sim.
 */
#ifndef MIP6D_TQUEUE_H
#define MIP6D_TQUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mip6d/time.h"

struct tqueue;
struct task;

/* Runs once when the task is due; the task is stopped already, so it may
 * start itself again or free the object that embeds it. */
typedef void task_fn(struct task *task, struct mtime now);

/* Embedded in the object that waits; use container_of (cleanup.h) to get
 * back to it.  All fields are private to core/tqueue.c. */
struct task {
	task_fn *fn;
	struct mtime due;
	uint64_t order;
	struct task *child, *next, *prev;
	struct tqueue *queue;
};

/* Heap allocated queue; NULL when out of memory.  The caller owns it.
 * tqueue_free asserts nothing about tasks still started: it forgets them. */
struct tqueue *tqueue_new(void);
struct tqueue *tqueue_free(struct tqueue *tq);

/* Prepares a task; it is not started.  Must come before any other call. */
void task_init(struct task *task, task_fn *fn);

/* Starts the task for `due`; a started task is moved to the new time.
 * Tasks due at the same time run in the order in which they were started. */
void tqueue_start(struct tqueue *tq, struct task *task, struct mtime due);

/* Stops the task; nothing happens when it is not started. */
void task_stop(struct task *task);

bool task_is_started(const struct task *task);

/* When the task is due; MTIME_NEVER when it is not started. */
struct mtime task_due(const struct task *task);

/* When the earliest task is due; MTIME_NEVER for an empty queue. */
struct mtime tqueue_next(const struct tqueue *tq);

/* Runs every task with due <= now that was started before this call; tasks
 * that they start for `now` run in the next call (a turn always ends).
 * Returns how many ran. */
size_t tqueue_run(struct tqueue *tq, struct mtime now);

/* Number of started tasks. */
size_t tqueue_len(const struct tqueue *tq);

#endif
