/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Home addresses that come and go while the node runs, by the configuration.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/mn_ro_world.h"

#define HOA3 "2001:db8:1::300"

static struct rw r;
static struct mw *const w = &r.w;

/* The configuration has these home addresses now; NULL: none. */
static void reload(const char *first, const char *second)
{
	const char *const text[] = { first, second };
	struct conf_mn_home like = w->homes[0];
	struct conf_mn conf = w->conf;
	unsigned int i;

	conf.n_homes = 0;
	for (i = 0; i < 2; i++) {
		if (!text[i])
			continue;
		w->homes[conf.n_homes] = like;
		w->homes[conf.n_homes++].address = mw_addr(text[i]);
	}
	w->conf = conf;
	mn_reload(w->mn, &w->conf, w->now);
	mw_settle(w);
}

struct seen {
	char text[512];
};

static void see(void *arg, const struct mn_coa_info *info)
{
	struct seen *s = arg;
	size_t n = strlen(s->text);

	snprintf(s->text + n, sizeof(s->text) - n, "%s%s %s", n ? ", " : "",
		 addr_str(&info->hoa), info->location);
}

static struct seen homes(void)
{
	struct seen s = { "" };

	mn_walk_coa(w->mn, see, &s);
	return s;
}

static void answer_deregistration(const char *hoa)
{
	const struct mw_bu *b = mw_last_bu(w);

	MW_ADDR(b->send.src, hoa);
	UNIT_EQ(b->bu.lifetime_4s, 0);
	mw_ba(w, hoa, BA_ACCEPTED, b->bu.seq, 0);
}

/* One more: registered from where the node is, in a place of its own. */
static void a_new_one(void)
{
	mw_open_away(w);
	reload(HOA, HOA2);
	UNIT_EQ(w->n_bus, 1);
	MW_ADDR(mw_last_bu(w)->send.src, HOA2);
	MW_ADDR(mw_last_bu(w)->acoa, COA_A);
	UNIT_EQ(mw_last_bu(w)->kernel.index, 1);
	mw_accept(w);
	UNIT_STR(homes().text, HOA " away, " HOA2 " away");
	mw_close(w);
}

/* One less: it is de-registered first, then the kernel forgets it; the other
 * one keeps its binding and its place. */
static void one_is_given_up(void)
{
	mw_open_away(w);
	reload(HOA, HOA2);
	mw_accept(w);
	mw_forget(w);
	reload(HOA2, NULL);
	UNIT_EQ(w->n_bus, 1);
	UNIT_EQ(mw_last_bu(w)->kernel.place, KERNEL_MN_AWAY);
	UNIT_STR(homes().text, HOA " leaving, " HOA2 " away");
	answer_deregistration(HOA);
	UNIT_STR(homes().text, HOA2 " away");
	UNIT_EQ(fake_kernel_home(w->k, 0)->place, KERNEL_MN_NONE);
	MW_ADDR(fake_kernel_home(w->k, 0)->hoa, HOA);
	UNIT_EQ(fake_kernel_home(w->k, 1)->place, KERNEL_MN_AWAY);
	CU_ASSERT_PTR_NULL(mw_entry(w, HOA));
	CU_ASSERT_PTR_NOT_NULL(mw_entry(w, HOA2));
	/* The next one gets the place that is free. */
	reload(HOA2, HOA3);
	MW_ADDR(fake_kernel_home(w->k, 0)->hoa, HOA3);
	UNIT_EQ(mw_last_bu(w)->kernel.index, 0);
	mw_close(w);
}

/* An agent that does not answer is waited for, half of stop-timeout. */
static void a_silent_agent(void)
{
	mw_open_away(w);
	reload(NULL, NULL);
	UNIT_STR(homes().text, HOA " leaving");
	mw_run_ms(w, 999);
	UNIT_STR(homes().text, HOA " leaving");
	mw_run_ms(w, 1);
	UNIT_STR(homes().text, "");
	CU_ASSERT(fake_log_contains("did not confirm in time"));
	mw_run_ms(w, 120000);
	mw_close(w);
}

/* Back in the configuration before it is gone: it is taken anew once it is. */
static void wanted_again(void)
{
	mw_open_away(w);
	reload(NULL, NULL);
	reload(HOA, NULL);
	UNIT_STR(homes().text, HOA " leaving");
	answer_deregistration(HOA);
	UNIT_STR(homes().text, HOA " away");
	UNIT_EQ(w->n_bus, 2);
	UNIT_EQ(mw_last_bu(w)->bu.lifetime_4s, 105);
	mw_accept(w);
	UNIT_STR(mw_state(w), "BOUND");
	mw_close(w);
}

/* At home there is nothing to de-register: the address leaves the link. */
static void given_up_at_home(void)
{
	mw_open_home(w);
	UNIT_EQ(mw_place(w), KERNEL_MN_HOME);
	reload(NULL, NULL);
	UNIT_EQ(w->n_bus, 0);
	UNIT_STR(homes().text, "");
	UNIT_EQ(mw_place(w), KERNEL_MN_NONE);
	mw_close(w);
}

/* Correspondents hear of it while the home agent still has the binding. */
static void correspondents_first(void)
{
	rw_open(&r);
	rw_optimise(&r, CN1);
	rw_forget(&r);
	reload(NULL, NULL);
	UNIT_EQ(w->n_bus, 0);
	rw_answer_all(&r);
	UNIT_NEED(rw_last(&r, MH_BU) != NULL);
	UNIT_EQ(rw_last(&r, MH_BU)->msg.bu.lifetime_4s, 0);
	UNIT_EQ(w->n_bus, 0);
	rw_accept(&r);
	UNIT_EQ(w->n_bus, 1);
	answer_deregistration(HOA);
	UNIT_STR(homes().text, "");
	UNIT_EQ(w->k->n_pairs, 0);
	rw_close(&r);
}

/* ... but are not waited for longer than half of stop-timeout. */
static void silent_correspondents(void)
{
	rw_open(&r);
	rw_optimise(&r, CN1);
	rw_forget(&r);
	reload(NULL, NULL);
	mw_run_ms(w, 999);
	UNIT_EQ(w->n_bus, 0);
	mw_run_ms(w, 1);
	UNIT_EQ(w->n_bus, 1);
	mw_run_ms(w, 1000);
	UNIT_STR(homes().text, "");
	UNIT_EQ(w->k->n_pairs, 0);
	rw_close(&r);
}

/* The kernel refuses: it is asked again, and the place is not free before. */
static void the_kernel_refuses(void)
{
	mw_open_away(w);
	fake_kernel_fail(w->k, FAKE_MN_HOME_SET, 1, EBUSY);
	reload(NULL, NULL);
	answer_deregistration(HOA);
	UNIT_STR(homes().text, HOA " leaving");
	reload(HOA2, NULL);
	UNIT_EQ(mw_last_bu(w)->kernel.index, 1);
	mw_run_ms(w, 500);
	UNIT_STR(homes().text, HOA2 " away");
	mw_close(w);
}

/* The whole node stops meanwhile: that way is as good. */
static void the_node_stops_meanwhile(void)
{
	mw_open_away(w);
	reload(NULL, NULL);
	UNIT_EQ(w->n_bus, 1);
	mn_stop(w->mn, w->now);
	mw_settle(w);
	CU_ASSERT_FALSE(mn_is_stopped(w->mn));
	mw_deregistered(w, BA_ACCEPTED);
	CU_ASSERT_TRUE(mn_is_stopped(w->mn));
	mw_close(w);
}

/* Another agent in the configuration: registered there, and the binding at
 * the one before is deleted. */
static void another_agent(void)
{
	static const char other[] = "2001:db8:1::2";
	unsigned int i, deleted = 0;

	mw_open_away(w);
	w->homes[0].home_agent = mw_addr(other);
	reload(HOA, NULL);
	MW_ADDR(mw_last_bu(w)->send.dst, other);
	w->agent = other;
	mw_accept(w);
	UNIT_STR(mw_state(w), "BOUND");
	mw_run_ms(w, 1000);
	for (i = 0; i < w->n_bus; i++)
		deleted += !w->bus[i].bu.lifetime_4s;
	UNIT_EQ(deleted, 1);
	MW_ADDR(mw_last_bu(w)->send.dst, HA);
	mw_close(w);
}

/* As many as there are places, and not one more. */
static void all_places(void)
{
	static struct conf_mn_home many[CONF_HOMES_MAX + 1];
	unsigned int i;

	mw_init(w);
	for (i = 0; i < CONF_HOMES_MAX + 1; i++) {
		many[i] = w->homes[0];
		many[i].address.s6_addr[15] = (uint8_t)(i + 1);
	}
	w->conf.homes = many;
	w->conf.n_homes = CONF_HOMES_MAX + 1;
	mw_start(w);
	CU_ASSERT(fake_log_contains("cannot be used: No space left"));
	mw_close(w);
}

static const struct unit_case homes_cases[] = {
	UNIT_CASE(a_new_one),
	UNIT_CASE(one_is_given_up),
	UNIT_CASE(a_silent_agent),
	UNIT_CASE(wanted_again),
	UNIT_CASE(given_up_at_home),
	UNIT_CASE(correspondents_first),
	UNIT_CASE(silent_correspondents),
	UNIT_CASE(the_kernel_refuses),
	UNIT_CASE(the_node_stops_meanwhile),
	UNIT_CASE(another_agent),
	UNIT_CASE(all_places),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "mn_homes", homes_cases },
					    UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
