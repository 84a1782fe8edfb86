/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PORT: sending and receiving Mobility Headers and ICMPv6.  src/sock
 * implements it on raw and packet sockets; tests implement it on a simulated
 * network.  Plain values only; the context is opaque.
 */
#ifndef MIP6D_TRANSPORT_H
#define MIP6D_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mip6d/addr.h"
#include "mip6d/time.h"

struct transport;
struct loop;

/* A received message.  For a Mobility Header `src` and `dst` are what the
 * checksum covers: the home address of the Home Address option instead of
 * the wire source, and of a type 2 routing header instead of the wire
 * destination.  Only src/sock knows how the kernel tells. */
struct packet {
	struct in6_addr src;
	struct in6_addr dst;
	struct in6_addr wire_src; /* source in the IPv6 header */
	struct in6_addr wire_dst; /* destination in the IPv6 header */
	bool has_hao;             /* src came out of a Home Address option */
	bool has_rh2;             /* dst came out of a type 2 routing header */
	bool by_esp; /* it came by ESP; only of what was asked for so */
	int ifindex; /* where it arrived; a tunnel device for tunnelled ones */
	uint8_t hop_limit;
	struct lladdr lladdr; /* sender's, frames from a packet socket only */
	struct mtime when;
	const uint8_t *data; /* valid during the upcall only */
	size_t len;
};

/* Upcalls; none may free the transport. */
struct transport_handler {
	void (*on_mh)(void *arg, const struct packet *pkt);
	/* Any ICMPv6 message: RS, RA, Home Agent Address Discovery, Mobile
	 * Prefix Solicitations and errors from raw sockets; NS and NA on
	 * interfaces that transport_nd_listen opened (checksum unverified
	 * when pkt->lladdr.len is not 0). */
	void (*on_icmp6)(void *arg, const struct packet *pkt);
};

/* A Mobility Header to send, checksum left 0: the port fills it in.
 * With rh2 set, `coa` becomes the destination in the IPv6 header and `dst`,
 * the home address, travels in a type 2 routing header (RFC 6275 6.4).
 * A Binding Update to the home agent does not ask for its Home Address
 * option here: that comes from the kernel's state for (src, dst),
 * kernel_mn_home_set(), so that IPsec sees it. */
struct mh_send {
	struct in6_addr src; /* an address of this node */
	struct in6_addr dst;
	bool rh2;
	/* With hao set, `hao_coa`, an address of this node, becomes the
	 * source in the IPv6 header, and `src`, the home address, travels in
	 * a Home Address option (section 6.3); never through a tunnel. */
	bool hao;
	struct in6_addr hao_coa;
	struct in6_addr coa;
	int ifindex; /* not 0: leave through this interface whatever the
		      * routes say (an answer to a node on the home link) */
	const uint8_t *data;
	size_t len;
};

/* 0 or -errno.  ENOBUFS and the like are the caller's to count; messages are
 * retransmitted by their protocol, never by the port. */
int transport_send_mh(struct transport *t, const struct mh_send *msg);

/* An ICMPv6 neighbour discovery message, checksum in place, sent with hop
 * limit 255 as a frame on ifindex.  src may be :: (DAD).  lldst NULL: the
 * multicast frame address of dst, which must then be multicast. */
struct nd_send {
	int ifindex;
	struct in6_addr src;
	struct in6_addr dst;
	const struct lladdr *lldst;
	const uint8_t *data;
	size_t len;
};

int transport_send_nd(struct transport *t, const struct nd_send *msg);

/* Starts (or stops) hearing every NS and NA on an interface, whatever their
 * multicast group.  Calls nest: as many stops as starts.  0 or -errno. */
int transport_nd_listen(struct transport *t, int ifindex, bool on);

/* Starts (or stops) hearing the router advertisements that this machine
 * itself sends on an interface, by whichever program: they come to on_icmp6
 * like those of others, which need no such call.  Does not nest. */
int transport_ra_listen(struct transport *t, int ifindex, bool on);

/* Starts (or stops) hearing Mobile Prefix Solicitations, with whatever Home
 * Address option: whether it is bound is the asker's to judge.  With esp
 * those alone that came by ESP in transport mode.  Does not nest.  0 or
 * -errno. */
int transport_mps_listen(struct transport *t, bool on, bool esp);

/* Which Mobile Prefix Advertisements are heard: all of them (clear), and once
 * more, with by_esp, those that came by ESP in transport mode.  Without clear
 * the others are dropped, and counted (kernel_esp_drops).  0 or -errno. */
int transport_mpa_listen(struct transport *t, bool clear, bool esp);

/* An ICMPv6 message of RFC 6275 sections 6.5 to 6.8, anywhere, with the
 * ordinary hop limit; fields as for transport_send_mh, checksum left 0.
 * -EOPNOTSUPP with hao: a Home Address option comes from the kernel's
 * state. */
int transport_send_icmp6(struct transport *t, const struct mh_send *msg);

/* Joins (or leaves) an anycast address on an interface; 0: one that the
 * kernel chooses, for a prefix that is on no wire.  Packets to it are ours
 * then, wherever they arrive.  0 or -errno. */
int transport_anycast(struct transport *t, int ifindex,
		      const struct in6_addr *addr, bool on);

/* Opening and closing, for main.c only.  -EPERM without CAP_NET_RAW. */
int transport_open(struct loop *loop, const struct transport_handler *handler,
		   void *arg, struct transport **ret_transport);
struct transport *transport_close(struct transport *t);

#endif
