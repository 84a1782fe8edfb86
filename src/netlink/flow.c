/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Flows (src/netlink/flow.h): reads the headers of packets that came out of a
 * tunnel, and remembers who was told of.
 *
 * This file decides how long a peer is left alone.  Whose packets are looked
 * at at all is left to kmn_listen.c, what is done about it to the mobile node.
 */
#include "src/netlink/flow.h"

#include <stdlib.h>
#include <string.h>

#include "mip6d/hash.h"

#define HEADER_LEN       40
#define HEADERS_MAX      6 /* extension headers that are walked */

#define HOP_BY_HOP       0
#define TCP              6
#define UDP              17
#define ROUTING          43
#define FRAGMENT         44
#define DSTOPTS          60
#define MOBILITY         135

#define OPT_PAD1         0
#define OPT_HOME_ADDRESS 0xc9

/* ---- packets ---- */

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

/* The address of a Home Address option among those of a header of `len`
 * octets; untouched when there is none. */
static void find_hao(const uint8_t *header, size_t len,
		     struct in6_addr *ret_hoa)
{
	size_t pos = 2;

	while (pos + 2 <= len) {
		if (header[pos] == OPT_PAD1) {
			pos++;
			continue;
		}
		if (header[pos] == OPT_HOME_ADDRESS &&
		    header[pos + 1] == sizeof(*ret_hoa) &&
		    pos + 2 + sizeof(*ret_hoa) <= len)
			memcpy(ret_hoa, header + pos + 2, sizeof(*ret_hoa));
		pos += 2u + header[pos + 1];
	}
}

/* From behind the IPv6 header to the first header that is no extension; the
 * second and later fragments have none. */
static bool find_upper(const uint8_t *data, size_t len, uint8_t *ret_protocol,
		       size_t *ret_pos, struct in6_addr *ret_hoa)
{
	uint8_t protocol = data[6];
	size_t pos = HEADER_LEN, step;
	int i;

	for (i = 0; i < HEADERS_MAX; i++) {
		if (protocol != HOP_BY_HOP && protocol != ROUTING &&
		    protocol != FRAGMENT && protocol != DSTOPTS)
			break;
		if (len < pos + 8)
			return false;
		if (protocol != FRAGMENT)
			step = ((size_t)data[pos + 1] + 1) * 8;
		else if (get16(data + pos + 2) & 0xfff8)
			return false;
		else
			step = 8;
		if (protocol == DSTOPTS && len >= pos + step)
			find_hao(data + pos, step, ret_hoa);
		protocol = data[pos];
		pos += step;
	}
	*ret_protocol = protocol;
	*ret_pos = pos;
	return i < HEADERS_MAX;
}

bool flow_parse(const uint8_t *data, size_t len, struct kernel_flow *ret_flow,
		struct in6_addr *ret_coa)
{
	struct kernel_flow f = { .received = true };
	struct in6_addr src, hao = addr_any;
	size_t pos;

	if (len < HEADER_LEN || data[0] >> 4 != 6)
		return false;
	memcpy(&src, data + 8, sizeof(src));
	memcpy(&f.hoa, data + 24, sizeof(f.hoa));
	if (!find_upper(data, len, &f.protocol, &pos, &hao) ||
	    f.protocol == MOBILITY)
		return false;
	f.peer = addr_is_any(&hao) ? src : hao;
	if (!addr_is_routable(&f.peer) || !addr_is_routable(&f.hoa))
		return false;
	if ((f.protocol == TCP || f.protocol == UDP) && len >= pos + 4)
		f.peer_port = get16(data + pos);
	*ret_flow = f;
	*ret_coa = addr_is_any(&hao) ? addr_any : src;
	return true;
}

/* ---- who was told of ---- */

struct flow_id {
	struct in6_addr hoa, peer;
};

struct told {
	struct flow_id id;
	struct mtime until;
	UT_hash_handle hh;
};

struct flow_table {
	struct told *told; /* in the order in which they end */
};

struct flow_table *flow_table_new(void)
{
	return calloc(1, sizeof(struct flow_table));
}

static void drop(struct flow_table *t, struct told *e)
{
	HASH_DEL(t->told, e);
	free(e);
}

struct flow_table *flow_table_free(struct flow_table *t)
{
	while (t && t->told)
		drop(t, t->told);
	free(t);
	return NULL;
}

bool flow_table_is_quiet(struct flow_table *t, const struct kernel_flow *flow,
			 struct mtime now)
{
	struct flow_id id = { flow->hoa, flow->peer };
	struct told *e;

	while (t->told && !mtime_before(now, t->told->until))
		drop(t, t->told);
	HASH_FIND(hh, t->told, &id, sizeof(id), e);
	return e;
}

bool flow_table_ask(struct flow_table *t, const struct kernel_flow *flow,
		    struct mtime now)
{
	struct told *e;

	if (flow_table_is_quiet(t, flow, now))
		return false;
	if (HASH_COUNT(t->told) >= FLOW_MAX)
		drop(t, t->told);
	e = calloc(1, sizeof(*e));
	if (!e)
		return true;
	e->id = (struct flow_id){ flow->hoa, flow->peer };
	e->until = mtime_add_s(now, FLOW_QUIET_S);
	HASH_ADD(hh, t->told, id, sizeof(e->id), e);
	if (!e->hh.tbl)
		free(e);
	return true;
}
