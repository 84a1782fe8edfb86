/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Golden octets of messages about links, addresses, routes, rules and
 * neighbours, a word for each field. Netlink is in the
 * host's byte order; these are little-endian. Each message was accepted by a
 * 6.1 kernel and shown back by iproute2 as what it should be.
 */
#pragma once

#define GOLDEN_LINK_TUNNEL_ADD                              \
	"90000000 # 144 octets\n"                           \
	"10000506 # RTM_NEWLINK, REQUEST ACK EXCL CREATE\n" \
	"00000000 00000000\n"                               \
	"00000000 # family, type\n"                         \
	"00000000 # index\n"                                \
	"00000000 # flags\n"                                \
	"00000000 # change\n"                               \
	"0c000300 # IFLA_IFNAME, 12 octets\n"               \
	" 6d697036 6d6e3000 # 'mip6mn0'\n"                  \
	"64001280 # IFLA_LINKINFO, 100 octets\n"            \
	" 0b000100 # IFLA_INFO_KIND, 11 octets\n"           \
	"  69703674 6e6c0000 # 'ip6tnl'\n"                  \
	" 54000280 # IFLA_INFO_DATA, 84 octets\n"           \
	"  14000200 # IFLA_IPTUN_LOCAL, 20 octets\n"        \
	"   20010db8 00020000 00000000 00000100\n"          \
	"  14000300 # IFLA_IPTUN_REMOTE, 20 octets\n"       \
	"   20010db8 00010000 00000000 00000001\n"          \
	"  05000400 # IFLA_IPTUN_TTL, 5 octets\n"           \
	"   40000000\n"                                     \
	"  05000600 # IFLA_IPTUN_ENCAP_LIMIT, 5 octets\n"   \
	"   00000000\n"                                     \
	"  08000700 # IFLA_IPTUN_FLOWINFO, 8 octets\n"      \
	"   00000000\n"                                     \
	"  08000800 # IFLA_IPTUN_FLAGS, 8 octets\n"         \
	"   01000000\n"                                     \
	"  05000900 # IFLA_IPTUN_PROTO, 5 octets\n"         \
	"   00000000\n"

#define GOLDEN_LINK_TUNNEL_CHANGE                         \
	"84000000 # 132 octets\n"                         \
	"10000500 # RTM_NEWLINK, REQUEST ACK\n"           \
	"00000000 00000000\n"                             \
	"00000000 # family, type\n"                       \
	"07000000 # index\n"                              \
	"00000000 # flags\n"                              \
	"00000000 # change\n"                             \
	"64001280 # IFLA_LINKINFO, 100 octets\n"          \
	" 0b000100 # IFLA_INFO_KIND, 11 octets\n"         \
	"  69703674 6e6c0000 # 'ip6tnl'\n"                \
	" 54000280 # IFLA_INFO_DATA, 84 octets\n"         \
	"  14000200 # IFLA_IPTUN_LOCAL, 20 octets\n"      \
	"   20010db8 00020000 00000000 00000100\n"        \
	"  14000300 # IFLA_IPTUN_REMOTE, 20 octets\n"     \
	"   20010db8 00010000 00000000 00000001\n"        \
	"  05000400 # IFLA_IPTUN_TTL, 5 octets\n"         \
	"   40000000\n"                                   \
	"  05000600 # IFLA_IPTUN_ENCAP_LIMIT, 5 octets\n" \
	"   00000000\n"                                   \
	"  08000700 # IFLA_IPTUN_FLOWINFO, 8 octets\n"    \
	"   00000000\n"                                   \
	"  08000800 # IFLA_IPTUN_FLAGS, 8 octets\n"       \
	"   01000000\n"                                   \
	"  05000900 # IFLA_IPTUN_PROTO, 5 octets\n"       \
	"   00000000\n"

#define GOLDEN_LINK_EXTERNAL_ADD                            \
	"4c000000 # 76 octets\n"                            \
	"10000506 # RTM_NEWLINK, REQUEST ACK EXCL CREATE\n" \
	"00000000 00000000\n"                               \
	"00000000 # family, type\n"                         \
	"00000000 # index\n"                                \
	"00000000 # flags\n"                                \
	"00000000 # change\n"                               \
	"0b000300 # IFLA_IFNAME, 11 octets\n"               \
	" 6d697036 68610000 # 'mip6ha'\n"                   \
	"08000400 # IFLA_MTU, 8 octets\n"                   \
	" b4050000\n"                                       \
	"18001280 # IFLA_LINKINFO, 24 octets\n"             \
	" 0b000100 # IFLA_INFO_KIND, 11 octets\n"           \
	"  69703674 6e6c0000 # 'ip6tnl'\n"                  \
	" 08000280 # IFLA_INFO_DATA, 8 octets\n"            \
	"  04001300 # IFLA_IPTUN_COLLECT_METADATA, 4 octets\n"

#define GOLDEN_LINK_NO_ADDRGEN                              \
	"30000000 # 48 octets\n"                            \
	"10000500 # RTM_NEWLINK, REQUEST ACK\n"             \
	"00000000 00000000\n"                               \
	"00000000 # family, type\n"                         \
	"07000000 # index\n"                                \
	"00000000 # flags\n"                                \
	"00000000 # change\n"                               \
	"10001a80 # IFLA_AF_SPEC, 16 octets\n"              \
	" 0c000a80 # AF_INET6, 12 octets\n"                 \
	"  05000800 # IFLA_INET6_ADDR_GEN_MODE, 5 octets\n" \
	"   01000000\n"

#define GOLDEN_LINK_UP                          \
	"20000000 # 32 octets\n"                \
	"10000500 # RTM_NEWLINK, REQUEST ACK\n" \
	"00000000 00000000\n"                   \
	"00000000 # family, type\n"             \
	"07000000 # index\n"                    \
	"01000000 # flags\n"                    \
	"01000000 # change\n"

#define GOLDEN_LINK_DOWN                        \
	"20000000 # 32 octets\n"                \
	"10000500 # RTM_NEWLINK, REQUEST ACK\n" \
	"00000000 00000000\n"                   \
	"00000000 # family, type\n"             \
	"07000000 # index\n"                    \
	"00000000 # flags\n"                    \
	"01000000 # change\n"

#define GOLDEN_LINK_DEL                         \
	"20000000 # 32 octets\n"                \
	"11000500 # RTM_DELLINK, REQUEST ACK\n" \
	"00000000 00000000\n"                   \
	"00000000 # family, type\n"             \
	"07000000 # index\n"                    \
	"00000000 # flags\n"                    \
	"00000000 # change\n"

#define GOLDEN_ADDR_ADD                                     \
	"3c000000 # 60 octets\n"                            \
	"14000506 # RTM_NEWADDR, REQUEST ACK EXCL CREATE\n" \
	"00000000 00000000\n"                               \
	"0a800000 # family prefixlen flags scope\n"         \
	"07000000 # index\n"                                \
	"14000200 # IFA_LOCAL, 20 octets\n"                 \
	" 20010db8 00010000 00000000 00000100\n"            \
	"08000800 # IFA_FLAGS, 8 octets\n"                  \
	" 12000000\n"                                       \
	"05000b00 # IFA_PROTO, 5 octets\n"                  \
	" 88000000\n"

#define GOLDEN_ADDR_DEL                             \
	"2c000000 # 44 octets\n"                    \
	"15000500 # RTM_DELADDR, REQUEST ACK\n"     \
	"00000000 00000000\n"                       \
	"0a800000 # family prefixlen flags scope\n" \
	"07000000 # index\n"                        \
	"14000200 # IFA_LOCAL, 20 octets\n"         \
	" 20010db8 00010000 00000000 00000100\n"

#define GOLDEN_ROUTE_ENCAP                                      \
	"84000000 # 132 octets\n"                               \
	"18000505 # RTM_NEWROUTE, REQUEST ACK REPLACE CREATE\n" \
	"00000000 00000000\n"                                   \
	"0a800000 # family dst_len src_len tos\n"               \
	"fe870001 # table protocol scope type\n"                \
	"00000000 # flags\n"                                    \
	"14000100 # RTA_DST, 20 octets\n"                       \
	" 20010db8 00010000 00000000 00000100\n"                \
	"08000f00 # RTA_TABLE, 8 octets\n"                      \
	" fe000000\n"                                           \
	"08000600 # RTA_PRIORITY, 8 octets\n"                   \
	" 87000000\n"                                           \
	"08000400 # RTA_OIF, 8 octets\n"                        \
	" 05000000\n"                                           \
	"06001500 # RTA_ENCAP_TYPE, 6 octets\n"                 \
	" 04000000\n"                                           \
	"34001680 # RTA_ENCAP, 52 octets\n"                     \
	" 14000200 # LWTUNNEL_IP6_DST, 20 octets\n"             \
	"  20010db8 00020000 00000000 00000100\n"               \
	" 14000300 # LWTUNNEL_IP6_SRC, 20 octets\n"             \
	"  20010db8 00010000 00000000 00000001\n"               \
	" 05000400 # LWTUNNEL_IP6_HOPLIMIT, 5 octets\n"         \
	"  40000000\n"

#define GOLDEN_ROUTE_DEL                          \
	"48000000 # 72 octets\n"                  \
	"19000500 # RTM_DELROUTE, REQUEST ACK\n"  \
	"00000000 00000000\n"                     \
	"0a800000 # family dst_len src_len tos\n" \
	"fe870001 # table protocol scope type\n"  \
	"00000000 # flags\n"                      \
	"14000100 # RTA_DST, 20 octets\n"         \
	" 20010db8 00010000 00000000 00000100\n"  \
	"08000f00 # RTA_TABLE, 8 octets\n"        \
	" fe000000\n"                             \
	"08000600 # RTA_PRIORITY, 8 octets\n"     \
	" 87000000\n"                             \
	"08000400 # RTA_OIF, 8 octets\n"          \
	" 05000000\n"

#define GOLDEN_ROUTE_DEFAULT                                    \
	"54000000 # 84 octets\n"                                \
	"18000505 # RTM_NEWROUTE, REQUEST ACK REPLACE CREATE\n" \
	"00000000 00000000\n"                                   \
	"0a000000 # family dst_len src_len tos\n"               \
	"00880001 # table protocol scope type\n"                \
	"00000000 # flags\n"                                    \
	"08000f00 # RTA_TABLE, 8 octets\n"                      \
	" 28040000\n"                                           \
	"08000400 # RTA_OIF, 8 octets\n"                        \
	" 03000000\n"                                           \
	"14000500 # RTA_GATEWAY, 20 octets\n"                   \
	" fe800000 00000000 00000000 0000000a\n"                \
	"14000700 # RTA_PREFSRC, 20 octets\n"                   \
	" 20010db8 00020000 00000000 00000100\n"

#define GOLDEN_RULE_FIND                                    \
	"48000000 # 72 octets\n"                            \
	"20000506 # RTM_NEWRULE, REQUEST ACK EXCL CREATE\n" \
	"00000000 00000000\n"                               \
	"0a008000 # family dst_len src_len tos\n"           \
	"00000001 # table res1 res2 action\n"               \
	"00000100 # flags\n"                                \
	"08000600 # FRA_PRIORITY, 8 octets\n"               \
	" eb030000\n"                                       \
	"08000f00 # FRA_TABLE, 8 octets\n"                  \
	" e8030000\n"                                       \
	"05001500 # FRA_PROTOCOL, 5 octets\n"               \
	" 88000000\n"                                       \
	"14000200 # FRA_SRC, 20 octets\n"                   \
	" 20010db8 00010000 00000000 00000100\n"

#define GOLDEN_RULE_DEL                           \
	"48000000 # 72 octets\n"                  \
	"21000500 # RTM_DELRULE, REQUEST ACK\n"   \
	"00000000 00000000\n"                     \
	"0a008000 # family dst_len src_len tos\n" \
	"00000001 # table res1 res2 action\n"     \
	"00000100 # flags\n"                      \
	"08000600 # FRA_PRIORITY, 8 octets\n"     \
	" eb030000\n"                             \
	"08000f00 # FRA_TABLE, 8 octets\n"        \
	" e8030000\n"                             \
	"05001500 # FRA_PROTOCOL, 5 octets\n"     \
	" 88000000\n"                             \
	"14000200 # FRA_SRC, 20 octets\n"         \
	" 20010db8 00010000 00000000 00000100\n"

#define GOLDEN_RULE_MARK                                    \
	"3c000000 # 60 octets\n"                            \
	"20000506 # RTM_NEWRULE, REQUEST ACK EXCL CREATE\n" \
	"00000000 00000000\n"                               \
	"0a000000 # family dst_len src_len tos\n"           \
	"00000001 # table res1 res2 action\n"               \
	"00000000 # flags\n"                                \
	"08000600 # FRA_PRIORITY, 8 octets\n"               \
	" 87000000\n"                                       \
	"08000f00 # FRA_TABLE, 8 octets\n"                  \
	" bc340000\n"                                       \
	"05001500 # FRA_PROTOCOL, 5 octets\n"               \
	" 87000000\n"                                       \
	"08000a00 # FRA_FWMARK, 8 octets\n"                 \
	" 3650494d\n"

#define GOLDEN_RULE_TO                                      \
	"48000000 # 72 octets\n"                            \
	"20000506 # RTM_NEWRULE, REQUEST ACK EXCL CREATE\n" \
	"00000000 00000000\n"                               \
	"0a400000 # family dst_len src_len tos\n"           \
	"fe000001 # table res1 res2 action\n"               \
	"00000000 # flags\n"                                \
	"08000600 # FRA_PRIORITY, 8 octets\n"               \
	" ea030000\n"                                       \
	"08000f00 # FRA_TABLE, 8 octets\n"                  \
	" fe000000\n"                                       \
	"05001500 # FRA_PROTOCOL, 5 octets\n"               \
	" 88000000\n"                                       \
	"14000100 # FRA_DST, 20 octets\n"                   \
	" 20010db8 000c0000 00000000 00000000\n"

#define GOLDEN_NEIGH_PROXY_ADD                                  \
	"38000000 # 56 octets\n"                                \
	"1c000505 # RTM_NEWNEIGH, REQUEST ACK REPLACE CREATE\n" \
	"00000000 00000000\n"                                   \
	"0a000000 # family, padding\n"                          \
	"03000000 # ifindex\n"                                  \
	"80000800 # state, flags, type\n"                       \
	"14000100 # NDA_DST, 20 octets\n"                       \
	" 20010db8 00010000 00000000 00000100\n"                \
	"05000c00 # NDA_PROTOCOL, 5 octets\n"                   \
	" 87000000\n"

#define GOLDEN_NEIGH_PROXY_DEL                   \
	"30000000 # 48 octets\n"                 \
	"1d000500 # RTM_DELNEIGH, REQUEST ACK\n" \
	"00000000 00000000\n"                    \
	"0a000000 # family, padding\n"           \
	"03000000 # ifindex\n"                   \
	"00000800 # state, flags, type\n"        \
	"14000100 # NDA_DST, 20 octets\n"        \
	" 20010db8 00010000 00000000 00000100\n"

#define GOLDEN_NEIGH_DEL                         \
	"30000000 # 48 octets\n"                 \
	"1d000500 # RTM_DELNEIGH, REQUEST ACK\n" \
	"00000000 00000000\n"                    \
	"0a000000 # family, padding\n"           \
	"03000000 # ifindex\n"                   \
	"00000000 # state, flags, type\n"        \
	"14000100 # NDA_DST, 20 octets\n"        \
	" 20010db8 00010000 00000000 00000100\n"

#define GOLDEN_NEIGH_SET                                        \
	"3c000000 # 60 octets\n"                                \
	"1c000505 # RTM_NEWNEIGH, REQUEST ACK REPLACE CREATE\n" \
	"00000000 00000000\n"                                   \
	"0a000000 # family, padding\n"                          \
	"03000000 # ifindex\n"                                  \
	"02000000 # state, flags, type\n"                       \
	"14000100 # NDA_DST, 20 octets\n"                       \
	" 20010db8 00010000 00000000 00000100\n"                \
	"0a000200 # NDA_LLADDR, 10 octets\n"                    \
	" 02000000 00010000\n"

#define GOLDEN_NEIGH_PROBE                       \
	"30000000 # 48 octets\n"                 \
	"1c000500 # RTM_NEWNEIGH, REQUEST ACK\n" \
	"00000000 00000000\n"                    \
	"0a000000 # family, padding\n"           \
	"03000000 # ifindex\n"                   \
	"10000000 # state, flags, type\n"        \
	"14000100 # NDA_DST, 20 octets\n"        \
	" 20010db8 00010000 00000000 00000100\n"

#define GOLDEN_NEIGH_USE                                \
	"30000000 # 48 octets\n"                        \
	"1c000504 # RTM_NEWNEIGH, REQUEST ACK CREATE\n" \
	"00000000 00000000\n"                           \
	"0a000000 # family, padding\n"                  \
	"03000000 # ifindex\n"                          \
	"00000100 # state, flags, type\n"               \
	"14000100 # NDA_DST, 20 octets\n"               \
	" 20010db8 00010000 00000000 00000100\n"

#define GOLDEN_RULE_PORT                                      \
	"58000000 # 88 octets\n"                              \
	"2000050c # RTM_NEWRULE, REQUEST ACK CREATE APPEND\n" \
	"00000000 00000000\n"                                 \
	"0a400000 # family dst_len src_len tos\n"             \
	"00000001 # table res1 res2 action\n"                 \
	"00000000 # flags\n"                                  \
	"08000600 # FRA_PRIORITY, 8 octets\n"                 \
	" ea030000\n"                                         \
	"08000f00 # FRA_TABLE, 8 octets\n"                    \
	" 28040000\n"                                         \
	"05001500 # FRA_PROTOCOL, 5 octets\n"                 \
	" 88000000\n"                                         \
	"14000100 # FRA_DST, 20 octets\n"                     \
	" 20010db8 000c0000 00000000 00000000\n"              \
	"05001600 # FRA_IP_PROTO, 5 octets\n"                 \
	" 11000000\n"                                         \
	"08001800 # FRA_DPORT_RANGE, 8 octets\n"              \
	" 35003500\n"
