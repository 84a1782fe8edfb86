/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The last sequence number of each home address whose keys do not change:
 * kept when its binding goes, and over restarts and crashes, so that a Binding
 * Update that was accepted once is not accepted again (RFC 6275 section 15.1,
 * RFC 4285 section 7).
 *
 * This file decides what is remembered: of home addresses with "ipsec", or
 * with an authentication option without timestamp, whose Binding Updates come
 * from who has the key, so nobody else fills it.  On the disk stands a number
 * that is a little ahead, so that most Binding Updates need not wait for it;
 * after a crash a node is told it once, with status 135, and goes on from
 * there.  What an old number means is left to ha_bu.c.
 */
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "mip6d/hash.h"
#include "src/ha/ha_private.h"

#define AHEAD 16

struct ha_seq {
	struct bcache_key key;
	uint16_t seq;
	uint16_t written; /* seq to seq + AHEAD */
	uint32_t pass;    /* in which it was */
	UT_hash_handle hh;
	struct ha_seq *prev, *next; /* the oldest line first */
};

static struct bcache_key clean_key(const struct bcache_key *key)
{
	struct bcache_key k;

	memset(&k, 0, sizeof(k)); /* it is hashed with its padding */
	k.local = key->local;
	k.hoa = key->hoa;
	return k;
}

static struct ha_seq *find(const struct ha *ha, const struct bcache_key *key)
{
	struct bcache_key k = clean_key(key);
	struct ha_seq *s;

	HASH_FIND(hh, ha->seqs, &k, sizeof(k), s);
	return s;
}

static void drop(struct ha *ha, struct ha_seq *s)
{
	HASH_DELETE(hh, ha->seqs, s);
	DL_DELETE(ha->seqs_by_age, s);
	free(s);
}

/* A home address that goes is one that did not register for long, where many
 * times as many do as may be bound. */
static void make_room(struct ha *ha, struct mtime now)
{
	unsigned int max = HA_SEQS_PER_BINDING * ha->conf->max_bindings;

	if (HASH_COUNT(ha->seqs) < max)
		return;
	log_limited(LOG_LEVEL_WARNING, now,
		    "ha: sequence numbers of %u home addresses are remembered, "
		    "and not of more: that of %s is forgotten",
		    HASH_COUNT(ha->seqs), addr_str(&ha->seqs_by_age->key.hoa));
	drop(ha, ha->seqs_by_age);
}

static struct ha_seq *need(struct ha *ha, const struct bcache_key *key,
			   struct mtime now)
{
	struct ha_seq *s = find(ha, key);

	if (s)
		return s;
	make_room(ha, now);
	s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->key = clean_key(key);
	HASH_ADD(hh, ha->seqs, key, sizeof(s->key), s);
	if (!s->hh.tbl) {
		free(s);
		return NULL;
	}
	DL_APPEND(ha->seqs_by_age, s);
	return s;
}

/* A line with that number is there. */
static void wrote(struct ha *ha, struct ha_seq *s, uint16_t seq)
{
	s->written = seq;
	s->pass = journal_pass(&ha->seqs_remembered);
	DL_DELETE(ha->seqs_by_age, s);
	DL_APPEND(ha->seqs_by_age, s);
}

static void put(struct ha *ha, struct ha_seq *s, uint16_t seq, struct mtime now)
{
	journal_put(&ha->seqs_remembered, now, "node %s %s %u",
		    addr_str(&s->key.hoa), addr_str(&s->key.local),
		    (unsigned int)seq);
	wrote(ha, s, seq);
}

static const char *on_line(void *arg, const struct store_line *line)
{
	struct ha *ha = arg;
	struct bcache_key key;
	struct ha_seq *s;
	uint32_t seq;

	if (line->n != 4 || strcmp(line->word[0], "node") ||
	    addr_parse(line->word[1], &key.hoa) ||
	    addr_parse(line->word[2], &key.local) ||
	    !store_word_u32(line->word[3], UINT16_MAX, &seq))
		return "\"node HOME-ADDRESS AGENT NUMBER\"";
	s = need(ha, &key, (struct mtime){ 0 });
	if (s) {
		s->seq = (uint16_t)seq;
		wrote(ha, s, s->seq);
	}
	return NULL;
}

/* Those of earlier passes stand before the others. */
static bool copy(void *arg, struct mtime now)
{
	struct ha *ha = arg;
	struct ha_seq *s = ha->seqs_by_age;

	if (!s || s->pass == journal_pass(&ha->seqs_remembered))
		return false;
	put(ha, s, s->written, now);
	return true;
}

void ha_seq_init(struct ha *ha, struct mtime now)
{
	journal_init(&ha->seqs_remembered, ha->env.store, "sequence", 1,
		     on_line, copy, ha);
	journal_load(&ha->seqs_remembered, now);
}

void ha_seq_done(struct ha *ha, struct mtime now)
{
	unsigned int n = HASH_COUNT(ha->seqs);
	struct ha_seq *s;

	/* Who goes on after a stop need not be told where. */
	while (n--) {
		s = ha->seqs_by_age;
		if (s->written != s->seq)
			put(ha, s, s->seq, now);
		else
			wrote(ha, s, s->seq);
	}
	journal_done(&ha->seqs_remembered, now);
	while (ha->seqs_by_age)
		drop(ha, ha->seqs_by_age);
}

bool ha_seq_get(const struct ha *ha, const struct bcache_key *key,
		uint16_t *ret_seq)
{
	const struct ha_seq *s = find(ha, key);

	if (s)
		*ret_seq = s->seq;
	return s;
}

void ha_seq_set(struct ha *ha, const struct bcache_key *key,
		const struct ha_proof *proof, uint16_t seq, struct mtime now)
{
	const struct ha_link *l = ha_link_find(ha, &key->local, &key->hoa);
	bool has_key = l && l->conf->security == CONF_SECURITY_IPSEC;
	struct ha_seq *s;

	if (!has_key && (!proof->ident || proof->has_timestamp))
		return;
	s = need(ha, key, now);
	if (!s)
		return;
	s->seq = seq;
	if (s->pass != journal_pass(&ha->seqs_remembered) ||
	    (uint16_t)(s->written - seq) > AHEAD)
		put(ha, s, (uint16_t)(seq + AHEAD), now);
}

void ha_seq_commit(struct ha *ha, struct mtime now)
{
	journal_commit(&ha->seqs_remembered, now);
}
