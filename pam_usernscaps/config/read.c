// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* Reading a rules file whole. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"

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
 * While an editor rewrites a file in place, a reader sees only part of it, and the part can look
 * complete. Returns 0, or -EAGAIN where it was seen to happen.
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
	/*
	 * One byte more than the size, so that the read sees the end of the file without a second
	 * buffer.
	 */
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

int config_read(const char *path, int fd, char **ret_bytes, size_t *ret_len,
		struct config_problem *ret_problem)
{
	_cleanup_(contents_clear) struct contents contents = { 0 };
	int r = read_all(path, fd, &contents, ret_problem);

	if (r < 0)
		return r;
	*ret_bytes = contents.bytes;
	*ret_len = contents.len;
	contents.bytes = NULL;
	return 0;
}
