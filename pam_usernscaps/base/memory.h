/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stdbool.h>
#include <stdlib.h>

/**
 * Can @size bytes be allocated now? Ask before calling a library that does something worse than
 * fail without memory. Volatile, because a compiler may leave out the pair of calls.
 */
static inline bool memory_has(size_t size)
{
	void *volatile memory = malloc(size);

	free(memory);
	return memory != NULL;
}

#endif
