/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `mip6d-ctl doctor`: what may be wrong with this mip6d and around it, and
 * what to do about it.  Pure; what is around it is seen through mip6d/look.h.
 *
 * This file decides which checks there are, and in which order.  What show
 * tells is read by the same means here.
 */
#include "src/ctl/ctl_doctor.h"

#include <stdarg.h>
#include <stdio.h>

#include "mip6d/cleanup.h"
#include "src/ctl/ctl_json.h"
#include "src/ctl/ctl_priv.h"

static const struct {
	const char *name;
	doctor_fn *look;
} checks[] = {
	{ "security", doctor_security },
	{ "keys", doctor_keys },
	{ "ike", doctor_ike },
	{ "clock", doctor_clock },
	{ "process", doctor_process },
	{ "state-directory", doctor_state },
	{ "kernel", doctor_kernel },
	{ "policies", doctor_policies },
	{ "rules", doctor_rules },
	{ "forwarding", doctor_forwarding },
	{ "proxy-ndp", doctor_proxy },
	{ "home-links", doctor_links },
	{ "default-route", doctor_default_route },
	{ "advertisements", doctor_advertisements },
	{ "interfaces", doctor_interfaces },
	{ "registration", doctor_registration },
	{ "capacity", doctor_capacity },
	{ "drops", doctor_drops },
};

static const char *const results[] = {
	[DOCTOR_OK] = "ok",
	[DOCTOR_WARNING] = "warning",
	[DOCTOR_WRONG] = "wrong",
};

struct doctor_text doctor_text(const char *fmt, ...)
{
	struct doctor_text t;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(t.s, sizeof(t.s), fmt, ap);
	va_end(ap);
	return t;
}

void doctor_say(struct doctor *doc, enum doctor_result result,
		const char *advice, const char *fmt, ...)
{
	struct doctor_text found;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(found.s, sizeof(found.s), fmt, ap);
	va_end(ap);
	doc->said++;
	if (result > doc->worst)
		doc->worst = result;
	json_array_append_new(doc->list,
			      json_pack("{s:s, s:s, s:o, s:o}", "check",
					doc->check, "result", results[result],
					"found", text_json(found.s), "advice",
					text_json(advice)));
}

json_t *ctl_dump_doctor(struct daemon *d, struct mtime now,
			const char **ret_error)
{
	struct doctor doc = {
		.d = d,
		.conf = daemon_conf(d),
		.kernel = daemon_env(d)->kernel,
		.now = now,
		.list = json_array(),
	};
	size_t i;

	(void)ret_error;
	for (i = 0; i < ARRAY_SIZE(checks); i++) {
		doc.check = checks[i].name;
		doc.said = 0;
		checks[i].look(&doc);
	}
	return json_pack("{s:s, s:o}", "result", results[doc.worst], "checks",
			 doc.list);
}
