/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dynamic home agent address discovery (RFC 6275 sections 6.5, 6.6, 11.4.1).
 *
 *   IDLE --needed--> ASKING --reply--> IDLE
 *   ASKING --five requests unanswered--> RESTING --retry time--> ASKING
 *
 * This file decides when a request is sent, and from where: from the care-of
 * address, or at home from the home address; another care-of address begins
 * anew, and where nothing can be sent it waits.  A late reply to the last
 * request is as good as one in time.  Judging it is left to mn_agents.c, what
 * follows from it to mn_agent.c.
 */
#include "mn_priv.h"

#include <string.h>

#include "mip6d/cleanup.h"
#include "mip6d/random.h"

/* Where a request can leave from at present. */
static bool source_of(const struct mn_home *h, struct in6_addr *ret_src,
		      int *ret_ifindex)
{
	const struct kernel_mn_home *in = &h->install.want;

	if (h->hold || mn_home_is_stopping(h) || !h->install.done)
		return false;
	/* The kernel must know its router: the main table may still have the
	 * home prefix on the link that was left. */
	if (h->place == MN_PLACE_AWAY && in->place == KERNEL_MN_AWAY &&
	    addr_eq(&in->coa, &h->coa)) {
		*ret_src = h->coa;
		*ret_ifindex = h->coa_ifindex;
		return true;
	}
	if (h->place == MN_PLACE_HOME && in->place == KERNEL_MN_HOME) {
		*ret_src = h->hoa;
		*ret_ifindex = h->home_ifindex;
		return true;
	}
	return false;
}

static void transmit(struct mn_home *h, struct mtime now)
{
	struct mn_dhaad *d = &h->dhaad;
	struct mn *mn = h->mn;
	uint8_t buf[8];
	struct mh_send send = {
		.src = d->asked.src,
		.ifindex = d->ifindex,
		.data = buf,
	};
	int len = icmp6_build_haad_request(d->asked.id, buf, sizeof(buf));
	int err;

	/* conf_check.c: the prefix has such an address. */
	if (len < 0 || !addr_home_agents(&h->prefix, &send.dst))
		return;
	send.len = (size_t)len;
	d->sent++;
	err = transport_send_icmp6(mn->env.transport, &send);
	if (err) {
		/* It is repeated. */
		mn_count(mn, CNT_ICMP_OUT_FAILED);
		log_limited(LOG_LEVEL_WARNING, now,
			    "mn: hoa=%s agent discovery not sent: %s",
			    addr_str(&h->hoa), strerror(-err));
		return;
	}
	mn_count(mn, CNT_HAAD_ASKED);
	log_debug("mn: hoa=%s asks %s for home agents from=%s id=%u attempt=%u",
		  addr_str(&h->hoa), addr_str(&send.dst),
		  addr_str(&d->asked.src), d->asked.id, d->sent);
}

static void arm(struct mn_home *h, struct mtime now)
{
	tqueue_start(h->mn->env.tq, &h->dhaad.task,
		     mtime_add_ms(now, h->dhaad.timeout_ms));
}

/* A round, which waits where nothing can be sent. */
static void begin(struct mn_home *h, struct mtime now)
{
	struct mn_dhaad *d = &h->dhaad;
	struct in6_addr src;
	int ifindex;

	d->state = MN_DHAAD_ASKING;
	d->sent = 0;
	d->timeout_ms = INITIAL_DHAAD_TIMEOUT_MS;
	if (!source_of(h, &src, &ifindex)) {
		d->asked.open = false;
		task_stop(&d->task);
		return;
	}
	d->asked = (struct mn_dhaad_asked){ .open = true,
					    .src = src,
					    .home = h->prefix };
	d->ifindex = ifindex;
	random_bytes(&d->asked.id, sizeof(d->asked.id));
	transmit(h, now);
	arm(h, now);
}

void mn_dhaad_start(struct mn_home *h, struct mtime when, struct mtime now)
{
	struct mn_dhaad *d = &h->dhaad;

	if (d->state != MN_DHAAD_IDLE)
		return;
	if (!mtime_before(now, when)) {
		log_notice("mn: hoa=%s looks for home agents of %s",
			   addr_str(&h->hoa), prefix_str(&h->prefix));
		begin(h, now);
		return;
	}
	d->state = MN_DHAAD_RESTING;
	tqueue_start(h->mn->env.tq, &d->task, when);
}

void mn_dhaad_stop(struct mn_home *h)
{
	h->dhaad.state = MN_DHAAD_IDLE;
	h->dhaad.asked.open = false;
	task_stop(&h->dhaad.task);
}

void mn_dhaad_resume(struct mn_home *h, struct mtime now)
{
	struct mn_dhaad *d = &h->dhaad;
	struct in6_addr src;
	int ifindex;

	/* A pause after refusals lasts, wherever the node is. */
	if (d->state == MN_DHAAD_IDLE || !source_of(h, &src, &ifindex) ||
	    (d->state == MN_DHAAD_RESTING && task_is_started(&d->task)))
		return;
	if (task_is_started(&d->task) && addr_eq(&src, &d->asked.src) &&
	    ifindex == d->ifindex)
		return;
	begin(h, now);
}

static void give_up(struct mn_home *h, struct mtime now)
{
	uint32_t again_s = h->mn->conf->retry_s;

	log_limited(LOG_LEVEL_WARNING, now,
		    "mn: hoa=%s no home agent of %s answers; again in %u s",
		    addr_str(&h->hoa), prefix_str(&h->prefix), again_s);
	h->dhaad.state = MN_DHAAD_RESTING;
	tqueue_start(h->mn->env.tq, &h->dhaad.task, mtime_add_s(now, again_s));
	mn_agent_on_silence(h, now);
}

static void on_due(struct mn_home *h, struct mtime now)
{
	struct mn_dhaad *d = &h->dhaad;
	struct in6_addr src;
	int ifindex;

	if (d->state == MN_DHAAD_RESTING) {
		begin(h, now);
	} else if (!source_of(h, &src, &ifindex)) {
		/* mn_dhaad_resume() goes on. */
		return;
	} else if (d->sent > DHAAD_RETRIES) {
		give_up(h, now);
	} else {
		d->timeout_ms *= 2;
		transmit(h, now);
		arm(h, now);
	}
}

void mn_dhaad_task(struct task *task, struct mtime now)
{
	struct mn_dhaad *d = container_of(task, struct mn_dhaad, task);
	struct mn_home *h = container_of(d, struct mn_home, dhaad);

	h->mn->now = now;
	on_due(h, now);
	mn_ro_follow(h, now);
}

/* ---- replies ---- */

/* An agent is another node. */
static void drop_ours(struct mn *mn, struct mn_agents *l)
{
	unsigned int i = 0;

	while (i < l->n) {
		struct in6_addr a = l->a[i].addr;

		if (mn_home_of(mn, &a) ||
		    kernel_addr_is_local(mn->env.kernel, &a))
			mn_agents_drop(l, &a);
		else
			i++;
	}
}

static enum mn_dhaad_verdict answer(struct mn_home *h, const struct packet *pkt,
				    const struct icmp6_haad_reply *reply,
				    struct mtime now)
{
	struct mn_agents l;
	enum mn_dhaad_verdict v =
		mn_dhaad_judge(&h->dhaad.asked, pkt, reply, &l);

	if (v != MN_DHAAD_OK)
		return v;
	drop_ours(h->mn, &l);
	if (!l.n)
		return MN_DHAAD_EMPTY;
	mn_dhaad_stop(h);
	log_info("mn: hoa=%s %u home agents, told by %s", addr_str(&h->hoa),
		 l.n, addr_str(&pkt->src));
	mn_agent_on_list(h, &l, now);
	return MN_DHAAD_OK;
}

void mn_dhaad_on_reply(struct mn *mn, const struct packet *pkt,
		       const struct icmp6_haad_reply *reply, struct mtime now)
{
	enum mn_dhaad_verdict v = MN_DHAAD_NOT_ASKED;
	struct mn_home *h;

	mn_count(mn, CNT_HAAD_REPLY_IN);
	for (h = mn->homes; h && v != MN_DHAAD_OK; h = h->next)
		v = answer(h, pkt, reply, now);
	if (v == MN_DHAAD_OK)
		return;
	mn_count(mn, CNT_HAAD_REPLY_IGNORED);
	log_limited(LOG_LEVEL_DEBUG, now,
		    "mn: agent discovery reply from %s to %s ignored (%d)",
		    addr_str(&pkt->src), addr_str(&pkt->dst), (int)v);
}
