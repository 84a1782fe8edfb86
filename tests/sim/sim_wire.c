/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What must hold for each message as it is sent:
 *
 * - a Binding Acknowledgement that accepts is sent only while the agent's
 *   kernel holds exactly that binding (or, for a de-registration, no more),
 *   to where the Binding Update came from, for no longer than was asked,
 *   configured and advertised;
 * - sequence numbers go up, at both ends, but for a new start after status
 *   135 or a reboot;
 * - a Binding Update names an address that can receive, or at home deletes;
 * - three Binding Updates a second to one peer at most;
 * - none to an agent without keys, where they are needed (SEC-2).
 */
#include "tests/sim/sim.h"
#include "tests/sim/sim_ro.h"

/* ---- the mobile node's messages ---- */

static void bu_check_rate(struct sim_node *n, const struct in6_addr *peer)
{
	struct mtime oldest = MTIME_NEVER;
	unsigned int i, count = 0;

	for (i = 0; i < ARRAY_SIZE(n->bu_times); i++) {
		if (!n->bu_times[i].us || !addr_eq(&n->bu_peers[i], peer))
			continue;
		count++;
		oldest = mtime_min(oldest, n->bu_times[i]);
	}
	if (count == 3 && mtime_diff_us(n->sim->now, oldest) < 1000000)
		sim_fail(n->sim, "%s: four Binding Updates in %lld us", n->name,
			 (long long)mtime_diff_us(n->sim->now, oldest));
	n->bu_times[n->bu_next] = n->sim->now;
	n->bu_peers[n->bu_next] = *peer;
	n->bu_next = (n->bu_next + 1) % 3;
}

void sim_wire_asked(struct sim_reg *r, const struct mh_bu *bu,
		    const struct in6_addr *coa, const struct in6_addr *from)
{
	r->asked[r->n_asked++ % SIM_ASKED] = (struct sim_asked){
		.seq = bu->seq,
		.lifetime_4s = bu->lifetime_4s,
		.coa = *coa,
		.from = *from,
	};
	r->asked_end |= !bu->lifetime_4s;
}

/* Never from an address that cannot receive the answer, nor for longer than
 * it is valid; and at home nothing but the end of a binding. */
static void bu_check_place(struct sim_node *n, struct sim_reg *r,
			   const struct mh_msg *msg)
{
	const struct kernel_mn_home *h = sim_reg_home(r);
	const struct sim_addr *a = NULL;
	unsigned int i;

	struct in6_addr ll = addr_linklocal_of(&r->hoa);

	if (!msg->bu.lifetime_4s)
		return;
	if (!(msg->bu.flags & BU_FLAG_L) == addr_eq(&ll, &n->ifaces[0].ll))
		sim_fail(n->sim, "%s: flags %04x with link-local address %s",
			 n->name, msg->bu.flags, addr_str(&n->ifaces[0].ll));
	if (h->place != KERNEL_MN_AWAY ||
	    !(msg->opt.present & MH_OPT_ALT_COA) ||
	    !addr_eq(&msg->opt.alt_coa, &h->coa))
		sim_fail(n->sim,
			 "%s: registers %s in place %d, installed is %s",
			 n->name, addr_str(&msg->opt.alt_coa), (int)h->place,
			 addr_str(&h->coa));
	for (i = 0; i < n->n_ifaces; i++)
		if (sim_host_hears(&n->ifaces[i], &h->coa))
			a = sim_host_addr(&n->ifaces[i], &h->coa);
	if (!a)
		sim_fail(n->sim, "%s: registers %s, which is deaf", n->name,
			 addr_str(&h->coa));
	if (msg->bu.lifetime_4s * 4 > mtime_left_s(a->valid_until, n->sim->now))
		sim_fail(n->sim, "%s: asks for %u s for %s, valid for %u s",
			 n->name, msg->bu.lifetime_4s * 4, addr_str(&h->coa),
			 mtime_left_s(a->valid_until, n->sim->now));
}

static void bu_check(struct sim_node *n, const struct fake_msg *m,
		     const struct mh_msg *msg)
{
	struct sim_reg *r = sim_reg_find(n->sim, &m->mh.src);
	const struct mh_bu *bu = &msg->bu;
	const struct kernel_mn_home *h;

	n->sim->n_bu++;
	if (!r || r->mn != n)
		sim_fail(n->sim, "%s: Binding Update from %s, no home address",
			 n->name, addr_str(&m->mh.src));
	if (!(bu->flags & BU_FLAG_A) || !(bu->flags & BU_FLAG_H))
		sim_fail(n->sim, "%s: home registration with flags %04x",
			 n->name, bu->flags);
	if (n->needs_keys && !n->ike.is_up)
		sim_fail(n->sim, "%s: a Binding Update without keys", n->name);
	bu_check_place(n, r, msg);
	bu_check_rate(n, &m->mh.dst);
	/* Each agent has its own row of them. */
	if (!r->dynamic && !r->comes_and_goes && r->sent_any &&
	    !mh_seq_newer(bu->seq, r->sent_seq) &&
	    !(r->resync && mh_seq_newer(bu->seq, r->resync_seq)))
		sim_fail(n->sim, "%s: sequence %u after %u", n->name, bu->seq,
			 r->sent_seq);
	r->sent_any = true;
	r->resync = false;
	r->sent_seq = bu->seq;
	h = sim_reg_home(r);
	sim_wire_asked(r, bu, &h->coa,
		       h->place == KERNEL_MN_AWAY ? &h->coa : &r->hoa);
	sim_note(n->sim, "%s sends BU hoa=%s seq=%u lifetime=%us coa=%s",
		 n->name, addr_str(&r->hoa), bu->seq, bu->lifetime_4s * 4,
		 addr_str(&msg->opt.alt_coa));
}

void sim_check_received_ba(struct sim_node *n, const struct mh_ba *ba,
			   const struct in6_addr *from,
			   const struct in6_addr *hoa)
{
	struct sim_reg *r = sim_reg_find(n->sim, hoa);

	if (!r || r->mn != n || ba->status != BA_SEQ_OUT_OF_WINDOW ||
	    !addr_eq(from, &r->ha->ha_links[0].address))
		return;
	r->resync = true;
	r->resync_seq = ba->seq;
}

/* ---- the agent's messages ---- */

struct sim_promise *sim_promise_of(struct sim_reg *r,
				   const struct in6_addr *coa)
{
	unsigned int i;

	for (i = 0; i < r->n_promises; i++)
		if (addr_eq(&r->promises[i].coa, coa))
			return &r->promises[i];
	return NULL;
}

static void promise_add(struct sim_reg *r, const struct in6_addr *coa,
			struct mtime now, uint16_t lifetime_4s)
{
	struct sim_promise *p = sim_promise_of(r, coa);

	if (!p && r->n_promises == SIM_COAS) {
		/* the oldest makes room */
		unsigned int i;

		p = &r->promises[0];
		for (i = 1; i < SIM_COAS; i++)
			if (mtime_before(r->promises[i].at, p->at))
				p = &r->promises[i];
	}
	if (!p)
		p = &r->promises[r->n_promises++];
	*p = (struct sim_promise){
		.coa = *coa,
		.at = now,
		.expires = mtime_add_s(now, (int64_t)lifetime_4s * 4),
	};
}

static void ba_check_seq(struct sim_node *n, struct sim_reg *r,
			 const struct mh_ba *ba)
{
	struct mtime now = n->sim->now;

	if (r->dynamic)
		return;
	if (r->accepted_any && mtime_before(now, r->accepted_until) &&
	    !mh_seq_newer(ba->seq, r->accepted_seq))
		sim_fail(n->sim, "%s: accepted sequence %u after %u", n->name,
			 ba->seq, r->accepted_seq);
	r->accepted_any = true;
	r->accepted_seq = ba->seq;
	r->accepted_dereg = !ba->lifetime_4s;
	r->asked_end = false;
	r->accepted_until =
		mtime_add_s(now, ba->lifetime_4s ? ba->lifetime_4s * 4 : 10);
}

static bool answers(const struct sim_asked *asked, struct sim_reg *r,
		    const struct mh_send *m, const struct mh_ba *ba)
{
	bool at_home = addr_eq(&asked->from, &r->hoa);

	return asked->seq == ba->seq && m->rh2 == !at_home &&
	       addr_eq(m->rh2 ? &m->coa : &m->dst, &asked->from) &&
	       ba->lifetime_4s <= asked->lifetime_4s &&
	       (!ba->lifetime_4s || addr_eq(&sim_binding(r)->coa, &asked->coa));
}

/* What was asked for is answered, to where it was asked from, within the
 * limits. */
static void ba_check_asked(struct sim_node *n, struct sim_reg *r,
			   const struct mh_send *m, const struct mh_ba *ba)
{
	bool found = false;
	unsigned int i;

	for (i = 0; i < SIM_ASKED && i < r->n_asked; i++)
		found |= answers(&r->asked[i], r, m, ba);
	/* One that was cut off answers what has been forgotten here. */
	if (!found && !(r->dynamic && r->n_asked > SIM_ASKED))
		sim_fail(n->sim, "%s: nobody asked for what %u accepts",
			 n->name, ba->seq);
	if (ba->lifetime_4s * 4 > n->ha.max_lifetime_s ||
	    ba->lifetime_4s * 4 > n->ha_links[0].valid_s)
		sim_fail(n->sim, "%s: grants %u s", n->name,
			 ba->lifetime_4s * 4);
}

static void ba_check_registered(struct sim_node *n, struct sim_reg *r,
				const struct mh_ba *ba)
{
	const struct kernel_binding *b =
		fake_kernel_binding(n->kernel, &r->hoa);
	const struct bcache_entry *e = sim_binding(r);
	struct mtime promised =
		mtime_add_s(n->sim->now, (int64_t)ba->lifetime_4s * 4);

	if (!e || e->state != BCACHE_ACTIVE)
		sim_fail(n->sim, "%s: accepts %s without a binding (%s)",
			 n->name, addr_str(&r->hoa),
			 e ? bcache_state_str(e->state) : "none");
	if (!b || !addr_eq(&b->coa, &e->coa) || !addr_eq(&b->ha, &e->key.local))
		sim_fail(n->sim, "%s: accepts %s at %s, the kernel has %s",
			 n->name, addr_str(&r->hoa), addr_str(&e->coa),
			 b ? addr_str(&b->coa) : "nothing");
	if (b->home_ifindex && b->proxy_linklocal != !!(e->flags & BU_FLAG_L))
		sim_fail(n->sim, "%s: flags %04x, link-local %sdefended",
			 n->name, e->flags, b->proxy_linklocal ? "" : "not ");
	/* A newer one may have been refused meanwhile. */
	if (mh_seq_newer(ba->seq, e->seq))
		sim_fail(n->sim, "%s: acknowledges %u, the entry has %u",
			 n->name, ba->seq, e->seq);
	if (mtime_before(e->expires, promised) ||
	    mtime_diff_us(e->expires, promised) >= 4000000)
		sim_fail(n->sim, "%s: promises %u s, keeps it for %lld us",
			 n->name, ba->lifetime_4s * 4,
			 (long long)mtime_diff_us(e->expires, n->sim->now));
	promise_add(r, &e->coa, n->sim->now, ba->lifetime_4s);
}

static void ba_check(struct sim_node *n, const struct fake_msg *m,
		     const struct mh_msg *msg)
{
	struct sim_reg *r = sim_reg_find(n->sim, &m->mh.dst);
	const struct mh_ba *ba = &msg->ba;

	n->sim->n_ba++;
	if (r && r->dynamic)
		r->ha = n;
	sim_note(n->sim, "%s sends BA hoa=%s status=%u seq=%u lifetime=%us%s",
		 n->name, addr_str(&m->mh.dst), ba->status, ba->seq,
		 ba->lifetime_4s * 4, m->mh.rh2 ? " rh2" : "");
	if (ba->status >= 128) {
		const struct bcache_entry *e = r ? sim_binding(r) : NULL;

		n->sim->n_refused++;
		if (ba->status == BA_SEQ_OUT_OF_WINDOW &&
		    (!e || e->seq != ba->seq))
			sim_fail(n->sim, "%s: 135 with %u, the entry has %u",
				 n->name, ba->seq, e ? e->seq : 0);
		return;
	}
	n->sim->n_accepted++;
	if (!r || r->ha != n)
		sim_fail(n->sim, "%s: accepts a home address that nobody has",
			 n->name);
	ba_check_seq(n, r, ba);
	if (ba->lifetime_4s)
		ba_check_registered(n, r, ba);
	ba_check_asked(n, r, &m->mh, ba);
	if (ba->lifetime_4s)
		return;
	if (fake_kernel_binding(n->kernel, &r->hoa))
		sim_fail(n->sim, "%s: de-registered %s is in the kernel still",
			 n->name, addr_str(&r->hoa));
}

void sim_check_sent_mh(struct sim_node *n, const struct fake_msg *msg)
{
	struct mh_msg m;

	if (!fake_msg_parse_mh(msg, &m))
		sim_fail(n->sim, "%s: sends a malformed message", n->name);
	if (n->sim->rr && sim_rr_sent(n, msg, &m))
		return;
	if (m.type == MH_BU)
		bu_check(n, msg, &m);
	else if (m.type == MH_BA)
		ba_check(n, msg, &m);
	else if (m.type != MH_BE)
		sim_fail(n->sim, "%s: sends %s without route optimisation",
			 n->name, mh_type_str(m.type));
}
