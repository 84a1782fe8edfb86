/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The judge of Binding Acknowledgements, what Binding Updates say, and how
 * many a second may be sent.
 * Links nothing but them, messages and lifetimes: they are pure.
 */
#include <stdlib.h>

#include "mip6d/cleanup.h"
#include "src/mn/mn_ba.h"
#include "tests/unit/unit.h"

static struct in6_addr addr(const char *text)
{
	struct in6_addr a;

	if (addr_parse(text, &a))
		abort();
	return a;
}

static struct mtime at(int64_t s)
{
	return mtime_add_s((struct mtime){ 0 }, s);
}

/* An entry whose update, number 1000 for 420 s, left at 10 s. */
static struct bul_entry entry(enum bul_state state)
{
	struct bul_entry e = {
		.peer = addr("2001:db8:1::1"),
		.hoa = addr("2001:db8:1::100"),
		.coa = addr("2001:db8:a::5"),
		.state = state,
		.seq = 1000,
		.lifetime_4s = state == BUL_DEREGISTERING ? 0 : 105,
		.last_sent = at(10),
		.attempts = 1,
	};

	return e;
}

static struct packet packet(void)
{
	return (struct packet){ .src = addr("2001:db8:1::1"),
				.dst = addr("2001:db8:1::100"),
				.has_rh2 = true };
}

static struct mh_msg ba(uint8_t status, uint16_t seq, uint16_t lifetime_4s)
{
	return (struct mh_msg){ .type = MH_BA,
				.ba = { .status = status,
					.seq = seq,
					.lifetime_4s = lifetime_4s } };
}

/* Of a home address without a key. */
static struct mn_ba_result judge(const struct bul_entry *e,
				 const struct packet *pkt,
				 const struct mh_msg *m, struct mtime now)
{
	const struct mn_clock clock = { 0 };

	return mn_ba_judge(e, NULL, &clock, pkt, m, now);
}

static enum mn_ba_verdict verdict(enum bul_state state, const struct mh_msg *m)
{
	struct bul_entry e = entry(state);
	struct packet pkt = packet();

	return judge(&e, &pkt, m, at(12)).verdict;
}

/* MN-167 status 0, MN-168 statuses 2 to 127 are acceptance; MN-174: 128 and
 * above is none, whatever the number. */
static void every_status_of_a_registration(void)
{
	unsigned int s;

	for (s = 0; s < 256; s++) {
		struct mh_msg m = ba((uint8_t)s, 1000, 105);
		enum mn_ba_verdict want = MN_BA_REFUSED;

		if (s < 128)
			want = MN_BA_ACCEPTED;
		else if (s == BA_DAD_FAILED)
			want = MN_BA_DUPLICATE;
		else if (s == BA_SEQ_OUT_OF_WINDOW)
			want = MN_BA_RESYNC;
		UNIT_EQ(verdict(BUL_REGISTERING, &m), want);
		UNIT_EQ(verdict(BUL_REFRESHING, &m), want);
	}
}

/* MN-103: 133 says that there is nothing to delete. */
static void every_status_of_a_deregistration(void)
{
	unsigned int s;

	for (s = 0; s < 256; s++) {
		struct mh_msg m = ba((uint8_t)s, 1000, 0);
		enum mn_ba_verdict want = MN_BA_REFUSED;

		if (s < 128 || (s >= 131 && s <= 133))
			want = MN_BA_DELETED;
		else if (s == BA_SEQ_OUT_OF_WINDOW)
			want = MN_BA_RESYNC;
		UNIT_EQ(verdict(BUL_DEREGISTERING, &m), want);
	}
}

/* MN-165: what does not answer the outstanding update is ignored. */
static void only_an_answer_counts(void)
{
	struct mh_msg m = ba(0, 1000, 105);
	struct bul_entry e = entry(BUL_REGISTERING);
	struct packet pkt = packet();

	UNIT_EQ(verdict(BUL_BOUND, &m), MN_BA_NOT_ASKED);
	UNIT_EQ(verdict(BUL_REFUSED, &m), MN_BA_NOT_ASKED);
	UNIT_EQ(verdict(BUL_IDLE, &m), MN_BA_NOT_ASKED);
	e.attempts = 0;
	UNIT_EQ(judge(&e, &pkt, &m, at(12)).verdict, MN_BA_NOT_ASKED);
	m.ba.seq = 999;
	UNIT_EQ(verdict(BUL_REGISTERING, &m), MN_BA_WRONG_SEQ);
	m.ba.seq = 1001;
	UNIT_EQ(verdict(BUL_REGISTERING, &m), MN_BA_WRONG_SEQ);
	m = ba(BA_NO_RESOURCES, 999, 0);
	UNIT_EQ(verdict(BUL_REGISTERING, &m), MN_BA_WRONG_SEQ);
	m = ba(BA_DAD_FAILED, 999, 0);
	UNIT_EQ(verdict(BUL_REGISTERING, &m), MN_BA_WRONG_SEQ);
}

static void only_the_agent_counts(void)
{
	struct mh_msg m = ba(0, 1000, 105);
	struct bul_entry e = entry(BUL_REGISTERING);
	struct packet pkt = packet();

	pkt.src = addr("2001:db8:1::2");
	UNIT_EQ(judge(&e, &pkt, &m, at(12)).verdict, MN_BA_WRONG_PEER);
	pkt = packet();
	pkt.dst = addr("2001:db8:a::5");
	UNIT_EQ(judge(&e, &pkt, &m, at(12)).verdict, MN_BA_WRONG_PEER);
}

static void authorization_data_must_be_last(void)
{
	struct mh_msg m = ba(0, 1000, 105);

	m.opt.present = MH_OPT_AUTH_DATA;
	UNIT_EQ(verdict(BUL_REGISTERING, &m), MN_BA_BAD_AUTH);
	m.opt.auth_last = true;
	UNIT_EQ(verdict(BUL_REGISTERING, &m), MN_BA_ACCEPTED);
}

/* MN-136, MN-172: the agent's number is adopted, whatever it is, unless it
 * answers an update that was sent before the last. MN-5: modulo 65536. */
static void resynchronisation(void)
{
	struct bul_entry e = entry(BUL_REGISTERING);
	struct packet pkt = packet();
	struct mn_ba_result r;
	struct mh_msg m;
	static const struct {
		uint16_t ours, agents;
		enum mn_ba_verdict want;
	} rows[] = {
		{ 1000, 1000, MN_BA_RESYNC },   { 1000, 1001, MN_BA_RESYNC },
		{ 1000, 33767, MN_BA_RESYNC },  { 1000, 33768, MN_BA_RESYNC },
		{ 1000, 999, MN_BA_WRONG_SEQ }, { 0, 65535, MN_BA_WRONG_SEQ },
		{ 65535, 0, MN_BA_RESYNC },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		e.seq = rows[i].ours;
		m = ba(BA_SEQ_OUT_OF_WINDOW, rows[i].agents, 0);
		r = judge(&e, &pkt, &m, at(12));
		UNIT_EQ(r.verdict, rows[i].want);
		if (rows[i].want == MN_BA_RESYNC)
			UNIT_EQ(r.seq, rows[i].agents);
	}
}

/* MN-169 less than asked, MN-170 as asked, MN-171 more: counted from the
 * time at which the update was sent. */
static void the_lifetime_counts_from_sending(void)
{
	struct bul_entry e = entry(BUL_REGISTERING);
	struct packet pkt = packet();
	struct mh_msg m = ba(0, 1000, 50);

	UNIT_EQ(judge(&e, &pkt, &m, at(12)).expires.us, at(210).us);
	m = ba(0, 1000, 105);
	UNIT_EQ(judge(&e, &pkt, &m, at(12)).expires.us, at(430).us);
	m = ba(0, 1000, 1000);
	UNIT_EQ(judge(&e, &pkt, &m, at(12)).expires.us, at(430).us);
	/* Nothing left of it: that is no binding. */
	m = ba(0, 1000, 0);
	UNIT_EQ(judge(&e, &pkt, &m, at(12)).verdict, MN_BA_REFUSED);
	m = ba(0, 1000, 1);
	UNIT_EQ(judge(&e, &pkt, &m, at(13)).verdict, MN_BA_ACCEPTED);
	UNIT_EQ(judge(&e, &pkt, &m, at(14)).verdict, MN_BA_REFUSED);
}

/* MN-137: well before the end, with room for retransmissions. */
static void refreshing_comes_well_before_the_end(void)
{
	static const struct {
		int64_t life, refresh;
	} rows[] = {
		{ 4, 2 },    { 12, 6 },    { 40, 20 },     { 60, 40 },
		{ 100, 80 }, { 420, 336 }, { 3000, 2400 }, { 262140, 261540 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		UNIT_EQ(mn_ba_refresh_time(at(10), at(10 + rows[i].life), 0).us,
			at(10 + rows[i].refresh).us);
}

/* MN-175: the agent's advice, when it is sooner. */
static void refresh_advice_shortens(void)
{
	struct bul_entry e = entry(BUL_REGISTERING);
	struct packet pkt = packet();
	struct mh_msg m = ba(0, 1000, 105);

	m.opt.present = MH_OPT_REFRESH_ADVICE;
	m.opt.refresh_interval_4s = 25;
	UNIT_EQ(judge(&e, &pkt, &m, at(12)).refresh.us, at(110).us);
	m.opt.refresh_interval_4s = 100;
	UNIT_EQ(judge(&e, &pkt, &m, at(12)).refresh.us, at(346).us);
	m.opt.refresh_interval_4s = 0;
	UNIT_EQ(judge(&e, &pkt, &m, at(12)).refresh.us, at(346).us);
}

static void status_1_is_told_apart(void)
{
	struct bul_entry e = entry(BUL_REGISTERING);
	struct packet pkt = packet();
	struct mh_msg m = ba(0, 1000, 105);

	CU_ASSERT(!judge(&e, &pkt, &m, at(12)).prefix_discovery);
	m.ba.status = BA_ACCEPTED_PREFIX_DISCOVERY;
	CU_ASSERT(judge(&e, &pkt, &m, at(12)).prefix_discovery);
}

/* ---- Binding Updates ---- */

/* MN-131: not 0, and not beyond home and care-of address. */
static void the_lifetime_asked_for(void)
{
	static const struct {
		uint32_t wanted, hoa, coa;
		uint16_t units;
	} rows[] = {
		{ 420, UINT32_MAX, UINT32_MAX, 105 },
		{ 420, 100, UINT32_MAX, 25 },
		{ 420, UINT32_MAX, 99, 24 },
		{ 420, 419, 500, 104 },
		{ 420, UINT32_MAX, 3, 1 },
		{ 420, UINT32_MAX, 0, 1 },
		{ 262140, UINT32_MAX, UINT32_MAX, 65535 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		UNIT_EQ(mn_bu_lifetime(rows[i].wanted, rows[i].hoa,
				       rows[i].coa),
			rows[i].units);
}

/* MN-126: H and A and the Alternate Care-of Address; MN-127: L; MN-129: K
 * stays 0. Octets by hand after RFC 6275 section 6.1.7. */
static void an_update_on_the_wire(void)
{
	struct mn_bu bu = { .seq = 0x1234,
			    .lifetime_4s = 105,
			    .linklocal = true,
			    .coa = addr("2001:db8:a::5") };
	uint8_t buf[64];
	int len = mn_bu_build(&bu, buf, sizeof(buf));

	UNIT_NEED(len > 0);
	UNIT_HEX(buf, (size_t)len,
		 "3b 03 05 00 0000 # proto, header length, BU, checksum\n"
		 "1234 e000 0069   # sequence, A H L, lifetime\n"
		 "01 00            # PadN of two octets\n"
		 "03 10 20010db8000a0000 0000000000000005 # ACoA\n");
	bu.linklocal = false;
	UNIT_EQ(mn_bu_flags(&bu), BU_FLAG_A | BU_FLAG_H);
	UNIT_EQ(mn_bu_build(&bu, buf, 16), -90 /* EMSGSIZE */);
}

/* MN-185: three in any second, however they are spread. */
static void three_a_second(void)
{
	struct mn_rate r = { .used = true };
	struct mtime now = at(5);
	int64_t sent[64];
	unsigned int n = 0, i;

	while (n < ARRAY_SIZE(sent)) {
		struct mtime next = mn_rate_next(&r, now);

		if (mtime_before(now, next)) {
			now = next;
			continue;
		}
		mn_rate_sent(&r, now);
		sent[n++] = now.us;
		now = mtime_add_ms(now, n % 7 * 90);
	}
	for (i = 3; i < n; i++)
		CU_ASSERT(sent[i] - sent[i - 3] > 1000000);
	/* And they are not slower than that either. */
	CU_ASSERT(sent[n - 1] - sent[0] < (int64_t)n * 500000);
}

static const struct unit_case cases[] = {
	UNIT_CASE(every_status_of_a_registration),
	UNIT_CASE(every_status_of_a_deregistration),
	UNIT_CASE(only_an_answer_counts),
	UNIT_CASE(only_the_agent_counts),
	UNIT_CASE(authorization_data_must_be_last),
	UNIT_CASE(resynchronisation),
	UNIT_CASE(the_lifetime_counts_from_sending),
	UNIT_CASE(refreshing_comes_well_before_the_end),
	UNIT_CASE(refresh_advice_shortens),
	UNIT_CASE(status_1_is_told_apart),
	UNIT_CASE(the_lifetime_asked_for),
	UNIT_CASE(an_update_on_the_wire),
	UNIT_CASE(three_a_second),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "mn_ba", cases },
					    { NULL, NULL } };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
