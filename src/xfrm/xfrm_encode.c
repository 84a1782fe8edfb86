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

#include <arpa/inet.h>
#include <linux/in6.h>
#include <linux/xfrm.h>
#include <string.h>
#include <sys/socket.h>

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
	if (s->relookup) {
		/* A mark that changes none of a packet's bits; the kernel
		 * calls what refers to the state stale when there is one. */
		nlenc_u32(e, XFRMA_SET_MARK, 1);
		nlenc_u32(e, XFRMA_SET_MARK_MASK, 0);
	}
}

static void put_state_id(struct nlenc *e, uint16_t type,
			 const struct xfrm_ro_state *s)
{
	xfrm_address_t src = xaddr(&s->src);
	struct xfrm_usersa_id id;

	memset(&id, 0, sizeof(id));
	id.daddr = xaddr(&s->dst);
	id.family = AF_INET6;
	id.proto = proto_of(s->kind);
	nlenc_begin(e, type, 0, &id, sizeof(id));
	nlenc_put(e, XFRMA_SRCADDR, &src, sizeof(src));
}

void xfrm_encode_state_del(struct nlenc *e, const struct xfrm_ro_state *s)
{
	put_state_id(e, XFRM_MSG_DELSA, s);
}

void xfrm_encode_state_get(struct nlenc *e, const struct xfrm_ro_state *s)
{
	put_state_id(e, XFRM_MSG_GETSA, s);
}

static void fill_selector(struct xfrm_selector *sel,
			  const struct xfrm_policy *p)
{
	sel->daddr = xaddr(&p->dst);
	sel->saddr = xaddr(&p->src);
	sel->family = AF_INET6;
	sel->prefixlen_d = p->dst_len;
	sel->prefixlen_s = p->src_len;
	sel->proto = p->proto;
	sel->sport = htons(p->sport);
	sel->sport_mask = p->sport ? 0xffff : 0;
	sel->dport = htons(p->dport);
	sel->dport_mask = p->dport ? 0xffff : 0;
	sel->ifindex = p->ifindex;
	sel->user = p->user;
}

static uint8_t number_of(enum xfrm_dir dir)
{
	return dir == XFRM_DIR_IN ? XFRM_POLICY_IN : XFRM_POLICY_OUT;
}

static void put_type(struct nlenc *e)
{
	struct xfrm_userpolicy_type type;

	memset(&type, 0, sizeof(type));
	type.type = XFRM_POLICY_TYPE_SUB;
	nlenc_put(e, XFRMA_POLICY_TYPE, &type, sizeof(type));
}

/* A routing header comes with the source that the node which sent it has on
 * the wire, so its template never names addresses where it is received; a
 * home address in an option must be the one for which there is a binding. */
static void fill_template(struct xfrm_user_tmpl *t, const struct xfrm_policy *p,
			  enum xfrm_ro kind)
{
	t->id.proto = proto_of(kind);
	t->family = AF_INET6;
	t->reqid = XFRM_REQID;
	t->mode = XFRM_MODE_ROUTEOPTIMIZATION;
	t->optional = p->optional;
	t->aalgos = t->ealgos = t->calgos = ~0u;
	if (p->exact && kind == XFRM_RO_HAO) {
		t->id.daddr = xaddr(&p->dst);
		t->saddr = xaddr(&p->src);
	}
}

void xfrm_encode_policy_set(struct nlenc *e, const struct xfrm_policy *p)
{
	struct xfrm_userpolicy_info info;
	struct xfrm_user_tmpl tmpl[2];
	size_t n = 0;

	memset(&info, 0, sizeof(info));
	memset(tmpl, 0, sizeof(tmpl));
	fill_selector(&info.sel, p);
	info.lft = for_ever;
	info.priority = p->priority;
	info.dir = number_of(p->dir);
	info.action = p->block ? XFRM_POLICY_BLOCK : XFRM_POLICY_ALLOW;
	info.share = XFRM_SHARE_ANY;
	if (p->hao)
		fill_template(&tmpl[n++], p, XFRM_RO_HAO);
	if (p->rh2)
		fill_template(&tmpl[n++], p, XFRM_RO_RH2);
	nlenc_begin(e, XFRM_MSG_UPDPOLICY, NLM_F_CREATE | NLM_F_REPLACE, &info,
		    sizeof(info));
	if (n)
		nlenc_put(e, XFRMA_TMPL, tmpl, n * sizeof(tmpl[0]));
	put_type(e);
}

void xfrm_encode_policy_del(struct nlenc *e, const struct xfrm_policy *p)
{
	struct xfrm_userpolicy_id id;

	memset(&id, 0, sizeof(id));
	fill_selector(&id.sel, p);
	id.dir = number_of(p->dir);
	nlenc_begin(e, XFRM_MSG_DELPOLICY, 0, &id, sizeof(id));
	put_type(e);
}

void xfrm_encode_policy_del_index(struct nlenc *e, enum xfrm_dir dir,
				  uint32_t index)
{
	struct xfrm_userpolicy_id id;

	memset(&id, 0, sizeof(id));
	id.index = index;
	id.dir = number_of(dir);
	nlenc_begin(e, XFRM_MSG_DELPOLICY, 0, &id, sizeof(id));
	put_type(e);
}

bool xfrm_policy_same_selector(const struct xfrm_policy *a,
			       const struct xfrm_policy *b)
{
	return a->dir == b->dir && a->src_len == b->src_len &&
	       a->dst_len == b->dst_len && a->proto == b->proto &&
	       a->sport == b->sport && a->dport == b->dport &&
	       a->ifindex == b->ifindex && a->user == b->user &&
	       addr_eq(&a->src, &b->src) && addr_eq(&a->dst, &b->dst);
}

bool xfrm_policy_eq(const struct xfrm_policy *a, const struct xfrm_policy *b)
{
	return xfrm_policy_same_selector(a, b) && a->priority == b->priority &&
	       a->hao == b->hao && a->rh2 == b->rh2 &&
	       a->optional == b->optional && a->exact == b->exact &&
	       a->block == b->block;
}
