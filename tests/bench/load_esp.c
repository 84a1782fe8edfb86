/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The load programs' ESP (load_esp.h).
 */
#include "load_esp.h"

#include <nettle/aes.h>
#include <nettle/cbc.h>
#include <nettle/hmac.h>
#include <nettle/version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"

#define SPI_BASE 0x100000u
#define HEAD     (8 + AES_BLOCK_SIZE) /* SPI, number, initialisation vector */
#define ICV      16
#define KEY      32

static uint32_t spi_of(unsigned int i, enum load_esp_use use)
{
	return SPI_BASE + 4 * i + (unsigned int)use;
}

/* The SPI, eight times: of encryption and integrity alike. */
static void key_of(uint32_t spi, uint8_t ret_key[KEY])
{
	struct wbuf w;

	wbuf_init(&w, ret_key, KEY);
	while (w.len < KEY)
		wbuf_u32(&w, spi);
}

static void check_value(uint32_t spi, const uint8_t *data, size_t len,
			uint8_t ret_icv[SHA256_DIGEST_SIZE])
{
	struct hmac_sha256_ctx ctx;
	uint8_t key[KEY];

	key_of(spi, key);
	hmac_sha256_set_key(&ctx, sizeof(key), key);
	hmac_sha256_update(&ctx, len, data);
#if NETTLE_VERSION_MAJOR >= 4
	hmac_sha256_digest(&ctx, ret_icv);
#else
	hmac_sha256_digest(&ctx, SHA256_DIGEST_SIZE, ret_icv);
#endif
}

static size_t padded(size_t len)
{
	return (len + 2 + AES_BLOCK_SIZE - 1) / AES_BLOCK_SIZE * AES_BLOCK_SIZE;
}

size_t load_esp_len(size_t len)
{
	return HEAD + padded(len) + ICV;
}

void load_esp_put(struct wbuf *w, unsigned int i, enum load_esp_use use,
		  uint32_t seq, uint8_t next, const uint8_t *data, size_t len)
{
	uint8_t plain[LOAD_FRAME_MAX], key[KEY], icv[SHA256_DIGEST_SIZE];
	uint8_t iv[AES_BLOCK_SIZE] = { 0 };
	uint32_t spi = spi_of(i, use);
	size_t start = w->len, full = padded(len), pad = full - len - 2, n;
	struct aes256_ctx aes;

	if (full > sizeof(plain) || w->size - w->len < load_esp_len(len))
		exit(2);
	memcpy(plain, data, len);
	for (n = 0; n < pad; n++)
		plain[len + n] = (uint8_t)(n + 1);
	plain[full - 2] = (uint8_t)pad;
	plain[full - 1] = next;
	memcpy(iv, &seq, sizeof(seq));
	wbuf_u32(w, spi);
	wbuf_u32(w, seq);
	wbuf_bytes(w, iv, sizeof(iv));
	key_of(spi, key);
	aes256_set_encrypt_key(&aes, key);
	cbc_encrypt(&aes, (nettle_cipher_func *)aes256_encrypt, AES_BLOCK_SIZE,
		    iv, full, w->data + w->len, plain);
	w->len += full;
	check_value(spi, w->data + start, w->len - start, icv);
	wbuf_bytes(w, icv, ICV);
}

const uint8_t *load_esp_take(uint8_t *esp, size_t len, unsigned int i,
			     enum load_esp_use use, uint8_t *ret_next)
{
	uint8_t key[KEY], icv[SHA256_DIGEST_SIZE];
	uint32_t spi = spi_of(i, use);
	struct aes256_ctx aes;
	struct rbuf r;
	size_t full;

	rbuf_init(&r, esp, len);
	if (len < HEAD + AES_BLOCK_SIZE + ICV || rbuf_u32(&r) != spi)
		return NULL;
	full = len - HEAD - ICV;
	check_value(spi, esp, len - ICV, icv);
	if (full % AES_BLOCK_SIZE || memcmp(icv, esp + len - ICV, ICV) != 0)
		return NULL;
	key_of(spi, key);
	aes256_set_decrypt_key(&aes, key);
	cbc_decrypt(&aes, (nettle_cipher_func *)aes256_decrypt, AES_BLOCK_SIZE,
		    esp + 8, full, esp + HEAD, esp + HEAD);
	*ret_next = esp[HEAD + full - 1];
	return esp + HEAD;
}

static void print_key(const char *name, uint32_t spi)
{
	int n;

	printf("\t\t\t%s = ", name);
	for (n = 0; n < KEY / 4; n++)
		printf("%s%08x", n ? "" : "\"", spi);
	printf("\";\n");
}

void load_esp_print_keys(const struct in6_addr *agent,
			 const struct in6_addr *home, unsigned int n)
{
	static const char *const uses[] = { "to-agent", "from-agent",
					    "tunnel-to-agent",
					    "tunnel-from-agent" };
	unsigned int i, use;

	printf("nodes = (\n");
	for (i = 0; i < n; i++) {
		struct in6_addr hoa = load_addr(home, i);

		printf("%s\t{ home = \"%s\"; ", i ? ",\n" : "", addr_str(&hoa));
		printf("agent = \"%s\"; sets = ( { serial = 1;\n",
		       addr_str(agent));
		for (use = 0; use < 4; use++) {
			uint32_t spi = spi_of(i, (enum load_esp_use)use);

			printf("\t\t%s = {\n\t\t\tspi = 0x%x;\n", uses[use],
			       spi);
			printf("\t\t\tencryption = \"aes256-cbc\";\n");
			print_key("encryption-key", spi);
			printf("\t\t\tintegrity = \"hmac-sha256-128\";\n");
			print_key("integrity-key", spi);
			printf("\t\t};\n");
		}
		printf("\t} ); }");
	}
	printf("\n);\n");
}
