/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef POLICY_H
#define POLICY_H

#include "policy_rules.h"

/*
 * The one function that decides from the rules.
 *
 * Each item is decided on its own, by the most specific kind of rule that mentions it; several
 * matching rules of that kind add up their restrictions. Neither the order of rules in a file nor
 * that of files matters.
 */

/* Whom and what the decision is about. All pointers are borrowed. */
struct policy_subject {
	const char *name; /* pw_name as NSS returns it */
	uid_t uid;
	const char *service;	   /* PAM service */
	const char *const *groups; /* that the user is a member of, all that rules name */
	size_t group_count;
};

/*
 * One clause that had a part in an answer: a rule's own, or one of the profiles it builds on.
 * @taken are the capabilities that it takes out of a set and that nothing puts back: the rule
 * alone, without any other, takes these from the subject.
 */
struct policy_source {
	const struct policy_rule *rule;
	const struct policy_profile *profile; /* whose clause it is; NULL: the rule's own */
	struct policy_place place;
	struct capset taken; /* sets only */
};

/* The answer for one item. */
struct policy_answer {
	bool mentioned;	   /* a matching rule speaks of it */
	struct capset set; /* sets: what may stay; all where not mentioned */
	bool value;	   /* flags: create is true and strict false where not mentioned */
	struct policy_source *sources;
	size_t source_count;
};

struct policy_decision {
	struct policy_answer items[POLICY_ITEM_COUNT];
};

/**
 * Does a rule hold for this subject? Whoever needs to know it before groups are looked up asks
 * with no groups: a group rule then never matches.
 *
 * uid 0 is reached by user rules and ranges only, never by group and default rules.
 */
bool policy_rule_matches(const struct policy_rule *rule, const struct policy_subject *subject);

/** Does a rule exist for this PAM service? */
bool policy_rule_has_service(const struct policy_rule *rule, const char *service);

/**
 * Decide every item for a subject.
 *
 * @rules:        the rules; must outlive the decision
 * @subject:      the user and the service
 * @ret_decision: the answers and which clauses gave them; freed by policy_decision_clear()
 *
 * Returns 0 or -ENOMEM.
 */
int policy_decide(const struct policy_rules *rules, const struct policy_subject *subject,
		  struct policy_decision *ret_decision);

/** The decision that restricts nothing. */
void policy_decision_init(struct policy_decision *decision);

/** Free what a decision holds; it restricts nothing afterwards. */
void policy_decision_clear(struct policy_decision *decision);

#endif
