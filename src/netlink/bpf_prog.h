/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two small eBPF programs, written out as instructions: no compiler, no
 * object file.  Pure.
 */
#ifndef NETLINK_BPF_PROG_H
#define NETLINK_BPF_PROG_H

#include <linux/bpf.h>
#include <stddef.h>
#include <stdint.h>

#define BPF_PROG_MAX 64

/* The key of the pair map: care-of address, home address. */
#define BPF_PAIR_KEY 32

/* For the ingress of the external tunnel device: drops each packet that is
 * not IPv6 or whose (outer source, inner source) is not in the map (RFC 6275
 * section 10.4.5); leaves others to the next filter.  Returns the number of
 * instructions. */
size_t bpf_prog_pair(struct bpf_insn prog[BPF_PROG_MAX], int map_fd);

/* For the ingress of a home link: sets the packet mark of unicast neighbour
 * solicitations with hop limit 255; leaves all to the next filter. */
size_t bpf_prog_mark_ns(struct bpf_insn prog[BPF_PROG_MAX], uint32_t mark);

#endif
