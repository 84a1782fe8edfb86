/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Home agents that are met on links: a home address formed at once, or
 * proposed; how many; remembered across restarts.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "mip6d/homes.h"
#include "tests/unit/mn_world.h"

#define OFFICE    "2001:db8:5::/64"
#define OFFICE_HA "2001:db8:5::1"

static struct mw w;
static struct store_dir *dir;

static struct mw_router home, office;

static void open_life(bool at_once, unsigned int max)
{
	mw_init(&w);
	w.store = store_new(w.tq, dir);
	UNIT_NEED(w.store != NULL);
	w.conf.n_homes = 0;
	w.conf.home_auto = true;
	w.conf.form_at_once = at_once;
	w.conf.max_formed = max;
	mw_start(&w);
}

static void begin(bool at_once, unsigned int max)
{
	home = mw_home_router;
	home.home_agent = true;
	office = (struct mw_router){
		.addr = "fe80::5",
		.mac = 5,
		.prefixes = { OFFICE },
		.globals = { OFFICE_HA },
		.home_agent = true,
	};
	UNIT_NEED(!store_dir_open("/fake", &dir));
	open_life(at_once, max);
}

static void end(void)
{
	mw_close(&w);
	dir = store_dir_close(dir);
}

struct seen {
	unsigned int n;
	struct in6_addr hoa[8];
	char homes[512], met[512];
	struct mn_met_info first;
};

static void see_home(void *arg, const struct mn_home_info *info)
{
	struct seen *s = arg;
	size_t n = strlen(s->homes);

	s->hoa[s->n++] = info->hoa;
	snprintf(s->homes + n, sizeof(s->homes) - n, "%s%s %s %s",
		 n ? ", " : "", prefix_str(&info->prefix), info->origin,
		 info->location);
}

static void see_met(void *arg, const struct mn_met_info *info)
{
	struct seen *s = arg;
	size_t n = strlen(s->met);

	if (!n)
		s->first = *info;
	snprintf(s->met + n, sizeof(s->met) - n, "%s%s %s%s%s", n ? ", " : "",
		 addr_str(&info->agent), info->use, info->ifname ? " on " : "",
		 info->ifname ? info->ifname : "");
}

static struct seen seen(void)
{
	struct seen s = { .n = 0 };

	mn_walk_homes(w.mn, see_home, &s);
	mn_walk_met(w.mn, w.now, see_met, &s);
	return s;
}

static int add(const char *home_text, const char *agent_text,
	       struct in6_addr *ret_hoa)
{
	struct in6_addr hoa = addr_any, agent = addr_any, none;
	struct prefix p;
	int err;

	if (prefix_parse(home_text, &p)) {
		hoa = mw_addr(home_text);
		p = prefix_of(&hoa, 64);
	}
	if (agent_text)
		agent = mw_addr(agent_text);
	err = mn_home_add(w.mn, &hoa, &p, &agent, w.now,
			  ret_hoa ? ret_hoa : &none);
	mw_settle(&w);
	return err;
}

static int drop(const struct in6_addr *hoa)
{
	int err = mn_home_remove(w.mn, hoa, w.now);

	mw_settle(&w);
	return err;
}

/* ---- at once ---- */

/* All agents of a link may speak first; then an address, at home there; away,
 * it registers with the agent that was met. */
static void at_once(void)
{
	begin(true, 1);
	mw_ra(&w, ETH0, &home);
	mw_run_ms(&w, 999);
	UNIT_EQ(seen().n, 0);
	mw_run_ms(&w, 2001);
	UNIT_STR(seen().homes, HOME " found home");
	UNIT_STR(seen().met, HA " in use on eth0");
	mw_flap(&w);
	mw_leave(&w);
	UNIT_STR(seen().homes, HOME " found away");
	MW_ADDR(mw_last_bu(&w)->send.dst, HA);
	mw_accept(&w);
	UNIT_EQ(seen().first.ok, 1);
	UNIT_STR(seen().met, HA " in use");
	end();
}

/* What is no home agent, or no link on which an address can be formed. */
static void no_home(void)
{
	struct mw_router r;
	unsigned int i;

	for (i = 0; i < 5; i++) {
		begin(true, 4);
		r = home;
		if (i == 0)
			r.home_agent = false;
		if (i == 1)
			r.globals[0] = NULL;
		if (i == 2)
			r.off_link = true;
		if (i == 3)
			r.prefixes[0] = "2001:db8:1::/63";
		if (i == 4)
			w.conf.home_auto = false;
		mw_ra(&w, ETH0, &r);
		mw_run_ms(&w, 3000);
		UNIT_EQ(seen().n, 0);
		UNIT_STR(seen().met, "");
		end();
	}
}

/* The better one gets the only place, in whatever order they speak. */
static void the_best_comes_first(void)
{
	begin(true, 1);
	office.preference = 1;
	mw_ra(&w, ETH0, &home);
	mw_run_ms(&w, 500);
	mw_ra(&w, ETH0, &office);
	mw_run_ms(&w, 3000);
	UNIT_STR(seen().homes, OFFICE " found home");
	UNIT_STR(seen().met,
		 OFFICE_HA " in use on eth0, " HA " proposed on eth0");
	CU_ASSERT(fake_log_contains("once another one is removed"));
	end();
}

/* A place that is free again is given to who is here. */
static void a_place_is_free_again(void)
{
	struct in6_addr hoa;

	begin(true, 1);
	mw_ra(&w, ETH0, &home);
	mw_run_ms(&w, 3000);
	mw_ra(&w, WLAN0, &office);
	mw_run_ms(&w, 3000);
	UNIT_STR(seen().homes, HOME " found home");
	hoa = seen().hoa[0];
	UNIT_EQ(drop(&hoa), 0);
	mw_run_ms(&w, 3000);
	UNIT_STR(seen().homes, OFFICE " found home");
	UNIT_STR(seen().met,
		 OFFICE_HA " in use on wlan0, " HA " declined on eth0");
	end();
}

/* Removed by the user: not formed again by itself, in the next life neither;
 * but when he asks. */
static void declined(void)
{
	struct in6_addr hoa;

	begin(true, 4);
	mw_ra(&w, ETH0, &home);
	mw_run_ms(&w, 3000);
	hoa = seen().hoa[0];
	UNIT_EQ(drop(&hoa), 0);
	mw_flap(&w);
	mw_ra(&w, ETH0, &home);
	mw_run_ms(&w, 3000);
	UNIT_EQ(seen().n, 0);
	mw_close(&w);
	open_life(true, 4);
	mw_ra(&w, ETH0, &home);
	mw_run_ms(&w, 3000);
	UNIT_EQ(seen().n, 0);
	UNIT_STR(seen().met, HA " declined on eth0");
	UNIT_EQ(add(HOME, NULL, NULL), 0);
	mw_run_ms(&w, 3000);
	UNIT_STR(seen().homes, HOME " added home");
	UNIT_STR(seen().met, HA " in use on eth0");
	end();
}

/* A prefix that the configuration has is a home already. */
static void known_by_the_configuration(void)
{
	begin(true, 4);
	mw_close(&w);
	mw_init(&w);
	w.conf.home_auto = w.conf.form_at_once = true;
	w.conf.max_formed = 4;
	mw_start(&w);
	mw_ra(&w, ETH0, &home);
	mw_run_ms(&w, 3000);
	UNIT_STR(seen().homes, HOME " configured home");
	UNIT_STR(seen().met, HA " in use on eth0");
	end();
}

/* ---- ask first ---- */

static void ask_first(void)
{
	struct in6_addr hoa;

	begin(false, 4);
	mw_ra(&w, ETH0, &home);
	mw_run_ms(&w, 3000);
	UNIT_EQ(seen().n, 0);
	UNIT_STR(seen().met, HA " proposed on eth0");
	CU_ASSERT(fake_log_contains("mip6d-ctl home add " HOME));
	fake_log_clear();
	mw_ra(&w, ETH0, &home);
	mw_run_ms(&w, 3000);
	CU_ASSERT_FALSE(fake_log_contains("mip6d-ctl"));
	UNIT_EQ(add(HOME, NULL, &hoa), 0);
	mw_run_ms(&w, 3000);
	UNIT_STR(seen().homes, HOME " added home");
	/* Its first agent is the one that was met. */
	mw_flap(&w);
	mw_leave(&w);
	MW_ADDR(mw_last_bu(&w)->send.src, addr_str(&hoa));
	MW_ADDR(mw_last_bu(&w)->send.dst, HA);
	end();
}

/* No wishes beyond the limits, nor any that make no sense. */
static void wishes(void)
{
	struct in6_addr hoa, other = mw_addr(HOA2);

	begin(false, 2);
	UNIT_EQ(add("2001:db8:1::/63", NULL, NULL), -EINVAL);
	UNIT_EQ(add(HOME, HA, &hoa), 0);
	UNIT_EQ(add(HOME, HA, NULL), -EEXIST);
	UNIT_EQ(add(HOA2, HA, NULL), 0);
	UNIT_EQ(add(HOA2, HA, NULL), -EDQUOT);
	UNIT_EQ(add(OFFICE, NULL, NULL), -EDQUOT);
	UNIT_STR(seen().homes, HOME " added unknown, " HOME " added unknown");
	mw_leave(&w);
	UNIT_EQ(w.n_bus, 2);
	mw_accept(&w);
	UNIT_EQ(drop(&other), 0);
	UNIT_EQ(drop(&other), -EBUSY);
	UNIT_EQ(add(HOA2, HA, NULL), -EBUSY);
	UNIT_EQ(mw_last_bu(&w)->bu.lifetime_4s, 0);
	mw_ba(&w, HOA2, BA_ACCEPTED, mw_last_bu(&w)->bu.seq, 0);
	UNIT_EQ(drop(&other), -ENOENT);
	UNIT_EQ(add(HOA2, HA, NULL), 0);
	end();
	begin(false, 2);
	mw_close(&w);
	mw_open(&w);
	other = mw_addr(HOA);
	UNIT_EQ(drop(&other), -EPERM);
	UNIT_EQ(seen().n, 1);
	end();
}

/* ---- across restarts ---- */

/* Homes, agents and what was experienced with them; somewhere else, where
 * nobody is met. */
static void remembered(void)
{
	struct in6_addr found, added;
	struct seen s;

	begin(true, 2);
	mw_ra(&w, ETH0, &home);
	mw_run_ms(&w, 3000);
	found = seen().hoa[0];
	mw_flap(&w);
	mw_leave(&w);
	mw_accept(&w);
	mw_run_ms(&w, 1000);
	UNIT_EQ(add("2001:db8:9::9", "2001:db8:9::1", &added), 0);
	mw_run_ms(&w, 5000);
	CU_ASSERT_PTR_NOT_NULL(
		strstr(fake_store_text(dir, "homes"), "secret "));
	mw_close(&w);
	open_life(true, 2);
	s = seen();
	UNIT_STR(s.homes, HOME " found unknown, 2001:db8:9::/64 added "
			       "unknown");
	CU_ASSERT(addr_eq(&s.hoa[0], &found));
	CU_ASSERT(addr_eq(&s.hoa[1], &added));
	UNIT_STR(s.met, HA " in use");
	UNIT_EQ(s.first.ok, 1);
	UNIT_EQ(s.first.count, 1);
	mw_leave(&w);
	UNIT_EQ(w.n_bus, 2);
	UNIT_EQ(w.n_icmp6s, 0); /* nobody has to be asked for agents */
	MW_ADDR(w.bus[0].send.dst, HA);
	MW_ADDR(w.bus[1].send.dst, "2001:db8:9::1");
	mw_close(&w);
	/* Not wanted any more. */
	mw_init(&w);
	w.store = store_new(w.tq, dir);
	w.conf.n_homes = 0;
	w.conf.max_formed = 1;
	mw_start(&w);
	UNIT_STR(seen().homes, "2001:db8:9::/64 added unknown");
	CU_ASSERT(fake_log_contains("the configuration does not allow it"));
	end();
}

/* What stands there is looked at before it is believed. */
static void a_bad_memory(void)
{
	static const char *const lines[] = {
		"secret 0123",
		"secret 0123456789abcdef0123456789abcdeg",
		"home 2001:db8:1::7/64 found :: 3600 1",
		"home fe80::7/64 found :: 3600 1 0",
		"home 2001:db8:1::7/64 configured :: 3600 1 0",
		"home 2001:db8:1::7/64 stolen :: 3600 1 0",
		"home 2001:db8:1::7/0 found :: 3600 1 0",
		"home 2001:db8:1::7/64 found :: 0 1 0",
		"home 2001:db8:1::7/64 found :: 262141 1 0",
		"home 2001:db8:1::7/64 found :: 3600 2 0",
		"home 2001:db8:1::7/64 found :: 3600 1 256",
		"agent 2001:db8:1::1 2001:db8:1::/64 1 2 3 4 5",
		"agent fe80::1 2001:db8:1::/64 1 2 3 4 5 6",
		"agent 2001:db8:1::1 2001:db8:1::/63 1 2 3 4 5 6",
		"agent 2001:db8:1::1 2001:db8:1::/64 1 2 3 4 5 65536",
		"declined 2001:db8:1::1/64",
		"something else",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		auto_free char *text = NULL, *spoilt = NULL;
		char *last;

		begin(true, 4);
		mw_run_ms(&w, 3000);
		UNIT_EQ(add("2001:db8:9::9", "2001:db8:9::1", NULL), 0);
		mw_close(&w);
		text = strdup(fake_store_text(dir, "homes"));
		last = strstr(text, "home ");
		UNIT_NEED(last != NULL);
		UNIT_NEED(asprintf(&spoilt, "%.*s%s\n%s", (int)(last - text),
				   text, lines[i], strchr(last, '\n') + 1) > 0);
		fake_store_put(dir, "homes", spoilt);
		fake_log_clear();
		open_life(true, 4);
		UNIT_EQ(seen().n, 0);
		UNIT_STR(seen().met, "");
		CU_ASSERT(fake_log_contains("homes"));
		end();
	}
}

static const struct unit_case cases[] = {
	UNIT_CASE(at_once),
	UNIT_CASE(no_home),
	UNIT_CASE(the_best_comes_first),
	UNIT_CASE(a_place_is_free_again),
	UNIT_CASE(declined),
	UNIT_CASE(known_by_the_configuration),
	UNIT_CASE(ask_first),
	UNIT_CASE(wishes),
	UNIT_CASE(remembered),
	UNIT_CASE(a_bad_memory),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "mn_auto", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
