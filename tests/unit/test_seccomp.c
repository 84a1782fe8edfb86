/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The filter of system calls, really loaded in a child: what it refuses, and
 * what it lets through.
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/privilege.h"
#include "tests/unit/unit.h"

static bool is_refused(long r)
{
	return r == -1 && errno == EPERM;
}

static bool refuses_programs(void)
{
	char *none[] = { NULL };

	return is_refused(execve("/bin/true", none, none)) &&
	       is_refused(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)) &&
	       is_refused(syscall(SYS_ptrace, 0, 0, 0, 0)) &&
	       is_refused(kill(getppid(), 0));
}

static bool refuses_rights(void)
{
	struct rlimit limit = { 1, 1 };

	return is_refused(syscall(SYS_setuid, getuid())) &&
	       is_refused(syscall(SYS_setresgid, -1, -1, -1)) &&
	       is_refused(syscall(SYS_capset, NULL, NULL)) &&
	       is_refused(chown("/nowhere", 0, 0)) &&
	       is_refused(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)) &&
	       is_refused(setrlimit(RLIMIT_CORE, &limit)) &&
	       is_refused(syscall(SYS_mount, "a", "b", "c", 0, 0)) &&
	       is_refused(syscall(SYS_unshare, 0));
}

static bool refuses_the_rest(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return page != MAP_FAILED &&
	       is_refused(mprotect(page, 4096, PROT_READ | PROT_EXEC)) &&
	       is_refused(mmap(NULL, 4096, PROT_EXEC,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED
				  ? -1
				  : 0) &&
	       is_refused(socket(AF_BLUETOOTH, SOCK_RAW, 0)) &&
	       is_refused(syscall(SYS_bpf, 13 /* BPF_PROG_GET_FD_BY_ID */, NULL,
				  0)) &&
	       is_refused(syscall(SYS_init_module, NULL, 0, ""));
}

static bool lets_work(void)
{
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);
	char *p = malloc(1 << 20);
	struct rlimit limit;
	bool ok = fd >= 0 && p && !close(fd) && access("/", F_OK) == 0 &&
		  !getrlimit(RLIMIT_CORE, &limit) &&
		  mprotect(p - ((uintptr_t)p & 4095), 4096,
			   PROT_READ | PROT_WRITE) == 0;

	free(p);
	return ok;
}

/* What the child found. */
enum { FINE, NOT_LOADED, PROGRAMS, RIGHTS, REST, WORK };

static int child(void)
{
	if (seccomp_filter_load())
		return NOT_LOADED;
	if (!refuses_programs())
		return PROGRAMS;
	if (!refuses_rights())
		return RIGHTS;
	if (!refuses_the_rest())
		return REST;
	return lets_work() ? FINE : WORK;
}

static void the_filter_is_one(void)
{
	int status = -1;
	pid_t pid;

#ifndef HAVE_SECCOMP
	/* Built without: then it must do nothing. */
	UNIT_EQ(seccomp_filter_load(), 0);
	UNIT_EQ(prctl(PR_GET_SECCOMP, 0, 0, 0, 0), 0);
	return;
#endif
	pid = fork();
	UNIT_NEED(pid >= 0);
	if (!pid)
		_exit(child());
	UNIT_EQ(waitpid(pid, &status, 0), pid);
	CU_ASSERT(WIFEXITED(status));
	UNIT_EQ(WEXITSTATUS(status), FINE);
}

static const struct unit_case cases[] = {
	UNIT_CASE(the_filter_is_one),
	UNIT_END,
};

static const struct unit_suite suites[] = { { "seccomp", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
