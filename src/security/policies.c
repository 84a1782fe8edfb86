/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which policies and associations protect what is between a mobile node and
 * its home agent (RFC 3776 section 4, RFC 4877 section 4).
 *
 * Pure.  An agent has one set of policies for a whole home prefix and
 * associations for each node, each of which carries the packets of one home
 * address only.  Only in the tunnel there is a policy for each binding, and
 * only for what goes to the node: a policy's template has to name the care-of
 * address there.
 *
 * Selectors name protocols, not types (RFC 4877 section 4.3 leaves that
 * choice): the kernel reads a type behind other headers from the wrong place.
 */
#include <string.h>

#include "mip6d/security.h"

#define PROTO_MH    135
#define PROTO_ICMP6 58
#define TYPE_MPS    146
#define TYPE_MPA    147

/* Lower comes first. */
enum {
	PRIO_NEGOTIATED = 1, /* signalling of one home address */
	PRIO_SIGNALLING = 2,
	PRIO_CLEAR = 8, /* of a node that is away */
	PRIO_TESTS = 9,
	PRIO_ALL = 20,
};

static struct prefix host(const struct in6_addr *a)
{
	return prefix_of(a, 128);
}

static struct prefix any(void)
{
	return (struct prefix){ .len = 0 };
}

/* ---- associations ---- */

static struct kernel_sa sa_of(const struct security_sa *key, uint32_t reqid,
			      enum kernel_esp_mode mode)
{
	return (struct kernel_sa){
		.mode = mode,
		.spi = key->spi,
		.reqid = reqid,
		.esp = key->esp,
	};
}

/* Whether this end uses the set for what it sends. */
static bool sends(const struct security_node *node, unsigned int set)
{
	return set == node->send;
}

unsigned int security_sas(const struct security_node *node,
			  enum security_end end,
			  struct kernel_sa ret_sas[SECURITY_SAS_MAX])
{
	unsigned int i, n = 0;

	for (i = 0; i < node->n_sets; i++) {
		const struct security_set *set = &node->sets[i];
		bool is_agent = end == SECURITY_AGENT;
		struct kernel_sa up = sa_of(&set->to_agent,
					    SECURITY_REQID_SIGNALLING,
					    KERNEL_TRANSPORT);
		struct kernel_sa down = sa_of(&set->from_agent,
					      SECURITY_REQID_SIGNALLING,
					      KERNEL_TRANSPORT);

		up.src = down.dst = node->hoa;
		up.dst = down.src = node->agent;
		up.sel_src = down.sel_dst = host(&node->hoa);
		up.sel_dst = down.sel_src = host(&node->agent);
		if (is_agent || sends(node, i))
			ret_sas[n++] = up;
		if (!is_agent || sends(node, i))
			ret_sas[n++] = down;
	}
	return n;
}

unsigned int security_tunnel_sas(const struct security_node *node,
				 enum security_end end,
				 enum security_protect protect,
				 const struct in6_addr *coa,
				 struct kernel_sa ret_sas[SECURITY_SAS_MAX])
{
	uint32_t reqid = security_reqid_tunnel(node);
	bool is_agent = end == SECURITY_AGENT;
	unsigned int i, n = 0;

	for (i = 0; i < node->n_sets; i++) {
		const struct security_set *set = &node->sets[i];
		struct kernel_sa up =
			sa_of(&set->tunnel_to_agent, reqid, KERNEL_TUNNEL);
		struct kernel_sa down =
			sa_of(&set->tunnel_from_agent, reqid, KERNEL_TUNNEL);

		up.src = down.dst = *coa;
		up.dst = down.src = node->agent;
		up.sel_src = down.sel_dst = host(&node->hoa);
		up.sel_dst = down.sel_src = any();
		up.sel_proto = down.sel_proto =
			protect == SECURITY_ALL ? 0 : PROTO_MH;
		/* The agent takes it from wherever it comes, since the
		 * care-of address changes before it hears so (RFC 4877
		 * section 5), and the kernel compares no source.  :: would
		 * make one list of all, walked for each Home Address
		 * option. */
		if (is_agent) {
			up.src = node->hoa;
			up.reqid = SECURITY_REQID_TUNNELS;
		}
		if (is_agent || sends(node, i))
			ret_sas[n++] = up;
		if (!is_agent || sends(node, i))
			ret_sas[n++] = down;
	}
	return n;
}

/* ---- policies ---- */

static struct kernel_sp policy(enum kernel_sp_dir dir, struct prefix src,
			       struct prefix dst, uint8_t proto, uint32_t prio)
{
	return (struct kernel_sp){
		.dir = dir,
		.action = KERNEL_SP_REQUIRE,
		.src = src,
		.dst = dst,
		.proto = proto,
		.priority = prio,
	};
}

unsigned int security_policies(const struct security_scope *s,
			       struct kernel_sp ret_sps[SECURITY_SPS_MAX])
{
	uint32_t prio = s->is_negotiated ? PRIO_NEGOTIATED : PRIO_SIGNALLING;
	bool is_agent = s->end == SECURITY_AGENT;
	struct prefix agent = host(&s->agent);
	struct prefix here = is_agent ? agent : s->hoa;
	struct prefix there = is_agent ? s->hoa : agent;

	ret_sps[0] = policy(KERNEL_SP_OUT, here, there, PROTO_MH, prio);
	ret_sps[1] = policy(KERNEL_SP_IN, there, here, PROTO_MH, prio);
	ret_sps[2] = policy(KERNEL_SP_OUT, here, there, PROTO_ICMP6, prio);
	ret_sps[2].type = is_agent ? TYPE_MPA : TYPE_MPS;
	ret_sps[0].reqid = ret_sps[2].reqid = s->reqid;
	return 3;
}

static void make_tunnel(struct kernel_sp *sp, const struct in6_addr *src,
			const struct in6_addr *dst, uint32_t reqid)
{
	sp->mode = KERNEL_TUNNEL;
	sp->tunnel_src = *src;
	sp->tunnel_dst = *dst;
	sp->reqid = reqid;
	/* The kernel would ask daemons of IKEv2 for them, in vain. */
	if (reqid == SECURITY_REQID_NONE && sp->dir == KERNEL_SP_OUT)
		sp->action = KERNEL_SP_BLOCK;
}

static uint8_t proto_of(enum security_protect protect)
{
	return protect == SECURITY_ALL ? 0 : PROTO_MH;
}

static uint32_t prio_of(enum security_protect protect)
{
	return protect == SECURITY_ALL ? PRIO_ALL : PRIO_TESTS;
}

/* Neighbours on the home link have addresses of the home prefix, too: what
 * they send may be without.  What comes by an association that was negotiated
 * matches no policy here: nothing but the policies of its binding ties it to
 * one home address. */
unsigned int
security_prefix_policies(const struct security_scope *s,
			 enum security_protect protect,
			 struct kernel_sp ret_sps[SECURITY_SPS_MAX])
{
	static const enum kernel_sp_dir dirs[] = { KERNEL_SP_IN,
						   KERNEL_SP_FWD };
	unsigned int i;

	if (s->end != SECURITY_AGENT || protect == SECURITY_SIGNALLING)
		return 0;
	for (i = 0; i < 2; i++) {
		ret_sps[i] = policy(dirs[i], s->hoa, any(), proto_of(protect),
				    prio_of(protect));
		ret_sps[i].action = KERNEL_SP_OPTIONAL;
		make_tunnel(&ret_sps[i], &addr_any, &addr_any,
			    SECURITY_REQID_TUNNELS);
	}
	return 2;
}

/* The node is away: nothing of its comes without (RFC 6275 section 10.4.6).
 * What is for the agent itself may come straight, from a correspondent's
 * point of view, unless all has to take the tunnel. */
static unsigned int agent_policies(const struct security_scope *s,
				   enum security_protect protect,
				   const struct in6_addr *coa,
				   struct kernel_sp ret_sps[SECURITY_SPS_MAX])
{
	uint32_t takes = s->is_negotiated ? s->reqid : SECURITY_REQID_TUNNELS;
	uint8_t proto = proto_of(protect);
	bool is_all = protect == SECURITY_ALL;

	ret_sps[0] =
		policy(KERNEL_SP_OUT, any(), s->hoa, proto, prio_of(protect));
	make_tunnel(&ret_sps[0], &s->agent, coa, s->reqid);
	ret_sps[1] = policy(KERNEL_SP_FWD, s->hoa, any(), proto, PRIO_CLEAR);
	make_tunnel(&ret_sps[1], &addr_any, &addr_any, takes);
	if (!is_all && !s->is_negotiated)
		return 2; /* its home prefix's will do */
	ret_sps[2] = ret_sps[1];
	ret_sps[2].dir = KERNEL_SP_IN;
	if (!is_all)
		ret_sps[2].action = KERNEL_SP_OPTIONAL;
	return 3;
}

/* The node takes a Home Test without, too: it believes the cookie in it, and
 * what correspondents send to its home address comes without in any case
 * (RFC 6275 section 11.6.2). */
unsigned int security_tunnel_policies(
	const struct security_scope *s, enum security_protect protect,
	const struct in6_addr *coa, struct kernel_sp ret_sps[SECURITY_SPS_MAX])
{
	uint8_t proto = proto_of(protect);
	uint32_t prio = prio_of(protect);

	if (protect == SECURITY_SIGNALLING)
		return 0;
	if (s->end == SECURITY_AGENT)
		return agent_policies(s, protect, coa, ret_sps);
	ret_sps[0] = policy(KERNEL_SP_OUT, s->hoa, any(), proto, prio);
	make_tunnel(&ret_sps[0], coa, &s->agent, s->reqid);
	ret_sps[1] = policy(KERNEL_SP_IN, any(), s->hoa, proto, prio);
	/* Whatever care-of address it was sent to, and by whichever set of
	 * keys. */
	make_tunnel(&ret_sps[1], &s->agent, &addr_any,
		    s->is_negotiated ? s->reqid : 0);
	if (protect != SECURITY_ALL)
		ret_sps[1].action = KERNEL_SP_OPTIONAL;
	return 2;
}
