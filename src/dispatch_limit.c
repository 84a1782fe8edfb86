/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How many requests others may have answered (RFC 6275 section 15; RFC 4225
 * section 4): a flood from many places leaves the registered nodes served.
 *
 * This file decides three ways in, with room of their own: for a home address
 * that is registered, from where it is bound, which nothing but its own rate
 * limits; for one that is registered, from elsewhere, which each /64 has to
 * itself; and for all others.  Those of the second and those of the third share
 * what their /64, their /48 and all of them together are given.  Whoever forges
 * the second cannot disturb the first, nor, from few places, who moves.
 *
 * Memory is fixed: buckets are found by a keyed hash and shared by those who
 * meet in one, which an attacker cannot arrange.  Answers to what was asked
 * pass: the roles drop those that nobody asked for.
 */
#include <string.h>

#include "mip6d/hash.h"
#include "src/daemon_priv.h"

#define SITE_LEN   48
#define SOURCE_LEN 64

enum way { WAY_BOUND, WAY_MOVED, WAY_STRANGER };

/* rate 0: no limit.  A second's worth may come at once. */
static bool take(struct bucket *b, uint32_t rate, struct mtime now)
{
	return !rate || bucket_take(b, rate, rate, now);
}

static bool take_of(struct bucket *row, const void *key, size_t len,
		    uint32_t rate, struct mtime now)
{
	return !rate ||
	       take(&row[hash_bytes(key, len) % LIMIT_SLOTS], rate, now);
}

static bool take_of_prefix(struct bucket *row, const struct in6_addr *a,
			   uint8_t len, uint32_t rate, struct mtime now)
{
	struct prefix p = prefix_of(a, len);

	return take_of(row, &p.addr, sizeof(p.addr), rate, now);
}

static enum way way_of(struct daemon *d, const struct packet *pkt)
{
	if (d->ha && ha_is_registered(d->ha, &pkt->dst, &pkt->src))
		return ha_is_bound_at(d->ha, &pkt->src, &pkt->wire_src)
			       ? WAY_BOUND
			       : WAY_MOVED;
	if (d->cn && cn_is_registered(d->cn, &pkt->dst, &pkt->src))
		return WAY_MOVED;
	return WAY_STRANGER;
}

/* What a node asks of us; whatever is no message at all, too. */
static bool is_request(const struct packet *pkt)
{
	switch (pkt->len > 2 ? pkt->data[2] : MH_BU) {
	case MH_BRR:
	case MH_HOT:
	case MH_COT:
	case MH_BA:
	case MH_BE:
		return false;
	default:
		return true;
	}
}

/* What a registered node sends. */
static bool take_of_node(struct daemon *d, const struct packet *pkt,
			 enum way way)
{
	struct in6_addr pair[2] = {
		pkt->src,
		prefix_of(&pkt->wire_src, SOURCE_LEN).addr,
	};
	uint32_t rate = d->conf->limits.node_rate;

	if (way == WAY_BOUND)
		return take_of(d->limits.bound, &pkt->src, sizeof(pkt->src),
			       rate, pkt->when);
	return take_of(d->limits.moved, pair, sizeof(pair), rate, pkt->when);
}

static bool take_of_source(struct daemon *d, const struct packet *pkt,
			   unsigned int row)
{
	const struct conf_limits *c = &d->conf->limits;
	struct limits *l = &d->limits;

	return take_of_prefix(l->sources[row], &pkt->wire_src, SOURCE_LEN,
			      c->source_rate, pkt->when) &&
	       take_of_prefix(l->sites[row], &pkt->wire_src, SITE_LEN,
			      c->site_rate, pkt->when);
}

bool limit_take(struct daemon *d, const struct packet *pkt)
{
	enum counter drop = CNT_MAX;
	enum way way;
	unsigned int row;

	if (!is_request(pkt))
		return true;
	way = way_of(d, pkt);
	row = way == WAY_STRANGER;
	if (way != WAY_STRANGER && !take_of_node(d, pkt, way))
		drop = CNT_MH_RATE_NODE;
	else if (way != WAY_BOUND && !take_of_source(d, pkt, row))
		drop = CNT_MH_RATE_SOURCE;
	else if (way != WAY_BOUND &&
		 !take(&d->limits.total[row], d->conf->limits.rate, pkt->when))
		drop = CNT_MH_RATE_TOTAL;
	if (drop == CNT_MAX)
		return true;
	d->env.counters->v[drop]++;
	log_limited(LOG_LEVEL_INFO, pkt->when, "dispatch: from=%s dropped: %s",
		    addr_str(&pkt->wire_src), counter_texts[drop]);
	return false;
}
