/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bindings, correspondents and rules as text for people.  Pure but for the
 * stream it writes.
 *
 * This file decides columns and words of these replies; all others are left
 * to ctl_text.c.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "src/ctl/ctl_cell.h"
#include "src/ctl/ctl_priv.h"
#include "src/ctl/ctl_table.h"

/* ---- bindings ---- */

static bool is_correspondent(const json_t *b)
{
	return !strcmp(text_of(b, "role"), "correspondent");
}

static void add_home(struct table *t, const json_t *b)
{
	struct cell flags = flags_cell(b);
	struct cell seq = number_cell(b, "sequence");
	struct cell left = time_cell(b, "remaining");
	struct cell age = time_cell(b, "age");
	struct cell refreshes = number_cell(b, "refreshes");
	struct cell moves = number_cell(b, "moves");

	table_add(t, (const char *[]){ text_of(b, "home_address"),
				       text_of(b, "care_of_address"),
				       text_of(b, "state"), flags.s, seq.s,
				       left.s, age.s, refreshes.s, moves.s,
				       text_of(b, "protection"),
				       text_of(b, "identity") });
}

static void add_correspondent(struct table *t, const json_t *b)
{
	const json_t *usage = json_object_get(b, "usage");
	struct cell seq = number_cell(b, "sequence");
	struct cell left = time_cell(b, "remaining");
	struct cell age = time_cell(b, "age");
	struct cell in = octets_cell(usage, "octets_in");
	struct cell out = octets_cell(usage, "octets_out");

	table_add(t, (const char *[]){ text_of(b, "home_address"),
				       text_of(b, "care_of_address"),
				       text_of(b, "state"),
				       text_of(b, "local_address"), seq.s,
				       left.s, age.s, in.s, out.s });
}

/* Prints those of one role; returns how many there are. */
static size_t print_bindings(FILE *out, const json_t *list, bool correspondents,
			     bool colour)
{
	static const char *const home_head[] = {
		"HOME ADDRESS", "CARE-OF ADDRESS", "STATE",
		"FLAGS",        "SEQUENCE",        "LEFT",
		"AGE",          "REFRESHES",       "MOVES",
		"PROTECTION",   "IDENTITY"
	};
	static const char *const cn_head[] = {
		"HOME ADDRESS", "CARE-OF ADDRESS",
		"STATE",        "LOCAL ADDRESS",
		"SEQUENCE",     "LEFT",
		"AGE",          "IN",
		"OUT"
	};
	struct table t;
	const json_t *b;
	size_t i, n = 0;

	table_init(&t, correspondents ? 9 : 11,
		   correspondents ? cn_head : home_head);
	json_array_foreach(list, i, b)
	{
		if (is_correspondent(b) != correspondents)
			continue;
		if (correspondents)
			add_correspondent(&t, b);
		else
			add_home(&t, b);
		n++;
	}
	if (n && correspondents)
		fprintf(out, "as a correspondent:\n");
	if (n)
		table_print(&t, out, colour);
	table_done(&t);
	return n;
}

int ctl_text_bindings(FILE *out, const json_t *r, bool colour)
{
	const json_t *list = json_object_get(r, "bindings");

	if (!json_is_array(list))
		return -EPROTO;
	if (!json_array_size(list))
		fprintf(out, "no bindings\n");
	print_bindings(out, list, false, colour);
	print_bindings(out, list, true, colour);
	return 0;
}

/* ---- correspondents ---- */

/* How old the tokens are: "home 1m 2s, care-of 3s". */
static struct cell tokens_cell(const json_t *c)
{
	struct cell home = time_cell(c, "home_token_age");
	struct cell coa = time_cell(c, "care_of_token_age");
	bool has_home = has_value(c, "home_token_age");
	bool has_coa = has_value(c, "care_of_token_age");
	struct cell cell = { "-" };

	if (has_home || has_coa)
		snprintf(cell.s, sizeof(cell.s), "%s%.20s%s%s%.20s",
			 has_home ? "home " : "", has_home ? home.s : "",
			 has_home && has_coa ? ", " : "",
			 has_coa ? "care-of " : "", has_coa ? coa.s : "");
	return cell;
}

/* Until the binding ends, or until it is tried again. */
static struct cell left_cell(const json_t *c)
{
	return has_value(c, "remaining") ? time_cell(c, "remaining")
					 : time_cell(c, "retry_in");
}

static const char *path_word(const json_t *c)
{
	return bool_of(c, "optimised") ? "optimised" : "tunnelled";
}

static void print_reasons(FILE *out, const json_t *list)
{
	const json_t *c;
	const char *p;
	size_t i;

	json_array_foreach(list, i, c)
	{
		fprintf(out, "%s: %s: ", text_of(c, "peer"), path_word(c));
		for (p = text_of(c, "reason"); *p; p++)
			fputc((unsigned char)*p < ' ' || *p == 0x7f ? '?' : *p,
			      out);
		if (json_is_object(json_object_get(c, "status"))) {
			struct cell status = status_cell(c);

			fprintf(out, " (last status %s)", status.s);
		}
		fputc('\n', out);
	}
}

int ctl_text_ro(FILE *out, const json_t *r, bool colour)
{
	static const char *const head[] = {
		"CORRESPONDENT", "HOME ADDRESS", "PATH", "STATE", "SINCE",
		"LEFT",          "IN",           "OUT",  "TOKENS"
	};
	const json_t *list = json_object_get(r, "correspondents"), *c;
	struct table t;
	size_t i;

	if (!json_is_array(list))
		return -EPROTO;
	table_init(&t, 9, head);
	json_array_foreach(list, i, c)
	{
		struct cell since = time_cell(c, "age");
		struct cell left = left_cell(c);
		struct cell in = octets_cell(c, "octets_in");
		struct cell out_ = octets_cell(c, "octets_out");
		struct cell tokens = tokens_cell(c);

		table_add(&t, (const char *[]){
				      text_of(c, "peer"),
				      text_of(c, "home_address"), path_word(c),
				      text_of(c, "state"), since.s, left.s,
				      in.s, out_.s, tokens.s });
	}
	if (!json_array_size(list))
		fprintf(out, "no correspondents\n");
	else
		table_print(&t, out, colour);
	table_done(&t);
	print_reasons(out, list);
	return 0;
}

/* ---- rules ---- */

static const char *prefix_word(const json_t *rule, const char *key)
{
	const char *s = text_of(rule, key);

	return strcmp(s, "::/0") != 0 ? s : "any";
}

/* A name, a number, or any. */
static struct cell any_cell(const json_t *rule, const char *key)
{
	struct cell c;

	if (json_is_string(json_object_get(rule, key)))
		snprintf(c.s, sizeof(c.s), "%.60s", text_of(rule, key));
	else if (has_value(rule, key))
		c = number_cell(rule, key);
	else
		strcpy(c.s, "any");
	return c;
}

static void place(struct cell *c, size_t i)
{
	snprintf(c->s, sizeof(c->s), "  %zu", i + 1);
}

static void print_mn_rules(FILE *out, const json_t *mn, bool colour)
{
	static const char *const head[] = { "  RULE", "PEER",   "PROTOCOL",
					    "PORT",   "ACTION", "HITS" };
	const json_t *list = json_object_get(mn, "rules"), *rule;
	const json_t *rest = json_object_get(mn, "default");
	struct table t;
	size_t i;

	fprintf(out, "mobile node:\n");
	table_init(&t, 6, head);
	json_array_foreach(list, i, rule)
	{
		struct cell protocol = any_cell(rule, "protocol");
		struct cell port = any_cell(rule, "port");
		struct cell hits = number_cell(rule, "hits"), n;

		place(&n, i);
		table_add(&t,
			  (const char *[]){ n.s, prefix_word(rule, "peer"),
					    protocol.s, port.s,
					    text_of(rule, "action"), hits.s });
	}
	table_add(&t, (const char *[]){ "  none", "", "", "",
					text_of(rest, "action"), "-" });
	table_print(&t, out, colour);
	table_done(&t);
}

static void print_cn_rules(FILE *out, const json_t *cn, bool colour)
{
	static const char *const head[] = { "  RULE", "HOME",   "CARE-OF",
					    "LOCAL",  "ACTION", "HITS" };
	const json_t *list = json_object_get(cn, "rules"), *rule;
	const json_t *rest = json_object_get(cn, "default");
	struct cell hits = number_cell(rest, "hits");
	struct table t;
	size_t i;

	fprintf(out, "correspondent:\n");
	table_init(&t, 6, head);
	json_array_foreach(list, i, rule)
	{
		struct cell rule_hits = number_cell(rule, "hits"), n, action;

		place(&n, i);
		snprintf(action.s, sizeof(action.s), "%.30s",
			 text_of(rule, "action"));
		if (has_value(rule, "status"))
			snprintf(action.s, sizeof(action.s), "%.30s %lld",
				 text_of(rule, "action"),
				 number_of(rule, "status"));
		table_add(&t, (const char *[]){ n.s, prefix_word(rule, "home"),
						prefix_word(rule, "care_of"),
						prefix_word(rule, "local"),
						action.s, rule_hits.s });
	}
	table_add(&t, (const char *[]){ "  none", "", "", "",
					text_of(rest, "action"), hits.s });
	table_print(&t, out, colour);
	table_done(&t);
}

int ctl_text_rules(FILE *out, const json_t *r, bool colour)
{
	const json_t *mn = json_object_get(r, "mobile_node");
	const json_t *cn = json_object_get(r, "correspondent");

	if (!json_is_object(mn) && !json_is_object(cn))
		return -EPROTO;
	if (json_is_object(mn))
		print_mn_rules(out, mn, colour);
	if (json_is_object(cn))
		print_cn_rules(out, cn, colour);
	return 0;
}
