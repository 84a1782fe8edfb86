/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uthash keyed by SipHash: peers choose addresses, so an unkeyed hash could
 * be attacked.  Include this, never <uthash.h>.
 */
#ifndef MIP6D_HASH_H
#define MIP6D_HASH_H

#include <stddef.h>
#include <stdint.h>

/* SipHash-2-4 of n octets under the process key, which is drawn by
 * hash_init(), to be called once before the first table is used. */
void hash_init(void);
uint64_t hash_bytes(const void *data, size_t n);
/* The function itself, for tests against published vectors. */
uint64_t siphash24(const uint8_t key[16], const void *data, size_t n);

#define HASH_FUNCTION(keyptr, keylen, hashv) \
	((hashv) = (unsigned int)hash_bytes((keyptr), (keylen)))
/* Out of memory refuses the one insertion instead of ending the process:
 * after HASH_ADD test whether the element's hh.tbl is NULL. */
#define HASH_NONFATAL_OOM 1
#include <uthash.h>
/* The static analyser cannot know that who leaves a table is no longer reached
 * through it.  It is told only that the table has changed. */
#ifdef __clang_analyzer__
void hash_analyzed_delete(void *head, UT_hash_handle *gone);
#undef HASH_DELETE_HH
#define HASH_DELETE_HH(hh, head, gone) hash_analyzed_delete(&(head), (gone))
#endif

#endif
