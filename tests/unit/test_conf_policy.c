/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The home agent's policy: its values.  What is wrong in them is in
 * tests/unit/conf/policy.conf, what never matches in policy-hidden.conf.
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

static void rules_have_their_values(void)
{
	struct conf *conf = load("every-value.conf");
	const struct conf_ha_rule *r = conf->ha.rules;
	char time[CONF_TIME_STR_MAX];

	UNIT_NEED(conf->ha.n_rules == 4);
	UNIT_STR(prefix_str(&r[0].home), "2001:db8:1:7::/64");
	UNIT_STR(prefix_str(&r[0].coa), "2001:db8:a::/48");
	UNIT_STR(r[0].nai, "*@example.org");
	UNIT_EQ(r[0].spi, 256);
	conf_time_str(&r[0].time, time, sizeof(time));
	UNIT_STR(time, "mon,tue,wed,sat 22:00-06:30");
	UNIT_EQ(r[0].action, CONF_HA_ALLOW);
	UNIT_EQ(r[0].max_lifetime_s, 400);
	UNIT_EQ(r[0].max_bindings, 7);
	UNIT_STR(prefix_str(&r[1].home), "fd00:1::42/128");
	UNIT_EQ(r[1].coa.len, 0);
	UNIT_STR(r[1].ike_id, "C=CH, CN=mn");
	UNIT_EQ(r[1].action, CONF_HA_DENY);
	UNIT_EQ(r[1].status, 255);
	UNIT_EQ(r[1].time.days, 1 << 6);
	conf_time_str(&r[1].time, time, sizeof(time));
	UNIT_STR(time, "sun 00:00-24:00");
	CU_ASSERT_FALSE(r[0].has_network);
	CU_ASSERT_TRUE(r[1].has_network);
	UNIT_STR(prefix_str(&r[1].network), "2001:db8:5::/48");
	CU_ASSERT_TRUE(r[2].has_network);
	UNIT_EQ(r[2].network.len, 0);
	UNIT_EQ(r[2].status, 129);
	conf_time_str(&r[2].time, time, sizeof(time));
	UNIT_STR(time, "00:00-24:00");
	UNIT_EQ(r[3].spi, UINT32_MAX);
	UNIT_EQ(r[3].action, CONF_HA_IGNORE);
	conf_time_str(&r[3].time, time, sizeof(time));
	UNIT_STR(time, "");
	conf_free(conf);
}

static void limits_have_their_values(void)
{
	struct conf *conf = load("every-value.conf");

	UNIT_EQ(conf->limits.rate, 0);
	UNIT_EQ(conf->limits.site_rate, 1000000);
	UNIT_EQ(conf->limits.source_rate, 3);
	UNIT_EQ(conf->limits.node_rate, 4);
	conf_free(conf);
	conf = load("minimal.conf");
	UNIT_EQ(conf->limits.rate, 2000);
	UNIT_EQ(conf->limits.site_rate, 400);
	UNIT_EQ(conf->limits.source_rate, 100);
	UNIT_EQ(conf->limits.node_rate, 10);
	conf_free(conf);
}

static const struct unit_case cases[] = {
	UNIT_CASE(limits_have_their_values),
	UNIT_CASE(rules_have_their_values),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "conf_policy", cases },
					    UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
