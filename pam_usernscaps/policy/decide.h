/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef POLICY_DECIDE_H
#define POLICY_DECIDE_H

#include "rules.h"

/*
 * The one function that decides from the rules.
 *
 * Each item is decided on its own, by the most specific kind of rule that mentions it; several
 * matching rules of that kind add up their restrictions. Neither the order of rules in a file nor
 * that of files matters.
 *
 * Rules that match perhaps restrict as if they did, and take back no restriction: the answer is
 * never more than any of the unknown memberships would give.
 */

/* Whom and what the decision is about. All pointers are borrowed. */
struct policy_subject {
	const char *name; /* pw_name as NSS returns it */
	uid_t uid;
	const char *service;	   /* PAM service */
	const char *const *groups; /* that the user is a member of, all that rules name */
	size_t group_count;
	const char *const *unknown; /* groups that the user is perhaps a member of, likewise */
	size_t unknown_count;
};

/* Does a rule hold for a subject? Perhaps: if the user is, or is not, in a group that is unknown.
 */
enum policy_match { POLICY_NO, POLICY_PERHAPS, POLICY_YES };

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
	bool perhaps;	     /* whether the rule matches is not known */
};

/* The answer for one item. */
struct policy_answer {
	bool mentioned;	   /* a rule that matches, perhaps only, speaks of it */
	struct capset set; /* what may stay; all where not mentioned */
	struct capset
		widest; /* what might stay if all were known; @set where nothing unknown matters */
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
 * uid 0 is reached by user rules and ranges only, never by group and default rules, and is in no
 * group that a rule excepts.
 */
enum policy_match policy_rule_match(const struct policy_rule *rule,
				    const struct policy_subject *subject);

/**
 * Does a rule exist for this PAM service? ASCII letters match in either case, because pam_start(3)
 * makes the name that the program gave lower case.
 */
bool policy_rule_has_service(const struct policy_rule *rule, const char *service);

/** Make the name of a service lower case, as pam_start(3) does. */
void policy_service_lower(char *service);

/**
 * List the groups whose members a decision must know: those that rules are for or except.
 *
 * @rules:      the rules
 * @service:    only of rules that exist for this PAM service; NULL: of all
 * @ret_groups: set on success only, sorted; freed by names_clear()
 *
 * Returns 0 or -ENOMEM.
 */
int policy_list_groups(const struct policy_rules *rules, const char *service,
		       struct names *ret_groups);

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
