/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef TOOL_EXPLAIN_FACTS_H
#define TOOL_EXPLAIN_FACTS_H

#include "session/session.h"

/*
 * What the three forms of explain share. All are about a session that was decided and planned for a
 * process with everything: what its plan leaves is what the rules leave.
 */

/** The capabilities of this kernel that the session will not have in a set. */
struct capset ctl_explain_missing(const struct session *session, enum policy_item item);

/**
 * Do the clauses that take from the set @by thereby take from the set @item? Besides a set's own
 * these are those of the bounding set, where it cuts a strict userns set.
 */
bool ctl_explain_cuts(const struct session *session, enum policy_item by, enum policy_item item);

/** What a clause takes of the capabilities that this kernel has. */
struct capset ctl_explain_taken(const struct session *session, const struct policy_source *source);

/** What the clause of a source says of a flag. */
bool ctl_explain_says(const struct policy_source *source, enum policy_item item);

/** Would the session's restrictions be missed without a provider for userns sets? */
bool ctl_explain_needs_provider(const struct session *session);

/** The rules file's title of a range rule: "MIN:MAX". Returns @buf. */
const char *ctl_explain_range(const struct policy_rule *rule, char buf[static 24]);

/** Print where a clause is: FILE:LINE, its rule and the profiles that lead to it. */
void ctl_explain_print_source(const struct policy_source *source);

#endif
