/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IKE in memory: associations are there or not as the test says, and what the
 * roles told is remembered.
 */
#include <errno.h>
#include <stdlib.h>

#include "tests/fake/fake.h"

int ike_new(const struct ike_env *env, const struct ike_conf *conf,
	    ike_change_fn *on_change, void *arg, struct ike **ret_ike)
{
	(void)env;
	(void)conf;
	(void)on_change;
	(void)arg;
	*ret_ike = calloc(1, sizeof(**ret_ike));
	return *ret_ike ? 0 : -ENOMEM;
}

int ike_reload(struct ike *ike, const struct ike_conf *conf, struct mtime now)
{
	(void)ike;
	(void)conf;
	(void)now;
	return 0;
}

struct ike *ike_free(struct ike *ike)
{
	free(ike);
	return NULL;
}

bool ike_want(struct ike *ike, const struct in6_addr *hoa,
	      const struct in6_addr *agent, const struct in6_addr *coa,
	      struct mtime now)
{
	(void)hoa;
	(void)agent;
	(void)now;
	if (!ike)
		return true;
	ike->wanted++;
	ike->wanted_from = *coa;
	return ike->is_up;
}

bool ike_is_ready(const struct ike *ike, const struct in6_addr *hoa,
		  const struct in6_addr *agent)
{
	(void)hoa;
	(void)agent;
	return !ike || ike->is_up;
}

bool ike_covers(const struct ike *ike, const struct in6_addr *hoa,
		const struct in6_addr *agent)
{
	(void)hoa;
	(void)agent;
	return ike && !ike->has_lost;
}

bool ike_protects(const struct ike *ike, const struct in6_addr *hoa,
		  const struct in6_addr *agent)
{
	(void)hoa;
	(void)agent;
	return ike && ike->is_up;
}

const char *ike_identity(const struct ike *ike, const struct in6_addr *hoa,
			 const struct in6_addr *agent)
{
	(void)hoa;
	(void)agent;
	return ike && ike->is_up ? ike->identity : NULL;
}

bool ike_can_follow(const struct ike *ike, const struct in6_addr *hoa,
		    const struct in6_addr *agent)
{
	(void)hoa;
	(void)agent;
	return ike && ike->is_up && !ike->cannot_follow;
}

void ike_registered(struct ike *ike, const struct in6_addr *hoa,
		    const struct in6_addr *agent, const struct in6_addr *coa,
		    bool k, struct mtime now)
{
	(void)hoa;
	(void)agent;
	(void)now;
	if (!ike)
		return;
	ike->registered++;
	ike->registered_at = *coa;
	ike->registered_k = k;
}

void ike_suspect(struct ike *ike, const struct in6_addr *hoa,
		 const struct in6_addr *agent, struct mtime now)
{
	(void)hoa;
	(void)agent;
	(void)now;
	if (ike)
		ike->suspected++;
}

void ike_walk(const struct ike *ike, ike_info_fn *fn, void *arg)
{
	unsigned int i;

	for (i = 0; ike && i < ike->n_infos; i++)
		fn(arg, &ike->infos[i]);
}

bool ike_info(const struct ike *ike, const struct in6_addr *hoa,
	      const struct in6_addr *agent, struct ike_info *ret_info)
{
	unsigned int i;

	for (i = 0; ike && i < ike->n_infos; i++) {
		const struct ike_peer *p = ike->infos[i].peer;

		if (!addr_eq(&p->hoa, hoa) || !addr_eq(&p->agent, agent))
			continue;
		*ret_info = ike->infos[i];
		return true;
	}
	return false;
}

bool ike_is_connected(const struct ike *ike)
{
	return ike && ike->is_connected;
}
