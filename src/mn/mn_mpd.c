/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mobile prefix discovery (RFC 6275 sections 6.7, 6.8, 11.4.2, 11.4.3, 11.8).
 *
 * This file decides when the home agent is asked for the prefixes of the home
 * link: while away and bound, before the home prefix ends, when the agent
 * says so (status 1) or when it speaks of them unasked; until an answer comes.
 * It decides which answer counts, and what follows from it: another end of
 * the home prefix shortens what is registered beyond it, and an end that is
 * reached ends the registration and the use of the home address: for good when
 * the agent said "now", else until the agent, asked again slowly, accepts a
 * registration.  A home address with ESP hears those alone that came by it.
 *
 * The solicitation's Home Address option comes from the kernel's state for
 * the home agent, as that of its Binding Updates.  What the answer says about
 * the prefix is believed as it stands, without the two hours of RFC 4862
 * 5.5.3: it is the agent's answer to a question of ours, and the agent could
 * end the registration all the same (Differs from RFC 4862 section 5.5.3).
 * What follows from a new prefix is left to mn_formed.c; M and O change
 * nothing, as there is no DHCPv6 here (Differs from RFC 6275 section 11.4.3).
 */
#include "mn_priv.h"

#include <errno.h>

#include <stdio.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "mip6d/lifetime.h"
#include "mip6d/random.h"

#define INITIAL_SOLICIT_TIMER_MS 3000 /* RFC 6275 section 12 */
/* A refresh does not wait so long that the binding would end. */
#define DEFER_UNTIL_S 20

/* ---- solicitations ---- */

/* Bound, and the kernel's state is that of this agent; and advertisements are
 * protected (RFC 4285 section 2). */
static bool can_send(const struct mn_home *h, struct mtime now)
{
	const struct kernel_mn_home *in = &h->install.want;

	return h->place == MN_PLACE_AWAY && !h->hold &&
	       !mn_home_is_stopping(h) && mn_home_is_protected(h) &&
	       h->install.done && in->place == KERNEL_MN_AWAY &&
	       addr_eq(&in->ha, mn_home_agent(h)) && h->bul &&
	       bul_is_bound(h->bul, now);
}

static void transmit(struct mn_home *h, struct mtime now)
{
	struct mn *mn = h->mn;
	uint8_t buf[8];
	struct mh_send send = {
		.src = h->hoa,
		.dst = *mn_home_agent(h),
		.data = buf,
	};
	int len = icmp6_build_mps(h->mpd.id, buf, sizeof(buf));
	int err;

	if (len < 0)
		return;
	send.len = (size_t)len;
	h->mpd.sent = now;
	err = mn_is_protected(h, &send.dst)
		      ? transport_send_icmp6(mn->env.transport, &send)
		      : -ENOKEY;
	if (err) {
		mn_count(mn, CNT_ICMP_OUT_FAILED);
		log_limited(LOG_LEVEL_WARNING, now,
			    "mn: hoa=%s prefix solicitation not sent: %s",
			    addr_str(&send.src), strerror(-err));
		return;
	}
	mn_count(mn, CNT_MPS_OUT);
	log_debug("mn: hoa=%s asks %s for prefixes id=%u", addr_str(&send.src),
		  addr_str(&send.dst), h->mpd.id);
}

/* When to ask because the prefix ends; MTIME_NEVER: it does not, or nobody
 * can say more. */
static struct mtime expiry_due(const struct mn_home *h, struct mtime now)
{
	struct mtime at, least;

	if (!mtime_before(h->hoa_valid_until, MTIME_NEVER) ||
	    !mtime_before(now, h->hoa_valid_until))
		return MTIME_NEVER;
	at = mn_ba_refresh_time(h->hoa_heard, h->hoa_valid_until, 0);
	least = mtime_add_ms(h->mpd.sent, INITIAL_SOLICIT_TIMER_MS);
	if (h->mpd.sent.us && mtime_before(at, least))
		at = least;
	return mtime_before(at, h->hoa_valid_until) ? at : MTIME_NEVER;
}

static void arm(struct mn_home *h, struct mtime now)
{
	struct mn_mpd *d = &h->mpd;
	struct mtime due = MTIME_NEVER;

	if (can_send(h, now))
		due = d->wanted ? mtime_add_ms(d->sent, d->timeout_ms)
				: expiry_due(h, now);
	/* Only the agent's word ends the use of the home address. */
	if (d->told.us && h->place == MN_PLACE_AWAY && !d->invalid)
		due = mtime_min(due, h->hoa_valid_until);
	if (mtime_before(due, MTIME_NEVER))
		tqueue_start(h->mn->env.tq, &d->task, due);
	else
		task_stop(&d->task);
}

/* An exchange has one identifier and its own back-off (section 11.8). */
static void want(struct mn_home *h, struct mtime now)
{
	struct mn_mpd *d = &h->mpd;

	if (!d->wanted) {
		d->wanted = true;
		d->open = false;
	}
	if (!d->open && can_send(h, now)) {
		d->open = true;
		d->timeout_ms = INITIAL_SOLICIT_TIMER_MS;
		random_bytes(&d->id, sizeof(d->id));
		transmit(h, now);
	}
	arm(h, now);
}

void mn_mpd_stop(struct mn_home *h)
{
	h->mpd.wanted = h->mpd.open = h->mpd.status1 = false;
	task_stop(&h->mpd.task);
}

void mn_mpd_on_bound(struct mn_home *h, bool asks, struct mtime now)
{
	struct mn_mpd *d = &h->mpd;

	if (d->status1 && !asks)
		d->wanted = d->status1 = false;
	d->status1 |= asks;
	if (asks || d->wanted)
		want(h, now);
	else
		arm(h, now);
}

void mn_mpd_resume(struct mn_home *h, struct mtime now)
{
	if (h->mpd.wanted)
		want(h, now);
	else if (!task_is_started(&h->mpd.task))
		arm(h, now);
}

bool mn_mpd_defers(const struct mn_home *h, struct mtime now)
{
	return h->mpd.status1 && h->mpd.open && can_send(h, now) &&
	       mtime_before(mtime_add_s(now, DEFER_UNTIL_S), h->bul->expires);
}

/* ---- the end ---- */

static void invalid(struct mn_home *h, bool is_word, struct mtime now)
{
	static const char why[] = "the home prefix is not valid any more";

	mn_mpd_stop(h);
	h->mpd.invalid = true;
	log_error("mn: hoa=%s is not used: %s", addr_str(&h->hoa), why);
	if (h->bul) {
		h->bul->bound_coa = addr_any;
		mn_reg_enter(h, BUL_IDLE, why, now);
	}
	mn_dhaad_stop(h);
	mn_former_drop_all(h);
	mn_home_enter(h, MN_PLACE_UNKNOWN, why, now);
	snprintf(h->reason, sizeof(h->reason), "%s", why);
	mn_home_install_none(h, now);
	if (!is_word)
		tqueue_start(h->mn->env.tq, &h->mpd.task,
			     mtime_add_s(now, h->mn->conf->retry_s));
	mn_formed_on_end(h, now);
}

/* The end that was told has passed, but perhaps only for who could not hear
 * that there is a later one: the agent knows.  Differs from RFC 6275 section
 * 11.4.2. */
static void ask_again(struct mn_home *h, struct mtime now)
{
	h->mpd.invalid = false;
	h->mpd.told = (struct mtime){ 0 };
	h->hoa_valid_until = MTIME_NEVER;
	mn_eval_soon(h->mn, now);
}

static void on_due(struct mn_home *h, struct mtime now)
{
	struct mn_mpd *d = &h->mpd;

	if (d->invalid) {
		ask_again(h, now);
		return;
	}
	if (d->told.us && h->place == MN_PLACE_AWAY &&
	    !mtime_before(now, h->hoa_valid_until)) {
		invalid(h, false, now);
		return;
	}
	/* mn_mpd_on_bound() or mn_mpd_resume() goes on; the end comes. */
	if (!can_send(h, now)) {
		arm(h, now);
		return;
	}
	if (!d->wanted || !d->open) {
		want(h, now);
		return;
	}
	if (!d->status1 && !mtime_before(now, h->hoa_valid_until)) {
		/* An agent without this: it is right about what it grants. */
		mn_mpd_stop(h);
		return;
	}
	d->timeout_ms = d->timeout_ms < MAX_BINDACK_TIMEOUT_MS / 2
				? 2 * d->timeout_ms
				: MAX_BINDACK_TIMEOUT_MS;
	transmit(h, now);
	arm(h, now);
}

void mn_mpd_task(struct task *task, struct mtime now)
{
	struct mn_mpd *d = container_of(task, struct mn_mpd, task);
	struct mn_home *h = container_of(d, struct mn_home, mpd);

	h->mn->now = now;
	on_due(h, now);
	mn_ro_follow(h, now);
}

/* ---- advertisements ---- */

static bool wants_esp(const struct mn_home *h)
{
	return h->security == CONF_SECURITY_IPSEC;
}

void mn_mpd_listen(struct mn *mn)
{
	bool clear = false, esp = false;
	const struct mn_home *h;
	int err;

	for (h = mn->homes; h; h = h->next) {
		clear |= !wants_esp(h);
		esp |= wants_esp(h);
	}
	if (clear == mn->mpa_clear && esp == mn->mpa_esp)
		return;
	err = transport_mpa_listen(mn->env.transport, clear, esp);
	if (err)
		log_error("mn: prefix advertisements cannot be heard: %s",
			  strerror(-err));
	mn->mpa_clear = clear && !err;
	mn->mpa_esp = esp && !err;
}

enum mn_mpa_verdict mn_mpa_judge(const struct mn_mpd *d,
				 const struct in6_addr *agent,
				 const struct packet *pkt,
				 const struct icmp6_mpa *mpa)
{
	if (addr_is_any(agent))
		return MN_MPA_NO_AGENT;
	if (!addr_eq(&pkt->src, agent) || pkt->has_hao)
		return MN_MPA_WRONG_AGENT;
	if (!pkt->has_rh2)
		return MN_MPA_NO_RH2;
	return d->open && mpa->id == d->id ? MN_MPA_OK : MN_MPA_NOT_ASKED;
}

/* The option about the home prefix; NULL: none. */
static const struct ra_prefix *home_option(const struct mn_home *h,
					   const struct icmp6_mpa *mpa)
{
	unsigned int i;

	for (i = 0; i < mpa->n_prefixes; i++) {
		const struct ra_prefix *p = &mpa->prefixes[i];

		if (prefix_eq(&p->prefix, &h->prefix) &&
		    p->preferred_s <= p->valid_s)
			return p;
	}
	return NULL;
}

static struct mtime end_of(uint32_t left_s, struct mtime now)
{
	return left_s == UINT32_MAX ? MTIME_NEVER : mtime_add_s(now, left_s);
}

/* What is registered beyond the end is registered anew.  A unit on the wire
 * more does not count: seconds are rounded here and there. */
static void shorten(struct mn_home *h, struct mtime now)
{
	struct mtime end;

	if (!mtime_before(h->hoa_valid_until, MTIME_NEVER))
		return;
	end = mtime_add_s(h->hoa_valid_until, LIFETIME_UNIT_S);
	if (h->bul && h->bul->state == BUL_BOUND &&
	    mtime_before(end, h->bul->expires))
		mn_reg_again(h, "the home prefix ends sooner", now);
	mn_ro_shorten(h, end, now);
}

static void take(struct mn_home *h, const struct icmp6_mpa *mpa,
		 struct mtime now)
{
	const struct ra_prefix *p = home_option(h, mpa);
	struct mn_mpd *d = &h->mpd;
	unsigned int i;

	d->wanted = d->open = d->status1 = false;
	for (i = 0; i < mpa->n_prefixes; i++)
		log_info("mn: hoa=%s home link: prefix %s valid=%us "
			 "preferred=%us",
			 addr_str(&h->hoa),
			 prefix_str(&mpa->prefixes[i].prefix),
			 mpa->prefixes[i].valid_s,
			 mpa->prefixes[i].preferred_s);
	mn_formed_on_prefixes(h, mpa->prefixes, mpa->n_prefixes, now);
	if (p) {
		d->told = now;
		h->hoa_heard = now;
		h->hoa_valid_until = end_of(p->valid_s, now);
		if (!p->valid_s) {
			invalid(h, true, now);
			return;
		}
		shorten(h, now);
	}
	arm(h, now);
}

void mn_mpd_on_mpa(struct mn *mn, const struct packet *pkt,
		   const struct icmp6_mpa *mpa, struct mtime now)
{
	enum mn_mpa_verdict v = MN_MPA_NO_AGENT;
	struct mn_home *h = mn_home_of(mn, &pkt->dst);

	/* Where others take it in clear, what came by ESP comes again, and
	 * says so (section 11.4.3). */
	if ((h && wants_esp(h)) != pkt->by_esp)
		return;
	mn_count(mn, CNT_MPA_IN);
	if (h) {
		v = mn_mpa_judge(&h->mpd, mn_home_agent(h), pkt, mpa);
		if (v == MN_MPA_OK) {
			take(h, mpa, now);
			return;
		}
		/* At most one at a time, and no sooner than its repetition
		 * would be. */
		if (v == MN_MPA_NOT_ASKED && !h->mpd.open &&
		    (!h->mpd.sent.us ||
		     !mtime_before(now,
				   mtime_add_ms(h->mpd.sent,
						INITIAL_SOLICIT_TIMER_MS))))
			want(h, now);
	}
	mn_count(mn, CNT_MPA_IGNORED);
	log_limited(LOG_LEVEL_DEBUG, now,
		    "mn: prefix advertisement from %s to %s ignored (%d)",
		    addr_str(&pkt->src), addr_str(&pkt->dst), (int)v);
}
