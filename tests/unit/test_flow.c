/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Flows: the headers of packets out of a tunnel, and how often a peer is told
 * of.
 */
#include "src/netlink/flow.h"

#include <string.h>

#include "mip6d/hash.h"
#include "tests/unit/unit.h"

static uint8_t packet[FLOW_SNAP];
static struct kernel_flow flow;
static struct in6_addr coa;

static struct in6_addr addr(const char *text)
{
	struct in6_addr a;

	UNIT_NEED(!addr_parse(text, &a));
	return a;
}

static void ip(uint8_t next)
{
	struct in6_addr src = addr("2001:db8:c::c"),
			dst = addr("2001:db8:1::100");

	memset(packet, 0, sizeof(packet));
	memset(&flow, 0, sizeof(flow));
	packet[0] = 0x60;
	packet[6] = next;
	packet[7] = 64;
	memcpy(packet + 8, &src, 16);
	memcpy(packet + 24, &dst, 16);
}

static void ports_of_the_sender(void)
{
	ip(17);
	packet[40] = 0x1b;
	packet[41] = 0x8d;
	UNIT_EQ(flow_parse(packet, 48, &flow, &coa), true);
	UNIT_STR(addr_str(&flow.peer), "2001:db8:c::c");
	UNIT_STR(addr_str(&flow.hoa), "2001:db8:1::100");
	UNIT_EQ(flow.protocol, 17);
	UNIT_EQ(flow.peer_port, 7053);
	UNIT_EQ(flow.received, true);
	/* Cut short: the port is not known. */
	UNIT_EQ(flow_parse(packet, 43, &flow, &coa), true);
	UNIT_EQ(flow.peer_port, 0);
	ip(58);
	packet[40] = 128;
	UNIT_EQ(flow_parse(packet, 48, &flow, &coa), true);
	UNIT_EQ(flow.peer_port, 0);
}

/* MN-150: the peer is who the option names, if it is believed. */
static void home_address_option_names_the_peer(void)
{
	struct in6_addr hoa = addr("2001:db8:2::200");

	ip(60);
	packet[40] = 17; /* behind a header of 24 octets */
	packet[41] = 2;
	packet[42] = 1; /* PadN, 4 octets */
	packet[43] = 2;
	packet[46] = 0xc9;
	packet[47] = 16;
	memcpy(packet + 48, &hoa, 16);
	packet[64] = 0x1b;
	packet[65] = 0x8d;
	UNIT_EQ(flow_parse(packet, 72, &flow, &coa), true);
	UNIT_STR(addr_str(&flow.peer), "2001:db8:2::200");
	UNIT_STR(addr_str(&coa), "2001:db8:c::c");
	UNIT_EQ(flow.peer_port, 7053);
	packet[48] = 0xff; /* multicast */
	UNIT_EQ(flow_parse(packet, 72, &flow, &coa), false);
	packet[46] = 5; /* another option */
	UNIT_EQ(flow_parse(packet, 72, &flow, &coa), true);
	UNIT_STR(addr_str(&flow.peer), "2001:db8:c::c");
	UNIT_STR(addr_str(&coa), "::");
	packet[46] = 0xc9;
	packet[43] = 0xff; /* runs past the header */
	UNIT_EQ(flow_parse(packet, 72, &flow, &coa), true);
	UNIT_STR(addr_str(&coa), "::");
}

/* MN-149 tells of none for signalling. */
static void never_told_of(void)
{
	ip(135);
	UNIT_EQ(flow_parse(packet, 48, &flow, &coa), false);
	ip(17);
	UNIT_EQ(flow_parse(packet, 39, &flow, &coa), false);
	packet[0] = 0x45;
	UNIT_EQ(flow_parse(packet, 48, &flow, &coa), false);
	ip(17);
	packet[24] = 0xff; /* multicast */
	UNIT_EQ(flow_parse(packet, 48, &flow, &coa), false);
	ip(17);
	memset(packet + 8, 0, 16);
	UNIT_EQ(flow_parse(packet, 48, &flow, &coa), false);
}

static void extension_headers(void)
{
	ip(60); /* destination options of 16 octets, then a first fragment */
	packet[40] = 44;
	packet[41] = 1;
	packet[56] = 6;
	packet[64] = 1;
	UNIT_EQ(flow_parse(packet, 80, &flow, &coa), true);
	UNIT_EQ(flow.protocol, 6);
	UNIT_EQ(flow.peer_port, 256);
	packet[58] = 1; /* not the first */
	UNIT_EQ(flow_parse(packet, 80, &flow, &coa), false);
	/* Beyond what is here, and without end. */
	ip(60);
	packet[40] = 60;
	packet[41] = 200;
	UNIT_EQ(flow_parse(packet, sizeof(packet), &flow, &coa), false);
	ip(0);
	UNIT_EQ(flow_parse(packet, sizeof(packet), &flow, &coa), false);
	ip(60);
	packet[40] = 135;
	UNIT_EQ(flow_parse(packet, 80, &flow, &coa), false);
}

static void a_peer_rests(void)
{
	struct flow_table *t = flow_table_new();
	struct kernel_flow f = { .hoa = addr("2001:db8:1::100"),
				 .peer = addr("2001:db8:c::c") };
	struct mtime now = { 1000000 }, end;

	UNIT_NEED(t);
	UNIT_EQ(flow_table_ask(t, &f, now), true);
	UNIT_EQ(flow_table_ask(t, &f, now), false);
	f.received = true;
	f.protocol = 6;
	UNIT_EQ(flow_table_ask(t, &f, now), false);
	f.hoa = addr("2001:db8:1::101");
	UNIT_EQ(flow_table_ask(t, &f, now), true);
	end = mtime_add_s(now, FLOW_QUIET_S);
	UNIT_EQ(flow_table_ask(t, &f, mtime_add_ms(end, -1)), false);
	UNIT_EQ(flow_table_ask(t, &f, end), true);
	flow_table_free(t);
}

static void it_is_bounded(void)
{
	struct flow_table *t = flow_table_new();
	struct kernel_flow f = { .hoa = addr("2001:db8:1::100"),
				 .peer = addr("2001:db8:c::") };
	struct mtime now = { 1 };
	unsigned int i;

	UNIT_NEED(t);
	for (i = 0; i < 2 * FLOW_MAX; i++) {
		f.peer.s6_addr[14] = (uint8_t)(i >> 8);
		f.peer.s6_addr[15] = (uint8_t)i;
		UNIT_EQ(flow_table_ask(t, &f, now), true);
	}
	/* The last are remembered, the first are not. */
	UNIT_EQ(flow_table_ask(t, &f, now), false);
	f.peer = addr("2001:db8:c::");
	UNIT_EQ(flow_table_ask(t, &f, now), true);
	flow_table_free(t);
}

static const struct unit_case cases[] = {
	UNIT_CASE(home_address_option_names_the_peer),
	UNIT_CASE(ports_of_the_sender),
	UNIT_CASE(never_told_of),
	UNIT_CASE(extension_headers),
	UNIT_CASE(a_peer_rests),
	UNIT_CASE(it_is_bounded),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "flow", cases }, UNIT_END };

int main(int argc, char **argv)
{
	hash_init();
	return unit_main(argc, argv, suites);
}
