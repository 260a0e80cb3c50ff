// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* The meaning of a section's title: a user, a group, or a range of uids. */
#include "names.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The highest uid: the next one, (uid_t)-1, is no user's. */
#define UID_LAST (UINT32_MAX - 1)

/* Read one end of a range, all digits. */
static bool read_uid(const char *digits, size_t len, uid_t *ret_uid)
{
	uint64_t value = 0;
	size_t i;

	for (i = 0; i < len && value <= UID_LAST; i++)
		value = value * 10 + (uint64_t)(digits[i] - '0');
	*ret_uid = (uid_t)value;
	return value <= UID_LAST;
}

static enum config_message read_range(const char *title, struct policy_rule *rule)
{
	static const char digits[] = "0123456789";
	size_t min_len = strspn(title, digits);
	const char *max = title + min_len + 1;
	size_t max_len;

	if (title[min_len] != ':')
		return CONFIG_RANGE;
	max_len = strspn(max, digits);
	if (max[max_len] || min_len + max_len == 0)
		return CONFIG_RANGE;
	rule->kind = POLICY_RANGE;
	rule->uid_max = UID_LAST;
	if (!read_uid(title, min_len, &rule->uid_min))
		return CONFIG_RANGE_UID;
	if (max_len > 0 && !read_uid(max, max_len, &rule->uid_max))
		return CONFIG_RANGE_UID;
	if (rule->uid_min > rule->uid_max)
		return CONFIG_RANGE_ORDER;
	return CONFIG_MESSAGE_COUNT;
}

/*
 * Titles that mean something in other files, so that a reader would take them for more than a name.
 */
bool config_names_is_name(const char *name)
{
	return !strchr("@% ", name[0]) && !strpbrk(name, "*,:") && name[strlen(name) - 1] != ' ';
}

int config_names_title(const char *title, struct policy_rule *rule,
		       struct config_problem *ret_problem)
{
	enum config_message message = CONFIG_MESSAGE_COUNT;

	if (strchr(title, ':')) {
		message = rule->kind == POLICY_USER ? read_range(title, rule) : CONFIG_GROUP_COLON;
	} else if (!config_names_is_name(title)) {
		message = CONFIG_NAME;
	} else {
		rule->name = strdup(title);
		if (!rule->name)
			message = CONFIG_NO_MEMORY;
	}
	if (message == CONFIG_MESSAGE_COUNT)
		return 0;
	return config_problem_set(ret_problem, message, rule->place.file, rule->place.line, title);
}
