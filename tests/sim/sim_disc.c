/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What must hold for discovery, for each message as it is sent:
 *
 * - a request for agents leaves from an address of the node to the anycast
 *   address of its home prefix; it is repeated four times at most, each time
 *   after twice as long (MN-52, MN-54, MN-62);
 * - a reply names agents of the home link only, best first, from one of them
 *   (HA-133, HA-136);
 * - a solicitation is sent while the node believes in a binding (MN-63);
 * - an advertisement goes to a node that is registered, where it is, once a
 *   second at most (HA-143, HA-151);
 *
 * and when the network is quiet: no agent but the one in use forwards a home
 * address.
 */
#include "tests/sim/sim.h"

#define ROUND_FIRST_US 3000000 /* INITIAL_DHAAD_TIMEOUT */
#define ROUND_MOST     5       /* DHAAD_RETRIES, and the first */

static bool is_of_node(struct sim_node *n, const struct in6_addr *addr)
{
	unsigned int i;

	for (i = 0; i < n->n_ifaces; i++)
		if (sim_host_hears(&n->ifaces[i], addr))
			return true;
	return false;
}

static struct sim_node *agent_at(struct sim *s, const struct in6_addr *addr)
{
	unsigned int i;

	for (i = 0; i < s->n_nodes; i++)
		if (s->nodes[i]->role & SIM_HA &&
		    addr_eq(&s->nodes[i]->ha_links[0].address, addr))
			return s->nodes[i];
	return NULL;
}

/* ---- agents ---- */

static void check_request(struct sim_node *n, const struct mh_send *m,
			  uint16_t id)
{
	struct prefix home = prefix_of(&n->mn_homes[0].address, 64);
	int64_t least_us = ROUND_FIRST_US << n->haad_count >> 1;
	struct in6_addr any;

	n->sim->n_haad++;
	if (!addr_home_agents(&home, &any) || !addr_eq(&any, &m->dst))
		sim_fail(n->sim, "%s: asks %s for agents", n->name,
			 addr_str(&m->dst));
	if (!is_of_node(n, &m->src))
		sim_fail(n->sim, "%s: asks for agents from %s, which is deaf",
			 n->name, addr_str(&m->src));
	if (n->haad_count && id == n->haad_id) {
		if (mtime_diff_us(n->sim->now, n->haad_last) < least_us)
			sim_fail(n->sim, "%s: request %u after %lld us",
				 n->name, n->haad_count + 1,
				 (long long)mtime_diff_us(n->sim->now,
							  n->haad_last));
		if (++n->haad_count > ROUND_MOST)
			sim_fail(n->sim, "%s: %u requests in a round", n->name,
				 n->haad_count);
	} else {
		n->haad_id = id;
		n->haad_count = 1;
	}
	n->haad_last = n->sim->now;
}

static void check_reply(struct sim_node *n, const struct mh_send *m,
			const struct icmp6_haad_reply *reply)
{
	uint32_t before = UINT32_MAX;
	unsigned int i;

	n->sim->n_haad_replies++;
	if (!addr_eq(&m->src, &n->ha_links[0].address) || m->rh2)
		sim_fail(n->sim, "%s: replies from %s", n->name,
			 addr_str(&m->src));
	if (!reply->n_addrs)
		sim_fail(n->sim, "%s: replies with no agent", n->name);
	for (i = 0; i < reply->n_addrs; i++) {
		struct sim_node *a = agent_at(n->sim, &reply->addrs[i]);

		if (!a)
			sim_fail(n->sim, "%s: names %s, no agent", n->name,
				 addr_str(&reply->addrs[i]));
		if (a->ha_links[0].preference > before)
			sim_fail(n->sim, "%s: names %s behind worse ones",
				 n->name, addr_str(&reply->addrs[i]));
		before = a->ha_links[0].preference;
	}
}

struct sim_node *sim_disc_agent(const struct sim_reg *r)
{
	const struct kernel_mn_home *h = fake_kernel_home(
		r->mn->kernel, (unsigned int)(r - r->mn->regs));

	return addr_is_any(&h->ha) ? NULL : agent_at(r->mn->sim, &h->ha);
}

bool sim_disc_any_agent(struct sim *s)
{
	unsigned int i;

	for (i = 0; i < s->n_nodes; i++)
		if (s->nodes[i]->role & SIM_HA && s->nodes[i]->up)
			return true;
	return false;
}

void sim_disc_check_others(struct sim_reg *r, const struct sim_node *but)
{
	struct sim *s = r->mn->sim;
	unsigned int i;

	for (i = 0; i < s->n_nodes; i++) {
		const struct sim_node *n = s->nodes[i];

		if (n->role & SIM_HA && n->up && n != but &&
		    fake_kernel_binding(n->kernel, &r->hoa))
			sim_fail(s, "%s still forwards %s", n->name,
				 addr_str(&r->hoa));
	}
}

/* ---- prefixes ---- */

static void check_solicitation(struct sim_node *n, const struct mh_send *m)
{
	struct sim_reg *r = sim_reg_find(n->sim, &m->src);

	n->sim->n_mps++;
	if (!r || r->mn != n || !sim_bul_is_bound(sim_bul(r), n->sim->now))
		sim_fail(n->sim, "%s: solicits prefixes for %s, not bound",
			 n->name, addr_str(&m->src));
}

static void check_advertisement(struct sim_node *n, const struct mh_send *m,
				const struct icmp6_mpa *mpa)
{
	struct sim_reg *r = sim_reg_find(n->sim, &m->dst);
	struct mtime now = n->sim->now;
	const struct kernel_binding *b =
		fake_kernel_binding(n->kernel, &m->dst);
	const struct bcache_entry *e =
		bcache_find(ha_bcache(daemon_ha(n->daemon)), &m->src, &m->dst);

	n->sim->n_mpa++;
	n->sim->n_unasked += !mpa->id;
	/* While another registration is under way the one before holds. */
	if (!r || !m->rh2 || !e || e->state == BCACHE_INVALID ||
	    mtime_before(e->expires, now))
		sim_fail(n->sim, "%s: tells %s, which is not registered",
			 n->name, addr_str(&m->dst));
	if (!(b && addr_eq(&m->coa, &b->coa)) &&
	    (e->state == BCACHE_DAD || !addr_eq(&m->coa, &e->coa)))
		sim_fail(n->sim, "%s: tells %s at %s, it is at %s", n->name,
			 addr_str(&m->dst), addr_str(&m->coa),
			 addr_str(&e->coa));
	if (r->ha == n && r->mpa_last.us &&
	    mtime_diff_us(now, r->mpa_last) < 1000000)
		sim_fail(n->sim, "%s: tells %s after %lld us", n->name,
			 addr_str(&m->dst),
			 (long long)mtime_diff_us(now, r->mpa_last));
	r->mpa_last = now;
	if (!mpa->n_prefixes)
		sim_fail(n->sim, "%s: tells %s no prefix", n->name,
			 addr_str(&m->dst));
}

void sim_disc_sent(struct sim_node *n, const struct fake_msg *msg)
{
	struct icmp6_msg m;

	if (!fake_msg_parse_icmp6(msg, &m))
		sim_fail(n->sim, "%s: sends a malformed message", n->name);
	if (m.type == ICMP6_HAAD_REQUEST)
		check_request(n, &msg->mh, m.request.id);
	else if (m.type == ICMP6_HAAD_REPLY)
		check_reply(n, &msg->mh, &m.reply);
	else if (m.type == ICMP6_MPS)
		check_solicitation(n, &msg->mh);
	else if (m.type == ICMP6_MPA)
		check_advertisement(n, &msg->mh, &m.mpa);
	else
		sim_fail(n->sim, "%s: sends ICMPv6 type %u", n->name, m.type);
}
