/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel answers with messages: dumps and single requests, with a
 * kernel in memory (nlb_world.h). Batches: test_nlb.c.
 */
#include "src/netlink/nlb.h"

#include <errno.h>
#include <string.h>

#include "nlb_world.h"
#include "unit.h"

struct heard {
	unsigned int n;
	uint16_t last[3];   /* types of the last three */
	struct job *commit; /* of a message, when the first is heard */
};

static void hear(void *arg, const struct nlmsghdr *nlh)
{
	struct heard *h = arg;

	h->n++;
	h->last[0] = h->last[1];
	h->last[1] = h->last[2];
	h->last[2] = nlh->nlmsg_type;
	if (h->commit && h->n == 1)
		job_put(h->commit, 300, 0);
}

static void tell_link(const struct nlmsghdr *nlh)
{
	kernel_tell(nlh->nlmsg_seq, 500, 0, "link", 4);
}

static void get_is_answered_first(void)
{
	struct heard h = { .n = 0 };
	struct job job;

	world_start();
	kernel.on_get = tell_link;
	job_open(&job);
	world_begin(NLB_ROUTE, 100, 0);
	nlb_commit_get(nl, &job.txn, 0, hear, &h);
	/* Who did not ask for a message gets none. */
	world_put(NLB_ROUTE, 101, &job, 0);
	world_begin(NLB_ROUTE, 102, -ENODEV);
	nlb_commit_get(nl, &job.txn, ENODEV, hear, &h);
	nlb_txn_end(nl, &job.txn, 0);
	nlb_flush(nl);
	UNIT_EQ(job.err, 0);
	UNIT_EQ(h.n, 2);
	UNIT_EQ(h.last[2], 500);
	world_stop();
}

static void item(const struct nlmsghdr *nlh, uint16_t type, uint16_t flags)
{
	kernel_tell(nlh->nlmsg_seq, type, NLM_F_MULTI | flags, "item", 4);
}

static void finish(const struct nlmsghdr *nlh, uint16_t flags, int err)
{
	kernel_tell(nlh->nlmsg_seq, NLMSG_DONE, NLM_F_MULTI | flags, &err,
		    sizeof(err));
}

static void tell_three(const struct nlmsghdr *nlh)
{
	static const int zero;

	/* Answers to another request, which had more to say. */
	kernel_tell(nlh->nlmsg_seq - 1, 499, NLM_F_MULTI, "item", 4);
	kernel_tell(nlh->nlmsg_seq - 1, NLMSG_DONE, NLM_F_MULTI, &zero,
		    sizeof(zero));
	item(nlh, 500, 0);
	item(nlh, 501, 0);
	kernel_join();
	item(nlh, 502, 0);
	kernel_tell(nlh->nlmsg_seq, 503, NLM_F_MULTI, "item", 4)->pid = 4711;
	finish(nlh, 0, 0);
}

static int dump(void (*on_dump)(const struct nlmsghdr *nlh), struct heard *h)
{
	kernel.on_dump = on_dump;
	world_begin(NLB_ROUTE, 400, 0);
	return nlb_dump(nl, hear, h);
}

static void dump_is_whole(void)
{
	struct job early, late;
	struct heard h = { .commit = &late };

	world_start();
	job_put(&early, 100, 0);
	UNIT_EQ(dump(tell_three, &h), 0);
	UNIT_EQ(early.calls, 1);
	UNIT_EQ(kernel.n_types, 2);
	UNIT_EQ(kernel.types[0], 100);
	UNIT_EQ(h.n, 3);
	UNIT_EQ(h.last[0], 500);
	UNIT_EQ(h.last[1], 501);
	UNIT_EQ(h.last[2], 502);
	UNIT_EQ(late.calls, 0);
	nlb_flush(nl);
	UNIT_EQ(late.calls, 1);
	UNIT_EQ(late.err, 0);
	world_stop();
}

static void tell_refusal(const struct nlmsghdr *nlh)
{
	kernel_tell_err(nlh->nlmsg_seq, -EOPNOTSUPP);
}

static void tell_late_refusal(const struct nlmsghdr *nlh)
{
	item(nlh, 500, 0);
	finish(nlh, 0, -EOPNOTSUPP);
}

static void tell_no_end(const struct nlmsghdr *nlh)
{
	item(nlh, 500, 0);
}

static void dump_fails(void)
{
	static const uint8_t filler[NLENC_MAX];
	struct heard h = { .n = 0 };

	world_start();
	UNIT_EQ(dump(tell_refusal, &h), -EOPNOTSUPP);
	UNIT_EQ(h.n, 0);
	kernel.send_err = EPERM;
	UNIT_EQ(dump(tell_three, &h), -EPERM);
	UNIT_EQ(h.n, 0);
	UNIT_EQ(kernel.n_types, 1);
	UNIT_EQ(dump(tell_late_refusal, &h), -EOPNOTSUPP);
	UNIT_EQ(kernel.n_types, 2);
	/* Its end is lost: that must not be waited for. */
	UNIT_EQ(dump(tell_no_end, &h), -EAGAIN);
	nlenc_put(world_begin(NLB_ROUTE, 400, 0), 1, filler, sizeof(filler));
	UNIT_EQ(nlb_dump(nl, hear, &h), -ENOMEM);
	world_stop();
}

/* ---- broken dumps ---- */

/* Something changed meanwhile: the kernel says so with any of the messages,
 * and may have skipped others. */
static void tell_interrupted(const struct nlmsghdr *nlh)
{
	item(nlh, 490, 0);
	item(nlh, 491, NLM_F_DUMP_INTR);
	item(nlh, 492, 0);
	finish(nlh, 0, 0);
}

static void tell_interrupted_at_the_end(const struct nlmsghdr *nlh)
{
	item(nlh, 490, 0);
	finish(nlh, NLM_F_DUMP_INTR, 0);
}

static void tell_too_much(const struct nlmsghdr *nlh)
{
	item(nlh, 490, 0);
	finish(nlh, 0, 0);
	kernel.recv_err = ENOBUFS;
}

/* The answer is whole from the attempt that was chosen on. */
static void (*tell_broken)(const struct nlmsghdr *nlh);
static unsigned int broken;

static void tell_better(const struct nlmsghdr *nlh)
{
	if (broken) {
		broken--;
		tell_broken(nlh);
	} else {
		tell_three(nlh);
	}
}

static void dump_is_repeated(void)
{
	void (*const ways[])(const struct nlmsghdr *nlh) = {
		tell_interrupted,
		tell_interrupted_at_the_end,
		tell_too_much,
		tell_no_end,
	};
	size_t i;

	for (i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		struct heard h = { .n = 0 };

		world_start();
		tell_broken = ways[i];
		broken = 2;
		UNIT_EQ(dump(tell_better, &h), 0);
		UNIT_EQ(kernel.n_types, 3);
		UNIT_EQ(h.last[0], 500);
		UNIT_EQ(h.last[1], 501);
		UNIT_EQ(h.last[2], 502);
		world_stop();
	}
}

/* What fn commits leaves before the next attempt, which shall see it. */
static void dump_is_repeated_after_the_commits(void)
{
	struct job job;
	struct heard h = { .commit = &job };

	world_start();
	tell_broken = tell_interrupted;
	broken = 1;
	UNIT_EQ(dump(tell_better, &h), 0);
	UNIT_EQ(kernel.n_types, 3);
	UNIT_EQ(kernel.types[1], 300);
	UNIT_EQ(job.calls, 1);
	world_stop();
}

static void dump_is_never_whole(void)
{
	struct heard h = { .n = 0 };

	world_start();
	tell_broken = tell_interrupted;
	broken = 1000000;
	UNIT_EQ(dump(tell_better, &h), -EAGAIN);
	CU_ASSERT(kernel.n_types > 2);
	broken = 0;
	UNIT_EQ(dump(tell_better, &h), 0);
	world_stop();
}

static void tell_key(const struct nlmsghdr *nlh)
{
	static const int zero;

	kernel_tell(nlh->nlmsg_seq, NLMSG_DONE, NLM_F_MULTI, &zero,
		    sizeof(zero));
	kernel_tell(nlh->nlmsg_seq, 500, NLM_F_MULTI, "a key", 5);
	kernel_join();
}

/* The kernel lists associations with their keys, those of others, too. */
static void nothing_is_kept_of_what_was_listed(void)
{
	static const uint8_t none[NLMSG_HDRLEN + 5];
	struct heard h = { .n = 0 };

	world_start();
	kernel.on_dump = tell_key;
	world_begin(NLB_XFRM, 400, 0);
	UNIT_EQ(nlb_dump(nl, hear, &h), 0);
	UNIT_NEED(kernel.answered != NULL);
	UNIT_MEM(kernel.answered + NLMSG_HDRLEN + sizeof(int), sizeof(none),
		 none, sizeof(none));
	world_stop();
}

static const struct unit_case dumps[] = {
	UNIT_CASE(nothing_is_kept_of_what_was_listed),
	UNIT_CASE(get_is_answered_first),
	UNIT_CASE(dump_is_whole),
	UNIT_CASE(dump_fails),
	UNIT_CASE(dump_is_repeated),
	UNIT_CASE(dump_is_repeated_after_the_commits),
	UNIT_CASE(dump_is_never_whole),
	UNIT_END,
};

int main(int argc, char **argv)
{
	static const struct unit_suite suites[] = {
		{ "dumps", dumps },
		{ NULL, NULL },
	};

	return unit_main(argc, argv, suites);
}
