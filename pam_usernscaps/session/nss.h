/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef SESSION_NSS_H
#define SESSION_NSS_H

#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * The user and group database, as the C library answers for it. An error is never taken for "not
 * found". But where nsswitch.conf has files after a directory, without an action such as
 * "sss [UNAVAIL=return] files", glibc lets the files' "not found" stand for both.
 */

/**
 * Look up a user or a group.
 *
 * @ret_passwd, @ret_group: set on success only
 * @ret_buf:                likewise: what that points to; freed by free(3)
 *
 * Returns 0; -ENOENT where there is no such entry; or -errno where nobody can tell (a directory
 * that is down, EMFILE, ENOMEM, ...; -EIO where the C library says ENOENT or nothing).
 */
int nss_find_user(const char *name, struct passwd *ret_passwd, char **ret_buf);
int nss_find_group(const char *name, struct group *ret_group, char **ret_buf);
int nss_find_gid(gid_t gid, struct group *ret_group, char **ret_buf);

/** Is it a line that only tells "compat" sources what to do? The C library's readers return those.
 */
static inline bool nss_is_instruction(const char *name)
{
	return name[0] == '+' || name[0] == '-';
}

/** Does a group's entry list a user among its members? */
bool nss_lists_member(const struct group *group, const char *user);

/**
 * List the gids of all groups of a user. Where a directory fails meanwhile, the list lacks its
 * groups, and nothing tells so.
 *
 * @name, @gid: of the user, and of the user's primary group, which is in the list in any case
 * @ret_gids:   set on success only; freed by free(3)
 * @ret_count:  their number
 *
 * Returns 0; -E2BIG for more than a process can be in; or -ENOMEM.
 */
int nss_list_gids(const char *name, gid_t gid, gid_t **ret_gids, size_t *ret_count);

/**
 * Could the C library's modules find and load what they need, and may they? Where they lack memory
 * or descriptors, or a variable tells them to leave something out, they answer "not found", and the
 * caller of a program such as su(1) decides on all of these.
 *
 * Returns NULL, or what is wrong.
 */
const char *nss_obstacle(void);

#endif
