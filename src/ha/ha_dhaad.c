/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dynamic home agent address discovery (RFC 6275 sections 6.5, 6.6, 10.5).
 *
 * This file decides which requests are answered: those to the Mobile IPv6
 * Home-Agents anycast address (RFC 2526) of one of our home prefixes, from an
 * address that can be answered, so many a second; and where that anycast
 * address is ours.  The order of the addresses is left to ha_list.c.
 */
#include "ha_private.h"

#include <string.h>

/* ---- the anycast address ---- */

/* The anycast addresses that w should have. */
static unsigned int wanted(const struct ha_wire *w,
			   struct in6_addr ret[RA_MAX_PREFIXES])
{
	unsigned int i, n = 0;

	if (!w->ready || !w->ha->conf->agent_discovery)
		return 0;
	for (i = 0; i < w->n_links; i++)
		if (addr_home_agents(&w->links[i]->prefix, &ret[n]))
			n++;
		else
			log_warning("dhaad: %s has no home agents anycast "
				    "address: it is longer than 121 bits",
				    prefix_str(&w->links[i]->prefix));
	return n;
}

void ha_dhaad_join(struct ha_wire *w)
{
	struct in6_addr a[RA_MAX_PREFIXES];
	unsigned int i, n = wanted(w, a);
	int err;

	/* A reload leaves no gap. */
	if (n == w->n_anycast && w->anycast_ifindex == w->ifindex &&
	    !memcmp(a, w->anycast, n * sizeof(a[0])))
		return;
	ha_dhaad_leave(w);
	w->anycast_ifindex = w->ifindex;
	for (i = 0; i < n; i++) {
		err = transport_anycast(w->ha->env.transport, w->ifindex, &a[i],
					true);
		if (!err)
			w->anycast[w->n_anycast++] = a[i];
		else
			log_error("dhaad: cannot join %s on %s: error %d: "
				  "requests to it are not answered",
				  addr_str(&a[i]), w->ifname, -err);
	}
}

void ha_dhaad_leave(struct ha_wire *w)
{
	/* The interface may be gone, and the address with it. */
	while (w->n_anycast)
		transport_anycast(w->ha->env.transport, w->anycast_ifindex,
				  &w->anycast[--w->n_anycast], false);
}

/* ---- requests ---- */

/* The home link whose anycast address it is; NULL: none. */
static const struct conf_home_link *link_asked(const struct ha *ha,
					       const struct in6_addr *dst,
					       struct ha_wire **ret_wire)
{
	struct in6_addr a;
	unsigned int i, j;

	for (i = 0; i < ha->disc.n_wires; i++) {
		struct ha_wire *w = ha->disc.wires[i];

		for (j = 0; j < w->n_links; j++)
			if (addr_home_agents(&w->links[j]->prefix, &a) &&
			    addr_eq(&a, dst)) {
				*ret_wire = w;
				return w->links[j];
			}
	}
	return NULL;
}

static void answer(struct ha_wire *w, const struct conf_home_link *link,
		   const struct packet *pkt, uint16_t id, struct mtime now)
{
	struct counters *c = w->ha->env.counters;
	struct ha_list_agent ours = ha_disc_ours(w);
	struct icmp6_haad_reply reply = { .id = id };
	uint8_t buf[8 + 16 * HAAD_MAX_ADDRS];
	/* Straight to the source, whatever is bound to it (section 6.5). */
	struct mh_send send = {
		.src = link->address,
		.dst = pkt->src,
		.data = buf,
	};
	int len, err;

	reply.n_addrs = ha_list_order(&w->list, &ours, now, reply.addrs,
				      HAAD_MAX_ADDRS);
	len = icmp6_build_haad_reply(&reply, buf, sizeof(buf));
	send.len = len < 0 ? 0 : (size_t)len;
	err = len < 0 ? len : transport_send_icmp6(w->ha->env.transport, &send);
	if (err) {
		c->v[CNT_ICMP_OUT_FAILED]++;
		log_limited(LOG_LEVEL_WARNING, now,
			    "dhaad: to=%s not sent: error %d",
			    addr_str(&pkt->src), -err);
		return;
	}
	c->v[CNT_HAAD_OUT]++;
	log_debug("dhaad: to=%s id=%u agents=%u addresses=%u",
		  addr_str(&pkt->src), id, w->list.n_agents + 1, reply.n_addrs);
}

void ha_dhaad_on_request(struct ha *ha, const struct packet *pkt,
			 const struct icmp6_msg *msg, struct mtime now)
{
	struct counters *c = ha->env.counters;
	const struct conf_home_link *link;
	struct ha_wire *w = NULL;

	c->v[CNT_HAAD_IN]++;
	link = link_asked(ha, &pkt->dst, &w);
	if (!link || !ha->conf->agent_discovery ||
	    !addr_is_routable(&pkt->src)) {
		c->v[CNT_HAAD_IGNORED]++;
		log_limited(LOG_LEVEL_DEBUG, now,
			    "dhaad: from=%s to=%s not answered",
			    addr_str(&pkt->src), addr_str(&pkt->dst));
		return;
	}
	if (!bucket_take(&ha->disc.haad, ha->conf->discovery_rate,
			 ha->conf->discovery_rate, now)) {
		c->v[CNT_HAAD_RATE]++;
		return;
	}
	answer(w, link, pkt, msg->request.id, now);
}
