/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is answered whatever roles there are: Binding Errors, and refusals of
 * registrations that have no place here.
 */
#include <errno.h>

#include "tests/unit/dispatch_world.h"

/* ---- unknown types ---- */

static void expect_be(enum be_status status, const char *dst, const char *hoa)
{
	struct mh_send send;
	struct mh_msg msg;

	UNIT_NEED(fake_transport_take_mh(transport, &msg, &send));
	UNIT_EQ(msg.type, MH_BE);
	UNIT_EQ(msg.be.status, status);
	UNIT_STR(addr_str(&msg.be.hoa), hoa);
	UNIT_STR(addr_str(&send.dst), dst);
	UNIT_STR(addr_str(&send.src), "2001:db8:1::1");
	UNIT_EQ(send.rh2, 0);
	UNIT_EQ(send.hao, 0);
	UNIT_EQ(transport->n_sent, 0);
}

static void expect_binding_error(const char *dst, const char *hoa)
{
	expect_be(BE_UNKNOWN_MH_TYPE, dst, hoa);
}

/* COM-9; CN-23 without a Home Address option; CN-22 to the wire source. */
static void unknown_type_gets_binding_error_2(void)
{
	struct packet pkt = packet(true);

	setup(false, false, true);
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

	setup(false, false, true);
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

	setup(false, false, true);
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

	setup(true, true, true);
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

	setup(true, false, false);
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

/* Ten a second are that, also for somebody who comes every 99 ms. */
static void no_binding_error_is_lost_to_rounding(void)
{
	struct packet pkt = packet(true);
	int i;

	setup(true, false, false);
	for (i = 0; i < 300; i++) {
		pkt.when = mtime_add_ms(t0, i * 99);
		send_type(&pkt, 77);
	}
	UNIT_EQ(counter(CNT_BE_RATE), 0);
	fake_transport_forget(transport);
	teardown();
}

static void refused_send_is_counted(void)
{
	struct packet pkt = packet(true);

	setup(true, false, false);
	transport->send_err = -ENOBUFS;
	send_type(&pkt, 77);
	UNIT_EQ(counter(CNT_MH_OUT_FAILED), 1);
	UNIT_EQ(counter(CNT_MH_OUT), 0);
	UNIT_EQ(counter(CNT_BE_OUT), 0);
	teardown();
}

/* ---- Home Address options without a binding ---- */

static void report(const char *hoa, const char *coa, uint8_t protocol,
		   struct mtime now)
{
	struct kernel_event ev = {
		.type = KERNEL_REPORT,
		.report = { .hoa = addr(hoa),
			    .coa = addr(coa),
			    .local = addr("2001:db8:1::1"),
			    .protocol = protocol },
	};

	daemon_on_kernel(d, &ev, now);
}

/* CN-14, CN-15, CN-16: the home address of the option, to where the packet
 * came from; CN-22: whatever bindings there are.  Any role will do. */
static void reported_option_gets_binding_error_1(void)
{
	unsigned int role;

	for (role = 0; role < 3; role++) {
		setup(role == 0, role == 1, role == 2);
		stub.cn_registered = true;
		report("2001:db8:1::100", "2001:db8:a::5", 58, t0);
		expect_be(BE_UNKNOWN_BINDING, "2001:db8:a::5",
			  "2001:db8:1::100");
		UNIT_EQ(counter(CNT_HAO_REPORTED), 1);
		UNIT_EQ(counter(CNT_BE_OUT), 1);
		UNIT_STR(stub.calls, "");
		teardown();
	}
}

/* CN-21, and a link-local source leads nowhere.  CN-12, CN-13: nor is there a
 * Binding Error about what is no home address. */
static void report_of_a_bad_address_gets_silence(void)
{
	static const char *const bad[] = { "ff02::1", "ff0e::1", "fe80::5",
					   "::", "::1" };
	size_t i;

	setup(false, true, false);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		report("2001:db8:1::100", bad[i], 58, t0);
		report(bad[i], "2001:db8:a::5", 58, t0);
	}
	UNIT_EQ(counter(CNT_HAO_REPORTED), 2 * i);
	UNIT_EQ(counter(CNT_BE_RATE), 0);
	UNIT_EQ(transport->n_sent, 0);
	teardown();
}

/* CN-17: IPsec and Mobility Headers need no binding. */
static void report_of_ipsec_and_mh_gets_silence(void)
{
	setup(false, true, false);
	report("2001:db8:1::100", "2001:db8:a::5", 50, t0);
	report("2001:db8:1::100", "2001:db8:a::5", 51, t0);
	report("2001:db8:1::100", "2001:db8:a::5", MH_PROTO, t0);
	UNIT_EQ(counter(CNT_HAO_REPORTED), 3);
	UNIT_EQ(transport->n_sent, 0);
	teardown();
}

/* A home registration is a binding, though the kernel knows nothing of it. */
static void our_own_mobile_node_gets_no_binding_error(void)
{
	setup(true, true, false);
	stub.ha_bound_at = true;
	report("2001:db8:1::100", "2001:db8:a::5", 17, t0);
	UNIT_EQ(counter(CNT_HAO_REPORTED), 1);
	/* Its Mobile Prefix Solicitations are nothing to wonder about. */
	report("2001:db8:1::100", "2001:db8:a::5", 58, t0);
	UNIT_EQ(counter(CNT_HAO_REPORTED), 1);
	UNIT_EQ(transport->n_sent, 0);
	stub.ha_bound_at = false;
	report("2001:db8:1::100", "2001:db8:a::5", 58, t0);
	expect_be(BE_UNKNOWN_BINDING, "2001:db8:a::5", "2001:db8:1::100");
	teardown();
}

/* CN-24: and both kinds of Binding Error take from one bucket. */
static void reports_are_rate_limited(void)
{
	struct packet pkt = packet(true);
	unsigned int i;

	setup(false, true, false);
	for (i = 0; i < 1000; i++)
		report("2001:db8:1::100", "2001:db8:a::5", 58, t0);
	UNIT_EQ(transport->n_sent, 10);
	UNIT_EQ(counter(CNT_BE_RATE), 990);
	send_type(&pkt, 77);
	UNIT_EQ(transport->n_sent, 10);
	UNIT_EQ(counter(CNT_BE_RATE), 991);
	report("2001:db8:1::100", "2001:db8:a::5", 58, mtime_add_ms(t0, 100));
	UNIT_EQ(transport->n_sent, 11);
	fake_transport_forget(transport);
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

	setup(false, true, true);
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

	setup(false, false, true);
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

/* ---- a registration stays of its type ---- */

/* CN-82, HA-20: the correspondent's entry, and the H bit. */
static void home_registration_of_a_correspondent_is_refused(void)
{
	struct mh_msg msg = bu(BU_FLAG_A | BU_FLAG_H);
	struct packet pkt = packet(true);

	setup(true, true, false);
	stub.cn_registered = true;
	send_msg(&pkt, &msg);
	UNIT_STR(stub.calls, "cn_refuse_type_change(7)");
	stub.calls[0] = '\0';
	msg = bu(BU_FLAG_A);
	send_msg(&pkt, &msg);
	UNIT_STR(stub.calls, "cn_on_bu(7)");
	teardown();
	/* Nor is it 131 where nobody is a home agent. */
	setup(false, true, false);
	stub.cn_registered = true;
	msg = bu(BU_FLAG_H);
	send_msg(&pkt, &msg);
	UNIT_STR(stub.calls, "cn_refuse_type_change(7)");
	UNIT_EQ(transport->n_sent, 0);
	teardown();
}

/* HA-20, the other way round: the home agent's entry, and no H bit.  The key
 * to look at it with, and to sign the answer, is the correspondent's (CN-69,
 * CN-109). */
static void correspondent_registration_of_a_home_is_refused(void)
{
	struct mh_msg msg = bu(BU_FLAG_A);
	struct packet pkt = packet(true);

	setup(true, true, false);
	stub.ha_registered = true;
	send_msg(&pkt, &msg);
	UNIT_STR(stub.calls, "cn_refuse_type_change(7)");
	UNIT_EQ(transport->n_sent, 0);
	teardown();
	/* Who is no correspondent has none, and is silent. */
	setup(true, false, false);
	stub.ha_registered = true;
	send_msg(&pkt, &msg);
	UNIT_STR(stub.calls, "");
	UNIT_EQ(counter(CNT_MH_NO_ROLE), 1);
	UNIT_EQ(transport->n_sent, 0);
	teardown();
}

static const struct unit_case cases[] = {
	UNIT_CASE(unknown_type_gets_binding_error_2),
	UNIT_CASE(binding_error_leaves_from_the_wire_address),
	UNIT_CASE(binding_error_stays_on_its_link),
	UNIT_CASE(multicast_gets_no_binding_error),
	UNIT_CASE(binding_errors_are_rate_limited),
	UNIT_CASE(no_binding_error_is_lost_to_rounding),
	UNIT_CASE(refused_send_is_counted),
	UNIT_CASE(reported_option_gets_binding_error_1),
	UNIT_CASE(report_of_a_bad_address_gets_silence),
	UNIT_CASE(report_of_ipsec_and_mh_gets_silence),
	UNIT_CASE(our_own_mobile_node_gets_no_binding_error),
	UNIT_CASE(reports_are_rate_limited),
	UNIT_CASE(home_registration_without_agent_gets_131),
	UNIT_CASE(invalid_home_registration_gets_silence),
	UNIT_CASE(home_registration_of_a_correspondent_is_refused),
	UNIT_CASE(correspondent_registration_of_a_home_is_refused),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "dispatch_answer", cases },
					    UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
