/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What contradicts what in a configuration whose values are right each by
 * itself (RFC 6275 sections 4.6, 10.1, 11.1).
 *
 * This file decides which combinations make no sense.  It judges only what
 * conf_read.c understood, so that one mistake gives one line.
 */
#include <libconfig.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "src/conf_priv.h"

struct check {
	struct conf_text *t;
	const struct conf *conf;
	config_setting_t *ha, *mn; /* NULL: not there or not understood */
};

static unsigned int line_of(const config_setting_t *s)
{
	return config_setting_source_line(s);
}

static config_setting_t *element(config_setting_t *list, unsigned int i)
{
	return list ? config_setting_get_elem(list, i) : NULL;
}

/* Routers of a link answer to the address of its prefix without host bits
 * (RFC 4291 section 2.6.1). */
static bool is_anycast(const struct in6_addr *a, uint8_t len)
{
	struct prefix p = prefix_of(a, len);

	return len < 127 && addr_eq(&p.addr, a);
}

static bool overlaps(const struct prefix *a, const struct prefix *b)
{
	return prefix_contains(a, &b->addr) || prefix_contains(b, &a->addr);
}

/* ---- home agent ---- */

static void check_link_kind(struct check *c, config_setting_t *g,
			    const struct conf_home_link *l)
{
	config_setting_t *s = config_setting_get_member(g, "interface");

	if (l->is_virtual && s)
		conf_mistake(c->t, line_of(s),
			     "found an interface of a virtual link, expected "
			     "none: it is on no wire");
	if (!l->is_virtual && !s)
		conf_mistake(c->t, line_of(g),
			     "found neither interface nor virtual, expected "
			     "interface = \"NAME\"; or virtual = true;");
}

static void check_link(struct check *c, config_setting_t *g,
		       const struct conf_home_link *l)
{
	config_setting_t *prefix = conf_good(g, "prefix");
	config_setting_t *address = conf_good(g, "address"), *s;

	check_link_kind(c, g, l);
	if (address && prefix && !prefix_contains(&l->prefix, &l->address))
		conf_mistake(c->t, line_of(address),
			     "found address = \"%s\", expected one in its "
			     "prefix %s",
			     addr_str(&l->address), prefix_str(&l->prefix));
	else if (address && prefix && is_anycast(&l->address, l->prefix.len))
		conf_mistake(c->t, line_of(address),
			     "found address = \"%s\", expected another than "
			     "the subnet-router anycast address",
			     addr_str(&l->address));
	s = conf_good(g, "preferred-lifetime");
	if (s && l->preferred_s > l->valid_s)
		conf_mistake(c->t, line_of(s),
			     "found preferred-lifetime longer than "
			     "valid-lifetime (%u s), expected at most the "
			     "same",
			     l->valid_s);
}

static void check_link_pair(struct check *c, config_setting_t *links,
			    unsigned int i, unsigned int j)
{
	const struct conf_home_link *a = &c->conf->ha.links[j];
	const struct conf_home_link *b = &c->conf->ha.links[i];
	config_setting_t *p = conf_good(element(links, i), "prefix");

	if (p && conf_good(element(links, j), "prefix") &&
	    overlaps(&a->prefix, &b->prefix))
		conf_mistake(c->t, line_of(p),
			     "found prefix = \"%s\", expected none that "
			     "overlaps with %s of another link",
			     prefix_str(&b->prefix), prefix_str(&a->prefix));
}

static void check_ha(struct check *c)
{
	const struct conf_ha *ha = &c->conf->ha;
	config_setting_t *links = conf_good(c->ha, "links");
	unsigned int i, j;

	for (i = 0; links && i < ha->n_links; i++) {
		if (!config_setting_is_group(element(links, i)))
			continue;
		check_link(c, element(links, i), &ha->links[i]);
		for (j = 0; j < i; j++)
			check_link_pair(c, links, i, j);
	}
	conf_check_ra(c->t, c->conf, c->ha);
}

/* ---- mobile node ---- */

static void check_sysctls(struct check *c, config_setting_t *g,
			  const struct conf_mn_interface *ifc)
{
	config_setting_t *s = conf_good(g, "sysctl");
	unsigned int i, j;

	for (i = 0; s && i < ifc->n_sysctls; i++) {
		const char *name = ifc->sysctls[i].name;
		bool twice = ifc->optimistic &&
			     (!strcmp(name, "optimistic_dad") ||
			      !strcmp(name, "use_optimistic"));

		for (j = 0; j < i; j++)
			twice = twice || !strcmp(ifc->sysctls[j].name, name);
		if (twice && conf_is_good(element(s, i)))
			conf_mistake(c->t, line_of(element(s, i)),
				     "found sysctl %s a second time, expected "
				     "it once (optimistic sets optimistic_dad "
				     "and use_optimistic)",
				     name);
	}
}

static void check_interfaces(struct check *c)
{
	const struct conf_mn *mn = &c->conf->mn;
	config_setting_t *list = conf_good(c->mn, "interfaces"), *name;
	unsigned int i, j;

	for (i = 0; list && i < mn->n_interfaces; i++) {
		name = conf_good(element(list, i), "name");
		check_sysctls(c, element(list, i), &mn->interfaces[i]);
		for (j = 0; name && j < i; j++)
			if (!strcmp(mn->interfaces[i].ifname,
				    mn->interfaces[j].ifname))
				conf_mistake(c->t, line_of(name),
					     "found the interface %s a second "
					     "time, expected it once",
					     mn->interfaces[i].ifname);
	}
}

/* 253 to 255 are the kernel's own tables. */
static void check_table(struct check *c)
{
	uint32_t first = c->conf->mn.table_base;
	config_setting_t *s = conf_good(c->mn, "table");

	if (s && first <= 255 && first + CONF_MN_TABLES > 253)
		conf_mistake(c->t, line_of(s),
			     "found table = %u, expected less than %d or more "
			     "than 255: %d tables are used, and 253 to 255 "
			     "are the kernel's",
			     first, 253 - CONF_MN_TABLES + 1, CONF_MN_TABLES);
}

static void check_mn(struct check *c)
{
	const struct conf_mn *mn = &c->conf->mn;
	config_setting_t *s = conf_good(c->mn, "tunnel");
	size_t room = sizeof(mn->tunnel_prefix) - 1;

	check_interfaces(c);
	conf_check_homes(c->t, c->conf, c->mn);
	check_table(c);
	/* Devices are called mip6mn0, mip6mn1, ... */
	if (s && strlen(mn->tunnel_prefix) > room - 4)
		conf_mistake(c->t, line_of(s),
			     "found tunnel = \"%s\", expected at most %zu "
			     "characters: a number is put behind",
			     mn->tunnel_prefix, room - 4);
}

/* ---- both ---- */

static bool is_our_tunnel(const struct conf *conf, const char *name)
{
	size_t n = strlen(conf->mn.tunnel_prefix);

	if (conf->ha.on && !strcmp(name, conf->ha.tunnel_name))
		return true;
	return conf->mn.on && !strncmp(name, conf->mn.tunnel_prefix, n) &&
	       name[n] && strspn(name + n, "0123456789") == strlen(name + n);
}

static void check_tunnel_names(struct check *c)
{
	const struct conf *conf = c->conf;
	config_setting_t *s = conf_good(c->ha, "tunnel");
	config_setting_t *links = conf_good(c->ha, "links");
	config_setting_t *ifs = conf_good(c->mn, "interfaces");
	unsigned int i;

	if (s && c->mn && !strcmp(conf->ha.tunnel_name, conf->mn.tunnel_prefix))
		conf_mistake(c->t, line_of(s),
			     "found tunnel = \"%s\" in both roles, expected "
			     "two names",
			     conf->ha.tunnel_name);
	for (i = 0; links && i < conf->ha.n_links; i++)
		if (is_our_tunnel(conf, conf->ha.links[i].ifname))
			conf_mistake(c->t, line_of(element(links, i)),
				     "found the interface %s, expected one "
				     "that is no tunnel of mip6d",
				     conf->ha.links[i].ifname);
	for (i = 0; ifs && i < conf->mn.n_interfaces; i++)
		if (is_our_tunnel(conf, conf->mn.interfaces[i].ifname))
			conf_mistake(c->t, line_of(element(ifs, i)),
				     "found the interface %s, expected one "
				     "that is no tunnel of mip6d",
				     conf->mn.interfaces[i].ifname);
}

/* One interface is a home link for others or moves itself, not both; and an
 * agent does not serve itself. */
static void check_link_and_node(struct check *c, config_setting_t *g,
				const struct conf_home_link *l)
{
	const struct conf_mn *mn = &c->conf->mn;
	config_setting_t *ifc = conf_good(g, "interface");
	config_setting_t *address = conf_good(g, "address");
	unsigned int i;

	for (i = 0; ifc && i < mn->n_interfaces; i++) {
		if (strcmp(mn->interfaces[i].ifname, l->ifname))
			continue;
		conf_mistake(c->t, line_of(ifc),
			     "found the interface %s in home-agent and in "
			     "mobile-node, expected it in one",
			     l->ifname);
		break;
	}
	for (i = 0; address && i < mn->n_homes; i++)
		if (addr_eq(&mn->homes[i].home_agent, &l->address))
			conf_mistake(c->t, line_of(address),
				     "found address = \"%s\", which is this "
				     "node's own home agent, expected another "
				     "node",
				     addr_str(&l->address));
}

static void check_roles(struct check *c)
{
	config_setting_t *links = conf_good(c->ha, "links");
	unsigned int i;

	if (c->ha || c->mn)
		check_tunnel_names(c);
	for (i = 0; c->mn && links && i < c->conf->ha.n_links; i++)
		check_link_and_node(c, element(links, i),
				    &c->conf->ha.links[i]);
}

static void check_whole(struct check *c, config_setting_t *root)
{
	if (!config_setting_get_member(root, "home-agent") &&
	    !config_setting_get_member(root, "mobile-node") &&
	    !config_setting_get_member(root, "correspondent"))
		conf_mistake(c->t, 1,
			     "found no role, expected home-agent = { ... }; "
			     "mobile-node = { ... }; correspondent = { ... }; "
			     "or several");
}

void conf_check(struct conf_text *t, const struct conf *conf,
		config_setting_t *root)
{
	struct check c = {
		.t = t,
		.conf = conf,
		.ha = conf_good(root, "home-agent"),
		.mn = conf_good(root, "mobile-node"),
	};

	if (c.ha)
		check_ha(&c);
	if (c.mn)
		check_mn(&c);
	conf_check_rules(t, conf, root);
	check_roles(&c);
	check_whole(&c, root);
}
