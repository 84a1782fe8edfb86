/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of a remembered subject:
 *
 *	mip6d agents 1
 *	written 1763722800 5123456 0b8c...-boot-id
 *	... lines of words ...
 *	end 2
 *
 * This file decides what of a text can be believed: all its lines, or, where
 * the first, second or last one is not as above, none.  "end" counts the
 * lines between: half a file is told from a whole one.  What a line means is
 * left to its owner, files to store_dir.c.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/core/store_priv.h"

/* ---- writing ---- */

static void __attribute__((format(printf, 3, 0)))
put_line(struct store_writer *w, size_t reserve, const char *fmt, va_list ap)
{
	char line[STORE_LINE_MAX];
	int n = vsnprintf(line, sizeof(line), fmt, ap);

	if (n < 0 || (size_t)n >= sizeof(line) ||
	    w->len + (size_t)n + 1 + reserve > w->size) {
		w->full = true;
		return;
	}
	memcpy(w->data + w->len, line, (size_t)n);
	w->len += (size_t)n;
	w->data[w->len++] = '\n';
	w->n++;
}

static void __attribute__((format(printf, 2, 3)))
put_frame(struct store_writer *w, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_line(w, 0, fmt, ap);
	va_end(ap);
}

void store_put(struct store_writer *w, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	/* The last line finds room. */
	put_line(w, 32, fmt, ap);
	va_end(ap);
}

void store_text_begin(struct store_writer *w, const char *name,
		      unsigned int version, const struct store_stamp *stamp)
{
	put_frame(w, "mip6d %s %u", name, version);
	put_frame(w, "written %lld %lld %s", (long long)stamp->wall_s,
		  (long long)stamp->up_ms, *stamp->boot ? stamp->boot : "-");
	w->n = 0;
}

void store_text_end(struct store_writer *w)
{
	put_frame(w, "end %u", w->n);
}

/* ---- words ---- */

static bool word_u64(const char *word, uint64_t max, uint64_t *ret_v)
{
	uint64_t v = 0;
	const char *p;

	for (p = word; *p >= '0' && *p <= '9'; p++) {
		unsigned int digit = (unsigned int)(*p - '0');

		if (digit > max || v > (max - digit) / 10)
			return false;
		v = 10 * v + digit;
	}
	if (*p || p == word)
		return false;
	*ret_v = v;
	return true;
}

bool store_word_u32(const char *word, uint32_t max, uint32_t *ret_v)
{
	uint64_t v;

	if (!word_u64(word, max, &v))
		return false;
	*ret_v = (uint32_t)v;
	return true;
}

bool store_split(char *text, struct store_line *line)
{
	char *p = text, *end;

	line->n = 0;
	do {
		if (line->n == STORE_WORDS_MAX)
			return false;
		end = p + strcspn(p, " ");
		if (end == p)
			return false;
		line->word[line->n++] = p;
		p = end + 1;
		if (!*end)
			return true;
		*end = '\0';
	} while (true);
}

/* ---- reading ---- */

struct reading {
	const struct store_reader *r;
	char *at, *end;
	unsigned int line; /* number of the last one taken */
	unsigned int n_mistakes;
};

void store_found(const char *text, char ret_shown[STORE_FOUND_MAX])
{
	char *p;

	snprintf(ret_shown, STORE_FOUND_MAX, "%s", text);
	for (p = ret_shown; *p; p++)
		if (*p < ' ' || *p == 0x7f)
			*p = '?';
}

static void mistake(struct reading *in, const char *found, const char *expected)
{
	char shown[STORE_FOUND_MAX];
	struct store_mistake m = {
		.line = in->line,
		.found = shown,
		.expected = expected,
	};

	store_found(found, shown);
	in->n_mistakes++;
	in->r->on_mistake(in->r->arg, &m);
}

/* The next line, terminated; NULL at the end, or where it is none. */
static char *next_line(struct reading *in)
{
	char *line = in->at, *end;

	if (in->at == in->end)
		return NULL;
	in->line++;
	end = memchr(line, '\n', (size_t)(in->end - line));
	if (!end || end - line >= STORE_LINE_MAX ||
	    memchr(line, '\0', (size_t)(end - line)))
		return NULL;
	*end = '\0';
	in->at = end + 1;
	return line;
}

static bool read_first(struct reading *in)
{
	char expected[STORE_LINE_MAX], *line = next_line(in);

	snprintf(expected, sizeof(expected), "mip6d %s %u", in->r->name,
		 in->r->version);
	if (line && !strcmp(line, expected))
		return true;
	mistake(in, line ? line : "no text", expected);
	return false;
}

/* How long ago, in milliseconds. */
static int64_t age_ms(const struct store_stamp *then,
		      const struct store_stamp *now)
{
	int64_t age = now->up_ms - then->up_ms;

	if (!*now->boot || strcmp(then->boot, now->boot))
		age = (now->wall_s - then->wall_s) * 1000;
	return age < 0 ? 0 : age;
}

static bool read_stamp(struct reading *in, struct mtime *ret_written)
{
	struct store_stamp then = { .boot = "" };
	char *text = next_line(in);
	char copy[STORE_LINE_MAX];
	struct store_line line;
	/* Whole years, and no sum of two overflows. */
	uint64_t wall, up, most = (uint64_t)1 << 40;

	snprintf(copy, sizeof(copy), "%s", text ? text : "");
	if (!text || !store_split(text, &line) || line.n != 4 ||
	    strcmp(line.word[0], "written") ||
	    !word_u64(line.word[1], most, &wall) ||
	    !word_u64(line.word[2], most, &up) ||
	    strlen(line.word[3]) >= sizeof(then.boot)) {
		mistake(in, copy, "\"written SECONDS MILLISECONDS BOOT\"");
		return false;
	}
	then.wall_s = (int64_t)wall;
	then.up_ms = (int64_t)up;
	strcpy(then.boot, line.word[3]);
	*ret_written = mtime_add_ms(in->r->now, -age_ms(&then, &in->r->stamp));
	return true;
}

/* Nothing is taken of half a file. */
static bool check_end(struct reading *in)
{
	struct reading ahead = *in;
	char expected[32];
	unsigned int n = 0;
	const char *p, *last = in->at;

	for (p = in->at; p < in->end; p++) {
		if (*p == '\n' && p + 1 < in->end) {
			last = p + 1;
			n++;
		}
	}
	snprintf(expected, sizeof(expected), "end %u\n", n);
	ahead.line += n + 1;
	if ((size_t)(in->end - last) == strlen(expected) &&
	    !memcmp(last, expected, strlen(expected))) {
		in->end = in->at + (last - in->at);
		return true;
	}
	mistake(&ahead, "another end", "\"end\" and the number of lines");
	in->n_mistakes = ahead.n_mistakes;
	return false;
}

bool store_text_read(const struct store_reader *r, char *text, size_t len)
{
	struct reading in = { .r = r, .at = text, .end = text + len };
	struct mtime written;
	char copy[STORE_LINE_MAX];
	struct store_line words;
	const char *expected;
	char *line;

	if (!read_first(&in) || !read_stamp(&in, &written) || !check_end(&in))
		return false;
	while ((line = next_line(&in))) {
		snprintf(copy, sizeof(copy), "%s", line);
		if (store_split(line, &words))
			expected = r->on_line(r->arg, &words, written);
		else
			expected = "words divided by single blanks";
		if (expected)
			mistake(&in, copy, expected);
	}
	if (in.at != in.end)
		mistake(&in, "what is no text", "shorter lines of text");
	return !in.n_mistakes;
}
