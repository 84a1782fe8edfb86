/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A home registration's way into the kernel and out of it.
 *
 * This file decides what the kernel is asked for (RFC 6275 sections 10.4.1,
 * 10.4.2, 10.4.5) and what its answer means: what is in force is written here
 * and nowhere else.  One request at most is outstanding for a binding.  A
 * failed installation leaves what was in force before; a removal is repeated
 * until it succeeds.  What comes next is left to ha_binding.c.
 */
#include "ha_private.h"

bool ha_wants_ll(struct bcache_entry *e)
{
	const struct ha_binding *b = ha_binding(e);

	return (b->has_req ? b->req.flags : e->flags) & BU_FLAG_L;
}

/* Where the home address is to be proxied; 0: nowhere. */
static int wants_ifindex(struct bcache_entry *e)
{
	const struct ha_link *l = ha_link_of(ha_binding(e)->ha, e);

	return l && l->is_home ? l->ifindex : 0;
}

bool ha_wants_reinstall(struct bcache_entry *e, struct mtime now)
{
	const struct ha_binding *b = ha_binding(e);

	return ha_is_in_force(e) &&
	       ((b->stale && !mtime_before(now, b->retry)) ||
		ha_wants_ll(e) != b->home_ll);
}

static void kernel_failed(const struct bcache_entry *e, const char *what,
			  int err, struct mtime now)
{
	struct ha_binding *b = bcache_role((struct bcache_entry *)e);

	b->ha->env.counters->v[CNT_KERNEL_FAILED]++;
	log_limited(LOG_LEVEL_ERROR, now,
		    "binding: hoa=%s kernel refuses to %s it: error %d",
		    addr_str(&e->key.hoa), what, -err);
}

static struct kernel_key next_key(struct bcache_entry *e)
{
	e->serial = ++ha_binding(e)->ha->serial;
	if (!e->serial) /* 0 means that nothing is outstanding */
		e->serial = ++ha_binding(e)->ha->serial;
	return (struct kernel_key){
		.user = KERNEL_USER_HA,
		.hoa = e->key.hoa,
		.serial = e->serial,
	};
}

static bool is_about_to_go(const struct ha_binding *b)
{
	return b->end_status || (b->has_req && !b->req.asked_4s);
}

/* The proxy entries could not be changed.  Interception on the home link is
 * tried again later, and nothing waits for it; but who asked for another L
 * bit is refused. */
static void reinstall_failed(struct bcache_entry *e, struct mtime now)
{
	struct ha_binding *b = ha_binding(e);
	bool other_ll = b->asked_ll != b->home_ll;

	b->stale |= b->asked_stale;
	b->retry = mtime_add_ms(now, HA_KERNEL_RETRY_MS);
	if (is_about_to_go(b) ||
	    (b->has_req && !(other_ll && ha_wants_ll(e) == b->asked_ll)))
		ha_binding_advance(e, now);
	else
		ha_binding_give_up(e, BA_NO_RESOURCES, now);
}

/* The tunnel is protected as it was before. */
static void protect_again(struct bcache_entry *e)
{
	struct security *s = ha_binding(e)->ha->env.security;

	if (ha_is_in_force(e))
		security_tunnel_set(s, SECURITY_AGENT, &e->key.hoa,
				    &e->key.local, &e->coa);
	else
		security_tunnel_del(s, SECURITY_AGENT, &e->key.hoa,
				    &e->key.local);
}

static void install_failed(struct bcache_entry *e, int err, struct mtime now)
{
	struct ha_binding *b = ha_binding(e);

	e->serial = 0;
	kernel_failed(e, "install", err, now);
	protect_again(e);
	if (addr_eq(&b->asked_coa, &e->coa))
		reinstall_failed(e, now);
	/* A newer Binding Update may have better luck, or gives it up. */
	else if (is_about_to_go(b) ||
		 (b->has_req && !addr_eq(&b->req.coa, &b->asked_coa)))
		ha_binding_advance(e, now);
	else
		ha_binding_give_up(e, BA_NO_RESOURCES, now);
}

/* What to ask for: all of a binding that is not in force; else either its
 * proxy entries or its care-of address, since a move leaves the former as
 * they are (kernel.h).  The proxy entries come first: when they are refused,
 * nothing has moved. */
static void choose(struct bcache_entry *e, struct mtime now)
{
	struct ha_binding *b = ha_binding(e);
	bool is_move = ha_is_in_force(e) && !ha_wants_reinstall(e, now);

	b->asked_ifindex = wants_ifindex(e);
	if (is_move && b->asked_ifindex != b->home_ifindex)
		b->asked_ifindex = 0; /* the old interface is gone */
	b->asked_ll = is_move ? b->home_ll : ha_wants_ll(e);
	b->asked_coa = b->has_req ? b->req.coa : e->coa;
	if (ha_is_in_force(e) && !is_move)
		b->asked_coa = e->coa;
	b->asked_stale = b->stale && !is_move;
	b->stale &= is_move;
	if (!ha_is_in_force(e) || (b->asked_ll && !b->home_ll))
		b->announce = true;
}

void ha_install(struct bcache_entry *e, struct mtime now)
{
	struct ha_binding *b = ha_binding(e);
	struct kernel_key key = next_key(e);
	struct kernel_binding kb;
	int err;

	choose(e, now);
	kb = (struct kernel_binding){
		.hoa = e->key.hoa,
		.coa = b->asked_coa,
		.old_coa = e->coa,
		.ha = e->key.local,
		.home_ifindex = b->asked_ifindex,
		.proxy_linklocal = b->asked_ll,
	};
	err = security_tunnel_set(b->ha->env.security, SECURITY_AGENT,
				  &e->key.hoa, &e->key.local, &b->asked_coa);
	if (!err)
		err = kernel_binding_add(b->ha->env.kernel, &key, &kb);
	if (err)
		install_failed(e, err, now);
}

static void installed(struct bcache_entry *e, struct mtime now)
{
	struct ha_binding *b = ha_binding(e);

	if (ha_is_in_force(e) && !addr_eq(&e->coa, &b->asked_coa))
		e->moves++;
	if (!ha_is_in_force(e))
		e->created = now;
	e->coa = b->asked_coa;
	b->home_ifindex = b->asked_ifindex;
	b->home_ll = b->asked_ll;
	b->ll_unique &= b->home_ll;
	ha_binding_advance(e, now);
}

static void uninstall_failed(struct bcache_entry *e, int err, struct mtime now)
{
	struct ha_binding *b = ha_binding(e);

	/* Nobody hears that the binding is gone before it is: the kernel is
	 * asked again until it obeys. */
	e->serial = 0;
	kernel_failed(e, "remove", err, now);
	tqueue_start(b->ha->env.tq, &e->task,
		     mtime_add_ms(now, HA_KERNEL_RETRY_MS));
}

void ha_uninstall(struct bcache_entry *e, struct mtime now)
{
	struct ha_binding *b = ha_binding(e);
	struct kernel_key key = next_key(e);
	struct kernel_binding kb = {
		.hoa = e->key.hoa,
		.coa = e->coa,
		.ha = e->key.local,
		.home_ifindex = b->home_ifindex,
		.proxy_linklocal = b->home_ll,
	};
	int err = kernel_binding_del(b->ha->env.kernel, &key, &kb);

	if (err)
		uninstall_failed(e, err, now);
}

static void uninstalled(struct bcache_entry *e, struct mtime now)
{
	struct ha_binding *b = ha_binding(e);

	security_tunnel_del(b->ha->env.security, SECURITY_AGENT, &e->key.hoa,
			    &e->key.local);
	e->coa = addr_any;
	e->flags = 0;
	e->lifetime_4s = 0;
	b->home_ifindex = 0;
	b->home_ll = b->hoa_unique = b->ll_unique = false;
	b->announce = b->stale = false;
	b->na_left = 0;
	if (b->has_req)
		ha_binding_advance(e, now);
	else
		ha_binding_drop(e, now);
}

void ha_install_on_kernel(struct bcache_entry *e, uint32_t serial, int err,
			  struct mtime now)
{
	if (serial != e->serial)
		return; /* of a binding that this one has replaced */
	e->serial = 0;
	if (e->state == BCACHE_REMOVING && err)
		uninstall_failed(e, err, now);
	else if (e->state == BCACHE_REMOVING)
		uninstalled(e, now);
	else if (err)
		install_failed(e, err, now);
	else
		installed(e, now);
}
