/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel drops for want of ESP, or of good ESP: counted, and said.
 *
 * The kernel counts and tells nobody.  So while anything here has "ipsec" it
 * is asked now and then; this file decides how often, and that each reason is
 * one line, whatever the number of packets.  Whose packets they were the
 * kernel does not know any more.
 */
#include "src/daemon_priv.h"

#include "mip6d/cleanup.h"
#include "mip6d/log.h"

#define LOOK_MS 10000

void daemon_drops_count(struct daemon *d)
{
	struct counters *c = d->env.counters;
	struct kernel_esp_drops drops;

	if (!d->n_realms || kernel_esp_drops(d->env.kernel, &drops))
		return;
	c->v[CNT_ESP_CLEARTEXT] = drops.cleartext;
	c->v[CNT_ESP_FOREIGN] = drops.foreign;
	c->v[CNT_ESP_NO_SA] = drops.no_sa;
	c->v[CNT_ESP_TAMPERED] = drops.tampered;
	c->v[CNT_ESP_MALFORMED] = drops.malformed;
	c->v[CNT_ESP_REPLAYED] = drops.replayed;
	c->v[CNT_ESP_BLOCKED] = drops.blocked;
	c->v[CNT_ESP_OUT_NO_SA] = drops.unprotected;
}

static void say(struct daemon *d, struct mtime now)
{
	const struct counters *c = d->env.counters;
	enum counter i;

	for (i = CNT_ESP_FIRST; i <= CNT_ESP_LAST; i++) {
		uint64_t n = c->v[i] - d->drops.said[i - CNT_ESP_FIRST];

		if (!n)
			continue;
		d->drops.said[i - CNT_ESP_FIRST] = c->v[i];
		log_limited(LOG_LEVEL_WARNING, now,
			    "security: %llu packet%s %s (%s)",
			    (unsigned long long)n, n == 1 ? "" : "s",
			    counter_texts[i], counter_names[i]);
	}
}

static void look(struct task *task, struct mtime now)
{
	struct daemon *d = container_of(task, struct daemon, drops.task);

	daemon_drops_count(d);
	say(d, now);
	tqueue_start(d->env.tq, task, mtime_add_ms(now, LOOK_MS));
}

void daemon_drops_init(struct daemon *d)
{
	task_init(&d->drops.task, look);
}

void daemon_drops_watch(struct daemon *d, struct mtime now)
{
	if (!d->n_realms)
		task_stop(&d->drops.task);
	else if (!task_is_started(&d->drops.task))
		tqueue_start(d->env.tq, &d->drops.task,
			     mtime_add_ms(now, LOOK_MS));
}

void daemon_drops_stop(struct daemon *d)
{
	task_stop(&d->drops.task);
}
