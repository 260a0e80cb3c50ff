// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"

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
	return walk->rest[strspn(walk->rest, "/")] == '\0';
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

/* Could anybody but root have had a hand in what this descriptor shows? */
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

int config_open(const char *path, int *ret_fd, struct config_problem *ret_problem)
{
	struct walk walk = { .path = path, .rest = path, .name = "/", .problem = ret_problem };
	_cleanup_(closep) int parent = -1;
	int r;

	if (path[0] != '/')
		return config_problem_set(ret_problem, CONFIG_NOT_ABSOLUTE, path, 0);
	if (strlen(path) >= PATH_MAX)
		return fail(&walk, ENAMETOOLONG);
	walk.rest = path + 1;
	r = open_directory(&walk, AT_FDCWD, &parent);
	while (r == 0) {
		int child = -1;

		r = next_component(&walk);
		if (r < 0)
			break;
		if (is_last(&walk))
			return open_file(&walk, parent, ret_fd);
		r = open_directory(&walk, parent, &child);
		if (r == 0) {
			close(parent);
			parent = child;
		}
	}
	return r;
}

/* ---- reading ---- */

/* How often a file is read anew that changes meanwhile: an editor is soon done with it. */
#define CHANGED_TRIES 3

struct contents {
	char *bytes;
	size_t len, room;
};

static void contents_clear(struct contents *contents)
{
	free(contents->bytes);
}

/* Returns the bytes read, 0 at the end, or -errno. */
static ssize_t read_more(int fd, struct contents *contents)
{
	ssize_t n;

	if (contents->len == contents->room) {
		size_t room = 2 * contents->room;
		char *larger = realloc(contents->bytes, room);

		if (!larger)
			return -ENOMEM;
		contents->bytes = larger;
		contents->room = room;
	}
	n = read(fd, contents->bytes + contents->len, contents->room - contents->len);
	if (n < 0)
		return -errno;
	contents->len += (size_t)n;
	return n;
}

static bool same_version(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/*
 * An editor that rewrites the file in place shows readers a part of it, which can look complete.
 * Returns 0, or -EAGAIN where it was seen to happen.
 */
static int check_unchanged(int fd, const struct stat *before, size_t len)
{
	struct stat after;

	if (!S_ISREG(before->st_mode))
		return 0;
	if (fstat(fd, &after) < 0)
		return -errno;
	return same_version(before, &after) && (size_t)after.st_size == len ? 0 : -EAGAIN;
}

static int read_all(const char *path, int fd, struct contents *contents,
		    struct config_problem *problem)
{
	int len = (int)strnlen(path, PATH_MAX);
	struct stat before;
	ssize_t n = 1;

	if (fstat(fd, &before) < 0)
		return config_problem_system(problem, path, path, len, errno);
	/* One more than its size, so that the end is seen without a second buffer. */
	contents->room = before.st_size > 0 && before.st_size <= CONFIG_SIZE_MAX
				 ? (size_t)before.st_size + 1
				 : 4096;
	contents->bytes = malloc(contents->room);
	if (!contents->bytes)
		return config_problem_set(problem, CONFIG_NO_MEMORY, path, 0);
	while (n > 0 && contents->len <= CONFIG_SIZE_MAX)
		n = read_more(fd, contents);
	if (n < 0)
		return config_problem_system(problem, path, path, len, (int)-n);
	if (contents->len > CONFIG_SIZE_MAX)
		return config_problem_set(problem, CONFIG_TOO_LARGE, path, 0, CONFIG_SIZE_MAX);
	n = check_unchanged(fd, &before, contents->len);
	if (n == -EAGAIN)
		return config_problem_set(problem, CONFIG_CHANGED, path, 0);
	return n < 0 ? config_problem_system(problem, path, path, len, (int)-n) : 0;
}

static int load(const char *path, int fd, struct policy_rules *ret_rules,
		struct config_problem *ret_problem)
{
	_cleanup_(contents_clear) struct contents contents = { 0 };
	int r = read_all(path, fd, &contents, ret_problem);

	return r < 0 ? r : config_parse(path, contents.bytes, contents.len, ret_rules, ret_problem);
}

static int load_once(const char *path, struct policy_rules *ret_rules,
		     struct config_problem *ret_problem)
{
	_cleanup_(closep) int fd = -1;
	int r = config_open(path, &fd, ret_problem);

	return r < 0 ? r : load(path, fd, ret_rules, ret_problem);
}

int config_load(const char *path, struct policy_rules *ret_rules,
		struct config_problem *ret_problem)
{
	int tries = CHANGED_TRIES;
	int r;

	do
		r = load_once(path, ret_rules, ret_problem);
	while (r == -EAGAIN && --tries > 0);
	return r;
}

/* What config_open() says of a path, seen from the working directory. */
static void find_unsafe(const char *path, struct config_problem *ret_unsafe)
{
	_cleanup_(closep) int fd = -1;
	_cleanup_(freep) char *directory = get_current_dir_name();
	char absolute[2 * PATH_MAX];

	snprintf(absolute, sizeof(absolute), "%s/%s", directory ? directory : "", path);
	if (config_open(path[0] == '/' ? path : absolute, &fd, ret_unsafe) == 0)
		ret_unsafe->error = 0;
}

int config_load_any(const char *path, struct policy_rules *ret_rules,
		    struct config_problem *ret_problem, struct config_problem *ret_unsafe)
{
	_cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	ret_unsafe->error = 0;
	if (fd < 0)
		return config_problem_system(ret_problem, path, path, (int)strnlen(path, PATH_MAX),
					     errno);
	find_unsafe(path, ret_unsafe);
	return load(path, fd, ret_rules, ret_problem);
}
