// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* Sets of capabilities as JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

static int compare_caps(const void *left, const void *right)
{
	char left_number[12], right_number[12];

	return strcmp(capset_cap_text(*(const unsigned *)left, left_number),
		      capset_cap_text(*(const unsigned *)right, right_number));
}

void ctl_caps_sort(struct ctl_caps *caps, unsigned last)
{
	for (caps->count = 0; caps->count <= last; caps->count++)
		caps->list[caps->count] = caps->count;
	qsort(caps->list, caps->count, sizeof(caps->list[0]), compare_caps);
}

json_t *ctl_json_names(const struct ctl_caps *caps, struct capset set)
{
	json_t *array = json_array();
	char number[12];
	unsigned i;

	for (i = 0; i < caps->count; i++)
		if (capset_has(set, caps->list[i]))
			ctl_json_append(&array,
					json_string(capset_cap_text(caps->list[i], number)));
	return array;
}

json_t *ctl_json_mask(struct capset set)
{
	char mask[20];

	snprintf(mask, sizeof(mask), "%016llx", (unsigned long long)set.bits);
	return json_string(mask);
}
