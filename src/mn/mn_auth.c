/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Authentication options at the mobile node (RFC 4283, RFC 4285): what its
 * Binding Updates carry, and what an acknowledgement has to prove.
 *
 * Whose key a home address has is left to the keys (auth_keys.c), what an
 * acknowledgement means to mn_ba.c.
 */
#include "mn_ba.h"

#include <string.h>

#define SECONDS(stamp) ((stamp) >> 32)

void mn_auth_fill(const struct mn_bu *bu, struct mh_msg *msg)
{
	struct mh_options *opt = &msg->opt;

	opt->present |= MH_OPT_MN_ID | MH_OPT_MN_HA;
	opt->nai_len = (uint8_t)strlen(bu->sa->nai);
	memcpy(opt->nai, bu->sa->nai, opt->nai_len);
	opt->mn_ha.spi = bu->sa->spi;
	if (!bu->sa->timestamps)
		return;
	opt->present |= MH_OPT_REPLAY;
	opt->timestamp = bu->timestamp;
}

void mn_auth_sign(const struct mn_bu *bu, uint8_t *mh, size_t len)
{
	const struct auth_mn_parties p = { .coa = bu->coa, .hoa = bu->hoa };

	auth_mn_ha_sign(bu->sa, &p, mh, len);
}

uint64_t mn_auth_stamp(struct mn_clock *clock)
{
	uint64_t stamp = auth_ntp_now() + clock->offset;

	/* Our clock may have been set back. */
	if (clock->accepted && !auth_ntp_newer(stamp, clock->accepted))
		stamp = clock->accepted + 1;
	clock->sent = stamp;
	return stamp;
}

/* Section 6: the whole field comes back, but with 144 the agent's seconds. */
static bool is_of_update(const struct mn_clock *clock, const struct mh_msg *msg)
{
	uint64_t stamp = msg->opt.timestamp;

	if (!(msg->opt.present & MH_OPT_REPLAY))
		return false;
	if (msg->ba.status == BA_TIMESTAMP_MISMATCH)
		return (uint32_t)stamp == (uint32_t)clock->sent;
	return stamp == clock->sent;
}

enum mn_ba_verdict mn_auth_judge(const struct auth_sa *sa,
				 const struct mn_clock *clock,
				 const struct auth_mn_parties *p,
				 const struct packet *pkt,
				 const struct mh_msg *msg)
{
	const struct mh_mn_auth *a = &msg->opt.mn_ha;
	const struct auth_mn_data at = { .offset = a->offset, .len = a->len };

	if (!(msg->opt.present & MH_OPT_MN_HA) || msg->opt.mn_auth_misplaced ||
	    a->spi != sa->spi)
		return MN_BA_BAD_AUTH;
	if (sa->timestamps && !is_of_update(clock, msg))
		return MN_BA_BAD_TIMESTAMP;
	return auth_mn_ha_verify(sa, p, pkt->data, pkt->len, &at)
		       ? MN_BA_ACCEPTED
		       : MN_BA_BAD_AUTH;
}

/* Measured from our own clock: what was sent may be ahead of that, because the
 * one before was.  An agent whose clock is behind what it once accepted would
 * refuse whatever is newer than that, for as long as it takes. */
bool mn_auth_adjust(struct mn_clock *clock, uint64_t received)
{
	bool is_other = SECONDS(received) != SECONDS(clock->sent);

	clock->offset = (SECONDS(received) - SECONDS(auth_ntp_now())) << 32;
	if (is_other && auth_ntp_newer(clock->accepted, received))
		clock->accepted = 0;
	return is_other;
}
