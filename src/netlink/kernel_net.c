/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel port (mip6d/kernel.h): opening, closing, answers, and the small
 * requests that belong to no role.
 *
 * This file decides when requests leave (at the end of a turn, all at once)
 * and when they are answered (by a task in a later turn).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mip6d/cleanup.h"
#include "mip6d/log.h"
#include "src/netlink/kmn_priv.h"
#include "src/netlink/watch.h"

/* ---- answers ---- */

void kernel_kick(struct kernel *k)
{
	if (!task_is_started(&k->done_task))
		tqueue_start(loop_tqueue(k->loop), &k->done_task,
			     loop_now(k->loop));
}

void kernel_op_done(struct kernel_op *op, int err)
{
	struct kernel *k = op->k;

	if (!op->has_key) {
		free(op);
		return;
	}
	op->err = err;
	op->next = NULL;
	if (k->done_last)
		k->done_last->next = op;
	else
		k->done_first = op;
	k->done_last = op;
	kernel_kick(k);
}

static struct kernel_op *take_done(struct kernel *k)
{
	struct kernel_op *op = k->done_first;

	if (op) {
		k->done_first = op->next;
		if (!k->done_first)
			k->done_last = NULL;
	}
	return op;
}

/* Answers that come in while these are told wait for the next turn. */
static void tell_done(struct task *task, struct mtime now)
{
	struct kernel *k = container_of(task, struct kernel, done_task);
	struct kernel_op *last = k->done_last, *op;
	bool more = true;

	(void)now;
	while (more && (op = take_done(k))) {
		struct kernel_event ev = { .type = KERNEL_DONE };

		more = op != last;
		if (op->usage) {
			ev.type = KERNEL_USAGE;
			ev.usage = *op->usage;
		} else {
			ev.done.key = op->key;
			ev.done.err = op->err;
		}
		free(op);
		k->on_event(k->arg, &ev);
	}
}

/* ---- opening and closing ---- */

static void on_turn_end(void *arg, struct mtime now)
{
	struct kernel *k = arg;

	(void)now;
	kernel_mn_reconcile(k);
	kernel_ro_turn(k);
	own_turn(k);
	nlb_flush(k->nl);
	/* What failed goes back in the same turn. */
	if (kernel_mn_reconcile(k))
		nlb_flush(k->nl);
}

/* CAP_NET_ADMIN in the namespace that we are in, found out by doing. */
static int check_permission(struct kernel *k)
{
	struct rule none = { .table = 1, .pref = UINT32_MAX, .fwmark = 1 };
	int err;

	rule_encode_del(nlb_begin(k->nl, NLB_ROUTE), &none);
	err = nlb_call(k->nl);
	return err == -EPERM ? err : 0;
}

int kernel_open(struct loop *loop, kernel_event_fn *on_event, void *arg,
		struct kernel **ret_kernel)
{
	struct kernel *k = calloc(1, sizeof(*k));
	int err;

	if (!k)
		return -ENOMEM;
	*k = (struct kernel){
		.loop = loop,
		.on_event = on_event,
		.arg = arg,
	};
	task_init(&k->done_task, tell_done);
	err = nlb_open(&k->nl);
	if (!err)
		err = check_permission(k);
	if (!err)
		err = loop_add_turn(loop, on_turn_end, k);
	if (err) {
		kernel_close(k);
		return err;
	}
	sysctl_recall(k);
	kernel_esp_open(k);
	*ret_kernel = k;
	return 0;
}

int kernel_watch(struct kernel *k)
{
	return k->watch ? -EALREADY : watch_open(k, &k->watch);
}

struct kernel *kernel_close(struct kernel *k)
{
	struct kernel_op *op;

	if (!k)
		return NULL;
	if (k->nl) {
		kernel_mn_stop(k);
		kernel_cn_stop(k);
		kernel_ha_stop(k);
		kernel_spd_restore(k);
		nlb_flush(k->nl);
	}
	kernel_ro_done(k);
	kernel_flow_done(k);
	sysctl_restore_all(k);
	watch_close(k->watch);
	loop_del_turn(k->loop, on_turn_end, k);
	task_stop(&k->done_task);
	while ((op = take_done(k)))
		free(op);
	nlb_close(k->nl);
	free(k);
	return NULL;
}

/* ---- neighbours ---- */

struct probe {
	struct kernel *k;
	int ifindex;
	struct in6_addr addr;
};

/* The entry was not there, or had no link-layer address yet. */
static int on_probe(void *arg, int err)
{
	struct probe *p = arg;

	if (err) {
		neigh_encode_use(nlb_begin(p->k->nl, NLB_ROUTE), p->ifindex,
				 &p->addr);
		nlb_commit(p->k->nl, NULL, 0);
	}
	free(p);
	return 0;
}

int kernel_neigh_probe(struct kernel *k, int ifindex,
		       const struct in6_addr *addr)
{
	struct probe *p = calloc(1, sizeof(*p));

	if (!p)
		return -ENOMEM;
	*p = (struct probe){ .k = k, .ifindex = ifindex, .addr = *addr };
	neigh_encode_probe(nlb_begin(k->nl, NLB_ROUTE), ifindex, addr);
	nlb_commit_fn(k->nl, NULL, on_probe, p);
	kernel_kick(k);
	return 0;
}

int kernel_neigh_set(struct kernel *k, int ifindex, const struct in6_addr *addr,
		     const struct lladdr *lladdr)
{
	if (!lladdr->len || lladdr->len > LLADDR_MAX)
		return -EINVAL;
	neigh_encode_set(nlb_begin(k->nl, NLB_ROUTE), ifindex, addr, lladdr);
	nlb_commit(k->nl, NULL, 0);
	kernel_kick(k);
	return 0;
}

/* ---- what there is ---- */

bool kernel_addr_is_local(struct kernel *k, const struct in6_addr *addr)
{
	return k->watch && watch_is_local(k->watch, addr);
}

uint64_t kernel_forged(const struct kernel *k)
{
	return k->forged + nlb_forged(k->nl);
}

int kernel_ifindex(struct kernel *k, const char *name)
{
	(void)k;
	return (int)if_nametoindex(name);
}
