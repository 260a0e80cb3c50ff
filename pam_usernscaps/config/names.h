/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef CONFIG_NAMES_H
#define CONFIG_NAMES_H

#include "problem.h"
#include "policy/rules.h"

/**
 * Make of a rule what its section's title says. A user's title with a colon is a range of uids:
 * MIN:MAX, MIN: or :MAX, in decimal. One without is a name, even where it is a number.
 *
 * @title:       the title; not empty
 * @rule:        its kind and place are set; becomes a range rule where it is one, and gets its uids
 *               or its name
 * @ret_problem: filled on failure
 *
 * Returns 0; -EBADMSG for a title that can't be a range or a name; -ENOMEM.
 */
int config_names_title(const char *title, struct policy_rule *rule,
		       struct config_problem *ret_problem);

/** Can it be the name of one user or group, and look like nothing else? @name: not empty. */
bool config_names_is_name(const char *name);

#endif
