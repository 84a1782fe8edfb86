/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ICMPv6 messages that the daemon itself reads or writes: router and
 * neighbour discovery (RFC 4861 section 4, with the Mobile IPv6 extensions
 * of RFC 6275 section 7) and the errors that answer our own messages
 * (RFC 4443).  Pure: parse and build.
 */
#ifndef MIP6D_ICMP6_H
#define MIP6D_ICMP6_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mip6d/addr.h"

#define ICMP6_PROTO 58

enum icmp6_type {
	ICMP6_DEST_UNREACH_T = 1,
	ICMP6_TOO_BIG_T = 2,
	ICMP6_TIME_EXCEEDED_T = 3,
	ICMP6_PARAM_PROB_T = 4,
	ICMP6_RS = 133,
	ICMP6_RA = 134,
	ICMP6_NS = 135,
	ICMP6_NA = 136,
	ICMP6_HAAD_REQUEST = 144, /* RFC 6275 sections 6.5 to 6.8 */
	ICMP6_HAAD_REPLY = 145,
	ICMP6_MPS = 146,
	ICMP6_MPA = 147,
};

/* A prefix of a router advertisement (RFC 6275 section 7.2). */
struct ra_prefix {
	struct prefix prefix;
	bool on_link;         /* L */
	bool autonomous;      /* A */
	bool router_addr;     /* R: `addr` is the router's global address */
	struct in6_addr addr; /* the field unmasked; valid when R */
	uint32_t valid_s;     /* UINT32_MAX: infinite */
	uint32_t preferred_s;
};

#define RA_MAX_PREFIXES 16 /* more in one advertisement are ignored */

struct icmp6_ra {
	uint8_t cur_hop_limit;
	bool managed;    /* M */
	bool other;      /* O */
	bool home_agent; /* H, RFC 6275 section 7.1 */
	uint16_t router_lifetime_s;
	uint32_t reachable_ms;       /* 0: unspecified */
	uint32_t retrans_ms;         /* 0: unspecified */
	struct lladdr source_lladdr; /* len 0: absent */
	uint32_t interval_ms;        /* Advertisement Interval; 0: absent */
	bool has_ha_info;            /* Home Agent Information, section 7.4 */
	uint16_t ha_preference;      /* without it: 0 */
	uint16_t ha_lifetime_s;      /* without it: the router lifetime */
	unsigned int n_prefixes;
	struct ra_prefix prefixes[RA_MAX_PREFIXES];
};

struct icmp6_rs {
	struct lladdr source_lladdr; /* len 0: absent */
};

/* Home Agent Address Discovery Request (section 6.5), and Mobile Prefix
 * Solicitation (6.7). */
struct icmp6_request {
	uint16_t id;
};

/* As many as fit the minimum MTU of 1280 octets (section 10.5.1); more in
 * one reply are ignored. */
#define HAAD_MAX_ADDRS 77

/* Home Agent Address Discovery Reply (section 6.6). */
struct icmp6_haad_reply {
	uint16_t id;
	unsigned int n_addrs;
	struct in6_addr addrs[HAAD_MAX_ADDRS]; /* best first */
};

/* Mobile Prefix Advertisement (section 6.8). */
struct icmp6_mpa {
	uint16_t id;
	bool managed; /* M */
	bool other;   /* O */
	unsigned int n_prefixes;
	struct ra_prefix prefixes[RA_MAX_PREFIXES];
};

struct icmp6_ns {
	struct in6_addr target;
	struct lladdr source_lladdr; /* len 0: absent */
};

struct icmp6_na {
	struct in6_addr target;
	bool router, solicited, override;
	struct lladdr target_lladdr; /* len 0: absent */
};

/* An ICMPv6 error together with what it quotes of the packet that caused it:
 * the home address stands in quoted_src or quoted_dst where the quoted
 * packet carried a Home Address option or a type 2 routing header. */
struct icmp6_error {
	uint32_t info;              /* pointer, MTU or unused */
	struct in6_addr quoted_src; /* as in the quoted IPv6 header */
	struct in6_addr quoted_dst;
	bool has_hao;
	bool has_rh2;
	struct in6_addr hoa;     /* valid with has_hao or has_rh2; with both it
			      * is hao_hoa */
	struct in6_addr hao_hoa; /* valid with has_hao: the source's */
	struct in6_addr rh2_hoa; /* valid with has_rh2: the destination's */
	uint8_t quoted_proto;    /* upper layer protocol; 59 when not reached */
	uint8_t quoted_mh_type;  /* valid when quoted_proto is 135 */
};

struct icmp6_msg {
	uint8_t type, code;
	union {
		struct icmp6_rs rs;
		struct icmp6_ra ra;
		struct icmp6_ns ns;
		struct icmp6_na na;
		struct icmp6_request request; /* HAAD_REQUEST, MPS */
		struct icmp6_haad_reply reply;
		struct icmp6_mpa mpa;
		struct icmp6_error error;
	};
};

enum icmp6_verdict {
	ICMP6_OK,
	ICMP6_IGNORED, /* a type that nobody here needs */
	ICMP6_BAD,     /* malformed, RFC 4861 sections 6.1, 7.1; drop */
};

/* Parses an ICMPv6 message (from the type octet on).  hop_limit, src and dst
 * are those of the IPv6 header: the validity rules of RFC 4861 need them
 * (hop limit 255, link-local source of an RA, multicast target, :: source
 * with a source link-layer option, ...).  Unknown options are skipped; the
 * checksum is verified when check_sum is set (frames from a packet socket;
 * raw sockets have done it). */
enum icmp6_verdict icmp6_parse(const uint8_t *data, size_t len,
			       const struct in6_addr *src,
			       const struct in6_addr *dst, uint8_t hop_limit,
			       bool check_sum, struct icmp6_msg *ret_msg);

/* Build a message with its checksum in place.  Return the length in octets
 * or -EMSGSIZE.  A link-layer address of len 0 leaves the option out, and so
 * does src :: for a source link-layer address; `source` may be NULL.  The S
 * flag of an NA to a multicast dst is not sent (RFC 4861 section 4.4). */
int icmp6_build_rs(const struct in6_addr *src, const struct in6_addr *dst,
		   const struct lladdr *source, uint8_t *buf, size_t size);
int icmp6_build_ns(const struct in6_addr *src, const struct in6_addr *dst,
		   const struct icmp6_ns *ns, uint8_t *buf, size_t size);
int icmp6_build_na(const struct in6_addr *src, const struct in6_addr *dst,
		   const struct icmp6_na *na, uint8_t *buf, size_t size);
/* The Home Agent Information option is there when has_ha_info says so and H
 * is set (RFC 6275 section 7.4), the Advertisement Interval option when
 * interval_ms is not 0.  With router_addr the whole address stands in a
 * Prefix Information option, else the prefix. */
int icmp6_build_ra(const struct in6_addr *src, const struct in6_addr *dst,
		   const struct icmp6_ra *ra, uint8_t *buf, size_t size);

/* RFC 6275 sections 6.5 to 6.8.  The checksum is left 0: the port fills it
 * in, as it knows what the kernel makes of the addresses. */
int icmp6_build_haad_request(uint16_t id, uint8_t *buf, size_t size);
int icmp6_build_haad_reply(const struct icmp6_haad_reply *reply, uint8_t *buf,
			   size_t size);
int icmp6_build_mps(uint16_t id, uint8_t *buf, size_t size);
int icmp6_build_mpa(const struct icmp6_mpa *mpa, uint8_t *buf, size_t size);

#endif
