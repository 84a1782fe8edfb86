/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A daemon of which all is known, with roles that only answer
 * (stub_roles.h): what test_ctl.c asks about.
 */
#ifndef TESTS_UNIT_CTL_WORLD_H
#define TESTS_UNIT_CTL_WORLD_H

#include "mip6d/daemon.h"
#include "tests/unit/stub_roles.h"
#include "tests/unit/unit.h"

extern const struct mtime now; /* two hours and some after the start */
extern struct bul bul;
extern struct daemon *d;

void setup(bool ha, bool cn, bool mn);
void teardown(void);

#endif
