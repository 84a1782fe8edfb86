/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A mobile node between a kernel and a network in memory, on a clock that
 * the test moves: what the unit programs of src/mn share.
 *
 *   home prefix 2001:db8:1::/64, home address ::100, agent ::1
 *   eth0   ifindex 2, preference 50     wlan0  ifindex 3, preference 40
 *
 * What the node sends is sorted into lists; what it asks of the kernel is
 * answered by the fake, but for neighbour probes, which the test answers.
 */
#ifndef TESTS_UNIT_MN_WORLD_H
#define TESTS_UNIT_MN_WORLD_H

#include "mip6d/role.h"
#include "tests/fake/fake.h"
#include "tests/unit/unit.h"

#define ETH0   2
#define WLAN0  3

#define HOA    "2001:db8:1::100"
#define HOA2   "2001:db8:1::200"
#define HA     "2001:db8:1::1"
#define HOME   "2001:db8:1::/64"
#define COA_A  "2001:db8:a::5"
#define COA_B  "2001:db8:b::5"

#define MW_MAX 256

/* A Binding Update as it left. */
struct mw_bu {
	struct mh_bu bu;
	uint64_t timestamp; /* 0: none */
	struct in6_addr acoa;
	bool has_acoa;
	struct mh_send send;
	struct mtime when;
	/* The state of the kernel at that moment. */
	struct kernel_mn_home kernel;
};

/* Another Mobility Header as it left: to a correspondent. */
struct mw_mh {
	struct mh_msg msg;
	struct mh_send send;
	uint8_t data[64]; /* checksum in place */
	size_t len;
	struct mtime when;
};

struct mw_nd {
	uint8_t type;
	struct in6_addr target; /* NS, NA */
	bool override, solicited, router;
	struct lladdr lladdr;
	struct nd_send send;
	struct mtime when;
};

/* Agent or prefix discovery as it left. */
struct mw_icmp6 {
	struct icmp6_msg msg;
	struct mh_send send;
	struct mtime when;
	/* The state of the kernel at that moment. */
	struct kernel_mn_home kernel;
};

struct mw {
	struct mtime now;
	struct tqueue *tq;
	struct kernel *k;
	struct transport *t;
	struct store *store; /* NULL: nothing is remembered */
	struct counters counters;
	struct conf_mn conf;
	struct conf_mn_interface ifaces[2];
	struct conf_mn_home homes[2];
	struct ike *ike;           /* NULL: nothing is negotiated */
	struct security *security; /* NULL: everything is ready */
	uint8_t ba_flags;          /* of what the agent answers */
	struct mn *mn;

	struct mw_bu bus[MW_MAX];
	unsigned int n_bus;
	struct mw_mh mhs[MW_MAX];
	unsigned int n_mhs; /* more are not kept */
	struct mw_nd nds[MW_MAX];
	unsigned int n_nds;
	struct mw_icmp6 icmp6s[MW_MAX];
	unsigned int n_icmp6s;
	const char *agent; /* who answers; HA */
};

/* The world without its node: for changes of w->conf; then mw_start(). */
void mw_init(struct mw *w);
/* Starts the node: interfaces up, no router heard, settled. */
void mw_start(struct mw *w);
/* Both. */
void mw_open(struct mw *w);
/* Frees the node and asserts that it left nothing and broke no contract. */
void mw_close(struct mw *w);

/* Lets tasks and the kernel run, without time passing. */
void mw_settle(struct mw *w);
/* Lets time pass, in the steps of what is due. */
void mw_run_ms(struct mw *w, int64_t ms);

/* A router of the network. */
struct mw_router {
	const char *addr; /* link-local */
	uint8_t mac;      /* last octet; 0: no link-layer address option */
	const char *prefixes[4];
	const char *globals[4]; /* R bit, in the place of each prefix */
	uint16_t lifetime_s;    /* 0: 9000, the most */
	bool not_default;       /* lifetime really 0 */
	bool managed;
	uint32_t interval_ms;
	uint32_t valid_s; /* 0: a day */
	bool off_link;
	bool home_agent; /* H, */
	uint16_t preference;
};

extern const struct mw_router mw_home_router; /* the agent itself */
/* Another on the home link. */
extern const struct mw_router mw_other_home_router;
extern const struct mw_router mw_router_a; /* 2001:db8:a::/64, fe80::a */
extern const struct mw_router mw_router_b; /* 2001:db8:b::/64, fe80::b */

struct icmp6_ra mw_ra_of(const struct mw_router *r);
/* It advertises, once; then mw_settle. */
void mw_ra(struct mw *w, int ifindex, const struct mw_router *r);

/* The kernel's witness about a neighbour. */
void mw_neigh(struct mw *w, int ifindex, const char *addr, uint8_t mac,
	      bool reachable);
/* Carrier lost, or back. */
void mw_carrier(struct mw *w, int ifindex, bool on);
/* Both, on eth0, 20 ms apart. */
void mw_flap(struct mw *w);
/* The kernel says that eth0 has an address, good for a day. */
void mw_address(struct mw *w, const char *text, bool tentative,
		bool optimistic);
/* Somebody answers for an address; mac 0: ourselves. */
void mw_na(struct mw *w, int ifindex, const char *target, uint8_t mac);

/* The agent answers; then mw_settle. */
void mw_ba(struct mw *w, const char *hoa, uint8_t status, uint16_t seq,
	   uint32_t lifetime_s);
/* Answers the last Binding Update with status 0 and what was asked. */
void mw_accept(struct mw *w);
/* Away at A, registering; no agent is known when the configuration has none. */
void mw_leave(struct mw *w);
/* Answers the last discovery request with these addresses (NULL ends them), as
 * it should be; then mw_settle. */
void mw_haad(struct mw *w, const char *const addrs[]);
/* An ICMPv6 message from anywhere to anywhere; then mw_settle. */
void mw_icmp6(struct mw *w, const char *from, const char *to, bool rh2,
	      const struct icmp6_msg *msg);
const struct mw_icmp6 *mw_last_icmp6(struct mw *w);
void mw_be(struct mw *w, const char *from, uint8_t status, const char *hoa);

/* Away at A with a binding; messages so far forgotten. */
void mw_away(struct mw *w);
/* Opened, and there; or at home without ever having been away. */
void mw_open_away(struct mw *w);
void mw_open_home(struct mw *w);

void mw_forget(struct mw *w);
const struct mw_bu *mw_last_bu(struct mw *w);
/* Answers the last one, a de-registration. */
static inline void mw_deregistered(struct mw *w, uint8_t status)
{
	mw_ba(w, HOA, status, mw_last_bu(w)->bu.seq, 0);
}
const struct mw_nd *mw_last_nd(struct mw *w, uint8_t type);
unsigned int mw_count_nd(const struct mw *w, uint8_t type);
struct bul_entry *mw_entry(struct mw *w, const char *hoa);
/* The state in words, "none" without an entry. */
const char *mw_state(struct mw *w);
/* What ctl shows of the (first) home address. */
const char *mw_location(struct mw *w);
const char *mw_reason(struct mw *w);
enum kernel_mn_place mw_place(struct mw *w);

struct in6_addr mw_addr(const char *text);
struct lladdr mw_mac(uint8_t last);

#define MW_ADDR(actual, text) UNIT_STR(addr_str(&(actual)), (text))

#endif
