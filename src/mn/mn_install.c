/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel was asked for a home address: one wanted state, and
 * whether it is in force.
 *
 * This file decides that only the newest request counts (its serial number)
 * and that a failed one is tried again, ever more slowly, for as long as it
 * is wanted.  What to want is left to mn_home.c and mn_return.c.
 */
#include "mn_priv.h"

#include <string.h>

#include "mip6d/cleanup.h"

#define RETRY_FIRST_MS 500

static bool is_same(const struct kernel_mn_home *a,
		    const struct kernel_mn_home *b)
{
	return a->index == b->index && a->place == b->place &&
	       addr_eq(&a->hoa, &b->hoa) && addr_eq(&a->ha, &b->ha) &&
	       addr_eq(&a->coa, &b->coa) && a->coa_ifindex == b->coa_ifindex &&
	       addr_eq(&a->coa_router, &b->coa_router) &&
	       a->home_ifindex == b->home_ifindex &&
	       addr_eq(&a->home_router, &b->home_router);
}

static void install_failed(struct mn_home *h, int err, struct mtime now)
{
	struct mn_install *in = &h->install;
	uint32_t max_ms = h->mn->conf->retry_s * 1000;

	in->retry_ms = in->retry_ms ? 2 * in->retry_ms : RETRY_FIRST_MS;
	if (in->retry_ms > max_ms)
		in->retry_ms = max_ms;
	mn_count(h->mn, CNT_KERNEL_FAILED);
	log_limited(LOG_LEVEL_WARNING, now,
		    "mn: hoa=%s the kernel refused: %s; again in %u ms",
		    addr_str(&h->hoa), strerror(-err), in->retry_ms);
	tqueue_start(h->mn->env.tq, &in->task, mtime_add_ms(now, in->retry_ms));
}

/* At home no packet is to look for a tunnel (RFC 4877 section 4.2). */
static int protect(struct mn_home *h, const struct kernel_mn_home *want)
{
	struct security *s = h->mn->env.security;
	struct in6_addr *was = &h->install.protected_ha;
	bool on = want->place == KERNEL_MN_AWAY && !addr_is_any(&want->ha);

	if (!addr_is_any(was) && (!on || !addr_eq(was, &want->ha)))
		security_tunnel_del(s, SECURITY_NODE, &want->hoa, was);
	*was = on ? want->ha : addr_any;
	return on ? security_tunnel_set(s, SECURITY_NODE, &want->hoa, &want->ha,
					&want->coa)
		  : 0;
}

static void install_ask(struct mn_home *h, struct mtime now)
{
	struct mn_install *in = &h->install;
	struct kernel_key key = { .user = KERNEL_USER_MN,
				  .hoa = h->hoa,
				  .serial = ++in->serial };
	int err;

	in->asked = true;
	in->again = false;
	in->done = false;
	task_stop(&in->task);
	err = protect(h, &in->want);
	if (!err)
		err = kernel_mn_home_set(h->mn->env.kernel, &key, &in->want);
	if (err)
		install_failed(h, err, now);
}

void mn_install_task(struct task *task, struct mtime now)
{
	struct mn_install *in = container_of(task, struct mn_install, task);
	struct mn_home *h = container_of(in, struct mn_home, install);

	install_ask(h, now);
	mn_ro_follow(h, now);
}

bool mn_install_want(struct mn_home *h, const struct kernel_mn_home *want,
		     struct mtime now)
{
	struct mn_install *in = &h->install;

	if (in->asked && !in->again && is_same(&in->want, want))
		return in->done;
	/* Nothing was ever asked for, and nothing is wanted. */
	if (!in->asked && want->place == KERNEL_MN_NONE)
		return true;
	in->want = *want;
	in->retry_ms = 0;
	install_ask(h, now);
	return false;
}

void mn_install_again(struct mn_home *h)
{
	h->install.again = true;
}

void mn_install_on_done(struct mn_home *h, uint32_t serial, int err,
			struct mtime now)
{
	struct mn_install *in = &h->install;

	if (!in->asked || serial != in->serial || in->done)
		return;
	if (err) {
		install_failed(h, err, now);
		return;
	}
	in->done = true;
	in->retry_ms = 0;
	mn_home_on_installed(h, now);
}
