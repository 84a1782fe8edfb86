/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The doctor: each check, where all is well and where it is not.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "mip6d/ctl.h"
#include "src/ctl/ctl_priv.h"
#include "src/daemon_priv.h"
#include "tests/fake/fake.h"
#include "tests/unit/ctl_answers.h"
#include "tests/unit/ctl_world.h"
#include "tests/unit/stub_disc.h"

static struct kernel *kernel;

static struct in6_addr a6(const char *text)
{
	struct in6_addr a;

	UNIT_NEED(!addr_parse(text, &a));
	return a;
}

static struct prefix p6(const char *text)
{
	struct prefix p;

	UNIT_NEED(!prefix_parse(text, &p));
	return p;
}

static void on_event(void *arg, const struct kernel_event *ev)
{
	(void)arg;
	(void)ev;
}

static void sysctl_is(const char *path, int value)
{
	unsigned int i;

	for (i = 0; i < fake_look.n_sysctls; i++)
		if (!strcmp(fake_look.sysctls[i].path, path))
			break;
	fake_look.n_sysctls += i == fake_look.n_sysctls;
	fake_look.sysctls[i].path = path;
	fake_look.sysctls[i].value = value;
}

/* ---- a machine on which all is well ---- */

static void begin_agent_machine(void)
{
	d->conf->ha.links[0].security = CONF_SECURITY_RFC4285;
	d->conf->ha.links[1].security = CONF_SECURITY_RFC4285;
	strcpy(d->conf->ha.tunnel_name, "mip6ha");
	sysctl_is("conf/all/forwarding", 1);
	sysctl_is("conf/eth0/forwarding", 1);
	sysctl_is("conf/mip6ha/forwarding", 1);
	sysctl_is("conf/eth0/proxy_ndp", 1);
	fake_kernel_link_up(kernel, 2, "eth0", true);
	fake_kernel_addr_add(kernel, 2, "2001:db8:1::1");
	fake_kernel_addr_add(kernel, 1, "2001:db8:5::1");
	fake_kernel_router_add(kernel, 3, "fe80::1");
}

static void begin_node_machine(void)
{
	static struct look_rule rule = { .is_ours = true, .pref = 1003 };
	struct conf_mn *conf = &d->conf->mn;

	conf->homes[0].security = conf->homes[1].security =
		CONF_SECURITY_RFC4285;
	conf->n_homes = stub.n_coas = 1;
	stub.n_ifaces = 1;
	bul.head->next->state = BUL_BOUND;
	bul.head->next->attempts = 0;
	conf->rule_base = 1000;
	rule.src = prefix_of(&conf->homes[0].address, 128);
	fake_look.rules[fake_look.n_rules++] = rule;
}

static void begin(bool ha, bool cn, bool mn)
{
	memset(&fake_look, 0, sizeof(fake_look));
	memset(&stub_disc, 0, sizeof(stub_disc));
	setup(ha, cn, mn);
	kernel = fake_kernel_new(on_event, NULL);
	d->env.kernel = kernel;
	fake_look.policies[fake_look.n_policies++] =
		(struct look_policy){ .is_ours = true };
	if (ha)
		begin_agent_machine();
	if (mn)
		begin_node_machine();
}

static void end(void)
{
	d->env.kernel = NULL;
	d->env.store = NULL;
	d->conf->auth = NULL;
	d->conf->ipsec.sas = NULL;
	d->conf->ipsec.pairs = NULL;
	kernel = fake_kernel_free(kernel);
	teardown();
}

/* ---- asking ---- */

static json_t *ask(void)
{
	static const char request[] = "{\"cmd\": \"doctor\"}";
	auto_free char *reply =
		ctl_answer(d, false, request, strlen(request), now);
	json_t *j;

	UNIT_NEED(reply != NULL);
	j = json_loads(reply, 0, NULL);
	UNIT_NEED(json_is_true(json_object_get(j, "ok")));
	return j;
}

static bool is(const json_t *c, const char *key, const char *text)
{
	return !strcmp(json_string_value(json_object_get(c, key)), text);
}

/* How often the check gives this result, with found in what it found. */
static unsigned int count(const char *check, const char *result,
			  const char *found)
{
	json_t *reply = ask();
	unsigned int n = 0;
	json_t *c;
	size_t i;

	json_array_foreach(json_object_get(reply, "checks"), i, c)
	{
		const json_t *advice = json_object_get(c, "advice");

		if (!is(c, "check", check))
			continue;
		/* Who hears of something wrong hears what to do. */
		if (is(c, "result", "wrong"))
			CU_ASSERT(json_is_string(advice));
		if (is(c, "result", "ok"))
			CU_ASSERT(json_is_null(advice));
		n += (!result || is(c, "result", result)) &&
		     strstr(json_string_value(json_object_get(c, "found")),
			    found);
	}
	json_decref(reply);
	return n;
}

static bool is_fine(const char *check)
{
	return count(check, "ok", "") == 1 && count(check, NULL, "") == 1;
}

static bool is_silent(const char *check)
{
	return !count(check, NULL, "");
}

/* ---- all of it ---- */

static void all_is_well(void)
{
	json_t *reply;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		begin(i == 0, i == 1, i == 2);
		reply = ask();
		CU_ASSERT(is(reply, "result", "ok"));
		json_decref(reply);
		end();
	}
}

/* tests/unit/ctl/doctor.json, doctor.txt. */
static void answer_and_text(void)
{
	begin(true, false, false);
	d->conf->ha.links[0].security = CONF_SECURITY_INSECURE;
	sysctl_is("conf/all/forwarding", 0);
	answers_check(d, now, "{\"cmd\": \"doctor\"}", "doctor");
	end();
}

/* ---- mip6d itself ---- */

static void security(void)
{
	begin(true, false, true);
	CU_ASSERT(is_fine("security"));
	d->conf->ha.links[1].security = CONF_SECURITY_INSECURE;
	UNIT_EQ(count("security", "warning", "2001:db8:5::/64"), 1);
	d->conf->mn.homes[0].security = CONF_SECURITY_INSECURE;
	UNIT_EQ(count("security", "warning", "2001:db8:9::100"), 1);
	UNIT_EQ(count("security", NULL, ""), 2);
	end();
	begin(false, true, false);
	CU_ASSERT(is_silent("security"));
	end();
}

static void keys(void)
{
	struct security_keys sas = { 0 };
	struct look_file *f = &fake_look.files[0].file;

	begin(true, false, false);
	strcpy(d->conf->ipsec.keys, "/etc/mip6d/sa.conf");
	d->conf->ipsec.sas = &sas;
	UNIT_EQ(count("keys", "warning", "No such file"), 1);
	fake_look.n_files = 1;
	fake_look.files[0].path = "/etc/mip6d/sa.conf";
	*f = (struct look_file){ 0600, true, true };
	UNIT_EQ(count("keys", NULL, "sa.conf"), 0);
	f->mode = 0640;
	UNIT_EQ(count("keys", "wrong", "mode 0640"), 1);
	*f = (struct look_file){ .mode = 0600 };
	UNIT_EQ(count("keys", "warning", "cannot be read"), 1);
	/* `show security` knows who has none. */
	d->conf->ha.links[0].security = CONF_SECURITY_IPSEC;
	UNIT_EQ(count("keys", "wrong", "no keys of 2001:db8:1::100"), 1);
	end();
}

static void who_negotiates(void)
{
	struct ike_peer peer = { .end = IKE_NODE };
	struct ike_info info = { .peer = &peer,
				 .state = "negotiating",
				 .reason = "no answer" };

	begin(false, false, true);
	CU_ASSERT(is_silent("ike"));
	d->ike = calloc(1, sizeof(*d->ike));
	UNIT_NEED(d->ike != NULL);
	d->ike->infos = &info;
	d->ike->is_connected = true;
	CU_ASSERT(is_fine("ike"));
	d->ike->n_infos = 1;
	UNIT_EQ(count("ike", "warning", "no answer"), 1);
	peer.end = IKE_AGENT;
	info.reason = "";
	CU_ASSERT(is_fine("ike"));
	d->ike->is_connected = false;
	UNIT_EQ(count("ike", "wrong", "charon"), 1);
	end();
}

static void the_clock(void)
{
	struct wall was = fake_wall;

	begin(false, false, true);
	CU_ASSERT(is_fine("clock"));
	bul.head->last_status = BA_TIMESTAMP_MISMATCH;
	UNIT_EQ(count("clock", "wrong", "2001:db8:9::1"), 1);
	bul.head->last_status = 0;
	fake_wall.us = 86400000000;
	UNIT_EQ(count("clock", "wrong", "2024"), 1);
	d->conf->mn.homes[0].security = CONF_SECURITY_IPSEC;
	CU_ASSERT(is_silent("clock"));
	fake_wall = was;
	end();
}

static void the_process(void)
{
	begin(true, false, false);
	CU_ASSERT(is_fine("process"));
	d->process.uid = 0;
	UNIT_EQ(count("process", "warning", "root"), 1);
	d->process.uid = 997;
	d->process.seccomp = false;
	UNIT_EQ(count("process", "warning", "system calls"), 1);
	d->process.capabilities = 0;
	CU_ASSERT(is_silent("process"));
	end();
}

static void what_is_remembered(void)
{
	struct look_file *f = &fake_look.files[0].file;
	struct security_keys sas = { 0 };

	begin(true, false, false);
	CU_ASSERT(is_silent("state-directory"));
	d->conf->ipsec.sas = &sas;
	UNIT_EQ(count("state-directory", "warning", "replayed"), 1);
	strcpy(d->conf->state_dir, "/var/lib/mip6d");
	UNIT_EQ(count("state-directory", "wrong", "is missing"), 1);
	fake_look.n_files = 1;
	fake_look.files[0].path = "/var/lib/mip6d";
	*f = (struct look_file){ .mode = 0700, .readable = true };
	UNIT_EQ(count("state-directory", "wrong", "cannot be written"), 1);
	f->writable = true;
	UNIT_EQ(count("state-directory", "wrong", "at the start"), 1);
	d->env.store = (struct store *)&sas; /* there is one */
	CU_ASSERT(is_fine("state-directory"));
	f->writable = false;
	d->conf->ipsec.sas = NULL;
	UNIT_EQ(count("state-directory", "warning", "cannot be written"), 1);
	end();
}

static void room(void)
{
	begin(true, true, false);
	CU_ASSERT(is_fine("capacity"));
	d->conf->ha.max_bindings = 2;
	UNIT_EQ(count("capacity", "wrong", "2 of at most 2"), 1);
	d->conf->cn.max_bindings = 1;
	UNIT_EQ(count("capacity", "wrong", "correspondent"), 1);
	end();
}

static void what_is_dropped(void)
{
	struct counters *c;

	begin(true, false, false);
	CU_ASSERT(is_fine("drops"));
	c = d->env.counters;
	c->v[CNT_RA_BAD] = 3;
	c->v[CNT_BU_IN] = 1000;
	UNIT_EQ(count("drops", "warning", "ra-bad grows: 3 more"), 1);
	CU_ASSERT(is_fine("drops"));
	c->v[CNT_RA_BAD]++;
	UNIT_EQ(count("drops", "warning", "ra-bad grows: 1 more"), 1);
	end();
}

/* ---- the kernel ---- */

static void what_is_in_the_kernel(void)
{
	struct security_keys sas = { 0 };

	begin(true, false, false);
	CU_ASSERT(is_fine("kernel"));
	d->conf->ipsec.sas = &sas;
	UNIT_EQ(count("kernel", "wrong", "not protected"), 1);
	fake_look.policies[1] =
		(struct look_policy){ .is_ours = true, .is_main = true };
	fake_look.n_policies = 2;
	CU_ASSERT(is_fine("kernel"));
	fake_look.policies[0].is_ours = false;
	UNIT_EQ(count("kernel", "wrong", "not in the kernel"), 1);
	fake_look.n_policies = 0;
	fake_look.err = -EPERM;
	UNIT_EQ(count("kernel", "warning", "cannot be listed"), 1);
	CU_ASSERT(is_silent("policies"));
	end();
}

static void policies_of_others(void)
{
	struct security_keys sas = { 0 };
	struct look_policy *p = &fake_look.policies[1];

	begin(true, false, false);
	CU_ASSERT(is_fine("policies"));
	fake_look.n_policies = 2;
	*p = (struct look_policy){ .is_main = true, .priority = 1000 };
	p->src = p6("2001:db8:1::1/128");
	p->dst = p6("::/0");
	UNIT_EQ(count("policies", "warning", "priority 1000 takes"), 1);
	p->is_block = true;
	UNIT_EQ(count("policies", "wrong", "priority 1000 blocks"), 1);
	/* About something else, or for somebody else. */
	p->proto = 6;
	CU_ASSERT(is_fine("policies"));
	p->proto = 135;
	UNIT_EQ(count("policies", "wrong", ""), 1);
	p->dst = p6("2001:db8:77::/64");
	CU_ASSERT(is_fine("policies"));
	p->dst = p6("2001:db8:1::/64");
	d->conf->ipsec.sas = &sas;
	CU_ASSERT(is_fine("policies"));
	p->priority = 1;
	UNIT_EQ(count("policies", "wrong", "priority 1 "), 1);
	end();
}

static void rules(void)
{
	struct look_rule *r = &fake_look.rules[1];

	begin(false, false, true);
	CU_ASSERT(is_fine("rules"));
	fake_look.n_rules = 5;
	r[0] = (struct look_rule){ .pref = 0, .table = 255 };
	r[1] = (struct look_rule){ .pref = 32766, .table = 254 };
	r[2] = (struct look_rule){ .pref = 10, .is_special = true };
	r[3] = (struct look_rule){ .pref = 10, .src = p6("2001:db8:8::/64") };
	CU_ASSERT(is_fine("rules"));
	r[3].src = p6("2001::/16");
	UNIT_EQ(count("rules", "warning", "rule 10 "), 1);
	r[3].dst = p6("2001:db8:77::/64");
	CU_ASSERT(is_fine("rules"));
	fake_look.rules[0].is_ours = false;
	fake_look.rules[0].pref = 2000;
	UNIT_EQ(count("rules", "wrong", "2001:db8:9::100 are gone"), 1);
	bul.head->state = BUL_REGISTERING;
	CU_ASSERT(is_fine("rules"));
	fake_look.err = -EPERM;
	UNIT_EQ(count("rules", "warning", "cannot be listed"), 1);
	end();
	begin(true, false, false);
	CU_ASSERT(is_silent("rules"));
	end();
}

static void switches(void)
{
	begin(true, false, false);
	CU_ASSERT(is_fine("forwarding"));
	CU_ASSERT(is_fine("proxy-ndp"));
	CU_ASSERT(is_fine("default-route"));
	fake_kernel_router_del(kernel, 3, "fe80::1");
	UNIT_EQ(count("default-route", "warning", "no default route"), 1);
	sysctl_is("conf/eth0/proxy_ndp", 0);
	UNIT_EQ(count("proxy-ndp", "wrong", "proxy_ndp of eth0"), 1);
	sysctl_is("conf/mip6ha/forwarding", 0);
	UNIT_EQ(count("forwarding", "wrong", "of mip6ha"), 1);
	sysctl_is("conf/eth0/forwarding", 0);
	UNIT_EQ(count("forwarding", "wrong", "of eth0"), 1);
	sysctl_is("conf/all/forwarding", 0);
	UNIT_EQ(count("forwarding", "wrong", "of all"), 1);
	end();
	begin(false, true, true);
	CU_ASSERT(is_silent("forwarding"));
	CU_ASSERT(is_silent("proxy-ndp"));
	end();
}

/* ---- roles ---- */

static void home_links(void)
{
	struct kernel_link gone = { .ifindex = 2, .name = "eth0" };
	struct kernel_addr a = { .ifindex = 2, .plen = 64, .dad_failed = true };

	begin(true, false, false);
	CU_ASSERT(is_fine("home-links"));
	fake_kernel_addr_del(kernel, 1, "2001:db8:5::1");
	UNIT_EQ(count("home-links", "wrong", "address 2001:db8:5::1"), 1);
	fake_kernel_addr_add(kernel, 1, "2001:db8:5::1");
	fake_kernel_link_up(kernel, 2, "eth0", false);
	UNIT_EQ(count("home-links", "wrong", "eth0 "), 1);
	fake_kernel_link_up(kernel, 2, "eth0", true);
	/* The address is elsewhere: who is at home is not reached. */
	fake_kernel_addr_del(kernel, 2, "2001:db8:1::1");
	fake_kernel_addr_add(kernel, 3, "2001:db8:1::1");
	UNIT_EQ(count("home-links", "warning", "is not on-link on eth0"), 1);
	gone.gone = true;
	fake_kernel_link_set(kernel, &gone);
	UNIT_EQ(count("home-links", "wrong", "eth0 is not there"), 1);
	end();
	begin(true, false, false);
	a.addr = a6("2001:db8:1::1");
	fake_kernel_addr_set(kernel, &a);
	UNIT_EQ(count("home-links", "wrong", "a duplicate"), 1);
	end();
}

static void advertisements(void)
{
	struct ha_ra_finding f[3] = {
		{ HA_RA_MUST, "no H flag", "AdvHomeAgentFlag on;", "", "" },
		{ HA_RA_SHOULD, "no interval", "", "", "" },
		{ HA_RA_HINT, "a hint", "", "", "" },
	};
	struct ha_ra_info ra = { .ifname = "eth0",
				 .mode = CONF_RA_WATCH,
				 .ready = true,
				 .last = now };

	begin(true, false, false);
	stub_disc.ras = &ra;
	stub_disc.n_ras = 1;
	CU_ASSERT(is_fine("advertisements"));
	ra.findings = f;
	ra.n_findings = 3;
	UNIT_EQ(count("advertisements", "wrong", "eth0: no H flag"), 1);
	UNIT_EQ(count("advertisements", "warning", "eth0: no interval"), 1);
	UNIT_EQ(count("advertisements", NULL, ""), 2);
	ra.n_findings = 0;
	ra.last.us = 0;
	UNIT_EQ(count("advertisements", "warning", "heard on eth0"), 1);
	ra.mode = CONF_RA_OWN;
	CU_ASSERT(is_fine("advertisements"));
	end();
}

static void interfaces(void)
{
	begin(false, false, true);
	CU_ASSERT(is_fine("interfaces"));
	stub.n_ifaces = 2;
	UNIT_EQ(count("interfaces", "warning", "is not there"), 1);
	stub.n_ifaces = 0;
	UNIT_EQ(count("interfaces", "wrong", "no interface is up"), 1);
	stub.n_ifaces = 1;
	stub.addrs++; /* detached: of another link */
	stub.n_addrs = 1;
	UNIT_EQ(count("interfaces", "warning", "eth0 has no address"), 1);
	sysctl_is("conf/eth0/accept_ra", 1);
	UNIT_EQ(count("interfaces", "warning", "eth0 has no address"), 1);
	sysctl_is("conf/eth0/forwarding", 1);
	UNIT_EQ(count("interfaces", "wrong", "and it forwards"), 1);
	sysctl_is("conf/eth0/accept_ra", 2);
	UNIT_EQ(count("interfaces", "warning", "eth0 has no address"), 1);
	sysctl_is("conf/eth0/accept_ra", 0);
	UNIT_EQ(count("interfaces", "wrong", "accept_ra is 0"), 1);
	sysctl_is("conf/eth0/disable_ipv6", 1);
	UNIT_EQ(count("interfaces", "wrong", "IPv6 is switched off"), 1);
	end();
}

static void registrations(void)
{
	struct bul_entry *e;

	begin(false, false, true);
	e = bul.head;
	e->attempts = 4; /* of the exchange that went well */
	CU_ASSERT(is_fine("registration"));
	e->state = BUL_REGISTERING;
	e->attempts = 1;
	UNIT_EQ(count("registration", "warning", "REGISTERING"), 1);
	e->attempts = 3;
	UNIT_EQ(count("registration", "wrong", "not answered 3"), 1);
	e->state = BUL_REFUSED;
	e->last_status = BA_NOT_HOME_SUBNET;
	UNIT_EQ(count("registration", "wrong", "status 132"), 1);
	bul_del(&bul, e);
	UNIT_EQ(count("registration", "warning", "not registered yet"), 1);
	stub.n_coas = 2;
	UNIT_EQ(count("registration", "wrong", "no care-of address"), 1);
	end();
}

static void registrations_at_home(void)
{
	struct mn_coa_info home = { .location = "home" };

	begin(false, false, true);
	home.hoa = a6("2001:db8:9::100");
	stub.coas = &home;
	CU_ASSERT(is_fine("registration"));
	home.location = "away";
	home.coa = a6("2001:db8:a::6");
	UNIT_EQ(count("registration", "wrong", "no home agent"), 1);
	end();
}

int main(int argc, char **argv)
{
	static const struct unit_case cases[] = {
		UNIT_CASE(all_is_well),
		UNIT_CASE(answer_and_text),
		UNIT_CASE(security),
		UNIT_CASE(keys),
		UNIT_CASE(who_negotiates),
		UNIT_CASE(the_clock),
		UNIT_CASE(the_process),
		UNIT_CASE(what_is_remembered),
		UNIT_CASE(room),
		UNIT_CASE(what_is_dropped),
		UNIT_CASE(what_is_in_the_kernel),
		UNIT_CASE(policies_of_others),
		UNIT_CASE(rules),
		UNIT_CASE(switches),
		UNIT_CASE(home_links),
		UNIT_CASE(advertisements),
		UNIT_CASE(interfaces),
		UNIT_CASE(registrations),
		UNIT_CASE(registrations_at_home),
		UNIT_END,
	};
	static const struct unit_suite suites[] = {
		{ "ctl_doctor", cases },
		{ NULL, NULL },
	};

	return unit_main(argc, argv, suites);
}
