// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* Opens rules files and directories, if only root can have written them. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"

/* How often to start again when a directory on the way is replaced. */
#define TRIES 10

/* A way from / to a file, one component at a time. */
struct walk {
	const char *path;
	const char *rest; /* what follows the component in hand */
	char name[NAME_MAX + 1];
	struct config_problem *problem;
};

/* The path up to the component in hand, for "%.*s". */
static int so_far(const struct walk *walk)
{
	return (int)(walk->rest - walk->path);
}

static bool is_last(const struct walk *walk)
{
	return *walk->rest == '\0';
}

static int fail(const struct walk *walk, int error)
{
	return config_problem_system(walk->problem, walk->path, walk->path, so_far(walk), error);
}

/* Take the next component into @walk->name. */
static int next_component(struct walk *walk)
{
	const char *start = walk->rest + strspn(walk->rest, "/");
	size_t len = strcspn(start, "/");

	walk->rest = start + len;
	if (len == 0)
		return config_problem_set(walk->problem, CONFIG_NOT_REGULAR, walk->path, 0);
	if (len > NAME_MAX)
		return fail(walk, ENAMETOOLONG);
	memcpy(walk->name, start, len);
	walk->name[len] = '\0';
	if (strcmp(walk->name, ".") == 0 || strcmp(walk->name, "..") == 0)
		return config_problem_set(walk->problem, CONFIG_DOTS, walk->path, 0);
	return 0;
}

/* Can anybody but root have written what this descriptor is open on? */
static int check(const struct walk *walk, int fd, mode_t type)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return fail(walk, errno);
	if (S_ISLNK(st.st_mode))
		return config_problem_set(walk->problem, CONFIG_SYMLINK, walk->path, 0,
					  so_far(walk), walk->path);
	if ((st.st_mode & S_IFMT) != type)
		return type == S_IFDIR ? fail(walk, ENOTDIR)
				       : config_problem_set(walk->problem, CONFIG_NOT_REGULAR,
							    walk->path, 0);
	if (st.st_uid != 0)
		return config_problem_set(walk->problem, CONFIG_OWNER, walk->path, 0, so_far(walk),
					  walk->path, st.st_uid);
	if (st.st_mode & (S_IWGRP | S_IWOTH))
		return config_problem_set(walk->problem, CONFIG_WRITABLE, walk->path, 0,
					  so_far(walk), walk->path, st.st_mode & 07777);
	return 0;
}

static int open_directory(const struct walk *walk, int parent, int *ret_fd)
{
	_cleanup_(closep) int fd = openat(parent, walk->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	int r;

	if (fd < 0)
		return fail(walk, errno);
	r = check(walk, fd, S_IFDIR);
	if (r < 0)
		return r;
	*ret_fd = fd;
	fd = -1;
	return 0;
}

/* O_NONBLOCK: opening a FIFO must not wait for its writer. ENXIO is a socket's. */
static int open_file(const struct walk *walk, int parent, int *ret_fd)
{
	_cleanup_(closep) int fd = openat(
		parent, walk->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int r;

	if (fd < 0 && errno == ELOOP)
		return config_problem_set(walk->problem, CONFIG_SYMLINK, walk->path, 0,
					  so_far(walk), walk->path);
	if (fd < 0 && errno == ENXIO)
		return config_problem_set(walk->problem, CONFIG_NOT_REGULAR, walk->path, 0);
	if (fd < 0)
		return fail(walk, errno);
	r = check(walk, fd, S_IFREG);
	if (r < 0)
		return r;
	*ret_fd = fd;
	fd = -1;
	return 0;
}

/*
 * Is the open directory still the one at the path? If it was replaced, a file that it lacks may be
 * in the new one. Returns -ENOENT where it is the same, -EAGAIN where it isn't, or -errno.
 */
static int check_missing(const struct walk *walk, int parent)
{
	int len = so_far(walk) - (int)strlen(walk->name);
	int r = config_check_place(walk->path, len, parent, walk->problem);

	return r < 0 ? r : fail(walk, ENOENT);
}

static int walk_once(struct walk *walk, int (*open_last)(const struct walk *, int, int *),
		     int *ret_fd)
{
	_cleanup_(closep) int parent = -1;
	int r = open_directory(walk, AT_FDCWD, &parent);

	while (r == 0) {
		int child = -1;

		r = next_component(walk);
		if (r < 0)
			break;
		if (is_last(walk)) {
			r = open_last(walk, parent, ret_fd);
			return r == -ENOENT ? check_missing(walk, parent) : r;
		}
		r = open_directory(walk, parent, &child);
		if (r == -ENOENT)
			return check_missing(walk, parent);
		if (r == 0) {
			close(parent);
			parent = child;
		}
	}
	return r;
}

static int walk_to(const char *path, int (*open_last)(const struct walk *, int, int *), int *ret_fd,
		   struct config_problem *problem)
{
	struct walk walk = { .path = path, .rest = path, .name = "/", .problem = problem };
	int tries = TRIES;
	int r;

	if (path[0] != '/')
		return config_problem_set(problem, CONFIG_NOT_ABSOLUTE, path, 0);
	if (strlen(path) >= PATH_MAX)
		return fail(&walk, ENAMETOOLONG);
	do {
		strcpy(walk.name, "/");
		walk.rest = path + 1;
		r = walk_once(&walk, open_last, ret_fd);
	} while (r == -EAGAIN && --tries > 0);
	return r;
}

int config_check_place(const char *path, int len, int directory, struct config_problem *ret_problem)
{
	char place[PATH_MAX];
	struct stat here, there;

	snprintf(place, sizeof(place), "%.*s", len, path);
	if (fstat(directory, &here) < 0)
		return config_problem_system(ret_problem, path, path, len, errno);
	if (stat(place, &there) < 0)
		return errno == ENOENT ? config_problem_set(ret_problem, CONFIG_CHANGED, path, 0)
				       : config_problem_system(ret_problem, path, path, len, errno);
	if (here.st_dev != there.st_dev || here.st_ino != there.st_ino)
		return config_problem_set(ret_problem, CONFIG_CHANGED, path, 0);
	return 0;
}

int config_open(const char *path, int *ret_fd, struct config_problem *ret_problem)
{
	return walk_to(path, open_file, ret_fd, ret_problem);
}

int config_open_directory(const char *path, int *ret_fd, struct config_problem *ret_problem)
{
	return walk_to(path, open_directory, ret_fd, ret_problem);
}

int config_open_in(int directory, const char *path, int *ret_fd, struct config_problem *ret_problem)
{
	const char *slash = strrchr(path, '/');
	struct walk walk = { .path = path, .rest = slash ? slash : path, .problem = ret_problem };
	int r = next_component(&walk);

	return r < 0 ? r : open_file(&walk, directory, ret_fd);
}

int config_check_safe(const char *path, struct config_problem *ret_problem)
{
	_cleanup_(closep) int fd = -1;
	_cleanup_(freep) char *directory = get_current_dir_name();
	char absolute[2 * PATH_MAX];

	snprintf(absolute, sizeof(absolute), "%s/%s", directory ? directory : "", path);
	return config_open(path[0] == '/' ? path : absolute, &fd, ret_problem);
}
