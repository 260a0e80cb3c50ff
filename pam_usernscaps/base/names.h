/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef BASE_NAMES_H
#define BASE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* A list of names, each a copy of its own. Empty: { 0 }. */
struct names {
	char **list;
	size_t count;
};

/** Add a name at the end. Returns 0, or -ENOMEM: then the list is as it was. */
int names_add(struct names *names, const char *name);

/** Add a copy of each name of a list. Returns 0, or -ENOMEM: then some may have been added. */
int names_add_all(struct names *names, const struct names *more);

/** The order of names in an array of pointers, for qsort(3). */
int names_compare(const void *left, const void *right);

/** Sort a list, and leave each name once. */
void names_sort(struct names *names);

/** Is a name in a list, in whatever order? */
bool names_have(const struct names *names, const char *name);

/** Is a name in a list that names_sort() has sorted? */
bool names_have_sorted(const struct names *names, const char *name);

/** Make room for @more names. Returns 0 or -ENOMEM. */
int names_reserve(struct names *names, size_t more);

/**
 * Move all names from one list to another.
 *
 * @to:   sorted, with room for them; it is sorted afterwards, with each name once
 * @from: in any order; empty afterwards, to be cleared nevertheless
 */
void names_move(struct names *to, struct names *from);

/** The list as the policy takes it. */
static inline const char *const *names_list(const struct names *names)
{
	return (const char *const *)names->list;
}

/** Free what a list holds; it is empty afterwards. */
void names_clear(struct names *names);

#endif
