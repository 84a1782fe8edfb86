/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text in aligned columns, for mip6d-ctl.
 */
#ifndef MIP6D_CTL_TABLE_H
#define MIP6D_CTL_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define TABLE_COLUMNS 16

/* Owns copies of its cells.  Short of memory it ends the program: it is for
 * the client. */
struct table {
	unsigned int columns;
	size_t width[TABLE_COLUMNS];
	char **cells; /* row by row */
	size_t rows;
	bool has_head;
};

/* At most TABLE_COLUMNS columns; head NULL: no line of headings. */
void table_init(struct table *t, unsigned int columns, const char *const *head);
void table_add(struct table *t, const char *const *cells);
/* With colour, words that tell good from bad stand out. */
void table_print(const struct table *t, FILE *out, bool colour);
void table_done(struct table *t);

#endif
