// SPDX-License-Identifier: GPL-2.0-only
/*
 * The bpf provider: a userns set for every task that wants one, on a stock kernel. The hooks find
 * the caller's state; decide.h decides.
 *
 * A state is found by the address of its task: not in task storage, whose lookup answers "nothing
 * there" before Linux 6.2 while a preempted task holds its lock; not by pid, which is reused while
 * the old task still runs through its exit. The address gives a slot in an array, which costs much
 * less than a hash map; who finds the slot taken has an entry in such a map, the overflow. An entry
 * is made with the task (task_alloc) and removed before its memory can be reused (task_free). Only
 * the task itself ever changes its entry in between, so that needs no lock. Slots are taken by
 * compare-and-exchange.
 *
 * What if an operation on the overflow fails? A lookup takes no lock and can't. Insertion and
 * removal fail with -EBUSY on top of another such operation on the same CPU, where task_free runs
 * in softirq; and since Linux 6.15 wherever a lock is not to be had in a quarter of a second. Then
 * task_free leaves its entry behind. No harm follows: the address goes to a new task only through
 * task_alloc, which removes the entry first, or else the fork fails. Where insertion fails for lack
 * of memory or room, the fork fails, and so does the prctl that would restrict for the first time.
 *
 * Functions that aren't static, and have numbers for arguments, the kernel verifies once, and not
 * again for each way that leads to them.
 *
 * GPL-2.0, because the kernel lets no other program use these hooks.
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <stddef.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#include "accounts.h"
#include "decide.h"
#include "sessions.h"

#pragma clang diagnostic ignored "-Wunused-parameter" /* a hook takes what the kernel hands it */

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "capset() and USERNS_GET take the machine to be little-endian"
#endif

/* The bit of no_new_privs in task_struct.atomic_flags: include/linux/sched.h. */
#define PFA_NO_NEW_PRIVS 0

/* How deep user namespaces can be: a level above 32 is refused in kernel/user_namespace.c. */
#define NAMESPACES_MAX 33

/* The largest errno the kernel lets a hook return: include/linux/err.h. */
#define MAX_ERRNO 4095

char _license[] SEC("license") = "GPL";

/* Eight bytes in every kernel: two words before Linux 6.3, one of 64 bits since. See capset(). */
typedef struct {
	__u32 words[2];
} kernel_cap_t;

/*
 * Of the kernel's types, what is used here. libbpf puts in the running kernel's offsets; not inside
 * kernel_cap_t, whose member has two names.
 */
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct {
	__u32 val;
} kuid_t;

struct user_namespace {
	int level;
	struct user_namespace *parent;
	kuid_t owner;
};

struct cred {
	kuid_t uid;
	kernel_cap_t cap_permitted;
	kernel_cap_t cap_effective;
	kernel_cap_t cap_bset;
	struct user_namespace *user_ns;
};

struct task_struct {
	int pid;
	int tgid;
	unsigned long atomic_flags;
	const struct cred *real_cred;
};

struct sock {
	__u16 sk_protocol;
};

struct sk_buff {
	unsigned char *data;
};

struct nlmsghdr {
	__u16 nlmsg_type;
};

struct pt_regs {
	unsigned long cx;
	unsigned long dx;
	unsigned long si;
	unsigned long di;
};

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

#pragma clang attribute pop

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1); /* the loader knows how many */
	__type(key, __u64);
	__type(value, struct userns_state);
} overflow SEC(".maps");

/* Of sessions: what they were denied. User space maps them into its memory. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, USERNS_SESSIONS);
	__type(key, __u32);
	__type(value, struct userns_session);
} sessions SEC(".maps");

/* Wakes who reads them. What is in it says nothing, and is lost where there is no room. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} wake SEC(".maps");

/*
 * As a map these are pinned, too: every generation of the programs works on the same ones. The
 * slots are alone in theirs, because the kernel lets user space read 4 MiB at a time.
 */
volatile struct userns_slot slots[USERNS_SLOTS];
volatile __u64 accounts[USERNS_ACCOUNTS] SEC(".data.accounts");

/* In a section of its own, which is a map that is pinned as well: user space shrinks the mask. */
volatile struct userns_system system SEC(".data.system") = {
	.layout = USERNS_LAYOUT,
	.mask = DECIDE_ALL,
};

/*
 * A set of the kernel's. Two loads, which volatile keeps apart, because the verifier allows them on
 * either layout. Plain ones: lockdown=confidentiality forbids bpf_probe_read_kernel().
 */
static __u64 capset(const volatile kernel_cap_t *set)
{
	return set->words[0] | (__u64)set->words[1] << 32;
}

static __u64 key_of(const struct task_struct *task)
{
	return (__u64)(unsigned long)task;
}

static __always_inline volatile struct userns_slot *slot_of(const struct task_struct *task)
{
	volatile struct userns_slot *slot;
	__u32 low;

	/* The verifier takes the copy of half a pointer for a number, and nothing else. */
	asm volatile("%[low] = %[task]" : [low] "=w"(low) : [task] "w"((__u32)key_of(task)));
	slot = &slots[userns_slot_number(low)];
	barrier_var(slot); /* else the compiler computes it again at each use */
	return slot;
}

static __always_inline struct userns_state *state_of(const struct task_struct *task)
{
	volatile struct userns_slot *slot = slot_of(task);
	__u64 key = key_of(task);

	if (slot->key == key)
		return (struct userns_state *)&slot->state;
	return slot->elsewhere ? bpf_map_lookup_elem(&overflow, &key) : NULL;
}

#include "recognise.bpf.h"

/* ---- sessions ---- */

static __always_inline volatile struct userns_session *session_at(__u32 place)
{
	return bpf_map_lookup_elem(&sessions, &place);
}

/*
 * There is something that the log doesn't have. It has been written before who reads it looks, or
 * they are told: nothing passes the exchange in either direction.
 */
static __noinline int tell(volatile struct userns_session *session)
{
	__u64 nothing = 0;

	if (!__sync_lock_test_and_set(&session->dirty, 1))
		bpf_ringbuf_output(&wake, &nothing, sizeof(nothing), 0);
	return 0;
}

/* An entry more belongs to a session, if to any. The running task belongs to it already. */
static __always_inline void join_session(__u32 place)
{
	volatile struct userns_session *session = place ? session_at(place) : NULL;

	if (session)
		__sync_fetch_and_add(&session->tasks, 1);
}

/* One less. */
__noinline int leave_session(__u32 place)
{
	volatile struct userns_session *session = session_at(place);

	if (!session || __sync_fetch_and_add(&session->tasks, -1) != 1)
		return 0;
	session->ended = bpf_ktime_get_boot_ns();
	__sync_lock_test_and_set(&session->state, USERNS_SESSION_ENDED); /* not before that */
	return tell(session);
}

/* The running task is the last that was denied this. */
static __always_inline void note_last(volatile struct userns_denials *denials)
{
	if (!sessions_begin_last(denials))
		return;
	denials->last = bpf_ktime_get_boot_ns();
	denials->pid = (__u32)(bpf_get_current_pid_tgid() >> 32);
	denials->uid = (__u32)bpf_get_current_uid_gid();
	bpf_get_current_comm((char *)denials->comm, sizeof(denials->comm));
	sessions_end_last(denials);
}

/* Count a denial of the running task. Nothing fails because of it. */
__noinline int count_denial(__u32 place, __u32 kind)
{
	volatile struct userns_session *session = session_at(place);
	volatile struct userns_denials *denials;

	if (!session)
		return 0;
	denials = sessions_count(session, kind);
	if (denials)
		note_last(denials);
	return kind & USERNS_KIND_QUIET ? 0 : tell(session);
}

/* ---- entries ---- */

/*
 * Put a state into a slot if it is free.
 *
 * @is_seen: whether the iterator can get at the task meanwhile; not at one that is being born
 *
 * Returns whether it was.
 */
static __always_inline int put_in_slot(volatile struct userns_slot *slot, __u64 key,
				       const volatile struct userns_state *state, int is_seen)
{
	__u64 seen = __sync_val_compare_and_swap(&slot->key, USERNS_SLOT_FREE,
						 is_seen ? USERNS_SLOT_BUSY : key);

	barrier_var(seen); /* else the compiler compares what comes of a comparison */
	if (seen != USERNS_SLOT_FREE)
		return 0;
	slot->state = *state;
	if (is_seen)
		__sync_lock_test_and_set(&slot->key, key); /* not before the state */
	return 1;
}

/* Count one entry more where the entry of a state counts. Returns 0 at its user's share. */
static __always_inline int count_one(__u32 account, __u32 session)
{
	if (account && !accounts_add(&accounts[account % USERNS_ACCOUNTS], system.share))
		return 0;
	join_session(session);
	return 1;
}

/* Count one less. */
static __always_inline void uncount_one(__u32 account, __u32 session)
{
	if (account)
		accounts_remove(&accounts[account % USERNS_ACCOUNTS]);
	if (session)
		leave_session(session);
}

/* Put a state that has been counted where there is room. Returns 0; or -ENOMEM, and uncounts it. */
static long put(volatile struct userns_slot *slot, __u64 key, const struct userns_state *state)
{
	if (put_in_slot(slot, key, state, 1))
		return 0;
	__sync_fetch_and_add(&slot->elsewhere, 1);
	if (!bpf_map_update_elem(&overflow, &key, state, BPF_NOEXIST))
		return 0;
	__sync_fetch_and_add(&slot->elsewhere, -1);
	uncount_one(state->account, state->record);
	return -ENOMEM;
}

/* Where a task's state is in the overflow, remove it. */
static __noinline int forget_elsewhere(volatile struct userns_slot *slot, __u64 key)
{
	struct userns_state *state = bpf_map_lookup_elem(&overflow, &key);
	__u32 account, session;

	if (!state)
		return 0;
	account = state->account;
	session = state->record;
	forget_message(key, state->parts);
	if (bpf_map_delete_elem(&overflow, &key))
		return 0;
	__sync_fetch_and_add(&slot->elsewhere, -1);
	uncount_one(account, session);
	return 0;
}

/* Remove a task's entry if it has one. */
static __always_inline void forget(const struct task_struct *task)
{
	volatile struct userns_slot *slot = slot_of(task);
	const __u64 key = key_of(task);

	if (slot->key == key) {
		const __u32 account = slot->state.account, session = slot->state.record;

		forget_message(key, slot->state.parts);
		slot->key = USERNS_SLOT_FREE;
		uncount_one(account, session);
	} else if (slot->elsewhere) {
		forget_elsewhere(slot, key);
	}
}

/*
 * Account for what a task has done. By real_cred, because ->cred may be an override (overlayfs acts
 * with its mounter's), which would settle the task at a depth where it never was.
 */
static __always_inline void settle(struct userns_state *state, const struct task_struct *task)
{
	const struct cred *cred = task->real_cred;
	/* Needed for strict only. Loading it costs more than the test. */
	__u64 bounding = state->flags & USERNS_STRICT ? capset(&cred->cap_bset) : DECIDE_ALL;

	decide_settle(state, (__u32)cred->user_ns->level, bounding);
}

/* The state of the running task, settled; NULL where it is unrestricted. */
static __always_inline struct userns_state *current_state(const struct task_struct *current)
{
	struct userns_state *state = state_of(current);

	if (state)
		settle(state, current);
	return state;
}

/*
 * What a hook returns. Since 6.12 the verifier wants to see its range, which the compiler likes to
 * hide behind arithmetic; and in all 64 bits, so the hooks return long. What they are handed as ret
 * is as long, for the kernel looks at all of it.
 */
static long verdict(long result)
{
	if (!result)
		return 0;
	barrier_var(result);
	if (result < -MAX_ERRNO || result > 0)
		return -EPERM;
	return result;
}

/* ---- whose entries they are ---- */

/*
 * For which user do a task's entries count? In a user namespace that a user has made it is that
 * one, who has many ids there. What else has CAP_SETPCAP is who restricts others: nobody's.
 *
 * Returns a user id; 0 for nobody.
 */
static __u32 user_of(const struct task_struct *task)
{
	const struct cred *cred = task->real_cred;
	const struct user_namespace *ns = cred->user_ns;
	__u32 owner = 0;

	for (int i = 0; i < NAMESPACES_MAX && ns->level > 0; i++) {
		if (ns->owner.val)
			owner = ns->owner.val;
		ns = ns->parent;
	}
	if (owner || decide_has(capset(&cred->cap_effective), CAP_SETPCAP))
		return owner;
	return cred->uid.val;
}

/*
 * Count one entry more for the user of the running task, if that is anybody.
 *
 * Returns where it counts; 0 for nobody; -EAGAIN or -EUSERS.
 */
__noinline int count_for_user(void)
{
	__u32 user = user_of(bpf_get_current_task_btf());

	return user ? accounts_open(accounts, system.seed, user, system.share) : 0;
}

/* ---- hooks ---- */

/* Also called when a fork fails after task_alloc. */
SEC("lsm/task_free")
void BPF_PROG(userns_free, struct task_struct *task)
{
	forget(task);
}

/*
 * The general case of task_alloc. What is there is left over from an older task, and has to go.
 *
 * A session's first entries are nobody's. From its first process on that forks as a user, all that
 * come of it are that user's, whatever they become. Where there is no place for another account
 * they stay nobody's: others could fill the places.
 */
static __noinline long inherit(unsigned long long *ctx)
{
	const struct task_struct *task = (const struct task_struct *)ctx[0];
	struct userns_state *state;

	forget(task);
	if (state_of(task))
		return -ENOMEM;
	state = state_of(bpf_get_current_task_btf());
	if (!state)
		return 0;
	if (!state->account) {
		int account = count_for_user();

		if (account == -EAGAIN)
			return -EAGAIN;
		if (account > 0)
			state->account = (__u32)account;
	}
	if (!count_one(state->account, state->record))
		return -EAGAIN;
	return verdict(put(slot_of(task), key_of(task), state));
}

/* The same where the parent's state is in its slot. */
static __noinline long inherit_in_slots(unsigned long long *ctx, const struct task_struct *current,
					volatile struct userns_slot *own,
					volatile struct userns_slot *slot)
{
	const __u32 account = own->state.account, session = own->state.record;

	if (slot->elsewhere || slot->key == ctx[0])
		return inherit(ctx);
	if (!account && current->real_cred->uid.val) /* root's are nobody's */
		return inherit(ctx);
	if (!count_one(account, session))
		return -EAGAIN;
	if (put_in_slot(slot, ctx[0], &own->state, 0))
		return 0;
	uncount_one(account, session);
	return inherit(ctx);
}

/*
 * The child inherits the state as it is: to settle it later comes to the same. Answers at once
 * where neither has one.
 */
SEC("lsm/task_alloc")
long BPF_PROG(userns_alloc, struct task_struct *task, unsigned long clone_flags, long ret)
{
	volatile struct userns_slot *own, *slot;
	const struct task_struct *current;

	if (ret)
		return ret;
	current = bpf_get_current_task_btf();
	task = (struct task_struct *)ctx[0]; /* again: this costs less than to keep it */
	own = slot_of(current);
	slot = slot_of(task);
	if (own->key == key_of(current))
		return inherit_in_slots(ctx, current, own, slot);
	if (own->elsewhere | slot->elsewhere || slot->key == key_of(task))
		return inherit(ctx);
	return 0;
}

/* The general case of check(). */
static __noinline long check_all(unsigned long long *ctx)
{
	const struct task_struct *current = bpf_get_current_task_btf();
	struct userns_state *state = current_state(current), unrestricted;
	__u64 effective = 0, mask = system.mask;
	__u32 level = (__u32)((struct user_namespace *)ctx[1])->level, cap = (__u32)ctx[2];
	__u32 may = 0;

	if (!state) {
		unrestricted = decide_unrestricted((__u32)current->real_cred->user_ns->level);
		state = &unrestricted;
	}
	if (level > state->level) /* else it doesn't matter, and is not worth loading */
		effective = capset(&current->real_cred->cap_effective);
	if (!decide_capable(state, mask, effective, level, cap))
		return 0;
	if (cap == USERNS_SPLIT) {
		const __u32 parts = decide_parts(state, mask, effective, level);

		if (parts)
			may = (__u32)recognise();
		/* What isn't known has to be allowed as all that it may be. */
		if (may && !(may & ~parts))
			return 0;
	}
	count_denial(state->record,
		     sessions_kind(state, effective, level, cap, ctx[3]) | sessions_part(may));
	return -EPERM;
}

/*
 * May the running task use a capability against a namespace that is not known to be the initial
 * one? Not inlined: the many checks against that would save and restore its registers. Answers at
 * once where nothing is restricted, and for a task in its own namespace.
 */
static __noinline long check(unsigned long long *ctx)
{
	const struct task_struct *current = bpf_get_current_task_btf();
	volatile struct userns_slot *slot = slot_of(current);

	if (slot->key == key_of(current)) {
		const struct cred *cred = (const struct cred *)ctx[0];
		const struct user_namespace *ns = (const struct user_namespace *)ctx[1];

		/*
		 * The kernel has said yes, so this is the namespace of these credentials or one
		 * below it. If they are the task's own, and it is no deeper than where the task was
		 * last settled, it is the task's own, and nothing is left to settle. Level 0 goes
		 * on.
		 */
		if ((__u32)ns->level - 1 < slot->state.level && cred == current->real_cred &&
		    decide_bit(ctx[2]) & slot->state.bound & system.mask)
			return 0;
	} else if (!slot->elsewhere && system.mask == DECIDE_ALL) {
		return 0;
	}
	return check_all(ctx);
}

SEC("lsm/capable")
long BPF_PROG(userns_capable, const struct cred *cred, struct user_namespace *ns, int cap,
	      unsigned int opts, long ret)
{
	if ((__u64)(unsigned long)ns == system.initial) /* by far the most calls */
		return ret;
	return ret ? ret : check(ctx);
}

/* Notes what a task with parts sends; it has to be known when the kernel asks. */
SEC("lsm/netlink_send")
long BPF_PROG(userns_send, struct sock *sk, struct sk_buff *skb, long ret)
{
	const struct task_struct *current;
	struct userns_state *state;

	if (ret)
		return ret;
	current = bpf_get_current_task_btf();
	state = state_of(current);
	if (!state || !state->parts)
		return 0;
	return verdict(
		note_message(key_of(current), state, (__u64)(unsigned long)skb, sk->sk_protocol));
}

SEC("lsm/userns_create")
long BPF_PROG(userns_create, const struct cred *cred, long ret)
{
	struct userns_state *state;

	if (ret)
		return ret;

	state = current_state(bpf_get_current_task_btf());
	if (!state || !decide_create(state))
		return 0;
	count_denial(state->record, USERNS_KIND_CREATE);
	return -EPERM;
}

/* Restrict a task for the first time. Returns 0 or a negative errno. */
static int restrict_first(const struct task_struct *current, struct userns_state *wanted)
{
	int account = count_for_user();

	if (account < 0)
		return account;
	wanted->account = (__u32)account;
	return (int)put(slot_of(current), key_of(current), wanted);
}

/* How often to look for a record: another session may take the one that was found. */
#define CLAIMS 3

/* The search for a record. */
struct search {
	__u64 cost; /* of the best so far */
	__u32 uid;
	__u32 place; /* of the best so far; 0: none */
};

/* Look at place number @i. Returns 1 where it need not go on. */
static long look_at(__u64 i, struct search *search)
{
	__u32 place = sessions_place(system.seed, search->uid, (__u32)i) % USERNS_SESSIONS;
	volatile struct userns_session *session = place ? session_at(place) : NULL;
	__u64 cost = session ? sessions_cost(session) : ~(__u64)0;

	if (cost < search->cost) {
		search->cost = cost;
		search->place = place;
	}
	return !search->cost;
}

/*
 * Take the record for a session of a user's that is needed least. Returns 0 where another was
 * faster, or all are needed.
 */
__noinline int claim_session(__u32 uid)
{
	struct search search = { .cost = ~(__u64)0, .uid = uid };
	volatile struct userns_session *session;
	__u64 seen;

	bpf_loop(SESSIONS_TRIED, look_at, &search, 0);
	session = session_at(search.place);
	if (!session || !search.place)
		return 0;
	seen = session->state;
	if (seen == USERNS_SESSION_LIVE || seen == USERNS_SESSION_BUSY ||
	    __sync_val_compare_and_swap(&session->state, seen, USERNS_SESSION_BUSY) != seen)
		return 0;
	if (seen == USERNS_SESSION_ENDED)
		__sync_fetch_and_add(&system.forgotten, 1);
	return (int)search.place;
}

static void clear_session(volatile struct userns_session *session)
{
	volatile __u64 *words = (volatile __u64 *)session;

	for (__u32 i = 0; i < sizeof(*session) / sizeof(*words); i++)
		if (i != offsetof(struct userns_session, state) / sizeof(*words))
			words[i] = 0;
}

/*
 * A module may stand in a stack twice. Has this very process begun a session of the same user's,
 * and nothing come of it yet? Then that is to be written anew. Returns whether it is.
 */
static __always_inline int begin_again(const struct task_struct *current,
				       const struct userns_state *state, __u32 uid)
{
	volatile struct userns_session *session = state->record ? session_at(state->record) : NULL;

	if (!session || session->pid != (__u32)current->tgid || session->uid != uid ||
	    session->tasks != 1 || session->denials[0].kind)
		return 0;
	session->writer = key_of(current);
	return 1;
}

/* Begin a session. Returns 0 or a negative errno. */
static __noinline int open_session(const struct task_struct *current, __u32 uid)
{
	struct userns_state *state = state_of(current);
	volatile struct userns_session *session;
	__u32 place = 0, before;

	if (!state)
		return -ENODATA;
	if (begin_again(current, state, uid))
		return 0;
	for (int i = 0; !place && i < CLAIMS; i++)
		place = (__u32)claim_session(uid);
	session = session_at(place);
	if (!session || !place)
		return -ENFILE;
	clear_session(session);
	session->id = __sync_fetch_and_add(&system.session, 1) + 1;
	session->parent = state->session;
	session->opened = bpf_ktime_get_boot_ns();
	session->writer = key_of(current);
	session->tasks = 1;
	session->uid = uid;
	session->pid = (__u32)current->tgid;
	__sync_lock_test_and_set(&session->state, USERNS_SESSION_LIVE);
	before = state->record;
	state->session = session->id;
	state->record = place;
	if (before)
		leave_session(before);
	return 0;
}

/* A byte of a session's record. The writer is an address of the kernel's, and nobody's business. */
static __always_inline int read_session(const volatile struct userns_session *session, __u64 offset)
{
	const __u64 writer = offsetof(struct userns_session, writer);

	if (offset >= writer && offset < writer + sizeof(session->writer))
		return 0;
	return ((const volatile __u8 *)session)[offset % sizeof(*session)];
}

/*
 * Write to the session that the running task has begun, or read from the one that it is in. Returns
 * the reply's payload or a negative errno.
 */
static __noinline int use_session(const struct task_struct *current, const struct decide_args *args)
{
	struct userns_state *state = state_of(current);
	volatile struct userns_session *session = state ? session_at(state->record) : NULL;

	if (!session || !state->record)
		return -ENODATA;
	if (args->operation == USERNS_READ)
		return read_session(session, args->arg3);
	if (session->writer != key_of(current))
		return -EPERM;
	if (args->operation == USERNS_SEAL)
		session->writer = 0;
	else
		((volatile __u64 *)session->text)[args->arg3 % (USERNS_SESSION_TEXT / 8)] =
			args->arg4 | args->arg5 << 32;
	return 0;
}

/* Carry out an operation on the running task's session. Returns the errno that travels. */
static __noinline long operate_session(unsigned long long *ctx)
{
	const struct task_struct *current = bpf_get_current_task_btf();
	const struct cred *cred = current->real_cred;
	const struct decide_args args = { ctx[1], ctx[2], ctx[3], ctx[4] };
	int r;

	if (!sessions_args_valid(&args))
		r = -EINVAL;
	else if (args.operation != USERNS_READ &&
		 (cred->user_ns->level ||
		  !decide_has(capset(&cred->cap_effective), CAP_AUDIT_CONTROL)))
		r = -EPERM;
	else if (args.operation == USERNS_OPEN)
		r = open_session(current, (__u32)args.arg3);
	else
		r = use_session(current, &args);
	return verdict(decide_reply(r));
}

/* Carry out an operation on the running task. Returns the errno that travels. */
static __noinline long operate(unsigned long long *ctx)
{
	const struct task_struct *current = bpf_get_current_task_btf();
	const struct decide_args args = { ctx[1], ctx[2], ctx[3], ctx[4] };
	const struct cred *cred = current->real_cred;
	struct decide_task task = {
		.permitted = capset(&cred->cap_permitted),
		.effective = capset(&cred->cap_effective),
		.bounding = capset(&cred->cap_bset),
		.mask = system.mask,
		.vague = kernel_parts.vague,
		.level = (__u32)cred->user_ns->level,
		.no_new_privs = current->atomic_flags >> PFA_NO_NEW_PRIVS & 1,
	};
	struct userns_state *state = current_state(current);
	struct userns_state wanted = state ? *state : decide_unrestricted(task.level);
	int result = decide_prctl(&wanted, &task, &args), r = 0;

	if (task.level == 0) /* the loader's own call is the first that gets here */
		system.initial = (__u64)(unsigned long)cred->user_ns;
	if (result >= 0 && state)
		*state = wanted;
	else if (result >= 0 && decide_is_restricted(&wanted))
		r = restrict_first(current, &wanted);
	return verdict(decide_reply(r ? r : result));
}

SEC("lsm/task_prctl")
long BPF_PROG(userns_prctl, int option, unsigned long arg2, unsigned long arg3, unsigned long arg4,
	      unsigned long arg5, long ret)
{
	if (option == USERNS_PRCTL && !ret)
		return arg2 < USERNS_OPEN || arg2 == USERNS_VAGUE ? operate(ctx)
								  : operate_session(ctx);
	return ret;
}

/* For status and unload: a map keyed by address can't be searched for a pid. */
SEC("iter/task")
int userns_iter(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct userns_record record = {};
	struct userns_state *state;

	if (!task)
		return 0;
	state = state_of(task);
	if (!state)
		return 0;

	record.pid = (__u32)task->pid;
	record.tgid = (__u32)task->tgid;
	record.state = *state;
	settle(&record.state, task);
	if (decide_is_restricted(&record.state))
		bpf_seq_write(ctx->meta->seq, &record, sizeof(record));
	return 0;
}
