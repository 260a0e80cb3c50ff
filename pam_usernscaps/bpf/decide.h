/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
/*
 * What a restricted task may do, and how its state changes: everything the BPF LSM programs decide,
 * without BPF. Compiled for BPF and for user space (unit tests), so fixed width and no libc.
 *
 * An int that is returned is 0 or positive for yes and a negative errno for no.
 */
#ifndef BPF_DECIDE_H
#define BPF_DECIDE_H

#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/types.h>

#include "abi.h"

#define DECIDE_ALL  (~(__u64)0)
#define DECIDE_CAPS 64 /* capabilities a set has room for */

/* What the kernel knows of the calling task; the sets are those of its own namespace. */
struct decide_task {
	__u64 permitted;
	__u64 effective;
	__u64 bounding;
	__u64 mask;  /* the system's */
	__u32 level; /* depth of its namespace; 0: the initial one */
	__u32 no_new_privs;
	__u32 vague; /* parts that can't be told from each other */
	__u32 reserved;
};

/* The arguments of prctl(USERNS_PRCTL, ...) after the option. */
struct decide_args {
	__u64 operation;
	__u64 arg3;
	__u64 arg4;
	__u64 arg5;
};

static inline __u64 decide_bit(__u64 cap)
{
	return (__u64)1 << (cap & (DECIDE_CAPS - 1));
}

static inline __u64 decide_has(__u64 set, __u64 cap)
{
	return cap < DECIDE_CAPS && (set & decide_bit(cap));
}

/** The state at depth @level of a task that has no entry. */
static inline struct userns_state decide_unrestricted(__u32 level)
{
	return (struct userns_state){ .userns = DECIDE_ALL, .bound = DECIDE_ALL, .level = level };
}

/** Does this state restrict a task at all? If not, it needs no entry in the map. */
static inline int decide_is_restricted(const struct userns_state *state)
{
	return state->userns != DECIDE_ALL || state->bound != DECIDE_ALL || state->flags;
}

/**
 * A set of the task's, as far as its own namespace was given it and may still have it.
 *
 * @mask: the system's, which bounds every namespace but the initial one
 */
static inline __u64 decide_bounded(const struct userns_state *state, __u64 mask, __u64 set)
{
	return state->level > 0 ? set & state->bound & mask : set;
}

/** The parts of USERNS_SPLIT that are in a set. @parts: those that are there where it isn't. */
static inline __u32 decide_parts_of(__u64 set, __u64 parts)
{
	return decide_has(set, USERNS_SPLIT) ? USERNS_WHOLE : (__u32)parts & USERNS_WHOLE;
}

/** Those that userns has. */
static inline __u32 decide_userns_parts(const struct userns_state *state)
{
	return decide_parts_of(state->userns, state->parts);
}

/** Those that the task's own namespace was given, and may still have. All in the initial one. */
static inline __u32 decide_bound_parts(const struct userns_state *state, __u64 mask)
{
	if (state->level == 0)
		return USERNS_WHOLE;
	return decide_parts_of(state->bound, state->parts >> 32) & decide_parts_of(mask, 0);
}

/** Have userns keep these of its parts. */
static inline void decide_keep_parts(struct userns_state *state, __u32 keep)
{
	const __u32 parts = decide_userns_parts(state) & keep;
	const int whole = parts == USERNS_WHOLE;

	state->parts = (state->parts & ~(__u64)USERNS_WHOLE) | (whole ? 0 : parts);
	if (!whole)
		state->userns &= ~decide_bit(USERNS_SPLIT);
}

/**
 * Bring the state up to date with what the task has done since it was last used. Call this before
 * every other decision.
 *
 * Namespaces created or entered: only the depth is compared, because it tells. A task can only ever
 * get into namespaces below its own, and its userns set doesn't change without being settled
 * first, so it is still what it was when the namespace was created.
 *
 * Strict: the userns set is cut by the bounding set at once, not only when a namespace is created.
 * Else the owner of a namespace that a child created would keep against it what the child lost.
 *
 * @state:    changed in place
 * @level:    depth of the task's namespace
 * @bounding: its bounding set
 */
static inline void decide_settle(struct userns_state *state, __u32 level, __u64 bounding)
{
	if (level > state->level) {
		state->bound = state->userns;
		state->parts = (state->parts & (USERNS_HAS_MESSAGE | USERNS_WHOLE)) |
			       (state->parts & USERNS_WHOLE) << 32;
		state->level = level;
	}
	if (state->flags & USERNS_STRICT) {
		if (state->parts)
			decide_keep_parts(state, decide_has(bounding, USERNS_SPLIT)
							 ? decide_bound_parts(state, DECIDE_ALL)
							 : 0);
		state->userns &= decide_bounded(state, DECIDE_ALL, bounding);
	}
}

/**
 * May the task use a capability against a namespace, where the kernel would let it?
 *
 * Below its own namespace a task is powerful as an owner or as a holder. As an owner it has what it
 * could have inside: its userns set. As one that really holds the capability in its own namespace
 * it keeps it. In its own namespace it has what that was created with. The system's mask holds for
 * all of it, but not for what a holder in the initial namespace has.
 *
 * @state:     settled; decide_unrestricted() for a task without one
 * @mask:      the system's
 * @effective: the task's effective set
 * @level:     depth of the namespace; the initial one (0) is the kernel's own business
 * @cap:       the capability
 *
 * Returns 0 or -EPERM.
 */
static inline int decide_capable(const struct userns_state *state, __u64 mask, __u64 effective,
				 __u32 level, __u32 cap)
{
	__u64 allowed;

	if (level == 0)
		return 0;
	if (level <= state->level)
		return decide_has(state->bound & mask, cap) ? 0 : -EPERM;
	/* Else setns(2) would get a session without creation into an older namespace. */
	if (cap == CAP_SYS_ADMIN && (state->flags & USERNS_NO_CREATE))
		return -EPERM;

	allowed = (state->userns & mask) | decide_bounded(state, mask, effective);
	return decide_has(allowed, cap) ? 0 : -EPERM;
}

/**
 * Which parts of USERNS_SPLIT may the task use, where decide_capable() says no to all of it? The
 * arguments are as there.
 *
 * Returns them; 0 for none.
 */
static inline __u32 decide_parts(const struct userns_state *state, __u64 mask, __u64 effective,
				 __u32 level)
{
	__u32 parts = decide_bound_parts(state, mask);

	if (level <= state->level)
		return parts;
	if (!decide_has(effective, USERNS_SPLIT))
		parts = 0;
	return parts | (decide_userns_parts(state) & decide_parts_of(mask, 0));
}

/** May the task create a user namespace? Returns 0 or -EPERM. */
static inline int decide_create(const struct userns_state *state)
{
	return state->flags & USERNS_NO_CREATE ? -EPERM : 0;
}

/** Does the task have CAP_SETPCAP in effect, as far as its namespace was given that? */
static inline int decide_has_setpcap(const struct userns_state *state,
				     const struct decide_task *task)
{
	return !!decide_has(decide_bounded(state, task->mask, task->effective), CAP_SETPCAP);
}

/**
 * May the task restrict itself? As for seccomp(2): its state survives the exec of a setuid program,
 * which must not find itself without the rights it was written to expect.
 */
static inline int decide_may_restrict(const struct userns_state *state,
				      const struct decide_task *task)
{
	return task->no_new_privs || decide_has_setpcap(state, task);
}

/**
 * May a capability be raised that the userns set lacks? The proposal's rule: it has to be in the
 * bounding set, and also in the permitted set unless CAP_SETPCAP is in effect.
 */
static inline int decide_may_raise(const struct userns_state *state, const struct decide_task *task,
				   __u64 cap)
{
	__u64 raisable = task->bounding;

	if (!decide_has_setpcap(state, task))
		raisable &= task->permitted;
	return !!decide_has(decide_bounded(state, task->mask, raisable), cap);
}

/**
 * One byte of the state as it lies in memory on a little-endian machine.
 *
 * @offset: of a byte before the account
 */
static inline int decide_byte(const struct userns_state *state, __u64 offset)
{
	__u64 word = offset < 8	   ? state->userns
		     : offset < 16 ? state->bound
		     : offset < 24 ? state->level | (__u64)state->flags << 32
		     : offset < 32 ? state->parts
				   : state->session;

	return (int)(word >> (offset % 8 * 8) & 0xff);
}

/** Carry out RAISE, whose arguments are known to be right. */
static inline int decide_raise(struct userns_state *state, const struct decide_task *task,
			       const struct decide_args *args)
{
	const __u32 parts = (__u32)args->arg4;

	if (decide_has(state->userns, args->arg3) ||
	    (parts && !(parts & ~decide_userns_parts(state))))
		return 0;
	if (!decide_may_raise(state, task, args->arg3))
		return -EPERM;
	state->parts |= parts;
	if (!parts || decide_userns_parts(state) == USERNS_WHOLE)
		state->userns |= decide_bit(args->arg3);
	if (decide_has(state->userns, USERNS_SPLIT))
		state->parts &= ~(__u64)USERNS_WHOLE;
	return 0;
}

/** Carry out IS_SET, RAISE, LOWER or CLEAR_ALL, whose arguments are known to be right. */
static inline int decide_native(struct userns_state *state, const struct decide_task *task,
				const struct decide_args *args)
{
	switch (args->operation) {
	case USERNS_IS_SET:
		return !!decide_has(state->userns, args->arg3);
	case USERNS_RAISE:
		return decide_raise(state, task, args);
	}

	if (!decide_may_restrict(state, task))
		return -EPERM;
	if (args->operation == USERNS_CLEAR_ALL || args->arg3 == USERNS_SPLIT)
		decide_keep_parts(state, 0);
	if (args->operation == USERNS_LOWER)
		state->userns &= ~decide_bit(args->arg3);
	else
		state->userns = 0;
	return 0;
}

/** Carry out KEEP or SET_FLAGS, whose arguments are known to be right. */
static inline int decide_restrict(struct userns_state *state, const struct decide_task *task,
				  const struct decide_args *args)
{
	if (!decide_may_restrict(state, task))
		return -EPERM;
	if (args->operation == USERNS_KEEP) {
		const __u64 keep = args->arg3 | args->arg4 << 32;

		decide_keep_parts(state, decide_parts_of(keep, args->arg5));
		state->userns &= keep | decide_bit(USERNS_SPLIT); /* which has been settled */
	} else {
		state->flags |= (__u32)args->arg3;
	}
	return 0;
}

/** Carry out CLEAR_FLAGS, whose arguments are known to be right. */
static inline int decide_clear_flags(struct userns_state *state, const struct decide_task *task,
				     __u64 flags)
{
	if (state->level > 0 || !decide_has_setpcap(state, task))
		return -EPERM;
	state->flags &= ~(__u32)flags;
	return 0;
}

/** Are an operation's arguments in range, and 0 where it has none? */
static inline int decide_args_valid(const struct decide_args *args)
{
	if (args->operation == USERNS_KEEP)
		return !(args->arg3 >> 32) && !(args->arg4 >> 32) && args->arg5 <= USERNS_WHOLE;
	if (args->arg5)
		return 0;
	if (args->operation == USERNS_RAISE && args->arg3 == USERNS_SPLIT)
		return args->arg4 <= USERNS_WHOLE;
	if (args->arg4)
		return 0;

	switch (args->operation) {
	case USERNS_IS_SET:
	case USERNS_RAISE:
	case USERNS_LOWER:
		return args->arg3 < DECIDE_CAPS;
	case USERNS_CLEAR_ALL:
	case USERNS_VERSION:
	case USERNS_VAGUE:
		return !args->arg3;
	case USERNS_GET:
		return args->arg3 < __builtin_offsetof(struct userns_state, account);
	case USERNS_SET_FLAGS:
	case USERNS_CLEAR_FLAGS:
		return !(args->arg3 & ~(__u64)USERNS_FLAGS);
	}
	return 0;
}

/**
 * Carry out prctl(USERNS_PRCTL, ...).
 *
 * @state: settled; changed in place, on success only
 * @task:  the caller
 * @args:  as it gave them
 *
 * Returns the reply's payload; -EINVAL for an operation that doesn't exist and for arguments it
 * doesn't take; or -EPERM.
 */
static inline int decide_prctl(struct userns_state *state, const struct decide_task *task,
			       const struct decide_args *args)
{
	if (!decide_args_valid(args))
		return -EINVAL;

	switch (args->operation) {
	case USERNS_VERSION:
		return USERNS_ABI_VERSION;
	case USERNS_VAGUE:
		return (int)task->vague;
	case USERNS_GET:
		return decide_byte(state, args->arg3);
	case USERNS_KEEP:
	case USERNS_SET_FLAGS:
		return decide_restrict(state, task, args);
	case USERNS_CLEAR_FLAGS:
		return decide_clear_flags(state, task, args->arg3);
	}
	return decide_native(state, task, args);
}

/**
 * Put what decide_prctl() returned into the errno that travels: see abi.h.
 *
 * Returns -1..-4095, all that the verifier lets an LSM program return besides 0.
 */
static inline __s64 decide_reply(int result)
{
	if (result < 0)
		return result;
	return -(__s64)(USERNS_REPLY | (result & USERNS_REPLY_PAYLOAD));
}

#endif
