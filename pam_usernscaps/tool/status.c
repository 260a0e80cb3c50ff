// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* status: tries the provider, and shows the sets of a process, or who is restricted. */
#include "status.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "command.h"
#include "inspect/lint.h"
#include "kernel/apply.h"
#include "print.h"
#include "inspect/identity_list.h"

#define PROC "/proc"

static void status_clear(struct status *status)
{
	size_t i;

	for (i = 0; status->users && i < status->list_count; i++)
		free(status->users[i]);
	free(status->users);
	free(status->list);
	free(status->sessions);
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
	memset(process->known, true, sizeof(process->known));
	return CTL_OK;
}

/* Reads /proc/PID/status. A set that it does not show is unrestricted. */
static int read_proc(struct status_process *process)
{
	struct proc_status proc;
	enum policy_item item;
	int r = proc_read_status(PROC, (unsigned)process->pid, &proc);

	if (r < 0)
		return r;
	for (item = 0; item < POLICY_ITEM_COUNT; item++) {
		process->sets.items[item] = proc.shows[item] ? proc.items[item] : CAPSET_ALL;
		process->known[item] = proc.shows[item] || policy_item_is_set(item);
	}
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
		sets->items[POLICY_USERNS] =
			capset_and(sets->items[POLICY_USERNS],
				   userns_bpf_set(records[i].state.userns, records[i].state.parts));
		sets->items[POLICY_CREATE] = policy_item_value(
			POLICY_CREATE, !(records[i].state.flags & USERNS_NO_CREATE));
		sets->items[POLICY_STRICT] =
			policy_item_value(POLICY_STRICT, records[i].state.flags & USERNS_STRICT);
		process->depth = records[i].state.level;
	}
	memset(process->known, true, sizeof(process->known));
	return CTL_OK;
}

static int find_process(struct status *status)
{
	struct status_process *process = &status->process;
	int r = read_proc(process);

	if (r < 0)
		return ctl_error("process %" PRIu64 ": %s", process->pid,
				 r == -ENOENT || r == -ESRCH ? "no such process" : strerror(-r));
	return has_records(&status->probe) ? read_bpf(process) : CTL_OK;
}

/* ---- who is restricted ---- */

static bool has_native(const struct probe *probe)
{
	return probe->userns.kind == USERNS_NATIVE || probe->userns.kind == USERNS_GUARDED;
}

/* Look up each user once. */
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

/* Only root can read the programs' records. That is not a failure. */
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
	struct loader_problem ignored;
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
		/* Programs of an older version remember no sessions. */
		loader_read_sessions(&loader_paths, &status->sessions, &status->session_count,
				     &ignored);
	}
	return list_restricted(&sources, status);
}

/* ---- the command ---- */

static int find_all(struct status *status)
{
	struct loader_problem ignored;
	int r;

	/* First: the children of the probe are restricted, and count for a while. */
	status->has_entries = loader_count(&loader_paths, &status->entries, &ignored) == 0;
	loader_find_most(&loader_paths, &status->most);
	r = probe_run(&status->probe);
	if (r < 0)
		return ctl_error("can't find out how userns sets are provided: %s", strerror(-r));
	r = ctl_find_last(&status->last);
	if (r == CTL_OK)
		r = status->process.pid ? find_process(status) : find_self(status);
	return r;
}

enum { JSON };

static const struct command_option options[] = {
	[JSON] = OPTION_JSON,
	{ .name = NULL },
};

static int run(const struct command_call *call)
{
	_cleanup_(status_clear) struct status status = { .process.depth = RESTRICTED_NO_DEPTH };
	const char *pid = call->operands[0];
	bool failed = false;
	int r;

	if (pid && !ctl_parse_number(pid, UINT32_MAX, &status.process.pid))
		return ctl_usage_error("status", "'%s': expected a PID", pid);
	r = find_all(&status);
	if (r != CTL_OK)
		return r;
	if (!status.process.pid)
		failed = find_restricted(&status) != CTL_OK;
	if (call->values[JSON])
		failed |= ctl_status_json(&status) != CTL_OK;
	else
		ctl_status_text(&status);
	return failed || !probe_is_good(&status.probe) ? CTL_FAILED : CTL_OK;
}

const struct command command_status = {
	.name = "status",
	.operands = "[PID]",
	.operands_max = 1,
	.words = WORDS_PID,
	.summary = "try the provider and list who is restricted, or show one process",
	.options = options,
	.run = run,
};
