/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `mip6d-ctl doctor` where no mip6d runs: what can be seen from outside, in
 * the words of an answer.
 *
 * This file decides what is asked of mip6d(8) itself: -t about the
 * configuration, and of root --probe about the kernel.
 */
#include "src/ctl/ctl_doctor_alone.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/ctl/ctl_priv.h"

#define LINES_MAX 16

struct alone {
	json_t *list;
	const char *check;
};

static void say(struct alone *a, const char *result, const char *found,
		const char *advice)
{
	json_array_append_new(a->list,
			      json_pack("{s:s, s:s, s:s, s:s?}", "check",
					a->check, "result", result, "found",
					found, "advice", advice));
}

/* A line without its end and with single blanks. */
static void tidy(char *line)
{
	char *from, *to = line;

	for (from = line; *from && *from != '\n'; from++)
		if (*from != ' ' || (to > line && to[-1] != ' '))
			*to++ = *from;
	*to = '\0';
}

/* Lines of its output that have the text each are something wrong, or, where
 * it ends well, something to know; their number.  *ret_status: its exit
 * status, -1: it could not be run. */
static unsigned int ask(struct alone *a, const char *command, const char *text,
			const char *advice, int *ret_status)
{
	FILE *f = popen(command, "r");
	char lines[LINES_MAX][256], more[256], *line;
	unsigned int i, n = 0;
	int status;

	*ret_status = -1;
	if (!f)
		return 0;
	for (;;) {
		line = n < LINES_MAX ? lines[n] : more;
		if (!fgets(line, sizeof(more), f))
			break;
		n += n < LINES_MAX && strstr(line, text);
	}
	status = pclose(f);
	if (WIFEXITED(status))
		*ret_status = WEXITSTATUS(status);
	for (i = 0; i < n; i++) {
		tidy(lines[i]);
		say(a, *ret_status ? "wrong" : "warning", lines[i], advice);
	}
	return n;
}

#define MIP6D "PATH=\"$PATH:/usr/local/sbin:/usr/sbin:/sbin\" mip6d "

static void look_configuration(struct alone *a)
{
	unsigned int n;
	int status;

	a->check = "configuration";
	n = ask(a, MIP6D "-t 2>&1", ": found ",
		"correct it; \"mip6d -t\" checks it", &status);
	if (!status && !n)
		say(a, "ok", MIP6D_CONF_FILE " is right", NULL);
	else if (status && status != 1)
		say(a, "warning", "mip6d cannot be run",
		    "install it, or put it into PATH");
	else if (status && !n)
		say(a, "wrong", MIP6D_CONF_FILE " cannot be used",
		    "\"mip6d -t\" says why");
}

static void look_kernel(struct alone *a)
{
	unsigned int n;
	int status;

	a->check = "kernel";
	if (geteuid()) {
		say(a, "warning", "the kernel was not looked at",
		    "ask as root");
		return;
	}
	n = ask(a, MIP6D "--probe 2>&1", " no  ",
		"another kernel, or its modules, would have it", &status);
	if (!status && !n)
		say(a, "ok", "the kernel has what mip6d needs", NULL);
	else if (status && status != 1)
		say(a, "warning", "the kernel could not be looked at",
		    "\"mip6d --probe\" says why");
}

json_t *ctl_doctor_alone(const char *path)
{
	struct alone a = { .list = json_array(), .check = "daemon" };
	char found[200];

	snprintf(found, sizeof(found), "no mip6d listens on %s", path);
	say(&a, "wrong", found,
	    "start it: systemctl start mip6d; its log says why it ended");
	look_configuration(&a);
	look_kernel(&a);
	return json_pack("{s:b, s:i, s:s, s:s, s:o}", "ok", 1, "version",
			 CTL_VERSION, "cmd", "doctor", "result", "wrong",
			 "checks", a.list);
}
