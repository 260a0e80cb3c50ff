/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef TOOL_STATUS_H
#define TOOL_STATUS_H

#include "policy/plan.h"
#include "probe.h"
#include "inspect/restricted.h"

/* One process or thread that was asked for. */
struct status_process {
	uint64_t pid; /* 0: this process */
	struct plan_sets sets;
	bool known[POLICY_ITEM_COUNT]; /* which of them can be seen */
	uint32_t depth;		       /* or RESTRICTED_NO_DEPTH */
};

/* All that status shows. */
struct status {
	struct probe probe;
	unsigned last; /* the kernel's last capability */
	struct status_process process;

	bool has_entries;
	struct loader_entries entries; /* of the programs' maps */
	struct loader_most most;       /* all 0 where it is unknown */

	/* Everybody who is restricted, unless a process was asked for. */
	bool has_list; /* else: there is no provider, or see list_problem */
	struct restricted *list;
	size_t list_count;
	char **users;			 /* the name of each one's user; NULL: none */
	struct userns_session *sessions; /* in the order of ids */
	size_t session_count;
	struct loader_problem list_problem;
};

/** Print it as text. */
void ctl_status_text(const struct status *status);

/** Print it as JSON. Returns CTL_OK or CTL_FAILED. */
int ctl_status_json(const struct status *status);

#endif
