/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef TOOL_MASK_H
#define TOOL_MASK_H

#include "policy/capset.h"

/**
 * Tell the system's log who changed a system mask, and from what to what.
 *
 * @provider: whose mask
 * @what:     "shrunk", "reset" or "unloaded"
 * @last:     the kernel's last capability
 */
void ctl_log_mask(const char *provider, const char *what, struct capset before, struct capset after,
		  unsigned last);

#endif
