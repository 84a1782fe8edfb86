/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A second opinion on Mobility Headers, written from RFC 6275 without the
 * tables of src/mh: what a message deserves, whether a sent one is laid out
 * as it must be, and whether two structures mean the same.  For unit tests
 * and fuzz targets.
 */
#ifndef TESTS_UNIT_MH_REF_H
#define TESTS_UNIT_MH_REF_H

#include "mip6d/mh.h"

/* One octet after the other; slow and plain. */
uint16_t ref_checksum(const struct in6_addr *src, const struct in6_addr *dst,
		      uint8_t next_header, const uint8_t *data, size_t len);

/* The verdict that sections 9.2 and 6.2.1 demand. */
enum mh_verdict ref_mh_judge(const uint8_t *data, size_t len,
			     const struct in6_addr *src,
			     const struct in6_addr *dst);

/* What is wrong with a message that we want to send (checksum aside), as a
 * sentence; NULL when nothing is. */
const char *ref_mh_fault(const uint8_t *data, size_t len);

/* All fields that the type and the present options make valid are equal.
 * The authenticator's octets count only when asked for. */
bool ref_mh_same(const struct mh_msg *a, const struct mh_msg *b,
		 bool with_authenticator);

/* The options that section 6.1 defines for a message. */
unsigned int ref_mh_options(uint8_t type);

#endif
