/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ports (kernel.h, transport.h) and the seams of core (random.h, wall.h,
 * log.h)
 * in memory, for unit tests and the simulator.
 *
 * Nothing happens inside a call of a role: a request is recorded and queued,
 * and takes effect when its completion is delivered by fake_kernel_run().
 * The fakes also judge: a request that breaks the contract of kernel.h or
 * transport.h is a *fault*, printed to stderr and counted; a test ends with
 * UNIT_EQ(fake_faults(), 0).
 *
 * A unit program links $(FAKE_SRC) in place of src/sock, src/netlink,
 * src/xfrm, core/random.c, core/wall.c and core/log.c.
 */
#ifndef TESTS_FAKE_H
#define TESTS_FAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mip6d/icmp6.h"
#include "mip6d/ike.h"
#include "mip6d/kernel.h"
#include "mip6d/look.h"
#include "mip6d/log.h"
#include "mip6d/mh.h"
#include "mip6d/store.h"
#include "mip6d/transport.h"
#include "mip6d/wall.h"

/* ---- faults: the tested code broke a port's contract ---- */

/* How many since the start or fake_faults_clear(), and the latest as text. */
unsigned int fake_faults(void);
const char *fake_fault_text(void);
void fake_faults_clear(void);
void fake_fault(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* ---- random and log ---- */

/* Restarts the generator behind random_bytes() and random_below(). */
void fake_random_seed(uint64_t seed);

/* What wall.h says; a Monday at noon unless set. */
extern struct wall fake_wall;
extern struct wall_day fake_wall_day;

#define FAKE_LOG_LINES 256 /* kept; older ones are forgotten */

/* The n-th latest line (0: the last) with its prefix, or NULL. */
const char *fake_log_line(unsigned int n);
/* True when a kept line contains text. */
bool fake_log_contains(const char *text);
void fake_log_clear(void);
/* Put in front of every line from now on (a node's name, the time). */
void fake_log_prefix(const char *prefix);
/* Also print to stderr (the variable FAKE_LOG=1 does the same). */
void fake_log_echo(bool on);

/* ---- IKE ---- */

/* struct ike of the fake: a test makes one and puts it into role_env. */
struct ike {
	bool is_up, cannot_follow, is_connected, has_lost; /* by the test */
	const char *identity;                              /* likewise */
	struct ike_info *infos;
	unsigned int n_infos;
	/* What the roles told. */
	unsigned int wanted, registered, suspected;
	struct in6_addr wanted_from, registered_at;
	bool registered_k;
};

/* ---- kernel ---- */

enum fake_op {
	FAKE_HA_START,
	FAKE_HA_STOP,
	FAKE_HOME_LINK_SET,
	FAKE_HA_PREFIXES_SET,
	FAKE_BINDING_ADD,
	FAKE_BINDING_DEL,
	FAKE_MN_START,
	FAKE_MN_STOP,
	FAKE_MN_HOME_SET,
	FAKE_NEIGH_PROBE,
	FAKE_NEIGH_SET,
	FAKE_SYSCTL,
	FAKE_MN_RULES_SET,
	FAKE_MN_BOUND_SET,
	FAKE_CN_START,
	FAKE_CN_STOP,
	FAKE_RO_SET,
	FAKE_RO_DEL,
	FAKE_RO_USAGE_GET,
	FAKE_RO_TOO_BIG,
	FAKE_SA_SET,
	FAKE_SA_DEL,
	FAKE_SP_SET,
	FAKE_SP_DEL,
	FAKE_MIGRATE,
	FAKE_OP_MAX,
};

/* One call of the port, as it was made. */
struct fake_request {
	enum fake_op op;
	bool has_key;
	struct kernel_key key;
	struct kernel_binding binding; /* BINDING_ADD, BINDING_DEL */
	struct kernel_mn_home home;    /* MN_HOME_SET */
	struct kernel_ro ro;           /* RO_* */
	int ifindex;                   /* HOME_LINK_SET, NEIGH_* */
	unsigned int index;            /* MN_BOUND_SET */
	bool on;                       /* HOME_LINK_SET, MN_BOUND_SET */
	struct in6_addr addr;          /* NEIGH_* */
	struct lladdr lladdr;          /* NEIGH_SET */
	char ifname[IF_NAMESIZE];      /* SYSCTL */
	char name[32];
	char value[16]; /* "" with undo */
	bool undo;
	struct kernel_too_big too_big; /* RO_TOO_BIG */
	unsigned int n_prefixes;       /* HA_PREFIXES_SET */
	int returned;                  /* what the call returned */
};

/* A binding that is in force. */
struct fake_binding {
	struct kernel_binding b; /* old_coa is :: */
	struct fake_binding *next;
};

/* A pair of route optimisation, with the ends that are in force. */
struct fake_pair {
	struct in6_addr local, peer;
	bool has_end[2]; /* by enum kernel_ro_end */
	struct kernel_ro end[2];
	struct kernel_usage usage; /* key unused */
	struct fake_pair *next;
};

struct fake_sysctl {
	char ifname[IF_NAMESIZE];
	char name[32];
	char value[16];
};

struct fake_event; /* a queued event */

#define FAKE_BUCKETS           1024
#define FAKE_HOMES             16
#define FAKE_SYSCTLS           64
#define FAKE_HOME_LINKS        16
#define FAKE_PREFIXES          16
#define FAKE_PLANS             16
#define FAKE_RULES             128
#define FAKE_SAS               64
#define FAKE_SPS               64
#define FAKE_PAIR_BUCKETS      64
#define FAKE_HA_TUNNEL_IFINDEX 900
#define FAKE_MN_TUNNEL_IFINDEX 1000 /* + index of the home address */

/* "The nth request of this kind fails." */
struct fake_plan {
	enum fake_op op;
	unsigned int nth; /* counts down; 1: the next */
	int err;          /* -errno */
	bool at_call;     /* the call itself refuses, nothing is queued */
};

/* Open to tests, which read it; they change it by the functions below. */
struct kernel {
	kernel_event_fn *on_event;
	void *arg;

	const struct mtime *clock;          /* NULL: time stands still */
	int64_t delay_min_us, delay_max_us; /* of completions */
	unsigned int fail_permille;         /* of keyed requests, at random */

	bool ha_started, mn_started, cn_started, watched;
	struct kernel_ha_conf ha_conf;
	char mn_prefix[IF_NAMESIZE];

	struct fake_binding *bindings[FAKE_BUCKETS];
	unsigned int n_bindings;
	struct kernel_mn_home homes[FAKE_HOMES]; /* in force */
	unsigned int n_homes; /* highest index that was ever set, + 1 */
	bool bound[FAKE_HOMES];
	struct kernel_rule rules[FAKE_RULES]; /* of the mobile node, in force */
	unsigned int n_rules;
	struct fake_pair *pairs[FAKE_PAIR_BUCKETS];
	unsigned int n_pairs;
	struct kernel_sa sas[FAKE_SAS];
	unsigned int n_sas;
	struct kernel_sp sps[FAKE_SPS];
	unsigned int n_sps;
	struct kernel_esp_drops esp_drops;
	uint64_t forged;
	int home_links[FAKE_HOME_LINKS];
	unsigned int n_home_links;
	struct prefix prefixes[FAKE_PREFIXES]; /* home prefixes */
	unsigned int n_prefixes;
	struct fake_sysctl sysctls[FAKE_SYSCTLS];
	unsigned int n_sysctls;

	/* What kernel_watch() tells. */
	struct kernel_link *links;
	unsigned int n_links;
	struct kernel_addr *addrs;
	unsigned int n_addrs;
	struct kernel_router *routers;
	unsigned int n_routers;

	/* Called inside the request; for the simulator. */
	void (*on_request)(void *arg, const struct fake_request *req);

	/* All calls since fake_kernel_forget(), unless record is off. */
	bool record;
	struct fake_request *requests;
	size_t n_requests, max_requests;

	struct fake_plan plans[FAKE_PLANS];
	unsigned int n_plans;

	struct fake_event *head, *current;
	uint64_t order;
	struct mtime last_due;
};

/* Completions and events go to on_event(arg, ...).  Aborts when out of
 * memory. */
struct kernel *fake_kernel_new(kernel_event_fn *on_event, void *arg);
struct kernel *fake_kernel_free(struct kernel *k);

/* Delivers what was queued before this call and is due by the clock; what
 * that causes waits for the next call.  Returns how many were delivered. */
unsigned int fake_kernel_run(struct kernel *k);
/* Calls fake_kernel_run until nothing is due. */
void fake_kernel_settle(struct kernel *k);
/* When the first queued event is due; MTIME_NEVER for none. */
struct mtime fake_kernel_next(const struct kernel *k);

/* The nth (1: next) request of this kind is refused with err (a positive
 * errno): by the call at once, or by its completion. */
void fake_kernel_fail(struct kernel *k, enum fake_op op, unsigned int nth,
		      int err);
void fake_kernel_fail_call(struct kernel *k, enum fake_op op, unsigned int nth,
			   int err);

/* The binding in force for a home address, or NULL. */
const struct kernel_binding *fake_kernel_binding(const struct kernel *k,
						 const struct in6_addr *hoa);
/* True when a binding makes this node defend addr on ifindex. */
bool fake_kernel_is_proxied(const struct kernel *k, int ifindex,
			    const struct in6_addr *addr);
/* The state in force of home address `index`; place NONE when never set. */
const struct kernel_mn_home *fake_kernel_home(const struct kernel *k,
					      unsigned int index);
/* The value in force of a sysctl set by the tested code, or NULL. */
const char *fake_kernel_sysctl(const struct kernel *k, const char *ifname,
			       const char *name);
bool fake_kernel_is_home_link(const struct kernel *k, int ifindex);
bool fake_kernel_is_home_prefix(const struct kernel *k,
				const struct in6_addr *hoa);

/* One end of a pair that is in force, or NULL. */
const struct kernel_ro *fake_kernel_ro(const struct kernel *k,
				       const struct in6_addr *local,
				       const struct in6_addr *peer,
				       enum kernel_ro_end end);
/* The pair with whichever ends it has, or NULL. */
const struct fake_pair *fake_kernel_pair(const struct kernel *k,
					 const struct in6_addr *local,
					 const struct in6_addr *peer);
/* Which rule in force takes this traffic; optimise, tunnel or direct. */
enum kernel_rule_action fake_kernel_rule(const struct kernel *k,
					 const struct in6_addr *peer,
					 uint8_t protocol, uint16_t port);

/* The last recorded request of this kind, or NULL; how many there were. */
const struct fake_request *fake_kernel_last(const struct kernel *k,
					    enum fake_op op);
unsigned int fake_kernel_count(const struct kernel *k, enum fake_op op);
void fake_kernel_forget(struct kernel *k);
/* True when no binding, home address, pair or home link is left (sysctls come
 * back when the port is closed). */
bool fake_kernel_is_clean(const struct kernel *k);

/* The world changes: the state is kept (`gone` removes) and, after
 * kernel_watch(), an event is queued.  A link that goes takes its addresses
 * and routers along, as the kernel does. */
void fake_kernel_link_set(struct kernel *k, const struct kernel_link *link);
void fake_kernel_addr_set(struct kernel *k, const struct kernel_addr *addr);
void fake_kernel_router_set(struct kernel *k, const struct kernel_router *r);
void fake_kernel_neigh_tell(struct kernel *k, const struct kernel_neigh *n);

/* Traffic takes the tunnel; a Home Address option that nothing covers. */
void fake_kernel_flow_tell(struct kernel *k, const struct kernel_flow *f);
void fake_kernel_report_tell(struct kernel *k, const struct kernel_report *r);
/* A pair in force carried so much more in and out (octets); false when there
 * is no such pair. */
bool fake_kernel_usage_add(struct kernel *k, const struct in6_addr *local,
			   const struct in6_addr *peer, uint64_t octets_in,
			   uint64_t octets_out);

/* Shorthands with sensible rest: an interface that is up and has carrier; a
 * preferred /64 address. */
void fake_kernel_link_up(struct kernel *k, int ifindex, const char *name,
			 bool carrier);
void fake_kernel_addr_add(struct kernel *k, int ifindex, const char *addr);
void fake_kernel_addr_del(struct kernel *k, int ifindex, const char *addr);
void fake_kernel_router_add(struct kernel *k, int ifindex, const char *gw);
void fake_kernel_router_del(struct kernel *k, int ifindex, const char *gw);

/* ---- transport ---- */

/* A message that was sent: octets copied, the Mobility Header's checksum
 * filled in as the port does. */
struct fake_msg {
	bool is_nd;
	bool is_icmp6;     /* sent as `mh` says, checksum filled in */
	struct mh_send mh; /* mh.data points into data */
	struct nd_send nd; /* nd.data likewise, nd.lldst at lldst or NULL */
	struct lladdr lldst;
	uint8_t data[MH_MAX_LEN];
	size_t len;
	struct fake_msg *next;
};

#define FAKE_LISTEN  16
#define FAKE_ANYCAST 32

/* An anycast address that is joined. */
struct fake_anycast {
	int ifindex;
	struct in6_addr addr;
};

/* Open to tests, which read it. */
struct transport {
	struct fake_msg *head, **tail;
	unsigned int n_sent;         /* waiting to be taken */
	uint64_t total_mh, total_nd; /* accepted since the start */
	struct {
		int ifindex;
		unsigned int depth;
	} listen[FAKE_LISTEN];
	int ra_listen[FAKE_LISTEN]; /* interfaces; 0: free */
	bool mps_listen;
	bool mpa_clear, mpa_esp;
	struct fake_anycast anycast[FAKE_ANYCAST];
	unsigned int n_anycast;
	int anycast_err; /* not 0: joins are refused with it (-errno) */
	int send_err;    /* not 0: each send is refused with it (-errno) */
	/* Of the same node: a care-of address under a Home Address option is
	 * judged by its addresses.  NULL: it is not. */
	const struct kernel *kernel;

	/* Set: the message goes there, nothing is kept.  May return -errno
	 * as the port's answer. */
	int (*on_send)(void *arg, const struct fake_msg *msg);
	void *arg;
};

struct transport *fake_transport_new(void);
struct transport *fake_transport_free(struct transport *t);

/* The oldest message not taken yet, to be freed with free(); NULL: none. */
struct fake_msg *fake_transport_take(struct transport *t);
void fake_transport_forget(struct transport *t);

/* Takes the oldest message, which must be a Mobility Header (a neighbour
 * discovery message), parses it with the checksum verified and hands out
 * how it was sent (ret_send may be NULL).  False, and a fault, when it is
 * another kind or malformed; false without a fault when there is none. */
bool fake_transport_take_mh(struct transport *t, struct mh_msg *ret_msg,
			    struct mh_send *ret_send);
bool fake_transport_take_nd(struct transport *t, struct icmp6_msg *ret_msg,
			    struct nd_send *ret_send);
/* The same for one message. */
bool fake_msg_parse_mh(const struct fake_msg *m, struct mh_msg *ret_msg);
bool fake_msg_parse_nd(const struct fake_msg *m, struct icmp6_msg *ret_msg);

/* The same for an ICMPv6 message that was not sent as a frame. */
bool fake_msg_parse_icmp6(const struct fake_msg *m, struct icmp6_msg *ret_msg);

/* Whether an anycast address is joined on an interface. */
bool fake_transport_has_anycast(const struct transport *t, int ifindex,
				const char *addr);
bool fake_transport_ra_listening(const struct transport *t, int ifindex);
/* True when no anycast address is joined and nothing of that heard. */
bool fake_transport_is_bare(const struct transport *t);

/* How often transport_nd_listen is on for an interface. */
unsigned int fake_transport_listening(const struct transport *t, int ifindex);
/* True when no interface is listened to. */
bool fake_transport_is_quiet(const struct transport *t);

/* ---- what is around mip6d (look.h) ---- */

#define FAKE_LOOKS 16

/* The machine, as a test says it is; links, addresses and routers are the
 * kernel's. */
struct fake_look {
	struct {
		const char *path;
		int value;
	} sysctls[FAKE_LOOKS];
	unsigned int n_sysctls;
	struct {
		const char *path;
		struct look_file file;
	} files[FAKE_LOOKS];
	unsigned int n_files;
	struct look_rule rules[FAKE_LOOKS];
	unsigned int n_rules;
	struct look_policy policies[FAKE_LOOKS];
	unsigned int n_policies;
	int err; /* of the lists of rules and policies */
};

extern struct fake_look fake_look;

/* ---- state directory (store.h) ---- */

/* What store_dir_stamp says from now on. */
void fake_store_at(struct store_dir *dir, const struct store_stamp *stamp);
void fake_store_put(struct store_dir *dir, const char *name, const char *text);
/* NULL: there is no such file. */
const char *fake_store_text(struct store_dir *dir, const char *name);
/* Writing fails with err (-errno) from now on; 0: not any more. */
void fake_store_fail(struct store_dir *dir, int err);
/* The power fails when so many more octets were written; what is written in
 * that moment arrives in part, and nothing after it.  fake_store_light: the
 * machine runs again. */
void fake_store_power(struct store_dir *dir, size_t octets);
bool fake_store_is_dark(const struct store_dir *dir);
void fake_store_light(struct store_dir *dir);
/* The file's end is lost. */
void fake_store_cut(struct store_dir *dir, const char *name, size_t len);

#endif
