/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known of links, addresses and default routes: only differences are
 * told, and what vanished unheard is found.
 */
#include "src/netlink/known.h"

#include <errno.h>
#include <string.h>

#include "mip6d/hash.h"
#include "tests/unit/unit.h"

static struct known *kn;
static struct kernel_event told[16];
static unsigned int n_told;

static void on_told(void *arg, const struct kernel_event *ev)
{
	(void)arg;
	UNIT_NEED(n_told < 16);
	told[n_told++] = *ev;
}

static void setup(void)
{
	hash_init();
	n_told = 0;
	kn = known_new();
	UNIT_NEED(kn != NULL);
}

static struct in6_addr addr(const char *text)
{
	struct in6_addr a;

	UNIT_NEED(!addr_parse(text, &a));
	return a;
}

static struct kernel_event link_event(int ifindex, bool carrier)
{
	return (struct kernel_event){
		.type = KERNEL_LINK,
		.link = { .ifindex = ifindex,
			  .name = "eth0",
			  .up = true,
			  .carrier = carrier,
			  .mtu = 1500,
			  .lladdr = { 6, { 2, 0, 0, 0, 0, 1 } } },
	};
}

static struct kernel_event addr_event(const char *text, int ifindex)
{
	return (struct kernel_event){
		.type = KERNEL_ADDR,
		.addr = { .ifindex = ifindex,
			  .addr = addr(text),
			  .plen = 64,
			  .valid_s = 1200,
			  .preferred_s = 600 },
	};
}

static struct kernel_event router_event(const char *text, int ifindex)
{
	return (struct kernel_event){
		.type = KERNEL_ROUTER,
		.router = { .ifindex = ifindex,
			    .gateway = addr(text),
			    .metric = 1024 },
	};
}

static bool update(struct kernel_event ev)
{
	return known_update(kn, &ev);
}

static void read_again(struct kernel_event ev)
{
	known_read(kn, &ev);
}

static void only_differences_are_new(void)
{
	struct kernel_event a = addr_event("2001:db8::1", 3);

	setup();
	CU_ASSERT_TRUE(update(link_event(3, true)));
	CU_ASSERT_FALSE(update(link_event(3, true)));
	CU_ASSERT_TRUE(update(link_event(3, false)));
	CU_ASSERT_TRUE(update(a));
	CU_ASSERT_FALSE(update(a));
	a.addr.tentative = true;
	CU_ASSERT_TRUE(update(a));
	a.addr.valid_s++;
	CU_ASSERT_TRUE(update(a));
	CU_ASSERT_TRUE(update(router_event("fe80::a", 3)));
	CU_ASSERT_FALSE(update(router_event("fe80::a", 3)));
	kn = known_free(kn);
}

/* After a move there are two, with one metric. */
static void two_routers_are_two(void)
{
	struct kernel_event gone = router_event("fe80::a", 3);

	setup();
	CU_ASSERT_TRUE(update(router_event("fe80::a", 3)));
	CU_ASSERT_TRUE(update(router_event("fe80::b", 3)));
	CU_ASSERT_TRUE(update(router_event("fe80::a", 4)));
	gone.router.gone = true;
	CU_ASSERT_TRUE(update(gone));
	CU_ASSERT_FALSE(update(gone));
	CU_ASSERT_FALSE(update(router_event("fe80::b", 3)));
	kn = known_free(kn);
}

/* A message about something else of a link has neither MTU nor address. */
static void what_is_left_out_is_completed(void)
{
	struct kernel_event ev = link_event(3, false);

	setup();
	CU_ASSERT_TRUE(update(link_event(3, true)));
	ev.link.mtu = 0;
	ev.link.lladdr.len = 0;
	CU_ASSERT_TRUE(known_update(kn, &ev));
	UNIT_EQ(ev.link.mtu, 1500);
	UNIT_EQ(ev.link.lladdr.len, 6);
	kn = known_free(kn);
}

static void local_addresses(void)
{
	struct in6_addr a = addr("2001:db8::1");
	struct kernel_event gone = addr_event("2001:db8::1", 3);
	struct kernel_addr found;

	setup();
	gone.addr.gone = true;
	CU_ASSERT_FALSE(known_is_local(kn, &a));
	update(addr_event("2001:db8::1", 3));
	update(addr_event("2001:db8::1", 4));
	CU_ASSERT_TRUE(known_is_local(kn, &a));
	UNIT_EQ(known_addr(kn, &a, 4, &found), 0);
	UNIT_EQ(found.ifindex, 4);
	UNIT_EQ(known_addr(kn, &a, 5, &found), -ENOENT);
	update(gone);
	CU_ASSERT_TRUE(known_is_local(kn, &a));
	UNIT_EQ(known_addr(kn, &a, 3, &found), -ENOENT);
	gone.addr.ifindex = 4;
	update(gone);
	CU_ASSERT_FALSE(known_is_local(kn, &a));
	kn = known_free(kn);
}

static void reading_again_tells_the_difference(void)
{
	setup();
	update(link_event(3, true));
	update(addr_event("2001:db8::1", 3));
	update(addr_event("2001:db8::2", 3));
	update(router_event("fe80::a", 3));
	known_mark(kn);
	read_again(router_event("fe80::b", 3));
	read_again(link_event(3, false));
	read_again(addr_event("2001:db8::1", 3));
	UNIT_EQ(n_told, 0);
	known_sweep(kn, on_told, NULL);
	UNIT_EQ(n_told, 4);
	/* What is gone first, then links, addresses, routes. */
	CU_ASSERT_TRUE(told[0].type == KERNEL_ADDR && told[0].addr.gone);
	UNIT_STR(addr_str(&told[0].addr.addr), "2001:db8::2");
	CU_ASSERT_TRUE(told[1].type == KERNEL_ROUTER && told[1].router.gone);
	CU_ASSERT_TRUE(told[2].type == KERNEL_LINK && !told[2].link.carrier);
	CU_ASSERT_TRUE(told[3].type == KERNEL_ROUTER && !told[3].router.gone);
	UNIT_STR(addr_str(&told[3].router.gateway), "fe80::b");
	known_mark(kn);
	read_again(router_event("fe80::b", 3));
	read_again(link_event(3, false));
	read_again(addr_event("2001:db8::1", 3));
	known_sweep(kn, on_told, NULL);
	UNIT_EQ(n_told, 4);
	kn = known_free(kn);
}

static void a_walk_tells_links_first(void)
{
	setup();
	update(router_event("fe80::a", 3));
	update(addr_event("2001:db8::1", 3));
	update(link_event(3, true));
	known_walk(kn, on_told, NULL);
	UNIT_EQ(n_told, 3);
	UNIT_EQ(told[0].type, KERNEL_LINK);
	UNIT_EQ(told[1].type, KERNEL_ADDR);
	UNIT_EQ(told[2].type, KERNEL_ROUTER);
	kn = known_free(kn);
}

static const struct unit_case cases[] = {
	UNIT_CASE(only_differences_are_new),
	UNIT_CASE(two_routers_are_two),
	UNIT_CASE(what_is_left_out_is_completed),
	UNIT_CASE(local_addresses),
	UNIT_CASE(reading_again_tells_the_difference),
	UNIT_CASE(a_walk_tells_links_first),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "known", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
