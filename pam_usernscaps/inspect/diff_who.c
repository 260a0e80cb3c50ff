// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* Whom a comparison of rules is about: all users and groups that NSS lists, or that either side
 * names. */
#include "diff_who.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "identity_list.h"
#include "session/session.h"

static int compare_identities(const void *left, const void *right)
{
	const struct identity *a = left, *b = right;
	int r = strcmp(a->name, b->name);

	/* What NSS knows comes before what only rules name. */
	if (r == 0)
		r = (a->uid > b->uid) - (a->uid < b->uid);
	return r ? r : (a->gid > b->gid) - (a->gid < b->gid);
}

/* Of two users with one name, NSS is still to be asked which one it means. */
static void sort_identities(struct identity *list, size_t *count)
{
	size_t kept = 0, i;

	if (*count > 0)
		qsort(list, *count, sizeof(*list), compare_identities);
	for (i = 0; i < *count; i++) {
		struct identity *last = kept > 0 ? &list[kept - 1] : NULL;

		if (!last || strcmp(last->name, list[i].name) != 0) {
			list[kept++] = list[i];
			continue;
		}
		if (list[i].uid != DIFF_NO_UID && list[i].uid != last->uid)
			last->uid = DIFF_NO_UID;
		identity_clear(&list[i]);
	}
	*count = kept;
}

/* Names that rules and files have, to those that NSS lists. */
static int add_identities(const struct names *names, struct identity **list, size_t *count)
{
	struct identity *larger = reallocarray(*list, *count + names->count + 1, sizeof(*larger));
	size_t i;

	if (!larger)
		return -ENOMEM;
	*list = larger;
	for (i = 0; i < names->count; i++) {
		larger[*count] = (struct identity){
			.name = strdup(names->list[i]),
			.uid = DIFF_NO_UID,
			.gid = DIFF_NO_GID,
		};
		if (!larger[*count].name)
			return -ENOMEM;
		++*count;
	}
	sort_identities(larger, count);
	return 0;
}

/* Users that rules are for, or except. */
static int add_rule_users(struct names *names, const struct policy_rules *rules)
{
	size_t i;
	int r = 0;

	for (i = 0; i < rules->rule_count && r == 0; i++) {
		const struct policy_rule *rule = &rules->rules[i];

		if (rule->kind == POLICY_USER)
			r = names_add(names, rule->name);
		if (r == 0)
			r = names_add_all(names, &rule->body.except_users);
	}
	return r;
}

/* Users that files of groups except. A file that is broken says so where it counts. */
static int add_excepted_users(struct names *names, const struct diff_side *side)
{
	struct policy_rules rules = { 0 };
	struct config_problem ignored;
	size_t i;
	int r;

	for (i = 0; i < side->group_files.count; i++)
		config_add(&side->site, CONFIG_GROUP, side->group_files.list[i], &rules, &ignored);
	r = add_rule_users(names, &rules);
	policy_rules_clear(&rules);
	return r;
}

/* NSS may know a user that it did not list. */
static int find_user(struct identity *user)
{
	struct identity found;
	int r = user->uid == DIFF_NO_UID ? identity_find(user->name, &found) : -ENOENT;

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	identity_clear(user);
	*user = found;
	return 0;
}

int diff_list_users(struct diff *diff, struct diff_problem *problem)
{
	_cleanup_(names_clear) struct names names = { 0 };
	int r = identity_list_users(&diff->users, &diff->user_count);
	size_t i;

	for (i = 0; i < 2 && r == 0; i++) {
		r = add_rule_users(&names, &diff->sides[i].rules);
		if (r == 0)
			r = add_excepted_users(&names, &diff->sides[i]);
		if (r == 0)
			r = names_add_all(&names, &diff->sides[i].user_files);
	}
	names_sort(&names);
	if (r == 0)
		r = add_identities(&names, &diff->users, &diff->user_count);
	for (i = 0; i < diff->user_count && r == 0; i++) {
		r = find_user(&diff->users[i]);
		if (r < 0)
			problem->name = diff->users[i].name;
	}
	if (r == 0) /* it may spell several alike */
		sort_identities(diff->users, &diff->user_count);
	return r;
}

/* Groups that rules are for, or except. */
static int add_rule_groups(struct names *names, const struct policy_rules *rules)
{
	_cleanup_(names_clear) struct names groups = { 0 };
	int r = policy_list_groups(rules, NULL, &groups);

	return r < 0 ? r : names_add_all(names, &groups);
}

int diff_list_groups(struct diff *diff)
{
	_cleanup_(names_clear) struct names names = { 0 };
	int r = identity_list_all_groups(&diff->groups, &diff->group_count);
	size_t i;

	for (i = 0; i < 2 && r == 0; i++) {
		r = add_rule_groups(&names, &diff->sides[i].rules);
		if (r == 0)
			r = names_add_all(&names, &diff->sides[i].group_files);
	}
	names_sort(&names);
	return r < 0 ? r : add_identities(&names, &diff->groups, &diff->group_count);
}

static bool is_found(const struct diff *diff, const char *group)
{
	size_t i;

	for (i = 0; i < diff->group_count; i++)
		if (diff->groups[i].gid != DIFF_NO_GID && strcmp(diff->groups[i].name, group) == 0)
			return true;
	return identity_probe_group(group) == 0;
}

int diff_list_missing(const struct diff *diff, const struct policy_rules *rules,
		      struct names *ret_missing)
{
	const struct identity_manner manner = session_manner(rules);
	_cleanup_(names_clear) struct names groups = { 0 };
	bool none_is_sure = manner.probe_group && !is_found(diff, manner.probe_group);
	size_t i;
	int r = 0;

	if (none_is_sure || !manner.missing_is_no)
		r = policy_list_groups(rules, NULL, &groups);
	for (i = 0; i < groups.count && r == 0; i++)
		if (none_is_sure || !is_found(diff, groups.list[i]))
			r = names_add(ret_missing, groups.list[i]);
	names_sort(ret_missing);
	return r;
}
