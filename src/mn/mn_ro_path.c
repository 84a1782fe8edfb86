/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A correspondent's packets (RFC 6275 sections 11.3.1, 11.3.3): what the
 * kernel is asked for the pair of home address and peer, and what it tells
 * about its traffic.
 *
 * This file decides that the kernel's state follows from what is known: as
 * long as the peer may have a binding its direct packets are taken; ours go
 * directly only while mn_ro_is_direct().  What the kernel refuses stays in
 * the tunnel and is asked again, ever more slowly.  A binding that is about
 * to end is refreshed while there is traffic, and lapses without
 * (11.7.2, 11.7.4).
 */
#include "mn_priv.h"

#include <errno.h>
#include <string.h>

#define RETRY_FIRST_MS 500

/* How often the kernel is asked what a pair carried: in general, and when
 * the answer decides about a refresh. */
#define USAGE_S      60
#define USAGE_SOON_S 10

/* ---- the pair ---- */

static bool is_same(const struct kernel_ro *a, const struct kernel_ro *b)
{
	return addr_eq(&a->coa, &b->coa) && a->send == b->send;
}

/* Of a request about the pair; *serial counts them. */
static struct kernel_key next_key(const struct mn_ro *c, uint32_t *serial)
{
	return (struct kernel_key){
		.user = KERNEL_USER_MN,
		.hoa = c->key.hoa,
		.peer = c->key.peer,
		.serial = ++*serial,
	};
}

static void path_failed(struct mn_ro *c, int err, struct mtime now);

static void path_remove(struct mn_ro *c, struct mtime now)
{
	struct mn_ro_path *p = &c->path;
	struct kernel_key key = next_key(c, &c->path.serial);
	int err;

	p->removing = true;
	p->done = false;
	p->retry_at = MTIME_NEVER;
	c->usage.known = false;
	err = kernel_ro_del(c->mn->env.kernel, &key, &p->want);
	if (err)
		path_failed(c, err, now);
}

static void path_set(struct mn_ro *c, const struct kernel_ro *want,
		     struct mtime now)
{
	struct mn_ro_path *p = &c->path;
	struct kernel_key key = next_key(c, &c->path.serial);
	int err;

	p->want = *want;
	p->asked = true;
	p->removing = false;
	p->done = false;
	p->retry_at = MTIME_NEVER;
	err = kernel_ro_set(c->mn->env.kernel, &key, want);
	if (err)
		path_failed(c, err, now);
}

static void path_failed(struct mn_ro *c, int err, struct mtime now)
{
	struct mn_ro_path *p = &c->path;
	uint32_t max_ms = c->mn->conf->retry_s * 1000;
	uint32_t retry_ms = p->retry_ms ? 2 * p->retry_ms : RETRY_FIRST_MS;

	mn_count(c->mn, CNT_KERNEL_FAILED);
	log_limited(LOG_LEVEL_WARNING, now,
		    "mn: hoa=%s peer=%s the kernel refused: %s; again in "
		    "%u ms",
		    addr_str(&c->key.hoa), addr_str(&c->key.peer),
		    strerror(-err), retry_ms);
	p->retry_ms = retry_ms < max_ms ? retry_ms : max_ms;
	/* What must not go directly any more may not wait. */
	if (!p->removing && !p->want.send)
		path_remove(c, now);
	p->retry_at = mtime_add_ms(now, p->retry_ms);
}

/* True when the kernel shall know the pair; fills *ret_want then. */
static bool path_judge(const struct mn_ro *c, struct mtime now,
		       struct kernel_ro *ret_want)
{
	const struct mn_home *h = c->home;
	struct in6_addr coa = h->coa;

	if (h->ro_phase == MN_RO_OFF ||
	    (c->state != MN_RO_UPDATING && !mn_ro_may_be_bound(c, now)))
		return false;
	/* At home what is still under way to the last care-of address. */
	if (addr_is_any(&coa) && c->path.asked)
		coa = c->path.want.coa;
	if (addr_is_any(&coa))
		return false;
	*ret_want = (struct kernel_ro){
		.local = c->key.hoa,
		.peer = c->key.peer,
		.end = KERNEL_RO_LOCAL,
		.coa = coa,
		.send = mn_ro_is_direct(c, now),
	};
	return true;
}

void mn_ro_path_follow(struct mn_ro *c, struct mtime now)
{
	struct mn_ro_path *p = &c->path;
	bool again = !mtime_before(now, p->retry_at);
	bool rests = !again && mtime_before(p->retry_at, MTIME_NEVER);
	struct kernel_ro want;

	if (!path_judge(c, now, &want)) {
		if (!p->asked) {
			p->retry_at = MTIME_NEVER;
			p->retry_ms = 0;
		} else if (!p->removing || again) {
			path_remove(c, now);
		}
		return;
	}
	if (p->asked && !p->removing && is_same(&p->want, &want) && !again)
		return;
	/* It was taken away since it could not be changed. */
	if ((!p->asked || p->removing) && rests && !want.send)
		return;
	path_set(c, &want, now);
}

void mn_ro_path_abandon(struct mn_ro *c)
{
	struct kernel_key key = next_key(c, &c->path.serial);

	if (c->path.asked &&
	    kernel_ro_del(c->mn->env.kernel, &key, &c->path.want))
		mn_count(c->mn, CNT_KERNEL_FAILED);
	c->path.asked = false;
}

bool mn_ro_path_is_direct(const struct mn_ro *c)
{
	const struct mn_ro_path *p = &c->path;

	return p->asked && !p->removing && p->done && p->want.send;
}

void mn_ro_on_done(struct mn *mn, const struct kernel_key *key, int err,
		   struct mtime now)
{
	struct mn_ro *c = mn_ro_find(mn, &key->hoa, &key->peer);
	struct mn_ro_path *p = c ? &c->path : NULL;

	if (!c || !p->asked || p->serial != key->serial || p->done)
		return;
	if (err) {
		path_failed(c, err, now);
	} else {
		p->done = p->asked = !p->removing;
		p->retry_ms = p->removing ? p->retry_ms : 0;
		p->removing = false;
	}
	mn_ro_advance(c, now);
}

/* ---- what it carried ---- */

struct mtime mn_ro_usage_due(const struct mn_ro *c)
{
	struct mtime asked = c->usage.asked_at, refresh = c->bul->refresh;

	if (mtime_before(asked, refresh))
		return mtime_min(mtime_add_s(asked, USAGE_S), refresh);
	return mtime_add_s(asked, USAGE_SOON_S);
}

static void usage_ask(struct mn_ro *c)
{
	struct kernel_key key = next_key(c, &c->usage.serial);

	if (kernel_ro_usage_get(c->mn->env.kernel, &key, &c->path.want))
		mn_count(c->mn, CNT_KERNEL_FAILED);
}

void mn_ro_usage_begin(struct mn_ro *c, struct mtime now)
{
	c->usage.asked_at = now;
	/* Traffic is what it was set up for. */
	if (!c->usage.known)
		c->usage.used_at = now;
}

void mn_ro_usage_judge(struct mn_ro *c, struct mtime now)
{
	if (c->home->ro_phase != MN_RO_READY ||
	    mtime_before(now, mn_ro_usage_due(c)))
		return;
	c->usage.asked_at = now;
	if (c->path.asked)
		usage_ask(c);
}

static void usage_take(struct mn_ro *c, const struct kernel_usage *u,
		       struct mtime now)
{
	const struct kernel_usage *last = &c->usage.last;

	if (!c->usage.known ? u->packets_in || u->packets_out
			    : u->packets_in != last->packets_in ||
				      u->packets_out != last->packets_out) {
		c->usage.used_at = now;
		mn_ro_touch(c, now);
	}
	c->usage.last = *u;
	c->usage.known = true;
}

void mn_ro_on_usage(struct mn *mn, const struct kernel_usage *u,
		    struct mtime now)
{
	struct mn_ro *c = mn_ro_find(mn, &u->key.hoa, &u->key.peer);

	if (!c || c->usage.serial != u->key.serial || !c->path.asked)
		return;
	if (u->err == -ENOENT && c->path.done && !c->path.removing) {
		/* Somebody else has emptied the kernel's tables. */
		log_limited(LOG_LEVEL_WARNING, now,
			    "mn: hoa=%s peer=%s is lost in the kernel: "
			    "installed again",
			    addr_str(&c->key.hoa), addr_str(&c->key.peer));
		c->usage.known = false;
		c->path.retry_at = now;
		mn_ro_path_follow(c, now);
	}
	if (!u->err)
		usage_take(c, u, now);
	if (c->state != MN_RO_BOUND || mtime_before(now, c->bul->refresh))
		return;
	if (mtime_before(now, mtime_add_s(c->usage.used_at, USAGE_S)))
		mn_ro_enter(c, MN_RO_TESTING, "in use and about to end", now);
}
