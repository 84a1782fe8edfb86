/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scenarios of an attacker on one path (sim_attack.c).  While it is at work
 * nothing is promised but the invariants of sim_ro.c; when it has been away
 * for as long as what it did can last, traffic arrives again, and later takes
 * the direct way again.
 */
#include "tests/sim/sim_ro.h"

/* Lifetime of a binding, and of "this peer cannot". */
#define OVER_S  450
#define AGAIN_S 1300

static void rounds(struct sim_net *n, struct sim_attacker *a)
{
	struct sim *s = n->s;
	unsigned int i;

	while (sim_time_left(s)) {
		sim_attack_set(a, true);
		for (i = 5 + sim_below(s, 40); i > 0; i--) {
			struct sim_link *to = sim_net_any(n);

			if (sim_below(s, 3) == 0 && to != n->mn->ifaces[0].link)
				sim_move(&n->mn->ifaces[0], to,
					 sim_between(s, 10, 1500));
			if (sim_below(s, 25) == 0)
				sim_node_crash(a->cn, 2000);
			sim_net_linger(n);
		}
		sim_attack_set(a, false);
		sim_run_s(s, OVER_S);
		s->want_direct = false;
		sim_settle(s);
		if (sim_below(s, 3))
			continue;
		sim_run_s(s, AGAIN_S);
		s->want_direct = true;
		sim_settle(s);
	}
	s->want_direct = false;
	sim_finish(s);
}

static void attack(struct sim *s, enum sim_where where)
{
	struct sim_attacker *a;
	struct sim_net n;

	sim_net_ro(s, &n, 300);
	n.cn->cn.max_bindings = sim_below(s, 2) ? 100 : 2;
	n.mn->mn.cn_ack = sim_below(s, 6);
	a = sim_attack_add(s, n.mn, n.cn, where);
	sim_net_start(&n);
	sim_flow_set(sim_flow_add(n.mn, 0, n.cn, 500), true);
	rounds(&n, a);
}

/* It sees nothing and has to guess.  CN-38, CN-39, CN-69, MN-163 */
static void attack_off_path(struct sim *s)
{
	attack(s, SIM_NOWHERE);
}

/* It sees home tokens, and no care-of token.  CN-79 */
static void attack_tunnel(struct sim *s)
{
	attack(s, SIM_MN_HA);
}

/* It sees home tokens, and care-of tokens for addresses of the home link
 * only. */
static void attack_home(struct sim *s)
{
	attack(s, SIM_HA_CN);
}

/* It sees care-of tokens and all Binding Updates, and no home token.
 * CN-10, CN-102, CN-103 */
static void attack_direct(struct sim *s)
{
	attack(s, SIM_MN_CN);
}

/* The correspondent is mobile too. */
static void attack_mobile(struct sim *s)
{
	static const enum sim_where wheres[] = { SIM_NOWHERE, SIM_MN_HA,
						 SIM_MN_CN };
	struct sim_attacker *a;
	struct sim_node *other;
	struct sim_net n;

	sim_net_ro(s, &n, 300);
	other = sim_mn_add(s, n.b);
	sim_mn_home(other, n.ha, "2001:db8:1::200", 300);
	sim_ro_on(other);
	sim_cn_on(other);
	sim_cn_on(n.mn);
	a = sim_attack_add(s, n.mn, other, wheres[sim_below(s, 3)]);
	sim_net_start(&n);
	sim_flow_set(sim_flow_add(n.mn, 0, other, 500), true);
	rounds(&n, a);
}

const struct sim_scenario sim_scenarios_attack[] = {
	{ "attack-off-path", attack_off_path, 4, 3 },
	{ "attack-tunnel", attack_tunnel, 10, 3 },
	{ "attack-home", attack_home, 10, 3 },
	{ "attack-direct", attack_direct, 14, 3 },
	{ "attack-mobile", attack_mobile, 12, 3 },
	{ NULL, NULL, 0, 0 },
};
