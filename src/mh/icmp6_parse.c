/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Neighbour discovery messages to structures: RFC 4861 sections 4, 6.1.1,
 * 6.1.2, 7.1.1 and 7.1.2, with the Mobile IPv6 extensions of RFC 6275
 * sections 7.1 to 7.4.
 *
 * This file decides which messages are valid and which options of theirs are
 * heard.  Errors are read in icmp6_error.c, Mobile IPv6's own messages in
 * icmp6_mobile.c; what a valid message means is left to the roles.
 */
#include "icmp6_wire.h"

/* What the header said, for the checks that need it. */
struct envelope {
	const struct in6_addr *src, *dst;
	uint8_t hop_limit, code;
};

bool icmp6_walk_options(struct rbuf *b, option_fn *fn, void *arg)
{
	while (rbuf_left(b)) {
		uint8_t type = rbuf_u8(b);
		uint8_t units = rbuf_u8(b);
		struct rbuf content;

		if (!units || rbuf_left(b) < (size_t)units * 8 - 2)
			return false;
		rbuf_init(&content, b->data + b->pos, (size_t)units * 8 - 2);
		rbuf_skip(b, content.len);
		fn(&content, type, units, arg);
	}
	return !b->bad;
}

/* The option does not say how long the address is.  One unit holds an
 * IEEE 802 address; two units are used by links with 8 octets and 6 of
 * padding (RFC 4944 section 8).  No other link is known here. */
static void read_lladdr(struct rbuf *b, uint8_t units, struct lladdr *ret)
{
	if (units > 2 || ret->len)
		return;
	ret->len = units == 1 ? 6 : 8;
	rbuf_bytes(b, ret->addr, ret->len);
}

/* The rules for a prefix that is not to be used: RFC 4861 section 4.6.2,
 * RFC 4862 section 5.5.3 c). */
static bool is_usable(const struct ra_prefix *p)
{
	return !addr_is_multicast(&p->addr) && !addr_is_linklocal(&p->addr) &&
	       p->preferred_s <= p->valid_s;
}

void icmp6_read_prefix(struct rbuf *b, struct ra_prefix *prefixes,
		       unsigned int *n_prefixes)
{
	struct ra_prefix p = { 0 };
	uint8_t len = rbuf_u8(b);
	uint8_t flags = rbuf_u8(b);

	p.on_link = flags & PREFIX_FLAG_L;
	p.autonomous = flags & PREFIX_FLAG_A;
	p.router_addr = flags & PREFIX_FLAG_R;
	p.valid_s = rbuf_u32(b);
	p.preferred_s = rbuf_u32(b);
	rbuf_skip(b, 4);
	p.addr = rbuf_addr(b);
	if (len > 128 || *n_prefixes == RA_MAX_PREFIXES || !is_usable(&p))
		return;
	p.prefix = prefix_of(&p.addr, len);
	prefixes[(*n_prefixes)++] = p;
}

static void read_ha_info(struct rbuf *b, struct icmp6_ra *ra)
{
	/* Without the H bit it must not be there (RFC 6275 section 7.4). */
	if (!ra->home_agent || ra->has_ha_info)
		return;
	rbuf_skip(b, 2);
	ra->has_ha_info = true;
	ra->ha_preference = rbuf_u16(b);
	ra->ha_lifetime_s = rbuf_u16(b);
}

static void ra_option(struct rbuf *b, uint8_t type, uint8_t units, void *arg)
{
	struct icmp6_ra *ra = arg;

	if (type == ND_OPT_SOURCE_LLADDR) {
		read_lladdr(b, units, &ra->source_lladdr);
	} else if (type == ND_OPT_PREFIX && units == PREFIX_UNITS) {
		icmp6_read_prefix(b, ra->prefixes, &ra->n_prefixes);
	} else if (type == ND_OPT_INTERVAL && units == 1) {
		rbuf_skip(b, 2);
		ra->interval_ms = rbuf_u32(b);
	} else if (type == ND_OPT_HA_INFO && units == 1) {
		read_ha_info(b, ra);
	}
}

static bool parse_ra(struct rbuf *b, const struct envelope *env,
		     struct icmp6_ra *ra)
{
	uint8_t flags;

	if (!addr_is_linklocal(env->src))
		return false;
	ra->cur_hop_limit = rbuf_u8(b);
	flags = rbuf_u8(b);
	ra->managed = flags & RA_FLAG_M;
	ra->other = flags & RA_FLAG_O;
	ra->home_agent = flags & RA_FLAG_H;
	ra->router_lifetime_s = rbuf_u16(b);
	ra->ha_lifetime_s = ra->router_lifetime_s;
	ra->reachable_ms = rbuf_u32(b);
	ra->retrans_ms = rbuf_u32(b);
	return icmp6_walk_options(b, ra_option, ra);
}

struct lladdr_search {
	uint8_t type;
	bool found; /* even where the address is one that we cannot read */
	struct lladdr *ret;
};

static void search_option(struct rbuf *b, uint8_t type, uint8_t units,
			  void *arg)
{
	struct lladdr_search *search = arg;

	if (type != search->type)
		return;
	search->found = true;
	read_lladdr(b, units, search->ret);
}

/* RFC 4861 section 6.1.1. */
static bool parse_rs(struct rbuf *b, const struct envelope *env,
		     struct icmp6_rs *rs)
{
	struct lladdr_search search = { .type = ND_OPT_SOURCE_LLADDR,
					.ret = &rs->source_lladdr };

	rbuf_skip(b, 4);
	if (!icmp6_walk_options(b, search_option, &search))
		return false;
	return !addr_is_any(env->src) || !search.found;
}

static bool is_solicited_node(const struct in6_addr *a)
{
	struct in6_addr group = addr_solicited_node(a);

	return addr_eq(a, &group);
}

static bool parse_ns(struct rbuf *b, const struct envelope *env,
		     struct icmp6_ns *ns)
{
	struct lladdr_search search = { .type = ND_OPT_SOURCE_LLADDR,
					.ret = &ns->source_lladdr };

	rbuf_skip(b, 4);
	ns->target = rbuf_addr(b);
	if (addr_is_multicast(&ns->target) ||
	    !icmp6_walk_options(b, search_option, &search))
		return false;
	return !addr_is_any(env->src) ||
	       (is_solicited_node(env->dst) && !search.found);
}

static bool parse_na(struct rbuf *b, const struct envelope *env,
		     struct icmp6_na *na)
{
	struct lladdr_search search = { .type = ND_OPT_TARGET_LLADDR,
					.ret = &na->target_lladdr };
	uint32_t flags = rbuf_u32(b);

	na->router = flags & NA_FLAG_R;
	na->solicited = flags & NA_FLAG_S;
	na->override = flags & NA_FLAG_O;
	na->target = rbuf_addr(b);
	if (addr_is_multicast(&na->target) ||
	    (na->solicited && addr_is_multicast(env->dst)))
		return false;
	return icmp6_walk_options(b, search_option, &search);
}

static bool parse_nd(struct rbuf *b, const struct envelope *env,
		     struct icmp6_msg *msg)
{
	if (env->hop_limit != 255 || env->code != 0)
		return false;
	if (msg->type == ICMP6_RS)
		return parse_rs(b, env, &msg->rs);
	if (msg->type == ICMP6_RA)
		return parse_ra(b, env, &msg->ra);
	if (msg->type == ICMP6_NS)
		return parse_ns(b, env, &msg->ns);
	return parse_na(b, env, &msg->na);
}

static bool is_nd(uint8_t type)
{
	return type >= ICMP6_RS && type <= ICMP6_NA;
}

static bool is_mobile(uint8_t type)
{
	return type >= ICMP6_HAAD_REQUEST && type <= ICMP6_MPA;
}

static bool is_error(uint8_t type)
{
	return type >= ICMP6_DEST_UNREACH_T && type <= ICMP6_PARAM_PROB_T;
}

enum icmp6_verdict icmp6_parse(const uint8_t *data, size_t len,
			       const struct in6_addr *src,
			       const struct in6_addr *dst, uint8_t hop_limit,
			       bool check_sum, struct icmp6_msg *ret_msg)
{
	struct envelope env = { .src = src,
				.dst = dst,
				.hop_limit = hop_limit };
	struct icmp6_msg msg = { 0 };
	enum icmp6_verdict verdict = ICMP6_BAD;
	struct rbuf b;

	rbuf_init(&b, data, len);
	msg.type = rbuf_u8(&b);
	msg.code = rbuf_u8(&b);
	rbuf_skip(&b, 2);
	if (b.bad)
		return ICMP6_BAD;
	if (!is_nd(msg.type) && !is_error(msg.type) && !is_mobile(msg.type))
		return ICMP6_IGNORED;
	/* Nobody can be a group (RFC 4291 section 2.7); the kernel has seen to
	 * it but for frames of a packet socket, which check_sum is for. */
	if (addr_is_multicast(src))
		return ICMP6_BAD;
	if (check_sum && buf_checksum6(src, dst, ICMP6_PROTO, data, len))
		return ICMP6_BAD;
	env.code = msg.code;
	if (is_error(msg.type))
		verdict = icmp6_parse_error(&b, &msg.error);
	else if (is_mobile(msg.type) && !icmp6_parse_mobile(&b, &msg))
		verdict = ICMP6_BAD;
	else if (is_mobile(msg.type) || parse_nd(&b, &env, &msg))
		verdict = b.bad ? ICMP6_BAD : ICMP6_OK;
	if (verdict == ICMP6_OK)
		*ret_msg = msg;
	return verdict;
}
