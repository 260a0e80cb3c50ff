// SPDX-License-Identifier: GPL-2.0-only
/*
 * The floor of bench-vm: a program on each hook that the provider uses, which does nothing. What it
 * costs is the kernel's way there and back; what the provider costs beyond it is our own.
 *
 * A program has its hook's name, and hands on what the programs before it returned.
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#pragma clang diagnostic ignored "-Wunused-parameter" /* a hook takes what the kernel hands it */

char _license[] SEC("license") = "GPL";

struct task_struct;
struct cred;
struct user_namespace;
struct sock;
struct sk_buff;

SEC("lsm/task_free")
void BPF_PROG(task_free, struct task_struct *task)
{
}

SEC("lsm/task_alloc")
int BPF_PROG(task_alloc, struct task_struct *task, unsigned long clone_flags, int ret)
{
	return ret;
}

SEC("lsm/capable")
int BPF_PROG(capable, const struct cred *cred, struct user_namespace *ns, int cap,
	     unsigned int opts, int ret)
{
	return ret;
}

SEC("lsm/netlink_send")
int BPF_PROG(netlink_send, struct sock *sk, struct sk_buff *skb, int ret)
{
	return ret;
}

SEC("lsm/userns_create")
int BPF_PROG(userns_create, const struct cred *cred, int ret)
{
	return ret;
}

SEC("lsm/task_prctl")
int BPF_PROG(task_prctl, int option, unsigned long arg2, unsigned long arg3, unsigned long arg4,
	     unsigned long arg5, int ret)
{
	return ret;
}
