/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef TOOL_REPLACE_H
#define TOOL_REPLACE_H

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "config/problem.h"

/*
 * Replaces a rules file in one step: whoever opens it finds the old bytes or the new ones, whenever
 * it is that this process or the machine stops.
 *
 * What this takes lies beside the file NAME, hidden from listings of rules and root's only:
 * ".NAME.lock" is locked as long as somebody is at it, ".NAME.edit" is for the caller to write
 * what is to be the new contents, ".NAME.new" becomes the file.
 */

struct replacement {
	const char *path; /* the caller's */
	int directory;	  /* that the file is in */
	int lock;
	int old; /* the file as it was; -1 where there was none */
	struct stat stat;
	char *bytes; /* its contents; NULL where there was none */
	size_t len;
	bool leftover; /* a ".NAME.edit" was left by somebody who was interrupted */
	pid_t holder;  /* after -EBUSY: who has the lock; 0: not known */
};

/**
 * Lock a file for its replacement, and read it.
 *
 * @path:            absolute, in a directory that config_open_directory() finds safe; must outlive
 *                   the replacement
 * @ret_replacement: filled in any case; freed by replace_end(). The file's owner and mode are not
 *                   judged, but it has to be a regular file or missing
 * @ret_problem:     filled on failure, but not for -EBUSY
 *
 * Returns 0; -EBUSY where another process has the lock; or what config_open_directory() and
 * config_read() return.
 */
int replace_begin(const char *path, struct replacement *ret_replacement,
		  struct config_problem *ret_problem);

/** The path of ".NAME.edit". Returns @path. */
const char *replace_draft_path(const struct replacement *replacement, char path[static PATH_MAX]);

/**
 * Write ".NAME.edit" anew, or read it.
 *
 * @ret_bytes: set on success only; freed by free(3)
 *
 * Return 0; what config_read() returns; or -errno of the system calls.
 */
int replace_write_draft(const struct replacement *replacement, const char *bytes, size_t len,
			struct config_problem *ret_problem);
int replace_read_draft(const struct replacement *replacement, char **ret_bytes, size_t *ret_len,
		       struct config_problem *ret_problem);

/** The mode that the file gets: what it had, but writable by its owner only; a new one 0644. */
mode_t replace_mode(const struct replacement *replacement);

/**
 * Put new contents in place, with the old file's group, ACL and security labels, replace_mode(),
 * and root as the owner. On disk when this returns.
 *
 * @overwrite:   also where the file is no longer the one that was read
 * @ret_problem: filled on failure, but not for -ESTALE
 *
 * Returns 0; -ESTALE, with nothing done, where somebody has changed the file without asking for
 * the lock; or -errno of the system calls.
 */
int replace_commit(const struct replacement *replacement, const char *bytes, size_t len,
		   bool overwrite, struct config_problem *ret_problem);

/** Remove what lies beside the file, and unlock. */
void replace_end(struct replacement *replacement);

#endif
