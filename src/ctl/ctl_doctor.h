/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of `mip6d-ctl doctor` share.  A check looks at one thing and
 * says what it found and what to do; one that is about nothing here says
 * nothing.
 */
#ifndef MIP6D_CTL_DOCTOR_H
#define MIP6D_CTL_DOCTOR_H

#include <jansson.h>

#include "mip6d/daemon.h"

enum doctor_result { DOCTOR_OK, DOCTOR_WARNING, DOCTOR_WRONG };

struct doctor {
	struct daemon *d;
	const struct conf *conf;
	struct kernel *kernel;
	struct mtime now;
	json_t *list;
	const char *check; /* which looks now */
	unsigned int said; /* by it */
	enum doctor_result worst;
};

/* A line made up of parts, for the duration of an expression. */
struct doctor_text {
	char s[256];
};
struct doctor_text doctor_text(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));

/* One line of what was found; advice, one of what to do, NULL: nothing. */
void doctor_say(struct doctor *doc, enum doctor_result result,
		const char *advice, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#define doctor_wrong(doc, advice, ...) \
	doctor_say(doc, DOCTOR_WRONG, advice, __VA_ARGS__)
#define doctor_warn(doc, advice, ...) \
	doctor_say(doc, DOCTOR_WARNING, advice, __VA_ARGS__)
/* At the end of a check: unless it has found something. */
#define doctor_fine(doc, ...)                                          \
	do {                                                           \
		if (!(doc)->said)                                      \
			doctor_say(doc, DOCTOR_OK, NULL, __VA_ARGS__); \
	} while (0)

typedef void doctor_fn(struct doctor *doc);

/* (ctl_doctor_self.c) */
doctor_fn doctor_security, doctor_keys, doctor_ike, doctor_clock,
	doctor_process, doctor_state, doctor_capacity, doctor_drops;
/* (ctl_doctor_kernel.c) */
doctor_fn doctor_kernel, doctor_policies, doctor_rules, doctor_forwarding,
	doctor_proxy;
/* (ctl_doctor_roles.c) */
doctor_fn doctor_links, doctor_default_route, doctor_advertisements,
	doctor_interfaces, doctor_registration;

#endif
