/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Walks the settings of a configuration along the table of options: known
 * or unknown, missing, defaults.
 *
 * What a value of each type may look like is left to conf_value.c, what
 * contradicts what to conf_check.c.
 */
#include <libconfig.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "src/conf_priv.h"

/* ---- groups ---- */

static void read_group(struct conf_text *t, config_setting_t *s,
		       const char *path, char *base);
static void set_defaults(const char *path, char *base);

static void read_groups(const struct conf_reader *r)
{
	int n = config_setting_is_list(r->s) ? config_setting_length(r->s) : 0;
	config_setting_t *s;
	char *array;
	int i;

	/* None is a value only where none is the default. */
	if (!config_setting_is_list(r->s) || (!n && !r->o->fallback)) {
		conf_refuse(r, r->s, "a list of groups: ( { ... }, { ... } )");
		return;
	}
	if (n > r->o->max) {
		config_setting_set_hook(r->s, conf_bad);
		conf_mistake(r->t, config_setting_source_line(r->s),
			     "found %d %s, expected at most %lld", n,
			     conf_option_word(r->o), (long long)r->o->max);
		return;
	}
	array = conf_array_new(r, (unsigned int)n, r->o->size);
	if (!array)
		return;
	*conf_count_of(r) = (unsigned int)n;
	for (i = 0; i < n; i++, array += r->o->size) {
		s = config_setting_get_elem(r->s, (unsigned int)i);
		set_defaults(r->o->name, array);
		if (config_setting_is_group(s))
			read_group(r->t, s, r->o->name, array);
		else
			conf_refuse(&(struct conf_reader){ r->t, r->o, s,
							   array },
				    s, "a group { ... }");
	}
}

static void read_plain_group(const struct conf_reader *r)
{
	if (!config_setting_is_group(r->s)) {
		conf_refuse(r, r->s, "a group { ... }");
		return;
	}
	if (r->o->type == CONF_ROLE)
		*(bool *)conf_field(r) = true;
	read_group(r->t, r->s, r->o->name, r->base);
}

static void refuse_later(const struct conf_reader *r)
{
	config_setting_set_hook(r->s, conf_bad);
	conf_mistake(r->t, config_setting_source_line(r->s),
		     "found %s, expected home-agent, mobile-node or "
		     "correspondent: this version does not have that role "
		     "yet",
		     conf_option_word(r->o));
}

static void read_setting(const struct conf_reader *r)
{
	if (r->o->type == CONF_GROUP || r->o->type == CONF_ROLE)
		read_plain_group(r);
	else if (r->o->type == CONF_GROUPS)
		read_groups(r);
	else if (r->o->type == CONF_LATER)
		refuse_later(r);
	else
		conf_value_read(r);
}

static void refuse_unknown(struct conf_text *t, const config_setting_t *s,
			   const char *path)
{
	const char *near = conf_option_nearest(path, config_setting_name(s));
	const char *in = *path ? " in " : "";

	if (near)
		conf_mistake(t, config_setting_source_line(s),
			     "found the unknown option \"%.*s\"%s%s, expected "
			     "one of mip6d.conf(5), perhaps \"%s\"",
			     CONF_SHOWN_MAX, config_setting_name(s), in, path,
			     near);
	else
		conf_mistake(t, config_setting_source_line(s),
			     "found the unknown option \"%.*s\"%s%s, expected "
			     "one of mip6d.conf(5)",
			     CONF_SHOWN_MAX, config_setting_name(s), in, path);
}

static void read_group(struct conf_text *t, config_setting_t *s,
		       const char *path, char *base)
{
	const struct conf_option *o;
	config_setting_t *member;
	size_t i;

	for (i = 0; i < (size_t)config_setting_length(s); i++) {
		member = config_setting_get_elem(s, (unsigned int)i);
		o = conf_option_find(path, config_setting_name(member));
		if (o)
			read_setting(
				&(struct conf_reader){ t, o, member, base });
		else
			refuse_unknown(t, member, path);
	}
	for (i = 0; i < conf_n_options; i++) {
		o = &conf_options[i];
		if (o->fallback || !conf_option_is_in(o, path) ||
		    config_setting_get_member(s, conf_option_word(o)))
			continue;
		conf_mistake(t, config_setting_source_line(s),
			     "found no %s in %s, expected one",
			     conf_option_word(o), path);
	}
}

static void set_default(const struct conf_option *o, char *base)
{
	uint32_t v;

	/* All other fields begin as zeros, which is what they fall back to. */
	switch (o->type) {
	case CONF_NUMBER:
	case CONF_NUMBER_4:
	case CONF_LIFETIME:
		v = (uint32_t)strtoul(o->fallback, NULL, 10);
		conf_number_store(o, base, v);
		break;
	case CONF_LOG_LEVEL:
		v = (uint32_t)conf_log_level(o->fallback);
		*(enum log_level *)(base + o->offset) = (enum log_level)v;
		break;
	case CONF_IFNAME:
	case CONF_PATH:
	case CONF_PATH_OR_NONE:
	case CONF_NAME:
		strncpy(base + o->offset, o->fallback, o->size - 1);
		break;
	case CONF_GROUP:
	case CONF_ROLE:
		set_defaults(o->name, base);
		break;
	case CONF_BOOL:
		*(bool *)(base + o->offset) = !strcmp(o->fallback, "true");
		break;
	case CONF_SECURITY:
		if (*o->fallback)
			*(enum conf_security *)(base + o->offset) =
				CONF_SECURITY_IPSEC;
		break;
	case CONF_PROTECT:
		*(enum conf_protect *)(base + o->offset) = CONF_PROTECT_TESTS;
		break;
	case CONF_GROUPS:
	case CONF_ADDRESS:
	case CONF_AGENT:
	case CONF_ADDRESS_LEN:
	case CONF_PREFIX:
	case CONF_MATCH:
	case CONF_MATCHES:
	case CONF_NAI:
	case CONF_KEY:
	case CONF_SYSCTLS:
	case CONF_PROTOCOL:
	case CONF_IDENTITY:
	case CONF_TIME:
	case CONF_ACTION_HA:
	case CONF_ACTION_CN:
	case CONF_ACTION_MN:
	case CONF_RA:
	case CONF_HOME:
	case CONF_FORMING:
	case CONF_LATER:
		break;
	}
}

static void set_defaults(const char *path, char *base)
{
	size_t i;

	for (i = 0; i < conf_n_options; i++)
		if (conf_options[i].fallback &&
		    conf_option_is_in(&conf_options[i], path))
			set_default(&conf_options[i], base);
}

/* libconfig's words are for programmers. */
static void syntax_mistake(struct conf_text *t, const config_t *c)
{
	unsigned int at = (unsigned int)config_error_line(c);
	const char *text = config_error_text(c);

	if (text && strstr(text, "duplicate"))
		conf_mistake(t, at,
			     "found an option a second time, expected "
			     "it once");
	else if (text && strstr(text, "mismatched"))
		conf_mistake(t, at,
			     "found an array of mixed types, expected "
			     "one type in [ ]");
	else
		conf_mistake(t, at,
			     "found a syntax error, expected NAME = "
			     "VALUE; (look at the line before, too)");
}

/* Defaults that follow another value. */
static void fill_in(struct conf *conf)
{
	struct conf_home_link *l;
	unsigned int i;

	for (i = 0; i < conf->ha.n_links; i++) {
		l = &conf->ha.links[i];
		if (l->preferred_s > l->valid_s)
			l->preferred_s = l->valid_s;
	}
	conf_inherit_ra(&conf->ha);
}

bool conf_read_text(struct conf_text *t, config_t *c, const char *path,
		    void *base)
{
	set_defaults(path, base);
	if (!config_read_string(c, t->data ? t->data : "")) {
		syntax_mistake(t, c);
		return false;
	}
	read_group(t, config_root_setting(c), path, base);
	return true;
}

struct conf *conf_read(struct conf_text *t)
{
	struct conf *conf = calloc(1, sizeof(*conf));
	config_t c;

	if (!conf || t->no_memory) {
		t->no_memory = true;
		free(conf);
		return NULL;
	}
	config_init(&c);
	if (conf_read_text(t, &c, "", conf)) {
		conf_inherit_security(conf);
		conf_auth_load(t, conf, config_root_setting(&c));
		conf_check(t, conf, config_root_setting(&c));
		conf_check_security(t, conf, config_root_setting(&c));
		fill_in(conf);
	}
	config_destroy(&c);
	return conf;
}
