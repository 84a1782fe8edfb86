/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Golden octets of XFRM messages, a word for each field. Netlink is in the
 * host's byte order; these are little-endian. Each message was accepted by a
 * 6.1 kernel and shown back by iproute2 as what it should be.
 */
#pragma once

#define GOLDEN_XFRM_WILD_HAO                                              \
	"04010000 # 260 octets\n"                                         \
	"10000506 # XFRM_MSG_NEWSA, REQUEST ACK EXCL CREATE\n"            \
	"00000000 00000000\n"                                             \
	"00000000 00000000 00000000 00000000 # sel.daddr\n"               \
	"00000000 00000000 00000000 00000000 # sel.saddr\n"               \
	"00000000 00000000 # sel ports\n"                                 \
	"0a000000 00000000 # sel family, prefixlens, proto\n"             \
	"00000000 00000000 # sel ifindex, user\n"                         \
	"00000000 00000000 00000000 00000000 # id.daddr\n"                \
	"00000000 3c000000 # id.spi, id.proto\n"                          \
	"00000000 00000000 00000000 00000000 # saddr\n"                   \
	"ffffffff ffffffff ffffffff ffffffff # soft, hard byte limit\n"   \
	"ffffffff ffffffff ffffffff ffffffff # soft, hard packet limit\n" \
	"00000000 00000000 00000000 00000000 # expiry times\n"            \
	"00000000 00000000 00000000 00000000\n"                           \
	"00000000 00000000 00000000 00000000 # curlft\n"                  \
	"00000000 00000000 00000000 00000000\n"                           \
	"00000000 00000000 00000000 # stats\n"                            \
	"00000000 # seq\n"                                                \
	"87000000 # reqid\n"                                              \
	"0a000200 08 # family mode replay_window flags\n"                 \
	"00000000 000000 # padding\n"                                     \
	"14000e00 # XFRMA_COADDR, 20 octets\n"                            \
	" 00000000 00000000 00000000 00000000\n"

#define GOLDEN_XFRM_WILD_RH2                                              \
	"04010000 # 260 octets\n"                                         \
	"10000506 # XFRM_MSG_NEWSA, REQUEST ACK EXCL CREATE\n"            \
	"00000000 00000000\n"                                             \
	"00000000 00000000 00000000 00000000 # sel.daddr\n"               \
	"00000000 00000000 00000000 00000000 # sel.saddr\n"               \
	"00000000 00000000 # sel ports\n"                                 \
	"0a000000 00000000 # sel family, prefixlens, proto\n"             \
	"00000000 00000000 # sel ifindex, user\n"                         \
	"00000000 00000000 00000000 00000000 # id.daddr\n"                \
	"00000000 2b000000 # id.spi, id.proto\n"                          \
	"00000000 00000000 00000000 00000000 # saddr\n"                   \
	"ffffffff ffffffff ffffffff ffffffff # soft, hard byte limit\n"   \
	"ffffffff ffffffff ffffffff ffffffff # soft, hard packet limit\n" \
	"00000000 00000000 00000000 00000000 # expiry times\n"            \
	"00000000 00000000 00000000 00000000\n"                           \
	"00000000 00000000 00000000 00000000 # curlft\n"                  \
	"00000000 00000000 00000000 00000000\n"                           \
	"00000000 00000000 00000000 # stats\n"                            \
	"00000000 # seq\n"                                                \
	"87000000 # reqid\n"                                              \
	"0a000200 08 # family mode replay_window flags\n"                 \
	"00000000 000000 # padding\n"                                     \
	"14000e00 # XFRMA_COADDR, 20 octets\n"                            \
	" 00000000 00000000 00000000 00000000\n"

#define GOLDEN_XFRM_STATE_ADD                                             \
	"04010000 # 260 octets\n"                                         \
	"10000506 # XFRM_MSG_NEWSA, REQUEST ACK EXCL CREATE\n"            \
	"00000000 00000000\n"                                             \
	"00000000 00000000 00000000 00000000 # sel.daddr\n"               \
	"00000000 00000000 00000000 00000000 # sel.saddr\n"               \
	"00000000 00000000 # sel ports\n"                                 \
	"0a000000 00000000 # sel family, prefixlens, proto\n"             \
	"00000000 00000000 # sel ifindex, user\n"                         \
	"20010db8 00010000 00000000 00000001 # id.daddr\n"                \
	"00000000 3c000000 # id.spi, id.proto\n"                          \
	"20010db8 00010000 00000000 00000100 # saddr\n"                   \
	"ffffffff ffffffff ffffffff ffffffff # soft, hard byte limit\n"   \
	"ffffffff ffffffff ffffffff ffffffff # soft, hard packet limit\n" \
	"00000000 00000000 00000000 00000000 # expiry times\n"            \
	"00000000 00000000 00000000 00000000\n"                           \
	"00000000 00000000 00000000 00000000 # curlft\n"                  \
	"00000000 00000000 00000000 00000000\n"                           \
	"00000000 00000000 00000000 # stats\n"                            \
	"00000000 # seq\n"                                                \
	"87000000 # reqid\n"                                              \
	"0a000200 00 # family mode replay_window flags\n"                 \
	"00000000 000000 # padding\n"                                     \
	"14000e00 # XFRMA_COADDR, 20 octets\n"                            \
	" 20010db8 00020000 00000000 00000100\n"

#define GOLDEN_XFRM_STATE_UPDATE                                          \
	"04010000 # 260 octets\n"                                         \
	"1a000501 # XFRM_MSG_UPDSA, REQUEST ACK REPLACE\n"                \
	"00000000 00000000\n"                                             \
	"00000000 00000000 00000000 00000000 # sel.daddr\n"               \
	"00000000 00000000 00000000 00000000 # sel.saddr\n"               \
	"00000000 00000000 # sel ports\n"                                 \
	"0a000000 00000000 # sel family, prefixlens, proto\n"             \
	"00000000 00000000 # sel ifindex, user\n"                         \
	"20010db8 00010000 00000000 00000001 # id.daddr\n"                \
	"00000000 3c000000 # id.spi, id.proto\n"                          \
	"20010db8 00010000 00000000 00000100 # saddr\n"                   \
	"ffffffff ffffffff ffffffff ffffffff # soft, hard byte limit\n"   \
	"ffffffff ffffffff ffffffff ffffffff # soft, hard packet limit\n" \
	"00000000 00000000 00000000 00000000 # expiry times\n"            \
	"00000000 00000000 00000000 00000000\n"                           \
	"00000000 00000000 00000000 00000000 # curlft\n"                  \
	"00000000 00000000 00000000 00000000\n"                           \
	"00000000 00000000 00000000 # stats\n"                            \
	"00000000 # seq\n"                                                \
	"87000000 # reqid\n"                                              \
	"0a000200 00 # family mode replay_window flags\n"                 \
	"00000000 000000 # padding\n"                                     \
	"14000e00 # XFRMA_COADDR, 20 octets\n"                            \
	" 20010db8 00020000 00000000 00000100\n"

#define GOLDEN_XFRM_STATE_DEL                           \
	"3c000000 # 60 octets\n"                        \
	"11000500 # XFRM_MSG_DELSA, REQUEST ACK\n"      \
	"00000000 00000000\n"                           \
	"20010db8 00010000 00000000 00000001 # daddr\n" \
	"00000000 # spi\n"                              \
	"0a003c00 # family, proto, padding\n"           \
	"14000d00 # XFRMA_SRCADDR, 20 octets\n"         \
	" 20010db8 00010000 00000000 00000100\n"

#define GOLDEN_XFRM_POLICY_IN                                             \
	"48010000 # 328 octets\n"                                         \
	"19000505 # XFRM_MSG_UPDPOLICY, REQUEST ACK REPLACE CREATE\n"     \
	"00000000 00000000\n"                                             \
	"00000000 00000000 00000000 00000000 # sel.daddr\n"               \
	"00000000 00000000 00000000 00000000 # sel.saddr\n"               \
	"00000000 00000000 # sel ports\n"                                 \
	"0a000000 87000000 # sel family, prefixlens, proto\n"             \
	"00000000 00000000 # sel ifindex, user\n"                         \
	"ffffffff ffffffff ffffffff ffffffff # soft, hard byte limit\n"   \
	"ffffffff ffffffff ffffffff ffffffff # soft, hard packet limit\n" \
	"00000000 00000000 00000000 00000000 # expiry times\n"            \
	"00000000 00000000 00000000 00000000\n"                           \
	"00000000 00000000 00000000 00000000 # curlft\n"                  \
	"00000000 00000000 00000000 00000000\n"                           \
	"08000000 00000000 # priority, index\n"                           \
	"00000000 00000000 # dir action flags share, padding\n"           \
	"84000500 # XFRMA_TMPL, 132 octets\n"                             \
	" 00000000 00000000 00000000 00000000 # tmpl id.daddr\n"          \
	" 00000000 3c000000 # id.spi, id.proto\n"                         \
	" 0a000000 # family, padding\n"                                   \
	" 00000000 00000000 00000000 00000000 # saddr\n"                  \
	" 87000000 # reqid\n"                                             \
	" 02000100 # mode share optional\n"                               \
	" ffffffff ffffffff ffffffff # aalgos ealgos calgos\n"            \
	" 00000000 00000000 00000000 00000000 # tmpl id.daddr\n"          \
	" 00000000 2b000000 # id.spi, id.proto\n"                         \
	" 0a000000 # family, padding\n"                                   \
	" 00000000 00000000 00000000 00000000 # saddr\n"                  \
	" 87000000 # reqid\n"                                             \
	" 02000100 # mode share optional\n"                               \
	" ffffffff ffffffff ffffffff # aalgos ealgos calgos\n"            \
	"0a001000 # XFRMA_POLICY_TYPE, 10 octets\n"                       \
	" 01000000 00000000\n"

#define GOLDEN_XFRM_POLICY_OUT                                            \
	"08010000 # 264 octets\n"                                         \
	"19000505 # XFRM_MSG_UPDPOLICY, REQUEST ACK REPLACE CREATE\n"     \
	"00000000 00000000\n"                                             \
	"20010db8 00010000 00000000 00000001 # sel.daddr\n"               \
	"20010db8 00010000 00000000 00000100 # sel.saddr\n"               \
	"00000000 00000000 # sel ports\n"                                 \
	"0a008080 87000000 # sel family, prefixlens, proto\n"             \
	"00000000 00000000 # sel ifindex, user\n"                         \
	"ffffffff ffffffff ffffffff ffffffff # soft, hard byte limit\n"   \
	"ffffffff ffffffff ffffffff ffffffff # soft, hard packet limit\n" \
	"00000000 00000000 00000000 00000000 # expiry times\n"            \
	"00000000 00000000 00000000 00000000\n"                           \
	"00000000 00000000 00000000 00000000 # curlft\n"                  \
	"00000000 00000000 00000000 00000000\n"                           \
	"06000000 00000000 # priority, index\n"                           \
	"01000000 00000000 # dir action flags share, padding\n"           \
	"44000500 # XFRMA_TMPL, 68 octets\n"                              \
	" 20010db8 00010000 00000000 00000001 # tmpl id.daddr\n"          \
	" 00000000 3c000000 # id.spi, id.proto\n"                         \
	" 0a000000 # family, padding\n"                                   \
	" 20010db8 00010000 00000000 00000100 # saddr\n"                  \
	" 87000000 # reqid\n"                                             \
	" 02000000 # mode share optional\n"                               \
	" ffffffff ffffffff ffffffff # aalgos ealgos calgos\n"            \
	"0a001000 # XFRMA_POLICY_TYPE, 10 octets\n"                       \
	" 01000000 00000000\n"

#define GOLDEN_XFRM_POLICY_DEL                                \
	"5c000000 # 92 octets\n"                              \
	"14000500 # XFRM_MSG_DELPOLICY, REQUEST ACK\n"        \
	"00000000 00000000\n"                                 \
	"20010db8 00010000 00000000 00000001 # sel.daddr\n"   \
	"20010db8 00010000 00000000 00000100 # sel.saddr\n"   \
	"00000000 00000000 # sel ports\n"                     \
	"0a008080 87000000 # sel family, prefixlens, proto\n" \
	"00000000 00000000 # sel ifindex, user\n"             \
	"00000000 01000000 # index, dir, padding\n"           \
	"0a001000 # XFRMA_POLICY_TYPE, 10 octets\n"           \
	" 01000000 00000000\n"

#define GOLDEN_XFRM_STATE_RELOOKUP                                        \
	"14010000 # 276 octets\n"                                         \
	"1a000501 # XFRM_MSG_UPDSA, REQUEST ACK REPLACE\n"                \
	"00000000 00000000\n"                                             \
	"00000000 00000000 00000000 00000000 # sel.daddr\n"               \
	"00000000 00000000 00000000 00000000 # sel.saddr\n"               \
	"00000000 00000000 # sel ports\n"                                 \
	"0a000000 00000000 # sel family, prefixlens, proto\n"             \
	"00000000 00000000 # sel ifindex, user\n"                         \
	"20010db8 00010000 00000000 00000100 # id.daddr\n"                \
	"00000000 2b000000 # id.spi, id.proto\n"                          \
	"20010db8 000c0000 00000000 0000000c # saddr\n"                   \
	"ffffffff ffffffff ffffffff ffffffff # soft, hard byte limit\n"   \
	"ffffffff ffffffff ffffffff ffffffff # soft, hard packet limit\n" \
	"00000000 00000000 00000000 00000000 # expiry times\n"            \
	"00000000 00000000 00000000 00000000\n"                           \
	"00000000 00000000 00000000 00000000 # curlft\n"                  \
	"00000000 00000000 00000000 00000000\n"                           \
	"00000000 00000000 00000000 # stats\n"                            \
	"00000000 # seq\n"                                                \
	"87000000 # reqid\n"                                              \
	"0a000200 00 # family mode replay_window flags\n"                 \
	"00000000 000000 # padding\n"                                     \
	"14000e00 # XFRMA_COADDR, 20 octets\n"                            \
	" 20010db8 00020000 00000000 00000100\n"                          \
	"08001d00 # XFRMA_SET_MARK, 8 octets\n"                           \
	" 01000000\n"                                                     \
	"08001e00 # XFRMA_SET_MARK_MASK, 8 octets\n"                      \
	" 00000000\n"

#define GOLDEN_XFRM_STATE_GET                           \
	"3c000000 # 60 octets\n"                        \
	"12000500 # XFRM_MSG_GETSA, REQUEST ACK\n"      \
	"00000000 00000000\n"                           \
	"20010db8 00010000 00000000 00000100 # daddr\n" \
	"00000000 # spi\n"                              \
	"0a002b00 # family, proto, padding\n"           \
	"14000d00 # XFRMA_SRCADDR, 20 octets\n"         \
	" 20010db8 000c0000 00000000 0000000c\n"

#define GOLDEN_XFRM_POLICY_RULE                                           \
	"08010000 # 264 octets\n"                                         \
	"19000505 # XFRM_MSG_UPDPOLICY, REQUEST ACK REPLACE CREATE\n"     \
	"00000000 00000000\n"                                             \
	"20010db8 000c0000 00000000 00000000 # sel.daddr\n"               \
	"20010db8 00010000 00000000 00000100 # sel.saddr\n"               \
	"0035ffff 00000000 # sel ports\n"                                 \
	"0a004080 11000000 # sel family, prefixlens, proto\n"             \
	"00000000 88000000 # sel ifindex, user\n"                         \
	"ffffffff ffffffff ffffffff ffffffff # soft, hard byte limit\n"   \
	"ffffffff ffffffff ffffffff ffffffff # soft, hard packet limit\n" \
	"00000000 00000000 00000000 00000000 # expiry times\n"            \
	"00000000 00000000 00000000 00000000\n"                           \
	"00000000 00000000 00000000 00000000 # curlft\n"                  \
	"00000000 00000000 00000000 00000000\n"                           \
	"11000000 00000000 # priority, index\n"                           \
	"01000000 00000000 # dir action flags share, padding\n"           \
	"44000500 # XFRMA_TMPL, 68 octets\n"                              \
	" 00000000 00000000 00000000 00000000 # tmpl id.daddr\n"          \
	" 00000000 3c000000 # id.spi, id.proto\n"                         \
	" 0a000000 # family, padding\n"                                   \
	" 00000000 00000000 00000000 00000000 # saddr\n"                  \
	" 87000000 # reqid\n"                                             \
	" 02000100 # mode share optional\n"                               \
	" ffffffff ffffffff ffffffff # aalgos ealgos calgos\n"            \
	"0a001000 # XFRMA_POLICY_TYPE, 10 octets\n"                       \
	" 01000000 00000000\n"

#define GOLDEN_XFRM_POLICY_BYPASS                                         \
	"c4000000 # 196 octets\n"                                         \
	"19000505 # XFRM_MSG_UPDPOLICY, REQUEST ACK REPLACE CREATE\n"     \
	"00000000 00000000\n"                                             \
	"00000000 00000000 00000000 00000000 # sel.daddr\n"               \
	"00000000 00000000 00000000 00000000 # sel.saddr\n"               \
	"00000000 00000000 # sel ports\n"                                 \
	"0a000000 87000000 # sel family, prefixlens, proto\n"             \
	"00000000 87000000 # sel ifindex, user\n"                         \
	"ffffffff ffffffff ffffffff ffffffff # soft, hard byte limit\n"   \
	"ffffffff ffffffff ffffffff ffffffff # soft, hard packet limit\n" \
	"00000000 00000000 00000000 00000000 # expiry times\n"            \
	"00000000 00000000 00000000 00000000\n"                           \
	"00000000 00000000 00000000 00000000 # curlft\n"                  \
	"00000000 00000000 00000000 00000000\n"                           \
	"07000000 00000000 # priority, index\n"                           \
	"01000000 00000000 # dir action flags share, padding\n"           \
	"0a001000 # XFRMA_POLICY_TYPE, 10 octets\n"                       \
	" 01000000 00000000\n"

#define GOLDEN_XFRM_POLICY_PAIR                                           \
	"48010000 # 328 octets\n"                                         \
	"19000505 # XFRM_MSG_UPDPOLICY, REQUEST ACK REPLACE CREATE\n"     \
	"00000000 00000000\n"                                             \
	"20010db8 000c0000 00000000 0000000c # sel.daddr\n"               \
	"20010db8 00010000 00000000 00000100 # sel.saddr\n"               \
	"00000000 00000000 # sel ports\n"                                 \
	"0a008080 00000000 # sel family, prefixlens, proto\n"             \
	"00000000 89000000 # sel ifindex, user\n"                         \
	"ffffffff ffffffff ffffffff ffffffff # soft, hard byte limit\n"   \
	"ffffffff ffffffff ffffffff ffffffff # soft, hard packet limit\n" \
	"00000000 00000000 00000000 00000000 # expiry times\n"            \
	"00000000 00000000 00000000 00000000\n"                           \
	"00000000 00000000 00000000 00000000 # curlft\n"                  \
	"00000000 00000000 00000000 00000000\n"                           \
	"0a000000 00000000 # priority, index\n"                           \
	"00000000 00000000 # dir action flags share, padding\n"           \
	"84000500 # XFRMA_TMPL, 132 octets\n"                             \
	" 20010db8 000c0000 00000000 0000000c # tmpl id.daddr\n"          \
	" 00000000 3c000000 # id.spi, id.proto\n"                         \
	" 0a000000 # family, padding\n"                                   \
	" 20010db8 00010000 00000000 00000100 # saddr\n"                  \
	" 87000000 # reqid\n"                                             \
	" 02000100 # mode share optional\n"                               \
	" ffffffff ffffffff ffffffff # aalgos ealgos calgos\n"            \
	" 00000000 00000000 00000000 00000000 # tmpl id.daddr\n"          \
	" 00000000 2b000000 # id.spi, id.proto\n"                         \
	" 0a000000 # family, padding\n"                                   \
	" 00000000 00000000 00000000 00000000 # saddr\n"                  \
	" 87000000 # reqid\n"                                             \
	" 02000100 # mode share optional\n"                               \
	" ffffffff ffffffff ffffffff # aalgos ealgos calgos\n"            \
	"0a001000 # XFRMA_POLICY_TYPE, 10 octets\n"                       \
	" 01000000 00000000\n"

#define GOLDEN_XFRM_POLICY_DEL_INDEX                          \
	"5c000000 # 92 octets\n"                              \
	"14000500 # XFRM_MSG_DELPOLICY, REQUEST ACK\n"        \
	"00000000 00000000\n"                                 \
	"00000000 00000000 00000000 00000000 # sel.daddr\n"   \
	"00000000 00000000 00000000 00000000 # sel.saddr\n"   \
	"00000000 00000000 # sel ports\n"                     \
	"00000000 00000000 # sel family, prefixlens, proto\n" \
	"00000000 00000000 # sel ifindex, user\n"             \
	"21000000 01000000 # index, dir, padding\n"           \
	"0a001000 # XFRMA_POLICY_TYPE, 10 octets\n"           \
	" 01000000 00000000\n"
