// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* From a decision to steps. */
#include "plan.h"

/* The steps are derived from the target, so that the two can't disagree. */
static void plan_steps(struct plan *plan, const struct plan_sets *current)
{
	enum policy_item item;
	unsigned order;

	plan->step_count = 0;
	for (order = 0; order < POLICY_ITEM_COUNT; order++)
		for (item = 0; item < POLICY_ITEM_COUNT; item++)
			if (policy_items[item].order == order &&
			    !capset_equal(current->items[item], plan->target.items[item]))
				plan->steps[plan->step_count++] = item;
}

struct plan_sets plan_everything(unsigned last)
{
	struct plan_sets sets;
	enum policy_item item;

	for (item = 0; item < POLICY_ITEM_COUNT; item++)
		sets.items[item] = policy_item_is_set(item) ? capset_up_to(last) : CAPSET_ALL;
	return sets;
}

void plan_build(const struct policy_decision *decision, const struct plan_sets *current,
		uint64_t vague, struct plan *ret_plan)
{
	struct plan_sets *target = &ret_plan->target;
	struct capset wanted;
	enum policy_item item;

	for (item = 0; item < POLICY_ITEM_COUNT; item++)
		target->items[item] = capset_and(current->items[item], decision->items[item].set);
	if (capset_is_empty(target->items[POLICY_STRICT]))
		target->items[POLICY_USERNS] =
			capset_and(target->items[POLICY_USERNS], target->items[POLICY_BOUNDING]);
	wanted = target->items[POLICY_USERNS];
	target->items[POLICY_USERNS] = capset_told_apart(wanted, vague);
	ret_plan->undivided = capset_minus(wanted, target->items[POLICY_USERNS]);
	ret_plan->vague = vague;
	plan_steps(ret_plan, current);
}

bool plan_needs_userns(const struct plan *plan)
{
	unsigned i;

	for (i = 0; i < plan->step_count; i++)
		if (plan->steps[i] == POLICY_USERNS || plan->steps[i] == POLICY_STRICT)
			return true;
	return false;
}

void plan_without_userns(struct plan *plan, const struct plan_sets *current, bool deny_creation)
{
	plan->undivided = CAPSET_NONE;
	plan->target.items[POLICY_USERNS] = current->items[POLICY_USERNS];
	plan->target.items[POLICY_STRICT] = current->items[POLICY_STRICT];
	if (deny_creation)
		plan->target.items[POLICY_CREATE] = CAPSET_NONE;
	plan_steps(plan, current);
}
