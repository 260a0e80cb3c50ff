// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* What other rules would change, and for whom. */
#include "diff.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "diff_who.h"
#include "identity_list.h"
#include "session/session.h"

/* ---- the two sides ---- */

static int load(struct diff_side *side, struct config_problem *problem)
{
	int r = config_load(&side->site, &side->rules, problem);

	if (r == 0)
		r = config_resolve(&side->site, &side->rules, problem);
	if (r == 0)
		r = config_list(&side->site, CONFIG_USER, &side->user_files, problem);
	if (r == 0)
		r = config_list(&side->site, CONFIG_GROUP, &side->group_files, problem);
	names_sort(&side->user_files);
	names_sort(&side->group_files);
	side->rule_count = side->rules.rule_count;
	side->profile_count = side->rules.profile_count;
	side->file_count = side->rules.file_count;
	return r;
}

/* Profiles stay, and with them the names of their files, because other users may need them. */
static void remove_files(struct diff_side *side)
{
	struct policy_rules *rules = &side->rules;

	if (rules->profile_count > side->profile_count) {
		side->profile_count = rules->profile_count;
		side->file_count = rules->file_count;
	}
	policy_rules_truncate(rules, side->rule_count, rules->profile_count);
	while (rules->file_count > side->file_count)
		free(rules->files[--rules->file_count]);
}

/* ---- what changes ---- */

struct comparison {
	struct diff *diff;
	struct names missing[2]; /* groups of each side's rules that anybody may be in */
	struct names services;	 /* that either side names for all logins, and "" for any other */
	struct diff_problem *problem;
};

/* How one item changes in one service, or in several. */
struct delta {
	struct capset removed, added;
	bool changed;
};

static bool same_delta(const struct delta *a, const struct delta *b)
{
	return a->changed == b->changed && capset_equal(a->removed, b->removed) &&
	       capset_equal(a->added, b->added);
}

/* What a session with all capabilities would keep. */
static int find_left(const struct policy_rules *rules, const struct policy_subject *subject,
		     unsigned last, struct plan_sets *ret_left)
{
	const struct plan_sets everything = plan_everything(last);
	struct policy_decision decision;
	struct plan plan;
	int r = policy_decide(rules, subject, &decision);

	if (r < 0)
		return r;
	plan_build(&decision, &everything, CAPSET_VAGUE_LEAST, &plan);
	policy_decision_clear(&decision);
	*ret_left = plan.target;
	return 0;
}

static struct delta find_delta(struct capset from, struct capset to)
{
	return (struct delta){
		.removed = capset_minus(from, to),
		.added = capset_minus(to, from),
		.changed = !capset_equal(from, to),
	};
}

/* @subjects: somebody as each side sees them */
static int find_deltas(const struct diff *diff, const struct policy_subject subjects[static 2],
		       struct delta deltas[static POLICY_ITEM_COUNT])
{
	struct plan_sets old, new;
	enum policy_item item;
	int r = find_left(&diff->sides[0].rules, &subjects[0], diff->last, &old);

	if (r == 0)
		r = find_left(&diff->sides[1].rules, &subjects[1], diff->last, &new);
	if (r < 0)
		return r;
	for (item = 0; item < POLICY_ITEM_COUNT; item++)
		deltas[item] = find_delta(old.items[item], new.items[item]);
	return 0;
}

/* The services, from @first on, in which an item changes alike. */
static char *join_services(const struct names *services, const struct delta *deltas, size_t first)
{
	size_t size = sizeof("*"), same = 0, i;
	char *text, *end;

	for (i = first; i < services->count; i++) {
		size += strlen(services->list[i]) + 1;
		same += same_delta(&deltas[first], &deltas[i]);
	}
	text = malloc(size);
	if (!text)
		return NULL;
	if (same == services->count && !services->list[0][0])
		return strcpy(text, "*");
	end = stpcpy(text, services->list[first]);
	for (i = first + 1; i < services->count; i++)
		if (same_delta(&deltas[first], &deltas[i]))
			end += sprintf(end, "\n%s", services->list[i]);
	return text;
}

static int add_change(struct comparison *comparison, const struct diff_change *change)
{
	struct diff *diff = comparison->diff;

	int r = array_grow(diff->changes, diff->change_count);

	if (r == 0)
		diff->changes[diff->change_count++] = *change;
	return r;
}

/* @deltas: of one item, for each service. */
static int add_changes(struct comparison *comparison, struct diff_change change,
		       const struct delta *deltas)
{
	const struct names *services = &comparison->services;
	size_t i, before;
	int r = 0;

	for (i = 0; i < services->count && r == 0; i++) {
		for (before = 0; before < i && !same_delta(&deltas[before], &deltas[i]);)
			before++;
		if (!deltas[i].changed || before < i)
			continue;
		change.removed = deltas[i].removed;
		change.added = deltas[i].added;
		change.services = join_services(services, deltas, i);
		r = change.services ? add_change(comparison, &change) : -ENOMEM;
		if (r < 0)
			free(change.services);
	}
	return r;
}

static int compare_subject(struct comparison *comparison, struct diff_change change,
			   const struct policy_subject subjects[static 2])
{
	struct policy_subject asked[2] = { subjects[0], subjects[1] };
	const struct names *services = &comparison->services;
	size_t before = comparison->diff->change_count;
	_cleanup_(freep) struct delta *deltas = NULL;
	size_t i;
	int r = 0;

	deltas = calloc(services->count + 1, POLICY_ITEM_COUNT * sizeof(*deltas));
	if (!deltas)
		return -ENOMEM;
	for (i = 0; i < services->count && r == 0; i++) {
		struct delta found[POLICY_ITEM_COUNT];

		asked[0].service = asked[1].service = services->list[i];
		r = find_deltas(comparison->diff, asked, found);
		for (change.item = 0; change.item < POLICY_ITEM_COUNT && r == 0; change.item++)
			deltas[change.item * services->count + i] = found[change.item];
	}
	for (change.item = 0; change.item < POLICY_ITEM_COUNT && r == 0; change.item++)
		r = add_changes(comparison, change, deltas + change.item * services->count);
	comparison->diff->changed[change.kind] += comparison->diff->change_count > before;
	return r;
}

/* In lower case, so that two spellings are one service. */
static int add_service(struct names *services, const char *name)
{
	int r = names_add(services, name);

	if (r == 0)
		policy_service_lower(services->list[services->count - 1]);
	return r;
}

static int add_services(struct names *services, const struct policy_rules *rules, size_t first)
{
	size_t i, j;
	int r = 0;

	for (i = first; i < rules->rule_count; i++)
		for (j = 0; j < rules->rules[i].body.service_count && r == 0; j++)
			r = add_service(services, rules->rules[i].body.services[j]);
	return r;
}

/* With the services that only this user's and groups' files name. */
static int compare_with_files(struct comparison *comparison, struct diff_change change,
			      const struct policy_subject subjects[static 2])
{
	const struct diff_side *sides = comparison->diff->sides;
	struct names common = comparison->services;
	struct names all = { 0 };
	size_t i;
	int r;

	if (comparison->diff->service || (sides[0].rules.rule_count == sides[0].rule_count &&
					  sides[1].rules.rule_count == sides[1].rule_count))
		return compare_subject(comparison, change, subjects);
	r = names_add_all(&all, &common);
	for (i = 0; i < 2 && r == 0; i++)
		r = add_services(&all, &sides[i].rules, sides[i].rule_count);
	names_sort(&all);
	comparison->services = all;
	if (r == 0)
		r = compare_subject(comparison, change, subjects);
	comparison->services = common;
	names_clear(&all);
	return r;
}

static void remove_all_files(struct comparison *comparison)
{
	remove_files(&comparison->diff->sides[0]);
	remove_files(&comparison->diff->sides[1]);
}

/* ---- the files of a user or group ---- */

/*
 * Only names that have files, as looking for the others would find nothing, for each user again.
 *
 * @read: names whose files are not read again; added to; NULL: none
 *
 * Returns how many were read, or fails. What is missing and need not be there is no problem.
 */
static int add_files(struct comparison *comparison, struct diff_side *side, const char *user,
		     const struct names *groups, struct names *read)
{
	struct config_problem *problem = &comparison->problem->config;
	_cleanup_(names_clear) struct names names = { 0 };
	size_t i;
	int r = 0;

	if (user && !names_have_sorted(&side->user_files, user) && config_is_name(user))
		user = NULL;
	for (i = 0; i < groups->count && r == 0; i++)
		if (names_have_sorted(&side->group_files, groups->list[i]) &&
		    !(read && names_have_sorted(read, groups->list[i])))
			r = names_add(&names, groups->list[i]);
	if (r == 0 && read)
		r = names_add_all(read, &names);
	if (read)
		names_sort(read);
	if (r == 0 && (user || names.count > 0)) /* a name that no file can have is complained of */
		r = session_add_rules(&side->site, user, &names, &side->rules, problem);
	if (r < 0)
		return r;
	problem->error = 0;
	return (int)names.count;
}

/* Groups that a side's rules or files name. */
static int find_groups(struct comparison *comparison, const struct diff_side *side,
		       struct identity *identity)
{
	_cleanup_(names_clear) struct names groups = { 0 };
	int r = policy_list_groups(&side->rules, comparison->diff->service, &groups);

	if (r == 0)
		r = identity_find_groups(identity, &groups);
	if (r == 0)
		r = identity_find_files(identity, &side->group_files);
	return r < 0 ? r : identity->survey.outage;
}

/*
 * As for a login: the files of groups that the user is perhaps in count as well, and each may
 * except groups that are still to be looked up.
 */
static int add_user_files(struct comparison *comparison, struct diff_side *side,
			  struct identity *identity)
{
	_cleanup_(names_clear) struct names read = { 0 };
	bool ask = identity->uid != 0 && identity->uid != DIFF_NO_UID;
	const char *user = identity->name;
	int r, more = 0;

	do {
		r = ask ? find_groups(comparison, side, identity) : 0;
		if (r == 0)
			r = add_files(comparison, side, user, &identity->files.yes, &read);
		if (r >= 0)
			more = add_files(comparison, side, NULL, &identity->files.unknown, &read);
		user = NULL;
	} while (r >= 0 && more >= 0 && r + more > 0);
	return r < 0 ? r : more;
}

/* ---- one user or group ---- */

/* Each side may look for groups in its own way, so each asks for itself. */
static int ask(struct comparison *comparison, struct diff_side *side, const struct identity *user,
	       struct identity *ret_identity)
{
	*ret_identity = (struct identity){
		.name = strdup(user->name),
		.uid = user->uid,
		.gid = user->gid,
		.manner = session_manner(&side->rules),
	};
	return ret_identity->name ? add_user_files(comparison, side, ret_identity) : -ENOMEM;
}

static int compare_user(struct comparison *comparison, const struct identity *user)
{
	const struct diff_change change = { .kind = DIFF_USER, .name = user->name };
	struct diff_side *sides = comparison->diff->sides;
	struct identity asked[2] = { { 0 } };
	int r = ask(comparison, &sides[0], user, &asked[0]);

	if (r == 0)
		r = ask(comparison, &sides[1], user, &asked[1]);
	if (r == 0)
		r = compare_with_files(comparison, change,
				       (struct policy_subject[]){ session_subject(&asked[0]),
								  session_subject(&asked[1]) });
	else if (!comparison->problem->config.error)
		comparison->problem->name = user->name;
	remove_all_files(comparison);
	identity_clear(&asked[0]);
	identity_clear(&asked[1]);
	return r;
}

/* All names of a group's gid: rules for each of them are for its members. */
static int list_names(const struct diff *diff, const struct identity *group, struct names *names)
{
	size_t i;
	int r = names_add(names, group->name);

	for (i = 0; i < diff->group_count && r == 0; i++)
		if (diff->groups[i].gid == group->gid && group->gid != DIFF_NO_GID &&
		    strcmp(diff->groups[i].name, group->name) != 0)
			r = names_add(names, diff->groups[i].name);
	return r;
}

/* The file of a group's members has the name that its gid leads to. */
static int list_file(const struct identity *group, const struct names *names, struct names *files)
{
	_cleanup_(freep) char *name = NULL;
	int r = names->count > 1 ? identity_group_name(group->name, &name) : 0;

	if (r < 0 && r != -ENOENT)
		return r;
	return names_add(files, name ? name : group->name);
}

/* Groups that only a group's file excepts may be missing as well. */
static int add_missing(struct comparison *comparison, size_t i)
{
	const struct diff_side *side = &comparison->diff->sides[i];
	struct policy_rules added = side->rules;

	added.rules += side->rule_count;
	added.rule_count -= side->rule_count;
	return diff_list_missing(comparison->diff, &added, &comparison->missing[i]);
}

/* Nobody by name, so no rule for a user and no range is about them. */
static struct policy_subject member_of(const struct names *groups, const struct names *missing)
{
	return (struct policy_subject){
		.name = "",
		.uid = DIFF_NO_UID,
		.groups = names_list(groups),
		.group_count = groups->count,
		.unknown = names_list(missing),
		.unknown_count = missing->count,
	};
}

static int compare_group(struct comparison *comparison, const struct identity *group)
{
	const struct diff_change change = { .kind = DIFF_GROUP, .name = group->name };
	_cleanup_(names_clear) struct names names = { 0 }, files = { 0 };
	const struct names *missing = comparison->missing;
	struct diff_side *sides = comparison->diff->sides;
	int r = list_names(comparison->diff, group, &names);

	if (r == 0)
		r = list_file(group, &names, &files);
	if (r == 0)
		r = add_files(comparison, &sides[0], NULL, &files, NULL);
	if (r > 0)
		r = add_missing(comparison, 0);
	if (r >= 0)
		r = add_files(comparison, &sides[1], NULL, &files, NULL);
	if (r > 0)
		r = add_missing(comparison, 1);
	if (r >= 0)
		r = compare_with_files(comparison, change,
				       (struct policy_subject[]){ member_of(&names, &missing[0]),
								  member_of(&names, &missing[1]) });
	remove_all_files(comparison);
	return r;
}

/* ---- everybody ---- */

int diff_compare_changes(const struct diff_change *a, const struct diff_change *b)
{
	int r = (a->kind > b->kind) - (a->kind < b->kind);

	if (r == 0)
		r = (a->item > b->item) - (a->item < b->item);
	if (r == 0)
		r = capset_compare(a->removed, b->removed);
	if (r == 0)
		r = capset_compare(a->added, b->added);
	return r ? r : strcmp(a->services, b->services);
}

static int compare_changes(const void *left, const void *right)
{
	const struct diff_change *a = left, *b = right;
	int r = diff_compare_changes(a, b);

	return r ? r : strcmp(a->name, b->name);
}

static int compare_all(struct comparison *comparison)
{
	struct diff *diff = comparison->diff;
	size_t i;
	int r = 0;

	for (i = 0; i < diff->user_count && r == 0; i++)
		r = compare_user(comparison, &diff->users[i]);
	for (i = 0; i < diff->group_count && r == 0; i++)
		r = compare_group(comparison, &diff->groups[i]);
	if (r == 0 && diff->change_count > 0)
		qsort(diff->changes, diff->change_count, sizeof(*diff->changes), compare_changes);
	return r;
}

static int list_services(struct comparison *comparison)
{
	struct diff *diff = comparison->diff;
	struct names *services = &comparison->services;
	int r = add_service(services, diff->service ? diff->service : "");
	size_t i;

	for (i = 0; i < 2 && r == 0 && !diff->service; i++)
		r = add_services(services, &diff->sides[i].rules, 0);
	names_sort(services);
	return r;
}

static void comparison_clear(struct comparison *comparison)
{
	names_clear(&comparison->missing[0]);
	names_clear(&comparison->missing[1]);
	names_clear(&comparison->services);
}

int diff_find(struct diff *diff, struct diff_problem *ret_problem)
{
	_cleanup_(comparison_clear) struct comparison comparison = {
		.diff = diff,
		.problem = ret_problem,
	};
	size_t i;
	int r;

	ret_problem->name = NULL;
	for (i = 0; i < 2; i++) {
		r = load(&diff->sides[i], &ret_problem->config);
		if (r < 0)
			return r;
		ret_problem->config.error = 0;
	}
	r = list_services(&comparison);
	if (r == 0)
		r = diff_list_users(diff, ret_problem);
	if (r == 0)
		r = diff_list_groups(diff);
	for (i = 0; i < 2 && r == 0; i++)
		r = diff_list_missing(diff, &diff->sides[i].rules, &comparison.missing[i]);
	return r < 0 ? r : compare_all(&comparison);
}

static void side_clear(struct diff_side *side)
{
	policy_rules_clear(&side->rules);
	names_clear(&side->user_files);
	names_clear(&side->group_files);
}

void diff_clear(struct diff *diff)
{
	while (diff->change_count > 0)
		free(diff->changes[--diff->change_count].services);
	free(diff->changes);
	identity_free_list(diff->users, diff->user_count);
	identity_free_list(diff->groups, diff->group_count);
	side_clear(&diff->sides[0]);
	side_clear(&diff->sides[1]);
}
