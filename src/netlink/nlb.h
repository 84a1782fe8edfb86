/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The acting netlink sockets: messages are collected and leave in one batch,
 * in the order in which they were committed, across both buses; each is
 * acknowledged, and the results of several can be one transaction's.  One
 * send carries the messages of many transactions; transactions end in the
 * order of their ends.
 */
#ifndef NETLINK_NLB_H
#define NETLINK_NLB_H

#include "mip6d/nlenc.h"

enum nlb_bus { NLB_ROUTE, NLB_XFRM, NLB_BUSES };

struct nlb;
struct nlb_txn;

/* All messages of the transaction are answered: err is 0 or -errno of the
 * first that failed.  Called once, from nlb_flush; may commit more messages,
 * which leave in the same flush, and may free the transaction. */
typedef void nlb_txn_fn(struct nlb_txn *txn, int err);
/* One message is answered; decides what its transaction hears: 0 or err. */
typedef int nlb_ack_fn(void *arg, int err);

/* Embedded in its owner.  All fields are private to nlb.c. */
struct nlb_txn {
	nlb_txn_fn *fn;
	unsigned int pending;
	int err;
};

int nlb_open(struct nlb **ret_nlb);
struct nlb *nlb_close(struct nlb *nl);

/* An encoder for the next message; never NULL: when memory is short its
 * message fails with -ENOMEM at the flush. */
struct nlenc *nlb_begin(struct nlb *nl, enum nlb_bus bus);

/* The message begun may leave before earlier ones of the other bus (never
 * before those of its own), so that a thousand transactions with a message or
 * two on each bus are a few sends. */
void nlb_ahead(struct nlb *nl);

/* The message begun joins the batch.  txn may be NULL: nobody waits.
 * `tolerate` is an errno (positive) that counts as success, or 0. */
void nlb_commit(struct nlb *nl, struct nlb_txn *txn, int tolerate);
/* For a removal: what is gone already is no error. */
void nlb_commit_del(struct nlb *nl, struct nlb_txn *txn);
void nlb_commit_fn(struct nlb *nl, struct nlb_txn *txn, nlb_ack_fn *fn,
		   void *arg);

/* A request that the kernel answers with a message before the
 * acknowledgement: fn is called with it, and commits nothing. */
typedef void nlb_dump_fn(void *arg, const struct nlmsghdr *nlh);
void nlb_commit_get(struct nlb *nl, struct nlb_txn *txn, int tolerate,
		    nlb_dump_fn *fn, void *arg);

/* Opens a transaction; messages committed until nlb_txn_end belong to it if
 * they name it.  With none at all it ends well, in the next flush. */
void nlb_txn_begin(struct nlb_txn *txn, nlb_txn_fn *fn);
/* err not 0: the transaction fails with it. */
void nlb_txn_end(struct nlb *nl, struct nlb_txn *txn, int err);

/* Sends everything and takes all answers: the kernel has carried out a
 * netlink request when the send returns. */
void nlb_flush(struct nlb *nl);

/* Datagrams of other processes that were thrown away so far. */
uint64_t nlb_forged(const struct nlb *nl);

/* Sends everything and then the message begun; its result. */
int nlb_call(struct nlb *nl);

/* Like nlb_call for a dump request: fn is called with each message of the
 * answer.  It may commit messages; they leave with the next flush.  What
 * changes while the kernel lists it may be left out, and it says so: then it is
 * asked again, and fn hears some of it more than once.  0: nothing is missing;
 * -EAGAIN: after many attempts something may be. */
int nlb_dump(struct nlb *nl, nlb_dump_fn *fn, void *arg);

#endif
