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
	const char *rules; /* for denials_next_cause() */
};

void denials_read_text(const struct userns_session *session, struct denials_text *ret_text);

/**
 * Find the next rule that brings about denials of a kind.
 *
 * @rules: where to read; moved on. At first @text->rules
 *
 * Returns its place, FILE:LINE, which is in the record; NULL at the end.
 */
const char *denials_next_cause(const char **rules, const struct denials_text *text, uint32_t kind);

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
