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

/* ---- associations ---- */

static int compare_u32(uint32_t a, uint32_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_sas(const void *a, const void *b)
{
	const struct kernel_sa *x = a, *y = b;
	int d = compare_u32(x->spi, y->spi);

	return d ? d : addr_cmp(&x->dst, &y->dst);
}

static bool same_esp(const struct kernel_esp *a, const struct kernel_esp *b)
{
	return a->cipher == b->cipher && a->auth == b->auth &&
	       !memcmp(a->cipher_key, b->cipher_key, sizeof(a->cipher_key)) &&
	       !memcmp(a->auth_key, b->auth_key, sizeof(a->auth_key));
}

static bool is_equal_sa(const void *a, const void *b)
{
	const struct kernel_sa *x = a, *y = b;

	return !compare_sas(x, y) && x->mode == y->mode &&
	       addr_eq(&x->src, &y->src) && x->reqid == y->reqid &&
	       prefix_eq(&x->sel_src, &y->sel_src) &&
	       prefix_eq(&x->sel_dst, &y->sel_dst) &&
	       x->sel_proto == y->sel_proto && same_esp(&x->esp, &y->esp);
}

static int set_sa(struct kernel *k, const void *sa)
{
	return kernel_sa_set(k, sa);
}

static int del_sa(struct kernel *k, const void *sa)
{
	return kernel_sa_del(k, sa);
}

const struct seclist_kind seclist_sas = {
	sizeof(struct kernel_sa), compare_sas, is_equal_sa, set_sa, del_sa,
};

/* ---- policies ---- */

static int compare_prefixes(const struct prefix *a, const struct prefix *b)
{
	int d = compare_u32(a->len, b->len);

	return d ? d : addr_cmp(&a->addr, &b->addr);
}

static int compare_sps(const void *a, const void *b)
{
	const struct kernel_sp *x = a, *y = b;
	int d = compare_u32(x->dir, y->dir);

	if (!d)
		d = compare_prefixes(&x->src, &y->src);
	if (!d)
		d = compare_prefixes(&x->dst, &y->dst);
	if (!d)
		d = compare_u32(x->proto, y->proto);
	if (!d)
		d = compare_u32(x->type, y->type);
	return d ? d : compare_u32((uint32_t)x->ifindex, (uint32_t)y->ifindex);
}

static bool is_equal_sp(const void *a, const void *b)
{
	const struct kernel_sp *x = a, *y = b;

	return !compare_sps(x, y) && x->action == y->action &&
	       x->priority == y->priority && x->mode == y->mode &&
	       addr_eq(&x->tunnel_src, &y->tunnel_src) &&
	       addr_eq(&x->tunnel_dst, &y->tunnel_dst) && x->reqid == y->reqid;
}

static int set_sp(struct kernel *k, const void *sp)
{
	return kernel_sp_set(k, sp);
}

static int del_sp(struct kernel *k, const void *sp)
{
	return kernel_sp_del(k, sp);
}

const struct seclist_kind seclist_sps = {
	sizeof(struct kernel_sp), compare_sps, is_equal_sp, set_sp, del_sp,
};

/* ---- lists ---- */

struct seclist seclist_new(const struct seclist_kind *kind)
{
	return (struct seclist){ .kind = kind };
}

struct seclist seclist_of(const struct seclist_kind *kind, void *v,
			  unsigned int n)
{
	return (struct seclist){ .kind = kind, .v = v, .n = n };
}

static void *at(const struct seclist *list, unsigned int i)
{
	return (uint8_t *)list->v + i * list->kind->size;
}

/* Nothing stays where it was. */
static bool make_room(struct seclist *list, unsigned int n)
{
	unsigned int max = 2 * (list->max + n);
	size_t size = list->kind->size;
	void *larger;

	if (list->n + n <= list->max)
		return true;
	larger = calloc(max, size);
	if (!larger)
		return false;
	if (list->n) {
		memcpy(larger, list->v, list->n * size);
		explicit_bzero(list->v, list->n * size);
	}
	free(list->v);
	list->v = larger;
	list->max = max;
	return true;
}

void seclist_add(struct seclist *list, const void *v, unsigned int n)
{
	if (!n)
		return;
	if (!make_room(list, n)) {
		list->bad = true;
		return;
	}
	memcpy(at(list, list->n), v, n * list->kind->size);
	list->n += n;
	list->is_sorted = false;
}

void seclist_sort(struct seclist *list)
{
	const struct seclist_kind *kind = list->kind;
	unsigned int i, n = 0;

	if (list->n)
		qsort(list->v, list->n, kind->size, kind->compare);
	for (i = 0; i < list->n; i++) {
		if (n && !kind->compare(at(list, n - 1), at(list, i)))
			continue;
		if (n != i)
			memcpy(at(list, n), at(list, i), kind->size);
		n++;
	}
	list->n = n;
	list->is_sorted = true;
}

void seclist_done(struct seclist *list)
{
	if (list->v)
		explicit_bzero(list->v, list->max * list->kind->size);
	free(list->v);
	*list = seclist_new(list->kind);
}

const void *seclist_find(const struct seclist *list, const void *element)
{
	unsigned int i;

	if (!list || !list->n)
		return NULL;
	if (list->is_sorted)
		return bsearch(element, list->v, list->n, list->kind->size,
			       list->kind->compare);
	for (i = 0; i < list->n; i++)
		if (!list->kind->compare(at(list, i), element))
			return at(list, i);
	return NULL;
}

/* ---- differences ---- */

void seclist_keep(int *err, int e)
{
	if (!*err)
		*err = e;
}

int seclist_set(struct kernel *k, const struct seclist *have,
		const struct seclist *want)
{
	const void *there;
	unsigned int i;
	int err = 0;

	for (i = 0; i < want->n; i++) {
		there = seclist_find(have, at(want, i));
		if (!there || !want->kind->is_equal(there, at(want, i)))
			seclist_keep(&err, want->kind->set(k, at(want, i)));
	}
	return err;
}

int seclist_del(struct kernel *k, const struct seclist *have,
		const struct seclist *want)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < have->n; i++)
		if (!seclist_find(want, at(have, i)))
			seclist_keep(&err, have->kind->del(k, at(have, i)));
	return err;
}
