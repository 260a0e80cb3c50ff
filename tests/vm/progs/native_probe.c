// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/*
 * Uses a kernel's own userns set, and what goes with it, through its system calls alone. See usage.
 *
 * Exit status: 0; 2 where a step fails that has to succeed, with a message on standard error.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const char usage[] =
	"Usage: native_probe STEP [ARG]... [STEP [ARG]...]...\n"
	"\n"
	"Steps are taken in the order given. These have to succeed, and print nothing:\n"
	"  lower CAP         take it out of the userns set\n"
	"  clear             take everything out of it\n"
	"  bounding CAP      take it out of the bounding set\n"
	"  permitted CAP     take it out of the permitted and the effective set\n"
	"  effective CAP     take it out of the effective set\n"
	"  ambient CAP       put it into the inheritable and the ambient set\n"
	"  nnp               set no_new_privs\n"
	"  uid N             become this user and group\n"
	"  userns            make a user namespace and go into it\n"
	"  map               map root in it\n"
	"  enter PATH        enter the user namespace at PATH (/proc/PID/ns/user)\n"
	"  keyring           take a new session keyring from a child\n"
	"  child             go on in a child, and end as it does\n"
	"  exec CMD...       run a command\n"
	"These print the call's result or the name of its error:\n"
	"  prctl OP A3 A4 A5 the userns prctl: 1 is set, 2 raise, 3 lower, 4 clear all\n"
	"  securebits N      set them\n"
	"  x32 CALL [PATH]   as an x32 program: getppid, unshare, clone, clone3, setns PATH, and\n"
	"                    setns-any PATH, whose type is 1 << 32; those that succeed print 0\n"
	"These print more:\n"
	"  sets              effective, permitted, inheritable, bounding, ambient, userns\n"
	"  get-securebits    in hexadecimal\n";

/* The interface posted in 2024, which no kernel header has. */
enum { USERNS_PRCTL = 48, USERNS_LOWER = 3, USERNS_CLEAR_ALL = 4 };

static const char *step; /* the one being taken, for messages */

__attribute__((noreturn)) static void fail(void)
{
	fprintf(stderr, "native_probe: %s: %m\n", step);
	exit(2);
}

static void must(long result)
{
	if (result < 0)
		fail();
}

static void print_result(long result)
{
	if (result < 0)
		puts(strerrorname_np(errno));
	else
		printf("%ld\n", result);
}

static unsigned long number(const char *text)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 0);
	if (errno || end == text || *end) {
		fprintf(stderr, "native_probe: %s: %s is no number\n", step, text);
		exit(2);
	}
	return value;
}

static void step_lower(char **args)
{
	must(prctl(USERNS_PRCTL, USERNS_LOWER, number(args[0]), 0UL, 0UL));
}

static void step_clear(char **args)
{
	(void)args;
	must(prctl(USERNS_PRCTL, USERNS_CLEAR_ALL, 0UL, 0UL, 0UL));
}

static void step_bounding(char **args)
{
	must(prctl(PR_CAPBSET_DROP, number(args[0]), 0UL, 0UL, 0UL));
}

struct sets {
	struct __user_cap_header_struct header;
	struct __user_cap_data_struct words[_LINUX_CAPABILITY_U32S_3];
};

static struct sets get_sets(void)
{
	struct sets sets = { .header.version = _LINUX_CAPABILITY_VERSION_3 };

	must(syscall(SYS_capget, &sets.header, sets.words));
	return sets;
}

static void step_effective(char **args)
{
	unsigned long cap = number(args[0]);
	struct sets sets = get_sets();

	sets.words[cap / 32].effective &= ~(1U << cap % 32);
	must(syscall(SYS_capset, &sets.header, sets.words));
}

static void step_permitted(char **args)
{
	unsigned long cap = number(args[0]);
	struct sets sets = get_sets();

	sets.words[cap / 32].effective &= ~(1U << cap % 32);
	sets.words[cap / 32].permitted &= ~(1U << cap % 32);
	must(syscall(SYS_capset, &sets.header, sets.words));
}

static void step_ambient(char **args)
{
	unsigned long cap = number(args[0]);
	struct sets sets = get_sets();

	sets.words[cap / 32].inheritable |= 1U << cap % 32;
	must(syscall(SYS_capset, &sets.header, sets.words));
	must(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0UL, 0UL));
}

static void step_nnp(char **args)
{
	(void)args;
	must(prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL));
}

static void step_uid(char **args)
{
	unsigned id = (unsigned)number(args[0]);

	must(setgroups(0, NULL));
	must(setresgid(id, id, id));
	must(setresuid(id, id, id));
	/* Else /proc/self belongs to root. */
	must(prctl(PR_SET_DUMPABLE, 1UL, 0UL, 0UL, 0UL));
}

static unsigned outside; /* our user before "userns" */

static void step_userns(char **args)
{
	(void)args;
	outside = geteuid();
	must(unshare(CLONE_NEWUSER));
}

static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	must(fd);
	must(write(fd, text, strlen(text)));
	close(fd);
}

static void step_map(char **args)
{
	char map[32];

	(void)args;
	snprintf(map, sizeof(map), "0 %u 1", outside);
	write_text("/proc/self/uid_map", map);
	write_text("/proc/self/setgroups", "deny");
	write_text("/proc/self/gid_map", map);
}

static int open_namespace(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	must(fd);
	return fd;
}

static void step_enter(char **args)
{
	must(setns(open_namespace(args[0]), CLONE_NEWUSER));
}

static void step_child(char **args)
{
	pid_t pid;
	int status;

	(void)args;
	fflush(stdout);
	pid = fork();
	must(pid);
	if (pid == 0)
		return;
	must(waitpid(pid, &status, 0));
	exit(WIFEXITED(status) ? WEXITSTATUS(status) : 2);
}

static long keyring(void)
{
	return syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 1);
}

/* The one case where the kernel fills new credentials field by field instead of copying ours. */
static void step_keyring(char **args)
{
	long before = keyring();
	pid_t pid;
	int status;

	(void)args;
	must(before);
	pid = fork();
	must(pid);
	if (pid == 0)
		_exit(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 ||
		      syscall(SYS_keyctl, KEYCTL_SESSION_TO_PARENT) < 0);
	must(waitpid(pid, &status, 0));
	errno = EPROTO;
	must(status || keyring() == before ? -1 : 0);
}

static void step_exec(char **args)
{
	fflush(stdout);
	execvp(args[0], args);
	fail();
}

static void step_prctl(char **args)
{
	print_result(prctl(USERNS_PRCTL, number(args[0]), number(args[1]), number(args[2]),
			   number(args[3])));
}

static void step_securebits(char **args)
{
	print_result(prctl(PR_SET_SECUREBITS, number(args[0]), 0UL, 0UL, 0UL));
}

static void step_get_securebits(char **args)
{
	(void)args;
	printf("%x\n", (unsigned)prctl(PR_GET_SECUREBITS, 0UL, 0UL, 0UL, 0UL));
}

static void step_sets(char **args)
{
	static const char *const names[] = { "CapEff", "CapPrm", "CapInh",
					     "CapBnd", "CapAmb", "CapUNs" };
	FILE *status = fopen("/proc/thread-self/status", "re");
	char line[256], shown[6][20] = { "-", "-", "-", "-", "-", "-" };

	(void)args;
	must(status ? 0 : -1);
	while (fgets(line, sizeof(line), status))
		for (int i = 0; i < 6; i++)
			if (!strncmp(line, names[i], strlen(names[i])))
				sscanf(line + strlen(names[i]), ": %19s", shown[i]);
	fclose(status);
	printf("%s %s %s %s %s %s\n", shown[0], shown[1], shown[2], shown[3], shown[4], shown[5]);
}

/* The numbers of these calls are the same for x32 but for this bit; our pointers fit both. */
static long x32(long call, unsigned long a, unsigned long b)
{
	return syscall(call | 0x40000000, a, b, 0UL, 0UL, 0UL);
}

static long x32_child(long pid)
{
	int status;

	if (pid == 0)
		_exit(0);
	if (pid > 0)
		must(waitpid((pid_t)pid, &status, 0));
	return pid > 0 ? 0 : pid;
}

static int x32_call(const char *name, const char *path)
{
	struct clone_args args = { .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD };

	if (!strcmp(name, "getppid"))
		print_result(x32(SYS_getppid, 0, 0) < 0 ? -1 : 0);
	else if (!strcmp(name, "unshare"))
		print_result(x32(SYS_unshare, CLONE_NEWUSER, 0));
	else if (!strcmp(name, "clone"))
		print_result(x32_child(x32(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0)));
	else if (!strcmp(name, "clone3"))
		print_result(x32_child(x32(SYS_clone3, (uintptr_t)&args, sizeof(args))));
	else if (!strcmp(name, "setns") && path)
		print_result(x32(SYS_setns, (unsigned)open_namespace(path), CLONE_NEWUSER));
	else if (!strcmp(name, "setns-any") && path)
		print_result(x32(SYS_setns, (unsigned)open_namespace(path),
				 (unsigned long)(UINT64_C(1) << 32)));
	else
		return -EINVAL;
	return 0;
}

static void step_x32(char **args)
{
	if (x32_call(args[0], args[1])) {
		fputs(usage, stderr);
		exit(2);
	}
	exit(fflush(stdout) ? 2 : 0);
}

static const struct {
	const char *name;
	int argc;
	void (*take)(char **args);
} steps[] = {
	{ "lower", 1, step_lower },
	{ "clear", 0, step_clear },
	{ "bounding", 1, step_bounding },
	{ "permitted", 1, step_permitted },
	{ "effective", 1, step_effective },
	{ "ambient", 1, step_ambient },
	{ "nnp", 0, step_nnp },
	{ "uid", 1, step_uid },
	{ "userns", 0, step_userns },
	{ "map", 0, step_map },
	{ "enter", 1, step_enter },
	{ "keyring", 0, step_keyring },
	{ "child", 0, step_child },
	{ "exec", 1, step_exec },
	{ "prctl", 4, step_prctl },
	{ "securebits", 1, step_securebits },
	{ "get-securebits", 0, step_get_securebits },
	{ "sets", 0, step_sets },
	{ "x32", 1, step_x32 },
};

static int find_step(const char *name)
{
	for (int i = 0; i < (int)(sizeof(steps) / sizeof(steps[0])); i++)
		if (!strcmp(steps[i].name, name))
			return i;
	return -1;
}

int main(int argc, char **argv)
{
	int word = 1;

	while (word < argc) {
		int i = find_step(argv[word]);

		if (i < 0 || argc - word - 1 < steps[i].argc)
			break;
		step = argv[word];
		steps[i].take(argv + word + 1);
		word += 1 + steps[i].argc;
	}
	if (word < argc || argc == 1) {
		fputs(usage, stderr);
		return 2;
	}
	return fflush(stdout) ? 2 : 0;
}
