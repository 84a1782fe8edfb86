/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the doctor says as text for people.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "src/ctl/ctl_cell.h"
#include "src/ctl/ctl_priv.h"
#include "src/ctl/ctl_table.h"

struct result_count {
	unsigned int ok, warning, wrong;
};

static void count_result(struct result_count *c, const char *result)
{
	c->ok += !strcmp(result, "ok");
	c->warning += !strcmp(result, "warning");
	c->wrong += !strcmp(result, "wrong");
}

/* What to do, below what was found. */
static void add_advice(struct table *t, const char *advice)
{
	char line[300];

	snprintf(line, sizeof(line), "-> %s", advice);
	table_add(t, (const char *[]){ "", "", line });
}

int ctl_text_doctor(FILE *out, const json_t *r, bool colour)
{
	const json_t *list = json_object_get(r, "checks"), *c;
	struct result_count n = { 0 };
	struct table t;
	size_t i;

	if (!json_is_array(list))
		return -EPROTO;
	table_init(&t, 3, NULL);
	json_array_foreach(list, i, c)
	{
		count_result(&n, text_of(c, "result"));
		table_add(&t, (const char *[]){ text_of(c, "result"),
						text_of(c, "check"),
						text_of(c, "found") });
		if (has_value(c, "advice"))
			add_advice(&t, text_of(c, "advice"));
	}
	table_print(&t, out, colour);
	table_done(&t);
	fprintf(out, "%u wrong, %u to be looked at, %u well\n", n.wrong,
		n.warning, n.ok);
	return 0;
}
