/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is remembered of many things, by a line whenever one of them changes:
 * for what has to be on the disk before something else may happen, and is too
 * much to be written as a whole each time (store.h does that).
 *
 * A subject ("sequence") has two files, NAME-0 and NAME-1, which take turns.
 * Lines are put behind one of them; when it has become long, the other one
 * begins with what the owner copies there, a few lines at a time, and then the
 * first is removed.  Whenever mip6d or the machine ends, what was committed is
 * in the two; of what was not, whole lines count.
 *
 *	journal_init(&j, env->store, "sequence", 1, on_line, copy, arg);
 *	journal_load(&j, now);		at start
 *	journal_put(&j, now, "node %s %u", ...);	it changed
 *	journal_commit(&j, now);	before others hear of it
 *	journal_done(&j, now);
 */
#ifndef MIP6D_JOURNAL_H
#define MIP6D_JOURNAL_H

#include "mip6d/store.h"

#define JOURNAL_BUF      32768  /* octets that wait at most */
#define JOURNAL_LONG     262144 /* octets of a file from which on it may end */
#define JOURNAL_COPY     128    /* lines that are copied at a time */
#define JOURNAL_WAIT_MS  20     /* until the next ones are */
#define JOURNAL_RETRY_MS 10000  /* after the disk could not be written */

struct journal;

/* Takes a line that was read; later ones replace earlier ones.  NULL, or what
 * was expected in its place. */
typedef const char *journal_line_fn(void *arg, const struct store_line *line);
/* Puts one line of something whose last line is of an earlier pass.  False:
 * there is nothing like that. */
typedef bool journal_copy_fn(void *arg, struct mtime now);

/* Embedded in its owner.  Private to core/journal.c. */
struct journal {
	struct store *store; /* NULL: nothing is remembered */
	const char *name;
	unsigned int version;
	journal_line_fn *on_line;
	journal_copy_fn *copy;
	void *arg;
	struct task task;
	uint32_t generation; /* of the file that is written; 0: none yet */
	unsigned int slot;   /* which of the two it is */
	uint64_t size;       /* octets of it that are good */
	uint64_t max;        /* a longer one ends... */
	uint64_t least;      /* ...but no shorter one than this */
	uint32_t pass;
	bool copying; /* lines of earlier passes are needed still */
	bool torn;    /* half a line may be behind what is good */
	char *buf;    /* what waits */
	size_t len;
};

/* s may be NULL.  The name is as store_init wants it.  Without memory nothing
 * is remembered, and the log says so. */
void journal_init(struct journal *j, struct store *s, const char *name,
		  unsigned int version, journal_line_fn *on_line,
		  journal_copy_fn *copy, void *arg);
void journal_load(struct journal *j, struct mtime now);
/* Of the lines that are read, or put, at present: the owner keeps it with each
 * thing.  What has another one is not sure to be on the disk. */
uint32_t journal_pass(const struct journal *j);
/* One line of words; committed at the end of this turn at the latest. */
void journal_put(struct journal *j, struct mtime now, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* All that was put is on the disk afterwards.  0, or -errno: it is not, is
 * told in the log, and all begins a new pass. */
int journal_commit(struct journal *j, struct mtime now);
/* Commits. */
void journal_done(struct journal *j, struct mtime now);

#endif
