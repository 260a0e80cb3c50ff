/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which part of CAP_NET_ADMIN is it about? The kernel asks one question for all of them. The task's
 * own stack says what it is doing: the innermost function on it that is listed (parts.h) decides.
 * Nothing is entered or left, so nothing can be stale. What the stack can't say comes from where it
 * can't change meanwhile: the arguments of the system call, or the message, which the hook for
 * netlink has put down. They count only with the function that they belong to on the stack.
 *
 * Only LSM programs: others the kernel skips where a task was preempted in one.
 */
#ifndef BPF_RECOGNISE_H
#define BPF_RECOGNISE_H

#include "parts.h"

/* How deep a stack is looked at: as far as the programs' own stacks allow. What is cut off is not
 * known.
 */
#define FRAMES 36

/* How often to walk, if another walk on the same processor came in between. */
#define WALKS 4

const volatile struct parts_kernel kernel_parts = {};

/*
 * Walks that have begun, by processor. Where the kernel lets two tasks share a processor's buffer
 * (before the fix of CVE-2026-89580) one may get the other's stack.
 */
#define PROCESSORS 1024
volatile __u32 walks[PROCESSORS] SEC(".data.walks");

extern void *bpf_rdonly_cast(const void *object, __u32 type) __ksym __weak;

/* The messages that tasks with parts are sending. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1); /* the loader knows how many */
	__type(key, __u64);
	__type(value, struct userns_message);
} messages SEC(".maps");

/*
 * The running task sends a message: note which. Returns 0, or -ENOMEM where there is no room, and
 * then the message must not be sent.
 */
static __noinline long note_message(__u64 key, struct userns_state *state, __u64 skb,
				    __u32 protocol)
{
	const struct userns_message message = { .skb = skb, .protocol = protocol };
	struct userns_message *last = bpf_map_lookup_elem(&messages, &key);

	if (last) {
		*last = message;
		return 0;
	}
	if (bpf_map_update_elem(&messages, &key, &message, BPF_NOEXIST))
		return -ENOMEM;
	state->parts |= USERNS_HAS_MESSAGE;
	return 0;
}

/* A task ends. @parts: of its state */
static __always_inline void forget_message(__u64 key, __u64 parts)
{
	if (parts & USERNS_HAS_MESSAGE)
		bpf_map_delete_elem(&messages, &key);
}

/* Which range is an address in? Returns its number, or PARTS_RANGES. */
__noinline int find_range(__u64 address)
{
	__u32 low = 0;

	for (__u32 step = PARTS_RANGES / 2; step; step /= 2)
		if (kernel_parts.ranges[(low + step) & (PARTS_RANGES - 1)].start < address)
			low += step;
	low &= PARTS_RANGES - 1;
	if (kernel_parts.ranges[low].start < address && address <= kernel_parts.ranges[low].end)
		return (int)low;
	return PARTS_RANGES;
}

/* The type of the message that is being handled; -1: not known. */
static __always_inline int message_type(const struct userns_message *message)
{
	struct sk_buff *skb = NULL;
	struct nlmsghdr *header = NULL;
	__u64 data = 0;
	__u16 type = 0;

	if (kernel_parts.reading == PARTS_CAST) {
		skb = bpf_rdonly_cast((void *)(unsigned long)message->skb,
				      bpf_core_type_id_kernel(struct sk_buff));
		header = bpf_rdonly_cast(skb->data, bpf_core_type_id_kernel(struct nlmsghdr));
		return header->nlmsg_type;
	}
	if (kernel_parts.reading != PARTS_PROBE)
		return -1;
	skb = (struct sk_buff *)(unsigned long)message->skb;
	if (bpf_probe_read_kernel(&data, sizeof(data), &skb->data))
		return -1;
	header = (struct nlmsghdr *)(unsigned long)data;
	if (bpf_probe_read_kernel(&type, sizeof(type), &header->nlmsg_type))
		return -1;
	return type;
}

/* By the message that the running task sends. */
__noinline int recognise_message(__u32 how)
{
	__u64 key = key_of(bpf_get_current_task_btf());
	struct userns_message *message = bpf_map_lookup_elem(&messages, &key);
	int type;

	if (!message)
		return PARTS_ANY;
	if (how == PARTS_NETLINK)
		return (int)parts_of_protocol(message->protocol);
	type = message_type(message);
	if (how == PARTS_RTNETLINK)
		return (int)(type < 0 ? USERNS_PART_LINK | USERNS_PART_TC | USERNS_PART_OTHER
				      : parts_of_rtnetlink((__u32)type));
	if (type < 0)
		return USERNS_PART_ETHTOOL | USERNS_PART_OTHER;
	return (__u32)type == kernel_parts.ethtool ? USERNS_PART_ETHTOOL : USERNS_PART_OTHER;
}

/*
 * By the arguments of the system call.
 *
 * @call: what the stack has said of them: PARTS_SETSOCKOPT, PARTS_SOCKET, or PARTS_NOTHING
 */
__noinline int recognise_arguments(__u32 how, __u32 call)
{
	const struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());

	if (!bpf_core_field_exists(regs->si)) /* not x86, where the loader has said so, too */
		return PARTS_ANY;
	switch (how) {
	case PARTS_OPTION:
	case PARTS_OPTION6:
		if (call == PARTS_SETSOCKOPT)
			return (int)parts_of_option(how, (__u32)regs->si, (__u32)regs->dx);
		break;
	case PARTS_CREATE:
		if (call == PARTS_SOCKET)
			return (int)parts_of_family((__u32)regs->di);
		break;
	case PARTS_IOCTL:
		return (int)parts_of_ioctl((__u32)regs->si);
	case PARTS_IOCTL32:
		return (int)parts_of_ioctl((__u32)regs->cx);
	}
	return USERNS_PART_XFRM | USERNS_PART_OTHER; /* io_uring's, or a 32-bit program's */
}

/* What the walk over a stack has found. */
struct walk {
	__u32 how; /* of the innermost function that is listed */
	__u32 may;
	__u32 call; /* the system call, as far as it matters */
	__u32 reserved;
};

/* One frame more. */
static __always_inline void see(struct walk *walk, __u64 address)
{
	const __u32 place = (__u32)find_range(address);
	__u32 how;

	if (place >= PARTS_RANGES)
		return;
	how = kernel_parts.ranges[place & (PARTS_RANGES - 1)].how;
	if (how == PARTS_SETSOCKOPT || how == PARTS_SOCKET) {
		walk->call = how;
	} else if (!walk->how) {
		walk->how = how;
		walk->may = kernel_parts.ranges[place & (PARTS_RANGES - 1)].may;
	}
}

/* Does what is further out make no difference? */
static __always_inline int is_decided(const struct walk *walk)
{
	return walk->how && walk->how != PARTS_OPTION && walk->how != PARTS_OPTION6 &&
	       walk->how != PARTS_CREATE;
}

/* Write the running task's stack to @ips. Returns the number of frames; 0: it isn't known. */
static __always_inline long walk_stack(__u64 ips[static FRAMES])
{
	volatile __u32 *begun = &walks[bpf_get_smp_processor_id() % PROCESSORS];

	for (int i = 0; i < WALKS; i++) {
		const __u32 mine = __sync_fetch_and_add(begun, 1) + 1;
		const long size = bpf_get_task_stack(bpf_get_current_task_btf(), ips,
						     FRAMES * sizeof(ips[0]), 0);

		if (size > 0 && *begun == mine)
			return size / (long)sizeof(ips[0]);
	}
	return 0;
}

/* Which parts may the check be about that the running task is in? */
__noinline int recognise(void)
{
	__u64 ips[FRAMES];
	struct walk walk = {};
	const long frames = kernel_parts.vague == PARTS_ANY ? 0 : walk_stack(ips);
	int may = 0;

	for (int i = 0; i < FRAMES; i++) {
		if (i >= frames || is_decided(&walk))
			break;
		see(&walk, ips[i]);
	}
	switch (walk.how) {
	case PARTS_NOTHING:
		return PARTS_ANY;
	case PARTS_FIXED:
		may = (int)walk.may;
		break;
	case PARTS_ENTRY:
		return (int)kernel_parts.vague;
	case PARTS_RTNETLINK:
	case PARTS_GENERIC:
	case PARTS_NETLINK:
		may = recognise_message(walk.how);
		break;
	default:
		may = recognise_arguments(walk.how, walk.call);
	}
	return may & (int)kernel_parts.vague ? may | (int)kernel_parts.vague : may;
}

#endif
