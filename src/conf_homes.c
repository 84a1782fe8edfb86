/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Home addresses in the configuration: what contradicts what (RFC 6275 sections
 * 4.6, 11.1).
 *
 * This file decides that each home names an address or a prefix in which one
 * is formed, and each of them once.
 */
#include <libconfig.h>

#include "mip6d/cleanup.h"
#include "src/conf_priv.h"

static unsigned int line_of(const config_setting_t *s)
{
	return config_setting_source_line(s);
}

static config_setting_t *home_at(config_setting_t *list, unsigned int i)
{
	return config_setting_get_elem(list, i);
}

/* Routers of a link answer to the address of its prefix without host bits
 * (RFC 4291 section 2.6.1). */
static bool is_anycast(const struct in6_addr *a, uint8_t len)
{
	struct prefix p = prefix_of(a, len);

	return len < 127 && addr_eq(&p.addr, a);
}

static void check_address(struct conf_text *t, config_setting_t *g,
			  const struct conf_mn_home *h)
{
	config_setting_t *address = conf_good(g, "address");
	config_setting_t *agent = conf_good(g, "home-agent");
	struct prefix home = prefix_of(&h->address, h->plen);
	struct in6_addr anycast;

	if (!address)
		return;
	if (is_anycast(&h->address, h->plen))
		conf_mistake(t, line_of(address),
			     "found address = \"%s/%u\", expected a node's "
			     "address, not that of the prefix",
			     addr_str(&h->address), h->plen);
	if (addr_is_any(&h->home_agent) && !addr_home_agents(&home, &anycast))
		conf_mistake(t, line_of(address),
			     "found address = \"%s/%u\" without home-agent, "
			     "expected it, or a prefix of at most 121 bits: "
			     "home agents of a longer one cannot be discovered",
			     addr_str(&h->address), h->plen);
	if (agent && addr_eq(&h->address, &h->home_agent))
		conf_mistake(t, line_of(agent),
			     "found home-agent = \"%s\", expected another "
			     "address than the home address",
			     addr_str(&h->home_agent));
}

static void check_prefix(struct conf_text *t, config_setting_t *g,
			 const struct conf_mn_home *h)
{
	config_setting_t *prefix = conf_good(g, "prefix");

	if (prefix && h->prefix.len != 64)
		conf_mistake(t, line_of(prefix),
			     "found prefix = \"%s\", expected one of 64 bits: "
			     "in others no address is formed",
			     prefix_str(&h->prefix));
}

static void check_home(struct conf_text *t, config_setting_t *g,
		       const struct conf_mn_home *h)
{
	config_setting_t *prefix = config_setting_get_member(g, "prefix");

	if (config_setting_get_member(g, "address") && prefix)
		conf_mistake(t, line_of(prefix),
			     "found a prefix beside the address, expected one "
			     "of them: address = \"ADDRESS/LENGTH\"; has it");
	else if (!config_setting_get_member(g, "address") && !prefix)
		conf_mistake(t, line_of(g),
			     "found neither address nor prefix in "
			     "mobile-node.homes, expected one of them");
	check_address(t, g, h);
	check_prefix(t, g, h);
}

static void check_pair(struct conf_text *t, config_setting_t *list,
		       const struct conf_mn_home *homes, unsigned int i,
		       unsigned int j)
{
	static const char *const names[] = { "address", "prefix" };
	const struct conf_mn_home *a = &homes[i], *b = &homes[j];
	unsigned int k;

	for (k = 0; k < ARRAY_SIZE(names); k++) {
		config_setting_t *s = conf_good(home_at(list, i), names[k]);
		bool same = k ? prefix_eq(&a->prefix, &b->prefix)
			      : addr_eq(&a->address, &b->address);

		if (!s || !same || !conf_good(home_at(list, j), names[k]))
			continue;
		conf_mistake(t, line_of(s),
			     "found the home %s %s a second time, expected it "
			     "once",
			     names[k],
			     k ? prefix_str(&a->prefix)
			       : addr_str(&a->address));
	}
}

void conf_check_homes(struct conf_text *t, const struct conf *conf,
		      config_setting_t *mn)
{
	config_setting_t *list = conf_good(mn, "homes");
	unsigned int i, j;

	if (!config_setting_get_member(mn, "homes") && !conf->mn.home_auto &&
	    (!config_setting_get_member(mn, "home") || conf_good(mn, "home")))
		conf_mistake(t, line_of(mn),
			     "found no homes in mobile-node, expected one, or "
			     "home = \"auto\";");
	for (i = 0; list && i < conf->mn.n_homes; i++) {
		if (!config_setting_is_group(home_at(list, i)))
			continue;
		check_home(t, home_at(list, i), &conf->mn.homes[i]);
		for (j = 0; j < i; j++)
			if (config_setting_is_group(home_at(list, j)))
				check_pair(t, list, conf->mn.homes, i, j);
	}
	if (list && !conf->mn.n_homes && !conf->mn.home_auto)
		conf_mistake(t, line_of(list),
			     "found homes = a list ( ), expected a list of "
			     "groups, or home = \"auto\";");
}
