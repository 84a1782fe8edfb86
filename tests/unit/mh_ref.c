/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The second opinion (mh_ref.h): RFC 6275 sections 6.1, 6.2 and 9.2 read
 * once more, octet by octet.
 */
#include "tests/unit/mh_ref.h"

#include <string.h>

static const size_t min_len[] = { 8, 16, 16, 24, 24, 12, 12, 24 };

uint16_t ref_checksum(const struct in6_addr *src, const struct in6_addr *dst,
		      uint8_t next_header, const uint8_t *data, size_t len)
{
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i < 40 + len; i++) {
		uint8_t octet;

		if (i < 16)
			octet = src->s6_addr[i];
		else if (i < 32)
			octet = dst->s6_addr[i - 16];
		else if (i < 36)
			octet = (uint8_t)(len >> (8 * (35 - i)));
		else if (i < 40)
			octet = i == 39 ? next_header : 0;
		else
			octet = data[i - 40];
		sum += i % 2 ? octet : (uint32_t)octet << 8;
		if (sum > 0xffff)
			sum -= 0xffff;
	}
	return (uint16_t)(0xffff - sum);
}

unsigned int ref_mh_options(uint8_t type)
{
	if (type == MH_BU)
		return MH_OPT_ALT_COA | MH_OPT_NONCE_INDICES |
		       MH_OPT_AUTH_DATA | MH_OPT_MN_ID | MH_OPT_REPLAY |
		       MH_OPT_MN_HA | MH_OPT_MN_AAA | MH_OPT_NETWORK;
	if (type == MH_BA)
		return MH_OPT_REFRESH_ADVICE | MH_OPT_AUTH_DATA | MH_OPT_MN_ID |
		       MH_OPT_REPLAY | MH_OPT_MN_HA;
	return 0;
}

/* RFC 4285 section 5: a subtype that is known needs its SPI behind it. */
static bool is_bad_mn_auth(uint8_t mh_type, uint8_t len, uint8_t subtype,
			   unsigned int *seen)
{
	unsigned int bit = subtype == 1   ? MH_OPT_MN_HA
			   : subtype == 2 ? MH_OPT_MN_AAA
					  : 0;

	if (!len || !(ref_mh_options(mh_type) & bit) || *seen & bit)
		return false;
	*seen |= bit;
	return len < 5;
}

/* Whether an option of this type and length has to be refused in a message;
 * `seen` collects the types: only the first of each is looked at; `first` and
 * `second` are the octets behind the length. */
static bool is_bad_option(uint8_t mh_type, uint8_t type, uint8_t len,
			  uint8_t first, uint8_t second, unsigned int *seen)
{
	static const struct {
		unsigned int bit;
		int len;
	} known[] = {
		[2] = { MH_OPT_REFRESH_ADVICE, 2 },
		[3] = { MH_OPT_ALT_COA, 16 },
		[4] = { MH_OPT_NONCE_INDICES, 4 },
		[5] = { MH_OPT_AUTH_DATA, -1 },
		[10] = { MH_OPT_REPLAY, 8 },
	};

	if (type == 9)
		return is_bad_mn_auth(mh_type, len, first, seen);
	/* RFC 3963 section 4.3: as many as there are; 128 bits at most. */
	if (type == 6 && mh_type == MH_BU)
		return len != 18 || second > 128;
	if (type > 10 || !(ref_mh_options(mh_type) & known[type].bit))
		return false;
	if (*seen & known[type].bit)
		return false;
	*seen |= known[type].bit;
	return known[type].len >= 0 && known[type].len != len;
}

enum mh_verdict ref_mh_judge(const uint8_t *data, size_t len,
			     const struct in6_addr *src,
			     const struct in6_addr *dst)
{
	unsigned int seen = 0;
	size_t end, at;

	if (len < 8 || len < 8 + 8 * (size_t)data[1])
		return MH_TRUNCATED;
	end = 8 + 8 * (size_t)data[1];
	if (ref_checksum(src, dst, 135, data, end) != 0)
		return MH_BAD_CHECKSUM;
	if (data[2] > 7)
		return MH_UNKNOWN_TYPE;
	if (data[0] != 59)
		return MH_BAD_PROTO;
	if (end < min_len[data[2]])
		return MH_BAD_LEN;
	at = min_len[data[2]];
	while (at < end) {
		if (data[at] == 0) {
			at++;
			continue;
		}
		if (at + 1 == end || at + 2 + data[at + 1] > end)
			return MH_BAD_OPTION;
		if (is_bad_option(data[2], data[at], data[at + 1],
				  data[at + 1] ? data[at + 2] : 0,
				  data[at + 1] > 1 ? data[at + 3] : 0, &seen))
			return MH_BAD_OPTION;
		at += 2u + data[at + 1];
	}
	return MH_OK;
}

/* Reserved octets and bits of the fixed part. */
static const char *reserved_fault(const uint8_t *d)
{
	bool zero = true;

	if (d[2] <= MH_COTI)
		zero = !d[6] && !d[7];
	else if (d[2] == MH_BU)
		zero = !(d[8] & 0x0b) && !d[9];
	else if (d[2] == MH_BA)
		zero = !(d[7] & 0x7f);
	else if (d[2] == MH_BE)
		zero = !d[7];
	return zero ? NULL : "a reserved bit is set";
}

static const char *alignment_fault(uint8_t type, size_t at)
{
	if ((type == 2 || type == 4) && at % 2)
		return "an option is not at 2n";
	if (type == 3 && at % 8 != 6)
		return "Alternate Care-of Address is not at 8n+6";
	if (type == 5 && at % 8 != 2)
		return "Binding Authorization Data is not at 8n+2";
	if (type == 9 && at % 4 != 1)
		return "an authentication option is not at 4n+1";
	if (type == 6 && at % 8 != 4)
		return "Mobile Network Prefix is not at 8n+4";
	if (type == 10 && at % 8 != 2)
		return "the replay protection option is not at 8n+2";
	return NULL;
}

static const char *options_fault(const uint8_t *d, size_t len)
{
	bool after_pad = false, authenticated = false;
	const char *fault;
	size_t at, i;

	for (at = min_len[d[2]]; at < len; at += d[at] ? 2u + d[at + 1] : 1) {
		bool pad = d[at] <= 1;

		if (pad && after_pad)
			return "one padding follows another";
		after_pad = pad;
		if (d[at] == 0)
			continue;
		if (at + 1 == len || at + 2 + d[at + 1] > len)
			return "an option runs past the end";
		for (i = 0; pad && i < d[at + 1]; i++)
			if (d[at + 2 + i])
				return "the filler of PadN is not zero";
		fault = alignment_fault(d[at], at);
		if (fault)
			return fault;
		if (d[at] == 5 && at + 2 + d[at + 1] != len)
			return "Binding Authorization Data is not the last";
		if (d[at] > 1 && authenticated && d[at] != 9 && d[at] != 5)
			return "an option is behind an authentication option";
		authenticated |= d[at] == 9;
	}
	return NULL;
}

const char *ref_mh_fault(const uint8_t *d, size_t len)
{
	const char *fault;

	if (len < 8 || len % 8 || d[1] != len / 8 - 1)
		return "the length is wrong";
	if (d[0] != 59)
		return "Payload Proto is not 59";
	if (d[2] > MH_BE || len < min_len[d[2]])
		return "the type is unknown or its message too short";
	if (d[3])
		return "the reserved octet is set";
	fault = reserved_fault(d);
	return fault ? fault : options_fault(d, len);
}

static bool same_addr(const struct in6_addr *a, const struct in6_addr *b)
{
	return !memcmp(a, b, sizeof(*a));
}

static bool same_networks(const struct mh_networks *a,
			  const struct mh_networks *b)
{
	unsigned int i;

	for (i = 0; a->n == b->n && i < a->n; i++)
		if (a->v[i].len != b->v[i].len ||
		    !same_addr(&a->v[i].addr, &b->v[i].addr))
			return false;
	return a->n == b->n;
}

static bool same_options(const struct mh_options *a, const struct mh_options *b,
			 bool with_authenticator)
{
	if (a->present != b->present)
		return false;
	if ((a->present & MH_OPT_REFRESH_ADVICE) &&
	    a->refresh_interval_4s != b->refresh_interval_4s)
		return false;
	if ((a->present & MH_OPT_ALT_COA) &&
	    !same_addr(&a->alt_coa, &b->alt_coa))
		return false;
	if ((a->present & MH_OPT_NONCE_INDICES) &&
	    (a->home_nonce != b->home_nonce || a->coa_nonce != b->coa_nonce))
		return false;
	if ((a->present & MH_OPT_MN_ID) &&
	    (a->nai_len != b->nai_len || memcmp(a->nai, b->nai, a->nai_len)))
		return false;
	if ((a->present & MH_OPT_NETWORK) &&
	    !same_networks(&a->networks, &b->networks))
		return false;
	if ((a->present & MH_OPT_REPLAY) && a->timestamp != b->timestamp)
		return false;
	if ((a->present & MH_OPT_MN_HA) && a->mn_ha.spi != b->mn_ha.spi)
		return false;
	if ((a->present & MH_OPT_MN_AAA) && a->mn_aaa.spi != b->mn_aaa.spi)
		return false;
	if ((a->present & MH_OPT_AUTH_DATA) && with_authenticator)
		return a->auth_len == b->auth_len &&
		       a->auth_last == b->auth_last &&
		       !memcmp(a->auth, b->auth, MH_AUTH_LEN);
	return true;
}

static bool same_message(const struct mh_msg *a, const struct mh_msg *b)
{
	switch ((enum mh_type)a->type) {
	case MH_BRR:
		return true;
	case MH_HOTI:
	case MH_COTI:
		return !memcmp(a->test_init.cookie, b->test_init.cookie, 8);
	case MH_HOT:
	case MH_COT:
		return a->test.nonce_index == b->test.nonce_index &&
		       !memcmp(a->test.cookie, b->test.cookie, 8) &&
		       !memcmp(a->test.token, b->test.token, 8);
	case MH_BU:
		return a->bu.seq == b->bu.seq && a->bu.flags == b->bu.flags &&
		       a->bu.lifetime_4s == b->bu.lifetime_4s;
	case MH_BA:
		return a->ba.status == b->ba.status &&
		       a->ba.flags == b->ba.flags && a->ba.seq == b->ba.seq &&
		       a->ba.lifetime_4s == b->ba.lifetime_4s;
	case MH_BE:
		return a->be.status == b->be.status &&
		       same_addr(&a->be.hoa, &b->be.hoa);
	}
	return false;
}

bool ref_mh_same(const struct mh_msg *a, const struct mh_msg *b,
		 bool with_authenticator)
{
	return a->type == b->type && same_message(a, b) &&
	       same_options(&a->opt, &b->opt, with_authenticator);
}
