// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#include "policy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

/* A clause that a rule's answer for an item is built of, and the profile it stands in. */
struct link {
	const struct policy_clause *clause;
	const struct policy_profile *profile; /* NULL: the rule's own */
};

static bool stands_on_base(const struct policy_clause *clause, enum policy_item item)
{
	return policy_item_is_set(item) && clause->base == POLICY_BASE_DEFAULT;
}

/*
 * The clauses of a rule and of the profiles it builds on that make its answer for an item: its own
 * first, up to one that what comes after can't matter to. Returns their number.
 */
static size_t find_links(const struct policy_rule *rule, enum policy_item item,
			 struct link links[static POLICY_CHAIN_MAX + 1])
{
	const struct policy_profile *profile = NULL;
	const struct policy_body *body = &rule->body;
	size_t count = 0, depth;

	for (depth = 0; depth <= POLICY_CHAIN_MAX; depth++) {
		const struct policy_clause *clause = &body->clauses[item];

		if (clause->mentioned)
			links[count++] = (struct link){ clause, profile };
		if (!body->profile || (clause->mentioned && !stands_on_base(clause, item)))
			break;
		profile = body->profile;
		body = &profile->body;
	}
	return count;
}

static struct capset clause_set(const struct policy_clause *clause, struct capset lower)
{
	struct capset base = clause->base == POLICY_BASE_ALLOW	? CAPSET_ALL
			     : clause->base == POLICY_BASE_DENY ? CAPSET_NONE
								: lower;

	return capset_minus(capset_or(base, clause->keep), clause->drop);
}

static int add_source(struct policy_answer *answer, const struct policy_source *source)
{
	size_t size = (answer->source_count + 1) * sizeof(*answer->sources);
	struct policy_source *sources = realloc(answer->sources, size);

	if (!sources)
		return -ENOMEM;
	sources[answer->source_count++] = *source;
	answer->sources = sources;
	return 0;
}

static int add_link(struct policy_answer *answer, const struct policy_rule *rule,
		    const struct link *link, struct capset kept)
{
	const struct policy_source source = {
		.rule = rule,
		.profile = link->profile,
		.place = { .file = link->profile ? link->profile->place.file : rule->place.file,
			   .line = link->clause->line },
		.taken = capset_minus(policy_clause_taken(link->clause), kept),
	};

	return add_source(answer, &source);
}

/* The answers of several rules of a kind add up their restrictions. */
static void add_up(struct policy_answer *answer, enum policy_item item, struct capset set,
		   bool value)
{
	answer->mentioned = true;
	answer->set = capset_and(answer->set, set);
	if (item == POLICY_CREATE)
		answer->value = answer->value && value;
	else if (item == POLICY_STRICT)
		answer->value = answer->value || value;
}

/*
 * Add what one rule makes of an item, on top of what less specific kinds gave. @ret_passed gets
 * what the rule leaves as it is in those.
 */
static int add_rule(struct policy_answer *answer, const struct policy_rule *rule,
		    enum policy_item item, const struct policy_answer *lower,
		    struct capset *ret_passed)
{
	struct link links[POLICY_CHAIN_MAX + 1];
	struct capset kept = CAPSET_NONE, set = lower->set;
	size_t count = find_links(rule, item, links), i;
	int r = 0;

	*ret_passed = CAPSET_NONE;
	if (count == 0)
		return 0;
	for (i = 0; i < count && r == 0; i++) {
		r = add_link(answer, rule, &links[i], kept);
		kept = capset_or(kept, links[i].clause->keep);
	}
	if (stands_on_base(links[count - 1].clause, item))
		*ret_passed = capset_minus(CAPSET_ALL, kept);
	while (i-- > 0)
		set = clause_set(links[i].clause, set);
	add_up(answer, item, set, links[0].clause->value);
	return r;
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

/* Append @lower's sources to those of @answer, with what of it rules have passed on. */
static int add_lower_sources(struct policy_answer *answer, const struct policy_answer *lower,
			     struct capset passed)
{
	size_t i;
	int r = 0;

	for (i = 0; i < lower->source_count && r == 0; i++) {
		struct policy_source source = lower->sources[i];

		source.taken = capset_and(source.taken, passed);
		r = add_source(answer, &source);
	}
	return r;
}

/* Lay the rules of one kind over what less specific kinds gave; @answer is both. */
static int decide_kind(const struct policy_rule *const *matching, size_t count,
		       enum policy_kind kind, enum policy_item item, struct policy_answer *answer)
{
	struct capset passed = CAPSET_NONE;
	struct policy_answer mine;
	size_t i;
	int r = 0;

	answer_init(&mine, item);
	for (i = 0; i < count && r == 0; i++) {
		struct capset by_rule;

		if (matching[i]->kind != kind)
			continue;
		r = add_rule(&mine, matching[i], item, answer, &by_rule);
		passed = capset_or(passed, by_rule);
	}
	if (r == 0 && !capset_equal(passed, CAPSET_NONE))
		r = add_lower_sources(&mine, answer, passed);
	if (r < 0 || !mine.mentioned) {
		answer_clear(&mine, item);
		return r;
	}
	answer_clear(answer, item);
	*answer = mine;
	return 0;
}

static int decide_item(const struct policy_rule *const *matching, size_t count,
		       enum policy_item item, struct policy_answer *answer)
{
	unsigned kind = POLICY_KIND_COUNT;
	int r = 0;

	while (kind-- > 0 && r == 0)
		r = decide_kind(matching, count, (enum policy_kind)kind, item, answer);
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
		r = decide_item(matching, count, item, &decision.items[item]);
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
