/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef TOOL_LOG_H
#define TOOL_LOG_H

#include <stdbool.h>

#include "inspect/denials.h"

/* A line of the log, with fields where there is a journal. False: there is no log at this moment.
 */

/**
 * Say what was denied to a session.
 *
 * @kind: place of the kind in the record; USERNS_KINDS: those for which there was no room
 * @find: for the sessions in which this one was opened; @context goes to it
 */
bool ctl_log_denied(const struct userns_session *session, unsigned kind, denials_find_func *find,
		    const void *context);

/** Say that a session has ended, and all that was denied to it. */
bool ctl_log_ended(const struct userns_session *session);

/**
 * The same on the audit trail. What it does not take is counted: the next record says how many.
 *
 * @rules, @denied: as in the line
 */
void ctl_log_audit_denied(const struct userns_session *session,
			  const struct userns_denials *denials, const char *rules);
void ctl_log_audit_lost(const struct userns_session *session); /* of kinds that had no room */
void ctl_log_audit_ended(const struct userns_session *session, const char *denied);

#endif
