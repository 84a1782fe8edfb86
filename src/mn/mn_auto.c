/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Home agents that are met on links (home = "auto").
 *
 * This file decides which router advertisements tell of a home agent (H, and
 * a prefix with the agent's whole address: RFC 6275 sections 7.1, 7.2), and
 * what follows: at once, a home address in the prefix of the best one that is
 * here, as long as there is room; or a line in the log that proposes it, for
 * mip6d-ctl to take.  All agents of a link get the time to speak first.
 * Ranking is left to mn_known.c.
 */
#include "mn_priv.h"

#include <stdio.h>
#include <string.h>

#include "mip6d/cleanup.h"

/* MAX_RA_DELAY_TIME (RFC 4861 section 10), and as much again. */
#define CONSIDER_MS 1000

static struct mn_homing *homing(struct mn *mn)
{
	return &mn->homing;
}

bool mn_auto_is_here(struct mn *mn, const struct mn_known_agent *a,
		     struct mtime now)
{
	const struct mn_iface *f = mn_iface_of(mn, a->ifindex);

	return f && mn_iface_is_up(f) && f->epoch == a->epoch &&
	       mtime_before(now, a->until);
}

static void look_around(struct mn *mn, struct mtime now)
{
	struct mn_known *k = &homing(mn)->known;
	unsigned int i;

	for (i = 0; i < k->n; i++)
		k->a[i].here = mn_auto_is_here(mn, &k->a[i], now);
}

struct in6_addr mn_auto_agent_of(struct mn *mn, const struct prefix *prefix,
				 struct mtime now)
{
	const struct mn_known_agent *a;

	look_around(mn, now);
	a = mn_known_best_of(&homing(mn)->known, prefix, now);
	return a ? a->agent : addr_any;
}

/* ---- declined ---- */

bool mn_auto_is_declined(const struct mn *mn, const struct prefix *prefix)
{
	unsigned int i;

	for (i = 0; i < mn->homing.n_declined; i++)
		if (prefix_eq(&mn->homing.declined[i], prefix))
			return true;
	return false;
}

void mn_auto_decline(struct mn *mn, const struct prefix *prefix, bool on)
{
	struct mn_homing *m = homing(mn);
	unsigned int i;

	for (i = 0; i < m->n_declined; i++)
		if (prefix_eq(&m->declined[i], prefix))
			break;
	if (on && i < m->n_declined)
		return;
	if (on && i == MN_DECLINED_MAX)
		i = 0;
	if (i < m->n_declined) {
		m->n_declined--;
		memmove(&m->declined[i], &m->declined[i + 1],
			(m->n_declined - i) * sizeof(m->declined[0]));
	}
	if (on)
		m->declined[m->n_declined++] = *prefix;
}

/* ---- forming ---- */

/* Whether a home address in its prefix is wanted. */
static bool is_wanted(struct mn *mn, const struct mn_known_agent *a)
{
	return a->here && !mn_homes_in(mn, &a->prefix) &&
	       !mn_auto_is_declined(mn, &a->prefix);
}

static struct mn_known_agent *best_wanted(struct mn *mn, struct mtime now)
{
	struct mn_known *k = &homing(mn)->known;
	struct mn_known_agent *best = NULL;
	unsigned int i;

	for (i = 0; i < k->n; i++)
		if (is_wanted(mn, &k->a[i]) &&
		    (!best || mn_known_is_better(&k->a[i], best, now)))
			best = &k->a[i];
	return best;
}

static bool form(struct mn *mn, const struct mn_known_agent *a,
		 struct mtime now)
{
	struct mn_home_spec spec = {
		.origin = MN_HOME_FOUND,
		.prefix = a->prefix,
		.first_agent = a->agent,
		.lifetime_s = MN_FORMED_LIFETIME_S,
	};

	mn_formed_fill(mn, &spec);
	if (mn_homes_add(mn, &spec, now))
		return false;
	log_notice("mn: hoa=%s is formed: home agent %s is on this link",
		   addr_str(&spec.hoa), addr_str(&a->agent));
	return true;
}

static void propose(struct mn *mn, struct mn_known_agent *a)
{
	const struct mn_iface *f = mn_iface_of(mn, a->ifindex);

	if (a->told)
		return;
	a->told = true;
	log_notice("mn: iface=%s has the home agent %s: \"mip6d-ctl home add "
		   "%s\" makes it a home%s",
		   f ? f->name : "-", addr_str(&a->agent),
		   prefix_str(&a->prefix),
		   mn_formed_has_room(mn, false)
			   ? ""
			   : ", once another one is removed (max-formed)");
}

static void consider_task(struct task *task, struct mtime now)
{
	struct mn *mn = container_of(task, struct mn, homing.consider);
	struct mn_known *k = &homing(mn)->known;
	struct mn_known_agent *a;
	unsigned int i;

	mn->now = now;
	if (mn->stopping || !mn->conf->home_auto)
		return;
	look_around(mn, now);
	while (mn->conf->form_at_once && mn_formed_has_room(mn, false)) {
		a = best_wanted(mn, now);
		if (!a || !form(mn, a, now))
			break;
	}
	for (i = 0; i < k->n; i++)
		if (is_wanted(mn, &k->a[i]))
			propose(mn, &k->a[i]);
}

void mn_auto_consider(struct mn *mn, struct mtime now)
{
	if (mn->conf->home_auto && !mn->stopping &&
	    !task_is_started(&homing(mn)->consider))
		tqueue_start(mn->env.tq, &homing(mn)->consider,
			     mtime_add_ms(now, CONSIDER_MS));
}

void mn_auto_init(struct mn *mn)
{
	task_init(&homing(mn)->consider, consider_task);
}

void mn_auto_stop(struct mn *mn)
{
	task_stop(&homing(mn)->consider);
}

/* ---- meeting ---- */

static bool is_kept(const void *arg, const struct mn_known_agent *a)
{
	const struct mn_home *h;

	for (h = ((const struct mn *)arg)->homes; h; h = h->next)
		if (prefix_eq(&h->prefix, &a->prefix))
			return true;
	return false;
}

static uint32_t agent_lifetime_s(const struct icmp6_ra *ra)
{
	return ra->ha_lifetime_s ? ra->ha_lifetime_s : ra->router_lifetime_s;
}

static void meet(struct mn *mn, const struct mn_iface *f,
		 const struct ra_prefix *p, const struct icmp6_ra *ra,
		 struct mtime now)
{
	struct mn_known_agent *a;
	bool arrives;

	look_around(mn, now);
	a = mn_known_add(&homing(mn)->known, &p->addr, &p->prefix, is_kept, mn,
			 now);
	if (!a) {
		log_limited(LOG_LEVEL_WARNING, now,
			    "mn: iface=%s home agent %s: no room for another",
			    f->name, addr_str(&p->addr));
		return;
	}
	arrives = a->ifindex != f->ifindex || a->epoch != f->epoch;
	a->ifindex = f->ifindex;
	a->epoch = f->epoch;
	a->met = now;
	a->preference = ra->ha_preference;
	a->until = mtime_add_s(now, agent_lifetime_s(ra));
	if (!arrives)
		return;
	a->count += a->count < UINT32_MAX;
	a->told = false;
	mn_keep_touch(mn, now);
}

/* What a home agent says of itself and of a link on which hosts can form
 * addresses. */
static bool is_agent_prefix(struct mn *mn, const struct ra_prefix *p)
{
	return p->on_link && p->autonomous && p->router_addr && p->valid_s &&
	       p->preferred_s && mn_form_fits(&p->prefix) &&
	       addr_is_routable(&p->addr) && !mn_home_of(mn, &p->addr) &&
	       !kernel_addr_is_local(mn->env.kernel, &p->addr);
}

static bool has_prefix(const struct icmp6_ra *ra, const struct prefix *prefix)
{
	unsigned int i;

	for (i = 0; i < ra->n_prefixes; i++)
		if (prefix_eq(&ra->prefixes[i].prefix, prefix) &&
		    ra->prefixes[i].on_link)
			return true;
	return false;
}

/* At home, a new prefix is heard from the agent itself. */
static void follow_at_home(struct mn *mn, const struct mn_iface *f,
			   const struct icmp6_ra *ra, struct mtime now)
{
	struct mn_home *h;

	for (h = mn->homes; h; h = h->next)
		if (h->place == MN_PLACE_HOME &&
		    h->home_ifindex == f->ifindex &&
		    has_prefix(ra, &h->prefix)) {
			mn_formed_on_prefixes(h, ra->prefixes, ra->n_prefixes,
					      now);
			return;
		}
}

void mn_auto_on_ra(struct mn *mn, const struct packet *pkt,
		   const struct icmp6_ra *ra, struct mtime now)
{
	const struct mn_iface *f = mn_iface_of(mn, pkt->ifindex);
	unsigned int i;

	if (!f || !mn_iface_is_up(f) || !ra->home_agent || mn->stopping)
		return;
	for (i = 0; i < ra->n_prefixes && mn->conf->home_auto; i++)
		if (is_agent_prefix(mn, &ra->prefixes[i]))
			meet(mn, f, &ra->prefixes[i], ra, now);
	follow_at_home(mn, f, ra, now);
	mn_auto_consider(mn, now);
}

/* ---- experience ---- */

static struct mn_known_agent *known_of(struct mn_home *h)
{
	return mn_known_find(&homing(h->mn)->known, mn_home_agent(h),
			     &h->prefix);
}

void mn_auto_accepted(struct mn_home *h, uint32_t rtt_ms, struct mtime now)
{
	struct mn_known_agent *a = known_of(h);

	if (!a)
		return;
	mn_known_success(a, rtt_ms);
	mn_keep_touch(h->mn, now);
}

void mn_auto_failed(struct mn_home *h, struct mtime now)
{
	struct mn_known_agent *a = known_of(h);

	if (!a)
		return;
	mn_known_failure(a);
	mn_keep_touch(h->mn, now);
}
