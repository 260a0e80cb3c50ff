/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef INSPECT_DENIALS_H
#define INSPECT_DENIALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/abi.h"
#include "policy/item.h"

/* What the records of sessions say: see struct userns_session. */

/* The strings of a record. They point into it; what it lacks is "". */
struct denials_text {
	const char *user, *service;
	const char *login_uid, *audit_session;
	const char *contact;
	const char *rules; /* for denials_next_rule() */
};

void denials_read_text(const struct userns_session *session, struct denials_text *ret_text);

/* A rule that restricts the session, as it was at login. */
struct denials_rule {
	enum policy_item item; /* POLICY_ITEM_COUNT: perhaps any: broken rules, or one for many */
	struct capset taken;   /* of sets */
	const char *place;     /* FILE:LINE; points into the record */
};

/**
 * Read the next rule.
 *
 * @rules: where to read; moved on. At first denials_text.rules
 *
 * Returns false at the end.
 */
bool denials_next_rule(const char **rules, struct denials_rule *ret_rule);

/** Does a rule bring about denials of this kind, in a session with these rules? */
bool denials_is_due_to(const struct denials_rule *rule, const char *rules, uint32_t kind);

/** The capability of a kind; CAPSET_SIZE where it is about none. */
unsigned denials_cap(uint32_t kind);

/* Room for denials_what(). */
#define DENIALS_WHAT 32

/** What was denied: a capability by its name, or "create" or "enter" of namespaces. */
const char *denials_what(uint32_t kind, char buf[static DENIALS_WHAT]);

/** Where it was wanted: "inside", "owner" or "-". */
const char *denials_where(uint32_t kind);

/**
 * Find a session among @count of them, in the order of ids. Returns NULL where it is not there;
 * also for 0, which is no session's id.
 */
const struct userns_session *denials_find(const struct userns_session *sessions, size_t count,
					  uint64_t id);

/** How much was denied, without what was only tried? */
uint64_t denials_count(const struct userns_session *session);

/** Copy a command's name, which its user chooses: what is no printable ASCII becomes '?'. */
void denials_command(const struct userns_denials *denials, char buf[static 17]);

#endif
