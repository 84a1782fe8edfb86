/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mobile node's side of the kernel port: what is installed, in three
 * tables (care-of addresses, tunnels, home addresses) that kernel_mn.c brings
 * to what is wanted at the end of each turn.
 */
#ifndef NETLINK_KMN_PRIV_H
#define NETLINK_KMN_PRIV_H

#include "src/netlink/kernel_priv.h"
#include "src/netlink/ro_policy.h"

#define KMN_MAX_HOMES 64 /* also of tunnels and care-of addresses */

/* Rule priorities above rule_base. */
enum kmn_rule {
	KMN_RULE_HOA, /* from HOA: its own table, whatever the destination */
	KMN_RULE_COA, /* from COA, or bound to its interface: its own table */
	KMN_RULE_ORDERED, /* rules for traffic, up to the last KERNEL_RULE_DIRECT:
			  * to the care-of table, or HOA's own */
	KMN_RULE_FIND,    /* sockets without a source that would take HOA */
};

/* Where traffic from a care-of address goes: a rule and a table with one
 * default route, so that neither an old default route nor an old on-link
 * prefix in the main table can catch it. */
struct kmn_coa {
	bool used;
	struct in6_addr coa, router;
	int ifindex;
	char ifname[IF_NAMESIZE]; /* "": not known */
};

/* With coa :: it only receives, from the agent to any address of ours: what
 * was under way to an earlier care-of address. */
struct kmn_tunnel {
	bool used;
	char name[IF_NAMESIZE];
	int ifindex;
	struct in6_addr ha, coa;
};

struct kmn_home {
	bool dirty; /* `want` is new */
	bool bound; /* the agent has confirmed it */
	struct kernel_mn_home want;
	struct kernel_mn_home have;   /* installed, or queued */
	struct kernel_mn_home before; /* to go back to when it fails */
	int coa;                      /* of the care-of address, -1: none */
	int tunnel;                   /* -1: none */
	int addr_ifindex;      /* where the home address is; 0: nowhere */
	bool addr_own;         /* it was not there before we added it */
	bool addr_kept;        /* it stays where it is */
	int table_ifindex;     /* device of its table's route; 0: no table */
	struct kernel_op *ops; /* who waits */
};

struct kernel_mn {
	struct kernel *k;
	char prefix[IF_NAMESIZE];
	uint32_t table_base, rule_base;
	struct kernel_rule *rules;
	unsigned int n_rules;
	bool rules_dirty;            /* they are new */
	bool pairs_stale;            /* rules, or who is away, changed */
	bool rules_unsure;           /* what follows may not be there */
	struct policy_list policies; /* kmn_rules.c */
	struct rule *routing;
	unsigned int n_routing;
	struct kmn_listener *listeners; /* kmn_listen.c */
	struct kmn_coa coas[KMN_MAX_HOMES];
	struct kmn_tunnel tunnels[KMN_MAX_HOMES];
	struct kmn_home homes[KMN_MAX_HOMES];
	bool undo; /* the last reconciliation failed */
};

static inline uint32_t kmn_home_table(const struct kernel_mn *mn, size_t i)
{
	return mn->table_base + (uint32_t)i;
}

static inline uint32_t kmn_coa_table(const struct kernel_mn *mn, int i)
{
	return mn->table_base + KMN_MAX_HOMES + (uint32_t)i;
}

/* ---- kmn_coa.c ---- */

/* Installs the rule and table of a care-of address (again); its place or
 * -ENOSPC. */
int kmn_coa_set(struct kernel_mn *mn, struct nlb_txn *txn,
		const struct kernel_mn_home *want);
/* Removes those that no home address uses. */
void kmn_coa_sweep(struct kernel_mn *mn, struct nlb_txn *txn);

/* ---- kmn_rules.c ---- */

/* Copies the caller's rules. */
int kmn_rules_copy(struct kernel_mn *mn, const struct kernel_rule *rules,
		   unsigned int n_rules);
void kmn_rules_done(struct kernel_mn *mn);
/* Queues what the rules, and which home addresses are away, make of policies
 * and of routing rules. */
int kmn_rules_apply(struct kernel_mn *mn, struct nlb_txn *txn);
/* The rules for traffic from `local`: none unless it is a home address that
 * is away. */
struct ro_rules kmn_rules_of(const struct kernel *k,
			     const struct in6_addr *local);

/* ---- kmn_listen.c ---- */

/* Listens on those tunnels whose traffic could be optimised. */
void kmn_listen_update(struct kernel_mn *mn);
void kmn_listen_done(struct kernel_mn *mn);

/* ---- kmn_tunnel.c ---- */

/* Forgets devices that somebody deleted. */
void kmn_tunnel_check(struct kernel_mn *mn);
/* Moves each tunnel whose home addresses all want the same new care-of
 * address. */
void kmn_tunnel_move(struct kernel_mn *mn, struct nlb_txn *txn);
/* The place of a tunnel between these addresses, created at need (at once);
 * or -errno. */
int kmn_tunnel_get(struct kernel_mn *mn, const struct in6_addr *ha,
		   const struct in6_addr *coa);
/* Creates the device that only receives; without it some packets are lost at
 * a handover, and that is all. */
void kmn_tunnel_receive(struct kernel_mn *mn, const struct in6_addr *ha);
void kmn_tunnel_sweep(struct kernel_mn *mn, struct nlb_txn *txn);

/* ---- kmn_home.c ---- */

/* Brings one home address to h->want, its care-of address and tunnel being
 * set already. */
void kmn_home_apply(struct kernel_mn *mn, struct kmn_home *h,
		    struct nlb_txn *txn);

/* ---- kernel_mn.c ---- */

/* At the end of a turn, before the requests leave; after them again, as long
 * as it returns true. */
bool kernel_mn_reconcile(struct kernel *k);

static inline bool kmn_wants_tunnel(const struct kernel_mn_home *w)
{
	return (w->place == KERNEL_MN_AWAY ||
		w->place == KERNEL_MN_RETURNING) &&
	       !addr_is_any(&w->ha) && !addr_is_any(&w->coa);
}

#endif
