/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a unit program's tables of cases with CUnit.
 *
 * This file decides the order (that of the tables), what is printed (a line
 * for each case, each failure with its place) and the exit status. What is
 * tested is left to the programs.
 */
#include "tests/unit/unit.h"

#include <CUnit/TestDB.h>
#include <CUnit/TestRun.h>
#include <stdlib.h>
#include <string.h>

static void die(const char *what)
{
	fprintf(stderr, "unit: %s\n", what);
	exit(99);
}

static void case_ended(const CU_pTest test, const CU_pSuite suite,
		       const CU_pFailureRecord failure)
{
	CU_pFailureRecord f;

	printf("%-4s %s/%s\n", failure ? "FAIL" : "ok", suite->pName,
	       test->pName);
	for (f = failure; f; f = f->pNext)
		printf("     %s:%u: %s\n", f->strFileName, f->uiLineNumber,
		       f->strCondition);
	fflush(stdout);
}

static bool is_selected(const char *filter, const char *suite, const char *name)
{
	char full[256];

	snprintf(full, sizeof(full), "%s/%s", suite, name);
	return !filter || strstr(full, filter);
}

static void suite_add(const struct unit_suite *s, const char *filter)
{
	CU_pSuite suite = CU_add_suite(s->name, NULL, NULL);
	const struct unit_case *c;

	if (!suite)
		die(CU_get_error_msg());
	for (c = s->cases; c->name; c++) {
		if (!is_selected(filter, s->name, c->name))
			continue;
		/* CUnit refuses a name twice: a case would silently vanish. */
		if (!CU_add_test(suite, c->name, c->run) ||
		    CU_get_error() != CUE_SUCCESS)
			die(CU_get_error_msg());
	}
}

static int list(const struct unit_suite *suites)
{
	const struct unit_suite *s;
	const struct unit_case *c;

	for (s = suites; s->name; s++)
		for (c = s->cases; c->name; c++)
			printf("%s/%s\n", s->name, c->name);
	return 0;
}

int unit_main(int argc, char **argv, const struct unit_suite *suites)
{
	const char *filter = argc > 1 ? argv[1] : NULL;
	const struct unit_suite *s;
	unsigned int run, failed;

	if (filter && !strcmp(filter, "-l"))
		return list(suites);
	if (CU_initialize_registry() != CUE_SUCCESS)
		die(CU_get_error_msg());
	for (s = suites; s->name; s++)
		suite_add(s, filter);
	CU_set_test_complete_handler(case_ended);
	CU_run_all_tests();
	run = CU_get_number_of_tests_run();
	failed = CU_get_number_of_tests_failed();
	CU_cleanup_registry();
	if (!run)
		fprintf(stderr, "unit: no case was run\n");
	printf("%u passed, %u failed\n", run - failed, failed);
	return run && !failed ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

size_t unit_hex(uint8_t *buf, size_t cap, const char *text)
{
	size_t n = 0;
	int high = -1;

	for (; *text; text++) {
		if (*text == '#' || *text == ';') {
			text += strcspn(text, "\n");
			if (!*text)
				break;
		}
		if (strchr(" \t\n", *text))
			continue;
		if (digit(*text) < 0)
			die("bad digit in golden bytes");
		if (high < 0) {
			high = digit(*text);
			continue;
		}
		if (n == cap)
			die("too many golden bytes");
		buf[n++] = (uint8_t)(high << 4 | digit(*text));
		high = -1;
	}
	if (high >= 0)
		die("half a byte in golden bytes");
	return n;
}

bool unit_same_int(const char *file, int line, const char *what,
		   intmax_t actual, intmax_t expected)
{
	if (actual == expected)
		return true;
	printf("     %s:%d: %s is %jd (0x%jx), expected %jd (0x%jx)\n", file,
	       line, what, actual, (uintmax_t)actual, expected,
	       (uintmax_t)expected);
	return false;
}

bool unit_same_str(const char *file, int line, const char *what,
		   const char *actual, const char *expected)
{
	if (actual == expected)
		return true;
	if (actual && expected && !strcmp(actual, expected))
		return true;
	printf("     %s:%d: %s is \"%s\", expected \"%s\"\n", file, line, what,
	       actual ? actual : "(null)", expected ? expected : "(null)");
	return false;
}

static void hexdump(const char *label, const uint8_t *p, size_t len)
{
	size_t i;

	printf("     %s (%zu bytes):", label, len);
	for (i = 0; i < len; i++) {
		if (i % 16 == 0)
			printf("\n       %04zx ", i);
		printf(" %02x", p[i]);
	}
	printf("\n");
}

bool unit_same_mem(const char *file, int line, const char *what,
		   const void *actual, size_t actual_len, const void *expected,
		   size_t expected_len)
{
	if (actual_len == expected_len &&
	    (!actual_len || !memcmp(actual, expected, actual_len)))
		return true;
	printf("     %s:%d: %s differs\n", file, line, what);
	hexdump("is", actual, actual_len);
	hexdump("expected", expected, expected_len);
	return false;
}
