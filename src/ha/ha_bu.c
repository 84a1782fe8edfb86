/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The judge of home registrations: what a Binding Update deserves.
 *
 * This file decides, from values alone, between silence, a refusal and
 * acceptance, and in the latter case what has to be done (RFC 6275 sections
 * 9.5.1, 10.3.1 and 10.3.2), in this order:
 *
 *  1. What is discarded silently: a destination that is not ours, addresses
 *     that are not unicast routable, nonce indices (9.5.1, 6.1.7, 9.5.4).
 *  2. What the policy ignores.
 *  3. What is not proven, where it has to be: silence, 144, 145, 146, and
 *     129 for somebody else's home address (RFC 4285).
 *  4. The sequence number, unless there is a timestamp: 135 (9.5.1).
 *  5. De-registration, in all its forms: 133 without a binding (10.3.2); who
 *     may not be here any more may always leave.
 *  6. Registration: 132, silence without a Home Address option, then local
 *     policy: 134, 129, 174, 130 (10.3.1).
 *  7. The minimum interval.
 *
 * Doing it is left to ha_binding.c, proofs to ha_auth.c, the facts come from
 * ha.c.  Status 131
 * belongs to nodes without this role and so to dispatch.
 */
#include "ha_private.h"

#include <string.h>

struct in6_addr ha_bu_coa(const struct packet *pkt, const struct mh_msg *msg)
{
	return msg->opt.present & MH_OPT_ALT_COA ? msg->opt.alt_coa
						 : pkt->wire_src;
}

static struct ha_judgement drop(enum counter counter, const char *reason)
{
	return (struct ha_judgement){
		.verdict = HA_DROP,
		.counter = counter,
		.reason = reason,
	};
}

/* A refusal of a Binding Update that passed the tests of section 9.5.1. */
static struct ha_judgement refuse(const struct ha_question *q,
				  enum ba_status status, const char *reason)
{
	return (struct ha_judgement){
		.verdict = HA_REFUSE,
		.counter = CNT_BU_REFUSED,
		.status = (uint8_t)status,
		.seq = q->msg->bu.seq,
		.store_seq = q->entry,
		.reason = reason,
	};
}

/* Subnet-router anycast (RFC 4291 section 2.6.1) and the 128 highest
 * interface identifiers (RFC 2526), among them the home agents' own. */
static bool is_anycast(const struct in6_addr *a, const struct prefix *p)
{
	struct prefix subnet = prefix_of(a, 64);
	struct in6_addr own, reserved;

	if (p->len < 127 && addr_eq(a, &p->addr))
		return true;
	if (a->s6_addr[15] < 0x80)
		return false;
	/* Within a shorter prefix there are subnets of 64 bits. */
	if (p->len < 64 && addr_home_agents(&subnet, &reserved) &&
	    !memcmp(a, &reserved, 15))
		return true;
	return addr_home_agents(p, &own) && !memcmp(a, &own, 15);
}

/* True, and the verdict, for what is to be discarded silently. */
static bool judge_form(const struct ha_question *q, struct ha_judgement *ret_j)
{
	const struct packet *pkt = q->pkt;
	struct in6_addr coa = ha_bu_coa(pkt, q->msg);

	if (!q->dst_is_ours)
		*ret_j = drop(CNT_BU_NOT_FOR_US,
			      "destination is no address of ours");
	else if (!addr_is_routable(&pkt->src) ||
		 (q->link && is_anycast(&pkt->src, &q->link->prefix)))
		*ret_j = drop(CNT_BU_BAD_HOA,
			      "home address is not unicast routable");
	else if (!addr_is_routable(&pkt->wire_src))
		*ret_j = drop(CNT_BU_BAD_COA, "source is not unicast routable");
	else if (!addr_is_routable(&coa))
		*ret_j = drop(CNT_BU_BAD_COA,
			      "care-of address is not unicast routable");
	else if (q->msg->opt.present & MH_OPT_NONCE_INDICES)
		*ret_j = drop(CNT_BU_WITH_NONCES,
			      "home registration with nonce indices");
	else if (q->starting && q->link && !q->link_ready)
		*ret_j = drop(CNT_BU_NOT_READY,
			      "home links are not all known yet");
	else
		return false;
	return true;
}

/* A copy of the Binding Update that is being worked on; its answer will
 * come, and would be spoilt by a 135 that overtakes it. */
static bool is_copy(const struct ha_question *q, const struct in6_addr *coa,
		    bool dereg)
{
	return q->req && q->req->seq == q->msg->bu.seq &&
	       !q->req->asked_4s == dereg && addr_eq(&q->req->coa, coa);
}

static uint16_t last_seq(const struct ha_question *q)
{
	return q->entry ? q->entry->seq : q->seq;
}

/* What is not proven, and might be the Binding Update in force, or being
 * worked on.  Differs from RFC 4285 section 5.1.1, which has it refused: the
 * refusal would be signed, and fit the one that the node waits for. */
static bool is_refused_to_order(const struct ha_question *q)
{
	const struct ha_proof *proof = &q->auth.proof;

	if (!q->entry || q->auth.status != BA_AUTH_FAILED)
		return false;
	return proof->has_timestamp
		       ? q->auth.is_old
		       : !mh_seq_newer(q->msg->bu.seq, last_seq(q));
}

/* True, and the verdict, for what is not proven or not its sender's own; its
 * sequence number does not count. */
static bool judge_proof(const struct ha_question *q, bool is_copied,
			struct ha_judgement *ret_j)
{
	const struct ha_auth_answer *a = &q->auth;

	switch (a->verdict) {
	case HA_AUTH_NONE:
		return false;
	case HA_AUTH_DROP:
		*ret_j = drop(a->counter, a->reason);
		return true;
	case HA_AUTH_REFUSE:
		/* The timestamp that it came with has been accepted. */
		if (a->status == BA_TIMESTAMP_MISMATCH && is_copied) {
			*ret_j = drop(CNT_BU_BUSY, "is being worked on");
			return true;
		}
		if (is_refused_to_order(q)) {
			*ret_j = drop(a->counter, a->reason);
			return true;
		}
		*ret_j = refuse(q, a->status, a->reason);
		ret_j->counter = a->counter;
		break;
	case HA_AUTH_PROVEN:
		if (!q->hoa_is_foreign)
			return false;
		*ret_j = refuse(q, BA_PROHIBITED,
				"the home address is not this identity's");
		ret_j->counter = CNT_AUTH_FOREIGN;
		break;
	}
	ret_j->store_seq = false;
	return true;
}

static struct ha_judgement judge_dereg(const struct ha_question *q)
{
	/* An entry in state INVALID is no binding, but its mobile node has
	 * just de-registered: it repeats itself because the answer was lost,
	 * and 133 would tell it that something went wrong. */
	if (!q->entry)
		return refuse(q, BA_NOT_HOME_AGENT, "there is no binding");
	return (struct ha_judgement){
		.verdict = HA_ACCEPT,
		.kind = HA_DEREGISTER,
		.status = BA_ACCEPTED,
		.seq = q->msg->bu.seq,
		.store_seq = true,
		.reason = "de-registration",
	};
}

/* The policy decided. */
static struct ha_judgement by_policy(const struct ha_question *q,
				     struct ha_judgement j)
{
	j.by_policy = true;
	j.rule = q->policy.rule;
	return j;
}

static struct ha_judgement deny(const struct ha_question *q)
{
	return by_policy(q, refuse(q, q->policy.status,
				   q->policy.rule == HA_NO_RULE
					   ? "no rule of the policy allows it"
					   : "a rule of the policy denies it"));
}

static bool is_bound(const struct bcache_entry *e)
{
	return e && ha_is_in_force(e);
}

/* The tests of 10.3.1 in the order of that section; the third, "any other
 * reason", is everything behind the Home Address option here, since without
 * that option there is nobody to answer.  True, and the verdict, for what is
 * not accepted. */
static bool judge_policy(const struct ha_question *q,
			 struct ha_judgement *ret_j)
{
	if (!q->link)
		*ret_j = refuse(q, BA_NOT_HOME_SUBNET,
				"no home link with this prefix and agent");
	else if (q->prefix.valid_s < LIFETIME_UNIT_S)
		*ret_j = refuse(q, BA_NOT_HOME_SUBNET,
				"the home prefix is not valid any more");
	else if (!q->pkt->has_hao)
		*ret_j =
			drop(CNT_BU_NO_HAO, "away, but no Home Address option");
	else if (q->hoa_is_ours)
		*ret_j = refuse(q, BA_DAD_FAILED,
				"the address is this home agent's own");
	else if (q->policy.action == CONF_HA_DENY)
		*ret_j = deny(q);
	else if (q->hoa_is_elsewhere)
		*ret_j = refuse(q, BA_PROHIBITED,
				"bound through another address of ours");
	else if (q->coa_is_ours)
		*ret_j = refuse(q, BA_INVALID_COA,
				"the care-of address is this agent's own");
	else if (q->coa_is_bound)
		*ret_j = refuse(q, BA_INVALID_COA,
				"the care-of address is bound here itself");
	else if (!is_bound(q->entry) && !q->link_ready)
		*ret_j = refuse(q, BA_NO_RESOURCES, "the home link is down");
	else if (q->rule_is_full)
		*ret_j = by_policy(q, refuse(q, BA_NO_RESOURCES,
					     "the rule of the policy has all "
					     "bindings that it may"));
	else if (!q->entry && q->is_full)
		*ret_j = refuse(q, BA_NO_RESOURCES,
				"the limit of bindings is reached");
	else if (q->ll_is_taken)
		*ret_j = refuse(q, BA_DAD_FAILED,
				"another binding has its link-local address");
	else
		return false;
	return true;
}

static enum ha_kind kind_of(const struct ha_question *q,
			    const struct in6_addr *coa)
{
	const struct bcache_entry *e = q->entry;

	if (!is_bound(e))
		return HA_NEW;
	if (!addr_eq(&e->coa, coa) || (e->flags ^ q->msg->bu.flags) & BU_FLAG_L)
		return HA_MOVE;
	return HA_REFRESH;
}

/* The minimum interval is there against a node that refreshes for nothing:
 * it counts from the last acceptance and holds only for refreshes.  A move,
 * a de-registration and whatever is still being worked on must not wait for
 * it; neither must a wrong sequence number, whose 135 ends a node's doubts. */
static bool is_too_early(const struct ha_question *q, enum ha_kind kind)
{
	const struct bcache_entry *e = q->entry;

	return kind == HA_REFRESH && e->state == BCACHE_ACTIVE && !q->req &&
	       mtime_before(q->now,
			    mtime_add_ms(e->last_bu, q->conf->min_interval_ms));
}

static struct ha_judgement judge_registration(const struct ha_question *q,
					      const struct in6_addr *coa)
{
	struct ha_judgement j;
	struct lifetime_grant g;
	enum ha_kind kind;

	if (judge_policy(q, &j))
		return j;
	kind = kind_of(q, coa);
	if (is_too_early(q, kind))
		return drop(CNT_BU_RATE, "sooner than the minimum interval");
	g = lifetime_grant(q->msg->bu.lifetime_4s, q->policy.max_lifetime_s,
			   &q->prefix);
	return by_policy(q, (struct ha_judgement){
				    .verdict = HA_ACCEPT,
				    .kind = kind,
				    .status = g.status,
				    .seq = q->msg->bu.seq,
				    .lifetime_4s = g.lifetime_4s,
				    .max_lifetime_s = q->policy.max_lifetime_s,
				    .store_seq = true,
				    .reason = "registration",
			    });
}

struct ha_judgement ha_bu_judge(const struct ha_question *q)
{
	struct in6_addr coa = ha_bu_coa(q->pkt, q->msg);
	const struct mh_bu *bu = &q->msg->bu;
	struct ha_judgement j;
	/* Differs from RFC 6275 9.5.1, as RFC 3775 9.5.1 had it: a home
	 * address bound to itself is no binding but the end of one. */
	bool dereg = !bu->lifetime_4s || addr_eq(&coa, &q->pkt->src);
	uint16_t last = last_seq(q);
	bool has_last = q->entry || q->has_seq;

	if (judge_form(q, &j))
		return j;
	if (q->policy.action == CONF_HA_IGNORE)
		return by_policy(q, drop(CNT_BU_IGNORED,
					 "a rule of the policy ignores it"));
	if (judge_proof(q, is_copy(q, &coa, dereg), &j))
		return j;
	/* RFC 4285 section 7: not used beside a timestamp. */
	if (has_last && !q->auth.proof.has_timestamp &&
	    !mh_seq_newer(bu->seq, last)) {
		if (is_copy(q, &coa, dereg))
			return drop(CNT_BU_BUSY, "is being worked on");
		j = refuse(q, BA_SEQ_OUT_OF_WINDOW, "old sequence number");
		j.seq = last;
		j.store_seq = false;
		return j;
	}
	return dereg ? judge_dereg(q) : judge_registration(q, &coa);
}
