/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Policies for associations that charon negotiated, and what tells it that a
 * care-of address changed.
 *
 * This file decides that the policies follow the reqid that charon chose,
 * without a moment in which nothing is required: new ones replace old ones in
 * place.  What the policies are is left to src/security.
 */
#include <errno.h>
#include <string.h>

#include "mip6d/log.h"
#include "src/ike/ike_priv.h"

static unsigned int policies(const struct ike_pair *p, uint32_t reqid,
			     struct kernel_sp ret[SECURITY_SPS_MAX])
{
	struct security_scope scope = {
		.end = p->peer->end == IKE_NODE ? SECURITY_NODE
						: SECURITY_AGENT,
		.hoa = { p->peer->hoa, 128 },
		.agent = p->peer->agent,
		.reqid = reqid,
		.is_negotiated = true,
	};

	return security_policies(&scope, ret);
}

void ike_policy_clear(struct ike_pair *p)
{
	unsigned int i;

	for (i = 0; i < p->n_sps; i++)
		kernel_sp_del(p->ike->env.kernel, &p->sps[i]);
	p->n_sps = 0;
}

int ike_policy_set(struct ike_pair *p, uint32_t reqid)
{
	struct kernel_sp sps[SECURITY_SPS_MAX];
	unsigned int n = policies(p, reqid, sps), i;
	int err;

	if (p->n_sps && p->reqid == reqid)
		return 0;
	for (i = 0; i < n; i++) {
		err = kernel_sp_set(p->ike->env.kernel, &sps[i]);
		if (err) {
			log_error("ike: hoa=%s agent=%s no policy: %s",
				  addr_str(&p->peer->hoa),
				  addr_str(&p->peer->agent), strerror(-err));
			return err;
		}
		p->sps[i] = sps[i];
		if (i >= p->n_sps)
			p->n_sps = i + 1;
	}
	p->reqid = reqid;
	return 0;
}

/* The policy that sends is moved from where it is to where it is: in
 * transport mode it has no addresses, and no association has these.  What
 * counts is that the kernel tells charon. */
int ike_policy_move(struct ike_pair *p, const struct in6_addr *coa)
{
	bool is_node = p->peer->end == IKE_NODE;
	struct kernel_migrate m = {
		.has_ike = true,
		.ike_local = is_node ? *coa : p->peer->agent,
		.ike_remote = is_node ? p->peer->agent : *coa,
	};
	unsigned int i;

	m.n_sas = security_tunnel_follow(
		p->ike->env.security, is_node ? SECURITY_NODE : SECURITY_AGENT,
		&p->peer->hoa, &p->peer->agent, coa, m.sas);
	m.tunnel_src = m.ike_local;
	m.tunnel_dst = m.ike_remote;
	for (i = 0; i < p->n_sps; i++) {
		if (p->sps[i].dir != KERNEL_SP_OUT ||
		    p->sps[i].action != KERNEL_SP_REQUIRE)
			continue;
		m.sp = p->sps[i];
		m.sp.tunnel_src = m.ike_local;
		m.sp.tunnel_dst = m.ike_remote;
		return kernel_migrate(p->ike->env.kernel, &m);
	}
	return -ENOENT;
}
