// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* status: the provider, shown to work by trying it, and the sets of a process. */
#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apply.h"
#include "bpf/loader.h"
#include "cleanup.h"
#include "ctl.h"

/* ---- the provider ---- */

/* What came of making a user namespace and trying an act in it that needs one capability there. */
enum trial {
	TRIAL_ALLOWED,
	TRIAL_DENIED,
	TRIAL_NO_NAMESPACE, /* none could be made: nothing is shown */
	TRIAL_NOT_LOWERED,  /* the provider did not do what it was asked for */
	TRIAL_FAILED
};

static enum trial try_chroot(const struct userns *userns, struct capset keep)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return TRIAL_FAILED;
	if (!capset_equal(keep, CAPSET_ALL) && userns_keep(userns, keep) < 0)
		return TRIAL_NOT_LOWERED;
	if (unshare(CLONE_NEWUSER) < 0)
		return TRIAL_NO_NAMESPACE;
	if (chroot("/") == 0)
		return TRIAL_ALLOWED;
	return errno == EPERM ? TRIAL_DENIED : TRIAL_FAILED;
}

static enum trial try_in_child(const struct userns *userns, struct capset keep)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit((int)try_chroot(userns, keep));
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return TRIAL_FAILED;
	return (enum trial)WEXITSTATUS(status);
}

/* Returns CTL_OK where a namespace without sys_chroot is denied it, and one with it is not. */
static int prove(const struct userns *userns)
{
	struct capset without = capset_minus(CAPSET_ALL, capset_of(CAP_SYS_CHROOT));
	enum trial control = try_in_child(userns, CAPSET_ALL);
	enum trial lowered = try_in_child(userns, without);

	if (control == TRIAL_ALLOWED && lowered == TRIAL_DENIED) {
		puts("  proven: chroot(2) was allowed in a new namespace, and denied in one "
		     "without "
		     "sys_chroot");
		return CTL_OK;
	}
	if (control == TRIAL_NO_NAMESPACE || control == TRIAL_DENIED) {
		puts("  not tried: this process itself may not do in a namespace what has to be "
		     "tried");
		return CTL_OK;
	}
	if (control == TRIAL_FAILED || lowered == TRIAL_FAILED) {
		puts("  not tried: a child process could not be run");
		return CTL_FAILED;
	}
	puts("  NOT WORKING: sys_chroot was lowered, and chroot(2) in a new namespace was not "
	     "denied");
	return CTL_FAILED;
}

static int show_provider(const struct userns *userns)
{
	printf("provider %s\n", userns_kind_name(userns->kind));
	if (userns->kind != USERNS_NONE)
		return prove(userns);
	if (access(loader_paths.pins, F_OK) == 0)
		puts("  the BPF programs are loaded, but the kernel doesn't run them: is the "
		     "sysctl "
		     "kernel.ftrace_enabled 0?");
	else
		puts("  userns sets can't be lowered: try \"usernscapsctl load\"");
	return CTL_FAILED;
}

/* ---- the sets of a process ---- */

static void show_items(const struct plan_sets *sets, unsigned count, unsigned last)
{
	enum policy_item item;

	for (item = 0; item < count; item++)
		ctl_print_item(sets, item, last);
}

static int show_self(const struct userns *userns)
{
	struct plan_sets sets;
	unsigned last;
	int r = apply_read(userns, &sets, &last);

	if (r < 0)
		return ctl_error("can't read the sets of this process: %s", strerror(-r));
	puts("this process");
	show_items(&sets, POLICY_ITEM_COUNT, last);
	return CTL_OK;
}

/* The sets that /proc/PID/status shows: CapBnd and CapInh, and CapUNs where the kernel has it. */
static int read_proc(unsigned long pid, struct plan_sets *sets)
{
	static const struct {
		const char *key;
		enum policy_item item;
	} lines[] = {
		{ "CapBnd:", POLICY_BOUNDING },
		{ "CapInh:", POLICY_INHERITABLE },
		{ "CapUNs:", POLICY_USERNS },
	};
	_cleanup_(fclosep) FILE *file = NULL;
	char path[40], line[256];
	size_t i;

	snprintf(path, sizeof(path), "/proc/%lu/status", pid);
	file = fopen(path, "re");
	if (!file)
		return -errno;
	while (fgets(line, sizeof(line), file))
		for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
			if (strncmp(line, lines[i].key, strlen(lines[i].key)) == 0)
				sets->sets[lines[i].item].bits =
					strtoull(line + strlen(lines[i].key), NULL, 16);
	return ferror(file) ? -EIO : 0;
}

/* What the BPF programs know of a process; those that they don't know are unrestricted. */
static int read_bpf(unsigned long pid, struct plan_sets *sets)
{
	_cleanup_(freep) struct userns_record *records = NULL;
	struct loader_problem problem;
	size_t count, i;

	if (loader_read(&loader_paths, &records, &count, &problem) < 0)
		return ctl_error("%s", problem.text);
	for (i = 0; i < count; i++) {
		if (records[i].pid != pid)
			continue;
		sets->sets[POLICY_USERNS].bits &= records[i].state.userns;
		sets->create = !(records[i].state.flags & USERNS_NO_CREATE);
		sets->strict = records[i].state.flags & USERNS_STRICT;
	}
	return CTL_OK;
}

static bool has_bpf(const struct userns *userns)
{
	return userns->kind == USERNS_BPF || userns->kind == USERNS_GUARDED;
}

static int show_process(const struct userns *userns, unsigned long pid)
{
	struct plan_sets sets = { .sets[POLICY_USERNS] = CAPSET_ALL, .create = true };
	struct kernel_sets own;
	int r;

	r = userns->kernel->read_sets(userns->kernel->context, &own);
	if (r < 0)
		return ctl_error("can't read capability sets: %s", strerror(-r));
	r = read_proc(pid, &sets);
	if (r < 0)
		return ctl_error("process %lu: %s", pid,
				 r == -ENOENT ? "no such process" : strerror(-r));
	if (has_bpf(userns) && read_bpf(pid, &sets) != CTL_OK)
		return CTL_FAILED;
	printf("process %lu\n", pid);
	if (has_bpf(userns)) {
		show_items(&sets, POLICY_ITEM_COUNT, own.last);
	} else {
		show_items(&sets, POLICY_SET_COUNT, own.last);
		puts("  whether a filter refuses it namespaces can't be seen from outside");
	}
	return CTL_OK;
}

static bool parse_pid(const char *text, unsigned long *ret_pid)
{
	char *end;

	errno = 0;
	*ret_pid = strtoul(text, &end, 10);
	return *text >= '1' && *text <= '9' && *end == '\0' && errno == 0;
}

int ctl_status(int argc, char **argv)
{
	struct userns userns;
	unsigned long pid = 0;
	int r, status;

	if (argc > 2 || (argc == 2 && !parse_pid(argv[1], &pid)))
		return ctl_usage_error("status", "expected at most one PID");
	r = userns_find(&kernel_linux, &userns);
	if (r < 0)
		return ctl_error("can't find out how userns sets are provided: %s", strerror(-r));
	status = show_provider(&userns);
	fflush(stdout);
	r = pid ? show_process(&userns, pid) : show_self(&userns);
	return r == CTL_OK ? status : r;
}
