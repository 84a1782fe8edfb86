/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Returning home (RFC 6275 section 11.5.5), and starting there.
 *
 *   with a binding:  RESOLVE (the agent's link-layer address) -> the kernel
 *                    puts the home address on the home interface, without
 *                    DAD -> DEREGISTER -> ANNOUNCE
 *   without:         CHECK (DAD by a solicitation for the home address):
 *                    nobody answers -> the address is used;
 *                    the agent defends it -> it has a binding of an earlier
 *                    life of this node, which is deleted as above;
 *                    somebody else does -> duplicate
 *
 * Both begin with the same solicitation, since the agent answers for the
 * home address as long as it has a binding: source ::, so that the answer is
 * a multicast and the home address is not used before its time.
 *
 * An agent that does not answer de-registrations does not lock the node out
 * of its home link: after a few the home address is used all the same (the
 * RFC forbids that only before the first was sent), and the de-registration
 * is repeated until the binding has run out.
 */
#include "mn_priv.h"

#include "mip6d/cleanup.h"

#define RETRANS_TIMER_MS           1000 /* RFC 4861 section 10 */
#define RESOLVE_MAX                3
#define MAX_NEIGHBOR_ADVERTISEMENT 3

static void listen_set(struct mn_home *h, bool on)
{
	int err;

	if (h->listening == on)
		return;
	err = transport_nd_listen(h->mn->env.transport, h->home_ifindex, on);
	if (err && on) {
		log_warning("mn: hoa=%s neighbour discovery cannot be heard "
			    "(%d)",
			    addr_str(&h->hoa), err);
		return;
	}
	h->listening = on;
}

void mn_return_cancel(struct mn_home *h)
{
	task_stop(&h->task);
	listen_set(h, false);
	h->step = MN_STEP_NONE;
	h->sent = 0;
	h->stale = false;
	h->announce = false;
}

static void step_start(struct mn_home *h, enum mn_step step, int64_t ms,
		       struct mtime now)
{
	h->step = step;
	tqueue_start(h->mn->env.tq, &h->task, mtime_add_ms(now, ms));
}

/* The router of the home prefix.  The main table may still hold that of the
 * link that was left. */
static struct in6_addr home_router(struct mn_home *h, struct mtime now)
{
	struct mn_iface *f = mn_iface_of(h->mn, h->home_ifindex);
	struct mn_router *r = NULL;

	if (f)
		r = mn_subnet_router_of(&f->wire, &h->hoa,
					&h->install.want.home_router, now,
					NULL);
	return r && r->state == MN_ROUTER_LIVE ? r->addr : addr_any;
}

static void install_home(struct mn_home *h, enum kernel_mn_place place,
			 struct mtime now)
{
	struct kernel_mn_home want = {
		.index = h->index,
		.place = place,
		.hoa = h->hoa,
		.home_ifindex = h->home_ifindex,
		.home_router = home_router(h, now),
	};

	if (place == KERNEL_MN_RETURNING) {
		want.ha = *mn_home_agent(h);
		want.coa = h->coa;
		want.coa_ifindex = h->coa_ifindex;
	}
	if (h->step != MN_STEP_ANNOUNCE)
		task_stop(&h->task);
	listen_set(h, false);
	if (mn_install_want(h, &want, now))
		mn_return_on_installed(h, now);
}

/* ---- the agent's link-layer address ---- */

static void resolved(struct mn_home *h, const struct lladdr *lladdr,
		     struct mtime now)
{
	int err = kernel_neigh_set(h->mn->env.kernel, h->home_ifindex,
				   mn_home_agent(h), lladdr);

	log_info("mn: hoa=%s home agent %s is at %s", addr_str(&h->hoa),
		 addr_str(mn_home_agent(h)), lladdr_str(lladdr));
	if (err)
		mn_count(h->mn, CNT_KERNEL_FAILED);
	install_home(h, KERNEL_MN_RETURNING, now);
}

static const struct lladdr *lladdr_heard(struct mn_home *h)
{
	struct mn_iface *f = mn_iface_of(h->mn, h->home_ifindex);

	return f ? mn_subnet_lladdr_of(&f->wire, mn_home_agent(h)) : NULL;
}

static void solicit(struct mn_home *h, enum mn_step step, struct mtime now)
{
	struct mn_iface *f = mn_iface_of(h->mn, h->home_ifindex);

	listen_set(h, true);
	h->sent++;
	if (f)
		mn_send_ns(f, &h->hoa);
	step_start(h, step, RETRANS_TIMER_MS, now);
}

static void resolve(struct mn_home *h, struct mtime now)
{
	const struct lladdr *lladdr = lladdr_heard(h);

	if (lladdr)
		resolved(h, lladdr, now);
	else
		solicit(h, MN_STEP_RESOLVE, now);
}

/* ---- arriving ---- */

static void announce(struct mn_home *h, struct mtime now)
{
	struct mn_iface *f = mn_iface_of(h->mn, h->home_ifindex);
	const struct in6_addr *ll = f ? mn_iface_linklocal(f) : NULL;

	if (f && mn_iface_is_up(f))
		mn_send_na(f, &h->hoa);
	if (ll && mn_iface_is_up(f))
		mn_send_na(f, ll);
	if (++h->sent < MAX_NEIGHBOR_ADVERTISEMENT)
		step_start(h, MN_STEP_ANNOUNCE, RETRANS_TIMER_MS, now);
	else
		h->step = MN_STEP_NONE;
}

static void home_moved(struct mn_home *h, const struct mn_iface *f,
		       struct mtime now)
{
	mn_return_cancel(h);
	h->home_ifindex = f->ifindex;
	h->announce = true;
	log_notice("mn: hoa=%s at home on iface=%s now", addr_str(&h->hoa),
		   f->name);
	install_home(h, KERNEL_MN_HOME, now);
}

/* Still on the way home; resumes: the link was lost meanwhile. */
static void go_on(struct mn_home *h, bool resumes, struct mtime now)
{
	if (h->place == MN_PLACE_HOME)
		install_home(h, KERNEL_MN_HOME, now); /* another router? */
	if (h->step == MN_STEP_RESOLVE && lladdr_heard(h)) {
		resolve(h, now);
	} else if (!resumes) {
		return;
	} else if (h->step == MN_STEP_RESOLVE || h->step == MN_STEP_CHECK) {
		h->sent = 0;
		solicit(h, h->step, now);
	} else {
		if (h->step == MN_STEP_ANNOUNCE)
			announce(h, now);
		if (h->bul && h->bul->state == BUL_DEREGISTERING)
			mn_reg_again(h, "can send again", now);
	}
}

void mn_return_begin(struct mn_home *h, struct mn_iface *f, struct mtime now)
{
	bool resumes = h->hold, was_away = h->place == MN_PLACE_AWAY;

	h->hold = false;
	if (h->place == MN_PLACE_DUPLICATE)
		return;
	if (h->place == MN_PLACE_HOME && h->home_ifindex != f->ifindex) {
		home_moved(h, f, now);
		return;
	}
	if (h->place == MN_PLACE_HOME ||
	    (h->place == MN_PLACE_RETURNING && h->home_ifindex == f->ifindex)) {
		go_on(h, resumes, now);
		return;
	}
	mn_return_cancel(h);
	h->home_ifindex = f->ifindex;
	mn_home_enter(h, MN_PLACE_RETURNING, "home prefix heard", now);
	if (mn_reg_may_be_bound(h, now)) {
		resolve(h, now);
		return;
	}
	if (h->bul)
		mn_reg_enter(h, BUL_IDLE, "home link reached", now);
	/* The binding has run out, but the hosts of the link may still take
	 * the agent for it. */
	h->announce = was_away;
	solicit(h, MN_STEP_CHECK, now);
}

/* ---- answers ---- */

/* A binding of an earlier life is with whoever defends it, if that is a
 * router of the home link. */
static bool adopt(struct mn_home *h, const struct lladdr *by)
{
	struct mn_iface *f = mn_iface_of(h->mn, h->home_ifindex);
	unsigned int i, j;

	for (i = 0; f && i < MN_ROUTERS_MAX; i++) {
		const struct mn_router *r = &f->wire.routers[i];

		if (!r->used || r->state != MN_ROUTER_LIVE ||
		    !lladdr_eq(&r->lladdr, by))
			continue;
		for (j = 0; j < r->n_globals; j++)
			if (prefix_contains(&h->prefix, &r->globals[j])) {
				mn_agent_adopt(h, &r->globals[j]);
				return true;
			}
	}
	return false;
}

static void defended(struct mn_home *h, const struct lladdr *by,
		     struct mtime now)
{
	const struct lladdr *agent = lladdr_heard(h);

	if (agent && !lladdr_eq(agent, by)) {
		log_error("mn: hoa=%s is used by %s, which is not the home "
			  "agent",
			  addr_str(&h->hoa), lladdr_str(by));
		mn_home_duplicate(h, "another node answers for it", false, now);
		return;
	}
	if (!mn_home_has_agent(h) && !adopt(h, by)) {
		mn_home_duplicate(h, "another node answers for it", false, now);
		return;
	}
	h->stale = true;
	log_info("mn: hoa=%s is defended by %s: an old binding is deleted",
		 addr_str(&h->hoa), lladdr_str(by));
	resolved(h, by, now);
}

void mn_return_on_na(struct mn *mn, const struct packet *pkt,
		     const struct icmp6_na *na, struct mtime now)
{
	struct mn_iface *f = mn_iface_of(mn, pkt->ifindex);
	struct mn_home *h;

	if (!f || !na->target_lladdr.len ||
	    lladdr_eq(&na->target_lladdr, &f->lladdr))
		return;
	for (h = mn->homes; h; h = h->next) {
		if (!h->listening || h->home_ifindex != pkt->ifindex ||
		    !addr_eq(&na->target, &h->hoa))
			continue;
		if (h->step == MN_STEP_CHECK)
			defended(h, &na->target_lladdr, now);
		else if (h->step == MN_STEP_RESOLVE)
			resolved(h, &na->target_lladdr, now);
	}
}

/* ---- the kernel did it ---- */

void mn_return_on_installed(struct mn_home *h, struct mtime now)
{
	if (h->install.want.place == KERNEL_MN_RETURNING) {
		h->step = MN_STEP_DEREGISTER;
		mn_reg_deregister(h, &h->hoa, now);
		return;
	}
	if (h->place != MN_PLACE_HOME) {
		h->step = MN_STEP_NONE;
		mn_home_enter(h, MN_PLACE_HOME, "home address on home link",
			      now);
		mn_agent_need(h, now);
	}
	if (h->announce) {
		h->sent = 0;
		h->announce = false;
		announce(h, now);
	}
	mn_reg_resume(h, now);
}

void mn_return_unbound(struct mn_home *h, struct mtime now)
{
	if (h->step != MN_STEP_RESOLVE)
		return;
	h->sent = 0;
	h->announce = true;
	solicit(h, MN_STEP_CHECK, now);
}

void mn_return_deregistered(struct mn_home *h, struct mtime now)
{
	h->stale = false;
	h->announce = true;
	install_home(h, KERNEL_MN_HOME, now);
}

void mn_return_unanswered(struct mn_home *h, const char *why, struct mtime now)
{
	if (h->place != MN_PLACE_RETURNING)
		return;
	if (h->stale && !lladdr_heard(h)) {
		/* Whoever answered for the address was not the agent, or
		 * nobody could ask. */
		mn_home_duplicate(h,
				  ike_is_ready(h->mn->env.ike, &h->hoa,
					       mn_home_agent(h))
					  ? "another node answers for it"
					  : "somebody answers for it, and "
					    "there are no keys to ask the "
					    "home agent",
				  false, now);
		return;
	}
	log_warning("mn: hoa=%s home agent %s: %s; the home address is used "
		    "all the same",
		    addr_str(&h->hoa), addr_str(mn_home_agent(h)), why);
	h->announce = true;
	install_home(h, KERNEL_MN_HOME, now);
}

static void on_due(struct mn_home *h, struct mtime now)
{
	/* Without a link silence says nothing; mn_return_begin goes on. */
	if (h->hold && h->step != MN_STEP_RECHECK)
		return;
	switch (h->step) {
	case MN_STEP_CHECK:
		/* Nobody defends it: no binding anywhere, no duplicate. */
		install_home(h, KERNEL_MN_HOME, now);
		break;
	case MN_STEP_RESOLVE:
		if (h->sent < RESOLVE_MAX) {
			solicit(h, MN_STEP_RESOLVE, now);
			break;
		}
		log_warning("mn: hoa=%s no answer for the home agent's "
			    "link-layer address",
			    addr_str(&h->hoa));
		install_home(h, KERNEL_MN_RETURNING, now);
		break;
	case MN_STEP_ANNOUNCE:
		announce(h, now);
		break;
	case MN_STEP_RECHECK:
		h->step = MN_STEP_NONE;
		mn_home_enter(h, MN_PLACE_UNKNOWN, "tried again", now);
		mn_eval_soon(h->mn, now);
		break;
	case MN_STEP_NONE:
	case MN_STEP_DEREGISTER:
		break;
	}
}

void mn_return_task(struct task *task, struct mtime now)
{
	struct mn_home *h = container_of(task, struct mn_home, task);

	on_due(h, now);
	mn_ro_follow(h, now);
}
