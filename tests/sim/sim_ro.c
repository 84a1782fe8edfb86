/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What must hold for route optimisation after each step:
 *
 * - a binding at a correspondent exists => both keygen tokens were handed out
 *   for exactly these two addresses, the home token for the home address and
 *   the care-of token for the care-of address, less than 240 s before, and
 *   the mobile node received both, or an attacker saw both; a mobile node's
 *   Binding Update is accepted once and never again, whatever became of the
 *   entry (CN-10, CN-51, CN-54, CN-102, CN-103);
 * - the correspondent's kernel holds what its cache holds, the mobile node's
 *   what it believes (CN-9, CN-29, MN-14, MN-20), and at least what its
 *   correspondents send directly is taken (MN-92);
 * - the mobile node believes nothing that was not accepted, nor for longer
 *   (MN-4, MN-169), and after a Binding Error sends nothing more directly
 *   (MN-47);
 * - memory and tasks are bounded.
 */
#include "tests/sim/sim_ro.h"

#define TASKS_BASE    48
#define QUIET_PACKETS 20

static bool is_idle(const struct sim_node *n)
{
	return !n->kernel->head;
}

/* ---- an acceptance ---- */

static struct sim_robu *bu_find(struct sim_rr *rr, const struct sim_node *cn,
				const struct bcache_entry *e,
				const struct cn_entry_info *info)
{
	unsigned int i;

	for (i = 0; i < SIM_ROBUS && i < rr->n_bus; i++) {
		struct sim_robu *b = &rr->bus[i];

		if (b->cn == cn && b->seq == e->seq && b->lifetime_4s &&
		    b->home_nonce == info->home_nonce &&
		    b->coa_nonce == info->coa_nonce &&
		    addr_eq(&b->hoa, &e->key.hoa) &&
		    addr_eq(&b->peer, &e->key.local) &&
		    addr_eq(&b->coa, &e->coa))
			return b;
	}
	return NULL;
}

static const struct sim_token *token_of(struct sim_node *n,
					const struct bcache_entry *e,
					enum auth_token kind, uint16_t index)
{
	const struct in6_addr *addr = kind == AUTH_HOME_TOKEN ? &e->key.hoa
							      : &e->coa;
	const struct sim_token *t =
		sim_rr_token(n->sim->rr, n, kind, addr, index);

	if (!t)
		sim_fail(n->sim,
			 "%s: binds %s to %s, nonce %u of %s was never "
			 "used for it",
			 n->name, addr_str(&e->key.hoa), addr_str(&e->coa),
			 index, kind == AUTH_HOME_TOKEN ? "home" : "care-of");
	if (mtime_diff_us(e->registered, t->at) >
	    MAX_NONCE_LIFETIME_S * 1000000LL)
		sim_fail(n->sim, "%s: binds %s with a token of %lld s", n->name,
			 addr_str(&e->key.hoa),
			 (long long)mtime_diff_ms(e->registered, t->at) / 1000);
	return t;
}

static void promise_add(struct sim_entry *known, const struct bcache_entry *e)
{
	unsigned int i, oldest = 0;

	for (i = 0; i < known->n_promises; i++) {
		if (addr_eq(&known->promises[i].coa, &e->coa))
			break;
		if (mtime_before(known->promises[i].at,
				 known->promises[oldest].at))
			oldest = i;
	}
	if (i == SIM_COAS)
		i = oldest;
	else if (i == known->n_promises)
		known->n_promises++;
	known->promises[i] = (struct sim_promise){ .coa = e->coa,
						   .at = e->registered,
						   .expires = e->expires };
}

/* Only between home link and correspondent can it see both tokens that take
 * its victim's home address elsewhere. */
static void stolen_check(struct sim_node *n, const struct bcache_entry *e)
{
	const struct sim_attacker *a = n->sim->attacker;

	if (a && a->where != SIM_HA_CN && addr_eq(&a->hoa, &e->key.hoa))
		sim_fail(n->sim, "%s: an attacker %s has bound %s to %s",
			 n->name, sim_where_str(a->where),
			 addr_str(&e->key.hoa), addr_str(&e->coa));
}

static void acceptance_check(struct sim_node *n, struct sim_entry *known,
			     struct bcache_entry *e)
{
	struct sim_rr *rr = n->sim->rr;
	const struct sim_token *home, *care;
	struct cn_entry_info info;
	struct sim_robu *b;

	rr->n_accepted++;
	known->sure_until = (struct mtime){ 0 };
	cn_entry_info(e, &info);
	home = token_of(n, e, AUTH_HOME_TOKEN, info.home_nonce);
	care = token_of(n, e, AUTH_COA_TOKEN, info.coa_nonce);
	b = bu_find(rr, n, e, &info);
	if (!b) {
		if (!home->spied || !care->spied)
			sim_fail(n->sim,
				 "%s: binds %s to %s, which its node "
				 "did not ask for",
				 n->name, addr_str(&e->key.hoa),
				 addr_str(&e->coa));
		stolen_check(n, e);
		rr->n_stolen++;
	} else {
		if (b->accepted)
			sim_fail(n->sim, "%s: takes sequence %u of %s again",
				 n->name, e->seq, addr_str(&e->key.hoa));
		if (!home->got || !care->got)
			sim_fail(n->sim,
				 "%s: binds %s to %s, its node did not "
				 "receive both tokens",
				 n->name, addr_str(&e->key.hoa),
				 addr_str(&e->coa));
		b->accepted = true;
		known->sure_until =
			mtime_add_s(b->at, (int64_t)e->lifetime_4s * 4);
	}
	if (e->lifetime_4s > MAX_RR_BINDING_LIFETIME_S / 4 ||
	    (b && e->lifetime_4s > b->lifetime_4s) ||
	    mtime_diff_us(e->expires, e->registered) >
		    e->lifetime_4s * 4000000LL)
		sim_fail(n->sim, "%s: binds %s for %u s", n->name,
			 addr_str(&e->key.hoa), e->lifetime_4s * 4);
	promise_add(known, e);
}

/* ---- the correspondent ---- */

struct cn_view {
	struct sim_node *n;
	unsigned int held; /* but for those that the kernel is to let go of */
};

static void entry_check(void *arg, struct bcache_entry *e)
{
	struct cn_view *v = arg;
	struct sim_node *n = v->n;
	struct sim_entry *known;
	const struct kernel_ro *k = fake_kernel_ro(n->kernel, &e->key.local,
						   &e->key.hoa, KERNEL_RO_PEER);

	v->held += e->state != BCACHE_REMOVING;
	if (e->state != BCACHE_ACTIVE)
		return;
	if (!mtime_before(n->sim->now, e->expires))
		sim_fail(n->sim, "%s: %s is active %lld us after its end",
			 n->name, addr_str(&e->key.hoa),
			 (long long)mtime_diff_us(n->sim->now, e->expires));
	if (is_idle(n) && (!k || !addr_eq(&k->coa, &e->coa)))
		sim_fail(n->sim, "%s: %s is bound to %s, the kernel has %s",
			 n->name, addr_str(&e->key.hoa), addr_str(&e->coa),
			 k ? addr_str(&k->coa) : "nothing");
	known = sim_rr_entry(n->sim->rr, n, &e->key.local, &e->key.hoa);
	if (known->there && known->epoch == n->epoch &&
	    known->registered.us == e->registered.us &&
	    addr_eq(&known->coa, &e->coa))
		return;
	acceptance_check(n, known, e);
	known->there = true;
	known->epoch = n->epoch;
	known->seq = e->seq;
	known->registered = e->registered;
	known->coa = e->coa;
}

/* An entry that went and came back is another acceptance, even when it looks
 * the same. */
static void forget_gone(struct sim_node *n, struct bcache *bc)
{
	struct sim_rr *rr = n->sim->rr;
	const struct bcache_entry *e;
	unsigned int i;

	for (i = 0; i < SIM_ENTRIES; i++) {
		struct sim_entry *known = &rr->entries[i];

		if (known->cn != n || !known->there)
			continue;
		e = bcache_find(bc, &known->local, &known->hoa);
		if (!e || e->state == BCACHE_INVALID)
			known->there = false;
	}
}

static void kernel_check(struct sim_node *n, struct bcache *bc)
{
	const struct fake_pair *p;
	unsigned int i;

	for (i = 0; i < FAKE_PAIR_BUCKETS; i++) {
		for (p = n->kernel->pairs[i]; p; p = p->next) {
			const struct bcache_entry *e =
				bcache_find(bc, &p->local, &p->peer);

			if (p->has_end[KERNEL_RO_PEER] &&
			    (!e || e->state == BCACHE_INVALID))
				sim_fail(n->sim,
					 "%s: %s is in the kernel, its "
					 "entry is %s",
					 n->name, addr_str(&p->peer),
					 e ? bcache_state_str(e->state)
					   : "gone");
		}
	}
}

void sim_ro_check_cn(struct sim_node *n)
{
	struct bcache *bc = cn_bcache(daemon_cn(n->daemon));
	struct cn_view v = { .n = n };
	size_t most = TASKS_BASE + 4 * (bcache_count(bc) + n->n_ifaces);

	forget_gone(n, bc);
	bcache_walk(bc, entry_check, &v);
	if (is_idle(n))
		kernel_check(n, bc);
	if (v.held > n->cn.max_bindings)
		sim_fail(n->sim, "%s: %u entries, at most %u", n->name, v.held,
			 n->cn.max_bindings);
	if (n->role == SIM_CN && tqueue_len(n->tq) > most)
		sim_fail(n->sim, "%s: %zu tasks for %u entries", n->name,
			 tqueue_len(n->tq), bcache_count(bc));
}

/* ---- the mobile node ---- */

struct mn_view {
	struct sim_node *n;
	unsigned int count;
};

/* What an acknowledgement has told, it was allowed to believe. */
static void belief_check(struct sim_node *n, const struct mn_ro_info *info)
{
	struct sim_node *cn = sim_node_of(n->sim, &info->peer);
	const struct sim_entry *known;
	unsigned int i;

	if (!cn || !(cn->role & SIM_CN))
		sim_fail(n->sim,
			 "%s: optimises to %s, which is no "
			 "correspondent node",
			 n->name, addr_str(&info->peer));
	known = sim_rr_entry(n->sim->rr, cn, &info->peer, &info->hoa);
	for (i = 0; i < known->n_promises; i++)
		if (addr_eq(&known->promises[i].coa, &info->coa) &&
		    !mtime_before(known->promises[i].expires, info->expires))
			return;
	sim_fail(n->sim,
		 "%s: believes in %s at %s until %lld us, which was "
		 "never accepted",
		 n->name, addr_str(&info->hoa), addr_str(&info->coa),
		 (long long)mtime_diff_us(info->expires, n->sim->now));
}

static void ro_check(void *arg, const struct mn_ro_info *info)
{
	struct mn_view *v = arg;
	struct sim_node *n = v->n;
	const struct kernel_ro *k = fake_kernel_ro(
		n->kernel, &info->hoa, &info->peer, KERNEL_RO_LOCAL);

	v->count++;
	if (info->optimised && !mtime_before(n->sim->now, info->expires))
		sim_fail(n->sim, "%s: optimises to %s, but it expired", n->name,
			 addr_str(&info->peer));
	if (info->optimised && n->mn.cn_ack)
		belief_check(n, info);
	if (!is_idle(n) || n->sim->kernel_fails)
		return;
	if (info->optimised != (k && k->send))
		sim_fail(n->sim, "%s: %s is %s (%s), the kernel %s", n->name,
			 addr_str(&info->peer),
			 info->optimised ? "optimised" : "not optimised",
			 info->state, k && k->send ? "sends" : "does not send");
	if (info->optimised && !addr_eq(&k->coa, &info->coa))
		sim_fail(n->sim, "%s: optimises from %s, the kernel from %s",
			 n->name, addr_str(&info->coa), addr_str(&k->coa));
}

/* Nothing in the kernel that the node does not know. */
static unsigned int count_local(const struct sim_node *n)
{
	const struct fake_pair *p;
	unsigned int i, count = 0;

	for (i = 0; i < FAKE_PAIR_BUCKETS; i++)
		for (p = n->kernel->pairs[i]; p; p = p->next)
			count += p->has_end[KERNEL_RO_LOCAL];
	return count;
}

/* After a Binding Error, what goes directly goes by a newer registration. */
static void errors_check(struct sim_node *n)
{
	struct sim_rr *rr = n->sim->rr;
	int64_t patience = 4 * n->sim->kernel_us + 2000;
	unsigned int i;

	for (i = 0; i < SIM_ERRORS; i++) {
		struct sim_error *e = &rr->errors[i];
		const struct kernel_ro *ours;
		struct sim_node *cn;
		const struct sim_entry *known;

		if (e->mn != n || mtime_diff_us(n->sim->now, e->at) < patience)
			continue;
		e->mn = NULL;
		cn = sim_node_of(n->sim, &e->peer);
		known = sim_rr_entry(rr, cn, &e->peer, &e->hoa);
		ours = fake_kernel_ro(n->kernel, &e->hoa, &e->peer,
				      KERNEL_RO_LOCAL);
		if (ours && ours->send && addr_eq(&ours->coa, &e->coa) &&
		    mtime_before(known->registered, e->at))
			sim_fail(n->sim,
				 "%s: sends directly to %s %lld us "
				 "after its Binding Error",
				 n->name, addr_str(&e->peer),
				 (long long)mtime_diff_us(n->sim->now, e->at));
	}
}

/* Away, what a correspondent sends directly finds the pair known, to whichever
 * care-of address it goes. */
static void receive_check(struct sim_node *n)
{
	const struct kernel_mn_home *h;
	unsigned int i;

	for (i = 0; i < SIM_ENTRIES; i++) {
		const struct sim_entry *e = &n->sim->rr->entries[i];

		if (!e->cn || !e->there || !e->cn->up || e->cn->asleep ||
		    e->epoch != e->cn->epoch ||
		    !mtime_before(n->sim->now, e->sure_until) ||
		    mtime_before(e->registered, n->started))
			continue;
		h = sim_path_home(n, &e->hoa);
		if (h && h->place == KERNEL_MN_AWAY &&
		    !fake_kernel_ro(n->kernel, &e->hoa, &e->local,
				    KERNEL_RO_LOCAL))
			sim_fail(n->sim,
				 "%s: is bound at %s, and would not "
				 "take its packets",
				 n->name, addr_str(&e->local));
	}
}

void sim_ro_check_mn(struct sim_node *n)
{
	struct mn_view v = { .n = n };

	if (is_idle(n) && !n->stops && !n->sim->kernel_fails)
		receive_check(n);

	mn_walk_ro(daemon_mn(n->daemon), ro_check, &v);
	if (v.count > n->mn.max_correspondents)
		sim_fail(n->sim, "%s: %u correspondents, at most %u", n->name,
			 v.count, n->mn.max_correspondents);
	if (is_idle(n) && !n->sim->kernel_fails && count_local(n) > v.count)
		sim_fail(n->sim, "%s: %u pairs in the kernel, %u known",
			 n->name, count_local(n), v.count);
	/* Without acknowledgements it believes what it has sent. */
	if (n->mn.cn_ack && !n->sim->kernel_fails)
		errors_check(n);
}

/* ---- quiet ---- */

static void flow_reset(struct sim_flow *f)
{
	unsigned int i;

	for (i = 0; i < 2; i++)
		f->sent[i] = f->got[i] = f->direct[i] = 0;
}

/* The other end may know where it is. */
static bool is_optimised(const struct sim_flow *f, bool end)
{
	return sim_flow_is_away(f, end) && f->node[!end]->cn.on;
}

static void flow_check(struct sim_flow *f, bool optimised)
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		if (f->got[i] > f->sent[i] ||
		    f->got[i] + f->sim->may_lose < f->sent[i])
			sim_fail(f->sim, "%s -> %s: %llu of %llu arrived",
				 addr_str(&f->addr[i]), addr_str(&f->addr[!i]),
				 (unsigned long long)f->got[i],
				 (unsigned long long)f->sent[i]);
		if (optimised && (is_optimised(f, 0) || is_optimised(f, 1)) &&
		    f->direct[i] != f->sent[i])
			sim_fail(f->sim, "%s -> %s: %llu of %llu directly",
				 addr_str(&f->addr[i]), addr_str(&f->addr[!i]),
				 (unsigned long long)f->direct[i],
				 (unsigned long long)f->sent[i]);
		if (!sim_flow_is_away(f, 0) && !sim_flow_is_away(f, 1) &&
		    f->direct[i])
			sim_fail(f->sim, "%s: optimised at home",
				 addr_str(&f->addr[0]));
	}
}

void sim_ro_quiet(struct sim *s, bool optimised)
{
	struct sim_flow *f;
	unsigned int i;

	for (f = s->flows; f; f = f->next) {
		sim_flow_set(f, false);
		f->on = true;
	}
	sim_run_ms(s, 200); /* what is under way arrives */
	for (f = s->flows; f; f = f->next)
		flow_reset(f);
	for (i = 0; i < QUIET_PACKETS; i++) {
		for (f = s->flows; f; f = f->next)
			sim_flow_send(f, i % 2);
		sim_run_ms(s, 100);
	}
	sim_run_ms(s, 200);
	for (f = s->flows; f; f = f->next) {
		flow_check(f, optimised);
		sim_flow_set(f, true);
	}
}

/* ---- digest ---- */

static void mix(uint64_t *h, const void *data, size_t len)
{
	const uint8_t *p = data;

	while (len--)
		*h = (*h ^ *p++) * 0x100000001b3;
}

static void entry_digest(void *arg, struct bcache_entry *e)
{
	mix(arg, &e->key, sizeof(e->key));
	mix(arg, &e->coa, sizeof(e->coa));
	mix(arg, &e->seq, sizeof(e->seq));
	mix(arg, &e->expires, sizeof(e->expires));
}

static void info_digest(void *arg, const struct mn_ro_info *info)
{
	mix(arg, &info->peer, sizeof(info->peer));
	mix(arg, &info->optimised, sizeof(info->optimised));
	mix(arg, &info->coa, sizeof(info->coa));
	mix(arg, &info->expires, sizeof(info->expires));
	mix(arg, &info->seq, sizeof(info->seq));
}

uint64_t sim_ro_digest(struct sim_node *n, uint64_t h)
{
	if (n->role & SIM_CN)
		bcache_walk(cn_bcache(daemon_cn(n->daemon)), entry_digest, &h);
	if (n->role & SIM_MN)
		mn_walk_ro(daemon_mn(n->daemon), info_digest, &h);
	mix(&h, &n->kernel->n_pairs, sizeof(n->kernel->n_pairs));
	return h;
}
