/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What daemon.c, dispatch.c, dispatch_answer.c and dispatch_limit.c share.
 */
#ifndef MIP6D_DAEMON_PRIV_H
#define MIP6D_DAEMON_PRIV_H

#include "mip6d/bucket.h"
#include "mip6d/daemon.h"

/* Tokens of RFC 4443 section 2.4 (f): so many at once, and so many more a
 * second. */
#define BE_BURST    10
#define BE_PER_S    10

#define LIMIT_SLOTS 4096

/* Requests (dispatch_limit.c). */
struct limits {
	/* Of the second and third way in. */
	struct bucket total[2];
	struct bucket sources[2][LIMIT_SLOTS]; /* of a /64 */
	struct bucket sites[2][LIMIT_SLOTS];   /* of a /48 */
	/* Of the first and second: of a home address, and of one with a
	 * /64. */
	struct bucket bound[LIMIT_SLOTS], moved[LIMIT_SLOTS];
};

/* What the log has said already (daemon_drops.c). */
struct daemon_drops {
	struct task task;
	uint64_t said[CNT_ESP_LAST - CNT_ESP_FIRST + 1];
};

struct daemon {
	struct role_env env;
	struct counters own_counters; /* when env brought none */
	struct counters seen;         /* by the doctor */
	struct conf *conf;            /* owned */
	struct ike *ike;              /* NULL: off */
	struct mtime started;
	struct daemon_process process;
	struct ha *ha;                 /* NULL: off */
	struct cn *cn;                 /* NULL: off */
	struct mn *mn;                 /* NULL: off */
	struct bucket be;              /* Binding Errors */
	struct security *security;     /* daemon_security.c */
	struct security_realm *realms; /* where it was asked for last */
	unsigned int n_realms;
	struct daemon_drops drops;
	struct limits limits;
};

/* After the start: says which interfaces are waited for.  The mobile node
 * does so itself. */
void daemon_tell_waiting(const struct daemon *d);

/* ---- protection of the signalling ---- */

/* Before the roles start.  0 or -errno. */
int daemon_security_start(struct daemon *d);
/* As conf says, which becomes d->conf.  0, or -errno: d->conf and what is in
 * force stay as they were, which was logged. */
int daemon_security_reload(struct daemon *d, struct conf *conf);
void daemon_security_stop(struct daemon *d);

/* ---- what the kernel drops for its sake ---- */

void daemon_drops_init(struct daemon *d);
/* While d->n_realms is not 0: looks now and then, and says what is new. */
void daemon_drops_watch(struct daemon *d, struct mtime now);
void daemon_drops_stop(struct daemon *d);
/* The counters are those of this moment. */
void daemon_drops_count(struct daemon *d);

/* ---- answers that are no role's ---- */

/* Binding Error 2 (section 9.3.3). */
void answer_unknown_type(struct daemon *d, const struct packet *pkt,
			 unsigned int type);
/* Binding Error 1 for a packet that the kernel dropped, unless its sender is
 * registered with our home agent just so. */
void answer_report(struct daemon *d, const struct kernel_report *r,
		   struct mtime now);
/* Status 131 for a home registration that is valid as far as can be seen from
 * outside. */
void answer_home_registration(struct daemon *d, const struct packet *pkt,
			      const struct mh_msg *msg);

/* False: counted and dropped, for its sender or all together have had their
 * share. */
bool limit_take(struct daemon *d, const struct packet *pkt);

#endif
