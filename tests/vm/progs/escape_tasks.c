// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/*
 * Processes and threads that come about in every way there is, and then each try net_admin in
 * namespaces of their own: is what their session lost lost to them?
 */
#include "escape.h"

#include <linux/keyctl.h>
#include <pthread.h>
#include <sys/ptrace.h>

#define STACK (1 << 16)

static int lo_in_both(void)
{
	must("unshare", unshare(CLONE_NEWUSER));
	return lo_in_new();
}

static int exec_lo(void)
{
	execl("/proc/self/exe", "escape_tasks", "lo", NULL);
	broken("exec");
}

static int by_fork(void)
{
	must("fork", go_on(fork()));
	return lo_in_both();
}

static int by_exec(void)
{
	return exec_lo();
}

static int by_vfork(void)
{
	pid_t pid = vfork();

	if (pid == 0) {
		execl("/proc/self/exe", "escape_tasks", "lo", NULL);
		_exit(BROKEN);
	}
	return reap((pid_t)must("vfork", pid));
}

static int thread(void *(*run)(void *))
{
	pthread_t thread;
	void *result;

	if (pthread_create(&thread, NULL, run, NULL) || pthread_join(thread, &result))
		_exit(BROKEN);
	return (int)(intptr_t)result;
}

static void *fork_lo(void *unused)
{
	pid_t pid = fork();

	(void)unused;
	if (pid == 0)
		_exit(-lo_in_both());
	return (void *)(intptr_t)reap((pid_t)must("fork", pid));
}

static int by_thread(void)
{
	return thread(fork_lo);
}

static void *thread_of_thread(void *unused)
{
	(void)unused;
	return (void *)(intptr_t)thread(fork_lo);
}

static int by_thread_of_thread(void)
{
	return thread(thread_of_thread);
}

static void *exec_lo_thread(void *unused)
{
	(void)unused;
	exec_lo();
	return NULL;
}

static int by_thread_exec(void)
{
	return thread(exec_lo_thread);
}

static void *fork_lo_and_end(void *unused)
{
	usleep(100000); /* the leader has ended by then */
	_exit(-(int)(intptr_t)fork_lo(unused));
}

static int by_thread_alone(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, fork_lo_and_end, NULL))
		_exit(BROKEN);
	syscall(SYS_exit, 0); /* of this thread alone */
	return -EINVAL;
}

/* Of processes that nobody here can wait for. */
static int result_from(int fd)
{
	int result;

	if (read(fd, &result, sizeof(result)) != sizeof(result))
		broken("no result");
	return result;
}

static void report_to(int fd, int result)
{
	must("write", write(fd, &result, sizeof(result)));
	_exit(0);
}

static int by_clone_parent(void)
{
	int pair[2];
	pid_t pid;

	must("pipe", pipe(pair));
	/* The second is a child of this process, too, and waited for by nobody. */
	pid = (pid_t)must("fork", fork());
	if (pid == 0) {
		if (must("clone",
			 syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, NULL)) == 0)
			report_to(pair[1], lo_in_both());
		_exit(0);
	}
	return result_from(pair[0]);
}

static int by_daemon(void)
{
	int pair[2];

	must("pipe", pipe(pair));
	if (must("fork", fork()) == 0) {
		setsid();
		if (must("fork", fork()) == 0) {
			while (getppid() == getpgrp())
				usleep(10000); /* until it is an orphan */
			report_to(pair[1], lo_in_both());
		}
		_exit(0);
	}
	return result_from(pair[0]);
}

static int clone_lo(void *unused)
{
	(void)unused;
	_exit(-lo_in_both());
}

static int by_clone_vm(void)
{
	static char stack[STACK];

	return reap((pid_t)must("clone", clone(clone_lo, stack + STACK, CLONE_VM | SIGCHLD, NULL)));
}

static int by_traced(void)
{
	pid_t pid = (pid_t)must("fork", fork());
	int status;

	if (pid == 0) {
		must("ptrace", ptrace(PTRACE_TRACEME, 0, NULL, NULL));
		raise(SIGSTOP);
		_exit(-lo_in_both());
	}
	must("waitpid", waitpid(pid, &status, 0));
	must("ptrace", ptrace(PTRACE_CONT, pid, NULL, NULL));
	return reap(pid);
}

/* The tracer of a process in a namespace, as whom that process acts by what it is told. */
static int by_tracer(void)
{
	pid_t pid = (pid_t)must("fork", fork());
	int status, end;

	if (pid == 0) {
		inside(CLONE_NEWNET);
		must("ptrace", ptrace(PTRACE_TRACEME, 0, NULL, NULL));
		raise(SIGSTOP);
		exec_lo();
	}
	must("waitpid", waitpid(pid, &status, 0));
	must("ptrace", ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACEEXEC));
	must("ptrace", ptrace(PTRACE_CONT, pid, NULL, NULL));
	end = (int)must("waitpid", waitpid(pid, &status, 0));
	must("ptrace", ptrace(PTRACE_DETACH, end, NULL, NULL));
	return reap(pid);
}

/* A child replaces its parent's credentials. */
static int by_new_credentials(void)
{
	pid_t pid = (pid_t)must("fork", fork());

	if (pid == 0) {
		must("keyctl", syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL));
		must("keyctl", syscall(SYS_keyctl, KEYCTL_SESSION_TO_PARENT));
		_exit(0);
	}
	if (reap(pid))
		return -EINVAL;
	return lo_in_both();
}

static int by_no_new_privs(void)
{
	must("prctl", prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL));
	ucap(USERNS_KEEP, UINT32_MAX, UINT32_MAX);
	for (unsigned cap = 0; cap < 64; cap++)
		ucap(USERNS_RAISE, cap, 0);
	return lo_in_both();
}

static const struct escape escapes[] = {
	{ "task: fork", by_fork },
	{ "task: exec", by_exec },
	{ "task: vfork and exec", by_vfork },
	{ "task: clone with the same memory", by_clone_vm },
	{ "task: fork by a thread", by_thread },
	{ "task: fork by a thread of a thread", by_thread_of_thread },
	{ "task: exec by a thread that isn't the leader", by_thread_exec },
	{ "task: fork by a thread whose leader has ended", by_thread_alone },
	{ "task: clone with CLONE_PARENT", by_clone_parent },
	{ "task: a daemon", by_daemon },
	{ "task: traced by its parent", by_traced },
	{ "task: traced in its namespace while it executes", by_tracer },
	{ "task: credentials replaced by a child", by_new_credentials },
	{ "task: no_new_privs, KEEP of all and RAISE", by_no_new_privs },
};

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "lo"))
		_exit(-lo_in_both());
	return escape_all(escapes, sizeof(escapes) / sizeof(escapes[0]), argv[1]);
}
