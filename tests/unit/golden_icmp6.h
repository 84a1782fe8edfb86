/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Golden ICMPv6 messages, a comment for each field.  golden_icmp6.py builds
 * each of them with scapy and compares.
 */
#ifndef TESTS_UNIT_GOLDEN_ICMP6_H
#define TESTS_UNIT_GOLDEN_ICMP6_H

#define HA            "2001:db8:1::1"
#define HOA           "2001:db8:1::100"
#define COA           "2001:db8:2::100"
#define CN            "2001:db8:c::c"
#define ANY           "::"
#define LL_ROUTER     "fe80::5054:ff:fe00:1"
#define LL_NODE       "fe80::5054:ff:fe00:100"
#define ALL_NODES     "ff02::1"
#define ALL_ROUTERS   "ff02::2"
#define AGENTS        "2001:db8:1:0:fdff:ffff:ffff:fffe"
#define SOLICITED_HOA "ff02::1:ff00:100"

struct golden_icmp6 {
	const char *name;
	const char *src, *dst;
	const char *hex;
};

/* clang-format off */
static const struct golden_icmp6 golden_icmp6[] = {
	{ "rs", LL_NODE, ALL_ROUTERS,
	  "85 00 # Type, Code\n"
	  "d885  # Checksum\n"
	  "00000000 # Reserved\n"
	  "01 01 525400000100 # Source Link-layer Address\n" },
	{ "rs_any", ANY, ALL_ROUTERS,
	  "85 00 # Type, Code\n"
	  "7bb8  # Checksum\n"
	  "00000000 # Reserved\n" },
	{ "ns", HA, SOLICITED_HOA,
	  "87 00 # Type, Code\n"
	  "c9d4  # Checksum\n"
	  "00000000 # Reserved\n"
	  "20010db8 00010000 00000000 00000100 # Target\n"
	  "01 01 525400000001 # Source Link-layer Address\n" },
	{ "ns_dad", ANY, SOLICITED_HOA,
	  "87 00 # Type, Code\n"
	  "4aee  # Checksum\n"
	  "00000000 # Reserved\n"
	  "20010db8 00010000 00000000 00000100 # Target\n" },
	{ "na_proxy", HA, ALL_NODES,
	  "88 00 # Type, Code\n"
	  "a7d5  # Checksum\n"
	  "20000000 # O\n"
	  "20010db8 00010000 00000000 00000100 # Target\n"
	  "02 01 525400000001 # Target Link-layer Address\n" },
	{ "na_solicited", HOA, HA,
	  "88 00 # Type, Code\n"
	  "b71f  # Checksum\n"
	  "e0000000 # R S O\n"
	  "20010db8 00010000 00000000 00000100 # Target\n"
	  "02 01 525400000100 # Target Link-layer Address\n" },
	{ "na_plain", HOA, HA,
	  "88 00 # Type, Code\n"
	  "ac7d  # Checksum\n"
	  "40000000 # S\n"
	  "20010db8 00010000 00000000 00000100 # Target\n" },
	{ "ra_home", LL_ROUTER, ALL_NODES,
	  "86 00 # Type, Code\n"
	  "f43e  # Checksum\n"
	  "40    # Cur Hop Limit\n"
	  "60    # O H\n"
	  "0708  # Router Lifetime: 1800 s\n"
	  "00007530 # Reachable Time: 30000 ms\n"
	  "000003e8 # Retrans Timer: 1000 ms\n"
	  "01 01 525400000001 # Source Link-layer Address\n"
	  "05 01 0000 000005dc # MTU: 1500, not heard here\n"
	  "03 04 # Prefix Information\n"
	  "40 e0 # Prefix Length, L A R\n"
	  "00015180 # Valid Lifetime: 86400 s\n"
	  "00003840 # Preferred Lifetime: 14400 s\n"
	  "00000000 # Reserved\n"
	  "20010db8 00010000 00000000 00000001 # the router's address\n"
	  "07 01 0000 00000bb8 # Advertisement Interval: 3000 ms\n"
	  "08 01 0000 0009 0384 # Home Agent: preference 9, lifetime 900 s\n" },
	{ "ra_plain", LL_ROUTER, ALL_NODES,
	  "86 00 # Type, Code\n"
	  "59db  # Checksum\n"
	  "00    # Cur Hop Limit: unspecified\n"
	  "80    # M\n"
	  "0000  # Router Lifetime: no default router\n"
	  "00000000 # Reachable Time\n"
	  "00000000 # Retrans Timer\n"
	  "03 04 # Prefix Information\n"
	  "40 80 # Prefix Length, L\n"
	  "ffffffff # Valid Lifetime: infinite\n"
	  "ffffffff # Preferred Lifetime\n"
	  "00000000 # Reserved\n"
	  "20010db8 00020000 00000000 00000000 # Prefix\n"
	  "03 04 # Prefix Information\n"
	  "30 40 # Prefix Length: 48, A\n"
	  "00000000 # Valid Lifetime\n"
	  "00000000 # Preferred Lifetime\n"
	  "00000000 # Reserved\n"
	  "20010db8 00030000 00000000 00000000 # Prefix\n" },
	{ "pp_bu", HA, COA,
	  "04 01 # Parameter Problem, unrecognized next header\n"
	  "e0a3  # Checksum\n"
	  "00000018 # Pointer\n"
	  "60000000 0038 3c 40 # quoted: IPv6, next header 60\n"
	  "20010db8 00020000 00000000 00000100 # care-of address\n"
	  "20010db8 00010000 00000000 00000001 # home agent\n"
	  "87 02 01 02 0000 # destination options: next 135, PadN\n"
	  "c9 10 # Home Address\n"
	  "20010db8 00010000 00000000 00000100\n"
	  "3b 03 05 00 0000 1234 c000 0069 01 00 03 10 # BU\n"
	  "20010db8 00020000 00000000 00000100\n" },
	{ "unreach_ba", LL_ROUTER, HA,
	  "01 03 # Destination Unreachable, address unreachable\n"
	  "8e1c  # Checksum\n"
	  "00000000 # unused\n"
	  "60000000 0028 2b 40 # quoted: IPv6, next header 43\n"
	  "20010db8 00010000 00000000 00000001 # home agent\n"
	  "20010db8 00020000 00000000 00000100 # care-of address\n"
	  "87 02 02 01 00000000 # routing header type 2, segments left 1\n"
	  "20010db8 00010000 00000000 00000100 # home address\n"
	  "3b 01 06 00 0000 0080 1234 0069 0102 0000 # BA\n" },
	{ "too_big", LL_ROUTER, HA,
	  "02 00 # Packet Too Big\n"
	  "9eb9  # Checksum\n"
	  "00000578 # MTU: 1400\n"
	  "60000000 0028 29 40 # quoted: IPv6, next header 41\n"
	  "20010db8 00010000 00000000 00000001 # home agent\n"
	  "20010db8 00020000 00000000 00000100 # care-of address\n"
	  "60000000 0000 3b 40 # what was in the tunnel\n"
	  "20010db8 000c0000 00000000 0000000c\n"
	  "20010db8 00010000 00000000 00000100\n" },
	{ "ra_own", LL_ROUTER, ALL_NODES,
	  "86 00 # Type, Code\n"
	  "83da  # Checksum\n"
	  "40    # Cur Hop Limit\n"
	  "20    # H\n"
	  "0708  # Router Lifetime: 1800 s\n"
	  "00000000 # Reachable Time: unspecified\n"
	  "00000000 # Retrans Timer: unspecified\n"
	  "01 01 525400000001 # Source Link-layer Address\n"
	  "03 04 # Prefix Information\n"
	  "40 e0 # Prefix Length, L A R\n"
	  "00015180 # Valid Lifetime: 86400 s\n"
	  "00003840 # Preferred Lifetime: 14400 s\n"
	  "00000000 # Reserved\n"
	  "20010db8 00010000 00000000 00000001 # the agent's address\n"
	  "07 01 0000 0000005a # Advertisement Interval: 90 ms\n"
	  "08 01 0000 0009 0384 # Home Agent: preference 9, lifetime 900 s\n" },
	{ "haad_request", COA, AGENTS,
	  "90 00 # Type, Code\n"
	  "0315  # Checksum\n"
	  "1234  # Identifier\n"
	  "0000  # Reserved\n" },
	{ "haad_reply", HA, COA,
	  "91 00 # Type, Code\n"
	  "a466  # Checksum\n"
	  "1234  # Identifier\n"
	  "0000  # Reserved\n"
	  "20010db8 00010000 00000000 00000001 # the better one\n"
	  "20010db8 000c0000 00000000 0000000c # another\n" },
	{ "mps", HOA, HA,
	  "92 00 # Type, Code\n"
	  "ce26  # Checksum\n"
	  "4321  # Identifier\n"
	  "0000  # Reserved\n" },
	{ "mpa", HA, HOA,
	  "93 00 # Type, Code\n"
	  "3085  # Checksum\n"
	  "4321  # Identifier\n"
	  "4000  # O\n"
	  "03 04 # Prefix Information\n"
	  "40 e0 # Prefix Length, L A R\n"
	  "00015180 # Valid Lifetime: 86400 s\n"
	  "00003840 # Preferred Lifetime: 14400 s\n"
	  "00000000 # Reserved\n"
	  "20010db8 00010000 00000000 00000001 # the agent's address\n"
	  "03 04 # Prefix Information\n"
	  "30 40 # Prefix Length: 48, A\n"
	  "ffffffff # Valid Lifetime: infinite\n"
	  "00000000 # Preferred Lifetime: deprecated\n"
	  "00000000 # Reserved\n"
	  "20010db8 00030000 00000000 00000000 # Prefix\n" },
};
/* clang-format on */

#define N_GOLDEN_ICMP6 (sizeof(golden_icmp6) / sizeof(golden_icmp6[0]))

#endif
