// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* edit: are the rules right with the draft in place? */

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "command.h"
#include "edit.h"
#include "inspect/lint.h"
#include "print.h"

/* Errors of the file that is edited are a reason to edit it again, however old they are. */
static bool is_about_draft(const struct config_site *site, const struct lint_finding *finding)
{
	char path[PATH_MAX];

	config_path(site, site->draft->part, site->draft->name, path);
	return strcmp(finding->file, path) == 0;
}

static bool has(const struct lint_findings *findings, const struct lint_finding *finding)
{
	size_t i;

	for (i = 0; i < findings->count; i++) {
		const struct lint_finding *other = &findings->list[i];

		if (other->message == finding->message && other->line == finding->line &&
		    strcmp(other->file, finding->file) == 0 &&
		    strcmp(other->text, finding->text) == 0)
			return true;
	}
	return false;
}

static bool is_ours(const struct config_site *site, const struct lint_findings *findings)
{
	_cleanup_(lint_tree_clear) struct lint_tree before = { 0 };
	struct config_site as_it_is = *site;
	size_t i;

	as_it_is.draft = NULL;
	lint_read(&as_it_is, &before);
	for (i = 0; i < findings->count; i++)
		if (findings->list[i].severity == CONFIG_ERROR &&
		    (is_about_draft(site, &findings->list[i]) ||
		     !has(&before.findings, &findings->list[i])))
			return true;
	return false;
}

int edit_check(const struct config_site *site, bool *ret_ours)
{
	_cleanup_(lint_tree_clear) struct lint_tree tree = { 0 };
	const struct lint_finding *finding;
	size_t errors = 0, i;

	lint_read(site, &tree);
	lint_sort(&tree.findings);
	for (i = 0; i < tree.findings.count; i++) {
		finding = &tree.findings.list[i];
		if (finding->severity != CONFIG_ERROR)
			continue;
		ctl_complain(finding->file, finding->line, finding->severity, finding->text);
		errors++;
	}
	if (tree.findings.incomplete)
		return -ENOMEM;
	if (errors == 0)
		return 0;
	*ret_ours = is_ours(site, &tree.findings);
	return -EBADMSG;
}
