/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef TOOL_DENIALS_H
#define TOOL_DENIALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/abi.h"
#include "inspect/denials.h"

/* What denials and why show: records of sessions. Times are nanoseconds. */
struct denials_view {
	const struct userns_session **shown;
	size_t count;
	struct denials_list known; /* these and others */
	uint64_t boot;		   /* CLOCK_REALTIME - CLOCK_BOOTTIME */
	uint32_t forgotten; /* sessions whose records are gone, and the log has nothing of them */
};

/** What CLOCK_BOOTTIME began with, in CLOCK_REALTIME. */
uint64_t ctl_denials_boot(void);

/** Print them as text. */
void ctl_denials_text(const struct denials_view *view);

/** Print them as JSON. Returns CTL_OK or CTL_FAILED. */
int ctl_denials_json(const struct denials_view *view);

/**
 * Print what would allow what was denied to a session, by the rules as they are now.
 *
 * @session: of a user's
 */
void ctl_denials_advise(const struct userns_session *session);

#endif
