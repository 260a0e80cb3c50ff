// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/*
 * What some operations cost, in nanoseconds of CLOCK_MONOTONIC: instructions, in a machine whose
 * clock counts them. Run as root. Prints a line "cost LABEL NAME NANOSECONDS" for each: the median
 * of some rounds, which is the average of many operations where the kernel does a part of the work
 * later, as for fork(2).
 *
 * Usage: opcost LABEL                     all operations
 *        opcost LABEL NAME COMMAND...     a command, from posix_spawn(3) to its end
 *        opcost                           nothing: this is what is executed
 */
#include <limits.h>
#include <sched.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 9

struct operation {
	const char *name;
	unsigned batch; /* in one round */
	int (*run)(void);
	int in_namespace;
};

/* ---- operations: each returns 0, or -1 where the kernel refused ---- */

static int do_nothing(void)
{
	return 0;
}

/* Not by the C library: this is the bare way into the kernel and back. */
static int do_getppid(void)
{
	return syscall(SYS_getppid) < 0 ? -1 : 0;
}

/* One capable(CAP_SYS_CHROOT), or where that is in a user namespace one ns_capable(). */
static int do_chroot(void)
{
	return chroot("/");
}

static int wait_for(pid_t pid)
{
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

static int do_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return wait_for(pid);
}

static char program[PATH_MAX]; /* this one, by its own path */
static char *itself[] = { program, NULL };
static char **command = itself; /* what do_exec() executes */

/* posix_spawn(3) of glibc is CLONE_VM | CLONE_VFORK, then execve(2). */
static int do_exec(void)
{
	char *envp[] = { NULL };
	pid_t pid;

	if (posix_spawn(&pid, *command, NULL, NULL, command, envp) != 0)
		return -1;
	return wait_for(pid);
}

static int do_unshare(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(unshare(CLONE_NEWUSER) < 0);
	return wait_for(pid);
}

static const struct operation operations[] = {
	{ "getppid", 1000, do_getppid, 0 }, { "chroot", 100, do_chroot, 0 },
	{ "fork", 25, do_fork, 0 },	    { "exec", 25, do_exec, 0 },
	{ "unshare", 25, do_unshare, 0 },   { "chroot-in-userns", 100, do_chroot, 1 },
};

/* ---- measuring ---- */

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000U + (uint64_t)time.tv_nsec;
}

static int compare(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

/* Fill in the sorted times of all rounds. */
static int take_times(const struct operation *operation, uint64_t times[static ROUNDS])
{
	unsigned round, i;
	int r = 0;

	for (round = 0; round < ROUNDS; round++) {
		uint64_t start = now();

		for (i = 0; i < operation->batch; i++)
			r |= operation->run();
		times[round] = now() - start;
	}
	qsort(times, ROUNDS, sizeof(*times), compare);
	return r;
}

/* The loop and the clock are taken off, so that what stays is the operation alone. */
static int measure(const char *label, const struct operation *operation)
{
	const struct operation nothing = { "nothing", operation->batch, do_nothing, 0 };
	uint64_t idle[ROUNDS], times[ROUNDS];
	uint64_t batch = operation->batch;

	if (take_times(&nothing, idle) < 0 || take_times(operation, times) < 0) {
		fprintf(stderr, "opcost: %s: refused\n", operation->name);
		return -1;
	}
	printf("cost %s %s %llu\n", label, operation->name,
	       (unsigned long long)((times[ROUNDS / 2] - idle[ROUNDS / 2]) / batch));
	return fflush(stdout);
}

static int measure_in_namespace(const char *label, const struct operation *operation)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(unshare(CLONE_NEWUSER) < 0 || measure(label, operation) < 0);
	return wait_for(pid);
}

/* The layout of memory decides how many page tables a fork copies, so it must not be random. */
static int fix_layout(char **argv)
{
	int persona = personality(0xffffffff);

	if (persona < 0)
		return -1;
	if (persona & ADDR_NO_RANDOMIZE)
		return 0;
	personality((unsigned long)persona | ADDR_NO_RANDOMIZE);
	return execv("/proc/self/exe", argv);
}

static int measure_all(const char *label)
{
	size_t i;
	int r = 0;

	for (i = 0; i < sizeof(operations) / sizeof(*operations) && r == 0; i++) {
		const struct operation *operation = operations + i;

		r = operation->in_namespace ? measure_in_namespace(label, operation)
					    : measure(label, operation);
	}
	return r;
}

static int measure_command(const char *label, const char *name, char **words)
{
	const struct operation operation = { name, 1, do_exec, 0 };

	command = words;
	return measure(label, &operation);
}

int main(int argc, char **argv)
{
	int r;

	if (argc < 2)
		return 0;
	if (argc == 3 || fix_layout(argv) < 0 || !realpath("/proc/self/exe", program))
		return 2;
	r = argc == 2 ? measure_all(argv[1]) : measure_command(argv[1], argv[2], argv + 3);
	return r == 0 ? 0 : 1;
}
