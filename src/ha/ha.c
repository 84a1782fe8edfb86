/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The home agent: the role object and its events (RFC 6275 section 10).
 *
 * This file decides who hears of what: it collects the facts for the judge
 * (ha_bu.c), carries its verdict to the binding or back to the mobile node,
 * finds the binding that a kernel answer belongs to, and starts, reloads and
 * stops the role.  On a stop mobile nodes are told nothing: the protocol has
 * no message for it.
 */
#include "ha_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- facts for the judge ---- */

/* A binding of this home address through whatever address of ours; `except`
 * does not count. */
static struct bcache_entry *bound_find(const struct ha *ha,
				       const struct in6_addr *hoa,
				       const struct bcache_entry *except)
{
	struct bcache_entry *e;
	unsigned int i;

	for (i = 0; i < ha->n_links; i++) {
		const struct conf_home_link *c = ha->links[i].conf;

		if (!prefix_contains(&c->prefix, hoa))
			continue;
		e = bcache_find(ha->bc, &c->address, hoa);
		if (e && e != except && e->state != BCACHE_INVALID)
			return e;
	}
	return NULL;
}

static bool has_ll(struct bcache_entry *e)
{
	const struct ha_binding *b = ha_binding(e);

	return b->home_ll || (b->has_req && b->req.flags & BU_FLAG_L);
}

/* Whether another binding on the same wire has the link-local address that
 * belongs to hoa: its own probe would not be heard by us.  Home addresses
 * with the same interface identifier are looked for in all prefixes of the
 * wire, which finds them all for prefixes of 64 bits and more. */
static bool ll_is_taken(const struct ha *ha, const struct ha_link *l,
			const struct in6_addr *hoa)
{
	struct in6_addr other = *hoa;
	struct bcache_entry *e;
	unsigned int i;

	for (i = 0; i < ha->n_links; i++) {
		const struct ha_link *o = &ha->links[i];

		if (!l->ifindex || o->ifindex != l->ifindex)
			continue;
		memcpy(&other, &o->conf->prefix.addr, 8);
		if (addr_eq(&other, hoa))
			continue;
		e = bcache_find(ha->bc, &o->conf->address, &other);
		if (e && e->state != BCACHE_INVALID && has_ll(e))
			return true;
	}
	return false;
}

static void ask_about_link(const struct ha *ha, const struct ha_link *l,
			   struct ha_question *q)
{
	struct kernel *k = ha->env.kernel;
	const struct in6_addr *hoa = &q->pkt->src;
	struct in6_addr ll = addr_linklocal_of(hoa);

	q->link = l->conf;
	q->prefix = ha_link_prefix(ha, l, q->now);
	q->link_ready = l->ready;
	if (l->conf->is_virtual || !(q->msg->bu.flags & BU_FLAG_L))
		return;
	q->hoa_is_ours |= kernel_addr_is_local(k, &ll);
	q->ll_is_taken = ll_is_taken(ha, l, hoa);
}

static struct ha_peer peer_of(const struct ha *ha, const struct bcache_key *key,
			      const struct ha_proof *proof)
{
	struct ha_peer p = {
		.nai = proof->ident ? proof->ident->nai : NULL,
		.spi = proof->ident ? proof->spi : 0,
		.ike_id = ike_identity(ha->env.ike, &key->hoa, &key->local),
	};

	p.ike_unsure = !p.ike_id && proof->by_ike;
	if (!p.ike_id && !p.ike_unsure)
		p.keys = security_node_of(ha->env.security, SECURITY_AGENT,
					  &key->hoa, &key->local);
	return p;
}

static void ask_proof(const struct ha *ha, const struct bcache_key *key,
		      struct ha_question *q)
{
	static const struct ha_proof none;
	struct ha_proof *proof = &q->auth.proof;
	bool is_proven;

	q->auth = ha_auth_check(ha, q->pkt, q->msg);
	is_proven = q->auth.verdict == HA_AUTH_PROVEN;
	q->peer = peer_of(ha, key, is_proven ? proof : &none);
	proof->by_ike = q->peer.ike_id;
	q->hoa_is_foreign = is_proven &&
			    !ha_auth_covers(ha, proof->ident, &key->hoa);
}

static void ask_policy(const struct ha *ha, struct bcache_entry *e,
		       const struct in6_addr *coa, struct ha_question *q)
{
	struct ha_policy_request r = {
		.hoa = q->pkt->src,
		.coa = *coa,
		.peer = q->peer,
		.networks = q->msg->opt.networks,
		.day = wall_today(),
	};

	q->policy = ha_policy_judge(ha->conf, &r);
	q->rule_is_full = ha_policy_is_full(ha, &q->policy, e);
}

static struct ha_question ask(const struct ha *ha, struct bcache_entry *e,
			      const struct packet *pkt,
			      const struct mh_msg *msg, struct mtime now)
{
	const struct ha_link *l = ha_link_find(ha, &pkt->dst, &pkt->src);
	struct bcache_key key = { .local = pkt->dst, .hoa = pkt->src };
	struct in6_addr coa = ha_bu_coa(pkt, msg);
	struct kernel *k = ha->env.kernel;
	struct ha_question q = {
		.conf = ha->conf,
		.starting = !ha->synced,
		.entry = e,
		.req = e && ha_binding(e)->has_req ? &ha_binding(e)->req : NULL,
		.pkt = pkt,
		.msg = msg,
		.now = now,
		.dst_is_ours = kernel_addr_is_local(k, &pkt->dst),
		.hoa_is_ours = kernel_addr_is_local(k, &pkt->src),
		.coa_is_ours = kernel_addr_is_local(k, &coa),
		.coa_is_bound = bound_find(ha, &coa, e),
		.hoa_is_elsewhere = bound_find(ha, &pkt->src, e),
		.is_full = bcache_count(ha->bc) - ha->n_invalid >=
			   bcache_max(ha->bc),
	};

	if (l)
		ask_about_link(ha, l, &q);
	q.has_seq = !e && ha_seq_get(ha, &key, &q.seq);
	ask_proof(ha, &key, &q);
	ask_policy(ha, e, &coa, &q);
	return q;
}

/* ---- Binding Updates ---- */

static struct ha_request request_of(const struct ha *ha,
				    const struct packet *pkt,
				    const struct mh_msg *msg, bool dereg)
{
	const struct ha_link *l = ha_link_find(ha, &pkt->dst, &pkt->src);
	/* Section 9.5.4: no routing header when the source is the home
	 * address, with a Home Address option or without. */
	bool is_hoa = addr_eq(&pkt->wire_src, &pkt->src);

	return (struct ha_request){
		.coa = ha_bu_coa(pkt, msg),
		.from = pkt->wire_src,
		.seq = msg->bu.seq,
		.flags = msg->bu.flags,
		.asked_4s = dereg ? 0 : msg->bu.lifetime_4s,
		.networks = msg->opt.networks,
		.rh2 = pkt->has_hao && !is_hoa,
		.from_home =
			is_hoa ||
			(l && l->ifindex && l->ifindex == pkt->ifindex &&
			 prefix_contains(&l->conf->prefix, &pkt->wire_src)),
	};
}

static void evict_one(void *arg, struct bcache_entry *e)
{
	struct ha *ha = arg;

	if (bcache_count(ha->bc) < bcache_max(ha->bc) ||
	    e->state != BCACHE_INVALID)
		return;
	ha->n_invalid--;
	bcache_del(ha->bc, e);
}

/* Entries that only remember a de-registration give way to a new binding,
 * the oldest first. */
static struct bcache_entry *
entry_new(struct ha *ha, const struct bcache_key *key, struct mtime now)
{
	if (bcache_count(ha->bc) >= bcache_max(ha->bc) && ha->n_invalid)
		bcache_walk(ha->bc, evict_one, ha);
	return ha_binding_new(ha, key, now);
}

static void answer(struct ha *ha, const struct bcache_key *key,
		   const struct ha_request *req, const struct ha_judgement *j,
		   struct mtime now)
{
	struct mh_ba ba = { .status = j->status, .seq = j->seq };

	log_limited(LOG_LEVEL_NOTICE, now,
		    "bu: hoa=%s coa=%s from=%s refused: status=%u (%s): %s",
		    addr_str(&key->hoa), addr_str(&req->coa),
		    addr_str(&req->from), j->status, ba_status_str(j->status),
		    j->reason);
	ha_ba_send(ha, key, req, &ba, now);
}

/* What a timestamp proved it does not prove again, whatever came of it. */
static void note_proof(struct ha *ha, const struct ha_question *q,
		       const struct ha_judgement *j)
{
	if (q->auth.verdict == HA_AUTH_PROVEN && q->dst_is_ours)
		ha_auth_accept(ha, &q->auth.proof, q->now);
	/* Those of statuses are counted with the answer. */
	if (j->verdict == HA_REFUSE && j->counter != CNT_BU_REFUSED)
		ha->env.counters->v[j->counter]++;
}

static void dropped(struct ha *ha, const struct packet *pkt,
		    const struct ha_judgement *j, struct mtime now)
{
	ha->env.counters->v[j->counter]++;
	log_limited(LOG_LEVEL_DEBUG, now, "bu: hoa=%s from=%s dropped: %s",
		    addr_str(&pkt->src), addr_str(&pkt->wire_src), j->reason);
}

void ha_on_bu(struct ha *ha, const struct packet *pkt, const struct mh_msg *msg,
	      struct mtime now)
{
	struct bcache_key key = { .local = pkt->dst, .hoa = pkt->src };
	struct bcache_entry *e = bcache_find(ha->bc, &key.local, &key.hoa);
	struct ha_question q;
	struct ha_judgement j;
	struct ha_request req;

	ha_auth_tick(ha, now);
	q = ask(ha, e, pkt, msg, now);
	j = ha_bu_judge(&q);
	req = request_of(ha, pkt, msg, j.kind == HA_DEREGISTER);
	req.max_lifetime_s = j.max_lifetime_s;
	if (j.by_policy)
		ha_policy_count(ha, j.rule);
	req.proof = q.auth.proof;
	note_proof(ha, &q, &j);
	if (e && j.store_seq) {
		e->seq = j.seq;
		ha_seq_set(ha, &key, &q.auth.proof, j.seq, now);
	}
	switch (j.verdict) {
	case HA_DROP:
		dropped(ha, pkt, &j, now);
		return;
	case HA_REFUSE:
		answer(ha, &key, &req, &j, now);
		return;
	case HA_ACCEPT:
		break;
	}
	if (!e)
		e = entry_new(ha, &key, now);
	if (!e) {
		j.status = BA_NO_RESOURCES;
		j.reason = "out of memory";
		answer(ha, &key, &req, &j, now);
		return;
	}
	e->seq = j.seq;
	ha_seq_set(ha, &key, &q.auth.proof, j.seq, now);
	if (j.by_policy)
		ha_policy_hold(e, j.rule);
	ha_binding_update(e, &req, now);
}

/* ---- other events ---- */

void ha_on_icmp6(struct ha *ha, const struct packet *pkt,
		 const struct icmp6_msg *msg, struct mtime now)
{
	ha_dad_on_nd(ha, pkt, msg, now);
	ha_disc_on_icmp6(ha, pkt, msg, now);
}

struct search {
	const struct kernel_key *key;
	struct bcache_entry *found;
};

static void search_one(void *arg, struct bcache_entry *e)
{
	struct search *s = arg;

	if (e->serial == s->key->serial && addr_eq(&e->key.hoa, &s->key->hoa))
		s->found = e;
}

static struct bcache_entry *asker_find(struct ha *ha,
				       const struct kernel_key *key)
{
	struct search s = { .key = key };
	struct bcache_entry *e;
	unsigned int i;

	for (i = 0; i < ha->n_links; i++) {
		e = bcache_find(ha->bc, &ha->links[i].conf->address, &key->hoa);
		if (e && e->serial == key->serial)
			return e;
	}
	/* Its home link went away with a reload, or the answer is an old
	 * one: neither happens often. */
	bcache_walk(ha->bc, search_one, &s);
	return s.found;
}

static void on_done(struct ha *ha, const struct kernel_key *key, int err,
		    struct mtime now)
{
	struct bcache_entry *e;

	if (key->user != KERNEL_USER_HA)
		return;
	e = asker_find(ha, key);
	if (e)
		ha_install_on_kernel(e, key->serial, err, now);
}

void ha_on_kernel(struct ha *ha, const struct kernel_event *ev,
		  struct mtime now)
{
	switch (ev->type) {
	case KERNEL_DONE:
		on_done(ha, &ev->done.key, ev->done.err, now);
		break;
	case KERNEL_LINK:
		ha_link_on_event(ha, &ev->link, now);
		ha_disc_on_links(ha, now);
		break;
	case KERNEL_SYNCED:
		ha->synced = true;
		break;
	case KERNEL_ADDR:
		ha_disc_on_addr(ha, &ev->addr, now);
		break;
	case KERNEL_ROUTER:
	case KERNEL_NEIGH:
	case KERNEL_FLOW:
	case KERNEL_REPORT:
	case KERNEL_USAGE:
		break;
	}
}

/* ---- start, reload, stop ---- */

int ha_new(const struct role_env *env, const struct conf_ha *conf,
	   struct mtime now, struct ha **ret_ha)
{
	struct kernel_ha_conf kc = {
		.tunnel_mtu = conf->tunnel_mtu,
		.max_bindings = conf->max_bindings,
	};
	struct ha *ha = calloc(1, sizeof(*ha));
	int err = -ENOMEM;

	/* Links are told by events. */
	if (!ha)
		return err;
	ha->env = *env;
	ha->conf = conf;
	ha->room = conf->max_bindings;
	if (ha->room < KERNEL_HA_BINDINGS)
		ha->room = KERNEL_HA_BINDINGS;
	ha->bc = bcache_new(conf->max_bindings, sizeof(struct ha_binding));
	if (ha->bc)
		err = ha_policy_set(ha, NULL);
	if (!err)
		err = ha_links_set(ha);
	ha_seq_init(ha, now);
	if (!err)
		err = ha_auth_init(ha, now);
	memcpy(kc.tunnel_name, conf->tunnel_name, sizeof(kc.tunnel_name));
	if (!err)
		err = kernel_ha_start(env->kernel, &kc);
	if (err) {
		ha_auth_done(ha);
		ha_seq_done(ha, now);
		ha_links_free(ha);
		bcache_free(ha->bc);
		free(ha->uses);
		free(ha);
		return err;
	}
	err = ha_links_tell(ha);
	if (!err)
		err = ha_disc_set(ha, now);
	if (err) {
		ha_free(ha);
		return err;
	}
	*ret_ha = ha;
	return 0;
}

static void stop_listening(void *arg, struct bcache_entry *e)
{
	(void)arg;
	ha_dad_stop(e);
	ha_mpd_stop(e);
}

struct ha *ha_free(struct ha *ha)
{
	if (!ha)
		return NULL;
	bcache_walk(ha->bc, stop_listening, NULL);
	ha_disc_free(ha);
	ha_links_free(ha);
	kernel_ha_stop(ha->env.kernel);
	bcache_free(ha->bc);
	free(ha->uses);
	ha_auth_done(ha);
	/* No line holds a time. */
	ha_seq_done(ha, (struct mtime){ 0 });
	free(ha);
	return NULL;
}

struct reload {
	struct ha *ha;
	struct mtime now;
	struct wall_day day;
};

/* As a Binding Update of who is bound, or is about to be, would be judged. */
static struct ha_policy judge_again(const struct reload *r,
				    struct bcache_entry *e)
{
	const struct ha_binding *b = ha_binding(e);
	bool is_asked = b->has_req && b->req.asked_4s;
	struct ha_policy_request q = {
		.hoa = e->key.hoa,
		.coa = is_asked ? b->req.coa : e->coa,
		.peer = peer_of(r->ha, &e->key,
				is_asked ? &b->req.proof : &b->proof),
		.networks = is_asked ? b->req.networks : b->networks,
		.day = r->day,
	};

	return ha_policy_judge(r->ha->conf, &q);
}

/* Nobody can refresh it any more, and who took the keys away wants its end. */
static bool has_lost_keys(const struct ha *ha, const struct ha_link *l,
			  const struct bcache_entry *e)
{
	return l->conf->security == CONF_SECURITY_IPSEC &&
	       !ike_covers(ha->env.ike, &e->key.hoa, &e->key.local) &&
	       !security_is_ready(ha->env.security, SECURITY_AGENT, &e->key.hoa,
				  &e->key.local);
}

static void reload_one(void *arg, struct bcache_entry *e)
{
	struct reload *r = arg;
	const struct ha_link *l = ha_link_of(r->ha, e);
	struct ha_policy p = judge_again(r, e);

	if (e->state != BCACHE_INVALID)
		ha_policy_hold(e, p.rule);
	/* First: the entry may be gone afterwards. */
	if (!r->ha->conf->prefix_advertisements)
		ha_mpd_stop(e);
	else if (l && e->state == BCACHE_ACTIVE)
		ha_mpd_start(e, r->now);
	if (!l && e->state == BCACHE_ACTIVE)
		ha_mpd_last(e, r->now);
	if (!l)
		ha_binding_end(e, BA_NOT_HOME_SUBNET, r->now);
	else if (ha_auth_is_lost(r->ha, e) || has_lost_keys(r->ha, l, e))
		ha_binding_end(e, BA_PROHIBITED, r->now);
	else if (p.action != CONF_HA_ALLOW)
		ha_binding_end(e, p.status, r->now);
	else
		ha_binding_cut(e, ha_link_prefix(r->ha, l, r->now).valid_s,
			       r->now);
}

/* Without a place in the data path each further binding would be lost after
 * all the work for it. */
static void set_max(struct ha *ha)
{
	unsigned int max = ha->conf->max_bindings;

	if (max > ha->room) {
		log_warning("ha: max-bindings over %u needs a restart; until "
			    "then it is %u",
			    ha->room, ha->room);
		max = ha->room;
	}
	bcache_set_max(ha->bc, max);
}

void ha_reload(struct ha *ha, const struct conf_ha *conf, struct mtime now)
{
	struct reload r = { .ha = ha, .now = now, .day = wall_today() };
	const struct conf_ha *old = ha->conf;

	ha->conf = conf;
	set_max(ha);
	if (ha_auth_set(ha, now) || ha_policy_set(ha, old) ||
	    ha_links_set(ha) || ha_links_tell(ha) || ha_disc_set(ha, now)) {
		/* Without memory there is nowhere to keep the new links. */
		log_error("ha: out of memory: no home link is served");
		ha_disc_free(ha);
		ha->n_links = 0;
	}
	bcache_walk(ha->bc, reload_one, &r);
}

struct bcache *ha_bcache(struct ha *ha)
{
	return ha->bc;
}

/* What is only asked for, or only remembered, is no binding. */
static bool is_held(const struct bcache_entry *e)
{
	return e && e->state != BCACHE_INVALID && !addr_is_any(&e->coa);
}

bool ha_is_registered(struct ha *ha, const struct in6_addr *local,
		      const struct in6_addr *hoa)
{
	return is_held(bcache_find(ha->bc, local, hoa));
}

bool ha_is_bound_at(struct ha *ha, const struct in6_addr *hoa,
		    const struct in6_addr *coa)
{
	const struct bcache_entry *e = bound_find(ha, hoa, NULL);

	return is_held(e) && addr_eq(&e->coa, coa);
}

bool ha_link_is_up(const struct ha *ha, unsigned int link)
{
	return link < ha->n_links && ha->links[link].ready;
}
