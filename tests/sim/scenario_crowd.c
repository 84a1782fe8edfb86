/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An agent alone against a crowd that follows no protocol: registrations,
 * moves, de-registrations, old and new sequence numbers of sixteen home
 * addresses in any order, while its links, its kernel, its limits and the
 * strangers on its wire change.  Nothing of this may make it acknowledge what
 * is not so, forget to clean up, or listen for ever (sim_check.c).
 */
#include "tests/sim/sim.h"

#define CROWD 4 /* times SIM_HOMES home addresses */

struct crowd {
	struct sim_net n;
	uint16_t seq[CROWD * SIM_HOMES];
	bool home_up;
};

static struct sim_reg *reg_at(struct crowd *c, unsigned int i)
{
	return &c->n.s->nodes[1 + i / SIM_HOMES]->regs[i % SIM_HOMES];
}

static void crowd_build(struct sim *s, struct crowd *c)
{
	unsigned int i, j;

	*c = (struct crowd){ .home_up = true };
	sim_net_links(s, &c->n);
	c->n.ha->ha.max_bindings = 10;
	c->n.ha->ha.dad_transmits = sim_below(s, 3);
	for (i = 0; i < CROWD; i++) {
		/* Never started: only its addresses are used. */
		struct sim_node *mn = sim_mn_add(s, c->n.a);

		for (j = 0; j < SIM_HOMES; j++) {
			struct in6_addr hoa = c->n.ha->ha_links[0].prefix.addr;

			hoa.s6_addr[14] = (uint8_t)(i + 1);
			hoa.s6_addr[15] = (uint8_t)(j + 1);
			sim_mn_home_addr(mn, c->n.ha, &hoa, 60);
			c->seq[i * SIM_HOMES + j] = (uint16_t)sim_random(s);
		}
	}
	sim_node_start(c->n.ha);
}

static void send_bu(struct crowd *c)
{
	struct sim *s = c->n.s;
	unsigned int i = sim_below(s, CROWD * SIM_HOMES);
	struct sim_reg *r = reg_at(c, i);
	struct in6_addr coa = sim_addr("2001:db8:a::c0"), src;
	struct in6_addr ha = c->n.ha->ha_links[0].address;
	struct mh_msg m = { .type = MH_BU };
	bool from_home = sim_below(s, 6) == 0;
	struct sim_packet *p;

	coa.s6_addr[15] = (uint8_t)(0xc0 + sim_below(s, 3));
	/* Never so far that a few steps go round (section 9.5.1). */
	if (sim_below(s, 20))
		c->seq[i] = (uint16_t)(c->seq[i] + sim_below(s, 3));
	else
		c->seq[i] = (uint16_t)(c->seq[i] + sim_below(s, 3000) - 1000);
	m.bu.seq = c->seq[i];
	m.bu.flags = (uint16_t)(BU_FLAG_A | BU_FLAG_H |
				(sim_below(s, 4) ? 0 : BU_FLAG_L));
	m.bu.lifetime_4s = sim_below(s, 4) && !from_home
				   ? (uint16_t)(1 + sim_below(s, 15))
				   : 0;
	if (m.bu.lifetime_4s) {
		m.opt.present = MH_OPT_ALT_COA;
		m.opt.alt_coa = coa;
		/* Sent from elsewhere than it names. */
		if (sim_below(s, 10) == 0)
			coa.s6_addr[15] ^= 0x10;
	}
	src = from_home ? r->hoa : coa;
	sim_wire_asked(r, &m.bu, &m.opt.alt_coa, &src);
	p = sim_build_mh(s, &m, &src, &ha, from_home ? NULL : &r->hoa, NULL);
	if (from_home)
		p->link = c->n.home;
	sim_note(s, "BU hoa=%s seq=%u lifetime=%us coa=%s", addr_str(&r->hoa),
		 m.bu.seq, m.bu.lifetime_4s * 4, addr_str(&m.opt.alt_coa));
	sim_path_emit(p);
	s->n_bu++;
}

/* The home interface loses its carrier, is set down, or goes away. */
static void change_link(struct crowd *c)
{
	struct sim *s = c->n.s;
	struct sim_iface *i = &c->n.ha->ifaces[0];
	struct kernel_link l = { .ifindex = i->ifindex,
				 .name = "eth0",
				 .mtu = 1500,
				 .lladdr = i->mac };
	struct kernel_addr a = {
		.ifindex = i->ifindex,
		.plen = 64,
		.permanent = true,
		.addr = c->n.ha->ha_links[0].address,
		.valid_s = UINT32_MAX,
		.preferred_s = UINT32_MAX,
	};

	c->home_up = !c->home_up;
	if (!c->home_up && sim_below(s, 3) == 0)
		l.gone = true;
	l.up = c->home_up || sim_below(s, 2);
	l.carrier = c->home_up;
	sim_note(s, "home interface %s",
		 c->home_up ? "up"
		 : l.gone   ? "gone"
		 : l.up     ? "without carrier"
			    : "down");
	fake_kernel_link_set(c->n.ha->kernel, &l);
	if (c->home_up) {
		fake_kernel_addr_set(c->n.ha->kernel, &a);
		sim_host_linklocal(i);
	}
	sim_node_touch(c->n.ha);
}

static void change_squatters(struct crowd *c)
{
	struct sim_link *l = c->n.home;
	struct in6_addr hoa =
		reg_at(c, sim_below(c->n.s, CROWD * SIM_HOMES))->hoa;

	if (sim_below(c->n.s, 4) == 0)
		hoa = addr_linklocal_of(&hoa);
	if (l->n_squatters == 2)
		l->n_squatters = 0;
	else
		sim_link_squat(l, &hoa);
}

static void reload(struct crowd *c)
{
	struct sim *s = c->n.s;
	struct sim_node *n = c->n.ha;
	unsigned int i;

	/* Bindings may be cut or end by this. */
	for (i = 0; i < CROWD * SIM_HOMES; i++)
		reg_at(c, i)->accepted_any = false;
	n->ha.max_bindings = 2 + sim_below(s, 14);
	n->ha.max_lifetime_s = 4 * (1 + sim_below(s, 30));
	n->ha_links[0].valid_s = sim_below(s, 3) ? 2592000
						 : 4 * (1 + sim_below(s, 20));
	n->ha_links[0].preferred_s = sim_below(
		s, n->ha_links[0].valid_s < 40 ? n->ha_links[0].valid_s : 40);
	n->ha.n_rules = sim_below(s, 3) == 0;
	n->ha_rules[0] = (struct conf_ha_rule){
		.home = prefix_of(&reg_at(c, sim_below(s, 16))->hoa, 120),
		.action = CONF_HA_ALLOW,
		.max_bindings = sim_below(s, 5),
	};
	n->ha.min_interval_ms = sim_below(s, 2000);
	n->ha.refresh_advice_s = 4 * sim_below(s, 10);
	sim_note(s, "reload: max-bindings=%u max-lifetime=%us valid=%us",
		 n->ha.max_bindings, n->ha.max_lifetime_s,
		 n->ha_links[0].valid_s);
	sim_node_enter(n);
	if (daemon_reload(n->daemon, sim_node_conf(n), s->now))
		sim_fail(s, "reload was refused");
	sim_node_touch(n);
}

/* Everything has run out: nothing may be left but the empty role. */
static void demand_empty(struct crowd *c)
{
	struct sim_node *n = c->n.ha;
	struct bcache *bc = ha_bcache(daemon_ha(n->daemon));

	if (bcache_count(bc) || n->kernel->n_bindings)
		sim_fail(c->n.s, "%u entries and %u bindings after all ran out",
			 bcache_count(bc), n->kernel->n_bindings);
	if (!fake_transport_is_quiet(n->transport))
		sim_fail(c->n.s, "listens with nothing to listen for");
	if (tqueue_len(n->tq) > 4)
		sim_fail(c->n.s, "%zu tasks with nothing to do",
			 tqueue_len(n->tq));
}

/* HA-22, HA-26, HA-27, HA-28, HA-31, HA-32, HA-38, HA-41, HA-42, HA-43, HA-45,
 * HA-62, HA-65, HA-67, HA-68 */
static void crowd(struct sim *s)
{
	static struct crowd c;
	unsigned int i, most;

	crowd_build(s, &c);
	while (sim_time_left(s)) {
		s->kernel_fail = c.n.ha->kernel->fail_permille =
			sim_below(s, 3) ? 0 : 100;
		c.n.home->loss = sim_below(s, 3) ? 0 : 200;
		most = sim_below(s, 3) ? 2000 : 50;
		for (i = 0; i < 200; i++) {
			send_bu(&c);
			if (sim_below(s, 40) == 0)
				change_link(&c);
			if (sim_below(s, 30) == 0)
				change_squatters(&c);
			if (sim_below(s, 60) == 0)
				reload(&c);
			if (sim_below(s, 200) == 0) {
				sim_node_crash(c.n.ha, 500);
				sim_run_ms(s, 600);
				c.home_up = true;
			}
			sim_run_ms(s, sim_between(s, 0, most));
		}
		s->kernel_fail = c.n.ha->kernel->fail_permille = 0;
		if (!c.home_up)
			change_link(&c);
		sim_run_s(s, 140);
		demand_empty(&c);
	}
	sim_node_stop(c.n.ha);
	sim_run_s(s, 10);
}

const struct sim_scenario sim_scenarios_crowd[] = {
	{ "crowd", crowd, 21, 2 },
	{ NULL, NULL, 0, 0 },
};
