// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/*
 * Tries one act that takes a capability in a user namespace, and prints whether the kernel
 * "allowed" or "denied" it. See usage().
 *
 * Exit status: 0 for both; 2 where something else went wrong, with a message on standard error.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "probe.h"

/* The userns set of a kernel that has one itself. */
#define NATIVE_PRCTL 48

static const char usage[] =
	"Usage: userns_probe [OPTION]... ACT [ARG]...\n"
	"\n"
	"Options, carried out in this order:\n"
	"  --nnp          set no_new_privs\n"
	"  --bounding CAP drop it from the bounding set\n"
	"  --keep HEX     lower the userns set to this one\n"
	"  --flags N      add flags: 1 no creation, 2 strict\n"
	"  --uid N        become this user and group\n"
	"  --enter PATH   enter the user namespace at PATH (/proc/PID/ns/user)\n"
	"  --depth N      then make N user namespaces inside one another\n"
	"  --root         map root in them, and try to RAISE every capability\n"
	"  --keep-inside HEX  lower the userns set once there\n"
	"--keep, --root, --keep-inside and raise use the prctls of the bpf provider and of a "
	"kernel\n"
	"that has a userns set itself: whichever there is, or both.\n"
	"\n"
	"Acts, with the depth they are tried at without --depth:\n"
	"  userns         1  none: being there is enough\n"
	"  mount          1  mount a tmpfs in a new mount namespace\n"
	"  lo             1  bring up lo in a new network namespace\n"
	"  owner          0  the same from outside, on a socket that a child made inside\n"
	"  clone, clone3  0  create a namespace by these calls\n"
	"  setns PATH     0  enter a user namespace, saying its type\n"
	"  setns-any PATH 0  the same with the type 1 << 32, whose low 32 bits are 0\n"
	"  raise CAP      0  raise a capability in the userns set\n"
	"  raise-lo       0  try to raise net_admin there; then lo, in a new user namespace\n"
	"  version        0  does the bpf provider answer?\n"
	"Acts that print something else:\n"
	"  state          0  this task's state, field by field\n"
	"  exec CMD...    0  run a command here\n"
	"  thread-child HEX     0  keep HEX in a thread that isn't the leader; then children of "
	"both\n"
	"                          try lo, as --uid\n"
	"  lo-lines       1  try lo on one and the same socket for each line of standard input\n"
	"  hammer THREADS SECS  1  threads on one CPU try lo all the time: attempts=N allowed=M\n"
	"  storm PROCS FORKS    0  so many processes fork so often: forks=N failed=M "
	"unrestricted=U\n"
	"  crowd N        0  have so many children at a time, then run nothing: children=N "
	"unrestricted=U\n"
	"  answer         0  the version that the bpf provider answers, 0 without one\n"
	"  entries DIR    0  count the states in the maps that are pinned in DIR\n"
	"  census DIR     0  the same, by where they are\n"
	"  system PATH    0  what a pinned map says of all tasks, field by field\n";

struct options {
	bool nnp, root, has_keep, has_keep_inside;
	uint64_t keep, keep_inside;
	unsigned flags;
	long bounding; /* -1: drop none */
	long uid;      /* -1: stay */
	int depth;     /* -1: the act's own */
	const char *enter;
};

struct act {
	const char *name;
	int argc; /* -1: any number but 0 */
	int depth;
	bool prints; /* the act prints its own result */
	int (*run)(const struct options *options, char **argv);
};

static bool has_bpf(void)
{
	return ucap(USERNS_VERSION, 0, 0) >= 0;
}

/* The kernel's own: 0, 1 or -errno. Its operations 1 to 4 have the same numbers as ours. */
static int native(enum userns_operation operation, unsigned cap)
{
	int r = prctl(NATIVE_PRCTL, (unsigned long)operation, (unsigned long)cap, 0UL, 0UL);

	return r < 0 ? -errno : r;
}

static bool has_native(void)
{
	return native(USERNS_IS_SET, 0) >= 0;
}

static int native_keep(uint64_t set)
{
	int r = 0;

	for (unsigned cap = 0; !r && cap < 64; cap++)
		r = set >> cap & 1 ? 0 : native(USERNS_LOWER, cap);
	return r == -EINVAL ? 0 : r; /* beyond the kernel's last capability */
}

static int keep(uint64_t set)
{
	int r = 0;

	if (!has_bpf() && !has_native())
		return -ENOSYS;
	if (has_bpf())
		r = ucap(USERNS_KEEP, set & UINT32_MAX, set >> 32);
	return r || !has_native() ? r : native_keep(set);
}

static int raise_cap(unsigned cap)
{
	int r = 0;

	if (!has_bpf() && !has_native())
		return -ENOSYS;
	if (has_native())
		r = native(USERNS_RAISE, cap);
	return r || !has_bpf() ? r : ucap(USERNS_RAISE, cap, 0);
}

static bool is_unrestricted_natively(void)
{
	for (unsigned cap = 0; cap < 64; cap++)
		if (native(USERNS_IS_SET, cap) == 0)
			return false;
	return true;
}

/* Nothing that was restricted may be without any restriction. */
static bool is_unrestricted(void)
{
	if (!has_bpf())
		return is_unrestricted_natively();
	for (unsigned i = 0; i < 8; i++)
		if (ucap(USERNS_GET, i, 0) != 0xff)
			return false;
	return ucap(USERNS_GET, 20, 0) == 0;
}

static void become(long uid)
{
	if (uid < 0)
		return;
	if (syscall(SYS_setgroups, 0, NULL) || setresgid((gid_t)uid, (gid_t)uid, (gid_t)uid) ||
	    setresuid((uid_t)uid, (uid_t)uid, (uid_t)uid))
		die("can't become %ld: %s", uid, strerror(errno));
	/* Else /proc/self belongs to root. */
	prctl(PR_SET_DUMPABLE, 1UL, 0UL, 0UL, 0UL);
}

static void restrict_self(const struct options *options)
{
	int r = 0;

	if (options->nnp && prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL))
		die("no_new_privs: %s", strerror(errno));
	if (options->bounding >= 0 &&
	    prctl(PR_CAPBSET_DROP, (unsigned long)options->bounding, 0UL, 0UL, 0UL))
		die("bounding set: %s", strerror(errno));
	if (options->has_keep)
		r = keep(options->keep);
	if (!r && options->flags)
		r = ucap(USERNS_SET_FLAGS, options->flags, 0);
	if (r)
		die("can't restrict: %s", strerror(-r));
	become(options->uid);
}

static int enter(const char *path, long type)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int r = 0;

	if (fd < 0)
		die("can't open %s: %s", path, strerror(errno));
	if (syscall(SYS_setns, fd, type))
		r = -errno;
	close(fd);
	return r;
}

/* Go down @depth user namespaces. */
static int descend(const struct options *options, int depth)
{
	unsigned id = geteuid();
	int r = options->enter ? enter(options->enter, CLONE_NEWUSER) : 0;

	if (options->enter)
		id = geteuid();
	for (; !r && depth > 0; depth--) {
		unsigned inside = options->root ? 0 : id;

		if (unshare(CLONE_NEWUSER))
			return -errno;
		/* Only a mapped user may make the next one. */
		if (depth > 1 || options->root)
			r = map_ids(inside, id);
		id = inside;
	}
	for (unsigned cap = 0; options->root && cap < 64; cap++)
		raise_cap(cap);
	return r || !options->has_keep_inside ? r : keep(options->keep_inside);
}

static int act_none(const struct options *options, char **argv)
{
	(void)options, (void)argv;
	return 0;
}

static int act_mount(const struct options *options, char **argv)
{
	(void)options, (void)argv;
	if (unshare(CLONE_NEWNS) || mount("none", "/tmp", "tmpfs", 0, NULL))
		return -errno;
	return 0;
}

static int act_lo(const struct options *options, char **argv)
{
	int fd;

	(void)options, (void)argv;
	if (unshare(CLONE_NEWNET))
		return -errno;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return fd < 0 ? -errno : lo_up(fd);
}

static int act_lo_lines(const struct options *options, char **argv)
{
	char line[16];
	int fd;

	(void)options, (void)argv;
	if (unshare(CLONE_NEWNET) || (fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) < 0)
		die("can't begin: %s", strerror(errno));
	while (fgets(line, sizeof(line), stdin)) {
		puts(lo_up(fd) ? "denied" : "allowed");
		fflush(stdout);
	}
	return 0;
}

static int act_owner(const struct options *options, char **argv)
{
	int pair[2], fd;

	(void)options, (void)argv;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		die("socketpair: %s", strerror(errno));
	switch (fork()) {
	case -1:
		die("fork: %s", strerror(errno));
	case 0:
		fd = unshare(CLONE_NEWUSER | CLONE_NEWNET) ? -1 : socket(AF_INET, SOCK_DGRAM, 0);
		if (fd < 0)
			_exit(1);
		_exit(pass_fd(pair[1], fd) < 0);
	}
	close(pair[1]);
	fd = pass_fd(pair[0], -1);
	/* The child got no namespace to be owner of. */
	return fd < 0 ? -EPERM : lo_up(fd);
}

static int wait_for(long pid)
{
	int status;

	if (pid < 0)
		return -errno;
	if (pid == 0)
		_exit(0);
	if (waitpid((pid_t)pid, &status, 0) < 0)
		die("waitpid: %s", strerror(errno));
	return 0;
}

static int act_clone(const struct options *options, char **argv)
{
	(void)options, (void)argv;
	return wait_for(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, NULL));
}

static int act_clone3(const struct options *options, char **argv)
{
	struct clone_args args = { .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD };

	(void)options, (void)argv;
	return wait_for(syscall(SYS_clone3, &args, sizeof(args)));
}

static int act_setns(const struct options *options, char **argv)
{
	(void)options;
	return enter(argv[0], CLONE_NEWUSER);
}

static int act_setns_any(const struct options *options, char **argv)
{
	(void)options;
	return enter(argv[0], (long)(UINT64_C(1) << 32));
}

static int act_raise(const struct options *options, char **argv)
{
	(void)options;
	return raise_cap((unsigned)strtoul(argv[0], NULL, 0));
}

static int act_raise_lo(const struct options *options, char **argv)
{
	raise_cap(CAP_NET_ADMIN);
	if (unshare(CLONE_NEWUSER))
		return -errno;
	return act_lo(options, argv);
}

static int act_version(const struct options *options, char **argv)
{
	int r = ucap(USERNS_VERSION, 0, 0);

	(void)options, (void)argv;
	return r == USERNS_ABI_VERSION ? 0 : -EPERM;
}

static int act_state(const struct options *options, char **argv)
{
	struct userns_state state;
	unsigned char *bytes = (void *)&state;

	(void)options, (void)argv;
	for (unsigned i = 0; i < offsetof(struct userns_state, account); i++) {
		int r = ucap(USERNS_GET, i, 0);

		if (r < 0)
			return r;
		bytes[i] = (unsigned char)r;
	}
	printf("userns=%016llx bound=%016llx level=%u flags=%u\n", state.userns, state.bound,
	       state.level, state.flags);
	return 0;
}

static int act_exec(const struct options *options, char **argv)
{
	(void)options;
	execvp(argv[0], argv);
	die("can't run %s: %s", argv[0], strerror(errno));
}

/* Does a child of the calling thread bring lo up? */
static bool child_lo(long uid)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		become(uid);
		_exit(unshare(CLONE_NEWUSER) ? 2 : act_lo(NULL, NULL) ? 1 : 0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFEXITED(status) ||
	    WEXITSTATUS(status) > 1)
		die("a child failed");
	return WEXITSTATUS(status) == 0;
}

struct thread_child {
	uint64_t keep;
	long uid;
	bool allowed;
};

static void *thread_child(void *argument)
{
	struct thread_child *child = argument;
	int r = keep(child->keep);

	if (r)
		die("can't restrict: %s", strerror(-r));
	child->allowed = child_lo(child->uid);
	return NULL;
}

static int act_thread_child(const struct options *options, char **argv)
{
	/* Whoever became somebody else can't lower any more: the children do it. */
	struct thread_child child = { .keep = strtoull(argv[0], NULL, 16), .uid = options->uid };
	pthread_t thread;

	if (pthread_create(&thread, NULL, thread_child, &child) || pthread_join(thread, NULL))
		die("can't run a thread");
	printf("thread=%s leader=%s\n", child.allowed ? "allowed" : "denied",
	       child_lo(options->uid) ? "allowed" : "denied");
	return 0;
}

struct hammer {
	pthread_t thread;
	int fd;
	time_t end;
	unsigned long attempts, allowed;
};

static time_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec;
}

static void *hammer(void *argument)
{
	struct hammer *self = argument;

	do {
		for (int i = 0; i < 256; i++)
			self->allowed += lo_up(self->fd) == 0;
		self->attempts += 256;
	} while (now() < self->end);
	return NULL;
}

static int act_hammer(const struct options *options, char **argv)
{
	size_t count = strtoul(argv[0], NULL, 10);
	struct hammer *hammers = calloc(count, sizeof(*hammers));
	time_t end = now() + strtol(argv[1], NULL, 10);
	unsigned long attempts = 0, allowed = 0;
	cpu_set_t cpus;
	int fd;

	(void)options;
	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	if (!hammers || sched_setaffinity(0, sizeof(cpus), &cpus) || unshare(CLONE_NEWNET) ||
	    (fd = socket(AF_INET, SOCK_DGRAM, 0)) < 0)
		die("can't begin: %s", strerror(errno));
	for (size_t i = 0; i < count; i++) {
		hammers[i].fd = fd;
		hammers[i].end = end;
		if (pthread_create(&hammers[i].thread, NULL, hammer, &hammers[i]))
			die("can't start a thread");
	}
	for (size_t i = 0; i < count; i++) {
		pthread_join(hammers[i].thread, NULL);
		attempts += hammers[i].attempts;
		allowed += hammers[i].allowed;
	}
	printf("attempts=%lu allowed=%lu\n", attempts, allowed);
	return 0;
}

/* What a process of a storm counted. */
struct storm {
	unsigned long forks, failed, unrestricted;
};

static struct storm storm(unsigned long forks)
{
	struct storm counts = { 0 };
	int status;

	while (forks--) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(is_unrestricted());
		if (pid < 0) {
			counts.failed++;
			continue;
		}
		counts.forks++;
		if (waitpid(pid, &status, 0) < 0 || status)
			counts.unrestricted++;
	}
	return counts;
}

static int act_storm(const struct options *options, char **argv)
{
	unsigned long procs = strtoul(argv[0], NULL, 10), started = 0;
	struct storm one, all = { 0 };
	int pair[2];

	(void)options;
	if (pipe(pair))
		die("pipe: %s", strerror(errno));
	for (; started < procs; started++) {
		pid_t pid = fork();

		if (pid < 0)
			die("fork: %s", strerror(errno));
		if (pid == 0) {
			one = storm(strtoul(argv[1], NULL, 10));
			_exit(write(pair[1], &one, sizeof(one)) != sizeof(one));
		}
	}
	while (started-- && read(pair[0], &one, sizeof(one)) == sizeof(one)) {
		all.forks += one.forks;
		all.failed += one.failed;
		all.unrestricted += one.unrestricted;
	}
	while (wait(NULL) > 0)
		continue;
	printf("forks=%lu failed=%lu unrestricted=%lu\n", all.forks, all.failed, all.unrestricted);
	return 0;
}

static int act_crowd(const struct options *options, char **argv)
{
	unsigned long wanted = strtoul(argv[0], NULL, 10), children = 0, unrestricted = 0;
	int start[2], results[2];
	char byte = 0;

	(void)options;
	if (pipe(start) || pipe(results))
		die("pipe: %s", strerror(errno));
	for (; children < wanted; children++) {
		pid_t pid = fork();

		if (pid < 0)
			break;
		if (pid == 0) {
			close(start[1]);
			/* Until the parent closes its end. */
			if (read(start[0], &byte, 1))
				_exit(1);
			byte = is_unrestricted() ? 'u' : 'r';
			_exit(write(results[1], &byte, 1) != 1);
		}
	}
	close(start[1]);
	close(results[1]);
	while (read(results[0], &byte, 1) == 1)
		unrestricted += byte == 'u';
	while (wait(NULL) > 0)
		continue;
	printf("children=%lu unrestricted=%lu\n", children, unrestricted);
	return 0;
}

/* bpf(2) by hand: this program has no libbpf. */
static long bpf(enum bpf_cmd command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static unsigned open_map(const char *path)
{
	union bpf_attr attr = { .pathname = (uintptr_t)path };
	long map = bpf(BPF_OBJ_GET, &attr);

	if (map < 0)
		die("can't open %s: %s", path, strerror(errno));
	return (unsigned)map;
}

/* What is in the maps that are pinned in a directory. */
struct census {
	unsigned long slots;	 /* that are taken */
	unsigned long elsewhere; /* entries of the overflow, as the slots say */
	unsigned long
		paying; /* slots that say so: who is unrestricted and has one pays a look-up */
	unsigned long overflow; /* entries of the overflow */
};

static unsigned open_pin(const char *dir, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return open_map(path);
}

/* The only element of a map, in memory that is never freed. */
static void *look_up(const char *dir, const char *name, size_t size)
{
	const uint32_t key = 0;
	void *value = calloc(1, size);
	union bpf_attr attr = { .map_fd = open_pin(dir, name),
				.key = (uintptr_t)&key,
				.value = (uintptr_t)value };

	if (!value || bpf(BPF_MAP_LOOKUP_ELEM, &attr))
		die("can't read %s/%s: %s", dir, name, strerror(errno));
	return value;
}

static unsigned long count_elements(const char *dir, const char *name)
{
	union bpf_attr attr = { .map_fd = open_pin(dir, name) };
	uint64_t key = 0;
	unsigned long count = 0;

	attr.next_key = (uintptr_t)&key;
	while (!bpf(BPF_MAP_GET_NEXT_KEY, &attr)) {
		attr.key = (uintptr_t)&key;
		count++;
	}
	return count;
}

static struct census take_census(const char *dir)
{
	const struct userns_slot *slots = look_up(dir, "slots", USERNS_SLOTS * sizeof(*slots));
	struct census census = { .overflow = count_elements(dir, "overflow") };

	for (size_t i = 0; i < USERNS_SLOTS; i++) {
		census.slots += slots[i].key != USERNS_SLOT_FREE;
		census.elsewhere += slots[i].elsewhere;
		census.paying += slots[i].elsewhere > 0;
	}
	return census;
}

static int act_entries(const struct options *options, char **argv)
{
	char slots[256];
	struct census census;

	(void)options;
	snprintf(slots, sizeof(slots), "%s/slots", argv[0]);
	if (access(slots, F_OK)) { /* a layout before 3 */
		printf("%lu\n", count_elements(argv[0], "states"));
		return 0;
	}
	census = take_census(argv[0]);
	printf("%lu\n", census.slots + census.overflow);
	return 0;
}

static int act_census(const struct options *options, char **argv)
{
	const struct census census = take_census(argv[0]);
	const uint64_t *accounts =
		look_up(argv[0], "accounts", USERNS_ACCOUNTS * sizeof(*accounts));
	unsigned long counted = 0; /* for a user */

	(void)options;
	for (size_t i = 0; i < USERNS_ACCOUNTS; i++)
		counted += (uint32_t)accounts[i];
	printf("slots=%lu elsewhere=%lu overflow=%lu accounts=%lu paying=%.2f%%\n", census.slots,
	       census.elsewhere, census.overflow, counted,
	       100.0 * (double)census.paying / USERNS_SLOTS);
	return 0;
}

static int act_system(const struct options *options, char **argv)
{
	struct userns_system system;
	uint32_t key = 0;
	union bpf_attr attr = { .map_fd = open_map(argv[0]),
				.key = (uintptr_t)&key,
				.value = (uintptr_t)&system };

	(void)options;
	if (bpf(BPF_MAP_LOOKUP_ELEM, &attr))
		die("can't read %s: %s", argv[0], strerror(errno));
	printf("layout=%u share=%u mask=%016llx version=%s\n", system.layout, system.share,
	       system.mask, system.version);
	return 0;
}

static int act_answer(const struct options *options, char **argv)
{
	int r = ucap(USERNS_VERSION, 0, 0);

	(void)options, (void)argv;
	printf("%d\n", r < 0 ? 0 : r);
	return 0;
}

static const struct act acts[] = {
	{ "userns", 0, 1, false, act_none },
	{ "mount", 0, 1, false, act_mount },
	{ "lo", 0, 1, false, act_lo },
	{ "owner", 0, 0, false, act_owner },
	{ "clone", 0, 0, false, act_clone },
	{ "clone3", 0, 0, false, act_clone3 },
	{ "setns", 1, 0, false, act_setns },
	{ "setns-any", 1, 0, false, act_setns_any },
	{ "raise", 1, 0, false, act_raise },
	{ "raise-lo", 0, 0, false, act_raise_lo },
	{ "version", 0, 0, false, act_version },
	{ "state", 0, 0, true, act_state },
	{ "exec", -1, 0, true, act_exec },
	{ "thread-child", 1, 0, true, act_thread_child },
	{ "lo-lines", 0, 1, true, act_lo_lines },
	{ "hammer", 2, 1, true, act_hammer },
	{ "storm", 2, 0, true, act_storm },
	{ "crowd", 1, 0, true, act_crowd },
	{ "answer", 0, 0, true, act_answer },
	{ "entries", 1, 0, true, act_entries },
	{ "census", 1, 0, true, act_census },
	{ "system", 1, 0, true, act_system },
};

static const struct act *find_act(const char *name)
{
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
		if (name && !strcmp(acts[i].name, name))
			return &acts[i];
	return NULL;
}

/* Reads one option; returns how many words it took, 0 at the first that is none. */
static int read_option(struct options *options, char **argv)
{
	if (!*argv || strncmp(*argv, "--", 2))
		return 0;
	if (!strcmp(*argv, "--nnp"))
		options->nnp = true;
	else if (!strcmp(*argv, "--root"))
		options->root = true;
	else if (!argv[1])
		die("%s wants a value", *argv);
	else if (!strcmp(*argv, "--bounding"))
		options->bounding = strtol(argv[1], NULL, 10);
	else if (!strcmp(*argv, "--keep"))
		options->has_keep = true, options->keep = strtoull(argv[1], NULL, 16);
	else if (!strcmp(*argv, "--keep-inside"))
		options->has_keep_inside = true, options->keep_inside = strtoull(argv[1], NULL, 16);
	else if (!strcmp(*argv, "--flags"))
		options->flags = (unsigned)strtoul(argv[1], NULL, 0);
	else if (!strcmp(*argv, "--uid"))
		options->uid = strtol(argv[1], NULL, 10);
	else if (!strcmp(*argv, "--depth"))
		options->depth = (int)strtol(argv[1], NULL, 10);
	else if (!strcmp(*argv, "--enter"))
		options->enter = argv[1];
	else
		die("unknown option %s", *argv);
	return !strcmp(*argv, "--nnp") || !strcmp(*argv, "--root") ? 1 : 2;
}

int main(int argc, char **argv)
{
	struct options options = { .bounding = -1, .uid = -1, .depth = -1 };
	const struct act *act;
	int words, r;

	(void)argc;
	for (argv++; (words = read_option(&options, argv)); argv += words)
		continue;
	act = find_act(*argv);
	for (words = 0; act && argv[1 + words];)
		words++;
	if (!act || (act->argc < 0 ? words == 0 : words != act->argc)) {
		fputs(usage, stderr);
		return 2;
	}

	if (act->run == act_thread_child) { /* its threads and children do that themselves */
		act->run(&options, argv + 1);
		return 0;
	}
	restrict_self(&options);
	/* Whoever comes by --enter is deep enough. */
	r = descend(&options, options.depth >= 0 ? options.depth : options.enter ? 0 : act->depth);
	if (!r)
		r = act->run(&options, argv + 1);
	if (r && r != -EPERM && r != -EACCES)
		die("%s: %s", act->name, strerror(-r));
	if (r || !act->prints)
		puts(r ? "denied" : "allowed");
	return 0;
}
