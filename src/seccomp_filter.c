/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The system calls that mip6d may make once all is open.
 *
 * This file decides which: those of an event loop with files, sockets of five
 * families and eBPF maps, memory that is not executable, and nothing that
 * starts a program, a process or a thread, or changes who we are.  Others fail
 * with EPERM, which the kernel's audit says (type=1326).
 */
#include "config.h"

#include "src/privilege.h"

#include <errno.h>

#ifdef HAVE_SECCOMP

#include <linux/bpf.h>
#include <linux/sockios.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mip6d/cleanup.h"
#include "mip6d/log.h"

#define C(name) SCMP_SYS(name)

static const int calls[] = {
	/* files */
	C(read),
	C(readv),
	C(pread64),
	C(write),
	C(writev),
	C(pwrite64),
	C(close),
	C(lseek),
	C(open),
	C(openat),
	C(stat),
	C(fstat),
	C(lstat),
	C(newfstatat),
	C(statx),
	C(statfs),
	C(fstatfs),
	C(access),
	C(faccessat),
	C(faccessat2),
	C(readlink),
	C(readlinkat),
	C(getdents64),
	C(fcntl),
	C(dup),
	C(dup2),
	C(dup3),
	C(flock),
	C(fsync),
	C(fdatasync),
	C(ftruncate),
	C(rename),
	C(renameat),
	C(renameat2),
	C(unlink),
	C(unlinkat),
	C(mkdir),
	C(mkdirat),
	C(chmod),
	C(fchmod),
	C(fchmodat),
	C(umask),
	C(getcwd),
	C(pipe2),
	C(eventfd2),
	/* waiting */
	C(epoll_create1),
	C(epoll_ctl),
	C(epoll_wait),
	C(epoll_pwait),
	C(epoll_pwait2),
	C(poll),
	C(ppoll),
	C(select),
	C(pselect6),
	C(timerfd_create),
	C(timerfd_settime),
	C(timerfd_gettime),
	C(clock_gettime),
	C(clock_getres),
	C(clock_nanosleep),
	C(nanosleep),
	C(gettimeofday),
	C(time),
	/* sockets */
	C(connect),
	C(bind),
	C(listen),
	C(accept),
	C(accept4),
	C(sendto),
	C(recvfrom),
	C(sendmsg),
	C(recvmsg),
	C(sendmmsg),
	C(recvmmsg),
	C(getsockopt),
	C(setsockopt),
	C(getsockname),
	C(getpeername),
	C(shutdown),
	/* memory and signals */
	C(munmap),
	C(mremap),
	C(madvise),
	C(brk),
	C(futex),
	C(rt_sigaction),
	C(rt_sigprocmask),
	C(rt_sigreturn),
	C(sigaltstack),
	C(restart_syscall),
	C(rseq),
	C(set_robust_list),
	C(membarrier),
	/* this process */
	C(getpid),
	C(gettid),
	C(getppid),
	C(getuid),
	C(geteuid),
	C(getgid),
	C(getegid),
	C(getrandom),
	C(uname),
	C(sysinfo),
	C(sched_yield),
	C(sched_getaffinity),
	C(capget),
	C(getrlimit),
	C(exit),
	C(exit_group),
	/* what some of these are called on 32 bits, or since then */
	C(_llseek),
	C(_newselect),
	C(fcntl64),
	C(fstat64),
	C(fstatat64),
	C(fstatfs64),
	C(ftruncate64),
	C(getegid32),
	C(geteuid32),
	C(getgid32),
	C(getuid32),
	C(lstat64),
	C(stat64),
	C(statfs64),
	C(ugetrlimit),
	C(recv),
	C(send),
	C(sigreturn),
	C(clock_getres_time64),
	C(clock_gettime64),
	C(clock_nanosleep_time64),
	C(futex_time64),
	C(ppoll_time64),
	C(pselect6_time64),
	C(recvmmsg_time64),
	C(timerfd_gettime64),
	C(timerfd_settime64),
};

/* Of these one argument must be one of some values. */
static const struct choice {
	int call;
	unsigned int argument;
	uint64_t value;
} choices[] = {
	{ C(socket), 0, AF_UNIX },
	{ C(socket), 0, AF_NETLINK },
	{ C(socket), 0, AF_INET6 },
	{ C(socket), 0, AF_INET },
	{ C(socket), 0, AF_PACKET },
	{ C(ioctl), 1, FIONREAD },
	{ C(ioctl), 1, FIONBIO },
	{ C(ioctl), 1, TCGETS },
	{ C(ioctl), 1, SIOCGIFINDEX },
	{ C(ioctl), 1, SIOCGIFNAME },
	{ C(bpf), 0, BPF_MAP_CREATE },
	{ C(bpf), 0, BPF_MAP_LOOKUP_ELEM },
	{ C(bpf), 0, BPF_MAP_UPDATE_ELEM },
	{ C(bpf), 0, BPF_MAP_DELETE_ELEM },
	{ C(bpf), 0, BPF_MAP_GET_NEXT_KEY },
	{ C(bpf), 0, BPF_PROG_LOAD },
	{ C(bpf), 0, BPF_OBJ_GET_INFO_BY_FD },
	{ C(prctl), 0, PR_GET_NO_NEW_PRIVS },
	{ C(prctl), 0, PR_GET_SECCOMP },
	{ C(prlimit64), 2, 0 }, /* to ask */
};

/* A call that this machine's architecture has not is none to be allowed. */
static int allowed(int err)
{
	return err == -EDOM || err == -EFAULT ? 0 : err;
}

static int add_rules(scmp_filter_ctx ctx)
{
	static const int mappings[] = { C(mmap), C(mmap2), C(mprotect) };
	int err = 0;
	size_t i;

	for (i = 0; !err && i < ARRAY_SIZE(calls); i++)
		err = allowed(
			seccomp_rule_add(ctx, SCMP_ACT_ALLOW, calls[i], 0));
	for (i = 0; !err && i < ARRAY_SIZE(choices); i++)
		err = allowed(seccomp_rule_add(
			ctx, SCMP_ACT_ALLOW, choices[i].call, 1,
			SCMP_CMP(choices[i].argument, SCMP_CMP_MASKED_EQ,
				 UINT32_MAX, choices[i].value)));
	for (i = 0; !err && i < ARRAY_SIZE(mappings); i++)
		err = allowed(seccomp_rule_add(
			ctx, SCMP_ACT_ALLOW, mappings[i], 1,
			SCMP_CMP(2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)));
	/* Whoever aborts does it to himself. */
	if (!err)
		err = allowed(seccomp_rule_add(
			ctx, SCMP_ACT_ALLOW, C(tgkill), 1,
			SCMP_CMP(0, SCMP_CMP_MASKED_EQ, UINT32_MAX,
				 (scmp_datum_t)getpid())));
	return err;
}

/* NULL: an error is in *ret_err. */
static scmp_filter_ctx make(uint32_t arch, int *ret_err)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int err = ctx ? 0 : -ENOMEM;

	if (ctx && arch != seccomp_arch_native()) {
		err = seccomp_arch_add(ctx, arch);
		if (!err)
			err = seccomp_arch_remove(ctx, seccomp_arch_native());
	}
	/* A library without these does without. */
	if (ctx) {
		seccomp_attr_set(ctx, SCMP_FLTATR_CTL_LOG, 1);
		seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	}
	if (!err)
		err = add_rules(ctx);
	if (err) {
		seccomp_release(ctx);
		ctx = NULL;
	}
	*ret_err = err;
	return ctx;
}

int seccomp_filter_write(uint32_t arch, int fd)
{
	int err;
	scmp_filter_ctx ctx = make(arch, &err);

	if (ctx)
		err = seccomp_export_bpf(ctx, fd);
	seccomp_release(ctx);
	return err;
}

int seccomp_filter_load(void)
{
	int err;
	scmp_filter_ctx ctx = make(seccomp_arch_native(), &err);

	if (ctx)
		err = seccomp_load(ctx);
	seccomp_release(ctx);
	if (err)
		log_error("cannot load the seccomp filter: %s", strerror(-err));
	return err;
}

#else

int seccomp_filter_write(uint32_t arch, int fd)
{
	(void)arch;
	(void)fd;
	return -ENOSYS;
}

int seccomp_filter_load(void)
{
	return 0;
}

#endif
