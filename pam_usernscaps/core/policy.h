/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef POLICY_H
#define POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "capset.h"

/*
 * The rules as a value, and the one function that decides from them.
 *
 * Each item is decided on its own, by the most specific kind of rule that mentions it; several
 * matching rules of that kind add up their restrictions. Neither the order of rules in a file nor
 * that of files matters.
 */

/* What a rule can speak of. The first POLICY_SET_COUNT are capability sets, the others flags. */
enum policy_item {
	POLICY_BOUNDING,
	POLICY_INHERITABLE,
	POLICY_USERNS,
	POLICY_CREATE, /* may user namespaces be created at all? */
	POLICY_STRICT, /* is the userns set cut by the bounding set as well? */
	POLICY_ITEM_COUNT
};
#define POLICY_SET_COUNT 3

/* Kinds of rules, the most specific first. */
enum policy_kind { POLICY_USER, POLICY_GROUP, POLICY_RANGE, POLICY_DEFAULT, POLICY_KIND_COUNT };

/* Where a set starts from before its keep and drop lists. */
enum policy_base {
	POLICY_BASE_DEFAULT, /* the profile's result, else what less specific kinds give */
	POLICY_BASE_ALLOW,   /* every capability */
	POLICY_BASE_DENY,    /* none, those that don't exist yet included */
	POLICY_BASE_COUNT
};

/* What happens to a rule that restricts userns on a kernel without a provider. */
enum policy_unsupported {
	POLICY_UNSUPPORTED_DENY_CREATION,
	POLICY_UNSUPPORTED_REFUSE,
	POLICY_UNSUPPORTED_WARN,
	POLICY_UNSUPPORTED_COUNT
};

/* A line of a rules file. Lines count from 1; @file is borrowed from struct policy_rules. */
struct policy_place {
	const char *file;
	unsigned line;
};

/* What one body says of one item; all zero where it does not mention it. */
struct policy_clause {
	bool mentioned;
	unsigned line;	       /* where it is mentioned */
	enum policy_base base; /* sets only */
	struct capset keep;    /* sets only: what stays whatever @base says */
	struct capset drop;    /* sets only: what goes whatever @base says */
	bool value;	       /* flags only */
};

/* What a rule or a profile holds. */
struct policy_body {
	struct policy_clause clauses[POLICY_ITEM_COUNT];
	char *profile_name; /* NULL without one */
	unsigned profile_line;
	const struct policy_profile *profile; /* what @profile_name names */
	char **services;		      /* PAM services the rule is limited to */
	size_t service_count;		      /* 0: it holds for all */
};

struct policy_profile {
	char *name;
	unsigned line;
	struct policy_body body; /* without profile and services */
};

struct policy_rule {
	enum policy_kind kind;
	char *name;		/* user and group rules */
	uid_t uid_min, uid_max; /* range rules; both included */
	unsigned line;		/* where its section begins, or as near to it as is known */
	struct policy_body body;
};

/* All rules of a site, parsed and checked. */
struct policy_rules {
	char *file; /* the file they were read from */
	enum policy_unsupported when_unsupported;
	struct policy_rule *rules;
	size_t rule_count;
	struct policy_profile *profiles;
	size_t profile_count;
};

/* Whom and what the decision is about. All pointers are borrowed. */
struct policy_subject {
	const char *name; /* pw_name as NSS returns it */
	uid_t uid;
	const char *service;	   /* PAM service */
	const char *const *groups; /* those named in rules that the user is a member of */
	size_t group_count;
};

/* One clause that had a part in an answer. */
struct policy_source {
	const struct policy_rule *rule;
	const struct policy_profile
		*profile; /* the clause is this profile's; NULL: the rule's own */
	struct policy_place place;
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

/** The word for an item, kind, base or answer to a missing provider as rules files say it. */
const char *policy_item_name(enum policy_item item);
const char *policy_kind_name(enum policy_kind kind);
const char *policy_base_name(enum policy_base base);
const char *policy_unsupported_name(enum policy_unsupported answer);

static inline bool policy_item_is_set(enum policy_item item)
{
	return item < POLICY_SET_COUNT;
}

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

/** Free what a body holds. */
void policy_body_clear(struct policy_body *body);

/** Free what the rules hold; they are empty afterwards. */
void policy_rules_clear(struct policy_rules *rules);

#endif
