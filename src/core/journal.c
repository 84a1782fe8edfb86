/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Journals (journal.h):
 *
 *	mip6d sequence 1 7 3c0d...
 *	node 2001:db8:1::100 2001:db8:1::1 4711 91af...
 *
 * This file decides what of such a file can be believed: each line ends with
 * its own check (siphash24 with a key that everybody knows: against a disk,
 * not against people), so one that was cut, or never arrived, is told from one
 * that did.  A last line that was cut is what a crash leaves, and is cut off;
 * any other that is wrong is told, and left out.  The first line has name,
 * version and generation; of two files the later generation counts.  What a
 * line means is left to its owner, files to store_dir.c.
 */
#include "mip6d/journal.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "mip6d/hash.h"
#include "mip6d/log.h"
#include "src/core/store_priv.h"

#define CHECK_LEN 17 /* a blank and 16 digits */
#define NAME_MAX_ 40

static const uint8_t check_key[16] = "mip6d journal";

static void journal_task(struct task *task, struct mtime now);

void journal_init(struct journal *j, struct store *s, const char *name,
		  unsigned int version, journal_line_fn *on_line,
		  journal_copy_fn *copy, void *arg)
{
	assert(strspn(name, "abcdefghijklmnopqrstuvwxyz-") == strlen(name));
	*j = (struct journal){
		.store = s,
		.name = name,
		.version = version,
		.on_line = on_line,
		.copy = copy,
		.arg = arg,
		.pass = 1,
		.max = JOURNAL_LONG,
		.least = JOURNAL_LONG,
		.buf = s ? malloc(JOURNAL_BUF) : NULL,
	};
	task_init(&j->task, journal_task);
	if (s && !j->buf) {
		log_error("store: out of memory: %s is not remembered", name);
		j->store = NULL;
	}
}

struct file_name {
	char s[NAME_MAX_];
};

static struct file_name name_of(const struct journal *j, unsigned int slot)
{
	struct file_name n;

	snprintf(n.s, sizeof(n.s), "%s-%u", j->name, slot);
	return n;
}

uint32_t journal_pass(const struct journal *j)
{
	return j->pass;
}

/* ---- lines ---- */

/* Adds the check and the end to a text of n octets.  Its new length. */
static size_t finish(char line[STORE_LINE_MAX + CHECK_LEN + 2], size_t n)
{
	uint64_t check = siphash24(check_key, line, n);

	return n + (size_t)sprintf(line + n, " %016" PRIx64 "\n", check);
}

/* Cuts the check off a line without its end.  False: it is not that of the
 * line. */
static bool check(char *line, size_t len)
{
	char want[CHECK_LEN + 1];

	if (len <= CHECK_LEN || memchr(line, '\0', len))
		return false;
	len -= CHECK_LEN;
	snprintf(want, sizeof(want), " %016" PRIx64,
		 siphash24(check_key, line, len));
	if (strcmp(line + len, want) != 0)
		return false;
	line[len] = '\0';
	return true;
}

static size_t header(const struct journal *j, char *line)
{
	return finish(line,
		      (size_t)sprintf(line, "mip6d %s %u %" PRIu32, j->name,
				      j->version, j->generation));
}

/* ---- reading ---- */

/* One of the two files. */
struct reading {
	struct journal *j;
	unsigned int slot;
	uint32_t generation; /* 0: not one of ours, or none at all */
	uint64_t good;       /* octets up to the end of the last line */
	unsigned int line;
	bool cut; /* octets follow that are no line */
};

typedef bool line_fn(struct reading *r, char *line, size_t len);

static int read_at(const struct reading *r, char *buf, size_t size)
{
	struct file_name n = name_of(r->j, r->slot);

	return store_dir_read_at(r->j->store->dir, n.s, r->good, buf, size);
}

static void tell(const struct reading *r, const char *found,
		 const char *expected)
{
	char shown[STORE_FOUND_MAX];

	store_found(found, shown);
	log_warning("store: %s/%s:%u: found \"%s\", expected %s: left out",
		    store_dir_path(r->j->store->dir), name_of(r->j, r->slot).s,
		    r->line, shown, expected);
}

static char *line_end(char *at, const char *end)
{
	return at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
}

/* Each line, whose end becomes its NUL, as long as fn wants more. */
static void walk(struct reading *r, char *buf, line_fn *fn)
{
	char *at, *end;
	int len;

	do {
		len = read_at(r, buf, JOURNAL_BUF);
		at = buf;
		while (len > 0 && (end = line_end(at, buf + len))) {
			*end = '\0';
			r->line++;
			r->good += (uint64_t)(end + 1 - at);
			if (!fn(r, at, (size_t)(end - at)))
				return;
			at = end + 1;
		}
		/* No text at all; what follows it may be good. */
		if (at == buf && len == JOURNAL_BUF) {
			r->good += JOURNAL_BUF;
			at += len;
		}
	} while (len > 0 && at > buf);
	if (len < 0 && len != -ENOENT)
		log_warning("store: cannot read %s/%s: %s",
			    store_dir_path(r->j->store->dir),
			    name_of(r->j, r->slot).s, strerror(-len));
	r->cut = len > 0;
}

static bool take_header(struct reading *r, char *line, size_t len)
{
	struct store_line words;
	char expected[STORE_LINE_MAX];
	uint32_t generation;
	bool good;

	snprintf(expected, sizeof(expected), "mip6d %s %u", r->j->name,
		 r->j->version);
	good = check(line, len) && !strncmp(line, expected, strlen(expected)) &&
	       line[strlen(expected)] == ' ' && store_split(line, &words) &&
	       words.n == 4 &&
	       store_word_u32(words.word[3], UINT32_MAX, &generation) &&
	       generation;
	if (good)
		r->generation = generation;
	else
		tell(r, line, expected);
	return false;
}

static bool take_line(struct reading *r, char *line, size_t len)
{
	struct store_line words;
	char copy[STORE_LINE_MAX];
	const char *expected;

	if (r->line == 1)
		return true;
	snprintf(copy, sizeof(copy), "%s", line);
	if (!check(line, len))
		expected = "a line with its check";
	else if (!store_split(line, &words))
		expected = "words divided by single blanks";
	else
		expected = r->j->on_line(r->j->arg, &words);
	if (expected)
		tell(r, copy, expected);
	return true;
}

/* What there is, but no line: kept beside, where it can do no harm. */
static void set_aside(struct reading *r)
{
	struct store_dir *dir = r->j->store->dir;
	struct file_name n = name_of(r->j, r->slot);

	log_warning("store: what was remembered is kept as %s/%s.bad",
		    store_dir_path(dir), n.s);
	store_dir_set_aside(dir, n.s);
}

static struct reading look_at(struct journal *j, unsigned int slot)
{
	struct reading r = { .j = j, .slot = slot };

	walk(&r, j->buf, take_header);
	if (!r.generation && (r.line || r.cut))
		set_aside(&r);
	r.good = r.line = 0;
	return r;
}

static void take_file(struct reading *r)
{
	struct journal *j = r->j;

	if (!r->generation)
		return;
	j->pass++;
	j->generation = r->generation;
	j->slot = r->slot;
	walk(r, j->buf, take_line);
	j->size = r->good;
	if (!r->cut)
		return;
	log_info("store: %s/%s: its last line was cut by a crash and is left "
		 "out",
		 store_dir_path(j->store->dir), name_of(j, r->slot).s);
	j->torn = store_dir_truncate(j->store->dir, name_of(j, r->slot).s,
				     r->good) < 0;
}

void journal_load(struct journal *j, struct mtime now)
{
	struct reading r[2];
	bool later;

	if (!j->store)
		return;
	r[0] = look_at(j, 0);
	r[1] = look_at(j, 1);
	later = r[1].generation > r[0].generation;
	take_file(&r[!later]);
	take_file(&r[later]);
	j->copying = r[0].generation && r[1].generation;
	if (j->copying || j->size > j->max)
		tqueue_start(j->store->tq, &j->task, now);
}

/* ---- writing ---- */

/* The other file begins; whatever is not in it yet is copied there. */
static int begin(struct journal *j)
{
	char line[STORE_LINE_MAX + CHECK_LEN + 2];
	struct journal next = *j;
	size_t len;
	int err;

	next.generation++;
	next.slot = j->generation ? !j->slot : 0;
	len = header(&next, line);
	err = store_dir_write(j->store->dir, name_of(j, next.slot).s, line,
			      len);
	if (err)
		return err;
	j->copying = j->generation;
	j->generation = next.generation;
	j->slot = next.slot;
	j->size = len;
	j->torn = false;
	j->pass += j->copying;
	return 0;
}

static int append(struct journal *j, const char *data, size_t len)
{
	struct store_dir *dir = j->store->dir;
	struct file_name n = name_of(j, j->slot);
	int err = store_dir_append(dir, n.s, data, len);

	if (err)
		j->torn = store_dir_truncate(dir, n.s, j->size) < 0;
	else
		j->size += len;
	return err;
}

static int write_out(struct journal *j)
{
	int err = 0;

	if (!j->generation)
		err = begin(j);
	/* So that what is torn takes nothing else with it. */
	if (!err && j->torn)
		err = append(j, "\n", 1);
	if (err)
		return err;
	j->torn = false;
	return append(j, j->buf, j->len);
}

static void go_on(struct journal *j, struct mtime now)
{
	tqueue_start(j->store->tq, &j->task,
		     mtime_add_ms(now, j->store->failed ? JOURNAL_RETRY_MS
							: JOURNAL_WAIT_MS));
}

int journal_commit(struct journal *j, struct mtime now)
{
	struct store *s = j->store;
	int err;

	if (!s || !j->len)
		return 0;
	err = write_out(j);
	j->len = 0;
	if (err && !s->failed)
		log_warning("store: cannot write %s/%s: %s; it will not be "
			    "remembered",
			    store_dir_path(s->dir), name_of(j, j->slot).s,
			    strerror(-err));
	s->failed = err != 0;
	if (err) {
		/* What was lost is somewhere in memory. */
		j->pass++;
		j->copying = true;
	}
	if ((j->copying || j->size > j->max) && !task_is_started(&j->task))
		go_on(j, now);
	return err;
}

void journal_put(struct journal *j, struct mtime now, const char *fmt, ...)
{
	char line[STORE_LINE_MAX + CHECK_LEN + 2];
	va_list ap;
	size_t n;

	if (!j->store)
		return;
	va_start(ap, fmt);
	n = (size_t)vsnprintf(line, STORE_LINE_MAX, fmt, ap);
	va_end(ap);
	assert(n && n < STORE_LINE_MAX);
	n = finish(line, n);
	if (j->len + n > JOURNAL_BUF)
		journal_commit(j, now);
	memcpy(j->buf + j->len, line, n);
	j->len += n;
	tqueue_start(j->store->tq, &j->task, now);
}

/* ---- copying ---- */

static void copied(struct journal *j)
{
	j->copying = false;
	store_dir_remove(j->store->dir, name_of(j, !j->slot).s);
	j->max = 3 * j->size;
	if (j->max < j->least)
		j->max = j->least;
}

static void copy(struct journal *j, struct mtime now)
{
	uint32_t pass = j->pass;
	bool more = true;
	unsigned int i;

	for (i = 0; more && i < JOURNAL_COPY; i++)
		more = j->copy(j->arg, now);
	journal_commit(j, now);
	/* Otherwise it has failed, now or when there was no room to wait. */
	if (!more && j->pass == pass)
		copied(j);
}

static void journal_task(struct task *task, struct mtime now)
{
	struct journal *j = container_of(task, struct journal, task);

	journal_commit(j, now);
	if (!j->copying && j->size > j->max && begin(j))
		j->max = 2 * j->size; /* not each time */
	if (j->copying)
		copy(j, now);
	if (j->copying)
		go_on(j, now);
	else
		task_stop(&j->task);
}

void journal_done(struct journal *j, struct mtime now)
{
	journal_commit(j, now);
	task_stop(&j->task);
	free(j->buf);
	j->buf = NULL;
	j->store = NULL;
}
