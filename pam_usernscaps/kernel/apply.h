/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef KERNEL_APPLY_H
#define KERNEL_APPLY_H

#include "policy/plan.h"
#include "kernel.h"
#include "userns.h"

/**
 * Read the sets and flags of the calling thread.
 *
 * @userns:   the provider
 * @ret_sets: restricted to capabilities that the kernel has
 * @ret_last: the kernel's last capability; may be NULL
 *
 * Returns 0 or -errno.
 */
int apply_read(const struct userns *userns, struct plan_sets *ret_sets, unsigned *ret_last);

/**
 * Take the steps of a plan on the calling thread, each read back before the next.
 *
 * @plan:       built from what apply_read() gave
 * @userns:     the provider
 * @ret_failed: on failure the step that failed; the steps before it have been taken
 *
 * Returns 0; -EPROTO where the kernel agreed to a step and didn't take it; or -errno of the step.
 */
int apply_plan(const struct plan *plan, const struct userns *userns, enum policy_item *ret_failed);

#endif
