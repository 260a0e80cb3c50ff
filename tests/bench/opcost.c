// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/*
 * What some operations cost, in nanoseconds of CLOCK_MONOTONIC: instructions, in a machine whose
 * clock counts them. Run as root. Prints a line "cost LABEL NAME NANOSECONDS" for each: the median
 * of some rounds; or the average, where the kernel does a part of the work later, as for fork(2).
 *
 * Usage: opcost LABEL                     all operations
 *        opcost LABEL exact               those that cost the same each time
 *        opcost LABEL network             those of the network, in a namespace of its own
 *        opcost LABEL NAME COMMAND...     a command, from posix_spawn(3) to its end
 *        opcost                           nothing: this is what is executed
 */
#include <limits.h>
#include <linux/capability.h>
#include <linux/if.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS_MAX 999

struct operation {
	const char *name;
	unsigned rounds;
	unsigned batch; /* in one round */
	int (*run)(void);
	bool in_namespace;
	bool has_aftermath; /* which the kernel sees to some milliseconds later */
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

/*
 * One ns_capable(CAP_SETPCAP) that is denied: by the provider; else by the kernel itself, for then
 * this process gives up its capabilities.
 */
static int do_denied(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	const struct __user_cap_data_struct none[2] = { { 0, 0, 0 }, { 0, 0, 0 } };

	if (!syscall(SYS_prctl, PR_CAPBSET_DROP, CAP_SYSLOG, 0, 0, 0))
		return syscall(SYS_capset, &header, none) < 0 ? -1 : 0;
	return 0;
}

/* Any prctl(2) that does next to nothing. */
static int do_prctl(void)
{
	return syscall(SYS_prctl, PR_GET_DUMPABLE, 0, 0, 0, 0) < 0 ? -1 : 0;
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

/*
 * A clone(2) that runs task_alloc and fails after it, so that task_free runs at once: no process
 * can have this number. Fork without most of its work, and without what makes that differ.
 */
static int do_failing_clone(void)
{
	const pid_t number = INT_MAX;
	const struct clone_args args = {
		.flags = CLONE_VM | CLONE_VFORK | CLONE_FS | CLONE_FILES,
		.exit_signal = SIGCHLD,
		.set_tid = (uintptr_t)&number,
		.set_tid_size = 1,
	};
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	if (pid == 0)
		_exit(1);
	return pid < 0 ? 0 : -1;
}

static const struct operation operations[] = {
	{ "getppid", 9, 1000, do_getppid, false, false },
	{ "prctl", 9, 1000, do_prctl, false, false },
	{ "chroot", 9, 100, do_chroot, false, false },
	{ "chroot-in-userns", 9, 100, do_chroot, true, false },
	{ "denied-in-userns", 9, 100, do_denied, true, false },
	{ "failing-clone", ROUNDS_MAX, 1, do_failing_clone, false, false },
	{ "fork", 9, 100, do_fork, false, true },
	{ "exec", 9, 25, do_exec, false, true },
	{ "unshare", 9, 50, do_unshare, false, true },
};

/* ---- operations of the network; what is allowed and changes nothing ---- */

static int netlink = -1, inet = -1;

/* One message about a device that isn't there: the answer is an error, after the question. */
static int ask_of_link(int type)
{
	const struct {
		struct nlmsghdr header;
		struct ifinfomsg link;
	} message = {
		.header = { .nlmsg_len = sizeof(message),
			    .nlmsg_type = type,
			    .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK },
		.link = { .ifi_index = 77777 },
	};
	char answer[512];

	if (netlink < 0)
		netlink = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	if (send(netlink, &message, sizeof(message), 0) < 0)
		return -1;
	return recv(netlink, answer, sizeof(answer), 0) < 0 ? -1 : 0;
}

static int do_getlink(void)
{
	return ask_of_link(RTM_GETLINK);
}

static int do_setlink(void)
{
	return ask_of_link(RTM_SETLINK);
}

static int do_ioctl(unsigned long request, void *argument)
{
	if (inet < 0)
		inet = socket(AF_INET, SOCK_DGRAM, 0);
	return ioctl(inet, request, argument);
}

static int do_getflags(void)
{
	struct ifreq lo = { .ifr_name = "lo" };

	return do_ioctl(SIOCGIFFLAGS, &lo);
}

static int do_setflags(void)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = 0 };

	return do_ioctl(SIOCSIFFLAGS, &lo);
}

static int do_fionread(void)
{
	int size;

	return do_ioctl(FIONREAD, &size);
}

static int do_setsockopt(void)
{
	const int ttl = 64;

	if (inet < 0)
		inet = socket(AF_INET, SOCK_DGRAM, 0);
	return setsockopt(inet, IPPROTO_IP, IP_TTL, &ttl, sizeof(ttl));
}

static const struct operation network[] = {
	{ "RTM_GETLINK", 9, 100, do_getlink, true, false },
	{ "RTM_SETLINK", 9, 100, do_setlink, true, false },
	{ "SIOCGIFFLAGS", 9, 100, do_getflags, true, false },
	{ "SIOCSIFFLAGS", 9, 100, do_setflags, true, false },
	{ "FIONREAD", 9, 100, do_fionread, true, false },
	{ "setsockopt", 9, 100, do_setsockopt, true, false },
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

static uint64_t median(uint64_t times[static ROUNDS_MAX], unsigned count)
{
	qsort(times, count, sizeof(*times), compare);
	return times[count / 2];
}

static uint64_t average(const uint64_t times[static ROUNDS_MAX], unsigned count)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < count; i++)
		sum += times[i];
	return sum / count;
}

/* Set how long a round took. */
static int take_time(const struct operation *operation, uint64_t *ret_time)
{
	uint64_t times[ROUNDS_MAX];
	unsigned round, i;
	int r = 0;

	for (round = 0; round < operation->rounds; round++) {
		uint64_t start = now();

		for (i = 0; i < operation->batch; i++)
			r |= operation->run();
		times[round] = now() - start;
	}
	*ret_time = operation->has_aftermath ? average(times, operation->rounds)
					     : median(times, operation->rounds);
	return r;
}

/* The loop and the clock are taken off, so that what stays is the operation alone. */
static int measure(const char *label, const struct operation *operation)
{
	struct operation nothing = *operation;
	uint64_t idle, time;

	nothing.run = do_nothing;
	if (take_time(&nothing, &idle) < 0 || take_time(operation, &time) < 0) {
		fprintf(stderr, "opcost: %s: refused\n", operation->name);
		return -1;
	}
	printf("cost %s %s %llu\n", label, operation->name,
	       (unsigned long long)((time - idle) / operation->batch));
	return fflush(stdout);
}

static int measure_in_namespace(const char *label, const struct operation *operation)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0 || measure(label, operation) < 0);
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

static int measure_all(const char *label, bool exact_only)
{
	size_t i;
	int r = 0;

	for (i = 0; i < sizeof(operations) / sizeof(*operations) && r == 0; i++) {
		const struct operation *operation = operations + i;

		if (exact_only && operation->has_aftermath)
			continue;
		r = operation->in_namespace ? measure_in_namespace(label, operation)
					    : measure(label, operation);
	}
	return r;
}

static int measure_network(const char *label)
{
	int r = 0;

	for (size_t i = 0; i < sizeof(network) / sizeof(*network) && r == 0; i++)
		r = measure_in_namespace(label, network + i);
	return r;
}

static int measure_command(const char *label, const char *name, char **words)
{
	const struct operation operation = {
		.name = name, .rounds = 9, .batch = 1, .run = do_exec
	};

	command = words;
	return measure(label, &operation);
}

int main(int argc, char **argv)
{
	bool exact_only = argc == 3 && strcmp(argv[2], "exact") == 0;
	bool is_network = argc == 3 && strcmp(argv[2], "network") == 0;
	int r;

	if (argc < 2)
		return 0;
	if ((argc == 3 && !exact_only && !is_network) || fix_layout(argv) < 0 ||
	    !realpath("/proc/self/exe", program))
		return 2;
	if (is_network)
		r = measure_network(argv[1]);
	else
		r = argc <= 3 ? measure_all(argv[1], exact_only)
			      : measure_command(argv[1], argv[2], argv + 3);
	return r == 0 ? 0 : 1;
}
