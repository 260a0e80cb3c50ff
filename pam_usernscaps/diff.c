// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#include "diff.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "identity.h"
#include "session.h"

#define UID_NONE ((uid_t)-1)

/* ---- names ---- */

/* Names that are borrowed; each once, and in order, after sort_names(). */
struct names {
	const char **list;
	size_t count, room;
};

static void names_clear(struct names *names)
{
	free(names->list);
}

static int add_name(struct names *names, const char *name)
{
	if (names->count == names->room) {
		size_t room = names->room ? 2 * names->room : 16;
		const char **larger = reallocarray(names->list, room, sizeof(*larger));

		if (!larger)
			return -ENOMEM;
		names->list = larger;
		names->room = room;
	}
	names->list[names->count++] = name;
	return 0;
}

static int compare_names(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void sort_names(struct names *names)
{
	size_t kept = 0, i;

	if (names->count == 0)
		return;
	qsort(names->list, names->count, sizeof(*names->list), compare_names);
	for (i = 0; i < names->count; i++)
		if (kept == 0 || strcmp(names->list[kept - 1], names->list[i]) != 0)
			names->list[kept++] = names->list[i];
	names->count = kept;
}

/* config_list() sorts. */
static bool has_file(char **files, size_t count, const char *name)
{
	return bsearch(&name, files, count, sizeof(*files), compare_names);
}

/* ---- the two sides ---- */

static int load(struct diff_side *side, struct config_problem *problem)
{
	int r = config_load(&side->site, &side->rules, problem);

	if (r == 0)
		r = config_resolve(&side->site, &side->rules, problem);
	if (r == 0)
		r = config_list(&side->site, CONFIG_USER, &side->user_files, &side->user_file_count,
				problem);
	if (r == 0)
		r = config_list(&side->site, CONFIG_GROUP, &side->group_files,
				&side->group_file_count, problem);
	side->rule_count = side->rules.rule_count;
	side->profile_count = side->rules.profile_count;
	side->file_count = side->rules.file_count;
	return r;
}

/* Only names that have files: the others would be looked for in vain, for each user. */
static int add_files(struct diff_side *side, const char *user, const char *const *groups,
		     size_t group_count, struct config_problem *problem)
{
	_cleanup_(names_clear) struct names names = { 0 };
	size_t i;

	if (user && !has_file(side->user_files, side->user_file_count, user))
		user = NULL;
	for (i = 0; i < group_count; i++)
		if (has_file(side->group_files, side->group_file_count, groups[i]) &&
		    add_name(&names, groups[i]) < 0)
			return config_problem_set(problem, CONFIG_NO_MEMORY, side->site.main, 0);
	if (!user && names.count == 0)
		return 0;
	return session_add_rules(&side->site, user, names.list, names.count, &side->rules, problem);
}

/* Profiles stay, and with them the names of files: whoever else names them finds them here. */
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

/* ---- one user or group ---- */

struct comparison {
	struct diff *diff;
	size_t room;		  /* for changes */
	struct names group_rules; /* that either side names for all logins */
	struct names services;	  /* likewise, with "" for any other */
	struct diff_problem *problem;
};

/* What one service, or several, makes of one item. */
struct delta {
	struct capset removed, added;
	bool value, changed;
};

static bool same_delta(const struct delta *a, const struct delta *b)
{
	return a->changed == b->changed && a->value == b->value &&
	       capset_equal(a->removed, b->removed) && capset_equal(a->added, b->added);
}

/* What a session is left with, of everything. */
static int find_left(const struct policy_rules *rules, const struct policy_subject *subject,
		     unsigned last, struct plan_sets *ret_left)
{
	const struct plan_sets everything = plan_everything(last);
	struct policy_decision decision;
	struct plan plan;
	int r = policy_decide(rules, subject, &decision);

	if (r < 0)
		return r;
	plan_build(&decision, &everything, &plan);
	policy_decision_clear(&decision);
	*ret_left = plan.target;
	return 0;
}

static struct delta set_delta(struct capset from, struct capset to)
{
	return (struct delta){
		.removed = capset_minus(from, to),
		.added = capset_minus(to, from),
		.changed = !capset_equal(from, to),
	};
}

static struct delta flag_delta(bool from, bool to)
{
	return (struct delta){ .value = to, .changed = from != to };
}

static int find_deltas(const struct diff *diff, const struct policy_subject *subject,
		       struct delta deltas[static POLICY_ITEM_COUNT])
{
	struct plan_sets old, new;
	enum policy_item item;
	int r = find_left(&diff->sides[0].rules, subject, diff->last, &old);

	if (r == 0)
		r = find_left(&diff->sides[1].rules, subject, diff->last, &new);
	if (r < 0)
		return r;
	for (item = 0; item < POLICY_SET_COUNT; item++)
		deltas[item] = set_delta(old.sets[item], new.sets[item]);
	deltas[POLICY_CREATE] = flag_delta(old.create, new.create);
	deltas[POLICY_STRICT] = flag_delta(old.strict, new.strict);
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

	if (diff->change_count == comparison->room) {
		size_t room = comparison->room ? 2 * comparison->room : 16;
		struct diff_change *larger = reallocarray(diff->changes, room, sizeof(*larger));

		if (!larger)
			return -ENOMEM;
		diff->changes = larger;
		comparison->room = room;
	}
	diff->changes[diff->change_count++] = *change;
	return 0;
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
		change.value = deltas[i].value;
		change.services = join_services(services, deltas, i);
		r = change.services ? add_change(comparison, &change) : -ENOMEM;
		if (r < 0)
			free(change.services);
	}
	return r;
}

static int compare_subject(struct comparison *comparison, struct diff_change change,
			   struct policy_subject subject)
{
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

		subject.service = services->list[i];
		r = find_deltas(comparison->diff, &subject, found);
		for (change.item = 0; change.item < POLICY_ITEM_COUNT && r == 0; change.item++)
			deltas[change.item * services->count + i] = found[change.item];
	}
	for (change.item = 0; change.item < POLICY_ITEM_COUNT && r == 0; change.item++)
		r = add_changes(comparison, change, deltas + change.item * services->count);
	comparison->diff->changed[change.kind] += comparison->diff->change_count > before;
	return r;
}

static int add_services(struct names *services, const struct policy_rules *rules, size_t first)
{
	size_t i, j;
	int r = 0;

	for (i = first; i < rules->rule_count; i++)
		for (j = 0; j < rules->rules[i].body.service_count && r == 0; j++)
			r = add_name(services, rules->rules[i].body.services[j]);
	return r;
}

/* With the services that only this user's and groups' files name. */
static int compare_with_files(struct comparison *comparison, struct diff_change change,
			      const struct policy_subject *subject)
{
	const struct diff_side *sides = comparison->diff->sides;
	struct names common = comparison->services;
	struct names all = { 0 };
	size_t i;
	int r = 0;

	if (comparison->diff->service || (sides[0].rules.rule_count == sides[0].rule_count &&
					  sides[1].rules.rule_count == sides[1].rule_count))
		return compare_subject(comparison, change, *subject);
	for (i = 0; i < common.count && r == 0; i++)
		r = add_name(&all, common.list[i]);
	for (i = 0; i < 2 && r == 0; i++)
		r = add_services(&all, &sides[i].rules, sides[i].rule_count);
	sort_names(&all);
	comparison->services = all;
	if (r == 0)
		r = compare_subject(comparison, change, *subject);
	comparison->services = common;
	names_clear(&all);
	return r;
}

static int add_all_files(struct comparison *comparison, const char *user,
			 const struct policy_subject *subject)
{
	struct diff_side *sides = comparison->diff->sides;
	struct config_problem *problem = &comparison->problem->config;
	size_t i;
	int r = 0;

	for (i = 0; i < 2 && r == 0; i++)
		r = add_files(&sides[i], user, subject->groups, subject->group_count, problem);
	if (r == 0) /* what is missing and need not be there is no problem */
		problem->error = 0;
	return r;
}

static void remove_all_files(struct comparison *comparison)
{
	remove_files(&comparison->diff->sides[0]);
	remove_files(&comparison->diff->sides[1]);
}

/* As for a login: files go by the names that gids have, rules by those that they name. */
static int compare_user(struct comparison *comparison, struct identity *identity)
{
	const struct diff_side *sides = comparison->diff->sides;
	struct policy_subject subject = { .name = identity->name, .uid = identity->uid };
	bool ask = identity->uid != 0 && identity->uid != UID_NONE;
	int r = 0;

	if (ask && sides[0].group_file_count + sides[1].group_file_count > 0)
		r = identity_list_groups(identity);
	if (r < 0) {
		comparison->problem->name = identity->name;
		return r;
	}
	subject.groups = (const char *const *)identity->groups;
	subject.group_count = identity->group_count;
	r = add_all_files(comparison, identity->name, &subject);
	if (r == 0 && ask) {
		r = identity_find_groups(identity, comparison->group_rules.list,
					 comparison->group_rules.count, &comparison->problem->name);
		subject.groups = (const char *const *)identity->groups;
		subject.group_count = identity->group_count;
	}
	if (r == 0)
		r = compare_with_files(
			comparison,
			(struct diff_change){ .kind = DIFF_USER, .name = identity->name },
			&subject);
	remove_all_files(comparison);
	return r;
}

static int compare_group(struct comparison *comparison, const char *name)
{
	const struct policy_subject subject = {
		.name = "", /* no rule has this name, and no range this uid */
		.uid = UID_NONE,
		.groups = &name,
		.group_count = 1,
	};
	int r = add_all_files(comparison, NULL, &subject);

	if (r == 0)
		r = compare_with_files(comparison,
				       (struct diff_change){ .kind = DIFF_GROUP, .name = name },
				       &subject);
	remove_all_files(comparison);
	return r;
}

/* ---- everybody ---- */

static int compare_identities(const void *left, const void *right)
{
	const struct identity *a = left, *b = right;
	int r = strcmp(a->name, b->name);

	/* One that NSS knows goes before one that only rules name. */
	return r ? r : (a->uid > b->uid) - (a->uid < b->uid);
}

static void sort_identities(struct identity *list, size_t *count)
{
	size_t kept = 0, i;

	if (*count > 0)
		qsort(list, *count, sizeof(*list), compare_identities);
	for (i = 0; i < *count; i++) {
		if (kept > 0 && strcmp(list[kept - 1].name, list[i].name) == 0)
			identity_clear(&list[i]);
		else
			list[kept++] = list[i];
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
		larger[*count] =
			(struct identity){ .name = strdup(names->list[i]), .uid = UID_NONE };
		if (!larger[*count].name)
			return -ENOMEM;
		++*count;
	}
	sort_identities(larger, count);
	return 0;
}

static int add_rule_names(struct names *names, const struct policy_rules *rules,
			  enum policy_kind kind)
{
	size_t i;
	int r = 0;

	for (i = 0; i < rules->rule_count && r == 0; i++)
		if (rules->rules[i].kind == kind)
			r = add_name(names, rules->rules[i].name);
	return r;
}

static int add_file_names(struct names *names, char **files, size_t count)
{
	size_t i;
	int r = 0;

	for (i = 0; i < count && r == 0; i++)
		r = add_name(names, files[i]);
	return r;
}

static int list_users(struct diff *diff)
{
	_cleanup_(names_clear) struct names names = { 0 };
	int r = identity_list_users(&diff->users, &diff->user_count);
	size_t i;

	for (i = 0; i < 2 && r == 0; i++) {
		r = add_rule_names(&names, &diff->sides[i].rules, POLICY_USER);
		if (r == 0)
			r = add_file_names(&names, diff->sides[i].user_files,
					   diff->sides[i].user_file_count);
	}
	sort_names(&names);
	return r < 0 ? r : add_identities(&names, &diff->users, &diff->user_count);
}

static int list_groups(struct diff *diff, const struct names *group_rules)
{
	_cleanup_(names_clear) struct names names = { 0 };
	int r = identity_list_all_groups(&diff->groups, &diff->group_count);
	size_t i;

	for (i = 0; i < group_rules->count && r == 0; i++)
		r = add_name(&names, group_rules->list[i]);
	for (i = 0; i < 2 && r == 0; i++)
		r = add_file_names(&names, diff->sides[i].group_files,
				   diff->sides[i].group_file_count);
	sort_names(&names);
	return r < 0 ? r : add_identities(&names, &diff->groups, &diff->group_count);
}

/* Whom NSS did not list it may know nevertheless. */
static int find_user(struct comparison *comparison, struct identity *user)
{
	struct identity found;
	int r;

	if (user->uid != UID_NONE)
		return 0;
	r = identity_find(user->name, &found);
	if (r == -ENOENT)
		return 0;
	if (r < 0) {
		comparison->problem->name = user->name;
		return r;
	}
	identity_clear(user);
	*user = found;
	return 0;
}

int diff_compare_changes(const struct diff_change *a, const struct diff_change *b)
{
	int r = (a->kind > b->kind) - (a->kind < b->kind);

	if (r == 0)
		r = (a->item > b->item) - (a->item < b->item);
	if (r == 0)
		r = (a->removed.bits > b->removed.bits) - (a->removed.bits < b->removed.bits);
	if (r == 0)
		r = (a->added.bits > b->added.bits) - (a->added.bits < b->added.bits);
	if (r == 0)
		r = (a->value > b->value) - (a->value < b->value);
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

	for (i = 0; i < diff->user_count && r == 0; i++) {
		r = find_user(comparison, &diff->users[i]);
		if (r == 0)
			r = compare_user(comparison, &diff->users[i]);
	}
	for (i = 0; i < diff->group_count && r == 0; i++)
		r = compare_group(comparison, diff->groups[i].name);
	if (r == 0 && diff->change_count > 0)
		qsort(diff->changes, diff->change_count, sizeof(*diff->changes), compare_changes);
	return r;
}

static int list_services(struct comparison *comparison)
{
	struct diff *diff = comparison->diff;
	struct names *services = &comparison->services;
	int r = add_name(services, diff->service ? diff->service : "");
	size_t i;

	for (i = 0; i < 2 && r == 0 && !diff->service; i++)
		r = add_services(services, &diff->sides[i].rules, 0);
	sort_names(services);
	return r;
}

static void comparison_clear(struct comparison *comparison)
{
	names_clear(&comparison->group_rules);
	names_clear(&comparison->services);
}

int diff_find(struct diff *diff, struct diff_problem *ret_problem)
{
	_cleanup_(comparison_clear) struct comparison comparison = {
		.diff = diff,
		.problem = ret_problem,
	};
	size_t i;
	int r = 0;

	ret_problem->name = NULL;
	for (i = 0; i < 2 && r == 0; i++) {
		r = load(&diff->sides[i], &ret_problem->config);
		if (r < 0)
			return r;
		ret_problem->config.error = 0;
		r = add_rule_names(&comparison.group_rules, &diff->sides[i].rules, POLICY_GROUP);
	}
	if (r == 0)
		r = list_services(&comparison);
	if (r == 0)
		r = list_users(diff);
	if (r == 0)
		r = list_groups(diff, &comparison.group_rules);
	return r < 0 ? r : compare_all(&comparison);
}

static void side_clear(struct diff_side *side)
{
	policy_rules_clear(&side->rules);
	config_list_clear(side->user_files, side->user_file_count);
	config_list_clear(side->group_files, side->group_file_count);
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
