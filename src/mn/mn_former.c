/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bindings left behind at former home agents (RFC 6275 section 11.4.1).
 *
 * An agent that was given up may still hold a binding: it would go on taking
 * the packets of the home address, and defend the address against the agent
 * that has been taken instead.  This file decides that it is asked to delete
 * that binding, with the back-off of section 11.8, until it answers or the
 * binding has run out.
 *
 * The Home Address option of these Binding Updates is ancillary data, since
 * the kernel's state of a home address knows one agent.
 */
#include "mn_priv.h"

#include <errno.h>

#include "mip6d/cleanup.h"

static void former_task(struct task *task, struct mtime now);

void mn_former_init(struct mn_home *h)
{
	unsigned int i;

	for (i = 0; i < MN_FORMERS_MAX; i++) {
		h->formers[i].home = h;
		task_init(&h->formers[i].task, former_task);
	}
}

static struct mn_former *former_of(struct mn_home *h,
				   const struct in6_addr *agent)
{
	unsigned int i;

	for (i = 0; i < MN_FORMERS_MAX; i++)
		if (addr_eq(&h->formers[i].agent, agent))
			return &h->formers[i];
	return NULL;
}

static void former_end(struct mn_former *f)
{
	if (!addr_is_any(&f->agent))
		mn_memory_changed(f->home);
	f->agent = addr_any;
	task_stop(&f->task);
}

void mn_former_drop(struct mn_home *h, const struct in6_addr *agent)
{
	struct mn_former *f = former_of(h, agent);

	if (f)
		former_end(f);
}

void mn_former_drop_all(struct mn_home *h)
{
	unsigned int i;

	for (i = 0; i < MN_FORMERS_MAX; i++)
		former_end(&h->formers[i]);
}

bool mn_former_any(const struct mn_home *h)
{
	unsigned int i;

	for (i = 0; i < MN_FORMERS_MAX; i++)
		if (!addr_is_any(&h->formers[i].agent))
			return true;
	return false;
}

/* ---- Binding Updates ---- */

/* From where one can be sent at present. */
static bool fill_source(const struct mn_home *h, struct mh_send *msg)
{
	const struct kernel_mn_home *in = &h->install.want;

	if (h->hold || !h->install.done)
		return false;
	if (h->place == MN_PLACE_AWAY && in->place == KERNEL_MN_AWAY &&
	    !addr_is_any(&in->ha)) {
		msg->hao = true;
		msg->hao_coa = in->coa;
		return true;
	}
	msg->ifindex = h->home_ifindex;
	return h->place == MN_PLACE_HOME && in->place == KERNEL_MN_HOME;
}

static void transmit(struct mn_former *f, struct mtime now)
{
	struct mn_home *h = f->home;
	struct mn_rate *rate = mn_rate_of(h->mn, &f->agent);
	struct mh_send msg = { .src = h->hoa, .dst = f->agent };
	struct mn_bu bu = { .sa = mn_home_sa(h), .hoa = h->hoa };
	uint8_t buf[MN_BU_SIZE_MAX];
	int len, err;

	if (!fill_source(h, &msg) || mtime_before(now, mn_rate_next(rate, now)))
		return;
	bu.coa = msg.hao ? msg.hao_coa : h->hoa;
	bu.seq = (uint16_t)(f->seq + 1);
	bu.timestamp = mn_auth_stamp(&f->clock);
	len = mn_bu_build(&bu, buf, sizeof(buf));
	if (len < 0)
		return;
	msg.data = buf;
	msg.len = (size_t)len;
	err = mn_is_protected(h, &msg.dst)
		      ? transport_send_mh(h->mn->env.transport, &msg)
		      : -ENOKEY;
	if (err) {
		mn_count(h->mn, CNT_MH_OUT_FAILED);
		return;
	}
	f->seq = bu.seq;
	f->coa = bu.coa;
	f->sent = true;
	mn_rate_sent(rate, now);
	mn_count(h->mn, CNT_MH_OUT);
	mn_count(h->mn, CNT_BU_OUT);
	log_debug("mn: hoa=%s BU seq=%u to the former agent %s lifetime=0",
		  addr_str(&h->hoa), bu.seq, addr_str(&f->agent));
}

static void arm(struct mn_former *f, struct mtime now)
{
	tqueue_start(f->home->mn->env.tq, &f->task,
		     mtime_min(mtime_add_ms(now, f->backoff_ms), f->expires));
}

static void former_task(struct task *task, struct mtime now)
{
	struct mn_former *f = container_of(task, struct mn_former, task);

	if (!mtime_before(now, f->expires)) {
		former_end(f);
		return;
	}
	transmit(f, now);
	arm(f, now);
	f->backoff_ms = f->backoff_ms < MAX_BINDACK_TIMEOUT_MS / 2
				? 2 * f->backoff_ms
				: MAX_BINDACK_TIMEOUT_MS;
}

/* Its own, else a free one, else that of the binding that ends first. */
static struct mn_former *slot_for(struct mn_home *h,
				  const struct in6_addr *agent)
{
	struct mn_former *f = former_of(h, agent);
	unsigned int i;

	if (!f)
		f = former_of(h, &addr_any);
	if (f)
		return f;
	f = &h->formers[0];
	for (i = 1; i < MN_FORMERS_MAX; i++)
		if (mtime_before(h->formers[i].expires, f->expires))
			f = &h->formers[i];
	return f;
}

void mn_former_add(struct mn_home *h, const struct in6_addr *agent,
		   struct mtime expires, struct mtime now)
{
	struct mn_former *f = slot_for(h, agent);

	f->agent = *agent;
	f->expires = expires;
	mn_memory_changed(h);
	f->seq = h->seq;
	f->sent = false;
	f->clock = h->clock;
	f->backoff_ms = h->mn->conf->bindack_timeout_ms;
	/* Once the kernel's state is that of the new agent. */
	arm(f, now);
}

/* ---- answers ---- */

static void deleted(struct mn_former *f, uint8_t status, struct mtime now)
{
	struct mn_home *h = f->home;

	log_info("mn: hoa=%s the former agent %s answers: %s",
		 addr_str(&h->hoa), addr_str(&f->agent), ba_status_str(status));
	former_end(f);
	/* Its defence of the home address may have been the reason. */
	if (h->bul && h->bul->state == BUL_REFUSED &&
	    h->bul->last_status == BA_DAD_FAILED && !mn_home_is_stopping(h))
		mn_reg_retry(h, now);
}

/* False, and counted, where the home address has a key and the answer does
 * not prove that the agent has it. */
static bool is_proven(const struct mn_former *f, const struct packet *pkt,
		      const struct mh_msg *msg)
{
	const struct mn_home *h = f->home;
	const struct auth_mn_parties p = { .coa = f->coa, .hoa = h->hoa };
	const struct auth_sa *sa = mn_home_sa(h);
	enum mn_ba_verdict v = MN_BA_ACCEPTED;

	if (sa)
		v = mn_auth_judge(sa, &f->clock, &p, pkt, msg);
	if (v == MN_BA_ACCEPTED)
		return true;
	mn_count(h->mn, v == MN_BA_BAD_TIMESTAMP ? CNT_BA_BAD_TIMESTAMP
						 : CNT_BA_BAD_AUTH);
	return false;
}

bool mn_former_on_ba(struct mn_home *h, const struct packet *pkt,
		     const struct mh_msg *msg, struct mtime now)
{
	struct mn_former *f = former_of(h, &pkt->src);
	uint8_t status = msg->ba.status;

	if (!f || addr_is_any(&pkt->src))
		return false;
	if (!f->sent) {
		mn_count(h->mn, CNT_BA_NOT_ASKED);
	} else if (!is_proven(f, pkt, msg)) {
		return true;
	} else if (status == BA_SEQ_OUT_OF_WINDOW) {
		/* The next one, when it is due, follows this. */
		f->seq = msg->ba.seq;
	} else if (msg->ba.seq != f->seq) {
		mn_count(h->mn, CNT_BA_BAD_SEQ);
	} else if (status == BA_TIMESTAMP_MISMATCH) {
		mn_auth_adjust(&f->clock, msg->opt.timestamp);
	} else if (status < 128 || status == BA_NOT_HOME_AGENT ||
		   status == BA_NOT_HOME_SUBNET ||
		   status == BA_HOME_REG_UNSUPPORTED) {
		deleted(f, status, now);
	}
	return true;
}
