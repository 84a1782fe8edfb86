/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Binding Acknowledgements judged: pure, and what Binding Updates say.
 */
#ifndef MN_BA_H
#define MN_BA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mip6d/auth.h"
#include "mip6d/bul.h"
#include "mip6d/mh.h"
#include "mip6d/transport.h"

/* RFC 6275 sections 12, 13. */
#define MAX_BINDACK_TIMEOUT_MS 32000
#define MAX_UPDATE_RATE        3 /* per second */

enum mn_ba_verdict {
	/* Ignored silently (section 11.7.3). */
	MN_BA_NOT_ASKED,     /* no Binding Update is outstanding */
	MN_BA_WRONG_PEER,    /* not from whom it was sent to, or for another */
	MN_BA_WRONG_SEQ,     /* not the outstanding sequence number */
	MN_BA_BAD_AUTH,      /* Binding Authorization Data not last; or not what
			   * the key of this home address makes (RFC 4285) */
	MN_BA_BAD_TIMESTAMP, /* not that of the Binding Update */
	/* Acted on. */
	MN_BA_ACCEPTED,  /* bound */
	MN_BA_DELETED,   /* de-registered, or there was nothing to delete */
	MN_BA_RESYNC,    /* 135: adopt the sequence number and send again */
	MN_BA_REFUSED,   /* tried again slowly */
	MN_BA_DUPLICATE, /* 134: the home address must not be used */
	MN_BA_CLOCK,     /* 144: adopt the agent's time and send again */
	MN_BA_UNPROVEN,  /* 146: this agent is not to be asked any more */
};

struct mn_ba_result {
	enum mn_ba_verdict verdict;
	struct mtime expires;  /* ACCEPTED: end of the binding */
	struct mtime refresh;  /* ACCEPTED: when to send the next update */
	bool prefix_discovery; /* ACCEPTED with status 1 */
	uint16_t seq;          /* RESYNC: the agent's last */
};

/* The time as one agent has it (RFC 4285 section 6). */
struct mn_clock {
	uint64_t offset;   /* to our own, in the format of NTP; wraps */
	uint64_t sent;     /* in the last Binding Update */
	uint64_t accepted; /* of the last one that was accepted; 0: none */
};

/* Judges an acknowledgement against the entry of its home address, and where
 * that has a key (sa, NULL: none) against the clock.  Pure. */
struct mn_ba_result mn_ba_judge(const struct bul_entry *e,
				const struct auth_sa *sa,
				const struct mn_clock *clock,
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
	bool follow;          /* K: IKE can follow the care-of address */
	struct in6_addr coa;  /* Alternate Care-of Address */
	/* NULL: no authentication option (RFC 4285). */
	const struct auth_sa *sa;
	struct in6_addr hoa;
	uint64_t timestamp; /* where sa has them */
};

#define MN_BU_SIZE_MAX 384 /* an identifier has up to 253 octets */

/* ---- authentication options (mn_auth.c) ---- */

/* The options, then, once built, the authentication data. */
void mn_auth_fill(const struct mn_bu *bu, struct mh_msg *msg);
void mn_auth_sign(const struct mn_bu *bu, uint8_t *mh, size_t len);
/* The present as a timestamp of the next Binding Update, newer than any that
 * was accepted. */
uint64_t mn_auth_stamp(struct mn_clock *clock);
/* Whether an answer proves to come from who has the key, and to belong to the
 * last Binding Update; MN_BA_ACCEPTED: it does, whatever it says. */
enum mn_ba_verdict mn_auth_judge(const struct auth_sa *sa,
				 const struct mn_clock *clock,
				 const struct auth_mn_parties *p,
				 const struct packet *pkt,
				 const struct mh_msg *msg);
/* 144: takes the agent's time.  False: it is ours already. */
bool mn_auth_adjust(struct mn_clock *clock, uint64_t received);

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
