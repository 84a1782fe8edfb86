/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XFRM's questions and reports, from netlink octets to events.
 */
#include "src/netlink/xfrm_watch.h"

#include <arpa/inet.h>
#include <linux/xfrm.h>
#include <string.h>

#include "mip6d/xfrm.h"
#include "tests/unit/unit.h"

static uint8_t buf[NLENC_MAX] __attribute__((aligned(8)));
static struct nlenc enc;
static struct kernel_event ev;

static struct in6_addr addr(const char *text)
{
	struct in6_addr a;

	UNIT_NEED(!addr_parse(text, &a));
	return a;
}

static xfrm_address_t xaddr(const char *text)
{
	struct in6_addr a = addr(text);
	xfrm_address_t x;

	memcpy(x.a6, &a, sizeof(a));
	return x;
}

static struct xfrm_selector selector(uint8_t proto)
{
	struct xfrm_selector sel;

	memset(&sel, 0, sizeof(sel));
	sel.saddr = xaddr("2001:db8:1::100");
	sel.daddr = xaddr("2001:db8:c::c");
	sel.family = AF_INET6;
	sel.proto = proto;
	sel.dport = htons(53);
	return sel;
}

static bool acquire(uint8_t proto, uint8_t header, uint32_t reqid)
{
	struct xfrm_user_acquire a;
	struct xfrm_user_tmpl t;

	memset(&a, 0, sizeof(a));
	memset(&t, 0, sizeof(t));
	a.id.daddr = xaddr("2001:db8:c::c");
	a.id.proto = header;
	a.saddr = xaddr("2001:db8:1::100");
	a.sel = selector(proto);
	t.id.proto = header;
	t.reqid = reqid;
	nlenc_init(&enc, buf, sizeof(buf));
	nlenc_begin(&enc, XFRM_MSG_ACQUIRE, 0, &a, sizeof(a));
	nlenc_put(&enc, XFRMA_TMPL, &t, sizeof(t));
	UNIT_NEED(nlenc_end(&enc) > 0);
	return xfrm_decode(enc.nlh, &ev);
}

static void an_acquire_is_a_flow(void)
{
	UNIT_EQ(acquire(17, 60, XFRM_REQID), true);
	UNIT_EQ(ev.type, KERNEL_FLOW);
	UNIT_STR(addr_str(&ev.flow.hoa), "2001:db8:1::100");
	UNIT_STR(addr_str(&ev.flow.peer), "2001:db8:c::c");
	UNIT_EQ(ev.flow.protocol, 17);
	UNIT_EQ(ev.flow.peer_port, 53);
	UNIT_EQ(ev.flow.received, false);
	/* Of ICMPv6 that is the code. */
	UNIT_EQ(acquire(58, 60, XFRM_REQID), true);
	UNIT_EQ(ev.flow.peer_port, 0);
}

static void of_somebody_else(void)
{
	UNIT_EQ(acquire(17, 60, 0), false);
	UNIT_EQ(acquire(17, 60, XFRM_REQID + 1), false);
	UNIT_EQ(acquire(17, 50, XFRM_REQID), false);
	UNIT_EQ(acquire(17, 43, XFRM_REQID), false);
}

static bool report(uint8_t header, bool with_coa)
{
	struct in6_addr coa = addr("2001:db8:a::7");
	struct xfrm_user_report r;

	memset(&r, 0, sizeof(r));
	r.proto = header;
	r.sel = selector(58);
	nlenc_init(&enc, buf, sizeof(buf));
	nlenc_begin(&enc, XFRM_MSG_REPORT, 0, &r, sizeof(r));
	if (with_coa)
		nlenc_addr(&enc, XFRMA_COADDR, &coa);
	UNIT_NEED(nlenc_end(&enc) > 0);
	return xfrm_decode(enc.nlh, &ev);
}

static void a_report(void)
{
	UNIT_EQ(report(60, true), true);
	UNIT_EQ(ev.type, KERNEL_REPORT);
	UNIT_STR(addr_str(&ev.report.hoa), "2001:db8:1::100");
	UNIT_STR(addr_str(&ev.report.coa), "2001:db8:a::7");
	UNIT_STR(addr_str(&ev.report.local), "2001:db8:c::c");
	UNIT_EQ(ev.report.protocol, 58);
	UNIT_EQ(report(60, false), false);
	UNIT_EQ(report(43, true), false);
}

static void cut_short(void)
{
	UNIT_EQ(report(60, true), true);
	enc.nlh->nlmsg_len -= 8;
	UNIT_EQ(xfrm_decode(enc.nlh, &ev), false);
	enc.nlh->nlmsg_len = NLMSG_LENGTH(4);
	UNIT_EQ(xfrm_decode(enc.nlh, &ev), false);
	UNIT_EQ(acquire(17, 60, XFRM_REQID), true);
	enc.nlh->nlmsg_len = NLMSG_LENGTH(sizeof(struct xfrm_user_acquire));
	UNIT_EQ(xfrm_decode(enc.nlh, &ev), false);
	enc.nlh->nlmsg_type = XFRM_MSG_NEWSA;
	UNIT_EQ(xfrm_decode(enc.nlh, &ev), false);
}

static const struct unit_case cases[] = {
	UNIT_CASE(an_acquire_is_a_flow),
	UNIT_CASE(of_somebody_else),
	UNIT_CASE(a_report),
	UNIT_CASE(cut_short),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "xfrm_decode", cases },
					    UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
