/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef UNIT_H
#define UNIT_H

#include <ftw.h>

/* cmocka's header counts on these. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

/* Every test gets a state, and few have one. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

/* An unsigned number from @low to @high. cmocka's own assertion has another name in each version.
 */
static inline void assert_between(uintmax_t value, uintmax_t low, uintmax_t high)
{
	if (value < low || value > high)
		fail_msg("%ju; expected %ju to %ju", value, low, high);
}

/* Make the directories on the way to a file, all up to the last slash. */
static inline void unit_make_directories(const char *path)
{
	char way[512], *slash = way;

	assert_true((size_t)snprintf(way, sizeof(way), "%s", path) < sizeof(way));
	while ((slash = strchr(slash + 1, '/'))) {
		*slash = '\0';
		mkdir(way, 0755); /* it is there, most often */
		*slash = '/';
	}
}

/* Write a file, and make the directories on the way to it. */
static inline void unit_write(const char *path, const void *bytes, size_t len)
{
	FILE *file;

	unit_make_directories(path);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static inline void unit_write_text(const char *path, const char *text)
{
	unit_write(path, text, strlen(text));
}

static inline int unit_remove_below(const char *path, const struct stat *st, int type,
				    struct FTW *ftw)
{
	return ftw->level > 0 ? remove(path) : 0;
}

/* Remove all that is in a directory. Returns 0, or what nftw(3) does. */
static inline int unit_empty(const char *path)
{
	return nftw(path, unit_remove_below, 16, FTW_DEPTH | FTW_PHYS);
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
