// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "doctor.h"

/* Nothing of the caller's changes what a program says. */
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

/* Nobody can wait for a child where SIGCHLD is ignored, which is inherited. */
int doctor_run(const char *const argv[], char **ret_output)
{
	_cleanup_(freep) char *output = NULL;
	int pipes[2], r, status;
	pid_t pid = -1;

	signal(SIGCHLD, SIG_DFL);
	if (pipe2(pipes, O_CLOEXEC) < 0)
		return -errno;
	r = start(argv, pipes[1], &pid);
	close(pipes[1]);
	if (r < 0) {
		close(pipes[0]);
		return r;
	}
	r = read_all(pipes[0], &output);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	if (r < 0)
		return r;
	*ret_output = output;
	output = NULL;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
