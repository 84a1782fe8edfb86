/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What daemon.c and dispatch.c share.
 */
#ifndef MIP6D_DAEMON_PRIV_H
#define MIP6D_DAEMON_PRIV_H

#include "mip6d/daemon.h"

/* Tokens of RFC 4443 section 2.4 (f): so many at once, and so many more a
 * second. */
#define BE_BURST 10
#define BE_PER_S 10

struct be_bucket {
	struct mtime last; /* when tokens were counted last */
	unsigned int used; /* 0: full, as it begins */
};

struct daemon {
	struct role_env env;
	struct counters own_counters; /* when env brought none */
	struct conf *conf;            /* owned */
	struct mtime started;
	struct ha *ha; /* NULL: off */
	struct mn *mn; /* NULL: off */
	struct be_bucket be;
};

/* After the start: says which interfaces are waited for.  The mobile node
 * does so itself. */
void daemon_tell_waiting(const struct daemon *d);

#endif
