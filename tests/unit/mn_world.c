/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A mobile node in memory.
 */
#include "tests/unit/mn_world.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/world_time.h"

const struct mw_router mw_home_router = {
	.addr = "fe80::1",
	.mac = 1,
	.prefixes = { HOME },
	.globals = { HA },
};
const struct mw_router mw_other_home_router = {
	.addr = "fe80::3",
	.mac = 3,
	.prefixes = { HOME },
	.globals = { "2001:db8:1::3" },
};
const struct mw_router mw_router_a = {
	.addr = "fe80::a",
	.mac = 10,
	.prefixes = { "2001:db8:a::/64" },
};
const struct mw_router mw_router_b = {
	.addr = "fe80::b",
	.mac = 11,
	.prefixes = { "2001:db8:b::/64" },
};

struct in6_addr mw_addr(const char *text)
{
	struct in6_addr a;

	if (addr_parse(text, &a))
		abort();
	return a;
}

struct lladdr mw_mac(uint8_t last)
{
	return (struct lladdr){ .len = 6, .addr = { 2, 0, 0, 1, 0, last } };
}

/* ---- what is sent ---- */

static void keep_mh(struct mw *w, const struct fake_msg *m,
		    const struct mh_msg *msg)
{
	struct mw_mh *k = &w->mhs[w->n_mhs];

	if (w->n_mhs == MW_MAX)
		return;
	w->n_mhs++;
	if (m->len > sizeof(k->data))
		abort();
	*k = (struct mw_mh){
		.msg = *msg, .send = m->mh, .len = m->len, .when = w->now
	};
	memcpy(k->data, m->data, m->len);
	k->send.data = k->data;
}

static const struct kernel_mn_home *kernel_home_of(const struct mw *w,
						   const struct in6_addr *hoa)
{
	const struct kernel_mn_home *h = fake_kernel_home(w->k, 0);
	unsigned int i;

	for (i = 1; i < CONF_HOMES_MAX && !addr_eq(&h->hoa, hoa); i++)
		h = fake_kernel_home(w->k, i);
	return h;
}

static void keep_bu(struct mw *w, const struct fake_msg *m)
{
	struct mw_bu *b;
	struct mh_msg msg;

	if (!fake_msg_parse_mh(m, &msg))
		return;
	if (msg.type == MH_HOTI || msg.type == MH_COTI ||
	    (msg.type == MH_BU && !(msg.bu.flags & BU_FLAG_H))) {
		keep_mh(w, m, &msg);
		return;
	}
	if (msg.type != MH_BU) {
		fake_fault("the mobile node sent a %s", mh_type_str(msg.type));
		return;
	}
	if (w->n_bus == MW_MAX)
		abort();
	b = &w->bus[w->n_bus++];
	*b = (struct mw_bu){
		.bu = msg.bu,
		.timestamp = msg.opt.timestamp,
		.has_acoa = msg.opt.present & MH_OPT_ALT_COA,
		.acoa = msg.opt.alt_coa,
		.send = m->mh,
		.when = w->now,
	};
	b->kernel = *kernel_home_of(w, &m->mh.src);
}

static void keep_icmp6(struct mw *w, const struct fake_msg *m)
{
	struct mw_icmp6 *k;
	struct icmp6_msg msg;

	if (!fake_msg_parse_icmp6(m, &msg))
		return;
	if (w->n_icmp6s == MW_MAX)
		abort();
	k = &w->icmp6s[w->n_icmp6s++];
	*k = (struct mw_icmp6){
		.msg = msg,
		.send = m->mh,
		.when = w->now,
		.kernel = *fake_kernel_home(w->k, 0),
	};
	k->send.data = NULL;
}

static int on_send(void *arg, const struct fake_msg *m)
{
	struct mw *w = arg;
	struct icmp6_msg msg;
	struct mw_nd *n;

	if (m->is_icmp6) {
		keep_icmp6(w, m);
		return 0;
	}
	if (!m->is_nd) {
		keep_bu(w, m);
		return 0;
	}
	if (!fake_msg_parse_nd(m, &msg))
		return 0;
	if (w->n_nds == MW_MAX)
		abort();
	n = &w->nds[w->n_nds++];
	*n = (struct mw_nd){ .type = msg.type, .send = m->nd, .when = w->now };
	if (msg.type == ICMP6_NS)
		n->target = msg.ns.target;
	if (msg.type == ICMP6_NA) {
		n->target = msg.na.target;
		n->override = msg.na.override;
		n->solicited = msg.na.solicited;
		n->router = msg.na.router;
		n->lladdr = msg.na.target_lladdr;
	}
	return 0;
}

void mw_forget(struct mw *w)
{
	w->n_bus = w->n_nds = w->n_mhs = w->n_icmp6s = 0;
	fake_kernel_forget(w->k);
}

const struct mw_bu *mw_last_bu(struct mw *w)
{
	UNIT_NEED(w->n_bus > 0);
	return &w->bus[w->n_bus - 1];
}

const struct mw_nd *mw_last_nd(struct mw *w, uint8_t type)
{
	unsigned int i;

	for (i = w->n_nds; i-- > 0;)
		if (w->nds[i].type == type)
			return &w->nds[i];
	UNIT_NEED(false);
	return NULL;
}

unsigned int mw_count_nd(const struct mw *w, uint8_t type)
{
	unsigned int i, n = 0;

	for (i = 0; i < w->n_nds; i++)
		n += w->nds[i].type == type;
	return n;
}

/* ---- time ---- */

static void on_event(void *arg, const struct kernel_event *ev)
{
	struct mw *w = arg;

	if (w->mn)
		mn_on_kernel(w->mn, ev, w->now);
}

void mw_settle(struct mw *w)
{
	world_time_settle(w->k, w->tq, w->now);
}

void mw_run_ms(struct mw *w, int64_t ms)
{
	world_time_run_ms(w->k, w->tq, &w->now, ms);
}

/* ---- start and end ---- */

static void conf_fill(struct conf_mn *c)
{
	c->on = true;
	c->first_bindack_timeout_ms = 1500;
	c->bindack_timeout_ms = 1000;
	c->retry_s = 60;
	c->stop_timeout_ms = 2000;
	c->router_probes_ms = 3000;
	c->route_optimisation = true;
	c->max_correspondents = 64;
	c->cn_ack = true;
	c->incapable_s = 600;
	strcpy(c->tunnel_prefix, "mip6mn");
	c->table_base = 6275;
	c->rule_base = 1000;
}

void mw_init(struct mw *w)
{
	memset(w, 0, sizeof(*w));
	fake_faults_clear();
	fake_log_clear();
	hash_init();
	fake_random_seed(6275);
	w->agent = HA;
	w->now = (struct mtime){ 1000000 };
	w->tq = tqueue_new();
	w->k = fake_kernel_new(on_event, w);
	w->k->clock = &w->now;
	w->t = fake_transport_new();
	w->t->on_send = on_send;
	w->t->kernel = w->k;
	w->t->arg = w;
	conf_fill(&w->conf);
	strcpy(w->ifaces[0].ifname, "eth0");
	w->ifaces[0].preference = 50;
	strcpy(w->ifaces[1].ifname, "wlan0");
	w->ifaces[1].preference = 40;
	w->conf.interfaces = w->ifaces;
	w->conf.n_interfaces = 2;
	w->homes[0] = (struct conf_mn_home){
		.address = mw_addr(HOA),
		.plen = 64,
		.home_agent = mw_addr(HA),
		.lifetime_s = 420,
	};
	w->homes[1] = w->homes[0];
	w->homes[1].address = mw_addr(HOA2);
	w->conf.homes = w->homes;
	w->conf.n_homes = 1;
}

static void iface_up(struct mw *w, int ifindex, const char *name,
		     const char *linklocal)
{
	struct kernel_addr ll = {
		.ifindex = ifindex,
		.addr = mw_addr(linklocal),
		.plen = 64,
		.valid_s = UINT32_MAX,
		.preferred_s = UINT32_MAX,
		.permanent = true,
	};

	fake_kernel_link_up(w->k, ifindex, name, true);
	fake_kernel_addr_set(w->k, &ll);
}

void mw_start(struct mw *w)
{
	struct role_env env = { .tq = w->tq,
				.kernel = w->k,
				.transport = w->t,
				.counters = &w->counters,
				.store = w->store,
				.security = w->security,
				.ike = w->ike };

	iface_up(w, ETH0, "eth0", "fe80::100");
	iface_up(w, WLAN0, "wlan0", "fe80::300");
	UNIT_NEED(!mn_new(&env, &w->conf, w->now, &w->mn));
	kernel_watch(w->k);
	mw_run_ms(w, 700);
}

void mw_open(struct mw *w)
{
	mw_init(w);
	mw_start(w);
}

void mw_close(struct mw *w)
{
	w->mn = mn_free(w->mn);
	w->security = security_free(w->security);
	w->store = store_free(w->store);
	CU_ASSERT(fake_kernel_is_clean(w->k));
	CU_ASSERT(fake_transport_is_quiet(w->t));
	UNIT_EQ(tqueue_len(w->tq), 0);
	UNIT_EQ(fake_faults(), 0);
	w->k = fake_kernel_free(w->k);
	w->t = fake_transport_free(w->t);
	w->tq = tqueue_free(w->tq);
}

/* ---- the network ---- */

struct icmp6_ra mw_ra_of(const struct mw_router *r)
{
	struct icmp6_ra ra = {
		.router_lifetime_s = r->lifetime_s ? r->lifetime_s : 9000,
		.managed = r->managed,
		.interval_ms = r->interval_ms,
		.home_agent = r->home_agent,
		.ha_preference = r->preference,
	};
	unsigned int i;

	if (r->not_default)
		ra.router_lifetime_s = 0;
	if (r->mac)
		ra.source_lladdr = mw_mac(r->mac);
	for (i = 0; i < 4 && r->prefixes[i]; i++) {
		struct ra_prefix *p = &ra.prefixes[ra.n_prefixes++];

		if (prefix_parse(r->prefixes[i], &p->prefix))
			abort();
		p->on_link = !r->off_link;
		p->autonomous = true;
		p->valid_s = r->valid_s ? r->valid_s : 86400;
		p->preferred_s = p->valid_s;
		p->addr = p->prefix.addr;
		if (r->globals[i]) {
			p->router_addr = true;
			p->addr = mw_addr(r->globals[i]);
		}
	}
	return ra;
}

static void icmp6(struct mw *w, int ifindex, struct in6_addr src,
		  const struct icmp6_msg *msg)
{
	struct packet pkt = { .src = src,
			      .dst = addr_all_nodes,
			      .wire_src = src,
			      .wire_dst = addr_all_nodes,
			      .ifindex = ifindex,
			      .hop_limit = 255,
			      .when = w->now };

	mn_on_icmp6(w->mn, &pkt, msg, w->now);
	mw_settle(w);
}

void mw_ra(struct mw *w, int ifindex, const struct mw_router *r)
{
	struct icmp6_msg msg = { .type = ICMP6_RA, .ra = mw_ra_of(r) };

	icmp6(w, ifindex, mw_addr(r->addr), &msg);
}

void mw_na(struct mw *w, int ifindex, const char *target, uint8_t mac)
{
	struct icmp6_msg msg = {
		.type = ICMP6_NA,
		.na = { .target = mw_addr(target),
			.target_lladdr = mw_mac(mac) },
	};

	/* Our own, come back: as fake_kernel_link_up() numbers interfaces. */
	if (!mac)
		msg.na.target_lladdr = (struct lladdr){
			.len = 6, .addr = { 2, 0, 0, 0, 0, (uint8_t)ifindex }
		};
	icmp6(w, ifindex, mw_addr("fe80::1"), &msg);
}

void mw_neigh(struct mw *w, int ifindex, const char *addr, uint8_t mac,
	      bool reachable)
{
	struct kernel_neigh n = { .ifindex = ifindex,
				  .addr = mw_addr(addr),
				  .reachable = reachable,
				  .failed = !reachable };

	if (mac)
		n.lladdr = mw_mac(mac);
	fake_kernel_neigh_tell(w->k, &n);
	mw_settle(w);
}

void mw_carrier(struct mw *w, int ifindex, bool on)
{
	fake_kernel_link_up(w->k, ifindex, ifindex == ETH0 ? "eth0" : "wlan0",
			    on);
	mw_settle(w);
}

void mw_flap(struct mw *w)
{
	mw_carrier(w, ETH0, false);
	mw_run_ms(w, 20);
	mw_carrier(w, ETH0, true);
}

void mw_address(struct mw *w, const char *text, bool tentative, bool optimistic)
{
	struct kernel_addr a = { .ifindex = ETH0,
				 .addr = mw_addr(text),
				 .plen = 64,
				 .tentative = tentative,
				 .optimistic = optimistic,
				 .valid_s = 86400,
				 .preferred_s = 86400 };

	fake_kernel_addr_set(w->k, &a);
	mw_settle(w);
}

static void mh(struct mw *w, const char *from, const char *to, bool rh2,
	       const struct mh_msg *msg)
{
	struct packet pkt = { .src = mw_addr(from),
			      .dst = mw_addr(to),
			      .has_rh2 = rh2,
			      .ifindex = ETH0,
			      .when = w->now };

	pkt.wire_src = pkt.src;
	pkt.wire_dst = pkt.dst;
	if (msg->type == MH_BA)
		mn_on_ba(w->mn, &pkt, msg, w->now);
	else
		mn_on_be(w->mn, &pkt, msg, w->now);
	mw_settle(w);
}

void mw_ba(struct mw *w, const char *hoa, uint8_t status, uint16_t seq,
	   uint32_t lifetime_s)
{
	struct mh_msg msg = {
		.type = MH_BA,
		.ba = { .status = status,
			.flags = w->ba_flags,
			.seq = seq,
			.lifetime_4s = (uint16_t)(lifetime_s / 4) },
	};

	mh(w, w->agent, hoa, true, &msg);
}

void mw_accept(struct mw *w)
{
	const struct mw_bu *b = mw_last_bu(w);

	mw_ba(w, addr_str(&b->send.src), BA_ACCEPTED, b->bu.seq,
	      b->bu.lifetime_4s * 4u);
}

void mw_be(struct mw *w, const char *from, uint8_t status, const char *hoa)
{
	struct mh_msg msg = { .type = MH_BE,
			      .be = { .status = status, .hoa = mw_addr(hoa) } };

	mh(w, from, COA_A, false, &msg);
}

void mw_leave(struct mw *w)
{
	mw_ra(w, ETH0, &mw_router_a);
	fake_kernel_addr_add(w->k, ETH0, COA_A);
	mw_settle(w);
}

const struct mw_icmp6 *mw_last_icmp6(struct mw *w)
{
	UNIT_NEED(w->n_icmp6s > 0);
	return &w->icmp6s[w->n_icmp6s - 1];
}

void mw_icmp6(struct mw *w, const char *from, const char *to, bool rh2,
	      const struct icmp6_msg *msg)
{
	struct packet pkt = { .src = mw_addr(from),
			      .dst = mw_addr(to),
			      .wire_src = mw_addr(from),
			      .wire_dst = mw_addr(rh2 ? COA_A : to),
			      .has_rh2 = rh2,
			      .ifindex = ETH0,
			      .hop_limit = 60,
			      .when = w->now };

	mn_on_icmp6(w->mn, &pkt, msg, w->now);
	mw_settle(w);
}

void mw_haad(struct mw *w, const char *const addrs[])
{
	const struct mw_icmp6 *q = mw_last_icmp6(w);
	struct icmp6_msg msg = { .type = ICMP6_HAAD_REPLY };

	UNIT_NEED(q->msg.type == ICMP6_HAAD_REQUEST);
	msg.reply.id = q->msg.request.id;
	while (addrs[msg.reply.n_addrs]) {
		unsigned int i = msg.reply.n_addrs++;

		msg.reply.addrs[i] = mw_addr(addrs[i]);
	}
	mw_icmp6(w, HA, addr_str(&q->send.src), false, &msg);
}

void mw_away(struct mw *w)
{
	mw_leave(w);
	mw_accept(w);
	UNIT_STR(mw_state(w), "BOUND");
	mw_forget(w);
}

void mw_open_away(struct mw *w)
{
	mw_open(w);
	mw_away(w);
}

void mw_open_home(struct mw *w)
{
	mw_open(w);
	mw_ra(w, ETH0, &mw_home_router);
	mw_run_ms(w, 1000);
	UNIT_STR(mw_location(w), "home");
	mw_forget(w);
}

/* ---- what is seen ---- */

struct bul_entry *mw_entry(struct mw *w, const char *hoa)
{
	struct in6_addr peer = mw_addr(w->agent), a = mw_addr(hoa);

	return bul_find(mn_bul(w->mn), &peer, &a);
}

const char *mw_state(struct mw *w)
{
	struct bul_entry *e = mw_entry(w, HOA);

	return e ? bul_state_str(e->state) : "none";
}

struct first_coa {
	const char *location, *reason;
	bool seen;
};

static void see_coa(void *arg, const struct mn_coa_info *info)
{
	struct first_coa *f = arg;

	if (f->seen)
		return;
	f->seen = true;
	f->location = info->location;
	f->reason = info->reason;
}

const char *mw_location(struct mw *w)
{
	struct first_coa f = { .location = "" };

	mn_walk_coa(w->mn, see_coa, &f);
	return f.location;
}

const char *mw_reason(struct mw *w)
{
	struct first_coa f = { .reason = "" };

	mn_walk_coa(w->mn, see_coa, &f);
	return f.reason;
}

enum kernel_mn_place mw_place(struct mw *w)
{
	return fake_kernel_home(w->k, 0)->place;
}
