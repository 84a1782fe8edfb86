/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A load of many mobile nodes for benchmarks: registers, refreshes or moves
 * N bindings at a home agent from one packet socket, so that the cost seen
 * is the agent's.  Mobile node i has the home address HOME + BASE + i and the
 * care-of address COA + BASE + i (host parts).  It neither answers neighbour
 * solicitations nor reads what is tunnelled to it: the node where it runs
 * must have a blackhole route for the care-of prefix.
 *
 *   bu_load IF GATEWAY-MAC HA HOME COA N MODE INFLIGHT COUNT SECONDS
 *
 * MODE register | refresh | echo.  "echo" sends packets of the same size with
 * protocol 253 to `bu_load echo-server`: the bare socket beside which the
 * other numbers are to be read.  Prints one JSON object.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>

#include "mip6d/addr.h"
#include "mip6d/buf.h"
#include "mip6d/cleanup.h"
#include "mip6d/mh.h"

#define PROTO_ECHO 253
#define FRAME_MAX 256

enum mode { MODE_REGISTER, MODE_REFRESH, MODE_ECHO };

struct load {
	int fd;
	uint8_t smac[6], dmac[6];
	struct in6_addr ha, home, coa;
	unsigned int n, inflight, count;
	double seconds;
	enum mode mode;
	uint16_t *seq; /* last sent, by node */
	uint8_t *waiting; /* an answer is awaited, by node */
	unsigned int sent, answered, refused, outstanding, next;
	uint8_t last_status;
};

static double now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static struct in6_addr addr_plus(const struct in6_addr *a, uint32_t i)
{
	struct in6_addr r = *a;
	uint32_t v = ntohl(r.s6_addr32[3]) + i;

	r.s6_addr32[3] = htonl(v);
	return r;
}

static int addr_index(const struct load *l, const struct in6_addr *a)
{
	uint32_t i = ntohl(a->s6_addr32[3]) - ntohl(l->home.s6_addr32[3]);

	return i < l->n ? (int)i : -1;
}

/* Home Address destination option header of 24 octets: PadN(4), HAO. */
static void put_hao(struct wbuf *w, const struct in6_addr *hoa)
{
	wbuf_u8(w, MH_PROTO);
	wbuf_u8(w, 2);
	wbuf_u8(w, 1);
	wbuf_u8(w, 2);
	wbuf_zero(w, 2);
	wbuf_u8(w, 0xc9);
	wbuf_u8(w, 16);
	wbuf_addr(w, hoa);
}

static void put_ip6(const struct load *l, struct wbuf *w, size_t payload,
		    uint8_t next, const struct in6_addr *src)
{
	wbuf_bytes(w, l->dmac, 6);
	wbuf_bytes(w, l->smac, 6);
	wbuf_u16(w, ETH_P_IPV6);
	wbuf_u32(w, 0x60000000);
	wbuf_u16(w, (uint16_t)payload);
	wbuf_u8(w, next);
	wbuf_u8(w, 64);
	wbuf_addr(w, src);
	wbuf_addr(w, &l->ha);
}

static size_t build_frame(struct load *l, unsigned int i, uint8_t *frame)
{
	struct in6_addr hoa = addr_plus(&l->home, i);
	struct in6_addr coa = addr_plus(&l->coa, i);
	struct mh_msg msg = { .type = MH_BU };
	uint8_t mh[MH_MAX_LEN];
	struct wbuf w;
	int len;

	msg.bu.seq = ++l->seq[i];
	msg.bu.flags = BU_FLAG_A | BU_FLAG_H;
	msg.bu.lifetime_4s = 900;
	msg.opt.present = MH_OPT_ALT_COA;
	msg.opt.alt_coa = coa;
	len = mh_build(&msg, mh, sizeof(mh));
	if (len < 0)
		exit(2);
	mh_set_checksum(mh, (size_t)len, &hoa, &l->ha);

	wbuf_init(&w, frame, FRAME_MAX);
	put_ip6(l, &w, 24 + (size_t)len,
		l->mode == MODE_ECHO ? PROTO_ECHO : 60, &coa);
	put_hao(&w, &hoa);
	wbuf_bytes(&w, mh, (size_t)len);
	return w.len;
}

static void send_one(struct load *l, unsigned int i)
{
	uint8_t frame[FRAME_MAX];
	size_t len = build_frame(l, i, frame);

	while (send(l->fd, frame, len, 0) < 0) {
		if (errno != ENOBUFS && errno != EAGAIN) {
			perror("bu_load: send");
			exit(2);
		}
		usleep(200);
	}
	l->waiting[i] = 1;
	l->sent++;
	l->outstanding++;
}

static void answered(struct load *l, int i, uint8_t status)
{
	if (i < 0 || !l->waiting[i])
		return;
	l->waiting[i] = 0;
	l->outstanding--;
	l->answered++;
	if (status >= 128) {
		l->refused++;
		l->last_status = status;
	}
}

/* A BA: IPv6, type 2 routing header with the home address, MH type 6. */
static void read_frame(struct load *l, const uint8_t *f, size_t len)
{
	struct in6_addr a;

	if (len < 14 + 40 + 32 || f[12] != 0x86 || f[13] != 0xdd)
		return;
	f += 14;
	if (l->mode == MODE_ECHO && f[6] == PROTO_ECHO) {
		memcpy(&a, f + 40 + 8, 16);
		answered(l, addr_index(l, &a), 0);
	} else if (f[6] == 43 && f[42] == 2 && f[40] == MH_PROTO &&
		   f[64 + 2] == MH_BA && len >= 14 + 64 + 12) {
		memcpy(&a, f + 48, 16);
		answered(l, addr_index(l, &a), f[64 + 6]);
	}
}

static void read_all(struct load *l, int timeout_ms)
{
	struct pollfd p = { .fd = l->fd, .events = POLLIN };
	uint8_t frame[2048];
	ssize_t n;

	if (poll(&p, 1, timeout_ms) <= 0)
		return;
	while ((n = recv(l->fd, frame, sizeof(frame), MSG_DONTWAIT)) > 0)
		read_frame(l, frame, (size_t)n);
}

static double run(struct load *l)
{
	double start = now_s(), last = start;
	unsigned int before;

	while (l->answered < l->count && now_s() - start < l->seconds) {
		while (l->outstanding < l->inflight && l->sent < l->count) {
			while (l->waiting[l->next % l->n])
				l->next++;
			send_one(l, l->next++ % l->n);
		}
		before = l->answered;
		read_all(l, 100);
		if (l->answered != before)
			last = now_s();
	}
	return last - start;
}

static int open_socket(struct load *l, const char *ifname)
{
	struct sockaddr_ll ll = { .sll_family = AF_PACKET,
				  .sll_protocol = htons(ETH_P_IPV6) };
	struct ifreq ifr = { 0 };
	int big = 16 << 20;

	l->fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_IPV6));
	if (l->fd < 0)
		return -errno;
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", ifname);
	if (ioctl(l->fd, SIOCGIFHWADDR, &ifr) < 0)
		return -errno;
	memcpy(l->smac, ifr.ifr_hwaddr.sa_data, 6);
	ll.sll_ifindex = (int)if_nametoindex(ifname);
	if (bind(l->fd, (struct sockaddr *)&ll, sizeof(ll)) < 0)
		return -errno;
	setsockopt(l->fd, SOL_SOCKET, SO_RCVBUFFORCE, &big, sizeof(big));
	setsockopt(l->fd, SOL_SOCKET, SO_SNDBUFFORCE, &big, sizeof(big));
	return 0;
}

static int echo_server(void)
{
	auto_close int fd = socket(AF_INET6, SOCK_RAW, PROTO_ECHO);
	struct sockaddr_in6 from;
	socklen_t len;
	uint8_t buf[2048];
	int big = 16 << 20;
	ssize_t n;

	if (fd < 0) {
		perror("bu_load: socket");
		return 2;
	}
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &big, sizeof(big));
	for (;;) {
		len = sizeof(from);
		n = recvfrom(fd, buf, sizeof(buf), 0, (void *)&from, &len);
		if (n < 0)
			return 2;
		if (sendto(fd, buf, (size_t)n, 0, (void *)&from, len) < 0)
			perror("bu_load: echo");
	}
}

static int parse_args(struct load *l, char **argv)
{
	unsigned int *m = (unsigned int[6]){ 0 };

	if (sscanf(argv[2], "%x:%x:%x:%x:%x:%x", &m[0], &m[1], &m[2], &m[3],
		   &m[4], &m[5]) != 6 ||
	    addr_parse(argv[3], &l->ha) || addr_parse(argv[4], &l->home) ||
	    addr_parse(argv[5], &l->coa))
		return -EINVAL;
	for (int i = 0; i < 6; i++)
		l->dmac[i] = (uint8_t)m[i];
	l->n = (unsigned int)atoi(argv[6]);
	l->mode = !strcmp(argv[7], "register") ? MODE_REGISTER :
		  !strcmp(argv[7], "refresh")  ? MODE_REFRESH :
						 MODE_ECHO;
	l->inflight = (unsigned int)atoi(argv[8]);
	l->count = (unsigned int)atoi(argv[9]);
	l->seconds = atof(argv[10]);
	if (!l->n || !l->inflight)
		return -EINVAL;
	if (l->inflight > l->n)
		l->inflight = l->n;
	return 0;
}

int main(int argc, char **argv)
{
	struct load l = { 0 };
	double took;
	int err;

	if (argc == 2 && !strcmp(argv[1], "echo-server"))
		return echo_server();
	if (argc != 11 || parse_args(&l, argv)) {
		fprintf(stderr, "usage: bu_load IF GATEWAY-MAC HA HOME COA N "
				"register|refresh|echo INFLIGHT COUNT SECONDS\n");
		return 2;
	}
	l.seq = calloc(l.n, sizeof(*l.seq));
	l.waiting = calloc(l.n, 1);
	err = open_socket(&l, argv[1]);
	if (err || !l.seq || !l.waiting) {
		fprintf(stderr, "bu_load: %s: %s\n", argv[1], strerror(-err));
		return 2;
	}
	/* Each run goes on where the agent's sequence numbers may stand. */
	for (unsigned int i = 0; i < l.n; i++)
		l.seq[i] = (uint16_t)(time(NULL) * 64);
	took = run(&l);
	printf("{\"mode\": \"%s\", \"nodes\": %u, \"inflight\": %u, "
	       "\"sent\": %u, \"answered\": %u, \"refused\": %u, "
	       "\"last_status\": %u, \"seconds\": %.4f, \"per_second\": %.1f}\n",
	       argv[7], l.n, l.inflight, l.sent, l.answered, l.refused,
	       l.last_status, took, took > 0 ? l.answered / took : 0);
	free(l.seq);
	free(l.waiting);
	close(l.fd);
	return l.answered < l.count;
}
