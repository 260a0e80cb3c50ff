// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/*
 * Ways into user namespaces, through each ABI, and what is denied there: net_admin by lo, and
 * net_raw, sys_chroot and dac_override.
 */
#include "escape.h"

#include <linux/sched.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/mount.h>
#include <sys/stat.h>

#define FLAGS (CLONE_NEWUSER | CLONE_NEWNET)
#define STACK (1 << 16)

static int by_unshare(void)
{
	must("unshare", unshare(FLAGS));
	return lo_here();
}

static int by_unshare_twice(void)
{
	must("unshare", unshare(CLONE_NEWUSER));
	return lo_in_new();
}

static int by_root_inside(void)
{
	inside(0);
	return lo_in_new();
}

/* Whoever is root of a namespace asks for all that there is. */
static int by_raise(void)
{
	inside(0);
	for (unsigned cap = 0; cap < 64; cap++)
		ucap(USERNS_RAISE, cap, 0);
	return lo_in_new();
}

static int by_clone(void)
{
	must("clone", go_on(syscall(SYS_clone, FLAGS | SIGCHLD, NULL, NULL, NULL, NULL)));
	return lo_here();
}

static int by_clone3(void)
{
	struct clone_args args = { .flags = FLAGS, .exit_signal = SIGCHLD };

	must("clone3", go_on(syscall(SYS_clone3, &args, sizeof(args))));
	return lo_here();
}

static int lo_in_child(void *unused)
{
	(void)unused;
	_exit(-lo_here());
}

static int clone_with(int flags)
{
	static char stack[STACK];

	return reap((pid_t)must("clone", clone(lo_in_child, stack + STACK, flags | SIGCHLD, NULL)));
}

static int by_clone_vfork(void)
{
	return clone_with(FLAGS | CLONE_VM | CLONE_VFORK);
}

static int by_clone_files(void)
{
	return clone_with(FLAGS | CLONE_FILES | CLONE_IO | CLONE_SYSVSEM);
}

/* The child is to end here: to the C library it would be the last thread but one. */
static void *clone_thread(void *unused)
{
	pid_t pid =
		(pid_t)must("clone", syscall(SYS_clone, FLAGS | SIGCHLD, NULL, NULL, NULL, NULL));

	(void)unused;
	if (pid == 0)
		_exit(-lo_here());
	return (void *)(intptr_t)reap(pid);
}

static int by_thread(void)
{
	pthread_t thread;
	void *result;

	if (pthread_create(&thread, NULL, clone_thread, NULL) || pthread_join(thread, &result))
		_exit(BROKEN);
	return (int)(intptr_t)result;
}

static int nested(int depth, bool mapped)
{
	while (depth-- > 1)
		inside(0);
	if (mapped)
		inside(0);
	else
		must("unshare", unshare(CLONE_NEWUSER));
	return lo_in_new();
}

static int by_nesting(void)
{
	return nested(5, true);
}

/* The kernel allows 32, and a login is in none. */
static int by_nesting_deepest(void)
{
	return nested(32, false);
}

static int by_joining(void)
{
	must("setns", setns(held(HELD_USERNS, NULL), CLONE_NEWUSER));
	return lo_in_new();
}

static int by_joining_both(void)
{
	int net = held(HELD_NETNS, NULL);

	must("setns", setns(held(HELD_USERNS, NULL), CLONE_NEWUSER));
	must("setns", setns(net, CLONE_NEWNET));
	return lo_here();
}

static int by_joining_deeper(void)
{
	must("setns", setns(held(HELD_USERNS, NULL), CLONE_NEWUSER));
	must("unshare", unshare(FLAGS));
	return lo_here();
}

static int by_joining_any(void)
{
	must("setns", setns(held(HELD_USERNS, NULL), 0));
	return lo_in_new();
}

static int by_joining_process(void)
{
	pid_t pid;

	held(HELD_USERNS, &pid);
	must("setns", setns((int)must("pidfd_open", syscall(SYS_pidfd_open, pid, 0)), FLAGS));
	return lo_here();
}

static int by_proc(void)
{
	char path[64];
	pid_t pid;

	held(HELD_USERNS, &pid);
	snprintf(path, sizeof(path), "/proc/%d/ns/user", pid);
	must("setns", setns((int)must(path, open(path, O_RDONLY)), 0));
	return lo_in_new();
}

static int net_sysctl(void)
{
	inside(0);
	must("unshare", unshare(CLONE_NEWNET));
	return write_text("/proc/sys/net/ipv4/ip_forward", "1");
}

static int packet(void)
{
	must("unshare", unshare(FLAGS));
	return result_of(socket(AF_PACKET, SOCK_RAW, 0));
}

static int raw_ip(void)
{
	must("unshare", unshare(FLAGS));
	return result_of(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
}

static int change_root(void)
{
	inside(CLONE_NEWNS);
	return result_of(chroot("/"));
}

/* An overlay acts with the credentials of whoever mounted it. */
static int read_locked_by_overlay(void)
{
	inside(CLONE_NEWNS);
	must("tmpfs", mount("none", "/mnt", "tmpfs", 0, NULL));
	must("mkdir", mkdir("/mnt/a", 0755));
	must("mkdir", mkdir("/mnt/b", 0755));
	must("mkdir", mkdir("/mnt/both", 0755));
	close((int)must("creat", creat("/mnt/a/file", 0)));
	must("overlay", mount("none", "/mnt/both", "overlay", 0, "lowerdir=/mnt/a:/mnt/b"));
	return result_of(open("/mnt/both/file", O_RDONLY));
}

static int read_locked(void)
{
	char path[] = "/tmp/escape-XXXXXX";

	close((int)must("mkstemp", mkstemp(path)));
	must("chmod", chmod(path, 0));
	inside(0);
	if (open(path, O_RDONLY) < 0)
		return unlink(path) ? -EIO : -EACCES;
	return result_of(unlink(path));
}

#ifdef __x86_64__
/* What a 32-bit program says, said by a 64-bit one. */
static long int80(long number, long flags, long stack)
{
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(number), "b"(flags), "c"(stack), "d"(0L), "S"(0L), "D"(0L)
			 : "memory", "r8", "r9", "r10", "r11");
	if (result < 0)
		errno = -(int)result;
	return result < 0 ? -1 : result;
}

enum { I386_CLONE = 120, I386_UNSHARE = 310, X32 = 0x40000000 };

static int by_unshare_int80(void)
{
	must("unshare", int80(I386_UNSHARE, FLAGS, 0));
	return lo_here();
}

static int by_clone_int80(void)
{
	must("clone", go_on(int80(I386_CLONE, FLAGS | SIGCHLD, 0)));
	return lo_here();
}

static int has_x32(void)
{
	return syscall(X32 | SYS_getppid) >= 0;
}

static int by_unshare_x32(void)
{
	if (!has_x32())
		return -ENOSYS;
	must("unshare", syscall(X32 | SYS_unshare, FLAGS));
	return lo_here();
}

static int by_clone_x32(void)
{
	if (!has_x32())
		return -ENOSYS;
	must("clone", go_on(syscall(X32 | SYS_clone, FLAGS | SIGCHLD, NULL, NULL, NULL, NULL)));
	return lo_here();
}

static int by_clone3_x32(void)
{
	struct clone_args args = { .flags = FLAGS, .exit_signal = SIGCHLD };

	if (!has_x32())
		return -ENOSYS;
	must("clone3", go_on(syscall(X32 | SYS_clone3, &args, sizeof(args))));
	return lo_here();
}
#endif

static const struct escape escapes[] = {
	{ "create: unshare", by_unshare },
	{ "create: unshare, one after the other", by_unshare_twice },
	{ "create: as mapped root", by_root_inside },
	{ "create: as mapped root who raises", by_raise },
	{ "create: clone", by_clone },
	{ "create: clone3", by_clone3 },
	{ "create: clone like vfork", by_clone_vfork },
	{ "create: clone that shares", by_clone_files },
	{ "create: clone in a thread", by_thread },
	{ "create: five deep", by_nesting },
	{ "create: as deep as there is", by_nesting_deepest },
#ifdef __x86_64__
	{ "create: unshare by int 0x80", by_unshare_int80 },
	{ "create: clone by int 0x80", by_clone_int80 },
	{ "create: unshare of x32", by_unshare_x32 },
	{ "create: clone of x32", by_clone_x32 },
	{ "create: clone3 of x32", by_clone3_x32 },
#endif
	{ "older: setns", by_joining },
	{ "older: setns, its network too", by_joining_both },
	{ "older: setns, one deeper", by_joining_deeper },
	{ "older: setns of any type", by_joining_any },
	{ "older: setns by pidfd", by_joining_process },
	{ "older: setns by /proc/PID/ns", by_proc },
	{ "net_admin: a network sysctl", net_sysctl },
	{ "net_raw: a packet socket", packet },
	{ "net_raw: a raw socket", raw_ip },
	{ "sys_chroot: chroot", change_root },
	{ "dac_override: a file that nobody may read", read_locked },
	{ "dac_override: the same through an overlay", read_locked_by_overlay },
};

ESCAPE_MAIN(escapes)
