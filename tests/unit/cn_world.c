/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A correspondent node between a kernel and a network in memory, and its
 * mobile nodes.
 */
#include "tests/unit/cn_world.h"

#include <string.h>

#include "mip6d/hash.h"
#include "tests/unit/world_time.h"

#define AUTH_OPTION 5
#define PADN        1
#define LEN_OCTET   1

/* The last Binding Update as octets, and what its answer is signed with. */
static struct {
	struct packet pkt;
	uint8_t data[256];
	uint8_t kbm[AUTH_KBM_LEN];
	struct auth_parties parties;
} last;

struct in6_addr ip(const char *text)
{
	struct in6_addr a;

	if (addr_parse(text, &a))
		abort();
	return a;
}

bool is_addr(const struct in6_addr *a, const char *text)
{
	struct in6_addr b = ip(text);

	return addr_eq(a, &b);
}

/* ---- the world ---- */

static void on_event(void *arg, const struct kernel_event *ev)
{
	struct world *w = arg;

	if (w->cn)
		cn_on_kernel(w->cn, ev, w->now);
}

void world_init(struct world *w)
{
	*w = (struct world){ .now = { 1000000 } };
	hash_init();
	fake_faults_clear();
	fake_log_clear();
	w->conf = (struct conf_cn){
		.on = true,
		.rules = w->rules,
		.max_bindings = 100,
		.max_lifetime_s = 420,
		.test_init_rate = 1000,
		.refresh_requests = true,
	};
	w->tq = tqueue_new();
	w->k = fake_kernel_new(on_event, w);
	w->k->clock = &w->now;
	w->t = fake_transport_new();
	fake_kernel_link_up(w->k, ETH0, "eth0", true);
	fake_kernel_addr_add(w->k, ETH0, LOCAL);
	fake_kernel_addr_add(w->k, ETH0, LOCAL_B);
}

void world_start(struct world *w)
{
	struct role_env env = {
		.tq = w->tq,
		.kernel = w->k,
		.transport = w->t,
		.counters = &w->counters,
	};

	UNIT_EQ(cn_new(&env, &w->conf, w->now, &w->cn), 0);
	UNIT_EQ(kernel_watch(w->k), 0);
	world_settle(w);
}

void world_open(struct world *w)
{
	world_init(w);
	world_start(w);
}

void world_close(struct world *w)
{
	w->cn = cn_free(w->cn);
	CU_ASSERT_TRUE(fake_kernel_is_clean(w->k));
	UNIT_EQ(tqueue_len(w->tq), 0);
	fake_kernel_settle(w->k);
	UNIT_EQ(fake_faults(), 0);
	w->k = fake_kernel_free(w->k);
	w->t = fake_transport_free(w->t);
	w->tq = tqueue_free(w->tq);
}

static struct prefix match(const char *text)
{
	struct prefix p = { .len = 0 };

	if (text && prefix_parse(text, &p))
		abort();
	return p;
}

void world_rule(struct world *w, const char *home, const char *coa,
		const char *local, enum conf_cn_action action, uint8_t status)
{
	w->rules[w->conf.n_rules++] = (struct conf_cn_rule){
		.home = match(home),
		.coa = match(coa),
		.local = match(local),
		.action = action,
		.status = status,
	};
}

void world_settle(struct world *w)
{
	world_time_settle(w->k, w->tq, w->now);
}

void world_run_ms(struct world *w, int64_t ms)
{
	world_time_run_ms(w->k, w->tq, &w->now, ms);
}

void world_deliver(struct world *w, const struct packet *pkt)
{
	struct packet p = *pkt;
	struct mh_msg msg;

	p.when = w->now;
	UNIT_NEED(mh_parse(p.data, p.len, &p.src, &p.dst, &msg) == MH_OK);
	if (msg.type == MH_BU && w->home_bound)
		cn_refuse_type_change(w->cn, &p, &msg, w->now);
	else if (msg.type == MH_BU)
		cn_on_bu(w->cn, &p, &msg, w->now);
	else
		cn_on_test_init(w->cn, &p, &msg, w->now);
}

/* ---- return routability ---- */

bool world_test(struct world *w, enum mh_type init, const char *src,
		const char *local, struct mh_test *ret)
{
	struct mh_msg msg = { .type = (uint8_t)init }, answer;
	uint8_t data[64];
	struct packet pkt = {
		.src = ip(src),
		.wire_src = ip(src),
		.dst = ip(local),
		.wire_dst = ip(local),
		.ifindex = ETH0,
		.hop_limit = 64,
		.data = data,
	};
	struct mh_send send;

	memcpy(msg.test_init.cookie, &pkt.src.s6_addr[8], 8);
	msg.test_init.cookie[0] ^= (uint8_t)w->now.us;
	pkt.len = (size_t)mh_build(&msg, data, sizeof(data));
	mh_set_checksum(data, pkt.len, &pkt.src, &pkt.dst);
	world_deliver(w, &pkt);
	if (!fake_transport_take_mh(w->t, &answer, &send))
		return false;
	UNIT_EQ(answer.type, init == MH_HOTI ? MH_HOT : MH_COT);
	UNIT_MEM(answer.test.cookie, 8, msg.test_init.cookie, 8);
	CU_ASSERT_TRUE(addr_eq(&send.src, &pkt.dst));
	CU_ASSERT_TRUE(addr_eq(&send.dst, &pkt.src));
	CU_ASSERT_FALSE(send.rh2 || send.hao || send.ifindex);
	*ret = answer.test;
	return true;
}

struct rr world_rr(struct world *w, const char *hoa, const char *coa,
		   const char *local)
{
	struct mh_test home = { 0 }, away = { 0 };
	struct rr rr;

	CU_ASSERT_TRUE(world_test(w, MH_HOTI, hoa, local, &home));
	CU_ASSERT_TRUE(world_test(w, MH_COTI, coa, local, &away));
	rr.home_nonce = home.nonce_index;
	rr.coa_nonce = away.nonce_index;
	memcpy(rr.home, home.token, sizeof(rr.home));
	memcpy(rr.coa, away.token, sizeof(rr.coa));
	return rr;
}

/* ---- Binding Updates ---- */

static bool is_deletion(const struct bu *bu)
{
	const char *hoa = bu->hoa ? bu->hoa : HOA;
	const char *src = bu->twist & NO_HAO ? hoa : bu->src ? bu->src : COA;

	return !bu->lifetime || !strcmp(bu->acoa ? bu->acoa : src, hoa);
}

static void make_packet(const struct bu *bu)
{
	struct in6_addr hoa = ip(bu->hoa ? bu->hoa : HOA);
	struct in6_addr local = ip(bu->local ? bu->local : LOCAL);
	struct in6_addr src = bu->twist & NO_HAO ? hoa
						 : ip(bu->src ? bu->src : COA);

	last.pkt = (struct packet){
		.src = hoa,
		.dst = local,
		.wire_src = src,
		.wire_dst = bu->twist & RH2 ? ip("2001:db8:9::9") : local,
		.has_hao = !(bu->twist & NO_HAO),
		.has_rh2 = bu->twist & RH2,
		.ifindex = ETH0,
		.hop_limit = 64,
		.data = last.data,
	};
	last.parties.cn = local;
	last.parties.coa = bu->acoa ? ip(bu->acoa) : src;
	if (bu->twist & MAC_SOURCE)
		last.parties.coa = src;
	if (bu->twist & MAC_HOA)
		last.parties.coa = hoa;
}

static size_t make_message(const struct bu *bu, const struct rr *rr)
{
	struct mh_msg m = {
		.type = MH_BU,
		.bu = {
			.seq = bu->seq,
			.flags = bu->twist & NO_A ? 0 : BU_FLAG_A,
			.lifetime_4s = bu->lifetime,
		},
	};
	int len;

	if (bu->acoa) {
		m.opt.present |= MH_OPT_ALT_COA;
		m.opt.alt_coa = ip(bu->acoa);
	}
	if (!(bu->twist & NO_NONCES)) {
		m.opt.present |= MH_OPT_NONCE_INDICES;
		m.opt.home_nonce = rr->home_nonce;
		m.opt.coa_nonce = rr->coa_nonce;
		if (bu->twist & HOME_STALE)
			m.opt.home_nonce -= 100;
		if (bu->twist & COA_STALE)
			m.opt.coa_nonce -= 100;
	}
	if (!(bu->twist & NO_AUTH))
		m.opt.present |= MH_OPT_AUTH_DATA;
	len = mh_build(&m, last.data, sizeof(last.data) - 16);
	if (len < 0)
		abort();
	/* mh_build sends bits that have no name as zero. */
	last.data[8] |= (uint8_t)(bu->flags >> 8);
	last.data[9] |= (uint8_t)bu->flags;
	return (size_t)len;
}

/* Octets behind the authenticator, or an authenticator of another size. */
static size_t spoil_auth(unsigned int twist, size_t len)
{
	uint8_t *option = last.data + len - AUTH_DATA_LEN - 2;

	if (twist & AUTH_SHORT) {
		option[1] = 10;
		memset(last.data + len - 2, 0, 2); /* Pad1 */
		return len;
	}
	if (!(twist & (AUTH_LONG | AUTH_PADDED | AUTH_THEN_OPTION)))
		return len;
	memset(last.data + len, 0, 8);
	if (twist & AUTH_LONG)
		option[1] = 20;
	last.data[len] = twist & AUTH_THEN_OPTION ? 200 : PADN;
	last.data[len + 1] = 6;
	last.data[LEN_OCTET]++;
	return len + 8;
}

static void sign(const struct bu *bu, const struct rr *rr, size_t len)
{
	bool one = (is_deletion(bu) && !(bu->twist & KEY_BOTH)) ||
		   bu->twist & KEY_HOME;

	auth_kbm(rr->home, one ? NULL : rr->coa, last.kbm);
	if (bu->twist & NO_AUTH)
		return;
	auth_sign(last.kbm, &last.parties, last.data, len);
	if (bu->twist & BAD_AUTH)
		last.data[len - 1] ^= 1;
}

const struct packet *world_last(void)
{
	return &last.pkt;
}

void world_replay(struct world *w)
{
	world_deliver(w, &last.pkt);
}

void world_bu(struct world *w, const struct bu *bu)
{
	const char *hoa = bu->hoa ? bu->hoa : HOA;
	const char *src = bu->twist & NO_HAO ? hoa : bu->src ? bu->src : COA;
	struct rr rr = bu->rr ? *bu->rr
			      : world_rr(w, hoa, bu->acoa ? bu->acoa : src,
					 bu->local ? bu->local : LOCAL);
	size_t len;

	make_packet(bu);
	len = make_message(bu, &rr);
	sign(bu, &rr, len);
	if (!(bu->twist & NO_AUTH))
		len = spoil_auth(bu->twist, len);
	mh_set_checksum(last.data, len, &last.pkt.src, &last.pkt.dst);
	last.pkt.len = len;
	world_deliver(w, &last.pkt);
}

void world_bind(struct world *w, const struct bu *bu)
{
	world_bu(w, bu);
	world_settle(w);
	CU_ASSERT_TRUE(world_is_bound(w, bu->hoa ? bu->hoa : HOA,
				      bu->acoa  ? bu->acoa
				      : bu->src ? bu->src
						: COA));
	fake_transport_forget(w->t);
	fake_kernel_forget(w->k);
}

/* ---- what was sent ---- */

bool world_ba(struct world *w, struct ba *ret)
{
	struct fake_msg *m = fake_transport_take(w->t);
	struct mh_msg msg;
	bool ok;

	if (!m)
		return false;
	ok = fake_msg_parse_mh(m, &msg) && msg.type == MH_BA;
	CU_ASSERT_TRUE(ok);
	if (ok) {
		ret->ba = msg.ba;
		ret->opt = msg.opt;
		ret->send = m->mh;
		ret->send.data = NULL;
		ret->is_signed = msg.opt.present & MH_OPT_AUTH_DATA &&
				 msg.opt.auth_last &&
				 auth_verify(last.kbm, &last.parties, m->data,
					     m->len, msg.opt.auth_offset);
	}
	free(m);
	return ok;
}

void world_expect_ba(struct world *w, uint8_t status, uint16_t seq)
{
	bool nonces = status >= BA_EXPIRED_HOME_NONCE &&
		      status <= BA_EXPIRED_NONCES;
	struct ba ba;

	if (!world_ba(w, &ba)) {
		CU_FAIL("no Binding Acknowledgement");
		return;
	}
	UNIT_EQ(ba.ba.status, status);
	UNIT_EQ(ba.ba.seq, seq);
	UNIT_EQ(ba.ba.flags, 0);
	/* Nothing but the authenticator; never a Binding Refresh Advice. */
	UNIT_EQ(ba.opt.present, nonces ? 0 : MH_OPT_AUTH_DATA);
	UNIT_EQ(ba.is_signed, !nonces);
	CU_ASSERT_TRUE(addr_eq(&ba.send.src, &last.pkt.dst));
	CU_ASSERT_FALSE(world_ba(w, &ba));
}

void world_expect_silence(struct world *w)
{
	struct ba ba;

	CU_ASSERT_FALSE(world_ba(w, &ba));
}

unsigned int world_brrs(struct world *w)
{
	struct mh_send send;
	struct mh_msg msg;
	unsigned int n = 0;

	while (fake_transport_take_mh(w->t, &msg, &send)) {
		UNIT_EQ(msg.type, MH_BRR);
		UNIT_EQ(msg.opt.present, 0);
		CU_ASSERT_PTR_NOT_NULL(
			bcache_find(cn_bcache(w->cn), &send.src, &send.dst));
		CU_ASSERT_FALSE(send.rh2 || send.hao);
		n++;
	}
	return n;
}

/* ---- what is known ---- */

struct bcache_entry *world_entry(struct world *w, const char *hoa)
{
	struct in6_addr local = ip(LOCAL), h = ip(hoa);

	return bcache_find(cn_bcache(w->cn), &local, &h);
}

bool world_is_bound(struct world *w, const char *hoa, const char *coa)
{
	struct in6_addr local = ip(LOCAL), h = ip(hoa), c = ip(coa);
	const struct kernel_ro *ro =
		fake_kernel_ro(w->k, &local, &h, KERNEL_RO_PEER);
	const struct bcache_entry *e = world_entry(w, hoa);

	return e && e->state == BCACHE_ACTIVE && addr_eq(&e->coa, &c) && ro &&
	       addr_eq(&ro->coa, &c) && ro->send;
}

bool world_is_unknown(struct world *w, const char *hoa)
{
	struct in6_addr local = ip(LOCAL), h = ip(hoa);

	return !world_entry(w, hoa) &&
	       !fake_kernel_ro(w->k, &local, &h, KERNEL_RO_PEER) &&
	       !cn_is_registered(w->cn, &local, &h);
}
