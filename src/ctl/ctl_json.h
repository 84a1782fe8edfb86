/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values as JSON, for ctl_dump*.c.  What they return is new.
 */
#ifndef MIP6D_CTL_JSON_H
#define MIP6D_CTL_JSON_H

#include <jansson.h>
#include <stdbool.h>

#include "mip6d/daemon.h"

/* What a walk over the daemon's objects needs. */
struct ctl_walk {
	struct daemon *d;
	struct mtime now;
	json_t *list;
};

/* Why there is nothing to be shown. */
extern const char ctl_no_mn[];

/* null for NULL; octets that are no UTF-8 become '?'. */
json_t *text_json(const char *text);
/* null for ::. */
json_t *addr_json(const struct in6_addr *a);
/* Seconds since t; null when it has not been. */
json_t *age_json(struct mtime t, struct mtime now);
/* Seconds until t; null when that is over or never. */
json_t *left_json(struct mtime t, struct mtime now);
json_t *lifetime_json(uint16_t lifetime_4s);
/* BU_FLAG_* as an array of letters. */
json_t *flags_json(uint16_t flags);
/* Of an acknowledgement; null when there was none. */
json_t *status_json(bool has, uint8_t status);

#endif
