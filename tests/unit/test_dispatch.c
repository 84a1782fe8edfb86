/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which role hears what, and what is answered where no role is.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/daemon.h"
#include "tests/fake/fake.h"
#include "tests/unit/stub_roles.h"
#include "tests/unit/unit.h"

static const struct mtime t0 = { 1000000 };

static struct transport *transport;
static struct daemon *d;

static struct in6_addr addr(const char *text)
{
	struct in6_addr a;

	UNIT_NEED(!addr_parse(text, &a));
	return a;
}

static struct conf *conf_new(bool ha, bool mn)
{
	struct conf *conf = calloc(1, sizeof(*conf));

	UNIT_NEED(conf != NULL);
	conf->security = CONF_SECURITY_INSECURE;
	conf->ha.on = ha;
	conf->mn.on = mn;
	return conf;
}

static void setup(bool ha, bool mn)
{
	struct role_env env = { 0 };

	stub_clear();
	fake_log_clear();
	transport = fake_transport_new();
	env.transport = transport;
	UNIT_NEED(!daemon_new(&env, conf_new(ha, mn), t0, &d));
	stub.calls[0] = '\0';
}

static void teardown(void)
{
	d = daemon_free(d);
	transport = fake_transport_free(transport);
	UNIT_EQ(fake_faults(), 0);
}

static uint64_t counter(enum counter c)
{
	return daemon_counters(d)->v[c];
}

/* A message on its way from a care-of address, or without has_hao from the
 * home address itself, to an address of ours. */
static struct packet packet(bool has_hao)
{
	struct packet pkt = {
		.src = addr("2001:db8:1::100"),
		.dst = addr("2001:db8:1::1"),
		.wire_src = addr("2001:db8:1::100"),
		.wire_dst = addr("2001:db8:1::1"),
		.has_hao = has_hao,
		.ifindex = 2,
		.hop_limit = 64,
		.when = t0,
	};

	if (has_hao)
		pkt.wire_src = addr("2001:db8:a::5");
	return pkt;
}

static void send_octets(struct packet *pkt, uint8_t *buf, size_t len)
{
	mh_set_checksum(buf, len, &pkt->src, &pkt->dst);
	pkt->data = buf;
	pkt->len = len;
	daemon_on_mh(d, pkt);
}

static void send_msg(struct packet *pkt, const struct mh_msg *msg)
{
	uint8_t buf[MH_MAX_LEN];
	int len = mh_build(msg, buf, sizeof(buf));

	UNIT_NEED(len > 0);
	send_octets(pkt, buf, (size_t)len);
}

static void send_type(struct packet *pkt, unsigned int type)
{
	uint8_t buf[] = { 59, 0, (uint8_t)type, 0, 0, 0, 0, 0 };

	send_octets(pkt, buf, sizeof(buf));
}

static struct mh_msg bu(uint16_t flags)
{
	return (struct mh_msg){
		.type = MH_BU,
		.bu = { .seq = 7, .flags = flags, .lifetime_4s = 100 },
	};
}

/* ---- which role ---- */

static void each_type_reaches_its_role(void)
{
	struct packet pkt = packet(true);
	struct mh_msg msg = bu(BU_FLAG_A | BU_FLAG_H);

	setup(true, true);
	send_msg(&pkt, &msg);
	msg = (struct mh_msg){ .type = MH_BA, .ba = { .status = 132 } };
	send_msg(&pkt, &msg);
	msg = (struct mh_msg){ .type = MH_BE, .be = { .status = 1 } };
	send_msg(&pkt, &msg);
	UNIT_STR(stub.calls, "ha_on_bu(7) mn_on_ba(132) mn_on_be(1)");
	UNIT_EQ(counter(CNT_MH_IN), 3);
	UNIT_EQ(counter(CNT_BU_IN), 1);
	UNIT_EQ(counter(CNT_BA_IN), 1);
	UNIT_EQ(counter(CNT_BE_IN), 1);
	UNIT_EQ(transport->n_sent, 0);
	teardown();
}

static void what_no_role_takes_is_counted_and_not_answered(void)
{
	static const enum mh_type types[] = { MH_BRR, MH_HOTI, MH_COTI, MH_HOT,
					      MH_COT, MH_BA,   MH_BE };
	struct packet pkt = packet(true);
	struct mh_msg msg;
	size_t i;

	setup(true, false);
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		msg = (struct mh_msg){ .type = types[i] };
		send_msg(&pkt, &msg);
		UNIT_EQ(counter(CNT_MH_NO_ROLE), i + 1);
	}
	msg = bu(BU_FLAG_A);
	send_msg(&pkt, &msg);
	UNIT_EQ(counter(CNT_MH_NO_ROLE), i + 1);
	UNIT_STR(stub.calls, "");
	UNIT_EQ(transport->n_sent, 0);
	teardown();
}

static void icmp6_goes_to_all_roles(void)
{
	struct packet pkt = {
		.src = addr("fe80::1"),
		.dst = addr("ff02::1"),
		.hop_limit = 255,
		.when = t0,
	};
	/* A Router Advertisement without options. */
	uint8_t ra[] = { 134, 0, 0, 0, 64, 0, 0, 30, 0, 0, 0, 0, 0, 0, 0, 0 };

	setup(true, true);
	pkt.data = ra;
	pkt.len = sizeof(ra);
	daemon_on_icmp6(d, &pkt);
	UNIT_STR(stub.calls, "ha_on_icmp6(134) mn_on_icmp6(134)");
	pkt.hop_limit = 254;
	daemon_on_icmp6(d, &pkt);
	UNIT_EQ(counter(CNT_RA_BAD), 1);
	ra[0] = 136;
	pkt.hop_limit = 255;
	daemon_on_icmp6(d, &pkt);
	UNIT_EQ(counter(CNT_ND_BAD), 1);
	ra[0] = 128;
	daemon_on_icmp6(d, &pkt);
	UNIT_STR(stub.calls, "ha_on_icmp6(134) mn_on_icmp6(134)");
	UNIT_EQ(counter(CNT_RA_BAD) + counter(CNT_ND_BAD), 2);
	teardown();
}

/* Frames are not yet verified when they come, raw sockets' messages are. */
static void checksum_of_a_frame_is_verified(void)
{
	struct packet pkt = {
		.src = addr("fe80::1"),
		.dst = addr("ff02::1"),
		.hop_limit = 255,
		.lladdr = { .len = 6 },
		.when = t0,
	};
	uint8_t ra[] = { 134, 0, 0xde, 0xad, 64, 0, 0, 30,
			 0,   0, 0,    0,    0,  0, 0, 0 };

	setup(true, false);
	pkt.data = ra;
	pkt.len = sizeof(ra);
	daemon_on_icmp6(d, &pkt);
	UNIT_STR(stub.calls, "");
	pkt.lladdr.len = 0;
	daemon_on_icmp6(d, &pkt);
	UNIT_STR(stub.calls, "ha_on_icmp6(134)");
	teardown();
}

static void kernel_answers_go_to_who_asked(void)
{
	struct kernel_event ev = { .type = KERNEL_DONE };

	setup(true, true);
	ev.done.key.user = KERNEL_USER_MN;
	daemon_on_kernel(d, &ev, t0);
	UNIT_STR(stub.calls, "mn_on_kernel(0)");
	ev.done.key.user = KERNEL_USER_HA;
	daemon_on_kernel(d, &ev, t0);
	UNIT_STR(stub.calls, "mn_on_kernel(0) ha_on_kernel(0)");
	ev.type = KERNEL_SYNCED;
	stub.calls[0] = '\0';
	daemon_on_kernel(d, &ev, t0);
	UNIT_STR(stub.calls, "ha_on_kernel(5) mn_on_kernel(5)");
	teardown();
	/* Who asked is gone. */
	setup(true, false);
	ev.type = KERNEL_DONE;
	ev.done.key.user = KERNEL_USER_MN;
	daemon_on_kernel(d, &ev, t0);
	UNIT_STR(stub.calls, "");
	teardown();
}

/* ---- bad messages ---- */

/* COM-8, COM-10, COM-13, COM-16, COM-19: no answer, no role hears of it. */
static void bad_messages_are_counted_and_not_answered(void)
{
	uint8_t buf[16] = { 59, 1, MH_BU };
	struct packet pkt = packet(true);

	setup(true, true);
	send_octets(&pkt, buf, sizeof(buf));
	UNIT_EQ(counter(CNT_MH_NO_ROLE), 1);
	buf[4] ^= 0xff;
	daemon_on_mh(d, &pkt);
	UNIT_EQ(counter(CNT_MH_BAD_CHECKSUM), 1);
	buf[0] = 58;
	send_octets(&pkt, buf, sizeof(buf));
	UNIT_EQ(counter(CNT_MH_BAD_PROTO), 1);
	buf[0] = 59;
	buf[1] = 0;
	send_octets(&pkt, buf, 8);
	UNIT_EQ(counter(CNT_MH_BAD_LEN), 1);
	buf[1] = 9;
	send_octets(&pkt, buf, sizeof(buf));
	UNIT_EQ(counter(CNT_MH_TRUNCATED), 1);
	buf[1] = 1;
	buf[12] = 200;
	buf[13] = 3;
	send_octets(&pkt, buf, sizeof(buf));
	UNIT_EQ(counter(CNT_MH_BAD_OPTION), 1);
	UNIT_EQ(counter(CNT_MH_IN), 6);
	UNIT_EQ(transport->n_sent, 0);
	UNIT_STR(stub.calls, "");
	teardown();
}

static void expect_binding_error(const char *dst, const char *hoa)
{
	struct mh_send send;
	struct mh_msg msg;

	UNIT_NEED(fake_transport_take_mh(transport, &msg, &send));
	UNIT_EQ(msg.type, MH_BE);
	UNIT_EQ(msg.be.status, BE_UNKNOWN_MH_TYPE);
	UNIT_STR(addr_str(&msg.be.hoa), hoa);
	UNIT_STR(addr_str(&send.dst), dst);
	UNIT_STR(addr_str(&send.src), "2001:db8:1::1");
	UNIT_EQ(send.rh2, 0);
	UNIT_EQ(transport->n_sent, 0);
}

/* COM-9 */
static void unknown_type_gets_binding_error_2(void)
{
	struct packet pkt = packet(true);

	setup(false, true);
	send_type(&pkt, 77);
	expect_binding_error("2001:db8:a::5", "2001:db8:1::100");
	pkt = packet(false);
	send_type(&pkt, MH_TYPE_MAX + 1);
	expect_binding_error("2001:db8:1::100", "::");
	UNIT_EQ(counter(CNT_MH_UNKNOWN_TYPE), 2);
	UNIT_EQ(counter(CNT_BE_OUT), 2);
	UNIT_EQ(counter(CNT_MH_OUT), 2);
	UNIT_STR(stub.calls, "");
	teardown();
}

/* A node behind a routing header is addressed where it was met. */
static void binding_error_leaves_from_the_wire_address(void)
{
	struct packet pkt = packet(false);

	setup(false, true);
	pkt.dst = addr("2001:db8:1::200");
	pkt.has_rh2 = true;
	send_type(&pkt, 77);
	expect_binding_error("2001:db8:1::100", "::");
	teardown();
}

/* Only the link that it came from leads back to a link-local address. */
static void binding_error_stays_on_its_link(void)
{
	struct packet pkt = packet(false);
	struct mh_send send;
	struct mh_msg msg;

	setup(false, true);
	send_type(&pkt, 77);
	UNIT_NEED(fake_transport_take_mh(transport, &msg, &send));
	UNIT_EQ(send.ifindex, 0);
	pkt.src = pkt.wire_src = addr("fe80::5");
	send_type(&pkt, 77);
	UNIT_NEED(fake_transport_take_mh(transport, &msg, &send));
	UNIT_EQ(send.ifindex, 2);
	teardown();
}

/* RFC 6275 section 9.3.3: only a unicast source is answered. */
static void multicast_gets_no_binding_error(void)
{
	struct packet pkt = packet(false);

	setup(true, true);
	pkt.wire_src = pkt.src = addr("ff02::1");
	send_type(&pkt, 77);
	pkt.wire_src = pkt.src = addr("::");
	send_type(&pkt, 77);
	pkt = packet(false);
	pkt.wire_dst = pkt.dst = addr("ff02::1");
	send_type(&pkt, 77);
	UNIT_EQ(counter(CNT_MH_UNKNOWN_TYPE), 3);
	UNIT_EQ(transport->n_sent, 0);
	teardown();
}

/* COM-64: of Binding Errors; the kernel limits its Parameter Problems. */
static void binding_errors_are_rate_limited(void)
{
	struct packet pkt = packet(true);
	unsigned int i;

	setup(true, false);
	for (i = 0; i < 1000; i++)
		send_type(&pkt, 77);
	UNIT_EQ(transport->n_sent, 10);
	UNIT_EQ(counter(CNT_BE_OUT), 10);
	UNIT_EQ(counter(CNT_BE_RATE), 990);
	/* Half a second gives five more. */
	pkt.when = mtime_add_ms(t0, 500);
	for (i = 0; i < 1000; i++)
		send_type(&pkt, 77);
	UNIT_EQ(transport->n_sent, 15);
	/* A long silence fills the bucket, not more. */
	pkt.when = mtime_add_s(t0, 100000);
	for (i = 0; i < 1000; i++)
		send_type(&pkt, 77);
	UNIT_EQ(transport->n_sent, 25);
	fake_transport_forget(transport);
	teardown();
}

static void refused_send_is_counted(void)
{
	struct packet pkt = packet(true);

	setup(true, false);
	transport->send_err = -ENOBUFS;
	send_type(&pkt, 77);
	UNIT_EQ(counter(CNT_MH_OUT_FAILED), 1);
	UNIT_EQ(counter(CNT_MH_OUT), 0);
	UNIT_EQ(counter(CNT_BE_OUT), 0);
	teardown();
}

/* ---- no home agent here ---- */

static void expect_131(const char *dst, const char *coa)
{
	struct mh_send send;
	struct mh_msg msg;

	UNIT_NEED(fake_transport_take_mh(transport, &msg, &send));
	UNIT_EQ(msg.type, MH_BA);
	UNIT_EQ(msg.ba.status, BA_HOME_REG_UNSUPPORTED);
	UNIT_EQ(msg.ba.seq, 7);
	UNIT_EQ(msg.ba.lifetime_4s, 0);
	UNIT_EQ(msg.ba.flags, 0);
	UNIT_EQ(msg.opt.present, 0);
	UNIT_STR(addr_str(&send.src), "2001:db8:1::1");
	UNIT_STR(addr_str(&send.dst), dst);
	UNIT_EQ(send.rh2, coa != NULL);
	if (coa)
		UNIT_STR(addr_str(&send.coa), coa);
	UNIT_EQ(transport->n_sent, 0);
}

/* CN-81, HA-16; the A bit makes no difference. */
static void home_registration_without_agent_gets_131(void)
{
	struct mh_msg msg = bu(BU_FLAG_A | BU_FLAG_H);
	struct packet pkt = packet(true);

	setup(false, true);
	send_msg(&pkt, &msg);
	expect_131("2001:db8:1::100", "2001:db8:a::5");
	pkt = packet(false);
	msg = bu(BU_FLAG_H);
	send_msg(&pkt, &msg);
	expect_131("2001:db8:1::100", NULL);
	UNIT_EQ(counter(CNT_BU_IN), 2);
	UNIT_EQ(counter(CNT_BU_REFUSED), 2);
	UNIT_EQ(counter(CNT_BA_OUT), 2);
	UNIT_STR(stub.calls, "");
	teardown();
}

/* CN-80, RFC 6275 section 9.5.1: what is no valid Binding Update gets no
 * answer at all. */
static void invalid_home_registration_gets_silence(void)
{
	struct mh_msg msg = bu(BU_FLAG_A | BU_FLAG_H);
	struct packet pkt = packet(true);

	setup(false, true);
	pkt.src = addr("fe80::100");
	send_msg(&pkt, &msg);
	UNIT_EQ(counter(CNT_BU_BAD_HOA), 1);
	pkt = packet(true);
	pkt.wire_src = addr("ff02::1");
	send_msg(&pkt, &msg);
	UNIT_EQ(counter(CNT_BU_BAD_COA), 1);
	pkt = packet(true);
	pkt.wire_dst = pkt.dst = addr("ff02::1");
	send_msg(&pkt, &msg);
	UNIT_EQ(counter(CNT_BU_NOT_FOR_US), 1);
	pkt = packet(true);
	msg.opt.present = MH_OPT_NONCE_INDICES;
	send_msg(&pkt, &msg);
	UNIT_EQ(counter(CNT_BU_WITH_NONCES), 1);
	UNIT_EQ(transport->n_sent, 0);
	teardown();
}

static const struct unit_case cases[] = {
	UNIT_CASE(each_type_reaches_its_role),
	UNIT_CASE(what_no_role_takes_is_counted_and_not_answered),
	UNIT_CASE(icmp6_goes_to_all_roles),
	UNIT_CASE(checksum_of_a_frame_is_verified),
	UNIT_CASE(kernel_answers_go_to_who_asked),
	UNIT_CASE(bad_messages_are_counted_and_not_answered),
	UNIT_CASE(unknown_type_gets_binding_error_2),
	UNIT_CASE(binding_error_leaves_from_the_wire_address),
	UNIT_CASE(binding_error_stays_on_its_link),
	UNIT_CASE(multicast_gets_no_binding_error),
	UNIT_CASE(binding_errors_are_rate_limited),
	UNIT_CASE(refused_send_is_counted),
	UNIT_CASE(home_registration_without_agent_gets_131),
	UNIT_CASE(invalid_home_registration_gets_silence),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "dispatch", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
