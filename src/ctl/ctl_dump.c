/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The daemon's state as JSON.  Pure.
 *
 * This file decides the members of each reply; mip6d-ctl(8) documents them.
 * Ages and lifetimes are in seconds; what there is none of is null.  The
 * envelope is left to ctl_answer.c, bindings and route optimisation to
 * ctl_dump_ro.c, pretty text to ctl_text.c.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "mip6d/ctl.h"
#include "mip6d/mh.h"
#include "src/ctl/ctl_json.h"
#include "src/ctl/ctl_priv.h"

/* ---- status ---- */

static json_t *link_json(struct ha *ha, const struct conf_home_link *l,
			 unsigned int i)
{
	return json_pack("{s:o, s:b, s:s, s:s, s:b}", "interface",
			 text_json(l->is_virtual ? NULL : l->ifname), "virtual",
			 l->is_virtual, "prefix", prefix_str(&l->prefix),
			 "address", addr_str(&l->address), "up",
			 ha_link_is_up(ha, i));
}

static json_t *ha_json(struct daemon *d)
{
	const struct conf_ha *conf = &daemon_conf(d)->ha;
	struct ha *ha = daemon_ha(d);
	json_t *links = json_array();
	unsigned int i;

	if (!ha) {
		json_decref(links);
		return json_null();
	}
	for (i = 0; i < conf->n_links; i++)
		json_array_append_new(links, link_json(ha, &conf->links[i], i));
	return json_pack("{s:I, s:I, s:o}", "bindings",
			 (json_int_t)bcache_count(ha_bcache(ha)),
			 "max_bindings", (json_int_t)conf->max_bindings,
			 "links", links);
}

static void add_home(void *arg, const struct mn_coa_info *info)
{
	struct ctl_walk *w = arg;
	struct bul_entry *e =
		bul_find(mn_bul(daemon_mn(w->d)), &info->agent, &info->hoa);

	json_array_append_new(
		w->list,
		json_pack("{s:s, s:i, s:o, s:s, s:o, s:o, s:s, s:o}",
			  "home_address", addr_str(&info->hoa), "prefix_length",
			  info->prefix.len, "home_agent",
			  addr_json(&info->agent), "location", info->location,
			  "care_of_address", addr_json(&info->coa), "interface",
			  text_json(info->ifname), "registration",
			  bul_state_str(e ? e->state : BUL_IDLE), "remaining",
			  e ? left_json(e->expires, w->now) : json_null()));
}

struct ro_count {
	unsigned int all, optimised;
};

static void count_ro(void *arg, const struct mn_ro_info *info)
{
	struct ro_count *c = arg;

	c->all++;
	c->optimised += info->optimised;
}

static json_t *mn_json(struct daemon *d, struct mtime now)
{
	struct ctl_walk w = { d, now, NULL };
	struct ro_count c = { 0, 0 };

	if (!daemon_mn(d))
		return json_null();
	w.list = json_array();
	mn_walk_coa(daemon_mn(d), add_home, &w);
	mn_walk_ro(daemon_mn(d), count_ro, &c);
	return json_pack("{s:o, s:I, s:I}", "homes", w.list, "correspondents",
			 (json_int_t)c.all, "optimised",
			 (json_int_t)c.optimised);
}

static json_t *cn_json(struct daemon *d)
{
	const struct conf_cn *conf = &daemon_conf(d)->cn;

	if (!daemon_cn(d))
		return json_null();
	return json_pack("{s:I, s:I}", "bindings",
			 (json_int_t)bcache_count(cn_bcache(daemon_cn(d))),
			 "max_bindings", (json_int_t)conf->max_bindings);
}

/* ---- the process ---- */

/* Of those that mip6d needs; of others the number. */
static json_t *capabilities_json(uint64_t capabilities)
{
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < 64; i++) {
		if (!(capabilities >> i & 1))
			continue;
		json_array_append_new(list, i == 12   ? json_string("NET_ADMIN")
					    : i == 13 ? json_string("NET_RAW")
					    : i == 39 ? json_string("BPF")
						      : json_sprintf("%u", i));
	}
	return list;
}

static json_t *process_json(const struct daemon_process *p)
{
	return json_pack("{s:o, s:I, s:o, s:b, s:b}", "user",
			 text_json(*p->user ? p->user : NULL), "uid",
			 (json_int_t)p->uid, "capabilities",
			 capabilities_json(p->capabilities),
			 "no_new_privileges", p->no_new_privileges, "seccomp",
			 p->seccomp);
}

json_t *ctl_dump_status(struct daemon *d, struct mtime now,
			const char **ret_error)
{
	enum conf_security weakest = conf_weakest_security(daemon_conf(d));

	(void)ret_error;
	return json_pack(
		"{s:s, s:s, s:I, s:o, s:o, s:o, s:o, s:o}", "program", "mip6d",
		"program_version", PACKAGE_VERSION, "uptime",
		(json_int_t)(mtime_diff_ms(now, daemon_started(d)) / 1000),
		"security",
		text_json(weakest ? conf_security_str(weakest) : NULL),
		"process", process_json(daemon_process(d)), "home_agent",
		ha_json(d), "mobile_node", mn_json(d, now), "correspondent",
		cn_json(d));
}

/* ---- binding update list ---- */

static json_t *bul_json(const struct bul_entry *e, struct mtime now)
{
	return json_pack(
		"{s:s, s:s, s:b, s:s, s:o, s:o, s:o, s:i, s:o, s:o, s:o, s:o,"
		" s:I, s:f, s:o, s:o, s:b}",
		"home_address", addr_str(&e->hoa), "peer", addr_str(&e->peer),
		"home_registration", e->home, "state", bul_state_str(e->state),
		"care_of_address", addr_json(&e->coa), "bound_care_of_address",
		addr_json(&e->bound_coa), "flags", flags_json(e->flags),
		"sequence", e->seq, "lifetime", lifetime_json(e->lifetime_4s),
		"remaining", left_json(e->expires, now), "refresh_in",
		left_json(e->refresh, now), "next_in",
		left_json(task_due(&e->task), now), "attempts",
		(json_int_t)e->attempts, "backoff", e->backoff_ms / 1000.0,
		"acknowledged", age_json(e->acked, now), "status",
		status_json(e->has_status, e->last_status), "blocked",
		e->blocked);
}

json_t *ctl_dump_bul(struct daemon *d, struct mtime now, const char **ret_error)
{
	const struct bul_entry *e;
	json_t *list;

	if (!daemon_mn(d)) {
		*ret_error = ctl_no_mn;
		return NULL;
	}
	list = json_array();
	for (e = mn_bul(daemon_mn(d))->head; e; e = e->next)
		json_array_append_new(list, bul_json(e, now));
	return json_pack("{s:o}", "registrations", list);
}

/* ---- interfaces ---- */

static void add_addr(void *arg, const struct mn_addr_info *info)
{
	json_array_append_new(arg,
			      json_pack("{s:s, s:s, s:b, s:b, s:o}", "address",
					addr_str(&info->addr), "state",
					mn_addr_state_str(info->state),
					"optimistic", info->optimistic,
					"home_subnet", info->home_subnet,
					"router", addr_json(&info->router)));
}

static void add_iface(void *arg, const struct mn_iface_info *info)
{
	struct ctl_walk *w = arg;
	json_t *addrs = json_array();

	if (info->ifindex)
		mn_walk_addrs(daemon_mn(w->d), info->ifindex, add_addr, addrs);
	json_array_append_new(
		w->list, json_pack("{s:o, s:o, s:b, s:b, s:i, s:s, s:o}",
				   "name", text_json(info->name), "ifindex",
				   info->ifindex ? json_integer(info->ifindex)
						 : json_null(),
				   "up", info->up, "carrier", info->carrier,
				   "preference", info->preference, "location",
				   info->location, "addresses", addrs));
}

json_t *ctl_dump_interfaces(struct daemon *d, struct mtime now,
			    const char **ret_error)
{
	struct ctl_walk w = { d, now, NULL };

	if (!daemon_mn(d)) {
		*ret_error = ctl_no_mn;
		return NULL;
	}
	w.list = json_array();
	mn_walk_ifaces(daemon_mn(d), add_iface, &w);
	return json_pack("{s:o}", "interfaces", w.list);
}

/* ---- care-of addresses ---- */

static void add_coa(void *arg, const struct mn_coa_info *info)
{
	struct ctl_walk *w = arg;

	json_array_append_new(
		w->list,
		json_pack("{s:s, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o}",
			  "home_address", addr_str(&info->hoa), "home_agent",
			  addr_json(&info->agent), "location", info->location,
			  "care_of_address", addr_json(&info->coa), "interface",
			  text_json(info->ifname), "router",
			  addr_json(&info->router), "reason",
			  text_json(info->reason), "age",
			  age_json(info->since, w->now), "previous",
			  addr_json(&info->previous)));
}

json_t *ctl_dump_care_of(struct daemon *d, struct mtime now,
			 const char **ret_error)
{
	struct ctl_walk w = { d, now, NULL };

	if (!daemon_mn(d)) {
		*ret_error = ctl_no_mn;
		return NULL;
	}
	w.list = json_array();
	mn_walk_coa(daemon_mn(d), add_coa, &w);
	return json_pack("{s:o}", "homes", w.list);
}

/* ---- counters ---- */

json_t *ctl_dump_counters(struct daemon *d, struct mtime now,
			  const char **ret_error)
{
	const struct counters *c = daemon_counters(d);
	json_t *all = json_object();
	unsigned int i;

	(void)now;
	(void)ret_error;
	for (i = 0; i < CNT_MAX; i++)
		json_object_set_new(all, counter_names[i],
				    json_integer((json_int_t)c->v[i]));
	return json_pack("{s:o}", "counters", all);
}
