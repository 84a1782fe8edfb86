/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The judge of authentication options (RFC 4283, RFC 4285).
 *
 * This file decides, from values alone, what a Binding Update proves about its
 * sender, in this order:
 *
 *  1. No option: fine, or silence where one is needed (section 5).
 *  2. Options in a wrong order or twice: silence (section 5).
 *  3. Nobody of that name, or no key of that index: silence (section 5.1.1).
 *  4. MN-AAA, which an AAA server would have to verify, and here is none: 146
 *     (section 5.3), signed with the key that the name has.
 *  5. Wrong authentication data: 146 (section 5.1.1).
 *  6. No timestamp where the association has them: 145 (section 6).
 *  7. A timestamp that is far from our clock, or not newer than the last one
 *     accepted: 144 (section 6).
 *
 * Which home addresses a name may have is left to ha_bu.c.
 */
#include "ha_private.h"

#include <string.h>

static bool is_sa(const struct auth_sa *sa, const char *nai, uint32_t spi)
{
	return sa->spi == spi && !strcmp(sa->nai, nai);
}

const struct auth_sa *ha_auth_sa(const struct auth_keys *keys, const char *nai,
				 uint32_t spi)
{
	unsigned int i;

	for (i = 0; keys && i < keys->n_sas; i++)
		if (is_sa(&keys->sas[i], nai, spi))
			return &keys->sas[i];
	return NULL;
}

/* The answer to a message without MN-HA names no index: any will do. */
static const struct auth_sa *any_sa(const struct auth_keys *keys,
				    const char *nai)
{
	unsigned int i;

	for (i = 0; keys && i < keys->n_sas; i++)
		if (!strcmp(keys->sas[i].nai, nai))
			return &keys->sas[i];
	return NULL;
}

static struct ha_auth_answer drop(enum counter counter, const char *reason)
{
	return (struct ha_auth_answer){
		.verdict = HA_AUTH_DROP,
		.counter = counter,
		.reason = reason,
	};
}

static struct ha_auth_answer refuse(struct ha_proof proof, enum ba_status st,
				    enum counter counter, const char *reason)
{
	return (struct ha_auth_answer){
		.verdict = HA_AUTH_REFUSE,
		.status = (uint8_t)st,
		.counter = counter,
		.reason = reason,
		.is_old = proof.has_timestamp &&
			  !auth_ntp_newer(proof.timestamp, proof.ident->last),
		.proof = proof,
	};
}

static struct ha_auth_answer judge_none(const struct ha_auth_question *q)
{
	if (q->is_required)
		return drop(CNT_AUTH_MISSING,
			    "no authentication option where one is needed");
	return (struct ha_auth_answer){ .verdict = HA_AUTH_NONE };
}

static struct ha_proof proof_of(const struct ha_auth_question *q,
				const struct auth_sa *sa)
{
	const struct mh_options *opt = &q->msg->opt;

	return (struct ha_proof){
		.ident = q->ident,
		.spi = sa->spi,
		.has_timestamp = opt->present & MH_OPT_REPLAY,
		.timestamp = opt->timestamp,
	};
}

static bool is_signed(const struct ha_auth_question *q,
		      const struct auth_sa *sa)
{
	const struct mh_mn_auth *a = &q->msg->opt.mn_ha;
	const struct auth_mn_parties p = { .coa = q->coa, .hoa = q->pkt->src };
	const struct auth_mn_data at = { .offset = a->offset, .len = a->len };

	return auth_mn_ha_verify(sa, &p, q->pkt->data, q->pkt->len, &at);
}

static struct ha_auth_answer judge_time(const struct ha_auth_question *q,
					const struct auth_sa *sa)
{
	struct ha_proof proof = proof_of(q, sa);

	if (!proof.has_timestamp && sa->timestamps)
		return refuse(proof, BA_TIMESTAMP_REQUIRED,
			      CNT_AUTH_NO_TIMESTAMP,
			      "no timestamp, which its key asks for");
	if (proof.has_timestamp &&
	    !auth_ntp_close(proof.timestamp, q->clock, sa->clock_window_s))
		return refuse(proof, BA_TIMESTAMP_MISMATCH, CNT_AUTH_TIMESTAMP,
			      "its clock and ours are too far apart");
	if (proof.has_timestamp &&
	    !auth_ntp_newer(proof.timestamp, q->ident->last))
		return refuse(proof, BA_TIMESTAMP_MISMATCH, CNT_AUTH_TIMESTAMP,
			      "the timestamp is not newer than the last");
	return (struct ha_auth_answer){
		.verdict = HA_AUTH_PROVEN,
		.proof = proof,
	};
}

struct ha_auth_answer ha_auth_judge(const struct ha_auth_question *q)
{
	const struct mh_options *opt = &q->msg->opt;
	const struct auth_sa *sa = NULL;

	if (!(opt->present & (MH_OPT_MN_HA | MH_OPT_MN_AAA)))
		return judge_none(q);
	if (opt->mn_auth_misplaced)
		return drop(CNT_AUTH_MISPLACED,
			    "authentication options twice or not at the end");
	if (q->ident)
		sa = opt->present & MH_OPT_MN_HA
			     ? ha_auth_sa(q->keys, q->ident->nai,
					  opt->mn_ha.spi)
			     : any_sa(q->keys, q->ident->nai);
	if (!sa)
		return drop(CNT_AUTH_UNKNOWN, "no key of this name and index");
	if (opt->present & MH_OPT_MN_AAA)
		return refuse(proof_of(q, sa), BA_AUTH_FAILED, CNT_AUTH_AAA,
			      "MN-AAA authentication, and there is no server");
	if (!is_signed(q, sa))
		return refuse(proof_of(q, sa), BA_AUTH_FAILED, CNT_AUTH_FAILED,
			      "wrong authentication data");
	return judge_time(q, sa);
}
