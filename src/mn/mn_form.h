/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Home addresses formed in a prefix: pure.
 *
 * The interface identifier is semantically opaque and stays the same in a
 * prefix (RFC 7217): a keyed hash of the prefix, of a counter, and of a
 * secret that this node keeps.  RFC 7217's Net_Iface and Network_ID have no
 * part in it, since a home address belongs to no interface.  Nothing in it
 * tells whose address it is or joins it to another of this node's.  Whether
 * it is free is found out by the home agent (status 134), or on the home
 * link; then the counter goes on.
 */
#ifndef MN_FORM_H
#define MN_FORM_H

#include <stdbool.h>
#include <stdint.h>

#include "mip6d/addr.h"

#define MN_SECRET_LEN 16
/* IDGEN_RETRIES of RFC 7217 section 7, for one prefix. */
#define MN_FORM_RETRIES 3

/* Interface identifiers have 64 bits (RFC 4291 section 2.5.1). */
bool mn_form_fits(const struct prefix *p);
/* The address of that counter in a prefix that fits. */
struct in6_addr mn_form_address(const struct prefix *p,
				const uint8_t secret[MN_SECRET_LEN],
				uint8_t counter);

#endif
