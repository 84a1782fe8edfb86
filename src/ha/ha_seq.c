/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The last sequence number of each home address whose keys do not change:
 * kept when its binding goes, and over restarts, so that a Binding Update
 * that was accepted once is not accepted again (RFC 6275 section 15.1).
 *
 * This file decides what is remembered: of home addresses with "ipsec" alone,
 * whose Binding Updates come from who has the key, so nobody else fills it.
 * What an old number means is left to ha_bu.c.
 */
#include <stdlib.h>
#include <string.h>

#include "mip6d/hash.h"
#include "src/ha/ha_private.h"

struct ha_seq {
	struct bcache_key key;
	uint16_t seq;
	UT_hash_handle hh;
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

static struct ha_seq *set(struct ha *ha, const struct bcache_key *key,
			  uint16_t seq)
{
	struct ha_seq *s = find(ha, key);

	if (!s) {
		s = calloc(1, sizeof(*s));
		if (!s)
			return NULL;
		s->key = clean_key(key);
		HASH_ADD(hh, ha->seqs, key, sizeof(s->key), s);
	}
	s->seq = seq;
	return s;
}

static void write_seqs(void *arg, struct store_writer *w, struct mtime now)
{
	const struct ha *ha = arg;
	struct ha_seq *s, *next;

	(void)now;
	HASH_ITER(hh, ha->seqs, s, next)
		store_put(w, "node %s %s %u", addr_str(&s->key.hoa),
			  addr_str(&s->key.local), (unsigned int)s->seq);
}

static const char *on_line(void *arg, const struct store_line *line,
			   struct mtime written)
{
	struct bcache_key key;
	uint32_t seq;

	(void)written;
	if (line->n != 4 || strcmp(line->word[0], "node") ||
	    addr_parse(line->word[1], &key.hoa) ||
	    addr_parse(line->word[2], &key.local) ||
	    !store_word_u32(line->word[3], UINT16_MAX, &seq))
		return "\"node HOME-ADDRESS AGENT NUMBER\"";
	set(arg, &key, (uint16_t)seq);
	return NULL;
}

void ha_seq_init(struct ha *ha, struct mtime now)
{
	store_init(&ha->seqs_remembered, ha->env.store, "sequence", 1,
		   write_seqs, on_line, ha);
	store_load(&ha->seqs_remembered, now);
}

void ha_seq_done(struct ha *ha)
{
	struct ha_seq *s, *next;

	/* No line holds a distance in time. */
	store_done(&ha->seqs_remembered, (struct mtime){ 0 });
	HASH_ITER(hh, ha->seqs, s, next) {
		HASH_DELETE(hh, ha->seqs, s);
		free(s);
	}
}

bool ha_seq_get(const struct ha *ha, const struct bcache_key *key,
		uint16_t *ret_seq)
{
	const struct ha_seq *s = find(ha, key);

	if (s)
		*ret_seq = s->seq;
	return s;
}

void ha_seq_set(struct ha *ha, const struct bcache_key *key, uint16_t seq,
		struct mtime now)
{
	const struct ha_link *l = ha_link_find(ha, &key->local, &key->hoa);

	if (!l || l->conf->security != CONF_SECURITY_IPSEC)
		return;
	set(ha, key, seq);
	store_touch(&ha->seqs_remembered, now);
}
