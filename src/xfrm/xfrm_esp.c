/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ESP as netlink messages (mip6d/xfrm.h): associations whose key both ends
 * were given, the policies that ask for them, and their move to another
 * care-of address.  Pure.
 *
 * This file decides what all of ours have in common: policies of type `main`
 * with our tag as user, no lifetime, no replay window.  Without one the
 * sequence number may wrap (RFC 4303 section 3.3.3).  Which of them there are
 * is left to src/security.
 */
#include <arpa/inet.h>
#include <linux/in6.h>
#include <linux/xfrm.h>
#include <string.h>
#include <sys/socket.h>

#include "mip6d/xfrm.h"

#define ICMP6_PROTO 58

static const struct {
	const char *name;
	unsigned int key_bits;
} ciphers[] = {
	[KERNEL_AES128_CBC] = { "cbc(aes)", 128 },
	[KERNEL_AES256_CBC] = { "cbc(aes)", 256 },
};

static const struct {
	const char *name;
	unsigned int key_bits, icv_bits;
} auths[] = {
	[KERNEL_HMAC_SHA256_128] = { "hmac(sha256)", 256, 128 },
	[KERNEL_HMAC_SHA512_256] = { "hmac(sha512)", 512, 256 },
};

static xfrm_address_t xaddr(const struct in6_addr *a)
{
	xfrm_address_t x;

	memcpy(x.a6, a, sizeof(*a));
	return x;
}

static void for_ever(struct xfrm_lifetime_cfg *lft)
{
	lft->soft_byte_limit = lft->hard_byte_limit = XFRM_INF;
	lft->soft_packet_limit = lft->hard_packet_limit = XFRM_INF;
}

static void put_prefixes(struct xfrm_selector *sel, const struct prefix *src,
			 const struct prefix *dst)
{
	sel->family = AF_INET6;
	sel->saddr = xaddr(&src->addr);
	sel->daddr = xaddr(&dst->addr);
	sel->prefixlen_s = src->len;
	sel->prefixlen_d = dst->len;
}

static uint8_t mode_of(enum kernel_esp_mode mode)
{
	return mode == KERNEL_TUNNEL ? XFRM_MODE_TUNNEL : XFRM_MODE_TRANSPORT;
}

/* ---- associations ---- */

static void put_cipher(struct nlenc *e, const struct kernel_esp *esp)
{
	union {
		struct xfrm_algo algo;
		uint8_t room[sizeof(struct xfrm_algo) + KERNEL_CIPHER_KEY_MAX];
	} a;
	size_t len = ciphers[esp->cipher].key_bits / 8;

	memset(&a, 0, sizeof(a));
	strcpy(a.algo.alg_name, ciphers[esp->cipher].name);
	a.algo.alg_key_len = ciphers[esp->cipher].key_bits;
	memcpy(a.room + sizeof(a.algo), esp->cipher_key, len);
	nlenc_put(e, XFRMA_ALG_CRYPT, &a, sizeof(a.algo) + len);
	explicit_bzero(&a, sizeof(a));
}

static void put_auth(struct nlenc *e, const struct kernel_esp *esp)
{
	union {
		struct xfrm_algo_auth algo;
		uint8_t room[sizeof(struct xfrm_algo_auth) +
			     KERNEL_AUTH_KEY_MAX];
	} a;
	size_t len = auths[esp->auth].key_bits / 8;

	memset(&a, 0, sizeof(a));
	strcpy(a.algo.alg_name, auths[esp->auth].name);
	a.algo.alg_key_len = auths[esp->auth].key_bits;
	a.algo.alg_trunc_len = auths[esp->auth].icv_bits;
	memcpy(a.room + sizeof(a.algo), esp->auth_key, len);
	nlenc_put(e, XFRMA_ALG_AUTH_TRUNC, &a, sizeof(a.algo) + len);
	explicit_bzero(&a, sizeof(a));
}

void xfrm_encode_sa_add(struct nlenc *e, const struct kernel_sa *sa)
{
	struct xfrm_usersa_info info;

	memset(&info, 0, sizeof(info));
	put_prefixes(&info.sel, &sa->sel_src, &sa->sel_dst);
	info.sel.proto = sa->sel_proto;
	info.id.daddr = xaddr(&sa->dst);
	info.id.spi = htonl(sa->spi);
	info.id.proto = IPPROTO_ESP;
	info.saddr = xaddr(&sa->src);
	for_ever(&info.lft);
	info.reqid = sa->reqid;
	info.family = AF_INET6;
	info.mode = mode_of(sa->mode);
	nlenc_begin(e, XFRM_MSG_NEWSA, NLM_F_CREATE | NLM_F_EXCL, &info,
		    sizeof(info));
	put_auth(e, &sa->esp);
	put_cipher(e, &sa->esp);
	nlenc_u32(e, XFRMA_SA_EXTRA_FLAGS, XFRM_SA_XFLAG_OSEQ_MAY_WRAP);
}

void xfrm_encode_sa_del(struct nlenc *e, const struct in6_addr *dst,
			uint32_t spi)
{
	struct xfrm_usersa_id id;

	memset(&id, 0, sizeof(id));
	id.daddr = xaddr(dst);
	id.spi = htonl(spi);
	id.family = AF_INET6;
	id.proto = IPPROTO_ESP;
	nlenc_begin(e, XFRM_MSG_DELSA, 0, &id, sizeof(id));
}

/* ---- policies ---- */

static uint8_t dir_of(enum kernel_sp_dir dir)
{
	switch (dir) {
	case KERNEL_SP_OUT:
		return XFRM_POLICY_OUT;
	case KERNEL_SP_FWD:
		return XFRM_POLICY_FWD;
	case KERNEL_SP_IN:
		break;
	}
	return XFRM_POLICY_IN;
}

static void fill_selector(struct xfrm_selector *sel, const struct kernel_sp *sp)
{
	put_prefixes(sel, &sp->src, &sp->dst);
	sel->proto = sp->proto;
	if (sp->type && sp->proto == ICMP6_PROTO) {
		sel->sport = htons(sp->type);
		sel->sport_mask = 0xffff;
	}
	sel->ifindex = sp->ifindex;
	sel->user = XFRM_USER_ESP;
}

static void put_main(struct nlenc *e)
{
	struct xfrm_userpolicy_type type;

	memset(&type, 0, sizeof(type));
	type.type = XFRM_POLICY_TYPE_MAIN;
	nlenc_put(e, XFRMA_POLICY_TYPE, &type, sizeof(type));
}

static void put_template(struct nlenc *e, const struct kernel_sp *sp)
{
	struct xfrm_user_tmpl t;

	memset(&t, 0, sizeof(t));
	t.id.proto = IPPROTO_ESP;
	t.family = AF_INET6;
	t.reqid = sp->reqid;
	t.mode = mode_of(sp->mode);
	t.optional = sp->action == KERNEL_SP_OPTIONAL;
	t.aalgos = t.ealgos = t.calgos = ~0u;
	if (sp->mode == KERNEL_TUNNEL) {
		t.saddr = xaddr(&sp->tunnel_src);
		t.id.daddr = xaddr(&sp->tunnel_dst);
	}
	nlenc_put(e, XFRMA_TMPL, &t, sizeof(t));
}

void xfrm_encode_sp_set(struct nlenc *e, const struct kernel_sp *sp)
{
	struct xfrm_userpolicy_info info;

	memset(&info, 0, sizeof(info));
	fill_selector(&info.sel, sp);
	for_ever(&info.lft);
	info.priority = sp->priority;
	info.dir = dir_of(sp->dir);
	info.action = sp->action == KERNEL_SP_BLOCK ? XFRM_POLICY_BLOCK
						    : XFRM_POLICY_ALLOW;
	info.share = XFRM_SHARE_ANY;
	nlenc_begin(e, XFRM_MSG_UPDPOLICY, NLM_F_CREATE | NLM_F_REPLACE, &info,
		    sizeof(info));
	if (sp->action == KERNEL_SP_REQUIRE || sp->action == KERNEL_SP_OPTIONAL)
		put_template(e, sp);
	put_main(e);
}

void xfrm_encode_sp_del(struct nlenc *e, const struct kernel_sp *sp)
{
	struct xfrm_userpolicy_id id;

	memset(&id, 0, sizeof(id));
	fill_selector(&id.sel, sp);
	id.dir = dir_of(sp->dir);
	nlenc_begin(e, XFRM_MSG_DELPOLICY, 0, &id, sizeof(id));
	put_main(e);
}

void xfrm_encode_sp_del_index(struct nlenc *e, uint8_t dir, uint32_t index)
{
	struct xfrm_userpolicy_id id;

	memset(&id, 0, sizeof(id));
	id.index = index;
	id.dir = dir;
	nlenc_begin(e, XFRM_MSG_DELPOLICY, 0, &id, sizeof(id));
	put_main(e);
}

/* ---- how policies are looked up ---- */

void xfrm_encode_spd_get(struct nlenc *e)
{
	uint32_t flags = 0;

	nlenc_begin(e, XFRM_MSG_GETSPDINFO, 0, &flags, sizeof(flags));
}

void xfrm_encode_spd_set(struct nlenc *e, uint8_t local, uint8_t remote)
{
	struct xfrmu_spdhthresh t = { .lbits = local, .rbits = remote };
	uint32_t flags = 0;

	nlenc_begin(e, XFRM_MSG_NEWSPDINFO, 0, &flags, sizeof(flags));
	nlenc_put(e, XFRMA_SPD_IPV6_HTHRESH, &t, sizeof(t));
}

/* ---- another care-of address ---- */

static void put_ike(struct nlenc *e, const struct kernel_migrate *m)
{
	struct xfrm_user_kmaddress km;

	memset(&km, 0, sizeof(km));
	km.local = xaddr(&m->ike_local);
	km.remote = xaddr(&m->ike_remote);
	km.family = AF_INET6;
	nlenc_put(e, XFRMA_KMADDRESS, &km, sizeof(km));
}

static struct xfrm_user_migrate move_of(const struct in6_addr *src,
					const struct in6_addr *dst,
					const struct in6_addr *new_src,
					const struct in6_addr *new_dst)
{
	struct xfrm_user_migrate mig;

	memset(&mig, 0, sizeof(mig));
	mig.old_saddr = xaddr(src);
	mig.old_daddr = xaddr(dst);
	mig.new_saddr = xaddr(new_src);
	mig.new_daddr = xaddr(new_dst);
	mig.proto = IPPROTO_ESP;
	mig.old_family = mig.new_family = AF_INET6;
	return mig;
}

void xfrm_encode_migrate(struct nlenc *e, const struct kernel_migrate *m)
{
	struct xfrm_user_migrate mig[KERNEL_MIGRATE_SAS_MAX + 1];
	struct xfrm_userpolicy_id id;
	unsigned int i;

	memset(&id, 0, sizeof(id));
	fill_selector(&id.sel, &m->sp);
	id.dir = dir_of(m->sp.dir);
	mig[0] = move_of(&m->sp.tunnel_src, &m->sp.tunnel_dst, &m->tunnel_src,
			 &m->tunnel_dst);
	mig[0].mode = mode_of(m->sp.mode);
	mig[0].reqid = m->sp.reqid;
	for (i = 0; i < m->n_sas; i++) {
		const struct kernel_sa_move *sa = &m->sas[i];

		mig[i + 1] = move_of(&sa->src, &sa->dst, &sa->new_src,
				     &sa->new_dst);
		mig[i + 1].mode = XFRM_MODE_TUNNEL;
		mig[i + 1].reqid = sa->reqid;
	}
	nlenc_begin(e, XFRM_MSG_MIGRATE, 0, &id, sizeof(id));
	put_main(e);
	nlenc_put(e, XFRMA_MIGRATE, mig, (m->n_sas + 1) * sizeof(mig[0]));
	if (m->has_ike)
		put_ike(e, m);
}
