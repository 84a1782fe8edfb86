/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the signalling between a mobile node and its home agent is protected
 * (RFC 6275 section 5.1, RFC 3776, RFC 4877): the keys of ESP that both ends
 * were given, and which policies and associations follow from them.
 *
 * Pure.  A key that a peer negotiated (IKEv2) differs in one point only: its
 * associations are in the kernel already, so there are policies to make for
 * its reqid and no associations.  Policies and associations are carried out
 * by kernel.h.
 */
#ifndef MIP6D_SECURITY_H
#define MIP6D_SECURITY_H

#include <stdbool.h>
#include <stdint.h>

#include "mip6d/addr.h"
#include "mip6d/kernel.h"

/* What is protected besides Binding Updates, their acknowledgements, and
 * Mobile Prefix Solicitations and Advertisements. */
enum security_protect {
	SECURITY_SIGNALLING, /* nothing */
	SECURITY_TESTS,      /* what else has a Mobility Header in the tunnel:
			 * Home Test Init, Home Test */
	SECURITY_ALL,        /* all that is in the tunnel */
};

/* ---- static keys ---- */

/* One direction of one use, the same in both ends' files. */
struct security_sa {
	uint32_t spi; /* at least 256 */
	struct kernel_esp esp;
};

/* Keys that were made together. */
struct security_set {
	uint32_t serial;
	/* Transport mode, home address and agent: signalling. */
	struct security_sa to_agent, from_agent;
	/* Tunnel mode, care-of address and agent. */
	struct security_sa tunnel_to_agent, tunnel_from_agent;
};

#define SECURITY_SETS_MAX 2 /* two while keys are rolled over */

struct security_node {
	struct in6_addr hoa, agent;
	unsigned int n_sets;
	unsigned int send; /* the set with which this end sends; both are
			    * taken */
	bool has_protect;  /* its tunnel is not protected as all others... */
	enum security_protect protect; /* ...but like this */
	struct security_set sets[SECURITY_SETS_MAX];
};

/* All of one file, by home address and then by agent. */
struct security_keys {
	struct security_node *nodes;
	unsigned int n_nodes;
};

/* Wipes and frees; returns NULL. */
struct security_keys *security_keys_free(struct security_keys *keys);
/* The keys of a home address with an agent, or NULL; keys may be NULL. */
const struct security_node *security_find(const struct security_keys *keys,
					  const struct in6_addr *hoa,
					  const struct in6_addr *agent);

/* Associations have reqids of ours, with which policies find them.  All for
 * signalling share one, and all that come to an agent by the tunnel, so that
 * one policy of an agent serves all its nodes; to the node each has its
 * own. */
#define SECURITY_REQID_SIGNALLING KERNEL_REQID_OURS
#define SECURITY_REQID_TUNNELS    (KERNEL_REQID_OURS | 1)
#define SECURITY_REQID_NONE       (KERNEL_REQID_OURS | 2) /* there is none */
uint32_t security_reqid_tunnel(const struct security_node *node);

/* ---- what follows ---- */

enum security_end { SECURITY_AGENT, SECURITY_NODE };

#define SECURITY_SAS_MAX (2 * SECURITY_SETS_MAX)
#define SECURITY_SPS_MAX 6

/* The associations for signalling.  Their number. */
unsigned int security_sas(const struct security_node *node,
			  enum security_end end,
			  struct kernel_sa ret_sas[SECURITY_SAS_MAX]);
/* Those of the tunnel to the care-of address coa. */
unsigned int security_tunnel_sas(const struct security_node *node,
				 enum security_end end,
				 enum security_protect protect,
				 const struct in6_addr *coa,
				 struct kernel_sa ret_sas[SECURITY_SAS_MAX]);

/* Whom policies are about. */
struct security_scope {
	enum security_end end;
	struct prefix hoa; /* the home prefix (agent) or the home address */
	struct in6_addr agent;
	uint32_t reqid;     /* of the associations with which is sent */
	bool is_negotiated; /* by IKEv2, for this home address alone, with
			     * one reqid for both directions: goes before the
			     * policies of its home prefix */
};

/* The policies for signalling: Binding Updates, acknowledgements, prefix
 * advertisements.  An agent has one such set for each home prefix. */
unsigned int security_policies(const struct security_scope *s,
			       struct kernel_sp ret_sps[SECURITY_SPS_MAX]);
/* At an agent, for each home prefix: what may come by ESP in tunnel mode. */
unsigned int
security_prefix_policies(const struct security_scope *s,
			 enum security_protect protect,
			 struct kernel_sp ret_sps[SECURITY_SPS_MAX]);
/* Of one binding: s->hoa is the home address, s->reqid the tunnel's. */
unsigned int security_tunnel_policies(
	const struct security_scope *s, enum security_protect protect,
	const struct in6_addr *coa, struct kernel_sp ret_sps[SECURITY_SPS_MAX]);

/* ---- what is in force ---- */

/* Where "ipsec" is asked for. */
struct security_realm {
	enum security_end end;
	struct prefix hoa;     /* the home prefix, or the home address */
	struct in6_addr agent; /* ::: whichever there are keys for (NODE) */
};

struct security_plan {
	const struct security_realm *realms;
	unsigned int n_realms;
	const struct security_keys *keys; /* may be NULL */
	enum security_protect protect;
};

struct security;

/* NULL out of memory. */
struct security *security_new(struct kernel *k);
/* Withdraws all of it. */
struct security *security_free(struct security *s);

/* Signalling is protected so from now on, and so are tunnels that are set;
 * what stays the same is not touched.  The keys must live as long as they are
 * in force.  0 or -errno of the first thing that was refused, logged; it is
 * tried again with the next call. */
int security_apply(struct security *s, const struct security_plan *plan);
/* Those of the last call that did not run out of memory, or NULL. */
const struct security_keys *security_keys_in_force(const struct security *s);

/* The keys that both were given, and with which this end protects what it
 * exchanges with the other, until the next security_apply; NULL: none. */
const struct security_node *security_node_of(const struct security *s,
					     enum security_end end,
					     const struct in6_addr *hoa,
					     const struct in6_addr *agent);

/* Whether what this end sends to the other is protected by keys that both
 * were given.  True where s is NULL. */
bool security_is_ready(const struct security *s, enum security_end end,
		       const struct in6_addr *hoa,
		       const struct in6_addr *agent);

/* Whether Mobility Headers in the tunnel between the two are protected: then
 * they do not come out of the tunnel device.  False where s is NULL. */
bool security_tunnel_is_protected(const struct security *s,
				  enum security_end end,
				  const struct in6_addr *hoa,
				  const struct in6_addr *agent);

/* A binding is in force, or has moved: its tunnel is protected.  Nothing
 * happens outside of all realms, or where s is NULL.  0 or -errno. */
int security_tunnel_set(struct security *s, enum security_end end,
			const struct in6_addr *hoa,
			const struct in6_addr *agent,
			const struct in6_addr *coa);
/* It is gone. */
void security_tunnel_del(struct security *s, enum security_end end,
			 const struct in6_addr *hoa,
			 const struct in6_addr *agent);

/* IKEv2 made associations in tunnel mode between the two, and the care-of
 * address is or was at: the tunnel is theirs, whoever else has keys, and they
 * come along to where the binding is.  With reqid 0 they are gone, and what
 * needs them waits.  0 or -errno. */
int security_tunnel_negotiated(struct security *s, enum security_end end,
			       const struct in6_addr *hoa,
			       const struct in6_addr *agent, uint32_t reqid,
			       const struct in6_addr *at);
/* A registration from coa was accepted: which of them are still to be moved,
 * by kernel_migrate().  Their number, 0 where there are none. */
unsigned int
security_tunnel_follow(struct security *s, enum security_end end,
		       const struct in6_addr *hoa, const struct in6_addr *agent,
		       const struct in6_addr *coa,
		       struct kernel_sa_move ret_moves[KERNEL_MIGRATE_SAS_MAX]);

#endif
