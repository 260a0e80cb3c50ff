/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef INSPECT_IDENTITY_LIST_H
#define INSPECT_IDENTITY_LIST_H

#include "session/identity.h"

/* Lists all users and groups, for questions about no login in particular. */

/**
 * List the users that NSS can list: a directory may know more.
 *
 * @ret_users: set on success only, without groups, some perhaps twice; freed by
 * identity_free_list()
 * @ret_count: their number
 *
 * Returns 0 or -errno.
 */
int identity_list_users(struct identity **ret_users, size_t *ret_count);

/**
 * List the users of a file in the format of passwd(5), likewise. Entries of nsswitch.conf(5)'s
 * compat mode, "+" and "-", are left out: fgetpwent(3) takes them for users with uid 0.
 */
int identity_list_file(const char *path, struct identity **ret_users, size_t *ret_count);

/** List the groups that NSS can list, likewise: each has its name and gid, and no user. */
int identity_list_all_groups(struct identity **ret_groups, size_t *ret_count);

/**
 * The name of a user ID.
 *
 * @ret_name: set on success only; freed by free(3)
 *
 * Returns 0; -ENOENT where NSS knows nobody by it; or -errno, as identity_find().
 */
int identity_user_name(uid_t uid, char **ret_name);

/** Free a list of identities. */
void identity_free_list(struct identity *list, size_t count);

#endif
