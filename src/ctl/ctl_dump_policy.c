/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The home agent's policy and its use as JSON.  Pure.
 *
 * This file decides the members of the reply; mip6d-ctl(8) documents them.
 */
#include "mip6d/ctl.h"
#include "src/ctl/ctl_json.h"
#include "src/ctl/ctl_priv.h"

/* null for "any". */
static json_t *word_json(const char *text)
{
	return text_json(*text ? text : NULL);
}

static json_t *number_json(uint32_t v)
{
	return v ? json_integer(v) : json_null();
}

static json_t *rule_json(const struct ha *ha, const struct conf_ha_rule *r,
			 unsigned int i)
{
	char time[CONF_TIME_STR_MAX];

	conf_time_str(&r->time, time, sizeof(time));
	return json_pack(
		"{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:I, s:I}",
		"home", prefix_str(&r->home), "care_of", prefix_str(&r->coa),
		"nai", word_json(r->nai), "ike_id", word_json(r->ike_id), "spi",
		number_json(r->spi), "mobile_network",
		text_json(r->has_network ? prefix_str(&r->network) : NULL),
		"time", word_json(time), "action",
		conf_ha_action_str(r->action), "status",
		r->action == CONF_HA_DENY ? json_integer(r->status)
					  : json_null(),
		"max_lifetime", number_json(r->max_lifetime_s), "max_bindings",
		number_json(r->max_bindings), "bindings",
		(json_int_t)ha_rule_bindings(ha, i), "hits",
		(json_int_t)ha_rule_hits(ha, i));
}

json_t *ctl_dump_policy(struct daemon *d, struct mtime now,
			const char **ret_error)
{
	const struct conf_ha *conf = &daemon_conf(d)->ha;
	struct ha *ha = daemon_ha(d);
	json_t *list;
	unsigned int i;

	(void)now;
	if (!ha) {
		*ret_error = "this mip6d is no home agent: its configuration "
			     "has no home-agent";
		return NULL;
	}
	list = json_array();
	for (i = 0; i < conf->n_rules; i++)
		json_array_append_new(list, rule_json(ha, &conf->rules[i], i));
	return json_pack(
		"{s:o, s:{s:s, s:o, s:I}}", "policy", list, "default", "action",
		conf_ha_action_str(conf->n_rules ? CONF_HA_DENY
						 : CONF_HA_ALLOW),
		"status",
		conf->n_rules ? json_integer(BA_PROHIBITED) : json_null(),
		"hits", (json_int_t)ha_default_hits(ha));
}
