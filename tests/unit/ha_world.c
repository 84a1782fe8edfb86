/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A home agent between a kernel and a network in memory.
 */
#include "tests/unit/ha_world.h"

#include <stdlib.h>
#include <string.h>

#include "mip6d/hash.h"
#include "tests/unit/world_time.h"

static void on_event(void *arg, const struct kernel_event *ev)
{
	struct world *w = arg;

	if (w->ha)
		ha_on_kernel(w->ha, ev, w->now);
}

static struct conf_home_link link_conf(const char *ifname, const char *prefix,
				       const char *address)
{
	struct conf_home_link l = {
		.is_virtual = !*ifname,
		.address = ip(address),
		.valid_s = 2592000,
		.preferred_s = 604800,
		.ra = CONF_RA_OFF,
		.router_lifetime_s = 1800,
		.ra_max_interval_ms = 600000,
		.ra_unsolicited = true,
	};

	strcpy(l.ifname, ifname);
	if (prefix_parse(prefix, &l.prefix))
		abort();
	return l;
}

void world_init(struct world *w)
{
	*w = (struct world){ .now = { 1000000 } };
	hash_init();
	fake_faults_clear();
	fake_log_clear();
	w->links[0] = link_conf("eth0", "2001:db8:1::/64", HA1);
	w->links[1] = link_conf("eth0", "2001:db8:11::/64", HA11);
	w->links[2] = link_conf("eth1", "2001:db8:2::/64", HA2);
	w->links[3] = link_conf("", "2001:db8:9::/64", HA1);
	w->conf = (struct conf_ha){
		.on = true,
		.links = w->links,
		.n_links = WORLD_LINKS,
		.max_bindings = 100,
		.max_lifetime_s = 262140,
		.dad_transmits = 1,
		.dad_interval_ms = 1000,
		.tunnel_name = "mip6ha",
		.tunnel_mtu = 1460,
		.discovery_rate = 20,
		.max_prefix_interval_s = 86400,
		.min_prefix_interval_s = 600,
	};
	w->tq = tqueue_new();
	w->k = fake_kernel_new(on_event, w);
	w->k->clock = &w->now;
	w->t = fake_transport_new();
	fake_kernel_link_up(w->k, ETH0, "eth0", true);
	fake_kernel_link_up(w->k, ETH1, "eth1", true);
	fake_kernel_link_up(w->k, CORE, "core0", true);
	fake_kernel_addr_add(w->k, ETH0, HA1);
	fake_kernel_addr_add(w->k, ETH0, HA11);
	fake_kernel_addr_add(w->k, ETH0, "fe80::1");
	fake_kernel_addr_add(w->k, ETH1, HA2);
	fake_kernel_addr_add(w->k, CORE, "2001:db8:f::1");
}

void world_start(struct world *w)
{
	struct role_env env = {
		.tq = w->tq,
		.kernel = w->k,
		.transport = w->t,
		.counters = &w->counters,
		.ike = w->ike,
		.security = w->security,
		.store = w->store,
	};

	UNIT_EQ(ha_new(&env, &w->conf, w->now, &w->ha), 0);
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
	w->ha = ha_free(w->ha);
	w->security = security_free(w->security);
	CU_ASSERT_TRUE(fake_kernel_is_clean(w->k));
	CU_ASSERT_TRUE(fake_transport_is_quiet(w->t));
	CU_ASSERT_TRUE(fake_transport_is_bare(w->t));
	UNIT_EQ(tqueue_len(w->tq), 0);
	fake_kernel_settle(w->k);
	UNIT_EQ(fake_faults(), 0);
	w->k = fake_kernel_free(w->k);
	w->t = fake_transport_free(w->t);
	w->tq = tqueue_free(w->tq);
}

void world_settle(struct world *w)
{
	world_time_settle(w->k, w->tq, w->now);
}

void world_run_ms(struct world *w, int64_t ms)
{
	world_time_run_ms(w->k, w->tq, &w->now, ms);
}

void world_bu(struct world *w, const struct bu *bu)
{
	struct packet pkt = bu_packet(bu);
	struct mh_msg msg = bu_msg(bu);

	pkt.when = w->now;
	ha_on_bu(w->ha, &pkt, &msg, w->now);
}

void world_bind(struct world *w, const struct bu *bu)
{
	world_bu(w, bu);
	/* DAD, and the three advertisements. */
	world_run_ms(w, 4000);
	CU_ASSERT_TRUE(world_is_bound(w, bu->hoa ? bu->hoa : HOA,
				      bu->acoa  ? bu->acoa
				      : bu->src ? bu->src
						: COA));
	fake_transport_forget(w->t);
	fake_kernel_forget(w->k);
}

bool world_ba(struct world *w, struct ba *ret)
{
	struct fake_msg *m;
	struct mh_msg msg;
	bool ok;

	while ((m = fake_transport_take(w->t)) && (m->is_nd || m->is_icmp6))
		free(m);
	if (!m)
		return false;
	ok = fake_msg_parse_mh(m, &msg) && msg.type == MH_BA;
	if (ok) {
		ret->ba = msg.ba;
		ret->send = m->mh;
		ret->send.data = NULL;
		ret->advice = msg.opt.present & MH_OPT_REFRESH_ADVICE
				      ? msg.opt.refresh_interval_4s
				      : 0;
	}
	free(m);
	CU_ASSERT_TRUE(ok);
	return ok;
}

bool world_nd(struct world *w, struct icmp6_msg *ret, struct nd_send *ret_send)
{
	struct fake_msg *m;
	bool ok;

	while ((m = fake_transport_take(w->t)) && !m->is_nd)
		free(m);
	if (!m)
		return false;
	ok = fake_msg_parse_nd(m, ret);
	*ret_send = m->nd;
	ret_send->data = NULL;
	free(m);
	CU_ASSERT_TRUE(ok);
	return ok;
}

bool world_icmp6(struct world *w, struct icmp6_msg *ret,
		 struct mh_send *ret_send)
{
	struct fake_msg *m;
	bool ok;

	while ((m = fake_transport_take(w->t)) && !m->is_icmp6)
		free(m);
	if (!m)
		return false;
	ok = fake_msg_parse_icmp6(m, ret);
	if (ret_send) {
		*ret_send = m->mh;
		ret_send->data = NULL;
	}
	free(m);
	CU_ASSERT_TRUE(ok);
	return ok;
}

static char kind_of(const struct fake_msg *m)
{
	struct icmp6_msg nd;

	if (m->is_icmp6)
		return 'P';
	if (!m->is_nd)
		return 'B';
	if (!fake_msg_parse_nd(m, &nd))
		return '?';
	return nd.type == ICMP6_NA ? 'A' : nd.type == ICMP6_RA ? 'R' : 'S';
}

const char *world_sent(struct world *w)
{
	static char kinds[128];
	struct fake_msg *m;
	size_t n = 0;

	while ((m = fake_transport_take(w->t))) {
		if (n == sizeof(kinds) - 1)
			abort();
		kinds[n++] = kind_of(m);
		free(m);
	}
	kinds[n] = '\0';
	return kinds;
}

void world_expect_ba(struct world *w, uint8_t status, uint16_t seq)
{
	struct ba ba;

	if (!world_ba(w, &ba)) {
		CU_FAIL("no Binding Acknowledgement");
		return;
	}
	UNIT_EQ(ba.ba.status, status);
	UNIT_EQ(ba.ba.seq, seq);
	UNIT_EQ(ba.ba.flags, 0);
	CU_ASSERT_FALSE(world_ba(w, &ba));
}

void world_expect_silence(struct world *w)
{
	UNIT_STR(world_sent(w), "");
}

void world_ns(struct world *w, int ifindex, const char *src, const char *target)
{
	struct packet pkt = {
		.src = !strcmp(src, "::") ? addr_any : ip(src),
		.ifindex = ifindex,
		.hop_limit = 255,
		.lladdr = { .len = 6, .addr = { 2, 9, 9, 9, 9, 9 } },
	};
	struct icmp6_msg m = { .type = ICMP6_NS,
			       .ns = { .target = ip(target) } };

	pkt.dst = addr_solicited_node(&m.ns.target);
	ha_on_icmp6(w->ha, &pkt, &m, w->now);
}

void world_na(struct world *w, int ifindex, const char *target)
{
	struct packet pkt = {
		.src = ip("fe80::999"),
		.dst = addr_all_nodes,
		.ifindex = ifindex,
		.hop_limit = 255,
		.lladdr = { .len = 6, .addr = { 2, 9, 9, 9, 9, 9 } },
	};
	struct icmp6_msg m = { .type = ICMP6_NA,
			       .na = { .target = ip(target) } };

	ha_on_icmp6(w->ha, &pkt, &m, w->now);
}

struct bcache_entry *world_entry(struct world *w, const char *hoa)
{
	struct in6_addr a = ip(hoa);
	struct bcache_entry *e = NULL;
	unsigned int i;

	for (i = 0; i < w->conf.n_links && !e; i++)
		e = bcache_find(ha_bcache(w->ha), &w->conf.links[i].address,
				&a);
	return e;
}

bool world_is_bound(struct world *w, const char *hoa, const char *coa)
{
	struct in6_addr h = ip(hoa), c = ip(coa);
	const struct kernel_binding *kb = fake_kernel_binding(w->k, &h);
	const struct bcache_entry *e = world_entry(w, hoa);

	return e && e->state == BCACHE_ACTIVE && addr_eq(&e->coa, &c) && kb &&
	       addr_eq(&kb->coa, &c);
}
