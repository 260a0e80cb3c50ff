// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#include "unit.h"

#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>

#include "policy/decide.h"

#define BIT(cap) (UINT64_C(1) << (cap))

/* Rules of these tests are literals: nothing in them is freed. */
static const char file[] = "rules";

static struct policy_clause set_clause(unsigned line, enum policy_base base, uint64_t keep,
				       uint64_t drop)
{
	return (struct policy_clause){ .mentioned = true,
				       .line = line,
				       .base = base,
				       .keep = capset_from_bits(keep),
				       .drop = capset_from_bits(drop) };
}

static struct policy_clause flag_clause(enum policy_item item, unsigned line, bool flag)
{
	bool denies = capset_is_empty(policy_item_value(item, flag));

	return set_clause(line, denies ? POLICY_BASE_DENY : POLICY_BASE_ALLOW, 0, 0);
}

static bool flag_of(const struct policy_decision *decision, enum policy_item item)
{
	return policy_item_flag(item, decision->items[item].set);
}

static struct policy_decision decide_as(struct policy_rule *list, size_t count, const char *user,
					uid_t uid, const char *service, const char *group)
{
	const struct policy_rules rules = { .rules = list, .rule_count = count };
	const struct policy_subject subject = { .name = user,
						.uid = uid,
						.service = service,
						.groups = &group,
						.group_count = group ? 1 : 0 };
	struct policy_decision decision;

	assert_int_equal(policy_decide(&rules, &subject, &decision), 0);
	return decision;
}

static uint64_t userns_as(struct policy_rule *list, size_t count, const char *user, uid_t uid,
			  const char *group)
{
	struct policy_decision decision = decide_as(list, count, user, uid, "login", group);
	uint64_t bits = decision.items[POLICY_USERNS].set.bits;

	policy_decision_clear(&decision);
	return bits;
}

static void test_no_rules_restrict_nothing(void **state)
{
	struct policy_decision decision = decide_as(NULL, 0, "alice", 1000, "login", NULL);
	enum policy_item item;

	for (item = 0; item < POLICY_ITEM_COUNT; item++) {
		assert_false(decision.items[item].mentioned);
		assert_int_equal(decision.items[item].source_count, 0);
		assert_true(capset_equal(decision.items[item].set, CAPSET_ALL));
	}
	assert_true(flag_of(&decision, POLICY_CREATE));
	assert_false(flag_of(&decision, POLICY_STRICT));
	policy_decision_clear(&decision);
}

static void test_kinds_from_most_to_least_specific(void **state)
{
	struct policy_rule rules[] = {
		{ .kind = POLICY_DEFAULT },
		{ .kind = POLICY_RANGE, .uid_min = 1000, .uid_max = 1999 },
		{ .kind = POLICY_GROUP, .name = (char[]){ "students" } },
		{ .kind = POLICY_USER, .name = (char[]){ "alice" } },
	};
	size_t i;

	for (i = 0; i < COUNT(rules); i++)
		rules[i].body.clauses[POLICY_USERNS] = set_clause(1, POLICY_BASE_DENY, BIT(i), 0);
	assert_int_equal(userns_as(rules, 4, "alice", 1000, "students"), BIT(3));
	assert_int_equal(userns_as(rules, 4, "bob", 1000, "students"), BIT(2));
	assert_int_equal(userns_as(rules, 4, "bob", 1000, NULL), BIT(1));
	assert_int_equal(userns_as(rules, 4, "bob", 1999, NULL), BIT(1));
	assert_int_equal(userns_as(rules, 4, "bob", 2000, NULL), BIT(0));
	assert_int_equal(userns_as(rules, 4, "bob", 999, NULL), BIT(0));
}

/* A group of that name must not match a user rule, nor the other way round (CVE-2025-1390). */
static void test_user_and_group_names_are_apart(void **state)
{
	struct policy_rule rules[] = {
		{ .kind = POLICY_USER, .name = (char[]){ "staff" } },
		{ .kind = POLICY_GROUP, .name = (char[]){ "alice" } },
	};

	rules[0].body.clauses[POLICY_USERNS] = set_clause(1, POLICY_BASE_DENY, 0, 0);
	rules[1].body.clauses[POLICY_USERNS] = set_clause(2, POLICY_BASE_DENY, 0, 0);
	assert_int_equal(userns_as(rules, 2, "alice", 1000, "staff"), UINT64_MAX);
	assert_int_equal(userns_as(rules, 1, "staff", 1000, NULL), 0);
	assert_int_equal(userns_as(rules, 2, "bob", 1000, "alice"), 0);
}

static void test_root_is_reached_by_name_and_range_only(void **state)
{
	struct policy_rule rules[] = {
		{ .kind = POLICY_DEFAULT },
		{ .kind = POLICY_GROUP, .name = (char[]){ "root" } },
		{ .kind = POLICY_RANGE, .uid_min = 0, .uid_max = 10 },
		{ .kind = POLICY_USER, .name = (char[]){ "root" } },
	};
	size_t i;

	for (i = 0; i < COUNT(rules); i++)
		rules[i].body.clauses[POLICY_USERNS] = set_clause(1, POLICY_BASE_DENY, BIT(i), 0);
	assert_int_equal(userns_as(rules, 1, "root", 0, "root"), UINT64_MAX);
	assert_int_equal(userns_as(rules, 1, "bob", 1, "root"), BIT(0)); /* control */
	assert_int_equal(userns_as(rules, 2, "root", 0, "root"), UINT64_MAX);
	assert_int_equal(userns_as(rules, 2, "bob", 1, "root"), BIT(1)); /* control */
	assert_int_equal(userns_as(rules, 3, "root", 0, "root"), BIT(2));
	assert_int_equal(userns_as(rules, 4, "root", 0, "root"), BIT(3));
}

static void test_one_kind_adds_up(void **state)
{
	struct policy_rule rules[] = {
		{ .kind = POLICY_USER, .name = (char[]){ "alice" } },
		{ .kind = POLICY_USER, .name = (char[]){ "alice" } },
	};
	struct policy_decision decision;

	rules[0].body.clauses[POLICY_USERNS] = set_clause(1, POLICY_BASE_DEFAULT, 0, BIT(1));
	rules[1].body.clauses[POLICY_USERNS] = set_clause(2, POLICY_BASE_DEFAULT, BIT(1), BIT(2));
	rules[0].body.clauses[POLICY_CREATE] = flag_clause(POLICY_CREATE, 3, true);
	rules[1].body.clauses[POLICY_CREATE] = flag_clause(POLICY_CREATE, 4, false);
	rules[0].body.clauses[POLICY_STRICT] = flag_clause(POLICY_STRICT, 5, true);
	rules[1].body.clauses[POLICY_STRICT] = flag_clause(POLICY_STRICT, 6, false);
	decision = decide_as(rules, 2, "alice", 1000, "login", NULL);
	assert_int_equal(decision.items[POLICY_USERNS].set.bits, ~(BIT(1) | BIT(2)));
	assert_false(flag_of(&decision, POLICY_CREATE));
	assert_true(flag_of(&decision, POLICY_STRICT));
	assert_int_equal(decision.items[POLICY_USERNS].source_count, 2);
	policy_decision_clear(&decision);
}

/* The order of rules is nobody's business: each pair of flags both ways round. */
static void test_flags_in_either_order(void **state)
{
	unsigned bits;

	for (bits = 0; bits < 4; bits++) {
		struct policy_rule rules[] = {
			{ .kind = POLICY_USER, .name = (char[]){ "alice" } },
			{ .kind = POLICY_USER, .name = (char[]){ "alice" } },
		};
		struct policy_decision decision;
		bool first = bits & 1, second = bits & 2;
		enum policy_item item;

		for (item = POLICY_SET_COUNT; item < POLICY_ITEM_COUNT; item++) {
			rules[0].body.clauses[item] = flag_clause(item, 1, first);
			rules[1].body.clauses[item] = flag_clause(item, 2, second);
		}
		decision = decide_as(rules, 2, "alice", 1000, "login", NULL);
		for (item = POLICY_SET_COUNT; item < POLICY_ITEM_COUNT; item++)
			assert_int_equal(flag_of(&decision, item), policy_items[item].restricts
									   ? first || second
									   : first && second);
		policy_decision_clear(&decision);
	}
}

/* "default" stands on the less specific kinds; "allow" and "deny" don't. */
static void test_bases(void **state)
{
	struct policy_rule rules[] = {
		{ .kind = POLICY_DEFAULT },
		{ .kind = POLICY_USER, .name = (char[]){ "alice" } },
	};
	struct policy_clause *user = &rules[1].body.clauses[POLICY_USERNS];

	rules[0].body.clauses[POLICY_USERNS] =
		set_clause(1, POLICY_BASE_DEFAULT, 0, BIT(1) | BIT(2));
	*user = set_clause(2, POLICY_BASE_DEFAULT, BIT(1), BIT(3));
	assert_int_equal(userns_as(rules, 2, "alice", 1000, NULL), ~(BIT(2) | BIT(3)));
	*user = set_clause(2, POLICY_BASE_ALLOW, 0, BIT(3));
	assert_int_equal(userns_as(rules, 2, "alice", 1000, NULL), ~BIT(3));
	*user = set_clause(2, POLICY_BASE_DENY, BIT(1), 0);
	assert_int_equal(userns_as(rules, 2, "alice", 1000, NULL), BIT(1));
}

/* What no header knows yet is denied as well, and allowed where nothing is said. */
static void test_deny_covers_capabilities_to_come(void **state)
{
	struct policy_rule rule = { .kind = POLICY_USER, .name = (char[]){ "alice" } };

	rule.body.clauses[POLICY_USERNS] = set_clause(1, POLICY_BASE_DENY, BIT(CAP_SYS_ADMIN), 0);
	assert_int_equal(userns_as(&rule, 1, "alice", 1000, NULL), BIT(CAP_SYS_ADMIN));
	rule.body.clauses[POLICY_USERNS] =
		set_clause(1, POLICY_BASE_DEFAULT, 0, BIT(CAP_SYS_ADMIN));
	assert_int_equal(userns_as(&rule, 1, "alice", 1000, NULL), ~BIT(CAP_SYS_ADMIN));
}

static void test_profiles(void **state)
{
	struct policy_profile browser = { .name = (char[]){ "browser" }, .place = { file, 1 } };
	struct policy_rule rules[] = {
		{ .kind = POLICY_DEFAULT },
		{ .kind = POLICY_USER, .name = (char[]){ "alice" } },
	};
	struct policy_clause *own = &rules[1].body.clauses[POLICY_USERNS];
	struct policy_clause *profile = &browser.body.clauses[POLICY_USERNS];

	rules[0].body.clauses[POLICY_USERNS] = set_clause(9, POLICY_BASE_DEFAULT, 0, BIT(7));
	rules[1].body.profile = &browser;
	*profile = set_clause(2, POLICY_BASE_DENY, BIT(1) | BIT(2), 0);
	assert_int_equal(userns_as(rules, 2, "alice", 1000, NULL), BIT(1) | BIT(2));

	*own = set_clause(5, POLICY_BASE_DEFAULT, BIT(3), BIT(1));
	assert_int_equal(userns_as(rules, 2, "alice", 1000, NULL), BIT(2) | BIT(3));
	*own = set_clause(5, POLICY_BASE_ALLOW, 0, BIT(1));
	assert_int_equal(userns_as(rules, 2, "alice", 1000, NULL), ~BIT(1));

	/* The profile itself may stand on what less specific kinds give. */
	*profile = set_clause(2, POLICY_BASE_DEFAULT, 0, BIT(1));
	*own = set_clause(5, POLICY_BASE_DEFAULT, 0, BIT(3));
	assert_int_equal(userns_as(rules, 2, "alice", 1000, NULL), ~(BIT(1) | BIT(3) | BIT(7)));

	/* A profile that doesn't mention the set has no part in it. */
	*profile = (struct policy_clause){ 0 };
	assert_int_equal(userns_as(rules, 2, "alice", 1000, NULL), ~(BIT(3) | BIT(7)));
}

static void test_own_flag_over_the_profiles(void **state)
{
	struct policy_profile profile = { .name = (char[]){ "closed" }, .place = { file, 1 } };
	struct policy_rule rule = { .kind = POLICY_USER,
				    .name = (char[]){ "alice" },
				    .body.profile = &profile };
	struct policy_decision decision;

	profile.body.clauses[POLICY_CREATE] = flag_clause(POLICY_CREATE, 2, false);
	decision = decide_as(&rule, 1, "alice", 1000, "login", NULL);
	assert_false(flag_of(&decision, POLICY_CREATE));
	policy_decision_clear(&decision);

	rule.body.clauses[POLICY_CREATE] = flag_clause(POLICY_CREATE, 4, true);
	decision = decide_as(&rule, 1, "alice", 1000, "login", NULL);
	assert_true(flag_of(&decision, POLICY_CREATE));
	assert_int_equal(decision.items[POLICY_CREATE].source_count, 1);
	policy_decision_clear(&decision);
}

static void test_services(void **state)
{
	char *services[] = { (char[]){ "sshd" }, (char[]){ "Login" }, (char[]){ "a@[Z\xc9" } };
	struct policy_rule rules[] = {
		{ .kind = POLICY_DEFAULT },
		{ .kind = POLICY_USER,
		  .name = (char[]){ "alice" },
		  .body = { .services = services, .service_count = COUNT(services) } },
	};
	static const struct {
		const char *service;
		uint64_t bits;
	} cases[] = {
		{ "sshd", 2 },
		{ "login", 2 },
		{ "cron", 1 },
		{ "ssh", 1 },
		{ "sshd2", 1 },
		{ "", 1 },
		/* Case does not matter, but that of ASCII letters only. */
		{ "SSHD", 2 },
		{ "Login", 2 },
		{ "LOGI", 1 },
		{ "A@[z\xc9", 2 },
		{ "a`[z\xc9", 1 },
		{ "a@{z\xc9", 1 },
		{ "a@[z\xe9", 1 },
	};
	size_t i;

	rules[0].body.clauses[POLICY_USERNS] = set_clause(1, POLICY_BASE_DENY, 1, 0);
	rules[1].body.clauses[POLICY_USERNS] = set_clause(2, POLICY_BASE_DENY, 2, 0);
	for (i = 0; i < COUNT(cases); i++) {
		struct policy_decision decision =
			decide_as(rules, 2, "alice", 1000, cases[i].service, NULL);

		assert_int_equal(decision.items[POLICY_USERNS].set.bits, cases[i].bits);
		policy_decision_clear(&decision);
	}
}

/* Each item is decided on its own: by the user rule here, by the default rule there. */
static void test_items_are_independent(void **state)
{
	struct policy_rule rules[] = {
		{ .kind = POLICY_DEFAULT },
		{ .kind = POLICY_USER, .name = (char[]){ "alice" } },
	};
	struct policy_decision decision;

	rules[0].body.clauses[POLICY_BOUNDING] = set_clause(1, POLICY_BASE_DEFAULT, 0, BIT(1));
	rules[0].body.clauses[POLICY_USERNS] = set_clause(2, POLICY_BASE_DEFAULT, 0, BIT(2));
	rules[1].body.clauses[POLICY_USERNS] = set_clause(3, POLICY_BASE_ALLOW, 0, BIT(3));
	decision = decide_as(rules, 2, "alice", 1000, "login", NULL);
	assert_int_equal(decision.items[POLICY_BOUNDING].set.bits, ~BIT(1));
	assert_int_equal(decision.items[POLICY_USERNS].set.bits, ~BIT(3));
	assert_false(decision.items[POLICY_INHERITABLE].mentioned);
	policy_decision_clear(&decision);
}

static void assert_sources(const struct policy_answer *answer, const unsigned *lines, size_t count)
{
	size_t i;

	assert_int_equal(answer->source_count, count);
	for (i = 0; i < count; i++) {
		assert_int_equal(answer->sources[i].place.line, lines[i]);
		assert_string_equal(answer->sources[i].place.file, "rules");
	}
}

static void test_sources(void **state)
{
	struct policy_profile profile = { .name = (char[]){ "p" }, .place = { file, 1 } };
	struct policy_rule rules[] = {
		{ .kind = POLICY_DEFAULT, .place = { file, 9 } },
		{ .kind = POLICY_USER,
		  .name = (char[]){ "alice" },
		  .place = { file, 29 },
		  .body.profile = &profile },
		{ .kind = POLICY_USER, .name = (char[]){ "alice" }, .place = { file, 39 } },
	};
	struct policy_decision decision;

	rules[0].body.clauses[POLICY_USERNS] = set_clause(10, POLICY_BASE_DEFAULT, 0, BIT(1));
	profile.body.clauses[POLICY_USERNS] = set_clause(20, POLICY_BASE_DEFAULT, 0, BIT(2));
	rules[1].body.clauses[POLICY_USERNS] = set_clause(30, POLICY_BASE_DEFAULT, 0, BIT(3));
	decision = decide_as(rules, 2, "alice", 1000, "login", NULL);
	assert_sources(&decision.items[POLICY_USERNS], (unsigned[]){ 30, 20, 10 }, 3);
	assert_ptr_equal(decision.items[POLICY_USERNS].sources[1].profile, &profile);
	assert_ptr_equal(decision.items[POLICY_USERNS].sources[0].rule, &rules[1]);
	assert_null(decision.items[POLICY_USERNS].sources[0].profile);
	policy_decision_clear(&decision);

	/* One of two rules that stands on it is enough. */
	rules[2].body.clauses[POLICY_USERNS] = set_clause(40, POLICY_BASE_DENY, 0, 0);
	decision = decide_as(rules, 3, "alice", 1000, "login", NULL);
	assert_sources(&decision.items[POLICY_USERNS], (unsigned[]){ 30, 20, 40, 10 }, 4);
	policy_decision_clear(&decision);

	/* Those that had no part are not named. */
	rules[1].body.clauses[POLICY_USERNS].base = POLICY_BASE_DENY;
	decision = decide_as(rules, 2, "alice", 1000, "login", NULL);
	assert_sources(&decision.items[POLICY_USERNS], (unsigned[]){ 30 }, 1);
	policy_decision_clear(&decision);
}

/* ---- chains of profiles: a rule's own clause is at line 10, the next ones at 20, 30, ... ---- */

static char alice[] = "alice", parent_name[] = "parent", profile_name[] = "profile";

struct chain {
	struct policy_profile parent, profile;
	struct policy_rule rules[2]; /* alice's, and the default at line 40 */
	/* Clauses of the userns set. */
	struct policy_clause *own, *of_profile, *of_parent, *below;
};

static void chain_init(struct chain *chain)
{
	*chain = (struct chain){
		.parent = { .name = parent_name, .place = { file, 29 } },
		.profile = { .name = profile_name, .place = { file, 19 } },
		.rules = { { .kind = POLICY_USER, .name = alice, .place = { file, 9 } },
			   { .kind = POLICY_DEFAULT, .place = { file, 39 } } },
	};
	chain->rules[0].body.profile = &chain->profile;
	chain->profile.body.profile = &chain->parent;
	chain->own = &chain->rules[0].body.clauses[POLICY_USERNS];
	chain->of_profile = &chain->profile.body.clauses[POLICY_USERNS];
	chain->of_parent = &chain->parent.body.clauses[POLICY_USERNS];
	chain->below = &chain->rules[1].body.clauses[POLICY_USERNS];
}

/* What decides about alice's userns set: its bits, the lines, and what each of them takes. */
static void assert_chain(struct chain *chain, uint64_t bits, const unsigned *lines,
			 const uint64_t *taken, size_t count)
{
	struct policy_decision decision =
		decide_as(chain->rules, COUNT(chain->rules), "alice", 1000, "login", NULL);
	const struct policy_answer *answer = &decision.items[POLICY_USERNS];
	size_t i;

	assert_int_equal(answer->set.bits, bits);
	assert_sources(answer, lines, count);
	for (i = 0; i < count; i++)
		assert_int_equal(answer->sources[i].taken.bits, taken[i]);
	policy_decision_clear(&decision);
}

static void test_chain_adds_up(void **state)
{
	static const unsigned lines[] = { 10, 20, 30, 40 };
	struct chain chain;

	chain_init(&chain);
	*chain.own = set_clause(10, POLICY_BASE_DEFAULT, BIT(3), BIT(4));
	*chain.of_profile = set_clause(20, POLICY_BASE_DEFAULT, BIT(1), BIT(3));
	*chain.of_parent = set_clause(30, POLICY_BASE_DEFAULT, 0, BIT(1) | BIT(2));
	/* What is kept nearer to the rule is not taken farther from it. */
	assert_chain(&chain, ~(BIT(2) | BIT(4)), lines, (uint64_t[]){ BIT(4), 0, BIT(2) }, 3);

	/* Less specific kinds lie below all of it. */
	*chain.below = set_clause(40, POLICY_BASE_DEFAULT, 0, BIT(2) | BIT(3) | BIT(5));
	assert_chain(&chain, ~(BIT(2) | BIT(4) | BIT(5)), lines,
		     (uint64_t[]){ BIT(4), 0, BIT(2), BIT(2) | BIT(5) }, 4);

	/* One that doesn't mention the set is no link, and doesn't end the chain. */
	*chain.of_profile = (struct policy_clause){ 0 };
	assert_chain(&chain, ~(BIT(1) | BIT(2) | BIT(4) | BIT(5)), (unsigned[]){ 10, 30, 40 },
		     (uint64_t[]){ BIT(4), BIT(1) | BIT(2), BIT(2) | BIT(5) }, 3);
	*chain.own = (struct policy_clause){ 0 };
	assert_chain(&chain, ~(BIT(1) | BIT(2) | BIT(3) | BIT(5)), (unsigned[]){ 30, 40 },
		     (uint64_t[]){ BIT(1) | BIT(2), BIT(2) | BIT(3) | BIT(5) }, 2);
}

/* "allow" and "deny" end a chain wherever they stand in it: nothing below has a part. */
static void test_chain_ends_at_a_base(void **state)
{
	static const unsigned lines[] = { 10, 20, 30 };
	struct chain chain;

	chain_init(&chain);
	*chain.below = set_clause(40, POLICY_BASE_DENY, 0, 0);
	*chain.own = set_clause(10, POLICY_BASE_DEFAULT, BIT(3), BIT(4));
	*chain.of_profile = set_clause(20, POLICY_BASE_DEFAULT, 0, BIT(5));

	*chain.of_parent = set_clause(30, POLICY_BASE_DENY, BIT(1) | BIT(5), 0);
	assert_chain(&chain, BIT(1) | BIT(3), lines,
		     (uint64_t[]){ BIT(4), BIT(5), ~(BIT(1) | BIT(3) | BIT(5)) }, 3);
	*chain.of_parent = set_clause(30, POLICY_BASE_ALLOW, 0, BIT(3) | BIT(6));
	assert_chain(&chain, ~(BIT(4) | BIT(5) | BIT(6)), lines,
		     (uint64_t[]){ BIT(4), BIT(5), BIT(6) }, 3);
	chain.of_profile->base = POLICY_BASE_ALLOW;
	assert_chain(&chain, ~(BIT(4) | BIT(5)), lines, (uint64_t[]){ BIT(4), BIT(5) }, 2);
	chain.of_profile->base = POLICY_BASE_DENY;
	assert_chain(&chain, BIT(3), lines, (uint64_t[]){ BIT(4), ~BIT(3) }, 2);
	chain.own->base = POLICY_BASE_ALLOW;
	assert_chain(&chain, ~BIT(4), lines, (uint64_t[]){ BIT(4) }, 1);
	chain.own->base = POLICY_BASE_DENY;
	assert_chain(&chain, BIT(3), lines, (uint64_t[]){ ~BIT(3) }, 1);

	/* Control: all of them standing on what is below, the default rule has its part. */
	chain.own->base = chain.of_profile->base = chain.of_parent->base = POLICY_BASE_DEFAULT;
	assert_chain(&chain, BIT(3), (unsigned[]){ 10, 20, 30, 40 },
		     (uint64_t[]){ BIT(4), BIT(5), BIT(6), ~BIT(3) }, 4);
}

/* Of a flag the nearest clause is all there is, in either direction. */
static void test_nearest_flag(void **state)
{
	unsigned bits;

	for (bits = 0; bits < 8; bits++) {
		bool own = bits & 1, profile = bits & 2, parent = bits & 4;
		struct policy_decision decision;
		struct chain chain;
		enum policy_item item;

		chain_init(&chain);
		for (item = POLICY_SET_COUNT; item < POLICY_ITEM_COUNT; item++) {
			chain.parent.body.clauses[item] = flag_clause(item, 30, parent);
			decision = decide_as(chain.rules, 2, "alice", 1000, "login", NULL);
			assert_int_equal(flag_of(&decision, item), parent);
			assert_sources(&decision.items[item], (unsigned[]){ 30 }, 1);
			policy_decision_clear(&decision);

			chain.profile.body.clauses[item] = flag_clause(item, 20, profile);
			decision = decide_as(chain.rules, 2, "alice", 1000, "login", NULL);
			assert_int_equal(flag_of(&decision, item), profile);
			assert_sources(&decision.items[item], (unsigned[]){ 20 }, 1);
			assert_ptr_equal(decision.items[item].sources[0].profile, &chain.profile);
			policy_decision_clear(&decision);

			chain.rules[0].body.clauses[item] = flag_clause(item, 10, own);
			decision = decide_as(chain.rules, 2, "alice", 1000, "login", NULL);
			assert_int_equal(flag_of(&decision, item), own);
			assert_sources(&decision.items[item], (unsigned[]){ 10 }, 1);
			policy_decision_clear(&decision);
		}
	}
}

static void test_longest_chain(void **state)
{
	struct policy_profile profiles[POLICY_CHAIN_MAX];
	struct policy_rule rule = { .kind = POLICY_USER, .name = (char[]){ "alice" } };
	uint64_t dropped = BIT(POLICY_CHAIN_MAX);
	unsigned i;

	memset(profiles, 0, sizeof(profiles));
	rule.body.profile = &profiles[0];
	rule.body.clauses[POLICY_USERNS] =
		set_clause(1, POLICY_BASE_DEFAULT, 0, BIT(POLICY_CHAIN_MAX));
	for (i = 0; i < POLICY_CHAIN_MAX; i++) {
		profiles[i].body.clauses[POLICY_USERNS] =
			set_clause(1, POLICY_BASE_DEFAULT, 0, BIT(i));
		if (i + 1 < POLICY_CHAIN_MAX)
			profiles[i].body.profile = &profiles[i + 1];
		dropped |= BIT(i);
	}
	assert_int_equal(userns_as(&rule, 1, "alice", 1000, NULL), ~dropped);
}

/* ---- several rules of a kind over less specific ones ---- */

static void test_groups_over_lower_kinds(void **state)
{
	const char *groups[] = { "one", "two" };
	struct policy_rule list[] = {
		{ .kind = POLICY_GROUP, .name = (char[]){ "one" }, .place = { file, 9 } },
		{ .kind = POLICY_GROUP, .name = (char[]){ "two" }, .place = { file, 19 } },
		{ .kind = POLICY_RANGE, .uid_max = 2000, .place = { file, 29 } },
		{ .kind = POLICY_DEFAULT, .place = { file, 39 } },
	};
	const struct policy_rules rules = { .rules = list, .rule_count = COUNT(list) };
	const struct policy_subject subject = {
		.name = "alice", .uid = 1000, .service = "login", .groups = groups, .group_count = 2
	};
	static const struct {
		enum policy_base second;
		uint64_t bits, by_range, by_default;
	} cases[] = {
		/* One group keeps 5; the other has it as the kinds below do. */
		{ POLICY_BASE_DEFAULT, ~(BIT(2) | BIT(5) | BIT(6) | BIT(7)), BIT(2) | BIT(5),
		  BIT(7) },
		/* The other allows it, so nobody takes 5 any more. */
		{ POLICY_BASE_ALLOW, ~(BIT(2) | BIT(6) | BIT(7)), BIT(2), BIT(7) },
		{ POLICY_BASE_DENY, 0, BIT(2), BIT(7) },
	};
	struct policy_decision decision;
	size_t i;

	list[0].body.clauses[POLICY_USERNS] = set_clause(10, POLICY_BASE_DEFAULT, BIT(5), 0);
	list[2].body.clauses[POLICY_USERNS] =
		set_clause(30, POLICY_BASE_DEFAULT, BIT(8), BIT(2) | BIT(5));
	list[3].body.clauses[POLICY_USERNS] =
		set_clause(40, POLICY_BASE_DEFAULT, 0, BIT(7) | BIT(8));
	for (i = 0; i < COUNT(cases); i++) {
		const struct policy_source *sources;

		list[1].body.clauses[POLICY_USERNS] = set_clause(20, cases[i].second, 0, BIT(6));
		assert_int_equal(policy_decide(&rules, &subject, &decision), 0);
		assert_int_equal(decision.items[POLICY_USERNS].set.bits, cases[i].bits);
		assert_sources(&decision.items[POLICY_USERNS], (unsigned[]){ 10, 20, 30, 40 }, 4);
		sources = decision.items[POLICY_USERNS].sources;
		assert_int_equal(sources[0].taken.bits, 0);
		assert_int_equal(sources[1].taken.bits,
				 cases[i].second == POLICY_BASE_DENY ? UINT64_MAX : BIT(6));
		assert_int_equal(sources[2].taken.bits, cases[i].by_range);
		assert_int_equal(sources[3].taken.bits, cases[i].by_default);
		policy_decision_clear(&decision);
	}

	/* Where no group stands on them, the kinds below have no part. */
	list[0].body.clauses[POLICY_USERNS].base = POLICY_BASE_ALLOW;
	assert_int_equal(policy_decide(&rules, &subject, &decision), 0);
	assert_sources(&decision.items[POLICY_USERNS], (unsigned[]){ 10, 20 }, 2);
	policy_decision_clear(&decision);
}

/*
 * Neither may an unknown exception be taken for none, nor may the answers with and without it be
 * put together: a rule may give something back to those who are excepted by another.
 */
static void test_unknown_exception(void **state)
{
	char *tas[] = { (char[]){ "tas" } };
	const char *const unknown[] = { "tas" };
	struct policy_rule list[] = {
		{ .kind = POLICY_DEFAULT, .place = { file, 10 } },
		{ .kind = POLICY_GROUP, .name = tas[0], .place = { file, 20 } },
	};
	const struct policy_rules rules = { .rules = list, .rule_count = 2 };
	struct policy_subject subject = { .name = "alice", .uid = 1000, .service = "login" };
	struct policy_decision decision;
	const struct policy_answer *answer = &decision.items[POLICY_USERNS];

	list[0].body.except_groups = (struct names){ tas, 1 };
	list[0].body.clauses[POLICY_USERNS] = set_clause(11, POLICY_BASE_DENY, 0, 0);
	list[1].body.clauses[POLICY_USERNS] =
		set_clause(21, POLICY_BASE_DENY, BIT(CAP_NET_ADMIN), 0);
	subject.unknown = unknown;
	subject.unknown_count = 1;
	assert_int_equal(policy_decide(&rules, &subject, &decision), 0);
	assert_int_equal(answer->set.bits, 0);
	assert_int_equal(answer->widest.bits, UINT64_MAX);
	assert_sources(answer, (unsigned[]){ 21, 11 }, 2);
	assert_true(answer->sources[0].perhaps);
	assert_true(answer->sources[1].perhaps);
	policy_decision_clear(&decision);

	/* Controls: she is not, and she is. */
	subject.unknown_count = 0;
	assert_int_equal(policy_decide(&rules, &subject, &decision), 0);
	assert_int_equal(answer->set.bits, 0);
	assert_sources(answer, (unsigned[]){ 11 }, 1);
	assert_false(answer->sources[0].perhaps);
	policy_decision_clear(&decision);
	subject.groups = unknown;
	subject.group_count = 1;
	assert_int_equal(policy_decide(&rules, &subject, &decision), 0);
	assert_int_equal(answer->set.bits, BIT(CAP_NET_ADMIN));
	assert_int_equal(answer->widest.bits, BIT(CAP_NET_ADMIN));
	policy_decision_clear(&decision);
}

/* No group is looked up for root, so none can be unknown; a name can be excepted. */
static void test_exceptions_of_root(void **state)
{
	char *names[] = { (char[]){ "root" } };
	const char *const groups[] = { "root" };
	struct policy_rule rule = { .kind = POLICY_RANGE, .uid_max = 10 };
	struct policy_subject subject = { .name = "root", .service = "login" };

	rule.body.except_groups = (struct names){ names, 1 };
	subject.groups = subject.unknown = groups;
	subject.group_count = subject.unknown_count = 1;
	assert_int_equal(policy_rule_match(&rule, &subject), POLICY_YES);
	subject.uid = 1; /* control */
	assert_int_equal(policy_rule_match(&rule, &subject), POLICY_NO);
	subject.uid = 0;
	rule.body.except_users = (struct names){ names, 1 };
	assert_int_equal(policy_rule_match(&rule, &subject), POLICY_NO);
}

/* A rule that was never given a kind holds for nobody. */
static void test_no_kind(void **state)
{
	struct policy_rule rule = { .kind = POLICY_KIND_COUNT, .name = (char[]){ "alice" } };
	const struct policy_subject subject = { .name = "alice", .uid = 1000, .service = "login" };

	assert_int_equal(policy_rule_match(&rule, &subject), POLICY_NO);
	rule.kind = POLICY_USER; /* control */
	assert_int_equal(policy_rule_match(&rule, &subject), POLICY_YES);
}

/* More rules than the first array of those that match has room for. */
static void test_many_rules(void **state)
{
	static struct policy_rule list[100];
	size_t i;

	for (i = 0; i < COUNT(list); i++) {
		list[i].kind = POLICY_DEFAULT;
		list[i].place.file = file;
		list[i].body.clauses[POLICY_USERNS] =
			set_clause(1, POLICY_BASE_DEFAULT, 0, i < 60 ? BIT(i) : BIT(60));
	}
	assert_int_equal(userns_as(list, COUNT(list), "alice", 1000, NULL),
			 BIT(61) | BIT(62) | BIT(63));
}

static void test_words(void **state)
{
	assert_string_equal(policy_item_name(POLICY_USERNS), "userns");
	assert_string_equal(policy_kind_name(POLICY_RANGE), "user");
	assert_string_equal(policy_base_name(POLICY_BASE_DENY), "deny");
	assert_string_equal(policy_unsupported_name(POLICY_UNSUPPORTED_DENY_CREATION),
			    "deny-creation");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_rules_restrict_nothing),
		cmocka_unit_test(test_kinds_from_most_to_least_specific),
		cmocka_unit_test(test_user_and_group_names_are_apart),
		cmocka_unit_test(test_root_is_reached_by_name_and_range_only),
		cmocka_unit_test(test_one_kind_adds_up),
		cmocka_unit_test(test_flags_in_either_order),
		cmocka_unit_test(test_bases),
		cmocka_unit_test(test_deny_covers_capabilities_to_come),
		cmocka_unit_test(test_profiles),
		cmocka_unit_test(test_own_flag_over_the_profiles),
		cmocka_unit_test(test_services),
		cmocka_unit_test(test_items_are_independent),
		cmocka_unit_test(test_sources),
		cmocka_unit_test(test_chain_adds_up),
		cmocka_unit_test(test_chain_ends_at_a_base),
		cmocka_unit_test(test_nearest_flag),
		cmocka_unit_test(test_longest_chain),
		cmocka_unit_test(test_groups_over_lower_kinds),
		cmocka_unit_test(test_unknown_exception),
		cmocka_unit_test(test_exceptions_of_root),
		cmocka_unit_test(test_no_kind),
		cmocka_unit_test(test_many_rules),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
