/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which role hears what, and that nobody hears of bad messages.
 */
#include "tests/unit/dispatch_world.h"

#include <string.h>

/* ---- which role ---- */

static void each_type_reaches_its_role(void)
{
	struct packet pkt = packet(true);
	struct mh_msg msg = bu(BU_FLAG_A | BU_FLAG_H);

	setup(true, true, true);
	send_msg(&pkt, &msg);
	msg = bu(BU_FLAG_A);
	send_msg(&pkt, &msg);
	msg = (struct mh_msg){ .type = MH_BA, .ba = { .status = 132 } };
	send_msg(&pkt, &msg);
	msg = (struct mh_msg){ .type = MH_BE, .be = { .status = 1 } };
	send_msg(&pkt, &msg);
	UNIT_STR(stub.calls,
		 "ha_on_bu(7) cn_on_bu(7) mn_on_ba(132) mn_on_be(1)");
	UNIT_EQ(counter(CNT_MH_IN), 4);
	UNIT_EQ(counter(CNT_BU_IN), 2);
	UNIT_EQ(counter(CNT_BA_IN), 1);
	UNIT_EQ(counter(CNT_BE_IN), 1);
	UNIT_EQ(transport->n_sent, 0);
	teardown();
}

static void return_routability_reaches_its_role(void)
{
	static const enum mh_type types[] = { MH_HOTI, MH_COTI, MH_HOT, MH_COT,
					      MH_BRR };
	struct packet pkt = packet(false);
	struct mh_msg msg;
	size_t i;

	setup(true, true, true);
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		msg = (struct mh_msg){ .type = types[i] };
		send_msg(&pkt, &msg);
	}
	UNIT_STR(stub.calls, "cn_on_test_init(1) cn_on_test_init(2) "
			     "mn_on_test(3) mn_on_test(4) mn_on_brr");
	UNIT_EQ(counter(CNT_TEST_INIT_IN), 2);
	UNIT_EQ(counter(CNT_TEST_IN), 2);
	UNIT_EQ(counter(CNT_BRR_IN), 1);
	UNIT_EQ(counter(CNT_MH_NO_ROLE), 0);
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

	setup(true, false, false);
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		msg = (struct mh_msg){ .type = types[i] };
		send_msg(&pkt, &msg);
		UNIT_EQ(counter(CNT_MH_NO_ROLE), i + 1);
	}
	msg = bu(BU_FLAG_A);
	send_msg(&pkt, &msg);
	UNIT_EQ(counter(CNT_MH_NO_ROLE), i + 1);
	UNIT_STR(stub.calls, "");
	teardown();
	setup(false, true, false);
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		msg = (struct mh_msg){ .type = types[i] };
		send_msg(&pkt, &msg);
	}
	UNIT_STR(stub.calls, "cn_on_test_init(1) cn_on_test_init(2)");
	UNIT_EQ(counter(CNT_MH_NO_ROLE), 5);
	UNIT_EQ(transport->n_sent, 0);
	teardown();
}

/* A router says what fits; it quotes a packet to a care-of address.  CN-32:
 * the kernel looks for the socket with that and needs to be told. */
static void too_big_reaches_the_kernel(void)
{
	struct kernel_key key = {
		.user = KERNEL_USER_CN,
		.hoa = addr("2001:db8:1::100"),
		.peer = addr("2001:db8:c::c"),
		.serial = 1,
	};
	struct kernel_ro ro = {
		.local = key.peer,
		.peer = key.hoa,
		.end = KERNEL_RO_PEER,
		.coa = addr("2001:db8:a::1"),
		.send = true,
	};
	struct packet pkt = {
		.src = addr("2001:db8:c::1"),
		.dst = key.peer,
		.hop_limit = 64,
		.when = t0,
	};
	uint8_t ptb[8 + 40 + 24 + 8] = { 2, 0, 0, 0, 0, 0, 0x05, 0x14 };
	uint8_t *ip6 = ptb + 8, *rh2 = ip6 + 40;
	const struct fake_request *told;

	setup(false, true, false);
	kernel_cn_start(kernel);
	kernel_ro_set(kernel, &key, &ro);
	fake_kernel_settle(kernel);
	ip6[0] = 0x60;
	ip6[6] = 43;
	memcpy(ip6 + 8, &ro.local, 16);
	memcpy(ip6 + 24, &ro.coa, 16);
	rh2[0] = 6;
	rh2[1] = rh2[2] = 2;
	rh2[3] = 1;
	memcpy(rh2 + 8, &ro.peer, 16);
	pkt.data = ptb;
	pkt.len = sizeof(ptb);
	daemon_on_icmp6(d, &pkt);
	told = fake_kernel_last(kernel, FAKE_RO_TOO_BIG);
	UNIT_NEED(told != NULL);
	UNIT_EQ(told->too_big.mtu, 1300);
	CU_ASSERT(addr_eq(&told->too_big.dst, &ro.coa));
	UNIT_EQ(counter(CNT_TOO_BIG), 1);
	/* About packets that never left, and sizes that do not exist. */
	ip6[39] ^= 1;
	daemon_on_icmp6(d, &pkt);
	ip6[39] ^= 1;
	ptb[6] = 4;
	daemon_on_icmp6(d, &pkt);
	UNIT_EQ(fake_kernel_count(kernel, FAKE_RO_TOO_BIG), 1);
	UNIT_EQ(counter(CNT_TOO_BIG), 1);
	kernel_cn_stop(kernel);
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

	setup(true, true, true);
	pkt.data = ra;
	pkt.len = sizeof(ra);
	daemon_on_icmp6(d, &pkt);
	UNIT_STR(stub.calls, "ha_on_icmp6(134) cn_on_icmp6(134) "
			     "mn_on_icmp6(134)");
	pkt.hop_limit = 254;
	daemon_on_icmp6(d, &pkt);
	UNIT_EQ(counter(CNT_RA_BAD), 1);
	ra[0] = 136;
	pkt.hop_limit = 255;
	daemon_on_icmp6(d, &pkt);
	UNIT_EQ(counter(CNT_ND_BAD), 1);
	ra[0] = 128;
	daemon_on_icmp6(d, &pkt);
	UNIT_STR(stub.calls, "ha_on_icmp6(134) cn_on_icmp6(134) "
			     "mn_on_icmp6(134)");
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

	setup(true, false, false);
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

	setup(true, true, true);
	ev.done.key.user = KERNEL_USER_MN;
	daemon_on_kernel(d, &ev, t0);
	UNIT_STR(stub.calls, "mn_on_kernel(0)");
	ev.done.key.user = KERNEL_USER_HA;
	daemon_on_kernel(d, &ev, t0);
	ev.done.key.user = KERNEL_USER_CN;
	daemon_on_kernel(d, &ev, t0);
	UNIT_STR(stub.calls, "mn_on_kernel(0) ha_on_kernel(0) cn_on_kernel(0)");
	ev.type = KERNEL_SYNCED;
	stub.calls[0] = '\0';
	daemon_on_kernel(d, &ev, t0);
	UNIT_STR(stub.calls, "ha_on_kernel(5) cn_on_kernel(5) mn_on_kernel(5)");
	teardown();
	/* Who asked is gone. */
	setup(true, false, false);
	ev.type = KERNEL_DONE;
	ev.done.key.user = KERNEL_USER_MN;
	daemon_on_kernel(d, &ev, t0);
	UNIT_STR(stub.calls, "");
	teardown();
}

/* The port throws them away; they are seen all the same. */
static void forged_netlink_is_counted(void)
{
	setup(true, false, false);
	UNIT_EQ(counter(CNT_NETLINK_FORGED), 0);
	kernel->forged = 3;
	UNIT_EQ(counter(CNT_NETLINK_FORGED), 3);
	teardown();
}

static void usage_and_flows_go_to_whom_they_concern(void)
{
	struct kernel_event ev = { .type = KERNEL_USAGE };

	setup(true, true, true);
	ev.usage.key.user = KERNEL_USER_CN;
	daemon_on_kernel(d, &ev, t0);
	ev.usage.key.user = KERNEL_USER_MN;
	daemon_on_kernel(d, &ev, t0);
	UNIT_STR(stub.calls, "cn_on_kernel(8) mn_on_kernel(8)");
	stub.calls[0] = '\0';
	ev = (struct kernel_event){ .type = KERNEL_FLOW };
	daemon_on_kernel(d, &ev, t0);
	UNIT_STR(stub.calls, "mn_on_kernel(6)");
	teardown();
	setup(true, true, false);
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

	setup(true, false, true);
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

static const struct unit_case cases[] = {
	UNIT_CASE(each_type_reaches_its_role),
	UNIT_CASE(return_routability_reaches_its_role),
	UNIT_CASE(what_no_role_takes_is_counted_and_not_answered),
	UNIT_CASE(too_big_reaches_the_kernel),
	UNIT_CASE(icmp6_goes_to_all_roles),
	UNIT_CASE(checksum_of_a_frame_is_verified),
	UNIT_CASE(kernel_answers_go_to_who_asked),
	UNIT_CASE(forged_netlink_is_counted),
	UNIT_CASE(usage_and_flows_go_to_whom_they_concern),
	UNIT_CASE(bad_messages_are_counted_and_not_answered),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "dispatch", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
