// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* The word that was probably meant, out of several. */
#include "nearest.h"

#include <stdbool.h>
#include <string.h>

#define FAR 3 /* more than a typing error */

struct nearest nearest_begin(const char *word, size_t len)
{
	return (struct nearest){ .word = word, .len = len, .distance = FAR };
}

/* ASCII only, in every locale. */
static bool is_same(char a, char b)
{
	return a == b || ((a ^ b) == 0x20 && (a | 0x20) >= 'a' && (a | 0x20) <= 'z');
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* @rows: of the table of distances, those of the last two letters of @a and the one to be filled.
 */
static void fill_row(const char *a, size_t i, const char *b, size_t b_len,
		     unsigned rows[static 3][NEAREST_MAX + 1])
{
	unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
	size_t j;

	row[0] = (unsigned)i;
	for (j = 1; j <= b_len; j++) {
		row[j] = least(above[j - 1] + !is_same(a[i - 1], b[j - 1]),
			       least(above[j], row[j - 1]) + 1);
		if (i > 1 && j > 1 && is_same(a[i - 1], b[j - 2]) && is_same(a[i - 2], b[j - 1]))
			row[j] = least(row[j], before[j - 2] + 1);
	}
}

static unsigned find_distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	unsigned rows[3][NEAREST_MAX + 1];
	size_t i;

	for (i = 0; i <= b_len; i++)
		rows[0][i] = (unsigned)i;
	for (i = 1; i <= a_len; i++)
		fill_row(a, i, b, b_len, rows);
	return rows[a_len % 3][b_len];
}

void nearest_try(struct nearest *nearest, const char *candidate)
{
	size_t len = strlen(candidate);
	unsigned distance;

	if (nearest->len > NEAREST_MAX || len > NEAREST_MAX)
		return;
	distance = find_distance(nearest->word, nearest->len, candidate, len);
	if (distance >= nearest->distance || 2 * distance >= nearest->len)
		return;
	nearest->best = candidate;
	nearest->distance = distance;
}
