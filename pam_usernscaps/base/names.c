// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* Lists of names: of groups, users, services and files. */
#include "names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"

int names_add(struct names *names, const char *name)
{
	if (array_grow(names->list, names->count) < 0)
		return -ENOMEM;
	names->list[names->count] = strdup(name);
	if (!names->list[names->count])
		return -ENOMEM;
	names->count++;
	return 0;
}

int names_add_all(struct names *names, const struct names *more)
{
	size_t i;
	int r = 0;

	for (i = 0; i < more->count && r == 0; i++)
		r = names_add(names, more->list[i]);
	return r;
}

int names_compare(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

void names_sort(struct names *names)
{
	size_t kept = 0, i;

	if (names->count > 0)
		qsort(names->list, names->count, sizeof(*names->list), names_compare);
	for (i = 0; i < names->count; i++) {
		if (kept > 0 && strcmp(names->list[kept - 1], names->list[i]) == 0)
			free(names->list[i]);
		else
			names->list[kept++] = names->list[i];
	}
	names->count = kept;
}

bool names_have(const struct names *names, const char *name)
{
	size_t i;

	for (i = 0; i < names->count; i++)
		if (strcmp(names->list[i], name) == 0)
			return true;
	return false;
}

bool names_have_sorted(const struct names *names, const char *name)
{
	return names->count > 0 &&
	       bsearch(&name, names->list, names->count, sizeof(*names->list), names_compare);
}

int names_reserve(struct names *names, size_t more)
{
	return array_reserve(names->list, names->count, more);
}

void names_move(struct names *to, struct names *from)
{
	if (from->count == 0)
		return;
	memcpy(to->list + to->count, from->list, from->count * sizeof(*to->list));
	to->count += from->count;
	from->count = 0;
	names_sort(to);
}

void names_clear(struct names *names)
{
	while (names->count > 0)
		free(names->list[--names->count]);
	free(names->list);
	names->list = NULL;
}
