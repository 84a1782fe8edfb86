/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses: which kinds there are, which may become home or care-of
 * addresses, prefixes, and text in both directions.
 */
#include "mip6d/addr.h"

#include <errno.h>
#include <string.h>

#include "tests/unit/unit.h"

static struct in6_addr addr(const char *text)
{
	struct in6_addr a = { 0 };

	CU_ASSERT_EQUAL_FATAL(addr_parse(text, &a), 0);
	return a;
}

static struct prefix prefix(const char *text)
{
	struct prefix p = { 0 };

	CU_ASSERT_EQUAL_FATAL(prefix_parse(text, &p), 0);
	return p;
}

struct kind {
	const char *text;
	bool multicast, linklocal, loopback, ula, routable;
};

/* RFC 6275 section 4.6: multicast, link-local, loopback, unspecified and
 * v4-mapped addresses are no home and no care-of addresses. */
static const struct kind kinds[] = {
	{ "::", false, false, false, false, false },
	{ "::1", false, false, true, false, false },
	{ "::2", false, false, false, false, false },
	{ "::192.0.2.1", false, false, false, false, false },
	{ "::ffff:192.0.2.1", false, false, false, false, false },
	{ "::fffe:192.0.2.1", false, false, false, false, true },
	{ "::1:0:0:0", false, false, false, false, true },
	{ "64:ff9b::192.0.2.1", false, false, false, false, true },
	{ "2001:db8::", false, false, false, false, true },
	{ "2001:db8:1::100", false, false, false, false, true },
	{ "fbff::1", false, false, false, false, true },
	{ "fc00::1", false, false, false, true, true },
	{ "fdff::1", false, false, false, true, true },
	{ "fe00::1", false, false, false, false, true },
	{ "fe7f::1", false, false, false, false, true },
	{ "fe80::1", false, true, false, false, false },
	{ "febf:ffff::1", false, true, false, false, false },
	{ "fec0::1", false, false, false, false, false },
	{ "feff::1", false, false, false, false, false },
	{ "ff02::1", true, false, false, false, false },
	{ "ff0e::1", true, false, false, false, false },
};

static void kinds_of_addresses(void)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const struct kind *k = &kinds[i];
		struct in6_addr a = addr(k->text);

		if (addr_is_multicast(&a) != k->multicast ||
		    addr_is_linklocal(&a) != k->linklocal ||
		    addr_is_loopback(&a) != k->loopback ||
		    addr_is_ula(&a) != k->ula ||
		    addr_is_routable(&a) != k->routable)
			UNIT_STR("another kind", k->text);
	}
	CU_ASSERT_TRUE(addr_is_any(&addr_any));
	CU_ASSERT_FALSE(addr_is_any(&addr_all_nodes));
}

static void compare(void)
{
	struct in6_addr a = addr("2001:db8::1"), b = addr("2001:db8::2");

	CU_ASSERT_TRUE(addr_eq(&a, &a));
	CU_ASSERT_FALSE(addr_eq(&a, &b));
	CU_ASSERT_TRUE(addr_cmp(&a, &b) < 0);
	CU_ASSERT_TRUE(addr_cmp(&b, &a) > 0);
	UNIT_EQ(addr_cmp(&a, &a), 0);
}

static void derived_addresses(void)
{
	struct in6_addr a = addr("2001:db8:1:2:3:4:5:6789"), d;

	d = addr_solicited_node(&a);
	UNIT_STR(addr_str(&d), "ff02::1:ff05:6789");
	d = addr_linklocal_of(&a);
	UNIT_STR(addr_str(&d), "fe80::3:4:5:6789");
	UNIT_STR(addr_str(&addr_all_nodes), "ff02::1");
	UNIT_STR(addr_str(&addr_all_routers), "ff02::2");
}

static void text_ring_serves_eight_calls(void)
{
	const char *text[8];
	char want[16];
	int i;

	for (i = 0; i < 8; i++) {
		struct in6_addr a = { .s6_addr = { [15] = (uint8_t)(i + 2) } };

		text[i] = addr_str(&a);
	}
	for (i = 0; i < 8; i++) {
		snprintf(want, sizeof(want), "::%d", i + 2);
		UNIT_STR(text[i], want);
	}
}

static void text_of_the_longest(void)
{
	struct in6_addr a;
	struct prefix p;

	memset(&a, 0xff, sizeof(a));
	UNIT_STR(addr_str(&a), "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
	p = prefix_of(&a, 128);
	UNIT_STR(prefix_str(&p), "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128");
	p = prefix_of(&a, 0);
	UNIT_STR(prefix_str(&p), "::/0");
}

static void link_layer_addresses(void)
{
	struct lladdr none = { 0 };
	struct lladdr mac = { 6, { 0x52, 0x54, 0, 0x12, 0x34, 0xab } };
	struct lladdr longer = mac, full = { LLADDR_MAX, { 1 } };

	UNIT_STR(lladdr_str(&none), "-");
	UNIT_STR(lladdr_str(&mac), "52:54:00:12:34:ab");
	UNIT_STR(lladdr_str(&full),
		 "01:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00");
	CU_ASSERT_TRUE(lladdr_eq(&mac, &mac));
	longer.len = 8;
	CU_ASSERT_FALSE(lladdr_eq(&mac, &longer));
	longer.len = 6;
	longer.addr[7] = 9; /* behind its end */
	CU_ASSERT_TRUE(lladdr_eq(&mac, &longer));
	longer.addr[5] = 0;
	CU_ASSERT_FALSE(lladdr_eq(&mac, &longer));
}

static void parse_refuses_and_leaves_untouched(void)
{
	static const char *const bad_addr[] = {
		"",     "x",    "2001:db8::1/64", "192.0.2.1", "fe80::1%eth0",
		" ::1", "::1 ", "1::2::3",
	};
	static const char *const bad_len[] = {
		"2001:db8::1",
		"2001:db8::1/",
		"2001:db8::1/129",
		"2001:db8::1/-1",
		"2001:db8::1/+1",
		"2001:db8::1/ 1",
		"2001:db8::1/064",
		"2001:db8::1/4294967360",
		"/64",
		"2001:db8::1/64x",
		"2001:db8::1/64/64",
		"0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0:0/64",
	};
	struct in6_addr a = addr("2001:db8::9");
	struct prefix p = prefix("2001:db8::/32");
	uint8_t len = 7;
	size_t i;

	for (i = 0; i < sizeof(bad_addr) / sizeof(bad_addr[0]); i++)
		UNIT_EQ(addr_parse(bad_addr[i], &a), -EINVAL);
	for (i = 0; i < sizeof(bad_len) / sizeof(bad_len[0]); i++) {
		UNIT_EQ(addr_parse_len(bad_len[i], &a, &len), -EINVAL);
		UNIT_EQ(prefix_parse(bad_len[i], &p), -EINVAL);
	}
	UNIT_EQ(prefix_parse("2001:db8::1/64", &p), -EINVAL);
	UNIT_STR(addr_str(&a), "2001:db8::9");
	UNIT_STR(prefix_str(&p), "2001:db8::/32");
	UNIT_EQ(len, 7);
}

static void parse_takes(void)
{
	struct in6_addr a;
	struct prefix p;
	uint8_t len;

	UNIT_EQ(addr_parse_len("2001:db8::100/64", &a, &len), 0);
	UNIT_STR(addr_str(&a), "2001:db8::100");
	UNIT_EQ(len, 64);
	UNIT_EQ(addr_parse_len("::/0", &a, &len), 0);
	UNIT_EQ(len, 0);
	UNIT_EQ(prefix_parse("2001:db8::1/128", &p), 0);
	UNIT_STR(prefix_str(&p), "2001:db8::1/128");
	UNIT_EQ(prefix_parse("fe00::/7", &p), 0);
	UNIT_EQ(addr_parse_len("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255"
			       "/64",
			       &a, &len),
		0);
}

static void prefixes_of_every_length(void)
{
	struct in6_addr ones, a;
	unsigned int len, bit;

	memset(&ones, 0xff, sizeof(ones));
	for (len = 0; len <= 128; len++) {
		struct prefix p = prefix_of(&ones, (uint8_t)len);
		unsigned int set = 0;

		for (bit = 0; bit < 128; bit++)
			set += p.addr.s6_addr[bit / 8] >> (7 - bit % 8) & 1;
		UNIT_EQ(set, len);
		UNIT_EQ(p.len, len);
		CU_ASSERT_TRUE(prefix_contains(&p, &ones));
		for (bit = 0; bit < 128; bit++) {
			a = ones;
			a.s6_addr[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
			UNIT_EQ(prefix_contains(&p, &a), bit >= len);
		}
	}
	UNIT_EQ(prefix_of(&ones, 200).len, 128);
}

static void prefix_equality_needs_both(void)
{
	struct prefix a = prefix("2001:db8::/32"), b = prefix("2001:db8::/48");

	CU_ASSERT_FALSE(prefix_eq(&a, &b));
	b = prefix("2001:db9::/32");
	CU_ASSERT_FALSE(prefix_eq(&a, &b));
	b = prefix("2001:db8::/32");
	CU_ASSERT_TRUE(prefix_eq(&a, &b));
}

static const struct unit_case cases[] = {
	UNIT_CASE(kinds_of_addresses),
	UNIT_CASE(compare),
	UNIT_CASE(derived_addresses),
	UNIT_CASE(text_ring_serves_eight_calls),
	UNIT_CASE(text_of_the_longest),
	UNIT_CASE(link_layer_addresses),
	UNIT_CASE(parse_refuses_and_leaves_untouched),
	UNIT_CASE(parse_takes),
	UNIT_CASE(prefixes_of_every_length),
	UNIT_CASE(prefix_equality_needs_both),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "addr", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
