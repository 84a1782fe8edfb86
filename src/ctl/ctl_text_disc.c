/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Discovery as text for people: home agents, router advertisements, and what
 * a change of a home prefix would do.  Pure but for the stream it writes.
 *
 * This file decides columns and words of these replies, and how the words of
 * the command `renumber` become a request.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/ctl/ctl_cell.h"
#include "src/ctl/ctl_priv.h"
#include "src/ctl/ctl_table.h"

/* ---- home agents ---- */

static void add_agent(struct table *t, const json_t *a)
{
	const json_t *addrs = json_object_get(a, "addresses"), *addr;
	struct cell pref = number_cell(a, "preference");
	struct cell left = time_cell(a, "remaining");
	const char *link = has_value(a, "interface") ? text_of(a, "interface")
						     : "virtual";
	const char *whose = bool_of(a, "ours") ? "this one" : "other";
	size_t i;

	if (!json_array_size(addrs))
		table_add(t, (const char *[]){ link, whose, pref.s, left.s,
					       text_of(a, "link_local_address"),
					       "-" });
	json_array_foreach(addrs, i, addr)
	{
		const char *s = json_string_value(addr);

		table_add(t, (const char *[]){
				     i ? "" : link, i ? "" : whose,
				     i ? "" : pref.s, i ? "" : left.s,
				     i ? "" : text_of(a, "link_local_address"),
				     s ? s : "-" });
	}
}

static void add_home(struct table *t, const json_t *h)
{
	const json_t *agents = json_object_get(h, "agents"), *a;
	size_t i;

	if (!json_array_size(agents))
		table_add(t, (const char *[]){ text_of(h, "home_address"),
					       text_of(h, "discovery"), "-",
					       "-", "-" });
	json_array_foreach(agents, i, a)
	{
		struct cell left = time_cell(a, "remaining");

		table_add(t,
			  (const char *[]){ i ? "" : text_of(h, "home_address"),
					    i ? "" : text_of(h, "discovery"),
					    text_of(a, "address"),
					    text_of(a, "use"), left.s });
	}
}

/* Those that the mobile node knows. */
static int text_homes(FILE *out, const json_t *list, bool colour)
{
	static const char *const head[] = { "HOME ADDRESS", "DISCOVERY",
					    "AGENT", "USE", "LEFT" };
	const json_t *h;
	struct table t;
	size_t i;

	if (!json_is_array(list))
		return json_is_null(list) ? 0 : -EPROTO;
	table_init(&t, 5, head);
	json_array_foreach(list, i, h)
	{
		add_home(&t, h);
	}
	table_print(&t, out, colour);
	table_done(&t);
	return 0;
}

int ctl_text_home_agents(FILE *out, const json_t *r, bool colour)
{
	static const char *const head[] = { "LINK", "AGENT",      "PREFERENCE",
					    "LEFT", "LINK-LOCAL", "ADDRESS" };
	const json_t *list = json_object_get(r, "home_agents"), *a;
	struct table t;
	size_t i;

	if (json_is_null(list))
		return text_homes(out, json_object_get(r, "homes"), colour);
	if (!json_is_array(list))
		return -EPROTO;
	table_init(&t, 6, head);
	json_array_foreach(list, i, a)
	{
		add_agent(&t, a);
	}
	table_print(&t, out, colour);
	table_done(&t);
	return text_homes(out, json_object_get(r, "homes"), colour);
}

/* ---- router advertisements ---- */

static void print_heard(FILE *out, const json_t *ra)
{
	const json_t *prefixes = json_object_get(ra, "prefixes"), *p;
	size_t i;

	fprintf(out,
		"  heard: %s, router lifetime %lld s, preference %lld, "
		"lifetime as home agent %lld s\n",
		bool_of(ra, "home_agent") ? "home agent" : "no home agent",
		number_of(ra, "router_lifetime"), number_of(ra, "preference"),
		number_of(ra, "home_agent_lifetime"));
	json_array_foreach(prefixes, i, p)
	{
		fprintf(out, "  heard: prefix %s, router address %s\n",
			text_of(p, "prefix"), text_of(p, "router_address"));
	}
}

static const char *line_or_cannot(const json_t *f, const char *program)
{
	return has_value(f, program) ? text_of(f, program)
				     : "(cannot: take ra = \"own\")";
}

static void print_finding(FILE *out, const json_t *f)
{
	fprintf(out, "  %s: %s\n", text_of(f, "weight"), text_of(f, "text"));
	fprintf(out, "    radvd             %s\n", line_or_cannot(f, "radvd"));
	fprintf(out, "    systemd-networkd  %s\n",
		line_or_cannot(f, "networkd"));
	fprintf(out, "    FRR               %s\n", line_or_cannot(f, "frr"));
}

static void print_link(FILE *out, const json_t *l)
{
	const json_t *findings = json_object_get(l, "findings"), *f;
	bool own = !strcmp(text_of(l, "ra"), "own");
	struct cell last = time_cell(l, "last"), next = time_cell(l, "next");
	size_t i;

	fprintf(out, "%s: ra = \"%s\"", text_of(l, "interface"),
		text_of(l, "ra"));
	if (!bool_of(l, "up"))
		fprintf(out, ", the link is down\n");
	else if (own)
		fprintf(out, ", last sent %s ago, next in %s\n", last.s,
			next.s);
	else if (strcmp(text_of(l, "ra"), "watch"))
		fprintf(out, ": nothing is sent or looked at\n");
	else if (has_value(l, "last"))
		fprintf(out, ", heard %s ago: %s\n", last.s,
			json_array_size(findings) ? "not complete"
						  : "complete");
	else
		fprintf(out, ", none of this machine has been heard yet\n");
	if (has_value(l, "heard"))
		print_heard(out, json_object_get(l, "heard"));
	json_array_foreach(findings, i, f)
	{
		print_finding(out, f);
	}
}

int ctl_text_ra(FILE *out, const json_t *r, bool colour)
{
	const json_t *list = json_object_get(r, "links"), *l;
	size_t i;

	(void)colour;
	if (!json_is_array(list))
		return -EPROTO;
	if (!json_array_size(list))
		fprintf(out, "no home link is on a wire\n");
	json_array_foreach(list, i, l)
	{
		print_link(out, l);
	}
	return 0;
}

/* ---- renumbering ---- */

static struct cell lifetime_cell(const json_t *o, const char *key)
{
	struct cell c;

	if (json_is_string(json_object_get(o, key)))
		strcpy(c.s, "ever");
	else
		snprintf(c.s, sizeof(c.s), "%lld s", number_of(o, key));
	return c;
}

static void print_summary(FILE *out, const json_t *r)
{
	struct cell v = lifetime_cell(r, "valid_before");
	struct cell p = lifetime_cell(r, "preferred_before");
	struct cell from = time_cell(r, "told_from");
	struct cell until = time_cell(r, "told_until");

	if (bool_of(r, "new"))
		fprintf(out, "%s is new on %s\n", text_of(r, "prefix"),
			text_of(r, "interface"));
	else
		fprintf(out, "%s is valid for %s, preferred for %s\n",
			text_of(r, "prefix"), v.s, p.s);
	v = lifetime_cell(r, "valid_after");
	p = lifetime_cell(r, "preferred_after");
	fprintf(out, "it would be valid for %s, preferred for %s\n", v.s, p.s);
	fprintf(out, "mobile nodes told: %lld", number_of(r, "told"));
	if (number_of(r, "told"))
		fprintf(out, ", from %s on, the last by %s: %s", from.s,
			until.s,
			bool_of(r, "in_time")
				? "in time"
				: "some of them after the prefix has ended");
	fprintf(out, "\nbindings shortened: %lld, ended at once: %lld\n",
		number_of(r, "shortened"), number_of(r, "ended"));
}

int ctl_text_renumber(FILE *out, const json_t *r, bool colour)
{
	static const char *const head[] = { "HOME ADDRESS", "CARE-OF ADDRESS",
					    "LEFT", "LEFT THEN",
					    "NEXT ANSWER" };
	const json_t *list = json_object_get(r, "bindings"), *b;
	struct table t;
	size_t i;

	if (!json_is_array(list))
		return -EPROTO;
	print_summary(out, r);
	if (!json_array_size(list))
		return 0;
	table_init(&t, 5, head);
	json_array_foreach(list, i, b)
	{
		struct cell left = time_cell(b, "remaining");
		struct cell then = time_cell(b, "remaining_after");
		struct cell status = status_cell(b);

		table_add(&t, (const char *[]){ text_of(b, "home_address"),
						text_of(b, "care_of_address"),
						left.s, then.s, status.s });
	}
	table_print(&t, out, colour);
	table_done(&t);
	return 0;
}

/* A number, or the word. */
static bool put_lifetime(json_t *request, const char *key, const char *value)
{
	char *end;
	long long v;

	if (!strcmp(value, "infinite"))
		return !json_object_set_new(request, key, json_string(value));
	v = strtoll(value, &end, 10);
	if (!*value || *end || v < 0)
		return false;
	return !json_object_set_new(request, key, json_integer(v));
}

static bool put_pair(json_t *request, const char *word, const char *value)
{
	if (!strcmp(word, "valid"))
		return put_lifetime(request, "valid_lifetime", value);
	if (!strcmp(word, "preferred"))
		return put_lifetime(request, "preferred_lifetime", value);
	if (!strcmp(word, "on"))
		return !json_object_set_new(request, "interface",
					    json_string(value));
	return false;
}

char *ctl_request_renumber(int argc, char **argv)
{
	json_t *request;
	char *line = NULL;
	bool ok = argc >= 1 && argc % 2;
	int i;

	request = json_pack("{s:s, s:s*}", "cmd", "renumber", "prefix",
			    argc ? argv[0] : NULL);
	for (i = 1; ok && i < argc; i += 2)
		ok = put_pair(request, argv[i], argv[i + 1]);
	if (ok && request)
		line = json_dumps(request, JSON_COMPACT);
	json_decref(request);
	return line;
}
