/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Home addresses for mip6d-ctl: what there is, and what is added or removed.
 *
 * This file decides which wishes are granted.
 */
#include "mn_priv.h"

#include <errno.h>
#include <stdlib.h>

#include "mip6d/cleanup.h"

void mn_walk_homes(struct mn *mn, mn_home_fn *fn, void *arg)
{
	struct mn_home *h;

	for (h = mn->homes; h; h = h->next) {
		struct mn_home_info info = {
			.hoa = h->hoa,
			.prefix = h->prefix,
			.origin = mn_home_origin_str(h->origin),
			.location = mn_place_str(h),
			.agent = *mn_home_agent(h),
			.remembered = mn->homing.store.store &&
				      h->origin != MN_HOME_SET &&
				      h->leave == MN_LEAVE_NOT,
			.valid_until = h->hoa_valid_until,
		};

		fn(arg, &info);
	}
}

/* ---- agents that were met ---- */

struct ranked {
	const struct mn_known_agent *a;
	struct mtime now;
};

static int compare(const void *a, const void *b)
{
	const struct ranked *ra = a, *rb = b;

	if (mn_known_is_better(ra->a, rb->a, ra->now))
		return -1;
	return mn_known_is_better(rb->a, ra->a, ra->now);
}

static const char *use_of(struct mn *mn, const struct mn_known_agent *a)
{
	if (mn_homes_in(mn, &a->prefix))
		return "in use";
	if (mn_auto_is_declined(mn, &a->prefix))
		return "declined";
	return a->here ? "proposed" : "known";
}

void mn_walk_met(struct mn *mn, struct mtime now, mn_met_fn *fn, void *arg)
{
	struct ranked list[MN_KNOWN_MAX];
	struct mn_known *k = &mn->homing.known;
	unsigned int i;

	for (i = 0; i < k->n; i++) {
		k->a[i].here = mn_auto_is_here(mn, &k->a[i], now);
		list[i] = (struct ranked){ &k->a[i], now };
	}
	qsort(list, k->n, sizeof(list[0]), compare);
	for (i = 0; i < k->n; i++) {
		const struct mn_known_agent *a = list[i].a;
		struct mn_iface *f = mn_iface_of(mn, a->ifindex);
		struct mn_met_info info = {
			.agent = a->agent,
			.prefix = a->prefix,
			.use = use_of(mn, a),
			.ifname = a->here && f ? f->name : NULL,
			.points = mn_known_points(a, now),
			.count = a->count,
			.met = a->met,
			.rtt_ms = a->rtt_ms,
			.ok = a->ok,
			.failed = a->failed,
			.preference = a->preference,
		};

		fn(arg, &info);
	}
}

unsigned int mn_homes_formed(const struct mn *mn)
{
	return mn_formed_count(mn, false);
}

unsigned int mn_homes_max(const struct mn *mn)
{
	return mn->conf->max_formed;
}

/* ---- adding, removing ---- */

int mn_home_add(struct mn *mn, const struct in6_addr *hoa,
		const struct prefix *prefix, const struct in6_addr *agent,
		struct mtime now, struct in6_addr *ret_hoa)
{
	struct mn_home_spec spec = {
		.origin = MN_HOME_ADDED,
		.hoa = *hoa,
		.prefix = *prefix,
		.agent = *agent,
		.lifetime_s = MN_FORMED_LIFETIME_S,
	};
	int err;

	mn->now = now;
	if (addr_is_any(hoa) && !mn_form_fits(prefix))
		return -EINVAL;
	if (addr_is_any(hoa) && mn_homes_in(mn, prefix))
		return -EEXIST;
	if (!mn_formed_has_room(mn, false))
		return -EDQUOT;
	if (addr_is_any(hoa))
		mn_formed_fill(mn, &spec);
	if (addr_is_any(agent))
		spec.first_agent = mn_auto_agent_of(mn, prefix, now);
	err = mn_homes_add(mn, &spec, now);
	if (err)
		return err;
	mn_auto_decline(mn, prefix, false);
	*ret_hoa = spec.hoa;
	return 0;
}

int mn_home_remove(struct mn *mn, const struct in6_addr *hoa, struct mtime now)
{
	struct mn_home *h = mn_home_of(mn, hoa);

	mn->now = now;
	if (!h)
		return -ENOENT;
	if (h->origin == MN_HOME_SET || h->origin == MN_HOME_PREFIX)
		return -EPERM;
	if (mn_home_is_stopping(h))
		return -EBUSY;
	mn_auto_decline(mn, &h->prefix, true);
	mn_homes_remove(h, "mip6d-ctl removes it", now);
	return 0;
}
