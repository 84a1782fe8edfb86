/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Questions to the judge of home registrations, a table row each.
 */
#ifndef TESTS_UNIT_HA_QUESTION_H
#define TESTS_UNIT_HA_QUESTION_H

#include "src/ha/ha_private.h"
#include "tests/unit/ha_packet.h"

/* Facts of a case, besides the message; all false is the usual world. */
enum fact {
	NO_LINK = 1 << 0,
	LINK_DOWN = 1 << 1,
	STARTING = 1 << 2,
	NOT_OUR_DST = 1 << 3,
	OUR_HOA = 1 << 4,
	OUR_COA = 1 << 5,
	COA_BOUND = 1 << 6,
	ELSEWHERE = 1 << 7,
	LL_TAKEN = 1 << 8,
	FULL = 1 << 9,
	ALLOW_OTHERS = 1 << 10, /* no rule of the policy allows it */
	IGNORED = 1 << 11,      /* one ignores it */
	PREFIX_ENDED = 1 << 12,
	PREFIX_DEPRECATED = 1 << 13,
	BOUND = 1 << 14,         /* to COA, last sequence number 15 */
	BOUND_L = 1 << 15,       /* with the L bit */
	JUST_ANSWERED = 1 << 16, /* within the minimum interval */
	PENDING = 1 << 17,       /* number 15, for COA, is being worked on */
	PENDING_DEREG = 1 << 18,
	DAD = 1 << 19, /* state of an entry that is not BOUND */
	INSTALLING = 1 << 20,
	REMOVING = 1 << 21,
	INVALID = 1 << 22,
	RULE_FULL = 1 << 23, /* the rule has all its bindings */
};

/* A table of rows ends with a NULL name. */
struct row {
	const char *name;
	struct bu bu;
	unsigned int facts;
	enum ha_verdict verdict;
	int is; /* counter, status or kind */
};

#define ROW_END                            \
	{                                  \
		NULL, { 0 }, 0, HA_DROP, 0 \
	}

struct ha_judgement row_judge(const struct row *r);
/* Judges each row of a table and compares. */
void rows_check(const struct row *rows);

#endif
