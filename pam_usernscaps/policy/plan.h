/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef POLICY_PLAN_H
#define POLICY_PLAN_H

#include "decide.h"

/*
 * From a decision to steps. A session can only lose rights: what it shall have is what it has,
 * less what the decision takes.
 */

/* A process's sets and flags, as they are or as they shall be. */
struct plan_sets {
	struct capset items[POLICY_ITEM_COUNT];
};

struct plan {
	struct plan_sets target;
	enum policy_item steps[POLICY_ITEM_COUNT]; /* the items to lower, in that order */
	unsigned step_count;
	uint64_t vague;		 /* parts that the provider can't tell from each other */
	struct capset undivided; /* of the userns set: what is lost for that reason alone */
};

/** The sets of a process that has everything, on a kernel whose last capability is @last. */
struct plan_sets plan_everything(unsigned last);

/**
 * Plan the way from @current to what @decision leaves of it.
 *
 * @decision: the answers for the session
 * @current:  the sets of the calling process, restricted to capabilities that the kernel has
 * @vague:    parts that the provider can't tell from each other: see capset_told_apart()
 * @ret_plan: the target, and a step for each thing that has to change
 */
void plan_build(const struct policy_decision *decision, const struct plan_sets *current,
		uint64_t vague, struct plan *ret_plan);

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
