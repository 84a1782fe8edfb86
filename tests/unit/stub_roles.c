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

struct cn {
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

bool ha_is_registered(struct ha *ha, const struct in6_addr *local,
		      const struct in6_addr *hoa)
{
	(void)ha;
	(void)local;
	(void)hoa;
	return stub.ha_registered;
}

const char *ha_identity(struct bcache_entry *e)
{
	return e->flags & BU_FLAG_L ? "alice@example.org" : NULL;
}

bool ha_is_bound_at(struct ha *ha, const struct in6_addr *hoa,
		    const struct in6_addr *coa)
{
	(void)ha;
	(void)hoa;
	(void)coa;
	return stub.ha_bound_at;
}

uint64_t ha_rule_hits(const struct ha *ha, unsigned int rule)
{
	(void)ha;
	return 10 + rule;
}

unsigned int ha_rule_bindings(const struct ha *ha, unsigned int rule)
{
	(void)ha;
	return rule;
}

uint64_t ha_default_hits(const struct ha *ha)
{
	(void)ha;
	return 7;
}

bool ha_link_is_up(const struct ha *ha, unsigned int link)
{
	(void)ha;
	(void)link;
	return stub.link_up;
}

int cn_new(const struct role_env *env, const struct conf_cn *conf,
	   struct mtime now, struct cn **ret_cn)
{
	(void)env;
	(void)now;
	told("cn_new");
	stub.cn_max_lifetime_s = conf->max_lifetime_s;
	if (!stub.cn_err)
		*ret_cn = calloc(1, sizeof(**ret_cn));
	return stub.cn_err;
}

struct cn *cn_free(struct cn *cn)
{
	told("cn_free");
	free(cn);
	return NULL;
}

void cn_reload(struct cn *cn, const struct conf_cn *conf, struct mtime now)
{
	(void)cn;
	(void)now;
	told("cn_reload");
	stub.cn_max_lifetime_s = conf->max_lifetime_s;
}

void cn_on_test_init(struct cn *cn, const struct packet *pkt,
		     const struct mh_msg *msg, struct mtime now)
{
	(void)cn;
	(void)pkt;
	(void)now;
	told("cn_on_test_init(%u)", msg->type);
}

void cn_on_bu(struct cn *cn, const struct packet *pkt, const struct mh_msg *msg,
	      struct mtime now)
{
	(void)cn;
	(void)pkt;
	(void)now;
	told("cn_on_bu(%u)", msg->bu.seq);
}

void cn_refuse_type_change(struct cn *cn, const struct packet *pkt,
			   const struct mh_msg *msg, struct mtime now)
{
	(void)cn;
	(void)pkt;
	(void)now;
	told("cn_refuse_type_change(%u)", msg->bu.seq);
}

void cn_on_icmp6(struct cn *cn, const struct packet *pkt,
		 const struct icmp6_msg *msg, struct mtime now)
{
	(void)cn;
	(void)pkt;
	(void)now;
	told("cn_on_icmp6(%u)", msg->type);
}

void cn_on_kernel(struct cn *cn, const struct kernel_event *ev,
		  struct mtime now)
{
	(void)cn;
	(void)now;
	told("cn_on_kernel(%d)", (int)ev->type);
}

bool cn_is_registered(struct cn *cn, const struct in6_addr *local,
		      const struct in6_addr *hoa)
{
	(void)cn;
	(void)local;
	(void)hoa;
	return stub.cn_registered;
}

struct bcache *cn_bcache(struct cn *cn)
{
	(void)cn;
	return stub.cn_bc;
}

void cn_entry_info(struct bcache_entry *e, struct cn_entry_info *ret_info)
{
	(void)e;
	*ret_info = *stub.cn_info;
}

uint64_t cn_rule_hits(const struct cn *cn, unsigned int rule)
{
	(void)cn;
	return stub.hits - rule;
}

uint64_t cn_default_hits(const struct cn *cn)
{
	(void)cn;
	return stub.hits + 1;
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

void mn_on_test(struct mn *mn, const struct packet *pkt,
		const struct mh_msg *msg, struct mtime now)
{
	(void)mn;
	(void)pkt;
	(void)now;
	told("mn_on_test(%u)", msg->type);
}

void mn_on_ike(struct mn *mn, const struct in6_addr *hoa, struct mtime now)
{
	(void)mn;
	(void)hoa;
	(void)now;
	told("mn_on_ike");
}

void mn_on_brr(struct mn *mn, const struct packet *pkt,
	       const struct mh_msg *msg, struct mtime now)
{
	(void)mn;
	(void)pkt;
	(void)msg;
	(void)now;
	told("mn_on_brr");
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

void mn_walk_agents(struct mn *mn, mn_agent_fn *fn, void *arg)
{
	unsigned int i;

	(void)mn;
	for (i = 0; i < stub.n_agents; i++)
		fn(arg, &stub.agents[i]);
}

void mn_walk_ro(struct mn *mn, mn_ro_fn *fn, void *arg)
{
	unsigned int i;

	(void)mn;
	for (i = 0; i < stub.n_ros; i++)
		fn(arg, &stub.ros[i]);
}

uint64_t mn_rule_hits(const struct mn *mn, unsigned int rule)
{
	(void)mn;
	return stub.hits - rule;
}

const char *mn_addr_state_str(enum mn_addr_state state)
{
	return state == MN_ADDR_PREFERRED ? "preferred" : "other";
}
