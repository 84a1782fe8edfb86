/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counters: every message in and out, every reason for a drop or a refusal.
 * One table gives the names; mip6d-ctl prints them all.
 */
#ifndef MIP6D_COUNTERS_H
#define MIP6D_COUNTERS_H

#include <stdint.h>

/* X(identifier, "name-for-users", "what it counts") */
#define COUNTERS(X)                                                            \
	X(MH_IN, "mh-in", "Mobility Header messages received")                 \
	X(MH_OUT, "mh-out", "Mobility Header messages sent")                   \
	X(MH_OUT_FAILED, "mh-out-failed", "sends that the kernel refused")     \
	X(MH_BAD_CHECKSUM, "mh-bad-checksum", "wrong checksum")                \
	X(MH_UNKNOWN_TYPE, "mh-unknown-type", "unknown MH type")               \
	X(MH_BAD_PROTO, "mh-bad-proto", "Payload Proto is not 59")             \
	X(MH_BAD_LEN, "mh-bad-length", "Header Len too small for the type")    \
	X(MH_TRUNCATED, "mh-truncated", "Header Len beyond the packet")        \
	X(MH_BAD_OPTION, "mh-bad-option", "option runs past the message")      \
	X(MH_NO_ROLE, "mh-no-role", "no configured role takes this type")      \
	X(MH_RATE_NODE, "mh-rate-node", "over the rate of a registered node")  \
	X(MH_RATE_SOURCE, "mh-rate-source", "over the rate of a /64 or /48")   \
	X(MH_RATE_TOTAL, "mh-rate-total", "over the rate of all together")     \
	X(BU_IN, "bu-in", "Binding Updates received")                          \
	X(BU_ACCEPTED, "bu-accepted", "Binding Updates accepted")              \
	X(BU_REFUSED, "bu-refused", "refused with a status")                   \
	X(BU_BAD_HOA, "bu-bad-hoa", "home address not unicast routable")       \
	X(BU_BAD_COA, "bu-bad-coa", "care-of address not unicast routable")    \
	X(BU_NO_HAO, "bu-no-hao", "no Home Address option when away")          \
	X(BU_WITH_NONCES, "bu-with-nonces", "H bit with nonce indices")        \
	X(BU_NOT_FOR_US, "bu-not-for-us", "destination is no address of ours") \
	X(BU_RATE, "bu-rate", "more often than the minimum interval")          \
	X(BU_BUSY, "bu-busy", "repeated while the first is worked on")         \
	X(BU_NOT_READY, "bu-not-ready", "home agent has just been started")    \
	X(BA_IN, "ba-in", "Binding Acknowledgements received")                 \
	X(BA_OUT, "ba-out", "Binding Acknowledgements sent")                   \
	X(BA_NOT_ASKED, "ba-not-asked", "no such registration is waiting")     \
	X(BA_BAD_SEQ, "ba-bad-sequence", "not the outstanding sequence")       \
	X(TEST_INIT_IN, "test-init-in", "HoTI and CoTI received")              \
	X(TEST_INIT_BAD, "test-init-bad", "HoTI and CoTI not to be answered")  \
	X(TEST_INIT_RATE, "test-init-rate", "held back by the rate limit")     \
	X(TEST_OUT, "test-out", "HoT and CoT sent")                            \
	X(TEST_INIT_OUT, "test-init-out", "HoTI and CoTI sent")                \
	X(TEST_IN, "test-in", "HoT and CoT received")                          \
	X(TEST_IGNORED, "test-ignored", "HoT and CoT that answer nothing")     \
	X(BU_NO_AUTH, "bu-no-auth", "no nonce indices or authorization data")  \
	X(BU_BAD_AUTH, "bu-bad-auth", "wrong authenticator")                   \
	X(BU_STALE_NONCE, "bu-stale-nonce", "refused with 136, 137 or 138")    \
	X(BU_IGNORED, "bu-ignored", "ignored as a rule says")                  \
	X(BU_LOOP, "bu-loop", "care-of and home addresses in a circle")        \
	X(BA_BAD_AUTH, "ba-bad-auth", "wrong or missing authenticator")        \
	X(BRR_OUT, "brr-out", "Binding Refresh Requests sent")                 \
	X(BRR_IN, "brr-in", "Binding Refresh Requests received")               \
	X(BRR_IGNORED, "brr-ignored", "from a peer without a binding")         \
	X(HAO_REPORTED, "hao-reported", "Home Address option, no binding")     \
	X(FLOW_IN, "flow-in", "correspondents met in tunnelled traffic")       \
	X(CN_EVICTED, "cn-evicted", "cache entries that made place")           \
	X(BE_OUT, "be-out", "Binding Errors sent")                             \
	X(BE_RATE, "be-rate", "Binding Errors held back by the rate limit")    \
	X(BE_IN, "be-in", "Binding Errors received")                           \
	X(BE_IGNORED, "be-ignored", "Binding Errors ignored")                  \
	X(BU_OUT, "bu-out", "Binding Updates sent")                            \
	X(BU_OUT_RATE, "bu-out-rate", "held back: three a second to a peer")   \
	X(ND_BAD, "nd-bad", "malformed neighbour discovery messages")          \
	X(RA_IN, "ra-in", "router advertisements heard")                       \
	X(RA_BAD, "ra-bad", "router advertisements dropped as malformed")      \
	X(RS_OUT, "rs-out", "router solicitations sent")                       \
	X(NS_OUT, "ns-out", "neighbour solicitations sent")                    \
	X(NA_OUT, "na-out", "neighbour advertisements sent")                   \
	X(DAD_FAILED, "dad-failed", "home addresses found in use (134)")       \
	X(ICMP_ERROR_IN, "icmp-error-in", "ICMPv6 errors about our messages")  \
	X(ESP_CLEARTEXT, "esp-cleartext", "dropped: without the ESP required") \
	X(ESP_FOREIGN, "esp-foreign", "dropped: by an SA of somebody else")    \
	X(ESP_NO_SA, "esp-no-sa", "dropped: no SA with this SPI")              \
	X(ESP_TAMPERED, "esp-tampered", "dropped: integrity check failed")     \
	X(ESP_MALFORMED, "esp-malformed", "dropped: no whole ESP header")      \
	X(ESP_REPLAYED, "esp-replayed", "dropped: seen before")                \
	X(ESP_BLOCKED, "esp-blocked", "dropped: a policy refuses it anyway")   \
	X(ESP_OUT_NO_SA, "esp-out-no-sa", "not sent: no SA to protect it")     \
	X(NETLINK_FORGED, "netlink-forged", "netlink not from the kernel")     \
	X(TOO_BIG, "too-big", "path MTUs learnt for optimised traffic")        \
	X(KERNEL_FAILED, "kernel-failed", "requests that the kernel refused")  \
	X(BINDING_EXPIRED, "binding-expired", "bindings that ran out")         \
	X(HAAD_IN, "haad-in", "agent discovery requests received")             \
	X(HAAD_OUT, "haad-out", "agent discovery replies sent")                \
	X(HAAD_IGNORED, "haad-ignored", "agent discovery not for us")          \
	X(HAAD_RATE, "haad-rate", "agent discovery held back by the limit")    \
	X(MPS_IN, "mps-in", "Mobile Prefix Solicitations received")            \
	X(MPS_REFUSED, "mps-refused", "from nodes that are not registered")    \
	X(MPA_OUT, "mpa-out", "Mobile Prefix Advertisements sent")             \
	X(ICMP_OUT_FAILED, "icmp-out-failed", "ICMPv6 the kernel refused")     \
	X(RA_OUT, "ra-out", "router advertisements sent")                      \
	X(RS_IN, "rs-in", "router solicitations received")                     \
	X(AGENTS_FULL, "agents-full", "home agents that the list cannot hold") \
	X(HAAD_ASKED, "haad-asked", "agent discovery requests sent")           \
	X(HAAD_REPLY_IN, "haad-reply-in", "agent discovery replies received")  \
	X(HAAD_REPLY_IGNORED, "haad-reply-ignored", "that answer nothing")     \
	X(AGENT_CHANGED, "agent-changed", "home agents given up for another")  \
	X(MPS_OUT, "mps-out", "Mobile Prefix Solicitations sent")              \
	X(MPA_IN, "mpa-in", "Mobile Prefix Advertisements received")           \
	X(MPA_IGNORED, "mpa-ignored", "that were not asked for, or not valid") \
	X(AUTH_MISSING, "auth-missing",                                        \
	  "no authentication option, but needed")                              \
	X(AUTH_MISPLACED, "auth-misplaced",                                    \
	  "authentication twice or not last")                                  \
	X(AUTH_UNKNOWN, "auth-unknown", "no key of this name and index")       \
	X(AUTH_FAILED, "auth-failed", "refused with 146: wrong data")          \
	X(AUTH_AAA, "auth-aaa", "refused with 146: MN-AAA, no server")         \
	X(AUTH_NO_TIMESTAMP, "auth-no-timestamp", "refused with 145")          \
	X(AUTH_TIMESTAMP, "auth-timestamp", "refused with 144: replay, clock") \
	X(AUTH_FOREIGN, "auth-foreign", "home address of another name: 129")   \
	X(BA_BAD_TIMESTAMP, "ba-bad-timestamp", "not that of our update")

enum counter {
#define X(id, name, text) CNT_##id,
	COUNTERS(X)
#undef X
		CNT_MAX
};

/* Those that the kernel counts (kernel_esp_drops). */
#define CNT_ESP_FIRST CNT_ESP_CLEARTEXT
#define CNT_ESP_LAST  CNT_ESP_OUT_NO_SA

struct counters {
	uint64_t v[CNT_MAX];
};

extern const char *const counter_names[CNT_MAX];
extern const char *const counter_texts[CNT_MAX];

#endif
