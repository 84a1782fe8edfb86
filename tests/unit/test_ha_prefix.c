/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Prefixes of a home link whose router advertisements are watched: whose
 * word counts, what is a change, and what it does to bindings and their
 * mobile nodes.
 */
#include <string.h>

#include "src/ha/ha_private.h"
#include "tests/unit/ha_world.h"

#define OURS  "fe80::3"
#define OTHER "fe80::77"
#define DAY   86400

static struct world w;

static void setup(void)
{
	world_init(&w);
	w.conf.prefix_advertisements = true;
	w.links[2].ra = CONF_RA_WATCH;
	fake_kernel_addr_add(w.k, ETH1, OURS);
	world_start(&w);
	world_bind(&w, &(struct bu){ .hoa = HOA_2,
				     .ha = HA2,
				     .seq = 1,
				     .lifetime = 65535 });
}

static struct icmp6_ra ra_of(const char *prefix, uint32_t valid_s,
			     uint32_t preferred_s)
{
	struct icmp6_ra ra = {
		.home_agent = true,
		.router_lifetime_s = 1800,
		.ha_lifetime_s = 1800,
		.source_lladdr = { 6, { 2, 0, 0, 0, 0, 3 } },
		.n_prefixes = 1,
	};

	UNIT_NEED(!prefix_parse(prefix, &ra.prefixes[0].prefix));
	ra.prefixes[0].on_link = ra.prefixes[0].autonomous = true;
	ra.prefixes[0].addr = ra.prefixes[0].prefix.addr;
	ra.prefixes[0].valid_s = valid_s;
	ra.prefixes[0].preferred_s = preferred_s;
	return ra;
}

static void hear_ra(const char *from, const struct icmp6_ra *ra)
{
	struct packet pkt = { .src = ip(from),
			      .dst = addr_all_nodes,
			      .ifindex = ETH1,
			      .hop_limit = 255,
			      .when = w.now };
	struct icmp6_msg m = { .type = ICMP6_RA, .ra = *ra };

	ha_on_icmp6(w.ha, &pkt, &m, w.now);
}

static void hear(const char *from, uint32_t valid_s, uint32_t preferred_s)
{
	struct icmp6_ra ra = ra_of("2001:db8:2::/64", valid_s, preferred_s);

	hear_ra(from, &ra);
}

static uint32_t left_s(void)
{
	return mtime_left_s(world_entry(&w, HOA_2)->expires, w.now);
}

static enum ha_mpd_state mpd_state(void)
{
	return ha_binding(world_entry(&w, HOA_2))->mpd.state;
}

/* Until the first unsolicited advertisement has been repeated for nothing. */
static void rest(void)
{
	while (mpd_state() != HA_MPD_IDLE)
		world_run_ms(&w, 600000);
	fake_transport_forget(w.t);
}

static struct icmp6_mpa ask_prefixes(void)
{
	struct packet pkt = {
		.src = ip(HOA_2),
		.dst = ip(HA2),
		.wire_src = ip(COA),
		.wire_dst = ip(HA2),
		.has_hao = true,
		.ifindex = CORE,
		.when = w.now,
	};
	struct icmp6_msg m = { .type = ICMP6_MPS, .request = { 7 } };

	world_run_ms(&w, 1000);
	fake_transport_forget(w.t);
	ha_on_icmp6(w.ha, &pkt, &m, w.now);
	UNIT_NEED(world_icmp6(&w, &m, NULL));
	UNIT_EQ(m.mpa.id, 7);
	return m.mpa;
}

/* HA-149 HA-163: what the link hears counts for bindings, too. */
static void our_own_advertisements_count(void)
{
	struct icmp6_mpa mpa;
	struct ba ba;

	setup();
	CU_ASSERT_TRUE(left_s() > 262000);
	hear(OURS, 7200, 3600);
	UNIT_EQ(left_s(), 7200);
	world_run_ms(&w, 100000);
	mpa = ask_prefixes();
	UNIT_EQ(mpa.n_prefixes, 1);
	UNIT_EQ(mpa.prefixes[0].valid_s, 7099);
	UNIT_EQ(mpa.prefixes[0].preferred_s, 3499);
	UNIT_STR(addr_str(&mpa.prefixes[0].addr), HA2);
	/* A binding that is refreshed lasts for as long as the prefix. */
	world_bu(&w, &(struct bu){ .hoa = HOA_2,
				   .ha = HA2,
				   .seq = 2,
				   .lifetime = 65535 });
	UNIT_NEED(world_ba(&w, &ba));
	UNIT_EQ(ba.ba.status, BA_ACCEPTED_PREFIX_DISCOVERY);
	UNIT_EQ(ba.ba.lifetime_4s, 7099 / 4);
	/* Heard again, it begins anew. */
	hear(OURS, 7200, 3600);
	mpa = ask_prefixes();
	UNIT_EQ(mpa.prefixes[0].valid_s, 7199);
	world_close(&w);
}

/* HA-152: time that goes on is no change, whether a router repeats its
 * lifetimes or counts them down. */
static void time_is_no_change(void)
{
	uint32_t s;

	setup();
	hear(OURS, 10 * DAY, 9 * DAY);
	rest();
	for (s = 0; s < 3; s++) {
		world_run_ms(&w, 600000);
		hear(OURS, 10 * DAY, 9 * DAY);
		UNIT_EQ(mpd_state(), HA_MPD_IDLE);
	}
	for (s = 600; s < 3600; s += 600) {
		world_run_ms(&w, 600000);
		/* A second or two, since clocks are not the same. */
		hear(OURS, 10 * DAY - s + s / 1200, 9 * DAY - s);
		UNIT_EQ(mpd_state(), HA_MPD_IDLE);
	}
	hear(OURS, 9 * DAY, 8 * DAY);
	UNIT_EQ(mpd_state(), HA_MPD_SCHEDULED);
	world_close(&w);
}

/* HA-152 */
static void flags_are_a_change(void)
{
	struct icmp6_ra ra = ra_of("2001:db8:2::/64", 10 * DAY, 9 * DAY);
	struct icmp6_mpa mpa;

	setup();
	hear_ra(OURS, &ra);
	rest();
	ra.prefixes[0].autonomous = false;
	hear_ra(OURS, &ra);
	UNIT_EQ(mpd_state(), HA_MPD_SCHEDULED);
	mpa = ask_prefixes();
	CU_ASSERT_FALSE(mpa.prefixes[0].autonomous);
	world_close(&w);
}

/* RFC 4862 section 5.5.3 e: nobody else ends a prefix at once. */
static void others_cannot_end_it(void)
{
	setup();
	hear(OTHER, 10, 10);
	UNIT_EQ(left_s(), 7200);
	world_run_ms(&w, 1000000);
	hear(OTHER, 0, 0);
	UNIT_EQ(left_s(), 6200);
	/* They may make it longer, as long as we say nothing. */
	hear(OTHER, DAY, DAY);
	UNIT_EQ(ask_prefixes().prefixes[0].valid_s, DAY - 1);
	/* Once we speak, they are compared, and no more. */
	hear(OURS, 3 * DAY, 2 * DAY);
	fake_log_clear();
	hear(OTHER, 9000, 9000);
	UNIT_EQ(ask_prefixes().prefixes[0].valid_s, 3 * DAY - 1);
	CU_ASSERT_TRUE(fake_log_contains("another router advertises"));
	fake_log_clear();
	hear(OTHER, 3 * DAY, 2 * DAY);
	CU_ASSERT_FALSE(fake_log_contains("another router advertises"));
	/* We can. */
	hear(OURS, 100, 0);
	UNIT_EQ(left_s(), 100);
	world_close(&w);
}

/* HA-153 HA-162: prefixes of other home agents are told, too. */
static void prefixes_of_others_are_told(void)
{
	struct icmp6_ra ra = ra_of("2001:db8:66::/64", DAY, DAY);
	struct icmp6_mpa mpa;

	setup();
	rest();
	ra.home_agent = false;
	hear_ra(OTHER, &ra);
	UNIT_EQ(mpd_state(), HA_MPD_IDLE);
	ra.home_agent = true;
	hear_ra(OTHER, &ra);
	UNIT_EQ(mpd_state(), HA_MPD_SCHEDULED);
	mpa = ask_prefixes();
	UNIT_EQ(mpa.n_prefixes, 2);
	UNIT_STR(prefix_str(&mpa.prefixes[1].prefix), "2001:db8:66::/64");
	CU_ASSERT_FALSE(mpa.prefixes[1].router_addr);
	UNIT_EQ(mpa.prefixes[1].valid_s, DAY - 1);
	/* As long as they say it, it lasts. */
	world_run_ms(&w, 500LL * DAY);
	hear_ra(OTHER, &ra);
	world_run_ms(&w, 600LL * DAY);
	UNIT_EQ(ask_prefixes().n_prefixes, 2);
	CU_ASSERT_FALSE(fake_log_contains("another router advertises"));
	/* Not advertised any more, it runs out. */
	world_run_ms(&w, 1000LL * DAY);
	mpa = ask_prefixes();
	UNIT_EQ(mpa.n_prefixes, 1);
	world_close(&w);
}

static void too_many_are_not_kept(void)
{
	struct icmp6_ra ra = ra_of("2001:db8:66::/64", DAY, DAY);
	unsigned int i;

	setup();
	for (i = 0; i < 40; i++) {
		ra.prefixes[0].prefix.addr.s6_addr[7] = (uint8_t)i;
		hear_ra(OTHER, &ra);
	}
	UNIT_EQ(ask_prefixes().n_prefixes, RA_MAX_PREFIXES);
	CU_ASSERT_TRUE(fake_log_contains("more than 16 prefixes"));
	world_close(&w);
}

/* The prefix has run out on the link: nothing can be registered in it. */
static void a_prefix_that_ended(void)
{
	setup();
	hear(OURS, 100, 50);
	world_run_ms(&w, 101000);
	CU_ASSERT_FALSE(world_is_bound(&w, HOA_2, COA));
	world_sent(&w);
	world_bu(&w,
		 &(struct bu){
			 .hoa = HOA_2, .ha = HA2, .seq = 3, .lifetime = 900 });
	world_expect_ba(&w, BA_NOT_HOME_SUBNET, 3);
	/* It is back. */
	hear(OURS, DAY, DAY);
	world_bind(&w, &(struct bu){ .hoa = HOA_2,
				     .ha = HA2,
				     .seq = 4,
				     .lifetime = 900 });
	world_close(&w);
}

/* With other settings than "watch" nothing that is heard counts. */
static void only_watched_links_follow(void)
{
	setup();
	w.links[2].ra = CONF_RA_OFF;
	ha_reload(w.ha, &w.conf, w.now);
	hear(OURS, 100, 50);
	CU_ASSERT_TRUE(left_s() > 262000);
	UNIT_EQ(ask_prefixes().prefixes[0].valid_s, 2592000);
	/* And what was heard is forgotten with the setting. */
	w.links[2].ra = CONF_RA_WATCH;
	ha_reload(w.ha, &w.conf, w.now);
	hear(OURS, 9 * DAY, DAY);
	UNIT_EQ(ask_prefixes().prefixes[0].valid_s, 9 * DAY - 1);
	w.links[2].ra = CONF_RA_OFF;
	ha_reload(w.ha, &w.conf, w.now);
	UNIT_EQ(ask_prefixes().prefixes[0].valid_s, 2592000);
	world_close(&w);
}

static const struct unit_case cases[] = {
	UNIT_CASE(our_own_advertisements_count),
	UNIT_CASE(time_is_no_change),
	UNIT_CASE(flags_are_a_change),
	UNIT_CASE(others_cannot_end_it),
	UNIT_CASE(prefixes_of_others_are_told),
	UNIT_CASE(too_many_are_not_kept),
	UNIT_CASE(a_prefix_that_ended),
	UNIT_CASE(only_watched_links_follow),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "ha_prefix", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
