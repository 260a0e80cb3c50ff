/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef POLICY_RULES_H
#define POLICY_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/names.h"
#include "item.h"

/* The rules as a value: what usernscaps.conf(5) says, of whichever files it was read. */

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

/* What happens to a session for which a rule counts only perhaps, if that makes a difference. */
enum policy_unknown {
	POLICY_UNKNOWN_RESTRICT, /* as the decision says: the strictest of what could be */
	POLICY_UNKNOWN_REFUSE,
	POLICY_UNKNOWN_IGNORE, /* as RESTRICT, but nobody is in a group that is not found */
	POLICY_UNKNOWN_COUNT
};

/* How many profiles may build on each other. */
#define POLICY_CHAIN_MAX 16

/* A line of a rules file. Lines count from 1; @file is borrowed from struct policy_rules. */
struct policy_place {
	const char *file;
	unsigned line;
};

/* What one body says of one item; all zero where it does not mention it. */
struct policy_clause {
	bool mentioned;
	unsigned line;	       /* where it is mentioned */
	enum policy_base base; /* of flags: allow or deny */
	struct capset keep;    /* what stays whatever @base says */
	struct capset drop;    /* what goes whatever @base says */
};

/* What a rule or a profile holds. */
struct policy_body {
	struct policy_clause clauses[POLICY_ITEM_COUNT];
	char *profile_name; /* the profile it builds on; NULL without one */
	unsigned profile_line;
	const struct policy_profile *profile; /* what @profile_name names, once that is looked up */
	char **services;		      /* rules only: PAM services it is limited to */
	size_t service_count;		      /* 0: it holds for all */
	struct names except_users;	      /* likewise: whom it does not hold for */
	struct names except_groups;
};

/* The lines in @body are of the file in @place, here and in rules. */
struct policy_profile {
	char *name;
	struct policy_place place; /* where it begins, or as near to that as is known */
	struct policy_body body;
};

struct policy_rule {
	enum policy_kind kind;
	char *name;		   /* user and group rules */
	uid_t uid_min, uid_max;	   /* range rules; both included */
	struct policy_place place; /* as a profile's */
	struct policy_body body;
};

struct policy_rules {
	char **files; /* what they were read from, in that order; the main file is the first */
	size_t file_count;
	enum policy_unsupported when_unsupported;
	enum policy_unknown when_group_unknown;
	char *contact;	   /* whom users may ask about what is denied to them; NULL: nobody */
	char *probe_group; /* without which lists of groups are not trusted; NULL without one */
	struct policy_rule *rules;
	size_t rule_count;
	struct policy_profile *profiles;
	size_t profile_count;
	struct capset system_taken; /* what the system mask takes from every user namespace */
};

/** The word for a kind, base or setting as rules files say it. */
const char *policy_kind_name(enum policy_kind kind);
const char *policy_base_name(enum policy_base base);
const char *policy_unsupported_name(enum policy_unsupported answer);
const char *policy_unknown_name(enum policy_unknown answer);

/** What a clause takes out of a set, whatever it stands on; nothing where it mentions none. */
struct capset policy_clause_taken(const struct policy_clause *clause);

/** What a clause says of a flag. */
bool policy_clause_flag(const struct policy_clause *clause, enum policy_item item);

/**
 * Add the name of a file, for the places in it.
 *
 * Returns the copy that @rules hold, or NULL where there is no memory.
 */
const char *policy_rules_add_file(struct policy_rules *rules, const char *file);

/**
 * Add a rule or a profile, with all that it points to. Profiles may move, so each
 * policy_body.profile is to be looked up anew.
 *
 * Returns 0, or -ENOMEM: then the caller still owns what it points to.
 */
int policy_rules_add(struct policy_rules *rules, const struct policy_rule *rule);
int policy_rules_add_profile(struct policy_rules *rules, const struct policy_profile *profile);

/** Free all rules and profiles but the first ones. */
void policy_rules_truncate(struct policy_rules *rules, size_t rule_count, size_t profile_count);

/**
 * Free all that comes from other files than the first @file_count, and the names of those. What is
 * left may move, so each policy_body.profile is to be looked up anew.
 */
void policy_rules_keep_files(struct policy_rules *rules, size_t file_count);

/** Free what a body holds; it is empty afterwards. */
void policy_body_clear(struct policy_body *body);

/** Free what the rules hold; they are empty afterwards. */
void policy_rules_clear(struct policy_rules *rules);

#endif
