/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Protection of the signalling in a configuration (RFC 6275 section 5.1):
 * which way each home link and each home address has it, and whether it can
 * be had that way.
 *
 * What the files of keys look like is left to conf_auth.c and
 * conf_keyfile.c.
 */
#include <errno.h>
#include <libconfig.h>
#include <string.h>

#include "mip6d/auth.h"
#include "mip6d/ike.h"
#include "mip6d/keyfile.h"
#include "src/conf_priv.h"

static void inherit(enum conf_security *what, enum conf_security from)
{
	if (*what == CONF_SECURITY_UNSET)
		*what = from;
}

void conf_inherit_security(struct conf *conf)
{
	unsigned int i;

	inherit(&conf->ha.security, conf->security);
	inherit(&conf->mn.security, conf->security);
	for (i = 0; i < conf->ha.n_links; i++)
		inherit(&conf->ha.links[i].security, conf->ha.security);
	for (i = 0; i < conf->mn.n_homes; i++)
		inherit(&conf->mn.homes[i].security, conf->mn.security);
}

static config_setting_t *element(config_setting_t *list, unsigned int i)
{
	return list ? config_setting_get_elem(list, i) : NULL;
}

/* ---- keys ---- */

static bool wants_keys(const struct conf *conf)
{
	unsigned int i;

	for (i = 0; conf->ha.on && i < conf->ha.n_links; i++)
		if (conf->ha.links[i].security == CONF_SECURITY_IPSEC)
			return true;
	for (i = 0; conf->mn.on && i < conf->mn.n_homes; i++)
		if (conf->mn.homes[i].security == CONF_SECURITY_IPSEC)
			return true;
	return conf->mn.on && conf->mn.home_auto &&
	       conf->mn.security == CONF_SECURITY_IPSEC;
}

/* Mistakes in the file of keys come behind those of this one. */
static int load_keys(struct conf_text *t, struct conf *conf)
{
	FILE *f;
	size_t len;
	int err;

	f = open_memstream(&t->appendix, &len);
	if (!f) {
		t->no_memory = true;
		return -ENOMEM;
	}
	err = keyfile_read(conf->ipsec.keys, f, &conf->ipsec.sas);
	if (conf_ike_load(conf, f))
		err = -EINVAL;
	if (fclose(f))
		t->no_memory = true;
	t->n_errors += err == -EINVAL;
	return err;
}

/* Given, or to be negotiated. */
static bool has_keys(const struct conf *conf, const struct prefix *hoa,
		     const struct in6_addr *agent)
{
	const struct security_keys *keys = conf->ipsec.sas;
	const struct ike_conf *ike = conf->ipsec.pairs;
	unsigned int i;

	for (i = 0; ike && i < ike->n_peers; i++)
		if (prefix_contains(hoa, &ike->peers[i].hoa) &&
		    (addr_is_any(agent) ||
		     addr_eq(agent, &ike->peers[i].agent)))
			return true;
	for (i = 0; keys && i < keys->n_nodes; i++)
		if (prefix_contains(hoa, &keys->nodes[i].hoa) &&
		    (addr_is_any(agent) ||
		     addr_eq(agent, &keys->nodes[i].agent)))
			return true;
	return false;
}

/* Without keys there would be no mobility: then it is better not to start. */
static void no_keys(struct conf_text *t, const struct conf *conf, int err,
		    config_setting_t *where, const char *whose,
		    const char *agent, const char *home)
{
	conf_mistake(t, config_setting_source_line(where),
		     "found no keys for %s in %s%s%s%s, expected some: "
		     "\"mip6d-ctl sa generate %s %s\" at the agent makes them, "
		     "\"mip6d-ctl ike generate\" what negotiates them; "
		     "or security = \"insecure\"",
		     whose, conf->ipsec.keys, err ? " (" : "",
		     err ? strerror(-err) : "", err ? ")" : "", agent, home);
}

static void check_link_keys(struct conf_text *t, const struct conf *conf,
			    int err, config_setting_t *where,
			    const struct conf_home_link *l)
{
	if (l->security == CONF_SECURITY_IPSEC &&
	    !has_keys(conf, &l->prefix, &l->address))
		no_keys(t, conf, err, where, prefix_str(&l->prefix),
			addr_str(&l->address), "HOME-ADDRESS...");
}

static void check_home_keys(struct conf_text *t, const struct conf *conf,
			    int err, config_setting_t *where,
			    const struct conf_mn_home *h)
{
	bool is_formed = addr_is_any(&h->address);
	struct prefix hoa = is_formed ? h->prefix : prefix_of(&h->address, 128);

	if (h->security == CONF_SECURITY_IPSEC &&
	    !has_keys(conf, &hoa, &h->home_agent))
		no_keys(t, conf, err, where,
			is_formed ? prefix_str(&hoa) : addr_str(&h->address),
			addr_is_any(&h->home_agent) ? "AGENT"
						    : addr_str(&h->home_agent),
			is_formed ? "HOME-ADDRESS" : addr_str(&h->address));
}

/* Home addresses that come at run time. */
static void check_auto_keys(struct conf_text *t, const struct conf *conf,
			    int err, config_setting_t *where)
{
	struct prefix all = { .len = 0 };

	if (conf->mn.home_auto && conf->mn.security == CONF_SECURITY_IPSEC &&
	    !has_keys(conf, &all, &addr_any))
		no_keys(t, conf, err, where, "any home address", "AGENT",
			"HOME-ADDRESS");
}

/* Whether the mobile node has it, or may come to have it. */
static bool is_ours(const struct conf_mn *mn, const struct in6_addr *hoa)
{
	unsigned int i;

	for (i = 0; i < mn->n_homes; i++) {
		const struct conf_mn_home *h = &mn->homes[i];
		struct prefix p = addr_is_any(&h->address)
					  ? h->prefix
					  : prefix_of(&h->address, 128);

		if (prefix_contains(&p, hoa))
			return h->security == CONF_SECURITY_IPSEC;
	}
	return mn->home_auto && mn->security == CONF_SECURITY_IPSEC;
}

/* Keys may say it of one home address alone. */
static void check_key_protect(struct conf_text *t, const struct conf *conf,
			      config_setting_t *mn)
{
	const struct security_keys *keys = conf->ipsec.sas;
	unsigned int i;

	if (!mn || !conf->mn.on || !conf->mn.route_optimisation)
		return;
	for (i = 0; keys && i < keys->n_nodes; i++)
		if (keys->nodes[i].has_protect &&
		    keys->nodes[i].protect == SECURITY_ALL &&
		    is_ours(&conf->mn, &keys->nodes[i].hoa))
			conf_mistake(t, config_setting_source_line(mn),
				     "found protect = \"all\" of %s in %s with "
				     "route optimisation, which is not "
				     "protected, expected route-optimisation = "
				     "false",
				     addr_str(&keys->nodes[i].hoa),
				     conf->ipsec.keys);
}

static void check_keys(struct conf_text *t, struct conf *conf,
		       config_setting_t *links, config_setting_t *homes,
		       config_setting_t *is_auto)
{
	config_setting_t *s;
	unsigned int i;
	int err;

	if (!t->is_file || !wants_keys(conf))
		return;
	err = load_keys(t, conf);
	if (err == -EINVAL || err == -ENOMEM)
		return;
	/* One that is there and holds nobody knows what is no empty one. */
	if (err && err != -ENOENT) {
		conf_mistake(t, 1,
			     "found a file of keys %s (%s), expected one that "
			     "mip6d can read, or none",
			     conf->ipsec.keys, strerror(-err));
		return;
	}
	for (i = 0; links && i < conf->ha.n_links; i++) {
		s = element(links, i);
		if (conf_good(s, "prefix") && conf_good(s, "address"))
			check_link_keys(t, conf, err, s, &conf->ha.links[i]);
	}
	for (i = 0; homes && i < conf->mn.n_homes; i++) {
		s = element(homes, i);
		if (conf_good(s, "address") || conf_good(s, "prefix"))
			check_home_keys(t, conf, err, s, &conf->mn.homes[i]);
	}
	if (is_auto)
		check_auto_keys(t, conf, err, is_auto);
}

/* ---- authentication options ---- */

/* Authentication options need a file of keys. */
static void check_auth(struct conf_text *t, const struct conf *conf,
		       config_setting_t *where, config_setting_t **told)
{
	if (conf->auth || conf->auth_path[0] || where == *told)
		return;
	*told = where;
	conf_mistake(t, config_setting_source_line(where),
		     "found security = \"rfc4285\" without "
		     "authentication-keys, expected the file of keys, too");
}

/* The key of a home address decides its name. */
static void check_home(struct conf_text *t, const struct conf *conf,
		       config_setting_t *g, const struct conf_mn_home *h)
{
	config_setting_t *s = g && config_setting_is_group(g)
				      ? conf_good(g, "address")
				      : NULL;

	if (s && h->security == CONF_SECURITY_RFC4285 && conf->auth &&
	    !auth_keys_of_home(conf->auth, &h->address))
		conf_mistake(t, config_setting_source_line(s),
			     "found the home address %s with security = "
			     "\"rfc4285\", expected it among the "
			     "home-addresses of %s",
			     addr_str(&h->address), conf->auth_path);
}

static bool overlaps(const struct prefix *a, const struct prefix *b)
{
	return prefix_contains(a, &b->addr) || prefix_contains(b, &a->addr);
}

/* Which address is formed in a prefix nobody knows yet. */
static void check_formed(struct conf_text *t, const struct conf *conf,
			 config_setting_t *g, const struct conf_mn_home *h)
{
	config_setting_t *s =
		g && config_setting_is_group(g) ? conf_good(g, "prefix") : NULL;
	unsigned int i, j;

	if (!s || h->security != CONF_SECURITY_RFC4285 || !conf->auth)
		return;
	for (i = 0; i < conf->auth->n_sas; i++)
		for (j = 0; j < conf->auth->sas[i].n_homes; j++)
			if (overlaps(&conf->auth->sas[i].homes[j], &h->prefix))
				return;
	conf_mistake(t, config_setting_source_line(s),
		     "found the home prefix %s with security = \"rfc4285\", "
		     "expected addresses of it among the home-addresses of %s",
		     prefix_str(&h->prefix), conf->auth_path);
}

static void check_one(struct conf_text *t, const struct conf *conf,
		      config_setting_t *role, config_setting_t *s,
		      enum conf_security security, config_setting_t **told)
{
	config_setting_t *where = s ? s : role;

	if (security == CONF_SECURITY_RFC4285 && conf_is_good(where))
		check_auth(t, conf, where, told);
}

static config_setting_t *member(config_setting_t *group, const char *name)
{
	return config_setting_get_member(group, name);
}

/* The setting that decides: its own, the role's, or the file's. */
static config_setting_t *decides(config_setting_t *root, config_setting_t *role,
				 config_setting_t *element)
{
	config_setting_t *s = element && config_setting_is_group(element)
				      ? member(element, "security")
				      : NULL;

	s = s ? s : member(role, "security");
	return s ? s : member(root, "security");
}

/* What comes straight would be refused: it is not in the tunnel. */
static void check_protect(struct conf_text *t, const struct conf *conf,
			  config_setting_t *root)
{
	config_setting_t *s = conf_good(conf_good(root, "ipsec"), "protect");
	unsigned int i;

	if (!s || conf->ipsec.protect != CONF_PROTECT_ALL || !conf->mn.on ||
	    !conf->mn.route_optimisation)
		return;
	for (i = 0; i < conf->mn.n_homes; i++)
		if (conf->mn.homes[i].security == CONF_SECURITY_IPSEC)
			break;
	if (i < conf->mn.n_homes)
		conf_mistake(t, config_setting_source_line(s),
			     "found protect = \"all\" with route "
			     "optimisation, which is not protected, expected "
			     "route-optimisation = false in mobile-node");
}

void conf_check_security(struct conf_text *t, struct conf *conf,
			 config_setting_t *root)
{
	config_setting_t *ha = conf_good(root, "home-agent");
	config_setting_t *mn = conf_good(root, "mobile-node"), *list;
	config_setting_t *told = NULL;
	/* A mistake may have hidden who wants no keys. */
	bool is_sure = !t->n_errors;
	unsigned int i;

	if (!t->is_file)
		return;
	list = conf_good(ha, "links");
	for (i = 0; list && i < conf->ha.n_links; i++)
		check_one(t, conf, ha,
			  decides(root, ha, config_setting_get_elem(list, i)),
			  conf->ha.links[i].security, &told);
	list = conf_good(mn, "homes");
	for (i = 0; list && i < conf->mn.n_homes; i++) {
		config_setting_t *g = config_setting_get_elem(list, i);

		check_one(t, conf, mn, decides(root, mn, g),
			  conf->mn.homes[i].security, &told);
		check_home(t, conf, g, &conf->mn.homes[i]);
		check_formed(t, conf, g, &conf->mn.homes[i]);
	}
	/* Those that are not in the list have it from the role. */
	if (mn && conf->mn.home_auto)
		check_one(t, conf, mn, decides(root, mn, NULL),
			  conf->mn.security, &told);
	check_protect(t, conf, root);
	if (!is_sure)
		return;
	check_keys(t, conf, conf_good(ha, "links"), conf_good(mn, "homes"),
		   conf_good(mn, "home"));
	check_key_protect(t, conf, mn);
}
