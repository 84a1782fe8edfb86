/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the load programs have in common: one packet socket that plays many
 * nodes, so many requests in flight, answers counted, requests that were
 * lost forgotten.  The node where it runs must have a blackhole route for
 * the addresses that it plays.
 */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mip6d/addr.h"
#include "mip6d/buf.h"

#define LOAD_PROTO_ECHO 253 /* of a bare socket beside which rates are read */
#define LOAD_FRAME_MAX  512

struct load;

/* Writes request i (0..n-1) as an IPv6 packet behind the frame's header. */
typedef void load_build_fn(struct load *l, unsigned int i, struct wbuf *w);
/* Which request an IPv6 packet of len octets answers, or -1; its status. */
typedef int load_answer_fn(struct load *l, const uint8_t *ip6, size_t len,
			   uint8_t *ret_status);

struct load {
	/* By the program: */
	struct in6_addr peer; /* who is asked */
	unsigned int n;       /* different requests, repeated in turn */
	unsigned int inflight, count;
	double seconds;  /* at most */
	double forget_s; /* a request not answered by then is lost */
	load_build_fn *build;
	load_answer_fn *answer;
	void *arg;
	/* The result: */
	unsigned int sent, answered, refused, lost;
	uint8_t last_status;
	double took;
	/* Private: */
	int fd;
	uint8_t smac[6], dmac[6];
	double *since;       /* when request i was sent; 0: not waiting */
	unsigned int *order; /* a ring of requests as they were sent */
	unsigned int first, outstanding, next;
};

/* n zeroed objects; exits with a message when there is no memory. */
void *load_alloc(size_t n, size_t size);
/* "aa:bb:.." of the next hop; exits with a message when it cannot. */
void load_open(struct load *l, const char *ifname, const char *mac);
void load_run(struct load *l);
void load_print(const struct load *l, const char *mode);
void load_close(struct load *l);

/* Answers packets of LOAD_PROTO_ECHO for ever. */
int load_echo_server(void);

/* A sequence number behind those of runs in the last minutes, if they sent
 * fewer than 128 a second for each node. */
uint16_t load_first_seq(void);

struct in6_addr load_addr(const struct in6_addr *base, uint32_t i);
/* i such that a is load_addr(base, i), or -1. */
int load_index(const struct in6_addr *base, const struct in6_addr *a,
	       unsigned int n);
void load_put_ip6(struct load *l, struct wbuf *w, size_t payload, uint8_t next,
		  const struct in6_addr *src);
/* A Home Address destination option header of 24 octets. */
void load_put_hao(struct wbuf *w, const struct in6_addr *hoa, uint8_t next);
/* A built Mobility Header of a packet with a type 2 routing header; NULL
 * when it is another packet.  ret_hoa is the routing header's address. */
const uint8_t *load_behind_rh2(const uint8_t *ip6, size_t len,
			       struct in6_addr *ret_hoa);

#endif
