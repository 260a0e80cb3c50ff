/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef SESSION_GROUP_FILE_H
#define SESSION_GROUP_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * The local groups, in one reading of /etc/group. Asked for one by one, each of them takes a
 * reading of that file.
 */

struct group_file_line {
	size_t name; /* where it begins in the file's names */
	gid_t gid;
	bool lists_user; /* among the members */
};

struct group_file {
	char *names; /* each ends with a NUL */
	size_t names_len;
	struct group_file_line *lines; /* in the order of the file */
	size_t count;
};

/**
 * Read a file in the format of group(5). Lines that are not in it are left out, as the C library
 * does.
 *
 * @path:     the file
 * @user:     the name that members are compared with
 * @ret_file: in any case filled with what was read; freed by group_file_clear()
 *
 * Returns 0; -ENOMEM: then lines may be missing; -EBADMSG for a file with a NUL byte; or -errno of
 * open(2) and read(2).
 */
int group_file_read(const char *path, const char *user, struct group_file *ret_file);

/** A line's name. */
static inline const char *group_file_name(const struct group_file *file, size_t line)
{
	return file->names + file->lines[line].name;
}

/** Free what was read. */
void group_file_clear(struct group_file *file);

#endif
