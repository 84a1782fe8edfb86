/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The client's side of commands that change the daemon itself: their
 * arguments as requests, their answers as text.
 */
#include <errno.h>

#include "src/ctl/ctl_cell.h"
#include "src/ctl/ctl_priv.h"

char *ctl_request_log_level(int argc, char **argv)
{
	json_t *request;
	char *line;

	if (argc != 1)
		return NULL;
	request = json_pack("{s:s, s:s}", "cmd", "log-level", "level", argv[0]);
	line = request ? json_dumps(request, JSON_COMPACT) : NULL;
	json_decref(request);
	return line;
}

int ctl_text_log_level(FILE *out, const json_t *r, bool colour)
{
	(void)colour;
	if (!has_value(r, "level"))
		return -EPROTO;
	fprintf(out, "log level: %s\n", text_of(r, "level"));
	return 0;
}
