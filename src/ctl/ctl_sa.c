/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mip6d-ctl sa: makes static keys, rolls them over, shows what there is.
 *
 * Asks no daemon: the agent's administrator holds the file of all keys, and
 * carries to each node its own.  Keys come from getrandom(2) and are never
 * printed.  This file decides what the keys are to be and in which order they
 * take each other's place; files are left to ctl_sa_file.c.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mip6d/cleanup.h"
#include "mip6d/random.h"
#include "src/ctl/ctl_sa.h"

enum { REFUSED = 1, USAGE = 2, TROUBLE = 5 };

static const char usage_text[] =
	"usage: mip6d-ctl sa generate AGENT HOME-ADDRESS... [in DIR]\n"
	"       mip6d-ctl sa rotate [HOME-ADDRESS...] [in DIR]\n"
	"       mip6d-ctl sa finish [HOME-ADDRESS...] [in DIR]\n"
	"       mip6d-ctl sa show [in DIR]\n";

static int bad_usage(const char *problem, const char *word)
{
	fprintf(stderr, "mip6d-ctl: %s%s%s\n%s", problem, word ? ": " : "",
		word ? word : "", usage_text);
	return USAGE;
}

struct request {
	char *dir; /* owned */
	bool is_default;
	struct in6_addr *addrs;
	unsigned int n;
	struct security_keys *keys;
};

static void request_done(struct request *r)
{
	security_keys_free(r->keys);
	free(r->addrs);
	free(r->dir);
}

/* Addresses, and "in DIR" at the end.  0 or an exit status. */
static int parse(struct request *r, int argc, char **argv)
{
	const char *file = MIP6D_KEYS_FILE;
	int i;

	if (argc >= 2 && !strcmp(argv[argc - 2], "in")) {
		r->dir = strdup(argv[argc - 1]);
		argc -= 2;
	} else {
		r->dir = strndup(file, (size_t)(strrchr(file, '/') - file));
		r->is_default = true;
	}
	r->addrs = calloc((size_t)argc + 1, sizeof(*r->addrs));
	if (!r->dir || !r->addrs)
		return TROUBLE;
	for (i = 0; i < argc; i++) {
		if (addr_parse(argv[i], &r->addrs[i]) ||
		    !addr_is_routable(&r->addrs[i]))
			return bad_usage("no routable IPv6 address", argv[i]);
		r->n++;
	}
	return 0;
}

/* ---- keys ---- */

/* The lower three octets name a tunnel's association, too. */
static bool is_like(uint32_t a, uint32_t b)
{
	return !((a ^ b) & 0xffffff);
}

static bool has_spi(const struct security_set *s, uint32_t spi)
{
	return is_like(s->to_agent.spi, spi) ||
	       is_like(s->from_agent.spi, spi) ||
	       is_like(s->tunnel_to_agent.spi, spi) ||
	       is_like(s->tunnel_from_agent.spi, spi);
}

static bool is_taken(const struct security_keys *keys, uint32_t spi)
{
	unsigned int i, j;

	for (i = 0; i < keys->n_nodes; i++)
		for (j = 0; j < SECURITY_SETS_MAX; j++)
			if (has_spi(&keys->nodes[i].sets[j], spi))
				return true;
	return false;
}

/* Low numbers are for those who number by hand, and 0xc... is what charon
 * takes its own from. */
static uint32_t new_spi(const struct security_keys *keys)
{
	uint32_t spi;

	do {
		random_bytes(&spi, sizeof(spi));
	} while (spi < 0x10000 || spi >> 28 == 0xc || is_taken(keys, spi));
	return spi;
}

/* What is mandatory for everybody, with the longer key (RFC 8221 sections 5
 * and 6). */
static void new_sa(const struct security_keys *keys, struct security_sa *sa)
{
	sa->spi = new_spi(keys);
	sa->esp.cipher = KERNEL_AES256_CBC;
	sa->esp.auth = KERNEL_HMAC_SHA256_128;
	random_bytes(sa->esp.cipher_key, keyfile_cipher_len(sa->esp.cipher));
	random_bytes(sa->esp.auth_key, keyfile_auth_len(sa->esp.auth));
}

static void new_set(const struct security_keys *keys, struct security_set *s,
		    uint32_t serial)
{
	s->serial = serial;
	new_sa(keys, &s->to_agent);
	new_sa(keys, &s->from_agent);
	new_sa(keys, &s->tunnel_to_agent);
	new_sa(keys, &s->tunnel_from_agent);
}

/* ---- generate ---- */

static int by_address(const void *a, const void *b)
{
	const struct security_node *x = a, *y = b;
	int d = addr_cmp(&x->hoa, &y->hoa);

	return d ? d : addr_cmp(&x->agent, &y->agent);
}

static int has_keys(const struct in6_addr *hoa)
{
	fprintf(stderr,
		"mip6d-ctl: %s has keys already (\"sa rotate\" makes new "
		"ones)\n",
		addr_str(hoa));
	return REFUSED;
}

static int make_room(struct security_keys *keys, unsigned int more)
{
	struct security_node *nodes;

	if (keys->n_nodes + more > KEYFILE_NODES_MAX) {
		fprintf(stderr, "mip6d-ctl: no more than %d nodes\n",
			KEYFILE_NODES_MAX);
		return TROUBLE;
	}
	nodes = calloc(keys->n_nodes + more, sizeof(*nodes));
	if (!nodes)
		return TROUBLE;
	if (keys->n_nodes) {
		memcpy(nodes, keys->nodes, keys->n_nodes * sizeof(*nodes));
		explicit_bzero(keys->nodes, keys->n_nodes * sizeof(*nodes));
	}
	free(keys->nodes);
	keys->nodes = nodes;
	return 0;
}

static void add_node(struct security_keys *keys, const struct in6_addr *agent,
		     const struct in6_addr *hoa)
{
	struct security_node *node = &keys->nodes[keys->n_nodes];

	node->hoa = *hoa;
	node->agent = *agent;
	node->n_sets = 1;
	new_set(keys, &node->sets[0], 1);
	keys->n_nodes++;
}

/* All of the request's, or none.  0 or an exit status. */
static int add_nodes(struct request *r)
{
	const struct in6_addr *agent = &r->addrs[0];
	struct security_keys *keys = r->keys;
	unsigned int i;
	int status;

	for (i = 1; i < r->n; i++) {
		if (addr_eq(&r->addrs[i], agent))
			return bad_usage("agent and home address are the same",
					 addr_str(agent));
		if (security_find(keys, &r->addrs[i], agent))
			return has_keys(&r->addrs[i]);
	}
	status = make_room(keys, r->n - 1);
	for (i = 1; !status && i < r->n; i++)
		add_node(keys, agent, &r->addrs[i]);
	if (!status)
		qsort(keys->nodes, keys->n_nodes, sizeof(*keys->nodes),
		      by_address);
	for (i = 1; !status && i < keys->n_nodes; i++)
		if (!by_address(&keys->nodes[i - 1], &keys->nodes[i]))
			return has_keys(&keys->nodes[i].hoa);
	return status;
}

static void say_where(const struct request *r, const struct in6_addr *hoa)
{
	auto_free char *path = ctl_sa_node_dir(r->dir, hoa);

	if (path)
		printf("%s: take %s/sa.conf to its " MIP6D_KEYS_FILE "\n",
		       addr_str(hoa), path);
}

/* Made where no mip6d looks for it. */
static void say_where_agent(const struct request *r)
{
	if (!r->is_default)
		printf("the agent: take %s/sa.conf to its " MIP6D_KEYS_FILE
		       "\n",
		       r->dir);
}

static int generate(struct request *r)
{
	auto_close int lock = -1;
	unsigned int i;
	int status;

	if (r->n < 2)
		return bad_usage("expected an agent and home addresses", NULL);
	lock = ctl_sa_lock(r->dir, true);
	if (lock < 0 || ctl_sa_load(r->dir, true, &r->keys))
		return TROUBLE;
	status = add_nodes(r);
	/* The bundles first: without them the agent's file is of no use. */
	for (i = 1; !status && i < r->n; i++)
		if (ctl_sa_save_bundle(r->dir, r->keys, &r->addrs[i]))
			status = TROUBLE;
	if (!status && ctl_sa_save(r->dir, r->keys))
		status = TROUBLE;
	for (i = 1; !status && i < r->n; i++)
		say_where(r, &r->addrs[i]);
	if (!status)
		say_where_agent(r);
	if (!status)
		printf("then reload the agent (systemctl reload mip6d), and "
		       "start or reload each node\n");
	return status;
}

/* ---- rotate, finish ---- */

typedef int change_fn(struct request *r, struct security_node *node);

static int rotate_node(struct request *r, struct security_node *node)
{
	uint32_t serial = node->sets[0].serial;

	if (node->n_sets == SECURITY_SETS_MAX) {
		fprintf(stderr,
			"mip6d-ctl: %s is being rolled over already: \"sa "
			"finish\" when the node has its new keys\n",
			addr_str(&node->hoa));
		return REFUSED;
	}
	new_set(r->keys, &node->sets[1], serial + 1);
	node->n_sets = 2;
	node->send = 0;
	return 0;
}

static int finish_node(struct request *r, struct security_node *node)
{
	(void)r;
	if (node->n_sets < 2)
		return 0;
	node->sets[0] = node->sets[1];
	explicit_bzero(&node->sets[1], sizeof(node->sets[1]));
	node->n_sets = 1;
	node->send = 0;
	return 0;
}

static bool is_meant(const struct request *r, const struct in6_addr *hoa)
{
	unsigned int i;

	for (i = 0; i < r->n; i++)
		if (addr_eq(&r->addrs[i], hoa))
			return true;
	return !r->n;
}

static int check_meant(const struct request *r)
{
	unsigned int i, j;
	bool found;

	for (i = 0; i < r->n; i++) {
		found = false;
		for (j = 0; j < r->keys->n_nodes; j++)
			found |= addr_eq(&r->keys->nodes[j].hoa, &r->addrs[i]);
		if (found)
			continue;
		fprintf(stderr, "mip6d-ctl: %s has no keys\n",
			addr_str(&r->addrs[i]));
		return REFUSED;
	}
	return 0;
}

/* The next home address that is meant, of element *i or behind it, once. */
static const struct in6_addr *next_meant(const struct request *r,
					 unsigned int *i)
{
	const struct security_node *nodes = r->keys->nodes;

	for (; *i < r->keys->n_nodes; ++*i)
		if (is_meant(r, &nodes[*i].hoa) &&
		    (!*i || !addr_eq(&nodes[*i].hoa, &nodes[*i - 1].hoa)))
			return &nodes[(*i)++].hoa;
	return NULL;
}

static int change(struct request *r, change_fn *fn)
{
	auto_close int lock = ctl_sa_lock(r->dir, false);
	const struct in6_addr *hoa;
	unsigned int i;
	int status;

	if (lock < 0 || ctl_sa_load(r->dir, false, &r->keys))
		return TROUBLE;
	status = check_meant(r);
	for (i = 0; !status && i < r->keys->n_nodes; i++)
		if (is_meant(r, &r->keys->nodes[i].hoa))
			status = fn(r, &r->keys->nodes[i]);
	for (i = 0; !status && (hoa = next_meant(r, &i));)
		if (ctl_sa_save_bundle(r->dir, r->keys, hoa))
			status = TROUBLE;
	if (!status && ctl_sa_save(r->dir, r->keys))
		status = TROUBLE;
	for (i = 0; !status && (hoa = next_meant(r, &i));)
		say_where(r, hoa);
	return status;
}

static int rotate(struct request *r)
{
	int status = change(r, rotate_node);

	if (status)
		return status;
	say_where_agent(r);
	printf("reload the agent first, then each node with its new file; "
	       "when all have it, \"mip6d-ctl sa finish%s%s\"\n",
	       r->is_default ? "" : " in ", r->is_default ? "" : r->dir);
	return 0;
}

static int finish(struct request *r)
{
	int status = change(r, finish_node);

	if (!status)
		say_where_agent(r);
	if (!status)
		printf("reload the agent, then each node with its new file: "
		       "the old keys are gone\n");
	return status;
}

/* ---- show ---- */

static void show_sa(const char *use, const struct security_sa *sa)
{
	printf("    %-18s spi 0x%08x  %s  %s\n", use, sa->spi,
	       keyfile_cipher_str(sa->esp.cipher),
	       keyfile_auth_str(sa->esp.auth));
}

static int show(struct request *r)
{
	unsigned int i, j;

	if (r->n)
		return bad_usage("expected no address", addr_str(r->addrs));
	if (ctl_sa_load(r->dir, false, &r->keys))
		return TROUBLE;
	for (i = 0; i < r->keys->n_nodes; i++) {
		const struct security_node *node = &r->keys->nodes[i];

		printf("%s with agent %s\n", addr_str(&node->hoa),
		       addr_str(&node->agent));
		for (j = 0; j < node->n_sets; j++) {
			const struct security_set *s = &node->sets[j];

			printf("  set %u%s\n", s->serial,
			       j == node->send ? ", sends with it"
					       : ", only received with");
			show_sa("to agent", &s->to_agent);
			show_sa("from agent", &s->from_agent);
			show_sa("tunnel to agent", &s->tunnel_to_agent);
			show_sa("tunnel from agent", &s->tunnel_from_agent);
		}
	}
	return 0;
}

int ctl_sa(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*fn)(struct request *r);
	} commands[] = {
		{ "generate", generate },
		{ "rotate", rotate },
		{ "finish", finish },
		{ "show", show },
	};
	struct request r = { 0 };
	int status;
	size_t i;

	for (i = 0; argc && i < ARRAY_SIZE(commands); i++) {
		if (strcmp(argv[0], commands[i].name))
			continue;
		status = parse(&r, argc - 1, argv + 1);
		if (!status)
			status = commands[i].fn(&r);
		request_done(&r);
		if (status == TROUBLE && commands[i].fn != show)
			fprintf(stderr, "mip6d-ctl: nothing was changed, or "
					"not all of it: see above\n");
		return status;
	}
	return bad_usage("no such command", argc ? argv[0] : NULL);
}
