/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Home addresses that are formed: in a prefix of the configuration, and in a
 * new one of the home link; remembered across restarts.
 */
#include <stdio.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "mip6d/homes.h"
#include "tests/unit/mn_world.h"

#define NEW    "2001:db8:11::/64"
#define NEW_HA "2001:db8:11::1"

static struct mw w;
static struct store_dir *dir;

static const char *const agents[] = { HA, NULL };

/* ---- the world ---- */

static void conf_prefix(void)
{
	w.homes[0].address = addr_any;
	w.homes[0].home_agent = addr_any;
	UNIT_NEED(!prefix_parse(HOME, &w.homes[0].prefix));
	w.conf.max_formed = 4;
	w.conf.follow_prefixes = true;
}

/* A life of the node; what it remembers stays in dir. */
static void open_life(void)
{
	mw_init(&w);
	w.store = store_new(w.tq, dir);
	UNIT_NEED(w.store != NULL);
	conf_prefix();
}

static void begin(void)
{
	UNIT_NEED(!store_dir_open("/fake", &dir));
	open_life();
}

static void end(void)
{
	mw_close(&w);
	dir = store_dir_close(dir);
}

struct seen {
	unsigned int n;
	struct mn_home_info homes[8];
	char text[512];
};

static void see(void *arg, const struct mn_home_info *info)
{
	struct seen *s = arg;
	size_t n = strlen(s->text);

	s->homes[s->n++] = *info;
	snprintf(s->text + n, sizeof(s->text) - n, "%s%s %s %s", n ? ", " : "",
		 prefix_str(&info->prefix), info->origin, info->location);
}

static struct seen seen(void)
{
	struct seen s = { .n = 0 };

	mn_walk_homes(w.mn, see, &s);
	return s;
}

static void text_of_home(unsigned int i, char buf[INET6_ADDRSTRLEN])
{
	struct seen s = seen();

	UNIT_NEED(i < s.n);
	strcpy(buf, addr_str(&s.homes[i].hoa));
}

/* Away, an agent found, registered. */
static void bind_away(void)
{
	mw_leave(&w);
	mw_haad(&w, agents);
	mw_accept(&w);
}

static struct icmp6_msg mpa_of(uint32_t old_valid_s, uint32_t new_valid_s)
{
	struct icmp6_msg msg = {
		.type = ICMP6_MPA,
		.mpa = { .id = mw_last_icmp6(&w)->msg.request.id,
			 .n_prefixes = 2 },
	};
	struct ra_prefix *p = msg.mpa.prefixes;

	UNIT_NEED(!prefix_parse(HOME, &p[0].prefix));
	UNIT_NEED(!prefix_parse(NEW, &p[1].prefix));
	p[0].addr = p[0].prefix.addr;
	p[0].autonomous = p[1].autonomous = true;
	p[0].valid_s = old_valid_s;
	p[1].addr = mw_addr(NEW_HA);
	p[1].router_addr = true;
	p[1].valid_s = p[1].preferred_s = new_valid_s;
	return msg;
}

/* Registered with status 1, which asks for prefixes; the agent tells them. */
static void renumber(uint32_t old_valid_s, uint32_t new_valid_s)
{
	char hoa[INET6_ADDRSTRLEN];
	struct icmp6_msg msg;

	text_of_home(0, hoa);
	mw_ba(&w, hoa, BA_ACCEPTED_PREFIX_DISCOVERY, mw_last_bu(&w)->bu.seq,
	      420);
	UNIT_EQ(mw_last_icmp6(&w)->msg.type, ICMP6_MPS);
	msg = mpa_of(old_valid_s, new_valid_s);
	mw_icmp6(&w, HA, hoa, true, &msg);
}

static void open_renumbered(void)
{
	begin();
	mw_start(&w);
	mw_leave(&w);
	mw_haad(&w, agents);
	renumber(100, 86400);
}

/* ---- in a prefix of the configuration ---- */

/* Formed at once, its agent discovered, registered. */
static void a_prefix_alone(void)
{
	struct seen s;

	begin();
	mw_start(&w);
	s = seen();
	UNIT_STR(s.text, HOME " prefix unknown");
	CU_ASSERT(prefix_contains(&s.homes[0].prefix, &s.homes[0].hoa));
	bind_away();
	MW_ADDR(mw_last_bu(&w)->send.src, addr_str(&s.homes[0].hoa));
	MW_ADDR(mw_last_bu(&w)->send.dst, HA);
	UNIT_STR(seen().text, HOME " prefix away");
	CU_ASSERT(seen().homes[0].remembered);
	end();
}

/* The same address in the next life; another node has another. */
static void the_same_after_a_restart(void)
{
	char first[INET6_ADDRSTRLEN], second[INET6_ADDRSTRLEN];

	begin();
	mw_start(&w);
	text_of_home(0, first);
	mw_close(&w);
	open_life();
	fake_random_seed(1); /* no other source of sameness */
	mw_start(&w);
	text_of_home(0, second);
	UNIT_STR(second, first);
	end();
	begin();
	fake_random_seed(2);
	mw_start(&w);
	text_of_home(0, second);
	CU_ASSERT(strcmp(first, second) != 0);
	end();
}

/* Status 134: the next identifier, remembered too. */
static void a_duplicate(void)
{
	char first[INET6_ADDRSTRLEN], next[INET6_ADDRSTRLEN];
	char again[INET6_ADDRSTRLEN];

	begin();
	mw_start(&w);
	text_of_home(0, first);
	mw_leave(&w);
	mw_haad(&w, agents);
	mw_ba(&w, first, BA_DAD_FAILED, mw_last_bu(&w)->bu.seq, 0);
	UNIT_STR(seen().text, HOME " prefix away");
	text_of_home(0, next);
	CU_ASSERT(strcmp(first, next) != 0);
	/* Its agent is that of the first. */
	MW_ADDR(mw_last_bu(&w)->send.src, next);
	MW_ADDR(mw_last_bu(&w)->send.dst, HA);
	mw_accept(&w);
	mw_close(&w);
	open_life();
	mw_start(&w);
	text_of_home(0, again);
	UNIT_STR(again, next);
	end();
}

/* Not for ever. */
static void all_are_duplicates(void)
{
	char hoa[INET6_ADDRSTRLEN];
	unsigned int i;

	begin();
	mw_start(&w);
	mw_leave(&w);
	mw_haad(&w, agents);
	for (i = 0; i < 4; i++) {
		text_of_home(0, hoa);
		mw_ba(&w, hoa, BA_DAD_FAILED, mw_last_bu(&w)->bu.seq, 0);
		mw_run_ms(&w, 1100); /* three updates a second, no more */
	}
	UNIT_STR(seen().text, HOME " prefix duplicate");
	CU_ASSERT(fake_log_contains("is free, of 4 that were tried"));
	UNIT_EQ(w.n_bus, 4);
	mw_run_ms(&w, 120000);
	UNIT_EQ(w.n_bus, 4);
	end();
}

/* At home, where somebody answers for the address. */
static void a_duplicate_at_home(void)
{
	char first[INET6_ADDRSTRLEN], next[INET6_ADDRSTRLEN];

	begin();
	mw_start(&w);
	text_of_home(0, first);
	mw_ra(&w, ETH0, &mw_home_router);
	mw_na(&w, ETH0, first, 77);
	text_of_home(0, next);
	CU_ASSERT(strcmp(first, next) != 0);
	mw_run_ms(&w, 2000);
	UNIT_STR(seen().text, HOME " prefix home");
	end();
}

/* Gone from the configuration: given up, whatever was remembered. */
static void the_prefix_is_taken_away(void)
{
	struct conf_mn conf;

	begin();
	mw_start(&w);
	conf = w.conf;
	conf.n_homes = 0;
	mn_reload(w.mn, &conf, w.now);
	mw_settle(&w);
	UNIT_EQ(seen().n, 0);
	mw_run_ms(&w, 3000);
	CU_ASSERT_PTR_NULL(strstr(fake_store_text(dir, "homes"), "home "));
	mn_reload(w.mn, &w.conf, w.now);
	mw_settle(&w);
	UNIT_EQ(seen().n, 1);
	end();
}

/* ---- renumbering ---- */

/* MN-73: a new prefix in an advertisement that counts: an address in it is
 * registered, with the agent that the prefix option names; the old one is kept
 * while its prefix lives. MN-76: then it is given up, for good. */
static void a_new_prefix(void)
{
	char hoa[INET6_ADDRSTRLEN];
	const struct mw_bu *b;

	open_renumbered();
	UNIT_STR(seen().text, HOME " prefix away, " NEW " renumbered away");
	text_of_home(1, hoa);
	b = mw_last_bu(&w);
	if (!addr_eq(&b->send.src, &seen().homes[1].hoa))
		b--;
	MW_ADDR(b->send.src, hoa);
	MW_ADDR(b->send.dst, NEW_HA);
	MW_ADDR(b->acoa, COA_A);
	end();
}

/* A second advertisement of the same is no news. */
static void told_twice(void)
{
	open_renumbered();
	renumber(90, 86390);
	UNIT_EQ(seen().n, 2);
	end();
}

/* One that was formed leaves when its prefix ends... */
static void a_formed_one_ends(void)
{
	struct in6_addr hoa, none = addr_any;
	struct prefix p;
	char text[INET6_ADDRSTRLEN];

	begin();
	w.conf.n_homes = 0;
	mw_start(&w);
	UNIT_NEED(!prefix_parse(HOME, &p));
	UNIT_EQ(mn_home_add(w.mn, &none, &p, &none, w.now, &hoa), 0);
	mw_settle(&w);
	mw_leave(&w);
	mw_haad(&w, agents);
	renumber(60, 86400);
	UNIT_STR(seen().text, HOME " added away, " NEW " renumbered away");
	text_of_home(1, text);
	mw_run_ms(&w, 59000);
	UNIT_EQ(seen().n, 2);
	mw_run_ms(&w, 3000);
	UNIT_STR(seen().text, NEW " renumbered away");
	UNIT_EQ(fake_kernel_home(w.k, 0)->place, KERNEL_MN_NONE);
	/* The next life has the new one only. */
	mw_close(&w);
	open_life();
	w.conf.n_homes = 0;
	mw_start(&w);
	UNIT_STR(seen().text, NEW " renumbered unknown");
	MW_ADDR(seen().homes[0].hoa, text);
	end();
}

/* ... one of the configuration stays there, in no use. */
static void a_configured_one_ends(void)
{
	open_renumbered();
	mw_run_ms(&w, 103000);
	UNIT_STR(seen().text, HOME " prefix unknown, " NEW " renumbered away");
	UNIT_EQ(fake_kernel_home(w.k, 0)->place, KERNEL_MN_NONE);
	end();
}

static void the_limit(void)
{
	begin();
	w.conf.max_formed = 0;
	mw_start(&w);
	mw_leave(&w);
	mw_haad(&w, agents);
	renumber(100, 86400);
	UNIT_EQ(seen().n, 1);
	CU_ASSERT(fake_log_contains("max-formed are in use"));
	end();
}

static void not_followed(void)
{
	begin();
	w.conf.follow_prefixes = false;
	mw_start(&w);
	mw_leave(&w);
	mw_haad(&w, agents);
	renumber(100, 86400);
	UNIT_EQ(seen().n, 1);
	end();
}

/* Hosts form no addresses in these. */
static void prefixes_of_no_use(void)
{
	char hoa[INET6_ADDRSTRLEN];
	struct icmp6_msg msg;
	unsigned int i;

	for (i = 0; i < 5; i++) {
		begin();
		mw_start(&w);
		mw_leave(&w);
		mw_haad(&w, agents);
		text_of_home(0, hoa);
		mw_ba(&w, hoa, BA_ACCEPTED_PREFIX_DISCOVERY,
		      mw_last_bu(&w)->bu.seq, 420);
		msg = mpa_of(86400, 86400);
		if (i == 0)
			msg.mpa.prefixes[1].autonomous = false;
		if (i == 1)
			msg.mpa.prefixes[1].preferred_s = 0;
		if (i == 2)
			msg.mpa.prefixes[1].preferred_s = 86401;
		if (i == 3)
			msg.mpa.prefixes[1].valid_s = 0;
		if (i == 4)
			msg.mpa.prefixes[1].prefix.len = 63;
		mw_icmp6(&w, HA, hoa, true, &msg);
		UNIT_EQ(seen().n, 1);
		end();
	}
}

/* At home the same is heard from the agent itself, and from no other
 * router. */
static void a_new_prefix_at_home(void)
{
	struct mw_router r = mw_home_router;

	begin();
	mw_start(&w);
	mw_ra(&w, ETH0, &r);
	mw_run_ms(&w, 2000);
	UNIT_STR(seen().text, HOME " prefix home");
	r.prefixes[1] = NEW;
	r.globals[1] = NEW_HA;
	mw_ra(&w, ETH0, &r);
	UNIT_EQ(seen().n, 1);
	r.home_agent = true;
	mw_ra(&w, ETH0, &r);
	mw_run_ms(&w, 2000);
	UNIT_STR(seen().text, HOME " prefix home, " NEW " renumbered home");
	end();
}

static const struct unit_case cases[] = {
	UNIT_CASE(a_prefix_alone),
	UNIT_CASE(the_same_after_a_restart),
	UNIT_CASE(a_duplicate),
	UNIT_CASE(all_are_duplicates),
	UNIT_CASE(a_duplicate_at_home),
	UNIT_CASE(the_prefix_is_taken_away),
	UNIT_CASE(a_new_prefix),
	UNIT_CASE(told_twice),
	UNIT_CASE(a_formed_one_ends),
	UNIT_CASE(a_configured_one_ends),
	UNIT_CASE(the_limit),
	UNIT_CASE(not_followed),
	UNIT_CASE(prefixes_of_no_use),
	UNIT_CASE(a_new_prefix_at_home),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "mn_formed", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
