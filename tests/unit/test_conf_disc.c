/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The options of discovery: values, defaults, and what a reload may bring in.
 * What is wrong in them is in tests/unit/conf/discovery-bad.conf.
 */
#include <stdlib.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "src/conf_priv.h"
#include "tests/unit/unit.h"

static struct conf *load(const char *name)
{
	const char *srcdir = getenv("top_srcdir");
	auto_free char *path = NULL;
	struct conf *conf = NULL;

	UNIT_NEED(asprintf(&path, "%s/tests/unit/conf/%s",
			   srcdir ? srcdir : ".", name) > 0);
	UNIT_EQ(conf_load(path, stderr, &conf), 0);
	UNIT_NEED(conf != NULL);
	return conf;
}

/* COM-58 HA-117 HA-118 HA-120 HA-145: each can be set; links on one interface
 * have the options of the first. */
static void discovery_has_its_values(void)
{
	const struct conf_home_link *l;
	struct conf *conf;
	unsigned int i;

	conf = load("discovery.conf");
	l = conf->ha.links;
	for (i = 0; i < 2; i++) {
		UNIT_EQ(l[i].ra, CONF_RA_OWN);
		UNIT_EQ(l[i].preference, 65535);
		UNIT_EQ(l[i].ha_lifetime_s, 60);
		UNIT_EQ(l[i].router_lifetime_s, 0);
		UNIT_EQ(l[i].ra_max_interval_ms, 70);
		UNIT_EQ(l[i].ra_min_interval_ms, 30);
		UNIT_EQ(l[i].ra_min_delay_ms, 30);
		UNIT_EQ(l[i].ra_unsolicited, 0);
	}
	UNIT_EQ(l[2].ra, CONF_RA_OFF);
	UNIT_EQ(l[3].preference, 3);
	UNIT_EQ(conf->ha.agent_discovery, 0);
	UNIT_EQ(conf->ha.discovery_rate, 1);
	UNIT_EQ(conf->ha.prefix_advertisements, 0);
	UNIT_EQ(conf->ha.max_prefix_interval_s, 4);
	UNIT_EQ(conf->ha.min_prefix_interval_s, 4);
	conf_free(conf);
	/* HA-117: the short intervals are never the default. */
	conf = load("minimal.conf");
	l = conf->ha.links;
	UNIT_EQ(l->ra, CONF_RA_WATCH);
	UNIT_EQ(l->ra_max_interval_ms, 600000);
	UNIT_EQ(l->ra_min_interval_ms, 0);
	UNIT_EQ(l->ra_min_delay_ms, 0);
	UNIT_EQ(l->ra_unsolicited, 1);
	UNIT_EQ(l->router_lifetime_s, 1800);
	UNIT_EQ(conf->ha.agent_discovery, 1);
	UNIT_EQ(conf->ha.prefix_advertisements, 1);
	UNIT_EQ(conf->ha.max_prefix_interval_s, 86400);
	UNIT_EQ(conf->ha.min_prefix_interval_s, 600);
	conf_free(conf);
}

/* Links come and go on interfaces that are known. */
static void interfaces_need_a_restart(void)
{
	struct conf *all = load("discovery.conf");
	struct conf *less = load("discovery.conf");

	less->ha.n_links = 2;
	CU_ASSERT_PTR_NULL(conf_needs_restart(all, less));
	UNIT_STR(conf_needs_restart(less, all), "home-agent.links.interface");
	/* A virtual one is on none. */
	less->ha.n_links = 3;
	CU_ASSERT_PTR_NULL(conf_needs_restart(less, all));
	conf_free(all);
	conf_free(less);
}

/* A text as the file that FILE:LINE names. */
static struct conf *conf_of(const char *text, char said[256])
{
	FILE *err = fmemopen(said, 256, "w");
	struct conf *conf = NULL;
	struct conf_text t;

	UNIT_NEED(err != NULL);
	conf_text_init(&t);
	conf_text_add(&t, "x", text, strlen(text));
	conf_from_text(&t, err, &conf);
	conf_text_done(&t);
	fclose(err);
	return conf;
}

static void state_directory(void)
{
	struct conf *conf = conf_of("correspondent = { };", (char[256]){ "" });
	struct conf *none;
	char said[256] = "";

	UNIT_NEED(conf != NULL);
	UNIT_STR(conf->state_dir, MIP6D_STATE_DIR);
	none = conf_of("state-directory = \"\"; correspondent = { };", said);
	UNIT_NEED(none != NULL);
	UNIT_STR(none->state_dir, "");
	UNIT_STR(conf_needs_restart(conf, none), "state-directory");
	conf_free(conf);
	conf_free(none);
	conf = conf_of("state-directory = \"lib\"; correspondent = { };", said);
	CU_ASSERT_PTR_NULL(conf);
	UNIT_STR(said, "x:1: found state-directory = \"lib\", expected an "
		       "absolute path of at most 107 characters, or \"\" for "
		       "none\n");
}

static const struct unit_case cases[] = {
	UNIT_CASE(discovery_has_its_values),
	UNIT_CASE(interfaces_need_a_restart),
	UNIT_CASE(state_directory),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "conf_disc", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
