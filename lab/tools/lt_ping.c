/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * labtool ping: an echo request at a steady pace, and for each one whether
 * and when it was answered. Lines, times in seconds of the wall clock:
 *   reply SEQ SENT RECEIVED
 *   refused SEQ SENT ERROR     the kernel did not take it
 *   lost SEQ SENT              at the end
 *   end SENT-COUNT RECEIVED-COUNT
 * It ends after -c requests, or at SIGINT or SIGTERM; then it waits up to
 * five seconds for answers that are under way (a second signal ends that).
 */
#include "labtool.h"

#include <errno.h>
#include <netinet/icmp6.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define GRACE      5.0
#define SERIES_MAX 1000000

enum { SENT = 1, ANSWERED, REFUSED };

struct series {
	int fd;
	uint16_t id;
	size_t size;
	struct sockaddr_in6 dst;
	uint32_t sent;
	uint32_t answered;
	double *when;
	uint8_t *fate;
};

static void send_one(struct series *s)
{
	uint8_t buf[65536] = { 0 };
	struct icmp6_hdr *hdr = (struct icmp6_hdr *)(void *)buf;
	uint32_t seq = s->sent++;

	hdr->icmp6_type = ICMP6_ECHO_REQUEST;
	hdr->icmp6_id = s->id;
	hdr->icmp6_seq = htons((uint16_t)seq);
	memcpy(buf + sizeof(*hdr), &seq, sizeof(seq));
	s->when[seq] = lt_now();
	s->fate[seq] = SENT;
	if (sendto(s->fd, buf, sizeof(*hdr) + s->size, 0,
		   (struct sockaddr *)&s->dst, sizeof(s->dst)) < 0) {
		s->fate[seq] = REFUSED;
		printf("refused %u %.6f %s\n", seq, s->when[seq],
		       strerror(errno));
	}
}

/* The kernel's time of arrival. */
static double arrival(struct msghdr *msg)
{
	struct cmsghdr *c;
	struct timespec ts;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level == SOL_SOCKET &&
		    c->cmsg_type == SCM_TIMESTAMPNS) {
			memcpy(&ts, CMSG_DATA(c), sizeof(ts));
			return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
		}
	}
	return lt_now();
}

static void read_answers(struct series *s)
{
	uint8_t buf[65536], control[256];
	struct iovec iov = { buf, sizeof(buf) };
	struct icmp6_hdr hdr;
	uint32_t seq;
	ssize_t n;

	for (;;) {
		struct msghdr msg = {
			.msg_iov = &iov,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof(control),
		};

		n = recvmsg(s->fd, &msg, MSG_DONTWAIT);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n < (ssize_t)(sizeof(hdr) + sizeof(seq)))
			continue;
		memcpy(&hdr, buf, sizeof(hdr));
		memcpy(&seq, buf + sizeof(hdr), sizeof(seq));
		if (hdr.icmp6_id != s->id || seq >= s->sent ||
		    s->fate[seq] != SENT)
			continue;
		s->fate[seq] = ANSWERED;
		s->answered++;
		printf("reply %u %.6f %.6f\n", seq, s->when[seq],
		       arrival(&msg));
	}
}

static void wait_until(struct series *s, double deadline)
{
	struct pollfd p = { .fd = s->fd, .events = POLLIN };
	double left;

	do {
		left = deadline - lt_mono();
		if (poll(&p, 1, left > 0 ? (int)(left * 1000) + 1 : 0) > 0)
			read_answers(s);
	} while (left > 0.0005 && !lt_stopped);
}

/* What has been on its way for longer is lost. */
static bool under_way(const struct series *s)
{
	double oldest = lt_now() - GRACE;
	uint32_t i;

	for (i = s->sent; i-- > 0 && s->when[i] > oldest;)
		if (s->fate[i] == SENT)
			return true;
	return false;
}

static void run(struct series *s, double interval, uint32_t count)
{
	double next = lt_mono();

	while (!lt_stopped && s->sent < count) {
		send_one(s);
		next += interval;
		wait_until(s, next);
	}
	lt_stopped = 0;
	while (under_way(s) && !lt_stopped)
		wait_until(s, lt_mono() + 0.05);
}

static void report(const struct series *s)
{
	uint32_t i;

	for (i = 0; i < s->sent; i++) {
		if (s->fate[i] == SENT)
			printf("lost %u %.6f\n", i, s->when[i]);
	}
	printf("end %u %u\n", s->sent, s->answered);
}

static int open_socket(const char *source)
{
	struct sockaddr_in6 src = { .sin6_family = AF_INET6 };
	struct icmp6_filter filter;
	int one = 1, size = 4 << 20;
	int fd = socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6);

	if (fd < 0)
		lt_die("socket");
	ICMP6_FILTER_SETBLOCKALL(&filter);
	ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
	if (setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter,
		       sizeof(filter)) ||
	    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof(one)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		lt_die("setsockopt");
	if (source) {
		lt_address(source, &src);
		if (bind(fd, (struct sockaddr *)&src, sizeof(src)))
			lt_die(source);
	}
	return fd;
}

int lt_ping(int argc, char **argv)
{
	struct series s = { .size = 56, .id = (uint16_t)getpid() };
	double interval = 1.0;
	uint32_t count = SERIES_MAX;
	const char *source = NULL;
	int opt;

	while ((opt = getopt(argc, argv, "i:c:s:S:")) != -1) {
		if (opt == 'i')
			interval = lt_number(optarg, 0.001, 3600);
		else if (opt == 'c')
			count = (uint32_t)lt_number(optarg, 1, SERIES_MAX);
		else if (opt == 's')
			s.size = (size_t)lt_number(optarg, 4, 65000);
		else if (opt == 'S')
			source = optarg;
		else
			optind = argc;
	}
	if (optind != argc - 1)
		lt_usage("ping [-i SECONDS] [-c COUNT] [-s BYTES] "
			 "[-S SOURCE] ADDRESS");
	s.dst.sin6_family = AF_INET6;
	lt_address(argv[optind], &s.dst);
	s.fd = open_socket(source);
	s.when = calloc(count, sizeof(*s.when));
	s.fate = calloc(count, sizeof(*s.fate));
	if (!s.when || !s.fate)
		lt_die("memory");
	lt_catch_signals();
	run(&s, interval, count);
	report(&s);
	free(s.when);
	free(s.fate);
	return s.answered ? 0 : 1;
}
