/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The feature tests of kernel_probe(), each by doing.
 */
#ifndef NETLINK_PROBE_H
#define NETLINK_PROBE_H

#include "src/netlink/kernel_priv.h"

/* What the tests work on: a kernel port without loop and watch, in a network
 * namespace that nobody else sees. */
struct probe_env {
	struct kernel k;      /* only nl is set */
	int external, tunnel; /* devices made by earlier tests; 0: not */
	uint16_t last_pref;   /* of a filter */
};

/* Each 0 or -errno, the reason why not. */
typedef int probe_fn(struct probe_env *env);

probe_fn probe_external, probe_encap_route, probe_tunnel, probe_tunnel_change;
probe_fn probe_pair_bpf, probe_pair_flower;
probe_fn probe_mark_bpf, probe_mark_flower, probe_local_delivery;
probe_fn probe_proxy, probe_forwarding;
probe_fn probe_rule, probe_home_addr, probe_optimistic;
probe_fn probe_hao_state, probe_rh2_state, probe_sub_policy;
probe_fn probe_rule_policy, probe_xfrm_watch, probe_rule_port;
probe_fn probe_random_filter;
probe_fn probe_mh_socket, probe_icmp6_socket, probe_packet_socket;

#endif
