/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef INSPECT_DIFF_WHO_H
#define INSPECT_DIFF_WHO_H

#include "diff.h"

/* Whom a comparison of rules is about. Only for diff.c. */

/* IDs of those whom only rules and files name. */
#define DIFF_NO_UID ((uid_t)-1)
#define DIFF_NO_GID ((gid_t)-1)

/**
 * Fill in a diff's users, or its groups.
 *
 * @diff:    with both sides loaded
 * @problem: named in it, on failure, is who could not be looked up
 *
 * Each returns 0 or -errno.
 */
int diff_list_users(struct diff *diff, struct diff_problem *problem);
int diff_list_groups(struct diff *diff);

/**
 * List the groups of one side's rules that anybody may be in: those that are not found, unless the
 * rules have nobody in them; or all, if the rules' probe_group is not found.
 *
 * @diff:        with its groups listed
 * @ret_missing: added to, sorted
 *
 * Returns 0 or -errno.
 */
int diff_list_missing(const struct diff *diff, const struct policy_rules *rules,
		      struct names *ret_missing);

#endif
