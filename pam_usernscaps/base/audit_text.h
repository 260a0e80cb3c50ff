/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef BASE_AUDIT_TEXT_H
#define BASE_AUDIT_TEXT_H

#include <stddef.h>

/*
 * The text of an audit record: fields, NAME=VALUE, separated by blanks. Audit adds the user, the
 * program and the result to it, and the kernel a login uid and a session id: no field here has a
 * name that those use, or one that ausearch(8) would decode and show without quotes.
 */

/* The longest text, NUL included. Audit takes 8,970 bytes; what reads it takes less. */
#define AUDIT_TEXT 1400

struct audit_text {
	char buf[AUDIT_TEXT]; /* "" at first */
	size_t size;
};

/** Add to a text; what finds no room is left out whole. */
__attribute__((format(printf, 2, 3))) void audit_text_add(struct audit_text *text,
							  const char *format, ...);

/**
 * Add a field whose value others choose: between quotes, as audit has it, or in hexadecimal where
 * it could end or begin a field. No longer than it has room for.
 */
void audit_text_add_value(struct audit_text *text, const char *name, const char *value);

/** How long can a value be that is added now, if it needs no more than quotes? */
size_t audit_text_room(const struct audit_text *text, const char *name);

/** Add a login uid or a session id of audit: a number, and "unset" for whatever else. */
void audit_text_add_id(struct audit_text *text, const char *name, const char *id);

/**
 * Add the name of a command, as the field "ocomm", by which ausearch(8) finds it. That shows a
 * decoded value without quotes, so what could look like more than one word becomes '_' or '?'. Then
 * "ocomm_raw" follows, in hexadecimal, which nothing decodes.
 *
 * @command: ends with a NUL, or after @size bytes, which are no more than 16
 */
void audit_text_add_command(struct audit_text *text, const char *command, size_t size);

#endif
