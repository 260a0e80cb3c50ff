/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef BASE_CHILD_H
#define BASE_CHILD_H

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

/* Children of the tool. */

/** Before the fork: nobody can wait for a child where SIGCHLD is ignored, which is inherited. */
static inline void child_prepare(void)
{
	signal(SIGCHLD, SIG_DFL);
}

/** Wait until it ends. @ret_status: as from waitpid(2). Returns 0, or -errno. */
static inline int child_wait(pid_t pid, int *ret_status)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	*ret_status = status;
	return 0;
}

#endif
