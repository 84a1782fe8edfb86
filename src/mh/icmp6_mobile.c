/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ICMPv6 messages of Mobile IPv6 itself: RFC 6275 sections 6.5 to 6.8.
 *
 * This file decides their octets, in both directions.  Their Reserved fields
 * are ignored, options that are not known are skipped.  Who may ask, and what
 * is answered, is left to the roles.
 */
#include "icmp6_wire.h"

#include <errno.h>

static bool read_addrs(struct rbuf *b, struct icmp6_haad_reply *reply)
{
	if (rbuf_left(b) % sizeof(struct in6_addr))
		return false;
	while (rbuf_left(b) && reply->n_addrs < HAAD_MAX_ADDRS)
		reply->addrs[reply->n_addrs++] = rbuf_addr(b);
	return true;
}

static void mpa_option(struct rbuf *b, uint8_t type, uint8_t units, void *arg)
{
	struct icmp6_mpa *mpa = arg;

	if (type == ND_OPT_PREFIX && units == PREFIX_UNITS)
		icmp6_read_prefix(b, mpa->prefixes, &mpa->n_prefixes);
}

static void no_option(struct rbuf *b, uint8_t type, uint8_t units, void *arg)
{
	(void)b;
	(void)type;
	(void)units;
	(void)arg;
}

bool icmp6_parse_mobile(struct rbuf *b, struct icmp6_msg *msg)
{
	uint16_t id = rbuf_u16(b), flags = rbuf_u16(b);

	if (b->bad || msg->code)
		return false;
	switch ((enum icmp6_type)msg->type) {
	case ICMP6_HAAD_REQUEST:
		msg->request.id = id;
		return true;
	case ICMP6_HAAD_REPLY:
		msg->reply.id = id;
		return read_addrs(b, &msg->reply);
	case ICMP6_MPS:
		msg->request.id = id;
		return icmp6_walk_options(b, no_option, NULL);
	case ICMP6_MPA:
		msg->mpa.id = id;
		msg->mpa.managed = flags & MPA_FLAG_M;
		msg->mpa.other = flags & MPA_FLAG_O;
		return icmp6_walk_options(b, mpa_option, &msg->mpa);
	case ICMP6_DEST_UNREACH_T:
	case ICMP6_TOO_BIG_T:
	case ICMP6_TIME_EXCEEDED_T:
	case ICMP6_PARAM_PROB_T:
	case ICMP6_RS:
	case ICMP6_RA:
	case ICMP6_NS:
	case ICMP6_NA:
		break;
	}
	return false;
}

static void begin(struct wbuf *b, enum icmp6_type type, uint16_t id,
		  uint16_t flags, uint8_t *buf, size_t size)
{
	icmp6_begin(b, type, buf, size);
	wbuf_u16(b, id);
	wbuf_u16(b, flags);
}

static int finish(const struct wbuf *b)
{
	return b->bad ? -EMSGSIZE : (int)b->len;
}

int icmp6_build_haad_request(uint16_t id, uint8_t *buf, size_t size)
{
	struct wbuf b;

	begin(&b, ICMP6_HAAD_REQUEST, id, 0, buf, size);
	return finish(&b);
}

int icmp6_build_haad_reply(const struct icmp6_haad_reply *reply, uint8_t *buf,
			   size_t size)
{
	struct wbuf b;
	unsigned int i;

	begin(&b, ICMP6_HAAD_REPLY, reply->id, 0, buf, size);
	for (i = 0; i < reply->n_addrs; i++)
		wbuf_addr(&b, &reply->addrs[i]);
	return finish(&b);
}

int icmp6_build_mps(uint16_t id, uint8_t *buf, size_t size)
{
	struct wbuf b;

	begin(&b, ICMP6_MPS, id, 0, buf, size);
	return finish(&b);
}

int icmp6_build_mpa(const struct icmp6_mpa *mpa, uint8_t *buf, size_t size)
{
	uint16_t flags = 0;
	struct wbuf b;
	unsigned int i;

	if (mpa->managed)
		flags |= MPA_FLAG_M;
	if (mpa->other)
		flags |= MPA_FLAG_O;
	begin(&b, ICMP6_MPA, mpa->id, flags, buf, size);
	for (i = 0; i < mpa->n_prefixes; i++)
		icmp6_put_prefix(&b, &mpa->prefixes[i]);
	return finish(&b);
}
