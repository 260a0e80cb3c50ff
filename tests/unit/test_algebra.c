// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* What doc/ALGEBRA.md says of rules, on thousands of generated rule sets. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "generate.h"
#include "laws.h"

#define SEED   UINT64_C(20240229)
#define ROUNDS 10000

/* One rule set and one subject, and what was decided. */
struct world {
	struct generator generator;
	struct policy_rules rules;
	struct generated_subject whom;
	struct policy_decision decision;
	unsigned met; /* how often the law had something to say */
};

/* Returns NULL where the law holds, else what is wrong. */
typedef const char *law_in_world(struct world *world);

static struct policy_decision decide(const struct world *world, const struct policy_rules *rules)
{
	struct policy_decision decision;

	assert_int_equal(policy_decide(rules, &world->whom.subject, &decision), 0);
	return decision;
}

static void print_world(const struct world *world)
{
	const struct policy_subject *subject = &world->whom.subject;
	size_t i;

	for (i = 0; i < world->rules.rule_count; i++)
		generate_print_rule(stderr, &world->rules.rules[i]);
	for (i = 0; i < world->rules.profile_count; i++)
		generate_print_profile(stderr, &world->rules.profiles[i]);
	fprintf(stderr, "# %s, uid %u, service %s, groups:", subject->name, subject->uid,
		subject->service);
	for (i = 0; i < subject->group_count; i++)
		fprintf(stderr, " '%s'", subject->groups[i]);
	fprintf(stderr, "\n");
}

/* A law that seldom has something to say shows nothing: it shall have, once in ten worlds. */
static void assert_law(law_in_world *law)
{
	unsigned round, met = 0;

	for (round = 0; round < ROUNDS; round++) {
		struct world world = { .generator = { SEED + round } };
		const char *wrong;

		world.rules = generate_rules(&world.generator);
		generate_subject(&world.generator, round % GENERATE_SUBJECTS, &world.whom);
		world.decision = decide(&world, &world.rules);
		wrong = law(&world);
		if (wrong) {
			print_world(&world);
			fail_msg("seed %ju: %s", (uintmax_t)(SEED + round), wrong);
		}
		met += world.met > 0;
		policy_decision_clear(&world.decision);
		policy_rules_clear(&world.rules);
	}
	print_message("seeds from %ju: the law had something to say in %u of %u rule sets\n",
		      (uintmax_t)SEED, met, ROUNDS);
	assert_between(met, ROUNDS / 10, ROUNDS);
}

/* ---- other rules made of a world's: only the arrays are theirs ---- */

static struct policy_rules borrow(const struct policy_rules *rules)
{
	struct policy_rules copy = *rules;

	copy.rules = calloc(rules->rule_count + 1, sizeof(*copy.rules)); /* room for one more */
	copy.profiles = calloc(rules->profile_count + 1, sizeof(*copy.profiles));
	assert_true(copy.rules && copy.profiles);
	if (rules->rule_count > 0)
		memcpy(copy.rules, rules->rules, rules->rule_count * sizeof(*copy.rules));
	if (rules->profile_count > 0)
		memcpy(copy.profiles, rules->profiles,
		       rules->profile_count * sizeof(*copy.profiles));
	generate_link(&copy);
	return copy;
}

static void give_back(struct policy_rules *copy)
{
	free(copy->rules);
	free(copy->profiles);
}

/* Take out the rules that stand where @gone says; their lines count from 1. */
static void remove_rules(struct policy_rules *copy, const bool *gone)
{
	size_t i, count = 0;

	for (i = 0; i < copy->rule_count; i++)
		if (!gone[copy->rules[i].place.line])
			copy->rules[count++] = copy->rules[i];
	copy->rule_count = count;
}

/* More lines than a generated rule set has. */
#define LINES 64

/* ---- the definition, written down once more: slowly, one capability or part at a time ---- */

/* Capabilities by number, but the one that has parts; then its parts. */
#define ELEMENTS (CAPSET_SIZE + CAPSET_PARTS)

static bool is_element(unsigned element)
{
	return element != CAPSET_SPLIT;
}

static bool has_element(struct capset set, unsigned element)
{
	return element < CAPSET_SIZE ? capset_has(set, element)
				     : set.parts >> (element - CAPSET_SIZE) & 1;
}

static bool has_name(const char *const *list, size_t count, const char *name)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (!strcmp(list[i], name))
			return true;
	return false;
}

/* Is the subject in a group, if the groups that are unknown are not, or are? */
static bool is_member(const struct policy_subject *subject, const char *group, bool unknown_too)
{
	return subject->uid != 0 &&
	       (has_name(subject->groups, subject->group_count, group) ||
		(unknown_too && has_name(subject->unknown, subject->unknown_count, group)));
}

static bool is_excepted(const struct policy_rule *rule, const struct policy_subject *subject,
			bool unknown_too)
{
	const struct policy_body *body = &rule->body;
	size_t i;

	for (i = 0; i < body->except_users.count; i++)
		if (!strcmp(body->except_users.list[i], subject->name))
			return true;
	for (i = 0; i < body->except_groups.count; i++)
		if (is_member(subject, body->except_groups.list[i], unknown_too))
			return true;
	return false;
}

/* Does a rule match however the unknown turns out (@surely), or for some outcome? */
static bool reference_matches(const struct policy_rule *rule, const struct policy_subject *subject,
			      bool surely)
{
	bool served = rule->body.service_count == 0, matches = subject->uid != 0;
	size_t i;

	if (rule->kind == POLICY_USER)
		matches = !strcmp(rule->name, subject->name);
	if (rule->kind == POLICY_RANGE)
		matches = rule->uid_min <= subject->uid && subject->uid <= rule->uid_max;
	if (rule->kind == POLICY_GROUP)
		matches = is_member(subject, rule->name, !surely);
	for (i = 0; i < rule->body.service_count; i++)
		served = served || !strcasecmp(rule->body.services[i], subject->service);
	return matches && served && !is_excepted(rule, subject, surely);
}

static const struct policy_body *reference_profile(const struct policy_body *body)
{
	return body->profile ? &body->profile->body : NULL;
}

static bool reference_speaks(const struct policy_body *body, enum policy_item item)
{
	while (body && !body->clauses[item].mentioned)
		body = reference_profile(body);
	return body;
}

static bool reference_keeps(const struct policy_body *body, enum policy_item item, unsigned element,
			    bool lower)
{
	const struct policy_clause *clause = &body->clauses[item];
	const struct policy_body *profile = reference_profile(body);
	bool below = profile ? reference_keeps(profile, item, element, lower) : lower;

	if (!clause->mentioned)
		return below;
	if (has_element(clause->drop, element))
		return false;
	return has_element(clause->keep, element) || clause->base == POLICY_BASE_ALLOW ||
	       (clause->base == POLICY_BASE_DEFAULT && below);
}

static bool reference_decides(const struct world *world, enum policy_item item, unsigned element)
{
	const struct policy_subject *subject = &world->whom.subject;
	bool left = true;
	int kind;
	size_t i;

	for (kind = POLICY_DEFAULT; kind >= POLICY_USER; kind--) {
		bool spoken = false, by_all = true;

		for (i = 0; i < world->rules.rule_count; i++) {
			const struct policy_rule *rule = &world->rules.rules[i];

			if ((int)rule->kind != kind || !reference_speaks(&rule->body, item) ||
			    !reference_matches(rule, subject, false))
				continue;
			spoken = spoken || reference_matches(rule, subject, true);
			by_all = reference_keeps(&rule->body, item, element, left) && by_all;
		}
		left = by_all && (spoken || left);
	}
	return left;
}

static const char *decision_is_as_defined(struct world *world)
{
	enum policy_item item;
	unsigned element;

	for (item = 0; item < POLICY_ITEM_COUNT; item++) {
		struct capset set = world->decision.items[item].set;

		for (element = 0; element < ELEMENTS; element++)
			if (is_element(element) &&
			    has_element(set, element) != reference_decides(world, item, element))
				return "an item is another than the definition gives";
		if (!policy_item_is_set(item) && !capset_is_empty(set) &&
		    !capset_equal(set, CAPSET_ALL))
			return "a flag is neither all nor none";
		world->met += !capset_equal(set, CAPSET_ALL);
	}
	return NULL;
}

static void test_definition(void **state)
{
	assert_law(decision_is_as_defined);
}

/* ---- groups of which it is not known whether the subject is a member ---- */

/* What all answers have in common, and what any of them has: for each item. */
struct outcomes {
	struct capset least[POLICY_ITEM_COUNT], most[POLICY_ITEM_COUNT];
};

/* Decide for each way in which the unknown memberships can turn out. */
static struct outcomes every_outcome(const struct world *world)
{
	const struct policy_subject *subject = &world->whom.subject;
	struct outcomes outcomes;
	enum policy_item item;
	unsigned members;

	memset(&outcomes.least, 0xff, sizeof(outcomes.least));
	memset(&outcomes.most, 0, sizeof(outcomes.most));
	for (members = 0; members < 1U << subject->unknown_count; members++) {
		struct generated_subject one = world->whom;
		struct policy_decision decision;
		size_t i;

		one.subject.groups = one.groups;
		for (i = 0; i < subject->unknown_count; i++)
			if (members >> i & 1)
				one.groups[one.subject.group_count++] = subject->unknown[i];
		one.subject.unknown_count = 0;
		assert_int_equal(policy_decide(&world->rules, &one.subject, &decision), 0);
		for (item = 0; item < POLICY_ITEM_COUNT; item++) {
			const struct policy_answer *answer = &decision.items[item];

			assert_true(capset_equal(answer->set, answer->widest));
			outcomes.least[item] = capset_and(outcomes.least[item], answer->set);
			outcomes.most[item] = capset_or(outcomes.most[item], answer->set);
		}
		policy_decision_clear(&decision);
	}
	return outcomes;
}

/*
 * How often the rules that may match ask for an unknown group: once for each, and their matches are
 * independent.
 */
static unsigned uses_of(const struct world *world, const char *group)
{
	const struct policy_rules *rules = &world->rules;
	unsigned uses = 0;
	size_t i, j;

	for (i = 0; i < rules->rule_count; i++) {
		const struct policy_rule *rule = &rules->rules[i];

		if (!reference_matches(rule, &world->whom.subject, false))
			continue;
		uses += rule->kind == POLICY_GROUP && !strcmp(rule->name, group);
		for (j = 0; j < rule->body.except_groups.count; j++)
			uses += !strcmp(rule->body.except_groups.list[j], group);
	}
	return uses;
}

static bool are_independent(const struct world *world)
{
	size_t i;

	for (i = 0; i < world->whom.subject.unknown_count; i++)
		if (uses_of(world, world->whom.unknown[i]) > 1)
			return false;
	return true;
}

static const char *unknown_is_never_more(struct world *world)
{
	struct outcomes outcomes = every_outcome(world);
	bool independent = are_independent(world);
	enum policy_item item;

	for (item = 0; item < POLICY_ITEM_COUNT; item++) {
		const struct policy_answer *answer = &world->decision.items[item];

		if (!capset_is_subset(answer->set, outcomes.least[item]))
			return "a membership gives less than the answer";
		if (!capset_is_subset(outcomes.most[item], answer->widest))
			return "a membership gives more than is said to be possible";
		if (independent && !capset_equal(answer->set, outcomes.least[item]))
			return "no membership takes what the answer takes";
		if (independent && !capset_equal(answer->widest, outcomes.most[item]))
			return "no membership gives what is said to be possible";
		world->met += !capset_equal(outcomes.least[item], outcomes.most[item]);
	}
	return NULL;
}

static void test_unknown(void **state)
{
	assert_law(unknown_is_never_more);
}

static const char *independent_unknown_is_exact(struct world *world)
{
	enum policy_item item;

	for (item = 0; item < POLICY_ITEM_COUNT && are_independent(world); item++) {
		const struct policy_answer *answer = &world->decision.items[item];

		world->met += !capset_equal(answer->set, answer->widest);
	}
	return NULL;
}

/* Shows that test_unknown has compared for equality as well. */
static void test_unknown_independent(void **state)
{
	assert_law(independent_unknown_is_exact);
}

/* ---- order ---- */

static void shuffle(struct world *world, void *array, size_t count, size_t size)
{
	char *bytes = array, *swapped = malloc(size);

	assert_non_null(swapped);
	while (count > 1) {
		size_t other = generate_below(&world->generator, (unsigned)count--);

		memcpy(swapped, bytes + other * size, size);
		memmove(bytes + other * size, bytes + count * size, size);
		memcpy(bytes + count * size, swapped, size);
	}
	free(swapped);
}

static const char *order_never_matters(struct world *world)
{
	struct policy_rules copy = borrow(&world->rules);
	struct policy_decision decision;
	const char *wrong;

	shuffle(world, copy.rules, copy.rule_count, sizeof(*copy.rules));
	shuffle(world, copy.profiles, copy.profile_count, sizeof(*copy.profiles));
	generate_link(&copy);
	decision = decide(world, &copy);
	wrong = law_same_answers(&world->decision, &decision);
	if (!wrong)
		wrong = law_same_sources(&world->decision, &decision);
	world->met += world->decision.items[POLICY_USERNS].source_count > 1;
	policy_decision_clear(&decision);
	give_back(&copy);
	return wrong;
}

static void test_order(void **state)
{
	assert_law(order_never_matters);
}

/* ---- one more rule ---- */

/* Does a rule of a kind that surely matches speak of an item? */
static bool kind_speaks(const struct world *world, enum policy_kind kind, enum policy_item item)
{
	size_t i;

	for (i = 0; i < world->rules.rule_count; i++) {
		const struct policy_rule *rule = &world->rules.rules[i];

		if (rule->kind == kind && reference_speaks(&rule->body, item) &&
		    reference_matches(rule, &world->whom.subject, true))
			return true;
	}
	return false;
}

static const char *one_more_of_kind(struct world *world, enum policy_kind kind)
{
	struct policy_rules copy = borrow(&world->rules);
	struct policy_rule rule = generate_rule(&world->generator, kind);
	bool surely = reference_matches(&rule, &world->whom.subject, true);
	bool matches = reference_matches(&rule, &world->whom.subject, false);
	struct policy_decision decision;
	const char *wrong = NULL;
	enum policy_item item;

	rule.place = (struct policy_place){ "added", 1 };
	copy.rules[copy.rule_count++] = rule;
	decision = decide(world, &copy);
	for (item = 0; item < POLICY_ITEM_COUNT && !wrong; item++) {
		const struct policy_answer *before = &world->decision.items[item];

		if (!matches || (surely && !kind_speaks(world, kind, item)))
			continue;
		if (!capset_is_subset(decision.items[item].set, before->set))
			wrong = "one more rule has given something back";
		world->met += !capset_equal(decision.items[item].set, before->set);
	}
	if (!matches)
		wrong = law_same_answers(&world->decision, &decision);
	policy_decision_clear(&decision);
	give_back(&copy);
	free(rule.name);
	policy_body_clear(&rule.body);
	return wrong;
}

static const char *one_more_never_widens(struct world *world)
{
	const char *wrong = NULL;
	enum policy_kind kind;

	for (kind = 0; kind < POLICY_KIND_COUNT && !wrong; kind++)
		wrong = one_more_of_kind(world, kind);
	return wrong;
}

static void test_one_more(void **state)
{
	assert_law(one_more_never_widens);
}

/* The control: one more rule of a kind that said nothing yet may well give back. */
static void test_one_more_specific_widens(void **state)
{
	struct policy_rule list[] = { { .kind = POLICY_DEFAULT },
				      { .kind = POLICY_USER, .name = (char[]){ "alice" } } };
	const struct policy_subject alice = { .name = "alice", .uid = 1000, .service = "sshd" };
	struct policy_rules rules = { .rules = list, .rule_count = 1 };
	struct policy_decision decision;

	list[0].body.clauses[POLICY_USERNS] =
		(struct policy_clause){ .mentioned = true, .base = POLICY_BASE_DENY };
	list[1].body.clauses[POLICY_USERNS] =
		(struct policy_clause){ .mentioned = true, .keep = capset_from_bits(1) };
	assert_int_equal(policy_decide(&rules, &alice, &decision), 0);
	assert_int_equal(decision.items[POLICY_USERNS].set.bits, 0);
	policy_decision_clear(&decision);
	rules.rule_count = 2;
	assert_int_equal(policy_decide(&rules, &alice, &decision), 0);
	assert_int_equal(decision.items[POLICY_USERNS].set.bits, 1);
	policy_decision_clear(&decision);
}

/* ---- what is decided is what is planned ---- */

static const char *plan_only_takes(struct world *world)
{
	struct plan_sets current;
	struct plan plan;
	enum policy_item item;

	for (item = 0; item < POLICY_ITEM_COUNT; item++)
		current.items[item] =
			policy_item_is_set(item)
				? capset_minus(capset_up_to(40), generate_set(&world->generator))
				: policy_item_value(item, generate_below(&world->generator, 2));
	plan_build(&world->decision, &current, CAPSET_VAGUE_MOST, &plan);
	world->met += plan.step_count > 1;
	return law_plan(&world->decision, &current, &plan);
}

static void test_plan(void **state)
{
	assert_law(plan_only_takes);
}

/* ---- deny ---- */

/* What a rule's deny leaves at most: the keeps up to it. All where it has none. */
static struct capset deny_leaves(const struct policy_body *body, enum policy_item item)
{
	struct capset kept = CAPSET_NONE;

	for (; body; body = reference_profile(body)) {
		const struct policy_clause *clause = &body->clauses[item];

		if (!clause->mentioned)
			continue;
		kept = capset_or(kept, clause->keep);
		if (clause->base == POLICY_BASE_DENY)
			return kept;
		if (clause->base == POLICY_BASE_ALLOW)
			break;
	}
	return CAPSET_ALL;
}

static const char *deny_covers_all_bits(struct world *world)
{
	enum policy_item item;
	size_t i;

	for (item = 0; item < POLICY_ITEM_COUNT; item++) {
		const struct policy_answer *answer = &world->decision.items[item];

		for (i = 0; i < answer->source_count; i++) {
			const struct policy_rule *rule = answer->sources[i].rule;
			struct capset left = deny_leaves(&rule->body, item);

			if (rule->kind != answer->sources[0].rule->kind)
				continue;
			if (!capset_is_subset(answer->set, left))
				return "a deny has left more than what is kept";
			world->met += !capset_equal(left, CAPSET_ALL);
		}
	}
	return NULL;
}

static void test_deny(void **state)
{
	assert_law(deny_covers_all_bits);
}

/* The control: dropping all that there are leaves those to come. */
static void test_deny_and_drop_differ(void **state)
{
	struct policy_rule rule = { .kind = POLICY_DEFAULT };
	struct policy_clause *clause = &rule.body.clauses[POLICY_BOUNDING];
	const struct policy_subject alice = { .name = "alice", .uid = 1000, .service = "sshd" };
	const struct policy_rules rules = { .rules = &rule, .rule_count = 1 };
	struct policy_decision decision;

	*clause = (struct policy_clause){ .mentioned = true, .base = POLICY_BASE_DENY };
	assert_int_equal(policy_decide(&rules, &alice, &decision), 0);
	assert_int_equal(decision.items[POLICY_BOUNDING].set.bits, 0);
	policy_decision_clear(&decision);
	*clause = (struct policy_clause){ .mentioned = true, .drop = capset_up_to(40) };
	assert_int_equal(policy_decide(&rules, &alice, &decision), 0);
	assert_int_equal(decision.items[POLICY_BOUNDING].set.bits, ~capset_up_to(40).bits);
	policy_decision_clear(&decision);
}

/* ---- items ---- */

static void change_item(struct world *world, struct policy_body *body, enum policy_item item)
{
	struct policy_clause *clause = &body->clauses[item];
	unsigned line = clause->line;

	switch (generate_below(&world->generator, 3)) {
	case 0:
		*clause = (struct policy_clause){ 0 };
		break;
	case 1:
		*clause = generate_clause(&world->generator, item);
		clause->line = line;
	}
}

/* Answers for one item, as decisions of that item alone: the laws take decisions. */
static const char *same_item(const struct policy_decision *a, const struct policy_decision *b,
			     enum policy_item item)
{
	struct policy_decision only_a, only_b;
	const char *wrong;

	policy_decision_init(&only_a);
	policy_decision_init(&only_b);
	only_a.items[item] = a->items[item];
	only_b.items[item] = b->items[item];
	wrong = law_same_answers(&only_a, &only_b);
	return wrong ? wrong : law_same_sources(&only_a, &only_b);
}

static const char *items_are_independent(struct world *world)
{
	enum policy_item changed = generate_below(&world->generator, POLICY_ITEM_COUNT), item;
	struct policy_rules copy = borrow(&world->rules);
	struct policy_decision decision;
	const char *wrong = NULL;
	size_t i;

	for (i = 0; i < copy.rule_count; i++)
		change_item(world, &copy.rules[i].body, changed);
	for (i = 0; i < copy.profile_count; i++)
		change_item(world, &copy.profiles[i].body, changed);
	decision = decide(world, &copy);
	for (item = 0; item < POLICY_ITEM_COUNT && !wrong; item++)
		if (item != changed)
			wrong = same_item(&world->decision, &decision, item);
	world->met += same_item(&world->decision, &decision, changed) != NULL;
	policy_decision_clear(&decision);
	give_back(&copy);
	return wrong;
}

static void test_items(void **state)
{
	assert_law(items_are_independent);
}

/* ---- sources ---- */

static const char *sources_are_complete(struct world *world)
{
	world->met += world->decision.items[POLICY_USERNS].source_count > 1;
	return law_sources(&world->decision);
}

static void test_sources(void **state)
{
	assert_law(sources_are_complete);
}

static const char *unnamed_rules_never_matter(struct world *world)
{
	const char *wrong = NULL;
	enum policy_item item;

	for (item = 0; item < POLICY_ITEM_COUNT && !wrong; item++) {
		const struct policy_answer *answer = &world->decision.items[item];
		struct policy_rules copy = borrow(&world->rules);
		struct policy_decision decision;
		bool gone[LINES];
		size_t i;

		memset(gone, true, sizeof(gone));
		for (i = 0; i < answer->source_count; i++)
			gone[answer->sources[i].rule->place.line] = false;
		remove_rules(&copy, gone);
		world->met += copy.rule_count > 0 && copy.rule_count < world->rules.rule_count;
		decision = decide(world, &copy);
		wrong = same_item(&world->decision, &decision, item);
		policy_decision_clear(&decision);
		give_back(&copy);
	}
	return wrong;
}

static void test_unnamed_rules(void **state)
{
	assert_law(unnamed_rules_never_matter);
}

/* Does what a rule makes of a set depend on less specific kinds, for some capability at least? */
static bool stands_on_lower(const struct policy_body *body, enum policy_item item)
{
	struct capset kept = CAPSET_NONE;

	for (; body; body = reference_profile(body)) {
		const struct policy_clause *clause = &body->clauses[item];

		if (clause->mentioned && clause->base != POLICY_BASE_DEFAULT)
			return false;
		kept = capset_or(kept, clause->keep);
	}
	return !capset_equal(kept, CAPSET_ALL);
}

static const char *lower_kinds_are_named_with_reason(struct world *world)
{
	enum policy_item item;
	size_t i;

	for (item = 0; item < POLICY_ITEM_COUNT; item++) {
		const struct policy_answer *answer = &world->decision.items[item];
		bool stands = false, sure = false, named = false;

		for (i = 0; i < answer->source_count; i++) {
			const struct policy_rule *rule = answer->sources[i].rule;

			if (rule->kind != answer->sources[0].rule->kind) {
				named = true;
				continue;
			}
			sure = sure || !answer->sources[i].perhaps;
			if (policy_item_is_set(item) && stands_on_lower(&rule->body, item))
				stands = true;
		}
		if (named && !stands && sure)
			return "a less specific kind is named, and no rule stands on it";
		world->met += named;
	}
	return NULL;
}

static void test_lower_kinds(void **state)
{
	assert_law(lower_kinds_are_named_with_reason);
}

/* What the rule of a source makes of an item where it is the only one. */
static struct policy_answer answer_alone(const struct world *world,
					 const struct policy_source *source, enum policy_item item)
{
	struct policy_rules copy = borrow(&world->rules);
	struct policy_decision decision;
	struct policy_answer answer;
	bool gone[LINES];

	memset(gone, true, sizeof(gone));
	gone[source->rule->place.line] = false;
	remove_rules(&copy, gone);
	decision = decide(world, &copy);
	answer = decision.items[item];
	answer.sources = NULL;
	policy_decision_clear(&decision);
	give_back(&copy);
	return answer;
}

static const char *each_taker_takes_alone(struct world *world)
{
	enum policy_item item;
	size_t i;

	for (item = 0; item < POLICY_ITEM_COUNT; item++) {
		const struct policy_answer *answer = &world->decision.items[item];

		for (i = 0; i < answer->source_count; i++) {
			const struct policy_source *source = &answer->sources[i];
			struct policy_answer alone = answer_alone(world, source, item);

			if (!capset_equal(capset_and(alone.set, source->taken), CAPSET_NONE))
				return "a source doesn't take alone what it is said to have taken";
			world->met += !capset_equal(source->taken, CAPSET_NONE);
		}
	}
	return NULL;
}

static void test_takers_alone(void **state)
{
	assert_law(each_taker_takes_alone);
}

/* Without those who took @element it is back, or others took it. */
static const char *takers_were_the_reason(struct world *world, enum policy_item item,
					  unsigned element)
{
	const struct policy_answer *answer = &world->decision.items[item], *after;
	struct policy_rules copy = borrow(&world->rules);
	struct policy_decision decision;
	bool gone[LINES] = { false }, back, others = false;
	const char *wrong;
	size_t i;

	for (i = 0; i < answer->source_count; i++)
		if (has_element(answer->sources[i].taken, element))
			gone[answer->sources[i].rule->place.line] = true;
	remove_rules(&copy, gone);
	decision = decide(world, &copy);
	after = &decision.items[item];
	back = has_element(after->set, element);
	for (i = 0; i < after->source_count; i++)
		others = others || has_element(after->sources[i].taken, element);
	wrong = back != others ? NULL : "the capability is gone without those who took it";
	if (!wrong && copy.rule_count == world->rules.rule_count)
		wrong = "nobody took a capability that is missing";
	policy_decision_clear(&decision);
	give_back(&copy);
	world->met += back;
	return wrong;
}

static const char *takers_are_all_named(struct world *world)
{
	/* Two that are generated, one that never is: only a deny takes that. */
	static const unsigned elements[] = { 13, CAPSET_SIZE, 50 };
	const char *wrong = NULL;
	enum policy_item item;
	size_t i;

	for (item = 0; item < POLICY_ITEM_COUNT; item++)
		for (i = 0; i < COUNT(elements) && !wrong; i++)
			if (!has_element(world->decision.items[item].set, elements[i]))
				wrong = takers_were_the_reason(world, item, elements[i]);
	return wrong;
}

static void test_takers(void **state)
{
	assert_law(takers_are_all_named);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_definition),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_unknown_independent),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_one_more),
		cmocka_unit_test(test_one_more_specific_widens),
		cmocka_unit_test(test_plan),
		cmocka_unit_test(test_deny),
		cmocka_unit_test(test_deny_and_drop_differ),
		cmocka_unit_test(test_items),
		cmocka_unit_test(test_sources),
		cmocka_unit_test(test_unnamed_rules),
		cmocka_unit_test(test_lower_kinds),
		cmocka_unit_test(test_takers_alone),
		cmocka_unit_test(test_takers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
