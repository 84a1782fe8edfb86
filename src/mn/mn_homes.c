/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which home addresses the node has: taken into use and given up.
 *
 * This file decides the order in which a home address is given up: first the
 * correspondents, whose tests need the home agent's binding, then the agent,
 * then what the kernel has; each step waits for a bounded time.  Why one is
 * taken or given up is left to whoever asks.
 */
#include "mn_priv.h"

#include <errno.h>
#include <stdlib.h>

#include "mip6d/cleanup.h"

/* ---- coming ---- */

static bool index_is_used(const struct mn *mn, unsigned int index)
{
	const struct mn_home *h = mn->homes;

	while (h && h->index != index)
		h = h->next;
	return h;
}

int mn_homes_add(struct mn *mn, const struct mn_home_spec *spec,
		 struct mtime now)
{
	struct mn_home *h = mn_home_of(mn, &spec->hoa), **at = &mn->homes;
	unsigned int index = 0;

	if (h)
		return h->leave == MN_LEAVE_NOT ? -EEXIST : -EBUSY;
	while (index_is_used(mn, index))
		index++;
	if (index >= CONF_HOMES_MAX)
		return -ENOSPC;
	h = calloc(1, sizeof(*h));
	if (!h)
		return -ENOMEM;
	mn_home_init(h, mn, index, spec);
	while (*at)
		at = &(*at)->next;
	*at = h;
	mn_mpd_listen(mn);
	mn_memory_take(h, now);
	log_info("mn: hoa=%s is a home address (%s)", addr_str(&h->hoa),
		 mn_home_origin_str(h->origin));
	mn_keep_touch(mn, now);
	mn_eval_soon(mn, now);
	return 0;
}

/* ---- going ---- */

static void home_free(struct mn_home *h)
{
	struct mn_home **at = &h->mn->homes;

	while (*at != h)
		at = &(*at)->next;
	*at = h->next;
	mn_mpd_listen(h->mn);
	free(h);
}

static void leave_enter(struct mn_home *h, enum mn_leave leave,
			struct mtime now)
{
	h->leave = leave;
	h->leave_due = mtime_add_ms(now, h->mn->conf->stop_timeout_ms / 2);
	switch (leave) {
	case MN_LEAVE_NOT:
		break;
	case MN_LEAVE_PEERS:
		mn_ro_stop_home(h, now);
		break;
	case MN_LEAVE_AGENT:
		mn_home_stop(h, now);
		break;
	case MN_LEAVE_KERNEL:
		mn_home_quiet(h);
		mn_ro_forget_home(h, now);
		mn_home_install_none(h, now);
		break;
	}
}

static bool step_is_over(const struct mn_home *h, struct mtime now)
{
	const struct mn_install *in = &h->install;
	bool late = !mtime_before(now, h->leave_due);

	switch (h->leave) {
	case MN_LEAVE_NOT:
		break;
	case MN_LEAVE_PEERS:
		return late || !mn_ro_is_deleting_of(h);
	case MN_LEAVE_AGENT:
		return late || h->stopped;
	case MN_LEAVE_KERNEL:
		return !in->asked ||
		       (in->done && in->want.place == KERNEL_MN_NONE);
	}
	return false;
}

void mn_homes_leave_task(struct task *task, struct mtime now)
{
	struct mn_home *h = container_of(task, struct mn_home, leave_task);
	struct mn *mn = h->mn;

	mn->now = now;
	while (h->leave < MN_LEAVE_KERNEL && step_is_over(h, now)) {
		if (h->leave == MN_LEAVE_AGENT && !h->stopped)
			log_notice("mn: hoa=%s the home agent did not confirm "
				   "in time; its binding lasts until it runs "
				   "out",
				   addr_str(&h->hoa));
		leave_enter(h, h->leave + 1, now);
	}
	if (h->leave < MN_LEAVE_KERNEL) {
		tqueue_start(mn->env.tq, task, h->leave_due);
		return;
	}
	/* Else mn_home_on_installed() goes on. */
	if (!step_is_over(h, now))
		return;
	log_notice("mn: hoa=%s is given up", addr_str(&h->hoa));
	home_free(h);
	mn_homes_complete(mn, now);
	mn_auto_consider(mn, now);
}

void mn_homes_go_on(struct mn_home *h, struct mtime now)
{
	if (!h->mn->stopping)
		tqueue_start(h->mn->env.tq, &h->leave_task, now);
}

void mn_homes_remove(struct mn_home *h, const char *why, struct mtime now)
{
	if (mn_home_is_stopping(h))
		return;
	log_notice("mn: hoa=%s is not wanted any more: %s", addr_str(&h->hoa),
		   why);
	mn_dhaad_stop(h);
	mn_mpd_stop(h);
	leave_enter(h, MN_LEAVE_PEERS, now);
	mn_homes_go_on(h, now);
	mn_keep_touch(h->mn, now);
}

struct mn_home *mn_homes_in(struct mn *mn, const struct prefix *prefix)
{
	struct mn_home *h = mn->homes;

	while (h &&
	       (h->leave != MN_LEAVE_NOT || !prefix_eq(&h->prefix, prefix)))
		h = h->next;
	return h;
}

void mn_homes_stop(struct mn *mn)
{
	struct mn_home *h;

	for (h = mn->homes; h; h = h->next)
		task_stop(&h->leave_task);
}

void mn_homes_free(struct mn *mn)
{
	struct mn_home *h;

	while ((h = mn->homes)) {
		mn->homes = h->next;
		mn_home_quiet(h);
		free(h);
	}
	mn_mpd_listen(mn);
}

/* ---- the configuration's ---- */

static bool is_formed(const struct conf_mn_home *conf)
{
	return addr_is_any(&conf->address);
}

static bool is_of(const struct mn_home *h, const struct conf_mn_home *conf)
{
	if (is_formed(conf))
		return h->origin == MN_HOME_PREFIX &&
		       prefix_eq(&h->prefix, &conf->prefix);
	return h->origin == MN_HOME_SET && addr_eq(&h->hoa, &conf->address) &&
	       h->prefix.len == conf->plen;
}

static bool is_there(const struct mn *mn, const struct conf_mn_home *conf)
{
	const struct mn_home *h = mn->homes;

	while (h && (h->leave != MN_LEAVE_NOT || !is_of(h, conf)))
		h = h->next;
	return h;
}

static struct mn_home_spec spec_of(struct mn *mn,
				   const struct conf_mn_home *conf)
{
	struct mn_home_spec spec = {
		.origin = MN_HOME_SET,
		.hoa = conf->address,
		.prefix = prefix_of(&conf->address, conf->plen),
		.agent = conf->home_agent,
		.lifetime_s = conf->lifetime_s,
		.security = conf->security,
	};
	const struct mn_home_spec *kept;

	if (!is_formed(conf))
		return spec;
	spec.origin = MN_HOME_PREFIX;
	spec.prefix = conf->prefix;
	spec.formed = true;
	kept = mn_keep_find(mn, &conf->prefix);
	if (kept && !mn_home_of(mn, &kept->hoa)) {
		spec.hoa = kept->hoa;
		spec.counter = kept->counter;
	} else {
		mn_formed_fill(mn, &spec);
	}
	return spec;
}

void mn_homes_complete(struct mn *mn, struct mtime now)
{
	unsigned int i;

	for (i = 0; i < mn->conf->n_homes && !mn->stopping; i++) {
		const struct conf_mn_home *conf = &mn->conf->homes[i];
		struct mn_home_spec spec;
		int err;

		if (is_there(mn, conf))
			continue;
		spec = spec_of(mn, conf);
		err = mn_homes_add(mn, &spec, now);
		if (err && err != -EEXIST && err != -EBUSY)
			log_error("mn: hoa=%s cannot be used: %s",
				  addr_str(&spec.hoa), strerror(-err));
	}
}

static const struct conf_mn_home *conf_of(const struct mn_home *h)
{
	const struct conf_mn *conf = h->mn->conf;
	unsigned int i;

	for (i = 0; i < conf->n_homes; i++)
		if (is_of(h, &conf->homes[i]))
			return &conf->homes[i];
	return NULL;
}

/* Found ones, and those that mip6d-ctl added, stay. */
static bool is_conf(const struct mn_home *h)
{
	return h->origin == MN_HOME_SET || h->origin == MN_HOME_PREFIX;
}

void mn_homes_reload(struct mn *mn, struct mtime now)
{
	struct mn_home *h;

	for (h = mn->homes; h; h = h->next) {
		const struct conf_mn_home *conf = conf_of(h);

		if (h->leave != MN_LEAVE_NOT || !is_conf(h))
			continue;
		if (!conf) {
			mn_homes_remove(h, "the configuration has it no more",
					now);
			continue;
		}
		h->lifetime_s = conf->lifetime_s;
		mn_home_set_security(h, conf->security);
		mn_agent_set(h, &conf->home_agent, now);
	}
	mn_homes_complete(mn, now);
	mn_auto_consider(mn, now);
}
