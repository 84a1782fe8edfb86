/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What protects each pair of home address and home agent, as JSON.  Pure.
 *
 * This file decides the members of the reply; mip6d-ctl(8) documents them.
 * Keys are never among them.
 */
#include <stdio.h>

#include "mip6d/ctl.h"
#include "mip6d/security.h"
#include "src/ctl/ctl_json.h"
#include "src/ctl/ctl_priv.h"

static json_t *spi_json(bool has, uint32_t spi)
{
	char text[11];

	if (!has)
		return json_null();
	snprintf(text, sizeof(text), "0x%08x", spi);
	return json_string(text);
}

static json_t *number_json(bool has, uint32_t v)
{
	return has ? json_integer((json_int_t)v) : json_null();
}

/* What takes the tunnel has associations of its own. */
static json_t *tunnel_json(const struct ike_child *c)
{
	bool up = c->reqid != 0;

	return json_pack("{s:s, s:o, s:o, s:o, s:o}", "state",
			 up ? "up" : "waiting", "spi_in",
			 spi_json(up, c->spi_in), "spi_out",
			 spi_json(up, c->spi_out), "reqid",
			 number_json(up, c->reqid), "algorithms",
			 text_json(*c->algorithms ? c->algorithms : NULL));
}

/* ---- by IKE ---- */

static json_t *ike_json(const struct ike_info *i, struct mtime now)
{
	const struct ike_peer *p = i->peer;

	return json_pack(
		"{s:s, s:s, s:s, s:o, s:o, s:I, s:I, s:o, s:o, s:o}", "node",
		p->node_id, "agent", p->agent_id, "credentials",
		p->secret_len ? "secret" : "certificate", "local_address",
		i->up ? addr_json(&i->local) : json_null(), "remote_address",
		i->up ? addr_json(&i->remote) : json_null(), "rekeyed",
		(json_int_t)i->rekeyed, "moved", (json_int_t)i->moved, "ike_id",
		number_json(i->up, i->ike_id), "age",
		i->up ? age_json(i->since, now) : json_null(), "reason",
		text_json(*i->reason ? i->reason : NULL));
}

static json_t *pair_json(const struct in6_addr *hoa,
			 const struct in6_addr *agent, const char *end)
{
	return json_pack("{s:s, s:s, s:s}", "home_address", addr_str(hoa),
			 "home_agent", addr_str(agent), "end", end);
}

static void add_ike(void *arg, const struct ike_info *i)
{
	struct ctl_walk *w = arg;
	json_t *j = pair_json(&i->peer->hoa, &i->peer->agent,
			      i->peer->end == IKE_NODE ? "node" : "agent");
	json_t *more = json_pack(
		"{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "by", "ike",
		"state", i->state, "spi_in",
		spi_json(i->up, i->signalling.spi_in), "spi_out",
		spi_json(i->up, i->signalling.spi_out), "reqid",
		number_json(i->up, i->signalling.reqid), "algorithms",
		text_json(i->up ? i->signalling.algorithms : NULL), "tunnel",
		i->wants_tunnel ? tunnel_json(&i->tunnel) : json_null(), "ike",
		ike_json(i, w->now));

	json_object_update(j, more);
	json_decref(more);
	json_array_append_new(w->list, j);
}

/* ---- by other means, or none ---- */

static json_t *static_tunnel(const struct daemon *d,
			     const struct security_node *n, bool is_agent)
{
	const struct security_set *set = &n->sets[n->send];
	struct ike_child c = {
		.reqid = security_reqid_tunnel(n),
		.spi_in = is_agent ? set->tunnel_to_agent.spi
				   : set->tunnel_from_agent.spi,
		.spi_out = is_agent ? set->tunnel_from_agent.spi
				    : set->tunnel_to_agent.spi,
	};

	bool is_clear = n->has_protect ? n->protect == SECURITY_SIGNALLING
				       : daemon_conf(d)->ipsec.protect ==
						 CONF_PROTECT_SIGNALLING;

	return is_clear ? json_null() : tunnel_json(&c);
}

static void add_other(struct ctl_walk *w, const struct in6_addr *hoa,
		      const struct in6_addr *agent, bool is_agent,
		      enum conf_security how)
{
	const struct security_node *n =
		security_find(daemon_conf(w->d)->ipsec.sas, hoa, agent);
	const struct security_set *set = n ? &n->sets[n->send] : NULL;
	bool is_static = how == CONF_SECURITY_IPSEC && set;
	struct ike_info by_ike;
	json_t *j, *more;

	if (ike_info(daemon_ike(w->d), hoa, agent, &by_ike))
		return;
	j = pair_json(hoa, agent, is_agent ? "agent" : "node");
	more = json_pack(
		"{s:s, s:s, s:o, s:o, s:o, s:n, s:o, s:n}", "by",
		is_static ? "static keys" : conf_security_str(how), "state",
		is_static                       ? "up"
		: how == CONF_SECURITY_IPSEC    ? "no keys"
		: how == CONF_SECURITY_INSECURE ? "none"
						: "up",
		"spi_in",
		spi_json(is_static, is_static ? (is_agent ? set->to_agent.spi
							  : set->from_agent.spi)
					      : 0),
		"spi_out",
		spi_json(is_static, is_static ? (is_agent ? set->from_agent.spi
							  : set->to_agent.spi)
					      : 0),
		"reqid", number_json(is_static, SECURITY_REQID_SIGNALLING),
		"algorithms", "tunnel",
		is_static ? static_tunnel(w->d, n, is_agent) : json_null(),
		"ike");
	json_object_update(j, more);
	json_decref(more);
	json_array_append_new(w->list, j);
}

static void add_binding(void *arg, struct bcache_entry *e)
{
	struct ctl_walk *w = arg;
	const struct conf_ha *conf = &daemon_conf(w->d)->ha;
	enum conf_security how = conf->security;
	unsigned int i;

	for (i = 0; i < conf->n_links; i++)
		if (addr_eq(&conf->links[i].address, &e->key.local) &&
		    prefix_contains(&conf->links[i].prefix, &e->key.hoa))
			how = conf->links[i].security;
	add_other(w, &e->key.hoa, &e->key.local, true, how);
}

static void add_home(void *arg, const struct mn_coa_info *info)
{
	struct ctl_walk *w = arg;
	const struct conf_mn *conf = &daemon_conf(w->d)->mn;
	enum conf_security how = conf->security;
	unsigned int i;

	for (i = 0; i < conf->n_homes; i++)
		if (addr_eq(&conf->homes[i].address, &info->hoa))
			how = conf->homes[i].security;
	add_other(w, &info->hoa, &info->agent, false, how);
}

/* Those that there are. */
static json_t *drops_json(const struct counters *c)
{
	json_t *list = json_array();
	enum counter i;

	for (i = CNT_ESP_FIRST; i <= CNT_ESP_LAST; i++)
		if (c->v[i])
			json_array_append_new(
				list, json_pack("{s:s, s:I, s:s}", "counter",
						counter_names[i], "packets",
						(json_int_t)c->v[i], "what",
						counter_texts[i]));
	return list;
}

json_t *ctl_dump_security(struct daemon *d, struct mtime now,
			  const char **ret_error)
{
	struct ctl_walk w = { d, now, NULL };
	struct ike *ike = daemon_ike(d);

	(void)ret_error;
	w.list = json_array();
	ike_walk(ike, add_ike, &w);
	if (daemon_ha(d))
		bcache_walk(ha_bcache(daemon_ha(d)), add_binding, &w);
	if (daemon_mn(d))
		mn_walk_coa(daemon_mn(d), add_home, &w);
	return json_pack(
		"{s:o, s:o, s:o}", "charon",
		ike ? json_boolean(ike_is_connected(ike)) : json_null(),
		"pairs", w.list, "drops", drops_json(daemon_counters(d)));
}
