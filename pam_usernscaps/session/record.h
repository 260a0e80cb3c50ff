/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef SESSION_RECORD_H
#define SESSION_RECORD_H

#include "bpf/abi.h"
#include "session.h"

/**
 * Write what is remembered of a session: who it is, and which rules take what.
 *
 * @request: as it was opened with
 * @session: restricted
 * @text:    as struct userns_session says; one stands for all for which there is no room
 *
 * Returns the size of the text in bytes.
 */
size_t record_write(const struct session_request *request, const struct session *session,
		    char text[static USERNS_SESSION_TEXT]);

#endif
