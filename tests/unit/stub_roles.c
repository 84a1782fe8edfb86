/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Roles that do nothing but keep a list of what they were told.
 */
#include "tests/unit/stub_roles.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct stub_roles stub;

struct ha {
	int unused;
};

struct mn {
	int unused;
};

void stub_clear(void)
{
	memset(&stub, 0, sizeof(stub));
}

static void __attribute__((format(printf, 1, 2))) told(const char *fmt, ...)
{
	size_t n = strlen(stub.calls);
	va_list ap;

	if (n)
		stub.calls[n++] = ' ';
	va_start(ap, fmt);
	vsnprintf(stub.calls + n, sizeof(stub.calls) - n, fmt, ap);
	va_end(ap);
}

int ha_new(const struct role_env *env, const struct conf_ha *conf,
	   struct mtime now, struct ha **ret_ha)
{
	(void)env;
	(void)now;
	told("ha_new");
	stub.ha_max_bindings = conf->max_bindings;
	if (!stub.ha_err)
		*ret_ha = calloc(1, sizeof(**ret_ha));
	return stub.ha_err;
}

struct ha *ha_free(struct ha *ha)
{
	told("ha_free");
	free(ha);
	return NULL;
}

void ha_reload(struct ha *ha, const struct conf_ha *conf, struct mtime now)
{
	(void)ha;
	(void)now;
	told("ha_reload");
	stub.ha_max_bindings = conf->max_bindings;
}

void ha_on_bu(struct ha *ha, const struct packet *pkt, const struct mh_msg *msg,
	      struct mtime now)
{
	(void)ha;
	(void)pkt;
	(void)now;
	told("ha_on_bu(%u)", msg->bu.seq);
}

void ha_on_icmp6(struct ha *ha, const struct packet *pkt,
		 const struct icmp6_msg *msg, struct mtime now)
{
	(void)ha;
	(void)pkt;
	(void)now;
	told("ha_on_icmp6(%u)", msg->type);
}

void ha_on_kernel(struct ha *ha, const struct kernel_event *ev,
		  struct mtime now)
{
	(void)ha;
	(void)now;
	told("ha_on_kernel(%d)", (int)ev->type);
}

struct bcache *ha_bcache(struct ha *ha)
{
	(void)ha;
	return stub.bc;
}

bool ha_link_is_up(const struct ha *ha, unsigned int link)
{
	(void)ha;
	(void)link;
	return stub.link_up;
}

int mn_new(const struct role_env *env, const struct conf_mn *conf,
	   struct mtime now, struct mn **ret_mn)
{
	(void)env;
	(void)now;
	told("mn_new");
	stub.mn_retry_s = conf->retry_s;
	if (!stub.mn_err)
		*ret_mn = calloc(1, sizeof(**ret_mn));
	return stub.mn_err;
}

struct mn *mn_free(struct mn *mn)
{
	told("mn_free");
	free(mn);
	return NULL;
}

void mn_reload(struct mn *mn, const struct conf_mn *conf, struct mtime now)
{
	(void)mn;
	(void)now;
	told("mn_reload");
	stub.mn_retry_s = conf->retry_s;
}

void mn_stop(struct mn *mn, struct mtime now)
{
	(void)mn;
	(void)now;
	told("mn_stop");
}

bool mn_is_stopped(const struct mn *mn)
{
	(void)mn;
	return stub.mn_stopped;
}

void mn_on_ba(struct mn *mn, const struct packet *pkt, const struct mh_msg *msg,
	      struct mtime now)
{
	(void)mn;
	(void)pkt;
	(void)now;
	told("mn_on_ba(%u)", msg->ba.status);
}

void mn_on_be(struct mn *mn, const struct packet *pkt, const struct mh_msg *msg,
	      struct mtime now)
{
	(void)mn;
	(void)pkt;
	(void)now;
	told("mn_on_be(%u)", msg->be.status);
}

void mn_on_icmp6(struct mn *mn, const struct packet *pkt,
		 const struct icmp6_msg *msg, struct mtime now)
{
	(void)mn;
	(void)pkt;
	(void)now;
	told("mn_on_icmp6(%u)", msg->type);
}

void mn_on_kernel(struct mn *mn, const struct kernel_event *ev,
		  struct mtime now)
{
	(void)mn;
	(void)now;
	told("mn_on_kernel(%d)", (int)ev->type);
}

struct bul *mn_bul(struct mn *mn)
{
	(void)mn;
	return stub.bul;
}

void mn_walk_ifaces(struct mn *mn, mn_iface_fn *fn, void *arg)
{
	unsigned int i;

	(void)mn;
	for (i = 0; i < stub.n_ifaces; i++)
		fn(arg, &stub.ifaces[i]);
}

void mn_walk_addrs(struct mn *mn, int ifindex, mn_addr_fn *fn, void *arg)
{
	unsigned int i;

	(void)mn;
	(void)ifindex;
	for (i = 0; i < stub.n_addrs; i++)
		fn(arg, &stub.addrs[i]);
}

void mn_walk_coa(struct mn *mn, mn_coa_fn *fn, void *arg)
{
	unsigned int i;

	(void)mn;
	for (i = 0; i < stub.n_coas; i++)
		fn(arg, &stub.coas[i]);
}

const char *mn_addr_state_str(enum mn_addr_state state)
{
	return state == MN_ADDR_PREFERRED ? "preferred" : "other";
}
