/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef CONFIG_NAMES_H
#define CONFIG_NAMES_H

#include "config_problem.h"
#include "core/policy.h"

/**
 * Make of a rule what its section's title says. A user's title with a colon is a range of uids:
 * MIN:MAX, MIN: or :MAX, in decimal. One without is a name, even where it is a number.
 *
 * @file:        the file, for messages
 * @title:       the title; not empty
 * @rule:        its kind and line are set; becomes a range rule where it is one, and gets its uids
 *               or its name
 * @ret_problem: filled on failure
 *
 * Returns 0; -EBADMSG for a title that can't be a range or a name; -ENOMEM.
 */
int config_names_title(const char *file, const char *title, struct policy_rule *rule,
		       struct config_problem *ret_problem);

/**
 * Point each rule that names a profile to it. Afterwards the profiles are sorted by name.
 *
 * @rules:       all rules and profiles of a file
 * @ret_problem: filled on failure
 *
 * Returns 0, or -EBADMSG for a name that two profiles have or none.
 */
int config_names_resolve(struct policy_rules *rules, struct config_problem *ret_problem);

#endif
