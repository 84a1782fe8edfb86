/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bounded octets: no access leaves the buffer, the first one that would is
 * remembered, and the checksum is the internet's.
 */
#include "mip6d/buf.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

static void reads_in_network_order(void)
{
	uint8_t data[32];
	size_t n = unit_hex(data, sizeof(data),
			    "01 0203 04050607 "
			    "20010db8000000000000000000000001 aabb cc");
	struct in6_addr a;
	uint8_t two[2];
	struct rbuf b;

	rbuf_init(&b, data, n);
	UNIT_EQ(rbuf_u8(&b), 0x01);
	UNIT_EQ(rbuf_u16(&b), 0x0203);
	UNIT_EQ(rbuf_u32(&b), 0x04050607);
	a = rbuf_addr(&b);
	UNIT_HEX(&a, sizeof(a), "20010db8000000000000000000000001");
	rbuf_bytes(&b, two, 2);
	UNIT_HEX(two, 2, "aabb");
	UNIT_EQ(rbuf_left(&b), 1);
	rbuf_skip(&b, 1);
	UNIT_EQ(rbuf_left(&b), 0);
	CU_ASSERT_FALSE(b.bad);
}

/* One octet short of what is asked for, in memory of exactly that size. */
static void reads_past_the_end_yield_zeros(void)
{
	static const size_t want[] = { 1, 2, 4, 16 };
	size_t i;

	for (i = 0; i < 4; i++) {
		uint8_t *data = malloc(want[i]), got[16];
		struct rbuf b;

		UNIT_NEED(data != NULL);
		memset(data, 0xee, want[i]);
		memset(got, 0x55, sizeof(got));
		rbuf_init(&b, data, want[i] - 1);
		rbuf_bytes(&b, got, want[i]);
		CU_ASSERT_TRUE(b.bad);
		UNIT_EQ(rbuf_left(&b), 0);
		UNIT_EQ(got[want[i] - 1], 0);
		UNIT_EQ(got[0], 0);
		/* It stays bad, even where octets are left. */
		UNIT_EQ(rbuf_u8(&b), 0);
		UNIT_EQ(rbuf_u16(&b), 0);
		UNIT_EQ(rbuf_u32(&b), 0);
		CU_ASSERT_TRUE(b.bad);
		free(data);
	}
}

static void sizes_near_the_limit_do_not_wrap(void)
{
	uint8_t data[4] = { 0 };
	struct rbuf r;
	struct wbuf w;

	rbuf_init(&r, data, sizeof(data));
	rbuf_skip(&r, 2);
	rbuf_skip(&r, SIZE_MAX);
	CU_ASSERT_TRUE(r.bad);
	wbuf_init(&w, data, sizeof(data));
	wbuf_u16(&w, 1);
	wbuf_zero(&w, SIZE_MAX);
	CU_ASSERT_TRUE(w.bad);
	UNIT_EQ(w.len, 2);
}

static void writes_in_network_order(void)
{
	static const struct in6_addr a = { .s6_addr = { 0x20, 1, [15] = 9 } };
	uint8_t data[32];
	struct wbuf b;

	wbuf_init(&b, data, sizeof(data));
	wbuf_u8(&b, 1);
	wbuf_u16(&b, 0x0203);
	wbuf_u32(&b, 0x04050607);
	wbuf_addr(&b, &a);
	wbuf_bytes(&b, "hi", 2);
	wbuf_zero(&b, 3);
	CU_ASSERT_FALSE(b.bad);
	UNIT_HEX(data, b.len,
		 "01 0203 04050607"
		 "20010000000000000000000000000009"
		 "6869 000000");
}

static void writes_never_pass_the_end(void)
{
	static const struct in6_addr a = { .s6_addr = { 1 } };
	uint8_t data[16];
	struct wbuf b;
	size_t size;

	for (size = 0; size < 16; size++) {
		memset(data, 0x55, sizeof(data));
		wbuf_init(&b, data, size);
		wbuf_addr(&b, &a);
		CU_ASSERT_TRUE(b.bad);
		UNIT_EQ(b.len, 0);
		UNIT_EQ(data[0], 0x55);
		/* It stays bad: no half message looks like a whole one. */
		wbuf_u8(&b, 1);
		UNIT_EQ(b.len, 0);
	}
}

/* RFC 1071 section 3's octets, behind a pseudo-header of zeros: their sum is
 * ddf2, to which the length 8 and the next header 0 are added. */
static void checksum_of_a_published_sum(void)
{
	static const struct in6_addr zero;
	uint8_t data[8];

	unit_hex(data, sizeof(data), "0001 f203 f4f5 f6f7");
	UNIT_EQ(buf_checksum6(&zero, &zero, 0, data, 8),
		(uint16_t) ~(0xddf2 + 8));
	UNIT_EQ(buf_checksum6(&zero, &zero, 135, data, 8),
		(uint16_t) ~(0xddf2 + 8 + 135));
}

static void checksum_of_odd_and_long_data(void)
{
	static const struct in6_addr zero;
	uint8_t *data = malloc(70001);
	uint8_t odd[3] = { 0x12, 0x34, 0x56 };

	UNIT_NEED(data != NULL);
	UNIT_EQ(buf_checksum6(&zero, &zero, 0, odd, 3),
		(uint16_t) ~(0x1234 + 0x5600 + 3));
	/* 35000 words of ffff are zero modulo 65535; 70001 = 1:1171. */
	memset(data, 0xff, 70000);
	data[70000] = 0x01;
	UNIT_EQ(buf_checksum6(&zero, &zero, 0, data, 70001),
		(uint16_t) ~(0x0100 + 70001 - 65536 + 1));
	UNIT_EQ(buf_checksum6(&zero, &zero, 1, NULL, 0), 0xfffe);
	free(data);
}

static void checksum_in_place_is_zero(void)
{
	static const struct in6_addr a = { .s6_addr = { 0x20, 1, [15] = 9 } };
	static const struct in6_addr c = { .s6_addr = { 0x20, 2, [15] = 7 } };
	uint8_t data[8] = { 59, 0, 0, 0, 0, 0, 0xab, 0xcd };
	uint16_t sum = buf_checksum6(&a, &c, 135, data, 8);

	data[4] = (uint8_t)(sum >> 8);
	data[5] = (uint8_t)sum;
	UNIT_EQ(buf_checksum6(&a, &c, 135, data, 8), 0);
	UNIT_EQ(buf_checksum6(&c, &a, 135, data, 8), 0);
	CU_ASSERT_NOT_EQUAL(buf_checksum6(&a, &a, 135, data, 8), 0);
	CU_ASSERT_NOT_EQUAL(buf_checksum6(&a, &c, 58, data, 8), 0);
}

static const struct unit_case cases[] = {
	UNIT_CASE(reads_in_network_order),
	UNIT_CASE(reads_past_the_end_yield_zeros),
	UNIT_CASE(sizes_near_the_limit_do_not_wrap),
	UNIT_CASE(writes_in_network_order),
	UNIT_CASE(writes_never_pass_the_end),
	UNIT_CASE(checksum_of_a_published_sum),
	UNIT_CASE(checksum_of_odd_and_long_data),
	UNIT_CASE(checksum_in_place_is_zero),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "buf", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
