// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* Load, reload and unload. */
#include "loader.h"

#include <errno.h>
#include <linux/membarrier.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../cleanup.h"
#include "loader_pins.h"

const struct loader_paths loader_paths = {
	.lsm = "/sys/kernel/security/lsm",
	.btf = "/sys/kernel/btf/vmlinux",
	.bpffs = "/sys/fs/bpf",
	.pins = "/sys/fs/bpf/usernscaps",
	.threads_max = "/proc/sys/kernel/threads-max",
};

/* No task can have a number above this: PID_MAX_LIMIT of include/linux/threads.h. */
#define TASKS_MAX (4 * 1024 * 1024)

/* How long a program may answer after its link has gone. */
#define SILENCE_WAIT_MS 30000

/* ---- load ---- */

static int fail_loaded(const struct loader_paths *paths, struct loader_problem *problem)
{
	return loader_fail(problem, -EEXIST,
			   "the programs are loaded already (%s exists), or a load was cut short; "
			   "\"usernscapsctl reload\" replaces them, \"usernscapsctl unload\" "
			   "removes them",
			   paths->pins);
}

static int check_unloaded(const struct loader_paths *paths, struct loader_problem *problem)
{
	if (!access(paths->pins, F_OK))
		return fail_loaded(paths, problem);
	if (errno != ENOENT)
		return loader_fail_errno(problem, "look at", paths->pins);
	if (loader_is_answering())
		return loader_fail(problem, -EEXIST,
				   "the programs are loaded already, but not pinned in %s; unload "
				   "them in the mount namespace where they are",
				   paths->pins);
	return 0;
}

/*
 * How many tasks the map has room for: twice as many as there can be, because a task counts until
 * its memory is freed, a grace period after kernel.threads-max has stopped counting it. It costs
 * 16 bytes each, where the kernel allows one task for every 128 KiB of memory.
 */
static int map_size(const char *path, unsigned *ret_size, struct loader_problem *problem)
{
	char text[32];
	char *end;
	unsigned long max;
	int r = loader_read_text(path, text, sizeof(text));

	if (r)
		return loader_fail(problem, r, "can't read %s: %s", path, strerror(-r));
	max = strtoul(text, &end, 10);
	if (end == text || *end || max == 0)
		return loader_fail(problem, -EINVAL, "%s holds no number of tasks: \"%s\"", path,
				   text);
	*ret_size = 2 * (unsigned)(max < TASKS_MAX ? max : TASKS_MAX);
	return 0;
}

static int pin_maps(const struct userns_bpf *skeleton, const char *dir,
		    struct loader_problem *problem)
{
	struct bpf_map *const maps[] = {
		[LOADER_STATES] = skeleton->maps.states,
		[LOADER_SYSTEM] = skeleton->maps.data_system,
		[LOADER_MARKS] = skeleton->maps.bss,
	};
	char path[PATH_MAX];

	for (enum loader_pin pin = 0; pin < LOADER_FIRST_LINK; pin++) {
		int r = loader_pin_path(dir, pin, path);

		if (!r)
			r = bpf_map__pin(maps[pin], path);
		if (r)
			return loader_fail_libbpf(problem, r, "pin", loader_pin_names[pin]);
	}
	return 0;
}

static int fail_unless_answering(struct loader_problem *problem)
{
	if (loader_is_answering())
		return 0;
	return loader_fail(problem, -ENODATA,
			   "the programs are attached, but the kernel does not run them; if "
			   "\"sysctl kernel.ftrace_enabled\" says 0, set it to 1");
}

/* Have the kernel verify the programs and make their maps. Returns NULL with @ret_error set. */
static struct userns_bpf *prepare(const struct loader_paths *paths, int *ret_error,
				  struct loader_problem *problem)
{
	struct userns_bpf *skeleton;
	unsigned size = 0;
	int r = map_size(paths->threads_max, &size, problem);

	*ret_error = r;
	if (r)
		return NULL;
	skeleton = userns_bpf__open();
	if (!skeleton) {
		*ret_error = loader_fail_libbpf(problem, -errno, "open", "the BPF programs");
		return NULL;
	}
	r = bpf_map__set_max_entries(skeleton->maps.states, size);
	if (!r)
		r = userns_bpf__load(skeleton);
	if (r) {
		*ret_error = loader_fail_libbpf(problem, r, "load", "the BPF programs");
		userns_bpf__destroy(skeleton);
		return NULL;
	}
	loader_sign(skeleton);
	return skeleton;
}

/* What it holds would not go. */
static void let_go(struct userns_bpf **skeleton)
{
	loader_skeleton_freep(skeleton);
	*skeleton = NULL;
}

/* Into the directory of pins, which is empty and locked. */
static int install(const struct loader_paths *paths, struct userns_bpf **skeleton,
		   struct loader_problem *problem)
{
	struct loader_problem ignored;
	int r = pin_maps(*skeleton, paths->pins, problem);

	if (!r)
		r = loader_attach(*skeleton, paths->pins, problem);
	if (!r)
		r = fail_unless_answering(problem);
	if (!r)
		return 0;
	let_go(skeleton);
	loader_remove(paths, &ignored);
	return r;
}

/* Make the directory of pins and lock it. */
static int make_pins(const struct loader_paths *paths, int *ret_lock,
		     struct loader_problem *problem)
{
	char states[PATH_MAX];
	int r;

	do {
		/* Of two at the same time one stops here. */
		if (mkdir(paths->pins, 0700))
			return errno == EEXIST ? fail_loaded(paths, problem)
					       : loader_fail_errno(problem, "make", paths->pins);
		/* An unload may come between and remove it; or even another load, and use it. */
		r = loader_lock(paths, ret_lock, problem);
	} while (r == -ENOENT);
	if (!r)
		r = loader_pin_path(paths->pins, LOADER_STATES, states);
	return !r && !access(states, F_OK) ? fail_loaded(paths, problem) : r;
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
	skeleton = prepare(paths, &r, ret_problem);
	if (!skeleton)
		return r;
	r = make_pins(paths, &lock, ret_problem);
	return r ? r : install(paths, &skeleton, ret_problem);
}

/* ---- unload ---- */

/* Where a reload puts the next generation before it takes the place of the last one. */
static int next_path(const struct loader_paths *paths, char path[static PATH_MAX])
{
	return snprintf(path, PATH_MAX, "%s/next", paths->pins) < PATH_MAX ? 0 : -ENAMETOOLONG;
}

/* What a reload that was killed has left is of no use to anybody. */
static int clear_next(const struct loader_paths *paths, struct loader_problem *problem)
{
	char next[PATH_MAX];
	int r = next_path(paths, next);

	return r ? r : loader_detach(next, problem);
}

int loader_unload(const struct loader_paths *paths, struct loader_problem *ret_problem)
{
	_cleanup_(closep) int lock = -1;
	int r;

	loader_listen();
	r = loader_lock(paths, &lock, ret_problem);
	if (!r)
		r = clear_next(paths, ret_problem);
	return r ? r : loader_remove(paths, ret_problem);
}

/* ---- reload ---- */

static bool is_same_map(int fd, const struct bpf_map *map)
{
	struct bpf_map_info info = {};
	unsigned len = sizeof(info);

	return !bpf_obj_get_info_by_fd(fd, &info, &len) && info.type == bpf_map__type(map) &&
	       info.key_size == bpf_map__key_size(map) &&
	       info.value_size == bpf_map__value_size(map);
}

static int reuse(const struct loader_paths *paths, enum loader_pin pin, struct bpf_map *map,
		 struct loader_problem *problem)
{
	_cleanup_(closep) int fd = loader_open_pin(paths, pin);
	int r;

	if (fd < 0)
		return loader_fail(problem, fd,
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
	int r = reuse(paths, LOADER_STATES, skeleton->maps.states, problem);

	if (!r)
		r = reuse(paths, LOADER_SYSTEM, skeleton->maps.data_system, problem);
	if (!r)
		r = loader_system(paths, &system, problem);
	if (!r)
		r = reuse(paths, LOADER_MARKS, skeleton->maps.bss, problem);
	return r;
}

/*
 * From the first to the last step each hook has a program of one generation or of both, and both
 * do the same to the same maps; of a prctl the newer one's reply is the last word.
 */
static int replace(const struct loader_paths *paths, struct userns_bpf **skeleton,
		   struct loader_problem *problem)
{
	struct loader_problem ignored;
	char next[PATH_MAX];
	int r = userns_bpf__load(*skeleton);

	if (r)
		return loader_fail_libbpf(problem, r, "load", "the BPF programs");
	r = next_path(paths, next);
	if (!r)
		r = loader_retain(paths, *skeleton, problem);
	if (!r)
		r = clear_next(paths, problem);
	if (r)
		return r;
	if (mkdir(next, 0700))
		return loader_fail_errno(problem, "make", next);
	r = loader_attach(*skeleton, next, problem);
	if (!r)
		r = fail_unless_answering(problem);
	if (r) {
		let_go(skeleton);
		loader_detach(next, &ignored);
		return r;
	}
	loader_sign(*skeleton);
	r = loader_replace(next, paths->pins, problem);
	return r ? r : clear_next(paths, problem);
}

static int fail_if_restricted(const struct loader_paths *paths, struct loader_problem *problem)
{
	size_t count;
	int r = loader_count(paths, &count, problem);

	if (r || !count)
		return r;
	return loader_fail(problem, -EBUSY,
			   "%zu tasks are restricted, and these programs keep their state "
			   "otherwise than those that are loaded: reload once nobody is "
			   "logged in who is restricted, or when the machine is started",
			   count);
}

/*
 * Have no prctl answered any more, and none that was still on its way. Whoever calls this holds the
 * program, so loader_unpin() would wait for itself.
 */
static int silence(const struct loader_paths *paths, struct loader_problem *problem)
{
	char path[PATH_MAX];
	int r = loader_pin_path(paths->pins, LOADER_PRCTL, path);

	if (!r && unlink(path) && errno != ENOENT)
		r = -errno;
	for (int waited = 0; !r && loader_is_answering(); waited++)
		if (waited == SILENCE_WAIT_MS || usleep(1000))
			r = -ETIMEDOUT;
	/* A grace period of RCU. */
	if (!r && syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0))
		r = -errno;
	return r ? loader_fail(problem, r, "can't remove %s: %s", path, strerror(-r)) : 0;
}

static int fail_without_prctl(const struct loader_paths *paths, int error,
			      struct loader_problem *problem)
{
	return loader_fail(problem, error,
			   "can't attach %s/%s again: %s; until the version that is loaded does so "
			   "by \"usernscapsctl reload\", nobody can be restricted",
			   paths->pins, loader_pin_names[LOADER_PRCTL], strerror(-error));
}

/* Let nobody restrict themselves any more; unless somebody just has. */
static int withdraw(const struct loader_paths *paths, struct loader_problem *problem)
{
	_cleanup_(closep) int program = loader_open_program(paths, LOADER_PRCTL);
	int again, r;

	if (program < 0 && program != -ENOENT)
		return loader_fail(problem, program, "can't open the program of %s/%s: %s",
				   paths->pins, loader_pin_names[LOADER_PRCTL], strerror(-program));
	r = silence(paths, problem);
	if (!r)
		r = fail_if_restricted(paths, problem);
	if (!r || program < 0)
		return r;
	again = loader_attach_again(paths, LOADER_PRCTL, program);
	return again ? fail_without_prctl(paths, again, problem) : r;
}

/*
 * Programs with other maps know nothing of who is restricted now, so nobody may be. The system's
 * mask is taken over.
 */
static int exchange(const struct loader_paths *paths, struct loader_problem *problem)
{
	_cleanup_(loader_skeleton_freep) struct userns_bpf *skeleton = NULL;
	uint64_t mask = UINT64_MAX;
	int r = fail_if_restricted(paths, problem);

	if (r)
		return r;
	skeleton = prepare(paths, &r, problem);
	if (!skeleton)
		return r;
	r = clear_next(paths, problem);
	if (!r)
		r = withdraw(paths, problem);
	if (!r)
		r = loader_mask_of_any(paths, &mask, problem);
	if (!r)
		r = loader_clear(paths->pins, problem);
	if (!r)
		r = loader_release(paths, problem);
	if (r)
		return r;
	skeleton->data_system->system.mask = mask;
	return install(paths, &skeleton, problem);
}

/* Programs that are there and don't answer are not run, and neither would be others. */
static int check_running(const struct loader_paths *paths, struct loader_problem *problem)
{
	_cleanup_(closep) int fd = loader_open_pin(paths, LOADER_PRCTL);

	return fd >= 0 ? fail_unless_answering(problem) : 0;
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
