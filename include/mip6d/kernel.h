/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PORT: what a role may ask of the kernel, and what the kernel tells.
 * src/netlink and src/xfrm implement it; tests implement it in memory.
 * Plain values only; the context is opaque.
 *
 * Requests return at once (0, or -errno when they could not even be queued).
 * Requests of one loop turn leave in one batch.  A request with a key is
 * answered by one KERNEL_DONE event, in a later turn, never from inside the
 * call; the key is a value, so the asker may be gone by then.
 */
#ifndef MIP6D_KERNEL_H
#define MIP6D_KERNEL_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "mip6d/addr.h"
#include "mip6d/time.h"

struct kernel;
struct loop;

enum kernel_user { KERNEL_USER_HA, KERNEL_USER_MN, KERNEL_USER_CN };

struct kernel_key {
	enum kernel_user user;
	struct in6_addr hoa;
	uint32_t serial; /* the asker's: tells an old answer from a new one */
	struct in6_addr peer; /* of route optimisation: the other end of hoa;
			       * else :: */
};

/* ---- what the kernel tells ---- */

struct kernel_link {
	int ifindex;
	char name[IF_NAMESIZE];
	bool gone;    /* the device vanished; only ifindex and name are valid */
	bool up;      /* administratively */
	bool carrier; /* IFF_LOWER_UP */
	bool loopback;
	uint32_t mtu;
	struct lladdr lladdr;
};

/* An address of an interface.  May be repeated unchanged. */
struct kernel_addr {
	int ifindex;
	struct in6_addr addr;
	uint8_t plen;
	bool gone;
	bool tentative;  /* DAD runs and the address is deaf */
	bool optimistic; /* DAD runs but the address receives (RFC 4429) */
	bool dad_failed;
	bool deprecated;
	bool temporary;   /* RFC 8981 */
	bool home;        /* IFA_F_HOMEADDRESS */
	bool permanent;   /* not autoconfigured */
	uint32_t valid_s; /* left; UINT32_MAX: infinite */
	uint32_t preferred_s;
};

/* A default route of the main table. */
struct kernel_router {
	int ifindex;
	struct in6_addr gateway; /* :: for a route without one */
	uint32_t metric;
	bool gone;
};

/* A neighbour entry whose reachability changed. */
struct kernel_neigh {
	int ifindex;
	struct in6_addr addr;
	struct lladdr lladdr;
	bool reachable; /* confirmed (REACHABLE, PERMANENT) */
	bool failed;    /* NUD gave up, or resolution failed */
};

enum kernel_event_type {
	KERNEL_DONE, /* a keyed request was carried out, or not */
	KERNEL_LINK,
	KERNEL_ADDR,
	KERNEL_ROUTER,
	KERNEL_NEIGH,
	KERNEL_SYNCED, /* everything that existed at start has been told */
	KERNEL_FLOW,   /* traffic takes the tunnel that could go directly */
	KERNEL_REPORT, /* a Home Address option that no binding covers */
	KERNEL_USAGE,  /* answer to kernel_ro_usage_get() */
};

/* A packet of a home address that went through the tunnel, or came out of
 * it, to or from a peer for which the first matching rule is
 * KERNEL_RULE_OPTIMISE.  Told for the first packet to a peer and then at
 * most every 30 s; for received ones by samples, since counting each would
 * cost more than it gains.  Never for Mobility Headers, nor for the home
 * agent. */
struct kernel_flow {
	struct in6_addr hoa;
	struct in6_addr peer;
	uint8_t protocol;
	uint16_t peer_port; /* 0: not known */
	bool received;
};

/* RFC 6275 section 9.3.1: dropped by the kernel. */
struct kernel_report {
	struct in6_addr hoa;   /* in the option */
	struct in6_addr coa;   /* the source on the wire */
	struct in6_addr local; /* destination */
	uint8_t protocol;
};

/* What a pair has carried directly since its kernel_ro_set() was new; both
 * directions, octets with headers. */
struct kernel_usage {
	struct kernel_key key;
	int err; /* -ENOENT: there is none, or somebody else removed it: set it
		  * again */
	uint64_t packets_in, packets_out;
	uint64_t octets_in, octets_out;
};

struct kernel_event {
	enum kernel_event_type type;
	union {
		struct {
			struct kernel_key key;
			int err; /* 0 or -errno of the first part that
				  * failed; what was done is undone then */
		} done;
		struct kernel_link link;
		struct kernel_addr addr;
		struct kernel_router router;
		struct kernel_neigh neigh;
		struct kernel_flow flow;
		struct kernel_report report;
		struct kernel_usage usage;
	};
};

typedef void kernel_event_fn(void *arg, const struct kernel_event *ev);

/* ---- home agent ---- */

struct kernel_ha_conf {
	char tunnel_name[IF_NAMESIZE]; /* the one external ip6tnl device */
	uint32_t tunnel_mtu;           /* 0: 1460 */
	uint32_t max_bindings; /* that there is room for; 0: the least */
};

#define KERNEL_HA_BINDINGS 131072 /* least room for bindings */

/* Creates the tunnel device with its pair check (nothing is accepted from it
 * until a binding is added), the wildcard XFRM state and policy that let a
 * first Binding Update in, forwarding; removes what an earlier run left.
 * Synchronous: 0 or -errno, with the reason logged. */
int kernel_ha_start(struct kernel *k, const struct kernel_ha_conf *conf);
/* Withdraws all of it, including every binding. */
void kernel_ha_stop(struct kernel *k);

/* Makes a link a home link (proxy neighbour discovery on, no delay, unicast
 * solicitations for proxied addresses answered), or undoes that. */
int kernel_home_link_set(struct kernel *k, int ifindex, bool on);

/* The home prefixes, all of them: to a bound home address in one of these
 * this node's own packets, from whatever address of it, go with a type 2
 * routing header (section 10.4.2); to others through the tunnel.  None at
 * first.  0 or -errno. */
int kernel_ha_prefixes_set(struct kernel *k, const struct prefix *prefixes,
			   unsigned int n_prefixes);

/* The data path of one binding (RFC 6275 sections 10.4.1, 10.4.2, 10.4.5). */
struct kernel_binding {
	struct in6_addr hoa;
	struct in6_addr coa;
	struct in6_addr old_coa; /* of a binding that moves; :: for a new one */
	struct in6_addr ha;      /* our address: outer source of the tunnel */
	int home_ifindex;        /* proxied there; 0: a virtual home link */
	bool proxy_linklocal;    /* L bit: also defend fe80:: + IID of hoa */
};

/* Adds a binding (old_coa ::): encapsulating route, type 2 routing header of
 * our own packets, (coa, hoa) pair accepted from the tunnel, proxy neighbour
 * entries.  Moves it (old_coa another one): the proxy entries stay as they
 * are.  Or puts it there again (old_coa the same): what is missing comes back,
 * proxied on home_ifindex, and with proxy_linklocal false the link-local proxy
 * entry goes.  One transaction. */
int kernel_binding_add(struct kernel *k, const struct kernel_key *key,
		       const struct kernel_binding *b);
/* Removes it; what is gone already is no error. */
int kernel_binding_del(struct kernel *k, const struct kernel_key *key,
		       const struct kernel_binding *b);

/* ---- mobile node ---- */

enum kernel_rule_action {
	KERNEL_RULE_OPTIMISE, /* directly once the peer has a binding, by the
			       * tunnel until then; told as KERNEL_FLOW */
	KERNEL_RULE_TUNNEL,   /* always by the tunnel */
	KERNEL_RULE_DIRECT,   /* from the care-of address: no mobility */
};

/* Which way traffic of home addresses takes: the first rule that matches.
 * None: by the tunnel. */
struct kernel_rule {
	struct prefix peer;
	uint8_t protocol; /* 0: any */
	uint16_t port;    /* the peer's, TCP and UDP only; 0: any */
	enum kernel_rule_action action;
};

struct kernel_mn_conf {
	char tunnel_prefix[IF_NAMESIZE]; /* "mip6mn": devices mip6mn0, 1.. */
	uint32_t table_base; /* routing tables table_base.. are ours */
	uint32_t rule_base;  /* rule priorities rule_base.. are ours */
	const struct kernel_rule *rules; /* kernel_mn_rules_set(); copied */
	unsigned int n_rules;
};

/* The wildcard XFRM state and policy that let Binding Acknowledgements with
 * a type 2 routing header in; removes what an earlier run left (tunnels,
 * rules, routes, home addresses, XFRM).  Synchronous: 0 or -errno. */
int kernel_mn_start(struct kernel *k, const struct kernel_mn_conf *conf);
void kernel_mn_stop(struct kernel *k);
/* Other rules from now on.  Pairs that are set follow them.  0 or -errno. */
int kernel_mn_rules_set(struct kernel *k, const struct kernel_rule *rules,
			unsigned int n_rules);
/* True for a tunnel device of ours: what comes out of it came from a home
 * agent. */
bool kernel_mn_is_tunnel(struct kernel *k, int ifindex);

enum kernel_mn_place {
	KERNEL_MN_NONE, /* nothing of this home address in the kernel */
	KERNEL_MN_AWAY, /* on the tunnel device; its traffic is tunnelled */
	KERNEL_MN_RETURNING, /* on the home interface; the tunnel still
			      * receives what is under way */
	KERNEL_MN_HOME,      /* on the home interface, no tunnel */
};

/* The state wanted for one home address; the port works out the difference
 * to what is there.  A handover changes the tunnel's local end, it never
 * recreates the device. */
struct kernel_mn_home {
	unsigned int index; /* 0..: place in the configuration */
	enum kernel_mn_place place;
	struct in6_addr hoa;
	struct in6_addr ha;  /* AWAY, RETURNING; :: when not known yet: then
			      * AWAY is about the care-of address only */
	struct in6_addr coa; /* AWAY, RETURNING (there :: when this run of the
			      * program never was away: no tunnel) */
	int coa_ifindex;     /* AWAY, RETURNING */
	struct in6_addr coa_router;  /* AWAY: next hop for traffic from coa;
				     * ::: as the main table says */
	int home_ifindex;            /* RETURNING, HOME */
	struct in6_addr home_router; /* RETURNING, HOME: next hop for traffic
				      * from hoa; :: as the main table says,
				      * which may still hold the default
				      * route of the link that was left */
	uint8_t home_plen; /* RETURNING, HOME with home_router: so much of hoa
			    * is on-link; 0: all goes to the router */
};

int kernel_mn_home_set(struct kernel *k, const struct kernel_key *key,
		       const struct kernel_mn_home *want);
/* Whether its home agent is known to hold a binding: data with a type 2
 * routing header is taken only then (RFC 6275 section 11.3.3), Mobility
 * Headers always.  False until told; false again with KERNEL_MN_NONE. */
void kernel_mn_bound_set(struct kernel *k, unsigned int index, bool bound);

/* Asks the kernel to probe a neighbour now (NUD_PROBE, or resolution when it
 * is not known); a KERNEL_NEIGH event tells. */
int kernel_neigh_probe(struct kernel *k, int ifindex,
		       const struct in6_addr *addr);

/* Enters a neighbour as REACHABLE (RFC 6275 section 11.5.5). */
int kernel_neigh_set(struct kernel *k, int ifindex, const struct in6_addr *addr,
		     const struct lladdr *lladdr);

/* ---- route optimisation (RFC 6275 sections 6.3, 6.4, 9.3, 11.3) ---- */

/* Which end of a pair of home addresses is away, as this node sees it: its
 * own (a mobile node's correspondent registration) or the peer's (an entry
 * of the correspondent's binding cache).  A pair may have both, and then its
 * packets carry both headers.  Mobility Headers never carry either. */
enum kernel_ro_end { KERNEL_RO_LOCAL, KERNEL_RO_PEER };

struct kernel_ro {
	struct in6_addr local; /* a (home) address of this node */
	struct in6_addr peer;  /* the other end's (home) address */
	enum kernel_ro_end end;
	struct in6_addr coa; /* of that end */
	/* LOCAL: false while the peer's binding for coa is not confirmed:
	 * packets to it take the tunnel, those that still come directly (to
	 * this or an earlier care-of address) are taken.  PEER: true. */
	bool send;
};

/* The correspondent's side: the wildcard XFRM state and policy that let a
 * first Binding Update in, and reports of Home Address options without a
 * binding; removes what an earlier run left.  Synchronous: 0 or -errno. */
int kernel_cn_start(struct kernel *k);
void kernel_cn_stop(struct kernel *k);

/* Adds or changes one end of a pair: one transaction.  A care-of address
 * changes without a moment in which packets are dropped, and usage goes on
 * counting. */
int kernel_ro_set(struct kernel *k, const struct kernel_key *key,
		  const struct kernel_ro *ro);
/* Removes that end; what is gone already is no error. */
int kernel_ro_del(struct kernel *k, const struct kernel_key *key,
		  const struct kernel_ro *ro);
/* Answered by a KERNEL_USAGE event with this key, in place of KERNEL_DONE. */
int kernel_ro_usage_get(struct kernel *k, const struct kernel_key *key,
			const struct kernel_ro *ro);

/* A Packet Too Big (RFC 4443 section 3.2) about a packet with a Home Address
 * option or a type 2 routing header, as it quotes that. */
struct kernel_too_big {
	struct in6_addr local, peer; /* home addresses */
	struct in6_addr src, dst;    /* in the quoted IPv6 header */
	uint32_t mtu;
};

/* Tells the kernel, which does not understand it by itself.  -ENOENT unless
 * a pair sends such packets, -ERANGE for an MTU that IPv6 does not have,
 * another -errno. */
int kernel_ro_too_big(struct kernel *k, const struct kernel_too_big *e);

/* ---- protection by ESP (RFC 4303), for src/security ---- */

/* Algorithms for keys that do not change: none has an initialisation vector
 * that would repeat when its sender starts anew (RFC 8221 sections 3, 5). */
enum kernel_cipher { KERNEL_AES128_CBC, KERNEL_AES256_CBC };
enum kernel_auth { KERNEL_HMAC_SHA256_128, KERNEL_HMAC_SHA512_256 };

#define KERNEL_CIPHER_KEY_MAX 32
#define KERNEL_AUTH_KEY_MAX   64

/* 16 or 32 octets of the one key and 32 or 64 of the other count. */
struct kernel_esp {
	enum kernel_cipher cipher;
	enum kernel_auth auth;
	uint8_t cipher_key[KERNEL_CIPHER_KEY_MAX];
	uint8_t auth_key[KERNEL_AUTH_KEY_MAX];
};

/* Associations and policies with such a reqid (its upper octet) are removed
 * at start; all others belong to somebody else. */
#define KERNEL_REQID_OURS 0x6d000000u

enum kernel_esp_mode { KERNEL_TRANSPORT, KERNEL_TUNNEL };

/* A security association with a key that both ends were given; no replay
 * window (RFC 3776 section 4.4). */
struct kernel_sa {
	enum kernel_esp_mode mode;
	/* Transport: of the packet with its home address.  Tunnel: of the
	 * outer header; of one that receives the source is compared with
	 * nothing. */
	struct in6_addr src, dst;
	uint32_t spi;
	uint32_t reqid;
	/* What it may carry: anything else that comes with it is dropped. */
	struct prefix sel_src, sel_dst;
	uint8_t sel_proto; /* 0: any */
	struct kernel_esp esp;
};

enum kernel_sp_dir { KERNEL_SP_IN, KERNEL_SP_OUT, KERNEL_SP_FWD };

enum kernel_sp_action {
	KERNEL_SP_REQUIRE,  /* by ESP or not at all */
	KERNEL_SP_OPTIONAL, /* in: also by ESP */
	KERNEL_SP_BLOCK,    /* not at all */
	KERNEL_SP_BYPASS,   /* without ESP */
};

/* A security policy; lower priorities come first.  Never for a Mobility
 * Header's type, nor, but outwards, for an ICMPv6 type: the kernel reads it
 * from the wrong place (doc/kernel-notes.md). */
struct kernel_sp {
	enum kernel_sp_dir dir;
	enum kernel_sp_action action;
	struct prefix src, dst;
	uint8_t proto; /* 0: any */
	uint8_t type;  /* OUT, of ICMPv6; 0: any */
	int ifindex;   /* IN, FWD: where it came in; 0: anywhere */
	uint32_t priority;
	/* REQUIRE, OPTIONAL. */
	enum kernel_esp_mode mode;
	struct in6_addr tunnel_src, tunnel_dst; /* ::: any (not OUT) */
	uint32_t reqid;                         /* IN, FWD: 0 is any */
};

/* Add or replace, and remove; at once.  0 or -errno; what is gone already is
 * no error. */
int kernel_sa_set(struct kernel *k, const struct kernel_sa *sa);
int kernel_sa_del(struct kernel *k, const struct kernel_sa *sa);
int kernel_sp_set(struct kernel *k, const struct kernel_sp *sp);
int kernel_sp_del(struct kernel *k, const struct kernel_sp *sp);

/* Moves a policy in tunnel mode, and the association that has its addresses
 * and reqid, to another care-of address: same keys, the numbers go on
 * (XFRM_MSG_MIGRATE).  *sp is as it was set last. */
#define KERNEL_MIGRATE_SAS_MAX 2

/* An association in tunnel mode, by what it has, to other ends. */
struct kernel_sa_move {
	uint32_t reqid;
	struct in6_addr src, dst, new_src, new_dst;
};

struct kernel_migrate {
	struct kernel_sp sp;
	struct in6_addr tunnel_src, tunnel_dst; /* from now on */
	/* Those move along; what is not there is no error.  A daemon of IKEv2
	 * looks at the last, or else at sp, for what it made. */
	struct kernel_sa_move sas[KERNEL_MIGRATE_SAS_MAX];
	unsigned int n_sas;
	/* For a daemon of IKEv2, which moves its own association, too: its
	 * new ends, as the policy's direction has it. */
	bool has_ike;
	struct in6_addr ike_local, ike_remote;
};

int kernel_migrate(struct kernel *k, const struct kernel_migrate *m);

/* What the kernel dropped and counted since kernel_open(), by whatever user
 * of IPsec in this network namespace. */
struct kernel_esp_drops {
	uint64_t cleartext;   /* a policy asks for ESP and there was none */
	uint64_t foreign;     /* by an association that is another's */
	uint64_t no_sa;       /* no association with this SPI */
	uint64_t tampered;    /* the integrity check failed */
	uint64_t malformed;   /* too short for an SPI */
	uint64_t replayed;    /* only where there is a replay window */
	uint64_t blocked;     /* a policy refuses it whatever it has */
	uint64_t unprotected; /* ours, that had to have ESP and there is no
			       * association */
};

int kernel_esp_drops(struct kernel *k, struct kernel_esp_drops *ret_drops);

/* ---- common ---- */

/* Writes net/ipv6/conf/IFNAME/NAME; the old value comes back at
 * kernel_close(), or with value NULL now.  0 or -errno. */
int kernel_sysctl(struct kernel *k, const char *ifname, const char *name,
		  const char *value);

/* True for an address of this node (tentative ones too). */
bool kernel_addr_is_local(struct kernel *k, const struct in6_addr *addr);

/* Netlink messages so far that another process sent in the kernel's place;
 * none of them was read. */
uint64_t kernel_forged(const struct kernel *k);

/* 0 when there is no such interface (now). */
int kernel_ifindex(struct kernel *k, const char *name);

/* Opening and closing, for main.c only.  After kernel_watch() every existing
 * link, address, default route is told, then KERNEL_SYNCED, then changes.
 * -EPERM without CAP_NET_ADMIN. */
int kernel_open(struct loop *loop, kernel_event_fn *on_event, void *arg,
		struct kernel **ret_kernel);
int kernel_watch(struct kernel *k);
struct kernel *kernel_close(struct kernel *k);

/* mip6d --probe: tries each needed feature in a throw-away network
 * namespace, prints "feature yes|no  what is lost without it" a line to
 * stdout; 0 when all that is needed is there, 1 when something is missing,
 * -errno when it could not try. */
int kernel_probe(void);

#endif
