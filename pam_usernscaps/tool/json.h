/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef TOOL_JSON_H
#define TOOL_JSON_H

#include <jansson.h>

#include "policy/capset.h"

/**
 * Print a JSON value, and free it.
 *
 * @json: the value; NULL where there was no memory to make it. jansson takes a NULL that goes into
 *        an array or object as the same failure: so one look at the end is enough
 *
 * Returns CTL_OK or, after a complaint, CTL_FAILED.
 */
int ctl_print_json(json_t *json);

/**
 * Make a JSON string. Paths and names can have bytes that are no UTF-8, which JSON is: then '?'
 * stands for each that is not ASCII.
 *
 * Returns NULL where there is no memory.
 */
json_t *ctl_json_text(const char *text);

/** Append a value to an array. Where there is no memory, or was none for either, it is NULL then.
 */
void ctl_json_append(json_t **array, json_t *value);

/** Set a key of an object, likewise. */
void ctl_json_set(json_t **object, const char *key, json_t *value);

/* A kernel's capabilities in the order of their names. */
struct ctl_caps {
	unsigned list[CAPSET_SIZE];
	unsigned count;
};

/** Sort the capabilities of a kernel whose last one is @last. */
void ctl_caps_sort(struct ctl_caps *caps, unsigned last);

/** Make an array of the names of those in @set. */
json_t *ctl_json_names(const struct ctl_caps *caps, struct capset set);

/** Make a string of a set's 16 hexadecimal digits. */
json_t *ctl_json_mask(struct capset set);

#endif
