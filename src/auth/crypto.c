/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SHA-1 and HMAC-SHA1 (RFC 6275 section 5.2.4).
 *
 * The only file that knows nettle, of versions 3 and 4.  What is hashed is
 * left to nonces.c, authenticator.c.
 */
#include "crypto.h"

#include <assert.h>
#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <nettle/sha1.h>
#include <nettle/version.h>
#include <string.h>

/* Version 4 always writes the whole digest, and has no length to tell. */
#if NETTLE_VERSION_MAJOR >= 4
#define WRITE_DIGEST(fn, ctx, digest) fn((ctx), (digest))
#else
#define WRITE_DIGEST(fn, ctx, digest) fn((ctx), SHA1_DIGEST_SIZE, (digest))
#endif

void crypto_sha1(const struct crypto_part *parts, unsigned int n,
		 uint8_t ret[CRYPTO_SHA1_LEN])
{
	struct sha1_ctx ctx;
	unsigned int i;

	sha1_init(&ctx);
	for (i = 0; i < n; i++)
		sha1_update(&ctx, parts[i].len, parts[i].data);
	WRITE_DIGEST(sha1_digest, &ctx, ret);
	explicit_bzero(&ctx, sizeof(ctx));
}

void crypto_hmac_sha1(const void *key, size_t key_len,
		      const struct crypto_part *parts, unsigned int n,
		      uint8_t *ret, size_t len)
{
	uint8_t digest[SHA1_DIGEST_SIZE];
	struct hmac_sha1_ctx ctx;
	unsigned int i;

	assert(len <= sizeof(digest));
	hmac_sha1_set_key(&ctx, key_len, key);
	for (i = 0; i < n; i++)
		hmac_sha1_update(&ctx, parts[i].len, parts[i].data);
	WRITE_DIGEST(hmac_sha1_digest, &ctx, digest);
	memcpy(ret, digest, len);
	explicit_bzero(&ctx, sizeof(ctx));
	explicit_bzero(digest, sizeof(digest));
}

bool crypto_eq(const void *a, const void *b, size_t len)
{
	return memeql_sec(a, b, len);
}
