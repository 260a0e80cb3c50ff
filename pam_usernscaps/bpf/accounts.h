/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
/*
 * How many entries each user has. No user can have more than a share of the room, so none can fill
 * it for others. Compiled for BPF and for user space (unit tests), so fixed width and no libc.
 *
 * A task's memory, and so its entry, can outlive the task for as long as somebody holds on to it,
 * and no limit of the kernel's counts that.
 */
#ifndef BPF_ACCOUNTS_H
#define BPF_ACCOUNTS_H

#include <linux/errno.h>
#include <linux/types.h>

#include "abi.h"

/* How many places a user's account can be in. */
#define ACCOUNTS_TRIED 16

static inline __u32 accounts_count(__u64 account)
{
	return (__u32)account;
}

/** The account of a user with one entry. */
static inline __u64 accounts_new(__u32 uid)
{
	return ((__u64)uid + 1) << 32 | 1;
}

/** Whose it is, where it counts any. */
static inline __u32 accounts_uid(__u64 account)
{
	return (__u32)(account >> 32) - 1;
}

static inline int accounts_is_of(__u64 account, __u32 uid)
{
	return accounts_count(account) && accounts_uid(account) == uid;
}

/** A number for a user, which nobody can know who doesn't know @seed. The high bits are the best.
 */
static inline __u32 accounts_hash(__u32 seed, __u32 uid)
{
	__u32 hash = (uid ^ seed) * 0x9e3779b1U;

	return (hash ^ hash >> 15 ^ seed) * 0x85ebca6bU;
}

/**
 * The place number @i of those for a user; 0 is none.
 *
 * @seed: any number that stays the same
 */
static inline __u32 accounts_place(__u32 seed, __u32 uid, __u32 i)
{
	return ((accounts_hash(seed, uid) >> (32 - USERNS_ACCOUNT_BITS)) + i) % USERNS_ACCOUNTS;
}

/** Count one entry less. */
static inline void accounts_remove(volatile __u64 *account)
{
	__sync_fetch_and_add(account, (__u64)-1);
}

/**
 * Count one entry more in an account that has some.
 *
 * @share: the most there can be
 *
 * Returns 1, or 0 where that many are there.
 */
static inline int accounts_add(volatile __u64 *account, __u32 share)
{
	if (accounts_count(__sync_fetch_and_add(account, 1)) < share)
		return 1;
	accounts_remove(account);
	return 0;
}

/** Where is a user's account? Returns its place or 0. */
static inline __u32 accounts_find(const volatile __u64 accounts[USERNS_ACCOUNTS], __u32 seed,
				  __u32 uid)
{
	for (__u32 i = 0; i < ACCOUNTS_TRIED; i++) {
		__u32 place = accounts_place(seed, uid, i);

		if (place && accounts_is_of(accounts[place], uid))
			return place;
	}
	return 0;
}

/** Make an account of one entry in a free place. Returns the place, or 0 where there is none. */
static inline __u32 accounts_make(volatile __u64 accounts[USERNS_ACCOUNTS], __u32 seed, __u32 uid)
{
	for (__u32 i = 0; i < ACCOUNTS_TRIED; i++) {
		__u32 place = accounts_place(seed, uid, i);
		__u64 seen = accounts[place];

		if (place && !accounts_count(seen) &&
		    __sync_val_compare_and_swap(&accounts[place], seen, accounts_new(uid)) == seen)
			return place;
	}
	return 0;
}

/**
 * Count an entry in an account which may become another's at this moment.
 *
 * Returns its place, or -EAGAIN.
 */
static inline int accounts_join(volatile __u64 accounts[USERNS_ACCOUNTS], __u32 place, __u32 uid,
				__u32 share)
{
	if (!accounts_add(&accounts[place], share))
		return -EAGAIN;
	/* Now that it has an entry it stays whose it is. */
	if (accounts_is_of(accounts[place], uid))
		return (int)place;
	accounts_remove(&accounts[place]);
	return -EAGAIN;
}

/**
 * Count an entry for a user, in the user's account or in a new one.
 *
 * @seed:  see accounts_place()
 * @share: the most there can be
 *
 * Returns its place; -EAGAIN where the user has that many; or -EUSERS where no place is free.
 */
static inline int accounts_open(volatile __u64 accounts[USERNS_ACCOUNTS], __u32 seed, __u32 uid,
				__u32 share)
{
	__u32 first = accounts_find(accounts, seed, uid), made;

	if (first)
		return accounts_join(accounts, first, uid, share);
	made = accounts_make(accounts, seed, uid);
	if (!made)
		return -EUSERS;
	/* The same may have been done elsewhere at this moment: the first account counts. */
	first = accounts_find(accounts, seed, uid);
	if (!first || first == made)
		return (int)made;
	accounts_remove(&accounts[made]);
	return accounts_join(accounts, first, uid, share);
}

#endif
