/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
/*
 * What is remembered of sessions: their records, and what is denied of which kind. Compiled for BPF
 * and for user space (unit tests), so fixed width and no libc.
 */
#ifndef BPF_SESSIONS_H
#define BPF_SESSIONS_H

#include <linux/capability.h>
#include <linux/types.h>

#include "accounts.h"
#include "decide.h"

/*
 * In how many places a user's sessions can be. It is a part of all: nobody can have all records,
 * however many sessions they open and keep.
 */
#define SESSIONS_TRIED 256

/* The kernel's: a check of which audit is not to know. include/linux/security.h */
#define SESSIONS_NOAUDIT 0x2

/** The place number @i of those for a user; 0 is none. @seed: any number that stays the same. */
static inline __u32 sessions_place(__u32 seed, __u32 uid, __u32 i)
{
	__u32 hash = accounts_hash(seed, uid);

	return (hash >> 16) + i * ((hash & 0xff) << 1 | 1);
}

/** Are an operation's arguments in range, and 0 where it has none? Of USERNS_OPEN and above. */
static inline int sessions_args_valid(const struct decide_args *args)
{
	if (args->operation == USERNS_WRITE)
		return args->arg3 < USERNS_SESSION_TEXT / 8 && !(args->arg4 >> 32) &&
		       !(args->arg5 >> 32);
	if (args->arg4 || args->arg5)
		return 0;
	switch (args->operation) {
	case USERNS_OPEN:
		return !(args->arg3 >> 32);
	case USERNS_SEAL:
		return !args->arg3;
	case USERNS_READ:
		return args->arg3 < sizeof(struct userns_session);
	}
	return 0;
}

/**
 * How badly is a record wanted by another session? Free ones most, then those whose end the log
 * has, the oldest first; then the others that have ended.
 *
 * Returns less for what is better, and ~0 for a session that goes on.
 */
static inline __u64 sessions_cost(const volatile struct userns_session *session)
{
	switch (session->state) {
	case USERNS_SESSION_FREE:
		return 0;
	case USERNS_SESSION_TOLD:
		return session->ended >> 1;
	case USERNS_SESSION_ENDED:
		return session->ended >> 1 | (__u64)1 << 63;
	}
	return ~(__u64)0;
}

/**
 * Of what kind is a denial that decide_capable() has just answered for the same arguments? By the
 * mask: if that were full there would be none.
 *
 * @options: the kernel's, of the check
 */
static inline __u32 sessions_kind(const struct userns_state *state, __u64 effective, __u32 level,
				  __u32 cap, __u64 options)
{
	int inside = level <= state->level;
	__u32 kind = (cap & 0xff) | (inside ? USERNS_KIND_INSIDE : USERNS_KIND_OWNER);

	if (!inside && cap == CAP_SYS_ADMIN && state->flags & USERNS_NO_CREATE)
		kind |= USERNS_KIND_ENTER;
	else if (!decide_capable(state, DECIDE_ALL, effective, level, cap))
		kind |= USERNS_KIND_MASK;
	/* ps(1) asks of each process that it lists. */
	if (options & SESSIONS_NOAUDIT || (!inside && cap == CAP_SYS_PTRACE))
		kind |= USERNS_KIND_QUIET;
	return kind;
}

/** What is to be added to a kind that is about parts. @may: those that it may be; 0: it is not */
static inline __u32 sessions_part(__u32 may)
{
	for (__u32 part = 0; part < USERNS_PARTS; part++)
		if (may == 1U << part)
			return (part + 1) << USERNS_KIND_PART_SHIFT;
	return may ? USERNS_KIND_VAGUE : 0;
}

/** Where denials of a kind count; NULL where there is no room for one more kind. */
static inline volatile struct userns_denials *
sessions_find_kind(volatile struct userns_session *session, __u32 kind)
{
	for (__u32 i = 0; i < USERNS_KINDS; i++) {
		volatile struct userns_denials *denials = &session->denials[i];
		__u32 seen = denials->kind;

		if (!seen)
			seen = __sync_val_compare_and_swap(&denials->kind, 0, kind);
		if (!seen || seen == kind)
			return denials;
	}
	return 0;
}

/** Count a denial. Returns where denials of its kind count; NULL where there is no room for it. */
static inline volatile struct userns_denials *
sessions_count(volatile struct userns_session *session, __u32 kind)
{
	volatile struct userns_denials *denials = sessions_find_kind(session, kind);

	if (denials)
		__sync_fetch_and_add(&denials->count, 1);
	else if (!(kind & USERNS_KIND_QUIET)) /* what is only tried, nobody misses */
		__sync_fetch_and_add(&session->lost, 1);
	return denials;
}

/** Begin to write down the last denial. Returns 0 where somebody else does so at this moment. */
static inline int sessions_begin_last(volatile struct userns_denials *denials)
{
	__u32 seen = denials->writer;

	return !(seen & 1) && __sync_val_compare_and_swap(&denials->writer, seen, seen + 1) == seen;
}

/** What sessions_begin_last() began has been written. */
static inline void sessions_end_last(volatile struct userns_denials *denials)
{
	__sync_lock_test_and_set(&denials->writer, denials->writer + 1); /* not before that */
}

#endif
