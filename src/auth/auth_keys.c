/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mobility security associations (RFC 4285 section 5.1).
 *
 * This file decides whose key a home address has.  Reading keys is left to
 * conf_auth.c, what is done with them to authenticator.c.
 */
#include <stdlib.h>
#include <string.h>

#include "mip6d/auth.h"

struct auth_keys *auth_keys_free(struct auth_keys *keys)
{
	unsigned int i;

	if (!keys)
		return NULL;
	for (i = 0; i < keys->n_sas; i++) {
		free(keys->sas[i].homes);
		explicit_bzero(&keys->sas[i], sizeof(keys->sas[i]));
	}
	free(keys->sas);
	free(keys);
	return NULL;
}

bool auth_sa_covers(const struct auth_sa *sa, const struct in6_addr *hoa)
{
	unsigned int i;

	for (i = 0; i < sa->n_homes; i++)
		if (prefix_contains(&sa->homes[i], hoa))
			return true;
	return false;
}

const struct auth_sa *auth_keys_of_home(const struct auth_keys *keys,
					const struct in6_addr *hoa)
{
	unsigned int i;

	for (i = 0; keys && i < keys->n_sas; i++)
		if (auth_sa_covers(&keys->sas[i], hoa))
			return &keys->sas[i];
	return NULL;
}
