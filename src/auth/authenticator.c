/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The binding management key and the authenticator of Binding Updates and
 * Acknowledgements (RFC 6275 sections 5.2.5, 5.2.6, 6.2.7), and the MN-HA
 * authentication data of those at home (RFC 4285 section 5.1).
 *
 * This file decides which octets are covered.  Whose addresses count, and
 * whether a message needs an authenticator at all, is left to the roles.
 */
#include <assert.h>
#include <string.h>

#include "crypto.h"
#include "mip6d/auth.h"

#define HEADER_LEN_OFFSET 1
#define CHECKSUM_OFFSET   4
#define CHECKSUM_LEN      2

void auth_kbm(const uint8_t home_token[AUTH_TOKEN_LEN],
	      const uint8_t *coa_token, uint8_t ret_kbm[AUTH_KBM_LEN])
{
	const struct crypto_part parts[] = {
		{ home_token, AUTH_TOKEN_LEN },
		{ coa_token, AUTH_TOKEN_LEN },
	};

	crypto_sha1(parts, coa_token ? 2 : 1, ret_kbm);
}

/* Of a message whose authenticator begins at auth_offset: what is before it
 * is covered, less the checksum. */
static void make(const void *key, size_t key_len, const struct in6_addr *coa,
		 const struct in6_addr *other, const uint8_t *mh,
		 size_t auth_offset, uint8_t ret_data[AUTH_DATA_LEN])
{
	static const uint8_t zero[CHECKSUM_LEN];
	const size_t behind = CHECKSUM_OFFSET + CHECKSUM_LEN;
	const struct crypto_part parts[] = {
		{ coa, sizeof(*coa) },
		{ other, sizeof(*other) },
		{ mh, CHECKSUM_OFFSET },
		{ zero, CHECKSUM_LEN },
		{ mh + behind, auth_offset - behind },
	};

	crypto_hmac_sha1(key, key_len, parts, 5, ret_data, AUTH_DATA_LEN);
}

static bool is_right(uint8_t want[AUTH_DATA_LEN], const uint8_t *data)
{
	bool ok = crypto_eq(want, data, AUTH_DATA_LEN);

	/* What was not sent is as good as the key for this one message. */
	explicit_bzero(want, AUTH_DATA_LEN);
	return ok;
}

/* ---- return routability ---- */

void auth_sign(const uint8_t kbm[AUTH_KBM_LEN], const struct auth_parties *p,
	       uint8_t *mh, size_t len)
{
	assert(len >= CHECKSUM_OFFSET + CHECKSUM_LEN + AUTH_DATA_LEN);
	make(kbm, AUTH_KBM_LEN, &p->coa, &p->cn, mh, len - AUTH_DATA_LEN,
	     mh + len - AUTH_DATA_LEN);
}

bool auth_verify(const uint8_t kbm[AUTH_KBM_LEN], const struct auth_parties *p,
		 const uint8_t *mh, size_t len, size_t auth_offset)
{
	uint8_t want[AUTH_DATA_LEN];
	size_t end;

	if (len < CHECKSUM_OFFSET + CHECKSUM_LEN)
		return false;
	end = (mh[HEADER_LEN_OFFSET] + 1u) * 8;
	if (end > len || auth_offset < CHECKSUM_OFFSET + CHECKSUM_LEN ||
	    auth_offset + AUTH_DATA_LEN != end)
		return false;
	make(kbm, AUTH_KBM_LEN, &p->coa, &p->cn, mh, auth_offset, want);
	return is_right(want, mh + auth_offset);
}

/* ---- a shared key ---- */

void auth_mn_ha_sign(const struct auth_sa *sa, const struct auth_mn_parties *p,
		     uint8_t *mh, size_t len)
{
	assert(len >= CHECKSUM_OFFSET + CHECKSUM_LEN + AUTH_DATA_LEN);
	make(sa->key, sizeof(sa->key), &p->coa, &p->hoa, mh,
	     len - AUTH_DATA_LEN, mh + len - AUTH_DATA_LEN);
}

bool auth_mn_ha_verify(const struct auth_sa *sa,
		       const struct auth_mn_parties *p, const uint8_t *mh,
		       size_t len, const struct auth_mn_data *at)
{
	uint8_t want[AUTH_DATA_LEN];

	/* Fewer octets would be guessed, more are not made (section 5.1). */
	if (at->len != AUTH_DATA_LEN ||
	    at->offset < CHECKSUM_OFFSET + CHECKSUM_LEN ||
	    at->offset + AUTH_DATA_LEN > len)
		return false;
	make(sa->key, sizeof(sa->key), &p->coa, &p->hoa, mh, at->offset, want);
	return is_right(want, mh + at->offset);
}
