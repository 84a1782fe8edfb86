/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which home agent a home address registers with (RFC 6275 section 11.4.1):
 * that of the configuration, else one that was discovered.
 *
 * This file decides when another one is taken: when the present one refuses
 * or has been silent for MAX_BINDACK_TIMEOUT, the next of the list in the
 * order of the reply; when none is left, discovery.  A new list changes
 * nothing while the present agent is any good, so that a node with a binding
 * always tries that agent first.  A binding that the agent before may hold is
 * left to mn_former.c, asking to mn_dhaad.c.
 */
#include "mn_priv.h"

#include "mip6d/lifetime.h"

void mn_agent_init(struct mn_home *h)
{
	h->dynamic = addr_is_any(&h->fixed_agent);
	task_init(&h->dhaad.task, mn_dhaad_task);
	mn_former_init(h);
}

const struct in6_addr *mn_home_agent(const struct mn_home *h)
{
	return h->dynamic ? &h->chosen_agent : &h->fixed_agent;
}

bool mn_home_has_agent(const struct mn_home *h)
{
	return !addr_is_any(mn_home_agent(h));
}

void mn_agent_need(struct mn_home *h, struct mtime now)
{
	if (!mn_home_has_agent(h) && !mn_home_is_stopping(h))
		mn_dhaad_start(h, now, now);
}

/* The present agent is another. */
static void changed(struct mn_home *h)
{
	h->holds_until = (struct mtime){ 0 };
	mn_memory_changed(h);
}

void mn_agent_adopt(struct mn_home *h, const struct in6_addr *agent)
{
	log_info("mn: hoa=%s home agent %s met on the home link",
		 addr_str(&h->hoa), addr_str(agent));
	h->chosen_agent = *agent;
	changed(h);
	mn_dhaad_stop(h);
}

void mn_agent_accepted(struct mn_home *h)
{
	if (!h->dynamic)
		return;
	mn_agents_forgive(&h->agents);
	mn_memory_changed(h);
	mn_dhaad_stop(h);
}

/* ---- another one ---- */

/* Until when the present agent may hold a binding that we asked for. */
static struct mtime may_hold_until(const struct mn_home *h, bool silent,
				   struct mtime now)
{
	const struct bul_entry *e = h->bul;
	struct mtime until = now;

	if (mtime_before(until, h->holds_until))
		until = h->holds_until;
	if (!e)
		return until;
	if (bul_is_bound(e, now) && mtime_before(until, e->expires))
		until = e->expires;
	if (silent && e->attempts) {
		struct mtime end = lifetime_end(e->last_sent, e->lifetime_4s);

		if (mtime_before(until, end))
			until = end;
	}
	return until;
}

struct mtime mn_agent_holds_until(const struct mn_home *h, struct mtime now)
{
	return may_hold_until(h, true, now);
}

static void take(struct mn_home *h, const struct in6_addr *agent, bool silent,
		 const char *why, struct mtime now)
{
	struct in6_addr before = *mn_home_agent(h);
	struct mtime until = may_hold_until(h, silent, now);

	if (addr_is_any(&before)) {
		log_notice("mn: hoa=%s home agent %s", addr_str(&h->hoa),
			   addr_str(agent));
	} else {
		mn_count(h->mn, CNT_AGENT_CHANGED);
		log_notice("mn: hoa=%s home agent %s given up for %s (%s)",
			   addr_str(&h->hoa), addr_str(&before),
			   addr_str(agent), why);
	}
	if (h->bul)
		mn_reg_enter(h, BUL_IDLE, "another home agent", now);
	h->chosen_agent = *agent;
	changed(h);
	mn_former_drop(h, agent);
	if (mtime_before(now, until))
		mn_former_add(h, &before, until, now);
	if (h->place == MN_PLACE_AWAY && !h->hold)
		mn_home_install_away(h, now);
}

void mn_agent_set(struct mn_home *h, const struct in6_addr *agent,
		  struct mtime now)
{
	struct in6_addr before = *mn_home_agent(h);
	struct mtime until = may_hold_until(h, true, now);

	h->fixed_agent = *agent;
	h->dynamic = addr_is_any(agent);
	if (h->dynamic) /* that one is good for a start */
		h->chosen_agent = before;
	if (addr_eq(&before, mn_home_agent(h)))
		return;
	changed(h);
	log_notice("mn: hoa=%s home agent %s, as the configuration says",
		   addr_str(&h->hoa), addr_str(agent));
	mn_dhaad_stop(h);
	if (h->bul)
		mn_reg_enter(h, BUL_IDLE, "another home agent", now);
	mn_former_drop(h, agent);
	if (mtime_before(now, until))
		mn_former_add(h, &before, until, now);
	if (h->place == MN_PLACE_RETURNING) {
		mn_return_cancel(h);
		mn_home_enter(h, MN_PLACE_UNKNOWN, "another home agent", now);
	} else if (h->place == MN_PLACE_AWAY && !h->hold) {
		mn_home_install_away(h, now);
	}
}

bool mn_agent_failed(struct mn_home *h, bool silent, const char *why,
		     struct mtime now)
{
	const struct mn_agent *next;
	struct mn_agent *a;

	if (!h->dynamic || mn_home_is_stopping(h) || h->place != MN_PLACE_AWAY)
		return false;
	mn_auto_failed(h, now);
	a = mn_agents_find(&h->agents, mn_home_agent(h));
	if (a)
		a->failed = true;
	next = mn_agents_next(&h->agents, mn_home_agent(h));
	if (next) {
		take(h, &next->addr, silent, why, now);
		return true;
	}
	/* Whoever told us of these would tell the same again. */
	mn_dhaad_start(h, mtime_add_s(h->agents.listed, h->mn->conf->retry_s),
		       now);
	return false;
}

/* ---- discovery ---- */

static bool is_failing(const struct mn_home *h)
{
	return h->bul && (h->given_up || h->bul->state == BUL_REFUSED);
}

/* Tries one that was not tried since the last answer of anybody. */
static void go_on(struct mn_home *h, struct mtime now)
{
	bool silent = h->bul && h->bul->state != BUL_REFUSED;
	const struct mn_agent *next =
		mn_agents_next(&h->agents, mn_home_agent(h));

	if (next && h->place == MN_PLACE_AWAY)
		take(h, &next->addr, silent, "no answer, or refused", now);
	else
		mn_dhaad_start(h, mtime_add_s(now, h->mn->conf->retry_s), now);
}

void mn_agent_on_list(struct mn_home *h, const struct mn_agents *list,
		      struct mtime now)
{
	h->agents = *list;
	mn_memory_changed(h);
	if (!mn_home_has_agent(h))
		take(h, &list->a[0].addr, false, "", now);
	else if (is_failing(h))
		go_on(h, now);
}

void mn_agent_on_silence(struct mn_home *h, struct mtime now)
{
	mn_agents_forgive(&h->agents);
	if (is_failing(h))
		go_on(h, now);
}
