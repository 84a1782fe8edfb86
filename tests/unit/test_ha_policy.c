/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The policy of the home agent: what matches what, for how long it says so,
 * and what a home agent makes of it.
 */
#include <string.h>

#include "src/ha/ha_private.h"
#include "tests/unit/ha_world.h"
#include "tests/unit/unit.h"

#define MINUTE(h, m) ((h)*60 + (m))
#define SECOND(h, m) (MINUTE(h, m) * 60U)

/* ---- the judge alone ---- */

static struct prefix net(const char *text)
{
	struct prefix p = { .len = 0 };

	if (text)
		UNIT_NEED(!prefix_parse(text, &p));
	return p;
}

static struct ha_policy_request request(const char *hoa, const char *coa)
{
	struct ha_policy_request q = { .day = { 0, SECOND(12, 0) } };

	UNIT_NEED(!addr_parse(hoa, &q.hoa) && !addr_parse(coa, &q.coa));
	return q;
}

static struct ha_policy judge(const struct conf_ha_rule *rules, unsigned int n,
			      const struct ha_policy_request *q)
{
	struct conf_ha conf = {
		.max_lifetime_s = 200000,
		.rules = (struct conf_ha_rule *)(uintptr_t)rules,
		.n_rules = n,
	};

	return ha_policy_judge(&conf, q);
}

/* HA-18: without a policy everybody may, with one nobody but whom it names. */
static void default_is_deny(void)
{
	struct ha_policy_request q = request(HOA, COA);
	struct conf_ha_rule r = { .home = net("2001:db8:2::/64") };
	struct ha_policy p = judge(NULL, 0, &q);

	UNIT_EQ(p.action, CONF_HA_ALLOW);
	UNIT_EQ(p.rule, HA_NO_RULE);
	UNIT_EQ(p.max_lifetime_s, 200000);
	p = judge(&r, 1, &q);
	UNIT_EQ(p.action, CONF_HA_DENY);
	UNIT_EQ(p.status, BA_PROHIBITED);
	UNIT_EQ(p.rule, HA_NO_RULE);
}

static void the_first_match_decides(void)
{
	const struct conf_ha_rule rules[] = {
		{ .home = net("2001:db8:1::100/128"),
		  .coa = net("2001:db8:a::/64"),
		  .action = CONF_HA_DENY,
		  .status = 200 },
		{ .home = net("2001:db8:1::100/128"),
		  .action = CONF_HA_ALLOW,
		  .max_lifetime_s = 40,
		  .max_bindings = 3 },
		{ .coa = net("2001:db8:a::/48"), .action = CONF_HA_IGNORE },
	};
	static const struct {
		const char *hoa, *coa;
		int rule;
		enum conf_ha_action action;
	} t[] = {
		{ "2001:db8:1::100", "2001:db8:a::5", 0, CONF_HA_DENY },
		{ "2001:db8:1::100", "2001:db8:a:1::5", 1, CONF_HA_ALLOW },
		{ "2001:db8:1::101", "2001:db8:a:1::5", 2, CONF_HA_IGNORE },
		{ "2001:db8:1::101", "2001:db8:b::5", -1, CONF_HA_DENY },
	};
	struct ha_policy p;
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct ha_policy_request q = request(t[i].hoa, t[i].coa);

		p = judge(rules, 3, &q);
		UNIT_EQ(p.rule, t[i].rule);
		UNIT_EQ(p.action, t[i].action);
		UNIT_EQ(p.status, i ? p.rule < 0 ? 129 : 0 : 200);
		UNIT_EQ(p.max_lifetime_s, i == 1 ? 40 : 200000);
		UNIT_EQ(p.max_bindings, i == 1 ? 3 : 0);
	}
}

/* Only what was proven counts. */
static void identities(void)
{
	static const struct {
		const char *wanted, *nai;
		bool is;
	} t[] = {
		{ "mn1@example.org", "mn1@example.org", true },
		{ "mn1@example.org", "mn1@EXAMPLE.ORG", true },
		{ "mn1@example.org", "MN1@example.org", false },
		{ "mn1@example.org", "mn12@example.org", false },
		{ "mn1@example.org", "mn@example.org", false },
		{ "mn1@example.org", "mn1", false },
		{ "mn1@example.org", NULL, false },
		{ "*@example.org", "anybody@example.org", true },
		{ "*@example.org", "anybody@sub.example.org", false },
		{ "*@example.org", "example.org", false },
		{ "*@example.org", "a@b@example.org", true },
		{ "*", "anybody@example.org", false },
		{ "mn1", "mn1", true },
		{ "mn1", "mn1@", false },
	};
	struct ha_policy_request q = request(HOA, COA);
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct conf_ha_rule by_nai = { .action = CONF_HA_ALLOW };
		struct conf_ha_rule by_ike = by_nai;

		strcpy(by_nai.nai, t[i].wanted);
		strcpy(by_ike.ike_id, t[i].wanted);
		q.peer = (struct ha_peer){ .nai = t[i].nai };
		UNIT_EQ(judge(&by_nai, 1, &q).rule, t[i].is ? 0 : -1);
		UNIT_EQ(judge(&by_ike, 1, &q).rule, -1);
		q.peer = (struct ha_peer){ .ike_id = t[i].nai };
		UNIT_EQ(judge(&by_ike, 1, &q).rule, t[i].is ? 0 : -1);
		UNIT_EQ(judge(&by_nai, 1, &q).rule, -1);
	}
}

static void security_associations(void)
{
	const struct conf_ha_rule rules[] = {
		{ .spi = 256, .action = CONF_HA_DENY, .status = 129 },
		{ .spi = 257, .action = CONF_HA_ALLOW },
	};
	struct ha_policy_request q = request(HOA, COA);

	UNIT_EQ(judge(rules, 2, &q).rule, -1);
	q.peer.spi = 256;
	UNIT_EQ(judge(rules, 2, &q).rule, 0);
	q.peer.spi = 257;
	UNIT_EQ(judge(rules, 2, &q).rule, 1);
	q.peer.spi = 0;
	UNIT_EQ(judge(rules, 2, &q).rule, -1);
}

/* Of static keys any with which the node may send; not those of the other
 * direction, nor of the tunnel. */
static void static_keys(void)
{
	const struct conf_ha_rule r = { .spi = 300, .action = CONF_HA_ALLOW };
	struct security_node keys = { .n_sets = 1 };
	struct ha_policy_request q = request(HOA, COA);
	struct security_set *set = keys.sets;

	q.peer.keys = &keys;
	set[0].from_agent.spi = set[0].tunnel_to_agent.spi = 300;
	set[0].tunnel_from_agent.spi = set[1].to_agent.spi = 300;
	UNIT_EQ(judge(&r, 1, &q).rule, -1);
	keys.n_sets = 2;
	UNIT_EQ(judge(&r, 1, &q).rule, 0);
}

/* After charon has lost what it proved, a reload ends nothing by it. */
static void an_identity_that_ike_proved(void)
{
	struct conf_ha_rule rules[] = {
		{ .ike_id = "a@example.org", .action = CONF_HA_DENY },
		{ .ike_id = "*@example.org", .action = CONF_HA_ALLOW },
	};
	struct ha_policy_request q = request(HOA, COA);

	UNIT_EQ(judge(rules, 2, &q).rule, -1);
	q.peer.ike_unsure = true;
	UNIT_EQ(judge(rules, 2, &q).rule, 1);
	q.peer = (struct ha_peer){ .ike_id = "a@example.org" };
	UNIT_EQ(judge(rules, 2, &q).rule, 0);
	q.peer.ike_id = "b@example.org";
	UNIT_EQ(judge(rules, 2, &q).rule, 1);
	q.peer.ike_id = "b@example.net";
	UNIT_EQ(judge(rules, 2, &q).rule, -1);
}

/* Who is allowed may ask for nothing else; who is not need only ask for one
 * such network. */
static void mobile_networks(void)
{
	static const struct {
		const char *ours[2];
		bool more, allow, deny;
	} t[] = {
		{ { NULL, NULL }, false, false, false },
		{ { "2001:db8:5::/48", NULL }, false, true, true },
		{ { "2001:db8:5:1::/64", NULL }, false, true, true },
		{ { "2001:db8:4::/47", NULL }, false, false, false },
		{ { "2001:db8:6::/48", NULL }, false, false, false },
		{ { "::/0", NULL }, false, false, false },
		{ { "2001:db8:5::/64", "2001:db8:5:8::/61" },
		  false,
		  true,
		  true },
		{ { "2001:db8:5::/64", "2001:db8:6::/64" }, false, false, true },
		{ { "2001:db8:6::/64", "2001:db8:5::/64" }, false, false, true },
		{ { "2001:db8:6::/64", "2001:db8:7::/64" },
		  false,
		  false,
		  false },
		{ { "2001:db8:5::/64", NULL }, true, false, true },
		{ { "2001:db8:6::/64", NULL }, true, false, true },
	};
	struct conf_ha_rule r = { .has_network = true,
				  .network = net("2001:db8:5::/48") };
	size_t i, j;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct ha_policy_request q = request(HOA, COA);

		for (j = 0; j < 2 && t[i].ours[j]; j++)
			q.networks.v[q.networks.n++] = net(t[i].ours[j]);
		q.networks.more = t[i].more;
		r.action = CONF_HA_ALLOW;
		UNIT_EQ(judge(&r, 1, &q).rule, t[i].allow ? 0 : -1);
		r.action = CONF_HA_DENY;
		UNIT_EQ(judge(&r, 1, &q).rule, t[i].deny ? 0 : -1);
		r.action = CONF_HA_IGNORE;
		UNIT_EQ(judge(&r, 1, &q).rule, t[i].deny ? 0 : -1);
		r.has_network = false;
		UNIT_EQ(judge(&r, 1, &q).rule, 0);
		r.has_network = true;
	}
}

static void days_and_hours(void)
{
	const struct conf_time office = { 0x1f, MINUTE(8, 0), MINUTE(18, 0) };
	const struct conf_time night = { 0x10, MINUTE(22, 0), MINUTE(6, 0) };
	const struct conf_time sunday = { 0x40, 0, MINUTE(24, 0) };
	static const struct {
		unsigned int weekday, hour, minute;
		int office, night, sunday;
	} t[] = {
		{ 0, 7, 59, -1, -1, -1 }, { 0, 8, 0, 0, -1, -1 },
		{ 4, 17, 59, 0, -1, -1 }, { 4, 18, 0, -1, -1, -1 },
		{ 4, 22, 0, -1, 0, -1 },  { 5, 0, 0, -1, 0, -1 },
		{ 5, 5, 59, -1, 0, -1 },  { 5, 6, 0, -1, -1, -1 },
		{ 4, 5, 0, -1, -1, -1 },  { 6, 23, 59, -1, -1, 0 },
		{ 6, 12, 0, -1, -1, 0 },  { 5, 23, 59, -1, -1, -1 },
		{ 5, 12, 0, -1, -1, -1 },
	};
	struct ha_policy_request q = request(HOA, COA);
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct conf_ha_rule r = { .action = CONF_HA_ALLOW };
		struct ha_policy p;

		q.day.weekday = t[i].weekday;
		q.day.second = SECOND(t[i].hour, t[i].minute);
		r.time = office;
		p = judge(&r, 1, &q);
		UNIT_EQ(p.rule, t[i].office);
		CU_ASSERT(p.max_lifetime_s <= 86400 && p.max_lifetime_s > 0);
		r.time = night;
		UNIT_EQ(judge(&r, 1, &q).rule, t[i].night);
		r.time = sunday;
		UNIT_EQ(judge(&r, 1, &q).rule, t[i].sunday);
	}
}

/* Nothing is granted beyond the next time at which the answer could be
 * another, be it by a rule that comes before. */
static void lifetimes_end_with_hours(void)
{
	const struct conf_ha_rule rules[] = {
		{ .coa = net("2001:db8:b::/48"),
		  .time = { 0x7f, MINUTE(12, 10), MINUTE(24, 0) },
		  .action = CONF_HA_DENY },
		{ .time = { 0x7f, MINUTE(13, 0), MINUTE(14, 0) },
		  .action = CONF_HA_DENY },
		{ .time = { 0x01, MINUTE(11, 0), MINUTE(16, 0) },
		  .action = CONF_HA_ALLOW },
	};
	struct ha_policy_request q = request(HOA, "2001:db8:a::5");
	struct ha_policy p = judge(rules, 3, &q);

	UNIT_EQ(p.rule, 2);
	UNIT_EQ(p.max_lifetime_s, 3600);
	q.day.second = SECOND(14, 0);
	p = judge(rules, 3, &q);
	UNIT_EQ(p.rule, 2);
	UNIT_EQ(p.max_lifetime_s, 7200);
	q = request(HOA, "2001:db8:b::5");
	UNIT_EQ(judge(rules, 3, &q).max_lifetime_s, 600);
}

/* ---- a whole home agent ---- */

static uint64_t hits(const struct world *w, unsigned int rule)
{
	return ha_rule_hits(w->ha, rule);
}

/* HA-18 HA-31: limits of a rule, and what is counted. */
static void an_agent_goes_by_its_policy(void)
{
	struct conf_ha_rule rules[] = {
		{ .home = net(HOA_B "/128"), .action = CONF_HA_IGNORE },
		{ .home = net(HOA_2 "/128"),
		  .action = CONF_HA_DENY,
		  .status = 128 },
		{ .home = net("2001:db8:1::/64"),
		  .action = CONF_HA_ALLOW,
		  .max_lifetime_s = 40,
		  .max_bindings = 1 },
	};
	struct world w;
	struct ba ba;

	world_init(&w);
	w.conf.rules = rules;
	w.conf.n_rules = 3;
	world_start(&w);
	world_bu(&w, &(struct bu){ .hoa = HOA_B, .seq = 1, .lifetime = 105 });
	world_expect_silence(&w);
	UNIT_EQ(w.counters.v[CNT_BU_IGNORED], 1);
	world_bu(&w,
		 &(struct bu){
			 .hoa = HOA_2, .ha = HA2, .seq = 1, .lifetime = 105 });
	world_expect_ba(&w, BA_UNSPECIFIED, 1);
	world_bu(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	world_run_ms(&w, 2000);
	UNIT_NEED(world_ba(&w, &ba));
	UNIT_EQ(ba.ba.lifetime_4s, 10);
	UNIT_EQ(ha_rule_bindings(w.ha, 2), 1);
	world_bu(&w, &(struct bu){ .hoa = "2001:db8:1::777",
				   .seq = 1,
				   .lifetime = 105 });
	world_expect_ba(&w, BA_NO_RESOURCES, 1);
	UNIT_EQ(hits(&w, 0), 1);
	UNIT_EQ(hits(&w, 1), 1);
	UNIT_EQ(hits(&w, 2), 2);
	UNIT_EQ(ha_default_hits(w.ha), 0);
	/* Its own refresh has a place; and so has the next when it is gone. */
	world_run_ms(&w, 2000);
	world_bu(&w, &(struct bu){ .src = COA_B, .seq = 2, .lifetime = 105 });
	world_settle(&w);
	world_expect_ba(&w, BA_ACCEPTED, 2);
	UNIT_EQ(ha_rule_bindings(w.ha, 2), 1);
	world_bu(&w, &(struct bu){ .src = COA_B, .seq = 3 });
	world_settle(&w);
	world_expect_ba(&w, BA_ACCEPTED, 3);
	UNIT_EQ(ha_rule_bindings(w.ha, 2), 0);
	UNIT_EQ(hits(&w, 2), 3);
	world_bind(&w, &(struct bu){ .hoa = "2001:db8:1::777",
				     .seq = 2,
				     .lifetime = 105 });
	UNIT_EQ(ha_rule_bindings(w.ha, 2), 1);
	world_run_ms(&w, 60000); /* it expires */
	UNIT_EQ(ha_rule_bindings(w.ha, 2), 0);
	world_close(&w);
}

/* Bindings count for the rules of the new configuration; hits stay where the
 * rules do. */
static void a_reload_counts_anew(void)
{
	struct conf_ha_rule rules[] = {
		{ .home = net("2001:db8:1::/64"), .action = CONF_HA_ALLOW },
	};
	struct conf_ha_rule more[] = {
		rules[0],
		{ .home = net("2001:db8:2::/64"), .action = CONF_HA_ALLOW },
	};
	struct conf_ha next, third;
	struct world w;

	more[1].max_bindings = 1;
	world_init(&w);
	w.conf.rules = rules;
	w.conf.n_rules = 1;
	world_start(&w);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	world_bu(&w,
		 &(struct bu){
			 .hoa = HOA_2, .ha = HA2, .seq = 1, .lifetime = 105 });
	world_expect_ba(&w, BA_PROHIBITED, 1);
	UNIT_EQ(ha_default_hits(w.ha), 1);
	next = w.conf;
	ha_reload(w.ha, &next, w.now);
	UNIT_EQ(hits(&w, 0), 1);
	UNIT_EQ(ha_default_hits(w.ha), 1);
	UNIT_EQ(ha_rule_bindings(w.ha, 0), 1);
	third = next;
	third.rules = more;
	third.n_rules = 2;
	ha_reload(w.ha, &third, w.now);
	UNIT_EQ(hits(&w, 0), 1);
	UNIT_EQ(hits(&w, 1), 0);
	UNIT_EQ(ha_default_hits(w.ha), 0);
	UNIT_EQ(ha_rule_bindings(w.ha, 0), 1);
	world_bind(&w, &(struct bu){ .hoa = HOA_2,
				     .ha = HA2,
				     .seq = 2,
				     .lifetime = 105 });
	UNIT_EQ(ha_rule_bindings(w.ha, 1), 1);
	next.rules = &more[1];
	next.n_rules = 1;
	ha_reload(w.ha, &next, w.now);
	world_settle(&w);
	UNIT_EQ(hits(&w, 0), 0);
	UNIT_EQ(ha_rule_bindings(w.ha, 0), 1);
	UNIT_EQ(bcache_count(ha_bcache(w.ha)), 1);
	world_close(&w);
}

/* A rule by the number of the keys for ESP that the node was given; the other
 * nodes of the prefix are others, and so is it when it gets other keys. */
static void an_agent_knows_static_keys(void)
{
	struct conf_ha_rule rule = { .spi = 300, .action = CONF_HA_ALLOW };
	struct security_node nodes[2] = {
		{ .hoa = ip(HOA), .agent = ip(HA1), .n_sets = 1 },
		{ .hoa = ip(HOA_B), .agent = ip(HA1), .n_sets = 1 },
	};
	struct security_keys keys = { nodes, 2 };
	struct security_realm realm = { .end = SECURITY_AGENT,
					.hoa = net("2001:db8:1::/64"),
					.agent = ip(HA1) };
	struct security_plan plan = { &realm, 1, &keys, SECURITY_SIGNALLING };
	struct conf_ha next;
	struct world w;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		struct security_set *set = &nodes[i].sets[0];

		set->to_agent.spi = 300 + 10 * i;
		set->from_agent.spi = 301 + 10 * i;
		set->tunnel_to_agent.spi = 302 + 10 * i;
		set->tunnel_from_agent.spi = 303 + 10 * i;
	}
	world_init(&w);
	for (i = 0; i < WORLD_LINKS; i++)
		w.links[i].security = CONF_SECURITY_IPSEC;
	w.security = security_new(w.k);
	UNIT_NEED(w.security != NULL);
	UNIT_EQ(security_apply(w.security, &plan), 0);
	w.conf.rules = &rule;
	w.conf.n_rules = 1;
	world_start(&w);
	world_bu(&w, &(struct bu){ .hoa = HOA_B, .seq = 1, .lifetime = 105 });
	world_expect_ba(&w, BA_PROHIBITED, 1);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	next = w.conf;
	ha_reload(w.ha, &next, w.now);
	world_run_ms(&w, 100);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	nodes[0].sets[0].to_agent.spi = 400;
	UNIT_EQ(security_apply(w.security, &plan), 0);
	ha_reload(w.ha, &w.conf, w.now);
	world_run_ms(&w, 100);
	CU_ASSERT_FALSE(world_is_bound(&w, HOA, COA));
	world_close(&w);
}

/* A Binding Update with mobile network prefixes and the R bit is what it is
 * without them, but for the rules; they are remembered for the next reload. */
static void an_agent_looks_at_mobile_networks(void)
{
	struct conf_ha_rule rules[] = {
		{ .has_network = true,
		  .network = net("2001:db8:66::/48"),
		  .action = CONF_HA_DENY,
		  .status = 140 },
		{ .action = CONF_HA_ALLOW },
	};
	struct conf_ha_rule later[] = { rules[0], rules[1] };
	const char *ours[] = { "2001:db8:5::/64", "2001:db8:6::/64", NULL };
	const char *bad[] = { "2001:db8:5::/64", "2001:db8:66:1::/64", NULL };
	struct conf_ha next;
	struct world w;
	struct ba ba;

	world_init(&w);
	w.conf.rules = rules;
	w.conf.n_rules = 2;
	world_start(&w);
	world_bu(&w,
		 &(struct bu){ .seq = 1, .lifetime = 105, .networks = bad });
	world_expect_ba(&w, 140, 1);
	world_bu(&w, &(struct bu){ .seq = 2,
				   .lifetime = 105,
				   .flags = AH | BU_FLAG_R,
				   .networks = ours });
	world_run_ms(&w, 2000);
	UNIT_NEED(world_ba(&w, &ba));
	UNIT_EQ(ba.ba.status, BA_ACCEPTED);
	UNIT_EQ(ba.ba.flags, 0); /* of RFC 3963 there is nothing in it */
	later[0].network = net("2001:db8:6::/63");
	next = w.conf;
	next.rules = later;
	ha_reload(w.ha, &next, w.now);
	world_settle(&w);
	UNIT_EQ(bcache_count(ha_bcache(w.ha)), 0);
	world_close(&w);
}

static const struct unit_case cases[] = {
	UNIT_CASE(default_is_deny),
	UNIT_CASE(the_first_match_decides),
	UNIT_CASE(identities),
	UNIT_CASE(security_associations),
	UNIT_CASE(static_keys),
	UNIT_CASE(an_identity_that_ike_proved),
	UNIT_CASE(mobile_networks),
	UNIT_CASE(days_and_hours),
	UNIT_CASE(lifetimes_end_with_hours),
	UNIT_CASE(an_agent_goes_by_its_policy),
	UNIT_CASE(a_reload_counts_anew),
	UNIT_CASE(an_agent_knows_static_keys),
	UNIT_CASE(an_agent_looks_at_mobile_networks),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "ha_policy", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
