/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of a configuration of IKE: secrets do not stay in memory.
 */
#include <stdlib.h>
#include <string.h>

#include "mip6d/ike.h"

static void blob_free(struct ike_blob *blob)
{
	if (blob->data)
		explicit_bzero(blob->data, blob->len);
	free(blob->data);
}

struct ike_conf *ike_conf_free(struct ike_conf *conf)
{
	unsigned int i;

	if (!conf)
		return NULL;
	for (i = 0; i < conf->n_peers; i++) {
		blob_free(&conf->peers[i].certificate);
		blob_free(&conf->peers[i].key);
		blob_free(&conf->peers[i].authority);
	}
	if (conf->peers)
		explicit_bzero(conf->peers,
			       conf->n_peers * sizeof(*conf->peers));
	free(conf->peers);
	free(conf);
	return NULL;
}
