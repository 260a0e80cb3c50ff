// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/*
 * Restricted processes that come and go, lower more, and try what they may not, until SIGTERM; and
 * what of it went wrong. See usage().
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "probe.h"

static const char usage[] =
	"Usage: churn [--free] [--mixed] [--cgroup DIR] PROCS    (as root)\n"
	"       churn fill CHILDREN\n"
	"\n"
	"So many processes restrict themselves, become uid 1000, and then fork children, each of\n"
	"which lowers one bit more and forks one that creates a user namespace and tries in it "
	"what\n"
	"was lowered. Once in a while they lower a bit of their own. At SIGTERM, in one line:\n"
	"  rounds=N        how often that was\n"
	"  failed=N        forks that failed, and calls without memory\n"
	"  killed=N        processes that were killed\n"
	"  allowed=N       acts that were allowed and should be denied\n"
	"  lost=N          states with bits that had been lowered\n"
	"  unrestricted=N  states without any restriction\n"
	"  silent=N        calls that no provider answered\n"
	"  refused=N       acts that were denied and should be allowed\n"
	"  errors=N        anything else\n"
	"--free restricts nobody. --mixed has the children do something at random instead: fork,\n"
	"clone with flags at random, exec in a thread that isn't the leader, enter an older "
	"namespace\n"
	"of the user's, or lower more. --cgroup puts them, but not the one who counts, into a "
	"cgroup.\n"
	"\n"
	"fill tries to fork so many children, prints how many there are, how many failed and why, "
	"and\n"
	"keeps them.\n";

/* What everybody adds to, in memory that all share. */
struct counts {
	unsigned long rounds, failed, killed, allowed, lost, unrestricted, silent, refused, errors;
	bool stop;
};

static struct counts *counts;
static int counts_fd; /* the same memory, for who executes this program */
static bool free_run, mixed;
static int older = -1; /* a user namespace that an unrestricted process of the user has made */

#define ALL	       (~UINT64_C(0))
#define BIT(cap)       (UINT64_C(1) << (cap))
#define UID	       1000
#define ROUNDS_PER_BIT 4 /* rounds until a worker lowers one more bit of its own */
#define PAUSE_US       1000

static void count(unsigned long *counter)
{
	__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

/* The same, where EINVAL can only mean that there is nobody to answer. */
static int ask(enum userns_operation operation, uint64_t arg3)
{
	int r = ucap(operation, arg3, 0);

	if (r == -EINVAL)
		count(&counts->silent);
	else if (r == -ENOMEM)
		count(&counts->failed);
	else if (r < 0)
		count(&counts->errors);
	return r;
}

/* Is the own state what it has to be, no more and no less? */
static void check_state(uint64_t expected)
{
	uint64_t set = 0;

	for (unsigned i = 0; i < 8; i++) {
		int r = ask(USERNS_GET, i);

		if (r < 0)
			return;
		set |= (uint64_t)r << 8 * i;
	}
	if (set == ALL)
		count(&counts->unrestricted);
	else if (set & ~expected)
		count(&counts->lost);
	else if (set != expected)
		count(&counts->errors);
}

static void lower(uint64_t *expected, unsigned cap)
{
	if (free_run || ask(USERNS_LOWER, cap) < 0)
		return;
	*expected &= ~BIT(cap);
	if (ask(USERNS_IS_SET, cap) == 1)
		count(&counts->lost);
}

/* Forks; the child does not return. Returns whether there was one. */
static bool run_child(void (*run)(uint64_t expected), uint64_t expected)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		run(expected);
		_exit(0);
	}
	if (pid < 0) {
		count(&counts->failed);
		usleep(PAUSE_US);
		return false;
	}
	if (waitpid(pid, &status, 0) != pid)
		count(&counts->errors);
	else if (WIFSIGNALED(status))
		count(&counts->killed);
	return true;
}

/*
 * In a user namespace. CAP_SYS_CHROOT was taken at the start, CAP_SETPCAP perhaps; CAP_SYS_ADMIN is
 * the control.
 */
static void try_inside(uint64_t expected)
{
	if (!chroot("/"))
		count(&counts->allowed);
	if ((free_run || !(expected & BIT(CAP_SETPCAP))) &&
	    !prctl(PR_CAPBSET_DROP, (unsigned long)CAP_SYSLOG, 0UL, 0UL, 0UL))
		count(&counts->allowed);
	if (unshare(CLONE_NEWUTS) || sethostname("churn", 5))
		count(errno == ENOMEM ? &counts->failed : &counts->refused);
	check_state(expected);
}

static void grandchild(uint64_t expected)
{
	check_state(expected);
	if (unshare(CLONE_NEWUSER))
		count(errno == ENOMEM ? &counts->failed : &counts->errors);
	else
		try_inside(expected);
}

/* ---- something at random ---- */

static void enter_older(uint64_t expected)
{
	if (setns(older, CLONE_NEWUSER))
		count(errno == ENOMEM ? &counts->failed : &counts->errors);
	else
		try_inside(expected);
}

static int in_clone(void *argument)
{
	check_state(*(uint64_t *)argument);
	syscall(SYS_exit, 0);
	return 0;
}

static int in_clone_inside(void *argument)
{
	try_inside(*(uint64_t *)argument);
	syscall(SYS_exit, 0);
	return 0;
}

static void clone_somehow(uint64_t expected)
{
	static const int flags[] = { CLONE_VM, CLONE_FS,      CLONE_FILES,
				     CLONE_IO, CLONE_SYSVSEM, CLONE_PTRACE };
	static char stack[65536] __attribute__((aligned(16)));
	int wanted = CLONE_VFORK | SIGCHLD;
	bool inside = rand() % 2;
	pid_t pid;

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (rand() % 2)
			wanted |= flags[i];
	if (inside) /* the kernel allows no shared file system there */
		wanted = (wanted & ~CLONE_FS) | CLONE_NEWUSER | (rand() % 2 ? CLONE_NEWNS : 0);
	pid = clone(inside ? in_clone_inside : in_clone, stack + sizeof(stack), wanted, &expected);
	if (pid < 0)
		count(errno == ENOMEM ? &counts->failed : &counts->errors);
	else if (waitpid(pid, NULL, __WALL) != pid)
		count(&counts->errors);
}

/* The thread takes the place of the leader. */
static void *exec_in_thread(void *argument)
{
	char expected[24], fd[16];

	snprintf(expected, sizeof(expected), "%llx", (unsigned long long)*(uint64_t *)argument);
	snprintf(fd, sizeof(fd), "%d", counts_fd);
	execl("/proc/self/exe", "churn", "look", expected, fd, (char *)NULL);
	count(&counts->errors);
	return NULL;
}

static void exec_somehow(uint64_t expected)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, exec_in_thread, &expected))
		count(&counts->failed);
	else
		pthread_join(thread, NULL);
}

static void do_something(uint64_t expected)
{
	static void (*const deeds[])(uint64_t) = { grandchild, clone_somehow, exec_somehow,
						   enter_older };

	srand((unsigned)getpid() ^ (unsigned)time(NULL));
	check_state(expected);
	if (rand() % 2)
		lower(&expected, CAP_SETPCAP);
	deeds[(unsigned)rand() % (sizeof(deeds) / sizeof(deeds[0]))](expected);
}

static void child(uint64_t expected)
{
	check_state(expected);
	lower(&expected, CAP_SETPCAP);
	run_child(grandchild, expected);
	check_state(expected);
	run_child(grandchild, expected);
}

/* The bits that a worker lowers of its own, one after the other, from the first to the last. */
static bool is_spare(unsigned cap)
{
	return cap != CAP_SYS_ADMIN && cap != CAP_SETPCAP && cap != CAP_SYS_CHROOT;
}

static void work(void)
{
	uint64_t expected = ALL;
	unsigned next = 0;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL) || syscall(SYS_setgroups, 0, NULL) ||
	    setresgid(UID, UID, UID) || setresuid(UID, UID, UID)) {
		count(errno == ENOMEM ? &counts->failed : &counts->errors);
		return;
	}
	lower(&expected, CAP_SYS_CHROOT);
	if (!free_run && expected == ALL) /* no room for its state */
		return;
	for (unsigned round = 0; !counts->stop && next <= CAP_LAST_CAP; round++) {
		check_state(expected);
		if (round % ROUNDS_PER_BIT == ROUNDS_PER_BIT - 1) {
			while (!is_spare(next))
				next++;
			if (next <= CAP_LAST_CAP)
				lower(&expected, next++);
		}
		if (run_child(mixed ? do_something : child, expected))
			count(&counts->rounds);
	}
}

static void enter_cgroup(const char *dir)
{
	bool entered;
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/cgroup.procs", dir);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	entered = fd >= 0 && write(fd, "0", 1) == 1;
	if (!entered)
		die("can't enter %s: %s", dir, strerror(errno));
	close(fd);
}

static void start_worker(const char *cgroup)
{
	pid_t pid = fork();

	if (pid < 0)
		count(&counts->failed);
	if (pid)
		return;
	signal(SIGTERM, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, (unsigned long)SIGKILL, 0UL, 0UL, 0UL);
	if (cgroup)
		enter_cgroup(cgroup);
	work();
	_exit(0);
}

static void stop(int signal)
{
	(void)signal;
	counts->stop = true;
}

/* Workers end when they have lowered everything, or are killed: others take their place. */
static void churn(unsigned long procs, const char *cgroup)
{
	int status;

	for (unsigned long i = 0; i < procs; i++)
		start_worker(cgroup);
	while (!counts->stop) {
		pid_t pid = wait(&status);

		if (pid < 0 && errno == EINTR)
			continue;
		if (pid > 0 && WIFSIGNALED(status))
			count(&counts->killed);
		if (pid > 0 && WIFEXITED(status) && WEXITSTATUS(status))
			die("a worker could not start");
		usleep(PAUSE_US);
		if (!counts->stop)
			start_worker(cgroup);
	}
	while (wait(NULL) > 0 || errno == EINTR)
		continue;
	printf("rounds=%lu failed=%lu killed=%lu allowed=%lu lost=%lu unrestricted=%lu silent=%lu "
	       "refused=%lu errors=%lu\n",
	       counts->rounds, counts->failed, counts->killed, counts->allowed, counts->lost,
	       counts->unrestricted, counts->silent, counts->refused, counts->errors);
}

__attribute__((noreturn)) static void fill(unsigned long wanted)
{
	unsigned long children = 0;
	int error = 0;

	for (unsigned long i = 0; i < wanted; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			prctl(PR_SET_PDEATHSIG, (unsigned long)SIGKILL, 0UL, 0UL, 0UL);
			check_state(ALL);
			for (;;)
				pause();
		}
		if (pid < 0)
			error = errno;
		else
			children++;
	}
	usleep(300 * 1000); /* for the last one to have looked at itself */
	printf("children=%lu failed=%lu unrestricted=%lu error=%s\n", children, wanted - children,
	       counts->unrestricted + counts->silent, error ? strerror(error) : "none");
	fflush(stdout);
	for (;;)
		pause();
}

/* What executes this program: are the state and its consequences what they were? */
static int look(const char *expected, const char *fd)
{
	counts_fd = (int)strtol(fd, NULL, 10);
	counts = mmap(NULL, sizeof(*counts), PROT_READ | PROT_WRITE, MAP_SHARED, counts_fd, 0);
	if (counts == MAP_FAILED)
		die("mmap: %s", strerror(errno));
	grandchild(strtoull(expected, NULL, 16));
	return 0;
}

/* Of the user who is restricted, by a process that isn't. */
static void make_older(void)
{
	int ready[2];
	char path[64], byte = 0;
	pid_t pid;

	if (pipe2(ready, O_CLOEXEC))
		die("pipe: %s", strerror(errno));
	pid = fork();
	if (pid == 0) {
		if (setresgid(UID, UID, UID) || setresuid(UID, UID, UID) ||
		    unshare(CLONE_NEWUSER) || write(ready[1], &byte, 1) != 1)
			_exit(1);
		pause();
	}
	close(ready[1]);
	if (pid < 0 || read(ready[0], &byte, 1) != 1)
		die("can't make a namespace");
	snprintf(path, sizeof(path), "/proc/%d/ns/user", (int)pid);
	older = open(path, O_RDONLY | O_CLOEXEC);
	if (older < 0)
		die("can't open %s: %s", path, strerror(errno));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = stop }; /* without SA_RESTART */
	const char *cgroup = NULL;

	if (argc == 4 && !strcmp(argv[1], "look"))
		return look(argv[2], argv[3]);
	counts_fd = memfd_create("counts", 0);
	if (counts_fd < 0 || ftruncate(counts_fd, sizeof(*counts)))
		die("can't share memory: %s", strerror(errno));
	counts = mmap(NULL, sizeof(*counts), PROT_READ | PROT_WRITE, MAP_SHARED, counts_fd, 0);
	if (counts == MAP_FAILED)
		die("mmap: %s", strerror(errno));
	if (argc == 3 && !strcmp(argv[1], "fill"))
		fill(strtoul(argv[2], NULL, 10));
	for (argv++; *argv && !strncmp(*argv, "--", 2); argv++) {
		if (!strcmp(*argv, "--free"))
			free_run = true;
		else if (!strcmp(*argv, "--mixed"))
			mixed = true;
		else if (!strcmp(*argv, "--cgroup") && argv[1])
			cgroup = *++argv;
		else
			break;
	}
	if (!*argv || argv[1] || strtoul(*argv, NULL, 10) == 0) {
		fputs(usage, stderr);
		return 2;
	}
	if (mixed)
		make_older();
	sigaction(SIGTERM, &action, NULL);
	churn(strtoul(*argv, NULL, 10), cgroup);
	return 0;
}
