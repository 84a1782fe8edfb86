/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of a configuration: one file with what it includes, joined, with
 * a map back to file and line; and the list of what is wrong in it.
 *
 * libconfig reads the joined text.  What it would get wrong in silence is
 * prevented here: numbers that do not fit (it cuts them), NUL octets (it ends
 * there), includes that are no ordinary files (it ends the process).
 * What names and values mean is left to conf_read.c.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "mip6d/cleanup.h"
#include "src/conf_priv.h"

#define FILE_SIZE_MAX     (1024 * 1024)
#define INCLUDE_DEPTH_MAX 8
#define FILES_MAX         100
#define MISTAKES_MAX      100
#define WORD_MAX          40

/* Walks over the text of one file. */
struct scan {
	struct conf_text *t;
	unsigned int file;
	const struct scan *outer; /* the file that includes this one */
	const char *p, *end;
	unsigned int line;
	bool is_line_start;
};

void conf_text_init(struct conf_text *t)
{
	memset(t, 0, sizeof(*t));
	t->can_include = true;
	t->file_max = FILE_SIZE_MAX;
}

void conf_text_done(struct conf_text *t)
{
	unsigned int i;

	for (i = 0; i < t->n_files; i++)
		free(t->files[i]);
	for (i = 0; i < t->n_mistakes; i++)
		free(t->mistakes[i].text);
	free(t->files);
	free(t->appendix);
	free(t->mistakes);
	free(t->lines);
	if (t->is_secret)
		conf_secret_free(t->data, t->size);
	else
		free(t->data);
	conf_secret_free(t->secrets, t->n_secrets * sizeof(*t->secrets));
	if (t->next)
		conf_text_done(t->next);
	free(t->next);
	memset(t, 0, sizeof(*t));
}

/* ---- mistakes ---- */

static void __attribute__((format(printf, 4, 0)))
keep(struct conf_text *t, unsigned int at, bool is_note, const char *fmt,
     va_list ap)
{
	struct conf_mistake *m;
	char *text;

	t->n_errors += !is_note;
	if (t->n_mistakes == MISTAKES_MAX) {
		t->n_more++;
		return;
	}
	m = reallocarray(t->mistakes, t->n_mistakes + 1, sizeof(*m));
	if (m)
		t->mistakes = m;
	if (!m || vasprintf(&text, fmt, ap) < 0) {
		t->no_memory = true;
		return;
	}
	t->mistakes[t->n_mistakes++] = (struct conf_mistake){
		.at = at, .is_note = is_note, .text = text
	};
}

void conf_mistake(struct conf_text *t, unsigned int at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	keep(t, at, false, fmt, ap);
	va_end(ap);
}

void conf_note(struct conf_text *t, unsigned int at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	keep(t, at, true, fmt, ap);
	va_end(ap);
}

static struct conf_line source(const struct conf_text *t, unsigned int at)
{
	if (!t->n_lines)
		return (struct conf_line){ 0, 1 };
	if (!at)
		at = 1;
	return t->lines[at > t->n_lines ? t->n_lines - 1 : at - 1];
}

void conf_text_report(struct conf_text *t, FILE *err)
{
	unsigned int i, j;

	/* By insertion: few, mostly in order, and equals keep theirs. */
	for (i = 1; i < t->n_mistakes; i++) {
		struct conf_mistake m = t->mistakes[i];

		for (j = i; j && t->mistakes[j - 1].at > m.at; j--)
			t->mistakes[j] = t->mistakes[j - 1];
		t->mistakes[j] = m;
	}
	for (i = 0; i < t->n_mistakes; i++) {
		struct conf_line where = source(t, t->mistakes[i].at);

		fprintf(err, "%s:%u: %s%s\n",
			t->n_files ? t->files[where.file] : "-", where.line,
			t->mistakes[i].is_note ? "note: " : "",
			t->mistakes[i].text);
	}
	if (t->appendix)
		fputs(t->appendix, err);
	if (t->n_more)
		fprintf(err, "%s: and %u more\n", t->files[0], t->n_more);
	if (t->next)
		conf_text_report(t->next, err);
}

/* ---- joining ---- */

static void too_much(struct conf_text *t, const char *what, int limit)
{
	if (!t->too_much)
		conf_mistake(t, t->n_lines,
			     "found more than %d %s, expected less", limit,
			     what);
	t->too_much = true;
}

static void put(struct scan *s, const char *text, size_t n)
{
	struct conf_text *t = s->t;
	size_t size = 2 * (t->len + n + 1);
	char *data;

	if (t->len + n > 8 * t->file_max) {
		too_much(t, "octets", (int)(8 * t->file_max));
		return;
	}
	if (t->len + n + 1 > t->size) {
		data = realloc(t->data, size);
		if (!data) {
			t->no_memory = true;
			return;
		}
		t->data = data;
		t->size = size;
	}
	memcpy(t->data + t->len, text, n);
	t->len += n;
	t->data[t->len] = '\0';
}

/* The next line of the joined text comes from here. */
static void put_origin(struct scan *s)
{
	struct conf_text *t = s->t;
	unsigned int max = 2 * t->max_lines + 64;
	struct conf_line *lines;

	if (t->n_lines == t->max_lines) {
		lines = reallocarray(t->lines, max, sizeof(*lines));
		if (!lines) {
			t->no_memory = true;
			return;
		}
		t->lines = lines;
		t->max_lines = max;
	}
	t->lines[t->n_lines++] = (struct conf_line){ s->file, s->line };
}

/* Copies n octets that lie before s->end. */
static void copy(struct scan *s, size_t n)
{
	while (n) {
		const char *nl = memchr(s->p, '\n', n);
		size_t part = nl ? (size_t)(nl - s->p) + 1 : n;

		if (memchr(s->p, '\0', part))
			conf_mistake(s->t, s->t->n_lines,
				     "found a NUL octet, expected text");
		else
			put(s, s->p, part);
		s->p += part;
		n -= part;
		if (nl) {
			s->line++;
			put_origin(s);
			s->is_line_start = true;
		}
	}
}

static size_t left(const struct scan *s)
{
	return (size_t)(s->end - s->p);
}

static bool starts(const struct scan *s, const char *word)
{
	size_t n = strlen(word);

	return left(s) >= n && !memcmp(s->p, word, n);
}

static bool is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || (c && strchr("_-*.+", c));
}

static void copy_comment(struct scan *s)
{
	const char *e;

	if (!starts(s, "/*")) {
		e = memchr(s->p, '\n', left(s));
		copy(s, e ? (size_t)(e - s->p) : left(s));
		return;
	}
	e = memmem(s->p + 2, left(s) - 2, "*/", 2);
	if (!e)
		conf_mistake(s->t, s->t->n_lines,
			     "found a comment without end, expected */");
	copy(s, e ? (size_t)(e - s->p) + 2 : left(s));
}

static void copy_string(struct scan *s)
{
	const char *e = s->p + 1;

	while (e < s->end && *e != '"')
		e += *e == '\\' && e + 1 < s->end ? 2 : 1;
	if (e < s->end) {
		copy(s, (size_t)(e - s->p) + 1);
		return;
	}
	/* libconfig leaks a text without end: it never sees one. */
	conf_mistake(s->t, s->t->n_lines,
		     "found a text without end, expected \"");
	s->p = s->end;
}

/* A name or a number.  libconfig cuts a number to 32 bits unless it ends
 * with L: then whoever wants it can say that it is too large. */
static void copy_word(struct scan *s)
{
	char word[WORD_MAX + 1];
	size_t n = 0, len;
	long long v;
	char *e;

	while (n < left(s) && is_word(s->p[n]))
		n++;
	len = n < WORD_MAX ? n : WORD_MAX;
	memcpy(word, s->p, len);
	word[len] = '\0';
	v = strtoll(word, &e, 0);
	if (strchr("0123456789+-", word[0]) && e != word &&
	    (!*e || !strcmp(e, "L")) && (v > INT_MAX || v < INT_MIN)) {
		snprintf(word, sizeof(word), "%lldL", v);
		put(s, word, strlen(word));
		s->p += n;
		return;
	}
	copy(s, n);
}

static void scan_text(struct scan *s);

static int read_all(const char *path, size_t max, char **ret_data,
		    size_t *ret_len)
{
	auto_free char *data = NULL;
	struct stat st;
	size_t len;
	FILE *f;

	if (stat(path, &st))
		return -errno;
	/* Neither wait for a pipe nor read a device for ever. */
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -ENODEV;
	f = fopen(path, "re");
	if (!f)
		return -errno;
	data = malloc(max + 1);
	len = data ? fread(data, 1, max + 1, f) : 0;
	fclose(f);
	if (!data)
		return -ENOMEM;
	if (len > max)
		return -EFBIG;
	*ret_data = steal_ptr(data);
	*ret_len = len;
	return 0;
}

static void add(struct conf_text *t, const char *name, const char *data,
		size_t len, const struct scan *outer)
{
	struct scan s = {
		.t = t,
		.file = t->n_files,
		.outer = outer,
		.p = data,
		.end = data + len,
		.line = 1,
		.is_line_start = true,
	};
	char **files = reallocarray(t->files, t->n_files + 1, sizeof(*files));

	if (files)
		t->files = files;
	if (!files || !(t->files[t->n_files] = strdup(name))) {
		t->no_memory = true;
		return;
	}
	t->n_files++;
	put_origin(&s);
	scan_text(&s);
}

/* A name without a leading slash is looked for beside the file that names
 * it. */
static char *beside(const char *file, const char *name)
{
	const char *slash = strrchr(file, '/');
	char *path;

	if (name[0] == '/' || !slash)
		return strdup(name);
	if (asprintf(&path, "%.*s/%s", (int)(slash - file), file, name) < 0)
		return NULL;
	return path;
}

/* How many files deep s is, or -1 when one of them is path. */
static int include_depth(const struct scan *s, const char *path)
{
	int depth = 0;

	for (; s; s = s->outer, depth++)
		if (!strcmp(s->t->files[s->file], path))
			return -1;
	return depth;
}

static void include(struct scan *s, const char *name, const char *path)
{
	struct conf_text *t = s->t;
	auto_free char *data = NULL;
	size_t len = 0;
	int err, depth;

	if (t->n_files >= FILES_MAX) {
		too_much(t, "files", FILES_MAX);
		return;
	}
	depth = include_depth(s, path);
	if (depth < 0 || depth > INCLUDE_DEPTH_MAX) {
		conf_mistake(t, t->n_lines,
			     "found @include \"%s\" %s, expected another file",
			     name,
			     depth < 0 ? "in itself" : "more than 8 deep");
		return;
	}
	if (!t->can_include) {
		conf_mistake(t, t->n_lines,
			     "found @include \"%s\", expected none here", name);
		return;
	}
	err = read_all(path, t->file_max, &data, &len);
	if (err) {
		conf_mistake(t, t->n_lines,
			     "found @include \"%s\" (%s: %s), expected a "
			     "readable file",
			     name, path, strerror(-err));
		return;
	}
	put(s, "\n", 1);
	add(t, path, data, len, s);
	put(s, "\n", 1);
	put_origin(s);
}

/* @include "FILE" replaces itself by what FILE holds. */
static void scan_include(struct scan *s)
{
	const char *p = s->p + strlen("@include"), *e;
	char *name, *path;

	while (p < s->end && (*p == ' ' || *p == '\t'))
		p++;
	e = p < s->end && *p == '"' ? p + 1 : NULL;
	while (e && e < s->end && *e != '"' && *e != '\n' && *e)
		e++;
	if (!e || e == s->end || *e != '"' || e == p + 1) {
		conf_mistake(s->t, s->t->n_lines,
			     "found @include without a file, expected "
			     "@include \"FILE\"");
		e = memchr(s->p, '\n', left(s));
		s->p = e ? e : s->end;
		return;
	}
	name = strndup(p + 1, (size_t)(e - p - 1));
	path = name ? beside(s->t->files[s->file], name) : NULL;
	s->p = e + 1;
	if (path)
		include(s, name, path);
	else
		s->t->no_memory = true;
	free(path);
	free(name);
}

static void scan_text(struct scan *s)
{
	while (s->p < s->end && !s->t->no_memory && !s->t->too_much) {
		bool was_line_start = s->is_line_start;

		s->is_line_start = false;
		if (*s->p == '#' || starts(s, "//") || starts(s, "/*")) {
			copy_comment(s);
		} else if (*s->p == '"') {
			copy_string(s);
		} else if (was_line_start && starts(s, "@include")) {
			scan_include(s);
		} else if (is_word(*s->p)) {
			copy_word(s);
		} else {
			s->is_line_start = was_line_start &&
					   (*s->p == ' ' || *s->p == '\t');
			copy(s, 1);
		}
	}
}

int conf_text_read(struct conf_text *t, const char *path)
{
	auto_free char *data = NULL;
	size_t len = 0;
	int err;

	err = read_all(path, t->file_max, &data, &len);
	if (err)
		return err;
	t->is_file = true;
	add(t, path, data, len, NULL);
	return t->no_memory ? -ENOMEM : 0;
}

void conf_text_add(struct conf_text *t, const char *name, const char *data,
		   size_t len)
{
	add(t, name, data, len, NULL);
}
