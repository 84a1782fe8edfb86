/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The correspondent node: the role object and its events (RFC 6275 section
 * 9).
 *
 * This file decides who hears of what: it collects the facts for the judge
 * (cn_bu.c), carries its verdict to the binding or back to the mobile node,
 * makes room, finds the entry that a kernel answer belongs to, and starts,
 * reloads and stops the role.  An entry's key is (our address, home address
 * of the mobile node); a kernel_key has the latter as hoa, the former as
 * peer.  On a stop mobile nodes are told nothing: the protocol has no message
 * for it, they learn it from Binding Errors or a mobile node's patience.
 */
#include "cn_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- facts for the judge ---- */

static bool is_held(const struct bcache_entry *e)
{
	return e && e->state != BCACHE_REMOVING;
}

/* The care-of address is a home address here whose care-of address is the
 * home address. */
static bool is_loop(struct cn *cn, const struct packet *pkt,
		    const struct in6_addr *coa)
{
	const struct bcache_entry *e = bcache_find(cn->bc, &pkt->dst, coa);

	return is_held(e) && addr_eq(&e->coa, &pkt->src);
}

static struct cn_question ask(struct cn *cn, struct bcache_entry *e,
			      const struct packet *pkt,
			      const struct mh_msg *msg, struct mtime now)
{
	const struct bcache_key key = { .local = pkt->dst, .hoa = pkt->src };
	struct in6_addr coa = cn_bu_coa(pkt, msg);
	struct kernel *k = cn->env.kernel;

	return (struct cn_question){
		.conf = cn->conf,
		.nonces = &cn->nonces,
		.entry = e,
		.req = e && cn_binding(e)->has_req ? &cn_binding(e)->req : NULL,
		.dead = cn_dead_find(&cn->dead, &key, now),
		.pkt = pkt,
		.msg = msg,
		.now = now,
		.dst_is_ours = kernel_addr_is_local(k, &pkt->dst),
		.hoa_is_ours = kernel_addr_is_local(k, &pkt->src),
		.coa_is_ours = kernel_addr_is_local(k, &coa),
		.is_loop = is_loop(cn, pkt, &coa),
	};
}

/* ---- Binding Updates ---- */

static struct cn_request request_of(const struct packet *pkt,
				    const struct mh_msg *msg,
				    const struct cn_judgement *j)
{
	struct cn_request req = {
		.coa = cn_bu_coa(pkt, msg),
		.from = pkt->wire_src,
		.seq = msg->bu.seq,
		.flags = msg->bu.flags,
		.lifetime_4s = j->lifetime_4s,
		.home_nonce = msg->opt.home_nonce,
		.coa_nonce = msg->opt.coa_nonce,
		/* Section 9.5.4: no routing header when the source is the
		 * home address, with a Home Address option or without. */
		.rh2 = pkt->has_hao && !addr_eq(&pkt->wire_src, &pkt->src),
		.has_kbm = j->has_kbm,
	};

	memcpy(req.kbm, j->kbm, sizeof(req.kbm));
	return req;
}

static void refuse(struct cn *cn, const struct bcache_key *key,
		   const struct cn_request *req, const struct cn_judgement *j,
		   struct mtime now)
{
	struct mh_ba ba = { .status = j->status, .seq = j->seq };

	log_limited(LOG_LEVEL_NOTICE, now,
		    "bu: hoa=%s coa=%s from=%s refused: status=%u (%s): %s",
		    addr_str(&key->hoa), addr_str(&req->coa),
		    addr_str(&req->from), j->status, ba_status_str(j->status),
		    j->reason);
	cn_ba_send(cn, key, req, &ba, now);
}

static void refuse_full(struct cn *cn, const struct bcache_key *key,
			const struct cn_request *req, const char *reason,
			struct mtime now)
{
	struct cn_judgement j = {
		.status = BA_NO_RESOURCES,
		.seq = req->seq,
		.reason = reason,
	};

	cn->env.counters->v[CNT_BU_REFUSED]++;
	refuse(cn, key, req, &j, now);
}

/* Section 9.5.3: nothing is there to be deleted, and nothing is created; but
 * the message must not be good for another time. */
static void delete_nothing(struct cn *cn, const struct bcache_key *key,
			   const struct cn_request *req, struct mtime now)
{
	struct mh_ba ba = { .status = BA_ACCEPTED, .seq = req->seq };

	cn->env.counters->v[CNT_BU_ACCEPTED]++;
	cn_dead_add(&cn->dead, &cn->nonces, key, req->seq, now);
	if (req->flags & BU_FLAG_A)
		cn_ba_send(cn, key, req, &ba, now);
}

/* Another entry gives way (section 9.6) where there is no room; false when
 * each is worth more.  More than the limit there are after a reload only: no
 * reason to end them, nor to add to them.  A kernel that does not let go must
 * not let memory grow. */
static bool make_room(struct cn *cn, struct mtime now)
{
	unsigned int max = cn->conf->max_bindings;
	struct bcache_entry *victim;

	if (cn_held_count(cn) < max)
		return true;
	if (cn_held_count(cn) > max || cn->n_removing >= max)
		return false;
	victim = cn_usage_victim(cn, now);
	if (!victim)
		return false;
	cn->env.counters->v[CNT_CN_EVICTED]++;
	log_limited(LOG_LEVEL_INFO, now,
		    "binding: hoa=%s local=%s makes place for another",
		    addr_str(&victim->key.hoa), addr_str(&victim->key.local));
	cn_binding_end(victim, BA_NO_RESOURCES, now);
	return true;
}

static void carry_out(struct cn *cn, struct bcache_entry *e,
		      const struct bcache_key *key, struct cn_request *req,
		      struct mtime now)
{
	if (!e && !req->lifetime_4s) {
		delete_nothing(cn, key, req, now);
		return;
	}
	if (!is_held(e) && req->lifetime_4s && !make_room(cn, now)) {
		refuse_full(cn, key, req, "each binding carries traffic", now);
		return;
	}
	if (!e)
		e = cn_binding_new(cn, key, now);
	if (!e) {
		refuse_full(cn, key, req, "out of memory", now);
		return;
	}
	e->seq = req->seq;
	cn_binding_update(e, req, now);
}

static void count(struct cn *cn, const struct cn_judgement *j)
{
	if (j->rule >= 0)
		cn->hits[j->rule]++;
	else if (j->rule == CN_RULE_NONE)
		cn->default_hits++;
	/* What is accepted is counted when it is in force. */
	if (j->verdict != CN_ACCEPT)
		cn->env.counters->v[j->counter]++;
	if (j->verdict == CN_REFUSE && j->counter != CNT_BU_REFUSED)
		cn->env.counters->v[CNT_BU_REFUSED]++;
}

static struct cn_judgement judge(struct cn *cn, const struct packet *pkt,
				 const struct mh_msg *msg, struct mtime now)
{
	struct bcache_entry *e = bcache_find(cn->bc, &pkt->dst, &pkt->src);
	struct cn_question q = ask(cn, e, pkt, msg, now);

	return cn_bu_judge(&q);
}

/* Carries the judgement out, and wipes it. */
static void obey(struct cn *cn, const struct packet *pkt,
		 const struct mh_msg *msg, struct cn_judgement *j,
		 struct mtime now)
{
	struct bcache_key key = { .local = pkt->dst, .hoa = pkt->src };
	struct bcache_entry *e = bcache_find(cn->bc, &key.local, &key.hoa);
	struct cn_request req = request_of(pkt, msg, j);

	count(cn, j);
	if (e && j->store_seq)
		e->seq = j->seq;
	switch (j->verdict) {
	case CN_DROP:
		log_limited(LOG_LEVEL_DEBUG, now,
			    "bu: hoa=%s from=%s dropped: %s",
			    addr_str(&pkt->src), addr_str(&pkt->wire_src),
			    j->reason);
		break;
	case CN_REFUSE:
		refuse(cn, &key, &req, j, now);
		break;
	case CN_ACCEPT:
		carry_out(cn, e, &key, &req, now);
		break;
	}
	cn_request_done(&req);
	explicit_bzero(j, sizeof(*j));
}

void cn_on_bu(struct cn *cn, const struct packet *pkt, const struct mh_msg *msg,
	      struct mtime now)
{
	struct cn_judgement j = judge(cn, pkt, msg, now);

	obey(cn, pkt, msg, &j, now);
}

/* Only who has the key hears of the other registration. */
static void refuse_correspondent(struct cn *cn, const struct packet *pkt,
				 const struct mh_msg *msg, struct mtime now)
{
	struct cn_judgement j = judge(cn, pkt, msg, now);

	if (j.has_kbm) {
		j.verdict = CN_REFUSE;
		j.counter = CNT_BU_REFUSED;
		j.status = BA_REG_TYPE_CHANGE;
		j.seq = msg->bu.seq;
		j.store_seq = false;
		j.rule = CN_RULE_UNASKED;
		j.reason = "is registered as with its home agent";
	}
	obey(cn, pkt, msg, &j, now);
}

/* Without nonce indices, which a home registration must not have, there is no
 * key to sign the answer with. */
static void refuse_home(struct cn *cn, const struct packet *pkt,
			const struct mh_msg *msg, struct mtime now)
{
	struct bcache_key key = { .local = pkt->dst, .hoa = pkt->src };
	struct cn_judgement j = {
		.status = BA_REG_TYPE_CHANGE,
		.seq = msg->bu.seq,
		.reason = "is registered as with a correspondent",
	};
	struct cn_request req = request_of(pkt, msg, &j);

	if (msg->opt.present & MH_OPT_NONCE_INDICES) {
		cn->env.counters->v[CNT_BU_WITH_NONCES]++;
	} else if (!addr_is_routable(&pkt->wire_src) ||
		   !addr_is_routable(&req.coa)) {
		cn->env.counters->v[CNT_BU_BAD_COA]++;
	} else {
		cn->env.counters->v[CNT_BU_REFUSED]++;
		refuse(cn, &key, &req, &j, now);
	}
}

/* Section 9.5.1. */
void cn_refuse_type_change(struct cn *cn, const struct packet *pkt,
			   const struct mh_msg *msg, struct mtime now)
{
	if (msg->bu.flags & BU_FLAG_H)
		refuse_home(cn, pkt, msg, now);
	else
		refuse_correspondent(cn, pkt, msg, now);
}

/* ---- other events ---- */

void cn_on_icmp6(struct cn *cn, const struct packet *pkt,
		 const struct icmp6_msg *msg, struct mtime now)
{
	(void)pkt; /* whoever sent it may have forged it */
	cn_unreach_on_icmp6(cn, msg, now);
}

static struct bcache_entry *asker_find(struct cn *cn,
				       const struct kernel_key *key)
{
	return key->user == KERNEL_USER_CN
		       ? bcache_find(cn->bc, &key->peer, &key->hoa)
		       : NULL;
}

void cn_on_kernel(struct cn *cn, const struct kernel_event *ev,
		  struct mtime now)
{
	struct bcache_entry *e;

	switch (ev->type) {
	case KERNEL_DONE:
		e = asker_find(cn, &ev->done.key);
		if (e)
			cn_binding_on_done(e, ev->done.key.serial, ev->done.err,
					   now);
		break;
	case KERNEL_USAGE:
		e = asker_find(cn, &ev->usage.key);
		if (e && cn_binding(e)->look_serial == ev->usage.key.serial)
			cn_usage_on_answer(e, &ev->usage, now);
		break;
	case KERNEL_LINK:
	case KERNEL_ADDR:
	case KERNEL_ROUTER:
	case KERNEL_NEIGH:
	case KERNEL_SYNCED:
	case KERNEL_FLOW:
	case KERNEL_REPORT: /* dispatch answers it */
		break;
	}
}

/* ---- start, reload, stop ---- */

int cn_new(const struct role_env *env, const struct conf_cn *conf,
	   struct mtime now, struct cn **ret_cn)
{
	struct cn *cn = calloc(1, sizeof(*cn));
	int err = -ENOMEM;

	(void)now; /* nothing begins before somebody asks */
	if (!cn)
		return err;
	cn->env = *env;
	cn->conf = conf;
	cn->dead.max = conf->max_bindings;
	auth_nonces_init(&cn->nonces);
	cn->bc = bcache_new(conf->max_bindings, sizeof(struct cn_binding));
	if (cn->bc)
		err = kernel_cn_start(env->kernel);
	if (err) {
		bcache_free(cn->bc);
		free(cn);
		return err;
	}
	*ret_cn = cn;
	return 0;
}

static void wipe_one(void *arg, struct bcache_entry *e)
{
	(void)arg;
	cn_request_done(&cn_binding(e)->req);
}

struct cn *cn_free(struct cn *cn)
{
	if (!cn)
		return NULL;
	kernel_cn_stop(cn->env.kernel);
	bcache_walk(cn->bc, wipe_one, NULL);
	bcache_free(cn->bc);
	cn_dead_done(&cn->dead);
	auth_nonces_done(&cn->nonces);
	free(cn);
	return NULL;
}

static bool rule_eq(const struct conf_cn_rule *a, const struct conf_cn_rule *b)
{
	return prefix_eq(&a->home, &b->home) && prefix_eq(&a->coa, &b->coa) &&
	       prefix_eq(&a->local, &b->local) && a->action == b->action &&
	       (a->action != CONF_CN_REJECT || a->status == b->status);
}

/* Counting goes on where the rule is the same, up to the first that is not:
 * behind it others come to be asked. */
static void keep_hits(struct cn *cn, const struct conf_cn *from,
		      const struct conf_cn *to)
{
	unsigned int i = 0;

	while (i < from->n_rules && i < to->n_rules &&
	       rule_eq(&from->rules[i], &to->rules[i]))
		i++;
	if (i < from->n_rules || i < to->n_rules)
		cn->default_hits = 0;
	for (; i < CONF_RULES_MAX; i++)
		cn->hits[i] = 0;
}

struct reload {
	struct cn *cn;
	struct mtime now;
};

static void reload_one(void *arg, struct bcache_entry *e)
{
	const struct reload *r = arg;
	const struct conf_cn *conf = r->cn->conf;
	struct cn_binding *b = cn_binding(e);
	int rule =
		cn_bu_rule(conf, &e->key, b->has_req ? &b->req.coa : &e->coa);

	if (rule < 0 || conf->rules[rule].action == CONF_CN_ACCEPT)
		return;
	cn_binding_end(e,
		       conf->rules[rule].action == CONF_CN_REJECT
			       ? conf->rules[rule].status
			       : BA_PROHIBITED,
		       r->now);
}

void cn_reload(struct cn *cn, const struct conf_cn *conf, struct mtime now)
{
	struct reload r = { .cn = cn, .now = now };

	keep_hits(cn, cn->conf, conf);
	cn->conf = conf;
	cn->dead.max = conf->max_bindings;
	bcache_set_max(cn->bc, conf->max_bindings + cn->n_removing);
	bcache_walk(cn->bc, reload_one, &r);
}

/* ---- questions ---- */

bool cn_is_registered(struct cn *cn, const struct in6_addr *local,
		      const struct in6_addr *hoa)
{
	return is_held(bcache_find(cn->bc, local, hoa));
}

struct bcache *cn_bcache(struct cn *cn)
{
	return cn->bc;
}

void cn_entry_info(struct bcache_entry *e, struct cn_entry_info *ret_info)
{
	const struct cn_binding *b = cn_binding(e);

	*ret_info = (struct cn_entry_info){
		.home_nonce = b->home_nonce,
		.coa_nonce = b->coa_nonce,
		.used = b->used,
		.has_usage = b->has_usage,
		.octets_in = b->usage.octets_in,
		.octets_out = b->usage.octets_out,
		.refresh_requests = b->refresh_requests,
	};
}

uint64_t cn_rule_hits(const struct cn *cn, unsigned int rule)
{
	return rule < CONF_RULES_MAX ? cn->hits[rule] : 0;
}

uint64_t cn_default_hits(const struct cn *cn)
{
	return cn->default_hits;
}
