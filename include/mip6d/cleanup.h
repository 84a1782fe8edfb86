/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scope-bound release of what a function owns, and container_of.
 */
#ifndef MIP6D_CLEANUP_H
#define MIP6D_CLEANUP_H

#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#define container_of(ptr, type, member) \
	((type *)((char *)(ptr)-offsetof(type, member)))

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static inline void cleanup_freep(void *p)
{
	free(*(void **)p);
}

static inline void cleanup_closep(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* Freed, closed, at the end of the scope. */
#define auto_free  __attribute__((cleanup(cleanup_freep)))
#define auto_close __attribute__((cleanup(cleanup_closep)))

/* Hands a pointer on to a new owner: the variable becomes NULL. */
#define steal_ptr(p)                         \
	({                                   \
		__typeof__(p) stolen_ = (p); \
		(p) = NULL;                  \
		stolen_;                     \
	})

#endif
