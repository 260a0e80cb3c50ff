// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#include "policy_rules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *policy_item_name(enum policy_item item)
{
	static const char *const names[POLICY_ITEM_COUNT] = {
		[POLICY_BOUNDING] = "bounding", [POLICY_INHERITABLE] = "inheritable",
		[POLICY_USERNS] = "userns",	[POLICY_CREATE] = "create",
		[POLICY_STRICT] = "strict",
	};

	return names[item];
}

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

struct capset policy_clause_taken(const struct policy_clause *clause)
{
	return clause->base == POLICY_BASE_DENY ? capset_minus(CAPSET_ALL, clause->keep)
						: clause->drop;
}

/*
 * An array of @count elements, with room for one more at least. Room is a power of two, so it is
 * used up where @count is one: nobody has to remember it. Returns NULL where there is no memory.
 */
static void *grow(void *array, size_t count, size_t size)
{
	if (count & (count - 1))
		return array;
	return reallocarray(array, count ? 2 * count : 1, size);
}

const char *policy_rules_add_file(struct policy_rules *rules, const char *file)
{
	char **larger = grow(rules->files, rules->file_count, sizeof(*larger));

	if (!larger)
		return NULL;
	rules->files = larger;
	larger[rules->file_count] = strdup(file);
	return larger[rules->file_count] ? larger[rules->file_count++] : NULL;
}

int policy_rules_add(struct policy_rules *rules, const struct policy_rule *rule)
{
	struct policy_rule *larger = grow(rules->rules, rules->rule_count, sizeof(*larger));

	if (!larger)
		return -ENOMEM;
	rules->rules = larger;
	larger[rules->rule_count++] = *rule;
	return 0;
}

int policy_rules_add_profile(struct policy_rules *rules, const struct policy_profile *profile)
{
	struct policy_profile *larger =
		grow(rules->profiles, rules->profile_count, sizeof(*larger));

	if (!larger)
		return -ENOMEM;
	rules->profiles = larger;
	larger[rules->profile_count++] = *profile;
	return 0;
}

void policy_body_clear(struct policy_body *body)
{
	size_t i;

	for (i = 0; i < body->service_count; i++)
		free(body->services[i]);
	free(body->services);
	free(body->profile_name);
	*body = (struct policy_body){ 0 };
}

/*
 * The arrays keep their room. Their counts may then be smaller than grow() expects of such room,
 * and it makes the array smaller again, to what the count asks for.
 */
void policy_rules_truncate(struct policy_rules *rules, size_t rule_count, size_t profile_count)
{
	while (rules->rule_count > rule_count) {
		struct policy_rule *rule = &rules->rules[--rules->rule_count];

		free(rule->name);
		policy_body_clear(&rule->body);
	}
	while (rules->profile_count > profile_count) {
		struct policy_profile *profile = &rules->profiles[--rules->profile_count];

		free(profile->name);
		policy_body_clear(&profile->body);
	}
}

void policy_rules_clear(struct policy_rules *rules)
{
	policy_rules_truncate(rules, 0, 0);
	while (rules->file_count > 0)
		free(rules->files[--rules->file_count]);
	free(rules->rules);
	free(rules->profiles);
	free(rules->files);
	free(rules->probe_group);
	*rules = (struct policy_rules){ 0 };
}
