/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * labtool tcp-send and tcp-recv: a byte stream that both ends hash.
 * The receiver says "listening PORT", then for each connection
 *   received BYTES SHA256 SECONDS LONGEST-SILENCE
 * and tells the sender bytes and hash. The sender says
 *   connected LOCAL-ADDRESS
 *   sent BYTES SHA256 SECONDS
 *   peer BYTES SHA256
 * and its exit status is 0 only if both are the same. Without -b it sends
 * until SIGINT or SIGTERM.
 */
#include "labtool.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHUNK 8192
#define PORT  5001

/* Not compressible, not periodic, and cheap. */
static void fill(uint64_t *state, uint8_t *buf, size_t len)
{
	uint64_t x = *state;
	size_t i;

	for (i = 0; i + sizeof(x) <= len; i += sizeof(x)) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		memcpy(buf + i, &x, sizeof(x));
	}
	*state = x;
}

static int write_all(int fd, const void *data, size_t len)
{
	const uint8_t *at = data;
	ssize_t n;

	while (len) {
		n = send(fd, at, len, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

static void receive(int fd)
{
	struct sha256 hash;
	uint8_t buf[65536];
	char text[65], line[128];
	double start = lt_mono(), last = start, silence = 0, now;
	uint64_t bytes;
	ssize_t n;

	sha256_init(&hash);
	for (;;) {
		n = recv(fd, buf, sizeof(buf), 0);
		if (n < 0 && errno == EINTR && !lt_stopped)
			continue;
		if (n <= 0)
			break;
		now = lt_mono();
		if (now - last > silence)
			silence = now - last;
		last = now;
		sha256_add(&hash, buf, (size_t)n);
	}
	if (n < 0)
		printf("error %s\n", strerror(errno));
	now = lt_mono();
	bytes = hash.bytes;
	sha256_text(&hash, text);
	printf("received %" PRIu64 " %s %.3f %.3f\n", bytes, text, now - start,
	       silence);
	snprintf(line, sizeof(line), "%" PRIu64 " %s\n", bytes, text);
	write_all(fd, line, strlen(line));
	close(fd);
}

int lt_tcp_recv(int argc, char **argv)
{
	struct sockaddr_in6 sa = { .sin6_family = AF_INET6 };
	int one = 1, once = 0, port = PORT, opt, fd, conn;

	while ((opt = getopt(argc, argv, "p:1")) != -1) {
		if (opt == 'p')
			port = (int)lt_number(optarg, 1, 65535);
		else if (opt == '1')
			once = 1;
		else
			lt_usage("tcp-recv [-1] [-p PORT]");
	}
	lt_catch_signals();
	sa.sin6_port = htons((uint16_t)port);
	fd = socket(AF_INET6, SOCK_STREAM, 0);
	if (fd < 0)
		lt_die("socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&sa, sizeof(sa)) || listen(fd, 16))
		lt_die("listen");
	printf("listening %d\n", port);
	while (!lt_stopped) {
		conn = accept(fd, NULL, NULL);
		if (conn < 0)
			continue;
		receive(conn);
		if (once)
			break;
	}
	return 0;
}

struct transfer {
	int fd;
	uint64_t bytes;
	double rate;
};

static void send_stream(const struct transfer *t, struct sha256 *hash)
{
	uint64_t seed = 0x9E3779B97F4A7C15u;
	uint8_t buf[CHUNK];
	double start = lt_mono(), ahead;
	size_t n;
	int r;

	while (!lt_stopped && hash->bytes < t->bytes) {
		fill(&seed, buf, sizeof(buf));
		n = t->bytes - hash->bytes < sizeof(buf)
			    ? (size_t)(t->bytes - hash->bytes)
			    : sizeof(buf);
		r = write_all(t->fd, buf, n);
		if (r < 0) {
			errno = -r;
			lt_die("send");
		}
		sha256_add(hash, buf, n);
		ahead = (double)hash->bytes / t->rate - (lt_mono() - start);
		if (ahead > 0.001)
			poll(NULL, 0, (int)(ahead * 1000));
	}
}

static int compare(int fd, uint64_t bytes, const char *text)
{
	char ours[128], theirs[128] = "";
	size_t at = 0;
	ssize_t n;

	shutdown(fd, SHUT_WR);
	while (at < sizeof(theirs) - 1 && !memchr(theirs, '\n', at)) {
		n = recv(fd, theirs + at, sizeof(theirs) - 1 - at, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		at += (size_t)n;
	}
	theirs[at] = '\0';
	snprintf(ours, sizeof(ours), "%" PRIu64 " %s\n", bytes, text);
	printf("peer %s%s", theirs, strchr(theirs, '\n') ? "" : "\n");
	return strcmp(ours, theirs) ? 1 : 0;
}

static int connect_to(const char *host, int port, const char *source)
{
	struct sockaddr_in6 sa = { .sin6_family = AF_INET6 };
	socklen_t len = sizeof(sa);
	char text[INET6_ADDRSTRLEN];
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	if (fd < 0)
		lt_die("socket");
	if (source) {
		lt_address(source, &sa);
		if (bind(fd, (struct sockaddr *)&sa, sizeof(sa)))
			lt_die(source);
	}
	lt_address(host, &sa);
	sa.sin6_port = htons((uint16_t)port);
	if (connect(fd, (struct sockaddr *)&sa, sizeof(sa)))
		lt_die(host);
	getsockname(fd, (struct sockaddr *)&sa, &len);
	inet_ntop(AF_INET6, &sa.sin6_addr, text, sizeof(text));
	printf("connected %s\n", text);
	return fd;
}

int lt_tcp_send(int argc, char **argv)
{
	struct transfer t = { .bytes = UINT64_MAX, .rate = 1e12 };
	struct sha256 hash;
	const char *source = NULL;
	int port = PORT, opt;
	char text[65];
	uint64_t bytes;
	double start;

	while ((opt = getopt(argc, argv, "p:b:r:S:")) != -1) {
		if (opt == 'p')
			port = (int)lt_number(optarg, 1, 65535);
		else if (opt == 'b')
			t.bytes = (uint64_t)lt_number(optarg, 1, 1e15);
		else if (opt == 'r')
			t.rate = lt_number(optarg, 1, 1e12);
		else if (opt == 'S')
			source = optarg;
		else
			optind = argc;
	}
	if (optind != argc - 1)
		lt_usage("tcp-send [-b BYTES] [-r BYTES-A-SECOND] [-p PORT] "
			 "[-S SOURCE] ADDRESS");
	lt_catch_signals();
	t.fd = connect_to(argv[optind], port, source);
	start = lt_mono();
	sha256_init(&hash);
	send_stream(&t, &hash);
	bytes = hash.bytes;
	sha256_text(&hash, text);
	printf("sent %" PRIu64 " %s %.3f\n", bytes, text, lt_mono() - start);
	return compare(t.fd, bytes, text);
}
