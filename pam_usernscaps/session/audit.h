/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef SESSION_AUDIT_H
#define SESSION_AUDIT_H

#include <stdint.h>

#include "base/audit_text.h"
#include "bpf/abi.h"
#include "session.h"

/*
 * What the audit trail says of a session: an event and fields, "usernscaps_open session=7 ...", to
 * which PAM adds the user, the program and the result, and the kernel the login uid and the session
 * id of audit.
 */

/**
 * Say how a session was opened, or why not.
 *
 * @request: as it was opened with
 * @r:       what session_open() returned for it
 *
 * Returns the text; "" where there is nothing to say, because nothing was restricted.
 */
const char *session_audit_opened(const struct session_request *request,
				 const struct session *session, int r, struct audit_text *text);

/**
 * Say that PAM closes a session.
 *
 * @id:     of the session
 * @record: read from the closing process; NULL where it can't be
 *
 * Returns the text.
 */
const char *session_audit_closed(uint64_t id, const struct userns_session *record,
				 struct audit_text *text);

/**
 * Say how often something of a kind was denied.
 *
 * Returns the text; "" where there is nothing to say.
 */
const char *session_audit_denied(const struct userns_session *record, unsigned kind,
				 struct audit_text *text);

#endif
