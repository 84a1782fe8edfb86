/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Control: one JSON object a line, request {"cmd": "...", ...} and reply
 * {"ok": true, ...} or {"ok": false, "error": "..."}, over a unix socket.
 */
#ifndef MIP6D_CTL_H
#define MIP6D_CTL_H

#include "mip6d/daemon.h"

struct loop;
struct ctl;

#define CTL_LINE_MAX    65536 /* octets of a request line */
#define CTL_MAX_CLIENTS 32

/* May ask where the configuration names no other group. */
#define CTL_GROUP "mip6"

/* Pure: answers one request line (without the newline, len octets, any
 * octets at all) with one line of JSON, newline included, malloc'ed; the
 * caller frees it.  may_change: the asker is root; who is not gets no verb
 * that changes something (CTL_CHANGES).  NULL only when out of memory. */
char *ctl_answer(struct daemon *d, bool may_change, const char *line,
		 size_t len, struct mtime now);

/* The server, [K].  -EADDRINUSE when another mip6d has the socket; a stale
 * socket file is replaced, a missing folder created.  Other errors are
 * logged.  Who may connect may read; what changes something is root's, by
 * the credentials of the connection.  group "": CTL_GROUP
 * where there is one, else the group of the daemon's user but root's.  d may be NULL for the
 * time being: to know that we are alone before anything is touched. */
int ctl_open(struct loop *loop, const char *path, const char *group,
	     struct daemon *d, struct ctl **ret_ctl);
void ctl_set_daemon(struct ctl *ctl, struct daemon *d);
struct ctl *ctl_close(struct ctl *ctl);

#endif
