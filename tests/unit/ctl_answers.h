/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Answers of the control socket and what mip6d-ctl makes of them, beside the
 * files in tests/unit/ctl that say what they should be.
 */
#ifndef TESTS_UNIT_CTL_ANSWERS_H
#define TESTS_UNIT_CTL_ANSWERS_H

#include "mip6d/ctl.h"

/* What mip6d-ctl prints of an answer; the caller frees it. */
char *answers_text(const char *line, bool colour);
/* Asks without the right to change.  The answer must be NAME.json and its
 * text NAME.txt, where @VERSION@ is the program's. */
void answers_check(struct daemon *d, struct mtime now, const char *request,
		   const char *name);

#endif
