/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Golden Mobility Headers, a comment for each field.  golden_mh.py builds
 * each of them with scapy and compares: these octets are not only our own
 * opinion.  The home agent's addresses and the like are those of the lab.
 */
#ifndef TESTS_UNIT_GOLDEN_MH_H
#define TESTS_UNIT_GOLDEN_MH_H

#define HA  "2001:db8:1::1"
#define HOA "2001:db8:1::100"
#define COA "2001:db8:2::100"
#define CN  "2001:db8:c::c"

struct golden {
	const char *name;
	const char *src, *dst; /* what the checksum covers */
	const char *hex;
};

static const struct golden golden_mh[] = {
	{ "brr", CN, HOA,
	  "3b 00 00 00 # Payload Proto, Header Len, MH Type, Reserved\n"
	  "67e5        # Checksum\n"
	  "0000        # Reserved\n" },
	{ "hoti", HOA, CN,
	  "3b 01 01 00 # Payload Proto, Header Len, MH Type, Reserved\n"
	  "1a8c        # Checksum\n"
	  "0000        # Reserved\n"
	  "1011121314151617 # Home Init Cookie\n" },
	{ "coti", COA, CN,
	  "3b 01 02 00 # Payload Proto, Header Len, MH Type, Reserved\n"
	  "d94a        # Checksum\n"
	  "0000        # Reserved\n"
	  "2021222324252627 # Care-of Init Cookie\n" },
	{ "hot", CN, HOA,
	  "3b 02 03 00 # Payload Proto, Header Len, MH Type, Reserved\n"
	  "77bc        # Checksum\n"
	  "1234        # Home Nonce Index\n"
	  "1011121314151617 # Home Init Cookie\n"
	  "a0a1a2a3a4a5a6a7 # Home Keygen Token\n" },
	{ "cot", CN, COA,
	  "3b 02 04 00 # Payload Proto, Header Len, MH Type, Reserved\n"
	  "850d        # Checksum\n"
	  "4321        # Care-of Nonce Index\n"
	  "2021222324252627 # Care-of Init Cookie\n"
	  "c0c1c2c3c4c5c6c7 # Care-of Keygen Token\n" },
	{ "bu_plain", HOA, HA,
	  "3b 01 05 00 # Payload Proto, Header Len, MH Type, Reserved\n"
	  "8fbb        # Checksum\n"
	  "1234        # Sequence\n"
	  "c000        # A H\n"
	  "0000        # Lifetime: de-registration\n"
	  "01 02 0000  # PadN\n" },
	{ "bu_home", HOA, HA,
	  "3b 03 05 00 # Payload Proto, Header Len, MH Type, Reserved\n"
	  "2d77        # Checksum\n"
	  "1234        # Sequence\n"
	  "f000        # A H L K\n"
	  "0069        # Lifetime: 105 units, 420 s\n"
	  "01 00       # PadN\n"
	  "03 10       # Alternate Care-of Address\n"
	  "20010db8 00020000 00000000 00000100\n" },
	{ "bu_cn", HOA, CN,
	  "3b 03 05 00 # Payload Proto, Header Len, MH Type, Reserved\n"
	  "9705        # Checksum\n"
	  "ffff        # Sequence\n"
	  "8000        # A\n"
	  "0069        # Lifetime\n"
	  "04 04       # Nonce Indices\n"
	  "0001 0002   # home, care-of\n"
	  "05 0c       # Binding Authorization Data\n"
	  "b0b1b2b3b4b5b6b7b8b9babb # Authenticator\n" },
	{ "bu_cn_alt", HOA, CN,
	  "3b 06 05 00 # Payload Proto, Header Len, MH Type, Reserved\n"
	  "87ae        # Checksum\n"
	  "0000        # Sequence\n"
	  "8000        # A\n"
	  "ffff        # Lifetime\n"
	  "01 00       # PadN\n"
	  "03 10       # Alternate Care-of Address\n"
	  "20010db8 00020000 00000000 00000100\n"
	  "04 04       # Nonce Indices\n"
	  "fffe ffff   # home, care-of\n"
	  "01 02 0000  # PadN\n"
	  "05 0c       # Binding Authorization Data\n"
	  "000102030405060708090a0b # Authenticator\n" },
	{ "ba_plain", HA, HOA,
	  "3b 01 06 00 # Payload Proto, Header Len, MH Type, Reserved\n"
	  "4dd3        # Checksum\n"
	  "00          # Status: accepted\n"
	  "80          # K\n"
	  "1234        # Sequence\n"
	  "0069        # Lifetime\n"
	  "01 02 0000  # PadN\n" },
	{ "ba_advice", HA, HOA,
	  "3b 01 06 00 # Payload Proto, Header Len, MH Type, Reserved\n"
	  "5e35        # Checksum\n"
	  "01          # Status: prefix discovery necessary\n"
	  "00          # no flag\n"
	  "0007        # Sequence\n"
	  "0064        # Lifetime\n"
	  "02 02       # Binding Refresh Advice\n"
	  "0050        # Refresh Interval: 80 units\n" },
	{ "ba_refused", HA, HOA,
	  "3b 01 06 00 # Payload Proto, Header Len, MH Type, Reserved\n"
	  "59ef        # Checksum\n"
	  "87          # Status: sequence number out of window\n"
	  "00          # no flag\n"
	  "8000        # Sequence\n"
	  "0000        # Lifetime\n"
	  "01 02 0000  # PadN\n" },
	{ "ba_cn", CN, HOA,
	  "3b 03 06 00 # Payload Proto, Header Len, MH Type, Reserved\n"
	  "1909        # Checksum\n"
	  "00          # Status: accepted\n"
	  "00          # no flag\n"
	  "ffff        # Sequence\n"
	  "0069        # Lifetime\n"
	  "01 04 00000000 # PadN\n"
	  "05 0c       # Binding Authorization Data\n"
	  "b0b1b2b3b4b5b6b7b8b9babb # Authenticator\n" },
	{ "ba_advice_auth", HA, HOA,
	  "3b 03 06 00 # Payload Proto, Header Len, MH Type, Reserved\n"
	  "1708        # Checksum\n"
	  "00          # Status: accepted\n"
	  "80          # K\n"
	  "0001        # Sequence\n"
	  "ffff        # Lifetime\n"
	  "02 02       # Binding Refresh Advice\n"
	  "0001        # Refresh Interval\n"
	  "01 00       # PadN\n"
	  "05 0c       # Binding Authorization Data\n"
	  "b0b1b2b3b4b5b6b7b8b9babb # Authenticator\n" },
	{ "bu_mn_ha", HOA, HA,
	  "3b 0a 05 00 # Payload Proto, Header Len, MH Type, Reserved\n"
	  "2e7d        # Checksum\n"
	  "1234        # Sequence\n"
	  "c000        # A H\n"
	  "0069        # Lifetime\n"
	  "01 00       # PadN\n"
	  "03 10       # Alternate Care-of Address\n"
	  "20010db8 00020000 00000000 00000100\n"
	  "08 12 01    # Mobile Node Identifier: NAI\n"
	  "616c696365 40 6578616d706c65 2e 6f7267 # alice@example.org\n"
	  "01 04 00000000 # PadN\n"
	  "0a 08       # Replay Protection\n"
	  "e0ad5f10 80000001 # Timestamp: seconds, fraction\n"
	  "00          # Pad1\n"
	  "09 11 01    # Authentication: MN-HA\n"
	  "000003e8    # SPI 1000\n"
	  "b0b1b2b3b4b5b6b7b8b9babb # Authentication Data\n" },
	{ "bu_mn_aaa", HOA, HA,
	  "3b 04 05 00 # Payload Proto, Header Len, MH Type, Reserved\n"
	  "163f        # Checksum\n"
	  "1234        # Sequence\n"
	  "c000        # A H\n"
	  "0069        # Lifetime\n"
	  "08 04 01    # Mobile Node Identifier: NAI\n"
	  "61 40 62    # a@b\n"
	  "01 01 00    # PadN\n"
	  "09 11 02    # Authentication: MN-AAA\n"
	  "00000003    # SPI: HMAC_SHA1_SPI\n"
	  "000102030405060708090a0b # Authentication Data\n" },
	{ "bu_network", HOA, HA,
	  "3b 09 05 00 # Payload Proto, Header Len, MH Type, Reserved\n"
	  "ef24        # Checksum\n"
	  "1234        # Sequence\n"
	  "c400        # A H R\n"
	  "0069        # Lifetime\n"
	  "01 00       # PadN\n"
	  "03 10       # Alternate Care-of Address\n"
	  "20010db8 00020000 00000000 00000100\n"
	  "01 02 0000  # PadN\n"
	  "06 12 00 30 # Mobile Network Prefix: 48 bits\n"
	  "20010db8 00050000 00000000 00000000\n"
	  "01 02 0000  # PadN\n"
	  "06 12 00 40 # Mobile Network Prefix: 64 bits\n"
	  "20010db8 00060007 00000000 00000000\n" },
	{ "ba_mn_ha", HA, HOA,
	  "3b 07 06 00 # Payload Proto, Header Len, MH Type, Reserved\n"
	  "b8dc        # Checksum\n"
	  "90          # Status: timestamp mismatch\n"
	  "00          # no flag\n"
	  "1234        # Sequence\n"
	  "0000        # Lifetime\n"
	  "08 12 01    # Mobile Node Identifier: NAI\n"
	  "616c696365 40 6578616d706c65 2e 6f7267 # alice@example.org\n"
	  "01 00       # PadN\n"
	  "0a 08       # Replay Protection\n"
	  "e0ad5f10 80000001 # Timestamp: seconds, fraction\n"
	  "00          # Pad1\n"
	  "09 11 01    # Authentication: MN-HA\n"
	  "ffffffff    # SPI\n"
	  "000102030405060708090a0b # Authentication Data\n" },
	{ "be_hao", CN, COA,
	  "3b 02 07 00 # Payload Proto, Header Len, MH Type, Reserved\n"
	  "3118        # Checksum\n"
	  "01          # Status: unknown binding\n"
	  "00          # Reserved\n"
	  "20010db8 00010000 00000000 00000100 # Home Address\n" },
	{ "be_type", HA, CN,
	  "3b 02 07 00 # Payload Proto, Header Len, MH Type, Reserved\n"
	  "5fd2        # Checksum\n"
	  "02          # Status: unrecognized MH Type\n"
	  "00          # Reserved\n"
	  "00000000 00000000 00000000 00000000 # Home Address: none\n" },
};

#define N_GOLDEN_MH (sizeof(golden_mh) / sizeof(golden_mh[0]))

#endif
