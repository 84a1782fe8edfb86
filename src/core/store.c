/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Subjects that are remembered across restarts: when they are read and
 * written, and what is said about a file that cannot be used.
 *
 * This file decides that changes of two seconds are one file, and that
 * whatever was not understood is kept beside it.  What a file looks like is
 * left to store_text.c, how it gets there to store_dir.c.
 */
#include "mip6d/store.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "mip6d/log.h"
#include "src/core/store_priv.h"

struct store *store_new(struct tqueue *tq, struct store_dir *dir)
{
	struct store *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->tq = tq;
	s->dir = dir;
	return s;
}

struct store *store_free(struct store *s)
{
	free(s);
	return NULL;
}

static void save_task(struct task *task, struct mtime now)
{
	store_save(container_of(task, struct store_subject, task), now);
}

void store_init(struct store_subject *sub, struct store *s, const char *name,
		unsigned int version, store_write_fn *write,
		store_line_fn *on_line, void *arg)
{
	assert(strspn(name, "abcdefghijklmnopqrstuvwxyz-") == strlen(name));
	*sub = (struct store_subject){
		.store = s,
		.name = name,
		.version = version,
		.write = write,
		.on_line = on_line,
		.arg = arg,
	};
	task_init(&sub->task, save_task);
}

/* ---- reading ---- */

static const char *take_line(void *arg, const struct store_line *line,
			     struct mtime written)
{
	const struct store_subject *sub = arg;

	return sub->on_line(sub->arg, line, written);
}

static void tell_mistake(void *arg, const struct store_mistake *m)
{
	const struct store_subject *sub = arg;

	log_warning("store: %s/%s:%u: found \"%s\", expected %s: left out",
		    store_dir_path(sub->store->dir), sub->name, m->line,
		    m->found, m->expected);
}

static void load(struct store_subject *sub, char *buf, struct mtime now)
{
	struct store *s = sub->store;
	struct store_reader r = {
		.name = sub->name,
		.version = sub->version,
		.now = now,
		.on_line = take_line,
		.on_mistake = tell_mistake,
		.arg = sub,
	};
	int len = store_dir_read(s->dir, sub->name, buf, STORE_FILE_MAX);

	if (len == -ENOENT)
		return;
	if (len < 0) {
		log_warning("store: cannot read %s/%s: %s",
			    store_dir_path(s->dir), sub->name, strerror(-len));
	} else {
		store_dir_stamp(s->dir, &r.stamp);
		if (store_text_read(&r, buf, (size_t)len))
			return;
	}
	log_warning("store: what was remembered is kept as %s/%s.bad",
		    store_dir_path(s->dir), sub->name);
	store_dir_set_aside(s->dir, sub->name);
	store_touch(sub, now);
}

void store_load(struct store_subject *sub, struct mtime now)
{
	auto_free char *buf = NULL;

	if (!sub->store)
		return;
	buf = malloc(STORE_FILE_MAX);
	if (buf)
		load(sub, buf, now);
}

/* ---- writing ---- */

void store_touch(struct store_subject *sub, struct mtime now)
{
	if (sub->store && !task_is_started(&sub->task))
		tqueue_start(sub->store->tq, &sub->task,
			     mtime_add_ms(now, STORE_DELAY_MS));
}

static int write_text(struct store_subject *sub, struct mtime now)
{
	struct store_writer w = { .size = STORE_FILE_MAX };
	auto_free char *data = malloc(w.size);
	struct store_stamp stamp;

	if (!data)
		return -ENOMEM;
	w.data = data;
	store_dir_stamp(sub->store->dir, &stamp);
	store_text_begin(&w, sub->name, sub->version, &stamp);
	sub->write(sub->arg, &w, now);
	store_text_end(&w);
	if (w.full)
		log_limited(LOG_LEVEL_WARNING, now,
			    "store: %s/%s is full: not all is remembered",
			    store_dir_path(sub->store->dir), sub->name);
	return store_dir_write(sub->store->dir, sub->name, w.data, w.len);
}

int store_save(struct store_subject *sub, struct mtime now)
{
	struct store *s = sub->store;
	int err;

	task_stop(&sub->task);
	if (!s)
		return 0;
	err = write_text(sub, now);
	if (err && !s->failed)
		log_warning("store: cannot write %s/%s: %s; it will not be "
			    "remembered",
			    store_dir_path(s->dir), sub->name, strerror(-err));
	s->failed = err != 0;
	return err;
}

void store_done(struct store_subject *sub, struct mtime now)
{
	if (task_is_started(&sub->task))
		store_save(sub, now);
	sub->store = NULL;
}
