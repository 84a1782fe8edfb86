/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events that were lost: everything is read again, until that succeeds, with
 * a kernel in memory (nlb_world.h).
 */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "mip6d/hash.h"
#include "src/netlink/kernel_priv.h"
#include "src/netlink/watch.h"
#include "tests/unit/nlb_world.h"

/* ---- what the watch stands on ---- */

static struct {
	struct tqueue *tq;
	struct mtime now;
	loop_fd_fn *readable;
	void *arg;
	unsigned int broken_dumps; /* those to come that are not whole */
	unsigned int dumps;
	bool has_addr;
	unsigned int told, gone;
} world;

int __wrap_setsockopt(int fd, int level, int name, const void *value,
		      socklen_t len);
ssize_t __wrap_recv(int fd, void *buf, size_t len, int flags);

int __wrap_setsockopt(int fd, int level, int name, const void *value,
		      socklen_t len)
{
	(void)fd;
	(void)level;
	(void)name;
	(void)value;
	(void)len;
	return 0;
}

ssize_t __wrap_recv(int fd, void *buf, size_t len, int flags)
{
	(void)fd;
	(void)buf;
	(void)len;
	CU_ASSERT(flags & MSG_DONTWAIT);
	errno = EAGAIN;
	return -1;
}

struct tqueue *loop_tqueue(const struct loop *loop)
{
	(void)loop;
	return world.tq;
}

struct mtime loop_now(const struct loop *loop)
{
	(void)loop;
	return world.now;
}

int loop_add_fd(struct loop *loop, int fd, loop_fd_fn *fn, void *arg,
		struct loop_fd **ret_handle)
{
	(void)loop;
	(void)fd;
	world.readable = fn;
	world.arg = arg;
	*ret_handle = NULL;
	return 0;
}

struct loop_fd *loop_del_fd(struct loop_fd *handle)
{
	(void)handle;
	return NULL;
}

void own_addrs_changed(struct kernel *k)
{
	(void)k;
}

/* ---- the kernel ---- */

static void tell_addr(uint32_t seq)
{
	struct {
		struct ifaddrmsg ifa;
		struct rtattr rta;
		struct in6_addr addr;
	} msg;

	memset(&msg, 0, sizeof(msg));
	msg.ifa.ifa_family = AF_INET6;
	msg.ifa.ifa_prefixlen = 64;
	msg.ifa.ifa_index = 2;
	msg.rta.rta_type = IFA_ADDRESS;
	msg.rta.rta_len = sizeof(msg.rta) + sizeof(msg.addr);
	msg.addr.s6_addr[0] = 0x20;
	kernel_tell(seq, RTM_NEWADDR, NLM_F_MULTI, &msg, sizeof(msg));
}

static void answer_dump(const struct nlmsghdr *nlh)
{
	uint16_t flags = NLM_F_MULTI;
	int zero = 0;

	world.dumps++;
	if (world.broken_dumps) {
		world.broken_dumps--;
		flags |= NLM_F_DUMP_INTR;
	}
	if (nlh->nlmsg_type == RTM_GETADDR && world.has_addr)
		tell_addr(nlh->nlmsg_seq);
	kernel_tell(nlh->nlmsg_seq, NLMSG_DONE, flags, &zero, sizeof(zero));
}

static void on_event(void *arg, const struct kernel_event *ev)
{
	(void)arg;
	if (ev->type == KERNEL_ADDR) {
		world.told += !ev->addr.gone;
		world.gone += ev->addr.gone;
	}
}

static void run_ms(int64_t ms)
{
	world.now = mtime_add_ms(world.now, ms);
	tqueue_run(world.tq, world.now);
}

static struct watch *open_watch(struct kernel *k)
{
	struct watch *w;

	hash_init();
	world_start();
	memset(&world, 0, sizeof(world));
	world.now = (struct mtime){ 1000000 };
	world.tq = tqueue_new();
	kernel.on_dump = answer_dump;
	*k = (struct kernel){ .on_event = on_event, .nl = nl };
	UNIT_NEED(!watch_open(k, &w));
	run_ms(0);
	UNIT_NEED(world.readable != NULL);
	return w;
}

static void close_watch(struct watch *w)
{
	watch_close(w);
	UNIT_EQ(tqueue_len(world.tq), 0);
	tqueue_free(world.tq);
	world_stop();
}

static void lose_events(void)
{
	kernel.recv_err = ENOBUFS;
	world.readable(world.arg, world.now);
}

/* ---- cases ---- */

static void what_was_lost_is_read(void)
{
	struct kernel k;
	struct watch *w = open_watch(&k);

	world.has_addr = true;
	lose_events();
	UNIT_EQ(world.told, 1);
	world.has_addr = false;
	lose_events();
	UNIT_EQ(world.gone, 1);
	close_watch(w);
}

/* Interrupted as often as it is asked at once: it is tried again later, and
 * then nothing is missing, and nothing repeated. */
static void reading_is_tried_again(void)
{
	struct kernel k;
	struct watch *w = open_watch(&k);
	unsigned int i, dumps;

	for (i = 0; i < 3; i++) {
		world.broken_dumps = 20;
		world.has_addr = true;
		if (!i)
			lose_events();
		else
			run_ms(1000);
		UNIT_EQ(world.broken_dumps, 0);
		CU_ASSERT(strstr(logged, "once more") != NULL);
	}
	run_ms(999);
	UNIT_EQ(world.told, 0);
	run_ms(1);
	UNIT_EQ(world.told, 1);
	dumps = world.dumps;
	run_ms(10000);
	UNIT_EQ(world.dumps, dumps);
	UNIT_EQ(world.told, 1);
	UNIT_EQ(world.gone, 0);
	close_watch(w);
}

/* Other events that are lost in between do it, too. */
static void a_success_ends_it(void)
{
	struct kernel k;
	struct watch *w = open_watch(&k);
	unsigned int dumps;

	world.broken_dumps = 20;
	lose_events();
	world.has_addr = true;
	lose_events();
	UNIT_EQ(world.told, 1);
	dumps = world.dumps;
	run_ms(10000);
	UNIT_EQ(world.dumps, dumps);
	/* Closed while it waits. */
	world.broken_dumps = 20;
	lose_events();
	close_watch(w);
}

static const struct unit_case cases[] = {
	UNIT_CASE(what_was_lost_is_read),
	UNIT_CASE(reading_is_tried_again),
	UNIT_CASE(a_success_ends_it),
	UNIT_END,
};

int main(int argc, char **argv)
{
	static const struct unit_suite suites[] = { { "watch_again", cases },
						    { NULL, NULL } };

	return unit_main(argc, argv, suites);
}
