/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef MEMORY_H
#define MEMORY_H

#include <stdbool.h>
#include <stdlib.h>

/**
 * Is so much memory to be had at once, in bytes? For libraries that do something worse than fail
 * where it isn't. Volatile, for a compiler may leave out the pair of calls.
 */
static inline bool memory_has(size_t size)
{
	void *volatile memory = malloc(size);

	free(memory);
	return memory != NULL;
}

#endif
