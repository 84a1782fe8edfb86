/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzes mh_parse with one Mobility Header: once as it is, once with a
 * correct checksum put in, so that the rest of the parser is reached.
 *
 * Judged by more than crashes: each verdict has to be that of the second
 * opinion (tests/unit/mh_ref.h), nothing is returned with a refusal, and what
 * is accepted comes back from the builder, well laid out, with the same
 * meaning.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/mh.h"
#include "tests/unit/mh_ref.h"

#define MUST(what)                                                            \
	do {                                                                  \
		if (!(what)) {                                                \
			fprintf(stderr, "fuzz_mh:%d: %s\n", __LINE__, #what); \
			abort();                                              \
		}                                                             \
	} while (0)

#define UNTOUCHED 0xa5

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct in6_addr src = {
	.s6_addr = { 0x20, 1, 0x0d, 0xb8, 0, 1, [14] = 1 },
};
static const struct in6_addr dst = {
	.s6_addr = { 0x20, 1, 0x0d, 0xb8, 0, 1, [15] = 1 },
};

static void check_accepted(const struct mh_msg *msg, size_t len)
{
	uint8_t built[MH_MAX_LEN];
	struct mh_msg meant = *msg, again;
	int n;

	MUST(msg->type <= MH_TYPE_MAX);
	MUST(!(msg->opt.present & ~ref_mh_options(msg->type)));
	if (msg->opt.present & MH_OPT_AUTH_DATA)
		MUST(msg->opt.auth_offset + msg->opt.auth_len <= len);
	n = mh_build(msg, built, sizeof(built));
	MUST(n > 0);
	MUST(!ref_mh_fault(built, (size_t)n));
	mh_set_checksum(built, (size_t)n, &src, &dst);
	MUST(mh_parse(built, (size_t)n, &src, &dst, &again) == MH_OK);
	if (meant.type == MH_BU)
		meant.bu.flags &= 0xf400;
	if (meant.type == MH_BA)
		meant.ba.flags &= BA_FLAG_K;
	MUST(ref_mh_same(&meant, &again, false));
}

/* What a refused message leaves behind: nothing, but for the one field. */
static void check_untouched(const struct mh_msg *msg, enum mh_verdict v)
{
	const uint8_t *p = (const uint8_t *)msg;
	size_t i;

	for (i = 0; i < sizeof(*msg); i++)
		if (v != MH_UNKNOWN_TYPE || i != offsetof(struct mh_msg, type))
			MUST(p[i] == UNTOUCHED);
}

static void parse_and_check(const uint8_t *data, size_t size)
{
	struct mh_msg msg;
	enum mh_verdict v;

	memset(&msg, UNTOUCHED, sizeof(msg));
	v = mh_parse(data, size, &src, &dst, &msg);
	MUST(v == ref_mh_judge(data, size, &src, &dst));
	if (v == MH_OK) {
		check_accepted(&msg, size);
		return;
	}
	MUST(mh_verdict_counter(v) < CNT_MAX);
	if (v == MH_UNKNOWN_TYPE)
		MUST(msg.type == data[2]);
	check_untouched(&msg, v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *fixed;
	size_t mh_len;

	parse_and_check(data, size);
	if (size < 8)
		return 0;
	mh_len = 8 + 8 * (size_t)data[1];
	if (mh_len > size)
		return 0;
	fixed = malloc(size);
	MUST(fixed);
	memcpy(fixed, data, size);
	mh_set_checksum(fixed, mh_len, &src, &dst);
	parse_and_check(fixed, size);
	free(fixed);
	return 0;
}
