/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SHA-256 (FIPS 180-4) for the transfers of labtool, which is to link with
 * nothing but libc. Protects against nothing but broken transfers.
 */
#include "labtool.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static uint32_t k[64];

static uint32_t rotr(uint32_t x, int n)
{
	return x >> n | x << (32 - n);
}

/* The first 32 bits of the fractional part of a prime's root. */
static uint32_t root_bits(int prime, int cube)
{
	long double root = cube ? cbrtl(prime) : sqrtl(prime);

	return (uint32_t)((root - floorl(root)) * 4294967296.0L);
}

static int next_prime(int after)
{
	int n, d;

	for (n = after + 1;; n++) {
		for (d = 2; d * d <= n && n % d; d++)
			;
		if (d * d > n)
			return n;
	}
}

void sha256_init(struct sha256 *s)
{
	int i, prime = 1;

	memset(s, 0, sizeof(*s));
	for (i = 0; i < 64; i++) {
		prime = next_prime(prime);
		k[i] = root_bits(prime, 1);
		if (i < 8)
			s->state[i] = root_bits(prime, 0);
	}
}

static void mix(uint32_t v[8], const uint32_t w[64])
{
	uint32_t t1, t2;
	int i;

	for (i = 0; i < 64; i++) {
		t1 = v[7] + (rotr(v[4], 6) ^ rotr(v[4], 11) ^ rotr(v[4], 25)) +
		     ((v[4] & v[5]) ^ (~v[4] & v[6])) + k[i] + w[i];
		t2 = (rotr(v[0], 2) ^ rotr(v[0], 13) ^ rotr(v[0], 22)) +
		     ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
		memmove(v + 1, v, 7 * sizeof(*v));
		v[4] += t1;
		v[0] = t1 + t2;
	}
}

static void add_block(struct sha256 *s)
{
	uint32_t w[64], v[8];
	int i;

	for (i = 0; i < 16; i++)
		w[i] = (uint32_t)s->block[4 * i] << 24 |
		       (uint32_t)s->block[4 * i + 1] << 16 |
		       (uint32_t)s->block[4 * i + 2] << 8 | s->block[4 * i + 3];
	for (; i < 64; i++)
		w[i] = w[i - 16] + w[i - 7] +
		       (rotr(w[i - 15], 7) ^ rotr(w[i - 15], 18) ^
			w[i - 15] >> 3) +
		       (rotr(w[i - 2], 17) ^ rotr(w[i - 2], 19) ^
			w[i - 2] >> 10);
	memcpy(v, s->state, sizeof(v));
	mix(v, w);
	for (i = 0; i < 8; i++)
		s->state[i] += v[i];
}

void sha256_add(struct sha256 *s, const void *data, size_t len)
{
	const uint8_t *in = data;
	size_t at, n;

	while (len) {
		at = s->bytes % sizeof(s->block);
		n = sizeof(s->block) - at;
		if (n > len)
			n = len;
		memcpy(s->block + at, in, n);
		s->bytes += n;
		in += n;
		len -= n;
		if (s->bytes % sizeof(s->block) == 0)
			add_block(s);
	}
}

void sha256_text(struct sha256 *s, char ret_text[65])
{
	uint64_t bits = s->bytes * 8;
	uint8_t pad = 0x80, len[8];
	int i;

	for (i = 0; i < 8; i++)
		len[i] = (uint8_t)(bits >> (56 - 8 * i));
	do {
		sha256_add(s, &pad, 1);
		pad = 0;
	} while (s->bytes % sizeof(s->block) != 56);
	sha256_add(s, len, sizeof(len));
	for (i = 0; i < 8; i++)
		sprintf(ret_text + 8 * i, "%08x", s->state[i]);
}
