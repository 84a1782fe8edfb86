/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The daemon's state as JSON.  Pure.
 *
 * This file decides the members of each reply; mip6d-ctl(8) documents them.
 * Ages and lifetimes are in seconds; what there is none of is null.  The
 * envelope is left to ctl_answer.c, pretty text to ctl_text.c.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "mip6d/ctl.h"
#include "mip6d/mh.h"
#include "src/ctl/ctl_priv.h"

static const char no_ha[] =
	"this mip6d is no home agent: its configuration has no home-agent";
static const char no_mn[] =
	"this mip6d is no mobile node: its configuration has no mobile-node";

/* ---- values ---- */

/* An interface's name, alone or in a sentence, can be anything; JSON is UTF-8. */
static json_t *text_json(const char *text)
{
	char copy[256];
	json_t *j;
	char *p;

	if (!text)
		return json_null();
	j = json_string(text);
	if (j)
		return j;
	snprintf(copy, sizeof(copy), "%s", text);
	for (p = copy; *p; p++)
		if ((unsigned char)*p > 0x7e)
			*p = '?';
	return json_string(copy);
}

/* null for ::. */
static json_t *addr_json(const struct in6_addr *a)
{
	return addr_is_any(a) ? json_null() : json_string(addr_str(a));
}

/* Seconds since t; null when it has not been. */
static json_t *age_json(struct mtime t, struct mtime now)
{
	if (!t.us)
		return json_null();
	return json_integer(mtime_diff_us(now, t) / 1000000);
}

/* Seconds until t; null when that is over or never. */
static json_t *left_json(struct mtime t, struct mtime now)
{
	if (!t.us || t.us == INT64_MAX || mtime_before(t, now))
		return json_null();
	return json_integer(mtime_left_s(t, now));
}

static json_t *lifetime_json(uint16_t lifetime_4s)
{
	return json_integer((json_int_t)lifetime_4s * 4);
}

static json_t *flags_json(uint16_t flags)
{
	static const struct {
		uint16_t bit;
		const char *name;
	} names[] = {
		{ BU_FLAG_A, "A" },
		{ BU_FLAG_H, "H" },
		{ BU_FLAG_L, "L" },
		{ BU_FLAG_K, "K" },
	};
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (flags & names[i].bit)
			json_array_append_new(list, json_string(names[i].name));
	return list;
}

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

struct walk {
	struct daemon *d;
	struct mtime now;
	json_t *list;
};

static void add_home(void *arg, const struct mn_coa_info *info)
{
	struct walk *w = arg;
	const struct conf_mn_home *h = info->home;
	struct bul_entry *e =
		bul_find(mn_bul(daemon_mn(w->d)), &h->home_agent, &h->address);

	json_array_append_new(
		w->list,
		json_pack("{s:s, s:i, s:o, s:s, s:o, s:o, s:s, s:o}",
			  "home_address", addr_str(&h->address),
			  "prefix_length", h->plen, "home_agent",
			  addr_json(&h->home_agent), "location", info->location,
			  "care_of_address", addr_json(&info->coa), "interface",
			  text_json(info->ifname), "registration",
			  bul_state_str(e ? e->state : BUL_IDLE), "remaining",
			  e ? left_json(e->expires, w->now) : json_null()));
}

static json_t *mn_json(struct daemon *d, struct mtime now)
{
	struct walk w = { d, now, NULL };

	if (!daemon_mn(d))
		return json_null();
	w.list = json_array();
	mn_walk_coa(daemon_mn(d), add_home, &w);
	return json_pack("{s:o}", "homes", w.list);
}

json_t *ctl_dump_status(struct daemon *d, struct mtime now,
			const char **ret_error)
{
	const struct conf *conf = daemon_conf(d);

	(void)ret_error;
	return json_pack(
		"{s:s, s:s, s:I, s:o, s:o, s:o}", "program", "mip6d",
		"program_version", PACKAGE_VERSION, "uptime",
		(json_int_t)(mtime_diff_ms(now, daemon_started(d)) / 1000),
		"security",
		text_json(conf->security == CONF_SECURITY_INSECURE ? "insecure"
								   : NULL),
		"home_agent", ha_json(d), "mobile_node", mn_json(d, now));
}

/* ---- bindings ---- */

static void add_binding(void *arg, struct bcache_entry *e)
{
	struct walk *w = arg;

	json_array_append_new(
		w->list,
		json_pack("{s:s, s:o, s:s, s:s, s:o, s:i, s:o, s:o, s:o, s:o,"
			  " s:I, s:I}",
			  "home_address", addr_str(&e->key.hoa),
			  "care_of_address", addr_json(&e->coa), "home_agent",
			  addr_str(&e->key.local), "state",
			  bcache_state_str(e->state), "flags",
			  flags_json(e->flags), "sequence", e->seq, "lifetime",
			  lifetime_json(e->lifetime_4s), "remaining",
			  left_json(e->expires, w->now), "age",
			  age_json(e->created, w->now), "registered",
			  age_json(e->registered, w->now), "refreshes",
			  (json_int_t)e->refreshes, "moves",
			  (json_int_t)e->moves));
}

json_t *ctl_dump_bindings(struct daemon *d, struct mtime now,
			  const char **ret_error)
{
	struct walk w = { d, now, NULL };

	if (!daemon_ha(d)) {
		*ret_error = no_ha;
		return NULL;
	}
	w.list = json_array();
	bcache_walk(ha_bcache(daemon_ha(d)), add_binding, &w);
	return json_pack("{s:o}", "bindings", w.list);
}

/* ---- binding update list ---- */

static json_t *status_json(const struct bul_entry *e)
{
	if (!e->has_status)
		return json_null();
	return json_pack("{s:i, s:s, s:s}", "code", e->last_status, "text",
			 ba_status_str(e->last_status), "hint",
			 ba_status_hint(e->last_status));
}

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
		status_json(e), "blocked", e->blocked);
}

json_t *ctl_dump_bul(struct daemon *d, struct mtime now, const char **ret_error)
{
	const struct bul_entry *e;
	json_t *list;

	if (!daemon_mn(d)) {
		*ret_error = no_mn;
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
	struct walk *w = arg;
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
	struct walk w = { d, now, NULL };

	if (!daemon_mn(d)) {
		*ret_error = no_mn;
		return NULL;
	}
	w.list = json_array();
	mn_walk_ifaces(daemon_mn(d), add_iface, &w);
	return json_pack("{s:o}", "interfaces", w.list);
}

/* ---- care-of addresses ---- */

static void add_coa(void *arg, const struct mn_coa_info *info)
{
	struct walk *w = arg;

	json_array_append_new(
		w->list,
		json_pack("{s:s, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o}",
			  "home_address", addr_str(&info->home->address),
			  "home_agent", addr_json(&info->home->home_agent),
			  "location", info->location, "care_of_address",
			  addr_json(&info->coa), "interface",
			  text_json(info->ifname), "router",
			  addr_json(&info->router), "reason",
			  text_json(info->reason), "age",
			  age_json(info->since, w->now), "previous",
			  addr_json(&info->previous)));
}

json_t *ctl_dump_care_of(struct daemon *d, struct mtime now,
			 const char **ret_error)
{
	struct walk w = { d, now, NULL };

	if (!daemon_mn(d)) {
		*ret_error = no_mn;
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
