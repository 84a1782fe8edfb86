/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state machine of one correspondent registration (RFC 6275 sections
 * 9.5.2, 9.5.3, 9.6).
 *
 * This file decides the way of an accepted Binding Update into the kernel:
 *
 *   new, move   INSTALLING -> ACTIVE     the BA, if one is due, is the last act
 *   refresh     ACTIVE -> ACTIVE         BA at once, no kernel
 *   deletion, expiry, eviction...
 *               ACTIVE -> REMOVING -> gone, and remembered (cn_dead.c)
 *
 * What is wanted (the newest Binding Update, b->req) and what is in force
 * (e->coa) are kept apart, and one request at most is outstanding at the
 * kernel: when it is answered, advance() takes the next step towards what is
 * wanted by then.  A move that the kernel refuses leaves what was in force; a
 * removal is repeated until it succeeds.
 *
 * Whether a Binding Update is acceptable is left to cn_bu.c, messages to
 * cn_ba.c, what an entry carries to cn_usage.c.
 */
#include "cn_private.h"

#include <assert.h>
#include <string.h>

#include "mip6d/cleanup.h"

void cn_request_done(struct cn_request *req)
{
	explicit_bzero(req->kbm, sizeof(req->kbm));
	req->has_kbm = false;
}

static void log_step(struct bcache_entry *e, const char *from, const char *to,
		     struct mtime now)
{
	const struct cn_binding *b = cn_binding(e);
	const struct in6_addr *coa = b->has_req ? &b->req.coa : &e->coa;

	log_limited(LOG_LEVEL_INFO, now,
		    "binding: hoa=%s local=%s coa=%s state=%s->%s",
		    addr_str(&e->key.hoa), addr_str(&e->key.local),
		    addr_str(coa), from, to);
}

/* Only here is a lifetime granted. */
static void log_active(const struct bcache_entry *e, const char *from,
		       struct mtime now)
{
	log_limited(LOG_LEVEL_INFO, now,
		    "binding: hoa=%s local=%s coa=%s state=%s->%s lifetime=%us",
		    addr_str(&e->key.hoa), addr_str(&e->key.local),
		    addr_str(&e->coa), from, bcache_state_str(BCACHE_ACTIVE),
		    e->lifetime_4s * LIFETIME_UNIT_S);
}

/* ---- answers ---- */

static void drop_request(struct cn_binding *b)
{
	b->has_req = false;
	cn_request_done(&b->req);
}

/* Section 9.5.4: a refusal is always told. */
static void refuse_request(struct bcache_entry *e, uint8_t status,
			   struct mtime now)
{
	struct cn_binding *b = cn_binding(e);
	struct mh_ba ba = { .status = status, .seq = b->req.seq };

	if (!b->has_req)
		return;
	b->cn->env.counters->v[CNT_BU_REFUSED]++;
	log_limited(LOG_LEVEL_NOTICE, now,
		    "binding: hoa=%s coa=%s refused: status=%u (%s)",
		    addr_str(&e->key.hoa), addr_str(&b->req.coa), status,
		    ba_status_str(status));
	cn_ba_send(b->cn, &e->key, &b->req, &ba, now);
	drop_request(b);
}

/* Section 9.5.4: an acceptance is told to who wants to know. */
static void accept_request(struct bcache_entry *e, struct mtime now)
{
	struct cn_binding *b = cn_binding(e);
	struct mh_ba ba = {
		.status = BA_ACCEPTED,
		.seq = b->req.seq,
		.lifetime_4s = b->req.lifetime_4s,
	};

	b->cn->env.counters->v[CNT_BU_ACCEPTED]++;
	if (b->req.flags & BU_FLAG_A)
		cn_ba_send(b->cn, &e->key, &b->req, &ba, now);
	drop_request(b);
}

/* ---- the end ---- */

/* Entries that the kernel still has to let go of do not count. */
static void set_room(struct cn *cn)
{
	bcache_set_max(cn->bc, cn->conf->max_bindings + cn->n_removing);
}

/* Nothing is in force and nothing wanted. */
static void forget(struct bcache_entry *e, struct mtime now)
{
	struct cn_binding *b = cn_binding(e);
	struct cn *cn = b->cn;

	log_step(e, bcache_state_str(e->state), "gone", now);
	/* Later, the nonces of its last Binding Update are dead anyway. */
	if (mtime_before(now, mtime_add_s(e->last_bu, MAX_NONCE_LIFETIME_S)))
		cn_dead_add(&cn->dead, &cn->nonces, &e->key, e->seq, now);
	drop_request(b);
	if (e->state == BCACHE_REMOVING)
		cn->n_removing--;
	bcache_del(cn->bc, e);
	set_room(cn);
}

static void leave(struct bcache_entry *e, struct mtime now)
{
	if (cn_is_in_force(e)) {
		cn_binding_enter(e, BCACHE_REMOVING, now);
		return;
	}
	if (cn_binding(e)->has_req)
		accept_request(e, now);
	forget(e, now);
}

/* ---- towards what is wanted ---- */

/* It comes back while it was being removed, but its place is taken. */
static bool is_displaced(const struct bcache_entry *e,
			 const struct cn_binding *b)
{
	return e->state == BCACHE_REMOVING && b->has_req &&
	       b->req.lifetime_4s &&
	       cn_held_count(b->cn) >= b->cn->conf->max_bindings;
}

/* Nothing is outstanding at the kernel: takes the next step. */
static void advance(struct bcache_entry *e, struct mtime now)
{
	struct cn_binding *b = cn_binding(e);

	if (b->end_status)
		refuse_request(e, b->end_status, now);
	else if (is_displaced(e, b))
		refuse_request(e, BA_NO_RESOURCES, now);
	if (b->end_status || (b->has_req && !b->req.lifetime_4s) ||
	    !(b->has_req || cn_is_in_force(e)))
		leave(e, now);
	else if (b->has_req && !addr_eq(&b->req.coa, &e->coa))
		cn_binding_enter(e, BCACHE_INSTALLING, now);
	else
		cn_binding_enter(e, BCACHE_ACTIVE, now);
}

/* ---- the kernel ---- */

struct kernel_key cn_key(struct bcache_entry *e)
{
	struct cn *cn = cn_binding(e)->cn;

	if (!++cn->serial) /* 0 means that nothing is outstanding */
		cn->serial = 1;
	return (struct kernel_key){
		.user = KERNEL_USER_CN,
		.hoa = e->key.hoa,
		.peer = e->key.local,
		.serial = cn->serial,
	};
}

struct kernel_ro cn_ro(const struct bcache_entry *e, const struct in6_addr *coa)
{
	return (struct kernel_ro){
		.local = e->key.local,
		.peer = e->key.hoa,
		.end = KERNEL_RO_PEER,
		.coa = *coa,
		.send = true,
	};
}

static void kernel_failed(struct bcache_entry *e, const char *what, int err,
			  struct mtime now)
{
	e->serial = 0;
	cn_binding(e)->cn->env.counters->v[CNT_KERNEL_FAILED]++;
	log_limited(LOG_LEVEL_ERROR, now,
		    "binding: hoa=%s local=%s kernel refuses to %s it: "
		    "error %d",
		    addr_str(&e->key.hoa), addr_str(&e->key.local), what, -err);
}

static void install_failed(struct bcache_entry *e, int err, struct mtime now)
{
	struct cn_binding *b = cn_binding(e);
	/* A newer Binding Update may have better luck, or gives it up. */
	bool newer = b->has_req && (!b->req.lifetime_4s ||
				    !addr_eq(&b->req.coa, &b->asked_coa));

	kernel_failed(e, "install", err, now);
	/* What was in force and could not be put there again has to end;
	 * what never was leaves things as they are. */
	if (!newer && !b->end_status && addr_eq(&b->asked_coa, &e->coa))
		b->end_status = BA_NO_RESOURCES;
	else if (!newer && !b->end_status)
		refuse_request(e, BA_NO_RESOURCES, now);
	advance(e, now);
}

static void install(struct bcache_entry *e, struct mtime now)
{
	struct cn_binding *b = cn_binding(e);
	struct kernel_key key = cn_key(e);
	struct kernel_ro ro = cn_ro(e, b->has_req ? &b->req.coa : &e->coa);
	int err;

	e->serial = key.serial;
	b->asked_coa = ro.coa;
	err = kernel_ro_set(b->cn->env.kernel, &key, &ro);
	if (err)
		install_failed(e, err, now);
}

static void installed(struct bcache_entry *e, struct mtime now)
{
	struct cn_binding *b = cn_binding(e);

	e->serial = 0;
	if (!cn_is_in_force(e))
		e->created = now;
	else if (!addr_eq(&e->coa, &b->asked_coa))
		e->moves++;
	e->coa = b->asked_coa;
	advance(e, now);
}

static void uninstall_failed(struct bcache_entry *e, int err, struct mtime now)
{
	/* Nobody hears that the binding is gone before it is. */
	kernel_failed(e, "remove", err, now);
	tqueue_start(cn_binding(e)->cn->env.tq, &e->task,
		     mtime_add_ms(now, CN_KERNEL_RETRY_MS));
}

static void uninstall(struct bcache_entry *e, struct mtime now)
{
	struct kernel_key key = cn_key(e);
	struct kernel_ro ro = cn_ro(e, &e->coa);
	int err;

	e->serial = key.serial;
	err = kernel_ro_del(cn_binding(e)->cn->env.kernel, &key, &ro);
	if (err)
		uninstall_failed(e, err, now);
}

static void uninstalled(struct bcache_entry *e, struct mtime now)
{
	e->serial = 0;
	e->coa = addr_any;
	e->flags = 0;
	e->lifetime_4s = 0;
	advance(e, now);
}

void cn_binding_on_done(struct bcache_entry *e, uint32_t serial, int err,
			struct mtime now)
{
	if (serial != e->serial)
		return; /* of an entry that this one has replaced */
	if (e->state == BCACHE_REMOVING && err)
		uninstall_failed(e, err, now);
	else if (e->state == BCACHE_REMOVING)
		uninstalled(e, now);
	else if (err)
		install_failed(e, err, now);
	else
		installed(e, now);
}

/* ---- states ---- */

void cn_binding_arm(struct bcache_entry *e)
{
	struct cn_binding *b = cn_binding(e);

	tqueue_start(b->cn->env.tq, &e->task,
		     mtime_min(e->expires, b->next_look));
}

static void enter_active(struct bcache_entry *e, const char *from,
			 struct mtime now)
{
	struct cn_binding *b = cn_binding(e);

	if (b->has_req) {
		e->flags = b->req.flags;
		e->lifetime_4s = b->req.lifetime_4s;
		e->registered = now;
		e->expires = lifetime_end(now, e->lifetime_4s);
		b->home_nonce = b->req.home_nonce;
		b->coa_nonce = b->req.coa_nonce;
		/* From there, or from somewhere new: a sign of life. */
		b->unreach = (struct cn_unreach){ 0 };
		cn_usage_begin(e, now);
		accept_request(e, now);
	}
	if (from)
		log_active(e, from, now);
	cn_binding_arm(e);
}

void cn_binding_enter(struct bcache_entry *e, enum bcache_state state,
		      struct mtime now)
{
	struct cn_binding *b = cn_binding(e);
	const char *from = b->is_new ? "new" : bcache_state_str(e->state);

	/* A refresh is no step that anybody wants to read about. */
	if (!b->is_new && e->state == state)
		from = NULL;
	else if (state != BCACHE_ACTIVE)
		log_step(e, from, bcache_state_str(state), now);
	if (!b->is_new && e->state == BCACHE_REMOVING)
		b->cn->n_removing--;
	if (state == BCACHE_REMOVING)
		b->cn->n_removing++;
	set_room(b->cn);
	task_stop(&e->task);
	b->is_new = false;
	e->state = state;
	switch (state) {
	case BCACHE_INSTALLING:
		install(e, now);
		break;
	case BCACHE_ACTIVE:
		enter_active(e, from, now);
		break;
	case BCACHE_REMOVING:
		cn_usage_end(e);
		uninstall(e, now);
		break;
	case BCACHE_DAD:
	case BCACHE_INVALID:
		assert(!"no state of a correspondent's entry");
		break;
	}
}

static void on_timer(struct task *task, struct mtime now)
{
	struct bcache_entry *e = container_of(task, struct bcache_entry, task);

	if (e->state == BCACHE_REMOVING) {
		uninstall(e, now);
		return;
	}
	assert(e->state == BCACHE_ACTIVE);
	if (!mtime_before(now, e->expires)) {
		cn_binding(e)->cn->env.counters->v[CNT_BINDING_EXPIRED]++;
		cn_binding_end(e, BA_UNSPECIFIED, now);
		return;
	}
	cn_usage_on_timer(e, now);
	cn_binding_arm(e);
}

/* ---- from outside ---- */

struct bcache_entry *cn_binding_new(struct cn *cn, const struct bcache_key *key,
				    struct mtime now)
{
	struct bcache_entry *e = bcache_add(cn->bc, &key->local, &key->hoa);

	if (!e)
		return NULL;
	task_init(&e->task, on_timer);
	e->state = BCACHE_INSTALLING;
	e->created = now;
	cn_binding(e)->cn = cn;
	cn_binding(e)->is_new = true;
	return e;
}

void cn_binding_update(struct bcache_entry *e, struct cn_request *req,
		       struct mtime now)
{
	struct cn_binding *b = cn_binding(e);

	if (b->has_req) {
		b->cn->env.counters->v[CNT_BU_BUSY]++;
		drop_request(b);
	}
	b->req = *req;
	b->has_req = true;
	cn_request_done(req);
	b->end_status = 0;
	e->last_bu = now;
	if (e->state == BCACHE_ACTIVE && addr_eq(&b->req.coa, &e->coa))
		e->refreshes++;
	/* Else the kernel's answer goes on from here. */
	if (b->is_new || e->state == BCACHE_ACTIVE)
		advance(e, now);
}

void cn_binding_reinstall(struct bcache_entry *e, struct mtime now)
{
	if (e->state == BCACHE_ACTIVE)
		cn_binding_enter(e, BCACHE_INSTALLING, now);
}

void cn_binding_end(struct bcache_entry *e, uint8_t status, struct mtime now)
{
	struct cn_binding *b = cn_binding(e);

	assert(status);
	if (b->has_req && !b->req.lifetime_4s)
		return; /* ends anyway, and is told that it went well */
	b->end_status = status;
	if (e->state == BCACHE_ACTIVE)
		advance(e, now);
}
