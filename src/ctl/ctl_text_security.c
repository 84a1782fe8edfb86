/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What protects whom, as text for people.  Pure but for the stream it writes.
 */
#include <errno.h>
#include <stdio.h>

#include "src/ctl/ctl_cell.h"
#include "src/ctl/ctl_priv.h"
#include "src/ctl/ctl_table.h"

static void print_reasons(FILE *out, const json_t *pairs)
{
	const json_t *p, *ike;
	size_t i;

	json_array_foreach(pairs, i, p)
	{
		ike = json_object_get(p, "ike");
		if (has_value(ike, "reason"))
			fprintf(out, "%s: %s\n", text_of(p, "home_address"),
				text_of(ike, "reason"));
	}
}

static void print_drops(FILE *out, const json_t *r)
{
	const json_t *all = json_object_get(r, "drops"), *p;
	size_t i;

	json_array_foreach(all, i, p)
	{
		json_int_t n =
			json_integer_value(json_object_get(p, "packets"));

		fprintf(out, "%lld packet%s %s (%s)\n", (long long)n,
			n == 1 ? "" : "s", text_of(p, "what"),
			text_of(p, "counter"));
	}
}

static void add_tunnel(struct table *t, const json_t *tunnel)
{
	table_add(t,
		  (const char *[]){ "", "", "tunnel", text_of(tunnel, "state"),
				    text_of(tunnel, "spi_in"),
				    text_of(tunnel, "spi_out"),
				    text_of(tunnel, "algorithms"), "-" });
}

int ctl_text_security(FILE *out, const json_t *r, bool colour)
{
	static const char *const head[] = { "HOME ADDRESS", "AGENT",  "BY",
					    "STATE",        "SPI IN", "SPI OUT",
					    "ALGORITHMS",   "AGE" };
	const json_t *pairs = json_object_get(r, "pairs"), *p;
	struct table t;
	size_t i;

	if (!json_is_array(pairs))
		return -EPROTO;
	if (has_value(r, "charon") && !bool_of(r, "charon"))
		fprintf(out, "No connection with charon: is strongSwan "
			     "running?\n");
	if (!json_array_size(pairs)) {
		fprintf(out, "No binding, and no pair that negotiates.\n");
		print_drops(out, r);
		return 0;
	}
	table_init(&t, 8, head);
	json_array_foreach(pairs, i, p)
	{
		struct cell age = time_cell(json_object_get(p, "ike"), "age");

		table_add(&t,
			  (const char *[]){
				  text_of(p, "home_address"),
				  text_of(p, "home_agent"), text_of(p, "by"),
				  text_of(p, "state"), text_of(p, "spi_in"),
				  text_of(p, "spi_out"),
				  text_of(p, "algorithms"), age.s });
		if (has_value(p, "tunnel"))
			add_tunnel(&t, json_object_get(p, "tunnel"));
	}
	table_print(&t, out, colour);
	table_done(&t);
	print_reasons(out, pairs);
	print_drops(out, r);
	return 0;
}
