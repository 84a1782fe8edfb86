/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The load programs' socket, frames and closed loop (load.h).
 */
#include "load.h"

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
#include <unistd.h>

#include "mip6d/cleanup.h"
#include "mip6d/mh.h"

static double now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

uint16_t load_first_seq(void)
{
	return (uint16_t)(uint64_t)(now_s() * 128);
}

/* ---- packets ---- */

struct in6_addr load_addr(const struct in6_addr *base, uint32_t i)
{
	struct in6_addr a = *base;

	a.s6_addr32[3] = htonl(ntohl(base->s6_addr32[3]) + i);
	return a;
}

int load_index(const struct in6_addr *base, const struct in6_addr *a,
	       unsigned int n)
{
	uint32_t i = ntohl(a->s6_addr32[3]) - ntohl(base->s6_addr32[3]);

	return i < n && !memcmp(a, base, 12) ? (int)i : -1;
}

void load_put_ip6(struct load *l, struct wbuf *w, size_t payload, uint8_t next,
		  const struct in6_addr *src)
{
	wbuf_u32(w, 0x60000000);
	wbuf_u16(w, (uint16_t)payload);
	wbuf_u8(w, next);
	wbuf_u8(w, 64);
	wbuf_addr(w, src);
	wbuf_addr(w, &l->peer);
}

void load_put_hao(struct wbuf *w, const struct in6_addr *hoa, uint8_t next)
{
	wbuf_u8(w, next);
	wbuf_u8(w, 2);
	wbuf_u8(w, 1);
	wbuf_u8(w, 2);
	wbuf_zero(w, 2);
	wbuf_u8(w, 0xc9);
	wbuf_u8(w, 16);
	wbuf_addr(w, hoa);
}

const uint8_t *load_behind_rh2(const uint8_t *ip6, size_t len,
			       struct in6_addr *ret_hoa)
{
	if (len < 64 + 12 || ip6[6] != 43 || ip6[40] != MH_PROTO ||
	    ip6[42] != 2)
		return NULL;
	memcpy(ret_hoa, ip6 + 48, 16);
	return ip6 + 64;
}

/* ---- the closed loop ---- */

static void send_one(struct load *l, unsigned int i)
{
	uint8_t frame[LOAD_FRAME_MAX];
	struct wbuf w;

	wbuf_init(&w, frame, sizeof(frame));
	wbuf_bytes(&w, l->dmac, 6);
	wbuf_bytes(&w, l->smac, 6);
	wbuf_u16(&w, ETH_P_IPV6);
	l->build(l, i, &w);
	while (send(l->fd, frame, w.len, 0) < 0) {
		if (errno != ENOBUFS && errno != EAGAIN) {
			perror("load: send");
			exit(2);
		}
		usleep(200);
	}
	l->since[i] = now_s();
	l->order[l->sent % l->n] = i;
	l->sent++;
	l->outstanding++;
}

static void on_packet(struct load *l, const uint8_t *ip6, size_t len)
{
	uint8_t status = 0;
	int i = l->answer(l, ip6, len, &status);

	if (i < 0 || l->since[i] == 0)
		return;
	l->since[i] = 0;
	l->outstanding--;
	l->answered++;
	if (status >= 128) {
		l->refused++;
		l->last_status = status;
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
		if (n > 14 + 40 && frame[12] == 0x86 && frame[13] == 0xdd)
			on_packet(l, frame + 14, (size_t)n - 14);
}

/* In the order in which they were sent: the answered ones are passed by. */
static void forget(struct load *l)
{
	double old = now_s() - l->forget_s;

	while (l->first < l->sent) {
		unsigned int i = l->order[l->first % l->n];

		if (l->since[i] != 0 && l->since[i] > old)
			return;
		if (l->since[i] != 0) {
			l->since[i] = 0;
			l->outstanding--;
			l->lost++;
		}
		l->first++;
	}
}

void load_run(struct load *l)
{
	double start = now_s(), last = start;
	unsigned int before;

	l->sent = l->answered = l->refused = l->lost = 0;
	l->first = l->outstanding = 0;
	while (l->answered + l->lost < l->count &&
	       now_s() - start < l->seconds) {
		while (l->outstanding < l->inflight && l->sent < l->count &&
		       l->sent - l->first < l->n) {
			while (l->since[l->next % l->n] != 0)
				l->next++;
			send_one(l, l->next++ % l->n);
		}
		before = l->answered;
		read_all(l, 100);
		if (l->answered != before)
			last = now_s();
		forget(l);
	}
	l->took = last - start;
}

void load_print(const struct load *l, const char *mode)
{
	printf("{\"mode\": \"%s\", \"nodes\": %u, \"inflight\": %u, "
	       "\"sent\": %u, \"answered\": %u, \"refused\": %u, "
	       "\"lost\": %u, \"last_status\": %u, \"seconds\": %.4f, "
	       "\"per_second\": %.1f}\n",
	       mode, l->n, l->inflight, l->sent, l->answered, l->refused,
	       l->lost, l->last_status, l->took,
	       l->took > 0 ? l->answered / l->took : 0);
}

/* ---- the socket ---- */

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

void *load_alloc(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (!p) {
		perror("load");
		exit(2);
	}
	return p;
}

void load_open(struct load *l, const char *ifname, const char *mac)
{
	unsigned int m[6];
	int err, i;

	if (sscanf(mac, "%x:%x:%x:%x:%x:%x", &m[0], &m[1], &m[2], &m[3], &m[4],
		   &m[5]) != 6) {
		fprintf(stderr, "load: %s is no link-layer address\n", mac);
		exit(2);
	}
	for (i = 0; i < 6; i++)
		l->dmac[i] = (uint8_t)m[i];
	if (l->inflight > l->n)
		l->inflight = l->n;
	l->since = load_alloc(l->n, sizeof(*l->since));
	l->order = load_alloc(l->n, sizeof(*l->order));
	err = open_socket(l, ifname);
	if (err) {
		fprintf(stderr, "load: %s: %s\n", ifname, strerror(-err));
		exit(2);
	}
}

void load_close(struct load *l)
{
	free(l->since);
	free(l->order);
	close(l->fd);
}

int load_echo_server(void)
{
	auto_close int fd = socket(AF_INET6, SOCK_RAW, LOAD_PROTO_ECHO);
	struct sockaddr_in6 from;
	socklen_t len;
	uint8_t buf[2048];
	int big = 16 << 20;
	ssize_t n;

	if (fd < 0) {
		perror("load: socket");
		return 2;
	}
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &big, sizeof(big));
	for (;;) {
		len = sizeof(from);
		n = recvfrom(fd, buf, sizeof(buf), 0, (void *)&from, &len);
		if (n < 0)
			return 2;
		if (sendto(fd, buf, (size_t)n, 0, (void *)&from, len) < 0)
			perror("load: echo");
	}
}
