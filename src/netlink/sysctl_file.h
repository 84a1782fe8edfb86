/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sysctl values as they were before our first write, and where they survive
 * a killed daemon.
 */
#ifndef MIP6D_SYSCTL_FILE_H
#define MIP6D_SYSCTL_FILE_H

#define SYSCTL_VALUE_MAX 64
#define SYSCTL_PATH_LEN  160

struct sysctl_saved {
	char path[SYSCTL_PATH_LEN]; /* below /proc/sys/net/ipv6/ */
	char value[SYSCTL_VALUE_MAX];
	struct sysctl_saved *next;
};

/* Keeps the list in the run directory, or removes the file for an empty one;
 * a failure is logged. */
void sysctl_file_write(const struct sysctl_saved *list);

/* What an earlier run of this network namespace kept; the caller owns the
 * list, NULL when there is none. */
struct sysctl_saved *sysctl_file_read(void);

#endif
