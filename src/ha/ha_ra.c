/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Router advertisements of our own on a home link (ra = "own"): RFC 4861
 * section 6.2, RFC 6275 sections 7.1 to 7.5.
 *
 * This file decides when one leaves and what it holds: the H bit, the whole
 * address with the R bit, Home Agent Information where it is not the default,
 * the Advertisement Interval.  All of them go to all nodes.  What is wrong
 * with those of another program is left to ha_ra_watch.c.
 */
#include "ha_private.h"

#include "mip6d/cleanup.h"
#include "mip6d/random.h"

/* RFC 4861 section 10. */
#define MAX_INITIAL_RTR_ADVERT_INTERVAL_MS 16000
#define MAX_INITIAL_RTR_ADVERTISEMENTS     3
#define MAX_RA_DELAY_TIME_MS               500
#define MIN_DELAY_BETWEEN_RAS_MS           3000

/* RFC 6275 section 7.5. */
#define FAST_INTERVAL_MS 200
#define FAST_SLACK_MS    20

#define HOP_LIMIT        64

uint32_t ha_ra_min_delay_ms(const struct conf_home_link *c)
{
	uint32_t min = conf_ra_min_interval_ms(c);

	if (c->ra_min_delay_ms)
		return c->ra_min_delay_ms;
	return min < MIN_DELAY_BETWEEN_RAS_MS ? min : MIN_DELAY_BETWEEN_RAS_MS;
}

/* ---- contents ---- */

static struct icmp6_ra contents(const struct ha_wire *w, struct mtime now)
{
	const struct conf_home_link *c = w->conf;
	struct icmp6_ra ra = {
		.cur_hop_limit = HOP_LIMIT,
		.home_agent = true,
		.router_lifetime_s = (uint16_t)c->router_lifetime_s,
		.source_lladdr = w->lladdr,
		.interval_ms = c->ra_max_interval_ms,
		.ha_preference = (uint16_t)c->preference,
		.ha_lifetime_s = (uint16_t)c->ha_lifetime_s,
	};
	unsigned int i;

	if (!ra.ha_lifetime_s)
		ra.ha_lifetime_s = ra.router_lifetime_s;
	ra.has_ha_info = ra.ha_preference ||
			 ra.ha_lifetime_s != ra.router_lifetime_s;
	if (ra.interval_ms < FAST_INTERVAL_MS)
		ra.interval_ms += FAST_SLACK_MS;
	for (i = 0; i < w->prefixes.n; i++)
		if (w->prefixes.p[i].conf || w->prefixes.p[i].is_withdrawn)
			ra.prefixes[ra.n_prefixes++] =
				ha_prefix_option(&w->prefixes.p[i], now);
	return ra;
}

static void transmit(struct ha_wire *w, const struct icmp6_ra *ra,
		     struct mtime now)
{
	struct counters *c = w->ha->env.counters;
	uint8_t buf[64 + RA_MAX_PREFIXES * 32];
	struct nd_send msg = {
		.ifindex = w->ifindex,
		.src = w->ll,
		.dst = addr_all_nodes,
		.data = buf,
	};
	int len = icmp6_build_ra(&msg.src, &msg.dst, ra, buf, sizeof(buf)), err;

	msg.len = len < 0 ? 0 : (size_t)len;
	err = len < 0 ? len : transport_send_nd(w->ha->env.transport, &msg);
	if (err) {
		/* The next one makes up for it. */
		c->v[CNT_ICMP_OUT_FAILED]++;
		log_limited(LOG_LEVEL_WARNING, now,
			    "ra: %s: not sent: error %d", w->ifname, -err);
		return;
	}
	c->v[CNT_RA_OUT]++;
}

/* ---- when ---- */

static void arm(struct ha_wire *w, struct mtime now)
{
	const struct conf_home_link *c = w->conf;
	uint32_t min = conf_ra_min_interval_ms(c), max = c->ra_max_interval_ms;
	uint32_t ms = min < max ? min + random_below(max - min + 1) : max;

	if (!c->ra_unsolicited) {
		task_stop(&w->ra_task);
		return;
	}
	if (w->ra_initial) {
		w->ra_initial--;
		if (ms > MAX_INITIAL_RTR_ADVERT_INTERVAL_MS)
			ms = MAX_INITIAL_RTR_ADVERT_INTERVAL_MS;
	}
	tqueue_start(w->ha->env.tq, &w->ra_task, mtime_add_ms(now, ms));
}

static void on_timer(struct task *task, struct mtime now)
{
	struct ha_wire *w = container_of(task, struct ha_wire, ra_task);
	struct icmp6_ra ra = contents(w, now);

	transmit(w, &ra, now);
	w->ra_last = now;
	arm(w, now);
}

void ha_ra_init(struct ha_wire *w)
{
	task_init(&w->ra_task, on_timer);
}

/* At `at`, or later where that would be too soon after the last one; an
 * earlier time that is planned stays. */
static void send_at(struct ha_wire *w, struct mtime at, uint32_t delay_ms)
{
	struct mtime least = mtime_add_ms(
		w->ra_last, (int64_t)ha_ra_min_delay_ms(w->conf) + delay_ms);

	if (w->ra_last.us && mtime_before(at, least))
		at = least;
	if (mtime_before(at, task_due(&w->ra_task)))
		tqueue_start(w->ha->env.tq, &w->ra_task, at);
}

void ha_ra_on_rs(struct ha_wire *w, struct mtime now)
{
	uint32_t ms;

	if (!w->ra_on)
		return;
	w->ha->env.counters->v[CNT_RS_IN]++;
	ms = random_below(MAX_RA_DELAY_TIME_MS + 1);
	send_at(w, mtime_add_ms(now, ms), ms);
}

void ha_ra_changed(struct ha_wire *w, struct mtime now)
{
	if (!w->ra_on || !w->conf->ra_unsolicited)
		return;
	w->ra_initial = MAX_INITIAL_RTR_ADVERTISEMENTS - 1;
	send_at(w, now, 0);
}

void ha_ra_update(struct ha_wire *w, struct mtime now)
{
	bool on = w->ready && *w->ifname && w->conf->ra == CONF_RA_OWN &&
		  !addr_is_any(&w->ll);

	if (on == w->ra_on) {
		/* Shorter intervals after a reload. */
		if (on && w->conf->ra_unsolicited)
			send_at(w,
				mtime_add_ms(now, w->conf->ra_max_interval_ms),
				0);
		return;
	}
	if (!on) {
		ha_ra_stop(w, now);
		return;
	}
	w->ra_on = true;
	w->ra_initial = MAX_INITIAL_RTR_ADVERTISEMENTS - 1;
	log_info("ra: %s: advertising as home agent", w->ifname);
	if (w->conf->ra_unsolicited)
		tqueue_start(w->ha->env.tq, &w->ra_task, now);
}

/* RFC 4861 section 6.2.5.  Without Home Agent Information the lifetime as a
 * home agent is that of the router, so other agents forget us at once. */
void ha_ra_stop(struct ha_wire *w, struct mtime now)
{
	struct icmp6_ra ra;

	task_stop(&w->ra_task);
	if (!w->ra_on)
		return;
	w->ra_on = false;
	w->ra_last = (struct mtime){ 0 };
	if (!w->ready || addr_is_any(&w->ll))
		return;
	ra = contents(w, now);
	ra.router_lifetime_s = 0;
	ra.has_ha_info = false;
	transmit(w, &ra, now);
}
