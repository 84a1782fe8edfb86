/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The home agent's policy as text for people.
 */
#include <errno.h>
#include <string.h>

#include "src/ctl/ctl_cell.h"
#include "src/ctl/ctl_priv.h"
#include "src/ctl/ctl_table.h"

static const char *prefix_word(const json_t *rule, const char *key)
{
	const char *s = text_of(rule, key);

	return strcmp(s, "::/0") != 0 ? s : "any";
}

static const char *network_word(const json_t *rule)
{
	return has_value(rule, "mobile_network")
		       ? text_of(rule, "mobile_network")
		       : "any";
}

/* Which of the three there are, in words. */
static struct cell identity_cell(const json_t *rule)
{
	struct cell c = { "" };
	size_t n = 0;

	if (has_value(rule, "nai"))
		n += (size_t)snprintf(c.s + n, sizeof(c.s) - n, "%.40s",
				      text_of(rule, "nai"));
	if (has_value(rule, "ike_id"))
		n += (size_t)snprintf(c.s + n, sizeof(c.s) - n, "%sike %.*s",
				      n ? " " : "", n ? 8 : 50,
				      text_of(rule, "ike_id"));
	if (has_value(rule, "spi") && n < sizeof(c.s) - 20)
		snprintf(c.s + n, sizeof(c.s) - n, "%sspi %lld", n ? " " : "",
			 number_of(rule, "spi"));
	if (!*c.s)
		strcpy(c.s, "any");
	return c;
}

static struct cell action_cell(const json_t *rule)
{
	struct cell c;

	if (has_value(rule, "status"))
		snprintf(c.s, sizeof(c.s), "%.30s %lld",
			 text_of(rule, "action"), number_of(rule, "status"));
	else
		snprintf(c.s, sizeof(c.s), "%.30s", text_of(rule, "action"));
	return c;
}

/* "3 of 7". */
static struct cell bindings_cell(const json_t *rule)
{
	struct cell c = number_cell(rule, "bindings");
	size_t n = strlen(c.s);

	if (has_value(rule, "max_bindings"))
		snprintf(c.s + n, sizeof(c.s) - n, " of %lld",
			 number_of(rule, "max_bindings"));
	return c;
}

static void add_rule(struct table *t, const json_t *rule, size_t i)
{
	struct cell identity = identity_cell(rule), action = action_cell(rule);
	struct cell lifetime = time_cell(rule, "max_lifetime"), place;
	struct cell bindings = bindings_cell(rule);
	struct cell hits = number_cell(rule, "hits");

	snprintf(place.s, sizeof(place.s), "%zu", i + 1);
	table_add(t, (const char *[]){
			     place.s, prefix_word(rule, "home"),
			     prefix_word(rule, "care_of"), identity.s,
			     network_word(rule),
			     has_value(rule, "time") ? text_of(rule, "time")
						     : "any",
			     action.s, lifetime.s, bindings.s, hits.s });
}

int ctl_text_policy(FILE *out, const json_t *r, bool colour)
{
	static const char *const head[] = { "RULE",     "HOME",     "CARE-OF",
					    "IDENTITY", "NETWORK",  "TIME",
					    "ACTION",   "LIFETIME", "BINDINGS",
					    "HITS" };
	const json_t *list = json_object_get(r, "policy"), *rule;
	const json_t *rest = json_object_get(r, "default");
	struct cell action = action_cell(rest);
	struct cell hits = number_cell(rest, "hits");
	struct table t;
	size_t i;

	if (!json_is_array(list))
		return -EPROTO;
	table_init(&t, 10, head);
	json_array_foreach(list, i, rule)
	{
		add_rule(&t, rule, i);
	}
	table_add(&t, (const char *[]){ "none", "", "", "", "", "", action.s,
					"", "", hits.s });
	table_print(&t, out, colour);
	table_done(&t);
	return 0;
}
