// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#include "laws.h"

#include <string.h>

/* Is it a clause that the rule says, itself or by the profiles that it builds on? */
static bool is_clause(const struct policy_source *source, enum policy_item item)
{
	const struct policy_profile *profile = source->rule->body.profile;
	const struct policy_body *body = &source->rule->body;
	const char *file = source->rule->place.file;

	if (source->profile) {
		while (profile && profile != source->profile)
			profile = profile->body.profile;
		if (!profile)
			return false;
		body = &profile->body;
		file = profile->place.file;
	}
	return body->clauses[item].mentioned && body->clauses[item].line == source->place.line &&
	       strcmp(file, source->place.file) == 0;
}

static const char *sources_of_answer(const struct policy_answer *answer, enum policy_item item)
{
	struct capset taken = CAPSET_NONE;
	bool perhaps = false;
	size_t i;

	if (answer->mentioned != (answer->source_count > 0))
		return "an item is mentioned and has no source, or the reverse";
	for (i = 0; i < answer->source_count; i++) {
		if (!is_clause(&answer->sources[i], item))
			return "a source is no clause of its rule";
		taken = capset_or(taken, answer->sources[i].taken);
		perhaps = perhaps || answer->sources[i].perhaps;
	}
	if (!capset_is_subset(answer->set, answer->widest))
		return "there is more than is said to be possible";
	if (!perhaps && !capset_equal(answer->set, answer->widest))
		return "an answer is uncertain, and no source is";
	if (!capset_equal(capset_and(taken, answer->set), CAPSET_NONE))
		return "a source took a capability that is still there";
	if (!capset_equal(capset_or(taken, answer->set), CAPSET_ALL))
		return "a capability is missing and no source took it";
	return NULL;
}

const char *law_sources(const struct policy_decision *decision)
{
	const char *wrong = NULL;
	enum policy_item item;

	for (item = 0; item < POLICY_ITEM_COUNT && !wrong; item++)
		wrong = sources_of_answer(&decision->items[item], item);
	return wrong;
}

const char *law_same_answers(const struct policy_decision *a, const struct policy_decision *b)
{
	enum policy_item item;

	for (item = 0; item < POLICY_ITEM_COUNT; item++) {
		if (a->items[item].mentioned != b->items[item].mentioned)
			return "an item is mentioned in one of them only";
		if (!capset_equal(a->items[item].set, b->items[item].set))
			return "an item's value differs";
		if (!capset_equal(a->items[item].widest, b->items[item].widest))
			return "what an item's value might be differs";
	}
	return NULL;
}

static bool same_place(const struct policy_place *a, const struct policy_place *b)
{
	return a->line == b->line && strcmp(a->file, b->file) == 0;
}

static bool same_source(const struct policy_source *a, const struct policy_source *b)
{
	return same_place(&a->place, &b->place) && same_place(&a->rule->place, &b->rule->place) &&
	       !a->profile == !b->profile && a->perhaps == b->perhaps &&
	       capset_equal(a->taken, b->taken);
}

static size_t count_source(const struct policy_answer *answer, const struct policy_source *source)
{
	size_t count = 0, i;

	for (i = 0; i < answer->source_count; i++)
		count += same_source(&answer->sources[i], source);
	return count;
}

/* Several may be of one line: then there have to be as many of them. */
const char *law_same_sources(const struct policy_decision *a, const struct policy_decision *b)
{
	enum policy_item item;
	size_t i;

	for (item = 0; item < POLICY_ITEM_COUNT; item++) {
		const struct policy_answer *of_a = &a->items[item], *of_b = &b->items[item];

		if (of_a->source_count != of_b->source_count)
			return "one of them has more sources";
		for (i = 0; i < of_a->source_count; i++)
			if (count_source(of_a, &of_a->sources[i]) !=
			    count_source(of_b, &of_a->sources[i]))
				return "a source is in one of them only";
	}
	return NULL;
}

static bool has_step(const struct plan *plan, enum policy_item item)
{
	unsigned i;

	for (i = 0; i < plan->step_count; i++)
		if (plan->steps[i] == item)
			return true;
	return false;
}

static const char *law_steps(const struct plan_sets *current, const struct plan *plan)
{
	enum policy_item item;
	unsigned i;

	for (item = 0; item < POLICY_ITEM_COUNT; item++)
		if (has_step(plan, item) ==
		    capset_equal(plan->target.items[item], current->items[item]))
			return "an item changes without a step, or the reverse";
	for (i = 1; i < plan->step_count; i++)
		if (policy_items[plan->steps[i - 1]].order >= policy_items[plan->steps[i]].order)
			return "the steps are not in their order";
	return NULL;
}

/* What a plan shall leave of an item. */
static struct capset wanted(const struct policy_decision *decision, const struct plan_sets *current,
			    const struct plan_sets *target, uint64_t vague, enum policy_item item)
{
	struct capset left = capset_and(current->items[item], decision->items[item].set);

	if (item == POLICY_USERNS && policy_item_flag(POLICY_STRICT, target->items[POLICY_STRICT]))
		left = capset_and(left, target->items[POLICY_BOUNDING]);
	return item == POLICY_USERNS ? capset_told_apart(left, vague) : left;
}

const char *law_plan(const struct policy_decision *decision, const struct plan_sets *current,
		     const struct plan *plan)
{
	const struct plan_sets *target = &plan->target;
	struct plan again;
	enum policy_item item;

	for (item = 0; item < POLICY_ITEM_COUNT; item++) {
		if (!capset_is_subset(target->items[item], current->items[item]))
			return "the plan gives something back";
		if (!capset_equal(target->items[item],
				  wanted(decision, current, target, plan->vague, item)))
			return "the plan takes something else than the decision";
	}
	plan_build(decision, target, plan->vague, &again);
	if (again.step_count > 0)
		return "there is more to do after the plan";
	return law_steps(current, plan);
}
