/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The binding cache as a table: keys, bounds, order, memory.
 */
#include "mip6d/bcache.h"

#include <string.h>

#include "tests/unit/unit.h"

static struct in6_addr numbered(uint32_t n)
{
	struct in6_addr a = { .s6_addr = { 0x20, 0x01, 0x0d, 0xb8 } };

	memcpy(&a.s6_addr[12], &n, sizeof(n));
	return a;
}

static void finds_by_both_addresses(void)
{
	struct in6_addr ha = numbered(1), ha2 = numbered(2), hoa = numbered(9);
	struct bcache_entry *e, *other;
	struct bcache *bc;

	hash_init();
	bc = bcache_new(10, 0);
	UNIT_NEED(bc);
	CU_ASSERT_PTR_NULL(bcache_find(bc, &ha, &hoa));
	e = bcache_add(bc, &ha, &hoa);
	UNIT_NEED(e);
	other = bcache_add(bc, &ha2, &hoa);
	UNIT_NEED(other && other != e);
	CU_ASSERT_PTR_EQUAL(bcache_find(bc, &ha, &hoa), e);
	CU_ASSERT_PTR_EQUAL(bcache_find(bc, &ha2, &hoa), other);
	CU_ASSERT_PTR_NULL(bcache_find(bc, &hoa, &ha));
	UNIT_EQ(bcache_count(bc), 2);
	bcache_del(bc, e);
	CU_ASSERT_PTR_NULL(bcache_find(bc, &ha, &hoa));
	CU_ASSERT_PTR_EQUAL(bcache_find(bc, &ha2, &hoa), other);
	UNIT_EQ(bcache_count(bc), 1);
	bcache_free(bc);
}

/* HA-25: a full cache refuses the newcomer and keeps every entry. */
static void is_bounded_and_evicts_nobody(void)
{
	struct in6_addr ha = numbered(1), a;
	struct bcache *bc;
	uint32_t i;

	hash_init();
	bc = bcache_new(3, 0);
	for (i = 0; i < 3; i++) {
		a = numbered(100 + i);
		CU_ASSERT_PTR_NOT_NULL(bcache_add(bc, &ha, &a));
	}
	a = numbered(200);
	CU_ASSERT_PTR_NULL(bcache_add(bc, &ha, &a));
	UNIT_EQ(bcache_count(bc), 3);
	for (i = 0; i < 3; i++) {
		a = numbered(100 + i);
		CU_ASSERT_PTR_NOT_NULL(bcache_find(bc, &ha, &a));
	}
	/* A lower limit removes nobody either. */
	bcache_set_max(bc, 1);
	UNIT_EQ(bcache_max(bc), 1);
	UNIT_EQ(bcache_count(bc), 3);
	a = numbered(100);
	bcache_del(bc, bcache_find(bc, &ha, &a));
	CU_ASSERT_PTR_NULL(bcache_add(bc, &ha, &a));
	bcache_set_max(bc, 4);
	CU_ASSERT_PTR_NOT_NULL(bcache_add(bc, &ha, &a));
	bcache_free(bc);
}

static void role_part_is_zeroed_and_apart(void)
{
	struct in6_addr ha = numbered(1), a = numbered(2), b = numbered(3);
	struct bcache_entry *e, *f;
	struct bcache *bc;
	uint8_t *p;
	int i;

	hash_init();
	bc = bcache_new(2, 40);
	e = bcache_add(bc, &ha, &a);
	f = bcache_add(bc, &ha, &b);
	UNIT_NEED(e && f);
	p = bcache_role(e);
	UNIT_EQ((uintptr_t)p % _Alignof(struct bcache_entry), 0);
	for (i = 0; i < 40; i++)
		UNIT_EQ(p[i], 0);
	memset(p, 0xff, 40);
	CU_ASSERT_TRUE(addr_eq(&e->key.hoa, &a));
	CU_ASSERT_PTR_EQUAL(bcache_find(bc, &ha, &a), e);
	CU_ASSERT_PTR_EQUAL(bcache_entry_of(p), e);
	p = bcache_role(f);
	for (i = 0; i < 40; i++)
		UNIT_EQ(p[i], 0);
	bcache_free(bc);
}

static void on_task(struct task *task, struct mtime now)
{
	(void)task;
	(void)now;
	CU_FAIL("a deleted entry's task ran");
}

static void deleting_stops_the_task(void)
{
	struct in6_addr ha = numbered(1), a = numbered(2), b = numbered(3);
	struct tqueue *tq = tqueue_new();
	struct bcache_entry *e, *f;
	struct bcache *bc;

	hash_init();
	bc = bcache_new(2, 0);
	e = bcache_add(bc, &ha, &a);
	f = bcache_add(bc, &ha, &b);
	UNIT_NEED(e && f);
	task_init(&e->task, on_task);
	task_init(&f->task, on_task);
	tqueue_start(tq, &e->task, (struct mtime){ 5 });
	tqueue_start(tq, &f->task, (struct mtime){ 5 });
	bcache_del(bc, e);
	UNIT_EQ(tqueue_len(tq), 1);
	bcache_free(bc);
	UNIT_EQ(tqueue_len(tq), 0);
	UNIT_EQ(tqueue_run(tq, (struct mtime){ 9 }), 0);
	tqueue_free(tq);
}

struct walk {
	struct bcache *bc;
	uint32_t next;
	unsigned int calls;
};

static void check_and_delete_odd(void *arg, struct bcache_entry *e)
{
	struct walk *w = arg;
	struct in6_addr want = numbered(w->next++);

	CU_ASSERT_TRUE(addr_eq(&e->key.hoa, &want));
	if (w->calls++ % 2)
		bcache_del(w->bc, e);
}

static void walks_in_order_and_may_delete(void)
{
	struct in6_addr ha = numbered(1), a;
	struct walk w = { .next = 100 };
	uint32_t i;

	hash_init();
	w.bc = bcache_new(1000, 0);
	for (i = 0; i < 1000; i++) {
		a = numbered(100 + i);
		CU_ASSERT_PTR_NOT_NULL(bcache_add(w.bc, &ha, &a));
	}
	bcache_walk(w.bc, check_and_delete_odd, &w);
	UNIT_EQ(w.calls, 1000);
	UNIT_EQ(bcache_count(w.bc), 500);
	bcache_free(w.bc);
	CU_ASSERT_PTR_NULL(bcache_free(NULL));
}

static void states_have_names(void)
{
	UNIT_STR(bcache_state_str(BCACHE_DAD), "DAD");
	UNIT_STR(bcache_state_str(BCACHE_INSTALLING), "INSTALLING");
	UNIT_STR(bcache_state_str(BCACHE_ACTIVE), "ACTIVE");
	UNIT_STR(bcache_state_str(BCACHE_REMOVING), "REMOVING");
	UNIT_STR(bcache_state_str(BCACHE_INVALID), "INVALID");
	UNIT_STR(bcache_state_str((enum bcache_state)99), "?");
}

static const struct unit_case cases[] = {
	UNIT_CASE(finds_by_both_addresses),
	UNIT_CASE(is_bounded_and_evicts_nobody),
	UNIT_CASE(role_part_is_zeroed_and_apart),
	UNIT_CASE(deleting_stops_the_task),
	UNIT_CASE(walks_in_order_and_may_delete),
	UNIT_CASE(states_have_names),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "bcache", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
