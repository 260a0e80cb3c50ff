// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#include "policy.h"

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

bool policy_rule_has_service(const struct policy_rule *rule, const char *service)
{
	size_t i;

	for (i = 0; i < rule->body.service_count; i++)
		if (strcmp(rule->body.services[i], service) == 0)
			return true;
	return rule->body.service_count == 0;
}

static bool is_member(const struct policy_subject *subject, const char *group)
{
	size_t i;

	for (i = 0; i < subject->group_count; i++)
		if (strcmp(subject->groups[i], group) == 0)
			return true;
	return false;
}

static bool names_subject(const struct policy_rule *rule, const struct policy_subject *subject)
{
	switch (rule->kind) {
	case POLICY_USER:
		return strcmp(rule->name, subject->name) == 0;
	case POLICY_GROUP:
		return subject->uid != 0 && is_member(subject, rule->name);
	case POLICY_RANGE:
		return subject->uid >= rule->uid_min && subject->uid <= rule->uid_max;
	case POLICY_DEFAULT:
		return subject->uid != 0;
	case POLICY_KIND_COUNT:
		break;
	}
	return false;
}

bool policy_rule_matches(const struct policy_rule *rule, const struct policy_subject *subject)
{
	return names_subject(rule, subject) && policy_rule_has_service(rule, subject->service);
}

/* The profile's clause for an item, or NULL where there is none. */
static const struct policy_clause *profile_clause(const struct policy_rule *rule,
						  enum policy_item item)
{
	const struct policy_profile *profile = rule->body.profile;

	if (!profile || !profile->body.clauses[item].mentioned)
		return NULL;
	return &profile->body.clauses[item];
}

/* The rule's own clause for an item, or NULL where there is none. */
static const struct policy_clause *own_clause(const struct policy_rule *rule, enum policy_item item)
{
	const struct policy_clause *clause = &rule->body.clauses[item];

	return clause->mentioned ? clause : NULL;
}

static struct capset clause_set(const struct policy_clause *clause, struct capset lower)
{
	struct capset base = clause->base == POLICY_BASE_ALLOW	? CAPSET_ALL
			     : clause->base == POLICY_BASE_DENY ? CAPSET_NONE
								: lower;

	return capset_minus(capset_or(base, clause->keep), clause->drop);
}

static int add_source(struct policy_answer *answer, const struct policy_rules *rules,
		      const struct policy_rule *rule, const struct policy_profile *profile,
		      unsigned line)
{
	size_t size = (answer->source_count + 1) * sizeof(*answer->sources);
	struct policy_source *sources = realloc(answer->sources, size);

	if (!sources)
		return -ENOMEM;
	sources[answer->source_count++] = (struct policy_source){
		.rule = rule,
		.profile = profile,
		.place = { .file = rules->file, .line = line },
	};
	answer->sources = sources;
	return 0;
}

static bool stands_on_base(const struct policy_clause *clause, enum policy_item item)
{
	return policy_item_is_set(item) && clause->base == POLICY_BASE_DEFAULT;
}

/*
 * What one rule makes of an item: its own clause on top of its profile's, that on top of @lower.
 * The clauses that had a part are added to @answer's sources, and @ret_on_lower tells whether
 * @lower had one.
 */
static int add_rule(struct policy_answer *answer, const struct policy_rules *rules,
		    const struct policy_rule *rule, enum policy_item item,
		    const struct policy_answer *lower, bool *ret_on_lower)
{
	const struct policy_clause *own = own_clause(rule, item);
	const struct policy_clause *profile = profile_clause(rule, item);
	struct capset set = lower->set;
	bool value = lower->value;
	int r = 0;

	if (own && !stands_on_base(own, item))
		profile = NULL;
	if (profile) {
		set = clause_set(profile, set);
		value = profile->value;
		r = add_source(answer, rules, rule, rule->body.profile, profile->line);
	}
	if (own && r == 0) {
		set = clause_set(own, set);
		value = own->value;
		r = add_source(answer, rules, rule, NULL, own->line);
	}
	if (r < 0)
		return r;
	answer->set = capset_and(answer->set, set);
	if (item == POLICY_CREATE)
		answer->value = answer->value && value;
	else if (item == POLICY_STRICT)
		answer->value = answer->value || value;
	*ret_on_lower = stands_on_base(profile ? profile : own, item);
	return 0;
}

static void answer_init(struct policy_answer *answer, enum policy_item item)
{
	*answer = (struct policy_answer){ .set = CAPSET_ALL, .value = item == POLICY_CREATE };
}

static void answer_clear(struct policy_answer *answer, enum policy_item item)
{
	free(answer->sources);
	answer_init(answer, item);
}

/* Append @lower's sources to those of @answer. */
static int add_lower_sources(struct policy_answer *answer, const struct policy_answer *lower)
{
	size_t count = answer->source_count + lower->source_count;
	struct policy_source *sources;

	if (lower->source_count == 0)
		return 0;
	sources = realloc(answer->sources, count * sizeof(*sources));
	if (!sources)
		return -ENOMEM;
	memcpy(sources + answer->source_count, lower->sources,
	       lower->source_count * sizeof(*sources));
	answer->sources = sources;
	answer->source_count = count;
	return 0;
}

/* Lay the rules of one kind over what less specific kinds gave; @answer is both. */
static int decide_kind(const struct policy_rules *rules, const struct policy_rule *const *matching,
		       size_t count, enum policy_kind kind, enum policy_item item,
		       struct policy_answer *answer)
{
	struct policy_answer mine;
	bool needs_lower = false;
	size_t i;
	int r = 0;

	answer_init(&mine, item);
	for (i = 0; i < count && r == 0; i++) {
		const struct policy_rule *rule = matching[i];
		bool on_lower = false;

		if (rule->kind != kind || (!own_clause(rule, item) && !profile_clause(rule, item)))
			continue;
		mine.mentioned = true;
		r = add_rule(&mine, rules, rule, item, answer, &on_lower);
		needs_lower |= on_lower;
	}
	if (r == 0 && needs_lower)
		r = add_lower_sources(&mine, answer);
	if (r < 0 || !mine.mentioned) {
		answer_clear(&mine, item);
		return r;
	}
	answer_clear(answer, item);
	*answer = mine;
	return 0;
}

static int decide_item(const struct policy_rules *rules, const struct policy_rule *const *matching,
		       size_t count, enum policy_item item, struct policy_answer *answer)
{
	unsigned kind = POLICY_KIND_COUNT;
	int r = 0;

	while (kind-- > 0 && r == 0)
		r = decide_kind(rules, matching, count, (enum policy_kind)kind, item, answer);
	return r;
}

/* The rules that hold for a subject: an array of pointers, NULL where there is none. */
static int find_matching(const struct policy_rules *rules, const struct policy_subject *subject,
			 const struct policy_rule ***ret_matching, size_t *ret_count)
{
	const struct policy_rule **matching = NULL;
	size_t count = 0, room = 0, i;

	for (i = 0; i < rules->rule_count; i++) {
		if (!policy_rule_matches(&rules->rules[i], subject))
			continue;
		if (count == room) {
			const struct policy_rule **larger;

			room = room ? 2 * room : 8;
			larger = realloc(matching, room * sizeof(*matching));
			if (!larger) {
				free(matching);
				return -ENOMEM;
			}
			matching = larger;
		}
		matching[count++] = &rules->rules[i];
	}
	*ret_matching = matching;
	*ret_count = count;
	return 0;
}

int policy_decide(const struct policy_rules *rules, const struct policy_subject *subject,
		  struct policy_decision *ret_decision)
{
	const struct policy_rule **matching;
	struct policy_decision decision;
	enum policy_item item;
	size_t count;
	int r;

	r = find_matching(rules, subject, &matching, &count);
	if (r < 0)
		return r;
	policy_decision_init(&decision);
	for (item = 0; item < POLICY_ITEM_COUNT && r == 0; item++)
		r = decide_item(rules, matching, count, item, &decision.items[item]);
	free(matching);
	if (r < 0) {
		policy_decision_clear(&decision);
		return r;
	}
	*ret_decision = decision;
	return 0;
}

void policy_decision_init(struct policy_decision *decision)
{
	enum policy_item item;

	for (item = 0; item < POLICY_ITEM_COUNT; item++)
		answer_init(&decision->items[item], item);
}

void policy_decision_clear(struct policy_decision *decision)
{
	enum policy_item item;

	for (item = 0; item < POLICY_ITEM_COUNT; item++)
		answer_clear(&decision->items[item], item);
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

void policy_rules_clear(struct policy_rules *rules)
{
	size_t i;

	for (i = 0; i < rules->rule_count; i++) {
		free(rules->rules[i].name);
		policy_body_clear(&rules->rules[i].body);
	}
	for (i = 0; i < rules->profile_count; i++) {
		free(rules->profiles[i].name);
		policy_body_clear(&rules->profiles[i].body);
	}
	free(rules->rules);
	free(rules->profiles);
	free(rules->file);
	*rules = (struct policy_rules){ 0 };
}
