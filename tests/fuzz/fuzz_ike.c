/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target: the file of pairs that negotiate their keys.
 *
 * What is taken without a mistake is complete; whatever it is, it is freed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/ike.h"
#include "src/conf_priv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct ike_peer *p)
{
	if (!addr_is_routable(&p->hoa) || !addr_is_routable(&p->agent) ||
	    !*p->node_id || !*p->agent_id || strlen(p->node_id) >= IKE_ID_MAX ||
	    strlen(p->agent_id) >= IKE_ID_MAX)
		abort();
	if (p->secret_len ? p->secret_len < IKE_SECRET_MIN ||
				    p->secret_len > IKE_SECRET_MAX
			  : !p->certificate.data || !p->key.data ||
				    !p->authority.data)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct conf_mn_home home = { 0 };
	struct conf conf = {
		.mn = { .on = true, .homes = &home, .n_homes = 1 }
	};
	struct ike_conf *ike;
	struct conf_text t;
	unsigned int i;

	addr_parse("2001:db8:1::100", &home.address);
	conf_text_init(&t);
	t.can_include = false;
	conf_ike_add(&t, "fuzz", (const char *)data, size);
	ike = conf_ike_read(&t, &conf);
	for (i = 0; ike && !t.n_errors && i < ike->n_peers; i++)
		check(&ike->peers[i]);
	ike_conf_free(ike);
	conf_text_done(&t);
	return 0;
}
