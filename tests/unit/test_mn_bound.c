/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When the kernel is told that a home address has a binding, so that it takes
 * routing headers (RFC 6275 section 11.3.3).
 */
#include "tests/unit/mn_world.h"

static struct mw w;

static void move_to_b(void)
{
	mw_flap(&w);
	mw_ra(&w, ETH0, &mw_router_b);
	mw_address(&w, COA_B, false, false);
}

/* MN-32: from the acknowledgement on, and through a handover. */
static void bound_when_acknowledged(void)
{
	mw_open(&w);
	mw_leave(&w);
	UNIT_EQ(w.n_bus, 1);
	UNIT_EQ(w.k->bound[0], false);
	mw_accept(&w);
	UNIT_EQ(w.k->bound[0], true);
	move_to_b();
	UNIT_STR(mw_state(&w), "REFRESHING");
	UNIT_EQ(w.k->bound[0], true);
	mw_accept(&w);
	UNIT_EQ(w.k->bound[0], true);
	mw_close(&w);
}

/* MN-32: a refusal changes nothing of it. */
static void never_when_refused(void)
{
	mw_open(&w);
	mw_leave(&w);
	mw_ba(&w, HOA, 132, mw_last_bu(&w)->bu.seq, 0);
	UNIT_STR(mw_state(&w), "REFUSED");
	UNIT_EQ(fake_kernel_count(w.k, FAKE_MN_BOUND_SET), 0);
	mw_close(&w);
}

/* MN-32: no longer than the binding. */
static void until_it_runs_out(void)
{
	mw_open_away(&w);
	UNIT_EQ(w.k->bound[0], true);
	mw_run_ms(&w, 430000);
	UNIT_STR(mw_state(&w), "REGISTERING");
	UNIT_EQ(w.k->bound[0], false);
	mw_accept(&w);
	UNIT_EQ(w.k->bound[0], true);
	mw_close(&w);
}

static const struct unit_case headers[] = {
	UNIT_CASE(bound_when_acknowledged),
	UNIT_CASE(never_when_refused),
	UNIT_CASE(until_it_runs_out),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "mn_bound", headers }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
