/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Return routability's cryptography (RFC 6275 sections 5.2 and 6.2.7): a
 * correspondent node's nonces and keygen tokens, the binding management key
 * Kbm, and authenticators; and authentication by a key that mobile node and
 * home agent share (RFC 4285).  Pure but for random_bytes().  All secrets are
 * wiped where they end; all comparisons take constant time.
 */
#ifndef MIP6D_AUTH_H
#define MIP6D_AUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mip6d/addr.h"
#include "mip6d/time.h"

#define AUTH_COOKIE_LEN 8
#define AUTH_TOKEN_LEN  8
#define AUTH_KCN_LEN    20
#define AUTH_NONCE_LEN  8
#define AUTH_KBM_LEN    20
#define AUTH_DATA_LEN   12 /* the authenticator, section 6.2.7 */

/* RFC 6275 section 12. */
#define MAX_NONCE_LIFETIME_S      240
#define MAX_TOKEN_LIFETIME_S      210
#define MAX_RR_BINDING_LIFETIME_S 420

/* A new nonce replaces the current one MAX_NONCE_LIFETIME less
 * MAX_TOKEN_LIFETIME after its first use, so that every token is good for
 * MAX_TOKEN_LIFETIME (section 5.2.7), and none beyond MAX_NONCE_LIFETIME. */
#define AUTH_NONCE_TURN_S (MAX_NONCE_LIFETIME_S - MAX_TOKEN_LIFETIME_S)
#define AUTH_NONCES       (MAX_NONCE_LIFETIME_S / AUTH_NONCE_TURN_S + 1)

/* The octet that is hashed, section 5.2.5. */
enum auth_token {
	AUTH_HOME_TOKEN = 0,
	AUTH_COA_TOKEN = 1,
};

/* One nonce with the node key Kcn of its time: both are renewed together. */
struct auth_nonce {
	bool valid;
	uint16_t index;
	struct mtime first_used;
	uint8_t kcn[AUTH_KCN_LEN];
	uint8_t nonce[AUTH_NONCE_LEN];
};

/* A correspondent node's secrets; embedded, nothing is allocated.  All fields
 * are private to nonces.c. */
struct auth_nonces {
	struct auth_nonce ring[AUTH_NONCES];
	unsigned int current; /* place in the ring */
	bool started; /* the first nonce is made by the first Test Init */
};

void auth_nonces_init(struct auth_nonces *n);
/* Wipes. */
void auth_nonces_done(struct auth_nonces *n);
/* Makes every nonce that was handed out invalid at once (section 5.2.8). */
void auth_nonces_invalidate(struct auth_nonces *n);

/* The index of the newest nonce; no later one has been handed out. */
uint16_t auth_nonces_index(const struct auth_nonces *n);

/* The keygen token of addr with the current nonce (sections 5.2.5, 9.4.3,
 * 9.4.4), which is made or replaced when it is time.  Returns its index. */
uint16_t auth_token_issue(struct auth_nonces *n, enum auth_token kind,
			  const struct in6_addr *addr, struct mtime now,
			  uint8_t ret_token[AUTH_TOKEN_LEN]);
/* The token that was issued with nonce `index`.  0, or -ESTALE when that nonce
 * is unknown or older than MAX_NONCE_LIFETIME. */
int auth_token_recall(const struct auth_nonces *n, enum auth_token kind,
		      uint16_t index, const struct in6_addr *addr,
		      struct mtime now, uint8_t ret_token[AUTH_TOKEN_LEN]);

/* Kbm (section 5.2.5): SHA1(home token, care-of token); coa_token NULL: of a
 * de-registration, SHA1(home token) alone. */
void auth_kbm(const uint8_t home_token[AUTH_TOKEN_LEN],
	      const uint8_t *coa_token, uint8_t ret_kbm[AUTH_KBM_LEN]);

/* Whose message: the care-of address that the Binding Update names
 * (Alternate Care-of Address, else its source on the wire) and the
 * correspondent's address (its home address when it is mobile); the same two
 * for the acknowledgement (section 6.2.7). */
struct auth_parties {
	struct in6_addr coa;
	struct in6_addr cn;
};

/* Writes the authenticator into the last AUTH_DATA_LEN octets of a built
 * message whose checksum is still 0. */
void auth_sign(const uint8_t kbm[AUTH_KBM_LEN], const struct auth_parties *p,
	       uint8_t *mh, size_t len);
/* True when the authenticator at auth_offset (mh_options) is the right one;
 * the checksum counts as 0, len octets as far as Header Len says. */
bool auth_verify(const uint8_t kbm[AUTH_KBM_LEN], const struct auth_parties *p,
		 const uint8_t *mh, size_t len, size_t auth_offset);

/* ---- RFC 4285: a key that mobile node and home agent share ---- */

#define AUTH_MN_HA_KEY_LEN 16
#define AUTH_SPI_MIN       256 /* those before are reserved (section 5.1) */
#define AUTH_NAI_MAX       253 /* RFC 4282 section 2.2 */

/* A mobility security association: what both ends were given. */
struct auth_sa {
	char nai[AUTH_NAI_MAX + 1]; /* of the mobile node */
	uint32_t spi;
	uint8_t key[AUTH_MN_HA_KEY_LEN];
	struct prefix *homes; /* the home addresses that it may register */
	unsigned int n_homes;
	bool timestamps;         /* replay protection of section 6 */
	uint32_t clock_window_s; /* "close enough" */
	/* The network protects what this key does not: return routability
	 * and the prefixes of the home link (section 2). */
	bool trusted_network;
};

/* All of one file. */
struct auth_keys {
	struct auth_sa *sas;
	unsigned int n_sas;
};

/* Wipes and frees; returns NULL. */
struct auth_keys *auth_keys_free(struct auth_keys *keys);
/* The first that has this home address, or NULL; keys may be NULL. */
const struct auth_sa *auth_keys_of_home(const struct auth_keys *keys,
					const struct in6_addr *hoa);
bool auth_sa_covers(const struct auth_sa *sa, const struct in6_addr *hoa);

/* Whose message: the care-of address that the Binding Update names (Alternate
 * Care-of Address, else its source on the wire), for the acknowledgement too;
 * and the home address. */
struct auth_mn_parties {
	struct in6_addr coa;
	struct in6_addr hoa;
};

/* Writes the authentication data of an MN-HA option into the last
 * AUTH_DATA_LEN octets of a built message whose checksum is still 0: First
 * (96, HMAC_SHA1 (key, care-of address | home address | MH Data)). */
void auth_mn_ha_sign(const struct auth_sa *sa, const struct auth_mn_parties *p,
		     uint8_t *mh, size_t len);
/* Where the authentication data of a received option is. */
struct auth_mn_data {
	size_t offset;
	size_t len;
};
bool auth_mn_ha_verify(const struct auth_sa *sa,
		       const struct auth_mn_parties *p, const uint8_t *mh,
		       size_t len, const struct auth_mn_data *at);

/* ---- timestamps (section 6): in the format of NTP, whose seconds wrap ---- */

/* This moment; the fraction beyond microseconds is random. */
uint64_t auth_ntp_now(void);
/* a is after b, by less than 68 years. */
bool auth_ntp_newer(uint64_t a, uint64_t b);
/* Whether the two are no more than so many seconds apart. */
bool auth_ntp_close(uint64_t a, uint64_t b, uint32_t window_s);

#endif
