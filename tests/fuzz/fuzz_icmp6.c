/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzes icmp6_parse.  An input is: hop limit, a choice of addresses (bits 0
 * to 2 the source, 3 to 5 the destination, bit 6 whether the checksum is
 * verified, bit 7 whether a correct one is put in), then the message.
 *
 * Judged by more than crashes: a neighbour discovery message is accepted
 * exactly when the second opinion (tests/unit/icmp6_ref.h) says so, nothing
 * is returned with a refusal, what is accepted keeps the promises of
 * icmp6.h, and NS and NA come back from the builder as they were.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/icmp6.h"
#include "tests/unit/icmp6_ref.h"
#include "tests/unit/mh_ref.h"

#define MUST(what)                                                       \
	do {                                                             \
		if (!(what)) {                                           \
			fprintf(stderr, "fuzz_icmp6:%d: %s\n", __LINE__, \
				#what);                                  \
			abort();                                         \
		}                                                        \
	} while (0)

#define UNTOUCHED 0xa5

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* :: | home agent | link-local | all nodes | solicited-node | node | ::1 |
 * all routers */
static const struct in6_addr addrs[8] = {
	{ .s6_addr = { 0 } },
	{ .s6_addr = { 0x20, 1, 0x0d, 0xb8, 0, 1, [15] = 1 } },
	{ .s6_addr = { 0xfe, 0x80, [8] = 0x50, 0x54, 0, 0xff,
		       0xfe, [15] = 1 } },
	{ .s6_addr = { 0xff, 2, [15] = 1 } },
	{ .s6_addr = { 0xff, 2, [11] = 1, 0xff, 0, 1, 0 } },
	{ .s6_addr = { 0x20, 1, 0x0d, 0xb8, 0, 1, [14] = 1 } },
	{ .s6_addr = { [15] = 1 } },
	{ .s6_addr = { 0xff, 2, [15] = 2 } },
};

static void check_ra(const struct icmp6_ra *ra)
{
	unsigned int i;

	MUST(ra->n_prefixes <= RA_MAX_PREFIXES);
	MUST(ra->home_agent || !ra->has_ha_info);
	MUST(ra->source_lladdr.len <= LLADDR_MAX);
	for (i = 0; i < ra->n_prefixes; i++) {
		const struct ra_prefix *p = &ra->prefixes[i];
		struct prefix again = prefix_of(&p->addr, p->prefix.len);

		MUST(p->prefix.len <= 128 && prefix_eq(&p->prefix, &again));
		MUST(p->preferred_s <= p->valid_s);
		MUST(!addr_is_multicast(&p->addr));
		MUST(!addr_is_linklocal(&p->addr));
	}
}

static void check_rebuilt(const struct icmp6_msg *msg,
			  const struct in6_addr *src,
			  const struct in6_addr *dst)
{
	struct icmp6_msg again = { 0 };
	uint8_t built[64];
	int n;

	if (msg->type == ICMP6_NS)
		n = icmp6_build_ns(src, dst, &msg->ns, built, sizeof(built));
	else
		n = icmp6_build_na(src, dst, &msg->na, built, sizeof(built));
	MUST(n > 0);
	MUST(icmp6_parse(built, (size_t)n, src, dst, 255, true, &again) ==
	     ICMP6_OK);
	MUST(again.type == msg->type);
	if (msg->type == ICMP6_NS) {
		MUST(addr_eq(&again.ns.target, &msg->ns.target));
		MUST(lladdr_eq(&again.ns.source_lladdr,
			       &msg->ns.source_lladdr));
		return;
	}
	MUST(again.na.router == msg->na.router);
	MUST(again.na.solicited == msg->na.solicited);
	MUST(again.na.override == msg->na.override);
	MUST(addr_eq(&again.na.target, &msg->na.target));
	MUST(lladdr_eq(&again.na.target_lladdr, &msg->na.target_lladdr));
}

/* Everything known comes back from the builder as it was. */
static void check_mobile(const struct icmp6_msg *msg, const uint8_t *data,
			 size_t size)
{
	uint16_t id = (uint16_t)(data[4] << 8 | data[5]);
	struct in6_addr any = { 0 };
	struct icmp6_msg again = { 0 };
	uint8_t built[8 + 16 * HAAD_MAX_ADDRS];
	int n = 8;

	if (msg->type == ICMP6_HAAD_REPLY) {
		MUST(msg->reply.id == id);
		MUST(msg->reply.n_addrs <= HAAD_MAX_ADDRS);
		n = icmp6_build_haad_reply(&msg->reply, built, sizeof(built));
		MUST(n > 0 && (size_t)n <= size);
		MUST(!memcmp(built + 8, data + 8, (size_t)n - 8));
	} else if (msg->type == ICMP6_MPA) {
		MUST(msg->mpa.id == id);
		MUST(msg->mpa.n_prefixes <= RA_MAX_PREFIXES);
		n = icmp6_build_mpa(&msg->mpa, built, sizeof(built));
		MUST(n > 0 && (size_t)n <= size);
		MUST(icmp6_parse(built, (size_t)n, &any, &any, 64, false,
				 &again) == ICMP6_OK);
		MUST(again.mpa.n_prefixes == msg->mpa.n_prefixes);
		MUST(again.mpa.managed == msg->mpa.managed);
		MUST(again.mpa.other == msg->mpa.other);
	} else {
		MUST(msg->request.id == id);
	}
}

static void check_error(const struct icmp6_error *e, const uint8_t *data,
			size_t size)
{
	MUST(size >= 48);
	MUST(!memcmp(&e->quoted_src, data + 16, 16));
	MUST(!memcmp(&e->quoted_dst, data + 32, 16));
	/* these are headers, and a walk does not end on one */
	MUST(e->quoted_proto != 0 && e->quoted_proto != 43 &&
	     e->quoted_proto != 44 && e->quoted_proto != 51 &&
	     e->quoted_proto != 60);
	if (e->quoted_proto == 135)
		MUST(size >= 51);
}

static void check_accepted(const struct icmp6_msg *msg, const uint8_t *data,
			   size_t size, const struct in6_addr *src,
			   const struct in6_addr *dst)
{
	MUST(msg->type == data[0] && msg->code == data[1]);
	if (msg->type == ICMP6_RA)
		check_ra(&msg->ra);
	else if (msg->type == ICMP6_NS || msg->type == ICMP6_NA)
		check_rebuilt(msg, src, dst);
	else if (msg->type >= ICMP6_HAAD_REQUEST && msg->type <= ICMP6_MPA)
		check_mobile(msg, data, size);
	else if (msg->type == ICMP6_RS)
		MUST(msg->rs.source_lladdr.len <= LLADDR_MAX);
	else
		check_error(&msg->error, data, size);
}

static void check_untouched(const struct icmp6_msg *msg)
{
	const uint8_t *p = (const uint8_t *)msg;
	size_t i;

	for (i = 0; i < sizeof(*msg); i++)
		MUST(p[i] == UNTOUCHED);
}

static void parse_and_check(const uint8_t *data, size_t size, uint8_t hop_limit,
			    uint8_t choice)
{
	const struct in6_addr *src = &addrs[choice & 7];
	const struct in6_addr *dst = &addrs[choice >> 3 & 7];
	bool check_sum = choice & 0x40;
	struct icmp6_msg msg;
	enum icmp6_verdict v;

	memset(&msg, UNTOUCHED, sizeof(msg));
	v = icmp6_parse(data, size, src, dst, hop_limit, check_sum, &msg);
	if (size >= 4 && data[0] >= 144 && data[0] <= 147)
		MUST((v == ICMP6_OK) ==
		     ref_mobile_valid(data, size, src, dst, check_sum));
	if (size >= 4 && data[0] >= 133 && data[0] <= 136)
		MUST((v == ICMP6_OK) ==
		     ref_nd_valid(data, size, src, dst, hop_limit, check_sum));
	if (v == ICMP6_OK) {
		MUST(!check_sum || !ref_checksum(src, dst, 58, data, size));
		check_accepted(&msg, data, size, src, dst);
	} else {
		check_untouched(&msg);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t hop_limit, choice, *copy;
	size_t len;
	uint16_t sum;

	if (size < 2)
		return 0;
	hop_limit = data[0];
	choice = data[1];
	len = size - 2;
	copy = calloc(1, len ? len : 1);
	MUST(copy);
	memcpy(copy, data + 2, len);
	if (len >= 4 && (choice & 0x80)) {
		copy[2] = copy[3] = 0;
		sum = ref_checksum(&addrs[choice & 7], &addrs[choice >> 3 & 7],
				   58, copy, len);
		copy[2] = (uint8_t)(sum >> 8);
		copy[3] = (uint8_t)sum;
	}
	parse_and_check(copy, len, hop_limit, choice);
	free(copy);
	return 0;
}
