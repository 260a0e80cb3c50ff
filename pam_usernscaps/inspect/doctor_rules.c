// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* The rules: what "usernscapsctl check" finds, and what fixes it. */
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "doctor_parts.h"

/* Messages that have a remedy of their own. */
static const struct {
	enum config_message message;
	enum doctor_fault fault;
} remedies[] = {
	{ CONFIG_OWNER, DOCTOR_RULES_OWNER },
	{ CONFIG_WRITABLE, DOCTOR_RULES_WRITABLE },
	{ CONFIG_SYMLINK, DOCTOR_RULES_SYMLINK },
	{ CONFIG_MISSING, DOCTOR_RULES_MISSING },
	{ CONFIG_LINT_GROUP_UNKNOWN, DOCTOR_RULES_GROUP },
	{ CONFIG_LINT_PROBE_UNKNOWN, DOCTOR_RULES_PROBE },
	{ CONFIG_LINT_USER_RANGE, DOCTOR_RULES_RANGE },
	{ CONFIG_LINT_USER_UNKNOWN, DOCTOR_RULES_USER },
	{ CONFIG_LINT_NEWUIDMAP, DOCTOR_RULES_NEWUIDMAP },
	{ CONFIG_LINT_NO_NEW_PRIVS, DOCTOR_RULES_NO_NEW_PRIVS },
};

static enum doctor_fault find_fault(const struct lint_finding *finding)
{
	static const enum doctor_fault others[CONFIG_SEVERITY_COUNT] = {
		[CONFIG_ERROR] = DOCTOR_RULES_BROKEN,
		[CONFIG_WARNING] = DOCTOR_RULES_WARNING,
		[CONFIG_NOTICE] = DOCTOR_RULES_NOTICE,
	};
	size_t i;

	for (i = 0; i < sizeof(remedies) / sizeof(remedies[0]); i++)
		if (remedies[i].message == finding->message)
			return remedies[i].fault;
	return others[finding->severity];
}

/*
 * If a file is not safe, the text begins with the unsafe path, which may be a directory above it.
 */
static void add_unsafe(enum doctor_fault fault, const struct lint_finding *finding,
		       struct doctor_report *report)
{
	const char *end = strstr(finding->text, " is ");
	_cleanup_(freep) char *path = NULL;

	path = strndup(finding->text, end ? (size_t)(end - finding->text) : 0);
	if (path)
		doctor_add(report, fault, path, finding->text);
	else
		report->incomplete = true;
}

static void add_finding(const struct lint_finding *finding, struct doctor_report *report)
{
	enum doctor_fault fault = find_fault(finding);
	char place[PATH_MAX + 16];

	if (fault == DOCTOR_RULES_OWNER || fault == DOCTOR_RULES_WRITABLE ||
	    fault == DOCTOR_RULES_SYMLINK) {
		add_unsafe(fault, finding, report);
		return;
	}
	if (finding->line)
		snprintf(place, sizeof(place), "%s:%u", finding->file, finding->line);
	else
		snprintf(place, sizeof(place), "%s", finding->file);
	doctor_add(report, fault, place, finding->text);
}

/* ---- newuidmap and newgidmap ---- */

static bool has_text(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_size > 0;
}

static void check_mapper(const struct doctor_host *host, const char *program, const char *ranges,
			 struct doctor_report *report)
{
	char path[PATH_MAX];
	struct stat st;

	if (!has_text(ranges) || stat(doctor_path(host, program, path), &st) < 0)
		return;
	if (st.st_uid != 0 || !(st.st_mode & S_ISUID))
		doctor_add(report, DOCTOR_NEWUIDMAP_CAPS, path, "");
}

static void check_mappers(const struct doctor_host *host, const struct policy_rules *rules,
			  struct doctor_report *report)
{
	size_t i;

	for (i = 0; i < rules->rule_count; i++)
		if (capset_has(lint_may_take(&rules->rules[i].body, POLICY_USERNS), CAP_SYS_ADMIN))
			break;
	if (i == rules->rule_count)
		return;
	check_mapper(host, "/usr/bin/newuidmap", host->lint->subuid, report);
	check_mapper(host, "/usr/bin/newgidmap", host->lint->subgid, report);
}

void doctor_rules(const struct doctor_host *host, struct doctor_report *report)
{
	_cleanup_(lint_tree_clear) struct lint_tree tree = { 0 };
	size_t i;

	lint_read(host->site, &tree);
	lint_rules(&tree.rules, &tree.findings);
	lint_on_host(host->site, host->lint, &tree.rules, &tree.findings);
	lint_sort(&tree.findings);
	for (i = 0; i < tree.findings.count; i++)
		add_finding(&tree.findings.list[i], report);
	report->incomplete = report->incomplete || tree.findings.incomplete;
	check_mappers(host, &tree.rules, report);
	doctor_set_state(report, DOCTOR_RULES, "%s: %zu rules, %zu profiles", host->site->main,
			 tree.rules.rule_count, tree.rules.profile_count);
}
