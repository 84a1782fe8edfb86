/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The task queue: order, turns, what callbacks may do to it, and a long
 * random walk beside a plain array that does the same.
 */
#include "mip6d/tqueue.h"

#include <stdlib.h>

#include "mip6d/cleanup.h"
#include "tests/unit/unit.h"

#define AT(us) ((struct mtime){ us })

struct probe {
	struct task task;
	int id;
	void (*also)(struct probe *p, struct mtime now);
	struct probe *other;
};

static struct tqueue *tq;
static int ran[64];
static size_t n_ran;

static void probe_ran(struct task *task, struct mtime now)
{
	struct probe *p = container_of(task, struct probe, task);

	CU_ASSERT_FALSE(task_is_started(task));
	if (n_ran < ARRAY_SIZE(ran))
		ran[n_ran] = p->id;
	n_ran++;
	if (p->also)
		p->also(p, now);
}

static void probe_init(struct probe *p, int id)
{
	*p = (struct probe){ .id = id };
	task_init(&p->task, probe_ran);
}

static void set_up(struct probe *probes, size_t n)
{
	size_t i;

	tq = tqueue_new();
	UNIT_NEED(tq != NULL);
	n_ran = 0;
	for (i = 0; i < n; i++)
		probe_init(&probes[i], (int)i);
}

static void tear_down(void)
{
	CU_ASSERT_PTR_NULL(tqueue_free(tq));
}

static void empty_queue_has_no_next(void)
{
	set_up(NULL, 0);
	UNIT_EQ(tqueue_next(tq).us, MTIME_NEVER.us);
	UNIT_EQ(tqueue_len(tq), 0);
	UNIT_EQ(tqueue_run(tq, AT(INT64_MAX)), 0);
	tear_down();
}

static void tasks_run_when_due_and_in_order(void)
{
	struct probe p[4];
	static const int want[] = { 2, 0, 3, 1 };

	set_up(p, 4);
	tqueue_start(tq, &p[0].task, AT(20));
	tqueue_start(tq, &p[1].task, AT(31));
	tqueue_start(tq, &p[2].task, AT(-10));
	tqueue_start(tq, &p[3].task, AT(20));
	UNIT_EQ(tqueue_next(tq).us, -10);
	UNIT_EQ(tqueue_len(tq), 4);
	CU_ASSERT_TRUE(task_is_started(&p[3].task));
	UNIT_EQ(task_due(&p[3].task).us, 20);
	UNIT_EQ(tqueue_run(tq, AT(-11)), 0);
	UNIT_EQ(tqueue_run(tq, AT(30)), 3);
	UNIT_EQ(tqueue_next(tq).us, 31);
	UNIT_EQ(tqueue_run(tq, AT(31)), 1);
	UNIT_MEM(ran, n_ran * sizeof(ran[0]), want, sizeof(want));
	UNIT_EQ(task_due(&p[3].task).us, MTIME_NEVER.us);
	tear_down();
}

static void equal_times_run_in_order_of_start(void)
{
	struct probe p[50];
	int i;

	set_up(p, 50);
	for (i = 0; i < 50; i++)
		tqueue_start(tq, &p[i].task, AT(5));
	/* A task that is started again is started last. */
	tqueue_start(tq, &p[0].task, AT(5));
	UNIT_EQ(tqueue_run(tq, AT(5)), 50);
	for (i = 0; i < 49; i++)
		UNIT_EQ(ran[i], i + 1);
	UNIT_EQ(ran[49], 0);
	tear_down();
}

static void stop_and_start_again(void)
{
	struct probe p[3];
	static const int want[] = { 2, 0 };

	set_up(p, 3);
	task_stop(&p[0].task);
	tqueue_start(tq, &p[0].task, AT(1));
	tqueue_start(tq, &p[1].task, AT(2));
	tqueue_start(tq, &p[2].task, AT(3));
	tqueue_start(tq, &p[0].task, AT(9));
	task_stop(&p[1].task);
	task_stop(&p[1].task);
	UNIT_EQ(tqueue_len(tq), 2);
	UNIT_EQ(tqueue_next(tq).us, 3);
	UNIT_EQ(tqueue_run(tq, AT(100)), 2);
	UNIT_MEM(ran, n_ran * sizeof(ran[0]), want, sizeof(want));
	tear_down();
}

static void start_again_now(struct probe *p, struct mtime now)
{
	tqueue_start(tq, &p->task, now);
}

static void start_other_in_the_past(struct probe *p, struct mtime now)
{
	tqueue_start(tq, &p->other->task, AT(now.us - 1000));
}

static void a_turn_ends(void)
{
	struct probe p[3];
	static const int want[] = { 0, 1, 2, 0 };

	set_up(p, 3);
	p[0].also = start_again_now;
	p[1].also = start_other_in_the_past;
	p[1].other = &p[2];
	tqueue_start(tq, &p[0].task, AT(10));
	tqueue_start(tq, &p[1].task, AT(10));
	UNIT_EQ(tqueue_run(tq, AT(10)), 2);
	UNIT_EQ(tqueue_len(tq), 2);
	UNIT_EQ(tqueue_next(tq).us, -990);
	p[0].also = NULL;
	UNIT_EQ(tqueue_run(tq, AT(10)), 2);
	UNIT_MEM(ran, n_ran * sizeof(ran[0]), want, sizeof(want));
	tear_down();
}

static void stop_other(struct probe *p, struct mtime now)
{
	(void)now;
	CU_ASSERT_TRUE(task_is_started(&p->other->task));
	task_stop(&p->other->task);
}

static void delay_other(struct probe *p, struct mtime now)
{
	/* What is due in this turn is still in the queue. */
	UNIT_EQ(tqueue_next(tq).us, 2);
	UNIT_EQ(tqueue_len(tq), 1);
	tqueue_start(tq, &p->other->task, mtime_add_us(now, 5));
}

static void due_tasks_can_be_stopped_and_moved(void)
{
	struct probe p[4];
	static const int want[] = { 0, 2, 3 };

	set_up(p, 4);
	p[0].also = stop_other;
	p[0].other = &p[1];
	p[2].also = delay_other;
	p[2].other = &p[3];
	tqueue_start(tq, &p[0].task, AT(1));
	tqueue_start(tq, &p[1].task, AT(1));
	tqueue_start(tq, &p[2].task, AT(2));
	tqueue_start(tq, &p[3].task, AT(2));
	UNIT_EQ(tqueue_run(tq, AT(2)), 2);
	UNIT_EQ(tqueue_next(tq).us, 7);
	UNIT_EQ(tqueue_run(tq, AT(7)), 1);
	UNIT_MEM(ran, n_ran * sizeof(ran[0]), want, sizeof(want));
	tear_down();
}

static void free_self_and_other(struct probe *p, struct mtime now)
{
	(void)now;
	task_stop(&p->other->task);
	free(p->other);
	free(p);
}

/* Under the sanitizers this finds a queue that looks back at a task. */
static void callback_may_free_its_object(void)
{
	struct probe *p = malloc(sizeof(*p)), *q = malloc(sizeof(*q));

	set_up(NULL, 0);
	UNIT_NEED(p && q);
	probe_init(p, 0);
	probe_init(q, 1);
	p->also = free_self_and_other;
	p->other = q;
	tqueue_start(tq, &p->task, AT(1));
	tqueue_start(tq, &q->task, AT(1));
	UNIT_EQ(tqueue_run(tq, AT(1)), 1);
	UNIT_EQ(tqueue_len(tq), 0);
	tear_down();
}

static void free_forgets_started_tasks(void)
{
	struct probe p[3];

	set_up(p, 3);
	tqueue_start(tq, &p[0].task, AT(1));
	tqueue_start(tq, &p[1].task, AT(2));
	tqueue_start(tq, &p[2].task, AT(0));
	tear_down();
	CU_ASSERT_FALSE(task_is_started(&p[1].task));
	task_stop(&p[1].task);
	CU_ASSERT_PTR_NULL(tqueue_free(NULL));
}

/* A heap that went down by recursion would need this much stack. */
static void long_queues_need_no_stack(void)
{
	enum { N = 200000 };
	struct probe *p = calloc(N, sizeof(*p));
	int i;

	UNIT_NEED(p != NULL);
	set_up(NULL, 0);
	for (i = 0; i < N; i++) {
		probe_init(&p[i], i);
		tqueue_start(tq, &p[i].task, AT(i));
	}
	for (i = 0; i < N; i += 2)
		task_stop(&p[i].task);
	UNIT_EQ(tqueue_len(tq), N / 2);
	UNIT_EQ(tqueue_run(tq, AT(N)), N / 2);
	UNIT_EQ(n_ran, N / 2);
	UNIT_EQ(ran[0], 1);
	UNIT_EQ(ran[63], 127);
	tear_down();
	free(p);
}

/* --- beside a plain array --- */

#define MODEL_N 40

static struct probe model_probe[MODEL_N];
static struct {
	bool started;
	int64_t due;
	unsigned int order;
} model[MODEL_N];
static unsigned int model_order;
static uint32_t seed = 1;

static uint32_t draw(uint32_t bound)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % bound;
}

static int model_first(void)
{
	int i, best = -1;

	for (i = 0; i < MODEL_N; i++)
		if (model[i].started &&
		    (best < 0 || model[i].due < model[best].due ||
		     (model[i].due == model[best].due &&
		      model[i].order < model[best].order)))
			best = i;
	return best;
}

static void model_step(void)
{
	uint32_t i = draw(MODEL_N), what = draw(8);

	if (what < 5) {
		model[i].started = true;
		model[i].due = draw(30);
		model[i].order = model_order++;
		tqueue_start(tq, &model_probe[i].task, AT(model[i].due));
	} else {
		model[i].started = false;
		task_stop(&model_probe[i].task);
	}
}

static bool model_agrees(void)
{
	int i, first = model_first();
	size_t n = 0;

	for (i = 0; i < MODEL_N; i++) {
		n += model[i].started;
		if (task_is_started(&model_probe[i].task) != model[i].started)
			return false;
	}
	return tqueue_len(tq) == n &&
	       tqueue_next(tq).us ==
		       (first < 0 ? MTIME_NEVER.us : model[first].due);
}

static bool model_run(int64_t now)
{
	size_t n = 0;

	n_ran = 0;
	tqueue_run(tq, AT(now));
	for (;;) {
		int first = model_first();

		if (first < 0 || model[first].due > now)
			break;
		model[first].started = false;
		if (n < n_ran && ran[n] != first)
			return false;
		n++;
	}
	return n == n_ran;
}

static void random_walk_agrees_with_an_array(void)
{
	bool agrees = true;
	int turn;

	set_up(model_probe, MODEL_N);
	for (turn = 0; turn < 20000 && agrees; turn++) {
		model_step();
		agrees = model_agrees();
		if (agrees && draw(10) == 0)
			agrees = model_run(draw(30)) && model_agrees();
	}
	CU_ASSERT_TRUE(agrees);
	UNIT_EQ(turn, 20000);
	tear_down();
}

static void whole_seconds_left(void)
{
	UNIT_EQ(mtime_left_s(AT(2999999), AT(0)), 2);
	UNIT_EQ(mtime_left_s(AT(5), AT(9000000)), 0);
	UNIT_EQ(mtime_left_s(MTIME_NEVER, AT(9)), UINT32_MAX);
	UNIT_EQ(mtime_left_s(AT(INT64_MAX - 1), AT(0)), UINT32_MAX);
	UNIT_EQ(mtime_min(AT(3), MTIME_NEVER).us, 3);
	UNIT_EQ(mtime_add_s(AT(1), 2).us, 2000001);
	UNIT_EQ(mtime_diff_ms(AT(5000), AT(2000)), 3);
}

static const struct unit_case cases[] = {
	UNIT_CASE(empty_queue_has_no_next),
	UNIT_CASE(tasks_run_when_due_and_in_order),
	UNIT_CASE(equal_times_run_in_order_of_start),
	UNIT_CASE(stop_and_start_again),
	UNIT_CASE(a_turn_ends),
	UNIT_CASE(due_tasks_can_be_stopped_and_moved),
	UNIT_CASE(callback_may_free_its_object),
	UNIT_CASE(free_forgets_started_tasks),
	UNIT_CASE(long_queues_need_no_stack),
	UNIT_CASE(random_walk_agrees_with_an_array),
	UNIT_CASE(whole_seconds_left),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "tqueue", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
