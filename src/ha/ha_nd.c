/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Neighbour discovery that the home agent sends by itself.
 *
 * This file decides the form of the advertisements that draw a mobile node's
 * packets to us (RFC 6275 section 10.4.1) and of DAD's solicitations
 * (RFC 4862 section 5.4.2).  When they are sent is left to ha_binding.c and
 * ha_dad.c; solicitations of others for a served address are answered by the
 * kernel's proxy.
 */
#include "ha_private.h"

static int nd_send(struct ha *ha, struct nd_send *msg, int len,
		   enum counter counter)
{
	int err;

	if (len < 0)
		return len;
	msg->len = (size_t)len;
	err = transport_send_nd(ha->env.transport, msg);
	if (!err)
		ha->env.counters->v[counter]++;
	return err;
}

static void announce(struct ha *ha, const struct ha_link *l,
		     const struct in6_addr *target)
{
	struct icmp6_na na = {
		.target = *target,
		.override = true, /* R=0 S=0 O=1 */
		.target_lladdr = l->lladdr,
	};
	uint8_t buf[64];
	struct nd_send msg = {
		.ifindex = l->ifindex,
		.src = l->conf->address,
		.dst = addr_all_nodes,
		.data = buf,
	};

	/* Not retried: the next of the three makes up for it. */
	nd_send(ha, &msg,
		icmp6_build_na(&msg.src, &msg.dst, &na, buf, sizeof(buf)),
		CNT_NA_OUT);
}

void ha_nd_announce(struct bcache_entry *e)
{
	struct ha_binding *b = ha_binding(e);
	const struct ha_link *l = ha_link_of(b->ha, e);
	struct in6_addr ll = addr_linklocal_of(&e->key.hoa);

	/* The advertisement is useless without a link-layer address. */
	if (!l || !l->ready || !l->lladdr.len)
		return;
	announce(b->ha, l, &e->key.hoa);
	if (b->home_ll)
		announce(b->ha, l, &ll);
}

int ha_nd_probe(struct ha *ha, const struct ha_link *l,
		const struct in6_addr *target)
{
	struct icmp6_ns ns = { .target = *target };
	uint8_t buf[64];
	struct nd_send msg = {
		.ifindex = l->ifindex,
		.src = addr_any,
		.dst = addr_solicited_node(target),
		.data = buf,
	};

	return nd_send(ha, &msg,
		       icmp6_build_ns(&msg.src, &msg.dst, &ns, buf,
				      sizeof(buf)),
		       CNT_NS_OUT);
}
