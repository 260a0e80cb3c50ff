// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* What commands print as JSON. */
#include "json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "command.h"
#include "print.h"

int ctl_print_json(json_t *json)
{
	int r = json ? json_dumpf(json, stdout, JSON_INDENT(2)) : -1;

	json_decref(json);
	if (r < 0)
		return ctl_error("can't write JSON");
	putchar('\n');
	return CTL_OK;
}

json_t *ctl_json_text(const char *text)
{
	_cleanup_(freep) char *ascii = NULL;
	json_t *json = json_string(text);
	size_t i;

	if (json)
		return json;
	ascii = strdup(text);
	for (i = 0; ascii && ascii[i]; i++)
		if (ascii[i] & 0x80)
			ascii[i] = '?';
	return ascii ? json_string(ascii) : NULL;
}

void ctl_json_append(json_t **array, json_t *value)
{
	if (json_array_append_new(*array, value) == 0)
		return;
	json_decref(*array);
	*array = NULL;
}

void ctl_json_set(json_t **object, const char *key, json_t *value)
{
	if (json_object_set_new(*object, key, value) == 0)
		return;
	json_decref(*object);
	*object = NULL;
}

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
	char word[CAPSET_WORD];
	unsigned i, cap;

	for (i = 0; i < caps->count; i++) {
		const struct capset one = capset_and(set, capset_of(caps->list[i]));
		unsigned next = 0;

		while (capset_next(one, &next, &cap, word))
			ctl_json_append(&array, json_string(word));
	}
	return array;
}

json_t *ctl_json_mask(struct capset set)
{
	char mask[20];

	snprintf(mask, sizeof(mask), "%016llx", (unsigned long long)capset_bits(set));
	return json_string(mask);
}
