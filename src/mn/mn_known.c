/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ranking of home agents that were met on links.
 *
 * This file decides which of several is the best, and which one is forgotten
 * for another.  Who is met, and what is done with the best, is left to
 * mn_auto.c.
 */
#include "mn_known.h"

#include <string.h>

#define HOUR_S INT64_C(3600)

struct mn_known_agent *mn_known_find(struct mn_known *k,
				     const struct in6_addr *agent,
				     const struct prefix *prefix)
{
	unsigned int i;

	for (i = 0; i < k->n; i++)
		if (addr_eq(&k->a[i].agent, agent) &&
		    prefix_eq(&k->a[i].prefix, prefix))
			return &k->a[i];
	return NULL;
}

static struct mn_known_agent *make_room(struct mn_known *k,
					mn_known_keep_fn *keep, const void *arg,
					struct mtime now)
{
	struct mn_known_agent *least = NULL;
	unsigned int i;

	if (k->n < MN_KNOWN_MAX)
		return &k->a[k->n++];
	for (i = 0; i < k->n; i++)
		if (!k->a[i].here && !keep(arg, &k->a[i]) &&
		    (!least || mn_known_is_better(least, &k->a[i], now)))
			least = &k->a[i];
	return least;
}

struct mn_known_agent *mn_known_add(struct mn_known *k,
				    const struct in6_addr *agent,
				    const struct prefix *prefix,
				    mn_known_keep_fn *keep, const void *arg,
				    struct mtime now)
{
	struct mn_known_agent *a = mn_known_find(k, agent, prefix);

	if (a)
		return a;
	a = make_room(k, keep, arg, now);
	if (!a)
		return NULL;
	memset(a, 0, sizeof(*a));
	a->agent = *agent;
	a->prefix = *prefix;
	a->met = now;
	return a;
}

/* ---- points ---- */

static int points_of_success(const struct mn_known_agent *a)
{
	if (a->failed)
		return a->failed < 3 ? -4 * (int)a->failed : -12;
	return a->ok < 4 ? 2 * (int)a->ok : 8;
}

static int points_of_count(uint32_t count)
{
	int points = 0;

	while (count > 1 && points < 4) {
		count /= 2;
		points++;
	}
	return points;
}

static int points_of_recency(const struct mn_known_agent *a, struct mtime now)
{
	int64_t age_s = mtime_diff_ms(now, a->met) / 1000;

	if (a->here)
		return 4;
	if (age_s < HOUR_S)
		return 3;
	if (age_s < 24 * HOUR_S)
		return 2;
	return age_s < 7 * 24 * HOUR_S;
}

static int points_of_rtt(uint32_t ms)
{
	if (!ms || ms > 500)
		return 0;
	if (ms <= 20)
		return 4;
	if (ms <= 50)
		return 3;
	return ms <= 150 ? 2 : 1;
}

int mn_known_points(const struct mn_known_agent *a, struct mtime now)
{
	return points_of_success(a) + points_of_count(a->count) +
	       points_of_recency(a, now) + points_of_rtt(a->rtt_ms);
}

bool mn_known_is_better(const struct mn_known_agent *a,
			const struct mn_known_agent *b, struct mtime now)
{
	int pa = mn_known_points(a, now), pb = mn_known_points(b, now);

	if (pa != pb)
		return pa > pb;
	if (a->preference != b->preference)
		return a->preference > b->preference;
	if (a->met.us != b->met.us)
		return mtime_before(b->met, a->met);
	return addr_cmp(&a->agent, &b->agent) < 0;
}

const struct mn_known_agent *mn_known_best_of(const struct mn_known *k,
					      const struct prefix *prefix,
					      struct mtime now)
{
	const struct mn_known_agent *best = NULL;
	unsigned int i;

	for (i = 0; i < k->n; i++)
		if (prefix_eq(&k->a[i].prefix, prefix) &&
		    (!best || mn_known_is_better(&k->a[i], best, now)))
			best = &k->a[i];
	return best;
}

/* ---- experience ---- */

void mn_known_success(struct mn_known_agent *a, uint32_t rtt_ms)
{
	a->failed = 0;
	if (a->ok < UINT32_MAX)
		a->ok++;
	if (rtt_ms)
		a->rtt_ms = a->rtt_ms ? (3 * a->rtt_ms + rtt_ms + 2) / 4
				      : rtt_ms;
}

void mn_known_failure(struct mn_known_agent *a)
{
	a->ok = 0;
	if (a->failed < UINT32_MAX)
		a->failed++;
}
