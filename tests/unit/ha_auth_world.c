/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A home agent whose mobile nodes have keys.
 */
#include "tests/unit/ha_auth_world.h"

#include <stdlib.h>
#include <string.h>

static struct prefix alices, bobs;
struct auth_sa sas[3];
const struct auth_keys keys = { sas, 3 };

void auth_set_keys(void)
{
	unsigned int i;

	UNIT_EQ(prefix_parse(HOA "/128", &alices), 0);
	UNIT_EQ(prefix_parse(HOA_B "/128", &bobs), 0);
	for (i = 0; i < 3; i++) {
		sas[i] = (struct auth_sa){
			.spi = 1000 + i,
			.homes = i < 2 ? &alices : &bobs,
			.n_homes = 1,
			.timestamps = i < 2,
			.clock_window_s = 7,
		};
		strcpy(sas[i].nai, i < 2 ? ALICE : BOB);
		memset(sas[i].key, (int)(0xa0 + i), sizeof(sas[i].key));
	}
}

void auth_open_with(struct world *w, enum conf_security security)
{
	unsigned int i;

	auth_set_keys();
	world_init(w);
	w->conf.auth = &keys;
	for (i = 0; i < WORLD_LINKS; i++)
		w->links[i].security = security;
	world_start(w);
	/* Whatever is sent now is newer than the start. */
	fake_wall.us += 1000;
}

void auth_open(struct world *w)
{
	auth_open_with(w, CONF_SECURITY_RFC4285);
}

static size_t sign(const struct signed_bu *s, const struct packet *pkt,
		   struct mh_msg *msg, uint8_t *buf, size_t size)
{
	const struct auth_sa *sa = s->sa ? s->sa : &sas[0];
	const struct auth_mn_parties p = {
		.coa = msg->opt.present & MH_OPT_ALT_COA ? msg->opt.alt_coa
							 : pkt->wire_src,
		.hoa = pkt->src,
	};
	int len = mh_build(msg, buf, size);

	UNIT_NEED(len > 0);
	if (msg->opt.present & MH_OPT_MN_HA)
		auth_mn_ha_sign(sa, &p, buf, (size_t)len - (s->aaa ? 24 : 0));
	return (size_t)len;
}

static void fill(const struct signed_bu *s, struct mh_msg *msg)
{
	const char *nai = s->nai ? s->nai : ALICE;
	struct mh_options *opt = &msg->opt;

	if (*nai)
		opt->present |= MH_OPT_MN_ID;
	opt->nai_len = (uint8_t)strlen(nai);
	memcpy(opt->nai, nai, opt->nai_len);
	if (!s->no_timestamp)
		opt->present |= MH_OPT_REPLAY;
	opt->timestamp = s->timestamp ? s->timestamp : auth_ntp_now();
	if (!s->no_option && !s->only_aaa)
		opt->present |= MH_OPT_MN_HA;
	opt->mn_ha.spi = s->sa ? s->sa->spi : sas[0].spi;
	if (s->aaa || s->only_aaa)
		opt->present |= MH_OPT_MN_AAA;
	opt->mn_aaa.spi = 3;
}

void deliver(struct world *w, const struct signed_bu *s)
{
	struct packet pkt = bu_packet(&s->bu);
	struct mh_msg msg = bu_msg(&s->bu), in;
	uint8_t buf[512];

	fill(s, &msg);
	pkt.len = sign(s, &pkt, &msg, buf, sizeof(buf));
	if (s->tamper)
		buf[s->tamper] ^= 1;
	if (s->again) {
		/* The whole option once more, behind itself. */
		memcpy(buf + pkt.len, buf + pkt.len - 19, 19);
		memset(buf + pkt.len + 19, 0, 5);
		pkt.len += 24;
		buf[1] = (uint8_t)(buf[1] + 3);
	}
	mh_set_checksum(buf, pkt.len, &pkt.src, &pkt.dst);
	UNIT_NEED(mh_parse(buf, pkt.len, &pkt.src, &pkt.dst, &in) == MH_OK);
	pkt.data = buf;
	pkt.when = w->now;
	ha_on_bu(w->ha, &pkt, &in, w->now);
	fake_wall.us += 1000;
}

struct mh_msg expect_signed(struct world *w, uint8_t status,
			    const struct auth_sa *sa, const char *coa,
			    const char *hoa)
{
	const struct auth_mn_parties p = { .coa = ip(coa), .hoa = ip(hoa) };
	struct mh_msg msg = { 0 };
	struct auth_mn_data at;
	struct fake_msg *m;

	while ((m = fake_transport_take(w->t)) && m->is_nd)
		free(m);
	if (!m || !fake_msg_parse_mh(m, &msg)) {
		CU_FAIL("no Binding Acknowledgement");
		free(m);
		return msg;
	}
	UNIT_EQ(msg.ba.status, status);
	UNIT_EQ(msg.opt.present & (MH_OPT_MN_ID | MH_OPT_MN_HA),
		MH_OPT_MN_ID | MH_OPT_MN_HA);
	CU_ASSERT_FALSE(msg.opt.mn_auth_misplaced);
	UNIT_STR(msg.opt.nai, sa->nai);
	UNIT_EQ(msg.opt.mn_ha.spi, sa->spi);
	at = (struct auth_mn_data){ msg.opt.mn_ha.offset, msg.opt.mn_ha.len };
	CU_ASSERT_TRUE(auth_mn_ha_verify(sa, &p, m->mh.data, m->mh.len, &at));
	free(m);
	return msg;
}

void expect_dropped(struct world *w, enum counter c, uint64_t n)
{
	world_settle(w);
	world_expect_silence(w);
	UNIT_EQ(w->counters.v[c], n);
	CU_ASSERT_PTR_NULL(world_entry(w, HOA));
}

void bind_alice(struct world *w, uint16_t seq, const char *src)
{
	deliver(w, &(struct signed_bu){
			   .bu = { .seq = seq, .lifetime = 105, .src = src } });
	world_run_ms(w, 4000);
	fake_wall.us += 4000000;
	CU_ASSERT_TRUE(world_is_bound(w, HOA, src));
}
