/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The walk over received mobility options (RFC 6275 section 6.2): what is
 * skipped, what is taken, and what ends it.
 */
#include "tests/unit/mh_util.h"

#define ACOA   "03 10 20010db8000200000000000000000100"
#define NONCES "04 04 0001 0002"
#define AUTH   "05 0c b0b1b2b3b4b5b6b7b8b9babb"

/* Parses a message whose fixed part and options are given in hexadecimal;
 * the whole has to be a multiple of 8 octets. */
static enum mh_verdict parse_with(const char *fixed, const char *options,
				  struct mh_msg *ret_msg)
{
	struct in6_addr src = ip("2001:db8:1::100"), dst = ip("2001:db8::1");
	uint8_t d[MH_MAX_LEN];
	size_t len = unit_hex(d, sizeof(d), fixed);

	len += unit_hex(d + len, sizeof(d) - len, options);
	UNIT_NEED(len % 8 == 0 && len >= 8 && len <= MH_MAX_LEN);
	d[1] = (uint8_t)(len / 8 - 1);
	mh_set_checksum(d, len, &src, &dst);
	return parse_exact(d, len, &src, &dst, ret_msg);
}

#define BU_FIXED   "3b 00 05 00 0000 0007 8000 0069"
#define BA_FIXED   "3b 00 06 00 0000 0000 0007 0069"
#define COTI_FIXED "3b 00 02 00 0000 0000 1122334455667788"

static enum mh_verdict parse_bu(const char *options, struct mh_msg *ret_msg)
{
	return parse_with(BU_FIXED, options, ret_msg);
}

/* The same, with as much Pad1 as it takes. */
static enum mh_verdict parse_padded(const char *options, struct mh_msg *ret_msg)
{
	uint8_t d[MH_MAX_LEN];
	size_t len = unit_hex(d, sizeof(d), options);
	char hex[2 * 512];

	UNIT_NEED(strlen(options) + 17 < sizeof(hex));
	strcpy(hex, options);
	for (; (12 + len) % 8; len++)
		strcat(hex, "00");
	return parse_bu(hex, ret_msg);
}

/* COM-17: what a longer Header Len covers is read as options. */
static void longer_header_len_holds_options(void)
{
	struct mh_msg msg;

	UNIT_EQ(parse_bu("01 00" ACOA, &msg), MH_OK);
	UNIT_EQ(msg.opt.present, MH_OPT_ALT_COA);
	UNIT_HEX(&msg.opt.alt_coa, 16, "20010db8000200000000000000000100");
	UNIT_EQ(msg.bu.seq, 7);
	/* a BRR has none of its own, and takes any */
	UNIT_EQ(parse_with("3b 00 00 00 0000 0000", "c8 06 010203040506", &msg),
		MH_OK);
}

/* COM-18: unknown options are skipped wherever they stand. */
static void unknown_options_are_skipped(void)
{
	struct mh_msg msg;

	UNIT_EQ(parse_bu("c8 02 ffff"
			 "c9 00" ACOA "ff 02 ffff" NONCES "c8 00"
			 "00 00 00 00 00 00 00 00",
			 &msg),
		MH_OK);
	UNIT_EQ(msg.opt.present, MH_OPT_ALT_COA | MH_OPT_NONCE_INDICES);
	UNIT_EQ(msg.opt.home_nonce, 1);
	UNIT_EQ(msg.opt.coa_nonce, 2);
}

/* COM-19: an option that runs past the end, by one octet or by many, known
 * or not, and a type octet without length. */
static void options_past_the_end_drop_the_message(void)
{
	struct mh_msg msg = { .type = 0xee };

	UNIT_EQ(parse_bu("c8 03 0000", &msg), MH_BAD_OPTION);
	UNIT_EQ(parse_bu("c8 ff 0000", &msg), MH_BAD_OPTION);
	UNIT_EQ(parse_bu("01 03 0000", &msg), MH_BAD_OPTION);
	UNIT_EQ(parse_bu("03 10 2001", &msg), MH_BAD_OPTION);
	UNIT_EQ(parse_bu("05 0c 0001", &msg), MH_BAD_OPTION);
	UNIT_EQ(parse_bu("01 01 00 c8", &msg), MH_BAD_OPTION);
	UNIT_EQ(parse_bu("01 01 00 03", &msg), MH_BAD_OPTION);
	UNIT_EQ(parse_bu("01 01 00 05", &msg), MH_BAD_OPTION);
	UNIT_EQ(parse_bu("00 00 00 01", &msg), MH_BAD_OPTION);
	/* not before a valid one either */
	UNIT_EQ(parse_bu("01 00" ACOA "c8 07 0000"
			 "0000 0000",
			 &msg),
		MH_BAD_OPTION);
	UNIT_EQ(msg.type, 0xee);
}

/* COM-20: Pad1 anywhere, the last octet included. */
static void pad1_anywhere(void)
{
	struct mh_msg msg;

	UNIT_EQ(parse_bu("00 00 00 00", &msg), MH_OK);
	UNIT_EQ(parse_bu("00 00" ACOA "00" NONCES "00", &msg), MH_OK);
	UNIT_EQ(msg.opt.present, MH_OPT_ALT_COA | MH_OPT_NONCE_INDICES);
}

/* COM-21: PadN with anything inside, and empty. */
static void padn_with_any_filler(void)
{
	struct mh_msg msg;

	UNIT_EQ(parse_bu("01 02 ffff", &msg), MH_OK);
	UNIT_EQ(parse_bu("01 00 01 00", &msg), MH_OK);
	UNIT_EQ(parse_bu("01 02 0310" NONCES "01 00", &msg), MH_OK);
	UNIT_EQ(msg.opt.present, MH_OPT_NONCE_INDICES);
}

/* COM-23: known options where they are not defined are ignored, whatever
 * their length is. */
static void options_of_other_messages_are_ignored(void)
{
	struct mh_msg msg;

	UNIT_EQ(parse_with(COTI_FIXED, NONCES "01 00", &msg), MH_OK);
	UNIT_EQ(msg.opt.present, 0);
	UNIT_HEX(msg.test_init.cookie, 8, "1122334455667788");
	UNIT_EQ(parse_with("3b 00 01 00 0000 0000 1122334455667788",
			   NONCES "01 00", &msg),
		MH_OK);
	UNIT_EQ(msg.opt.present, 0);
	UNIT_EQ(parse_with(COTI_FIXED, "01 04 00000000" ACOA, &msg), MH_OK);
	UNIT_EQ(msg.opt.present, 0);
	UNIT_EQ(parse_bu("02 02 0050", &msg), MH_OK);
	UNIT_EQ(msg.opt.present, 0);
	UNIT_EQ(parse_bu("02 01 50 00", &msg), MH_OK);
	UNIT_EQ(parse_with(BA_FIXED, "04 02 0001", &msg), MH_OK);
	UNIT_EQ(msg.opt.present, 0);
	UNIT_EQ(parse_with(BA_FIXED, "01 00" ACOA, &msg), MH_OK);
	UNIT_EQ(msg.opt.present, 0);
	/* but they still may not run past the end */
	UNIT_EQ(parse_bu("02 03 0050", &msg), MH_BAD_OPTION);
}

/* Not understood, an option of ours would silently mean something else. */
static void known_options_of_wrong_length_drop_the_message(void)
{
	struct mh_msg msg;

	UNIT_EQ(parse_bu("03 02 2001", &msg), MH_BAD_OPTION);
	UNIT_EQ(parse_bu("03 00 01 00", &msg), MH_BAD_OPTION);
	UNIT_EQ(parse_bu("03 11 20010db8000200000000000000000100 00 00", &msg),
		MH_BAD_OPTION);
	UNIT_EQ(parse_bu("04 02 0001", &msg), MH_BAD_OPTION);
	UNIT_EQ(parse_bu("04 06 000100020003 01 02 0000", &msg), MH_BAD_OPTION);
	UNIT_EQ(parse_with(BA_FIXED, "02 01 50 00", &msg), MH_BAD_OPTION);
	UNIT_EQ(parse_with(BA_FIXED, "02 04 0000 0050 01 04 00000000", &msg),
		MH_BAD_OPTION);
}

static void the_first_of_two_counts(void)
{
	struct mh_msg msg;

	UNIT_EQ(parse_bu(NONCES "04 04 0003 0004", &msg), MH_OK);
	UNIT_EQ(msg.opt.home_nonce, 1);
	UNIT_EQ(msg.opt.coa_nonce, 2);
	UNIT_EQ(parse_bu("01 00" ACOA "00 00 00 00 00 00"
			 "03 10 ffffffffffffffffffffffffffffffff",
			 &msg),
		MH_OK);
	UNIT_HEX(&msg.opt.alt_coa, 16, "20010db8000200000000000000000100");
	/* the second authenticator is last, the first is not */
	UNIT_EQ(parse_bu("01 04 00000000" AUTH "00 00" AUTH, &msg), MH_OK);
	CU_ASSERT_FALSE(msg.opt.auth_last);
	UNIT_EQ(msg.opt.auth_offset, 20);
}

static void authenticator_and_its_place(void)
{
	struct mh_msg msg;

	UNIT_EQ(parse_bu(NONCES AUTH, &msg), MH_OK);
	UNIT_EQ(msg.opt.auth_len, 12);
	UNIT_EQ(msg.opt.auth_offset, 20);
	CU_ASSERT_TRUE(msg.opt.auth_last);
	UNIT_HEX(msg.opt.auth, MH_AUTH_LEN, "b0b1b2b3b4b5b6b7b8b9babb");
	/* trailing padding, of either kind */
	UNIT_EQ(parse_bu("05 0c b0b1b2b3b4b5b6b7b8b9babb" NONCES, &msg), MH_OK);
	CU_ASSERT_FALSE(msg.opt.auth_last);
	UNIT_EQ(parse_bu("05 0d b0b1b2b3b4b5b6b7b8b9babbbc"
			 "04 04 0001 0002"
			 "00 00 00 00 00 00 00",
			 &msg),
		MH_OK);
	CU_ASSERT_FALSE(msg.opt.auth_last);
}

static void authenticator_of_another_length(void)
{
	struct mh_msg msg;

	UNIT_EQ(parse_bu("05 02 b0b1", &msg), MH_OK);
	UNIT_EQ(msg.opt.auth_len, 2);
	CU_ASSERT_TRUE(msg.opt.auth_last);
	UNIT_EQ(parse_bu("01 00 05 00", &msg), MH_OK);
	UNIT_EQ(msg.opt.present, MH_OPT_AUTH_DATA);
	UNIT_EQ(msg.opt.auth_len, 0);
	UNIT_EQ(msg.opt.auth_offset, 16);
	CU_ASSERT_TRUE(msg.opt.auth_last);
	UNIT_EQ(parse_bu("05 0a b0b1b2b3b4b5b6b7b8b9", &msg), MH_OK);
	UNIT_EQ(msg.opt.auth_len, 10);
	UNIT_HEX(msg.opt.auth, MH_AUTH_LEN, "000000000000000000000000");
}

#define NAI     "08 04 01 614062"
#define MN_HA   "09 11 01 000003e8 b0b1b2b3b4b5b6b7b8b9babb"
#define MN_HA_2 "09 11 01 000003e9 b0b1b2b3b4b5b6b7b8b9babb"
#define MN_AAA  "09 11 02 00000003 b0b1b2b3b4b5b6b7b8b9babb"
#define STAMP   "0a 08 e0ad5f10 80000001"

/* AUTH-1, AUTH-4: another kind of identifier is no NAI, an empty one is one of
 * no octets, and one without subtype is nothing. */
static void identifiers(void)
{
	struct mh_msg msg;

	UNIT_EQ(parse_padded(NAI, &msg), MH_OK);
	UNIT_EQ(msg.opt.present, MH_OPT_MN_ID);
	UNIT_EQ(msg.opt.nai_len, 3);
	UNIT_STR(msg.opt.nai, "a@b");
	UNIT_EQ(parse_padded("08 04 02 614062 01 04 00000000", &msg), MH_OK);
	UNIT_EQ(msg.opt.present, 0);
	UNIT_EQ(parse_padded("08 01 01 00", &msg), MH_OK);
	UNIT_EQ(msg.opt.present, MH_OPT_MN_ID);
	UNIT_EQ(msg.opt.nai_len, 0);
	UNIT_EQ(parse_padded("08 00 01 00", &msg), MH_OK);
	UNIT_EQ(msg.opt.present, 0);
	UNIT_EQ(parse_padded("08 05 01 61", &msg), MH_BAD_OPTION);
	/* the first of its kind, behind one of another */
	UNIT_EQ(parse_padded("08 02 02 ff" NAI "08 04 01 636364", &msg), MH_OK);
	UNIT_STR(msg.opt.nai, "a@b");
}

/* The longest one there is. */
static void the_longest_identifier(void)
{
	char hex[2 * (2 + 255 + 3) + 1];
	struct mh_msg msg;
	size_t i;

	strcpy(hex, "08ff01");
	for (i = 0; i < MH_NAI_MAX; i++)
		strcat(hex, "7a");
	strcat(hex, "010100");
	UNIT_EQ(parse_bu(hex, &msg), MH_OK);
	UNIT_EQ(msg.opt.nai_len, MH_NAI_MAX);
	UNIT_EQ(strlen(msg.opt.nai), MH_NAI_MAX);
}

static bool misplaced(const char *options)
{
	struct mh_msg msg;

	UNIT_EQ(parse_padded(options, &msg), MH_OK);
	return msg.opt.mn_auth_misplaced;
}

/* AUTH-2, AUTH-6, AUTH-7, AUTH-10, AUTH-15: MN-HA ends a message, or MN-AAA
 * behind it; padding is no option. */
static void place_of_mn_auth(void)
{
	CU_ASSERT_FALSE(misplaced("00" MN_HA));
	CU_ASSERT_FALSE(misplaced(NAI "01 01 00" MN_HA "01 02 0000"));
	CU_ASSERT_FALSE(misplaced(MN_HA MN_AAA));
	CU_ASSERT_FALSE(misplaced(MN_AAA "00"));
	CU_ASSERT_TRUE(misplaced(MN_AAA MN_HA));
	CU_ASSERT_TRUE(misplaced(MN_HA MN_HA_2));
	CU_ASSERT_TRUE(misplaced(MN_AAA MN_AAA));
	CU_ASSERT_TRUE(misplaced(MN_HA MN_AAA MN_AAA "00"));
	CU_ASSERT_TRUE(misplaced(MN_HA NAI "00 01 00"));
	CU_ASSERT_TRUE(misplaced(MN_HA STAMP));
	CU_ASSERT_TRUE(misplaced(MN_HA "03 10"
				       "20010db8000200000000000000000100"
				       "01 05 0000000000"));
	CU_ASSERT_TRUE(misplaced(MN_HA "c8 05 0000000000 00 00"));
	/* a subtype that is not known is not covered either */
	CU_ASSERT_TRUE(misplaced(MN_HA "09 05 03 00000007 00 00"));
	CU_ASSERT_FALSE(misplaced("09 05 03 00000007" MN_HA "00 00"));
}

/* AUTH-9 (type, fields). */
static void fields_of_mn_auth(void)
{
	struct mh_msg msg;

	UNIT_EQ(parse_padded("01 06 000000000000" STAMP "00 00 00" MN_HA, &msg),
		MH_OK);
	UNIT_EQ(msg.opt.present, MH_OPT_REPLAY | MH_OPT_MN_HA);
	UNIT_EQ(msg.opt.timestamp, 0xe0ad5f1080000001);
	UNIT_EQ(msg.opt.mn_ha.spi, 1000);
	UNIT_EQ(msg.opt.mn_ha.len, 12);
	UNIT_EQ(msg.opt.mn_ha.offset, 40);
	/* any length of data, but an SPI has to be there */
	UNIT_EQ(parse_padded("09 05 01 00000007 00 00 00 00 00", &msg), MH_OK);
	UNIT_EQ(msg.opt.present, MH_OPT_MN_HA);
	UNIT_EQ(msg.opt.mn_ha.len, 0);
	UNIT_EQ(parse_padded("09 04 01 000007 01 04 00000000", &msg),
		MH_BAD_OPTION);
	UNIT_EQ(parse_padded("09 01 02 00", &msg), MH_BAD_OPTION);
	UNIT_EQ(parse_padded("09 00 01 00", &msg), MH_OK);
	UNIT_EQ(msg.opt.present, 0);
	UNIT_EQ(parse_padded("0a 04 e0ad5f10 01 04 00000000", &msg),
		MH_BAD_OPTION);
	/* AUTH-15: none of this in an acknowledgement */
	UNIT_EQ(parse_with(BA_FIXED, MN_AAA "00", &msg), MH_OK);
	UNIT_EQ(msg.opt.present, 0);
}

/* RFC 3963 section 4.3: each of them counts, up to as many as are kept; bits
 * behind the prefix do not. */
static void mobile_network_prefixes(void)
{
	char hex[(MH_NETWORKS_MAX + 1) * 48 + 8] = "";
	struct mh_msg msg;
	unsigned int i;

	UNIT_EQ(parse_bu("06 12 00 30 20010db80005ffff 0000000000000001"
			 "01 02 0000"
			 "06 12 ff 00 ffffffffffffffff ffffffffffffffff",
			 &msg),
		MH_OK);
	UNIT_EQ(msg.opt.present, MH_OPT_NETWORK);
	UNIT_EQ(msg.opt.networks.n, 2);
	UNIT_STR(prefix_str(&msg.opt.networks.v[0]), "2001:db8:5::/48");
	UNIT_STR(prefix_str(&msg.opt.networks.v[1]), "::/0");
	CU_ASSERT_FALSE(msg.opt.networks.more);
	for (i = 0; i < MH_NETWORKS_MAX; i++)
		strcat(hex, "06120080 20010db8 00050000 00000000 00000001");
	UNIT_EQ(parse_padded(hex, &msg), MH_OK);
	UNIT_EQ(msg.opt.networks.n, MH_NETWORKS_MAX);
	CU_ASSERT_FALSE(msg.opt.networks.more);
	strcat(hex, "06120000 20010db8 00050000 00000000 00000001");
	UNIT_EQ(parse_padded(hex, &msg), MH_OK);
	UNIT_EQ(msg.opt.networks.n, MH_NETWORKS_MAX);
	CU_ASSERT_TRUE(msg.opt.networks.more);
}

/* Also behind a good one; in no other message. */
static void bad_mobile_network_prefixes(void)
{
	struct mh_msg msg;

	UNIT_EQ(parse_padded("06 12 00 81 20010db8000500000000000000000000",
			     &msg),
		MH_BAD_OPTION);
	UNIT_EQ(parse_padded("06 12 00 30 20010db8000500000000000000000000"
			     "06 11 00 40 20010db80005000000000000000000",
			     &msg),
		MH_BAD_OPTION);
	UNIT_EQ(parse_padded("06 00 01 00", &msg), MH_BAD_OPTION);
	UNIT_EQ(parse_with(BA_FIXED, "06 02 00ff", &msg), MH_OK);
	UNIT_EQ(msg.opt.present, 0);
}

/* The longest message there is: Header Len 255, full of options. */
static void the_longest_message(void)
{
	struct in6_addr src = ip("2001:db8:1::100"), dst = ip("2001:db8::1");
	uint8_t d[MH_MAX_LEN] = { 59, 255, MH_BU };
	struct mh_msg msg;
	size_t at;

	for (at = 12; at + 6 <= sizeof(d); at += 4)
		memcpy(d + at, "\xc8\x02\x00\x00", 4);
	memcpy(d + MH_MAX_LEN - 6, "\x04\x04\x00\x01\x00\x02", 6);
	/* the last unknown one ends where the nonce indices begin */
	d[MH_MAX_LEN - 8] = d[MH_MAX_LEN - 7] = 0;
	mh_set_checksum(d, sizeof(d), &src, &dst);
	UNIT_EQ(parse_exact(d, sizeof(d), &src, &dst, &msg), MH_OK);
	UNIT_EQ(msg.opt.present, MH_OPT_NONCE_INDICES);
	UNIT_EQ(parse_exact(d, sizeof(d) - 1, &src, &dst, &msg), MH_TRUNCATED);
}

static const struct unit_case cases[] = {
	UNIT_CASE(longer_header_len_holds_options),
	UNIT_CASE(unknown_options_are_skipped),
	UNIT_CASE(options_past_the_end_drop_the_message),
	UNIT_CASE(pad1_anywhere),
	UNIT_CASE(padn_with_any_filler),
	UNIT_CASE(options_of_other_messages_are_ignored),
	UNIT_CASE(known_options_of_wrong_length_drop_the_message),
	UNIT_CASE(the_first_of_two_counts),
	UNIT_CASE(authenticator_and_its_place),
	UNIT_CASE(authenticator_of_another_length),
	UNIT_CASE(identifiers),
	UNIT_CASE(the_longest_identifier),
	UNIT_CASE(place_of_mn_auth),
	UNIT_CASE(fields_of_mn_auth),
	UNIT_CASE(mobile_network_prefixes),
	UNIT_CASE(bad_mobile_network_prefixes),
	UNIT_CASE(the_longest_message),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "mh_opt", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
