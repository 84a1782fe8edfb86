/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pairs of home address and home agent for which charon negotiates keys.
 *
 * This file decides which they are and what is told about them; it holds a
 * node's signalling back from the start.  The conversation is left to
 * ike_charon.c.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/log.h"
#include "src/ike/ike_priv.h"

struct ike_pair *ike_pair_new(struct ike *ike, const struct ike_peer *peer,
			      enum security_protect protect)
{
	struct ike_pair *p = calloc(1, sizeof(*p));

	if (!p) {
		log_error("ike: out of memory");
		return NULL;
	}
	p->ike = ike;
	p->peer = peer;
	p->key = (struct ike_pair_key){ peer->hoa, peer->agent };
	p->protect = protect;
	p->retry_ms = p->tunnel_retry_ms = IKE_RETRY_MIN_MS;
	task_init(&p->task, ike_task);
	task_init(&p->tunnel_task, ike_tunnel_task);
	snprintf(p->name, sizeof(p->name), "mip6-%s-", addr_str(&peer->hoa));
	strcat(p->name, addr_str(&peer->agent));
	/* Fails closed: no association has this reqid. */
	if (peer->end == IKE_NODE &&
	    ike_policy_set(p, SECURITY_REQID_SIGNALLING)) {
		ike_policy_clear(p);
		free(p);
		return NULL;
	}
	HASH_ADD(hh, ike->index, key, sizeof(p->key), p);
	if (!p->hh.tbl) {
		log_error("ike: out of memory");
		ike_policy_clear(p);
		free(p);
		return NULL;
	}
	return p;
}

int ike_new(const struct ike_env *env, const struct ike_conf *conf,
	    ike_change_fn *on_change, void *arg, struct ike **ret_ike)
{
	struct ike *ike = calloc(1, sizeof(*ike));
	unsigned int i;

	if (ike)
		ike->pairs =
			calloc(conf->n_peers + 1, sizeof(struct ike_pair *));
	if (!ike || !ike->pairs) {
		free(ike);
		return -ENOMEM;
	}
	ike->env = *env;
	ike->on_change = on_change;
	ike->arg = arg;
	ike->cannot_follow = conf->cannot_follow;
	ike->last_todo = &ike->first_todo;
	task_init(&ike->watch, ike_watch_task);
	for (i = 0; i < conf->n_peers; i++) {
		ike->pairs[i] =
			ike_pair_new(ike, &conf->peers[i], conf->protect);
		if (!ike->pairs[i]) {
			ike_free(ike);
			return -EIO;
		}
		ike->n_pairs++;
	}
	*ret_ike = ike;
	return 0;
}

struct ike *ike_free(struct ike *ike)
{
	unsigned int i;

	if (!ike)
		return NULL;
	task_stop(&ike->watch);
	HASH_CLEAR(hh, ike->index);
	for (i = 0; i < ike->n_pairs; i++) {
		task_stop(&ike->pairs[i]->task);
		ike_tunnel_forget(ike->pairs[i]);
		ike_policy_clear(ike->pairs[i]);
		free(ike->pairs[i]);
	}
	ike->connected = false;
	ike_leaving_sweep(ike);
	free(ike->pairs);
	free(ike);
	return NULL;
}

struct ike_pair *ike_pair_find(const struct ike *ike,
			       const struct in6_addr *hoa,
			       const struct in6_addr *agent)
{
	struct ike_pair_key key = { *hoa, *agent };
	struct ike_pair *p = NULL;

	if (ike)
		HASH_FIND(hh, ike->index, &key, sizeof(key), p);
	return p;
}

bool ike_is_ready(const struct ike *ike, const struct in6_addr *hoa,
		  const struct in6_addr *agent)
{
	const struct ike_pair *p = ike_pair_find(ike, hoa, agent);

	return !p || p->peer->end != IKE_NODE || p->has.up;
}

bool ike_covers(const struct ike *ike, const struct in6_addr *hoa,
		const struct in6_addr *agent)
{
	return ike_pair_find(ike, hoa, agent) != NULL;
}

bool ike_protects(const struct ike *ike, const struct in6_addr *hoa,
		  const struct in6_addr *agent)
{
	const struct ike_pair *p = ike_pair_find(ike, hoa, agent);

	return p && p->has.up;
}

const char *ike_identity(const struct ike *ike, const struct in6_addr *hoa,
			 const struct in6_addr *agent)
{
	const struct ike_pair *p = ike_pair_find(ike, hoa, agent);

	if (!p || !p->peer || !p->has.up)
		return NULL;
	return p->peer->end == IKE_AGENT ? p->peer->node_id : p->peer->agent_id;
}

bool ike_can_follow(const struct ike *ike, const struct in6_addr *hoa,
		    const struct in6_addr *agent)
{
	return ike_protects(ike, hoa, agent) && !ike->cannot_follow;
}

/* ---- for ctl ---- */

static const char *state_str(const struct ike_pair *p)
{
	if (p->has.up)
		return "up";
	if (!p->ike->connected)
		return "no charon";
	if (p->peer->end == IKE_AGENT)
		return "waiting for the node";
	return p->wanted ? "negotiating" : "not needed yet";
}

static struct ike_info info_of(const struct ike_pair *p)
{
	struct ike_info info = {
		.peer = p->peer,
		.state = state_str(p),
		.reason = p->reason,
		.up = p->has.up,
		.signalling = p->has.signalling,
		.wants_tunnel = p->protect != SECURITY_SIGNALLING,
		.tunnel = p->has.tunnel,
		.ike_id = p->has.ike_id,
		.local = p->has.local,
		.remote = p->has.remote,
		.since = p->since,
		.rekeyed = p->rekeyed,
		.moved = p->moved,
	};

	return info;
}

void ike_walk(const struct ike *ike, ike_info_fn *fn, void *arg)
{
	struct ike_info info;
	unsigned int i;

	for (i = 0; ike && i < ike->n_pairs; i++) {
		info = info_of(ike->pairs[i]);
		fn(arg, &info);
	}
}

bool ike_info(const struct ike *ike, const struct in6_addr *hoa,
	      const struct in6_addr *agent, struct ike_info *ret_info)
{
	const struct ike_pair *p = ike_pair_find(ike, hoa, agent);

	if (!p)
		return false;
	*ret_info = info_of(p);
	return true;
}

bool ike_is_connected(const struct ike *ike)
{
	return ike && ike->connected;
}
