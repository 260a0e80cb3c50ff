// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#include "plan.h"

const char *plan_action_text(enum plan_action action)
{
	static const char *const texts[PLAN_ACTION_COUNT] = {
		[PLAN_INHERITABLE] = "lower the inheritable set",
		[PLAN_USERNS] = "lower the userns set",
		[PLAN_STRICT] = "make the userns set strict",
		[PLAN_DENY_CREATION] = "refuse the creation of user namespaces",
		[PLAN_BOUNDING] = "lower the bounding set",
	};

	return texts[action];
}

/* The steps are derived from the target, so that the two can't disagree. */
static void plan_steps(struct plan *plan, const struct plan_sets *current)
{
	const struct capset *now = current->sets, *then = plan->target.sets;
	const bool wanted[PLAN_ACTION_COUNT] = {
		[PLAN_INHERITABLE] =
			!capset_equal(now[POLICY_INHERITABLE], then[POLICY_INHERITABLE]),
		[PLAN_USERNS] = !capset_equal(now[POLICY_USERNS], then[POLICY_USERNS]),
		[PLAN_STRICT] = plan->target.strict && !current->strict,
		[PLAN_DENY_CREATION] = !plan->target.create && current->create,
		[PLAN_BOUNDING] = !capset_equal(now[POLICY_BOUNDING], then[POLICY_BOUNDING]),
	};
	enum plan_action action;

	plan->step_count = 0;
	for (action = 0; action < PLAN_ACTION_COUNT; action++)
		if (wanted[action])
			plan->steps[plan->step_count++] = action;
}

struct plan_sets plan_everything(unsigned last)
{
	struct plan_sets sets = { .create = true };
	enum policy_item item;

	for (item = 0; item < POLICY_SET_COUNT; item++)
		sets.sets[item] = capset_up_to(last);
	return sets;
}

void plan_build(const struct policy_decision *decision, const struct plan_sets *current,
		struct plan *ret_plan)
{
	struct plan_sets *target = &ret_plan->target;
	enum policy_item item;

	for (item = 0; item < POLICY_SET_COUNT; item++)
		target->sets[item] = capset_and(current->sets[item], decision->items[item].set);
	target->create = current->create && decision->items[POLICY_CREATE].value;
	target->strict = current->strict || decision->items[POLICY_STRICT].value;
	if (target->strict)
		target->sets[POLICY_USERNS] =
			capset_and(target->sets[POLICY_USERNS], target->sets[POLICY_BOUNDING]);
	plan_steps(ret_plan, current);
}

bool plan_needs_userns(const struct plan *plan)
{
	unsigned i;

	for (i = 0; i < plan->step_count; i++)
		if (plan->steps[i] == PLAN_USERNS || plan->steps[i] == PLAN_STRICT)
			return true;
	return false;
}

void plan_without_userns(struct plan *plan, const struct plan_sets *current, bool deny_creation)
{
	plan->target.sets[POLICY_USERNS] = current->sets[POLICY_USERNS];
	plan->target.strict = current->strict;
	if (deny_creation)
		plan->target.create = false;
	plan_steps(plan, current);
}
