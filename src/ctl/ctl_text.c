/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Replies of mip6d as text for people.  Pure but for the stream it writes.
 *
 * This file decides columns and words; scripts use the JSON.  What a member
 * means is documented in mip6d-ctl(8).
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "mip6d/counters.h"
#include "src/ctl/ctl_priv.h"
#include "src/ctl/ctl_table.h"

/* ---- members of a reply ---- */

static const char *text(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "-";
}

static long long number(const json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

static bool is_true(const json_t *o, const char *key)
{
	return json_is_true(json_object_get(o, key));
}

static bool has(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return v && !json_is_null(v);
}

#define CELL 64

struct cell {
	char s[CELL];
};

static struct cell number_cell(const json_t *o, const char *key)
{
	struct cell c;

	if (has(o, key))
		snprintf(c.s, sizeof(c.s), "%lld", number(o, key));
	else
		strcpy(c.s, "-");
	return c;
}

/* Seconds as two units at most: "2d 3h", "59m 1s", "12s". */
static struct cell time_cell(const json_t *o, const char *key)
{
	long long s = number(o, key);
	struct cell c;

	if (!has(o, key))
		strcpy(c.s, "-");
	else if (s >= 86400)
		snprintf(c.s, sizeof(c.s), "%lldd %lldh", s / 86400,
			 s % 86400 / 3600);
	else if (s >= 3600)
		snprintf(c.s, sizeof(c.s), "%lldh %lldm", s / 3600,
			 s % 3600 / 60);
	else if (s >= 60)
		snprintf(c.s, sizeof(c.s), "%lldm %llds", s / 60, s % 60);
	else
		snprintf(c.s, sizeof(c.s), "%llds", s);
	return c;
}

/* ["A", "H"] as "AH". */
static struct cell flags_cell(const json_t *o)
{
	const json_t *flags = json_object_get(o, "flags"), *f;
	struct cell c = { "" };
	size_t i;

	json_array_foreach(flags, i, f)
	{
		const char *s = json_string_value(f);

		if (s && strlen(c.s) + strlen(s) < sizeof(c.s))
			strcat(c.s, s);
	}
	if (!c.s[0])
		strcpy(c.s, "-");
	return c;
}

/* ---- status ---- */

static void print_links(FILE *out, const json_t *ha, bool colour)
{
	const json_t *links = json_object_get(ha, "links"), *l;
	struct table t;
	size_t i;

	table_init(&t, 5, NULL);
	json_array_foreach(links, i, l)
	{
		const char *name = is_true(l, "virtual") ? "virtual"
							 : text(l, "interface");

		table_add(&t, (const char *[]){
				      "  home link", name,
				      is_true(l, "up") ? "up" : "down",
				      text(l, "prefix"), text(l, "address") });
	}
	table_print(&t, out, colour);
	table_done(&t);
}

static void print_homes(FILE *out, const json_t *mn, bool colour)
{
	const json_t *homes = json_object_get(mn, "homes"), *h;
	struct table t;
	size_t i;

	table_init(&t, 6, NULL);
	json_array_foreach(homes, i, h)
	{
		struct cell left = time_cell(h, "remaining");

		table_add(&t, (const char *[]){
				      "  home address", text(h, "home_address"),
				      text(h, "location"),
				      text(h, "care_of_address"),
				      text(h, "registration"), left.s });
	}
	table_print(&t, out, colour);
	table_done(&t);
}

static int text_status(FILE *out, const json_t *r, bool colour)
{
	const json_t *ha = json_object_get(r, "home_agent");
	const json_t *mn = json_object_get(r, "mobile_node");
	struct cell up = time_cell(r, "uptime");

	fprintf(out, "%s %s, running for %s, security: %s\n",
		text(r, "program"), text(r, "program_version"), up.s,
		has(r, "security") ? text(r, "security") : "none");
	if (json_is_object(ha)) {
		fprintf(out, "home agent: %lld of at most %lld bindings\n",
			number(ha, "bindings"), number(ha, "max_bindings"));
		print_links(out, ha, colour);
	}
	if (json_is_object(mn)) {
		fprintf(out, "mobile node:\n");
		print_homes(out, mn, colour);
	}
	return 0;
}

/* ---- tables ---- */

static int text_bindings(FILE *out, const json_t *r, bool colour)
{
	static const char *const head[] = { "HOME ADDRESS", "CARE-OF ADDRESS",
					    "STATE",        "FLAGS",
					    "SEQUENCE",     "LEFT",
					    "AGE",          "REFRESHES",
					    "MOVES" };
	const json_t *list = json_object_get(r, "bindings"), *b;
	struct table t;
	size_t i;

	if (!json_is_array(list))
		return -EPROTO;
	table_init(&t, 9, head);
	json_array_foreach(list, i, b)
	{
		struct cell flags = flags_cell(b);
		struct cell seq = number_cell(b, "sequence");
		struct cell left = time_cell(b, "remaining");
		struct cell age = time_cell(b, "age");
		struct cell refreshes = number_cell(b, "refreshes");
		struct cell moves = number_cell(b, "moves");

		table_add(&t, (const char *[]){ text(b, "home_address"),
						text(b, "care_of_address"),
						text(b, "state"), flags.s,
						seq.s, left.s, age.s,
						refreshes.s, moves.s });
	}
	if (!json_array_size(list))
		fprintf(out, "no bindings\n");
	else
		table_print(&t, out, colour);
	table_done(&t);
	return 0;
}

static struct cell status_cell(const json_t *e)
{
	const json_t *status = json_object_get(e, "status");
	struct cell c = { "-" };

	if (json_is_object(status))
		snprintf(c.s, sizeof(c.s), "%lld %s", number(status, "code"),
			 text(status, "text"));
	return c;
}

/* What a refusal means and what to look at. */
static void print_hints(FILE *out, const json_t *list)
{
	const json_t *e, *status;
	size_t i;

	json_array_foreach(list, i, e)
	{
		status = json_object_get(e, "status");
		if (number(status, "code") >= 128)
			fprintf(out, "%s: refused with status %lld (%s): %s\n",
				text(e, "home_address"), number(status, "code"),
				text(status, "text"), text(status, "hint"));
	}
}

static int text_bul(FILE *out, const json_t *r, bool colour)
{
	static const char *const head[] = {
		"HOME ADDRESS", "PEER",  "CARE-OF ADDRESS",
		"STATE",        "FLAGS", "SEQUENCE",
		"LEFT",         "NEXT",  "STATUS"
	};
	const json_t *list = json_object_get(r, "registrations"), *e;
	struct table t;
	size_t i;

	if (!json_is_array(list))
		return -EPROTO;
	table_init(&t, 9, head);
	json_array_foreach(list, i, e)
	{
		struct cell flags = flags_cell(e);
		struct cell seq = number_cell(e, "sequence");
		struct cell left = time_cell(e, "remaining");
		struct cell next = time_cell(e, "next_in");
		struct cell status = status_cell(e);

		table_add(&t,
			  (const char *[]){
				  text(e, "home_address"), text(e, "peer"),
				  text(e, "care_of_address"), text(e, "state"),
				  flags.s, seq.s, left.s, next.s, status.s });
	}
	if (!json_array_size(list))
		fprintf(out, "no registrations\n");
	else
		table_print(&t, out, colour);
	table_done(&t);
	print_hints(out, list);
	return 0;
}

static void add_iface(struct table *t, const json_t *ifc)
{
	const json_t *addrs = json_object_get(ifc, "addresses"), *a;
	struct cell pref = number_cell(ifc, "preference");
	const char *link = "absent";
	size_t i;

	if (has(ifc, "ifindex"))
		link = !is_true(ifc, "up")        ? "down"
		       : !is_true(ifc, "carrier") ? "no carrier"
						  : "up";
	if (!json_array_size(addrs))
		table_add(t, (const char *[]){ text(ifc, "name"), link, pref.s,
					       text(ifc, "location"), "-", "-",
					       "-" });
	json_array_foreach(addrs, i, a)
	{
		struct cell state;

		snprintf(state.s, sizeof(state.s), "%s%s", text(a, "state"),
			 is_true(a, "optimistic") ? ", optimistic" : "");
		table_add(t, (const char *[]){ i ? "" : text(ifc, "name"),
					       i ? "" : link, i ? "" : pref.s,
					       i ? "" : text(ifc, "location"),
					       text(a, "address"), state.s,
					       text(a, "router") });
	}
}

static int text_interfaces(FILE *out, const json_t *r, bool colour)
{
	static const char *const head[] = { "INTERFACE",  "LINK",
					    "PREFERENCE", "LOCATION",
					    "ADDRESS",    "STATE",
					    "ROUTER" };
	const json_t *list = json_object_get(r, "interfaces"), *ifc;
	struct table t;
	size_t i;

	if (!json_is_array(list))
		return -EPROTO;
	table_init(&t, 7, head);
	json_array_foreach(list, i, ifc)
	{
		add_iface(&t, ifc);
	}
	table_print(&t, out, colour);
	table_done(&t);
	return 0;
}

static int text_care_of(FILE *out, const json_t *r, bool colour)
{
	const json_t *list = json_object_get(r, "homes"), *h;
	size_t i;

	(void)colour;
	if (!json_is_array(list))
		return -EPROTO;
	json_array_foreach(list, i, h)
	{
		struct cell age = time_cell(h, "age");

		fprintf(out, "%shome address     %s, home agent %s\n",
			i ? "\n" : "", text(h, "home_address"),
			text(h, "home_agent"));
		fprintf(out, "location         %s\n", text(h, "location"));
		if (has(h, "care_of_address"))
			fprintf(out, "care-of address  %s on %s, router %s\n",
				text(h, "care_of_address"),
				text(h, "interface"), text(h, "router"));
		fprintf(out, "since            %s\n", age.s);
		fprintf(out, "because          %s\n", text(h, "reason"));
		if (has(h, "previous"))
			fprintf(out, "before           %s\n",
				text(h, "previous"));
	}
	return 0;
}

/* A newer daemon may count what this client has no words for. */
static const char *counter_text(const char *name)
{
#define X(id, name_, text_)       \
	if (!strcmp(name, name_)) \
		return text_;
	COUNTERS(X)
#undef X
	return "";
}

static int text_counters(FILE *out, const json_t *r, bool colour)
{
	static const char *const head[] = { "COUNTER", "VALUE", "WHAT" };
	const json_t *all = json_object_get(r, "counters");
	const char *name;
	struct table t;
	json_t *v;

	if (!json_is_object(all))
		return -EPROTO;
	table_init(&t, 3, head);
	json_object_foreach((json_t *)all, name, v)
	{
		struct cell value;

		snprintf(value.s, sizeof(value.s), "%lld",
			 (long long)json_integer_value(v));
		table_add(&t, (const char *[]){ name, value.s,
						counter_text(name) });
	}
	table_print(&t, out, colour);
	table_done(&t);
	return 0;
}

static const struct {
	const char *cmd;
	int (*print)(FILE *out, const json_t *r, bool colour);
} printers[] = {
	{ "status", text_status },
	{ "show bindings", text_bindings },
	{ "show bul", text_bul },
	{ "show interfaces", text_interfaces },
	{ "show care-of", text_care_of },
	{ "show counters", text_counters },
};

int ctl_text(FILE *out, const json_t *reply, bool colour)
{
	const char *cmd = text(reply, "cmd");
	size_t i;

	for (i = 0; i < ARRAY_SIZE(printers); i++)
		if (!strcmp(printers[i].cmd, cmd))
			return printers[i].print(out, reply, colour);
	return -EPROTO;
}
