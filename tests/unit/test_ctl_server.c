/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control socket, really opened in a folder of its own: who gets in, how
 * lines become lines, and that nobody makes the daemon keep more than the
 * bounds say.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "mip6d/cleanup.h"
#include "mip6d/ctl.h"
#include "mip6d/loop.h"
#include "tests/fake/fake.h"
#include "tests/unit/unit.h"

static char dir[] = "/tmp/test_ctl.XXXXXX";
static char path[64];
static struct tqueue *tq;
static struct loop *loop;
static struct ctl *ctl;
static struct task end;
static unsigned int answered;
static bool asked_as_root;

/* In place of ctl_answer.c: the line comes back, doubled in size by each
 * '*' that it begins with. */
char *ctl_answer(struct daemon *d, bool may_change, const char *line,
		 size_t len, struct mtime now)
{
	size_t size = len + 2;
	char *reply;

	(void)d;
	(void)now;
	answered++;
	asked_as_root = may_change;
	while (len && *line == '*') {
		size *= 2;
		line++;
		len--;
	}
	reply = malloc(size + len + 2);
	memset(reply, '.', size);
	memcpy(reply + size, line, len);
	memcpy(reply + size + len, "\n", 2);
	return reply;
}

static void on_end(struct task *task, struct mtime now)
{
	(void)task;
	(void)now;
	loop_stop(loop);
}

/* Runs the loop until nothing is left to do at once. */
static void run(void)
{
	unsigned int i;

	for (i = 0; i < 20; i++) {
		tqueue_start(tq, &end, mtime_now());
		UNIT_EQ(loop_run(loop), 0);
	}
}

static void setup(void)
{
	strcpy(dir + strlen(dir) - 6, "XXXXXX");
	UNIT_NEED(mkdtemp(dir) != NULL);
	snprintf(path, sizeof(path), "%s/run/control", dir);
	fake_log_clear();
	answered = 0;
	tq = tqueue_new();
	UNIT_NEED(!loop_new(tq, &loop));
	task_init(&end, on_end);
}

/* The folders must be empty again: nothing stays behind. */
static void teardown(void)
{
	char run_dir[64];

	ctl = ctl_close(ctl);
	loop = loop_free(loop);
	tq = tqueue_free(tq);
	snprintf(run_dir, sizeof(run_dir), "%s/run", dir);
	UNIT_EQ(rmdir(run_dir), 0);
	UNIT_EQ(rmdir(dir), 0);
}

static int open_ctl(struct ctl **ret_ctl)
{
	return ctl_open(loop, path, "", NULL, ret_ctl);
}

static int client(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	strcpy(sun.sun_path, path);
	UNIT_NEED(fd >= 0);
	UNIT_NEED(!connect(fd, (struct sockaddr *)&sun, sizeof(sun)));
	return fd;
}

static void say(int fd, const char *text)
{
	UNIT_EQ(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
	run();
}

/* All that is there to be read, as text. */
static const char *heard(int fd)
{
	static char buf[4096];
	ssize_t n = recv(fd, buf, sizeof(buf) - 1, 0);

	buf[n < 0 ? 0 : n] = '\0';
	return buf;
}

static bool is_closed(int fd)
{
	char c;
	ssize_t n = recv(fd, &c, 1, 0);

	return n == 0 || (n < 0 && errno != EAGAIN);
}

/* ---- the file ---- */

/* An installed machine has the group that the socket is for. */
static gid_t readers(void)
{
	const struct group *gr = geteuid() ? NULL : getgrnam(CTL_GROUP);

	return gr ? gr->gr_gid : getegid();
}

/* And for its group, if that is not root's: a service has one of its own. */
static void socket_is_only_for_its_owner(void)
{
	struct stat st;

	setup();
	UNIT_EQ(open_ctl(&ctl), 0);
	UNIT_EQ(stat(path, &st), 0);
	UNIT_EQ(st.st_gid, readers());
	UNIT_EQ(st.st_mode, S_IFSOCK | (readers() ? 0660 : 0600));
	teardown();
}

/* As the unit starts it: another user, whose group may ask. */
static void group_of_a_service_may_use_the_socket(void)
{
	const gid_t old = getegid();

	if (!geteuid())
		UNIT_NEED(!setegid(1));
	socket_is_only_for_its_owner();
	UNIT_NEED(!setegid(old));
}

/* The kernel says who connected: root may change something, his group and
 * whoever else may read, even when root's rights come back to him later. */
static void who_connects_is_known(void)
{
	const uid_t old = geteuid();
	int fd;

	setup();
	UNIT_EQ(open_ctl(&ctl), 0);
	fd = client();
	say(fd, "a\n");
	UNIT_EQ(answered, 1);
	UNIT_EQ(asked_as_root, !old);
	close(fd);
	UNIT_NEED(!chmod(dir, 0755) && !chmod(path, 0666));
	if (!old)
		UNIT_NEED(!seteuid(1));
	fd = client();
	UNIT_NEED(!seteuid(old));
	asked_as_root = true;
	say(fd, "a\n");
	UNIT_EQ(answered, 2);
	CU_ASSERT_FALSE(asked_as_root);
	close(fd);
	run();
	teardown();
}

static void unknown_group_is_an_error(void)
{
	setup();
	UNIT_EQ(ctl_open(loop, path, "no-such-group-here", NULL, &ctl),
		-ENOENT);
	CU_ASSERT_PTR_NULL(ctl);
	CU_ASSERT(fake_log_contains("no-such-group-here"));
	teardown();
}

/* Only root may give files to groups; who is not has just his own. */
static void group_may_use_the_socket(void)
{
	struct stat st;
	int err;

	setup();
	err = ctl_open(loop, path, getuid() ? "no-such-group" : "daemon", NULL,
		       &ctl);
	if (!getuid()) {
		UNIT_EQ(err, 0);
		UNIT_EQ(stat(path, &st), 0);
		UNIT_EQ(st.st_mode, S_IFSOCK | 0660);
		CU_ASSERT_NOT_EQUAL(st.st_gid, getgid());
	} else {
		UNIT_EQ(err, -ENOENT);
	}
	teardown();
}

static void second_server_is_told(void)
{
	struct ctl *second = NULL;
	int fd;

	setup();
	UNIT_EQ(open_ctl(&ctl), 0);
	UNIT_EQ(open_ctl(&second), -EADDRINUSE);
	CU_ASSERT_PTR_NULL(second);
	/* The first one has lost nothing. */
	fd = client();
	say(fd, "a\n");
	UNIT_STR(heard(fd), "...a\n");
	close(fd);
	run();
	teardown();
}

/* As kill -9 leaves it: the files, and nobody behind them. */
static void stale_socket_is_replaced(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	char run_dir[64], lock[80];
	int fd, lock_fd;

	setup();
	snprintf(run_dir, sizeof(run_dir), "%s/run", dir);
	snprintf(lock, sizeof(lock), "%s.lock", path);
	UNIT_NEED(!mkdir(run_dir, 0755));
	strcpy(sun.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	UNIT_NEED(!bind(fd, (struct sockaddr *)&sun, sizeof(sun)));
	close(fd);
	lock_fd = open(lock, O_CREAT | O_RDWR, 0600);
	UNIT_NEED(lock_fd >= 0);
	close(lock_fd);
	UNIT_EQ(open_ctl(&ctl), 0);
	fd = client();
	say(fd, "a\n");
	UNIT_STR(heard(fd), "...a\n");
	close(fd);
	run();
	teardown();
}

/* Somebody else's socket, alive and without our lock. */
static void living_socket_is_left_alone(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	char run_dir[64];
	int fd;

	setup();
	snprintf(run_dir, sizeof(run_dir), "%s/run", dir);
	UNIT_NEED(!mkdir(run_dir, 0755));
	strcpy(sun.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	UNIT_NEED(!bind(fd, (struct sockaddr *)&sun, sizeof(sun)));
	UNIT_NEED(!listen(fd, 1));
	UNIT_EQ(open_ctl(&ctl), -EADDRINUSE);
	CU_ASSERT_PTR_NULL(ctl);
	UNIT_EQ(unlink(path), 0);
	close(fd);
	teardown();
}

static void what_is_no_socket_stays(void)
{
	char run_dir[64];
	int fd;

	setup();
	snprintf(run_dir, sizeof(run_dir), "%s/run", dir);
	UNIT_NEED(!mkdir(run_dir, 0755));
	fd = open(path, O_CREAT | O_RDWR, 0600);
	UNIT_NEED(fd >= 0);
	close(fd);
	UNIT_EQ(open_ctl(&ctl), -EEXIST);
	CU_ASSERT(fake_log_contains("no socket"));
	UNIT_EQ(unlink(path), 0);
	teardown();
}

static void missing_folders_are_an_error(void)
{
	char run_dir[64];

	setup();
	snprintf(run_dir, sizeof(run_dir), "%s/run", dir);
	snprintf(path, sizeof(path), "%s/run/two/control", dir);
	UNIT_EQ(open_ctl(&ctl), -ENOENT);
	CU_ASSERT(fake_log_contains("cannot create the folder"));
	UNIT_NEED(!mkdir(run_dir, 0755));
	teardown();
}

/* ---- lines ---- */

static void each_line_gets_a_line(void)
{
	int fd;

	setup();
	UNIT_EQ(open_ctl(&ctl), 0);
	fd = client();
	say(fd, "o");
	UNIT_STR(heard(fd), "");
	say(fd, "ne\n");
	UNIT_STR(heard(fd), ".....one\n");
	say(fd, "1\n\n2\n3");
	UNIT_STR(heard(fd), "...1\n..\n...2\n");
	/* The last line needs no end when nothing follows. */
	shutdown(fd, SHUT_WR);
	run();
	UNIT_STR(heard(fd), "...3\n");
	CU_ASSERT(is_closed(fd));
	close(fd);
	teardown();
}

static void client_that_leaves_is_forgotten(void)
{
	int fd;

	setup();
	UNIT_EQ(open_ctl(&ctl), 0);
	fd = client();
	close(fd);
	run();
	/* Even with an answer of a megabyte under way. */
	fd = client();
	say(fd, "******************x\n");
	UNIT_EQ(answered, 1);
	close(fd);
	run();
	/* Its answer would otherwise be dropped some time later. */
	UNIT_EQ(tqueue_len(tq), 0);
	teardown();
}

static void clients_end_with_the_server(void)
{
	int fd, asking;

	setup();
	UNIT_EQ(open_ctl(&ctl), 0);
	ctl_set_daemon(ctl, NULL);
	fd = client();
	asking = client();
	say(asking, "******************x\n");
	ctl = ctl_close(ctl);
	CU_ASSERT(is_closed(fd));
	UNIT_EQ(tqueue_len(tq), 0);
	close(asking);
	close(fd);
	teardown();
}

static void line_without_end_is_refused(void)
{
	static char line[CTL_LINE_MAX + 2];
	size_t sent = 0;
	ssize_t n;
	int fd;

	setup();
	UNIT_EQ(open_ctl(&ctl), 0);
	fd = client();
	memset(line, 'x', CTL_LINE_MAX + 2);
	while (sent < CTL_LINE_MAX + 2) {
		n = send(fd, line + sent, CTL_LINE_MAX + 2 - sent,
			 MSG_NOSIGNAL);
		UNIT_NEED(n > 0);
		sent += (size_t)n;
		run();
	}
	/* An answer, and the end: where the next line begins is not known. */
	UNIT_EQ(answered, 1);
	UNIT_EQ(*heard(fd), '.');
	close(fd);
	run();
	teardown();
}

static void too_many_clients_are_told(void)
{
	int fds[CTL_MAX_CLIENTS], more, i;

	setup();
	UNIT_EQ(open_ctl(&ctl), 0);
	for (i = 0; i < CTL_MAX_CLIENTS; i++) {
		fds[i] = client();
		run();
	}
	more = client();
	run();
	CU_ASSERT_PTR_NOT_NULL(strstr(heard(more), "too many clients"));
	CU_ASSERT(is_closed(more));
	close(more);
	close(fds[7]);
	run();
	fds[7] = client();
	say(fds[7], "a\n");
	UNIT_STR(heard(fds[7]), "...a\n");
	for (i = 0; i < CTL_MAX_CLIENTS; i++)
		close(fds[i]);
	run();
	teardown();
}

/* Each answer is some kilobytes: who asks and does not read must come to a
 * stop, with no more than one answer made in advance, and others go on. */
static void slow_reader_holds_up_itself_alone(void)
{
	static const char request[] = "************x\n";
	unsigned int asked = 0, got = 0, stalled;
	int slow, other, idle = 0;
	char buf[65536];
	ssize_t n, i;

	setup();
	UNIT_EQ(open_ctl(&ctl), 0);
	slow = client();
	while (idle < 3 && asked < 1000000) {
		n = send(slow, request, sizeof(request) - 1, MSG_NOSIGNAL);
		idle = n < 0 ? idle + 1 : 0;
		asked += n > 0;
		run();
	}
	CU_ASSERT(asked < 1000000);
	stalled = answered;
	CU_ASSERT(stalled < asked);
	other = client();
	say(other, "a\n");
	UNIT_STR(heard(other), "...a\n");
	UNIT_EQ(answered, stalled + 1);
	/* It reads after all, and has lost nothing. */
	while ((n = recv(slow, buf, sizeof(buf), 0)) > 0) {
		for (i = 0; i < n; i++)
			got += buf[i] == '\n';
		run();
	}
	UNIT_EQ(got, asked);
	UNIT_EQ(answered, asked + 1);
	close(slow);
	close(other);
	run();
	teardown();
}

static void who_does_not_read_for_long_is_dropped(void)
{
	int slow;

	setup();
	UNIT_EQ(open_ctl(&ctl), 0);
	slow = client();
	say(slow, "******************x\n");
	UNIT_EQ(tqueue_len(tq), 1);
	tqueue_run(tq, mtime_add_s(mtime_now(), 9));
	UNIT_EQ(tqueue_len(tq), 1);
	tqueue_run(tq, mtime_add_s(mtime_now(), 11));
	UNIT_EQ(tqueue_len(tq), 0);
	CU_ASSERT(fake_log_contains("does not read its answer"));
	close(slow);
	teardown();
}

static const struct unit_case cases[] = {
	UNIT_CASE(socket_is_only_for_its_owner),
	UNIT_CASE(group_of_a_service_may_use_the_socket),
	UNIT_CASE(who_connects_is_known),
	UNIT_CASE(unknown_group_is_an_error),
	UNIT_CASE(group_may_use_the_socket),
	UNIT_CASE(second_server_is_told),
	UNIT_CASE(stale_socket_is_replaced),
	UNIT_CASE(living_socket_is_left_alone),
	UNIT_CASE(what_is_no_socket_stays),
	UNIT_CASE(missing_folders_are_an_error),
	UNIT_CASE(each_line_gets_a_line),
	UNIT_CASE(client_that_leaves_is_forgotten),
	UNIT_CASE(clients_end_with_the_server),
	UNIT_CASE(line_without_end_is_refused),
	UNIT_CASE(too_many_clients_are_told),
	UNIT_CASE(slow_reader_holds_up_itself_alone),
	UNIT_CASE(who_does_not_read_for_long_is_dropped),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "ctl_server", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
