/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef TOOL_LOG_H
#define TOOL_LOG_H

#include <stdint.h>

#include "bpf/abi.h"

/* A line of the log, with fields where there is a journal. */

/**
 * Say what was denied to a session.
 *
 * @kind: place of the kind in the record; USERNS_KINDS: those for which there was no room
 */
void ctl_log_denied(const struct userns_session *session, unsigned kind);

/** Say that a session has ended, and all that was denied to it. */
void ctl_log_ended(const struct userns_session *session);

#endif
