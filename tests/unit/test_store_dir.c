/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state directory on a real file system: files are replaced as a whole,
 * and what is no file of ours does no harm.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mip6d/store.h"
#include "tests/unit/unit.h"

static char base[] = "/tmp/test_store_dir.XXXXXX";
static char path[64];
static struct store_dir *dir;

static void in_dir(char buf[128], const char *name)
{
	snprintf(buf, 128, "%s/%s", path, name);
}

static void is_file(const char *name, const char *want)
{
	char buf[64];
	int n = store_dir_read(dir, name, buf, sizeof(buf) - 1);

	UNIT_EQ(n, (int)strlen(want));
	buf[n < 0 ? 0 : n] = '\0';
	UNIT_STR(buf, want);
}

static void folder_is_made_and_private(void)
{
	struct stat st;

	UNIT_EQ(stat(path, &st), 0);
	UNIT_EQ(st.st_mode & 0777, 0700);
	UNIT_STR(store_dir_path(dir), path);
}

static void files_are_replaced(void)
{
	char name[128];
	struct stat st;

	UNIT_EQ(store_dir_read(dir, "a", name, sizeof(name)), -ENOENT);
	UNIT_EQ(store_dir_write(dir, "a", "one\n", 4), 0);
	is_file("a", "one\n");
	UNIT_EQ(store_dir_write(dir, "a", "second\n", 7), 0);
	is_file("a", "second\n");
	in_dir(name, "a");
	UNIT_EQ(stat(name, &st), 0);
	UNIT_EQ(st.st_mode & 0777, 0600);
	in_dir(name, "a.new");
	UNIT_EQ(access(name, F_OK), -1);
	store_dir_set_aside(dir, "a");
	is_file("a.bad", "second\n");
	UNIT_EQ(store_dir_read(dir, "a", name, sizeof(name)), -ENOENT);
}

/* What an attempt that was killed left, even a link. */
static void leftover_is_no_obstacle(void)
{
	char name[128], other[128];
	int fd;

	in_dir(other, "precious");
	fd = open(other, O_WRONLY | O_CREAT, 0600);
	UNIT_NEED(fd >= 0);
	UNIT_EQ(write(fd, "keep", 4), 4);
	close(fd);
	in_dir(name, "b.new");
	UNIT_EQ(symlink(other, name), 0);
	UNIT_EQ(store_dir_write(dir, "b", "new\n", 4), 0);
	is_file("b", "new\n");
	is_file("precious", "keep");
}

static void no_files(void)
{
	char name[128], buf[8];

	in_dir(name, "folder");
	UNIT_EQ(mkdir(name, 0700), 0);
	UNIT_EQ(store_dir_read(dir, "folder", buf, sizeof(buf)), -EISDIR);
	UNIT_EQ(store_dir_write(dir, "folder", "x", 1), -EISDIR);
	in_dir(name, "folder.new");
	UNIT_EQ(access(name, F_OK), -1);
	/* Nobody writes into it: opening it does not wait. */
	in_dir(name, "pipe");
	UNIT_EQ(mkfifo(name, 0600), 0);
	UNIT_EQ(store_dir_read(dir, "pipe", buf, sizeof(buf)), 0);
}

static void size_is_bounded(void)
{
	char buf[4];

	UNIT_EQ(store_dir_write(dir, "c", "12345", 5), 0);
	UNIT_EQ(store_dir_read(dir, "c", buf, 4), -EFBIG);
	UNIT_EQ(store_dir_write(dir, "c", "1234", 4), 0);
	UNIT_EQ(store_dir_read(dir, "c", buf, 4), 4);
	UNIT_EQ(store_dir_write(dir, "c", "", 0), 0);
	UNIT_EQ(store_dir_read(dir, "c", buf, 4), 0);
}

static void files_grow_and_are_cut(void)
{
	char buf[8];

	UNIT_EQ(store_dir_append(dir, "grows", "x", 1), -ENOENT);
	UNIT_EQ(store_dir_truncate(dir, "grows", 0), -ENOENT);
	UNIT_EQ(store_dir_read_at(dir, "grows", 0, buf, 1), -ENOENT);
	UNIT_EQ(store_dir_write(dir, "grows", "one\n", 4), 0);
	UNIT_EQ(store_dir_append(dir, "grows", "two\nthr", 7), 0);
	is_file("grows", "one\ntwo\nthr");
	UNIT_EQ(store_dir_read_at(dir, "grows", 4, buf, 4), 4);
	UNIT_EQ(memcmp(buf, "two\n", 4), 0);
	UNIT_EQ(store_dir_read_at(dir, "grows", 8, buf, 8), 3);
	UNIT_EQ(store_dir_read_at(dir, "grows", 11, buf, 8), 0);
	UNIT_EQ(store_dir_read_at(dir, "grows", 99, buf, 8), 0);
	UNIT_EQ(store_dir_truncate(dir, "grows", 8), 0);
	UNIT_EQ(store_dir_append(dir, "grows", "3\n", 2), 0);
	is_file("grows", "one\ntwo\n3\n");
	store_dir_remove(dir, "grows");
	store_dir_remove(dir, "grows");
	UNIT_EQ(store_dir_read(dir, "grows", buf, 8), -ENOENT);
	/* Nobody reads it: opening it does not wait. */
	UNIT_EQ(store_dir_append(dir, "pipe", "x", 1), -ENXIO);
	UNIT_EQ(store_dir_truncate(dir, "pipe", 0), -ENXIO);
}

static void folder_that_cannot_be(void)
{
	struct store_dir *other = NULL;
	char name[160];

	snprintf(name, sizeof(name), "%s/no/such", base);
	UNIT_EQ(store_dir_open(name, &other), -ENOENT);
	in_dir(name, "c");
	UNIT_EQ(store_dir_open(name, &other), -ENOTDIR);
	CU_ASSERT_PTR_NULL(other);
}

static void stamps_go_on(void)
{
	struct store_stamp a, b;

	store_dir_stamp(dir, &a);
	store_dir_stamp(dir, &b);
	UNIT_STR(a.boot, b.boot);
	UNIT_EQ(strlen(a.boot), 36);
	CU_ASSERT_TRUE(a.up_ms > 0 && b.up_ms >= a.up_ms);
	CU_ASSERT_TRUE(b.wall_s > 1600000000);
}

static void clean_up(void)
{
	static const char *const names[] = { "a.bad", "b", "c", "precious",
					     "pipe" };
	char name[128];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		in_dir(name, names[i]);
		UNIT_EQ(unlink(name), 0);
	}
	in_dir(name, "folder");
	UNIT_EQ(rmdir(name), 0);
	dir = store_dir_close(dir);
	/* Nothing else is there. */
	UNIT_EQ(rmdir(path), 0);
	UNIT_EQ(rmdir(base), 0);
}

int main(int argc, char **argv)
{
	static const struct unit_case cases[] = {
		UNIT_CASE(folder_is_made_and_private),
		UNIT_CASE(files_are_replaced),
		UNIT_CASE(leftover_is_no_obstacle),
		UNIT_CASE(no_files),
		UNIT_CASE(size_is_bounded),
		UNIT_CASE(files_grow_and_are_cut),
		UNIT_CASE(folder_that_cannot_be),
		UNIT_CASE(stamps_go_on),
		UNIT_CASE(clean_up),
		UNIT_END,
	};
	static const struct unit_suite suites[] = {
		{ "store_dir", cases },
		UNIT_END,
	};

	if (!mkdtemp(base))
		return 1;
	snprintf(path, sizeof(path), "%s/state", base);
	if (store_dir_open(path, &dir))
		return 1;
	return unit_main(argc, argv, suites);
}
