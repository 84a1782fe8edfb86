/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The values of the home agent's policy: identities, days and hours.
 *
 * All other values are left to conf_value.c, what contradicts what to
 * conf_check_rules.c.
 */
#include <errno.h>
#include <libconfig.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "src/conf_priv.h"

#define DAY_MIN  (24 * 60)
#define ALL_DAYS 0x7f

/* ---- identities ---- */

/* Nothing that could hide in a log line. */
static bool is_line(const char *text)
{
	const char *p;

	for (p = text; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return false;
	return *text;
}

void conf_read_identity(const struct conf_reader *r)
{
	const char *text = config_setting_get_string(r->s);

	if (!text || !is_line(text) || strlen(text) >= r->o->size) {
		conf_refuse(r, r->s,
			    "an identity of 1 to 255 octets like "
			    "\"mn1@example.org\"");
		return;
	}
	memset(conf_field(r), 0, r->o->size);
	memcpy(conf_field(r), text, strlen(text));
}

/* ---- days and hours ---- */

static const char *const day_names[] = { "mon", "tue", "wed", "thu",
					 "fri", "sat", "sun" };

/* Eats a day's name; -1: there is none. */
static int eat_day(const char **p)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(day_names); i++)
		if (!strncmp(*p, day_names[i], 3)) {
			*p += 3;
			return (int)i;
		}
	return -1;
}

/* "mon", "mon-fri", "sat,sun", "fri-mon"; 0: none of these. */
static uint8_t eat_days(const char **p)
{
	uint8_t days = 0;
	int first, last;

	do {
		first = last = eat_day(p);
		if (first < 0)
			return 0;
		if (**p == '-') {
			++*p;
			last = eat_day(p);
		}
		if (last < 0)
			return 0;
		for (; first != last; first = (first + 1) % 7)
			days |= (uint8_t)(1U << first);
		days |= (uint8_t)(1U << last);
	} while (**p == ',' && (*p)++);
	return days;
}

/* "08:00" as minutes, up to "24:00"; -1: no such time. */
static int eat_minute(const char **p)
{
	const char *t = *p;
	int i, m;

	for (i = 0; i < 5; i++)
		if (i == 2 ? t[i] != ':' : t[i] < '0' || t[i] > '9')
			return -1;
	m = ((t[0] - '0') * 10 + t[1] - '0') * 60 + (t[3] - '0') * 10 + t[4] -
	    '0';
	if (t[3] > '5' || m > DAY_MIN)
		return -1;
	*p += 5;
	return m;
}

int conf_time_parse(const char *text, struct conf_time *ret_time)
{
	struct conf_time t = { ALL_DAYS, 0, DAY_MIN };
	const char *p = text;
	bool has_hours = true;
	int from, to;

	if (*p >= 'a') {
		t.days = eat_days(&p);
		has_hours = *p;
		if (!t.days || (*p && *p++ != ' '))
			return -EINVAL;
	}
	if (has_hours) {
		from = eat_minute(&p);
		to = from < 0 || *p++ != '-' ? -1 : eat_minute(&p);
		if (to < 0 || from == DAY_MIN || from == to || *p)
			return -EINVAL;
		t.from_min = (uint16_t)from;
		t.to_min = (uint16_t)to;
	}
	*ret_time = t;
	return 0;
}

void conf_time_str(const struct conf_time *t, char *buf, size_t size)
{
	char days[sizeof("mon,tue,wed,thu,fri,sat,sun")] = "";
	unsigned int i;
	int n = 0;

	*buf = '\0';
	if (!t->days)
		return;
	for (i = 0; t->days != ALL_DAYS && i < ARRAY_SIZE(day_names); i++)
		if (t->days & 1U << i)
			n += snprintf(days + n, sizeof(days) - (size_t)n,
				      "%s%s", n ? "," : "", day_names[i]);
	snprintf(buf, size, "%s%s%02u:%02u-%02u:%02u", days, *days ? " " : "",
		 t->from_min / 60, t->from_min % 60, t->to_min / 60,
		 t->to_min % 60);
}

void conf_read_time(const struct conf_reader *r)
{
	const char *text = config_setting_get_string(r->s);

	if (!text || conf_time_parse(text, conf_field(r)))
		conf_refuse(r, r->s,
			    "days and hours like \"mon-fri 08:00-18:00\", "
			    "\"sat,sun\" or \"22:00-06:00\"");
}
