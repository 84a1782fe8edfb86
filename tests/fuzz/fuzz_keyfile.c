/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file of static keys: whatever it holds, it is refused with a reason or
 * understood, and what was understood is written and read as the same.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/keyfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool truth)
{
	if (!truth)
		abort();
}

static void judge(const struct security_keys *keys)
{
	unsigned int i;

	need(keys->n_nodes > 0);
	for (i = 0; i < keys->n_nodes; i++) {
		const struct security_node *n = &keys->nodes[i];

		need(n->n_sets > 0 && n->n_sets <= SECURITY_SETS_MAX);
		need(n->send < n->n_sets);
		need(n->sets[0].to_agent.spi >= 256);
		need(security_find(keys, &n->hoa, &n->agent) == n);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct security_keys *keys = NULL, *again = NULL;
	char *said, *text;
	size_t said_len, len;
	FILE *f = open_memstream(&said, &said_len), *g;
	int err;

	need(f != NULL);
	err = keyfile_parse("keys", (const char *)data, size, f, &keys);
	need((err != 0) == (keys == NULL));
	if (keys) {
		judge(keys);
		g = open_memstream(&text, &len);
		need(g != NULL);
		keyfile_write(g, keys);
		fclose(g);
		need(!keyfile_parse("again", text, len, f, &again));
		need(again->n_nodes == keys->n_nodes);
		need(!memcmp(again->nodes, keys->nodes,
			     keys->n_nodes * sizeof(*keys->nodes)));
		security_keys_free(again);
		free(text);
	}
	fclose(f);
	need((err != 0) == (said_len != 0));
	free(said);
	security_keys_free(keys);
	return 0;
}
