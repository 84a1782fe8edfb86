/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is remembered across restarts: one small text file a subject, in the
 * state directory.
 *
 * A subject ("agents") is a list of lines of words, and says how to write it
 * and what a line that was read means.  The file, its version, its age and
 * what to do about one that is damaged are the store's.  Nothing here ever
 * fails: what cannot be read is told in the log, kept as NAME.bad, and left
 * out; what cannot be written is told and not remembered.
 *
 * Monotonic time does not outlive the machine's start, so lines hold no
 * points in time but distances from when the file was written ("ends in
 * 300 s"): on_line gets that moment in the monotonic time of this run, most
 * likely negative or in the past.  It is exact within one boot, suspend
 * included; over a boot it is as good as the wall clock, and never in the
 * future.
 *
 *	static void write_homes(void *arg, struct store_writer *w,
 *				struct mtime now)
 *	{
 *		store_put(w, "home %s %u", addr_str(&a), mtime_left_s(...));
 *	}
 *	static const char *on_line(void *arg, const struct store_line *line,
 *				   struct mtime written)
 *	{
 *		if (line->n != 3 || strcmp(line->word[0], "home"))
 *			return "\"home ADDRESS SECONDS\"";
 *		...
 *		return NULL;
 *	}
 *	store_init(&mn->remembered, env->store, "homes", 1, write_homes,
 *		   on_line, mn);
 *	store_load(&mn->remembered, now);	at start
 *	store_touch(&mn->remembered, now);	whenever something changed
 *	store_done(&mn->remembered, now);	at the end: writes what waits
 */
#ifndef MIP6D_STORE_H
#define MIP6D_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mip6d/time.h"
#include "mip6d/tqueue.h"

#define STORE_FILE_MAX  131072 /* octets of a file; lines beyond are left out */
#define STORE_LINE_MAX  256    /* octets of a line */
#define STORE_WORDS_MAX 16
#define STORE_DELAY_MS  2000 /* from a change to the file, at most */

/* ---- the store: what the roles use ---- */

struct store;
struct store_dir;
struct store_writer;

/* Keeps its files in dir, which it does not own; NULL out of memory. */
struct store *store_new(struct tqueue *tq, struct store_dir *dir);
/* Every subject must be done. */
struct store *store_free(struct store *s);

/* A line as its words; they live as long as the call. */
struct store_line {
	unsigned int n;
	const char *word[STORE_WORDS_MAX];
};

/* A word that is a decimal number.  False: none, or more than max. */
bool store_word_u32(const char *word, uint32_t max, uint32_t *ret_v);

/* Puts every line that is to be remembered, by store_put. */
typedef void store_write_fn(void *arg, struct store_writer *w,
			    struct mtime now);
/* Takes a line that was read.  NULL, or what was expected in its place, for
 * the log: then the line is left out.  Nothing may be half taken. */
typedef const char *store_line_fn(void *arg, const struct store_line *line,
				  struct mtime written);

/* One line of words, divided by single blanks; no newline. */
void store_put(struct store_writer *w, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Embedded in its owner.  Private to core/store.c. */
struct store_subject {
	struct store *store; /* NULL: nothing is remembered */
	const char *name;
	unsigned int version;
	store_write_fn *write;
	store_line_fn *on_line;
	void *arg;
	struct task task; /* started: touched */
};

/* s may be NULL.  The name is the file's: a-z and "-".  A file of another
 * version is told, kept aside and not read. */
void store_init(struct store_subject *sub, struct store *s, const char *name,
		unsigned int version, store_write_fn *write,
		store_line_fn *on_line, void *arg);
void store_load(struct store_subject *sub, struct mtime now);
/* Writes within STORE_DELAY_MS, however often it is touched until then. */
void store_touch(struct store_subject *sub, struct mtime now);
/* Writes now: for what must be there before a packet leaves.  0 or -errno. */
int store_save(struct store_subject *sub, struct mtime now);
/* Writes if touched; the subject may be initialised again. */
void store_done(struct store_subject *sub, struct mtime now);

/* ---- the port: files and clocks (core/store_dir.c) ---- */

/* When, by clocks that other runs have too. */
struct store_stamp {
	char boot[40];  /* names the boot; "" unknown */
	int64_t up_ms;  /* since then, suspend included */
	int64_t wall_s; /* since 1970, as far as the machine knows */
};

/* Opens the folder, made with mode 0700 if only itself is missing.  0 or
 * -errno. */
int store_dir_open(const char *path, struct store_dir **ret_dir);
struct store_dir *store_dir_close(struct store_dir *dir);
const char *store_dir_path(const struct store_dir *dir);
void store_dir_stamp(struct store_dir *dir, struct store_stamp *ret_stamp);
/* Octets read, -ENOENT when there is none, -EFBIG when there are more than
 * size, -errno. */
int store_dir_read(struct store_dir *dir, const char *name, void *buf,
		   size_t size);
/* All or nothing, whatever happens meanwhile.  0 or -errno. */
int store_dir_write(struct store_dir *dir, const char *name, const void *data,
		    size_t len);
/* As much as fits from there on.  Octets, or -errno. */
int store_dir_read_at(struct store_dir *dir, const char *name, uint64_t offset,
		      void *buf, size_t size);
/* To a file that is there; it is on the disk afterwards.  0, or -errno: then
 * any part of it may be. */
int store_dir_append(struct store_dir *dir, const char *name, const void *data,
		     size_t len);
/* 0 or -errno. */
int store_dir_truncate(struct store_dir *dir, const char *name, uint64_t len);
/* If it is there. */
void store_dir_remove(struct store_dir *dir, const char *name);
/* Renames to NAME.bad. */
void store_dir_set_aside(struct store_dir *dir, const char *name);

/* ---- for tests of the text itself (core/store_text.c) ---- */

/* A file's text. */
struct store_writer {
	char *data;
	size_t size, len;
	unsigned int n; /* lines put */
	bool full;      /* sticky: lines were left out */
};

/* The first lines, then store_put, then the last. */
void store_text_begin(struct store_writer *w, const char *name,
		      unsigned int version, const struct store_stamp *stamp);
void store_text_end(struct store_writer *w);

struct store_mistake {
	unsigned int line; /* 0: the file as a whole */
	const char *found; /* shortened and printable */
	const char *expected;
};

struct store_reader {
	const char *name;
	unsigned int version;
	struct store_stamp stamp; /* of now */
	struct mtime now;
	store_line_fn *on_line;
	void (*on_mistake)(void *arg, const struct store_mistake *mistake);
	void *arg;
};

/* Takes a text apart, which it may change.  True: all of it was understood. */
bool store_text_read(const struct store_reader *r, char *text, size_t len);

#endif
