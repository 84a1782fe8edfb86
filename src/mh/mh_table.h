/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables that parsing and building share: a row for each message type
 * (mh_type.c) and each option (mh_opt.c).  Private to src/mh.
 */
#ifndef MIP6D_MH_TABLE_H
#define MIP6D_MH_TABLE_H

#include "mip6d/buf.h"
#include "mip6d/mh.h"

#define MH_NO_NEXT_HEADER  59
#define MH_CHECKSUM_OFFSET 4
#define MH_ENVELOPE_LEN    6 /* before the message data */
#define MH_OPTS_PAD1       0
#define MH_OPTS_PADN       1

/* A message type: how long its fixed part is, envelope included, how the
 * message data between the two is read and written, and which options are
 * defined for it (enum mh_option bits). */
struct mh_type_row {
	uint8_t fixed_len;
	unsigned int options;
	void (*decode)(struct rbuf *b, struct mh_msg *msg);
	void (*encode)(struct wbuf *b, const struct mh_msg *msg);
};

/* An option: its content's length in octets (or MH_OPT_ANY_LEN), where its
 * type octet stands (align_n * k + align_y from the start of the Mobility
 * Header), and how its content of len octets is read and, of the nth one,
 * written. */
struct mh_option_row {
	uint8_t type;
	uint8_t subtype; /* the first octet of the content; or MH_OPT_PLAIN */
	enum mh_option bit;
	uint16_t len;
	uint8_t align_n, align_y;
	void (*decode)(struct rbuf *b, uint8_t len, struct mh_options *opt);
	void (*encode)(struct wbuf *b, const struct mh_options *opt,
		       unsigned int nth);
};

/* How many of the option there are; of all but one kind one is all that
 * counts. */
static inline unsigned int mh_option_times(const struct mh_option_row *row,
					   const struct mh_options *opt)
{
	return row->bit == MH_OPT_NETWORK ? opt->networks.n : 1;
}

#define MH_OPT_ANY_LEN   0xffff
#define MH_OPT_PLAIN     0 /* has no subtypes, of which none is 0 */

#define MH_OPTS_AUTH     9 /* RFC 4285 section 5 */
#define MH_OPTS_AUTH_AAA 2 /* its subtype MN-AAA, section 5.2 */

/* NULL for a type that is not known here. */
const struct mh_type_row *mh_type_row(uint8_t type);
/* first: the first octet of the content, where it has subtypes. */
const struct mh_option_row *mh_option_row(uint8_t type, uint8_t first);

/* All options in the order in which they are built; ends with a zero bit. */
extern const struct mh_option_row mh_option_rows[];

#endif
