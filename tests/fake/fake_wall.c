/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wall.h as a test says: a Monday at noon, unless it says otherwise.
 */
#include "mip6d/wall.h"

#include "tests/fake/fake.h"

/* 2026-11-23 12:00 UTC. */
struct wall fake_wall = { 1795435200000000 };
struct wall_day fake_wall_day = { 0, 12 * 3600 };

struct wall wall_now(void)
{
	return fake_wall;
}

struct wall_day wall_today(void)
{
	return fake_wall_day;
}
