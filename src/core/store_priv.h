/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What store.c and journal.c share, and what both say about lines.
 */
#ifndef MIP6D_STORE_PRIV_H
#define MIP6D_STORE_PRIV_H

#include "mip6d/store.h"

struct store {
	struct tqueue *tq;
	struct store_dir *dir;
	bool failed; /* told that nothing can be written */
};

/* Takes a line apart, in place.  False: more words than there may be, an
 * empty one, or no text. */
bool store_split(char *text, struct store_line *line);
/* What was found, short and printable. */
#define STORE_FOUND_MAX 41
void store_found(const char *text, char ret_shown[STORE_FOUND_MAX]);

#endif
