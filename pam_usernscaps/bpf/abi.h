/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
/*
 * The interface between the BPF LSM programs, the module and the tool. Included by BPF programs
 * too: fixed width, explicit padding, no libc.
 */
#ifndef BPF_ABI_H
#define BPF_ABI_H

#include <linux/types.h>

/*
 * prctl(USERNS_PRCTL, operation, arg3, arg4, 0). A BPF LSM program can't answer 0 from task_prctl,
 * so every reply is an errno: USERNS_REPLY | payload, payload 0..0x7ff. Any errno below
 * USERNS_REPLY is an error; EINVAL is also what a kernel without the programs says.
 */
#define USERNS_PRCTL	     0x55434150 /* "UCAP" */
#define USERNS_REPLY	     0x800
#define USERNS_REPLY_PAYLOAD 0x7ff

/*
 * Of the operations. They are only ever added to, so whoever needs a version gets along with every
 * later one; what can't be said that way takes another number in place of USERNS_PRCTL.
 */
#define USERNS_ABI_VERSION 2

/* Arguments that an operation doesn't list have to be 0. 1 to 4 are those of the native prctl. */
enum userns_operation {
	USERNS_IS_SET = 1, /* arg3 a capability; reply 0 or 1 */
	USERNS_RAISE = 2,  /* arg3 a capability; EPERM where the native rule forbids it */
	USERNS_LOWER = 3,  /* arg3 a capability; LOWER, CLEAR_ALL, KEEP and SET_FLAGS: EPERM with */
	USERNS_CLEAR_ALL = 4,	/* neither no_new_privs nor CAP_SETPCAP in the own namespace */
	USERNS_VERSION = 16,	/* reply USERNS_ABI_VERSION */
	USERNS_KEEP = 17,	/* userns &= arg3 | (u64)arg4 << 32 */
	USERNS_GET = 18,	/* arg3 a byte of struct userns_state; reply that byte */
	USERNS_SET_FLAGS = 19,	/* arg3 flags to add */
	USERNS_CLEAR_FLAGS = 20 /* arg3 flags to take away; EPERM without CAP_SETPCAP in the initial
				   namespace */
};

#define USERNS_NO_CREATE 0x1 /* no user namespace can be created or entered from outside */
#define USERNS_STRICT	 0x2 /* userns is cut by the bounding set, whenever that shrinks */
#define USERNS_FLAGS	 (USERNS_NO_CREATE | USERNS_STRICT)

/*
 * The maps outlive the programs: every generation of them works on those that the first one made.
 * This number stands for all that is laid out below. Where it changes, the programs can't be
 * replaced while anybody is restricted.
 */
#define USERNS_LAYOUT 3

/* A task's state. A task without one is unrestricted: full sets, no flags. */
struct userns_state {
	__u64 userns; /* what bounds the namespaces it creates */
	__u64 bound;  /* what its own namespace was created with */
	__u32 level;  /* depth of its namespace when userns was last settled; 0: the initial one */
	__u32 flags;
	__u64 parts;	/* denied parts of what userns has (low half) and bound has; 0: none */
	__u64 session;	/* the id of the session it belongs to; 0: none */
	__u32 account;	/* whose entry it is, a place in accounts; 0: nobody's */
	__u32 reserved; /* 0, and inherited as it is: room for generations that know more */
};
_Static_assert(sizeof(struct userns_state) == 48, "laid out the same for BPF and user space");

/*
 * Where most states are: a task's slot is found by the task's address. The state of a task that
 * finds its slot taken is in the overflow, a hash map.
 */
#define USERNS_SLOT_BITS 16
#define USERNS_SLOTS	 (1 << USERNS_SLOT_BITS)
#define USERNS_SLOT_FREE 0
#define USERNS_SLOT_BUSY 1 /* taken, and the state is being written */
struct userns_slot {
	__u64 key; /* the address of the task whose state this is, or one of the two above */
	struct userns_state state;
	/*
	 * An upper bound on the entries in the overflow for tasks with this slot. It may be too
	 * high, never too low: nearly all tasks have no state, and learn it here.
	 */
	__u32 elsewhere;
	__u32 reserved; /* 0 */
};
_Static_assert(sizeof(struct userns_slot) == 64, "one line of the cache");

/*
 * Which slot is that of a task at an address? The addresses share their low bits: 2^32 over the
 * golden ratio spreads them.
 */
static inline __u32 userns_slot_number(__u64 address)
{
	return (__u32)address * 0x9e3779b1U >> (32 - USERNS_SLOT_BITS);
}

/*
 * How many entries each user has: the user id + 1 in the high half, the count in the low one.
 * Without a count the place is free. Place 0 stays free: it stands for nobody.
 */
#define USERNS_ACCOUNT_BITS 14
#define USERNS_ACCOUNTS	    (1 << USERNS_ACCOUNT_BITS)

/* What holds for all tasks. In every layout it begins with layout and mask. */
struct userns_system {
	__u32 layout;	   /* USERNS_LAYOUT of whoever made the maps */
	__u32 share;	   /* as many entries a user can have */
	__u64 mask;	   /* what any namespace below the initial one can have at most */
	char version[24];  /* of the programs that were attached last; NUL-terminated */
	__u64 initial;	   /* the address of the initial user namespace; 0 until it is known */
	__u32 seed;	   /* of the places of accounts, so that nobody can know them */
	__u32 reserved[3]; /* 0 */
};
_Static_assert(sizeof(struct userns_system) == 64, "laid out the same for BPF and user space");

/* What the pinned iterator writes for each restricted task. */
struct userns_record {
	__u32 pid; /* of the thread, in the initial pid namespace */
	__u32 tgid;
	struct userns_state state;
};
_Static_assert(sizeof(struct userns_record) == 56, "laid out the same for BPF and user space");

#endif
