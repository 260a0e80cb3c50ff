// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* edit: the editor that the caller chose. */
#include "edit.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/child.h"
#include "base/cleanup.h"

static char *make_command(void)
{
	const char *editor = getenv("VISUAL");
	char *command;
	int n;

	if (!editor || !*editor)
		editor = getenv("EDITOR");
	if (editor && *editor)
		n = asprintf(&command, "exec %s \"$1\"", editor);
	else
		n = asprintf(&command, "command -v editor >/dev/null && exec editor \"$1\"\n"
				       "exec vi \"$1\"");
	return n < 0 ? NULL : command;
}

/* If nobody waits for an editor any more, it must not write to the next one's file. */
static void end_with(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGHUP);
	if (getppid() != parent)
		raise(SIGHUP);
}

/* Signals from the terminal reach this process too. Only the editor should act on them. */
int edit_run_editor(const char *path, int *ret_status)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction interrupt, quit;
	_cleanup_(freep) char *command = make_command();
	pid_t pid, parent = getpid();
	int r;

	if (!command)
		return -ENOMEM;
	child_prepare();
	sigaction(SIGINT, &ignore, &interrupt);
	sigaction(SIGQUIT, &ignore, &quit);
	pid = fork();
	if (pid == 0) {
		end_with(parent);
		sigaction(SIGINT, &interrupt, NULL);
		sigaction(SIGQUIT, &quit, NULL);
		execl("/bin/sh", "sh", "-c", command, "sh", path, (char *)NULL);
		_exit(127);
	}
	r = pid < 0 ? -errno : child_wait(pid, ret_status);
	sigaction(SIGINT, &interrupt, NULL);
	sigaction(SIGQUIT, &quit, NULL);
	return r;
}
