/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * labtool inject: sends packets that were built elsewhere, one hexadecimal
 * line each ("#" starts a comment, blanks do not matter), byte for byte:
 * Ethernet frames on an interface, or IPv6 packets that the kernel routes.
 */
#include "labtool.h"

#include <ctype.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PACKET_MAX 65535

struct target {
	int fd;
	const char *ifname; /* NULL: routed */
	int ifindex;
};

static int nibble(int c)
{
	return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

/* Bytes of the line; exits on what is not hexadecimal. */
static size_t parse(const char *line, unsigned long number, uint8_t *buf)
{
	size_t n = 0, digits = 0;

	for (; *line && *line != '#'; line++) {
		if (isspace((unsigned char)*line))
			continue;
		if (!isxdigit((unsigned char)*line) ||
		    digits >= 2 * PACKET_MAX) {
			fprintf(stderr,
				"labtool: line %lu is not hexadecimal "
				"or too long\n",
				number);
			exit(2);
		}
		if (digits++ % 2)
			buf[n++] |= (uint8_t)nibble(*line);
		else
			buf[n] = (uint8_t)(nibble(*line) << 4);
	}
	if (digits % 2) {
		fprintf(stderr, "labtool: line %lu has half a byte\n", number);
		exit(2);
	}
	return n;
}

static void send_packet(const struct target *t, const uint8_t *buf, size_t n)
{
	struct sockaddr_ll ll = { .sll_family = AF_PACKET,
				  .sll_ifindex = t->ifindex,
				  .sll_protocol = htons(ETH_P_IPV6) };
	struct sockaddr_in6 sa = { .sin6_family = AF_INET6 };
	ssize_t r;

	if (t->ifname) {
		r = sendto(t->fd, buf, n, 0, (struct sockaddr *)&ll,
			   sizeof(ll));
	} else {
		if (n < 40) {
			fputs("labtool: shorter than an IPv6 header\n", stderr);
			exit(2);
		}
		memcpy(&sa.sin6_addr, buf + 24, sizeof(sa.sin6_addr));
		r = sendto(t->fd, buf, n, 0, (struct sockaddr *)&sa,
			   sizeof(sa));
	}
	if (r < 0)
		lt_die("send");
}

static unsigned long send_file(const struct target *t, FILE *in,
			       double interval)
{
	static uint8_t buf[PACKET_MAX + 1];
	char *line = NULL;
	size_t size = 0, n;
	unsigned long number = 0, sent = 0;

	while (getline(&line, &size, in) >= 0 && !lt_stopped) {
		n = parse(line, ++number, buf);
		if (!n)
			continue;
		if (sent && interval > 0)
			poll(NULL, 0, (int)(interval * 1000));
		send_packet(t, buf, n);
		sent++;
	}
	free(line);
	return sent;
}

static void open_target(struct target *t)
{
	if (t->ifname) {
		t->ifindex = (int)if_nametoindex(t->ifname);
		if (!t->ifindex)
			lt_die(t->ifname);
		t->fd = socket(AF_PACKET, SOCK_RAW, 0);
	} else {
		t->fd = socket(AF_INET6, SOCK_RAW, IPPROTO_RAW);
	}
	if (t->fd < 0)
		lt_die("socket");
}

int lt_inject(int argc, char **argv)
{
	struct target t = { .ifname = NULL };
	double interval = 0;
	FILE *in = stdin;
	int opt;

	while ((opt = getopt(argc, argv, "i:w:")) != -1) {
		if (opt == 'i')
			t.ifname = optarg;
		else if (opt == 'w')
			interval = lt_number(optarg, 0, 3600);
		else
			optind = argc + 1;
	}
	if (optind < argc - 1 || optind > argc)
		lt_usage("inject [-i INTERFACE] [-w SECONDS] [FILE]");
	if (optind == argc - 1 && strcmp(argv[optind], "-")) {
		in = fopen(argv[optind], "re");
		if (!in)
			lt_die(argv[optind]);
	}
	lt_catch_signals();
	open_target(&t);
	printf("sent %lu\n", send_file(&t, in, interval));
	return 0;
}
