/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A daemon with roles that only listen: what is sent to it, who hears of it.
 */
#include "tests/unit/dispatch_world.h"

#include <stdlib.h>
#include <string.h>

const struct mtime t0 = { 1000000 };

struct kernel *kernel;
struct transport *transport;
struct daemon *d;

struct in6_addr addr(const char *text)
{
	struct in6_addr a;

	UNIT_NEED(!addr_parse(text, &a));
	return a;
}

static struct conf *conf_new(bool ha, bool cn, bool mn)
{
	struct conf *conf = calloc(1, sizeof(*conf));

	UNIT_NEED(conf != NULL);
	conf->ha.security = conf->mn.security = CONF_SECURITY_INSECURE;
	conf->ha.on = ha;
	conf->cn.on = cn;
	conf->mn.on = mn;
	return conf;
}

static void ignore_event(void *arg, const struct kernel_event *ev)
{
	(void)arg;
	(void)ev;
}

void setup(bool ha, bool cn, bool mn)
{
	struct role_env env = { 0 };

	stub_clear();
	fake_log_clear();
	transport = fake_transport_new();
	env.transport = transport;
	kernel = fake_kernel_new(ignore_event, NULL);
	env.kernel = kernel;
	UNIT_NEED(!daemon_new(&env, conf_new(ha, cn, mn), t0, &d));
	stub.calls[0] = '\0';
}

void teardown(void)
{
	d = daemon_free(d);
	kernel = fake_kernel_free(kernel);
	transport = fake_transport_free(transport);
	UNIT_EQ(fake_faults(), 0);
}

uint64_t counter(enum counter c)
{
	return daemon_counters(d)->v[c];
}

struct packet packet(bool has_hao)
{
	struct packet pkt = {
		.src = addr("2001:db8:1::100"),
		.dst = addr("2001:db8:1::1"),
		.wire_src = addr("2001:db8:1::100"),
		.wire_dst = addr("2001:db8:1::1"),
		.has_hao = has_hao,
		.ifindex = 2,
		.hop_limit = 64,
		.when = t0,
	};

	if (has_hao)
		pkt.wire_src = addr("2001:db8:a::5");
	return pkt;
}

void send_octets(struct packet *pkt, uint8_t *buf, size_t len)
{
	mh_set_checksum(buf, len, &pkt->src, &pkt->dst);
	pkt->data = buf;
	pkt->len = len;
	daemon_on_mh(d, pkt);
}

void send_msg(struct packet *pkt, const struct mh_msg *msg)
{
	uint8_t buf[MH_MAX_LEN];
	int len = mh_build(msg, buf, sizeof(buf));

	UNIT_NEED(len > 0);
	send_octets(pkt, buf, (size_t)len);
}

void send_type(struct packet *pkt, unsigned int type)
{
	uint8_t buf[] = { 59, 0, (uint8_t)type, 0, 0, 0, 0, 0 };

	send_octets(pkt, buf, sizeof(buf));
}

struct mh_msg bu(uint16_t flags)
{
	return (struct mh_msg){
		.type = MH_BU,
		.bu = { .seq = 7, .flags = flags, .lifetime_4s = 100 },
	};
}
