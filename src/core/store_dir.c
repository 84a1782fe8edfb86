/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files of the state directory, and the clocks that other runs have too.
 *
 * This file decides how a file is replaced so that a crash, of mip6d or of
 * the machine, leaves the old or the new one: written beside, synchronised,
 * renamed.  The simulator links another file.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "mip6d/cleanup.h"
#include "mip6d/store.h"

#define NAME_LEN 64

struct store_dir {
	int fd;
	char path[];
};

int store_dir_open(const char *path, struct store_dir **ret_dir)
{
	struct store_dir *dir;
	int fd;

	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return -errno;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	dir = malloc(sizeof(*dir) + strlen(path) + 1);
	if (!dir) {
		close(fd);
		return -ENOMEM;
	}
	dir->fd = fd;
	strcpy(dir->path, path);
	*ret_dir = dir;
	return 0;
}

struct store_dir *store_dir_close(struct store_dir *dir)
{
	if (dir)
		close(dir->fd);
	free(dir);
	return NULL;
}

const char *store_dir_path(const struct store_dir *dir)
{
	return dir->path;
}

void store_dir_stamp(struct store_dir *dir, struct store_stamp *ret_stamp)
{
	struct store_stamp s = { .boot = "" };
	struct timespec ts;
	FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");

	(void)dir;
	if (f) {
		if (!fgets(s.boot, sizeof(s.boot), f))
			s.boot[0] = '\0';
		s.boot[strcspn(s.boot, "\n")] = '\0';
		fclose(f);
	}
	clock_gettime(CLOCK_BOOTTIME, &ts);
	s.up_ms = (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
	clock_gettime(CLOCK_REALTIME, &ts);
	s.wall_s = ts.tv_sec;
	*ret_stamp = s;
}

static int read_all(int fd, char *buf, size_t size)
{
	size_t len = 0;
	ssize_t n;

	while (len < size) {
		n = read(fd, buf + len, size - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		len += (size_t)n;
	}
	return (int)len;
}

/* Whatever it is, opening it does not wait. */
static int open_read(struct store_dir *dir, const char *name)
{
	return openat(dir->fd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

int store_dir_read(struct store_dir *dir, const char *name, void *buf,
		   size_t size)
{
	auto_close int fd = open_read(dir, name);
	int len = fd < 0 ? -errno : read_all(fd, buf, size);
	char more;
	ssize_t n;

	if (len < 0 || (size_t)len < size)
		return len;
	n = read(fd, &more, 1);
	if (n < 0)
		return -errno;
	return n ? -EFBIG : len;
}

int store_dir_read_at(struct store_dir *dir, const char *name, uint64_t offset,
		      void *buf, size_t size)
{
	auto_close int fd = open_read(dir, name);

	if (fd < 0 || lseek(fd, (off_t)offset, SEEK_SET) < 0)
		return -errno;
	return read_all(fd, buf, size);
}

static int write_all(int fd, const char *data, size_t len)
{
	ssize_t n;

	while (len) {
		n = write(fd, data, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		len -= (size_t)n;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

int store_dir_write(struct store_dir *dir, const char *name, const void *data,
		    size_t len)
{
	char beside[NAME_LEN];
	int fd, err;

	snprintf(beside, sizeof(beside), "%s.new", name);
	/* What a crash left there is nobody's. */
	unlinkat(dir->fd, beside, 0);
	fd = openat(dir->fd, beside,
		    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	err = write_all(fd, data, len);
	if (close(fd) < 0 && !err)
		err = -errno;
	if (!err && renameat(dir->fd, beside, dir->fd, name) < 0)
		err = -errno;
	if (err)
		unlinkat(dir->fd, beside, 0);
	/* The name, too, is to be there after a crash. */
	if (!err && fsync(dir->fd) < 0)
		err = -errno;
	return err;
}

int store_dir_append(struct store_dir *dir, const char *name, const void *data,
		     size_t len)
{
	auto_close int fd = openat(dir->fd, name,
				   O_WRONLY | O_APPEND | O_CLOEXEC |
					   O_NOFOLLOW | O_NONBLOCK);

	return fd < 0 ? -errno : write_all(fd, data, len);
}

int store_dir_truncate(struct store_dir *dir, const char *name, uint64_t len)
{
	auto_close int fd = openat(
		dir->fd, name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	return fd < 0 || ftruncate(fd, (off_t)len) < 0 ? -errno : 0;
}

void store_dir_remove(struct store_dir *dir, const char *name)
{
	unlinkat(dir->fd, name, 0);
}

void store_dir_set_aside(struct store_dir *dir, const char *name)
{
	char aside[NAME_LEN];

	snprintf(aside, sizeof(aside), "%s.bad", name);
	/* Where that fails, writing will, and says so. */
	(void)renameat(dir->fd, name, dir->fd, aside);
}
