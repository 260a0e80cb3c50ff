// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later
/* The table of items. */
#include "item.h"

#include <string.h>

enum { LOST, KEPT };

#define ROW(form, id, name, restricts, broken, order, field, step)                                 \
	[POLICY_##id] = { #name, form, restricts, broken, order, field, step },
#define SET(...)	 ROW(POLICY_SET, __VA_ARGS__)
#define USERNS_FLAG(...) ROW(POLICY_USERNS_FLAG, __VA_ARGS__)
#define RULE_FLAG(...)	 ROW(POLICY_RULE_FLAG, __VA_ARGS__)

const struct policy_item_info policy_items[POLICY_ITEM_COUNT] = { POLICY_SETS(
	SET) POLICY_USERNS_FLAGS(USERNS_FLAG) POLICY_RULE_FLAGS(RULE_FLAG) };

struct capset policy_item_value(enum policy_item item, bool flag)
{
	return flag == policy_items[item].restricts ? CAPSET_NONE : CAPSET_ALL;
}

enum policy_item policy_item_named(const char *name)
{
	enum policy_item item = 0;

	while (item < POLICY_ITEM_COUNT - 1 && strcmp(name, policy_item_name(item)) != 0)
		item++;
	return item;
}

const char *policy_item_format(enum policy_item item, struct capset value, unsigned last,
			       char buf[static CAPSET_TEXT])
{
	if (policy_item_is_set(item))
		return capset_format(value, last, buf);
	return policy_item_flag(item, value) ? "true" : "false";
}
