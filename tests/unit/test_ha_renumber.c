/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a change of a home prefix would do, told without doing it.
 */
#include <errno.h>

#include "src/ha/ha_private.h"
#include "tests/unit/ha_world.h"

static struct world w;
static struct ha_renumber_binding seen;
static unsigned int n_seen;
static struct ha_renumber change;
static struct ha_renumber_info info;

static void see(void *arg, const struct ha_renumber_binding *b)
{
	(void)arg;
	seen = *b;
	n_seen++;
}

static int ask(uint32_t valid_s)
{
	change.valid_s = valid_s;
	n_seen = 0;
	return ha_renumber(w.ha, &change, w.now, see, NULL, &info);
}

/* eth0 has a binding; the first prefix is to be deprecated. */
static void setup(void)
{
	world_init(&w);
	w.conf.prefix_advertisements = true;
	world_start(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 65535 });
	change = (struct ha_renumber){
		.prefix = w.links[0].prefix,
		.has_valid = true,
		.has_preferred = true,
	};
}

static void a_dry_run_tells_what_would_be(void)
{
	struct mtime before;

	setup();
	before = tqueue_next(w.tq);
	UNIT_EQ(ask(7200), 0);
	UNIT_EQ(n_seen, 1);
	UNIT_EQ(info.told, 1);
	UNIT_EQ(info.n_shortened, 1);
	UNIT_EQ(info.n_ended, 0);
	UNIT_EQ(info.before.valid_s, 2592000);
	UNIT_EQ(info.after.valid_s, 7200);
	UNIT_EQ(info.first_s, 600);
	UNIT_EQ(info.last_s, 1200 + 21);
	CU_ASSERT_TRUE(info.in_time && !info.is_new);
	UNIT_EQ(seen.left_after_s, 7200);
	UNIT_EQ(seen.status, BA_ACCEPTED_PREFIX_DISCOVERY);
	/* Nothing was done. */
	UNIT_EQ(tqueue_next(w.tq).us, before.us);
	UNIT_EQ(w.links[0].valid_s, 2592000);
	world_close(&w);
}

static void what_is_too_sudden_is_told(void)
{
	setup();
	UNIT_EQ(ask(10), 0);
	CU_ASSERT_FALSE(info.in_time);
	UNIT_EQ(ask(0), 0);
	UNIT_EQ(info.n_ended, 1);
	UNIT_EQ(info.told, 0);
	UNIT_EQ(seen.status, BA_NOT_HOME_SUBNET);
	world_close(&w);
}

static void other_prefixes(void)
{
	setup();
	/* Of the same wire. */
	change.prefix = w.links[1].prefix;
	UNIT_EQ(ask(100), 0);
	UNIT_EQ(info.told, 1);
	UNIT_EQ(info.n_shortened, 0);
	CU_ASSERT_FALSE(seen.uses_prefix);
	/* Of another one. */
	change.prefix = w.links[2].prefix;
	UNIT_EQ(ask(100), 0);
	UNIT_EQ(n_seen, 0);
	UNIT_STR(info.ifname, "eth1");
	/* A new one: which wire? */
	UNIT_NEED(!prefix_parse("2001:db8:55::/64", &change.prefix));
	UNIT_EQ(ask(100), -EINVAL);
	change.ifname = "eth0";
	UNIT_EQ(ask(100), 0);
	CU_ASSERT_TRUE(info.is_new);
	change.ifname = "eth7";
	UNIT_EQ(ask(100), -ENOENT);
	change.ifname = "eth0";
	change.preferred_s = 101;
	UNIT_EQ(ask(100), -ERANGE);
	world_close(&w);
}

static struct ha_agent_info agents[8];
static unsigned int n_agents;

static void keep(void *arg, const struct ha_agent_info *i)
{
	(void)arg;
	agents[n_agents++] = *i;
}

/* HA-135: our own entry, on each wire, virtual ones too. */
static void our_own_entries(void)
{
	setup();
	n_agents = 0;
	ha_walk_agents(w.ha, w.now, keep, NULL);
	UNIT_EQ(n_agents, 3);
	UNIT_STR(agents[0].ifname, "eth0");
	UNIT_EQ(agents[0].n_addrs, 2);
	CU_ASSERT_TRUE(agents[0].is_ours);
	UNIT_STR(addr_str(&agents[0].ll), "fe80::1");
	UNIT_STR(agents[1].ifname, "eth1");
	UNIT_STR(agents[2].ifname, "");
	world_close(&w);
}

static const struct unit_case cases[] = {
	UNIT_CASE(a_dry_run_tells_what_would_be),
	UNIT_CASE(what_is_too_sudden_is_told),
	UNIT_CASE(other_prefixes),
	UNIT_CASE(our_own_entries),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "ha_renumber", cases },
					    UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
