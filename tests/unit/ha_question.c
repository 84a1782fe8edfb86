/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Questions to the judge of home registrations.
 */
#include "tests/unit/ha_question.h"

#include "tests/unit/unit.h"

static enum bcache_state state_of(unsigned int facts)
{
	if (facts & DAD)
		return BCACHE_DAD;
	if (facts & INSTALLING)
		return BCACHE_INSTALLING;
	if (facts & REMOVING)
		return BCACHE_REMOVING;
	return facts & INVALID ? BCACHE_INVALID : BCACHE_ACTIVE;
}

static void fill_entry(struct bcache_entry *e, const struct row *r,
		       struct mtime now)
{
	*e = (struct bcache_entry){
		.key = { .local = ip(HA1), .hoa = ip(HOA) },
		.state = state_of(r->facts),
		.seq = 15,
		.flags = r->facts & BOUND_L ? AHL : AH,
		.last_bu = mtime_add_s(now, -60),
	};
	if (r->facts & BOUND)
		e->coa = ip(COA);
	if (r->facts & JUST_ANSWERED)
		e->last_bu = mtime_add_ms(now, -999);
}

struct ha_judgement row_judge(const struct row *r)
{
	struct conf_home_link link = { .address = ip(HA1),
				       .prefix = { ip("2001:db8:1::"), 64 } };
	struct conf_ha conf = { .max_lifetime_s = 3600,
				.min_interval_ms = 1000 };
	struct packet pkt = bu_packet(&r->bu);
	struct mh_msg msg = bu_msg(&r->bu);
	struct ha_request req = { .coa = ip(COA), .seq = 15, .asked_4s = 9 };
	struct ha_question q = {
		.conf = &conf,
		.link = r->facts & NO_LINK ? NULL : &link,
		.prefix = { UINT32_MAX, UINT32_MAX },
		.link_ready = !(r->facts & LINK_DOWN),
		.starting = r->facts & STARTING,
		.pkt = &pkt,
		.msg = &msg,
		.now = { 1000000000 },
		.dst_is_ours = !(r->facts & NOT_OUR_DST),
		.hoa_is_ours = r->facts & OUR_HOA,
		.coa_is_ours = r->facts & OUR_COA,
		.coa_is_bound = r->facts & COA_BOUND,
		.hoa_is_elsewhere = r->facts & ELSEWHERE,
		.ll_is_taken = r->facts & LL_TAKEN,
		.is_full = r->facts & FULL,
		.policy = { 0, CONF_HA_ALLOW, 0, 3600, 0 },
		.rule_is_full = r->facts & RULE_FULL,
	};
	struct bcache_entry e;

	fill_entry(&e, r, q.now);
	if (r->facts & (BOUND | DAD | INSTALLING | REMOVING | INVALID))
		q.entry = &e;
	if (r->facts & PENDING_DEREG)
		req.asked_4s = 0;
	if (r->facts & (PENDING | PENDING_DEREG))
		q.req = &req;
	if (r->facts & PREFIX_ENDED)
		q.prefix = (struct lifetime_prefix){ 3, 3 };
	if (r->facts & PREFIX_DEPRECATED)
		q.prefix.preferred_s = 0;
	if (r->facts & ALLOW_OTHERS)
		q.policy = (struct ha_policy){ HA_NO_RULE, CONF_HA_DENY,
					       BA_PROHIBITED, 3600, 0 };
	if (r->facts & IGNORED)
		q.policy.action = CONF_HA_IGNORE;
	return ha_bu_judge(&q);
}

static int got(const struct ha_judgement *j)
{
	if (j->verdict == HA_DROP)
		return (int)j->counter;
	return j->verdict == HA_REFUSE ? j->status : (int)j->kind;
}

void rows_check(const struct row *rows)
{
	const struct row *r;

	for (r = rows; r->name; r++) {
		struct ha_judgement j = row_judge(r);

		if (j.verdict != r->verdict || got(&j) != r->is)
			printf("     row \"%s\": %s\n", r->name, j.reason);
		UNIT_EQ(j.verdict, r->verdict);
		UNIT_EQ(got(&j), r->is);
		CU_ASSERT_PTR_NOT_NULL(j.reason);
	}
}
