// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/*
 * The BPF programs' decisions, compiled for user space: what test_decide_model doesn't get to. That
 * is every wrong argument, every byte of a reply, states that no task gets into, and random acts at
 * greater depths.
 */
#include "unit.h"

#include <stdbool.h>
#include <stdlib.h>

#include "bpf/decide.h"

#define ALL	   DECIDE_ALL
#define BIT(cap)   ((__u64)1 << (cap))
#define NET	   BIT(CAP_NET_ADMIN)
#define PCAP	   BIT(CAP_SETPCAP)
#define KERNEL_SET (BIT(41) - 1) /* a kernel whose last capability is 40 */

static struct userns_state state_of(__u64 userns, __u64 bound, __u32 level, __u32 flags)
{
	return (struct userns_state){ userns, bound, level, flags, 0, 0, 0, 0 };
}

static void assert_state(const struct userns_state *state, __u64 userns, __u64 bound, __u32 level,
			 __u32 flags)
{
	assert_int_equal(state->userns, userns);
	assert_int_equal(state->bound, bound);
	assert_int_equal(state->level, level);
	assert_int_equal(state->flags, flags);
}

static int call5(struct userns_state *state, const struct decide_task *task, __u64 operation,
		 __u64 arg3, __u64 arg4, __u64 arg5)
{
	const struct decide_args args = { operation, arg3, arg4, arg5 };

	return decide_prctl(state, task, &args);
}

static int call(struct userns_state *state, const struct decide_task *task, __u64 operation,
		__u64 arg3, __u64 arg4)
{
	return call5(state, task, operation, arg3, arg4, 0);
}

/* --- settling --- */

static void test_settle(void **unused)
{
	struct userns_state state = state_of(0xff, ALL, 0, USERNS_NO_CREATE);

	decide_settle(&state, 0, 0);
	assert_state(&state, 0xff, ALL, 0, USERNS_NO_CREATE);
	decide_settle(&state, 1, 0);
	assert_state(&state, 0xff, 0xff, 1, USERNS_NO_CREATE);

	/* Once: what is lowered afterwards is for the next namespace. */
	state.userns = 0xf;
	decide_settle(&state, 1, ALL);
	assert_state(&state, 0xf, 0xff, 1, USERNS_NO_CREATE);
	/* Two at a time. */
	decide_settle(&state, 3, ALL);
	assert_state(&state, 0xf, 0xf, 3, USERNS_NO_CREATE);
	/* A depth only rises. Should it not, nothing is won by it. */
	decide_settle(&state, 1, ALL);
	assert_state(&state, 0xf, 0xf, 3, USERNS_NO_CREATE);
}

/* --- the capability check --- */

static void test_capable_no_such_capability(void **unused)
{
	struct userns_state state = state_of(ALL, ALL, 1, 0);
	static const __u32 caps[] = { 64, 65, 127, 0x80000000, UINT32_MAX };

	for (size_t i = 0; i < COUNT(caps); i++) {
		assert_int_equal(decide_capable(&state, ALL, ALL, 1, caps[i]), -EPERM);
		assert_int_equal(decide_capable(&state, ALL, ALL, 2, caps[i]), -EPERM);
	}
}

/* Does a task have a part of CAP_NET_ADMIN? */
static int has_part(const struct userns_state *state, __u64 effective, __u32 level, unsigned part)
{
	if (!decide_capable(state, ALL, effective, level, CAP_NET_ADMIN))
		return 1;
	return decide_parts(state, ALL, effective, level) >> part & 1;
}

/* One random act, on a state with parts and on one where CAP_CHOWN stands for part @part. */
static void act_on_both(struct userns_state *parts, struct userns_state *shadow, unsigned part)
{
	const __u64 keep_parts = (__u64)random() & USERNS_WHOLE;
	const int whole = random() % 4 == 0;
	const __u64 rest = ALL & ~NET & ~BIT(CAP_CHOWN);
	const __u64 keep = rest | (whole ? NET : 0);
	const __u64 keep_shadow = rest | (whole || keep_parts >> part & 1 ? BIT(CAP_CHOWN) : 0);
	const __u64 bounding = random() % 8 ? ALL : ALL & ~NET & ~BIT(CAP_CHOWN);
	const struct decide_task root = { ALL, ALL, bounding, ALL, parts->level, 0, 0, 0 };
	__u32 level = parts->level;

	switch (random() % 6) {
	case 0:
	case 1:
		assert_int_equal(
			call5(parts, &root, USERNS_KEEP, (__u32)keep, keep >> 32, keep_parts), 0);
		assert_int_equal(
			call5(shadow, &root, USERNS_KEEP, (__u32)keep_shadow, keep_shadow >> 32, 0),
			0);
		break;
	case 2:
		level++;
		break;
	case 3:
		parts->flags |= USERNS_STRICT;
		shadow->flags |= USERNS_STRICT;
		break;
	case 4:
		if (level || bounding != ALL) /* what the namespace lacks can't be raised */
			break;
		assert_int_equal(call(parts, &root, USERNS_RAISE, CAP_NET_ADMIN, 1U << part), 0);
		assert_int_equal(call(shadow, &root, USERNS_RAISE, CAP_CHOWN, 0), 0);
		break;
	default:
		if (random() % 8)
			break;
		assert_int_equal(call(parts, &root, USERNS_LOWER, CAP_NET_ADMIN, 0), 0);
		assert_int_equal(call(shadow, &root, USERNS_LOWER, CAP_CHOWN, 0), 0);
	}
	decide_settle(parts, level, bounding);
	decide_settle(shadow, level, bounding);
}

/* Whatever is done, a part is had where a capability of its own would be. */
static void test_parts_are_like_capabilities(void **unused)
{
	unsigned had = 0, lacked = 0;

	srandom(1);
	for (int round = 0; round < 4000; round++) {
		struct userns_state parts = state_of(ALL, ALL, 0, 0), shadow = parts;
		const unsigned part = (unsigned)random() % USERNS_PARTS;

		for (int step = 0; step < 8; step++) {
			act_on_both(&parts, &shadow, part);
			for (__u32 level = 1; level <= parts.level + 2; level++) {
				const __u64 effective = random() % 2 ? ALL : 0;
				const int expected =
					!decide_capable(&shadow, ALL, effective, level, CAP_CHOWN);

				assert_int_equal(has_part(&parts, effective, level, part),
						 expected);
				*(expected ? &had : &lacked) += 1;
			}
			/* One way to write it: all of them are the capability. */
			assert_true((parts.parts & USERNS_WHOLE) != USERNS_WHOLE);
			assert_false(parts.userns & NET && parts.parts & USERNS_WHOLE);
		}
	}
	assert_true(had > 1000 && lacked > 1000);
}

/* The mask knows no parts: without the capability there is none. */
static void test_parts_under_mask(void **unused)
{
	struct userns_state state = state_of(ALL & ~NET, ALL & ~NET, 1, 0);

	state.parts = 0x3 | (__u64)0x5 << 32;
	assert_int_equal(decide_parts(&state, ALL, 0, 1), 0x5);
	assert_int_equal(decide_parts(&state, ALL, 0, 2), 0x3);
	assert_int_equal(decide_parts(&state, ALL, ALL, 2),
			 0x7); /* a holder of what it was given */
	assert_int_equal(decide_parts(&state, ALL & ~NET, ALL, 1), 0);
	assert_int_equal(decide_parts(&state, ALL & ~NET, ALL, 2), 0);
}

/* Programs and tools that know nothing of parts take a capability in part for lost. */
static void test_parts_for_others(void **unused)
{
	const struct decide_task root = { ALL, ALL, ALL, ALL, 0, 0, 0x83, 0 };
	struct userns_state state = state_of(ALL, ALL, 0, 0);
	const __u64 keep = ALL & ~NET;

	assert_int_equal(call5(&state, &root, USERNS_KEEP, (__u32)keep, keep >> 32, 0x11), 0);
	assert_int_equal(call(&state, &root, USERNS_IS_SET, CAP_NET_ADMIN, 0), 0);
	assert_int_equal(decide_capable(&state, ALL, 0, 1, CAP_NET_ADMIN), -EPERM);
	assert_true(decide_is_restricted(&state));
	assert_int_equal(call(&state, &root, USERNS_GET, 24, 0), 0x11);
	assert_int_equal(call(&state, &root, USERNS_VAGUE, 0, 0), 0x83);
	assert_int_equal(call(&state, &root, USERNS_RAISE, CAP_NET_ADMIN, 0), 0);
	assert_int_equal(state.parts, 0);
	assert_true(state.userns == ALL);
}

/* Down five levels, dropping something at each. */
static void test_nested(void **unused)
{
	struct userns_state state = state_of(ALL & ~NET, ALL, 0, 0);
	const struct decide_task root = { KERNEL_SET, KERNEL_SET, KERNEL_SET, ALL, 0, 0, 0, 0 };

	for (__u32 level = 1; level <= 5; level++) {
		__u64 before = state.userns;

		decide_settle(&state, level, KERNEL_SET);
		assert_int_equal(state.bound, before);
		assert_int_equal(decide_capable(&state, ALL, KERNEL_SET, level, CAP_NET_ADMIN),
				 -EPERM);
		assert_int_equal(decide_capable(&state, ALL, KERNEL_SET, level + 1, CAP_NET_ADMIN),
				 -EPERM);
		assert_int_equal(call(&state, &root, USERNS_RAISE, CAP_NET_ADMIN, 0), -EPERM);
		assert_int_equal(decide_capable(&state, ALL, KERNEL_SET, level, level), 0);

		/* Lowered here: still ours in here, lost from the next level on. */
		assert_int_equal(call(&state, &root, USERNS_LOWER, level, 0), 0);
		assert_int_equal(decide_capable(&state, ALL, KERNEL_SET, level, level), 0);
		for (__u32 cap = 1; cap < level; cap++)
			assert_int_equal(decide_capable(&state, ALL, KERNEL_SET, level, cap),
					 -EPERM);
	}
}

/* --- prctl: who may do what --- */

static const __u64 restricting[][3] = {
	{ USERNS_LOWER, CAP_NET_ADMIN, 0 },
	{ USERNS_CLEAR_ALL, 0, 0 },
	{ USERNS_KEEP, 0, 0 },
	{ USERNS_SET_FLAGS, USERNS_NO_CREATE, 0 },
};

static void test_permission(void **unused)
{
	static const struct {
		__u64 effective, bound;
		__u32 level, no_new_privs;
		bool allowed;
	} table[] = {
		{ 0, ALL, 0, 0, false },
		{ ALL & ~PCAP, ALL, 0, 0, false },
		{ 0, ALL, 0, 1, true },
		{ PCAP, ALL, 0, 0, true },
		{ PCAP, 0, 0, 0, true }, /* bound says nothing in the initial namespace */
		{ PCAP, ALL, 1, 0, true },
		{ PCAP, ALL & ~PCAP, 1, 0, false },
		{ PCAP, ALL & ~PCAP, 1, 1, true },
	};

	for (size_t i = 0; i < COUNT(table); i++)
		for (size_t o = 0; o < COUNT(restricting); o++) {
			struct userns_state state =
				state_of(ALL, table[i].bound, table[i].level, 0);
			const struct decide_task task = { ALL,
							  table[i].effective,
							  ALL,
							  ALL,
							  table[i].level,
							  table[i].no_new_privs,
							  0,
							  0 };
			const __u64 *operation = restricting[o];
			int r = call(&state, &task, operation[0], operation[1], operation[2]);

			if (r != (table[i].allowed ? 0 : -EPERM))
				fail_msg("row %zu, operation %zu: %d", i, o, r);
			if (r)
				assert_state(&state, ALL, table[i].bound, table[i].level, 0);
			else
				assert_true(decide_is_restricted(&state));
		}
}

/* --- prctl: arguments and replies --- */

static void test_arguments(void **unused)
{
	static const struct decide_args wrong[] = {
		/* no such operation */
		{ 0, 0, 0, 0 },
		{ 5, 0, 0, 0 },
		{ 15, 0, 0, 0 },
		{ 21, 0, 0, 0 },
		{ (__u64)USERNS_VERSION | BIT(32), 0, 0, 0 },
		{ (__u64)USERNS_KEEP | BIT(32), 0, 0, 0 },
		{ ALL, 0, 0, 0 },
		/* no such capability, byte, or flag */
		{ USERNS_IS_SET, 64, 0, 0 },
		{ USERNS_IS_SET, BIT(32), 0, 0 },
		{ USERNS_RAISE, 64, 0, 0 },
		{ USERNS_RAISE, ALL, 0, 0 },
		{ USERNS_LOWER, 64, 0, 0 },
		{ USERNS_LOWER, BIT(63), 0, 0 },
		{ USERNS_GET, 40, 0, 0 },
		{ USERNS_GET, BIT(32), 0, 0 },
		{ USERNS_SET_FLAGS, 4, 0, 0 },
		{ USERNS_SET_FLAGS, USERNS_STRICT | BIT(32), 0, 0 },
		{ USERNS_SET_FLAGS, ALL, 0, 0 },
		{ USERNS_CLEAR_FLAGS, 4, 0, 0 },
		{ USERNS_CLEAR_FLAGS, USERNS_STRICT | BIT(32), 0, 0 },
		{ USERNS_CLEAR_FLAGS, USERNS_STRICT, 1, 0 },
		{ USERNS_CLEAR_FLAGS, USERNS_STRICT, 0, 1 },
		{ USERNS_KEEP, BIT(32), 0, 0 },
		{ USERNS_KEEP, 0, BIT(32), 0 },
		{ USERNS_KEEP, ALL, ALL, 0 },
		/* something where nothing belongs */
		{ USERNS_IS_SET, 0, 1, 0 },
		{ USERNS_IS_SET, 0, 0, 1 },
		{ USERNS_RAISE, 0, 1, 0 },
		{ USERNS_RAISE, 0, 0, 1 },
		{ USERNS_LOWER, 0, 1, 0 },
		{ USERNS_LOWER, 0, 0, 1 },
		{ USERNS_CLEAR_ALL, 1, 0, 0 },
		{ USERNS_CLEAR_ALL, 0, 1, 0 },
		{ USERNS_CLEAR_ALL, 0, 0, 1 },
		{ USERNS_VERSION, 1, 0, 0 },
		{ USERNS_VERSION, 0, 1, 0 },
		{ USERNS_VERSION, 0, 0, 1 },
		{ USERNS_KEEP, 0, 0, USERNS_WHOLE + 1 },
		{ USERNS_RAISE, USERNS_SPLIT, USERNS_WHOLE + 1, 0 },
		{ USERNS_VAGUE, 1, 0, 0 },
		{ USERNS_VAGUE, 0, 1, 0 },
		{ USERNS_VAGUE, 0, 0, 1 },
		{ USERNS_GET, 0, 1, 0 },
		{ USERNS_GET, 0, 0, 1 },
		{ USERNS_SET_FLAGS, 0, 1, 0 },
		{ USERNS_SET_FLAGS, 0, 0, 1 },
		{ USERNS_SET_FLAGS, 0, BIT(63), 0 },
	};
	const struct decide_task root = { ALL, ALL, ALL, ALL, 0, 1, 0, 0 };

	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct userns_state state = state_of(0x1234, ALL, 0, USERNS_STRICT);

		if (decide_prctl(&state, &root, &wrong[i]) != -EINVAL)
			fail_msg("row %zu", i);
		assert_state(&state, 0x1234, ALL, 0, USERNS_STRICT);
	}
}

static void test_queries(void **unused)
{
	const struct decide_task nobody = { 0 };
	struct userns_state state =
		state_of(0x8000001000200401, 0x0123456789abcdef, 0xfedcba98, USERNS_FLAGS);
	struct userns_state before;
	unsigned char bytes[offsetof(struct userns_state, account)];

	state.parts = 0x1122334455667788;
	state.session = 0x99aabbccddeeff01;
	before = state;
	assert_int_equal(call(&state, &nobody, USERNS_VERSION, 0, 0), USERNS_ABI_VERSION);
	for (unsigned cap = 0; cap < 64; cap++)
		assert_int_equal(call(&state, &nobody, USERNS_IS_SET, cap, 0),
				 (before.userns >> cap & 1));
	for (unsigned i = 0; i < sizeof(bytes); i++) {
		int byte = call(&state, &nobody, USERNS_GET, i, 0);

		assert_true(byte >= 0 && byte <= 255);
		bytes[i] = (unsigned char)byte;
	}
	assert_memory_equal(bytes, &before, sizeof(bytes));
	assert_memory_equal(&state, &before, sizeof(before));
}

static void test_reply(void **unused)
{
	for (int payload = 0; payload <= USERNS_REPLY_PAYLOAD; payload++) {
		__s64 r = decide_reply(payload);

		assert_true(r >= -4095 && r <= -0x800);
		assert_int_equal(-r & USERNS_REPLY_PAYLOAD, payload);
		assert_true(-r & USERNS_REPLY);
	}
	assert_int_equal(decide_reply(-EPERM), -EPERM);
	assert_int_equal(decide_reply(-EINVAL), -EINVAL);
	assert_int_equal(decide_reply(-ENOMEM), -ENOMEM);
}

/* --- properties --- */

static __u64 seed;

/* Knuth's MMIX generator; its high bits are the good ones. */
static __u64 random_bits(void)
{
	__u64 high;

	seed = seed * 6364136223846793005 + 1442695040888963407;
	high = seed >> 32;
	seed = seed * 6364136223846793005 + 1442695040888963407;
	return high << 32 | seed >> 32;
}

static unsigned random_below(unsigned limit)
{
	return (unsigned)(random_bits() >> 33) % limit;
}

/* A task as the kernel and we see it. */
struct subject {
	struct userns_state state;
	struct decide_task task;
};

/* What the task can do against namespaces at depth @ns, if the kernel would let it. */
static __u64 power(const struct subject *subject, __u32 ns)
{
	__u64 set = 0;

	for (__u32 cap = 0; cap < 64; cap++)
		if (!decide_capable(&subject->state, ALL, subject->task.effective, ns, cap))
			set |= BIT(cap);
	return set;
}

/* Something an unprivileged task might try. */
static void act(struct subject *subject)
{
	static const __u64 operations[] = { USERNS_IS_SET, USERNS_RAISE,    USERNS_RAISE,
					    USERNS_LOWER,  USERNS_VERSION,  USERNS_KEEP,
					    USERNS_GET,	   USERNS_SET_FLAGS };
	__u64 operation = operations[random_below(COUNT(operations))];
	__u64 arg3 = random_below(64), arg4 = 0;

	decide_settle(&subject->state, subject->task.level, subject->task.bounding);
	/* Into a namespace, made or found: full sets, as the kernel gives them. */
	if (random_below(16) == 0 && !decide_create(&subject->state)) {
		subject->task.permitted = subject->task.effective = KERNEL_SET;
		subject->task.bounding = KERNEL_SET;
		subject->task.level += 1 + random_below(2);
	}
	switch (random_below(12)) {
	case 0:
		subject->task.no_new_privs = 1;
		break;
	case 1: /* give up something, but never get it back */
		subject->task.effective &= random_bits() | random_bits();
		subject->task.bounding &= random_bits() | random_bits();
		break;
	}
	if (operation == USERNS_KEEP) {
		arg3 = (random_bits() | random_bits() | random_bits()) & UINT32_MAX;
		arg4 = (random_bits() | random_bits() | random_bits()) & UINT32_MAX;
	} else if (operation == USERNS_SET_FLAGS) {
		arg3 = random_below(40) ? random_below(2) * USERNS_STRICT : USERNS_NO_CREATE;
	} else if (random_below(32) == 0) {
		arg3 = random_bits();
	}
	decide_settle(&subject->state, subject->task.level, subject->task.bounding);
	call(&subject->state, &subject->task, operation, arg3, arg4);
}

/*
 * Whatever a task does that has nothing in the initial namespace, it never has more than its
 * session began with: not in its own namespace, not below, not in what it can pass on.
 */
static void test_never_widens(void **unused)
{
	for (seed = 1; seed <= 3000; seed++) {
		__u64 saved = seed, given = random_bits() & random_bits();
		struct subject subject = {
			.state = state_of(given, ALL, 0, 0),
			.task = { .bounding = KERNEL_SET, .mask = ALL },
		};
		__u32 flags = 0;

		for (int step = 0; step < 100; step++) {
			act(&subject);
			assert_int_equal(subject.state.userns & ~given, 0);
			assert_int_equal(power(&subject, subject.task.level + 1) & ~given, 0);
			if (subject.task.level > 0) {
				assert_int_equal(power(&subject, subject.task.level) & ~given, 0);
				assert_int_equal(power(&subject, 1) & ~given, 0);
				assert_int_equal(subject.state.userns & ~subject.state.bound, 0);
			}
			assert_int_equal(flags & ~subject.state.flags, 0);
			flags = subject.state.flags;
		}
		seed = saved;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_settle),
		cmocka_unit_test(test_capable_no_such_capability),
		cmocka_unit_test(test_parts_are_like_capabilities),
		cmocka_unit_test(test_parts_under_mask),
		cmocka_unit_test(test_parts_for_others),
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_permission),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_queries),
		cmocka_unit_test(test_reply),
		cmocka_unit_test(test_never_widens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
