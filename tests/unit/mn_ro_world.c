/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A mobile node and its correspondents in memory.
 */
#include "tests/unit/mn_ro_world.h"

#include <string.h>

/* ---- start and end ---- */

void rw_init(struct rw *r)
{
	memset(r, 0, sizeof(*r));
	mw_init(&r->w);
	auth_nonces_init(&r->nonces);
}

void rw_start(struct rw *r)
{
	mw_start(&r->w);
	mw_away(&r->w);
	rw_forget(r);
}

void rw_open(struct rw *r)
{
	rw_init(r);
	rw_start(r);
}

void rw_close(struct rw *r)
{
	mw_close(&r->w);
	auth_nonces_done(&r->nonces);
}

void rw_run_s(struct rw *r, int64_t s)
{
	mw_run_ms(&r->w, s * 1000);
}

void rw_live_s(struct rw *r, int64_t s)
{
	unsigned int n = r->w.n_bus;

	while (s--) {
		rw_run_s(r, 1);
		if (r->w.n_bus != n)
			mw_accept(&r->w);
		n = r->w.n_bus;
	}
}

void rw_forget(struct rw *r)
{
	mw_forget(&r->w);
	r->answered = 0;
}

/* ---- traffic ---- */

void rw_flow_of(struct rw *r, const char *hoa, const char *peer,
		uint8_t protocol, uint16_t port, bool received)
{
	struct kernel_flow f = { .hoa = mw_addr(hoa),
				 .peer = mw_addr(peer),
				 .protocol = protocol,
				 .peer_port = port,
				 .received = received };

	fake_kernel_flow_tell(r->w.k, &f);
	mw_settle(&r->w);
}

void rw_flow(struct rw *r, const char *peer)
{
	rw_flow_of(r, HOA, peer, TCP, 443, false);
}

void rw_usage(struct rw *r, const char *peer, uint64_t octets)
{
	struct in6_addr hoa = mw_addr(HOA), p = mw_addr(peer);

	UNIT_NEED(fake_kernel_usage_add(r->w.k, &hoa, &p, octets, octets));
}

/* ---- what left ---- */

const struct mw_mh *rw_last(struct rw *r, uint8_t type)
{
	unsigned int i = r->w.n_mhs;

	while (i--)
		if (r->w.mhs[i].msg.type == type)
			return &r->w.mhs[i];
	return NULL;
}

unsigned int rw_count(const struct rw *r, uint8_t type)
{
	unsigned int i, n = 0;

	for (i = 0; i < r->w.n_mhs; i++)
		n += r->w.mhs[i].msg.type == type;
	return n;
}

/* ---- the tests ---- */

void rw_answer_as(struct rw *r, const struct mw_mh *init,
		  const struct rw_test *as)
{
	bool home = init->msg.type == MH_HOTI;
	struct mh_msg msg = { .type = home ? MH_HOT : MH_COT };
	struct packet pkt = {
		.src = as->src ? mw_addr(as->src) : init->send.dst,
		.dst = as->dst ? mw_addr(as->dst) : init->send.src,
		.ifindex = as->ifindex ? as->ifindex
			   : home      ? TUN
				       : ETH0,
		.has_rh2 = as->rh2,
		.has_hao = as->hao,
		.when = r->w.now,
	};

	pkt.wire_src = pkt.src;
	pkt.wire_dst = pkt.dst;
	msg.test.nonce_index = auth_token_issue(
		&r->nonces, home ? AUTH_HOME_TOKEN : AUTH_COA_TOKEN,
		&init->send.src, r->w.now, msg.test.token);
	msg.test.nonce_index = (uint16_t)(msg.test.nonce_index + as->nonce);
	memcpy(msg.test.cookie, init->msg.test_init.cookie, 8);
	msg.test.cookie[7] ^= as->other_cookie;
	mn_on_test(r->w.mn, &pkt, &msg, r->w.now);
	mw_settle(&r->w);
}

void rw_answer(struct rw *r, const struct mw_mh *init)
{
	struct rw_test as = { .ifindex = 0 };

	/* At home nothing comes through a tunnel. */
	if (init->msg.type == MH_HOTI && mw_place(&r->w) == KERNEL_MN_HOME)
		as.ifindex = WLAN0;
	rw_answer_as(r, init, &as);
}

void rw_answer_all(struct rw *r)
{
	for (; r->answered < r->w.n_mhs; r->answered++)
		if (r->w.mhs[r->answered].msg.type != MH_BU)
			rw_answer(r, &r->w.mhs[r->answered]);
}

/* ---- updates and acknowledgements ---- */

static bool kbm_of(struct rw *r, const struct mw_mh *bu, uint8_t *ret_kbm,
		   struct auth_parties *ret_parties)
{
	const struct in6_addr *coa = bu->send.hao ? &bu->send.hao_coa
						  : &bu->send.src;
	const struct mh_options *opt = &bu->msg.opt;
	uint8_t home[AUTH_TOKEN_LEN], care_of[AUTH_TOKEN_LEN];
	bool deletes = !bu->msg.bu.lifetime_4s;

	if (auth_token_recall(&r->nonces, AUTH_HOME_TOKEN, opt->home_nonce,
			      &bu->send.src, r->w.now, home))
		return false;
	if (!deletes &&
	    auth_token_recall(&r->nonces, AUTH_COA_TOKEN, opt->coa_nonce, coa,
			      r->w.now, care_of))
		return false;
	auth_kbm(home, deletes ? NULL : care_of, ret_kbm);
	*ret_parties = (struct auth_parties){ *coa, bu->send.dst };
	return true;
}

bool rw_is_authentic(struct rw *r, const struct mw_mh *bu)
{
	struct auth_parties parties;
	uint8_t kbm[AUTH_KBM_LEN];

	return bu->msg.opt.auth_last && kbm_of(r, bu, kbm, &parties) &&
	       auth_verify(kbm, &parties, bu->data, bu->len,
			   bu->msg.opt.auth_offset);
}

static int ba_build(struct rw *r, const struct mw_mh *bu,
		    const struct rw_ba *ba, uint8_t *buf, size_t size)
{
	struct mh_msg msg = {
		.type = MH_BA,
		.ba = { .status = ba->status,
			.seq = (uint16_t)(bu->msg.bu.seq + ba->seq),
			.lifetime_4s = (uint16_t)(bu->msg.bu.lifetime_4s +
						  ba->lifetime_4s) },
	};
	struct auth_parties parties;
	uint8_t kbm[AUTH_KBM_LEN];
	int len;

	if (!ba->no_auth)
		msg.opt.present |= MH_OPT_AUTH_DATA;
	if (ba->advice_4s) {
		msg.opt.present |= MH_OPT_REFRESH_ADVICE;
		msg.opt.refresh_interval_4s = ba->advice_4s;
	}
	len = mh_build(&msg, buf, size);
	UNIT_NEED(len > 0 && kbm_of(r, bu, kbm, &parties));
	if (!ba->no_auth)
		auth_sign(kbm, &parties, buf, (size_t)len);
	if (ba->bad_auth)
		buf[len - 1] ^= 1;
	if (ba->padded) {
		/* A PadN of 8 octets behind. */
		memset(buf + len, 0, 8);
		buf[len] = 1;
		buf[len + 1] = 6;
		buf[1]++;
		len += 8;
	}
	return len;
}

void rw_ba(struct rw *r, const struct mw_mh *bu, const struct rw_ba *ba)
{
	struct packet pkt = {
		.src = ba->src ? mw_addr(ba->src) : bu->send.dst,
		.dst = bu->send.src,
		.has_rh2 = bu->send.hao,
		.ifindex = ETH0,
		.when = r->w.now,
	};
	struct mh_msg msg;
	uint8_t buf[128];
	int len = ba_build(r, bu, ba, buf, sizeof(buf));

	pkt.wire_src = pkt.src;
	pkt.wire_dst = bu->send.hao ? bu->send.hao_coa : pkt.dst;
	mh_set_checksum(buf, (size_t)len, &pkt.src, &pkt.dst);
	pkt.data = buf;
	pkt.len = (size_t)len;
	UNIT_NEED(mh_parse(buf, pkt.len, &pkt.src, &pkt.dst, &msg) == MH_OK);
	mn_on_ba(r->w.mn, &pkt, &msg, r->w.now);
	mw_settle(&r->w);
}

void rw_accept(struct rw *r)
{
	const struct mw_mh *bu = rw_last(r, MH_BU);

	UNIT_NEED(bu != NULL);
	rw_ba(r, bu, &(struct rw_ba){ .status = BA_ACCEPTED });
}

/* ---- errors and requests ---- */

void rw_be(struct rw *r, const char *peer, uint8_t status, const char *hoa)
{
	mw_be(&r->w, peer, status, hoa);
}

void rw_icmp(struct rw *r, const struct mw_mh *sent, uint8_t type, uint8_t code)
{
	struct icmp6_msg msg = {
		.type = type,
		.code = code,
		.error = {
			.quoted_src = sent->send.hao ? sent->send.hao_coa
						     : sent->send.src,
			.quoted_dst = sent->send.dst,
			.has_hao = sent->send.hao,
			.hoa = sent->send.src,
			.quoted_proto = MH_PROTO,
			.quoted_mh_type = sent->msg.type,
		},
	};
	struct packet pkt = { .src = sent->send.dst,
			      .dst = msg.error.quoted_src,
			      .ifindex = ETH0,
			      .when = r->w.now };

	mn_on_icmp6(r->w.mn, &pkt, &msg, r->w.now);
	mw_settle(&r->w);
}

void rw_brr(struct rw *r, const char *peer)
{
	struct packet pkt = { .src = mw_addr(peer),
			      .dst = mw_addr(HOA),
			      .ifindex = TUN,
			      .when = r->w.now };
	struct mh_msg msg = { .type = MH_BRR };

	mn_on_brr(r->w.mn, &pkt, &msg, r->w.now);
	mw_settle(&r->w);
}

/* ---- whole procedures ---- */

void rw_optimise(struct rw *r, const char *peer)
{
	rw_flow(r, peer);
	rw_answer_all(r);
	if (r->w.conf.cn_ack)
		rw_accept(r);
	UNIT_STR(rw_state(r, peer), "optimised");
	rw_forget(r);
}

void rw_move(struct rw *r)
{
	mw_ra(&r->w, WLAN0, &mw_router_b);
	fake_kernel_addr_add(r->w.k, WLAN0, COA_B);
	mw_carrier(&r->w, ETH0, false);
	UNIT_NEED(r->w.n_bus == 1);
	MW_ADDR(r->w.bus[0].acoa, COA_B);
}

void rw_go_home(struct rw *r)
{
	mw_ra(&r->w, WLAN0, &mw_home_router);
	mw_accept(&r->w);
	UNIT_STR(mw_location(&r->w), "home");
}

/* ---- what is seen ---- */

struct look {
	struct in6_addr peer;
	struct rw_info found;
};

static void look_at(void *arg, const struct mn_ro_info *info)
{
	struct look *l = arg;

	if (!addr_eq(&info->peer, &l->peer))
		return;
	l->found.info = *info;
	snprintf(l->found.reason, sizeof(l->found.reason), "%s", info->reason);
}

const struct rw_info *rw_info(struct rw *r, const char *peer)
{
	static struct look l;

	l = (struct look){ .peer = mw_addr(peer),
			   .found.info = { .state = "", .reason = "" } };
	mn_walk_ro(r->w.mn, look_at, &l);
	l.found.info.reason = l.found.reason;
	return &l.found;
}

const char *rw_state(struct rw *r, const char *peer)
{
	return rw_info(r, peer)->info.state;
}

bool rw_is_optimised(struct rw *r, const char *peer)
{
	return rw_info(r, peer)->info.optimised;
}

const struct kernel_ro *rw_path(struct rw *r, const char *peer)
{
	struct in6_addr hoa = mw_addr(HOA), p = mw_addr(peer);

	return fake_kernel_ro(r->w.k, &hoa, &p, KERNEL_RO_LOCAL);
}

struct bul_entry *rw_entry(struct rw *r, const char *peer)
{
	struct in6_addr hoa = mw_addr(HOA), p = mw_addr(peer);

	return bul_find(mn_bul(r->w.mn), &p, &hoa);
}
