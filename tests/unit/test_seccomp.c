/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The filter of system calls, really loaded in a child: what it refuses, and
 * what it lets through.
 */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef HAVE_SECCOMP
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#endif

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
	       is_refused(kill(getppid(), 0)) &&
	       is_refused(syscall(SYS_tgkill, getppid(), getppid(), 0)) &&
	       !syscall(SYS_tgkill, getpid(), getpid(), 0);
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

#ifdef HAVE_SECCOMP

#define FILTER_MAX 4096

static struct sock_filter filter[FILTER_MAX];
static size_t n_filter;

static void read_filter(uint32_t arch)
{
	FILE *f = tmpfile();

	UNIT_NEED(f != NULL);
	UNIT_EQ(seccomp_filter_write(arch, fileno(f)), 0);
	rewind(f);
	n_filter = fread(filter, sizeof(*filter), FILTER_MAX, f);
	UNIT_NEED(n_filter > 0 && n_filter < FILTER_MAX);
	fclose(f);
}

static bool holds(const struct sock_filter *f, uint32_t a)
{
	switch (BPF_OP(f->code)) {
	case BPF_JEQ:
		return a == f->k;
	case BPF_JGT:
		return a > f->k;
	case BPF_JGE:
		return a >= f->k;
	default:
		return a & f->k;
	}
}

/* What the kernel would do with a call whose arguments are all 0. */
static uint32_t verdict(uint32_t arch, int call)
{
	struct seccomp_data data = { .nr = call, .arch = arch };
	uint32_t a = 0;
	size_t i = 0;

	while (i < n_filter) {
		const struct sock_filter *f = &filter[i++];

		switch (BPF_CLASS(f->code)) {
		case BPF_LD:
			UNIT_NEED(f->k + 4 <= sizeof(data));
			memcpy(&a, (uint8_t *)&data + f->k, 4);
			break;
		case BPF_ALU:
			a &= f->k;
			break;
		case BPF_JMP:
			i += BPF_OP(f->code) == BPF_JA ? f->k
			     : holds(f, a)             ? f->jt
						       : f->jf;
			break;
		default:
			return f->k;
		}
	}
	return 0;
}

/* What allocates, waits, tells the time, and reads and writes files and
 * sockets is called otherwise on other machines. */
static void it_is_whole_on_other_machines(void)
{
	static const uint32_t archs[] = {
		SCMP_ARCH_X86_64,  SCMP_ARCH_X86,     SCMP_ARCH_ARM,
		SCMP_ARCH_AARCH64, SCMP_ARCH_PPC64LE, SCMP_ARCH_RISCV64,
	};
	/* All that an architecture has of them: which its C library calls
	 * depends on its age. */
	static const char *const needed[][4] = {
		{ "mmap", "mmap2" },
		{ "clock_gettime", "clock_gettime64" },
		{ "clock_nanosleep", "clock_nanosleep_time64" },
		{ "futex", "futex_time64" },
		{ "poll", "ppoll", "ppoll_time64" },
		{ "pselect6", "pselect6_time64" },
		{ "recvmmsg", "recvmmsg_time64" },
		{ "timerfd_settime", "timerfd_settime64" },
		{ "epoll_wait", "epoll_pwait" },
		{ "fstat", "fstat64" },
		{ "newfstatat", "fstatat64", "statx" },
		{ "fcntl", "fcntl64" },
		{ "lseek", "_llseek" },
		{ "ftruncate", "ftruncate64" },
		{ "getuid", "getuid32" },
		{ "geteuid", "geteuid32" },
		{ "open", "openat" },
		{ "rename", "renameat", "renameat2" },
		{ "recv", "recvfrom" },
		{ "send", "sendto" },
		{ "accept", "accept4" },
		{ "getdents64" },
		{ "brk" },
		{ "munmap" },
		{ "getrandom" },
		{ "sigreturn", "rt_sigreturn" },
		{ "exit_group" },
	};
	size_t i, j, k;

	for (i = 0; i < sizeof(archs) / sizeof(*archs); i++) {
		read_filter(archs[i]);
		for (j = 0; j < sizeof(needed) / sizeof(*needed); j++) {
			for (k = 0; k < 4 && needed[j][k]; k++) {
				int call = seccomp_syscall_resolve_name_arch(
					archs[i], needed[j][k]);

				if (call >= 0 && verdict(archs[i], call) !=
							 SECCOMP_RET_ALLOW)
					UNIT_STR("refused", needed[j][k]);
			}
		}
		CU_ASSERT(verdict(archs[i], seccomp_syscall_resolve_name_arch(
						    archs[i], "execve")) !=
			  SECCOMP_RET_ALLOW);
	}
}

#endif

static const struct unit_case cases[] = {
	UNIT_CASE(the_filter_is_one),
#ifdef HAVE_SECCOMP
	UNIT_CASE(it_is_whole_on_other_machines),
#endif
	UNIT_END,
};

static const struct unit_suite suites[] = { { "seccomp", cases }, UNIT_END };

int main(int argc, char **argv)
{
	return unit_main(argc, argv, suites);
}
