// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/*
 * What the bpf provider does not hold against, and SECURITY.md says so: each of these succeeds in a
 * restricted session as it does in any other. If one fails, the text is wrong.
 */
#include "escape.h"

#include <linux/capability.h>
#include <linux/securebits.h>
#include <sys/ptrace.h>
#include <sys/resource.h>

/* Take one capability out of the own userns set; nobody may lower it for setuid programs. */
static void without(unsigned cap)
{
	uint64_t set = ~(UINT64_C(1) << cap);

	must("prctl", prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL));
	if (ucap(USERNS_KEEP, set & UINT32_MAX, set >> 32) < 0)
		broken("KEEP");
}

static int trace_unrestricted(void)
{
	pid_t pid;

	close(held(HELD_USERNS, &pid));
	return result_of(ptrace(PTRACE_SEIZE, pid, NULL, NULL));
}

/* Within one namespace the kernel compares what both of them have on paper. */
static int trace_beside(void)
{
	pid_t pid;
	int user = held(HELD_USERNS, &pid);

	without(CAP_SYS_PTRACE);
	if (!ptrace(PTRACE_SEIZE, pid, NULL, NULL) || errno != EPERM)
		broken("tracing from outside");
	must("setns", setns(user, CLONE_NEWUSER));
	return result_of(ptrace(PTRACE_SEIZE, pid, NULL, NULL));
}

static int renice_beside(void)
{
	pid_t pid;
	int user = held(HELD_USERNS, &pid);

	without(CAP_SYS_NICE);
	if (!setpriority(PRIO_PROCESS, (id_t)pid, 10) || errno != EPERM)
		broken("setting a priority from outside");
	must("setns", setns(user, CLONE_NEWUSER));
	return result_of(setpriority(PRIO_PROCESS, (id_t)pid, 10));
}

/* Who maps root from the namespace around has to have had setfcap there. */
static int map_root(void)
{
	without(CAP_SETFCAP);
	inside(0);
	must("unshare", unshare(CLONE_NEWUSER));
	return map_ids(0, 0);
}

static int secure_bits(void)
{
	without(CAP_SETPCAP);
	inside(0);
	if (!prctl(PR_CAPBSET_DROP, CAP_SYSLOG, 0UL, 0UL, 0UL) || errno != EPERM)
		broken("bounding set");
	return result_of(prctl(PR_SET_SECUREBITS, SECBIT_NOROOT, 0UL, 0UL, 0UL));
}

static int raise_inheritable(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];

	without(CAP_SETPCAP);
	inside(0);
	must("capget", syscall(SYS_capget, &header, sets));
	sets[0].permitted = sets[0].effective &= ~(1u << CAP_KILL);
	must("capset", syscall(SYS_capset, &header, sets));
	sets[0].inheritable |= 1u << CAP_KILL;
	return result_of(syscall(SYS_capset, &header, sets));
}

/* The descriptor is a restricted child's, and who acts on it is not restricted. */
static int open_restricted(void)
{
	without(CAP_NET_ADMIN);
	must("unshare", unshare(CLONE_NEWNET));
	return open_inet();
}

static int act_on_restricted(void)
{
	pid_t pid;

	return lo_up(opened_inside(0, open_restricted, &pid));
}

/* One that writes what it is told, as sudo does with a prompt; it really holds the capability. */
static int setuid_writer(void)
{
	pid_t pid, writer;
	int fd = opened_inside(0, open_sysfs_mtu, &pid), text[2];

	must("pipe", pipe(text));
	must("write", write(text[1], "1280", 4));
	close(text[1]);
	writer = (pid_t)must("fork", fork());
	if (writer == 0) {
		dup2(text[0], STDIN_FILENO);
		dup2(fd, STDOUT_FILENO);
		execl("/opt/tests/escape-cat", "escape-cat", NULL);
		broken("exec");
	}
	return reap(writer);
}

static const struct escape escapes[] = {
	{ "limit: tracing an unrestricted process of the same user", trace_unrestricted },
	{ "limit: tracing in an older namespace without sys_ptrace", trace_beside },
	{ "limit: a priority in an older namespace without sys_nice", renice_beside },
	{ "limit: mapping root without setfcap", map_root },
	{ "limit: securebits without setpcap", secure_bits },
	{ "limit: the inheritable set without setpcap", raise_inheritable },
	{ "limit: a setuid-root program that writes to the namespace's sysfs", setuid_writer },
	{ "limit: a file of a restricted process, used by an unrestricted one", act_on_restricted },
};

ESCAPE_MAIN(escapes)
