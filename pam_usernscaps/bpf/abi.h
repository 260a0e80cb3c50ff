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
#define USERNS_ABI_VERSION 3

/* Arguments that an operation doesn't list have to be 0. 1 to 4 are those of the native prctl. */
enum userns_operation {
	USERNS_IS_SET = 1, /* arg3 a capability; reply 0 or 1 */
	USERNS_RAISE = 2,  /* arg3 a capability; EPERM where the native rule forbids it. Since
			      version 3: arg4 parts of it, and then only those; 0: all of it */
	USERNS_LOWER = 3,  /* arg3 a capability; LOWER, CLEAR_ALL, KEEP and SET_FLAGS: EPERM with */
	USERNS_CLEAR_ALL = 4,  /* neither no_new_privs nor CAP_SETPCAP in the own namespace */
	USERNS_VERSION = 16,   /* reply USERNS_ABI_VERSION */
	USERNS_KEEP = 17,      /* userns &= arg3 | (u64)arg4 << 32. Since version 3: arg5 the parts
				  that stay of USERNS_SPLIT where that doesn't */
	USERNS_GET = 18,       /* arg3 a byte of struct userns_state; reply that byte */
	USERNS_SET_FLAGS = 19, /* arg3 flags to add */
	USERNS_CLEAR_FLAGS = 20, /* arg3 flags to take away; EPERM without CAP_SETPCAP in the
				    initial namespace */
	USERNS_VAGUE = 25,	 /* since version 3; reply: the parts that the programs can't tell
				    from each other here. Always USERNS_PART_OTHER */
	/* The next three: EPERM without CAP_AUDIT_CONTROL in the initial namespace. */
	USERNS_OPEN = 21,  /* arg3 a user id: begin a session of that user's; ENODATA where the task
			      is unrestricted, ENFILE where there is no record for one more */
	USERNS_WRITE = 22, /* arg3 where in the text of the session that the task has begun, in
			      units of eight bytes; arg4 and arg5 the bytes, four each */
	USERNS_SEAL = 23,  /* it has been written */
	USERNS_READ = 24   /* arg3 a byte of struct userns_session, the one that the task is in;
			      reply that byte; ENODATA where it is in none */
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
	__u64 parts;   /* of USERNS_SPLIT, where userns (low half) or bound lack it: see below */
	__u64 session; /* the id of the session it belongs to; 0: none */
	__u32 account; /* whose entry it is, a place in accounts; 0: nobody's */
	__u32 record;  /* of its session, a place in sessions; 0: none */
};
_Static_assert(sizeof(struct userns_state) == 48, "laid out the same for BPF and user space");

/*
 * The capability that has parts. A set that has all of them has its bit; one that has some lacks
 * it, and has their bits in parts. So who knows nothing of parts takes it for lost.
 */
#define USERNS_SPLIT	     12 /* CAP_NET_ADMIN */
#define USERNS_PARTS	     8
#define USERNS_WHOLE	     ((1 << USERNS_PARTS) - 1)
#define USERNS_PART_LINK     0x1  /* links, addresses, routes, rules, neighbours */
#define USERNS_PART_TUN	     0x2  /* tun and tap devices */
#define USERNS_PART_SYSCTL   0x4  /* /proc/sys/net */
#define USERNS_PART_NFTABLES 0x8  /* nfnetlink, ipset, xtables */
#define USERNS_PART_TC	     0x10 /* traffic control */
#define USERNS_PART_XFRM     0x20 /* IPsec, PF_KEY */
#define USERNS_PART_ETHTOOL  0x40
#define USERNS_PART_OTHER    0x80 /* all else */

/* In parts of a state: its task may have an entry in messages. */
#define USERNS_HAS_MESSAGE ((__u64)1 << 63)

/* The netlink message that a task sends at this moment, if it has parts. By its address. */
struct userns_message {
	__u64 skb; /* the kernel's */
	__u32 protocol;
	__u32 reserved; /* 0 */
};

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

/* What was denied of one kind, and the last time. */
struct userns_denials {
	__u64 count;
	__u64 told;   /* so many of them are in the log */
	__u64 last;   /* nanoseconds of CLOCK_BOOTTIME */
	__u32 kind;   /* see below; 0: nothing */
	__u32 pid;    /* of the process, in the initial pid namespace */
	__u32 writer; /* odd while the last denial is being written: last, pid, uid, comm */
	__u32 uid;    /* of the process, likewise in the initial namespace */
	char comm[16];
};
_Static_assert(sizeof(struct userns_denials) == 56, "laid out the same for BPF and user space");

/* A kind: a capability in the low byte, where it was wanted, and flags. */
#define USERNS_KIND_INSIDE 0x100 /* in the task's own namespace */
#define USERNS_KIND_OWNER  0x200 /* against a namespace below it */
#define USERNS_KIND_CREATE 0x300 /* no capability: a namespace was to be created */
#define USERNS_KIND_WHERE  0x300
#define USERNS_KIND_MASK   0x400  /* by the system's mask alone */
#define USERNS_KIND_ENTER  0x800  /* by USERNS_NO_CREATE: a namespace was to be entered */
#define USERNS_KIND_QUIET  0x1000 /* nobody is told: asked without audit, or a look at processes */

/* In a kind of USERNS_SPLIT, where it is there in part: 1 + the number of the part that was denied.
 */
#define USERNS_KIND_PART       0xf0000
#define USERNS_KIND_PART_SHIFT 16
#define USERNS_KIND_VAGUE      0xf0000 /* it could have been several */

/* What is remembered of a session: who it is, and what it was denied. */
#define USERNS_KINDS	    16
#define USERNS_SESSION_TEXT 1024
struct userns_session {
	__u64 id;     /* never another one's until the machine is started again; 0: none */
	__u64 parent; /* the id of the session in which it was opened; 0: none */
	__u64 opened; /* nanoseconds of CLOCK_BOOTTIME */
	__u64 ended;  /* likewise; 0: there are tasks */
	__u64 writer; /* the task that may write the text; 0: nobody any more */
	__u64 lost;   /* denials of kinds for which there was no room */
	__u64 lost_told;
	__u64 state; /* enum userns_session_state */
	__u32 tasks; /* entries that belong to it */
	__u32 uid;   /* the user's */
	__u32 pid;   /* of the process that opened it, in the initial pid namespace */
	__u32 dirty; /* there is something that the log doesn't have */
	__u64 reserved[6];
	struct userns_denials denials[USERNS_KINDS];
	/*
	 * Strings: user, service, login uid, audit session id, whom to ask; then the rules, each as
	 * "ITEM HEX FILE:LINE", with the capabilities that it takes; then an empty one.
	 */
	char text[USERNS_SESSION_TEXT];
};
_Static_assert(sizeof(struct userns_session) == 2048, "laid out the same for BPF and user space");

enum userns_session_state {
	USERNS_SESSION_FREE,
	USERNS_SESSION_LIVE,  /* it has tasks */
	USERNS_SESSION_ENDED, /* it has none any more, and the log doesn't say so */
	USERNS_SESSION_TOLD,  /* likewise, and it does */
	USERNS_SESSION_BUSY   /* the record becomes another session's at this moment */
};

/*
 * How many sessions can be remembered. Record 0 is no session's: what tasks are denied that belong
 * to none counts there.
 */
#define USERNS_SESSIONS 2048

/* What holds for all tasks. In every layout it begins with layout and mask. */
struct userns_system {
	__u32 layout;	  /* USERNS_LAYOUT of whoever made the maps */
	__u32 share;	  /* as many entries a user can have */
	__u64 mask;	  /* what any namespace below the initial one can have at most */
	char version[24]; /* of the programs that were attached last; NUL-terminated */
	__u64 initial;	  /* the address of the initial user namespace; 0 until it is known */
	__u32 seed;	  /* of the places of accounts and sessions, so that nobody can know them */
	__u32 forgotten;  /* sessions whose records went to others before the log had them */
	__u64 session;	  /* the id of the last session; at first when the programs were loaded */
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
