/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ancillary data of the Mobility Header socket: which addresses a message
 * carried on the wire, and the routing header of one to send.
 */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "src/sock/sock_priv.h"
#include "tests/unit/unit.h"

static struct in6_addr addr(const char *text)
{
	struct in6_addr a;

	UNIT_NEED(!addr_parse(text, &a));
	return a;
}

#define SAME(a, text)                               \
	do {                                        \
		struct in6_addr want_ = addr(text); \
		UNIT_MEM(&(a), 16, &want_, 16);     \
	} while (0)

/* As the kernel gives it: the care-of address in the option's place. */
#define HAO_HDR                           \
	"87 02 # MH follows, 24 octets\n" \
	"01 02 0000 # PadN\n"             \
	"c9 10 20010db8 00020000 00000000 00000100 # HAO\n"
#define RH2_HDR                                      \
	"87 02 02 00 00000000 # type 2, none left\n" \
	"20010db8 00020000 00000000 00000100\n"

struct control {
	uint8_t data[512] __attribute__((aligned(8)));
	struct msghdr mh;
};

static void control_init(struct control *c)
{
	memset(c, 0, sizeof(*c));
	c->mh.msg_control = c->data;
}

static void put(struct control *c, int type, const void *data, size_t len)
{
	struct cmsghdr *h = (void *)(c->data + c->mh.msg_controllen);

	h->cmsg_level = IPPROTO_IPV6;
	h->cmsg_type = type;
	h->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(h), data, len);
	c->mh.msg_controllen += CMSG_SPACE(len);
}

static void put_hex(struct control *c, int type, const char *text)
{
	uint8_t data[128];
	size_t len = unit_hex(data, sizeof(data), text);

	put(c, type, data, len);
}

static void put_pktinfo(struct control *c, const char *dst)
{
	struct in6_pktinfo pi = { .ipi6_addr = addr(dst), .ipi6_ifindex = 3 };
	int hops = 63;

	put(c, IPV6_PKTINFO, &pi, sizeof(pi));
	put(c, IPV6_HOPLIMIT, &hops, sizeof(hops));
}

static void plain_message(void)
{
	struct packet pkt = { .src = addr("2001:db8:2::100") };
	struct control c;

	control_init(&c);
	put_pktinfo(&c, "2001:db8:1::1");
	UNIT_EQ(ancillary_decode(&c.mh, &pkt), 0);
	SAME(pkt.src, "2001:db8:2::100");
	SAME(pkt.wire_src, "2001:db8:2::100");
	SAME(pkt.dst, "2001:db8:1::1");
	SAME(pkt.wire_dst, "2001:db8:1::1");
	UNIT_EQ(pkt.ifindex, 3);
	UNIT_EQ(pkt.hop_limit, 63);
	CU_ASSERT_FALSE(pkt.has_hao);
	CU_ASSERT_FALSE(pkt.has_rh2);
}

static void home_address_option(void)
{
	struct packet pkt = { .src = addr("2001:db8:1::100") };
	struct control c;

	control_init(&c);
	put_pktinfo(&c, "2001:db8:1::1");
	put_hex(&c, IPV6_DSTOPTS, HAO_HDR);
	UNIT_EQ(ancillary_decode(&c.mh, &pkt), 0);
	CU_ASSERT_TRUE(pkt.has_hao);
	SAME(pkt.src, "2001:db8:1::100");
	SAME(pkt.wire_src, "2001:db8:2::100");
}

static void type_2_routing_header(void)
{
	struct packet pkt = { .src = addr("2001:db8:1::1") };
	struct control c;

	control_init(&c);
	put_pktinfo(&c, "2001:db8:1::100");
	put_hex(&c, IPV6_RTHDR, RH2_HDR);
	UNIT_EQ(ancillary_decode(&c.mh, &pkt), 0);
	CU_ASSERT_TRUE(pkt.has_rh2);
	SAME(pkt.dst, "2001:db8:1::100");
	SAME(pkt.wire_dst, "2001:db8:2::100");
}

/* A second Destination Options header without the option does not hide it. */
static void other_headers_do_not_matter(void)
{
	struct packet pkt = { .src = addr("2001:db8:1::100") };
	struct control c;

	control_init(&c);
	put_hex(&c, IPV6_DSTOPTS, HAO_HDR);
	put_hex(&c, IPV6_DSTOPTS, "87 00 01 04 00000000");
	put_hex(&c, IPV6_RTHDR,
		"87 02 00 00 00000000 20010db8 00020000"
		"00000000 00000100 # type 0");
	put_pktinfo(&c, "2001:db8:1::1");
	UNIT_EQ(ancillary_decode(&c.mh, &pkt), 0);
	CU_ASSERT_TRUE(pkt.has_hao);
	CU_ASSERT_FALSE(pkt.has_rh2);
	SAME(pkt.wire_dst, "2001:db8:1::1");
}

static void no_destination_is_an_error(void)
{
	struct packet pkt = { .src = addr("2001:db8:1::100") };
	struct control c;

	control_init(&c);
	put_hex(&c, IPV6_DSTOPTS, HAO_HDR);
	UNIT_EQ(ancillary_decode(&c.mh, &pkt), -EBADMSG);
}

/* The exact place of a truncation decides nothing but found or not. */
static void truncated_headers(void)
{
	uint8_t hao[64], rh2[64];
	size_t hao_len = unit_hex(hao, sizeof(hao), HAO_HDR);
	size_t rh2_len = unit_hex(rh2, sizeof(rh2), RH2_HDR), len;
	struct in6_addr a;

	for (len = 0; len <= hao_len; len++)
		UNIT_EQ(ancillary_find_hao(hao, len, &a), len == hao_len);
	for (len = 0; len <= rh2_len; len++)
		UNIT_EQ(ancillary_find_rh2(rh2, len, &a), len == rh2_len);
}

static void odd_options(void)
{
	struct in6_addr a;
	uint8_t h[64];
	size_t n;

	/* Pad1 in front. */
	n = unit_hex(h, sizeof(h),
		     "87 02 00 00 00 00"
		     "c9 10 20010db8 00020000 00000000 00000100");
	CU_ASSERT_TRUE(ancillary_find_hao(h, n, &a));
	/* The option's length is wrong. */
	n = unit_hex(h, sizeof(h),
		     "87 02 01 02 0000"
		     "c9 0f 20010db8 00020000 00000000 00000100");
	CU_ASSERT_FALSE(ancillary_find_hao(h, n, &a));
	/* An option that runs past the header. */
	n = unit_hex(h, sizeof(h), "87 00 05 ff 00000000");
	CU_ASSERT_FALSE(ancillary_find_hao(h, n, &a));
}

static void sending_with_routing_header(void)
{
	uint8_t buf[ANCILLARY_MAX] __attribute__((aligned(8)));
	struct mh_send msg = {
		.src = addr("2001:db8:1::1"),
		.dst = addr("2001:db8:1::100"),
		.rh2 = true,
		.coa = addr("2001:db8:2::100"),
		.ifindex = 5,
	};
	size_t n = ancillary_encode(buf, &msg);

	UNIT_HEX(buf, n,
		 "2400000000000000 # 36 octets\n"
		 "29000000 32000000 # IPV6, PKTINFO\n"
		 " 20010db8 00010000 00000000 00000001 05000000 00000000\n"
		 "2800000000000000 # 40 octets\n"
		 "29000000 39000000 # IPV6, RTHDR\n"
		 " 00 02 02 01 00000000 20010db8 00020000 00000000 00000100\n");
	msg.rh2 = false;
	UNIT_EQ(ancillary_encode(buf, &msg), CMSG_SPACE(20));
}

/* RFC 6275 section 6.3: the option's data starts at 8n + 6. */
static void sending_with_home_address_option(void)
{
	uint8_t buf[ANCILLARY_MAX] __attribute__((aligned(8)));
	struct mh_send msg = {
		.src = addr("2001:db8:1::100"),
		.dst = addr("2001:db8:c::c"),
		.hao = true,
		.hao_coa = addr("2001:db8:2::100"),
	};
	size_t n = ancillary_encode(buf, &msg);

	UNIT_HEX(buf, n,
		 "2400000000000000 # 36 octets\n"
		 "29000000 32000000 # IPV6, PKTINFO\n"
		 " 20010db8 00020000 00000000 00000100 00000000 00000000\n"
		 "2800000000000000 # 40 octets\n"
		 "29000000 3b000000 # IPV6, DSTOPTS\n"
		 " 00 02 0102 0000 c910 20010db8 00010000 00000000 00000100\n");
	msg.rh2 = true;
	UNIT_EQ(ancillary_encode(buf, &msg),
		CMSG_SPACE(20) + 2 * CMSG_SPACE(24));
}

static const struct unit_case cases[] = {
	UNIT_CASE(plain_message),
	UNIT_CASE(home_address_option),
	UNIT_CASE(type_2_routing_header),
	UNIT_CASE(other_headers_do_not_matter),
	UNIT_CASE(no_destination_is_an_error),
	UNIT_CASE(truncated_headers),
	UNIT_CASE(odd_options),
	UNIT_CASE(sending_with_routing_header),
	UNIT_CASE(sending_with_home_address_option),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "ancillary", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
