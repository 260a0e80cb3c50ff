// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "core/plan.h"

static struct plan_sets everything(void)
{
	return (struct plan_sets){ .sets = { capset_up_to(40), capset_up_to(40), capset_up_to(40) },
				   .create = true };
}

static void test_nothing_to_do(void **state)
{
	const struct plan_sets current = everything();
	struct policy_decision decision;
	struct plan plan;

	policy_decision_init(&decision);
	plan_build(&decision, &current, &plan);
	assert_int_equal(plan.step_count, 0);
	assert_false(plan_needs_userns(&plan));
}

static void test_order_of_steps(void **state)
{
	const struct plan_sets current = everything();
	struct policy_decision decision;
	struct plan plan;

	policy_decision_init(&decision);
	decision.items[POLICY_BOUNDING].set.bits = 1;
	decision.items[POLICY_INHERITABLE].set.bits = 2;
	decision.items[POLICY_USERNS].set.bits = 5;
	decision.items[POLICY_CREATE].value = false;
	decision.items[POLICY_STRICT].value = true;
	plan_build(&decision, &current, &plan);
	assert_int_equal(plan.step_count, PLAN_ACTION_COUNT);
	assert_int_equal(plan.steps[0], PLAN_INHERITABLE);
	assert_int_equal(plan.steps[1], PLAN_USERNS);
	assert_int_equal(plan.steps[2], PLAN_STRICT);
	assert_int_equal(plan.steps[3], PLAN_DENY_CREATION);
	assert_int_equal(plan.steps[4], PLAN_BOUNDING);
	assert_int_equal(plan.target.sets[POLICY_USERNS].bits, 1); /* strict: cut by bounding */
	assert_true(plan_needs_userns(&plan));
}

/* One step that only a provider can take is enough to need one; others don't. */
static void test_needs_userns(void **state)
{
	const struct plan_sets current = everything();
	struct policy_decision decision;
	struct plan plan;

	policy_decision_init(&decision);
	decision.items[POLICY_INHERITABLE].set.bits = 2;
	decision.items[POLICY_BOUNDING].set = capset_up_to(39);
	decision.items[POLICY_CREATE].value = false;
	plan_build(&decision, &current, &plan);
	assert_int_equal(plan.step_count, 3);
	assert_false(plan_needs_userns(&plan));
	policy_decision_init(&decision);
	decision.items[POLICY_STRICT].value = true;
	plan_build(&decision, &current, &plan);
	assert_int_equal(plan.step_count, 1);
	assert_true(plan_needs_userns(&plan));
	policy_decision_init(&decision);
	decision.items[POLICY_USERNS].set.bits = 5;
	plan_build(&decision, &current, &plan);
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
	decision.items[POLICY_BOUNDING].set.bits = 6;
	decision.items[POLICY_CREATE].value = false;
	current.sets[POLICY_BOUNDING].bits = 2;
	current.create = false;
	plan_build(&decision, &current, &plan);
	assert_int_equal(plan.step_count, 0);
	assert_int_equal(plan.target.sets[POLICY_BOUNDING].bits, 2);
}

static void test_without_userns(void **state)
{
	const struct plan_sets current = everything();
	struct policy_decision decision;
	struct plan plan;

	policy_decision_init(&decision);
	decision.items[POLICY_USERNS].set.bits = 5;
	decision.items[POLICY_STRICT].value = true;
	plan_build(&decision, &current, &plan);
	plan_without_userns(&plan, &current, false);
	assert_int_equal(plan.step_count, 0);
	assert_true(plan.target.create);

	plan_build(&decision, &current, &plan);
	plan_without_userns(&plan, &current, true);
	assert_int_equal(plan.step_count, 1);
	assert_int_equal(plan.steps[0], PLAN_DENY_CREATION);
	assert_false(plan.target.create);
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
		for (item = 0; item < POLICY_SET_COUNT; item++) {
			current.sets[item].bits = (uint64_t)random() << 31 ^ (uint64_t)random();
			decision.items[item].set.bits =
				(uint64_t)random() << 31 ^ (uint64_t)random();
		}
		current.create = random() & 1;
		current.strict = random() & 1;
		decision.items[POLICY_CREATE].value = random() & 1;
		decision.items[POLICY_STRICT].value = random() & 1;
		plan_build(&decision, &current, &plan);
		for (item = 0; item < POLICY_SET_COUNT; item++) {
			assert_true(capset_is_subset(plan.target.sets[item], current.sets[item]));
			assert_true(
				capset_is_subset(plan.target.sets[item], decision.items[item].set));
		}
		assert_true(current.create || !plan.target.create);
		assert_true(!current.strict || plan.target.strict);
	}
}

static void test_everything(void **state)
{
	const struct plan_sets sets = plan_everything(40);
	enum policy_item item;

	for (item = 0; item < POLICY_SET_COUNT; item++)
		assert_int_equal(sets.sets[item].bits, (UINT64_C(1) << 41) - 1);
	assert_true(sets.create);
	assert_false(sets.strict);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_to_do),	  cmocka_unit_test(test_order_of_steps),
		cmocka_unit_test(test_satisfied_already), cmocka_unit_test(test_without_userns),
		cmocka_unit_test(test_only_removes),	  cmocka_unit_test(test_needs_userns),
		cmocka_unit_test(test_everything),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
