/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef CONFIG_FILE_H
#define CONFIG_FILE_H

#include <stddef.h>

#include "config_problem.h"
#include "core/policy.h"

/* The largest rules file that is read, in bytes. */
#define CONFIG_SIZE_MAX (4U * 1024 * 1024)

/**
 * Open a rules file that only root can have written: a regular file, owned by root, not writable
 * by group or others, not a symbolic link; and each directory on the way likewise, sticky ones
 * included. Checked on the open descriptors.
 *
 * @path:        absolute path without "." and ".."
 * @ret_fd:      set on success only; the caller closes it
 * @ret_problem: filled on failure
 *
 * Returns 0; -EPERM where it is unsafe; -ENOENT where there is none; or -errno of openat(2) and
 * fstat(2).
 */
int config_open(const char *path, int *ret_fd, struct config_problem *ret_problem);

/**
 * Turn the bytes of a rules file into rules.
 *
 * @file:        its name, for messages
 * @bytes:       the contents; need not end in a NUL
 * @len:         their number
 * @ret_rules:   set on success only; freed by policy_rules_clear()
 * @ret_problem: filled on failure
 *
 * Returns 0; -EBADMSG where the contents are wrong, or more than CONFIG_SIZE_MAX bytes; -ENOMEM.
 */
int config_parse(const char *file, const char *bytes, size_t len, struct policy_rules *ret_rules,
		 struct config_problem *ret_problem);

/**
 * Open safely, read and parse a rules file: config_open() and config_parse() in one.
 *
 * Returns 0; what either of them returns; -errno of read(2); or -EAGAIN where the file was changed
 * while it was read.
 */
int config_load(const char *path, struct policy_rules *ret_rules,
		struct config_problem *ret_problem);

/**
 * Read and parse a file that need not be root's: for checking one before it is put in place.
 *
 * @path:       any path; a pipe will do
 * @ret_unsafe: what config_open() would have said of it (error 0: nothing)
 *
 * Otherwise as config_load().
 */
int config_load_any(const char *path, struct policy_rules *ret_rules,
		    struct config_problem *ret_problem, struct config_problem *ret_unsafe);

#endif
