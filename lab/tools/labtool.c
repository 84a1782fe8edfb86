/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * labtool: chooses the verb. Each verb is a file of its own; what it prints
 * is one line an event, made to be read by the lab and by people.
 */
#include "labtool.h"

#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

volatile int lt_stopped;

static const struct {
	const char *name;
	int (*call)(int argc, char **argv);
} verbs[] = {
	{ "capture", lt_capture },   { "ping", lt_ping },
	{ "tcp-send", lt_tcp_send }, { "tcp-recv", lt_tcp_recv },
	{ "inject", lt_inject },
};

void lt_die(const char *what)
{
	fflush(stdout);
	fprintf(stderr, "labtool: %s: %m\n", what);
	exit(1);
}

void lt_usage(const char *text)
{
	fprintf(stderr, "usage: labtool %s\n", text);
	exit(2);
}

static double seconds(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

double lt_now(void)
{
	return seconds(CLOCK_REALTIME);
}

double lt_mono(void)
{
	return seconds(CLOCK_MONOTONIC);
}

static void on_signal(int number)
{
	(void)number;
	lt_stopped = 1;
}

void lt_catch_signals(void)
{
	struct sigaction sa = { .sa_handler = on_signal };

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
}

void lt_address(const char *text, struct sockaddr_in6 *ret_sa)
{
	struct addrinfo hints = { .ai_family = AF_INET6,
				  .ai_flags = AI_NUMERICHOST };
	struct addrinfo *found;

	if (getaddrinfo(text, NULL, &hints, &found)) {
		fprintf(stderr, "labtool: \"%s\" is not an IPv6 address\n",
			text);
		exit(2);
	}
	ret_sa->sin6_family = AF_INET6;
	ret_sa->sin6_addr =
		((struct sockaddr_in6 *)(void *)found->ai_addr)->sin6_addr;
	ret_sa->sin6_scope_id =
		((struct sockaddr_in6 *)(void *)found->ai_addr)->sin6_scope_id;
	freeaddrinfo(found);
}

double lt_number(const char *text, double min, double max)
{
	static const char units[] = "kMG";
	char *end;
	double value = strtod(text, &end);
	const char *unit = end > text && *end ? strchr(units, *end) : NULL;

	for (; unit && unit >= units; unit--)
		value *= 1000;
	if (end > text && *end && strchr(units, *end))
		end++;

	if (end == text || *end || !(value >= min && value <= max)) {
		fprintf(stderr,
			"labtool: \"%s\" is not a number from %g to "
			"%g\n",
			text, min, max);
		exit(2);
	}
	return value;
}

int main(int argc, char **argv)
{
	size_t i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (i = 0; argc > 1 && i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (!strcmp(argv[1], verbs[i].name))
			return verbs[i].call(argc - 1, argv + 1);
	}
	lt_usage("capture|ping|tcp-send|tcp-recv|inject ...");
}
