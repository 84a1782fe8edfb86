/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A daemon of which all is known.
 */
#include "tests/unit/ctl_world.h"

#include <stdlib.h>
#include <string.h>

static const struct mtime t0 = { 1000000 };
const struct mtime now = { 1000000 + 7384500000 };

static struct tqueue *tq;
struct bul bul;
struct daemon *d;

static struct in6_addr addr(const char *text)
{
	struct in6_addr a;

	UNIT_NEED(!addr_parse(text, &a));
	return a;
}

static void add_links(struct conf_ha *ha)
{
	static const struct conf_home_link links[] = {
		{ .ifname = "eth0",
		  .security = CONF_SECURITY_INSECURE,
		  .valid_s = UINT32_MAX },
		{ .is_virtual = true,
		  .security = CONF_SECURITY_INSECURE,
		  .valid_s = 400 },
	};

	ha->on = true;
	ha->max_bindings = 10;
	ha->n_links = 2;
	ha->links = calloc(2, sizeof(*ha->links));
	UNIT_NEED(ha->links != NULL);
	memcpy(ha->links, links, sizeof(links));
	prefix_parse("2001:db8:1::/64", &ha->links[0].prefix);
	ha->links[0].address = addr("2001:db8:1::1");
	prefix_parse("2001:db8:5::/64", &ha->links[1].prefix);
	ha->links[1].address = addr("2001:db8:5::1");
}

static void add_homes(struct conf_mn *mn)
{
	mn->on = true;
	mn->n_homes = 2;
	mn->homes = calloc(2, sizeof(*mn->homes));
	UNIT_NEED(mn->homes != NULL);
	mn->homes[0].address = addr("2001:db8:9::100");
	mn->homes[0].security = CONF_SECURITY_INSECURE;
	mn->homes[1].security = CONF_SECURITY_INSECURE;
	mn->homes[0].plen = 64;
	mn->homes[0].home_agent = addr("2001:db8:9::1");
	mn->homes[1].address = addr("2001:db8:8::100");
	mn->homes[1].plen = 64;
	mn->homes[1].home_agent = addr("2001:db8:8::1");
}

static void add_bindings(struct bcache *bc)
{
	struct in6_addr local = addr("2001:db8:1::1");
	struct in6_addr hoa = addr("2001:db8:1::100");
	struct bcache_entry *e = bcache_add(bc, &local, &hoa);

	UNIT_NEED(e != NULL);
	e->state = BCACHE_ACTIVE;
	e->coa = addr("2001:db8:a::5");
	e->flags = BU_FLAG_A | BU_FLAG_H | BU_FLAG_L;
	e->seq = 65535;
	e->lifetime_4s = 900;
	e->created = mtime_add_s(now, -90061);
	e->registered = mtime_add_s(now, -61);
	e->expires = mtime_add_s(now, 3539);
	e->refreshes = 31;
	e->moves = 2;
	hoa = addr("2001:db8:1::200");
	e = bcache_add(bc, &local, &hoa);
	UNIT_NEED(e != NULL);
	e->state = BCACHE_DAD;
	e->created = mtime_add_ms(now, -300);
}

static void add_ha_rules(struct conf_ha *ha)
{
	struct conf_ha_rule *r = calloc(4, sizeof(*r));

	UNIT_NEED(r != NULL);
	ha->rules = r;
	ha->n_rules = 4;
	prefix_parse("2001:db8:1::/80", &r[0].home);
	r[0].action = CONF_HA_ALLOW;
	r[0].max_lifetime_s = 600;
	r[0].max_bindings = 20;
	prefix_parse("2001:db8:a::/48", &r[1].coa);
	strcpy(r[1].nai, "*@example.org");
	r[1].time = (struct conf_time){ 0x60, 480, 1080 };
	r[1].action = CONF_HA_DENY;
	r[1].status = 128;
	strcpy(r[2].nai, "mn1@example.org");
	strcpy(r[2].ike_id, "C=CH, CN=mn1");
	r[2].spi = 300;
	r[2].has_network = true;
	prefix_parse("2001:db8:5::/48", &r[2].network);
	r[2].action = CONF_HA_IGNORE;
	r[3].spi = 4294967295;
	r[3].action = CONF_HA_ALLOW;
}

static void add_cn_rules(struct conf_cn *cn)
{
	cn->on = true;
	cn->max_bindings = 20;
	cn->n_rules = 3;
	cn->rules = calloc(3, sizeof(*cn->rules));
	UNIT_NEED(cn->rules != NULL);
	prefix_parse("2001:db8:66::/48", &cn->rules[0].home);
	cn->rules[0].action = CONF_CN_IGNORE;
	prefix_parse("2001:db8:a::/48", &cn->rules[1].coa);
	prefix_parse("2001:db8:c::1/128", &cn->rules[1].local);
	cn->rules[1].action = CONF_CN_REJECT;
	cn->rules[1].status = 130;
	cn->rules[2].action = CONF_CN_ACCEPT;
	cn->rules[2].status = 129;
}

static void add_correspondent_bindings(struct bcache *bc)
{
	static const struct cn_entry_info info = {
		.home_nonce = 65535,
		.coa_nonce = 7,
		.used = true,
		.has_usage = true,
		.octets_in = 999,
		.octets_out = 12345678901,
		.refresh_requests = 1,
	};
	struct in6_addr local = addr("2001:db8:c::1");
	struct in6_addr hoa = addr("2001:db8:7::100");
	struct bcache_entry *e = bcache_add(bc, &local, &hoa);

	UNIT_NEED(e != NULL);
	e->state = BCACHE_ACTIVE;
	e->coa = addr("2001:db8:b::5");
	e->flags = BU_FLAG_A;
	e->seq = 12;
	e->lifetime_4s = 105;
	e->created = mtime_add_s(now, -400);
	e->registered = mtime_add_s(now, -20);
	e->expires = mtime_add_s(now, 400);
	e->refreshes = 1;
	stub.cn_info = &info;
}

static void add_mn_rules(struct conf_mn *mn)
{
	mn->route_optimisation = true;
	mn->n_rules = 4;
	mn->rules = calloc(4, sizeof(*mn->rules));
	UNIT_NEED(mn->rules != NULL);
	mn->rules[0].protocol = 17;
	mn->rules[0].port = 53;
	mn->rules[0].action = CONF_MN_DIRECT;
	prefix_parse("2001:db8:66::/48", &mn->rules[1].peer);
	mn->rules[1].action = CONF_MN_TUNNEL;
	mn->rules[2].protocol = 132;
	mn->rules[2].action = CONF_MN_OPTIMISE;
	mn->rules[3].protocol = 58;
	mn->rules[3].action = CONF_MN_TUNNEL;
}

static void on_task(struct task *task, struct mtime when)
{
	(void)task;
	(void)when;
}

static void add_registrations(const struct conf_mn *mn)
{
	struct bul_entry *e;

	bul_init(&bul);
	e = bul_add(&bul, &mn->homes[0].home_agent, &mn->homes[0].address);
	UNIT_NEED(e != NULL);
	task_init(&e->task, on_task);
	tqueue_start(tq, &e->task, mtime_add_s(now, 3000));
	e->home = true;
	e->state = BUL_BOUND;
	e->coa = e->bound_coa = addr("2001:db8:a::6");
	e->flags = BU_FLAG_A | BU_FLAG_H;
	e->seq = 7;
	e->lifetime_4s = 900;
	e->expires = mtime_add_s(now, 3590);
	e->refresh = mtime_add_s(now, 3000);
	e->acked = mtime_add_s(now, -10);
	e->has_status = true;
	e = bul_add(&bul, &mn->homes[1].home_agent, &mn->homes[1].address);
	UNIT_NEED(e != NULL);
	task_init(&e->task, on_task);
	e->home = true;
	e->state = BUL_REFUSED;
	e->coa = addr("2001:db8:a::6");
	e->flags = BU_FLAG_A | BU_FLAG_H;
	e->seq = 8;
	e->lifetime_4s = 900;
	e->attempts = 3;
	e->backoff_ms = 1500;
	e->has_status = true;
	e->last_status = BA_NOT_HOME_SUBNET;
	e->acked = mtime_add_s(now, -2);
}

static struct mn_iface_info ifaces[] = {
	{ .name = "eth0",
	  .ifindex = 2,
	  .up = true,
	  .carrier = true,
	  .preference = 60,
	  .location = "away" },
	{ .name = "wl\xff\x1b[1mn", .preference = 40, .location = "unknown" },
	{ .name = "eth2",
	  .ifindex = 4,
	  .up = true,
	  .preference = 0,
	  .location = "away" },
};

static void add_views(const struct conf_mn *mn)
{
	static struct mn_addr_info addrs[2];
	static struct mn_coa_info coas[2];

	addrs[0] = (struct mn_addr_info){
		.addr = addr("2001:db8:a::6"),
		.state = MN_ADDR_PREFERRED,
		.optimistic = true,
		.router = addr("fe80::1"),
	};
	addrs[1] = (struct mn_addr_info){
		.addr = addr("2001:db8:b::6"),
		.state = MN_ADDR_DETACHED,
	};
	coas[0] = (struct mn_coa_info){
		.hoa = mn->homes[0].address,
		.prefix = prefix_of(&mn->homes[0].address, 64),
		.agent = mn->homes[0].home_agent,
		.location = "away",
		.coa = addr("2001:db8:a::6"),
		.ifindex = 2,
		.ifname = "eth0",
		.router = addr("fe80::1"),
		.reason = "best preference of 2 usable addresses",
		.since = mtime_add_s(now, -125),
		.previous = addr("2001:db8:b::6"),
	};
	coas[1] = (struct mn_coa_info){
		.hoa = mn->homes[1].address,
		.prefix = prefix_of(&mn->homes[1].address, 64),
		.agent = mn->homes[1].home_agent,
		.location = "detached",
		.reason = "no interface has a usable address",
	};
	stub.ifaces = ifaces;
	stub.n_ifaces = 3;
	stub.addrs = addrs;
	stub.n_addrs = 2;
	stub.coas = coas;
	stub.n_coas = 2;
}

static void add_correspondents(const struct conf_mn *mn)
{
	static struct mn_ro_info ros[3];

	ros[0] = (struct mn_ro_info){
		.hoa = mn->homes[0].address,
		.peer = addr("2001:db8:c::1"),
		.optimised = true,
		.state = "optimised",
		.reason = "the correspondent has acknowledged the binding",
		.coa = addr("2001:db8:a::6"),
		.since = mtime_add_s(now, -30),
		.expires = mtime_add_s(now, 390),
		.has_home_token = true,
		.has_coa_token = true,
		.home_token_at = mtime_add_s(now, -61),
		.coa_token_at = mtime_add_s(now, -31),
		.has_usage = true,
		.octets_in = 1000,
		.octets_out = 999950,
		.seq = 42,
		.has_status = true,
	};
	ros[1] = (struct mn_ro_info){
		.hoa = mn->homes[0].address,
		.peer = addr("2001:db8:c::2"),
		.state = "incapable",
		.reason = "it does not know the Home Address option",
		.since = mtime_add_s(now, -100),
		.until = mtime_add_s(now, 500),
	};
	ros[2] = (struct mn_ro_info){
		.hoa = mn->homes[1].address,
		.peer = addr("2001:db8:c::2"),
		.state = "refused",
		.reason = "it has refused the binding",
		.since = now,
		.has_home_token = true,
		.home_token_at = now,
		.seq = 1,
		.has_status = true,
		.last_status = BA_PROHIBITED,
	};
	stub.ros = ros;
	stub.n_ros = 3;
}

void setup(bool ha, bool cn, bool mn)
{
	struct conf *conf = calloc(1, sizeof(*conf));
	struct role_env env = { 0 };

	UNIT_NEED(conf != NULL);
	stub_clear();
	hash_init();
	tq = tqueue_new();
	stub.bc = bcache_new(10, 0);
	stub.cn_bc = bcache_new(10, 0);
	stub.bul = &bul;
	stub.link_up = true;
	stub.hits = 1000;
	bul_init(&bul);
	if (ha) {
		add_links(&conf->ha);
		add_ha_rules(&conf->ha);
		add_bindings(stub.bc);
	}
	if (cn) {
		add_cn_rules(&conf->cn);
		add_correspondent_bindings(stub.cn_bc);
	}
	if (mn) {
		add_mn_rules(&conf->mn);
		add_homes(&conf->mn);
		add_registrations(&conf->mn);
		add_views(&conf->mn);
		add_correspondents(&conf->mn);
	}
	UNIT_NEED(!daemon_new(&env, conf, t0, &d));
	daemon_set_process(d, &(struct daemon_process){
				      "mip6d", 997,
				      1ULL << 12 | 1ULL << 13 | 1ULL << 39,
				      true, true });
}

void teardown(void)
{
	d = daemon_free(d);
	stub.bc = bcache_free(stub.bc);
	stub.cn_bc = bcache_free(stub.cn_bc);
	bul_done(&bul);
	tq = tqueue_free(tq);
}
