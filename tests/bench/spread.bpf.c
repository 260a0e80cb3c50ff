// SPDX-License-Identifier: GPL-2.0-only
/* For spread.c: writes for each task what the provider's slots say of it. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "../../pam_usernscaps/bpf/abi.h"
#include "spread.h"

char _license[] SEC("license") = "GPL";

struct task_struct;
struct seq_file;

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

#pragma clang attribute pop

/* spread.c puts the provider's in the place of these. */
volatile struct userns_slot slots[USERNS_SLOTS];

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);
	__type(key, __u64);
	__type(value, struct userns_state);
} overflow SEC(".maps");

SEC("iter/task")
int spread(struct bpf_iter__task *ctx)
{
	const struct task_struct *task = ctx->task;
	struct spread_record record = {};
	volatile struct userns_slot *slot;
	__u64 key;

	if (!task)
		return 0;
	key = (__u64)(unsigned long)task;
	slot = &slots[userns_slot_number(key)];
	record.is_restricted = slot->key == key || bpf_map_lookup_elem(&overflow, &key);
	record.looks_elsewhere = slot->key != key && slot->elsewhere != 0;
	bpf_seq_write(ctx->meta->seq, &record, sizeof(record));
	return 0;
}
