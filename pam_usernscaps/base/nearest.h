/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include <stddef.h>

/* The word that was probably meant, out of several: "did you mean 'net_admin'?" */

/* Longer words get no suggestion. */
#define NEAREST_MAX 63

struct nearest {
	const char *word; /* as it was typed; need not end in a NUL */
	size_t len;
	const char *best; /* NULL: none is near */
	unsigned distance;
};

/** Begin with a word of @len bytes. */
struct nearest nearest_begin(const char *word, size_t len);

/**
 * Look at one of the words that exist. @candidate has to outlive @nearest.
 *
 * The distance counts letters that are missing, too many, wrong, or exchanged with the next one
 * (optimal string alignment). A word is near if that is 2 at most, and less than half of what was
 * typed. Capital letters are the same as small ones.
 */
void nearest_try(struct nearest *nearest, const char *candidate);

#endif
