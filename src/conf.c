/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration: from a file to struct conf, its end, and what a reload
 * can bring in.
 *
 * This file decides the order of the steps (text, values, contradictions).
 * Which options there are is left to conf_options.c, what may stand in them
 * to conf_read.c and conf_check.c.
 */
#include "mip6d/conf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/auth.h"
#include "mip6d/ike.h"
#include "mip6d/security.h"
#include "src/conf_priv.h"

int conf_from_text(struct conf_text *t, FILE *err, struct conf **ret_conf)
{
	struct conf *conf = conf_read(t);

	conf_text_report(t, err);
	if (!conf || t->no_memory) {
		conf_free(conf);
		return -ENOMEM;
	}
	if (t->n_errors) {
		conf_free(conf);
		return -EINVAL;
	}
	*ret_conf = conf;
	return 0;
}

int conf_load(const char *path, void *err_stream, struct conf **ret_conf)
{
	struct conf_text t;
	int err;

	conf_text_init(&t);
	err = conf_text_read(&t, path);
	if (!err)
		err = conf_from_text(&t, err_stream, ret_conf);
	conf_text_done(&t);
	return err;
}

struct conf *conf_free(struct conf *conf)
{
	unsigned int i;

	if (!conf)
		return NULL;
	for (i = 0; i < conf->mn.n_interfaces; i++)
		free(conf->mn.interfaces[i].sysctls);
	ike_conf_free(conf->ipsec.pairs);
	free(conf->mn.interfaces);
	free(conf->mn.homes);
	free(conf->mn.rules);
	free(conf->cn.rules);
	auth_keys_free(conf->auth);
	free(conf->ha.links);
	free(conf->ha.rules);
	security_keys_free(conf->ipsec.sas);
	free(conf);
	return NULL;
}

static void weaken(enum conf_security *weakest, enum conf_security with)
{
	if (with > *weakest)
		*weakest = with;
}

enum conf_security conf_weakest_security(const struct conf *conf)
{
	enum conf_security weakest = CONF_SECURITY_UNSET;
	unsigned int i;

	if (conf->ha.on) {
		if (!conf->ha.n_links)
			weaken(&weakest, conf->ha.security);
		for (i = 0; i < conf->ha.n_links; i++)
			weaken(&weakest, conf->ha.links[i].security);
	}
	if (conf->mn.on) {
		if (!conf->mn.n_homes || conf->mn.home_auto)
			weaken(&weakest, conf->mn.security);
		for (i = 0; i < conf->mn.n_homes; i++)
			weaken(&weakest, conf->mn.homes[i].security);
	}
	return weakest;
}

/* ---- comparison ---- */

static const char *differs_in(const char *path, const char *a, const char *b);

static unsigned int count_at(const struct conf_option *o, const char *base)
{
	return *(const unsigned int *)(base + o->count);
}

static const void *array_at(const struct conf_option *o, const char *base)
{
	return *(const void *const *)(base + o->offset);
}

static bool same_sysctls(const struct conf_sysctl *a,
			 const struct conf_sysctl *b, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (strcmp(a[i].name, b[i].name) ||
		    strcmp(a[i].value, b[i].value))
			return false;
	return true;
}

/* Whether the field of o is the same in two structures. */
static bool is_same(const struct conf_option *o, const char *a, const char *b)
{
	const void *fa = a + o->offset, *fb = b + o->offset;

	switch (o->type) {
	case CONF_PREFIX:
	case CONF_MATCH:
		return prefix_eq(fa, fb);
	case CONF_SYSCTLS:
		return count_at(o, a) == count_at(o, b) &&
		       same_sysctls(array_at(o, a), array_at(o, b),
				    count_at(o, a));
	case CONF_ADDRESS_LEN:
		return !memcmp(fa, fb, o->size) && a[o->count] == b[o->count];
	case CONF_GROUPS:
		return count_at(o, a) == count_at(o, b);
	case CONF_IFNAME:
	case CONF_PATH:
	case CONF_PATH_OR_NONE:
	case CONF_NAME:
	case CONF_IDENTITY:
		return !strcmp(fa, fb);
	case CONF_ROLE:
	case CONF_BOOL:
	case CONF_NUMBER:
	case CONF_NUMBER_4:
	case CONF_LIFETIME:
	case CONF_SECURITY:
	case CONF_LOG_LEVEL:
	case CONF_ADDRESS:
	case CONF_AGENT:
	case CONF_PROTOCOL:
	case CONF_TIME:
	case CONF_ACTION_HA:
	case CONF_ACTION_CN:
	case CONF_ACTION_MN:
	case CONF_RA:
	case CONF_PROTECT:
	case CONF_HOME:
	case CONF_FORMING:
	case CONF_NAI:
	case CONF_KEY:
		return !memcmp(fa, fb, o->size);
	case CONF_MATCHES: /* of the file of keys only */
	case CONF_GROUP:
	case CONF_LATER:
		break;
	}
	return true;
}

static const char *elements_differ(const struct conf_option *o, const char *a,
				   const char *b)
{
	const char *ea = array_at(o, a), *eb = array_at(o, b), *what = NULL;
	unsigned int n = count_at(o, a), i;

	if (n > count_at(o, b))
		n = count_at(o, b);
	for (i = 0; !what && i < n; i++)
		what = differs_in(o->name, ea + i * o->size, eb + i * o->size);
	return what;
}

/* The first option of a group, or below it, that differs and cannot be
 * brought in. */
static const char *differs_in(const char *path, const char *a, const char *b)
{
	const struct conf_option *o;
	const char *what = NULL;
	size_t i;

	for (i = 0; !what && i < conf_n_options; i++) {
		o = &conf_options[i];
		if (!conf_option_is_in(o, path))
			continue;
		if (o->restart && !is_same(o, a, b))
			what = o->name;
		else if (o->type == CONF_GROUPS)
			what = elements_differ(o, a, b);
		else if (o->type == CONF_GROUP || o->type == CONF_ROLE)
			what = differs_in(o->name, a, b);
	}
	return what;
}

/* Home links come and go with a reload, interfaces do not: of a new one
 * nothing would be known until it changes. */
static const char *interfaces_differ(const struct conf_ha *from,
				     const struct conf_ha *to)
{
	unsigned int i, j;

	for (i = 0; i < to->n_links; i++) {
		for (j = 0; j < from->n_links; j++)
			if (!strcmp(to->links[i].ifname, from->links[j].ifname))
				break;
		if (!to->links[i].is_virtual && j == from->n_links)
			return "home-agent.links.interface";
	}
	return NULL;
}

const char *conf_needs_restart(const struct conf *from, const struct conf *to)
{
	const char *what = differs_in("", (const char *)from, (const char *)to);

	return what ? what : interfaces_differ(&from->ha, &to->ha);
}
