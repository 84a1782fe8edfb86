/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state machine of one home registration (RFC 6275 sections 10.3.1,
 * 10.3.2, 10.4.1).
 *
 * This file decides the way of an accepted Binding Update into force:
 *
 *   new      -> DAD -> INSTALLING -> ACTIVE    the BA is the last act
 *   refresh            ACTIVE -> ACTIVE        BA at once, no kernel
 *   move               ACTIVE -> INSTALLING -> ACTIVE
 *   de-reg.            ACTIVE -> REMOVING -> INVALID (10 s) -> gone
 *   expiry             ACTIVE -> REMOVING -> gone
 *
 * What is wanted (the newest Binding Update, b->req) and what is in force
 * (e->coa, b->home_*) are kept apart.  One request at most is outstanding at
 * the kernel; when it is answered, ha_binding_advance() takes the next step
 * towards what is wanted by then.  So Binding Updates may come at any time:
 * each replaces the one before, and only the newest is answered.
 *
 * A lifetime begins when the binding comes into force, not while DAD runs
 * (section 9.6: on creation or update of the entry).  Bindings that exist
 * outlive their home link's interface: the tunnel works without it, and when
 * it comes back they are put into the kernel and announced again.
 *
 * Whether a Binding Update is acceptable is left to ha_bu.c, DAD to ha_dad.c,
 * the kernel to ha_install.c, messages to ha_ba.c and ha_nd.c.
 */
#include "ha_private.h"

#include <assert.h>

#include "mip6d/cleanup.h"

struct bcache_entry *ha_binding_entry(struct ha_binding *b)
{
	return (struct bcache_entry *)((char *)b - sizeof(struct bcache_entry));
}

static void log_step(const struct bcache_entry *e, const char *from,
		     const char *to, struct mtime now)
{
	struct ha_binding *b = bcache_role((struct bcache_entry *)e);
	const struct in6_addr *coa = b->has_req ? &b->req.coa : &e->coa;

	log_limited(LOG_LEVEL_INFO, now, "binding: hoa=%s coa=%s state=%s->%s",
		    addr_str(&e->key.hoa), addr_str(coa), from, to);
}

/* Only here is a lifetime granted. */
static void log_active(const struct bcache_entry *e, const char *from,
		       struct mtime now)
{
	log_limited(LOG_LEVEL_INFO, now,
		    "binding: hoa=%s coa=%s state=%s->%s lifetime=%us",
		    addr_str(&e->key.hoa), addr_str(&e->coa), from,
		    bcache_state_str(BCACHE_ACTIVE),
		    e->lifetime_4s * LIFETIME_UNIT_S);
}

/* ---- answers ---- */

static void refuse_request(struct bcache_entry *e, uint8_t status,
			   struct mtime now)
{
	struct ha_binding *b = ha_binding(e);
	struct mh_ba ba = { .status = status, .seq = b->req.seq };

	if (!b->has_req)
		return;
	b->has_req = false;
	log_limited(LOG_LEVEL_NOTICE, now,
		    "binding: hoa=%s coa=%s refused: status=%u (%s)",
		    addr_str(&e->key.hoa), addr_str(&b->req.coa), status,
		    ba_status_str(status));
	ha_ba_send(b->ha, &e->key, &b->req, &ba, now);
}

static void accept_request(struct bcache_entry *e, uint8_t status,
			   struct mtime now)
{
	struct ha_binding *b = ha_binding(e);
	struct mh_ba ba = {
		.status = status,
		.seq = b->req.seq,
		.lifetime_4s = e->lifetime_4s,
	};
	struct ike *ike = b->ha->env.ike;
	bool k = (b->req.flags & BU_FLAG_K) &&
		 ike_can_follow(ike, &e->key.hoa, &e->key.local);

	if (!b->has_req)
		return;
	b->has_req = false;
	ba.flags = k ? BA_FLAG_K : 0;
	ha_ba_send(b->ha, &e->key, &b->req, &ba, now);
	/* Not before the answer: it may need what ends here. */
	ike_registered(ike, &e->key.hoa, &e->key.local,
		       b->req.asked_4s ? &b->req.coa : &b->req.from, k, now);
}

/* ---- the end ---- */

void ha_binding_drop(struct bcache_entry *e, struct mtime now)
{
	struct ha *ha = ha_binding(e)->ha;

	if (e->state == BCACHE_DAD)
		ha_dad_stop(e);
	if (e->state == BCACHE_INVALID)
		ha->n_invalid--;
	ha_mpd_stop(e);
	ha_policy_release(e);
	log_step(e, bcache_state_str(e->state), "gone", now);
	bcache_del(ha->bc, e);
}

/* Nothing is in force and nothing wanted; a registration that came to nothing
 * does not end the memory of the de-registration before it. */
static void forget(struct bcache_entry *e, struct mtime now)
{
	if (mtime_before(now, ha_binding(e)->remember))
		ha_binding_enter(e, BCACHE_INVALID, now);
	else
		ha_binding_drop(e, now);
}

/* Out of whatever state without an outstanding request, with nothing wanted
 * any more: a de-registration is remembered, anything else is not. */
static void leave(struct bcache_entry *e, struct mtime now)
{
	if (ha_is_in_force(e))
		ha_binding_enter(e, BCACHE_REMOVING, now);
	else if (ha_binding(e)->has_req)
		ha_binding_enter(e, BCACHE_INVALID, now);
	else
		forget(e, now);
}

/* ---- towards what is wanted ---- */

/* Nothing is outstanding: takes the next step. */
void ha_binding_advance(struct bcache_entry *e, struct mtime now)
{
	struct ha_binding *b = ha_binding(e);
	const struct ha_link *l = ha_link_of(b->ha, e);

	if (b->end_status) {
		refuse_request(e, b->end_status, now);
		leave(e, now);
	} else if (b->has_req && !b->req.asked_4s) {
		leave(e, now);
	} else if (b->has_req &&
		   (ha_dad_wants_hoa(b, l) || ha_dad_wants_ll(b, l))) {
		ha_binding_enter(e, BCACHE_DAD, now);
	} else if (!ha_is_in_force(e) || ha_wants_reinstall(e, now) ||
		   (b->has_req && !addr_eq(&b->req.coa, &e->coa))) {
		ha_binding_enter(e, BCACHE_INSTALLING, now);
	} else {
		ha_binding_enter(e, BCACHE_ACTIVE, now);
	}
}

/* What was asked for last cannot be had: refused, back to what is in force
 * if there is something. */
void ha_binding_give_up(struct bcache_entry *e, uint8_t status,
			struct mtime now)
{
	refuse_request(e, status, now);
	if (ha_is_in_force(e))
		ha_binding_enter(e, BCACHE_ACTIVE, now);
	else
		forget(e, now);
}

void ha_binding_on_dad(struct bcache_entry *e, uint8_t status, struct mtime now)
{
	struct ha_binding *b = ha_binding(e);

	if (!status) {
		b->hoa_unique |= b->dad_hoa;
		b->ll_unique |= b->dad_ll;
		ha_binding_advance(e, now);
		return;
	}
	if (status == BA_DAD_FAILED)
		b->ha->env.counters->v[CNT_DAD_FAILED]++;
	ha_binding_give_up(e, status, now);
}

/* ---- in force ---- */

static void arm_active(struct bcache_entry *e)
{
	struct ha_binding *b = ha_binding(e);
	struct mtime due = e->expires;

	if (b->na_left)
		due = mtime_min(due, b->next_na);
	if (b->stale)
		due = mtime_min(due, b->retry);
	/* A refresh leaves the timer where it is, too early: when it runs it
	 * finds nothing to do and is put right, once a lifetime instead of at
	 * each refresh. */
	if (mtime_before(due, task_due(&e->task)))
		tqueue_start(b->ha->env.tq, &e->task, due);
}

static void announce(struct bcache_entry *e, struct mtime now)
{
	struct ha_binding *b = ha_binding(e);

	ha_nd_announce(e);
	b->na_left--;
	b->next_na = mtime_add_ms(now, HA_NA_INTERVAL_MS);
}

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* Grants the lifetime; false: the home prefix has ended meanwhile. */
static bool grant(struct bcache_entry *e, struct mtime now, uint8_t *ret_status)
{
	struct ha_binding *b = ha_binding(e);
	const struct ha_link *l = ha_link_of(b->ha, e);
	struct lifetime_prefix prefix;
	struct lifetime_grant g;

	if (!l)
		return false;
	prefix = ha_link_prefix(b->ha, l, now);
	/* A reload may have come in between. */
	g = lifetime_grant(b->req.asked_4s,
			   least(b->req.max_lifetime_s,
				 b->ha->conf->max_lifetime_s),
			   &prefix);
	if (!g.lifetime_4s)
		return false;
	e->flags = b->req.flags;
	b->proof = b->req.proof;
	b->networks = b->req.networks;
	e->lifetime_4s = g.lifetime_4s;
	e->registered = now;
	e->last_bu = now;
	e->expires = lifetime_end(now, g.lifetime_4s);
	b->remember = (struct mtime){ 0 };
	*ret_status = g.status;
	return true;
}

static void enter_active(struct bcache_entry *e, const char *from,
			 struct mtime now)
{
	struct ha_binding *b = ha_binding(e);
	uint8_t status = BA_UNSPECIFIED;

	if (b->has_req && !grant(e, now, &status)) {
		refuse_request(e, BA_NOT_HOME_SUBNET, now);
		ha_binding_enter(e, BCACHE_REMOVING, now);
		return;
	}
	if (from)
		log_active(e, from, now);
	/* Not while the proxy entries are missing: packets would be drawn to
	 * us that we cannot take. */
	if (b->announce && !b->stale) {
		b->announce = false;
		b->na_left = b->home_ifindex ? HA_NA_TRANSMITS : 0;
	}
	if (b->na_left == HA_NA_TRANSMITS)
		announce(e, now);
	arm_active(e);
	if (b->has_req)
		ha_mpd_on_bu(e, now);
	accept_request(e, status, now);
}

static void on_active_timer(struct bcache_entry *e, struct mtime now)
{
	struct ha_binding *b = ha_binding(e);

	if (!mtime_before(now, e->expires)) {
		b->ha->env.counters->v[CNT_BINDING_EXPIRED]++;
		ha_binding_enter(e, BCACHE_REMOVING, now);
		return;
	}
	if (b->stale && !mtime_before(now, b->retry)) {
		ha_binding_enter(e, BCACHE_INSTALLING, now);
		return;
	}
	if (b->na_left && !mtime_before(now, b->next_na))
		announce(e, now);
	arm_active(e);
}

/* ---- states ---- */

static void enter_invalid(struct bcache_entry *e, struct mtime now)
{
	struct ha_binding *b = ha_binding(e);

	b->ha->n_invalid++;
	ha_policy_release(e);
	e->lifetime_4s = 0;
	if (b->has_req)
		b->remember = mtime_add_s(now, HA_DELETE_BCE_TIMEOUT_S);
	e->expires = b->remember;
	tqueue_start(b->ha->env.tq, &e->task, e->expires);
	accept_request(e, BA_ACCEPTED, now);
}

void ha_binding_enter(struct bcache_entry *e, enum bcache_state state,
		      struct mtime now)
{
	struct ha_binding *b = ha_binding(e);
	const char *from = b->is_new ? "new" : bcache_state_str(e->state);

	if (!b->is_new && e->state == BCACHE_DAD)
		ha_dad_stop(e);
	if (!b->is_new && e->state == BCACHE_INVALID)
		b->ha->n_invalid--;
	/* A refresh is no step that anybody wants to read about. */
	if (state == BCACHE_ACTIVE && e->state == state)
		from = NULL;
	else if (state != BCACHE_ACTIVE)
		log_step(e, from, bcache_state_str(state), now);
	if (from)
		task_stop(&e->task);
	b->is_new = false;
	e->state = state;
	switch (state) {
	case BCACHE_DAD:
		ha_dad_start(e, now);
		break;
	case BCACHE_INSTALLING:
		ha_install(e, now);
		break;
	case BCACHE_ACTIVE:
		enter_active(e, from, now);
		break;
	case BCACHE_REMOVING:
		ha_mpd_stop(e);
		ha_uninstall(e, now);
		break;
	case BCACHE_INVALID:
		ha_mpd_stop(e);
		enter_invalid(e, now);
		break;
	}
}

static void on_timer(struct task *task, struct mtime now)
{
	struct bcache_entry *e = container_of(task, struct bcache_entry, task);

	switch (e->state) {
	case BCACHE_DAD:
		ha_dad_on_timer(e, now);
		break;
	case BCACHE_ACTIVE:
		on_active_timer(e, now);
		break;
	case BCACHE_REMOVING:
		ha_uninstall(e, now);
		break;
	case BCACHE_INVALID:
		ha_binding_drop(e, now);
		break;
	case BCACHE_INSTALLING:
		assert(!"no timer runs while the kernel works");
		break;
	}
}

/* ---- from outside ---- */

struct bcache_entry *ha_binding_new(struct ha *ha, const struct bcache_key *key,
				    struct mtime now)
{
	struct bcache_entry *e = bcache_add(ha->bc, &key->local, &key->hoa);
	struct ha_binding *b;

	if (!e)
		return NULL;
	task_init(&e->task, on_timer);
	e->created = now;
	b = ha_binding(e);
	b->ha = ha;
	b->is_new = true;
	b->rule = HA_NO_RULE;
	ha_mpd_init(e);
	return e;
}

/* DAD runs and what is wanted has changed. */
static void update_dad(struct bcache_entry *e, struct mtime now)
{
	struct ha_binding *b = ha_binding(e);
	const struct ha_link *l = ha_link_of(b->ha, e);

	/* Another care-of address changes nothing for DAD, and neither does
	 * a repetition: there is no second DAD. */
	if (!b->req.asked_4s || ha_dad_wants_ll(b, l) != b->dad_ll)
		ha_binding_advance(e, now);
}

void ha_binding_update(struct bcache_entry *e, const struct ha_request *req,
		       struct mtime now)
{
	struct ha_binding *b = ha_binding(e);

	if (b->has_req)
		b->ha->env.counters->v[CNT_BU_BUSY]++;
	b->req = *req;
	b->has_req = true;
	b->end_status = 0;
	if (b->is_new) {
		ha_binding_advance(e, now);
		return;
	}
	switch (e->state) {
	case BCACHE_DAD:
		update_dad(e, now);
		break;
	case BCACHE_ACTIVE:
		if (req->asked_4s && addr_eq(&req->coa, &e->coa))
			e->refreshes++;
		ha_binding_advance(e, now);
		break;
	case BCACHE_INVALID:
		ha_binding_advance(e, now);
		break;
	case BCACHE_INSTALLING:
	case BCACHE_REMOVING:
		break; /* the kernel's answer goes on from here */
	}
}

void ha_binding_reinstall(struct bcache_entry *e, struct mtime now)
{
	struct ha_binding *b = ha_binding(e);

	if (!ha_is_in_force(e) && e->state != BCACHE_INSTALLING)
		return;
	b->stale = true;
	b->announce = true;
	b->retry = now;
	if (e->state == BCACHE_ACTIVE)
		ha_binding_enter(e, BCACHE_INSTALLING, now);
}

void ha_binding_cut(struct bcache_entry *e, uint32_t valid_s, struct mtime now)
{
	struct mtime end = mtime_add_s(now, valid_s);

	if (!ha_is_in_force(e) || valid_s == UINT32_MAX ||
	    !mtime_before(end, e->expires))
		return;
	if (!valid_s && e->state == BCACHE_ACTIVE)
		ha_mpd_last(e, now);
	e->expires = end;
	if (e->state == BCACHE_ACTIVE)
		arm_active(e);
}

void ha_binding_end(struct bcache_entry *e, uint8_t status, struct mtime now)
{
	struct ha_binding *b = ha_binding(e);

	switch (e->state) {
	case BCACHE_DAD:
	case BCACHE_ACTIVE:
		b->end_status = status;
		ha_binding_advance(e, now);
		break;
	case BCACHE_INSTALLING:
		b->end_status = status;
		break;
	case BCACHE_REMOVING:
		if (b->has_req && b->req.asked_4s)
			b->end_status = status;
		break;
	case BCACHE_INVALID:
		break;
	}
}
