/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mip6d-ctl sa: the files of static keys at the agent.
 *
 * This file decides where they are, who may read them, and that a file is
 * there whole or not at all.  What is in them is left to ctl_sa.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mip6d/cleanup.h"
#include "src/ctl/ctl_sa.h"

/* Whom the unit runs the daemon as: it has to read what root writes here. */
#define DAEMON_USER "mip6d"

char *ctl_sa_path(const char *dir)
{
	char *path;

	return asprintf(&path, "%s/sa.conf", dir) < 0 ? NULL : path;
}

char *ctl_sa_node_dir(const char *dir, const struct in6_addr *hoa)
{
	char *path, *p;

	if (asprintf(&path, "%s/nodes/%s", dir, addr_str(hoa)) < 0)
		return NULL;
	/* No colon: some programs that copy files take it for a host's. */
	for (p = path + strlen(dir); *p; p++)
		if (*p == ':')
			*p = '-';
	return path;
}

static int complain(const char *path, int err)
{
	fprintf(stderr, "mip6d-ctl: %s: %s\n", path, strerror(-err));
	return err;
}

int ctl_sa_load(const char *dir, bool may_miss, struct security_keys **ret_keys)
{
	auto_free char *path = ctl_sa_path(dir);
	int err;

	if (!path)
		return -ENOMEM;
	err = keyfile_read(path, stderr, ret_keys);
	if (err == -ENOENT && may_miss) {
		*ret_keys = calloc(1, sizeof(**ret_keys));
		return *ret_keys ? 0 : -ENOMEM;
	}
	return err && err != -EINVAL ? complain(path, err) : err;
}

/* ---- writing ---- */

/* The daemon's own user reads its keys at each reload. */
static void give_away(int fd)
{
	const struct passwd *pw = geteuid() ? NULL : getpwnam(DAEMON_USER);

	if (pw && fchown(fd, pw->pw_uid, pw->pw_gid))
		fprintf(stderr, "mip6d-ctl: cannot give the file to %s: %s\n",
			DAEMON_USER, strerror(errno));
}

static int make_dir(const char *path, mode_t mode)
{
	if (!mkdir(path, mode) || errno == EEXIST)
		return 0;
	return complain(path, -errno);
}

/* A stream on a new file that only its owner may read. */
static int create(const char *path, FILE **ret_f)
{
	int fd = open(path,
		      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		      0600);

	if (fd < 0)
		return complain(path, -errno);
	give_away(fd);
	*ret_f = fdopen(fd, "w");
	if (*ret_f)
		return 0;
	close(fd);
	return complain(path, -ENOMEM);
}

/* Takes f over. */
static int finish(FILE *f, const char *temp, const char *path)
{
	int err = 0;

	if (fflush(f) || fsync(fileno(f)))
		err = -errno;
	if (fclose(f) && !err)
		err = -errno;
	if (!err && rename(temp, path))
		err = -errno;
	if (!err)
		return 0;
	unlink(temp);
	return complain(path, err);
}

static int write_keys(const char *path, const struct security_keys *keys)
{
	auto_free char *temp = NULL;
	FILE *f;
	int err;

	if (asprintf(&temp, "%s.new", path) < 0)
		return -ENOMEM;
	unlink(temp);
	err = create(temp, &f);
	if (err)
		return err;
	keyfile_write(f, keys);
	return finish(f, temp, path);
}

int ctl_sa_save(const char *dir, const struct security_keys *keys)
{
	auto_free char *path = ctl_sa_path(dir);
	int err;

	if (!path)
		return -ENOMEM;
	err = make_dir(dir, 0755);
	return err ? err : write_keys(path, keys);
}

/* ---- a node's bundle ---- */

static int write_conf(const char *path, const struct security_node *node)
{
	auto_free char *temp = NULL;
	FILE *f;
	int err;

	if (asprintf(&temp, "%s.new", path) < 0)
		return -ENOMEM;
	unlink(temp);
	err = create(temp, &f);
	if (err)
		return err;
	fprintf(f,
		"# A mobile node of %s; goes to " MIP6D_CONF_FILE ".\n"
		"# Its keys, sa.conf, go to " MIP6D_KEYS_FILE ".\n\n"
		"mobile-node = {\n"
		"\tinterfaces = (\n"
		"\t\t{ name = \"eth0\"; } # yours\n"
		"\t);\n"
		"\thomes = (\n"
		"\t\t{\n"
		"\t\t\taddress = \"%s/64\"; # the home prefix's length\n"
		"\t\t\thome-agent = \"%s\";\n"
		"\t\t}\n"
		"\t);\n"
		"};\n",
		addr_str(&node->agent), addr_str(&node->hoa),
		addr_str(&node->agent));
	return finish(f, temp, path);
}

static int make_node_dir(const char *dir, const char *path)
{
	auto_free char *nodes = NULL;
	int err;

	if (asprintf(&nodes, "%s/nodes", dir) < 0)
		return -ENOMEM;
	err = make_dir(dir, 0755);
	if (!err)
		err = make_dir(nodes, 0700);
	return err ? err : make_dir(path, 0700);
}

int ctl_sa_save_node(const char *dir, const struct security_node *node,
		     unsigned int send)
{
	auto_free char *path = ctl_sa_node_dir(dir, &node->hoa);
	auto_free char *keys_path = path ? ctl_sa_path(path) : NULL;
	auto_free char *conf_path = NULL;
	struct security_node own = *node;
	struct security_keys keys = { &own, 1 };
	int err;

	if (!keys_path || asprintf(&conf_path, "%s/mip6d.conf", path) < 0)
		return -ENOMEM;
	own.send = send;
	err = make_node_dir(dir, path);
	if (!err)
		err = write_keys(keys_path, &keys);
	explicit_bzero(&own, sizeof(own));
	/* The node's may have been changed since, and never by a new key. */
	if (!err && access(conf_path, F_OK))
		err = write_conf(conf_path, node);
	return err;
}
