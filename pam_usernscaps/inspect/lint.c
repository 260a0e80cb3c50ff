// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* A list of findings, and what all lints share. */
#include "lint.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "config/names.h"

static void finding_clear(struct lint_finding *finding)
{
	free(finding->file);
	free(finding->text);
}

void lint_add_problem(struct lint_findings *findings, const struct config_problem *problem)
{
	struct lint_finding finding = {
		.message = problem->message,
		.severity = problem->severity,
		.file = strdup(problem->file),
		.line = problem->line,
		.text = strdup(problem->text),
	};

	if (finding.file && finding.text && array_grow(findings->list, findings->count) == 0) {
		findings->list[findings->count++] = finding;
		return;
	}
	finding_clear(&finding);
	findings->incomplete = true;
}

void lint_add(struct lint_findings *findings, enum config_message message, const char *file,
	      unsigned line, ...)
{
	struct config_problem problem;
	va_list args;

	va_start(args, line);
	config_problem_vset(&problem, message, file, line, args);
	va_end(args);
	lint_add_problem(findings, &problem);
}

static int compare(const void *left, const void *right)
{
	const struct lint_finding *a = left, *b = right;
	int r = strcmp(a->file, b->file);

	if (r == 0)
		r = (a->line > b->line) - (a->line < b->line);
	if (r == 0)
		r = (a->message > b->message) - (a->message < b->message);
	return r ? r : strcmp(a->text, b->text);
}

void lint_sort(struct lint_findings *findings)
{
	struct lint_finding *list = findings->list;
	size_t i, kept = 0;

	if (findings->count == 0)
		return;
	qsort(list, findings->count, sizeof(*list), compare);
	for (i = 0; i < findings->count; i++) {
		if (kept > 0 && compare(&list[kept - 1], &list[i]) == 0)
			finding_clear(&list[i]);
		else
			list[kept++] = list[i];
	}
	findings->count = kept;
}

struct capset lint_may_take(const struct policy_body *body, enum policy_item item)
{
	struct capset taken = CAPSET_NONE;

	while (body) {
		if (body->clauses[item].base == POLICY_BASE_DENY)
			return CAPSET_ALL;
		taken = capset_or(taken, body->clauses[item].drop);
		body = body->profile ? &body->profile->body : NULL;
	}
	return taken;
}

bool lint_is_name(enum policy_kind kind, const char *name)
{
	struct policy_rule rule = { .kind = kind, .place.file = "" };
	struct config_problem problem;
	bool is_name = config_names_title(name, &rule, &problem) == 0 && rule.kind == kind;

	free(rule.name);
	return is_name;
}

void lint_tree_clear(struct lint_tree *tree)
{
	while (tree->findings.count > 0)
		finding_clear(&tree->findings.list[--tree->findings.count]);
	free(tree->findings.list);
	policy_rules_clear(&tree->rules);
	*tree = (struct lint_tree){ 0 };
}
