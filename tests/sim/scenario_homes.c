/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Home addresses that come and go with the configuration.
 */
#include "tests/sim/sim.h"

/* What is given up without a word ends with its lifetime. */
#define LIFETIME_S 120

static void reload(struct sim_node *mn)
{
	struct sim *s = mn->sim;
	unsigned int i;

	if (!mn->up)
		return;
	/* One that comes anew is not announced: hosts find out themselves, as
	 * when its node was restarted. */
	for (i = 0; i < mn->mn.n_homes; i++)
		sim_link_forget(mn->regs[i].ha->ifaces[0].link,
				&mn->regs[i].hoa);
	sim_note(s, "reload: the last %u home addresses are left out",
		 mn->left_out);
	sim_node_enter(mn);
	if (daemon_reload(mn->daemon, sim_node_conf(mn), s->now))
		sim_fail(s, "reload was refused");
	sim_node_touch(mn);
}

/* Two of three come and go, in quick succession, too, while the node moves,
 * restarts, and cannot be heard: what is left out is gone from both kernels in
 * the end, and what is not is served. */
static void homes(struct sim *s)
{
	struct sim_net n;
	struct sim_node *mn;
	unsigned int round = 0;

	sim_net_links(s, &n);
	mn = n.mn = sim_mn_add(s, n.a);
	sim_mn_home(mn, n.ha, "2001:db8:1::100", LIFETIME_S);
	sim_mn_home(mn, n.ha, "2001:db8:1::200", LIFETIME_S);
	sim_mn_home(mn, n.ha, "2001:db8:1::300", LIFETIME_S);
	mn->regs[1].comes_and_goes = mn->regs[2].comes_and_goes = true;
	sim_net_start(&n);
	while (sim_time_left(s)) {
		struct sim_link *to = sim_net_any(&n);

		sim_net_loss(&n, 200);
		if (to != mn->ifaces[0].link && sim_below(s, 2))
			sim_move(&mn->ifaces[0], to, sim_between(s, 10, 2000));
		sim_run_ms(s, sim_between(s, 1, 5000));
		if (sim_below(s, 3)) {
			mn->left_out = sim_below(s, 3);
			reload(mn);
		}
		sim_net_linger(&n);
		if (!sim_below(s, 10))
			sim_node_crash(mn, sim_between(s, 10, 60000));
		if (++round % 6 == 0) {
			sim_run_s(s, LIFETIME_S);
			sim_settle(s);
		}
	}
	sim_run_s(s, LIFETIME_S);
	sim_finish(s);
}

const struct sim_scenario sim_scenarios_homes[] = {
	{ "homes", homes, 4, 4 },
	{ NULL, NULL, 0, 0 },
};
