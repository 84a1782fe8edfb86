/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * transport.h in memory: keeps what was sent, counts the nesting of
 * transport_nd_listen, judges the form of what is sent.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/buf.h"
#include "tests/fake/fake.h"
#include "tests/fake/fake_priv.h"

struct transport *fake_transport_new(void)
{
	struct transport *t = calloc(1, sizeof(*t));

	if (!t)
		abort();
	t->tail = &t->head;
	return t;
}

struct transport *fake_transport_free(struct transport *t)
{
	if (t) {
		fake_transport_forget(t);
		free(t);
	}
	return NULL;
}

int fake_msg_deliver(struct transport *t, const struct fake_msg *msg)
{
	struct fake_msg *copy;

	if (t->send_err)
		return t->send_err;
	if (t->on_send)
		return t->on_send(t->arg, msg);
	copy = malloc(sizeof(*copy));
	if (!copy)
		abort();
	*copy = *msg;
	copy->mh.data = copy->nd.data = copy->data;
	copy->nd.lldst = msg->nd.lldst ? &copy->lldst : NULL;
	copy->next = NULL;
	*t->tail = copy;
	t->tail = &copy->next;
	t->n_sent++;
	return 0;
}

/* RFC 6275 section 6.3: the source on the wire is a care-of address of ours,
 * and the packet goes straight to its destination. */
static void hao_check(const struct kernel *k, const struct mh_send *msg)
{
	unsigned int i;
	bool found = !k;

	if (!addr_is_routable(&msg->hao_coa) ||
	    addr_eq(&msg->hao_coa, &msg->src))
		fake_fault("send_mh: %s at care-of address %s",
			   addr_str(&msg->src), addr_str(&msg->hao_coa));
	if (msg->ifindex >= FAKE_HA_TUNNEL_IFINDEX)
		fake_fault("send_mh: a Home Address option through tunnel %d",
			   msg->ifindex);
	for (i = 0; k && i < k->n_addrs; i++)
		found |= addr_eq(&k->addrs[i].addr, &msg->hao_coa) &&
			 k->addrs[i].ifindex < FAKE_HA_TUNNEL_IFINDEX;
	if (!found)
		fake_fault("send_mh: care-of address %s is not ours",
			   addr_str(&msg->hao_coa));
}

static void mh_check(const struct mh_send *msg)
{
	if (msg->len < 8 || msg->len % 8 || msg->len > MH_MAX_LEN)
		fake_fault("send_mh: length %zu", msg->len);
	else if (msg->data[0] != 59 || msg->data[1] != msg->len / 8 - 1)
		fake_fault("send_mh: proto %u, header length %u for %zu octets",
			   msg->data[0], msg->data[1], msg->len);
	else if (msg->data[4] || msg->data[5])
		fake_fault("send_mh: checksum is not left 0");
	if (addr_is_any(&msg->dst) || addr_is_multicast(&msg->dst) ||
	    (msg->rh2 && addr_is_any(&msg->coa)))
		fake_fault("send_mh: destination %s via %s",
			   addr_str(&msg->dst), addr_str(&msg->coa));
	if (addr_is_any(&msg->src) || addr_is_multicast(&msg->src))
		fake_fault("send_mh: source %s", addr_str(&msg->src));
}

int transport_send_mh(struct transport *t, const struct mh_send *msg)
{
	struct fake_msg m = { .mh = *msg, .len = msg->len };
	int err;

	mh_check(msg);
	if (msg->hao)
		hao_check(t->kernel, msg);
	if (msg->len < 8 || msg->len > sizeof(m.data))
		return -EMSGSIZE;
	memcpy(m.data, msg->data, msg->len);
	mh_set_checksum(m.data, m.len, &msg->src, &msg->dst);
	m.mh.data = m.data;
	err = fake_msg_deliver(t, &m);
	t->total_mh += !err;
	return err;
}

static void nd_check(const struct nd_send *msg)
{
	if (msg->ifindex <= 0)
		fake_fault("send_nd: interface %d", msg->ifindex);
	if (!msg->lldst && !addr_is_multicast(&msg->dst))
		fake_fault("send_nd: unicast %s without a frame address",
			   addr_str(&msg->dst));
	if (buf_checksum6(&msg->src, &msg->dst, ICMP6_PROTO, msg->data,
			  msg->len))
		fake_fault("send_nd: wrong checksum");
}

int transport_send_nd(struct transport *t, const struct nd_send *msg)
{
	struct fake_msg m = { .is_nd = true, .nd = *msg, .len = msg->len };
	int err;

	nd_check(msg);
	if (msg->len > sizeof(m.data))
		return -EMSGSIZE;
	memcpy(m.data, msg->data, msg->len);
	m.nd.data = m.data;
	if (msg->lldst) {
		m.lldst = *msg->lldst;
		m.nd.lldst = &m.lldst;
	}
	err = fake_msg_deliver(t, &m);
	t->total_nd += !err;
	return err;
}

int transport_nd_listen(struct transport *t, int ifindex, bool on)
{
	unsigned int i, place = FAKE_LISTEN;

	for (i = 0; i < FAKE_LISTEN; i++) {
		if (t->listen[i].depth && t->listen[i].ifindex == ifindex)
			break;
		if (!t->listen[i].depth)
			place = i;
	}
	if (i == FAKE_LISTEN)
		i = place;
	if (!on && (i == FAKE_LISTEN || !t->listen[i].depth)) {
		fake_fault("nd_listen: more stops than starts on %d", ifindex);
		return 0;
	}
	if (i == FAKE_LISTEN)
		return -ENOBUFS;
	t->listen[i].ifindex = ifindex;
	if (on)
		t->listen[i].depth++;
	else
		t->listen[i].depth--;
	return 0;
}

unsigned int fake_transport_listening(const struct transport *t, int ifindex)
{
	unsigned int i;

	for (i = 0; i < FAKE_LISTEN; i++)
		if (t->listen[i].depth && t->listen[i].ifindex == ifindex)
			return t->listen[i].depth;
	return 0;
}

bool fake_transport_is_quiet(const struct transport *t)
{
	unsigned int i;

	for (i = 0; i < FAKE_LISTEN; i++)
		if (t->listen[i].depth)
			return false;
	return true;
}

struct fake_msg *fake_transport_take(struct transport *t)
{
	struct fake_msg *m = t->head;

	if (!m)
		return NULL;
	t->head = m->next;
	if (!t->head)
		t->tail = &t->head;
	t->n_sent--;
	m->next = NULL;
	return m;
}

void fake_transport_forget(struct transport *t)
{
	struct fake_msg *m;

	while ((m = fake_transport_take(t)))
		free(m);
}

bool fake_msg_parse_mh(const struct fake_msg *m, struct mh_msg *ret_msg)
{
	enum mh_verdict v;

	if (m->is_nd || m->is_icmp6) {
		fake_fault("a Mobility Header was expected, not ICMPv6");
		return false;
	}
	v = mh_parse(m->data, m->len, &m->mh.src, &m->mh.dst, ret_msg);
	if (v != MH_OK)
		fake_fault("sent Mobility Header is malformed (%d)", (int)v);
	return v == MH_OK;
}

bool fake_msg_parse_nd(const struct fake_msg *m, struct icmp6_msg *ret_msg)
{
	enum icmp6_verdict v;

	if (!m->is_nd) {
		fake_fault("ND was expected, not a Mobility Header");
		return false;
	}
	v = icmp6_parse(m->data, m->len, &m->nd.src, &m->nd.dst, 255, true,
			ret_msg);
	if (v != ICMP6_OK)
		fake_fault("sent ND message is malformed (%d)", (int)v);
	return v == ICMP6_OK;
}

bool fake_transport_take_mh(struct transport *t, struct mh_msg *ret_msg,
			    struct mh_send *ret_send)
{
	struct fake_msg *m = fake_transport_take(t);
	bool ok;

	if (!m)
		return false;
	ok = fake_msg_parse_mh(m, ret_msg);
	if (ok && ret_send) {
		*ret_send = m->mh;
		ret_send->data = NULL;
	}
	free(m);
	return ok;
}

bool fake_transport_take_nd(struct transport *t, struct icmp6_msg *ret_msg,
			    struct nd_send *ret_send)
{
	struct fake_msg *m = fake_transport_take(t);
	static struct lladdr lldst;
	bool ok;

	if (!m)
		return false;
	ok = fake_msg_parse_nd(m, ret_msg);
	if (ok && ret_send) {
		*ret_send = m->nd;
		ret_send->data = NULL;
		lldst = m->lldst;
		ret_send->lldst = m->nd.lldst ? &lldst : NULL;
	}
	free(m);
	return ok;
}
