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
#include "mip6d/log.h"
#include "src/ctl/ctl_priv.h"
#include "tests/fake/fake.h"
#include "tests/unit/ctl_answers.h"
#include "tests/unit/ctl_world.h"

static char *ask(const char *cmd)
{
	auto_free char *request = NULL;
	char *reply;

	UNIT_NEED(asprintf(&request, "{\"cmd\": \"%s\"}", cmd) > 0);
	reply = ctl_answer(d, false, request, strlen(request), now);
	UNIT_NEED(reply != NULL);
	return reply;
}

/* ---- answers and their text ---- */

static void check(const char *cmd, const char *name)
{
	auto_free char *request = NULL;

	UNIT_NEED(asprintf(&request, "{\"cmd\": \"%s\"}", cmd) > 0);
	answers_check(d, now, request, name);
}

/* MN-6: the binding update list is shown with all its fields. */
static void each_command_has_its_answer(void)
{
	setup(true, true, true);
	check("status", "status");
	check("show bindings", "bindings");
	check("show bul", "bul");
	check("show interfaces", "interfaces");
	check("show care-of", "care-of");
	check("show ro", "ro");
	check("show rules", "rules");
	check("show policy", "policy");
	teardown();
}

/* Each role is shown without the others. */
static void each_role_has_its_answer(void)
{
	setup(true, false, false);
	check("show bindings", "bindings-home-agent");
	((struct conf *)daemon_conf(d))->ha.n_rules = 0;
	check("show policy", "policy-none");
	teardown();
	setup(false, true, false);
	check("status", "status-correspondent");
	check("show bindings", "bindings-correspondent");
	check("show rules", "rules-correspondent");
	teardown();
	setup(false, false, true);
	((struct conf *)daemon_conf(d))->mn.route_optimisation = false;
	check("show rules", "rules-mobile-node");
	teardown();
}

static void empty_tables_say_so(void)
{
	setup(false, false, false);
	check("status", "status-no-role");
	teardown();
	setup(true, true, true);
	bul_done(&bul);
	bul_init(&bul);
	stub.bc = bcache_free(stub.bc);
	stub.bc = bcache_new(10, 0);
	stub.cn_bc = bcache_free(stub.cn_bc);
	stub.cn_bc = bcache_new(10, 0);
	stub.n_ros = 0;
	((struct conf *)daemon_conf(d))->mn.n_rules = 0;
	((struct conf *)daemon_conf(d))->cn.n_rules = 0;
	check("show bindings", "bindings-none");
	check("show bul", "bul-none");
	check("show ro", "ro-none");
	check("show rules", "rules-none");
	teardown();
}

static void counters_are_complete(void)
{
	auto_free char *reply = NULL, *text = NULL;
	unsigned int i;
	json_t *all;

	setup(true, false, false);
	((struct counters *)daemon_counters(d))->v[CNT_BE_IN] = 1ULL << 40;
	reply = ask("show counters");
	text = answers_text(reply, false);
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

	setup(true, false, false);
	reply = ask("show bindings");
	plain = answers_text(reply, false);
	colour = answers_text(reply, true);
	CU_ASSERT_PTR_NULL(strchr(plain, '\033'));
	CU_ASSERT_PTR_NOT_NULL(strstr(colour, "\033[32mACTIVE\033[0m"));
	teardown();
}

/* ---- requests that make no sense ---- */

static void expect_error(const char *request, size_t len, const char *error)
{
	auto_free char *reply = ctl_answer(d, false, request, len, now);
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

	setup(true, true, true);
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
	setup(true, false, false);
	expect_error_text("{\"cmd\": \"show bul\"}", "no mobile node");
	expect_error_text("{\"cmd\": \"show care-of\"}", "no mobile node");
	expect_error_text("{\"cmd\": \"show interfaces\"}", "no mobile node");
	expect_error_text("{\"cmd\": \"show ro\"}", "no mobile node");
	expect_error_text("{\"cmd\": \"show rules\"}",
			  "neither mobile node nor correspondent");
	teardown();
	setup(false, false, true);
	expect_error_text("{\"cmd\": \"show policy\"}", "no home agent");
	expect_error_text("{\"cmd\": \"show bindings\"}",
			  "neither home agent nor correspondent");
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
		"{\"cmd\": \"show ro\"}",
		"{\"cmd\": \"show ro\", \"correspondents\": {}}",
		"{\"cmd\": \"show rules\"}",
		"{\"cmd\": \"show policy\"}",
		"{\"cmd\": \"show policy\", \"policy\": 1}",
		"{\"cmd\": \"log-level\"}",
		"{\"cmd\": \"show rules\", \"mobile_node\": []}",
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

/* ---- what only root may ---- */

static void only_root_changes_something(void)
{
#define X(name, arguments, text, fn, request) name,
	static const char *const changes[] = { CTL_CHANGES(X) };
#undef X
	static const char level[] =
		"{\"cmd\":\"log-level\",\"level\":\"error\"}";
	static char word[] = "error";
	char *argv[] = { word };
	auto_free char *made = ctl_request_log_level(1, argv);
	auto_free char *reply = NULL, *text = NULL;
	size_t i;

	setup(true, true, true);
	for (i = 0; i < ARRAY_SIZE(changes); i++) {
		auto_free char *said = ask(changes[i]);

		CU_ASSERT_PTR_NOT_NULL(strstr(said, "only root"));
		CU_ASSERT_PTR_NOT_NULL(strstr(said, "\"denied\":true"));
	}
	UNIT_STR(made, level);
	expect_error_text(level, "only root");
	UNIT_EQ(log_get_level(), LOG_LEVEL_DEBUG);
	reply = ctl_answer(d, true, level, strlen(level), now);
	UNIT_STR(reply, "{\"ok\":true,\"version\":1,\"cmd\":\"log-level\","
			"\"level\":\"error\"}\n");
	UNIT_EQ(log_get_level(), LOG_LEVEL_ERROR);
	text = answers_text(reply, false);
	UNIT_STR(text, "log level: error\n");
	log_set_level(LOG_LEVEL_DEBUG);
	CU_ASSERT(fake_log_contains("control: log-level"));
	teardown();
}

static void a_wrong_change_gets_a_reason(void)
{
	static const char *const wrong[] = {
		"{\"cmd\":\"log-level\"}",
		"{\"cmd\":\"log-level\",\"level\":7}",
		"{\"cmd\":\"log-level\",\"level\":\"loud\"}",
	};
	size_t i;

	setup(true, false, false);
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		auto_free char *reply =
			ctl_answer(d, true, wrong[i], strlen(wrong[i]), now);

		CU_ASSERT_PTR_NOT_NULL(strstr(reply, "expected \\\"level\\\""));
	}
	CU_ASSERT_PTR_NULL(ctl_request_log_level(0, NULL));
	teardown();
}

static const struct unit_case cases[] = {
	UNIT_CASE(each_command_has_its_answer),
	UNIT_CASE(each_role_has_its_answer),
	UNIT_CASE(empty_tables_say_so),
	UNIT_CASE(counters_are_complete),
	UNIT_CASE(colour_is_only_where_asked_for),
	UNIT_CASE(wrong_requests_get_a_reason),
	UNIT_CASE(a_role_that_is_off_is_said),
	UNIT_CASE(only_root_changes_something),
	UNIT_CASE(a_wrong_change_gets_a_reason),
	UNIT_CASE(a_reply_of_another_version_is_no_text),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "ctl", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
