/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * labtool capture: writes what passes one or several interfaces into one
 * pcapng file ("-" is standard output), with names of the interfaces and one
 * clock. Says "listening" on standard error when nothing can be missed any
 * more, and at last "end PACKETS DROPPED". At SIGINT or SIGTERM it first takes
 * what the kernel already holds, so that a packet seen is a packet written.
 * With -b each line of standard input is a barrier: when all that had passed
 * before is in the file, it says "written LINE" on standard error.
 */
#include "labtool.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define IFACES_MAX 64
#define SNAP       65535
#define RING       (16 << 20)
/* More packets than RING octets hold. */
#define RING_PACKETS (1 << 17)

enum { SHB = 0x0A0D0D0A, IDB = 1, EPB = 6 };
enum { LINK_ETHERNET = 1, LINK_RAW_IP = 101 };
enum { OPT_NAME = 2, OPT_TSRESOL = 9 };

struct capture {
	FILE *file;
	int n;
	/* The one behind the interfaces is standard input. */
	struct pollfd polls[IFACES_MAX + 1];
	unsigned long packets;
};

static void put(struct capture *c, const void *data, size_t len)
{
	static const char zero[4];

	if (fwrite(data, 1, len, c->file) != len ||
	    fwrite(zero, 1, -len & 3, c->file) != (-len & 3))
		lt_die("writing the capture");
}

static void put_u32(struct capture *c, uint32_t value)
{
	put(c, &value, sizeof(value));
}

static void put_option(struct capture *c, uint16_t code, const void *data,
		       uint16_t len)
{
	uint16_t head[2] = { code, len };

	put(c, head, sizeof(head));
	put(c, data, len);
}

static void write_header(struct capture *c)
{
	uint16_t version[2] = { 1, 0 };
	uint64_t unknown = UINT64_MAX;

	put_u32(c, SHB);
	put_u32(c, 28);
	put_u32(c, 0x1A2B3C4D);
	put(c, version, sizeof(version));
	put(c, &unknown, sizeof(unknown));
	put_u32(c, 28);
}

/* Tunnel devices have no header of their own. */
static uint16_t link_type(int fd, const char *name)
{
	struct ifreq ifr = { .ifr_flags = 0 };

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	if (ioctl(fd, SIOCGIFHWADDR, &ifr))
		lt_die(name);
	return ifr.ifr_hwaddr.sa_family == ARPHRD_ETHER ||
			       ifr.ifr_hwaddr.sa_family == ARPHRD_LOOPBACK
		       ? LINK_ETHERNET
		       : LINK_RAW_IP;
}

static void write_iface(struct capture *c, int fd, const char *name)
{
	uint16_t link[2] = { link_type(fd, name), 0 };
	uint8_t resolution = 9;
	uint16_t len = (uint16_t)strlen(name);
	uint32_t total = 20 + 4 + ((len + 3u) & ~3u) + 8 + 4;

	put_u32(c, IDB);
	put_u32(c, total);
	put(c, link, sizeof(link));
	put_u32(c, SNAP);
	put_option(c, OPT_NAME, name, len);
	put_option(c, OPT_TSRESOL, &resolution, 1);
	put_u32(c, 0);
	put_u32(c, total);
}

static void write_packet(struct capture *c, int iface, uint64_t when_ns,
			 const void *data, uint32_t len, uint32_t wire)
{
	uint32_t total = 32 + ((len + 3) & ~3u);

	put_u32(c, EPB);
	put_u32(c, total);
	put_u32(c, (uint32_t)iface);
	put_u32(c, (uint32_t)(when_ns >> 32));
	put_u32(c, (uint32_t)when_ns);
	put_u32(c, len);
	put_u32(c, wire);
	put(c, data, len);
	put_u32(c, total);
	c->packets++;
}

static int open_iface(const char *name)
{
	struct sockaddr_ll ll = { .sll_family = AF_PACKET,
				  .sll_protocol = htons(ETH_P_ALL) };
	struct packet_mreq mreq = { .mr_type = PACKET_MR_PROMISC };
	int one = 1, size = RING;
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (fd < 0)
		lt_die("packet socket");
	ll.sll_ifindex = mreq.mr_ifindex = (int)if_nametoindex(name);
	if (!ll.sll_ifindex)
		lt_die(name);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) ||
	    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof(one)) ||
	    setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &mreq,
		       sizeof(mreq)) ||
	    bind(fd, (struct sockaddr *)&ll, sizeof(ll)))
		lt_die(name);
	return fd;
}

static uint64_t timestamp_ns(struct msghdr *msg)
{
	struct cmsghdr *c;
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level == SOL_SOCKET &&
		    c->cmsg_type == SCM_TIMESTAMPNS)
			memcpy(&ts, CMSG_DATA(c), sizeof(ts));
	}
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/* At most LIMIT packets. */
static void take(struct capture *c, int iface, int limit)
{
	static uint8_t buf[SNAP];
	uint8_t control[256];
	struct iovec iov = { buf, sizeof(buf) };
	ssize_t n;

	while (limit-- > 0) {
		struct msghdr msg = {
			.msg_iov = &iov,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof(control),
		};

		n = recvmsg(c->polls[iface].fd, &msg, MSG_DONTWAIT | MSG_TRUNC);
		if (n < 0 && errno == ENETDOWN)
			continue;
		if (n < 0)
			return;
		write_packet(c, iface, timestamp_ns(&msg), buf,
			     n > SNAP ? SNAP : (uint32_t)n, (uint32_t)n);
	}
}

static void take_all(struct capture *c)
{
	int i;

	for (i = 0; i < c->n; i++)
		take(c, i, RING_PACKETS);
}

static void flush(struct capture *c)
{
	if (fflush(c->file))
		lt_die("writing the capture");
}

/* Lines are short and come whole. */
static void on_input(struct capture *c)
{
	char lines[256], *line;
	ssize_t n = read(0, lines, sizeof(lines) - 1);

	if (n <= 0) {
		c->polls[c->n].fd = -1;
		return;
	}
	lines[n] = '\0';
	take_all(c);
	flush(c);
	for (line = strtok(lines, "\n"); line; line = strtok(NULL, "\n"))
		fprintf(stderr, "written %s\n", line);
}

static void run(struct capture *c)
{
	sigset_t mask, open_mask;
	nfds_t n = (nfds_t)c->n + 1;
	int i;

	sigemptyset(&mask);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGHUP);
	sigprocmask(SIG_BLOCK, &mask, &open_mask);
	fputs("listening\n", stderr);
	while (!lt_stopped) {
		struct timespec now = { 0, 0 };

		/* Nothing there: what is written shall be readable. */
		if (ppoll(c->polls, n, &now, NULL) == 0) {
			flush(c);
			if (ppoll(c->polls, n, NULL, &open_mask) < 0)
				continue;
		}
		for (i = 0; i < c->n; i++)
			take(c, i, 64);
		if (c->polls[c->n].revents)
			on_input(c);
	}
	take_all(c);
}

static unsigned long dropped(const struct capture *c)
{
	struct tpacket_stats stats;
	unsigned long sum = 0;
	socklen_t len;
	int i;

	for (i = 0; i < c->n; i++) {
		len = sizeof(stats);
		if (!getsockopt(c->polls[i].fd, SOL_PACKET, PACKET_STATISTICS,
				&stats, &len))
			sum += stats.tp_drops;
	}
	return sum;
}

int lt_capture(int argc, char **argv)
{
	static struct capture c;
	unsigned long drops;
	int i, barriers = argc > 1 && !strcmp(argv[1], "-b");

	argc -= barriers;
	argv += barriers;
	if (argc < 3 || argc - 2 > IFACES_MAX)
		lt_usage("capture [-b] FILE INTERFACE...");
	lt_catch_signals();
	c.n = argc - 2;
	c.file = strcmp(argv[1], "-") ? fopen(argv[1], "wbe") : stdout;
	if (!c.file)
		lt_die(argv[1]);
	setvbuf(c.file, NULL, _IOFBF, 1 << 18);
	write_header(&c);
	for (i = 0; i < c.n; i++) {
		c.polls[i].fd = open_iface(argv[2 + i]);
		c.polls[i].events = POLLIN;
		write_iface(&c, c.polls[i].fd, argv[2 + i]);
	}
	c.polls[c.n] =
		(struct pollfd){ .fd = barriers ? 0 : -1, .events = POLLIN };
	run(&c);
	if (fflush(c.file) || fclose(c.file))
		lt_die(argv[1]);
	drops = dropped(&c);
	fprintf(stderr, "end %lu %lu\n", c.packets, drops);
	return 0;
}
