/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The event loop: the order of a turn, and that it sleeps no longer than the
 * task queue says.
 */
#include "mip6d/loop.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "mip6d/cleanup.h"
#include "tests/unit/unit.h"

static struct tqueue *tq;
static struct loop *loop;
static char order[64];

static void say(char what)
{
	size_t n = strlen(order);

	if (n + 1 < sizeof(order))
		order[n] = what;
}

static void setup(void)
{
	memset(order, 0, sizeof(order));
	tq = tqueue_new();
	UNIT_NEED(tq != NULL);
	UNIT_EQ(loop_new(tq, &loop), 0);
}

static void teardown(void)
{
	loop = loop_free(loop);
	tq = tqueue_free(tq);
}

static void stop_task(struct task *task, struct mtime now)
{
	(void)task;
	(void)now;
	say('s');
	loop_stop(loop);
}

static struct task second;

static void first_task(struct task *task, struct mtime now)
{
	(void)task;
	say('t');
	/* For now: in the next turn. */
	task_init(&second, stop_task);
	tqueue_start(tq, &second, now);
}

static void on_readable(void *arg, struct mtime now)
{
	char c;

	(void)now;
	if (read(*(int *)arg, &c, 1) == 1)
		say('r');
}

static void on_turn(void *arg, struct mtime now)
{
	(void)arg;
	UNIT_EQ(loop_now(loop).us, now.us);
	say('e');
}

static void descriptors_then_tasks_then_hooks(void)
{
	struct loop_fd *handle;
	struct task task;
	int fds[2];

	setup();
	UNIT_NEED(!pipe(fds));
	UNIT_EQ(loop_add_fd(loop, fds[0], on_readable, &fds[0], &handle), 0);
	UNIT_EQ(loop_add_turn(loop, on_turn, NULL), 0);
	task_init(&task, first_task);
	tqueue_start(tq, &task, mtime_now());
	UNIT_NEED(write(fds[1], "x", 1) == 1);
	UNIT_EQ(loop_run(loop), 0);
	UNIT_STR(order, "rtese");
	UNIT_EQ(loop_tqueue(loop) == tq, 1);
	loop_del_fd(handle);
	close(fds[0]);
	close(fds[1]);
	teardown();
}

static void wakes_for_a_task(void)
{
	struct mtime due = mtime_add_ms(mtime_now(), 20);
	struct task task;

	setup();
	task_init(&task, stop_task);
	tqueue_start(tq, &task, due);
	UNIT_EQ(loop_run(loop), 0);
	CU_ASSERT_FALSE(mtime_before(mtime_now(), due));
	UNIT_STR(order, "s");
	teardown();
}

static void on_signal(void *arg, int signo, struct mtime now)
{
	(void)arg;
	(void)now;
	UNIT_EQ(signo, SIGUSR1);
	say('u');
	loop_stop(loop);
}

static struct mtime raised;

static void raise_task(struct task *task, struct mtime now)
{
	(void)task;
	do
		raised = mtime_now();
	while (!mtime_before(now, raised));
	raise(SIGUSR1);
}

static void on_late_signal(void *arg, int signo, struct mtime now)
{
	(void)arg;
	(void)signo;
	CU_ASSERT_FALSE(mtime_before(now, raised));
	UNIT_EQ(loop_now(loop).us, now.us);
	loop_stop(loop);
}

/* Whoever is told to stop counts his patience from now, not from the last
 * thing that happened. */
static void a_signal_comes_with_its_own_time(void)
{
	struct task task;

	setup();
	task_init(&task, raise_task);
	UNIT_EQ(loop_add_signal(loop, SIGUSR1, on_late_signal, NULL), 0);
	tqueue_start(tq, &task, mtime_now());
	UNIT_EQ(loop_run(loop), 0);
	teardown();
}

static void signals_are_events(void)
{
	setup();
	UNIT_EQ(loop_add_signal(loop, SIGUSR1, on_signal, NULL), 0);
	raise(SIGUSR1);
	UNIT_EQ(loop_run(loop), 0);
	UNIT_STR(order, "u");
	teardown();
}

static struct loop_fd *write_handle;

static void on_writable(void *arg, struct mtime now)
{
	(void)arg;
	(void)now;
	say('w');
	loop_fd_want_write(write_handle, NULL);
	loop_stop(loop);
}

/* Reading is off: what waits is not told. */
static void wanting_to_write_and_not_to_read(void)
{
	int fds[2], in[2];

	setup();
	UNIT_NEED(!pipe(fds) && !pipe(in));
	UNIT_EQ(loop_add_fd(loop, fds[1], on_readable, &in[0], &write_handle),
		0);
	loop_fd_want_write(write_handle, on_writable);
	UNIT_EQ(loop_run(loop), 0);
	UNIT_STR(order, "w");
	write_handle = loop_del_fd(write_handle);

	UNIT_EQ(loop_add_fd(loop, in[0], on_readable, &in[0], &write_handle),
		0);
	loop_fd_want_read(write_handle, false);
	UNIT_NEED(write(in[1], "x", 1) == 1);
	tqueue_start(tq, &second, mtime_now());
	UNIT_EQ(loop_run(loop), 0);
	UNIT_STR(order, "ws");
	loop_fd_want_read(write_handle, true);
	tqueue_start(tq, &second, mtime_now());
	UNIT_EQ(loop_run(loop), 0);
	UNIT_STR(order, "wsrs");
	loop_del_fd(write_handle);
	close(fds[0]);
	close(fds[1]);
	close(in[0]);
	close(in[1]);
	teardown();
}

static void a_hook_can_be_taken_back(void)
{
	struct task task;

	setup();
	UNIT_EQ(loop_add_turn(loop, on_turn, NULL), 0);
	UNIT_EQ(loop_add_turn(loop, on_turn, order), 0);
	loop_del_turn(loop, on_turn, order);
	task_init(&task, stop_task);
	tqueue_start(tq, &task, mtime_now());
	UNIT_EQ(loop_run(loop), 0);
	UNIT_STR(order, "se");
	teardown();
}

static const struct unit_case cases[] = {
	UNIT_CASE(descriptors_then_tasks_then_hooks),
	UNIT_CASE(wakes_for_a_task),
	UNIT_CASE(signals_are_events),
	UNIT_CASE(a_signal_comes_with_its_own_time),
	UNIT_CASE(wanting_to_write_and_not_to_read),
	UNIT_CASE(a_hook_can_be_taken_back),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "loop", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
