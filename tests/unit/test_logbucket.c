/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How many lines a peer can cause: 10 at once, then one a second; what was
 * swallowed is told.
 */
#include "mip6d/log.h"

#include <stdarg.h>
#include <stdio.h>

#include "tests/unit/unit.h"

#define AT(ms) ((struct mtime){ (int64_t)(ms)*1000 })

static char last_line[256];
static unsigned int n_lines;

/* The seam of log_limited. */
void log_write(enum log_level level, const char *fmt, ...)
{
	va_list ap;

	UNIT_EQ(level, LOG_LEVEL_NOTICE);
	va_start(ap, fmt);
	vsnprintf(last_line, sizeof(last_line), fmt, ap);
	va_end(ap);
	n_lines++;
}

/* How many of n lines at this time pass, and what the last one told. */
static unsigned int take(struct log_bucket *b, int64_t ms, unsigned int n,
			 unsigned int *told)
{
	unsigned int passed = 0;

	while (n--)
		passed += log_bucket_take(b, AT(ms), told);
	return passed;
}

static void ten_pass_then_one_a_second(void)
{
	struct log_bucket b = { 0 };
	unsigned int told = 77;

	UNIT_EQ(take(&b, 5000, 15, &told), 10);
	UNIT_EQ(told, 0);
	UNIT_EQ(take(&b, 5999, 1, &told), 0);
	UNIT_EQ(told, 0);
	UNIT_EQ(take(&b, 6000, 1, &told), 1);
	UNIT_EQ(told, 6);
	UNIT_EQ(take(&b, 6999, 3, &told), 0);
	UNIT_EQ(take(&b, 7000, 2, &told), 1);
	UNIT_EQ(told, 3);
}

static void refill_keeps_the_rest_of_a_second(void)
{
	struct log_bucket b = { 0 };
	unsigned int told;

	UNIT_EQ(take(&b, 0, 10, &told), 10);
	UNIT_EQ(take(&b, 1900, 5, &told), 1);
	UNIT_EQ(take(&b, 2000, 5, &told), 1);
	UNIT_EQ(take(&b, 5999, 5, &told), 3);
	UNIT_EQ(take(&b, 6000, 5, &told), 1);
}

static void refill_never_exceeds_ten(void)
{
	struct log_bucket b = { 0 };
	unsigned int told;

	UNIT_EQ(take(&b, 0, 10, &told), 10);
	UNIT_EQ(take(&b, 3600 * 1000, 50, &told), 10);
	/* One used long ago leaves all ten. */
	UNIT_EQ(take(&b, 7200 * 1000, 1, &told), 1);
	UNIT_EQ(take(&b, 9000 * 1000, 50, &told), 10);
	/* nor when the time since is hardly more than what was used */
	UNIT_EQ(take(&b, 9011 * 1000, 50, &told), 10);
	UNIT_EQ(take(&b, 9021 * 1000, 50, &told), 10);
}

static void another_origin_of_time_starts_anew(void)
{
	struct log_bucket b = { 0 };
	unsigned int told;

	UNIT_EQ(take(&b, 900 * 1000, 20, &told), 10);
	UNIT_EQ(take(&b, 0, 20, &told), 10);
	UNIT_EQ(take(&b, 1000, 20, &told), 1);
}

static void many_steps_never_pass_more_than_the_rate(void)
{
	struct log_bucket b = { 0 };
	unsigned int told, passed = 0;
	int64_t ms;

	for (ms = 0; ms <= 100 * 1000; ms += 7)
		passed += take(&b, ms, 1, &told);
	UNIT_EQ(passed, 10 + 99);
}

static void macro_tells_what_was_swallowed(void)
{
	int64_t ms;

	n_lines = 0;
	for (ms = 0; ms < 14; ms++)
		log_limited(LOG_LEVEL_NOTICE, AT(ms > 12 ? 2000 : ms),
			    "mh: src=%s", "x");
	UNIT_EQ(n_lines, 11);
	UNIT_STR(last_line, "mh: src=x (3 more like this)");
}

static const struct unit_case cases[] = {
	UNIT_CASE(ten_pass_then_one_a_second),
	UNIT_CASE(refill_keeps_the_rest_of_a_second),
	UNIT_CASE(refill_never_exceeds_ten),
	UNIT_CASE(another_origin_of_time_starts_anew),
	UNIT_CASE(many_steps_never_pass_more_than_the_rate),
	UNIT_CASE(macro_tells_what_was_swallowed),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "logbucket", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
