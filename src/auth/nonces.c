/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A correspondent node's nonces, node keys and keygen tokens (RFC 6275
 * sections 5.2.1, 5.2.2, 5.2.5, 5.2.7, 5.2.8).
 *
 * This file decides when a nonce begins and ends: one is made when a token is
 * to be issued and the current one has been in use for AUTH_NONCE_TURN_S, its
 * node key with it; its tokens are known again until MAX_NONCE_LIFETIME_S
 * after that first use.  So every token is good for MAX_TOKEN_LIFETIME_S at
 * least, and nothing is made for nobody.  Nothing is kept about who asked.
 */
#include "mip6d/auth.h"

#include <errno.h>
#include <string.h>

#include "crypto.h"
#include "mip6d/random.h"

void auth_nonces_init(struct auth_nonces *n)
{
	*n = (struct auth_nonces){ 0 };
}

void auth_nonces_done(struct auth_nonces *n)
{
	explicit_bzero(n, sizeof(*n));
}

/* Its index stays, so that the next one is another. */
static void discard(struct auth_nonce *nonce)
{
	nonce->valid = false;
	explicit_bzero(nonce->kcn, sizeof(nonce->kcn));
	explicit_bzero(nonce->nonce, sizeof(nonce->nonce));
}

void auth_nonces_invalidate(struct auth_nonces *n)
{
	unsigned int i;

	for (i = 0; i < AUTH_NONCES; i++)
		discard(&n->ring[i]);
}

uint16_t auth_nonces_index(const struct auth_nonces *n)
{
	return n->ring[n->current].index;
}

static bool is_dead(const struct auth_nonce *nonce, struct mtime now)
{
	return mtime_before(
		mtime_add_s(nonce->first_used, MAX_NONCE_LIFETIME_S), now);
}

static struct auth_nonce *turn(struct auth_nonces *n, struct mtime now)
{
	uint16_t index = (uint16_t)(auth_nonces_index(n) + 1);
	struct auth_nonce *nonce;
	unsigned int i;

	/* An index of an earlier run should not be known by chance: its
	 * tokens would look forged, not old (section 5.2.7). */
	if (!n->started)
		random_bytes(&index, sizeof(index));
	n->started = true;
	for (i = 0; i < AUTH_NONCES; i++)
		if (is_dead(&n->ring[i], now))
			discard(&n->ring[i]);
	n->current = (n->current + 1) % AUTH_NONCES;
	nonce = &n->ring[n->current];
	*nonce = (struct auth_nonce){
		.valid = true,
		.index = index,
		.first_used = now,
	};
	random_bytes(nonce->kcn, sizeof(nonce->kcn));
	random_bytes(nonce->nonce, sizeof(nonce->nonce));
	return nonce;
}

static void make_token(const struct auth_nonce *nonce, enum auth_token kind,
		       const struct in6_addr *addr,
		       uint8_t ret_token[AUTH_TOKEN_LEN])
{
	const uint8_t octet = (uint8_t)kind;
	const struct crypto_part parts[] = {
		{ addr, sizeof(*addr) },
		{ nonce->nonce, sizeof(nonce->nonce) },
		{ &octet, sizeof(octet) },
	};

	crypto_hmac_sha1(nonce->kcn, sizeof(nonce->kcn), parts, 3, ret_token,
			 AUTH_TOKEN_LEN);
}

uint16_t auth_token_issue(struct auth_nonces *n, enum auth_token kind,
			  const struct in6_addr *addr, struct mtime now,
			  uint8_t ret_token[AUTH_TOKEN_LEN])
{
	const struct auth_nonce *nonce = &n->ring[n->current];

	if (!nonce->valid || !mtime_before(now, mtime_add_s(nonce->first_used,
							    AUTH_NONCE_TURN_S)))
		nonce = turn(n, now);
	make_token(nonce, kind, addr, ret_token);
	return nonce->index;
}

int auth_token_recall(const struct auth_nonces *n, enum auth_token kind,
		      uint16_t index, const struct in6_addr *addr,
		      struct mtime now, uint8_t ret_token[AUTH_TOKEN_LEN])
{
	unsigned int i;

	for (i = 0; i < AUTH_NONCES; i++) {
		const struct auth_nonce *nonce = &n->ring[i];

		if (!nonce->valid || nonce->index != index ||
		    is_dead(nonce, now))
			continue;
		make_token(nonce, kind, addr, ret_token);
		return 0;
	}
	return -ESTALE;
}
