/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Control: tests/unit/ctl/NAME.json is the answer to each command about a
 * daemon of which all is known, NAME.txt what mip6d-ctl makes of it; wrong
 * requests get a reason.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "mip6d/ctl.h"
#include "src/ctl/ctl_priv.h"
#include "tests/fake/fake.h"
#include "tests/unit/stub_roles.h"
#include "tests/unit/unit.h"

static const struct mtime t0 = { 1000000 };
static const struct mtime now = { 1000000 + 7384500000 };

static struct tqueue *tq;
static struct bul bul;
static struct daemon *d;

static struct in6_addr addr(const char *text)
{
	struct in6_addr a;

	UNIT_NEED(!addr_parse(text, &a));
	return a;
}

static char *slurp(const char *name, const char *suffix)
{
	const char *srcdir = getenv("top_srcdir");
	auto_free char *path = NULL;
	char *text = calloc(1, 65536);
	FILE *f;

	UNIT_NEED(asprintf(&path, "%s/tests/unit/ctl/%s.%s",
			   srcdir ? srcdir : ".", name, suffix) > 0);
	f = fopen(path, "re");
	if (!f)
		printf("     no file %s\n", path);
	UNIT_NEED(f && text);
	UNIT_NEED(fread(text, 1, 65535, f) < 65535);
	fclose(f);
	return text;
}

/* ---- a daemon of which all is known ---- */

static void add_links(struct conf_ha *ha)
{
	static const struct conf_home_link links[] = {
		{ .ifname = "eth0", .valid_s = UINT32_MAX },
		{ .is_virtual = true, .valid_s = 400 },
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
		.home = &mn->homes[0],
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
		.home = &mn->homes[1],
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

static void setup(bool ha, bool mn)
{
	struct conf *conf = calloc(1, sizeof(*conf));
	struct role_env env = { 0 };

	UNIT_NEED(conf != NULL);
	stub_clear();
	hash_init();
	tq = tqueue_new();
	conf->security = CONF_SECURITY_INSECURE;
	stub.bc = bcache_new(10, 0);
	stub.bul = &bul;
	stub.link_up = true;
	bul_init(&bul);
	if (ha) {
		add_links(&conf->ha);
		add_bindings(stub.bc);
	}
	if (mn) {
		add_homes(&conf->mn);
		add_registrations(&conf->mn);
		add_views(&conf->mn);
	}
	UNIT_NEED(!daemon_new(&env, conf, t0, &d));
}

static void teardown(void)
{
	d = daemon_free(d);
	stub.bc = bcache_free(stub.bc);
	bul_done(&bul);
	tq = tqueue_free(tq);
}

static char *ask(const char *cmd)
{
	auto_free char *request = NULL;
	char *reply;

	UNIT_NEED(asprintf(&request, "{\"cmd\": \"%s\"}", cmd) > 0);
	reply = ctl_answer(d, request, strlen(request), now);
	UNIT_NEED(reply != NULL);
	return reply;
}

/* ---- answers and their text ---- */

/* The version of the program stands as @VERSION@ in the files. */
static char *with_version(char *text)
{
	char *at = strstr(text, "@VERSION@"), *out;

	if (!at)
		return text;
	UNIT_NEED(asprintf(&out, "%.*s%s%s", (int)(at - text), text,
			   PACKAGE_VERSION, at + strlen("@VERSION@")) > 0);
	free(text);
	return out;
}

static char *text_of(const char *line, bool colour)
{
	json_t *reply = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	UNIT_NEED(f && reply);
	UNIT_EQ(ctl_text(f, reply, colour), 0);
	fclose(f);
	json_decref(reply);
	return text;
}

static void check(const char *cmd, const char *name)
{
	auto_free char *want = with_version(slurp(name, "json"));
	auto_free char *want_text = with_version(slurp(name, "txt"));
	auto_free char *reply = ask(cmd);
	auto_free char *text = text_of(reply, false);

	UNIT_STR(reply, want);
	UNIT_STR(text, want_text);
	/* One line, and nothing that a terminal obeys. */
	CU_ASSERT(strchr(reply, '\n') == reply + strlen(reply) - 1);
	CU_ASSERT_PTR_NULL(strchr(text, '\033'));
}

/* MN-6: the binding update list is shown with all its fields. */
static void each_command_has_its_answer(void)
{
	setup(true, true);
	check("status", "status");
	check("show bindings", "bindings");
	check("show bul", "bul");
	check("show interfaces", "interfaces");
	check("show care-of", "care-of");
	teardown();
}

static void empty_tables_say_so(void)
{
	setup(false, false);
	check("status", "status-no-role");
	teardown();
	setup(true, true);
	bul_done(&bul);
	bul_init(&bul);
	stub.bc = bcache_free(stub.bc);
	stub.bc = bcache_new(10, 0);
	check("show bindings", "bindings-none");
	check("show bul", "bul-none");
	teardown();
}

static void counters_are_complete(void)
{
	auto_free char *reply = NULL, *text = NULL;
	unsigned int i;
	json_t *all;

	setup(true, false);
	((struct counters *)daemon_counters(d))->v[CNT_BE_IN] = 1ULL << 40;
	reply = ask("show counters");
	text = text_of(reply, false);
	all = json_loads(reply, 0, NULL);
	for (i = 0; i < CNT_MAX; i++) {
		const json_t *v = json_object_get(
			json_object_get(all, "counters"), counter_names[i]);

		CU_ASSERT(json_is_integer(v));
		UNIT_EQ(json_integer_value(v), i == CNT_BE_IN ? 1LL << 40 : 0);
		CU_ASSERT_PTR_NOT_NULL(strstr(text, counter_names[i]));
		CU_ASSERT_PTR_NOT_NULL(strstr(text, counter_texts[i]));
	}
	json_decref(all);
	teardown();
}

static void colour_is_only_where_asked_for(void)
{
	auto_free char *reply = NULL, *plain = NULL, *colour = NULL;

	setup(true, false);
	reply = ask("show bindings");
	plain = text_of(reply, false);
	colour = text_of(reply, true);
	CU_ASSERT_PTR_NULL(strchr(plain, '\033'));
	CU_ASSERT_PTR_NOT_NULL(strstr(colour, "\033[32mACTIVE\033[0m"));
	teardown();
}

/* ---- requests that make no sense ---- */

static void expect_error(const char *request, size_t len, const char *error)
{
	auto_free char *reply = ctl_answer(d, request, len, now);
	json_t *j;

	UNIT_NEED(reply != NULL);
	j = json_loads(reply, 0, NULL);
	CU_ASSERT(json_is_false(json_object_get(j, "ok")));
	UNIT_EQ(json_integer_value(json_object_get(j, "version")), 1);
	CU_ASSERT(strchr(reply, '\n') == reply + strlen(reply) - 1);
	if (!strstr(reply, error))
		printf("     %s", reply);
	CU_ASSERT_PTR_NOT_NULL(strstr(reply, error));
	json_decref(j);
}

static void expect_error_text(const char *request, const char *error)
{
	expect_error(request, strlen(request), error);
}

static void wrong_requests_get_a_reason(void)
{
	static char lots[CTL_LINE_MAX + 1];

	setup(true, true);
	expect_error_text("", "not a JSON object");
	expect_error_text("status", "not a JSON object");
	expect_error_text("[\"status\"]", "not a JSON object");
	expect_error_text("{\"cmd\": \"status\"", "not a JSON object");
	expect_error_text("{\"cmd\": \"status\"} {}", "not a JSON object");
	expect_error("{\"cmd\0\": 1}", 11, "not a JSON object");
	expect_error_text("{\"cmd\": \"\xff\xfe\"}", "not a JSON object");
	expect_error_text("{}", "unknown command");
	expect_error_text("{\"cmd\": 7}", "unknown command");
	expect_error_text("{\"cmd\": \"reboot\"}", "\\\"show care-of\\\"");
	expect_error_text("{\"cmd\": \"status\", \"version\": 2}",
			  "unknown version");
	expect_error_text("{\"cmd\": \"status\", \"cmd\": \"status\"}",
			  "not a JSON object");
	memset(lots, '[', CTL_LINE_MAX + 1);
	expect_error(lots, CTL_LINE_MAX, "not a JSON object");
	expect_error(lots, CTL_LINE_MAX + 1, "too long");
	teardown();
	expect_error_text("{\"cmd\": \"status\"}", "not ready");
}

static void a_role_that_is_off_is_said(void)
{
	setup(true, false);
	expect_error_text("{\"cmd\": \"show bul\"}", "no mobile node");
	expect_error_text("{\"cmd\": \"show care-of\"}", "no mobile node");
	expect_error_text("{\"cmd\": \"show interfaces\"}", "no mobile node");
	teardown();
	setup(false, true);
	expect_error_text("{\"cmd\": \"show bindings\"}", "no home agent");
	teardown();
}

static void a_reply_of_another_version_is_no_text(void)
{
	static const char *const replies[] = {
		"{}",
		"{\"cmd\": \"dance\"}",
		"{\"cmd\": \"show bindings\"}",
		"{\"cmd\": \"show bindings\", \"bindings\": {}}",
		"{\"cmd\": \"show counters\", \"counters\": []}",
	};
	FILE *null = fopen("/dev/null", "we");
	size_t i;

	UNIT_NEED(null != NULL);
	for (i = 0; i < ARRAY_SIZE(replies); i++) {
		json_t *j = json_loads(replies[i], 0, NULL);

		UNIT_EQ(ctl_text(null, j, false), -EPROTO);
		json_decref(j);
	}
	fclose(null);
}

static const struct unit_case cases[] = {
	UNIT_CASE(each_command_has_its_answer),
	UNIT_CASE(empty_tables_say_so),
	UNIT_CASE(counters_are_complete),
	UNIT_CASE(colour_is_only_where_asked_for),
	UNIT_CASE(wrong_requests_get_a_reason),
	UNIT_CASE(a_role_that_is_off_is_said),
	UNIT_CASE(a_reply_of_another_version_is_no_text),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "ctl", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
