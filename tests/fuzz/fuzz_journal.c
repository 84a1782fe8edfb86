/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Journals: any octets as a file's text, or the text of a good one in which
 * octets were changed and the end is missing. Only lines that were put are
 * read from that; and whatever there was, what is put behind it is read again.
 */
#include "mip6d/journal.h"

#include <stdlib.h>
#include <string.h>

#include "tests/fake/fake.h"

#define LINES_MAX 16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct {
	struct store_dir *dir;
	struct tqueue *tq;
	struct store *store;
	struct journal j;
	bool is_ours; /* the text was made by a journal */
	uint32_t put[LINES_MAX];
	unsigned int n_put, n_read;
	uint32_t last;
} w;

static const struct mtime now = { 1000000 };

static void need(bool truth)
{
	if (!truth)
		abort();
}

static const char *on_line(void *arg, const struct store_line *line)
{
	unsigned int i;

	(void)arg;
	need(line->n > 0 && line->n <= STORE_WORDS_MAX);
	if (line->n != 2 || strcmp(line->word[0], "number") ||
	    !store_word_u32(line->word[1], UINT32_MAX, &w.last))
		return "\"number WHAT\"";
	for (i = 0; i < w.n_put && w.put[i] != w.last; i++)
		;
	need(!w.is_ours || i < w.n_put);
	w.n_read++;
	return NULL;
}

static bool nothing_to_copy(void *arg, struct mtime when)
{
	(void)arg;
	(void)when;
	return false;
}

static void start(void)
{
	w.tq = tqueue_new();
	w.store = store_new(w.tq, w.dir);
	need(w.tq && w.store);
	w.n_read = 0;
	journal_init(&w.j, w.store, "numbers", 1, on_line, nothing_to_copy,
		     NULL);
	journal_load(&w.j, now);
}

static void stop(void)
{
	journal_done(&w.j, now);
	w.store = store_free(w.store);
	w.tq = tqueue_free(w.tq);
}

static void put(uint32_t v)
{
	need(w.n_put < LINES_MAX);
	w.put[w.n_put++] = v;
	journal_put(&w.j, now, "number %u", v);
}

/* A journal's own text, spoilt: an octet says where, the next one how. */
static void spoil(const uint8_t *data, size_t size)
{
	size_t i, len;
	char *text;

	start();
	for (i = 0; i < LINES_MAX - 1; i++)
		put((uint32_t)(1000 * i + size));
	need(!journal_commit(&w.j, now));
	stop();
	text = strdup(fake_store_text(w.dir, "numbers-0"));
	need(text != NULL);
	len = strlen(text);
	for (i = 0; i + 2 < size; i += 3)
		if (data[i + 2])
			text[(data[i] << 8 | data[i + 1]) % len] =
				(char)data[i + 2];
	fake_store_put(w.dir, "numbers-0", text);
	if (size)
		fake_store_cut(w.dir, "numbers-0", len - data[0] % len);
	free(text);
}

static void take(const uint8_t *data, size_t size)
{
	char *text = calloc(1, size + 1);

	need(text != NULL);
	memcpy(text, data, size);
	fake_store_put(w.dir, "numbers-0", text);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned int n_read;

	if (!size || size > JOURNAL_LONG / 2)
		return 0;
	memset(&w, 0, sizeof(w));
	need(!store_dir_open("/fake", &w.dir));
	w.is_ours = data[0] == 'm';
	if (w.is_ours)
		spoil(data + 1, size - 1);
	else
		take(data, size);
	start();
	n_read = w.n_read;
	put(4711);
	need(!journal_commit(&w.j, now));
	stop();
	start();
	need(w.n_read == n_read + 1 && w.last == 4711);
	stop();
	w.dir = store_dir_close(w.dir);
	fake_log_clear();
	return 0;
}
