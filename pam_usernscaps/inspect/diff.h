/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef INSPECT_DIFF_H
#define INSPECT_DIFF_H

#include "config/config.h"
#include "policy/decide.h"

/*
 * What other rules would change, and for whom: the decisions for all that are known, by the rules
 * of two sites.
 */

enum diff_kind {
	DIFF_USER,
	DIFF_GROUP, /* somebody who is in this group, in no other, and named nowhere */
	DIFF_KIND_COUNT
};

/* One item that changes in the same way in some services of one user or group. */
struct diff_change {
	enum diff_kind kind;
	const char *name; /* borrowed from the diff */
	/* Each on a line, first an empty one for those that no rule names; "*": every service. */
	char *services;
	enum policy_item item;
	struct capset removed, added; /* of a flag all or none: @added is its new value */
};

/* A site's rules, and how many of them are for all logins. */
struct diff_side {
	struct config_site site;
	struct policy_rules rules;
	/* Without what comes and goes with one user's and groups' files. */
	size_t rule_count, profile_count, file_count;
	struct names user_files, group_files; /* sorted */
};

struct diff_problem {
	struct config_problem config; /* with an error: what is wrong with the rules */
	const char *name;	      /* else who could not be looked up; may be NULL */
};

struct diff {
	struct diff_side sides[2]; /* old and new */
	const char *service; /* the only one to ask for; NULL: all that rules name, and others */
	unsigned last;	     /* the last capability that is of interest */
	struct identity *users, *groups; /* sorted by name */
	size_t user_count, group_count;
	struct diff_change *changes; /* sorted: the same changes of several stand together */
	size_t change_count;
	size_t changed[DIFF_KIND_COUNT]; /* how many users and groups they are about */
};

/**
 * Find out what changes.
 *
 * @diff:        with the sites, @service and @last filled in; the rest is filled here, and in any
 *               case freed by diff_clear()
 * @ret_problem: filled on failure
 *
 * Returns 0, or what config_load(), session_add_rules() and identity_find() return.
 */
int diff_find(struct diff *diff, struct diff_problem *ret_problem);

/** Compare two changes, except for the name. Returns <0, 0 or >0. */
int diff_compare_changes(const struct diff_change *a, const struct diff_change *b);

/** Free what a diff holds. */
void diff_clear(struct diff *diff);

#endif
