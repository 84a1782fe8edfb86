/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The judge of correspondent registrations: what a Binding Update deserves.
 *
 * This file decides, from values alone, between silence, a refusal and
 * acceptance (RFC 6275 sections 5.2.6, 9.5.1 to 9.5.4), in this order:
 *
 *  1. What is discarded silently: a destination that is not ours, addresses
 *     that are not unicast routable, a circle, a rule that says so, no nonce
 *     indices, no authenticator in its place.
 *  2. The nonces: 136, 137, 138.
 *  3. The authenticator: silence.
 *  4. The sequence number: 135.  It stands behind the authenticator since its
 *     answer needs one, and so nobody else can ask for the number.
 *  5. Local policy, of registrations only: 129, 174, what a rule says.
 *
 * Doing it is left to cn_binding.c, the facts come from cn.c, and so does 130:
 * who has to give way is not looked for before somebody is worth it.  Status
 * 139 and the H bit are not for this judge.
 */
#include <string.h>

#include "cn_private.h"

/* What the parts of the judge share. */
struct hearing {
	const struct cn_question *q;
	struct in6_addr coa;
	bool deletion;
	int rule;
	uint8_t kbm[AUTH_KBM_LEN];
};

struct in6_addr cn_bu_coa(const struct packet *pkt, const struct mh_msg *msg)
{
	return msg->opt.present & MH_OPT_ALT_COA ? msg->opt.alt_coa
						 : pkt->wire_src;
}

int cn_bu_rule(const struct conf_cn *conf, const struct bcache_key *key,
	       const struct in6_addr *coa)
{
	unsigned int i;

	for (i = 0; i < conf->n_rules; i++) {
		const struct conf_cn_rule *r = &conf->rules[i];

		if (prefix_contains(&r->home, &key->hoa) &&
		    prefix_contains(&r->coa, coa) &&
		    prefix_contains(&r->local, &key->local))
			return (int)i;
	}
	return CN_RULE_NONE;
}

static struct cn_judgement drop(enum counter counter, const char *reason)
{
	return (struct cn_judgement){
		.verdict = CN_DROP,
		.counter = counter,
		.rule = CN_RULE_UNASKED,
		.reason = reason,
	};
}

/* A refusal that cannot be signed: there is no key without the nonces. */
static struct cn_judgement refuse_nonces(const struct hearing *h,
					 enum ba_status status)
{
	return (struct cn_judgement){
		.verdict = CN_REFUSE,
		.counter = CNT_BU_STALE_NONCE,
		.status = (uint8_t)status,
		.seq = h->q->msg->bu.seq,
		.rule = CN_RULE_UNASKED,
		.reason = "the nonce is not known, or not any more",
	};
}

/* Any other answer, by one who has the key. */
static struct cn_judgement answer(const struct hearing *h,
				  enum cn_verdict verdict, uint8_t status,
				  const char *reason)
{
	struct cn_judgement j = {
		.verdict = verdict,
		.counter = verdict == CN_ACCEPT ? CNT_BU_ACCEPTED
						: CNT_BU_REFUSED,
		.status = status,
		.seq = h->q->msg->bu.seq,
		.store_seq = h->q->entry,
		.rule = CN_RULE_UNASKED,
		.has_kbm = true,
		.reason = reason,
	};

	memcpy(j.kbm, h->kbm, sizeof(j.kbm));
	return j;
}

/* ---- what is discarded silently ---- */

/* True, and the verdict, when the addresses are not good for an entry. */
static bool judge_addresses(const struct hearing *h, struct cn_judgement *ret_j)
{
	const struct cn_question *q = h->q;

	if (!q->dst_is_ours)
		*ret_j = drop(CNT_BU_NOT_FOR_US,
			      "destination is no address of ours");
	else if (!addr_is_routable(&q->pkt->src))
		*ret_j = drop(CNT_BU_BAD_HOA,
			      "home address is not unicast routable");
	else if (!addr_is_routable(&q->pkt->wire_src))
		*ret_j = drop(CNT_BU_BAD_COA, "source is not unicast routable");
	else if (!addr_is_routable(&h->coa))
		*ret_j = drop(CNT_BU_BAD_COA,
			      "care-of address is not unicast routable");
	else if (q->is_loop && !h->deletion)
		*ret_j = drop(CNT_BU_LOOP,
			      "its care-of address is bound to its home "
			      "address");
	else
		return false;
	return true;
}

static bool has_action(const struct hearing *h, enum conf_cn_action action)
{
	return h->rule >= 0 && h->q->conf->rules[h->rule].action == action;
}

/* True, and the verdict, for who is not to be listened to.  A deletion is
 * heard as long as there is something to delete (9.5.3: MUST). */
static bool judge_ignored(const struct hearing *h, struct cn_judgement *ret_j)
{
	if (!has_action(h, CONF_CN_IGNORE) || (h->deletion && h->q->entry))
		return false;
	*ret_j = drop(CNT_BU_IGNORED, "a rule says so");
	ret_j->rule = h->rule;
	return true;
}

static bool judge_options(const struct hearing *h, struct cn_judgement *ret_j)
{
	const struct mh_options *o = &h->q->msg->opt;

	if (!(o->present & MH_OPT_NONCE_INDICES))
		*ret_j = drop(CNT_BU_NO_AUTH, "no nonce indices");
	else if (!(o->present & MH_OPT_AUTH_DATA))
		*ret_j = drop(CNT_BU_NO_AUTH, "no authorization data");
	else if (!o->auth_last || o->auth_len != AUTH_DATA_LEN)
		*ret_j = drop(CNT_BU_NO_AUTH,
			      "authorization data of another length or place");
	else
		return false;
	return true;
}

/* ---- nonces and authenticator ---- */

static bool verify(const struct hearing *h)
{
	const struct packet *pkt = h->q->pkt;
	const struct auth_parties p = { .coa = h->coa, .cn = pkt->dst };

	return auth_verify(h->kbm, &p, pkt->data, pkt->len,
			   h->q->msg->opt.auth_offset);
}

/* The token of the care-of address; false when its nonce is dead. */
static bool recall_coa(const struct hearing *h, uint8_t *ret_token)
{
	const struct cn_question *q = h->q;

	return !auth_token_recall(q->nonces, AUTH_COA_TOKEN,
				  q->msg->opt.coa_nonce, &h->coa, q->now,
				  ret_token);
}

static bool recall_home(const struct hearing *h, uint8_t *ret_token)
{
	const struct cn_question *q = h->q;

	return !auth_token_recall(q->nonces, AUTH_HOME_TOKEN,
				  q->msg->opt.home_nonce, &q->pkt->src, q->now,
				  ret_token);
}

/* Leaves the right key in h->kbm.  A registration of the home address with
 * itself counts as a deletion, but who sent it may think otherwise: its key
 * may be that of a registration. */
static bool find_key(struct hearing *h, const uint8_t *home, const uint8_t *coa)
{
	auth_kbm(home, h->deletion ? NULL : coa, h->kbm);
	if (verify(h))
		return true;
	if (!h->deletion || !h->q->msg->bu.lifetime_4s || !coa)
		return false;
	auth_kbm(home, coa, h->kbm);
	return verify(h);
}

static bool judge_authenticator(struct hearing *h, struct cn_judgement *ret_j)
{
	uint8_t home[AUTH_TOKEN_LEN], coa[AUTH_TOKEN_LEN];
	bool has_home = recall_home(h, home), has_coa = recall_coa(h, coa);
	bool done = true;

	/* The care-of nonce of a deletion is not looked at (9.5.1). */
	if (!has_home && !has_coa && !h->deletion)
		*ret_j = refuse_nonces(h, BA_EXPIRED_NONCES);
	else if (!has_home)
		*ret_j = refuse_nonces(h, BA_EXPIRED_HOME_NONCE);
	else if (!has_coa && !h->deletion)
		*ret_j = refuse_nonces(h, BA_EXPIRED_COA_NONCE);
	else if (!find_key(h, home, has_coa ? coa : NULL))
		*ret_j = drop(CNT_BU_BAD_AUTH, "wrong authenticator");
	else
		done = false;
	explicit_bzero(home, sizeof(home));
	explicit_bzero(coa, sizeof(coa));
	return done;
}

/* ---- sequence number ---- */

/* The same as what is being worked on; its answer will come, and would be
 * spoilt by a 135 that overtakes it. */
static bool is_copy(const struct hearing *h)
{
	const struct cn_request *req = h->q->req;

	return req && req->seq == h->q->msg->bu.seq &&
	       !req->lifetime_4s == h->deletion && addr_eq(&req->coa, &h->coa);
}

/* Section 5.2.8: an entry that is gone, and a Binding Update that may be as
 * old as it.  One that needed a later nonce is not, and may have any number
 * (9.5.1). */
static bool is_of_the_dead(const struct hearing *h)
{
	const struct cn_dead *d = h->q->dead;
	const struct mh_options *o = &h->q->msg->opt;

	return d && !mh_seq_newer(h->q->msg->bu.seq, d->seq) &&
	       !mh_seq_newer(o->home_nonce, d->nonce) &&
	       (h->deletion || !mh_seq_newer(o->coa_nonce, d->nonce));
}

static bool judge_seq(const struct hearing *h, struct cn_judgement *ret_j)
{
	const struct bcache_entry *e = h->q->entry;
	uint16_t last;

	if (e && !mh_seq_newer(h->q->msg->bu.seq, e->seq)) {
		last = e->seq;
	} else if (is_of_the_dead(h)) {
		last = h->q->dead->seq;
	} else {
		return false;
	}
	if (is_copy(h)) {
		*ret_j = drop(CNT_BU_BUSY, "is being worked on");
		return true;
	}
	*ret_j = answer(h, CN_REFUSE, BA_SEQ_OUT_OF_WINDOW,
			"old sequence number");
	ret_j->seq = last;
	ret_j->store_seq = false;
	return true;
}

/* ---- policy ---- */

static struct cn_judgement judge_registration(const struct hearing *h)
{
	static const struct lifetime_prefix for_ever = { UINT32_MAX,
							 UINT32_MAX };
	const struct cn_question *q = h->q;
	uint32_t max_s = q->conf->max_lifetime_s < MAX_RR_BINDING_LIFETIME_S
				 ? q->conf->max_lifetime_s
				 : MAX_RR_BINDING_LIFETIME_S;
	struct cn_judgement j;

	if (q->hoa_is_ours)
		return answer(h, CN_REFUSE, BA_PROHIBITED,
			      "the home address is this node's own");
	if (q->coa_is_ours)
		return answer(h, CN_REFUSE, BA_INVALID_COA,
			      "the care-of address is this node's own");
	if (has_action(h, CONF_CN_REJECT)) {
		j = answer(h, CN_REFUSE, q->conf->rules[h->rule].status,
			   "a rule says so");
		j.rule = h->rule;
		return j;
	}
	j = answer(h, CN_ACCEPT, BA_ACCEPTED, "registration");
	j.rule = h->rule;
	j.lifetime_4s = lifetime_grant(q->msg->bu.lifetime_4s, max_s, &for_ever)
				.lifetime_4s;
	return j;
}

struct cn_judgement cn_bu_judge(const struct cn_question *q)
{
	struct bcache_key key = { .local = q->pkt->dst, .hoa = q->pkt->src };
	struct hearing h = { .q = q, .coa = cn_bu_coa(q->pkt, q->msg) };
	struct cn_judgement j;

	/* Differs from RFC 6275 9.5.1, as RFC 3775 9.5.1 had it: a home
	 * address bound to itself is no binding but the end of one. */
	h.deletion = !q->msg->bu.lifetime_4s || addr_eq(&h.coa, &q->pkt->src);
	h.rule = cn_bu_rule(q->conf, &key, &h.coa);
	if (!judge_addresses(&h, &j) && !judge_ignored(&h, &j) &&
	    !judge_options(&h, &j) && !judge_authenticator(&h, &j) &&
	    !judge_seq(&h, &j))
		j = h.deletion ? answer(&h, CN_ACCEPT, BA_ACCEPTED, "deletion")
			       : judge_registration(&h);
	explicit_bzero(h.kbm, sizeof(h.kbm));
	return j;
}
