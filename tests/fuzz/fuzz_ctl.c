/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Control, both ends: any octets as a request get one line of JSON that the
 * client can print, and any octets as a reply are printed or refused by the
 * client.
 */
#include <stdlib.h>
#include <string.h>

#include "mip6d/ctl.h"
#include "src/ctl/ctl_priv.h"
#include "tests/unit/stub_homes.h"
#include "tests/unit/stub_roles.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct mtime now = { 5000000 };
static struct bul bul;

static void need(bool truth)
{
	if (!truth)
		abort();
}

static void set_homes(void)
{
	static const struct mn_home_info home = {
		.origin = "found",
		.location = "away",
		.valid_until = { INT64_MAX },
	};
	static const struct mn_met_info met = {
		.use = "known",
		.points = -12,
		.rtt_ms = UINT32_MAX,
		.ok = UINT32_MAX,
	};

	stub_homes.homes = &home;
	stub_homes.n_homes = 1;
	stub_homes.met = &met;
	stub_homes.n_met = 1;
}

static struct daemon *daemon_get(void)
{
	static const struct mn_coa_info coa = {
		.location = "away",
		.reason = "it is",
	};
	static const struct mn_ro_info ro = {
		.optimised = true,
		.state = "optimised",
		.reason = "it is",
		.has_usage = true,
		.octets_in = 123456789,
		.has_home_token = true,
		.has_status = true,
	};
	static const struct cn_entry_info cn_info = {
		.has_usage = true,
		.octets_out = UINT64_MAX,
	};
	static struct daemon *d;
	struct role_env env = { 0 };
	struct conf *conf;

	if (d)
		return d;
	conf = calloc(1, sizeof(*conf));
	need(conf != NULL);
	conf->ha.on = conf->cn.on = conf->mn.on = true;
	conf->cn.n_rules = conf->mn.n_rules = 2;
	conf->cn.rules = calloc(2, sizeof(*conf->cn.rules));
	conf->mn.rules = calloc(2, sizeof(*conf->mn.rules));
	need(conf->cn.rules && conf->mn.rules);
	conf->cn.rules[1].action = CONF_CN_REJECT;
	conf->mn.rules[1].protocol = 132;
	hash_init();
	bul_init(&bul);
	stub.bc = bcache_new(4, 0);
	stub.cn_bc = bcache_new(4, 0);
	stub.cn_info = &cn_info;
	stub.hits = 7;
	stub.ros = &ro;
	stub.n_ros = 1;
	stub.bul = &bul;
	stub.coas = &coa;
	stub.n_coas = 1;
	set_homes();
	need(bcache_add(stub.bc, &addr_all_nodes, &addr_all_routers) != NULL);
	need(bcache_add(stub.cn_bc, &addr_all_nodes, &addr_all_routers));
	need(bul_add(&bul, &addr_all_nodes, &addr_all_routers) != NULL);
	need(!daemon_new(&env, conf, now, &d));
	return d;
}

static void print(const char *text, size_t len, bool must)
{
	static FILE *null;
	json_t *j;

	if (!null)
		null = fopen("/dev/null", "we");
	need(null != NULL);
	j = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	need(!must || json_is_object(j));
	if (json_is_object(j)) {
		int err = ctl_text(null, j, true);

		if (must && json_is_true(json_object_get(j, "ok")))
			need(!err);
	}
	json_decref(j);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *reply;
	size_t len;

	reply = ctl_answer(daemon_get(), true, (const char *)data, size, now);
	need(reply != NULL);
	len = strlen(reply);
	need(len && strchr(reply, '\n') == reply + len - 1);
	print(reply, len, true);
	free(reply);
	print((const char *)data, size, false);
	return 0;
}
