// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* What holds for all tasks: the map that the programs read without a call. */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "base/cleanup.h"
#include "loader_pins.h"

static void unmapp(struct userns_system **system)
{
	if (*system)
		munmap(*system, sizeof(**system));
}

/* Returns the map's only element in memory; NULL with @ret_error after a failure. */
static struct userns_system *map(int fd, int *ret_error, struct loader_problem *problem)
{
	struct userns_system *system =
		mmap(NULL, sizeof(*system), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (system != MAP_FAILED)
		return system;
	*ret_error = loader_fail_errno(problem, "map", loader_pin_names[LOADER_SYSTEM]);
	return NULL;
}

/* The same of what is pinned. */
static struct userns_system *open_any(const struct loader_paths *paths, int *ret_error,
				      struct loader_problem *problem)
{
	const char *name = loader_pin_names[LOADER_SYSTEM];
	_cleanup_(closep) int fd = loader_open_pin(paths, LOADER_SYSTEM);

	if (fd >= 0)
		return map(fd, ret_error, problem);
	if (fd == -ENOENT)
		*ret_error = loader_fail(problem, fd, "the programs are not loaded (no %s/%s)",
					 paths->pins, name);
	else
		*ret_error = loader_fail(problem, fd, "can't open %s/%s: %s", paths->pins, name,
					 strerror(-fd));
	return NULL;
}

/* The same of what is laid out as expected. */
static struct userns_system *open_system(const struct loader_paths *paths, int *ret_error,
					 struct loader_problem *problem)
{
	struct userns_system *system = open_any(paths, ret_error, problem);

	if (!system || system->layout == USERNS_LAYOUT)
		return system;
	munmap(system, sizeof(*system));
	*ret_error = loader_fail(problem, -EPROTO,
				 "%s/%s has another layout than expected: the programs were "
				 "loaded by another version of usernscapsctl",
				 paths->pins, loader_pin_names[LOADER_SYSTEM]);
	return NULL;
}

/* Needed for changes: a reload may be copying the mask to another map. */
static struct userns_system *lock_system(const struct loader_paths *paths, int *ret_lock,
					 int *ret_error, struct loader_problem *problem)
{
	*ret_error = loader_lock(paths, ret_lock, problem);
	return *ret_error ? NULL : open_system(paths, ret_error, problem);
}

/* Not by the skeleton's own view of the map: where one is reused, libbpf 1.5 leaves that alone. */
int loader_sign(const struct userns_bpf *skeleton, unsigned share, struct loader_problem *problem)
{
	int fd = bpf_map__fd(loader_map(skeleton, LOADER_SYSTEM)), r = 0;
	_cleanup_(unmapp) struct userns_system *system = map(fd, &r, problem);

	if (!system)
		return r;
	system->share = share;
	strncpy((char *)system->version, VERSION, sizeof(system->version) - 1);
	return 0;
}

int loader_system(const struct loader_paths *paths, struct userns_system *ret_system,
		  struct loader_problem *ret_problem)
{
	int r = 0;
	_cleanup_(unmapp) struct userns_system *system = open_system(paths, &r, ret_problem);

	if (system)
		*ret_system = *system;
	return r;
}

int loader_mask_of_any(const struct loader_paths *paths, uint64_t *ret_mask,
		       struct loader_problem *problem)
{
	int r = 0;
	_cleanup_(unmapp) struct userns_system *system = open_any(paths, &r, problem);

	if (system)
		*ret_mask = system->mask;
	return r;
}

int loader_mask(const struct loader_paths *paths, struct capset *ret_mask,
		struct loader_problem *ret_problem)
{
	struct userns_system system = { .mask = 0 };
	int r = loader_system(paths, &system, ret_problem);

	if (!r)
		*ret_mask = capset_from_bits(system.mask);
	return r;
}

/* Only the programs read it without the lock. */
static int change_mask(const struct loader_paths *paths, struct capset keep, struct capset add,
		       struct capset *ret_before, struct loader_problem *problem)
{
	_cleanup_(closep) int lock = -1;
	int r = 0;
	_cleanup_(unmapp) struct userns_system *system = lock_system(paths, &lock, &r, problem);
	struct capset before, after;

	if (!system)
		return r;
	before = capset_from_bits(system->mask);
	after = capset_or(capset_and(before, keep), add);
	__atomic_store_n(&system->mask, capset_bits(after), __ATOMIC_SEQ_CST);
	if (ret_before)
		*ret_before = before;
	return 0;
}

int loader_mask_shrink(const struct loader_paths *paths, struct capset keep,
		       struct capset *ret_before, struct loader_problem *ret_problem)
{
	return change_mask(paths, keep, CAPSET_NONE, ret_before, ret_problem);
}

int loader_mask_reset(const struct loader_paths *paths, struct capset *ret_before,
		      struct loader_problem *ret_problem)
{
	return change_mask(paths, CAPSET_NONE, CAPSET_ALL, ret_before, ret_problem);
}
