/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * transport.h in memory: Mobile IPv6's own ICMPv6 messages, anycast
 * addresses, and hearing the machine's own router advertisements.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "mip6d/buf.h"
#include "tests/fake/fake.h"
#include "tests/fake/fake_priv.h"

static void icmp6_check(const struct mh_send *msg)
{
	if (msg->len < 8 || msg->data[0] < ICMP6_HAAD_REQUEST ||
	    msg->data[0] > ICMP6_MPA)
		fake_fault("send_icmp6: type %u, length %zu",
			   msg->len ? msg->data[0] : 0, msg->len);
	else if (msg->data[2] || msg->data[3])
		fake_fault("send_icmp6: checksum is not left 0");
	if (msg->len + 40 + (msg->rh2 ? 24 : 0) > 1280)
		fake_fault("send_icmp6: %zu octets do not fit the minimum MTU",
			   msg->len);
	if (addr_is_any(&msg->dst) || addr_is_multicast(&msg->dst) ||
	    (msg->rh2 && addr_is_any(&msg->coa)))
		fake_fault("send_icmp6: destination %s via %s",
			   addr_str(&msg->dst), addr_str(&msg->coa));
	if (!addr_is_routable(&msg->src))
		fake_fault("send_icmp6: source %s", addr_str(&msg->src));
}

int transport_send_icmp6(struct transport *t, const struct mh_send *msg)
{
	struct fake_msg m = { .is_icmp6 = true, .mh = *msg, .len = msg->len };
	uint16_t sum;

	if (msg->hao)
		return -EOPNOTSUPP;
	icmp6_check(msg);
	if (msg->len < 8 || msg->len > sizeof(m.data))
		return -EMSGSIZE;
	memcpy(m.data, msg->data, msg->len);
	sum = buf_checksum6(&msg->src, &msg->dst, ICMP6_PROTO, m.data, m.len);
	m.data[2] = (uint8_t)(sum >> 8);
	m.data[3] = (uint8_t)sum;
	m.mh.data = m.data;
	return fake_msg_deliver(t, &m);
}

bool fake_msg_parse_icmp6(const struct fake_msg *m, struct icmp6_msg *ret_msg)
{
	enum icmp6_verdict v;

	if (!m->is_icmp6) {
		fake_fault("an ICMPv6 message was expected");
		return false;
	}
	v = icmp6_parse(m->data, m->len, &m->mh.src, &m->mh.dst, 64, true,
			ret_msg);
	if (v != ICMP6_OK)
		fake_fault("sent ICMPv6 message is malformed (%d)", (int)v);
	return v == ICMP6_OK;
}

static struct fake_anycast *anycast_find(struct transport *t, int ifindex,
					 const struct in6_addr *addr)
{
	unsigned int i;

	for (i = 0; i < t->n_anycast; i++)
		if (t->anycast[i].ifindex == ifindex &&
		    addr_eq(&t->anycast[i].addr, addr))
			return &t->anycast[i];
	return NULL;
}

int transport_anycast(struct transport *t, int ifindex,
		      const struct in6_addr *addr, bool on)
{
	struct fake_anycast *a = anycast_find(t, ifindex, addr);

	if (!addr_is_routable(addr))
		fake_fault("anycast: %s", addr_str(addr));
	if (!on) {
		if (!a) {
			fake_fault("anycast: %s on %d is not joined",
				   addr_str(addr), ifindex);
			return -ENOENT;
		}
		*a = t->anycast[--t->n_anycast];
		return 0;
	}
	if (t->anycast_err)
		return t->anycast_err;
	if (a || t->n_anycast == FAKE_ANYCAST) {
		fake_fault("anycast: %s on %d twice, or too many",
			   addr_str(addr), ifindex);
		return -ENOBUFS;
	}
	t->anycast[t->n_anycast++] = (struct fake_anycast){ ifindex, *addr };
	return 0;
}

bool fake_transport_has_anycast(const struct transport *t, int ifindex,
				const char *addr)
{
	struct in6_addr a;

	return inet_pton(AF_INET6, addr, &a) == 1 &&
	       anycast_find((struct transport *)(uintptr_t)t, ifindex, &a);
}

int transport_ra_listen(struct transport *t, int ifindex, bool on)
{
	bool was = fake_transport_ra_listening(t, ifindex);
	unsigned int i;

	if (was == on) {
		fake_fault("ra_listen: %d is %s already", ifindex,
			   on ? "on" : "off");
		return 0;
	}
	for (i = 0; i < FAKE_LISTEN; i++)
		if (t->ra_listen[i] == (on ? 0 : ifindex)) {
			t->ra_listen[i] = on ? ifindex : 0;
			return 0;
		}
	return -ENOBUFS;
}

bool fake_transport_ra_listening(const struct transport *t, int ifindex)
{
	unsigned int i;

	for (i = 0; i < FAKE_LISTEN; i++)
		if (t->ra_listen[i] == ifindex)
			return true;
	return false;
}

bool fake_transport_is_bare(const struct transport *t)
{
	unsigned int i;

	for (i = 0; i < FAKE_LISTEN; i++)
		if (t->ra_listen[i])
			return false;
	return !t->n_anycast && !t->mps_listen && !t->mpa_clear && !t->mpa_esp;
}

int transport_mps_listen(struct transport *t, bool on, bool esp)
{
	(void)esp;
	if (t->mps_listen == on)
		fake_fault("mps_listen: is %s already", on ? "on" : "off");
	t->mps_listen = on;
	return 0;
}

int transport_mpa_listen(struct transport *t, bool clear, bool esp)
{
	if (t->mpa_clear == clear && t->mpa_esp == esp)
		fake_fault("mpa_listen: is so already");
	t->mpa_clear = clear;
	t->mpa_esp = esp;
	return 0;
}
