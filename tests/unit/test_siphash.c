/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SipHash-2-4 against the vectors of its authors: key 00 01 .. 0f, messages
 * of 0 to 63 octets 00 01 02 .., results as little-endian octets.  The value
 * for 15 octets is also in the paper (a129ca6149be45e5); all of them were
 * compared with what `openssl mac ... SIPHASH` computes.  And the key of the
 * process, and a table made with it.
 */
#include "mip6d/hash.h"

#include <stdlib.h>
#include <string.h>

#include "mip6d/random.h"
#include "tests/unit/unit.h"

static const char vectors[] =
	"310e0edd47db6f72 fd67dc93c539f874 5a4fa9d909806c0d "
	"2d7efbd796666785 b7877127e09427cf 8da699cd64557618 "
	"cee3fe586e46c9cb 37d1018bf50002ab 6224939a79f5f593 "
	"b0e4a90bdf82009e f3b9dd94c5bb5d7a a7ad6b22462fb3f4 "
	"fbe50e86bc8f1e75 903d84c02756ea14 eef27a8e90ca23f7 "
	"e545be4961ca29a1 db9bc2577fcc2a3f 9447be2cf5e99a69 "
	"9cd38d96f0b3c14b bd6179a71dc96dbb 98eea21af25cd6be "
	"c7673b2eb0cbf2d0 883ea3e395675393 c8ce5ccd8c030ca8 "
	"94af49f6c650adb8 eab8858ade92e1bc f315bb5bb835d817 "
	"adcf6b0763612e2f a5c91da7acaa4dde 716595876650a2a6 "
	"28ef495c53a387ad 42c341d8fa92d832 ce7cf2722f512771 "
	"e37859f94623f3a7 381205bb1ab0e012 ae97a10fd434e015 "
	"b4a31508beff4d31 81396229f0907902 4d0cf49ee5d4dcca "
	"5c73336a76d8bf9a d0a704536ba93e0e 925958fcd6420cad "
	"a915c29bc8067318 952b79f3bc0aa6d4 f21df2e41d4535f9 "
	"87577519048f53a9 10a56cf5dfcd9adb eb75095ccd986cd0 "
	"51a9cb9ecba312e6 96afadfc2ce666c7 72fe52975a4364ee "
	"5a1645b276d592a1 b274cb8ebf87870a 6f9bb4203de7b381 "
	"eaecb2a30b22a87f 9924a43cc1315724 bd838d3aafbf8db7 "
	"0b1a2a3265d51aea 135079a3231ce660 932b2846e4d70666 "
	"e1915f5cb1eca46c f325965ca16d629f 575ff28e60381be5 "
	"724506eb4c328a95 ";

/* The seam of hash_init: another key each time. */
static uint8_t next_key;

void random_bytes(void *buf, size_t n)
{
	memset(buf, next_key++, n);
}

static void published_vectors(void)
{
	uint8_t want[64 * 8], got[64 * 8], key[16], message[64];
	unsigned int i, j;

	UNIT_EQ(unit_hex(want, sizeof(want), vectors), sizeof(want));
	for (i = 0; i < 16; i++)
		key[i] = (uint8_t)i;
	for (i = 0; i < 64; i++) {
		uint64_t h = siphash24(key, message, i);

		for (j = 0; j < 8; j++)
			got[i * 8 + j] = (uint8_t)(h >> (8 * j));
		message[i] = (uint8_t)i;
	}
	UNIT_MEM(got, sizeof(got), want, sizeof(want));
}

static void value_of_the_paper(void)
{
	static const uint8_t m[] = { 0, 1, 2,  3,  4,  5,  6,  7,
				     8, 9, 10, 11, 12, 13, 14, 15 };

	CU_ASSERT_TRUE(siphash24(m, m, 15) == 0xa129ca6149be45e5);
}

static void key_is_drawn_and_used(void)
{
	static const uint8_t zero[16];
	uint64_t first, second;

	next_key = 0;
	hash_init();
	first = hash_bytes("mobile", 6);
	CU_ASSERT_TRUE(first == siphash24(zero, "mobile", 6));
	hash_init();
	second = hash_bytes("mobile", 6);
	CU_ASSERT_TRUE(first != second);
	CU_ASSERT_TRUE(second == hash_bytes("mobile", 6));
}

struct entry {
	uint32_t key;
	UT_hash_handle hh;
};

static void table_finds_what_was_added(void)
{
	enum { N = 5000 };
	struct entry *entries = calloc(N, sizeof(*entries));
	struct entry *table = NULL, *e;
	uint32_t i, missing = 0;

	UNIT_NEED(entries != NULL);
	hash_init();
	for (i = 0; i < N; i++) {
		e = &entries[i];
		e->key = i * 2;
		HASH_ADD(hh, table, key, sizeof(e->key), e);
		CU_ASSERT_PTR_NOT_NULL(e->hh.tbl);
	}
	for (i = 0; i < 2 * N; i++) {
		HASH_FIND(hh, table, &i, sizeof(i), e);
		missing += i % 2 ? !!e : !e || e->key != i;
	}
	UNIT_EQ(missing, 0);
	HASH_CLEAR(hh, table);
	free(entries);
}

static const struct unit_case cases[] = {
	UNIT_CASE(published_vectors),
	UNIT_CASE(value_of_the_paper),
	UNIT_CASE(key_is_drawn_and_used),
	UNIT_CASE(table_finds_what_was_added),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "siphash", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
