/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Telling the mobile node of traffic that takes the tunnel and could go
 * directly (RFC 6275 sections 11.6.1 and 11.7.2).
 *
 * This file decides for whom that is never said: addresses of this node, home
 * agents, what is no unicast address.
 */
#include "src/netlink/flow.h"
#include "src/netlink/kmn_priv.h"

static bool is_agent(const struct kernel_mn *mn, const struct in6_addr *addr)
{
	int h;

	for (h = 0; h < KMN_MAX_HOMES; h++)
		if (mn->homes[h].have.place != KERNEL_MN_NONE &&
		    addr_eq(&mn->homes[h].have.ha, addr))
			return true;
	return false;
}

static bool is_worth(struct kernel *k, const struct kernel_flow *flow)
{
	struct ro_rules rules;
	unsigned int i;

	if (!k->mn || !addr_is_routable(&flow->peer) ||
	    kernel_addr_is_local(k, &flow->peer) ||
	    is_agent(k->mn, &flow->peer))
		return false;
	rules = kmn_rules_of(k, &flow->hoa);
	i = ro_rule_find(&rules, &flow->peer, flow->protocol, flow->peer_port);
	return i < rules.n && rules.v[i].action == KERNEL_RULE_OPTIMISE;
}

void kernel_flow_tell(struct kernel *k, const struct kernel_flow *flow)
{
	struct kernel_event ev = { .type = KERNEL_FLOW, .flow = *flow };

	if (!is_worth(k, flow))
		return;
	if (!k->flows)
		k->flows = flow_table_new();
	if (k->flows && flow_table_ask(k->flows, flow, loop_now(k->loop)))
		k->on_event(k->arg, &ev);
}

void kernel_flow_done(struct kernel *k)
{
	k->flows = flow_table_free(k->flows);
}
