/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is remembered across restarts: what comes back, how old it is, and
 * what becomes of a file that cannot be believed.
 */
#include "mip6d/store.h"

#include <errno.h>
#include <string.h>

#include "tests/fake/fake.h"
#include "tests/unit/unit.h"

#define BOOT "f6e1c0de-0000-4000-8000-000000000001"

/* One run of a daemon that remembers numbers. */
static struct {
	struct store_dir *dir;
	struct tqueue *tq;
	struct store *store;
	struct store_subject sub;
	struct mtime now;
	uint32_t v[4];
	unsigned int n;
	struct mtime written;
} w;

static void write_numbers(void *arg, struct store_writer *out, struct mtime now)
{
	unsigned int i;

	(void)arg;
	(void)now;
	for (i = 0; i < w.n; i++)
		store_put(out, "number %u", w.v[i]);
}

static const char *on_line(void *arg, const struct store_line *line,
			   struct mtime written)
{
	uint32_t v;

	(void)arg;
	if (line->n != 2 || strcmp(line->word[0], "number") ||
	    !store_word_u32(line->word[1], 1000, &v))
		return "\"number 0..1000\"";
	UNIT_NEED(w.n < 4);
	w.v[w.n++] = v;
	w.written = written;
	return NULL;
}

static void start(struct mtime now)
{
	w.tq = tqueue_new();
	w.store = store_new(w.tq, w.dir);
	w.n = 0;
	w.now = now;
	fake_log_clear();
	store_init(&w.sub, w.store, "numbers", 1, write_numbers, on_line, &w);
	store_load(&w.sub, now);
}

static void stop(void)
{
	store_done(&w.sub, w.now);
	w.store = store_free(w.store);
	w.tq = tqueue_free(w.tq);
	UNIT_EQ(fake_faults(), 0);
}

static void stamp(const char *boot, int64_t up_ms, int64_t wall_s)
{
	struct store_stamp s = { .up_ms = up_ms, .wall_s = wall_s };

	strcpy(s.boot, boot);
	fake_store_at(w.dir, &s);
}

static void open_world(void)
{
	UNIT_EQ(store_dir_open("/fake", &w.dir), 0);
	stamp(BOOT, 5000, 1000000);
	start((struct mtime){ 5000000 });
}

static void close_world(void)
{
	stop();
	w.dir = store_dir_close(w.dir);
}

static void remember(uint32_t v)
{
	w.v[w.n++] = v;
	store_touch(&w.sub, w.now);
}

static void comes_back(void)
{
	open_world();
	UNIT_EQ(w.n, 0);
	remember(7);
	remember(1000);
	CU_ASSERT_PTR_NULL(fake_store_text(w.dir, "numbers"));
	UNIT_EQ(mtime_diff_ms(tqueue_next(w.tq), w.now), STORE_DELAY_MS);
	w.now = mtime_add_ms(w.now, STORE_DELAY_MS);
	tqueue_run(w.tq, w.now);
	UNIT_STR(fake_store_text(w.dir, "numbers"),
		 "mip6d numbers 1\n"
		 "written 1000000 5000 " BOOT "\n"
		 "number 7\nnumber 1000\nend 2\n");
	stop();
	start(w.now);
	UNIT_EQ(w.n, 2);
	UNIT_EQ(w.v[0], 7);
	UNIT_EQ(w.v[1], 1000);
	/* All of it was understood: nothing is written, or told. */
	UNIT_EQ(tqueue_len(w.tq), 0);
	CU_ASSERT_PTR_NULL(fake_log_line(0));
	close_world();
}

static void what_waits_is_written_at_the_end(void)
{
	open_world();
	remember(3);
	stop();
	start(w.now);
	UNIT_EQ(w.n, 1);
	/* And what does not wait is not. */
	fake_store_put(w.dir, "numbers", "mine");
	stop();
	UNIT_STR(fake_store_text(w.dir, "numbers"), "mine");
	start(w.now);
	close_world();
}

static void save_is_at_once(void)
{
	open_world();
	remember(3);
	UNIT_EQ(store_save(&w.sub, w.now), 0);
	CU_ASSERT_PTR_NOT_NULL(fake_store_text(w.dir, "numbers"));
	UNIT_EQ(tqueue_len(w.tq), 0);
	close_world();
}

/* ---- age ---- */

static int64_t age_ms(void)
{
	return mtime_diff_ms(w.now, w.written);
}

static void age_of(const char *boot, int64_t up_ms, int64_t wall_s,
		   int64_t want_ms)
{
	open_world();
	remember(1);
	store_save(&w.sub, w.now);
	stop();
	stamp(boot, up_ms, wall_s);
	start((struct mtime){ 77000000 });
	UNIT_EQ(w.n, 1);
	UNIT_EQ(age_ms(), want_ms);
	close_world();
}

static void age_is_that_of_this_boot(void)
{
	/* Whatever became of the wall clock. */
	age_of(BOOT, 6500, 17, 1500);
	age_of(BOOT, 6500, 900000000, 1500);
}

static void age_over_a_boot_is_of_the_wall_clock(void)
{
	age_of("another", 100, 1000060, 60000);
	age_of("", 100, 1000060, 60000);
	/* It went back: no file is from the future. */
	age_of("another", 100, 17, 0);
}

/* ---- what cannot be believed ---- */

static void damaged(const char *text, unsigned int n, const char *told)
{
	open_world();
	stop();
	fake_store_put(w.dir, "numbers", text);
	start(w.now);
	UNIT_EQ(w.n, n);
	CU_ASSERT_TRUE(fake_log_contains(told));
	if (!fake_log_contains(told))
		fprintf(stderr, "not told: %s\n", told);
	/* It is kept, and written anew. */
	UNIT_STR(fake_store_text(w.dir, "numbers.bad"), text);
	CU_ASSERT_PTR_NULL(fake_store_text(w.dir, "numbers"));
	UNIT_EQ(tqueue_len(w.tq), 1);
	close_world();
}

#define HEAD "mip6d numbers 1\nwritten 1000000 5000 " BOOT "\n"

static void bad_frames(void)
{
	damaged("", 0,
		"/fake/numbers:0: found \"no text\", expected mip6d "
		"numbers 1");
	damaged("mip6d numbers 2\n", 0,
		":1: found \"mip6d numbers 2\", expected mip6d numbers 1");
	damaged("mip6d others 1\n", 0, ":1: found \"mip6d others 1\"");
	damaged("\001\002\n", 0, ":1: found \"??\"");
	damaged("mip6d numbers 1\nwritten 1 2\nend 0\n", 0,
		":2: found \"written 1 2\"");
	damaged("mip6d numbers 1\nwritten -1 2 x\nend 0\n", 0, ":2: found");
	damaged("mip6d numbers 1\nwritten 99999999999999999999 2 x\nend 0\n", 0,
		":2: found");
	damaged(HEAD, 0, ":3: found \"another end\"");
	damaged(HEAD "number 1\n", 0, ":3: found \"another end\"");
	damaged(HEAD "number 1\nend 2\n", 0, ":4: found \"another end\"");
	damaged(HEAD "number 1\nend 1", 0, ":4: found \"another end\"");
	damaged(HEAD "number 1\nend 1\n\n", 0, ":5: found \"another end\"");
}

static void bad_lines(void)
{
	damaged(HEAD "number 1\nnumber 1001\nnumber 3\nend 3\n", 2,
		":4: found \"number 1001\", expected \"number 0..1000\"");
	damaged(HEAD "number  1\nend 1\n", 0, ":3: found \"number  1\"");
	damaged(HEAD "\nend 1\n", 0, ":3: found \"\"");
	damaged(HEAD "number 1x\nend 1\n", 0, "found \"number 1x\"");
	damaged(HEAD "number 99999999999\nend 1\n", 0, "found \"number 9");
	damaged(HEAD "number\nend 1\n", 0, "found \"number\"");
	damaged(HEAD "a b c d e f g h i j k l m n o p q\nend 1\n", 0,
		"expected words divided by single blanks");
	damaged(HEAD "number 1\n\002\nend 2\n", 1, ":4: found \"?\"");
}

static void long_line(void)
{
	static char text[1000] = HEAD "number 1\n";
	size_t len = strlen(text);

	memset(text + len, 'x', 300);
	strcat(text, "\nend 2\n");
	damaged(text, 1, ":4: found \"what is no text\"");
}

static void too_large(void)
{
	static char text[STORE_FILE_MAX + 2];

	memset(text, 'x', sizeof(text) - 1);
	damaged(text, 0, "cannot read /fake/numbers: File too large");
}

/* ---- what cannot be written ---- */

static void failure_is_told_once(void)
{
	open_world();
	fake_store_fail(w.dir, -ENOSPC);
	remember(1);
	UNIT_EQ(store_save(&w.sub, w.now), -ENOSPC);
	CU_ASSERT_TRUE(
		fake_log_contains("cannot write /fake/numbers: No space"));
	fake_log_clear();
	UNIT_EQ(store_save(&w.sub, w.now), -ENOSPC);
	CU_ASSERT_PTR_NULL(fake_log_line(0));
	fake_store_fail(w.dir, 0);
	UNIT_EQ(store_save(&w.sub, w.now), 0);
	fake_store_fail(w.dir, -EROFS);
	UNIT_EQ(store_save(&w.sub, w.now), -EROFS);
	CU_ASSERT_TRUE(fake_log_contains("Read-only"));
	fake_store_fail(w.dir, 0);
	close_world();
}

static void no_store_remembers_nothing(void)
{
	struct store_subject sub;
	struct mtime now = { 1 };

	store_init(&sub, NULL, "numbers", 1, write_numbers, on_line, NULL);
	store_load(&sub, now);
	store_touch(&sub, now);
	CU_ASSERT_FALSE(task_is_started(&sub.task));
	UNIT_EQ(store_save(&sub, now), 0);
	store_done(&sub, now);
}

static void write_much(void *arg, struct store_writer *out, struct mtime now)
{
	unsigned int i;

	(void)arg;
	(void)now;
	for (i = 0; i < 20000; i++)
		store_put(out, "number %u", i % 1000);
}

static unsigned int n_lines;

static const char *count_line(void *arg, const struct store_line *line,
			      struct mtime written)
{
	(void)arg;
	(void)line;
	(void)written;
	n_lines++;
	return NULL;
}

/* Whole lines, and the end is there. */
static void full_file(void)
{
	struct store_subject sub;

	open_world();
	store_init(&sub, w.store, "much", 1, write_much, count_line, NULL);
	UNIT_EQ(store_save(&sub, w.now), 0);
	CU_ASSERT_TRUE(fake_log_contains("/fake/much is full"));
	fake_log_clear();
	store_load(&sub, w.now);
	CU_ASSERT_TRUE(n_lines > 5000 && n_lines < 20000);
	CU_ASSERT_PTR_NULL(fake_log_line(0));
	store_done(&sub, w.now);
	close_world();
}

int main(int argc, char **argv)
{
	static const struct unit_case cases[] = {
		UNIT_CASE(comes_back),
		UNIT_CASE(what_waits_is_written_at_the_end),
		UNIT_CASE(save_is_at_once),
		UNIT_CASE(age_is_that_of_this_boot),
		UNIT_CASE(age_over_a_boot_is_of_the_wall_clock),
		UNIT_CASE(bad_frames),
		UNIT_CASE(bad_lines),
		UNIT_CASE(long_line),
		UNIT_CASE(too_large),
		UNIT_CASE(failure_is_told_once),
		UNIT_CASE(no_store_remembers_nothing),
		UNIT_CASE(full_file),
		UNIT_END,
	};
	static const struct unit_suite suites[] = {
		{ "store", cases },
		UNIT_END,
	};

	return unit_main(argc, argv, suites);
}
