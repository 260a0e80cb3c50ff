// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#include "unit.h"

#include <errno.h>
#include <sys/capability.h>

#include "kernel/apply.h"
#include "fake_kernel.h"

static struct capset some_of(enum policy_item item)
{
	return item == POLICY_BOUNDING ? capset_up_to(5)
	       : item == POLICY_USERNS ? capset_up_to(2)
				       : CAPSET_NONE;
}

/* A decision that needs every step. */
static void decide_all_steps(struct policy_decision *decision)
{
	enum policy_item item;

	policy_decision_init(decision);
	for (item = 0; item < POLICY_ITEM_COUNT; item++)
		decision->items[item].set = some_of(item);
}

static int apply_to(struct fake_kernel *fake, const struct policy_decision *decision,
		    enum policy_item *ret_failed)
{
	struct plan_sets before;
	struct userns userns;
	struct plan plan;

	assert_int_equal(userns_find(&fake->kernel, &userns), 0);
	assert_int_equal(apply_read(&userns, &before, NULL), 0);
	plan_build(decision, &before, CAPSET_VAGUE_MOST, &plan);
	return apply_plan(&plan, &userns, ret_failed);
}

static void assert_all_taken(const struct fake_kernel *fake)
{
	struct userns userns;
	struct plan_sets now;
	enum policy_item item;

	assert_int_equal(userns_find(&fake->kernel, &userns), 0);
	assert_int_equal(apply_read(&userns, &now, NULL), 0);
	for (item = 0; item < POLICY_ITEM_COUNT; item++)
		assert_int_equal(now.items[item].bits, some_of(item).bits);
}

static void use_bpf(struct fake_kernel *fake)
{
	fake->has_bpf = true;
}

static void use_native(struct fake_kernel *fake)
{
	fake->has_native = true;
}

static void (*const providers[])(struct fake_kernel *) = { use_bpf, use_native };

static void test_every_step(void **state)
{
	struct policy_decision decision;
	struct fake_kernel fake;
	enum policy_item failed;
	size_t i;

	decide_all_steps(&decision);
	for (i = 0; i < COUNT(providers); i++) {
		fake_kernel_init(&fake, 40);
		providers[i](&fake);
		assert_int_equal(apply_to(&fake, &decision, &failed), 0);
		assert_all_taken(&fake);
	}
}

/* The number of changes that a whole plan asks of the kernel. */
static unsigned operations_of(void (*provider)(struct fake_kernel *),
			      const struct policy_decision *decision)
{
	struct fake_kernel fake;
	enum policy_item failed;

	fake_kernel_init(&fake, 40);
	provider(&fake);
	assert_int_equal(apply_to(&fake, decision, &failed), 0);
	return fake.operations;
}

/* Runs a test for each operation that applying all steps takes, with each provider. */
static void for_every_operation(void (*test)(struct fake_kernel *, const struct policy_decision *,
					     unsigned, unsigned))
{
	struct policy_decision decision;
	struct fake_kernel fake;
	unsigned operation, count;
	size_t i;

	decide_all_steps(&decision);
	for (i = 0; i < COUNT(providers); i++) {
		count = operations_of(providers[i], &decision);
		assert_between(count, POLICY_ITEM_COUNT, 200);
		for (operation = 1; operation <= count; operation++) {
			fake_kernel_init(&fake, 40);
			providers[i](&fake);
			test(&fake, &decision, operation, count);
		}
	}
}

static void fail_at(struct fake_kernel *fake, const struct policy_decision *decision,
		    unsigned operation, unsigned count)
{
	enum policy_item failed;

	fake->fail_at = operation;
	assert_int_equal(apply_to(fake, decision, &failed), -EIO);
	assert_int_equal(fake->operations, operation);
	assert_true(capset_is_subset(capset_from_bits(0x3f), fake->sets.bounding));
	if (operation == 1)
		assert_int_equal(policy_items[failed].order, 0);
	if (operation == count)
		assert_int_equal(policy_items[failed].order, POLICY_ITEM_COUNT - 1);
}

/* It is reported, nothing follows it, and nothing was gained. */
static void test_every_operation_failing(void **state)
{
	for_every_operation(fail_at);
}

static void lie_at(struct fake_kernel *fake, const struct policy_decision *decision,
		   unsigned operation, unsigned count)
{
	enum policy_item failed;

	fake->lie_at = operation;
	assert_int_equal(apply_to(fake, decision, &failed), -EPROTO);
}

/* A kernel that says yes and does nothing is found out by reading back. */
static void test_every_operation_lying(void **state)
{
	for_every_operation(lie_at);
}

/* Exactly the keep list stays, on kernels with fewer and with more capabilities than this build. */
static void test_deny_on_bounding(void **state)
{
	static const unsigned lasts[] = { 0, 31, 36, 40, 41, 50, 63 };
	struct policy_decision decision;
	struct fake_kernel fake;
	enum policy_item failed;
	size_t i;

	policy_decision_init(&decision);
	decision.items[POLICY_BOUNDING].set = capset_from_bits(1 << 0 | 1 << 7);
	for (i = 0; i < COUNT(lasts); i++) {
		fake_kernel_init(&fake, lasts[i]);
		assert_int_equal(apply_to(&fake, &decision, &failed), 0);
		assert_int_equal(fake.sets.bounding.bits,
				 (1 << 0 | 1 << 7) & capset_up_to(lasts[i]).bits);
	}
}

static void test_without_setpcap(void **state)
{
	struct policy_decision decision;
	struct fake_kernel fake;
	enum policy_item failed;

	policy_decision_init(&decision);
	decision.items[POLICY_BOUNDING].set = capset_from_bits(0x3f);
	fake_kernel_init(&fake, 40);
	fake.lacks_setpcap = true;
	assert_int_equal(apply_to(&fake, &decision, &failed), -EPERM);
	assert_int_equal(failed, POLICY_BOUNDING);

	/* The same caller, but the bounding set satisfies the rule already. */
	fake.sets.bounding = capset_from_bits(0x1f);
	assert_int_equal(apply_to(&fake, &decision, &failed), 0);
}

/* Where both could refuse the creation of namespaces, it is the provider; else one filter. */
static void test_deny_creation(void **state)
{
	struct policy_decision decision;
	struct fake_kernel fake;
	enum policy_item failed;

	policy_decision_init(&decision);
	decision.items[POLICY_CREATE].set = CAPSET_NONE;

	fake_kernel_init(&fake, 40);
	use_bpf(&fake);
	assert_int_equal(apply_to(&fake, &decision, &failed), 0);
	assert_int_equal(fake.filters, 0);

	fake_kernel_init(&fake, 40);
	assert_int_equal(apply_to(&fake, &decision, &failed), 0);
	assert_int_equal(fake.filters, 1);
	assert_int_equal(apply_to(&fake, &decision, &failed), 0); /* a second session */
	assert_int_equal(fake.filters, 1);

	fake_kernel_init(&fake, 40);
	fake.lacks_filter = true;
	assert_int_equal(apply_to(&fake, &decision, &failed), -EOPNOTSUPP);
	assert_int_equal(failed, POLICY_CREATE);
}

/* ---- the real kernel ---- */

/* What libcap tells of a set, one capability at a time. */
static struct capset own_set(cap_flag_t which, unsigned last)
{
	struct capset set = CAPSET_NONE;
	cap_t caps = cap_get_proc();
	unsigned cap;

	assert_non_null(caps);
	for (cap = 0; cap <= last; cap++) {
		cap_flag_value_t value;

		assert_int_equal(cap_get_flag(caps, (cap_value_t)cap, which, &value), 0);
		if (value == CAP_SET)
			set = capset_or(set, capset_of(cap));
	}
	cap_free(caps);
	return set;
}

/* All that is permitted becomes inheritable, as far as the bounding set lets it: as root, a lot. */
static void raise_inheritable(const struct kernel_sets *sets)
{
	struct capset wanted = capset_and(own_set(CAP_PERMITTED, sets->last), sets->bounding);
	cap_t caps = cap_get_proc();
	unsigned cap;

	assert_non_null(caps);
	for (cap = 0; cap <= sets->last; cap++) {
		cap_value_t value = (cap_value_t)cap;

		if (capset_has(wanted, cap))
			assert_int_equal(cap_set_flag(caps, CAP_INHERITABLE, 1, &value, CAP_SET),
					 0);
	}
	assert_int_equal(cap_set_proc(caps), 0);
	cap_free(caps);
}

static void test_real_sets(void **state)
{
	const struct capset keep =
		capset_from_bits(UINT64_C(1) << 33 | 1 << 12); /* in both halves */
	const struct kernel *kernel = &kernel_linux;
	struct kernel_sets sets, kept;
	unsigned cap;

	assert_int_equal(kernel->read_sets(kernel->context, &sets), 0);
	raise_inheritable(&sets);
	assert_int_equal(kernel->read_sets(kernel->context, &sets), 0);
	assert_int_equal(sets.inheritable.bits, own_set(CAP_INHERITABLE, sets.last).bits);
	for (cap = 0; cap <= sets.last; cap++)
		assert_int_equal(cap_get_bound((cap_value_t)cap), capset_has(sets.bounding, cap));
	assert_int_equal(cap_get_bound((cap_value_t)cap), -1);

	assert_int_equal(kernel->keep_inheritable(kernel->context, keep), 0);
	assert_int_equal(kernel->read_sets(kernel->context, &kept), 0);
	assert_int_equal(kept.inheritable.bits, sets.inheritable.bits & keep.bits);
	assert_int_equal(kept.bounding.bits, sets.bounding.bits);
	assert_int_equal(kept.last, sets.last);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_step),
		cmocka_unit_test(test_every_operation_failing),
		cmocka_unit_test(test_every_operation_lying),
		cmocka_unit_test(test_deny_on_bounding),
		cmocka_unit_test(test_without_setpcap),
		cmocka_unit_test(test_deny_creation),
		cmocka_unit_test(test_real_sets),
	};

	return cmocka_run_group_tests_name("apply", tests, NULL, NULL);
}
