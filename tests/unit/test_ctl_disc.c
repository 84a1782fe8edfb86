/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Discovery through the control protocol: each reply as JSON and as text, as
 * the files of tests/unit/ctl have them, and requests with arguments.
 */
#include <errno.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "mip6d/ctl.h"
#include "mip6d/hash.h"
#include "src/ctl/ctl_priv.h"
#include "tests/unit/ctl_answers.h"
#include "tests/unit/stub_disc.h"
#include "tests/unit/stub_roles.h"
#include "tests/unit/unit.h"

static const struct mtime now = { 1000000000 };
static struct daemon *d;

static struct in6_addr addr(const char *text)
{
	struct in6_addr a;

	UNIT_NEED(!addr_parse(text, &a));
	return a;
}

static void setup(bool ha)
{
	struct conf *conf = calloc(1, sizeof(*conf));
	struct role_env env = { 0 };

	UNIT_NEED(conf != NULL);
	stub_clear();
	memset(&stub_disc, 0, sizeof(stub_disc));
	hash_init();
	conf->ha.on = ha;
	conf->mn.on = !ha;
	UNIT_NEED(!daemon_new(&env, conf, now, &d));
}

static void teardown(void)
{
	d = daemon_free(d);
}

/* ---- what there is to tell ---- */

static struct in6_addr addrs[3];
static struct ha_agent_info agents[3];
static struct icmp6_ra heard;
static struct ha_ra_finding findings[2];
static struct ha_ra_info ras[4];
static struct ha_renumber_binding changed[2];

static void add_agents(void)
{
	addrs[0] = addr("2001:db8:1::1");
	addrs[1] = addr("2001:db8:1::2");
	addrs[2] = addr("2001:db8:11::2");
	agents[0] = (struct ha_agent_info){
		.ifname = "eth0",
		.is_ours = true,
		.ll = addr("fe80::1"),
		.expires = MTIME_NEVER,
		.n_addrs = 1,
		.addrs = addrs,
	};
	agents[1] = (struct ha_agent_info){
		.ifname = "eth0",
		.ll = addr("fe80::2"),
		.preference = 9,
		.expires = mtime_add_s(now, 1799),
		.n_addrs = 2,
		.addrs = addrs + 1,
	};
	agents[2] = (struct ha_agent_info){
		.ifname = "",
		.is_ours = true,
		.expires = MTIME_NEVER,
		.addrs = addrs,
	};
	stub_disc.agents = agents;
	stub_disc.n_agents = 3;
}

static void add_ras(void)
{
	heard = (struct icmp6_ra){
		.home_agent = true,
		.router_lifetime_s = 1800,
		.ha_lifetime_s = 900,
		.ha_preference = 9,
		.interval_ms = 1500,
		.n_prefixes = 1,
		.source_lladdr = { 6, { 2 } },
	};
	heard.prefixes[0] = (struct ra_prefix){
		.on_link = true,
		.valid_s = UINT32_MAX,
		.preferred_s = 7,
	};
	prefix_parse("2001:db8:1::/64", &heard.prefixes[0].prefix);
	findings[0] = (struct ha_ra_finding){
		.weight = HA_RA_MUST,
		.text = "no R bit",
		.radvd = "AdvRouterAddr on;",
	};
	findings[1] = (struct ha_ra_finding){
		.weight = HA_RA_HINT,
		.text = "no interval",
		.radvd = "AdvIntervalOpt on;",
		.networkd = "X=y",
		.frr = "ipv6 nd x",
	};
	ras[0] = (struct ha_ra_info){
		.ifname = "eth0",
		.ready = true,
		.last = mtime_add_s(now, -3),
		.next = MTIME_NEVER,
		.ra = &heard,
		.n_findings = 2,
		.findings = findings,
	};
	ras[1] = (struct ha_ra_info){
		.ifname = "eth1",
		.mode = CONF_RA_OWN,
		.ready = true,
		.last = mtime_add_s(now, -5),
		.next = mtime_add_s(now, 60),
	};
	ras[2] = (struct ha_ra_info){ .ifname = "eth2",
				      .mode = CONF_RA_OFF,
				      .ready = true,
				      .next = MTIME_NEVER };
	ras[3] = (struct ha_ra_info){ .ifname = "eth3", .next = MTIME_NEVER };
	stub_disc.ras = ras;
	stub_disc.n_ras = 4;
}

static void add_changes(void)
{
	changed[0] = (struct ha_renumber_binding){
		.hoa = addr("2001:db8:1::100"),
		.coa = addr("2001:db8:a::5"),
		.uses_prefix = true,
		.left_s = 262140,
		.left_after_s = 7200,
		.status = 1,
	};
	changed[1] = changed[0];
	changed[1].hoa = addr("2001:db8:11::100");
	changed[1].uses_prefix = false;
	changed[1].left_after_s = changed[1].left_s;
	changed[1].status = 0;
	stub_disc.bindings = changed;
	stub_disc.n_bindings = 2;
	stub_disc.info = (struct ha_renumber_info){
		.ifname = "eth0",
		.before = { UINT32_MAX, 604800 },
		.after = { 7200, 0 },
		.told = 2,
		.n_shortened = 1,
		.first_s = 600,
		.last_s = 1221,
		.in_time = true,
	};
}

/* ---- comparing ---- */

static void expect(const char *request, const char *name)
{
	answers_check(d, now, request, name);
}

static void expect_error(const char *request, const char *part)
{
	auto_free char *line =
		ctl_answer(d, false, request, strlen(request), now);

	CU_ASSERT_PTR_NOT_NULL(strstr(line, "\"ok\":false"));
	if (!strstr(line, part))
		printf("     %s", line);
	CU_ASSERT_PTR_NOT_NULL(strstr(line, part));
}

static void each_reply(void)
{
	setup(true);
	add_agents();
	expect("{\"cmd\":\"show home-agents\"}", "home-agents");
	add_ras();
	expect("{\"cmd\":\"show ra\"}", "ra");
	add_changes();
	expect("{\"cmd\":\"renumber\",\"prefix\":\"2001:db8:1::/64\","
	       "\"valid_lifetime\":7200,\"preferred_lifetime\":0}",
	       "renumber");
	UNIT_EQ(stub_disc.asked.valid_s, 7200);
	CU_ASSERT_TRUE(stub_disc.asked.has_preferred);
	stub_disc.info.is_new = true;
	stub_disc.info.told = 0;
	stub_disc.n_bindings = 0;
	expect("{\"cmd\":\"renumber\",\"prefix\":\"2001:db8:77::/64\","
	       "\"valid_lifetime\":\"infinite\",\"interface\":\"eth0\"}",
	       "renumber-new");
	UNIT_EQ(stub_disc.asked.valid_s, UINT32_MAX);
	CU_ASSERT_FALSE(stub_disc.asked.has_preferred);
	teardown();
}

/* What a mobile node knows of home agents. */
static void agents_of_a_mobile_node(void)
{
	struct mn_agent_addr list[] = {
		{ addr("2001:db8:1::2"), "in use", { 0 } },
		{ addr("2001:db8:1::3"), "listed", { 0 } },
		{ addr("2001:db8:1::1"), "former", mtime_add_s(now, 61) },
	};
	const struct mn_agent_info homes[] = {
		{ .hoa = addr("2001:db8:1::100"),
		  .prefix = { addr("2001:db8:1::"), 64 },
		  .discovery = "known",
		  .listed = mtime_add_s(now, -125),
		  .n = 3,
		  .agents = list },
		{ .hoa = addr("2001:db8:2::100"),
		  .prefix = { addr("2001:db8:2::"), 64 },
		  .discovery = "asking" },
	};

	setup(false);
	stub.agents = homes;
	stub.n_agents = 2;
	expect("{\"cmd\":\"show home-agents\"}", "home-agents-mobile-node");
	teardown();
}

static void bad_requests_get_a_reason(void)
{
	static const char *const requests[][2] = {
		{ "{\"cmd\":\"renumber\"}", "expected \\\"prefix\\\"" },
		{ "{\"cmd\":\"renumber\",\"prefix\":7}", "expected" },
		{ "{\"cmd\":\"renumber\",\"prefix\":\"2001:db8::1/64\"}",
		  "expected" },
		{ "{\"cmd\":\"renumber\",\"prefix\":\"ff02::/16\"}",
		  "routable" },
		{ "{\"cmd\":\"renumber\",\"prefix\":\"2001:db8::/64\","
		  "\"valid_lifetime\":-1}",
		  "lifetimes" },
		{ "{\"cmd\":\"renumber\",\"prefix\":\"2001:db8::/64\","
		  "\"preferred_lifetime\":\"soon\"}",
		  "lifetimes" },
		{ "{\"cmd\":\"renumber\",\"prefix\":\"2001:db8::/64\","
		  "\"valid_lifetime\":2147483648}",
		  "lifetimes" },
	};
	static const struct {
		int err;
		const char *part;
	} errs[] = { { -ENOENT, "no home link on that interface" },
		     { -EINVAL, "several home links" },
		     { -ERANGE, "longer than the valid" } };
	size_t i;

	setup(true);
	for (i = 0; i < ARRAY_SIZE(requests); i++)
		expect_error(requests[i][0], requests[i][1]);
	for (i = 0; i < ARRAY_SIZE(errs); i++) {
		stub_disc.err = errs[i].err;
		expect_error("{\"cmd\":\"renumber\",\"prefix\":"
			     "\"2001:db8::/64\"}",
			     errs[i].part);
	}
	teardown();
	setup(false);
	expect_error("{\"cmd\":\"show ra\"}", "no home agent");
	expect_error("{\"cmd\":\"renumber\"}", "no home agent");
	teardown();
}

/* The words after "renumber" on the command line. */
static void arguments(void)
{
	static const struct {
		const char *words[8];
		int n;
		const char *request;
	} t[] = {
		{ { "2001:db8::/64" },
		  1,
		  "{\"cmd\":\"renumber\",\"prefix\":\"2001:db8::/64\"}" },
		{ { "p", "valid", "7", "preferred", "infinite", "on", "eth0" },
		  7,
		  "{\"cmd\":\"renumber\",\"prefix\":\"p\","
		  "\"valid_lifetime\":7,\"preferred_lifetime\":\"infinite\","
		  "\"interface\":\"eth0\"}" },
		{ { "p", "valid" }, 2, NULL },
		{ { "p", "valid", "x" }, 3, NULL },
		{ { "p", "valid", "" }, 3, NULL },
		{ { "p", "valid", "-1" }, 3, NULL },
		{ { "p", "vallid", "1" }, 3, NULL },
		{ { NULL }, 0, NULL },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(t); i++) {
		auto_free char *line = ctl_request_renumber(
			t[i].n, (char **)(uintptr_t)t[i].words);

		UNIT_STR(line, t[i].request);
	}
}

static const struct unit_case cases[] = {
	UNIT_CASE(each_reply),
	UNIT_CASE(agents_of_a_mobile_node),
	UNIT_CASE(bad_requests_get_a_reason),
	UNIT_CASE(arguments),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "ctl_disc", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
