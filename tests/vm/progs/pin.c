// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/*
 * Restricts itself, and then has children that end at once but whose memory the kernel can't free,
 * because each has made an io_uring which only it may use: that holds on to it, and it is left
 * open.
 *
 * Usage: pin CHILDREN [KEEP]
 *
 * Prints how many there are, and how many could not be made and why; stays until it is killed.
 * KEEP is the userns set in hexadecimal, in place of one without net_admin.
 */
#include <errno.h>
#include <linux/io_uring.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probe.h"

/* Since Linux 6.0. */
#ifndef IORING_SETUP_SINGLE_ISSUER
#define IORING_SETUP_SINGLE_ISSUER (1U << 12)
#endif

static char stack[16384] __attribute__((aligned(16)));

/* In a child that shares memory and descriptors. */
static int make_ring(void *ret_error)
{
	struct io_uring_params params = { .flags = IORING_SETUP_SINGLE_ISSUER };

	*(int *)ret_error = syscall(SYS_io_uring_setup, 1, &params) < 0 ? errno : 0;
	syscall(SYS_exit, 0);
	return 0;
}

static void allow_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		die("can't read the limit of descriptors: %s", strerror(errno));
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static void restrict_self(uint64_t keep)
{
	int r;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL))
		die("can't set no_new_privs: %s", strerror(errno));
	r = ucap(USERNS_KEEP, keep & UINT32_MAX, keep >> 32);
	if (r < 0)
		die("can't restrict: %s", strerror(-r));
}

int main(int argc, char **argv)
{
	const int flags = CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD;
	unsigned long wanted = argc >= 2 ? strtoul(argv[1], NULL, 10) : 0, pinned = 0;
	int error = 0;

	if (!wanted)
		die("usage: pin CHILDREN [KEEP]");
	allow_descriptors();
	restrict_self(argc > 2 ? strtoull(argv[2], NULL, 16) : 0xffffffffffffefff);
	for (unsigned long i = 0; i < wanted; i++) {
		int failed = 0;
		pid_t pid = clone(make_ring, stack + sizeof(stack), flags, &failed);

		if (pid < 0)
			error = errno;
		else if (waitpid(pid, NULL, 0) != pid || failed)
			die("no ring: %s", strerror(failed ? failed : errno));
		else
			pinned++;
	}
	printf("pinned=%lu refused=%lu error=%s\n", pinned, wanted - pinned,
	       error ? strerror(error) : "none");
	fflush(stdout);
	for (;;)
		pause();
}
