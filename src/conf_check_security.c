/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Protection of the signalling in a configuration (RFC 6275 section 5.1):
 * which way each home link and each home address has it, and whether it can
 * be had that way.
 *
 * The keys themselves are left to conf_auth.c.
 */
#include <libconfig.h>

#include "mip6d/auth.h"
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

/* Authentication options need a file of keys. */
static bool check_auth(struct conf_text *t, const struct conf *conf,
		       config_setting_t *where, config_setting_t **told)
{
	if (conf->auth || conf->auth_path[0] || where == *told)
		return true;
	*told = where;
	conf_mistake(t, config_setting_source_line(where),
		     "found security = \"rfc4285\" without "
		     "authentication-keys, expected the file of keys, too");
	return false;
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

static void check_one(struct conf_text *t, const struct conf *conf,
		      config_setting_t *role, config_setting_t *s,
		      enum conf_security security, config_setting_t **told)
{
	config_setting_t *where = s ? s : role;

	if (security == CONF_SECURITY_RFC4285 && conf_is_good(where) &&
	    check_auth(t, conf, where, told))
		return;
	if (security == CONF_SECURITY_INSECURE || !conf_is_good(where) ||
	    where == *told)
		return;
	*told = where;
	conf_mistake(
		t, config_setting_source_line(where),
		"found %s with security = \"%s\", expected "
		"\"rfc4285\" or \"insecure\": this protection is not built into this version "
		"yet",
		config_setting_name(role), conf_security_str(security));
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

void conf_check_security(struct conf_text *t, const struct conf *conf,
			 config_setting_t *root)
{
	config_setting_t *ha = conf_good(root, "home-agent");
	config_setting_t *mn = conf_good(root, "mobile-node"), *list;
	config_setting_t *told = NULL;
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
	}
	/* Those that are not in the list have it from the role. */
	if (mn && conf->mn.home_auto)
		check_one(t, conf, mn, decides(root, mn, NULL),
			  conf->mn.security, &told);
}
