/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An attacker on one path: inside the tunnel between the mobile node and its
 * agent, between home link and correspondent, on the direct path, or on none.
 * It reads what passes there, keeps it, learns tokens, and may drop, hold
 * back, double or change it; what it sends by itself is sim_forge.c's.
 * Registrations with the home agent it leaves alone: they are another
 * protocol's to protect.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim_ro.h"

const char *sim_where_str(enum sim_where where)
{
	switch (where) {
	case SIM_NOWHERE:
		return "off path";
	case SIM_MN_HA:
		return "in the tunnel";
	case SIM_HA_CN:
		return "between home and correspondent";
	case SIM_MN_CN:
		return "on the direct path";
	}
	return "?";
}

/* Fixed for routing: home addresses and the correspondent's. */
static bool is_fixed(const struct sim_attacker *a, const struct in6_addr *addr)
{
	const struct sim *s = a->sim;
	unsigned int i, j;

	for (i = 0; i < s->n_nodes; i++) {
		const struct sim_node *n = s->nodes[i];

		if (addr_eq(&n->fixed, addr))
			return true;
		for (j = 0; n->role & SIM_HA && j < n->ha.n_links; j++)
			if (prefix_contains(&n->ha_links[j].prefix, addr))
				return true;
	}
	return false;
}

static enum sim_where path_of(const struct sim_attacker *a,
			      const struct sim_packet *p)
{
	const struct in6_addr *ha = &a->victim->regs[0].ha->ha_links[0].address;

	if (p->link)
		return SIM_NOWHERE;
	if (!addr_is_any(&p->tunnel_dst)) {
		bool ours = (addr_eq(&p->tunnel_src, ha) &&
			     addr_eq(&p->wire_dst, &a->hoa)) ||
			    (addr_eq(&p->tunnel_dst, ha) &&
			     addr_eq(&p->wire_src, &a->hoa));

		return ours ? SIM_MN_HA : SIM_NOWHERE;
	}
	return is_fixed(a, &p->wire_src) && is_fixed(a, &p->wire_dst)
		       ? SIM_HA_CN
		       : SIM_MN_CN;
}

/* Binding Updates with the H bit, and what agents answer. */
static bool is_home_registration(const struct sim_attacker *a,
				 const struct sim_packet *p)
{
	const struct in6_addr *ha = &a->victim->regs[0].ha->ha_links[0].address;

	if (p->kind != SIM_MH || p->len < 16)
		return false;
	return (p->data[2] == MH_BU && p->data[8] & BU_FLAG_H >> 8) ||
	       addr_eq(&p->wire_src, ha) || addr_eq(&p->wire_dst, ha);
}

/* ---- reading ---- */

static void learn(struct sim_attacker *a, const struct sim_packet *p)
{
	const struct in6_addr *src = p->has_hao ? &p->hao : &p->wire_src;
	const struct in6_addr *dst = p->has_rh2 ? &p->rh2 : &p->wire_dst;
	struct sim_token *t;
	struct sim_loot *l;
	struct mh_msg m;

	if (p->kind != SIM_MH || p->len < 24 ||
	    (p->data[2] != MH_HOT && p->data[2] != MH_COT) ||
	    mh_parse(p->data, p->len, src, dst, &m) != MH_OK)
		return;
	l = &a->loot[a->n_loot++ % SIM_STOLEN];
	l->kind = m.type == MH_HOT ? AUTH_HOME_TOKEN : AUTH_COA_TOKEN;
	l->addr = *dst;
	l->index = m.test.nonce_index;
	memcpy(l->token, m.test.token, AUTH_TOKEN_LEN);
	t = sim_rr_token(a->sim->rr, a->cn, l->kind, dst, l->index);
	if (t && !memcmp(t->token, l->token, AUTH_TOKEN_LEN))
		t->spied = true;
}

static void capture(struct sim_attacker *a, const struct sim_packet *p)
{
	struct sim_packet **at = &a->captured[sim_below(a->sim, SIM_CAPTURED)];

	if (p->kind != SIM_MH)
		return;
	if (a->n_captured < SIM_CAPTURED)
		at = &a->captured[a->n_captured++];
	else
		sim_packet_free(*at);
	*at = sim_packet_copy(p);
	(*at)->forged = true;
}

/* ---- acting ---- */

/* Mostly a little, to bring things out of order; sometimes beyond the life of
 * tokens, nonces and bindings. */
static int64_t hold_ms(struct sim *s)
{
	static const int64_t most[] = { 50, 500, 2000, 5000, 40000, 500000 };

	return sim_between(s, 0, most[sim_below(s, 6)]);
}

static void arrives_later(struct sim_attacker *a, struct sim_packet *p)
{
	struct sim *s = a->sim;

	p->forged = true;
	tqueue_start(s->tq, &p->task,
		     mtime_add_us(s->now, s->delay_us + hold_ms(s) * 1000));
}

bool sim_attack_takes(struct sim_attacker *a, struct sim_packet *p)
{
	struct sim *s = a->sim;

	if (!a->on || p->forged || a->where == SIM_NOWHERE ||
	    path_of(a, p) != a->where || is_home_registration(a, p))
		return false;
	a->n_seen++;
	learn(a, p);
	capture(a, p);
	if (sim_permille(s, a->drop)) {
		sim_packet_free(p);
		return true;
	}
	if (sim_permille(s, a->twice))
		arrives_later(a, sim_packet_copy(p));
	if (sim_permille(s, a->alter))
		sim_forge_alter(a, p);
	if (!sim_permille(s, a->delay))
		return false;
	arrives_later(a, p);
	return true;
}

/* Another temper now and then, so that the procedure gets through at times
 * and is hit in each of its steps. */
static void change_temper(struct sim_attacker *a)
{
	static const unsigned int parts[] = { 0, 0, 20, 100, 300 };
	static const int64_t every[] = { 20, 100, 400, 2000 };
	struct sim *s = a->sim;

	a->drop = parts[sim_below(s, 5)];
	a->delay = parts[sim_below(s, 5)];
	a->twice = parts[sim_below(s, 5)];
	a->alter = parts[sim_below(s, 5)];
	a->every_ms = every[sim_below(s, 4)];
}

static void attack_task(struct task *task, struct mtime now)
{
	struct sim_attacker *a = container_of(task, struct sim_attacker, task);
	struct sim *s = a->sim;

	if (sim_below(s, 100) == 0)
		change_temper(a);
	sim_forge_send(a);
	a->n_sent++;
	tqueue_start(s->tq, task,
		     mtime_add_us(now, sim_between(s, 1, a->every_ms * 2000)));
}

void sim_attack_set(struct sim_attacker *a, bool on)
{
	sim_note(a->sim, "the attacker %s %s", sim_where_str(a->where),
		 on ? "begins" : "pauses");
	a->on = on;
	change_temper(a);
	if (on)
		tqueue_start(a->sim->tq, &a->task, a->sim->now);
	else
		task_stop(&a->task);
}

struct sim_attacker *sim_attack_add(struct sim *s, struct sim_node *victim,
				    struct sim_node *cn, enum sim_where where)
{
	struct sim_attacker *a = calloc(1, sizeof(*a));

	if (!a)
		abort();
	a->sim = s;
	a->victim = victim;
	a->cn = cn;
	a->hoa = victim->regs[0].hoa;
	a->peer = addr_is_any(&cn->fixed) ? cn->regs[0].hoa : cn->fixed;
	a->where = where;
	task_init(&a->task, attack_task);
	s->attacker = a;
	return a;
}

void sim_attack_free(struct sim_attacker *a)
{
	if (!a)
		return;
	task_stop(&a->task);
	free(a); /* the captured packets are the simulation's */
}
