/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The XFRM messages of Mobile IPv6: states and policies that put and accept
 * Home Address options and type 2 routing headers; for src/netlink and
 * src/xfrm only.  Pure: each function writes one message into an encoder.
 */
#ifndef MIP6D_XFRM_H
#define MIP6D_XFRM_H

#include "mip6d/nlenc.h"

/* Tag of ours in states and templates. */
#define XFRM_REQID 135

enum xfrm_ro {
	XFRM_RO_HAO, /* Home Address option, RFC 6275 section 6.3 */
	XFRM_RO_RH2, /* type 2 routing header, section 6.4 */
};

/* A state in route optimisation mode.  All :: is the wildcard that receives
 * from anybody. */
struct xfrm_ro_state {
	enum xfrm_ro kind;
	struct in6_addr src, dst;
	struct in6_addr coa;
	bool wildrecv;
};

void xfrm_encode_state_add(struct nlenc *e, const struct xfrm_ro_state *s);
/* Gives an existing state another care-of address; ESRCH without one. */
void xfrm_encode_state_update(struct nlenc *e, const struct xfrm_ro_state *s);
void xfrm_encode_state_del(struct nlenc *e, const struct xfrm_ro_state *s);

enum xfrm_dir { XFRM_DIR_IN, XFRM_DIR_OUT };

/* A policy of type `sub` (type `main` belongs to IPsec) for Mobility Headers.
 * Never for one MH type: the kernel reads the type from the wrong place when
 * other headers precede it. */
struct xfrm_mh_policy {
	enum xfrm_dir dir;
	struct in6_addr src, dst;
	uint8_t src_len, dst_len;
	uint32_t priority;
	bool hao, rh2; /* templates; in: each of them optional */
};

/* Adds or replaces. */
void xfrm_encode_policy_set(struct nlenc *e, const struct xfrm_mh_policy *p);
void xfrm_encode_policy_del(struct nlenc *e, const struct xfrm_mh_policy *p);

#endif
