/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The harness itself: golden bytes are read as written, and a comparison that
 * should fail does.
 */
#include "tests/unit/unit.h"

static void hex_reads_bytes_and_skips_comments(void)
{
	static const uint8_t want[] = { 0x3b, 0x01, 0xAB };
	uint8_t got[8];

	UNIT_EQ(unit_hex(got, sizeof(got), "3b 01 # a field\n\tAb ; end"), 3);
	UNIT_MEM(got, 3, want, sizeof(want));
	UNIT_HEX(want, sizeof(want), "3b01ab");
	UNIT_EQ(unit_hex(got, sizeof(got), ""), 0);
}

static void comparisons_tell_difference(void)
{
	CU_ASSERT_FALSE(unit_same_int("here", 1, "x", 1, 2));
	CU_ASSERT_TRUE(unit_same_int("here", 1, "x", -1, -1));
	CU_ASSERT_FALSE(unit_same_mem("here", 1, "x", "ab", 2, "ac", 2));
	CU_ASSERT_FALSE(unit_same_mem("here", 1, "x", "ab", 2, "ab", 1));
	CU_ASSERT_TRUE(unit_same_mem("here", 1, "x", NULL, 0, NULL, 0));
	CU_ASSERT_FALSE(unit_same_str("here", 1, "x", "a", NULL));
	CU_ASSERT_TRUE(unit_same_str("here", 1, "x", "a", "a"));
}

static const struct unit_case cases[] = {
	UNIT_CASE(hex_reads_bytes_and_skips_comments),
	UNIT_CASE(comparisons_tell_difference),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "unit", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
