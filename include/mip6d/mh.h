/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mobility Header messages as C structures (RFC 6275 section 6.1, 6.2).
 * src/mh parses octets into them and builds octets from them; nobody else
 * sees wire bytes.
 */
#ifndef MIP6D_MH_H
#define MIP6D_MH_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mip6d/addr.h"
#include "mip6d/counters.h"

#define MH_PROTO             135
#define MH_MAX_LEN           2048   /* Header Len 255: 8 + 255 * 8 octets */
#define MH_LIFETIME_INFINITE 0xffff /* units of 4 s */

enum mh_type {
	MH_BRR = 0,
	MH_HOTI = 1,
	MH_COTI = 2,
	MH_HOT = 3,
	MH_COT = 4,
	MH_BU = 5,
	MH_BA = 6,
	MH_BE = 7,
	MH_TYPE_MAX = MH_BE,
};

/* Binding Update flags (section 6.1.7), as in the 16 bit field. */
#define BU_FLAG_A 0x8000 /* acknowledge */
#define BU_FLAG_H 0x4000 /* home registration */
#define BU_FLAG_L 0x2000 /* link-local address compatibility */
#define BU_FLAG_K 0x1000 /* key management mobility capability */
#define BU_FLAG_R 0x0400 /* mobile router (RFC 3963 section 4.1) */
/* Binding Acknowledgement flags (section 6.1.8), 8 bit field. */
#define BA_FLAG_K 0x80

/* Binding Acknowledgement status (section 6.1.8): below 128 accepted. */
enum ba_status {
	BA_ACCEPTED = 0,
	BA_ACCEPTED_PREFIX_DISCOVERY = 1,
	BA_UNSPECIFIED = 128,
	BA_PROHIBITED = 129,
	BA_NO_RESOURCES = 130,
	BA_HOME_REG_UNSUPPORTED = 131,
	BA_NOT_HOME_SUBNET = 132,
	BA_NOT_HOME_AGENT = 133,
	BA_DAD_FAILED = 134,
	BA_SEQ_OUT_OF_WINDOW = 135,
	BA_EXPIRED_HOME_NONCE = 136,
	BA_EXPIRED_COA_NONCE = 137,
	BA_EXPIRED_NONCES = 138,
	BA_REG_TYPE_CHANGE = 139,
	/* RFC 4285; RFC 5555 took 144 a second time, for "cannot force UDP
	 * encapsulation": the options of the exchange tell which it is. */
	BA_TIMESTAMP_MISMATCH = 144,
	BA_TIMESTAMP_REQUIRED = 145,
	BA_AUTH_FAILED = 146,
	BA_INVALID_COA = 174,
};

/* Binding Error status (section 6.1.9). */
enum be_status {
	BE_UNKNOWN_BINDING = 1,
	BE_UNKNOWN_MH_TYPE = 2,
};

/* Options that this program knows (section 6.2); a bit each in
 * mh_options.present. */
enum mh_option {
	MH_OPT_REFRESH_ADVICE = 1 << 0,
	MH_OPT_ALT_COA = 1 << 1,
	MH_OPT_NONCE_INDICES = 1 << 2,
	MH_OPT_AUTH_DATA = 1 << 3,
	MH_OPT_MN_ID = 1 << 4,   /* RFC 4283, an NAI */
	MH_OPT_REPLAY = 1 << 5,  /* RFC 4285 section 6 */
	MH_OPT_MN_HA = 1 << 6,   /* RFC 4285 section 5.1 */
	MH_OPT_MN_AAA = 1 << 7,  /* RFC 4285 section 5.2 */
	MH_OPT_NETWORK = 1 << 8, /* RFC 3963 section 4.3 */
};

#define MH_AUTH_LEN     12  /* octets of authenticator, section 6.2.7 */
#define MH_NAI_MAX      254 /* octets of an identifier that an option can hold */

#define MH_NETWORKS_MAX 8

/* Mobile network prefixes, bits beyond their lengths cleared. */
struct mh_networks {
	struct prefix v[MH_NETWORKS_MAX];
	uint8_t n;
	bool more; /* there were others, of which nothing is known */
};

/* A mobility message authentication option (RFC 4285 section 5). */
struct mh_mn_auth {
	uint32_t spi;
	uint8_t len;   /* of the authentication data; 12 is sent */
	size_t offset; /* and its place in the message */
};

struct mh_options {
	unsigned int present; /* enum mh_option bits */
	uint16_t refresh_interval_4s;
	struct in6_addr alt_coa;
	uint16_t home_nonce;
	uint16_t coa_nonce;
	/* MH_OPT_AUTH_DATA: length and place of the authenticator in the
	 * message, and whether it was its last octets (it must be). */
	uint8_t auth_len;
	size_t auth_offset;
	bool auth_last;
	uint8_t auth[MH_AUTH_LEN]; /* valid when auth_len is 12 */
	/* MH_OPT_MN_ID: the octets of the identifier; a NUL is put behind
	 * them, and may be among them. */
	uint8_t nai_len;
	char nai[MH_NAI_MAX + 1];
	uint64_t timestamp; /* MH_OPT_REPLAY: in the format of NTP */
	struct mh_mn_auth mn_ha, mn_aaa;
	struct mh_networks networks; /* MH_OPT_NETWORK */
	/* An authentication option that is there twice, or is followed by
	 * another one than MN-AAA behind MN-HA: what follows is not covered,
	 * and RFC 4285 section 5 wants the message discarded. */
	bool mn_auth_misplaced;
};

struct mh_brr {
	uint8_t unused;
};

struct mh_test_init { /* HoTI, CoTI */
	uint8_t cookie[8];
};

struct mh_test { /* HoT, CoT */
	uint16_t nonce_index;
	uint8_t cookie[8];
	uint8_t token[8];
};

struct mh_bu {
	uint16_t seq;
	uint16_t flags; /* BU_FLAG_*; bits unknown here are kept by mh_parse
			 * and sent as zero by mh_build */
	uint16_t lifetime_4s;
};

struct mh_ba {
	uint8_t status; /* enum ba_status, or another octet */
	uint8_t flags;  /* BA_FLAG_*; unknown bits as in mh_bu */
	uint16_t seq;
	uint16_t lifetime_4s;
};

struct mh_be {
	uint8_t status; /* enum be_status, or another octet */
	struct in6_addr hoa;
};

struct mh_msg {
	uint8_t type; /* enum mh_type */
	union {
		struct mh_test_init test_init;
		struct mh_test test;
		struct mh_bu bu;
		struct mh_ba ba;
		struct mh_be be;
	};
	/* Only options that are defined for this message type are marked
	 * present (section 6.2: others are ignored). */
	struct mh_options opt;
};

/* What a received message deserves (section 9.2), in the order in which the
 * checks are made.  The kernel's raw socket makes the first three for the
 * daemon and sends the Parameter Problem itself; they are repeated here so
 * that the pure core stands alone. */
enum mh_verdict {
	MH_OK,
	MH_BAD_CHECKSUM, /* drop */
	MH_UNKNOWN_TYPE, /* drop, Binding Error 2 */
	MH_BAD_PROTO,    /* drop, Parameter Problem code 0 at octet 0 */
	MH_BAD_LEN,      /* drop, Parameter Problem code 0 at octet 1 */
	MH_TRUNCATED,    /* Header Len beyond the packet: drop */
	MH_BAD_OPTION,   /* an option runs past the end, or one of this message
			* has a length that it cannot have: drop */
};

/* Parses one Mobility Header of len octets that travelled from src to dst
 * (home addresses in the place of care-of addresses that HAO or RH2 hid;
 * they enter the checksum, section 6.1.1).  Fills *ret_msg only for MH_OK,
 * but for MH_UNKNOWN_TYPE sets ret_msg->type.  Octets behind Header Len are
 * ignored.  An octet string that holds less than its Header Len says is
 * MH_TRUNCATED before anything else: its checksum cannot be known.  Of an
 * option that is there twice, the first counts, but each mobile network
 * prefix does.  No allocation. */
enum mh_verdict mh_parse(const uint8_t *data, size_t len,
			 const struct in6_addr *src, const struct in6_addr *dst,
			 struct mh_msg *ret_msg);

/* The counter of a verdict that is not MH_OK. */
enum counter mh_verdict_counter(enum mh_verdict verdict);

/* Builds the message with the options in msg->opt.present, aligned and
 * padded (sections 6.2.2 to 6.2.7), Payload Proto 59, checksum 0 (the kernel
 * or mh_set_checksum fills it).  MH_OPT_AUTH_DATA, and MH_OPT_MN_HA where no
 * MH_OPT_MN_AAA follows, reserve 12 zero octets, the last ones of the message,
 * for the authenticator.  An option that is
 * not defined for the message is a bug of the caller.  Returns the length in
 * octets (a multiple of 8) or -EMSGSIZE. */
int mh_build(const struct mh_msg *msg, uint8_t *buf, size_t size);

/* Writes the checksum of a built message. */
void mh_set_checksum(uint8_t *buf, size_t len, const struct in6_addr *src,
		     const struct in6_addr *dst);

/* Names as users see them: "BU", "accepted", "not home agent for this mobile
 * node"...; never NULL. */
const char *mh_type_str(unsigned int type);
const char *ba_status_str(unsigned int status);
/* A sentence that says what a user should look at for this status. */
const char *ba_status_hint(unsigned int status);

/* Sequence number comparison modulo 2^16 (section 9.5.1): true when `seq` is
 * greater than `last`, that is, last-32768..last are not. */
bool mh_seq_newer(uint16_t seq, uint16_t last);

#endif
