/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IKE by charon: what charon was given and has no more.
 */
#include "tests/unit/ike_world.h"

/* swanctl --load-all takes what does not stand in its file, and nobody tells:
 * it is looked for and loaded again, the connection first. */
static void what_charon_lost_is_loaded_again(void)
{
	iw_up(IKE_AGENT, 5);
	iw_wait_ms(3 * IKE_WATCH_MS);
	UNIT_EQ(iw.looks, 3);
	UNIT_STR(iw_asked(), "");
	iw.has_lost = true;
	iw_wait_ms(2 * IKE_WATCH_MS);
	UNIT_STR(iw_asked(), "list-conns "); /* one at a time */
	iw_event("list-conn", "somebody-elses");
	iw_answer(true);
	UNIT_STR(iw_asked(), "load-conn load-shared list-sas ");
	iw_answer(true);
	iw_answer(true);
	iw_list(5, 0xc0000001, AGENT, COA);
	CU_ASSERT_TRUE(
		ike_pair_find(iw.ike, &iw.peer.hoa, &iw.peer.agent)->has.up);
	UNIT_EQ(iw.changes, 1);
	iw_stop();
	/* A node's, which has its care-of address. */
	iw_up(IKE_NODE, 5);
	iw.has_lost = true;
	iw_wait_ms(IKE_WATCH_MS);
	UNIT_STR(iw_asked(), "list-conns ");
	iw_answer(true);
	UNIT_STR(iw_asked(), "load-conn load-shared list-sas ");
	ike_on_down(iw.ike, "gone", iw.now);
	iw_wait_ms(2 * IKE_WATCH_MS);
	UNIT_EQ(iw.looks, 1);
	iw_stop();
}

static void nothing_is_looked_for_that_was_not_loaded(void)
{
	unsigned int i;

	iw_start(IKE_NODE); /* at no care-of address yet */
	ike_on_up(iw.ike, iw.now);
	for (i = 0; i < 6; i++)
		iw_confirm();
	iw_answer(true);
	iw_list(0, 0, NULL, NULL);
	iw_wait_ms(2 * IKE_WATCH_MS);
	UNIT_EQ(iw.looks, 0);
	iw_stop();
	iw_start(IKE_AGENT);
	ike_on_up(iw.ike, iw.now);
	for (i = 0; i < 6; i++)
		iw_confirm();
	iw_answer(false); /* the connection */
	iw_answer(true);
	iw_list(0, 0, NULL, NULL);
	iw_wait_ms(2 * IKE_WATCH_MS);
	UNIT_EQ(iw.looks, 0);
	iw_stop();
}

int main(int argc, char **argv)
{
	static const struct unit_case cases[] = {
		UNIT_CASE(what_charon_lost_is_loaded_again),
		UNIT_CASE(nothing_is_looked_for_that_was_not_loaded),
		UNIT_END,
	};
	static const struct unit_suite suites[] = {
		{ "ike_watch", cases },
		{ NULL, NULL },
	};

	return unit_main(argc, argv, suites);
}
