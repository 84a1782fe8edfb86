/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The policy of the home agent: which rule a registration falls under, what
 * that rule grants, and how many bindings it has (RFC 6275 section 10.3.1:
 * statuses 129 and 130; the lifetime of section 10.3.1 may be reduced).
 *
 * This file decides what matches what.  An identity counts only when it was
 * proven, which is left to who checks the proof; the answer to ha_bu.c.  A
 * mobile network prefix is what a mobile router asks for (RFC 3963 section
 * 4.3); nothing but a rule looks at it.
 */
#include "ha_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DAY_S 86400U

/* ---- one condition each ---- */

/* Of the instant `ago_days` before the second of today. */
static bool is_day(const struct conf_time *t, const struct wall_day *now,
		   unsigned int ago_days)
{
	return t->days & 1U << (now->weekday + 7 - ago_days) % 7;
}

/* Hours that reach into the next day belong to the one that they begin on. */
static bool is_within(const struct conf_time *t, const struct wall_day *now)
{
	uint32_t from = t->from_min * 60U, to = t->to_min * 60U;

	if (from < to)
		return is_day(t, now, 0) && now->second >= from &&
		       now->second < to;
	return (is_day(t, now, 0) && now->second >= from) ||
	       (is_day(t, now, 1) && now->second < to);
}

/* Seconds until the condition may be another, a day at most. */
static uint32_t changes_in(const struct conf_time *t,
			   const struct wall_day *now)
{
	const uint32_t edges[] = { t->from_min * 60U, t->to_min * 60U, DAY_S };
	uint32_t least = DAY_S, left;
	size_t i;

	for (i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
		left = edges[i] > now->second ? edges[i] - now->second : DAY_S;
		if (left < least)
			least = left;
	}
	return least;
}

/* Realms are compared as the names in the DNS that they are (RFC 4282 section
 * 2.2), users are not. */
static bool is_nai(const char *nai, const char *wanted)
{
	const char *realm = strrchr(nai, '@'), *want = strrchr(wanted, '@');
	size_t len;

	if (!realm || !want)
		return !strcmp(nai, wanted);
	len = (size_t)(want - wanted);
	if (strcasecmp(realm, want) != 0)
		return false;
	return (len == 1 && wanted[0] == '*') ||
	       (len == (size_t)(realm - nai) && !memcmp(nai, wanted, len));
}

/* Where IKE proved who it was, but cannot tell at the moment, he gets the
 * benefit. */
static bool is_ike_id(const struct conf_ha_rule *r, const struct ha_peer *p)
{
	if (p->ike_id)
		return is_nai(p->ike_id, r->ike_id);
	return p->ike_unsure && r->action == CONF_HA_ALLOW;
}

/* Of static keys the kernel let pass whatever one of them protects. */
static bool is_spi(const struct ha_peer *p, uint32_t spi)
{
	unsigned int i;

	for (i = 0; p->keys && i < p->keys->n_sets; i++)
		if (p->keys->sets[i].to_agent.spi == spi)
			return true;
	return p->spi == spi;
}

static bool is_identity(const struct conf_ha_rule *r,
			const struct ha_policy_request *q)
{
	const struct ha_peer *p = &q->peer;

	return (!*r->nai || (p->nai && is_nai(p->nai, r->nai))) &&
	       (!*r->ike_id || is_ike_id(r, p)) &&
	       (!r->spi || is_spi(p, r->spi));
}

static bool is_inside(const struct prefix *p, const struct prefix *of)
{
	return p->len >= of->len && prefix_contains(of, &p->addr);
}

/* Who is allowed by its networks may have no others; who is not allowed with
 * one is not with others beside it.  What there was no room to remember is
 * taken for the worst. */
static bool is_network(const struct conf_ha_rule *r,
		       const struct mh_networks *n)
{
	bool any = n->more, all = n->n && !n->more;
	unsigned int i;

	for (i = 0; i < n->n; i++) {
		bool inside = is_inside(&n->v[i], &r->network);

		any |= inside;
		all &= inside;
	}
	return r->action == CONF_HA_ALLOW ? all : any;
}

static bool matches_but_time(const struct conf_ha_rule *r,
			     const struct ha_policy_request *q)
{
	return prefix_contains(&r->home, &q->hoa) &&
	       prefix_contains(&r->coa, &q->coa) && is_identity(r, q) &&
	       (!r->has_network || is_network(r, &q->networks));
}

/* ---- all rules ---- */

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* Times of rules that come before count, too: nothing is granted for longer
 * than the same question would be answered in the same way. */
struct ha_policy ha_policy_judge(const struct conf_ha *conf,
				 const struct ha_policy_request *q)
{
	struct ha_policy p = {
		.rule = HA_NO_RULE,
		.action = conf->n_rules ? CONF_HA_DENY : CONF_HA_ALLOW,
		.status = BA_PROHIBITED,
		.max_lifetime_s = conf->max_lifetime_s,
	};
	const struct conf_ha_rule *r;
	unsigned int i;

	for (i = 0; i < conf->n_rules; i++) {
		r = &conf->rules[i];
		if (!matches_but_time(r, q))
			continue;
		if (r->time.days) {
			p.max_lifetime_s = least(p.max_lifetime_s,
						 changes_in(&r->time, &q->day));
			if (!is_within(&r->time, &q->day))
				continue;
		}
		p.rule = (int)i;
		p.action = r->action;
		p.status = r->status;
		p.max_bindings = r->max_bindings;
		if (r->max_lifetime_s)
			p.max_lifetime_s =
				least(p.max_lifetime_s, r->max_lifetime_s);
		break;
	}
	return p;
}

/* ---- what the rules are used for ---- */

static bool is_counted(const struct ha *ha, int rule)
{
	return rule >= 0 && (unsigned int)rule < ha->n_uses;
}

void ha_policy_count(struct ha *ha, int rule)
{
	if (is_counted(ha, rule))
		ha->uses[rule].hits++;
	else
		ha->default_hits++;
}

bool ha_policy_is_full(const struct ha *ha, const struct ha_policy *p,
		       struct bcache_entry *e)
{
	return p->max_bindings && is_counted(ha, p->rule) &&
	       (!e || ha_binding(e)->rule != p->rule) &&
	       ha->uses[p->rule].bindings >= p->max_bindings;
}

void ha_policy_hold(struct bcache_entry *e, int rule)
{
	struct ha_binding *b = ha_binding(e);

	ha_policy_release(e);
	if (!is_counted(b->ha, rule))
		return;
	b->rule = rule;
	b->ha->uses[rule].bindings++;
}

void ha_policy_release(struct bcache_entry *e)
{
	struct ha_binding *b = ha_binding(e);

	if (b->rule >= 0)
		b->ha->uses[b->rule].bindings--;
	b->rule = HA_NO_RULE;
}

static bool rule_eq(const struct conf_ha_rule *a, const struct conf_ha_rule *b)
{
	return prefix_eq(&a->home, &b->home) && prefix_eq(&a->coa, &b->coa) &&
	       !strcmp(a->nai, b->nai) && !strcmp(a->ike_id, b->ike_id) &&
	       a->spi == b->spi && a->has_network == b->has_network &&
	       prefix_eq(&a->network, &b->network) &&
	       a->time.days == b->time.days &&
	       a->time.from_min == b->time.from_min &&
	       a->time.to_min == b->time.to_min && a->action == b->action &&
	       a->status == b->status &&
	       a->max_lifetime_s == b->max_lifetime_s &&
	       a->max_bindings == b->max_bindings;
}

/* No binding has a rule afterwards: who judges them again gives them one. */
static void forget_rule(void *arg, struct bcache_entry *e)
{
	(void)arg;
	ha_binding(e)->rule = HA_NO_RULE;
}

int ha_policy_set(struct ha *ha, const struct conf_ha *from)
{
	const struct conf_ha *to = ha->conf;
	struct ha_rule_use *uses =
		calloc(to->n_rules ? to->n_rules : 1, sizeof(*uses));
	unsigned int i = 0;

	bcache_walk(ha->bc, forget_rule, NULL);
	if (!uses) {
		ha->n_uses = 0;
		return -ENOMEM;
	}
	while (from && i < ha->n_uses && i < to->n_rules &&
	       rule_eq(&from->rules[i], &to->rules[i])) {
		uses[i].hits = ha->uses[i].hits;
		i++;
	}
	if (from && (i < from->n_rules || i < to->n_rules))
		ha->default_hits = 0;
	free(ha->uses);
	ha->uses = uses;
	ha->n_uses = to->n_rules;
	return 0;
}

uint64_t ha_rule_hits(const struct ha *ha, unsigned int rule)
{
	return is_counted(ha, (int)rule) ? ha->uses[rule].hits : 0;
}

unsigned int ha_rule_bindings(const struct ha *ha, unsigned int rule)
{
	return is_counted(ha, (int)rule) ? ha->uses[rule].bindings : 0;
}

uint64_t ha_default_hits(const struct ha *ha)
{
	return ha->default_hits;
}
