/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Wires: each interface with all home prefixes that live on it, or a virtual
 * home link, as far as discovery is concerned (RFC 6275 sections 7, 10.1,
 * 10.5, 10.6.1).
 *
 * This file decides which wires there are, when they are ready, what an
 * advertisement that was heard means for the home agents list, the prefixes
 * and the bindings.  The rest is left to ha_list.c, ha_prefix.c, ha_dhaad.c,
 * ha_mpd.c and the files about router advertisements.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ha_private.h"
#include "mip6d/cleanup.h"

/* ---- finding ---- */

static bool is_on(const struct ha_wire *w, const struct conf_home_link *c)
{
	if (c->is_virtual)
		return !*w->ifname && prefix_eq(&w->virtual_prefix, &c->prefix);
	return !strcmp(w->ifname, c->ifname);
}

struct ha_wire *ha_disc_wire(const struct ha *ha,
			     const struct conf_home_link *conf)
{
	unsigned int i;

	for (i = 0; i < ha->disc.n_wires; i++)
		if (is_on(ha->disc.wires[i], conf))
			return ha->disc.wires[i];
	return NULL;
}

static struct ha_wire *wire_by_ifindex(const struct ha *ha, int ifindex)
{
	unsigned int i;

	for (i = 0; i < ha->disc.n_wires; i++)
		if (*ha->disc.wires[i]->ifname &&
		    ha->disc.wires[i]->ifindex == ifindex)
			return ha->disc.wires[i];
	return NULL;
}

struct lifetime_prefix ha_disc_life(const struct ha *ha,
				    const struct conf_home_link *conf,
				    struct mtime now)
{
	struct ha_wire *w = ha_disc_wire(ha, conf);
	const struct ha_prefix *p =
		w ? ha_prefix_find(&w->prefixes, &conf->prefix) : NULL;

	if (p)
		return ha_prefix_life(p, now);
	return (struct lifetime_prefix){ conf->valid_s, conf->preferred_s };
}

struct ha_list_agent ha_disc_ours(const struct ha_wire *w)
{
	struct ha_list_agent ours = {
		.ll = w->ll,
		.preference = (uint16_t)w->conf->preference,
		.expires = MTIME_NEVER,
	};
	unsigned int i;

	for (i = 0; i < w->n_links && i < HA_LIST_ADDRS; i++)
		ours.addrs[ours.n_addrs++] = (struct ha_list_addr){
			.addr = w->links[i]->address,
			.until = MTIME_NEVER,
		};
	return ours;
}

/* ---- what prefixes mean for bindings ---- */

struct change {
	struct ha_wire *w;
	struct mtime now;
};

static void change_one(void *arg, struct bcache_entry *e)
{
	struct change *c = arg;
	struct ha *ha = c->w->ha;
	const struct ha_link *l = ha_link_of(ha, e);

	if (!l || ha_disc_wire(ha, l->conf) != c->w)
		return;
	ha_binding_cut(e, ha_link_prefix(ha, l, c->now).valid_s, c->now);
	ha_mpd_on_change(e, c->now);
}

static void prefixes_changed(struct ha_wire *w, struct mtime now)
{
	struct change c = { w, now };

	if (bcache_count(w->ha->bc))
		log_info("prefix: the prefixes of %s have changed: mobile "
			 "nodes will be told",
			 *w->ifname ? w->ifname : "a virtual home link");
	bcache_walk(w->ha->bc, change_one, &c);
	ha_ra_changed(w, now);
}

/* ---- expiry ---- */

static void expiry_arm(struct ha_wire *w)
{
	struct mtime next =
		mtime_min(ha_list_next(&w->list), ha_prefix_next(&w->prefixes));

	if (next.us == INT64_MAX)
		task_stop(&w->expiry);
	else
		tqueue_start(w->ha->env.tq, &w->expiry, next);
}

static void on_expiry(struct task *task, struct mtime now)
{
	struct ha_wire *w = container_of(task, struct ha_wire, expiry);
	struct in6_addr ll;

	while (ha_list_expire(&w->list, now, &ll))
		log_info("ha: home agent %s on %s has not been heard: not "
			 "listed any more",
			 addr_str(&ll), w->ifname);
	if (ha_prefix_expire(&w->prefixes, now))
		prefixes_changed(w, now);
	expiry_arm(w);
}

/* ---- the set of wires ---- */

static struct ha_wire *wire_new(struct ha *ha, const struct conf_home_link *c)
{
	struct ha_wire **wires = reallocarray(
		ha->disc.wires, ha->disc.n_wires + 1, sizeof(*wires));
	struct ha_wire *w = calloc(1, sizeof(*w));

	if (wires)
		ha->disc.wires = wires;
	if (!wires || !w) {
		free(w);
		return NULL;
	}
	w->ha = ha;
	if (c->is_virtual)
		w->virtual_prefix = c->prefix;
	else
		memcpy(w->ifname, c->ifname, sizeof(w->ifname));
	task_init(&w->expiry, on_expiry);
	ha_ra_init(w);
	ha_watch_init(w);
	wires[ha->disc.n_wires++] = w;
	return w;
}

static void wire_free(struct ha_wire *w, struct mtime now)
{
	ha_ra_stop(w, now);
	ha_watch_stop(w);
	ha_dhaad_leave(w);
	task_stop(&w->expiry);
	ha_list_clear(&w->list);
	free(w);
}

static int wires_collect(struct ha *ha)
{
	unsigned int i;

	for (i = 0; i < ha->conf->n_links; i++) {
		const struct conf_home_link *c = &ha->conf->links[i];
		struct ha_wire *w = ha_disc_wire(ha, c);

		if (!w)
			w = wire_new(ha, c);
		if (!w)
			return -ENOMEM;
		if (!w->is_kept) {
			w->is_kept = true;
			w->conf = c;
			w->n_links = 0;
		}
		if (w->n_links < RA_MAX_PREFIXES)
			w->links[w->n_links++] = c;
	}
	return 0;
}

static void wires_release(struct ha *ha, struct mtime now)
{
	struct ha_disc *d = &ha->disc;
	unsigned int i = 0;

	while (i < d->n_wires) {
		struct ha_wire *w = d->wires[i];

		if (w->is_kept) {
			w->is_kept = false;
			i++;
			continue;
		}
		d->wires[i] = d->wires[--d->n_wires];
		wire_free(w, now);
	}
}

static void prefixes_set(struct ha_wire *w, struct mtime now)
{
	bool changed = false;
	unsigned int i;

	for (i = 0; i < w->n_links; i++)
		changed |= ha_prefix_configure(&w->prefixes, w->links[i]);
	changed |= ha_prefix_withdraw(
		&w->prefixes, w->links, w->n_links,
		mtime_add_s(now, 2LL * w->ha->conf->max_prefix_interval_s));
	if (changed)
		prefixes_changed(w, now);
	expiry_arm(w);
}

/* Where any home link has "ipsec": the kernel cannot tell the others apart. */
static bool wants_esp(const struct ha *ha)
{
	unsigned int i;

	for (i = 0; i < ha->conf->n_links; i++)
		if (ha->conf->links[i].security == CONF_SECURITY_IPSEC)
			return true;
	return false;
}

static void mps_listen(struct ha *ha, bool on)
{
	int err;

	if (ha->disc.mps_on == on)
		return;
	err = transport_mps_listen(ha->env.transport, on, wants_esp(ha));
	if (err && on)
		log_error("mpd: Mobile Prefix Solicitations cannot be heard: "
			  "error %d",
			  -err);
	ha->disc.mps_on = on && !err;
}

int ha_disc_set(struct ha *ha, struct mtime now)
{
	unsigned int i;
	int err;

	err = wires_collect(ha);
	if (err) {
		ha_disc_free(ha);
		return err;
	}
	wires_release(ha, now);
	for (i = 0; i < ha->disc.n_wires; i++)
		prefixes_set(ha->disc.wires[i], now);
	ha_disc_on_links(ha, now);
	for (i = 0; i < ha->disc.n_wires; i++)
		ha_dhaad_join(ha->disc.wires[i]);
	mps_listen(ha, ha->conf->prefix_advertisements);
	return 0;
}

void ha_disc_free(struct ha *ha)
{
	unsigned int i;

	mps_listen(ha, false);
	for (i = 0; i < ha->disc.n_wires; i++)
		wire_free(ha->disc.wires[i], (struct mtime){ 0 });
	free(ha->disc.wires);
	ha->disc = (struct ha_disc){ 0 };
}

/* ---- interfaces ---- */

static const struct ha_link *link_of(const struct ha *ha,
				     const struct ha_wire *w)
{
	unsigned int i;

	for (i = 0; i < ha->n_links; i++)
		if (ha->links[i].conf == w->conf)
			return &ha->links[i];
	return NULL;
}

static void wire_update(struct ha_wire *w, struct mtime now)
{
	const struct ha_link *l = link_of(w->ha, w);
	bool was_ready = w->ready;

	if (!l)
		return;
	if (w->ifindex != l->ifindex) {
		/* Another wire: nothing is known of it. */
		w->ready = false;
		ha_ra_update(w, now);
		ha_watch_update(w, now);
		ha_dhaad_leave(w);
		ha_list_clear(&w->list);
		w->ll = addr_any;
		was_ready = false;
	}
	w->ifindex = l->ifindex;
	w->lladdr = l->lladdr;
	w->ready = l->ready;
	if (w->ready != was_ready)
		ha_dhaad_join(w);
	ha_ra_update(w, now);
	ha_watch_update(w, now);
	expiry_arm(w);
}

void ha_disc_on_links(struct ha *ha, struct mtime now)
{
	unsigned int i;

	for (i = 0; i < ha->disc.n_wires; i++)
		wire_update(ha->disc.wires[i], now);
}

void ha_disc_on_addr(struct ha *ha, const struct kernel_addr *ev,
		     struct mtime now)
{
	struct ha_wire *w = wire_by_ifindex(ha, ev->ifindex);

	if (!w || !addr_is_linklocal(&ev->addr))
		return;
	if (ev->gone || ev->tentative || ev->dad_failed) {
		if (!addr_eq(&w->ll, &ev->addr))
			return;
		w->ll = addr_any;
	} else if (addr_is_any(&w->ll)) {
		w->ll = ev->addr;
	}
	ha_ra_update(w, now);
}

/* ---- messages ---- */

static void log_list(const struct ha_wire *w, enum ha_list_verdict v,
		     const struct in6_addr *ll, const struct icmp6_ra *ra,
		     struct mtime now)
{
	static const char *const words[] = {
		[HA_LIST_ADDED] = "is listed",
		[HA_LIST_CHANGED] = "has changed",
		[HA_LIST_DELETED] = "is no home agent any more",
		[HA_LIST_FULL] = "is not listed: there are too many",
	};

	if (v == HA_LIST_SAME)
		return;
	if (v == HA_LIST_FULL)
		w->ha->env.counters->v[CNT_AGENTS_FULL]++;
	log_limited(LOG_LEVEL_INFO, now,
		    "ha: home agent %s on %s, preference %u, lifetime %u s: "
		    "%s",
		    addr_str(ll), w->ifname, ra->ha_preference,
		    ra->ha_lifetime_s, words[v]);
}

static void on_ra(struct ha *ha, const struct packet *pkt,
		  const struct icmp6_ra *ra, struct mtime now)
{
	struct ha_wire *w = wire_by_ifindex(ha, pkt->ifindex);
	bool is_ours;

	if (!w || !w->ready)
		return;
	ha->env.counters->v[CNT_RA_IN]++;
	is_ours = addr_eq(&pkt->src, &w->ll) ||
		  kernel_addr_is_local(ha->env.kernel, &pkt->src);
	if (is_ours)
		ha_watch_on_ra(w, ra, now);
	else
		log_list(w, ha_list_on_ra(&w->list, &pkt->src, ra, now),
			 &pkt->src, ra, now);
	if (w->conf->ra == CONF_RA_WATCH &&
	    ha_prefix_on_ra(&w->prefixes, w->ifname, ra, is_ours, now))
		prefixes_changed(w, now);
	expiry_arm(w);
}

void ha_disc_on_icmp6(struct ha *ha, const struct packet *pkt,
		      const struct icmp6_msg *msg, struct mtime now)
{
	struct ha_wire *w;

	switch ((enum icmp6_type)msg->type) {
	case ICMP6_RS:
		w = wire_by_ifindex(ha, pkt->ifindex);
		if (w)
			ha_ra_on_rs(w, now);
		break;
	case ICMP6_RA:
		on_ra(ha, pkt, &msg->ra, now);
		break;
	case ICMP6_HAAD_REQUEST:
		ha_dhaad_on_request(ha, pkt, msg, now);
		break;
	case ICMP6_MPS:
		ha_mpd_on_mps(ha, pkt, msg, now);
		break;
	case ICMP6_HAAD_REPLY:
	case ICMP6_MPA:
	case ICMP6_NS:
	case ICMP6_NA:
	case ICMP6_DEST_UNREACH_T:
	case ICMP6_TOO_BIG_T:
	case ICMP6_TIME_EXCEEDED_T:
	case ICMP6_PARAM_PROB_T:
		break;
	}
}
