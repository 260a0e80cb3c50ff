// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* Tries the provider. The command probe does only this, and writes the result to the log. */
#include "probe.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <syslog.h>
#include <unistd.h>

#include "base/child.h"
#include "base/cleanup.h"
#include "command.h"
#include "kernel/native_mask.h"
#include "print.h"

#define FTRACE_ENABLED "/proc/sys/kernel/ftrace_enabled"

static const struct {
	const char *name, *text;
	bool good;
} verdicts[PROBE_VERDICT_COUNT] = {
	[PROBE_PROVEN] = { "proven",
			   "chroot(2) was allowed in a new namespace, and denied in one without "
			   "sys_chroot",
			   true },
	[PROBE_MASKED] = { "masked",
			   "chroot(2) was denied in a new namespace, as the system mask lacks "
			   "sys_chroot",
			   true },
	[PROBE_NOT_TRIED] = { "not-tried", "this process is not allowed to do what has to be tried",
			      true },
	[PROBE_NO_NAMESPACES] = { "no-namespaces",
				  "no user namespace can be made: the sysctl "
				  "user.max_user_namespaces allows no more",
				  true },
	[PROBE_ABSENT] = { "absent", "userns sets can't be lowered: try \"usernscapsctl load\"",
			   false },
	[PROBE_SILENT] = { "silent", "the BPF programs are loaded, but the kernel doesn't run them",
			   false },
	[PROBE_INCOMPLETE] = { "incomplete", "not all of the BPF programs are attached", false },
	[PROBE_ALLOWED] = { "not-denied",
			    "sys_chroot was lowered, and chroot(2) in a new namespace was not "
			    "denied",
			    false },
	[PROBE_FULL] = { "full", "there is no room for one more restricted process", false },
	[PROBE_SHARE] = { "share", "this user has as many restricted processes as a user can have",
			  false },
	[PROBE_FAILED] = { "failed", "a child process could not be run", false },
};

bool probe_is_good(const struct probe *probe)
{
	return verdicts[probe->verdict].good;
}

bool probe_has_bpf(const struct probe *probe)
{
	return probe->userns.kind == USERNS_BPF || probe->userns.kind == USERNS_GUARDED;
}

bool probe_is_full(const struct probe *probe)
{
	return probe->verdict == PROBE_FULL || probe->verdict == PROBE_SHARE;
}

const char *probe_headline(const struct probe *probe)
{
	return probe_is_full(probe) ? "userns sets can't be lowered any more"
				    : "userns sets are NOT ENFORCED";
}

const char *probe_verdict_name(enum probe_verdict verdict)
{
	return verdicts[verdict].name;
}

const char *probe_verdict_text(enum probe_verdict verdict)
{
	return verdicts[verdict].text;
}

/* ---- trying ---- */

/* What came of making a user namespace and trying an act in it that needs one capability there. */
enum trial {
	TRIAL_ALLOWED,
	TRIAL_DENIED,
	TRIAL_NO_NAMESPACE,  /* this process can make none: nothing is shown */
	TRIAL_NO_NAMESPACES, /* nobody can */
	TRIAL_NOT_LOWERED,   /* the provider did not do what it was asked for */
	TRIAL_NO_ROOM,	     /* it has no room for that */
	TRIAL_NO_SHARE,	     /* nor has it for another process of this user */
	TRIAL_FAILED
};

/* What a trial is made with. */
struct setting {
	const struct userns *userns;
	struct capset keep;
};

static enum trial in_child(enum trial (*act)(const struct setting *setting),
			   const struct setting *setting)
{
	int status = 0;
	pid_t pid;

	child_prepare();
	pid = fork();
	if (pid == 0)
		_exit((int)act(setting));
	if (pid < 0) /* of EAGAIN the cause may be another limit */
		return errno == ENOMEM ? TRIAL_NO_ROOM : TRIAL_FAILED;
	if (child_wait(pid, &status) < 0 || !WIFEXITED(status))
		return TRIAL_FAILED;
	return (enum trial)WEXITSTATUS(status);
}

static enum trial try_chroot(const struct setting *setting)
{
	(void)setting;
	if (unshare(CLONE_NEWUSER) < 0)
		return errno == ENOSPC ? TRIAL_NO_NAMESPACES : TRIAL_NO_NAMESPACE;
	if (chroot("/") == 0)
		return TRIAL_ALLOWED;
	return errno == EPERM ? TRIAL_DENIED : TRIAL_FAILED;
}

/* In a child of the restricted process, to show that the restriction is inherited. */
static enum trial try_lowered(const struct setting *setting)
{
	int r = 0;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return TRIAL_FAILED;
	if (!capset_equal(setting->keep, CAPSET_ALL))
		r = userns_keep(setting->userns, setting->keep);
	if (r < 0)
		return r == -ENOMEM   ? TRIAL_NO_ROOM
		       : r == -EAGAIN ? TRIAL_NO_SHARE
				      : TRIAL_NOT_LOWERED;
	return in_child(try_chroot, setting);
}

static bool is_masked(const struct probe *probe)
{
	return probe->has_mask && !capset_has(probe->mask, CAP_SYS_CHROOT);
}

static enum probe_verdict try(const struct probe *probe)
{
	const struct setting full = { &probe->userns, CAPSET_ALL };
	const struct setting less = { &probe->userns,
				      capset_minus(CAPSET_ALL, capset_of(CAP_SYS_CHROOT)) };
	enum trial control = in_child(try_lowered, &full);
	enum trial lowered = in_child(try_lowered, &less);

	if (control == TRIAL_ALLOWED && lowered == TRIAL_DENIED)
		return PROBE_PROVEN;
	if (control == TRIAL_DENIED && lowered == TRIAL_DENIED && is_masked(probe))
		return PROBE_MASKED;
	if (lowered == TRIAL_NO_ROOM && control != TRIAL_NO_ROOM)
		return PROBE_FULL;
	if (lowered == TRIAL_NO_SHARE)
		return PROBE_SHARE;
	if (control == TRIAL_NO_NAMESPACES)
		return PROBE_NO_NAMESPACES;
	if (control == TRIAL_NO_NAMESPACE || control == TRIAL_DENIED)
		return PROBE_NOT_TRIED;
	if (control == TRIAL_FAILED || control == TRIAL_NO_ROOM || lowered == TRIAL_FAILED)
		return PROBE_FAILED;
	return PROBE_ALLOWED;
}

/* ---- looking ---- */

static int read_ftrace_enabled(void)
{
	_cleanup_(fclosep) FILE *file = fopen(FTRACE_ENABLED, "re");
	int value;

	return file && fscanf(file, "%d", &value) == 1 ? value != 0 : -1;
}

static void read_mask(struct probe *probe)
{
	struct capset native;

	probe->mask = CAPSET_ALL;
	if (probe->has_system)
		probe->mask = capset_from_bits(probe->system.mask);
	probe->has_mask = probe->has_system;
	if (native_mask_read(NATIVE_MASK_PATH, &native) == 0) {
		probe->mask = capset_and(probe->mask, native);
		probe->has_mask = true;
	}
}

static void look_at_programs(struct probe *probe)
{
	struct loader_problem ignored;
	size_t i;

	probe->ftrace_enabled = read_ftrace_enabled();
	probe->has_system = loader_system(&loader_paths, &probe->system, &ignored) == 0;
	probe->has_programs = loader_programs(&loader_paths, probe->programs, &ignored) == 0;
	for (i = 0; probe->has_programs && i < LOADER_PROGRAMS; i++)
		probe->recursion_misses += probe->programs[i].recursion_misses;
}

/* The hook that has no program, or NULL. */
static const char *missing_program(const struct probe *probe)
{
	size_t i;

	for (i = 0; probe->has_programs && i < LOADER_PROGRAMS; i++)
		if (!probe->programs[i].id)
			return probe->programs[i].name;
	return NULL;
}

/*
 * Loaded programs that don't answer are a failure even if the kernel has a set of its own, because
 * they should guard it.
 */
static enum probe_verdict judge(const struct probe *probe)
{
	if (probe->has_programs && !probe_has_bpf(probe))
		return PROBE_SILENT;
	if (probe->userns.kind == USERNS_NONE)
		return PROBE_ABSENT;
	if (missing_program(probe))
		return PROBE_INCOMPLETE;
	return try(probe);
}

int probe_run(struct probe *ret_probe)
{
	struct probe probe = { 0 };
	int r = userns_find(&kernel_linux, &probe.userns);

	if (r < 0)
		return r;
	probe.vague = capset_make(0, userns_vague(&probe.userns));
	look_at_programs(&probe);
	read_mask(&probe);
	probe.verdict = judge(&probe);
	*ret_probe = probe;
	return 0;
}

/* Why programs that are loaded don't do what they are for, or NULL. */
static const char *stopped_cause(const struct probe *probe)
{
	if (probe->ftrace_enabled == 0)
		return "the sysctl kernel.ftrace_enabled is 0, which stops BPF programs: set it to "
		       "1, and end the sessions opened while it was 0";
	if (probe->verdict == PROBE_INCOMPLETE)
		return "some BPF programs are not attached any more: \"usernscapsctl reload\" "
		       "attaches all";
	if (missing_program(probe))
		return "some BPF programs are not attached: \"usernscapsctl unload --force\" and "
		       "then \"usernscapsctl load\" begin anew";
	return NULL;
}

const char *probe_cause(const struct probe *probe, char buf[static PROBE_TEXT])
{
	const char *stopped = probe->has_programs ? stopped_cause(probe) : NULL;

	if (stopped)
		snprintf(buf, PROBE_TEXT, "%s", stopped);
	else if (probe->verdict == PROBE_ABSENT)
		snprintf(buf, PROBE_TEXT,
			 "the BPF programs are not loaded: \"systemctl restart "
			 "usernscaps.service\" loads them");
	else if (probe->verdict == PROBE_FULL)
		snprintf(buf, PROBE_TEXT, "%s: end processes of whoever has the most",
			 probe_verdict_text(probe->verdict));
	else if (probe->verdict == PROBE_SHARE)
		snprintf(buf, PROBE_TEXT,
			 "%s: end some of them; or raise the sysctl kernel.threads-max, then "
			 "\"usernscapsctl reload\"",
			 probe_verdict_text(probe->verdict));
	else if (probe->recursion_misses)
		snprintf(buf, PROBE_TEXT,
			 "%s, and the kernel has left out BPF programs %" PRIu64
			 " times: use Linux 6.2 or later, or 6.1.54 or later of 6.1",
			 probe_verdict_text(probe->verdict), probe->recursion_misses);
	else
		snprintf(buf, PROBE_TEXT, "%s", probe_verdict_text(probe->verdict));
	return buf;
}

/* ---- the command ---- */

/* Only root's result is an alarm. Another user's result may concern that user only. */
static int alert(const struct probe *probe, const char *cause)
{
	openlog("usernscapsctl", LOG_PID, LOG_AUTH);
	if (geteuid() == 0)
		syslog(LOG_ALERT, "%s: %s", probe_headline(probe), cause);
	return ctl_error("%s: %s", probe_headline(probe), cause);
}

static int run(const struct command_call *call)
{
	char cause[PROBE_TEXT];
	struct probe probe = { .verdict = PROBE_FAILED };
	int r;

	(void)call;
	r = probe_run(&probe);
	if (r < 0) {
		snprintf(cause, sizeof(cause), "can't find out how they are provided: %s",
			 strerror(-r));
		return alert(&probe, cause);
	}
	if (!probe_is_good(&probe))
		return alert(&probe, probe_cause(&probe, cause));
	printf("provider %s, %s: %s\n", userns_kind_name(probe.userns.kind),
	       probe_verdict_name(probe.verdict), probe_verdict_text(probe.verdict));
	return CTL_OK;
}

static const struct command_option options[] = { { .name = NULL } };

const struct command command_probe = {
	.name = "probe",
	.operands = "",
	.summary = "try the provider, and log an alert if it does not work",
	.options = options,
	.run = run,
};
