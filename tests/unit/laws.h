/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef LAWS_H
#define LAWS_H

#include "policy/plan.h"

/*
 * What holds for every decision and plan, whatever the rules: the property tests and the fuzzers
 * ask the same. Each function returns NULL where its law holds, else what is wrong.
 */

/**
 * Each source is a clause of its rule; each missing capability has a source that took it, and no
 * source took one that is there. Where none matches perhaps only, the answer is certain.
 */
const char *law_sources(const struct policy_decision *decision);

/** Two decisions give the same answers. */
const char *law_same_answers(const struct policy_decision *a, const struct policy_decision *b);

/** The same clauses, told by their places, took the same; in any order. */
const char *law_same_sources(const struct policy_decision *a, const struct policy_decision *b);

/** A plan only takes, takes what the decision says at once, and has a step for each change. */
const char *law_plan(const struct policy_decision *decision, const struct plan_sets *current,
		     const struct plan *plan);

#endif
