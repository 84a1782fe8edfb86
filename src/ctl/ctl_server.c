/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control socket: who may connect, who is root, how many, and how much they may make
 * the daemon keep for them.
 *
 * A client gets the answer to its next line when it has read that to the
 * last: at most one line in and one reply out are kept for each.  A client
 * that does not read is dropped.  What is answered is left to ctl_answer.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "mip6d/cleanup.h"
#include "mip6d/ctl.h"
#include "mip6d/log.h"
#include "mip6d/loop.h"

#define STUCK_S 10 /* a reply that is not read for so long */

struct client {
	struct ctl *ctl;
	int fd;
	struct loop_fd *handle;
	bool is_root;
	char *in; /* CTL_LINE_MAX + 1 octets */
	size_t in_len;
	char *out; /* NULL: nothing waits */
	size_t out_len, out_pos;
	bool is_eof;  /* nothing more will come */
	bool is_last; /* ends after this reply */
	struct task stuck;
	struct client *next, **prev;
};

struct ctl {
	struct loop *loop;
	struct daemon *d;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	int lock_fd, fd;
	struct loop_fd *handle;
	struct client *clients;
	unsigned int n_clients;
};

/* ---- one client ---- */

static void client_free(struct client *c)
{
	task_stop(&c->stuck);
	loop_del_fd(c->handle);
	close(c->fd);
	*c->prev = c->next;
	if (c->next)
		c->next->prev = c->prev;
	c->ctl->n_clients--;
	free(c->in);
	free(c->out);
	free(c);
}

static void on_stuck(struct task *task, struct mtime now)
{
	struct client *c = container_of(task, struct client, stuck);

	(void)now;
	log_debug("control: a client does not read its answer; dropped");
	client_free(c);
}

/* Takes reply over; NULL drops the client soon. */
static void client_reply(struct client *c, char *reply)
{
	c->out = reply;
	c->out_len = reply ? strlen(reply) : 0;
	c->out_pos = 0;
	if (!reply)
		c->is_last = true;
}

/* The next line of the input, if it is whole, becomes a reply. */
static bool client_next_line(struct client *c, struct mtime now)
{
	char *nl = memchr(c->in, '\n', c->in_len);
	size_t len = nl ? (size_t)(nl - c->in) : c->in_len;
	size_t used = nl ? len + 1 : len;

	if (!nl && c->in_len > CTL_LINE_MAX) {
		c->is_last = true; /* where the next one begins is lost */
	} else if (!nl && (!c->is_eof || !c->in_len)) {
		return false;
	}
	client_reply(c, ctl_answer(c->ctl->d, c->is_root, c->in, len, now));
	memmove(c->in, c->in + used, c->in_len - used);
	c->in_len -= used;
	return true;
}

/* False: the client is gone. */
static bool client_flush(struct client *c, struct mtime now)
{
	ssize_t n;

	while (c->out) {
		n = send(c->fd, c->out + c->out_pos, c->out_len - c->out_pos,
			 MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return true;
		if (n < 0) {
			client_free(c);
			return false;
		}
		c->out_pos += (size_t)n;
		if (n > 0)
			tqueue_start(loop_tqueue(c->ctl->loop), &c->stuck,
				     mtime_add_s(now, STUCK_S));
		if (c->out_pos == c->out_len) {
			free(steal_ptr(c->out));
			task_stop(&c->stuck);
		}
	}
	return true;
}

static void on_client_writable(void *arg, struct mtime now);

/* Answers line after line until the client has to read first. */
static void client_serve(struct client *c, struct mtime now)
{
	do {
		if (!client_flush(c, now))
			return;
	} while (!c->out && !c->is_last && client_next_line(c, now));
	if (!c->out && (c->is_last || c->is_eof)) {
		client_free(c);
		return;
	}
	if (c->out && !task_is_started(&c->stuck))
		tqueue_start(loop_tqueue(c->ctl->loop), &c->stuck,
			     mtime_add_s(now, STUCK_S));
	loop_fd_want_write(c->handle, c->out ? on_client_writable : NULL);
	loop_fd_want_read(c->handle, !c->out);
}

static void on_client_writable(void *arg, struct mtime now)
{
	client_serve(arg, now);
}

static void on_client_readable(void *arg, struct mtime now)
{
	struct client *c = arg;
	ssize_t n;

	n = recv(c->fd, c->in + c->in_len, CTL_LINE_MAX + 1 - c->in_len, 0);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n < 0) {
		client_free(c);
		return;
	}
	c->in_len += (size_t)n;
	c->is_eof = n == 0;
	client_serve(c, now);
}

/* ---- the listening socket ---- */

/* As who he connected; a socket that was handed on stays his. */
static bool is_root(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	return !getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) &&
	       len == sizeof(peer) && peer.uid == 0;
}

static int client_new(struct ctl *ctl, int fd)
{
	struct client *c = calloc(1, sizeof(*c));

	if (c)
		c->in = malloc(CTL_LINE_MAX + 1);
	if (!c || !c->in ||
	    loop_add_fd(ctl->loop, fd, on_client_readable, c, &c->handle)) {
		free(c ? c->in : NULL);
		free(c);
		return -ENOMEM;
	}
	c->ctl = ctl;
	c->fd = fd;
	c->is_root = is_root(fd);
	task_init(&c->stuck, on_stuck);
	c->next = ctl->clients;
	c->prev = &ctl->clients;
	if (c->next)
		c->next->prev = &c->next;
	ctl->clients = c;
	ctl->n_clients++;
	return 0;
}

static void on_connect(void *arg, struct mtime now)
{
	static const char full[] = "{\"ok\":false,\"version\":1,\"error\":"
				   "\"too many clients\"}\n";
	struct ctl *ctl = arg;
	int fd = accept4(ctl->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0) {
		if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
			log_limited(LOG_LEVEL_WARNING, now,
				    "control: cannot accept a client: %s",
				    strerror(errno));
		return;
	}
	if (ctl->n_clients < CTL_MAX_CLIENTS && !client_new(ctl, fd))
		return;
	send(fd, full, sizeof(full) - 1, MSG_NOSIGNAL);
	close(fd);
}

/* One level: /run/mip6d after a boot. */
static int make_parent(const char *path)
{
	char dir[sizeof(((struct ctl *)0)->path)];
	int err;

	strcpy(dir, path);
	*strrchr(dir, '/') = '\0';
	if (!*dir || !mkdir(dir, 0755) || errno == EEXIST)
		return 0;
	err = errno;
	log_error("control: cannot create the folder %s: %s", dir,
		  strerror(err));
	return -err;
}

/* The lock tells a living mip6d from a socket file that one left behind.
 * The file may have been removed by its last holder just before we locked
 * it: then it is opened again. */
static int lock_take(const char *path, int *ret_fd)
{
	auto_free char *lock = NULL;
	struct stat held, there;
	int fd, err;

	if (asprintf(&lock, "%s.lock", path) < 0)
		return -ENOMEM;
	for (;;) {
		fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
			  0600);
		if (fd < 0) {
			err = errno;
			log_error("control: cannot open %s: %s", lock,
				  strerror(err));
			return -err;
		}
		if (flock(fd, LOCK_EX | LOCK_NB)) {
			err = errno == EWOULDBLOCK ? EADDRINUSE : errno;
			close(fd);
			return -err;
		}
		if (!fstat(fd, &held) && !stat(lock, &there) &&
		    held.st_ino == there.st_ino && held.st_dev == there.st_dev)
			break;
		close(fd);
	}
	*ret_fd = fd;
	return 0;
}

static void lock_drop(struct ctl *ctl)
{
	auto_free char *lock = NULL;

	if (ctl->lock_fd < 0)
		return;
	if (asprintf(&lock, "%s.lock", ctl->path) >= 0)
		unlink(lock);
	else
		lock = NULL;
	close(ctl->lock_fd);
}

/* Somebody who answers there without our lock is no mip6d that we know, but
 * he is not to be pushed aside either. */
static bool is_answered(const struct sockaddr_un *sun)
{
	auto_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return fd >= 0 &&
	       !connect(fd, (const struct sockaddr *)sun, sizeof(*sun));
}

/* Called with the lock held. */
static int remove_stale(const struct sockaddr_un *sun)
{
	struct stat st;

	if (lstat(sun->sun_path, &st))
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode)) {
		log_error("control: %s is there and no socket", sun->sun_path);
		return -EEXIST;
	}
	if (is_answered(sun))
		return -EADDRINUSE;
	log_info("control: %s is left from an earlier run; replaced",
		 sun->sun_path);
	return unlink(sun->sun_path) ? -errno : 0;
}

static int find_group(const char *group, gid_t *ret_gid)
{
	struct group *gr;
	int err;

	errno = 0;
	gr = getgrnam(group);
	if (!gr) {
		err = errno ? -errno : -ENOENT;
		log_error("control: there is no user group %s", group);
		return err;
	}
	*ret_gid = gr->gr_gid;
	return 0;
}

/* Without a group in the configuration it is mip6 where the system has that
 * and we may, else the one that mip6d runs as, unless that is root's: a
 * service has one of its own.  Never open to more than that, not for a
 * moment. */
static int set_group(const char *path, const char *group)
{
	const struct group *gr = *group ? NULL : getgrnam(CTL_GROUP);
	gid_t gid = getegid();
	int err;

	if (gr && !chown(path, (uid_t)-1, gr->gr_gid))
		gid = gr->gr_gid;
	if (*group) {
		err = find_group(group, &gid);
		if (err)
			return err;
		if (chown(path, (uid_t)-1, gid)) {
			err = errno;
			log_error("control: cannot give %s to the group %s: "
				  "%s; who is not root must belong to it, as "
				  "by SupplementaryGroups= in a systemd unit",
				  path, group, strerror(err));
			return -err;
		}
	}
	if ((*group || gid) && chmod(path, 0660)) {
		err = errno;
		log_error("control: cannot open %s to its group: %s", path,
			  strerror(err));
		return -err;
	}
	return 0;
}

static int listen_at(struct ctl *ctl, const char *group)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	mode_t old;
	int err;

	strcpy(sun.sun_path, ctl->path);
	err = remove_stale(&sun);
	if (err)
		return err;
	ctl->fd =
		socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (ctl->fd < 0)
		return -errno;
	old = umask(0177);
	err = bind(ctl->fd, (struct sockaddr *)&sun, sizeof(sun)) ? -errno : 0;
	umask(old);
	if (err) {
		log_error("control: cannot create %s: %s", ctl->path,
			  strerror(-err));
		close(ctl->fd);
		ctl->fd = -1;
		return err;
	}
	err = set_group(ctl->path, group);
	if (err)
		return err;
	return listen(ctl->fd, CTL_MAX_CLIENTS) ? -errno : 0;
}

int ctl_open(struct loop *loop, const char *path, const char *group,
	     struct daemon *d, struct ctl **ret_ctl)
{
	struct ctl *ctl = calloc(1, sizeof(*ctl));
	int err;

	if (!ctl)
		return -ENOMEM;
	ctl->loop = loop;
	ctl->d = d;
	ctl->fd = ctl->lock_fd = -1;
	err = strlen(path) < sizeof(ctl->path) && path[0] == '/'
		      ? 0
		      : -ENAMETOOLONG;
	if (!err) {
		strcpy(ctl->path, path);
		err = make_parent(ctl->path);
	}
	if (!err)
		err = lock_take(path, &ctl->lock_fd);
	if (!err)
		err = listen_at(ctl, group);
	if (!err)
		err = loop_add_fd(loop, ctl->fd, on_connect, ctl, &ctl->handle);
	if (err) {
		ctl_close(ctl);
		return err;
	}
	*ret_ctl = ctl;
	return 0;
}

void ctl_set_daemon(struct ctl *ctl, struct daemon *d)
{
	if (ctl)
		ctl->d = d;
}

struct ctl *ctl_close(struct ctl *ctl)
{
	struct client *c, *next;

	if (!ctl)
		return NULL;
	for (c = ctl->clients; c; c = next) {
		next = c->next;
		client_free(c);
	}
	loop_del_fd(ctl->handle);
	if (ctl->fd >= 0) {
		unlink(ctl->path);
		close(ctl->fd);
	}
	lock_drop(ctl);
	free(ctl);
	return NULL;
}
