/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages about traffic control: the check of reverse-tunnelled packets on
 * the shared tunnel device (RFC 6275 section 10.4.5) and the mark on
 * neighbour solicitations of a home link.  Pure.
 */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <linux/rtnetlink.h>
#include <linux/tc_act/tc_gact.h>
#include <linux/tc_act/tc_skbedit.h>
#include <netinet/icmp6.h>
#include <string.h>

#include "src/netlink/encode.h"

static void begin(struct nlenc *e, uint16_t type, uint16_t flags, int ifindex,
		  uint32_t parent, uint32_t handle, uint32_t info)
{
	struct tcmsg tcm = {
		.tcm_family = AF_UNSPEC,
		.tcm_ifindex = ifindex,
		.tcm_parent = parent,
		.tcm_handle = handle,
		.tcm_info = info,
	};

	nlenc_begin(e, type, flags, &tcm, sizeof(tcm));
}

static void begin_filter(struct nlenc *e, uint16_t type, uint16_t flags,
			 int ifindex, uint16_t pref, uint16_t ethertype,
			 uint32_t handle)
{
	begin(e, type, flags, ifindex, TC_INGRESS, handle,
	      TC_H_MAKE((uint32_t)pref << 16, htons(ethertype)));
}

void tc_encode_clsact_add(struct nlenc *e, int ifindex)
{
	begin(e, RTM_NEWQDISC, NLM_F_CREATE | NLM_F_EXCL, ifindex, TC_H_CLSACT,
	      TC_H_MAKE(TC_H_CLSACT, 0), 0);
	nlenc_str(e, TCA_KIND, "clsact");
}

void tc_encode_clsact_del(struct nlenc *e, int ifindex)
{
	begin(e, RTM_DELQDISC, 0, ifindex, TC_H_CLSACT,
	      TC_H_MAKE(TC_H_CLSACT, 0), 0);
}

void tc_encode_bpf_add(struct nlenc *e, int ifindex, uint16_t pref, int prog_fd,
		       const char *name)
{
	struct nlattr *opt;

	begin_filter(e, RTM_NEWTFILTER, NLM_F_CREATE | NLM_F_EXCL, ifindex,
		     pref, ETH_P_ALL, 1);
	nlenc_str(e, TCA_KIND, "bpf");
	opt = nlenc_open(e, TCA_OPTIONS);
	nlenc_u32(e, TCA_BPF_FD, (uint32_t)prog_fd);
	nlenc_str(e, TCA_BPF_NAME, name);
	nlenc_u32(e, TCA_BPF_FLAGS, TCA_BPF_FLAG_ACT_DIRECT);
	nlenc_close(e, opt);
}

static void put_exact(struct nlenc *e, uint16_t key, uint16_t mask,
		      const void *data, size_t len)
{
	uint8_t ones[sizeof(struct in6_addr)];

	memset(ones, 0xff, sizeof(ones));
	nlenc_put(e, key, data, len);
	nlenc_put(e, mask, ones, len);
}

/* One action, the first of the filter. */
static void put_action(struct nlenc *e, const char *kind, uint16_t parms_attr,
		       const void *parms, size_t len, uint32_t mark)
{
	struct nlattr *acts = nlenc_open(e, TCA_FLOWER_ACT);
	struct nlattr *act = nlenc_open(e, 1), *opt;

	nlenc_str(e, TCA_ACT_KIND, kind);
	opt = nlenc_open(e, TCA_ACT_OPTIONS);
	nlenc_put(e, parms_attr, parms, len);
	if (mark)
		nlenc_u32(e, TCA_SKBEDIT_MARK, mark);
	nlenc_close(e, opt);
	nlenc_close(e, act);
	nlenc_close(e, acts);
}

static void put_verdict(struct nlenc *e, int action)
{
	struct tc_gact parms = { .action = action };

	put_action(e, "gact", TCA_GACT_PARMS, &parms, sizeof(parms), 0);
}

void tc_encode_pair_add(struct nlenc *e, int ifindex, uint16_t pref,
			uint32_t handle, const struct in6_addr *coa,
			const struct in6_addr *hoa)
{
	struct nlattr *opt;

	begin_filter(e, RTM_NEWTFILTER, NLM_F_CREATE | NLM_F_EXCL, ifindex,
		     pref, ETH_P_IPV6, handle);
	nlenc_str(e, TCA_KIND, "flower");
	opt = nlenc_open(e, TCA_OPTIONS);
	nlenc_u16(e, TCA_FLOWER_KEY_ETH_TYPE, htons(ETH_P_IPV6));
	put_exact(e, TCA_FLOWER_KEY_ENC_IPV6_SRC,
		  TCA_FLOWER_KEY_ENC_IPV6_SRC_MASK, coa, sizeof(*coa));
	put_exact(e, TCA_FLOWER_KEY_IPV6_SRC, TCA_FLOWER_KEY_IPV6_SRC_MASK, hoa,
		  sizeof(*hoa));
	put_verdict(e, TC_ACT_OK);
	nlenc_close(e, opt);
}

void tc_encode_drop_all(struct nlenc *e, int ifindex, uint16_t pref)
{
	struct nlattr *opt;

	begin_filter(e, RTM_NEWTFILTER, NLM_F_CREATE | NLM_F_EXCL, ifindex,
		     pref, ETH_P_ALL, 1);
	nlenc_str(e, TCA_KIND, "flower");
	opt = nlenc_open(e, TCA_OPTIONS);
	put_verdict(e, TC_ACT_SHOT);
	nlenc_close(e, opt);
}

void tc_encode_mark_ns(struct nlenc *e, int ifindex, uint16_t pref,
		       uint32_t mark)
{
	struct tc_skbedit parms = { .action = TC_ACT_UNSPEC };
	uint8_t proto = IPPROTO_ICMPV6, hops = 255;
	uint8_t type = ND_NEIGHBOR_SOLICIT;
	struct nlattr *opt;

	begin_filter(e, RTM_NEWTFILTER, NLM_F_CREATE | NLM_F_EXCL, ifindex,
		     pref, ETH_P_IPV6, 1);
	nlenc_str(e, TCA_KIND, "flower");
	opt = nlenc_open(e, TCA_OPTIONS);
	nlenc_u16(e, TCA_FLOWER_KEY_ETH_TYPE, htons(ETH_P_IPV6));
	nlenc_u8(e, TCA_FLOWER_KEY_IP_PROTO, proto);
	put_exact(e, TCA_FLOWER_KEY_IP_TTL, TCA_FLOWER_KEY_IP_TTL_MASK, &hops,
		  sizeof(hops));
	put_exact(e, TCA_FLOWER_KEY_ICMPV6_TYPE,
		  TCA_FLOWER_KEY_ICMPV6_TYPE_MASK, &type, sizeof(type));
	put_action(e, "skbedit", TCA_SKBEDIT_PARMS, &parms, sizeof(parms),
		   mark);
	nlenc_close(e, opt);
}

void tc_encode_filter_del(struct nlenc *e, int ifindex, uint16_t pref,
			  uint16_t ethertype, uint32_t handle)
{
	begin_filter(e, RTM_DELTFILTER, 0, ifindex, pref, ethertype, handle);
}
