/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mobile prefix discovery at the home agent (RFC 6275 sections 6.7, 6.8,
 * 10.6.2, 10.6.3).
 *
 * This file decides when a mobile node is told the prefixes of its home link:
 * right away when it asks, at a random time after a change or when nothing
 * was sent for long, repeated until it acknowledges by asking; never more
 * than once a second, and only while its binding is in force.
 *
 *   OFF -> SCHEDULED -> WAITING (3 s, 6, 12) -> IDLE -> SCHEDULED
 *
 * M and O are 0: there is no DHCPv6 for mobile nodes (section 6.8).  Which
 * prefixes there are is left to ha_prefix.c.
 */
#include "ha_private.h"

#include "mip6d/cleanup.h"
#include "mip6d/random.h"

#define LEAST_INTERVAL_S 1

static struct bcache_entry *entry_of(struct ha_mpd *m)
{
	return ha_binding_entry(container_of(m, struct ha_binding, mpd));
}

static struct lifetime_prefix life_of(struct bcache_entry *e, struct mtime now)
{
	struct ha *ha = ha_binding(e)->ha;
	const struct ha_link *l = ha_link_of(ha, e);

	return l ? ha_link_prefix(ha, l, now) : (struct lifetime_prefix){ 0 };
}

/* ---- when ---- */

static void arm(struct bcache_entry *e)
{
	struct ha_mpd *m = &ha_binding(e)->mpd;
	struct mtime due = m->due;

	if (m->is_solicited)
		due = mtime_min(due, mtime_add_s(m->last, LEAST_INTERVAL_S));
	tqueue_start(ha_binding(e)->ha->env.tq, &m->task, due);
}

/* Differs from RFC 6275 10.6.2: sooner where the prefix would be invalid by
 * then, since a mobile node that is told too late is not told at all. */
void ha_mpd_delay(const struct conf_ha *conf, struct lifetime_prefix life,
		  uint32_t *ret_min_s, uint32_t *ret_max_s)
{
	uint32_t min = conf->min_prefix_interval_s;
	uint32_t max = conf->max_prefix_interval_s;
	uint32_t span;

	if (life.preferred_s < max)
		max = life.preferred_s;
	span = max > min ? max - min : min - max;
	if (life.valid_s && life.valid_s <= min + span) {
		min = 0;
		span = life.valid_s / 2;
	}
	*ret_min_s = min;
	*ret_max_s = min + (span ? span : 1);
}

static void schedule(struct bcache_entry *e, struct mtime now)
{
	struct ha_binding *b = ha_binding(e);
	struct ha_mpd *m = &b->mpd;
	uint32_t min, max;

	ha_mpd_delay(b->ha->conf, life_of(e, now), &min, &max);
	m->state = HA_MPD_SCHEDULED;
	m->due = mtime_add_s(now, min + random_below(max - min));
	/* Spread within the second, too. */
	m->due = mtime_add_ms(m->due, random_below(1000));
}

/* Until nothing has been sent for MaxMobPfxAdvInterval. */
static void rest(struct bcache_entry *e)
{
	struct ha_binding *b = ha_binding(e);

	b->mpd.state = HA_MPD_IDLE;
	b->mpd.due =
		mtime_add_s(b->mpd.last, b->ha->conf->max_prefix_interval_s);
}

/* ---- sending ---- */

/* Of its home link, or of the one that had its prefix until just now. */
static const struct ha_wire *wire_of(struct bcache_entry *e)
{
	const struct ha *ha = ha_binding(e)->ha;
	const struct ha_link *l = ha_link_of(ha, e);
	unsigned int i, j;

	if (l)
		return ha_disc_wire(ha, l->conf);
	for (i = 0; i < ha->disc.n_wires; i++) {
		const struct ha_prefixes *all = &ha->disc.wires[i]->prefixes;

		for (j = 0; j < all->n; j++)
			if (all->p[j].is_withdrawn &&
			    prefix_contains(&all->p[j].prefix, &e->key.hoa))
				return ha->disc.wires[i];
	}
	return NULL;
}

static struct icmp6_mpa contents(struct bcache_entry *e, struct mtime now)
{
	const struct ha_wire *w = wire_of(e);
	struct icmp6_mpa mpa = { 0 };
	unsigned int i;

	for (i = 0; w && i < w->prefixes.n; i++)
		mpa.prefixes[mpa.n_prefixes++] =
			ha_prefix_option(&w->prefixes.p[i], now);
	return mpa;
}

/* From the address that the binding is with, to the care-of address. */
static void transmit(struct bcache_entry *e, uint16_t id, struct mtime now)
{
	struct ha_binding *b = ha_binding(e);
	struct icmp6_mpa mpa = contents(e, now);
	uint8_t buf[8 + RA_MAX_PREFIXES * 32];
	struct mh_send send = {
		.src = e->key.local,
		.dst = e->key.hoa,
		.rh2 = true,
		.coa = e->coa,
		.data = buf,
	};
	int len, err;

	b->mpd.last = now;
	mpa.id = id;
	len = icmp6_build_mpa(&mpa, buf, sizeof(buf));
	send.len = len < 0 ? 0 : (size_t)len;
	err = len < 0 ? len : transport_send_icmp6(b->ha->env.transport, &send);
	if (err) {
		/* Repeated, or asked for again. */
		b->ha->env.counters->v[CNT_ICMP_OUT_FAILED]++;
		log_limited(LOG_LEVEL_WARNING, now,
			    "mpa: hoa=%s coa=%s not sent: error %d",
			    addr_str(&e->key.hoa), addr_str(&e->coa), -err);
		return;
	}
	b->ha->env.counters->v[CNT_MPA_OUT]++;
	log_debug("mpa: hoa=%s coa=%s id=%u prefixes=%u", addr_str(&e->key.hoa),
		  addr_str(&e->coa), id, mpa.n_prefixes);
}

static void send_unsolicited(struct bcache_entry *e, struct mtime now)
{
	struct ha_mpd *m = &ha_binding(e)->mpd;

	transmit(e, 0, now);
	m->is_unacked = true;
	m->state = HA_MPD_WAITING;
	m->due = mtime_add_s(now, HA_PREFIX_ADV_TIMEOUT_S << m->sent);
	m->sent++;
}

static void on_due(struct bcache_entry *e, struct mtime now)
{
	struct ha_mpd *m = &ha_binding(e)->mpd;

	switch (m->state) {
	case HA_MPD_IDLE:
		schedule(e, now);
		break;
	case HA_MPD_SCHEDULED:
		m->sent = 0;
		send_unsolicited(e, now);
		break;
	case HA_MPD_WAITING:
		if (m->sent > HA_PREFIX_ADV_RETRIES)
			rest(e);
		else
			send_unsolicited(e, now);
		break;
	case HA_MPD_OFF:
		break;
	}
}

static void on_timer(struct task *task, struct mtime now)
{
	struct ha_mpd *m = container_of(task, struct ha_mpd, task);
	struct bcache_entry *e = entry_of(m);
	struct mtime next = mtime_add_s(m->last, LEAST_INTERVAL_S);

	/* After a suspend all is due at once, the binding's end too. */
	if (!mtime_before(now, e->expires))
		return;
	if (m->last.us && mtime_before(now, next)) {
		/* Whatever is due has to wait for its second. */
		if (mtime_before(m->due, next))
			m->due = next;
	} else if (m->is_solicited) {
		m->is_solicited = false;
		transmit(e, m->id, now);
	} else if (!mtime_before(now, m->due)) {
		on_due(e, now);
	}
	if (m->state == HA_MPD_IDLE)
		rest(e);
	arm(e);
}

/* ---- from outside ---- */

void ha_mpd_init(struct bcache_entry *e)
{
	task_init(&ha_binding(e)->mpd.task, on_timer);
}

void ha_mpd_stop(struct bcache_entry *e)
{
	struct ha_mpd *m = &ha_binding(e)->mpd;

	task_stop(&m->task);
	m->state = HA_MPD_OFF;
	m->is_solicited = m->is_unacked = false;
}

/* RFC 4285 section 2: its key does not protect advertisements. */
static bool is_protected(struct bcache_entry *e)
{
	const struct ha_binding *b = ha_binding(e);

	return !b->proof.ident ||
	       ha_auth_is_trusted(b->ha, b->proof.ident, &e->key.hoa);
}

void ha_mpd_last(struct bcache_entry *e, struct mtime now)
{
	const struct ha_mpd *m = &ha_binding(e)->mpd;

	if (m->state != HA_MPD_OFF && wire_of(e) &&
	    (!m->last.us ||
	     !mtime_before(now, mtime_add_s(m->last, LEAST_INTERVAL_S))))
		transmit(e, 0, now);
}

void ha_mpd_start(struct bcache_entry *e, struct mtime now)
{
	if (ha_binding(e)->mpd.state != HA_MPD_OFF || !is_protected(e))
		return;
	schedule(e, now);
	arm(e);
}

void ha_mpd_on_bu(struct bcache_entry *e, struct mtime now)
{
	struct ha_mpd *m = &ha_binding(e)->mpd;

	if (!ha_binding(e)->ha->conf->prefix_advertisements)
		return;
	ha_mpd_start(e, now);
	if (m->state != HA_MPD_IDLE || !m->is_unacked)
		return;
	/* It may be where it can hear now (10.6.2). */
	m->sent = 0;
	m->state = HA_MPD_SCHEDULED;
	m->due = now;
	arm(e);
}

static bool is_too_late(struct bcache_entry *e, struct mtime now)
{
	uint32_t valid_s = life_of(e, now).valid_s;

	return valid_s != UINT32_MAX &&
	       mtime_before(mtime_add_s(now, valid_s), ha_binding(e)->mpd.due);
}

void ha_mpd_on_change(struct bcache_entry *e, struct mtime now)
{
	struct ha_mpd *m = &ha_binding(e)->mpd;

	/* One that is scheduled will tell this, too, at its time, unless the
	 * prefix would be invalid by then; one that is being repeated is out
	 * of date. */
	if (m->state == HA_MPD_OFF ||
	    (m->state == HA_MPD_SCHEDULED && !is_too_late(e, now)))
		return;
	schedule(e, now);
	arm(e);
}

static bool is_registered(struct bcache_entry *e, const struct packet *pkt)
{
	return e && pkt->has_hao && ha_is_in_force(e) &&
	       ha_binding(e)->mpd.state != HA_MPD_OFF &&
	       addr_eq(&e->coa, &pkt->wire_src);
}

void ha_mpd_on_mps(struct ha *ha, const struct packet *pkt,
		   const struct icmp6_msg *msg, struct mtime now)
{
	struct bcache_entry *e = bcache_find(ha->bc, &pkt->dst, &pkt->src);
	struct ha_mpd *m;

	ha->env.counters->v[CNT_MPS_IN]++;
	if (!is_registered(e, pkt)) {
		/* Binding Error 1 is the dispatcher's: the kernel reports
		 * the Home Address option (9.3.1). */
		ha->env.counters->v[CNT_MPS_REFUSED]++;
		log_limited(LOG_LEVEL_DEBUG, now,
			    "mps: hoa=%s from=%s not answered: %s",
			    addr_str(&pkt->src), addr_str(&pkt->wire_src),
			    ha->conf->prefix_advertisements ? "not registered"
							    : "switched off");
		return;
	}
	m = &ha_binding(e)->mpd;
	if (m->state == HA_MPD_WAITING)
		rest(e);
	m->is_unacked = false;
	m->is_solicited = true;
	m->id = msg->request.id;
	if (!m->last.us ||
	    !mtime_before(now, mtime_add_s(m->last, LEAST_INTERVAL_S))) {
		m->is_solicited = false;
		transmit(e, m->id, now);
		if (m->state == HA_MPD_IDLE)
			rest(e);
	}
	arm(e);
}
