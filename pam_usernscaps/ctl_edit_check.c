// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#include "ctl_edit.h"

#include <errno.h>
#include <string.h>

static bool has_profile(const struct policy_rules *rules, const char *name)
{
	size_t i;

	for (i = 0; i < rules->profile_count; i++)
		if (strcmp(rules->profiles[i].name, name) == 0)
			return true;
	return false;
}

/* A profile of the main file or of a drop-in goes before the file of the same name. */
static int add(const struct config_site *site, enum config_part part, const char *name,
	       struct policy_rules *rules, struct config_problem *problem)
{
	int r;

	if (part == CONFIG_PROFILE && has_profile(rules, name))
		return 0;
	r = config_add(site, part, name, rules, problem);
	return r == -ENOENT ? 0 : r;
}

/* A draft of this part need not be in the listing. */
static int add_draft(const struct config_site *site, enum config_part part,
		     struct policy_rules *rules, struct config_problem *problem)
{
	if (!site->draft || site->draft->part != part)
		return 0;
	return add(site, part, site->draft->name, rules, problem);
}

static bool is_draft(const struct config_site *site, enum config_part part, const char *name)
{
	return site->draft && site->draft->part == part && strcmp(site->draft->name, name) == 0;
}

/* Goes on behind a broken file, for another may have a worse problem. Leaves the first one. */
static int add_part(const struct config_site *site, enum config_part part,
		    struct policy_rules *rules, struct config_problem *problem)
{
	struct config_problem later;
	char **names;
	size_t count, i;
	int first = add_draft(site, part, rules, problem);
	int r = config_list(site, part, &names, &count, first ? &later : problem);

	if (r < 0)
		return first ? first : r;
	for (i = 0; i < count; i++) {
		if (is_draft(site, part, names[i]))
			continue;
		r = add(site, part, names[i], rules, first ? &later : problem);
		first = first ? first : r;
	}
	config_list_clear(names, count);
	return first;
}

/* How profiles build on each other counts before what is wrong with one file. */
static int add_all(const struct config_site *site, struct policy_rules *rules,
		   struct config_problem *problem)
{
	static const enum config_part parts[] = { CONFIG_USER, CONFIG_GROUP, CONFIG_PROFILE };
	struct config_problem other;
	int first = 0, r;
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		r = add_part(site, parts[i], rules, first ? &other : problem);
		first = first ? first : r;
	}
	r = config_resolve(site, rules, &other);
	if (r < 0)
		*problem = other;
	return r < 0 ? r : first;
}

static int check_site(const struct config_site *site, struct config_problem *problem)
{
	struct policy_rules rules = { 0 };
	int r = config_load(site, &rules, problem);

	if (r == 0)
		r = add_all(site, &rules, problem);
	policy_rules_clear(&rules);
	return r;
}

/* The draft by itself, whatever state the rest is in. */
static int check_draft(const struct config_site *site, struct config_problem *problem)
{
	const struct config_draft *draft = site->draft;
	struct policy_rules rules = { 0 };
	char path[PATH_MAX];
	int r;

	config_path(site, draft->part, draft->name, path);
	r = config_parse(draft->part, draft->name, path, draft->bytes, draft->len, &rules, problem);
	policy_rules_clear(&rules);
	return r;
}

static bool same_problem(const struct config_problem *a, const struct config_problem *b)
{
	return a->message == b->message && a->line == b->line && strcmp(a->file, b->file) == 0 &&
	       strcmp(a->text, b->text) == 0;
}

int edit_check(const struct config_site *site, struct config_problem *ret_problem, bool *ret_ours)
{
	struct config_site as_it_is = *site;
	struct config_problem before;
	int r = check_draft(site, ret_problem);

	*ret_ours = true;
	if (r < 0)
		return r;
	r = check_site(site, ret_problem);
	as_it_is.draft = NULL;
	if (r < 0 && check_site(&as_it_is, &before) < 0)
		*ret_ours = !same_problem(ret_problem, &before);
	return r;
}
