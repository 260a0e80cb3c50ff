// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* What is pinned, and where: attaching, detaching and waiting. */
#include "loader_pins.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "base/cleanup.h"

const struct loader_paths loader_paths = {
	.lsm = "/sys/kernel/security/lsm",
	.btf = "/sys/kernel/btf/vmlinux",
	.bpffs = "/sys/fs/bpf",
	.pins = "/sys/fs/bpf/usernscaps",
	.threads_max = "/proc/sys/kernel/threads-max",
	.meminfo = "/proc/meminfo",
	.symbols = "/proc/kallsyms",
	.lockdown = "/sys/kernel/security/lockdown",
};

#define NAME(id, name, field) [LOADER_##id] = (name),
const char *const loader_pin_names[LOADER_PIN_COUNT] = { LOADER_PINS(NAME, NAME) };

/* Milliseconds from one look to the next. */
#define STEP_MS 5

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

/* Is @fd still open on what @path names? */
static bool is_at(int fd, const char *path)
{
	struct stat open, named;

	return !fstat(fd, &open) && !stat(path, &named) && open.st_dev == named.st_dev &&
	       open.st_ino == named.st_ino;
}

int loader_lock(const struct loader_paths *paths, int *ret_fd, struct loader_problem *problem)
{
	for (;;) {
		_cleanup_(closep) int fd = open(paths->pins, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (fd < 0 && errno == ENOENT)
			return loader_fail(problem, -ENOENT, "the programs are not loaded (no %s)",
					   paths->pins);
		if (fd < 0)
			return loader_fail_errno(problem, "open", paths->pins);
		if (flock(fd, LOCK_EX))
			return loader_fail_errno(problem, "lock", paths->pins);
		/*
		 * The last holder of the lock may have removed the directory, and another may have
		 * been made.
		 */
		if (!is_at(fd, paths->pins))
			continue;
		*ret_fd = fd;
		fd = -1;
		return 0;
	}
}

struct bpf_map *loader_map(const struct userns_bpf *skeleton, enum loader_pin pin)
{
#define MAP(id, name, field) [LOADER_##id] = skeleton->maps.field,
	struct bpf_map *const maps[LOADER_PIN_COUNT] = { LOADER_PINS(MAP, LOADER_NOTHING) };

	return maps[pin];
}

struct hook {
	struct bpf_program *program;
	struct bpf_link **link;
};

static struct hook hook_of(struct userns_bpf *skeleton, enum loader_pin pin)
{
#define HOOK(id, name, field) [LOADER_##id] = { skeleton->progs.field, &skeleton->links.field },
	const struct hook hooks[LOADER_PIN_COUNT] = { LOADER_PINS(LOADER_NOTHING, HOOK) };

	return hooks[pin];
}

int loader_program(struct userns_bpf *skeleton, enum loader_pin pin)
{
	return bpf_program__fd(hook_of(skeleton, pin).program);
}

int loader_attach(struct userns_bpf *skeleton, const char *dir, struct loader_problem *problem)
{
	char path[PATH_MAX];

	for (enum loader_pin pin = LOADER_FIRST_LINK; pin < LOADER_PIN_COUNT; pin++) {
		struct hook hook = hook_of(skeleton, pin);
		int r = loader_pin_path(dir, pin, path);

		if (!r) {
			*hook.link = bpf_program__attach(hook.program);
			r = *hook.link ? bpf_link__pin(*hook.link, path) : -errno;
		}
		if (r)
			return loader_fail_libbpf(problem, r, "attach and pin",
						  loader_pin_names[pin]);
	}
	return 0;
}

int loader_info(int fd, void *ret_info, unsigned size)
{
	memset(ret_info, 0, size);
	if (fd < 0)
		return fd;
	return bpf_obj_get_info_by_fd(fd, ret_info, &size) ? -errno : 0;
}

int loader_link_info(const char *path, struct bpf_link_info *ret_info)
{
	_cleanup_(closep) int fd = bpf_obj_get(path);

	return loader_info(fd, ret_info, sizeof(*ret_info));
}

int loader_wait(bool (*is_done)(void *argument), void *argument, int ms)
{
	const struct timespec step = { .tv_nsec = STEP_MS * 1000000L };
	int waited;

	for (waited = 0; !is_done(argument); waited += STEP_MS) {
		if (waited >= ms)
			return -ETIMEDOUT;
		nanosleep(&step, NULL);
	}
	return 0;
}

static bool has_link_gone(void *id)
{
	_cleanup_(closep) int fd = bpf_link_get_fd_by_id(*(unsigned *)id);

	return fd < 0;
}

/* A link outlives its last reference by a grace period. The next step must not overtake it. */
static int wait_for_link(struct bpf_link_info info)
{
	return info.id ? loader_wait(has_link_gone, &info.id, LOADER_WAIT_MS) : 0;
}

int loader_unpin(const char *dir, enum loader_pin pin, struct loader_problem *problem)
{
	struct bpf_link_info info = {};
	char path[PATH_MAX];
	int r = loader_pin_path(dir, pin, path);

	if (r)
		return loader_fail(problem, r, "can't remove %s: %s", dir, strerror(-r));
	if (pin >= LOADER_FIRST_LINK)
		loader_link_info(path, &info);
	r = unlink(path) && errno != ENOENT ? -errno : wait_for_link(info);
	return r ? loader_fail(problem, r, "can't remove %s: %s", path, strerror(-r)) : 0;
}

static bool is_ours(const char *name)
{
	for (enum loader_pin pin = 0; pin < LOADER_PIN_COUNT; pin++)
		if (!strcmp(name, loader_pin_names[pin]))
			return true;
	return false;
}

int loader_unpin_others(const char *dir, struct loader_problem *problem)
{
	_cleanup_(closedirp) DIR *stream = opendir(dir);
	const struct dirent *entry;

	if (!stream)
		return errno == ENOENT ? 0 : loader_fail_errno(problem, "open", dir);
	while ((entry = readdir(stream))) {
		if (entry->d_type == DT_DIR || is_ours(entry->d_name))
			continue;
		if (unlinkat(dirfd(stream), entry->d_name, 0) && errno != ENOENT)
			return loader_fail_errno(problem, "remove", entry->d_name);
	}
	return 0;
}

int loader_clear(const char *dir, struct loader_problem *problem)
{
	int r = 0;

	for (int pin = LOADER_PIN_COUNT - 1; !r && pin >= 0; pin--)
		r = loader_unpin(dir, (enum loader_pin)pin, problem);
	return r ? r : loader_unpin_others(dir, problem);
}

int loader_detach(const char *dir, struct loader_problem *problem)
{
	int r = loader_clear(dir, problem);

	if (!r && rmdir(dir) && errno != ENOENT)
		return loader_fail_errno(problem, "remove", dir);
	return r;
}

int loader_next_path(const struct loader_paths *paths, char path[static PATH_MAX])
{
	return snprintf(path, PATH_MAX, "%s/next", paths->pins) < PATH_MAX ? 0 : -ENAMETOOLONG;
}

int loader_clear_next(const struct loader_paths *paths, struct loader_problem *problem)
{
	char next[PATH_MAX];
	int r = loader_next_path(paths, next);

	return r ? r : loader_detach(next, problem);
}

int loader_open_program(const struct loader_paths *paths, enum loader_pin pin)
{
	struct bpf_link_info info = {};
	char path[PATH_MAX];
	int r = loader_pin_path(paths->pins, pin, path);

	if (!r)
		r = loader_link_info(path, &info);
	return r ? r : bpf_prog_get_fd_by_id(info.prog_id);
}

struct attempt {
	int program;
	int fd;
};

/* The link is busy until it has left its old place. */
static bool is_not_busy(void *argument)
{
	struct attempt *attempt = argument;

	attempt->fd = bpf_raw_tracepoint_open(NULL, attempt->program);
	return attempt->fd != -EBUSY;
}

int loader_attach_again(const struct loader_paths *paths, enum loader_pin pin, int program)
{
	struct attempt attempt = { .program = program };
	char path[PATH_MAX];
	int r = loader_pin_path(paths->pins, pin, path);

	if (!r)
		r = loader_wait(is_not_busy, &attempt, LOADER_WAIT_MS);
	if (r || attempt.fd < 0)
		return r ? r : attempt.fd;
	r = bpf_obj_pin(attempt.fd, path);
	close(attempt.fd);
	return r;
}

int loader_replace(const char *from, const char *to, struct loader_problem *problem)
{
	char path[PATH_MAX], old[PATH_MAX];

	for (int pin = LOADER_PIN_COUNT - 1; pin >= LOADER_FIRST_LINK; pin--) {
		struct bpf_link_info info = {};
		int r = loader_pin_path(from, (enum loader_pin)pin, path);

		if (!r)
			r = loader_pin_path(to, (enum loader_pin)pin, old);
		if (!r)
			loader_link_info(old, &info);
		if (!r && rename(path, old))
			r = -errno;
		if (!r)
			r = wait_for_link(info);
		if (r)
			return loader_fail(problem, r, "can't move %s to %s: %s", path, old,
					   strerror(-r));
	}
	return loader_unpin_others(to, problem);
}
