/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Home addresses through the control protocol: the reply as JSON and as text,
 * as the files of tests/unit/ctl have them; wishes, and why they are refused.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "mip6d/ctl.h"
#include "mip6d/hash.h"
#include "src/ctl/ctl_priv.h"
#include "tests/unit/ctl_answers.h"
#include "tests/unit/stub_homes.h"
#include "tests/unit/stub_roles.h"
#include "tests/unit/unit.h"

static const struct mtime now = { INT64_C(1000000000000) };
static struct daemon *d;
static struct bul bul;

static struct in6_addr addr(const char *text)
{
	struct in6_addr a;

	UNIT_NEED(!addr_parse(text, &a));
	return a;
}

static struct prefix prefix(const char *text)
{
	struct prefix p;

	UNIT_NEED(!prefix_parse(text, &p));
	return p;
}

static void setup(bool mn)
{
	struct conf *conf = calloc(1, sizeof(*conf));
	struct role_env env = { 0 };

	UNIT_NEED(conf != NULL);
	stub_clear();
	memset(&stub_homes, 0, sizeof(stub_homes));
	hash_init();
	bul_init(&bul);
	stub.bul = &bul;
	conf->security = CONF_SECURITY_INSECURE;
	conf->mn.on = mn;
	conf->cn.on = !mn;
	UNIT_NEED(!daemon_new(&env, conf, now, &d));
}

static void teardown(void)
{
	d = daemon_free(d);
	bul_done(&bul);
}

static struct mn_home_info homes[3];
static struct mn_met_info met[2];

static void on_task(struct task *task, struct mtime when)
{
	(void)task;
	(void)when;
}

static void fill(void)
{
	struct bul_entry *e;

	homes[0] = (struct mn_home_info){
		.hoa = addr("2001:db8:1::100"),
		.prefix = prefix("2001:db8:1::/64"),
		.origin = "configured",
		.location = "away",
		.agent = addr("2001:db8:1::1"),
		.valid_until = mtime_add_s(now, 86400),
	};
	homes[1] = (struct mn_home_info){
		.hoa = addr("2001:db8:5:0:7911:718b:af63:b5fb"),
		.prefix = prefix("2001:db8:5::/64"),
		.origin = "found",
		.location = "home",
		.agent = addr("2001:db8:5::1"),
		.remembered = true,
		.valid_until = MTIME_NEVER,
	};
	homes[2] = (struct mn_home_info){
		.hoa = addr("2001:db8:9::9"),
		.prefix = prefix("2001:db8:9::/64"),
		.origin = "added",
		.location = "unknown",
		.remembered = true,
		.valid_until = MTIME_NEVER,
	};
	met[0] = (struct mn_met_info){
		.agent = addr("2001:db8:5::1"),
		.prefix = prefix("2001:db8:5::/64"),
		.use = "in use",
		.ifname = "eth0",
		.points = 14,
		.count = 3,
		.met = mtime_add_s(now, -5),
		.rtt_ms = 21,
		.ok = 2,
		.preference = 7,
	};
	met[1] = (struct mn_met_info){
		.agent = addr("2001:db8:6::1"),
		.prefix = prefix("2001:db8:6::/64"),
		.use = "declined",
		.points = -11,
		.count = 1,
		.met = mtime_add_s(now, -90061),
		.failed = 7,
	};
	stub_homes.homes = homes;
	stub_homes.n_homes = 3;
	stub_homes.met = met;
	stub_homes.n_met = 2;
	e = bul_add(&bul, &homes[0].agent, &homes[0].hoa);
	UNIT_NEED(e != NULL);
	task_init(&e->task, on_task);
	e->state = BUL_BOUND;
}

/* ---- comparing ---- */

static void expect(const char *request, const char *name)
{
	answers_check(d, now, request, name);
}

static void what_there_is(void)
{
	setup(true);
	fill();
	expect("{\"cmd\":\"show homes\"}", "homes");
	teardown();
}

static void what_there_is_not(void)
{
	setup(true);
	expect("{\"cmd\":\"show homes\"}", "homes-none");
	teardown();
}

/* ---- wishes ---- */

static char said[512];

/* "" or the error. */
static const char *ask(bool may_change, const char *request)
{
	auto_free char *line =
		ctl_answer(d, may_change, request, strlen(request), now);
	json_t *reply = json_loads(line, 0, NULL);
	const char *error = json_string_value(json_object_get(reply, "error"));

	snprintf(said, sizeof(said), "%s", error ? error : "");
	json_decref(reply);
	return said;
}

static const char *wish(int argc, const char *const *argv, bool adds)
{
	auto_free char *line =
		adds ? ctl_request_home_add(argc, (char **)argv)
		     : ctl_request_home_remove(argc, (char **)argv);

	return line ? ask(true, line) : "usage";
}

#define ADD(...)                                                       \
	wish(sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(char *), \
	     (const char *[]){ __VA_ARGS__ }, true)

static void what_is_wished(void)
{
	setup(true);
	stub_homes.formed = addr("2001:db8:1::77");
	UNIT_STR(ADD("2001:db8:1::/64"), "");
	CU_ASSERT(addr_is_any(&stub_homes.hoa));
	CU_ASSERT(addr_is_any(&stub_homes.agent));
	UNIT_STR(prefix_str(&stub_homes.prefix), "2001:db8:1::/64");
	UNIT_STR(ADD("2001:db8:1::7/64", "agent", "2001:db8:1::1"), "");
	UNIT_STR(addr_str(&stub_homes.hoa), "2001:db8:1::7");
	UNIT_STR(prefix_str(&stub_homes.prefix), "2001:db8:1::/64");
	UNIT_STR(addr_str(&stub_homes.agent), "2001:db8:1::1");
	UNIT_STR(wish(1, (const char *[]){ "2001:db8:1::7" }, false), "");
	UNIT_STR(addr_str(&stub_homes.hoa), "2001:db8:1::7");
	teardown();
}

static void what_makes_no_sense(void)
{
	static const char home[] =
		"expected \"home\", one like \"2001:db8:1::100/64\", or a "
		"prefix like \"2001:db8:1::/64\"";

	setup(true);
	UNIT_STR(ADD("2001:db8:1::7"), home);
	UNIT_STR(ADD("here"), home);
	UNIT_STR(ADD("fe80::1/64"), home);
	UNIT_STR(ADD("2001:db8:1::7/0"), home);
	UNIT_STR(ADD("2001:db8:1::7/64", "agent", "fe80::1"),
		 "expected \"home_agent\", the address of one");
	UNIT_STR(ADD("2001:db8:1::7/64", "agent", "2001:db8:1::7"),
		 "expected \"home_agent\", the address of one");
	UNIT_STR(ADD("2001:db8:1::7/126"),
		 "home agents of so long a prefix cannot be discovered: "
		 "expected \"home_agent\"");
	UNIT_STR(ADD("2001:db8:1::7/64", "agent"), "usage");
	UNIT_STR(ADD("2001:db8:1::7/64", "by", "2001:db8:1::1"), "usage");
	UNIT_STR(wish(1, (const char *[]){ "2001:db8:1::7/64" }, false),
		 "expected \"home_address\", one like \"2001:db8:1::100\"");
	UNIT_STR(wish(0, NULL, false), "usage");
	CU_ASSERT(addr_is_any(&stub_homes.hoa));
	teardown();
}

static void what_is_refused(void)
{
	static const struct {
		int err;
		const char *add, *drop;
	} rows[] = {
		{ -EINVAL, "an address is formed in prefixes of 64 bits only",
		  NULL },
		{ -EEXIST, "there is such a home address already", NULL },
		{ -EBUSY, "that home address is just being given up",
		  "it is just being given up" },
		{ -EDQUOT,
		  "as many as mobile-node.max-formed allows are in use", NULL },
		{ -ENOSPC, "all places for home addresses are in use", NULL },
		{ -ENOMEM, "out of memory", NULL },
		{ -ENOENT, NULL, "there is no such home address" },
		{ -EPERM, NULL,
		  "it stands in the configuration: remove it there and "
		  "reload" },
	};
	size_t i;

	setup(true);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		stub_homes.err = rows[i].err;
		if (rows[i].add)
			UNIT_STR(ADD("2001:db8:1::/64"), rows[i].add);
		if (rows[i].drop)
			UNIT_STR(wish(1, (const char *[]){ "2001:db8:1::7" },
				      false),
				 rows[i].drop);
	}
	teardown();
}

/* Nobody but root; and no node, no homes. */
static void who_may(void)
{
	setup(true);
	UNIT_STR(ask(false, "{\"cmd\": \"home add\", \"home\": "
			    "\"2001:db8:1::/64\"}"),
		 "only root may change something");
	UNIT_STR(ask(false, "{\"cmd\": \"home remove\", \"home_address\": "
			    "\"2001:db8:1::7\"}"),
		 "only root may change something");
	CU_ASSERT(addr_is_any(&stub_homes.hoa));
	UNIT_STR(ask(false, "{\"cmd\": \"show homes\"}"), "");
	teardown();
	setup(false);
	CU_ASSERT(strstr(ask(true, "{\"cmd\": \"show homes\"}"),
			 "is no mobile node") != NULL);
	CU_ASSERT(strstr(ADD("2001:db8:1::/64"), "is no mobile node") != NULL);
	CU_ASSERT(strstr(wish(1, (const char *[]){ "2001:db8:1::7" }, false),
			 "is no mobile node") != NULL);
	teardown();
}

static const struct unit_case cases[] = {
	UNIT_CASE(what_there_is),
	UNIT_CASE(what_there_is_not),
	UNIT_CASE(what_is_wished),
	UNIT_CASE(what_makes_no_sense),
	UNIT_CASE(what_is_refused),
	UNIT_CASE(who_may),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "ctl_homes", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
