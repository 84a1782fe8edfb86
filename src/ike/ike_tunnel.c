/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Associations in tunnel mode, between care-of address and home agent
 * (RFC 4877 sections 4.2, 5, 7.2.2, 7.2.4).
 *
 * This file decides when a node asks for them: once there is IKE, and again
 * when they have gone; the agent only learns of them.  What takes the tunnel
 * waits until they are there.  Which policies follow, and how they move, is
 * left to src/security.
 */
#include <string.h>

#include "mip6d/cleanup.h"
#include "mip6d/log.h"
#include "src/ike/ike_priv.h"

static void tell(const struct ike_pair *p, uint32_t reqid)
{
	bool is_node = p->peer->end == IKE_NODE;
	int err = security_tunnel_negotiated(
		p->ike->env.security, is_node ? SECURITY_NODE : SECURITY_AGENT,
		&p->peer->hoa, &p->peer->agent, reqid,
		is_node ? &p->has.local : &p->has.remote);

	if (err)
		log_error("ike: hoa=%s agent=%s the tunnel is refused: %s",
			  addr_str(&p->peer->hoa), addr_str(&p->peer->agent),
			  strerror(-err));
}

void ike_tunnel_give_up(struct ike_pair *p, const struct in6_addr *coa)
{
	struct kernel_sa sa = { .dst = *coa, .spi = p->has.tunnel.spi_out };
	int err = sa.spi ? kernel_sa_del(p->ike->env.kernel, &sa) : 0;

	if (err)
		log_error("ike: hoa=%s agent=%s spi=%08x stays: %s",
			  addr_str(&p->peer->hoa), addr_str(&p->peer->agent),
			  sa.spi, strerror(-err));
}

static bool is_missing(const struct ike_pair *p)
{
	return p->peer->end == IKE_NODE && p->protect != SECURITY_SIGNALLING &&
	       p->wanted && p->has.up && !p->has.tunnel.reqid &&
	       p->ike->connected;
}

static void ask(struct ike_pair *p, struct mtime now)
{
	ike_todo(p, IKE_TODO_TUNNEL);
	tqueue_start(p->ike->env.tq, &p->tunnel_task,
		     mtime_add_ms(now, p->tunnel_retry_ms));
	p->tunnel_retry_ms *= 2;
	if (p->tunnel_retry_ms > IKE_RETRY_MAX_MS)
		p->tunnel_retry_ms = IKE_RETRY_MAX_MS;
}

static void changed(struct ike_pair *p, const struct ike_child *c)
{
	tell(p, c->reqid);
	if (!c->reqid) {
		log_notice("ike: hoa=%s agent=%s no associations for the "
			   "tunnel any more",
			   addr_str(&p->peer->hoa), addr_str(&p->peer->agent));
		return;
	}
	task_stop(&p->tunnel_task);
	p->tunnel_retry_ms = IKE_RETRY_MIN_MS;
	ike_set_reason(p, "");
	log_info("ike: hoa=%s agent=%s tunnel reqid=%u spi-in=%08x "
		 "spi-out=%08x",
		 addr_str(&p->peer->hoa), addr_str(&p->peer->agent), c->reqid,
		 c->spi_in, c->spi_out);
}

void ike_tunnel_found(struct ike_pair *p, const struct ike_child *before,
		      struct mtime now)
{
	const struct ike_child *c = &p->has.tunnel;

	if (c->reqid != before->reqid || c->spi_in != before->spi_in)
		changed(p, c);
	if (!p->has.up) { /* it will be asked for at once when it is */
		task_stop(&p->tunnel_task);
		p->tunnel_retry_ms = IKE_RETRY_MIN_MS;
	} else if (is_missing(p) && !task_is_started(&p->tunnel_task)) {
		ask(p, now);
	}
}

void ike_tunnel_task(struct task *task, struct mtime now)
{
	struct ike_pair *p = container_of(task, struct ike_pair, tunnel_task);

	if (!is_missing(p))
		return;
	ike_set_reason(p, "no associations for the tunnel: charon's log says "
			  "(is protect the same at both ends?)");
	log_limited(LOG_LEVEL_NOTICE, now, "ike: hoa=%s agent=%s: %s",
		    addr_str(&p->peer->hoa), addr_str(&p->peer->agent),
		    p->reason);
	ask(p, now);
}

void ike_tunnel_moves(struct ike_pair *p)
{
	p->moved_spi = p->has.tunnel.spi_in;
}

/* Those that were made meanwhile may be of either care-of address. */
void ike_tunnel_moved(struct ike_pair *p)
{
	if (p->peer->end == IKE_NODE && p->has.tunnel.reqid &&
	    p->has.tunnel.spi_in != p->moved_spi)
		ike_todo(p, IKE_TODO_REKEY_TUNNEL);
}

void ike_tunnel_forget(struct ike_pair *p)
{
	task_stop(&p->tunnel_task);
	if (p->peer)
		tell(p, 0);
}
