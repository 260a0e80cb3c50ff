/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef INSPECT_RESTRICTED_H
#define INSPECT_RESTRICTED_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "bpf/abi.h"
#include "policy/capset.h"
#include "proc.h"

/* Which processes are restricted, and who they are. */

#define RESTRICTED_NO_DEPTH UINT32_MAX

/* A process that is restricted; or threads that are, and whose state isn't that of the process. */
struct restricted {
	unsigned pid;
	unsigned thread; /* 0: the process itself; else the first of these threads */
	size_t threads;	 /* how many threads of the process are in this state */
	uid_t uid;
	char name[PROC_NAME];
	struct capset userns; /* none above the kernel's last one */
	uint32_t depth;	      /* of its user namespace, or RESTRICTED_NO_DEPTH: unknown */
	uint64_t session;     /* that it belongs to; 0: none */
	bool has_flags;	      /* do we know them? Else: */
	bool create, strict;
	/*
	 * Something like sshd or cron: it opens sessions for everybody, and these can't have more
	 * than it has itself.
	 */
	bool daemon;
};

/* What to look at. */
struct restricted_sources {
	const char *proc;	/* where proc(5) is mounted */
	const char *const *pam; /* directories with a file for each PAM service; NULL ends them */
	const struct userns_record *records; /* what the BPF programs know, in the order of pids */
	size_t record_count;
	bool native;   /* look at the sets that the kernel shows in proc(5) as well */
	unsigned last; /* the kernel's last capability */
};

/**
 * Find out who is restricted. What ends meanwhile is left out.
 *
 * @sources:   see there
 * @ret_list:  set on success only, in the order of pids; freed with free(3)
 * @ret_count: their number
 *
 * Returns 0; -ENOMEM; or -errno of reading @sources->proc.
 */
int restricted_find(const struct restricted_sources *sources, struct restricted **ret_list,
		    size_t *ret_count);

#endif
