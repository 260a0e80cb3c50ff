// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* How entries are counted for their users: no more than a share, and never for anybody else. */
#include "unit.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "bpf/accounts.h"

#define SHARE	3
#define SEED	12345
#define THREADS 8
#define ROUNDS	20000

static volatile __u64 accounts[USERNS_ACCOUNTS];

static void clear(void)
{
	for (size_t i = 0; i < USERNS_ACCOUNTS; i++)
		accounts[i] = 0;
}

static unsigned long sum(void)
{
	unsigned long count = 0;

	for (size_t i = 0; i < USERNS_ACCOUNTS; i++)
		count += accounts_count(accounts[i]);
	return count;
}

static void test_one_user(void **state)
{
	int place;

	clear();
	place = accounts_open(accounts, SEED, 1000, SHARE);
	assert_true(place > 0);
	assert_true(accounts_is_of(accounts[place], 1000));
	assert_false(accounts_is_of(accounts[place], 1001));
	assert_int_equal(accounts_open(accounts, SEED, 1000, SHARE), place);
	assert_true(accounts_add(&accounts[place], SHARE));

	/* The share. Nothing is left of what was tried. */
	assert_false(accounts_add(&accounts[place], SHARE));
	assert_int_equal(accounts_open(accounts, SEED, 1000, SHARE), -EAGAIN);
	assert_int_equal(sum(), SHARE);

	/* Others have their own. */
	assert_true(accounts_open(accounts, SEED, 1001, SHARE) > 0);
	for (int i = 0; i < SHARE; i++)
		accounts_remove(&accounts[place]);
	assert_int_equal(sum(), 1);
	assert_true(accounts_open(accounts, SEED, 1000, SHARE) > 0);
}

/* Every user id there is room for, the largest ones, too. */
static void test_many_users(void **state)
{
	static const __u32 first[] = { 0, 1000, 100000, 0xfffffff0 };
	unsigned long users = 0;

	clear();
	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++)
		for (__u32 uid = first[i]; uid - first[i] < 500 && uid != 0xffffffff;
		     uid++, users++) {
			int place = accounts_open(accounts, SEED, uid, SHARE);

			assert_true(place > 0 && accounts_is_of(accounts[place], uid));
			assert_int_equal(accounts_open(accounts, SEED, uid, SHARE), place);
		}
	assert_int_equal(sum(), 2 * users);
}

/* Where all places of a user are taken there is none, and nobody else's is touched. */
static void test_no_place(void **state)
{
	clear();
	for (__u32 i = 0; i < ACCOUNTS_TRIED; i++)
		if (accounts_place(SEED, 1000, i))
			accounts[accounts_place(SEED, 1000, i)] = accounts_new(1);
	assert_int_equal(accounts_open(accounts, SEED, 1000, SHARE), -EUSERS);
	for (__u32 i = 0; i < ACCOUNTS_TRIED; i++)
		if (accounts_place(SEED, 1000, i))
			assert_int_equal(accounts[accounts_place(SEED, 1000, i)], accounts_new(1));
	/* One that was another's and is empty. */
	accounts[accounts_place(SEED, 1000, 5)] = (__u64)2 << 32;
	assert_int_equal(accounts_open(accounts, SEED, 1000, SHARE), accounts_place(SEED, 1000, 5));
}

/* Nobody's entries are counted in place 0, which stands for nobody's. */
static void test_place_0(void **state)
{
	__u32 uid;

	clear();
	for (uid = 0; accounts_place(SEED, uid, 0) != 0; uid++)
		continue;
	assert_int_equal(accounts_open(accounts, SEED, uid, SHARE), accounts_place(SEED, uid, 1));
	assert_int_equal(accounts[0], 0);
}

/* One that was the user's when it was looked for, and is another's now. */
static void test_join(void **state)
{
	const __u32 place = accounts_place(SEED, 1000, 0);

	clear();
	accounts[place] = accounts_new(1);
	assert_int_equal(accounts_join(accounts, place, 1000, SHARE), -EAGAIN);
	assert_int_equal(accounts[place], accounts_new(1));
	assert_int_equal(accounts_join(accounts, place, 1, SHARE), place);
	assert_int_equal(accounts[place], accounts_new(1) + 1);
}

/* Who does not know the seed can't tell which users share places: with another they don't. */
static void test_seed(void **state)
{
	__u32 other = 1003;
	unsigned shared = 0;

	while (accounts_place(0, other, 0) != accounts_place(0, 1002, 0))
		other++;
	for (__u32 seed = 1; seed <= 1000; seed++)
		shared += accounts_place(seed, 1002, 0) == accounts_place(seed, other, 0);
	assert_true(shared < 10);
}

/* ---- all at the same time, on a few places ---- */

#define USERS 4

static unsigned long wrong, taken;
static __u32 users[USERS]; /* who share places */

static void *run(void *argument)
{
	const __u32 uid = users[(uintptr_t)argument % USERS];

	for (int i = 0; i < ROUNDS; i++) {
		int place = accounts_open(accounts, SEED, uid, SHARE);

		if (place < 0)
			continue;
		__atomic_fetch_add(&taken, 1, __ATOMIC_RELAXED);
		if (!accounts_is_of(accounts[place], uid) ||
		    accounts_count(accounts[place]) > THREADS)
			__atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
		accounts_remove(&accounts[place]);
	}
	return NULL;
}

static void find_users(void)
{
	__u32 uid = 1000, place = accounts_place(SEED, uid, 0);

	for (size_t i = 0; i < USERS; uid++)
		if (accounts_place(SEED, uid, 0) - place < ACCOUNTS_TRIED / 2)
			users[i++] = uid;
}

static void test_at_the_same_time(void **state)
{
	pthread_t threads[THREADS];

	find_users();
	for (size_t i = 0; i < USERNS_ACCOUNTS; i++)
		accounts[i] = accounts_new(1);
	for (__u32 i = ACCOUNTS_TRIED / 2; i < ACCOUNTS_TRIED; i += 3)
		accounts[accounts_place(SEED, users[0], i)] = 0;
	for (uintptr_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, run, (void *)i), 0);
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(wrong, 0);
	assert_true(taken > 0);
	for (size_t i = 0; i < USERS; i++)
		assert_int_equal(accounts_find(accounts, SEED, users[i]), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_user),
		cmocka_unit_test(test_many_users),
		cmocka_unit_test(test_no_place),
		cmocka_unit_test(test_place_0),
		cmocka_unit_test(test_join),
		cmocka_unit_test(test_seed),
		cmocka_unit_test(test_at_the_same_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
