// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* Generated rules, printed and read again: of one file, and of many in any order. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "generate.h"
#include "laws.h"

#define SEED   UINT64_C(20240301)
#define ROUNDS 1000

static uint64_t seed; /* of the rules that are being looked at */

/* Each default section needs a file of its own; there are no more rules than this. */
#define FILES 12

static const struct config_site no_tree = { .main = "rules" };

/* ---- text ---- */

struct text {
	enum config_part part;
	const char *name;
	char *bytes;
	size_t len;
	FILE *stream;
};

static void text_open(struct text *text, enum config_part part, const char *name)
{
	*text = (struct text){ .part = part, .name = name };
	text->stream = open_memstream(&text->bytes, &text->len);
	assert_non_null(text->stream);
	fprintf(text->stream, "# generated\n");
}

static void text_close(struct text *text)
{
	assert_int_equal(fclose(text->stream), 0);
}

static void read_text(const struct text *text, const char *path, struct policy_rules *rules)
{
	struct config_problem problem;

	if (config_parse(text->part, text->name, path, text->bytes, text->len, rules, &problem) < 0)
		fail_msg("%s:%u: %s; expected generated rules to be good:\n%s", path, problem.line,
			 problem.text, text->bytes);
}

static void resolve(struct policy_rules *rules)
{
	struct config_problem problem;

	if (config_resolve(&no_tree, rules, &problem) < 0)
		fail_msg("%s:%u: %s", problem.file, problem.line, problem.text);
}

/* ---- one file says the same as the rules that were printed ---- */

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static void assert_same_clause(const struct policy_clause *a, const struct policy_clause *b)
{
	assert_int_equal(a->mentioned, b->mentioned);
	assert_int_equal(a->base, b->base);
	assert_true(capset_equal(a->keep, b->keep));
	assert_true(capset_equal(a->drop, b->drop));
}

static void assert_same_names(const struct names *a, const struct names *b)
{
	size_t i;

	assert_int_equal(a->count, b->count);
	for (i = 0; i < a->count; i++)
		assert_string_equal(a->list[i], b->list[i]);
}

static void assert_same_body(const struct policy_body *a, const struct policy_body *b)
{
	enum policy_item item;
	size_t i;

	for (item = 0; item < POLICY_ITEM_COUNT; item++)
		assert_same_clause(&a->clauses[item], &b->clauses[item]);
	assert_true(same_text(a->profile_name, b->profile_name));
	assert_true(!a->profile == !b->profile);
	assert_int_equal(a->service_count, b->service_count);
	for (i = 0; i < a->service_count; i++)
		assert_string_equal(a->services[i], b->services[i]);
	assert_same_names(&a->except_users, &b->except_users);
	assert_same_names(&a->except_groups, &b->except_groups);
}

static void assert_same_rule(const struct policy_rule *a, const struct policy_rule *b)
{
	assert_int_equal(a->kind, b->kind);
	assert_true(same_text(a->name, b->name));
	if (a->kind == POLICY_RANGE) {
		assert_int_equal(a->uid_min, b->uid_min);
		assert_int_equal(a->uid_max, b->uid_max);
	}
	assert_same_body(&a->body, &b->body);
}

/* Profiles come out sorted by name, as they are generated. */
static void assert_round_trip(const struct policy_rules *rules)
{
	struct policy_rules back = { 0 };
	const struct policy_rule *printed[FILES];
	size_t i, count = 0;
	bool has_default = false;
	struct text text;

	text_open(&text, CONFIG_MAIN, NULL);
	for (i = 0; i < rules->rule_count; i++) {
		const struct policy_rule *rule = &rules->rules[i];

		if (rule->kind == POLICY_DEFAULT && has_default)
			continue;
		has_default = has_default || rule->kind == POLICY_DEFAULT;
		generate_print_rule(text.stream, rule);
		printed[count++] = rule;
	}
	for (i = 0; i < rules->profile_count; i++)
		generate_print_profile(text.stream, &rules->profiles[i]);
	generate_print_system(text.stream, rules->system_taken);
	text_close(&text);
	read_text(&text, "rules", &back);
	resolve(&back);
	assert_int_equal(back.rule_count, count);
	assert_true(capset_equal(back.system_taken, rules->system_taken));
	for (i = 0; i < count; i++)
		assert_same_rule(&back.rules[i], printed[i]);
	assert_int_equal(back.profile_count, rules->profile_count);
	for (i = 0; i < rules->profile_count; i++)
		assert_same_body(&back.profiles[i].body, &rules->profiles[i].body);
	policy_rules_clear(&back);
	free(text.bytes);
}

static void test_round_trip(void **state)
{
	unsigned round, rule_count = 0;

	for (round = 0; round < ROUNDS; round++) {
		struct generator generator = { seed = SEED + round };
		struct policy_rules rules = generate_rules(&generator);

		assert_round_trip(&rules);
		rule_count += (unsigned)rules.rule_count;
		policy_rules_clear(&rules);
	}
	assert_between(rule_count, ROUNDS, UINT32_MAX);
}

/* ---- many files ---- */

/* The files of one way to split a rule set: drop-ins, and bodies in files of their own. */
struct split {
	struct text texts[2 * FILES];
	size_t count;
};

static void add_body(struct split *split, enum config_part part, const char *name,
		     const struct policy_body *body)
{
	struct text *text = &split->texts[split->count++];

	text_open(text, part, name);
	generate_print_body(text->stream, body);
	text_close(text);
}

static bool has_own_file(struct generator *generator, const struct policy_rule *rule)
{
	return (rule->kind == POLICY_USER || rule->kind == POLICY_GROUP) &&
	       generate_below(generator, 2);
}

/* Of each file a part of the mask. One that says it all is needed: parts may not reach. */
static void print_masks(struct generator *generator, const struct split *split, struct capset taken)
{
	unsigned whole = generate_below(generator, FILES), i;

	for (i = 0; i < FILES; i++) {
		if (i == whole)
			generate_print_system(split->texts[i].stream, taken);
		else if (generate_below(generator, 2))
			generate_print_system(split->texts[i].stream,
					      capset_and(taken, generate_set(generator)));
	}
}

static struct split split_rules(struct generator *generator, const struct policy_rules *rules)
{
	struct split split = { .count = FILES };
	unsigned defaults = 0;
	size_t i;

	for (i = 0; i < FILES; i++)
		text_open(&split.texts[i], CONFIG_DROPIN, NULL);
	for (i = 0; i < rules->rule_count; i++) {
		const struct policy_rule *rule = &rules->rules[i];

		if (rule->kind == POLICY_DEFAULT)
			generate_print_rule(split.texts[defaults++].stream, rule);
		else if (has_own_file(generator, rule))
			add_body(&split, rule->kind == POLICY_USER ? CONFIG_USER : CONFIG_GROUP,
				 rule->name, &rule->body);
		else
			generate_print_rule(split.texts[generate_below(generator, FILES)].stream,
					    rule);
	}
	for (i = 0; i < rules->profile_count; i++) {
		const struct policy_profile *profile = &rules->profiles[i];

		if (generate_below(generator, 2))
			add_body(&split, CONFIG_PROFILE, profile->name, &profile->body);
		else
			generate_print_profile(split.texts[generate_below(generator, FILES)].stream,
					       profile);
	}
	print_masks(generator, &split, rules->system_taken);
	for (i = 0; i < FILES; i++)
		text_close(&split.texts[i]);
	return split;
}

static struct policy_rules read_split(struct generator *generator, struct split *split)
{
	struct policy_rules rules = { 0 };
	char path[] = "file-a";
	size_t i;

	for (i = 0; i < split->count; i++) {
		size_t other = i + generate_below(generator, (unsigned)(split->count - i));
		struct text next = split->texts[other];

		split->texts[other] = split->texts[i];
		split->texts[i] = next;
		path[5] = (char)('a' + i);
		read_text(&next, path, &rules);
	}
	resolve(&rules);
	return rules;
}

static void split_clear(struct split *split)
{
	while (split->count > 0)
		free(split->texts[--split->count].bytes);
}

/* Other places, but the same rules and profiles, and the same taken. */
static bool same_source(const struct policy_source *a, const struct policy_source *b)
{
	return a->rule->kind == b->rule->kind && same_text(a->rule->name, b->rule->name) &&
	       same_text(a->profile ? a->profile->name : NULL,
			 b->profile ? b->profile->name : NULL) &&
	       capset_equal(a->taken, b->taken);
}

static size_t count_source(const struct policy_answer *answer, const struct policy_source *source)
{
	size_t count = 0, i;

	for (i = 0; i < answer->source_count; i++)
		count += same_source(&answer->sources[i], source);
	return count;
}

static void assert_same_sources(const struct policy_answer *a, const struct policy_answer *b)
{
	size_t i;

	assert_int_equal(a->source_count, b->source_count);
	for (i = 0; i < a->source_count; i++)
		assert_int_equal(count_source(a, &a->sources[i]), count_source(b, &a->sources[i]));
}

/* Returns how many items had several sources. */
static unsigned assert_same_decision(struct generator *generator, const struct policy_rules *rules,
				     const struct policy_rules *back, unsigned which)
{
	struct generated_subject whom;
	struct policy_decision decision, again;
	enum policy_item item;
	unsigned several = 0;
	const char *wrong;

	generate_subject(generator, which, &whom);
	assert_int_equal(policy_decide(rules, &whom.subject, &decision), 0);
	assert_int_equal(policy_decide(back, &whom.subject, &again), 0);
	wrong = law_same_answers(&decision, &again);
	if (wrong)
		fail_msg("%s; expected the files to say what the rules do", wrong);
	for (item = 0; item < POLICY_ITEM_COUNT; item++) {
		assert_same_sources(&decision.items[item], &again.items[item]);
		several += decision.items[item].source_count > 1;
	}
	policy_decision_clear(&decision);
	policy_decision_clear(&again);
	return several;
}

static void test_files_never_matter(void **state)
{
	unsigned round, which, several = 0;

	for (round = 0; round < ROUNDS; round++) {
		struct generator generator = { seed = SEED + round };
		struct policy_rules rules = generate_rules(&generator), back;
		struct split split = split_rules(&generator, &rules);

		back = read_split(&generator, &split);
		assert_int_equal(back.rule_count, rules.rule_count);
		assert_int_equal(back.profile_count, rules.profile_count);
		assert_true(capset_equal(back.system_taken, rules.system_taken));
		for (which = 0; which < GENERATE_SUBJECTS; which++)
			several += assert_same_decision(&generator, &rules, &back, which);
		policy_rules_clear(&back);
		policy_rules_clear(&rules);
		split_clear(&split);
	}
	assert_between(several, ROUNDS, UINT32_MAX);
}

static int print_seed(void **state)
{
	print_message("seeds from %ju, ended at %ju\n", (uintmax_t)SEED, (uintmax_t)seed);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_round_trip, print_seed),
		cmocka_unit_test_teardown(test_files_never_matter, print_seed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
