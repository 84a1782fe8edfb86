/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mip6d-ctl ike generate: what a home agent and its mobile nodes need to
 * negotiate keys, in one folder each; nothing in it has to be written again
 * or matched by hand.
 *
 * This file decides names, identities and secrets.  Certificates are made by
 * strongSwan's pki.  How the files are read is left to conf_ike.c.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mip6d/addr.h"
#include "mip6d/cleanup.h"
#include "src/ctl/ctl_ike.h"

#define SECRET_OCTETS 32
#define NAME_MAX_LEN  40
#define CA_DAYS       "3650"
#define CERT_DAYS     "1825"

extern char **environ;

struct node {
	const char *name;
	struct in6_addr hoa;
	char secret[2 * SECRET_OCTETS + 1];
};

struct plan {
	const char *dir;
	struct in6_addr agent;
	bool certificates;
	struct node *nodes;
	int n_nodes;
};

/* ---- arguments ---- */

/* A name becomes a folder and the first half of an identity. */
static bool is_name(const char *s, size_t len)
{
	size_t i;

	if (!len || len > NAME_MAX_LEN || !isalnum((unsigned char)*s))
		return false;
	for (i = 0; i < len; i++)
		if (!isalnum((unsigned char)s[i]) && !strchr("._-", s[i]))
			return false;
	return strncmp(s, "agent", len) || len != 5;
}

/* NAME=HOME-ADDRESS.  The argument is cut at the equals sign. */
static bool read_node(char *arg, struct node *ret)
{
	char *eq = strchr(arg, '=');

	if (!eq || !is_name(arg, (size_t)(eq - arg)) ||
	    addr_parse(eq + 1, &ret->hoa) || !addr_is_routable(&ret->hoa)) {
		fprintf(stderr,
			"mip6d-ctl: found %s, expected NAME=HOME-ADDRESS (a "
			"name of letters, digits, . _ -, not \"agent\")\n",
			arg);
		return false;
	}
	*eq = '\0';
	ret->name = arg;
	return true;
}

static bool check_twice(const struct plan *p)
{
	int i, j;

	for (i = 0; i < p->n_nodes; i++) {
		for (j = 0; j < i; j++) {
			if (strcmp(p->nodes[i].name, p->nodes[j].name) &&
			    !addr_eq(&p->nodes[i].hoa, &p->nodes[j].hoa))
				continue;
			fprintf(stderr,
				"mip6d-ctl: found %s=%s beside %s, expected "
				"each name and home address once\n",
				p->nodes[i].name, addr_str(&p->nodes[i].hoa),
				p->nodes[j].name);
			return false;
		}
	}
	return true;
}

static bool check_agent(const struct plan *p)
{
	int i;

	for (i = 0; i < p->n_nodes; i++) {
		if (!addr_eq(&p->nodes[i].hoa, &p->agent))
			continue;
		fprintf(stderr,
			"mip6d-ctl: found %s=%s, expected another address than "
			"the home agent's\n",
			p->nodes[i].name, addr_str(&p->agent));
		return false;
	}
	return true;
}

/* ---- secrets ---- */

static int make_secret(char *ret)
{
	uint8_t raw[SECRET_OCTETS];
	size_t i;

	if (getrandom(raw, sizeof(raw), 0) != (ssize_t)sizeof(raw))
		return -EIO;
	for (i = 0; i < sizeof(raw); i++)
		sprintf(ret + 2 * i, "%02x", raw[i]);
	explicit_bzero(raw, sizeof(raw));
	return 0;
}

/* ---- files ---- */

static char *path_of(const struct plan *p, const char *who, const char *file)
{
	char *path;

	if (asprintf(&path, "%s/%s%s%s", p->dir, who, *file ? "/" : "", file) <
	    0) {
		fprintf(stderr, "mip6d-ctl: out of memory\n");
		exit(EXIT_FAILURE);
	}
	return path;
}

static int failed(const char *path)
{
	int err = errno;

	fprintf(stderr, "mip6d-ctl: %s: %s\n", path, strerror(err));
	return -err;
}

/* Nothing that is there is written over: it may be in use. */
static int make_folder(const struct plan *p, const char *who)
{
	auto_free char *path = path_of(p, who, "");

	return mkdir(path, 0700) ? failed(path) : 0;
}

static FILE *create(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");

	if (!f) {
		failed(path);
		if (fd >= 0)
			close(fd);
	}
	return f;
}

static void put_pair(FILE *f, const struct plan *p, const struct node *n,
		     bool is_agent)
{
	fprintf(f,
		"\t{\n"
		"\t\thome-address = \"%s\";\n",
		addr_str(&n->hoa));
	fprintf(f, "\t\thome-agent = \"%s\";\n", addr_str(&p->agent));
	fprintf(f,
		"\t\tnode = \"%s@mip6.invalid\";\n"
		"\t\tagent = \"agent@mip6.invalid\";\n",
		n->name);
	if (p->certificates)
		fprintf(f,
			"\t\tcertificate = \"" MIP6D_IKE_DIR "/own.pem\";\n"
			"\t\tkey = \"" MIP6D_IKE_DIR "/own.key\";\n"
			"\t\tauthority = \"" MIP6D_IKE_DIR "/authority.pem\";"
			"\n");
	else
		fprintf(f, "\t\tsecret = \"%s\";\n", n->secret);
	fprintf(f, "\t}%s\n",
		is_agent && n < &p->nodes[p->n_nodes - 1] ? "," : "");
}

/* NULL: the agent's, with all nodes. */
static int write_pairs(const struct plan *p, const struct node *only)
{
	auto_free char *path =
		path_of(p, only ? only->name : "agent", "ike.conf");
	FILE *f = create(path);
	int i;

	if (!f)
		return -errno;
	fprintf(f,
		"# Pairs that negotiate their keys by IKEv2, for mip6d of %s "
		"%s.\n"
		"# Written by \"mip6d-ctl ike generate\"; install as " MIP6D_IKE_FILE
		",\n# for nobody else to read.\n\npairs = (\n",
		only ? "mobile node" : "home agent",
		only ? only->name : addr_str(&p->agent));
	for (i = 0; i < p->n_nodes; i++)
		if (!only || only == &p->nodes[i])
			put_pair(f, p, &p->nodes[i], !only);
	fprintf(f, ");\n");
	if (fflush(f) || ferror(f) || fsync(fileno(f))) {
		failed(path);
		fclose(f);
		return -EIO;
	}
	fclose(f);
	return 0;
}

/* mip6d's service does not run as root; charon's control socket is for root and
 * the group that charon has. */
static int write_charon(const struct plan *p, const char *who)
{
	auto_free char *path = path_of(p, who, "charon.conf");
	FILE *f = create(path);
	bool ok;

	if (!f)
		return -errno;
	fprintf(f, "# For /etc/strongswan.d: lets the group mip6d speak to "
		   "charon.\n"
		   "charon {\n"
		   "\tgroup = mip6d\n"
		   "}\n");
	ok = !fflush(f) && !ferror(f);
	fclose(f);
	return ok ? 0 : failed(path);
}

/* ---- certificates ---- */

/* Runs pki, its output into a new file. */
static int pki(const char *out, const char *const argv[])
{
	auto_close int fd =
		open(out, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	posix_spawn_file_actions_t fa;
	int err, status;
	pid_t pid;

	if (fd < 0)
		return failed(out);
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_adddup2(&fa, fd, STDOUT_FILENO);
	err = posix_spawnp(&pid, "pki", &fa, NULL, (char *const *)argv,
			   environ);
	posix_spawn_file_actions_destroy(&fa);
	if (err) {
		fprintf(stderr,
			"mip6d-ctl: cannot run pki (%s): certificates need "
			"the package strongswan-pki\n",
			strerror(err));
		return -err;
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	if (status) {
		fprintf(stderr, "mip6d-ctl: pki could not make %s\n", out);
		return -EIO;
	}
	return 0;
}

static int make_key(const char *path)
{
	return pki(path, (const char *[]){ "pki", "--gen", "--type", "ecdsa",
					   "--size", "256", "--outform", "pem",
					   NULL });
}

static int make_authority(const struct plan *p, const char *key,
			  const char *cert)
{
	int err = make_folder(p, "authority");

	if (!err)
		err = make_key(key);
	if (err)
		return err;
	return pki(cert, (const char *[]){ "pki", "--self", "--ca", "--in", key,
					   "--type", "ecdsa", "--lifetime",
					   CA_DAYS, "--dn", "CN=mip6d",
					   "--outform", "pem", NULL });
}

static int copy(const char *from, const char *to)
{
	FILE *in = fopen(from, "re"), *out = in ? create(to) : NULL;
	int c, err;

	if (!in)
		return failed(from);
	while (out && (c = getc(in)) != EOF)
		putc(c, out);
	err = !out || ferror(in) || fflush(out) ? -EIO : 0;
	if (out)
		fclose(out);
	fclose(in);
	return err;
}

static int make_certificate(const struct plan *p, const char *who,
			    const char *ca_key, const char *ca)
{
	auto_free char *key = path_of(p, who, "own.key");
	auto_free char *cert = path_of(p, who, "own.pem");
	auto_free char *authority = path_of(p, who, "authority.pem");
	char dn[NAME_MAX_LEN + 8], id[NAME_MAX_LEN + 16];
	int err = make_key(key);

	snprintf(dn, sizeof(dn), "CN=%s", who);
	snprintf(id, sizeof(id), "%s@mip6.invalid", who);
	if (!err)
		err = pki(cert,
			  (const char *[]){ "pki", "--issue", "--in", key,
					    "--type", "priv", "--cacert", ca,
					    "--cakey", ca_key, "--lifetime",
					    CERT_DAYS, "--dn", dn, "--san", id,
					    "--outform", "pem", NULL });
	return err ? err : copy(ca, authority);
}

static int make_certificates(const struct plan *p)
{
	auto_free char *key = path_of(p, "authority", "authority.key");
	auto_free char *cert = path_of(p, "authority", "authority.pem");
	int err = make_authority(p, key, cert), i;

	if (!err)
		err = make_certificate(p, "agent", key, cert);
	for (i = 0; !err && i < p->n_nodes; i++)
		err = make_certificate(p, p->nodes[i].name, key, cert);
	return err;
}

/* ---- all of it ---- */

static int generate(struct plan *p)
{
	int err, i;

	if (mkdir(p->dir, 0700) && errno != EEXIST)
		return failed(p->dir);
	err = make_folder(p, "agent");
	for (i = 0; !err && i < p->n_nodes; i++) {
		err = make_folder(p, p->nodes[i].name);
		if (!err && !p->certificates)
			err = make_secret(p->nodes[i].secret);
		if (!err)
			err = write_pairs(p, &p->nodes[i]);
		if (!err)
			err = write_charon(p, p->nodes[i].name);
	}
	if (!err)
		err = write_charon(p, "agent");
	if (!err)
		err = write_pairs(p, NULL);
	if (!err && p->certificates)
		err = make_certificates(p);
	return err;
}

static void say_what_next(const struct plan *p)
{
	printf("%s/agent belongs to the home agent, %s/NAME to each mobile "
	       "node%s\nThere, in what was copied, as root:\n\n",
	       p->dir, p->dir,
	       p->certificates ? "; keep authority off both." : ".");
	printf("\tinstall -D -o mip6d -m 600 -t " MIP6D_IKE_DIR " ike.conf%s\n"
	       "\tinstall -D -m 644 charon.conf "
	       "/etc/strongswan.d/mip6d.conf\n"
	       "\tsystemctl restart strongswan mip6d\n\n",
	       p->certificates ? " own.pem own.key authority.pem" : "");
	printf("strongSwan's charon is in the package charon-systemd; "
	       "mip6d.conf has security = \"ipsec\".\n");
}

int ctl_ike_generate(int argc, char **argv)
{
	struct plan p = { 0 };
	int i, err;

	if (argc && !strcmp(*argv, "--certificates")) {
		p.certificates = true;
		argc--;
		argv++;
	}
	if (argc < 3 || addr_parse(argv[1], &p.agent) ||
	    !addr_is_routable(&p.agent)) {
		fprintf(stderr, "mip6d-ctl: expected ike generate "
				"[--certificates] FOLDER AGENT-ADDRESS "
				"NAME=HOME-ADDRESS...\n");
		return -EINVAL;
	}
	p.dir = argv[0];
	p.n_nodes = argc - 2;
	p.nodes = calloc((size_t)p.n_nodes, sizeof(*p.nodes));
	if (!p.nodes)
		return -ENOMEM;
	err = 0;
	for (i = 0; i < p.n_nodes; i++)
		if (!read_node(argv[i + 2], &p.nodes[i]))
			err = -EINVAL;
	if (!err && (!check_twice(&p) || !check_agent(&p)))
		err = -EINVAL;
	if (!err)
		err = generate(&p);
	if (!err)
		say_what_next(&p);
	explicit_bzero(p.nodes, (size_t)p.n_nodes * sizeof(*p.nodes));
	free(p.nodes);
	return err;
}
