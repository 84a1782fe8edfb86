/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Authentication options at the mobile node (RFC 4283, RFC 4285): what its
 * Binding Updates carry, and which acknowledgements it believes.
 * Links nothing but the judge, messages and the keys: they are pure.
 */
#include <stdlib.h>
#include <string.h>

#include "src/mn/mn_ba.h"
#include "tests/fake/fake.h"
#include "tests/unit/unit.h"

#define AGENT "2001:db8:1::1"
#define HOA   "2001:db8:1::100"
#define COA   "2001:db8:a::5"
#define S     (UINT64_C(1) << 32)

static const struct auth_sa sa = {
	.nai = "alice@example.org",
	.spi = 1000,
	.key = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 },
	.timestamps = true,
	.clock_window_s = 7,
};

static struct in6_addr ip(const char *text)
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

/* ---- Binding Updates ---- */

static size_t bu_of(const struct auth_sa *key, uint16_t lifetime_4s,
		    const char *coa, uint64_t stamp, uint8_t *buf, size_t size)
{
	const struct mn_bu bu = {
		.seq = 7,
		.lifetime_4s = lifetime_4s,
		.coa = ip(coa),
		.hoa = ip(HOA),
		.sa = key,
		.timestamp = stamp,
	};
	int len = mn_bu_build(&bu, buf, size);

	UNIT_NEED(len > 0);
	return (size_t)len;
}

/* AUTH-1, AUTH-2, AUTH-3, AUTH-5, AUTH-9, AUTH-10, AUTH-11, AUTH-20: name,
 * timestamp, and the authentication as the last octets, of registrations and
 * of the end of them. */
static void updates_are_signed(void)
{
	const struct auth_mn_parties p = { .coa = ip(COA), .hoa = ip(HOA) };
	struct in6_addr hoa = ip(HOA), agent = ip(AGENT);
	uint8_t buf[MN_BU_SIZE_MAX];
	struct auth_mn_data data;
	struct mh_msg msg;
	size_t len;
	int i;

	for (i = 0; i < 2; i++) {
		len = bu_of(&sa, i ? 0 : 105, COA, 77 * S + 5, buf,
			    sizeof(buf));
		mh_set_checksum(buf, len, &hoa, &agent);
		UNIT_NEED(mh_parse(buf, len, &hoa, &agent, &msg) == MH_OK);
		UNIT_EQ(msg.opt.present, MH_OPT_ALT_COA | MH_OPT_MN_ID |
						 MH_OPT_REPLAY | MH_OPT_MN_HA);
		UNIT_STR(msg.opt.nai, sa.nai);
		UNIT_EQ(msg.opt.timestamp, 77 * S + 5);
		UNIT_EQ(msg.opt.mn_ha.spi, 1000);
		UNIT_EQ(msg.opt.mn_ha.offset + AUTH_DATA_LEN, len);
		CU_ASSERT_FALSE(msg.opt.mn_auth_misplaced);
		data = (struct auth_mn_data){ msg.opt.mn_ha.offset,
					      msg.opt.mn_ha.len };
		CU_ASSERT_TRUE(auth_mn_ha_verify(&sa, &p, buf, len, &data));
	}
}

/* Without timestamps in the association there is none; without an
 * association nothing of all this. */
static void updates_carry_what_is_agreed(void)
{
	struct in6_addr hoa = ip(HOA), agent = ip(AGENT);
	struct auth_sa plain = sa;
	uint8_t buf[MN_BU_SIZE_MAX];
	struct mh_msg msg;
	size_t len;

	plain.timestamps = false;
	len = bu_of(&plain, 105, COA, 1, buf, sizeof(buf));
	mh_set_checksum(buf, len, &hoa, &agent);
	UNIT_NEED(mh_parse(buf, len, &hoa, &agent, &msg) == MH_OK);
	UNIT_EQ(msg.opt.present, MH_OPT_ALT_COA | MH_OPT_MN_ID | MH_OPT_MN_HA);
	len = bu_of(NULL, 105, COA, 1, buf, sizeof(buf));
	mh_set_checksum(buf, len, &hoa, &agent);
	UNIT_NEED(mh_parse(buf, len, &hoa, &agent, &msg) == MH_OK);
	UNIT_EQ(msg.opt.present, MH_OPT_ALT_COA);
}

/* The longest name fits. */
static void a_long_name_fits(void)
{
	struct auth_sa longest = sa;
	uint8_t buf[MN_BU_SIZE_MAX];

	memset(longest.nai, 'n', AUTH_NAI_MAX);
	CU_ASSERT_TRUE(bu_of(&longest, 105, COA, 1, buf, sizeof(buf)) >
		       AUTH_NAI_MAX);
}

/* ---- acknowledgements ---- */

/* An answer as it is on the wire; what is left out is right. */
struct answer {
	uint8_t status;
	uint16_t seq;             /* 7 */
	uint64_t stamp;           /* 77 * S + 5 */
	const char *coa;          /* that it is signed for; COA */
	const struct auth_sa *sa; /* &sa */
	bool no_stamp, no_auth;
	unsigned int tamper; /* octet that is changed afterwards; 0: none */
};

static const struct mn_clock sent = { .sent = 77 * S + 5 };

static struct mn_ba_result judged(const struct answer *a,
				  const struct auth_sa *key)
{
	const struct auth_sa *by = a->sa ? a->sa : &sa;
	const struct auth_mn_parties p = {
		.coa = ip(a->coa ? a->coa : COA),
		.hoa = ip(HOA),
	};
	const struct bul_entry e = {
		.peer = ip(AGENT),
		.hoa = ip(HOA),
		.coa = ip(COA),
		.state = BUL_REGISTERING,
		.seq = 7,
		.lifetime_4s = 105,
		.last_sent = at(10),
		.attempts = 1,
	};
	struct packet pkt = { .src = ip(AGENT), .dst = ip(HOA) };
	struct mh_msg out = {
		.type = MH_BA,
		.ba = { .status = a->status,
			.seq = a->seq ? a->seq : 7,
			.lifetime_4s = a->status < 128 ? 100 : 0 },
		.opt = { .timestamp = a->stamp ? a->stamp : sent.sent,
			 .nai_len = 3,
			 .nai = "a@b",
			 .mn_ha = { .spi = by->spi } },
	}, in;
	uint8_t buf[256];
	int len;

	out.opt.present = MH_OPT_MN_ID;
	if (!a->no_stamp)
		out.opt.present |= MH_OPT_REPLAY;
	if (!a->no_auth)
		out.opt.present |= MH_OPT_MN_HA;
	len = mh_build(&out, buf, sizeof(buf));
	UNIT_NEED(len > 0);
	if (!a->no_auth)
		auth_mn_ha_sign(by, &p, buf, (size_t)len);
	if (a->tamper)
		buf[a->tamper] ^= 1;
	mh_set_checksum(buf, (size_t)len, &pkt.src, &pkt.dst);
	UNIT_NEED(mh_parse(buf, (size_t)len, &pkt.src, &pkt.dst, &in) == MH_OK);
	pkt.data = buf;
	pkt.len = (size_t)len;
	return mn_ba_judge(&e, key, &sent, &pkt, &in, at(12));
}

static enum mn_ba_verdict verdict(struct answer a)
{
	return judged(&a, &sa).verdict;
}

/* AUTH-11: an answer of the agent is believed, refusals as well. */
static void proven_answers_are_believed(void)
{
	UNIT_EQ(verdict((struct answer){ 0 }), MN_BA_ACCEPTED);
	UNIT_EQ(verdict((struct answer){ .status = 132 }), MN_BA_REFUSED);
	UNIT_EQ(verdict((struct answer){ .status = 134 }), MN_BA_DUPLICATE);
	UNIT_EQ(verdict((struct answer){ .status = 135, .seq = 500 }),
		MN_BA_RESYNC);
}

/* AUTH-8, AUTH-10: no option, another key, another index, another care-of
 * address, any octet changed: not an answer. */
static void unproven_answers_are_none(void)
{
	struct auth_sa other = sa;
	unsigned int i;

	UNIT_EQ(verdict((struct answer){ .no_auth = true }), MN_BA_BAD_AUTH);
	UNIT_EQ(verdict((struct answer){
			.status = 135, .seq = 500, .no_auth = true }),
		MN_BA_BAD_AUTH);
	UNIT_EQ(verdict((struct answer){ .status = 146, .no_auth = true }),
		MN_BA_BAD_AUTH);
	UNIT_EQ(verdict((struct answer){ .coa = "2001:db8:b::5" }),
		MN_BA_BAD_AUTH);
	other.key[3] ^= 0x10;
	UNIT_EQ(verdict((struct answer){ .sa = &other }), MN_BA_BAD_AUTH);
	other = sa;
	other.spi = 1001;
	UNIT_EQ(verdict((struct answer){ .sa = &other }), MN_BA_BAD_AUTH);
	/* status, flags, lifetime */
	for (i = 6; i < 12; i++)
		if (i != 8 && i != 9)
			UNIT_EQ(verdict((struct answer){ .tamper = i }),
				MN_BA_BAD_AUTH);
}

/* AUTH-25: the timestamp of the Binding Update or none: discarded, whatever
 * the key says. */
static void another_timestamp_is_no_answer(void)
{
	UNIT_EQ(verdict((struct answer){ .stamp = 77 * S + 6 }),
		MN_BA_BAD_TIMESTAMP);
	UNIT_EQ(verdict((struct answer){ .stamp = 78 * S + 5 }),
		MN_BA_BAD_TIMESTAMP);
	UNIT_EQ(verdict((struct answer){ .no_stamp = true }),
		MN_BA_BAD_TIMESTAMP);
	UNIT_EQ(verdict((struct answer){ .status = 146, .no_stamp = true }),
		MN_BA_BAD_TIMESTAMP);
}

/* AUTH-24: 144 is believed when it is signed and has our fraction; the seconds
 * are the agent's. */
static void a_mismatch_has_our_fraction(void)
{
	struct auth_sa other = sa, plain = sa;
	struct answer a = { .status = 144, .stamp = 99 * S + 5 };

	UNIT_EQ(verdict(a), MN_BA_CLOCK);
	a.stamp++;
	UNIT_EQ(verdict(a), MN_BA_BAD_TIMESTAMP);
	a.stamp--;
	other.key[0] ^= 1;
	a.sa = &other;
	UNIT_EQ(verdict(a), MN_BA_BAD_AUTH);
	a.sa = NULL;
	a.no_stamp = true;
	UNIT_EQ(verdict(a), MN_BA_BAD_TIMESTAMP);
	/* Without timestamps in the exchange it is the 144 of RFC 5555 4.5,
	 * as without a key. */
	plain.timestamps = false;
	UNIT_EQ(judged(&a, &plain).verdict, MN_BA_REFUSED);
	a.no_auth = true;
	UNIT_EQ(judged(&a, NULL).verdict, MN_BA_REFUSED);
}

/* AUTH-17: 146 of who has the key, and only of him. */
static void a_failure_is_believed_of_the_agent_only(void)
{
	struct answer a = { .status = 146 };

	UNIT_EQ(verdict(a), MN_BA_UNPROVEN);
	a.tamper = 40;
	UNIT_EQ(verdict(a), MN_BA_BAD_AUTH);
	UNIT_EQ(judged(&(struct answer){ .status = 146 }, NULL).verdict,
		MN_BA_REFUSED);
}

/* ---- the clock ---- */

/* AUTH-20, AUTH-24: timestamps follow the agent's clock, forwards, backwards
 * and over the end of the era, and never fall behind what was accepted. */
static void timestamps_follow_the_agent(void)
{
	struct mn_clock c = { 0 };
	uint64_t first = mn_auth_stamp(&c), t;

	CU_ASSERT_TRUE(auth_ntp_close(first, auth_ntp_now(), 60));
	UNIT_EQ(c.sent, first);
	/* the same second: nothing to follow */
	CU_ASSERT_FALSE(mn_auth_adjust(&c, first));
	UNIT_EQ(c.offset, 0);
	CU_ASSERT_TRUE(mn_auth_adjust(&c, first + 1000 * S));
	t = mn_auth_stamp(&c);
	CU_ASSERT_TRUE(auth_ntp_close(t, first + 1000 * S, 60));
	CU_ASSERT_TRUE(mn_auth_adjust(&c, t - 5000 * S));
	t = mn_auth_stamp(&c);
	CU_ASSERT_TRUE(auth_ntp_close(t, first - 4000 * S, 60));
	CU_ASSERT_TRUE(mn_auth_adjust(&c, t + (UINT64_C(1) << 63)));
	CU_ASSERT_TRUE(auth_ntp_close(
		mn_auth_stamp(&c), first - 4000 * S + (UINT64_C(1) << 63), 60));
	c.accepted = c.sent + 100 * S;
	UNIT_EQ(mn_auth_stamp(&c), c.accepted + 1);
}

/* The agent's 144 to the last update, when its clock shows `at`. */
static uint64_t told(const struct mn_clock *c, uint64_t at)
{
	return (at & ~(uint64_t)UINT32_MAX) | (uint32_t)c->sent;
}

/* AUTH-24: one 144 is enough after our own clock was set back, and after the
 * agent's was: it would take nothing that is newer than that. */
static void a_clock_set_back_takes_one_answer(void)
{
	struct mn_clock c = { 0 };
	uint64_t agent;

	c.accepted = mn_auth_stamp(&c);
	fake_wall.us += INT64_C(600) * 1000000;
	agent = auth_ntp_now();
	fake_wall.us -= INT64_C(3600) * 1000000;
	UNIT_EQ(mn_auth_stamp(&c), c.accepted + 1);
	CU_ASSERT_TRUE(mn_auth_adjust(&c, told(&c, agent)));
	CU_ASSERT_TRUE(auth_ntp_close(mn_auth_stamp(&c), agent, 1));
	c.accepted = c.sent;
	agent -= 3600 * S;
	mn_auth_stamp(&c);
	CU_ASSERT_TRUE(mn_auth_adjust(&c, told(&c, agent)));
	CU_ASSERT_TRUE(auth_ntp_close(mn_auth_stamp(&c), agent, 1));
}

static const struct unit_case cases[] = {
	UNIT_CASE(updates_are_signed),
	UNIT_CASE(updates_carry_what_is_agreed),
	UNIT_CASE(a_long_name_fits),
	UNIT_CASE(proven_answers_are_believed),
	UNIT_CASE(unproven_answers_are_none),
	UNIT_CASE(another_timestamp_is_no_answer),
	UNIT_CASE(a_mismatch_has_our_fraction),
	UNIT_CASE(a_failure_is_believed_of_the_agent_only),
	UNIT_CASE(timestamps_follow_the_agent),
	UNIT_CASE(a_clock_set_back_takes_one_answer),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "mn_auth", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
