// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* The system mask of a kernel that has userns sets of its own. */
#include "native_mask.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/cleanup.h"

/*
 * Somebody else may shrink the mask between our read and our write. Then the write has no effect.
 */
#define TRIES 3

/* The kernel writes decimal, and reads hexadecimal too. */
static int parse(const char *text, struct capset *ret_mask)
{
	uint64_t bits;
	char *end;

	if (*text < '0' || *text > '9')
		return -EPROTO;
	errno = 0;
	bits = strtoull(text, &end, 0);
	if (errno || (*end != '\n' && *end != '\0'))
		return -EPROTO;
	*ret_mask = capset_from_bits(bits);
	return 0;
}

int native_mask_read(const char *path, struct capset *ret_mask)
{
	_cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[32];
	ssize_t len;

	if (fd < 0)
		return -errno;
	len = read(fd, text, sizeof(text) - 1);
	if (len < 0)
		return -errno;
	text[len] = '\0';
	return parse(text, ret_mask);
}

static int write_mask(const char *path, struct capset mask)
{
	_cleanup_(closep) int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	char text[32];
	int len = snprintf(text, sizeof(text), "%#" PRIx64 "\n", capset_bits(mask));

	if (fd < 0)
		return -errno;
	return write(fd, text, (size_t)len) < 0 ? -errno : 0;
}

int native_mask_shrink(const char *path, struct capset keep, struct capset *ret_before)
{
	struct capset before = CAPSET_NONE, mask;
	int tries, r;

	r = native_mask_read(path, &before);
	mask = before;
	for (tries = 0; r == 0 && !capset_is_subset(mask, keep); tries++) {
		if (tries == TRIES)
			return -ENODATA;
		r = write_mask(path, capset_and(mask, keep));
		if (r == 0)
			r = native_mask_read(path, &mask);
	}
	if (r == 0)
		*ret_before = before;
	return r;
}
