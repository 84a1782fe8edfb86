/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Home addresses that are formed: in a prefix of the configuration, where a
 * home agent was met, in a new prefix of the home link (RFC 6275 section
 * 11.4.3).
 *
 * This file decides how many there may be, which address comes after one that
 * somebody else has, and what follows from the prefixes that a home link is
 * told to have: an address in each new one in which hosts may form them, as if
 * that had been heard in a router advertisement at home (up to max-formed:
 * Differs from RFC 6275 section 11.4.3); and the end of one
 * that was formed when its prefix ends.  One of the configuration stays, in
 * no use, until that is changed.
 */
#include "mn_priv.h"

#include <errno.h>
#include <string.h>

/* ---- how many ---- */

static bool is_counted(const struct mn_home *h, bool renumbered)
{
	if (h->leave != MN_LEAVE_NOT)
		return false;
	if (renumbered)
		return h->origin == MN_HOME_RENUMBERED;
	return h->origin == MN_HOME_FOUND || h->origin == MN_HOME_ADDED;
}

unsigned int mn_formed_count(const struct mn *mn, bool renumbered)
{
	const struct mn_home *h;
	unsigned int n = 0;

	for (h = mn->homes; h; h = h->next)
		n += is_counted(h, renumbered);
	return n;
}

bool mn_formed_has_room(const struct mn *mn, bool renumbered)
{
	return mn_formed_count(mn, renumbered) < mn->conf->max_formed;
}

/* ---- which address ---- */

static bool is_ours(struct mn *mn, const struct in6_addr *a)
{
	return mn_home_of(mn, a) || kernel_addr_is_local(mn->env.kernel, a);
}

void mn_formed_fill(struct mn *mn, struct mn_home_spec *spec)
{
	spec->formed = true;
	do
		spec->hoa = mn_form_address(&spec->prefix, mn->homing.secret,
					    spec->counter);
	while (is_ours(mn, &spec->hoa) && ++spec->counter);
}

void mn_formed_duplicate(struct mn_home *h, struct mtime now)
{
	struct mn *mn = h->mn;
	struct mn_home_spec spec = {
		.origin = h->origin,
		.prefix = h->prefix,
		.agent = h->fixed_agent,
		.first_agent = h->dynamic ? h->chosen_agent : addr_any,
		.lifetime_s = h->lifetime_s,
		.security = h->security,
		.counter = (uint8_t)(h->counter + 1),
	};
	int err;

	if (!h->formed || mn_home_is_stopping(h))
		return;
	mn_formed_fill(mn, &spec);
	if (spec.counter > MN_FORM_RETRIES) {
		log_error("mn: no address in %s is free, of %u that were tried",
			  prefix_str(&h->prefix), MN_FORM_RETRIES + 1);
		return;
	}
	/* It goes first, so that its prefix has one home address. */
	mn_homes_remove(h, "somebody else has it", now);
	err = mn_homes_add(mn, &spec, now);
	if (err)
		log_error("mn: hoa=%s cannot be used: %s", addr_str(&spec.hoa),
			  strerror(-err));
}

/* ---- prefixes of the home link ---- */

static bool is_new(struct mn *mn, const struct ra_prefix *p)
{
	return p->autonomous && p->preferred_s &&
	       p->preferred_s <= p->valid_s && mn_form_fits(&p->prefix) &&
	       !mn_homes_in(mn, &p->prefix) &&
	       !mn_auto_is_declined(mn, &p->prefix);
}

static void follow(struct mn_home *h, const struct ra_prefix *p,
		   struct mtime now)
{
	struct mn *mn = h->mn;
	struct mn_home_spec spec = {
		.origin = MN_HOME_RENUMBERED,
		.prefix = p->prefix,
		.lifetime_s = h->lifetime_s,
		.security = h->security,
	};
	struct mn_home *n;
	int err = -EDQUOT;

	if (p->router_addr && !is_ours(mn, &p->addr))
		spec.first_agent = p->addr;
	mn_formed_fill(mn, &spec);
	if (mn_formed_has_room(mn, true))
		err = mn_homes_add(mn, &spec, now);
	if (err) {
		log_limited(LOG_LEVEL_WARNING, now,
			    "mn: hoa=%s no home address in the new prefix %s: "
			    "%s",
			    addr_str(&h->hoa), prefix_str(&p->prefix),
			    err == -EDQUOT ? "max-formed are in use"
					   : strerror(-err));
		return;
	}
	log_notice("mn: hoa=%s is formed in %s, new on the home link of %s",
		   addr_str(&spec.hoa), prefix_str(&p->prefix),
		   addr_str(&h->hoa));
	n = mn_home_of(mn, &spec.hoa);
	n->hoa_heard = n->mpd.told = now;
	if (p->valid_s != UINT32_MAX)
		n->hoa_valid_until = mtime_add_s(now, p->valid_s);
}

void mn_formed_on_prefixes(struct mn_home *h, const struct ra_prefix *p,
			   unsigned int n, struct mtime now)
{
	unsigned int i;

	if (!h->mn->conf->follow_prefixes || mn_home_is_stopping(h))
		return;
	for (i = 0; i < n; i++)
		if (is_new(h->mn, &p[i]))
			follow(h, &p[i], now);
}

void mn_formed_on_end(struct mn_home *h, struct mtime now)
{
	if (h->origin != MN_HOME_SET && h->origin != MN_HOME_PREFIX)
		mn_homes_remove(h, "its prefix is not valid any more", now);
}
