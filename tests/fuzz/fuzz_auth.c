/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file of keys of RFC 4285: any octets as its text.  It is refused with at
 * least one line, or taken; what is taken keeps to its ranges; and no key is
 * left in the text.
 */
#include <stdlib.h>
#include <string.h>

#include "mip6d/auth.h"
#include "src/conf_priv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool truth)
{
	if (!truth)
		abort();
}

static void judge(const struct auth_keys *keys)
{
	unsigned int i;

	need(keys->n_sas > 0);
	for (i = 0; i < keys->n_sas; i++) {
		const struct auth_sa *sa = &keys->sas[i];

		need(sa->spi >= AUTH_SPI_MIN);
		need(strchr(sa->nai, '@') && strlen(sa->nai) <= AUTH_NAI_MAX);
		need(sa->n_homes > 0);
		need(sa->clock_window_s >= 4 && sa->clock_window_s <= 3600);
		need(auth_sa_covers(sa, &sa->homes[0].addr));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size ? size : 1);
	struct auth_keys *keys;
	struct conf_text t;

	need(text != NULL);
	if (size)
		memcpy(text, data, size);
	conf_text_init(&t);
	conf_auth_add(&t, "keys", text, size);
	keys = conf_auth_read(&t);
	need(keys && !t.no_memory);
	if (!t.n_errors)
		judge(keys);
	auth_keys_free(keys);
	conf_text_done(&t);
	free(text);
	return 0;
}
