/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keys of one file, in memory: found by home address and agent, wiped at
 * the end.
 */
#include <stdlib.h>
#include <string.h>

#include "mip6d/security.h"

struct security_keys *security_keys_free(struct security_keys *keys)
{
	if (!keys)
		return NULL;
	if (keys->nodes)
		explicit_bzero(keys->nodes,
			       keys->n_nodes * sizeof(*keys->nodes));
	free(keys->nodes);
	free(keys);
	return NULL;
}

struct wanted {
	const struct in6_addr *hoa, *agent;
};

static int compare(const void *key, const void *element)
{
	const struct security_node *node = element;
	const struct wanted *w = key;
	int d = addr_cmp(w->hoa, &node->hoa);

	return d ? d : addr_cmp(w->agent, &node->agent);
}

const struct security_node *security_find(const struct security_keys *keys,
					  const struct in6_addr *hoa,
					  const struct in6_addr *agent)
{
	struct wanted w = { hoa, agent };

	if (!keys || !keys->n_nodes)
		return NULL;
	return bsearch(&w, keys->nodes, keys->n_nodes, sizeof(*keys->nodes),
		       compare);
}

uint32_t security_reqid_tunnel(const struct security_node *node)
{
	return KERNEL_REQID_OURS |
	       (node->sets[node->send].tunnel_from_agent.spi & 0xffffff);
}
