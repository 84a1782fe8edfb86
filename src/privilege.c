/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The user and the capabilities that mip6d runs with.
 *
 * This file decides that root's rights end before anything is opened, so that
 * a start as root goes the same way as one by the systemd unit; that who was
 * root gives the new user the folders that are mip6d's own; that nothing
 * else is kept than CAP_NET_ADMIN, CAP_NET_RAW and CAP_BPF; and that nobody
 * else reads the memory.  System calls are left to seccomp_filter.c.
 */
#include "config.h"

#include "src/privilege.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "mip6d/cleanup.h"
#include "mip6d/ctl.h"
#include "mip6d/log.h"

#ifndef CAP_BPF
#define CAP_BPF 39
#endif

#define GROUPS_MAX 32
#define BIT(cap)   (1ULL << (cap))

static const uint64_t kept = BIT(CAP_NET_ADMIN) | BIT(CAP_NET_RAW) |
			     BIT(CAP_BPF);

/* ---- capabilities ---- */

struct caps {
	uint64_t effective, permitted;
};

static int caps_get(struct caps *ret_caps)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &head, data))
		return -errno;
	ret_caps->effective = (uint64_t)data[1].effective << 32 |
			      data[0].effective;
	ret_caps->permitted = (uint64_t)data[1].permitted << 32 |
			      data[0].permitted;
	return 0;
}

/* Effective and permitted alike; none for what is executed. */
static int caps_set(uint64_t caps)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {
		{ .effective = (uint32_t)caps, .permitted = (uint32_t)caps },
		{ .effective = (uint32_t)(caps >> 32),
		  .permitted = (uint32_t)(caps >> 32) },
	};

	return syscall(SYS_capset, &head, data) ? -errno : 0;
}

bool privilege_is_enough(void)
{
	static const struct {
		unsigned int cap;
		const char *name, *purpose;
	} needed[] = {
		{ CAP_NET_ADMIN, "CAP_NET_ADMIN", "routes and tunnels" },
		{ CAP_NET_RAW, "CAP_NET_RAW", "Mobility Header sockets" },
	};
	struct caps caps = { 0 };
	bool enough = true;
	size_t i;

	/* Whoever cannot even be asked finds out when he tries. */
	if (caps_get(&caps))
		return true;
	for (i = 0; i < ARRAY_SIZE(needed); i++) {
		if (caps.effective & BIT(needed[i].cap))
			continue;
		log_error("the capability %s is missing (for %s): start "
			  "mip6d as root, or as mip6d.service does",
			  needed[i].name, needed[i].purpose);
		enough = false;
	}
	return enough;
}

/* Only who may set capabilities may shrink their bound; who may not was
 * given a small one. */
static void shrink_bound(void)
{
	unsigned long cap;

	for (cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		if (cap > 63 || !(kept & BIT(cap)))
			prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
}

static int keep_needed(void)
{
	struct caps caps = { 0 };
	int err = caps_get(&caps);

	if (!err)
		err = caps_set(caps.permitted & kept);
	if (!err && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		err = -errno;
	/* Memory holds keys: no core file has them, and nobody of the same
	 * user reads them. */
	if (!err && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
		err = -errno;
	if (err)
		log_error("cannot give up capabilities: %s", strerror(-err));
	return err;
}

/* ---- folders ---- */

/* A file that mip6d writes, the old or the new one of it, or its lock. */
static bool is_our_name(const char *name)
{
	static const char *const names[] = { "agents", "control", "homes",
					     "sequence", "timestamps" };
	static const char *const ends[] = { "", ".bad", ".lock", ".new" };
	size_t i, j, len;

	if (!strncmp(name, "sysctl-", strlen("sysctl-")))
		return true;
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		len = strlen(names[i]);
		for (j = 0; j < ARRAY_SIZE(ends); j++)
			if (!strncmp(name, names[i], len) &&
			    !strcmp(name + len, ends[j]))
				return true;
	}
	return false;
}

/* What an earlier run as somebody else left is given on; not what only looks
 * so, a link to something else, also when it becomes one just now. */
static void give_file(int dir_fd, const char *name, const struct passwd *pw)
{
	auto_close int fd =
		openat(dir_fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) || st.st_uid == pw->pw_uid ||
	    st.st_nlink != 1 || !(S_ISREG(st.st_mode) || S_ISSOCK(st.st_mode)))
		return;
	if (fchownat(fd, "", pw->pw_uid, pw->pw_gid, AT_EMPTY_PATH))
		log_warning("cannot give %s to the user %s: %s", name,
			    pw->pw_name, strerror(errno));
}

/* Gives what is ours in it, with pw; the rest is only counted. */
static unsigned int walk(int dir_fd, const struct passwd *pw)
{
	DIR *dir = fdopendir(
		openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	unsigned int others = 0;
	struct dirent *e;

	while (dir && (e = readdir(dir))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		if (!is_our_name(e->d_name))
			others++;
		else if (pw)
			give_file(dir_fd, e->d_name, pw);
	}
	if (dir)
		closedir(dir);
	return others;
}

/* A folder of ours, made when it is missing.  One that only the
 * configuration calls so may be the whole system's: it must hold nothing
 * else.  What cannot be had is said by who needs it. */
static void give_folder(const char *path, mode_t mode, bool is_sure,
			const struct passwd *pw)
{
	auto_close int fd = -1;
	struct stat st;

	mkdir(path, mode);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st))
		return;
	if (!is_sure && st.st_uid != pw->pw_uid && walk(fd, NULL)) {
		log_warning("%s holds more than mip6d's files: it is not given "
			    "to the user %s",
			    path, pw->pw_name);
		return;
	}
	if (fchown(fd, pw->pw_uid, pw->pw_gid))
		log_warning("cannot give %s to the user %s: %s", path,
			    pw->pw_name, strerror(errno));
	walk(fd, pw);
}

/* The folder of the control socket, too, if it was not there: one that
 * exists belongs to somebody. */
static void give_folders(const struct conf *conf, const struct passwd *pw)
{
	char dir[sizeof(conf->ctl_socket)];

	strcpy(dir, conf->ctl_socket);
	*strrchr(dir, '/') = '\0';
	if (*dir && access(dir, F_OK))
		give_folder(dir, 0755, false, pw);
	give_folder(MIP6D_RUN_DIR, 0755, true, pw);
	if (conf->state_dir[0])
		give_folder(conf->state_dir, 0700,
			    !strcmp(conf->state_dir, MIP6D_STATE_DIR), pw);
}

/* ---- the user ---- */

/* That of the control socket, too, so that it can be given to it. */
static int set_groups(const struct conf *conf, gid_t *groups, size_t n)
{
	const struct group *gr =
		getgrnam(*conf->ctl_group ? conf->ctl_group : CTL_GROUP);

	if (gr)
		groups[n++] = gr->gr_gid;
	return setgroups(n, groups) ? -errno : 0;
}

static int set_groups_of(const struct conf *conf, const struct passwd *pw)
{
	gid_t groups[GROUPS_MAX];
	int n = GROUPS_MAX - 1;

	if (getgrouplist(pw->pw_name, pw->pw_gid, groups, &n) < 0)
		n = GROUPS_MAX - 1;
	return set_groups(conf, groups, (size_t)n);
}

static int become(const struct conf *conf, const struct passwd *pw)
{
	int err;

	give_folders(conf, pw);
	shrink_bound();
	err = prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) ? -errno : 0;
	if (!err)
		err = set_groups_of(conf, pw);
	if (!err && setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid))
		err = -errno;
	if (!err && setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid))
		err = -errno;
	if (err)
		log_error("cannot become the user %s: %s", pw->pw_name,
			  strerror(-err));
	return err;
}

/* Without the right to other people's files. */
static void stay_root(const struct conf *conf)
{
	static char name[] = "root";
	gid_t groups[GROUPS_MAX];
	int n = getgroups(GROUPS_MAX - 1, groups);
	int err = set_groups(conf, groups, n > 0 ? (size_t)n : 0);

	/* Then it cannot be given to it, which is told there. */
	if (err)
		log_debug("groups stay as they are: %s", strerror(-err));
	give_folders(conf, &(struct passwd){ .pw_name = name });
	shrink_bound();
}

int privilege_drop(const struct conf *conf)
{
	const char *name = *conf->user ? conf->user : CONF_USER;
	const struct passwd *pw;
	int err = 0;

	if (geteuid())
		return keep_needed();
	errno = 0;
	pw = getpwnam(name);
	if (!pw && *conf->user) {
		err = errno ? -errno : -ENOENT;
		log_error("there is no user %s", name);
		return err;
	}
	if (pw && pw->pw_uid)
		err = become(conf, pw);
	else
		stay_root(conf);
	if (!pw)
		log_warning("there is no user %s: mip6d stays root, without "
			    "most of root's rights (user in mip6d.conf)",
			    name);
	return err ? err : keep_needed();
}

/* ---- what it came to ---- */

static unsigned long long field_of(const char *status, const char *name,
				   int base)
{
	const char *at = strstr(status, name);

	return at ? strtoull(at + strlen(name), NULL, base) : 0;
}

void privilege_read(struct daemon_process *ret_process)
{
	struct daemon_process p = { .uid = geteuid() };
	const struct passwd *pw = getpwuid(p.uid);
	FILE *f = fopen("/proc/self/status", "re");
	char status[4096];
	size_t n = f ? fread(status, 1, sizeof(status) - 1, f) : 0;

	status[n] = '\0';
	if (f)
		fclose(f);
	if (pw)
		snprintf(p.user, sizeof(p.user), "%s", pw->pw_name);
	p.capabilities = field_of(status, "\nCapEff:", 16);
	p.no_new_privileges = field_of(status, "\nNoNewPrivs:", 10);
	p.seccomp = field_of(status, "\nSeccomp:", 10) == 2;
	*ret_process = p;
}
