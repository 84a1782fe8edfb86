/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Remembered subjects: any octets as a file's text. Lines that are taken are
 * words; put into a new text, they are read again, all of them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool truth)
{
	if (!truth)
		abort();
}

struct taken {
	struct store_writer w;
	unsigned int n, n_mistakes;
};

static const char *take(void *arg, const struct store_line *line,
			struct mtime written)
{
	struct taken *t = arg;
	char text[STORE_LINE_MAX] = "";
	unsigned int i;

	need(written.us <= 0);
	need(line->n > 0 && line->n <= STORE_WORDS_MAX);
	for (i = 0; i < line->n; i++) {
		need(*line->word[i] && !strpbrk(line->word[i], " \n"));
		need(strlen(text) + strlen(line->word[i]) + 2 < sizeof(text));
		strcat(strcat(text, i ? " " : ""), line->word[i]);
	}
	/* What its owner does not like. */
	if (text[0] == '!')
		return "something else";
	store_put(&t->w, "%s", text);
	t->n++;
	return NULL;
}

static void on_mistake(void *arg, const struct store_mistake *m)
{
	struct taken *t = arg;

	need(strlen(m->found) < 64 && !strchr(m->found, '\n'));
	need(m->expected && *m->expected);
	t->n_mistakes++;
}

static void read_text(struct taken *t, char *text, size_t len)
{
	struct store_reader r = {
		.name = "fuzz",
		.version = 1,
		.stamp = { .boot = "b", .up_ms = 1000, .wall_s = 1000000 },
		.on_line = take,
		.on_mistake = on_mistake,
		.arg = t,
	};

	t->w.size = STORE_FILE_MAX;
	t->w.data = malloc(t->w.size);
	need(t->w.data != NULL);
	store_text_begin(&t->w, r.name, r.version, &r.stamp);
	need(store_text_read(&r, text, len) == !t->n_mistakes);
	store_text_end(&t->w);
	need(t->w.n == t->n + 1 && !t->w.full);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct taken first = { .n = 0 }, second = { .n = 0 };
	char *text = malloc(size + 1), *again;
	size_t len;
	uint32_t v;

	if (size > STORE_FILE_MAX / 2) {
		free(text);
		return 0;
	}
	need(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	if (store_word_u32(text, 4711, &v))
		need(v <= 4711);
	read_text(&first, text, size);
	len = first.w.len;
	again = malloc(len);
	need(again != NULL);
	memcpy(again, first.w.data, len);
	read_text(&second, again, len);
	need(!second.n_mistakes && second.n == first.n);
	need(second.w.len == len && !memcmp(second.w.data, first.w.data, len));
	free(first.w.data);
	free(second.w.data);
	free(again);
	free(text);
	return 0;
}
