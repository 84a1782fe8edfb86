/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The remembered sysctl values in a file, so that a killed daemon's writes
 * are not taken by its successor for what was there before.
 *
 * This file decides where the list is kept: in the run directory, which does
 * not outlive the kernel that has the values, under the number of the
 * network namespace, since each has values of its own.  A line is
 * "PATH VALUE", in the order of struct kernel's list.  A list that cannot be
 * kept costs no more than itself; a line that cannot be read is left out.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mip6d/log.h"
#include "src/netlink/sysctl_file.h"

#define FILE_LEN 160

static int file_name(char name[FILE_LEN])
{
	struct stat st;

	if (stat("/proc/self/ns/net", &st) < 0)
		return -errno;
	snprintf(name, FILE_LEN, MIP6D_RUN_DIR "/sysctl-%llu",
		 (unsigned long long)st.st_ino);
	return 0;
}

static int write_list(const struct sysctl_saved *list, const char *name)
{
	char temporary[FILE_LEN + 8];
	FILE *f;
	int err = 0;

	snprintf(temporary, sizeof(temporary), "%s.new", name);
	if (mkdir(MIP6D_RUN_DIR, 0755) < 0 && errno != EEXIST)
		return -errno;
	f = fopen(temporary, "we");
	if (!f)
		return -errno;
	for (; list; list = list->next)
		if (fprintf(f, "%s %s\n", list->path, list->value) < 0)
			err = -errno;
	if (fclose(f) == EOF && !err)
		err = -errno;
	if (!err && rename(temporary, name) < 0)
		err = -errno;
	if (err)
		unlink(temporary);
	return err;
}

void sysctl_file_write(const struct sysctl_saved *list)
{
	char name[FILE_LEN];
	int err = file_name(name);

	if (!err && list)
		err = write_list(list, name);
	else if (!err && unlink(name) < 0 && errno != ENOENT)
		err = -errno;
	if (err)
		log_warning(
			"kernel: cannot remember sysctl values in " MIP6D_RUN_DIR
			": %s",
			strerror(-err));
}

/* NULL for a line that is none of ours. */
static struct sysctl_saved *parse_line(char *line)
{
	char *value = strchr(line, ' ');
	struct sysctl_saved *s;

	if (!value)
		return NULL;
	*value++ = '\0';
	value[strcspn(value, "\n")] = '\0';
	if (line[0] == '/' || strstr(line, "..") ||
	    strlen(line) >= SYSCTL_PATH_LEN ||
	    strlen(value) >= SYSCTL_VALUE_MAX)
		return NULL;
	s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	strcpy(s->path, line);
	strcpy(s->value, value);
	return s;
}

struct sysctl_saved *sysctl_file_read(void)
{
	struct sysctl_saved *list = NULL, **end = &list;
	char name[FILE_LEN], line[2 * SYSCTL_PATH_LEN];
	FILE *f;

	if (file_name(name))
		return NULL;
	f = fopen(name, "re");
	if (!f)
		return NULL;
	while (fgets(line, sizeof(line), f)) {
		*end = parse_line(line);
		if (*end)
			end = &(*end)->next;
	}
	fclose(f);
	if (list)
		log_notice("kernel: an earlier run did not give sysctl values "
			   "back; this one will");
	return list;
}
