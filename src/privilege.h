/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rights of the process: fewer before anything is opened, fewest when all
 * is.  Private to the daemon's top level.
 */
#ifndef MIP6D_PRIVILEGE_H
#define MIP6D_PRIVILEGE_H

#include "mip6d/conf.h"
#include "mip6d/daemon.h"

/* True, or what is missing is logged. */
bool privilege_is_enough(void);

/* Becomes the user of the configuration if it is root, gives him the folders
 * that are ours, and keeps no capability but those needed.  0 or -errno, and
 * then logged. */
int privilege_drop(const struct conf *conf);

/* All is open: from now on only the system calls of an event loop
 * (seccomp_filter.c).  0 or -errno; a build without libseccomp does nothing. */
int seccomp_filter_load(void);
/* The same for an architecture (libseccomp's number of it), as the kernel
 * would get it.  0 or -errno; -ENOSYS where there is none. */
int seccomp_filter_write(uint32_t arch, int fd);

/* What the kernel says of this process. */
void privilege_read(struct daemon_process *ret_process);

#endif
