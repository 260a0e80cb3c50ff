/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef TOOL_AUDIT_H
#define TOOL_AUDIT_H

#include <stdbool.h>

/*
 * The audit trail, as far as usernscapsctl writes it. The kernel adds who wrote, by login uid and
 * session id of audit; libaudit adds program, terminal and result. Without libaudit nothing is
 * written, and nothing fails because of it.
 */

/** Write that programs, which enforce rules, were loaded or replaced: "op=...". */
void ctl_audit_policy(const char *text, bool success);

/** Write that something else of the system was changed: "op=...". */
void ctl_audit_change(const char *text, bool success);

/**
 * Write a denial, "avc:  denied  { net_admin } for ...". Only while audit is enabled, and a daemon
 * takes its records: else the kernel writes this type into its own log. CAP_AUDIT_CONTROL.
 *
 * Returns whether it was written.
 */
bool ctl_audit_denied(const char *text);

/** Write about a user's session: the word that stands for what is done, and fields. Likewise. */
bool ctl_audit_session(const char *user, const char *text);

#endif
