// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* Reading all files of a site, those that one login would read and those that another would. */
#include "lint.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"

struct reading {
	const struct config_site *site;
	struct lint_tree *tree;
	char unsafe[CONFIG_TEXT]; /* what was said last: a directory is unsafe for all files in it
				   */
};

/* A profile may be the vendor's, and then there is no such file of the site. */
static void warn_if_unsafe(struct reading *reading, const char *path)
{
	struct config_problem problem;
	int r;

	if (!reading->site->any_owner)
		return;
	r = config_check_safe(path, &problem);
	if (r == 0 || r == -ENOENT || strcmp(problem.text, reading->unsafe) == 0)
		return;
	problem.severity = CONFIG_WARNING;
	lint_add_problem(&reading->tree->findings, &problem);
	memcpy(reading->unsafe, problem.text, sizeof(reading->unsafe));
}

/* A profile that can't be read still exists: a rule that names it is not wrong. */
static void stand_in(struct reading *reading, const char *name, const char *path)
{
	struct policy_rules *rules = &reading->tree->rules;
	struct policy_profile profile = {
		.name = strdup(name),
		.place = { policy_rules_add_file(rules, path), 1 },
	};

	if (profile.name && profile.place.file && policy_rules_add_profile(rules, &profile) == 0)
		return;
	free(profile.name);
	reading->tree->findings.incomplete = true;
}

static void read_file(struct reading *reading, enum config_part part, const char *name,
		      struct policy_rules *rules)
{
	struct config_problem problem;
	char path[PATH_MAX];
	int r = config_add(reading->site, part, name, rules, &problem);

	config_path(reading->site, part, name, path);
	reading->tree->file_count++;
	if (r < 0)
		lint_add_problem(&reading->tree->findings, &problem);
	if (r < 0 && part == CONFIG_PROFILE)
		stand_in(reading, name, problem.file);
	warn_if_unsafe(reading, path);
}

/* The draft's file need not exist yet. */
static void add_draft(struct reading *reading, enum config_part part, struct names *names)
{
	const struct config_draft *draft = reading->site->draft;

	if (!draft || draft->part != part || names_have(names, draft->name))
		return;
	if (names_add(names, draft->name) < 0)
		reading->tree->findings.incomplete = true;
}

static void list_part(struct reading *reading, enum config_part part, struct names *names)
{
	struct config_problem problem;

	if (config_list(reading->site, part, names, &problem) < 0)
		lint_add_problem(&reading->tree->findings, &problem);
	add_draft(reading, part, names);
}

static void check_name(struct reading *reading, enum config_part part, const char *name)
{
	enum policy_kind kind = part == CONFIG_USER ? POLICY_USER : POLICY_GROUP;
	char path[PATH_MAX];

	if (part == CONFIG_DROPIN || lint_is_name(kind, name))
		return;
	lint_add(&reading->tree->findings, CONFIG_LINT_FILE_NAME,
		 config_path(reading->site, part, name, path), 0, name, policy_kind_name(kind));
}

static void read_part(struct reading *reading, enum config_part part)
{
	_cleanup_(names_clear) struct names names = { 0 };
	size_t i;

	list_part(reading, part, &names);
	for (i = 0; i < names.count; i++) {
		read_file(reading, part, names.list[i], &reading->tree->rules);
		check_name(reading, part, names.list[i]);
	}
}

/* ---- profiles ---- */

static const struct policy_profile *find_profile(const struct policy_rules *rules, size_t count,
						 const char *name)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(rules->profiles[i].name, name) == 0)
			return &rules->profiles[i];
	return NULL;
}

/* Its file is looked at for errors only: a login takes the one of the main file or drop-in. */
static void read_masked(struct reading *reading, const char *name,
			const struct policy_profile *inline_one)
{
	struct lint_findings *findings = &reading->tree->findings;
	struct policy_rules unused = { 0 };
	struct config_problem problem;
	char path[PATH_MAX];

	reading->tree->file_count++;
	lint_add(findings, CONFIG_LINT_PROFILE_MASKED,
		 config_path(reading->site, CONFIG_PROFILE, name, path), 0, name,
		 inline_one->place.file, inline_one->place.line);
	if (config_add(reading->site, CONFIG_PROFILE, name, &unused, &problem) < 0)
		lint_add_problem(findings, &problem);
	policy_rules_clear(&unused);
}

static void read_own_profiles(struct reading *reading, const struct names *names)
{
	struct policy_rules *rules = &reading->tree->rules;
	size_t inline_count = rules->profile_count, i;

	for (i = 0; i < names->count; i++) {
		const char *name = names->list[i];
		const struct policy_profile *masking = find_profile(rules, inline_count, name);

		if (masking)
			read_masked(reading, name, masking);
		else
			read_file(reading, CONFIG_PROFILE, name, rules);
	}
}

/* Those in use are among the rules once profiles are resolved. */
static void read_vendor_profile(struct reading *reading, const char *name)
{
	struct policy_rules unused = { 0 };

	read_file(reading, CONFIG_PROFILE, name, &unused);
	policy_rules_clear(&unused);
}

static void read_vendor_profiles(struct reading *reading, const struct names *own)
{
	_cleanup_(names_clear) struct names names = { 0 };
	struct lint_findings *findings = &reading->tree->findings;
	struct config_problem problem;
	char path[PATH_MAX];
	size_t i;

	if (config_list_vendor(reading->site, &names, &problem) < 0)
		lint_add_problem(findings, &problem);
	for (i = 0; i < names.count; i++) {
		if (!names_have(own, names.list[i])) {
			read_vendor_profile(reading, names.list[i]);
			continue;
		}
		snprintf(path, sizeof(path), "%s/%s.conf", reading->site->vendor_profiles,
			 names.list[i]);
		lint_add(findings, CONFIG_LINT_PROFILE_OVER_VENDOR,
			 config_path(reading->site, CONFIG_PROFILE, names.list[i],
				     (char[PATH_MAX]){ 0 }),
			 0, path);
	}
}

static void read_profiles(struct reading *reading)
{
	_cleanup_(names_clear) struct names own = { 0 };

	list_part(reading, CONFIG_PROFILE, &own);
	read_own_profiles(reading, &own);
	read_vendor_profiles(reading, &own);
}

/* ---- resolving, past what can't be resolved ---- */

static void forget_profile(struct policy_body *body)
{
	free(body->profile_name);
	body->profile_name = NULL;
	body->profile = NULL;
}

static bool is_place(const struct config_problem *problem, const char *file, unsigned line)
{
	return problem->line == line && strcmp(problem->file, file) == 0;
}

/* The bodies of rules, then those of profiles. */
static struct policy_body *body_at(struct policy_rules *rules, size_t i, const char **ret_file)
{
	if (i < rules->rule_count) {
		*ret_file = rules->rules[i].place.file;
		return &rules->rules[i].body;
	}
	i -= rules->rule_count;
	*ret_file = rules->profiles[i].place.file;
	return &rules->profiles[i].body;
}

/* Whatever names a profile that there is not: those that there are have been loaded. */
static bool remove_unknown(struct lint_tree *tree)
{
	const struct policy_rules *rules = &tree->rules;
	size_t count = rules->rule_count + rules->profile_count, i;
	bool removed = false;

	for (i = 0; i < count; i++) {
		const char *file;
		struct policy_body *body = body_at(&tree->rules, i, &file);

		if (!body->profile_name ||
		    find_profile(rules, rules->profile_count, body->profile_name))
			continue;
		lint_add(&tree->findings, CONFIG_PROFILE_UNKNOWN, file, body->profile_line,
			 body->profile_name);
		forget_profile(body);
		removed = true;
	}
	return removed;
}

/* What closes a circle, or makes a chain too long. */
static bool remove_reference(struct lint_tree *tree, const struct config_problem *problem)
{
	size_t count = tree->rules.rule_count + tree->rules.profile_count, i;

	for (i = 0; i < count; i++) {
		const char *file;
		struct policy_body *body = body_at(&tree->rules, i, &file);

		if (!body->profile_name || !is_place(problem, file, body->profile_line))
			continue;
		lint_add_problem(&tree->findings, problem);
		forget_profile(body);
		return true;
	}
	return false;
}

static bool remove_profile(struct lint_tree *tree, const struct config_problem *problem)
{
	struct policy_rules *rules = &tree->rules;
	size_t i;

	for (i = 0; i < rules->profile_count; i++) {
		struct policy_profile *profile = &rules->profiles[i], last;

		if (!is_place(problem, profile->place.file, profile->place.line))
			continue;
		lint_add_problem(&tree->findings, problem);
		last = rules->profiles[rules->profile_count - 1];
		rules->profiles[rules->profile_count - 1] = *profile;
		*profile = last;
		policy_rules_truncate(rules, rules->rule_count, rules->profile_count - 1);
		return true;
	}
	return false;
}

static bool remove_cause(struct lint_tree *tree, const struct config_problem *problem)
{
	switch (problem->message) {
	case CONFIG_PROFILE_TWICE:
		return remove_profile(tree, problem);
	case CONFIG_PROFILE_UNKNOWN:
		return remove_unknown(tree);
	default:
		return remove_reference(tree, problem);
	}
}

static void resolve(struct reading *reading)
{
	struct lint_tree *tree = reading->tree;
	struct config_problem problem;
	bool removed = true;

	while (removed && config_resolve(reading->site, &tree->rules, &problem) < 0) {
		removed = remove_cause(tree, &problem);
		if (!removed)
			lint_add_problem(&tree->findings, &problem);
	}
}

/* ---- what is never read ---- */

static bool is_part(const char *name)
{
	enum config_part part;

	for (part = CONFIG_USER; part < CONFIG_PART_COUNT; part++)
		if (strcmp(name, config_part_directory(part)) == 0)
			return true;
	return false;
}

static void check_entry(struct reading *reading, enum config_part part, const char *directory,
			const char *name)
{
	const char *expected = part == CONFIG_DROPIN
				       ? "NAME.conf, or a directory users, groups or profiles"
				       : "NAME.conf";
	bool is_copy = name[0] == '.' || strstr(name + 1, ".conf");
	char path[2 * PATH_MAX];

	if (config_is_listed(name) || (part == CONFIG_DROPIN && is_part(name)))
		return;
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	lint_add(&reading->tree->findings, is_copy ? CONFIG_LINT_COPY : CONFIG_LINT_NEVER_READ,
		 path, 0, expected);
}

/* A directory that can't be listed was complained of already. */
static void check_directory(struct reading *reading, enum config_part part)
{
	char path[PATH_MAX];
	const struct dirent *entry;
	DIR *directory = opendir(config_path(reading->site, part, NULL, path));

	if (!directory)
		return;
	while ((entry = readdir(directory)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			check_entry(reading, part, path, entry->d_name);
	closedir(directory);
}

void lint_read(const struct config_site *site, struct lint_tree *ret_tree)
{
	struct reading reading = { .site = site, .tree = ret_tree };
	enum config_part part;

	*ret_tree = (struct lint_tree){ 0 };
	read_file(&reading, CONFIG_MAIN, "", &ret_tree->rules);
	for (part = CONFIG_DROPIN; part < CONFIG_PROFILE; part++)
		read_part(&reading, part);
	read_profiles(&reading);
	resolve(&reading);
	for (part = CONFIG_DROPIN; part < CONFIG_PART_COUNT; part++)
		check_directory(&reading, part);
}
