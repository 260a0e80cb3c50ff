// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* Replaces the loaded programs with others. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "base/cleanup.h"
#include "loader_pins.h"

static bool is_same_map(int fd, const struct bpf_map *map)
{
	struct bpf_map_info info;

	return !loader_info(fd, &info, sizeof(info)) && info.type == bpf_map__type(map) &&
	       info.key_size == bpf_map__key_size(map) &&
	       info.value_size == bpf_map__value_size(map);
}

static int reuse(const struct loader_paths *paths, enum loader_pin pin, struct bpf_map *map,
		 struct loader_problem *problem)
{
	_cleanup_(closep) int fd = loader_open_pin(paths, pin);
	int r;

	/* Programs that know nothing of parts have no such map, and nobody is in need of it. */
	if (fd == -ENOENT && pin == LOADER_MESSAGES)
		return 0;
	if (fd < 0)
		return loader_fail(problem, fd == -ENOENT ? -EUCLEAN : fd,
				   "can't open %s/%s: %s; \"usernscapsctl unload\" "
				   "removes what is left of the programs",
				   paths->pins, loader_pin_names[pin], strerror(-fd));
	if (!is_same_map(fd, map))
		return -EPROTO;
	r = bpf_map__reuse_fd(map, fd);
	return r ? loader_fail_libbpf(problem, r, "use", loader_pin_names[pin]) : 0;
}

/*
 * Have the next generation work on the maps that are there. Returns -EPROTO where they are laid out
 * otherwise.
 */
static int reuse_maps(const struct loader_paths *paths, const struct userns_bpf *skeleton,
		      struct loader_problem *problem)
{
	struct userns_system system;
	int r = 0;

	for (enum loader_pin pin = 0; !r && pin < LOADER_FIRST_LINK; pin++) {
		r = reuse(paths, pin, loader_map(skeleton, pin), problem);
		/* Another layout may lack the maps after this one. */
		if (!r && pin == LOADER_SYSTEM)
			r = loader_system(paths, &system, problem);
	}
	return r;
}

/* The map that reuse() has not found. */
static int pin_new_map(const struct loader_paths *paths, const struct userns_bpf *skeleton,
		       struct loader_problem *problem)
{
	char path[PATH_MAX];
	int r = loader_pin_path(paths->pins, LOADER_MESSAGES, path);

	if (!r && access(path, F_OK))
		r = bpf_map__pin(loader_map(skeleton, LOADER_MESSAGES), path);
	return r ? loader_fail_libbpf(problem, r, "pin", loader_pin_names[LOADER_MESSAGES]) : 0;
}

/*
 * From the first to the last step each hook has a program of one generation or of both, and both
 * do the same to the same maps; of a prctl the newer one's reply is the last word.
 */
static int replace(const struct loader_paths *paths, struct userns_bpf **skeleton,
		   struct loader_problem *problem)
{
	struct loader_problem ignored;
	size_t room = USERNS_SLOTS + bpf_map__max_entries((*skeleton)->maps.overflow);
	char next[PATH_MAX];
	unsigned share = 0;
	int r = loader_share(paths, room, &share, problem);

	if (r)
		return r;
	loader_find_parts(paths, &(*skeleton)->rodata->kernel_parts);
	if (bpf_map__fd((*skeleton)->maps.messages) < 0)
		r = loader_size_messages(*skeleton, share);
	if (!r)
		r = userns_bpf__load(*skeleton);
	if (r)
		return loader_fail_libbpf(problem, r, "load", "the BPF programs");
	r = pin_new_map(paths, *skeleton, problem);
	if (!r)
		r = loader_next_path(paths, next);
	if (!r)
		r = loader_retain(paths, *skeleton, problem);
	if (!r)
		r = loader_clear_next(paths, problem);
	if (r)
		return r;
	if (mkdir(next, 0700))
		return loader_fail_errno(problem, "make", next);
	r = loader_attach(*skeleton, next, problem);
	if (!r)
		r = loader_fail_unless_answering(problem);
	if (!r)
		r = loader_sign(*skeleton, share, problem);
	if (r) {
		loader_let_go(skeleton);
		loader_detach(next, &ignored);
		return r;
	}
	r = loader_replace(next, paths->pins, problem);
	return r ? r : loader_clear_next(paths, problem);
}

/*
 * Programs with other maps know nothing of who is restricted now, so nobody may be. The system's
 * mask is taken over.
 */
static int exchange(const struct loader_paths *paths, struct loader_problem *problem)
{
	_cleanup_(loader_skeleton_freep) struct userns_bpf *skeleton = NULL;
	uint64_t mask = UINT64_MAX;
	int r;

	skeleton = loader_prepare(paths, &r, problem);
	if (!skeleton)
		return r;
	r = loader_withdraw(
		paths,
		"these programs keep their state in another format than those that are loaded: "
		"reload once nobody is logged in who is restricted, or when the "
		"machine is started",
		problem);
	if (!r)
		r = loader_mask_of_any(paths, &mask, problem);
	if (!r)
		r = loader_clear(paths->pins, problem);
	if (!r)
		r = loader_release(paths, problem);
	if (r)
		return r;
	skeleton->data_system->system.mask = mask;
	return loader_install(paths, &skeleton, problem);
}

/* Loaded programs that don't answer are not run by the kernel. It would not run others either. */
static int check_running(const struct loader_paths *paths, struct loader_problem *problem)
{
	_cleanup_(closep) int fd = loader_open_pin(paths, LOADER_PRCTL);

	if (loader_is_leftover(paths))
		return loader_fail(
			problem, -ENOENT,
			"the programs are not loaded (%s holds what a load or unload that "
			"was interrupted has left); \"usernscapsctl load\" loads them",
			paths->pins);
	return fd >= 0 ? loader_fail_unless_answering(problem) : 0;
}

int loader_reload(const struct loader_paths *paths, struct loader_problem *ret_problem)
{
	_cleanup_(loader_skeleton_freep) struct userns_bpf *skeleton = NULL;
	_cleanup_(closep) int lock = -1;
	int r = loader_check_caller(paths, ret_problem);

	if (!r)
		r = loader_lock(paths, &lock, ret_problem);
	if (!r)
		r = check_running(paths, ret_problem);
	if (r)
		return r;
	skeleton = userns_bpf__open();
	if (!skeleton)
		return loader_fail_libbpf(ret_problem, -errno, "open", "the BPF programs");
	r = reuse_maps(paths, skeleton, ret_problem);
	if (!r)
		return replace(paths, &skeleton, ret_problem);
	return r == -EPROTO ? exchange(paths, ret_problem) : r;
}
