/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state directory in memory: it outlives the daemons that use it, as a
 * disk does.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/store.h"
#include "tests/fake/fake.h"

#define FILES_MAX 8
#define NAME_LEN  32

struct store_dir {
	struct fake_file {
		char name[NAME_LEN];
		char *data;
		size_t len;
	} files[FILES_MAX];
	struct store_stamp stamp;
	int err; /* of writing */
};

int store_dir_open(const char *path, struct store_dir **ret_dir)
{
	struct store_dir *dir = calloc(1, sizeof(*dir));

	(void)path;
	if (!dir)
		return -ENOMEM;
	*ret_dir = dir;
	return 0;
}

struct store_dir *store_dir_close(struct store_dir *dir)
{
	unsigned int i;

	for (i = 0; dir && i < FILES_MAX; i++)
		free(dir->files[i].data);
	free(dir);
	return NULL;
}

const char *store_dir_path(const struct store_dir *dir)
{
	(void)dir;
	return "/fake";
}

void store_dir_stamp(struct store_dir *dir, struct store_stamp *ret_stamp)
{
	*ret_stamp = dir->stamp;
}

static struct fake_file *file_of(struct store_dir *dir, const char *name)
{
	unsigned int i;

	for (i = 0; i < FILES_MAX; i++)
		if (!strcmp(dir->files[i].name, name))
			return &dir->files[i];
	return NULL;
}

int store_dir_read(struct store_dir *dir, const char *name, void *buf,
		   size_t size)
{
	struct fake_file *f = file_of(dir, name);

	if (!f)
		return -ENOENT;
	if (f->len > size)
		return -EFBIG;
	memcpy(buf, f->data, f->len);
	return (int)f->len;
}

static void file_free(struct fake_file *f)
{
	free(f->data);
	memset(f, 0, sizeof(*f));
}

static void put_file(struct store_dir *dir, const char *name, const void *data,
		     size_t len)
{
	struct fake_file *f = file_of(dir, name);

	if (!f)
		f = file_of(dir, "");
	if (!f || strlen(name) >= NAME_LEN) {
		fake_fault("store: no room for the file \"%s\"", name);
		return;
	}
	file_free(f);
	f->data = malloc(len + 1);
	if (!f->data)
		abort();
	memcpy(f->data, data, len);
	f->data[len] = '\0';
	f->len = len;
	strcpy(f->name, name);
}

int store_dir_write(struct store_dir *dir, const char *name, const void *data,
		    size_t len)
{
	if (!dir->err)
		put_file(dir, name, data, len);
	return dir->err;
}

void store_dir_set_aside(struct store_dir *dir, const char *name)
{
	struct fake_file *f = file_of(dir, name);
	char aside[NAME_LEN + 4];

	if (!f || dir->err)
		return;
	snprintf(aside, sizeof(aside), "%s.bad", name);
	put_file(dir, aside, f->data, f->len);
	file_free(f);
}

void fake_store_at(struct store_dir *dir, const struct store_stamp *stamp)
{
	dir->stamp = *stamp;
}

void fake_store_put(struct store_dir *dir, const char *name, const char *text)
{
	put_file(dir, name, text, strlen(text));
}

const char *fake_store_text(struct store_dir *dir, const char *name)
{
	struct fake_file *f = file_of(dir, name);

	return f ? f->data : NULL;
}

void fake_store_fail(struct store_dir *dir, int err)
{
	dir->err = err;
}
