// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* The kernel that runs this process. */
#include "kernel.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "creation_filter.h"

static void cap_freep(cap_t *caps)
{
	if (*caps)
		cap_free(*caps);
}

/* The bounding set, and from the first number that is no capability the kernel's last one. */
static int read_bounding(struct kernel_sets *sets)
{
	unsigned cap;

	sets->bounding = CAPSET_NONE;
	for (cap = 0; cap < CAPSET_SIZE; cap++) {
		int r = prctl(PR_CAPBSET_READ, cap, 0, 0, 0);

		if (r < 0 && errno != EINVAL)
			return -errno;
		if (r < 0)
			break;
		if (r)
			sets->bounding = capset_or(sets->bounding, capset_of(cap));
	}
	if (cap == 0)
		return -ENOSYS;
	sets->last = cap - 1;
	return 0;
}

/* A whole set in one call, where libcap allocates a copy and tells it bit by bit. */
static int read_inheritable(struct kernel_sets *sets)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	if (capget(&header, data) < 0)
		return -errno;
	sets->inheritable = capset_and(
		capset_from_bits(data[0].inheritable | (uint64_t)data[1].inheritable << 32),
		capset_up_to(sets->last));
	return 0;
}

static int linux_read_sets(void *context, struct kernel_sets *ret_sets)
{
	struct kernel_sets sets = { .inheritable = CAPSET_NONE };
	int r = read_bounding(&sets);

	(void)context;
	if (r == 0)
		r = read_inheritable(&sets);
	if (r < 0)
		return r;
	*ret_sets = sets;
	return 0;
}

static int linux_keep_inheritable(void *context, struct capset keep)
{
	_cleanup_(cap_freep) cap_t caps = cap_get_proc();
	unsigned cap;

	(void)context;
	keep = capset_whole(keep);
	if (!caps)
		return -errno;
	for (cap = 0; cap < CAPSET_SIZE; cap++) {
		cap_value_t value = (cap_value_t)cap;

		if (capset_has(keep, cap))
			continue;
		if (cap_set_flag(caps, CAP_INHERITABLE, 1, &value, CAP_CLEAR) < 0)
			return -errno;
	}
	return cap_set_proc(caps) < 0 ? -errno : 0;
}

static int linux_drop_bounding(void *context, unsigned cap)
{
	(void)context;
	return cap_drop_bound((cap_value_t)cap) < 0 ? -errno : 0;
}

static int linux_prctl(void *context, int option, const unsigned long args[4])
{
	int r = prctl(option, args[0], args[1], args[2], args[3]);

	(void)context;
	return r < 0 ? -errno : r;
}

static int linux_has_native(void *context)
{
	_cleanup_(fclosep) FILE *status = fopen("/proc/thread-self/status", "re");
	char line[256];

	(void)context;
	if (!status)
		return -errno;
	while (fgets(line, sizeof(line), status))
		if (strncmp(line, "CapUNs:", 7) == 0)
			return 1;
	return ferror(status) ? -EIO : 0;
}

static bool is_refused(long result)
{
	return result < 0 && errno == EPERM;
}

/*
 * All that our own filter refuses. The kernel itself does none of these calls (a bit that
 * unshare(2) doesn't know, CLONE_FS together with CLONE_NEWUSER, no descriptor, no arguments), and
 * says something else. One answer is not enough: a service may have a filter of its own that knows
 * of unshare(2) only.
 */
static bool linux_is_creation_filtered(void *context)
{
	(void)context;
	return is_refused(unshare(CLONE_NEWUSER | 0x1)) &&
	       is_refused(syscall(SYS_clone, CLONE_NEWUSER | CLONE_FS, 0, 0, 0, 0)) &&
	       is_refused(setns(-1, CLONE_NEWUSER)) && is_refused(setns(-1, 0)) &&
	       syscall(SYS_clone3, NULL, 0) < 0 && errno == ENOSYS;
}

static int linux_filter_creation(void *context)
{
	(void)context;
	return creation_filter_install();
}

const struct kernel kernel_linux = {
	.read_sets = linux_read_sets,
	.keep_inheritable = linux_keep_inheritable,
	.drop_bounding = linux_drop_bounding,
	.prctl = linux_prctl,
	.has_native = linux_has_native,
	.is_creation_filtered = linux_is_creation_filtered,
	.filter_creation = linux_filter_creation,
};
