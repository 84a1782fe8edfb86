/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What contradicts what in the options of discovery: router advertisements
 * (RFC 4861 section 6.2.1, RFC 6275 sections 7.4, 7.5, 13) and intervals of
 * Mobile Prefix Advertisements.
 *
 * This file decides also that links on one interface have one set of options
 * of router advertisements: those of the first.
 */
#include <libconfig.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "mip6d/icmp6.h"
#include "src/conf_priv.h"

#define LEAST_INTERVAL_MS 30

static unsigned int line_of(const config_setting_t *s)
{
	return config_setting_source_line(s);
}

static config_setting_t *element(config_setting_t *list, unsigned int i)
{
	return list ? config_setting_get_elem(list, i) : NULL;
}

/* The first link on the same interface; l itself when it is that. */
static const struct conf_home_link *first_of(const struct conf_ha *ha,
					     const struct conf_home_link *l)
{
	const struct conf_home_link *o;

	for (o = ha->links; o < l; o++)
		if (!o->is_virtual && !l->is_virtual &&
		    !strcmp(o->ifname, l->ifname))
			return o;
	return l;
}

static void take_over(struct conf_home_link *l,
		      const struct conf_home_link *first)
{
	l->ra = first->ra;
	l->preference = first->preference;
	l->ha_lifetime_s = first->ha_lifetime_s;
	l->router_lifetime_s = first->router_lifetime_s;
	l->ra_max_interval_ms = first->ra_max_interval_ms;
	l->ra_min_interval_ms = first->ra_min_interval_ms;
	l->ra_min_delay_ms = first->ra_min_delay_ms;
	l->ra_unsolicited = first->ra_unsolicited;
}

void conf_inherit_ra(struct conf_ha *ha)
{
	unsigned int i;

	for (i = 0; i < ha->n_links; i++)
		take_over(&ha->links[i], first_of(ha, &ha->links[i]));
}

/* ---- several links on one interface ---- */

static void check_same(struct conf_text *t, config_setting_t *g,
		       const struct conf_home_link *l,
		       const struct conf_home_link *first)
{
	const struct {
		const char *name;
		uint32_t value, wanted;
	} options[] = {
		{ "ra", l->ra, first->ra },
		{ "preference", l->preference, first->preference },
		{ "home-agent-lifetime", l->ha_lifetime_s,
		  first->ha_lifetime_s },
		{ "router-lifetime", l->router_lifetime_s,
		  first->router_lifetime_s },
		{ "ra-max-interval", l->ra_max_interval_ms,
		  first->ra_max_interval_ms },
		{ "ra-min-interval", l->ra_min_interval_ms,
		  first->ra_min_interval_ms },
		{ "ra-min-delay", l->ra_min_delay_ms, first->ra_min_delay_ms },
		{ "ra-unsolicited", l->ra_unsolicited, first->ra_unsolicited },
	};
	config_setting_t *s;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(options); i++) {
		s = conf_good(g, options[i].name);
		if (s && options[i].value != options[i].wanted)
			conf_mistake(t, line_of(s),
				     "found another %s than that of the first "
				     "link on %s, expected the same or none",
				     options[i].name, l->ifname);
	}
}

/* They share messages. */
static void check_number(struct conf_text *t, config_setting_t *g,
			 const struct conf_ha *ha, unsigned int i)
{
	const struct conf_home_link *l = &ha->links[i];
	unsigned int j, n = 0;

	for (j = 0; j <= i; j++)
		n += !ha->links[j].is_virtual &&
		     !strcmp(ha->links[j].ifname, l->ifname);
	if (n == RA_MAX_PREFIXES + 1)
		conf_mistake(t, line_of(g),
			     "found more than %d links on %s, expected less",
			     RA_MAX_PREFIXES, l->ifname);
}

/* ---- one link ---- */

static void check_virtual(struct conf_text *t, config_setting_t *g)
{
	config_setting_t *s = config_setting_get_member(g, "ra");

	if (s)
		conf_mistake(t, line_of(s),
			     "found ra of a virtual link, expected none: it is "
			     "on no wire");
}

static void check_intervals(struct conf_text *t, config_setting_t *g,
			    const struct conf_home_link *l)
{
	config_setting_t *min = conf_good(g, "ra-min-interval");
	config_setting_t *delay = conf_good(g, "ra-min-delay");
	uint32_t most = l->ra_max_interval_ms / 4 * 3;

	if (min && l->ra_min_interval_ms &&
	    (l->ra_min_interval_ms < LEAST_INTERVAL_MS ||
	     l->ra_min_interval_ms > most))
		conf_mistake(t, line_of(min),
			     "found ra-min-interval = %u, expected 0 or from "
			     "%d to three quarters of ra-max-interval: %u ms",
			     l->ra_min_interval_ms, LEAST_INTERVAL_MS, most);
	else if (delay && l->ra_min_delay_ms &&
		 (l->ra_min_delay_ms < LEAST_INTERVAL_MS ||
		  l->ra_min_delay_ms > conf_ra_min_interval_ms(l)))
		conf_mistake(t, line_of(delay),
			     "found ra-min-delay = %u, expected 0 or from %d "
			     "to the least interval: %u ms",
			     l->ra_min_delay_ms, LEAST_INTERVAL_MS,
			     conf_ra_min_interval_ms(l));
}

static void check_lifetimes(struct conf_text *t, config_setting_t *g,
			    const struct conf_home_link *l)
{
	config_setting_t *router = conf_good(g, "router-lifetime");
	config_setting_t *max = conf_good(g, "ra-max-interval");
	uint32_t least_s = (l->ra_max_interval_ms + 999) / 1000;
	const config_setting_t *s = router ? router : max;

	if (s && l->router_lifetime_s && l->router_lifetime_s < least_s)
		conf_mistake(t, line_of(s),
			     "found router-lifetime (%u s) shorter than "
			     "ra-max-interval, expected 0 or at least %u s",
			     l->router_lifetime_s, least_s);
	if (router && l->ra == CONF_RA_OWN && !l->router_lifetime_s &&
	    !l->ha_lifetime_s)
		conf_mistake(t, line_of(router),
			     "found router-lifetime = 0, expected "
			     "home-agent-lifetime, too: without it this is "
			     "the lifetime as a home agent");
}

static void check_link(struct conf_text *t, config_setting_t *g,
		       const struct conf_ha *ha, unsigned int i)
{
	const struct conf_home_link *l = &ha->links[i];
	const struct conf_home_link *first = first_of(ha, l);

	if (l->is_virtual) {
		check_virtual(t, g);
		return;
	}
	check_number(t, g, ha, i);
	if (first != l) {
		check_same(t, g, l, first);
		return;
	}
	check_intervals(t, g, l);
	check_lifetimes(t, g, l);
}

void conf_check_ra(struct conf_text *t, const struct conf *conf,
		   config_setting_t *ha)
{
	config_setting_t *links = conf_good(ha, "links"), *s;
	unsigned int i;

	for (i = 0; links && i < conf->ha.n_links; i++)
		if (config_setting_is_group(element(links, i)))
			check_link(t, element(links, i), &conf->ha, i);
	s = conf_good(ha, "min-prefix-interval");
	if (!s)
		s = conf_good(ha, "max-prefix-interval");
	if (s &&
	    conf->ha.min_prefix_interval_s > conf->ha.max_prefix_interval_s)
		conf_mistake(t, line_of(s),
			     "found min-prefix-interval (%u s) longer than "
			     "max-prefix-interval (%u s), expected at most "
			     "the same",
			     conf->ha.min_prefix_interval_s,
			     conf->ha.max_prefix_interval_s);
}
