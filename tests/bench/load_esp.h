/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ESP of the load programs (RFC 4303): AES-CBC with 256 bits and
 * HMAC-SHA-256-128, with keys that follow from the SPI and are good for
 * nothing else.
 */
#ifndef BENCH_LOAD_ESP_H
#define BENCH_LOAD_ESP_H

#include <stddef.h>
#include <stdint.h>

#include "mip6d/addr.h"
#include "mip6d/buf.h"

/* In the order of the file of keys. */
enum load_esp_use {
	LOAD_ESP_TO_AGENT,
	LOAD_ESP_FROM_AGENT,
	LOAD_ESP_TUNNEL_TO_AGENT,
	LOAD_ESP_TUNNEL_FROM_AGENT,
};

/* How long len octets become. */
size_t load_esp_len(size_t len);
/* Node i's packet number seq. */
void load_esp_put(struct wbuf *w, unsigned int i, enum load_esp_use use,
		  uint32_t seq, uint8_t next, const uint8_t *data, size_t len);
/* What len octets of ESP carry, decrypted in place, when they are node i's
 * and its integrity check value is right; NULL otherwise. */
const uint8_t *load_esp_take(uint8_t *esp, size_t len, unsigned int i,
			     enum load_esp_use use, uint8_t *ret_next);
/* The agent's file of keys (mip6d-sa.conf(5)) for n nodes. */
void load_esp_print_keys(const struct in6_addr *agent,
			 const struct in6_addr *home, unsigned int n);

#endif
