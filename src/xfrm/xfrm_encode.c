/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XFRM states and policies of Mobile IPv6 as netlink messages
 * (mip6d/xfrm.h).  Pure.
 *
 * This file decides what all of ours have in common: route optimisation
 * mode, our reqid, no lifetime, policies of type `sub`.  Which of them exist
 * is left to src/netlink.  The structures have padding, so they are cleared
 * as a whole: an initialiser leaves in it what the stack held.
 */
#include "mip6d/xfrm.h"

#include <linux/in6.h>
#include <linux/xfrm.h>
#include <string.h>
#include <sys/socket.h>

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
	xfrm_address_t coa = xaddr(&s->coa);
	struct xfrm_usersa_info sa;

	memset(&sa, 0, sizeof(sa));
	sa.sel.family = AF_INET6;
	sa.id.daddr = xaddr(&s->dst);
	sa.id.proto = proto_of(s->kind);
	sa.saddr = xaddr(&s->src);
	sa.lft = for_ever;
	sa.family = AF_INET6;
	sa.mode = XFRM_MODE_ROUTEOPTIMIZATION;
	sa.reqid = XFRM_REQID;
	sa.flags = s->wildrecv ? XFRM_STATE_WILDRECV : 0;
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
	xfrm_address_t src = xaddr(&s->src);
	struct xfrm_usersa_id id;

	memset(&id, 0, sizeof(id));
	id.daddr = xaddr(&s->dst);
	id.family = AF_INET6;
	id.proto = proto_of(s->kind);
	nlenc_begin(e, XFRM_MSG_DELSA, 0, &id, sizeof(id));
	nlenc_put(e, XFRMA_SRCADDR, &src, sizeof(src));
}

static void fill_selector(struct xfrm_selector *sel,
			  const struct xfrm_mh_policy *p)
{
	sel->daddr = xaddr(&p->dst);
	sel->saddr = xaddr(&p->src);
	sel->family = AF_INET6;
	sel->prefixlen_d = p->dst_len;
	sel->prefixlen_s = p->src_len;
	sel->proto = MH_PROTO;
}

static uint8_t dir_of(const struct xfrm_mh_policy *p)
{
	return p->dir == XFRM_DIR_IN ? XFRM_POLICY_IN : XFRM_POLICY_OUT;
}

static void put_type(struct nlenc *e)
{
	struct xfrm_userpolicy_type type;

	memset(&type, 0, sizeof(type));
	type.type = XFRM_POLICY_TYPE_SUB;
	nlenc_put(e, XFRMA_POLICY_TYPE, &type, sizeof(type));
}

/* In: addresses of any, and optional, since most messages come without the
 * header.  Out: without its state the message must not leave at all. */
static void fill_template(struct xfrm_user_tmpl *t,
			  const struct xfrm_mh_policy *p, enum xfrm_ro kind)
{
	t->id.proto = proto_of(kind);
	t->family = AF_INET6;
	t->reqid = XFRM_REQID;
	t->mode = XFRM_MODE_ROUTEOPTIMIZATION;
	t->optional = p->dir == XFRM_DIR_IN;
	t->aalgos = t->ealgos = t->calgos = ~0u;
	if (p->dir == XFRM_DIR_OUT) {
		t->id.daddr = xaddr(&p->dst);
		t->saddr = xaddr(&p->src);
	}
}

void xfrm_encode_policy_set(struct nlenc *e, const struct xfrm_mh_policy *p)
{
	struct xfrm_userpolicy_info info;
	struct xfrm_user_tmpl tmpl[2];
	size_t n = 0;

	memset(&info, 0, sizeof(info));
	memset(tmpl, 0, sizeof(tmpl));
	fill_selector(&info.sel, p);
	info.lft = for_ever;
	info.priority = p->priority;
	info.dir = dir_of(p);
	info.action = XFRM_POLICY_ALLOW;
	info.share = XFRM_SHARE_ANY;
	if (p->hao)
		fill_template(&tmpl[n++], p, XFRM_RO_HAO);
	if (p->rh2)
		fill_template(&tmpl[n++], p, XFRM_RO_RH2);
	nlenc_begin(e, XFRM_MSG_UPDPOLICY, NLM_F_CREATE | NLM_F_REPLACE, &info,
		    sizeof(info));
	nlenc_put(e, XFRMA_TMPL, tmpl, n * sizeof(tmpl[0]));
	put_type(e);
}

void xfrm_encode_policy_del(struct nlenc *e, const struct xfrm_mh_policy *p)
{
	struct xfrm_userpolicy_id id;

	memset(&id, 0, sizeof(id));
	fill_selector(&id.sel, p);
	id.dir = dir_of(p);
	nlenc_begin(e, XFRM_MSG_DELPOLICY, 0, &id, sizeof(id));
	put_type(e);
}
