/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Home agents that a mobile node remembers across restarts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "tests/unit/mn_world.h"

#define HA2  "2001:db8:1::2"
#define HA3  "2001:db8:1::3"
#define BOOT "5e2a0b9c-0000-4000-8000-000000000001"

static struct mw w;
static struct store_dir *dir;

static const char *const two[] = { HA, HA2, NULL };

/* The clocks of the machine, seconds after the world began. */
static void clocks(const char *boot, int64_t s)
{
	struct store_stamp stamp = { .up_ms = 1000 * s, .wall_s = 1000000 + s };

	strcpy(stamp.boot, boot);
	fake_store_at(dir, &stamp);
}

static void start(void)
{
	mw_init(&w);
	w.homes[0].home_agent = addr_any;
	w.store = store_new(w.tq, dir);
	mw_start(&w);
}

static void open_empty(void)
{
	UNIT_EQ(store_dir_open("/fake", &dir), 0);
	clocks(BOOT, 0);
	start();
}

static void stop(void)
{
	mw_close(&w);
	w.store = store_free(w.store);
}

static void close_all(void)
{
	stop();
	dir = store_dir_close(dir);
}

static void open_with(const char *text)
{
	UNIT_EQ(store_dir_open("/fake", &dir), 0);
	clocks(BOOT, 0);
	fake_store_put(dir, "agents", text);
	fake_log_clear();
	start();
}

/* As if it had been killed at this moment: what it wrote so far is there. */
static void killed(void)
{
	char *text = strdup(fake_store_text(dir, "agents"));

	stop();
	fake_store_put(dir, "agents", text);
	free(text);
}

static void bound_at(const char *agent)
{
	w.agent = agent;
	MW_ADDR(mw_last_bu(&w)->send.dst, agent);
	mw_accept(&w);
	UNIT_STR(mw_state(&w), "BOUND");
}

static void refuse_the_refresh(void)
{
	unsigned int i;

	mw_forget(&w);
	for (i = 0; i < 420 && !w.n_bus; i++)
		mw_run_ms(&w, 1000);
	mw_ba(&w, HOA, 129, mw_last_bu(&w)->bu.seq, 0);
}

static bool file_has(const char *line)
{
	const char *text = fake_store_text(dir, "agents");
	bool has = text && strstr(text, line);

	if (!has)
		fprintf(stderr, "no \"%s\" in:\n%s", line, text ? text : "");
	return has;
}

/* ---- what is written ---- */

static void what_is_known_is_written(void)
{
	open_empty();
	CU_ASSERT_PTR_NULL(fake_store_text(dir, "agents"));
	mw_leave(&w);
	mw_haad(&w, two);
	bound_at(HA);
	mw_run_ms(&w, STORE_DELAY_MS);
	CU_ASSERT(file_has("\nused " HOA " " HA " 41"));
	CU_ASSERT(file_has("\nlisted " HOA " " HA " 2\n"
			   "listed " HOA " " HA2 " 2\nend 3\n"));
	/* It refuses, and another takes its place. */
	refuse_the_refresh();
	bound_at(HA2);
	mw_run_ms(&w, STORE_DELAY_MS);
	CU_ASSERT(file_has("\nused " HOA " " HA2 " 41"));
	CU_ASSERT(file_has("\nformer " HOA " " HA " "));
	close_all();
}

static void an_agent_of_the_configuration_is_not(void)
{
	UNIT_EQ(store_dir_open("/fake", &dir), 0);
	clocks(BOOT, 0);
	mw_init(&w);
	w.store = store_new(w.tq, dir);
	mw_start(&w);
	mw_leave(&w);
	bound_at(HA);
	mw_run_ms(&w, 10000);
	CU_ASSERT_PTR_NULL(fake_store_text(dir, "agents"));
	close_all();
}

/* ---- what comes back ---- */

/* MN-58, MN-59: the agent that may hold a binding is tried first, and nobody
 * is asked for agents. */
static void the_agent_in_use_is_tried_first(void)
{
	open_empty();
	mw_leave(&w);
	mw_haad(&w, two);
	mw_ba(&w, HOA, 130, mw_last_bu(&w)->bu.seq, 0);
	bound_at(HA2);
	mw_run_ms(&w, STORE_DELAY_MS);
	killed();
	clocks(BOOT, 60);
	start();
	mw_leave(&w);
	UNIT_EQ(w.n_icmp6s, 0);
	bound_at(HA2);
	/* The list is there, too: the other one is next. */
	refuse_the_refresh();
	UNIT_EQ(w.n_icmp6s, 0);
	bound_at(HA);
	close_all();
}

/* It died while the node was down: what it may hold is deleted, as long as it
 * may hold it. */
static void the_agent_in_use_is_silent(void)
{
	open_with("mip6d agents 1\nwritten 1000000 0 " BOOT "\n"
		  "used " HOA " " HA " 300\n"
		  "listed " HOA " " HA " 5\n"
		  "listed " HOA " " HA2 " 5\nend 3\n");
	mw_leave(&w);
	MW_ADDR(mw_last_bu(&w)->send.dst, HA);
	mw_run_ms(&w, 32000);
	bound_at(HA2);
	mw_run_ms(&w, 3000);
	MW_ADDR(mw_last_bu(&w)->send.dst, HA);
	UNIT_EQ(mw_last_bu(&w)->bu.lifetime_4s, 0);
	w.agent = HA;
	mw_ba(&w, HOA, 0, mw_last_bu(&w)->bu.seq, 0);
	mw_run_ms(&w, STORE_DELAY_MS);
	CU_ASSERT_PTR_NULL(strstr(fake_store_text(dir, "agents"), "former"));
	close_all();
}

static void a_former_agent_is_told(void)
{
	open_with("mip6d agents 1\nwritten 999900 0 another\n"
		  "used " HOA " " HA2 " 300\n"
		  "former " HOA " " HA " 200\n"
		  "former " HOA " " HA3 " 50\nend 3\n");
	mw_leave(&w);
	bound_at(HA2);
	mw_run_ms(&w, 1500);
	MW_ADDR(mw_last_bu(&w)->send.dst, HA);
	UNIT_EQ(mw_last_bu(&w)->bu.lifetime_4s, 0);
	/* That of the other ran out while the machine was off. */
	mw_run_ms(&w, STORE_DELAY_MS);
	CU_ASSERT(file_has("former " HOA " " HA " 9"));
	CU_ASSERT_PTR_NULL(strstr(fake_store_text(dir, "agents"), HA3));
	close_all();
}

/* Since the last run the configuration names another. */
static void the_configuration_has_the_last_word(void)
{
	UNIT_EQ(store_dir_open("/fake", &dir), 0);
	clocks(BOOT, 0);
	fake_store_put(dir, "agents",
		       "mip6d agents 1\nwritten 1000000 0 " BOOT "\n"
		       "used " HOA " " HA2 " 300\n"
		       "listed " HOA " " HA3 " 5\nend 2\n");
	mw_init(&w);
	w.store = store_new(w.tq, dir);
	mw_start(&w);
	mw_leave(&w);
	bound_at(HA);
	mw_run_ms(&w, 1500);
	MW_ADDR(mw_last_bu(&w)->send.dst, HA2);
	UNIT_EQ(mw_last_bu(&w)->bu.lifetime_4s, 0);
	close_all();
}

/* Another configuration, tried in between, costs nothing. */
static void what_nobody_asked_for_is_kept(void)
{
	open_with("mip6d agents 1\nwritten 1000000 0 " BOOT "\n"
		  "used 2001:db8:7::7 2001:db8:7::1 300\n"
		  "listed 2001:db8:7::7 2001:db8:7::1 5\nend 2\n");
	CU_ASSERT_PTR_NULL(strstr(fake_store_text(dir, "agents"), HOA));
	mw_leave(&w);
	mw_haad(&w, two);
	clocks(BOOT, 3);
	mw_run_ms(&w, STORE_DELAY_MS);
	CU_ASSERT(file_has("used " HOA " " HA " "));
	CU_ASSERT(file_has("used 2001:db8:7::7 2001:db8:7::1 29"));
	CU_ASSERT(file_has("listed 2001:db8:7::7 2001:db8:7::1 "));
	close_all();
}

static void lines_that_mean_nothing(void)
{
	static const char *const bad[] = {
		"used " HOA " " HA,
		"used " HOA " " HA " -1",
		"used " HOA " " HA " 4294967296",
		"used " HOA " " HOA " 1",
		"used " HOA " fe80::1 1",
		"used ff02::1 " HA " 1",
		"used :: " HA " 1",
		"used " HOA " :: 1",
		"used " HOA " 192.0.2.1 1",
		"use " HOA " " HA " 1",
		"listed " HOA " " HA " 1 2",
	};
	char text[256];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		snprintf(text, sizeof(text),
			 "mip6d agents 1\nwritten 1000000 0 " BOOT "\n"
			 "%s\nlisted " HOA " " HA2 " 0\nend 2\n",
			 bad[i]);
		open_with(text);
		CU_ASSERT(fake_log_contains("/fake/agents:3: found"));
		UNIT_STR(fake_store_text(dir, "agents.bad"), text);
		mw_run_ms(&w, STORE_DELAY_MS);
		/* The good line is there. */
		CU_ASSERT(file_has("listed " HOA " " HA2 " "));
		CU_ASSERT_PTR_NULL(
			strstr(fake_store_text(dir, "agents"), "used"));
		close_all();
	}
}

static const struct unit_case cases[] = {
	UNIT_CASE(what_is_known_is_written),
	UNIT_CASE(an_agent_of_the_configuration_is_not),
	UNIT_CASE(the_agent_in_use_is_tried_first),
	UNIT_CASE(the_agent_in_use_is_silent),
	UNIT_CASE(a_former_agent_is_told),
	UNIT_CASE(the_configuration_has_the_last_word),
	UNIT_CASE(what_nobody_asked_for_is_kept),
	UNIT_CASE(lines_that_mean_nothing),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "mn_memory", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
