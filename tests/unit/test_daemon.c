/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The order in which roles start and stop, what a reload does, and what is
 * said of it all.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/daemon.h"
#include "mip6d/hash.h"
#include "tests/fake/fake.h"
#include "tests/unit/stub_roles.h"
#include "tests/unit/unit.h"

static const struct mtime t0 = { 1000000 };

static struct transport *transport;
static struct daemon *d;

static struct in6_addr addr(const char *text)
{
	struct in6_addr a;

	UNIT_NEED(!addr_parse(text, &a));
	return a;
}

static struct conf *conf_new(bool ha, bool cn, bool mn)
{
	struct conf *conf = calloc(1, sizeof(*conf));

	UNIT_NEED(conf != NULL);
	conf->ha.security = conf->mn.security = CONF_SECURITY_INSECURE;
	conf->ha.on = ha;
	conf->cn.on = cn;
	conf->mn.on = mn;
	return conf;
}

static void setup(bool ha, bool cn, bool mn)
{
	struct role_env env = { 0 };

	stub_clear();
	fake_log_clear();
	transport = fake_transport_new();
	env.transport = transport;
	UNIT_NEED(!daemon_new(&env, conf_new(ha, cn, mn), t0, &d));
	stub.calls[0] = '\0';
}

static void teardown(void)
{
	d = daemon_free(d);
	transport = fake_transport_free(transport);
	UNIT_EQ(fake_faults(), 0);
}

/* ---- start, stop, reload ---- */

static void roles_start_and_stop_in_order(void)
{
	struct role_env env = { 0 };

	stub_clear();
	fake_log_clear();
	UNIT_NEED(!daemon_new(&env, conf_new(true, true, true), t0, &d));
	UNIT_EQ(daemon_started(d).us, t0.us);
	CU_ASSERT(daemon_ha(d) && daemon_cn(d) && daemon_mn(d));
	CU_ASSERT(fake_log_contains("security: NONE"));
	daemon_stop(d, t0);
	CU_ASSERT_FALSE(daemon_is_stopped(d));
	stub.mn_stopped = true;
	CU_ASSERT_TRUE(daemon_is_stopped(d));
	d = daemon_free(d);
	UNIT_STR(stub.calls,
		 "ha_new cn_new mn_new mn_stop mn_free cn_free ha_free");
}

static void home_agent_alone_stops_at_once(void)
{
	setup(true, false, false);
	CU_ASSERT_PTR_NULL(daemon_mn(d));
	daemon_stop(d, t0);
	CU_ASSERT_TRUE(daemon_is_stopped(d));
	teardown();
	UNIT_STR(stub.calls, "ha_free");
}

/* Any mix of roles; a correspondent stops at once, too. */
static void roles_are_independent(void)
{
	static const char *const calls[] = {
		"ha_free",
		"cn_free",
		"cn_free ha_free",
		"mn_free",
		"mn_free ha_free",
		"mn_free cn_free",
		"mn_free cn_free ha_free",
	};
	unsigned int mix;

	for (mix = 1; mix < 8; mix++) {
		setup(mix & 1, mix & 2, mix & 4);
		UNIT_EQ(daemon_ha(d) != NULL, mix & 1);
		UNIT_EQ(daemon_cn(d) != NULL, mix >> 1 & 1);
		UNIT_EQ(daemon_mn(d) != NULL, mix >> 2 & 1);
		CU_ASSERT(daemon_is_stopped(d) == !(mix & 4));
		teardown();
		UNIT_STR(stub.calls, calls[mix - 1]);
	}
}

/* Route optimisation needs no warning: it protects itself. */
static void correspondent_alone_warns_of_nothing(void)
{
	struct role_env env = { 0 };
	struct conf *conf = conf_new(false, true, false);

	stub_clear();
	fake_log_clear();
	UNIT_NEED(!daemon_new(&env, conf, t0, &d));
	CU_ASSERT_FALSE(fake_log_contains("security"));
	d = daemon_free(d);
}

static void a_role_that_fails_takes_the_others_back(void)
{
	struct role_env env = { 0 };
	struct daemon *none = NULL;

	stub_clear();
	stub.mn_err = -EPERM;
	UNIT_EQ(daemon_new(&env, conf_new(true, true, true), t0, &none),
		-EPERM);
	CU_ASSERT_PTR_NULL(none);
	UNIT_STR(stub.calls, "ha_new cn_new mn_new cn_free ha_free");
	CU_ASSERT(fake_log_contains("the mobile node cannot start"));
	stub_clear();
	stub.cn_err = -ENOTSUP;
	UNIT_EQ(daemon_new(&env, conf_new(true, true, true), t0, &none),
		-ENOTSUP);
	UNIT_STR(stub.calls, "ha_new cn_new ha_free");
	CU_ASSERT(fake_log_contains("the correspondent cannot start"));
	stub_clear();
	stub.ha_err = -EEXIST;
	UNIT_EQ(daemon_new(&env, conf_new(true, true, true), t0, &none),
		-EEXIST);
	UNIT_STR(stub.calls, "ha_new");
}

static void reload_takes_the_new_or_keeps_the_old(void)
{
	struct conf *conf;

	setup(true, true, true);
	conf = conf_new(true, true, true);
	conf->ha.max_bindings = 5;
	conf->mn.retry_s = 6;
	conf->cn.max_lifetime_s = 40;
	UNIT_EQ(daemon_reload(d, conf, t0), 0);
	CU_ASSERT(daemon_conf(d) == conf);
	UNIT_STR(stub.calls, "ha_reload cn_reload mn_reload");
	UNIT_EQ(stub.ha_max_bindings, 5);
	UNIT_EQ(stub.mn_retry_s, 6);
	UNIT_EQ(stub.cn_max_lifetime_s, 40);
	stub.calls[0] = '\0';
	UNIT_EQ(daemon_reload(d, conf_new(true, true, false), t0), -EINVAL);
	CU_ASSERT(daemon_conf(d) == conf);
	CU_ASSERT(fake_log_contains("mobile-node is another"));
	UNIT_STR(stub.calls, "");
	teardown();
}

static void ignore(void *arg, const struct kernel_event *ev)
{
	(void)arg;
	(void)ev;
}

/* A home agent with keys of one node. */
static struct conf *conf_with_keys(uint32_t spi)
{
	struct conf *conf = conf_new(true, false, false);
	struct security_keys *keys = calloc(1, sizeof(*keys));
	struct security_node *node = calloc(1, sizeof(*node));
	struct conf_home_link *l = calloc(1, sizeof(*l));

	UNIT_NEED(keys && node && l);
	l->address = node->agent = addr("2001:db8:1::1");
	l->prefix = prefix_of(&l->address, 64);
	l->security = CONF_SECURITY_IPSEC;
	node->hoa = addr("2001:db8:1::100");
	node->n_sets = 1;
	node->sets[0].to_agent.spi = spi;
	node->sets[0].from_agent.spi = spi + 1;
	*keys = (struct security_keys){ node, 1 };
	conf->ipsec.sas = keys;
	conf->ipsec.protect = CONF_PROTECT_SIGNALLING;
	conf->ha.links = l;
	conf->ha.n_links = 1;
	return conf;
}

/* Old keys work on where the kernel does not take the new ones. */
static void a_reload_that_the_kernel_refuses_changes_nothing(void)
{
	struct role_env env = { .tq = tqueue_new() };
	struct conf *conf = conf_with_keys(0x1000);

	stub_clear();
	fake_log_clear();
	hash_init();
	env.kernel = fake_kernel_new(ignore, NULL);
	UNIT_NEED(!daemon_new(&env, conf, t0, &d));
	UNIT_EQ(env.kernel->n_sas, 2);
	stub.calls[0] = '\0';
	fake_kernel_fail_call(env.kernel, FAKE_SA_SET, 2, ENOSYS);
	UNIT_EQ(daemon_reload(d, conf_with_keys(0x2000), t0), -ENOSYS);
	CU_ASSERT(daemon_conf(d) == conf);
	CU_ASSERT(fake_log_contains("the old configuration stays"));
	UNIT_STR(stub.calls, "");
	UNIT_EQ(env.kernel->n_sas, 2);
	UNIT_EQ(env.kernel->sas[0].spi & 0xf000, 0x1000);
	UNIT_EQ(env.kernel->sas[1].spi & 0xf000, 0x1000);
	UNIT_EQ(daemon_reload(d, conf_with_keys(0x3000), t0), 0);
	UNIT_EQ(env.kernel->n_sas, 2);
	UNIT_EQ(env.kernel->sas[0].spi & 0xf000, 0x3000);
	d = daemon_free(d);
	UNIT_EQ(env.kernel->n_sas, 0);
	fake_kernel_free(env.kernel);
	tqueue_free(env.tq);
	UNIT_EQ(fake_faults(), 0);
}

/* A home address that is formed has what its prefix is listed with. */
static void formed_addresses_are_protected_as_their_prefix(void)
{
	struct role_env env = { .tq = tqueue_new() };
	struct conf *conf = conf_with_keys(0x1000);
	struct conf_mn_home *h = calloc(1, sizeof(*h));

	UNIT_NEED(h != NULL);
	h->prefix = conf->ha.links[0].prefix;
	h->security = CONF_SECURITY_IPSEC;
	conf->ha.on = false;
	conf->mn.on = true;
	conf->mn.homes = h;
	conf->mn.n_homes = 1;
	stub_clear();
	hash_init();
	env.kernel = fake_kernel_new(ignore, NULL);
	UNIT_NEED(!daemon_new(&env, conf, t0, &d));
	UNIT_EQ(env.kernel->n_sas, 2);
	UNIT_EQ(env.kernel->n_sps, 3);
	d = daemon_free(d);
	fake_kernel_free(env.kernel);
	tqueue_free(env.tq);
	UNIT_EQ(fake_faults(), 0);
}

/* What the kernel dropped is said by its reason, once, and a while
 * later; only where something has "ipsec". */
static void what_the_kernel_drops_is_said(void)
{
	static const struct mtime later = { 11000000 };
	static const struct mtime last = { 31000000 };
	struct role_env env = { .tq = tqueue_new() };

	stub_clear();
	fake_log_clear();
	hash_init();
	env.kernel = fake_kernel_new(ignore, NULL);
	UNIT_NEED(!daemon_new(&env, conf_with_keys(0x1000), t0, &d));
	UNIT_EQ(tqueue_next(env.tq).us, later.us);
	env.kernel->esp_drops.cleartext = 1;
	env.kernel->esp_drops.malformed = 7;
	tqueue_run(env.tq, later);
	CU_ASSERT(fake_log_contains("1 packet dropped: without the ESP "
				    "required (esp-cleartext)"));
	CU_ASSERT(fake_log_contains("7 packets dropped: no whole ESP header "
				    "(esp-malformed)"));
	CU_ASSERT_FALSE(fake_log_contains("esp-tampered"));
	UNIT_EQ(daemon_counters(d)->v[CNT_ESP_MALFORMED], 7);
	fake_log_clear();
	env.kernel->esp_drops.cleartext = 3;
	env.kernel->esp_drops.unprotected = 1;
	tqueue_run(env.tq, last);
	CU_ASSERT(fake_log_contains("2 packets dropped: without"));
	CU_ASSERT(fake_log_contains("1 packet not sent: no SA"));
	CU_ASSERT_FALSE(fake_log_contains("esp-malformed"));
	UNIT_EQ(tqueue_len(env.tq), 1);
	d = daemon_free(d);
	UNIT_EQ(tqueue_len(env.tq), 0);
	fake_kernel_free(env.kernel);

	env.kernel = NULL;
	UNIT_NEED(!daemon_new(&env, conf_new(true, false, false), t0, &d));
	UNIT_EQ(tqueue_len(env.tq), 0);
	d = daemon_free(d);
	tqueue_free(env.tq);
}

static struct conf *conf_of_home(enum conf_security of_home, bool home_auto)
{
	struct conf *conf = conf_new(false, false, true);

	conf->mn.homes = calloc(1, sizeof(*conf->mn.homes));
	UNIT_NEED(conf->mn.homes != NULL);
	conf->mn.n_homes = 1;
	conf->mn.homes[0].security = of_home;
	conf->mn.home_auto = home_auto;
	return conf;
}

/* Also of homes that are still to be found, and after a reload. */
static void what_is_not_protected_is_said(void)
{
	struct role_env env = { .tq = tqueue_new() };

	stub_clear();
	fake_log_clear();
	UNIT_NEED(!daemon_new(&env, conf_of_home(CONF_SECURITY_IPSEC, false),
			      t0, &d));
	CU_ASSERT_FALSE(fake_log_contains("security: NONE"));
	UNIT_EQ(daemon_reload(d, conf_of_home(CONF_SECURITY_IPSEC, true), t0),
		0);
	CU_ASSERT(fake_log_contains("security: NONE"));
	fake_log_clear();
	UNIT_EQ(daemon_reload(d, conf_of_home(CONF_SECURITY_INSECURE, false),
			      t0),
		0);
	CU_ASSERT(fake_log_contains("security: NONE"));
	d = daemon_free(d);
	tqueue_free(env.tq);
}

static void interfaces_that_are_waited_for_are_said(void)
{
	static const struct conf_home_link links[] = {
		{ .is_virtual = true, .security = CONF_SECURITY_INSECURE },
		{ .ifname = "eth7", .security = CONF_SECURITY_INSECURE },
	};
	struct kernel_event ev = { .type = KERNEL_SYNCED };
	struct role_env env = { 0 };
	struct conf *conf = conf_new(true, false, false);

	stub_clear();
	fake_log_clear();
	conf->ha.links = calloc(2, sizeof(*links));
	UNIT_NEED(conf->ha.links != NULL);
	memcpy(conf->ha.links, links, sizeof(links));
	conf->ha.n_links = 2;
	UNIT_NEED(!daemon_new(&env, conf, t0, &d));
	daemon_on_kernel(d, &ev, t0);
	CU_ASSERT(fake_log_contains("home link eth7 "));
	CU_ASSERT_FALSE(fake_log_contains("home link  "));
	fake_log_clear();
	stub.link_up = true;
	daemon_on_kernel(d, &ev, t0);
	CU_ASSERT_FALSE(fake_log_contains("waiting"));
	d = daemon_free(d);
}

static void status_line_names_bindings_and_homes(void)
{
	struct conf_mn_home home = { .address = addr("2001:db8:1::100") };
	struct mn_coa_info coas[2] = {
		{ .hoa = home.address,
		  .location = "away",
		  .coa = addr("2001:db8:a::5") },
		{ .hoa = home.address, .location = "home" },
	};
	struct mn_ro_info ros[3] = { { .optimised = true },
				     { .optimised = false },
				     { .optimised = true } };
	struct in6_addr hoa = addr("2001:db8:1::7");
	char buf[160], small[16];

	setup(true, true, true);
	hash_init();
	stub.bc = bcache_new(2, 0);
	stub.cn_bc = bcache_new(2, 0);
	stub.coas = coas;
	daemon_status(d, buf, sizeof(buf));
	UNIT_STR(buf, "0 bindings; 0 correspondent bindings");
	UNIT_NEED(bcache_add(stub.bc, &hoa, &hoa) != NULL);
	UNIT_NEED(bcache_add(stub.cn_bc, &hoa, &hoa) != NULL);
	stub.n_coas = 2;
	stub.ros = ros;
	stub.n_ros = 3;
	daemon_status(d, buf, sizeof(buf));
	UNIT_STR(buf, "1 binding; 1 correspondent binding; "
		      "2001:db8:1::100 away at 2001:db8:a::5; "
		      "2001:db8:1::100 home; 2 optimised routes");
	daemon_status(d, small, sizeof(small));
	UNIT_STR(small, "1 binding; 1 co");
	stub.bc = bcache_free(stub.bc);
	stub.cn_bc = bcache_free(stub.cn_bc);
	teardown();
}

static const struct unit_case cases[] = {
	UNIT_CASE(roles_start_and_stop_in_order),
	UNIT_CASE(home_agent_alone_stops_at_once),
	UNIT_CASE(roles_are_independent),
	UNIT_CASE(correspondent_alone_warns_of_nothing),
	UNIT_CASE(what_is_not_protected_is_said),
	UNIT_CASE(a_role_that_fails_takes_the_others_back),
	UNIT_CASE(reload_takes_the_new_or_keeps_the_old),
	UNIT_CASE(a_reload_that_the_kernel_refuses_changes_nothing),
	UNIT_CASE(formed_addresses_are_protected_as_their_prefix),
	UNIT_CASE(what_the_kernel_drops_is_said),
	UNIT_CASE(interfaces_that_are_waited_for_are_said),
	UNIT_CASE(status_line_names_bindings_and_homes),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "daemon", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
