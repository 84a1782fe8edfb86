/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Binding Updates as a home agent receives them.
 */
#include "tests/unit/ha_packet.h"

#include <stdlib.h>

struct in6_addr ip(const char *text)
{
	struct in6_addr a;

	if (addr_parse(text, &a))
		abort();
	return a;
}

struct packet bu_packet(const struct bu *bu)
{
	struct in6_addr hoa = ip(bu->hoa ? bu->hoa : HOA);
	struct in6_addr src = bu->no_hao ? hoa : ip(bu->src ? bu->src : COA);

	return (struct packet){
		.src = hoa,
		.dst = ip(bu->ha ? bu->ha : HA1),
		.wire_src = src,
		.wire_dst = ip(bu->ha ? bu->ha : HA1),
		.has_hao = !bu->no_hao,
		.ifindex = bu->ifindex ? bu->ifindex : CORE,
		.hop_limit = 64,
	};
}

struct mh_msg bu_msg(const struct bu *bu)
{
	struct mh_msg m = {
		.type = MH_BU,
		.bu = {
			.seq = bu->seq,
			.flags = bu->flags ? bu->flags : AH,
			.lifetime_4s = bu->lifetime,
		},
	};
	const char *const *n;

	if (bu->acoa) {
		m.opt.present |= MH_OPT_ALT_COA;
		m.opt.alt_coa = ip(bu->acoa);
	}
	if (bu->nonces)
		m.opt.present |= MH_OPT_NONCE_INDICES;
	for (n = bu->networks; n && *n; n++) {
		m.opt.present |= MH_OPT_NETWORK;
		if (prefix_parse(*n, &m.opt.networks.v[m.opt.networks.n++]))
			abort();
	}
	return m;
}
