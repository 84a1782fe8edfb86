/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What comes back for a Binding Update: Binding Acknowledgements (RFC 6275
 * section 11.7.3), Binding Errors (11.3.6) and ICMPv6 errors (11.3.5).
 *
 * This file decides which home address an answer is about and carries out
 * the verdict of mn_ba.c; answers that are about nothing that was sent are
 * counted and leave no trace.  Those of correspondents are left to
 * mn_ro_answer.c.
 */
#include "mn_priv.h"

/* RFC 4443 sections 3.1, 3.4. */
#define CODE_ADDR_UNREACH 3
#define CODE_PORT_UNREACH 4
#define CODE_NEXT_HEADER  1
#define PROTO_IPV6        41

/* An agent that has just answered is there, whatever somebody else says. */
#define TRUST_S 10

static bool is_waiting(const struct bul_entry *e)
{
	return e && e->attempts &&
	       (e->state == BUL_REGISTERING || e->state == BUL_REFRESHING ||
		e->state == BUL_DEREGISTERING);
}

/* ---- Binding Acknowledgements ---- */

static void ba_ignore(struct mn_home *h, const struct packet *pkt,
		      const struct mh_msg *msg, enum mn_ba_verdict v,
		      struct mtime now)
{
	const struct auth_sa *sa = mn_home_sa(h);
	enum counter c = CNT_BA_NOT_ASKED;

	if (v == MN_BA_WRONG_SEQ)
		c = CNT_BA_BAD_SEQ;
	else if (v == MN_BA_BAD_AUTH)
		c = CNT_BA_BAD_AUTH;
	else if (v == MN_BA_BAD_TIMESTAMP)
		c = CNT_BA_BAD_TIMESTAMP;
	mn_count(h->mn, c);
	/* Somebody who forges, or a key that is another one there. */
	if (sa && c == CNT_BA_BAD_AUTH)
		log_limited(LOG_LEVEL_WARNING, now,
			    "mn: hoa=%s an answer of %s (status %u) is not "
			    "authenticated by the key of %s, SPI %u: compare "
			    "the keys of both ends",
			    addr_str(&pkt->dst), addr_str(&pkt->src),
			    msg->ba.status, sa->nai, sa->spi);
	log_limited(LOG_LEVEL_DEBUG, now,
		    "mn: hoa=%s BA from %s status=%u seq=%u ignored (%d)",
		    addr_str(&pkt->dst), addr_str(&pkt->src), msg->ba.status,
		    msg->ba.seq, (int)v);
}

/* Without the agent's duplicate address detection; 0: nobody knows. */
static uint32_t round_trip_ms(const struct bul_entry *e, struct mtime now)
{
	int64_t ms = mtime_diff_ms(now, e->last_sent);

	if (e->state != BUL_REFRESHING || e->attempts != 1)
		return 0;
	return ms > 0 ? (uint32_t)ms : 1;
}

static void ba_accepted(struct mn_home *h, const struct mn_ba_result *r,
			const struct mh_msg *msg, struct mtime now)
{
	struct bul_entry *e = h->bul;

	h->clock.accepted = h->clock.sent;
	e->bound_coa = e->coa;
	e->expires = r->expires;
	e->refresh = r->refresh;
	mn_agent_accepted(h);
	mn_auto_accepted(h, round_trip_ms(e, now), now);
	mn_reg_enter(h, BUL_BOUND, ba_status_str(msg->ba.status), now);
	mn_mpd_on_bound(h, r->prefix_discovery, now);
}

static void ba_refused(struct mn_home *h, const struct mh_msg *msg,
		       struct mtime now)
{
	unsigned int status = msg->ba.status;
	const char *why = ba_status_str(status);

	if (status < 128)
		why = "the agent grants no lifetime";
	log_limited(LOG_LEVEL_WARNING, now,
		    "mn: hoa=%s refused by %s: status %u, %s; %s; again in "
		    "%u s",
		    addr_str(&h->bul->hoa), addr_str(&h->bul->peer), status,
		    why, ba_status_hint(status), h->mn->conf->retry_s);
	mn_reg_refuse(h, why, now);
}

/* Status 134 on the way home, or after a visit there, to what was asked from
 * abroad: it was ourselves whom the agent found. */
static void ba_duplicate(struct mn_home *h, const struct mh_msg *msg,
			 struct mtime now)
{
	const char *why = ba_status_str(msg->ba.status);
	struct mtime doubt;

	if (h->place == MN_PLACE_RETURNING || h->place == MN_PLACE_HOME) {
		mn_reg_enter(h, BUL_IDLE, why, now);
		mn_return_unbound(h, now);
		return;
	}
	/* The agent before may defend it still. */
	if (mn_former_any(h)) {
		mn_reg_refuse(h, why, now);
		return;
	}
	/* What we know of the wire may be as old as a router's silence. */
	doubt = mtime_add_ms(h->left_home, h->mn->conf->router_probes_ms);
	if (h->left_home.us && mtime_before(h->bul->last_sent, doubt)) {
		mn_reg_again(h, why, now);
		return;
	}
	mn_count(h->mn, CNT_DAD_FAILED);
	/* It may be another agent, with a binding of an earlier life, that
	 * accepts, or lets go of it in the end.  Where addresses are formed,
	 * the next one is quicker. */
	if (h->dynamic && !h->formed)
		ba_refused(h, msg, now);
	else
		mn_home_duplicate(h, why, true, now);
}

/* RFC 4285 section 5.3. */
static void ba_unproven(struct mn_home *h, struct mtime now)
{
	const char *why = ba_status_str(BA_AUTH_FAILED);

	log_error("mn: hoa=%s refused by %s: status %u, %s; %s; not tried "
		  "again until the configuration is read again",
		  addr_str(&h->bul->hoa), addr_str(&h->bul->peer),
		  (unsigned int)BA_AUTH_FAILED, why,
		  ba_status_hint(BA_AUTH_FAILED));
	mn_reg_refuse(h, why, now);
	if (!h->bul || h->bul->state != BUL_REFUSED)
		return;
	h->unproven = h->bul->peer;
	h->bul->refresh = MTIME_NEVER;
	mn_reg_enter(h, BUL_REFUSED, why, now);
}

static void ba_act(struct mn_home *h, const struct mn_ba_result *r,
		   const struct mh_msg *msg, struct mtime now)
{
	struct bul_entry *e = h->bul;

	if (r->verdict == MN_BA_ACCEPTED || r->verdict == MN_BA_DELETED)
		ike_registered(h->mn->env.ike, &e->hoa, &e->peer, &h->reg_coa,
			       msg->ba.flags & BA_FLAG_K, now);
	e->has_status = true;
	e->last_status = msg->ba.status;
	e->acked = now;
	switch (r->verdict) {
	case MN_BA_ACCEPTED:
		ba_accepted(h, r, msg, now);
		break;
	case MN_BA_DELETED:
		mn_reg_deleted(h, ba_status_str(msg->ba.status), now);
		break;
	case MN_BA_RESYNC:
		mn_reg_resync(h, r->seq, now);
		break;
	case MN_BA_REFUSED:
		ba_refused(h, msg, now);
		break;
	case MN_BA_DUPLICATE:
		ba_duplicate(h, msg, now);
		break;
	case MN_BA_CLOCK:
		mn_reg_reclock(h, msg->opt.timestamp, now);
		break;
	case MN_BA_UNPROVEN:
		ba_unproven(h, now);
		break;
	case MN_BA_BAD_TIMESTAMP:
	case MN_BA_NOT_ASKED:
	case MN_BA_WRONG_PEER:
	case MN_BA_WRONG_SEQ:
	case MN_BA_BAD_AUTH:
		break;
	}
}

void mn_answer_on_ba(struct mn *mn, const struct packet *pkt,
		     const struct mh_msg *msg, struct mtime now)
{
	struct mn_ba_result r = { .verdict = MN_BA_NOT_ASKED };
	struct mn_ro *c = mn_ro_find(mn, &pkt->dst, &pkt->src);
	struct mn_home *h = mn_home_of(mn, &pkt->dst);

	if (c) {
		mn_ro_on_ba(c, pkt, msg, now);
		return;
	}
	if (!h) {
		mn_count(mn, CNT_BA_NOT_ASKED);
		return;
	}
	if (mn_former_on_ba(h, pkt, msg, now))
		return;
	if (h->bul)
		r = mn_ba_judge(h->bul, mn_home_sa(h), &h->clock, pkt, msg,
				now);
	if (r.verdict < MN_BA_ACCEPTED)
		ba_ignore(h, pkt, msg, r.verdict, now);
	else
		ba_act(h, &r, msg, now);
}

/* Its agent proves what it says; but errors never do, so they end nothing
 * there (Differs from RFC 6275 sections 11.3.5, 11.3.6). */
static bool is_proving(const struct mn_home *h)
{
	return h->security == CONF_SECURITY_IPSEC ||
	       h->security == CONF_SECURITY_RFC4285;
}

/* ---- Binding Errors ---- */

/* The peer cannot do what was asked: nothing is sent for a while. */
static void peer_cannot(struct mn_home *h, const char *why, struct mtime now)
{
	log_limited(LOG_LEVEL_WARNING, now,
		    "mn: hoa=%s %s is no home agent: %s; again in %u s",
		    addr_str(&h->bul->hoa), addr_str(&h->bul->peer), why,
		    h->mn->conf->retry_s);
	h->bul->blocked = true;
	mn_reg_refuse(h, why, now);
}

static bool be_act(struct mn_home *h, const struct mh_be *be, struct mtime now)
{
	struct bul_entry *e = h->bul;

	if (be->status == BE_UNKNOWN_BINDING && e->state == BUL_BOUND &&
	    h->place == MN_PLACE_AWAY) {
		if (is_proving(h) &&
		    mtime_before(now, mtime_add_s(e->acked, TRUST_S)))
			return false;
		if (!is_proving(h))
			e->bound_coa = addr_any;
		mn_reg_again(h, "the agent has no binding", now);
		return true;
	}
	if (be->status == BE_UNKNOWN_MH_TYPE && is_waiting(e) &&
	    !is_proving(h)) {
		peer_cannot(h, "it does not know Binding Updates", now);
		return true;
	}
	return false;
}

/* Status 1 quotes the home address of the Home Address option; status 2 the
 * one of the packet, or none (section 9.3.3). */
static bool be_is_about(const struct mn_home *h, const struct mh_be *be)
{
	return addr_eq(&be->hoa, &h->hoa) ||
	       (be->status == BE_UNKNOWN_MH_TYPE && addr_is_any(&be->hoa));
}

void mn_answer_on_be(struct mn *mn, const struct packet *pkt,
		     const struct mh_be *be, struct mtime now)
{
	bool acted = mn_ro_on_be(mn, pkt, be, now);
	struct mn_home *h;

	for (h = mn->homes; h; h = h->next)
		if (h->bul && addr_eq(&h->bul->peer, &pkt->src) &&
		    be_is_about(h, be))
			acted |= be_act(h, be, now);
	if (!acted) {
		mn_count(mn, CNT_BE_IGNORED);
		log_limited(LOG_LEVEL_DEBUG, now,
			    "mn: BE from %s status=%u hoa=%s ignored",
			    addr_str(&pkt->src), be->status,
			    addr_str(&be->hoa));
	}
}

/* ---- ICMPv6 errors ---- */

/* True when the error quotes a Binding Update of this entry; those in ESP
 * cannot be told. */
static bool quotes_entry(const struct mn_home *h, const struct icmp6_error *err)
{
	const struct bul_entry *e = h->bul;

	if (h->security == CONF_SECURITY_IPSEC)
		return false;
	if (err->quoted_proto != MH_PROTO || err->quoted_mh_type != MH_BU ||
	    !addr_eq(&err->quoted_dst, &e->peer))
		return false;
	if (err->has_hao)
		return addr_eq(&err->hoa, &e->hoa);
	return addr_eq(&err->quoted_src, &e->hoa);
}

/* The pointer and text of a Parameter Problem tell what the peer lacks. */
static void param_prob(struct mn_home *h, uint8_t code, struct mtime now)
{
	if (code == CODE_NEXT_HEADER && !is_proving(h))
		peer_cannot(h, "it does not know the Mobility Header", now);
	else
		log_limited(LOG_LEVEL_WARNING, now,
			    "mn: hoa=%s %s answers Parameter Problem code %u%s",
			    addr_str(&h->bul->hoa), addr_str(&h->bul->peer),
			    code, code == 2 ? ": no Home Address option" : "");
}

static void update_error(struct mn_home *h, const struct icmp6_msg *msg,
			 struct mtime now)
{
	log_limited(LOG_LEVEL_INFO, now,
		    "mn: hoa=%s Binding Update came back: ICMPv6 type %u code "
		    "%u",
		    addr_str(&h->bul->hoa), msg->type, msg->code);
	if (msg->type == ICMP6_DEST_UNREACH_T && msg->code == CODE_ADDR_UNREACH)
		mn_reg_came_back(h, now);
}

/* The home link says that nobody has the agent's address, or a node there
 * that it has no tunnels. */
static bool says_gone(const struct icmp6_msg *msg)
{
	if (msg->type == ICMP6_PARAM_PROB_T)
		return msg->code == CODE_NEXT_HEADER;
	return msg->type == ICMP6_DEST_UNREACH_T &&
	       (msg->code == CODE_ADDR_UNREACH ||
		msg->code == CODE_PORT_UNREACH);
}

/* Traffic for the agent comes back.  Whoever forges that makes us ask the
 * agent, no more. */
static bool tunnel_error(struct mn_home *h, const struct icmp6_msg *msg,
			 struct mtime now)
{
	const struct icmp6_error *err = &msg->error;
	struct bul_entry *e = h->bul;

	if (!e || e->state != BUL_BOUND || mn_home_is_stopping(h) ||
	    err->quoted_proto != PROTO_IPV6 ||
	    !addr_eq(&err->quoted_dst, &e->peer) ||
	    !addr_eq(&err->quoted_src, &e->bound_coa) || !says_gone(msg) ||
	    mtime_before(now, mtime_add_s(e->acked, TRUST_S)))
		return false;
	mn_reg_again(h, "what is sent to the agent comes back", now);
	return true;
}

void mn_answer_on_icmp_error(struct mn *mn, const struct icmp6_msg *msg,
			     struct mtime now)
{
	struct mn_home *h;

	if (mn_ro_on_icmp_error(mn, msg, now))
		return;
	for (h = mn->homes; h; h = h->next) {
		if (tunnel_error(h, msg, now)) {
			mn_count(mn, CNT_ICMP_ERROR_IN);
			continue;
		}
		if (!is_waiting(h->bul) || !quotes_entry(h, &msg->error))
			continue;
		mn_count(mn, CNT_ICMP_ERROR_IN);
		if (msg->type == ICMP6_PARAM_PROB_T)
			param_prob(h, msg->code, now);
		else
			update_error(h, msg, now);
		return;
	}
}
