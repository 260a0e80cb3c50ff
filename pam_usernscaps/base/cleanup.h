/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef BASE_CLEANUP_H
#define BASE_CLEANUP_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Destructors for the cleanup attribute: _cleanup_(freep) char *text = NULL; */
#define _cleanup_(destructor) __attribute__((cleanup(destructor)))

static inline void freep(void *pointer)
{
	free(*(void **)pointer);
}

static inline void closep(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void fclosep(FILE **stream)
{
	if (*stream)
		fclose(*stream);
}

static inline void closedirp(DIR **stream)
{
	if (*stream)
		closedir(*stream);
}

#endif
