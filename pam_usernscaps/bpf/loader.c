// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* Load and unload. */
#include "loader.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "loader_pins.h"

/* ---- load ---- */

static int fail_loaded(const struct loader_paths *paths, struct loader_problem *problem)
{
	return loader_fail(problem, -EEXIST,
			   "the programs are loaded already, or parts of them (%s exists); "
			   "\"usernscapsctl reload\" replaces them, \"usernscapsctl unload\" "
			   "removes them",
			   paths->pins);
}

/* Remove leftovers that are in the way and restrict nobody. */
static int clear_leftover(const struct loader_paths *paths, struct loader_problem *problem)
{
	_cleanup_(closep) int lock = -1;
	int r = loader_lock(paths, &lock, problem);

	if (r)
		return r == -ENOENT ? 0 : r;
	return loader_is_leftover(paths) ? loader_remove(paths, problem)
					 : fail_loaded(paths, problem);
}

static int check_unloaded(const struct loader_paths *paths, struct loader_problem *problem)
{
	int r = clear_leftover(paths, problem);

	if (r)
		return r;
	if (loader_is_answering())
		return loader_fail(problem, -EEXIST,
				   "the programs are loaded already, but not pinned in %s; unload "
				   "them in the mount namespace where they are",
				   paths->pins);
	return 0;
}

static int pin_maps(const struct userns_bpf *skeleton, const char *dir,
		    struct loader_problem *problem)
{
	char path[PATH_MAX];

	for (enum loader_pin pin = 0; pin < LOADER_FIRST_LINK; pin++) {
		int r = loader_pin_path(dir, pin, path);

		if (!r)
			r = bpf_map__pin(loader_map(skeleton, pin), path);
		if (r)
			return loader_fail_libbpf(problem, r, "pin", loader_pin_names[pin]);
	}
	return 0;
}

int loader_fail_unless_answering(struct loader_problem *problem)
{
	if (loader_is_answering())
		return 0;
	return loader_fail(problem, -ENODATA,
			   "the programs are attached, but the kernel does not run them; if "
			   "\"sysctl kernel.ftrace_enabled\" says 0, set it to 1");
}

/*
 * The id that sessions begin after. No id comes again in the same boot if the programs are unloaded
 * and loaded: for that there would have to be a session in each millisecond.
 */
static uint64_t first_session(void)
{
	return clock_now(CLOCK_BOOTTIME) / (CLOCK_SECOND / 1000);
}

/* Each user can have an entry for each of theirs, and nobody can fill it. */
int loader_size_messages(const struct userns_bpf *skeleton, unsigned share)
{
	return bpf_map__set_max_entries(skeleton->maps.messages, 2 * share);
}

struct userns_bpf *loader_prepare(const struct loader_paths *paths, int *ret_error,
				  struct loader_problem *problem)
{
	struct userns_bpf *skeleton;
	unsigned size = 0, share = 0, seed = 0;
	int r = loader_overflow_size(paths, &size, problem);

	if (!r)
		r = loader_share(paths, USERNS_SLOTS + size, &share, problem);
	*ret_error = r;
	if (r)
		return NULL;
	skeleton = userns_bpf__open();
	if (!skeleton) {
		*ret_error = loader_fail_libbpf(problem, -errno, "open", "the BPF programs");
		return NULL;
	}
	/* At boot there may be no better numbers yet, and sessions are not to wait for them. */
	r = getrandom(&seed, sizeof(seed), GRND_INSECURE) < 0 ? -errno : 0;
	skeleton->data_system->system.seed = seed;
	skeleton->data_system->system.session = first_session();
	loader_find_parts(paths, &skeleton->rodata->kernel_parts);
	if (!r)
		r = bpf_map__set_max_entries(skeleton->maps.overflow, size);
	if (!r)
		r = loader_size_messages(skeleton, share);
	if (!r)
		r = userns_bpf__load(skeleton);
	if (r)
		*ret_error = loader_fail_libbpf(problem, r, "load", "the BPF programs");
	else
		*ret_error = loader_sign(skeleton, share, problem);
	if (*ret_error) {
		userns_bpf__destroy(skeleton);
		return NULL;
	}
	return skeleton;
}

void loader_let_go(struct userns_bpf **skeleton)
{
	loader_skeleton_freep(skeleton);
	*skeleton = NULL;
}

static bool has_program_gone(void *id)
{
	_cleanup_(closep) int fd = bpf_prog_get_fd_by_id(*(unsigned *)id);

	return fd < 0;
}

int loader_remove(const struct loader_paths *paths, struct loader_problem *problem)
{
	struct bpf_link_info info[LOADER_PIN_COUNT] = {};
	char path[PATH_MAX];
	int r = 0;

	for (enum loader_pin pin = LOADER_FIRST_LINK; pin < LOADER_PIN_COUNT; pin++)
		if (!loader_pin_path(paths->pins, pin, path))
			loader_link_info(path, &info[pin]);
	r = loader_clear(paths->pins, problem);
	if (!r)
		r = loader_release(paths, problem);
	/* The old programs answer until then, and are detached before their ids are free. */
	for (int pin = LOADER_PIN_COUNT - 1; !r && pin >= LOADER_FIRST_LINK; pin--)
		if (info[pin].prog_id &&
		    loader_wait(has_program_gone, &info[pin].prog_id, LOADER_WAIT_MS))
			r = loader_fail(problem, -ETIMEDOUT,
					"somebody still uses the program of %s",
					loader_pin_names[pin]);
	if (!r && rmdir(paths->pins) && errno != ENOENT)
		r = loader_fail_errno(problem, "remove", paths->pins);
	return r;
}

int loader_install(const struct loader_paths *paths, struct userns_bpf **skeleton,
		   struct loader_problem *problem)
{
	struct loader_problem ignored;
	int r = pin_maps(*skeleton, paths->pins, problem);

	if (!r)
		r = loader_attach(*skeleton, paths->pins, problem);
	if (!r)
		r = loader_fail_unless_answering(problem);
	if (!r)
		return 0;
	loader_let_go(skeleton);
	loader_remove(paths, &ignored);
	return r;
}

/* Make the directory of pins and lock it. */
static int make_pins(const struct loader_paths *paths, int *ret_lock,
		     struct loader_problem *problem)
{
	char slots[PATH_MAX];
	int r;

	do {
		/* If two loads run at the same time, one stops here. */
		if (mkdir(paths->pins, 0700))
			return errno == EEXIST ? fail_loaded(paths, problem)
					       : loader_fail_errno(problem, "make", paths->pins);
		/* In between, an unload may remove the directory, or another load may use it. */
		r = loader_lock(paths, ret_lock, problem);
	} while (r == -ENOENT);
	if (!r)
		r = loader_pin_path(paths->pins, LOADER_SLOTS, slots);
	return !r && !access(slots, F_OK) ? fail_loaded(paths, problem) : r;
}

int loader_load(const struct loader_paths *paths, struct loader_problem *ret_problem)
{
	_cleanup_(loader_skeleton_freep) struct userns_bpf *skeleton = NULL;
	_cleanup_(closep) int lock = -1;
	int r = loader_check(paths, ret_problem);

	if (!r)
		r = check_unloaded(paths, ret_problem);
	if (r)
		return r;
	skeleton = loader_prepare(paths, &r, ret_problem);
	if (!skeleton)
		return r;
	r = make_pins(paths, &lock, ret_problem);
	return r ? r : loader_install(paths, &skeleton, ret_problem);
}

/* ---- unload ---- */

int loader_unload(const struct loader_paths *paths, bool force, struct loader_problem *ret_problem)
{
	_cleanup_(closep) int lock = -1;
	int r;

	loader_listen();
	r = loader_lock(paths, &lock, ret_problem);
	if (!r && !force && !loader_is_leftover(paths))
		r = loader_withdraw(paths, "would no longer be: use --force to set them free",
				    ret_problem);
	if (!r)
		r = loader_clear_next(paths, ret_problem);
	return r ? r : loader_remove(paths, ret_problem);
}
