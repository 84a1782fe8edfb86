/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Journals: what was committed is there, wherever a file ends, whatever octet
 * of it is wrong, and whenever the power fails; and the work of a turn does
 * not grow with what is remembered.
 */
#include "mip6d/journal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fake/fake.h"
#include "tests/unit/unit.h"

#define N 4000

/* One run of a daemon that remembers a number for each of many things. */
static struct {
	struct store_dir *dir;
	struct tqueue *tq;
	struct store *store;
	struct journal j;
	struct mtime now;
	uint32_t v[N]; /* 0: none */
	uint32_t pass[N];
	unsigned int n_lines, n_copied, at;
	uint64_t least; /* instead of JOURNAL_LONG */
} w;

static const char *on_line(void *arg, const struct store_line *line)
{
	uint32_t i, v;

	(void)arg;
	if (line->n != 3 || strcmp(line->word[0], "number") ||
	    !store_word_u32(line->word[1], N - 1, &i) ||
	    !store_word_u32(line->word[2], UINT32_MAX, &v))
		return "\"number WHICH WHAT\"";
	w.v[i] = v;
	w.pass[i] = journal_pass(&w.j);
	w.n_lines++;
	return NULL;
}

static void put(unsigned int i, uint32_t v)
{
	w.v[i] = v;
	journal_put(&w.j, w.now, "number %u %u", i, v);
	w.pass[i] = journal_pass(&w.j);
}

static bool copy(void *arg, struct mtime now)
{
	unsigned int i;

	(void)arg;
	(void)now;
	for (i = 0; i < N; i++, w.at = (w.at + 1) % N)
		if (w.v[w.at] && w.pass[w.at] != journal_pass(&w.j)) {
			put(w.at, w.v[w.at]);
			w.n_copied++;
			return true;
		}
	return false;
}

static void start(void)
{
	w.tq = tqueue_new();
	w.store = store_new(w.tq, w.dir);
	memset(w.v, 0, sizeof(w.v));
	memset(w.pass, 0, sizeof(w.pass));
	w.n_lines = w.n_copied = w.at = 0;
	fake_log_clear();
	journal_init(&w.j, w.store, "numbers", 1, on_line, copy, &w);
	if (w.least)
		w.j.least = w.j.max = w.least;
	journal_load(&w.j, w.now);
}

static void stop(void)
{
	journal_done(&w.j, w.now);
	UNIT_EQ(tqueue_len(w.tq), 0);
	w.store = store_free(w.store);
	w.tq = tqueue_free(w.tq);
	UNIT_EQ(fake_faults(), 0);
}

static void restart(void)
{
	stop();
	start();
}

static void open_journal(uint64_t least)
{
	fake_faults_clear();
	UNIT_EQ(store_dir_open("/fake", &w.dir), 0);
	w.least = least;
	w.now = (struct mtime){ 1000000 };
	start();
}

static void close_journal(void)
{
	stop();
	w.dir = store_dir_close(w.dir);
}

static void run_ms(int64_t ms)
{
	struct mtime end = mtime_add_ms(w.now, ms), due;

	while ((due = tqueue_next(w.tq), !mtime_before(end, due))) {
		if (mtime_before(w.now, due))
			w.now = due;
		tqueue_run(w.tq, w.now);
	}
	w.now = end;
}

static const char *text(unsigned int slot)
{
	return fake_store_text(w.dir, slot ? "numbers-1" : "numbers-0");
}

static void what_was_put_is_there(void)
{
	open_journal(0);
	CU_ASSERT_PTR_NULL(text(0));
	put(1, 11);
	put(2, 22);
	CU_ASSERT_PTR_NULL(text(0));
	UNIT_EQ(journal_commit(&w.j, w.now), 0);
	CU_ASSERT_TRUE(!strncmp(text(0), "mip6d numbers 1 1 ", 18));
	CU_ASSERT_PTR_NOT_NULL(strstr(text(0), "\nnumber 1 11 "));
	put(1, 12);
	run_ms(0); /* at the end of the turn by itself */
	CU_ASSERT_PTR_NOT_NULL(strstr(text(0), "\nnumber 1 12 "));
	restart();
	UNIT_EQ(w.v[1], 12);
	UNIT_EQ(w.v[2], 22);
	UNIT_EQ(w.n_lines, 3);
	put(3, 33); /* at the end at the latest */
	restart();
	UNIT_EQ(w.v[3], 33);
	CU_ASSERT_PTR_NULL(fake_log_line(0));
	close_journal();
}

static char *keep(const char *from)
{
	char *s = strdup(from);

	UNIT_NEED(s != NULL);
	return s;
}

/* Wherever the file ends: each line that is whole counts, the others do not,
 * and what is put behind it is read again. */
static void the_file_is_cut_at_every_octet(void)
{
	size_t len, cut, begin;
	unsigned int i, whole;
	char *all, *p;

	open_journal(0);
	for (i = 0; i < 20; i++)
		put(i, 1000 + i);
	journal_commit(&w.j, w.now);
	all = keep(text(0));
	len = strlen(all);
	begin = (size_t)(strchr(all, '\n') + 1 - all);
	for (cut = 0; cut <= len; cut++) {
		stop();
		fake_store_put(w.dir, "numbers-0", all);
		fake_store_cut(w.dir, "numbers-0", cut);
		start();
		whole = 0;
		for (p = all; p < all + cut; p++)
			whole += *p == '\n';
		whole -= whole > 0;
		UNIT_EQ(w.n_lines, whole);
		for (i = 0; i < 20; i++)
			UNIT_EQ(w.v[i], i < whole ? 1000 + i : 0);
		put(N - 1, 7);
		restart();
		UNIT_EQ(w.n_lines, whole + 1);
		UNIT_EQ(w.v[N - 1], 7);
		/* Whatever has no first line is kept beside. */
		UNIT_EQ(fake_store_text(w.dir, "numbers-0.bad") != NULL,
			cut && cut < begin);
		store_dir_remove(w.dir, "numbers-0.bad");
	}
	free(all);
	close_journal();
}

/* A disk that gives back other octets costs the lines that they are in, two
 * where one loses its end; it is said, and nothing else is lost. */
static void every_octet_is_spoilt(void)
{
	char *all, *spoilt;
	size_t at, begin;
	unsigned int i, lost;

	open_journal(0);
	for (i = 0; i < 10; i++)
		put(i, 1000 + i);
	journal_commit(&w.j, w.now);
	all = keep(text(0));
	spoilt = keep(all);
	begin = (size_t)(strchr(all, '\n') + 1 - all);
	for (at = begin; all[at]; at++) {
		stop();
		spoilt[at] ^= 1;
		fake_store_put(w.dir, "numbers-0", spoilt);
		spoilt[at] ^= 1;
		start();
		for (i = lost = 0; i < 10; i++) {
			lost += !w.v[i];
			UNIT_EQ(!w.v[i] || w.v[i] == 1000 + i, true);
		}
		UNIT_EQ(lost, all[at] == '\n' && all[at + 1] ? 2 : 1);
		CU_ASSERT_PTR_NOT_NULL(fake_log_line(0));
	}
	free(all);
	free(spoilt);
	close_journal();
}

/* A block of zeros, as a file system may leave one; and more of them than are
 * read at a time. */
static void holes(void)
{
	static const size_t sizes[] = { 1, 4096, JOURNAL_BUF, 100000 };
	size_t i, len;
	char *hole;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		open_journal(0);
		put(1, 11);
		journal_commit(&w.j, w.now);
		hole = calloc(1, sizes[i] + 1);
		UNIT_NEED(hole != NULL);
		UNIT_EQ(store_dir_append(w.dir, "numbers-0", hole, sizes[i]),
			0);
		UNIT_EQ(store_dir_append(w.dir, "numbers-0", "\n", 1), 0);
		w.j.size += sizes[i] + 1;
		put(2, 22);
		restart();
		UNIT_EQ(w.v[1], 11);
		UNIT_EQ(w.v[2], 22);
		CU_ASSERT_TRUE(fake_log_contains("expected a line with its"));
		len = strlen("mip6d");
		UNIT_EQ(strncmp(text(0), "mip6d", len), 0);
		free(hole);
		close_journal();
	}
}

/* Another version, another subject, another program. */
static void strange_files_are_kept_beside(void)
{
	static const char *const strange[] = {
		"mip6d sequence 1\nwritten 0 0 -\nend 0\n",
		"\n",
		"mip6d numbers 1 1\n",
		"no newline",
	};
	size_t i;

	for (i = 0; i < sizeof(strange) / sizeof(strange[0]); i++) {
		open_journal(0);
		stop();
		fake_store_put(w.dir, "numbers-1", strange[i]);
		start();
		CU_ASSERT_PTR_NULL(text(1));
		UNIT_STR(fake_store_text(w.dir, "numbers-1.bad"), strange[i]);
		put(1, 11);
		restart();
		UNIT_EQ(w.v[1], 11);
		close_journal();
	}
}

/* Long files end, a few lines at a time; what is put meanwhile waits for
 * none of them. */
static void a_long_file_ends(void)
{
	unsigned int i, turns, before;

	open_journal(0);
	for (i = 0; i < N; i++)
		put(i, 1);
	for (i = 0; !text(1); i++) {
		UNIT_NEED(i < 4 * N);
		put(i % N, 2 + i / N);
		journal_commit(&w.j, w.now);
		run_ms(0);
		w.now = mtime_add_ms(w.now, 1);
	}
	CU_ASSERT_PTR_NOT_NULL(text(0));
	for (turns = 0; text(0); turns++) {
		UNIT_NEED(turns < 2 * N / JOURNAL_COPY);
		before = w.n_copied;
		put(7, 100 + turns);
		UNIT_EQ(journal_commit(&w.j, w.now), 0);
		UNIT_EQ(w.n_copied, before);
		run_ms(JOURNAL_WAIT_MS);
		CU_ASSERT_TRUE(w.n_copied - before <= 2 * JOURNAL_COPY);
	}
	CU_ASSERT_TRUE(turns >= N / JOURNAL_COPY / 2 - 1);
	before = w.v[8];
	restart();
	UNIT_EQ(w.v[7], 100 + turns - 1);
	UNIT_EQ(w.v[8], before);
	for (i = 0; i < N; i++)
		UNIT_NEED(w.v[i]);
	CU_ASSERT_TRUE(w.n_lines < N + 2 * JOURNAL_COPY);
	close_journal();
}

/* ---- the power fails ---- */

#define THINGS 12

static uint32_t sure[THINGS]; /* the last that was committed */

/* Puts and commits, through many turns of the two files, until it is dark. */
static void work(void)
{
	uint32_t v;

	for (v = 1; v < 150; v++) {
		unsigned int i = v * 5 % THINGS;

		put(i, v);
		if (journal_commit(&w.j, w.now) || fake_store_is_dark(w.dir))
			return;
		sure[i] = v;
		run_ms(v % 3 * JOURNAL_WAIT_MS);
		if (fake_store_is_dark(w.dir))
			return;
	}
}

static void the_power_fails_after_every_octet(void)
{
	unsigned int i, turns = 0;
	size_t until;
	bool dark;

	for (until = 1, dark = true; dark; until++) {
		open_journal(200);
		memset(sure, 0, sizeof(sure));
		fake_store_power(w.dir, until);
		work();
		dark = fake_store_is_dark(w.dir);
		turns = w.j.generation;
		fake_store_fail(w.dir, -EIO);
		stop();
		fake_store_fail(w.dir, 0);
		fake_store_light(w.dir);
		start();
		for (i = 0; i < THINGS; i++)
			if (w.v[i] < sure[i])
				printf("     octet %zu: %u is %u, was %u\n",
				       until, i, w.v[i], sure[i]);
		for (i = 0; i < THINGS; i++)
			UNIT_NEED(w.v[i] >= sure[i]);
		/* And a second time, before it has recovered. */
		fake_store_power(w.dir, until % 97 + 1);
		run_ms(1000);
		fake_store_light(w.dir);
		restart();
		for (i = 0; i < THINGS; i++)
			UNIT_NEED(w.v[i] >= sure[i]);
		close_journal();
	}
	CU_ASSERT_TRUE(until > 2000);
	CU_ASSERT_TRUE(turns > 5);
}

/* ---- the disk cannot be written for a while ---- */

static void a_full_disk_is_said_and_made_up_for(void)
{
	unsigned int i;

	open_journal(0);
	for (i = 0; i < 300; i++)
		put(i, 1);
	UNIT_EQ(journal_commit(&w.j, w.now), 0);
	fake_store_fail(w.dir, -ENOSPC);
	put(1, 2);
	UNIT_EQ(journal_commit(&w.j, w.now), -ENOSPC);
	CU_ASSERT_TRUE(fake_log_contains("cannot write /fake/numbers-0"));
	put(2, 2);
	UNIT_EQ(journal_commit(&w.j, w.now), -ENOSPC);
	run_ms(60000);
	CU_ASSERT_PTR_NULL(fake_log_line(1));
	fake_store_fail(w.dir, 0);
	run_ms(2 * JOURNAL_RETRY_MS);
	restart();
	UNIT_EQ(w.v[0], 1);
	UNIT_EQ(w.v[1], 2);
	UNIT_EQ(w.v[2], 2);
	UNIT_EQ(w.v[299], 1);
	close_journal();
}

/* More than fits is written before its time. */
static void many_in_one_turn(void)
{
	unsigned int i;

	open_journal(0);
	for (i = 0; i < N; i++)
		put(i, 1 + i);
	restart();
	for (i = 0; i < N; i++)
		UNIT_NEED(w.v[i] == 1 + i);
	close_journal();
}

static void no_store_remembers_nothing(void)
{
	struct journal j;

	journal_init(&j, NULL, "numbers", 1, on_line, copy, NULL);
	journal_load(&j, w.now);
	journal_put(&j, w.now, "number 1 1");
	UNIT_EQ(journal_commit(&j, w.now), 0);
	journal_done(&j, w.now);
}

static const struct unit_case cases[] = {
	UNIT_CASE(what_was_put_is_there),
	UNIT_CASE(the_file_is_cut_at_every_octet),
	UNIT_CASE(every_octet_is_spoilt),
	UNIT_CASE(holes),
	UNIT_CASE(strange_files_are_kept_beside),
	UNIT_CASE(a_long_file_ends),
	UNIT_CASE(the_power_fails_after_every_octet),
	UNIT_CASE(a_full_disk_is_said_and_made_up_for),
	UNIT_CASE(many_in_one_turn),
	UNIT_CASE(no_store_remembers_nothing),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "journal", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
