/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether charon still has what it was given.
 *
 * "swanctl --load-all", which its service runs at each start and each reload,
 * takes away what does not stand in swanctl.conf: first secrets and keys,
 * then connections, and nobody is told.  This file decides to look, now and
 * then, for the first connection that charon was given since it is there, and
 * to load everything again when that one is gone: secrets were loaded later
 * than it, so those that were taken went with it.
 */
#include "mip6d/cleanup.h"
#include "mip6d/log.h"
#include "src/ike/ike_priv.h"

static struct ike_pair *first_loaded(const struct ike *ike)
{
	unsigned int i;

	for (i = 0; i < ike->n_pairs; i++)
		if (ike->pairs[i]->is_loaded)
			return ike->pairs[i];
	return NULL;
}

/* When nothing else is asked. */
void ike_watch_task(struct task *task, struct mtime now)
{
	struct ike *ike = container_of(task, struct ike, watch);
	struct ike_pair *p = first_loaded(ike);

	if (p && !ike->n_asked)
		ike_todo(p, IKE_TODO_LOOK);
	ike_watch_start(ike, now);
}

void ike_watch_start(struct ike *ike, struct mtime now)
{
	tqueue_start(ike->env.tq, &ike->watch, mtime_add_ms(now, IKE_WATCH_MS));
}

void ike_watch_stop(struct ike *ike)
{
	unsigned int i;

	task_stop(&ike->watch);
	for (i = 0; i < ike->n_pairs; i++)
		ike->pairs[i]->is_loaded = false;
}

void ike_watch_judge(struct ike_pair *p, struct mtime now)
{
	struct ike *ike = p->ike;
	unsigned int i;

	if (p->is_seen || !p->is_loaded)
		return;
	log_limited(LOG_LEVEL_NOTICE, now,
		    "ike: charon has lost its connections (swanctl "
		    "--load-all?): loaded again");
	for (i = 0; i < ike->n_pairs; i++)
		ike_load(ike->pairs[i]);
}
