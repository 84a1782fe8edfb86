/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The network that most scenarios share: a home link with an agent, foreign
 * links A and B, one mobile node; and the random walk over it.
 */
#include <string.h>

#include "tests/sim/sim.h"
#include "tests/sim/sim_ro.h"

void sim_net_links(struct sim *s, struct sim_net *n)
{
	n->s = s;
	n->home = sim_link_add(s, "home");
	n->a = sim_link_add(s, "A");
	n->b = sim_link_add(s, "B");
	sim_router_add(n->home, "2001:db8:1::/64", 3000, 10000);
	sim_router_add(n->a, "2001:db8:a::/64", 3000, 10000);
	sim_router_add(n->b, "2001:db8:b::/64", 1000, 4000);
	n->a->routers[0].interval_opt = true;
	n->home->routers[0].no_source_lladdr = sim_below(s, 2);
	n->ha = sim_ha_add(s, n->home, "2001:db8:1::1");
}

void sim_net_build(struct sim *s, struct sim_net *n, struct sim_link *at,
		   uint32_t lifetime_s)
{
	sim_net_links(s, n);
	n->mn = sim_mn_add(s, at ? at : n->home);
	n->mn->mn_ifaces[0].optimistic = sim_below(s, 2);
	/* Often the address that autoconfiguration makes: then it has the L
	 * bit. */
	if (sim_below(s, 2)) {
		struct in6_addr hoa = n->mn->ifaces[0].ll;

		memcpy(&hoa, &n->ha->ha_links[0].address, 8);
		sim_mn_home_addr(n->mn, n->ha, &hoa, lifetime_s);
	} else {
		sim_mn_home(n->mn, n->ha, "2001:db8:1::100", lifetime_s);
	}
	sim_node_start(n->ha);
	sim_node_start(n->mn);
}

void sim_net_ro(struct sim *s, struct sim_net *n, uint32_t lifetime_s)
{
	sim_rr_on(s);
	s->want_direct = true;
	sim_net_links(s, n);
	n->c = sim_link_add(s, "C");
	sim_router_add(n->c, "2001:db8:c::/64", 3000, 10000);
	n->c->routers[0].prefixes[0].autonomous = false;
	n->cn = sim_cn_add(s, n->c, "2001:db8:c::10");
	n->mn = sim_mn_add(s, n->a);
	n->mn->mn_ifaces[0].optimistic = sim_below(s, 2);
	sim_mn_home(n->mn, n->ha, "2001:db8:1::100", lifetime_s);
	sim_ro_on(n->mn);
}

void sim_net_start(struct sim_net *n)
{
	unsigned int i;

	for (i = 0; i < n->s->n_nodes; i++)
		sim_node_start(n->s->nodes[i]);
}

struct sim_link *sim_net_any(struct sim_net *n)
{
	struct sim_link *const links[] = { n->home, n->a, n->b };

	return links[sim_below(n->s, 3)];
}

/* Mostly long enough to register, sometimes much too short. */
void sim_net_linger(struct sim_net *n)
{
	if (sim_below(n->s, 3))
		sim_run_ms(n->s, sim_between(n->s, 5000, 90000));
	else
		sim_run_ms(n->s, sim_between(n->s, 1, 3000));
}

void sim_net_loss(struct sim_net *n, unsigned int most)
{
	static const unsigned int parts[] = { 0, 0, 1, 3, 6 };
	unsigned int i;

	n->s->loss = parts[sim_below(n->s, 5)] * most / 6;
	n->s->dup = parts[sim_below(n->s, 5)] * most / 12;
	n->s->jitter_us = sim_below(n->s, 4) || !most ? 2000 : 800000;
	for (i = 0; i < n->s->n_links; i++)
		n->s->links[i].loss = parts[sim_below(n->s, 5)] * most / 12;
}

struct in6_addr sim_addr(const char *text)
{
	struct in6_addr a = addr_any;

	addr_parse(text, &a);
	return a;
}

struct sim_packet *sim_build_mh(struct sim *s, const struct mh_msg *msg,
				const struct in6_addr *src,
				const struct in6_addr *dst,
				const struct in6_addr *hao,
				const struct in6_addr *rh2)
{
	uint8_t buf[MH_MAX_LEN];
	int len = mh_build(msg, buf, sizeof(buf));
	struct sim_packet *p;

	if (len < 0)
		sim_fail(s, "simulator: mh_build: %d", len);
	mh_set_checksum(buf, (size_t)len, hao ? hao : src, rh2 ? rh2 : dst);
	p = sim_packet_new(s, SIM_MH, buf, (size_t)len);
	p->wire_src = *src;
	p->wire_dst = *dst;
	if (hao) {
		p->has_hao = true;
		p->hao = *hao;
	}
	if (rh2) {
		p->has_rh2 = true;
		p->rh2 = *rh2;
	}
	return p;
}
