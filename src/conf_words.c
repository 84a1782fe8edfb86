/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options whose value is one of some words, and the words.
 *
 * This file decides how they are spelt.  What they mean is left to those who
 * read struct conf.
 */
#include <libconfig.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "src/conf_priv.h"

static const char *const ha_actions[] = {
	[CONF_HA_ALLOW] = "allow",
	[CONF_HA_DENY] = "deny",
	[CONF_HA_IGNORE] = "ignore",
};

static const char *const cn_actions[] = {
	[CONF_CN_ACCEPT] = "accept",
	[CONF_CN_REJECT] = "reject",
	[CONF_CN_IGNORE] = "ignore",
};

static const char *const mn_actions[] = {
	[CONF_MN_OPTIMISE] = "optimise",
	[CONF_MN_TUNNEL] = "tunnel",
	[CONF_MN_DIRECT] = "direct",
};

static const char *const security_words[] = {
	[CONF_SECURITY_IPSEC] = "ipsec",
	[CONF_SECURITY_RFC4285] = "rfc4285",
	[CONF_SECURITY_INSECURE] = "insecure",
};

static const char *const protect_words[] = {
	[CONF_PROTECT_SIGNALLING] = "signalling",
	[CONF_PROTECT_TESTS] = "tests",
	[CONF_PROTECT_ALL] = "all",
};

static const char *const ra_words[] = {
	[CONF_RA_WATCH] = "watch",
	[CONF_RA_OWN] = "own",
	[CONF_RA_OFF] = "off",
};

static const char *const home_words[] = { "configured", "auto" };

static const char *const forming_words[] = { "ask", "at-once" };

const char *conf_ha_action_str(enum conf_ha_action action)
{
	return ha_actions[action];
}

const char *conf_cn_action_str(enum conf_cn_action action)
{
	return cn_actions[action];
}

const char *conf_mn_action_str(enum conf_mn_action action)
{
	return mn_actions[action];
}

const char *conf_security_str(enum conf_security security)
{
	return security_words[security];
}

const char *conf_protect_str(enum conf_protect protect)
{
	return protect_words[protect];
}

const char *conf_ra_str(enum conf_ra ra)
{
	return ra_words[ra];
}

/* The words of a type, from `first` on. */
struct words {
	const char *const *words;
	int n, first;
	const char *expected;
};

static const struct words by_type[] = {
	[CONF_SECURITY] = { security_words, ARRAY_SIZE(security_words),
			    CONF_SECURITY_IPSEC,
			    "\"ipsec\", \"rfc4285\" or \"insecure\"" },
	[CONF_PROTECT] = { protect_words, ARRAY_SIZE(protect_words), 0,
			   "\"signalling\", \"tests\" or \"all\"" },
	[CONF_ACTION_HA] = { ha_actions, ARRAY_SIZE(ha_actions), 0,
			     "\"allow\", \"deny\" or \"ignore\"" },
	[CONF_ACTION_CN] = { cn_actions, ARRAY_SIZE(cn_actions), 0,
			     "\"accept\", \"reject\" or \"ignore\"" },
	[CONF_ACTION_MN] = { mn_actions, ARRAY_SIZE(mn_actions), 0,
			     "\"optimise\", \"tunnel\" or \"direct\"" },
	[CONF_RA] = { ra_words, ARRAY_SIZE(ra_words), 0,
		      "\"watch\", \"own\" or \"off\"" },
	[CONF_HOME] = { home_words, ARRAY_SIZE(home_words), 0,
			"\"configured\" or \"auto\"" },
	[CONF_FORMING] = { forming_words, ARRAY_SIZE(forming_words), 0,
			   "\"ask\" or \"at-once\"" },
};

void conf_word_read(const struct conf_reader *r)
{
	struct words w = by_type[r->o->type];
	const char *text = NULL;
	int i;

	if (config_setting_type(r->s) == CONFIG_TYPE_STRING)
		text = config_setting_get_string(r->s);
	for (i = w.first; text && i < w.n; i++) {
		if (strcmp(text, w.words[i]))
			continue;
		/* All of them are enumerations, or a bool. */
		conf_number_store(r->o, r->base, (uint32_t)i);
		return;
	}
	conf_refuse(r, r->s, w.expected);
}
