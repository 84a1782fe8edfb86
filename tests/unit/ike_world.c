/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See ike_world.h. */
#include "tests/unit/ike_world.h"

#include <errno.h>
#include <string.h>

#include "mip6d/hash.h"

struct ike_world iw;
enum security_protect iw_protect;

struct in6_addr a6(const char *text)
{
	struct in6_addr a;

	UNIT_NEED(!addr_parse(text, &a));
	return a;
}

/* ---- in place of the ports ---- */

int vici_send(struct vici *v, const struct wbuf *packet)
{
	struct vici_packet pkt;
	const char *wrong;

	(void)v;
	if (iw.vici_err)
		return iw.vici_err;
	wrong = packet->bad ? "bad"
			    : vici_read(packet->data, packet->len, &pkt);
	UNIT_STR(wrong ? wrong : "right", "right");
	memcpy(iw.last, packet->data, packet->len);
	iw.last_len = packet->len;
	iw.looks += !strcmp(pkt.name, "list-conns");
	strcat(iw.asked, pkt.name);
	strcat(iw.asked, " ");
	return 0;
}

static bool is_same(const struct kernel_sp *a, const struct kernel_sp *b)
{
	return a->dir == b->dir && a->priority == b->priority &&
	       a->proto == b->proto && a->type == b->type &&
	       addr_eq(&a->src.addr, &b->src.addr) &&
	       addr_eq(&a->dst.addr, &b->dst.addr);
}

int kernel_sp_set(struct kernel *k, const struct kernel_sp *sp)
{
	unsigned int i;

	(void)k;
	if (iw.kernel_err)
		return iw.kernel_err;
	for (i = 0; i < iw.n_sps; i++)
		if (is_same(&iw.sps[i], sp))
			break;
	UNIT_NEED(i < 16);
	iw.sps[i] = *sp;
	if (i == iw.n_sps)
		iw.n_sps++;
	return 0;
}

int kernel_sp_del(struct kernel *k, const struct kernel_sp *sp)
{
	unsigned int i;

	(void)k;
	for (i = 0; i < iw.n_sps; i++)
		if (is_same(&iw.sps[i], sp))
			break;
	UNIT_NEED(i < iw.n_sps);
	iw.sps[i] = iw.sps[--iw.n_sps];
	return 0;
}

/* Nobody has keys of his own. */
int kernel_sa_set(struct kernel *k, const struct kernel_sa *sa)
{
	(void)k;
	(void)sa;
	UNIT_NEED(!"an association is made");
	return 0;
}

int kernel_sa_del(struct kernel *k, const struct kernel_sa *sa)
{
	(void)k;
	iw.sas_deleted++;
	iw.sa_deleted = *sa;
	return 0;
}

int kernel_migrate(struct kernel *k, const struct kernel_migrate *m)
{
	unsigned int i;

	(void)k;
	for (i = 0; !iw.kernel_err && i < iw.n_sps; i++) {
		if (!is_same(&iw.sps[i], &m->sp) || m->sp.mode != KERNEL_TUNNEL)
			continue;
		CU_ASSERT(addr_eq(&iw.sps[i].tunnel_src, &m->sp.tunnel_src));
		CU_ASSERT(addr_eq(&iw.sps[i].tunnel_dst, &m->sp.tunnel_dst));
		iw.sps[i].tunnel_src = m->tunnel_src;
		iw.sps[i].tunnel_dst = m->tunnel_dst;
	}
	iw.migrated++;
	iw.migrate = *m;
	return iw.kernel_err;
}

static void on_change(void *arg, const struct in6_addr *hoa, struct mtime now)
{
	UNIT_EQ(arg == &iw, true);
	UNIT_MEM(hoa, sizeof(*hoa), &iw.peer.hoa, sizeof(*hoa));
	UNIT_EQ(now.us, iw.now.us);
	iw.changes++;
}

/* ---- charon ---- */

static void reply(enum vici_type type, bool success)
{
	struct vici_packet pkt;
	uint8_t mem[64];
	struct wbuf b;

	wbuf_init(&b, mem, sizeof(mem));
	vici_put_head(&b, type, NULL);
	if (type == VICI_RESPONSE)
		vici_put(&b, "success", success ? "yes" : "no");
	if (type == VICI_RESPONSE && !success)
		vici_put(&b, "errmsg", "no such thing");
	UNIT_NEED(!vici_read(b.data, b.len, &pkt));
	ike_on_reply(iw.ike, &pkt, iw.now);
}

void iw_answer(bool success)
{
	reply(VICI_RESPONSE, success);
}

void iw_confirm(void)
{
	reply(VICI_CONFIRM, true);
}

static void put_u32(struct wbuf *b, const char *key, const char *fmt,
		    uint32_t v)
{
	char text[16];

	snprintf(text, sizeof(text), strcmp(fmt, "hex") ? "%u" : "%08x", v);
	vici_put(b, key, text);
}

static void put_child(struct wbuf *b, const char *name, uint32_t reqid,
		      uint32_t spi)
{
	char section[32];

	snprintf(section, sizeof(section), "%s-%x", name, spi);
	vici_put_section(b, section);
	vici_put(b, "name", name);
	vici_put(b, "mode",
		 spi == iw.tunnel_spi ? "TUNNEL" : "TRANSPORT_PROXY");
	put_u32(b, "uniqueid", "dec", spi & 0xff);
	put_u32(b, "reqid", "dec", reqid);
	vici_put(b, "state", "INSTALLED");
	put_u32(b, "spi-in", "hex", spi);
	put_u32(b, "spi-out", "hex", spi + 0x1000);
	vici_put(b, "encr-alg", "AES_CBC");
	vici_put(b, "encr-keysize", "128");
	vici_put(b, "integ-alg", "HMAC_SHA2_256_128");
	vici_put_section_end(b);
}

void iw_list_event(uint32_t ike_id, uint32_t reqid, uint32_t spi,
		   const char *local, const char *remote)
{
	struct vici_packet pkt;
	uint8_t mem[1024];
	struct wbuf b;

	wbuf_init(&b, mem, sizeof(mem));
	vici_put_head(&b, VICI_EVENT, "list-sa");
	vici_put_section(&b, NAME);
	put_u32(&b, "uniqueid", "dec", ike_id);
	vici_put(&b, "state", "ESTABLISHED");
	if (local)
		vici_put(&b, "local-host", local);
	if (remote)
		vici_put(&b, "remote-host", remote);
	vici_put_section(&b, "child-sas");
	if (spi)
		put_child(&b, "mip6", reqid, spi);
	if (spi && iw.tunnel_spi)
		put_child(&b, iw.tunnel_name ? iw.tunnel_name : "mip6-tunnel",
			  iw.tunnel_reqid, iw.tunnel_spi);
	vici_put_section_end(&b);
	vici_put_section_end(&b);
	UNIT_NEED(!vici_read(b.data, b.len, &pkt));
	ike_on_event(iw.ike, &pkt);
}

void iw_list(uint32_t reqid, uint32_t spi, const char *local,
	     const char *remote)
{
	iw_list_event(7, reqid, spi, local, remote);
	iw_answer(true);
}

void iw_event(const char *event, const char *name)
{
	struct vici_packet pkt;
	uint8_t mem[256];
	struct wbuf b;

	wbuf_init(&b, mem, sizeof(mem));
	vici_put_head(&b, VICI_EVENT, event);
	vici_put(&b, "up", "yes");
	vici_put_section(&b, name);
	vici_put_section_end(&b);
	UNIT_NEED(!vici_read(b.data, b.len, &pkt));
	ike_on_event(iw.ike, &pkt);
}

/* ---- a day in its life ---- */

static void protect(enum ike_end end)
{
	struct security_realm realm = {
		.end = end == IKE_NODE ? SECURITY_NODE : SECURITY_AGENT,
		.hoa = prefix_of(&iw.peer.hoa, end == IKE_NODE ? 128 : 64),
		.agent = iw.peer.agent,
	};
	struct security_plan plan = { &realm, 1, NULL, iw_protect };

	iw.security = security_new(NULL);
	UNIT_NEED(iw.security != NULL);
	UNIT_EQ(security_apply(iw.security, &plan), 0);
}

void iw_start(enum ike_end end)
{
	struct ike_env env;

	memset(&iw, 0, sizeof(iw));
	hash_init();
	iw.now.us = 1000000;
	iw.tq = tqueue_new();
	iw.peer = (struct ike_peer){
		.hoa = a6(HOA),
		.agent = a6(AGENT),
		.end = end,
		.node_id = "alice@example.org",
		.agent_id = "agent@example.org",
		.secret = "0123456789abcdef",
		.secret_len = 16,
	};
	iw.conf = (struct ike_conf){ .peers = &iw.peer,
				     .n_peers = 1,
				     .protect = iw_protect };
	if (iw_protect != SECURITY_SIGNALLING)
		protect(end);
	env = (struct ike_env){ .tq = iw.tq, .security = iw.security };
	UNIT_NEED(!ike_new(&env, &iw.conf, on_change, &iw, &iw.ike));
}

void iw_stop(void)
{
	iw.ike = ike_free(iw.ike);
	iw.security = security_free(iw.security);
	/* Nothing of ours stays in the kernel, and no timer. */
	UNIT_EQ(iw.n_sps, 0);
	UNIT_EQ(tqueue_len(iw.tq), 0);
	iw.tq = tqueue_free(iw.tq);
}

/* charon is asked for the first connection, and has it. */
static void answer_look(void)
{
	static const char look[] = "list-conns ";
	size_t len = strlen(iw.asked), n = strlen(look);

	if (iw.has_lost || len < n || strcmp(iw.asked + len - n, look))
		return;
	iw.asked[len - n] = '\0';
	iw_event("list-conn", NAME);
	iw_answer(true);
}

void iw_wait_ms(uint32_t ms)
{
	struct mtime end = mtime_add_ms(iw.now, ms);

	while (!mtime_before(end, tqueue_next(iw.tq))) {
		iw.now = tqueue_next(iw.tq);
		tqueue_run(iw.tq, iw.now);
		answer_look();
	}
	iw.now = end;
}

const char *iw_asked(void)
{
	static char asked[sizeof(iw.asked)];

	memcpy(asked, iw.asked, sizeof(asked));
	*iw.asked = '\0';
	return asked;
}

void iw_up(enum ike_end end, uint32_t reqid)
{
	struct in6_addr hoa = a6(HOA), agent = a6(AGENT), coa = a6(COA);
	unsigned int i;

	iw_start(end);
	ike_on_up(iw.ike, iw.now);
	for (i = 0; i < 6; i++)
		iw_confirm();
	for (i = 0; i < (end == IKE_NODE ? 1 : 2); i++)
		iw_answer(true);
	if (end == IKE_NODE) {
		iw_list(0, 0, NULL, NULL);
		CU_ASSERT_FALSE(ike_want(iw.ike, &hoa, &agent, &coa, iw.now));
		iw_answer(true);
		iw_answer(false);
		iw_answer(true);
		iw_event("child-updown", NAME);
		iw_list(reqid, 0xc0000001, COA, AGENT);
	} else {
		iw_list(reqid, 0xc0000001, AGENT, COA);
	}
	iw_asked();
}
