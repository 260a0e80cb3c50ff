// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* Running a program for the doctor, and collecting its output. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/child.h"
#include "base/cleanup.h"
#include "doctor.h"

/* The caller's environment does not affect the output. */
static char *const environment[] = { (char[]){ "LC_ALL=C" }, (char[]){ "PATH=/usr/sbin:/usr/bin" },
				     (char[]){ "SYSTEMD_COLORS=0" }, NULL };

/* Its standard output and error are one pipe's end. */
static int start(const char *const argv[], int output, pid_t *ret_pid)
{
	posix_spawn_file_actions_t actions;
	int error = posix_spawn_file_actions_init(&actions);

	if (error)
		return -error;
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
	error = posix_spawn(ret_pid, argv[0], &actions, NULL, (char *const *)argv, environment);
	posix_spawn_file_actions_destroy(&actions);
	return -error;
}

static int read_all(int fd, char **ret_text)
{
	_cleanup_(fclosep) FILE *file = fdopen(fd, "r");
	_cleanup_(freep) char *text = NULL;
	size_t size = 0;

	if (!file) {
		close(fd);
		return -errno;
	}
	/* Up to a NUL, which no such program prints. */
	errno = 0;
	if (getdelim(&text, &size, '\0', file) < 0) {
		if (errno)
			return -errno;
		text[0] = '\0';
	}
	*ret_text = text;
	text = NULL;
	return 0;
}

int doctor_run(const char *const argv[], char **ret_output)
{
	_cleanup_(freep) char *output = NULL;
	int pipes[2], r, waited, status = 0;
	pid_t pid = -1;

	child_prepare();
	if (pipe2(pipes, O_CLOEXEC) < 0)
		return -errno;
	r = start(argv, pipes[1], &pid);
	close(pipes[1]);
	if (r < 0) {
		close(pipes[0]);
		return r;
	}
	r = read_all(pipes[0], &output);
	waited = child_wait(pid, &status);
	if (r < 0 || waited < 0)
		return r < 0 ? r : waited;
	*ret_output = output;
	output = NULL;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
