// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* Finds the profile of a name, in all files. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The profiles that a rule or profile builds on, for messages: "browser -> base". */
struct chain {
	const char *names[POLICY_CHAIN_MAX + 2];
	unsigned count;
};

static int compare_profiles(const void *left, const void *right)
{
	const struct policy_profile *a = left, *b = right;
	int r = strcmp(a->name, b->name);

	if (r == 0)
		r = strcmp(a->place.file, b->place.file);
	return r ? r : (a->place.line > b->place.line) - (a->place.line < b->place.line);
}

static int compare_name(const void *name, const void *profile)
{
	return strcmp(name, ((const struct policy_profile *)profile)->name);
}

static void sort(struct policy_rules *rules)
{
	if (rules->profile_count > 1)
		qsort(rules->profiles, rules->profile_count, sizeof(*rules->profiles),
		      compare_profiles);
}

static int check_names(const struct policy_rules *rules, struct config_problem *problem)
{
	const struct policy_profile *profiles = rules->profiles;
	size_t i;

	for (i = 1; i < rules->profile_count; i++)
		if (strcmp(profiles[i - 1].name, profiles[i].name) == 0)
			return config_problem_set(problem, CONFIG_PROFILE_TWICE,
						  profiles[i].place.file, profiles[i].place.line,
						  profiles[i].name);
	return 0;
}

static const struct policy_profile *find(const struct policy_rules *rules, const char *name)
{
	if (rules->profile_count == 0)
		return NULL;
	return bsearch(name, rules->profiles, rules->profile_count, sizeof(*rules->profiles),
		       compare_name);
}

/* ---- loading those that have files of their own ---- */

/* A missing profile is reported later, with the names that led to it. */
static int load(const struct config_site *site, struct policy_rules *rules, const char *name,
		bool *ret_loaded, struct config_problem *problem)
{
	int r = config_add(site, CONFIG_PROFILE, name, rules, problem);

	*ret_loaded = r == 0;
	if (r == 0)
		sort(rules);
	return r == -ENOENT || r == -EINVAL ? 0 : r;
}

static int load_for(const struct config_site *site, struct policy_rules *rules,
		    const struct policy_body *body, bool *ret_loaded,
		    struct config_problem *problem)
{
	*ret_loaded = false;
	if (!body->profile_name || find(rules, body->profile_name))
		return 0;
	return load(site, rules, body->profile_name, ret_loaded, problem);
}

static int load_all(const struct config_site *site, struct policy_rules *rules,
		    struct config_problem *problem)
{
	bool loaded;
	size_t i;
	int r = 0;

	for (i = 0; i < rules->rule_count && r == 0; i++)
		r = load_for(site, rules, &rules->rules[i].body, &loaded, problem);
	/* A profile that is loaded may build on one more, and stands anywhere among the others. */
	for (i = 0; i < rules->profile_count && r == 0; i = loaded ? 0 : i + 1)
		r = load_for(site, rules, &rules->profiles[i].body, &loaded, problem);
	return r;
}

/* ---- linking ---- */

static void add_name(struct chain *chain, const char *name)
{
	chain->names[chain->count++] = name;
}

static bool has_name(const struct chain *chain, const char *name)
{
	unsigned i;

	for (i = 0; i < chain->count; i++)
		if (strcmp(chain->names[i], name) == 0)
			return true;
	return false;
}

static int complain(const struct chain *chain, enum config_message message, const char *file,
		    unsigned line, struct config_problem *problem)
{
	char text[CONFIG_TEXT];
	size_t used = 0;
	unsigned i;

	for (i = 0; i < chain->count && used < sizeof(text); i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s", i ? " -> " : "",
					 chain->names[i]);
	if (message == CONFIG_PROFILE_CHAIN)
		return config_problem_set(problem, message, file, line, POLICY_CHAIN_MAX, text);
	return config_problem_set(problem, message, file, line, text);
}

/* Follow the profiles that a body builds on to the last one. */
static int link_body(const struct policy_rules *rules, const char *file, const char *own_name,
		     struct policy_body *body, struct config_problem *problem)
{
	const char *name = body->profile_name;
	struct chain chain = { .count = 0 };
	unsigned line = body->profile_line;

	body->profile = name ? find(rules, name) : NULL;
	if (own_name)
		add_name(&chain, own_name);
	while (name) {
		const struct policy_profile *profile = find(rules, name);
		bool again = has_name(&chain, name);

		add_name(&chain, name);
		if (!profile)
			return complain(&chain, CONFIG_PROFILE_UNKNOWN, file, line, problem);
		if (again)
			return complain(&chain, CONFIG_PROFILE_CIRCLE, file, line, problem);
		if (chain.count > POLICY_CHAIN_MAX)
			return complain(&chain, CONFIG_PROFILE_CHAIN, file, line, problem);
		name = profile->body.profile_name;
		file = name ? profile->place.file : file;
		line = name ? profile->body.profile_line : line;
	}
	return 0;
}

static int link_all(struct policy_rules *rules, struct config_problem *problem)
{
	size_t i;
	int r = 0;

	for (i = 0; i < rules->rule_count && r == 0; i++)
		r = link_body(rules, rules->rules[i].place.file, NULL, &rules->rules[i].body,
			      problem);
	for (i = 0; i < rules->profile_count && r == 0; i++)
		r = link_body(rules, rules->profiles[i].place.file, rules->profiles[i].name,
			      &rules->profiles[i].body, problem);
	return r;
}

int config_resolve(const struct config_site *site, struct policy_rules *rules,
		   struct config_problem *ret_problem)
{
	int r;

	sort(rules);
	r = check_names(rules, ret_problem);
	if (r == 0)
		r = load_all(site, rules, ret_problem);
	return r < 0 ? r : link_all(rules, ret_problem);
}
