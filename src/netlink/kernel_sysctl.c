/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values below /proc/sys/net/ipv6: written, remembered and given back.
 *
 * This file decides that each is given back what it had before our first
 * write, in the reverse order of the writes; the first write of a killed
 * predecessor counts (sysctl_file.c).  Which values are written is left to
 * the callers.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mip6d/cleanup.h"
#include "mip6d/log.h"
#include "src/netlink/kernel_priv.h"
#include "src/netlink/sysctl_file.h"

#define BASE      "/proc/sys/net/ipv6/"
#define VALUE_MAX SYSCTL_VALUE_MAX
#define PATH_LEN  SYSCTL_PATH_LEN

static int open_path(const char *path, int flags, int *ret_fd)
{
	char full[sizeof(BASE) + PATH_LEN];

	snprintf(full, sizeof(full), BASE "%s", path);
	*ret_fd = open(full, flags | O_CLOEXEC);
	return *ret_fd < 0 ? -errno : 0;
}

static int read_value(const char *path, char value[VALUE_MAX])
{
	auto_close int fd = -1;
	int err = open_path(path, O_RDONLY, &fd);
	ssize_t n;

	if (err)
		return err;
	n = read(fd, value, VALUE_MAX - 1);
	if (n < 0)
		return -errno;
	value[n] = '\0';
	value[strcspn(value, "\n")] = '\0';
	return 0;
}

static int write_value(const char *path, const char *value)
{
	auto_close int fd = -1;
	int err = open_path(path, O_WRONLY, &fd);

	if (err)
		return err;
	return write(fd, value, strlen(value)) < 0 ? -errno : 0;
}

static struct sysctl_saved **find(struct kernel *k, const char *path)
{
	struct sysctl_saved **at = &k->sysctls;

	while (*at && strcmp((*at)->path, path))
		at = &(*at)->next;
	return at;
}

static int save(struct kernel *k, const char *path, const char *value)
{
	struct sysctl_saved *s;

	if (*find(k, path))
		return 0;
	s = calloc(1, sizeof(*s));
	if (!s)
		return -ENOMEM;
	snprintf(s->path, sizeof(s->path), "%s", path);
	snprintf(s->value, sizeof(s->value), "%s", value);
	s->next = k->sysctls;
	k->sysctls = s;
	sysctl_file_write(k->sysctls);
	return 0;
}

void sysctl_recall(struct kernel *k)
{
	k->sysctls = sysctl_file_read();
}

int sysctl_set(struct kernel *k, const char *path, const char *value)
{
	char old[VALUE_MAX];
	int err;

	if (strlen(path) >= PATH_LEN)
		return -ENAMETOOLONG;
	err = read_value(path, old);
	if (err || !strcmp(old, value))
		return err;
	err = save(k, path, old);
	return err ? err : write_value(path, value);
}

static void give_back(struct kernel *k, struct sysctl_saved **at)
{
	struct sysctl_saved *s = *at;
	int err = write_value(s->path, s->value);

	/* An interface that is gone has nothing to be given back. */
	if (err && err != -ENOENT)
		log_warning("kernel: sysctl net/ipv6/%s: cannot restore %s: %s",
			    s->path, s->value, strerror(-err));
	*at = s->next;
	free(s);
	sysctl_file_write(k->sysctls);
}

void sysctl_restore(struct kernel *k, const char *path)
{
	struct sysctl_saved **at = find(k, path);

	if (*at)
		give_back(k, at);
}

void sysctl_restore_all(struct kernel *k)
{
	while (k->sysctls)
		give_back(k, &k->sysctls);
}

/* Remembers a value without writing. */
static int note(struct kernel *k, const char *path)
{
	char old[VALUE_MAX];
	int err = read_value(path, old);

	return err ? err : save(k, path, old);
}

typedef int path_fn(struct kernel *k, const char *path);

/* For conf/NAME/forwarding of each interface, and of `default`. */
static int for_each_forwarding(struct kernel *k, path_fn *fn)
{
	DIR *dir = opendir(BASE "conf");
	char path[PATH_LEN];
	struct dirent *d;
	int err = 0;

	if (!dir)
		return -errno;
	while (!err && (d = readdir(dir))) {
		if (d->d_name[0] == '.' || !strcmp(d->d_name, "all") ||
		    strlen(d->d_name) > 32)
			continue;
		snprintf(path, sizeof(path), "conf/%.32s/forwarding",
			 d->d_name);
		err = fn(k, path);
	}
	closedir(dir);
	return err;
}

int sysctl_set_forwarding(struct kernel *k, bool *ret_changed)
{
	char old[VALUE_MAX];
	int err = read_value("conf/all/forwarding", old);

	if (err || !strcmp(old, "1"))
		return err;
	err = for_each_forwarding(k, note);
	if (err)
		return err;
	err = sysctl_set(k, "conf/all/forwarding", "1");
	if (!err)
		*ret_changed = true;
	return err;
}

static int restore_one(struct kernel *k, const char *path)
{
	sysctl_restore(k, path);
	return 0;
}

void sysctl_restore_forwarding(struct kernel *k)
{
	if (!*find(k, "conf/all/forwarding"))
		return;
	sysctl_restore(k, "conf/all/forwarding");
	for_each_forwarding(k, restore_one);
}

/* A name from the configuration must stay one path component. */
static bool is_component(const char *s)
{
	return *s && *s != '.' && !strchr(s, '/') && strlen(s) < 64;
}

int kernel_sysctl(struct kernel *k, const char *ifname, const char *name,
		  const char *value)
{
	char path[PATH_LEN];

	if (!is_component(ifname) || !is_component(name))
		return -EINVAL;
	snprintf(path, sizeof(path), "conf/%s/%s", ifname, name);
	if (value)
		return sysctl_set(k, path, value);
	sysctl_restore(k, path);
	return 0;
}
