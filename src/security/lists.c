/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists of associations and policies: what is in two of them, and what leads
 * from one to the other.
 *
 * What is wanted is left to policies.c and security.c.
 */
#include <stdlib.h>
#include <string.h>

#include "src/security/lists.h"

/* ---- comparison ---- */

static bool esp_eq(const struct kernel_esp *a, const struct kernel_esp *b)
{
	return a->cipher == b->cipher && a->auth == b->auth &&
	       !memcmp(a->cipher_key, b->cipher_key, sizeof(a->cipher_key)) &&
	       !memcmp(a->auth_key, b->auth_key, sizeof(a->auth_key));
}

bool seclist_same_sa(const struct kernel_sa *a, const struct kernel_sa *b)
{
	return a->spi == b->spi && addr_eq(&a->dst, &b->dst);
}

static bool sa_eq(const struct kernel_sa *a, const struct kernel_sa *b)
{
	return seclist_same_sa(a, b) && a->mode == b->mode &&
	       addr_eq(&a->src, &b->src) && a->reqid == b->reqid &&
	       prefix_eq(&a->sel_src, &b->sel_src) &&
	       prefix_eq(&a->sel_dst, &b->sel_dst) &&
	       a->sel_proto == b->sel_proto && esp_eq(&a->esp, &b->esp);
}

/* One replaces the other. */
static bool same_sp(const struct kernel_sp *a, const struct kernel_sp *b)
{
	return a->dir == b->dir && prefix_eq(&a->src, &b->src) &&
	       prefix_eq(&a->dst, &b->dst) && a->proto == b->proto &&
	       a->type == b->type && a->ifindex == b->ifindex;
}

static bool sp_eq(const struct kernel_sp *a, const struct kernel_sp *b)
{
	return same_sp(a, b) && a->action == b->action &&
	       a->priority == b->priority && a->mode == b->mode &&
	       addr_eq(&a->tunnel_src, &b->tunnel_src) &&
	       addr_eq(&a->tunnel_dst, &b->tunnel_dst) && a->reqid == b->reqid;
}

/* ---- lists ---- */

/* An association and a policy in a list by a predicate. */
bool seclist_has_sa(const struct kernel_sa *v, unsigned int n,
		    const struct kernel_sa *sa,
		    bool (*like)(const struct kernel_sa *,
				 const struct kernel_sa *))
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (like(&v[i], sa))
			return true;
	return false;
}

static bool
has_sp(const struct kernel_sp *v, unsigned int n, const struct kernel_sp *sp,
       bool (*like)(const struct kernel_sp *, const struct kernel_sp *))
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (like(&v[i], sp))
			return true;
	return false;
}

void seclist_add_sas(struct sa_list *list, const struct kernel_sa *v,
		     unsigned int n)
{
	struct kernel_sa *larger;
	unsigned int max = 2 * (list->max + n);

	if (list->n + n > list->max) {
		larger = reallocarray(list->v, max, sizeof(*larger));
		if (!larger) {
			list->bad = true;
			return;
		}
		list->v = larger;
		list->max = max;
	}
	memcpy(list->v + list->n, v, n * sizeof(*v));
	list->n += n;
}

void seclist_add_sps(struct sp_list *list, const struct kernel_sp *v,
		     unsigned int n)
{
	struct kernel_sp *larger;
	unsigned int max = 2 * (list->max + n);

	if (list->n + n > list->max) {
		larger = reallocarray(list->v, max, sizeof(*larger));
		if (!larger) {
			list->bad = true;
			return;
		}
		list->v = larger;
		list->max = max;
	}
	memcpy(list->v + list->n, v, n * sizeof(*v));
	list->n += n;
}

void seclist_sas_done(struct sa_list *list)
{
	if (list->v)
		explicit_bzero(list->v, list->max * sizeof(*list->v));
	free(list->v);
	*list = (struct sa_list){ 0 };
}

void seclist_sps_done(struct sp_list *list)
{
	free(list->v);
	*list = (struct sp_list){ 0 };
}

/* ---- differences ---- */

void seclist_keep(int *err, int e)
{
	if (!*err)
		*err = e;
}

static int by_number(const void *a, const void *b)
{
	const struct kernel_sa *x = a, *y = b;

	if (x->spi != y->spi)
		return x->spi < y->spi ? -1 : 1;
	return addr_cmp(&x->dst, &y->dst);
}

void seclist_sort(struct sa_list *list)
{
	if (list->n)
		qsort(list->v, list->n, sizeof(*list->v), by_number);
}

/* In a list that is sorted so. */
static const struct kernel_sa *find_sa(const struct sa_list *list,
				       const struct kernel_sa *sa)
{
	return list->n ? bsearch(sa, list->v, list->n, sizeof(*sa), by_number)
		       : NULL;
}

int seclist_set_all(struct kernel *k, const struct sa_list *have,
		    const struct sa_list *want)
{
	const struct kernel_sa *there;
	unsigned int i;
	int err = 0;

	for (i = 0; i < want->n; i++) {
		there = find_sa(have, &want->v[i]);
		if (!there || !sa_eq(there, &want->v[i]))
			seclist_keep(&err, kernel_sa_set(k, &want->v[i]));
	}
	return err;
}

int seclist_del_all(struct kernel *k, const struct sa_list *have,
		    const struct sa_list *want)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < have->n; i++)
		if (!find_sa(want, &have->v[i]))
			seclist_keep(&err, kernel_sa_del(k, &have->v[i]));
	return err;
}

int seclist_set_sas(struct kernel *k, const struct kernel_sa *have,
		    unsigned int n_have, const struct kernel_sa *want,
		    unsigned int n_want)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < n_want; i++)
		if (!seclist_has_sa(have, n_have, &want[i], sa_eq))
			seclist_keep(&err, kernel_sa_set(k, &want[i]));
	return err;
}

int seclist_del_sas(struct kernel *k, const struct kernel_sa *have,
		    unsigned int n_have, const struct kernel_sa *want,
		    unsigned int n_want)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < n_have; i++)
		if (!seclist_has_sa(want, n_want, &have[i], seclist_same_sa))
			seclist_keep(&err, kernel_sa_del(k, &have[i]));
	return err;
}

int seclist_set_sps(struct kernel *k, const struct kernel_sp *have,
		    unsigned int n_have, const struct kernel_sp *want,
		    unsigned int n_want)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < n_want; i++)
		if (!has_sp(have, n_have, &want[i], sp_eq))
			seclist_keep(&err, kernel_sp_set(k, &want[i]));
	return err;
}

int seclist_del_sps(struct kernel *k, const struct kernel_sp *have,
		    unsigned int n_have, const struct kernel_sp *want,
		    unsigned int n_want)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < n_have; i++)
		if (!has_sp(want, n_want, &have[i], same_sp))
			seclist_keep(&err, kernel_sp_del(k, &have[i]));
	return err;
}
