// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/*
 * Each system call and each allocation of a session failing in turn, put in from outside: whatever
 * libpam, libconfuse, the C library and its name services do with that. A process of its own opens
 * the session of a user of the tests' own /etc/passwd and /etc/group, traced by ptrace(2).
 *
 * alice is in the group that the rules are for, bob is not, and root is root. What may come of a
 * session: nobody gets in; or all that the rules take is gone; or what broken rules leave is left;
 * or, but not for alice, nothing is gone. Everything else is between these, and wrong.
 *
 * Usage: test_inject [--all]. Without it, and without TEST_INJECT_ALL in the environment: two
 * errors, single, for alice.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <sched.h>
#include <security/pam_appl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

#define TAKEN_CAP CAP_SYS_MODULE

/* More system calls than a session that ends makes, and more seconds than it takes. */
#define ENDLESS	 20000
#define PATIENCE 30

static char directory[] = "/run/usernscaps-inject-XXXXXX";

/* ---- the session's process ---- */

/* How it ends: one bit for each thing that it finds. */
enum {
	OPENED = 1,
	HAS_BOUNDING = 2,    /* TAKEN_CAP */
	HAS_INHERITABLE = 4, /* the same */
	HAS_NAMESPACES = 8,  /* no seccomp filter */
	COMPLETE = 16,	     /* it came that far */
};

/* Allocations count between the marks. */
static struct {
	bool armed, lasting;
	unsigned long calls, fail_at;
} memory;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

#ifdef __SANITIZE_ADDRESS__
static const bool has_sanitizer = true;
#else
static const bool has_sanitizer = false;

static bool lacks_memory(void)
{
	if (!memory.armed)
		return false;
	memory.calls++;
	if (memory.fail_at == 0 || memory.calls < memory.fail_at ||
	    (memory.calls > memory.fail_at && !memory.lasting))
		return false;
	errno = ENOMEM;
	return true;
}

/* The C library calls these in place of its own. */
__attribute__((visibility("default"))) void *malloc(size_t size)
{
	return lacks_memory() ? NULL : __libc_malloc(size);
}

__attribute__((visibility("default"))) void *calloc(size_t count, size_t size)
{
	return lacks_memory() ? NULL : __libc_calloc(count, size);
}

__attribute__((visibility("default"))) void *realloc(void *old, size_t size)
{
	return lacks_memory() ? NULL : __libc_realloc(old, size);
}
#endif

static int say_nothing(int count, const struct pam_message **messages,
		       struct pam_response **ret_responses, void *data)
{
	(void)messages;
	(void)data;
	*ret_responses = calloc((size_t)count, sizeof(**ret_responses));
	return *ret_responses ? PAM_SUCCESS : PAM_BUF_ERR;
}

/* The tracer begins and ends with these; nothing else is done for them. */
static void mark(int signal)
{
	syscall(SYS_tgkill, getpid(), getpid(), signal);
}

static bool is_filtered(void)
{
	return prctl(PR_GET_SECCOMP) == 2;
}

static bool is_inheritable(unsigned cap)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	return syscall(SYS_capget, &header, data) == 0 && data[0].inheritable >> cap & 1;
}

static void make_inheritable(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data) == 0) {
		data[0].inheritable = data[0].permitted;
		data[1].inheritable = data[1].permitted;
		syscall(SYS_capset, &header, data);
	}
}

/* What fails: at most one of system calls and allocations; neither where both are 0. */
struct fault {
	unsigned long call, allocation; /* the one of that number, from 1 */
	int error;			/* of the system call */
	bool lasting;			/* and all later ones of its kind */
};

/* The number of allocations, for who asks for it by a descriptor that is not negative. */
static void run_session(const char *user, const struct fault *fault, int count_fd)
{
	const struct pam_conv conversation = { say_nothing, NULL };
	pam_handle_t *pamh;
	int r, status = COMPLETE;

	memory.fail_at = fault->allocation;
	memory.lasting = fault->lasting;
	make_inheritable();
	alarm(PATIENCE);
	ptrace(PTRACE_TRACEME, 0, 0, 0);
	if (pam_start_confdir("inject", user, &conversation, directory, &pamh) != PAM_SUCCESS)
		_exit(0);
	mark(SIGUSR1);
	memory.armed = true;
	r = pam_open_session(pamh, PAM_SILENT);
	memory.armed = false;
	mark(SIGUSR2);
	if (r == PAM_SUCCESS)
		status |= OPENED;
	if (prctl(PR_CAPBSET_READ, TAKEN_CAP) == 1)
		status |= HAS_BOUNDING;
	if (is_inheritable(TAKEN_CAP))
		status |= HAS_INHERITABLE;
	if (!is_filtered())
		status |= HAS_NAMESPACES;
	if (count_fd >= 0 && write(count_fd, &memory.calls, sizeof(memory.calls)) < 0)
		_exit(0);
	_exit(status);
}

/* ---- tracing it ---- */

enum outcome { NOBODY, RESTRICTED, FALLBACK, FREE, BETWEEN, OUTCOME_COUNT };

static const char *const outcome_names[OUTCOME_COUNT] = { "refused", "restricted", "fallback",
							  "unrestricted", "between" };

static enum outcome judge(int status)
{
	if (!(status & OPENED))
		return NOBODY;
	switch (status & (HAS_BOUNDING | HAS_INHERITABLE | HAS_NAMESPACES)) {
	case 0:
		return RESTRICTED;
	case HAS_BOUNDING:
		return FALLBACK;
	case HAS_BOUNDING | HAS_INHERITABLE | HAS_NAMESPACES:
		return FREE;
	default:
		return BETWEEN;
	}
}

struct tracee {
	pid_t pid;
	const struct fault *fault;
	bool in_session, inside; /* a system call */
	bool failing, done;	 /* with the only one that fails */
	long failed_number;
	unsigned long calls;
};

#define ORIG_RAX offsetof(struct user_regs_struct, orig_rax)
#define RAX	 offsetof(struct user_regs_struct, rax)

/* The end of the session has to be seen, whatever fails. */
static bool may_fail(long number)
{
	return number != SYS_tgkill && number != SYS_exit_group && number != SYS_rt_sigreturn;
}

static void enter_call(struct tracee *tracee)
{
	const struct fault *fault = tracee->fault;
	long number = ptrace(PTRACE_PEEKUSER, tracee->pid, ORIG_RAX, 0);

	tracee->inside = true;
	if (!may_fail(number))
		return;
	tracee->calls++;
	if (tracee->calls == fault->call)
		tracee->failed_number = number;
	tracee->failing = tracee->calls == fault->call ||
			  (fault->call && fault->lasting && tracee->calls > fault->call &&
			   number == tracee->failed_number);
	if (tracee->failing)
		ptrace(PTRACE_POKEUSER, tracee->pid, ORIG_RAX, -1);
}

static void leave_call(struct tracee *tracee)
{
	tracee->inside = false;
	if (tracee->failing)
		ptrace(PTRACE_POKEUSER, tracee->pid, RAX, (long)-tracee->fault->error);
	tracee->done = tracee->failing && !tracee->fault->lasting;
	tracee->failing = false;
}

/* Let it go on from a stop. */
static void go_on(struct tracee *tracee, int signal)
{
	if (signal == (SIGTRAP | 0x80)) {
		if (tracee->inside)
			leave_call(tracee);
		else
			enter_call(tracee);
		signal = 0;
	} else if (signal == SIGUSR1) {
		ptrace(PTRACE_SETOPTIONS, tracee->pid, 0,
		       PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
		tracee->in_session = !tracee->fault->allocation;
		signal = 0;
	} else if (signal == SIGUSR2) {
		tracee->in_session = false;
		signal = 0;
	}
	if (tracee->calls > ENDLESS)
		kill(tracee->pid, SIGKILL);
	ptrace(tracee->in_session && !tracee->done ? PTRACE_SYSCALL : PTRACE_CONT, tracee->pid, 0,
	       (long)signal);
}

/* Open one session. @count_fd: as in run_session(). @ret_calls: of the system; may be NULL. */
static enum outcome open_session(const char *user, const struct fault *fault, int count_fd,
				 unsigned long *ret_calls)
{
	struct tracee tracee = { .fault = fault };
	int status = 0;

	tracee.pid = fork();
	if (tracee.pid == 0)
		run_session(user, fault, count_fd);
	while (waitpid(tracee.pid, &status, 0) == tracee.pid && WIFSTOPPED(status))
		go_on(&tracee, WSTOPSIG(status));
	if (ret_calls)
		*ret_calls = tracee.calls;
	return WIFEXITED(status) ? judge(WEXITSTATUS(status)) : NOBODY;
}

/* ---- one after the other ---- */

static const int errors[] = { EMFILE, EIO, ENOMEM, EINTR, EACCES, EAGAIN };

struct tally {
	unsigned long outcomes[OUTCOME_COUNT];
	unsigned long wrong;
	char first[128];
};

static bool is_right(const char *user, enum outcome outcome)
{
	switch (outcome) {
	case NOBODY:
		return true;
	case RESTRICTED:
	case FALLBACK:
		return strcmp(user, "root") != 0;
	case FREE:
		return strcmp(user, "alice") != 0;
	default:
		return false;
	}
}

static void try_fault(const char *user, const struct fault *fault, struct tally *tally)
{
	enum outcome outcome = open_session(user, fault, -1, NULL);

	tally->outcomes[outcome]++;
	if (is_right(user, outcome) || tally->wrong++)
		return;
	snprintf(tally->first, sizeof(tally->first), "%s %lu, %s%s: %s",
		 fault->call ? "call" : "allocation", fault->call + fault->allocation,
		 strerror(fault->error), fault->lasting ? ", lasting" : "", outcome_names[outcome]);
}

/* This worker's share: every other fault. */
static struct tally try_all(const char *user, unsigned long calls, unsigned long allocations,
			    bool all, unsigned worker, unsigned workers)
{
	size_t error_count = all ? COUNT(errors) : 2, i;
	struct tally tally = { 0 };
	unsigned long n;
	int lasting;

	for (lasting = 0; lasting <= all; lasting++) {
		for (i = 0; i < error_count; i++)
			for (n = 1 + worker; n <= calls; n += workers)
				try_fault(user, &(struct fault){ n, 0, errors[i], lasting },
					  &tally);
		for (n = 1 + worker; n <= allocations; n += workers)
			try_fault(user, &(struct fault){ 0, n, ENOMEM, lasting }, &tally);
	}
	return tally;
}

enum { WORKERS = 2 };

static struct tally try_in_workers(const char *user, unsigned long calls, unsigned long allocations,
				   bool all)
{
	struct tally sum = { 0 }, part;
	int pipes[2], i, outcome;

	if (pipe(pipes) < 0)
		abort();
	for (i = 0; i < WORKERS; i++) {
		if (fork() > 0)
			continue;
		part = try_all(user, calls, allocations, all, (unsigned)i, WORKERS);
		_exit(write(pipes[1], &part, sizeof(part)) == sizeof(part) ? 0 : 1);
	}
	close(pipes[1]);
	for (i = 0; i < WORKERS; i++) {
		if (read(pipes[0], &part, sizeof(part)) != sizeof(part))
			abort();
		wait(NULL);
		for (outcome = 0; outcome < OUTCOME_COUNT; outcome++)
			sum.outcomes[outcome] += part.outcomes[outcome];
		sum.wrong += part.wrong;
		if (*part.first)
			strcpy(sum.first, part.first);
	}
	close(pipes[0]);
	return sum;
}

/* ---- the host of it ---- */

static void write_file(const char *name, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	unit_write_text(path, text);
}

/* Seen by nobody else: the mounts are this process's own. */
static int put_in_place(const char *name, const char *text, const char *target)
{
	char path[128];

	write_file(name, text);
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return mount(path, target, NULL, MS_BIND, NULL);
}

static int make_host(const char *top)
{
	bool has_systemd = access("/lib/x86_64-linux-gnu/libnss_systemd.so.2", R_OK) == 0;
	char text[2 * PATH_MAX];

	if (!mkdtemp(directory) || chmod(directory, 0755) < 0 || unshare(CLONE_NEWNS) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return -1;
	umask(022);
	snprintf(text, sizeof(text),
		 "session required %s/.libs/pam_usernscaps.so conf=%s/rules.conf\n", top,
		 directory);
	write_file("inject", text);
	write_file("other", "");
	snprintf(text, sizeof(text), "passwd: files%s\ngroup: files%s\n",
		 has_systemd ? " systemd" : "", has_systemd ? " systemd" : "");
	if (put_in_place("nsswitch", text, "/etc/nsswitch.conf") < 0 ||
	    put_in_place("passwd",
			 "root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/:/bin/sh\n"
			 "bob:x:1001:1001::/:/bin/sh\n",
			 "/etc/passwd") < 0)
		return -1;
	return put_in_place("group",
			    "root:x:0:\nadm:x:4:bob\nstudents:x:2000:alice\nalice:x:1000:\n"
			    "bob:x:1001:\n",
			    "/etc/group");
}

#define BODY                                                                                       \
	"bounding { drop = {sys_module} } inheritable { policy = deny } userns { create = false }"

static void write_rules(bool by_file)
{
	if (by_file) {
		write_file("rules.conf", "# none\n");
		write_file("rules.d/groups/students.conf", BODY "\n");
	} else {
		write_file("rules.conf", "group students { " BODY " }\n");
	}
}

/* ---- in TAP ---- */

static unsigned tests, failures;

static void report(bool good, const char *name, const char *by, const char *user)
{
	tests++;
	failures += !good;
	printf("%s %u - %s, %s: %s\n", good ? "ok" : "not ok", tests, user, by, name);
	fflush(stdout);
}

static void try_user(const char *user, bool by_file, bool all)
{
	const char *by = by_file ? "a file" : "a section";
	enum outcome expected = strcmp(user, "alice") == 0 ? RESTRICTED : FREE;
	const struct fault none = { 0 };
	unsigned long calls, allocations = 0, points;
	struct tally tally;
	char name[128];
	int counts[2];

	if (pipe(counts) < 0)
		abort();
	report(open_session(user, &none, counts[1], &calls) == expected, "control: without a fault",
	       by, user);
	close(counts[1]);
	if (read(counts[0], &allocations, sizeof(allocations)) < 0)
		abort();
	close(counts[0]);
	report(calls > 20 && allocations > 20, "control: there is something to fail", by, user);
	tally = try_in_workers(user, calls, allocations, all);
	points = tally.outcomes[NOBODY] + tally.outcomes[RESTRICTED] + tally.outcomes[FALLBACK] +
		 tally.outcomes[FREE] + tally.outcomes[BETWEEN];
	snprintf(name, sizeof(name), "%lu faults, %lu results between", points, tally.wrong);
	report(tally.wrong == 0, name, by, user);
	printf("# %lu system calls, %lu allocations: %lu refused, %lu restricted, "
	       "%lu as with broken rules, %lu unrestricted\n",
	       calls, allocations, tally.outcomes[NOBODY], tally.outcomes[RESTRICTED],
	       tally.outcomes[FALLBACK], tally.outcomes[FREE]);
	if (tally.wrong)
		printf("# %s\n", tally.first);
}

static void try_everybody(bool all)
{
	static const char *const users[] = { "alice", "bob", "root" };
	int by_file;
	size_t i;

	for (by_file = 0; by_file <= 1; by_file++) {
		write_rules(by_file);
		for (i = 0; i < (all ? COUNT(users) : 1); i++)
			try_user(users[i], by_file, all);
	}
}

/* Where the module was built: where this was built. */
static bool find_top(char top[static PATH_MAX])
{
	ssize_t len = readlink("/proc/self/exe", top, PATH_MAX - 1);
	char *slash;

	if (len < 0)
		return false;
	top[len] = '\0';
	slash = strrchr(top, '/');
	*slash = '\0';
	return true;
}

int main(int argc, char **argv)
{
	bool all = getenv("TEST_INJECT_ALL") || (argc > 1 && strcmp(argv[1], "--all") == 0);
	char top[PATH_MAX];

#ifndef HAVE_SECCOMP
	printf("1..0 # SKIP built without seccomp, which refuses namespaces here\n");
	return 0;
#endif
	if (has_sanitizer) {
		printf("1..0 # SKIP sanitizers have allocations of their own\n");
		return 0;
	}
	if (geteuid() != 0 || !find_top(top) || make_host(top) < 0) {
		printf("1..0 # SKIP only root can mount user and group databases of its own\n");
		return 0;
	}
	try_everybody(all);
	printf("1..%u\n", tests);
	umount("/etc/group");
	umount("/etc/passwd");
	umount("/etc/nsswitch.conf");
	unit_empty(directory);
	rmdir(directory);
	return failures > 0;
}
