/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mobile node role (RFC 6275 section 11): start, stop, and the way of
 * each event to the file that decides about it.
 *
 * This file decides nothing about mobility.  Events change state in
 * mn_iface.c and mn_move.c; once a turn is over, all home addresses are
 * evaluated together, so that ten events make one decision.
 */
#include "mn_priv.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/cleanup.h"

/* At start: MAX_RA_DELAY_TIME (RFC 4861 section 10), and a little. */
#define SETTLE_MS 600

void mn_count(struct mn *mn, enum counter c)
{
	mn->env.counters->v[c]++;
}

struct mn_iface *mn_iface_of(struct mn *mn, int ifindex)
{
	unsigned int i;

	for (i = 0; ifindex && i < mn->n_ifaces; i++)
		if (mn->ifaces[i].ifindex == ifindex)
			return &mn->ifaces[i];
	return NULL;
}

struct mn_home *mn_home_of(struct mn *mn, const struct in6_addr *hoa)
{
	struct mn_home *h = mn->homes;

	while (h && !addr_eq(&h->hoa, hoa))
		h = h->next;
	return h;
}

/* ESP needs no other proof. */
const struct auth_sa *mn_home_sa(const struct mn_home *h)
{
	return h->security == CONF_SECURITY_IPSEC
		       ? NULL
		       : auth_keys_of_home(h->mn->conf->auth, &h->hoa);
}

bool mn_home_lacks_key(const struct mn_home *h)
{
	return h->security == CONF_SECURITY_RFC4285 && !mn_home_sa(h);
}

bool mn_home_is_protected(const struct mn_home *h)
{
	const struct auth_sa *sa = mn_home_sa(h);

	return sa ? sa->trusted_network : !mn_home_lacks_key(h);
}

/* Tells the correspondents what became of their home addresses. */
static void follow(struct mn *mn, struct mtime now)
{
	struct mn_home *h;

	for (h = mn->homes; h; h = h->next)
		mn_ro_follow(h, now);
}

/* ---- evaluation ---- */

void mn_eval_soon(struct mn *mn, struct mtime now)
{
	if (mn->synced && !mn->stopping && !task_is_started(&mn->eval))
		tqueue_start(mn->env.tq, &mn->eval, now);
}

static void eval_task(struct task *task, struct mtime now)
{
	struct mn *mn = container_of(task, struct mn, eval);
	struct mn_home *h;
	unsigned int n;

	mn->now = now;
	if (mn->stopping)
		return;
	n = mn_iface_candidates(mn, now);
	for (h = mn->homes; h; h = h->next)
		mn_home_evaluate(h, n, now);
	follow(mn, now);
}

static void settle_task(struct task *task, struct mtime now)
{
	struct mn *mn = container_of(task, struct mn, settle);

	mn->settled = true;
	mn_eval_soon(mn, now);
}

static void synced(struct mn *mn, struct mtime now)
{
	unsigned int i;

	if (mn->synced)
		return;
	mn->synced = true;
	for (i = 0; i < mn->n_ifaces; i++) {
		if (!mn->ifaces[i].ifindex)
			log_notice("mn: iface=%s is not there yet",
				   mn->ifaces[i].name);
		if (mn_iface_is_up(&mn->ifaces[i]))
			mn_move_solicit(&mn->ifaces[i], now);
	}
	tqueue_start(mn->env.tq, &mn->settle, mtime_add_ms(now, SETTLE_MS));
	mn_eval_soon(mn, now);
}

/* ---- start and stop ---- */

static int start_kernel(const struct role_env *env, const struct conf_mn *conf)
{
	struct kernel_mn_conf k = {
		.table_base = conf->table_base,
		.rule_base = conf->rule_base,
	};
	struct kernel_rule *rules;
	int err;

	err = mn_ro_kernel_rules(conf, &rules, &k.n_rules);
	if (err)
		return err;
	k.rules = rules;
	memcpy(k.tunnel_prefix, conf->tunnel_prefix, sizeof(k.tunnel_prefix));
	err = kernel_mn_start(env->kernel, &k);
	free(rules);
	return err;
}

static void mn_release(struct mn *mn)
{
	free(mn->ifaces);
	free(mn->rates);
	free(mn->candidates);
	free(mn->ro.hits);
	free(mn);
}

struct mn_rate *mn_rate_of(struct mn *mn, const struct in6_addr *agent)
{
	struct mn_rate *r = mn->rates, *oldest = r;
	unsigned int i;

	for (i = 0; i < mn->n_rates && r[i].used; i++) {
		if (addr_eq(&r[i].peer, agent))
			return &r[i];
		if (mtime_before(r[i].last, oldest->last))
			oldest = &r[i];
	}
	/* There are more places than agents that anything is sent to. */
	if (i < mn->n_rates)
		oldest = &r[i];
	*oldest = (struct mn_rate){ .used = true, .peer = *agent };
	return oldest;
}

static void stop_task(struct task *task, struct mtime now)
{
	struct mn *mn = container_of(task, struct mn, stop);

	(void)now;
	if (!mn_is_stopped(mn))
		log_notice("mn: not every home agent confirmed in time; its "
			   "binding lasts until it runs out");
	mn->stop_over = true;
}

static void stop_homes(struct mn *mn, struct mtime now)
{
	struct mn_home *h;

	if (mn->homes_stopping)
		return;
	mn->homes_stopping = true;
	task_stop(&mn->stop_homes);
	for (h = mn->homes; h; h = h->next)
		mn_home_stop(h, now);
}

static void stop_homes_task(struct task *task, struct mtime now)
{
	stop_homes(container_of(task, struct mn, stop_homes), now);
}

static struct mn *mn_alloc(const struct role_env *env,
			   const struct conf_mn *conf)
{
	struct mn *mn = calloc(1, sizeof(*mn));

	if (!mn)
		return NULL;
	mn->env = *env;
	mn->conf = conf;
	mn->n_ifaces = conf->n_interfaces;
	mn->ifaces = calloc(mn->n_ifaces + 1, sizeof(*mn->ifaces));
	mn->n_rates = (CONF_HOMES_MAX + 1) * (MN_FORMERS_MAX + 2);
	mn->rates = calloc(mn->n_rates, sizeof(*mn->rates));
	mn->candidates = calloc(mn->n_ifaces * MN_ADDRS_MAX + 1,
				sizeof(*mn->candidates));
	if (!mn->ifaces || !mn->rates || !mn->candidates ||
	    mn_ro_rules_take(mn, NULL, conf)) {
		mn_release(mn);
		return NULL;
	}
	return mn;
}

int mn_new(const struct role_env *env, const struct conf_mn *conf,
	   struct mtime now, struct mn **ret_mn)
{
	struct mn *mn = mn_alloc(env, conf);
	unsigned int i;
	int err;

	if (!mn)
		return -ENOMEM;
	err = start_kernel(env, conf);
	if (err) {
		mn_release(mn);
		return err;
	}
	mn->now = now;
	bul_init(&mn->bul);
	task_init(&mn->eval, eval_task);
	task_init(&mn->settle, settle_task);
	task_init(&mn->stop, stop_task);
	task_init(&mn->stop_homes, stop_homes_task);
	for (i = 0; i < mn->n_ifaces; i++)
		mn_iface_init(&mn->ifaces[i], mn, &conf->interfaces[i]);
	mn_memory_init(mn, now);
	mn_auto_init(mn);
	mn_keep_load(mn, now);
	mn_homes_complete(mn, now);
	mn_keep_restore(mn, now);
	*ret_mn = mn;
	return 0;
}

struct mn *mn_free(struct mn *mn)
{
	unsigned int i;

	if (!mn)
		return NULL;
	task_stop(&mn->eval);
	task_stop(&mn->settle);
	task_stop(&mn->stop);
	task_stop(&mn->stop_homes);
	mn_ro_done(mn, mn->now);
	mn_auto_stop(mn);
	mn_keep_done(mn, mn->now);
	mn_memory_done(mn, mn->now);
	mn_homes_free(mn);
	for (i = 0; i < mn->n_ifaces; i++)
		mn_iface_done(&mn->ifaces[i]);
	bul_done(&mn->bul);
	kernel_mn_stop(mn->env.kernel);
	mn_release(mn);
	return NULL;
}

void mn_stop_homes_soon(struct mn *mn, struct mtime now)
{
	if (!mn->homes_stopping)
		tqueue_start(mn->env.tq, &mn->stop_homes, now);
}

/* The correspondents first: without the home agent's binding no home test
 * comes through.  They get half of the time. */
void mn_stop(struct mn *mn, struct mtime now)
{
	if (mn->stopping)
		return;
	mn->now = now;
	follow(mn, now);
	mn->stopping = true;
	task_stop(&mn->eval);
	mn_homes_stop(mn);
	tqueue_start(mn->env.tq, &mn->stop,
		     mtime_add_ms(now, mn->conf->stop_timeout_ms));
	mn_ro_stop(mn, now);
	if (mn_ro_is_deleting(mn))
		tqueue_start(mn->env.tq, &mn->stop_homes,
			     mtime_add_ms(now, mn->conf->stop_timeout_ms / 2));
	else
		stop_homes(mn, now);
}

void mn_home_stopped(struct mn_home *h)
{
	h->stopped = true;
	if (h->leave == MN_LEAVE_AGENT)
		mn_homes_go_on(h, h->mn->now);
}

bool mn_is_stopped(const struct mn *mn)
{
	const struct mn_home *h;

	if (!mn->stopping || mn->stop_over)
		return mn->stopping;
	for (h = mn->homes; h; h = h->next)
		if (!h->stopped)
			return false;
	return true;
}

/* What an agent refused may be allowed now. */
static void home_reload(struct mn_home *h, struct mtime now)
{
	h->barred = false;
	h->keyless_told = false;
	h->unproven = addr_any;
	h->mpd.invalid = false;
	if (h->place == MN_PLACE_DUPLICATE) {
		mn_return_cancel(h);
		mn_home_enter(h, MN_PLACE_UNKNOWN, "configuration read again",
			      now);
	}
	if (h->bul && h->bul->state == BUL_REFUSED)
		mn_reg_retry(h, now);
}

void mn_reload(struct mn *mn, const struct conf_mn *conf, struct mtime now)
{
	const struct conf_mn *old = mn->conf;
	struct mn_home *h;
	unsigned int i;

	/* Other interfaces need a restart: conf.h. */
	assert(conf->n_interfaces == mn->n_ifaces);
	mn->now = now;
	mn->conf = conf;
	mn_ro_reload(mn, old, now);
	for (i = 0; i < mn->n_ifaces; i++)
		mn->ifaces[i].conf = &conf->interfaces[i];
	mn_homes_reload(mn, now);
	for (h = mn->homes; h; h = h->next)
		if (h->leave == MN_LEAVE_NOT)
			home_reload(h, now);
	mn_eval_soon(mn, now);
}

/* ---- events ---- */

void mn_on_ba(struct mn *mn, const struct packet *pkt, const struct mh_msg *msg,
	      struct mtime now)
{
	mn->now = now;
	mn_answer_on_ba(mn, pkt, msg, now);
	follow(mn, now);
}

void mn_on_be(struct mn *mn, const struct packet *pkt, const struct mh_msg *msg,
	      struct mtime now)
{
	mn->now = now;
	mn_answer_on_be(mn, pkt, &msg->be, now);
	follow(mn, now);
}

void mn_on_test(struct mn *mn, const struct packet *pkt,
		const struct mh_msg *msg, struct mtime now)
{
	mn->now = now;
	mn_rr_on_test(mn, pkt, msg, now);
}

void mn_on_ike(struct mn *mn, const struct in6_addr *hoa, struct mtime now)
{
	struct mn_home *h = mn_home_of(mn, hoa);

	mn->now = now;
	if (!h || !h->bul)
		return;
	mn_reg_kick(h, now);
	/* It may have ended the exchange. */
	if (h->bul)
		mn_reg_on_keys(h, now);
}

void mn_on_brr(struct mn *mn, const struct packet *pkt,
	       const struct mh_msg *msg, struct mtime now)
{
	(void)msg;
	mn->now = now;
	mn_ro_on_brr(mn, pkt, now);
}

void mn_on_icmp6(struct mn *mn, const struct packet *pkt,
		 const struct icmp6_msg *msg, struct mtime now)
{
	mn->now = now;
	switch (msg->type) {
	case ICMP6_RA:
		mn_move_on_ra(mn, pkt, &msg->ra, now);
		mn_auto_on_ra(mn, pkt, &msg->ra, now);
		break;
	case ICMP6_NA:
		mn_return_on_na(mn, pkt, &msg->na, now);
		break;
	case ICMP6_HAAD_REPLY:
		mn_dhaad_on_reply(mn, pkt, &msg->reply, now);
		break;
	case ICMP6_MPA:
		mn_mpd_on_mpa(mn, pkt, &msg->mpa, now);
		break;
	case ICMP6_DEST_UNREACH_T:
	case ICMP6_TOO_BIG_T:
	case ICMP6_TIME_EXCEEDED_T:
	case ICMP6_PARAM_PROB_T:
		mn_answer_on_icmp_error(mn, msg, now);
		break;
	default:
		break;
	}
	follow(mn, now);
}

static void on_done(struct mn *mn, const struct kernel_key *key, int err,
		    struct mtime now)
{
	struct mn_home *h;

	if (key->user != KERNEL_USER_MN)
		return;
	if (!addr_is_any(&key->peer)) {
		mn_ro_on_done(mn, key, err, now);
		return;
	}
	h = mn_home_of(mn, &key->hoa);
	if (h)
		mn_install_on_done(h, key->serial, err, now);
}

void mn_on_kernel(struct mn *mn, const struct kernel_event *ev,
		  struct mtime now)
{
	mn->now = now;
	switch (ev->type) {
	case KERNEL_DONE:
		on_done(mn, &ev->done.key, ev->done.err, now);
		break;
	case KERNEL_LINK:
		mn_iface_on_link(mn, &ev->link, now);
		break;
	case KERNEL_ADDR:
		mn_iface_on_addr(mn, &ev->addr, now);
		break;
	case KERNEL_ROUTER:
		mn_move_on_router(mn, &ev->router, now);
		break;
	case KERNEL_NEIGH:
		mn_move_on_neigh(mn, &ev->neigh, now);
		break;
	case KERNEL_SYNCED:
		synced(mn, now);
		break;
	case KERNEL_FLOW:
		mn_ro_on_flow(mn, &ev->flow, now);
		break;
	case KERNEL_USAGE:
		if (ev->usage.key.user == KERNEL_USER_MN)
			mn_ro_on_usage(mn, &ev->usage, now);
		break;
	case KERNEL_REPORT:
		break;
	}
	follow(mn, now);
}

struct bul *mn_bul(struct mn *mn)
{
	return &mn->bul;
}
