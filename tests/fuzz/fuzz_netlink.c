/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target: octets that a netlink event socket could read.
 *
 * Each input is a datagram; what it holds is decoded and entered into what is
 * known, and read by the attribute reader.  Lengths inside are believed by nobody.
 * The same octets are a packet out of a tunnel, too.
 */
#include <stdlib.h>
#include <string.h>

#include "mip6d/hash.h"
#include "src/netlink/flow.h"
#include "src/netlink/known.h"
#include "src/netlink/nldec.h"
#include "src/netlink/watch.h"
#include "src/netlink/xfrm_watch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct known *known;

static void on_told(void *arg, const struct kernel_event *ev)
{
	(void)arg;
	if (ev->type == KERNEL_NEIGH)
		abort();
}

static void decode(const struct nlmsghdr *nlh)
{
	struct kernel_event ev;
	unsigned int part;

	for (part = 0; watch_decode(nlh, part, &ev); part++) {
		if (ev.type == KERNEL_ADDR && ev.addr.plen > 128)
			abort();
		if (ev.type == KERNEL_ROUTER && ev.router.ifindex <= 0)
			abort();
		if (ev.type == KERNEL_NEIGH && ev.neigh.lladdr.len > LLADDR_MAX)
			abort();
		known_update(known, &ev);
	}
}

static void decode_xfrm(const struct nlmsghdr *nlh)
{
	struct kernel_event ev;

	if (xfrm_decode(nlh, &ev) && ev.type != KERNEL_FLOW &&
	    ev.type != KERNEL_REPORT)
		abort();
}

static void read_packet(const uint8_t *data, size_t size)
{
	struct kernel_flow flow;
	struct in6_addr coa;

	if (size > FLOW_SNAP)
		size = FLOW_SNAP;
	if (flow_parse(data, size, &flow, &coa) &&
	    (!addr_is_routable(&flow.peer) || flow.protocol == 135))
		abort();
}

static void read_attributes(const struct nlmsghdr *nlh)
{
	const struct nlattr *nest;
	struct in6_addr a;
	char name[16];
	uint32_t v;
	uint16_t type;
	size_t fixed;

	for (fixed = 0; fixed <= 28; fixed += 4) {
		for (type = 0; type < 24; type++) {
			nldec_addr(nlh, fixed, type, &a);
			nldec_u32(nlh, fixed, type, &v);
			nldec_str(nlh, fixed, type, name, sizeof(name));
			nest = nldec_nest(nlh, fixed, type);
			nldec_is_str(nest, 1, "ip6tnl");
			nldec_find_in(nldec_nest_in(nest, 2), type, 4);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size + 1); /* aligned, and not more */
	const struct nlmsghdr *nlh;
	size_t pos = 0;

	if (!copy)
		return 0;
	memcpy(copy, data, size);
	hash_init();
	known = known_new();
	if (!known)
		abort();
	read_packet(copy, size);
	while ((nlh = nldec_next(copy, size, &pos))) {
		decode(nlh);
		decode_xfrm(nlh);
		read_attributes(nlh);
	}
	known_walk(known, on_told, NULL);
	known_mark(known);
	known_sweep(known, on_told, NULL);
	known = known_free(known);
	free(copy);
	return 0;
}
