/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cryptographic functions of RFC 6275 section 5.2.4 and RFC 4285 section
 * 5.1 over values that lie in several places.
 */
#ifndef SRC_AUTH_CRYPTO_H
#define SRC_AUTH_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CRYPTO_SHA1_LEN 20

/* Octets to be taken in one after the other. */
struct crypto_part {
	const void *data;
	size_t len;
};

void crypto_sha1(const struct crypto_part *parts, unsigned int n,
		 uint8_t ret[CRYPTO_SHA1_LEN]);

/* First (8 * len, HMAC_SHA1(key, parts)); len at most CRYPTO_SHA1_LEN. */
void crypto_hmac_sha1(const void *key, size_t key_len,
		      const struct crypto_part *parts, unsigned int n,
		      uint8_t *ret, size_t len);

/* Takes the same time wherever the two differ. */
bool crypto_eq(const void *a, const void *b, size_t len);

#endif
