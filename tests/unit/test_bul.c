/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The binding update list as a container.
 */
#include <stdlib.h>
#include <string.h>

#include "mip6d/bul.h"
#include "tests/unit/unit.h"

static struct in6_addr addr(const char *text)
{
	struct in6_addr a;

	if (addr_parse(text, &a))
		abort();
	return a;
}

static void nothing(struct task *task, struct mtime now)
{
	(void)task;
	(void)now;
}

static void entries_are_found_by_peer_and_home_address(void)
{
	struct in6_addr ha = addr("2001:db8:1::1"), cn = addr("2001:db8:c::1");
	struct in6_addr h1 = addr("2001:db8:1::100");
	struct in6_addr h2 = addr("2001:db8:1::200");
	struct bul bul;
	struct bul_entry *a, *b, *c;

	bul_init(&bul);
	a = bul_add(&bul, &ha, &h1);
	b = bul_add(&bul, &ha, &h2);
	c = bul_add(&bul, &cn, &h1);
	UNIT_NEED(a && b && c);
	UNIT_EQ(bul.count, 3);
	CU_ASSERT(bul_find(&bul, &ha, &h1) == a);
	CU_ASSERT(bul_find(&bul, &ha, &h2) == b);
	CU_ASSERT(bul_find(&bul, &cn, &h1) == c);
	CU_ASSERT(!bul_find(&bul, &cn, &h2));
	/* In the order in which they came: users see them so. */
	CU_ASSERT(bul.head == a && a->next == b && b->next == c);
	bul_del(&bul, b);
	CU_ASSERT(!bul_find(&bul, &ha, &h2));
	CU_ASSERT(a->next == c && c->prev == a);
	UNIT_EQ(bul.count, 2);
	bul_del(&bul, c);
	CU_ASSERT(bul.head == a && bul.tail == a && !a->next);
	b = bul_add(&bul, &ha, &h2);
	UNIT_NEED(b != NULL);
	CU_ASSERT(a->next == b && bul.tail == b);
	bul_done(&bul);
	UNIT_EQ(bul.count, 0);
	CU_ASSERT(!bul.head);
}

/* Many peers: the last added and the first are found alike. */
static void many_entries(void)
{
	struct in6_addr hoa = addr("2001:db8:1::100");
	struct in6_addr peer = addr("2001:db8:c::");
	struct bul bul;
	unsigned int i;

	bul_init(&bul);
	for (i = 0; i < 5000; i++) {
		peer.s6_addr[14] = (uint8_t)(i >> 8);
		peer.s6_addr[15] = (uint8_t)i;
		UNIT_NEED(bul_add(&bul, &peer, &hoa) != NULL);
	}
	UNIT_EQ(bul.count, 5000);
	for (i = 0; i < 5000; i++) {
		struct bul_entry *e;

		peer.s6_addr[14] = (uint8_t)(i >> 8);
		peer.s6_addr[15] = (uint8_t)i;
		e = bul_find(&bul, &peer, &hoa);
		UNIT_NEED(e && addr_eq(&e->peer, &peer));
		if (i % 2)
			bul_del(&bul, e);
	}
	UNIT_EQ(bul.count, 2500);
	bul_done(&bul);
	CU_ASSERT(!bul.head && !bul.tail && !bul.table);
}

static void deletion_stops_the_task(void)
{
	struct in6_addr ha = addr("2001:db8:1::1");
	struct in6_addr hoa = addr("2001:db8:1::100");
	struct tqueue *tq = tqueue_new();
	struct bul_entry *e;
	struct bul bul;

	bul_init(&bul);
	e = bul_add(&bul, &ha, &hoa);
	UNIT_NEED(tq && e);
	CU_ASSERT(!task_is_started(&e->task));
	task_init(&e->task, nothing);
	tqueue_start(tq, &e->task, (struct mtime){ 5 });
	UNIT_EQ(tqueue_len(tq), 1);
	bul_done(&bul);
	UNIT_EQ(tqueue_len(tq), 0);
	tqueue_free(tq);
}

static void bound_means_acknowledged_and_not_over(void)
{
	struct bul_entry e = { .expires = { 100 } };

	CU_ASSERT(!bul_is_bound(&e, (struct mtime){ 99 }));
	e.bound_coa = addr("2001:db8:a::5");
	CU_ASSERT(bul_is_bound(&e, (struct mtime){ 99 }));
	CU_ASSERT(!bul_is_bound(&e, (struct mtime){ 100 }));
}

static void states_have_names(void)
{
	int i;

	for (i = BUL_IDLE; i <= BUL_REFUSED; i++)
		CU_ASSERT(strcmp(bul_state_str((enum bul_state)i), "?"));
	UNIT_STR(bul_state_str(BUL_DEREGISTERING), "DEREGISTERING");
}

static const struct unit_case cases[] = {
	UNIT_CASE(entries_are_found_by_peer_and_home_address),
	UNIT_CASE(many_entries),
	UNIT_CASE(deletion_stops_the_task),
	UNIT_CASE(bound_means_acknowledged_and_not_over),
	UNIT_CASE(states_have_names),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "bul", cases }, { NULL, NULL } };

int main(int argc, char **argv)
{
	hash_init();
	return unit_main(argc, argv, suites);
}
