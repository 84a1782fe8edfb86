/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text in aligned columns.
 *
 * This file decides widths and colours.  Control characters do not reach
 * the terminal: an interface's name may hold any.
 */
#include "src/ctl/ctl_table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/cleanup.h"

static void *need(void *p)
{
	if (!p) {
		fprintf(stderr, "mip6d-ctl: out of memory\n");
		exit(5);
	}
	return p;
}

void table_init(struct table *t, unsigned int columns, const char *const *head)
{
	assert(columns <= TABLE_COLUMNS);
	memset(t, 0, sizeof(*t));
	t->columns = columns;
	t->has_head = head != NULL;
	if (head)
		table_add(t, head);
}

void table_add(struct table *t, const char *const *cells)
{
	unsigned int i;
	size_t at = t->rows * t->columns;

	t->cells = need(
		reallocarray(t->cells, at + t->columns, sizeof(*t->cells)));
	for (i = 0; i < t->columns; i++) {
		char *cell = need(strdup(cells[i])), *p;

		for (p = cell; *p; p++)
			if ((unsigned char)*p < ' ' || *p == 0x7f)
				*p = '?';
		if (strlen(cell) > t->width[i])
			t->width[i] = strlen(cell);
		t->cells[at + i] = cell;
	}
	t->rows++;
}

/* The escape sequence of a word, or NULL. */
static const char *colour_of(const char *word)
{
	static const struct {
		const char *word, *colour;
	} words[] = {
		{ "up", "\033[32m" },         { "active", "\033[32m" },
		{ "bound", "\033[32m" },      { "preferred", "\033[32m" },
		{ "down", "\033[31m" },       { "absent", "\033[31m" },
		{ "no carrier", "\033[31m" }, { "refused", "\033[31m" },
		{ "duplicate", "\033[31m" },  { "detached", "\033[31m" },
		{ "optimised", "\033[32m" },  { "ok", "\033[32m" },
		{ "warning", "\033[33m" },    { "wrong", "\033[31m" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcasecmp(word, words[i].word))
			return words[i].colour;
	return NULL;
}

static void print_cell(const struct table *t, FILE *out, size_t row,
		       unsigned int i, bool colour)
{
	const char *cell = t->cells[row * t->columns + i];
	const char *escape = NULL;

	if (colour)
		escape = !row && t->has_head ? "\033[1m" : colour_of(cell);
	if (escape)
		fputs(escape, out);
	fputs(cell, out);
	if (escape)
		fputs("\033[0m", out);
	/* No blanks at the end of a line. */
	if (i + 1 < t->columns)
		fprintf(out, "%*s", (int)(t->width[i] - strlen(cell)) + 2, "");
}

void table_print(const struct table *t, FILE *out, bool colour)
{
	unsigned int i;
	size_t row;

	for (row = 0; row < t->rows; row++) {
		for (i = 0; i < t->columns; i++)
			print_cell(t, out, row, i, colour);
		fputc('\n', out);
	}
}

void table_done(struct table *t)
{
	size_t i;

	for (i = 0; i < t->rows * t->columns; i++)
		free(t->cells[i]);
	free(t->cells);
	memset(t, 0, sizeof(*t));
}
