// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#include "apply.h"

#include <errno.h>

int apply_read(const struct userns *userns, struct plan_sets *ret_sets, unsigned *ret_last)
{
	const struct kernel *kernel = userns->kernel;
	struct userns_status status;
	struct kernel_sets sets;
	struct capset known;
	int r;

	r = kernel->read_sets(kernel->context, &sets);
	if (r < 0)
		return r;
	r = userns_read(userns, &status);
	if (r < 0)
		return r;
	known = capset_up_to(sets.last);
	*ret_sets = (struct plan_sets){
		.sets = {
			[POLICY_BOUNDING] = capset_and(sets.bounding, known),
			[POLICY_INHERITABLE] = capset_and(sets.inheritable, known),
			[POLICY_USERNS] = capset_and(status.set, known),
		},
		.create = status.create,
		.strict = status.strict,
	};
	if (ret_last)
		*ret_last = sets.last;
	return 0;
}

/* Every capability outside @keep goes, those included that this was built without knowing. */
static int keep_bounding(const struct kernel *kernel, struct capset keep)
{
	struct kernel_sets sets;
	unsigned cap;
	int r;

	r = kernel->read_sets(kernel->context, &sets);
	if (r < 0)
		return r;
	for (cap = 0; cap <= sets.last; cap++) {
		if (!capset_has(sets.bounding, cap) || capset_has(keep, cap))
			continue;
		r = kernel->drop_bounding(kernel->context, cap);
		if (r < 0)
			return r;
	}
	return 0;
}

static int take_step(enum plan_action step, const struct plan_sets *target,
		     const struct userns *userns)
{
	const struct kernel *kernel = userns->kernel;

	switch (step) {
	case PLAN_INHERITABLE:
		return kernel->keep_inheritable(kernel->context, target->sets[POLICY_INHERITABLE]);
	case PLAN_USERNS:
		return userns_keep(userns, target->sets[POLICY_USERNS]);
	case PLAN_STRICT:
		return userns_make_strict(userns);
	case PLAN_DENY_CREATION:
		return userns_deny_creation(userns);
	case PLAN_BOUNDING:
		return keep_bounding(kernel, target->sets[POLICY_BOUNDING]);
	case PLAN_ACTION_COUNT:
		break;
	}
	return -EINVAL;
}

static bool step_is_taken(enum plan_action step, const struct plan_sets *target,
			  const struct plan_sets *now)
{
	switch (step) {
	case PLAN_INHERITABLE:
		return capset_equal(now->sets[POLICY_INHERITABLE],
				    target->sets[POLICY_INHERITABLE]);
	case PLAN_USERNS:
		return capset_equal(now->sets[POLICY_USERNS], target->sets[POLICY_USERNS]);
	case PLAN_STRICT:
		return now->strict;
	case PLAN_DENY_CREATION:
		return !now->create;
	case PLAN_BOUNDING:
		return capset_equal(now->sets[POLICY_BOUNDING], target->sets[POLICY_BOUNDING]);
	case PLAN_ACTION_COUNT:
		break;
	}
	return false;
}

int apply_plan(const struct plan *plan, const struct userns *userns, enum plan_action *ret_failed)
{
	struct plan_sets now;
	unsigned i;

	for (i = 0; i < plan->step_count; i++) {
		enum plan_action step = plan->steps[i];
		int r = take_step(step, &plan->target, userns);

		if (r == 0)
			r = apply_read(userns, &now, NULL);
		if (r == 0 && !step_is_taken(step, &plan->target, &now))
			r = -EPROTO;
		if (r < 0) {
			*ret_failed = step;
			return r;
		}
	}
	return 0;
}
