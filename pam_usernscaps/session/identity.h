/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef SESSION_IDENTITY_H
#define SESSION_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/names.h"
#include "group_file.h"

/*
 * Who a user is to the system, and which groups the user is a member of.
 *
 * A membership is known or unknown. Known as "yes": the group's entry lists the user, or the list
 * of the user's groups has its gid or its name. Known as "no": there is such a group, and nothing
 * says yes, and that list can be trusted. It can't be if it could not be made, if one of its gids
 * has no name, if a group lists the user that it lacks, or if what makes it was kept from working.
 * All else is unknown.
 */

/* How groups are looked for. All zero: as a login without settings does. */
struct identity_manner {
	const char *group_file;	 /* the local groups; NULL: /etc/group */
	const char *probe_group; /* a list is trusted only if this is found as well; NULL: none */
	bool missing_is_no;	 /* nobody is in a group that is not found, unless a probe failed */
};

/* What was found out about a user's groups. */
struct identity_survey {
	bool has_local, has_list;
	struct group_file local;
	gid_t *gids; /* of the list of the user's groups, sorted */
	size_t gid_count;
	struct names gid_names; /* sorted */
	unsigned files_asked;	/* for their groups by name */
	bool distrusted;	/* the list: then there is no "no" */
	int outage;		/* a negative errno: lookups fail, so no more are tried */
	bool probe_failed;	/* the probe_group was not found */
};

/* What was answered of the groups that were asked for; all lists are sorted. */
struct identity_answers {
	struct names yes, no, unknown;
};

struct identity {
	char *name; /* pw_name as NSS returns it */
	uid_t uid;
	gid_t gid;
	struct identity_manner manner;
	struct identity_survey survey;
	struct identity_answers rules; /* for the groups that rules name */
	struct identity_answers files; /* for files: another name of a gid is a "no" there */
	struct names missing;	       /* there is none; sorted. The manner says what that means */
	struct names reasons;	       /* why something is unknown: a sentence each */
	/* For the decision, sorted: */
	struct names groups;  /* the user is a member */
	struct names unknown; /* perhaps: also where a rule's "yes" is a file's "unknown" */
};

/**
 * Look a user up.
 *
 * @user:         the name that was typed
 * @ret_identity: set on success only, without groups; freed by identity_clear()
 *
 * Returns what nss_find_user() does.
 */
int identity_find(const char *user, struct identity *ret_identity);

/**
 * Find out which of some groups the user is a member of, for rules that name them. No failure of
 * what is asked is an error here: what it leaves open is unknown.
 *
 * @identity: from identity_find(), its manner set; its groups, unknown, missing and reasons are
 *            added to
 * @groups:   their names, sorted
 *
 * Returns 0 or -ENOMEM.
 */
int identity_find_groups(struct identity *identity, const struct names *groups);

/**
 * The same for files that are named after groups. There a group goes by the name that its gid has;
 * another name of the gid is a "no", and so is a name that no group has, if the list of the user's
 * groups can be trusted.
 */
int identity_find_files(struct identity *identity, const struct names *files);

/** Does NSS know this group? Returns what nss_find_group() does. */
int identity_probe_group(const char *name);

/**
 * The name that NSS gives for a group's gid, by which files are looked for.
 *
 * @name:     a name of the group
 * @ret_name: set on success only; freed by free(3); @name, where NSS has no group of its gid
 *
 * Returns 0; -ENOENT where there is no group @name; or what nss_find_group() returns.
 */
int identity_group_name(const char *name, char **ret_name);

/** Add names to the user's groups without asking anyone. Returns 0 or -ENOMEM. */
int identity_add_groups(struct identity *identity, const char *const *names, size_t count);

/** Free what an identity holds; it is empty afterwards. */
void identity_clear(struct identity *identity);

#endif
