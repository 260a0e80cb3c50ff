/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef PLAN_H
#define PLAN_H

#include "policy.h"

/*
 * From a decision to steps. A session can only lose rights: what it shall have is what it has,
 * less what the decision takes.
 */

/* A process's sets and flags, as they are or as they shall be. */
struct plan_sets {
	struct capset sets[POLICY_SET_COUNT]; /* by enum policy_item */
	bool create;
	bool strict;
};

/* Steps, in the order in which they are taken: bounding last, as the others may need CAP_SETPCAP.
 */
enum plan_action {
	PLAN_INHERITABLE,
	PLAN_USERNS,
	PLAN_STRICT,
	PLAN_DENY_CREATION,
	PLAN_BOUNDING,
	PLAN_ACTION_COUNT
};

struct plan {
	struct plan_sets target;
	enum plan_action steps[PLAN_ACTION_COUNT];
	unsigned step_count;
};

/** What a step is called in messages, e.g. "lower the userns set". */
const char *plan_action_text(enum plan_action action);

/** The sets of a process that has everything, on a kernel whose last capability is @last. */
struct plan_sets plan_everything(unsigned last);

/**
 * Plan the way from @current to what @decision leaves of it.
 *
 * @decision: the answers for the session
 * @current:  the sets of the calling process, restricted to capabilities that the kernel has
 * @ret_plan: the target, and a step for each thing that has to change
 */
void plan_build(const struct policy_decision *decision, const struct plan_sets *current,
		struct plan *ret_plan);

/** Does the plan need the kernel to have a userns set? */
bool plan_needs_userns(const struct plan *plan);

/**
 * Take out of a plan what needs a userns set.
 *
 * @plan:          changed in place
 * @current:       what it was built from
 * @deny_creation: refuse the creation of user namespaces in its stead
 */
void plan_without_userns(struct plan *plan, const struct plan_sets *current, bool deny_creation);

#endif
