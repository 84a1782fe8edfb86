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
#include <sys/file.h>
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

static int make_dir(const char *path, mode_t mode)
{
	if (!mkdir(path, mode) || errno == EEXIST)
		return 0;
	return complain(path, -errno);
}

int ctl_sa_lock(const char *dir, bool may_make)
{
	int err = may_make ? make_dir(dir, 0755) : 0;
	int fd = err ? -1 : open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (err)
		return err;
	if (fd < 0)
		return complain(dir, -errno);
	while (flock(fd, LOCK_EX)) {
		if (errno == EINTR)
			continue;
		err = complain(dir, -errno);
		close(fd);
		return err;
	}
	return fd;
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

/* A file that is being written beside the one whose place it takes. */
struct file {
	const char *path;
	char *temp; /* owned */
	FILE *f;
};

/* Only its owner may read it. */
static int begin(struct file *file, const char *path)
{
	int fd;

	*file = (struct file){ .path = path };
	if (asprintf(&file->temp, "%s.new", path) < 0)
		return -ENOMEM;
	unlink(file->temp);
	fd = open(file->temp,
		  O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd >= 0)
		file->f = fdopen(fd, "w");
	if (file->f) {
		give_away(fd);
		return 0;
	}
	if (fd >= 0)
		close(fd);
	complain(file->temp, -errno);
	free(file->temp);
	return -EIO;
}

static int end(struct file *file)
{
	int err = 0;

	/* What could not be written earlier is not told again. */
	if (ferror(file->f))
		err = -EIO;
	else if (fflush(file->f) || fsync(fileno(file->f)))
		err = -errno;
	if (fclose(file->f) && !err)
		err = -errno;
	if (!err && rename(file->temp, file->path))
		err = -errno;
	if (err) {
		unlink(file->temp);
		complain(file->path, err);
	}
	free(file->temp);
	return err;
}

static int write_keys(const char *path, const struct security_keys *keys)
{
	struct file file;
	int err = begin(&file, path);

	if (err)
		return err;
	keyfile_write(file.f, keys);
	return end(&file);
}

int ctl_sa_save(const char *dir, const struct security_keys *keys)
{
	auto_free char *path = ctl_sa_path(dir);

	return path ? write_keys(path, keys) : -ENOMEM;
}

/* ---- a node's bundle ---- */

static int write_conf(const char *path, const struct security_node *node)
{
	struct file file;
	int err = begin(&file, path);

	if (err)
		return err;
	fprintf(file.f,
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
	return end(&file);
}

static int make_node_dir(const char *dir, const char *path)
{
	auto_free char *nodes = NULL;
	int err;

	if (asprintf(&nodes, "%s/nodes", dir) < 0)
		return -ENOMEM;
	err = make_dir(nodes, 0700);
	return err ? err : make_dir(path, 0700);
}

/* A node sends with its newest keys, and takes both. */
static int own_keys(const struct security_keys *all, const struct in6_addr *hoa,
		    struct security_keys *ret)
{
	struct security_node *node;
	unsigned int i;

	*ret = (struct security_keys){
		calloc(all->n_nodes, sizeof(*all->nodes)), 0
	};
	if (!ret->nodes)
		return -ENOMEM;
	for (i = 0; i < all->n_nodes; i++) {
		if (!addr_eq(&all->nodes[i].hoa, hoa))
			continue;
		node = &ret->nodes[ret->n_nodes++];
		*node = all->nodes[i];
		node->send = node->n_sets - 1;
	}
	return 0;
}

int ctl_sa_save_bundle(const char *dir, const struct security_keys *keys,
		       const struct in6_addr *hoa)
{
	auto_free char *path = ctl_sa_node_dir(dir, hoa);
	auto_free char *keys_path = path ? ctl_sa_path(path) : NULL;
	auto_free char *conf_path = NULL;
	struct security_keys own;
	int err;

	if (!keys_path || asprintf(&conf_path, "%s/mip6d.conf", path) < 0)
		return -ENOMEM;
	err = own_keys(keys, hoa, &own);
	if (err)
		return err;
	err = make_node_dir(dir, path);
	if (!err)
		err = write_keys(keys_path, &own);
	/* The node's may have been changed since, and never by a new key. */
	if (!err && access(conf_path, F_OK))
		err = write_conf(conf_path, own.nodes);
	explicit_bzero(own.nodes, own.n_nodes * sizeof(*own.nodes));
	free(own.nodes);
	return err;
}
