// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#include "loader_pins.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../cleanup.h"

const char *const loader_pin_names[LOADER_PIN_COUNT] = {
	[LOADER_STATES] = "states",	   [LOADER_SYSTEM] = "system",
	[LOADER_MARKS] = "marks",	   [LOADER_FREE] = "task_free",
	[LOADER_ALLOC] = "task_alloc",	   [LOADER_CAPABLE] = "capable",
	[LOADER_CREATE] = "userns_create", [LOADER_RECORDS] = "records",
	[LOADER_PRCTL] = "task_prctl",
};

/* How long to wait for one program to go: a grace period of RCU is some 10 ms on an idle machine.
 */
#define DETACH_WAIT_MS 30000
#define DETACH_STEP_MS 5

int loader_pin_path(const char *dir, enum loader_pin pin, char path[static PATH_MAX])
{
	int len = snprintf(path, PATH_MAX, "%s/%s", dir, loader_pin_names[pin]);

	return len < PATH_MAX ? 0 : -ENAMETOOLONG;
}

int loader_open_pin(const struct loader_paths *paths, enum loader_pin pin)
{
	char path[PATH_MAX];
	int r = loader_pin_path(paths->pins, pin, path);

	return r ? r : bpf_obj_get(path);
}

void loader_skeleton_freep(struct userns_bpf **skeleton)
{
	userns_bpf__destroy(*skeleton);
}

bool loader_is_answering(void)
{
	return prctl(USERNS_PRCTL, (unsigned long)USERNS_VERSION, 0UL, 0UL, 0UL) == -1 &&
	       errno & USERNS_REPLY;
}

int loader_lock(const struct loader_paths *paths, int *ret_fd, struct loader_problem *problem)
{
	_cleanup_(closep) int fd = open(paths->pins, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		return loader_fail(problem, -ENOENT, "the programs are not loaded (no %s)",
				   paths->pins);
	if (fd < 0)
		return loader_fail_errno(problem, "open", paths->pins);
	if (flock(fd, LOCK_EX))
		return loader_fail_errno(problem, "lock", paths->pins);
	*ret_fd = fd;
	fd = -1;
	return 0;
}

void loader_sign(struct userns_bpf *skeleton)
{
	char *version = (char *)skeleton->data_system->system.version;

	strncpy(version, VERSION, sizeof(skeleton->data_system->system.version) - 1);
}

int loader_attach(struct userns_bpf *skeleton, const char *dir, struct loader_problem *problem)
{
	const struct {
		struct bpf_program *program;
		struct bpf_link **link;
	} hooks[LOADER_PIN_COUNT] = {
		[LOADER_FREE] = { skeleton->progs.userns_free, &skeleton->links.userns_free },
		[LOADER_ALLOC] = { skeleton->progs.userns_alloc, &skeleton->links.userns_alloc },
		[LOADER_CAPABLE] = { skeleton->progs.userns_capable,
				     &skeleton->links.userns_capable },
		[LOADER_CREATE] = { skeleton->progs.userns_create, &skeleton->links.userns_create },
		[LOADER_RECORDS] = { skeleton->progs.userns_iter, &skeleton->links.userns_iter },
		[LOADER_PRCTL] = { skeleton->progs.userns_prctl, &skeleton->links.userns_prctl },
	};
	char path[PATH_MAX];

	for (enum loader_pin pin = LOADER_FIRST_LINK; pin < LOADER_PIN_COUNT; pin++) {
		int r = loader_pin_path(dir, pin, path);

		if (!r) {
			*hooks[pin].link = bpf_program__attach(hooks[pin].program);
			r = *hooks[pin].link ? bpf_link__pin(*hooks[pin].link, path) : -errno;
		}
		if (r)
			return loader_fail_libbpf(problem, r, "attach and pin",
						  loader_pin_names[pin]);
	}
	return 0;
}

/* The number of the program of a pinned link, or 0 where @path isn't a link. */
static unsigned program_id(const char *path)
{
	_cleanup_(closep) int fd = bpf_obj_get(path);
	struct bpf_link_info info = {};
	unsigned len = sizeof(info);

	return fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &len) ? info.prog_id : 0;
}

/*
 * A program outlives the last reference to its link by a grace period, and is detached before its
 * number goes; the link's number goes earlier. The next step must not overtake it.
 *
 * Returns 0 or -ETIMEDOUT.
 */
static int wait_until_gone(unsigned id)
{
	const struct timespec step = { .tv_nsec = DETACH_STEP_MS * 1000000L };

	for (int waited = 0; id && waited < DETACH_WAIT_MS; waited += DETACH_STEP_MS) {
		_cleanup_(closep) int fd = bpf_prog_get_fd_by_id(id);

		if (fd < 0)
			return 0;
		nanosleep(&step, NULL);
	}
	return id ? -ETIMEDOUT : 0;
}

int loader_detach(const char *dir, struct loader_problem *problem)
{
	char path[PATH_MAX];

	for (int pin = LOADER_PIN_COUNT - 1; pin >= 0; pin--) {
		unsigned id = 0;
		int r = loader_pin_path(dir, (enum loader_pin)pin, path);

		if (!r && pin >= LOADER_FIRST_LINK)
			id = program_id(path);
		if (!r && unlink(path) && errno != ENOENT)
			r = -errno;
		if (!r)
			r = wait_until_gone(id);
		if (r)
			return loader_fail(problem, r, "can't remove %s: %s", path, strerror(-r));
	}
	return rmdir(dir) && errno != ENOENT ? loader_fail_errno(problem, "remove", dir) : 0;
}

int loader_replace(const char *from, const char *to, struct loader_problem *problem)
{
	char path[PATH_MAX], old[PATH_MAX];

	for (int pin = LOADER_PIN_COUNT - 1; pin >= LOADER_FIRST_LINK; pin--) {
		unsigned id;
		int r = loader_pin_path(from, (enum loader_pin)pin, path);

		if (!r)
			r = loader_pin_path(to, (enum loader_pin)pin, old);
		id = program_id(old);
		if (!r && rename(path, old))
			r = -errno;
		if (!r)
			r = wait_until_gone(id);
		if (r)
			return loader_fail(problem, r, "can't move %s to %s: %s", path, old,
					   strerror(-r));
	}
	return 0;
}
