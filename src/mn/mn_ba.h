/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Binding Acknowledgements judged: pure, and what Binding Updates say.
 */
#ifndef MN_BA_H
#define MN_BA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mip6d/bul.h"
#include "mip6d/mh.h"
#include "mip6d/transport.h"

/* RFC 6275 sections 12, 13. */
#define MAX_BINDACK_TIMEOUT_MS 32000
#define MAX_UPDATE_RATE        3 /* per second */

enum mn_ba_verdict {
	/* Ignored silently (section 11.7.3). */
	MN_BA_NOT_ASKED,  /* no Binding Update is outstanding */
	MN_BA_WRONG_PEER, /* not from whom it was sent to, or for another */
	MN_BA_WRONG_SEQ,  /* not the outstanding sequence number */
	MN_BA_BAD_AUTH,   /* Binding Authorization Data not last */
	/* Acted on. */
	MN_BA_ACCEPTED,  /* bound */
	MN_BA_DELETED,   /* de-registered, or there was nothing to delete */
	MN_BA_RESYNC,    /* 135: adopt the sequence number and send again */
	MN_BA_REFUSED,   /* tried again slowly */
	MN_BA_DUPLICATE, /* 134: the home address must not be used */
};

struct mn_ba_result {
	enum mn_ba_verdict verdict;
	struct mtime expires;  /* ACCEPTED: end of the binding */
	struct mtime refresh;  /* ACCEPTED: when to send the next update */
	bool prefix_discovery; /* ACCEPTED with status 1 */
	uint16_t seq;          /* RESYNC: the agent's last */
};

/* Judges an acknowledgement against the entry of its home address.  Pure. */
struct mn_ba_result mn_ba_judge(const struct bul_entry *e,
				const struct packet *pkt,
				const struct mh_msg *msg, struct mtime now);

/* When a binding that was asked for at `sent` and ends at `expires` is
 * refreshed, with advice_4s of Binding Refresh Advice (0: none). */
struct mtime mn_ba_refresh_time(struct mtime sent, struct mtime expires,
				uint16_t advice_4s);

/* What a Binding Update to a home agent says. */
struct mn_bu {
	uint16_t seq;
	uint16_t lifetime_4s; /* 0: de-registration */
	bool linklocal;       /* L */
	struct in6_addr coa;  /* Alternate Care-of Address */
};

/* The lifetime to ask for: the wanted one, but not beyond the valid lifetime
 * of home and care-of address; never 0 (section 11.7.1). */
uint16_t mn_bu_lifetime(uint32_t wanted_s, uint32_t hoa_valid_s,
			uint32_t coa_valid_s);

/* The flags that go with it. */
uint16_t mn_bu_flags(const struct mn_bu *bu);

/* Builds it; length in octets or -EMSGSIZE. */
int mn_bu_build(const struct mn_bu *bu, uint8_t *buf, size_t size);

/* Times of the last Binding Updates to one peer, whatever the home address
 * (section 11.8). */
struct mn_rate {
	bool used;
	struct in6_addr peer;
	struct mtime last;
	struct mtime sent[MAX_UPDATE_RATE]; /* a ring */
	unsigned int n, next;
};

/* The retransmission interval after this one (section 11.8). */
uint32_t mn_backoff_next(uint32_t ms);

/* When the next may be sent: `now`, or later. */
struct mtime mn_rate_next(const struct mn_rate *r, struct mtime now);
void mn_rate_sent(struct mn_rate *r, struct mtime now);

#endif
