/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Router advertisements on home links: those of our own, and what is found in
 * those of another program.
 */
#include <string.h>

#include "src/ha/ha_private.h"
#include "tests/unit/ha_world.h"

static struct world w;
static struct conf_home_link *eth1;

/* eth1 has one prefix and a link-local address. */
static void setup(enum conf_ra ra)
{
	world_init(&w);
	eth1 = &w.links[2];
	eth1->ra = ra;
	eth1->router_lifetime_s = 1800;
	fake_kernel_addr_add(w.k, ETH1, "fe80::3");
}

static bool next_ra(int64_t limit_ms, struct icmp6_ra *ret,
		    struct nd_send *ret_send)
{
	struct mtime end = mtime_add_ms(w.now, limit_ms), next;
	struct nd_send send = { 0 };
	struct icmp6_msg m;

	world_settle(&w);
	while (!w.t->n_sent) {
		next = tqueue_next(w.tq);
		if (mtime_before(end, next)) {
			w.now = end;
			return false;
		}
		w.now = next;
		world_settle(&w);
	}
	if (!world_nd(&w, &m, &send))
		return false;
	UNIT_EQ(m.type, ICMP6_RA);
	*ret = m.ra;
	if (ret_send)
		*ret_send = send;
	return true;
}

static void router_solicitation(int ifindex)
{
	struct packet pkt = { .src = ip("fe80::77"),
			      .dst = addr_all_routers,
			      .ifindex = ifindex,
			      .hop_limit = 255,
			      .when = w.now };
	struct icmp6_msg m = { .type = ICMP6_RS };

	ha_on_icmp6(w.ha, &pkt, &m, w.now);
}

/* ---- of our own ---- */

/* HA-109 HA-110 HA-112 HA-114 HA-116 */
static void what_is_advertised(void)
{
	struct nd_send send;
	struct icmp6_ra ra;

	setup(CONF_RA_OWN);
	world_start(&w);
	UNIT_NEED(next_ra(0, &ra, &send));
	UNIT_EQ(send.ifindex, ETH1);
	UNIT_STR(addr_str(&send.src), "fe80::3");
	UNIT_STR(addr_str(&send.dst), "ff02::1");
	CU_ASSERT_TRUE(ra.home_agent && !ra.managed && !ra.other);
	UNIT_EQ(ra.router_lifetime_s, 1800);
	CU_ASSERT_TRUE(ra.source_lladdr.len == 6);
	UNIT_EQ(ra.interval_ms, 600000);
	CU_ASSERT_FALSE(ra.has_ha_info);
	UNIT_EQ(ra.n_prefixes, 1);
	UNIT_STR(addr_str(&ra.prefixes[0].addr), HA2);
	CU_ASSERT_TRUE(ra.prefixes[0].router_addr && ra.prefixes[0].on_link &&
		       ra.prefixes[0].autonomous);
	UNIT_EQ(ra.prefixes[0].valid_s, 2592000);
	UNIT_EQ(ra.prefixes[0].preferred_s, 604800);
	world_close(&w);
}

/* HA-113 HA-120 */
static void what_is_not_the_default_is_said(void)
{
	struct icmp6_ra ra;

	setup(CONF_RA_OWN);
	eth1->preference = 65535;
	world_start(&w);
	UNIT_NEED(next_ra(0, &ra, NULL));
	CU_ASSERT_TRUE(ra.has_ha_info);
	UNIT_EQ(ra.ha_preference, 65535);
	UNIT_EQ(ra.ha_lifetime_s, 1800);
	world_close(&w);
	setup(CONF_RA_OWN);
	eth1->ha_lifetime_s = 1800;
	world_start(&w);
	UNIT_NEED(next_ra(0, &ra, NULL));
	CU_ASSERT_FALSE(ra.has_ha_info);
	eth1->ha_lifetime_s = 1801;
	UNIT_NEED(next_ra(60000, &ra, NULL));
	CU_ASSERT_TRUE(ra.has_ha_info);
	UNIT_EQ(ra.ha_lifetime_s, 1801);
	/* No default router, but a home agent. */
	eth1->router_lifetime_s = 0;
	UNIT_NEED(next_ra(60000, &ra, NULL));
	UNIT_EQ(ra.router_lifetime_s, 0);
	UNIT_EQ(ra.ha_lifetime_s, 1801);
	world_close(&w);
}

/* RFC 4861 section 6.2.4: three soon, then between the two intervals. */
static void the_rhythm(void)
{
	struct mtime last;
	struct icmp6_ra ra;
	int64_t ms, least = INT64_MAX, most = 0;
	int i;

	setup(CONF_RA_OWN);
	world_start(&w);
	UNIT_NEED(next_ra(0, &ra, NULL));
	for (i = 0; i < 200; i++) {
		last = w.now;
		UNIT_NEED(next_ra(600000, &ra, NULL));
		ms = mtime_diff_ms(w.now, last);
		if (i < 2) {
			UNIT_EQ(ms, 16000);
			continue;
		}
		CU_ASSERT_TRUE(ms >= 198000 && ms <= 600000);
		least = ms < least ? ms : least;
		most = ms > most ? ms : most;
	}
	CU_ASSERT_TRUE(most - least > 300000);
	UNIT_EQ(w.counters.v[CNT_RA_OUT], 201);
	world_close(&w);
}

/* HA-115 HA-117 HA-119 COM-60 */
static void the_shortest_intervals(void)
{
	struct mtime start;
	struct icmp6_ra ra;
	int i;

	setup(CONF_RA_OWN);
	eth1->ra_max_interval_ms = 70;
	eth1->ra_min_interval_ms = 30;
	world_start(&w);
	UNIT_NEED(next_ra(0, &ra, NULL));
	UNIT_EQ(ra.interval_ms, 90);
	CU_ASSERT_TRUE(ra.router_lifetime_s >= 1);
	start = w.now;
	for (i = 0; i < 1000; i++)
		UNIT_NEED(next_ra(70, &ra, NULL));
	CU_ASSERT_TRUE(mtime_diff_ms(w.now, start) > 47000);
	CU_ASSERT_TRUE(mtime_diff_ms(w.now, start) < 53000);
	UNIT_EQ(ha_ra_min_delay_ms(eth1), 30);
	eth1->ra_min_interval_ms = 0;
	UNIT_EQ(conf_ra_min_interval_ms(eth1), 51);
	eth1->ra_max_interval_ms = 200;
	eth1->ra_min_interval_ms = 150;
	UNIT_NEED(next_ra(200, &ra, NULL));
	UNIT_EQ(ra.interval_ms, 200);
	/* The defaults of RFC 4861 and of RFC 6275 section 13. */
	eth1->ra_max_interval_ms = 600000;
	eth1->ra_min_interval_ms = 0;
	UNIT_EQ(conf_ra_min_interval_ms(eth1), 198000);
	UNIT_EQ(ha_ra_min_delay_ms(eth1), 3000);
	world_close(&w);
}

/* RFC 4861 section 6.2.6, with MinDelayBetweenRAs. */
static void solicitations_are_answered(void)
{
	struct mtime asked, sent;
	struct icmp6_ra ra;
	int i;

	setup(CONF_RA_OWN);
	world_start(&w);
	for (i = 0; i < 3; i++)
		UNIT_NEED(next_ra(600000, &ra, NULL));
	world_run_ms(&w, 10000);
	asked = w.now;
	router_solicitation(ETH1);
	router_solicitation(ETH1);
	UNIT_NEED(next_ra(500, &ra, NULL));
	sent = w.now;
	CU_ASSERT_FALSE(next_ra(2500, &ra, NULL));
	/* Three seconds between two of them. */
	for (i = 0; i < 20; i++) {
		router_solicitation(ETH1);
		UNIT_NEED(next_ra(3500, &ra, NULL));
		CU_ASSERT_TRUE(mtime_diff_ms(w.now, sent) >= 3000);
		CU_ASSERT_TRUE(mtime_diff_ms(w.now, sent) <= 6500);
		sent = w.now;
	}
	CU_ASSERT_TRUE(mtime_before(asked, sent));
	UNIT_EQ(w.counters.v[CNT_RS_IN], 22);
	router_solicitation(ETH0);
	CU_ASSERT_FALSE(next_ra(3500, &ra, NULL));
	world_close(&w);
}

/* HA-118 */
static void unsolicited_ones_can_be_switched_off(void)
{
	struct icmp6_ra ra;

	setup(CONF_RA_OWN);
	eth1->ra_unsolicited = false;
	world_start(&w);
	CU_ASSERT_FALSE(next_ra(3600000, &ra, NULL));
	router_solicitation(ETH1);
	UNIT_NEED(next_ra(500, &ra, NULL));
	CU_ASSERT_FALSE(next_ra(3600000, &ra, NULL));
	world_close(&w);
}

/* RFC 4861 sections 6.2.4 and 6.2.5. */
static void changes_and_the_end_are_said(void)
{
	struct icmp6_msg m;
	struct nd_send send;
	struct icmp6_ra ra;
	int i;

	setup(CONF_RA_OWN);
	eth1->preference = 3;
	world_start(&w);
	for (i = 0; i < 5; i++)
		UNIT_NEED(next_ra(600000, &ra, NULL));
	world_run_ms(&w, 5000);
	eth1->valid_s = eth1->preferred_s = 7200;
	ha_reload(w.ha, &w.conf, w.now);
	for (i = 0; i < 3; i++) {
		UNIT_NEED(next_ra(16000, &ra, NULL));
		UNIT_EQ(ra.prefixes[0].valid_s, 7200);
	}
	/* Another setting, and back. */
	eth1->ra = CONF_RA_OFF;
	ha_reload(w.ha, &w.conf, w.now);
	UNIT_NEED(world_nd(&w, &m, &send));
	UNIT_EQ(m.ra.router_lifetime_s, 0);
	UNIT_EQ(m.ra.ha_lifetime_s, 0);
	CU_ASSERT_TRUE(m.ra.home_agent && !m.ra.has_ha_info);
	CU_ASSERT_FALSE(next_ra(3600000, &ra, NULL));
	eth1->ra = CONF_RA_OWN;
	ha_reload(w.ha, &w.conf, w.now);
	UNIT_NEED(next_ra(0, &ra, NULL));
	w.ha = ha_free(w.ha);
	UNIT_NEED(world_nd(&w, &m, &send));
	UNIT_EQ(m.ra.router_lifetime_s, 0);
	world_close(&w);
}

/* Without a link-local address, or a link, there is nobody to say it. */
static void it_waits_for_link_and_address(void)
{
	struct icmp6_ra ra;

	setup(CONF_RA_OWN);
	fake_kernel_addr_del(w.k, ETH1, "fe80::3");
	world_start(&w);
	CU_ASSERT_FALSE(next_ra(3600000, &ra, NULL));
	fake_kernel_addr_set(w.k, &(struct kernel_addr){ .ifindex = ETH1,
							 .addr = ip("fe80::3"),
							 .plen = 64,
							 .tentative = true });
	world_settle(&w);
	CU_ASSERT_FALSE(next_ra(3600000, &ra, NULL));
	fake_kernel_addr_add(w.k, ETH1, "fe80::3");
	UNIT_NEED(next_ra(0, &ra, NULL));
	fake_kernel_link_up(w.k, ETH1, "eth1", false);
	world_settle(&w);
	CU_ASSERT_FALSE(next_ra(3600000, &ra, NULL));
	fake_kernel_link_up(w.k, ETH1, "eth1", true);
	world_settle(&w);
	UNIT_NEED(next_ra(0, &ra, NULL));
	w.t->send_err = -105;
	CU_ASSERT_FALSE(next_ra(20000, &ra, NULL));
	UNIT_EQ(w.counters.v[CNT_ICMP_OUT_FAILED] > 0, true);
	w.t->send_err = 0;
	UNIT_NEED(next_ra(600000, &ra, NULL));
	world_close(&w);
}

/* Two prefixes of one wire share one advertisement. */
static void one_wire_one_advertisement(void)
{
	struct nd_send send;
	struct icmp6_ra ra;

	setup(CONF_RA_OFF);
	w.links[0].ra = w.links[1].ra = CONF_RA_OWN;
	world_start(&w);
	UNIT_NEED(next_ra(0, &ra, &send));
	UNIT_EQ(send.ifindex, ETH0);
	UNIT_EQ(ra.n_prefixes, 2);
	UNIT_STR(addr_str(&ra.prefixes[0].addr), HA1);
	UNIT_STR(addr_str(&ra.prefixes[1].addr), HA11);
	CU_ASSERT_TRUE(ra.prefixes[1].router_addr);
	UNIT_EQ(w.t->n_sent, 0);
	world_close(&w);
}

/* ---- of another program ---- */

static struct icmp6_ra good_ra(void)
{
	struct icmp6_ra ra = {
		.home_agent = true,
		.router_lifetime_s = 1800,
		.ha_lifetime_s = 1800,
		.source_lladdr = { 6, { 2, 0, 0, 0, 0, 3 } },
		.interval_ms = 3000,
		.n_prefixes = 1,
	};

	ra.prefixes[0] = (struct ra_prefix){
		.prefix = prefix_of(&eth1->address, 64),
		.on_link = true,
		.autonomous = true,
		.router_addr = true,
		.addr = eth1->address,
		.valid_s = 2592000,
		.preferred_s = 604800,
	};
	return ra;
}

static struct ha_ra_finding found[HA_RA_FINDINGS];

static unsigned int check(const struct icmp6_ra *ra)
{
	const struct conf_home_link *links[] = { eth1 };

	return ha_ra_check(ra, "eth1", links, 1, found);
}

static void expect_finding(const struct icmp6_ra *ra, enum ha_ra_weight weight,
			   const char *text, const char *radvd,
			   const char *networkd, const char *frr)
{
	UNIT_EQ(check(ra), 1);
	UNIT_EQ(found[0].weight, weight);
	CU_ASSERT_PTR_NOT_NULL(strstr(found[0].text, text));
	UNIT_STR(found[0].radvd, radvd);
	UNIT_STR(found[0].networkd, networkd);
	UNIT_STR(found[0].frr, frr);
}

static void each_flaw_has_its_lines(void)
{
	struct icmp6_ra ra;

	setup(CONF_RA_WATCH);
	ra = good_ra();
	UNIT_EQ(check(&ra), 0);
	expect_finding(NULL, HA_RA_MUST, "no router advertisement",
		       "interface eth1 { AdvSendAdvert on; ... };",
		       "[Network] IPv6SendRA=yes",
		       "interface eth1 / no ipv6 nd suppress-ra");
	ra.home_agent = false;
	expect_finding(&ra, HA_RA_MUST, "(H) bit", "AdvHomeAgentFlag on;",
		       "[IPv6SendRA] HomeAgent=yes",
		       "ipv6 nd home-agent-config-flag");
	ra = good_ra();
	ra.n_prefixes = 0;
	expect_finding(&ra, HA_RA_MUST, "2001:db8:2::/64 is not advertised",
		       "prefix " HA2 "/64 { AdvRouterAddr on; };",
		       "[IPv6Prefix] Prefix=2001:db8:2::/64",
		       "ipv6 nd prefix 2001:db8:2::/64 router-address");
	ra = good_ra();
	ra.prefixes[0].router_addr = false;
	expect_finding(&ra, HA_RA_MUST, "(R) bit",
		       "prefix " HA2 "/64 { AdvRouterAddr on; };", "", "");
	ra = good_ra();
	ra.prefixes[0].addr = ra.prefixes[0].prefix.addr;
	expect_finding(&ra, HA_RA_MUST, "says 2001:db8:2::, not",
		       "prefix " HA2 "/64 { AdvRouterAddr on; };", "", "");
	ra = good_ra();
	ra.interval_ms = 0;
	expect_finding(&ra, HA_RA_HINT, "Advertisement Interval",
		       "AdvIntervalOpt on;", "", "ipv6 nd adv-interval-option");
	ra = good_ra();
	ra.source_lladdr.len = 0;
	UNIT_EQ(check(&ra), 1);
	UNIT_STR(found[0].radvd, "AdvSourceLLAddress on;");
	world_start(&w);
	world_close(&w);
}

static void preference_and_lifetime_are_compared(void)
{
	struct icmp6_ra ra;

	setup(CONF_RA_WATCH);
	ra = good_ra();
	eth1->preference = 7;
	expect_finding(&ra, HA_RA_SHOULD, "preference 0 and lifetime 1800",
		       "AdvHomeAgentInfo on; HomeAgentPreference 7; "
		       "HomeAgentLifetime 1800;",
		       "[IPv6SendRA] HomeAgentPreference=7 "
		       "HomeAgentLifetimeSec=1800",
		       "ipv6 nd home-agent-preference 7 / ipv6 nd "
		       "home-agent-lifetime 1800");
	ra.has_ha_info = true;
	ra.ha_preference = 7;
	UNIT_EQ(check(&ra), 0);
	eth1->ha_lifetime_s = 900;
	UNIT_EQ(check(&ra), 1);
	ra.ha_lifetime_s = 900;
	UNIT_EQ(check(&ra), 0);
	/* 0 must not be; and what says nothing should not be. */
	ra.ha_lifetime_s = 0;
	UNIT_EQ(check(&ra), 1);
	UNIT_EQ(found[0].weight, HA_RA_MUST);
	eth1->preference = eth1->ha_lifetime_s = 0;
	ra = good_ra();
	ra.has_ha_info = true;
	UNIT_EQ(check(&ra), 1);
	UNIT_EQ(found[0].weight, HA_RA_HINT);
	/* All at once. */
	memset(&ra, 0, sizeof(ra));
	UNIT_EQ(check(&ra), 4);
	world_start(&w);
	world_close(&w);
}

static void hear(const struct icmp6_ra *ra, const char *from)
{
	struct packet pkt = { .src = ip(from),
			      .dst = addr_all_nodes,
			      .ifindex = ETH1,
			      .hop_limit = 255,
			      .when = w.now };
	struct icmp6_msg m = { .type = ICMP6_RA, .ra = *ra };

	ha_on_icmp6(w.ha, &pkt, &m, w.now);
}

static struct ha_ra_info info;

static void see(void *arg, const struct ha_ra_info *i)
{
	(void)arg;
	if (!strcmp(i->ifname, "eth1"))
		info = *i;
}

static void look(void)
{
	ha_walk_ra(w.ha, see, NULL);
}

static void flaws_are_told_once(void)
{
	struct icmp6_ra ra;

	setup(CONF_RA_WATCH);
	world_start(&w);
	CU_ASSERT_TRUE(fake_transport_ra_listening(w.t, ETH1));
	look();
	UNIT_EQ(info.n_findings, 0);
	CU_ASSERT_PTR_NULL(info.ra);
	ra = good_ra();
	ra.home_agent = false;
	/* Those of other routers are not our business. */
	hear(&ra, "fe80::77");
	look();
	CU_ASSERT_PTR_NULL(info.ra);
	fake_log_clear();
	hear(&ra, "fe80::3");
	look();
	UNIT_EQ(info.n_findings, 1);
	CU_ASSERT_TRUE(fake_log_contains("radvd: AdvHomeAgentFlag on;"));
	CU_ASSERT_TRUE(fake_log_contains("FRR: ipv6 nd home-agent-config"));
	fake_log_clear();
	hear(&ra, "fe80::3");
	CU_ASSERT_PTR_NULL(fake_log_line(0));
	ra = good_ra();
	hear(&ra, "fe80::3");
	look();
	UNIT_EQ(info.n_findings, 0);
	CU_ASSERT_PTR_NOT_NULL(info.ra);
	CU_ASSERT_TRUE(fake_log_contains("are complete"));
	ra.prefixes[0].router_addr = false;
	hear(&ra, "fe80::3");
	CU_ASSERT_TRUE(fake_log_contains("(cannot: take ra = \"own\")"));
	world_close(&w);
}

static void silence_is_told(void)
{
	struct icmp6_ra ra;

	setup(CONF_RA_WATCH);
	world_start(&w);
	world_run_ms(&w, 1829000);
	look();
	UNIT_EQ(info.n_findings, 0);
	world_run_ms(&w, 1000);
	look();
	UNIT_EQ(info.n_findings, 1);
	ra = good_ra();
	hear(&ra, "fe80::3");
	look();
	UNIT_EQ(info.n_findings, 0);
	world_run_ms(&w, 1831000);
	look();
	UNIT_EQ(info.n_findings, 1);
	CU_ASSERT_PTR_NULL(info.ra);
	/* The link goes: nothing is expected of it. */
	fake_kernel_link_up(w.k, ETH1, "eth1", false);
	world_settle(&w);
	CU_ASSERT_FALSE(fake_transport_ra_listening(w.t, ETH1));
	look();
	UNIT_EQ(info.n_findings, 0);
	world_close(&w);
}

static void two_senders_are_one_too_many(void)
{
	struct icmp6_ra ra;

	setup(CONF_RA_OWN);
	world_start(&w);
	ra = good_ra();
	hear(&ra, "fe80::3");
	CU_ASSERT_TRUE(fake_log_contains("another program of this machine"));
	look();
	UNIT_EQ(info.mode, CONF_RA_OWN);
	CU_ASSERT_PTR_NULL(info.ra);
	fake_transport_forget(w.t);
	world_close(&w);
}

static const struct unit_case cases[] = {
	UNIT_CASE(what_is_advertised),
	UNIT_CASE(what_is_not_the_default_is_said),
	UNIT_CASE(the_rhythm),
	UNIT_CASE(the_shortest_intervals),
	UNIT_CASE(solicitations_are_answered),
	UNIT_CASE(unsolicited_ones_can_be_switched_off),
	UNIT_CASE(changes_and_the_end_are_said),
	UNIT_CASE(it_waits_for_link_and_address),
	UNIT_CASE(one_wire_one_advertisement),
	UNIT_CASE(each_flaw_has_its_lines),
	UNIT_CASE(preference_and_lifetime_are_compared),
	UNIT_CASE(flaws_are_told_once),
	UNIT_CASE(silence_is_told),
	UNIT_CASE(two_senders_are_one_too_many),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "ha_ra", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
