/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Feature tests of routing, tunnels, neighbours, traffic control and XFRM:
 * the very messages that the roles send.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "mip6d/xfrm.h"
#include "src/netlink/bpf_prog.h"
#include "src/netlink/home_link.h"
#include "src/netlink/nldec.h"
#include "src/netlink/probe.h"

#define EXTERNAL "mip6probe"
#define TUNNEL   "mip6probe0"

static struct in6_addr addr(const char *text)
{
	struct in6_addr a = { 0 };

	addr_parse(text, &a);
	return a;
}

static struct nlenc *begin(struct probe_env *env)
{
	return nlb_begin(env->k.nl, NLB_ROUTE);
}

static struct nlenc *begin_xfrm(struct probe_env *env)
{
	return nlb_begin(env->k.nl, NLB_XFRM);
}

static int call(struct probe_env *env)
{
	return nlb_call(env->k.nl);
}

/* ---- tunnels ---- */

static int bring_up(struct probe_env *env, int ifindex)
{
	int err;

	link_encode_no_addrgen(begin(env), ifindex);
	err = call(env);
	if (err)
		return err;
	link_encode_up(begin(env), ifindex, true);
	return call(env);
}

int probe_external(struct probe_env *env)
{
	int err;

	link_encode_external_add(begin(env), EXTERNAL, 1460);
	err = call(env);
	if (err)
		return err;
	env->external = kernel_ifindex(&env->k, EXTERNAL);
	return bring_up(env, env->external);
}

int probe_encap_route(struct probe_env *env)
{
	struct route r = {
		.dst = addr("2001:db8:1::1"),
		.dst_len = 128,
		.type = RTN_UNICAST,
		.proto = PROTO_HA,
		.table = RT_TABLE_MAIN,
		.oif = env->external,
		.encap = true,
		.encap_src = addr("2001:db8::1"),
		.encap_dst = addr("2001:db8:2::1"),
	};

	if (!env->external)
		return -ENODEV;
	route_encode_set(begin(env), &r);
	return call(env);
}

int probe_tunnel(struct probe_env *env)
{
	struct link_tunnel t = {
		.name = TUNNEL,
		.local = addr("2001:db8:2::1"),
		.remote = addr("2001:db8::1"),
	};
	int err;

	link_encode_tunnel_add(begin(env), &t);
	err = call(env);
	if (err)
		return err;
	env->tunnel = kernel_ifindex(&env->k, TUNNEL);
	return bring_up(env, env->tunnel);
}

int probe_tunnel_change(struct probe_env *env)
{
	struct link_tunnel t = {
		.ifindex = env->tunnel,
		.local = addr("2001:db8:3::1"),
		.remote = addr("2001:db8::1"),
	};

	if (!env->tunnel)
		return -ENODEV;
	link_encode_tunnel_change(begin(env), &t);
	return call(env);
}

/* ---- filters ---- */

static int need_clsact(struct probe_env *env, int ifindex)
{
	int err;

	if (!ifindex)
		return -ENODEV;
	tc_encode_clsact_add(begin(env), ifindex);
	err = call(env);
	return err == -EEXIST ? 0 : err;
}

static int attach(struct probe_env *env, int ifindex,
		  const struct bpf_insn *prog, size_t n)
{
	auto_close int fd = bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS,
					  "mip6d_probe", "GPL", prog, n, NULL);

	if (fd < 0)
		return fd;
	tc_encode_bpf_add(begin(env), ifindex, ++env->last_pref, fd,
			  "mip6d_probe");
	return call(env);
}

int probe_pair_bpf(struct probe_env *env)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_NO_PREALLOC);
	auto_close int map = bpf_map_create(BPF_MAP_TYPE_HASH, "mip6d_probe",
					    BPF_PAIR_KEY, 4, 16, &opts);
	struct bpf_insn prog[BPF_PROG_MAX];
	int err;

	if (map < 0)
		return map;
	err = need_clsact(env, env->external);
	return err ? err
		   : attach(env, env->external, prog, bpf_prog_pair(prog, map));
}

int probe_pair_flower(struct probe_env *env)
{
	struct in6_addr coa = addr("2001:db8:2::1"), hoa = addr("2001:db8::2");
	int err = need_clsact(env, env->external);

	if (err)
		return err;
	tc_encode_pair_add(begin(env), env->external, 10, 1, &coa, &hoa);
	err = call(env);
	if (err)
		return err;
	tc_encode_drop_all(begin(env), env->external, 20);
	return call(env);
}

int probe_mark_bpf(struct probe_env *env)
{
	struct bpf_insn prog[BPF_PROG_MAX];
	int err = need_clsact(env, env->tunnel);

	return err ? err
		   : attach(env, env->tunnel, prog,
			    bpf_prog_mark_ns(prog, NS_MARK));
}

int probe_mark_flower(struct probe_env *env)
{
	int err = need_clsact(env, env->tunnel);

	if (err)
		return err;
	tc_encode_mark_ns(begin(env), env->tunnel, NS_FILTER_PREF, NS_MARK);
	return call(env);
}

/* ---- neighbours, rules, addresses ---- */

int probe_local_delivery(struct probe_env *env)
{
	struct rule rule = {
		.pref = NS_RULE_PREF,
		.table = NS_TABLE,
		.proto = PROTO_HA,
		.fwmark = NS_MARK,
	};
	struct route route = {
		.type = RTN_LOCAL,
		.proto = PROTO_HA,
		.table = NS_TABLE,
		.oif = 1,
	};
	int err;

	route_encode_set(begin(env), &route);
	err = call(env);
	if (err)
		return err;
	rule_encode_add(begin(env), &rule);
	return call(env);
}

int probe_proxy(struct probe_env *env)
{
	struct in6_addr hoa = addr("2001:db8::2");
	int err = sysctl_set(&env->k, "conf/default/proxy_ndp", "1");

	if (err)
		return err;
	if (!env->tunnel)
		return -ENODEV;
	neigh_encode_proxy_add(begin(env), env->tunnel, &hoa);
	return call(env);
}

int probe_forwarding(struct probe_env *env)
{
	bool changed;

	return sysctl_set_forwarding(&env->k, &changed);
}

int probe_rule(struct probe_env *env)
{
	struct rule r = {
		.pref = 1000,
		.table = 1000,
		.proto = PROTO_MN,
		.src = addr("2001:db8::2"),
		.src_len = 128,
		.find_saddr = true,
	};

	rule_encode_add(begin(env), &r);
	return call(env);
}

static void look_for_port(void *arg, const struct nlmsghdr *nlh)
{
	if (nldec_find(nlh, sizeof(struct fib_rule_hdr), FRA_DPORT_RANGE, 4))
		*(bool *)arg = true;
}

/* A kernel that does not know the attribute takes the rule without it. */
int probe_rule_port(struct probe_env *env)
{
	struct fib_rule_hdr hdr = { .family = AF_INET6 };
	struct rule r = {
		.pref = 1001,
		.table = 1000,
		.proto = PROTO_MN,
		.ipproto = IPPROTO_UDP,
		.dport = 53,
	};
	bool found = false;
	int err;

	rule_encode_append(begin(env), &r);
	err = call(env);
	if (err)
		return err;
	nlenc_begin(begin(env), RTM_GETRULE, 0, &hdr, sizeof(hdr));
	err = nlb_dump(env->k.nl, look_for_port, &found);
	if (err)
		return err;
	return found ? 0 : -EOPNOTSUPP;
}

static void look_for_home(void *arg, const struct nlmsghdr *nlh)
{
	uint32_t flags = 0;

	if (nldec_u32(nlh, sizeof(struct ifaddrmsg), IFA_FLAGS, &flags) &&
	    (flags & IFA_F_HOMEADDRESS))
		*(bool *)arg = true;
}

/* A kernel without Mobile IPv6 takes the flag and forgets it. */
int probe_home_addr(struct probe_env *env)
{
	struct ifaddrmsg ifa = { .ifa_family = AF_INET6 };
	struct in6_addr hoa = addr("2001:db8::2");
	bool found = false;
	int err;

	addr_encode_add(begin(env), 1, &hoa, true, PROTO_MN);
	err = call(env);
	if (err)
		return err;
	nlenc_begin(begin(env), RTM_GETADDR, 0, &ifa, sizeof(ifa));
	err = nlb_dump(env->k.nl, look_for_home, &found);
	if (err)
		return err;
	return found ? 0 : -EOPNOTSUPP;
}

int probe_optimistic(struct probe_env *env)
{
	int err = sysctl_set(&env->k, "conf/default/optimistic_dad", "1");

	return err ? err
		   : sysctl_set(&env->k, "conf/default/use_optimistic", "1");
}

/* ---- XFRM ---- */

int probe_hao_state(struct probe_env *env)
{
	struct xfrm_ro_state wild = { .kind = XFRM_RO_HAO, .wildrecv = true };
	struct xfrm_ro_state s = {
		.kind = XFRM_RO_HAO,
		.src = addr("2001:db8::2"),
		.dst = addr("2001:db8::1"),
		.coa = addr("2001:db8:2::1"),
	};
	int err;

	xfrm_encode_state_add(begin_xfrm(env), &wild);
	err = call(env);
	if (err)
		return err;
	xfrm_encode_state_add(begin_xfrm(env), &s);
	err = call(env);
	if (err)
		return err;
	xfrm_encode_state_update(begin_xfrm(env), &s);
	return call(env);
}

int probe_rh2_state(struct probe_env *env)
{
	struct xfrm_ro_state wild = { .kind = XFRM_RO_RH2, .wildrecv = true };

	xfrm_encode_state_add(begin_xfrm(env), &wild);
	return call(env);
}

int probe_sub_policy(struct probe_env *env)
{
	struct xfrm_policy p = {
		.dir = XFRM_DIR_IN,
		.proto = 135,
		.priority = 8,
		.hao = true,
		.rh2 = true,
		.optional = true,
	};

	xfrm_encode_policy_set(begin_xfrm(env), &p);
	return call(env);
}

/* An optional option, asked for by a template without addresses. */
int probe_rule_policy(struct probe_env *env)
{
	struct xfrm_policy p = {
		.dir = XFRM_DIR_OUT,
		.src = addr("2001:db8::2"),
		.src_len = 128,
		.proto = IPPROTO_UDP,
		.dport = 53,
		.user = XFRM_USER_RULE,
		.priority = XFRM_PRIO_RULES,
		.hao = true,
		.optional = true,
	};

	xfrm_encode_policy_set(begin_xfrm(env), &p);
	return call(env);
}
