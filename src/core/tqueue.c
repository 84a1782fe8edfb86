/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The task queue as a pairing heap of intrusive tasks, ordered by due time
 * and then by the order in which they were started.
 *
 * This file decides when a task runs and that a turn ends: what is due is
 * first taken off the heap into a list, and only that list is run.  What a
 * task does, and what time it is, is left to the callers.
 */
#include "mip6d/tqueue.h"

#include <assert.h>
#include <stdlib.h>

/* Orders of started tasks begin at 1; this marks one in the run list. */
#define ORDER_IN_RUN 0

/*
 * In the heap, `child` is the first child, `next` the right sibling and
 * `prev` the left sibling, or the parent of a first child.  In the run list
 * `next` and `prev` are the neighbours.
 */
struct tqueue {
	struct task *root;
	struct task *run_first, *run_last;
	uint64_t last_order;
	size_t len;
	bool running;
};

static bool is_before(const struct task *a, const struct task *b)
{
	if (a->due.us != b->due.us)
		return a->due.us < b->due.us;
	return a->order < b->order;
}

/* Joins two heaps; both roots have no siblings. */
static struct task *meld(struct task *a, struct task *b)
{
	struct task *top, *low;

	if (!a)
		return b;
	if (!b)
		return a;
	top = is_before(a, b) ? a : b;
	low = top == a ? b : a;
	low->prev = top;
	low->next = top->child;
	if (low->next)
		low->next->prev = low;
	top->child = low;
	return top;
}

/* Joins a list of siblings into one heap: in pairs from the left, then the
 * pairs from the right.  Not recursive: a list can be as long as the heap. */
static struct task *meld_siblings(struct task *first)
{
	struct task *pairs = NULL, *result = NULL;

	while (first) {
		struct task *a = first, *b = a->next, *pair;

		first = b ? b->next : NULL;
		a->next = NULL;
		a->prev = NULL;
		if (b) {
			b->next = NULL;
			b->prev = NULL;
		}
		pair = meld(a, b);
		pair->next = pairs;
		pairs = pair;
	}
	while (pairs) {
		struct task *pair = pairs;

		pairs = pair->next;
		pair->next = NULL;
		result = meld(result, pair);
	}
	return result;
}

static void heap_remove(struct tqueue *tq, struct task *t)
{
	struct task *below = meld_siblings(t->child);

	if (t == tq->root) {
		tq->root = below;
	} else {
		if (t->prev->child == t)
			t->prev->child = t->next;
		else
			t->prev->next = t->next;
		if (t->next)
			t->next->prev = t->prev;
		tq->root = meld(tq->root, below);
	}
	t->child = t->next = t->prev = NULL;
}

static void run_append(struct tqueue *tq, struct task *t)
{
	t->order = ORDER_IN_RUN;
	t->prev = tq->run_last;
	if (t->prev)
		t->prev->next = t;
	else
		tq->run_first = t;
	tq->run_last = t;
}

static void run_remove(struct tqueue *tq, struct task *t)
{
	if (t->prev)
		t->prev->next = t->next;
	else
		tq->run_first = t->next;
	if (t->next)
		t->next->prev = t->prev;
	else
		tq->run_last = t->prev;
	t->next = t->prev = NULL;
}

struct tqueue *tqueue_new(void)
{
	return calloc(1, sizeof(struct tqueue));
}

struct tqueue *tqueue_free(struct tqueue *tq)
{
	if (!tq)
		return NULL;
	assert(!tq->running);
	/* A task that outlives its queue can still be stopped. */
	while (tq->root)
		task_stop(tq->root);
	free(tq);
	return NULL;
}

void task_init(struct task *task, task_fn *fn)
{
	*task = (struct task){ .fn = fn };
}

void tqueue_start(struct tqueue *tq, struct task *task, struct mtime due)
{
	assert(task->fn);
	task_stop(task);
	task->queue = tq;
	task->due = due;
	task->order = ++tq->last_order;
	tq->root = meld(tq->root, task);
	tq->len++;
}

void task_stop(struct task *task)
{
	struct tqueue *tq = task->queue;

	if (!tq)
		return;
	if (task->order == ORDER_IN_RUN)
		run_remove(tq, task);
	else
		heap_remove(tq, task);
	task->queue = NULL;
	tq->len--;
}

bool task_is_started(const struct task *task)
{
	return task->queue;
}

struct mtime task_due(const struct task *task)
{
	return task->queue ? task->due : MTIME_NEVER;
}

struct mtime tqueue_next(const struct tqueue *tq)
{
	struct mtime next = MTIME_NEVER;

	if (tq->root)
		next = tq->root->due;
	if (tq->run_first)
		next = mtime_min(next, tq->run_first->due);
	return next;
}

size_t tqueue_run(struct tqueue *tq, struct mtime now)
{
	struct task *t;
	size_t n = 0;

	assert(!tq->running);
	tq->running = true;
	while (tq->root && !mtime_before(now, tq->root->due)) {
		t = tq->root;
		heap_remove(tq, t);
		run_append(tq, t);
	}
	while (tq->run_first) {
		t = tq->run_first;
		task_stop(t);
		t->fn(t, now);
		n++;
	}
	tq->running = false;
	return n;
}

size_t tqueue_len(const struct tqueue *tq)
{
	return tq->len;
}
