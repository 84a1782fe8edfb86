/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Watching the router advertisements that another program on this machine
 * sends on a home link (ra = "watch").
 *
 * This file decides when they are listened to, when silence is worth a word,
 * and that each finding is logged once, until it is another.  What is wrong
 * with an advertisement is left to ha_ra_check.c.
 */
#include "ha_private.h"

#include <string.h>

#include "mip6d/cleanup.h"

/* The largest MaxRtrAdvInterval of RFC 4861 section 6.2.1, and some. */
#define SILENCE_S 1830

static const char *or_cannot(const char *line)
{
	return *line ? line : "(cannot: take ra = \"own\")";
}

static void log_finding(const struct ha_wire *w, const struct ha_ra_finding *f)
{
	if (f->weight == HA_RA_HINT) {
		log_info("ra: %s: %s", w->ifname, f->text);
		return;
	}
	log_warning("ra: %s: %s", w->ifname, f->text);
	log_warning("ra: %s: radvd: %s", w->ifname, or_cannot(f->radvd));
	log_warning("ra: %s: systemd-networkd: %s", w->ifname,
		    or_cannot(f->networkd));
	log_warning("ra: %s: FRR: %s", w->ifname, or_cannot(f->frr));
}

static bool is_known(const struct ha_wire *w, const struct ha_ra_finding *f)
{
	unsigned int i;

	for (i = 0; i < w->n_findings; i++)
		if (!strcmp(w->findings[i].text, f->text))
			return true;
	return false;
}

static void judge(struct ha_wire *w, const struct icmp6_ra *ra)
{
	struct ha_ra_finding found[HA_RA_FINDINGS];
	unsigned int i, n, before = w->n_findings;

	n = ha_ra_check(ra, w->ifname, w->links, w->n_links, found);
	for (i = 0; i < n; i++)
		if (!is_known(w, &found[i]))
			log_finding(w, &found[i]);
	memcpy(w->findings, found, n * sizeof(found[0]));
	w->n_findings = n;
	if (before && !n)
		log_notice("ra: %s: the router advertisements are complete",
			   w->ifname);
}

static void arm(struct ha_wire *w, struct mtime now)
{
	tqueue_start(w->ha->env.tq, &w->watch_task,
		     mtime_add_s(now, SILENCE_S));
}

static void on_silence(struct task *task, struct mtime now)
{
	struct ha_wire *w = container_of(task, struct ha_wire, watch_task);

	(void)now;
	w->heard = (struct mtime){ 0 };
	judge(w, NULL);
}

void ha_watch_init(struct ha_wire *w)
{
	task_init(&w->watch_task, on_silence);
}

void ha_watch_stop(struct ha_wire *w)
{
	task_stop(&w->watch_task);
	if (w->watch_ifindex)
		transport_ra_listen(w->ha->env.transport, w->watch_ifindex,
				    false);
	w->watch_ifindex = 0;
	w->n_findings = 0;
	w->heard = (struct mtime){ 0 };
}

void ha_watch_update(struct ha_wire *w, struct mtime now)
{
	bool on = w->ready && *w->ifname && w->conf->ra == CONF_RA_WATCH;
	int err;

	if (w->watch_ifindex && (!on || w->watch_ifindex != w->ifindex))
		ha_watch_stop(w);
	/* A reload may want something else of what was heard. */
	if (w->watch_ifindex && w->heard.us)
		judge(w, &w->own_ra);
	if (!on || w->watch_ifindex)
		return;
	err = transport_ra_listen(w->ha->env.transport, w->ifindex, true);
	if (err) {
		log_warning("ra: %s: cannot listen to what leaves: error %d",
			    w->ifname, -err);
		return;
	}
	w->watch_ifindex = w->ifindex;
	w->watch_since = now;
	arm(w, now);
}

void ha_watch_on_ra(struct ha_wire *w, const struct icmp6_ra *ra,
		    struct mtime now)
{
	if (w->ra_on)
		log_limited(LOG_LEVEL_WARNING, now,
			    "ra: %s: another program of this machine sends "
			    "router advertisements, too: stop it, or take ra "
			    "= \"watch\"",
			    w->ifname);
	/* Also while its end is announced: silence follows. */
	if (!w->watch_ifindex || !ra->router_lifetime_s)
		return;
	w->heard = now;
	w->own_ra = *ra;
	judge(w, ra);
	arm(w, now);
}
