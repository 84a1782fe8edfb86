/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The conversation with charon: what is asked when, and what follows from the
 * answers.
 *
 * This file decides the order: after a connection is made, events are asked
 * for, then each pair is loaded and looked at; a node then starts what it
 * wants.  An event about a pair means that it is looked at again.  Failures
 * are tried again ever later.  Nothing is asked while charon is away.
 */
#include <stdio.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "mip6d/log.h"
#include "src/ike/ike_priv.h"

static const char *const events[] = { "list-sa",     "ike-updown",
				      "ike-rekey",   "child-updown",
				      "child-rekey", "list-conn" };

/* ---- asking ---- */

static void todo_unlink(struct ike_pair *p)
{
	*p->prev = p->next;
	if (p->next)
		p->next->prev = p->prev;
	else
		p->ike->last_todo = p->prev;
}

static void todo_append(struct ike_pair *p)
{
	struct ike *ike = p->ike;

	p->next = NULL;
	p->prev = ike->last_todo;
	*ike->last_todo = p;
	ike->last_todo = &p->next;
}

/* False: not now. */
static bool ask(struct ike *ike, struct ike_pair *p, enum ike_todo what,
		const struct wbuf *b)
{
	int err = vici_send(ike->env.vici, b);

	if (err) {
		log_error("ike: cannot ask charon: %s", strerror(-err));
		return false;
	}
	ike->asked[(ike->asked_at + ike->n_asked++) % IKE_ASKED_MAX] =
		(struct ike_asked){ what, p };
	return true;
}

static bool ask_pair(struct ike_pair *p)
{
	enum ike_todo what = (enum ike_todo)(p->todo & -p->todo);
	uint8_t mem[VICI_REQUEST_MAX];
	struct wbuf b;
	bool ok;

	wbuf_init(&b, mem, sizeof(mem));
	ike_msg_build(p, what, &b);
	if (what == IKE_TODO_LIST)
		memset(&p->found, 0, sizeof(p->found));
	p->is_loaded |= what == IKE_TODO_CONNECTION;
	p->is_seen &= what != IKE_TODO_LOOK;
	ok = ask(p->ike, p, what, &b);
	explicit_bzero(mem, b.len);
	todo_unlink(p);
	p->todo &= ~(unsigned int)what;
	if (p->todo)
		todo_append(p);
	return ok;
}

static void pump(struct ike *ike)
{
	while (ike->connected && ike->first_todo &&
	       ike->n_asked < IKE_ASKED_MAX && ask_pair(ike->first_todo))
		;
}

void ike_todo(struct ike_pair *p, unsigned int todo)
{
	bool was_linked = p->todo != 0;

	/* What charon forgot is loaded when it is back. */
	if (!p->ike->connected)
		return;
	p->todo |= todo;
	if (!was_linked && p->todo)
		todo_append(p);
	pump(p->ike);
}

void ike_todo_only(struct ike_pair *p, unsigned int todo)
{
	if (p->todo)
		todo_unlink(p);
	p->todo = 0;
	if (todo)
		ike_todo(p, todo);
}

/* ---- starting ---- */

void ike_set_reason(struct ike_pair *p, const char *reason)
{
	snprintf(p->reason, sizeof(p->reason), "%s", reason);
}

static void arm(struct ike_pair *p, bool is_check, uint32_t ms,
		struct mtime now)
{
	p->checking = is_check;
	tqueue_start(p->ike->env.tq, &p->task, mtime_add_ms(now, ms));
}

static unsigned int todo_credentials(const struct ike_peer *peer)
{
	if (peer->secret_len)
		return IKE_TODO_SECRET;
	return IKE_TODO_AUTHORITY | IKE_TODO_CERTIFICATE | IKE_TODO_KEY;
}

/* A node's; the care-of address is in the connection.  A first try begins
 * with charon's memory of earlier ones out of the way, too; another with
 * whatever charon may have lost. */
static void start(struct ike_pair *p, struct mtime now)
{
	unsigned int todo = IKE_TODO_CONNECTION | IKE_TODO_TERMINATE |
			    IKE_TODO_INITIATE;

	if (p->retry_ms > IKE_RETRY_MIN_MS)
		todo |= todo_credentials(p->peer);
	ike_todo(p, todo);
	arm(p, false, p->retry_ms, now);
	p->retry_ms *= 2;
	if (p->retry_ms > IKE_RETRY_MAX_MS)
		p->retry_ms = IKE_RETRY_MAX_MS;
}

/* Unless that is going on, or charon may have it already. */
static void start_wanted(struct ike_pair *p, struct mtime now)
{
	if (p->wanted && p->ike->connected && p->is_listed && !p->has.up &&
	    (p->checking || !task_is_started(&p->task)))
		start(p, now);
}

bool ike_want(struct ike *ike, const struct in6_addr *hoa,
	      const struct in6_addr *agent, const struct in6_addr *coa,
	      struct mtime now)
{
	struct ike_pair *p = ike_pair_find(ike, hoa, agent);
	bool moved;

	if (!p || p->peer->end != IKE_NODE)
		return true;
	moved = !addr_eq(&p->coa, coa);
	p->coa = *coa;
	p->wanted = true;
	if (p->has.up)
		return true;
	if (moved) {
		task_stop(&p->task);
		p->retry_ms = IKE_RETRY_MIN_MS;
	}
	start_wanted(p, now);
	return false;
}

void ike_restart(struct ike_pair *p, const char *why, struct mtime now)
{
	log_notice("ike: hoa=%s agent=%s negotiated anew: %s",
		   addr_str(&p->peer->hoa), addr_str(&p->peer->agent), why);
	ike_set_reason(p, why);
	p->has.up = false;
	p->retry_ms = IKE_RETRY_MIN_MS;
	start(p, now);
}

void ike_suspect(struct ike *ike, const struct in6_addr *hoa,
		 const struct in6_addr *agent, struct mtime now)
{
	struct ike_pair *p = ike_pair_find(ike, hoa, agent);

	if (p && p->peer->end == IKE_NODE && p->has.up && ike->connected &&
	    !task_is_started(&p->task))
		ike_restart(p, "the agent does not answer", now);
}

void ike_registered(struct ike *ike, const struct in6_addr *hoa,
		    const struct in6_addr *agent, const struct in6_addr *coa,
		    bool k, struct mtime now)
{
	struct ike_pair *p = ike_pair_find(ike, hoa, agent);
	bool is_node;
	int err;

	if (!p)
		return;
	is_node = p->peer->end == IKE_NODE;
	p->coa = *coa;
	if (!p->has.up ||
	    addr_eq(coa, is_node ? &p->has.local : &p->has.remote))
		return;
	if (k) {
		ike_tunnel_moves(p);
		err = ike_policy_move(p, coa);
		if (err)
			log_error("ike: hoa=%s end point not moved: %s",
				  addr_str(hoa), strerror(-err));
		else
			*(is_node ? &p->has.local : &p->has.remote) = *coa;
		p->moved += !err;
		p->told = *coa;
		arm(p, true, IKE_CHECK_MS, now);
	} else if (is_node) {
		ike_restart(p, "the agent cannot follow (K bit)", now);
	} else {
		/* RFC 6275 section 10.3.1: what leads to the old care-of
		 * address is given up. */
		ike_tunnel_give_up(p, coa);
		ike_todo(p, IKE_TODO_TERMINATE | IKE_TODO_LIST);
	}
}

/* A move that charon did not follow, or a start that led to nothing. */
void ike_task(struct task *task, struct mtime now)
{
	struct ike_pair *p = container_of(task, struct ike_pair, task);
	bool is_node = p->peer->end == IKE_NODE;

	if (p->checking) {
		/* Judged when the list is there. */
		ike_todo(p, IKE_TODO_LIST);
	} else if (is_node && p->wanted && p->ike->connected) {
		log_limited(LOG_LEVEL_NOTICE, now,
			    "ike: hoa=%s agent=%s no associations yet; tried "
			    "again",
			    addr_str(&p->peer->hoa), addr_str(&p->peer->agent));
		ike_set_reason(p, "no answer, or refused: charon's log says");
		start(p, now);
	}
}

/* ---- what charon has ---- */

static void became_up(struct ike_pair *p, bool was_up, struct mtime now)
{
	if (!was_up) {
		p->since = now;
		p->rekeyed = 0;
		ike_set_reason(p, "");
		task_stop(&p->task);
		p->retry_ms = IKE_RETRY_MIN_MS;
		log_info("ike: hoa=%s agent=%s up reqid=%u spi-in=%08x "
			 "spi-out=%08x between %s and %s",
			 addr_str(&p->peer->hoa), addr_str(&p->peer->agent),
			 p->has.signalling.reqid, p->has.signalling.spi_in,
			 p->has.signalling.spi_out, addr_str(&p->has.local),
			 addr_str(&p->has.remote));
	} else {
		p->rekeyed++;
		log_info("ike: hoa=%s agent=%s new keys spi-in=%08x "
			 "spi-out=%08x",
			 addr_str(&p->peer->hoa), addr_str(&p->peer->agent),
			 p->has.signalling.spi_in, p->has.signalling.spi_out);
	}
	ike_policy_set(p, p->has.signalling.reqid);
}

static void take_found(struct ike_pair *p, struct mtime now)
{
	struct ike_found before = p->has;
	struct ike *ike = p->ike;

	p->has = p->found;
	p->is_listed = true;
	if (p->has.older_ike_id)
		ike_todo(p, IKE_TODO_PRUNE);
	ike_tunnel_found(p, &before.tunnel, now);
	if (p->has.up &&
	    (!before.up ||
	     before.signalling.spi_in != p->has.signalling.spi_in ||
	     before.signalling.reqid != p->has.signalling.reqid)) {
		became_up(p, before.up, now);
	} else if (!p->has.up && before.up) {
		log_notice("ike: hoa=%s agent=%s associations are gone",
			   addr_str(&p->peer->hoa), addr_str(&p->peer->agent));
		ike_set_reason(p, "associations are gone");
		start_wanted(p, now);
	} else {
		start_wanted(p, now);
		return;
	}
	ike->on_change(ike->arg, &p->peer->hoa, now);
}

/* charon moves its end point by itself, a little later than the kernel says
 * so. */
static void check_move(struct ike_pair *p, struct mtime now)
{
	bool is_node = p->peer->end == IKE_NODE;

	if (!p->checking || task_is_started(&p->task) || !p->has.up)
		return;
	p->checking = false;
	if (is_node && !addr_eq(&p->has.local, &p->told))
		ike_restart(p, "charon did not follow the care-of address",
			    now);
	else
		ike_tunnel_moved(p);
}

/* ---- upcalls ---- */

static unsigned int todo_load(const struct ike_pair *p)
{
	unsigned int todo = IKE_TODO_LIST | todo_credentials(p->peer);

	/* A node's has its care-of address, once it is wanted. */
	if (p->peer->end == IKE_AGENT || p->is_loaded)
		todo |= IKE_TODO_CONNECTION;
	return todo;
}

void ike_load(struct ike_pair *p)
{
	ike_todo(p, todo_load(p));
}

void ike_changed(struct ike_pair *p, struct mtime now)
{
	log_notice("ike: hoa=%s agent=%s has other credentials or protection",
		   addr_str(&p->peer->hoa), addr_str(&p->peer->agent));
	ike_todo(p, todo_load(p) | IKE_TODO_TERMINATE);
	if (p->wanted && p->ike->connected)
		ike_restart(p, "other credentials or protection", now);
}

void ike_on_up(struct ike *ike, struct mtime now)
{
	uint8_t mem[64];
	unsigned int i;
	struct wbuf b;

	ike->connected = true;
	log_notice("ike: connected with charon");
	for (i = 0; i < ARRAY_SIZE(events); i++) {
		wbuf_init(&b, mem, sizeof(mem));
		ike_msg_register(events[i], &b);
		ask(ike, NULL, IKE_TODO_REGISTER, &b);
	}
	for (i = 0; i < ike->n_pairs; i++)
		ike_load(ike->pairs[i]);
	ike_watch_start(ike, now);
}

/* What was up stays up for all we know: associations are the kernel's. */
void ike_on_down(struct ike *ike, const char *why, struct mtime now)
{
	struct ike_pair *p;
	unsigned int i;

	if (ike->connected)
		log_warning("ike: connection with charon lost: %s", why);
	else
		log_limited(LOG_LEVEL_WARNING, now,
			    "ike: cannot reach charon: %s", why);
	ike->connected = false;
	ike->n_asked = 0;
	for (p = ike->first_todo; p; p = p->next)
		p->todo = 0;
	ike->first_todo = NULL;
	ike->last_todo = &ike->first_todo;
	for (i = 0; i < ike->n_pairs; i++)
		ike->pairs[i]->is_listed = false;
	ike_watch_stop(ike);
	ike_leaving_sweep(ike);
}

static void on_refused(struct ike_pair *p, enum ike_todo what,
		       const struct vici_packet *pkt, struct mtime now)
{
	char why[96];

	if (pkt->type == VICI_REQUEST_UNKNOWN)
		snprintf(why, sizeof(why), "charon does not know the request");
	else if (!vici_str(&pkt->msg, "errmsg", why, sizeof(why)))
		snprintf(why, sizeof(why), "charon refuses it");
	/* That there was nothing to end is no news. */
	if (what == IKE_TODO_TERMINATE || what == IKE_TODO_PRUNE)
		return;
	p->is_loaded &= what != IKE_TODO_CONNECTION;
	/* It has a connection of an earlier configuration. */
	if (what == IKE_TODO_TUNNEL && p->has.up) {
		ike_restart(p, why, now);
		return;
	}
	ike_set_reason(p, why);
	log_limited(LOG_LEVEL_ERROR, now, "ike: hoa=%s agent=%s: %s",
		    addr_str(&p->peer->hoa), addr_str(&p->peer->agent), why);
}

void ike_on_reply(struct ike *ike, const struct vici_packet *pkt,
		  struct mtime now)
{
	struct ike_asked a;

	if (!ike->n_asked)
		return;
	a = ike->asked[ike->asked_at];
	ike->asked_at = (ike->asked_at + 1) % IKE_ASKED_MAX;
	ike->n_asked--;
	if (a.what == IKE_TODO_REGISTER) {
		if (pkt->type != VICI_CONFIRM)
			log_error("ike: charon has not all events that are "
				  "needed; is it 5.9 or later?");
	} else if (!a.pair->peer) {
		ike_leaving_sweep(ike); /* whatever charon says */
	} else if (a.what == IKE_TODO_LIST) {
		take_found(a.pair, now);
		check_move(a.pair, now);
	} else if (a.what == IKE_TODO_LOOK) {
		ike_watch_judge(a.pair, now);
	} else if (pkt->type != VICI_RESPONSE ||
		   !vici_is(&pkt->msg, "success", "yes")) {
		on_refused(a.pair, a.what, pkt, now);
	}
	pump(ike);
}

static struct ike_pair *pair_named(struct ike *ike, const char *name)
{
	char text[IKE_NAME_MAX], *ours, *hoa, *agent, *save;
	struct ike_pair_key key;
	struct ike_pair *p;

	if (strlen(name) >= sizeof(text))
		return NULL;
	strcpy(text, name);
	ours = strtok_r(text, "-", &save);
	hoa = strtok_r(NULL, "-", &save);
	agent = strtok_r(NULL, "-", &save);
	if (!ours || !hoa || !agent || addr_parse(hoa, &key.hoa) ||
	    addr_parse(agent, &key.agent))
		return NULL;
	p = ike_pair_find(ike, &key.hoa, &key.agent);
	return p && !strcmp(p->name, name) ? p : NULL;
}

void ike_on_event(struct ike *ike, const struct vici_packet *pkt)
{
	bool is_list = !strcmp(pkt->name, "list-sa");
	char name[VICI_NAME_MAX + 1];
	struct ike_asked *a = &ike->asked[ike->asked_at];
	struct ike_pair *p;
	struct vici_msg sa;
	size_t pos = 0;

	while (vici_section_next(&pkt->msg, &pos, name, &sa)) {
		p = pair_named(ike, name);
		if (!p)
			continue;
		if (!strcmp(pkt->name, "list-conn"))
			p->is_seen = true;
		else if (!is_list)
			ike_todo(p, IKE_TODO_LIST);
		else if (ike->n_asked && a->what == IKE_TODO_LIST &&
			 a->pair == p)
			ike_found_read(&sa, &p->found);
	}
}
