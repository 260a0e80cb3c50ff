/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef CREATION_ACTS_H
#define CREATION_ACTS_H

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Making a user namespace by one call and by the other; each returns 0 or its errno. */
static inline int try_unshare(void)
{
	return unshare(CLONE_NEWUSER) < 0 ? errno : 0;
}

static inline int try_clone(void)
{
	long pid = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		_exit(0);
	return pid < 0 ? errno : 0;
}

#endif
