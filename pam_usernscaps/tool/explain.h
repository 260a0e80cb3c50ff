/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef TOOL_EXPLAIN_H
#define TOOL_EXPLAIN_H

#include "session/session.h"

/* The forms of explain. */

/** Print the answer in words; with @table the sets as a table. */
void ctl_explain_text(const struct session *session, const struct session_request *request,
		      bool table);

/** Print the sets as a table of capabilities, with notes of who took them. */
void ctl_explain_table(const struct session *session);

/** Print the answer as JSON. Returns CTL_OK or, after a complaint, CTL_FAILED. */
int ctl_explain_json(const struct session *session, const struct session_request *request);

/** Print the session's problem as JSON. Returns CTL_FAILED. */
int ctl_explain_json_problem(const struct session *session, const struct session_request *request);

#endif
