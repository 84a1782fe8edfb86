/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a router advertisement of another program on this machine lacks, and
 * how each of the usual programs would be made to send it: radvd,
 * systemd-networkd and FRR (RFC 6275 sections 7.1 to 7.5).
 *
 * This file decides what is wrong, how bad that is, and the lines.  Pure.
 * When it is looked at and told is left to ha_ra_watch.c.
 */
#include "ha_private.h"

#include <stdio.h>
#include <string.h>

struct check {
	const struct icmp6_ra *ra;
	const char *ifname;
	const struct conf_home_link *const *links;
	unsigned int n_links;
	struct ha_ra_finding *ret;
	unsigned int n;
};

/* The next finding, or the last again when there is no room. */
static struct ha_ra_finding *add(struct check *c, enum ha_ra_weight weight)
{
	struct ha_ra_finding *f = &c->ret[c->n];

	if (c->n < HA_RA_FINDINGS - 1)
		c->n++;
	memset(f, 0, sizeof(*f));
	f->weight = weight;
	return f;
}

#define SAY(field, ...) snprintf(field, sizeof(field), __VA_ARGS__)

static void check_silence(struct check *c)
{
	struct ha_ra_finding *f = add(c, HA_RA_MUST);

	SAY(f->text, "no router advertisement of this machine was heard");
	SAY(f->radvd, "interface %s { AdvSendAdvert on; ... };", c->ifname);
	SAY(f->networkd, "[Network] IPv6SendRA=yes");
	SAY(f->frr, "interface %s / no ipv6 nd suppress-ra", c->ifname);
}

static void check_flag(struct check *c)
{
	struct ha_ra_finding *f;

	if (c->ra->home_agent)
		return;
	f = add(c, HA_RA_MUST);
	SAY(f->text, "the Home Agent (H) bit is not set: nobody learns that "
		     "this router is a home agent");
	SAY(f->radvd, "AdvHomeAgentFlag on;");
	SAY(f->networkd, "[IPv6SendRA] HomeAgent=yes");
	SAY(f->frr, "ipv6 nd home-agent-config-flag");
}

static const struct ra_prefix *option_of(const struct check *c,
					 const struct conf_home_link *l)
{
	unsigned int i;

	for (i = 0; i < c->ra->n_prefixes; i++)
		if (prefix_eq(&c->ra->prefixes[i].prefix, &l->prefix))
			return &c->ra->prefixes[i];
	return NULL;
}

static void no_prefix(struct check *c, const struct conf_home_link *l)
{
	struct ha_ra_finding *f = add(c, HA_RA_MUST);

	SAY(f->text, "the home prefix %s is not advertised",
	    prefix_str(&l->prefix));
	SAY(f->radvd, "prefix %s/%u { AdvRouterAddr on; };",
	    addr_str(&l->address), l->prefix.len);
	SAY(f->networkd, "[IPv6Prefix] Prefix=%s", prefix_str(&l->prefix));
	SAY(f->frr, "ipv6 nd prefix %s router-address", prefix_str(&l->prefix));
}

/* The programs that mask the address, or know no R bit, cannot. */
static void check_prefix(struct check *c, const struct conf_home_link *l)
{
	const struct ra_prefix *o = option_of(c, l);
	struct ha_ra_finding *f;

	if (!o) {
		no_prefix(c, l);
		return;
	}
	if (o->router_addr && addr_eq(&o->addr, &l->address))
		return;
	f = add(c, HA_RA_MUST);
	if (!o->router_addr)
		SAY(f->text,
		    "the prefix %s has no Router Address (R) bit: "
		    "other agents and mobile nodes do not learn %s",
		    prefix_str(&l->prefix), addr_str(&l->address));
	else
		SAY(f->text,
		    "the prefix %s has the R bit, but says %s, not "
		    "the agent's address %s",
		    prefix_str(&l->prefix), addr_str(&o->addr),
		    addr_str(&l->address));
	SAY(f->radvd, "prefix %s/%u { AdvRouterAddr on; };",
	    addr_str(&l->address), l->prefix.len);
}

static void check_lladdr(struct check *c)
{
	struct ha_ra_finding *f;

	if (c->ra->source_lladdr.len)
		return;
	f = add(c, HA_RA_MUST);
	SAY(f->text, "there is no Source Link-Layer Address option: a mobile "
		     "node that comes home needs it");
	SAY(f->radvd, "AdvSourceLLAddress on;");
	SAY(f->networkd, "(always sent on links that have such addresses)");
	SAY(f->frr, "(always sent on links that have such addresses)");
}

static uint32_t wanted_lifetime(const struct check *c)
{
	return c->links[0]->ha_lifetime_s ? c->links[0]->ha_lifetime_s
					  : c->ra->router_lifetime_s;
}

static void say_info_lines(struct ha_ra_finding *f, uint32_t preference,
			   uint32_t lifetime_s)
{
	SAY(f->radvd,
	    "AdvHomeAgentInfo on; HomeAgentPreference %u; HomeAgentLifetime "
	    "%u;",
	    preference, lifetime_s);
	SAY(f->networkd,
	    "[IPv6SendRA] HomeAgentPreference=%u HomeAgentLifetimeSec=%u",
	    preference, lifetime_s);
	SAY(f->frr,
	    "ipv6 nd home-agent-preference %u / ipv6 nd home-agent-lifetime "
	    "%u",
	    preference, lifetime_s);
}

static void check_zero(struct check *c)
{
	struct ha_ra_finding *f = add(c, HA_RA_MUST);
	uint32_t wanted = c->links[0]->ha_lifetime_s;

	SAY(f->text,
	    "the lifetime as a home agent is 0 (%s): others do not "
	    "list this agent",
	    c->ra->has_ha_info ? "Home Agent Information option"
			       : "that of the router, without a Home Agent "
				 "Information option");
	say_info_lines(f, c->links[0]->preference, wanted ? wanted : 1800);
}

/* Only where the configuration of mip6d or the advertisement itself says
 * something other than the default. */
static void check_info(struct check *c)
{
	const struct icmp6_ra *ra = c->ra;
	uint32_t preference = c->links[0]->preference;
	uint32_t lifetime_s = wanted_lifetime(c);
	struct ha_ra_finding *f;

	if (!ra->home_agent)
		return;
	if (!ra->ha_lifetime_s) {
		check_zero(c);
	} else if (ra->ha_preference != preference ||
		   ra->ha_lifetime_s != lifetime_s) {
		f = add(c, HA_RA_SHOULD);
		SAY(f->text,
		    "preference %u and lifetime %u s as a home agent "
		    "are advertised, %u and %u s are configured",
		    ra->ha_preference, ra->ha_lifetime_s, preference,
		    lifetime_s);
		say_info_lines(f, preference, lifetime_s);
	} else if (ra->has_ha_info && !ra->ha_preference &&
		   ra->ha_lifetime_s == ra->router_lifetime_s) {
		f = add(c, HA_RA_HINT);
		SAY(f->text, "the Home Agent Information option says only "
			     "what is understood without it");
		SAY(f->radvd, "AdvHomeAgentInfo off;");
		SAY(f->networkd, "(without HomeAgentPreference= and "
				 "HomeAgentLifetimeSec=)");
		SAY(f->frr, "no ipv6 nd home-agent-preference / no ipv6 nd "
			    "home-agent-lifetime");
	}
}

static void check_interval(struct check *c)
{
	struct ha_ra_finding *f;

	if (c->ra->interval_ms)
		return;
	f = add(c, HA_RA_HINT);
	SAY(f->text, "there is no Advertisement Interval option: mobile nodes "
		     "notice later that they have left");
	SAY(f->radvd, "AdvIntervalOpt on;");
	SAY(f->frr, "ipv6 nd adv-interval-option");
}

unsigned int ha_ra_check(const struct icmp6_ra *ra, const char *ifname,
			 const struct conf_home_link *const *links,
			 unsigned int n_links,
			 struct ha_ra_finding ret[HA_RA_FINDINGS])
{
	struct check c = { .ra = ra,
			   .ifname = ifname,
			   .links = links,
			   .n_links = n_links,
			   .ret = ret };
	unsigned int i;

	if (!ra) {
		check_silence(&c);
		return c.n;
	}
	check_flag(&c);
	for (i = 0; i < n_links; i++)
		check_prefix(&c, links[i]);
	check_lladdr(&c);
	check_info(&c);
	check_interval(&c);
	return c.n;
}
