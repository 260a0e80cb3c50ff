/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef IDENTITY_H
#define IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Who a user is to NSS, and which groups the user is known to be a member of. */
struct identity {
	char *name; /* pw_name as NSS returns it */
	uid_t uid;
	gid_t gid;
	gid_t *gids; /* of all groups, once they are asked for; else NULL */
	size_t gid_count;
	char **groups; /* names of groups, each once, sorted */
	size_t group_count;
	char **unknown; /* asked-for names that no group has, each once, sorted */
	size_t unknown_count;
};

/**
 * Look a user up.
 *
 * @user:         the name that was typed
 * @ret_identity: set on success only, without groups; freed by identity_clear()
 *
 * Returns 0; -ENOENT where NSS knows no such user; or -errno where NSS can't tell (a directory
 * that is down, EMFILE, ENOMEM, ...; -EIO where it says ENOENT or nothing). An error is never taken
 * for "not found". But where nsswitch.conf has files after a directory, without an action such as
 * "sss [UNAVAIL=return] files", glibc lets the files' "not found" stand for both.
 */
int identity_find(const char *user, struct identity *ret_identity);

/**
 * Ask for the names of all groups that a user is a member of: those that getgrgid_r(3) has for the
 * gids of getgrouplist(3). A gid without a group has none.
 *
 * @identity: from identity_find(); the names are added to its groups, on success only
 *
 * Returns 0 or -errno, as identity_find().
 */
int identity_list_groups(struct identity *identity);

/**
 * Find out which of some groups a user is a member of: by gid (getgrouplist(3), which answers
 * success with the local groups only while a directory is down) or listed by name. So every name
 * is asked by getgrnam_r(3) too, but those that are among the user's groups already: one that NSS
 * can't tell about is an error, one that it doesn't know goes to @identity->unknown and is no
 * match.
 *
 * @identity: from identity_find(); its groups and unknown names are added to on success only
 * @names:    names of groups, in any order; the same one may come twice
 * @count:    their number
 * @ret_bad:  on failure the name that was being looked up, borrowed from @names; NULL where the
 *            failure isn't about one
 *
 * Returns 0 or -errno, as identity_find().
 */
int identity_find_groups(struct identity *identity, const char *const *names, size_t count,
			 const char **ret_bad);

/** Does NSS know this group? Returns 0; -ENOENT; or -errno, as identity_find(). */
int identity_probe_group(const char *name);

/**
 * The same, and is the list of the user's groups right about it, where that was asked for? It comes
 * without an error, and shorter, from a directory that failed just then.
 *
 * Returns what identity_probe_group() does, or -ENODATA where the group names the user as a member,
 * and the list lacks it.
 */
int identity_probe_list(const struct identity *identity, const char *name);

/**
 * What a group is called by those who ask with its gid, as identity_list_groups() does.
 *
 * @name:     a name of the group
 * @ret_name: set on success only; freed by free(3); @name, where NSS has no group of its gid
 *
 * Returns 0; -ENOENT where there is no group @name; or -errno, as identity_find().
 */
int identity_group_name(const char *name, char **ret_name);

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

/** List the groups that NSS can list, likewise: each has its name and gid, and no user. */
int identity_list_all_groups(struct identity **ret_groups, size_t *ret_count);

/**
 * What a user ID is called.
 *
 * @ret_name: set on success only; freed by free(3)
 *
 * Returns 0; -ENOENT where NSS knows nobody by it; or -errno, as identity_find().
 */
int identity_user_name(uid_t uid, char **ret_name);

/** Free a list of identities. */
void identity_free_list(struct identity *list, size_t count);

/** Add names to the user's groups without asking anyone. Returns 0 or -ENOMEM. */
int identity_add_groups(struct identity *identity, const char *const *names, size_t count);

/** Free what an identity holds; it is empty afterwards. */
void identity_clear(struct identity *identity);

#endif
