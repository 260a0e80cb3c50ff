// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#include "generate.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(array) ((unsigned)(sizeof(array) / sizeof((array)[0])))

/* More rules than profiles, and of both so many that most items have several sources. */
#define RULES_MAX    10
#define PROFILES_MAX 4

static const char *const users[] = { "alice", "bob", "root" };
static const char *const groups[GENERATE_GROUPS] = { "students", "staff", "web admins" };
/* As sessions have them, and as rules write them. */
static const char *const services[] = { "sshd", "login", "systemd-user" };
static const char *const written_services[COUNT(services)] = { "sshd", "Login", "systemd-user" };
static const uid_t uids[] = { 0, 999, 1000, 1001, 65534, UINT32_MAX - 1 };
/* net_admin, net_raw, sys_admin, checkpoint_restore, and two that no kernel has yet */
static const unsigned caps[] = { 12, 13, 21, 40, 41, 63 };

/* splitmix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014 */
static uint64_t next(struct generator *generator)
{
	uint64_t z = generator->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

unsigned generate_below(struct generator *generator, unsigned limit)
{
	return (unsigned)((next(generator) >> 32) * limit >> 32);
}

static bool one_in(struct generator *generator, unsigned limit)
{
	return generate_below(generator, limit) == 0;
}

static void *checked(void *memory)
{
	if (!memory)
		abort();
	return memory;
}

static char *copy(const char *text)
{
	return checked(strdup(text));
}

struct capset generate_set(struct generator *generator)
{
	struct capset set = CAPSET_NONE;
	unsigned i;

	for (i = 0; i < COUNT(caps); i++)
		if (one_in(generator, 3))
			set = capset_or(set, capset_of(caps[i]));
	return set;
}

/* Some parts of what has parts, in place of what is there of it. */
static struct capset generate_parts(struct generator *generator, struct capset set)
{
	const struct capset whole = capset_of(CAPSET_SPLIT);
	uint64_t parts = generate_below(generator, CAPSET_WHOLE + 1);

	if (one_in(generator, 2))
		return set;
	return capset_or(capset_minus(set, whole), capset_make(0, parts));
}

struct policy_clause generate_clause(struct generator *generator, enum policy_item item)
{
	struct policy_clause clause = { .mentioned = true };

	if (!policy_item_is_set(item)) {
		clause.base = one_in(generator, 2) ? POLICY_BASE_ALLOW : POLICY_BASE_DENY;
		return clause;
	}
	if (!one_in(generator, 3))
		clause.base = generate_below(generator, POLICY_BASE_COUNT);
	clause.keep = generate_set(generator);
	clause.drop = generate_set(generator);
	if (item == POLICY_USERNS) {
		clause.keep = generate_parts(generator, clause.keep);
		clause.drop = generate_parts(generator, clause.drop);
	}
	/* What is kept as a whole can lack parts. */
	if (clause.keep.parts != CAPSET_WHOLE || clause.drop.parts == CAPSET_WHOLE)
		clause.drop = capset_minus(clause.drop, clause.keep);
	else
		clause.drop = capset_minus(clause.drop,
					   capset_minus(clause.keep, capset_of(CAPSET_SPLIT)));
	return clause;
}

static void generate_clauses(struct generator *generator, struct policy_body *body)
{
	enum policy_item item;

	for (item = 0; item < POLICY_ITEM_COUNT; item++)
		if (one_in(generator, 2))
			body->clauses[item] = generate_clause(generator, item);
}

/* What a body says is all in the line where it begins: a source's place tells whose clause it is.
 */
static void place_clauses(struct policy_body *body, unsigned line)
{
	enum policy_item item;

	for (item = 0; item < POLICY_ITEM_COUNT; item++)
		body->clauses[item].line = body->clauses[item].mentioned ? line : 0;
}

static void generate_services(struct generator *generator, struct policy_body *body)
{
	unsigned i;

	body->services = checked(calloc(COUNT(services), sizeof(*body->services)));
	for (i = 0; i < COUNT(services); i++)
		if (!one_in(generator, 3))
			body->services[body->service_count++] = copy(written_services[i]);
}

static void generate_names(struct generator *generator, const char *const *choice, unsigned count,
			   struct names *names)
{
	unsigned i;

	for (i = 0; i < count; i++)
		if (one_in(generator, 2) && names_add(names, choice[i]) < 0)
			abort();
}

static void generate_exceptions(struct generator *generator, struct policy_body *body)
{
	if (one_in(generator, 8))
		generate_names(generator, users, COUNT(users), &body->except_users);
	if (one_in(generator, 3))
		generate_names(generator, groups, COUNT(groups), &body->except_groups);
}

static char *profile_name(unsigned number)
{
	return copy((const char[]){ 'p', (char)('0' + number), '\0' });
}

struct policy_rule generate_rule(struct generator *generator, enum policy_kind kind)
{
	struct policy_rule rule = { .kind = kind, .uid_max = UINT32_MAX - 1 };
	uid_t other;

	if (kind == POLICY_USER)
		rule.name = copy(users[generate_below(generator, COUNT(users))]);
	if (kind == POLICY_GROUP)
		rule.name = copy(groups[generate_below(generator, COUNT(groups))]);
	if (kind == POLICY_RANGE) {
		rule.uid_min = uids[generate_below(generator, COUNT(uids))];
		other = uids[generate_below(generator, COUNT(uids))];
		rule.uid_max = other > rule.uid_min ? other : rule.uid_min;
		rule.uid_min = other < rule.uid_min ? other : rule.uid_min;
	}
	generate_clauses(generator, &rule.body);
	if (one_in(generator, 4))
		generate_services(generator, &rule.body);
	if (kind != POLICY_USER)
		generate_exceptions(generator, &rule.body);
	return rule;
}

/* Each builds on one with a lower number, if at all: so there are chains, and no circles. */
static void add_profiles(struct generator *generator, struct policy_rules *rules)
{
	unsigned count = generate_below(generator, PROFILES_MAX + 1), i;

	for (i = 0; i < count; i++) {
		struct policy_profile profile = { .name = profile_name(i) };

		profile.place = (struct policy_place){ rules->files[0], 100 + i };
		generate_clauses(generator, &profile.body);
		place_clauses(&profile.body, profile.place.line);
		if (i > 0 && one_in(generator, 2))
			profile.body.profile_name = profile_name(generate_below(generator, i));
		if (policy_rules_add_profile(rules, &profile) < 0)
			abort();
	}
}

struct policy_rules generate_rules(struct generator *generator)
{
	struct policy_rules rules = { 0 };
	unsigned count = generate_below(generator, RULES_MAX + 1), i;

	checked((void *)policy_rules_add_file(&rules, "rules"));
	add_profiles(generator, &rules);
	for (i = 0; i < count; i++) {
		struct policy_rule rule =
			generate_rule(generator, generate_below(generator, POLICY_KIND_COUNT));

		rule.place = (struct policy_place){ rules.files[0], 1 + i };
		place_clauses(&rule.body, rule.place.line);
		if (rules.profile_count > 0 && one_in(generator, 2))
			rule.body.profile_name = profile_name(
				generate_below(generator, (unsigned)rules.profile_count));
		if (policy_rules_add(&rules, &rule) < 0)
			abort();
	}
	if (one_in(generator, 2))
		rules.system_taken = generate_parts(generator, generate_set(generator));
	generate_link(&rules);
	return rules;
}

static void link_body(const struct policy_rules *rules, struct policy_body *body)
{
	size_t i;

	body->profile = NULL;
	for (i = 0; body->profile_name && i < rules->profile_count; i++)
		if (strcmp(rules->profiles[i].name, body->profile_name) == 0)
			body->profile = &rules->profiles[i];
}

void generate_link(struct policy_rules *rules)
{
	size_t i;

	for (i = 0; i < rules->rule_count; i++)
		link_body(rules, &rules->rules[i].body);
	for (i = 0; i < rules->profile_count; i++)
		link_body(rules, &rules->profiles[i].body);
}

void generate_subject(struct generator *generator, unsigned which,
		      struct generated_subject *subject)
{
	static const struct policy_subject known[GENERATE_SUBJECTS] = {
		{ .name = "root", .uid = 0 },
		{ .name = "alice", .uid = 1000 },
		{ .name = "bob", .uid = 1001 },
		{ .name = "nobody", .uid = 65534 },
	};
	unsigned i;

	subject->subject = known[which];
	subject->subject.service = services[generate_below(generator, COUNT(services))];
	subject->subject.groups = subject->groups;
	subject->subject.unknown = subject->unknown;
	for (i = 0; i < GENERATE_GROUPS; i++) {
		unsigned chance = generate_below(generator, 6);

		if (chance < 2)
			subject->groups[subject->subject.group_count++] = groups[i];
		else if (chance < 4)
			subject->unknown[subject->subject.unknown_count++] = groups[i];
	}
}

/* ---- text ---- */

static void print_caps(FILE *stream, const char *key, struct capset set)
{
	const char *separator = "";
	char word[CAPSET_WORD];
	unsigned next_word = 0, cap;

	fprintf(stream, " %s = {", key);
	while (capset_next(set, &next_word, &cap, word)) {
		fprintf(stream, "%s%s", separator, word);
		separator = ", ";
	}
	fprintf(stream, "}");
}

/* Where a clause says nothing but that it is there, an empty list says so. */
static void print_set(FILE *stream, const struct policy_clause *clause)
{
	bool bare = clause->base == POLICY_BASE_DEFAULT && capset_equal(clause->drop, CAPSET_NONE);

	if (clause->base != POLICY_BASE_DEFAULT)
		fprintf(stream, " policy = %s", policy_base_name(clause->base));
	if (bare || !capset_equal(clause->keep, CAPSET_NONE))
		print_caps(stream, "keep", clause->keep);
	if (!capset_equal(clause->drop, CAPSET_NONE))
		print_caps(stream, "drop", clause->drop);
}

static void print_flags(FILE *stream, const struct policy_body *body, enum policy_form form)
{
	enum policy_item item;

	for (item = 0; item < POLICY_ITEM_COUNT; item++) {
		const struct policy_clause *clause = &body->clauses[item];

		if (policy_items[item].form == form && clause->mentioned)
			fprintf(stream, " %s = %s", policy_item_name(item),
				policy_clause_flag(clause, item) ? "true" : "false");
	}
}

static void print_strings(FILE *stream, const char *key, char *const *list, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		fprintf(stream, "%s%s%s\"%s\"", i ? ", " : "\t", i ? "" : key, i ? "" : " = {",
			list[i]);
	fprintf(stream, "%s", count ? "}\n" : "");
}

void generate_print_body(FILE *stream, const struct policy_body *body)
{
	enum policy_item item;

	if (body->profile_name)
		fprintf(stream, "\tprofile = \"%s\"\n", body->profile_name);
	print_strings(stream, "services", body->services, body->service_count);
	print_strings(stream, "except_users", body->except_users.list, body->except_users.count);
	print_strings(stream, "except_groups", body->except_groups.list, body->except_groups.count);
	print_flags(stream, body, POLICY_RULE_FLAG);
	for (item = 0; item < POLICY_SET_COUNT; item++) {
		fprintf(stream, "\t%s {", policy_item_name(item));
		if (body->clauses[item].mentioned)
			print_set(stream, &body->clauses[item]);
		if (item == POLICY_USERNS)
			print_flags(stream, body, POLICY_USERNS_FLAG);
		fprintf(stream, " }\n");
	}
}

void generate_print_rule(FILE *stream, const struct policy_rule *rule)
{
	fprintf(stream, "%s", policy_kind_name(rule->kind));
	if (rule->kind == POLICY_RANGE)
		fprintf(stream, " \"%u:%u\"", rule->uid_min, rule->uid_max);
	else if (rule->kind != POLICY_DEFAULT)
		fprintf(stream, " \"%s\"", rule->name);
	fprintf(stream, " {\n");
	generate_print_body(stream, &rule->body);
	fprintf(stream, "}\n");
}

void generate_print_system(FILE *stream, struct capset taken)
{
	fprintf(stream, "system { userns {");
	print_caps(stream, "drop", taken);
	fprintf(stream, " } }\n");
}

void generate_print_profile(FILE *stream, const struct policy_profile *profile)
{
	fprintf(stream, "profile \"%s\" {\n", profile->name);
	generate_print_body(stream, &profile->body);
	fprintf(stream, "}\n");
}
