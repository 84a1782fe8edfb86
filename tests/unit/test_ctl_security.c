/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What protects whom: tests/unit/ctl/security*.json is the answer about
 * pairs of which all is known, *.txt what mip6d-ctl makes of it.
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

static void check(const char *name)
{
	static const char request[] = "{\"cmd\": \"show security\"}";
	auto_free char *reply =
		ctl_answer(d, false, request, strlen(request), now);

	answers_check(d, now, request, name);
	UNIT_NEED(reply != NULL);
	CU_ASSERT_PTR_NULL(strstr(reply, "0123456789abcdef"));
}

static struct in6_addr a6(const char *text)
{
	struct in6_addr a;

	UNIT_NEED(!addr_parse(text, &a));
	return a;
}

/* One that is up, one that is not, and those that do not negotiate. */
static void pairs_that_negotiate(void)
{
	struct ike_peer up = { .end = IKE_AGENT,
			       .node_id = "mn@x",
			       .agent_id = "agent@x",
			       .secret = "0123456789abcdef",
			       .secret_len = 16 };
	struct ike_peer down = { .end = IKE_NODE,
				 .node_id = "m2@x",
				 .agent_id = "agent@x" };
	struct ike_info infos[2] = {
		{ .peer = &up,
		  .state = "up",
		  .reason = "",
		  .up = true,
		  .signalling = { 3, 0xc0000001, 0xff, 11, "AES_GCM_16-128" },
		  .wants_tunnel = true,
		  .tunnel = { 4, 0xc0000041, 0xfe, 12, "AES_CBC-128" },
		  .ike_id = 7,
		  .rekeyed = 2,
		  .moved = 5 },
		{ .peer = &down,
		  .state = "negotiating",
		  .reason = "no answer",
		  .wants_tunnel = true },
	};

	setup(true, false, true);
	up.hoa = a6("2001:db8:1::100");
	up.agent = infos[0].local = a6("2001:db8:1::1");
	infos[0].remote = a6("2001:db8:a::5");
	infos[0].since = mtime_add_s(now, -3700);
	down.hoa = a6("2001:db8:9::100");
	down.agent = a6("2001:db8:9::1");
	d->ike = calloc(1, sizeof(*d->ike));
	UNIT_NEED(d->ike != NULL);
	d->ike->is_connected = true;
	d->ike->infos = infos;
	d->ike->n_infos = 2;
	d->env.counters->v[CNT_ESP_CLEARTEXT] = 2;
	d->env.counters->v[CNT_ESP_OUT_NO_SA] = 1;
	check("security");
	d->env.counters->v[CNT_ESP_CLEARTEXT] = 0;
	d->env.counters->v[CNT_ESP_OUT_NO_SA] = 0;
	d->ike->is_connected = false;
	d->ike->n_infos = 0;
	check("security-no-charon");
	teardown();
}

static void nothing_to_protect(void)
{
	setup(false, false, false);
	check("security-none");
	teardown();
}

int main(int argc, char **argv)
{
	static const struct unit_case cases[] = {
		UNIT_CASE(pairs_that_negotiate),
		UNIT_CASE(nothing_to_protect),
		UNIT_END,
	};
	static const struct unit_suite suites[] = {
		{ "ctl_security", cases },
		{ NULL, NULL },
	};

	return unit_main(argc, argv, suites);
}
