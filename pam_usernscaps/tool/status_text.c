// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* status as text. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "inspect/denials.h"
#include "print.h"
#include "status.h"

static void print_field(const char *name, const char *value)
{
	printf("  %-18s %s\n", name, value);
}

/* ---- the provider ---- */

static void print_verdict(const struct probe *probe)
{
	const char *text = probe_verdict_text(probe->verdict);
	char cause[PROBE_TEXT];

	if (probe_is_good(probe))
		printf("  %s: %s\n", probe_verdict_name(probe->verdict), text);
	else if (probe->verdict == PROBE_ABSENT)
		printf("  %s\n", text);
	else
		printf("  %s: %s\n  likely cause: %s\n",
		       probe_is_full(probe) ? "FULL" : "NOT WORKING", text,
		       probe_cause(probe, cause));
}

static void print_version(const struct userns_system *system)
{
	const int size = (int)sizeof(system->version);

	if (strncmp(system->version, VERSION, sizeof(system->version)) == 0)
		print_field("version", VERSION);
	else
		printf("  %-18s %.*s, and this is " VERSION
		       ": \"usernscapsctl reload\" replaces the programs\n",
		       "version", size, system->version);
}

/* Of each program that has any. */
static void print_misses(const struct probe *probe)
{
	size_t i;

	printf("  %-18s %" PRIu64 "\n", "recursion_misses", probe->recursion_misses);
	for (i = 0; i < LOADER_PROGRAMS; i++)
		if (probe->programs[i].recursion_misses)
			printf("    %-16s %" PRIu64 "\n", probe->programs[i].name,
			       probe->programs[i].recursion_misses);
	if (probe->recursion_misses)
		puts("  so often the kernel has left out a program that was running already, and "
		     "may have let\n  a restricted process through: use Linux 6.2 or later, or "
		     "6.1.54 or later of 6.1");
}

static void print_tasks(const struct status *status)
{
	printf("  %-18s %zu of %zu", "restricted tasks", status->entries.count,
	       status->entries.room);
	if (status->probe.has_system)
		printf(", %u for each user", status->probe.system.share);
	putchar('\n');
	if (status->most.count)
		printf("  %-18s %zu, of uid %u\n", "most of one user", status->most.count,
		       status->most.uid);
}

static void print_programs(const struct status *status)
{
	const struct probe *probe = &status->probe;
	char mask[CAPSET_TEXT];
	size_t i;

	if (probe->has_system)
		print_version(&probe->system);
	if (probe_has_bpf(probe) && probe->vague.parts != CAPSET_VAGUE_LEAST)
		print_field("not told apart", capset_list(probe->vague, mask));
	if (probe->has_mask)
		print_field("system mask", capset_format(probe->mask, status->last, mask));
	if (!probe->has_programs)
		return;
	for (i = 0; i < LOADER_PROGRAMS; i++)
		if (!probe->programs[i].id)
			print_field("not attached", probe->programs[i].name);
	if (status->has_entries)
		print_tasks(status);
	print_misses(probe);
	if (probe->ftrace_enabled >= 0)
		print_field("ftrace_enabled", probe->ftrace_enabled ? "1" : "0");
}

/* ---- a process ---- */

static void print_process(const struct status *status)
{
	const struct status_process *process = &status->process;
	enum policy_item item;

	if (process->pid)
		printf("process %" PRIu64 "\n", process->pid);
	else
		puts("this process");
	for (item = 0; item < POLICY_ITEM_COUNT; item++)
		if (process->known[item])
			ctl_print_item(&process->sets, item, status->last);
	if (process->depth != RESTRICTED_NO_DEPTH)
		printf("  %-12s %" PRIu32 "\n", "depth", process->depth);
	if (!process->known[POLICY_CREATE])
		puts("  create is not shown: a seccomp filter of another process can't be seen");
}

/* ---- who is restricted ---- */

/* The texts of a row. */
struct row {
	char pid[24], uid[12], depth[12], session[24], denied[24];
	const char *user, *flags;
	char userns[CAPSET_TEXT];
};

static const char *flags_text(const struct restricted *entry)
{
	if (!entry->has_flags)
		return "?";
	if (!entry->create)
		return entry->strict ? "no-create,strict" : "no-create";
	return entry->strict ? "strict" : "-";
}

/* Its number, and how much was denied to it. */
static void make_session(const struct status *status, uint64_t id, struct row *row)
{
	const struct userns_session *session =
		denials_find(status->sessions, status->session_count, id);

	strcpy(row->session, "-");
	strcpy(row->denied, "-");
	if (id)
		snprintf(row->session, sizeof(row->session), "%" PRIu64, id);
	if (session)
		snprintf(row->denied, sizeof(row->denied), "%" PRIu64, denials_count(session));
}

static void make_row(const struct status *status, size_t i, struct row *row)
{
	const struct restricted *entry = &status->list[i];

	if (entry->thread)
		snprintf(row->pid, sizeof(row->pid), "%u/%u", entry->pid, entry->thread);
	else
		snprintf(row->pid, sizeof(row->pid), "%u", entry->pid);
	snprintf(row->uid, sizeof(row->uid), "%u", (unsigned)entry->uid);
	row->user = status->users[i] ? status->users[i] : row->uid;
	if (entry->depth == RESTRICTED_NO_DEPTH)
		strcpy(row->depth, "-");
	else
		snprintf(row->depth, sizeof(row->depth), "%" PRIu32, entry->depth);
	make_session(status, entry->session, row);
	capset_format(entry->userns, status->last, row->userns);
	row->flags = flags_text(entry);
}

static void widen(int *width, const char *text)
{
	int len = (int)strlen(text);

	if (*width < len)
		*width = len;
}

/* Columns as wide as what is in them. */
static void print_table(const struct status *status)
{
	int pid = 3, user = 4, name = 7, session = 7, denied = 6, userns = 6;
	struct row row;
	size_t i;

	for (i = 0; i < status->list_count; i++) {
		make_row(status, i, &row);
		widen(&pid, row.pid);
		widen(&user, row.user);
		widen(&name, status->list[i].name);
		widen(&session, row.session);
		widen(&denied, row.denied);
		widen(&userns, row.userns);
	}
	printf("  %*s %-*s %-*s DEPTH %*s %*s %-*s FLAGS\n", pid, "PID", user, "USER", name,
	       "COMMAND", session, "SESSION", denied, "DENIED", userns, "USERNS");
	for (i = 0; i < status->list_count; i++) {
		make_row(status, i, &row);
		printf("  %*s %-*s %-*s %5s %*s %*s %-*s %s\n", pid, row.pid, user, row.user, name,
		       status->list[i].name, row.depth, session, row.session, denied, row.denied,
		       userns, row.userns, row.flags);
	}
}

static void print_daemons(const struct status *status)
{
	size_t i;

	for (i = 0; i < status->list_count; i++) {
		const struct restricted *entry = &status->list[i];

		if (entry->daemon)
			printf("WARNING: %s (pid %u) is restricted itself, and so is every session "
			       "that it opens: was it\n  started by hand from a restricted "
			       "session? End it, and then: systemctl restart %s\n",
			       entry->name, entry->pid, entry->name);
	}
}

static void print_list(const struct status *status)
{
	if (!status->has_list) {
		if (status->list_problem.text[0])
			puts("restricted processes: only root can list them");
		return;
	}
	if (status->list_count == 0) {
		puts("restricted processes: none");
		return;
	}
	puts("restricted processes");
	print_table(status);
	print_daemons(status);
}

void ctl_status_text(const struct status *status)
{
	printf("provider %s\n", userns_kind_name(status->probe.userns.kind));
	print_verdict(&status->probe);
	print_programs(status);
	print_process(status);
	if (!status->process.pid)
		print_list(status);
}
