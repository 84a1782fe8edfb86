/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Home addresses that come and go, as JSON: what there is, what could be, and
 * requests to add or to remove one.  Pure.
 *
 * This file decides the members of these replies, and reads their requests;
 * mip6d-ctl(8) documents them.
 */
#include <errno.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "mip6d/ctl.h"
#include "mip6d/homes.h"
#include "src/ctl/ctl_json.h"
#include "src/ctl/ctl_priv.h"

static void add_home(void *arg, const struct mn_home_info *info)
{
	struct ctl_walk *w = arg;
	struct bul_entry *e =
		bul_find(mn_bul(daemon_mn(w->d)), &info->agent, &info->hoa);

	json_array_append_new(
		w->list,
		json_pack("{s:s, s:s, s:s, s:s, s:o, s:s, s:o, s:b}",
			  "home_address", addr_str(&info->hoa), "prefix",
			  prefix_str(&info->prefix), "origin", info->origin,
			  "location", info->location, "home_agent",
			  addr_json(&info->agent), "registration",
			  bul_state_str(e ? e->state : BUL_IDLE),
			  "prefix_remaining",
			  left_json(info->valid_until, w->now), "remembered",
			  info->remembered));
}

static void add_met(void *arg, const struct mn_met_info *info)
{
	struct ctl_walk *w = arg;

	json_array_append_new(
		w->list,
		json_pack("{s:s, s:s, s:s, s:o, s:i, s:I, s:I, s:o, s:I, s:I,"
			  " s:i}",
			  "home_agent", addr_str(&info->agent), "prefix",
			  prefix_str(&info->prefix), "use", info->use,
			  "interface", text_json(info->ifname), "points",
			  info->points, "count", (json_int_t)info->count, "age",
			  (json_int_t)(mtime_diff_ms(w->now, info->met) / 1000),
			  "round_trip_ms",
			  info->rtt_ms ? json_integer(info->rtt_ms)
				       : json_null(),
			  "successes", (json_int_t)info->ok, "failures",
			  (json_int_t)info->failed, "preference",
			  info->preference));
}

json_t *ctl_dump_homes(struct daemon *d, struct mtime now,
		       const char **ret_error)
{
	struct ctl_walk homes = { d, now, NULL }, met = { d, now, NULL };

	if (!daemon_mn(d)) {
		*ret_error = ctl_no_mn;
		return NULL;
	}
	homes.list = json_array();
	met.list = json_array();
	mn_walk_homes(daemon_mn(d), add_home, &homes);
	mn_walk_met(daemon_mn(d), now, add_met, &met);
	return json_pack("{s:o, s:o, s:I, s:I}", "homes", homes.list, "met",
			 met.list, "formed",
			 (json_int_t)mn_homes_formed(daemon_mn(d)),
			 "max_formed", (json_int_t)mn_homes_max(daemon_mn(d)));
}

/* ---- changes ---- */

struct wish {
	struct in6_addr hoa, agent; /* :: when not given */
	struct prefix prefix;
};

/* "ADDRESS/LENGTH"; with no host bits it is the prefix alone. */
static const char *read_home(const json_t *request, struct wish *w)
{
	const char *home = json_string_value(json_object_get(request, "home"));
	uint8_t len;

	if (!home || addr_parse_len(home, &w->hoa, &len) || !len ||
	    !addr_is_routable(&w->hoa))
		return "expected \"home\", one like \"2001:db8:1::100/64\", or "
		       "a prefix like \"2001:db8:1::/64\"";
	w->prefix = prefix_of(&w->hoa, len);
	if (addr_eq(&w->hoa, &w->prefix.addr))
		w->hoa = addr_any;
	return NULL;
}

static const char *read_agent(const json_t *request, struct wish *w)
{
	const json_t *v = json_object_get(request, "home_agent");
	const char *agent = json_string_value(v);
	struct in6_addr anycast;

	if (v && (!agent || addr_parse(agent, &w->agent) ||
		  !addr_is_routable(&w->agent) || addr_eq(&w->agent, &w->hoa)))
		return "expected \"home_agent\", the address of one";
	if (!v && !addr_home_agents(&w->prefix, &anycast))
		return "home agents of so long a prefix cannot be discovered: "
		       "expected \"home_agent\"";
	return NULL;
}

static const char *why_not_added(int err)
{
	switch (err) {
	case -EINVAL:
		return "an address is formed in prefixes of 64 bits only";
	case -EEXIST:
		return "there is such a home address already";
	case -EBUSY:
		return "that home address is just being given up";
	case -EDQUOT:
		return "as many as mobile-node.max-formed allows are in use";
	case -ENOSPC:
		return "all places for home addresses are in use";
	default:
		return "out of memory";
	}
}

json_t *ctl_change_home_add(struct daemon *d, const json_t *request,
			    struct mtime now, const char **ret_error)
{
	struct wish w = { 0 };
	struct in6_addr hoa;
	int err;

	*ret_error = daemon_mn(d) ? read_home(request, &w) : ctl_no_mn;
	if (!*ret_error)
		*ret_error = read_agent(request, &w);
	if (*ret_error)
		return NULL;
	err = mn_home_add(daemon_mn(d), &w.hoa, &w.prefix, &w.agent, now, &hoa);
	if (err) {
		*ret_error = why_not_added(err);
		return NULL;
	}
	return json_pack("{s:s, s:s, s:b}", "home_address", addr_str(&hoa),
			 "prefix", prefix_str(&w.prefix), "formed",
			 addr_is_any(&w.hoa));
}

json_t *ctl_change_home_remove(struct daemon *d, const json_t *request,
			       struct mtime now, const char **ret_error)
{
	const char *text =
		json_string_value(json_object_get(request, "home_address"));
	struct in6_addr hoa;
	int err;

	if (!daemon_mn(d))
		*ret_error = ctl_no_mn;
	else if (!text || addr_parse(text, &hoa))
		*ret_error = "expected \"home_address\", one like "
			     "\"2001:db8:1::100\"";
	if (*ret_error)
		return NULL;
	err = mn_home_remove(daemon_mn(d), &hoa, now);
	if (err == -ENOENT)
		*ret_error = "there is no such home address";
	else if (err == -EPERM)
		*ret_error = "it stands in the configuration: remove it there "
			     "and reload";
	else if (err)
		*ret_error = "it is just being given up";
	return err ? NULL : json_pack("{s:s}", "home_address", text);
}
