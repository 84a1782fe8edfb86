/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ledger of route optimisation: which keygen tokens correspondents handed
 * out for which address and who saw them, which Binding Updates mobile nodes
 * sent; and what must hold for each message as it is sent:
 *
 * - HoT and CoT answer a Test Init that has arrived, to its source, without
 *   any header of mobility, with the same cookie (CN-36, CN-37, CN-44);
 * - a correspondent's Binding Update has options, flags and lifetime as RFC
 *   6275 section 11.7.2 wants them, an authenticator by tokens that this node
 *   received for these two addresses less than 210 s ago, and a care-of
 *   address that the home agent has acknowledged (MN-110, MN-152, MN-153,
 *   MN-154, MN-156, MN-157);
 * - an acknowledgement comes after the binding is in the kernel, to where the
 *   Binding Update came from, signed unless it is about nonces (CN-86,
 *   CN-108 to CN-113);
 * - not more than three messages of a kind go to a peer in a second (MN-185).
 */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim_ro.h"

/* ---- looking up ---- */

struct sim_node *sim_node_of(struct sim *s, const struct in6_addr *addr)
{
	struct sim_reg *r = sim_reg_find(s, addr);
	unsigned int i;

	if (r)
		return r->mn;
	for (i = 0; i < s->n_nodes; i++)
		if (addr_eq(&s->nodes[i]->fixed, addr))
			return s->nodes[i];
	return NULL;
}

struct sim_token *sim_rr_token(struct sim_rr *rr, const struct sim_node *cn,
			       enum auth_token kind,
			       const struct in6_addr *addr, uint16_t index)
{
	unsigned int i;

	for (i = 0; i < SIM_TOKENS && i < rr->n_tokens; i++) {
		struct sim_token *t = &rr->tokens[i];

		if (t->cn == cn && t->kind == kind && t->index == index &&
		    t->epoch == cn->epoch && addr_eq(&t->addr, addr))
			return t;
	}
	return NULL;
}

struct sim_entry *sim_rr_entry(struct sim_rr *rr, struct sim_node *cn,
			       const struct in6_addr *local,
			       const struct in6_addr *hoa)
{
	struct sim_entry *slot = NULL;
	unsigned int i;

	for (i = 0; i < SIM_ENTRIES; i++) {
		struct sim_entry *e = &rr->entries[i];

		if (e->cn == cn && addr_eq(&e->local, local) &&
		    addr_eq(&e->hoa, hoa))
			return e;
		if (!e->cn && !slot)
			slot = e;
	}
	if (!slot)
		sim_fail(rr->sim, "simulator: too many pairs");
	*slot = (struct sim_entry){ .cn = cn, .local = *local, .hoa = *hoa };
	return slot;
}

/* ---- the mobile node's messages ---- */

static void rate_check(struct sim_node *n, uint8_t type,
		       const struct in6_addr *peer)
{
	struct sim_rr *rr = n->sim->rr;
	unsigned int i, count = 0;

	for (i = 0; i < SIM_RO_SENDS && i < rr->n_sends; i++) {
		const struct sim_rosend *o = &rr->sends[i];

		if (o->node == n && o->type == type && addr_eq(&o->peer, peer))
			count += mtime_diff_us(n->sim->now, o->at) < 1000000;
	}
	if (count >= 3)
		sim_fail(n->sim, "%s: four %s to %s in a second", n->name,
			 mh_type_str(type), addr_str(peer));
	rr->sends[rr->n_sends++ % SIM_RO_SENDS] = (struct sim_rosend){
		.node = n,
		.type = type,
		.peer = *peer,
		.at = n->sim->now,
	};
}

static void init_check(struct sim_node *n, const struct mh_send *m,
		       uint8_t type)
{
	struct sim_reg *r = sim_reg_find(n->sim, &m->src);
	bool hoti = type == MH_HOTI;

	n->sim->rr->n_init++;
	if (m->rh2 || m->hao)
		sim_fail(n->sim, "%s: %s with a header", n->name,
			 mh_type_str(type));
	if ((r && r->mn == n) != hoti ||
	    !kernel_addr_is_local(n->kernel, &m->src))
		sim_fail(n->sim, "%s: %s from %s", n->name, mh_type_str(type),
			 addr_str(&m->src));
	if (addr_eq(&m->dst, &n->regs[0].ha->ha_links[0].address))
		sim_fail(n->sim, "%s: return routability with its agent",
			 n->name);
	rate_check(n, type, &m->dst);
}

/* Both tokens, as this node received them; NULL for what it did not. */
static const struct sim_token *received(struct sim_node *n, struct sim_node *cn,
					enum auth_token kind,
					const struct in6_addr *addr,
					uint16_t index)
{
	struct sim_token *t = sim_rr_token(n->sim->rr, cn, kind, addr, index);

	if (!t || !t->got)
		sim_fail(n->sim, "%s: uses nonce %u for %s, never received",
			 n->name, index, addr_str(addr));
	if (mtime_diff_us(n->sim->now, t->got_at) >
	    MAX_TOKEN_LIFETIME_S * 1000000LL)
		sim_fail(n->sim, "%s: uses a token of %lld s", n->name,
			 (long long)mtime_diff_ms(n->sim->now, t->got_at) /
				 1000);
	return t;
}

static void robu_check_auth(struct sim_node *n, struct sim_node *cn,
			    const struct fake_msg *m, const struct mh_msg *msg,
			    const struct in6_addr *coa)
{
	const struct sim_token *home, *care = NULL;
	struct auth_parties p = { .coa = *coa, .cn = m->mh.dst };
	uint8_t kbm[AUTH_KBM_LEN];

	/* A plain host gives no tokens; one that has rebooted knows none; an
	 * attacker that sees the cookie can give false ones. */
	if (!cn || !(cn->role & SIM_CN) || !cn->up || n->sim->attacker)
		return;
	if (!sim_rr_token(n->sim->rr, cn, AUTH_HOME_TOKEN, &m->mh.src,
			  msg->opt.home_nonce) &&
	    mtime_diff_us(n->sim->now, cn->started) <
		    MAX_NONCE_LIFETIME_S * 1000000LL)
		return;
	home = received(n, cn, AUTH_HOME_TOKEN, &m->mh.src,
			msg->opt.home_nonce);
	if (msg->bu.lifetime_4s) {
		if (!sim_rr_token(n->sim->rr, cn, AUTH_COA_TOKEN, coa,
				  msg->opt.coa_nonce) &&
		    mtime_diff_us(n->sim->now, cn->started) <
			    MAX_NONCE_LIFETIME_S * 1000000LL)
			return;
		care = received(n, cn, AUTH_COA_TOKEN, coa, msg->opt.coa_nonce);
	}
	auth_kbm(home->token, care ? care->token : NULL, kbm);
	if (!auth_verify(kbm, &p, m->data, m->len, msg->opt.auth_offset))
		sim_fail(n->sim, "%s: wrong authenticator", n->name);
}

static void robu_check_place(struct sim_node *n, struct sim_reg *r,
			     const struct fake_msg *m, const struct mh_msg *msg,
			     const struct in6_addr *coa)
{
	const struct bul_entry *e = sim_bul(r);
	int64_t left;

	if (!msg->bu.lifetime_4s)
		return;
	if (!m->mh.hao || addr_eq(coa, &r->hoa))
		sim_fail(n->sim, "%s: registers %s without an option", n->name,
			 addr_str(coa));
	if (!sim_bul_is_bound(e, n->sim->now) || !addr_eq(&e->bound_coa, coa))
		sim_fail(n->sim, "%s: registers %s, the agent has not", n->name,
			 addr_str(coa));
	left = mtime_diff_us(e->expires, n->sim->now);
	if (msg->bu.lifetime_4s > MAX_RR_BINDING_LIFETIME_S / 4 ||
	    msg->bu.lifetime_4s * 4000000LL > left)
		sim_fail(n->sim, "%s: asks for %u s, home registration %lld us",
			 n->name, msg->bu.lifetime_4s * 4, (long long)left);
}

static void robu_check_order(struct sim_node *n, const struct mh_send *m,
			     const struct mh_bu *bu)
{
	const struct sim_rr *rr = n->sim->rr;
	unsigned int i, at;

	for (i = 1; i <= SIM_ROBUS && i <= rr->n_bus; i++) {
		const struct sim_robu *b;

		at = (rr->n_bus - i) % SIM_ROBUS;
		b = &rr->bus[at];
		if (b->mn != n || !addr_eq(&b->hoa, &m->src) ||
		    !addr_eq(&b->peer, &m->dst) ||
		    mtime_before(b->at, n->started))
			continue;
		if (!mh_seq_newer(bu->seq, b->seq))
			sim_fail(n->sim, "%s: sequence %u to %s after %u",
				 n->name, bu->seq, addr_str(&m->dst), b->seq);
		return;
	}
}

static void robu_check(struct sim_node *n, const struct fake_msg *m,
		       const struct mh_msg *msg)
{
	const unsigned int needs = MH_OPT_NONCE_INDICES | MH_OPT_AUTH_DATA;
	struct sim_rr *rr = n->sim->rr;
	struct sim_reg *r = sim_reg_find(n->sim, &m->mh.src);
	struct sim_node *cn = sim_node_of(n->sim, &m->mh.dst);
	struct in6_addr coa = m->mh.hao ? m->mh.hao_coa : m->mh.src;

	rr->n_bu++;
	if (msg->opt.present & MH_OPT_ALT_COA)
		coa = msg->opt.alt_coa;
	sim_note(n->sim, "%s sends BU to %s hoa=%s seq=%u lifetime=%us coa=%s",
		 n->name, addr_str(&m->mh.dst), addr_str(&m->mh.src),
		 msg->bu.seq, msg->bu.lifetime_4s * 4, addr_str(&coa));
	if (!r || r->mn != n || !(n->role & SIM_MN))
		sim_fail(n->sim, "%s: Binding Update from %s", n->name,
			 addr_str(&m->mh.src));
	if (m->mh.rh2 || msg->bu.flags & (uint16_t)~BU_FLAG_A ||
	    (msg->opt.present & needs) != needs || !msg->opt.auth_last ||
	    msg->opt.auth_len != MH_AUTH_LEN)
		sim_fail(n->sim, "%s: Binding Update flags %04x options %x",
			 n->name, msg->bu.flags, msg->opt.present);
	robu_check_place(n, r, m, msg, &coa);
	robu_check_auth(n, cn, m, msg, &coa);
	robu_check_order(n, &m->mh, &msg->bu);
	rate_check(n, MH_BU, &m->mh.dst);
	rr->bus[rr->n_bus++ % SIM_ROBUS] = (struct sim_robu){
		.mn = n,
		.cn = cn,
		.hoa = m->mh.src,
		.peer = m->mh.dst,
		.coa = coa,
		.seq = msg->bu.seq,
		.lifetime_4s = msg->bu.lifetime_4s,
		.home_nonce = msg->opt.home_nonce,
		.coa_nonce = msg->opt.coa_nonce,
		.at = n->sim->now,
	};
}

/* ---- the correspondent's messages ---- */

static void test_check(struct sim_node *n, const struct mh_send *m,
		       const struct mh_msg *msg)
{
	struct sim_rr *rr = n->sim->rr;
	enum auth_token kind = msg->type == MH_HOT ? AUTH_HOME_TOKEN
						   : AUTH_COA_TOKEN;
	uint8_t type = msg->type == MH_HOT ? MH_HOTI : MH_COTI;
	struct sim_token *t;
	unsigned int i;

	rr->n_test++;
	for (i = 0; i < SIM_INITS; i++)
		if (rr->inits[i].cn == n && rr->inits[i].type == type &&
		    addr_eq(&rr->inits[i].src, &m->dst) &&
		    addr_eq(&rr->inits[i].dst, &m->src) &&
		    !memcmp(rr->inits[i].cookie, msg->test.cookie, 8))
			break;
	if (i == SIM_INITS || m->rh2 || m->hao || !n->cn.on)
		sim_fail(n->sim, "%s: %s to %s, who did not ask", n->name,
			 mh_type_str(msg->type), addr_str(&m->dst));
	t = sim_rr_token(rr, n, kind, &m->dst, msg->test.nonce_index);
	if (t && memcmp(t->token, msg->test.token, AUTH_TOKEN_LEN))
		sim_fail(n->sim, "%s: two tokens for %s and nonce %u", n->name,
			 addr_str(&m->dst), msg->test.nonce_index);
	if (t)
		return;
	t = &rr->tokens[rr->n_tokens++ % SIM_TOKENS];
	*t = (struct sim_token){ .cn = n,
				 .epoch = n->epoch,
				 .kind = kind,
				 .addr = m->dst,
				 .index = msg->test.nonce_index,
				 .at = n->sim->now };
	memcpy(t->token, msg->test.token, AUTH_TOKEN_LEN);
}

/* Accepted: exactly that is in the cache and in the kernel. */
static void roba_check_accepted(struct sim_node *n, const struct mh_send *m,
				const struct mh_msg *msg)
{
	const struct bcache_entry *e =
		bcache_find(cn_bcache(daemon_cn(n->daemon)), &m->src, &m->dst);
	const struct kernel_ro *k =
		fake_kernel_ro(n->kernel, &m->src, &m->dst, KERNEL_RO_PEER);

	if (!msg->ba.lifetime_4s) {
		if ((e && e->state == BCACHE_ACTIVE) || k)
			sim_fail(n->sim, "%s: %s is de-registered, and there",
				 n->name, addr_str(&m->dst));
		return;
	}
	if (!e || e->state != BCACHE_ACTIVE || !k || !addr_eq(&k->coa, &e->coa))
		sim_fail(n->sim, "%s: accepts %s, the kernel has %s", n->name,
			 addr_str(&m->dst), k ? addr_str(&k->coa) : "nothing");
	if (mh_seq_newer(msg->ba.seq, e->seq))
		sim_fail(n->sim, "%s: acknowledges %u, the entry has %u",
			 n->name, msg->ba.seq, e->seq);
	if (mtime_before(e->expires,
			 mtime_add_s(n->sim->now,
				     msg->ba.lifetime_4s * 4LL - 4)))
		sim_fail(n->sim, "%s: promises %u s, has %lld us", n->name,
			 msg->ba.lifetime_4s * 4,
			 (long long)mtime_diff_us(e->expires, n->sim->now));
}

/* To where the Binding Update came from, with a routing header unless that
 * was the home address. */
static void roba_check_way(struct sim_node *n, const struct mh_send *m,
			   uint16_t seq)
{
	const struct sim_rr *rr = n->sim->rr;
	unsigned int i;

	for (i = 0; i < SIM_ROBUS && i < rr->n_bus; i++) {
		const struct sim_robu *b = &rr->bus[i];

		if (b->cn == n && b->seq == seq && addr_eq(&b->hoa, &m->dst) &&
		    addr_eq(&b->peer, &m->src) &&
		    (addr_eq(&b->coa, &b->hoa)
			     ? !m->rh2
			     : m->rh2 && addr_eq(&m->coa, &b->coa)))
			return;
	}
	sim_fail(n->sim, "%s: acknowledges %u of %s %s %s", n->name, seq,
		 addr_str(&m->dst), m->rh2 ? "via" : "without",
		 m->rh2 ? addr_str(&m->coa) : "a routing header");
}

static void roba_check(struct sim_node *n, const struct mh_send *m,
		       const struct mh_msg *msg)
{
	bool is_signed = msg->opt.present & MH_OPT_AUTH_DATA;
	bool about_nonces = msg->ba.status >= BA_EXPIRED_HOME_NONCE &&
			    msg->ba.status <= BA_EXPIRED_NONCES;

	n->sim->rr->n_ba++;
	sim_note(n->sim, "%s sends BA hoa=%s status=%u seq=%u lifetime=%us",
		 n->name, addr_str(&m->dst), msg->ba.status, msg->ba.seq,
		 msg->ba.lifetime_4s * 4);
	if (msg->ba.status == BA_HOME_REG_UNSUPPORTED ||
	    msg->ba.status == BA_REG_TYPE_CHANGE)
		return; /* to a home registration */
	if (m->hao || msg->ba.flags ||
	    msg->opt.present & MH_OPT_REFRESH_ADVICE ||
	    is_signed == about_nonces || (is_signed && !msg->opt.auth_last))
		sim_fail(n->sim, "%s: acknowledgement %u, options %x", n->name,
			 msg->ba.status, msg->opt.present);
	if (msg->ba.status < 128)
		roba_check_accepted(n, m, msg);
	if (msg->ba.status < 128 && !n->sim->attacker)
		roba_check_way(n, m, msg->ba.seq);
}

bool sim_rr_sent(struct sim_node *n, const struct fake_msg *m,
		 const struct mh_msg *msg)
{
	bool plain = !m->mh.rh2 && !m->mh.hao;

	switch (msg->type) {
	case MH_HOTI:
	case MH_COTI:
		init_check(n, &m->mh, msg->type);
		return true;
	case MH_HOT:
	case MH_COT:
		test_check(n, &m->mh, msg);
		return true;
	case MH_BU:
		if (msg->bu.flags & BU_FLAG_H)
			return false;
		robu_check(n, m, msg);
		return true;
	case MH_BA:
		if (n->role & SIM_HA &&
		    addr_eq(&m->mh.src, &n->ha_links[0].address))
			return false;
		roba_check(n, &m->mh, msg);
		return true;
	case MH_BE:
		n->sim->rr->n_be++;
		if (!plain || (msg->be.status == BE_UNKNOWN_BINDING &&
			       sim_node_of(n->sim, &m->mh.src) != n))
			sim_fail(n->sim, "%s: error from %s", n->name,
				 addr_str(&m->mh.src));
		return true;
	default:
		n->sim->rr->n_brr++;
		if (!plain || !cn_is_registered(daemon_cn(n->daemon),
						&m->mh.src, &m->mh.dst))
			sim_fail(n->sim, "%s: asks %s to refresh nothing",
				 n->name, addr_str(&m->mh.dst));
		return true;
	}
}

/* ---- what arrives ---- */

static void test_received(struct sim_node *n, const struct packet *pkt,
			  const struct mh_msg *msg)
{
	struct sim_rr *rr = n->sim->rr;
	bool home = msg->type == MH_HOT;
	struct sim_node *cn = sim_node_of(n->sim, &pkt->src);
	struct sim_token *t;

	if (!cn || (home && sim_node_of(n->sim, &pkt->dst) != n))
		return;
	t = sim_rr_token(rr, cn, home ? AUTH_HOME_TOKEN : AUTH_COA_TOKEN,
			 &pkt->dst, msg->test.nonce_index);
	if (!t || memcmp(t->token, msg->test.token, AUTH_TOKEN_LEN))
		return;
	t->got = true;
	t->got_at = n->sim->now;
}

static void error_received(struct sim_node *n, const struct packet *pkt,
			   const struct mh_msg *msg)
{
	struct sim_rr *rr = n->sim->rr;
	struct sim_node *cn = sim_node_of(n->sim, &pkt->src);
	const struct kernel_ro *ours, *known;

	if (msg->be.status != BE_UNKNOWN_BINDING || !cn)
		return;
	ours = fake_kernel_ro(n->kernel, &msg->be.hoa, &pkt->src,
			      KERNEL_RO_LOCAL);
	known = fake_kernel_ro(cn->kernel, &pkt->src, &msg->be.hoa,
			       KERNEL_RO_PEER);
	if (!ours || !ours->send || (known && addr_eq(&known->coa, &ours->coa)))
		return;
	rr->errors[rr->n_errors++ % SIM_ERRORS] = (struct sim_error){
		.mn = n,
		.hoa = msg->be.hoa,
		.peer = pkt->src,
		.coa = ours->coa,
		.at = n->sim->now,
	};
}

void sim_rr_received(struct sim_node *n, const struct packet *pkt,
		     const struct mh_msg *msg)
{
	struct sim_rr *rr = n->sim->rr;
	struct sim_init *i;

	if (msg->type == MH_HOT || msg->type == MH_COT)
		test_received(n, pkt, msg);
	else if (msg->type == MH_BE && n->role & SIM_MN)
		error_received(n, pkt, msg);
	/* One with a Home Address option is not to be answered. */
	if ((msg->type != MH_HOTI && msg->type != MH_COTI) || pkt->has_hao)
		return;
	i = &rr->inits[rr->n_inits++ % SIM_INITS];
	*i = (struct sim_init){
		.cn = n, .type = msg->type, .src = pkt->src, .dst = pkt->dst
	};
	memcpy(i->cookie, msg->test_init.cookie, 8);
}

void sim_rr_on(struct sim *s)
{
	s->rr = calloc(1, sizeof(*s->rr));
	if (!s->rr)
		abort();
	s->rr->sim = s;
}

void sim_rr_free(struct sim *s)
{
	struct sim_flow *f;

	free(s->rr);
	s->rr = NULL;
	while ((f = s->flows)) {
		s->flows = f->next;
		task_stop(&f->task);
		free(f);
	}
}
