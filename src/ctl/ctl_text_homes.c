/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Home addresses that come and go, as text for people; words of the commands
 * that add or remove one, as requests.  Pure but for the stream it writes.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "src/ctl/ctl_cell.h"
#include "src/ctl/ctl_priv.h"
#include "src/ctl/ctl_table.h"

static void print_homes(FILE *out, const json_t *list, bool colour)
{
	static const char *const head[] = { "HOME ADDRESS", "ORIGIN",
					    "LOCATION",     "HOME AGENT",
					    "REGISTRATION", "PREFIX LEFT" };
	const json_t *h;
	struct table t;
	size_t i;

	table_init(&t, 6, head);
	json_array_foreach(list, i, h)
	{
		struct cell left = time_cell(h, "prefix_remaining");

		table_add(&t, (const char *[]){ text_of(h, "home_address"),
						text_of(h, "origin"),
						text_of(h, "location"),
						text_of(h, "home_agent"),
						text_of(h, "registration"),
						left.s });
	}
	if (json_array_size(list))
		table_print(&t, out, colour);
	else
		fprintf(out, "no home address\n");
	table_done(&t);
}

static struct cell round_trip_cell(const json_t *m)
{
	struct cell c = { "-" };

	if (has_value(m, "round_trip_ms"))
		snprintf(c.s, sizeof(c.s), "%lld ms",
			 number_of(m, "round_trip_ms"));
	return c;
}

static void print_met(FILE *out, const json_t *list, bool colour)
{
	static const char *const head[] = { "AGENT MET", "PREFIX", "USE", "ON",
					    "POINTS",    "COUNT",  "AGE", "RTT",
					    "OK",        "FAILED" };
	const json_t *m;
	struct table t;
	size_t i;

	table_init(&t, 10, head);
	json_array_foreach(list, i, m)
	{
		struct cell points = number_cell(m, "points");
		struct cell count = number_cell(m, "count");
		struct cell age = time_cell(m, "age");
		struct cell rtt = round_trip_cell(m);
		struct cell ok = number_cell(m, "successes");
		struct cell failed = number_cell(m, "failures");

		table_add(&t, (const char *[]){
				      text_of(m, "home_agent"),
				      text_of(m, "prefix"), text_of(m, "use"),
				      text_of(m, "interface"), points.s,
				      count.s, age.s, rtt.s, ok.s, failed.s });
	}
	fputc('\n', out);
	table_print(&t, out, colour);
	table_done(&t);
}

int ctl_text_homes(FILE *out, const json_t *r, bool colour)
{
	const json_t *homes = json_object_get(r, "homes");
	const json_t *met = json_object_get(r, "met");

	if (!json_is_array(homes) || !json_is_array(met))
		return -EPROTO;
	print_homes(out, homes, colour);
	if (json_array_size(met))
		print_met(out, met, colour);
	fprintf(out, "\n%lld of at most %lld formed or added\n",
		number_of(r, "formed"), number_of(r, "max_formed"));
	return 0;
}

/* ---- changes ---- */

int ctl_text_home_add(FILE *out, const json_t *r, bool colour)
{
	(void)colour;
	if (!has_value(r, "home_address"))
		return -EPROTO;
	fprintf(out, "home address: %s%s\n", text_of(r, "home_address"),
		bool_of(r, "formed") ? " (formed)" : "");
	return 0;
}

int ctl_text_home_remove(FILE *out, const json_t *r, bool colour)
{
	(void)colour;
	if (!has_value(r, "home_address"))
		return -EPROTO;
	fprintf(out, "%s is being given up\n", text_of(r, "home_address"));
	return 0;
}

static char *line_of(json_t *request)
{
	char *line = request ? json_dumps(request, JSON_COMPACT) : NULL;

	json_decref(request);
	return line;
}

char *ctl_request_home_add(int argc, char **argv)
{
	if (argc != 1 && (argc != 3 || strcmp(argv[1], "agent") != 0))
		return NULL;
	return line_of(json_pack("{s:s, s:s, s:s*}", "cmd", "home add", "home",
				 argv[0], "home_agent",
				 argc == 3 ? argv[2] : NULL));
}

char *ctl_request_home_remove(int argc, char **argv)
{
	if (argc != 1)
		return NULL;
	return line_of(json_pack("{s:s, s:s}", "cmd", "home remove",
				 "home_address", argv[0]));
}
