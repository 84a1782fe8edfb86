/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file of pairs that negotiate their keys by IKEv2 ("mip6d-ctl ike
 * generate" writes it).
 *
 * This file decides what may stand in it, and which end of each pair this
 * node is: the one whose home address it has, or the one whose address of a
 * home link.  What is done with it is left to src/ike.
 */
#include <errno.h>
#include <libconfig.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "mip6d/ike.h"
#include "src/conf_priv.h"

#define PEERS_MAX 65536
#define FILE_MAX  (32 * 1024 * 1024)
/* Two of them go into one request to charon. */
#define BLOB_MAX (VICI_REQUEST_MAX / 2 - 1024)

struct reader {
	struct conf_text *t;
	const struct conf *conf;
	config_setting_t *s; /* the pair */
	struct ike_peer *peer;
};

static unsigned int line_of(const config_setting_t *s)
{
	return config_setting_source_line(s);
}

/* NULL: not there, or no text, which was said when it is there. */
static const char *text_of(const struct reader *r, const char *name)
{
	config_setting_t *s = config_setting_get_member(r->s, name);
	const char *text = s ? config_setting_get_string(s) : NULL;

	if (s && !text)
		conf_mistake(r->t, line_of(s), "found %s, expected a text",
			     name);
	return text;
}

/* NULL: missing, which was said. */
static const char *must(const struct reader *r, const char *name)
{
	const char *text = text_of(r, name);

	if (!text && !config_setting_get_member(r->s, name))
		conf_mistake(r->t, line_of(r->s),
			     "found a pair without %s, expected one", name);
	return text;
}

static void read_address(const struct reader *r, const char *name,
			 struct in6_addr *ret)
{
	const char *text = must(r, name);

	if (text && (addr_parse(text, ret) || !addr_is_routable(ret)))
		conf_mistake(r->t, line_of(r->s),
			     "found %s = \"%.60s\", expected an IPv6 address",
			     name, text);
}

/* What an identity looks like is charon's to say; a wild card is none. */
static void read_id(const struct reader *r, const char *name, char *ret)
{
	const char *text = must(r, name), *p;

	for (p = text; p && *p > ' ' && *p < 0x7f && !strchr("*%#{}\"", *p);)
		p++;
	if (text && (*p || !*text || strlen(text) >= IKE_ID_MAX))
		conf_mistake(r->t, line_of(r->s),
			     "found %s = \"%.60s\", expected a name like "
			     "alice@example.org of at most %d characters",
			     name, text, IKE_ID_MAX - 1);
	else if (text)
		strcpy(ret, text);
}

/* A secret is never shown, not even a wrong one. */
static void read_secret(const struct reader *r, const char *text)
{
	const struct conf_secret *s = conf_secret_of(r->t, text);
	struct ike_peer *p = r->peer;

	if (s && s->len >= IKE_SECRET_MIN && s->len <= IKE_SECRET_MAX) {
		memcpy(p->secret, s->v, s->len);
		p->secret_len = s->len;
	} else {
		conf_mistake(r->t, line_of(r->s),
			     "found a secret that is none, expected %d to %d "
			     "octets in hexadecimal digits (0-9, a-f)",
			     IKE_SECRET_MIN, IKE_SECRET_MAX);
	}
}

/* What others may read is no secret. */
static bool is_private(const struct stat *st)
{
	return !(st->st_mode & (S_IRWXG | S_IRWXO));
}

static bool read_file(const char *path, struct stat *ret_st,
		      struct ike_blob *ret)
{
	char *data;
	size_t len;

	if (*path != '/' ||
	    conf_secret_read(path, BLOB_MAX, &data, &len, ret_st))
		return false;
	*ret = (struct ike_blob){ (uint8_t *)data, len };
	return len > 0;
}

static void read_blob(const struct reader *r, const char *name,
		      struct ike_blob *ret)
{
	const char *path = must(r, name);
	struct stat st;

	if (!path)
		return;
	if (!read_file(path, &st, ret))
		conf_mistake(r->t, line_of(r->s),
			     "found %s = \"%.60s\", expected the absolute "
			     "path of a file of at most %d octets that can be "
			     "read",
			     name, path, BLOB_MAX);
	else if (ret == &r->peer->key && !is_private(&st))
		conf_mistake(r->t, line_of(r->s),
			     "found key = \"%.60s\", which others may read, "
			     "expected mode 0600",
			     path);
}

static void read_credentials(const struct reader *r)
{
	const char *secret = text_of(r, "secret");

	if (secret) {
		read_secret(r, secret);
		return;
	}
	if (!config_setting_get_member(r->s, "certificate")) {
		conf_mistake(r->t, line_of(r->s),
			     "found a pair without secret or certificate, "
			     "expected one of them");
		return;
	}
	read_blob(r, "certificate", &r->peer->certificate);
	read_blob(r, "key", &r->peer->key);
	read_blob(r, "authority", &r->peer->authority);
}

static void check_names(const struct reader *r)
{
	static const char *const known[] = {
		"home-address", "home-agent",  "node", "agent",
		"secret",       "certificate", "key",  "authority",
	};
	config_setting_t *s;
	unsigned int i, j;

	for (i = 0; (s = config_setting_get_elem(r->s, i)); i++) {
		for (j = 0; j < ARRAY_SIZE(known); j++)
			if (!strcmp(config_setting_name(s), known[j]))
				break;
		if (j == ARRAY_SIZE(known))
			conf_mistake(r->t, line_of(s),
				     "found %.40s, expected home-address, "
				     "home-agent, node, agent, secret, "
				     "certificate, key or authority",
				     config_setting_name(s));
	}
}

static void find_end(const struct reader *r)
{
	const struct conf *conf = r->conf;
	struct ike_peer *p = r->peer;
	unsigned int i;

	for (i = 0; conf->mn.on && i < conf->mn.n_homes; i++) {
		p->end = IKE_NODE;
		if (addr_eq(&conf->mn.homes[i].address, &p->hoa))
			return;
	}
	for (i = 0; conf->ha.on && i < conf->ha.n_links; i++) {
		p->end = IKE_AGENT;
		if (addr_eq(&conf->ha.links[i].address, &p->agent))
			return;
	}
	p->end = IKE_NODE;
	/* It may come at run time. */
	if (conf->mn.on && conf->mn.home_auto)
		return;
	conf_mistake(r->t, line_of(r->s),
		     "found the pair of %s and %s, expected a home address "
		     "of this mobile node, or an address of this home agent",
		     addr_str(&p->hoa), addr_str(&p->agent));
}

static void read_pair(struct reader *r)
{
	unsigned int errors = r->t->n_errors;

	if (!config_setting_is_group(r->s)) {
		conf_mistake(r->t, line_of(r->s),
			     "found no group, expected { ... }");
		return;
	}
	check_names(r);
	read_address(r, "home-address", &r->peer->hoa);
	read_address(r, "home-agent", &r->peer->agent);
	read_id(r, "node", r->peer->node_id);
	read_id(r, "agent", r->peer->agent_id);
	read_credentials(r);
	if (r->t->n_errors == errors)
		find_end(r);
}

struct place {
	const struct ike_peer *peer;
	unsigned int line;
};

static int by_pair(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int d = addr_cmp(&x->peer->hoa, &y->peer->hoa);

	if (!d)
		d = addr_cmp(&x->peer->agent, &y->peer->agent);
	if (!d)
		d = x->peer < y->peer ? -1 : 1;
	return d;
}

static void check_twice(struct conf_text *t, config_setting_t *list,
			const struct ike_conf *ike)
{
	struct place *v = calloc(ike->n_peers + 1, sizeof(*v));
	unsigned int i;

	if (!v) {
		t->no_memory = true;
		return;
	}
	for (i = 0; i < ike->n_peers; i++)
		v[i] = (struct place){
			&ike->peers[i],
			line_of(config_setting_get_elem(list, i)),
		};
	qsort(v, ike->n_peers, sizeof(*v), by_pair);
	for (i = 1; i < ike->n_peers; i++)
		if (addr_eq(&v[i - 1].peer->hoa, &v[i].peer->hoa) &&
		    addr_eq(&v[i - 1].peer->agent, &v[i].peer->agent))
			conf_mistake(t, v[i].line,
				     "found the pair of %s and %s a second "
				     "time, expected it once",
				     addr_str(&v[i].peer->hoa),
				     addr_str(&v[i].peer->agent));
	free(v);
}

static void read_pairs(struct conf_text *t, const struct conf *conf,
		       config_t *c, struct ike_conf *ret)
{
	config_setting_t *list = config_lookup(c, "pairs");
	struct reader r = { .t = t, .conf = conf };
	int i, n = list ? config_setting_length(list) : 0;

	if (!list || !config_setting_is_list(list) || n > PEERS_MAX) {
		conf_mistake(t, list ? line_of(list) : 1,
			     "found no list of pairs, expected pairs = "
			     "( { ... }, ... ); of at most %d",
			     PEERS_MAX);
		return;
	}
	ret->peers = calloc((size_t)n + 1, sizeof(*ret->peers));
	for (i = 0; ret->peers && i < n; i++) {
		r.s = config_setting_get_elem(list, (unsigned int)i);
		r.peer = &ret->peers[ret->n_peers++];
		read_pair(&r);
	}
	t->no_memory |= !ret->peers;
	if (ret->peers && !t->n_errors)
		check_twice(t, list, ret);
}

struct ike_conf *conf_ike_read(struct conf_text *t, const struct conf *conf)
{
	struct ike_conf *ike = calloc(1, sizeof(*ike));
	config_t c;

	if (!ike) {
		t->no_memory = true;
		return NULL;
	}
	ike->cannot_follow = !conf->ipsec.key_mobility;
	config_init(&c);
	if (!config_read_string(&c, t->data ? t->data : ""))
		conf_mistake(t, (unsigned int)config_error_line(&c),
			     "found %s, expected pairs = ( ... );",
			     config_error_text(&c) ? config_error_text(&c)
						   : "no text");
	else
		read_pairs(t, conf, &c, ike);
	config_destroy(&c);
	return ike;
}

void conf_ike_add(struct conf_text *t, const char *name, const char *data,
		  size_t len)
{
	static const char *const names[] = { "secret", NULL };

	conf_text_add_secret(t, name, data, len, names);
}

static int load(struct conf *conf, const char *data, size_t len,
		const struct stat *st, FILE *err)
{
	struct conf_text t;
	int e;

	conf_text_init(&t);
	t.file_max = FILE_MAX;
	conf_ike_add(&t, conf->ipsec.ike, data, len);
	/* Whoever reads a secret is the node. */
	if (!is_private(st))
		conf_mistake(&t, 1,
			     "found a file that others may read, expected "
			     "mode 0600: it holds secrets");
	conf->ipsec.pairs = conf_ike_read(&t, conf);
	conf_text_report(&t, err);
	e = t.no_memory ? -ENOMEM : t.n_errors ? -EINVAL : 0;
	conf_text_done(&t);
	return e;
}

int conf_ike_load(struct conf *conf, FILE *err)
{
	const char *path = conf->ipsec.ike;
	struct stat st;
	size_t len;
	char *data;
	int e = conf_secret_read(path, FILE_MAX, &data, &len, &st);

	if (e == -ENOENT)
		return 0;
	if (e) {
		fprintf(err,
			"%s:1: found a file that cannot be read (%s), "
			"expected one\n",
			path, strerror(-e));
		return -EINVAL;
	}
	e = load(conf, data, len, &st, err);
	conf_secret_free(data, len);
	return e;
}
