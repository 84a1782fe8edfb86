/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The XFRM messages of Mobile IPv6: states and policies that put and accept
 * Home Address options and type 2 routing headers; for src/netlink and
 * src/xfrm only.  Pure: each function writes one message into an encoder.
 */
#ifndef MIP6D_XFRM_H
#define MIP6D_XFRM_H

#include "mip6d/kernel.h"
#include "mip6d/nlenc.h"

/* Tag of ours in states and templates. */
#define XFRM_REQID 135

enum xfrm_ro {
	XFRM_RO_HAO, /* Home Address option, RFC 6275 section 6.3 */
	XFRM_RO_RH2, /* type 2 routing header, section 6.4 */
};

/* Priorities of policies; a mobile node's rules have two each from
 * XFRM_PRIO_RULES on. */
enum {
	XFRM_PRIO_BLOCK = 5,    /* what must not be sent */
	XFRM_PRIO_AGENT_BU = 6, /* Binding Updates to the home agent */
	XFRM_PRIO_MH_OUT = 7,   /* all other Mobility Headers, and ICMPv6 that
			       * says its headers itself or has none */
	XFRM_PRIO_MH_IN = 8,
	XFRM_PRIO_NEVER = 9, /* destinations that are never optimised */
	XFRM_PRIO_PAIR_IN = 10,
	XFRM_PRIO_HOME_IN = 11,
	XFRM_PRIO_RULES = 16,
	XFRM_PRIO_PAIR_OUT = 65536, /* where no rule says more */
	XFRM_PRIO_AGENT_OUT, /* a home agent's own packets to home addresses */
};

/* Tags of ours in the selectors of policies, which may have no template: the
 * kernel stores the user id and looks at it only to tell two policies apart,
 * so those of one kind never replace those of another. */
enum xfrm_user {
	XFRM_USER_NONE,
	XFRM_USER_BYPASS = 135, /* what never carries a header */
	XFRM_USER_RULE,         /* a rule of the mobile node */
	XFRM_USER_PAIR,         /* two addresses, one of them with a binding */
	XFRM_USER_AGENT, /* an address of a home agent and a home prefix */
	XFRM_USER_END,
	XFRM_USER_ESP = 150, /* of type `main` */
};

/* A state in route optimisation mode.  All :: is the wildcard that receives
 * from anybody; src :: alone sends from whatever address, where there is none
 * for the pair. */
struct xfrm_ro_state {
	enum xfrm_ro kind;
	struct in6_addr src, dst;
	struct in6_addr coa;
	bool wildrecv;
	bool relookup; /* of an update: sockets look their route up again,
			* since the next hop may be another one */
};

void xfrm_encode_state_add(struct nlenc *e, const struct xfrm_ro_state *s);
/* Gives an existing state another care-of address; ESRCH without one. */
void xfrm_encode_state_update(struct nlenc *e, const struct xfrm_ro_state *s);
void xfrm_encode_state_del(struct nlenc *e, const struct xfrm_ro_state *s);
/* Answered by XFRM_MSG_NEWSA. */
void xfrm_encode_state_get(struct nlenc *e, const struct xfrm_ro_state *s);

enum xfrm_dir { XFRM_DIR_IN, XFRM_DIR_OUT };

/* A policy of type `sub` (type `main` belongs to IPsec).  Never for one MH
 * type: the kernel reads the type from the wrong place when other headers
 * precede it. */
struct xfrm_policy {
	enum xfrm_dir dir;
	struct in6_addr src, dst;
	uint8_t src_len, dst_len;
	uint8_t proto;  /* 0: any */
	uint16_t sport; /* 0: any; of ICMPv6 the type */
	uint16_t dport; /* 0: any */
	int ifindex;    /* where it leaves; 0: anywhere */
	enum xfrm_user user;
	uint32_t priority; /* lower comes first */
	bool hao, rh2;     /* templates, in this order; neither: bypass */
	bool optional;     /* the templates */
	bool block;        /* what matches is dropped */
	bool exact; /* the Home Address option of src and dst only; else of
		     * any */
};

/* Adds or replaces. */
void xfrm_encode_policy_set(struct nlenc *e, const struct xfrm_policy *p);
void xfrm_encode_policy_del(struct nlenc *e, const struct xfrm_policy *p);
/* By the number that the kernel gave it. */
void xfrm_encode_policy_del_index(struct nlenc *e, enum xfrm_dir dir,
				  uint32_t index);
/* Whether the two differ, and whether they replace one another. */
bool xfrm_policy_eq(const struct xfrm_policy *a, const struct xfrm_policy *b);
bool xfrm_policy_same_selector(const struct xfrm_policy *a,
			       const struct xfrm_policy *b);

/* ---- ESP (xfrm_esp.c) ---- */

/* EEXIST when there is one with this destination and SPI. */
void xfrm_encode_sa_add(struct nlenc *e, const struct kernel_sa *sa);
void xfrm_encode_sa_del(struct nlenc *e, const struct in6_addr *dst,
			uint32_t spi);
/* Policies of type `main`.  Adds or replaces. */
void xfrm_encode_sp_set(struct nlenc *e, const struct kernel_sp *sp);
void xfrm_encode_sp_del(struct nlenc *e, const struct kernel_sp *sp);
/* By the numbers that the kernel has for its direction and for itself. */
void xfrm_encode_sp_del_index(struct nlenc *e, uint8_t dir, uint32_t index);
/* From how many bits on policies are hashed; answered by NEWSPDINFO. */
void xfrm_encode_spd_get(struct nlenc *e);
void xfrm_encode_spd_set(struct nlenc *e, uint8_t local, uint8_t remote);
/* Multicast, and answered, like any change. */
void xfrm_encode_migrate(struct nlenc *e, const struct kernel_migrate *m);

#endif
