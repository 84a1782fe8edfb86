/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fakes themselves: a judge that never judges would make other tests
 * worthless, so each fault is provoked once.
 */
#include <errno.h>
#include <string.h>

#include "tests/fake/fake.h"
#include "tests/unit/unit.h"

struct seen {
	struct kernel *k;
	unsigned int n_done, n_addr, n_link, n_synced;
	struct kernel_key key;
	int err;
	struct kernel_addr addr;
	struct kernel_usage usage;
	struct kernel_flow flow;
	struct kernel_report report;
};

static void on_event(void *arg, const struct kernel_event *ev)
{
	struct seen *s = arg;

	if (ev->type == KERNEL_DONE) {
		s->n_done++;
		s->key = ev->done.key;
		s->err = ev->done.err;
	} else if (ev->type == KERNEL_ADDR) {
		s->n_addr++;
		s->addr = ev->addr;
	} else if (ev->type == KERNEL_LINK) {
		s->n_link++;
	} else if (ev->type == KERNEL_SYNCED) {
		s->n_synced++;
	} else if (ev->type == KERNEL_USAGE) {
		s->usage = ev->usage;
	} else if (ev->type == KERNEL_FLOW) {
		s->flow = ev->flow;
	} else if (ev->type == KERNEL_REPORT) {
		s->report = ev->report;
	}
}

static struct in6_addr A(const char *text) {
	struct in6_addr a = addr_any;

	CU_ASSERT_FATAL(!addr_parse(text, &a));
	return a;
}

static struct kernel *
start(struct seen *s)
{
	struct kernel_ha_conf conf = { .tunnel_name = "mip6ha" };
	struct prefix home = { A("2001:db8:1::"), 64 };

	memset(s, 0, sizeof(*s));
	fake_faults_clear();
	s->k = fake_kernel_new(on_event, s);
	UNIT_EQ(kernel_ha_start(s->k, &conf), 0);
	UNIT_EQ(kernel_ha_prefixes_set(s->k, &home, 1), 0);
	UNIT_EQ(kernel_home_link_set(s->k, 2, true), 0);
	return s->k;
}

static struct kernel_binding binding(const char *coa, const char *old)
{
	return (struct kernel_binding){
		.hoa = A("2001:db8:1::100"),
		.coa = A(coa),
		.old_coa = A(old),
		.ha = A("2001:db8:1::1"),
		.home_ifindex = 2,
	};
}

static void a_binding_is_there_when_its_answer_is(void)
{
	struct seen s;
	struct kernel *k = start(&s);
	struct kernel_binding b = binding("2001:db8:2::5", "::");
	struct kernel_key key = { .user = KERNEL_USER_HA,
				  .hoa = b.hoa,
				  .serial = 7 };

	UNIT_EQ(kernel_binding_add(k, &key, &b), 0);
	CU_ASSERT_PTR_NULL(fake_kernel_binding(k, &b.hoa));
	UNIT_EQ(s.n_done, 0);
	UNIT_EQ(fake_kernel_run(k), 1);
	UNIT_EQ(s.n_done, 1);
	UNIT_EQ(s.key.serial, 7);
	UNIT_EQ(s.err, 0);
	UNIT_NEED(fake_kernel_binding(k, &b.hoa) != NULL);
	CU_ASSERT(fake_kernel_is_proxied(k, 2, &b.hoa));
	CU_ASSERT(!fake_kernel_is_proxied(k, 3, &b.hoa));

	key.serial = 8;
	UNIT_EQ(kernel_binding_del(k, &key, &b), 0);
	fake_kernel_settle(k);
	CU_ASSERT_PTR_NULL(fake_kernel_binding(k, &b.hoa));
	UNIT_EQ(fake_faults(), 0);
	UNIT_EQ(fake_kernel_count(k, FAKE_BINDING_ADD), 1);
	UNIT_EQ(fake_kernel_last(k, FAKE_BINDING_DEL)->key.serial, 8);
	kernel_ha_stop(k);
	CU_ASSERT(fake_kernel_is_clean(k));
	fake_kernel_free(k);
}

static void a_failed_request_changes_nothing(void)
{
	struct seen s;
	struct kernel *k = start(&s);
	struct kernel_binding b = binding("2001:db8:2::5", "::");
	struct kernel_key key = { .user = KERNEL_USER_HA,
				  .hoa = b.hoa,
				  .serial = 1 };

	fake_kernel_fail(k, FAKE_BINDING_ADD, 2, ENOMEM);
	fake_kernel_fail_call(k, FAKE_BINDING_ADD, 3, ENOBUFS);
	kernel_binding_add(k, &key, &b);
	fake_kernel_settle(k);
	UNIT_EQ(s.err, 0);
	b = binding("2001:db8:3::5", "2001:db8:2::5");
	key.serial = 2;
	kernel_binding_add(k, &key, &b);
	fake_kernel_settle(k);
	UNIT_EQ(s.err, -ENOMEM);
	CU_ASSERT(!addr_eq(&fake_kernel_binding(k, &b.hoa)->coa, &b.coa));
	key.serial = 3;
	UNIT_EQ(kernel_binding_add(k, &key, &b), -ENOBUFS);
	fake_kernel_settle(k);
	UNIT_EQ(s.n_done, 2);
	UNIT_EQ(fake_faults(), 0);
	fake_kernel_free(k);
}

static void wrong_requests_are_faults(void)
{
	struct seen s;
	struct kernel *k = start(&s);
	struct kernel_binding b = binding("2001:db8:2::5", "::");
	struct kernel_key key = { .user = KERNEL_USER_HA,
				  .hoa = b.hoa,
				  .serial = 1 };
	struct mh_send mh = { .len = 12 };

	kernel_binding_add(k, &key, &b);
	kernel_binding_add(k, &key, &b); /* the same serial again */
	UNIT_EQ(fake_faults(), 1);
	fake_kernel_settle(k); /* an old_coa that is not in force */
	UNIT_EQ(fake_faults(), 2);
	b = binding("2001:db8:2::5", "::");
	b.home_ifindex = 3; /* is no home link */
	key.serial = 2;
	kernel_binding_add(k, &key, &b);
	UNIT_EQ(fake_faults(), 3);
	fake_kernel_free(k);
	mh.data = (const uint8_t[12]){ 59, 1 };
	k = NULL;
	fake_faults_clear();
	{
		struct transport *t = fake_transport_new();

		transport_send_mh(t, &mh); /* length, source, destination */
		UNIT_EQ(fake_faults(), 3);
		transport_nd_listen(t, 2, false);
		UNIT_EQ(fake_faults(), 4);
		fake_transport_free(t);
	}
	fake_faults_clear();
}

static void delay_and_order(void)
{
	struct seen s;
	struct kernel *k = start(&s);
	struct kernel_binding b = binding("2001:db8:2::5", "::");
	struct kernel_key key = { .user = KERNEL_USER_HA,
				  .hoa = b.hoa,
				  .serial = 1 };
	struct mtime now = { 5000 };

	k->clock = &now;
	k->delay_min_us = k->delay_max_us = 100;
	kernel_binding_add(k, &key, &b);
	UNIT_EQ(fake_kernel_next(k).us, 5100);
	UNIT_EQ(fake_kernel_run(k), 0);
	now.us = 5100;
	UNIT_EQ(fake_kernel_run(k), 1);
	UNIT_EQ(fake_kernel_next(k).us, INT64_MAX);
	fake_kernel_free(k);
}

static void the_world_is_told(void)
{
	struct seen s;
	struct kernel *k = start(&s);
	struct kernel_mn_conf conf = { .tunnel_prefix = "mip6mn" };
	struct kernel_mn_home away = {
		.place = KERNEL_MN_AWAY,
		.hoa = A("2001:db8:1::100"),
		.ha = A("2001:db8:1::1"),
		.coa = A("2001:db8:2::5"),
		.coa_ifindex = 3,
	};
	struct kernel_key key = { .user = KERNEL_USER_MN,
				  .hoa = away.hoa,
				  .serial = 1 };

	fake_kernel_link_up(k, 3, "eth1", true);
	fake_kernel_addr_add(k, 3, "2001:db8:2::5");
	fake_kernel_settle(k);
	UNIT_EQ(s.n_link, 0); /* not watched yet */
	UNIT_EQ(kernel_watch(k), 0);
	fake_kernel_settle(k);
	UNIT_EQ(s.n_link, 2); /* and the agent's tunnel */
	UNIT_EQ(s.n_addr, 1);
	UNIT_EQ(s.n_synced, 1);
	CU_ASSERT(kernel_addr_is_local(k, &away.coa));
	UNIT_EQ(kernel_ifindex(k, "eth1"), 3);

	UNIT_EQ(kernel_mn_start(k, &conf), 0);
	kernel_mn_home_set(k, &key, &away);
	fake_kernel_settle(k);
	UNIT_EQ(fake_kernel_home(k, 0)->place, KERNEL_MN_AWAY);
	UNIT_EQ(s.addr.ifindex, FAKE_MN_TUNNEL_IFINDEX);
	CU_ASSERT(s.addr.home);
	CU_ASSERT(kernel_addr_is_local(k, &away.hoa));
	kernel_mn_stop(k);
	fake_kernel_settle(k);
	CU_ASSERT(s.addr.gone);
	CU_ASSERT(!kernel_addr_is_local(k, &away.hoa));
	kernel_ha_stop(k);
	CU_ASSERT(fake_kernel_is_clean(k));
	UNIT_EQ(fake_faults(), 0);
	fake_kernel_free(k);
}

static void what_is_sent_can_be_parsed_back(void)
{
	struct transport *t = fake_transport_new();
	struct mh_msg msg = { .type = MH_BA, .ba = { .seq = 77 } }, got;
	struct mh_send send = {
		.src = A("2001:db8:1::1"), .dst = A("2001:db8:1::100"),
		.rh2 = true, .coa = A("2001:db8:2::5"),
	}, how;
	uint8_t buf[64];
	int len = mh_build(&msg, buf, sizeof(buf));

	fake_faults_clear();
	UNIT_NEED(len > 0);
	send.data = buf;
	send.len = (size_t)len;
	UNIT_EQ(transport_send_mh(t, &send), 0);
	CU_ASSERT(fake_transport_take_mh(t, &got, &how));
	UNIT_EQ(got.type, MH_BA);
	UNIT_EQ(got.ba.seq, 77);
	CU_ASSERT(how.rh2 && addr_eq(&how.coa, &send.coa));
	CU_ASSERT(!fake_transport_take_mh(t, &got, &how));
	UNIT_EQ(transport_nd_listen(t, 2, true), 0);
	UNIT_EQ(transport_nd_listen(t, 2, true), 0);
	UNIT_EQ(fake_transport_listening(t, 2), 2);
	transport_nd_listen(t, 2, false);
	transport_nd_listen(t, 2, false);
	CU_ASSERT(fake_transport_is_quiet(t));
	t->send_err = -ENOBUFS;
	UNIT_EQ(transport_send_mh(t, &send), -ENOBUFS);
	UNIT_EQ(fake_faults(), 0);
	fake_transport_free(t);
}

static struct kernel_ro ro(enum kernel_ro_end end, const char *coa)
{
	return (struct kernel_ro){
		.local = A("2001:db8:1::100"),
		.peer = A("2001:db8:9::9"),
		.end = end,
		.coa = A(coa),
		.send = true,
	};
}

static struct kernel_key ro_key(const struct kernel_ro *r, uint32_t serial)
{
	bool ours = r->end == KERNEL_RO_LOCAL;

	return (struct kernel_key){
		.user = ours ? KERNEL_USER_MN : KERNEL_USER_CN,
		.hoa = ours ? r->local : r->peer,
		.peer = ours ? r->peer : r->local,
		.serial = serial,
	};
}

static struct kernel *start_ro(struct seen *s)
{
	struct kernel_mn_conf conf = { .tunnel_prefix = "mip6mn" };

	start(s);
	UNIT_EQ(kernel_mn_start(s->k, &conf), 0);
	UNIT_EQ(kernel_cn_start(s->k), 0);
	return s->k;
}

static void a_pair_has_two_ends(void)
{
	struct seen s;
	struct kernel *k = start_ro(&s);
	struct kernel_ro ours = ro(KERNEL_RO_LOCAL, "2001:db8:2::5");
	struct kernel_ro theirs = ro(KERNEL_RO_PEER, "2001:db8:3::9");
	struct kernel_key a = ro_key(&ours, 1), b = ro_key(&theirs, 1);

	UNIT_EQ(kernel_ro_set(k, &a, &ours), 0);
	UNIT_EQ(kernel_ro_set(k, &b, &theirs), 0);
	CU_ASSERT(!fake_kernel_pair(k, &ours.local, &ours.peer));
	fake_kernel_settle(k);
	UNIT_EQ(s.n_done, 2);
	UNIT_NEED(fake_kernel_ro(k, &ours.local, &ours.peer, KERNEL_RO_LOCAL));
	UNIT_NEED(fake_kernel_ro(k, &ours.local, &ours.peer, KERNEL_RO_PEER));
	UNIT_EQ(k->n_pairs, 1);
	CU_ASSERT(fake_kernel_usage_add(k, &ours.local, &ours.peer, 100, 7));
	CU_ASSERT(!fake_kernel_usage_add(k, &ours.peer, &ours.local, 1, 1));
	kernel_ro_del(k, &a, &ours);
	b.serial = 2;
	kernel_ro_usage_get(k, &b, &theirs);
	a.serial = 2;
	kernel_ro_usage_get(k, &a, &ours);
	fake_kernel_run(k);
	UNIT_EQ(s.n_done, 3);
	UNIT_EQ(s.usage.err, -ENOENT);
	UNIT_EQ(s.usage.key.serial, 2);
	kernel_ro_usage_get(k, &b, &theirs);
	fake_kernel_settle(k);
	UNIT_EQ(s.usage.err, 0);
	UNIT_EQ(s.usage.octets_in, 100);
	UNIT_EQ(s.usage.packets_out, 1);
	CU_ASSERT(!fake_kernel_is_clean(k));
	kernel_cn_stop(k);
	kernel_mn_stop(k);
	kernel_ha_stop(k);
	CU_ASSERT(fake_kernel_is_clean(k));
	UNIT_EQ(fake_faults(), 0);
	fake_kernel_free(k);
}

static void wrong_pairs_are_faults(void)
{
	struct seen s;
	struct kernel *k = start(&s);
	struct kernel_ro ours = ro(KERNEL_RO_LOCAL, "2001:db8:2::5");
	struct kernel_ro theirs = ro(KERNEL_RO_PEER, "2001:db8:3::9");
	struct kernel_key key = ro_key(&ours, 1);

	kernel_ro_set(k, &key, &ours); /* before mn_start */
	UNIT_EQ(fake_faults(), 1);
	kernel_ro_set(k, NULL, &theirs); /* before cn_start */
	UNIT_EQ(fake_faults(), 2);
	fake_kernel_free(k);
	k = start_ro(&s);
	kernel_ro_set(k, &key, &theirs); /* another end's key */
	UNIT_EQ(fake_faults(), 1);
	theirs.send = false;
	kernel_ro_set(k, NULL, &theirs);
	UNIT_EQ(fake_faults(), 2);
	ours.coa = ours.local;
	kernel_ro_set(k, NULL, &ours);
	UNIT_EQ(fake_faults(), 3);
	UNIT_EQ(kernel_ro_usage_get(k, NULL, &ours), -EINVAL);
	UNIT_EQ(fake_faults(), 4);
	fake_kernel_free(k);
	fake_faults_clear();
}

static void a_care_of_address_under_an_option_is_judged(void)
{
	struct seen s;
	struct kernel *k = start_ro(&s);
	struct transport *t = fake_transport_new();
	struct mh_msg msg = { .type = MH_BU };
	uint8_t buf[64];
	struct mh_send send = {
		.src = A("2001:db8:1::100"),
		.dst = A("2001:db8:9::9"),
		.hao = true,
		.hao_coa = A("2001:db8:2::5"),
		.data = buf,
	};

	send.len = (size_t)mh_build(&msg, buf, sizeof(buf));
	transport_send_mh(t, &send); /* nothing to judge by */
	UNIT_EQ(fake_faults(), 0);
	t->kernel = k;
	transport_send_mh(t, &send); /* not ours */
	UNIT_EQ(fake_faults(), 1);
	fake_kernel_addr_add(k, FAKE_MN_TUNNEL_IFINDEX, "2001:db8:2::5");
	transport_send_mh(t, &send); /* a tunnel's */
	UNIT_EQ(fake_faults(), 2);
	fake_kernel_addr_add(k, 3, "2001:db8:2::5");
	transport_send_mh(t, &send);
	UNIT_EQ(fake_faults(), 2);
	send.ifindex = FAKE_MN_TUNNEL_IFINDEX;
	transport_send_mh(t, &send);
	UNIT_EQ(fake_faults(), 3);
	fake_faults_clear();
	fake_transport_free(t);
	fake_kernel_free(k);
}

static void rules_flows_and_reports(void)
{
	struct seen s;
	struct kernel *k = start_ro(&s);
	struct in6_addr peer = A("2001:db8:9::9");
	struct kernel_flow flow = { .peer = peer, .protocol = 58 };
	struct kernel_report report = { .hoa = peer, .protocol = 17 };
	struct kernel_rule rules[2] = {
		{ .protocol = 17, .port = 53, .action = KERNEL_RULE_DIRECT },
		{ .action = KERNEL_RULE_OPTIMISE },
	};
	struct kernel_mn_home away = {
		.place = KERNEL_MN_AWAY,
		.hoa = A("2001:db8:1::100"),
		.ha = A("2001:db8:1::1"),
		.coa = A("2001:db8:2::5"),
		.coa_ifindex = 3,
	};

	UNIT_EQ(fake_kernel_rule(k, &peer, 17, 53), KERNEL_RULE_TUNNEL);
	UNIT_EQ(kernel_mn_rules_set(k, rules, 2), 0);
	UNIT_EQ(fake_kernel_rule(k, &peer, 17, 53), KERNEL_RULE_DIRECT);
	UNIT_EQ(fake_kernel_rule(k, &peer, 6, 53), KERNEL_RULE_OPTIMISE);
	fake_kernel_flow_tell(k, &flow);
	fake_kernel_report_tell(k, &report);
	CU_ASSERT(!kernel_mn_is_tunnel(k, FAKE_MN_TUNNEL_IFINDEX));
	kernel_mn_home_set(k, NULL, &away);
	fake_kernel_settle(k);
	UNIT_EQ(s.flow.protocol, 58);
	UNIT_EQ(s.report.protocol, 17);
	CU_ASSERT(kernel_mn_is_tunnel(k, FAKE_MN_TUNNEL_IFINDEX));
	CU_ASSERT(!kernel_mn_is_tunnel(k, FAKE_MN_TUNNEL_IFINDEX + 1));
	CU_ASSERT(!kernel_mn_is_tunnel(k, 3));
	UNIT_EQ(fake_faults(), 0);
	rules[1].port = 7;
	rules[1].protocol = 58;
	kernel_mn_rules_set(k, rules, 2); /* a port of ICMPv6 */
	UNIT_EQ(fake_faults(), 1);
	fake_faults_clear();
	fake_kernel_free(k);
}

static const struct unit_case fake_cases[] = {
	UNIT_CASE(a_binding_is_there_when_its_answer_is),
	UNIT_CASE(a_failed_request_changes_nothing),
	UNIT_CASE(wrong_requests_are_faults),
	UNIT_CASE(delay_and_order),
	UNIT_CASE(the_world_is_told),
	UNIT_CASE(what_is_sent_can_be_parsed_back),
	UNIT_CASE(a_pair_has_two_ends),
	UNIT_CASE(wrong_pairs_are_faults),
	UNIT_CASE(a_care_of_address_under_an_option_is_judged),
	UNIT_CASE(rules_flows_and_reports),
	UNIT_END,
};

static const struct unit_suite suites[] = {
	{ "fake", fake_cases },
	{ NULL, NULL },
};

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
