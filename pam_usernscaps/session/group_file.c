// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* Reads /etc/group, or a file like it. */
#include "group_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "nss.h"

/* The room for a line, in bytes: at first, and at most. */
#define ROOM_START 4096
#define ROOM_MAX   (16 * 1024 * 1024)

static int add_line(struct group_file *file, const struct group *group, const char *user)
{
	size_t len = strlen(group->gr_name) + 1;

	if (array_reserve(file->names, file->names_len, len) < 0 ||
	    array_grow(file->lines, file->count) < 0)
		return -ENOMEM;
	memcpy(file->names + file->names_len, group->gr_name, len);
	file->lines[file->count++] = (struct group_file_line){
		.name = file->names_len,
		.gid = group->gr_gid,
		.lists_user = nss_lists_member(group, user),
	};
	file->names_len += len;
	return 0;
}

/*
 * Read the next line. A buffer that is too small is made larger, and the C library begins with the
 * same line again. Returns 0, -ENOENT at the end, or -errno.
 */
static int read_line(FILE *stream, char **buf, size_t *size, struct group *ret_group)
{
	struct group *found;
	int error = ERANGE;

	for (;;) {
		char *larger;

		if (*size > 0)
			error = fgetgrent_r(stream, ret_group, *buf, *size, &found);
		if (error != ERANGE || *size >= ROOM_MAX)
			return -error;
		larger = realloc(*buf, *size ? *size * 2 : ROOM_START);
		if (!larger)
			return -ENOMEM;
		*buf = larger;
		*size = *size ? *size * 2 : ROOM_START;
	}
}

static int read_lines(FILE *stream, const char *user, struct group_file *file)
{
	_cleanup_(freep) char *buf = NULL;
	struct group group;
	size_t size = 0;
	int r = 0;

	while (r == 0) {
		r = read_line(stream, &buf, &size, &group);
		if (r == 0 && !nss_is_instruction(group.gr_name))
			r = add_line(file, &group, user);
	}
	return r == -ENOENT && feof(stream) ? 0 : r;
}

/* A text has no NUL, so this reads up to the end. */
static int read_text(const char *path, char **ret_text, size_t *ret_len)
{
	_cleanup_(fclosep) FILE *stream = fopen(path, "re");
	_cleanup_(freep) char *text = NULL;
	size_t size = 0;
	ssize_t len;

	if (!stream)
		return -errno;
	errno = 0;
	len = getdelim(&text, &size, '\0', stream);
	if (!feof(stream))
		return errno ? -errno : -EBADMSG;
	*ret_len = len < 0 ? 0 : (size_t)len;
	*ret_text = text;
	text = NULL;
	return 0;
}

/* From memory: in a file, the C library asks the kernel where it is before each line. */
int group_file_read(const char *path, const char *user, struct group_file *ret_file)
{
	_cleanup_(freep) char *text = NULL;
	_cleanup_(fclosep) FILE *stream = NULL;
	size_t len = 0;
	int r = read_text(path, &text, &len);

	*ret_file = (struct group_file){ 0 };
	if (r < 0 || len == 0)
		return r;
	stream = fmemopen(text, len, "r");
	return stream ? read_lines(stream, user, ret_file) : -ENOMEM;
}

void group_file_clear(struct group_file *file)
{
	free(file->names);
	free(file->lines);
	*file = (struct group_file){ 0 };
}
