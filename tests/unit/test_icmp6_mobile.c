/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The messages of RFC 6275 sections 6.5 to 6.8, router solicitations, and
 * router advertisements of our own: octet for octet those of another encoder,
 * read to their fields, and everything that a bad network can make of them.
 */
#include <errno.h>

#include "tests/unit/golden_icmp6.h"
#include "tests/unit/icmp6_ref.h"
#include "tests/unit/mh_util.h"

static struct in6_addr src, dst;
static uint8_t data[2048];
static size_t len;

static void load(const char *name)
{
	size_t i;

	for (i = 0; i < N_GOLDEN_ICMP6; i++) {
		if (strcmp(golden_icmp6[i].name, name))
			continue;
		src = ip(golden_icmp6[i].src);
		dst = ip(golden_icmp6[i].dst);
		len = unit_hex(data, sizeof(data), golden_icmp6[i].hex);
		return;
	}
	CU_FAIL_FATAL("no such golden");
}

static enum icmp6_verdict parse_at(uint8_t hop_limit, bool check_sum,
				   struct icmp6_msg *ret_msg)
{
	uint8_t *copy = exact_copy(data, len);
	enum icmp6_verdict v = icmp6_parse(copy, len, &src, &dst, hop_limit,
					   check_sum, ret_msg);

	free(copy);
	return v;
}

static void fix_checksum(void)
{
	uint16_t sum;

	data[2] = data[3] = 0;
	sum = ref_checksum(&src, &dst, 58, data, len);
	data[2] = (uint8_t)(sum >> 8);
	data[3] = (uint8_t)sum;
}

/* They come from afar: the hop limit does not matter. */
static enum icmp6_verdict parse(struct icmp6_msg *ret_msg)
{
	fix_checksum();
	return parse_at(57, true, ret_msg);
}

static const char *const names[] = { "haad_request", "haad_reply", "mps",
				     "mpa" };

/* ---- reading ---- */

/* COM-42 COM-43 */
static void goldens_are_read(void)
{
	struct icmp6_msg m;
	const struct ra_prefix *p = m.mpa.prefixes;

	load("haad_request");
	UNIT_NEED(parse_at(57, true, &m) == ICMP6_OK);
	UNIT_EQ(m.type, ICMP6_HAAD_REQUEST);
	UNIT_EQ(m.request.id, 0x1234);
	load("haad_reply");
	UNIT_NEED(parse_at(57, true, &m) == ICMP6_OK);
	UNIT_EQ(m.reply.id, 0x1234);
	UNIT_EQ(m.reply.n_addrs, 2);
	UNIT_STR(addr_str(&m.reply.addrs[0]), HA);
	UNIT_STR(addr_str(&m.reply.addrs[1]), CN);
	load("mps");
	UNIT_NEED(parse_at(57, true, &m) == ICMP6_OK);
	UNIT_EQ(m.request.id, 0x4321);
	load("mpa");
	UNIT_NEED(parse_at(57, true, &m) == ICMP6_OK);
	UNIT_EQ(m.mpa.id, 0x4321);
	CU_ASSERT_TRUE(!m.mpa.managed && m.mpa.other);
	UNIT_EQ(m.mpa.n_prefixes, 2);
	UNIT_STR(prefix_str(&p[0].prefix), "2001:db8:1::/64");
	UNIT_STR(addr_str(&p[0].addr), HA);
	CU_ASSERT_TRUE(p[0].router_addr && p[0].on_link && p[0].autonomous);
	UNIT_STR(prefix_str(&p[1].prefix), "2001:db8:3::/48");
	UNIT_EQ(p[1].valid_s, UINT32_MAX);
	UNIT_EQ(p[1].preferred_s, 0);
}

/* COM-44 */
static void reserved_bits_are_ignored(void)
{
	struct icmp6_msg m;

	load("haad_request");
	data[6] = data[7] = 0xff;
	UNIT_NEED(parse(&m) == ICMP6_OK);
	UNIT_EQ(m.request.id, 0x1234);
	load("haad_reply");
	data[6] = data[7] = 0xff;
	UNIT_NEED(parse(&m) == ICMP6_OK);
	UNIT_EQ(m.reply.n_addrs, 2);
	load("mps");
	data[6] = data[7] = 0xff;
	UNIT_NEED(parse(&m) == ICMP6_OK);
	UNIT_EQ(m.request.id, 0x4321);
	load("mpa");
	data[6] |= 0x3f;
	data[7] = 0xff;
	UNIT_NEED(parse(&m) == ICMP6_OK);
	CU_ASSERT_TRUE(!m.mpa.managed && m.mpa.other);
	UNIT_EQ(m.mpa.n_prefixes, 2);
}

static void insert_option(size_t at, const char *hex)
{
	uint8_t option[64];
	size_t n = unit_hex(option, sizeof(option), hex);

	memmove(data + at + n, data + at, len - at);
	memcpy(data + at, option, n);
	len += n;
}

/* COM-45 */
static void unknown_options_are_skipped(void)
{
	struct icmp6_msg m;

	load("mps");
	insert_option(8, "c8 02 00112233445566778899aabbccdd");
	UNIT_NEED(parse(&m) == ICMP6_OK);
	UNIT_EQ(m.request.id, 0x4321);
	load("mpa");
	insert_option(8, "c8 01 001122334455");
	insert_option(len, "c9 01 001122334455");
	/* A Prefix Information option of another length is none. */
	insert_option(len, "03 01 40e000000000");
	UNIT_NEED(parse(&m) == ICMP6_OK);
	UNIT_EQ(m.mpa.n_prefixes, 2);
}

/* COM-46 */
static void malformed_ones_are_refused(void)
{
	static const char *const with_options[] = { "mps", "mpa" };
	struct icmp6_msg m = { .type = 0xee };
	size_t i;

	for (i = 0; i < 4; i++) {
		load(names[i]);
		data[1] = 1;
		UNIT_EQ(parse(&m), ICMP6_BAD);
		load(names[i]);
		data[2] ^= 1;
		UNIT_EQ(parse_at(57, true, &m), ICMP6_BAD);
		load(names[i]);
		src = ip(ALL_NODES);
		UNIT_EQ(parse(&m), ICMP6_BAD);
	}
	for (i = 0; i < 2; i++) {
		load(with_options[i]);
		insert_option(8, "c8 00 000000000000");
		UNIT_EQ(parse(&m), ICMP6_BAD);
		load(with_options[i]);
		insert_option(len, "c8 02 000000000000");
		UNIT_EQ(parse(&m), ICMP6_BAD);
		load(with_options[i]);
		insert_option(len, "c8");
		UNIT_EQ(parse(&m), ICMP6_BAD);
	}
	UNIT_EQ(m.type, 0xee);
}

/* COM-46: whatever is left of a message is judged as the second opinion
 * does, and nothing behind it is read. */
static void all_truncations(void)
{
	struct icmp6_msg m;
	size_t i, whole;

	for (i = 0; i < 4; i++) {
		load(names[i]);
		for (whole = len, len = 0; len <= whole; len++) {
			bool valid;

			if (len >= 4)
				fix_checksum();
			valid = ref_mobile_valid(data, len, &src, &dst, true);
			UNIT_EQ(parse_at(57, true, &m),
				valid ? ICMP6_OK : ICMP6_BAD);
		}
	}
}

static void more_addresses_than_fit_are_cut(void)
{
	struct icmp6_msg m;
	unsigned int i;

	load("haad_reply");
	len = 8;
	for (i = 0; i < HAAD_MAX_ADDRS + 3; i++) {
		struct in6_addr a = ip(HA);

		a.s6_addr[15] = (uint8_t)i;
		memcpy(data + len, &a, sizeof(a));
		len += sizeof(a);
	}
	UNIT_NEED(parse(&m) == ICMP6_OK);
	UNIT_EQ(m.reply.n_addrs, HAAD_MAX_ADDRS);
	UNIT_EQ(m.reply.addrs[HAAD_MAX_ADDRS - 1].s6_addr[15],
		HAAD_MAX_ADDRS - 1);
}

/* RFC 4861 section 6.1.1; COM-47: options of others are not heard. */
static void solicitations(void)
{
	struct icmp6_msg m;

	load("rs");
	UNIT_NEED(parse_at(255, true, &m) == ICMP6_OK);
	UNIT_STR(lladdr_str(&m.rs.source_lladdr), "52:54:00:00:01:00");
	UNIT_EQ(parse_at(254, true, &m), ICMP6_BAD);
	insert_option(len, "07 01 0000 00000bb8 08 01 0000 0009 0384");
	fix_checksum();
	UNIT_EQ(parse_at(255, true, &m), ICMP6_OK);
	src = addr_any;
	fix_checksum();
	UNIT_EQ(parse_at(255, true, &m), ICMP6_BAD);
	load("rs_any");
	UNIT_NEED(parse_at(255, true, &m) == ICMP6_OK);
	UNIT_EQ(m.rs.source_lladdr.len, 0);
	len = 7;
	fix_checksum();
	UNIT_EQ(parse_at(255, true, &m), ICMP6_BAD);
}

/* ---- building ---- */

static uint8_t buf[2048];

/* The checksum is the port's. */
static void expect_golden(int n, const char *name)
{
	load(name);
	data[2] = data[3] = 0;
	UNIT_EQ(n, (int)len);
	CU_ASSERT_TRUE(n > 0 && !memcmp(buf, data, len));
}

static struct ra_prefix prefix(const char *text, const char *router)
{
	struct ra_prefix p = { 0 };

	UNIT_NEED(!prefix_parse(text, &p.prefix));
	p.autonomous = true;
	if (router) {
		p.on_link = p.router_addr = true;
		p.addr = ip(router);
		p.valid_s = 86400;
		p.preferred_s = 14400;
	} else {
		p.valid_s = UINT32_MAX;
	}
	return p;
}

/* COM-42 COM-43 */
static void goldens_are_built(void)
{
	struct icmp6_haad_reply reply = { .id = 0x1234,
					  .n_addrs = 2,
					  .addrs = { ip(HA), ip(CN) } };
	struct icmp6_mpa mpa = { .id = 0x4321, .other = true, .n_prefixes = 2 };

	mpa.prefixes[0] = prefix("2001:db8:1::/64", HA);
	mpa.prefixes[1] = prefix("2001:db8:3::/48", NULL);
	expect_golden(icmp6_build_haad_request(0x1234, buf, sizeof(buf)),
		      "haad_request");
	expect_golden(icmp6_build_haad_reply(&reply, buf, sizeof(buf)),
		      "haad_reply");
	expect_golden(icmp6_build_mps(0x4321, buf, sizeof(buf)), "mps");
	expect_golden(icmp6_build_mpa(&mpa, buf, sizeof(buf)), "mpa");
}

static struct icmp6_ra own_ra(void)
{
	struct icmp6_ra ra = {
		.cur_hop_limit = 64,
		.home_agent = true,
		.router_lifetime_s = 1800,
		.source_lladdr = { 6, { 0x52, 0x54, 0, 0, 0, 1 } },
		.interval_ms = 90,
		.has_ha_info = true,
		.ha_preference = 9,
		.ha_lifetime_s = 900,
		.n_prefixes = 1,
	};

	ra.prefixes[0] = prefix("2001:db8:1::/64", HA);
	return ra;
}

static void a_router_advertisement_is_built(void)
{
	struct icmp6_ra ra = own_ra();
	struct in6_addr from = ip(LL_ROUTER), to = ip(ALL_NODES);
	int n = icmp6_build_ra(&from, &to, &ra, buf, sizeof(buf));

	load("ra_own");
	UNIT_EQ(n, (int)len);
	CU_ASSERT_TRUE(n > 0 && !memcmp(buf, data, len));
	/* RFC 6275 section 7.4: not without the H bit. */
	ra.home_agent = false;
	UNIT_EQ(icmp6_build_ra(&from, &to, &ra, buf, sizeof(buf)), n - 8);
	ra.interval_ms = 0;
	UNIT_EQ(icmp6_build_ra(&from, &to, &ra, buf, sizeof(buf)), n - 16);
}

static void small_buffers_are_respected(void)
{
	struct icmp6_haad_reply reply = { .n_addrs = 1, .addrs = { ip(HA) } };
	struct icmp6_mpa mpa = { .n_prefixes = 1 };
	struct in6_addr from = ip(LL_ROUTER), to = ip(ALL_NODES);
	struct icmp6_ra ra = own_ra();
	size_t size;

	mpa.prefixes[0] = prefix("2001:db8:1::/64", HA);
	for (size = 0; size <= 72; size++) {
		uint8_t *room = exact_copy(buf, size);

		UNIT_EQ(icmp6_build_haad_request(1, room, size),
			size < 8 ? -EMSGSIZE : 8);
		UNIT_EQ(icmp6_build_haad_reply(&reply, room, size),
			size < 24 ? -EMSGSIZE : 24);
		UNIT_EQ(icmp6_build_mps(1, room, size),
			size < 8 ? -EMSGSIZE : 8);
		UNIT_EQ(icmp6_build_mpa(&mpa, room, size),
			size < 40 ? -EMSGSIZE : 40);
		UNIT_EQ(icmp6_build_ra(&from, &to, &ra, room, size),
			size < 72 ? -EMSGSIZE : 72);
		free(room);
	}
}

static const struct unit_case cases[] = {
	UNIT_CASE(goldens_are_read),
	UNIT_CASE(reserved_bits_are_ignored),
	UNIT_CASE(unknown_options_are_skipped),
	UNIT_CASE(malformed_ones_are_refused),
	UNIT_CASE(all_truncations),
	UNIT_CASE(more_addresses_than_fit_are_cut),
	UNIT_CASE(solicitations),
	UNIT_CASE(goldens_are_built),
	UNIT_CASE(a_router_advertisement_is_built),
	UNIT_CASE(small_buffers_are_respected),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "icmp6_mobile", cases },
					    UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
