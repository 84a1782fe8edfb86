/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A daemon with roles that only listen (stub_roles.h), and messages to it:
 * what the unit programs of src/dispatch*.c share.
 */
#ifndef TESTS_UNIT_DISPATCH_WORLD_H
#define TESTS_UNIT_DISPATCH_WORLD_H

#include "mip6d/daemon.h"
#include "tests/fake/fake.h"
#include "tests/unit/stub_roles.h"
#include "tests/unit/unit.h"

extern const struct mtime t0; /* the start */
extern struct kernel *kernel;
extern struct transport *transport;
extern struct daemon *d;

void setup(bool ha, bool cn, bool mn);
/* Asserts that no contract was broken. */
void teardown(void);

struct in6_addr addr(const char *text);
uint64_t counter(enum counter c);

/* A message on its way from a care-of address, or without has_hao from the
 * home address itself, to an address of ours. */
struct packet packet(bool has_hao);
/* Delivers it, its checksum filled in. */
void send_octets(struct packet *pkt, uint8_t *buf, size_t len);
void send_msg(struct packet *pkt, const struct mh_msg *msg);
/* A message of 8 octets. */
void send_type(struct packet *pkt, unsigned int type);
/* A Binding Update with sequence number 7. */
struct mh_msg bu(uint16_t flags);

#endif
