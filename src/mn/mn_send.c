/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The messages that the mobile node sends: Binding Updates to its home
 * agent, router solicitations, neighbour discovery on the way home.
 *
 * This file decides what stands in them (RFC 6275 sections 11.5.5, 11.7.1;
 * RFC 4861 sections 4.1, 4.3, 4.4); when they are sent is left to mn_reg.c,
 * mn_move.c and mn_return.c.
 */
#include "mn_priv.h"

#include <errno.h>
#include <string.h>

#include "mip6d/lifetime.h"

/* ---- Binding Updates ---- */

uint32_t mn_coa_valid_s(struct mn_home *h, const struct in6_addr *coa,
			struct mtime now)
{
	struct mn_iface *f = mn_iface_of(h->mn, h->coa_ifindex);
	unsigned int i;

	for (i = 0; f && i < f->n_addrs; i++)
		if (addr_eq(&f->addrs[i].addr, coa))
			return mtime_left_s(f->addrs[i].valid_until, now);
	return UINT32_MAX;
}

/* L: whether any link-local address of the node has the interface identifier
 * of the home address; which interface it moves on does not matter, since
 * what the agent shall defend is the address on the home link. */
static bool has_linklocal_twin(const struct mn_home *h)
{
	struct in6_addr twin = addr_linklocal_of(&h->hoa);
	unsigned int i, j;

	if (h->temporary)
		return false;
	for (i = 0; i < h->mn->n_ifaces; i++)
		for (j = 0; j < h->mn->ifaces[i].n_addrs; j++)
			if (addr_eq(&h->mn->ifaces[i].addrs[j].addr, &twin))
				return true;
	return false;
}

static void fill_lifetime(struct mn_home *h, struct mn_bu *bu, struct mtime now)
{
	uint32_t hoa_s = mtime_left_s(h->hoa_valid_until, now);

	if (h->bul->state == BUL_DEREGISTERING)
		return;
	/* The home prefix was last heard of at home.  When that knowledge has
	 * run out, the agent is the one who knows: it grants no more than
	 * the prefix has (section 10.3.1). */
	if (!hoa_s)
		hoa_s = UINT32_MAX;
	bu->lifetime_4s = mn_bu_lifetime(h->lifetime_s, hoa_s,
					 mn_coa_valid_s(h, &bu->coa, now));
}

bool mn_is_protected(const struct mn_home *h, const struct in6_addr *agent)
{
	if (mn_home_lacks_key(h))
		return false;
	return h->security != CONF_SECURITY_IPSEC ||
	       ike_protects(h->mn->env.ike, &h->hoa, agent) ||
	       security_is_ready(h->mn->env.security, SECURITY_NODE, &h->hoa,
				 agent);
}

void mn_send_bu(struct mn_home *h, struct mtime now)
{
	struct bul_entry *e = h->bul;
	struct mn_bu bu = { .coa = h->reg_coa,
			    .linklocal = has_linklocal_twin(h),
			    .follow = ike_can_follow(h->mn->env.ike, &e->hoa,
						     &e->peer),
			    .sa = mn_home_sa(h),
			    .hoa = e->hoa,
			    .timestamp = mn_auth_stamp(&h->clock) };
	bool at_home = addr_eq(&bu.coa, &e->hoa);
	uint8_t buf[MN_BU_SIZE_MAX];
	struct mh_send msg = { .src = e->hoa,
			       .dst = e->peer,
			       .data = buf,
			       .ifindex = at_home ? h->home_ifindex : 0 };
	int len, err;

	fill_lifetime(h, &bu, now);
	bu.seq = ++h->seq;
	len = mn_bu_build(&bu, buf, sizeof(buf));
	if (len < 0)
		return;
	msg.len = (size_t)len;
	e->seq = bu.seq;
	e->coa = bu.coa;
	e->flags = mn_bu_flags(&bu);
	e->lifetime_4s = bu.lifetime_4s;
	e->last_sent = now;
	e->attempts++;
	mn_rate_sent(mn_rate_of(h->mn, &e->peer), now);
	err = mn_is_protected(h, &e->peer)
		      ? transport_send_mh(h->mn->env.transport, &msg)
		      : -ENOKEY;
	if (err) {
		mn_count(h->mn, CNT_MH_OUT_FAILED);
		log_limited(LOG_LEVEL_WARNING, now,
			    "mn: hoa=%s Binding Update not sent: %s",
			    addr_str(&e->hoa), strerror(-err));
		return;
	}
	/* Asked for less than is left, the agent may grant that, and its
	 * answer be lost. */
	if (e->state != BUL_DEREGISTERING)
		e->expires = mtime_min(e->expires,
				       lifetime_end(now, bu.lifetime_4s));
	mn_count(h->mn, CNT_MH_OUT);
	mn_count(h->mn, CNT_BU_OUT);
	log_debug("mn: hoa=%s BU seq=%u coa=%s lifetime=%us attempt=%u",
		  addr_str(&e->hoa), bu.seq, addr_str(&bu.coa),
		  bu.lifetime_4s * 4u, e->attempts);
}

/* ---- neighbour discovery ---- */

static void send_nd(struct mn_iface *f, const struct in6_addr *src,
		    const struct in6_addr *dst, const uint8_t *buf, int len,
		    enum counter counter)
{
	struct nd_send msg = { .ifindex = f->ifindex,
			       .src = *src,
			       .dst = *dst,
			       .data = buf,
			       .len = (size_t)len };
	int err;

	if (len < 0)
		return;
	err = transport_send_nd(f->mn->env.transport, &msg);
	if (err)
		log_debug("mn: iface=%s neighbour discovery not sent: %s",
			  f->name, strerror(-err));
	else
		mn_count(f->mn, counter);
}

/* From the link-local address, never the home address (section 11.5.3); from
 * :: while that is not usable. */
void mn_send_rs(struct mn_iface *f, struct mtime now)
{
	const struct in6_addr *ll = mn_iface_linklocal(f);
	const struct in6_addr *src = ll ? ll : &addr_any;
	uint8_t buf[64];
	int len = icmp6_build_rs(src, &addr_all_routers, &f->lladdr, buf,
				 sizeof(buf));

	log_limited(LOG_LEVEL_DEBUG, now, "mn: iface=%s solicit routers",
		    f->name);
	send_nd(f, src, &addr_all_routers, buf, len, CNT_RS_OUT);
}

void mn_send_ns(struct mn_iface *f, const struct in6_addr *target)
{
	struct in6_addr dst = addr_solicited_node(target);
	struct icmp6_ns ns = { .target = *target };
	uint8_t buf[64];
	int len = icmp6_build_ns(&addr_any, &dst, &ns, buf, sizeof(buf));

	send_nd(f, &addr_any, &dst, buf, len, CNT_NS_OUT);
}

void mn_send_na(struct mn_iface *f, const struct in6_addr *target)
{
	struct icmp6_na na = { .target = *target,
			       .override = true,
			       .target_lladdr = f->lladdr };
	uint8_t buf[64];
	int len =
		icmp6_build_na(target, &addr_all_nodes, &na, buf, sizeof(buf));

	send_nd(f, target, &addr_all_nodes, buf, len, CNT_NA_OUT);
}
