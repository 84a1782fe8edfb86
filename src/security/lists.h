/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists of associations and policies; private to src/security.
 */
#ifndef SECURITY_LISTS_H
#define SECURITY_LISTS_H

#include "mip6d/security.h"

struct sa_list {
	struct kernel_sa *v;
	unsigned int n, max;
	bool bad; /* memory was short */
};

struct sp_list {
	struct kernel_sp *v;
	unsigned int n, max;
	bool bad;
};

/* One replaces the other. */
bool seclist_same_sa(const struct kernel_sa *a, const struct kernel_sa *b);
/* Whether one of n is like sa. */
bool seclist_has_sa(const struct kernel_sa *v, unsigned int n,
		    const struct kernel_sa *sa,
		    bool (*like)(const struct kernel_sa *,
				 const struct kernel_sa *));

void seclist_add_sas(struct sa_list *list, const struct kernel_sa *v,
		     unsigned int n);
void seclist_add_sps(struct sp_list *list, const struct kernel_sp *v,
		     unsigned int n);
/* Wipes and frees. */
void seclist_sas_done(struct sa_list *list);
void seclist_sps_done(struct sp_list *list);

/* The first error stays. */
void seclist_keep(int *err, int e);

/* What is new is set; what has gone is deleted.  Lists of all have been
 * sorted.  0 or -errno of the first that failed. */
void seclist_sort(struct sa_list *list);
int seclist_set_all(struct kernel *k, const struct sa_list *have,
		    const struct sa_list *want);
int seclist_del_all(struct kernel *k, const struct sa_list *have,
		    const struct sa_list *want);
int seclist_set_sas(struct kernel *k, const struct kernel_sa *have,
		    unsigned int n_have, const struct kernel_sa *want,
		    unsigned int n_want);
int seclist_del_sas(struct kernel *k, const struct kernel_sa *have,
		    unsigned int n_have, const struct kernel_sa *want,
		    unsigned int n_want);
int seclist_set_sps(struct kernel *k, const struct kernel_sp *have,
		    unsigned int n_have, const struct kernel_sp *want,
		    unsigned int n_want);
int seclist_del_sps(struct kernel *k, const struct kernel_sp *have,
		    unsigned int n_have, const struct kernel_sp *want,
		    unsigned int n_want);

#endif
