/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a home address is (RFC 6275 sections 11.5.2, 11.5.4).
 *
 * This file decides, whenever something changed, whether a home address is
 * at home or away and with which care-of address: at home wherever a router
 * that can be heard advertises the home prefix, whatever else is on that
 * wire; else away with what mn_coa.c chooses.  Where nothing can be used the
 * last decision stands, and nothing is sent.  The steps of returning home
 * are left to mn_return.c, the exchange with the agent to mn_reg.c.
 */
#include "mn_priv.h"

#include <stdio.h>
#include <string.h>

#include "mip6d/random.h"

void mn_home_set_security(struct mn_home *h, enum conf_security security)
{
	h->security = security == CONF_SECURITY_UNSET ? h->mn->conf->security
						      : security;
}

void mn_home_init(struct mn_home *h, struct mn *mn, unsigned int index,
		  const struct mn_home_spec *spec)
{
	memset(h, 0, sizeof(*h));
	h->mn = mn;
	h->index = index;
	h->origin = spec->origin;
	h->hoa = spec->hoa;
	h->prefix = spec->prefix;
	h->fixed_agent = spec->agent;
	h->chosen_agent = spec->first_agent;
	h->lifetime_s = spec->lifetime_s;
	mn_home_set_security(h, spec->security);
	h->formed = spec->formed;
	h->counter = spec->counter;
	h->hoa_valid_until = MTIME_NEVER;
	random_bytes(&h->seq, sizeof(h->seq));
	snprintf(h->reason, sizeof(h->reason), "no router heard yet");
	task_init(&h->task, mn_return_task);
	task_init(&h->install.task, mn_install_task);
	task_init(&h->mpd.task, mn_mpd_task);
	task_init(&h->leave_task, mn_homes_leave_task);
	mn_agent_init(h);
}

void mn_home_quiet(struct mn_home *h)
{
	mn_return_cancel(h);
	task_stop(&h->install.task);
	task_stop(&h->leave_task);
	mn_dhaad_stop(h);
	mn_mpd_stop(h);
	mn_former_drop_all(h);
	if (h->bul)
		bul_del(&h->mn->bul, h->bul);
	h->bul = NULL;
}

static const char *place_str(enum mn_place place)
{
	switch (place) {
	case MN_PLACE_UNKNOWN:
		return "unknown";
	case MN_PLACE_HOME:
		return "home";
	case MN_PLACE_RETURNING:
		return "returning";
	case MN_PLACE_AWAY:
		return "away";
	case MN_PLACE_DUPLICATE:
		return "duplicate";
	}
	return "?";
}

const char *mn_place_str(const struct mn_home *h)
{
	bool has_place;

	if (h->leave != MN_LEAVE_NOT)
		return "leaving";
	has_place = h->place != MN_PLACE_UNKNOWN &&
		    h->place != MN_PLACE_DUPLICATE;

	return h->hold && has_place ? "detached" : place_str(h->place);
}

/* ---- the kernel's part ---- */

/* Once, and again after a reload. */
static void tell_key(struct mn_home *h)
{
	if (!mn_home_lacks_key(h) || h->keyless_told)
		return;
	h->keyless_told = true;
	log_warning("mn: hoa=%s is not registered: no key of "
		    "authentication-keys has it among its home-addresses, and "
		    "security is \"rfc4285\"",
		    addr_str(&h->hoa));
}

void mn_home_install_away(struct mn_home *h, struct mtime now)
{
	struct kernel_mn_home want = {
		.index = h->index,
		.place = KERNEL_MN_AWAY,
		.hoa = h->hoa,
		.ha = *mn_home_agent(h),
		.coa = h->coa,
		.coa_ifindex = h->coa_ifindex,
		.coa_router = h->coa_router,
	};

	tell_key(h);
	if (mn_install_want(h, &want, now))
		mn_reg_kick(h, now);
	mn_agent_need(h, now);
}

void mn_home_install_unbound(struct mn_home *h, struct mtime now)
{
	struct kernel_mn_home want = {
		.index = h->index,
		.place = KERNEL_MN_AWAY,
		.hoa = h->hoa,
		.coa = h->coa,
		.coa_ifindex = h->coa_ifindex,
		.coa_router = h->coa_router,
	};

	if (h->dynamic && !addr_is_any(&h->coa))
		mn_install_want(h, &want, now);
	else
		mn_home_install_none(h, now);
}

void mn_home_install_none(struct mn_home *h, struct mtime now)
{
	struct kernel_mn_home want = {
		.index = h->index,
		.place = KERNEL_MN_NONE,
		.hoa = h->hoa,
	};

	mn_install_want(h, &want, now);
}

static void stop_away(struct mn_home *h, struct mtime now)
{
	if (h->install.done && h->install.want.place == KERNEL_MN_AWAY &&
	    mn_home_has_agent(h))
		mn_reg_deregister(h, &h->install.want.coa, now);
}

void mn_home_on_installed(struct mn_home *h, struct mtime now)
{
	switch (h->install.want.place) {
	case KERNEL_MN_NONE:
		if (h->leave == MN_LEAVE_KERNEL)
			mn_homes_go_on(h, now);
		break;
	case KERNEL_MN_AWAY:
		if (mn_home_is_stopping(h))
			stop_away(h, now);
		else
			mn_reg_kick(h, now);
		mn_dhaad_resume(h, now);
		break;
	case KERNEL_MN_RETURNING:
	case KERNEL_MN_HOME:
		mn_return_on_installed(h, now);
		break;
	}
}

/* ---- places ---- */

static void coa_set(struct mn_home *h, const struct mn_candidate *c,
		    struct mtime now)
{
	if (!addr_is_any(&h->coa) && (!c || !addr_eq(&c->addr, &h->coa)))
		h->previous = h->coa;
	h->coa = c ? c->addr : addr_any;
	h->coa_ifindex = c ? c->ifindex : 0;
	h->coa_router = c ? c->router : addr_any;
	h->since = now;
}

void mn_home_enter(struct mn_home *h, enum mn_place place, const char *why,
		   struct mtime now)
{
	if (h->place != place)
		log_notice("mn: hoa=%s place=%s->%s (%s)", addr_str(&h->hoa),
			   place_str(h->place), place_str(place), why);
	if (place == MN_PLACE_AWAY &&
	    (h->place == MN_PLACE_HOME || h->place == MN_PLACE_RETURNING))
		h->left_home = now;
	h->place = place;
	switch (place) {
	case MN_PLACE_HOME:
	case MN_PLACE_DUPLICATE:
		coa_set(h, NULL, now);
		snprintf(h->reason, sizeof(h->reason), "%s", why);
		break;
	case MN_PLACE_RETURNING:
		snprintf(h->reason, sizeof(h->reason), "%s", why);
		break;
	case MN_PLACE_UNKNOWN:
	case MN_PLACE_AWAY:
		break;
	}
}

void mn_home_duplicate(struct mn_home *h, const char *why, bool for_good,
		       struct mtime now)
{
	mn_return_cancel(h);
	mn_dhaad_stop(h);
	h->barred = for_good;
	if (h->bul) {
		h->bul->bound_coa = addr_any;
		h->bul->refresh = MTIME_NEVER;
		mn_reg_enter(h, for_good ? BUL_REFUSED : BUL_IDLE, why, now);
	}
	log_error("mn: hoa=%s is not used: %s%s", addr_str(&h->hoa), why,
		  for_good ? "; reload or restart once it is free again" : "");
	mn_home_enter(h, MN_PLACE_DUPLICATE, why, now);
	mn_home_install_none(h, now);
	if (mn_home_is_stopping(h)) {
		mn_home_stopped(h);
	} else if (!for_good) {
		h->step = MN_STEP_RECHECK;
		tqueue_start(h->mn->env.tq, &h->task,
			     mtime_add_s(now, h->mn->conf->retry_s));
	}
	mn_formed_duplicate(h, now);
}

/* ---- decisions ---- */

/* The interface on which the home link is, best liked first, and the present
 * one among equals. */
static struct mn_iface *home_iface(struct mn_home *h, struct mtime now)
{
	struct mn_iface *best = NULL;
	struct mtime valid = MTIME_NEVER;
	unsigned int i;

	for (i = 0; i < h->mn->n_ifaces; i++) {
		struct mn_iface *f = &h->mn->ifaces[i];

		if (!mn_iface_is_up(f) ||
		    !mn_subnet_find_prefix(&f->wire, &h->prefix, now, &valid))
			continue;
		h->hoa_valid_until = valid;
		h->hoa_heard = now;
		if (!best || f->conf->preference > best->conf->preference ||
		    (f->conf->preference == best->conf->preference &&
		     f->ifindex == h->home_ifindex))
			best = f;
	}
	return best;
}

static void stay(struct mn_home *h, const struct mn_coa_choice *choice)
{
	/* A reason that only says "wait" is news once. */
	if (!h->hold || strcmp(h->reason, choice->reason))
		log_info("mn: hoa=%s place=%s no care-of address (%s)",
			 addr_str(&h->hoa), place_str(h->place),
			 choice->reason);
	h->hold = true;
	snprintf(h->reason, sizeof(h->reason), "%s", choice->reason);
}

/* True while a refusal lasts and nothing changed that could end it. */
static bool is_refused(const struct mn_home *h, struct mtime now)
{
	return h->bul && h->bul->state == BUL_REFUSED && !h->retry &&
	       !bul_is_bound(h->bul, now);
}

static void go_away(struct mn_home *h, const struct mn_coa_choice *choice,
		    struct mtime now)
{
	const struct mn_candidate *c = choice->coa;
	bool changed = h->place != MN_PLACE_AWAY ||
		       c->ifindex != h->coa_ifindex ||
		       !addr_eq(&c->addr, &h->coa);

	if (changed || h->hold) {
		log_notice("mn: hoa=%s care-of=%s iface=%s router=%s (%s)",
			   addr_str(&h->hoa), addr_str(&c->addr), c->ifname,
			   addr_str(&c->router), choice->reason);
		if (changed)
			memcpy(h->chosen, choice->reason, sizeof(h->chosen));
		memcpy(h->reason, h->chosen, sizeof(h->reason));
	}
	h->hold = false;
	if (changed) {
		mn_return_cancel(h);
		coa_set(h, c, now);
		mn_home_enter(h, MN_PLACE_AWAY, "no home prefix heard", now);
	} else if (is_refused(h, now)) {
		mn_dhaad_resume(h, now);
		return;
	}
	h->coa_router = c->router;
	mn_home_install_away(h, now);
	mn_dhaad_resume(h, now);
	mn_mpd_resume(h, now);
}

void mn_home_evaluate(struct mn_home *h, unsigned int n_candidates,
		      struct mtime now)
{
	struct mn *mn = h->mn;
	struct mn_iface *f;
	struct mn_coa_choice choice;
	struct mn_coa_ask ask = {
		.home_prefix = &h->prefix,
		.ula_ok = addr_is_ula(mn_home_has_agent(h) ? mn_home_agent(h)
							   : &h->hoa),
		.current = h->coa,
		.current_ifindex = h->coa_ifindex,
	};

	if (h->barred || h->leave != MN_LEAVE_NOT)
		return;
	f = home_iface(h, now);
	if (f) {
		h->mpd.invalid = false;
		h->mpd.told = (struct mtime){ 0 };
		mn_return_begin(h, f, now);
		mn_dhaad_resume(h, now);
		return;
	}
	if (h->mpd.invalid)
		return;
	mn_coa_choose(mn->candidates, n_candidates, &ask, &choice);
	if (!choice.coa || choice.hold) {
		stay(h, &choice);
		return;
	}
	/* At start the routers of one wire answer in any order: the home
	 * router gets its chance. */
	if (h->place == MN_PLACE_UNKNOWN && !mn->settled)
		return;
	go_away(h, &choice, now);
}

bool mn_home_is_stopping(const struct mn_home *h)
{
	return h->mn->stopping || h->leave != MN_LEAVE_NOT;
}

void mn_home_stop(struct mn_home *h, struct mtime now)
{
	bool bound = mn_reg_may_be_bound(h, now) && !h->hold && !h->barred;

	if (bound && h->place == MN_PLACE_AWAY) {
		stop_away(h, now);
	} else if (!bound || h->place != MN_PLACE_RETURNING) {
		mn_return_cancel(h);
		mn_home_stopped(h);
	}
}
