/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Golden octets of messages about filters, a word for each field. Netlink is
 * in the
 * host's byte order; these are little-endian. Each message was accepted by a
 * 6.1 kernel and shown back by iproute2 as what it should be.
 */
#pragma once

#define GOLDEN_TC_CLSACT_ADD                                 \
	"30000000 # 48 octets\n"                             \
	"24000506 # RTM_NEWQDISC, REQUEST ACK EXCL CREATE\n" \
	"00000000 00000000\n"                                \
	"00000000 # family, padding\n"                       \
	"05000000 # ifindex\n"                               \
	"0000ffff # handle\n"                                \
	"f1ffffff # parent\n"                                \
	"00000000 # info: preference, protocol\n"            \
	"0b000100 # TCA_KIND, 11 octets\n"                   \
	" 636c7361 63740000 # 'clsact'\n"

#define GOLDEN_TC_CLSACT_DEL                     \
	"24000000 # 36 octets\n"                 \
	"25000500 # RTM_DELQDISC, REQUEST ACK\n" \
	"00000000 00000000\n"                    \
	"00000000 # family, padding\n"           \
	"05000000 # ifindex\n"                   \
	"0000ffff # handle\n"                    \
	"f1ffffff # parent\n"                    \
	"00000000 # info: preference, protocol\n"

#define GOLDEN_TC_BPF_ADD                                      \
	"50000000 # 80 octets\n"                               \
	"2c000506 # RTM_NEWTFILTER, REQUEST ACK EXCL CREATE\n" \
	"00000000 00000000\n"                                  \
	"00000000 # family, padding\n"                         \
	"05000000 # ifindex\n"                                 \
	"01000000 # handle\n"                                  \
	"f2ffffff # parent\n"                                  \
	"00030a00 # info: preference, protocol\n"              \
	"08000100 # TCA_KIND, 8 octets\n"                      \
	" 62706600 # 'bpf'\n"                                  \
	"24000280 # TCA_OPTIONS, 36 octets\n"                  \
	" 08000600 # TCA_BPF_FD, 8 octets\n"                   \
	"  09000000\n"                                         \
	" 0f000700 # TCA_BPF_NAME, 15 octets\n"                \
	"  6d697036 645f7061 69720000 # 'mip6d_pair'\n"        \
	" 08000800 # TCA_BPF_FLAGS, 8 octets\n"                \
	"  01000000\n"

#define GOLDEN_TC_PAIR_ADD                                          \
	"bc000000 # 188 octets\n"                                   \
	"2c000506 # RTM_NEWTFILTER, REQUEST ACK EXCL CREATE\n"      \
	"00000000 00000000\n"                                       \
	"00000000 # family, padding\n"                              \
	"05000000 # ifindex\n"                                      \
	"01000000 # handle\n"                                       \
	"f2ffffff # parent\n"                                       \
	"86dd0a00 # info: preference, protocol\n"                   \
	"0b000100 # TCA_KIND, 11 octets\n"                          \
	" 666c6f77 65720000 # 'flower'\n"                           \
	"8c000280 # TCA_OPTIONS, 140 octets\n"                      \
	" 06000800 # TCA_FLOWER_KEY_ETH_TYPE, 6 octets\n"           \
	"  86dd0000\n"                                              \
	" 14001f00 # TCA_FLOWER_KEY_ENC_IPV6_SRC, 20 octets\n"      \
	"  20010db8 00020000 00000000 00000100\n"                   \
	" 14002000 # TCA_FLOWER_KEY_ENC_IPV6_SRC_MASK, 20 octets\n" \
	"  ffffffff ffffffff ffffffff ffffffff\n"                   \
	" 14000e00 # TCA_FLOWER_KEY_IPV6_SRC, 20 octets\n"          \
	"  20010db8 00010000 00000000 00000100\n"                   \
	" 14000f00 # TCA_FLOWER_KEY_IPV6_SRC_MASK, 20 octets\n"     \
	"  ffffffff ffffffff ffffffff ffffffff\n"                   \
	" 30000380 # TCA_FLOWER_ACT, 48 octets\n"                   \
	"  2c000180 # action 1, 44 octets\n"                        \
	"   09000100 # TCA_ACT_KIND, 9 octets\n"                    \
	"    67616374 00000000 # 'gact'\n"                          \
	"   1c000280 # TCA_ACT_OPTIONS, 28 octets\n"                \
	"    18000200 # *_PARMS, 24 octets\n"                       \
	"     00000000 00000000 00000000 00000000\n"                \
	"     00000000\n"

#define GOLDEN_TC_DROP_ALL                                     \
	"64000000 # 100 octets\n"                              \
	"2c000506 # RTM_NEWTFILTER, REQUEST ACK EXCL CREATE\n" \
	"00000000 00000000\n"                                  \
	"00000000 # family, padding\n"                         \
	"05000000 # ifindex\n"                                 \
	"01000000 # handle\n"                                  \
	"f2ffffff # parent\n"                                  \
	"00031400 # info: preference, protocol\n"              \
	"0b000100 # TCA_KIND, 11 octets\n"                     \
	" 666c6f77 65720000 # 'flower'\n"                      \
	"34000280 # TCA_OPTIONS, 52 octets\n"                  \
	" 30000380 # TCA_FLOWER_ACT, 48 octets\n"              \
	"  2c000180 # action 1, 44 octets\n"                   \
	"   09000100 # TCA_ACT_KIND, 9 octets\n"               \
	"    67616374 00000000 # 'gact'\n"                     \
	"   1c000280 # TCA_ACT_OPTIONS, 28 octets\n"           \
	"    18000200 # *_PARMS, 24 octets\n"                  \
	"     00000000 00000000 02000000 00000000\n"           \
	"     00000000\n"

#define GOLDEN_TC_MARK_NS                                         \
	"9c000000 # 156 octets\n"                                 \
	"2c000506 # RTM_NEWTFILTER, REQUEST ACK EXCL CREATE\n"    \
	"00000000 00000000\n"                                     \
	"00000000 # family, padding\n"                            \
	"03000000 # ifindex\n"                                    \
	"01000000 # handle\n"                                     \
	"f2ffffff # parent\n"                                     \
	"86dd8700 # info: preference, protocol\n"                 \
	"0b000100 # TCA_KIND, 11 octets\n"                        \
	" 666c6f77 65720000 # 'flower'\n"                         \
	"6c000280 # TCA_OPTIONS, 108 octets\n"                    \
	" 06000800 # TCA_FLOWER_KEY_ETH_TYPE, 6 octets\n"         \
	"  86dd0000\n"                                            \
	" 05000900 # TCA_FLOWER_KEY_IP_PROTO, 5 octets\n"         \
	"  3a000000\n"                                            \
	" 05004b00 # TCA_FLOWER_KEY_IP_TTL, 5 octets\n"           \
	"  ff000000\n"                                            \
	" 05004c00 # TCA_FLOWER_KEY_IP_TTL_MASK, 5 octets\n"      \
	"  ff000000\n"                                            \
	" 05003700 # TCA_FLOWER_KEY_ICMPV6_TYPE, 5 octets\n"      \
	"  87000000\n"                                            \
	" 05003800 # TCA_FLOWER_KEY_ICMPV6_TYPE_MASK, 5 octets\n" \
	"  ff000000\n"                                            \
	" 38000380 # TCA_FLOWER_ACT, 56 octets\n"                 \
	"  34000180 # action 1, 52 octets\n"                      \
	"   0c000100 # TCA_ACT_KIND, 12 octets\n"                 \
	"    736b6265 64697400 # 'skbedit'\n"                     \
	"   24000280 # TCA_ACT_OPTIONS, 36 octets\n"              \
	"    18000200 # *_PARMS, 24 octets\n"                     \
	"     00000000 00000000 ffffffff 00000000\n"              \
	"     00000000\n"                                         \
	"    08000500 # TCA_SKBEDIT_MARK, 8 octets\n"             \
	"     3650494d\n"

#define GOLDEN_TC_FILTER_DEL                       \
	"24000000 # 36 octets\n"                   \
	"2d000500 # RTM_DELTFILTER, REQUEST ACK\n" \
	"00000000 00000000\n"                      \
	"00000000 # family, padding\n"             \
	"05000000 # ifindex\n"                     \
	"07000000 # handle\n"                      \
	"f2ffffff # parent\n"                      \
	"86dd0a00 # info: preference, protocol\n"
