// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* run --watch: what was denied to a program, or to its session meanwhile. */
#include "watch.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/cleanup.h"
#include "command.h"
#include "denials.h"
#include "inspect/identity_list.h"
#include "kernel/userns.h"
#include "print.h"
#include "session/record.h"

/* ---- whose session ---- */

/* One of its own without rules, if that is allowed. Returns what userns_open_session() does. */
static int begin_session(const struct userns *userns)
{
	const struct session_request request = { .service = "run" };
	_cleanup_(freep) char *name = NULL;
	char text[USERNS_SESSION_TEXT], unknown[] = "?";
	struct session session = { .login_uid = "" };
	uint64_t id, parent;

	identity_user_name(getuid(), &name);
	session.identity.name = name ? name : unknown;
	return userns_open_session(userns, getuid(), text, record_write(&request, &session, text),
				   &id, &parent);
}

static int find_session(struct userns *userns, struct userns_session *before)
{
	int r = userns_find(&kernel_linux, userns);

	if (r == 0)
		begin_session(userns); /* else the session is the one that this process is in */
	if (r == 0)
		r = userns_read_session(userns, false, before);
	if (r == -ENODATA)
		return ctl_error("--watch: nothing is remembered of what is denied here: this "
				 "process is not restricted, or its session has no number");
	return r < 0 ? ctl_error("--watch: can't read what is remembered: %s", strerror(-r))
		     : CTL_OK;
}

/* ---- the program ---- */

static volatile sig_atomic_t watched; /* the program's pid */

static void pass_on(int signal)
{
	if (watched > 0)
		kill(watched, signal);
}

/* Those that are passed on, but not where they are ignored, as by nohup(1). */
static const int passed_on[] = { SIGTERM, SIGHUP };

#define PASSED_ON (sizeof(passed_on) / sizeof(passed_on[0]))

static void catch_signals(void)
{
	const struct sigaction caught = { .sa_handler = pass_on };
	struct sigaction action;
	size_t i;

	for (i = 0; i < PASSED_ON; i++) {
		sigaction(passed_on[i], NULL, &action);
		if (action.sa_handler != SIG_IGN)
			sigaction(passed_on[i], &caught, NULL);
	}
}

/* None is lost on the way. Returns what was blocked before. */
static sigset_t hold_signals(void)
{
	sigset_t signals, before;
	size_t i;

	sigemptyset(&signals);
	for (i = 0; i < PASSED_ON; i++)
		sigaddset(&signals, passed_on[i]);
	sigprocmask(SIG_BLOCK, &signals, &before);
	return before;
}

static void become(char **command)
{
	int status;

	execvp(command[0], command);
	status = errno == ENOENT ? 127 : 126;
	ctl_error("%s: %m", command[0]);
	_exit(status);
}

/* What the terminal sends to both is the program's to answer. What is sent to this is passed on. */
static int run(char **command)
{
	const sigset_t before = hold_signals();
	int status = 0, r;
	pid_t pid;

	child_prepare();
	pid = fork();
	if (pid > 0) {
		watched = pid;
		catch_signals();
		signal(SIGINT, SIG_IGN);
		signal(SIGQUIT, SIG_IGN);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (pid == 0)
		become(command);
	if (pid < 0)
		return ctl_error("can't make a process: %m");
	r = child_wait(pid, &status);
	watched = 0;
	if (r < 0)
		return ctl_error("can't wait for %s", command[0]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* ---- the difference ---- */

static uint64_t count_of(const struct userns_session *session, uint32_t kind)
{
	size_t i;

	for (i = 0; i < USERNS_KINDS; i++)
		if (session->denials[i].kind == kind)
			return session->denials[i].count;
	return 0;
}

/* Leave in @after only what came since @before. */
static void subtract(const struct userns_session *before, struct userns_session *after)
{
	size_t kept = 0, i;

	for (i = 0; i < USERNS_KINDS && after->denials[i].kind; i++) {
		struct userns_denials denials = after->denials[i];

		denials.count -= count_of(before, denials.kind);
		if (denials.count)
			after->denials[kept++] = denials;
	}
	while (kept < i)
		after->denials[kept++] = (struct userns_denials){ .kind = 0 };
	after->lost -= before->lost;
}

int ctl_watch(char **command)
{
	struct userns_session before = { .id = 0 }, after = { .id = 0 };
	const struct userns_session *shown = &after;
	struct denials_view view = { .shown = &shown, .count = 1, .boot = ctl_denials_boot() };
	struct userns userns;
	int status;

	if (find_session(&userns, &before) != CTL_OK)
		return CTL_FAILED;
	status = run(command);
	if (userns_read_session(&userns, true, &after) < 0)
		return ctl_error("--watch: can't read what is remembered");
	subtract(&before, &after);
	fflush(stdout);
	if (dup2(STDERR_FILENO, STDOUT_FILENO) >= 0)
		ctl_denials_text(&view);
	return status;
}
