// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/*
 * Records of sessions: which places a user's can have, which record is replaced first, and how
 * denials are counted by their kind.
 */
#include "unit.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/sessions.h"

#define SEED	12345
#define THREADS 8

/* ---- places ---- */

static __u32 place_of(__u32 seed, __u32 uid, __u32 i)
{
	return sessions_place(seed, uid, i) % USERNS_SESSIONS;
}

/* How many of the places of one user are another's. Fails if a user has a place twice. */
static unsigned count_shared(__u32 seed, __u32 uid, __u32 other)
{
	bool places[USERNS_SESSIONS] = { false }, others[USERNS_SESSIONS] = { false };
	unsigned shared = 0;

	for (__u32 i = 0; i < SESSIONS_TRIED; i++) {
		assert_false(places[place_of(seed, uid, i)]);
		places[place_of(seed, uid, i)] = true;
	}
	for (__u32 i = 0; i < SESSIONS_TRIED; i++) {
		assert_false(others[place_of(seed, other, i)]);
		others[place_of(seed, other, i)] = true;
		shared += places[place_of(seed, other, i)];
	}
	return shared;
}

/* Users of all sizes: an eighth of a user's places are another's, and never all. */
static void test_places(void **state)
{
	static const __u32 seeds[] = { 0, 1, SEED, 0x80000000, 0xffffffff };
	static const __u32 first[] = { 0, 1000, 100000, 0x7fffff80, 0xffffff00 };
	unsigned long shared = 0, pairs = 0;

	for (size_t s = 0; s < COUNT(seeds); s++)
		for (size_t f = 0; f < COUNT(first); f++)
			for (__u32 i = 1; i < 256; i++, pairs++) {
				unsigned here = count_shared(seeds[s], first[f], first[f] + i);

				assert_true(here < SESSIONS_TRIED);
				shared += here;
			}
	assert_between(shared / pairs, SESSIONS_TRIED / 8 - 4, SESSIONS_TRIED / 8 + 4);
}

/* Those that begin at the same place go on to others. */
static void test_places_part(void **state)
{
	unsigned long shared = 0, users = 0;

	for (__u32 uid = 1; uid < 100000; uid++) {
		if (place_of(SEED, uid, 0) != place_of(SEED, 0, 0))
			continue;
		shared += count_shared(SEED, 0, uid);
		users++;
	}
	assert_true(users > 10);
	assert_true(shared / users < SESSIONS_TRIED / 2);
}

/* No record is left out: each is the first place of some user. */
static void test_places_all(void **state)
{
	bool seen[USERNS_SESSIONS] = { false };
	unsigned count = 0;

	for (__u32 uid = 1000; uid < 1000 + 20 * USERNS_SESSIONS; uid++)
		seen[place_of(SEED, uid, 0)] = true;
	for (size_t i = 0; i < USERNS_SESSIONS; i++)
		count += seen[i];
	assert_int_equal(count, USERNS_SESSIONS);
}

/* Who does not know the seed can't tell which users share places: with another they don't. */
static void test_seed(void **state)
{
	unsigned shared = 0, same = 0;
	__u32 other = 1003;

	while (place_of(0, other, 0) != place_of(0, 1002, 0) ||
	       place_of(0, other, 1) != place_of(0, 1002, 1))
		other++;
	assert_int_equal(count_shared(0, 1002, other), SESSIONS_TRIED);
	for (__u32 seed = 1; seed <= 1000; seed++) {
		shared += place_of(seed, 1002, 0) == place_of(seed, other, 0);
		same += place_of(seed, 1002, 0) == place_of(0, 1002, 0);
	}
	assert_true(shared < 10);
	assert_true(same < 10);
}

/* ---- arguments ---- */

#define MAX32 0xffffffffULL

/* The largest that each argument can be. */
static const struct decide_args largest[] = {
	{ USERNS_OPEN, MAX32, 0, 0 },
	{ USERNS_WRITE, USERNS_SESSION_TEXT / 8 - 1, MAX32, MAX32 },
	{ USERNS_SEAL, 0, 0, 0 },
	{ USERNS_READ, sizeof(struct userns_session) - 1, 0, 0 },
};

/* Too large by one, by the sign, and by bits that a smaller type would lose. */
static void assert_limit(const struct decide_args *args, __u64 limit, size_t offset)
{
	const __u64 wrong[] = { limit + 1, (__u64)1 << 32 | limit, (__u64)1 << 63 | limit,
				~(__u64)0 };
	struct decide_args changed = *args;

	for (size_t i = 0; i < COUNT(wrong); i++) {
		if (wrong[i] == limit)
			continue;
		memcpy((char *)&changed + offset, &wrong[i], sizeof(wrong[i]));
		if (sessions_args_valid(&changed))
			fail_msg("operation %llu: %llu, %llu, %llu", changed.operation,
				 changed.arg3, changed.arg4, changed.arg5);
	}
}

static void test_args(void **state)
{
	for (size_t i = 0; i < COUNT(largest); i++) {
		const struct decide_args *args = &largest[i];

		assert_true(sessions_args_valid(args));
		assert_true(sessions_args_valid(&(struct decide_args){ args->operation, 0, 0, 0 }));
		assert_limit(args, args->arg3, offsetof(struct decide_args, arg3));
		assert_limit(args, args->arg4, offsetof(struct decide_args, arg4));
		assert_limit(args, args->arg5, offsetof(struct decide_args, arg5));
	}
}

/* Those that there are not, and those that are not about sessions. */
static void test_operations(void **state)
{
	static const __u64 more[] = { (__u64)1 << 32 | USERNS_OPEN, (__u64)1 << 32 | USERNS_WRITE,
				      (__u64)1 << 63 | USERNS_SEAL, ~(__u64)0 };

	for (__u64 operation = 0; operation < 100; operation++)
		assert_int_equal(sessions_args_valid(&(struct decide_args){ operation, 0, 0, 0 }),
				 operation >= USERNS_OPEN && operation <= USERNS_READ);
	for (size_t i = 0; i < COUNT(more); i++)
		assert_false(sessions_args_valid(&(struct decide_args){ more[i], 0, 0, 0 }));
}

/* ---- which record is replaced first ---- */

static __u64 cost(__u64 session_state, __u64 ended)
{
	/* Nothing else counts. */
	struct userns_session session;

	memset(&session, 0xa5, sizeof(session));
	session.state = session_state;
	session.ended = ended;
	return sessions_cost(&session);
}

static void test_cost(void **state)
{
	static const struct {
		__u64 state, ended;
	} order[] = {
		{ USERNS_SESSION_FREE, 9000 },
		{ USERNS_SESSION_TOLD, 1000 },
		{ USERNS_SESSION_TOLD, 1002 },
		{ USERNS_SESSION_TOLD, (__u64)1 << 62 }, /* in a hundred years */
		{ USERNS_SESSION_TOLD, ~(__u64)0 },
		{ USERNS_SESSION_ENDED, 2 },
		{ USERNS_SESSION_ENDED, 1000 },
		{ USERNS_SESSION_ENDED, 1002 },
		{ USERNS_SESSION_ENDED, (__u64)1 << 62 },
		{ USERNS_SESSION_LIVE, 0 },
	};

	for (size_t i = 1; i < COUNT(order); i++)
		if (cost(order[i - 1].state, order[i - 1].ended) >=
		    cost(order[i].state, order[i].ended))
			fail_msg("%zu is not before %zu", i - 1, i);
	/* That of one that goes on is nobody's, like that of one that begins, or has no such state.
	 */
	for (__u64 other = USERNS_SESSION_LIVE; other < 100; other++)
		if (other != USERNS_SESSION_ENDED && other != USERNS_SESSION_TOLD)
			assert_int_equal(cost(other, 1000), ~(__u64)0);
	assert_int_equal(cost((__u64)1 << 32, 1000), ~(__u64)0);
	assert_int_equal(cost(USERNS_SESSION_FREE, 1000), 0);
}

/* ---- kinds ---- */

#define HAS(cap) ((__u64)1 << (cap))

static void test_kind(void **state)
{
	/* In a namespace of depth 2, which could have NET_ADMIN; it has NET_RAW in it. */
	const struct userns_state inner = { .userns = HAS(CAP_NET_ADMIN) | HAS(CAP_SYS_ADMIN),
					    .bound = HAS(CAP_NET_RAW),
					    .level = 2,
					    .flags = USERNS_NO_CREATE };
	static const struct {
		__u64 mask;
		__u32 level, cap;
		__u64 options;
		__u32 kind;
	} cases[] = {
		{ DECIDE_ALL, 2, CAP_CHOWN, 0, CAP_CHOWN | USERNS_KIND_INSIDE },
		{ DECIDE_ALL, 1, CAP_NET_ADMIN, 0, CAP_NET_ADMIN | USERNS_KIND_INSIDE },
		{ DECIDE_ALL, 3, CAP_NET_RAW, 0, CAP_NET_RAW | USERNS_KIND_OWNER },
		{ DECIDE_ALL, 2, 63, 0, 63 | USERNS_KIND_INSIDE },
		/* By the mask alone: only where the task's own set has it. */
		{ 0, 2, CAP_NET_RAW, 0, CAP_NET_RAW | USERNS_KIND_INSIDE | USERNS_KIND_MASK },
		{ 0, 2, CAP_NET_ADMIN, 0, CAP_NET_ADMIN | USERNS_KIND_INSIDE },
		{ 0, 3, CAP_NET_ADMIN, 0, CAP_NET_ADMIN | USERNS_KIND_OWNER | USERNS_KIND_MASK },
		{ 0, 3, CAP_NET_RAW, 0, CAP_NET_RAW | USERNS_KIND_OWNER },
		{ ~HAS(CAP_NET_RAW), 2, CAP_CHOWN, 0, CAP_CHOWN | USERNS_KIND_INSIDE },
		/* To enter from outside takes that one capability. */
		{ DECIDE_ALL, 3, CAP_SYS_ADMIN, 0,
		  CAP_SYS_ADMIN | USERNS_KIND_OWNER | USERNS_KIND_ENTER },
		{ 0, 3, CAP_SYS_ADMIN, 0, CAP_SYS_ADMIN | USERNS_KIND_OWNER | USERNS_KIND_ENTER },
		{ DECIDE_ALL, 2, CAP_SYS_ADMIN, 0, CAP_SYS_ADMIN | USERNS_KIND_INSIDE },
		/* Nobody is told of what was asked without audit, or of a look at processes. */
		{ DECIDE_ALL, 2, CAP_CHOWN, SESSIONS_NOAUDIT,
		  CAP_CHOWN | USERNS_KIND_INSIDE | USERNS_KIND_QUIET },
		{ DECIDE_ALL, 2, CAP_CHOWN, SESSIONS_NOAUDIT | 0xf0,
		  CAP_CHOWN | USERNS_KIND_INSIDE | USERNS_KIND_QUIET },
		{ DECIDE_ALL, 2, CAP_CHOWN, ~(__u64)SESSIONS_NOAUDIT,
		  CAP_CHOWN | USERNS_KIND_INSIDE },
		{ DECIDE_ALL, 3, CAP_SYS_PTRACE, 0,
		  CAP_SYS_PTRACE | USERNS_KIND_OWNER | USERNS_KIND_QUIET },
		{ DECIDE_ALL, 2, CAP_SYS_PTRACE, 0, CAP_SYS_PTRACE | USERNS_KIND_INSIDE },
		{ 0, 3, CAP_SYS_ADMIN, SESSIONS_NOAUDIT,
		  CAP_SYS_ADMIN | USERNS_KIND_OWNER | USERNS_KIND_ENTER | USERNS_KIND_QUIET },
		{ 0, 2, CAP_NET_RAW, SESSIONS_NOAUDIT,
		  CAP_NET_RAW | USERNS_KIND_INSIDE | USERNS_KIND_MASK | USERNS_KIND_QUIET },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		/* What the kinds are of is denied. */
		assert_int_equal(
			decide_capable(&inner, cases[i].mask, 0, cases[i].level, cases[i].cap),
			-EPERM);
		if (sessions_kind(&inner, 0, cases[i].level, cases[i].cap, cases[i].options) !=
		    cases[i].kind)
			fail_msg("case %zu: 0x%x", i,
				 sessions_kind(&inner, 0, cases[i].level, cases[i].cap,
					       cases[i].options));
	}
}

/* Where entering is allowed, the same capability is one like the others. */
static void test_kind_of_sys_admin(void **state)
{
	const struct userns_state outer = { .userns = HAS(CAP_SYS_ADMIN),
					    .bound = DECIDE_ALL,
					    .flags = USERNS_STRICT };

	assert_int_equal(sessions_kind(&outer, 0, 1, CAP_SYS_ADMIN, 0),
			 CAP_SYS_ADMIN | USERNS_KIND_OWNER | USERNS_KIND_MASK);
	assert_int_equal(sessions_kind(&outer, 0, 1, CAP_CHOWN, 0), CAP_CHOWN | USERNS_KIND_OWNER);
}

/* A small generator of numbers, the same at each run. */
static __u64 next_random(void)
{
	static __u64 seed = 88172645463325252ULL;

	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

/* One part is named, several are not. */
static void test_parts(void **state)
{
	assert_int_equal(sessions_part(0), 0);
	for (__u32 may = 1; may <= USERNS_WHOLE; may++) {
		const __u32 part = sessions_part(may) >> USERNS_KIND_PART_SHIFT;

		assert_int_equal(sessions_part(may) & ~(__u32)USERNS_KIND_PART, 0);
		assert_int_equal(part, may & (may - 1) ? 15 : (__u32)__builtin_ctz(may) + 1);
	}
}

/* Often all, seldom nothing. */
static __u64 random_set(void)
{
	__u64 choice = next_random() >> 60;

	return choice < 4 ? DECIDE_ALL : choice == 4 ? 0 : next_random();
}

/* What a kind says of a denial must be so. Returns it. */
static __u32 check_kind(const struct userns_state *userns, __u64 mask, __u64 effective, __u32 level,
			__u32 cap)
{
	__u32 kind = sessions_kind(userns, effective, level, cap, 0);
	bool inside = level <= userns->level;
	bool without_mask = !decide_capable(userns, DECIDE_ALL, effective, level, cap);
	struct userns_state enterable = *userns;

	enterable.flags &= ~(__u32)USERNS_NO_CREATE;
	assert_int_equal(kind & 0xff, cap);
	assert_int_equal(kind & USERNS_KIND_WHERE, inside ? USERNS_KIND_INSIDE : USERNS_KIND_OWNER);
	assert_int_equal(kind & ~0xfffU & ~(__u32)USERNS_KIND_QUIET, 0);
	assert_int_equal(!!(kind & USERNS_KIND_MASK), without_mask);
	if (kind & USERNS_KIND_ENTER)
		assert_false(inside || cap != CAP_SYS_ADMIN || !(userns->flags & USERNS_NO_CREATE));
	else /* that flag is not the cause */
		assert_int_equal(decide_capable(&enterable, mask, effective, level, cap), -EPERM);
	return kind;
}

static void test_kind_of_any_denial(void **state)
{
	unsigned masked = 0, entered = 0, inside = 0, owner = 0;

	for (unsigned i = 0; i < 300000; i++) {
		const struct userns_state userns = { .userns = random_set(),
						     .bound = random_set(),
						     .level = (__u32)(next_random() >> 62),
						     .flags = (__u32)(next_random() >> 62) };
		__u64 mask = random_set(), effective = random_set();
		__u32 level = (__u32)(next_random() >> 61);
		__u32 cap = i % 4 ? (__u32)(next_random() >> 58) : CAP_SYS_ADMIN, kind;

		if (!decide_capable(&userns, mask, effective, level, cap))
			continue;
		kind = check_kind(&userns, mask, effective, level, cap);
		masked += !!(kind & USERNS_KIND_MASK);
		entered += !!(kind & USERNS_KIND_ENTER);
		inside += (kind & USERNS_KIND_WHERE) == USERNS_KIND_INSIDE;
		owner += (kind & USERNS_KIND_WHERE) == USERNS_KIND_OWNER;
	}
	assert_true(masked > 1000 && entered > 1000 && inside > 1000 && owner > 1000);
}

/* ---- counting ---- */

/* Different ones, and none of them 0. */
static __u32 kind_number(unsigned i)
{
	return i | (i & 1 ? USERNS_KIND_INSIDE : USERNS_KIND_OWNER);
}

static void test_find_kind(void **state)
{
	static struct userns_session session;
	volatile struct userns_denials *places[USERNS_KINDS];

	memset(&session, 0, sizeof(session));
	for (unsigned i = 0; i < USERNS_KINDS; i++) {
		places[i] = sessions_find_kind(&session, kind_number(i));
		assert_ptr_equal(places[i], &session.denials[i]);
		assert_int_equal(places[i]->kind, kind_number(i));
		assert_ptr_equal(sessions_find_kind(&session, kind_number(i)), places[i]);
	}
	for (unsigned i = USERNS_KINDS; i < USERNS_KINDS + 3; i++)
		assert_null(sessions_find_kind(&session, kind_number(i)));
	for (unsigned i = 0; i < USERNS_KINDS; i++) {
		assert_ptr_equal(sessions_find_kind(&session, kind_number(i)), places[i]);
		assert_int_equal(places[i]->kind, kind_number(i));
		assert_int_equal(places[i]->count, 0);
	}
	assert_int_equal(session.lost, 0);
	assert_int_equal(session.text[0], 0);
}

/* The same capability denied elsewhere or for another reason is another kind. */
static void test_find_kind_by_flags(void **state)
{
	static const __u32 flags[] = { USERNS_KIND_INSIDE,
				       USERNS_KIND_OWNER,
				       USERNS_KIND_OWNER | USERNS_KIND_MASK,
				       USERNS_KIND_OWNER | USERNS_KIND_ENTER,
				       USERNS_KIND_OWNER | USERNS_KIND_QUIET,
				       USERNS_KIND_CREATE };
	struct userns_session session = { 0 };

	for (size_t i = 0; i < COUNT(flags); i++)
		assert_ptr_equal(sessions_find_kind(&session, flags[i]), &session.denials[i]);
}

/* Where there is no room, what was denied is counted; what was only tried is not. */
static void test_count(void **state)
{
	struct userns_session session = { 0 };

	for (unsigned i = 0; i < USERNS_KINDS; i++)
		for (unsigned times = 0; times <= i; times++)
			assert_ptr_equal(sessions_count(&session, kind_number(i)),
					 &session.denials[i]);
	assert_null(sessions_count(&session, kind_number(USERNS_KINDS)));
	assert_null(sessions_count(&session, kind_number(USERNS_KINDS + 1)));
	assert_int_equal(session.lost, 2);
	assert_null(sessions_count(&session, kind_number(USERNS_KINDS) | USERNS_KIND_QUIET));
	assert_int_equal(session.lost, 2);
	for (unsigned i = 0; i < USERNS_KINDS; i++)
		assert_int_equal(session.denials[i].count, i + 1);
}

static void test_last(void **state)
{
	struct userns_denials denials = { .writer = 0xfffffffe };

	assert_true(sessions_begin_last(&denials));
	assert_int_equal(denials.writer, 0xffffffff);
	assert_false(sessions_begin_last(&denials));
	assert_int_equal(denials.writer, 0xffffffff);
	sessions_end_last(&denials);
	assert_int_equal(denials.writer, 0);
	assert_true(sessions_begin_last(&denials));
	assert_int_equal(denials.writer, 1);
	sessions_end_last(&denials);
	assert_int_equal(denials.writer, 2);
}

/* ---- all at the same time ---- */

#define TRIES	 10
#define SESSIONS 4000
#define ROUNDS	 2
#define KINDS	 (USERNS_KINDS + 4) /* of them all threads have a share, and some find no room */

static struct userns_session sessions[SESSIONS];
static pthread_barrier_t barrier;
static unsigned long counted[SESSIONS][KINDS], wrong;

/* As the programs do it. Each thread begins with another kind. */
static void count_denials(struct userns_session *session, unsigned long own[KINDS], unsigned thread)
{
	for (unsigned i = 0; i < KINDS * ROUNDS; i++) {
		unsigned kind = (i + thread / 2 * 3) % KINDS;
		volatile struct userns_denials *denials =
			sessions_count(session, kind_number(kind));

		if (!denials)
			continue;
		if (denials->kind != kind_number(kind))
			__sync_fetch_and_add(&wrong, 1);
		own[kind]++;
	}
}

static void *run_kinds(void *argument)
{
	pthread_barrier_wait(&barrier);
	for (size_t i = 0; i < SESSIONS; i++) {
		unsigned long own[KINDS] = { 0 };

		count_denials(&sessions[i], own, (unsigned)(uintptr_t)argument);
		for (size_t kind = 0; kind < KINDS; kind++)
			__sync_fetch_and_add(&counted[i][kind], own[kind]);
	}
	return NULL;
}

static void run_threads(void *(*run)(void *))
{
	pthread_t threads[THREADS];

	assert_int_equal(pthread_barrier_init(&barrier, NULL, THREADS), 0);
	for (uintptr_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, run, (void *)i), 0);
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	pthread_barrier_destroy(&barrier);
}

/* Each kind has one place, with all of its denials; the others are counted as lost. */
static void assert_counts(size_t i)
{
	unsigned long sum = sessions[i].lost;

	for (size_t place = 0; place < USERNS_KINDS; place++) {
		const struct userns_denials *denials = &sessions[i].denials[place];
		unsigned kind = denials->kind & 0xff;

		assert_true(kind < KINDS && denials->kind == kind_number(kind));
		for (size_t other = 0; other < place; other++)
			assert_int_not_equal(sessions[i].denials[other].kind, denials->kind);
		assert_int_equal(denials->count, counted[i][kind]);
		assert_int_equal(denials->count, THREADS * ROUNDS);
		sum += denials->count;
	}
	assert_int_equal(sum, THREADS * ROUNDS * KINDS);
}

static void test_kinds_at_the_same_time(void **state)
{
	for (unsigned try = 0; try < TRIES; try++) {
		memset(sessions, 0, sizeof(sessions));
		memset(counted, 0, sizeof(counted));
		run_threads(run_kinds);
		assert_int_equal(wrong, 0);
		for (size_t i = 0; i < SESSIONS; i++)
			assert_counts(i);
	}
}

#define WRITES 100000

static struct userns_denials one;
static volatile unsigned writing;
static unsigned long written;

static void *run_last(void *argument)
{
	pthread_barrier_wait(&barrier);
	for (unsigned i = 0; i < WRITES; i++) {
		if (!sessions_begin_last(&one))
			continue;
		/* Nobody else is here, so these need not be atomic. */
		if (writing)
			__sync_fetch_and_add(&wrong, 1);
		writing = 1;
		written++;
		one.last = i;
		writing = 0;
		sessions_end_last(&one);
	}
	return NULL;
}

static void test_last_at_the_same_time(void **state)
{
	wrong = 0;
	run_threads(run_last);
	assert_int_equal(wrong, 0);
	assert_true(written > 0);
	assert_int_equal(one.writer, 2 * written);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_places_part),
		cmocka_unit_test(test_places_all),
		cmocka_unit_test(test_seed),
		cmocka_unit_test(test_args),
		cmocka_unit_test(test_operations),
		cmocka_unit_test(test_cost),
		cmocka_unit_test(test_kind),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_kind_of_sys_admin),
		cmocka_unit_test(test_kind_of_any_denial),
		cmocka_unit_test(test_find_kind),
		cmocka_unit_test(test_find_kind_by_flags),
		cmocka_unit_test(test_count),
		cmocka_unit_test(test_last),
		cmocka_unit_test(test_kinds_at_the_same_time),
		cmocka_unit_test(test_last_at_the_same_time),
	};

	return cmocka_run_group_tests_name("sessions", tests, NULL, NULL);
}
