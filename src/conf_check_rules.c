/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of the mobile node and of the correspondent, policy of the home agent:
 * what contradicts what inside one, and which can never match.
 *
 * It judges only what conf_read.c understood; all else about combinations is
 * left to conf_check.c.
 */
#include <libconfig.h>
#include <netinet/in.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "src/conf_priv.h"

struct check {
	struct conf_text *t;
	const struct conf *conf;
};

static config_setting_t *rule_at(config_setting_t *list, unsigned int i)
{
	return config_setting_get_elem(list, i);
}

static bool is_within(const struct prefix *inner, const struct prefix *outer)
{
	return inner->len >= outer->len && prefix_contains(outer, &inner->addr);
}

/* Whether all values that stand there were understood. */
static bool is_whole(config_setting_t *g)
{
	int n = config_setting_is_group(g) ? config_setting_length(g) : 0, i;

	for (i = 0; i < n; i++)
		if (!conf_is_good(config_setting_get_elem(g, (unsigned int)i)))
			return false;
	return n > 0;
}

/* The first match counts, so a rule behind one that takes all of its packets
 * is a slip more often than an intention. */
static void tell_hidden(struct check *c, config_setting_t *list,
			unsigned int by, unsigned int i)
{
	conf_note(c->t, config_setting_source_line(rule_at(list, i)),
		  "rule %u of %s never matches: rule %u takes all that it "
		  "would",
		  i + 1, config_setting_name(config_setting_parent(list)),
		  by + 1);
}

/* ---- correspondent ---- */

static bool cn_is_hidden(const struct conf_cn_rule *r,
			 const struct conf_cn_rule *by)
{
	return is_within(&r->home, &by->home) && is_within(&r->coa, &by->coa) &&
	       is_within(&r->local, &by->local);
}

static void check_cn(struct check *c, config_setting_t *list)
{
	const struct conf_cn *cn = &c->conf->cn;
	config_setting_t *status;
	unsigned int i, j;

	for (i = 0; i < cn->n_rules; i++) {
		if (!is_whole(rule_at(list, i)))
			continue;
		status = conf_good(rule_at(list, i), "status");
		if (status && cn->rules[i].action != CONF_CN_REJECT)
			conf_mistake(c->t, config_setting_source_line(status),
				     "found the status of a rule with action "
				     "= \"%s\", expected it with \"reject\"",
				     conf_cn_action_str(cn->rules[i].action));
		for (j = 0; j < i; j++)
			if (is_whole(rule_at(list, j)) &&
			    cn_is_hidden(&cn->rules[i], &cn->rules[j]))
				break;
		if (j < i)
			tell_hidden(c, list, j, i);
	}
}

/* ---- home agent ---- */

/* Whether whom the one names is among those whom the other does: the same
 * name, or all of a realm ("*@example.org"). */
static bool is_named_by(const char *name, const char *by)
{
	const char *at = strrchr(name, '@');

	return !*by || !strcmp(name, by) ||
	       (by[0] == '*' && by[1] == '@' && at && !strcasecmp(at, by + 1));
}

/* What the one matches the other does: it allows by all networks, else goes
 * by any. */
static bool is_network_of(const struct conf_ha_rule *r,
			  const struct conf_ha_rule *by)
{
	return !by->has_network ||
	       (r->has_network && is_within(&r->network, &by->network) &&
		(r->action == CONF_HA_ALLOW || by->action != CONF_HA_ALLOW));
}

static bool ha_is_hidden(const struct conf_ha_rule *r,
			 const struct conf_ha_rule *by)
{
	return is_within(&r->home, &by->home) && is_within(&r->coa, &by->coa) &&
	       is_named_by(r->nai, by->nai) &&
	       is_named_by(r->ike_id, by->ike_id) && is_network_of(r, by) &&
	       (!by->spi || by->spi == r->spi) && !by->time.days;
}

static void check_limits(struct check *c, config_setting_t *g,
			 const struct conf_ha_rule *r)
{
	static const struct {
		const char *option;
		enum conf_ha_action action;
	} only[] = {
		{ "status", CONF_HA_DENY },
		{ "max-lifetime", CONF_HA_ALLOW },
		{ "max-bindings", CONF_HA_ALLOW },
	};
	config_setting_t *s;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(only); i++) {
		s = conf_good(g, only[i].option);
		if (s && r->action != only[i].action)
			conf_mistake(c->t, config_setting_source_line(s),
				     "found the %s of a rule with action = "
				     "\"%s\", expected it with \"%s\"",
				     only[i].option,
				     conf_ha_action_str(r->action),
				     conf_ha_action_str(only[i].action));
	}
}

/* Other home addresses are refused with 132, whatever a rule says, so that
 * only silence about them can be wanted. */
static void check_home_prefix(struct check *c, config_setting_t *g,
			      const struct conf_ha_rule *r)
{
	config_setting_t *s = conf_good(g, "home");
	const struct conf_ha *ha = &c->conf->ha;
	unsigned int i;

	if (!s || r->action == CONF_HA_IGNORE || !ha->n_links)
		return;
	for (i = 0; i < ha->n_links; i++)
		if (is_within(&r->home, &ha->links[i].prefix) ||
		    is_within(&ha->links[i].prefix, &r->home))
			return;
	conf_mistake(c->t, config_setting_source_line(s),
		     "found home = \"%s\", expected a prefix of a home link",
		     prefix_str(&r->home));
}

/* What is known of a link whose prefix was not understood is nothing. */
static bool are_links_good(config_setting_t *ha)
{
	config_setting_t *links = conf_good(ha, "links");
	int n = links ? config_setting_length(links) : 0, i;

	for (i = 0; i < n; i++)
		if (!conf_good(rule_at(links, (unsigned int)i), "prefix"))
			return false;
	return n > 0;
}

static void check_ha(struct check *c, config_setting_t *list, bool links_good)
{
	const struct conf_ha *ha = &c->conf->ha;
	unsigned int i, j;

	for (i = 0; i < ha->n_rules; i++) {
		if (!is_whole(rule_at(list, i)))
			continue;
		check_limits(c, rule_at(list, i), &ha->rules[i]);
		if (links_good)
			check_home_prefix(c, rule_at(list, i), &ha->rules[i]);
		for (j = 0; j < i; j++)
			if (is_whole(rule_at(list, j)) &&
			    ha_is_hidden(&ha->rules[i], &ha->rules[j]))
				break;
		if (j < i)
			tell_hidden(c, list, j, i);
	}
}

/* ---- mobile node ---- */

static bool mn_is_hidden(const struct conf_mn_rule *r,
			 const struct conf_mn_rule *by)
{
	return is_within(&r->peer, &by->peer) &&
	       (!by->protocol || by->protocol == r->protocol) &&
	       (!by->port || by->port == r->port);
}

static void check_mn(struct check *c, config_setting_t *list)
{
	const struct conf_mn *mn = &c->conf->mn;
	config_setting_t *port;
	unsigned int i, j;

	for (i = 0; i < mn->n_rules; i++) {
		if (!is_whole(rule_at(list, i)))
			continue;
		port = conf_good(rule_at(list, i), "port");
		if (port && mn->rules[i].protocol != IPPROTO_TCP &&
		    mn->rules[i].protocol != IPPROTO_UDP)
			conf_mistake(c->t, config_setting_source_line(port),
				     "found port = %u, expected it with "
				     "protocol = \"tcp\" or \"udp\"",
				     mn->rules[i].port);
		for (j = 0; j < i; j++)
			if (is_whole(rule_at(list, j)) &&
			    mn_is_hidden(&mn->rules[i], &mn->rules[j]))
				break;
		if (j < i)
			tell_hidden(c, list, j, i);
	}
}

void conf_check_rules(struct conf_text *t, const struct conf *conf,
		      config_setting_t *root)
{
	struct check c = { .t = t, .conf = conf };
	config_setting_t *list, *ha;

	ha = conf_good(root, "home-agent");
	list = conf_good(ha, "policy");
	if (list)
		check_ha(&c, list, are_links_good(ha));
	list = conf_good(conf_good(root, "correspondent"), "rules");
	if (list)
		check_cn(&c, list);
	list = conf_good(conf_good(root, "mobile-node"), "rules");
	if (list)
		check_mn(&c, list);
}
