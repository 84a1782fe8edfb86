/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mobile node's objects, shared by the files of src/mn only.
 *
 *   mn       the role: interfaces, home addresses, one evaluation task
 *   mn_iface an interface of the configuration: addresses, mn_wire
 *   mn_home  a home address: place, care-of address, what the kernel was
 *            asked, its entry in the binding update list; they come and go
 *            (mn_homes.h)
 *   mn_agents  the home agents that a home address knows (mn_agents.h)
 *   mn_former  an agent that may still hold a binding of it
 *   mn_memory  what of both outlives a restart (mn_memory.h)
 *   mn_ro    a correspondent of a home address (mn_ro.h)
 *
 * Way of an event: mn.c routes it to mn_iface.c (links, addresses) or
 * mn_move.c (advertisements, reachability), which change state and call
 * mn_eval_soon(); the evaluation (mn_home.c) then decides for each home
 * address where it is and which care-of address it has.
 */
#ifndef MN_PRIV_H
#define MN_PRIV_H

#include "mn_agents.h"
#include "mn_ba.h"
#include "mn_coa.h"
#include "mn_homes.h"
#include "mn_memory.h"
#include "mn_ro.h"
#include "mn_subnet.h"

#include "mip6d/role.h"

#define MN_ADDRS_MAX 32 /* of an interface; more are not looked at */

struct mn_addr {
	struct in6_addr addr;
	uint8_t plen;
	bool tentative, optimistic, dad_failed;
	bool deprecated, temporary, permanent;
	bool from_ra;   /* an advertised prefix once covered it */
	uint32_t epoch; /* of the interface, when it was there last */
	struct mtime valid_until;
	struct in6_addr router; /* chosen last; :: when none */
};

struct mn_iface {
	struct mn *mn;
	char name[IF_NAMESIZE];
	const struct conf_mn_interface *conf;
	int ifindex; /* 0: not there */
	bool up, carrier;
	struct lladdr lladdr;
	uint32_t epoch;        /* counts returns of the carrier */
	struct mtime up_since; /* the last return */
	struct mn_addr addrs[MN_ADDRS_MAX];
	unsigned int n_addrs;
	struct mn_wire wire;
	/* Router solicitations (RFC 4861 section 6.3.7, RFC 7559). */
	struct task rs_task;
	unsigned int rs_sent; /* since the link came up */
	bool rs_grace_over;   /* nobody answered the first in time */
	uint32_t rs_interval_ms;
	struct mtime rs_last;
};

enum mn_place {
	MN_PLACE_UNKNOWN, /* no router heard yet */
	MN_PLACE_HOME,
	MN_PLACE_RETURNING, /* home link seen, binding not yet deleted */
	MN_PLACE_AWAY,
	MN_PLACE_DUPLICATE, /* somebody else has the home address */
};

/* Steps on the way home, and after. */
enum mn_step {
	MN_STEP_NONE,
	MN_STEP_CHECK,   /* no binding: is somebody defending the address? */
	MN_STEP_RESOLVE, /* looking for the agent's link-layer address */
	MN_STEP_DEREGISTER,
	MN_STEP_ANNOUNCE, /* unsolicited neighbour advertisements */
	MN_STEP_RECHECK,  /* duplicate: tried again slowly */
};

/* What the kernel was asked for one home address (mn_install.c). */
struct mn_install {
	struct kernel_mn_home want;
	uint32_t serial;
	bool asked;        /* want was sent, or is to be sent again */
	bool again;        /* even if it is the same */
	bool done;         /* and carried out */
	uint32_t retry_ms; /* 0: the last request did not fail */
	struct task task;  /* repeats a failed request */
	struct in6_addr protected_ha; /* with which the tunnel is protected;
				       * :: none */
};

/* Discovery of home agents (mn_dhaad.c). */
enum mn_dhaad_state {
	MN_DHAAD_IDLE,    /* nothing is looked for */
	MN_DHAAD_ASKING,  /* a request is out */
	MN_DHAAD_RESTING, /* nobody answered, or nobody was any good */
};

struct mn_dhaad {
	enum mn_dhaad_state state;
	struct mn_dhaad_asked asked; /* the last request */
	int ifindex;                 /* it left through */
	unsigned int sent;           /* of this round */
	uint32_t timeout_ms;
	struct task task;
};

/* Mobile prefix discovery (mn_mpd.c). */
struct mn_mpd {
	bool wanted;  /* asked until an advertisement comes */
	bool open;    /* the last solicitation is not answered */
	bool status1; /* wanted because the agent says so (status 1) */
	bool invalid; /* the home prefix is not valid any more */
	uint16_t id;  /* of the last solicitation */
	uint32_t timeout_ms;
	struct mtime sent; /* the last solicitation */
	struct mtime told; /* the last advertisement; 0: none */
	struct task task;
};

#define MN_FORMERS_MAX 4 /* more push out the one that ends first */

/* An agent that was given up while it may hold a binding (mn_former.c). */
struct mn_former {
	struct mn_home *home;
	struct in6_addr agent; /* ::: none */
	struct mtime expires;  /* of that binding */
	uint16_t seq;          /* last sent */
	bool sent;
	struct in6_addr coa; /* in the last Binding Update */
	struct mn_clock clock;
	uint32_t backoff_ms;
	struct task task;
};

struct mn_home {
	struct mn *mn;
	struct mn_home *next;
	unsigned int index; /* its place in the kernel port, alone there */
	enum mn_home_origin origin;
	struct in6_addr hoa;
	struct prefix prefix;
	struct in6_addr fixed_agent; /* ::: discovered */
	uint32_t lifetime_s;
	enum conf_security security; /* of its signalling */
	bool formed;                 /* hoa is ours to choose */
	uint8_t counter;             /* of mn_form_address() */
	enum mn_place place;

	/* The care-of address. */
	struct in6_addr coa, previous; /* :: when none */
	int coa_ifindex;
	struct in6_addr coa_router;
	bool hold;                  /* nothing can be sent at present */
	char chosen[MN_REASON_MAX]; /* why this care-of address */
	char reason[MN_REASON_MAX]; /* the same, or what is waited for */
	struct mtime since;
	struct mtime left_home; /* when the home link was there last */

	/* The registration (mn_reg.c). */
	struct bul_entry *bul;    /* NULL: none */
	uint16_t seq;             /* last sent; outlives the entry */
	struct in6_addr reg_coa;  /* of the exchange under way, or the last */
	bool send_pending;        /* held back by the rate limit, or by hold */
	bool paused;              /* under way, but nothing can be sent */
	bool keys_went;           /* those of IKE, since they were there */
	unsigned int resyncs;     /* answers 135, 144 in this exchange */
	struct mn_clock clock;    /* the agent's, of timestamps */
	struct in6_addr unproven; /* the agent that answered 146 is not asked
				   * until the configuration is read again;
				   * ::: none */
	unsigned int came_back;   /* updates that were undeliverable */
	unsigned int came_back_last; /* the last attempt of them */
	bool given_up;     /* silent for long, and there was no other */
	bool retry;        /* REFUSED, and its time has come */
	bool keyless_told; /* that it lacks a key */
	bool barred; /* 134: not used until the configuration is read again */
	bool temporary; /* the home address is one of RFC 8981 */
	/* End of the valid lifetime of the home prefix, and when that was
	 * heard: of routers at home, of the agent elsewhere. */
	struct mtime hoa_valid_until, hoa_heard;
	struct mn_mpd mpd;

	/* Its home agent: mn_home_agent(). */
	bool dynamic;                 /* not in the configuration */
	struct in6_addr chosen_agent; /* when dynamic; ::: none yet */
	/* Of that one: it may hold a binding of an earlier run. */
	struct mtime holds_until;
	struct mn_agents agents;
	struct mn_dhaad dhaad;
	struct mn_former formers[MN_FORMERS_MAX];

	struct mn_install install;
	bool bound_told; /* kernel_mn_bound_set() */

	/* On its way out (mn_homes.c). */
	enum mn_leave leave;
	struct mtime leave_due; /* the end of this step's patience */
	struct task leave_task;

	/* Returning home (mn_return.c). */
	enum mn_step step;
	int home_ifindex;
	bool listening;
	unsigned int sent; /* NS, or NA, of the present step */
	bool stale;        /* a binding of an earlier life, not one of ours */
	bool announce;     /* neighbour advertisements once it is installed */
	struct task task;

	/* What its correspondents were told last (mn_ro_follow.c). */
	enum mn_ro_phase ro_phase;
	enum mn_place ro_place;
	struct in6_addr ro_coa;

	bool stopped;
};

struct mn {
	struct role_env env;
	const struct conf_mn *conf;
	struct mtime now; /* of the last event: mn_walk_* is given none */
	bool synced;
	struct mn_iface *ifaces;
	unsigned int n_ifaces;
	struct mn_home *homes; /* in the order in which they came */
	struct mn_homing homing;
	struct mn_rate *rates; /* one for each home agent */
	unsigned int n_rates;
	struct mn_memory memory; /* of home agents */
	struct bul bul;
	struct mn_ro_table ro;
	struct mn_candidate *candidates; /* n_ifaces * MN_ADDRS_MAX places */
	struct task eval;
	struct task settle; /* start: give all routers time to answer */
	bool settled;
	bool mpa_clear, mpa_esp; /* which prefix advertisements are heard */
	bool stopping, stop_over;
	bool homes_stopping; /* the correspondents are done */
	struct task stop, stop_homes;
};

/* ---- mn.c ---- */

/* The evaluation runs once this turn is over. */
void mn_eval_soon(struct mn *mn, struct mtime now);
struct mn_iface *mn_iface_of(struct mn *mn, int ifindex);
/* NULL: no home address of ours. */
struct mn_home *mn_home_of(struct mn *mn, const struct in6_addr *hoa);
void mn_count(struct mn *mn, enum counter c);
/* Home addresses of one agent share its limit (section 11.8).  Valid until the
 * next call. */
struct mn_rate *mn_rate_of(struct mn *mn, const struct in6_addr *agent);
/* Stopping: no correspondent is waited for any more. */
void mn_stop_homes_soon(struct mn *mn, struct mtime now);
/* The key of a home address (RFC 4285); NULL: none. */
const struct auth_sa *mn_home_sa(const struct mn_home *h);
/* Whether it must have one and does not: nothing is sent for it. */
bool mn_home_lacks_key(const struct mn_home *h);
/* Whether return routability and prefixes of the home link are protected as
 * well as its registration is: a key protects the latter alone (RFC 4285
 * section 2). */
bool mn_home_is_protected(const struct mn_home *h);
/* A home address is done with stopping. */
void mn_home_stopped(struct mn_home *h);

/* ---- mn_iface.c: interfaces and addresses ---- */

void mn_iface_init(struct mn_iface *f, struct mn *mn,
		   const struct conf_mn_interface *conf);
void mn_iface_done(struct mn_iface *f);
void mn_iface_on_link(struct mn *mn, const struct kernel_link *link,
		      struct mtime now);
void mn_iface_on_addr(struct mn *mn, const struct kernel_addr *addr,
		      struct mtime now);
bool mn_iface_is_up(const struct mn_iface *f);
/* The usable link-local address, or NULL. */
const struct in6_addr *mn_iface_linklocal(const struct mn_iface *f);
/* The state of an address, the router it depends on (untouched when there is
 * none) and whether that is only suspected to be there. */
enum mn_addr_state mn_iface_addr_state(struct mn_iface *f, struct mn_addr *a,
				       struct mtime now,
				       struct in6_addr *ret_router,
				       bool *ret_suspect);
/* Fills mn->candidates; how many there are. */
unsigned int mn_iface_candidates(struct mn *mn, struct mtime now);

/* ---- mn_move.c: movement detection ---- */

void mn_move_router_task(struct task *task, struct mtime now);
void mn_move_rs_task(struct task *task, struct mtime now);
/* The carrier (or the interface) came back, or is there at start. */
void mn_move_link_up(struct mn_iface *f, struct mtime now);
void mn_move_link_down(struct mn_iface *f);
/* Asks who is there. */
void mn_move_solicit(struct mn_iface *f, struct mtime now);
void mn_move_on_ra(struct mn *mn, const struct packet *pkt,
		   const struct icmp6_ra *ra, struct mtime now);
void mn_move_on_router(struct mn *mn, const struct kernel_router *r,
		       struct mtime now);
void mn_move_on_neigh(struct mn *mn, const struct kernel_neigh *n,
		      struct mtime now);

/* ---- mn_home.c: where is each home address, and what follows ---- */

void mn_home_init(struct mn_home *h, struct mn *mn, unsigned int index,
		  const struct mn_home_spec *spec);
/* UNSET: as for the others. */
void mn_home_set_security(struct mn_home *h, enum conf_security security);
/* Nothing of it goes on; what the kernel has stays. */
void mn_home_quiet(struct mn_home *h);
void mn_home_evaluate(struct mn_home *h, unsigned int n_candidates,
		      struct mtime now);
/* The single writer of place. */
void mn_home_enter(struct mn_home *h, enum mn_place place, const char *why,
		   struct mtime now);
const char *mn_place_str(const struct mn_home *h);
/* The kernel carried out what mn_install_want asked. */
void mn_home_on_installed(struct mn_home *h, struct mtime now);
/* Somebody else has the home address; for_good: the agent says so (134). */
void mn_home_duplicate(struct mn_home *h, const char *why, bool for_good,
		       struct mtime now);
/* The kernel state that goes with being away. */
void mn_home_install_away(struct mn_home *h, struct mtime now);
/* Away, but not registered: what agent discovery needs, and no more. */
void mn_home_install_unbound(struct mn_home *h, struct mtime now);
void mn_home_install_none(struct mn_home *h, struct mtime now);
void mn_home_stop(struct mn_home *h, struct mtime now);
/* The node stops, or this home address is given up. */
bool mn_home_is_stopping(const struct mn_home *h);

/* ---- mn_agent.c: which home agent (11.4.1) ---- */

void mn_agent_init(struct mn_home *h);
/* The home agent; :: while none is known. */
const struct in6_addr *mn_home_agent(const struct mn_home *h);
bool mn_home_has_agent(const struct mn_home *h);
/* Looks for one when none is known. */
void mn_agent_need(struct mn_home *h, struct mtime now);
/* The agent is no use, and silent or not about it: true when the next one was
 * taken, and h->bul is gone. */
bool mn_agent_failed(struct mn_home *h, bool silent, const char *why,
		     struct mtime now);
/* The agent accepted a registration. */
void mn_agent_accepted(struct mn_home *h);
/* A reply to a request of this home address came. */
void mn_agent_on_list(struct mn_home *h, const struct mn_agents *list,
		      struct mtime now);
/* Nobody answered. */
void mn_agent_on_silence(struct mn_home *h, struct mtime now);
/* The configuration names another one; ::: it is discovered from now on. */
void mn_agent_set(struct mn_home *h, const struct in6_addr *agent,
		  struct mtime now);
/* Until when the agent may hold a binding. */
struct mtime mn_agent_holds_until(const struct mn_home *h, struct mtime now);
/* Takes an agent that was met on the home link. */
void mn_agent_adopt(struct mn_home *h, const struct in6_addr *agent);

/* ---- mn_dhaad.c: asking for home agents ---- */

void mn_dhaad_task(struct task *task, struct mtime now);
/* Asks, unless that is done already, but not before `when`. */
void mn_dhaad_start(struct mn_home *h, struct mtime when, struct mtime now);
/* Goes on from another care-of address, or after a pause. */
void mn_dhaad_resume(struct mn_home *h, struct mtime now);
void mn_dhaad_stop(struct mn_home *h);
void mn_dhaad_on_reply(struct mn *mn, const struct packet *pkt,
		       const struct icmp6_haad_reply *reply, struct mtime now);

/* ---- mn_former.c: bindings left behind at other agents ---- */

void mn_former_init(struct mn_home *h);
/* Deletes a binding that agent may hold until `expires`. */
void mn_former_add(struct mn_home *h, const struct in6_addr *agent,
		   struct mtime expires, struct mtime now);
/* It is the home agent again. */
void mn_former_drop(struct mn_home *h, const struct in6_addr *agent);
void mn_former_drop_all(struct mn_home *h);
bool mn_former_any(const struct mn_home *h);
/* True when the acknowledgement is one of a former agent. */
bool mn_former_on_ba(struct mn_home *h, const struct packet *pkt,
		     const struct mh_msg *msg, struct mtime now);

/* ---- mn_mpd.c: mobile prefix discovery (11.4.2, 11.4.3) ---- */

enum mn_mpa_verdict {
	MN_MPA_OK,
	MN_MPA_NO_AGENT,    /* none is known */
	MN_MPA_WRONG_AGENT, /* not from it */
	MN_MPA_NO_RH2,
	MN_MPA_NOT_ASKED, /* discarded, but worth asking */
};

/* Judges an advertisement to hoa, whose home agent is `agent` (:: when none
 * is known).  Pure. */
enum mn_mpa_verdict mn_mpa_judge(const struct mn_mpd *d,
				 const struct in6_addr *agent,
				 const struct packet *pkt,
				 const struct icmp6_mpa *mpa);

void mn_mpd_task(struct task *task, struct mtime now);
/* Whatever is going on stops. */
void mn_mpd_stop(struct mn_home *h);
/* The agent accepted a registration; `asks`: with status 1. */
void mn_mpd_on_bound(struct mn_home *h, bool asks, struct mtime now);
/* It can send again. */
void mn_mpd_resume(struct mn_home *h, struct mtime now);
/* True while a refresh has to wait for the answer. */
bool mn_mpd_defers(const struct mn_home *h, struct mtime now);
/* The home addresses are others: so may be what is heard. */
void mn_mpd_listen(struct mn *mn);
void mn_mpd_on_mpa(struct mn *mn, const struct packet *pkt,
		   const struct icmp6_mpa *mpa, struct mtime now);

/* ---- mn_return.c: returning home (11.5.5) ---- */

void mn_return_task(struct task *task, struct mtime now);
/* The home link is there, on interface f. */
void mn_return_begin(struct mn_home *h, struct mn_iface *f, struct mtime now);
/* Left again, or given up. */
void mn_return_cancel(struct mn_home *h);
void mn_return_on_na(struct mn *mn, const struct packet *pkt,
		     const struct icmp6_na *na, struct mtime now);
void mn_return_on_installed(struct mn_home *h, struct mtime now);
/* The agent has none, and we asked for none from here. */
void mn_return_unbound(struct mn_home *h, struct mtime now);
/* The agent no longer has a binding. */
void mn_return_deregistered(struct mn_home *h, struct mtime now);
/* The agent does not delete the binding, or does not answer. */
void mn_return_unanswered(struct mn_home *h, const char *why, struct mtime now);

/* ---- mn_install.c: what the kernel was asked ---- */

void mn_install_task(struct task *task, struct mtime now);
/* Asks for it; true when it is in force already.  Else mn_home_on_installed
 * follows. */
bool mn_install_want(struct mn_home *h, const struct kernel_mn_home *want,
		     struct mtime now);
/* Whatever is wanted next is asked for, be it in force or not. */
void mn_install_again(struct mn_home *h);
void mn_install_on_done(struct mn_home *h, uint32_t serial, int err,
			struct mtime now);

/* ---- mn_reg.c: the registration machine ---- */

/* The single writer of bul_entry.state; BUL_IDLE ends the entry. */
void mn_reg_enter(struct mn_home *h, enum bul_state state, const char *why,
		  struct mtime now);
/* The care-of address is installed and can send: registers it unless that
 * is done or under way. */
void mn_reg_kick(struct mn_home *h, struct mtime now);
/* Begins to delete the binding: at home with coa = home address, from away
 * with the care-of address. */
void mn_reg_deregister(struct mn_home *h, const struct in6_addr *coa,
		       struct mtime now);
/* True while the agent may hold a binding that we asked for. */
bool mn_reg_may_be_bound(const struct mn_home *h, struct mtime now);
/* Goes on with an exchange that waited for the kernel. */
void mn_reg_resume(struct mn_home *h, struct mtime now);
/* Keys of IKE have come or gone. */
void mn_reg_on_keys(struct mn_home *h, struct mtime now);
/* Begins the exchange anew. */
void mn_reg_again(struct mn_home *h, const char *why, struct mtime now);
/* 135: goes on behind the agent's sequence number. */
void mn_reg_resync(struct mn_home *h, uint16_t seq, struct mtime now);
/* 144: goes on with the agent's time. */
void mn_reg_reclock(struct mn_home *h, uint64_t received, struct mtime now);
/* The exchange failed: tried again slowly. */
void mn_reg_refuse(struct mn_home *h, const char *why, struct mtime now);
/* The last Binding Update could not be delivered. */
void mn_reg_came_back(struct mn_home *h, struct mtime now);
/* Tries again at once what was refused. */
void mn_reg_retry(struct mn_home *h, struct mtime now);
/* The exchange that deletes the binding is over. */
void mn_reg_deleted(struct mn_home *h, const char *why, struct mtime now);

/* ---- mn_answer.c: what comes back for a Binding Update ---- */

void mn_answer_on_ba(struct mn *mn, const struct packet *pkt,
		     const struct mh_msg *msg, struct mtime now);
void mn_answer_on_be(struct mn *mn, const struct packet *pkt,
		     const struct mh_be *be, struct mtime now);
void mn_answer_on_icmp_error(struct mn *mn, const struct icmp6_msg *msg,
			     struct mtime now);

/* ---- mn_send.c: messages of the registration machine ---- */

/* Sends a Binding Update of the entry with the next sequence number now;
 * the caller has asked mn_rate_next. */
/* Whether what is sent to that agent leaves protected as it must; an agent
 * for which there are no keys is none to talk to. */
bool mn_is_protected(const struct mn_home *h, const struct in6_addr *agent);
void mn_send_bu(struct mn_home *h, struct mtime now);
/* How long a care-of address of this home address is valid. */
uint32_t mn_coa_valid_s(struct mn_home *h, const struct in6_addr *coa,
			struct mtime now);
void mn_send_rs(struct mn_iface *f, struct mtime now);
void mn_send_ns(struct mn_iface *f, const struct in6_addr *target);
void mn_send_na(struct mn_iface *f, const struct in6_addr *target);

#endif
