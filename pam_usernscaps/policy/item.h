/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef POLICY_ITEM_H
#define POLICY_ITEM_H

#include "capset.h"

/*
 * What a rule can speak of: the table from which all that is done with items is derived.
 *
 * Every item is a set that only shrinks. A flag is the set of all that it lets through, so its
 * value is all or none. To restrict is to intersect, whatever the item.
 *
 * Columns: identifier; name in rules, log lines and output; for flags the value that restricts; is
 * it left alone while the rules are broken (KEPT), or taken as a whole (LOST); when its step is
 * taken, from 0; its field in /proc/PID/status, NULL where only a provider knows it; its step, in
 * messages.
 *
 * The bounding set comes after what may need CAP_SETPCAP to be lowered.
 */
#define POLICY_SETS(ITEM)                                                                          \
	ITEM(BOUNDING, bounding, false, KEPT, 4, "CapBnd", "lower the bounding set")               \
	ITEM(INHERITABLE, inheritable, false, LOST, 0, "CapInh", "lower the inheritable set")      \
	ITEM(USERNS, userns, false, LOST, 1, "CapUNs", "lower the userns set")

/* Flags that stand in "userns { }": may user namespaces be created; does the bounding set cut them?
 */
#define POLICY_USERNS_FLAGS(ITEM)                                                                  \
	ITEM(CREATE, create, false, LOST, 3, NULL, "refuse the creation of user namespaces")       \
	ITEM(STRICT, strict, true, KEPT, 2, NULL, "make the userns set strict")

/* Flags that stand in the rule itself. */
#define POLICY_RULE_FLAGS(ITEM)                                                                    \
	ITEM(NO_NEW_PRIVS, no_new_privs, true, KEPT, 5, "NoNewPrivs", "set no_new_privs")

#define POLICY_ITEMS(ITEM) POLICY_SETS(ITEM) POLICY_USERNS_FLAGS(ITEM) POLICY_RULE_FLAGS(ITEM)

enum policy_item {
#define ITEM(id, ...) POLICY_##id,
	POLICY_ITEMS(ITEM)
#undef ITEM
		POLICY_ITEM_COUNT
};

/* Sets come first. */
#define POLICY_ONE(...)	 +1
#define POLICY_SET_COUNT (0 POLICY_SETS(POLICY_ONE))

enum policy_form { POLICY_SET, POLICY_USERNS_FLAG, POLICY_RULE_FLAG };

struct policy_item_info {
	const char *name;
	enum policy_form form;
	bool restricts; /* flags: the value that restricts */
	bool is_kept;	/* while the rules are broken */
	unsigned order;
	const char *proc_field; /* or NULL */
	const char *step;
};

extern const struct policy_item_info policy_items[POLICY_ITEM_COUNT];

static inline const char *policy_item_name(enum policy_item item)
{
	return policy_items[item].name;
}

static inline bool policy_item_is_set(enum policy_item item)
{
	return policy_items[item].form == POLICY_SET;
}

/** A flag's value as rules say it. */
static inline bool policy_item_flag(enum policy_item item, struct capset value)
{
	return capset_is_empty(value) == policy_items[item].restricts;
}

/** The value of a flag that rules say is @flag: all or none. */
struct capset policy_item_value(enum policy_item item, bool flag);

/** The item of that name. There has to be one: names come from the table. */
enum policy_item policy_item_named(const char *name);

/**
 * Write an item's value: a set as capset_format() does, a flag as "true" or "false".
 *
 * Returns the text, which may be in @buf.
 */
const char *policy_item_format(enum policy_item item, struct capset value, unsigned last,
			       char buf[static CAPSET_TEXT]);

#endif
