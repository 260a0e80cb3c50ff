// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* Could this kernel run the programs? */
#include <errno.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <bpf/btf.h>

#include "../cleanup.h"
#include "loader_parts.h"

static int check_privilege(struct loader_problem *problem)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {};

	if (syscall(SYS_capget, &header, data))
		return loader_fail_errno(problem, "read", "own capabilities");
	if (!(data[CAP_TO_INDEX(CAP_SYS_ADMIN)].effective & CAP_TO_MASK(CAP_SYS_ADMIN)))
		return loader_fail(problem, -EPERM,
				   "loading BPF programs takes CAP_SYS_ADMIN; do it as root");
	return 0;
}

static bool has_word(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (;; list++) {
		size_t here = strcspn(list, ",");

		if (here == len && !memcmp(list, word, len))
			return true;
		list += here;
		if (!*list)
			return false;
	}
}

static int check_lsm(const char *path, struct loader_problem *problem)
{
	char active[LOADER_TEXT / 2] = "";
	int r = loader_read_text(path, active, sizeof(active));

	if (r)
		return loader_fail(
			problem, r,
			"can't read %s, the active security modules: %s; if securityfs is not "
			"mounted: mount -t securityfs securityfs /sys/kernel/security",
			path, strerror(-r));
	if (!has_word(active, "bpf"))
		return loader_fail(
			problem, -EOPNOTSUPP,
			"the kernel's BPF security module is not active; boot with "
			"\"lsm=%s%sbpf\" on the kernel command line (Debian: GRUB_CMDLINE_LINUX "
			"in /etc/default/grub, then update-grub)",
			active, active[0] ? "," : "");
	return 0;
}

static void btf_freep(struct btf **btf)
{
	btf__free(*btf);
}

static int check_btf(const char *path, struct loader_problem *problem)
{
	_cleanup_(btf_freep) struct btf *btf = btf__parse_raw(path);

	if (!btf && errno == ENOENT)
		return loader_fail(problem, -EOPNOTSUPP,
				   "the kernel does not show its types (no %s); use one built with "
				   "CONFIG_DEBUG_INFO_BTF, as Debian's are",
				   path);
	if (!btf)
		return loader_fail_errno(problem, "read", path);
	if (btf__find_by_name_kind(btf, "bpf_lsm_userns_create", BTF_KIND_FUNC) < 0)
		return loader_fail(
			problem, -EOPNOTSUPP,
			"the kernel has no hook for the creation of user namespaces; use Linux "
			"6.1 or later, with CONFIG_BPF_LSM");
	/* Before this function a program was not run on a CPU where it was running already. */
	if (btf__find_by_name_kind(btf, "__bpf_prog_enter_recur", BTF_KIND_FUNC) < 0)
		return loader_fail(
			problem, -EOPNOTSUPP,
			"the kernel skips BPF programs that are already running on a CPU, and "
			"would let restricted tasks through; use Linux 6.2 or later, or 6.1.54 "
			"or later of 6.1");
	return 0;
}

static int check_bpffs(const char *path, struct loader_problem *problem)
{
	struct statfs fs;

	if (statfs(path, &fs))
		return loader_fail_errno(problem, "look at", path);
	if (fs.f_type != BPF_FS_MAGIC)
		return loader_fail(
			problem, -EOPNOTSUPP,
			"there is no bpf filesystem on %s; mount it: mount -t bpf bpf %s", path,
			path);
	return 0;
}

int loader_check_caller(const struct loader_paths *paths, struct loader_problem *problem)
{
	int r;

	loader_listen();
	r = check_privilege(problem);
	return r ? r : check_bpffs(paths->bpffs, problem);
}

int loader_check(const struct loader_paths *paths, struct loader_problem *ret_problem)
{
	int r;

	loader_listen();
	r = check_privilege(ret_problem);
	if (!r)
		r = check_lsm(paths->lsm, ret_problem);
	if (!r)
		r = check_btf(paths->btf, ret_problem);
	if (!r)
		r = check_bpffs(paths->bpffs, ret_problem);
	return r;
}
