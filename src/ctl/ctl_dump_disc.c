/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Discovery as JSON: home agents, router advertisements of home links, and
 * what a change of a home prefix would do.  Pure.
 *
 * This file decides the members of these replies, and reads the request of
 * the last one; mip6d-ctl(8) documents them.
 */
#include <errno.h>
#include <string.h>

#include "mip6d/ctl.h"
#include "mip6d/discovery.h"
#include "src/ctl/ctl_json.h"
#include "src/ctl/ctl_priv.h"

static const char no_ha[] =
	"this mip6d is no home agent: its configuration has no home-agent";

static const char no_agents[] =
	"this mip6d knows no home agents: its configuration has neither "
	"home-agent nor mobile-node";

static json_t *ifname_json(const char *ifname)
{
	return text_json(*ifname ? ifname : NULL);
}

/* "infinite", or seconds. */
static json_t *seconds_json(uint32_t s)
{
	return s == UINT32_MAX ? json_string("infinite") : json_integer(s);
}

/* ---- home agents ---- */

static void add_agent(void *arg, const struct ha_agent_info *info)
{
	struct ctl_walk *w = arg;
	json_t *addrs = json_array();
	unsigned int i;

	for (i = 0; i < info->n_addrs; i++)
		json_array_append_new(addrs, addr_json(&info->addrs[i]));
	json_array_append_new(
		w->list,
		json_pack("{s:o, s:o, s:b, s:i, s:o, s:o}", "interface",
			  ifname_json(info->ifname), "link_local_address",
			  addr_json(&info->ll), "ours", info->is_ours,
			  "preference", info->preference, "remaining",
			  left_json(info->expires, w->now), "addresses",
			  addrs));
}

static void add_home(void *arg, const struct mn_agent_info *info)
{
	struct ctl_walk *w = arg;
	json_t *agents = json_array();
	unsigned int i;

	for (i = 0; i < info->n; i++) {
		const struct mn_agent_addr *a = &info->agents[i];

		json_array_append_new(
			agents,
			json_pack("{s:o, s:s, s:o}", "address",
				  addr_json(&a->addr), "use", a->use,
				  "remaining",
				  a->expires.us ? left_json(a->expires, w->now)
						: json_null()));
	}
	json_array_append_new(w->list,
			      json_pack("{s:o, s:s, s:s, s:o, s:o}",
					"home_address", addr_json(&info->hoa),
					"prefix", prefix_str(&info->prefix),
					"discovery", info->discovery, "age",
					age_json(info->listed, w->now),
					"agents", agents));
}

/* A node that is both tells both. */
json_t *ctl_dump_home_agents(struct daemon *d, struct mtime now,
			     const char **ret_error)
{
	struct ctl_walk ha = { d, now, NULL }, mn = { d, now, NULL };

	if (!daemon_ha(d) && !daemon_mn(d)) {
		*ret_error = no_agents;
		return NULL;
	}
	ha.list = daemon_ha(d) ? json_array() : json_null();
	mn.list = daemon_mn(d) ? json_array() : json_null();
	if (daemon_ha(d))
		ha_walk_agents(daemon_ha(d), now, add_agent, &ha);
	if (daemon_mn(d))
		mn_walk_agents(daemon_mn(d), add_home, &mn);
	return json_pack("{s:o, s:o}", "home_agents", ha.list, "homes",
			 mn.list);
}

/* ---- router advertisements ---- */

static json_t *finding_json(const struct ha_ra_finding *f)
{
	static const char *const weights[] = {
		[HA_RA_MUST] = "must",
		[HA_RA_SHOULD] = "should",
		[HA_RA_HINT] = "hint",
	};

	return json_pack("{s:s, s:o, s:o, s:o, s:o}", "weight",
			 weights[f->weight], "text", text_json(f->text),
			 "radvd", ifname_json(f->radvd), "networkd",
			 ifname_json(f->networkd), "frr", ifname_json(f->frr));
}

static json_t *prefix_json(const struct ra_prefix *p)
{
	return json_pack("{s:s, s:o, s:b, s:b, s:o, s:o}", "prefix",
			 prefix_str(&p->prefix), "router_address",
			 p->router_addr ? addr_json(&p->addr) : json_null(),
			 "on_link", p->on_link, "autonomous", p->autonomous,
			 "valid_lifetime", seconds_json(p->valid_s),
			 "preferred_lifetime", seconds_json(p->preferred_s));
}

static json_t *ra_json(const struct icmp6_ra *ra)
{
	json_t *prefixes;
	unsigned int i;

	if (!ra)
		return json_null();
	prefixes = json_array();
	for (i = 0; i < ra->n_prefixes; i++)
		json_array_append_new(prefixes, prefix_json(&ra->prefixes[i]));
	return json_pack("{s:b, s:i, s:i, s:i, s:b, s:f, s:o}", "home_agent",
			 ra->home_agent, "router_lifetime",
			 ra->router_lifetime_s, "preference", ra->ha_preference,
			 "home_agent_lifetime", ra->ha_lifetime_s,
			 "link_layer_address", ra->source_lladdr.len != 0,
			 "interval", ra->interval_ms / 1000.0, "prefixes",
			 prefixes);
}

static void add_ra(void *arg, const struct ha_ra_info *info)
{
	struct ctl_walk *w = arg;
	json_t *findings = json_array();
	unsigned int i;

	for (i = 0; i < info->n_findings; i++)
		json_array_append_new(findings,
				      finding_json(&info->findings[i]));
	json_array_append_new(
		w->list, json_pack("{s:o, s:s, s:b, s:o, s:o, s:o, s:o}",
				   "interface", ifname_json(info->ifname), "ra",
				   conf_ra_str(info->mode), "up", info->ready,
				   "last", age_json(info->last, w->now), "next",
				   left_json(info->next, w->now), "heard",
				   ra_json(info->ra), "findings", findings));
}

json_t *ctl_dump_ra(struct daemon *d, struct mtime now, const char **ret_error)
{
	struct ctl_walk w = { d, now, NULL };

	if (!daemon_ha(d)) {
		*ret_error = no_ha;
		return NULL;
	}
	w.list = json_array();
	ha_walk_ra(daemon_ha(d), add_ra, &w);
	return json_pack("{s:o}", "links", w.list);
}

/* ---- renumbering ---- */

/* A lifetime of the request: absent, seconds, or "infinite". */
static bool read_seconds(const json_t *request, const char *key, bool *ret_has,
			 uint32_t *ret_s)
{
	const json_t *v = json_object_get(request, key);
	const char *text = json_string_value(v);

	*ret_has = v != NULL;
	if (!v)
		return true;
	if (text && !strcmp(text, "infinite")) {
		*ret_s = UINT32_MAX;
		return true;
	}
	if (!json_is_integer(v) || json_integer_value(v) < 0 ||
	    json_integer_value(v) > INT32_MAX)
		return false;
	*ret_s = (uint32_t)json_integer_value(v);
	return true;
}

static const char *read_change(const json_t *request, struct ha_renumber *ret)
{
	const char *prefix =
		json_string_value(json_object_get(request, "prefix"));

	if (!prefix || prefix_parse(prefix, &ret->prefix))
		return "expected \"prefix\", one like \"2001:db8:1::/64\"";
	if (!addr_is_routable(&ret->prefix.addr))
		return "expected a routable prefix";
	ret->ifname = json_string_value(json_object_get(request, "interface"));
	if (!read_seconds(request, "valid_lifetime", &ret->has_valid,
			  &ret->valid_s) ||
	    !read_seconds(request, "preferred_lifetime", &ret->has_preferred,
			  &ret->preferred_s))
		return "expected lifetimes of 0 to 2147483647 seconds, or "
		       "\"infinite\"";
	return NULL;
}

static const char *why_not(int err)
{
	if (err == -ENOENT)
		return "there is no home link on that interface";
	if (err == -EINVAL)
		return "that prefix is new, and there are several home links: "
		       "expected \"interface\"";
	return "the preferred lifetime is longer than the valid one";
}

static void add_change(void *arg, const struct ha_renumber_binding *b)
{
	struct ctl_walk *w = arg;

	json_array_append_new(
		w->list,
		json_pack("{s:o, s:o, s:b, s:o, s:o, s:o}", "home_address",
			  addr_json(&b->hoa), "care_of_address",
			  addr_json(&b->coa), "uses_prefix", b->uses_prefix,
			  "remaining", json_integer(b->left_s),
			  "remaining_after", json_integer(b->left_after_s),
			  "status", status_json(true, b->status)));
}

json_t *ctl_ask_renumber(struct daemon *d, const json_t *request,
			 struct mtime now, const char **ret_error)
{
	struct ctl_walk w = { d, now, NULL };
	struct ha_renumber change = { 0 };
	struct ha_renumber_info i;
	int err;

	*ret_error = daemon_ha(d) ? read_change(request, &change) : no_ha;
	if (*ret_error)
		return NULL;
	w.list = json_array();
	err = ha_renumber(daemon_ha(d), &change, now, add_change, &w, &i);
	if (err) {
		json_decref(w.list);
		*ret_error = why_not(err);
		return NULL;
	}
	return json_pack(
		"{s:s, s:o, s:b, s:o, s:o, s:o, s:o, s:I, s:I, s:I, s:o, s:o,"
		" s:b, s:o}",
		"prefix", prefix_str(&change.prefix), "interface",
		ifname_json(i.ifname), "new", i.is_new, "valid_before",
		seconds_json(i.before.valid_s), "preferred_before",
		seconds_json(i.before.preferred_s), "valid_after",
		seconds_json(i.after.valid_s), "preferred_after",
		seconds_json(i.after.preferred_s), "told", (json_int_t)i.told,
		"shortened", (json_int_t)i.n_shortened, "ended",
		(json_int_t)i.n_ended, "told_from",
		i.told ? json_integer(i.first_s) : json_null(), "told_until",
		i.told ? json_integer(i.last_s) : json_null(), "in_time",
		i.in_time, "bindings", w.list);
}
