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

#include "base/cleanup.h"
#include "loader_parts.h"

static int check_privilege(struct loader_problem *problem)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {};

	if (syscall(SYS_capget, &header, data))
		return loader_fail_errno(problem, "read", "own capabilities");
	if (!(data[CAP_TO_INDEX(CAP_SYS_ADMIN)].effective & CAP_TO_MASK(CAP_SYS_ADMIN)))
		return loader_fail(problem, -EPERM,
				   "loading BPF programs needs CAP_SYS_ADMIN; do it as root");
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

static bool has_function(const struct btf *btf, const char *name)
{
	return btf__find_by_name_kind(btf, name, BTF_KIND_FUNC) >= 0;
}

bool loader_has_function(const struct loader_paths *paths, const char *name)
{
	_cleanup_(btf_freep) struct btf *btf = btf__parse_raw(paths->btf);

	return btf && has_function(btf, name);
}

static int read_btf(const char *path, struct btf **ret_btf, struct loader_problem *problem)
{
	struct btf *btf = btf__parse_raw(path);

	if (!btf && errno == ENOENT)
		return loader_fail(problem, -EOPNOTSUPP,
				   "the kernel does not show its types (no %s); use one built with "
				   "CONFIG_DEBUG_INFO_BTF, as Debian's are",
				   path);
	if (!btf)
		return loader_fail_errno(problem, "read", path);
	*ret_btf = btf;
	return 0;
}

static int check_hook(const struct btf *btf, struct loader_problem *problem)
{
	if (has_function(btf, "bpf_lsm_userns_create"))
		return 0;
	return loader_fail(problem, -EOPNOTSUPP,
			   "the kernel has no hook for the creation of user namespaces; use Linux "
			   "6.1 or later, with CONFIG_BPF_LSM");
}

/* Before this function a program was not run on a CPU where it was running already. */
static int check_recursion(const struct btf *btf, struct loader_problem *problem)
{
	if (has_function(btf, "__bpf_prog_enter_recur"))
		return 0;
	return loader_fail(problem, -EOPNOTSUPP,
			   "the kernel skips BPF programs that are already running on a CPU, and "
			   "would let restricted tasks through; use Linux 6.2 or later, or 6.1.54 "
			   "or later of 6.1");
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

void loader_examine(const struct loader_paths *paths, struct loader_examination *ret_examination)
{
	struct loader_problem *problems = ret_examination->problems;
	int *errors = ret_examination->errors;
	_cleanup_(btf_freep) struct btf *btf = NULL;

	*ret_examination = (struct loader_examination){ 0 };
	loader_listen();
	errors[LOADER_NEED_PRIVILEGE] = check_privilege(&problems[LOADER_NEED_PRIVILEGE]);
	errors[LOADER_NEED_LSM] = check_lsm(paths->lsm, &problems[LOADER_NEED_LSM]);
	errors[LOADER_NEED_BTF] = read_btf(paths->btf, &btf, &problems[LOADER_NEED_BTF]);
	if (btf) {
		errors[LOADER_NEED_HOOK] = check_hook(btf, &problems[LOADER_NEED_HOOK]);
		errors[LOADER_NEED_RECURSION] =
			check_recursion(btf, &problems[LOADER_NEED_RECURSION]);
	}
	errors[LOADER_NEED_BPFFS] = check_bpffs(paths->bpffs, &problems[LOADER_NEED_BPFFS]);
}

int loader_check(const struct loader_paths *paths, struct loader_problem *ret_problem)
{
	struct loader_examination seen;
	enum loader_need need;

	loader_examine(paths, &seen);
	for (need = 0; need < LOADER_NEED_COUNT; need++) {
		if (seen.errors[need] == 0)
			continue;
		*ret_problem = seen.problems[need];
		return seen.errors[need];
	}
	return 0;
}
