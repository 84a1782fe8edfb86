/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XFRM states and policies of Mobile IPv6 as netlink messages
 * (mip6d/xfrm.h).  Pure.
 *
 * This file decides what all of ours have in common: route optimisation
 * mode, our reqid, no lifetime, policies of type `sub`.  Which of them exist
 * is left to src/netlink.
 */
#include "mip6d/xfrm.h"

#include <linux/in6.h>
#include <linux/xfrm.h>
#include <sys/socket.h>
#include <string.h>

#define MH_PROTO 135

static const struct xfrm_lifetime_cfg for_ever = {
	.soft_byte_limit = XFRM_INF,
	.hard_byte_limit = XFRM_INF,
	.soft_packet_limit = XFRM_INF,
	.hard_packet_limit = XFRM_INF,
};

static xfrm_address_t xaddr(const struct in6_addr *a)
{
	xfrm_address_t x;

	memcpy(x.a6, a, sizeof(*a));
	return x;
}

static uint8_t proto_of(enum xfrm_ro kind)
{
	return kind == XFRM_RO_HAO ? IPPROTO_DSTOPTS : IPPROTO_ROUTING;
}

static void put_state(struct nlenc *e, uint16_t type, uint16_t flags,
		      const struct xfrm_ro_state *s)
{
	struct xfrm_usersa_info sa = {
		.sel.family = AF_INET6,
		.id.daddr = xaddr(&s->dst),
		.id.proto = proto_of(s->kind),
		.saddr = xaddr(&s->src),
		.lft = for_ever,
		.family = AF_INET6,
		.mode = XFRM_MODE_ROUTEOPTIMIZATION,
		.reqid = XFRM_REQID,
		.flags = s->wildrecv ? XFRM_STATE_WILDRECV : 0,
	};
	xfrm_address_t coa = xaddr(&s->coa);

	nlenc_begin(e, type, flags, &sa, sizeof(sa));
	nlenc_put(e, XFRMA_COADDR, &coa, sizeof(coa));
}

void xfrm_encode_state_add(struct nlenc *e, const struct xfrm_ro_state *s)
{
	put_state(e, XFRM_MSG_NEWSA, NLM_F_CREATE | NLM_F_EXCL, s);
}

void xfrm_encode_state_update(struct nlenc *e, const struct xfrm_ro_state *s)
{
	put_state(e, XFRM_MSG_UPDSA, NLM_F_REPLACE, s);
}

void xfrm_encode_state_del(struct nlenc *e, const struct xfrm_ro_state *s)
{
	struct xfrm_usersa_id id = {
		.daddr = xaddr(&s->dst),
		.family = AF_INET6,
		.proto = proto_of(s->kind),
	};
	xfrm_address_t src = xaddr(&s->src);

	nlenc_begin(e, XFRM_MSG_DELSA, 0, &id, sizeof(id));
	nlenc_put(e, XFRMA_SRCADDR, &src, sizeof(src));
}

static struct xfrm_selector selector(const struct xfrm_mh_policy *p)
{
	return (struct xfrm_selector){
		.daddr = xaddr(&p->dst),
		.saddr = xaddr(&p->src),
		.family = AF_INET6,
		.prefixlen_d = p->dst_len,
		.prefixlen_s = p->src_len,
		.proto = MH_PROTO,
	};
}

static uint8_t dir_of(const struct xfrm_mh_policy *p)
{
	return p->dir == XFRM_DIR_IN ? XFRM_POLICY_IN : XFRM_POLICY_OUT;
}

static void put_type(struct nlenc *e)
{
	struct xfrm_userpolicy_type type = { .type = XFRM_POLICY_TYPE_SUB };

	nlenc_put(e, XFRMA_POLICY_TYPE, &type, sizeof(type));
}

/* In: addresses of any, and optional, since most messages come without the
 * header.  Out: without its state the message must not leave at all. */
static struct xfrm_user_tmpl template(const struct xfrm_mh_policy *p,
				      enum xfrm_ro kind)
{
	struct xfrm_user_tmpl t = {
		.id.proto = proto_of(kind),
		.family = AF_INET6,
		.reqid = XFRM_REQID,
		.mode = XFRM_MODE_ROUTEOPTIMIZATION,
		.optional = p->dir == XFRM_DIR_IN,
		.aalgos = ~0u,
		.ealgos = ~0u,
		.calgos = ~0u,
	};

	if (p->dir == XFRM_DIR_OUT) {
		t.id.daddr = xaddr(&p->dst);
		t.saddr = xaddr(&p->src);
	}
	return t;
}

void xfrm_encode_policy_set(struct nlenc *e, const struct xfrm_mh_policy *p)
{
	struct xfrm_userpolicy_info info = {
		.sel = selector(p),
		.lft = for_ever,
		.priority = p->priority,
		.dir = dir_of(p),
		.action = XFRM_POLICY_ALLOW,
		.share = XFRM_SHARE_ANY,
	};
	struct xfrm_user_tmpl tmpl[2];
	size_t n = 0;

	if (p->hao)
		tmpl[n++] = template(p, XFRM_RO_HAO);
	if (p->rh2)
		tmpl[n++] = template(p, XFRM_RO_RH2);
	nlenc_begin(e, XFRM_MSG_UPDPOLICY, NLM_F_CREATE | NLM_F_REPLACE,
		    &info, sizeof(info));
	nlenc_put(e, XFRMA_TMPL, tmpl, n * sizeof(tmpl[0]));
	put_type(e);
}

void xfrm_encode_policy_del(struct nlenc *e, const struct xfrm_mh_policy *p)
{
	struct xfrm_userpolicy_id id = {
		.sel = selector(p),
		.dir = dir_of(p),
	};

	nlenc_begin(e, XFRM_MSG_DELPOLICY, 0, &id, sizeof(id));
	put_type(e);
}
