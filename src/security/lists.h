/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists of associations and policies; private to src/security.
 */
#ifndef SECURITY_LISTS_H
#define SECURITY_LISTS_H

#include "mip6d/security.h"

/* What a list is of. */
struct seclist_kind {
	size_t size;
	/* An order in which one that replaces the other is its equal. */
	int (*compare)(const void *a, const void *b);
	bool (*is_equal)(const void *a, const void *b);
	int (*set)(struct kernel *k, const void *element);
	int (*del)(struct kernel *k, const void *element);
};

extern const struct seclist_kind seclist_sas, seclist_sps;

struct seclist {
	const struct seclist_kind *kind;
	void *v;
	unsigned int n, max;
	bool is_sorted;
	bool bad; /* memory was short */
};

/* A list that grows, and one of n elements in the caller's memory. */
struct seclist seclist_new(const struct seclist_kind *kind);
struct seclist seclist_of(const struct seclist_kind *kind, void *v,
			  unsigned int n);
void seclist_add(struct seclist *list, const void *v, unsigned int n);
/* Each once. */
void seclist_sort(struct seclist *list);
/* Wipes and frees one that grows. */
void seclist_done(struct seclist *list);

/* What is replaced by an element, or NULL; list may be NULL. */
const void *seclist_find(const struct seclist *list, const void *element);

/* The first error stays. */
void seclist_keep(int *err, int e);
/* What is wanted and not there like this is set; what is there and not wanted
 * is deleted.  NULL: nothing is.  0 or -errno of the first that failed. */
int seclist_set(struct kernel *k, const struct seclist *have,
		const struct seclist *want);
int seclist_del(struct kernel *k, const struct seclist *have,
		const struct seclist *want);

#endif
