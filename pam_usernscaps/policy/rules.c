// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* The rules as a value: adding to it, and freeing it. */
#include "rules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

const char *policy_kind_name(enum policy_kind kind)
{
	static const char *const names[POLICY_KIND_COUNT] = {
		[POLICY_USER] = "user",
		[POLICY_GROUP] = "group",
		[POLICY_RANGE] = "user", /* a range is written as a user's title */
		[POLICY_DEFAULT] = "default",
	};

	return names[kind];
}

const char *policy_base_name(enum policy_base base)
{
	static const char *const names[POLICY_BASE_COUNT] = {
		[POLICY_BASE_DEFAULT] = "default",
		[POLICY_BASE_ALLOW] = "allow",
		[POLICY_BASE_DENY] = "deny",
	};

	return names[base];
}

const char *policy_unsupported_name(enum policy_unsupported answer)
{
	static const char *const names[POLICY_UNSUPPORTED_COUNT] = {
		[POLICY_UNSUPPORTED_DENY_CREATION] = "deny-creation",
		[POLICY_UNSUPPORTED_REFUSE] = "refuse",
		[POLICY_UNSUPPORTED_WARN] = "warn",
	};

	return names[answer];
}

const char *policy_unknown_name(enum policy_unknown answer)
{
	static const char *const names[POLICY_UNKNOWN_COUNT] = {
		[POLICY_UNKNOWN_RESTRICT] = "restrict",
		[POLICY_UNKNOWN_REFUSE] = "refuse",
		[POLICY_UNKNOWN_IGNORE] = "ignore",
	};

	return names[answer];
}

struct capset policy_clause_taken(const struct policy_clause *clause)
{
	/* Of what is kept, parts can be dropped. */
	return clause->base == POLICY_BASE_DENY
		       ? capset_or(capset_minus(CAPSET_ALL, clause->keep), clause->drop)
		       : clause->drop;
}

bool policy_clause_flag(const struct policy_clause *clause, enum policy_item item)
{
	return policy_item_flag(item, capset_minus(CAPSET_ALL, policy_clause_taken(clause)));
}

const char *policy_rules_add_file(struct policy_rules *rules, const char *file)
{
	if (array_grow(rules->files, rules->file_count) < 0)
		return NULL;
	rules->files[rules->file_count] = strdup(file);
	return rules->files[rules->file_count] ? rules->files[rules->file_count++] : NULL;
}

int policy_rules_add(struct policy_rules *rules, const struct policy_rule *rule)
{
	int r = array_grow(rules->rules, rules->rule_count);

	if (r == 0)
		rules->rules[rules->rule_count++] = *rule;
	return r;
}

int policy_rules_add_profile(struct policy_rules *rules, const struct policy_profile *profile)
{
	int r = array_grow(rules->profiles, rules->profile_count);

	if (r == 0)
		rules->profiles[rules->profile_count++] = *profile;
	return r;
}

void policy_body_clear(struct policy_body *body)
{
	size_t i;

	for (i = 0; i < body->service_count; i++)
		free(body->services[i]);
	free(body->services);
	names_clear(&body->except_users);
	names_clear(&body->except_groups);
	free(body->profile_name);
	*body = (struct policy_body){ 0 };
}

static void clear_rule(struct policy_rule *rule)
{
	free(rule->name);
	policy_body_clear(&rule->body);
}

static void clear_profile(struct policy_profile *profile)
{
	free(profile->name);
	policy_body_clear(&profile->body);
}

void policy_rules_truncate(struct policy_rules *rules, size_t rule_count, size_t profile_count)
{
	while (rules->rule_count > rule_count)
		clear_rule(&rules->rules[--rules->rule_count]);
	while (rules->profile_count > profile_count)
		clear_profile(&rules->profiles[--rules->profile_count]);
}

static bool is_of_first(const struct policy_rules *rules, size_t file_count, const char *file)
{
	size_t i;

	for (i = 0; i < file_count; i++)
		if (rules->files[i] == file)
			return true;
	return false;
}

void policy_rules_keep_files(struct policy_rules *rules, size_t file_count)
{
	size_t kept = 0, i;

	for (i = 0; i < rules->rule_count; i++)
		if (is_of_first(rules, file_count, rules->rules[i].place.file))
			rules->rules[kept++] = rules->rules[i];
		else
			clear_rule(&rules->rules[i]);
	rules->rule_count = kept;
	kept = 0;
	for (i = 0; i < rules->profile_count; i++)
		if (is_of_first(rules, file_count, rules->profiles[i].place.file))
			rules->profiles[kept++] = rules->profiles[i];
		else
			clear_profile(&rules->profiles[i]);
	rules->profile_count = kept;
	while (rules->file_count > file_count)
		free(rules->files[--rules->file_count]);
}

void policy_rules_clear(struct policy_rules *rules)
{
	policy_rules_keep_files(rules, 0);
	free(rules->rules);
	free(rules->profiles);
	free(rules->files);
	free(rules->probe_group);
	free(rules->contact);
	*rules = (struct policy_rules){ 0 };
}
