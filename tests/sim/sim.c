/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The simulator's clock and its command line.
 *
 *   sim                                  each scenario with its few seeds
 *   sim --scenario NAME --seed N --hours H [-v]     one run
 *   sim --scenario NAME --seeds COUNT --hours H     seeds 1..COUNT (--from)
 *   sim --list
 *
 * A failure prints what was violated, the seed and the step, the last lines
 * of the log, and the command that repeats it.
 */
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/sim/sim.h"
#include "tests/sim/sim_ro.h"

#define TAIL_LINES 60

static bool verbose;

uint64_t sim_random(struct sim *s)
{
	uint64_t z = s->rng += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

uint32_t sim_below(struct sim *s, uint32_t bound)
{
	return (uint32_t)((sim_random(s) >> 32) * bound >> 32);
}

int64_t sim_between(struct sim *s, int64_t min, int64_t max)
{
	return min + (int64_t)(sim_random(s) % (uint64_t)(max - min + 1));
}

bool sim_permille(struct sim *s, unsigned int permille)
{
	return permille && sim_below(s, 1000) < permille;
}

static void print_tail(void)
{
	unsigned int n = TAIL_LINES;

	while (n-- > 0)
		if (fake_log_line(n))
			printf("    %s\n", fake_log_line(n));
}

void sim_fail(struct sim *s, const char *fmt, ...)
{
	va_list ap;

	printf("FAIL %s seed %llu step %llu time %.6f s: ", s->name,
	       (unsigned long long)s->seed, (unsigned long long)s->steps,
	       (double)s->now.us / 1e6);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	print_tail();
	printf("  repeat: tests/sim/sim --scenario %s --seed %llu "
	       "--hours %g -v\n",
	       s->name, (unsigned long long)s->seed, s->hours);
	fflush(stdout);
	longjmp(s->failed_at, 1);
}

void sim_note(struct sim *s, const char *fmt, ...)
{
	char text[200], prefix[40];
	va_list ap;

	snprintf(prefix, sizeof(prefix), "%12.6f net  ",
		 (double)s->now.us / 1e6);
	fake_log_prefix(prefix);
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	log_info("%s", text);
}

static void step(struct sim *s, struct mtime t)
{
	if (mtime_before(t, s->now))
		sim_fail(s, "simulator: the clock steps back");
	s->now = t;
	s->steps++;
	tqueue_run(s->tq, t);
	sim_check_step(s);
	if (fake_faults())
		sim_fail(s, "%s", fake_fault_text());
}

void sim_run_until(struct sim *s, struct mtime t)
{
	struct mtime next;

	while (next = tqueue_next(s->tq), !mtime_before(t, next))
		step(s, next);
	s->now = t;
}

void sim_run_ms(struct sim *s, int64_t ms)
{
	sim_run_until(s, mtime_add_ms(s->now, ms));
}

void sim_run_s(struct sim *s, int64_t seconds)
{
	sim_run_until(s, mtime_add_s(s->now, seconds));
}

bool sim_time_left(const struct sim *s)
{
	return mtime_before(s->now, s->end);
}

static void sim_init(struct sim *s, const struct sim_scenario *sc,
		     uint64_t seed, double hours)
{
	s->name = sc->name;
	s->seed = seed;
	s->hours = hours;
	s->rng = seed * 0x2545f4914f6cdd1d + 1;
	/* Away from zero, so that "in the past" has room. */
	s->now = mtime_add_s((struct mtime){ 0 }, 1000);
	s->end = mtime_add_s(s->now, (int64_t)(hours * 3600));
	s->delay_us = 10000;
	s->jitter_us = 2000;
	s->dad_us = 1000000;
	/* A loaded kernel takes longer than the peers' patience. */
	s->kernel_us = seed % 4 ? 3000 : seed % 8 ? 300000 : 3000000;
	s->tq = tqueue_new();
	if (!s->tq)
		abort();
	fake_random_seed(seed);
	fake_faults_clear();
	fake_log_clear();
	hash_init();
}

static void sim_done(struct sim *s)
{
	unsigned int i;

	for (i = 0; i < s->n_nodes; i++)
		sim_node_free(s->nodes[i]);
	free(s->nodes);
	sim_attack_free(s->attacker);
	sim_rr_free(s);
	while (s->packets)
		sim_packet_free(s->packets);
	tqueue_free(s->tq);
	free(s);
}

static void print_rr(const struct sim *s)
{
	const struct sim_rr *rr = s->rr;

	if (rr)
		printf("     %llu Test Inits, %llu tests, %llu BU, %llu BA, "
		       "%llu BE, %llu BRR to and of correspondents; %llu "
		       "accepted (%llu stolen), %llu reports, %llu dropped\n",
		       (unsigned long long)rr->n_init,
		       (unsigned long long)rr->n_test,
		       (unsigned long long)rr->n_bu,
		       (unsigned long long)rr->n_ba,
		       (unsigned long long)rr->n_be,
		       (unsigned long long)rr->n_brr,
		       (unsigned long long)rr->n_accepted,
		       (unsigned long long)rr->n_stolen,
		       (unsigned long long)rr->n_reports,
		       (unsigned long long)rr->n_dropped);
}

static bool run_one(const struct sim_scenario *sc, uint64_t seed, double hours)
{
	/* Where it stopped, a failed one is left as it is, but not lost. */
	static struct sim *sim, *failed;
	clock_t started = clock();

	sim = calloc(1, sizeof(*sim));
	if (!sim)
		abort();
	sim_init(sim, sc, seed, hours);
	if (setjmp(sim->failed_at)) {
		sim->next_failed = failed;
		failed = sim;
		return false;
	}
	sc->run(sim);
	printf("ok   %s seed %llu: %.1f h, %llu steps, %llu BU, %llu BA "
	       "(%llu refused), %llu moves, %llu reboots, %.2f s\n",
	       sc->name, (unsigned long long)seed,
	       (double)(sim->now.us - 1000000000) / 3.6e9,
	       (unsigned long long)sim->steps, (unsigned long long)sim->n_bu,
	       (unsigned long long)sim->n_ba,
	       (unsigned long long)sim->n_refused,
	       (unsigned long long)sim->n_moves,
	       (unsigned long long)sim->n_reboots,
	       (double)(clock() - started) / CLOCKS_PER_SEC);
	if (sim->n_haad + sim->n_mps + sim->n_mpa)
		printf("     discovery: %llu requests, %llu replies, %llu "
		       "solicitations, %llu advertisements (%llu unasked)\n",
		       (unsigned long long)sim->n_haad,
		       (unsigned long long)sim->n_haad_replies,
		       (unsigned long long)sim->n_mps,
		       (unsigned long long)sim->n_mpa,
		       (unsigned long long)sim->n_unasked);
	print_rr(sim);
	fflush(stdout);
	sim_done(sim);
	return true;
}

/* ---- command line ---- */

static const struct sim_scenario *const tables[] = {
	sim_scenarios_walk,   sim_scenarios_hosts, sim_scenarios_fault,
	sim_scenarios_peer,   sim_scenarios_crowd, sim_scenarios_ro,
	sim_scenarios_attack, sim_scenarios_disc,  sim_scenarios_keys,
	sim_scenarios_homes,
};

struct options {
	const char *scenario;
	uint64_t from;
	unsigned int count;
	double hours;
	bool list;
};

static int usage(const char *name)
{
	fprintf(stderr,
		"usage: %s [--list] [--scenario NAME] [--seed N | "
		"--seeds COUNT [--from N]] [--hours H] [-v]\n",
		name);
	return 2;
}

static int options_read(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
		{ "scenario", required_argument, NULL, 'S' },
		{ "seed", required_argument, NULL, 'n' },
		{ "seeds", required_argument, NULL, 'c' },
		{ "from", required_argument, NULL, 'f' },
		{ "hours", required_argument, NULL, 'h' },
		{ "list", no_argument, NULL, 'l' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "v", longs, NULL)) != -1) {
		if (c == 'S')
			o->scenario = optarg;
		else if (c == 'n' || c == 'f')
			o->from = strtoull(optarg, NULL, 10);
		else if (c == 'c')
			o->count = (unsigned int)strtoul(optarg, NULL, 10);
		else if (c == 'h')
			o->hours = strtod(optarg, NULL);
		else if (c == 'l')
			o->list = true;
		else if (c == 'v')
			verbose = true;
		else
			return usage(argv[0]);
		if (c == 'n')
			o->count = 1;
	}
	return optind == argc ? 0 : usage(argv[0]);
}

static void run_scenario(const struct sim_scenario *sc, const struct options *o,
			 unsigned int *passed, unsigned int *failed)
{
	unsigned int count = o->count ? o->count : sc->seeds, i;
	double hours = o->hours > 0 ? o->hours : sc->hours;

	for (i = 0; i < count; i++) {
		if (run_one(sc, o->from + i, hours))
			++*passed;
		else
			++*failed;
	}
}

int main(int argc, char **argv)
{
	struct options o = { .from = 1 };
	const struct sim_scenario *sc;
	unsigned int passed = 0, failed = 0;
	size_t t;
	int err = options_read(argc, argv, &o);

	if (err)
		return err;
	fake_log_echo(verbose);
	log_set_level(verbose ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO);
	for (t = 0; t < ARRAY_SIZE(tables); t++) {
		for (sc = tables[t]; sc->name; sc++) {
			if (o.scenario && strcmp(o.scenario, sc->name))
				continue;
			if (o.list)
				printf("%s\n", sc->name);
			else
				run_scenario(sc, &o, &passed, &failed);
		}
	}
	if (o.list)
		return 0;
	printf("%u passed, %u failed\n", passed, failed);
	return passed && !failed ? EXIT_SUCCESS : EXIT_FAILURE;
}
