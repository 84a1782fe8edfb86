/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Duplicate address detection on behalf of mobile nodes (RFC 6275 section
 * 10.3.1, RFC 4862 section 5.4).
 *
 * This file decides which addresses are probed, when, and what counts as
 * somebody else's claim.  There is no random delay in front of the first
 * probe: a mobile node waits for the answer, and nothing makes many of them
 * begin at the same moment.  What follows from the outcome is left to
 * ha_binding.c; addresses of our own are known without asking the link and
 * left to ha.c.
 */
#include "ha_private.h"

#include <errno.h>

static bool is_possible(const struct ha_binding *b, const struct ha_link *l)
{
	return l && !l->conf->is_virtual && b->ha->conf->dad_transmits;
}

bool ha_dad_wants_hoa(const struct ha_binding *b, const struct ha_link *l)
{
	return is_possible(b, l) && !b->hoa_unique;
}

bool ha_dad_wants_ll(const struct ha_binding *b, const struct ha_link *l)
{
	return is_possible(b, l) && b->req.flags & BU_FLAG_L && !b->ll_unique;
}

static void ll_link(struct ha_binding *b)
{
	b->ll_prev = &b->ha->ll_dads;
	b->ll_next = b->ha->ll_dads;
	if (b->ll_next)
		b->ll_next->ll_prev = &b->ll_next;
	b->ha->ll_dads = b;
}

static void ll_unlink(struct ha_binding *b)
{
	if (!b->ll_prev)
		return;
	*b->ll_prev = b->ll_next;
	if (b->ll_next)
		b->ll_next->ll_prev = b->ll_prev;
	b->ll_prev = NULL;
	b->ll_next = NULL;
}

void ha_dad_stop(struct bcache_entry *e)
{
	struct ha_binding *b = ha_binding(e);

	ll_unlink(b);
	if (b->listen_ifindex)
		transport_nd_listen(b->ha->env.transport, b->listen_ifindex,
				    false);
	b->listen_ifindex = 0;
}

/* 0 or -errno.  Both addresses or none: a round that went out by half is
 * sent again as a whole. */
static int probe(struct bcache_entry *e, const struct ha_link *l)
{
	struct ha_binding *b = ha_binding(e);
	struct in6_addr ll = addr_linklocal_of(&e->key.hoa);
	int err = 0;

	if (b->dad_hoa)
		err = ha_nd_probe(b->ha, l, &e->key.hoa);
	if (!err && b->dad_ll)
		err = ha_nd_probe(b->ha, l, &ll);
	return err;
}

static void probe_and_wait(struct bcache_entry *e, const struct ha_link *l,
			   struct mtime now)
{
	struct ha_binding *b = ha_binding(e);

	if (probe(e, l)) {
		b->dad_refused++;
	} else {
		b->dad_refused = 0;
		b->dad_sent++;
	}
	tqueue_start(b->ha->env.tq, &e->task,
		     mtime_add_ms(now, b->ha->conf->dad_interval_ms));
}

static int ears_open(struct ha_binding *b, const struct ha_link *l)
{
	int err;

	if (!l || !l->ready)
		return -ENETDOWN;
	err = transport_nd_listen(b->ha->env.transport, l->ifindex, true);
	if (!err)
		b->listen_ifindex = l->ifindex;
	return err;
}

void ha_dad_start(struct bcache_entry *e, struct mtime now)
{
	struct ha_binding *b = ha_binding(e);
	struct ha_link *l = ha_link_of(b->ha, e);
	int err;

	b->dad_sent = 0;
	b->dad_refused = 0;
	b->dad_hoa = ha_dad_wants_hoa(b, l);
	b->dad_ll = ha_dad_wants_ll(b, l);
	err = ears_open(b, l);
	if (err) {
		/* Who cannot hear must not conclude that nobody spoke. */
		log_limited(LOG_LEVEL_WARNING, now,
			    "dad: hoa=%s cannot be done: error %d",
			    addr_str(&e->key.hoa), -err);
		b->dad_refused = HA_DAD_SEND_TRIES;
		tqueue_start(b->ha->env.tq, &e->task, now);
		return;
	}
	if (b->dad_ll)
		ll_link(b);
	probe_and_wait(e, l, now);
}

void ha_dad_on_timer(struct bcache_entry *e, struct mtime now)
{
	struct ha_binding *b = ha_binding(e);
	struct ha_link *l = ha_link_of(b->ha, e);

	if (b->dad_refused >= HA_DAD_SEND_TRIES || !l || !l->ready)
		ha_binding_on_dad(e, BA_NO_RESOURCES, now);
	else if (b->dad_refused || b->dad_sent < b->ha->conf->dad_transmits)
		probe_and_wait(e, l, now);
	else
		ha_binding_on_dad(e, 0, now);
}

/* ---- what is heard ---- */

static void claim(struct bcache_entry *e, const struct in6_addr *target,
		  const struct packet *pkt, struct mtime now)
{
	log_limited(LOG_LEVEL_NOTICE, now,
		    "dad: hoa=%s failed: %s is used by %s (%s)",
		    addr_str(&e->key.hoa), addr_str(target),
		    lladdr_str(&pkt->lladdr), addr_str(&pkt->src));
	ha_binding_on_dad(e, BA_DAD_FAILED, now);
}

static void claim_hoa(struct ha *ha, const struct in6_addr *target,
		      const struct packet *pkt, struct mtime now)
{
	struct bcache_entry *e;
	unsigned int i;

	for (i = 0; i < ha->n_links; i++) {
		if (ha->links[i].ifindex != pkt->ifindex)
			continue;
		e = bcache_find(ha->bc, &ha->links[i].conf->address, target);
		if (e && e->state == BCACHE_DAD && ha_binding(e)->dad_hoa &&
		    ha_binding(e)->listen_ifindex == pkt->ifindex)
			claim(e, target, pkt, now);
	}
}

static struct bcache_entry *ll_find(struct ha *ha, int ifindex,
				    const struct in6_addr *target)
{
	struct ha_binding *b;

	for (b = ha->ll_dads; b; b = b->ll_next) {
		struct bcache_entry *e = ha_binding_entry(b);
		struct in6_addr ll = addr_linklocal_of(&e->key.hoa);

		if (b->listen_ifindex == ifindex && addr_eq(&ll, target))
			return e;
	}
	return NULL;
}

static bool is_ours(const struct ha *ha, const struct packet *pkt)
{
	unsigned int i;

	for (i = 0; i < ha->n_links; i++)
		if (ha->links[i].ifindex == pkt->ifindex && pkt->lladdr.len &&
		    lladdr_eq(&ha->links[i].lladdr, &pkt->lladdr))
			return true;
	return false;
}

void ha_dad_on_nd(struct ha *ha, const struct packet *pkt,
		  const struct icmp6_msg *msg, struct mtime now)
{
	struct bcache_entry *e;
	struct in6_addr target;

	/* A solicitation with a source only asks for the address; without one
	 * it comes from another node that is about to take it. */
	if (msg->type == ICMP6_NS && addr_is_any(&pkt->src))
		target = msg->ns.target;
	else if (msg->type == ICMP6_NA)
		target = msg->na.target;
	else
		return;
	if (pkt->ifindex <= 0 || is_ours(ha, pkt))
		return;
	if (!addr_is_linklocal(&target)) {
		claim_hoa(ha, &target, pkt, now);
		return;
	}
	while ((e = ll_find(ha, pkt->ifindex, &target)))
		claim(e, &target, pkt, now);
}
