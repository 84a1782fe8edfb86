/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two small eBPF programs (src/netlink/bpf_prog.h).  Pure: they emit
 * instructions; loading and attaching is left to pair.c and
 * kernel_home_link.c.
 */
#include "src/netlink/bpf_prog.h"

#include <arpa/inet.h>
#include <assert.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <netinet/icmp6.h>
#include <netinet/ip6.h>
#include <stdbool.h>

/* The program being emitted; jumps to `out` are patched at the end. */
struct emit {
	struct bpf_insn *prog;
	size_t n;
	size_t jumps[BPF_PROG_MAX];
	size_t n_jumps;
};

static void insn(struct emit *e, uint8_t code, uint8_t dst, uint8_t src,
		 int16_t off, int32_t imm)
{
	assert(e->n < BPF_PROG_MAX);
	e->prog[e->n++] = (struct bpf_insn){
		.code = code,
		.dst_reg = dst & 0xf,
		.src_reg = src & 0xf,
		.off = off,
		.imm = imm,
	};
}

static void mov_imm(struct emit *e, uint8_t dst, int32_t imm)
{
	insn(e, BPF_ALU64 | BPF_MOV | BPF_K, dst, 0, 0, imm);
}

static void mov_reg(struct emit *e, uint8_t dst, uint8_t src)
{
	insn(e, BPF_ALU64 | BPF_MOV | BPF_X, dst, src, 0, 0);
}

/* dst = frame pointer + off */
static void stack_addr(struct emit *e, uint8_t dst, int32_t off)
{
	mov_reg(e, dst, BPF_REG_10);
	insn(e, BPF_ALU64 | BPF_ADD, dst, 0, 0, off); /* BPF_K is 0 */
}

static void load(struct emit *e, uint8_t size, uint8_t dst, uint8_t src,
		 int16_t off)
{
	insn(e, BPF_LDX | BPF_MEM | size, dst, src, off, 0);
}

static void call(struct emit *e, int32_t helper)
{
	insn(e, BPF_JMP | BPF_CALL, 0, 0, 0, helper);
}

/* if (reg op imm) goto out */
static void out_if(struct emit *e, uint8_t op, uint8_t reg, int32_t imm)
{
	e->jumps[e->n_jumps++] = e->n;
	insn(e, BPF_JMP | op | BPF_K, reg, 0, 0, imm);
}

/* The end: `r0 = go_on; exit; out: r0 = at_out; exit`. */
static size_t finish(struct emit *e, int32_t go_on, int32_t at_out)
{
	size_t i;

	mov_imm(e, BPF_REG_0, go_on);
	insn(e, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
	for (i = 0; i < e->n_jumps; i++)
		e->prog[e->jumps[i]].off = (int16_t)(e->n - e->jumps[i] - 1);
	mov_imm(e, BPF_REG_0, at_out);
	insn(e, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
	return e->n;
}

/* r6 = context; out unless it holds an IPv6 packet. */
static void only_ipv6(struct emit *e)
{
	mov_reg(e, BPF_REG_6, BPF_REG_1);
	load(e, BPF_W, BPF_REG_2, BPF_REG_6,
	     offsetof(struct __sk_buff, protocol));
	out_if(e, BPF_JNE, BPF_REG_2, htons(ETH_P_IPV6));
}

/* Copies `len` octets from `off` in the IPv6 packet to the stack; out when
 * the packet is too short. */
static void copy_packet(struct emit *e, int32_t off, int32_t stack, int32_t len)
{
	mov_reg(e, BPF_REG_1, BPF_REG_6);
	mov_imm(e, BPF_REG_2, off);
	stack_addr(e, BPF_REG_3, stack);
	mov_imm(e, BPF_REG_4, len);
	mov_imm(e, BPF_REG_5, BPF_HDR_START_NET);
	call(e, BPF_FUNC_skb_load_bytes_relative);
	out_if(e, BPF_JNE, BPF_REG_0, 0);
}

/* The stack: the tunnel key, up to its label (a length that every kernel
 * knows), lies so that its remote address is the first half of the map key;
 * the second half overwrites its tail.  Copying the address in words of
 * four octets would take CAP_PERFMON. */
#define KEY            (-BPF_PAIR_KEY)
#define TUNNEL_KEY_LEN ((int32_t)offsetof(struct bpf_tunnel_key, tunnel_label))
#define TUNNEL_KEY     (KEY - (int32_t)offsetof(struct bpf_tunnel_key, remote_ipv6))

size_t bpf_prog_pair(struct bpf_insn prog[BPF_PROG_MAX], int map_fd)
{
	struct emit e = { .prog = prog };

	only_ipv6(&e);
	mov_reg(&e, BPF_REG_1, BPF_REG_6);
	stack_addr(&e, BPF_REG_2, TUNNEL_KEY);
	mov_imm(&e, BPF_REG_3, TUNNEL_KEY_LEN);
	mov_imm(&e, BPF_REG_4, BPF_F_TUNINFO_IPV6);
	call(&e, BPF_FUNC_skb_get_tunnel_key);
	out_if(&e, BPF_JNE, BPF_REG_0, 0);
	copy_packet(&e, offsetof(struct ip6_hdr, ip6_src), KEY + 16, 16);
	/* BPF_IMM is 0. */
	insn(&e, BPF_LD | BPF_DW, BPF_REG_1, BPF_PSEUDO_MAP_FD, 0, map_fd);
	insn(&e, 0, 0, 0, 0, 0); /* second half of the 64-bit load */
	stack_addr(&e, BPF_REG_2, KEY);
	call(&e, BPF_FUNC_map_lookup_elem);
	out_if(&e, BPF_JEQ, BPF_REG_0, 0);
	return finish(&e, TC_ACT_UNSPEC, TC_ACT_SHOT);
}

size_t bpf_prog_mark_ns(struct bpf_insn prog[BPF_PROG_MAX], uint32_t mark)
{
	struct emit e = { .prog = prog };

	only_ipv6(&e);
	/* Next header, hop limit. */
	copy_packet(&e, offsetof(struct ip6_hdr, ip6_nxt), -8, 2);
	load(&e, BPF_B, BPF_REG_1, BPF_REG_10, -8);
	out_if(&e, BPF_JNE, BPF_REG_1, IPPROTO_ICMPV6);
	load(&e, BPF_B, BPF_REG_1, BPF_REG_10, -7);
	out_if(&e, BPF_JNE, BPF_REG_1, 255);
	copy_packet(&e, offsetof(struct ip6_hdr, ip6_dst), -8, 1);
	load(&e, BPF_B, BPF_REG_1, BPF_REG_10, -8);
	out_if(&e, BPF_JEQ, BPF_REG_1, 0xff); /* multicast */
	copy_packet(&e, sizeof(struct ip6_hdr), -8, 1);
	load(&e, BPF_B, BPF_REG_1, BPF_REG_10, -8);
	out_if(&e, BPF_JNE, BPF_REG_1, ND_NEIGHBOR_SOLICIT);
	mov_imm(&e, BPF_REG_1, (int32_t)mark);
	insn(&e, BPF_STX | BPF_MEM | BPF_W, BPF_REG_6, BPF_REG_1,
	     offsetof(struct __sk_buff, mark), 0);
	return finish(&e, TC_ACT_UNSPEC, TC_ACT_UNSPEC);
}
