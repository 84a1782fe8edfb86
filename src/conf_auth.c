/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file of keys that mobile nodes and home agents share (RFC 4285).
 *
 * This file decides that nobody else may read it, that a key is in no message
 * and, but for struct auth_sa, in no memory.  What the options are is left to
 * conf_options.c.
 */
#include <errno.h>
#include <libconfig.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mip6d/auth.h"
#include "mip6d/cleanup.h"
#include "src/conf_priv.h"

#define FILE_SIZE_MAX (1024 * 1024)
#define HEX_LEN       (2 * CONF_KEY_LEN)

void conf_auth_add(struct conf_text *t, const char *name, const char *data,
		   size_t len)
{
	static const char *const names[] = { "key", NULL };

	conf_text_add_secret(t, name, data, len, names);
}

/* ---- values ---- */

void conf_key_read(const struct conf_reader *r)
{
	const char *text = config_setting_type(r->s) == CONFIG_TYPE_STRING
				   ? config_setting_get_string(r->s)
				   : "";
	const struct conf_secret *key = conf_secret_of(r->t, text);

	if (key && key->len == CONF_KEY_LEN) {
		memcpy(conf_field(r), key->v, CONF_KEY_LEN);
		return;
	}
	config_setting_set_hook(r->s, conf_bad);
	conf_mistake(r->t, config_setting_source_line(r->s),
		     "found %s of %zu characters, expected \"%d hexadecimal "
		     "digits\" on one line, as of `openssl rand -hex %d`",
		     conf_option_word(r->o), strlen(text), HEX_LEN,
		     CONF_KEY_LEN);
}

/* As much of RFC 4282 section 2.1 as tells a mistake from a name. */
void conf_nai_read(const struct conf_reader *r)
{
	const char *text = config_setting_type(r->s) == CONFIG_TYPE_STRING
				   ? config_setting_get_string(r->s)
				   : "";
	const char *at = strchr(text, '@'), *p;
	bool good = at && at != text && at[1] && !strchr(at + 1, '@') &&
		    strlen(text) < r->o->size;

	for (p = text; *p; p++)
		good = good && (unsigned char)*p > ' ' && *p != 0x7f;
	if (!good)
		conf_refuse(r, r->s,
			    "a name like \"alice@example.org\" of at most "
			    "253 characters");
	else
		strcpy(conf_field(r), text);
}

/* ---- contradictions ---- */

static unsigned int line_at(config_setting_t *list, unsigned int i,
			    const char *name)
{
	config_setting_t *g = config_setting_get_elem(list, i);
	config_setting_t *s = config_setting_get_member(g, name);

	return config_setting_source_line(s ? s : g);
}

static bool is_whole(config_setting_t *list, unsigned int i)
{
	config_setting_t *g = config_setting_get_elem(list, i);

	return conf_good(g, "identity") && conf_good(g, "spi") &&
	       conf_good(g, "home-addresses");
}

static const struct prefix *overlap(const struct auth_sa *a,
				    const struct auth_sa *b)
{
	unsigned int i, j;

	for (i = 0; i < a->n_homes; i++)
		for (j = 0; j < b->n_homes; j++)
			if (prefix_contains(&a->homes[i], &b->homes[j].addr) ||
			    prefix_contains(&b->homes[j], &a->homes[i].addr))
				return &b->homes[j];
	return NULL;
}

static void check_pair(struct conf_text *t, const struct auth_keys *keys,
		       config_setting_t *list, unsigned int i, unsigned int j)
{
	const struct auth_sa *a = &keys->sas[j], *b = &keys->sas[i];
	const struct prefix *both;

	if (!strcmp(a->nai, b->nai)) {
		if (a->spi == b->spi)
			conf_mistake(t, line_at(list, i, "spi"),
				     "found spi = %u of %s a second time, "
				     "expected another for each key of a name",
				     b->spi, b->nai);
		return;
	}
	both = overlap(a, b);
	if (both)
		conf_mistake(t, line_at(list, i, "home-addresses"),
			     "found %s, which %s has, too, expected each home "
			     "address with one name",
			     prefix_str(both), a->nai);
}

static void check(struct conf_text *t, const struct auth_keys *keys,
		  config_setting_t *root)
{
	config_setting_t *list = conf_good(root, "nodes");
	unsigned int i, j;

	for (i = 0; list && i < keys->n_sas; i++) {
		if (!is_whole(list, i))
			continue;
		if (!keys->sas[i].n_homes)
			conf_mistake(t, line_at(list, i, "home-addresses"),
				     "found no home address of %s, expected "
				     "those that it may register",
				     keys->sas[i].nai);
		for (j = 0; j < i; j++)
			if (is_whole(list, j))
				check_pair(t, keys, list, i, j);
	}
}

struct auth_keys *conf_auth_read(struct conf_text *t)
{
	struct auth_keys *keys = calloc(1, sizeof(*keys));
	config_t c;

	if (!keys || t->no_memory) {
		t->no_memory = true;
		return auth_keys_free(keys);
	}
	config_init(&c);
	if (conf_read_text(t, &c, "authentication-keys", keys))
		check(t, keys, config_root_setting(&c));
	config_destroy(&c);
	return keys;
}

/* ---- the file ---- */

static void refuse_file(struct conf_text *t, const config_setting_t *s,
			const char *path, const char *found,
			const char *expected)
{
	conf_mistake(t, config_setting_source_line(s),
		     "found authentication-keys = \"%s\" (%s), expected %s",
		     path, found, expected);
}

/* Whom mip6d is, or becomes after a start as root. */
static bool is_our_user(const struct conf *conf, uid_t uid)
{
	const struct passwd *pw;

	if (!uid || uid == geteuid())
		return true;
	pw = getpwnam(*conf->user ? conf->user : CONF_USER);
	return pw && pw->pw_uid == uid;
}

static bool is_secret(struct conf_text *t, const config_setting_t *s,
		      const struct conf *conf, const struct stat *st)
{
	const char *path = conf->auth_path;
	char found[64];

	snprintf(found, sizeof(found), "mode %04o", st->st_mode & 07777);
	if (st->st_mode & 077) {
		refuse_file(t, s, path, found,
			    "mode 0600, for nobody else may know the keys");
		return false;
	}
	snprintf(found, sizeof(found), "of user %u", (unsigned int)st->st_uid);
	if (!is_our_user(conf, st->st_uid)) {
		refuse_file(t, s, path, found,
			    "a file of root or of the user that mip6d runs as");
		return false;
	}
	return true;
}

/* What is wrong with the file itself. */
static void refuse_err(struct conf_text *t, const config_setting_t *s,
		       const char *path, int err)
{
	if (err == -EISDIR || err == -ENODEV)
		refuse_file(t, s, path, "no ordinary file", "a file");
	else if (err == -EFBIG)
		refuse_file(t, s, path, "more than 1 MiB", "less");
	else
		refuse_file(t, s, path, strerror(-err),
			    "a file that mip6d can read");
}

static void take_text(struct conf_text *t, struct conf *conf, char *data,
		      size_t len)
{
	struct conf_text *kt = calloc(1, sizeof(*kt));

	if (!kt) {
		t->no_memory = true;
		return;
	}
	conf_text_init(kt);
	conf_auth_add(kt, conf->auth_path, data, len);
	conf->auth = conf_auth_read(kt);
	/* One mistake is one line. */
	if (kt->n_errors)
		conf->auth = auth_keys_free(conf->auth);
	t->next = kt;
	t->n_errors += kt->n_errors;
	t->no_memory = t->no_memory || kt->no_memory;
}

void conf_auth_load(struct conf_text *t, struct conf *conf,
		    config_setting_t *root)
{
	config_setting_t *s = conf_good(root, "authentication-keys");
	char *data = NULL;
	size_t len = 0;
	struct stat st;
	int err;

	if (!s || !t->is_file)
		return;
	err = conf_secret_read(conf->auth_path, FILE_SIZE_MAX, &data, &len,
			       &st);
	if (err)
		refuse_err(t, s, conf->auth_path, err);
	else if (is_secret(t, s, conf, &st))
		take_text(t, conf, data, len);
	conf_secret_free(data, len);
	conf->ha.auth = conf->auth;
	conf->mn.auth = conf->auth;
}
