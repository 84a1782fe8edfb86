/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of src/sock share: the transport's parts, each with its own
 * descriptors, and the pure decoding of ancillary data.
 */
#ifndef SOCK_PRIV_H
#define SOCK_PRIV_H

#include <sys/socket.h>

#include "mip6d/loop.h"
#include "mip6d/transport.h"

/* One upcall: the part that read a message fills pkt, `arg` is the
 * transport's owner. */
typedef void sock_upcall_fn(void *arg, const struct packet *pkt);

struct sock_upcall {
	sock_upcall_fn *fn;
	void *arg;
	bool by_esp; /* what comes has come by ESP */
};

struct mh_sock;
int mh_sock_open(struct loop *loop, struct sock_upcall up,
		 struct mh_sock **ret_ms);
struct mh_sock *mh_sock_close(struct mh_sock *ms);
int mh_sock_send(struct mh_sock *ms, const struct mh_send *msg);

struct icmp6_sock;
int icmp6_sock_open(struct loop *loop, struct sock_upcall up,
		    struct icmp6_sock **ret_is);
struct icmp6_sock *icmp6_sock_close(struct icmp6_sock *is);
/* Mobile Prefix Advertisements as well. */
int icmp6_sock_hear_mpa(struct icmp6_sock *is, bool on);

/* An advertisement may be as long as a jumbo frame. */
#define ICMP6_MAX_LEN 9216

/* ICMPv6 types of RFC 6275 sections 6.5 to 6.7. */
#define TYPE_HAAD_REQUEST 144
#define TYPE_HAAD_REPLY   145
#define TYPE_MPA          147
#define TYPE_MPS          146

struct mobile_sock;
int mobile_sock_open(struct loop *loop, struct sock_upcall up,
		     struct mobile_sock **ret_ms);
struct mobile_sock *mobile_sock_close(struct mobile_sock *ms);
int mobile_sock_hear_mps(struct mobile_sock *ms, bool on, bool esp);
/* Those alone that came by ESP. */
int mobile_sock_hear_mpa(struct mobile_sock *ms, bool on);
int mobile_sock_send(struct mobile_sock *ms, const struct mh_send *msg);
int mobile_sock_anycast(struct mobile_sock *ms, int ifindex,
			const struct in6_addr *addr, bool on);

struct nd_sock;
int nd_sock_open(struct loop *loop, struct sock_upcall up,
		 struct nd_sock **ret_ns);
struct nd_sock *nd_sock_close(struct nd_sock *ns);
int nd_sock_send(struct nd_sock *ns, const struct nd_send *msg);
int nd_sock_listen(struct nd_sock *ns, int ifindex, bool on);
int nd_sock_ra_listen(struct nd_sock *ns, int ifindex, bool on);

/* Buffers that hold a burst of a thousand messages, in and out. */
#define SOCK_BUF (4 * 1024 * 1024)
void sock_set_bufs(int fd, int octets);
int sock_set_int(int fd, int level, int name, int value);

/* Reads what waits at a socket, one message after the other into data, and
 * makes an upcall for each; some are left for the next turn when there are
 * many. */
void sock_receive(int fd, struct sock_upcall up, uint8_t *data, size_t size,
		  struct mtime now);

/* Fills src, dst, wire_src, wire_dst, ifindex, hop_limit of *pkt from what
 * recvmsg gave: the kernel has already put the home address into the source
 * and destination and left the care-of address in the option's place.
 * -EBADMSG when the destination is missing. */
int ancillary_decode(const struct msghdr *mh, struct packet *pkt);

/* The address in the Home Address option of a Destination Options header;
 * false when there is none.  Never reads past len. */
bool ancillary_find_hao(const uint8_t *hdr, size_t len,
			struct in6_addr *ret_addr);
/* The address in a type 2 routing header. */
bool ancillary_find_rh2(const uint8_t *hdr, size_t len,
			struct in6_addr *ret_addr);

/* Ancillary data for sending: source address, interface, type 2 routing
 * header, Home Address option.  buf must hold ANCILLARY_MAX octets and be
 * aligned for cmsghdr; returns the octets used. */
#define ANCILLARY_MAX 160
size_t ancillary_encode(void *buf, const struct mh_send *msg);

#endif
