// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* status: the provider, shown to work by trying it, the sets of a process, and who is restricted.
 */
#include "ctl_status.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "apply.h"
#include "cleanup.h"
#include "identity.h"
#include "lint.h"

#define PROC "/proc"

static void status_clear(struct status *status)
{
	size_t i;

	for (i = 0; status->users && i < status->list_count; i++)
		free(status->users[i]);
	free(status->users);
	free(status->list);
}

/* The programs' records can be read while the kernel does not run them. */
static bool has_records(const struct probe *probe)
{
	return probe_has_bpf(probe) || probe->has_programs;
}

/* ---- the sets of a process ---- */

static int find_self(struct status *status)
{
	struct status_process *process = &status->process;
	int r = apply_read(&status->probe.userns, &process->sets, NULL);

	if (r < 0)
		return ctl_error("can't read the sets of this process: %s", strerror(-r));
	process->has_flags = true;
	return CTL_OK;
}

/* What /proc/PID/status shows. */
static int read_proc(struct status_process *process)
{
	struct proc_status proc;
	int r = proc_read_status(PROC, (unsigned)process->pid, &proc);

	if (r < 0)
		return r;
	process->sets.sets[POLICY_BOUNDING] = proc.bounding;
	process->sets.sets[POLICY_INHERITABLE] = proc.inheritable;
	process->sets.sets[POLICY_USERNS] = proc.has_userns ? proc.userns : CAPSET_ALL;
	return 0;
}

/* What the BPF programs know of a process; those that they don't know are unrestricted. */
static int read_bpf(struct status_process *process)
{
	_cleanup_(freep) struct userns_record *records = NULL;
	struct plan_sets *sets = &process->sets;
	struct loader_problem problem;
	size_t count, i;

	if (loader_read(&loader_paths, &records, &count, &problem) < 0)
		return ctl_error("%s", problem.text);
	for (i = 0; i < count; i++) {
		if (records[i].pid != process->pid)
			continue;
		sets->sets[POLICY_USERNS].bits &= records[i].state.userns;
		sets->create = !(records[i].state.flags & USERNS_NO_CREATE);
		sets->strict = records[i].state.flags & USERNS_STRICT;
		process->depth = records[i].state.level;
	}
	process->has_flags = true;
	return CTL_OK;
}

static int find_process(struct status *status)
{
	struct status_process *process = &status->process;
	int r = read_proc(process);

	if (r < 0)
		return ctl_error("process %lu: %s", process->pid,
				 r == -ENOENT || r == -ESRCH ? "no such process" : strerror(-r));
	process->sets.create = true;
	return has_records(&status->probe) ? read_bpf(process) : CTL_OK;
}

/* ---- who is restricted ---- */

static bool has_native(const struct probe *probe)
{
	return probe->userns.kind == USERNS_NATIVE || probe->userns.kind == USERNS_GUARDED;
}

/* One look at the database for each user. */
static int find_users(struct status *status)
{
	const struct restricted *list = status->list;
	size_t i, j;

	status->users = calloc(status->list_count + 1, sizeof(*status->users));
	if (!status->users)
		return -ENOMEM;
	for (i = 0; i < status->list_count; i++) {
		for (j = i; j > 0 && list[j - 1].uid != list[i].uid; j--)
			;
		if (j == 0)
			identity_user_name(list[i].uid, &status->users[i]);
		else if (status->users[j - 1])
			status->users[i] = strdup(status->users[j - 1]);
	}
	return 0;
}

static int list_restricted(const struct restricted_sources *sources, struct status *status)
{
	int r = restricted_find(sources, &status->list, &status->list_count);

	if (r == 0)
		r = find_users(status);
	if (r < 0)
		return ctl_error("can't list processes: %s", strerror(-r));
	status->has_list = true;
	return CTL_OK;
}

/* That only root can see what the programs know is no failure. */
static int find_restricted(struct status *status)
{
	_cleanup_(freep) struct userns_record *records = NULL;
	struct restricted_sources sources = {
		.proc = PROC,
		.pam = lint_host.pam,
		.native = has_native(&status->probe),
		.last = status->last,
	};
	bool recorded = has_records(&status->probe);
	int r;

	if (!recorded && !sources.native)
		return CTL_OK;
	if (recorded) {
		r = loader_read(&loader_paths, &records, &sources.record_count,
				&status->list_problem);
		if (r == -EACCES || r == -EPERM)
			return CTL_OK;
		if (r < 0)
			return ctl_error("%s", status->list_problem.text);
		sources.records = records;
	}
	return list_restricted(&sources, status);
}

/* ---- the command ---- */

static int find_last(unsigned *ret_last)
{
	struct kernel_sets own;
	int r = kernel_linux.read_sets(kernel_linux.context, &own);

	if (r < 0)
		return ctl_error("can't read capability sets: %s", strerror(-r));
	*ret_last = own.last;
	return CTL_OK;
}

static int find_all(struct status *status)
{
	int r = probe_run(&status->probe);

	if (r < 0)
		return ctl_error("can't find out how userns sets are provided: %s", strerror(-r));
	r = find_last(&status->last);
	if (r == CTL_OK)
		r = status->process.pid ? find_process(status) : find_self(status);
	return r;
}

static bool parse_pid(const char *text, unsigned long *ret_pid)
{
	char *end;

	errno = 0;
	*ret_pid = strtoul(text, &end, 10);
	return *text >= '1' && *text <= '9' && *end == '\0' && errno == 0 && *ret_pid <= UINT32_MAX;
}

static int parse(int argc, char **argv, struct status *status, bool *json)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option != 'j')
			return CTL_USAGE;
		*json = true;
	}
	if (argc - optind > 1 || (argc > optind && !parse_pid(argv[optind], &status->process.pid)))
		return ctl_usage_error("status", "expected at most one PID");
	return CTL_OK;
}

int ctl_status(int argc, char **argv)
{
	_cleanup_(status_clear) struct status status = { .process.depth = RESTRICTED_NO_DEPTH };
	bool json = false, failed = false;
	int r = parse(argc, argv, &status, &json);

	if (r == CTL_OK)
		r = find_all(&status);
	if (r != CTL_OK)
		return r;
	if (!status.process.pid)
		failed = find_restricted(&status) != CTL_OK;
	if (json)
		failed |= ctl_status_json(&status) != CTL_OK;
	else
		ctl_status_text(&status);
	return failed || !probe_is_good(&status.probe) ? CTL_FAILED : CTL_OK;
}
