/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Batches and transactions of the acting netlink sockets, with a kernel in
 * memory (nlb_world.h). Dumps: test_nlb_dump.c.
 */
#include "src/netlink/nlb.h"

#include <errno.h>
#include <string.h>

#include "nlb_world.h"
#include "unit.h"

/* ---- batches ---- */

static void order_holds_across_buses(void)
{
	static const enum nlb_bus bus[] = { NLB_ROUTE, NLB_ROUTE, NLB_XFRM,
					    NLB_ROUTE };
	size_t i;

	world_start();
	for (i = 0; i < 4; i++)
		world_put(bus[i], (uint16_t)(100 + i), NULL, 0);
	UNIT_EQ(kernel.n_sends, 0);
	nlb_flush(nl);
	UNIT_EQ(kernel.n_sends, 3);
	UNIT_EQ(kernel.sends[0].bus, NLB_ROUTE);
	UNIT_EQ(kernel.sends[0].msgs, 2);
	UNIT_EQ(kernel.sends[1].bus, NLB_XFRM);
	UNIT_EQ(kernel.sends[1].msgs, 1);
	UNIT_EQ(kernel.sends[2].msgs, 1);
	UNIT_EQ(kernel.n_types, 4);
	for (i = 0; i < 4; i++)
		UNIT_EQ(kernel.types[i], 100 + i);
	nlb_flush(nl);
	UNIT_EQ(kernel.n_sends, 3);
	world_stop();
}

/* The transactions of one turn leave together, and end in their order. */
static void transactions_share_a_send(void)
{
	static struct job jobs[700];
	size_t i;

	world_start();
	for (i = 0; i < 700; i++)
		job_put(&jobs[i], (uint16_t)(100 + i), i == 300 ? -EPERM : 0);
	nlb_flush(nl);
	UNIT_EQ(kernel.n_sends, 2);
	UNIT_EQ(kernel.sends[0].msgs, 512);
	for (i = 0; i < 700; i++) {
		CU_ASSERT(kernel.types[i] == 100 + i);
		CU_ASSERT(jobs[i].calls == 1);
		CU_ASSERT(jobs[i].err == (i == 300 ? -EPERM : 0));
	}
	world_stop();
}

/* What a transaction's end asks for comes behind all that was asked for
 * before it, though that had left already or not. */
static void put_again(struct nlb_txn *txn, int err)
{
	(void)txn;
	world_put(NLB_ROUTE, (uint16_t)(200 - err), NULL, 0);
}

static void ends_may_ask_for_more(void)
{
	static const unsigned int types[] = { 100, 101, 102, 200 + EPERM, 200 };
	struct nlb_txn txns[2];
	size_t i;

	world_start();
	for (i = 0; i < 2; i++) {
		nlb_txn_begin(&txns[i], put_again);
		world_begin(NLB_ROUTE, (uint16_t)(100 + i), i ? 0 : -EPERM);
		nlb_commit(nl, &txns[i], 0);
		nlb_txn_end(nl, &txns[i], 0);
	}
	world_put(NLB_XFRM, 102, NULL, 0);
	nlb_flush(nl);
	UNIT_EQ(kernel.n_types, 5);
	for (i = 0; i < 5; i++)
		UNIT_EQ(kernel.types[i], types[i]);
	world_stop();
}

static void put_ahead(uint16_t type, struct job *job, int err)
{
	world_begin(NLB_XFRM, type, err);
	nlb_ahead(nl);
	nlb_commit(nl, &job->txn, 0);
}

/* Transactions with messages on both buses: a send for each bus is enough
 * when one bus need not wait, and each transaction hears its own result. */
static void one_bus_ahead(void)
{
	static struct job jobs[100];
	size_t i;

	world_start();
	for (i = 0; i < 100; i++) {
		job_open(&jobs[i]);
		put_ahead((uint16_t)(1000 + i), &jobs[i], i == 7 ? -ESRCH : 0);
		world_put(NLB_ROUTE, (uint16_t)(100 + i), &jobs[i],
			  i == 8 ? -EINVAL : 0);
		nlb_txn_end(nl, &jobs[i].txn, 0);
	}
	nlb_flush(nl);
	UNIT_EQ(kernel.n_sends, 2);
	UNIT_EQ(kernel.sends[0].bus, NLB_XFRM);
	UNIT_EQ(kernel.sends[0].msgs, 100);
	UNIT_EQ(kernel.sends[1].msgs, 100);
	for (i = 0; i < 100; i++) {
		CU_ASSERT(kernel.types[i] == 1000 + i);
		CU_ASSERT(kernel.types[100 + i] == 100 + i);
		CU_ASSERT(jobs[i].calls == 1);
		CU_ASSERT(jobs[i].err == (i == 7   ? -ESRCH
					  : i == 8 ? -EINVAL
						   : 0));
	}
	world_stop();
}

/* It overtakes the other bus, never its own, and is not overtaken by what
 * stands behind it. */
static void ahead_keeps_its_place(void)
{
	static const unsigned int types[] = { 100, 103, 105, 102, 104, 101 };
	struct job job;
	size_t i;

	world_start();
	job_open(&job);
	world_put(NLB_ROUTE, 100, &job, 0);
	put_ahead(103, &job, 0);
	put_ahead(105, &job, 0);
	world_put(NLB_ROUTE, 102, &job, 0);
	world_put(NLB_XFRM, 104, &job, 0);
	world_put(NLB_ROUTE, 101, &job, 0);
	nlb_txn_end(nl, &job.txn, 0);
	nlb_flush(nl);
	UNIT_EQ(kernel.n_types, 6);
	for (i = 0; i < 6; i++)
		UNIT_EQ(kernel.types[i], types[i]);
	UNIT_EQ(kernel.n_sends, 5);
	UNIT_EQ(job.calls, 1);
	UNIT_EQ(job.err, 0);
	world_stop();
}

/* The answers to one send must fit the receive buffer, and the send the
 * send buffer; every message is sent, once, in its order. */
static void chunks_are_bounded(void)
{
	static const uint8_t filler[900];
	struct job job;
	size_t i;

	world_start();
	job_open(&job);
	for (i = 0; i < 1200; i++) {
		struct nlenc *e;

		world_put(NLB_ROUTE, (uint16_t)(100 + i), &job, 0);
		if (i < 600)
			continue;
		e = world_begin(NLB_ROUTE, (uint16_t)(100 + i), 0);
		nlenc_put(e, 1, filler, sizeof(filler));
		nlb_commit(nl, &job.txn, 0);
	}
	nlb_txn_end(nl, &job.txn, 0);
	nlb_flush(nl);
	UNIT_EQ(kernel.n_types, 1800);
	for (i = 0; i < 1800; i++)
		CU_ASSERT(kernel.types[i] ==
			  100 + (i < 600 ? i : 600 + (i - 600) / 2));
	CU_ASSERT(kernel.n_sends >= 6);
	for (i = 0; i < kernel.n_sends; i++) {
		CU_ASSERT(kernel.sends[i].msgs <= 512);
		CU_ASSERT(kernel.sends[i].octets <= 128 * 1024);
	}
	UNIT_EQ(job.calls, 1);
	UNIT_EQ(job.err, 0);
	world_stop();
}

static int note(void *arg, int err)
{
	*(int *)arg = err;
	return err;
}

/* Its result is noted in *err. */
static void put_noted(enum nlb_bus bus, uint16_t type, int result, int *err)
{
	*err = 1;
	world_begin(bus, type, result);
	nlb_commit_fn(nl, NULL, note, err);
}

static void answers_out_of_order(void)
{
	int i, errs[5];

	world_start();
	kernel.reversed = true;
	for (i = 0; i < 5; i++)
		put_noted(NLB_ROUTE, 100, i % 2 ? -EINVAL - i : 0, &errs[i]);
	nlb_flush(nl);
	UNIT_EQ(kernel.n_sends, 1);
	for (i = 0; i < 5; i++)
		UNIT_EQ(errs[i], i % 2 ? -EINVAL - i : 0);
	world_stop();
}

/* Nobody knows what became of a request whose answer is lost: it failed.
 * Those before it did not. */
static void lost_answers_are_failures(void)
{
	struct job job;
	int i, errs[6];

	world_start();
	kernel.room = 4;
	for (i = 0; i < 6; i++)
		put_noted(NLB_ROUTE, 100, i == 2 ? -EPERM : 0, &errs[i]);
	nlb_flush(nl);
	UNIT_EQ(kernel.n_types, 6);
	for (i = 0; i < 6; i++)
		UNIT_EQ(errs[i], i == 2 ? -EPERM : i < 4 ? 0 : -ENOBUFS);
	/* That concerns no later request. */
	job_put(&job, 100, 0);
	nlb_flush(nl);
	UNIT_EQ(job.calls, 1);
	UNIT_EQ(job.err, 0);
	world_stop();
}

static void refused_send(void)
{
	int errs[3];

	world_start();
	kernel.send_err = EPERM;
	put_noted(NLB_ROUTE, 100, 0, &errs[0]);
	put_noted(NLB_ROUTE, 101, 0, &errs[1]);
	put_noted(NLB_XFRM, 102, 0, &errs[2]);
	nlb_flush(nl);
	UNIT_EQ(errs[0], -EPERM);
	UNIT_EQ(errs[1], -EPERM);
	UNIT_EQ(errs[2], 0);
	UNIT_EQ(kernel.n_types, 1);

	/* A signal in between is no refusal. */
	kernel.send_err = EINTR;
	put_noted(NLB_ROUTE, 100, 0, &errs[0]);
	nlb_flush(nl);
	UNIT_EQ(errs[0], 0);
	kernel.recv_err = EINTR;
	put_noted(NLB_ROUTE, 100, 0, &errs[0]);
	nlb_flush(nl);
	UNIT_EQ(errs[0], 0);
	world_stop();
}

static void tell_nonsense(const struct nlmsghdr *nlh)
{
	static const int zero;

	/* From another process, to an earlier request, cut short. */
	kernel_tell_err(nlh->nlmsg_seq, -EBUSY)->pid = 4711;
	kernel_tell_err(nlh->nlmsg_seq - 1, -EBUSY);
	kernel_tell(nlh->nlmsg_seq, NLMSG_ERROR, 0, &zero, sizeof(zero));
	kernel_tell_err(nlh->nlmsg_seq, -EBUSY)->len = NLMSG_HDRLEN - 1;
}

static void nonsense_is_no_answer(void)
{
	struct job job;

	world_start();
	job_put(&job, 100, 0);
	nlb_flush(nl);
	kernel.on_get = tell_nonsense;
	job_put(&job, 100, -EEXIST);
	nlb_flush(nl);
	UNIT_EQ(job.calls, 1);
	UNIT_EQ(job.err, -EEXIST);
	UNIT_EQ(nlb_forged(nl), 1);
	world_stop();
}

/* ---- transactions ---- */

static void first_error_counts(void)
{
	struct job job, other;

	world_start();
	job_open(&job);
	world_put(NLB_ROUTE, 100, &job, 0);
	world_put(NLB_XFRM, 101, &job, -EINVAL);
	job_put(&other, 102, 0);
	world_put(NLB_ROUTE, 103, &job, -EPERM);
	nlb_flush(nl);
	UNIT_EQ(job.calls, 0);
	UNIT_EQ(other.calls, 1);
	UNIT_EQ(other.err, 0);
	world_put(NLB_ROUTE, 104, &job, 0);
	nlb_txn_end(nl, &job.txn, 0);
	UNIT_EQ(job.calls, 0);
	nlb_flush(nl);
	UNIT_EQ(job.calls, 1);
	UNIT_EQ(job.err, -EINVAL);
	UNIT_EQ(kernel.n_types, 5);
	world_stop();
}

static void transaction_without_messages(void)
{
	struct job good, bad;

	world_start();
	job_open(&good);
	nlb_txn_end(nl, &good.txn, 0);
	job_open(&bad);
	world_put(NLB_ROUTE, 100, &bad, 0);
	nlb_txn_end(nl, &bad.txn, -ENOSPC);
	UNIT_EQ(good.calls + bad.calls, 0);
	nlb_flush(nl);
	UNIT_EQ(good.calls, 1);
	UNIT_EQ(good.err, 0);
	UNIT_EQ(bad.calls, 1);
	UNIT_EQ(bad.err, -ENOSPC);
	world_stop();
}

static int is_exist(void *arg, int err)
{
	*(int *)arg = err;
	return err == -EEXIST ? 0 : err;
}

/* What counts as success: a named error, what a function says, and for a
 * removal that there is nothing to remove. */
static void forgiven_errors(void)
{
	static const struct {
		int err, expected;
	} removals[] = {
		{ 0, 0 },           { -ENOENT, 0 }, { -ESRCH, 0 },
		{ -ENODEV, 0 },     { -ENXIO, 0 },  { -EADDRNOTAVAIL, 0 },
		{ -EPERM, -EPERM },
	};
	struct job job;
	size_t i;
	int heard = 1;

	world_start();
	for (i = 0; i < sizeof(removals) / sizeof(*removals); i++) {
		job_open(&job);
		world_begin(NLB_ROUTE, 100, removals[i].err);
		nlb_commit_del(nl, &job.txn);
		nlb_txn_end(nl, &job.txn, 0);
		nlb_flush(nl);
		UNIT_EQ(job.err, removals[i].expected);
	}
	job_open(&job);
	world_begin(NLB_ROUTE, 100, -EEXIST);
	nlb_commit(nl, &job.txn, EEXIST);
	world_begin(NLB_ROUTE, 100, -EEXIST);
	nlb_commit_fn(nl, &job.txn, is_exist, &heard);
	nlb_txn_end(nl, &job.txn, 0);
	nlb_flush(nl);
	UNIT_EQ(job.err, 0);
	UNIT_EQ(heard, -EEXIST);
	job_open(&job);
	world_begin(NLB_ROUTE, 100, -ENOENT);
	nlb_commit(nl, &job.txn, EEXIST);
	nlb_txn_end(nl, &job.txn, 0);
	nlb_flush(nl);
	UNIT_EQ(job.err, -ENOENT);
	world_stop();
}

static struct job undo;

/* As a port does that takes back the half of what failed. */
static void done_and_undo(struct nlb_txn *txn, int err)
{
	struct job *job = (struct job *)txn;

	UNIT_EQ(err, -EINVAL);
	free(job);
	job_put(&undo, 200, 0);
	nlb_flush(nl);
	UNIT_EQ(undo.calls, 0);
}

static void an_end_may_begin_more(void)
{
	struct job *job = calloc(1, sizeof(*job)), later;
	size_t i;

	UNIT_NEED(job);
	world_start();
	nlb_txn_begin(&job->txn, done_and_undo);
	world_put(NLB_ROUTE, 100, job, -EINVAL);
	nlb_txn_end(nl, &job->txn, 0);
	/* Enough that the batch grows while it leaves. */
	for (i = 0; i < 400; i++)
		world_put(NLB_ROUTE, 101, NULL, 0);
	job_put(&later, 102, -EPERM);
	nlb_flush(nl);
	UNIT_EQ(undo.calls, 1);
	UNIT_EQ(undo.err, 0);
	UNIT_EQ(later.err, -EPERM);
	UNIT_EQ(kernel.n_types, 403);
	UNIT_EQ(kernel.types[402], 200);
	world_stop();
}

static void too_long_a_message(void)
{
	static const uint8_t filler[NLENC_MAX];
	struct job job;

	world_start();
	job_open(&job);
	world_put(NLB_ROUTE, 100, &job, 0);
	nlenc_put(world_begin(NLB_ROUTE, 101, 0), 1, filler, sizeof(filler));
	nlb_commit(nl, &job.txn, 0);
	world_put(NLB_ROUTE, 102, &job, 0);
	nlb_txn_end(nl, &job.txn, 0);
	nlb_flush(nl);
	UNIT_EQ(job.calls, 1);
	UNIT_EQ(job.err, -ENOMEM);
	UNIT_EQ(kernel.n_types, 2);
	world_stop();
}

static void calls(void)
{
	world_start();
	world_put(NLB_ROUTE, 100, NULL, -EPERM);
	world_begin(NLB_XFRM, 101, 0);
	UNIT_EQ(nlb_call(nl), 0);
	UNIT_EQ(kernel.types[0], 100);
	UNIT_EQ(kernel.types[1], 101);
	world_begin(NLB_ROUTE, 102, -EBUSY);
	UNIT_EQ(nlb_call(nl), -EBUSY);
	kernel.words = "Device is busy dancing";
	world_put(NLB_ROUTE, 103, NULL, -EBUSY);
	nlb_flush(nl);
	CU_ASSERT(strstr(logged, "message 103") != NULL);
	CU_ASSERT(strstr(logged, "busy dancing") != NULL);
	world_stop();
}

/* It may have been a key. */
static void nothing_is_kept_of_what_was_sent(void)
{
	static const uint8_t key[] = "a key", none[sizeof(key)];
	struct nlenc *e;

	world_start();
	e = world_begin(NLB_XFRM, 100, 0);
	nlenc_put(e, 1, key, sizeof(key));
	UNIT_EQ(nlb_call(nl), 0);
	UNIT_NEED(kernel.asked != NULL);
	UNIT_MEM(kernel.asked + NLMSG_HDRLEN + sizeof(int) + NLA_HDRLEN,
		 sizeof(key), none, sizeof(none));
	world_stop();
}

static const struct unit_case batches[] = {
	UNIT_CASE(nothing_is_kept_of_what_was_sent),
	UNIT_CASE(order_holds_across_buses),
	UNIT_CASE(transactions_share_a_send),
	UNIT_CASE(ends_may_ask_for_more),
	UNIT_CASE(one_bus_ahead),
	UNIT_CASE(ahead_keeps_its_place),
	UNIT_CASE(chunks_are_bounded),
	UNIT_CASE(answers_out_of_order),
	UNIT_CASE(lost_answers_are_failures),
	UNIT_CASE(refused_send),
	UNIT_CASE(nonsense_is_no_answer),
	UNIT_END,
};

static const struct unit_case transactions[] = {
	UNIT_CASE(first_error_counts),
	UNIT_CASE(transaction_without_messages),
	UNIT_CASE(forgiven_errors),
	UNIT_CASE(an_end_may_begin_more),
	UNIT_CASE(too_long_a_message),
	UNIT_CASE(calls),
	UNIT_END,
};

int main(int argc, char **argv)
{
	static const struct unit_suite suites[] = {
		{ "batches", batches },
		{ "transactions", transactions },
		{ NULL, NULL },
	};

	return unit_main(argc, argv, suites);
}
