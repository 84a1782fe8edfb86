/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mip6d --probe: what this kernel can do, found out by doing it in a network
 * namespace of a child process, which vanishes with the child.
 *
 * This file decides what is needed and what is lost without it.
 */
#include "src/netlink/probe.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mip6d/cleanup.h"

struct feature {
	const char *name;
	probe_fn *fn;
	probe_fn *or_fn; /* does as well; only this one's loss is told */
	bool optional;
	const char *lost;
};

/* In this order: later ones use the devices of earlier ones. */
static const struct feature features[] = {
	{ "mobility header socket", probe_mh_socket, NULL, false,
	  "everything: no Mobile IPv6 message can be sent or received" },
	{ "home address option", probe_hao_state, NULL, false,
	  "everything: binding updates (CONFIG_IPV6_MIP6, xfrm_user)" },
	{ "type 2 routing header", probe_rh2_state, NULL, false,
	  "mobile node: acknowledgements (CONFIG_IPV6_MIP6, xfrm_user)" },
	{ "xfrm sub policies", probe_sub_policy, NULL, false,
	  "everything: binding updates (CONFIG_XFRM_SUB_POLICY)" },
	{ "xfrm policies by port", probe_rule_policy, NULL, true,
	  "mobile node: route optimisation (CONFIG_XFRM_SUB_POLICY)" },
	{ "xfrm questions", probe_xfrm_watch, NULL, true,
	  "route optimisation by traffic, Binding Errors" },
	{ "ip6tnl external device", probe_external, NULL, false,
	  "home agent: tunnels (module ip6_tunnel)" },
	{ "encapsulating routes", probe_encap_route, NULL, false,
	  "home agent: tunnels (CONFIG_LWTUNNEL)" },
	{ "tunnel check by bpf", probe_pair_bpf, NULL, true,
	  "home agent: fast set-up, flower filters are used" },
	{ "tunnel check", probe_pair_flower, probe_pair_bpf, false,
	  "home agent: reverse tunnelling cannot be checked "
	  "(cls_bpf, or cls_flower and act_gact; sch_ingress)" },
	{ "ip6tnl device", probe_tunnel, NULL, false,
	  "mobile node: tunnel to the home agent (module ip6_tunnel)" },
	{ "ip6tnl change", probe_tunnel_change, NULL, false,
	  "mobile node: handovers" },
	{ "proxy neighbours", probe_proxy, NULL, false,
	  "home agent: interception on the home link" },
	{ "unicast solicitations", probe_mark_flower, probe_mark_bpf, false,
	  "home agent: neighbours lose an absent node now and then "
	  "(cls_bpf, or cls_flower and act_skbedit; sch_ingress)" },
	{ "local delivery by mark", probe_local_delivery, NULL, false,
	  "home agent: neighbours lose an absent node now and then" },
	{ "forwarding", probe_forwarding, NULL, false,
	  "home agent: forwarding (is /proc/sys read-only?)" },
	{ "rules by source", probe_rule, NULL, false,
	  "mobile node: traffic leaves untunnelled "
	  "(CONFIG_IPV6_MULTIPLE_TABLES)" },
	{ "rules by port", probe_rule_port, NULL, true,
	  "mobile node: rules with the action \"direct\" and a protocol" },
	{ "home address flag", probe_home_addr, NULL, false,
	  "mobile node: home addresses (CONFIG_IPV6_MIP6)" },
	{ "optimistic addresses", probe_optimistic, NULL, true,
	  "mobile node: a second or two at each handover "
	  "(CONFIG_IPV6_OPTIMISTIC_DAD)" },
	{ "icmpv6 socket", probe_icmp6_socket, NULL, false,
	  "mobile node: movement detection" },
	{ "random filter", probe_random_filter, NULL, true,
	  "mobile node: route optimisation by received traffic" },
	{ "packet socket", probe_packet_socket, NULL, false,
	  "neighbour discovery for others (module af_packet)" },
};

static bool try(const struct feature *f, struct probe_env *env)
{
	int err = f->or_fn && !f->or_fn(env) ? 0 : f->fn(env);

	if (!err)
		printf("%-24s yes\n", f->name);
	else
		printf("%-24s no   lost: %s; %s\n", f->name, f->lost,
		       strerror(-err));
	return !err;
}

/* 0, 1 or -errno, in the child. */
static int run(void)
{
	struct probe_env env = { 0 };
	bool all = true;
	size_t i;
	int err;

	if (unshare(CLONE_NEWNET))
		return -errno;
	err = nlb_open(&env.k.nl);
	if (err)
		return err;
	link_encode_up(nlb_begin(env.k.nl, NLB_ROUTE), 1, true);
	err = nlb_call(env.k.nl);
	for (i = 0; !err && i < ARRAY_SIZE(features); i++)
		if (!try(&features[i], &env) && !features[i].optional)
			all = false;
	sysctl_restore_all(&env.k);
	nlb_close(env.k.nl);
	return err ? err : !all;
}

/* The child's result comes through a pipe: an exit status holds no errno. */
static void child(int fd)
{
	int result = run();

	fflush(stdout);
	if (write(fd, &result, sizeof(result)) != sizeof(result))
		_exit(EXIT_FAILURE);
	_exit(EXIT_SUCCESS);
}

int kernel_probe(void)
{
	int fds[2], result = -ECHILD, status;
	pid_t pid;

	fflush(stdout);
	if (pipe(fds))
		return -errno;
	pid = fork();
	if (!pid) {
		close(fds[0]);
		child(fds[1]);
	}
	close(fds[1]);
	if (pid < 0)
		result = -errno;
	else if (read(fds[0], &result, sizeof(result)) != sizeof(result))
		result = -ECHILD;
	close(fds[0]);
	if (pid > 0)
		waitpid(pid, &status, 0);
	return result;
}
