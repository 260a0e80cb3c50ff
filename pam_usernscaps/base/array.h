/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/** The room of an array of @count, in elements: a power of two, so nobody has to remember it. */
static inline size_t array_room(size_t count)
{
	if (count < 2)
		return count;
	return (size_t)1 << (8 * sizeof(long) - (size_t)__builtin_clzl(count - 1));
}

/**
 * Have room for @more elements in an array of @count, which has only ever been grown by these two:
 * array_reserve(list->entries, list->count, 5). An array that was made shorter may get smaller.
 *
 * Returns 0, or -ENOMEM: then the array is as it was.
 */
#define array_reserve(array, count, more)                                                          \
	array_reserve_by(&(array), (count), (more), sizeof(*(array)))

/** The same for one more element: array_grow(list->entries, list->count). */
#define array_grow(array, count) array_reserve(array, count, 1)

static inline int array_reserve_by(void *address, size_t count, size_t more, size_t size)
{
	size_t room = array_room(count + more);
	void *array, *larger;

	if (room == array_room(count))
		return 0;
	memcpy(&array, address, sizeof(array));
	larger = reallocarray(array, room, size);
	if (!larger)
		return -ENOMEM;
	memcpy(address, &larger, sizeof(larger));
	return 0;
}

#endif
