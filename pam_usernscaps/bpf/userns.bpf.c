// SPDX-License-Identifier: GPL-2.0-only
/*
 * The bpf provider: a userns set for every task that wants one, on a stock kernel. The hooks find
 * the caller's state; decide.h decides.
 *
 * The state lives in a hash map, keyed by the address of the task: not in task storage, whose
 * lookup answers "nothing there" before Linux 6.2 while a preempted task holds its lock; not by
 * pid, which is reused while the old task still runs through its exit. An entry is made with the
 * task (task_alloc) and removed before its memory can be reused (task_free). Only the task itself
 * ever changes its entry in between, so that needs no lock.
 *
 * What if an operation on the map fails? A lookup takes no lock and can't. Insertion and removal
 * fail with -EBUSY only on top of another such operation on the same CPU, whose bucket locks keep
 * preemption off: never in the context of a process, but task_free also runs in softirq, and then
 * leaves its entry behind. No harm follows: the address goes to a new task only through task_alloc,
 * which removes it first. Where insertion fails for lack of memory or room, the fork fails, and so
 * does the prctl that would restrict for the first time.
 *
 * GPL-2.0, because the kernel lets no other program use these hooks.
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <stddef.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "decide.h"

#pragma clang diagnostic ignored "-Wunused-parameter" /* a hook takes what the kernel hands it */

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "capset() and USERNS_GET take the machine to be little-endian"
#endif

/* The bit of no_new_privs in task_struct.atomic_flags: include/linux/sched.h. */
#define PFA_NO_NEW_PRIVS 0

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

struct user_namespace {
	int level;
};

struct cred {
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
} states SEC(".maps");

/*
 * An upper bound on the entries for tasks in a page of memory, shared by all pages with the same
 * hash: counted up before an entry is made, and down after it is removed. Nearly all tasks have no
 * entry, and learn it here for a tenth of the cost of a lookup. The count may be too high, never
 * too low. As a map it is pinned, too: every generation of the programs counts in the same one.
 */
volatile __u32 marks[USERNS_MARKS];

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

/* The verifier allows arithmetic on a difference of pointers only. */
static volatile __u32 *mark_of(const struct task_struct *task)
{
	__u64 distance = key_of(task) - (__u64)(unsigned long)marks;

	return &marks[(distance >> USERNS_MARK_SHIFT) % USERNS_MARKS];
}

static struct userns_state *state_of(const struct task_struct *task)
{
	__u64 key = key_of(task);

	return *mark_of(task) ? bpf_map_lookup_elem(&states, &key) : NULL;
}

/* Make an entry for a task that has none. Returns 0 or a negative errno. */
static long remember(const struct task_struct *task, const struct userns_state *state)
{
	__u64 key = key_of(task);
	long r;

	__sync_fetch_and_add(mark_of(task), 1);
	r = bpf_map_update_elem(&states, &key, state, BPF_NOEXIST);
	if (r)
		__sync_fetch_and_add(mark_of(task), -1);
	return r;
}

/* Remove a task's entry if it has one. */
static void forget(const struct task_struct *task)
{
	__u64 key = key_of(task);

	if (*mark_of(task) && !bpf_map_delete_elem(&states, &key))
		__sync_fetch_and_add(mark_of(task), -1);
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
 * hide behind arithmetic; and in all 64 bits, so the hooks return long.
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

/* Also called when a fork fails after task_alloc. */
SEC("lsm/task_free")
void BPF_PROG(userns_free, struct task_struct *task)
{
	forget(task);
}

SEC("lsm/task_alloc")
long BPF_PROG(userns_alloc, struct task_struct *task, unsigned long clone_flags, int ret)
{
	struct userns_state *state;

	if (ret)
		return verdict(ret);

	forget(task); /* what is there is left over from an older task */
	state = current_state(bpf_get_current_task_btf());
	if (!state)
		return 0;
	return remember(task, state) ? -ENOMEM : 0;
}

/*
 * May the running task use a capability against a namespace below the initial one? Not inlined: the
 * many checks against the initial one would save and restore its registers.
 */
static __noinline long check(__u32 level, __u32 cap)
{
	const struct task_struct *current = bpf_get_current_task_btf();
	struct userns_state *state = current_state(current), unrestricted;
	__u64 mask = system.mask;
	__u64 effective = 0;

	if (!state) {
		if (mask == DECIDE_ALL)
			return 0;
		unrestricted = decide_unrestricted((__u32)current->real_cred->user_ns->level);
		state = &unrestricted;
	}
	if (level > state->level) /* else it doesn't matter, and is not worth loading */
		effective = capset(&current->real_cred->cap_effective);
	return verdict(decide_capable(state, mask, effective, level, cap));
}

SEC("lsm/capable")
long BPF_PROG(userns_capable, const struct cred *cred, struct user_namespace *ns, int cap,
	      unsigned int opts, int ret)
{
	__u32 level;

	if (ret)
		return verdict(ret);
	level = (__u32)ns->level;
	if (level == 0) /* by far the most calls: spare them the lookup */
		return 0;
	return check(level, (__u32)cap);
}

SEC("lsm/userns_create")
long BPF_PROG(userns_create, const struct cred *cred, int ret)
{
	struct userns_state *state;

	if (ret)
		return verdict(ret);

	state = current_state(bpf_get_current_task_btf());
	if (!state)
		return 0;
	return verdict(decide_create(state));
}

/* Carry out an operation on the running task. Returns what decide_prctl() does, or -ENOMEM. */
static int operate(const struct task_struct *current, const struct decide_args *args)
{
	const struct cred *cred = current->real_cred;
	struct decide_task task = {
		.permitted = capset(&cred->cap_permitted),
		.effective = capset(&cred->cap_effective),
		.bounding = capset(&cred->cap_bset),
		.mask = system.mask,
		.level = (__u32)cred->user_ns->level,
		.no_new_privs = current->atomic_flags >> PFA_NO_NEW_PRIVS & 1,
	};
	struct userns_state *state = current_state(current);
	struct userns_state wanted = state ? *state : decide_unrestricted(task.level);
	int result = decide_prctl(&wanted, &task, args);

	if (result < 0)
		return result;
	if (state)
		*state = wanted;
	else if (decide_is_restricted(&wanted) && remember(current, &wanted))
		return -ENOMEM;
	return result;
}

SEC("lsm/task_prctl")
long BPF_PROG(userns_prctl, int option, unsigned long arg2, unsigned long arg3, unsigned long arg4,
	      unsigned long arg5, int ret)
{
	struct decide_args args = { arg2, arg3, arg4, arg5 };

	if (ret || option != USERNS_PRCTL)
		return verdict(ret);
	return verdict(decide_reply(operate(bpf_get_current_task_btf(), &args)));
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
