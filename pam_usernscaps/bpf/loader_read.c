// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* Who is restricted: the records of tasks. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "loader_parts.h"

/* Returns how many bytes were read, less than @size only at the end, or -errno. */
static ssize_t read_full(int fd, void *buf, size_t size)
{
	size_t len = 0;

	while (len < size) {
		ssize_t n = read(fd, (char *)buf + len, size - len);

		if (n == 0)
			break;
		/*
		 * EAGAIN: there were so many tasks without a record that the kernel wants another
		 * call.
		 */
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return -errno;
		if (n > 0)
			len += (size_t)n;
	}
	return (ssize_t)len;
}

int loader_read(const struct loader_paths *paths, struct userns_record **ret_records,
		size_t *ret_count, struct loader_problem *ret_problem)
{
	_cleanup_(freep) struct userns_record *records = NULL;
	_cleanup_(closep) int fd = -1;
	char path[PATH_MAX];
	size_t count = 0;
	ssize_t len;
	int r = loader_pin_path(paths->pins, LOADER_RECORDS, path);

	if (r)
		return loader_fail(ret_problem, r, "can't read %s: %s", paths->pins, strerror(-r));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return loader_fail(ret_problem, -ENOENT, "the programs are not loaded (no %s)",
				   path);
	if (fd < 0)
		return loader_fail_errno(ret_problem, "open", path);

	for (;; count++) {
		if (array_grow(records, count) < 0)
			return loader_fail(ret_problem, -ENOMEM, "out of memory");
		len = read_full(fd, &records[count], sizeof(*records));
		if (len < 0)
			return loader_fail(ret_problem, (int)len, "can't read %s: %s", path,
					   strerror((int)-len));
		if (len < (ssize_t)sizeof(*records))
			break;
	}
	if (len > 0)
		return loader_fail(ret_problem, -EPROTO,
				   "%s has another content than expected: was it loaded by another "
				   "version of usernscapsctl?",
				   path);

	*ret_records = count ? records : NULL;
	*ret_count = count;
	if (count)
		records = NULL;
	return 0;
}
