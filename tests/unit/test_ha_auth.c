/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Authentication options at the home agent (RFC 4283, RFC 4285): what they
 * prove, what is answered, and that nothing else changes state.
 */
#include <string.h>

#include "tests/unit/ha_auth_world.h"

/* AUTH-1, AUTH-10, AUTH-11, AUTH-23: registered, refreshed, moved and
 * de-registered; each answer is signed with the same index, and has name and
 * timestamp of the Binding Update. */
static void proven_updates_are_served(void)
{
	uint64_t stamp;
	struct mh_msg msg;
	struct world w;

	auth_open(&w);
	stamp = auth_ntp_now();
	deliver(&w, &(struct signed_bu){ .bu = { .seq = 7, .lifetime = 105 },
					 .timestamp = stamp });
	world_run_ms(&w, 4000);
	fake_wall.us += 4000000;
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	msg = expect_signed(&w, BA_ACCEPTED, &sas[0], COA, HOA);
	UNIT_EQ(msg.ba.seq, 7);
	CU_ASSERT_TRUE(msg.opt.present & MH_OPT_REPLAY);
	UNIT_EQ(msg.opt.timestamp, stamp);
	/* the other key, another care-of address in the option */
	deliver(&w, &(struct signed_bu){
			    .bu = { .seq = 8, .lifetime = 105, .acoa = COA_B },
			    .sa = &sas[1] });
	world_settle(&w);
	expect_signed(&w, BA_ACCEPTED, &sas[1], COA_B, HOA);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA_B));
	deliver(&w, &(struct signed_bu){ .bu = { .seq = 9,
						 .no_hao = true,
						 .acoa = HOA,
						 .ifindex = ETH0 } });
	world_settle(&w);
	expect_signed(&w, BA_ACCEPTED, &sas[0], HOA, HOA);
	CU_ASSERT_FALSE(world_is_bound(&w, HOA, COA_B));
	world_close(&w);
}

/* AUTH-12: status 146, signed; no entry, and one that is there stays. */
static void wrong_data_is_refused(void)
{
	struct auth_sa wrong = { 0 };
	struct world w;

	auth_open(&w);
	wrong = sas[0];
	wrong.key[15] ^= 1;
	deliver(&w, &(struct signed_bu){ .bu = { .seq = 1, .lifetime = 105 },
					 .sa = &wrong });
	world_settle(&w);
	expect_signed(&w, BA_AUTH_FAILED, &sas[0], COA, HOA);
	expect_dropped(&w, CNT_AUTH_FAILED, 1);
	UNIT_EQ(w.counters.v[CNT_BU_REFUSED], 1);
	bind_alice(&w, 2, COA);
	world_sent(&w);
	deliver(&w, &(struct signed_bu){
			    .bu = { .seq = 3, .lifetime = 105, .src = COA_B },
			    .sa = &wrong });
	world_settle(&w);
	expect_signed(&w, BA_AUTH_FAILED, &sas[0], COA_B, HOA);
	deliver(&w, &(struct signed_bu){ .bu = { .seq = 4 }, .tamper = 11 });
	world_settle(&w);
	expect_signed(&w, BA_AUTH_FAILED, &sas[0], COA, HOA);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	UNIT_EQ(world_entry(&w, HOA)->seq, 2);
	UNIT_EQ(w.counters.v[CNT_AUTH_FAILED], 3);
	world_close(&w);
}

/* Who heard a Binding Update and sends it once more without the key gets no
 * answer: it would be signed, fit that Binding Update, and end the node's
 * registration before its own answer comes. */
static void no_refusal_is_made_to_order(void)
{
	struct signed_bu heard = { .bu = { .seq = 7, .lifetime = 105 } };
	struct auth_sa wrong;
	struct world w;

	auth_open(&w);
	wrong = sas[0];
	wrong.key[15] ^= 1;
	heard.timestamp = auth_ntp_now();
	deliver(&w, &heard);
	world_settle(&w);
	world_sent(&w); /* probes of DAD */
	heard.sa = &wrong;
	heard.bu.src = COA_B;
	heard.bu.acoa = COA;
	deliver(&w, &heard);
	world_settle(&w);
	world_expect_silence(&w);
	UNIT_EQ(w.counters.v[CNT_AUTH_FAILED], 1);
	heard.only_aaa = true;
	deliver(&w, &heard);
	world_settle(&w);
	world_expect_silence(&w);
	UNIT_EQ(w.counters.v[CNT_AUTH_AAA], 1);
	world_run_ms(&w, 4000);
	expect_signed(&w, BA_ACCEPTED, &sas[0], COA, HOA);
	/* the same where numbers are what is new */
	deliver(&w, &(struct signed_bu){
			    .bu = { .hoa = HOA_B, .seq = 5, .lifetime = 105 },
			    .nai = BOB,
			    .sa = &sas[2],
			    .no_timestamp = true });
	world_settle(&w);
	world_sent(&w);
	wrong = sas[2];
	wrong.key[15] ^= 1;
	deliver(&w, &(struct signed_bu){
			    .bu = { .hoa = HOA_B, .seq = 5, .lifetime = 105 },
			    .nai = BOB,
			    .sa = &wrong,
			    .no_timestamp = true });
	world_settle(&w);
	world_expect_silence(&w);
	world_close(&w);
}

/* AUTH-4, AUTH-5, AUTH-13: no such name, no such index, no name, an empty
 * one, one with a NUL behind it: silence. */
static void unknown_is_silence(void)
{
	struct auth_sa other;
	struct world w;

	auth_open(&w);
	other = sas[0];
	other.spi = 999;
	deliver(&w, &(struct signed_bu){ .bu = { .seq = 1, .lifetime = 105 },
					 .nai = "carol@example.org" });
	expect_dropped(&w, CNT_AUTH_UNKNOWN, 1);
	deliver(&w, &(struct signed_bu){ .bu = { .seq = 1, .lifetime = 105 },
					 .sa = &other });
	expect_dropped(&w, CNT_AUTH_UNKNOWN, 2);
	deliver(&w, &(struct signed_bu){ .bu = { .seq = 1, .lifetime = 105 },
					 .nai = "" });
	expect_dropped(&w, CNT_AUTH_UNKNOWN, 3);
	/* Bob's index belongs to Bob */
	deliver(&w, &(struct signed_bu){ .bu = { .seq = 1, .lifetime = 105 },
					 .sa = &sas[2] });
	expect_dropped(&w, CNT_AUTH_UNKNOWN, 4);
	world_close(&w);
}

/* AUTH-8: silence on a link that asks for it, and for a home address that has
 * a key where nothing else protects it; nobody else is asked, nor anybody whom
 * ESP protects. */
static void a_missing_option_is_silence(void)
{
	const struct signed_bu plain = {
		.bu = { .seq = 1, .lifetime = 105 },
		.nai = "",
		.no_timestamp = true,
		.no_option = true,
	};
	struct world w;

	auth_open(&w);
	deliver(&w, &plain);
	expect_dropped(&w, CNT_AUTH_MISSING, 1);
	world_close(&w);
	auth_open_with(&w, CONF_SECURITY_INSECURE);
	deliver(&w, &plain);
	expect_dropped(&w, CNT_AUTH_MISSING, 1);
	world_bind(&w, &(struct bu){ .hoa = HOA_2,
				     .ha = HA2,
				     .seq = 1,
				     .lifetime = 105 });
	bind_alice(&w, 2, COA);
	world_close(&w);
	auth_open_with(&w, CONF_SECURITY_IPSEC);
	world_bind(&w, &(struct bu){ .seq = 1, .lifetime = 105 });
	UNIT_EQ(w.counters.v[CNT_AUTH_MISSING], 0);
	/* But whoever says more than he must may not lie. */
	deliver(&w, &(struct signed_bu){ .bu = { .seq = 2, .lifetime = 105 },
					 .tamper = 8 });
	world_settle(&w);
	UNIT_EQ(w.counters.v[CNT_AUTH_FAILED], 1);
	bind_alice(&w, 3, COA_B);
	world_close(&w);
}

/* AUTH-6, AUTH-7: twice, or in the wrong order, where MN-AAA cannot be last:
 * silence. */
static void a_wrong_order_is_silence(void)
{
	struct world w;

	auth_open(&w);
	deliver(&w, &(struct signed_bu){ .bu = { .seq = 1, .lifetime = 105 },
					 .again = true });
	expect_dropped(&w, CNT_AUTH_MISPLACED, 1);
	deliver(&w, &(struct signed_bu){ .bu = { .seq = 1, .lifetime = 105 },
					 .only_aaa = true,
					 .again = true });
	expect_dropped(&w, CNT_AUTH_MISPLACED, 2);
	world_close(&w);
}

/* AUTH-15: MN-AAA, alone or behind a right MN-HA, cannot be verified: 146,
 * signed by MN-HA and without MN-AAA; of a name without key silence. */
static void mn_aaa_is_refused(void)
{
	struct mh_msg msg;
	struct world w;

	auth_open(&w);
	deliver(&w, &(struct signed_bu){ .bu = { .seq = 1, .lifetime = 105 },
					 .only_aaa = true });
	world_settle(&w);
	msg = expect_signed(&w, BA_AUTH_FAILED, &sas[0], COA, HOA);
	CU_ASSERT_FALSE(msg.opt.present & MH_OPT_MN_AAA);
	expect_dropped(&w, CNT_AUTH_AAA, 1);
	deliver(&w, &(struct signed_bu){ .bu = { .seq = 2, .lifetime = 105 },
					 .aaa = true });
	world_settle(&w);
	expect_signed(&w, BA_AUTH_FAILED, &sas[0], COA, HOA);
	expect_dropped(&w, CNT_AUTH_AAA, 2);
	deliver(&w, &(struct signed_bu){ .bu = { .seq = 3, .lifetime = 105 },
					 .only_aaa = true,
					 .nai = "carol@example.org" });
	expect_dropped(&w, CNT_AUTH_UNKNOWN, 1);
	world_close(&w);
}

/* A key proves one identity, which has its own home addresses and no other;
 * de-registration is no exception. */
static void the_home_address_of_another_is_refused(void)
{
	struct world w;

	auth_open(&w);
	deliver(&w, &(struct signed_bu){
			    .bu = { .hoa = HOA_B, .seq = 1, .lifetime = 105 },
		    });
	world_settle(&w);
	expect_signed(&w, BA_PROHIBITED, &sas[0], COA, HOA_B);
	UNIT_EQ(w.counters.v[CNT_AUTH_FOREIGN], 1);
	CU_ASSERT_PTR_NULL(world_entry(&w, HOA_B));
	bind_alice(&w, 2, COA);
	world_sent(&w);
	deliver(&w, &(struct signed_bu){
			    .bu = { .seq = 3 }, .nai = BOB, .sa = &sas[2] });
	world_settle(&w);
	expect_signed(&w, BA_PROHIBITED, &sas[2], COA, HOA);
	CU_ASSERT_TRUE(world_is_bound(&w, HOA, COA));
	world_close(&w);
}

/* A reload that takes the key away ends the binding; who comes again under
 * another key is served. */
static void a_reload_takes_keys_away(void)
{
	static const struct auth_keys none = { sas + 2, 1 };
	struct conf_ha conf;
	struct world w;

	auth_open(&w);
	bind_alice(&w, 1, COA);
	world_sent(&w);
	conf = w.conf;
	conf.auth = &none;
	ha_reload(w.ha, &conf, w.now);
	world_run_ms(&w, 100);
	CU_ASSERT_FALSE(world_is_bound(&w, HOA, COA));
	deliver(&w, &(struct signed_bu){ .bu = { .seq = 2, .lifetime = 105 } });
	world_settle(&w);
	UNIT_EQ(w.counters.v[CNT_AUTH_UNKNOWN], 1);
	ha_reload(w.ha, &w.conf, w.now);
	bind_alice(&w, 3, COA_B);
	world_close(&w);
}

/* Bindings are judged again by what was proven when they came: name and number
 * of the key that signed them. */
static void a_reload_judges_by_what_was_proven(void)
{
	static const struct {
		struct conf_ha_rule rule;
		bool stays;
	} t[] = {
		{ { .nai = ALICE, .spi = 1001, .action = CONF_HA_ALLOW },
		  true },
		{ { .nai = "*@EXAMPLE.org", .action = CONF_HA_ALLOW }, true },
		{ { .spi = 1000, .action = CONF_HA_ALLOW }, false },
		{ { .nai = BOB, .action = CONF_HA_ALLOW }, false },
		{ { .ike_id = ALICE, .action = CONF_HA_ALLOW }, false },
		{ { .has_network = true, .action = CONF_HA_ALLOW }, false },
	};
	struct conf_ha_rule rules[2] = { { .status = 0 } };
	struct conf_ha next, last;
	struct world w;
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		auth_open(&w);
		deliver(&w, &(struct signed_bu){
				    .bu = { .seq = 1, .lifetime = 105 },
				    .sa = &sas[1] });
		world_run_ms(&w, 2000);
		UNIT_NEED(world_is_bound(&w, HOA, COA));
		rules[0] = t[i].rule;
		next = w.conf;
		next.rules = rules;
		next.n_rules = 1;
		ha_reload(w.ha, &next, w.now);
		world_run_ms(&w, 100);
		UNIT_EQ(world_is_bound(&w, HOA, COA), t[i].stays);
		UNIT_EQ(ha_rule_bindings(w.ha, 0), t[i].stays);
		/* And what allows him may as well deny him. */
		rules[0].action = CONF_HA_DENY;
		rules[0].status = BA_PROHIBITED;
		rules[1] = (struct conf_ha_rule){ .action = CONF_HA_ALLOW };
		last = next;
		last.n_rules = 2;
		ha_reload(w.ha, &last, w.now);
		world_run_ms(&w, 100);
		CU_ASSERT_FALSE(world_is_bound(&w, HOA, COA));
		world_close(&w);
	}
}

/* AUTH-26: prefixes are advertised only where the network protects them. */
static void prefixes_are_for_trusted_networks(void)
{
	const struct icmp6_msg mps = { .type = ICMP6_MPS, .request = { 7 } };
	struct packet pkt = {
		.src = ip(HOA),
		.dst = ip(HA1),
		.wire_src = ip(COA),
		.wire_dst = ip(HA1),
		.has_hao = true,
		.ifindex = CORE,
		.hop_limit = 60,
	};
	struct world w;
	int trusted;

	for (trusted = 0; trusted < 2; trusted++) {
		auth_set_keys();
		world_init(&w);
		w.conf.auth = &keys;
		w.conf.prefix_advertisements = true;
		sas[0].trusted_network = trusted;
		sas[1].trusted_network = trusted;
		world_start(&w);
		fake_wall.us += 1000;
		bind_alice(&w, 1, COA);
		world_sent(&w);
		pkt.when = w.now;
		ha_on_icmp6(w.ha, &pkt, &mps, w.now);
		world_run_ms(&w, 100 * 1000);
		UNIT_EQ(w.counters.v[CNT_MPA_OUT], trusted);
		UNIT_EQ(w.counters.v[CNT_MPS_REFUSED], !trusted);
		world_close(&w);
	}
}

static const struct unit_case cases[] = {
	UNIT_CASE(proven_updates_are_served),
	UNIT_CASE(wrong_data_is_refused),
	UNIT_CASE(no_refusal_is_made_to_order),
	UNIT_CASE(unknown_is_silence),
	UNIT_CASE(a_missing_option_is_silence),
	UNIT_CASE(a_wrong_order_is_silence),
	UNIT_CASE(mn_aaa_is_refused),
	UNIT_CASE(the_home_address_of_another_is_refused),
	UNIT_CASE(a_reload_takes_keys_away),
	UNIT_CASE(a_reload_judges_by_what_was_proven),
	UNIT_CASE(prefixes_are_for_trusted_networks),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "ha_auth", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
