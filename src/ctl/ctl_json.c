/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values as JSON.  Pure.
 */
#include "src/ctl/ctl_json.h"

#include <stdio.h>

#include "mip6d/mh.h"

const char ctl_no_mn[] =
	"this mip6d is no mobile node: its configuration has no mobile-node";

/* An interface's name, alone or in a sentence, can be anything; JSON is UTF-8. */
json_t *text_json(const char *text)
{
	char copy[256];
	json_t *j;
	char *p;

	if (!text)
		return json_null();
	j = json_string(text);
	if (j)
		return j;
	snprintf(copy, sizeof(copy), "%s", text);
	for (p = copy; *p; p++)
		if ((unsigned char)*p > 0x7e)
			*p = '?';
	return json_string(copy);
}

json_t *addr_json(const struct in6_addr *a)
{
	return addr_is_any(a) ? json_null() : json_string(addr_str(a));
}

json_t *age_json(struct mtime t, struct mtime now)
{
	if (!t.us)
		return json_null();
	return json_integer(mtime_diff_us(now, t) / 1000000);
}

json_t *left_json(struct mtime t, struct mtime now)
{
	if (!t.us || t.us == INT64_MAX || mtime_before(t, now))
		return json_null();
	return json_integer(mtime_left_s(t, now));
}

json_t *lifetime_json(uint16_t lifetime_4s)
{
	return json_integer((json_int_t)lifetime_4s * 4);
}

json_t *flags_json(uint16_t flags)
{
	static const struct {
		uint16_t bit;
		const char *name;
	} names[] = {
		{ BU_FLAG_A, "A" },
		{ BU_FLAG_H, "H" },
		{ BU_FLAG_L, "L" },
		{ BU_FLAG_K, "K" },
	};
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (flags & names[i].bit)
			json_array_append_new(list, json_string(names[i].name));
	return list;
}

json_t *status_json(bool has, uint8_t status)
{
	if (!has)
		return json_null();
	return json_pack("{s:i, s:s, s:s}", "code", status, "text",
			 ba_status_str(status), "hint", ba_status_hint(status));
}
