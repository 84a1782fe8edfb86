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
	bool has_power_until;
	size_t power_until;
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

/* Of what is written until the power fails, that much arrives. */
static size_t arrives(struct store_dir *dir, size_t len)
{
	if (!dir->has_power_until)
		return len;
	if (len > dir->power_until)
		len = dir->power_until;
	dir->power_until -= len;
	return len;
}

int store_dir_write(struct store_dir *dir, const char *name, const void *data,
		    size_t len)
{
	if (dir->err)
		return dir->err;
	if (arrives(dir, len) != len)
		return -EIO;
	put_file(dir, name, data, len);
	return 0;
}

int store_dir_read_at(struct store_dir *dir, const char *name, uint64_t offset,
		      void *buf, size_t size)
{
	struct fake_file *f = file_of(dir, name);

	if (!f)
		return -ENOENT;
	if (offset >= f->len)
		return 0;
	if (size > f->len - offset)
		size = f->len - (size_t)offset;
	memcpy(buf, f->data + offset, size);
	return (int)size;
}

int store_dir_append(struct store_dir *dir, const char *name, const void *data,
		     size_t len)
{
	struct fake_file *f = file_of(dir, name);
	size_t n;
	char *all;

	if (dir->err)
		return dir->err;
	if (!f)
		return -ENOENT;
	n = arrives(dir, len);
	all = realloc(f->data, f->len + n + 1);
	if (!all)
		abort();
	memcpy(all + f->len, data, n);
	f->data = all;
	f->len += n;
	all[f->len] = '\0';
	return n == len ? 0 : -EIO;
}

int store_dir_truncate(struct store_dir *dir, const char *name, uint64_t len)
{
	struct fake_file *f = file_of(dir, name);

	if (dir->err)
		return dir->err;
	if (!f || len > f->len)
		return -ENOENT;
	if (dir->has_power_until && !dir->power_until)
		return -EIO;
	f->len = (size_t)len;
	f->data[len] = '\0';
	return 0;
}

void store_dir_remove(struct store_dir *dir, const char *name)
{
	struct fake_file *f = file_of(dir, name);

	if (f && !dir->err && !(dir->has_power_until && !dir->power_until))
		file_free(f);
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

void fake_store_power(struct store_dir *dir, size_t octets)
{
	dir->has_power_until = true;
	dir->power_until = octets;
}

bool fake_store_is_dark(const struct store_dir *dir)
{
	return dir->has_power_until && !dir->power_until;
}

void fake_store_light(struct store_dir *dir)
{
	dir->has_power_until = false;
}

void fake_store_cut(struct store_dir *dir, const char *name, size_t len)
{
	struct fake_file *f = file_of(dir, name);

	if (!f || len > f->len)
		return;
	f->len = len;
	f->data[len] = '\0';
}
