/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Binding Updates to a home agent (RFC 6275 sections 6.1.7, 11.7.1, 11.8).
 *
 * This file decides what stands in them, how many a second may go to one
 * peer, and how the wait for an answer grows.  The Home Address option is not
 * among it: the kernel adds it where the home address is away
 * (kernel_mn_home_set).  When one is sent is left to mn_reg.c.
 */
#include "mn_ba.h"

#include "mip6d/lifetime.h"

uint16_t mn_bu_lifetime(uint32_t wanted_s, uint32_t hoa_valid_s,
			uint32_t coa_valid_s)
{
	uint32_t s = wanted_s;
	uint16_t units;

	if (hoa_valid_s < s)
		s = hoa_valid_s;
	if (coa_valid_s < s)
		s = coa_valid_s;
	units = lifetime_units(s);
	return units ? units : 1;
}

uint16_t mn_bu_flags(const struct mn_bu *bu)
{
	return BU_FLAG_A | BU_FLAG_H | (bu->linklocal ? BU_FLAG_L : 0) |
	       (bu->follow ? BU_FLAG_K : 0);
}

int mn_bu_build(const struct mn_bu *bu, uint8_t *buf, size_t size)
{
	struct mh_msg msg = {
		.type = MH_BU,
		.bu = {
			.seq = bu->seq,
			.flags = mn_bu_flags(bu),
			.lifetime_4s = bu->lifetime_4s,
		},
		.opt = {
			.present = MH_OPT_ALT_COA,
			.alt_coa = bu->coa,
		},
	};
	int len;

	if (bu->sa)
		mn_auth_fill(bu, &msg);
	len = mh_build(&msg, buf, size);
	if (bu->sa && len > 0)
		mn_auth_sign(bu, buf, (size_t)len);
	return len;
}

uint32_t mn_backoff_next(uint32_t ms)
{
	return ms < MAX_BINDACK_TIMEOUT_MS / 2 ? 2 * ms
					       : MAX_BINDACK_TIMEOUT_MS;
}

/* One more than a second: two packets a second apart may arrive closer. */
#define RATE_WINDOW_MS 1001

struct mtime mn_rate_next(const struct mn_rate *r, struct mtime now)
{
	struct mtime free_at;

	if (r->n < MAX_UPDATE_RATE)
		return now;
	free_at = mtime_add_ms(r->sent[r->next], RATE_WINDOW_MS);
	return mtime_before(now, free_at) ? free_at : now;
}

void mn_rate_sent(struct mn_rate *r, struct mtime now)
{
	r->last = now;
	r->sent[r->next] = now;
	r->next = (r->next + 1) % MAX_UPDATE_RATE;
	if (r->n < MAX_UPDATE_RATE)
		r->n++;
}
