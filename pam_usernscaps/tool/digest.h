/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef TOOL_DIGEST_H
#define TOOL_DIGEST_H

#include <stddef.h>

#include "base/audit_text.h"
#include "config/config.h"

/* Which rules they are, for the audit trail: SHA-256, as sha256sum(1) has it. */

/** Add the field @name with the digest of some bytes; "none" where @bytes is NULL. */
void ctl_digest_bytes(struct audit_text *text, const char *name, const char *bytes, size_t len);

/**
 * Add the field "rules" with the digest of the main file and the drop-ins: that of what sha256sum
 * prints for them, in the order in which they are read. "unknown" where they can't be.
 */
void ctl_digest_rules(struct audit_text *text, const struct config_site *site);

#endif
