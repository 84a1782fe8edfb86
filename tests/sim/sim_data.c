/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Traffic, and what the kernels of both ends make of it by the state that the
 * daemons put there: a packet of a pair that is optimised carries a Home
 * Address option or a type 2 routing header or both, all else of a home
 * address takes the tunnel, and the kernel tells of that.  On arrival the
 * headers are taken only where the pair is known (RFC 6275 sections 6.3, 6.4,
 * 9.3.1).  A host without mip6d answers Mobility Headers with a Parameter
 * Problem.
 */
#include <stdlib.h>
#include <string.h>

#include "mip6d/buf.h"
#include "tests/sim/sim_ro.h"

#define TOLD_EVERY_S 30
#define OCTETS       100 /* of a packet */

/* ---- what the kernel tells ---- */

static void tell_flow(struct sim_node *n, const struct kernel_flow *flow)
{
	struct sim_told *t = NULL;
	unsigned int i;

	if (fake_kernel_rule(n->kernel, &flow->peer, flow->protocol,
			     flow->peer_port) != KERNEL_RULE_OPTIMISE)
		return;
	for (i = 0; i < SIM_TOLD && i < n->n_told; i++)
		if (addr_eq(&n->told[i].hoa, &flow->hoa) &&
		    addr_eq(&n->told[i].peer, &flow->peer))
			t = &n->told[i];
	if (t && mtime_before(n->sim->now, mtime_add_s(t->at, TOLD_EVERY_S)))
		return;
	if (!t)
		t = &n->told[n->n_told++ % SIM_TOLD];
	*t = (struct sim_told){ .hoa = flow->hoa,
				.peer = flow->peer,
				.at = n->sim->now };
	fake_kernel_flow_tell(n->kernel, flow);
	sim_node_touch(n);
}

static void tell_report(struct sim_node *n, const struct sim_packet *p,
			const struct in6_addr *local)
{
	struct kernel_report r = {
		.hoa = p->hao,
		.coa = p->wire_src,
		.local = *local,
		.protocol = p->flow ? p->flow->protocol : 17,
	};

	if (n->sim->rr)
		n->sim->rr->n_reports++;
	if (p->flow && !p->back)
		p->flow->last_reported = n->sim->now;
	fake_kernel_report_tell(n->kernel, &r);
	sim_node_touch(n);
}

/* ---- sending ---- */

/* The headers that the sender's kernel adds for a pair. */
static void dress(struct sim_node *n, struct sim_packet *p,
		  const struct in6_addr *src, const struct in6_addr *dst)
{
	const struct kernel_ro *ours =
		fake_kernel_ro(n->kernel, src, dst, KERNEL_RO_LOCAL);
	const struct kernel_ro *theirs =
		fake_kernel_ro(n->kernel, src, dst, KERNEL_RO_PEER);
	const struct kernel_mn_home *h = sim_path_home(n, src);
	bool tunnel = h && h->place == KERNEL_MN_AWAY &&
		      fake_kernel_rule(n->kernel, dst, p->flow->protocol,
				       p->flow->port) != KERNEL_RULE_OPTIMISE;

	if (ours && ours->send && !tunnel) {
		p->has_hao = true;
		p->hao = *src;
		p->wire_src = ours->coa;
	}
	if (theirs) {
		p->has_rh2 = true;
		p->rh2 = *dst;
		p->wire_dst = theirs->coa;
	}
	if (p->has_hao || p->has_rh2)
		fake_kernel_usage_add(n->kernel, src, dst, 0, OCTETS);
}

void sim_flow_send(struct sim_flow *f, bool back)
{
	struct sim_node *n = f->node[back];
	const struct kernel_mn_home *h;
	struct sim_packet *p;
	struct kernel_flow flow = {
		.hoa = f->addr[back],
		.peer = f->addr[!back],
		.protocol = f->protocol,
		.peer_port = back ? 0 : f->port,
	};

	if (!n->up || n->asleep)
		return;
	h = sim_path_home(n, &f->addr[back]);
	if (n->role & SIM_MN && !h)
		return; /* no such address at this moment */
	p = sim_packet_new(f->sim, SIM_DATA, NULL, 0);
	p->flow = f;
	p->back = back;
	p->wire_src = f->addr[back];
	p->wire_dst = f->addr[!back];
	dress(n, p, &f->addr[back], &f->addr[!back]);
	f->sent[back]++;
	if (h && h->place == KERNEL_MN_AWAY && !p->has_hao)
		tell_flow(n, &flow);
	sim_path_send(n, p, &f->addr[back]);
}

static void flow_task(struct task *task, struct mtime now)
{
	struct sim_flow *f = container_of(task, struct sim_flow, task);
	struct sim *s = f->sim;

	sim_flow_send(f, !f->one_way && sim_below(s, 2));
	tqueue_start(s->tq, &f->task,
		     mtime_add_us(now, sim_between(s, f->period_ms * 500,
						   f->period_ms * 1500)));
}

void sim_flow_set(struct sim_flow *f, bool on)
{
	f->on = on;
	if (on)
		tqueue_start(f->sim->tq, &f->task, f->sim->now);
	else
		task_stop(&f->task);
}

struct sim_flow *sim_flow_add(struct sim_node *mn, unsigned int home,
			      struct sim_node *peer, int64_t period_ms)
{
	struct sim_flow *f = calloc(1, sizeof(*f));

	if (!f)
		abort();
	*f = (struct sim_flow){
		.sim = mn->sim,
		.node = { mn, peer },
		.addr = { mn->regs[home].hoa, addr_is_any(&peer->fixed)
						      ? peer->regs[0].hoa
						      : peer->fixed },
		.protocol = 17,
		.port = 4711,
		.period_ms = period_ms,
		.next = mn->sim->flows,
	};
	task_init(&f->task, flow_task);
	mn->sim->flows = f;
	return f;
}

struct sim_packet *sim_data_forge(struct sim *s, const struct in6_addr *src,
				  const struct in6_addr *dst,
				  const struct in6_addr *hao)
{
	struct sim_packet *p = sim_packet_new(s, SIM_DATA, NULL, 0);

	p->wire_src = *src;
	p->wire_dst = *dst;
	p->has_hao = true;
	p->hao = *hao;
	p->forged = true;
	return p;
}

/* ---- arriving ---- */

static void count_dropped(struct sim_node *n)
{
	if (n->sim->rr)
		n->sim->rr->n_dropped++;
}

bool sim_flow_is_away(const struct sim_flow *f, bool end)
{
	const struct kernel_mn_home *h =
		sim_path_home(f->node[end], &f->addr[end]);

	return h && h->place == KERNEL_MN_AWAY;
}

/* It has the header of each end that is away. */
static bool is_direct(const struct sim_packet *p)
{
	bool from = sim_flow_is_away(p->flow, p->back);
	bool to = sim_flow_is_away(p->flow, !p->back);

	if (!from && !to)
		return p->has_hao || p->has_rh2;
	return (!from || p->has_hao) && (!to || p->has_rh2);
}

void sim_data_arrives(struct sim_node *n, struct sim_packet *p, int ifindex)
{
	struct in6_addr local = p->has_rh2 ? p->rh2 : p->wire_dst;
	struct in6_addr peer = p->has_hao ? p->hao : p->wire_src;
	const struct kernel_ro *theirs =
		fake_kernel_ro(n->kernel, &local, &peer, KERNEL_RO_PEER);
	struct kernel_flow flow = {
		.hoa = local, .peer = peer, .protocol = 17, .received = true
	};

	/* Taken at any address of ours: it may have been under way. */
	if (p->has_rh2 &&
	    (!sim_path_home(n, &local) ||
	     !fake_kernel_ro(n->kernel, &local, &peer, KERNEL_RO_LOCAL))) {
		count_dropped(n);
		return;
	}
	if (p->has_hao && (!theirs || !addr_eq(&theirs->coa, &p->wire_src))) {
		count_dropped(n);
		if (n->kernel->cn_started)
			tell_report(n, p, &local);
		return;
	}
	if (!p->flow)
		sim_fail(n->sim, "%s: takes a forged packet of %s from %s",
			 n->name, addr_str(&p->hao), addr_str(&p->wire_src));
	if (p->has_hao || p->has_rh2)
		fake_kernel_usage_add(n->kernel, &local, &peer, OCTETS, 0);
	if (ifindex >= FAKE_MN_TUNNEL_IFINDEX && !p->has_hao &&
	    sim_below(n->sim, 4) == 0)
		tell_flow(n, &flow);
	p->flow->got[p->back]++;
	if (is_direct(p))
		p->flow->direct[p->back]++;
}

/* ---- a host without mip6d ---- */

/* RFC 4443 section 3.4: an unrecognised Next Header (code 1) or option (2),
 * with what it was in. */
struct sim_packet *sim_data_problem(const struct sim_packet *p,
				    const struct in6_addr *src, uint8_t code)
{
	uint8_t buf[256] = { ICMP6_PARAM_PROB_T, code };
	struct sim_packet *e;
	uint8_t *ip = buf + 8, *ext = ip + 40;
	size_t ext_len = p->has_hao ? 24 : 0;
	size_t len = p->len > 128 ? 128 : p->len;
	uint16_t sum;

	buf[7] = p->has_hao ? 40 : 6;
	ip[0] = 0x60;
	ip[4] = (uint8_t)((ext_len + p->len) >> 8);
	ip[5] = (uint8_t)(ext_len + p->len);
	ip[6] = p->has_hao ? 60 : MH_PROTO;
	ip[7] = 60;
	memcpy(ip + 8, &p->wire_src, 16);
	memcpy(ip + 24, &p->wire_dst, 16);
	if (p->has_hao) {
		memcpy(ext, (uint8_t[]){ MH_PROTO, 2, 1, 2, 0, 0, 0xc9, 16 },
		       8);
		memcpy(ext + 8, &p->hao, 16);
	}
	memcpy(ext + ext_len, p->data, len);
	len += 48 + ext_len;
	sum = buf_checksum6(src, &p->wire_src, ICMP6_PROTO, buf, len);
	buf[2] = (uint8_t)(sum >> 8);
	buf[3] = (uint8_t)sum;
	e = sim_packet_new(p->sim, SIM_ICMP, buf, len);
	e->wire_src = *src;
	e->wire_dst = p->wire_src;
	return e;
}

void sim_data_plain(struct sim_node *n, struct sim_packet *p)
{
	if (p->kind == SIM_MH) {
		sim_path_send(n, sim_data_problem(p, &n->fixed, 1), &n->fixed);
		return;
	}
	if (p->kind == SIM_DATA && (p->has_hao || p->has_rh2))
		sim_fail(n->sim, "%s: an optimised packet without a binding",
			 n->name);
	if (p->kind == SIM_DATA && p->flow)
		p->flow->got[p->back]++;
}
