/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One request line to one reply line.  Pure.
 *
 * This file decides the envelope: {"ok": true, "version": 1, "cmd": ...} or
 * {"ok": false, ..., "error": "..."}, and that what changes something is
 * root's alone.  What the replies hold is left to
 * ctl_dump.c, the socket to ctl_server.c.  mip6d-ctl(8) documents both.
 */
#include "mip6d/ctl.h"

#include <stdlib.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "mip6d/log.h"
#include "src/ctl/ctl_priv.h"

static const struct command {
	const char *name;
	ctl_dump_fn *dump;
	ctl_ask_fn *ask; /* instead: it has arguments */
	bool changes;    /* something, so that only root may */
} commands[] = {
#define X(name, text, fn) { name, fn, NULL, false },
	CTL_COMMANDS(X)
#undef X
#define X(name, arguments, text, fn, request) { name, NULL, fn, false },
		CTL_QUESTIONS(X)
#undef X
#define X(name, arguments, text, fn, request) { name, NULL, fn, true },
			CTL_CHANGES(X)
#undef X
};

#define X(name, text, fn)                     ", \"" name "\""
#define Y(name, arguments, text, fn, request) ", \"" name "\""
static const char unknown_command[] =
	"unknown command, expected one of \"cmd\": " CTL_COMMANDS(X)
		CTL_QUESTIONS(Y) CTL_CHANGES(Y);
#undef X
#undef Y

/* Takes reply over. */
static char *line_of(json_t *reply)
{
	auto_free char *text = NULL;
	char *line;
	size_t len;

	if (!reply)
		return NULL;
	text = json_dumps(reply, JSON_COMPACT);
	json_decref(reply);
	if (!text)
		return NULL;
	len = strlen(text);
	line = realloc(text, len + 2);
	if (!line)
		return NULL;
	text = NULL;
	memcpy(line + len, "\n", 2);
	return line;
}

static char *refuse(const char *error)
{
	return line_of(json_pack("{s:b, s:i, s:s}", "ok", 0, "version",
				 CTL_VERSION, "error", error));
}

/* The client tells it from other refusals by "denied". */
static char *deny(const struct command *c, struct mtime now)
{
	log_limited(LOG_LEVEL_NOTICE, now,
		    "control: \"%s\" refused to somebody who is not root",
		    c->name);
	return line_of(json_pack(
		"{s:b, s:i, s:s, s:b}", "ok", 0, "version", CTL_VERSION,
		"error", "only root may change something", "denied", 1));
}

static char *answer(struct daemon *d, const struct command *c,
		    const json_t *request, struct mtime now)
{
	const char *error = NULL;
	json_t *members, *reply;

	if (c->changes)
		log_notice("control: %s", c->name);
	members = c->dump ? c->dump(d, now, &error)
			  : c->ask(d, request, now, &error);
	if (error)
		return refuse(error);
	reply = json_pack("{s:b, s:i, s:s}", "ok", 1, "version", CTL_VERSION,
			  "cmd", c->name);
	if (!members || !reply || json_object_update(reply, members)) {
		json_decref(members);
		json_decref(reply);
		return NULL;
	}
	json_decref(members);
	return line_of(reply);
}

/* NULL: there is no such command. */
static const struct command *command_find(const json_t *request)
{
	const char *name = json_string_value(json_object_get(request, "cmd"));
	size_t i;

	for (i = 0; name && i < ARRAY_SIZE(commands); i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

char *ctl_answer(struct daemon *d, bool may_change, const char *line,
		 size_t len, struct mtime now)
{
	const struct command *c;
	const json_t *version;
	json_t *request;
	char *reply;

	if (!d)
		return refuse("mip6d is not ready yet");
	if (len > CTL_LINE_MAX)
		return refuse("the line is too long");
	request = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(request)) {
		json_decref(request);
		return refuse("not a JSON object in one line, expected one "
			      "like {\"cmd\": \"status\"}");
	}
	c = command_find(request);
	version = json_object_get(request, "version");
	if (!c)
		reply = refuse(unknown_command);
	else if (version && json_integer_value(version) != CTL_VERSION)
		reply = refuse("unknown version, expected \"version\": 1");
	else if (c->changes && !may_change)
		reply = deny(c, now);
	else
		reply = answer(d, c, request, now);
	json_decref(request);
	return reply;
}
