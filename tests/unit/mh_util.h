/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Small helpers of the message tests: addresses from text, octets from
 * goldens, and a generator of messages that repeats itself.
 */
#ifndef TESTS_UNIT_MH_UTIL_H
#define TESTS_UNIT_MH_UTIL_H

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/mh.h"
#include "tests/unit/mh_ref.h"
#include "tests/unit/unit.h"

static inline struct in6_addr ip(const char *text)
{
	struct in6_addr a = { 0 };

	CU_ASSERT_EQUAL_FATAL(inet_pton(AF_INET6, text, &a), 1);
	return a;
}

/* A copy in memory of exactly its size, where a sanitizer or valgrind sees
 * each access behind it. */
static inline uint8_t *exact_copy(const uint8_t *data, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	if (!copy)
		abort();
	if (len)
		memcpy(copy, data, len);
	return copy;
}

static inline enum mh_verdict parse_exact(const uint8_t *data, size_t len,
					  const struct in6_addr *src,
					  const struct in6_addr *dst,
					  struct mh_msg *ret_msg)
{
	uint8_t *copy = exact_copy(data, len);
	enum mh_verdict verdict = mh_parse(copy, len, src, dst, ret_msg);

	free(copy);
	return verdict;
}

static uint64_t draw_state = 0x6d697036;

static inline uint32_t draw(uint32_t bound)
{
	draw_state = draw_state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((draw_state >> 33) % bound);
}

static inline void draw_bytes(void *buf, size_t n)
{
	uint8_t *p = buf;

	while (n--)
		*p++ = (uint8_t)draw(256);
}

/* A message as a role could make it: any type, any values, any set of the
 * options that the type has. */
static inline struct mh_msg draw_message(void)
{
	struct mh_msg msg = { .type = (uint8_t)draw(MH_TYPE_MAX + 1) };
	unsigned int i;

	if (msg.type == MH_HOTI || msg.type == MH_COTI)
		draw_bytes(&msg.test_init, sizeof(msg.test_init));
	else if (msg.type == MH_HOT || msg.type == MH_COT)
		draw_bytes(&msg.test, sizeof(msg.test));
	else if (msg.type == MH_BU)
		msg.bu = (struct mh_bu){ (uint16_t)draw(0x10000),
					 (uint16_t)(draw(16) << 12 |
						    draw(2) << 10),
					 (uint16_t)draw(0x10000) };
	else if (msg.type == MH_BA)
		msg.ba = (struct mh_ba){ (uint8_t)draw(256),
					 draw(2) ? BA_FLAG_K : 0,
					 (uint16_t)draw(0x10000),
					 (uint16_t)draw(0x10000) };
	else if (msg.type == MH_BE)
		draw_bytes(&msg.be, sizeof(msg.be));
	msg.opt.present = draw(512) & ref_mh_options(msg.type);
	msg.opt.refresh_interval_4s = (uint16_t)draw(0x10000);
	draw_bytes(&msg.opt.alt_coa, sizeof(msg.opt.alt_coa));
	msg.opt.home_nonce = (uint16_t)draw(0x10000);
	msg.opt.coa_nonce = (uint16_t)draw(0x10000);
	msg.opt.nai_len = (uint8_t)draw(MH_NAI_MAX + 1);
	for (i = 0; i < msg.opt.nai_len; i++)
		msg.opt.nai[i] = (char)('a' + draw(26));
	msg.opt.networks.n = (uint8_t)(1 + draw(MH_NETWORKS_MAX));
	for (i = 0; i < msg.opt.networks.n; i++) {
		struct in6_addr a;

		draw_bytes(&a, sizeof(a));
		msg.opt.networks.v[i] = prefix_of(&a, (uint8_t)draw(129));
	}
	draw_bytes(&msg.opt.timestamp, sizeof(msg.opt.timestamp));
	draw_bytes(&msg.opt.mn_ha.spi, sizeof(msg.opt.mn_ha.spi));
	draw_bytes(&msg.opt.mn_aaa.spi, sizeof(msg.opt.mn_aaa.spi));
	return msg;
}

#endif
