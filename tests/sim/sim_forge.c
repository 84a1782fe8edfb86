/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an attacker sends: every message of route optimisation with addresses
 * as it likes, with tokens that it saw or makes up, signed as well as it can;
 * captured messages again, as they were or changed.
 */
#include <stdlib.h>
#include <string.h>

#include "mip6d/random.h"
#include "tests/sim/sim_ro.h"

/* ---- addresses and secrets ---- */

static struct in6_addr coa_of(const struct sim_attacker *a)
{
	return fake_kernel_home(a->victim->kernel, 0)->coa;
}

/* Another address of the home prefix, which nobody has. */
static struct in6_addr neighbour(const struct sim_attacker *a)
{
	struct in6_addr addr = a->hoa;

	addr.s6_addr[15] ^= 0x42;
	return addr;
}

static struct in6_addr any_addr(struct sim_attacker *a)
{
	const struct sim_reg *r = &a->victim->regs[0];
	unsigned int i;

	switch (sim_below(a->sim, 8)) {
	case 0:
	case 1:
		return a->hoa;
	case 2:
	case 3:
		return coa_of(a);
	case 4:
		return neighbour(a);
	case 5:
		i = sim_below(a->sim, SIM_COAS);
		return i < r->n_promises ? r->promises[i].coa : coa_of(a);
	case 6:
		return a->peer;
	default:
		return sim_addr("2001:db8:cc::bad");
	}
}

static const struct sim_loot *any_loot(struct sim_attacker *a)
{
	unsigned int n = a->n_loot < SIM_STOLEN ? a->n_loot : SIM_STOLEN;

	return n ? &a->loot[sim_below(a->sim, n)] : NULL;
}

static const struct sim_packet *any_captured(struct sim_attacker *a,
					     uint8_t type)
{
	unsigned int i, at;

	for (i = 0; a->n_captured && i < 8; i++) {
		at = sim_below(a->sim, a->n_captured);
		if (a->captured[at]->data[2] == type)
			return a->captured[at];
	}
	return NULL;
}

static void emit_mh(struct sim_attacker *a, const struct mh_msg *m,
		    const struct in6_addr *src, const struct in6_addr *dst,
		    const struct in6_addr *hao, const struct in6_addr *rh2)
{
	struct sim_packet *p = sim_build_mh(a->sim, m, src, dst, hao, rh2);

	p->forged = true;
	sim_path_emit(p);
}

/* ---- messages ---- */

static void forge_init(struct sim_attacker *a)
{
	struct mh_msg m = { .type = sim_below(a->sim, 2) ? MH_HOTI : MH_COTI };
	struct in6_addr src = any_addr(a), hao = any_addr(a);

	if (!addr_is_routable(&src))
		return;
	random_bytes(m.test_init.cookie, sizeof(m.test_init.cookie));
	emit_mh(a, &m, &src, &a->peer, sim_below(a->sim, 6) ? NULL : &hao,
		NULL);
}

/* The cookie of a Test Init that it saw, or none of any. */
static void forge_test(struct sim_attacker *a)
{
	bool home = sim_below(a->sim, 2);
	struct mh_msg m = { .type = home ? MH_HOT : MH_COT };
	const struct sim_packet *init =
		any_captured(a, home ? MH_HOTI : MH_COTI);
	const struct sim_loot *l = any_loot(a);
	struct in6_addr dst = home ? a->hoa : coa_of(a);
	struct sim_packet *p;

	random_bytes(m.test.cookie, 8);
	random_bytes(m.test.token, 8);
	m.test.nonce_index = (uint16_t)sim_random(a->sim);
	if (init)
		memcpy(m.test.cookie, init->data + 8, 8);
	if (l && sim_below(a->sim, 2)) {
		m.test.nonce_index = l->index;
		memcpy(m.test.token, l->token, 8);
	}
	if (!addr_is_routable(&dst))
		return;
	p = sim_build_mh(a->sim, &m, &a->peer, &dst, NULL, NULL);
	p->forged = true;
	if (home && sim_below(a->sim, 2)) {
		p->tunnel_src = a->victim->regs[0].ha->ha_links[0].address;
		p->tunnel_dst = coa_of(a);
	}
	if (home && addr_is_any(&p->tunnel_dst) != addr_is_any(&p->tunnel_src))
		sim_packet_free(p);
	else
		sim_path_emit(p);
}

static void token_of(struct sim_attacker *a, enum auth_token kind,
		     const struct in6_addr *addr, uint16_t *ret_index,
		     uint8_t ret_token[AUTH_TOKEN_LEN])
{
	const struct sim_loot *l = NULL;
	unsigned int i;

	/* The right one where it has it, else any, else none. */
	for (i = 0; i < SIM_STOLEN && i < a->n_loot; i++)
		if (a->loot[i].kind == kind && addr_eq(&a->loot[i].addr, addr))
			l = &a->loot[i];
	if (!l || sim_below(a->sim, 4) == 0)
		l = any_loot(a);
	random_bytes(ret_token, AUTH_TOKEN_LEN);
	*ret_index = (uint16_t)sim_below(a->sim, 65536);
	if (!l)
		return;
	*ret_index = l->index;
	memcpy(ret_token, l->token, AUTH_TOKEN_LEN);
}

static uint16_t guess_seq(struct sim_attacker *a, const struct in6_addr *hoa)
{
	const struct sim_entry *e =
		sim_rr_entry(a->sim->rr, a->cn, &a->peer, hoa);

	return sim_below(a->sim, 4) ? (uint16_t)(e->seq + sim_below(a->sim, 5))
				    : (uint16_t)sim_below(a->sim, 65536);
}

/* Signed by what it knows; more often a good try than nonsense. */
static void forge_bu(struct sim_attacker *a)
{
	struct sim *s = a->sim;
	struct in6_addr hoa = sim_below(s, 4) ? a->hoa : any_addr(a);
	struct in6_addr coa = any_addr(a), src = coa;
	struct auth_parties parties = { .cn = a->peer };
	uint8_t home[8], care[8], kbm[AUTH_KBM_LEN], buf[MH_MAX_LEN];
	struct mh_msg m = { .type = MH_BU };
	struct sim_packet *p;
	int len;

	if (!addr_is_routable(&hoa) || !addr_is_routable(&coa))
		return;
	m.bu.seq = guess_seq(a, &hoa);
	m.bu.flags = sim_below(s, 2) ? BU_FLAG_A : 0;
	m.bu.lifetime_4s = sim_below(s, 4) ? (uint16_t)(1 + sim_below(s, 200))
					   : 0;
	m.opt.present = MH_OPT_NONCE_INDICES | MH_OPT_AUTH_DATA;
	if (sim_below(s, 3) == 0) {
		m.opt.present |= MH_OPT_ALT_COA;
		m.opt.alt_coa = coa;
		src = any_addr(a);
	}
	token_of(a, AUTH_HOME_TOKEN, &hoa, &m.opt.home_nonce, home);
	token_of(a, AUTH_COA_TOKEN, &coa, &m.opt.coa_nonce, care);
	len = mh_build(&m, buf, sizeof(buf));
	if (len < 0 || !addr_is_routable(&src))
		return;
	auth_kbm(home, m.bu.lifetime_4s ? care : NULL, kbm);
	parties.coa = coa;
	auth_sign(kbm, &parties, buf, (size_t)len);
	mh_set_checksum(buf, (size_t)len, &hoa, &a->peer);
	p = sim_packet_new(s, SIM_MH, buf, (size_t)len);
	p->wire_src = src;
	p->wire_dst = a->peer;
	p->has_hao = true;
	p->hao = hoa;
	p->forged = true;
	sim_path_emit(p);
}

static void forge_ba(struct sim_attacker *a)
{
	static const uint8_t statuses[] = { 0,   1,   128, 129, 130, 131,
					    135, 136, 137, 138, 139, 174 };
	const struct sim_packet *bu = any_captured(a, MH_BU);
	struct mh_msg m = { .type = MH_BA };
	struct in6_addr coa = coa_of(a);

	if (!addr_is_routable(&coa))
		return;
	m.ba.status = statuses[sim_below(a->sim, sizeof(statuses))];
	m.ba.seq = bu ? (uint16_t)(bu->data[6] << 8 | bu->data[7])
		      : (uint16_t)sim_below(a->sim, 65536);
	m.ba.lifetime_4s = (uint16_t)sim_below(a->sim, 200);
	/* Twelve zero octets. */
	m.opt.present = sim_below(a->sim, 2) ? MH_OPT_AUTH_DATA : 0;
	emit_mh(a, &m, &a->peer, &coa, NULL, &a->hoa);
}

static void forge_error(struct sim_attacker *a)
{
	struct mh_msg m = { .type = MH_BE };
	struct in6_addr coa = coa_of(a);
	bool home = sim_below(a->sim, 3) == 0 || !addr_is_routable(&coa);

	m.be.status = (uint8_t)(1 + sim_below(a->sim, 2));
	m.be.hoa = sim_below(a->sim, 4) ? a->hoa : any_addr(a);
	emit_mh(a, &m, &a->peer, home ? &a->hoa : &coa, NULL, NULL);
}

static void forge_brr(struct sim_attacker *a)
{
	struct mh_msg m = { .type = MH_BRR };

	emit_mh(a, &m, &a->peer, &a->hoa, NULL, NULL);
}

/* About what it saw, or (the cookie is not in it) about what it guesses. */
static void forge_problem(struct sim_attacker *a)
{
	static const uint8_t types[] = { MH_HOTI, MH_COTI, MH_BU };
	const struct sim_packet *p =
		any_captured(a, types[sim_below(a->sim, 3)]);
	struct mh_msg m = { .type = MH_HOTI };
	struct sim_packet *e, *own = NULL;

	if (!p)
		p = own =
			sim_build_mh(a->sim, &m, &a->hoa, &a->peer, NULL, NULL);
	e = sim_data_problem(p, &a->peer, (uint8_t)(1 + sim_below(a->sim, 2)));
	if (own)
		sim_packet_free(own);
	e->forged = true;
	sim_path_emit(e);
}

static void forge_data(struct sim_attacker *a)
{
	struct in6_addr src = sim_addr("2001:db8:cc::bad");

	sim_path_emit(sim_data_forge(a->sim, &src, &a->peer, &a->hoa));
}

static void replay(struct sim_attacker *a)
{
	struct sim_packet *p;

	if (!a->n_captured)
		return;
	p = sim_packet_copy(a->captured[sim_below(a->sim, a->n_captured)]);
	if (sim_below(a->sim, 4) == 0)
		sim_forge_alter(a, p);
	a->sim->rr->n_replayed++;
	sim_path_emit(p);
}

void sim_forge_send(struct sim_attacker *a)
{
	static void (*const forgers[])(struct sim_attacker * a) = {
		forge_init, forge_init,  forge_test,    forge_bu, forge_bu,
		forge_ba,   forge_error, forge_brr,     replay,   replay,
		replay,     forge_data,  forge_problem,
	};

	forgers[sim_below(a->sim, ARRAY_SIZE(forgers))](a);
}

/* ---- changing what passes ---- */

static void alter_header(struct sim_attacker *a, struct sim_packet *p)
{
	struct in6_addr addr = any_addr(a);

	if (!addr_is_routable(&addr))
		return;
	switch (sim_below(a->sim, 4)) {
	case 0:
		p->wire_src = addr;
		break;
	case 1:
		p->has_hao = !p->has_hao;
		p->hao = addr;
		break;
	case 2:
		if (p->has_hao)
			p->hao = addr;
		break;
	default:
		if (p->has_rh2)
			p->rh2 = addr;
		break;
	}
}

void sim_forge_alter(struct sim_attacker *a, struct sim_packet *p)
{
	struct sim *s = a->sim;
	unsigned int i;

	/* Data with headers of its own making is nobody's any more. */
	if (p->kind == SIM_DATA && !p->has_hao)
		return;
	p->forged = true;
	if (p->kind == SIM_DATA) {
		p->flow = NULL;
		p->hao = neighbour(a);
		return;
	}
	if (p->kind != SIM_MH || p->len < 8)
		return;
	if (sim_below(s, 2))
		alter_header(a, p);
	for (i = sim_below(s, 4); i > 0 && p->len > 8; i--)
		p->data[6 + sim_below(s, (uint32_t)p->len - 6)] ^=
			(uint8_t)(1u << sim_below(s, 8));
	/* Not a home registration: those are not its business. */
	if (p->data[2] == MH_BU && p->len > 8)
		p->data[8] &= (uint8_t) ~(BU_FLAG_H >> 8);
	p->data[4] = p->data[5] = 0;
	if (sim_below(s, 8))
		mh_set_checksum(p->data, p->len,
				p->has_hao ? &p->hao : &p->wire_src,
				p->has_rh2 ? &p->rh2 : &p->wire_dst);
}
