/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The check of reverse-tunnelled packets (src/netlink/pair.h): an eBPF
 * program with a hash map on the clsact ingress of the tunnel device, or,
 * where bpf(2) is refused, a flower filter for each pair.
 *
 * This file decides which of the two, and keeps the handles that flower
 * filters are removed by.  Both drop everything that is no registered pair,
 * so packets with a link-local inner source too.
 */
#include "src/netlink/pair.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mip6d/cleanup.h"
#include "mip6d/hash.h"
#include "mip6d/log.h"
#include "src/netlink/bpf_prog.h"

#define PREF_PAIRS 10
#define PREF_REST  20
#define PROG_NAME  "mip6d_pair"

struct pair_key {
	struct in6_addr coa, hoa;
};

/* A flower filter. */
struct pair_filter {
	struct pair_key key;
	uint32_t handle;
	UT_hash_handle hh;
};

struct pair {
	struct kernel *k;
	int ifindex;
	int map_fd, prog_fd; /* -1: flower */
	struct pair_filter *filters;
	uint32_t last_handle;
};

_Static_assert(sizeof(struct pair_key) == BPF_PAIR_KEY, "pair key");

static int load_bpf(struct pair *p, uint32_t max_pairs)
{
	LIBBPF_OPTS(bpf_map_create_opts, map_opts,
		    .map_flags = BPF_F_NO_PREALLOC);
	struct bpf_insn prog[BPF_PROG_MAX];
	size_t n;

	p->map_fd = bpf_map_create(BPF_MAP_TYPE_HASH, "mip6d_pairs",
				   BPF_PAIR_KEY, sizeof(uint32_t), max_pairs,
				   &map_opts);
	if (p->map_fd < 0)
		return p->map_fd;
	n = bpf_prog_pair(prog, p->map_fd);
	p->prog_fd = bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS, PROG_NAME, "GPL",
				   prog, n, NULL);
	return p->prog_fd < 0 ? p->prog_fd : 0;
}

static void unload_bpf(struct pair *p)
{
	if (p->prog_fd >= 0)
		close(p->prog_fd);
	if (p->map_fd >= 0)
		close(p->map_fd);
	p->prog_fd = p->map_fd = -1;
}

static int attach_bpf(struct pair *p, uint32_t max_pairs)
{
	int err = load_bpf(p, max_pairs);

	if (!err) {
		tc_encode_bpf_add(nlb_begin(p->k->nl, NLB_ROUTE), p->ifindex,
				  PREF_PAIRS, p->prog_fd, PROG_NAME);
		err = nlb_call(p->k->nl);
	}
	if (err)
		unload_bpf(p);
	return err;
}

static int attach(struct pair *p, uint32_t max_pairs)
{
	int err;

	tc_encode_clsact_add(nlb_begin(p->k->nl, NLB_ROUTE), p->ifindex);
	err = nlb_call(p->k->nl);
	if (err)
		return err;
	err = attach_bpf(p, max_pairs);
	if (!err)
		return 0;
	log_warning("kernel: bpf(2) is refused (%s): reverse-tunnelled "
		    "packets are checked by flower filters, which is slower "
		    "to set up",
		    strerror(-err));
	tc_encode_drop_all(nlb_begin(p->k->nl, NLB_ROUTE), p->ifindex,
			   PREF_REST);
	return nlb_call(p->k->nl);
}

int pair_open(struct kernel *k, int ifindex, uint32_t max_pairs,
	      struct pair **ret_pair)
{
	struct pair *p = calloc(1, sizeof(*p));
	int err;

	if (!p)
		return -ENOMEM;
	*p = (struct pair){
		.k = k,
		.ifindex = ifindex,
		.map_fd = -1,
		.prog_fd = -1,
	};
	err = attach(p, max_pairs);
	if (err) {
		pair_close(p);
		return err;
	}
	*ret_pair = p;
	return 0;
}

struct pair *pair_close(struct pair *p)
{
	struct pair_filter *f, *next;

	if (!p)
		return NULL;
	HASH_ITER(hh, p->filters, f, next) {
		HASH_DEL(p->filters, f);
		free(f);
	}
	unload_bpf(p);
	free(p);
	return NULL;
}

const char *pair_method(const struct pair *p)
{
	return p->map_fd >= 0 ? "bpf" : "flower";
}

static struct pair_key make_key(const struct in6_addr *coa,
				const struct in6_addr *hoa)
{
	return (struct pair_key){ .coa = *coa, .hoa = *hoa };
}

static struct pair_filter *find_filter(struct pair *p,
				       const struct pair_key *key)
{
	struct pair_filter *f;

	HASH_FIND(hh, p->filters, key, sizeof(*key), f);
	return f;
}

static int add_filter(struct pair *p, struct nlb_txn *txn,
		      const struct pair_key *key)
{
	struct pair_filter *f = find_filter(p, key);

	if (f)
		return 0;
	f = calloc(1, sizeof(*f));
	if (!f)
		return -ENOMEM;
	f->key = *key;
	f->handle = ++p->last_handle;
	HASH_ADD(hh, p->filters, key, sizeof(f->key), f);
	if (!f->hh.tbl) {
		free(f);
		return -ENOMEM;
	}
	tc_encode_pair_add(nlb_begin(p->k->nl, NLB_ROUTE), p->ifindex,
			   PREF_PAIRS, f->handle, &key->coa, &key->hoa);
	nlb_commit(p->k->nl, txn, 0);
	return 0;
}

int pair_add(struct pair *p, struct nlb_txn *txn, const struct in6_addr *coa,
	     const struct in6_addr *hoa)
{
	struct pair_key key = make_key(coa, hoa);
	uint32_t value = 1;

	if (p->map_fd >= 0)
		return bpf_map_update_elem(p->map_fd, &key, &value, BPF_ANY);
	return add_filter(p, txn, &key);
}

void pair_del(struct pair *p, const struct in6_addr *coa,
	      const struct in6_addr *hoa)
{
	struct pair_key key = make_key(coa, hoa);
	struct pair_filter *f;

	if (p->map_fd >= 0) {
		bpf_map_delete_elem(p->map_fd, &key);
		return;
	}
	f = find_filter(p, &key);
	if (!f)
		return;
	tc_encode_filter_del(nlb_begin(p->k->nl, NLB_ROUTE), p->ifindex,
			     PREF_PAIRS, ETH_P_IPV6, f->handle);
	nlb_commit_del(p->k->nl, NULL);
	HASH_DEL(p->filters, f);
	free(f);
}
