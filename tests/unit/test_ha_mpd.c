/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mobile prefix discovery of a whole home agent: answers to solicitations,
 * and the schedule of section 10.6.2 over virtual weeks.
 */
#include <string.h>

#include "src/ha/ha_private.h"
#include "tests/unit/ha_world.h"

#define DAY  86400
#define WEEK (7 * DAY)

static struct world w;

static void setup(void)
{
	world_init(&w);
	w.conf.prefix_advertisements = true;
	world_start(&w);
}

static void solicit_as(const char *hoa, const char *coa, bool has_hao,
		       uint16_t id)
{
	struct packet pkt = {
		.src = ip(has_hao ? hoa : coa),
		.dst = ip(HA1),
		.wire_src = ip(coa),
		.wire_dst = ip(HA1),
		.has_hao = has_hao,
		.ifindex = CORE,
		.hop_limit = 60,
		.when = w.now,
	};
	struct icmp6_msg m = { .type = ICMP6_MPS, .request = { id } };

	ha_on_icmp6(w.ha, &pkt, &m, w.now);
}

static void solicit(uint16_t id)
{
	solicit_as(HOA, COA, true, id);
}

static void register_at(uint16_t seq)
{
	world_bind(&w, &(struct bu){ .seq = seq, .lifetime = 65535 });
}

static void refresh(uint16_t seq)
{
	struct ba ba;

	world_bu(&w, &(struct bu){ .seq = seq, .lifetime = 65535 });
	CU_ASSERT_TRUE(world_ba(&w, &ba));
	UNIT_EQ(ba.ba.status & 0x80, 0);
}

/* Lets time pass until something is sent, or until `end`. */
static bool run_until_sent(struct mtime end)
{
	struct mtime next;

	world_settle(&w);
	while (!w.t->n_sent) {
		next = mtime_min(tqueue_next(w.tq), fake_kernel_next(w.k));
		if (mtime_before(end, next)) {
			w.now = end;
			return false;
		}
		w.now = next;
		world_settle(&w);
	}
	return true;
}

static struct mtime in_s(int64_t s)
{
	return mtime_add_s(w.now, s);
}

/* The next advertisement before `limit_s` seconds are over; false: none. */
static bool next_mpa(int64_t limit_s, struct icmp6_mpa *ret)
{
	struct mtime end = in_s(limit_s);
	struct icmp6_msg m;

	while (run_until_sent(end))
		if (world_icmp6(&w, &m, NULL)) {
			UNIT_EQ(m.type, ICMP6_MPA);
			*ret = m.mpa;
			return true;
		}
	return false;
}

static int64_t since_ms(struct mtime t)
{
	return mtime_diff_ms(w.now, t);
}

/* ---- solicited ---- */

/* HA-142 HA-146 HA-147 HA-148 HA-149 HA-150 COM-43; HA-95: no DHCPv6 for mobile
 * nodes, so M and O are clear. */
static void a_solicitation_is_answered_at_once(void)
{
	struct mh_send send;
	struct icmp6_msg m;

	setup();
	register_at(1);
	world_run_ms(&w, 5000);
	solicit(0xbeef);
	UNIT_NEED(world_icmp6(&w, &m, &send));
	UNIT_EQ(m.type, ICMP6_MPA);
	UNIT_EQ(m.mpa.id, 0xbeef);
	CU_ASSERT_TRUE(!m.mpa.managed && !m.mpa.other);
	/* The whole list of the wire, and nothing of other wires. */
	UNIT_EQ(m.mpa.n_prefixes, 2);
	UNIT_STR(prefix_str(&m.mpa.prefixes[0].prefix), "2001:db8:1::/64");
	UNIT_STR(addr_str(&m.mpa.prefixes[0].addr), HA1);
	CU_ASSERT_TRUE(m.mpa.prefixes[0].router_addr &&
		       m.mpa.prefixes[0].on_link &&
		       m.mpa.prefixes[0].autonomous);
	UNIT_EQ(m.mpa.prefixes[0].valid_s, 2592000);
	UNIT_EQ(m.mpa.prefixes[0].preferred_s, 604800);
	UNIT_STR(addr_str(&m.mpa.prefixes[1].addr), HA11);
	UNIT_STR(addr_str(&send.src), HA1);
	UNIT_STR(addr_str(&send.dst), HOA);
	UNIT_STR(addr_str(&send.coa), COA);
	CU_ASSERT_TRUE(send.rh2);
	UNIT_EQ(w.counters.v[CNT_MPA_OUT], 1);
	world_close(&w);
}

/* HA-143 */
static void strangers_are_not_answered(void)
{
	setup();
	solicit(1);
	register_at(1);
	solicit_as(HOA, COA_B, true, 2); /* not where it is registered */
	solicit_as(HOA, COA, false, 3);
	solicit_as(HOA_B, COA, true, 4);
	world_expect_silence(&w);
	UNIT_EQ(w.counters.v[CNT_MPS_REFUSED], 4);
	world_bu(&w, &(struct bu){ .seq = 2, .lifetime = 0 });
	world_run_ms(&w, 100);
	world_expect_ba(&w, 0, 2);
	solicit(5);
	world_expect_silence(&w);
	world_close(&w);
}

/* HA-145 */
static void it_can_be_switched_off(void)
{
	struct icmp6_mpa mpa;

	setup();
	w.conf.prefix_advertisements = false;
	ha_reload(w.ha, &w.conf, w.now);
	register_at(1);
	solicit(1);
	CU_ASSERT_FALSE(next_mpa(2 * DAY, &mpa));
	w.conf.prefix_advertisements = true;
	ha_reload(w.ha, &w.conf, w.now);
	solicit(2);
	UNIT_NEED(next_mpa(1, &mpa));
	UNIT_EQ(mpa.id, 2);
	w.conf.prefix_advertisements = false;
	ha_reload(w.ha, &w.conf, w.now);
	refresh(2);
	CU_ASSERT_FALSE(next_mpa(2 * DAY, &mpa));
	world_close(&w);
}

/* HA-151 */
static void never_more_than_one_a_second(void)
{
	struct icmp6_mpa mpa;
	struct mtime first;
	uint16_t id;

	setup();
	register_at(1);
	solicit(1);
	UNIT_NEED(next_mpa(0, &mpa));
	first = w.now;
	for (id = 2; id < 20; id++)
		solicit(id);
	world_expect_silence(&w);
	UNIT_NEED(next_mpa(10, &mpa));
	UNIT_EQ(since_ms(first), 1000);
	/* The newest is answered: nobody waits for the others any more. */
	UNIT_EQ(mpa.id, 19);
	CU_ASSERT_FALSE(next_mpa(500, &mpa));
	world_close(&w);
}

/* ---- the schedule ---- */

/* HA-156 */
static void the_delay(void)
{
	static const struct {
		uint32_t valid, preferred, min, max;
	} t[] = {
		{ 2592000, 604800, 600, 86400 },
		{ UINT32_MAX, UINT32_MAX, 600, 86400 },
		{ 2592000, 3600, 600, 3600 },
		{ 2592000, 601, 600, 601 },
		{ 2592000, 600, 600, 601 }, /* no division by zero */
		{ 2592000, 100, 600, 1100 },
		{ 2592000, 0, 600, 1200 },
		{ 1201, 0, 600, 1200 },
		{ 1200, 0, 0, 600 }, /* before it ends */
		{ 100, 100, 0, 50 },
		{ 1, 0, 0, 1 },
		{ 0, 0, 600, 1200 },
	};
	struct conf_ha conf = { .max_prefix_interval_s = 86400,
				.min_prefix_interval_s = 600 };
	uint32_t min, max;
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct lifetime_prefix life = { t[i].valid, t[i].preferred };

		ha_mpd_delay(&conf, life, &min, &max);
		UNIT_EQ(min, t[i].min);
		UNIT_EQ(max, t[i].max);
	}
}

/* HA-155 HA-156 HA-158: a first one at a random time; nobody answers it:
 * repeated after 3, 6 and 12 s and then no more. */
static void unanswered_ones_are_repeated(void)
{
	static const int waits_s[] = { 3, 6, 12 };
	struct mtime start, last;
	struct icmp6_mpa mpa;
	size_t i;

	setup();
	start = w.now;
	register_at(1);
	UNIT_NEED(next_mpa(2 * DAY, &mpa));
	CU_ASSERT_TRUE(since_ms(start) >= 600000);
	CU_ASSERT_TRUE(since_ms(start) < (DAY + 10) * 1000LL);
	UNIT_EQ(mpa.id, 0);
	for (i = 0; i < 3; i++) {
		last = w.now;
		UNIT_NEED(next_mpa(100, &mpa));
		UNIT_EQ(since_ms(last), waits_s[i] * 1000);
	}
	/* Then for a day nothing. */
	CU_ASSERT_FALSE(next_mpa(DAY, &mpa));
	world_close(&w);
}

/* A solicitation acknowledges, and is answered, too (11.4.3). */
static void acknowledge(uint16_t id)
{
	struct icmp6_mpa mpa;
	struct mtime told = w.now;

	world_run_ms(&w, 200);
	solicit(id);
	UNIT_NEED(next_mpa(5, &mpa));
	UNIT_EQ(mpa.id, id);
	UNIT_EQ(since_ms(told), 1000);
}

/* HA-155 HA-156 HA-151: four weeks of a node that keeps its binding and
 * answers: once in one to two days, never in a rhythm. */
static void four_weeks(void)
{
	struct mtime end, last, refreshed;
	unsigned int n = 0;
	struct icmp6_mpa mpa;
	int64_t wait_s, shortest = 2 * DAY, longest = 0;
	uint16_t seq = 1, id = 1;

	setup();
	register_at(seq++);
	refreshed = last = w.now;
	end = in_s(4 * WEEK);
	while (mtime_before(w.now, end)) {
		if (!next_mpa(6 * 3600, &mpa)) {
			if (since_ms(refreshed) > 2 * DAY * 1000LL) {
				refresh(seq++);
				refreshed = w.now;
			}
			continue;
		}
		UNIT_EQ(mpa.id, 0);
		wait_s = since_ms(last) / 1000;
		if (n++) {
			CU_ASSERT_TRUE(wait_s >= DAY + 600);
			CU_ASSERT_TRUE(wait_s <= 2 * DAY + 1);
			shortest = wait_s < shortest ? wait_s : shortest;
			longest = wait_s > longest ? wait_s : longest;
		}
		acknowledge(id++);
		last = w.now;
	}
	CU_ASSERT_TRUE(n >= 14 && n <= 28);
	CU_ASSERT_TRUE(longest - shortest > 3600);
	UNIT_EQ(w.counters.v[CNT_MPA_OUT], 2 * n);
	world_close(&w);
}

/* An advertisement of the first weeks is over and acknowledged. */
static void settle_first(void)
{
	struct icmp6_mpa mpa;

	register_at(1);
	UNIT_NEED(next_mpa(2 * DAY, &mpa));
	acknowledge(1);
}

static void renumber(uint32_t valid_s, uint32_t preferred_s)
{
	w.links[0].valid_s = valid_s;
	w.links[0].preferred_s = preferred_s;
	ha_reload(w.ha, &w.conf, w.now);
}

/* HA-152 HA-157 HA-161: a change is told at a random time; a second change
 * before that changes the contents, not the time. */
static void changes_are_told_together(void)
{
	struct mtime start, due;
	struct icmp6_mpa mpa;
	size_t tasks;

	setup();
	settle_first();
	start = w.now;
	tasks = tqueue_len(w.tq);
	renumber(DAY, 7200);
	due = tqueue_next(w.tq);
	CU_ASSERT_TRUE(mtime_before(due, in_s(7201)));
	world_run_ms(&w, 1000);
	renumber(DAY, 5400);
	UNIT_EQ(tqueue_next(w.tq).us, due.us);
	UNIT_EQ(tqueue_len(w.tq), tasks);
	UNIT_NEED(next_mpa(DAY, &mpa));
	UNIT_EQ(w.now.us, due.us);
	CU_ASSERT_TRUE(since_ms(start) >= 600000);
	UNIT_EQ(mpa.prefixes[0].valid_s, DAY);
	UNIT_EQ(mpa.prefixes[0].preferred_s, 5400);
	/* Not answered, and changed again: the old one is not repeated. */
	renumber(DAY, 3600);
	start = w.now;
	UNIT_NEED(next_mpa(DAY, &mpa));
	CU_ASSERT_TRUE(since_ms(start) >= 600000);
	UNIT_EQ(mpa.prefixes[0].preferred_s, 3600);
	world_close(&w);
}

/* A reload that changes nothing tells nothing. */
static void the_same_again_is_no_change(void)
{
	struct mtime due;

	setup();
	settle_first();
	due = tqueue_next(w.tq);
	ha_reload(w.ha, &w.conf, w.now);
	UNIT_EQ(tqueue_next(w.tq).us, due.us);
	world_close(&w);
}

/* HA-153 HA-154: new prefixes of the wire, and those that another node's
 * binding is in; one that is withdrawn is told with lifetimes of 0. */
static void prefixes_come_and_go(void)
{
	struct conf_home_link with[5], *old = w.conf.links;
	struct icmp6_mpa mpa;

	setup();
	settle_first();
	memcpy(with, w.links, sizeof(w.links));
	with[4] = w.links[1];
	UNIT_NEED(!prefix_parse("2001:db8:77::/64", &with[4].prefix));
	with[4].address = ip("2001:db8:77::1");
	old = w.conf.links;
	w.conf.links = with;
	w.conf.n_links = 5;
	ha_reload(w.ha, &w.conf, w.now);
	UNIT_NEED(next_mpa(DAY, &mpa));
	UNIT_EQ(mpa.n_prefixes, 3);
	UNIT_STR(prefix_str(&mpa.prefixes[2].prefix), "2001:db8:77::/64");
	UNIT_EQ(mpa.prefixes[2].valid_s, 2592000);
	acknowledge(2);
	w.conf.links = old;
	w.conf.n_links = WORLD_LINKS;
	ha_reload(w.ha, &w.conf, w.now);
	UNIT_NEED(next_mpa(DAY, &mpa));
	UNIT_EQ(mpa.n_prefixes, 3);
	UNIT_EQ(mpa.prefixes[2].valid_s, 0);
	UNIT_EQ(mpa.prefixes[2].preferred_s, 0);
	CU_ASSERT_FALSE(mpa.prefixes[2].router_addr);
	world_close(&w);
}

/* HA-159 */
static void nothing_is_sent_after_the_end(void)
{
	struct icmp6_mpa mpa;

	setup();
	register_at(1);
	UNIT_NEED(next_mpa(2 * DAY, &mpa));
	world_bu(&w, &(struct bu){ .seq = 2, .lifetime = 0 });
	CU_ASSERT_FALSE(next_mpa(3 * DAY, &mpa));
	UNIT_EQ(tqueue_len(w.tq), 0);
	/* Nor after an expiry. */
	world_bind(&w, &(struct bu){ .seq = 3, .lifetime = 100 });
	CU_ASSERT_FALSE(next_mpa(3 * DAY, &mpa));
	UNIT_EQ(tqueue_len(w.tq), 0);
	world_close(&w);
}

/* HA-160: it moves to where it can hear. */
static void a_binding_update_begins_repeats_anew(void)
{
	struct mh_send send = { .rh2 = false };
	struct icmp6_mpa mpa;
	struct icmp6_msg m;
	int i;

	setup();
	register_at(1);
	for (i = 0; i < 4; i++)
		UNIT_NEED(next_mpa(2 * DAY, &mpa));
	CU_ASSERT_FALSE(next_mpa(3600, &mpa));
	world_bu(&w, &(struct bu){ .seq = 2, .lifetime = 65535, .src = COA_B });
	world_run_ms(&w, 1);
	UNIT_NEED(world_icmp6(&w, &m, &send));
	UNIT_STR(addr_str(&send.coa), COA_B);
	for (i = 0; i < 3; i++)
		UNIT_NEED(next_mpa(20, &mpa));
	CU_ASSERT_FALSE(next_mpa(3600, &mpa));
	/* Acknowledged, a refresh is only a refresh. */
	solicit_as(HOA, COA_B, true, 9);
	UNIT_NEED(next_mpa(0, &mpa));
	world_bu(&w, &(struct bu){ .seq = 3, .lifetime = 65535, .src = COA_B });
	CU_ASSERT_FALSE(next_mpa(3600, &mpa));
	world_close(&w);
}

/* HA-163: lifetimes of bindings follow, at once and in later answers. */
static void bindings_follow_their_prefix(void)
{
	struct icmp6_mpa mpa;
	struct bcache_entry *e;
	struct ba ba;

	setup();
	settle_first();
	e = world_entry(&w, HOA);
	renumber(7200, 0);
	UNIT_EQ(mtime_left_s(e->expires, w.now), 7200);
	world_bu(&w, &(struct bu){ .seq = 2, .lifetime = 65535 });
	UNIT_NEED(world_ba(&w, &ba));
	UNIT_EQ(ba.ba.status, BA_ACCEPTED_PREFIX_DISCOVERY);
	UNIT_EQ(ba.ba.lifetime_4s, 1800);
	/* Told in time. */
	UNIT_NEED(next_mpa(1300, &mpa));
	UNIT_EQ(mpa.prefixes[0].valid_s, 7200);
	world_run_ms(&w, 7200000);
	CU_ASSERT_FALSE(world_is_bound(&w, HOA, COA));
	world_close(&w);
}

/* A change reaches everybody, but not at once. */
static void a_crowd_is_told_bit_by_bit(void)
{
	unsigned int i, n = 0, first_half = 0;
	struct mtime start, last_before;
	struct icmp6_mpa mpa;
	char hoa[64], coa[64];

	setup();
	w.conf.max_prefix_interval_s = 3600;
	for (i = 0; i < 90; i++) {
		snprintf(hoa, sizeof(hoa), "2001:db8:1::1:%x", i + 1);
		snprintf(coa, sizeof(coa), "2001:db8:a::1:%x", i + 1);
		world_bu(&w, &(struct bu){ .hoa = hoa,
					   .src = coa,
					   .seq = 1,
					   .lifetime = 65535 });
	}
	world_run_ms(&w, 20000);
	fake_transport_forget(w.t);
	/* All first ones, with their repetitions. */
	while (n < 90 * 4 && next_mpa(3600, &mpa))
		n++;
	UNIT_EQ(n, 90 * 4);
	renumber(2 * DAY, DAY);
	start = last_before = w.now;
	for (n = 0; n < 90 * 4 && next_mpa(3700, &mpa); n++) {
		UNIT_EQ(mpa.prefixes[0].valid_s, 2 * DAY);
		first_half += since_ms(start) < 2100000;
		last_before = w.now;
	}
	UNIT_EQ(n, 90 * 4);
	CU_ASSERT_TRUE(mtime_diff_ms(last_before, start) < 3622000);
	CU_ASSERT_TRUE(first_half > 90 && first_half < 270);
	world_close(&w);
}

static const struct unit_case cases[] = {
	UNIT_CASE(a_solicitation_is_answered_at_once),
	UNIT_CASE(strangers_are_not_answered),
	UNIT_CASE(it_can_be_switched_off),
	UNIT_CASE(never_more_than_one_a_second),
	UNIT_CASE(the_delay),
	UNIT_CASE(unanswered_ones_are_repeated),
	UNIT_CASE(four_weeks),
	UNIT_CASE(changes_are_told_together),
	UNIT_CASE(the_same_again_is_no_change),
	UNIT_CASE(prefixes_come_and_go),
	UNIT_CASE(nothing_is_sent_after_the_end),
	UNIT_CASE(a_binding_update_begins_repeats_anew),
	UNIT_CASE(bindings_follow_their_prefix),
	UNIT_CASE(a_crowd_is_told_bit_by_bit),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "ha_mpd", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
