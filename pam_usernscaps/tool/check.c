// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* check: what is wrong with the rules, or looks it. */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "command.h"
#include "inspect/lint.h"
#include "json.h"
#include "options.h"
#include "print.h"
#include "session/session.h"

struct check {
	const struct config_site *site;
	struct lint_tree tree;
	size_t counts[CONFIG_SEVERITY_COUNT];
};

static void check_clear(struct check *check)
{
	lint_tree_clear(&check->tree);
}

static const char *main_file(const struct check *check)
{
	const char *vendor = check->site->vendor_main;
	const struct policy_rules *rules = &check->tree.rules;

	return vendor && rules->file_count && strcmp(rules->files[0], vendor) == 0
		       ? vendor
		       : check->site->main;
}

/* ---- text ---- */

static void print_counts(const struct check *check)
{
	enum config_severity severity;

	for (severity = 0; severity < CONFIG_SEVERITY_COUNT; severity++)
		if (check->counts[severity] > 0)
			printf("%s%zu %s%s", severity == CONFIG_ERROR ? "" : ", ",
			       check->counts[severity], config_severity_name(severity),
			       check->counts[severity] > 1 ? "s" : "");
}

static void print_text(const struct check *check)
{
	const struct lint_findings *findings = &check->tree.findings;
	size_t i;

	for (i = 0; i < findings->count; i++) {
		const struct lint_finding *finding = &findings->list[i];

		ctl_complain(finding->file, finding->line, finding->severity, finding->text);
	}
	printf("%s: ", main_file(check));
	if (check->counts[CONFIG_ERROR] == 0)
		fputs("no errors", stdout);
	else
		print_counts(check);
	printf(" (rules: %zu, profiles: %zu)\n", check->tree.rules.rule_count,
	       check->tree.rules.profile_count);
}

/* ---- JSON ---- */

static json_t *finding_json(const struct lint_finding *finding)
{
	return json_pack(
		"{s:s, s:o, s:I, s:s, s:o}", "severity", config_severity_name(finding->severity),
		"file", ctl_json_text(finding->file), "line", (json_int_t)finding->line, "message",
		config_message_name(finding->message), "text", ctl_json_text(finding->text));
}

static int print_json(const struct check *check)
{
	const struct lint_findings *findings = &check->tree.findings;
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < findings->count; i++)
		ctl_json_append(&list, finding_json(&findings->list[i]));
	return ctl_print_json(json_pack("{s:i, s:I, s:I, s:I, s:o}", "version", 1, "files",
					(json_int_t)check->tree.file_count, "rules",
					(json_int_t)check->tree.rules.rule_count, "profiles",
					(json_int_t)check->tree.rules.profile_count, "findings",
					list));
}

/* ---- the command ---- */

static int check(const char *conf, enum config_severity fail_on, bool json)
{
	const struct config_site site = session_site(conf, true);
	_cleanup_(check_clear) struct check check = { .site = &site };
	struct lint_findings *findings = &check.tree.findings;
	enum config_severity severity;
	size_t i;

	lint_read(&site, &check.tree);
	lint_rules(&check.tree.rules, findings);
	lint_on_host(&site, &lint_host, &check.tree.rules, findings);
	lint_sort(findings);
	for (i = 0; i < findings->count; i++)
		check.counts[findings->list[i].severity]++;
	if (json && print_json(&check) != CTL_OK)
		return CTL_FAILED;
	if (!json)
		print_text(&check);
	if (findings->incomplete)
		return ctl_error("out of memory: there may be more findings");
	for (severity = 0; severity <= fail_on; severity++)
		if (check.counts[severity] > 0)
			return CTL_FAILED;
	return CTL_OK;
}

/* In the order of enum config_severity. */
static const char *const severities[] = { "error", "warning", "notice", NULL };

enum { JSON, FAIL_ON };

static const struct command_option options[] = {
	[JSON] = OPTION_JSON,
	[FAIL_ON] = { .name = "fail-on",
		      .value = "SEVERITY",
		      .words = WORDS_CHOICES,
		      .choices = severities,
		      .help = "exit with 1 for findings of this severity: error (the default), "
			      "warning or notice, and for worse ones" },
	{ .name = NULL },
};

static int run(const struct command_call *call)
{
	enum config_severity fail_on = CONFIG_ERROR;

	if (call->values[FAIL_ON])
		fail_on = options_choice(&options[FAIL_ON], call->values[FAIL_ON]);
	return check(call->operands[0], fail_on, call->values[JSON]);
}

const struct command command_check = {
	.name = "check",
	.operands = "[FILE]",
	.operands_max = 1,
	.words = WORDS_FILE,
	.summary = "read all rules and report what is wrong with them, or looks wrong",
	.options = options,
	.run = run,
};
