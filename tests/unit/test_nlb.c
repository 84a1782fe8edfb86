/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Batches, transactions and dumps of the acting netlink sockets, with a
 * kernel in memory (nlb_kernel.h).
 */
#include "src/netlink/nlb.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "mip6d/log.h"
#include "nlb_kernel.h"
#include "unit.h"

static struct nlb *nl;
static char logged[256];

void log_write(enum log_level level, const char *fmt, ...)
{
	va_list ap;

	(void)level;
	va_start(ap, fmt);
	vsnprintf(logged, sizeof(logged), fmt, ap);
	va_end(ap);
}

struct job {
	struct nlb_txn txn; /* first: what is called gets this back */
	unsigned int calls;
	int err;
};

static void start(void)
{
	kernel_boot();
	UNIT_NEED(!nlb_open(&nl));
}

static void stop(void)
{
	UNIT_EQ(kernel.n_queue, 0);
	nl = nlb_close(nl);
}

static void done(struct nlb_txn *txn, int err)
{
	struct job *job = (struct job *)txn;

	job->calls++;
	job->err = err;
}

/* The result that the kernel shall give stands in the message. */
static struct nlenc *begin(enum nlb_bus bus, uint16_t type, int err)
{
	struct nlenc *e = nlb_begin(nl, bus);

	nlenc_begin(e, type, 0, &err, sizeof(err));
	return e;
}

static void put(enum nlb_bus bus, uint16_t type, struct job *job, int err)
{
	begin(bus, type, err);
	nlb_commit(nl, job ? &job->txn : NULL, 0);
}

static void open_job(struct job *job)
{
	*job = (struct job){ .calls = 0 };
	nlb_txn_begin(&job->txn, done);
}

/* A transaction of one message. */
static void put_job(struct job *job, uint16_t type, int err)
{
	open_job(job);
	put(NLB_ROUTE, type, job, err);
	nlb_txn_end(nl, &job->txn, 0);
}

/* ---- batches ---- */

static void order_holds_across_buses(void)
{
	static const enum nlb_bus bus[] = { NLB_ROUTE, NLB_ROUTE, NLB_XFRM,
					    NLB_ROUTE };
	size_t i;

	start();
	for (i = 0; i < 4; i++)
		put(bus[i], (uint16_t)(100 + i), NULL, 0);
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
	stop();
}

/* The answers to one send must fit the receive buffer, and the send the
 * send buffer; every message is sent, once, in its order. */
static void chunks_are_bounded(void)
{
	static const uint8_t filler[900];
	struct job job;
	size_t i;

	start();
	open_job(&job);
	for (i = 0; i < 1200; i++) {
		struct nlenc *e;

		put(NLB_ROUTE, (uint16_t)(100 + i), &job, 0);
		if (i < 600)
			continue;
		e = begin(NLB_ROUTE, (uint16_t)(100 + i), 0);
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
	stop();
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
	begin(bus, type, result);
	nlb_commit_fn(nl, NULL, note, err);
}

static void answers_out_of_order(void)
{
	int i, errs[5];

	start();
	kernel.reversed = true;
	for (i = 0; i < 5; i++)
		put_noted(NLB_ROUTE, 100, i % 2 ? -EINVAL - i : 0, &errs[i]);
	nlb_flush(nl);
	UNIT_EQ(kernel.n_sends, 1);
	for (i = 0; i < 5; i++)
		UNIT_EQ(errs[i], i % 2 ? -EINVAL - i : 0);
	stop();
}

/* Nobody knows what became of a request whose answer is lost: it failed.
 * Those before it did not. */
static void lost_answers_are_failures(void)
{
	struct job job;
	int i, errs[6];

	start();
	kernel.room = 4;
	for (i = 0; i < 6; i++)
		put_noted(NLB_ROUTE, 100, i == 2 ? -EPERM : 0, &errs[i]);
	nlb_flush(nl);
	UNIT_EQ(kernel.n_types, 6);
	for (i = 0; i < 6; i++)
		UNIT_EQ(errs[i], i == 2 ? -EPERM : i < 4 ? 0 : -ENOBUFS);
	/* That concerns no later request. */
	put_job(&job, 100, 0);
	nlb_flush(nl);
	UNIT_EQ(job.calls, 1);
	UNIT_EQ(job.err, 0);
	stop();
}

static void refused_send(void)
{
	int errs[3];

	start();
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
	stop();
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

	start();
	put_job(&job, 100, 0);
	nlb_flush(nl);
	kernel.on_get = tell_nonsense;
	put_job(&job, 100, -EEXIST);
	nlb_flush(nl);
	UNIT_EQ(job.calls, 1);
	UNIT_EQ(job.err, -EEXIST);
	stop();
}

/* ---- transactions ---- */

static void first_error_counts(void)
{
	struct job job, other;

	start();
	open_job(&job);
	put(NLB_ROUTE, 100, &job, 0);
	put(NLB_XFRM, 101, &job, -EINVAL);
	put_job(&other, 102, 0);
	put(NLB_ROUTE, 103, &job, -EPERM);
	nlb_flush(nl);
	UNIT_EQ(job.calls, 0);
	UNIT_EQ(other.calls, 1);
	UNIT_EQ(other.err, 0);
	put(NLB_ROUTE, 104, &job, 0);
	nlb_txn_end(nl, &job.txn, 0);
	UNIT_EQ(job.calls, 0);
	nlb_flush(nl);
	UNIT_EQ(job.calls, 1);
	UNIT_EQ(job.err, -EINVAL);
	UNIT_EQ(kernel.n_types, 5);
	stop();
}

static void transaction_without_messages(void)
{
	struct job good, bad;

	start();
	open_job(&good);
	nlb_txn_end(nl, &good.txn, 0);
	open_job(&bad);
	put(NLB_ROUTE, 100, &bad, 0);
	nlb_txn_end(nl, &bad.txn, -ENOSPC);
	UNIT_EQ(good.calls + bad.calls, 0);
	nlb_flush(nl);
	UNIT_EQ(good.calls, 1);
	UNIT_EQ(good.err, 0);
	UNIT_EQ(bad.calls, 1);
	UNIT_EQ(bad.err, -ENOSPC);
	stop();
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

	start();
	for (i = 0; i < sizeof(removals) / sizeof(*removals); i++) {
		open_job(&job);
		begin(NLB_ROUTE, 100, removals[i].err);
		nlb_commit_del(nl, &job.txn);
		nlb_txn_end(nl, &job.txn, 0);
		nlb_flush(nl);
		UNIT_EQ(job.err, removals[i].expected);
	}
	open_job(&job);
	begin(NLB_ROUTE, 100, -EEXIST);
	nlb_commit(nl, &job.txn, EEXIST);
	begin(NLB_ROUTE, 100, -EEXIST);
	nlb_commit_fn(nl, &job.txn, is_exist, &heard);
	nlb_txn_end(nl, &job.txn, 0);
	nlb_flush(nl);
	UNIT_EQ(job.err, 0);
	UNIT_EQ(heard, -EEXIST);
	open_job(&job);
	begin(NLB_ROUTE, 100, -ENOENT);
	nlb_commit(nl, &job.txn, EEXIST);
	nlb_txn_end(nl, &job.txn, 0);
	nlb_flush(nl);
	UNIT_EQ(job.err, -ENOENT);
	stop();
}

static struct job undo;

/* As a port does that takes back the half of what failed. */
static void done_and_undo(struct nlb_txn *txn, int err)
{
	struct job *job = (struct job *)txn;

	UNIT_EQ(err, -EINVAL);
	free(job);
	put_job(&undo, 200, 0);
	nlb_flush(nl);
	UNIT_EQ(undo.calls, 0);
}

static void an_end_may_begin_more(void)
{
	struct job *job = calloc(1, sizeof(*job)), later;
	size_t i;

	UNIT_NEED(job);
	start();
	nlb_txn_begin(&job->txn, done_and_undo);
	put(NLB_ROUTE, 100, job, -EINVAL);
	nlb_txn_end(nl, &job->txn, 0);
	/* Enough that the batch grows while it leaves. */
	for (i = 0; i < 400; i++)
		put(NLB_ROUTE, 101, NULL, 0);
	put_job(&later, 102, -EPERM);
	nlb_flush(nl);
	UNIT_EQ(undo.calls, 1);
	UNIT_EQ(undo.err, 0);
	UNIT_EQ(later.err, -EPERM);
	UNIT_EQ(kernel.n_types, 403);
	UNIT_EQ(kernel.types[402], 200);
	stop();
}

static void too_long_a_message(void)
{
	static const uint8_t filler[NLENC_MAX];
	struct job job;

	start();
	open_job(&job);
	put(NLB_ROUTE, 100, &job, 0);
	nlenc_put(begin(NLB_ROUTE, 101, 0), 1, filler, sizeof(filler));
	nlb_commit(nl, &job.txn, 0);
	put(NLB_ROUTE, 102, &job, 0);
	nlb_txn_end(nl, &job.txn, 0);
	nlb_flush(nl);
	UNIT_EQ(job.calls, 1);
	UNIT_EQ(job.err, -ENOMEM);
	UNIT_EQ(kernel.n_types, 2);
	stop();
}

static void calls(void)
{
	start();
	put(NLB_ROUTE, 100, NULL, -EPERM);
	begin(NLB_XFRM, 101, 0);
	UNIT_EQ(nlb_call(nl), 0);
	UNIT_EQ(kernel.types[0], 100);
	UNIT_EQ(kernel.types[1], 101);
	begin(NLB_ROUTE, 102, -EBUSY);
	UNIT_EQ(nlb_call(nl), -EBUSY);
	kernel.words = "Device is busy dancing";
	put(NLB_ROUTE, 103, NULL, -EBUSY);
	nlb_flush(nl);
	CU_ASSERT(strstr(logged, "message 103") != NULL);
	CU_ASSERT(strstr(logged, "busy dancing") != NULL);
	stop();
}

/* ---- what is answered with messages ---- */

struct heard {
	unsigned int n;
	uint16_t types[8];
	struct job *commit; /* of a message, when the first is heard */
};

static void hear(void *arg, const struct nlmsghdr *nlh)
{
	struct heard *h = arg;

	UNIT_NEED(h->n < 8);
	h->types[h->n++] = nlh->nlmsg_type;
	if (h->commit && h->n == 1)
		put_job(h->commit, 300, 0);
}

static void tell_link(const struct nlmsghdr *nlh)
{
	kernel_tell(nlh->nlmsg_seq, 500, 0, "link", 4);
}

static void get_is_answered_first(void)
{
	struct heard h = { .n = 0 };
	struct job job;

	start();
	kernel.on_get = tell_link;
	open_job(&job);
	begin(NLB_ROUTE, 100, 0);
	nlb_commit_get(nl, &job.txn, 0, hear, &h);
	/* Who did not ask for a message gets none. */
	put(NLB_ROUTE, 101, &job, 0);
	begin(NLB_ROUTE, 102, -ENODEV);
	nlb_commit_get(nl, &job.txn, ENODEV, hear, &h);
	nlb_txn_end(nl, &job.txn, 0);
	nlb_flush(nl);
	UNIT_EQ(job.err, 0);
	UNIT_EQ(h.n, 2);
	UNIT_EQ(h.types[0], 500);
	stop();
}

static void item(const struct nlmsghdr *nlh, uint16_t type, uint16_t flags)
{
	kernel_tell(nlh->nlmsg_seq, type, NLM_F_MULTI | flags, "item", 4);
}

static void finish(const struct nlmsghdr *nlh, uint16_t flags)
{
	static const int zero;

	kernel_tell(nlh->nlmsg_seq, NLMSG_DONE, NLM_F_MULTI | flags, &zero,
		    sizeof(zero));
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
	finish(nlh, 0);
}

static int dump(void (*on_dump)(const struct nlmsghdr *nlh), struct heard *h)
{
	kernel.on_dump = on_dump;
	begin(NLB_ROUTE, 400, 0);
	return nlb_dump(nl, hear, h);
}

static void dump_is_whole(void)
{
	struct job early, late;
	struct heard h = { .commit = &late };

	start();
	put_job(&early, 100, 0);
	UNIT_EQ(dump(tell_three, &h), 0);
	UNIT_EQ(early.calls, 1);
	UNIT_EQ(kernel.n_types, 2);
	UNIT_EQ(kernel.types[0], 100);
	UNIT_EQ(h.n, 3);
	UNIT_EQ(h.types[0], 500);
	UNIT_EQ(h.types[1], 501);
	UNIT_EQ(h.types[2], 502);
	UNIT_EQ(late.calls, 0);
	nlb_flush(nl);
	UNIT_EQ(late.calls, 1);
	UNIT_EQ(late.err, 0);
	stop();
}

static void tell_refusal(const struct nlmsghdr *nlh)
{
	kernel_tell_err(nlh->nlmsg_seq, -EOPNOTSUPP);
}

static void tell_no_end(const struct nlmsghdr *nlh)
{
	item(nlh, 500, 0);
}

static void dump_fails(void)
{
	static const uint8_t filler[NLENC_MAX];
	struct heard h = { .n = 0 };

	start();
	UNIT_EQ(dump(tell_refusal, &h), -EOPNOTSUPP);
	UNIT_EQ(h.n, 0);
	kernel.send_err = EPERM;
	UNIT_EQ(dump(tell_three, &h), -EPERM);
	UNIT_EQ(h.n, 0);
	/* Its end is lost: that must not be waited for. */
	UNIT_EQ(dump(tell_no_end, &h), -EAGAIN);
	UNIT_EQ(h.n, 1);
	nlenc_put(begin(NLB_ROUTE, 400, 0), 1, filler, sizeof(filler));
	UNIT_EQ(nlb_dump(nl, hear, &h), -ENOMEM);
	stop();
}

static const struct unit_case batches[] = {
	UNIT_CASE(order_holds_across_buses),
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

static const struct unit_case dumps[] = {
	UNIT_CASE(get_is_answered_first),
	UNIT_CASE(dump_is_whole),
	UNIT_CASE(dump_fails),
	UNIT_END,
};

int main(int argc, char **argv)
{
	static const struct unit_suite suites[] = {
		{ "batches", batches },
		{ "transactions", transactions },
		{ "dumps", dumps },
		{ NULL, NULL },
	};

	return unit_main(argc, argv, suites);
}
