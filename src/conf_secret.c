/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files of keys and secrets, read so that what is judged is what was read,
 * and that no copy stays behind.
 *
 * This file decides that a secret is in no memory but its place: it is taken
 * out of the text before libconfig, which wipes nothing, sees it; a number
 * stands there.  Who may read which file, and what a secret has to be, is left
 * to the caller.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mip6d/cleanup.h"
#include "src/conf_priv.h"

void conf_secret_free(void *data, size_t len)
{
	if (data)
		explicit_bzero(data, len);
	free(data);
}

static ssize_t read_all(int fd, char *data, size_t size)
{
	size_t len = 0;
	ssize_t n;

	while (len < size) {
		n = read(fd, data + len, size - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

/* Without a stream, whose memory would keep a copy. */
static int take(int fd, size_t size, char **ret_data, size_t *ret_len)
{
	char *data = malloc(size + 1);
	ssize_t len = data ? read_all(fd, data, size) : -ENOMEM;

	if (len < 0) {
		conf_secret_free(data, data ? size : 0);
		return (int)len;
	}
	data[len] = '\0';
	*ret_data = data;
	*ret_len = (size_t)len;
	return 0;
}

int conf_secret_read(const char *path, size_t max, char **ret_data,
		     size_t *ret_len, struct stat *ret_st)
{
	/* Neither wait for a pipe nor read a device. */
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -ENODEV;
	*ret_st = st;
	if (st.st_size > (off_t)max)
		return -EFBIG;
	return take(fd, (size_t)st.st_size, ret_data, ret_len);
}

/* ---- secrets are taken out ---- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '*';
}

/* What stands in quotation marks behind a name that ends at p, on the same
 * line; NULL: nothing does. */
static char *value_at(char *p, const char *end, size_t *ret_len)
{
	char *e;

	for (; p < end && is_blank(*p); p++)
		;
	if (p == end || (*p != '=' && *p != ':'))
		return NULL;
	for (p++; p < end && is_blank(*p); p++)
		;
	if (p == end || *p != '"')
		return NULL;
	for (e = ++p; e < end && *e != '"' && *e != '\n'; e++)
		;
	if (e == end || *e != '"')
		return NULL;
	*ret_len = (size_t)(e - p);
	return p;
}

static int digit(char c)
{
	const char *all = "0123456789abcdef0123456789ABCDEF";
	const char *at = c ? strchr(all, c) : NULL;

	return at ? (int)(at - all) % 16 : -1;
}

static bool hex_parse(const char *text, size_t len, struct conf_secret *ret)
{
	size_t i;

	if (len % 2 || len / 2 > CONF_SECRET_MAX)
		return false;
	for (i = 0; i < len / 2; i++) {
		int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		ret->v[i] = (uint8_t)(high << 4 | low);
	}
	ret->len = len / 2;
	return true;
}

/* A secret becomes its number; what should be one and is not is covered up
 * all the same.  The text stays as long as it was. */
static void take_secret(struct conf_text *t, char *text, size_t len)
{
	char number[12];
	size_t n =
		(size_t)snprintf(number, sizeof(number), "#%u", t->n_secrets);
	bool good = n <= len && hex_parse(text, len, &t->secrets[t->n_secrets]);

	memset(text, good ? ' ' : '?', len);
	if (!good)
		return;
	memcpy(text, number, n);
	t->n_secrets++;
}

/* The next word that is one of the names; *p is behind it then. */
static bool next_name(char **p, const char *end, const char *const *names)
{
	const char *word;
	size_t len, i;

	while (*p < end) {
		if (!is_word(**p)) {
			++*p;
			continue;
		}
		word = *p;
		while (*p < end && is_word(**p))
			++*p;
		len = (size_t)(*p - word);
		for (i = 0; names[i]; i++)
			if (strlen(names[i]) == len &&
			    !memcmp(word, names[i], len))
				return true;
	}
	return false;
}

static void take_secrets(struct conf_text *t, char *data, size_t len,
			 const char *const *names)
{
	char *end = data + len, *p, *text;
	size_t n = 0, text_len;

	for (p = data; next_name(&p, end, names);)
		n++;
	t->secrets = calloc(n + 1, sizeof(*t->secrets));
	if (!t->secrets) {
		t->no_memory = true;
		return;
	}
	for (p = data; next_name(&p, end, names);) {
		text = value_at(p, end, &text_len);
		if (text)
			take_secret(t, text, text_len);
	}
}

/* Numbers may become longer by a letter; a text that grows beyond the room
 * would leave a copy behind. */
void conf_text_add_secret(struct conf_text *t, const char *name,
			  const char *data, size_t len,
			  const char *const *names)
{
	size_t size = 2 * len + 2;
	char *copy = malloc(len + 1);

	t->is_secret = true;
	t->can_include = false;
	t->data = calloc(1, size);
	t->size = t->data ? size : 0;
	if (copy) {
		memcpy(copy, data, len);
		take_secrets(t, copy, len, names);
	}
	t->no_memory |= !copy || !t->data;
	if (!t->no_memory)
		conf_text_add(t, name, copy, len);
	conf_secret_free(copy, len);
}

const struct conf_secret *conf_secret_of(const struct conf_text *t,
					 const char *value)
{
	unsigned long i;

	if (!value || *value != '#')
		return NULL;
	i = strtoul(value + 1, NULL, 10);
	return i < t->n_secrets ? &t->secrets[i] : NULL;
}
