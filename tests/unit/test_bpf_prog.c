/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two eBPF programs, run by a small interpreter of the instructions that
 * they use: their verdicts over whole packets, and that no packet, however
 * short, gets past them.
 */
#include "src/netlink/bpf_prog.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <string.h>

#include "mip6d/addr.h"
#include "tests/unit/unit.h"

#define MAP_FD 42
#define STACK  512

/* What a program sees; CTX stands for the address of the context. */
struct machine {
	uint64_t reg[11];
	uint8_t stack[STACK];
	const uint8_t *pkt;
	size_t pkt_len;
	uint16_t protocol;
	uint32_t mark;
	bool has_tunnel;
	struct in6_addr outer_src;
	uint8_t pair[BPF_PAIR_KEY]; /* the only one in the map */
	unsigned int steps;
};

#define CTX 0x1000000
#define FP  0x2000000

static uint8_t *stack_at(struct machine *m, uint64_t addr, size_t len)
{
	UNIT_NEED(addr <= FP && addr >= FP - STACK && addr + len <= FP);
	return m->stack + (addr - (FP - STACK));
}

static void load(struct machine *m, const struct bpf_insn *i)
{
	uint64_t addr = m->reg[i->src_reg] + (uint64_t)(int64_t)i->off;
	size_t len = BPF_SIZE(i->code) == BPF_B ? 1 : 4;
	uint64_t v = 0;

	if (addr == CTX + offsetof(struct __sk_buff, protocol))
		v = m->protocol;
	else
		memcpy(&v, stack_at(m, addr, len), len);
	m->reg[i->dst_reg] = v;
}

static void store(struct machine *m, const struct bpf_insn *i)
{
	uint64_t addr = m->reg[i->dst_reg] + (uint64_t)(int64_t)i->off;

	/* Half a stack word is not to be written: without CAP_PERFMON the
	 * kernel may take that for damage to a pointer. */
	UNIT_EQ(BPF_SIZE(i->code), BPF_W);
	UNIT_NEED(addr == CTX + offsetof(struct __sk_buff, mark));
	m->mark = (uint32_t)m->reg[i->src_reg];
}

static int64_t get_tunnel_key(struct machine *m)
{
	struct bpf_tunnel_key key = {
		.tunnel_id = 0x1234567,
		.tunnel_tos = 0xb8,
		.tunnel_ttl = 64,
	};
	uint8_t *to = stack_at(m, m->reg[2], m->reg[3]);

	UNIT_EQ(m->reg[1], CTX);
	UNIT_EQ(m->reg[4], BPF_F_TUNINFO_IPV6);
	if (!m->has_tunnel)
		return -22;
	memcpy(key.remote_ipv6, &m->outer_src, 16);
	memcpy(to, &key, m->reg[3]);
	return 0;
}

static int64_t load_bytes(struct machine *m)
{
	uint8_t *to = stack_at(m, m->reg[3], m->reg[4]);

	UNIT_EQ(m->reg[1], CTX);
	UNIT_EQ(m->reg[5], BPF_HDR_START_NET);
	if (m->reg[2] + m->reg[4] > m->pkt_len)
		return -14;
	memcpy(to, m->pkt + m->reg[2], m->reg[4]);
	return 0;
}

static int64_t lookup(struct machine *m)
{
	UNIT_EQ(m->reg[1], MAP_FD);
	return !memcmp(stack_at(m, m->reg[2], BPF_PAIR_KEY), m->pair,
		       BPF_PAIR_KEY);
}

static void call(struct machine *m, int32_t helper)
{
	int r;

	switch (helper) {
	case BPF_FUNC_skb_get_tunnel_key:
		m->reg[0] = (uint64_t)get_tunnel_key(m);
		break;
	case BPF_FUNC_skb_load_bytes_relative:
		m->reg[0] = (uint64_t)load_bytes(m);
		break;
	case BPF_FUNC_map_lookup_elem:
		m->reg[0] = (uint64_t)lookup(m);
		break;
	default:
		CU_FAIL_FATAL("unknown helper");
	}
	for (r = 1; r <= 5; r++)
		m->reg[r] = 0xdeadbeef;
}

/* Returns the distance to jump. */
static int step(struct machine *m, const struct bpf_insn *i)
{
	uint64_t *dst = &m->reg[i->dst_reg];

	switch (i->code) {
	case BPF_ALU64 | BPF_MOV | BPF_K:
		*dst = (uint64_t)(int64_t)i->imm;
		return 0;
	case BPF_ALU64 | BPF_MOV | BPF_X:
		*dst = m->reg[i->src_reg];
		return 0;
	case BPF_ALU64 | BPF_ADD:
		*dst += (uint64_t)(int64_t)i->imm;
		return 0;
	case BPF_LDX | BPF_MEM | BPF_W:
	case BPF_LDX | BPF_MEM | BPF_B:
		load(m, i);
		return 0;
	case BPF_STX | BPF_MEM | BPF_W:
		store(m, i);
		return 0;
	case BPF_LD | BPF_DW:
		UNIT_EQ(i->src_reg, BPF_PSEUDO_MAP_FD);
		*dst = (uint32_t)i->imm;
		return 1;
	case BPF_JMP | BPF_JNE | BPF_K:
		return *dst != (uint64_t)(int64_t)i->imm ? i->off : 0;
	case BPF_JMP | BPF_JEQ | BPF_K:
		return *dst == (uint64_t)(int64_t)i->imm ? i->off : 0;
	case BPF_JMP | BPF_CALL:
		call(m, i->imm);
		return 0;
	default:
		CU_FAIL_FATAL("unknown instruction");
		return 0;
	}
}

static int run(struct machine *m, const struct bpf_insn *prog, size_t n)
{
	size_t pc = 0;

	memset(m->stack, 0x55, sizeof(m->stack));
	m->reg[1] = CTX;
	m->reg[10] = FP;
	for (m->steps = 0; m->steps < 1000; m->steps++) {
		UNIT_NEED(pc < n);
		if (prog[pc].code == (BPF_JMP | BPF_EXIT))
			return (int)(int64_t)m->reg[0];
		pc += 1 + (size_t)step(m, &prog[pc]);
	}
	CU_FAIL_FATAL("no end");
	return 0;
}

static struct in6_addr addr(const char *text)
{
	struct in6_addr a;

	UNIT_NEED(!addr_parse(text, &a));
	return a;
}

/* ---- the pair check ---- */

static struct machine pair_machine(const uint8_t *pkt, size_t len)
{
	struct in6_addr coa = addr("2001:db8:2::100");
	struct in6_addr hoa = addr("2001:db8:1::100");
	struct machine m = {
		.pkt = pkt,
		.pkt_len = len,
		.protocol = htons(ETH_P_IPV6),
		.has_tunnel = true,
		.outer_src = coa,
	};

	memcpy(m.pair, &coa, 16);
	memcpy(m.pair + 16, &hoa, 16);
	return m;
}

static void ip6_packet(uint8_t pkt[40], const char *src)
{
	struct in6_addr a = addr(src);

	memset(pkt, 0, 40);
	pkt[0] = 0x60;
	memcpy(pkt + 8, &a, 16);
}

static int judge_pair(struct machine *m)
{
	struct bpf_insn prog[BPF_PROG_MAX];
	size_t n = bpf_prog_pair(prog, MAP_FD);

	return run(m, prog, n);
}

/* RFC 6275 section 10.4.5. */
static void registered_pair_passes(void)
{
	uint8_t pkt[40];
	struct machine m;

	ip6_packet(pkt, "2001:db8:1::100");
	m = pair_machine(pkt, sizeof(pkt));
	UNIT_EQ(judge_pair(&m), TC_ACT_UNSPEC);
}

static void others_are_dropped(void)
{
	static const char *const inner[] = {
		"2001:db8:1::101",
		"fe80::100",
		"::",
		"2001:db8:2::100",
	};
	uint8_t pkt[40];
	struct machine m;
	size_t i;

	for (i = 0; i < sizeof(inner) / sizeof(inner[0]); i++) {
		ip6_packet(pkt, inner[i]);
		m = pair_machine(pkt, sizeof(pkt));
		UNIT_EQ(judge_pair(&m), TC_ACT_SHOT);
	}
	ip6_packet(pkt, "2001:db8:1::100");
	m = pair_machine(pkt, sizeof(pkt));
	m.outer_src = addr("2001:db8:2::101");
	UNIT_EQ(judge_pair(&m), TC_ACT_SHOT);
}

static void not_tunnelled_or_not_ipv6_is_dropped(void)
{
	uint8_t pkt[40];
	struct machine m;

	ip6_packet(pkt, "2001:db8:1::100");
	m = pair_machine(pkt, sizeof(pkt));
	m.has_tunnel = false;
	UNIT_EQ(judge_pair(&m), TC_ACT_SHOT);
	m = pair_machine(pkt, sizeof(pkt));
	m.protocol = htons(ETH_P_IP);
	UNIT_EQ(judge_pair(&m), TC_ACT_SHOT);
}

static void short_packets_are_dropped(void)
{
	uint8_t pkt[40];
	struct machine m;
	size_t len;

	ip6_packet(pkt, "2001:db8:1::100");
	for (len = 0; len < 24; len++) {
		m = pair_machine(pkt, len);
		UNIT_EQ(judge_pair(&m), TC_ACT_SHOT);
	}
}

/* ---- the mark ---- */

#define MARK 0x4d495036u

static void solicitation(uint8_t pkt[64])
{
	struct in6_addr dst = addr("2001:db8:1::100");

	memset(pkt, 0, 64);
	pkt[0] = 0x60;
	pkt[6] = 58;
	pkt[7] = 255;
	memcpy(pkt + 24, &dst, 16);
	pkt[40] = 135;
}

/* The mark that a packet gets; every packet goes on. */
static uint32_t mark_of(const uint8_t *pkt, size_t len, uint16_t protocol)
{
	struct machine m = {
		.pkt = pkt,
		.pkt_len = len,
		.protocol = htons(protocol),
	};
	struct bpf_insn prog[BPF_PROG_MAX];
	size_t n = bpf_prog_mark_ns(prog, MARK);

	UNIT_EQ(run(&m, prog, n), TC_ACT_UNSPEC);
	return m.mark;
}

static void unicast_solicitation_is_marked(void)
{
	uint8_t pkt[64];

	solicitation(pkt);
	UNIT_EQ(mark_of(pkt, sizeof(pkt), ETH_P_IPV6), MARK);
}

static void nothing_else_is_marked(void)
{
	static const struct {
		size_t at;
		uint8_t octet;
	} change[] = {
		{ 6, 17 },    /* not ICMPv6 */
		{ 7, 254 },   /* came through a router */
		{ 24, 0xff }, /* multicast: delivered anyway */
		{ 40, 136 },  /* advertisement */
		{ 40, 128 },
	};
	uint8_t pkt[64];
	size_t i, len;

	for (i = 0; i < sizeof(change) / sizeof(change[0]); i++) {
		solicitation(pkt);
		pkt[change[i].at] = change[i].octet;
		UNIT_EQ(mark_of(pkt, sizeof(pkt), ETH_P_IPV6), 0);
	}
	solicitation(pkt);
	UNIT_EQ(mark_of(pkt, sizeof(pkt), ETH_P_IP), 0);
	for (len = 0; len < 41; len++)
		UNIT_EQ(mark_of(pkt, len, ETH_P_IPV6), 0);
}

static const struct unit_case cases[] = {
	UNIT_CASE(registered_pair_passes),
	UNIT_CASE(others_are_dropped),
	UNIT_CASE(not_tunnelled_or_not_ipv6_is_dropped),
	UNIT_CASE(short_packets_are_dropped),
	UNIT_CASE(unicast_solicitation_is_marked),
	UNIT_CASE(nothing_else_is_marked),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "bpf_prog", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
