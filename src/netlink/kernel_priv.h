/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The context of the kernel port and what its files share.
 */
#ifndef NETLINK_KERNEL_PRIV_H
#define NETLINK_KERNEL_PRIV_H

#include "mip6d/kernel.h"
#include "mip6d/loop.h"
#include "mip6d/tqueue.h"
#include "src/netlink/encode.h"
#include "src/netlink/nlb.h"

struct kernel_ha;       /* kernel_ha.c */
struct home_link;       /* kernel_home_link.c */
struct kernel_mn;       /* kernel_mn.c */
struct watch;           /* watch.c */
struct sysctl_saved;    /* kernel_sysctl.c */
struct xfrm_watch;      /* xfrm_watch.c */
struct kernel_ro_table; /* kernel_ro.c */
struct flow_table;      /* flow.c */
struct kernel_own;      /* kernel_own.c */

/* From how many bits on the kernel hashes a policy's addresses. */
struct spd_bits {
	bool asked, known; /* known: as it was before */
	uint8_t local, remote;
};

struct kernel {
	struct loop *loop;
	kernel_event_fn *on_event;
	void *arg;
	struct nlb *nl;
	struct watch *watch;
	struct kernel_ha *ha;         /* NULL: not started */
	struct home_link *home_links; /* kernel_home_link.c */
	struct kernel_own *own;       /* kernel_own.c; with ha */
	struct kernel_mn *mn;
	struct sysctl_saved *sysctls; /* last written first */
	bool xfrm_cleaned;
	unsigned int xfrm_users; /* a bit an enum kernel_user */
	struct xfrm_watch *xfrm_watch;
	struct kernel_ro_table *ro;        /* kernel_ro.c; NULL: no pair ever */
	bool cn;                           /* the correspondent was started */
	struct flow_table *flows;          /* kernel_flow.c */
	struct kernel_esp_drops esp_drops; /* what there were at first */
	uint64_t forged; /* messages that others sent to where we watch */
	struct spd_bits spd; /* kernel_spd.c */
	struct kernel_op *done_first, *done_last;
	struct task done_task;
};

/* One keyed request: a transaction, and then the event that answers it. */
struct kernel_op {
	struct nlb_txn txn;
	struct kernel *k;
	struct kernel_key key;
	bool has_key;                     /* false: nobody waits for an event */
	const struct kernel_usage *usage; /* not NULL: the answer, in the op's
					   * own memory */
	int err;
	struct kernel_op *next;
};

/* A request was queued: another turn will come, even when this one's end has
 * passed already or none is running. */
void kernel_kick(struct kernel *k);

/* The op's answer goes out in a later turn; the op is freed then. */
void kernel_op_done(struct kernel_op *op, int err);

/* ---- kernel_sysctl.c ---- */

/* path is below /proc/sys/net/ipv6.  Remembers the old value once. */
int sysctl_set(struct kernel *k, const char *path, const char *value);
/* The value that `path` had before sysctl_set. */
void sysctl_restore(struct kernel *k, const char *path);
void sysctl_restore_all(struct kernel *k);
/* Takes over what a killed predecessor did not give back. */
void sysctl_recall(struct kernel *k);
/* Forwarding everywhere; remembers what each interface had, since the
 * machine-wide switch overwrites them all. */
int sysctl_set_forwarding(struct kernel *k, bool *ret_changed);
void sysctl_restore_forwarding(struct kernel *k);

/* ---- kernel_xfrm.c ---- */

/* A role comes or goes: the wildcard states, the one policy that lets
 * Mobility Headers in with what is wanted by anybody, the one that lets them
 * out, and hearing of the kernel's questions.  Synchronous. */
int kernel_xfrm_use(struct kernel *k, enum kernel_user user, bool on);
/* Existing connections take notice of states that were added in this turn;
 * only while the mobile node or the correspondent is started. */
void kernel_xfrm_relookup(struct kernel *k);
/* Removes the states that the kernel made for an answer. */
void kernel_xfrm_clean_larval(struct kernel *k);
/* Whether a policy that was listed is, whatever its type. */
bool kernel_xfrm_is_our_policy(const struct nlmsghdr *nlh);
/* Removes what an earlier run left; once, before anything is installed. */
void kernel_xfrm_clean(struct kernel *k);
/* Removes the states of home addresses, whoever sends to them. */
void kernel_xfrm_clean_own(struct kernel *k);
/* The state by which Binding Updates from hoa to ha leave from coa with a Home
 * Address option; the policy is kmn_rules.c's. */
void kernel_xfrm_hao_set(struct kernel *k, struct nlb_txn *txn,
			 const struct in6_addr *hoa, const struct in6_addr *ha,
			 const struct in6_addr *coa);
void kernel_xfrm_hao_del(struct kernel *k, struct nlb_txn *txn,
			 const struct in6_addr *hoa, const struct in6_addr *ha);

/* ---- kernel_esp.c ---- */

/* What the counters of the kernel are now is none of ours. */
void kernel_esp_open(struct kernel *k);
/* Whether an association, or a policy of type `main`, is ours. */
bool kernel_esp_is_ours(uint8_t proto, uint32_t reqid);

/* ---- kernel_spd.c ---- */

/* Before a policy is set: the kernel finds it fast, however many there are. */
void kernel_spd_prepare(struct kernel *k, const struct kernel_sp *sp);
void kernel_spd_restore(struct kernel *k);

/* ---- kernel_ro.c ---- */

int kernel_ro_start(struct kernel *k);
/* Withdraws all ends of this kind, at once. */
void kernel_ro_stop(struct kernel *k, enum kernel_ro_end end);
void kernel_ro_done(struct kernel *k);
/* The rules, or which home addresses are away, have changed: queues the
 * difference that it makes to the policies of pairs. */
void kernel_ro_refresh(struct kernel *k);
/* True when peer has a binding for coa with local. */
bool kernel_ro_is_bound(struct kernel *k, const struct in6_addr *local,
			const struct in6_addr *peer,
			const struct in6_addr *coa);
/* True when the peer's end of the pair has states. */
bool kernel_ro_has_peer(struct kernel *k, const struct in6_addr *local,
			const struct in6_addr *peer);
/* At the end of a turn, behind all requests. */
void kernel_ro_turn(struct kernel *k);

/* ---- kernel_own.c ---- */

int own_start(struct kernel *k);
/* Withdraws all of it. */
void own_stop(struct kernel *k);
/* Addresses of this node have changed. */
void own_addrs_changed(struct kernel *k);
/* At the end of a turn, before it is sent. */
void own_turn(struct kernel *k);
/* A binding's state that is being set; lives until the transaction ends. */
struct own_state {
	struct kernel *k;
	struct nlb_txn *txn;
	struct in6_addr hoa, coa;
};
/* There is none, or (move) one with another care-of address; neither needs
 * to be true. */
void own_state_add(struct own_state *s);
void own_state_move(struct own_state *s);
/* Whatever there is, and nobody waits. */
void own_state_force(struct kernel *k, const struct in6_addr *hoa,
		     const struct in6_addr *coa);
void own_state_del(struct kernel *k, struct nlb_txn *txn,
		   const struct in6_addr *hoa);

/* ---- kernel_flow.c ---- */

/* Tells of a flow unless its peer is none to optimise for, or was told of
 * lately. */
void kernel_flow_tell(struct kernel *k, const struct kernel_flow *flow);
void kernel_flow_done(struct kernel *k);

/* ---- leftover.c ---- */

/* Queue the removal of everything with our protocol number. */
void leftover_routes(struct kernel *k, uint8_t proto);
void leftover_rules(struct kernel *k, uint8_t proto);
void leftover_addrs(struct kernel *k, uint8_t proto);
void leftover_proxies(struct kernel *k, uint8_t proto);
/* Queues the removal of ip6tnl devices named PREFIX and a number, or, with
 * exact, just PREFIX. */
void leftover_links(struct kernel *k, const char *prefix, bool exact);
/* The name of an external ip6tnl in this namespace; false: there is none. */
bool leftover_find_external(struct kernel *k, char ret_name[IF_NAMESIZE]);
/* Removes our solicitation mark from every interface. */
void leftover_home_links(struct kernel *k);

/* ---- kernel_home_link.c ---- */

void home_link_clear_all(struct kernel *k);

#endif
