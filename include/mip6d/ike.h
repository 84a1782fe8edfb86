/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IKEv2 by strongSwan's charon (RFC 4877, RFC 6275 sections 5.1, 11.3.2): for
 * which pairs of home address and home agent it negotiates, and how far it
 * has come.
 *
 * Pure: charon is spoken to through vici.h, policies go through kernel.h.  A
 * pair that is in no list is nobody's business here: every question about it
 * is answered as if there were no IKE.
 */
#ifndef MIP6D_IKE_H
#define MIP6D_IKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mip6d/addr.h"
#include "mip6d/kernel.h"
#include "mip6d/security.h"
#include "mip6d/tqueue.h"
#include "mip6d/vici.h"

#define IKE_ID_MAX     128
#define IKE_SECRET_MAX 64
#define IKE_SECRET_MIN 16

/* ---- who ---- */

enum ike_end { IKE_AGENT, IKE_NODE }; /* this end of a pair */

/* Octets of a file. */
struct ike_blob {
	uint8_t *data; /* NULL: none */
	size_t len;
};

struct ike_peer {
	struct in6_addr hoa, agent;
	enum ike_end end;
	char node_id[IKE_ID_MAX]; /* identities of IKE */
	char agent_id[IKE_ID_MAX];
	/* Either a secret that both have... */
	uint8_t secret[IKE_SECRET_MAX];
	size_t secret_len; /* 0: certificates */
	/* ...or a certificate of this end, its key, and who signs. */
	struct ike_blob certificate, key, authority;
};

struct ike_conf {
	struct ike_peer *peers;
	unsigned int n_peers;
	bool cannot_follow;            /* whoever negotiates: no K bit */
	enum security_protect protect; /* what it asks to negotiate */
};

/* Wipes and frees; returns NULL. */
struct ike_conf *ike_conf_free(struct ike_conf *conf);

/* ---- the conversation with charon ---- */

struct ike;

struct ike_env {
	struct tqueue *tq;
	struct kernel *kernel;
	struct security *security; /* has the tunnels; may be NULL */
	struct vici *vici;
};

/* The associations of a pair have come, gone, or become others. */
typedef void ike_change_fn(void *arg, const struct in6_addr *hoa,
			   struct mtime now);

/* conf must outlive it.  At a node what must be protected is held back from
 * here on.  -ENOMEM; -EIO when the kernel refuses a policy, which was logged. */
int ike_new(const struct ike_env *env, const struct ike_conf *conf,
	    ike_change_fn *on_change, void *arg, struct ike **ret_ike);
/* Other pairs from now on, in place of the old ones, which may be freed then.
 * Those that stay the same are not touched.  -ENOMEM: nothing changed. */
int ike_reload(struct ike *ike, const struct ike_conf *conf, struct mtime now);
/* Withdraws the policies.  What charon negotiated stays with charon. */
struct ike *ike_free(struct ike *ike);

/* Upcalls of vici.h. */
void ike_on_up(struct ike *ike, struct mtime now);
void ike_on_down(struct ike *ike, const char *why, struct mtime now);
void ike_on_reply(struct ike *ike, const struct vici_packet *pkt,
		  struct mtime now);
void ike_on_event(struct ike *ike, const struct vici_packet *pkt);

/* ---- what the roles ask; ike may be NULL ---- */

/* At a node: it is at coa (which is hoa at home) and wants to send what must
 * be protected.  True when it may; else on_change tells. */
bool ike_want(struct ike *ike, const struct in6_addr *hoa,
	      const struct in6_addr *agent, const struct in6_addr *coa,
	      struct mtime now);
/* The same, without wanting anything. */
bool ike_is_ready(const struct ike *ike, const struct in6_addr *hoa,
		  const struct in6_addr *agent);
/* The pair is one for which keys are negotiated. */
bool ike_covers(const struct ike *ike, const struct in6_addr *hoa,
		const struct in6_addr *agent);
/* The pair is IKE's, and its associations are there. */
bool ike_protects(const struct ike *ike, const struct in6_addr *hoa,
		  const struct in6_addr *agent);
/* Who the other end proved to be, while ike_protects(); else NULL. */
const char *ike_identity(const struct ike *ike, const struct in6_addr *hoa,
			 const struct in6_addr *agent);
/* The associations are IKE's and its end point can follow a care-of address:
 * the K bit (RFC 6275 section 6.1.7). */
bool ike_can_follow(const struct ike *ike, const struct in6_addr *hoa,
		    const struct in6_addr *agent);
/* A registration from coa was accepted, with the K bit as agreed: the end
 * point of IKE moves there, or is given up (RFC 6275 sections 10.3.1,
 * 11.7.3). */
void ike_registered(struct ike *ike, const struct in6_addr *hoa,
		    const struct in6_addr *agent, const struct in6_addr *coa,
		    bool k, struct mtime now);
/* At a node: the agent has not answered for long; perhaps it has forgotten
 * the associations. */
void ike_suspect(struct ike *ike, const struct in6_addr *hoa,
		 const struct in6_addr *agent, struct mtime now);

/* ---- for ctl ---- */

/* Two associations, one in each direction. */
struct ike_child {
	uint32_t reqid; /* 0: there are none */
	uint32_t spi_in, spi_out, id;
	char algorithms[64];
};

struct ike_info {
	const struct ike_peer *peer;
	const char *state;  /* "up", "negotiating", "no charon"... */
	const char *reason; /* of the last failure, or "" */
	bool up;
	struct ike_child signalling;   /* up */
	bool wants_tunnel;             /* there are to be others for it... */
	struct ike_child tunnel;       /* ...which come later */
	uint32_t ike_id;               /* charon's number; up */
	struct in6_addr local, remote; /* end points of IKE; up */
	struct mtime since;            /* of up */
	unsigned int rekeyed, moved;
};

typedef void ike_info_fn(void *arg, const struct ike_info *info);
void ike_walk(const struct ike *ike, ike_info_fn *fn, void *arg);
/* The pair of a binding; false when it is not IKE's. */
bool ike_info(const struct ike *ike, const struct in6_addr *hoa,
	      const struct in6_addr *agent, struct ike_info *ret_info);
bool ike_is_connected(const struct ike *ike);

#endif
