// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "policy/plan.h"

static struct plan_sets everything(void)
{
	return plan_everything(40);
}

static void decide_flag(struct policy_decision *decision, enum policy_item item, bool flag)
{
	decision->items[item].set = policy_item_value(item, flag);
}

static bool flag_of(const struct plan_sets *sets, enum policy_item item)
{
	return policy_item_flag(item, sets->items[item]);
}

static void test_nothing_to_do(void **state)
{
	const struct plan_sets current = everything();
	struct policy_decision decision;
	struct plan plan;

	policy_decision_init(&decision);
	plan_build(&decision, &current, CAPSET_VAGUE_MOST, &plan);
	assert_int_equal(plan.step_count, 0);
	assert_false(plan_needs_userns(&plan));
}

static void test_order_of_steps(void **state)
{
	const struct plan_sets current = everything();
	struct policy_decision decision;
	enum policy_item item;
	struct plan plan;
	unsigned i;

	policy_decision_init(&decision);
	for (item = 0; item < POLICY_ITEM_COUNT; item++)
		decision.items[item].set = CAPSET_NONE;
	decision.items[POLICY_BOUNDING].set = capset_of(0);
	decision.items[POLICY_USERNS].set = capset_up_to(2);
	plan_build(&decision, &current, CAPSET_VAGUE_MOST, &plan);
	assert_int_equal(plan.step_count, POLICY_ITEM_COUNT);
	for (i = 0; i < POLICY_ITEM_COUNT; i++)
		assert_int_equal(policy_items[plan.steps[i]].order, i);
	/* What may need CAP_SETPCAP comes before the bounding set. */
	for (item = 0; item < POLICY_NO_NEW_PRIVS; item++)
		assert_true(policy_items[item].order <= policy_items[POLICY_BOUNDING].order);
	assert_int_equal(plan.target.items[POLICY_USERNS].bits, 1); /* strict: cut by bounding */
	assert_true(plan_needs_userns(&plan));
}

/* What can't be told from what is taken is taken, too; asked for once. */
static void test_parts(void **state)
{
	const struct plan_sets current = everything();
	struct policy_decision decision;
	struct plan plan, again;

	policy_decision_init(&decision);
	decision.items[POLICY_USERNS].set = capset_minus(CAPSET_ALL, capset_make(0, 1 << 4));
	plan_build(&decision, &current, CAPSET_VAGUE_MOST, &plan);
	assert_int_equal(plan.step_count, 1);
	assert_true(capset_equal(plan.target.items[POLICY_USERNS],
				 capset_minus(capset_up_to(40), capset_of(CAPSET_SPLIT))));
	assert_true(capset_equal(plan.undivided, capset_make(0, CAPSET_WHOLE & ~(1U << 4))));
	plan_build(&decision, &plan.target, CAPSET_VAGUE_MOST, &again);
	assert_int_equal(again.step_count, 0);

	plan_build(&decision, &current, CAPSET_VAGUE_LEAST, &plan);
	assert_int_equal(plan.target.items[POLICY_USERNS].parts, CAPSET_WHOLE & ~(1U << 4));
	assert_true(capset_is_empty(plan.undivided));

	/* The first part can't be told from the last: tc is not among them. */
	plan_build(&decision, &current, CAPSET_VAGUE_LEAST | 1, &plan);
	assert_int_equal(plan.target.items[POLICY_USERNS].parts, CAPSET_WHOLE & ~(1U << 4));
	/* tc is. */
	plan_build(&decision, &current, CAPSET_VAGUE_LEAST | 1U << 4, &plan);
	assert_int_equal(plan.target.items[POLICY_USERNS].parts, 0x6f);
	assert_int_equal(plan.undivided.parts, CAPSET_VAGUE_LEAST);

	/* What the bounding set cuts anyway isn't lost for that reason. */
	decision.items[POLICY_STRICT].set = CAPSET_NONE;
	decision.items[POLICY_BOUNDING].set = CAPSET_NONE;
	plan_build(&decision, &current, CAPSET_VAGUE_MOST, &plan);
	assert_true(capset_is_empty(plan.undivided));
}

/* One step that only a provider can take is enough to need one; others don't. */
static void test_needs_userns(void **state)
{
	const struct plan_sets current = everything();
	struct policy_decision decision;
	struct plan plan;

	policy_decision_init(&decision);
	decision.items[POLICY_INHERITABLE].set = capset_from_bits(2);
	decision.items[POLICY_BOUNDING].set = capset_up_to(39);
	decide_flag(&decision, POLICY_CREATE, false);
	plan_build(&decision, &current, CAPSET_VAGUE_MOST, &plan);
	assert_int_equal(plan.step_count, 3);
	assert_false(plan_needs_userns(&plan));
	policy_decision_init(&decision);
	decide_flag(&decision, POLICY_STRICT, true);
	plan_build(&decision, &current, CAPSET_VAGUE_MOST, &plan);
	assert_int_equal(plan.step_count, 1);
	assert_true(plan_needs_userns(&plan));
	policy_decision_init(&decision);
	decision.items[POLICY_USERNS].set = capset_from_bits(5);
	plan_build(&decision, &current, CAPSET_VAGUE_MOST, &plan);
	assert_int_equal(plan.step_count, 1);
	assert_true(plan_needs_userns(&plan));
}

/* What is gone already is no step: a session inside a restricted one needs no privilege. */
static void test_satisfied_already(void **state)
{
	struct plan_sets current = everything();
	struct policy_decision decision;
	struct plan plan;

	policy_decision_init(&decision);
	decision.items[POLICY_BOUNDING].set = capset_from_bits(6);
	decide_flag(&decision, POLICY_CREATE, false);
	current.items[POLICY_BOUNDING] = capset_from_bits(2);
	current.items[POLICY_CREATE] = policy_item_value(POLICY_CREATE, false);
	plan_build(&decision, &current, CAPSET_VAGUE_MOST, &plan);
	assert_int_equal(plan.step_count, 0);
	assert_int_equal(plan.target.items[POLICY_BOUNDING].bits, 2);
}

static void test_without_userns(void **state)
{
	const struct plan_sets current = everything();
	struct policy_decision decision;
	struct plan plan;

	policy_decision_init(&decision);
	decision.items[POLICY_USERNS].set = capset_from_bits(5);
	decide_flag(&decision, POLICY_STRICT, true);
	plan_build(&decision, &current, CAPSET_VAGUE_MOST, &plan);
	plan_without_userns(&plan, &current, false);
	assert_int_equal(plan.step_count, 0);
	assert_true(flag_of(&plan.target, POLICY_CREATE));

	plan_build(&decision, &current, CAPSET_VAGUE_MOST, &plan);
	plan_without_userns(&plan, &current, true);
	assert_int_equal(plan.step_count, 1);
	assert_int_equal(plan.steps[0], POLICY_CREATE);
	assert_false(flag_of(&plan.target, POLICY_CREATE));
}

static struct capset random_value(enum policy_item item)
{
	if (policy_item_is_set(item))
		return capset_from_bits((uint64_t)random() << 31 ^ (uint64_t)random());
	return random() & 1 ? CAPSET_ALL : CAPSET_NONE;
}

/* Whatever is decided, nothing is ever gained: 10,000 decisions over 10,000 states. */
static void test_only_removes(void **state)
{
	unsigned i;

	srandom(1);
	for (i = 0; i < 10000; i++) {
		struct plan_sets current = everything();
		struct policy_decision decision;
		enum policy_item item;
		struct plan plan;

		policy_decision_init(&decision);
		for (item = 0; item < POLICY_ITEM_COUNT; item++) {
			current.items[item] = random_value(item);
			decision.items[item].set = random_value(item);
		}
		plan_build(&decision, &current, CAPSET_VAGUE_MOST, &plan);
		for (item = 0; item < POLICY_ITEM_COUNT; item++) {
			assert_true(capset_is_subset(plan.target.items[item], current.items[item]));
			assert_true(capset_is_subset(plan.target.items[item],
						     decision.items[item].set));
		}
	}
}

static void test_everything(void **state)
{
	const struct plan_sets sets = plan_everything(40);
	enum policy_item item;

	for (item = 0; item < POLICY_ITEM_COUNT; item++)
		if (policy_item_is_set(item))
			assert_int_equal(sets.items[item].bits, (UINT64_C(1) << 41) - 1);
		else
			assert_true(flag_of(&sets, item) != policy_items[item].restricts);
}

/* Steps are taken in the order of these numbers: each once, without a gap. */
static void test_orders(void **state)
{
	unsigned order;

	for (order = 0; order < POLICY_ITEM_COUNT; order++) {
		enum policy_item item;
		unsigned count = 0;

		for (item = 0; item < POLICY_ITEM_COUNT; item++)
			count += policy_items[item].order == order;
		assert_int_equal(count, 1);
	}
}

/* Names are looked up in the table, so no two are the same. */
static void test_names(void **state)
{
	enum policy_item item;

	for (item = 0; item < POLICY_ITEM_COUNT; item++) {
		assert_int_equal(policy_item_named(policy_item_name(item)), item);
		assert_int_equal(policy_item_is_set(item), item < POLICY_SET_COUNT);
		assert_true(*policy_items[item].step);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_to_do),  cmocka_unit_test(test_order_of_steps),
		cmocka_unit_test(test_parts),	       cmocka_unit_test(test_satisfied_already),
		cmocka_unit_test(test_without_userns), cmocka_unit_test(test_only_removes),
		cmocka_unit_test(test_needs_userns),   cmocka_unit_test(test_everything),
		cmocka_unit_test(test_orders),	       cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
