/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading a file of static keys (mip6d/keyfile.h).
 *
 * This file decides what may stand in it.  Every name and value is checked,
 * each mistake told with its line, and no key is ever repeated in a message.
 */
#include "mip6d/keyfile.h"

#include <errno.h>
#include <libconfig.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "src/conf_priv.h"

#define FILE_MAX (32 * 1024 * 1024)
#define SPI_MIN  256 /* RFC 4303 section 2.1 */

struct reader {
	struct conf_text *t;
	struct security_keys *keys;
};

static unsigned int line_of(const config_setting_t *s)
{
	return config_setting_source_line(s);
}

/* ---- words ---- */

static bool is_one_of(const char *word, const char *const *names)
{
	for (; *names; names++)
		if (!strcmp(word, *names))
			return true;
	return false;
}

/* All members are known, and those before the end of `needed` are there. */
static bool check_members(struct reader *r, config_setting_t *s,
			  const char *const *names, unsigned int needed)
{
	unsigned int i;
	bool good = true;

	if (!config_setting_is_group(s)) {
		conf_mistake(r->t, line_of(s),
			     "found no group, expected { %s = ...; ... }",
			     names[0]);
		return false;
	}
	for (i = 0; i < (unsigned int)config_setting_length(s); i++) {
		config_setting_t *m = config_setting_get_elem(s, i);

		if (is_one_of(config_setting_name(m), names))
			continue;
		conf_mistake(r->t, line_of(m),
			     "found the unknown name \"%.40s\", expected one "
			     "like \"%s\"",
			     config_setting_name(m), names[0]);
		good = false;
	}
	for (i = 0; i < needed; i++) {
		if (config_setting_get_member(s, names[i]))
			continue;
		conf_mistake(r->t, line_of(s), "found no %s, expected one",
			     names[i]);
		good = false;
	}
	return good;
}

static const char *text_of(config_setting_t *group, const char *name)
{
	config_setting_t *s = config_setting_get_member(group, name);

	return s && config_setting_type(s) == CONFIG_TYPE_STRING
		       ? config_setting_get_string(s)
		       : NULL;
}

static bool read_address(struct reader *r, config_setting_t *group,
			 const char *name, struct in6_addr *ret)
{
	const char *text = text_of(group, name);
	struct in6_addr a;

	if (text && !addr_parse(text, &a) && addr_is_routable(&a)) {
		*ret = a;
		return true;
	}
	conf_mistake(r->t, line_of(config_setting_get_member(group, name)),
		     "found %s, expected %s = \"ADDRESS\", a routable IPv6 "
		     "address",
		     text ? "another text" : "no text", name);
	return false;
}

static bool read_number(struct reader *r, config_setting_t *group,
			const char *name, int64_t min, int64_t max,
			uint32_t *ret)
{
	config_setting_t *s = config_setting_get_member(group, name);
	int type = config_setting_type(s);
	int64_t v = config_setting_get_int64(s);

	if (type == CONFIG_TYPE_INT && v < 0)
		v = (uint32_t)v; /* libconfig's hexadecimal is signed */
	if ((type == CONFIG_TYPE_INT || type == CONFIG_TYPE_INT64) &&
	    v >= min && v <= max) {
		*ret = (uint32_t)v;
		return true;
	}
	conf_mistake(r->t, line_of(s),
		     "found another %s, expected a number from %lld to %lld",
		     name, (long long)min, (long long)max);
	return false;
}

static bool read_key(struct reader *r, config_setting_t *group,
		     const char *name, size_t len, uint8_t *ret)
{
	const struct conf_secret *key =
		conf_secret_of(r->t, text_of(group, name));

	if (key && key->len == len) {
		memcpy(ret, key->v, len);
		return true;
	}
	/* Never what was found: most likely it is most of a key. */
	conf_mistake(r->t, line_of(config_setting_get_member(group, name)),
		     "found another %s, expected %zu hexadecimal digits (0-9, "
		     "a-f) in quotes",
		     name, 2 * len);
	return false;
}

/* ---- associations ---- */

static bool read_algorithms(struct reader *r, config_setting_t *s,
			    struct kernel_esp *esp)
{
	const char *cipher = text_of(s, "encryption");
	const char *auth = text_of(s, "integrity");
	bool has_cipher = false, has_auth = false;
	int i;

	for (i = KERNEL_AES128_CBC; cipher && i <= KERNEL_AES256_CBC; i++)
		if (!strcmp(cipher,
			    keyfile_cipher_str((enum kernel_cipher)i))) {
			esp->cipher = (enum kernel_cipher)i;
			has_cipher = true;
		}
	for (i = KERNEL_HMAC_SHA256_128; auth && i <= KERNEL_HMAC_SHA512_256;
	     i++)
		if (!strcmp(auth, keyfile_auth_str((enum kernel_auth)i))) {
			esp->auth = (enum kernel_auth)i;
			has_auth = true;
		}
	if (!has_cipher)
		conf_mistake(r->t, line_of(s),
			     "found another encryption, expected \"aes128-cbc\""
			     " or \"aes256-cbc\" (others are not safe with "
			     "keys that stay)");
	if (!has_auth)
		conf_mistake(r->t, line_of(s),
			     "found another integrity, expected "
			     "\"hmac-sha256-128\" or \"hmac-sha512-256\"");
	return has_cipher && has_auth;
}

static void read_sa(struct reader *r, config_setting_t *s,
		    struct security_sa *ret)
{
	static const char *const names[] = {
		"spi",       "encryption",    "encryption-key",
		"integrity", "integrity-key", NULL,
	};

	if (!check_members(r, s, names, 5) ||
	    !read_number(r, s, "spi", SPI_MIN, UINT32_MAX, &ret->spi) ||
	    !read_algorithms(r, s, &ret->esp))
		return;
	read_key(r, s, "encryption-key", keyfile_cipher_len(ret->esp.cipher),
		 ret->esp.cipher_key);
	read_key(r, s, "integrity-key", keyfile_auth_len(ret->esp.auth),
		 ret->esp.auth_key);
}

static void read_set(struct reader *r, config_setting_t *s,
		     struct security_set *ret)
{
	static const char *const names[] = {
		"serial",          "to-agent",          "from-agent",
		"tunnel-to-agent", "tunnel-from-agent", NULL,
	};
	struct security_sa *sas[] = { &ret->to_agent, &ret->from_agent,
				      &ret->tunnel_to_agent,
				      &ret->tunnel_from_agent };
	unsigned int i;

	if (!check_members(r, s, names, 5))
		return;
	read_number(r, s, "serial", 1, INT32_MAX, &ret->serial);
	for (i = 0; i < 4; i++)
		read_sa(r, config_setting_get_member(s, names[i + 1]), sas[i]);
}

/* ---- nodes ---- */

/* Its number of elements, or 0 after a complaint. */
static unsigned int list_len(struct reader *r, config_setting_t *s,
			     const char *name, int max)
{
	int n = config_setting_is_list(s) ? config_setting_length(s) : 0;

	if (n > 0 && n <= max)
		return (unsigned int)n;
	conf_mistake(r->t, line_of(s),
		     "found another %s, expected a list of 1 to %d groups: "
		     "( { ... } )",
		     name, max);
	return 0;
}

static void read_send(struct reader *r, config_setting_t *s,
		      struct security_node *node)
{
	config_setting_t *send = config_setting_get_member(s, "send");
	uint32_t serial = 0;
	unsigned int i;

	if (!send && node->n_sets == 1)
		return;
	if (send && !read_number(r, s, "send", 1, INT32_MAX, &serial))
		return;
	for (i = 0; i < node->n_sets; i++)
		if (node->sets[i].serial == serial) {
			node->send = i;
			return;
		}
	conf_mistake(r->t, line_of(send ? send : s),
		     "found send = %u, expected the serial of one of its sets",
		     serial);
}

static const char *const protects[] = {
	[SECURITY_SIGNALLING] = "signalling",
	[SECURITY_TESTS] = "tests",
	[SECURITY_ALL] = "all",
};

const char *keyfile_protect_str(enum security_protect protect)
{
	return protects[protect];
}

static void read_protect(struct reader *r, config_setting_t *s,
			 struct security_node *node)
{
	config_setting_t *p = config_setting_get_member(s, "protect");
	const char *text = p ? config_setting_get_string(p) : NULL;
	unsigned int i;

	for (i = 0; text && i < ARRAY_SIZE(protects); i++)
		if (!strcmp(text, protects[i])) {
			node->has_protect = true;
			node->protect = i;
			return;
		}
	if (p)
		conf_mistake(r->t, line_of(p),
			     "found another protect, expected \"signalling\", "
			     "\"tests\" or \"all\"");
}

static void read_node(struct reader *r, config_setting_t *s,
		      struct security_node *node)
{
	static const char *const names[] = { "home", "agent",   "sets",
					     "send", "protect", NULL };
	config_setting_t *sets;
	unsigned int i, n;

	if (!check_members(r, s, names, 3) ||
	    !read_address(r, s, "home", &node->hoa) ||
	    !read_address(r, s, "agent", &node->agent))
		return;
	if (addr_eq(&node->hoa, &node->agent))
		conf_mistake(r->t, line_of(s),
			     "found home and agent the same, expected two "
			     "nodes");
	sets = config_setting_get_member(s, "sets");
	n = list_len(r, sets, "sets", SECURITY_SETS_MAX);
	for (i = 0; i < n; i++)
		read_set(r, config_setting_get_elem(sets, i), &node->sets[i]);
	node->n_sets = n;
	if (n == 2 && node->sets[0].serial == node->sets[1].serial)
		conf_mistake(r->t, line_of(sets),
			     "found serial = %u twice, expected two sets with "
			     "a serial each",
			     node->sets[0].serial);
	if (n)
		read_send(r, s, node);
	read_protect(r, s, node);
}

/* ---- as a whole ---- */

/* What one end of an association knows it by. */
struct spi {
	struct in6_addr dst;
	uint32_t spi;
	unsigned int line;
};

static int compare_spis(const void *a, const void *b)
{
	const struct spi *x = a, *y = b;
	int d = addr_cmp(&x->dst, &y->dst);

	if (d)
		return d;
	return x->spi < y->spi ? -1 : x->spi > y->spi;
}

static int compare_nodes(const void *a, const void *b)
{
	const struct security_node *x = a, *y = b;
	int d = addr_cmp(&x->hoa, &y->hoa);

	return d ? d : addr_cmp(&x->agent, &y->agent);
}

static unsigned int add_spis(struct spi *v, const struct security_node *node,
			     unsigned int line)
{
	unsigned int i, n = 0;

	for (i = 0; i < node->n_sets; i++) {
		const struct security_set *s = &node->sets[i];

		v[n++] = (struct spi){ node->agent, s->to_agent.spi, line };
		v[n++] = (struct spi){ node->agent, s->tunnel_to_agent.spi,
				       line };
		v[n++] = (struct spi){ node->hoa, s->from_agent.spi, line };
		v[n++] = (struct spi){ node->hoa, s->tunnel_from_agent.spi,
				       line };
	}
	return n;
}

/* Two associations with one SPI at one end would be one (RFC 4301 section
 * 4.4.2). */
static void check_spis(struct reader *r, config_setting_t *list)
{
	struct security_keys *keys = r->keys;
	unsigned int i, n = 0;
	struct spi *v = calloc((size_t)keys->n_nodes * SECURITY_SETS_MAX * 4,
			       sizeof(*v));

	if (!v) {
		r->t->no_memory = true;
		return;
	}
	for (i = 0; i < keys->n_nodes; i++)
		n += add_spis(v + n, &keys->nodes[i],
			      line_of(config_setting_get_elem(list, i)));
	qsort(v, n, sizeof(*v), compare_spis);
	for (i = 1; i < n; i++)
		if (!compare_spis(&v[i - 1], &v[i]))
			conf_mistake(r->t,
				     v[i].line > v[i - 1].line ? v[i].line
							       : v[i - 1].line,
				     "found spi = 0x%08x twice at %s, expected "
				     "each once",
				     v[i].spi, addr_str(&v[i].dst));
	free(v);
}

/* The order of addresses is what security_find looks by. */
static void sort_nodes(struct reader *r)
{
	struct security_keys *keys = r->keys;
	unsigned int i;

	qsort(keys->nodes, keys->n_nodes, sizeof(*keys->nodes), compare_nodes);
	for (i = 1; i < keys->n_nodes; i++)
		if (!compare_nodes(&keys->nodes[i - 1], &keys->nodes[i]))
			conf_mistake(r->t, 1,
				     "found home = \"%s\" with agent = \"%s\" "
				     "twice, expected it once",
				     addr_str(&keys->nodes[i].hoa),
				     addr_str(&keys->nodes[i].agent));
}

static void read_root(struct reader *r, config_setting_t *root)
{
	static const char *const names[] = { "nodes", NULL };
	config_setting_t *list;
	unsigned int i, n;

	if (!check_members(r, root, names, 1))
		return;
	list = config_setting_get_member(root, "nodes");
	n = list_len(r, list, "nodes", KEYFILE_NODES_MAX);
	r->keys->nodes = n ? calloc(n, sizeof(*r->keys->nodes)) : NULL;
	if (n && !r->keys->nodes) {
		r->t->no_memory = true;
		return;
	}
	r->keys->n_nodes = n;
	for (i = 0; i < n; i++)
		read_node(r, config_setting_get_elem(list, i),
			  &r->keys->nodes[i]);
	if (!n || r->t->n_errors)
		return;
	check_spis(r, list);
	sort_nodes(r);
}

static int parse_text(struct conf_text *t, FILE *err,
		      struct security_keys **ret_keys)
{
	struct reader r = { .t = t, .keys = calloc(1, sizeof(*r.keys)) };
	config_t c;

	if (!r.keys || t->no_memory) {
		free(r.keys);
		return -ENOMEM;
	}
	config_init(&c);
	if (config_read_string(&c, t->data ? t->data : ""))
		read_root(&r, config_root_setting(&c));
	else
		conf_mistake(t, (unsigned int)config_error_line(&c),
			     "found a syntax error or a name twice, expected "
			     "NAME = VALUE;");
	config_destroy(&c);
	conf_text_report(t, err);
	if (t->no_memory || t->n_errors) {
		security_keys_free(r.keys);
		return t->no_memory ? -ENOMEM : -EINVAL;
	}
	*ret_keys = r.keys;
	return 0;
}

int keyfile_parse(const char *name, const char *data, size_t len,
		  void *err_stream, struct security_keys **ret_keys)
{
	static const char *const names[] = { "encryption-key", "integrity-key",
					     NULL };
	struct conf_text t;
	int err;

	conf_text_init(&t);
	t.file_max = FILE_MAX;
	conf_text_add_secret(&t, name, data, len, names);
	err = parse_text(&t, err_stream, ret_keys);
	conf_text_done(&t);
	return err;
}

int keyfile_read(const char *path, void *err_stream,
		 struct security_keys **ret_keys)
{
	struct stat st;
	size_t len = 0;
	char *data;
	int err = conf_secret_read(path, FILE_MAX, &data, &len, &st);

	if (err)
		return err;
	if (st.st_mode & 077) {
		fprintf(err_stream,
			"%s:1: found mode %04o, expected 0600: others must not "
			"read the keys (chmod 600)\n",
			path, st.st_mode & 07777);
		err = -EINVAL;
	} else {
		err = keyfile_parse(path, data, len, err_stream, ret_keys);
	}
	conf_secret_free(data, len);
	return err;
}
