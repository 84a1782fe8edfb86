/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keys and authenticators against vectors that another implementation
 * computed, and against every octet changed.
 */
#include <string.h>
#include <time.h>

#include "mip6d/auth.h"
#include "mip6d/cleanup.h"
#include "mip6d/mh.h"
#include "tests/unit/golden_auth.h"
#include "tests/unit/unit.h"

static struct in6_addr ip(const char *text)
{
	struct in6_addr a;

	if (addr_parse(text, &a))
		abort();
	return a;
}

/* COM-51 of a registration, COM-52 of a de-registration. */
static void kbm_is_as_computed_elsewhere(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(golden_kbm); i++) {
		uint8_t home[AUTH_TOKEN_LEN], coa[AUTH_TOKEN_LEN];
		uint8_t kbm[AUTH_KBM_LEN];

		unit_hex(home, sizeof(home), golden_kbm[i].home);
		unit_hex(coa, sizeof(coa), golden_kbm[i].coa);
		auth_kbm(home, coa, kbm);
		UNIT_HEX(kbm, sizeof(kbm), golden_kbm[i].kbm);
		auth_kbm(home, NULL, kbm);
		UNIT_HEX(kbm, sizeof(kbm), golden_kbm[i].kbm_deletion);
	}
}

struct sample {
	uint8_t kbm[AUTH_KBM_LEN];
	struct auth_parties p;
	uint8_t mh[64];
	size_t len;
};

static struct sample sample_of(size_t i)
{
	struct sample s = {
		.p = { .coa = ip(golden_auth[i].coa), .cn = ip(GOLDEN_CN) },
	};

	unit_hex(s.kbm, sizeof(s.kbm), golden_auth[i].kbm);
	s.len = unit_hex(s.mh, sizeof(s.mh), golden_auth[i].mh);
	return s;
}

static bool verify(const struct sample *s)
{
	return auth_verify(s->kbm, &s->p, s->mh, s->len,
			   s->len - AUTH_DATA_LEN);
}

/* COM-53; COM-54 the care-of address that the message names, or the home
 * address; COM-56 the correspondent's own. */
static void authenticators_are_as_computed_elsewhere(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(golden_auth); i++) {
		struct sample s = sample_of(i), t = s;

		CU_ASSERT_TRUE(verify(&s));
		memset(t.mh + t.len - AUTH_DATA_LEN, 0, AUTH_DATA_LEN);
		CU_ASSERT_FALSE(verify(&t));
		auth_sign(t.kbm, &t.p, t.mh, t.len);
		UNIT_MEM(t.mh, t.len, s.mh, s.len);
	}
}

/* COM-55: authenticator first, then the checksum, which does not count. */
static void the_checksum_comes_afterwards(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(golden_auth); i++) {
		struct sample s = sample_of(i);

		mh_set_checksum(s.mh, s.len, &s.p.coa, &s.p.cn);
		CU_ASSERT_FALSE(s.mh[4] == 0 && s.mh[5] == 0);
		CU_ASSERT_TRUE(verify(&s));
	}
}

/* Anything else that is changed is noticed: each bit of the message, of the
 * key and of the two addresses. */
static void every_bit_counts(void)
{
	size_t i, bit;

	for (i = 0; i < ARRAY_SIZE(golden_auth); i++) {
		const struct sample good = sample_of(i);

		for (bit = 0; bit < good.len * 8; bit++) {
			struct sample s = good;

			s.mh[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
			UNIT_EQ(verify(&s), bit / 16 == 2);
		}
		for (bit = 0; bit < 160; bit++) {
			struct sample s = good;

			s.kbm[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
			CU_ASSERT_FALSE(verify(&s));
		}
		for (bit = 0; bit < 128; bit++) {
			struct sample s = good, t = good;

			s.p.coa.s6_addr[bit / 8] ^= (uint8_t)(1 << bit % 8);
			CU_ASSERT_FALSE(verify(&s));
			t.p.cn.s6_addr[bit / 8] ^= (uint8_t)(1 << bit % 8);
			CU_ASSERT_FALSE(verify(&t));
		}
	}
}

/* Octets behind Header Len do not count; a message that is shorter than it,
 * or whose authenticator stands elsewhere, is never right. */
static void the_header_length_counts(void)
{
	struct sample s = sample_of(0);
	size_t offset, len;

	s.mh[s.len] = 0x5a;
	CU_ASSERT_TRUE(auth_verify(s.kbm, &s.p, s.mh, s.len + 1,
				   s.len - AUTH_DATA_LEN));
	for (len = 0; len < s.len; len++)
		CU_ASSERT_FALSE(auth_verify(s.kbm, &s.p, s.mh, len,
					    s.len - AUTH_DATA_LEN));
	for (offset = 0; offset < 2 * s.len; offset++)
		UNIT_EQ(auth_verify(s.kbm, &s.p, s.mh, s.len, offset),
			offset == s.len - AUTH_DATA_LEN);
}

/* What mh_build leaves free is what auth_sign fills (COM-25), and what
 * mh_parse finds is what auth_verify looks at. */
static void messages_of_ours_are_signed_and_verified(void)
{
	struct mh_msg out = {
		.type = MH_BU,
		.bu = { .seq = 0x1234, .flags = BU_FLAG_A, .lifetime_4s = 105 },
		.opt = {
			.present = MH_OPT_NONCE_INDICES | MH_OPT_AUTH_DATA,
			.home_nonce = 7,
			.coa_nonce = 8,
		},
	}, in;
	struct sample s = sample_of(0);
	uint8_t buf[64];
	int len = mh_build(&out, buf, sizeof(buf));

	UNIT_NEED(len == (int)s.len);
	auth_sign(s.kbm, &s.p, buf, s.len);
	UNIT_MEM(buf, s.len, s.mh, s.len);
	mh_set_checksum(buf, s.len, &s.p.coa, &s.p.cn);
	UNIT_NEED(mh_parse(buf, s.len, &s.p.coa, &s.p.cn, &in) == MH_OK);
	CU_ASSERT_TRUE(in.opt.auth_last);
	CU_ASSERT_TRUE(
		auth_verify(s.kbm, &s.p, buf, s.len, in.opt.auth_offset));
}

/* ---- a shared key (RFC 4285) ---- */

struct mn_ha_sample {
	struct auth_sa sa;
	struct auth_mn_parties p;
	uint8_t mh[384];
	size_t len;
};

static struct mn_ha_sample mn_ha_sample_of(size_t i)
{
	struct mn_ha_sample s = {
		.p = { .coa = ip(golden_mn_ha[i].coa), .hoa = ip(GOLDEN_HOA) },
	};

	unit_hex(s.sa.key, sizeof(s.sa.key), golden_mn_ha[i].key);
	s.len = unit_hex(s.mh, sizeof(s.mh), golden_mn_ha[i].mh);
	return s;
}

static bool mn_ha_verify_at(const struct mn_ha_sample *s, size_t offset,
			    size_t len)
{
	const struct auth_mn_data at = { offset, len };

	return auth_mn_ha_verify(&s->sa, &s->p, s->mh, s->len, &at);
}

static bool mn_ha_verify(const struct mn_ha_sample *s)
{
	return mn_ha_verify_at(s, s->len - AUTH_DATA_LEN, AUTH_DATA_LEN);
}

/* AUTH-10: the formula against another implementation of it, and what
 * mh_parse finds in messages of others is what is verified. */
static void mn_ha_is_as_computed_elsewhere(void)
{
	struct mh_msg msg;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(golden_mn_ha); i++) {
		struct mn_ha_sample s = mn_ha_sample_of(i), t = s;

		CU_ASSERT_TRUE(mn_ha_verify(&s));
		memset(t.mh + t.len - AUTH_DATA_LEN, 0, AUTH_DATA_LEN);
		CU_ASSERT_FALSE(mn_ha_verify(&t));
		auth_mn_ha_sign(&t.sa, &t.p, t.mh, t.len);
		UNIT_MEM(t.mh, t.len, s.mh, s.len);
		mh_set_checksum(s.mh, s.len, &s.p.coa, &s.p.hoa);
		UNIT_NEED(mh_parse(s.mh, s.len, &s.p.coa, &s.p.hoa, &msg) ==
			  MH_OK);
		CU_ASSERT_TRUE(mn_ha_verify_at(&s, msg.opt.mn_ha.offset,
					       msg.opt.mn_ha.len));
	}
}

/* AUTH-10: every bit but the checksum's, of the addresses and of the key. */
static void every_bit_of_mn_ha_counts(void)
{
	const struct mn_ha_sample good = mn_ha_sample_of(0);
	size_t bit;

	for (bit = 0; bit < good.len * 8; bit++) {
		struct mn_ha_sample s = good;

		s.mh[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
		UNIT_EQ(mn_ha_verify(&s), bit / 16 == 2);
	}
	for (bit = 0; bit < 128; bit++) {
		struct mn_ha_sample s = good, t = good, u = good;

		s.p.coa.s6_addr[bit / 8] ^= (uint8_t)(1 << bit % 8);
		CU_ASSERT_FALSE(mn_ha_verify(&s));
		t.p.hoa.s6_addr[bit / 8] ^= (uint8_t)(1 << bit % 8);
		CU_ASSERT_FALSE(mn_ha_verify(&t));
		u.sa.key[bit / 8] ^= (uint8_t)(1 << bit % 8);
		CU_ASSERT_FALSE(mn_ha_verify(&u));
	}
}

/* Data of another length, or past the end, is never right. */
static void mn_ha_of_another_length_is_wrong(void)
{
	struct mn_ha_sample s = mn_ha_sample_of(0);
	size_t at = s.len - AUTH_DATA_LEN, n;

	for (n = 0; n < 250; n++)
		UNIT_EQ(mn_ha_verify_at(&s, at, n), n == AUTH_DATA_LEN);
	for (n = 0; n < 2 * s.len; n++)
		UNIT_EQ(mn_ha_verify_at(&s, n, AUTH_DATA_LEN), n == at);
}

/* AUTH-20: timestamps go on when the seconds of NTP begin anew (2036), and
 * "close" is the window itself and no more. */
static void timestamps_compare(void)
{
	const uint64_t s = UINT64_C(1) << 32, wrap = -s / 2;

	CU_ASSERT_TRUE(auth_ntp_newer(2 * s, s));
	CU_ASSERT_FALSE(auth_ntp_newer(s, s));
	CU_ASSERT_FALSE(auth_ntp_newer(s, s + 1));
	CU_ASSERT_TRUE(auth_ntp_newer(wrap + s, wrap));
	CU_ASSERT_FALSE(auth_ntp_newer(wrap, wrap + s));
	CU_ASSERT_TRUE(auth_ntp_close(100 * s, 107 * s, 7));
	CU_ASSERT_TRUE(auth_ntp_close(107 * s, 100 * s, 7));
	CU_ASSERT_FALSE(auth_ntp_close(100 * s, 107 * s + 1, 7));
	CU_ASSERT_FALSE(auth_ntp_close(107 * s + 1, 100 * s, 7));
	CU_ASSERT_TRUE(auth_ntp_close(wrap - 3 * s, wrap + 4 * s, 7));
	CU_ASSERT_FALSE(auth_ntp_close(wrap - 3 * s, wrap + 5 * s, 7));
}

/* AUTH-20: seconds since 1900, and a fraction. */
static void the_present_in_the_format_of_ntp(void)
{
	struct timespec ts;
	uint64_t ntp = auth_ntp_now();

	clock_gettime(CLOCK_REALTIME, &ts);
	CU_ASSERT_TRUE(auth_ntp_close(
		ntp, ((uint64_t)ts.tv_sec + 2208988800) << 32, 60));
	CU_ASSERT_TRUE((uint32_t)ntp || (uint32_t)auth_ntp_now());
}

static const struct unit_case cases[] = {
	UNIT_CASE(kbm_is_as_computed_elsewhere),
	UNIT_CASE(authenticators_are_as_computed_elsewhere),
	UNIT_CASE(the_checksum_comes_afterwards),
	UNIT_CASE(every_bit_counts),
	UNIT_CASE(the_header_length_counts),
	UNIT_CASE(messages_of_ours_are_signed_and_verified),
	UNIT_CASE(mn_ha_is_as_computed_elsewhere),
	UNIT_CASE(every_bit_of_mn_ha_counts),
	UNIT_CASE(mn_ha_of_another_length_is_wrong),
	UNIT_CASE(timestamps_compare),
	UNIT_CASE(the_present_in_the_format_of_ntp),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "auth", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
