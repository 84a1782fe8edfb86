/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Members of a reply as words and cells of a table.  Pure.
 */
#include "src/ctl/ctl_cell.h"

#include <stdio.h>
#include <string.h>

const char *text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "-";
}

long long number_of(const json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

bool bool_of(const json_t *o, const char *key)
{
	return json_is_true(json_object_get(o, key));
}

bool has_value(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return v && !json_is_null(v);
}

struct cell number_cell(const json_t *o, const char *key)
{
	struct cell c;

	if (has_value(o, key))
		snprintf(c.s, sizeof(c.s), "%lld", number_of(o, key));
	else
		strcpy(c.s, "-");
	return c;
}

struct cell time_cell(const json_t *o, const char *key)
{
	long long s = number_of(o, key);
	struct cell c;

	if (!has_value(o, key))
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

struct cell flags_cell(const json_t *o)
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

struct cell octets_cell(const json_t *o, const char *key)
{
	static const char units[] = "kMGTP";
	double n = (double)number_of(o, key);
	struct cell c;
	size_t i;

	if (!has_value(o, key) || n < 1000)
		return number_cell(o, key);
	/* 999.95 would be printed as 1000.0 */
	for (i = 0, n /= 1000; n >= 999.95 && units[i + 1]; i++)
		n /= 1000;
	snprintf(c.s, sizeof(c.s), "%.1f%c", n, units[i]);
	return c;
}

struct cell status_cell(const json_t *o)
{
	const json_t *status = json_object_get(o, "status");
	struct cell c = { "-" };

	if (json_is_object(status))
		snprintf(c.s, sizeof(c.s), "%lld %s", number_of(status, "code"),
			 text_of(status, "text"));
	return c;
}
