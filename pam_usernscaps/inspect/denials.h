/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef INSPECT_DENIALS_H
#define INSPECT_DENIALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

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

/**
 * Find a session among @count of them, in the order of ids. Returns NULL where it is not there;
 * also for 0, which is no session's id.
 */
const struct userns_session *denials_find(const struct userns_session *sessions, size_t count,
					  uint64_t id);

/** What brings about denials of a kind in a session. */
enum denials_cause {
	DENIALS_BY_MASK,    /* the system's mask */
	DENIALS_BY_RULES,   /* those of a session */
	DENIALS_BY_PROGRAM, /* no rule: a program has lowered it */
	DENIALS_BY_UNKNOWN  /* it is in no session, or was lost before it in one that is unknown */
};

/**
 * Find a session by its id.
 *
 * @context: as denials_find_cause() was called with
 *
 * Returns one that is there until the next call; NULL where it is unknown.
 */
typedef const struct userns_session *denials_find_func(const void *context, uint64_t id);

/**
 * Find out what brings about denials of a kind.
 *
 * @find:       for the sessions in which this one was opened; @context goes to it. NULL: none is
 *              known
 * @ret_origin: DENIALS_BY_RULES: whose; this session, or one in which it was opened. Else NULL
 */
enum denials_cause denials_find_cause(const struct userns_session *session, uint32_t kind,
				      denials_find_func *find, const void *context,
				      const struct userns_session **ret_origin);

/**
 * Write the places of the rules of a session that bring about denials of a kind.
 *
 * @separator: stands between them
 */
void denials_write_rules(FILE *out, const struct userns_session *session, uint32_t kind,
			 const char *separator);

/* Sessions in the order of ids. */
struct denials_list {
	const struct userns_session *sessions;
	size_t count;
};

/** Find a session in a struct denials_list, for denials_find_cause(). */
denials_find_func denials_find_in;

/** How much was denied, without what was only tried? */
uint64_t denials_count(const struct userns_session *session);

#endif
