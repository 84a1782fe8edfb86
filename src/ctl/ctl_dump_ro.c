/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bindings, correspondents and rules as JSON.  Pure.
 *
 * This file decides the members of these replies; mip6d-ctl(8) documents
 * them.  All others are left to ctl_dump.c.
 */
#include "mip6d/ctl.h"
#include "mip6d/mh.h"
#include "src/ctl/ctl_json.h"
#include "src/ctl/ctl_priv.h"

/* ---- bindings ---- */

static json_t *binding_json(const struct bcache_entry *e, struct mtime now,
			    const char *role)
{
	return json_pack(
		"{s:s, s:o, s:n, s:s, s:o, s:i, s:o, s:o, s:o, s:o, s:I, s:I,"
		" s:s, s:s, s:n, s:n, s:n, s:n, s:n}",
		"home_address", addr_str(&e->key.hoa), "care_of_address",
		addr_json(&e->coa), "home_agent", "state",
		bcache_state_str(e->state), "flags", flags_json(e->flags),
		"sequence", e->seq, "lifetime", lifetime_json(e->lifetime_4s),
		"remaining", left_json(e->expires, now), "age",
		age_json(e->created, now), "registered",
		age_json(e->registered, now), "refreshes",
		(json_int_t)e->refreshes, "moves", (json_int_t)e->moves, "role",
		role, "local_address", addr_str(&e->key.local), "usage",
		"nonces", "refresh_requests", "protection", "identity");
}

/* As the home link asks for it, where the binding proves nothing else. */
static const char *protection(const struct conf_ha *conf,
			      const struct bcache_entry *e)
{
	const struct conf_home_link *l;
	unsigned int i;

	for (i = 0; i < conf->n_links; i++) {
		l = &conf->links[i];
		if (addr_eq(&l->address, &e->key.local) &&
		    prefix_contains(&l->prefix, &e->key.hoa))
			return conf_security_str(l->security);
	}
	return NULL;
}

static void add_home(void *arg, struct bcache_entry *e)
{
	struct ctl_walk *w = arg;
	json_t *j = binding_json(e, w->now, "home-agent");

	const char *identity = ha_identity(e);

	json_object_set_new(j, "home_agent",
			    json_string(addr_str(&e->key.local)));
	json_object_set_new(j, "identity", text_json(identity));
	json_object_set_new(
		j, "protection",
		text_json(identity ? conf_security_str(CONF_SECURITY_RFC4285)
				   : protection(&daemon_conf(w->d)->ha, e)));
	json_array_append_new(w->list, j);
}

static json_t *usage_json(const struct cn_entry_info *info)
{
	if (!info->has_usage)
		return json_null();
	return json_pack("{s:b, s:I, s:I}", "used", info->used, "octets_in",
			 (json_int_t)info->octets_in, "octets_out",
			 (json_int_t)info->octets_out);
}

static void add_correspondent(void *arg, struct bcache_entry *e)
{
	struct ctl_walk *w = arg;
	json_t *j = binding_json(e, w->now, "correspondent");
	struct cn_entry_info info;

	cn_entry_info(e, &info);
	json_object_set_new(j, "usage", usage_json(&info));
	json_object_set_new(j, "nonces",
			    json_pack("{s:i, s:i}", "home", info.home_nonce,
				      "care_of", info.coa_nonce));
	json_object_set_new(j, "refresh_requests",
			    json_integer(info.refresh_requests));
	json_array_append_new(w->list, j);
}

json_t *ctl_dump_bindings(struct daemon *d, struct mtime now,
			  const char **ret_error)
{
	struct ctl_walk w = { d, now, NULL };

	if (!daemon_ha(d) && !daemon_cn(d)) {
		*ret_error = "this mip6d is neither home agent nor "
			     "correspondent: nobody registers with it";
		return NULL;
	}
	w.list = json_array();
	if (daemon_ha(d))
		bcache_walk(ha_bcache(daemon_ha(d)), add_home, &w);
	if (daemon_cn(d))
		bcache_walk(cn_bcache(daemon_cn(d)), add_correspondent, &w);
	return json_pack("{s:o}", "bindings", w.list);
}

/* ---- correspondents of the mobile node ---- */

static json_t *octets_json(bool has, uint64_t octets)
{
	return has ? json_integer((json_int_t)octets) : json_null();
}

static json_t *token_json(bool has, struct mtime at, struct mtime now)
{
	return has ? age_json(at, now) : json_null();
}

/* Without the hint of status_json(), which is about home agents. */
static json_t *ro_status_json(const struct mn_ro_info *info)
{
	if (!info->has_status)
		return json_null();
	return json_pack("{s:i, s:s}", "code", info->last_status, "text",
			 ba_status_str(info->last_status));
}

static void add_ro(void *arg, const struct mn_ro_info *info)
{
	struct ctl_walk *w = arg;

	json_array_append_new(
		w->list,
		json_pack(
			"{s:s, s:s, s:b, s:s, s:o, s:o, s:o, s:o, s:o, s:o,"
			" s:o, s:o, s:o, s:i, s:o}",
			"home_address", addr_str(&info->hoa), "peer",
			addr_str(&info->peer), "optimised", info->optimised,
			"state", info->state, "reason", text_json(info->reason),
			"care_of_address", addr_json(&info->coa), "age",
			age_json(info->since, w->now), "remaining",
			left_json(info->expires, w->now), "retry_in",
			left_json(info->until, w->now), "home_token_age",
			token_json(info->has_home_token, info->home_token_at,
				   w->now),
			"care_of_token_age",
			token_json(info->has_coa_token, info->coa_token_at,
				   w->now),
			"octets_in",
			octets_json(info->has_usage, info->octets_in),
			"octets_out",
			octets_json(info->has_usage, info->octets_out),
			"sequence", info->seq, "status", ro_status_json(info)));
}

json_t *ctl_dump_ro(struct daemon *d, struct mtime now, const char **ret_error)
{
	struct ctl_walk w = { d, now, NULL };

	if (!daemon_mn(d)) {
		*ret_error = ctl_no_mn;
		return NULL;
	}
	w.list = json_array();
	mn_walk_ro(daemon_mn(d), add_ro, &w);
	return json_pack("{s:o}", "correspondents", w.list);
}

/* ---- rules ---- */

static json_t *protocol_json(uint8_t protocol)
{
	if (!protocol)
		return json_null();
	if (conf_protocol_str(protocol))
		return json_string(conf_protocol_str(protocol));
	return json_integer(protocol);
}

/* The kernel follows the other rules without a word. */
static json_t *mn_hits_json(struct daemon *d, const struct conf_mn_rule *r,
			    unsigned int i)
{
	if (r->action != CONF_MN_OPTIMISE)
		return json_null();
	return json_integer((json_int_t)mn_rule_hits(daemon_mn(d), i));
}

static json_t *mn_rules_json(struct daemon *d)
{
	const struct conf_mn *conf = &daemon_conf(d)->mn;
	const struct conf_mn_rule *r;
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < conf->n_rules; i++) {
		r = &conf->rules[i];
		json_array_append_new(
			list,
			json_pack("{s:s, s:o, s:o, s:s, s:o}", "peer",
				  prefix_str(&r->peer), "protocol",
				  protocol_json(r->protocol), "port",
				  r->port ? json_integer(r->port) : json_null(),
				  "action", conf_mn_action_str(r->action),
				  "hits", mn_hits_json(d, r, i)));
	}
	return json_pack("{s:o, s:{s:s}}", "rules", list, "default", "action",
			 conf_mn_action_str(conf->route_optimisation
						    ? CONF_MN_OPTIMISE
						    : CONF_MN_TUNNEL));
}

static json_t *cn_rules_json(struct daemon *d)
{
	const struct conf_cn *conf = &daemon_conf(d)->cn;
	const struct conf_cn_rule *r;
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < conf->n_rules; i++) {
		r = &conf->rules[i];
		json_array_append_new(
			list,
			json_pack("{s:s, s:s, s:s, s:s, s:o, s:I}", "home",
				  prefix_str(&r->home), "care_of",
				  prefix_str(&r->coa), "local",
				  prefix_str(&r->local), "action",
				  conf_cn_action_str(r->action), "status",
				  r->action == CONF_CN_REJECT
					  ? json_integer(r->status)
					  : json_null(),
				  "hits",
				  (json_int_t)cn_rule_hits(daemon_cn(d), i)));
	}
	return json_pack("{s:o, s:{s:s, s:I}}", "rules", list, "default",
			 "action", conf_cn_action_str(CONF_CN_ACCEPT), "hits",
			 (json_int_t)cn_default_hits(daemon_cn(d)));
}

json_t *ctl_dump_rules(struct daemon *d, struct mtime now,
		       const char **ret_error)
{
	(void)now;
	if (!daemon_mn(d) && !daemon_cn(d)) {
		*ret_error = "this mip6d is neither mobile node nor "
			     "correspondent: it has no rules";
		return NULL;
	}
	return json_pack("{s:o, s:o}", "mobile_node",
			 daemon_mn(d) ? mn_rules_json(d) : json_null(),
			 "correspondent",
			 daemon_cn(d) ? cn_rules_json(d) : json_null());
}
