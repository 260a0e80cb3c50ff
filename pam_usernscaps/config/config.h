/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-or-later */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/names.h"
#include "problem.h"
#include "policy/rules.h"

/* The largest rules file that is read, in bytes. */
#define CONFIG_SIZE_MAX (4U * 1024 * 1024)

/* What kind a rules file is. It decides what the file may contain. */
enum config_part {
	CONFIG_MAIN,	/* usernscaps.conf: everything */
	CONFIG_DROPIN,	/* usernscaps.d/NAME.conf: sections */
	CONFIG_USER,	/* usernscaps.d/users/NAME.conf: the body of this user's rule */
	CONFIG_GROUP,	/* usernscaps.d/groups/NAME.conf: of this group's rule */
	CONFIG_PROFILE, /* usernscaps.d/profiles/NAME.conf: of this profile */
	CONFIG_PART_COUNT
};

/* A draft of a file of the tree, to check it before it is in place. */
struct config_draft {
	enum config_part part;
	const char *name; /* as in config_add(); not used for the main file */
	const char *bytes;
	size_t len;
};

/*
 * Where a site keeps its rules. The tree lies beside the main file, with ".d" in place of ".conf";
 * a main file without ".conf" has none.
 */
struct config_site {
	const char *main;
	const char *vendor_main;     /* read where there is no @main; NULL: none */
	const char *vendor_profiles; /* a directory; @main's tree goes first; NULL: none */
	bool any_owner; /* files need not be root's: for looking at rules, never for a login */
	const struct config_draft *draft; /* read in place of that file, which may be a new one for
					   * config_add() only; NULL: none */
};

/**
 * Read the files that each login reads: the main file and the drop-ins.
 *
 * @site:        where
 * @ret_rules:   set on success only, with profiles still to be resolved; freed by
 *               policy_rules_clear()
 * @ret_problem: filled on failure
 *
 * Returns 0; what config_open() and config_parse() return; -errno of what listing and reading ask
 * the kernel for; or -EAGAIN where something was changed again and again while it was read.
 */
int config_load(const struct config_site *site, struct policy_rules *ret_rules,
		struct config_problem *ret_problem);

/**
 * Read one more file.
 *
 * @site:        where
 * @part:        what it is; CONFIG_MAIN where the main file is wanted without the drop-ins, or with
 *               those of them that can be read
 * @name:        of the user, group, profile or drop-in, without ".conf"; not used for CONFIG_MAIN
 * @rules:       what it says is added to these; on failure they say what they said, and are still
 *               to be freed
 * @ret_problem: filled on failure
 *
 * Returns 0; -ENOENT where there is no such file; -EINVAL for a name that can't be a file's, while
 * there is a directory for such files; or what config_load() returns.
 */
int config_add(const struct config_site *site, enum config_part part, const char *name,
	       struct policy_rules *rules, struct config_problem *ret_problem);

/**
 * Point each rule and profile that names a profile to it, reading the files of those that are not
 * among the rules yet. Afterwards the profiles are sorted by name.
 *
 * Returns 0; -EBADMSG for a name that two profiles have or none, and for profiles that build on
 * each other in a circle or too deeply; or what config_add() returns.
 */
int config_resolve(const struct config_site *site, struct policy_rules *rules,
		   struct config_problem *ret_problem);

/** Can a rules file have this name? A path cannot, nor can a name that listings leave out. */
bool config_is_name(const char *name);

/** Is there a directory for such files? Returns 1, 0, or what config_open() returns. */
int config_has(const struct config_site *site, enum config_part part,
	       struct config_problem *ret_problem);

/**
 * List the files of a part: their names without ".conf", in the byte order of those with it.
 *
 * @site:        where
 * @part:        not CONFIG_MAIN; of profiles, the site's own
 * @ret_names:   set on success only; empty where there is no such directory
 * @ret_problem: filled on failure
 *
 * Returns 0, or what config_load() returns.
 */
int config_list(const struct config_site *site, enum config_part part, struct names *ret_names,
		struct config_problem *ret_problem);

/** List the vendor's profiles likewise. */
int config_list_vendor(const struct config_site *site, struct names *ret_names,
		       struct config_problem *ret_problem);

/** The directory of a part's files below the tree: "users"; "" for drop-ins and the main file. */
const char *config_part_directory(enum config_part part);

/** Is a file of this name in a directory of the tree one that is read? */
bool config_is_listed(const char *file_name);

/**
 * The path of a file, or with no @name of the directory of its part.
 *
 * Returns @path; it is empty where the site has no tree, or the path would be too long.
 */
const char *config_path(const struct config_site *site, enum config_part part, const char *name,
			char path[static PATH_MAX]);

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

/** Open a directory likewise, with O_PATH. */
int config_open_directory(const char *path, int *ret_fd, struct config_problem *ret_problem);

/** Open the last component of @path likewise, in a directory that was opened. */
int config_open_in(int directory, const char *path, int *ret_fd,
		   struct config_problem *ret_problem);

/**
 * Is a directory that was opened still the one of that path? Only then does it tell what is not
 * there: one that was replaced may be emptied by now.
 *
 * Returns 0; -EAGAIN where it isn't; or -errno of fstat(2) and stat(2).
 */
int config_check_place(const char *path, int len, int directory,
		       struct config_problem *ret_problem);

/** What config_open() says of a path, which may be relative. Returns 0 or the problem's error. */
int config_check_safe(const char *path, struct config_problem *ret_problem);

/**
 * Read a file that is open.
 *
 * @path:        its name, for messages
 * @fd:          a descriptor at its beginning; a pipe will do
 * @ret_bytes:   set on success only; freed by free(3)
 * @ret_len:     their number
 * @ret_problem: filled on failure
 *
 * Returns 0; -EBADMSG for more than CONFIG_SIZE_MAX bytes; -ENOMEM; -EAGAIN where it was changed
 * meanwhile; or -errno of read(2).
 */
int config_read(const char *path, int fd, char **ret_bytes, size_t *ret_len,
		struct config_problem *ret_problem);

/**
 * Turn the bytes of a rules file into rules.
 *
 * @part:        what it is
 * @name:        of the user, group or profile that it is about, else not used
 * @file:        its path, for messages and places
 * @bytes:       the contents; need not end in a NUL
 * @len:         their number
 * @rules:       what it says is added to these; on failure they say what they said, and are still
 *               to be freed
 * @ret_problem: filled on failure
 *
 * Returns 0; -EBADMSG where the contents are wrong, or more than CONFIG_SIZE_MAX bytes; -ENOMEM.
 */
int config_parse(enum config_part part, const char *name, const char *file, const char *bytes,
		 size_t len, struct policy_rules *rules, struct config_problem *ret_problem);

#endif
