/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A deterministic simulator: several whole daemons in one process, on one
 * virtual clock, joined by links and a lossy core network.  Everything comes
 * out of one seed.
 *
 *   sim.c         the clock, the random numbers, failing and repeating
 *   sim_link.c    links, routers and their advertisements, ND on a link
 *   sim_path.c    where an IPv6 packet with a Mobility Header goes
 *   sim_host.c    what a host's kernel does: addresses, routes, probes
 *   sim_node.c    a daemon on its fake kernel and transport, reboots
 *   sim_wire.c    what must hold for each message
 *   sim_check.c   what must hold after each step
 *   sim_quiet.c   what must hold when nothing has happened for a while
 *   sim_net.c     the usual topology
 *   sim_data.c    traffic, and what kernels make of it (route optimisation)
 *   sim_rr.c      tokens handed out, messages of route optimisation
 *   sim_ro.c      what must hold for correspondents and their traffic
 *   sim_disc.c    what must hold for discovery of agents and prefixes
 *   sim_attack.c  an attacker on one path; sim_forge.c what it sends
 *   scenario_*.c  what happens
 */
#ifndef TESTS_SIM_H
#define TESTS_SIM_H

#include <setjmp.h>

#include "mip6d/cleanup.h"
#include "mip6d/daemon.h"
#include "mip6d/tqueue.h"
#include "tests/fake/fake.h"

#define SIM_LINKS     8
#define SIM_ROUTERS   3  /* a link */
#define SIM_PREFIXES  3  /* a router */
#define SIM_IFACES    2  /* a node */
#define SIM_ADDRS     12 /* an interface */
#define SIM_KNOWN     8  /* default routers an interface remembers */
#define SIM_HOMES     4  /* home addresses of a node */
#define SIM_ASKED     64 /* Binding Updates remembered, likewise */
#define SIM_COAS      16 /* acceptances remembered for a home address */
#define SIM_SQUATTERS 4  /* addresses of strangers on a link */
#define SIM_NEIGHS    256
#define SIM_TOLD      8 /* flows of which a node's kernel told */

struct sim;
struct sim_node;

/* ---- links ---- */

struct sim_prefix {
	struct prefix prefix;
	bool autonomous;
	bool router_addr;     /* R: the router's address is in the option */
	struct in6_addr addr; /* the router's */
	uint32_t valid_s, preferred_s;
};

struct sim_router {
	struct sim_link *link; /* NULL: slot free */
	struct in6_addr ll;
	struct lladdr mac;
	bool alive;
	bool silent;       /* routes, but does not advertise */
	bool home_agent;   /* H bit and Home Agent Information */
	bool interval_opt; /* Advertisement Interval */
	bool no_source_lladdr;
	uint32_t min_ms, max_ms; /* between unsolicited advertisements */
	uint32_t lifetime_s;
	struct sim_prefix prefixes[SIM_PREFIXES];
	unsigned int n_prefixes;
	struct mtime last_ra;
	struct task task;
};

struct sim_squatter {
	struct in6_addr addr;
	struct lladdr mac;
};

/* Whom the other hosts of a link take for an address, as advertisements
 * told them. */
struct sim_neigh {
	struct in6_addr addr;
	struct lladdr mac;
};

struct sim_link {
	struct sim *sim;
	char name[8];
	struct sim_router routers[SIM_ROUTERS];
	unsigned int n_routers;
	unsigned int loss; /* permille of frames */
	struct sim_squatter squatters[SIM_SQUATTERS];
	unsigned int n_squatters;
	bool cut; /* from the core: nothing passes its routers */
	struct sim_neigh neighs[SIM_NEIGHS];
	unsigned int n_neighs;
};

/* ---- hosts ---- */

struct sim_addr {
	struct in6_addr addr;
	bool used, told, deaf; /* deaf: tentative and not optimistic */
	bool by_hand;
	bool optimistic, duplicate, deprecated;
	struct mtime dad_done, valid_until, preferred_until;
};

struct sim_known {
	struct in6_addr ll;
	struct mtime until; /* in the past: slot free */
};

struct sim_iface {
	struct sim_node *node;
	int ifindex;
	char name[IF_NAMESIZE];
	struct conf_mn_interface *conf; /* NULL: the mobile node's no matter */
	struct lladdr mac;
	struct in6_addr ll;
	struct sim_link *link; /* NULL: no carrier */
	struct sim_addr addrs[SIM_ADDRS];
	struct sim_known known[SIM_KNOWN];
	struct mtime nud_next;
	struct task task;   /* DAD, lifetimes */
	struct task attach; /* arrives at next_link */
	struct sim_link *next_link;
};

/* ---- what the agents promised ---- */

struct sim_promise {
	struct in6_addr coa;
	struct mtime at, expires;
};

struct sim_asked {
	uint16_t seq, lifetime_4s;
	struct in6_addr coa, from;
};

/* The registrations of one home address as the wire showed them. */
struct sim_reg {
	struct in6_addr hoa;
	struct sim_node *mn, *ha;
	/* It is given up at times: then its numbers begin anew. */
	bool comes_and_goes;
	/* The agent is discovered: ha is the one in use, as far as known. */
	bool dynamic;
	struct mtime mpa_last; /* sent to it */
	uint8_t expect; /* in the end: bound or at home (0), or this status */
	struct sim_promise promises[SIM_COAS];
	unsigned int n_promises;
	struct sim_asked asked[SIM_ASKED];
	unsigned int n_asked;
	/* the mobile node's sequence numbers */
	bool sent_any;
	uint16_t sent_seq;
	bool resync; /* status 135 was delivered: it may start anew */
	uint16_t resync_seq;
	/* the agent's */
	bool accepted_any, accepted_dereg;
	bool asked_end; /* a de-registration was sent since */
	uint16_t accepted_seq;
	struct mtime accepted_until; /* lifetime or the 10 s memory */
};

/* ---- nodes ---- */

/* Bits: a node may be both, on different interfaces.  PLAIN: a fixed host
 * without mip6d. */
enum sim_role {
	SIM_HA = 1,
	SIM_MN = 2,
	SIM_BOTH = 3,
	SIM_CN = 4,
	SIM_PLAIN = 8,
};

/* The kernel told of a flow in the tunnel, and does so again 30 s later. */
struct sim_told {
	struct in6_addr hoa, peer;
	struct mtime at;
};

struct sim_node {
	struct sim *sim;
	unsigned int id;
	char name[12];
	enum sim_role role;
	bool up;
	bool mute;   /* it crashes: nothing leaves */
	bool asleep; /* suspended: nothing runs, nothing arrives */
	bool stops;  /* in order, just now */
	bool dirty;  /* something happened; look at it at the step's end */
	struct tqueue *tq;
	struct kernel *kernel;
	struct transport *transport;
	struct counters counters;
	struct store_dir *disk; /* NULL: it remembers nothing */
	struct store *store;
	bool needs_keys; /* and has them or not as ike says */
	struct ike ike;
	struct daemon *daemon;
	struct sim_iface ifaces[SIM_IFACES];
	unsigned int n_ifaces;
	struct task wake;
	struct mtime woken_at;
	unsigned int woken; /* times, then */
	struct task boot;

	/* the configuration, copied at each start */
	struct conf_ha ha;
	struct conf_home_link ha_links[2];
	struct conf_ha_rule ha_rules[2];
	struct conf_mn mn;
	struct conf_mn_interface mn_ifaces[SIM_IFACES];
	struct conf_mn_home mn_homes[SIM_HOMES];
	unsigned int left_out;          /* of mn_homes, the last */
	struct sim_reg regs[SIM_HOMES]; /* of mn_homes */
	struct conf_mn_rule mn_rules[2];
	struct conf_cn cn;
	struct conf_cn_rule cn_rules[2];
	struct in6_addr fixed; /* CN, PLAIN: its address; else :: */

	struct sim_told told[SIM_TOLD];
	unsigned int n_told;

	/* the last round of discovery requests */
	uint16_t haad_id;
	unsigned int haad_count;
	struct mtime haad_last;

	/* Binding Updates per peer in the last second */
	struct mtime bu_times[3];
	struct in6_addr bu_peers[3];
	unsigned int bu_next;

	unsigned int last_count; /* of an agent's entries */
	unsigned int epoch;      /* starts so far */
	struct mtime started;
};

/* ---- packets ---- */

enum sim_kind { SIM_MH, SIM_ND, SIM_PROBE, SIM_DATA, SIM_ICMP };

struct sim_flow;
struct sim_rr;
struct sim_attacker;

struct sim_packet {
	struct task task; /* arrival */
	struct sim *sim;
	enum sim_kind kind;
	/* As in the IPv6 header, with what HAO and RH2 carry */
	struct in6_addr wire_src, wire_dst, hao, rh2;
	bool has_hao, has_rh2;
	struct in6_addr tunnel_src, tunnel_dst; /* outer header, or :: */
	/* ND: the frame.  MH: a packet that stays on its link. */
	struct sim_link *link;
	struct sim_iface *from; /* NULL: a router or a stranger */
	unsigned int tries;     /* PROBE */
	struct lladdr mac;
	struct lladdr to;      /* frame address; len 0: multicast */
	struct sim_flow *flow; /* DATA; NULL: an attacker's */
	bool back;             /* from the flow's second end */
	bool forged;           /* does not pass the attacker (again) */
	struct sim_packet *prev, *next;
	size_t len;
	uint8_t data[];
};

/* ---- the simulation ---- */

struct sim {
	const char *name;
	uint64_t seed;
	uint64_t rng;
	double hours;
	struct mtime now, end;
	uint64_t steps;
	struct tqueue *tq;
	jmp_buf failed_at;
	struct sim *next_failed;

	struct sim_link links[SIM_LINKS];
	unsigned int n_links;
	struct sim_node **nodes;
	unsigned int n_nodes;
	struct sim_packet *packets;

	/* the core network */
	unsigned int loss, dup; /* permille */
	int64_t delay_us, jitter_us;
	int64_t dad_us;           /* at least; up to twice as long */
	int64_t kernel_us;        /* a kernel request takes up to */
	unsigned int kernel_fail; /* permille */

	/* numbers for the reader */
	uint64_t n_bu, n_ba, n_accepted, n_refused, n_moves, n_reboots;
	uint64_t n_handovers;

	/* route optimisation; NULL in simulations without */
	struct sim_flow *flows;
	struct sim_rr *rr;
	struct sim_attacker *attacker;
	bool kernel_fails;     /* at times: what it holds may lag behind */
	unsigned int may_lose; /* packets of a flow of QUIET_PACKETS */
	bool want_direct;      /* when quiet, traffic takes the direct way */

	/* discovery of agents and prefixes */
	uint64_t n_haad, n_haad_replies, n_mps, n_mpa, n_unasked;

	/* a Binding Update as it was on the wire, for replays */
	struct sim_packet *seen_bu[16];
	unsigned int n_seen_bu;
	bool keep_bu;
};

/* sim.c */
uint64_t sim_random(struct sim *s);
uint32_t sim_below(struct sim *s, uint32_t bound);
int64_t sim_between(struct sim *s, int64_t min, int64_t max);
bool sim_permille(struct sim *s, unsigned int permille);
/* Ends this simulation as failed; never returns. */
void sim_fail(struct sim *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), noreturn));
/* A line in the log ring, between those of the daemons. */
void sim_note(struct sim *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void sim_run_until(struct sim *s, struct mtime t);
void sim_run_ms(struct sim *s, int64_t ms);
void sim_run_s(struct sim *s, int64_t seconds);
bool sim_time_left(const struct sim *s);

/* sim_link.c */
struct sim_link *sim_link_add(struct sim *s, const char *name);
/* A router fe80::1:N that advertises prefix every min..max ms. */
struct sim_router *sim_router_add(struct sim_link *l, const char *prefix,
				  uint32_t min_ms, uint32_t max_ms);
void sim_router_prefix(struct sim_router *r, const char *prefix);
void sim_router_set_alive(struct sim_router *r, bool alive);
bool sim_link_has_prefix(const struct sim_link *l, const struct in6_addr *a);
struct sim_router *sim_link_router(struct sim_link *l,
				   const struct in6_addr *ll);
bool sim_link_is_live(const struct sim_link *l);
void sim_link_squat(struct sim_link *l, const struct in6_addr *addr);
/* The other hosts of the link have looked addr up and found mac. */
void sim_link_learn(struct sim_link *l, const struct in6_addr *addr,
		    const struct lladdr *mac);
void sim_link_forget(struct sim_link *l, const struct in6_addr *addr);
const struct sim_neigh *sim_link_neigh(const struct sim_link *l,
				       const struct in6_addr *addr);
int sim_link_send_nd(struct sim_iface *from, const struct fake_msg *msg);
void sim_link_deliver(struct sim_packet *p);
struct sim_packet *sim_packet_new(struct sim *s, enum sim_kind kind,
				  const void *data, size_t len);
void sim_packet_free(struct sim_packet *p);
int sim_build_ra(const struct sim_router *r, const struct in6_addr *dst,
		 uint8_t *buf, size_t size);

/* sim_path.c */
int sim_path_send_mh(struct sim_node *n, const struct fake_msg *msg);
/* Sends p (which it takes over) into the core network, with its dangers. */
void sim_path_emit(struct sim_packet *p);
/* Sends again what was seen; seen_bu[which]. */
void sim_path_replay(struct sim *s, unsigned int which);
/* Hands p to whoever is there now. */
void sim_path_deliver(struct sim_packet *p);
/* Sends p from n, as its kernel routes what comes from the address src. */
int sim_path_send(struct sim_node *n, struct sim_packet *p,
		  const struct in6_addr *src);
/* An address of this node in its kernel, away or at home, or NULL. */
const struct kernel_mn_home *sim_path_home(const struct sim_node *n,
					   const struct in6_addr *hoa);
/* What its node's kernel has of it. */
const struct kernel_mn_home *sim_reg_home(const struct sim_reg *r);
struct sim_packet *sim_packet_copy(const struct sim_packet *p);

/* sim_host.c */
void sim_host_ra(struct sim_iface *i, const struct sim_router *r);
void sim_host_init(struct sim_iface *i);
/* The interface has its link-local address (again). */
void sim_host_linklocal(struct sim_iface *i);
/* Loses what a host forgets when an interface goes down. */
void sim_host_forget(struct sim_iface *i);
/* An address and a default route over r, set by hand; NULL takes them back. */
void sim_host_by_hand(struct sim_iface *i, const struct sim_router *r);
/* Loses what a host forgets when it reboots. */
void sim_host_reset(struct sim_iface *i);
struct sim_addr *sim_host_addr(struct sim_iface *i,
			       const struct in6_addr *addr);
/* True when a packet to addr is heard by this interface. */
bool sim_host_hears(struct sim_iface *i, const struct in6_addr *addr);
/* True when it answers a solicitation for addr. */
bool sim_host_owns(struct sim_iface *i, const struct in6_addr *addr);
bool sim_host_knows_router(const struct sim_iface *i,
			   const struct in6_addr *ll);
void sim_host_on_probe(struct sim_node *n, const struct fake_request *req);
void sim_host_used(struct sim_iface *i, const struct in6_addr *ll);
void sim_host_probe_answer(struct sim_packet *p);
/* Moves an interface: without carrier for gap_ms, or (0) silently. */
void sim_move(struct sim_iface *i, struct sim_link *to, int64_t gap_ms);

/* sim_node.c */
struct sim_node *sim_ha_add(struct sim *s, struct sim_link *home,
			    const char *addr);
/* Another subnet of the same wire. */
void sim_ha_link(struct sim_node *n, const char *addr);
struct sim_node *sim_mn_add(struct sim *s, struct sim_link *at);
/* An agent becomes a mobile node too, with an interface at `at`. */
void sim_both_add(struct sim_node *ha, struct sim_link *at);
struct sim_iface *sim_iface_add(struct sim_node *n, struct sim_link *at,
				int preference);
/* A fixed host: a correspondent node, or one without mip6d. */
struct sim_node *sim_cn_add(struct sim *s, struct sim_link *at,
			    const char *addr);
struct sim_node *sim_plain_add(struct sim *s, struct sim_link *at,
			       const char *addr);
/* A mobile node that optimises, and is a correspondent node itself. */
void sim_cn_on(struct sim_node *n);
void sim_ro_on(struct sim_node *mn);
void sim_mn_home(struct sim_node *mn, struct sim_node *ha, const char *hoa,
		 uint32_t lifetime_s);
void sim_mn_home_addr(struct sim_node *mn, struct sim_node *ha,
		      const struct in6_addr *hoa, uint32_t lifetime_s);
/* All home addresses of mn discover their agents, and remember them. */
void sim_mn_discovers(struct sim_node *mn);
void sim_node_start(struct sim_node *n);
/* A new configuration as a file would give it. */
struct conf *sim_node_conf(const struct sim_node *n);
/* Dies without a word, starts again after a while (< 0: never). */
void sim_node_crash(struct sim_node *n, int64_t boot_ms);
/* Orderly: waits for the answers, then checks that nothing is left. */
void sim_node_stop(struct sim_node *n);
/* The same, and starts again. */
void sim_node_restart(struct sim_node *n, int64_t boot_ms);
void sim_node_free(struct sim_node *n);
/* The node has something to do, or may have. */
void sim_node_touch(struct sim_node *n);
void sim_node_enter(struct sim_node *n); /* sets the log's prefix */
struct sim_reg *sim_reg_find(struct sim *s, const struct in6_addr *hoa);
struct bcache_entry *sim_binding(struct sim_reg *reg);
struct bul_entry *sim_bul(struct sim_reg *reg);
bool sim_bul_is_bound(const struct bul_entry *e, struct mtime now);

/* sim_wire.c */
struct sim_promise *sim_promise_of(struct sim_reg *r,
				   const struct in6_addr *coa);
/* A Binding Update is on its way: what it asks for, and its wire source. */
void sim_wire_asked(struct sim_reg *r, const struct mh_bu *bu,
		    const struct in6_addr *coa, const struct in6_addr *from);
void sim_check_sent_mh(struct sim_node *n, const struct fake_msg *msg);
void sim_check_received_ba(struct sim_node *n, const struct mh_ba *ba,
			   const struct in6_addr *from,
			   const struct in6_addr *hoa);

/* sim_check.c */
void sim_check_step(struct sim *s);
void sim_check_stopped(struct sim_node *n);
/* A digest of all state that a stranger must not be able to change. */
uint64_t sim_digest(struct sim *s);

/* sim_disc.c */
/* Judges a message of discovery as it is sent. */
void sim_disc_sent(struct sim_node *n, const struct fake_msg *msg);
/* The agent that the node's kernel has for a home address, or NULL. */
struct sim_node *sim_disc_agent(const struct sim_reg *r);
/* Fails when another agent than `but` (NULL: any) forwards its packets. */
void sim_disc_check_others(struct sim_reg *r, const struct sim_node *but);
bool sim_disc_any_agent(struct sim *s);

/* sim_quiet.c */
/* Makes the network perfect, waits until every back-off must be over, and
 * demands that each node is bound with a care-of address of its link, or at
 * home without a binding anywhere; and that traffic arrives. */
void sim_settle(struct sim *s);
void sim_check_quiet(struct sim *s);
/* Stops all nodes, the agents last; nothing may be left. */
void sim_finish(struct sim *s);

/* sim_net.c */
struct sim_net {
	struct sim *s;
	struct sim_link *home, *a, *b, *c; /* c: with route optimisation */
	struct sim_node *ha, *mn, *cn;
};

/* Links and the agent, not started. */
void sim_net_links(struct sim *s, struct sim_net *n);
/* With a mobile node 2001:db8:1::100 on link `at` (NULL: home), started. */
void sim_net_build(struct sim *s, struct sim_net *n, struct sim_link *at,
		   uint32_t lifetime_s);
/* With a fixed correspondent node 2001:db8:c::10 on a link of its own, and a
 * mobile node that optimises; not started. */
void sim_net_ro(struct sim *s, struct sim_net *n, uint32_t lifetime_s);
void sim_net_start(struct sim_net *n);
struct sim_link *sim_net_any(struct sim_net *n);
void sim_net_linger(struct sim_net *n);
/* Other loss rates on core and links, up to `most` permille a way. */
void sim_net_loss(struct sim_net *n, unsigned int most);
struct in6_addr sim_addr(const char *text);
/* A message with its checksum, as a packet that has not left yet; hao and
 * rh2 may be NULL. */
struct sim_packet *sim_build_mh(struct sim *s, const struct mh_msg *msg,
				const struct in6_addr *src,
				const struct in6_addr *dst,
				const struct in6_addr *hao,
				const struct in6_addr *rh2);

/* scenarios */
typedef void sim_scenario_fn(struct sim *s);

struct sim_scenario {
	const char *name;
	sim_scenario_fn *run;
	unsigned int seeds; /* in `make check` */
	double hours;
};

extern const struct sim_scenario sim_scenarios_walk[];
extern const struct sim_scenario sim_scenarios_hosts[];
extern const struct sim_scenario sim_scenarios_fault[];
extern const struct sim_scenario sim_scenarios_peer[];
extern const struct sim_scenario sim_scenarios_crowd[];
extern const struct sim_scenario sim_scenarios_ro[];
extern const struct sim_scenario sim_scenarios_attack[];
extern const struct sim_scenario sim_scenarios_disc[];
extern const struct sim_scenario sim_scenarios_keys[];
extern const struct sim_scenario sim_scenarios_homes[];

#endif
