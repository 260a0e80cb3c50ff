// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* A rules file replaced in one step, or not at all. */
#include "replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>

#include "base/cleanup.h"
#include "config/config.h"

#define LOCK	   ".lock"
#define DRAFT	   ".edit"
#define NEW	   ".new"
#define SUFFIX	   sizeof(LOCK) /* the longest, and the dot in front of the name */

#define FOR_OTHERS (S_IWGRP | S_IWOTH)

static int fail(const struct replacement *replacement, const char *act, int error,
		struct config_problem *problem)
{
	config_problem_system(problem, replacement->path, act, (int)strlen(act), error);
	return -error;
}

/* ---- names ---- */

static const char *name_of(const struct replacement *replacement)
{
	return strrchr(replacement->path, '/') + 1;
}

static const char *beside(const struct replacement *replacement, const char *suffix,
			  char name[static NAME_MAX + 1])
{
	snprintf(name, NAME_MAX + 1, ".%s%s", name_of(replacement), suffix);
	return name;
}

const char *replace_draft_path(const struct replacement *replacement, char path[static PATH_MAX])
{
	char name[NAME_MAX + 1];

	snprintf(path, PATH_MAX, "%.*s%s", (int)(name_of(replacement) - replacement->path),
		 replacement->path, beside(replacement, DRAFT, name));
	return path;
}

/* ---- beginning ---- */

/* The directory as the module would go there: what is done in it as root is safe. */
static int open_directory(struct replacement *replacement, struct config_problem *problem)
{
	_cleanup_(closep) int fd = -1;
	const char *slash = strrchr(replacement->path, '/');
	char path[PATH_MAX];
	int r;

	if (!slash)
		return config_problem_set(problem, CONFIG_NOT_ABSOLUTE, replacement->path, 0);
	if (!slash[1])
		return config_problem_set(problem, CONFIG_NOT_REGULAR, replacement->path, 0);
	if (strlen(replacement->path) + SUFFIX >= PATH_MAX || strlen(slash + 1) + SUFFIX > NAME_MAX)
		return fail(replacement, "its name", ENAMETOOLONG, problem);
	snprintf(path, sizeof(path), "%.*s", (int)(slash - replacement->path), replacement->path);
	r = config_open_directory(path, &fd, problem);
	if (r < 0)
		return r;
	replacement->directory = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return replacement->directory < 0 ? fail(replacement, "open", errno, problem) : 0;
}

/* If somebody else removed the lock file, he held the lock, so it was not ours. */
static bool has_name(int directory, int fd, const char *name)
{
	struct stat mine, named;

	return fstat(fd, &mine) == 0 &&
	       fstatat(directory, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
	       mine.st_ino == named.st_ino && mine.st_dev == named.st_dev;
}

/* Returns 0; -EAGAIN where it was unlocked meanwhile; or -errno. */
static int lock_once(struct replacement *replacement, const char *name)
{
	_cleanup_(closep) int fd = openat(replacement->directory, name,
					  O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fd < 0)
		return -errno;
	if (fcntl(fd, F_SETLK, &lock) < 0) {
		if (errno != EAGAIN && errno != EACCES)
			return -errno;
		if (fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type == F_UNLCK)
			return -EAGAIN;
		replacement->holder = lock.l_pid > 0 ? lock.l_pid : 0;
		return -EBUSY;
	}
	if (!has_name(replacement->directory, fd, name))
		return -EAGAIN;
	replacement->lock = fd;
	fd = -1;
	return 0;
}

static int lock(struct replacement *replacement, struct config_problem *problem)
{
	char name[NAME_MAX + 1];
	int r;

	beside(replacement, LOCK, name);
	do
		r = lock_once(replacement, name);
	while (r == -EAGAIN);
	return r < 0 && r != -EBUSY ? fail(replacement, "lock", -r, problem) : r;
}

/* O_NONBLOCK: opening a FIFO must not wait for its writer. */
static int open_regular(const struct replacement *replacement, const char *name, int *ret_fd,
			struct stat *ret_stat)
{
	_cleanup_(closep) int fd = openat(replacement->directory, name,
					  O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0 || fstat(fd, ret_stat) < 0)
		return -errno;
	if (!S_ISREG(ret_stat->st_mode))
		return -EINVAL;
	*ret_fd = fd;
	fd = -1;
	return 0;
}

static int read_old(struct replacement *replacement, struct config_problem *problem)
{
	int r = open_regular(replacement, name_of(replacement), &replacement->old,
			     &replacement->stat);

	if (r == -ENOENT)
		return 0;
	if (r == -EINVAL || r == -ELOOP || r == -ENXIO) /* a symbolic link, a socket */
		return config_problem_set(problem, CONFIG_NOT_REGULAR, replacement->path, 0);
	if (r < 0)
		return fail(replacement, "open", -r, problem);
	return config_read(replacement->path, replacement->old, &replacement->bytes,
			   &replacement->len, problem);
}

int replace_begin(const char *path, struct replacement *ret_replacement,
		  struct config_problem *ret_problem)
{
	char name[NAME_MAX + 1];
	struct stat leftover;
	int r;

	*ret_replacement = (struct replacement){
		.path = path,
		.directory = -1,
		.lock = -1,
		.old = -1,
	};
	r = open_directory(ret_replacement, ret_problem);
	if (r == 0)
		r = lock(ret_replacement, ret_problem);
	if (r < 0)
		return r;
	ret_replacement->leftover =
		fstatat(ret_replacement->directory, beside(ret_replacement, DRAFT, name), &leftover,
			AT_SYMLINK_NOFOLLOW) == 0;
	return read_old(ret_replacement, ret_problem);
}

/* ---- files beside it ---- */

/* What is there was left by somebody who had the lock before. */
static int create(const struct replacement *replacement, const char *name, int *ret_fd)
{
	int fd;

	if (unlinkat(replacement->directory, name, 0) < 0 && errno != ENOENT)
		return -errno;
	fd = openat(replacement->directory, name,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

static int write_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

int replace_write_draft(const struct replacement *replacement, const char *bytes, size_t len,
			struct config_problem *ret_problem)
{
	_cleanup_(closep) int fd = -1;
	char name[NAME_MAX + 1];
	int r = create(replacement, beside(replacement, DRAFT, name), &fd);

	if (r == 0)
		r = write_all(fd, bytes, len);
	return r < 0 ? fail(replacement, "write a copy", -r, ret_problem) : 0;
}

int replace_read_draft(const struct replacement *replacement, char **ret_bytes, size_t *ret_len,
		       struct config_problem *ret_problem)
{
	_cleanup_(closep) int fd = -1;
	char name[NAME_MAX + 1];
	struct stat stat;
	int r = open_regular(replacement, beside(replacement, DRAFT, name), &fd, &stat);

	if (r < 0)
		return fail(replacement, "read the copy", -r, ret_problem);
	return config_read(replacement->path, fd, ret_bytes, ret_len, ret_problem);
}

/* ---- replacing ---- */

mode_t replace_mode(const struct replacement *replacement)
{
	if (replacement->old < 0)
		return 0644;
	return replacement->stat.st_mode & 0777 & ~(mode_t)FOR_OTHERS;
}

/*
 * A new file may have one that the old one has not: of the directory's default ACL. Returns 0 or
 * -errno; a file system without this attribute has nothing to lose.
 */
static int copy_attribute(int from, int to, const char *name)
{
	char value[XATTR_SIZE_MAX];
	ssize_t len = fgetxattr(from, name, value, sizeof(value));

	if (len < 0 && errno == ENODATA)
		return fremovexattr(to, name) < 0 && errno != ENODATA ? -errno : 0;
	if (len < 0)
		return errno == ENOTSUP ? 0 : -errno;
	if (fsetxattr(to, name, value, (size_t)len, 0) < 0 && errno != ENOTSUP)
		return -errno;
	return 0;
}

/* Mode last: it is also the mask of an ACL, and so takes the right to write from all in that. */
static int copy_attributes(const struct replacement *replacement, int fd)
{
	static const char *const names[] = { "system.posix_acl_access", "security.selinux",
					     "security.SMACK64" };
	bool exists = replacement->old >= 0;
	size_t i;
	int r = 0;

	for (i = 0; exists && i < sizeof(names) / sizeof(names[0]) && r == 0; i++)
		r = copy_attribute(replacement->old, fd, names[i]);
	if (r < 0)
		return r;
	if (fchown(fd, 0, exists ? replacement->stat.st_gid : 0) < 0)
		return -errno;
	return fchmod(fd, replace_mode(replacement)) < 0 ? -errno : 0;
}

/* Compare the time of change (ctime), so that a mode that was just set is not undone either. */
static bool same_version(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* Is the file in place still the one that was read? */
static bool is_unchanged(const struct replacement *replacement)
{
	struct stat now;

	if (fstatat(replacement->directory, name_of(replacement), &now, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT && replacement->old < 0;
	return replacement->old >= 0 && same_version(&replacement->stat, &now);
}

static int write_new(const struct replacement *replacement, const char *name, const char *bytes,
		     size_t len)
{
	_cleanup_(closep) int fd = -1;
	int r = create(replacement, name, &fd);

	if (r == 0)
		r = write_all(fd, bytes, len);
	if (r == 0)
		r = copy_attributes(replacement, fd);
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	return r;
}

int replace_commit(const struct replacement *replacement, const char *bytes, size_t len,
		   bool overwrite, struct config_problem *ret_problem)
{
	int directory = replacement->directory;
	char name[NAME_MAX + 1];
	int r = write_new(replacement, beside(replacement, NEW, name), bytes, len);

	if (r < 0)
		return fail(replacement, "write", -r, ret_problem);
	if (!overwrite && !is_unchanged(replacement))
		return -ESTALE;
	if (renameat(directory, name, directory, name_of(replacement)) < 0)
		return fail(replacement, "replace", errno, ret_problem);
	if (fsync(directory) < 0)
		return fail(replacement, "is replaced, but perhaps not on disk", errno,
			    ret_problem);
	return 0;
}

static void remove_beside(const struct replacement *replacement, const char *suffix)
{
	char name[NAME_MAX + 1];

	unlinkat(replacement->directory, beside(replacement, suffix, name), 0);
}

void replace_end(struct replacement *replacement)
{
	if (replacement->lock >= 0) {
		remove_beside(replacement, NEW);
		remove_beside(replacement, DRAFT);
		remove_beside(replacement, LOCK);
	}
	closep(&replacement->lock);
	closep(&replacement->old);
	closep(&replacement->directory);
	freep(&replacement->bytes);
	replacement->lock = replacement->old = replacement->directory = -1;
	replacement->bytes = NULL;
}
