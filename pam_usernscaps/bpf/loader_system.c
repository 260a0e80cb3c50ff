// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* What holds for all tasks: the map that the programs read without a call. */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "../cleanup.h"
#include "loader_parts.h"

static int map_system(const struct loader_paths *paths, struct userns_system **ret_system)
{
	_cleanup_(closep) int fd = loader_open_pin(paths, LOADER_SYSTEM);
	void *memory;

	if (fd < 0)
		return fd;
	memory = mmap(NULL, sizeof(**ret_system), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		return -errno;
	*ret_system = memory;
	return 0;
}

static void unmapp(struct userns_system **system)
{
	if (*system)
		munmap(*system, sizeof(**system));
}

static int open_system(const struct loader_paths *paths, struct userns_system **ret_system,
		       struct loader_problem *problem)
{
	int r = map_system(paths, ret_system);

	if (r == -ENOENT)
		return loader_fail(problem, r, "the programs are not loaded (no %s/%s)",
				   paths->pins, loader_pin_names[LOADER_SYSTEM]);
	if (r)
		return loader_fail(problem, r, "can't open %s/%s: %s", paths->pins,
				   loader_pin_names[LOADER_SYSTEM], strerror(-r));
	if ((*ret_system)->layout == USERNS_LAYOUT)
		return 0;
	return loader_fail(problem, -EPROTO,
			   "%s/%s is laid out otherwise than expected: the programs were loaded by "
			   "another version of usernscapsctl",
			   paths->pins, loader_pin_names[LOADER_SYSTEM]);
}

int loader_system(const struct loader_paths *paths, struct userns_system *ret_system,
		  struct loader_problem *ret_problem)
{
	_cleanup_(unmapp) struct userns_system *system = NULL;
	int r = open_system(paths, &system, ret_problem);

	if (!r)
		*ret_system = *system;
	return r;
}

int loader_mask(const struct loader_paths *paths, uint64_t *ret_mask,
		struct loader_problem *ret_problem)
{
	struct userns_system system;
	int r = loader_system(paths, &system, ret_problem);

	if (!r)
		*ret_mask = system.mask;
	return r;
}

int loader_mask_shrink(const struct loader_paths *paths, uint64_t keep, uint64_t *ret_before,
		       struct loader_problem *ret_problem)
{
	_cleanup_(unmapp) struct userns_system *system = NULL;
	uint64_t before;
	int r = open_system(paths, &system, ret_problem);

	if (r)
		return r;
	before = __atomic_fetch_and(&system->mask, keep, __ATOMIC_SEQ_CST);
	if (ret_before)
		*ret_before = before;
	return 0;
}

int loader_mask_reset(const struct loader_paths *paths, uint64_t *ret_before,
		      struct loader_problem *ret_problem)
{
	_cleanup_(unmapp) struct userns_system *system = NULL;
	uint64_t before;
	int r = open_system(paths, &system, ret_problem);

	if (r)
		return r;
	before = __atomic_exchange_n(&system->mask, UINT64_MAX, __ATOMIC_SEQ_CST);
	if (ret_before)
		*ret_before = before;
	return 0;
}
