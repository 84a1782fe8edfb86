/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Formed addresses.  The expected ones come from another implementation of
 * SipHash-2-4.
 */
#include "src/mn/mn_form.h"

#include <string.h>

#include "mip6d/cleanup.h"
#include "tests/unit/unit.h"

static struct prefix prefix(const char *text)
{
	struct prefix p;

	UNIT_NEED(!prefix_parse(text, &p));
	return p;
}

/* RFC 7217: another prefix or counter, another identifier; the same, the
 * same. */
static void the_identifier(void)
{
	static const struct {
		const char *prefix, *address;
		uint8_t counter;
	} rows[] = {
		{ "2001:db8:1::/64", "2001:db8:1:0:7911:718b:af63:b5fb", 0 },
		{ "2001:db8:1::/64", "2001:db8:1:0:a6a3:b33c:4e63:5f1a", 1 },
		{ "2001:db8:2::/64", "2001:db8:2:0:2978:9727:2ad9:1d6d", 0 },
		{ "2001:db8:2::/64", "2001:db8:2:0:a525:9e5d:a8c5:3420", 1 },
		{ "2001:db8:1::/64", "2001:db8:1:0:7911:718b:af63:b5fb", 0 },
	};
	uint8_t secret[MN_SECRET_LEN];
	struct in6_addr a;
	unsigned int i;

	for (i = 0; i < sizeof(secret); i++)
		secret[i] = (uint8_t)i;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct prefix p = prefix(rows[i].prefix);

		a = mn_form_address(&p, secret, rows[i].counter);
		UNIT_STR(addr_str(&a), rows[i].address);
	}
}

/* Another secret, another node. */
static void the_secret(void)
{
	struct prefix p = prefix("2001:db8:1::/64");
	uint8_t secret[MN_SECRET_LEN] = { 0 };
	struct in6_addr a = mn_form_address(&p, secret, 0), b;

	secret[15] = 1;
	b = mn_form_address(&p, secret, 0);
	CU_ASSERT(!addr_eq(&a, &b));
	CU_ASSERT(prefix_contains(&p, &a) && prefix_contains(&p, &b));
}

static void prefixes_that_fit(void)
{
	static const struct {
		const char *prefix;
		bool fits;
	} rows[] = {
		{ "2001:db8:1::/64", true },  { "fd00:1::/64", true },
		{ "2001:db8:1::/63", false }, { "2001:db8:1::/65", false },
		{ "fe80::/64", false },       { "ff02::/64", false },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct prefix p = prefix(rows[i].prefix);

		UNIT_EQ(mn_form_fits(&p), rows[i].fits);
	}
}

static const struct unit_case cases[] = {
	UNIT_CASE(the_identifier),
	UNIT_CASE(the_secret),
	UNIT_CASE(prefixes_that_fit),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "mn_form", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
