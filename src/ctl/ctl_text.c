/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Replies of mip6d as text for people.  Pure but for the stream it writes.
 *
 * This file decides columns and words; scripts use the JSON.  What a member
 * means is documented in mip6d-ctl(8).  Bindings and route optimisation are left to
 * ctl_text_ro.c.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "mip6d/counters.h"
#include "src/ctl/ctl_cell.h"
#include "src/ctl/ctl_priv.h"
#include "src/ctl/ctl_table.h"

/* ---- status ---- */

static void print_links(FILE *out, const json_t *ha, bool colour)
{
	const json_t *links = json_object_get(ha, "links"), *l;
	struct table t;
	size_t i;

	table_init(&t, 5, NULL);
	json_array_foreach(links, i, l)
	{
		const char *name = bool_of(l, "virtual")
					   ? "virtual"
					   : text_of(l, "interface");

		table_add(&t,
			  (const char *[]){ "  home link", name,
					    bool_of(l, "up") ? "up" : "down",
					    text_of(l, "prefix"),
					    text_of(l, "address") });
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

		table_add(&t, (const char *[]){ "  home address",
						text_of(h, "home_address"),
						text_of(h, "location"),
						text_of(h, "care_of_address"),
						text_of(h, "registration"),
						left.s });
	}
	table_print(&t, out, colour);
	table_done(&t);
}

static void print_process(FILE *out, const json_t *p)
{
	const json_t *caps = json_object_get(p, "capabilities"), *c;
	size_t i;

	if (!json_is_object(p))
		return;
	if (has_value(p, "user"))
		fprintf(out, "process: user %s", text_of(p, "user"));
	else
		fprintf(out, "process: user %lld", number_of(p, "uid"));
	fprintf(out, ", capabilities");
	json_array_foreach(caps, i, c)
	{
		fprintf(out, " %s", json_string_value(c));
	}
	if (!json_array_size(caps))
		fprintf(out, " none");
	fprintf(out, ", %snew privileges, %sseccomp filter\n",
		bool_of(p, "no_new_privileges") ? "no " : "",
		bool_of(p, "seccomp") ? "" : "no ");
}

static int text_status(FILE *out, const json_t *r, bool colour)
{
	const json_t *ha = json_object_get(r, "home_agent");
	const json_t *mn = json_object_get(r, "mobile_node");
	const json_t *cn = json_object_get(r, "correspondent");
	struct cell up = time_cell(r, "uptime");

	fprintf(out, "%s %s, running for %s", text_of(r, "program"),
		text_of(r, "program_version"), up.s);
	if (has_value(r, "security"))
		fprintf(out, ", security: %s", text_of(r, "security"));
	fputc('\n', out);
	print_process(out, json_object_get(r, "process"));
	if (json_is_object(ha)) {
		fprintf(out, "home agent: %lld of at most %lld bindings\n",
			number_of(ha, "bindings"),
			number_of(ha, "max_bindings"));
		print_links(out, ha, colour);
	}
	if (json_is_object(mn)) {
		fprintf(out, "mobile node:");
		if (number_of(mn, "correspondents"))
			fprintf(out, " %lld of %lld correspondents optimised",
				number_of(mn, "optimised"),
				number_of(mn, "correspondents"));
		fputc('\n', out);
		print_homes(out, mn, colour);
	}
	if (json_is_object(cn))
		fprintf(out, "correspondent: %lld of at most %lld bindings\n",
			number_of(cn, "bindings"),
			number_of(cn, "max_bindings"));
	return 0;
}

/* ---- binding update list ---- */

/* What a refusal means and what to look at. */
static void print_hints(FILE *out, const json_t *list)
{
	const json_t *e, *status;
	size_t i;

	json_array_foreach(list, i, e)
	{
		status = json_object_get(e, "status");
		if (number_of(status, "code") >= 128)
			fprintf(out, "%s: refused with status %lld (%s): %s\n",
				text_of(e, "home_address"),
				number_of(status, "code"),
				text_of(status, "text"),
				text_of(status, "hint"));
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
			  (const char *[]){ text_of(e, "home_address"),
					    text_of(e, "peer"),
					    text_of(e, "care_of_address"),
					    text_of(e, "state"), flags.s, seq.s,
					    left.s, next.s, status.s });
	}
	if (!json_array_size(list))
		fprintf(out, "no registrations\n");
	else
		table_print(&t, out, colour);
	table_done(&t);
	print_hints(out, list);
	return 0;
}

/* ---- interfaces and care-of addresses ---- */

static void add_iface(struct table *t, const json_t *ifc)
{
	const json_t *addrs = json_object_get(ifc, "addresses"), *a;
	struct cell pref = number_cell(ifc, "preference");
	const char *link = "absent";
	size_t i;

	if (has_value(ifc, "ifindex"))
		link = !bool_of(ifc, "up")        ? "down"
		       : !bool_of(ifc, "carrier") ? "no carrier"
						  : "up";
	if (!json_array_size(addrs))
		table_add(t, (const char *[]){ text_of(ifc, "name"), link,
					       pref.s, text_of(ifc, "location"),
					       "-", "-", "-" });
	json_array_foreach(addrs, i, a)
	{
		struct cell state;

		snprintf(state.s, sizeof(state.s), "%s%s", text_of(a, "state"),
			 bool_of(a, "optimistic") ? ", optimistic" : "");
		table_add(t,
			  (const char *[]){ i ? "" : text_of(ifc, "name"),
					    i ? "" : link, i ? "" : pref.s,
					    i ? "" : text_of(ifc, "location"),
					    text_of(a, "address"), state.s,
					    text_of(a, "router") });
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
			i ? "\n" : "", text_of(h, "home_address"),
			text_of(h, "home_agent"));
		fprintf(out, "location         %s\n", text_of(h, "location"));
		if (has_value(h, "care_of_address"))
			fprintf(out, "care-of address  %s on %s, router %s\n",
				text_of(h, "care_of_address"),
				text_of(h, "interface"), text_of(h, "router"));
		fprintf(out, "since            %s\n", age.s);
		fprintf(out, "because          %s\n", text_of(h, "reason"));
		if (has_value(h, "previous"))
			fprintf(out, "before           %s\n",
				text_of(h, "previous"));
	}
	return 0;
}

/* ---- counters ---- */

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
	ctl_text_fn *print;
} printers[] = {
	{ "status", text_status },
	{ "show bindings", ctl_text_bindings },
	{ "show bul", text_bul },
	{ "show interfaces", text_interfaces },
	{ "show care-of", text_care_of },
	{ "show ro", ctl_text_ro },
	{ "show rules", ctl_text_rules },
	{ "show policy", ctl_text_policy },
	{ "show home-agents", ctl_text_home_agents },
	{ "show ra", ctl_text_ra },
	{ "show security", ctl_text_security },
	{ "renumber", ctl_text_renumber },
	{ "show homes", ctl_text_homes },
	{ "home add", ctl_text_home_add },
	{ "home remove", ctl_text_home_remove },
	{ "log-level", ctl_text_log_level },
	{ "doctor", ctl_text_doctor },
	{ "show counters", text_counters },
};

int ctl_text(FILE *out, const json_t *reply, bool colour)
{
	const char *cmd = text_of(reply, "cmd");
	size_t i;

	for (i = 0; i < ARRAY_SIZE(printers); i++)
		if (!strcmp(printers[i].cmd, cmd))
			return printers[i].print(out, reply, colour);
	return -EPROTO;
}
