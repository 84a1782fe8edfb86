/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Other pairs, while mip6d runs.
 *
 * This file decides that a pair which stays as it was is not touched, that
 * one with other identities or credentials negotiates anew, and that charon
 * forgets one that has gone.  A pair that goes is kept until charon was told.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/log.h"
#include "src/ike/ike_priv.h"

static bool same_blob(const struct ike_blob *a, const struct ike_blob *b)
{
	return a->len == b->len &&
	       (!a->len || !memcmp(a->data, b->data, a->len));
}

static bool same_peer(const struct ike_peer *a, const struct ike_peer *b)
{
	return !strcmp(a->node_id, b->node_id) &&
	       !strcmp(a->agent_id, b->agent_id) &&
	       a->secret_len == b->secret_len &&
	       !memcmp(a->secret, b->secret, a->secret_len) &&
	       same_blob(&a->certificate, &b->certificate) &&
	       same_blob(&a->key, &b->key) &&
	       same_blob(&a->authority, &b->authority);
}

/* One that is there, or a new one; NULL: failed, which was logged. */
static struct ike_pair *take(struct ike *ike, const struct ike_peer *peer,
			     enum security_protect protect, bool *ret_is_new)
{
	struct ike_pair *p = ike_pair_find(ike, &peer->hoa, &peer->agent);

	*ret_is_new = !p || p->peer->end != peer->end;
	if (p && *ret_is_new)
		HASH_DELETE(hh, ike->index, p); /* and leaves */
	if (*ret_is_new)
		p = ike_pair_new(ike, peer, protect);
	if (p)
		p->is_kept = true;
	return p;
}

static void leave(struct ike_pair *p)
{
	struct ike *ike = p->ike;

	if (ike_pair_find(ike, &p->key.hoa, &p->key.agent) == p)
		HASH_DELETE(hh, ike->index, p);

	log_info("ike: hoa=%s agent=%s is no pair any more",
		 addr_str(&p->peer->hoa), addr_str(&p->peer->agent));
	task_stop(&p->task);
	ike_tunnel_forget(p);
	/* A node's are also those of its home address with given keys. */
	if (p->peer->end == IKE_NODE)
		ike_policy_set(p, SECURITY_REQID_SIGNALLING);
	else
		ike_policy_clear(p);
	p->wanted = false;
	p->peer = NULL;
	p->next_leaving = ike->leaving;
	ike->leaving = p;
	ike_todo_only(p, IKE_TODO_UNLOAD | IKE_TODO_UNLOAD_SECRET |
				 IKE_TODO_TERMINATE);
}

int ike_reload(struct ike *ike, const struct ike_conf *conf, struct mtime now)
{
	struct ike_pair **old = ike->pairs, **new, *p;
	unsigned int n_old = ike->n_pairs, i, n = 0;
	bool is_new, is_same;

	new = calloc(conf->n_peers + 1, sizeof(struct ike_pair *));
	if (!new)
		return -ENOMEM;
	ike->cannot_follow = conf->cannot_follow;
	ike->pairs = new;
	ike->n_pairs = 0;
	for (i = 0; i < conf->n_peers; i++) {
		p = take(ike, &conf->peers[i], conf->protect, &is_new);
		if (!p)
			continue; /* said */
		is_same = is_new || (p->protect == conf->protect &&
				     same_peer(p->peer, &conf->peers[i]));
		p->peer = &conf->peers[i];
		p->protect = conf->protect;
		new[n++] = p;
		ike->n_pairs = n;
		if (is_new)
			ike_load(p);
		else if (!is_same)
			ike_changed(p, now);
	}
	for (i = 0; i < n_old; i++)
		if (!old[i]->is_kept)
			leave(old[i]);
	for (i = 0; i < n; i++)
		new[i]->is_kept = false;
	free(old);
	ike_leaving_sweep(ike);
	return 0;
}

static bool is_asked(const struct ike *ike, const struct ike_pair *p)
{
	unsigned int i;

	for (i = 0; i < ike->n_asked; i++)
		if (ike->asked[(ike->asked_at + i) % IKE_ASKED_MAX].pair == p)
			return true;
	return false;
}

void ike_leaving_sweep(struct ike *ike)
{
	struct ike_pair **at = &ike->leaving, *p;

	while (*at) {
		p = *at;
		if (ike->connected && (p->todo || is_asked(ike, p))) {
			at = &p->next_leaving;
			continue;
		}
		*at = p->next_leaving;
		ike_todo_only(p, 0);
		free(p);
	}
}
