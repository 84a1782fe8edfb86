/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Answers beside files that say what they should be.
 */
#include "config.h"

#include "tests/unit/ctl_answers.h"

#include <stdlib.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "src/ctl/ctl_priv.h"
#include "tests/unit/unit.h"

#define FILE_MAX 65536

static char *slurp(const char *name, const char *suffix)
{
	const char *srcdir = getenv("top_srcdir");
	auto_free char *path = NULL;
	char *text = calloc(1, FILE_MAX);
	FILE *f;

	UNIT_NEED(asprintf(&path, "%s/tests/unit/ctl/%s.%s",
			   srcdir ? srcdir : ".", name, suffix) > 0);
	f = fopen(path, "re");
	if (!f)
		printf("     no file %s\n", path);
	UNIT_NEED(f && text);
	UNIT_NEED(fread(text, 1, FILE_MAX - 1, f) < FILE_MAX - 1);
	fclose(f);
	return text;
}

static char *with_version(char *text)
{
	char *at = strstr(text, "@VERSION@"), *out;

	if (!at)
		return text;
	UNIT_NEED(asprintf(&out, "%.*s%s%s", (int)(at - text), text,
			   PACKAGE_VERSION, at + strlen("@VERSION@")) > 0);
	free(text);
	return out;
}

char *answers_text(const char *line, bool colour)
{
	json_t *reply = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	UNIT_NEED(f && reply);
	UNIT_EQ(ctl_text(f, reply, colour), 0);
	fclose(f);
	json_decref(reply);
	return text;
}

void answers_check(struct daemon *d, struct mtime now, const char *request,
		   const char *name)
{
	auto_free char *want = with_version(slurp(name, "json"));
	auto_free char *want_text = with_version(slurp(name, "txt"));
	auto_free char *reply =
		ctl_answer(d, false, request, strlen(request), now);
	auto_free char *text = NULL;

	UNIT_NEED(reply != NULL);
	text = answers_text(reply, false);
	UNIT_STR(reply, want);
	UNIT_STR(text, want_text);
	/* One line, and nothing that a terminal obeys. */
	CU_ASSERT(strchr(reply, '\n') == reply + strlen(reply) - 1);
	CU_ASSERT_PTR_NULL(strchr(text, '\033'));
}
