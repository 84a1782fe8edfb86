/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One mip6d: the roles that a configuration names, on one task queue and a
 * pair of ports.  Pure: main.c runs it on the kernel, tests/sim many of them
 * on a simulated network.
 */
#ifndef MIP6D_DAEMON_H
#define MIP6D_DAEMON_H

#include "mip6d/role.h"

struct daemon;

/* Owns neither the ports nor the queue nor env->counters (NULL: it has its
 * own); takes conf over (conf_free at the end, at once when it fails).  0 or
 * -errno, with the reason logged.  Starts the roles in a fixed order. */
int daemon_new(const struct role_env *env, struct conf *conf, struct mtime now,
	       struct daemon **ret_daemon);
/* Begins an orderly stop (the mobile node de-registers). */
void daemon_stop(struct daemon *d, struct mtime now);
bool daemon_is_stopped(const struct daemon *d);
/* Stops at once what still runs, withdraws kernel state, frees. */
struct daemon *daemon_free(struct daemon *d);

/* SIGHUP: takes a new configuration over, or keeps the old one and frees the
 * new: -EINVAL with the reason logged. */
int daemon_reload(struct daemon *d, struct conf *conf, struct mtime now);

/* Upcalls of the ports. */
void daemon_on_mh(struct daemon *d, const struct packet *pkt);
void daemon_on_icmp6(struct daemon *d, const struct packet *pkt);
void daemon_on_kernel(struct daemon *d, const struct kernel_event *ev,
		      struct mtime now);

const struct conf *daemon_conf(const struct daemon *d);
struct ha *daemon_ha(struct daemon *d); /* NULL when the role is off */
struct cn *daemon_cn(struct daemon *d);
struct mn *daemon_mn(struct daemon *d);
struct ike *daemon_ike(struct daemon *d);
const struct counters *daemon_counters(struct daemon *d);
/* What they were when ctl was asked for what grows. */
struct counters *daemon_seen(struct daemon *d);
const struct role_env *daemon_env(const struct daemon *d);
struct mtime daemon_started(const struct daemon *d);
/* One line for people: "3 bindings; 2001:db8::1 away at 2001:db8:a::5". */
void daemon_status(struct daemon *d, char *buf, size_t size);

/* The process that it runs in, for ctl; all zeros in a simulation. */
struct daemon_process {
	char user[33]; /* "": has no name */
	uint32_t uid;
	uint64_t capabilities; /* effective, a bit each */
	bool no_new_privileges;
	bool seccomp;
};
void daemon_set_process(struct daemon *d, const struct daemon_process *process);
const struct daemon_process *daemon_process(const struct daemon *d);

#endif
