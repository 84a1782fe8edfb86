/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sequence numbers modulo 2^16 (RFC 6275 section 9.5.1), and the words for
 * types and statuses.
 */
#include <string.h>

#include "mip6d/mh.h"
#include "tests/unit/unit.h"

/* COM-31, with the numbers of the RFC: after 15, the numbers 0 to 15 and
 * 32783 to 65535 are not newer. */
static void example_of_the_rfc(void)
{
	uint32_t seq;

	for (seq = 0; seq <= 0xffff; seq++)
		UNIT_EQ(mh_seq_newer((uint16_t)seq, 15),
			!(seq <= 15 || seq >= 32783));
}

/* COM-31: last - 32768 .. last are not newer, all else is, for each last. */
static void window_moves_with_the_last(void)
{
	static const uint16_t lasts[] = { 0,      1,      2,
					  0x7ffe, 0x7fff, 0x8000,
					  0x8001, 0xfffe, 0xffff };
	unsigned int i, d, wrong = 0;

	for (i = 0; i < sizeof(lasts) / sizeof(lasts[0]); i++) {
		for (d = 0; d <= 32768; d++)
			wrong += mh_seq_newer((uint16_t)(lasts[i] - d),
					      lasts[i]);
		for (d = 1; d <= 32767; d++)
			wrong += !mh_seq_newer((uint16_t)(lasts[i] + d),
					       lasts[i]);
	}
	UNIT_EQ(wrong, 0);
}

static void types_have_names(void)
{
	unsigned int type;

	UNIT_STR(mh_type_str(MH_BU), "BU");
	UNIT_STR(mh_type_str(MH_BA), "BA");
	UNIT_STR(mh_type_str(MH_BE), "BE");
	UNIT_STR(mh_type_str(MH_HOTI), "HoTI");
	UNIT_STR(mh_type_str(13), "Heartbeat");
	UNIT_STR(mh_type_str(22), "unknown");
	UNIT_STR(mh_type_str(UINT32_MAX), "unknown");
	for (type = 0; type < 300; type++)
		CU_ASSERT_TRUE(mh_type_str(type)[0] != '\0');
}

static void statuses_have_names_and_hints(void)
{
	unsigned int s, t;

	UNIT_STR(ba_status_str(BA_ACCEPTED), "accepted");
	UNIT_STR(ba_status_str(BA_NOT_HOME_SUBNET), "not home subnet");
	UNIT_STR(ba_status_str(BA_INVALID_COA), "invalid care-of address");
	UNIT_STR(ba_status_str(2),
		 "accepted, with a status that is not known here");
	UNIT_STR(ba_status_str(163),
		 "refused, with a status that is not known here");
	UNIT_STR(ba_status_str(255), ba_status_str(163));
	UNIT_STR(ba_status_str(256), ba_status_str(163));
	for (s = 0; s < 256; s++)
		CU_ASSERT_TRUE(strlen(ba_status_hint(s)) > 10);
	for (s = 128; s <= 139; s++)
		for (t = 128; t < s; t++)
			CU_ASSERT_STRING_NOT_EQUAL(ba_status_str(s),
						   ba_status_str(t));
}

/* No status below 128 sounds like a refusal, and none above like success. */
static void words_agree_with_the_number(void)
{
	unsigned int s;

	for (s = 0; s < 256; s++)
		UNIT_EQ(!strncmp(ba_status_str(s), "accepted", 8), s < 128);
}

static const struct unit_case cases[] = {
	UNIT_CASE(example_of_the_rfc),
	UNIT_CASE(window_moves_with_the_last),
	UNIT_CASE(types_have_names),
	UNIT_CASE(statuses_have_names_and_hints),
	UNIT_CASE(words_agree_with_the_number),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "mh_seq", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
