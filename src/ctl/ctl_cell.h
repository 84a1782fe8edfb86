/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Members of a reply as words and cells of a table, for ctl_text*.c.
 */
#ifndef MIP6D_CTL_CELL_H
#define MIP6D_CTL_CELL_H

#include <jansson.h>
#include <stdbool.h>

#define CELL 64

struct cell {
	char s[CELL];
};

/* "-", 0, false for what is not there or of another type. */
const char *text_of(const json_t *o, const char *key);
long long number_of(const json_t *o, const char *key);
bool bool_of(const json_t *o, const char *key);
/* Whether it is there and not null. */
bool has_value(const json_t *o, const char *key);

struct cell number_cell(const json_t *o, const char *key);
/* Seconds as two units at most: "2d 3h", "59m 1s", "12s". */
struct cell time_cell(const json_t *o, const char *key);
/* "999", "1.5k", "23.4M". */
struct cell octets_cell(const json_t *o, const char *key);
/* The member "flags", ["A", "H"], as "AH". */
struct cell flags_cell(const json_t *o);
/* The member "status" as "0 accepted". */
struct cell status_cell(const json_t *o);

#endif
