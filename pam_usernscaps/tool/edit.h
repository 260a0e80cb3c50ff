/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef TOOL_EDIT_H
#define TOOL_EDIT_H

#include "config/config.h"

/* The steps of "usernscapsctl edit" that know nothing of each other. */

/**
 * Are the rules of a site right with a draft in place of one of its files? What is read is what
 * anybody's login could read. Errors are printed.
 *
 * @site:     with its draft
 * @ret_ours: set on -EBADMSG: is the draft the reason for an error, or has it one itself?
 *
 * Returns 0; -EBADMSG for errors; or -ENOMEM.
 */
int edit_check(const struct config_site *site, bool *ret_ours);

/**
 * What a new file begins as: the file that it takes the place of, else comments.
 *
 * @site:      where
 * @part:      what it is to become
 * @ret_bytes: set on success only; freed by free(3)
 *
 * Returns 0 or -ENOMEM.
 */
int edit_template(const struct config_site *site, enum config_part part, char **ret_bytes,
		  size_t *ret_len);

/**
 * Have the caller's editor edit a file, and wait for it: that of VISUAL, else of EDITOR, which may
 * hold arguments; else "editor", else "vi".
 *
 * @ret_status: set on success only; as from waitpid(2)
 *
 * Returns 0, or -errno where it could not be started or waited for.
 */
int edit_run_editor(const char *path, int *ret_status);

#endif
