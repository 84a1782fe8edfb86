/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unit test programs: tables of cases run by CUnit.
 *
 * This file decides how a unit program looks and what it prints. The cases
 * assert with CUnit's own CU_ASSERT... or with the macros below, which also
 * show the two values. Printing of results is left to unit.c.
 */
#pragma once

#include <CUnit/CUnit.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct unit_case {
	const char *name;
	void (*run)(void);
};

/* A suite: a name and a table of cases that ends with a NULL name. */
struct unit_suite {
	const char *name;
	const struct unit_case *cases;
};

/* clang-format off */
#define UNIT_CASE(fn) { #fn, fn }
#define UNIT_END { NULL, NULL }
/* clang-format on */

/*
 * Run the suites of a table that ends with a NULL name, and return main's
 * exit status: 0 if something was run and nothing failed. An argument selects
 * the cases whose "suite/case" contains it; "-l" lists them. The last line
 * printed is "N passed, N failed", counted in cases.
 */
int unit_main(int argc, char **argv, const struct unit_suite *suites);

/*
 * Bytes from hexadecimal digits. White space is skipped, and so is everything
 * from '#' or ';' to the end of its line, so golden bytes can carry a word
 * for each field. Returns the number of bytes; a bad digit or more than cap
 * bytes ends the program, since then the test itself is wrong.
 */
size_t unit_hex(uint8_t *buf, size_t cap, const char *text);

/* The comparisons behind the macros: true if equal, else prints both sides. */
bool unit_same_int(const char *file, int line, const char *what,
		   intmax_t actual, intmax_t expected);
bool unit_same_mem(const char *file, int line, const char *what,
		   const void *actual, size_t actual_len, const void *expected,
		   size_t expected_len);
bool unit_same_str(const char *file, int line, const char *what,
		   const char *actual, const char *expected);

#define UNIT_EQ(actual, expected)                                              \
	CU_assertImplementation(                                               \
		unit_same_int(__FILE__, __LINE__, #actual, (intmax_t)(actual), \
			      (intmax_t)(expected)),                           \
		__LINE__, #actual " == " #expected, __FILE__, "", CU_FALSE)

#define UNIT_STR(actual, expected)                                            \
	CU_assertImplementation(unit_same_str(__FILE__, __LINE__, #actual,    \
					      (actual), (expected)),          \
				__LINE__, #actual " == " #expected, __FILE__, \
				"", CU_FALSE)

#define UNIT_MEM(actual, actual_len, expected, expected_len)             \
	CU_assertImplementation(                                         \
		unit_same_mem(__FILE__, __LINE__, #actual, (actual),     \
			      (actual_len), (expected), (expected_len)), \
		__LINE__, #actual " == " #expected, __FILE__, "", CU_FALSE)

/* The bytes at actual equal those of a text that unit_hex understands. */
#define UNIT_HEX(actual, actual_len, text)                                    \
	do {                                                                  \
		uint8_t unit_want_[4096];                                     \
		size_t unit_want_len_ =                                       \
			unit_hex(unit_want_, sizeof(unit_want_), (text));     \
		UNIT_MEM((actual), (actual_len), unit_want_, unit_want_len_); \
	} while (0)

/* Leave the case at once: for what makes its remaining lines pointless. */
#define UNIT_NEED(condition)                                            \
	do {                                                            \
		bool unit_ok_ = (condition);                            \
                                                                        \
		CU_assertImplementation(unit_ok_, __LINE__, #condition, \
					__FILE__, "", CU_TRUE);         \
		/* CUnit has left; this tells it to an analyser. */     \
		if (!unit_ok_)                                          \
			abort();                                        \
	} while (0)
